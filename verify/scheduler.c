#include "verify/scheduler.h"

#include "verify/verdict.h"

#include <string.h>

static bool has(uint64_t set, int thread)
{
    return thread >= 0 && (set >> thread & 1) != 0;
}

/* ---- Reading --------------------------------------------------------------------------------------------------- */

static const char *const kinds[] = {"free", "tick", "signal", "parallel", "preemptions"};

enum { KIND_COUNT = sizeof kinds / sizeof kinds[0], SIGNAL_THREADS = 32 };

const char *scheduler_name(const struct scheduler *self)
{
    return kinds[self->kind];
}

/* The value of the next parameter, which must have this name. */
static struct span take_parameter(struct span *rest, const char *name)
{
    struct span value = span_take_word(rest), word = span_take(&value, '=');
    if (!span_is(word, name) || value.text == word.text + word.length)
        verdict_malformed(word.text, "this is not a certificate: expected the scheduler's parameter %s=", name);
    return value;
}

static int64_t take_number(struct span *rest, const char *name, int64_t least, int64_t most)
{
    return span_expect_number(take_parameter(rest, name), least, most);
}

/* A number, or a word that stands for another one; the list of words ends with NULL. */
static int64_t take_number_or_word(struct span *rest, const char *name, int64_t most, const char *const *words,
                                   const int64_t *numbers)
{
    struct span value = take_parameter(rest, name);
    for (size_t w = 0; words[w] != NULL; w++)
        if (span_is(value, words[w]))
            return numbers[w];
    return span_expect_number(value, 0, most);
}

static void read_timer(struct scheduler *self, struct span *rest, size_t threads)
{
    static const char *const arrivals[] = {"any", "never", NULL}, *const phases[] = {"any", NULL};
    static const int64_t numbers[] = {ANY, NEVER};
    const char *first = rest->text;
    self->quantum = take_number(rest, "quantum", 1, 1000000);
    struct span pick = take_parameter(rest, "pick");
    self->is_round_robin = span_is(pick, "round-robin");
    if (!self->is_round_robin && !span_is(pick, "any"))
        verdict_malformed(pick.text, "this is not a certificate: expected pick=any or pick=round-robin");
    self->phase = take_number_or_word(rest, "phase", self->quantum - 1, phases, numbers);
    if (self->kind != SCHEDULER_SIGNAL)
        return;
    self->arrival = take_number_or_word(rest, "arrival", 1000000000, arrivals, numbers);
    if (threads > SIGNAL_THREADS)
        verdict_malformed(first, "the scheduler signal is for %d threads at most", SIGNAL_THREADS);
}

/* 0, for all threads, or a number for each with commas between them; those left out are 0. */
static void read_offsets(struct scheduler *self, struct span value, size_t threads)
{
    bool goes_on = true;
    for (size_t t = 0; goes_on; t++) {
        const char *first = value.text;
        struct span number = span_take(&value, ',');
        goes_on = value.text > number.text + number.length;
        if (t >= threads)
            verdict_malformed(first, "this is no certificate: there are more offsets than threads");
        self->offsets[t] = span_expect_number(number, 0, 1000000);
    }
}

void scheduler_read(struct scheduler *self, struct span rest, size_t threads)
{
    struct span kind = span_take_word(&rest);
    size_t number = 0;
    while (number < KIND_COUNT && !span_is(kind, kinds[number]))
        number++;
    if (number == KIND_COUNT)
        verdict_malformed(kind.text, "the certificate has a scheduler that this verifier does not know");
    *self = (struct scheduler){.kind = (enum scheduler_kind)number, .arrival = ANY};
    if (self->kind == SCHEDULER_TICK || self->kind == SCHEDULER_SIGNAL)
        read_timer(self, &rest, threads);
    if (self->kind == SCHEDULER_PREEMPTIONS)
        self->bound = take_number(&rest, "bound", 0, 1000000);
    if (self->kind == SCHEDULER_PARALLEL) {
        self->lag = take_number(&rest, "lag", 1, 1000000);
        read_offsets(self, take_parameter(&rest, "offset"), threads);
    }
    if (rest.length > 0 || rest.text[-1] == ' ')
        verdict_malformed(rest.text, "this is not a certificate: expected no more parameters of the scheduler");
}

/* ---- Timers: tick and signal ----------------------------------------------------------------------------------- */

