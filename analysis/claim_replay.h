/* claim_replay: what a replay says of a schedule that is to decide a claim (analysis/claim.h).
 *
 * It executes the schedule anew, on the complete machine, evaluates the claim's conditions with the values that it finds there, and watches
 * who waits and who enters. So whoever shows such a schedule, or is shown one, need not trust the search. Only that no end can be reached from
 * where a schedule comes to a search alone can tell. */
#pragma once

#include "analysis/claim.h"
#include "program/schedule.h"
#include "trace/trace.h"

struct scheduler;

/* Replays a schedule, of a lasso the stem and one round of the loop, which has so many steps (0: it is none), and returns its trace as new, NULL
 * with *error set where it is not possible. The values of the first word that the claim is about are told step by step; of `word`, where
 * it is about none, which is the variable that a claim about values means. Sets *decides: whether the schedule decides the claim: it violates
 * it, or shows what is possible. Of a lasso the loop must be able to follow once more with the same steps; whether it is fair is not asked. */
struct trace *claim_replay(const struct claim *claim, const struct program *program, const struct scheduler *scheduler,
                           uint32_t word, const struct schedule *schedule, size_t loop, bool *decides,
                           struct error *error);
