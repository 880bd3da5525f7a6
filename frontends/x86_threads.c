/* Threads: they begin, are waited for, and end. */
#include "frontends/x86_parts.h"

#include "base/memory.h"

#include <inttypes.h>

#define THREAD_ID_STEP INT64_C(4096)

int64_t x86_thread_id(uint32_t thread)
{
    return X86_THREADS_FIRST + thread * THREAD_ID_STEP;
}

int64_t x86_result_address(uint32_t thread)
{
    return X86_RESULTS_FIRST + 8 * (int64_t)thread;
}

bool x86_is_code(const struct x86 *self, int64_t address)
{
    return gas_instruction_at(&self->unit, address) != SIZE_MAX || gas_external_at(&self->unit, address) != NULL;
}

bool x86_code_pointer(struct x86 *self, struct x86_state *state, struct x86_value value, int64_t *address)
{
    int64_t values[64];
    size_t count = 0;
    struct operand place;
    *address = value.number;
    if (value.kind == X86_KNOWN)
        return true;
    if (value.kind != X86_DYNAMIC)
        return x86_refuse_way(self, state, "it is not known which function is meant");
    for (size_t p = 0; p < self->pointers.count && count < 64; p++)
        if (x86_is_code(self, self->pointers.values[p]))
            values[count++] = self->pointers.values[p];
    if (count == 0)
        return x86_refuse(self, "which code is meant depends on the other threads");
    if (x86_exact(self, state, value, X86_SIGNED(8), &place))
        x86_enumerate(self, state, place, values, count, "a call of what is no function");
    return false;
}

/* ---- Beginning --------------------------------------------------------------------------------------------------- */

/* What is not the same whichever way led to a thread's beginning is not known to it. */
static bool forget_difference(struct x86 *self, struct x86_state *first, const struct x86_state *other)
{
    static const struct x86_value foreign = {.kind = X86_FOREIGN};
    for (size_t c = 0; c < other->cell_count; c++) {
        const struct x86_cell *cell = &other->cells[c];
        struct x86_value value;
        bool is_same = x86_private_load(self, first, cell->address, cell->size, &value) &&
                       value.kind == cell->value.kind && value.kind == X86_KNOWN &&
                       value.number == x86_low(cell->value, cell->size).number;
        if (self->error->set)
            return false;
        if (!is_same && cell->value.kind != X86_NO_VALUE &&
            !x86_private_store(self, first, cell->address, cell->size, foreign))
            return false;
    }
    return true;
}

/* A thread knows the memory of its creator as far as that is known. */
static struct x86_state *make_first(struct x86 *self, const struct x86_state *parent, uint32_t thread, int64_t start,
                                    struct x86_value argument)
{
    struct x86_state *state = x86_state_copy(self, parent);
    for (size_t r = 0; r < X86_REGISTERS; r++) {
        state->registers[r] = state->wide[r][0] = state->wide[r][1] = X86_NOTHING;
        state->low_bytes[r] = 0;
    }
    for (size_t c = 0; c < state->cell_count; c++)
        if (state->cells[c].value.kind == X86_DYNAMIC)
            state->cells[c].value = (struct x86_value){.kind = X86_FOREIGN};
    state->flags = (struct x86_flags){0};
    state->thread = thread;
    state->born |= UINT64_C(1) << thread;
    state->joined = 0;
    state->children = 0;
    state->passed = state->own_line = 0;
    state->is_told = false;
    state->heap = 0;
    state->at = gas_instruction_at(&self->unit, start);
    state->registers[GAS_RDI] = argument;
    state->registers[GAS_RSP] = X86_NUMBER(x86_stack_top(thread) - 64);
    state->is_over = state->resumes = false;
    return state;
}

static int64_t find_thread(const struct x86 *self, uint32_t parent, uint32_t ordinal)
{
    for (size_t t = 1; t < self->thread_count; t++)
        if (self->threads[t].parent == parent && self->threads[t].ordinal == ordinal)
            return (int64_t)t;
    return -1;
}

