/* replay: executes one given schedule, independently of the search.
 *
 * It uses the complete machine (nothing is data) and the scheduler, and neither the slice, nor the state space, nor the
 * fold. Every witness goes through here before anyone sees it. */
#ifndef RACECHECK_TRACE_REPLAY_H
#define RACECHECK_TRACE_REPLAY_H

#include "base/error.h"
#include "trace/trace.h"

struct program;
struct scheduler;

/* Executes the schedule threads[0 .. count - 1] and returns what happened as a new trace. Where a step is not possible
 * (no such thread, thread finished or waiting, the scheduler does not allow it) returns NULL with an error that names the
 * step (counted from 1) and the reason. word is the observed shared word. */
struct trace *replay_run(const struct program *program, const struct scheduler *scheduler, uint32_t word,
                         const uint32_t *threads, size_t count, struct error *error);

/* The same, and then goes on where threads can: at every step the next thread by index that may step, the first one coming
 * after the last one; `more` steps at most. */
struct trace *replay_run_on(const struct program *program, const struct scheduler *scheduler, uint32_t word,
                            const uint32_t *threads, size_t count, size_t more, struct error *error);

#endif
