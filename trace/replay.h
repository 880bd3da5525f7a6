/* replay: executes one given schedule, independently of the search.
 *
 * It uses the complete machine (nothing is data) and the scheduler, and neither the slice, nor the state space, nor the
 * fold. Every witness goes through here before anyone sees it. */
#pragma once

#include "base/error.h"
#include "trace/trace.h"

struct program;
struct scheduler;

/* Traces of programs that were compiled are condensed (trace/condensed.h), but for those of replay_run_whole(). */

/* Executes a schedule and returns what happened as a new trace. Where an action is not possible (no such thread, thread
 * finished or waiting, the scheduler does not allow it) returns NULL with an error that names the step (counted from 1) and
 * the reason. A plain step of a thread that is away is its return. The phase must be said where the scheduler leaves it open;
 * a signal that is not said never arrives. NULL scheduler: free. word is the observed shared word. */
struct trace *replay_run(const struct program *program, const struct scheduler *scheduler, uint32_t word,
                         const struct schedule *schedule, struct error *error);

/* The same, with each instruction. */
struct trace *replay_run_whole(const struct program *program, const struct scheduler *scheduler, uint32_t word,
                               const struct schedule *schedule, struct error *error);

/* The same, and notes the final values of some locations in trace.finals. */
struct trace *replay_run_observing(const struct program *program, const struct scheduler *scheduler, uint32_t word,
                                   const uint32_t *locations, size_t count, const struct schedule *schedule,
                                   struct error *error);

/* Whether a schedule says the phase where a scheduler leaves it open, and no other one where it does not. Returns false with
 * *error set; replay_run() finds the same. */
bool replay_can_begin(const struct scheduler *scheduler, const struct schedule *schedule, struct error *error);

/* How a schedule goes on when it is over. */
enum replay_then {
    REPLAY_STOPS,
    REPLAY_GOES_ROUND, /* the next thread by index that may step, the first one coming after the last one */
    REPLAY_REPEATS /* the same actions again and again; those that are not possible are skipped, also in the first round */
};

/* The same, and then goes on as long as there are steps; `most` steps in all, or those of the schedule if these are more. */
struct trace *replay_run_on(const struct program *program, const struct scheduler *scheduler, uint32_t word,
                            const struct schedule *schedule, enum replay_then then, size_t most, struct error *error);
