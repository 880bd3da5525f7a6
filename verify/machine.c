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
    size_t next; /* where the thread goes on */
    enum step_result result;
    struct changes *changes;
};

static bool both_known(struct value a, struct value b)
{
    return a.kind == VALUE_KNOWN && b.kind == VALUE_KNOWN;
}

static bool add(int64_t a, int64_t b, int64_t *result)
{
    return !__builtin_add_overflow(a, b, result);
}

static bool subtract(int64_t a, int64_t b, int64_t *result)
{
    return !__builtin_sub_overflow(a, b, result);
}

static bool multiply(int64_t a, int64_t b, int64_t *result)
{
    return !__builtin_mul_overflow(a, b, result);
}

static bool divides(int64_t a, int64_t b)
{
    return b != 0 && (b != -1 || a != INT64_MIN);
}

static bool divide(int64_t a, int64_t b, int64_t *result)
{
    *result = divides(a, b) ? a / b : 0;
    return divides(a, b);
}

static bool modulo(int64_t a, int64_t b, int64_t *result)
{
    *result = divides(a, b) ? a % b : 0;
    return divides(a, b);
}

static bool conjunction(int64_t a, int64_t b, int64_t *result)
{
    *result = a & b;
    return true;
}

static bool disjunction(int64_t a, int64_t b, int64_t *result)
{
    *result = a | b;
    return true;
}

static bool exclusion(int64_t a, int64_t b, int64_t *result)
{
    *result = a ^ b;
    return true;
}

static bool shift_left(int64_t a, int64_t b, int64_t *result)
{
    bool is_good = b >= 0 && b <= 63;
    for (*result = a; is_good && b > 0 && *result != 0; b--)
        is_good = multiply(*result, 2, result);
    return is_good;
}

static bool shift_right(int64_t a, int64_t b, int64_t *result)
{
    bool is_good = b >= 0 && b <= 63;
    for (*result = a; is_good && b > 0; b--)
        *result = *result / 2 - (*result % 2 < 0);
    return is_good;
}

/* -1, 0 or 1: how b compares with a. */
static bool compare(int64_t a, int64_t b, int64_t *result)
{
    *result = (b > a) - (b < a);
    return true;
}

/* What is computed of two values. Bounds can be added, and something known taken away from one: the other direction of a bound
 * is none. A bound that leaves the 64 bits stops at their end: no value lies beyond, and a value that would is an error of the
 * program, after which there is nothing left to bound. */