/* Has the signal come, and was it seen? */
enum signal_state { AWAITED, PENDING, SEEN, SIGNAL_STATES };

/* The memory's count, taken apart: count = (left * SIGNAL_STATES + signal) * quantum + used; of tick only `used` is there. */
struct clock {
    int64_t used; /* ticks of the quantum */
    int64_t left; /* steps until the signal comes, where that is given */
    enum signal_state signal;
};

static struct clock clock_of(const struct scheduler *self, const struct memory *memory)
{
    if (self->kind == SCHEDULER_TICK)
        return (struct clock){.used = memory->count, .signal = SEEN};
    int64_t rest = memory->count / self->quantum;
    return (struct clock){memory->count % self->quantum, rest / SIGNAL_STATES,
                          (enum signal_state)(rest % SIGNAL_STATES)};
}

static int64_t clock_count(const struct scheduler *self, struct clock clock)
{
    if (self->kind == SCHEDULER_TICK)
        return clock.used;
    return (clock.left * SIGNAL_STATES + (int64_t)clock.signal) * self->quantum + clock.used;
}

/* The first thread of a set behind a thread, around the circle, that thread last; -1 where the set is empty. */
static int next_in_turn(uint64_t set, int thread, size_t threads)
{
    for (size_t i = 1; i <= threads; i++) {
        int next = (int)(((size_t)(thread + 1) + i - 1) % threads);
        if (has(set, next))
            return next;
    }
    return -1;
}

static uint64_t pick(const struct scheduler *self, const struct moment *moment, int turn)
{
    if (!self->is_round_robin || moment->ready == 0)
        return moment->ready;
    return UINT64_C(1) << next_in_turn(moment->ready, turn, moment->threads);
}

static bool signal_comes(const struct scheduler *self, struct clock clock, unsigned option)
{
    return clock.signal == AWAITED && (option == 1 || (self->arrival >= 0 && clock.left == 0));
}

static uint64_t timer_choices(const struct scheduler *self, const struct moment *moment, const struct memory *memory,
                              unsigned option)
{
    struct clock clock = clock_of(self, memory);
    bool comes = signal_comes(self, clock, option);
    if (option == 1 && !comes)
        return 0;
    if (!comes && has(moment->ready, memory->turn))
        return UINT64_C(1) << memory->turn;
    return pick(self, moment, memory->turn);
}

/* Whose turn it is after a thread has lost it. */
static int next_turn(const struct scheduler *self, const struct moment *after, size_t thread)
{
    if (!self->is_round_robin)
        return -1;
    int next = next_in_turn(after->ready, (int)thread, after->threads);
    return next >= 0 ? next : (int)((thread + 1) % after->threads);
}

static void count_ticks(const struct scheduler *self, const struct moment *after, const struct taken *taken,
                        struct clock *clock, struct memory *memory)
{
    int64_t quantum = clock->signal == PENDING ? 1 : self->quantum;
    clock->used += taken->ticks;
    bool is_over = taken->yields || clock->used >= quantum;
    if (is_over)
        clock->used = 0;
    memory->turn = (int)taken->thread;
    if (is_over || !has(after->ready, memory->turn))
        memory->turn = next_turn(self, after, taken->thread);
}

static void timer_follow(const struct scheduler *self, const struct moment *after, const struct taken *taken,
                         bool is_return, struct memory *memory)
{
    struct clock clock = clock_of(self, memory);
    if (!is_return) {
        if (signal_comes(self, clock, taken->option)) {
            clock.signal = PENDING;
            clock.used = 0;
        }
        if (clock.signal == PENDING && taken->thread == 0) {
            clock.signal = SEEN;
            clock.used = 0;
        }
        count_ticks(self, after, taken, &clock, memory);
    }
    clock.left -= clock.left > 0;
    memory->count = clock_count(self, clock);
}

/* ---- Parallel -------------------------------------------------------------------------------------------------- */

/* The least lead of a thread that can go on, or -1 where nobody can. */
static int64_t slowest(const struct moment *moment, const struct memory *memory)
{
    int64_t least = -1;
    for (size_t t = 0; t < moment->threads; t++)
        if (has(moment->ready, (int)t) && (least < 0 || memory->leads[t] < least))
            least = memory->leads[t];
    return least;
}

