#include "analysis/certificate_builder.h"

#include "base/memory.h"

#include <assert.h>
#include <string.h>

/* States, or elements, between two looks at the budget. */
enum { OFTEN = 4096 };

/* ---- Life ------------------------------------------------------------------------------------------------------ */

/* A slot for each relevant location, shared ones first. */
static void number_slots(struct certificate_builder *self)
{
    size_t count = machine_location_count(self->machine);
    self->slots = memory_new(count, sizeof *self->slots);
    self->slot_locations = memory_new(count, sizeof *self->slot_locations);
    for (location_id l = 0; l < count; l++) {
        self->slots[l] = DRAFT_NO_SLOT;
        if (!self->slice->relevant[l])
            continue;
        assert(self->slot_count < DRAFT_NO_SLOT);
        self->slots[l] = (uint16_t)self->slot_count;
        self->slot_locations[self->slot_count++] = l;
    }
}

struct certificate_builder *builder_new(const struct program *program, const struct certificate_options *options,
                                        bool everything)
{
    struct certificate_builder *self = memory_new(1, sizeof *self);
    struct machine *complete = machine_new(program, NULL, false);
    self->slice = slice_new(complete, options->word, everything);
    machine_free(complete);
    self->machine = machine_new(program, self->slice->data, false);
    self->scheduler = options->scheduler != NULL ? options->scheduler : scheduler_free_choice();
    self->budget = options->budget;
    self->is_upper = options->is_upper;
    number_slots(self);
    return self;
}

/* Forgets all states. */
static void clear(struct certificate_builder *self)
{
    if (self->system != NULL)
        stateset_free(&self->states);
    system_free(self->system);
    memory_free(self->bounds);
    memory_free(self->origins);
    memory_free(self->dirty);
    budget_give(self->budget, self->taken);
    self->system = NULL;
    self->bounds = NULL;
    self->origins = NULL;
    self->dirty = NULL;
    self->capacity = self->taken = 0;
    self->transitions = 0;
}

void builder_free(struct certificate_builder *self)
{
    if (self == NULL)
        return;
    clear(self);
    memory_free(self->slots);
    memory_free(self->slot_locations);
    slice_free(self->slice);
    machine_free(self->machine);
    memory_free(self);
}

/* ---- States ---------------------------------------------------------------------------------------------------- */

static size_t bytes_a_state(const struct certificate_builder *self)
{
    return self->slot_count * sizeof *self->bounds + (self->slot_count + 1) * sizeof *self->origins +
           sizeof *self->dirty;
}

/* Makes room for one more state. Returns false where the budget does not allow it, or there are as many as there are
 * numbers for. Grows by a quarter, as the set does, so that at most a fifth of what is taken lies idle. */
static bool reserve(struct certificate_builder *self)
{
    if (!stateset_reserve(&self->states, 1))
        return false;
    if (self->states.count < self->capacity)
        return true;
    size_t capacity = self->capacity < 64 ? 64 : self->capacity + self->capacity / 4;
    size_t more = (capacity - self->capacity) * bytes_a_state(self);
    if (!budget_take(self->budget, more))
        return false;
    self->taken += more;
    self->capacity = capacity;
    self->bounds = memory_resize(self->bounds, capacity * self->slot_count, sizeof *self->bounds);
    self->origins = memory_resize(self->origins, capacity * (self->slot_count + 1), sizeof *self->origins);
    self->dirty = memory_resize(self->dirty, capacity, sizeof *self->dirty);
    return true;
}

int64_t builder_bound(const struct certificate_builder *self, size_t state, size_t slot)
{
    return self->bounds[state * self->slot_count + slot];
}

static struct builder_origin *origin_of(const struct certificate_builder *self, size_t state, size_t slot)
{
    return &self->origins[state * (self->slot_count + 1) + 1 + slot];
}

