/* token: the words of one line of the program, one at a time, from the escaped form in which the certificate has it.
 *
 * Nothing is stored: who wants to read a line again starts again. Where a byte is not allowed the program ends. */
#pragma once

#include "verify/words.h"

enum token_kind {
    TOKEN_END,      /* of the line; what follows is a comment, or nothing */
    TOKEN_NAME,     /* letters, digits and '_', not beginning with a digit */
    TOKEN_DOTTED,   /* the same with a dot in front, behind which a digit may stand */
    TOKEN_REGISTER, /* its name, behind the '%' */
    TOKEN_NUMBER,
    TOKEN_TEXT, /* in quotation marks */
    TOKEN_SIGN  /* one of $ , : + - * ( ) [ ] = */
};

/* A line under way: the present token, and what follows it. */
struct lexer {
    enum token_kind kind;
    struct span text; /* the dot included */
    uint64_t number;  /* of a TOKEN_NUMBER; may be 2^63, which only a sign in front makes a value */
    struct span rest;
};

/* Reads a whole word as a number as programs have it: decimal, or hexadecimal with 0x, without a sign. */
bool span_read_written(struct span self, uint64_t *number);

/* Starts at the first token of a line; goes on to the next one. Behind the last one stands TOKEN_END. */
struct lexer lexer_start(struct span line);
void lexer_next(struct lexer *self);

/* Whether the token is this name, or (with its dot) this directive; whether it is a sign. */
bool lexer_is(const struct lexer *self, const char *word);
bool lexer_is_sign(const struct lexer *self, char sign);

/* Whether a ':' follows, so that a name is a label. */
bool lexer_marks_label(const struct lexer *self);

/* Takes what follows the token, as it stands there, up to a comment, a carriage return or the end of the line, without blanks around
 * it: .observe and assert have a syntax of their own. Goes on behind it. */
struct span lexer_take_rest(struct lexer *self);

/* Goes on behind a sign, or the end of the line, that must be here. */
void lexer_expect_sign(struct lexer *self, char sign, const char *expected);
void lexer_expect_end(const struct lexer *self);

/* Ends the program: something else was expected at this token. */
_Noreturn void lexer_unexpected(const struct lexer *self, const char *expected);