static uint64_t parallel_choices(const struct scheduler *self, const struct moment *moment, const struct memory *memory)
{
    int64_t least = slowest(moment, memory);
    uint64_t choices = 0;
    for (size_t t = 0; t < moment->threads; t++)
        if (has(moment->ready, (int)t) && (memory->leads[t] == least || memory->leads[t] + 1 - least <= self->lag))
            choices |= UINT64_C(1) << t;
    return choices;
}

/* Leads count from the slowest thread that can go on; who waits keeps pace with it, who has finished has none. */
static void count_leads(const struct moment *moment, struct memory *memory)
{
    int64_t least = slowest(moment, memory);
    for (size_t t = 0; t < moment->threads; t++) {
        int64_t lead = memory->leads[t] - (least > 0 ? least : 0);
        memory->leads[t] = has(moment->finished, (int)t) || lead < 0 ? 0 : lead;
    }
}

/* ---- Preemptions ----------------------------------------------------------------------------------------------- */

static uint64_t bounded_choices(const struct scheduler *self, const struct moment *moment, const struct memory *memory)
{
    bool must_stay = memory->count >= self->bound && has(moment->ready, memory->turn);
    return must_stay ? UINT64_C(1) << memory->turn : moment->ready;
}

/* The turn is with who stepped last, as long as it can go on, or may be able to before anybody else steps: it is away and comes back,
 * or waits for one that is; or its stores reach memory. */
static void bounded_follow(const struct moment *before, const struct moment *after, size_t thread,
                           struct memory *memory)
{
    if (memory->turn != (int)thread && has(before->ready, memory->turn))
        memory->count++;
    memory->turn = has(after->ready | after->away | after->joining | after->storing, (int)thread) ? (int)thread : -1;
}

/* ---- All ------------------------------------------------------------------------------------------------------- */

bool scheduler_has_turn(const struct scheduler *self)
{
    return self->kind == SCHEDULER_TICK || self->kind == SCHEDULER_SIGNAL || self->kind == SCHEDULER_PREEMPTIONS;
}

bool scheduler_has_leads(const struct scheduler *self)
{
    return self->kind == SCHEDULER_PARALLEL;
}

static bool is_timer(const struct scheduler *self)
{
    return self->kind == SCHEDULER_TICK || self->kind == SCHEDULER_SIGNAL;
}

int64_t scheduler_start_count(const struct scheduler *self)
{
    return is_timer(self) && self->phase == ANY ? self->quantum : 1;
}

void scheduler_start(const struct scheduler *self, const struct moment *moment, int64_t which, struct memory *memory)
{
    *memory = (struct memory){.turn = -1};
    if (is_timer(self)) {
        struct clock first = {self->phase == ANY ? which : self->phase, self->arrival > 0 ? self->arrival : 0, AWAITED};
        memory->count = clock_count(self, first);
    }
    if (self->kind == SCHEDULER_PARALLEL) {
        memcpy(memory->leads, self->offsets, sizeof memory->leads);
        count_leads(moment, memory);
    }
}

unsigned scheduler_options(const struct scheduler *self)
{
    return self->kind == SCHEDULER_SIGNAL && self->arrival == ANY ? 2 : 1;
}

uint64_t scheduler_choices(const struct scheduler *self, const struct moment *moment, const struct memory *memory,
                           unsigned option)
{
    if (is_timer(self))
        return timer_choices(self, moment, memory, option);
    if (self->kind == SCHEDULER_PARALLEL)
        return parallel_choices(self, moment, memory);
    return self->kind == SCHEDULER_PREEMPTIONS ? bounded_choices(self, moment, memory) : moment->ready;
}

/* A return from input or output needs no processor: a timer does not run, cores and preemptions do not count it. */
void scheduler_follow(const struct scheduler *self, const struct moment *before, const struct moment *after,
                      const struct taken *taken, struct memory *memory)
{
    bool is_return = has(before->away, (int)taken->thread);
    if (is_timer(self))
        timer_follow(self, after, taken, is_return, memory);
    else if (self->kind == SCHEDULER_PREEMPTIONS && !is_return)
        bounded_follow(before, after, taken->thread, memory);
    else if (self->kind == SCHEDULER_PARALLEL) {
        memory->leads[taken->thread] += !is_return;
        count_leads(after, memory);
    }
}
