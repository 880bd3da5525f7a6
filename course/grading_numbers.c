/* grading_numbers: sets of values, numbers of schedules, and quanta (course/grading.h). */
#include "base/memory.h"
#include "base/number.h"
#include "course/grading_parts.h"
#include "program/program.h"
#include "schedulers/scheduler.h"

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

static void judge_possible(struct grading *self, const struct intervals *possible, uint64_t common)
{
    int64_t value;
    if (intervals_first_outside(&self->answer->numbers, possible, &value))
        grade_set(self->grade, ROW_POSSIBLE, VERDICT_FAILED, "no schedule ends with %s = %" PRId64, self->key->observe,
                  value);
    else if (!is_half_of(common, possible))
        grade_set(self->grade, ROW_POSSIBLE, VERDICT_FAILED,
                  "the values given are possible, but they are less than half of those that are");
    else
        grade_set(self->grade, ROW_POSSIBLE, VERDICT_PASSED, NULL);
}

static void judge_complete(struct grading *self, const struct intervals *possible, uint64_t common)
{
    const struct subject subject = {self->program, self->scheduler, self->word};
    int64_t value;
    if (intervals_first_outside(possible, &self->answer->numbers, &value)) {
        struct text shown = TEXT_INIT;
        grading_reveal(self, &subject, WITNESS_VALUE, value, &shown);
        grade_set(self->grade, ROW_COMPLETE, VERDICT_FAILED, "%s = %" PRId64 " is possible and missing%s",
                  self->key->observe, value, text_string(&shown));
        text_free(&shown);
    } else if (!is_half_of(common, &self->answer->numbers)) {
        grade_set(self->grade, ROW_COMPLETE, VERDICT_FAILED,
                  "no possible value is missing, but more than half of the values given are not possible");
    } else {
        grade_set(self->grade, ROW_COMPLETE, VERDICT_PASSED, NULL);
    }
}

void grading_values(struct grading *self)
{
    const struct subject subject = {self->program, self->scheduler, self->word};
    const struct analysis_wish wish = {.questions = QUESTION_VALUES};
    char *reason;
    struct outcome *outcome = grading_analyse(self, &subject, &wish, &reason);
    if (outcome == NULL) {
        grade_refuse(self->grade, GRADE_REFUSED, "the exercise could not be analysed: %s", reason);
        memory_free(reason);
        return;
    }
    uint64_t common = intervals_common(&self->answer->numbers, &outcome->values);
    judge_possible(self, &outcome->values, common);
    judge_complete(self, &outcome->values, common);
    outcome_free(outcome);
}

/* ---- Counts ---------------------------------------------------------------------------------------------------- */

static void judge_count(struct grading *self, const mpz_t right)
{
    if (mpz_cmp(self->answer->count, right) == 0) {
        grade_set(self->grade, ROW_COUNT, VERDICT_PASSED, NULL);
        return;
    }
    char *digits = self->wishes->reveal ? number_exact(right) : NULL;
    grade_set(self->grade, ROW_COUNT, VERDICT_FAILED,
              "this is not the number of schedules that end with %s = %" PRId64 "%s%s", self->key->observe,
              self->key->value, digits != NULL ? "; there are " : "", digits != NULL ? digits : "");
    memory_free(digits);
}

void grading_count(struct grading *self)
{
    const struct subject subject = {self->program, self->scheduler, self->word};
    const struct analysis_wish wish = {.questions = QUESTION_VALUES | QUESTION_COUNTS};
    char *reason;
    struct outcome *outcome = grading_analyse(self, &subject, &wish, &reason);
    if (outcome == NULL) {
        grade_refuse(self->grade, GRADE_REFUSED, "the exercise could not be analysed: %s", reason);
        memory_free(reason);
        return;
    }
    mpz_t right;
    mpz_init(right);
    const struct outcome_row *row = outcome_row(outcome, self->key->value);
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

/* Returns false with the grade refused where it cannot be found out. */
static bool examine(struct grading *self, int64_t number, struct quantum *quantum)
{
    struct error error = ERROR_INIT;
    struct scheduler *scheduler = grading_scheduler(self, number, &error);
    char *reason = NULL;
    struct outcome *outcome = NULL;
    if (scheduler != NULL) {
        const struct subject subject = {self->program, scheduler, self->word};
        const struct analysis_wish wish = {.questions = QUESTION_VALUES};
        outcome = grading_analyse(self, &subject, &wish, &reason);
    }
    if (outcome != NULL)
        judge_outcome(outcome, &self->key->right, quantum);
    else
        grade_refuse(self->grade, GRADE_REFUSED, "the exercise could not be analysed with quantum %" PRId64 ": %s",
                     number, reason != NULL ? reason : error.text);
    memory_free(reason);
    bool is_known = outcome != NULL;
    outcome_free(outcome);
    scheduler_free(scheduler);
    return is_known;
}

/* What makes a quantum wrong, with a schedule where that may be told. */
static void blame_quantum(struct grading *self, int64_t number, const struct quantum *quantum)
{
    struct text text = TEXT_INIT;
    text_print(&text, "with quantum %" PRId64 " ", number);
    if (quantum->has_value) {
        struct error error = ERROR_INIT;
        struct scheduler *scheduler = grading_scheduler(self, number, &error);
        const struct subject subject = {self->program, scheduler, self->word};
        text_print(&text, "the result can be %s = %" PRId64, self->key->observe, quantum->value);
        grading_reveal(self, &subject, WITNESS_VALUE, quantum->value, &text);
        scheduler_free(scheduler);
    } else {
        text_print(&text, "%s", quantum->problem);
    }
    grade_set(self->grade, ROW_SOUND, VERDICT_FAILED, "%s", text_string(&text));
    text_free(&text);
}

static void judge_sound(struct grading *self, const struct intervals *right, uint64_t common)
{
    const struct key *key = self->key;
    int64_t wrong;
    struct quantum quantum;
    if (!intervals_first_outside(&self->answer->numbers, right, &wrong)) {
        if (is_half_of(common, right))
            grade_set(self->grade, ROW_SOUND, VERDICT_PASSED, NULL);
        else
            grade_set(self->grade, ROW_SOUND, VERDICT_FAILED,
                      "the quanta given are right, but they are less than half of those that are");
    } else if (wrong < key->first_quantum || wrong > key->last_quantum) {
        grade_set(self->grade, ROW_SOUND, VERDICT_FAILED,
                  "%" PRId64 " is not among the quanta asked for (%" PRId64 " to %" PRId64 ")", wrong,
                  key->first_quantum, key->last_quantum);
    } else if (examine(self, wrong, &quantum)) {
        blame_quantum(self, wrong, &quantum);
    }
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
    int64_t missing;
    if (intervals_first_outside(right, &self->answer->numbers, &missing))
        grade_set(self->grade, ROW_COMPLETE, VERDICT_FAILED,
                  "with quantum %" PRId64 " the result is always right, and it is missing", missing);
    else if (!is_half_of(common, &self->answer->numbers))
        grade_set(self->grade, ROW_COMPLETE, VERDICT_FAILED,
                  "no right quantum is missing, but with more than half of those given the result can be wrong");
    else if (!leaves_out_half(self, right, common))
        grade_set(self->grade, ROW_COMPLETE, VERDICT_FAILED,
                  "no right quantum is missing, but neither are more than half of the wrong ones");
    else
        grade_set(self->grade, ROW_COMPLETE, VERDICT_PASSED, NULL);
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
