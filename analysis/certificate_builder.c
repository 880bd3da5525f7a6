#include "analysis/certificate_builder.h"

#include "base/memory.h"
#include "program/predicate.h"

#include <assert.h>

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
        self->slots[l] = BUILDER_NO_SLOT;
        if (!self->slice->relevant[l])
            continue;
        assert(self->slot_count < BUILDER_NO_SLOT);
        self->slots[l] = (uint16_t)self->slot_count;
        self->slot_locations[self->slot_count++] = l;
    }
}

/* The registers that are observed must live to the end. */
static void copy_program(struct certificate_builder *self, const struct program *program,
                         const struct observation *observation)
{
    self->program = *program;
    self->program.threads = memory_copy(program->threads, program->thread_count * sizeof *program->threads);
    for (size_t p = 0; p < observation->count; p++)
        if (observation->places[p].thread >= 0)
            self->program.threads[observation->places[p].thread].observed |= UINT64_C(1)
                                                                             << observation->places[p].number;
}

static void want_word(void *context, size_t word)
{
    struct certificate_builder *self = context;
    self->wanted[word] = true;
}

/* What conditions are about is stored; what is observed may be followed. */
static void split(struct certificate_builder *self, const struct certificate_options *options, bool everything)
{
    struct machine *complete = machine_new(&self->program, NULL, false);
    struct observed observed = {.count = 0};
    self->wanted = memory_new(machine_location_count(complete), sizeof *self->wanted);
    for (size_t c = 0; c < options->condition_count; c++)
        predicate_visit(options->conditions[c], self, want_word, NULL);
    if (options->condition_count == 0)
        observed = observed_find(&options->observation, complete);
    self->slice = slice_new_of(complete, &observed, self->wanted, everything);
    for (size_t o = 0; o < observed.count; o++)
        self->wanted[observed.locations[o]] = true;
    machine_free(complete);
}

struct certificate_builder *builder_new(const struct program *program, const struct certificate_options *options,
                                        bool everything)
{
    struct certificate_builder *self = memory_new(1, sizeof *self);
    copy_program(self, program, &options->observation);
    split(self, options, everything);
    self->machine = machine_new(&self->program, self->slice->data, false);
    self->scheduler = options->scheduler != NULL ? options->scheduler : scheduler_free_choice();
    self->budget = options->budget;
    self->is_upper = options->is_upper;
    number_slots(self);
    self->offer.bounds = memory_new(self->slot_count, sizeof *self->offer.bounds);
    self->offer.origins = memory_new(self->slot_count, sizeof *self->offer.origins);
    return self;
}

/* Forgets what is known of states. */
static void clear(void *context)
{
    struct certificate_builder *self = context;
    memory_free(self->bounds);
    memory_free(self->origins);
    memory_free(self->dirty);
    self->bounds = NULL;
    self->origins = NULL;
    self->dirty = NULL;
    self->capacity = 0;
    self->transitions = 0;
}

void builder_free(struct certificate_builder *self)
{
    if (self == NULL)
        return;
    clear(self);
    if (self->explorer.budget != NULL)
        explorer_free(&self->explorer);
    memory_free(self->offer.bounds);
    memory_free(self->offer.origins);
    memory_free(self->slots);
    memory_free(self->slot_locations);
    slice_free(self->slice);
    machine_free(self->machine);
    memory_free(self->wanted);
    memory_free(self->program.threads);
    memory_free(self);
}

/* ---- States ---------------------------------------------------------------------------------------------------- */

static size_t bytes_a_state(const struct certificate_builder *self)
{
    return self->slot_count * (sizeof *self->bounds + sizeof *self->origins) + sizeof *self->dirty;
}

/* Makes room for the bounds of a state that was found. Returns false where the budget does not allow it. Grows by a quarter, as
 * the set does, so that at most a fifth lies idle. */
static bool reserve(struct certificate_builder *self)
{
    if (self->explorer.states.count <= self->capacity)
        return true;
    size_t capacity = self->capacity < 64 ? 64 : self->capacity + self->capacity / 4;
    if (!budget_allows(self->budget, (capacity - self->capacity) * bytes_a_state(self)))
        return false;
    self->capacity = capacity;
    self->bounds = memory_resize(self->bounds, capacity * self->slot_count, sizeof *self->bounds);
    self->origins = memory_resize(self->origins, capacity * self->slot_count, sizeof *self->origins);
    self->dirty = memory_resize(self->dirty, capacity, sizeof *self->dirty);
    return true;
}

int64_t builder_bound(const struct certificate_builder *self, size_t state, size_t slot)
{
    return self->bounds[state * self->slot_count + slot];
}

static struct builder_origin *origin_of(const struct certificate_builder *self, size_t state, size_t slot)
{
    return &self->origins[state * self->slot_count + slot];
}

