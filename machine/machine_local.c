/* Which instructions are local: what a thread does in its own registers alone, and nobody else can tell when. */
#include "base/memory.h"
#include "machine/machine_parts.h"

/* ---- What an instruction touches ------------------------------------------------------------------------------- */

static bool is_own_operand(const struct operand *operand)
{
    return operand->kind == OPERAND_REGISTER || operand->kind == OPERAND_IMMEDIATE;
}

/* Whether a place is a number, or a register of the thread; an address is computed of registers, whatever lies there. */
static bool is_own_place(const struct instruction *instruction, enum micro_place place)
{
    switch (place) {
    case PLACE_FIRST:
        return is_own_operand(&instruction->operands[0]);
    case PLACE_SECOND:
        return is_own_operand(&instruction->operands[1]);
    case PLACE_NONE:
    case PLACE_ADDRESS:
    case PLACE_AX:
    case PLACE_SP:
    case PLACE_FLAGS:
    case PLACE_CONSTANT:
        return true;
    default:
        return false;
    }
}

static bool is_own(const struct instruction *instruction, const struct micro_operation *micro)
{
    if (micro->kind == MICRO_JUMP || micro->kind == MICRO_BRANCH)
        return true;
    return micro->kind == MICRO_ASSIGN && is_own_place(instruction, micro->target) &&
           is_own_place(instruction, micro->a) && is_own_place(instruction, micro->b);
}

/* Where an instruction that only jumps, if that, can lead to: one place or two. */
static size_t find_next(const struct code *code, uint32_t index, uint32_t next[2])
{
    unsigned flow = instruction_flow(&code->instructions[index]);
    size_t count = 0;
    if ((flow & FLOW_NEXT) != 0)
        next[count++] = index + 1;
    if ((flow & FLOW_TARGET) != 0)
        next[count++] = (uint32_t)code->instructions[index].operands[0].value;
    return count;
}

/* Whether a thread is in the same critical sections before an instruction and behind it, and shares the same. */
static bool keeps_sections(const struct code *code, uint32_t index)
{
    const struct instruction *here = &code->instructions[index];
    uint32_t next[2];
    for (size_t n = find_next(code, index, next); n-- > 0;) {
        bool is_end = next[n] == code->count;
        uint64_t sections = is_end ? 0 : code->instructions[next[n]].sections;
        uint64_t shared = is_end ? 0 : code->instructions[next[n]].shared;
        if (sections != here->sections || shared != here->shared)
            return false;
    }
    return true;
}

static bool touches_own_registers(const struct machine *self, const struct code *code, uint32_t index)
{
    struct scene scene = {.machine = self, .index = index, .instruction = &code->instructions[index]};
    FOR_EACH_MICRO (micro, scene.instruction)
        if (!is_own(scene.instruction, micro))
            return false;
    return !machine_counts(&scene) && keeps_sections(code, index);
}

/* ---- Loops ------------------------------------------------------------------------------------------------------ */

enum color { COLOR_NEW, COLOR_OPEN, COLOR_DONE };

/* A depth-first walk over local instructions. */
struct walk {
    const struct code *code;
    bool *local;
    uint8_t *colors;
    uint32_t *open; /* the way to where it is */
    size_t depth;
};

/* Goes on from the last instruction of the way, and returns whether there is something new. A way that meets itself closes a loop,
 * whose first instruction is then taken for one that others can see. */
static bool goes_deeper(struct walk *self)
{
    uint32_t next[2];
    for (size_t n = find_next(self->code, self->open[self->depth - 1], next); n-- > 0;) {
        if (next[n] == self->code->count || !self->local[next[n]] || self->colors[next[n]] == COLOR_DONE)
            continue;
        if (self->colors[next[n]] == COLOR_OPEN) {
            self->local[next[n]] = false;
            continue;
        }
        self->colors[next[n]] = COLOR_OPEN;
        self->open[self->depth++] = next[n];
        return true;
    }
    return false;
}

static void walk_from(struct walk *self, uint32_t index)
{
    self->colors[index] = COLOR_OPEN;
    self->open[self->depth++] = index;
    while (self->depth > 0)
        if (!goes_deeper(self))
            self->colors[self->open[--self->depth]] = COLOR_DONE;
}

static void cut_loops(const struct code *code, bool *local)
{
    struct walk walk = {.code = code, .local = local};
    walk.colors = memory_new(code->count, sizeof *walk.colors);
    walk.open = memory_new(code->count, sizeof *walk.open);
    for (uint32_t i = 0; i < code->count; i++)
        if (local[i] && walk.colors[i] == COLOR_NEW)
            walk_from(&walk, i);
    memory_free(walk.colors);
    memory_free(walk.open);
}

/* ---- Steps ------------------------------------------------------------------------------------------------------ */

/* Whether what belongs to the same step may be seen by others. */
static bool leads_to_visible(const struct code *code, const bool *local, uint32_t index)
{
    uint32_t next[2];
    for (size_t n = find_next(code, index, next); n-- > 0;)
        if (next[n] < code->count && code->instructions[next[n]].no_switch && !local[next[n]])
            return true;
    return false;
}

/* A step is local as a whole or not at all. Only jumps backwards take more than one pass. */
static void keep_steps_whole(const struct code *code, bool *local)
{
    for (bool changes = true; changes;) {
        changes = false;
        for (uint32_t i = code->count; i-- > 0;)
            if (local[i] && leads_to_visible(code, local, i)) {
                local[i] = false;
                changes = true;
            }
    }
}

/* ---- Finding them ----------------------------------------------------------------------------------------------- */

/* Somebody may look at registers of a thread that was ended on its way. */
static bool may_end_early(const struct program *program)
{
    register_set observed = 0;
    bool exits = false;
    for (size_t t = 0; t < program->thread_count; t++)
        observed |= program->threads[t].observed;
    for (size_t c = 0; c < program->code_count && observed != 0; c++)
        for (uint32_t i = 0; i < program->codes[c].count; i++)
            exits |= program->codes[c].instructions[i].opcode == OPCODE_EXIT;
    return exits;
}

static bool *find_in_code(const struct machine *self, const struct code *code)
{
    bool *local = memory_new((size_t)code->count + 1, sizeof *local);
    for (uint32_t i = 0; i < code->count; i++)
        local[i] = touches_own_registers(self, code, i);
    cut_loops(code, local);
    keep_steps_whole(code, local);
    return local;
}

void machine_find_local(struct machine *self)
{
    const struct program *program = self->program;
    bool none = may_end_early(program);
    self->local_of_codes = memory_new(program->code_count, sizeof *self->local_of_codes);
    for (size_t c = 0; c < program->code_count && !none; c++)
        self->local_of_codes[c] = find_in_code(self, &program->codes[c]);
}

bool machine_is_local(const struct machine *self, size_t thread, uint32_t index)
{
    const bool *local = self->local_of_codes[self->program->threads[thread].code];
    return local != NULL && local[index];
}
