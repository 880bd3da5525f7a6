#include "checker/journey.h"

#include "base/arithmetic.h"
#include "base/memory.h"

#include <string.h>

void journey_start(struct journey *self, const struct system *system)
{
    self->system = system;
    self->spare = memory_new(system->words, sizeof *self->spare);
    self->last = memory_new(system->words, sizeof *self->last);
    self->moves = NULL;
    self->move_count = self->move_capacity = 0;
}

void journey_free(struct journey *self)
{
    memory_free(self->spare);
    memory_free(self->last);
    memory_free(self->moves);
}

bool journey_finds_overlap(const struct machine *machine, const uint64_t *state)
{
    for (size_t s = 0; s < machine_section_count(machine); s++) {
        uint64_t inside = machine_inside(machine, state, s);
        if ((inside & (inside - 1)) != 0)
            return true;
    }
    return false;
}

/* ---- Moves --------------------------------------------------------------------------------------------------- */

static void add_move(struct journey *self, struct move move)
{
    self->moves = memory_grow(self->moves, self->move_count, &self->move_capacity, sizeof *self->moves);
    self->moves[self->move_count++] = move;
}

/* The move into a location so far, or NULL where it still has what it had at the start. */
static struct move *move_into(const struct journey *self, location_id target)
{
    for (size_t m = 0; m < self->move_count; m++)
        if (self->moves[m].target == target)
            return &self->moves[m];
    return NULL;
}

/* A move of one step, told from the start of the journey. Every value on the way is small enough for an exact addition,
 * or the analysis will fall back to the search of all values; wrapping is harmless then. */
static struct move told_from_start(const struct journey *self, struct move move)
{
    const struct move *before = move.source == LOCATION_NONE ? NULL : move_into(self, move.source);
    if (before != NULL) {
        move.source = before->source;
        move.addend = (int64_t)((uint64_t)move.addend + (uint64_t)before->addend);
    }
    return move;
}

/* Composes the moves so far with those of the last step, which are simultaneous. */
static void compose(struct journey *self)
{
    struct move moves[EFFECT_ASSIGNMENTS_MAX];
    for (size_t m = 0; m < self->step.move_count; m++)
        moves[m] = told_from_start(self, self->step.moves[m]);
    for (size_t m = 0; m < self->step.move_count; m++) {
        struct move *before = move_into(self, moves[m].target);
        if (before != NULL)
            *before = moves[m];
        else
            add_move(self, moves[m]);
    }
}

static void note_addends(struct journey *self)
{
    for (size_t m = 0; m < self->step.move_count; m++) {
        const struct move *move = &self->step.moves[m];
        uint64_t magnitude = arithmetic_magnitude(move->addend);
        self->greatest_addend = magnitude > self->greatest_addend ? magnitude : self->greatest_addend;
        self->adds |= move->addend != 0 && move->source != LOCATION_NONE;
    }
}

/* ---- Steps --------------------------------------------------------------------------------------------------- */

static void take_step(struct journey *self, const uint64_t *from, const struct system_choices *choices, unsigned option,
                      size_t thread, uint64_t *to)
{
    self->thread = thread;
    self->threads[self->length++] = (uint8_t)thread;
    if (self->system->marked)
        self->preemptions += system_is_preemption(self->system, from, choices, thread);
    system_step(self->system, from, choices, option, thread, to, &self->step);
    if (self->step.result == STEP_TAKEN && self->step.move_count > 0) {
        note_addends(self);
        compose(self);
    }
}

/* The only thread that may step in a state that was reached, with its option; false where there is a choice, or none. */
static bool must_go_on(const struct journey *self, const uint64_t *state, struct system_choices *choices,
                       unsigned *option, size_t *thread)
{
    if (self->step.result != STEP_TAKEN || self->length == JOURNEY_STEPS_MAX)
        return false;
    system_choices(self->system, state, choices);
    if (system_choice_count(choices) != 1)
        return false;
    *option = choices->threads[0] != 0 ? 0 : 1;
    *thread = (size_t)__builtin_ctzll(choices->threads[*option]);
    return !self->system->symmetric || *thread == self->threads[0];
}

/* Goes on from the state that the first step has led to, and leaves in it where the journey leads. */
static void go_on(struct journey *self, uint64_t *state)
{
    struct system_choices choices;
    unsigned option;
    size_t thread, bytes = self->system->words * sizeof *state;
    while (must_go_on(self, state, &choices, &option, &thread)) {
        self->overlaps |= journey_finds_overlap(self->system->machine, state);
        take_step(self, state, &choices, option, thread, self->spare);
        if (self->step.result == STEP_TAKEN)
            memcpy(state, self->spare, bytes);
        else
            memcpy(self->last, state, bytes);
    }
}

void journey_run(struct journey *self, const uint64_t *from, const struct system_choices *choices, unsigned option,
                 size_t thread, uint64_t *to)
{
    self->length = self->preemptions = 0;
    self->overlaps = self->adds = false;
    self->move_count = 0;
    self->greatest_addend = 0;
    take_step(self, from, choices, option, thread, to);
    if (self->step.result != STEP_TAKEN)
        memcpy(self->last, from, self->system->words * sizeof *self->last);
    else if (self->system->collapses)
        go_on(self, to);
}
