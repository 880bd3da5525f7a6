/* token: the words of a program, line by line.
 *
 * Every line's tokens end with one of kind TOKEN_END, so that a reader that stops there never leaves its line.
 * Tokens point into the text, which must outlive them. */
#ifndef RACECHECK_VERIFY_TOKEN_H
#define RACECHECK_VERIFY_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TOKENS_MAX = 16000000 };

enum token_kind {
    TOKEN_END,
    TOKEN_NAME,     /* letters, digits and '_', not beginning with a digit; with a dot in front where has_dot */
    TOKEN_REGISTER, /* its name, behind the '%' */
    TOKEN_NUMBER,
    TOKEN_SIGN /* one of $ , : + - * ( ) [ ] = */
};

struct token {
    enum token_kind kind;
    bool has_dot;
    const char *text; /* the dot included */
    size_t length;
    uint64_t number; /* of a TOKEN_NUMBER; may be 2^63, which only a sign in front makes a value */
    size_t line;     /* of the certificate */
};

struct token_list {
    struct token *tokens;
    size_t count;
    size_t capacity;
};

/* Appends the tokens of one line (length bytes, without its newline) and a TOKEN_END. Ends the program where a byte is
 * not allowed, or there are too many tokens. */
void token_list_add_line(struct token_list *self, const char *text, size_t length, size_t line);

bool token_is(const struct token *self, const char *text);
bool token_is_sign(const struct token *self, char sign);
bool token_equals(const struct token *self, const struct token *other);

/* Ends the program: something else was expected at this token. */
_Noreturn void token_unexpected(const struct token *self, const char *expected);

#endif
