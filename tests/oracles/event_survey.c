#include "tests/oracles/event_survey.h"

#include "base/memory.h"
#include "machine/machine.h"

#include <string.h>

enum { PLACES_MAX = 1500, PLACE_ROOM = 200, CHAIN_MAX = 250, END = -1 };

/* Where schedules can come to. */
struct spot {
    uint64_t *state;
    struct enumerator_memory memory; /* padding is zero */
    int last;
    uint64_t halfway;    /* threads that are in the middle of an instruction of two steps */
    size_t first, count; /* its steps */
};

struct way {
    int target; /* a place, or END after an error of the program */
    int64_t amount;
    double chance;
};

struct walk {
    const struct program *program;
    const struct counted_event *event;
    const struct enumerator_policy *policy;
    struct machine *machine;
    size_t quads;
    struct spot *places;
    size_t place_count, place_capacity;
    struct way *ways;
    size_t way_count, way_capacity;
    double *starts; /* probability of beginning there */
    bool too_narrow;
};

/* ---- What happens ------------------------------------------------------------------------------------------------ */

static bool has(uint64_t set, size_t thread)
{
    return (set >> thread & 1) != 0;
}

static const struct instruction *next_instruction(const struct walk *self, const uint64_t *state, size_t thread)
{
    return &program_code(self->program, thread)->instructions[machine_index(self->machine, state, thread)];
}

static bool is_of_two_steps(enum opcode opcode)
{
    return opcode == OPCODE_CWAIT || opcode == OPCODE_IO || opcode == OPCODE_ARRIVE;
}

/* The value that an attempt has left in its target. */
static int64_t left_behind(const struct walk *self, const uint64_t *state, size_t thread, const struct operand *target)
{
    location_id location = target->kind == OPERAND_REGISTER
                               ? machine_register_location(self->machine, thread, (unsigned)target->value)
                               : (location_id)target->value;
    return machine_value(self->machine, state, location);
}

/* Executes a step, an instruction at a time, and says what of it the event is. */
static enum step_result take(struct walk *self, struct spot *place, size_t thread, unsigned way,
                             struct enumerator_moment *from, int64_t *amount)
{
    struct step step;
    do {
        uint32_t before = machine_index(self->machine, place->state, thread);
        const struct instruction *instruction = next_instruction(self, place->state, thread);
        bool returns = has(machine_away(self->machine, place->state), thread);
        from->ticks += returns ? 0 : machine_ticks(self->machine, thread, before);
        from->yields |= machine_yields(self->machine, thread, before);
        machine_execute(self->machine, place->state, thread, way, &step);
        if (step.result == STEP_TOO_NARROW) {
            machine_widen(self->machine, step.narrow, step.narrow_value);
            self->too_narrow = true;
        }
        if (step.result != STEP_TAKEN)
            return step.result;
        if ((self->event->kind == COUNTED_MARKED || self->event->kind == COUNTED_LINE) && !has(place->halfway, thread))
            *amount += instruction->counted >> self->event->number & 1;
        if (self->event->kind == COUNTED_FAILURES &&
            (instruction->opcode == OPCODE_TRYLOCK || instruction->opcode == OPCODE_TRYWAIT))
            *amount += left_behind(self, place->state, thread, &instruction->operands[1]) == 0;
        bool stays =
            is_of_two_steps(instruction->opcode) && machine_index(self->machine, place->state, thread) == before;
        place->halfway = (place->halfway & ~(UINT64_C(1) << thread)) | (uint64_t)stays << thread;
        way = 0;
    } while (machine_goes_on(self->machine, place->state, thread, &step));
    return STEP_TAKEN;
}

static struct enumerator_moment moment_of(const struct walk *self, const uint64_t *state)
{
    uint64_t away = machine_away(self->machine, state);
    return (struct enumerator_moment){.machine = self->machine,
                                      .state = state,
                                      .threads = self->program->thread_count,
                                      .ready = machine_enabled(self->machine, state) & ~away,
                                      .away = away};
}

