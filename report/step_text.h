/* step_text: what one step of a schedule did, in words.
 *
 * The words depend on the instruction and its act alone, the numbers in them on the step; so a step_text is a pattern, in which
 * {r} stands for the new value of the register, {0} and {1} for the values of the accesses, {a} and {b} for the numbers of
 * the act, and what to fill in. Names stand in `backticks`. */
#pragma once

#include "base/text.h"
#include "trace/trace.h"

#include <stdbool.h>
#include <stddef.h>

/* Appends the instruction of a step, and whether it returns from it: "returns from io". */
void step_text_print_instruction(struct text *text, const struct trace_step *step);

/* Appends the pattern of a step: "reads `value` = {0} and sets `%ax` to {r}". */
void step_text_print_pattern(struct text *text, const struct trace *trace, size_t step);

/* Whether the acts of two steps have the same pattern; accesses and registers are not looked at. */
bool step_text_is_alike(const struct trace_step *a, const struct trace_step *b);

/* Appends the words: "reads `value` = 3 and sets `%ax` to 3". */
void step_text_print(struct text *text, const struct trace *trace, size_t step);

/* Whether a word is observed, so that a column of a table tells of it. */
bool step_text_is_column(const struct trace *trace, uint32_t word);

/* Appends what a step of a program that was compiled did, in words, since its line says little of that: "loads counter: 3"; nothing where
 * it did nothing to what is shared. With columns, stores are left out that one tells of. */
void step_text_print_action(struct text *text, const struct trace *trace, const struct trace_step *step,
                          bool has_columns);
