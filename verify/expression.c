/* Numbers: decimal and hexadecimal ones, symbols, + - * and parentheses. */
#include "verify/program.h"

#include "verify/verdict.h"

struct expression {
    const struct program *program;
    struct lexer *at;
    int64_t thread;
    bool *has_self;
    unsigned depth;
};

static int64_t read_sum(struct expression *self);

static _Noreturn void fail_range(const char *at)
{
    verdict_malformed(at, "the program has a number that does not fit into 64 bits");
}

static int64_t read_symbol(struct expression *self)
{
    struct span name = self->at->text;
    if (span_is(name, "SELF") && self->thread >= 0) {
        *self->has_self = true;
        lexer_next(self->at);
        return self->thread;
    }
    const struct item *symbol = items_find(&self->program->symbols, name);
    if (symbol == NULL)
        verdict_malformed(name.text, "the program has an undefined symbol");
    lexer_next(self->at);
    return symbol->number;
}

static int64_t read_literal(struct expression *self, bool is_negative)
{
    uint64_t number = self->at->number;
    if (number > (uint64_t)INT64_MAX + is_negative)
        fail_range(self->at->text.text);
    lexer_next(self->at);
    return is_negative ? (int64_t)(0 - number) : (int64_t)number;
}

static int64_t read_primary(struct expression *self)
{
    if (self->at->kind == TOKEN_NAME)
        return read_symbol(self);
    if (self->depth++ == DEPTH_MAX)
        verdict_malformed(self->at->text.text, "the program has parentheses that are nested too deeply");
    lexer_expect_sign(self->at, '(', "a number");
    int64_t value = read_sum(self);
    lexer_expect_sign(self->at, ')', "')'");
    self->depth--;
    return value;
}

static int64_t read_factor(struct expression *self)
{
    bool is_negative = false;
    for (; lexer_is_sign(self->at, '-'); lexer_next(self->at))
        is_negative = !is_negative;
    const char *first = self->at->text.text;
    if (self->at->kind == TOKEN_NUMBER)
        return read_literal(self, is_negative);
    int64_t value = read_primary(self);
    if (is_negative && __builtin_sub_overflow((int64_t)0, value, &value))
        fail_range(first);
    return value;
}

static int64_t read_product(struct expression *self)
{
    int64_t value = read_factor(self);
    while (lexer_is_sign(self->at, '*')) {
        const char *sign = self->at->text.text;
        lexer_next(self->at);
        if (__builtin_mul_overflow(value, read_factor(self), &value))
            fail_range(sign);
    }
    return value;
}

static int64_t read_sum(struct expression *self)
{
    int64_t value = read_product(self);
    while (lexer_is_sign(self->at, '+') || lexer_is_sign(self->at, '-')) {
        const char *sign = self->at->text.text;
        lexer_next(self->at);
        int64_t other = read_product(self);
        if (*sign == '+' ? __builtin_add_overflow(value, other, &value) : __builtin_sub_overflow(value, other, &value))
            fail_range(sign);
    }
    return value;
}

int64_t program_read_number(const struct program *self, struct lexer *at, int64_t thread, bool *has_self)
{
    struct expression expression = {self, at, thread, has_self, 0};
    return read_sum(&expression);
}

int64_t program_read_between(const struct program *self, struct lexer *at, int64_t least, int64_t most)
{
    const char *first = at->text.text;
    int64_t value = program_read_number(self, at, -1, NULL);
    if (value < least || value > most)
        verdict_malformed(first, "the program has a number out of its range");
    return value;
}
