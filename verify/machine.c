#include "verify/machine.h"

#include "verify/verdict.h"

#include <string.h>

/* ---- States ---------------------------------------------------------------------------------------------------- */

struct state *state_new(const struct program *program)
{
    struct state *self = storage_new(1, sizeof *self);
    self->queues = storage_new(program->queues.count, sizeof *self->queues);
    self->values = storage_new(program_location_count(program), sizeof *self->values);
    return self;
}

static void copy_queue(struct queue_state *self, const struct queue_state *other)
{
    self->length = other->length;
    memcpy(self->items, other->items, other->length * sizeof *self->items);
}

/* No more than the program has of everything: this is done for each step. */
void state_copy_frame(struct state *self, const struct state *other, const struct program *program)
{
    self->away = other->away;
    self->memory.turn = other->memory.turn;
    self->memory.count = other->memory.count;
    for (size_t t = 0; t < program->thread_count; t++) {
        self->at[t] = other->at[t];
        self->memory.leads[t] = other->memory.leads[t];
    }
    for (size_t m = 0; m < program->mutexes.count; m++)
        self->holders[m] = other->holders[m];
    for (size_t q = 0; q < program->queues.count; q++)
        copy_queue(&self->queues[q], &other->queues[q]);
}

void state_forget(struct state *self, const struct program *program)
{
    for (size_t l = 0; l < program_location_count(program); l++)
        self->values[l] = (struct value){VALUE_UNKNOWN, 0};
}

void state_start(struct state *self, const struct program *program)
{
    for (size_t t = 0; t < program->thread_count; t++)
        self->at[t] = 0;
    self->away = 0;
    for (size_t m = 0; m < program->mutexes.count; m++)
        self->holders[m] = -1;
    for (size_t q = 0; q < program->queues.count; q++)
        self->queues[q].length = 0;
    for (size_t l = 0; l < program_location_count(program); l++)
        self->values[l] = (struct value){VALUE_KNOWN, program_initial_value(program, l)};
    self->memory = (struct memory){.turn = -1};
}

/* ---- Values ---------------------------------------------------------------------------------------------------- */

/* One instruction under way. */
struct execution {
    const struct machine *machine;
    struct state *state;
    size_t thread;
    enum step_result result;
    struct changes *changes;
};

/* A bound that leaves the 64 bits stops at their end: no value lies beyond, and a value that would is an error of the
 * program, after which there is nothing left to bound. */
static int64_t saturated_sum(int64_t a, int64_t b)
{
    int64_t sum;
    if (__builtin_add_overflow(a, b, &sum))
        return a < 0 ? INT64_MIN : INT64_MAX;
    return sum;
}

static int64_t saturated_difference(int64_t a, int64_t b)
{
    int64_t difference;
    if (__builtin_sub_overflow(a, b, &difference))
        return a < 0 ? INT64_MIN : INT64_MAX;
    return difference;
}

static bool both_known(struct value a, struct value b)
{
    return a.kind == VALUE_KNOWN && b.kind == VALUE_KNOWN;
}

static struct value sum(struct execution *self, struct value a, struct value b)
{
    struct value result = {VALUE_KNOWN, 0};
    if (a.kind == VALUE_UNKNOWN || b.kind == VALUE_UNKNOWN)
        return (struct value){VALUE_UNKNOWN, 0};
    if (!both_known(a, b))
        return (struct value){VALUE_BOUNDED, saturated_sum(a.number, b.number)};
    if (__builtin_add_overflow(a.number, b.number, &result.number))
        self->result = STEP_ERROR;
    return result;
}

/* What is taken away from a bound must be known: the other direction of a bound is none. */
static struct value difference(struct execution *self, struct value a, struct value b)
{
    struct value result = {VALUE_KNOWN, 0};
    if (a.kind == VALUE_UNKNOWN || b.kind != VALUE_KNOWN)
        return (struct value){VALUE_UNKNOWN, 0};
    if (a.kind == VALUE_BOUNDED)
        return (struct value){VALUE_BOUNDED, saturated_difference(a.number, b.number)};
    if (__builtin_sub_overflow(a.number, b.number, &result.number))
        self->result = STEP_ERROR;
    return result;
}

