/* assertion: a claim about the outcome that sets the exit status.
 *
 * `NAME OP NUMBER` claims something of every final value (NAME is `value` or the observed variable's name, OP one of >=,
 * <=, >, <, ==, !=); `no-deadlock` and `no-error` claim that no schedule ends so; `exclusive` that no
 * two threads are ever inside the same critical section; `no-starvation` that no thread can wait for ever, under the fairness
 * that was asked for. */
#ifndef RACECHECK_CLI_ASSERTION_H
#define RACECHECK_CLI_ASSERTION_H

#include "base/error.h"
#include "checker/outcome.h"

enum assertion_kind {
    ASSERTION_VALUE,
    ASSERTION_NO_DEADLOCK,
    ASSERTION_NO_ERROR,
    ASSERTION_EXCLUSIVE,
    ASSERTION_NO_STARVATION
};
enum assertion_operator { OPERATOR_GE, OPERATOR_LE, OPERATOR_GT, OPERATOR_LT, OPERATOR_EQ, OPERATOR_NE };

struct assertion {
    const char *text; /* as it was given, borrowed */
    enum assertion_kind kind;
    enum assertion_operator operator;
    int64_t number;
};

/* Reads a claim; observe is the name of the observed variable. Returns false with *error set where it is none. */
bool assertion_parse(struct assertion *self, const char *text, const char *observe, struct error *error);

/* Whether what was computed suffices to judge the claim: values may have been left out as too expensive. */
bool assertion_is_decided(const struct assertion *self, const struct outcome *outcome);

/* What was not computed where a claim is not decided: "the values were not computed". Borrowed. */
const char *assertion_reason(const struct assertion *self);

/* Whether an outcome violates the claim. Of an incomplete outcome, whether what was found does. */
bool assertion_is_violated(const struct assertion *self, const struct outcome *outcome);

#endif
