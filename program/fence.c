#include "program/fence.h"

#include "base/memory.h"

#include <string.h>

/* ---- What an instruction does to memory --------------------------------------------------------------------------- */

static bool loads(const struct instruction *self)
{
    for (size_t i = 0; i < 2; i++)
        if ((self->operands[i].kind == OPERAND_WORD || self->operands[i].kind == OPERAND_COMPUTED) &&
            (instruction_use(self, i) & USE_READ) != 0)
            return !instruction_form(self->opcode)->is_locked && !self->is_locked;
    return false;
}

/* Whether it makes no difference on which side of it a fence is. */
static bool is_neutral(const struct instruction *self)
{
    return !loads(self) && !instruction_may_buffer(self) && !instruction_drains(self) &&
           instruction_flow(self) == FLOW_NEXT;
}

/* ---- Ways through a code ---------------------------------------------------------------------------------------- */

/* Of each instruction of a code, and of its end: whether a store may wait before it, whether a load can follow before the buffer is drained,
 * and whether a jump leads there. */
struct ways {
    const struct code *code;
    bool *waits;
    bool *loads;
    bool *is_target;
    bool returns_waiting; /* a store may wait behind any call that comes back */
    bool loads_behind;    /* a load can follow behind some call */
    bool changed;
};

static void raise(struct ways *self, bool *flag, bool value)
{
    self->changed |= value && !*flag;
    *flag |= value;
}

static bool waits_behind(const struct ways *self, uint32_t index)
{
    const struct instruction *instruction = &self->code->instructions[index];
    return instruction_may_buffer(instruction) || (self->waits[index] && !instruction_drains(instruction));
}

static void follow(struct ways *self, uint32_t index)
{
    const struct instruction *instruction = &self->code->instructions[index];
    unsigned flow = instruction_flow(instruction);
    bool waits = waits_behind(self, index), behind = false;
    if ((flow & FLOW_NEXT) != 0) {
        raise(self, &self->waits[index + 1], waits);
        behind |= self->loads[index + 1];
    }
    if ((flow & FLOW_TARGET) != 0) {
        raise(self, &self->waits[instruction->operands[0].value], waits);
        behind |= self->loads[instruction->operands[0].value];
    }
    if ((flow & FLOW_BACK) != 0) {
        raise(self, &self->waits[index + 1], self->returns_waiting);
        raise(self, &self->loads_behind, self->loads[index + 1]);
    }
    if ((flow & FLOW_RETURN) != 0) {
        raise(self, &self->returns_waiting, waits);
        behind |= self->loads_behind;
    }
    raise(self, &self->loads[index], loads(instruction) || (behind && !instruction_drains(instruction)));
}

static void ways_find(struct ways *self, const struct code *code)
{
    *self = (struct ways){.code = code, .changed = true};
    self->waits = memory_new(code->count + 1, sizeof *self->waits);
    self->loads = memory_new(code->count + 1, sizeof *self->loads);
    self->is_target = memory_new(code->count + 1, sizeof *self->is_target);
    for (uint32_t i = 0; i < code->count; i++)
        if (code->instructions[i].operands[0].kind == OPERAND_TARGET)
            self->is_target[code->instructions[i].operands[0].value] = true;
    while (self->changed) {
        self->changed = false;
        for (uint32_t i = code->count; i-- > 0;)
            follow(self, i);
        for (uint32_t i = 0; i < code->count; i++)
            follow(self, i);
    }
}

static void ways_free(struct ways *self)
{
    memory_free(self->waits);
    memory_free(self->loads);
    memory_free(self->is_target);
}

/* ---- Places --------------------------------------------------------------------------------------------------------- */

static bool is_at(const struct fence_place *self, const struct code *code, uint32_t index)
{
    const struct instruction *instruction = &code->instructions[index];
    return self->file == code->file && self->place.line == instruction->place.line &&
           self->place.column == instruction->place.column && self->spelling == instruction->spelling;
}

/* Whether an instruction and the next one are parts of one in the text. */
static bool goes_on(const struct code *code, uint32_t index)
{
    const struct instruction *here = &code->instructions[index];
    return index + 1 < code->count && here[1].no_switch && here[1].place.line == here->place.line &&
           here[1].place.column == here->place.column && here[1].spelling == here->spelling;
}

struct place_list {
    struct fence_place *places;
    size_t count;
    size_t capacity;
};