/* How a state was found first. */
static struct builder_origin parent_of(const struct certificate_builder *self, uint32_t state)
{
    if (state < self->explorer.start_count)
        return (struct builder_origin){state, BUILDER_FIRST, 0, BUILDER_NO_SLOT};
    const struct explorer_link *link = &self->explorer.links[state];
    return (struct builder_origin){link->parent, link->thread, link->option, BUILDER_NO_SLOT};
}

static bool is_better(const struct certificate_builder *self, int64_t a, int64_t b)
{
    return self->is_upper ? a > b : a < b;
}

static bool is_spent(struct certificate_builder *self)
{
    return budget_spent(self->budget, "certificate", self->explorer.states.count, 0, 0);
}

/* ---- Exploring ------------------------------------------------------------------------------------------------- */

static void offer_first(struct certificate_builder *self, uint32_t number)
{
    for (size_t slot = 0; slot < self->slot_count; slot++) {
        self->offer.bounds[slot] = machine_initial_value(self->machine, self->slot_locations[slot]);
        self->offer.origins[slot] = (struct builder_origin){number, BUILDER_FIRST, 0, BUILDER_NO_SLOT};
    }
}

bool builder_fills(const struct certificate_builder *self, uint32_t state, location_id place)
{
    struct waiting_store store;
    size_t thread = (size_t)machine_location_thread(self->machine, place);
    return machine_waiting_store(self->machine, stateset_at(&self->explorer.states, state), thread,
                                 machine_buffer_place(self->machine, place), &store) &&
           store.value == place && self->slots[store.word] != BUILDER_NO_SLOT;
}

/* Places of store buffers that have no bound in a state: what is left there does not matter, and must not fall for ever. */
static void forget_places(struct certificate_builder *self, uint32_t state)
{
    for (size_t slot = 0; slot < self->slot_count; slot++) {
        location_id location = self->slot_locations[slot];
        if (!machine_is_buffered_data(self->machine, location) || builder_fills(self, state, location))
            continue;
        self->offer.bounds[slot] = 0;
        self->offer.origins[slot].slot = BUILDER_NO_SLOT;
    }
}

/* What a step makes of the bounds of the state that is being expanded. Returns false where one leaves the 64 bits. */
static bool carry(struct certificate_builder *self, const struct explorer_step *step)
{
    struct builder_offer *offer = &self->offer;
    uint32_t from = self->explorer.here;
    for (size_t slot = 0; slot < self->slot_count; slot++) {
        offer->bounds[slot] = builder_bound(self, from, slot);
        offer->origins[slot] = (struct builder_origin){from, step->thread, step->option, (uint16_t)slot};
    }
    for (size_t m = 0; m < step->step->move_count; m++) {
        const struct move *move = &step->step->moves[m];
        size_t target = self->slots[move->target];
        if (target == BUILDER_NO_SLOT)
            continue;
        uint16_t source = move->source == LOCATION_NONE ? BUILDER_NO_SLOT : self->slots[move->source];
        /* What flows into the relevant is relevant, unless the target is dead: then any bound will do. */
        int64_t value = source == BUILDER_NO_SLOT ? 0 : builder_bound(self, from, source);
        offer->origins[target].slot = source;
        if (__builtin_add_overflow(value, move->addend, &offer->bounds[target]))
            return false;
    }
    if (machine_has_buffers(self->machine))
        forget_places(self, step->target);
    self->transitions++;
    return !step->step->overflows;
}

static void accept(struct certificate_builder *self, const struct explorer_step *step)
{
    if (step->is_new)
        self->dirty[step->target] = true;
    for (size_t slot = 0; slot < self->slot_count; slot++) {
        if (!step->is_new && !is_better(self, self->offer.bounds[slot], builder_bound(self, step->target, slot)))
            continue;
        self->bounds[step->target * self->slot_count + slot] = self->offer.bounds[slot];
        *origin_of(self, step->target, slot) = self->offer.origins[slot];
        self->dirty[step->target] = true;
    }
}

static bool end(struct certificate_builder *self, enum builder_result result)
{
    self->ended = result;
    return false;
}

static bool note_state(void *context, const struct system_choices *choices)
{
    struct certificate_builder *self = context;
    (void)choices;
    self->dirty[self->explorer.here] = false;
    return true;
}

/* An error of the program leads nowhere. */
static bool note_step(void *context, const struct explorer_step *step)
{
    struct certificate_builder *self = context;
    if (step->target == STATESET_NONE)
        return true;
    if (!reserve(self))
        return end(self, BUILDER_LIMIT);
    if (step->step == NULL)
        offer_first(self, step->target);
    else if (!carry(self, step))
        return end(self, BUILDER_UNBOUNDED);
    accept(self, step);
    return true;
}

