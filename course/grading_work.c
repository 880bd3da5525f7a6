/* grading_work: whether each thread of a repaired program still does its own work (course/grading_trial.h). */
#include "base/memory.h"
#include "course/contribution.h"
#include "course/grading_trial.h"
#include "program/program.h"

#include <inttypes.h>
#include <string.h>

/* ---- One after another ------------------------------------------------------------------------------------------ */

/* The program as it was handed out, in the setting of a trial, as new; or NULL where it is none. */
static struct program *assemble_given(const struct grading *self, const struct key_trial *trial)
{
    const struct key *key = self->key;
    struct error error = ERROR_INIT;
    struct program *given = grading_assemble("the exercise", key->text, strlen(key->text), trial->threads, trial->iters,
                                             trial->symbols, trial->symbol_count, &error);
    int64_t word = given != NULL ? program_find_word(given, key->observe) : -1;
    if (word >= 0 && trial->has_first)
        given->words[word] = trial->first;
    return given;
}

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

/* Fills what each thread of the program that was handed out contributes. Returns false where nothing can be said of that. */
static bool find_given_work(const struct trial *trial, const struct program *given, int64_t *contributions)
{
    int64_t word = program_find_word(given, trial->observe);
    return word >= 0 && contribution_find(given, (uint32_t)word, contributions);
}

/* Appends what is wrong where a thread does not do its work any more when the threads run one after another: one that does
 * that of all is no repair. Where they come to no end in this way nothing can be said. */
static void compare_work(const struct trial *trial, const struct program *given, struct text *text)
{
    int64_t before[PROGRAM_THREADS_MAX], now[PROGRAM_THREADS_MAX];
    if (!find_given_work(trial, given, before) || !contribution_find(trial->program, trial->word, now))
        return;
    for (size_t t = 0; t < given->thread_count && text->length == 0; t++)
        if (now[t] != before[t])
            text_print(text,
                       "thread %s adds %" PRId64 " to %s, and %" PRId64 " in the program that was handed out: each "
                       "thread should do its own work",
                       given->threads[t].name, now[t], trial->observe, before[t]);
}

bool trial_keeps_work(struct grading *self, const struct trial *trial)
{
    struct text text = TEXT_INIT;
    struct program *given = assemble_given(self, trial->key);
    if (given != NULL)
        compare_threads(trial->program, given, &text);
    if (given != NULL && text.length == 0)
        compare_work(trial, given, &text);
    program_free(given);
    if (text.length == 0)
        return true;
    trial_fail(self, ROW_WORKS, trial, &text);
    return false;
}

/* ---- On all schedules ------------------------------------------------------------------------------------------- */

/* Appends what is wrong where a thread does not do its work on all schedules. */
static void blame_contribution(const struct trial *trial, enum contribution_verdict verdict,
                               const struct contribution_finding *finding, const int64_t *expected, struct text *text)
{
    const char *name = trial->program->threads[finding->thread].name;
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
    struct program *given = is_sound(self, trial, outcome) ? assemble_given(self, trial->key) : NULL;
    enum contribution_verdict verdict = CONTRIBUTION_AS_EXPECTED;
    if (given != NULL && find_given_work(trial, given, expected))
        verdict = contribution_check(trial->program, trial->scheduler, trial->word, expected, &self->budget, &finding);
    if (verdict == CONTRIBUTION_OTHER || verdict == CONTRIBUTION_VARIES) {
        blame_contribution(trial, verdict, &finding, expected, &text);
        trial_fail(self, ROW_WORKS, trial, &text);
    } else if (verdict == CONTRIBUTION_OPEN) {
        budget_tell(&self->budget, &text);
        *reason = grading_without_option(text_string(&text));
        text_free(&text);
    }
    program_free(given);
    return verdict != CONTRIBUTION_OPEN;
}
