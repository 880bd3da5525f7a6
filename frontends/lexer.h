/* lexer: program text -> tokens.
 *
 * The tokens of a text lie in one array, line after line; the last token of each line that has any is a TOKEN_END, so a
 * reader that stops there never leaves its line. Blank lines and comments leave nothing. Tokens point into the text,
 * which must outlive them. The array is constant once it is made and is read as often as needed: once for every thread
 * where the instructions depend on SELF. */
#pragma once

#include "base/error.h"
#include "program/instruction.h"

enum token_kind {
    TOKEN_END,      /* the end of a line */
    TOKEN_NAME,     /* letters, digits and '_', not beginning with a digit */
    TOKEN_DOT_NAME, /* the same behind a dot, the dot included: ".main", ".top" */
    TOKEN_REGISTER, /* what follows a '%', without it */
    TOKEN_NUMBER,   /* decimal, or hexadecimal with 0x */
    TOKEN_MARK,     /* one of $ , : + - * ( ) [ ] = */
    TOKEN_STRING,   /* what stands between two '"', without them */
    TOKEN_REST      /* what stands behind `assert` and `.observe`, up to a comment or the end of the line */
};

struct token {
    enum token_kind kind;
    struct place place;
    const char *text; /* borrowed from the program text */
    size_t length;
    uint64_t number; /* of a TOKEN_NUMBER: may be beyond INT64_MAX, for the sake of -9223372036854775808 */
};

struct token_list {
    struct token *tokens;
    size_t count;
};

/* Reads all of a text. Returns false with *error set where a byte or a number is wrong; *list is then empty. The caller
 * frees the list with token_list_free(). `source` is the file name for errors. */
bool token_list_read(struct token_list *list, const char *text, size_t length, const char *source, struct error *error);
void token_list_free(struct token_list *list);

/* Whether a token is that mark. */
bool token_is(const struct token *token, char mark);

/* Whether a token has exactly this text. */
bool token_equals(const struct token *token, const char *text);

/* The length of a token's text for a "%.*s" in an error: long names are cut there. */
int token_shown(const struct token *token);

/* Sets the error "expected WHAT, found TOKEN" at the token's place. Returns false, so that a reader can return it. */
bool token_unexpected(const struct token *token, const char *what, const char *source, struct error *error);