/* How a state was found first. */
static struct builder_origin *parent_of(const struct certificate_builder *self, size_t state)
{
    return &self->origins[state * (self->slot_count + 1)];
}

static bool is_better(const struct certificate_builder *self, int64_t a, int64_t b)
{
    return self->is_upper ? a > b : a < b;
}

/* Bounds that are offered to a state: one a slot, each with where it comes from. */
struct offer {
    int64_t *bounds;
    struct builder_origin *origins;
};

static void accept(struct certificate_builder *self, uint32_t number, size_t slot, const struct offer *offer)
{
    self->bounds[number * self->slot_count + slot] = offer->bounds[slot];
    *origin_of(self, number, slot) = offer->origins[slot];
    self->dirty[number] = true;
}

/* Adds a state, or lowers the bounds of the one that is there. */
static enum builder_result offer_state(struct certificate_builder *self, const uint64_t *state,
                                       struct builder_origin parent, const struct offer *offer)
{
    bool is_new = false;
    if (!reserve(self))
        return DRAFT_LIMIT;
    uint32_t number = stateset_add(&self->states, state, stateset_hash(&self->states, state), &is_new);
    if (is_new) {
        *parent_of(self, number) = parent;
        self->dirty[number] = true;
    }
    for (size_t slot = 0; slot < self->slot_count; slot++)
        if (is_new || is_better(self, offer->bounds[slot], builder_bound(self, number, slot)))
            accept(self, number, slot, offer);
    if (self->budget->max_states == 0 || self->states.count <= self->budget->max_states)
        return DRAFT_DONE;
    self->budget->limit = self->budget->limit == BUDGET_OK ? BUDGET_STATES : self->budget->limit;
    return DRAFT_LIMIT;
}

static bool is_spent(struct certificate_builder *self)
{
    return budget_spent(self->budget, "certificate", self->states.count, 0, 0);
}

/* ---- Exploring ------------------------------------------------------------------------------------------------- */

/* What a round works with. */
struct round {
    uint64_t *before;
    uint64_t *after;
    struct offer offer;
};

static enum builder_result offer_starts(struct certificate_builder *self, struct round *round)
{
    enum builder_result result = DRAFT_DONE;
    for (uint64_t which = 0; which < system_start_count(self->system) && result == DRAFT_DONE; which++) {
        struct builder_origin origin = {(uint32_t)which, DRAFT_FIRST, 0, DRAFT_NO_SLOT};
        for (size_t slot = 0; slot < self->slot_count; slot++) {
            round->offer.bounds[slot] = machine_initial_value(self->machine, self->slot_locations[slot]);
            round->offer.origins[slot] = origin;
        }
        system_start(self->system, which, round->before);
        result = offer_state(self, round->before, origin, &round->offer);
        if (which % OFTEN == 0 && is_spent(self))
            result = DRAFT_LIMIT;
    }
    return result;
}

/* What a step from a state makes of its bounds. Returns false where one leaves the 64 bits. */
static bool carry(const struct certificate_builder *self, uint32_t from, struct builder_origin origin,
                  const struct step *step, struct offer *offer)
{
    for (size_t slot = 0; slot < self->slot_count; slot++) {
        offer->bounds[slot] = builder_bound(self, from, slot);
        offer->origins[slot] = origin;
        offer->origins[slot].slot = (uint16_t)slot;
    }
    for (size_t m = 0; m < step->move_count; m++) {
        const struct move *move = &step->moves[m];
        size_t target = self->slots[move->target];
        if (target == DRAFT_NO_SLOT)
            continue;
        uint16_t source = move->source == LOCATION_NONE ? DRAFT_NO_SLOT : self->slots[move->source];
        /* What flows into the relevant is relevant, unless the target is dead: then any bound will do. */
        int64_t value = source == DRAFT_NO_SLOT ? 0 : builder_bound(self, from, source);
        offer->origins[target].slot = source;
        if (__builtin_add_overflow(value, move->addend, &offer->bounds[target]))
            return false;
    }
    return true;
}

