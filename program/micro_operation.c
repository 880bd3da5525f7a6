#include "program/micro_operation.h"

const struct micro_kind_traits micro_kinds[MICRO_KIND_COUNT] = {
    [MICRO_NONE] = {.act = ACT_NOTHING, .is_portable = true},
    [MICRO_ASSIGN] = {.act = ACT_ASSIGN, .is_portable = true},
    [MICRO_REPLACE] = {.act = ACT_ASSIGN, .deciders = {PLACE_AX, PLACE_SECOND}, .is_portable = true},
    [MICRO_JUMP] = {.act = ACT_JUMP, .flow = FLOW_TARGET, .is_portable = true},
    [MICRO_BRANCH] = {.act = ACT_JUMP, .flow = FLOW_TARGET | FLOW_NEXT, .deciders = {PLACE_FLAGS}, .is_portable = true},
    [MICRO_CALL] = {.act = ACT_CALL, .flow = FLOW_TARGET | FLOW_BACK, .deciders = {PLACE_SP}},
    [MICRO_RETURN] = {.act = ACT_RETURN, .flow = FLOW_RETURN, .deciders = {PLACE_TOP, PLACE_SP}},
    [MICRO_LOCK] = {.act = ACT_LOCK, .waits = true, .may_block = true, .drains = true, .is_portable = true},
    [MICRO_UNLOCK] = {.act = ACT_UNLOCK, .may_block = true, .drains = true, .is_portable = true},
    [MICRO_WAIT] = {.act = ACT_WAIT,
                    .waits = true,
                    .may_block = true,
                    .drains = true,
                    .deciders = {PLACE_OBJECT},
                    .is_portable = true},
    [MICRO_POST] =
        {.act = ACT_POST, .may_block = true, .drains = true, .deciders = {PLACE_OBJECT}, .is_portable = true},
    [MICRO_TRYLOCK] = {.act = ACT_TRY, .may_block = true, .drains = true, .is_portable = true},
    [MICRO_TRYWAIT] =
        {.act = ACT_TRY, .may_block = true, .drains = true, .deciders = {PLACE_OBJECT}, .is_portable = true},
    [MICRO_RDLOCK] = {.act = ACT_READ_LOCK, .waits = true, .may_block = true, .drains = true, .is_portable = true},
    [MICRO_WRLOCK] = {.act = ACT_WRITE_LOCK, .waits = true, .may_block = true, .drains = true, .is_portable = true},
    [MICRO_RWUNLOCK] = {.act = ACT_RELEASE, .may_block = true, .drains = true, .is_portable = true},
    [MICRO_CWAIT] = {.act = ACT_SLEEP, .may_stay = true, .may_block = true, .drains = true, .is_portable = true},
    [MICRO_SIGNAL] = {.act = ACT_SIGNAL, .has_outcomes = true, .may_block = true, .drains = true, .is_portable = true},
    [MICRO_BROADCAST] = {.act = ACT_BROADCAST, .may_block = true, .drains = true, .is_portable = true},
    [MICRO_ARRIVE] = {.act = ACT_ARRIVE, .may_stay = true, .may_block = true, .drains = true, .is_portable = true},
    [MICRO_AWAIT] = {.act = ACT_AWAIT,
                     .waits = true,
                     .may_block = true,
                     .drains = true,
                     .deciders = {PLACE_OBJECT},
                     .is_portable = true},
    [MICRO_SET] = {.act = ACT_SET, .may_block = true, .drains = true, .deciders = {PLACE_OBJECT}, .is_portable = true},
    [MICRO_SPAWN] = {.act = ACT_SPAWN, .may_block = true, .drains = true, .is_portable = true},
    [MICRO_JOIN] = {.act = ACT_JOIN, .waits = true, .may_block = true, .drains = true, .is_portable = true},
    [MICRO_CHOOSE] = {.act = ACT_CHOOSE, .has_outcomes = true, .may_block = true, .is_portable = true},
    /* Which item a put writes depends on how many there are, and values move from item to item: items and length are control
     * always, and what is put is needed to store it, so it decides too. */
    [MICRO_PUT] = {.act = ACT_PUT,
                   .waits = true,
                   .may_block = true,
                   .drains = true,
                   .deciders = {PLACE_LENGTH, PLACE_SECOND},
                   .is_portable = true},
    [MICRO_GET] = {.act = ACT_GET,
                   .waits = true,
                   .may_block = true,
                   .drains = true,
                   .deciders = {PLACE_LENGTH},
                   .is_portable = true},
    /* Where a push writes depends on %sp, so it decides; what is on a stack is control always. */
    [MICRO_PUSH] = {.act = ACT_PUSH, .deciders = {PLACE_SP}},
    [MICRO_POP] = {.act = ACT_POP, .deciders = {PLACE_SP}},
    [MICRO_PRINT] = {.act = ACT_PRINT, .is_portable = true},
    [MICRO_ASSERT] = {.act = ACT_ASSERT, .may_block = true, .is_portable = true},
    [MICRO_FENCE] = {.act = ACT_NOTHING, .drains = true, .is_portable = true},
    [MICRO_YIELD] = {.act = ACT_YIELD, .is_portable = true},
    [MICRO_LEAVE] = {.act = ACT_IO, .may_stay = true, .is_portable = true},
    [MICRO_HALT] = {.act = ACT_HALT, .flow = FLOW_END, .is_portable = true},
    [MICRO_EXIT] = {.act = ACT_EXIT, .flow = FLOW_END, .may_block = true, .drains = true},
    [MICRO_FAIL] = {.act = ACT_ASSERT, .may_block = true},
    [MICRO_DIE] = {.act = ACT_ASSERT, .may_block = true},
    /* Its word says how long, and so do those of others who wait, which it changes, too: they are control always. */
    [MICRO_DELAY] = {.act = ACT_NOTHING, .waits = true, .may_block = true, .deciders = {PLACE_FIRST}},
};

