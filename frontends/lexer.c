#include "frontends/lexer.h"

#include "base/memory.h"
#include "base/number.h"

#include <string.h>

/* The reader's position. Names are ASCII whatever the locale, so <ctype.h> is not used. */
struct lexer {
    const char *at;
    const char *end;
    const char *line_start;
    uint32_t line;
    const char *source;
    struct error *error;
    struct token_list *list;
    size_t capacity;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_name_start(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_name_part(char c)
{
    return is_name_start(c) || is_digit(c);
}

static struct place place_here(const struct lexer *self)
{
    return (struct place){self->line, (uint32_t)(self->at - self->line_start) + 1};
}

static struct token *add(struct lexer *self, enum token_kind kind, size_t length)
{
    struct token_list *list = self->list;
    list->tokens = memory_grow(list->tokens, list->count, &self->capacity, sizeof *list->tokens);
    struct token *token = &list->tokens[list->count++];
    *token = (struct token){.kind = kind, .place = place_here(self), .text = self->at, .length = length};
    self->at += length;
    return token;
}

static size_t name_length(const struct lexer *self, size_t from)
{
    size_t length = from;
    while (self->at + length < self->end && is_name_part(self->at[length]))
        length++;
    return length;
}

static bool fail_number(struct lexer *self, const struct token *token, const char *what)
{
    error_set(self->error, self->source, token->place.line, token->place.column, "%s '%.*s'", what, token_shown(token),
              token->text);
    return false;
}

/* Everything that could continue the number is taken first, so that "12ab" is one wrong number and not two tokens. */
static bool read_number(struct lexer *self)
{
    struct token *token = add(self, TOKEN_NUMBER, name_length(self, 1));
    bool fits;
    if (number_take_digits(token->text, token->length, &token->number, &fits) != token->length)
        return fail_number(self, token, "malformed number");
    return fits || fail_number(self, token, "number out of the 64-bit range:");
}

static bool read_register(struct lexer *self)
{
    size_t length = name_length(self, 1);
    if (length == 1) {
        struct place place = place_here(self);
        error_set(self->error, self->source, place.line, place.column, "expected a register's name behind '%%'");
        return false;
    }
    struct token *token = add(self, TOKEN_REGISTER, length);
    token->text++;
    token->length--;
    return true;
}

/* A '"' behind a backslash does not end it. */
static bool read_string(struct lexer *self)
{
    struct place place = place_here(self);
    const char *first = ++self->at;
    while (self->at < self->end && *self->at != '"' && *self->at != '\n' && *self->at != '\0')
        self->at += *self->at == '\\' && self->at + 1 < self->end && self->at[1] != '\n' && self->at[1] != '\0' ? 2 : 1;
    bool ends = self->at < self->end && *self->at == '"';
    size_t length = (size_t)(self->at - first);
    self->at = first;
    struct token *token = add(self, TOKEN_STRING, length);
    token->place = place;
    self->at += ends;
    if (!ends)
        error_set(self->error, self->source, place.line, place.column,
                  "the text does not end; expected '\"' on its line");
    return ends;
}

/* The condition of an assertion (program/predicate.h) and what is observed (program/observation.h) have a syntax of their own. */
static bool read_rest(struct lexer *self)
{
    while (self->at < self->end && (*self->at == ' ' || *self->at == '\t'))
        self->at++;
    size_t length = 0;
    while (self->at + length < self->end && strchr("#\r\n", self->at[length]) == NULL) /* NUL, too */
        length++;
    while (length > 0 && (self->at[length - 1] == ' ' || self->at[length - 1] == '\t'))
        length--;
    return length == 0 || add(self, TOKEN_REST, length) != NULL;
}

/* Whether the token that was read last is a mnemonic, i.e. the first on its line or the first behind a label. */
static bool is_mnemonic(const struct lexer *self, const char *name)
{
    const struct token_list *list = self->list;
    const struct token *last = &list->tokens[list->count - 1];
    bool is_first = list->count == 1 || last[-1].kind == TOKEN_END || token_is(last - 1, ':');
    return is_first && token_equals(last, name);
}

static bool fail_byte(struct lexer *self)
{
    struct place place = place_here(self);
    unsigned char byte = (unsigned char)*self->at;
    if (byte == '\0')
        error_set(self->error, self->source, place.line, place.column, "NUL byte in the text; expected plain text");
    else if (byte > ' ' && byte < 0x7f)
        error_set(self->error, self->source, place.line, place.column, "unexpected character '%c'", byte);
    else
        error_set(self->error, self->source, place.line, place.column,
                  "unexpected byte 0x%02x; outside comments only printable ASCII is allowed", byte);
    return false;
}

static bool read_token(struct lexer *self)
{
    char c = *self->at;
    if (is_digit(c))
        return read_number(self);
    if (is_name_start(c)) {
        add(self, TOKEN_NAME, name_length(self, 1));
        return !is_mnemonic(self, "assert") || read_rest(self);
    }
    if (c == '"')
        return read_string(self);
    if (c == '%')
        return read_register(self);
    if (c == '.' && name_length(self, 1) > 1) {
        add(self, TOKEN_DOT_NAME, name_length(self, 1));
        return !is_mnemonic(self, ".observe") || read_rest(self);
    }
    if (c != '\0' && strchr("$,:+-*()[]=", c) != NULL)
        return add(self, TOKEN_MARK, 1) != NULL;
    return fail_byte(self);
}

/* A comment may hold any byte but NUL, which would hide the rest of the text from everything that reads strings. */
static bool skip_comment(struct lexer *self)
{
    while (self->at < self->end && *self->at != '\n') {
        if (*self->at == '\0')
            return fail_byte(self);
        self->at++;
    }
    return true;
}

/* The end stands directly behind the last token, wherever blanks and a comment follow: errors point there. */
static void end_line(struct lexer *self, size_t first)
{
    if (self->list->count == first)
        return;
    const struct token *last = &self->list->tokens[self->list->count - 1];
    const char *here = self->at;
    self->at = last->text + last->length;
    add(self, TOKEN_END, 0);
    self->at = here;
}

static bool read_line(struct lexer *self)
{
    size_t first = self->list->count;
    while (self->at < self->end && *self->at != '\n') {
        char c = *self->at;
        if (c == ' ' || c == '\t' || c == '\r')
            self->at++;
        else if (c == '#' ? !skip_comment(self) : !read_token(self))
            return false;
    }
    end_line(self, first);
    self->at += self->at < self->end;
    self->line++;
    self->line_start = self->at;
    return true;
}

bool token_list_read(struct token_list *list, const char *text, size_t length, const char *source, struct error *error)
{
    *list = (struct token_list){0};
    struct lexer lexer = {.at = text,
                          .end = text + length,
                          .line_start = text,
                          .line = 1,
                          .source = source,
                          .error = error,
                          .list = list};
    while (lexer.at < lexer.end)
        if (!read_line(&lexer)) {
            token_list_free(list);
            return false;
        }
    return true;
}

void token_list_free(struct token_list *list)
{
    memory_free(list->tokens);
    *list = (struct token_list){0};
}

bool token_is(const struct token *token, char mark)
{
    return token->kind == TOKEN_MARK && token->text[0] == mark;
}

bool token_equals(const struct token *token, const char *text)
{
    return token->length == strlen(text) && memcmp(token->text, text, token->length) == 0;
}

int token_shown(const struct token *token)
{
    enum { SHOWN_MAX = 60 };
    return token->length < SHOWN_MAX ? (int)token->length : SHOWN_MAX;
}

bool token_unexpected(const struct token *token, const char *what, const char *source, struct error *error)
{
    if (token->kind == TOKEN_END)
        error_set(error, source, token->place.line, token->place.column, "expected %s, found the end of the line",
                  what);
    else
        error_set(error, source, token->place.line, token->place.column, "expected %s, found '%s%.*s'", what,
                  token->kind == TOKEN_REGISTER ? "%" : "", token_shown(token), token->text);
    return false;
}