/* An error of the program leads nowhere. */
static enum builder_result take_step(struct certificate_builder *self, struct round *round, uint32_t from,
                                     const struct system_choices *choices, unsigned option, size_t thread)
{
    struct builder_origin origin = {from, (uint8_t)thread, (uint8_t)option, DRAFT_NO_SLOT};
    struct step step;
    system_step(self->system, round->before, choices, option, thread, round->after, &step);
    if (step.result == STEP_FAILED)
        return DRAFT_DONE;
    if (step.result == STEP_TOO_NARROW) {
        self->narrow = step;
        return DRAFT_NARROW;
    }
    if (!carry(self, from, origin, &step, &round->offer))
        return DRAFT_UNBOUNDED;
    self->transitions++;
    return offer_state(self, round->after, origin, &round->offer);
}

static enum builder_result look_at(struct certificate_builder *self, struct round *round, uint32_t number)
{
    struct system_choices choices;
    enum builder_result result = DRAFT_DONE;
    self->dirty[number] = false;
    memcpy(round->before, stateset_at(&self->states, number), self->system->words * sizeof *round->before);
    system_choices(self->system, round->before, &choices);
    for (unsigned o = 0; o < choices.options && result == DRAFT_DONE; o++)
        for (size_t t = 0; t < self->system->thread_count && result == DRAFT_DONE; t++)
            if (choices.threads[o] >> t & 1)
                result = take_step(self, round, number, &choices, o, t);
    return result;
}

/* Looks at every state whose bounds have fallen, those that are found on the way included. */
static enum builder_result pass(struct certificate_builder *self, struct round *round, bool *changed)
{
    *changed = false;
    for (uint32_t number = 0; number < self->states.count; number++) {
        if (number % OFTEN == 0 && is_spent(self))
            return DRAFT_LIMIT;
        if (!self->dirty[number])
            continue;
        enum builder_result result = look_at(self, round, number);
        if (result != DRAFT_DONE)
            return result;
        *changed = true;
    }
    return DRAFT_DONE;
}

/* Moves from an element, the bound of a slot in a state, to the one that it comes from. Returns false where it comes
 * from none. */
static bool go_back(const struct certificate_builder *self, size_t *element)
{
    const struct builder_origin *origin = origin_of(self, *element / self->slot_count, *element % self->slot_count);
    if (origin->thread == DRAFT_FIRST || origin->slot == DRAFT_NO_SLOT)
        return false;
    *element = (size_t)origin->state * self->slot_count + origin->slot;
    return true;
}

/* How an element was met: not yet, on the walk that is under way, on one before. */
enum { UNMET, UNDER_WAY, MET };

/* Walks back from an element to one that was met, or that comes from none. Returns whether the walk meets itself. */
static bool walk_back(const struct certificate_builder *self, uint8_t *marks, size_t first)
{
    bool goes_on = true;
    size_t at = first;
    while (goes_on && marks[at] == UNMET) {
        marks[at] = UNDER_WAY;
        goes_on = go_back(self, &at);
    }
    bool meets_itself = goes_on && marks[at] == UNDER_WAY;
    for (at = first, goes_on = true; goes_on && marks[at] == UNDER_WAY; goes_on = go_back(self, &at))
        marks[at] = MET;
    return meets_itself;
}

/* Whether some bound comes, by way of others, from itself: then it falls for ever (a cycle of least costs that is
 * negative shows as a cycle of predecessors; Cherkassky and Goldberg, Negative-cycle detection algorithms, 1999). */
static enum builder_result find_cycle(struct certificate_builder *self)
{
    size_t total = self->states.count * self->slot_count;
    if (!budget_take(self->budget, total))
        return DRAFT_LIMIT;
    uint8_t *marks = memory_new(total, sizeof *marks);
    enum builder_result result = DRAFT_DONE;
    for (size_t first = 0; first < total && result == DRAFT_DONE; first++)
        if (first % OFTEN == 0 && is_spent(self))
            result = DRAFT_LIMIT;
        else if (walk_back(self, marks, first))
            result = DRAFT_UNBOUNDED;
    memory_free(marks);
    budget_give(self->budget, total);
    return result;
}

