/* findings: what an outcome says, as lines of a report.
 *
 * Each function adds facts to a content: what was checked, what can be left in the observed variable, how many schedules there
 * are, what can go wrong, what it took, what was not computed. All reports are made of them, so a new line of a report is a
 * new line here. */
#pragma once

#include "analysis/outcome.h"
#include "report/content.h"

#include <stddef.h>

/* Says that an analysis is INCOMPLETE, where it is. */
void findings_add_incomplete(struct content *content, const struct outcome *outcome);

/* The program, its registers, the scheduler, the observed variable, and what was claimed. */
void findings_add_checked(struct content *content, const struct outcome *outcome);

/* Values, schedules, deadlock, exclusion, starvation, errors. */
void findings_add_results(struct content *content, const struct outcome *outcome);

/* What it took. */
void findings_add_effort(struct content *content, const struct outcome *outcome);

/* What was not computed, and which option computes it. */
void findings_add_omissions(struct content *content, const struct outcome *outcome);

/* The parts of findings_add_checked(), for whoever has no outcome. */
void findings_add_program(struct content *content, const char *label, const char *model, int64_t threads, int64_t iters,
                          const struct property *symbols, size_t symbol_count);
/* How the text was read, where it is not the assembler's way; NULL: nothing is added. */
void findings_add_reading(struct content *content, const char *reading);

void findings_add_registers(struct content *content, const char *registers);
void findings_add_scheduler(struct content *content, const char *kind, const struct property *parameters, size_t count);

/* The witness that ends so (with this value, where it is one) and has its trace; borrowed, or NULL. */
const struct outcome_witness *findings_witness(const struct outcome *outcome, enum outcome_end end, int64_t value);
