/* The tick scheduler: one processor that switches threads when a quantum of ticks is used up. How CPython 2 switches
 * between bytecodes, and how the timer interrupt of a teaching simulator switches between instructions. */
#include "schedulers/ticker.h"

struct tick {
    struct scheduler head;
    struct ticker ticker;
};

static const struct ticker *ticker_of(const struct scheduler *self)
{
    return &((const struct tick *)(const void *)self)->ticker;
}

/* The memory: the ticks used of the quantum, and the current thread. */
static void shape(const struct scheduler *self, const struct machine *machine, struct scheduler_shape *shape)
{
    (void)machine;
    const struct ticker *ticker = ticker_of(self);
    *shape = (struct scheduler_shape){
        .common_most = (uint64_t)ticker->quantum - 1,
        .has_current = true,
        .starts = ticker_starts(ticker),
        .options = 1,
        .symmetric = !ticker->round_robin,
        .insists = true,
    };
}

static void start(const struct scheduler *self, const struct scheduler_moment *moment, uint64_t which,
                  struct scheduler_memory *memory)
{
    (void)moment;
    memory->common = ticker_start(ticker_of(self), which);
}

static uint64_t choices(const struct scheduler *self, const struct scheduler_moment *moment,
                        const struct scheduler_memory *memory, unsigned option)
{
    (void)option;
    return ticker_choices(ticker_of(self), moment->ready, memory->current);
}

static void after(const struct scheduler *self, const struct scheduler_step *step, struct scheduler_memory *memory)
{
    const struct ticker *ticker = ticker_of(self);
    ticker_count(ticker, step, (uint64_t)ticker->quantum, &memory->common, &memory->current);
}

static void refusal(const struct scheduler *self, const struct scheduler_moment *moment,
                    const struct scheduler_memory *memory, size_t thread, struct text *text)
{
    const struct ticker *ticker = ticker_of(self);
    (void)thread;
    ticker_refusal(ticker, moment, (uint64_t)ticker->quantum, memory->common, memory->current, text);
}

static void describe(const struct scheduler *self, const struct scheduler_choices *choices,
                     struct property **parameters, size_t *count)
{
    ticker_describe(ticker_of(self), choices->start, parameters, count);
}

static bool read_parameters(struct scheduler *self, const struct scheduler_recipe *recipe, struct error *error)
{
    return ticker_read(&((struct tick *)(void *)self)->ticker, recipe, error);
}

static const struct scheduler_parameter parameters_of_kind[] = {TICKER_PARAMETERS, SCHEDULER_PRIORITY, {.name = NULL}};

const struct scheduler_kind scheduler_tick_kind = {
    .name = "tick",
    .summary = "one processor, in quanta",
    .parameters = parameters_of_kind,
    .meaning = "one processor; after each quantum any thread is picked",
    .meaning_in_turn = "one processor; after each quantum the next thread has its turn",
    .start = start,
    SCHEDULER_FUNCTIONS(struct tick),
};
