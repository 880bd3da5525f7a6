/* turns_replay: executes a schedule that is told by its repetitions (program/turns.h), however long it is.
 *
 * It executes a program of counted loops without unrolling them: a thread is at a place in its code, with so many rounds of its loop
 * before it. What the steps of a group do to all values is put together once, as one assignment from old values to new ones; where threads
 * are after the group where they were before it, doing the group again does the same, so that many rounds are a power of that assignment, found by
 * squaring it. Programs that do more than move values, with constants added, lock and unlock, have no such executions.
 *
 * It looks at instructions by the machine's static view alone, and shares nothing with what finds such schedules. */
#pragma once

#include "base/error.h"
#include "program/program.h"
#include "program/turns.h"

struct turns_end {
    bool is_finished; /* every thread came to its end */
    uint64_t steps;
    int64_t *words; /* the values of the program's words, as new */
    size_t word_count;
};

/* Executes turns from the start of a program. Returns false with *error set: a step that is not possible (which step is said), a value that
 * may leave 64 bits, or a program that cannot be executed so. */
bool turns_replay(const struct program *program, const struct turns *turns, struct turns_end *end, struct error *error);

void turns_end_free(struct turns_end *self);
