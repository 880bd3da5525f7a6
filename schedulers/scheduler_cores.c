/* The cores scheduler: a number of processors, on which the threads are put anew in each round.
 *
 * A round puts as many threads on processors as there are processors, of those that could go on when it began, and each makes one
 * step, in any order. A step of N ticks keeps its processor for N rounds, and does what it does in the first; a step of none leaves
 * its thread another one in the same round. Who can go on only since a round has begun waits for the next one. So time passes in
 * rounds, and how many there are until the end is the makespan (Graham, Bounds on multiprocessing timing anomalies, 1969).
 *
 * With place=fair nobody waits while another one runs twice. For that each thread has two times, which matter only by their order: when
 * it ran last, and since when it waits. Whoever has waited since before a thread ran comes before that thread, as those do that
 * come before him: times of waiting are never before those of running. */
#include "machine/machine.h"
#include "schedulers/scheduler_parts.h"

#include <inttypes.h>

enum { CORES_MAX = SCHEDULER_THREADS_MAX, TIMES_MAX = 2 * SCHEDULER_THREADS_MAX, TIME_BITS = 8 };

struct cores {
    struct scheduler head;
    int64_t cores;
    bool is_fair;
    size_t threads;
};

/* What a thread is to the round. */
enum standing {
    OUTSIDE, /* it cannot be put on a processor in this round */
    WAITING, /* it can */
    AT_WORK, /* it was, and may go on in this round */
    BUSY     /* it has made its step, now or in an earlier round, and keeps its processor */
};

/* A thread in the scheduler's memory, and how its number there is made: standing, whether it began in this round, two times and rounds. */
struct seat {
    enum standing standing;
    bool is_new;
    uint32_t ran, waits; /* times; 0 with place=any */
    uint64_t rounds;     /* that it is busy for, this one included */
};

/* All of them. */
struct round {
    struct seat seats[SCHEDULER_THREADS_MAX];
};

static const struct cores *cores_of(const struct scheduler *self)
{
    return (const struct cores *)(const void *)self;
}

static uint64_t pack(const struct cores *self, const struct seat *seat)
{
    uint64_t times =
        self->is_fair ? seat->rounds << 2 * TIME_BITS | seat->waits << TIME_BITS | seat->ran : seat->rounds;
    return times << 3 | (uint64_t)seat->is_new << 2 | seat->standing;
}

static struct seat unpack(const struct cores *self, uint64_t number)
{
    uint64_t times = number >> 3, mask = (1u << TIME_BITS) - 1;
    struct seat seat = {.standing = (enum standing)(number & 3), .is_new = (number >> 2 & 1) != 0, .rounds = times};
    if (self->is_fair) {
        seat.ran = (uint32_t)(times & mask);
        seat.waits = (uint32_t)(times >> TIME_BITS & mask);
        seat.rounds = times >> 2 * TIME_BITS;
    }
    return seat;
}

static void shape(const struct scheduler *self, const struct machine *machine, struct scheduler_shape *shape)
{
    const struct cores *cores = cores_of(self);
    struct seat most = {BUSY, true, TIMES_MAX, TIMES_MAX, machine != NULL ? machine_dearest_step(machine) : 1};
    *shape = (struct scheduler_shape){
        .own_most = pack(cores, &most), .starts = 1, .options = 1, .symmetric = true, .has_rounds = true};
}

static void load(const struct cores *self, const struct scheduler_memory *memory, struct round *round)
{
    for (size_t t = 0; t < self->threads; t++)
        round->seats[t] = unpack(self, memory->own[t]);
}

static void store(const struct cores *self, const struct round *round, struct scheduler_memory *memory)
{
    for (size_t t = 0; t < self->threads; t++)
        memory->own[t] = pack(self, &round->seats[t]);
}

/* The threads of a standing, and, of those on processors, all or the new ones. */
static uint64_t standing(const struct cores *self, const struct round *round, enum standing standing)
{
    uint64_t set = 0;
    for (size_t t = 0; t < self->threads; t++)
        set |= (uint64_t)(round->seats[t].standing == standing) << t;
    return set;
}

static uint64_t begun(const struct cores *self, const struct round *round)
{
    uint64_t set = 0;
    for (size_t t = 0; t < self->threads; t++)
        set |= (uint64_t)(round->seats[t].standing >= AT_WORK && round->seats[t].is_new) << t;
    return set;
}

static int count(uint64_t set)
{
    return __builtin_popcountll(set);
}

/* ---- Who is next ------------------------------------------------------------------------------------------------- */

/* Those that have waited since before a thread ran. */
static uint64_t ahead_of(const struct cores *self, const struct round *round, uint64_t waiting, size_t thread)
{
    uint64_t set = 0;
    for (size_t t = 0; t < self->threads; t++)
        if (scheduler_has(waiting, (int)t) && round->seats[t].waits < round->seats[thread].ran)
            set |= UINT64_C(1) << t;
    return set;
}

