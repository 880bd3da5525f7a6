# checker: what can happen.
noinst_LIBRARIES += %D%/libchecker.a
%C%_libchecker_a_SOURCES = \
    %D%/absorption.c %D%/absorption.h \
    %D%/alone.c %D%/alone.h \
    %D%/analysis.c %D%/analysis.h \
    %D%/bands.c %D%/bands.h \
    %D%/budget.c %D%/budget.h \
    %D%/certificate.c %D%/certificate.h \
    %D%/certificate_draft.c %D%/certificate_draft.h \
    %D%/chain.c %D%/chain.h \
    %D%/claim.c %D%/claim.h \
    %D%/composition.c %D%/composition.h \
    %D%/estimate.c %D%/estimate.h \
    %D%/explore.c \
    %D%/fold.c %D%/fold.h \
    %D%/graph.c %D%/graph.h \
    %D%/grid.c %D%/grid.h \
    %D%/grid_view.c \
    %D%/hang.c %D%/hang.h \
    %D%/inquiry.c %D%/inquiry.h \
    %D%/inquiry_absorption.c \
    %D%/inquiry_counts.c \
    %D%/inquiry_preemptions.c \
    %D%/inquiry_properties.c \
    %D%/inquiry_shortest.c \
    %D%/inquiry_values.c \
    %D%/inquiry_witness.c \
    %D%/interval.c %D%/interval.h \
    %D%/journey.c %D%/journey.h \
    %D%/lane.c %D%/lane.h \
    %D%/lasso.c %D%/lasso.h \
    %D%/orbits.c %D%/orbits.h \
    %D%/outcome.c %D%/outcome.h \
    %D%/recorder.c %D%/recorder.h \
    %D%/replay.c %D%/replay.h \
    %D%/scheduler.c %D%/scheduler.h %D%/scheduler_parts.h \
    %D%/scheduler_free.c %D%/scheduler_tick.c %D%/scheduler_signal.c \
    %D%/scheduler_parallel.c %D%/scheduler_preemptions.c \
    %D%/schedules.c %D%/schedules.h \
    %D%/search.c %D%/search.h \
    %D%/slice.c %D%/slice.h \
    %D%/slots.c %D%/slots.h \
    %D%/space.h \
    %D%/stage.c %D%/stage.h \
    %D%/starvation.c %D%/starvation.h \
    %D%/stategraph.c %D%/stategraph.h \
    %D%/stateset.c %D%/stateset.h \
    %D%/stepgraph.c %D%/stepgraph.h \
    %D%/system.c %D%/system.h \
    %D%/ticker.c %D%/ticker.h \
    %D%/trace.c %D%/trace.h \
    %D%/waiting.c %D%/waiting.h \
    %D%/weights.h \
    %D%/weights_extremes.c \
    %D%/weights_foremost.c \
    %D%/weights_polynomials.c \
    %D%/weights_preemptions.c \
    %D%/weights_values.c \
    %D%/witness.c %D%/witness.h
