/* axis: one parameter of a sweep, with the values that it takes.
 *
 * `NAME=RANGE`, where a range is 1..30, 1..30..3 (every third) or a list of numbers and ranges with commas between them; of
 * `python` it is a list of interpreters, and of dumps that others have made (NAME.json), of `cc` and `cxx` one of compilers.
 * An axis owns its name and its values, and is freed with axis_free(). */
#pragma once

#include "apps/options.h"
#include "base/error.h"
#include "base/spelling.h"

enum { AXIS_VALUES_MAX = 10000 };

struct axis {
    char *name;
    int64_t *values;
    char **words; /* instead, where it has words for values; then the values are their numbers; else NULL */
    size_t count; /* at least 1 */
};

/* The names of the axes that have words for values: interpreters, compilers with their options, and memory models. */
extern const char axis_python[], axis_cc[], axis_cxx[], axis_memory[];

/* Reads what options_is_assignment(). Returns false with *error set where there is no such range, or it has more than
 * AXIS_VALUES_MAX values; the axis is to be freed all the same. */
bool axis_parse(struct axis *self, const char *text, struct error *error);
void axis_free(struct axis *self);

/* Whether an operand is an axis rather than a file: NAME=..., where NAME is a word or that of an option that can be swept. */
bool axis_is(const char *operand);

/* Whether an axis is a parameter that has an option of its own: threads, iters, check-interval, memory, python, cc, cxx, or a
 * parameter of a scheduler. All others are symbols of the program. */
bool axis_is_option(const struct axis *self);

/* Has all names considered of which that is so. */
void axis_consider_options(struct spelling *spelling);

/* Gives the options the value at a position. Returns false with *error set where the option does not take it. */
bool axis_apply(const struct axis *self, size_t position, struct options *options, struct error *error);
