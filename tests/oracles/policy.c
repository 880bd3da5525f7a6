#include "tests/oracles/policy.h"

#include "base/text.h"
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

/* ---- Some processors: cores -------------------------------------------------------------------------------------- */

static uint64_t on_processors(const struct enumerator_memory *memory)
{
    uint64_t set = memory->placed;
    for (int t = 0; t < ENUMERATOR_THREADS_MAX; t++)
        set |= (uint64_t)(memory->busy[t] > 0) << t;
    return set;
}

/* Whether nobody outside a set waits who was overtaken by somebody in it. */
static bool is_fair_set(const struct enumerator_memory *memory, uint64_t set, uint64_t waiting)
{
    bool is_fair = true;
    for (int t = 0; t < ENUMERATOR_THREADS_MAX; t++)
        if (contains(waiting & ~set, t))
            is_fair = is_fair && (memory->overtook[t] & set) == 0;
    return is_fair;
}

/* Whether a round can end with all of these put on processors: some set of threads that holds them fits, and is fair. */
static bool can_be_placed(const struct policy *self, const struct enumerator_memory *memory, uint64_t these,
                          uint64_t waiting)
{
    int64_t room = self->cores - __builtin_popcountll(on_processors(memory) & ~memory->placed);
    for (uint64_t set = 0; set < UINT64_C(1) << ENUMERATOR_THREADS_MAX; set++)
        if ((these & ~set) == 0 && (set & ~these & ~waiting) == 0 && __builtin_popcountll(set) <= room &&
            (!self->is_fair || is_fair_set(memory, set, waiting & ~these)))
            return true;
    return false;
}

static uint64_t cores_now(const struct policy *self, const struct enumerator_moment *moment,
                          const struct enumerator_memory *memory)
{
    uint64_t waiting = memory->may & moment->ready, choices = memory->at_work & moment->ready;
    for (int t = 0; t < (int)moment->threads; t++)
        if (contains(waiting, t) && can_be_placed(self, memory, memory->placed | UINT64_C(1) << t, waiting))
            choices |= UINT64_C(1) << t;
    return choices;
}

static void let_wait(const struct enumerator_moment *moment, struct enumerator_memory *memory)
{
    memory->may = moment->ready & ~on_processors(memory);
}

static void end_one_round(const struct enumerator_moment *moment, struct enumerator_memory *memory)
{
    uint64_t ran = on_processors(memory);
    for (int t = 0; t < (int)moment->threads; t++) {
        bool has_waited = contains(memory->may & moment->ready, t);
        memory->overtook[t] = has_waited ? memory->overtook[t] | ran : 0;
        memory->busy[t] -= memory->busy[t] > 0;
    }
    memory->placed = memory->at_work = 0;
    let_wait(moment, memory);
    memory->passed++;
}

/* Rounds in which nobody can be put on a processor, and somebody is on one. */
static void let_pass(const struct policy *self, const struct enumerator_moment *moment,
                     struct enumerator_memory *memory)
{
    while (cores_now(self, moment, memory) == 0 && on_processors(memory) != 0)
        end_one_round(moment, memory);
}

static uint64_t cores_choices(const void *context, const struct enumerator_moment *moment,
                              const struct enumerator_memory *memory, unsigned option)
{
    const struct policy *self = context;
    struct enumerator_memory later = *memory;
    assert(option == 0);
    if (moment->away != 0 && cores_now(self, moment, memory) == 0)
        let_pass(self, moment, &later);
    return cores_now(self, moment, &later);
}

static void cores_start(const void *context, uint64_t which, struct enumerator_memory *memory)
{
    (void)context;
    (void)which;
    memory->may = UINT64_MAX; /* all that can go on at the start */
}

/* Who can go on since the round has begun is not put on a processor in it. */
static void cores_after(const void *context, const struct enumerator_moment *before,
                        const struct enumerator_moment *after, unsigned option, size_t thread,
                        struct enumerator_memory *memory)
{
    const struct policy *self = context;
    uint64_t bit = UINT64_C(1) << thread;
    assert(option == 0);
    if (memory->may == UINT64_MAX)
        memory->may = before->ready;
    memory->passed = 0;
    if (contains(before->away, (int)thread)) {
        if (memory->placed == 0)
            let_wait(after, memory);
    } else {
        let_pass(self, before, memory); /* no rounds, unless somebody is away */
        memory->placed |= bit;
        memory->may &= ~bit;
        memory->at_work = before->ticks == 0 ? memory->at_work | bit : memory->at_work & ~bit;
        memory->busy[thread] = before->ticks;
    }
    if (after->away == 0)
        let_pass(self, after, memory);
    else if (memory->placed != 0 && cores_now(self, after, memory) == 0)
        end_one_round(after, memory);
}

