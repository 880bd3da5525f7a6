/* Conditions of jumps and the like: flags are what they come from, until somebody asks. */
#include "frontends/x86_parts.h"

/* A comparison: the second number against the first, and the jump that is taken where the condition holds. */
struct test {
    bool is_known, holds;
    enum opcode jump;
    struct operand first, second;
};

static bool is_number(const struct operand *operand)
{
    return operand->kind == OPERAND_IMMEDIATE;
}

static bool holds_of(enum opcode jump, int64_t first, int64_t second)
{
    switch (jump) {
    case OPCODE_JE:
        return second == first;
    case OPCODE_JNE:
        return second != first;
    case OPCODE_JGT:
        return second > first;
    case OPCODE_JGTE:
        return second >= first;
    case OPCODE_JLT:
        return second < first;
    default:
        return second <= first;
    }
}

static bool settle(struct test *test)
{
    if (is_number(&test->first) && is_number(&test->second)) {
        test->is_known = true;
        test->holds = holds_of(test->jump, test->first.value, test->second.value);
    }
    return true;
}

/* a against b */
static bool compare(struct x86 *self, struct x86_state *state, struct x86_value a, struct x86_value b,
                    struct x86_form form, enum opcode jump, struct test *test)
{
    test->jump = jump;
    return x86_exact(self, state, a, form, &test->second) && x86_exact(self, state, b, form, &test->first) &&
           settle(test);
}

/* Integers of 64 bits without a sign are compared as with one once the highest bit is turned round. */
static bool turn(struct x86 *self, struct x86_state *state, struct operand *operand)
{
    int64_t number;
    if (is_number(operand)) {
        operand->value = (int64_t)((uint64_t)operand->value ^ UINT64_C(1) << 63);
        return true;
    }
    if (!x86_free_register(self, state, &number))
        return false;
    x86_emit(self, state, X86_OWN, OPCODE_MOV, *operand, x86_register(number));
    x86_emit(self, state, X86_OWN, OPCODE_XOR, x86_immediate(INT64_MIN), x86_register(number));
    *operand = x86_register(number);
    return true;
}

static bool compare_unsigned(struct x86 *self, struct x86_state *state, struct x86_value a, struct x86_value b,
                             uint8_t width, enum opcode jump, struct test *test)
{
    if (width < 8)
        return compare(self, state, a, b, X86_UNSIGNED(width), jump, test);
    test->jump = jump;
    return x86_exact(self, state, a, X86_SIGNED(8), &test->second) &&
           x86_exact(self, state, b, X86_SIGNED(8), &test->first) && turn(self, state, &test->first) &&
           turn(self, state, &test->second) && settle(test);
}

static bool refuse(struct x86 *self)
{
    return x86_refuse(self, "a condition that racecheck does not follow: '%.*s' behind what has set the flags",
                      (int)self->now->gas->length, self->now->gas->mnemonic);
}

/* The jump for a condition that compares with 0. */
static enum opcode jump_of(enum x86_condition condition)
{
    switch (condition) {
    case X86_E:
        return OPCODE_JE;
    case X86_NE:
        return OPCODE_JNE;
    case X86_L:
    case X86_S:
    case X86_B:
        return OPCODE_JLT;
    case X86_GE:
    case X86_NS:
    case X86_AE:
        return OPCODE_JGTE;
    case X86_LE:
    case X86_BE:
        return OPCODE_JLTE;
    case X86_G:
    case X86_A:
        return OPCODE_JGT;
    default:
        return OPCODE_COUNT;
    }
}

static bool test_sub(struct x86 *self, struct x86_state *state, enum x86_condition condition, struct test *test)
{
    const struct x86_flags flags = state->flags;
    struct x86_value result;
    enum opcode jump = jump_of(condition);
    switch (condition) {
    case X86_B:
    case X86_AE:
    case X86_BE:
    case X86_A:
        return compare_unsigned(self, state, flags.a, flags.b, flags.width, jump, test);
    case X86_S:
    case X86_NS:
        return x86_compute(self, state, X86_SUB, flags.width, flags.a, flags.b, &result) &&
               compare(self, state, result, X86_NUMBER(0), X86_SIGNED(flags.width), jump, test);
    case X86_O:
    case X86_NO:
    case X86_P:
    case X86_NP:
        return refuse(self);
    default:
        return compare(self, state, flags.a, flags.b, X86_SIGNED(flags.width), jump, test);
    }
}

