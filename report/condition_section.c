#include "report/condition_section.h"

#include "analysis/condition_count.h"
#include "base/memory.h"

#include <inttypes.h>

static const char *const asked[] = {[QUANTIFIER_NONE] = "",
                                    [QUANTIFIER_EXISTS] = " Allowed",
                                    [QUANTIFIER_NOT_EXISTS] = " Forbidden",
                                    [QUANTIFIER_FORALL] = " Required"};
static const char *const quantifiers[] = {[QUANTIFIER_NONE] = "",
                                          [QUANTIFIER_EXISTS] = "exists",
                                          [QUANTIFIER_NOT_EXISTS] = "~exists",
                                          [QUANTIFIER_FORALL] = "forall"};

/* The schedules that end in a state; the star is litmus7's, for states in which the condition holds. */
static void print_state(struct text *text, const struct outcome *outcome, size_t r)
{
    const struct condition_count *count = outcome->condition;
    const int64_t *values = outcome_row_values(outcome, &outcome->rows[r]);
    char *schedules = outcome->has_counts ? mpz_get_str(NULL, 10, outcome->rows[r].schedules) : memory_copy_string("");
    text_print(text, "%-8s%s", schedules, count->holds != NULL && count->holds[r] ? "*>" : ":>");
    for (size_t n = 0; n < count->name_count; n++)
        text_print(text, "%s%s=%" PRId64 ";", n > 0 ? " " : "", count->names[n], values[n]);
    text_print(text, "\n");
    memory_free(schedules);
}

static void print_number(struct text *text, const struct outcome *outcome, mpz_srcptr schedules, size_t rows)
{
    char *number = outcome->has_counts ? mpz_get_str(NULL, 10, schedules) : text_format("%zu", rows);
    text_print(text, "%s", number);
    memory_free(number);
}

static void print_answer(struct text *text, const struct outcome *outcome)
{
    const struct condition_count *count = outcome->condition;
    text_print(text, "%s\nWitnesses\nPositive: ", condition_count_is_met(count) ? "Ok" : "No");
    print_number(text, outcome, count->positive_schedules, count->positive);
    text_print(text, " Negative: ");
    print_number(text, outcome, count->negative_schedules, count->negative);
    text_print(text, "\nCondition %s %s\nObservation %s %s ", quantifiers[count->quantifier], count->condition,
               count->test,
               count->positive == 0   ? "Never"
               : count->negative == 0 ? "Always"
                                      : "Sometimes");
    print_number(text, outcome, count->positive_schedules, count->positive);
    text_print(text, " ");
    print_number(text, outcome, count->negative_schedules, count->negative);
    text_print(text, "\n");
}

void condition_section_add(struct content *content, const struct outcome *outcome)
{
    const struct condition_count *count = outcome->condition;
    if (count == NULL)
        return;
    struct text *text = content_listing(content);
    text_print(text, "Test %s%s\nStates %zu\n", count->test, asked[count->quantifier], outcome->row_count);
    for (size_t r = 0; r < outcome->row_count; r++)
        print_state(text, outcome, r);
    if (count->holds != NULL && outcome->complete)
        print_answer(text, outcome);
    content_break(content);
}