static bool is_preemption(const struct enumerator_moment *from, int last, size_t thread)
{
    return last >= 0 && (size_t)last != thread && !has(from->away, thread) && has(from->ready, (size_t)last);
}

/* What of a step that was taken the event is, as far as it is no matter of instructions. */
static int64_t count_step(const struct walk *self, const struct enumerator_moment *from,
                          const struct enumerator_moment *to, int last, size_t thread)
{
    bool is_switch = last >= 0 && (size_t)last != thread && !has(from->away, thread);
    uint64_t stopped = from->ready & ~to->ready & ~to->away & ~machine_finished(self->machine, to->state);
    switch (self->event->kind) {
    case COUNTED_STEPS:
        return 1;
    case COUNTED_SWITCHES:
        return is_switch;
    case COUNTED_PREEMPTIONS:
        return is_preemption(from, last, thread);
    case COUNTED_WAITS:
        return __builtin_popcountll(stopped);
    default:
        return 0;
    }
}

/* ---- Places ------------------------------------------------------------------------------------------------------ */

static bool is_same(const struct walk *self, const struct spot *a, const struct spot *b)
{
    return a->last == b->last && a->halfway == b->halfway && memcmp(&a->memory, &b->memory, sizeof a->memory) == 0 &&
           memcmp(a->state, b->state, self->quads * sizeof *a->state) == 0;
}

/* The number of a place that is the same, which takes over its state where there is none yet. */
static int find_place(struct walk *self, struct spot *place)
{
    size_t number = 0;
    while (number < self->place_count && !is_same(self, &self->places[number], place))
        number++;
    if (number < self->place_count) {
        memory_free(place->state);
        return (int)number;
    }
    self->places = memory_grow(self->places, self->place_count, &self->place_capacity, sizeof *self->places);
    self->places[self->place_count++] = *place;
    return (int)number;
}

static void add_way(struct walk *self, int target, int64_t amount, double chance)
{
    self->ways = memory_grow(self->ways, self->way_count, &self->way_capacity, sizeof *self->ways);
    self->ways[self->way_count++] = (struct way){target, amount, chance};
}

/* What is remembered of a step that was taken; says what of it the event is, as far as it is no matter of instructions. */
static int64_t look_back(const struct walk *self, struct spot *place, const struct enumerator_moment *from,
                         const struct enumerator_moment *to, unsigned option, size_t thread)
{
    int64_t amount = count_step(self, from, to, place->last, thread);
    if (self->policy != NULL && self->policy->counts_preemptions)
        place->memory.preemptions += is_preemption(from, place->last, thread);
    if (self->policy != NULL)
        self->policy->after(self->policy->context, from, to, option, thread, &place->memory);
    amount += self->event->kind == COUNTED_ROUNDS ? place->memory.passed : 0;
    place->memory.passed = 0;
    if (!has(from->away, thread))
        place->last = (int)thread;
    return amount;
}

static void follow(struct walk *self, size_t number, unsigned option, size_t thread, unsigned way, double chance)
{
    struct spot place = self->places[number];
    struct enumerator_moment from = moment_of(self, self->places[number].state), to;
    uint64_t *before = self->places[number].state;
    int64_t amount = 0;
    place.state = memory_copy(before, self->quads * sizeof *before);
    enum step_result taken = take(self, &place, thread, way, &from, &amount);
    if (taken != STEP_TAKEN) {
        memory_free(place.state);
        if (taken == STEP_FAILED)
            add_way(self, END, 0, chance);
        return;
    }
    for (size_t t = 0; t < from.threads; t++) /* others may have been sent on, behind a barrier */
        if (machine_index(self->machine, place.state, t) != machine_index(self->machine, before, t))
            place.halfway &= ~(UINT64_C(1) << t);
    to = moment_of(self, place.state);
    amount += look_back(self, &place, &from, &to, option, thread);
    add_way(self, find_place(self, &place), amount, chance);
}

