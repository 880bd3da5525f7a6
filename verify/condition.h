/* condition: an expression over the variables of a program, written as in C (docs/language.md, "Claims"), as claims and assertions
 * have them.
 *
 * It is nothing but its text, which is read each time that it is computed. Where values are not all known it may be undecided. */
#pragma once

#include "verify/program.h"

enum value_kind { VALUE_UNKNOWN, VALUE_KNOWN, VALUE_BOUNDED };

struct value {
    enum value_kind kind;
    int64_t number;
};

#define CONDITION_OF_STATE SIZE_MAX /* a condition of no thread: registers and SELF mean nothing */

enum condition_result {
    CONDITION_TRUE,
    CONDITION_FALSE, /* or it has no value: an overflow, a division by zero, an element that there is not */
    CONDITION_UNDECIDED
};

/* Ends the process unless the text is a condition of a thread, whose registers it may mention, or of none. *has_self, which may be
 * NULL for the latter, is set where it mentions SELF. */
void condition_read(const struct program *program, struct span text, size_t thread, bool *has_self);

/* Computes a condition that was read. values are the program's, one a location; where one that is needed is not known, its location
 * is *unknown, which may be NULL. */
enum condition_result condition_evaluate(const struct program *program, struct span text, size_t thread,
                                         const struct value *values, size_t *unknown);
