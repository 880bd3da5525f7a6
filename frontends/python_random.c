/* Numbers that are drawn at random: each that can be is tried, as one of the choices that make schedules. */
#include "frontends/python_operations.h"
#include "frontends/python_services.h"

#include "program/act.h"

/* Draws one of so many numbers from 0 on into a register; *number is -1 where that is not covered. */
static bool draw(struct python *self, struct python_state *state, int64_t count, int64_t *number)
{
    *number = -1;
    if (!state->is_started)
        return python_refuse(self, state,
                             "what is drawn at random before threads start is not covered (expected it in a thread, or "
                             "one that is known)");
    if (count < 1 || count > CHOICES_MAX)
        return python_refuse(self, state, "a choice at random of more than %d, or of none, is not covered",
                             CHOICES_MAX);
    if (!python_free_register(self, state, number))
        return false;
    python_emit(self, state, OPCODE_CHOOSE, (struct operand){.kind = OPERAND_RANGE, .scale = (int16_t)(count - 1)},
                python_register(*number));
    return true;
}

bool python_random_integer(struct python *self, struct python_state *state, const struct python_arguments *arguments,
                           bool has_end)
{
    struct python_value first = INTEGER(0), end = ABSENT;
    int64_t number, count;
    if (arguments->positional >= 1)
        end = arguments->items[0];
    if (arguments->positional == 2) {
        first = arguments->items[0];
        end = arguments->items[1];
    }
    if (first.kind != PYTHON_INT || end.kind != PYTHON_INT || arguments->count > 2 ||
        arguments->count < (has_end ? 2u : 1u) || __builtin_sub_overflow(end.number, first.number, &count))
        return python_refuse(self, state,
                             "%s() with other arguments than known integers, a range without a step, is not covered",
                             has_end ? "randint" : "randrange") &&
               python_push_none(self, state);
    if (!draw(self, state, count < INT64_MAX ? count + has_end : count, &number))
        return false;
    if (number < 0)
        return python_push_none(self, state);
    python_emit(self, state, OPCODE_ADD, python_immediate(first.number), python_register(number));
    return python_push(self, state, (struct python_value){PYTHON_DYNAMIC, number});
}

bool python_random_choice(struct python *self, struct python_state *state, struct python_value list)
{
    int64_t number;
    if (!python_is(state, list, PYTHON_LIST) && !python_is(state, list, PYTHON_TUPLE))
        return python_refuse(self, state, "choice() of %s is not covered (expected a list or a tuple)",
                             python_what(self, state, list)) &&
               python_push_none(self, state);
    if (python_is(state, list, PYTHON_LIST) && python_find_length(self, state, list, false) != NULL)
        return python_refuse(
                   self, state,
                   "choice() of a list that threads add to, or take from, is not covered (expected randrange(len(...)) under a lock)") &&
               python_push_none(self, state);
    if (!draw(self, state, python_object(state, list)->count, &number))
        return false;
    return number < 0 ? python_push_none(self, state)
                      : python_subscript(self, state, list, (struct python_value){PYTHON_DYNAMIC, number});
}
