#include "analysis/pct.h"

#include "base/exact.h"
#include "base/fault.h"
#include "base/memory.h"
#include "space/observed.h"
#include "space/stateset.h"
#include "space/system.h"

#include <assert.h>
#include <string.h>

/* Priorities have four bits each: 1 .. PCT_DEPTH_MAX - 1 are those of change points, and those from the start come above; 0 is that of a thread that
 * has finished. The change points that are to come are a bit each, above those of all threads. */
enum { PRIORITY_BITS = 4, POINTS_SHIFT = PRIORITY_BITS * PCT_THREADS_MAX };

/* What a place takes, in two fronts whose arrays grow, and the numbers of its weight. */
enum { PLACE_BYTES = 800 };

/* Where draws can come to after some steps. */
struct front {
    struct stateset places; /* states, with a quad behind each for priorities and points */
    mpq_t *weights;
    size_t weight_capacity;
};

struct walk {
    struct detection *detection;
    const struct outcome *outcome;
    struct machine *machine;
    struct system *system;
    struct observed observed;
    struct budget *budget;
    size_t places_max, places;
    uint64_t step; /* how many those of `now` have made */
    mpq_t whole;   /* the weight of all */
    struct front now, next;
    uint64_t *place; /* room for one */
    bool is_narrow;
    bool is_cut; /* not all is followed */
};

/* ---- Priorities -------------------------------------------------------------------------------------------------- */

static unsigned priority_of(uint64_t note, size_t thread)
{
    return (unsigned)(note >> (PRIORITY_BITS * thread) & ((1u << PRIORITY_BITS) - 1));
}

static uint64_t with_priority(uint64_t note, size_t thread, unsigned priority)
{
    uint64_t mask = ((UINT64_C(1) << PRIORITY_BITS) - 1) << (PRIORITY_BITS * thread);
    return (note & ~mask) | (uint64_t)priority << (PRIORITY_BITS * thread);
}

/* Renames the change points, keeping their order: of those that have come only the ones matter that are somebody's priority. */
static uint64_t compress_points(uint64_t note, size_t threads)
{
    uint64_t points = note >> POINTS_SHIFT, known = points, result = 0;
    unsigned next = 1, renamed[PCT_DEPTH_MAX] = {0};
    for (size_t t = 0; t < threads; t++)
        if (priority_of(note, t) < PCT_DEPTH_MAX)
            known |= UINT64_C(1) << priority_of(note, t);
    for (unsigned p = 1; p < PCT_DEPTH_MAX; p++)
        if ((known >> p & 1) != 0)
            renamed[p] = next++;
    for (unsigned p = 1; p < PCT_DEPTH_MAX; p++)
        if ((points >> p & 1) != 0)
            result |= UINT64_C(1) << (POINTS_SHIFT + renamed[p]);
    for (size_t t = 0; t < threads; t++) {
        unsigned priority = priority_of(note, t);
        result = with_priority(result, t, priority < PCT_DEPTH_MAX ? renamed[priority] : priority);
    }
    return result;
}

/* Forgets what does not matter any more: the priorities of those that have finished, and how far apart others are. */
static uint64_t compress(const struct walk *self, const uint64_t *state, uint64_t note)
{
    size_t threads = self->system->thread_count;
    uint64_t finished = machine_finished(self->machine, state), result = note;
    for (size_t t = 0; t < threads; t++) {
        unsigned priority = priority_of(note, t), rank = 0;
        for (size_t other = 0; other < threads; other++)
            rank += (finished >> other & 1) == 0 && priority_of(note, other) >= PCT_DEPTH_MAX &&
                    priority_of(note, other) < priority;
        if ((finished >> t & 1) != 0)
            result = with_priority(result, t, 0);
        else if (priority >= PCT_DEPTH_MAX)
            result = with_priority(result, t, PCT_DEPTH_MAX + rank);
    }
    return compress_points(result, threads);
}

/* ---- Fronts ------------------------------------------------------------------------------------------------------ */

static void front_start(struct front *self, const struct walk *walk)
{
    stateset_start(&self->places, walk->system->quads + 1, walk->budget);
}

static void front_free(struct front *self)
{
    for (size_t p = 0; p < self->weight_capacity; p++)
        mpq_clear(self->weights[p]);
    memory_free(self->weights);
    stateset_free(&self->places);
    *self = (struct front){0};
}

/* Adds to a probability that of ways to a place: their weight is the number of orders and of steps for the change points that have come, so that
 * those that have not can still come at any step that is left. */
