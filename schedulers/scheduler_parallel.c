/* The parallel scheduler: one core a thread, and cores that run nearly in step.
 *
 * Thread i may step only if afterwards it is at most LAG steps ahead of every other thread that can go on. Each thread's
 * offset counts as steps that it is ahead from the start: a thread with a large offset starts late. LAG 1 is lock step.
 *
 * The memory is each thread's lead: how many steps it is ahead of the slowest that can go on. A core does not stand still
 * while its thread waits for a lock or a device: a waiting thread keeps pace with the slowest of the others, so that nobody
 * waits for it, and it may go on at once when it can. What has finished has no lead. */
#include "base/text.h"
#include "machine/machine.h"
#include "schedulers/scheduler_parts.h"

#include <inttypes.h>

enum { LAG_MAX = 1000000, OFFSET_MAX = 1000000 };

struct parallel {
    struct scheduler head;
    int64_t lag;
    size_t threads;
    int64_t offsets[SCHEDULER_THREADS_MAX];
};

static const struct parallel *parallel_of(const struct scheduler *self)
{
    return (const struct parallel *)(const void *)self;
}

static bool has_equal_offsets(const struct parallel *self)
{
    for (size_t t = 1; t < self->threads; t++)
        if (self->offsets[t] != self->offsets[0])
            return false;
    return true;
}

static int64_t greatest_offset(const struct parallel *self)
{
    int64_t greatest = 0;
    for (size_t t = 0; t < self->threads; t++)
        greatest = self->offsets[t] > greatest ? self->offsets[t] : greatest;
    return greatest;
}

static void shape(const struct scheduler *self, const struct machine *machine, struct scheduler_shape *shape)
{
    (void)machine;
    const struct parallel *parallel = parallel_of(self);
    int64_t lag = parallel->lag, offset = greatest_offset(parallel);
    *shape = (struct scheduler_shape){.own_most = (uint64_t)(lag > offset ? lag : offset),
                                      .starts = 1,
                                      .options = 1,
                                      .symmetric = has_equal_offsets(parallel)};
}

/* The lead of the slowest thread that can go on; UINT64_MAX where none can. */
static uint64_t least_lead(const struct parallel *self, const struct scheduler_moment *moment,
                           const struct scheduler_memory *memory)
{
    uint64_t least = UINT64_MAX;
    for (size_t t = 0; t < self->threads; t++)
        if (scheduler_has(moment->ready, (int)t) && memory->own[t] < least)
            least = memory->own[t];
    return least;
}

/* Makes leads count from the slowest thread that can go on; those that wait are taken along. */
static void normalize(const struct parallel *self, const struct scheduler_moment *moment,
                      struct scheduler_memory *memory)
{
    uint64_t finished = machine_finished(moment->machine, moment->state);
    uint64_t slowest = least_lead(self, moment, memory);
    for (size_t t = 0; t < self->threads; t++) {
        if (scheduler_has(finished, (int)t))
            memory->own[t] = 0;
        else if (slowest != UINT64_MAX)
            memory->own[t] = memory->own[t] > slowest ? memory->own[t] - slowest : 0;
    }
}

static void start(const struct scheduler *self, const struct scheduler_moment *moment, uint64_t which,
                  struct scheduler_memory *memory)
{
    const struct parallel *parallel = parallel_of(self);
    (void)which;
    for (size_t t = 0; t < parallel->threads; t++)
        memory->own[t] = (uint64_t)parallel->offsets[t];
    normalize(parallel, moment, memory);
}

static uint64_t choices(const struct scheduler *self, const struct scheduler_moment *moment,
                        const struct scheduler_memory *memory, unsigned option)
{
    const struct parallel *parallel = parallel_of(self);
    uint64_t slowest = least_lead(parallel, moment, memory);
    uint64_t choices = 0;
    (void)option;
    for (size_t t = 0; t < parallel->threads; t++)
        if (scheduler_has(moment->ready, (int)t) &&
            (memory->own[t] == slowest || memory->own[t] + 1 - slowest <= (uint64_t)parallel->lag))
            choices |= UINT64_C(1) << t;
    return choices;
}

static void after(const struct scheduler *self, const struct scheduler_step *step, struct scheduler_memory *memory)
{
    if (!scheduler_has(step->before.away, (int)step->thread)) /* a return is no step of a core */
        memory->own[step->thread]++;
    normalize(parallel_of(self), &step->after, memory);
}

static void refusal(const struct scheduler *self, const struct scheduler_moment *moment,
                    const struct scheduler_memory *memory, size_t thread, struct text *text)
{
    const struct parallel *parallel = parallel_of(self);
    size_t slowest = thread;
    for (size_t t = 0; t < parallel->threads; t++)
        if (scheduler_has(moment->ready, (int)t) && memory->own[t] < memory->own[slowest])
            slowest = t;
    text_print(text, "it would be %u steps ahead of thread %zu (%s), more than the lag of %lld",
               (unsigned)(memory->own[thread] + 1 - memory->own[slowest]), slowest,
               machine_thread_name(moment->machine, slowest), (long long)parallel->lag);
}

static void describe(const struct scheduler *self, const struct scheduler_choices *choices,
                     struct property **parameters, size_t *count)
{
    const struct parallel *parallel = parallel_of(self);
    (void)choices;
    property_add_number(parameters, count, "lag", parallel->lag);
    struct text offsets = TEXT_INIT;
    for (size_t t = 0; t < parallel->threads; t++)
        text_print(&offsets, "%s%" PRId64, t > 0 ? "," : "", parallel->offsets[t]);
    if (greatest_offset(parallel) == 0)
        property_add_number(parameters, count, "offset", 0);
    else
        property_add_text(parameters, count, "offset", text_string(&offsets));
    text_free(&offsets);
}

static const struct scheduler_parameter parameters_of_kind[] = {
    {
        .name = "lag",
        .placeholder = "L",
        .help = "steps that a thread can be ahead of another; 1 is lock step",
        .unit = " steps",
        .least = 1,
        .most = LAG_MAX,
    },
    {
        .name = "offset",
        .placeholder = "LIST",
        .help = "steps that each thread counts as ahead from the start, such as 0,30: it starts late (default 0)",
        .most = OFFSET_MAX,
        .plural = "offsets",
        .example = "0,30",
    },
    SCHEDULER_PRIORITY,
    {.name = NULL},
};

static bool read_parameters(struct scheduler *head, const struct scheduler_recipe *recipe, struct error *error)
{
    struct parallel *self = (struct parallel *)(void *)head;
    self->threads = recipe->threads;
    if (!scheduler_read(recipe, &parameters_of_kind[0], LAG_MAX, 0, &self->lag, error))
        return false;
    size_t given;
    return scheduler_read_list(recipe, &parameters_of_kind[1], self->offsets, &given, error);
}

const struct scheduler_kind scheduler_parallel_kind = {
    .name = "parallel",
    .summary = "a core a thread",
    .parameters = parameters_of_kind,
    .meaning = "a processor a thread; none gets further ahead of another than the lag",
    .start = start,
    SCHEDULER_FUNCTIONS(struct parallel),
};
