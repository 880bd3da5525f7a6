#include "base/budget.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/scope.h"

/* How often progress is reported, in seconds, and when first: nobody wants to see it for a short run. */
static const double report_interval = 0.2;
static const double report_after = 1.0;

/* This part of the memory is left for what nobody asks for: elements of folds that grow, and reports. */
enum { RESERVE = 16 };

void budget_start(struct budget *self)
{
    self->started = clock_seconds();
    self->reported = 0;
    self->limit = BUDGET_OK;
}

double budget_seconds(const struct budget *self)
{
    return clock_seconds() - self->started;
}

static void exceed(struct budget *self, enum budget_limit limit)
{
    if (self->limit == BUDGET_OK)
        self->limit = limit;
}

uint64_t budget_left(const struct budget *self)
{
    if (self->max_memory == 0)
        return UINT64_MAX;
    uint64_t left = scope_left(), reserve = self->max_memory / RESERVE;
    if (left != UINT64_MAX)
        return left > reserve ? left - reserve : 0;
    uint64_t allocated = scope_allocated();
    return allocated < self->max_memory ? self->max_memory - allocated : 0;
}

bool budget_allows(struct budget *self, size_t bytes)
{
    bool is_left = bytes <= budget_left(self);
    if (!is_left)
        exceed(self, BUDGET_MEMORY);
    return is_left;
}

/* By a quarter, so that at most a fifth of what is taken lies idle. */
void *budget_grow_more(struct budget *self, void *array, size_t needed, size_t *capacity, size_t size)
{
    enum { LEAST = 1024 };
    size_t grown = *capacity < LEAST ? LEAST : *capacity + *capacity / 4;
    grown = grown > needed ? grown : needed;
    if (!budget_allows(self, (grown - *capacity) * size))
        return NULL;
    *capacity = grown;
    return memory_resize(array, grown, size);
}

void budget_forgive_memory(struct budget *self)
{
    if (self->limit == BUDGET_MEMORY)
        self->limit = BUDGET_OK;
}

static void tell_states(const struct budget *self, struct text *text)
{
    if (self->max_states > 0)
        text_print(text, "the limit of %llu states was reached (--max-states)", (unsigned long long)self->max_states);
    else
        text_print(text, "there are more states than 32 bits can number");
}

static void tell_memory(const struct budget *self, struct text *text)
{
    char told[96];
    scope_tell_limit(self->max_memory, told, sizeof told);
    text_print(text, "%s", told);
}

void budget_tell(const struct budget *self, struct text *text)
{
    switch (self->limit) {
    case BUDGET_STATES:
        tell_states(self, text);
        break;
    case BUDGET_MEMORY:
        tell_memory(self, text);
        break;
    case BUDGET_TIME:
        text_print(text, "the limit of %g s was reached (--timeout)", self->max_seconds);
        break;
    case BUDGET_INTERRUPTED:
        text_print(text, "interrupted");
        break;
    case BUDGET_OK:
        break;
    }
}

static void report_progress(struct budget *self, const struct budget_progress *progress)
{
    if (self->report == NULL || progress->seconds < report_after ||
        progress->seconds < self->reported + report_interval)
        return;
    self->reported = progress->seconds;
    self->report(self->report_context, progress);
}

bool budget_spent(struct budget *self, const char *phase, uint64_t states, uint64_t total, uint64_t depth)
{
    struct budget_progress progress = {phase, states, total, depth, budget_seconds(self)};
    if (self->interrupt != NULL && *self->interrupt != 0)
        exceed(self, BUDGET_INTERRUPTED);
    if (scope_left() <= self->max_memory / RESERVE)
        exceed(self, BUDGET_MEMORY);
    if (self->max_seconds > 0 && progress.seconds > self->max_seconds)
        exceed(self, BUDGET_TIME);
    report_progress(self, &progress);
    return self->limit != BUDGET_OK;
}
