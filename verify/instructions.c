/* What instructions do: a row of the table each. */
#include "verify/arithmetic.h"
#include "verify/machine.h"
#include "verify/verdict.h"

#include <stdlib.h>
#include <string.h>

/* One instruction under way. */
struct execution {
    const struct machine *machine;
    struct state *state;
    size_t thread;
    const struct step *step;
    unsigned choice;
    int64_t objects[2]; /* that operands are; or the thread that is named */
    size_t next;        /* where the thread goes on */
    enum step_result result;
    struct changes *changes;
};

static const struct form *form_of(const struct step *step)
{
    return &forms[step->instruction->form];
}

static uint64_t own_bit(const struct execution *self)
{
    return UINT64_C(1) << self->thread;
}

/* ---- Values ---------------------------------------------------------------------------------------------------- */

static struct value known(int64_t number)
{
    return (struct value){VALUE_KNOWN, number};
}

static bool both_known(struct value a, struct value b)
{
    return a.kind == VALUE_KNOWN && b.kind == VALUE_KNOWN;
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
    else if (a.kind != VALUE_UNKNOWN && ((compute == arithmetic_add && b.kind != VALUE_UNKNOWN) ||
                                         (compute == arithmetic_subtract && b.kind == VALUE_KNOWN)))
        result.kind = VALUE_BOUNDED;
    if (result.kind == VALUE_UNKNOWN || compute(a.number, b.number, &result.number))
        return result;
    if (result.kind == VALUE_KNOWN)
        self->result = STEP_ERROR;
    result.number = a.number < 0 ? INT64_MIN : INT64_MAX;
    return result;
}

/* ---- Operands -------------------------------------------------------------------------------------------------- */

static struct value *register_of(const struct execution *self, size_t number)
{
    return &self->state->values[program_register_location(self->machine->program, self->thread, number)];
}

/* The stores of the thread that wait; NULL where none do. */
static struct stores *waiting_stores(const struct execution *self)
{
    return self->machine->program->is_tso ? &self->state->stores[self->thread] : NULL;
}

/* The value of a semaphore or an event, the first operand. */
static struct value *object_value(const struct execution *self)
{
    bool is_event = self->step->instruction->kinds[0] == OPERAND_EVENT;
    return &self->state->values[program_object_location(
        self->machine->program, is_event ? OBJECT_EVENT : OBJECT_SEMAPHORE, (size_t)self->objects[0])];
}

static struct value *operand_place(const struct execution *self, unsigned which)
{
    struct operand operand = instruction_operand(self->step->instruction, which);
    return operand.kind == OPERAND_REGISTER ? register_of(self, (size_t)operand.number)
                                            : &self->state->values[operand.number];
}

/* A thread sees of a word what it has stored there last and memory does not have yet. */
static struct value operand_value(const struct execution *self, unsigned which)
{
    struct operand operand = instruction_operand(self->step->instruction, which);
    const struct stores *stores = operand.kind == OPERAND_WORD ? waiting_stores(self) : NULL;
    for (size_t i = stores != NULL ? stores->count : 0; i-- > 0;)
        if (stores->at[i].word == (size_t)operand.number)
            return stores->at[i].value;
    return operand.kind == OPERAND_NUMBER ? known(operand.number) : *operand_place(self, which);
}

/* Stores a result, unless it was an error of the program. All that changes a value comes by here. */
static void assign(const struct execution *self, struct value *place, struct value value)
{
    struct changes *changes = self->changes;
    if (self->result != STEP_TAKEN)
        return;
    changes->at = storage_grow(changes->at, changes->count, &changes->capacity, sizeof *changes->at);
    changes->at[changes->count++] = (struct change){place, *place};
    *place = value;
}

/* What an operand becomes: the store of a word waits, unless the instruction is a locked one. */
static void store(struct execution *self, unsigned which, struct value value)
{
    struct operand operand = instruction_operand(self->step->instruction, which);
    bool is_locked = form_of(self->step)->kinds[which] == OPERAND_WORD;
    struct stores *stores = operand.kind == OPERAND_WORD && !is_locked ? waiting_stores(self) : NULL;
    if (stores == NULL)
        assign(self, operand_place(self, which), value);
    else if (stores->count == STORES_MAX)
        self->result = STEP_ERROR;
    else
        stores->at[stores->count++] = (struct store){(size_t)operand.number, value};
}

