# machine: how a program steps.
noinst_LIBRARIES += %D%/libmachine.a
%C%_libmachine_a_SOURCES = \
    %D%/composition.c %D%/composition.h \
    %D%/execution.h \
    %D%/guarding.c \
    %D%/layout.c %D%/layout.h \
    %D%/liveness.c %D%/liveness.h \
    %D%/machine.c %D%/machine.h \
    %D%/machine_act.c \
    %D%/machine_count.c %D%/machine_effect.c \
    %D%/machine_footprint.c \
    %D%/machine_local.c \
    %D%/machine_locations.c \
    %D%/machine_memory.c \
    %D%/machine_names.c \
    %D%/machine_objects.c \
    %D%/machine_parts.h \
    %D%/machine_state.c \
    %D%/machine_step.c \
    %D%/machine_stretch.c \
    %D%/machine_synchronise.c \
    %D%/machine_tell.c \
    %D%/machine_ways.c \
    %D%/machine_widths.c \
    %D%/store_buffer.c %D%/store_buffer.h
