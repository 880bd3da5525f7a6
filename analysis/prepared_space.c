#include "analysis/prepared_space.h"

#include "base/memory.h"

#include <string.h>

/* ---- Opening ------------------------------------------------------------------------------------------------- */

static enum prepared_space_result open_grid(struct prepared_space *self, const struct prepared_space_options *options)
{
    const struct prepared_space_setting *setting = self->setting;
    struct grid_options grid_options = {setting->symmetry, options->tracks_last, options->fused};
    self->grid = grid_new(setting->machine, setting->slice, &grid_options);
    if (self->grid == NULL)
        return PREPARED_SPACE_TOO_LARGE;
    self->space = &self->grid->space;
    return PREPARED_SPACE_READY;
}

static enum prepared_space_result open_graph(struct prepared_space *self, const struct prepared_space_options *options)
{
    const struct prepared_space_setting *setting = self->setting;
    struct graph_options graph_options = {
        .explorer = {.phase = options->tracks_last ? "exploring for preemptions" : "exploring",
                     .by_option = true,
                     .no_ways = true,
                     .max_states = options->max_states,
                     .eager = setting->eager,
                     .jobs = setting->jobs,
                     .system = {setting->symmetry, options->tracks_last, !options->ends_alike, options->fused}},
        .edges = options->edges,
        .ends_alike = options->ends_alike,
        .edges_max_states = options->edges_max_states,
    };
    self->graph = memory_new(1, sizeof *self->graph);
    self->space = &self->graph->space;
    enum explorer_result result = graph_explore(self->graph, setting->machine, setting->scheduler, setting->slice,
                                                &graph_options, setting->budget);
    return result == EXPLORER_COMPLETE ? PREPARED_SPACE_READY : PREPARED_SPACE_INCOMPLETE;
}

enum prepared_space_result prepared_space_open(struct prepared_space *self,
                                               const struct prepared_space_setting *setting,
                                               const struct prepared_space_options *options)
{
    *self = (struct prepared_space){.setting = setting};
    return setting->grid ? open_grid(self, options) : open_graph(self, options);
}

void prepared_space_close(struct prepared_space *self)
{
    if (self->graph != NULL)
        graph_free(self->graph);
    memory_free(self->graph);
    grid_free(self->grid);
    value_ranges_free(&self->ranges);
    *self = (struct prepared_space){0};
}

/* ---- The start ----------------------------------------------------------------------------------------------- */

/* The group of each thread at the start. */
static void start_groups(const struct prepared_space *self, uint8_t *group_of)
{
    struct groups groups;
    uint8_t moved[SYSTEM_THREADS_MAX];
    size_t threads = machine_thread_count(self->setting->machine);
    for (size_t t = 0; t < threads; t++)
        moved[t] = (uint8_t)t;
    if (self->grid != NULL) {
        uint32_t positions[SYSTEM_THREADS_MAX] = {0};
        size_t level;
        grid_locate(self->grid, positions, -1, &level, &groups, moved);
    } else {
        system_groups(self->graph->explorer.system, stateset_at(&self->graph->explorer.states, 0), &groups);
    }
    for (size_t t = 0; t < threads; t++)
        group_of[t] = groups.of[moved[t]];
}

static void visit_start(const struct prepared_space *self, const struct fold *fold, size_t start,
                        const uint8_t *group_of, prepared_space_visitor *visitor, void *context)
{
    const struct machine *machine = self->setting->machine;
    const struct slice *slice = self->setting->slice;
    const struct slots *slots = &self->space->slots;
    if (slots->constant != SLOT_NONE)
        visitor(context, fold_element(fold, 0, start, (unsigned)slots->constant), 0);
    for (size_t s = 0; s < slice->shared_count; s++)
        visitor(context, fold_element(fold, 0, start, (unsigned)slots_of_shared(slots, slice->shared[s])),
                machine_initial_value(machine, slice->shared[s]));
    for (size_t t = 0; t < machine_thread_count(machine); t++)
        for (size_t r = 0; r < slice->register_count; r++) {
            int slot = slots_of_register(slots, slice->registers[r], group_of[t]);
            visitor(context, fold_element(fold, 0, start, (unsigned)slot),
                    machine_initial_value(machine, machine_register_location(machine, t, slice->registers[r])));
        }
}