static void add_probability(const struct walk *self, mpq_t sum, uint64_t steps, uint64_t note, const mpq_t weight)
{
    uint64_t left = self->detection->steps - steps;
    mpq_t probability;
    mpq_init(probability);
    exact_set_power(mpq_numref(probability), left, (uint32_t)__builtin_popcountll(note >> POINTS_SHIFT));
    mpq_mul(probability, probability, weight);
    mpq_div(probability, probability, self->whole);
    mpq_add(sum, sum, probability);
    mpq_clear(probability);
}

/* Adds ways to a place. */
static void front_add(struct walk *self, struct front *front, const uint64_t *state, uint64_t note, const mpq_t weight)
{
    size_t quads = self->system->quads;
    bool is_new;
    if (self->places >= self->places_max || !stateset_reserve(&front->places, 1)) {
        self->is_cut = true;
        return;
    }
    memcpy(self->place, state, quads * sizeof *state);
    self->place[quads] = compress(self, state, note);
    uint32_t number = stateset_add(&front->places, self->place, stateset_hash(&front->places, self->place), &is_new);
    if (number >= front->weight_capacity) {
        size_t capacity = front->weight_capacity == 0 ? 64 : 2 * front->weight_capacity;
        front->weights = memory_resize(front->weights, capacity, sizeof *front->weights);
        for (; front->weight_capacity < capacity; front->weight_capacity++)
            mpq_init(front->weights[front->weight_capacity]);
    }
    self->places += is_new;
    mpq_add(front->weights[number], front->weights[number], weight);
}

/* ---- Steps ------------------------------------------------------------------------------------------------------- */

/* Goes on from a step that was made: each of the change points that are left comes now, or later. */
static void change_points(struct walk *self, const uint64_t *after, uint64_t note, size_t thread, const mpq_t weight)
{
    uint64_t points = note >> POINTS_SHIFT, set = points;
    do { /* all subsets */
        uint64_t changed = note & ~(set << POINTS_SHIFT);
        if (set != 0)
            changed = with_priority(changed, thread, (unsigned)__builtin_ctzll(set));
        front_add(self, &self->next, after, changed, weight);
        set = (set - 1) & points;
    } while (set != points);
}

static void add_end(struct walk *self, const uint64_t *state, const mpq_t weight)
{
    struct detection *detection = self->detection;
    bool is_deadlock = machine_finished(self->machine, state) != machine_everybody(self->machine);
    mpq_ptr sum = detection->pct_deadlocked;
    if (!is_deadlock) {
        int64_t value = observed_value(&self->observed, self->machine, state, &self->outcome->tuples);
        const struct outcome_row *row = outcome_row(self->outcome, value);
        if (row == NULL)
            fault("a draw ends as no schedule does");
        sum = detection->pct[row - self->outcome->rows];
    }
    add_probability(self, sum, self->step, state[self->system->quads], weight);
}

static void take(struct walk *self, const uint64_t *state, const struct system_choices *choices, unsigned option,
                 size_t thread, const mpq_t weight)
{
    struct step step;
    size_t quads = self->system->quads;
    uint64_t *after = memory_new(quads, sizeof *after);
    system_step(self->system, state, choices, option, thread, after, &step);
    if (step.result == STEP_FAILED)
        add_probability(self, self->detection->pct_failed, self->step, state[quads], weight);
    else if (step.result == STEP_TAKEN)
        change_points(self, after, state[quads], thread, weight);
    else {
        machine_widen(self->machine, step.narrow, step.narrow_value);
        self->is_narrow = true;
    }
    memory_free(after);
}

/* The thread of the highest priority steps, in each of its ways. */
static void expand(struct walk *self, const uint64_t *state, const mpq_t weight)
{
    struct system_choices choices;
    uint64_t note = state[self->system->quads], able = 0;
    size_t thread = 0;
    unsigned ways = 0;
    system_choices(self->system, state, &choices);
    for (unsigned o = 0; o < choices.options; o++)
        able |= choices.threads[o];
    if (able == 0) {
        add_end(self, state, weight);
        return;
    }
    thread = (size_t)__builtin_ctzll(able);
    for (size_t t = 0; t < self->system->thread_count; t++)
        if ((able >> t & 1) != 0 && priority_of(note, t) > priority_of(note, thread))
            thread = t;
    for (unsigned o = 0; o < choices.options; o++)
        ways += (choices.threads[o] >> thread & 1) != 0;
    mpq_t share, all;
    mpq_inits(share, all, NULL);
    mpq_set_ui(all, ways, 1);
    mpq_div(share, weight, all);
    for (unsigned o = 0; o < choices.options && !self->is_narrow; o++)
        if ((choices.threads[o] >> thread & 1) != 0)
            take(self, state, &choices, o, thread, share);
    mpq_clears(share, all, NULL);
}

/* ---- The walk ---------------------------------------------------------------------------------------------------- */

