/* Where the values of a step come from: what machine_effect() says, of one state, with the locations that are meant. */
#include "machine/machine_parts.h"

#include <assert.h>

/* Puts the location that is meant in the place of one that stands for many. */
static void substitute(struct derivation *self, location_id from, location_id to)
{
    for (size_t a = 0; a < self->assignment_count; a++) {
        struct assignment *assignment = &self->assignments[a];
        if (assignment->target == from)
            assignment->target = to;
        for (size_t t = 0; t < assignment->term_count; t++)
            if (assignment->terms[t].source == from)
                assignment->terms[t].source = to;
    }
}

static void find_reached(const struct machine *self, const uint64_t *state, size_t thread,
                         const struct instruction *instruction, struct derivation *derivation)
{
    struct reach reach;
    size_t position = instruction->operands[0].kind == OPERAND_COMPUTED ? 0 : 1;
    if (!self->computes || !instruction_computes(instruction) ||
        machine_resolve(self, state, thread, &instruction->operands[position], &reach) != FAILURE_NONE)
        return;
    derivation->address = reach.address;
    substitute(derivation, free_value_location(self, 0), reach.word != LOCATION_NONE ? reach.word : LOCATION_FREE);
}

static void find_item_put(const struct machine *self, const uint64_t *state, int64_t queue,
                          struct derivation *derivation)
{
    int64_t length = machine_value(self, state, queue_length_location(self, queue));
    substitute(derivation, self->queue_items[queue], self->queue_items[queue] + (location_id)length);
}

static void find_items_moved(const struct machine *self, const uint64_t *state, int64_t queue,
                             struct derivation *derivation)
{
    int64_t length = machine_value(self, state, queue_length_location(self, queue));
    derivation->moved = self->queue_items[queue];
    derivation->moved_count = (size_t)length - 1;
}

/* offset: where the word lies, seen from %sp before the step. */
static void find_stack_word(const struct machine *self, const uint64_t *state, size_t thread, int64_t offset,
                            struct derivation *derivation)
{
    int64_t top = machine_value(self, state, register_location(self, thread, REGISTER_SP));
    substitute(derivation, stack_location(self, thread, 0), stack_location_at(self, thread, top + offset));
}

static int64_t word_value(const struct machine *self, const uint64_t *state, size_t thread, location_id word,
                          int64_t address)
{
    return word == LOCATION_FREE ? machine_value_at(self, state, thread, address) : machine_value(self, state, word);
}

/* The effect says of a cas that the word is computed from what is given and from itself: it is one or the other. */
static void decide_swap(const struct machine *self, const uint64_t *state, size_t thread, struct derivation *derivation)
{
    enum { COMPARED, CHANGED, FOUND };
    location_id ax = derivation->assignments[FOUND].target, word = derivation->assignments[CHANGED].target;
    struct term *given = &derivation->assignments[CHANGED].terms[0];
    derivation->assignments[CHANGED].term_count = 1;
    given->coefficient = 1;
    if (word_value(self, state, thread, word, derivation->address) == machine_value(self, state, ax))
        return;
    derivation->assignments[CHANGED] = derivation->assignments[FOUND];
    derivation->assignment_count--;
}

void machine_derive(const struct machine *self, const uint64_t *state, size_t thread, struct derivation *derivation)
{
    uint32_t index = machine_index(self, state, thread);
    const struct instruction *instruction = &thread_code(self, thread)->instructions[index];
    struct effect effect;
    assert(self->keep_dead); /* else what is dead afterwards is left out */
    machine_effect(self, thread, index, &effect);
    *derivation = (struct derivation){.assignment_count = effect.assignment_count};
    for (size_t a = 0; a < effect.assignment_count; a++)
        derivation->assignments[a] = effect.assignments[a];
    find_reached(self, state, thread, instruction, derivation);
    switch (instruction->opcode) {
    case OPCODE_PUT:
        find_item_put(self, state, instruction->operands[0].value, derivation);
        break;
    case OPCODE_GET:
        find_items_moved(self, state, instruction->operands[0].value, derivation);
        break;
    case OPCODE_PUSH:
    case OPCODE_CALL:
        find_stack_word(self, state, thread, -PROGRAM_WORD_SIZE, derivation);
        break;
    case OPCODE_POP:
        find_stack_word(self, state, thread, 0, derivation);
        break;
    case OPCODE_CAS:
        decide_swap(self, state, thread, derivation);
        break;
    default:
        break;
    }
}
