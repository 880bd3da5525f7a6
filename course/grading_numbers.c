/* grading_numbers: sets of values, numbers of schedules, and quanta (course/grading.h). */
#include "base/memory.h"
#include "base/number.h"
#include "course/grading_parts.h"
#include "program/program.h"
#include "report/members.h"

#include <inttypes.h>

/* ---- Sets ------------------------------------------------------------------------------------------------------ */

uint64_t intervals_common(const struct intervals *a, const struct intervals *b)
{
    struct intervals common = {0};
    for (size_t i = 0, j = 0; i < a->count && j < b->count;) {
        int64_t first = a->items[i].first > b->items[j].first ? a->items[i].first : b->items[j].first;
        int64_t last = a->items[i].last < b->items[j].last ? a->items[i].last : b->items[j].last;
        if (first <= last)
            intervals_add(&common, first, last);
        if (a->items[i].last < b->items[j].last)
            i++;
        else
            j++;
    }
    uint64_t size = intervals_size(&common);
    intervals_free(&common);
    return size;
}

bool intervals_first_outside(const struct intervals *self, const struct intervals *other, int64_t *value)
{
    for (size_t i = 0, j = 0; i < self->count; i++) {
        int64_t least = self->items[i].first;
        while (j < other->count && other->items[j].last < least)
            j++;
        if (j < other->count && other->items[j].first <= least) {
            if (other->items[j].last >= self->items[i].last)
                continue;
            least = other->items[j].last + 1; /* intervals are not adjacent: this one is in none */
        }
        *value = least;
        return true;
    }
    return false;
}

/* Whether at least half of a set is in the other one. */
static bool is_half_of(uint64_t common, const struct intervals *set)
{
    uint64_t size = intervals_size(set);
    return size == 0 || common >= size - size / 2;
}

/* ---- Values ---------------------------------------------------------------------------------------------------- */

/* What was given: values, or ends as the outcome knows them, and those that it does not know. */
struct given {
    struct intervals values;
    const char *impossible; /* the first of these, as it was written; or NULL */
    uint64_t impossible_count;
};

static struct given find_given(const struct answer *answer, const struct outcome *outcome)
{
    struct given given = {0};
    for (size_t i = 0; i < answer->numbers.count; i++)
        intervals_add(&given.values, answer->numbers.items[i].first, answer->numbers.items[i].last);
    for (size_t e = answer->end_count; e-- > 0;) {
        int64_t value;
        if (outcome_find_end(outcome, &answer->ends[e].end, &value) && intervals_contain(&outcome->values, value)) {
            intervals_add(&given.values, value, value);
        } else {
            given.impossible = answer->ends[e].text;
            given.impossible_count++;
        }
    }
    return given;
}

/* Whether at least half of what was given is possible. */
static bool is_half_possible(uint64_t common, const struct given *given)
{
    uint64_t size = intervals_size(&given->values) + given->impossible_count;
    return size == 0 || common >= size - size / 2;
}

static void judge_possible(struct grading *self, const struct outcome *outcome, const struct given *given,
                           uint64_t common)
{
    struct text text = TEXT_INIT;
    int64_t value;
    if (given->impossible != NULL) {
        text_print(&text, "no schedule ends with %s", given->impossible);
    } else if (intervals_first_outside(&given->values, &outcome->values, &value)) {
        text_print(&text, "no schedule ends with ");
        members_print(&text, outcome, value, false);
    } else if (!is_half_of(common, &outcome->values)) {
        text_print(&text, "the %s given are possible, but they are less than half of those that are",
                   members_are_number(outcome) ? "values" : "outcomes");
    }
    grading_settle(self, ROW_POSSIBLE, &text);
}

static void judge_complete(struct grading *self, const struct outcome *outcome, const struct given *given,
                           uint64_t common)
{
    struct text text = TEXT_INIT;
    int64_t value;
    if (intervals_first_outside(&outcome->values, &given->values, &value)) {
        struct observed_end end = members_end(outcome, value);
        members_print(&text, outcome, value, false);
        text_print(&text, " is possible and missing");
        grading_reveal(self, &self->exercise, WITNESS_VALUE, &end, &text);
        observed_end_free(&end);
    } else if (!is_half_possible(common, given)) {
        text_print(&text, "no possible %s is missing, but more than half of the %s given are not possible",
                   members_are_number(outcome) ? "value" : "outcome",
                   members_are_number(outcome) ? "values" : "outcomes");
    }
    grading_settle(self, ROW_COMPLETE, &text);
}

void grading_values(struct grading *self)
{
    struct outcome *outcome = grading_analyse_exercise(self, QUESTION_VALUES);
    if (outcome == NULL)
        return;
    struct given given = find_given(self->answer, outcome);
    uint64_t common = intervals_common(&given.values, &outcome->values);
    judge_possible(self, outcome, &given, common);
    judge_complete(self, outcome, &given, common);
    intervals_free(&given.values);
    outcome_free(outcome);
}

/* ---- Counts ---------------------------------------------------------------------------------------------------- */

static void judge_count(struct grading *self, const mpz_t right)
{
    struct text text = TEXT_INIT;
    bool is_right = mpz_cmp(self->answer->count, right) == 0;
    if (!is_right) {
        text_print(&text, "this is not the number of schedules that end with ");
        grading_print_asked(self, &text);
    }
    if (!is_right && self->wishes->reveal) {
        text_print(&text, "; there are ");
        text_put(&text, number_exact(right));
    }
    grading_settle(self, ROW_COUNT, &text);
}