static void undo_to(const struct changes *self, size_t count)
{
    for (size_t i = self->count; i > count; i--)
        *self->at[i - 1].place = self->at[i - 1].before;
}

void changes_undo(const struct changes *self)
{
    undo_to(self, 0);
}

void changes_free(struct changes *self)
{
    free(self->at);
}

/* ---- Objects --------------------------------------------------------------------------------------------------- */

static struct value picking_register(const struct execution *self, uint8_t number)
{
    return number == REGISTER_COUNT ? known(0) : *register_of(self, number);
}

/* The object that registers pick. Where its array has no such element it is an error, of any thread that comes so far. */
static int64_t pick_object(struct execution *self, const struct pick *pick)
{
    struct value base = picking_register(self, pick->base), index = picking_register(self, pick->index);
    int64_t offset, number;
    if (!both_known(base, index)) {
        self->result = STEP_UNDECIDED;
        return -1;
    }
    bool is_number = arithmetic_multiply(index.number, pick->scale, &offset) &&
                     arithmetic_add(pick->first + pick->number, base.number, &number) &&
                     arithmetic_add(number, offset, &number);
    if (is_number && number >= pick->first && number < pick->first + pick->count)
        return number;
    self->result = STEP_ERROR;
    return -1;
}

static void find_objects(struct execution *self)
{
    const struct instruction *instruction = self->step->instruction;
    for (unsigned which = 0; which < 2 && self->result == STEP_TAKEN; which++) {
        self->objects[which] = instruction->numbers[which];
        if ((instruction->picked >> which & 1) != 0)
            self->objects[which] = pick_object(self, &self->machine->program->picks[instruction->numbers[which]]);
    }
}

static struct execution start(const struct machine *machine, struct state *state, size_t thread)
{
    const struct code *code = &machine->program->threads[thread].code;
    struct execution self = {.machine = machine,
                             .state = state,
                             .thread = thread,
                             .step = &code->steps[state->at[thread]],
                             .next = state->at[thread] + 1,
                             .result = STEP_TAKEN};
    find_objects(&self);
    return self;
}

static const struct object *object_of(const struct execution *self, enum object_kind kind, int64_t number)
{
    return &self->machine->program->objects[kind].at[number];
}

/* The threads that sleep at an instruction which does the same as a row of the table, at the object of the first operand. */
static uint64_t sleepers(struct execution *self, void (*execute)(struct execution *self))
{
    uint64_t found = 0;
    for (size_t t = 0; t < self->machine->program->thread_count; t++) {
        if ((self->state->asleep >> t & 1) == 0)
            continue;
        struct execution other = start(self->machine, self->state, t);
        if (form_of(other.step)->execute != execute)
            continue;
        if (other.result == STEP_UNDECIDED)
            self->result = STEP_UNDECIDED;
        found |= (uint64_t)(other.objects[0] == self->objects[0]) << t;
    }
    return found;
}

/* ---- Going on -------------------------------------------------------------------------------------------------- */

static void do_nothing(struct execution *self)
{
    (void)self;
}

static void fence(struct execution *self)
{
    (void)self;
}

static void halt(struct execution *self)
{
    self->next = self->machine->program->threads[self->thread].code.count;
}

/* Leaves, or returns where the thread has left. */
static void travel(struct execution *self)
{
    self->state->away ^= own_bit(self);
    if ((self->state->away & own_bit(self)) != 0)
        self->next--;
}

/* The row's number says for which of the flags -1, 0 and 1: a bit each. */
enum { LESS = 1, EQUAL = 2, GREATER = 4, ALWAYS = LESS | EQUAL | GREATER };

static void jump(struct execution *self)
{
    struct value flags = *register_of(self, FLAGS);
    int64_t when = form_of(self->step)->number;
    if (when != ALWAYS && flags.kind != VALUE_KNOWN)
        self->result = STEP_UNDECIDED;
    if (when == ALWAYS || (when & (flags.number > 0 ? GREATER : flags.number < 0 ? LESS : EQUAL)) != 0)
        self->next = self->step->target;
}

