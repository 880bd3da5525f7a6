/* claim_replay: what a replay says of a schedule that is to decide a claim (analysis/claim.h).
 *
 * It executes the schedule anew, on the complete machine, and evaluates the claim's conditions with the values that it finds there. So whoever
 * shows such a schedule, or is shown one, need not trust the search. */
#pragma once

#include "analysis/claim.h"
#include "program/schedule.h"
#include "trace/trace.h"

struct scheduler;

/* Replays a schedule, of a lasso the stem and one round, and returns its trace as new, NULL with *error set where it is not possible. The values
 * of the first word that the claim is about are told step by step; of `word`, where it is about none. Sets *decides: whether the
 * state that it comes to decides the claim, as far as one state can: it violates it, or is what is possible. */
struct trace *claim_replay(const struct claim *claim, const struct program *program, const struct scheduler *scheduler,
                           uint32_t word, const struct schedule *schedule, bool *decides, struct error *error);

/* Whether a lasso, whose last loop_count steps are the loop, can go round twice with the same steps, and what is to come does not come
 * meanwhile. */
bool claim_replay_goes_round(const struct claim *claim, const struct program *program,
                             const struct scheduler *scheduler, const struct schedule *lasso, size_t loop_count);
