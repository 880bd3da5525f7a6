/* claim: what somebody asserts of all schedules, and whether it is so.
 *
 *     NAME OP NUMBER       of every final value: NAME is `value` or the observed variable's name, OP one of >=, <=, >, <, ==, !=
 *     EXPR                 of every end: a condition as in C (program/predicate.h), in which `value` is the first variable or
 *                          register that is observed, unless something in the program has that name
 *     always EXPR          of every state that can be reached
 *     possible EXPR        of some end
 *     no-deadlock, no-error   no schedule ends so
 *     exclusive            no two threads are ever inside the same critical section
 *     terminates           every schedule comes to an end, under the fairness that was asked for
 *     no-hang              some end can be reached from every state that can be reached
 *     no-starvation        no thread can wait for ever, under that fairness
 *     EXPR leads-to EXPR   after each state of which the first is true comes one, or it is that one, of which the second is,
 *                          under that fairness
 *     bypass THREAD <= N   others enter critical sections at most N times while a thread waits for one; also <
 *
 * An *end* is a state in which all threads have finished; a schedule that ends with an error of the program is at no end, but hangs
 * nowhere either. A condition that has no value there (a division by zero, an index outside a table) is not true.
 *
 * A claim is part of an outcome (analysis/outcome.h). Whoever asks puts it there; the analysis judges it, finds a schedule
 * that violates it where there is one (of `possible`: one that fulfils it), and places that schedule before all other witnesses. */
#pragma once

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct observation;
struct outcome;
struct predicate;
struct program;

enum claim_kind {
    CLAIM_VALUE,
    CLAIM_NO_DEADLOCK,
    CLAIM_NO_ERROR,
    CLAIM_EXCLUSIVE,
    CLAIM_NO_STARVATION,
    CLAIM_FINAL, /* this one and those behind it are judged by a search of their own (analysis/analysis_claims.c) */
    CLAIM_ALWAYS,
    CLAIM_POSSIBLE,
    CLAIM_TERMINATES,
    CLAIM_NO_HANG,
    CLAIM_LEADS_TO,
    CLAIM_BYPASS
};
enum claim_relation { RELATION_GE, RELATION_LE, RELATION_GT, RELATION_LT, RELATION_EQ, RELATION_NE };
enum claim_verdict { CLAIM_UNKNOWN, CLAIM_HOLDS, CLAIM_VIOLATED };

enum { CLAIM_BYPASS_MAX = 1000000 };

#define CLAIM_NO_WITNESS SIZE_MAX

struct claim {
    char *text; /* as it was given */
    enum claim_kind kind;
    enum claim_relation relation; /* for CLAIM_VALUE, as is number */
    int64_t number;               /* ... and for CLAIM_BYPASS: the most entries that are claimed */
    struct predicate
        *condition; /* where the kind has one, owned, as is the response: of CLAIM_LEADS_TO, what is to come */
    struct predicate *response;
    uint32_t thread;          /* for CLAIM_BYPASS */
    enum claim_verdict found; /* by the search of its own */
    char *unfound;            /* why that search did not find out; NULL: it was not begun */
    enum claim_verdict verdict;
    int64_t value; /* the final value that violates it, for a violated CLAIM_VALUE */
    size_t
        witness; /* of a violated claim, and of a CLAIM_POSSIBLE that holds: index of the outcome's witness, or CLAIM_NO_WITNESS */
};

/* Reads a claim about a program, which must outlive it, and what is observed of it. Returns false with *error set, and nothing to be
 * freed, where the text is none. */
bool claim_parse(struct claim *self, const struct program *program, const struct observation *observation,
                 const char *text, struct error *error);
void claim_free(struct claim *self);

/* Whether a final value violates a CLAIM_VALUE. */
bool claim_is_violated_by(const struct claim *self, int64_t value);

/* What was not computed though the claim needs it: "the values were not computed"; NULL where all is known. Borrowed. */
const char *claim_gap(const struct claim *self, const struct outcome *outcome);

/* Judges the claims of an outcome by what was found so far. What was found can violate a claim of an incomplete outcome,
 * too; only a complete one lets a claim hold. */
void claims_judge(struct outcome *outcome);

/* Moves the witnesses that violate claims to the front, in the order of the claims, and notes for each claim which is
 * its own. The claims are judged. */
void claims_place_witnesses(struct outcome *outcome);

/* Whether a claim of a kind is judged by a search of its own. */
static inline bool claim_is_searched(const struct claim *self)
{
    return self->kind >= CLAIM_FINAL;
}

/* Whether a claim has been judged by a schedule that can be shown: it is violated, or something is possible as claimed. */
static inline bool claim_is_shown(const struct claim *self)
{
    return self->kind == CLAIM_POSSIBLE ? self->verdict == CLAIM_HOLDS : self->verdict == CLAIM_VIOLATED;
}

/* Whether it is about endless schedules, so that fairness matters. */
static inline bool claim_is_fair(const struct claim *self)
{
    return self->kind == CLAIM_NO_STARVATION || self->kind == CLAIM_TERMINATES || self->kind == CLAIM_LEADS_TO;
}

/* Whether there is a claim of a kind, and a violated one. */
bool claims_have(const struct outcome *outcome, enum claim_kind kind);
bool claims_violate(const struct outcome *outcome, enum claim_kind kind);