static struct value computed(struct execution *self, bool (*compute)(int64_t a, int64_t b, int64_t *result),
                             struct value a, struct value b)
{
    struct value result = {VALUE_UNKNOWN, 0};
    if (both_known(a, b))
        result.kind = VALUE_KNOWN;
    else if (a.kind != VALUE_UNKNOWN &&
             ((compute == add && b.kind != VALUE_UNKNOWN) || (compute == subtract && b.kind == VALUE_KNOWN)))
        result.kind = VALUE_BOUNDED;
    if (result.kind == VALUE_UNKNOWN || compute(a.number, b.number, &result.number))
        return result;
    if (result.kind == VALUE_KNOWN)
        self->result = STEP_ERROR;
    result.number = a.number < 0 ? INT64_MIN : INT64_MAX;
    return result;
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

static const struct form *form_of(const struct step *step)
{
    return &forms[step->instruction->form];
}

static struct value *operand_place(const struct execution *self, const struct step *step, unsigned which)
{
    return place_of(self, instruction_operand(step->instruction, which));
}

static struct value operand_value(const struct execution *self, const struct step *step, unsigned which)
{
    return value_of(self, instruction_operand(step->instruction, which));
}

static void do_nothing(struct execution *self, const struct step *step)
{
    (void)self;
    (void)step;
}

static void halt(struct execution *self, const struct step *step)
{
    (void)step;
    self->next = self->machine->program->threads[self->thread].code.count;
}

/* Leaves, or returns where the thread has left. */
static void travel(struct execution *self, const struct step *step)
{
    uint64_t bit = UINT64_C(1) << self->thread;
    (void)step;
    self->state->away ^= bit;
    if (self->state->away & bit)
        self->next--;
}

static void move(struct execution *self, const struct step *step)
{
    assign(self, operand_place(self, step, 1), operand_value(self, step, 0));
}

static void operate(struct execution *self, const struct step *step)
{
    struct value *place = operand_place(self, step, 1);
    assign(self, place, computed(self, form_of(step)->compute, *place, operand_value(self, step, 0)));
}

/* The row's number less the operand. */
static void negate(struct execution *self, const struct step *step)
{
    struct value *place = operand_place(self, step, 0);
    assign(self, place, computed(self, subtract, (struct value){VALUE_KNOWN, form_of(step)->number}, *place));
}

static void test(struct execution *self, const struct step *step)
{
    assign(self, register_of(self, FLAGS),
           computed(self, compare, operand_value(self, step, 0), operand_value(self, step, 1)));
}

static void exchange(struct execution *self, const struct step *step)
{
    struct value *given = operand_place(self, step, 0), *word = operand_place(self, step, 1);
    struct value before = *word;
    assign(self, word, form_of(step)->compute == NULL ? *given : computed(self, add, before, *given));
    assign(self, given, before);
}

/* cas r, w: where w is %ax, r goes to w; %ax is then what w was before in either case. */
static void compare_and_swap(struct execution *self, const struct step *step)
{
    struct value *ax = register_of(self, AX), *word = operand_place(self, step, 1);
    struct value before = *word, given = operand_value(self, step, 0);
    if (!both_known(*ax, before)) {
        self->result = STEP_UNDECIDED;
        return;
    }
    assign(self, register_of(self, FLAGS), computed(self, compare, *ax, before));
    if (before.number == ax->number)
        assign(self, word, given);
    assign(self, ax, before);
}

/* The row's number says for which of the flags -1, 0 and 1: a bit each. */
enum { LESS = 1, EQUAL = 2, GREATER = 4, ALWAYS = LESS | EQUAL | GREATER };

static void jump(struct execution *self, const struct step *step)
{
    struct value flags = *register_of(self, FLAGS);
    int64_t when = form_of(step)->number;
    if (when != ALWAYS && flags.kind != VALUE_KNOWN)
        self->result = STEP_UNDECIDED;
    if (when == ALWAYS || (when & (flags.number > 0 ? GREATER : flags.number < 0 ? LESS : EQUAL)) != 0)
        self->next = step->target;
}

static void lock(struct execution *self, const struct step *step)
{
    self->state->holders[step->instruction->numbers[0]] = (int)self->thread;
}

static void unlock(struct execution *self, const struct step *step)
{
    int *holder = &self->state->holders[step->instruction->numbers[0]];
    if (*holder == (int)self->thread)
        *holder = -1;
    else
        self->result = STEP_ERROR;
}

/* One permit more, or one less. */
static void post(struct execution *self, const struct step *step)
{
    struct value *permits = operand_place(self, step, 0);
    assign(self, permits, computed(self, form_of(step)->compute, *permits, (struct value){VALUE_KNOWN, 1}));
}

static void put(struct execution *self, const struct step *step)
{
    struct queue_state *queue = &self->state->queues[step->instruction->numbers[0]];
    struct value value = operand_value(self, step, 1);
    if (value.kind == VALUE_KNOWN)
        queue->items[queue->length++] = value.number;
    else
        self->result = STEP_UNDECIDED;
}

static void get(struct execution *self, const struct step *step)
{
    struct queue_state *queue = &self->state->queues[step->instruction->numbers[0]];
    assign(self, operand_place(self, step, 1), (struct value){VALUE_KNOWN, queue->items[0]});
    queue->length--;
    memmove(queue->items, queue->items + 1, queue->length * sizeof *queue->items);
}

enum { ANY_VALUE = OPERAND_NUMBER | OPERAND_REGISTER | OPERAND_WORD, ANY_PLACE = OPERAND_REGISTER | OPERAND_WORD };

const struct form forms[] = {
    {"nop", {0, 0}, do_nothing, NULL, 0},
    {"yield", {0, 0}, do_nothing, NULL, 1},
    {"halt", {0, 0}, halt, NULL, 0},
    {"io", {0, 0}, travel, NULL, 0},
    {"mov", {ANY_VALUE, ANY_PLACE}, move, NULL, 0},
    {"add", {ANY_VALUE, ANY_PLACE}, operate, add, 0},
    {"sub", {ANY_VALUE, ANY_PLACE}, operate, subtract, 0},
    {"mul", {ANY_VALUE, ANY_PLACE}, operate, multiply, 0},
    {"neg", {ANY_PLACE, 0}, negate, NULL, 0},
    {"not", {ANY_PLACE, 0}, negate, NULL, -1},
    {"div", {ANY_VALUE, ANY_PLACE}, operate, divide, 0},
    {"mod", {ANY_VALUE, ANY_PLACE}, operate, modulo, 0},
    {"and", {ANY_VALUE, ANY_PLACE}, operate, conjunction, 0},
    {"or", {ANY_VALUE, ANY_PLACE}, operate, disjunction, 0},
    {"xor", {ANY_VALUE, ANY_PLACE}, operate, exclusion, 0},
    {"shl", {ANY_VALUE, ANY_PLACE}, operate, shift_left, 0},
    {"shr", {ANY_VALUE, ANY_PLACE}, operate, shift_right, 0},
    {"test", {ANY_VALUE, ANY_VALUE}, test, NULL, 0},
    {"xchg", {OPERAND_REGISTER, OPERAND_WORD}, exchange, NULL, 0},
    {"fetchadd", {OPERAND_REGISTER, OPERAND_WORD}, exchange, add, 0},
    {"cas", {OPERAND_REGISTER, OPERAND_WORD}, compare_and_swap, NULL, 0},
    {"j", {OPERAND_LABEL, 0}, jump, NULL, ALWAYS},
    {"je", {OPERAND_LABEL, 0}, jump, NULL, EQUAL},
    {"jne", {OPERAND_LABEL, 0}, jump, NULL, LESS | GREATER},
    {"jgt", {OPERAND_LABEL, 0}, jump, NULL, GREATER},
    {"jgte", {OPERAND_LABEL, 0}, jump, NULL, GREATER | EQUAL},
    {"jlt", {OPERAND_LABEL, 0}, jump, NULL, LESS},
    {"jlte", {OPERAND_LABEL, 0}, jump, NULL, LESS | EQUAL},
    {"lock", {OPERAND_MUTEX, 0}, lock, NULL, 0},
    {"unlock", {OPERAND_MUTEX, 0}, unlock, NULL, 0},
    {"wait", {OPERAND_SEMAPHORE, 0}, post, subtract, 0},
    {"post", {OPERAND_SEMAPHORE, 0}, post, add, 0},
    {"put", {OPERAND_QUEUE, ANY_VALUE}, put, NULL, 0},
    {"get", {OPERAND_QUEUE, ANY_PLACE}, get, NULL, 0},
    {NULL, {0, 0}, NULL, NULL, 0},
};

/* The next step of a thread, or NULL where it has finished. */
static const struct step *next_step(const struct machine *self, const struct state *state, size_t thread)
{
    const struct code *code = &self->program->threads[thread].code;
    return state->at[thread] < code->count ? &code->steps[state->at[thread]] : NULL;
}

enum step_result machine_step(const struct machine *self, struct state *state, size_t thread, struct changes *changes)
{
    const struct step *step = next_step(self, state, thread);
    struct execution execution = {self, state, thread, state->at[thread] + 1, STEP_TAKEN, changes};
    changes->count = 0;
    form_of(step)->execute(&execution, step);
    if (execution.result == STEP_TAKEN)
        state->at[thread] = execution.next;
    return execution.result;
}

bool machine_can_be_away(const struct step *step)
{
    return form_of(step)->execute == travel;
}

/* ---- What can happen ------------------------------------------------------------------------------------------- */

struct taken machine_taken(const struct machine *self, const struct state *state, size_t thread, unsigned option)
{
    const struct step *step = next_step(self, state, thread);
    return (struct taken){thread, option, step->ticks,
                          form_of(step)->execute == do_nothing && form_of(step)->number != 0};
}

/* Whether a thread can go on; *is_decided is set to false where that depends on a value that is not known. */
static bool can_go_on(const struct machine *self, const struct state *state, size_t thread, bool *is_decided)
{
    const struct step *step = next_step(self, state, thread);
    if (step == NULL)
        return false;
    const struct form *form = form_of(step);
    size_t number = (size_t)step->instruction->numbers[0];
    if (form->execute == lock)
        return state->holders[number] < 0;
    if (form->execute == put)
        return (int64_t)state->queues[number].length < self->program->queues.at[number].number;
    if (form->execute == get)
        return state->queues[number].length > 0;
    if (form->execute != post || form->compute != subtract)
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
        if (next_step(self, state, t) == NULL)
            moment.finished |= bit;
        else if ((state->away & bit) == 0 && can_go_on(self, state, t, &moment.is_decided))
            moment.ready |= bit;
    }
    return moment;
}