static void expand(struct walk *self, size_t number)
{
    struct enumerator_moment moment = moment_of(self, self->places[number].state);
    unsigned options = self->policy != NULL ? self->policy->options : 1, choices = 0;
    uint64_t threads[ENUMERATOR_OPTIONS_MAX];
    for (unsigned o = 0; o < options; o++) {
        threads[o] = self->policy == NULL
                         ? moment.ready
                         : self->policy->choices(self->policy->context, &moment, &self->places[number].memory, o);
        threads[o] |= o == 0 ? moment.away : 0;
        for (uint64_t rest = threads[o]; rest != 0; rest &= rest - 1)
            choices += machine_choice_count(self->machine, moment.state, (size_t)__builtin_ctzll(rest));
    }
    self->places[number].first = self->way_count;
    for (unsigned o = 0; o < options; o++)
        for (size_t t = 0; t < moment.threads; t++)
            for (unsigned way = 0; has(threads[o], t) && !self->too_narrow &&
                                   way < machine_choice_count(self->machine, self->places[number].state, t);
                 way++)
                follow(self, number, o, t, way, 1.0 / choices);
    self->places[number].count = self->way_count - self->places[number].first;
}

static void forget(struct walk *self)
{
    for (size_t p = 0; p < self->place_count; p++)
        memory_free(self->places[p].state);
    self->place_count = self->way_count = 0;
    self->too_narrow = false;
}

static uint64_t start_count(const struct walk *self)
{
    return self->policy != NULL ? self->policy->starts : 1;
}

/* Finds all places, with the machine as wide as it is; returns false where there are too many. */
static bool explore(struct walk *self)
{
    forget(self);
    self->quads = machine_bits(self->machine) / 64 + 1;
    memset(self->starts, 0, PLACES_MAX * sizeof *self->starts);
    for (uint64_t which = 0; which < start_count(self); which++) {
        struct spot place = {.last = -1, .memory = {.current = -1, .last = -1}};
        place.state = memory_new(self->quads, sizeof *place.state);
        machine_start(self->machine, place.state);
        if (self->policy != NULL)
            self->policy->start(self->policy->context, which, &place.memory);
        self->starts[find_place(self, &place)] += 1.0 / (double)start_count(self);
    }
    for (size_t p = 0; p < self->place_count && !self->too_narrow; p++) {
        if (self->place_count > PLACES_MAX - PLACE_ROOM)
            return false;
        expand(self, p);
    }
    return true;
}

void event_survey_free(struct event_survey *self)
{
    if (self == NULL)
        return;
    memory_free(self->rows);
    memory_free(self);
}

/* ---- What follows ------------------------------------------------------------------------------------------------ */

static const struct way *way_at(const struct walk *self, const struct spot *place, size_t number)
{
    return &self->ways[place->first + number];
}

/* Takes places away from which every step leads to one that was taken away, and lists them in that order; whatever is left over goes
 * on. Returns how many were listed. */
static size_t order_places(const struct walk *self, size_t *order)
{
    bool *is_taken = memory_new(self->place_count, sizeof *is_taken), changed = true;
    size_t count = 0;
    while (changed) {
        changed = false;
        for (size_t p = self->place_count; p-- > 0;) {
            const struct spot *place = &self->places[p];
            bool is_free = !is_taken[p];
            for (size_t w = 0; w < place->count && is_free; w++)
                is_free = way_at(self, place, w)->target == END || is_taken[way_at(self, place, w)->target];
            if (is_free) {
                is_taken[p] = changed = true;
                order[count++] = p;
            }
        }
    }
    memory_free(is_taken);
    return count;
}

/* The most that a place's steps can still add, by so many rounds of looking one step ahead. */
static void find_greatest(const struct walk *self, struct event_survey *result)
{
    int64_t *most = memory_new(self->place_count, sizeof *most), all = 0;
    for (size_t w = 0; w < self->way_count; w++)
        all += self->ways[w].amount;
    bool changed = true;
    while (changed && !result->is_unbounded) {
        changed = false;
        for (size_t p = self->place_count; p-- > 0;)
            for (size_t w = 0; w < self->places[p].count; w++) {
                const struct way *way = way_at(self, &self->places[p], w);
                int64_t more = way->amount + (way->target == END ? 0 : most[way->target]);
                changed |= more > most[p];
                most[p] = more > most[p] ? more : most[p];
                result->is_unbounded |= most[p] > all;
            }
    }
    for (size_t p = 0; p < self->place_count; p++)
        if (self->starts[p] > 0 && most[p] > result->greatest)
            result->greatest = most[p];
    memory_free(most);
}