uint32_t x86_add_thread(struct x86 *self, uint32_t parent, uint32_t ordinal)
{
    self->threads = memory_grow(self->threads, self->thread_count, &self->thread_capacity, sizeof *self->threads);
    struct x86_thread *thread = &self->threads[self->thread_count];
    *thread = (struct x86_thread){.parent = parent, .ordinal = ordinal};
    thread->labels = memory_grow(NULL, 0, &thread->label_capacity, sizeof *thread->labels);
    thread->landed = memory_grow(NULL, 0, &thread->landed_capacity, sizeof *thread->landed);
    thread->labels[0] = thread->landed[0] = 0; /* the end */
    thread->labels[1] = thread->landed[1] = 0; /* the beginning */
    thread->label_count = 2;
    return (uint32_t)self->thread_count++;
}

/* The return address of a thread's function is 0. */
bool x86_begin_thread(struct x86 *self, struct x86_state *state)
{
    struct x86_thread *thread = &self->threads[state->thread];
    state->label = 1;
    state->next = NULL;
    thread->first = thread->work = state;
    return x86_private_store(self, state, state->registers[GAS_RSP].number, 8, X86_NUMBER(0));
}

static bool start_thread(struct x86 *self, struct x86_state *state, int64_t start, struct x86_value argument,
                         uint32_t *number)
{
    int64_t found = find_thread(self, state->thread, state->children);
    if (found < 0 && self->thread_count == PROGRAM_THREADS_MAX)
        return x86_refuse(self, "more than %d threads", PROGRAM_THREADS_MAX);
    if (found < 0) {
        *number = x86_add_thread(self, state->thread, state->children);
        self->threads[*number].start = start;
        self->threads[*number].argument = argument;
        return x86_begin_thread(self, make_first(self, state, *number, start, argument));
    }
    *number = (uint32_t)found;
    struct x86_thread *thread = &self->threads[found];
    if (thread->start != start || thread->argument.kind != argument.kind || thread->argument.number != argument.number)
        return x86_refuse(self, "which function a thread begins with, or its argument, depends on the other threads");
    struct x86_state *first = thread->first, *other = make_first(self, state, *number, start, argument);
    first->born |= other->born;
    return x86_begin_thread(self, other) && forget_difference(self, first, other) &&
           forget_difference(self, other, first) && forget_difference(self, first, other) &&
           x86_begin_thread(self, first);
}

bool x86_create(struct x86 *self, struct x86_state *state, const struct x86_call *call)
{
    struct x86_value where, function, argument;
    int64_t address, start;
    uint32_t number = 0;
    unsigned first = call->number == 0 ? 2 : 1; /* thrd_create has no attributes */
    if (!x86_argument(self, state, 0, 8, &where) || !x86_argument(self, state, first, 8, &function) ||
        !x86_argument(self, state, first + 1, 8, &argument) || !x86_pointer(self, state, where, 8, &address) ||
        !x86_code_pointer(self, state, function, &start))
        return false;
    if (gas_instruction_at(&self->unit, start) == SIZE_MAX)
        return x86_refuse(self, "a thread begins with what is no function of the program");
    if (argument.kind == X86_DYNAMIC || argument.kind == X86_FOREIGN)
        return x86_refuse(self, "the argument of a thread depends on the other threads");
    if (!start_thread(self, state, start, argument, &number))
        return false;
    struct operand thread = {.kind = OPERAND_THREAD, .value = number};
    if (!x86_publish(self, state))
        return false;
    if (state->thread != 0 && !self->has_nested)
        self->has_nested = self->again = true;
    /* Its number is there before it begins. */
    state->born |= UINT64_C(1) << number;
    state->children++;
    x86_emit(self, state, X86_ACCESS, OPCODE_SPAWN, thread, x86_none);
    state->is_joined = true;
    if (!x86_store(self, state, address, 8, X86_NUMBER(x86_thread_id(number))))
        return false;
    x86_give(state, X86_NUMBER(0));
    return true;
}

/* ---- Waiting ----------------------------------------------------------------------------------------------------- */

