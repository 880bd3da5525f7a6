/* The trial run: a few schedules are executed with room for any value, to see how large values become, so that the search
 * can store them in few bits. What the trial run does not see is met by machine_widen() later; it only saves restarts. */
#include "machine/machine_parts.h"
#include "machine/store_buffer.h"

#include "base/memory.h"

enum { REHEARSAL_STEPS_MAX = 20000, REHEARSAL_TURN_MAX = 5000 };

/* An effect names the first item of a queue, but a put writes the last one. */
static void note_target(struct machine *self, const uint64_t *state, location_id target)
{
    int64_t queue = machine_location_queue(self, target);
    machine_note_value(self, target, machine_value(self, state, target));
    if (queue >= 0)
        for (location_id l = self->queue_items[queue]; l < queue_length_location(self, queue); l++)
            machine_note_value(self, l, machine_value(self, state, l));
}

static void note_targets(struct machine *self, const uint64_t *state, size_t thread, uint32_t index)
{
    struct effect effect;
    machine_effect(self, thread, index, &effect);
    for (size_t a = 0; a < effect.assignment_count; a++)
        if (!self->data[effect.assignments[a].target])
            note_target(self, state, effect.assignments[a].target);
}

/* The free word that was written; it made the list longer, or changed it where it had room. */
static void note_free_word(struct machine *self, const uint64_t *state, size_t thread, int64_t address)
{
    size_t count = machine_free_count(self, state);
    int64_t value = machine_value_at(self, state, thread, address);
    if (value == 0)
        return;
    machine_note_value(self, free_address_location(self, count - 1), address);
    machine_note_value(self, free_value_location(self, count - 1), value);
}

static void note_stack_word(struct machine *self, const uint64_t *state, size_t thread, int64_t address)
{
    if (address < PROGRAM_STACK_FIRST || address >= PROGRAM_STACK_END)
        return;
    size_t number = (size_t)(PROGRAM_STACK_END - 1 - address) / PROGRAM_WORD_SIZE;
    location_id location = stack_location(self, thread, number);
    machine_note_value(self, location, machine_value(self, state, location));
}

/* What effects do not name: the word at a computed address, and the top of the stack. */
static void note_memory(struct machine *self, const uint64_t *state, size_t thread, const struct reach *reach)
{
    if (reach->writes && reach->word != LOCATION_NONE)
        note_target(self, state, reach->word);
    else if (reach->writes && reach->is_stack)
        note_stack_word(self, state, thread, reach->address);
    else if (reach->writes)
        note_free_word(self, state, thread, reach->address);
    location_id sp = register_location(self, thread, REGISTER_SP);
    if (!self->data[sp])
        note_stack_word(self, state, thread, machine_value(self, state, sp));
}

static void flush(struct machine *self, uint64_t *state, size_t thread)
{
    struct step step;
    struct derivation derivation;
    machine_derive_flush(self, state, thread, &derivation);
    location_id word = derivation.assignments[0].target;
    machine_execute(self, state, thread, WAY_FLUSH, &step);
    if (word == LOCATION_FREE)
        note_free_word(self, state, thread, derivation.address);
    else if (!self->data[word])
        note_target(self, state, word);
}

/* Whether a thread can step; its stores wait until it cannot. */
static bool can_go_on(struct machine *self, uint64_t *state, size_t thread)
{
    while ((machine_enabled(self, state) >> thread & 1) == 0) {
        if ((machine_unflushed(self, state) >> thread & 1) == 0)
            return false;
        flush(self, state, thread);
    }
    return true;
}

/* Lets a thread execute up to limit instructions; returns how many it did. */
static size_t run_thread(struct machine *self, uint64_t *state, size_t thread, size_t limit)
{
    size_t steps = 0;
    struct step step;
    while (steps < limit && can_go_on(self, state, thread)) {
        uint32_t index = machine_index(self, state, thread);
        struct reach reach = {0};
        machine_reach(self, state, thread, &reach);
        machine_execute(self, state, thread, 0, &step);
        if (step.result != STEP_TAKEN)
            break;
        note_targets(self, state, thread, index);
        if (has_stacks(self))
            note_memory(self, state, thread, &reach);
        store_buffer_note_places(self, state, thread);
        steps++;
    }
    return steps;
}

/* Threads in turn, each for up to turn steps, until nobody can step. */
static void run_turns(struct machine *self, uint64_t *state, size_t turn)
{
    size_t total = 0, before;
    machine_start(self, state);
    do {
        before = total;
        for (size_t t = 0; t < self->program->thread_count && total < REHEARSAL_STEPS_MAX; t++)
            total += run_thread(self, state, t, turn);
    } while (total > before && total < REHEARSAL_STEPS_MAX);
}

void machine_estimate_widths(struct machine *self)
{
    bool any = false;
    for (location_id l = 0; l < self->location_count; l++)
        any |= self->stored[l];
    if (!any)
        return;
    struct range *found = memory_copy(self->ranges, self->location_count * sizeof *found);
    bool *stored = memory_copy(self->stored, self->location_count * sizeof *stored);
    bool keep_dead = self->keep_dead;
    for (location_id l = 0; l < self->location_count; l++) {
        self->ranges[l] = (struct range){INT64_MIN, INT64_MAX};
        self->stored[l] |= machine_is_on_demand(self, l);
    }
    machine_lay_out(self);
    memory_free(self->ranges);
    memory_free(self->stored);
    self->ranges = found;
    self->stored = stored;
    self->keep_dead = true;
    uint64_t *state = memory_new((self->layout.bits + 63) / 64 + 1, sizeof *state);
    run_turns(self, state, REHEARSAL_TURN_MAX);
    run_turns(self, state, 1);
    memory_free(state);
    self->keep_dead = keep_dead;
}
