# program: what is checked.
noinst_LIBRARIES += %D%/libprogram.a
%C%_libprogram_a_SOURCES = \
    %D%/act.h \
    %D%/action.h \
    %D%/counted_event.c %D%/counted_event.h \
    %D%/fence.c %D%/fence.h \
    %D%/instruction.c %D%/instruction.h \
    %D%/micro_operation.c %D%/micro_operation.h \
    %D%/names.c %D%/names.h \
    %D%/observation.c %D%/observation.h \
    %D%/outputs.c %D%/outputs.h \
    %D%/predicate.c %D%/predicate.h \
    %D%/predicate_export.c \
    %D%/predicate_litmus.c \
    %D%/predicate_reader.c \
    %D%/predicate_parts.h \
    %D%/program.c %D%/program.h \
    %D%/schedule.c %D%/schedule.h \
    %D%/schedule_parts.h \
    %D%/schedule_reader.c \
    %D%/thread_names.c %D%/thread_names.h \
    %D%/turns.c %D%/turns.h \
    %D%/value_names.c %D%/value_names.h