/* The starts are the first places of level 0; a grid has one. They differ in the scheduler's memory of its own alone, so
 * that the groups are the same in all. */
void prepared_space_visit_values(const struct prepared_space *self, const struct fold *fold,
                                 prepared_space_visitor *visitor, void *context)
{
    uint8_t group_of[SYSTEM_THREADS_MAX];
    start_groups(self, group_of);
    for (size_t start = 0; start < self->space->start_count; start++)
        visit_start(self, fold, start, group_of, visitor, context);
}

void prepared_space_visit_fate(const struct prepared_space *self, const struct fold *fold, int slot,
                               prepared_space_visitor *visitor, void *context)
{
    for (size_t start = 0; start < self->space->start_count && slot != SLOT_NONE; start++)
        visitor(context, fold_element(fold, 0, start, (unsigned)slot), 0);
}

/* ---- Extremes ------------------------------------------------------------------------------------------------ */

static void join_extremes(void *context, const void *element, int64_t initial)
{
    struct extremes *sum = context;
    const struct extremes *term = element;
    if (term->least > term->greatest)
        return;
    sum->least = term->least + initial < sum->least ? term->least + initial : sum->least;
    sum->greatest = term->greatest + initial > sum->greatest ? term->greatest + initial : sum->greatest;
}

/* An error of the program is a one at the level behind it, where other values may not come near 0. */
static void widen_for_failures(struct prepared_space *self)
{
    if (self->graph == NULL || self->graph->failures == 0)
        return;
    for (size_t l = 0; l < self->ranges.count; l++) {
        struct value_range *range = &self->ranges.levels[l];
        range->least = range->least < 0 ? range->least : 0;
        range->greatest = range->greatest > 0 ? range->greatest : 0;
    }
}

/* Where the observed variable is control, its final values have the places of a range; both prepared spaces have found the same. */
static const struct intervals *ranked_values(const struct prepared_space *self)
{
    return self->graph != NULL && self->space->slots.observed == SLOT_NONE ? &self->graph->final_values : NULL;
}

void prepared_space_copy_ranges(struct prepared_space *self, const struct prepared_space *other)
{
    if (self->has_ranges || !other->has_ranges || other->space->level_count != self->space->level_count ||
        other->space->common_addend != self->space->common_addend)
        return;
    value_ranges_free(&self->ranges);
    value_ranges_start(&self->ranges, self->space->level_count, self->space->common_addend, ranked_values(self));
    memcpy(self->ranges.levels, other->ranges.levels, other->ranges.count * sizeof *other->ranges.levels);
    self->has_ranges = true;
}

enum fold_result prepared_space_find_extremes(struct prepared_space *self, struct extremes *extremes)
{
    struct semiring semiring;
    struct fold fold;
    value_ranges_free(&self->ranges);
    value_ranges_start(&self->ranges, self->space->level_count, self->space->common_addend, ranked_values(self));
    semiring_extremes_start(&semiring, self->space);
    struct fold_options options = {.jobs = self->setting->jobs, .ranges = &self->ranges};
    enum fold_result result = fold_run(&fold, self->space, &semiring, &options, self->setting->budget);
    *extremes = (struct extremes){INT64_MAX, INT64_MIN};
    if (result == FOLD_COMPLETE)
        prepared_space_visit_values(self, &fold, join_extremes, extremes);
    widen_for_failures(self);
    self->has_ranges = result == FOLD_COMPLETE;
    fold_free(&fold);
    return result;
}
