#include "tests/oracles/provenance.h"

#include "base/memory.h"
#include "tests/support/unit.h"

#include <assert.h>

/* A word of memory; that of a stack belongs to its thread, all others to -1. */
struct cell {
    int owner;
    int64_t address;
    struct provenance_number number;
};

struct queued {
    struct provenance_number items[PROGRAM_QUEUE_MAX];
    size_t count;
};

struct account {
    const struct program *program;
    const struct trace *trace;
    struct provenance *found;
    struct provenance_number (*registers)[REGISTER_COUNT]; /* one row a thread */
    struct queued *queues;
    struct cell *cells;
    size_t cell_count;
    size_t cell_capacity;
    int64_t observed; /* address of the observed word */
    size_t step;
    size_t thread;
    bool is_full;
};

/* ---- Numbers --------------------------------------------------------------------------------------------------- */

static struct provenance_number constant(int64_t value)
{
    return (struct provenance_number){.value = value};
}

static struct provenance_number from(int64_t value, unsigned source)
{
    struct provenance_number number = {.value = value, .sources = UINT64_C(1) << source};
    number.slopes[source] = 1;
    return number;
}

static int64_t times(int64_t a, int64_t b)
{
    return (int64_t)((uint64_t)a * (uint64_t)b);
}

/* a * weight_a + b * weight_b in what it is, worth `value`; overflow wraps, since slopes may. */
static struct provenance_number combine(struct provenance_number a, int64_t weight_a, struct provenance_number b,
                                        int64_t weight_b, int64_t value)
{
    struct provenance_number sum = {.value = value, .sources = a.sources | b.sources};
    for (size_t s = 0; s < PROVENANCE_SOURCES; s++) {
        sum.slopes[s] = (int64_t)((uint64_t)times(a.slopes[s], weight_a) + (uint64_t)times(b.slopes[s], weight_b));
        sum.loads[s] = a.loads[s] > b.loads[s] ? a.loads[s] : b.loads[s];
    }
    return sum;
}

static struct provenance_number sum(struct provenance_number a, struct provenance_number b)
{
    return combine(a, 1, b, 1, (int64_t)((uint64_t)a.value + (uint64_t)b.value));
}

static struct provenance_number difference(struct provenance_number a, struct provenance_number b)
{
    return combine(a, 1, b, -1, (int64_t)((uint64_t)a.value - (uint64_t)b.value));
}

static struct provenance_number product(struct provenance_number a, struct provenance_number b)
{
    return combine(a, b.value, b, a.value, times(a.value, b.value));
}

/* What grows by steps has no slope. */
static struct provenance_number computed(enum opcode opcode, struct provenance_number a, struct provenance_number b)
{
    int64_t x = a.value, y = b.value, power = 1;
    for (int64_t n = 0; n < y && n < 62 && (opcode == OPCODE_SHL || opcode == OPCODE_SHR); n++)
        power *= 2;
    switch (opcode) {
    case OPCODE_DIV:
        return combine(a, 0, b, 0, x / y);
    case OPCODE_MOD:
        return combine(a, 0, b, 0, x - x / y * y);
    case OPCODE_AND:
        return combine(a, 0, b, 0, (int64_t)((uint64_t)x & (uint64_t)y));
    case OPCODE_OR:
        return combine(a, 0, b, 0, (int64_t)((uint64_t)x | (uint64_t)y));
    case OPCODE_XOR:
        return combine(a, 0, b, 0, (int64_t)((uint64_t)x ^ (uint64_t)y));
    case OPCODE_SHL:
        return combine(a, 0, b, 0, y == 63 ? times(times(x, power), 2) : times(x, power));
    default:
        x = y == 63 ? x / 2 - (x % 2 < 0) : x;
        return combine(a, 0, b, 0, x / power - (x % power < 0));
    }
}

/* ---- Memory ---------------------------------------------------------------------------------------------------- */

static int64_t word_address(const struct program *program, uint32_t word)
{
    for (size_t v = 0; v < program->variable_count; v++) {
        const struct variable *variable = &program->variables[v];
        if (word >= variable->word && word < variable->word + variable->words)
            return variable->address + (int64_t)(word - variable->word) * PROGRAM_WORD_SIZE;
    }
    return 0;
}