static void find_least(const struct walk *self, struct event_survey *result)
{
    int64_t *least = memory_new(self->place_count, sizeof *least);
    bool changed = true;
    for (size_t p = 0; p < self->place_count; p++)
        least[p] = self->places[p].count == 0 ? 0 : INT64_MAX;
    while (changed) {
        changed = false;
        for (size_t p = self->place_count; p-- > 0;)
            for (size_t w = 0; w < self->places[p].count; w++) {
                const struct way *way = way_at(self, &self->places[p], w);
                int64_t behind = way->target == END ? 0 : least[way->target];
                if (behind != INT64_MAX && behind + way->amount < least[p]) {
                    least[p] = behind + way->amount;
                    changed = true;
                }
            }
    }
    result->least = INT64_MAX;
    for (size_t p = 0; p < self->place_count; p++) {
        if (self->starts[p] > 0 && least[p] < result->least)
            result->least = least[p];
        result->stays_with_some |= least[p] == INT64_MAX;
    }
    result->never_ends = result->least == INT64_MAX;
    memory_free(least);
}

static void find_distribution(const struct walk *self, const size_t *order, struct event_survey *result)
{
    size_t width = (size_t)result->greatest + 1;
    struct event_survey_row *rows = memory_new(self->place_count * width, sizeof *rows);
    result->rows = memory_new(width, sizeof *result->rows);
    for (size_t o = 0; o < self->place_count; o++) {
        const struct spot *place = &self->places[order[o]];
        struct event_survey_row *own = rows + order[o] * width;
        if (place->count == 0)
            own[0] = (struct event_survey_row){1, 1};
        for (size_t w = 0; w < place->count; w++) {
            const struct way *way = way_at(self, place, w);
            static const struct event_survey_row end = {1, 1};
            const struct event_survey_row *target = way->target == END ? &end : rows + (size_t)way->target * width;
            for (size_t n = 0; n + (size_t)way->amount < width && (way->target != END || n == 0); n++) {
                own[n + (size_t)way->amount].schedules += target[n].schedules;
                own[n + (size_t)way->amount].random += way->chance * target[n].random;
            }
        }
    }
    for (size_t p = 0; p < self->place_count; p++)
        for (size_t n = 0; self->starts[p] > 0 && n < width; n++) {
            uint64_t starts = (uint64_t)(self->starts[p] * (double)start_count(self) + 0.5);
            result->rows[n].schedules += starts * rows[p * width + n].schedules;
            result->rows[n].random += self->starts[p] * rows[p * width + n].random;
        }
    for (size_t n = 0; n < width; n++)
        result->expected += (double)n * result->rows[n].random;
    memory_free(rows);
}

/* Gauss, with the largest pivot of a column, of (1 - P) expected = what the steps of a place add on average. */
static void solve(const struct walk *self, struct event_survey *result)
{
    size_t n = self->place_count;
    double *cells = memory_new(n * (n + 1), sizeof *cells);
    for (size_t p = 0; p < n; p++) {
        cells[p * (n + 1) + p] = 1;
        for (size_t w = 0; w < self->places[p].count; w++) {
            const struct way *way = way_at(self, &self->places[p], w);
            cells[p * (n + 1) + n] += way->chance * (double)way->amount;
            if (way->target != END)
                cells[p * (n + 1) + (size_t)way->target] -= way->chance;
        }
    }
    for (size_t pivot = 0; pivot < n; pivot++) {
        size_t best = pivot;
        for (size_t r = pivot; r < n; r++)
            best =
                __builtin_fabs(cells[r * (n + 1) + pivot]) > __builtin_fabs(cells[best * (n + 1) + pivot]) ? r : best;
        for (size_t c = 0; c <= n; c++) {
            double cell = cells[best * (n + 1) + c];
            cells[best * (n + 1) + c] = cells[pivot * (n + 1) + c];
            cells[pivot * (n + 1) + c] = cell;
        }
        for (size_t r = 0; r < n; r++) {
            double factor = r == pivot ? 0 : cells[r * (n + 1) + pivot] / cells[pivot * (n + 1) + pivot];
            for (size_t c = pivot; factor != 0 && c <= n; c++)
                cells[r * (n + 1) + c] -= factor * cells[pivot * (n + 1) + c];
        }
    }
    for (size_t p = 0; p < n; p++)
        result->expected += self->starts[p] * cells[p * (n + 1) + n] / cells[p * (n + 1) + p];
    memory_free(cells);
}

