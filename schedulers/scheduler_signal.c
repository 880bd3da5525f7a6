/* The signal scheduler: the tick scheduler, disturbed once by a signal.
 *
 * From the moment a signal arrives until thread 0 next runs, the quantum is 1: the processor changes hands after every
 * tick. (CPython 2 delivers signals to its main thread only, and checks after every bytecode until that has run.) The signal
 * can arrive before any step, or never; option 1 is that it arrives now. When it does the next thread is picked at once. */
#include "machine/machine.h"
#include "schedulers/ticker.h"

enum progress { SIGNAL_AWAITED, SIGNAL_PENDING, SIGNAL_DELIVERED, SIGNAL_PROGRESS_COUNT };

/* The search has a bit for each number of choices, threads times options. */
enum { SIGNAL_THREADS_MAX = 32, SIGNAL_STEPS_MAX = 1000000000 };

/* What `arrival` can be beside a number of steps. */
enum { ARRIVES_ANY_TIME = SCHEDULER_OPEN, ARRIVES_NEVER = SCHEDULER_NEVER };

struct signal {
    struct scheduler head;
    struct ticker ticker;
    int64_t arrival; /* before which step, from 0; or one of the above */
};

/* The memory, unpacked from scheduler_memory.common. */
struct signal_memory {
    uint64_t used; /* ticks of the quantum */
    enum progress progress;
    uint64_t left; /* steps until the signal arrives, where that is given */
};

static const struct signal *signal_of(const struct scheduler *self)
{
    return (const struct signal *)(const void *)self;
}

static struct signal_memory unpack(const struct signal *self, uint64_t common)
{
    uint64_t quantum = (uint64_t)self->ticker.quantum;
    return (struct signal_memory){common % quantum, (enum progress)(common / quantum % SIGNAL_PROGRESS_COUNT),
                                  common / quantum / SIGNAL_PROGRESS_COUNT};
}

static uint64_t pack(const struct signal *self, struct signal_memory memory)
{
    return (memory.left * SIGNAL_PROGRESS_COUNT + memory.progress) * (uint64_t)self->ticker.quantum + memory.used;
}

static void shape(const struct scheduler *self, const struct machine *machine, struct scheduler_shape *shape)
{
    (void)machine;
    const struct signal *signal = signal_of(self);
    uint64_t left = signal->arrival > 0 ? (uint64_t)signal->arrival : 0;
    *shape = (struct scheduler_shape){
        .common_most =
            pack(signal, (struct signal_memory){(uint64_t)signal->ticker.quantum - 1, SIGNAL_PROGRESS_COUNT - 1, left}),
        .has_current = true,
        .starts = ticker_starts(&signal->ticker),
        .options = signal->arrival == ARRIVES_ANY_TIME ? 2 : 1,
        .insists = true,
    };
}

static void start(const struct scheduler *self, const struct scheduler_moment *moment, uint64_t which,
                  struct scheduler_memory *memory)
{
    const struct signal *signal = signal_of(self);
    (void)moment;
    struct signal_memory first = {.used = ticker_start(&signal->ticker, which)};
    first.left = signal->arrival > 0 ? (uint64_t)signal->arrival : 0;
    memory->common = pack(signal, first);
}

/* Whether the signal arrives before this step. */
static bool arrives_now(const struct signal *self, struct signal_memory memory, unsigned option)
{
    return memory.progress == SIGNAL_AWAITED && (option == 1 || (self->arrival >= 0 && memory.left == 0));
}

static uint64_t choices(const struct scheduler *self, const struct scheduler_moment *moment,
                        const struct scheduler_memory *memory, unsigned option)
{
    const struct signal *signal = signal_of(self);
    struct signal_memory now = unpack(signal, memory->common);
    if (option == 1 && now.progress != SIGNAL_AWAITED)
        return 0;
    return arrives_now(signal, now, option) ? ticker_pick(&signal->ticker, moment->ready, memory->current)
                                            : ticker_choices(&signal->ticker, moment->ready, memory->current);
}

