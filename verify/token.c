#include "verify/token.h"

#include "verify/verdict.h"

#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static size_t name_end(const char *text, size_t from, size_t length)
{
    while (from < length && (is_digit(text[from]) || is_letter(text[from])))
        from++;
    return from;
}

static struct token *add(struct token_list *self, struct token token)
{
    if (self->count == TOKENS_MAX)
        verdict_malformed(token.line, "the program is too long");
    self->tokens = storage_grow(self->tokens, self->count, &self->capacity, sizeof *self->tokens);
    self->tokens[self->count] = token;
    return &self->tokens[self->count++];
}

static unsigned digit_of(char c)
{
    if (is_digit(c))
        return (unsigned)(c - '0');
    if (c >= 'a' && c <= 'f')
        return (unsigned)(c - 'a') + 10;
    if (c >= 'A' && c <= 'F')
        return (unsigned)(c - 'A') + 10;
    return 16;
}

/* Decimal, or hexadecimal behind 0x. */
static void read_number(struct token *self)
{
    bool is_hexadecimal = self->length > 2 && self->text[0] == '0' && self->text[1] == 'x';
    unsigned base = is_hexadecimal ? 16 : 10;
    for (size_t i = is_hexadecimal ? 2 : 0; i < self->length; i++) {
        unsigned digit = digit_of(self->text[i]);
        if (digit >= base)
            verdict_malformed(self->line, "the program has a malformed number");
        if (__builtin_mul_overflow(self->number, base, &self->number) ||
            __builtin_add_overflow(self->number, digit, &self->number))
            verdict_malformed(self->line, "the program has a number beyond 64 bits");
    }
}

/* Adds the token that begins at a byte; returns where it ends. */
static size_t add_token(struct token_list *self, const char *text, size_t at, size_t length, size_t line)
{
    struct token token = {.text = text + at, .line = line};
    size_t end = at + 1;
    if (is_digit(text[at]) || is_letter(text[at])) {
        token.kind = is_digit(text[at]) ? TOKEN_NUMBER : TOKEN_NAME;
        end = name_end(text, at, length);
    } else if (text[at] == '%' || (text[at] == '.' && name_end(text, end, length) > end)) {
        token.kind = text[at] == '%' ? TOKEN_REGISTER : TOKEN_NAME;
        token.has_dot = text[at] == '.';
        token.text += text[at] == '%';
        end = name_end(text, end, length);
    } else if (text[at] != '\0' && strchr("$,:+-*()[]=", text[at]) != NULL) {
        token.kind = TOKEN_SIGN;
    } else {
        verdict_malformed(line, "the program has a character that is not allowed outside comments");
    }
    token.length = (size_t)(text + end - token.text);
    if (token.kind == TOKEN_NUMBER)
        read_number(&token);
    add(self, token);
    return end;
}

void token_list_add_line(struct token_list *self, const char *text, size_t length, size_t line)
{
    size_t at = 0;
    while (at < length && text[at] != '#')
        if (text[at] == ' ' || text[at] == '\t' || text[at] == '\r')
            at++;
        else
            at = add_token(self, text, at, length, line);
    add(self, (struct token){.kind = TOKEN_END, .text = text + at, .line = line});
}

bool token_is(const struct token *self, const char *text)
{
    return self->length == strlen(text) && memcmp(self->text, text, self->length) == 0;
}

bool token_is_sign(const struct token *self, char sign)
{
    return self->kind == TOKEN_SIGN && self->text[0] == sign;
}

bool token_equals(const struct token *self, const struct token *other)
{
    return self->length == other->length && memcmp(self->text, other->text, self->length) == 0;
}

_Noreturn void token_unexpected(const struct token *self, const char *expected)
{
    if (self->kind == TOKEN_END)
        verdict_malformed(self->line, "the program's line ends where %s was expected", expected);
    verdict_malformed(self->line, "the program has '%.*s' where %s was expected",
                      self->length < 60 ? (int)self->length : 60, self->text, expected);
}
