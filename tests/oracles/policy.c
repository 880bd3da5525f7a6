#include "tests/oracles/policy.h"

#include "machine/machine.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static bool contains(uint64_t set, int thread)
{
    return thread >= 0 && (set >> thread & 1) != 0;
}

/* ---- Parameters ------------------------------------------------------------------------------------------------ */

static int64_t number(const struct property *parameters, size_t count, const char *name)
{
    const struct property *property = property_find(parameters, count, name);
    assert(property != NULL && property->is_number);
    return property->number;
}

/* A number; or -1 for "any", -2 for "never". */
static int64_t number_or_word(const struct property *parameters, size_t count, const char *name)
{
    const struct property *property = property_find(parameters, count, name);
    assert(property != NULL);
    if (property->is_number)
        return property->number;
    return strcmp(property->text, "any") == 0 ? -1 : -2;
}

/* "0,30", or a single number. */
static void read_offsets(struct policy *self, const struct property *parameters, size_t count)
{
    const struct property *property = property_find(parameters, count, "offset");
    assert(property != NULL);
    if (property->is_number) {
        self->offset[0] = property->number;
        return;
    }
    char *rest = property->text;
    for (int thread = 0; *rest != '\0'; thread++) {
        self->offset[thread] = strtoll(rest, &rest, 10);
        rest += *rest == ',';
    }
}

/* ---- One processor: tick and signal ---------------------------------------------------------------------------- */

/* The next ready thread by index, thread 0 first at the start. */
static uint64_t next_in_turn(const struct enumerator_moment *moment, int last)
{
    for (size_t i = 1; i <= moment->threads; i++) {
        size_t thread = ((size_t)(last + 1) + i - 1) % moment->threads;
        if (contains(moment->ready, (int)thread))
            return UINT64_C(1) << thread;
    }
    return 0;
}

static uint64_t pick(const struct policy *self, const struct enumerator_moment *moment, int last)
{
    return self->round_robin ? next_in_turn(moment, last) : moment->ready;
}

static uint64_t whose_turn(const struct policy *self, const struct enumerator_moment *moment,
                           const struct enumerator_memory *memory)
{
    if (contains(moment->ready, memory->current))
        return UINT64_C(1) << memory->current;
    return pick(self, moment, memory->current);
}

/* The turn of the current thread is over. In round-robin the next one is named at once, so that a thread that returns
 * from input or output a moment later does not come before it. */
static void end_turn(const struct policy *self, const struct enumerator_moment *after, struct enumerator_memory *memory)
{
    memory->current = -1;
    if (!self->round_robin)
        return;
    uint64_t next = next_in_turn(after, memory->last);
    memory->current = next != 0 ? __builtin_ctzll(next) : (memory->last + 1) % (int)after->threads;
}

/* Counts a step on a quantum; returns whether the quantum is over. */
static bool count_ticks(const struct enumerator_moment *before, int64_t quantum, struct enumerator_memory *memory)
{
    memory->used += before->ticks;
    if (!before->yields && memory->used < quantum)
        return false;
    memory->used = 0;
    return true;
}

static void run_processor(const struct policy *self, const struct enumerator_moment *before,
                          const struct enumerator_moment *after, size_t thread, int64_t quantum,
                          struct enumerator_memory *memory)
{
    memory->current = memory->last = (int)thread;
    if (count_ticks(before, quantum, memory) || !contains(after->ready, (int)thread))
        end_turn(self, after, memory);
}

static void tick_start(const void *context, uint64_t which, struct enumerator_memory *memory)
{
    const struct policy *self = context;
    memory->used = self->phase >= 0 ? self->phase : (int64_t)which;
}

static uint64_t tick_choices(const void *context, const struct enumerator_moment *moment,
                             const struct enumerator_memory *memory, unsigned option)
{
    assert(option == 0);
    return whose_turn(context, moment, memory);
}

static void tick_after(const void *context, const struct enumerator_moment *before,
                       const struct enumerator_moment *after, unsigned option, size_t thread,
                       struct enumerator_memory *memory)
{
    const struct policy *self = context;
    assert(option == 0);
    if (!contains(before->away, (int)thread))
        run_processor(self, before, after, thread, self->quantum, memory);
}

/* Whether the signal arrives with this step. At a given time it arrives with the first step from then on that needs the
 * processor; all steps count for the time. */
static bool arrives(const struct policy *self, const struct enumerator_memory *memory, unsigned option)
{
    return memory->signal == 0 && (option == 1 || (self->arrival >= 0 && self->arrival <= memory->steps));
}

static uint64_t signal_choices(const void *context, const struct enumerator_moment *moment,
                               const struct enumerator_memory *memory, unsigned option)
{
    const struct policy *self = context;
    if (option == 1 && memory->signal != 0)
        return 0;
    if (!arrives(self, memory, option))
        return whose_turn(self, moment, memory);
    return pick(self, moment, memory->current);
}

static void signal_after(const void *context, const struct enumerator_moment *before,
                         const struct enumerator_moment *after, unsigned option, size_t thread,
                         struct enumerator_memory *memory)
{
    const struct policy *self = context;
    bool arrived = arrives(self, memory, option);
    memory->steps += memory->steps <= self->arrival; /* later ones are all the same */
    if (contains(before->away, (int)thread))
        return;
    if (arrived) {
        memory->signal = 1;
        memory->used = 0;
    }
    if (memory->signal == 1 && thread == 0) {
        memory->signal = 2;
        memory->used = 0;
    }
    run_processor(self, before, after, thread, memory->signal == 1 ? 1 : self->quantum, memory);
}

