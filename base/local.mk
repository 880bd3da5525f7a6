# base: what everybody uses and what knows nobody.
noinst_LIBRARIES += %D%/libbase.a
%C%_libbase_a_SOURCES = \
    %D%/arena.c %D%/arena.h \
    %D%/arithmetic.h \
    %D%/error.c %D%/error.h \
    %D%/fault.c %D%/fault.h \
    %D%/memory.c %D%/memory.h \
    %D%/name_table.c %D%/name_table.h \
    %D%/parallel.c %D%/parallel.h \
    %D%/process_pool.c %D%/process_pool.h \
    %D%/property.c %D%/property.h \
    %D%/sandbox.c %D%/sandbox.h \
    %D%/scope.c %D%/scope.h \
    %D%/text.c %D%/text.h