/* It is about what the thread sees: as long as it is computed, memory has the stores of the thread. */
static void check_assertion(struct execution *self)
{
    const struct stores *stores = waiting_stores(self);
    size_t changes = self->changes->count;
    for (size_t i = 0; stores != NULL && i < stores->count; i++)
        assign(self, &self->state->values[stores->at[i].word], stores->at[i].value);
    enum condition_result result =
        condition_evaluate(self->machine->program, instruction_assertion(self->step->instruction), self->thread,
                           self->state->values, NULL);
    undo_to(self->changes, changes);
    self->changes->count = changes;
    if (result != CONDITION_TRUE)
        self->result = result == CONDITION_UNDECIDED ? STEP_UNDECIDED : STEP_ERROR;
}

/* ---- Computing ------------------------------------------------------------------------------------------------- */

static void move(struct execution *self)
{
    store(self, 1, operand_value(self, 0));
}

static void operate(struct execution *self)
{
    store(self, 1, computed(self, form_of(self->step)->compute, operand_value(self, 1), operand_value(self, 0)));
}

/* The row's number less the operand. */
static void negate(struct execution *self)
{
    struct value value = operand_value(self, 0);
    store(self, 0, computed(self, arithmetic_subtract, known(form_of(self->step)->number), value));
}

static void test(struct execution *self)
{
    assign(self, register_of(self, FLAGS),
           computed(self, arithmetic_compare, operand_value(self, 0), operand_value(self, 1)));
}

static void choose(struct execution *self)
{
    store(self, 1, known(self->step->instruction->numbers[0] + self->choice));
}

static void exchange(struct execution *self)
{
    struct value *given = operand_place(self, 0), *word = operand_place(self, 1);
    struct value before = *word;
    assign(self, word, form_of(self->step)->compute == NULL ? *given : computed(self, arithmetic_add, before, *given));
    assign(self, given, before);
}

/* cas r, w: where w is %ax, r goes to w; %ax is then what w was before in either case. */
static void compare_and_swap(struct execution *self)
{
    struct value *ax = register_of(self, AX), *word = operand_place(self, 1);
    struct value before = *word, given = operand_value(self, 0);
    if (!both_known(*ax, before)) {
        self->result = STEP_UNDECIDED;
        return;
    }
    assign(self, register_of(self, FLAGS), computed(self, arithmetic_compare, *ax, before));
    if (before.number == ax->number)
        assign(self, word, given);
    assign(self, ax, before);
}

/* ---- Mutexes and semaphores ------------------------------------------------------------------------------------ */

/* Whether nobody holds a mutex, or the thread does and may lock it again. */
static bool is_lockable(const struct execution *self, int64_t mutex)
{
    int holder = self->state->holders[mutex];
    return holder < 0 || (holder == (int)self->thread && object_of(self, OBJECT_MUTEX, mutex)->is_recursive);
}

static bool can_lock(struct execution *self)
{
    return is_lockable(self, self->objects[0]);
}

static void lock(struct execution *self)
{
    int64_t mutex = self->objects[0];
    self->state->depths[mutex] += self->state->holders[mutex] == (int)self->thread;
    self->state->holders[mutex] = (int)self->thread;
}

static void unlock(struct execution *self)
{
    int64_t mutex = self->objects[0];
    if (self->state->holders[mutex] != (int)self->thread)
        self->result = STEP_ERROR;
    else if (self->state->depths[mutex] > 0)
        self->state->depths[mutex]--;
    else
        self->state->holders[mutex] = -1;
}

static void try_lock(struct execution *self)
{
    bool is_taken = can_lock(self);
    store(self, 1, known(is_taken));
    if (is_taken)
        lock(self);
}

/* Of a semaphore or an event. */
static bool is_positive(struct execution *self)
{
    struct value value = *object_value(self);
    if (value.kind != VALUE_KNOWN)
        self->result = STEP_UNDECIDED;
    return value.number > 0;
}

/* One permit more, or one less. */
static void post(struct execution *self)
{
    struct value *permits = object_value(self);
    assign(self, permits, computed(self, form_of(self->step)->compute, *permits, known(1)));
}

static void try_wait(struct execution *self)
{
    struct value *permits = object_value(self);
    bool is_taken = is_positive(self);
    assign(self, permits, computed(self, arithmetic_subtract, *permits, known(is_taken)));
    store(self, 1, known(is_taken));
}

/* ---- What else threads wait for -------------------------------------------------------------------------------- */