/* The transitions of the first pass are those of the space: each state is looked at there once. */
static enum builder_result settle(struct certificate_builder *self, struct round *round)
{
    bool changed = true;
    uint64_t transitions = 0;
    for (uint64_t passes = 1; changed; passes++) {
        enum builder_result result = pass(self, round, &changed);
        if (result != DRAFT_DONE)
            return result;
        transitions = passes == 1 ? self->transitions : transitions;
        bool is_power = (passes & (passes - 1)) == 0;
        if (passes > 1 && is_power && changed)
            result = find_cycle(self);
        if (result != DRAFT_DONE)
            return result;
    }
    self->transitions = transitions;
    return DRAFT_DONE;
}

static enum builder_result explore(struct certificate_builder *self)
{
    struct round round = {
        .before = memory_new(self->system->words, sizeof *round.before),
        .after = memory_new(self->system->words, sizeof *round.after),
        .offer = {memory_new(self->slot_count, sizeof(int64_t)),
                  memory_new(self->slot_count, sizeof(struct builder_origin))},
    };
    enum builder_result result = offer_starts(self, &round);
    if (result == DRAFT_DONE)
        result = settle(self, &round);
    memory_free(round.before);
    memory_free(round.after);
    memory_free(round.offer.bounds);
    memory_free(round.offer.origins);
    return result;
}

enum builder_result builder_complete(struct certificate_builder *self)
{
    static const struct system_options options = {0}; /* concrete */
    enum builder_result result = DRAFT_NARROW;
    while (result == DRAFT_NARROW) {
        clear(self);
        self->system = system_new(self->machine, self->scheduler, &options);
        stateset_start(&self->states, self->system->words, self->budget);
        result = explore(self);
        if (result == DRAFT_NARROW)
            machine_widen(self->machine, self->narrow.narrow, self->narrow.narrow_value);
    }
    return result;
}

/* ---- Results --------------------------------------------------------------------------------------------------- */

static int64_t observed_value(const struct certificate_builder *self, uint32_t state)
{
    location_id word = self->slice->observed;
    if (self->slots[word] != DRAFT_NO_SLOT)
        return builder_bound(self, state, self->slots[word]);
    return machine_value(self->machine, stateset_at(&self->states, state), word);
}

bool builder_find_best(const struct certificate_builder *self, uint32_t *state, int64_t *value)
{
    uint64_t everybody = machine_everybody(self->machine);
    bool found = false;
    for (uint32_t number = 0; number < self->states.count; number++) {
        if (machine_finished(self->machine, stateset_at(&self->states, number)) != everybody)
            continue;
        int64_t candidate = observed_value(self, number);
        if (found && !is_better(self, candidate, *value))
            continue;
        found = true;
        *state = number;
        *value = candidate;
    }
    return found;
}

/* Backwards along where the bound comes from; before it became a constant, along how the state was found. */
void builder_find_schedule(const struct certificate_builder *self, uint32_t state, struct schedule *schedule)
{
    uint16_t slot = self->slots[self->slice->observed];
    const struct builder_origin *origin;
    while ((origin = slot == DRAFT_NO_SLOT ? parent_of(self, state) : origin_of(self, state, slot))->thread !=
           DRAFT_FIRST) {
        schedule_add(schedule, action_by(origin->option == 1 ? ACTION_SIGNAL : ACTION_STEP, origin->thread));
        slot = slot == DRAFT_NO_SLOT ? slot : origin->slot;
        state = origin->state;
    }
    if (system_start_count(self->system) > 1)
        schedule_add(schedule, action_phase(origin->state));
    schedule_reverse(schedule);
}