static struct value product(struct execution *self, struct value a, struct value b)
{
    struct value result = {VALUE_KNOWN, 0};
    if (!both_known(a, b))
        return (struct value){VALUE_UNKNOWN, 0};
    if (__builtin_mul_overflow(a.number, b.number, &result.number))
        self->result = STEP_ERROR;
    return result;
}

/* Divisions and shifts by what they are not defined for are errors. */
static struct value computed(struct execution *self, enum opcode opcode, struct value a, struct value b)
{
    bool divides = opcode == OP_DIV || opcode == OP_MOD, shifts = opcode == OP_SHL || opcode == OP_SHR;
    int64_t x = a.number, y = b.number;
    if (!both_known(a, b))
        return (struct value){VALUE_UNKNOWN, 0};
    if ((divides && (y == 0 || (y == -1 && x == INT64_MIN))) || (shifts && (y < 0 || y > 63))) {
        self->result = STEP_ERROR;
        return a;
    }
    switch (opcode) {
    case OP_DIV:
        return (struct value){VALUE_KNOWN, x / y};
    case OP_MOD:
        return (struct value){VALUE_KNOWN, x % y};
    case OP_AND:
        return (struct value){VALUE_KNOWN, x & y};
    case OP_OR:
        return (struct value){VALUE_KNOWN, x | y};
    case OP_XOR:
        return (struct value){VALUE_KNOWN, x ^ y};
    case OP_SHL:
        for (; y > 0 && x != 0 && self->result == STEP_TAKEN; y--)
            if (__builtin_mul_overflow(x, 2, &x))
                self->result = STEP_ERROR;
        return (struct value){VALUE_KNOWN, x};
    default:
        for (; y > 0; y--)
            x = x / 2 - (x % 2 < 0);
        return (struct value){VALUE_KNOWN, x};
    }
}

/* -1, 0 or 1: how b compares with a. */
static struct value comparison(struct value a, struct value b)
{
    if (!both_known(a, b))
        return (struct value){VALUE_UNKNOWN, 0};
    return (struct value){VALUE_KNOWN, (b.number > a.number) - (b.number < a.number)};
}

bool machine_is_covered(const struct machine *self, struct value value, struct value by)
{
    if (by.kind == VALUE_UNKNOWN)
        return true;
    if (value.kind == VALUE_UNKNOWN)
        return false;
    if (by.kind == VALUE_KNOWN)
        return value.kind == VALUE_KNOWN && value.number == by.number;
    return self->is_upper ? value.number <= by.number : value.number >= by.number;
}

/* ---- Operands -------------------------------------------------------------------------------------------------- */

static struct value *place_of(const struct execution *self, struct operand operand)
{
    const struct program *program = self->machine->program;
    size_t number = (size_t)operand.number;
    if (operand.kind == OPERAND_REGISTER)
        number = program_register_location(program, self->thread, number);
    else if (operand.kind == OPERAND_SEMAPHORE)
        number = program_semaphore_location(program, number);
    return &self->state->values[number];
}

static struct value *register_of(const struct execution *self, enum register_number number)
{
    return place_of(self, (struct operand){OPERAND_REGISTER, number});
}

static struct value value_of(const struct execution *self, struct operand operand)
{
    if (operand.kind == OPERAND_NUMBER)
        return (struct value){VALUE_KNOWN, operand.number};
    return *place_of(self, operand);
}

/* Stores a result, unless it was an error of the program. All that changes a value comes by here. */
static void assign(const struct execution *self, struct value *place, struct value value)
{
    struct changes *changes = self->changes;
    if (self->result != STEP_TAKEN)
        return;
    changes->at[changes->count++] = (struct change){place, *place};
    *place = value;
}

void changes_undo(const struct changes *self)
{
    for (size_t i = self->count; i > 0; i--)
        *self->at[i - 1].place = self->at[i - 1].before;
}

/* ---- Instructions ---------------------------------------------------------------------------------------------- */