static enum builder_result result_of(struct certificate_builder *self, enum explorer_result result)
{
    if (result == EXPLORER_TOO_LARGE && self->budget->limit == BUDGET_OK)
        self->budget->limit = BUDGET_STATES;
    if (result == EXPLORER_ENDED)
        return self->ended;
    return result == EXPLORER_GOES_ON || result == EXPLORER_COMPLETE ? BUILDER_DONE : BUILDER_LIMIT;
}

/* Looks again at every state whose bounds have fallen. */
static enum builder_result pass(struct certificate_builder *self, bool *changed)
{
    *changed = false;
    for (uint32_t number = 0; number < self->explorer.states.count; number++) {
        if (number % OFTEN == 0 && is_spent(self))
            return BUILDER_LIMIT;
        if (!self->dirty[number])
            continue;
        enum builder_result result = result_of(self, explorer_expand(&self->explorer, number));
        if (result != BUILDER_DONE)
            return result;
        *changed = true;
    }
    return BUILDER_DONE;
}

/* Moves from an element, the bound of a slot in a state, to the one that it comes from. Returns false where it comes
 * from none. */
static bool go_back(const struct certificate_builder *self, size_t *element)
{
    const struct builder_origin *origin = origin_of(self, *element / self->slot_count, *element % self->slot_count);
    if (origin->thread == BUILDER_FIRST || origin->slot == BUILDER_NO_SLOT)
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
    size_t total = self->explorer.states.count * self->slot_count;
    if (!budget_allows(self->budget, total))
        return BUILDER_LIMIT;
    uint8_t *marks = memory_new(total, sizeof *marks);
    enum builder_result result = BUILDER_DONE;
    for (size_t first = 0; first < total && result == BUILDER_DONE; first++)
        if (first % OFTEN == 0 && is_spent(self))
            result = BUILDER_LIMIT;
        else if (walk_back(self, marks, first))
            result = BUILDER_UNBOUNDED;
    memory_free(marks);
    return result;
}

/* Exploring looks at each state once; its transitions are those of the space. */
enum builder_result builder_complete(struct certificate_builder *self)
{
    static const struct explorer_observer observer = {.begin = clear, .state = note_state, .step = note_step};
    struct explorer_options options = {
        .phase = "certificate", .max_states = self->budget->max_states, .by_option = true};
    enum builder_result result = result_of(
        self, explorer_run(&self->explorer, self->machine, self->scheduler, &options, &observer, self, self->budget));
    uint64_t transitions = self->transitions;
    bool changed = true;
    for (uint64_t passes = 2; changed && result == BUILDER_DONE; passes++) {
        result = pass(self, &changed);
        bool is_power = (passes & (passes - 1)) == 0;
        if (result == BUILDER_DONE && is_power && changed)
            result = find_cycle(self);
    }
    self->transitions = transitions;
    return result;
}

/* ---- Results --------------------------------------------------------------------------------------------------- */

static int64_t bound_value(const struct certificate_builder *self, location_id location, uint32_t state)
{
    if (self->slots[location] != BUILDER_NO_SLOT)
        return builder_bound(self, state, self->slots[location]);
    return machine_value(self->machine, stateset_at(&self->explorer.states, state), location);
}

bool builder_find_best(const struct certificate_builder *self, location_id location, uint32_t *state, int64_t *value)
{
    uint64_t everybody = machine_everybody(self->machine);
    bool found = false;
    for (uint32_t number = 0; number < self->explorer.states.count; number++) {
        if (machine_finished(self->machine, stateset_at(&self->explorer.states, number)) != everybody)
            continue;
        int64_t candidate = bound_value(self, location, number);
        if (found && !is_better(self, candidate, *value))
            continue;
        found = true;
        *state = number;
        *value = candidate;
    }
    return found;
}

/* Backwards along where the bound comes from; before it became a constant, along how the state was found. */
void builder_find_schedule(const struct certificate_builder *self, location_id location, uint32_t state,
                           struct schedule *schedule)
{
    uint16_t slot = self->slots[location];
    struct builder_origin origin;
    while ((origin = slot == BUILDER_NO_SLOT ? parent_of(self, state) : *origin_of(self, state, slot)).thread !=
           BUILDER_FIRST) {
        schedule_add(schedule, system_action(self->explorer.system, origin.option, origin.thread));
        slot = slot == BUILDER_NO_SLOT ? slot : origin.slot;
        state = origin.state;
    }
    if (self->explorer.start_count > 1)
        schedule_add(schedule, action_phase(origin.state));
    schedule_reverse(schedule);
}

bool builder_holds(const struct certificate_builder *self, const struct predicate *condition)
{
    bool holds = true;
    for (uint32_t number = 0; number < self->explorer.states.count && holds; number++)
        holds = machine_satisfies(self->machine, stateset_at(&self->explorer.states, number), condition, NULL);
    return holds;
}
