/* Jumps and loops: which bytecode is next. */
#include "frontends/python_operations.h"
#include "frontends/python_services.h"

#include <string.h>

void python_jump(struct python_state *state, const struct python_instruction *instruction, bool is_taken)
{
    if (is_taken)
        python_top(state)->at = instruction->target;
}

/* Up to 3.9 a jump on what is True or False itself does not look at the lock; later only one that is taken does. */
static void check_jump(const struct python *self, struct python_state *state,
                       const struct python_instruction *instruction, bool is_taken, bool is_bool)
{
    bool goes_back = strncmp(instruction->name, "POP_JUMP_BACKWARD", 17) == 0;
    bool pops = strncmp(instruction->name, "POP_JUMP", 8) == 0;
    state->checks = self->rules <= PYTHON_GIL32    ? !is_bool
                    : self->rules == PYTHON_GIL310 ? is_taken && pops
                                                   : self->rules == PYTHON_GIL311 && is_taken && goes_back;
}

static void finish_jump(const struct python *self, struct python_state *state,
                        const struct python_instruction *instruction, bool is_taken, bool is_bool)
{
    python_jump(state, instruction, is_taken);
    check_jump(self, state, instruction, is_taken, is_bool);
}

bool python_jump_if(struct python *self, struct python_state *state, const struct python_instruction *instruction,
                    bool wanted, bool keeps)
{
    struct python_value value, kept;
    if (!python_pop(self, state, &value))
        return false;
    kept = value;
    if (!python_examine(self, state, &value))
        return false;
    if (value.kind == PYTHON_DYNAMIC) {
        struct python_state *other =
            python_split(self, state, OPCODE_JNE, python_immediate(0), python_register(value.number));
        if (keeps && !python_push(self, wanted ? other : state, kept))
            return false;
        finish_jump(self, other, instruction, wanted, false);
        finish_jump(self, state, instruction, !wanted, false);
        return true;
    }
    int truth = python_truth(self, state, value);
    if (truth < 0)
        return python_refuse(
            self, state,
            "whether %s is true is not known here (expected a comparison, as in 'x is not None' or 'x != 0')",
            python_what(self, state, value));
    bool is_taken = (truth != 0) == wanted;
    if (is_taken && keeps && !python_push(self, state, value))
        return false;
    finish_jump(self, state, instruction, is_taken, value.kind == PYTHON_BOOL);
    return true;
}

bool python_jump_if_none(struct python *self, struct python_state *state, const struct python_instruction *instruction,
                         bool wanted)
{
    struct python_value value;
    if (!python_pop(self, state, &value))
        return false;
    finish_jump(self, state, instruction, (value.kind == PYTHON_NONE) == wanted, false);
    return true;
}

/* From 3.15 on a second value lies above an iterator: an index, for loops that the interpreter has specialised, or none. */
static bool has_index(const struct python *self)
{
    return self->dump->version >= 315;
}

/* A loop over a dictionary knows how many keys there were: the index lies below that number. */
enum { KEYS_SHIFT = 32 };

static bool iterate_keys(struct python *self, struct python_state *state, struct python_value map)
{
    int64_t count = python_object(state, map)->count / 2;
    if (python_is_unordered(self, state, map))
        return python_refuse_order(self, state) && python_push(self, state, NONE);
    struct python_value items[2] = {map, INTEGER(count << KEYS_SHIFT)};
    return python_touch(self, state, map, false) &&
           python_push(self, state, python_new(self, state, PYTHON_ITERATOR, ABSENT, items, 2));
}

static bool push_key(struct python *self, struct python_state *state, struct python_value iterator, bool *is_more)
{
    struct python_object *object = python_change(self, state, iterator);
    const struct python_object *map = python_object(state, object->items[0]);
    int64_t count = object->items[1].number >> KEYS_SHIFT, at = object->items[1].number & UINT32_MAX;
    *is_more = true;
    if (map->count / 2 != count)
        return python_throw(self, state, PYTHON_BUILTIN_RUNTIME_ERROR, "dictionary changed size during iteration");
    *is_more = at < count;
    object->items[1].number += *is_more;
    return !*is_more || python_push(self, state, map->items[2 * at]);
}