static void compute(struct execution *self, const struct instruction *instruction)
{
    struct value source = value_of(self, instruction_operand(instruction, 0));
    struct value *place = place_of(self, instruction_operand(instruction, 1));
    if (instruction->opcode == OP_MOV)
        assign(self, place, source);
    else if (instruction->opcode == OP_ADD)
        assign(self, place, sum(self, *place, source));
    else if (instruction->opcode == OP_SUB)
        assign(self, place, difference(self, *place, source));
    else if (instruction->opcode == OP_MUL)
        assign(self, place, product(self, *place, source));
    else
        assign(self, place, computed(self, instruction->opcode, *place, source));
}

static void negate(struct execution *self, const struct instruction *instruction)
{
    struct value *place = place_of(self, instruction_operand(instruction, 0));
    int64_t from = instruction->opcode == OP_NOT ? -1 : 0;
    assign(self, place, difference(self, (struct value){VALUE_KNOWN, from}, *place));
}

static void exchange(struct execution *self, const struct instruction *instruction)
{
    struct value *given = place_of(self, instruction_operand(instruction, 0));
    struct value *word = place_of(self, instruction_operand(instruction, 1));
    struct value before = *word;
    assign(self, word, instruction->opcode == OP_XCHG ? *given : sum(self, before, *given));
    assign(self, given, before);
}

/* cas r, w: where w is %ax, r goes to w; %ax is then what w was before in either case. */
static void compare_and_swap(struct execution *self, const struct instruction *instruction)
{
    struct value *ax = register_of(self, AX), *word = place_of(self, instruction_operand(instruction, 1));
    struct value before = *word, given = value_of(self, instruction_operand(instruction, 0));
    if (!both_known(*ax, before)) {
        self->result = STEP_UNDECIDED;
        return;
    }
    assign(self, register_of(self, FLAGS), comparison(*ax, before));
    if (before.number == ax->number)
        assign(self, word, given);
    assign(self, ax, before);
}

static void unlock(struct execution *self, int64_t mutex)
{
    if (self->state->holders[mutex] == (int)self->thread)
        self->state->holders[mutex] = -1;
    else
        self->result = STEP_ERROR;
}

static void put(struct execution *self, const struct instruction *instruction)
{
    struct queue_state *queue = &self->state->queues[instruction->numbers[0]];
    struct value value = value_of(self, instruction_operand(instruction, 1));
    if (value.kind == VALUE_KNOWN)
        queue->items[queue->length++] = value.number;
    else
        self->result = STEP_UNDECIDED;
}

static void get(struct execution *self, const struct instruction *instruction)
{
    struct queue_state *queue = &self->state->queues[instruction->numbers[0]];
    assign(self, place_of(self, instruction_operand(instruction, 1)), (struct value){VALUE_KNOWN, queue->items[0]});
    queue->length--;
    memmove(queue->items, queue->items + 1, queue->length * sizeof *queue->items);
}

/* Where a jump goes, or the instruction behind it. */
static size_t jump(struct execution *self, const struct step *step, size_t behind)
{
    enum opcode opcode = (enum opcode)step->instruction->opcode;
    struct value flags = *register_of(self, FLAGS);
    bool jumps = true;
    if (opcode != OP_J && flags.kind != VALUE_KNOWN)
        self->result = STEP_UNDECIDED;
    switch (opcode) {
    case OP_JE:
        jumps = flags.number == 0;
        break;
    case OP_JNE:
        jumps = flags.number != 0;
        break;
    case OP_JGT:
        jumps = flags.number > 0;
        break;
    case OP_JGTE:
        jumps = flags.number >= 0;
        break;
    case OP_JLT:
        jumps = flags.number < 0;
        break;
    case OP_JLTE:
        jumps = flags.number <= 0;
        break;
    default: /* OP_J */
        break;
    }
    return jumps ? step->target : behind;
}

/* Leaves, or returns where the thread has left. */
static size_t travel(struct execution *self, size_t index)
{
    uint64_t bit = UINT64_C(1) << self->thread;
    self->state->away ^= bit;
    return self->state->away & bit ? index : index + 1;
}

