#include "report/runs.h"

#include "base/memory.h"

enum {
    PERIOD_MAX = 64,     /* a longer loop body is not folded */
    FOLDED_STEPS_MIN = 6 /* fewer are as short in full */
};

static void add(struct runs *self, struct run run)
{
    self->items = memory_grow(self->items, self->count, &self->capacity, sizeof *self->items);
    self->items[self->count++] = run;
}

static void add_single(struct runs *self, size_t step)
{
    add(self, (struct run){step, 1, 1, 1});
}

static size_t turn_end(const struct trace *trace, size_t first, size_t border)
{
    size_t end = first + 1;
    while (end < trace->step_count && end != border && trace->steps[end].thread == trace->steps[first].thread)
        end++;
    return end;
}

/* The number of steps from first on that repeat with this period, the last round possibly in part. */
static size_t repeating(const struct trace *trace, size_t first, size_t end, size_t period)
{
    size_t step = first;
    while (step + period < end && trace->steps[step].line == trace->steps[step + period].line)
        step++;
    return step - first + period;
}

static size_t loop_head(const struct trace *trace, size_t first, size_t period)
{
    size_t head = first;
    for (size_t step = first + 1; step < first + period; step++)
        if (trace->steps[step].line < trace->steps[head].line)
            head = step;
    return head;
}

/* The longest run of whole rounds that begins within one period of the first step; its rounds are 1 where there is
 * none. */
static struct run find_rounds(const struct trace *trace, size_t first, size_t end)
{
    struct run best = {first, 1, 1, 1};
    for (size_t period = 1; period <= PERIOD_MAX && first + 2 * period <= end; period++) {
        size_t stop = first + repeating(trace, first, end, period);
        size_t head = loop_head(trace, first, period);
        size_t rounds = (stop - head) / period;
        if (rounds >= 2 && rounds * period >= FOLDED_STEPS_MIN && rounds * period > best.count)
            best = (struct run){head, rounds * period, rounds, period};
    }
    return best;
}

static void fold_turn(struct runs *self, const struct trace *trace, size_t first, size_t end)
{
    while (first < end) {
        struct run run = find_rounds(trace, first, end);
        while (first < run.first)
            add_single(self, first++);
        add(self, run);
        first += run.count;
    }
}

struct runs runs_make(const struct trace *trace, bool fold, size_t border)
{
    struct runs self = {0};
    for (size_t first = 0; first < trace->step_count;) {
        size_t end = fold ? turn_end(trace, first, border) : first + 1;
        fold_turn(&self, trace, first, end);
        first = end;
    }
    return self;
}

void runs_free(struct runs *self)
{
    memory_free(self->items);
    *self = (struct runs){0};
}

void run_lines(const struct run *self, const struct trace *trace, uint32_t *first, uint32_t *last)
{
    *first = UINT32_MAX;
    *last = 0;
    for (size_t step = self->first; step < self->first + self->period; step++) {
        uint32_t line = trace->steps[step].line;
        *first = line < *first ? line : *first;
        *last = line > *last ? line : *last;
    }
}

int64_t run_before(const struct run *self, const struct trace *trace)
{
    return self->first > 0 ? trace->steps[self->first - 1].observed : trace->observed_first;
}

int64_t run_after(const struct run *self, const struct trace *trace)
{
    return trace->steps[self->first + self->count - 1].observed;
}

bool step_writes(const struct trace *trace, size_t step)
{
    const struct trace_step *self = &trace->steps[step];
    for (size_t i = 0; i < self->access_count; i++)
        if (self->accesses[i].is_write && self->accesses[i].word == trace->observed_word)
            return true;
    return false;
}

bool run_writes(const struct run *self, const struct trace *trace)
{
    for (size_t step = self->first; step < self->first + self->count; step++)
        if (step_writes(trace, step))
            return true;
    return false;
}
