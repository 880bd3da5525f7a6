/* expression: the value of a number, a symbol, or a sum and product of them.
 *
 * Where the dialect wants a number it takes an expression: numbers and symbols with + - * and parentheses, * before +
 * and -, all in 64-bit signed arithmetic, where a result that does not fit is an error. Expressions are evaluated while
 * they are read; there is no tree. */
#pragma once

#include "base/name_table.h"
#include "frontends/lexer.h"
#include "program/program.h"

/* What names mean in an expression. */
struct environment {
    const char *source;           /* the file name for errors */
    const struct symbol *symbols; /* borrowed; SELF is not among them */
    struct name_table names;      /* where in `symbols` a name is; owned by whoever fills it */
    bool in_thread;               /* whether SELF is known */
    int64_t self;                 /* its value */
};

/* Reads an expression that begins at *at and moves *at behind it. Returns false with *error set where there is none, a
 * symbol is unknown or a result does not fit. */
bool expression_read(const struct token **at, const struct environment *environment, int64_t *value,
                     struct error *error);