static struct event_survey *conclude(const struct walk *self)
{
    struct event_survey *result = memory_new(1, sizeof *result);
    size_t *order = memory_new(self->place_count, sizeof *order);
    result->is_endless = order_places(self, order) < self->place_count;
    if (result->is_endless && self->place_count > CHAIN_MAX) {
        memory_free(order);
        event_survey_free(result);
        return NULL;
    }
    find_least(self, result);
    find_greatest(self, result);
    if (!result->is_endless)
        find_distribution(self, order, result);
    else if (!result->stays_with_some)
        solve(self, result);
    memory_free(order);
    return result;
}

struct event_survey *event_survey_run(const struct program *program, const struct counted_event *event,
                                      const struct enumerator_policy *policy)
{
    struct walk walk = {.program = program,
                        .event = event,
                        .policy = policy,
                        .machine = machine_new(program, NULL, true),
                        .starts = memory_new(PLACES_MAX, sizeof *walk.starts)};
    struct event_survey *result = NULL;
    bool fits = start_count(&walk) < PLACE_ROOM && explore(&walk);
    while (fits && walk.too_narrow)
        fits = explore(&walk);
    if (fits)
        result = conclude(&walk);
    forget(&walk);
    memory_free(walk.places);
    memory_free(walk.ways);
    memory_free(walk.starts);
    machine_free(walk.machine);
    return result;
}

/* ---- One schedule ------------------------------------------------------------------------------------------------ */

static int64_t count_once(struct walk *self, const struct schedule *schedule)
{
    struct spot place = {.last = -1, .memory = {.current = -1, .last = -1}};
    bool begins_late = schedule_first_step(schedule) > 0;
    int64_t count = 0;
    self->too_narrow = false;
    self->quads = machine_bits(self->machine) / 64 + 1;
    place.state = memory_new(self->quads, sizeof *place.state);
    machine_start(self->machine, place.state);
    if (self->policy != NULL)
        self->policy->start(self->policy->context, begins_late ? schedule->actions[0].phase : 0, &place.memory);
    for (size_t a = schedule_first_step(schedule); a < schedule->count && !self->too_narrow; a++) {
        struct action action = schedule->actions[a];
        struct enumerator_moment from = moment_of(self, place.state), to;
        uint64_t *before = memory_copy(place.state, self->quads * sizeof *before);
        int64_t amount = 0;
        from.state = before;
        if (take(self, &place, action.thread, action_way(action), &from, &amount) == STEP_TAKEN) {
            for (size_t t = 0; t < from.threads; t++)
                if (machine_index(self->machine, place.state, t) != machine_index(self->machine, before, t))
                    place.halfway &= ~(UINT64_C(1) << t);
            to = moment_of(self, place.state);
            count += amount + look_back(self, &place, &from, &to, action.kind == ACTION_SIGNAL, action.thread);
        }
        memory_free(before);
    }
    memory_free(place.state);
    return count;
}

int64_t event_survey_count(const struct program *program, const struct counted_event *event,
                           const struct schedule *schedule, const struct enumerator_policy *policy)
{
    struct walk walk = {
        .program = program, .event = event, .policy = policy, .machine = machine_new(program, NULL, true)};
    int64_t count;
    do
        count = count_once(&walk, schedule);
    while (walk.too_narrow);
    machine_free(walk.machine);
    return count;
}