static bool can_put(struct execution *self)
{
    return (int64_t)self->state->queues[self->objects[0]].length <
           object_of(self, OBJECT_QUEUE, self->objects[0])->number;
}

static void put(struct execution *self)
{
    struct queue_state *queue = &self->state->queues[self->objects[0]];
    struct value value = operand_value(self, 1);
    if (value.kind == VALUE_KNOWN)
        queue->items[queue->length++] = value.number;
    else
        self->result = STEP_UNDECIDED;
}

static bool can_get(struct execution *self)
{
    return self->state->queues[self->objects[0]].length > 0;
}

static void get(struct execution *self)
{
    struct queue_state *queue = &self->state->queues[self->objects[0]];
    store(self, 1, known(queue->items[0]));
    queue->length--;
    memmove(queue->items, queue->items + 1, queue->length * sizeof *queue->items);
}

static bool nobody_writes(struct execution *self)
{
    return self->state->writers[self->objects[0]] < 0;
}

static bool nobody_is_there(struct execution *self)
{
    return nobody_writes(self) && self->state->readers[self->objects[0]] == 0;
}

static void lock_to_read(struct execution *self)
{
    self->state->readers[self->objects[0]] |= own_bit(self);
}

static void lock_to_write(struct execution *self)
{
    self->state->writers[self->objects[0]] = (int)self->thread;
}

static void give_back(struct execution *self)
{
    int *writer = &self->state->writers[self->objects[0]];
    uint64_t *readers = &self->state->readers[self->objects[0]];
    if (*writer != (int)self->thread && (*readers & own_bit(self)) == 0)
        self->result = STEP_ERROR;
    *writer = *writer == (int)self->thread ? -1 : *writer;
    *readers &= ~own_bit(self);
}

static void set_event(struct execution *self)
{
    assign(self, object_value(self), known(form_of(self->step)->number));
}

/* ---- Sleeping -------------------------------------------------------------------------------------------------- */

/* A thread that holds the mutex once sleeps without it; it is woken, by another one or by itself; and has the mutex again. */
static void sleep_on_condition(struct execution *self)
{
    struct state *state = self->state;
    int *holder = &state->holders[self->objects[1]];
    uint64_t own = own_bit(self);
    if ((state->woken & own) != 0) {
        *holder = (int)self->thread;
        state->woken &= ~own;
        return;
    }
    self->next--;
    if ((state->asleep & own) != 0) {
        state->asleep &= ~own;
        state->woken |= own;
    } else if (*holder == (int)self->thread && state->depths[self->objects[1]] == 0) {
        *holder = -1;
        state->asleep |= own;
    } else {
        self->result = STEP_ERROR;
    }
}

static void wake(struct execution *self, uint64_t threads)
{
    self->state->asleep &= ~threads;
    self->state->woken |= threads;
}

/* One of those that sleep; the choice says which one. */
static void signal_one(struct execution *self)
{
    uint64_t threads = sleepers(self, sleep_on_condition);
    for (unsigned before = self->choice; before > 0; before--)
        threads &= threads - 1;
    wake(self, threads & (~threads + 1));
}

static void broadcast(struct execution *self)
{
    wake(self, sleepers(self, sleep_on_condition));
}

/* The last one to arrive lets the others go on, each behind its own instruction. */
static void arrive(struct execution *self)
{
    uint64_t others = sleepers(self, arrive);
    if (__builtin_popcountll(others) + 1 < object_of(self, OBJECT_BARRIER, self->objects[0])->number) {
        self->state->asleep |= own_bit(self);
        self->next--;
        return;
    }
    self->state->asleep &= ~others;
    for (size_t t = 0; t < self->machine->program->thread_count; t++)
        self->state->at[t] += others >> t & 1;
}

/* ---- Threads --------------------------------------------------------------------------------------------------- */

static void spawn(struct execution *self)
{
    uint64_t thread = UINT64_C(1) << self->objects[0];
    if ((self->state->unborn & thread) == 0)
        self->result = STEP_ERROR;
    self->state->unborn &= ~thread;
}

static bool is_finished(const struct machine *self, const struct state *state, size_t thread)
{
    bool has_stores = self->program->is_tso && state->stores[thread].count > 0;
    return state->at[thread] == self->program->threads[thread].code.count && (state->unborn >> thread & 1) == 0 &&
           !has_stores;
}