/* ---- A processor for each thread: parallel --------------------------------------------------------------------- */

static void parallel_start(const void *context, uint64_t which, struct enumerator_memory *memory)
{
    const struct policy *self = context;
    (void)which;
    memcpy(memory->lead, self->offset, sizeof memory->lead);
}

static uint64_t parallel_choices(const void *context, const struct enumerator_moment *moment,
                                 const struct enumerator_memory *memory, unsigned option)
{
    const struct policy *self = context;
    uint64_t choices = 0;
    assert(option == 0);
    for (size_t thread = 0; thread < moment->threads; thread++) {
        bool may = contains(moment->ready, (int)thread);
        for (size_t other = 0; other < moment->threads; other++)
            if (other != thread && contains(moment->ready, (int)other))
                may = may && memory->lead[thread] + 1 <= memory->lead[other] + self->lag;
        choices |= (uint64_t)may << thread;
    }
    return choices;
}

/* Who waits is carried along with the slowest that can go on: time passes for it, too. */
static void carry_along(const struct enumerator_moment *moment, struct enumerator_memory *memory)
{
    int64_t slowest = INT64_MAX;
    for (size_t t = 0; t < moment->threads; t++)
        if (contains(moment->ready, (int)t) && memory->lead[t] < slowest)
            slowest = memory->lead[t];
    for (size_t t = 0; t < moment->threads; t++)
        if (!contains(moment->ready, (int)t) && slowest != INT64_MAX && memory->lead[t] < slowest)
            memory->lead[t] = slowest;
}

/* Only how far threads are apart matters: so that what is remembered does not grow for ever. */
static void forget_common_lead(size_t threads, struct enumerator_memory *memory)
{
    int64_t least = INT64_MAX;
    for (size_t t = 0; t < threads; t++)
        least = memory->lead[t] < least ? memory->lead[t] : least;
    for (size_t t = 0; t < threads; t++)
        memory->lead[t] -= least;
}

static void parallel_after(const void *context, const struct enumerator_moment *before,
                           const struct enumerator_moment *after, unsigned option, size_t thread,
                           struct enumerator_memory *memory)
{
    (void)context;
    assert(option == 0);
    carry_along(before, memory); /* matters for the first step alone */
    if (!contains(before->away, (int)thread))
        memory->lead[thread]++;
    carry_along(after, memory);
    forget_common_lead(after->threads, memory);
}

/* ---- Few preemptions --------------------------------------------------------------------------------------------- */

static void bounded_start(const void *context, uint64_t which, struct enumerator_memory *memory)
{
    (void)context;
    (void)which;
    (void)memory;
}

/* Once all preemptions are used up a thread that can go on does. */
static uint64_t bounded_choices(const void *context, const struct enumerator_moment *moment,
                                const struct enumerator_memory *memory, unsigned option)
{
    const struct policy *self = context;
    assert(option == 0);
    bool may_preempt = memory->preemptions < self->bound;
    return !may_preempt && contains(moment->ready, memory->last) ? UINT64_C(1) << memory->last : moment->ready;
}

static void bounded_after(const void *context, const struct enumerator_moment *before,
                          const struct enumerator_moment *after, unsigned option, size_t thread,
                          struct enumerator_memory *memory)
{
    (void)context;
    (void)after;
    assert(option == 0);
    if (!contains(before->away, (int)thread))
        memory->last = (int)thread;
}

/* ---- Making ------------------------------------------------------------------------------------------------------ */

static void read_processor(struct policy *self, const struct property *parameters, size_t count)
{
    const struct property *picks = property_find(parameters, count, "pick");
    assert(picks != NULL && !picks->is_number);
    self->round_robin = strcmp(picks->text, "round-robin") == 0;
    self->quantum = number(parameters, count, "quantum");
    self->phase = number_or_word(parameters, count, "phase");
    self->head.starts = self->phase < 0 ? (uint64_t)self->quantum : 1;
    self->head.start = tick_start;
}

void policy_start(struct policy *self, const char *kind, const struct property *parameters, size_t count)
{
    *self = (struct policy){.head = {.context = self, .starts = 1, .options = 1}};
    if (strcmp(kind, "tick") == 0) {
        read_processor(self, parameters, count);
        self->head.choices = tick_choices;
        self->head.after = tick_after;
    } else if (strcmp(kind, "signal") == 0) {
        read_processor(self, parameters, count);
        self->arrival = number_or_word(parameters, count, "arrival");
        self->head.options = self->arrival == -1 ? 2 : 1;
        self->head.choices = signal_choices;
        self->head.after = signal_after;
    } else if (strcmp(kind, "parallel") == 0) {
        self->lag = number(parameters, count, "lag");
        read_offsets(self, parameters, count);
        self->head.start = parallel_start;
        self->head.choices = parallel_choices;
        self->head.after = parallel_after;
    } else {
        assert(strcmp(kind, "preemptions") == 0);
        self->bound = number(parameters, count, "bound");
        self->head.counts_preemptions = true;
        self->head.start = bounded_start;
        self->head.choices = bounded_choices;
        self->head.after = bounded_after;
    }
}
