#include "cli/assertion.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *skip_spaces(const char *text)
{
    while (isspace((unsigned char)*text))
        text++;
    return text;
}

static const char *read_operator(const char *text, enum assertion_operator *operator)
{
    /* Two characters before one, so that >= is not taken for >. */
    static const char *const names[] = {">=", "<=", "==", "!=", ">", "<"};
    static const enum assertion_operator operators[] = {OPERATOR_GE, OPERATOR_LE, OPERATOR_EQ,
                                                        OPERATOR_NE, OPERATOR_GT, OPERATOR_LT};
    for (size_t o = 0; o < sizeof names / sizeof names[0]; o++)
        if (strncmp(text, names[o], strlen(names[o])) == 0) {
            *operator= operators[o];
            return text + strlen(names[o]);
        }
    return NULL;
}

static const char *read_name(const char *text, const char *observe)
{
    size_t length = strcspn(text, " \t<>=!");
    bool known = (length == strlen("value") && strncmp(text, "value", length) == 0) ||
                 (length == strlen(observe) && strncmp(text, observe, length) == 0);
    return known ? text + length : NULL;
}

static bool read_claim(struct assertion *self, const char *text, const char *observe)
{
    const char *rest = read_name(skip_spaces(text), observe);
    rest = rest != NULL ? read_operator(skip_spaces(rest), &self->operator) : NULL;
    if (rest == NULL)
        return false;
    char *end;
    errno = 0;
    long long number = strtoll(rest, &end, 10);
    self->number = number;
    return end != rest && errno != ERANGE && *skip_spaces(end) == '\0';
}

static bool find_word(struct assertion *self, const char *text)
{
    static const struct {
        const char *word;
        enum assertion_kind kind;
    } words[] = {{"no-deadlock", ASSERTION_NO_DEADLOCK},
                 {"no-error", ASSERTION_NO_ERROR},
                 {"exclusive", ASSERTION_EXCLUSIVE},
                 {"no-starvation", ASSERTION_NO_STARVATION}};
    for (size_t w = 0; w < sizeof words / sizeof words[0]; w++)
        if (strcmp(text, words[w].word) == 0) {
            self->kind = words[w].kind;
            return true;
        }
    return false;
}

bool assertion_parse(struct assertion *self, const char *text, const char *observe, struct error *error)
{
    *self = (struct assertion){.text = text};
    if (find_word(self, text) || read_claim(self, text, observe))
        return true;
    error_set(error, NULL, 0, 0,
              "--assert: '%s' is no claim (expected '%s >= NUMBER' with >=, <=, >, <, == or !=, no-deadlock, no-error,"
              " exclusive or no-starvation)",
              text, observe);
    return false;
}

/* Whether some value of first .. last violates the claim. */
static bool interval_violates(const struct assertion *self, struct interval interval)
{
    switch (self->operator) {
    case OPERATOR_GE:
        return interval.first < self->number;
    case OPERATOR_LE:
        return interval.last > self->number;
    case OPERATOR_GT:
        return interval.first <= self->number;
    case OPERATOR_LT:
        return interval.last >= self->number;
    case OPERATOR_EQ:
        return interval.first != self->number || interval.last != self->number;
    case OPERATOR_NE:
        return interval.first <= self->number && self->number <= interval.last;
    }
    return false;
}

/* The least and the greatest value are final values; those between them need not be. They decide all but !=. */
static bool extremes_violate(const struct assertion *self, const struct outcome *outcome)
{
    return interval_violates(self, (struct interval){outcome->least, outcome->least}) ||
           interval_violates(self, (struct interval){outcome->greatest, outcome->greatest});
}

static bool is_omitted(const struct outcome *outcome, const char *question)
{
    for (size_t o = 0; o < outcome->omission_count; o++)
        if (strcmp(outcome->omissions[o].question, question) == 0)
            return true;
    return false;
}

/* Whether the values tell whether each of them is as claimed. */
static bool values_decide(const struct assertion *self, const struct outcome *outcome)
{
    if (outcome->has_values)
        return true;
    if (!outcome->has_extremes)
        return !is_omitted(outcome, "extremes");
    return self->operator!= OPERATOR_NE || self->number <= outcome->least || self->number >= outcome->greatest;
}

bool assertion_is_decided(const struct assertion *self, const struct outcome *outcome)
{
    switch (self->kind) {
    case ASSERTION_VALUE:
        return values_decide(self, outcome);
    case ASSERTION_NO_DEADLOCK:
    case ASSERTION_NO_ERROR:
        return true;
    case ASSERTION_EXCLUSIVE:
        return outcome->has_exclusion;
    case ASSERTION_NO_STARVATION:
        return outcome->has_starvation;
    }
    return false;
}

const char *assertion_reason(const struct assertion *self)
{
    switch (self->kind) {
    case ASSERTION_EXCLUSIVE:
        return "whether threads are alone in their critical sections was not computed";
    case ASSERTION_NO_STARVATION:
        return "whether threads can wait for ever was not computed";
    case ASSERTION_VALUE:
    case ASSERTION_NO_DEADLOCK:
    case ASSERTION_NO_ERROR:
        break;
    }
    return "the values were not computed";
}

/* Whether some value is not as claimed. */
static bool values_violate(const struct assertion *self, const struct outcome *outcome)
{
    if (!outcome->has_values && outcome->has_extremes)
        return extremes_violate(self, outcome);
    for (size_t i = 0; i < outcome->values.count; i++)
        if (interval_violates(self, outcome->values.items[i]))
            return true;
    return false;
}

bool assertion_is_violated(const struct assertion *self, const struct outcome *outcome)
{
    switch (self->kind) {
    case ASSERTION_VALUE:
        return values_violate(self, outcome);
    case ASSERTION_NO_DEADLOCK:
        return outcome->can_deadlock;
    case ASSERTION_NO_ERROR:
        return outcome->can_fail;
    case ASSERTION_EXCLUSIVE:
        return outcome->has_exclusion && !outcome->is_exclusive;
    case ASSERTION_NO_STARVATION:
        return outcome->has_starvation && outcome->can_starve;
    }
    return false;
}
