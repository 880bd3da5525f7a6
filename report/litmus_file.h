/* litmus_file: a program as a litmus test of the architecture X86_64, for herd, litmus7 and racecheck itself.
 *
 * Each thread is a column. What is asserted of the end, if anything, is the condition: of a condition on ends forall, of what is possible
 * exists; else that of the litmus test that the program is. What is observed is told besides. Read back, the test has the same ends. */
#pragma once

#include "analysis/outcome.h"
#include "base/text.h"

struct program;

/* Appends the test; the outcome has the claims, and need not be filled. Returns false with *error set where the format cannot say what the
 * program has: memory that is not tso, locks, tables of registers, output, and whatever x86 has no instruction for. */
bool litmus_file_print(struct text *text, const struct program *program, const struct observation *observation,
                       const struct outcome *outcome, struct error *error);