/* Adds the orders of the threads from a position on. */
static void add_orders(struct walk *self, const uint64_t *state, unsigned *order, size_t position, const mpq_t weight)
{
    size_t threads = self->system->thread_count;
    if (position < threads) {
        for (size_t other = position; other < threads; other++) {
            unsigned swapped = order[position];
            order[position] = order[other];
            order[other] = swapped;
            add_orders(self, state, order, position + 1, weight);
            order[other] = order[position];
            order[position] = swapped;
        }
        return;
    }
    uint64_t note = (((UINT64_C(1) << self->detection->depth) - 1) & ~UINT64_C(1)) << POINTS_SHIFT;
    for (size_t t = 0; t < threads; t++)
        note = with_priority(note, t, PCT_DEPTH_MAX + order[t]);
    front_add(self, &self->now, state, note, weight);
}

/* All orders, at all starts, once; together with all steps of all change points they are the whole. */
static void begin(struct walk *self)
{
    unsigned order[PCT_THREADS_MAX];
    uint64_t start_count = system_start_count(self->system);
    mpq_t once;
    mpq_init(once);
    mpq_set_ui(once, 1, 1);
    mpq_set_ui(self->whole, 1, 1);
    exact_set_power(mpq_numref(self->whole), self->detection->steps, self->detection->depth - 1);
    exact_multiply(mpq_numref(self->whole), start_count);
    for (unsigned t = 0; t < self->system->thread_count; t++) {
        order[t] = t;
        exact_multiply(mpq_numref(self->whole), t + 1);
    }
    uint64_t *state = memory_new(self->system->quads, sizeof *state);
    for (uint64_t s = 0; s < start_count; s++) {
        system_start(self->system, s, state);
        add_orders(self, state, order, 0, once);
    }
    memory_free(state);
    mpq_clear(once);
}

static void go_on(struct walk *self)
{
    uint64_t *place = memory_new(self->system->quads + 1, sizeof *place);
    for (uint32_t p = 0; p < self->now.places.count && !self->is_narrow; p++) {
        if (budget_spent(self->budget, "detection", 0, 0, 0)) {
            self->is_cut = true;
            break;
        }
        memcpy(place, stateset_at(&self->now.places, p), (self->system->quads + 1) * sizeof *place);
        expand(self, place, self->now.weights[p]);
    }
    memory_free(place);
    front_free(&self->now);
    self->now = self->next;
    self->next = (struct front){0};
    front_start(&self->next, self);
    self->step++;
}

/* What was left out: the rest. */
static void find_unknown(const struct walk *self)
{
    struct detection *detection = self->detection;
    mpq_set_ui(detection->pct_unknown, 1, 1);
    for (size_t r = 0; r < detection->count; r++)
        mpq_sub(detection->pct_unknown, detection->pct_unknown, detection->pct[r]);
    mpq_sub(detection->pct_unknown, detection->pct_unknown, detection->pct_deadlocked);
    mpq_sub(detection->pct_unknown, detection->pct_unknown, detection->pct_failed);
    if (!self->is_cut && mpq_sgn(detection->pct_unknown) != 0)
        fault("the probabilities of what PCT draws do not add up to 1");
}

static void forget(struct detection *self)
{
    for (size_t r = 0; r < self->count; r++)
        mpq_set_ui(self->pct[r], 0, 1);
    mpq_set_ui(self->pct_deadlocked, 0, 1);
    mpq_set_ui(self->pct_failed, 0, 1);
}

/* With the machine as wide as it is. */
static void try(struct walk *self, const struct scheduler *scheduler)
{
    self->system = system_new(self->machine, scheduler, &(struct system_options){0});
    self->place = memory_new(self->system->quads + 1, sizeof *self->place);
    self->is_narrow = self->is_cut = false;
    self->step = self->places = 0;
    forget(self->detection);
    front_start(&self->now, self);
    front_start(&self->next, self);
    begin(self);
    while (self->now.places.count > 0 && !self->is_narrow && self->budget->limit == BUDGET_OK)
        go_on(self);
    front_free(&self->now);
    front_free(&self->next);
    memory_free(self->place);
    system_free(self->system);
}

void pct_find(struct detection *self, const struct program *program, const struct scheduler *scheduler,
              const struct observation *observation, const struct outcome *outcome, size_t places_max,
              struct budget *budget)
{
    struct walk walk = {.detection = self, .outcome = outcome, .budget = budget};
    uint64_t fit = budget_left(budget) / PLACE_BYTES;
    walk.places_max = fit < places_max ? (size_t)fit : places_max;
    walk.machine = machine_new(program, NULL, false);
    walk.observed = observed_find(observation, walk.machine);
    mpq_init(walk.whole);
    do
        try(&walk, scheduler);
    while (walk.is_narrow);
    find_unknown(&walk);
    mpq_clear(walk.whole);
    self->has_pct = true;
    machine_free(walk.machine);
}
