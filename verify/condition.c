#include "verify/condition.h"

#include "verify/arithmetic.h"
#include "verify/token.h"
#include "verify/verdict.h"

#include <string.h>

enum { NESTED_MAX = 200, OPERANDS_MAX = 5000 }; /* signs and parentheses inside each other; operands and operators */

/* A text that is gone through from left to right. What is *off* is read and not computed: its numbers mean nothing. */
struct condition {
    const struct program *program;
    struct span rest;
    size_t thread;
    bool *has_self;
    const struct value *values;
    bool is_off;
    enum condition_result result; /* why the rest is off; CONDITION_TRUE where it is not for good */
    size_t unknown;
    unsigned depth;
    unsigned operands;
};

static int64_t read_choice(struct condition *self);

static _Noreturn void fail(const struct condition *self, const char *expected)
{
    verdict_malformed(self->rest.text, "the condition has something else where %s was expected", expected);
}

/* It has no value: whatever follows does not matter. */
static int64_t give_up(struct condition *self, enum condition_result result)
{
    if (!self->is_off)
        self->result = result;
    self->is_off = true;
    return 0;
}

static void skip_blanks(struct condition *self)
{
    while (self->rest.length > 0 && (self->rest.text[0] == ' ' || self->rest.text[0] == '\t'))
        self->rest = span_rest(self->rest, 1);
}

static bool take(struct condition *self, const char *sign)
{
    skip_blanks(self);
    bool is_there = span_starts_with(self->rest, sign);
    self->rest = span_rest(self->rest, is_there ? strlen(sign) : 0);
    return is_there;
}

/* ---- Operands -------------------------------------------------------------------------------------------------- */

static int64_t value_at(struct condition *self, size_t location)
{
    if (self->is_off)
        return 0;
    if (self->values[location].kind == VALUE_KNOWN)
        return self->values[location].number;
    self->unknown = location;
    return give_up(self, CONDITION_UNDECIDED);
}

static int64_t read_number(struct condition *self, struct span digits)
{
    uint64_t number;
    if (!span_read_written(digits, &number) || number > INT64_MAX)
        verdict_malformed(digits.text, "the condition has a number that is none, or beyond 64 bits");
    self->rest = span_rest(self->rest, digits.length);
    return (int64_t)number;
}

/* A variable, which is its first word, or an element of it. */
static int64_t read_variable(struct condition *self, const struct item *variable)
{
    if (!take(self, "["))
        return value_at(self, (size_t)variable->number);
    int64_t index = read_choice(self);
    if (!take(self, "]"))
        fail(self, "']'");
    if (!self->is_off && (index < 0 || index >= (int64_t)variable->size))
        return give_up(self, CONDITION_FALSE);
    return value_at(self, (size_t)(variable->number + index));
}

static int64_t read_name(struct condition *self, struct span name)
{
    const struct item *variable = items_find(&self->program->variables, name);
    const struct item *symbol = items_find(&self->program->symbols, name);
    self->rest = span_rest(self->rest, name.length);
    if (span_starts_with(self->rest, ".%"))
        verdict_malformed(name.text,
                          "the condition is about a register of a thread, which this verifier does not support");
    if (variable != NULL)
        return read_variable(self, variable);
    if (span_is(name, "output"))
        verdict_malformed(name.text, "the condition is about the output, which this verifier does not support");
    if (symbol != NULL)
        return symbol->number;
    if (!span_is(name, "SELF") || self->thread == CONDITION_OF_STATE)
        verdict_malformed(name.text, "the condition is about a name that the program does not have");
    *self->has_self = true;
    return (int64_t)self->thread;
}

/* %ax, of the thread itself, where the sign was taken */
static int64_t read_register(struct condition *self)
{
    struct span name = {self->rest.text, span_name_length(self->rest)};
    size_t number = register_find(name);
    if (self->thread == CONDITION_OF_STATE || number >= FLAGS)
        fail(self, "a variable");
    self->rest = span_rest(self->rest, name.length);
    return self->is_off ? 0 : value_at(self, program_register_location(self->program, self->thread, number));
}

static int64_t read_operand(struct condition *self);

static int64_t read_signed(struct condition *self, char sign)
{
    int64_t value = read_operand(self), result;
    if (sign == '!')
        return value == 0;
    if (sign == '~')
        return ~value;
    return arithmetic_subtract(0, value, &result) ? result : give_up(self, CONDITION_FALSE);
}

static int64_t read_parenthesis(struct condition *self)
{
    int64_t value = read_choice(self);
    if (!take(self, ")"))
        fail(self, "')'");
    return value;
}

static void count_operand(struct condition *self)
{
    if (self->operands++ > OPERANDS_MAX)
        verdict_malformed(self->rest.text, "the condition is too long");
}

static int64_t read_any_operand(struct condition *self)
{
    skip_blanks(self);
    struct span word = {self->rest.text, span_name_length(self->rest)};
    if (take(self, "("))
        return read_parenthesis(self);
    count_operand(self);
    if (word.length > 0)
        return word.text[0] >= '0' && word.text[0] <= '9' ? read_number(self, word) : read_name(self, word);
    if (take(self, "!"))
        return read_signed(self, '!');
    if (take(self, "~"))
        return read_signed(self, '~');
    if (take(self, "-"))
        return read_signed(self, '-');
    if (!take(self, "%"))
        fail(self, "a variable, a number or '('");
    return read_register(self);
}