static bool can_join(struct execution *self)
{
    return is_finished(self->machine, self->state, (size_t)self->objects[0]);
}

/* ---- The table ------------------------------------------------------------------------------------------------- */

enum { ANY_VALUE = OPERAND_NUMBER | OPERAND_REGISTER | OPERAND_WORD, ANY_PLACE = OPERAND_REGISTER | OPERAND_WORD };

const struct form forms[] = {
    {"nop", {0, 0}, do_nothing, NULL, 0, NULL},
    {"yield", {0, 0}, do_nothing, NULL, 1, NULL},
    {"mfence", {0, 0}, fence, NULL, 0, NULL},
    {"halt", {0, 0}, halt, NULL, 0, NULL},
    {"io", {0, 0}, travel, NULL, 0, NULL},
    {"mov", {ANY_VALUE, ANY_PLACE}, move, NULL, 0, NULL},
    {"add", {ANY_VALUE, ANY_PLACE}, operate, arithmetic_add, 0, NULL},
    {"sub", {ANY_VALUE, ANY_PLACE}, operate, arithmetic_subtract, 0, NULL},
    {"mul", {ANY_VALUE, ANY_PLACE}, operate, arithmetic_multiply, 0, NULL},
    {"neg", {ANY_PLACE, 0}, negate, NULL, 0, NULL},
    {"not", {ANY_PLACE, 0}, negate, NULL, -1, NULL},
    {"div", {ANY_VALUE, ANY_PLACE}, operate, arithmetic_divide, 0, NULL},
    {"mod", {ANY_VALUE, ANY_PLACE}, operate, arithmetic_modulo, 0, NULL},
    {"and", {ANY_VALUE, ANY_PLACE}, operate, arithmetic_conjunction, 0, NULL},
    {"or", {ANY_VALUE, ANY_PLACE}, operate, arithmetic_disjunction, 0, NULL},
    {"xor", {ANY_VALUE, ANY_PLACE}, operate, arithmetic_exclusion, 0, NULL},
    {"shl", {ANY_VALUE, ANY_PLACE}, operate, arithmetic_shift_left, 0, NULL},
    {"shr", {ANY_VALUE, ANY_PLACE}, operate, arithmetic_shift_right, 0, NULL},
    {"test", {ANY_VALUE, ANY_VALUE}, test, NULL, 0, NULL},
    {"choose", {OPERAND_RANGE, ANY_PLACE}, choose, NULL, 0, NULL},
    {"xchg", {OPERAND_REGISTER, OPERAND_WORD}, exchange, NULL, 0, NULL},
    {"fetchadd", {OPERAND_REGISTER, OPERAND_WORD}, exchange, arithmetic_add, 0, NULL},
    {"cas", {OPERAND_REGISTER, OPERAND_WORD}, compare_and_swap, NULL, 0, NULL},
    {"j", {OPERAND_LABEL, 0}, jump, NULL, ALWAYS, NULL},
    {"je", {OPERAND_LABEL, 0}, jump, NULL, EQUAL, NULL},
    {"jne", {OPERAND_LABEL, 0}, jump, NULL, LESS | GREATER, NULL},
    {"jgt", {OPERAND_LABEL, 0}, jump, NULL, GREATER, NULL},
    {"jgte", {OPERAND_LABEL, 0}, jump, NULL, GREATER | EQUAL, NULL},
    {"jlt", {OPERAND_LABEL, 0}, jump, NULL, LESS, NULL},
    {"jlte", {OPERAND_LABEL, 0}, jump, NULL, LESS | EQUAL, NULL},
    {"lock", {OPERAND_MUTEX, 0}, lock, NULL, 0, can_lock},
    {"unlock", {OPERAND_MUTEX, 0}, unlock, NULL, 0, NULL},
    {"trylock", {OPERAND_MUTEX, ANY_PLACE}, try_lock, NULL, 0, NULL},
    {"wait", {OPERAND_SEMAPHORE, 0}, post, arithmetic_subtract, 0, is_positive},
    {"post", {OPERAND_SEMAPHORE, 0}, post, arithmetic_add, 0, NULL},
    {"trywait", {OPERAND_SEMAPHORE, ANY_PLACE}, try_wait, NULL, 0, NULL},
    {"put", {OPERAND_QUEUE, ANY_VALUE}, put, NULL, 0, can_put},
    {"get", {OPERAND_QUEUE, ANY_PLACE}, get, NULL, 0, can_get},
    {"rdlock", {OPERAND_RWLOCK, 0}, lock_to_read, NULL, 0, nobody_writes},
    {"wrlock", {OPERAND_RWLOCK, 0}, lock_to_write, NULL, 0, nobody_is_there},
    {"rwunlock", {OPERAND_RWLOCK, 0}, give_back, NULL, 0, NULL},
    {"cwait", {OPERAND_CONDITION, OPERAND_MUTEX}, sleep_on_condition, NULL, 0, NULL},
    {"signal", {OPERAND_CONDITION, 0}, signal_one, NULL, 0, NULL},
    {"broadcast", {OPERAND_CONDITION, 0}, broadcast, NULL, 0, NULL},
    {"arrive", {OPERAND_BARRIER, 0}, arrive, NULL, 0, NULL},
    {"await", {OPERAND_EVENT, 0}, do_nothing, NULL, 0, is_positive},
    {"set", {OPERAND_EVENT, 0}, set_event, NULL, 1, NULL},
    {"clear", {OPERAND_EVENT, 0}, set_event, NULL, 0, NULL},
    {"spawn", {OPERAND_THREAD, 0}, spawn, NULL, 0, NULL},
    {"join", {OPERAND_THREAD, 0}, do_nothing, NULL, 0, can_join},
    {"print", {ANY_VALUE | OPERAND_TEXT, 0}, do_nothing, NULL, 0, NULL},
    {"assert", {OPERAND_ASSERTION, 0}, check_assertion, NULL, 0, NULL},
    {NULL, {0, 0}, NULL, NULL, 0, NULL},
};

