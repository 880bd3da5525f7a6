/* event: what can be counted in the schedules of a program, beside what its text marks.
 *
 * A list names events: what any program has ("steps", "preemptions", ...; the table in event.c says which), what the text marks by
 * .count, or a line, as "7" or "counter.py:7": counted each time that the first instruction of the line is executed. */
#pragma once

#include "base/error.h"
#include "program/program.h"

/* The name of a kind that any program has, borrowed; NULL for what is marked, and lines. */
const char *counted_kind_name(enum counted_kind kind);

/* The kind of a name of so many bytes, one that any program has; COUNTED_KIND_COUNT where there is none. */
enum counted_kind counted_kind_find(const char *name, size_t length);

/* The marked event of a name, a new one where the program has none yet. Takes the name. Returns its bit, or PROGRAM_COUNTED_MAX where there are too
 * many events. */
uint32_t program_mark_counted(struct program *self, char *name);

/* Whether the text marks events. */
bool program_marks_counted(const struct program *self);

/* Adds the events of a list, with commas between; what is there already is not added again. Returns false with *error set, without a
 * place, where a word names none, or there are too many. */
bool program_add_counted(struct program *self, const char *list, struct error *error);