bool python_make_iterator(struct python *self, struct python_state *state)
{
    struct python_value value;
    if (!python_pop(self, state, &value))
        return false;
    if (python_is(state, value, PYTHON_RANGE))
        return python_push(self, state,
                           python_new(self, state, PYTHON_COUNTER, ABSENT, python_object(state, value)->items, 3));
    if (python_is(state, value, PYTHON_ITERATOR) || python_is(state, value, PYTHON_COUNTER) ||
        python_is(state, value, PYTHON_GENERATOR_OBJECT))
        return python_push(self, state, value);
    if (python_is_scalar(value))
        return python_throw_not_iterable(self, state, value);
    struct python_arguments none = {0};
    bool is_called = false;
    if (!python_call_special(self, state, value, "__iter__", &none, &is_called) || is_called)
        return !self->error->set;
    if (value.kind == PYTHON_STRING) {
        if (!python_convert_list(self, state, value, PYTHON_TUPLE) || !python_pop(self, state, &value))
            return false;
        if (python_cannot_go_on(state))
            return true;
    }
    if (python_is(state, value, PYTHON_DICT))
        return iterate_keys(self, state, value);
    if (!python_is(state, value, PYTHON_LIST) && !python_is(state, value, PYTHON_TUPLE))
        return python_refuse(self, state, "a loop over %s is not covered yet (expected a range, a list or a tuple)",
                             python_what(self, state, value)) &&
               python_push(self, state, NONE);
    if (python_is(state, value, PYTHON_LIST) && python_object(state, value)->number == PYTHON_VIEW_UNORDERED)
        return python_refuse_order(self, state) && python_push(self, state, NONE);
    struct python_value items[2] = {value, INTEGER(0)};
    return python_push(self, state, python_new(self, state, PYTHON_ITERATOR, ABSENT, items, 2));
}

bool python_get_iterator(struct python *self, struct python_state *state)
{
    uint32_t frames = state->frame_count;
    if (!python_make_iterator(self, state) || !has_index(self))
        return !self->error->set;
    if (state->frame_count == frames)
        return python_push(self, state, ABSENT);
    python_top(state)->after = PYTHON_AFTER_ITER;
    return true;
}

bool python_pop_iterator(struct python *self, struct python_state *state)
{
    struct python_value value;
    return (!has_index(self) || python_pop(self, state, &value)) && python_pop(self, state, &value);
}

/* Up to 3.12 the iterator is popped at the end; from then on the END_FOR that stands at the target is jumped over. */
bool python_end_loop(struct python *self, struct python_state *state, const struct python_instruction *instruction)
{
    struct python_value iterator;
    bool ends_behind = python_code_of(self, state)->instructions[instruction->target].bytecode == PY_END_FOR;
    if (self->dump->version <= 312 && !python_pop(self, state, &iterator))
        return false;
    python_top(state)->at = instruction->target + ends_behind;
    return true;
}

/* The first rounds are told apart, where numbers are known: then there is no way round in the program, which takes a switch point that the
 * interpreter need not have. Further ones are a loop. */
enum { ROUNDS_APART = 8 };

/* The number behind another one of a range, where it is to be known; false: it is to lie in a register. */
static bool is_next_known(struct python_value at, int64_t step, struct python_value *next)
{
    int64_t number, most = ROUNDS_APART * (step > 0 ? step : -step);
    if (at.kind != PYTHON_INT || step > INT32_MAX || step < -INT32_MAX ||
        __builtin_add_overflow(at.number, step, &number) || number > most || number < -most)
        return false;
    *next = INTEGER(number);
    return true;
}

/* Pushes the next number of a range that depends on the threads: at last it lies in a register, as what it is compared with may. */
static bool count_on(struct python *self, struct python_state *state, const struct python_instruction *instruction,
                     struct python_value iterator, bool *is_more)
{
    const struct python_value *items = python_object(state, iterator)->items;
    struct python_value at = items[0], end = items[1], step = items[2];
    int64_t next;
    *is_more = false;
    if (instruction == NULL)
        return python_refuse(self, state,
                             "next() of a range that depends on the threads is not covered (expected a 'for' loop)");
    struct python_state *over = python_split(self, state, step.number > 0 ? OPCODE_JGTE : OPCODE_JLTE,
                                             python_operand_of(end), python_operand_of(at));
    struct python_value behind;
    if (!python_end_loop(self, over, instruction))
        return false;
    if (!is_next_known(at, step.number, &behind)) {
        if (!python_free_register(self, state, &next))
            return false;
        python_emit(self, state, OPCODE_MOV, python_operand_of(at), python_register(next));
        python_emit(self, state, OPCODE_ADD, python_immediate(step.number), python_register(next));
        behind = (struct python_value){PYTHON_DYNAMIC, next};
    }
    python_change(self, state, iterator)->items[0] = behind;
    *is_more = true;
    return python_push(self, state, at);
}

