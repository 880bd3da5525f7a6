# program: what is checked.
noinst_LIBRARIES += %D%/libprogram.a
%C%_libprogram_a_SOURCES = \
    %D%/action.h \
    %D%/instruction.c %D%/instruction.h \
    %D%/program.c %D%/program.h \
    %D%/schedule.c %D%/schedule.h \
    %D%/schedule_parts.h \
    %D%/schedule_reader.c \
    %D%/thread_names.c %D%/thread_names.h