/* Whether there is room for a thread on a processor, and for all that come before it or before those that are there already. */
static bool has_room(const struct cores *self, const struct round *round, uint64_t waiting, size_t thread)
{
    uint64_t placed = begun(self, round) | UINT64_C(1) << thread, ahead = 0;
    uint64_t kept = standing(self, round, BUSY) & ~placed;
    for (size_t t = 0; t < self->threads && self->is_fair; t++)
        if (scheduler_has(placed, (int)t))
            ahead |= ahead_of(self, round, waiting, t);
    return count(kept) + count(placed | ahead) <= self->cores;
}

static uint64_t who_may(const struct cores *self, const struct round *round, uint64_t ready)
{
    uint64_t waiting = standing(self, round, WAITING) & ready;
    uint64_t may = standing(self, round, AT_WORK) & ready;
    for (size_t t = 0; t < self->threads; t++)
        if (scheduler_has(waiting, (int)t) && has_room(self, round, waiting, t))
            may |= UINT64_C(1) << t;
    return may;
}

/* ---- Rounds ------------------------------------------------------------------------------------------------------ */

/* Makes times as small as their order allows: less than twice the number of threads. */
static void compress_times(const struct cores *self, struct round *round)
{
    uint32_t rank[TIMES_MAX + 1] = {0}, next = 0;
    for (size_t t = 0; t < self->threads; t++)
        rank[round->seats[t].ran] = rank[round->seats[t].waits] = 1;
    for (size_t time = 0; time <= 2 * self->threads; time++)
        rank[time] = rank[time] > 0 ? next++ : 0;
    for (size_t t = 0; t < self->threads; t++) {
        round->seats[t].ran = rank[round->seats[t].ran];
        round->seats[t].waits = rank[round->seats[t].waits];
    }
}

/* Notes who ran in the round that ends. */
static void keep_times(const struct cores *self, struct round *round, uint64_t finished)
{
    uint32_t now = 0;
    for (size_t t = 0; t < self->threads; t++) {
        const struct seat *seat = &round->seats[t];
        now = seat->ran >= now ? seat->ran + 1 : now;
        now = seat->waits >= now ? seat->waits + 1 : now;
    }
    for (size_t t = 0; t < self->threads; t++) {
        struct seat *seat = &round->seats[t];
        if (seat->standing >= AT_WORK)
            seat->ran = now;
        if (scheduler_has(finished, (int)t))
            seat->ran = 0;
    }
}

/* Lets those wait for a processor that can go on now, the others among them since now, after all that ran. */
static void begin_round(const struct cores *self, struct round *round, uint64_t ready)
{
    uint32_t now = 0;
    for (size_t t = 0; t < self->threads; t++)
        now = round->seats[t].ran > now ? round->seats[t].ran : now;
    for (size_t t = 0; t < self->threads; t++) {
        struct seat *seat = &round->seats[t];
        bool is_ready = scheduler_has(ready, (int)t);
        if (seat->standing >= AT_WORK)
            continue;
        seat->waits = !is_ready ? 0 : seat->standing == WAITING ? seat->waits : now;
        seat->standing = is_ready ? WAITING : OUTSIDE;
    }
}

/* Ends rounds, in all of which the same threads are on processors, and begins one. */
static void end_rounds(const struct cores *self, struct round *round, uint64_t rounds,
                       const struct scheduler_moment *moment)
{
    if (self->is_fair)
        keep_times(self, round, machine_finished(moment->machine, moment->state));
    for (size_t t = 0; t < self->threads; t++) {
        struct seat *seat = &round->seats[t];
        bool has_processor = seat->standing >= AT_WORK;
        seat->is_new = false;
        seat->rounds -= seat->rounds > 0 ? rounds : 0;
        if (has_processor)
            seat->standing = seat->rounds > 0 ? BUSY : OUTSIDE;
    }
    begin_round(self, round, moment->ready);
    if (self->is_fair)
        compress_times(self, round);
}

/* The rounds until some processor is free; 0 where none is taken. */
static uint64_t shortest_work(const struct cores *self, const struct round *round)
{
    uint64_t shortest = UINT64_MAX;
    for (size_t t = 0; t < self->threads; t++)
        if (round->seats[t].standing == BUSY && round->seats[t].rounds < shortest)
            shortest = round->seats[t].rounds;
    return shortest == UINT64_MAX ? 0 : shortest;
}

static bool is_anybody_busy(const struct cores *self, const struct round *round)
{
    return (standing(self, round, BUSY) | standing(self, round, AT_WORK)) != 0;
}

/* Ends rounds as long as nobody can be put on a processor in them, and somebody is on one. Returns how many. Behind the first one who
 * can go on has been looked at, so that many can end at once. */
static uint64_t pass(const struct cores *self, struct round *round, const struct scheduler_moment *moment)
{
    uint64_t passed = 0;
    while (who_may(self, round, moment->ready) == 0 && is_anybody_busy(self, round)) {
        uint64_t rounds = passed == 0 ? 1 : shortest_work(self, round);
        end_rounds(self, round, rounds, moment);
        passed += rounds;
    }
    return passed;
}