static void after(const struct scheduler *self, const struct scheduler_step *step, struct scheduler_memory *memory)
{
    const struct signal *signal = signal_of(self);
    struct signal_memory now = unpack(signal, memory->common);
    bool is_return = scheduler_has(step->before.away, (int)step->thread);
    if (arrives_now(signal, now, step->option) && !is_return) {
        now.progress = SIGNAL_PENDING;
        now.used = 0;
    }
    if (now.progress == SIGNAL_PENDING && step->thread == 0 && !is_return) {
        now.progress = SIGNAL_DELIVERED;
        now.used = 0;
    }
    uint64_t quantum = now.progress == SIGNAL_PENDING ? 1 : (uint64_t)signal->ticker.quantum;
    ticker_count(&signal->ticker, step, quantum, &now.used, &memory->current);
    now.left -= now.left > 0;
    memory->common = pack(signal, now);
}

static void refusal(const struct scheduler *self, const struct scheduler_moment *moment,
                    const struct scheduler_memory *memory, size_t thread, struct text *text)
{
    const struct signal *signal = signal_of(self);
    struct signal_memory now = unpack(signal, memory->common);
    uint64_t quantum = now.progress == SIGNAL_PENDING ? 1 : (uint64_t)signal->ticker.quantum;
    (void)thread;
    if (arrives_now(signal, now, 0)) {
        size_t next = (size_t)__builtin_ctzll(ticker_pick(&signal->ticker, moment->ready, memory->current));
        text_print(text, "the signal arrives now, and it is the turn of thread %zu (%s)", next,
                   machine_thread_name(moment->machine, next));
        return;
    }
    ticker_refusal(&signal->ticker, moment, quantum, now.used, memory->current, text);
}

static void describe(const struct scheduler *self, const struct scheduler_choices *choices,
                     struct property **parameters, size_t *count)
{
    const struct signal *signal = signal_of(self);
    int64_t arrival = signal->arrival == ARRIVES_ANY_TIME ? choices->arrival : signal->arrival;
    ticker_describe(&signal->ticker, choices->start, parameters, count);
    if (arrival == ARRIVES_NEVER)
        property_add_text(parameters, count, "arrival", "never");
    else if (arrival >= 0)
        property_add_number(parameters, count, "arrival", arrival);
    else
        property_add_text(parameters, count, "arrival", "any");
}

static const char *const arrival_words[] = {"any", "never", NULL};

static bool read_parameters(struct scheduler *head, const struct scheduler_recipe *recipe, struct error *error)
{
    struct signal *self = (struct signal *)(void *)head;
    const struct scheduler_parameter *arrival = scheduler_kind_parameter(recipe->kind, "arrival");
    if (recipe->threads > SIGNAL_THREADS_MAX)
        return error_set(error, NULL, 0, 0, "%zu threads are too many for the signal scheduler (expected at most %d)",
                         recipe->threads, SIGNAL_THREADS_MAX);
    return ticker_read(&self->ticker, recipe, error) &&
           scheduler_read(recipe, arrival, arrival->most, ARRIVES_ANY_TIME, &self->arrival, error);
}

static const struct scheduler_parameter parameters_of_kind[] = {
    TICKER_PARAMETERS,
    {
        .name = "arrival",
        .placeholder = "N",
        .help = "before which step it arrives (0: the first), any (default) or never",
        .least = 0,
        .most = SIGNAL_STEPS_MAX,
        .words = arrival_words,
    },
    SCHEDULER_PRIORITY,
    {.name = NULL},
};

const struct scheduler_kind scheduler_signal_kind = {
    .name = "signal",
    .summary = "tick, and a signal arrives",
    .parameters = parameters_of_kind,
    .meaning = "as tick, but from a signal until the first thread runs the quantum is 1",
    .start = start,
    SCHEDULER_FUNCTIONS(struct signal),
};