static bool find_joined(struct x86 *self, struct x86_state *state, struct x86_value value, int64_t *thread)
{
    int64_t ids[PROGRAM_THREADS_MAX];
    struct operand place;
    size_t count = self->thread_count > 1 ? self->thread_count - 1 : 0;
    *thread = (value.number - X86_THREADS_FIRST) / THREAD_ID_STEP;
    if (value.kind == X86_KNOWN)
        return ((value.number - X86_THREADS_FIRST) % THREAD_ID_STEP == 0 && *thread >= 0 &&
                *thread < (int64_t)self->thread_count) ||
               x86_refuse(self, "a thread is waited for that does not exist");
    if (value.kind != X86_DYNAMIC)
        return x86_refuse_way(self, state, "it is not known which thread is meant");
    for (size_t t = 0; t < count; t++)
        ids[t] = x86_thread_id((uint32_t)t + 1);
    if (x86_exact(self, state, value, X86_SIGNED(8), &place))
        x86_enumerate(self, state, place, ids, count, "a thread is waited for that does not exist");
    return false;
}

static bool hand_over(struct x86 *self, struct x86_state *state, int64_t thread, int64_t to, uint8_t size)
{
    struct x86_value result;
    if ((self->results >> thread & 1) == 0) {
        self->results |= UINT64_C(1) << thread;
        self->again = true;
    }
    state->is_joined = true;
    return x86_load(self, state, x86_result_address((uint32_t)thread), 8, &result) &&
           x86_store(self, state, to, size, result);
}

bool x86_join(struct x86 *self, struct x86_state *state, const struct x86_call *call)
{
    struct x86_value value, to;
    int64_t thread, address;
    if (!x86_argument(self, state, 0, 8, &value) || !x86_argument(self, state, 1, 8, &to) ||
        !find_joined(self, state, value, &thread) || !x86_pointer(self, state, to, 8, &address))
        return false;
    x86_emit(self, state, X86_ACCESS, OPCODE_JOIN, (struct operand){.kind = OPERAND_THREAD, .value = thread}, x86_none);
    state->joined |= UINT64_C(1) << thread;
    if (address != 0 && !hand_over(self, state, thread, address, call->number == 0 ? 8 : 4))
        return false;
    x86_give(state, X86_NUMBER(0));
    return true;
}

bool x86_self(struct x86 *self, struct x86_state *state, const struct x86_call *call)
{
    (void)self;
    (void)call;
    x86_give(state, X86_NUMBER(x86_thread_id(state->thread)));
    return true;
}

/* ---- Ending ------------------------------------------------------------------------------------------------------ */

/* The end is no step of its own. */
static bool end_thread(struct x86 *self, struct x86_state *state)
{
    struct x86_value result;
    if ((self->results >> state->thread & 1) != 0) {
        if (!x86_read_register(self, state, GAS_RAX, 8, &result))
            return false;
        state->is_joined = true;
        result = result.kind == X86_NO_VALUE ? X86_NUMBER(0) : result;
        if (!x86_store(self, state, x86_result_address(state->thread), 8, result))
            return false;
    }
    x86_emit(self, state, X86_OWN, OPCODE_J, x86_target(0), x86_none);
    state->is_over = true;
    return true;
}

/* Where main returns while others may still run, they end, too. */
bool x86_finish(struct x86 *self, struct x86_state *state)
{
    bool has_others = (state->born & ~state->joined & ~UINT64_C(1)) != 0 || self->has_nested;
    if (state->thread != 0 || !has_others)
        return end_thread(self, state);
    x86_emit(self, state, X86_ACCESS, OPCODE_EXIT, x86_none, x86_none);
    state->is_over = true;
    return true;
}

bool x86_exit_thread(struct x86 *self, struct x86_state *state, const struct x86_call *call)
{
    struct x86_value value;
    (void)call;
    if (!x86_argument(self, state, 0, 8, &value))
        return false;
    x86_give(state, value);
    return end_thread(self, state) && false;
}