/* Pushes what comes next, if there is something; instruction: of a loop over a list whose length can depend on the threads, NULL where
 * that is not covered. */
static bool push_next(struct python *self, struct python_state *state, const struct python_instruction *instruction,
                      struct python_value iterator, bool *is_more)
{
    struct python_object *object = python_change(self, state, iterator);
    *is_more = false;
    if (object->shape == PYTHON_COUNTER &&
        (object->items[0].kind == PYTHON_DYNAMIC || object->items[1].kind == PYTHON_DYNAMIC))
        return count_on(self, state, instruction, iterator, is_more);
    if (object->shape == PYTHON_COUNTER) {
        int64_t at = object->items[0].number, end = object->items[1].number, step = object->items[2].number;
        if (step > 0 ? at >= end : at <= end)
            return true;
        if (__builtin_add_overflow(at, step, &object->items[0].number))
            object->items[0].number = end;
        *is_more = true;
        return python_push(self, state, INTEGER(at));
    }
    if (object->count == PYTHON_COMPLETION_ITEMS)
        return python_next_completed(self, state, iterator, is_more);
    struct python_value list = object->items[0];
    if (python_is(state, list, PYTHON_DICT))
        return push_key(self, state, iterator, is_more);
    int64_t at = object->items[1].number;
    bool is_shared = python_is(state, list, PYTHON_LIST) && python_find_length(self, state, list, false) != NULL;
    if (is_shared && python_is_deque(state, list))
        return python_refuse(
            self, state,
            "a loop over a deque that threads change is not covered (expected popleft(), or a loop over "
            "list(...))");
    bool is_asked = is_shared && (at >= python_object(state, list)->count || python_is_moving(self, state, list));
    if (at >= python_object(state, list)->count && !is_shared)
        return true;
    *is_more = true;
    if (is_asked) {
        int64_t length;
        if (!python_load_length(self, state, list, &length))
            return false;
        if (at >= python_list_limit(self, state, list)) {
            *is_more = false;
            return true;
        }
        if (instruction == NULL)
            return python_refuse(self, state, "next() of a list that others change is not covered (expected a loop)");
        struct python_state *other =
            python_split(self, state, OPCODE_JLTE, python_immediate(at), python_register(length));
        if (!python_end_loop(self, other, instruction))
            return false;
        state->is_joined = true;
        object = python_change(self, state, iterator);
    }
    object->items[1].number++;
    if (object->count > PYTHON_ITERATOR_ITEMS)
        return python_result_of(self, state, python_object(state, list)->items[at]);
    if (python_is(state, list, PYTHON_TUPLE))
        return python_push(self, state, python_object(state, list)->items[at]);
    return python_load_place(self, state, list, INTEGER(at), PYTHON_PUSH, is_more) && (*is_more = true);
}

bool python_next(struct python *self, struct python_state *state, struct python_value iterator, bool *is_more)
{
    *is_more = false;
    if (!python_is(state, iterator, PYTHON_COUNTER) && !python_is(state, iterator, PYTHON_ITERATOR))
        return python_refuse(self, state, "%s is no iterator", python_what(self, state, iterator));
    if (python_object(state, iterator)->maker != state->thread)
        return python_refuse(
            self, state,
            "an iterator that threads share is not covered (expected a queue.Queue, or one iterator of each thread's own)");
    return push_next(self, state, NULL, iterator, is_more);
}

bool python_for_iterator(struct python *self, struct python_state *state, const struct python_instruction *instruction)
{
    struct python_value *top;
    bool is_more;
    if (!python_peek(self, state, has_index(self) ? 1 : 0, &top))
        return false;
    struct python_value iterator = *top;
    if (python_is(state, iterator, PYTHON_GENERATOR_OBJECT))
        return python_for_generator(self, state, iterator, instruction);
    if (python_is(state, iterator, PYTHON_INSTANCE))
        return python_refuse(self, state, "a loop by __next__ is not covered (expected __iter__ with yield)");
    if (!python_is(state, iterator, PYTHON_COUNTER) && !python_is(state, iterator, PYTHON_ITERATOR))
        return python_damaged(self);
    if (python_object(state, iterator)->maker != state->thread)
        return python_refuse(
            self, state,
            "an iterator that threads share is not covered (expected a queue.Queue, or one iterator of each thread's own)");
    if (!push_next(self, state, instruction, iterator, &is_more))
        return false;
    if (is_more)
        return true;
    return python_end_loop(self, state, instruction);
}
