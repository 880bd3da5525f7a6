/* deadlock_report: how a deadlock came about.
 *
 * What each thread that waits at the end waits for, somebody has taken, or nobody has given. The steps that decide are,
 * for each such mutex, the one in which its holder took it, and for each semaphore or queue the one that left no permit,
 * no item or no room; they are in the order of the schedule, each once. */
#pragma once

#include "base/text.h"
#include "trace/trace.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An object that threads wait for, and the step that left it so; SIZE_MAX: it was so from the start. */
struct deadlock_report_point {
    uint32_t object;
    size_t step;
};

struct deadlock_report {
    struct deadlock_report_point *items;
    size_t count;
};

/* Whether a trace ends in a deadlock whose threads are known. */
bool deadlock_report_exists(const struct trace *trace);

/* Returns the points of a trace that ends in a deadlock; they are freed with deadlock_report_free(). */
struct deadlock_report deadlock_report_make(const struct trace *trace);
void deadlock_report_free(struct deadlock_report *self);

/* Appends a point in words: "`first` takes mutex `a`, and still has it; `second` waits for it in line 26."; names in
 * backticks. */
void deadlock_report_print(struct text *text, const struct deadlock_report *self, const struct trace *trace,
                           size_t index);
