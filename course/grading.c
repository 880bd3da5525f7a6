#include "course/grading.h"

#include "base/memory.h"
#include "course/grading_parts.h"
#include "program/program.h"
#include "report/witness_file.h"

#include <inttypes.h>
#include <string.h>

enum { SCHEDULE_ITEMS_MAX = 400 };

/* ---- Analysis -------------------------------------------------------------------------------------------------- */

/* Whether all that was asked for is there. */
static bool is_answered(const struct outcome *outcome, unsigned questions)
{
    return outcome->complete && (!(questions & QUESTION_EXTREMES) || outcome->has_extremes || outcome->has_values) &&
           (!(questions & QUESTION_VALUES) || outcome->has_values) &&
           (!(questions & QUESTION_COUNTS) || outcome->has_counts) &&
           (!(questions & QUESTION_RANDOM) || outcome->has_random) &&
           (!(questions & QUESTION_PREEMPTIONS) || outcome->has_preemptions);
}

char *grading_without_option(const char *reason)
{
    char *words = memory_copy_string(reason);
    char *option = strstr(words, " (--");
    if (option != NULL)
        *option = '\0';
    return words;
}

static char *reason_of(const struct outcome *outcome)
{
    if (outcome->incomplete_reason != NULL)
        return grading_without_option(outcome->incomplete_reason);
    return memory_copy_string(outcome->omission_count > 0 ? outcome->omissions[0].reason : "that was not computed");
}

struct outcome *grading_analyse(struct grading *self, const struct problem *problem, struct key_question question,
                                char **reason)
{
    struct outcome *outcome = outcome_new();
    struct error error = ERROR_INIT;
    *reason = NULL;
    outcome_describe(outcome, problem);
    if (!key_problem_analyse(problem, question, &self->budget, outcome, &error))
        *reason = memory_copy_string(error.text);
    else if (!is_answered(outcome, question.questions))
        *reason = reason_of(outcome);
    else if (outcome->observation.count < problem->observation.count)
        *reason = memory_copy_string("there are too many outputs to tell them one by one");
    if (*reason == NULL)
        return outcome;
    outcome_free(outcome);
    return NULL;
}

struct outcome *grading_analyse_exercise(struct grading *self, unsigned questions)
{
    char *reason;
    struct outcome *outcome =
        grading_analyse(self, &self->exercise, (struct key_question){.questions = questions}, &reason);
    if (outcome == NULL)
        grade_refuse(self->grade, GRADE_REFUSED, "the exercise could not be analysed: %s", reason);
    memory_free(reason);
    return outcome;
}

static enum outcome_end end_of(enum witness_wish witness)
{
    return witness == WITNESS_DEADLOCK  ? OUTCOME_DEADLOCK
           : witness == WITNESS_FAILURE ? OUTCOME_FAILURE
           : witness == WITNESS_OVERLAP ? OUTCOME_OVERLAP
                                        : OUTCOME_VALUE;
}

static void print_schedule(struct text *text, const struct program *program, const struct schedule *schedule)
{
    const char **names = program_thread_names(program);
    const struct thread_names threads = {names, program->thread_count};
    schedule_print(text, schedule, &threads, SCHEDULE_NAMES, SCHEDULE_ITEMS_MAX);
    memory_free(names);
}

void grading_reveal(struct grading *self, const struct problem *problem, enum witness_wish witness,
                    const struct observed_end *end, struct text *text)
{
    if (!self->wishes->reveal)
        return;
    struct key_question question = {.questions = QUESTION_VALUES | QUESTION_WITNESS, .witness = witness};
    if (end != NULL && key_problem_observes_number(problem))
        question.value = end->numbers[0];
    else
        question.end = end;
    char *reason;
    struct outcome *outcome = grading_analyse(self, problem, question, &reason);
    for (size_t w = 0; outcome != NULL && w < outcome->witness_count; w++) {
        const struct outcome_witness *found = &outcome->witnesses[w];
        int64_t value = 0;
        if (found->end != end_of(witness) || (found->end == OUTCOME_VALUE && end != NULL &&
                                              (!outcome_find_end(outcome, end, &value) || found->value != value)))
            continue;
        text_print(text, "; a schedule that shows it: ");
        print_schedule(text, problem->program, &found->schedule);
        break;
    }
    outcome_free(outcome);
    memory_free(reason);
}

void grading_reveal_value(struct grading *self, const struct problem *problem, int64_t value, struct text *text)
{
    const struct observed_end end = {.numbers = {value}, .count = 1};
    grading_reveal(self, problem, WITNESS_VALUE, &end, text);
}