static enum failure move(int64_t a, int64_t b, int64_t *result)
{
    (void)b;
    *result = a;
    return FAILURE_NONE;
}

static enum failure add(int64_t a, int64_t b, int64_t *result)
{
    return __builtin_add_overflow(b, a, result) ? FAILURE_OVERFLOW : FAILURE_NONE;
}

static enum failure subtract(int64_t a, int64_t b, int64_t *result)
{
    return __builtin_sub_overflow(b, a, result) ? FAILURE_OVERFLOW : FAILURE_NONE;
}

static enum failure multiply(int64_t a, int64_t b, int64_t *result)
{
    return __builtin_mul_overflow(b, a, result) ? FAILURE_OVERFLOW : FAILURE_NONE;
}

static enum failure check_division(int64_t a, int64_t b)
{
    if (a == 0)
        return FAILURE_DIVISION;
    return b == INT64_MIN && a == -1 ? FAILURE_OVERFLOW : FAILURE_NONE;
}

static enum failure divide(int64_t a, int64_t b, int64_t *result)
{
    enum failure failure = check_division(a, b);
    if (failure == FAILURE_NONE)
        *result = b / a;
    return failure;
}

static enum failure modulo(int64_t a, int64_t b, int64_t *result)
{
    enum failure failure = check_division(a, b);
    if (failure == FAILURE_NONE)
        *result = b % a;
    return failure;
}

static enum failure and (int64_t a, int64_t b, int64_t *result) { *result = b & a; return FAILURE_NONE; }

static enum failure or (int64_t a, int64_t b, int64_t *result) { *result = b | a; return FAILURE_NONE; }

static enum failure exclusive_or(int64_t a, int64_t b, int64_t *result)
{
    *result = b ^ a;
    return FAILURE_NONE;
}

enum { SHIFT_MOST = 63 };

static enum failure shift_left(int64_t a, int64_t b, int64_t *result)
{
    if (a < 0 || a > SHIFT_MOST)
        return FAILURE_SHIFT;
    int64_t shifted = (int64_t)((uint64_t)b << a);
    if ((shifted < 0 ? ~(~shifted >> a) : shifted >> a) != b)
        return FAILURE_OVERFLOW;
    *result = shifted;
    return FAILURE_NONE;
}

static enum failure shift_right(int64_t a, int64_t b, int64_t *result)
{
    if (a < 0 || a > SHIFT_MOST)
        return FAILURE_SHIFT;
    *result = b < 0 ? ~(~b >> a) : b >> a;
    return FAILURE_NONE;
}

static enum failure compare(int64_t a, int64_t b, int64_t *result)
{
    *result = (b > a) - (b < a);
    return FAILURE_NONE;
}

