#include "analysis/live_ranges.h"

#include "base/memory.h"

#include <assert.h>

/* Of one code: which registers are control where. */
struct ranges {
    const struct code *code;
    size_t thread;              /* one that runs it */
    register_set undivided;     /* these have one range: instructions use them that do not name them */
    register_set whole_control; /* of these, those that are control */
    register_set *live;         /* before each instruction, and at the end */
    register_set *control;      /* likewise; a live range is control as a whole, or not at all */
    register_set returned;      /* control behind some call */
};

/* The closure under way. */
struct closure {
    const struct program *program;
    const struct machine *machine;
    struct ranges *ranges; /* one a code */
    bool *control;         /* one a location; of those that are no registers */
    bool changed;
    struct ranges *here; /* the instruction that is looked at */
    uint32_t index;
    register_set before; /* the registers that are control before it, and behind it */
    register_set behind;
};

static register_set bit_of(uint64_t number)
{
    return UINT64_C(1) << number;
}

/* ---- Ranges -------------------------------------------------------------------------------------------------- */

/* The registers whose range ends at an instruction, and another one begins: those that it writes, but for an operand that it reads as
 * well, which is one register whatever it is called. */
static register_set killed_by(const struct instruction *instruction)
{
    register_set killed = instruction_writes(instruction);
    for (size_t o = 0; o < 2; o++)
        if (instruction->operands[o].kind == OPERAND_REGISTER && (instruction_use(instruction, o) & USE_READ) != 0)
            killed &= ~bit_of((uint64_t)instruction->operands[o].value);
    return killed;
}

/* The registers that are control behind an instruction, wherever it leads. */
static register_set control_behind(const struct ranges *self, uint32_t index)
{
    const struct instruction *instruction = &self->code->instructions[index];
    unsigned flow = instruction_flow(instruction);
    register_set behind = self->control[index] & ~killed_by(instruction);
    if ((flow & FLOW_NEXT) != 0)
        behind |= self->control[index + 1];
    if ((flow & FLOW_TARGET) != 0)
        behind |= self->control[instruction->operands[0].value];
    if ((flow & FLOW_END) != 0)
        behind |= self->control[self->code->count];
    return (flow & FLOW_RETURN) != 0 ? behind | self->returned : behind;
}

static void extend(struct closure *self, register_set *set, register_set more)
{
    self->changed |= (more & ~*set) != 0;
    *set |= more;
}

static void extend_at(struct closure *self, struct ranges *ranges, uint64_t index, register_set more)
{
    extend(self, &ranges->control[index], more & ranges->live[index]);
}

/* What is control on one side of an instruction and lives on is so on all sides. */
static void join(struct closure *self, struct ranges *ranges, uint32_t index)
{
    const struct instruction *instruction = &ranges->code->instructions[index];
    unsigned flow = instruction_flow(instruction);
    register_set behind = control_behind(ranges, index);
    extend_at(self, ranges, index, behind & ~killed_by(instruction));
    if ((flow & FLOW_NEXT) != 0)
        extend_at(self, ranges, index + 1, behind);
    if ((flow & FLOW_TARGET) != 0)
        extend_at(self, ranges, (uint64_t)instruction->operands[0].value, behind);
    if ((flow & FLOW_END) != 0)
        extend_at(self, ranges, ranges->code->count, behind);
    if ((flow & FLOW_RETURN) != 0)
        extend(self, &ranges->returned, behind);
    if ((flow & FLOW_BACK) != 0) {
        extend_at(self, ranges, index + 1, ranges->returned);
        extend(self, &ranges->returned, ranges->control[index + 1]);
    }
}

/* ---- The closure --------------------------------------------------------------------------------------------- */

/* Whether a location is a register, and which then. */
static bool is_register(const struct machine *machine, location_id location, unsigned *number)
{
    if (machine_location_thread(machine, location) < 0)
        return false;
    *number = machine_location_register(machine, location);
    return *number < machine_register_count(machine);
}

static bool is_data(const void *context, location_id source)
{
    const struct closure *self = context;
    unsigned number;
    return is_register(self->machine, source, &number) ? (self->before >> number & 1) == 0 : !self->control[source];
}

static bool becomes_data(const void *context, location_id target)
{
    const struct closure *self = context;
    unsigned number;
    return is_register(self->machine, target, &number) ? (self->behind >> number & 1) == 0 : !self->control[target];
}

