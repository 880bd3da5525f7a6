# schedulers: who may step.
noinst_LIBRARIES += %D%/libschedulers.a
%C%_libschedulers_a_SOURCES = \
    %D%/problem.c %D%/problem.h \
    %D%/scheduler.c %D%/scheduler.h \
    %D%/scheduler_cores.c \
    %D%/scheduler_free.c \
    %D%/scheduler_parallel.c \
    %D%/scheduler_parts.h \
    %D%/scheduler_preemptions.c \
    %D%/scheduler_signal.c \
    %D%/scheduler_tick.c \
    %D%/ticker.c %D%/ticker.h
