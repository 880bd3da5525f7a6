# base: what everybody uses and what knows nobody.
noinst_LIBRARIES += %D%/libbase.a
%C%_libbase_a_SOURCES = \
    %D%/arena.c %D%/arena.h \
    %D%/arithmetic.h \
    %D%/budget.c %D%/budget.h \
    %D%/clock.h \
    %D%/document.c %D%/document.h \
    %D%/error.c %D%/error.h \
    %D%/escaped.c %D%/escaped.h \
    %D%/exact.h \
    %D%/fault.c %D%/fault.h \
    %D%/generator.c %D%/generator.h \
    %D%/interval.c %D%/interval.h \
    %D%/json_text.c %D%/json_text.h \
    %D%/memory.c %D%/memory.h \
    %D%/name_table.c %D%/name_table.h \
    %D%/number.c %D%/number.h \
    %D%/output.c %D%/output.h \
    %D%/paragraph.c %D%/paragraph.h \
    %D%/parallel.c %D%/parallel.h \
    %D%/process_pool.c %D%/process_pool.h \
    %D%/property.c %D%/property.h \
    %D%/sandbox.c %D%/sandbox.h \
    %D%/sanitized.h \
    %D%/scope.c %D%/scope.h \
    %D%/spelling.c %D%/spelling.h \
    %D%/temporary.c %D%/temporary.h \
    %D%/text.c %D%/text.h \
    %D%/utf8.c %D%/utf8.h \
    %D%/vector.h

# Makes texts a part of the program, for other folders.
EXTRA_DIST += %D%/text_arrays.sh
