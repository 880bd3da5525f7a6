/* predicate: a condition on what a program has stored, written as in C.
 *
 *     x + y == 150 && x >= 0          variables, numbers, symbols
 *     table[i + 1] < 3                elements of tables
 *     T0.%ax == 1 || !(T1.%ax % 2)    registers of a thread; an instruction means its own thread's: %ax
 *     output == "ab"                  the whole output; only == and != are defined for it
 *     value >= 2                      the first variable or register that is observed
 *
 * The operators are those of C with its precedence: ?: || && | ^ & == != < <= > >= << >> + - * / % and unary - ! ~.
 * Values are 64-bit signed, and what the arithmetic of programs refuses is refused here: overflow, division by zero, shifts by less
 * than 0 or more than 63 bits, indices outside a table. As in C the right side of && and || is not computed where the left side
 * decides.
 *
 * A predicate is a tree, constant once it is read, that owns its text and its nodes; freed with predicate_free(). Whoever evaluates it
 * says where values come from. */
#pragma once

#include "base/error.h"
#include "program/act.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct observation_place;
struct program;
struct predicate;
struct text;
struct variable;

/* What a predicate may speak of beside shared words. */
enum predicate_scope {
    PREDICATE_OF_INSTRUCTION, /* registers of the thread that executes it: %ax; and SELF */
    PREDICATE_OF_STATE,       /* registers of threads: T0.%ax */
    PREDICATE_OF_END          /* the same, and the output */
};

/* What a predicate is read against; all of it is borrowed. */
struct predicate_context {
    const struct program *program;
    enum predicate_scope scope;
    int64_t self;                          /* the number of the thread whose instruction it is */
    const struct observation_place *value; /* what `value` is where no name of the program is that; NULL: nothing */
    bool
        is_strict; /* what can never have a value is refused: an element that a table has not, the output where nothing is printed */
    const char *const
        *words; /* that can stand before a condition or between two, for hints; a list that ends with NULL, or NULL */
};

/* Reads a predicate over the variables of a program. Returns it as new, or NULL with *error set, whose column counts from 1 in the text. */
struct predicate *predicate_read(const struct predicate_context *context, const char *text, size_t length,
                                 struct error *error);
void predicate_free(struct predicate *self);

/* The text as it was given, borrowed, without blanks around it. */
const char *predicate_text(const struct predicate *self);

/* Returns the text as new, on one line and with the name of what `value` is in its place; NULL where that has no name, being a word that
 * only its address tells. */
char *predicate_spell(const struct predicate *self);

/* Whether two predicates have the same meaning, as far as their trees tell. */
bool predicate_equals(const struct predicate *a, const struct predicate *b);

/* Where values come from. thread is -1 for the one whose instruction it is. output is NULL where it is none of the texts that the
 * predicate compares it with. */
struct predicate_source {
    void *context;
    int64_t (*word)(void *context, size_t word);
    int64_t (*reg)(void *context, int thread, unsigned number);
    const char *output;
};

/* Computes the value, which is true where it is not 0. Returns FAILURE_NONE, or why it has none; *value is 0 then. */
enum failure predicate_evaluate(const struct predicate *self, const struct predicate_source *source, int64_t *value);

/* What a predicate reads: calls a visitor for each word, of a table for all its words, and for each register. Either may be NULL. */
void predicate_visit(const struct predicate *self, void *context, void (*word)(void *context, size_t word),
                     void (*reg)(void *context, int thread, unsigned number));

/* Whether it speaks of the output; and the texts that it is compared with: calls a visitor for each. */
bool predicate_reads_output(const struct predicate *self);
void predicate_visit_texts(const struct predicate *self, void *context, void (*visit)(void *context, const char *text));

/* How what a predicate reads is called in the model for SPIN: each appends a name, the last one a condition. */
struct predicate_names {
    void *context;
    void (*word)(void *context, size_t word, struct text *text);
    void (*element)(void *context, const struct variable *variable, const char *index, struct text *text);
    void (*reg)(void *context, int thread, unsigned number, struct text *text);
    void (*output)(void *context, const char *output, struct text *text); /* that the output is this one */
};

/* Appends, in Promela, that a predicate has a value and is true; what 32 bits do not hold is no value there. */
void predicate_export(const struct predicate *self, const struct predicate_names *names, struct text *text);

/* Appends it as the condition of a litmus test; words and registers have names. Returns false, with anything appended, where it says more than
 * which locations have which numbers. */
bool predicate_export_litmus(const struct predicate *self, const struct predicate_names *names, struct text *text);

/* Returns the greatest number that is written in it, or 0. */
int64_t predicate_greatest_number(const struct predicate *self);