/* The sum as it would be without a limit: of less than 64 bits it is exact. */
static bool exact_sum(struct x86 *self, struct x86_state *state, struct x86_value *sum)
{
    const struct x86_flags flags = state->flags;
    struct operand a, b;
    if (!x86_exact(self, state, flags.a, X86_SIGNED(flags.width), &a) ||
        !x86_exact(self, state, flags.b, X86_SIGNED(flags.width), &b))
        return false;
    if (flags.width == 8 && !(is_number(&a) && is_number(&b)))
        return refuse(self);
    struct x86_value first = is_number(&a) ? X86_NUMBER(a.value) : x86_in_register(a.value, X86_SIGNED(8));
    struct x86_value second = is_number(&b) ? X86_NUMBER(b.value) : x86_in_register(b.value, X86_SIGNED(8));
    return x86_compute(self, state, X86_ADD, 8, first, second, sum);
}

static bool test_add(struct x86 *self, struct x86_state *state, enum x86_condition condition, struct test *test)
{
    const struct x86_flags flags = state->flags;
    struct x86_value sum;
    enum opcode jump = jump_of(condition);
    switch (condition) {
    case X86_E:
    case X86_NE:
    case X86_S:
    case X86_NS:
        return compare(self, state, flags.result, X86_NUMBER(0), X86_SIGNED(flags.width), jump, test);
    case X86_L:
    case X86_GE:
    case X86_LE:
    case X86_G:
        return exact_sum(self, state, &sum) && compare(self, state, sum, X86_NUMBER(0), X86_SIGNED(8), jump, test);
    case X86_B:
    case X86_AE:
        if (flags.kind == X86_FLAGS_ADD)
            return compare_unsigned(self, state, flags.result, flags.a, flags.width, jump, test);
        return refuse(self);
    default:
        return refuse(self);
    }
}

static bool test_result(struct x86 *self, struct x86_state *state, enum x86_condition condition, struct test *test)
{
    const struct x86_flags flags = state->flags;
    bool is_logic = flags.kind == X86_FLAGS_LOGIC;
    enum opcode jump = jump_of(condition);
    if (condition == X86_P || condition == X86_NP)
        return refuse(self);
    if (!is_logic && condition != X86_E && condition != X86_NE && condition != X86_S && condition != X86_NS)
        return refuse(self);
    if (condition == X86_O || condition == X86_NO || condition == X86_B || condition == X86_AE) {
        test->is_known = true;
        test->holds = condition == X86_NO || condition == X86_AE;
        return true;
    }
    if (condition == X86_BE || condition == X86_A)
        jump = condition == X86_BE ? OPCODE_JE : OPCODE_JNE;
    return compare(self, state, flags.result, X86_NUMBER(0), X86_SIGNED(flags.width), jump, test);
}

static bool test_known(struct x86 *self, struct x86_state *state, enum x86_condition condition, struct test *test)
{
    bool is_carry = state->flags.kind == X86_FLAGS_CARRY;
    bool is_meant = is_carry ? condition == X86_O || condition == X86_NO || condition == X86_B || condition == X86_AE
                             : condition == X86_E || condition == X86_NE;
    test->is_known = true;
    test->holds = (state->flags.a.number != 0) == ((condition & 1) == 0);
    return (is_meant && state->flags.a.kind == X86_KNOWN) || refuse(self);
}

static bool make_test(struct x86 *self, struct x86_state *state, enum x86_condition condition, struct test *test)
{
    *test = (struct test){.is_known = false};
    switch (state->flags.kind) {
    case X86_FLAGS_SUB:
        return test_sub(self, state, condition, test);
    case X86_FLAGS_ADD:
    case X86_FLAGS_STEP:
        return test_add(self, state, condition, test);
    case X86_FLAGS_LOGIC:
    case X86_FLAGS_SHIFT:
        return test_result(self, state, condition, test);
    case X86_FLAGS_EQUAL:
    case X86_FLAGS_CARRY:
        return test_known(self, state, condition, test);
    case X86_FLAGS_NONE:
        break;
    }
    return x86_refuse(self, "a condition of flags that nobody has set");
}

/* Where a number was found equal to a known one, it is known. */
static void learn(struct x86_state *state, const struct test *test, bool is_equal)
{
    const struct operand *number = is_number(&test->first) ? &test->first : &test->second;
    const struct operand *place = is_number(&test->first) ? &test->second : &test->first;
    if (is_equal && is_number(number) && place->kind == OPERAND_REGISTER)
        x86_state_learn(state, place->value, number->value);
}

bool x86_decide(struct x86 *self, struct x86_state *state, enum x86_condition condition, bool *holds)
{
    struct test test;
    if (state->decided > 0) {
        *holds = state->decided == 2;
        state->decided = 0;
        return true;
    }
    if (!make_test(self, state, condition, &test))
        return false;
    *holds = test.holds;
    if (test.is_known)
        return true;
    struct x86_state *other = x86_split(self, state, test.jump, test.first, test.second);
    other->at = (size_t)(self->now - self->code);
    other->resumes = true;
    other->decided = 2;
    learn(other, &test, test.jump == OPCODE_JE);
    learn(state, &test, test.jump == OPCODE_JNE);
    return true;
}