void grading_print_asked(const struct grading *self, struct text *text)
{
    if (self->key->end != NULL)
        text_print(text, "%s", self->key->end);
    else
        text_print(text, "%s = %" PRId64, self->key->observe, self->key->value);
}

/* ---- Rows ------------------------------------------------------------------------------------------------------ */

bool grading_has_line(const struct grading *self, enum answer_key key)
{
    return (self->answer->given >> key & 1) != 0;
}

void grading_settle(struct grading *self, enum assignment_row row, struct text *text)
{
    if (text->length == 0)
        grade_set(self->grade, row, VERDICT_PASSED, NULL);
    else
        grade_set(self->grade, row, VERDICT_FAILED, "%s", text_string(text));
    text_free(text);
}

void grading_withdraw(struct grading *self, enum assignment_row row, const char *need)
{
    if (grade_verdict(self->grade, row) == VERDICT_PASSED)
        grade_set(self->grade, row, VERDICT_OPEN, "this counts only where %s", need);
}

/* ---- Preparing ------------------------------------------------------------------------------------------------- */

/* Whether a kind asks for ends, which need not be numbers; else it is about one variable. */
static bool asks_for_ends(enum assignment_kind kind)
{
    return assignment_asks_for_all_ends(kind) || kind == ASSIGNMENT_WITNESS || kind == ASSIGNMENT_COUNT;
}

/* Reads the end that a key asks for. Returns false with *error set where it is none, or the kind can ask nothing of what is observed. */
static bool read_asked(const struct key *key, const struct problem *exercise, struct observed_end *asked,
                       struct error *error)
{
    bool is_number = key_problem_observes_number(exercise), is_asked = asks_for_ends(key->kind);
    if (!is_asked && !key_problem_observes_variable(exercise))
        return error_set(error, NULL, 0, 0, "a question of kind %s is about one variable (observed: %s)",
                         assignment_kind_name(key->kind), key->observe);
    if ((key->kind == ASSIGNMENT_OUTPUTS && strcmp(key->observe, "output") != 0) ||
        (key->kind == ASSIGNMENT_OUTCOMES && exercise->observation.count < 2))
        return error_set(error, NULL, 0, 0, "a question of kind %s is about %s (observed: %s)",
                         assignment_kind_name(key->kind),
                         key->kind == ASSIGNMENT_OUTPUTS ? "what is printed" : "several variables", key->observe);
    *asked = (struct observed_end){.numbers = {key->value}, .count = 1};
    if (!is_asked || assignment_asks_for_all_ends(key->kind) || (is_number && key->end == NULL))
        return true;
    char *names = observation_names(&exercise->observation, exercise->program);
    bool is_good = observed_end_read(asked, key->end != NULL ? key->end : "", names, error);
    memory_free(names);
    return is_good;
}

/* A key that does not hold is the lecturer's business, not the student's. */
static bool prepare(struct grading *self)
{
    const struct key *key = self->key;
    struct error error = ERROR_INIT;
    if (!key_problem_make(&self->exercise, key, &key->stated, key->first_quantum, NULL, 0, &error) ||
        !read_asked(key, &self->exercise, &self->asked, &error))
        grade_refuse(self->grade, GRADE_REFUSED, "the key of this exercise is broken: %s", error.text);
    return !error.set;
}

static void check_trial(const struct key *key, const struct key_trial *trial, struct error *error)
{
    struct problem problem;
    if (key_problem_make(&problem, key, trial, 0, NULL, 0, error) && trial->right.count == 0)
        error_set(error, NULL, 0, 0, "no final value is right in a trial");
    problem_free(&problem);
}

bool grading_check_key(const struct key *key, struct error *error)
{
    struct problem problem;
    struct observed_end asked = {0};
    if (key_problem_make(&problem, key, &key->stated, key->first_quantum, NULL, 0, error) &&
        read_asked(key, &problem, &asked, error) && key->kind == ASSIGNMENT_QUANTUM && key->stated.right.count == 0)
        error_set(error, NULL, 0, 0, "no final value is right");
    for (size_t t = 0; t < key->trial_count && !error->set; t++)
        check_trial(key, &key->trials[t], error);
    observed_end_free(&asked);
    problem_free(&problem);
    return !error->set;
}

/* ---- Form ------------------------------------------------------------------------------------------------------ */

static void fail_form(struct grade *grade, const char *message)
{
    grade_set(grade, ROW_FORM, VERDICT_FAILED, "%s", message);
    grade_refuse(grade, GRADE_UNREADABLE, "%s", message);
}