static struct cell *cell_at(struct account *self, int64_t address)
{
    int owner = address >= PROGRAM_STACK_FIRST && address < PROGRAM_STACK_END ? (int)self->thread : -1;
    for (size_t c = 0; c < self->cell_count; c++)
        if (self->cells[c].owner == owner && self->cells[c].address == address)
            return &self->cells[c];
    self->cells = memory_grow(self->cells, self->cell_count, &self->cell_capacity, sizeof *self->cells);
    self->cells[self->cell_count] = (struct cell){owner, address, from(0, PROVENANCE_OTHER)};
    return &self->cells[self->cell_count++];
}

static struct provenance_number read_at(struct account *self, int64_t address)
{
    struct provenance_number number = cell_at(self, address)->number;
    if (address != self->observed)
        return number;
    unsigned source = self->found->count > 0 ? (unsigned)self->found->count - 1 : PROVENANCE_START;
    number = from(number.value, source);
    number.loads[source] = self->step;
    return number;
}

static void write_at(struct account *self, int64_t address, struct provenance_number number)
{
    cell_at(self, address)->number = number;
    if (address != self->observed)
        return;
    if (self->found->count < PROVENANCE_STORES_MAX)
        self->found->stores[self->found->count++] = (struct provenance_store){self->step, number};
    else
        self->is_full = true;
}

/* ---- Operands -------------------------------------------------------------------------------------------------- */

static struct provenance_number register_or_none(struct account *self, uint8_t number)
{
    return number == REGISTER_NONE ? constant(0) : self->registers[self->thread][number];
}

static struct provenance_number address_of(struct account *self, struct operand operand)
{
    return sum(constant(operand.value), sum(register_or_none(self, operand.base),
                                            product(register_or_none(self, operand.index), constant(operand.scale))));
}

static int64_t place_of(struct account *self, struct operand operand)
{
    return operand.kind == OPERAND_COMPUTED ? address_of(self, operand).value
                                            : word_address(self->program, (uint32_t)operand.value);
}

static struct provenance_number get(struct account *self, struct operand operand)
{
    if (operand.kind == OPERAND_IMMEDIATE)
        return constant(operand.value);
    if (operand.kind == OPERAND_REGISTER)
        return self->registers[self->thread][operand.value];
    return read_at(self, place_of(self, operand));
}

static void set(struct account *self, struct operand operand, struct provenance_number number)
{
    if (operand.kind == OPERAND_REGISTER)
        self->registers[self->thread][operand.value] = number;
    else
        write_at(self, place_of(self, operand), number);
}

/* ---- Instructions ---------------------------------------------------------------------------------------------- */

static struct provenance_number *stack_pointer(struct account *self)
{
    return &self->registers[self->thread][REGISTER_SP];
}

static void push(struct account *self, struct provenance_number number)
{
    *stack_pointer(self) = difference(*stack_pointer(self), constant(PROGRAM_WORD_SIZE));
    write_at(self, stack_pointer(self)->value, number);
}

static struct provenance_number pop(struct account *self)
{
    struct provenance_number number = read_at(self, stack_pointer(self)->value);
    *stack_pointer(self) = sum(*stack_pointer(self), constant(PROGRAM_WORD_SIZE));
    return number;
}

static struct provenance_number take(struct queued *queue)
{
    struct provenance_number first = queue->items[0];
    queue->count--;
    for (size_t i = 0; i < queue->count; i++)
        queue->items[i] = queue->items[i + 1];
    return first;
}

static void exchange(struct account *self, struct operand a, struct operand b, bool adds)
{
    struct provenance_number given = get(self, a), found = get(self, b);
    set(self, a, found);
    set(self, b, adds ? sum(found, given) : given);
}

/* An address that the exchanged register is part of is the one before. */
static void exchange_at(struct account *self, struct operand a, struct operand b, bool adds)
{
    int64_t place = place_of(self, b);
    struct operand fixed = {.kind = OPERAND_COMPUTED, .base = REGISTER_NONE, .index = REGISTER_NONE, .value = place};
    exchange(self, a, fixed, adds);
}

static void compare_and_swap(struct account *self, struct operand a, struct operand b)
{
    struct provenance_number *ax = &self->registers[self->thread][REGISTER_AX];
    int64_t place = place_of(self, b);
    struct provenance_number given = get(self, a), found = read_at(self, place);
    if (found.value == ax->value)
        write_at(self, place, given);
    *ax = found;
}