void grading_count(struct grading *self)
{
    struct outcome *outcome = grading_analyse_exercise(self, QUESTION_VALUES | QUESTION_COUNTS);
    if (outcome == NULL)
        return;
    mpz_t right;
    mpz_init(right);
    int64_t value;
    bool is_found = outcome_find_end(outcome, &self->asked, &value);
    const struct outcome_row *row = is_found ? outcome_row(outcome, value) : NULL;
    if (row != NULL)
        mpz_set(right, row->schedules);
    judge_count(self, right);
    mpz_clear(right);
    outcome_free(outcome);
}

/* ---- Quanta ---------------------------------------------------------------------------------------------------- */

/* What a quantum makes of the program. */
struct quantum {
    bool is_right;
    bool has_value; /* a wrong one */
    int64_t value;
    const char *problem;
};

static void judge_outcome(const struct outcome *outcome, const struct intervals *right, struct quantum *quantum)
{
    quantum->has_value = intervals_first_outside(&outcome->values, right, &quantum->value);
    quantum->problem = outcome->can_deadlock ? "the program can deadlock"
                       : outcome->can_fail   ? "the program can end with an error"
                       : outcome->endless    ? "the program need not end"
                                             : NULL;
    quantum->is_right = !quantum->has_value && quantum->problem == NULL;
}

/* Makes the exercise one with this quantum. Returns false with the grade refused where what comes of it cannot be found
 * out. */
static bool examine(struct grading *self, int64_t number, struct quantum *quantum)
{
    static const struct key_question question = {.questions = QUESTION_VALUES};
    struct error error = ERROR_INIT;
    char *reason = NULL;
    struct outcome *outcome = NULL;
    problem_free(&self->exercise);
    if (key_problem_make(&self->exercise, self->key, &self->key->stated, number, NULL, 0, &error))
        outcome = grading_analyse(self, &self->exercise, question, &reason);
    if (outcome != NULL)
        judge_outcome(outcome, &self->key->stated.right, quantum);
    else
        grade_refuse(self->grade, GRADE_REFUSED, "the exercise could not be analysed with quantum %" PRId64 ": %s",
                     number, reason != NULL ? reason : error.text);
    memory_free(reason);
    bool is_known = outcome != NULL;
    outcome_free(outcome);
    return is_known;
}

/* Appends what makes a quantum, which was examined last, wrong, with a schedule where that may be told. */
static void blame_quantum(struct grading *self, int64_t number, const struct quantum *quantum, struct text *text)
{
    text_print(text, "with quantum %" PRId64 " ", number);
    if (quantum->has_value) {
        text_print(text, "the result can be %s = %" PRId64, self->key->observe, quantum->value);
        grading_reveal_value(self, &self->exercise, quantum->value, text);
    } else {
        text_print(text, "%s", quantum->problem);
    }
}

static void judge_sound(struct grading *self, const struct intervals *right, uint64_t common)
{
    const struct key *key = self->key;
    struct text text = TEXT_INIT;
    struct quantum quantum;
    int64_t wrong;
    if (!intervals_first_outside(&self->answer->numbers, right, &wrong)) {
        if (!is_half_of(common, right))
            text_print(&text, "the quanta given are right, but they are less than half of those that are");
    } else if (wrong < key->first_quantum || wrong > key->last_quantum) {
        text_print(&text, "%" PRId64 " is not among the quanta asked for (%" PRId64 " to %" PRId64 ")", wrong,
                   key->first_quantum, key->last_quantum);
    } else if (examine(self, wrong, &quantum)) {
        blame_quantum(self, wrong, &quantum, &text);
    } else {
        return;
    }
    grading_settle(self, ROW_SOUND, &text);
}

/* Whether at least half of the quanta that are not right were left out: who gives all there are has found nothing. */
static bool leaves_out_half(const struct grading *self, const struct intervals *right, uint64_t common)
{
    uint64_t wrong = (uint64_t)(self->key->last_quantum - self->key->first_quantum) + 1 - intervals_size(right);
    uint64_t given = intervals_size(&self->answer->numbers) - common;
    return given <= wrong / 2;
}

static void judge_quanta_complete(struct grading *self, const struct intervals *right, uint64_t common)
{
    struct text text = TEXT_INIT;
    int64_t missing;
    if (intervals_first_outside(right, &self->answer->numbers, &missing))
        text_print(&text, "with quantum %" PRId64 " the result is always right, and it is missing", missing);
    else if (!is_half_of(common, &self->answer->numbers))
        text_print(&text,
                   "no right quantum is missing, but with more than half of those given the result can be wrong");
    else if (!leaves_out_half(self, right, common))
        text_print(&text, "no right quantum is missing, but neither are more than half of the wrong ones");
    grading_settle(self, ROW_COMPLETE, &text);
}

void grading_quantum(struct grading *self)
{
    struct intervals right = {0};
    bool is_known = true;
    for (int64_t q = self->key->first_quantum; q <= self->key->last_quantum && is_known; q++) {
        struct quantum quantum;
        is_known = examine(self, q, &quantum);
        if (is_known && quantum.is_right)
            intervals_add(&right, q, q);
    }
    if (is_known) {
        uint64_t common = intervals_common(&self->answer->numbers, &right);
        judge_sound(self, &right, common);
        judge_quanta_complete(self, &right, common);
    }
    intervals_free(&right);
}