/* The same behind a step. While somebody is away no further rounds pass than the one that has begun: he may return in the next one,
 * or they pass before another one makes a step. */
static uint64_t pass_behind(const struct cores *self, struct round *round, const struct scheduler_moment *moment)
{
    if (moment->away == 0)
        return pass(self, round, moment);
    if (begun(self, round) == 0 || who_may(self, round, moment->ready) != 0)
        return 0;
    end_rounds(self, round, 1, moment);
    return 1;
}

static uint64_t choices(const struct scheduler *self, const struct scheduler_moment *moment,
                        const struct scheduler_memory *memory, unsigned option)
{
    struct round round;
    (void)option;
    load(cores_of(self), memory, &round);
    if (moment->away != 0)
        pass(cores_of(self), &round, moment);
    return who_may(cores_of(self), &round, moment->ready);
}

static void start(const struct scheduler *self, const struct scheduler_moment *moment, uint64_t which,
                  struct scheduler_memory *memory)
{
    struct round round = {0};
    (void)which;
    begin_round(cores_of(self), &round, moment->ready);
    store(cores_of(self), &round, memory);
}

/* A return from input or output takes no processor; before the first step of a round, it is as if the round began then. */
static void after(const struct scheduler *self, const struct scheduler_step *step, struct scheduler_memory *memory)
{
    const struct cores *cores = cores_of(self);
    struct round round;
    uint64_t passed = 0;
    load(cores, memory, &round);
    struct seat *seat = &round.seats[step->thread];
    if (scheduler_has(step->before.away, (int)step->thread)) {
        if (begun(cores, &round) == 0)
            begin_round(cores, &round, step->after.ready);
    } else {
        passed = pass(cores, &round, &step->before);
        seat->is_new = true;
        seat->standing = step->ticks == 0 ? AT_WORK : BUSY;
        seat->rounds = step->ticks;
    }
    memory->passed = passed + pass_behind(cores, &round, &step->after);
    store(cores, &round, memory);
}

/* ---- Telling ----------------------------------------------------------------------------------------------------- */

static void refusal(const struct scheduler *self, const struct scheduler_moment *moment,
                    const struct scheduler_memory *memory, size_t thread, struct text *text)
{
    const struct cores *cores = cores_of(self);
    struct round round;
    load(cores, memory, &round);
    const struct seat *seat = &round.seats[thread];
    uint64_t busy = standing(cores, &round, BUSY) | standing(cores, &round, AT_WORK);
    (void)moment;
    if (seat->standing == BUSY && seat->rounds > 1)
        text_print(text, "its last step takes %" PRIu64 " rounds more", seat->rounds - 1);
    else if (seat->standing == BUSY)
        text_print(text, "it has made its step in this round, and others have not yet");
    else if (seat->standing == OUTSIDE)
        text_print(text, "it could not go on when this round began");
    else if (count(busy) >= cores->cores)
        text_print(text, "%s in this round", cores->cores == 1 ? "the processor is taken" : "all processors are taken");
    else
        text_print(text, "others have waited longer for a processor");
}

static const char *const place_words[] = {"any", "fair", NULL};

static void describe(const struct scheduler *self, const struct scheduler_choices *choices,
                     struct property **parameters, size_t *count)
{
    (void)choices;
    property_add_number(parameters, count, "cores", cores_of(self)->cores);
    property_add_text(parameters, count, "place", place_words[cores_of(self)->is_fair]);
}

static const struct scheduler_parameter parameters_of_kind[] = {
    {
        .name = "cores",
        .placeholder = "C",
        .help = "processors",
        .unit = "",
        .least = 1,
        .most = CORES_MAX,
    },
    {
        .name = "place",
        .placeholder = "HOW",
        .help = "which threads are put on them: any (default), or fair: nobody waits while another one runs twice",
        .least = 1,
        .words = place_words,
    },
    SCHEDULER_PRIORITY,
    {.name = NULL},
};

static bool read_parameters(struct scheduler *head, const struct scheduler_recipe *recipe, struct error *error)
{
    struct cores *self = (struct cores *)(void *)head;
    int64_t place;
    self->threads = recipe->threads;
    if (!scheduler_read(recipe, &parameters_of_kind[0], CORES_MAX, 0, &self->cores, error) ||
        !scheduler_read(recipe, &parameters_of_kind[1], 0, -1, &place, error))
        return false;
    self->is_fair = place == -2;
    return true;
}

const struct scheduler_kind scheduler_cores_kind = {
    .name = "cores",
    .summary = "some processors, in rounds",
    .parameters = parameters_of_kind,
    .meaning = "in each round so many of the threads that can go on make a step each",
    .start = start,
    SCHEDULER_FUNCTIONS(struct cores),
};