static void make_control(void *context, location_id source, enum slice_reason reason, uint32_t line)
{
    struct closure *self = context;
    unsigned number;
    (void)reason;
    (void)line;
    if (!is_register(self->machine, source, &number)) {
        self->changed |= !self->control[source];
        self->control[source] = true;
        return;
    }
    if ((self->here->undivided >> number & 1) != 0)
        extend(self, &self->here->whole_control, bit_of(number));
    else
        extend_at(self, self->here, self->index, bit_of(number));
    self->before |= bit_of(number);
}

static void close_instruction(struct closure *self, struct ranges *ranges, uint32_t index)
{
    struct slice_rules rules = {self, is_data, becomes_data, make_control};
    join(self, ranges, index);
    self->here = ranges;
    self->index = index;
    self->before = ranges->control[index] | ranges->whole_control;
    self->behind = control_behind(ranges, index) | ranges->whole_control;
    slice_close(&rules, self->machine, ranges->thread, index);
}

/* Backwards, as control goes. */
static void close_all(struct closure *self)
{
    self->changed = true;
    while (self->changed) {
        self->changed = false;
        for (size_t c = 0; c < self->program->code_count; c++)
            for (uint32_t i = self->ranges[c].code->count; i-- > 0;)
                close_instruction(self, &self->ranges[c], i);
    }
}

/* ---- Its start ----------------------------------------------------------------------------------------------- */

/* The registers that some instruction of a code uses without naming them. */
static register_set find_undivided(const struct code *code)
{
    register_set undivided = bit_of(REGISTER_SP) | bit_of(REGISTER_FLAGS);
    for (uint32_t i = 0; i < code->count; i++)
        FOR_EACH_MICRO (micro, &code->instructions[i])
            if (micro->kind == MICRO_REPLACE || micro->target == PLACE_AX || micro->a == PLACE_AX ||
                micro->b == PLACE_AX)
                undivided |= bit_of(REGISTER_AX);
    return undivided;
}

static register_set live_at(const struct machine *machine, size_t thread, uint32_t index)
{
    register_set live = 0;
    for (unsigned r = 0; r < machine_register_count(machine); r++)
        live |= (register_set)machine_keeps(machine, thread, index, r) << r;
    return live;
}

/* What is looked at in the end is stored; a register is looked at as a whole, for the end may come from another thread. */
static void start_ranges(struct closure *self, struct ranges *ranges, size_t code)
{
    const struct program *program = self->program;
    *ranges = (struct ranges){.code = &program->codes[code], .undivided = find_undivided(&program->codes[code])};
    ranges->live = memory_new((size_t)ranges->code->count + 1, sizeof *ranges->live);
    ranges->control = memory_new((size_t)ranges->code->count + 1, sizeof *ranges->control);
    while (ranges->thread < program->thread_count && program->threads[ranges->thread].code != code)
        ranges->thread++;
    assert(ranges->thread < program->thread_count);
    for (uint32_t i = 0; i <= ranges->code->count; i++)
        ranges->live[i] = live_at(self->machine, ranges->thread, i);
    ranges->whole_control = ranges->live[ranges->code->count];
    ranges->undivided |= ranges->whole_control;
}

static void start(struct closure *self, const struct program *program, const struct machine *machine)
{
    *self = (struct closure){.program = program, .machine = machine};
    self->control = memory_new(machine_location_count(machine), sizeof *self->control);
    self->ranges = memory_new(program->code_count, sizeof *self->ranges);
    for (location_id l = 0; l < machine_location_count(machine); l++)
        self->control[l] = machine_is_always_control(machine, l);
    for (size_t c = 0; c < program->code_count; c++)
        start_ranges(self, &self->ranges[c], c);
}

static void finish(struct closure *self)
{
    for (size_t c = 0; c < self->program->code_count; c++) {
        memory_free(self->ranges[c].live);
        memory_free(self->ranges[c].control);
    }
    memory_free(self->ranges);
    memory_free(self->control);
}

/* ---- Renaming ------------------------------------------------------------------------------------------------ */

/* The registers that some thread of a code begins with, at another value than 0. */
static register_set find_preset(const struct program *program, const struct code *code)
{
    register_set preset = 0;
    for (size_t t = 0; t < program->thread_count; t++)
        for (unsigned r = 0; r < REGISTER_COUNT && &program->codes[program->threads[t].code] == code; r++)
            preset |= program->threads[t].registers[r] != 0 ? bit_of(r) : 0;
    return preset;
}

