# analysis: what follows.
noinst_LIBRARIES += %D%/libanalysis.a
%C%_libanalysis_a_SOURCES = \
    %D%/absorption.c %D%/absorption.h \
    %D%/all_iterations.c %D%/all_iterations.h \
    %D%/alone.c %D%/alone.h \
    %D%/analysis.c %D%/analysis.h \
    %D%/analysis_absorption.c \
    %D%/analysis_cells.c \
    %D%/analysis_claims.c \
    %D%/analysis_counts.c \
    %D%/analysis_events.c \
    %D%/analysis_growth.c \
    %D%/analysis_iterations.c \
    %D%/analysis_joint.c \
    %D%/analysis_outputs.c \
    %D%/analysis_parts.c %D%/analysis_parts.h \
    %D%/analysis_preemptions.c \
    %D%/analysis_properties.c \
    %D%/analysis_sample.c \
    %D%/analysis_shortest.c \
    %D%/analysis_value_count.c \
    %D%/analysis_values.c \
    %D%/analysis_witness.c \
    %D%/certificate.c %D%/certificate.h \
    %D%/certificate_builder.c %D%/certificate_builder.h \
    %D%/claim.c %D%/claim.h \
    %D%/condition_count.c %D%/condition_count.h \
    %D%/claim_replay.c %D%/claim_replay.h \
    %D%/array_fold.c %D%/array_fold.h \
    %D%/array_tile.h %D%/array_tile_text.h \
    %D%/array_tile_32.c \
    %D%/array_tile_64.c \
    %D%/behaviour.c %D%/behaviour.h \
    %D%/behaviour_automaton.c %D%/behaviour_parts.h \
    %D%/behaviour_pairs.c \
    %D%/detection.c %D%/detection.h \
    %D%/estimate.c %D%/estimate.h \
    %D%/event_count.c %D%/event_count.h \
    %D%/fences.c %D%/fences.h \
    %D%/fold.c %D%/fold.h \
    %D%/hang.c %D%/hang.h \
    %D%/iterated.c %D%/iterated.h \
    %D%/lasso.c %D%/lasso.h \
    %D%/live_ranges.c %D%/live_ranges.h \
    %D%/outcome.c %D%/outcome.h \
    %D%/product.c %D%/product.h \
    %D%/printed_number.c %D%/printed_number.h \
    %D%/modular_counts.c %D%/modular_counts.h \
    %D%/modular_fold.c %D%/modular_fold.h \
    %D%/overtaking.c %D%/overtaking.h \
    %D%/pct.c %D%/pct.h \
    %D%/potential.c %D%/potential.h \
    %D%/prepared_space.c %D%/prepared_space.h \
    %D%/pumping.c %D%/pumping.h \
    %D%/sample.c %D%/sample.h \
    %D%/sampler.c %D%/sampler.h \
    %D%/schedule_count.c %D%/schedule_count.h \
    %D%/semiring.h \
    %D%/semiring_extremes.c \
    %D%/semiring_lexicographic.c \
    %D%/semiring_polynomials.c \
    %D%/semiring_preemptions.c \
    %D%/semiring_values.c \
    %D%/starvation.c %D%/starvation.h \
    %D%/stategraph.c %D%/stategraph.h \
    %D%/value_range.c %D%/value_range.h \
    %D%/waiting.c %D%/waiting.h \
    %D%/witness.c %D%/witness.h