/* Executes an instruction; returns the index of the next one. */
static size_t execute(struct execution *self, const struct step *step, size_t index)
{
    const struct value one = {VALUE_KNOWN, 1};
    const struct instruction *instruction = step->instruction;
    const struct operand operand = instruction_operand(instruction, 0);
    switch ((enum opcode)instruction->opcode) {
    case OP_NOP:
    case OP_YIELD:
        break;
    case OP_HALT:
        return self->machine->program->threads[self->thread].code.count;
    case OP_IO:
        return travel(self, index);
    case OP_MOV:
    case OP_ADD:
    case OP_SUB:
    case OP_MUL:
    case OP_DIV:
    case OP_MOD:
    case OP_AND:
    case OP_OR:
    case OP_XOR:
    case OP_SHL:
    case OP_SHR:
        compute(self, instruction);
        break;
    case OP_NEG:
    case OP_NOT:
        negate(self, instruction);
        break;
    case OP_TEST:
        assign(self, register_of(self, FLAGS),
               comparison(value_of(self, operand), value_of(self, instruction_operand(instruction, 1))));
        break;
    case OP_XCHG:
    case OP_FETCHADD:
        exchange(self, instruction);
        break;
    case OP_CAS:
        compare_and_swap(self, instruction);
        break;
    case OP_J:
    case OP_JE:
    case OP_JNE:
    case OP_JGT:
    case OP_JGTE:
    case OP_JLT:
    case OP_JLTE:
        return jump(self, step, index + 1);
    case OP_LOCK:
        self->state->holders[operand.number] = (int)self->thread;
        break;
    case OP_UNLOCK:
        unlock(self, operand.number);
        break;
    case OP_WAIT:
        assign(self, place_of(self, operand), difference(self, value_of(self, operand), one));
        break;
    case OP_POST:
        assign(self, place_of(self, operand), sum(self, value_of(self, operand), one));
        break;
    case OP_PUT:
        put(self, instruction);
        break;
    case OP_GET:
        get(self, instruction);
        break;
    }
    return index + 1;
}

enum step_result machine_step(const struct machine *self, struct state *state, size_t thread, struct changes *changes)
{
    struct execution execution = {self, state, thread, STEP_TAKEN, changes};
    changes->count = 0;
    size_t next = execute(&execution, machine_next(self, state, thread), state->at[thread]);
    if (execution.result == STEP_TAKEN)
        state->at[thread] = next;
    return execution.result;
}

/* ---- What can happen ------------------------------------------------------------------------------------------- */

const struct step *machine_next(const struct machine *self, const struct state *state, size_t thread)
{
    const struct code *code = &self->program->threads[thread].code;
    return state->at[thread] < code->count ? &code->steps[state->at[thread]] : NULL;
}

struct taken machine_taken(const struct machine *self, const struct state *state, size_t thread, unsigned option)
{
    const struct step *step = machine_next(self, state, thread);
    return (struct taken){thread, option, step->ticks, step->instruction->opcode == OP_YIELD};
}

bool machine_can_go_on(const struct machine *self, const struct state *state, size_t thread, bool *is_decided)
{
    const struct step *step = machine_next(self, state, thread);
    if (step == NULL)
        return false;
    const struct instruction *next = step->instruction;
    size_t number = (size_t)next->numbers[0];
    if (next->opcode == OP_LOCK)
        return state->holders[number] < 0;
    if (next->opcode == OP_PUT)
        return (int64_t)state->queues[number].length < self->program->queues.at[number].number;
    if (next->opcode == OP_GET)
        return state->queues[number].length > 0;
    if (next->opcode != OP_WAIT)
        return true;
    struct value permits = state->values[program_semaphore_location(self->program, number)];
    *is_decided = *is_decided && permits.kind == VALUE_KNOWN;
    return permits.number > 0;
}

struct moment machine_moment(const struct machine *self, const struct state *state)
{
    struct moment moment = {.threads = self->program->thread_count, .away = state->away, .is_decided = true};
    for (size_t t = 0; t < moment.threads; t++) {
        uint64_t bit = UINT64_C(1) << t;
        if (machine_next(self, state, t) == NULL)
            moment.finished |= bit;
        else if ((state->away & bit) == 0 && machine_can_go_on(self, state, t, &moment.is_decided))
            moment.ready |= bit;
    }
    return moment;
}