static bool check_form(struct grading *self)
{
    const struct key *key = self->key;
    const struct answer *answer = self->answer;
    struct text problem = TEXT_INIT;
    if (grading_has_line(self, ANSWER_KIND) && answer->kind != key->kind)
        text_print(&problem, "the answer says 'kind: %s', and the question is '%s'", assignment_kind_name(answer->kind),
                   assignment_kind_name(key->kind));
    else if ((answer->given & answer_lines(key->kind)) == 0)
        text_print(&problem, "there is no answer in it (expected a line '%s: ...')",
                   answer_key_name((enum answer_key)__builtin_ctz(answer_lines(key->kind))));
    bool is_good = problem.length == 0;
    if (!is_good)
        fail_form(self->grade, text_string(&problem));
    text_free(&problem);
    return is_good;
}

/* ---- The whole ------------------------------------------------------------------------------------------------- */

static void grade_kind(struct grading *self)
{
    static void (*const kinds[ASSIGNMENT_KINDS])(struct grading *) = {
        [ASSIGNMENT_VALUES] = grading_values,   [ASSIGNMENT_WITNESS] = grading_witness,
        [ASSIGNMENT_MINIMUM] = grading_minimum, [ASSIGNMENT_COUNT] = grading_count,
        [ASSIGNMENT_REPAIR] = grading_repair,   [ASSIGNMENT_QUANTUM] = grading_quantum,
        [ASSIGNMENT_OUTCOMES] = grading_values, [ASSIGNMENT_OUTPUTS] = grading_values,
    };
    grade_set(self->grade, ROW_FORM, VERDICT_PASSED, NULL);
    kinds[self->key->kind](self);
}

static void run(const struct key *key, const struct answer *answer, const struct grading_wishes *wishes,
                struct grade *grade)
{
    struct grading self = {.key = key, .answer = answer, .wishes = wishes, .grade = grade, .budget = wishes->budget};
    budget_start(&self.budget);
    if (check_form(&self) && prepare(&self))
        grade_kind(&self);
    observed_end_free(&self.asked);
    problem_free(&self.exercise);
}

/* ---- Reading --------------------------------------------------------------------------------------------------- */

/* A witness is taken for its schedule; which program it thinks it is for does not matter, the exercise's is used. */
static bool read_witness(struct answer *answer, struct error *error)
{
    struct witness_file *witness = witness_file_read("-", NULL, error);
    if (witness == NULL)
        return false;
    if (schedule_step_count(&witness->schedule) > ANSWER_STEPS_MAX) {
        error_set(error, NULL, 0, 0, "the schedule is longer than %d steps, the most that is read", ANSWER_STEPS_MAX);
        witness_file_free(witness);
        return false;
    }
    answer->given |= 1u << ANSWER_SCHEDULE;
    answer->schedule = witness->schedule;
    witness->schedule = (struct schedule){0};
    witness_file_free(witness);
    return true;
}

static bool read_lines(const struct key *key, struct answer *answer, enum answer_form form, const char *bytes,
                       size_t length, struct error *error)
{
    struct error ignored = ERROR_INIT;
    struct problem exercise;
    key_problem_make(&exercise, key, &key->stated, key->first_quantum, NULL, 0, &ignored);
    const char **threads = exercise.program != NULL ? program_thread_names(exercise.program) : NULL;
    struct thread_names names = {threads, exercise.program != NULL ? exercise.program->thread_count : 0};
    bool is_of_ends =
        exercise.program != NULL && assignment_asks_for_all_ends(key->kind) && !key_problem_observes_number(&exercise);
    char *observed = is_of_ends ? observation_names(&exercise.observation, exercise.program) : NULL;
    bool is_read = answer_read(answer, form, bytes, length, &names, observed, NULL, error);
    memory_free(observed);
    memory_free(threads);
    problem_free(&exercise);
    return is_read;
}

static void fail_reading(struct grade *grade, const struct error *error)
{
    struct text text = TEXT_INIT;
    if (error->line > 0)
        text_print(&text, "line %u: ", error->line);
    text_print(&text, "%s", error->text);
    fail_form(grade, text_string(&text));
    text_free(&text);
}

void grading_read(const struct key *key, enum answer_form form, const char *bytes, size_t length,
                  const struct grading_wishes *wishes, struct grade *grade)
{
    struct answer answer;
    struct error error = ERROR_INIT;
    answer_init(&answer);
    bool is_read =
        form == ANSWER_WITNESS ? read_witness(&answer, &error) : read_lines(key, &answer, form, bytes, length, &error);
    if (is_read)
        run(key, &answer, wishes, grade);
    else
        fail_reading(grade, &error);
    answer_free(&answer);
}
