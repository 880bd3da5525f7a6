#include "report/verdict.h"

#include "base/memory.h"
#include "base/number.h"
#include "report/phrase.h"

#include <string.h>

const char *verdict_word(enum claim_verdict verdict)
{
    static const char *const words[] = {
        [CLAIM_UNKNOWN] = "unknown", [CLAIM_HOLDS] = "holds", [CLAIM_VIOLATED] = "violated"};
    return words[verdict];
}

/* What keeps schedules from their end. */
static void print_unending(struct text *text, const struct outcome *outcome)
{
    bool goes_on = outcome->has_fair_endless ? outcome->fair_endless : outcome->endless;
    text_print(text, ", %s: schedules can %s", phrase_fairness(outcome->fairness),
               outcome->can_deadlock ? "end in a deadlock" : "go on for ever");
    if (outcome->can_deadlock && goes_on)
        text_print(text, ", or go on for ever");
}

static void print_violation(struct text *text, const struct outcome *outcome, const struct claim *claim)
{
    text_print(text, "violated");
    switch (claim->kind) {
    case CLAIM_VALUE:
        text_print(text, " by ");
        phrase_print_end(text, outcome, OUTCOME_VALUE, claim->value);
        break;
    case CLAIM_NO_DEADLOCK:
        text_print(text, ": a deadlock is possible");
        break;
    case CLAIM_NO_ERROR:
        text_print(text, ": an error of the program is possible");
        break;
    case CLAIM_EXCLUSIVE:
        text_print(text, ": two threads can be inside the same critical section");
        break;
    case CLAIM_NO_STARVATION:
        text_print(text, ", %s: a thread can wait for ever", phrase_fairness(outcome->fairness));
        break;
    case CLAIM_FINAL:
        text_print(text, ": it is not true of every end");
        break;
    case CLAIM_ALWAYS:
        text_print(text, ": it is not true of every state");
        break;
    case CLAIM_POSSIBLE:
        text_print(text, ": it is true of no end");
        break;
    case CLAIM_TERMINATES:
        print_unending(text, outcome);
        break;
    case CLAIM_NO_HANG:
        text_print(text, ": a state can be reached from which no end can be reached");
        break;
    case CLAIM_LEADS_TO:
        text_print(text, ", %s: it can be waited for in vain", phrase_fairness(outcome->fairness));
        break;
    case CLAIM_BYPASS:
        text_print(text, ": others can enter more often");
        break;
    }
}

/* Returns the probability that no end is reached as new, "7/12" or "58.3 %"; NULL where it is 0 or not known. */
static char *print_share(const struct outcome *outcome)
{
    enum { DIGITS_MAX = 24 };
    if (!outcome->has_random)
        return NULL;
    mpq_t share;
    mpq_init(share);
    mpq_add(share, outcome->random_endless, outcome->random_deadlocked);
    char *words = mpq_sgn(share) == 0 ? NULL : number_fraction(share);
    if (words != NULL && (outcome->random_error > 0 || strlen(words) > DIGITS_MAX)) {
        memory_free(words);
        words = number_probability(share, outcome->random_error);
    }
    mpq_clear(share);
    return words;
}

/* What is claimed of final values says nothing of the schedules that have none. */
static void print_held_values(struct text *text, const struct outcome *outcome)
{
    const struct {
        bool possible;
        const char *words;
    } others[] = {
        {outcome->can_deadlock, "deadlock"}, {outcome->can_fail, "fail"}, {outcome->endless, "go on for ever"}};
    const char *before = " in every schedule that ends; others can ";
    text_print(text, "holds");
    if (!outcome->has_extremes)
        text_print(text, ", since no schedule ends with a value");
    for (size_t o = 0; o < sizeof others / sizeof others[0] && outcome->has_extremes; o++)
        if (others[o].possible) {
            text_print(text, "%s%s", before, others[o].words);
            before = " or ";
        }
    char *share = outcome->has_extremes && outcome->endless ? print_share(outcome) : NULL;
    if (share != NULL)
        text_print(text, "; with probability %s no end is reached", share);
    memory_free(share);
    if (outcome->endless_unknown)
        text_print(text, "%swhether some go on for ever was not computed",
                   outcome->can_deadlock || outcome->can_fail ? "; " : " in every schedule that ends; ");
}

static void print_spinning(struct text *text, const struct outcome *outcome)
{
    text_print(text, outcome->spinning != NULL ? "%s can spin for ever" : "%s can go on for ever",
               outcome->spinning != NULL ? outcome->spinning : "schedules");
}

/* An exact fraction is told where it is short. */
static void print_probability(struct text *text, const struct outcome *outcome)
{
    enum { DIGITS_MAX = 24 };
    char *share = number_probability(outcome->random_endless, outcome->random_error);
    char *fraction = number_fraction(outcome->random_endless);
    if (outcome->random_error > 0 || strlen(fraction) > DIGITS_MAX)
        text_print(text, "; probability %s under the random scheduler", share);
    else if (!outcome->must_hang)
        text_print(text, "; probability %s, or %s, under the random scheduler", fraction, share);
    memory_free(share);
    memory_free(fraction);
}

void verdict_print_hang(struct text *text, const struct outcome *outcome)
{
    print_spinning(text, outcome);
    text_print(text, outcome->must_hang ? ", and no schedule comes to an end" : ", and no end can be reached then");
    if (outcome->has_random)
        print_probability(text, outcome);
}

static void print_held(struct text *text, const struct outcome *outcome, const struct claim *claim)
{
    if (claim->kind == CLAIM_VALUE || claim->kind == CLAIM_FINAL) {
        print_held_values(text, outcome);
        return;
    }
    text_print(text, "holds");
    if (claim_is_fair(claim))
        text_print(text, ", %s", phrase_fairness(outcome->fairness));
    if (outcome->can_hang && (claim->kind == CLAIM_NO_STARVATION || claim->kind == CLAIM_NO_DEADLOCK)) {
        text_print(text, "; but ");
        print_spinning(text, outcome);
    }
}

void verdict_print(struct text *text, const struct outcome *outcome, const struct claim *claim)
{
    const char *gap = claim_gap(claim, outcome);
    if (claim->verdict == CLAIM_VIOLATED)
        print_violation(text, outcome, claim);
    else if (claim->verdict == CLAIM_HOLDS)
        print_held(text, outcome, claim);
    else if (!outcome->complete)
        text_print(text, "not decided; nothing that was found violates it");
    else
        text_print(text, "not decided: %s", gap != NULL ? gap : "");
}