/* ---- Steps ----------------------------------------------------------------------------------------------------- */

static enum step_result execute(const struct machine *self, struct state *state, size_t thread, unsigned choice,
                                struct taken *taken, struct changes *changes)
{
    struct execution execution = start(self, state, thread);
    execution.choice = choice;
    execution.changes = changes;
    taken->ticks += execution.step->ticks;
    taken->yields = form_of(execution.step)->execute == do_nothing && form_of(execution.step)->number != 0;
    if (execution.result == STEP_TAKEN)
        form_of(execution.step)->execute(&execution);
    if (execution.result == STEP_TAKEN)
        state->at[thread] = execution.next;
    return execution.result;
}

/* Whether an instruction waits until the stores of its thread have reached memory: it is a fence, or a locked instruction, or threads
 * synchronise by it. */
static bool drains(const struct form *form)
{
    return form->execute == fence || form->kinds[1] == OPERAND_WORD || form->kinds[0] >= OPERAND_OBJECT ||
           form->kinds[0] == OPERAND_THREAD;
}

/* Whether what an instruction writes is a word whose store waits. */
static bool stores_word(const struct step *step)
{
    const unsigned *kinds = form_of(step)->kinds;
    unsigned written = kinds[1] == ANY_PLACE ? 1 : 0;
    return kinds[written] == ANY_PLACE && step->instruction->kinds[written] == OPERAND_WORD;
}

/* Whether what a thread executes next waits for its own stores. */
static bool waits_for_stores(const struct machine *self, const struct state *state, size_t thread)
{
    const struct program *program = self->program;
    const struct step *step = &program->threads[thread].code.steps[state->at[thread]];
    size_t count = program->is_tso ? state->stores[thread].count : 0;
    return count > 0 &&
           (drains(form_of(step)) || (program->stores_wait && count >= program->stores_most && stores_word(step)));
}

/* Whether the instruction that a thread has come to belongs to the step that it is taking: such ones never wait, but for stores. It may
 * have gone to sleep there. */
static bool goes_on(const struct machine *self, const struct state *state, size_t thread)
{
    const struct code *code = &self->program->threads[thread].code;
    return state->at[thread] < code->count && code->steps[state->at[thread]].joins &&
           ((state->asleep | state->woken) >> thread & 1) == 0 && !waits_for_stores(self, state, thread);
}

