/* Steps of several instructions: a stretch of code without a switch point is executed as one. */
#include "base/fault.h"
#include "base/memory.h"
#include "machine/composition.h"
#include "machine/machine_parts.h"

#include <stddef.h>
#include <string.h>

bool machine_has_stretches(const struct machine *self)
{
    return self->longest_step > 1;
}

uint32_t machine_longest_step(const struct machine *self)
{
    return self->longest_step;
}

uint64_t machine_dearest_step(const struct machine *self)
{
    return self->dearest_step;
}

bool machine_goes_on(const struct machine *self, const uint64_t *state, size_t thread, const struct step *last)
{
    uint32_t index = machine_index(self, state, thread);
    return !last->is_over && index < self->instruction_counts[thread] &&
           thread_code(self, thread)->instructions[index].no_switch &&
           machine_activity(self, state, thread) == ACTIVITY_NONE &&
           (!self->blocks || machine_can_step(self, state, thread, index)) &&
           machine_choice_count(self, state, thread) == 1;
}

bool machine_begins_step(const struct machine *self, size_t thread, uint32_t index)
{
    return index == 0 || !thread_code(self, thread)->instructions[index].no_switch ||
           machine_yields(self, thread, index - 1);
}

uint32_t machine_step_count(const struct machine *self, size_t thread)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < self->instruction_counts[thread]; i++)
        count += machine_begins_step(self, thread, i);
    return count;
}

static void compose(struct step *step, const struct step *next)
{
    struct move moves[STEP_MOVES_MAX + EFFECT_ASSIGNMENTS_MAX];
    size_t count = step->move_count;
    memcpy(moves, step->moves, count * sizeof *moves);
    step->overflows |= !composition_append(moves, &count, next->moves, next->move_count) || count > STEP_MOVES_MAX;
    step->move_count = count < STEP_MOVES_MAX ? count : STEP_MOVES_MAX;
    memcpy(step->moves, moves, step->move_count * sizeof *moves);
}

/* Adds to a step what its next instruction did. */
static void extend(struct step *step, const struct step *next)
{
    step->result = next->result;
    step->failure = next->failure;
    step->index = next->index;
    step->narrow = next->narrow;
    step->narrow_value = next->narrow_value;
    step->ticks += next->ticks;
    step->yields |= next->yields;
    step->is_over = next->is_over;
    step->prints |= next->prints;
    step->dies |= next->dies;
    step->dies_index = next->dies ? next->dies_index : step->dies_index;
    if (next->move_count > 0)
        compose(step, next);
}

static void execute_all(const struct machine *self, uint64_t *state, size_t thread, unsigned choice, struct step *step)
{
    struct step next;
    machine_execute(self, state, thread, choice, step);
    for (uint32_t length = 1; step->result == STEP_TAKEN && machine_goes_on(self, state, thread, step); length++) {
        if (length == self->longest_step)
            fault("a step of %s does not end", machine_thread_name(self, thread));
        unsigned first = self->guarded ? step->guarding->count : 0;
        next.guarding = step->guarding;
        machine_execute(self, state, thread, 0, &next);
        if (self->guarded)
            guarding_tell_of_first(step->guarding, first, step->moves, step->move_count);
        extend(step, &next);
    }
}

/* An error on the way leaves nothing of what was done before it. */
void machine_take_stretch(const struct machine *self, uint64_t *state, size_t thread, unsigned choice,
                          struct step *step)
{
    enum { SMALL = 32 };
    uint64_t small[SMALL], *before = small;
    size_t words = (self->layout.bits + 63) / 64;
    if (words > SMALL)
        before = memory_new(words, sizeof *before);
    memcpy(before, state, words * sizeof *before);
    execute_all(self, state, thread, choice, step);
    if (step->result == STEP_FAILED)
        memcpy(state, before, words * sizeof *before);
    if (before != small)
        memory_free(before);
}

void machine_copy_step(const struct step *from, struct step *to)
{
    memcpy(to, from, offsetof(struct step, moves) + from->move_count * sizeof *from->moves);
}

/* ---- What a step does, without taking it ------------------------------------------------------------------------ */

static uint64_t *copy(const struct machine *self, const uint64_t *state)
{
    size_t words = (self->layout.bits + 63) / 64;
    uint64_t *copied = memory_new(words, sizeof *copied);
    memcpy(copied, state, words * sizeof *copied);
    return copied;
}

/* Has something appended for each instruction of a step that is taken from a state. */
static void tell(const struct machine *self, const uint64_t *from, size_t thread, unsigned choice, struct text *text,
                 void (*tell_one)(const struct machine *self, const uint64_t *state, size_t thread, struct text *text))
{
    struct step step;
    if (choice == WAY_FLUSH)
        return;
    uint64_t *state = copy(self, from);
    do {
        tell_one(self, state, thread, text);
        machine_execute(self, state, thread, choice, &step);
        choice = 0;
    } while (step.result == STEP_TAKEN && machine_goes_on(self, state, thread, &step));
    memory_free(state);
}

void machine_print_step(const struct machine *self, const uint64_t *state, size_t thread, unsigned choice,
                        struct text *text)
{
    tell(self, state, thread, choice, text, machine_print);
}

static void name_instruction(const struct machine *self, const uint64_t *state, size_t thread, struct text *text)
{
    char *instruction = machine_instruction_text(self, thread, machine_index(self, state, thread));
    text_print(text, "%s%s", text->length > 0 ? "; " : "", instruction);
    memory_free(instruction);
}

char *machine_step_text(const struct machine *self, const uint64_t *state, size_t thread, unsigned choice)
{
    struct text text = TEXT_INIT;
    if (choice == WAY_FLUSH)
        machine_describe_flush(self, state, thread, &text);
    tell(self, state, thread, choice, &text, name_instruction);
    return text_take(&text);
}

uint64_t machine_step_ticks(const struct machine *self, const uint64_t *state, size_t thread, unsigned choice)
{
    struct step step;
    uint64_t *after = copy(self, state);
    machine_choose(self, after, thread, choice, &step);
    memory_free(after);
    return step.ticks;
}
