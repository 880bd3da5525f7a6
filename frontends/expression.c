#include "frontends/expression.h"

#include "base/spelling.h"

enum { DEPTH_MAX = 64 }; /* of parentheses: the reader is recursive */

struct reader {
    const struct token *at;
    const struct environment *environment;
    struct error *error;
    unsigned depth;
};

static bool read_sum(struct reader *self, int64_t *value);

static bool fail(struct reader *self, const struct token *token, const char *text)
{
    error_set(self->error, self->environment->source, token->place.line, token->place.column, "%s", text);
    return false;
}

static bool fail_symbol(struct reader *self, const struct token *name)
{
    const struct environment *environment = self->environment;
    struct spelling spelling = spelling_start(name->text, name->length);
    for (size_t s = 0; s < environment->names.count; s++)
        spelling_consider(&spelling, environment->symbols[s].name);
    spelling_consider(&spelling, "SELF");
    const char *hint = spelling_hint(&spelling);
    return error_set(self->error, environment->source, name->place.line, name->place.column,
                     "undefined symbol '%.*s'%s", token_shown(name), name->text,
                     hint[0] != '\0' ? hint : "; expected THREADS, ITERS, SELF or one that --define gives");
}

static bool read_symbol(struct reader *self, int64_t *value)
{
    const struct environment *environment = self->environment;
    const struct token *name = self->at++;
    if (token_equals(name, "SELF")) {
        *value = environment->self;
        return environment->in_thread || fail(self, name, "SELF has a value only in the instructions of a thread");
    }
    size_t symbol = name_table_find(&environment->names, name->text, name->length);
    if (symbol == NAME_TABLE_NONE)
        return fail_symbol(self, name);
    *value = environment->symbols[symbol].value;
    return true;
}

/* The sign is read together with the number: the magnitude of the least 64-bit value is no 64-bit value itself. */
static bool read_number(struct reader *self, bool negative, int64_t *value)
{
    const struct token *number = self->at++;
    if (number->number > (uint64_t)INT64_MAX + negative)
        return fail(self, number, "number out of the 64-bit range");
    *value = negative ? (int64_t)(0 - number->number) : (int64_t)number->number;
    return true;
}

static bool read_parentheses(struct reader *self, int64_t *value)
{
    if (++self->depth > DEPTH_MAX)
        return fail(self, self->at, "parentheses are nested too deeply");
    self->at++;
    if (!read_sum(self, value))
        return false;
    if (!token_is(self->at, ')'))
        return token_unexpected(self->at, "')' or an operator", self->environment->source, self->error);
    self->at++;
    self->depth--;
    return true;
}

static bool read_primary(struct reader *self, int64_t *value)
{
    if (self->at->kind == TOKEN_NUMBER)
        return read_number(self, false, value);
    if (self->at->kind == TOKEN_NAME)
        return read_symbol(self, value);
    if (token_is(self->at, '('))
        return read_parentheses(self, value);
    return token_unexpected(self->at, "a number or a symbol", self->environment->source, self->error);
}

static bool read_factor(struct reader *self, int64_t *value)
{
    const struct token *sign = self->at;
    bool negative = false;
    for (; token_is(self->at, '-'); self->at++)
        negative = !negative;
    if (self->at->kind == TOKEN_NUMBER)
        return read_number(self, negative, value);
    if (!read_primary(self, value))
        return false;
    if (negative && __builtin_sub_overflow((int64_t)0, *value, value))
        return fail(self, sign, "the negated value does not fit into 64 bits");
    return true;
}

static bool read_product(struct reader *self, int64_t *value)
{
    if (!read_factor(self, value))
        return false;
    while (token_is(self->at, '*')) {
        const struct token *operator= self->at++;
        int64_t factor;
        if (!read_factor(self, &factor))
            return false;
        if (__builtin_mul_overflow(*value, factor, value))
            return fail(self, operator, "the product does not fit into 64 bits");
    }
    return true;
}

static bool read_sum(struct reader *self, int64_t *value)
{
    if (!read_product(self, value))
        return false;
    while (token_is(self->at, '+') || token_is(self->at, '-')) {
        const struct token *operator= self->at++;
        int64_t operand;
        if (!read_product(self, &operand))
            return false;
        bool overflow = token_is(operator, '+') ? __builtin_add_overflow(*value, operand, value)
                                                : __builtin_sub_overflow(*value, operand, value);
        if (overflow)
            return fail(self, operator, token_is(operator, '+') ? "the sum does not fit into 64 bits"
                                                                : "the difference does not fit into 64 bits");
    }
    return true;
}

bool expression_read(const struct token **at, const struct environment *environment, int64_t *value,
                     struct error *error)
{
    struct reader reader = {*at, environment, error, 0};
    if (!read_sum(&reader, value))
        return false;
    *at = reader.at;
    return true;
}