/* ---- Priorities -------------------------------------------------------------------------------------------------- */

static uint64_t anybody(const void *context, const struct enumerator_moment *moment,
                        const struct enumerator_memory *memory, unsigned option)
{
    (void)context;
    (void)memory;
    (void)option;
    return moment->ready;
}

static void forget_step(const void *context, const struct enumerator_moment *before,
                        const struct enumerator_moment *after, unsigned option, size_t thread,
                        struct enumerator_memory *memory)
{
    (void)context;
    (void)before;
    (void)after;
    (void)option;
    (void)thread;
    (void)memory;
}

/* Whether a thread waits for another one that inherits its priority: the words for people say so. */
static bool lends_to(const struct policy *self, const struct enumerator_moment *moment, size_t thread, size_t other)
{
    static const char inheriting[] = "mutex m, held by ";
    struct text wait = TEXT_INIT;
    bool waits =
        !contains(moment->ready | moment->away | machine_finished(moment->machine, moment->state), (int)thread);
    if (waits)
        machine_describe_wait(moment->machine, moment->state, thread, &wait);
    size_t length = strlen(inheriting);
    bool lends = waits && self->inherits && strncmp(text_string(&wait), inheriting, length) == 0 &&
                 strcmp(text_string(&wait) + length, machine_thread_name(moment->machine, other)) == 0;
    text_free(&wait);
    return lends;
}

/* The priority of a thread, or a higher one of those that wait for it; with one mutex nobody lends what was lent to him. */
static int64_t priority_of(const struct policy *self, const struct enumerator_moment *moment, size_t thread)
{
    int64_t priority = self->priorities[thread];
    for (size_t other = 0; other < moment->threads; other++)
        if (self->priorities[other] > priority && lends_to(self, moment, other, thread))
            priority = self->priorities[other];
    return priority;
}

static uint64_t highest_choices(const void *context, const struct enumerator_moment *moment,
                                const struct enumerator_memory *memory, unsigned option)
{
    const struct policy *self = context;
    uint64_t may = self->may(context, moment, memory, option), choices = 0;
    for (size_t t = 0; t < moment->threads; t++) {
        bool is_highest = contains(may, (int)t);
        for (size_t other = 0; other < moment->threads; other++)
            if (contains(may, (int)other))
                is_highest &= priority_of(self, moment, t) >= priority_of(self, moment, other);
        choices |= (uint64_t)is_highest << t;
    }
    return choices;
}

static void read_priorities(struct policy *self, const struct property *parameters, size_t count)
{
    const struct property *property = property_find(parameters, count, "priority");
    if (property == NULL)
        return;
    char *rest = property->text;
    for (int thread = 0; *rest != '\0'; thread++) {
        self->priorities[thread] = strtoll(rest, &rest, 10);
        rest += *rest == ',';
    }
    self->may = self->head.choices;
    self->head.choices = highest_choices;
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

static void start_kind(struct policy *self, const char *kind, const struct property *parameters, size_t count)
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
    } else if (strcmp(kind, "cores") == 0) {
        const struct property *place = property_find(parameters, count, "place");
        assert(place != NULL && !place->is_number);
        self->cores = number(parameters, count, "cores");
        self->is_fair = strcmp(place->text, "fair") == 0;
        self->head.start = cores_start;
        self->head.choices = cores_choices;
        self->head.after = cores_after;
    } else if (strcmp(kind, "free") == 0) {
        self->head.start = bounded_start;
        self->head.choices = anybody;
        self->head.after = forget_step;
    } else {
        assert(strcmp(kind, "preemptions") == 0);
        self->bound = number(parameters, count, "bound");
        self->head.counts_preemptions = true;
        self->head.start = bounded_start;
        self->head.choices = bounded_choices;
        self->head.after = bounded_after;
    }
}

void policy_start(struct policy *self, const char *kind, const struct property *parameters, size_t count)
{
    start_kind(self, kind, parameters, count);
    read_priorities(self, parameters, count);
}
