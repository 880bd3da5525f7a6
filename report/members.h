/* members: the ends of an outcome, told member by member.
 *
 * Of one variable, or of one register, an end is a number. Of several it is a tuple, which the outcome knows by its rank, and of what was
 * printed a node of its tree of outputs, or all that is printed beside these. What one of these numbers stands for is said here and
 * nowhere else. An output that is observed is no member where none of them are told apart. */
#pragma once

#include "analysis/outcome.h"
#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How many there are; 0 where nothing is observed that ends differ in. */
size_t members_count(const struct outcome *outcome);

/* Whether an end is a number, of which there are a least one and a greatest one. */
bool members_are_number(const struct outcome *outcome);

/* Whether of what is printed only some is told apart, and all others are one. */
bool members_have_others(const struct outcome *outcome);

/* Whether there are a least and a greatest one, and they are known. */
bool members_have_extremes(const struct outcome *outcome);

/* The name of a member as new, and whether it is what was printed. */
char *members_name(const struct outcome *outcome, size_t member);
bool members_is_output(const struct outcome *outcome, size_t member);

/* The number that a member has in an end; and the text as new, where it is what was printed: NULL where it is any other. */
int64_t members_number(const struct outcome *outcome, int64_t end, size_t member);
char *members_text(const struct outcome *outcome, int64_t end, size_t member);

/* Returns an end of the outcome member by member, to be freed. */
struct observed_end members_end(const struct outcome *outcome, int64_t end);

/* Whether a schedule ends so, of those that were found, which are all where the outcome is complete. */
enum reachability { REACH_UNKNOWN, REACH_POSSIBLE, REACH_IMPOSSIBLE };
enum reachability members_reach(const struct outcome *outcome, const struct observed_end *end);

/* Appends what a member has in an end, 3, "ab" or another; and all of it, "x = 3", "x = 1, y = 2", "output "ab"" or "another output". The
 * second has names and values marked as code where that is asked for. */
void members_print_one(struct text *text, const struct outcome *outcome, int64_t end, size_t member);
void members_print(struct text *text, const struct outcome *outcome, int64_t end, bool is_prose);

/* Appends a text as C would have it; of a long one, unless it is to be told in full, the middle is left out. */
void members_print_output(struct text *text, const char *output, bool is_full);

/* Appends the names of all that is observed: "x", "x, y"; as code in prose. */
void members_print_names(struct text *text, const struct outcome *outcome, bool is_prose);
