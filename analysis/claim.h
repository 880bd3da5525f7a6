/* claim: what somebody asserts of all schedules, and whether it is so.
 *
 * `NAME OP NUMBER` claims something of every final value (NAME is `value` or the observed variable's name, OP one of >=,
 * <=, >, <, ==, !=); `no-deadlock` and `no-error` claim that no schedule ends so; `exclusive` that no two threads are ever
 * inside the same critical section; `no-starvation` that no thread can wait for ever, under the fairness that was asked
 * for.
 *
 * A claim is part of an outcome (analysis/outcome.h). Whoever asks puts it there; the analysis judges it, finds a schedule
 * that violates it where there is one, and places that schedule before all other witnesses. */
#ifndef RACECHECK_ANALYSIS_CLAIM_H
#define RACECHECK_ANALYSIS_CLAIM_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct outcome;

enum claim_kind { CLAIM_VALUE, CLAIM_NO_DEADLOCK, CLAIM_NO_ERROR, CLAIM_EXCLUSIVE, CLAIM_NO_STARVATION };
enum claim_relation { RELATION_GE, RELATION_LE, RELATION_GT, RELATION_LT, RELATION_EQ, RELATION_NE };
enum claim_verdict { CLAIM_UNKNOWN, CLAIM_HOLDS, CLAIM_VIOLATED };

#define CLAIM_NO_WITNESS SIZE_MAX

struct claim {
    char *text; /* as it was given */
    enum claim_kind kind;
    enum claim_relation relation; /* for CLAIM_VALUE, as is number */
    int64_t number;
    enum claim_verdict verdict;
    int64_t value;  /* the final value that violates it, for a violated CLAIM_VALUE */
    size_t witness; /* of a violated claim: index of the outcome's witness that violates it, or CLAIM_NO_WITNESS */
};

/* Reads a claim; observe is the name of the observed variable. Returns false with *error set, and nothing to be freed,
 * where the text is none. */
bool claim_parse(struct claim *self, const char *text, const char *observe, struct error *error);
void claim_free(struct claim *self);

/* What was not computed though the claim needs it: "the values were not computed"; NULL where all is known. Borrowed. */
const char *claim_gap(const struct claim *self, const struct outcome *outcome);

/* Judges the claims of an outcome by what was found so far. What was found can violate a claim of an incomplete outcome,
 * too; only a complete one lets a claim hold. */
void claims_judge(struct outcome *outcome);

/* Moves the witnesses that violate claims to the front, in the order of the claims, and notes for each claim which is
 * its own. The claims are judged. */
void claims_place_witnesses(struct outcome *outcome);

/* Whether there is a claim of a kind, and a violated one. */
bool claims_have(const struct outcome *outcome, enum claim_kind kind);
bool claims_violate(const struct outcome *outcome, enum claim_kind kind);

#endif
