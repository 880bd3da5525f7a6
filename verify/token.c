#include "verify/token.h"

#include "verify/verdict.h"

#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_name_part(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

size_t span_name_length(struct span self)
{
    size_t length = 0;
    while (length < self.length && is_name_part(self.text[length]))
        length++;
    return length;
}

/* It is a blank, too; the certificate has it escaped. */
static const char carriage_return[] = "\\x0d";

static struct span skip_blanks(struct span self)
{
    while (self.length > 0) {
        if (self.text[0] == ' ' || self.text[0] == '\t')
            self = span_rest(self, 1);
        else if (span_starts_with(self, carriage_return))
            self = span_rest(self, sizeof carriage_return - 1);
        else
            break;
    }
    return self;
}

static unsigned digit_of(char c)
{
    if (is_digit(c))
        return (unsigned)(c - '0');
    if (c >= 'a' && c <= 'f')
        return (unsigned)(c - 'a') + 10;
    return c >= 'A' && c <= 'F' ? (unsigned)(c - 'A') + 10 : 16;
}

bool span_read_written(struct span self, uint64_t *number)
{
    bool is_hexadecimal = self.length > 2 && span_starts_with(self, "0x");
    unsigned base = is_hexadecimal ? 16 : 10;
    *number = 0;
    for (size_t i = is_hexadecimal ? 2 : 0; i < self.length; i++) {
        unsigned digit = digit_of(self.text[i]);
        if (digit >= base || __builtin_mul_overflow(*number, base, number) ||
            __builtin_add_overflow(*number, digit, number))
            return false;
    }
    return true;
}

/* The length of a text with its quotation marks; a backslash, which the certificate writes as two, stands before one of n t r \ ". */
static size_t text_length(struct span self)
{
    struct span rest = span_rest(self, 1);
    char byte = '\0';
    while (rest.length > 0 && byte != '"')
        if ((byte = span_take_escaped(&rest)) == '\\' &&
            (rest.length == 0 || strchr("ntr\\\"", span_take_escaped(&rest)) == NULL))
            verdict_malformed(rest.text, "the program has a text with an escape that there is not");
    if (byte != '"')
        verdict_malformed(self.text, "the program has a text that does not end");
    return self.length - rest.length;
}

/* Takes so many bytes as the token. */
static void take(struct lexer *self, enum token_kind kind, size_t length)
{
    self->kind = kind;
    self->text = (struct span){self->rest.text, length};
    self->rest = span_rest(self->rest, length);
}

void lexer_next(struct lexer *self)
{
    struct span rest = self->rest = skip_blanks(self->rest);
    size_t name = span_name_length(rest), behind = rest.length > 0 ? span_name_length(span_rest(rest, 1)) : 0;
    if (rest.length == 0 || rest.text[0] == '#') {
        span_expect_escaped(rest);
        self->rest.length = 0;
        take(self, TOKEN_END, 0);
    } else if (name > 0 && is_digit(rest.text[0])) {
        take(self, TOKEN_NUMBER, name);
        if (!span_read_written(self->text, &self->number))
            verdict_malformed(self->text.text, "the program has a number that is none, or beyond 64 bits");
    } else if (name > 0) {
        take(self, TOKEN_NAME, name);
    } else if (rest.text[0] == '.' && behind > 0) {
        take(self, TOKEN_DOTTED, 1 + behind);
    } else if (rest.text[0] == '%' && behind > 0) {
        self->rest = span_rest(rest, 1);
        take(self, TOKEN_REGISTER, behind);
    } else if (rest.text[0] == '"') {
        take(self, TOKEN_TEXT, text_length(rest));
    } else if (rest.text[0] != '\0' && strchr("$,:+-*()[]=", rest.text[0]) != NULL) {
        take(self, TOKEN_SIGN, 1);
    } else {
        verdict_malformed(rest.text, "the program has a character that is not allowed here");
    }
}

struct lexer lexer_start(struct span line)
{
    struct lexer self = {.rest = line};
    lexer_next(&self);
    return self;
}

bool lexer_is(const struct lexer *self, const char *word)
{
    return self->kind == (word[0] == '.' ? TOKEN_DOTTED : TOKEN_NAME) && span_is(self->text, word);
}

bool lexer_is_sign(const struct lexer *self, char sign)
{
    return self->kind == TOKEN_SIGN && self->text.text[0] == sign;
}

bool lexer_marks_label(const struct lexer *self)
{
    return span_starts_with(skip_blanks(self->rest), ":");
}

struct span lexer_take_rest(struct lexer *self)
{
    struct span taken = {self->rest.text, 0};
    while (taken.length < self->rest.length && taken.text[taken.length] != '#' &&
           !span_starts_with(span_rest(self->rest, taken.length), carriage_return))
        taken.length++;
    self->rest = span_rest(self->rest, taken.length);
    lexer_next(self);
    return span_trim(taken);
}

void lexer_expect_sign(struct lexer *self, char sign, const char *expected)
{
    if (!lexer_is_sign(self, sign))
        lexer_unexpected(self, expected);
    lexer_next(self);
}

void lexer_expect_end(const struct lexer *self)
{
    if (self->kind != TOKEN_END)
        lexer_unexpected(self, "the end of the line");
}

_Noreturn void lexer_unexpected(const struct lexer *self, const char *expected)
{
    if (self->kind == TOKEN_END)
        verdict_malformed(self->text.text, "the program's line ends where %s was expected", expected);
    verdict_malformed(self->text.text, "the program has '%.*s' where %s was expected", span_shown(self->text),
                      self->text.text, expected);
}