/* The registers of a code that have ranges of both sorts. Those that are data begin at 0 under their new name. */
static register_set find_mixed(const struct program *program, const struct ranges *self)
{
    register_set control = 0, data = 0, begins_as_data = self->live[0] & ~self->control[0];
    for (uint32_t i = 0; i <= self->code->count; i++) {
        control |= self->control[i];
        data |= self->live[i] & ~self->control[i];
    }
    return control & data & ~self->undivided & ~(begins_as_data & find_preset(program, self->code));
}

/* Gives each of some registers another one, if it has none; returns those that have. */
static register_set add_twins(struct program *self, register_set registers, unsigned *twins)
{
    for (unsigned r = 0; r < REGISTERS_MAX; r++) {
        if ((registers >> r & 1) == 0 || twins[r] != 0)
            continue;
        if (program_register_count(self) == REGISTERS_MAX)
            return registers & (bit_of(r) - 1);
        twins[r] = (unsigned)program_register_count(self);
        self->locals = memory_resize(self->locals, self->local_count + 1, sizeof *self->locals);
        self->locals[self->local_count++] = memory_copy_string(program_register_name(self, r));
    }
    return registers;
}

/* The name of a register where these are the ones that are renamed. */
static unsigned rename_register(unsigned number, register_set renamed, const unsigned *twins)
{
    return number < REGISTERS_MAX && (renamed >> number & 1) != 0 ? twins[number] : number;
}

static void rename_operands(struct instruction *self, register_set before, register_set behind, const unsigned *twins)
{
    for (size_t o = 0; o < 2; o++) {
        struct operand *operand = &self->operands[o];
        bool reads = (instruction_use(self, o) & USE_READ) != 0;
        if (operand->kind == OPERAND_REGISTER)
            operand->value = rename_register((unsigned)operand->value, reads ? before : behind, twins);
        if (operand->kind != OPERAND_COMPUTED && !operand_is_picked(operand))
            continue;
        operand->base = (uint8_t)rename_register(operand->base, before, twins);
        operand->index = (uint8_t)rename_register(operand->index, before, twins);
    }
}

/* Renames the ranges of some registers that are data, in a code's own copy of its instructions. */
static void rename_ranges(struct code *self, const struct ranges *ranges, register_set mixed, const unsigned *twins)
{
    self->instructions = memory_copy(self->instructions, self->count * sizeof *self->instructions);
    for (uint32_t i = 0; i < self->count; i++)
        rename_operands(&self->instructions[i], mixed & ~ranges->control[i], mixed & ~control_behind(ranges, i), twins);
}

static struct program *rename_all(const struct closure *closure)
{
    const struct program *program = closure->program;
    struct program *copy = memory_copy(program, sizeof *program);
    unsigned twins[REGISTERS_MAX] = {0};
    copy->codes = memory_copy(program->codes, program->code_count * sizeof *program->codes);
    copy->locals = memory_copy(program->locals, program->local_count * sizeof *program->locals);
    for (size_t c = 0; c < program->code_count; c++) {
        register_set mixed = add_twins(copy, find_mixed(program, &closure->ranges[c]), twins);
        if (mixed != 0)
            rename_ranges(&copy->codes[c], &closure->ranges[c], mixed, twins);
    }
    if (copy->local_count > program->local_count)
        return copy;
    live_ranges_free(copy, program);
    return NULL;
}

/* Whether some register is control for what it holds somewhere. */
static bool has_candidates(const struct machine *machine, const struct slice *slice)
{
    unsigned number;
    for (location_id l = 0; l < slice->location_count; l++)
        if (!slice->data[l] && is_register(machine, l, &number) && number != REGISTER_SP && number != REGISTER_FLAGS &&
            (slice->reasons[l] == SLICE_DECIDES || slice->reasons[l] == SLICE_FLOWS ||
             slice->reasons[l] == SLICE_SHAPE))
            return true;
    return false;
}

struct program *live_ranges_split(const struct program *program, const struct machine *whole, const struct slice *slice)
{
    struct closure closure;
    if (!has_candidates(whole, slice))
        return NULL;
    start(&closure, program, whole);
    close_all(&closure);
    struct program *split = rename_all(&closure);
    finish(&closure);
    return split;
}

void live_ranges_free(struct program *self, const struct program *program)
{
    if (self == NULL)
        return;
    for (size_t c = 0; c < self->code_count; c++)
        if (self->codes[c].instructions != program->codes[c].instructions)
            memory_free(self->codes[c].instructions);
    for (size_t l = program->local_count; l < self->local_count; l++)
        memory_free(self->locals[l]);
    memory_free(self->locals);
    memory_free(self->codes);
    memory_free(self);
}