const struct operation_traits operations[OPERATION_COUNT] = {
    [OPERATION_MOVE] = {.coefficients = {1, 0}, .compute = move, .exported_result = "$a"},
    [OPERATION_ADD] = {.coefficients = {1, 1},
                       .is_binary = true,
                       .compute = add,
                       .exported = "add",
                       .exported_result = "$b + $a",
                       .exported_fits = "(($a < 0 || $b <= 2147483647 - $a) && ($a >= 0 || $b >= -2147483647 - $a))"},
    [OPERATION_SUBTRACT] = {.coefficients = {-1, 1},
                            .is_binary = true,
                            .compute = subtract,
                            .exported = "sub",
                            .exported_result = "$b - $a",
                            .exported_fits =
                                "(($a < 0 || $b >= -2147483647 + $a) && ($a >= 0 || $b <= 2147483647 + $a))"},
    [OPERATION_MULTIPLY] = {.is_binary = true,
                            .compute = multiply,
                            .exported = "mul",
                            .exported_result = "$b * $a",
                            .exported_fits =
                                "($a == 0 || ($a > 0 && $b <= 2147483647 / $a && $b >= -(2147483647 / $a)) || "
                                "($a < 0 && $b <= 2147483647 / -$a && $b >= -(2147483647 / -$a)))"},
    [OPERATION_DIVIDE] = {.is_binary = true,
                          .compute = divide,
                          .exported = "div",
                          .exported_result = "$b / $a",
                          .exported_defined = "$a != 0"},
    [OPERATION_MODULO] = {.is_binary = true,
                          .compute = modulo,
                          .exported = "mod",
                          .exported_result = "$b % $a",
                          .exported_defined = "$a != 0"},
    [OPERATION_AND] = {.is_binary = true, .compute = and, .exported = "bit_and", .exported_result = "$b & $a"},
    [OPERATION_OR] = {.is_binary = true, .compute = or, .exported = "bit_or", .exported_result = "$b | $a"},
    [OPERATION_XOR] = {.is_binary = true, .compute = exclusive_or, .exported = "bit_xor", .exported_result = "$b ^ $a"},
    [OPERATION_SHIFT_LEFT] = {.is_binary = true,
                              .compute = shift_left,
                              .exported = "shl",
                              .exported_result = "($b == 0 -> 0 : $b << $a)",
                              .exported_defined = "$a >= 0 && $a <= 63",
                              .exported_fits = "($b == 0 || ($a <= 30 && $b <= (2147483647 >> $a) && "
                                               "$b >= -(2147483647 >> $a)))"},
    [OPERATION_SHIFT_RIGHT] = {.is_binary = true,
                               .compute = shift_right,
                               .exported = "shr",
                               .exported_result = "$b >> ($a > 31 -> 31 : $a)",
                               .exported_defined = "$a >= 0 && $a <= 63"},
    [OPERATION_COMPARE] = {.is_binary = true,
                           .is_comparison = true,
                           .compute = compare,
                           .exported_result = "($b > $a) - ($b < $a)"},
};

void operation_export(struct text *text, const char *pattern, const char *a, const char *b)
{
    for (const char *at = pattern; *at != '\0'; at++)
        if (*at == '$')
            text_print(text, "%s", *++at == 'a' ? a : b);
        else
            text_append(text, at, 1);
}

const struct condition_traits conditions[CONDITION_COUNT] = {
    [CONDITION_EQUAL] = {{false, true, false}, "flags == 0", CONDITION_NOT_EQUAL},
    [CONDITION_NOT_EQUAL] = {{true, false, true}, "flags != 0", CONDITION_EQUAL},
    [CONDITION_GREATER] = {{false, false, true}, "flags > 0", CONDITION_LESS_EQUAL},
    [CONDITION_GREATER_EQUAL] = {{false, true, true}, "flags >= 0", CONDITION_LESS},
    [CONDITION_LESS] = {{true, false, false}, "flags < 0", CONDITION_GREATER_EQUAL},
    [CONDITION_LESS_EQUAL] = {{true, true, false}, "flags <= 0", CONDITION_GREATER},
};

/* ---- Results of so many bits ------------------------------------------------------------------------------------- */

int64_t operation_cut(int64_t number, unsigned bits, bool is_unsigned)
{
    if (bits == 0 || bits >= 64)
        return number;
    uint64_t cut = (uint64_t)number & ((UINT64_C(1) << bits) - 1);
    if (!is_unsigned && (cut >> (bits - 1)) != 0)
        cut |= ~UINT64_C(0) << bits;
    return (int64_t)cut;
}

enum failure operation_wrap(enum operation operation, int64_t a, int64_t b, unsigned bits, bool is_unsigned,
                            int64_t *result)
{
    enum failure failure = FAILURE_NONE;
    uint64_t first = (uint64_t)a, second = (uint64_t)b;
    switch (operation) {
    case OPERATION_ADD:
        *result = (int64_t)(second + first);
        break;
    case OPERATION_SUBTRACT:
        *result = (int64_t)(second - first);
        break;
    case OPERATION_MULTIPLY:
        *result = (int64_t)(second * first);
        break;
    case OPERATION_SHIFT_LEFT:
        if (a < 0 || a > SHIFT_MOST)
            return FAILURE_SHIFT;
        *result = (int64_t)(second << first);
        break;
    default:
        failure = operations[operation].compute(a, b, result);
        break;
    }
    if (failure == FAILURE_NONE)
        *result = operation_cut(*result, bits, is_unsigned);
    return failure;
}
