/* schedule_part: a schedule as a part of a report: how its end comes about, its steps, and why it ends so. */
#pragma once

#include "analysis/outcome.h"
#include "report/content.h"

/* Adds the section of a witness, which has its trace. */
void schedule_part_add(struct content *content, const struct outcome *outcome, const struct outcome_witness *witness);

/* Adds the section of a thread that can wait for ever, which has its trace. */
void schedule_part_add_lasso(struct content *content, const struct outcome *outcome, const struct outcome_wait *wait);

/* Adds a list of what let another thread in where one was interrupted that could have continued, as far as that is known. */
void schedule_part_add_openings(struct content *content, const struct trace *trace);

/* Adds why a witness ends where it does: what keeps it from going on, or what there is to see though it could; nothing of one that
 * never ends. */
void schedule_part_add_stop(struct content *content, const struct outcome *outcome,
                            const struct outcome_witness *witness);

/* Adds, or appends, why a schedule ends as it does. */
void schedule_part_add_end(struct content *content, const struct trace *trace);
void schedule_part_print_end(struct text *text, const struct trace *trace);

/* Adds the steps that decided how it ends: of each observed variable the chain of stores that its final value goes back to, the
 * middle of one with more than `most` links left out; or who took what others wait for. */
void schedule_part_add_causes(struct content *content, const struct trace *trace, size_t most);

/* Appends "How `value` = 2 comes about"; and "60 steps, 4 preemptions (no schedule needs fewer)". */
void schedule_part_print_title(struct text *text, const struct outcome *outcome, const struct outcome_witness *witness);
void schedule_part_print_length(struct text *text, const struct outcome_witness *witness);

/* Appends "How `T1` can wait for ever with phase 3, under weak fairness", and the same with ": 4 steps, then a loop of 6 steps". */
void schedule_part_print_lasso_title(struct text *text, const struct outcome *outcome, const struct outcome_wait *wait);

/* Appends "4 steps, then a loop of 6 steps"; and what comes then: "Steps 5 to 10 can follow again and again, for ever." */
void schedule_part_print_rounds(struct text *text, size_t stem, size_t loop);
void schedule_part_print_repetition(struct text *text, size_t stem, size_t loop);

void schedule_part_print_lasso(struct text *text, const struct outcome *outcome, const struct outcome_wait *wait);
