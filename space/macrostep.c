#include "space/macrostep.h"

#include "base/arithmetic.h"
#include "base/memory.h"

#include <string.h>

void macrostep_start(struct macrostep *self, const struct system *system)
{
    self->system = system;
    self->spare = memory_new(system->quads, sizeof *self->spare);
    self->net = (struct composition){0};
}

void macrostep_free(struct macrostep *self)
{
    memory_free(self->spare);
    composition_free(&self->net);
}

bool macrostep_finds_overlap(const struct machine *machine, const uint64_t *state)
{
    for (size_t s = 0; s < machine_section_count(machine); s++) {
        if (machine_overlaps(machine, state, s))
            return true;
    }
    return false;
}

/* ---- Steps --------------------------------------------------------------------------------------------------- */

static void note_addends(struct macrostep *self)
{
    for (size_t m = 0; m < self->step.move_count; m++) {
        const struct move *move = &self->step.moves[m];
        uint64_t magnitude = arithmetic_magnitude(move->addend);
        self->greatest_addend = magnitude > self->greatest_addend ? magnitude : self->greatest_addend;
        self->adds |= move->addend != 0 && move->source != LOCATION_NONE;
    }
}

static void note_moves(struct macrostep *self)
{
    if (self->step.move_count == 0)
        return;
    note_addends(self);
    composition_add(&self->net, self->step.moves, self->step.move_count);
    self->net.overflows |= self->step.overflows;
}

static unsigned guards_met(const struct macrostep *self)
{
    return machine_is_guarded(self->system->machine) ? self->step.guarding->count : 0;
}

/* Guards of a step are about the data before it, those of a macrostep about the data before the first one. */
static void tell_guards(struct macrostep *self, unsigned first)
{
    if (machine_is_guarded(self->system->machine))
        guarding_tell_of_first(self->step.guarding, first, self->net.moves, self->net.count);
}

static void take_step(struct macrostep *self, const uint64_t *from, const struct system_choices *choices,
                      unsigned option, size_t thread, uint64_t *to)
{
    self->thread = thread;
    self->threads[self->length++] = (uint8_t)thread;
    if (self->system->tracks_last)
        self->preemptions += system_is_preemption(self->system, from, choices, option, thread);
    unsigned first = guards_met(self);
    system_step(self->system, from, choices, option, thread, to, &self->step);
    tell_guards(self, first);
    if (self->step.result == STEP_TAKEN && self->step.dies) {
        self->dies = true;
        self->dead_thread = thread;
        self->dead_index = self->step.dies_index;
    }
    if (self->step.result == STEP_TAKEN)
        note_moves(self);
}

/* The only thread that may step in a state that was reached, with its option; false where there is a choice, or none. */
static bool must_go_on(const struct macrostep *self, const uint64_t *state, struct system_choices *choices,
                       unsigned *option, size_t *thread)
{
    if (self->step.result != STEP_TAKEN || self->length == MACROSTEP_STEPS_MAX)
        return false;
    system_choices(self->system, state, choices);
    if (system_choice_count(choices) != 1)
        return false;
    *option = 0;
    while (choices->threads[*option] == 0)
        *option += 1;
    *thread = (size_t)__builtin_ctzll(choices->threads[*option]);
    return !self->system->symmetric || *thread == self->threads[0];
}

/* Goes on from the state that the first step has led to, and leaves in it where the macrostep leads. */
static void go_on(struct macrostep *self, uint64_t *state)
{
    struct system_choices choices;
    unsigned option;
    size_t thread, bytes = self->system->quads * sizeof *state;
    while (must_go_on(self, state, &choices, &option, &thread)) {
        self->overlaps |= macrostep_finds_overlap(self->system->machine, state);
        take_step(self, state, &choices, option, thread, self->spare);
        if (self->step.result == STEP_TAKEN)
            memcpy(state, self->spare, bytes);
    }
}

/* ---- Local steps --------------------------------------------------------------------------------------------- */

static bool is_local_next(const struct macrostep *self, const uint64_t *state)
{
    const struct machine *machine = self->system->machine;
    uint32_t index = machine_index(machine, state, self->thread);
    return self->length < MACROSTEP_STEPS_MAX && machine_is_local(machine, self->thread, index);
}

/* Takes the local steps behind a step, in place: one that fails leaves the state as it was. */
static void take_local_steps(struct macrostep *self, uint64_t *state)
{
    while (self->step.result == STEP_TAKEN && is_local_next(self, state)) {
        unsigned first = guards_met(self);
        machine_step(self->system->machine, state, self->thread, &self->step);
        tell_guards(self, first);
        if (self->step.result == STEP_FAILED) {
            self->step.result = STEP_TAKEN;
            return;
        }
        self->threads[self->length++] = (uint8_t)self->thread;
        if (self->step.result == STEP_TAKEN)
            note_moves(self);
    }
}

void macrostep_run(struct macrostep *self, const uint64_t *from, const struct system_choices *choices, unsigned option,
                   size_t thread, uint64_t *to)
{
    self->length = self->preemptions = 0;
    self->overlaps = self->adds = self->dies = false;
    composition_clear(&self->net);
    self->greatest_addend = 0;
    take_step(self, from, choices, option, thread, to);
    if (self->step.result == STEP_TAKEN && self->system->collapses)
        go_on(self, to);
    if (self->system->fuses)
        take_local_steps(self, to);
}
