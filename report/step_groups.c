#include "report/step_groups.h"

#include "base/memory.h"

enum {
    PERIOD_MAX = 64,     /* a longer loop body is not folded */
    FOLDED_STEPS_MIN = 6 /* fewer are as short in full */
};

/* Adds the group of so many rounds, and of so many steps each. */
static void add(struct step_groups *self, const struct trace *trace, size_t first, size_t rounds, size_t period)
{
    self->items = memory_grow(self->items, self->count, &self->capacity, sizeof *self->items);
    struct step_group *group = &self->items[self->count++];
    *group = (struct step_group){.first = first,
                                 .count = rounds * period,
                                 .rounds = rounds,
                                 .period = period,
                                 .first_number = trace->steps[first].number,
                                 .last_number = trace->steps[first + rounds * period - 1].number,
                                 .goes_on = trace_goes_on(trace, first),
                                 .thread = trace->steps[first].thread,
                                 .is_preemption = trace->steps[first].preemption,
                                 .first_line = UINT32_MAX};
    for (size_t step = first; step < first + group->count; step++) {
        uint32_t line = trace->steps[step].line;
        group->first_line = line < group->first_line ? line : group->first_line;
        group->last_line = line > group->last_line ? line : group->last_line;
    }
}

static size_t segment_end(const struct trace *trace, size_t first, size_t border)
{
    size_t end = first + 1;
    while (end < trace->step_count && end != border && trace->steps[end].thread == trace->steps[first].thread)
        end++;
    return end;
}

/* Whether two steps do the same: a line of a program that was compiled is several. */
static bool are_alike(const struct trace *trace, size_t a, size_t b)
{
    const struct trace_step *one = &trace->steps[a], *other = &trace->steps[b];
    bool alike = one->line == other->line && trace_goes_on(trace, a) == trace_goes_on(trace, b) &&
                 one->access_count == other->access_count;
    for (size_t i = 0; alike && i < one->access_count; i++)
        alike = one->accesses[i].is_write == other->accesses[i].is_write;
    return alike;
}

/* The number of steps from first on that repeat with this period, the last round possibly in part. */
static size_t repeating(const struct trace *trace, size_t first, size_t end, size_t period)
{
    size_t step = first;
    while (step + period < end && are_alike(trace, step, step + period))
        step++;
    return step - first + period;
}

/* The least line of those that begin a step; of all of them where none does, which is in the middle of one. */
static size_t loop_head(const struct trace *trace, size_t first, size_t period)
{
    size_t head = first;
    for (size_t step = first + 1; step < first + period; step++) {
        bool begins = !trace_goes_on(trace, step), has_begun = !trace_goes_on(trace, head);
        if (begins != has_begun ? begins : trace->steps[step].line < trace->steps[head].line)
            head = step;
    }
    return head;
}

/* Rounds of a loop. */
struct loop {
    size_t first, rounds, period;
};

/* The most steps of whole rounds that begin within one period of the first step; one step where there are none. */
static struct loop find_loop(const struct trace *trace, size_t first, size_t end)
{
    struct loop best = {first, 1, 1};
    for (size_t period = 1; period <= PERIOD_MAX && first + 2 * period <= end; period++) {
        size_t stop = first + repeating(trace, first, end, period);
        size_t head = loop_head(trace, first, period);
        size_t rounds = (stop - head) / period;
        if (rounds >= 2 && rounds * period >= FOLDED_STEPS_MIN && rounds * period > best.rounds * best.period)
            best = (struct loop){head, rounds, period};
    }
    return best;
}

static void fold_segment(struct step_groups *self, const struct trace *trace, size_t first, size_t end)
{
    while (first < end) {
        struct loop loop = find_loop(trace, first, end);
        while (first < loop.first)
            add(self, trace, first++, 1, 1);
        add(self, trace, first, loop.rounds, loop.period);
        first += loop.rounds * loop.period;
    }
}

struct step_groups step_groups_make(const struct trace *trace, enum step_grouping grouping, size_t border, size_t most,
                                    size_t each_end)
{
    struct step_groups self = {0};
    border = border == SIZE_MAX ? SIZE_MAX : trace_find_step(trace, border);
    for (size_t first = 0, end; first < trace->step_count; first = end) {
        end = grouping == GROUP_STEPS ? first + 1 : segment_end(trace, first, border);
        if (grouping == GROUP_SEGMENTS)
            add(&self, trace, first, 1, end - first);
        else
            fold_segment(&self, trace, first, end);
    }
    self.left_out = middle_of(self.count, most, each_end);
    return self;
}

void step_groups_free(struct step_groups *self)
{
    memory_free(self->items);
    *self = (struct step_groups){0};
}

size_t step_groups_left_out_first(const struct step_groups *self)
{
    return self->items[self->left_out.first].first_number;
}

size_t step_groups_left_out_last(const struct step_groups *self)
{
    return self->items[self->left_out.end - 1].last_number;
}