static void add_place(struct place_list *self, const struct ways *ways, uint32_t code, uint32_t index, bool is_before)
{
    const struct instruction *instruction = &ways->code->instructions[index];
    struct fence_place place = {.file = ways->code->file,
                                .place = instruction->place,
                                .spelling = instruction->spelling,
                                .is_before = is_before,
                                .code = code,
                                .index = index};
    for (size_t p = 0; p < self->count; p++)
        if (is_at(&self->places[p], ways->code, index) && self->places[p].is_before == is_before)
            return;
    self->places = memory_grow(self->places, self->count, &self->capacity, sizeof *self->places);
    self->places[self->count++] = place;
}

/* The places between the instruction at an index and the one before. What belongs to the same step as the one before takes none. */
static void add_places(struct place_list *self, const struct ways *ways, uint32_t code, uint32_t index)
{
    const struct instruction *before = index > 0 ? &ways->code->instructions[index - 1] : NULL;
    if (!ways->loads[index] || ways->code->instructions[index].no_switch)
        return;
    if (before != NULL && (instruction_flow(before) & FLOW_NEXT) != 0 && waits_behind(ways, index - 1) &&
        !(is_neutral(before) && !before->no_switch))
        add_place(self, ways, code, index - 1, false);
    if (ways->is_target[index] && ways->waits[index])
        add_place(self, ways, code, index, true);
}

struct fence_place *fence_places_find(const struct program *program, size_t *count)
{
    struct place_list list = {0};
    for (uint32_t c = 0; c < program->code_count; c++) {
        struct ways ways;
        ways_find(&ways, &program->codes[c]);
        for (uint32_t i = 0; i < program->codes[c].count; i++)
            add_places(&list, &ways, c, i);
        ways_free(&ways);
    }
    *count = list.count;
    return list.places;
}

bool fence_place_is_passed(const struct fence_place *self, const struct code *code, uint32_t from, uint32_t index)
{
    if (self->is_before)
        return index < code->count && is_at(self, code, index) && !(index > 0 && goes_on(code, index - 1));
    return from < code->count && index == from + 1 && is_at(self, code, from) && !goes_on(code, from);
}

/* ---- Inserting -------------------------------------------------------------------------------------------------- */

/* The fences before the instruction at an index, on the way from the one before: bit 0 for that way alone, bit 1 for all ways. */
static unsigned fences_at(const struct code *code, uint32_t index, const struct fence_place *places, size_t count)
{
    unsigned fences = 0;
    for (size_t p = 0; p < count; p++)
        if (fence_place_is_passed(&places[p], code, index > 0 ? index - 1 : UINT32_MAX, index))
            fences |= places[p].is_before ? 2u : 1u;
    return fences;
}

/* A fence belongs to the critical sections that the instructions on both its sides belong to. */
static struct instruction fence_between(const struct code *code, uint32_t index)
{
    struct instruction fence = {.opcode = OPCODE_MFENCE, .ticks = 1};
    if (index > 0 && index < code->count) {
        fence.sections = code->instructions[index - 1].sections & code->instructions[index].sections;
        fence.shared = code->instructions[index - 1].shared & code->instructions[index].shared;
    }
    return fence;
}

static void insert(struct code *code, const struct fence_place *places, size_t count)
{
    code->loop = (struct code_loop){0}; /* fences may stand in some repetitions alone */
    uint32_t *moved = memory_new(code->count + 1, sizeof *moved); /* where jumps to an instruction lead now */
    struct instruction *instructions = memory_new(2 * (size_t)code->count + 1, sizeof *instructions);
    uint32_t next = 0;
    for (uint32_t i = 0; i <= code->count; i++) {
        unsigned fences = fences_at(code, i, places, count);
        if ((fences & 1) != 0)
            instructions[next++] = fence_between(code, i);
        moved[i] = next;
        if ((fences & 2) != 0)
            instructions[next++] = fence_between(code, i);
        if (i < code->count)
            instructions[next++] = code->instructions[i];
    }
    for (uint32_t i = 0; i < next; i++)
        if (instructions[i].operands[0].kind == OPERAND_TARGET)
            instructions[i].operands[0].value = moved[instructions[i].operands[0].value];
    memory_free(moved);
    memory_free(code->instructions);
    code->instructions = instructions;
    code->count = next;
}

void fence_places_insert(struct program *program, const struct fence_place *places, size_t count)
{
    for (size_t c = 0; c < program->code_count; c++)
        insert(&program->codes[c], places, count);
}
