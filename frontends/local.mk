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
    %D%/stretches.c