static void go_deeper(struct condition *self)
{
    if (self->depth++ == NESTED_MAX)
        verdict_malformed(self->rest.text, "the condition has too many signs and parentheses inside each other");
}

static int64_t read_operand(struct condition *self)
{
    go_deeper(self);
    int64_t value = read_any_operand(self);
    self->depth--;
    return value;
}

/* ---- Operators ------------------------------------------------------------------------------------------------- */

enum { LESS = 1, EQUAL = 2, GREATER = 4 };

/* The weakest ones come first. Of two signs that begin alike the longer one stands first. */
static const struct operation {
    const char *sign;
    int strength;
    bool (*compute)(int64_t a, int64_t b, int64_t *result); /* NULL: compares */
    int when; /* it is true: for the left less than the right, and so on */
} operations[] = {
    {"||", 1, NULL, 0},
    {"&&", 2, NULL, 0},
    {"|", 3, arithmetic_disjunction, 0},
    {"^", 4, arithmetic_exclusion, 0},
    {"&", 5, arithmetic_conjunction, 0},
    {"==", 6, NULL, EQUAL},
    {"!=", 6, NULL, LESS | GREATER},
    {"<<", 8, arithmetic_shift_left, 0},
    {">>", 8, arithmetic_shift_right, 0},
    {"<=", 7, NULL, LESS | EQUAL},
    {">=", 7, NULL, GREATER | EQUAL},
    {"<", 7, NULL, LESS},
    {">", 7, NULL, GREATER},
    {"+", 9, arithmetic_add, 0},
    {"-", 9, arithmetic_subtract, 0},
    {"*", 10, arithmetic_multiply, 0},
    {"/", 10, arithmetic_divide, 0},
    {"%", 10, arithmetic_modulo, 0},
    {NULL, 0, NULL, 0},
};

enum { OR = 1, AND = 2, STRONGEST = 10 };

/* The operator that comes next, or NULL. C's assignments, += and so on, are none. */
static const struct operation *next_operation(struct condition *self)
{
    const struct operation *found = operations;
    skip_blanks(self);
    while (found->sign != NULL && !span_starts_with(self->rest, found->sign))
        found++;
    bool is_assignment =
        found->compute != NULL && found->strength != 8 && self->rest.length > 1 && self->rest.text[1] == '=';
    return found->sign == NULL || is_assignment ? NULL : found;
}

static int64_t combine(struct condition *self, const struct operation *operation, int64_t left, int64_t right)
{
    int64_t result = 0;
    if (self->is_off)
        return 0;
    if (operation->compute == NULL)
        return (operation->when & (left < right ? LESS : left > right ? GREATER : EQUAL)) != 0;
    return operation->compute(left, right, &result) ? result : give_up(self, CONDITION_FALSE);
}

static int64_t read_binary(struct condition *self, int least);

/* The right side of && and || is computed only where the left one does not decide. */
static int64_t read_logic(struct condition *self, const struct operation *operation, int64_t left)
{
    bool was_off = self->is_off, decides = (left != 0) == (operation->strength == OR);
    self->is_off = was_off || decides;
    int64_t right = read_binary(self, operation->strength + 1);
    if (decides)
        self->is_off = was_off;
    return self->is_off ? 0 : decides ? left != 0 : right != 0;
}

/* Operators of at least a strength, those of one strength from left to right. */
static int64_t read_binary(struct condition *self, int least)
{
    int64_t value = read_operand(self);
    for (const struct operation *operation;
         (operation = next_operation(self)) != NULL && operation->strength >= least;) {
        count_operand(self);
        self->rest = span_rest(self->rest, strlen(operation->sign));
        value = operation->strength <= AND
                    ? read_logic(self, operation, value)
                    : combine(self, operation, value, read_binary(self, operation->strength + 1));
    }
    return value;
}

/* a ? b : c, of which one is computed */
static int64_t read_choice(struct condition *self)
{
    go_deeper(self);
    int64_t value = read_binary(self, OR);
    if (take(self, "?")) {
        count_operand(self);
        bool was_off = self->is_off, is_first = value != 0;
        self->is_off = was_off || !is_first;
        int64_t first = read_choice(self);
        bool first_off = self->is_off;
        if (!take(self, ":"))
            fail(self, "':'");
        self->is_off = was_off || is_first;
        int64_t second = read_choice(self);
        self->is_off = is_first ? first_off : self->is_off;
        value = is_first ? first : second;
    }
    self->depth--;
    return value;
}

/* ---- The whole ------------------------------------------------------------------------------------------------- */

static int64_t read_all(struct condition *self)
{
    int64_t value = read_choice(self);
    skip_blanks(self);
    if (self->rest.length > 0)
        fail(self, "an operator or the end");
    return value;
}

void condition_read(const struct program *program, struct span text, size_t thread, bool *has_self)
{
    struct condition self = {
        .program = program, .rest = text, .thread = thread, .has_self = has_self, .is_off = true, .unknown = SIZE_MAX};
    (void)read_all(&self);
}

enum condition_result condition_evaluate(const struct program *program, struct span text, size_t thread,
                                         const struct value *values, size_t *unknown)
{
    bool ignored;
    struct condition self = {.program = program,
                             .rest = text,
                             .thread = thread,
                             .has_self = &ignored,
                             .values = values,
                             .unknown = SIZE_MAX};
    int64_t value = read_all(&self);
    if (unknown != NULL)
        *unknown = self.unknown;
    return self.result != CONDITION_TRUE ? self.result : value != 0 ? CONDITION_TRUE : CONDITION_FALSE;
}