void machine_flush(const struct machine *self, struct state *state, size_t thread, struct changes *changes)
{
    struct stores *stores = &state->stores[thread];
    struct execution execution = {.machine = self, .state = state, .result = STEP_TAKEN, .changes = changes};
    changes->count = 0;
    assign(&execution, &state->values[stores->at[0].word], stores->at[0].value);
    stores->count--;
    memmove(stores->at, stores->at + 1, stores->count * sizeof *stores->at);
}

enum step_result machine_step(const struct machine *self, struct state *state, size_t thread, unsigned choice,
                              struct taken *taken, struct changes *changes)
{
    *taken = (struct taken){.thread = thread};
    changes->count = 0;
    enum step_result result = execute(self, state, thread, choice, taken, changes);
    while (result == STEP_TAKEN && goes_on(self, state, thread))
        result = execute(self, state, thread, 0, taken, changes);
    return result;
}

enum stretch_place instruction_stretch_place(const struct instruction *self)
{
    const struct form *form = &forms[self->form];
    bool yields = form->execute == do_nothing && form->number != 0;
    bool has_choices = form->execute == choose || form->execute == signal_one;
    if (form->execute == travel || yields)
        return STRETCH_NOWHERE;
    if (form->execute == sleep_on_condition || form->execute == arrive)
        return STRETCH_LAST;
    return form->can_go_on != NULL || has_choices ? STRETCH_FIRST : STRETCH_ANYWHERE;
}

unsigned machine_choices(const struct machine *self, struct state *state, size_t thread)
{
    const struct step *step = &self->program->threads[thread].code.steps[state->at[thread]];
    if (form_of(step)->execute == choose)
        return step->instruction->extent + 1u;
    if (form_of(step)->execute != signal_one)
        return 1;
    struct execution execution = start(self, state, thread);
    unsigned count = (unsigned)__builtin_popcountll(sleepers(&execution, sleep_on_condition));
    return count > 1 ? count : 1;
}

bool machine_can_be_away(const struct step *step)
{
    return form_of(step)->execute == travel;
}

bool machine_can_be_woken(const struct step *step)
{
    return form_of(step)->execute == sleep_on_condition;
}

bool machine_can_sleep(const struct step *step)
{
    return machine_can_be_woken(step) || form_of(step)->execute == arrive;
}

/* ---- What can happen ------------------------------------------------------------------------------------------- */

/* Whether a thread can go on; *is_decided is set to false where that depends on a value that is not known. */
static bool can_go_on(const struct machine *self, struct state *state, size_t thread, bool *is_decided)
{
    if (state->at[thread] == self->program->threads[thread].code.count || waits_for_stores(self, state, thread))
        return false;
    const struct form *form = form_of(&self->program->threads[thread].code.steps[state->at[thread]]);
    bool is_woken = (state->woken >> thread & 1) != 0;
    if (!is_woken && form->can_go_on == NULL)
        return true;
    struct execution execution = start(self, state, thread);
    if (execution.result == STEP_ERROR)
        return true;
    bool can = execution.result == STEP_TAKEN &&
               (is_woken ? is_lockable(&execution, execution.objects[1]) : form->can_go_on(&execution));
    *is_decided = *is_decided && execution.result == STEP_TAKEN;
    return can;
}

static bool is_at_join(const struct machine *self, const struct state *state, size_t thread)
{
    const struct code *code = &self->program->threads[thread].code;
    return state->at[thread] < code->count && form_of(&code->steps[state->at[thread]])->can_go_on == can_join;
}

struct moment machine_moment(const struct machine *self, struct state *state)
{
    struct moment moment = {.threads = self->program->thread_count, .away = state->away, .is_decided = true};
    for (size_t t = 0; t < moment.threads; t++) {
        uint64_t bit = UINT64_C(1) << t;
        moment.storing |= self->program->is_tso && state->stores[t].count > 0 ? bit : 0;
        if (is_finished(self, state, t))
            moment.finished |= bit;
        else if ((state->asleep & bit) != 0)
            moment.away |=
                self->program->is_spurious && machine_can_be_woken(&self->program->threads[t].code.steps[state->at[t]])
                    ? bit
                    : 0;
        else if (((state->away | state->unborn) & bit) != 0)
            continue;
        else if (can_go_on(self, state, t, &moment.is_decided))
            moment.ready |= bit;
        else if (is_at_join(self, state, t))
            moment.joining |= bit;
    }
    return moment;
}
