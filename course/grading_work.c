/* grading_work: whether each thread of a repaired program still does its own work (course/grading_trial.h). */
#include "course/contribution.h"
#include "course/grading_trial.h"
#include "program/program.h"

#include <inttypes.h>
#include <string.h>

/* ---- One after another ------------------------------------------------------------------------------------------ */

/* Appends what is wrong where the threads are not those of the exercise. */
static void compare_threads(const struct program *program, const struct program *given, struct text *text)
{
    if (program->thread_count != given->thread_count) {
        text_print(text, "the program has %zu thread%s, and there should be %zu", program->thread_count,
                   program->thread_count == 1 ? "" : "s", given->thread_count);
        return;
    }
    for (size_t t = 0; t < given->thread_count && text->length == 0; t++)
        if (strcmp(program->threads[t].name, given->threads[t].name) != 0)
            text_print(text, "thread %zu is called %s, and should be %s", t, program->threads[t].name,
                       given->threads[t].name);
}

/* Appends what is wrong where a thread does not do its work any more when the threads run one after another: one that does
 * that of all is no repair. Where they come to no end in this way nothing can be said. */
static void compare_work(const struct trial *trial, const struct problem *given, struct text *text)
{
    int64_t before[PROGRAM_THREADS_MAX], now[PROGRAM_THREADS_MAX];
    const struct program *program = given->program;
    if (!contribution_find(program, given->word, before) ||
        !contribution_find(trial->problem.program, trial->problem.word, now))
        return;
    for (size_t t = 0; t < program->thread_count && text->length == 0; t++)
        if (now[t] != before[t])
            text_print(text,
                       "thread %s adds %" PRId64 " to %s, and %" PRId64 " in the program that was handed out: each "
                       "thread should do its own work",
                       program->threads[t].name, now[t], trial->observe, before[t]);
}

bool trial_keeps_work(struct grading *self, const struct trial *trial)
{
    struct text text = TEXT_INIT;
    struct problem given = {0};
    struct error error = ERROR_INIT;
    if (key_problem_make(&given, self->key, trial->key, 0, NULL, 0, &error))
        compare_threads(trial->problem.program, given.program, &text);
    if (!error.set && text.length == 0)
        compare_work(trial, &given, &text);
    problem_free(&given);
    bool keeps = text.length == 0;
    trial_blame(self, ROW_WORKS, trial, &text);
    return keeps;
}

/* ---- On all schedules ------------------------------------------------------------------------------------------- */

/* Appends what is wrong where a thread does not do its work on all schedules. */
static void blame_contribution(const struct trial *trial, enum contribution_verdict verdict,
                               const struct contribution_finding *finding, const int64_t *expected, struct text *text)
{
    const char *name = trial->problem.program->threads[finding->thread].name;
    int64_t work = expected[finding->thread];
    if (verdict == CONTRIBUTION_OTHER)
        text_print(text, "there is a schedule on which thread %s adds %" PRId64 " to %s, and not %" PRId64, name,
                   finding->contribution, trial->observe, work);
    else
        text_print(text, "what thread %s adds to %s is not %" PRId64 " on all schedules", name, trial->observe, work);
    text_print(text, ": each thread should do its own work");
}

/* Whether all that can be said of a trial is that the results are right, and can always be had. In a program that loses
 * updates, or gets stuck, contributions differ without anybody's doing. */
static bool is_sound(const struct grading *self, const struct trial *trial, const struct outcome *outcome)
{
    const struct grade *grade = self->grade;
    int64_t wrong;
    bool is_right = !outcome->can_fail && !intervals_first_outside(&outcome->values, &trial->key->right, &wrong);
    bool ends =
        !outcome->can_deadlock && (grade_asks(grade, ROW_LIVE) || !(outcome->endless || outcome->endless_unknown));
    return is_right && ends && grade_asks(grade, ROW_WORKS) && grade_verdict(grade, ROW_WORKS) == VERDICT_PASSED &&
           grade_verdict(grade, ROW_RIGHT) == VERDICT_PASSED && grade_verdict(grade, ROW_LIVE) == VERDICT_PASSED;
}

bool trial_check_contributions(struct grading *self, const struct trial *trial, const struct outcome *outcome,
                               char **reason)
{
    int64_t expected[PROGRAM_THREADS_MAX];
    struct contribution_finding finding;
    struct text text = TEXT_INIT;
    struct problem given = {0};
    struct error error = ERROR_INIT;
    enum contribution_verdict verdict = CONTRIBUTION_AS_EXPECTED;
    if (is_sound(self, trial, outcome) && key_problem_make(&given, self->key, trial->key, 0, NULL, 0, &error) &&
        contribution_find(given.program, given.word, expected))
        verdict = contribution_check(trial->problem.program, trial->problem.scheduler, trial->problem.word, expected,
                                     &self->budget, &finding);
    if (verdict == CONTRIBUTION_OTHER || verdict == CONTRIBUTION_VARIES) {
        blame_contribution(trial, verdict, &finding, expected, &text);
        trial_blame(self, ROW_WORKS, trial, &text);
    } else if (verdict == CONTRIBUTION_OPEN) {
        budget_tell(&self->budget, &text);
        *reason = grading_without_option(text_string(&text));
        text_free(&text);
    }
    problem_free(&given);
    return verdict != CONTRIBUTION_OPEN;
}
