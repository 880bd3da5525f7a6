/* proof: what a report of an outcome says, apart from how it is set in type.
 *
 * A proof that a value is the least one has two halves. A schedule that ends with it shows that it is possible; that
 * all schedules were covered shows that nothing less is. Here are the sentences of both, of what is claimed, and of
 * what was assumed, for report/html_report.h and report/markdown_report.h. Sentences are as report/facts.h says. */
#ifndef RACECHECK_REPORT_PROOF_H
#define RACECHECK_REPORT_PROOF_H

#include "analysis/outcome.h"
#include "base/text.h"
#include "report/facts.h"

#include <stdbool.h>
#include <stddef.h>

/* A certificate that was written beside the report. */
struct proof_certificate {
    const char *file;
    const char *sha256; /* of the file, in hexadecimal */
};

/* What a report is made of; all is borrowed. */
struct proof {
    const struct outcome *outcome;
    const char *title;   /* NULL: what was found */
    const char *author;  /* or NULL */
    const char *date;    /* or NULL */
    const char *command; /* that makes the same report again */
    const char *version; /* "0.1.0" */
    const struct proof_certificate *certificates;
    size_t certificate_count;        /* 0: no certificate was written */
    const char *certificate_command; /* that would write one beside the same report; NULL: there is none to be had */
};

/* Whether the least and the greatest value may be claimed. */
bool proof_has_claim(const struct outcome *outcome);

/* Whether the report has a schedule that leaves the least value: the half of the proof that is not a search. */
bool proof_is_attained(const struct outcome *outcome);

/* How many schedules the report tells, those of threads that wait for ever included. */
size_t proof_schedule_count(const struct outcome *outcome);

/* How many values have a schedule, and whether all that can be left have one. */
size_t proof_value_count(const struct outcome *outcome);
bool proof_has_each(const struct outcome *outcome);

/* The witness for a value, or for what is no value, that has its trace; borrowed, or NULL. */
const struct outcome_witness *proof_witness(const struct outcome *outcome, enum outcome_end end, int64_t value);

/* The witness that the report tells first: that for the least value, else the first one; borrowed, or NULL. */
const struct outcome_witness *proof_first_witness(const struct outcome *outcome);

/* Appends the title: as given, else "value = 2 is the least final value"; plain text. */
void proof_print_title(struct text *text, const struct proof *self);

/* Appends "How `value` = 2 comes about"; and "60 steps, 4 preemptions (no schedule needs fewer)". */
void proof_print_witness(struct text *text, const struct outcome *outcome, const struct outcome_witness *witness);
void proof_print_witness_length(struct text *text, const struct outcome_witness *witness);

/* Appends why a schedule ends as it does. */
void proof_print_end(struct text *text, const struct trace *trace);

/* The parts, as new; each is freed with facts_free(). */
struct facts proof_setting(const struct outcome *outcome);  /* what was checked */
struct facts proof_claims(const struct outcome *outcome);   /* what is claimed; labels are empty */
struct facts proof_findings(const struct outcome *outcome); /* schedules, deadlocks, exclusion, waits, errors */
struct facts proof_coverage(const struct outcome *outcome); /* states and transitions */
struct facts proof_assumptions(const struct outcome *outcome);
struct facts proof_omissions(const struct outcome *outcome); /* what was not computed; labels are empty */

/* Appends why no values are listed. */
void proof_print_unlisted(struct text *text, const struct outcome *outcome);

/* Appends what the schedules are that the report tells: "For each value a schedule that ends with it, ...". */
void proof_print_schedules(struct text *text, const struct outcome *outcome);

/* The title of the part about the search, borrowed: "Nothing else can happen", where that is so. */
const char *proof_search_title(const struct outcome *outcome);

/* Whether schedules were counted, so that the two functions below have something to say. */
bool proof_has_equation(const struct outcome *outcome);

/* Appends a side of the equation: "18 + 2", the sum over the values, with deadlocks and errors; and "20 = 6! / (3! ·
 * 3!)", the number of all schedules. The sum has at most `most` terms, and says how many are left out;
 * a page has room for proof_terms() of them. */
size_t proof_terms(const struct outcome *outcome);
void proof_print_sum(struct text *text, const struct outcome *outcome, size_t most);
void proof_print_all(struct text *text, const struct outcome *outcome);

/* Appends what the equation says. */
void proof_print_equation_note(struct text *text, const struct outcome *outcome);

#endif
