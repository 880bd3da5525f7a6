/* standoff: how a deadlock came about.
 *
 * What each thread that waits at the end waits for, somebody has taken, or nobody has given. The steps that decide are,
 * for each such mutex, the one in which its holder took it, and for each semaphore or queue the one that left no permit,
 * no item or no room; they are in the order of the schedule, each once. */
#ifndef RACECHECK_REPORTS_STANDOFF_H
#define RACECHECK_REPORTS_STANDOFF_H

#include "base/text.h"
#include "checker/trace.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An object that threads wait for, and the step that left it so; SIZE_MAX: it was so from the start. */
struct standoff_point {
    uint32_t object;
    size_t step;
};

struct standoff {
    struct standoff_point *items;
    size_t count;
};

/* Whether a trace ends in a deadlock whose threads are known. */
bool standoff_exists(const struct trace *trace);

/* Returns the points of a trace that ends in a deadlock; they are freed with standoff_free(). */
struct standoff standoff_make(const struct trace *trace);
void standoff_free(struct standoff *self);

/* Appends a point in words: "`first` takes mutex `a`, and still has it; `second` waits for it in line 26."; names in
 * backticks. */
void standoff_print(struct text *text, const struct standoff *self, const struct trace *trace, size_t index);

#endif