/* The number that the step put where it was to go, as the trace says: a choice, or whether something could be taken. */
static int64_t told(const struct account *self)
{
    const struct trace_step *step = &self->trace->steps[self->step];
    return step->register_name != NULL ? step->register_value : step->accesses[step->access_count - 1].value;
}

static void execute(struct account *self, const struct instruction *instruction)
{
    struct operand a = instruction->operands[0], b = instruction->operands[1];
    switch (instruction->opcode) {
    case OPCODE_MOV:
        set(self, b, get(self, a));
        break;
    case OPCODE_ADD:
        set(self, b, sum(get(self, b), get(self, a)));
        break;
    case OPCODE_SUB:
        set(self, b, difference(get(self, b), get(self, a)));
        break;
    case OPCODE_MUL:
        set(self, b, product(get(self, b), get(self, a)));
        break;
    case OPCODE_DIV:
    case OPCODE_MOD:
    case OPCODE_AND:
    case OPCODE_OR:
    case OPCODE_XOR:
    case OPCODE_SHL:
    case OPCODE_SHR:
        set(self, b, computed(instruction->opcode, get(self, b), get(self, a)));
        break;
    case OPCODE_NOT:
        set(self, a, difference(constant(-1), get(self, a)));
        break;
    case OPCODE_NEG:
        set(self, a, difference(constant(0), get(self, a)));
        break;
    case OPCODE_XCHG:
    case OPCODE_FETCHADD:
        exchange_at(self, a, b, instruction->opcode == OPCODE_FETCHADD);
        break;
    case OPCODE_CAS:
        compare_and_swap(self, a, b);
        break;
    case OPCODE_PUT:
        self->queues[a.value].items[self->queues[a.value].count++] = get(self, b);
        break;
    case OPCODE_GET:
        set(self, b, take(&self->queues[a.value]));
        break;
    case OPCODE_CHOOSE:
    case OPCODE_TRYLOCK:
    case OPCODE_TRYWAIT:
        set(self, b, constant(told(self)));
        break;
    case OPCODE_LEA:
        set(self, b, address_of(self, a));
        break;
    case OPCODE_PUSH:
        push(self, a.kind == OPERAND_COMPUTED ? address_of(self, a) : get(self, a));
        break;
    case OPCODE_POP:
        if (a.kind == OPERAND_NONE)
            pop(self);
        else
            set(self, a, pop(self));
        break;
    case OPCODE_CALL:
        push(self, constant(0));
        break;
    case OPCODE_RET:
        pop(self);
        break;
    default:
        break;
    }
}

/* ---- A trace --------------------------------------------------------------------------------------------------- */

static void start(struct account *self)
{
    for (size_t t = 0; t < self->program->thread_count; t++)
        for (unsigned r = 0; r < REGISTER_COUNT; r++)
            self->registers[t][r] = from(self->program->threads[t].registers[r], PROVENANCE_OTHER);
    for (uint32_t w = 0; w < self->program->word_count; w++)
        cell_at(self, word_address(self->program, w))->number = from(self->program->words[w], PROVENANCE_OTHER);
    self->observed = word_address(self->program, self->trace->observed_word);
}

static bool has_happened(const struct trace *trace, size_t step)
{
    return trace->end != TRACE_FAILED || step + 1 < trace->step_count;
}

bool provenance_find(const struct program *program, const struct trace *trace, struct provenance *found)
{
    struct account self = {.program = program, .trace = trace, .found = found};
    self.registers = memory_new(program->thread_count, sizeof *self.registers);
    self.queues = memory_new(program->objects[OBJECT_QUEUE].count, sizeof *self.queues);
    int64_t observed = trace->first_words[trace->observed_word];
    found->count = 0;
    start(&self);
    for (self.step = 0; self.step < trace->step_count && !self.is_full; self.step++) {
        const struct trace_step *step = &trace->steps[self.step];
        self.thread = step->thread;
        if (has_happened(trace, self.step))
            execute(&self, &program_code(program, step->thread)->instructions[step->index]);
        (void)trace_step_stores(trace, self.step, trace->observed_word, &observed);
        CU_ASSERT_EQUAL(cell_at(&self, self.observed)->number.value, observed);
    }
    memory_free(self.registers);
    memory_free(self.queues);
    memory_free(self.cells);
    return !self.is_full;
}
