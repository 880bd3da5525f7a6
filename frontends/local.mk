# frontends: text to program.
noinst_LIBRARIES += %D%/libfrontends.a
%C%_libfrontends_a_SOURCES = \
    %D%/assembler.c %D%/assembler.h \
    %D%/assembler_declarations.c \
    %D%/assembler_files.c \
    %D%/assembler_lines.c \
    %D%/assembler_operands.c \
    %D%/assembler_parts.h \
    %D%/body.c %D%/body.h \
    %D%/expression.c %D%/expression.h \
    %D%/lexer.c %D%/lexer.h \
    %D%/presets.c %D%/presets.h \
    %D%/python.c %D%/python.h \
    %D%/python_bytecode.c %D%/python_bytecode.h \
    %D%/python_calls.c \
    %D%/python_dump.c %D%/python_dump.h \
    %D%/python_emit.c \
    %D%/python_interpreter.c \
    %D%/python_library.c %D%/python_library.h \
    %D%/python_parts.h \
    %D%/python_places.c \
    %D%/python_state.c \
    %D%/python_text.c \
    %D%/stretches.c
nodist_%C%_libfrontends_a_SOURCES = %D%/python_helper.c

# The helper that a Python interpreter runs is a part of the program.
EXTRA_DIST += %D%/python_dump.py %D%/python_helper.sh
BUILT_SOURCES += %D%/python_helper.c
CLEANFILES += %D%/python_helper.c

%D%/python_helper.c: $(srcdir)/%D%/python_dump.py $(srcdir)/%D%/python_helper.sh
	$(AM_V_GEN)$(MKDIR_P) %D% && $(SHELL) $(srcdir)/%D%/python_helper.sh $(srcdir)/%D%/python_dump.py >$@.new && mv -f $@.new $@
