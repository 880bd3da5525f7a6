#include "course/version.h"

#include "base/fault.h"
#include "base/memory.h"
#include "course/key_problem.h"
#include "course/version_parts.h"
#include "report/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXERCISES_MAX = 3000, STATES_MAX = 200000 };

static const struct version_kind *const kinds[ASSIGNMENT_KINDS] = {
    [ASSIGNMENT_VALUES] = &version_values,     [ASSIGNMENT_WITNESS] = &version_witness,
    [ASSIGNMENT_MINIMUM] = &version_minimum,   [ASSIGNMENT_COUNT] = &version_count,
    [ASSIGNMENT_REPAIR] = &version_repair,     [ASSIGNMENT_QUANTUM] = &version_quantum,
    [ASSIGNMENT_OUTCOMES] = &version_outcomes, [ASSIGNMENT_OUTPUTS] = &version_outputs,
};

/* ---- What the kinds share --------------------------------------------------------------------------------------- */

struct exercise_wishes version_wishes(const struct version *self)
{
    const struct difficulty_bound *steps = difficulty_bound(self->difficulty, "steps");
    enum difficulty_level level = self->difficulty->level;
    return (struct exercise_wishes){
        .least_threads = 2,
        .most_threads = level == LEVEL_EASY ? 2 : 3,
        .least_steps = steps->least,
        .most_steps = steps->most,
        .own_most = 2,
        .ticks_most = 1,
        .may_guard = level != LEVEL_EASY,
    };
}

static void take_text(struct key *key, char *text, unsigned threads, const char *observe, const char *scheduler)
{
    key->text = text;
    key->stated.threads = threads;
    key->stated.iters = 1;
    key->observe = memory_copy_string(observe);
    key->scheduler = memory_copy_string(scheduler);
}

void version_take_exercise(struct version *self, const struct exercise *exercise, const char *scheduler)
{
    take_text(self->key, exercise_text(exercise), exercise->thread_count, exercise->variable, scheduler);
}

void version_take_text(struct version *self, char *text, unsigned threads, const char *observe)
{
    take_text(self->key, text, threads, observe, "free");
}

unsigned version_draw_threads(struct version *self)
{
    struct exercise_wishes wishes = version_wishes(self);
    return (unsigned)generator_between(&self->generator, wishes.least_threads, wishes.most_threads);
}

void version_exercise(struct version *self)
{
    struct exercise_wishes wishes = version_wishes(self);
    struct exercise exercise = exercise_make(&self->generator, &wishes);
    version_take_exercise(self, &exercise, "free");
}

/* A result names the program by its student. */
static void describe(const struct key *key, const struct problem *problem, struct outcome *outcome)
{
    outcome_describe(outcome, problem);
    memory_free(outcome->model);
    outcome->model = memory_copy_string(key->student);
}

/* The program is our own, so one that does not assemble is a fault of racecheck. The limit is a count and no time, so that equal
 * programs give equal outcomes. */
struct outcome *version_try(const struct version *self, struct key_question question, int64_t quantum)
{
    const struct key *key = self->key;
    struct error error = ERROR_INIT;
    struct problem problem;
    struct budget budget = {.max_states = STATES_MAX, .interrupt = self->request->interrupt};
    struct outcome *outcome = outcome_new();
    budget_start(&budget);
    if (key_problem_make(&problem, key, &key->stated, quantum, NULL, 0, &error)) {
        describe(key, &problem, outcome);
        key_problem_analyse(&problem, question, &budget, outcome, &error);
    }
    if (error.set)
        fault("the program of an exercise cannot be analysed: line %u: %s", error.line, error.text);
    problem_free(&problem);
    return outcome;
}

const struct outcome *version_analyse(struct version *self, unsigned questions, enum witness_wish witness,
                                      int64_t value)
{
    outcome_free(self->outcome);
    self->outcome =
        version_try(self, (struct key_question){.questions = questions, .witness = witness, .value = value}, 0);
    return self->outcome->complete && (witness == WITNESS_NONE || self->outcome->witness_count > 0) ? self->outcome
                                                                                                    : NULL;
}

/* What the number of ends is called. */
static const char *measure_of_ends(enum assignment_kind kind)
{
    return kind == ASSIGNMENT_OUTCOMES ? "outcomes" : kind == ASSIGNMENT_OUTPUTS ? "outputs" : "values";
}

const struct outcome *version_survey(struct version *self, unsigned questions, size_t rows)
{
    const struct outcome *outcome = version_analyse(self, questions, WITNESS_NONE, 0);
    if (outcome == NULL || outcome->row_count < rows ||
        ((questions & QUESTION_PREEMPTIONS) != 0 && !outcome->has_preemptions) ||
        ((questions & QUESTION_COUNTS) != 0 && !outcome->has_counts))
        return NULL;
    version_measure(self, measure_of_ends(self->difficulty->kind), (int64_t)outcome->row_count);
    version_measure(self, "steps", (int64_t)outcome->depth);
    return outcome;
}

static int64_t most_preemptions(const struct outcome *outcome)
{
    uint32_t most = 0;
    for (size_t r = 0; r < outcome->row_count; r++)
        most = outcome->rows[r].preemptions > most ? outcome->rows[r].preemptions : most;
    return most;
}

/* "x=1,y=2", or, of an output alone, its text in quotation marks. */
static void write_end(struct text *text, const struct outcome *outcome, int64_t end)
{
    for (size_t m = 0; m < members_count(outcome); m++) {
        bool is_output = members_is_output(outcome, m);
        char *name = members_name(outcome, m), *output = is_output ? members_text(outcome, end, m) : NULL;
        if (members_count(outcome) > 1)
            text_print(text, "%s%s=", m > 0 ? "," : "", name);
        if (is_output)
            text_print_quoted(text, output);
        else
            text_print(text, "%lld", (long long)members_number(outcome, end, m));
        memory_free(name);
        memory_free(output);
    }
}

static void write_ends(struct version *self, const struct outcome *outcome)
{
    text_print(&self->answer, "%s:", measure_of_ends(self->difficulty->kind));
    if (members_are_number(outcome)) {
        text_print(&self->answer, " ");
        version_write_numbers(&self->answer, &outcome->values);
    }
    for (size_t r = 0; r < outcome->row_count && !members_are_number(outcome); r++) {
        text_print(&self->answer, " ");
        write_end(&self->answer, outcome, outcome->rows[r].value);
    }
    text_print(&self->answer, "\n");
}

bool version_list_ends(struct version *self)
{
    const struct outcome *outcome = self->outcome;
    version_measure(self, "preemptions", most_preemptions(outcome));
    if (!version_fits(self))
        return true; /* what does not fit is not worth a closer look */
    outcome = version_analyse(self, QUESTION_ALL, WITNESS_ALL, 0);
    if (outcome == NULL)
        return false;
    write_ends(self, outcome);
    return true;
}

void version_measure(struct version *self, const char *name, int64_t value)
{
    const struct difficulty_bound *bound = difficulty_bound(self->difficulty, name);
    self->measures[bound - self->difficulty->bounds] = value;
}

bool version_fits(const struct version *self)
{
    struct difficulty_tally tally = {0};
    return difficulty_fits(self->difficulty, self->measures, &tally);
}

void version_write_schedule(struct text *text, const struct schedule *schedule)
{
    static const struct thread_names no_names = {0};
    text_print(text, "schedule: ");
    schedule_print(text, schedule, &no_names, SCHEDULE_LETTERS, SIZE_MAX);
    text_print(text, "\n");
}

void version_write_numbers(struct text *text, const struct intervals *numbers)
{
    for (size_t i = 0; i < numbers->count; i++) {
        int64_t first = numbers->items[i].first, last = numbers->items[i].last;
        text_print(text, "%s", i == 0 ? "" : " ");
        interval_print(text, first, last, last - first == 1 ? " " : "..");
    }
}

/* ---- Exercises ----------------------------------------------------------------------------------------------------- */

static struct version version_start(const struct version_request *request)
{
    struct text purpose = TEXT_INIT;
    text_print(&purpose, "%s", assignment_kind_name(request->difficulty->kind));
    if (request->draw > 0)
        text_print(&purpose, ".%u", request->draw);
    const struct version_kind *kind = kinds[request->difficulty->kind];
    struct version self = {.request = request, .difficulty = request->difficulty, .kind = kind, .rows = kind->rows};
    self.generator = generator_start(request->seed, text_string(&purpose), request->student);
    text_free(&purpose);
    return self;
}

static void forget_exercise(struct version *self)
{
    key_free(self->key);
    outcome_free(self->outcome);
    sweep_free(self->sweep);
    text_free(&self->answer);
    self->key = NULL;
    self->outcome = NULL;
    self->sweep = NULL;
}

static void start_exercise(struct version *self)
{
    self->key = memory_new(1, sizeof *self->key);
    self->key->student = memory_copy_string(self->request->student);
    self->key->kind = self->difficulty->kind;
    self->key->level = memory_copy_string(difficulty_level_name(self->difficulty->level));
}

/* Draws until something fits. */
static bool draw(struct version *self, struct difficulty_tally *tally)
{
    for (; self->exercises < EXERCISES_MAX; self->exercises++) {
        if (self->request->interrupt != NULL && *self->request->interrupt != 0)
            return false;
        start_exercise(self);
        bool usable = self->kind->draw(self);
        if (usable && difficulty_fits(self->difficulty, self->measures, tally))
            return true;
        tally->unusable += !usable;
        forget_exercise(self);
    }
    return false;
}

/* ---- Its name --------------------------------------------------------------------------------------------------- */

/* What a version consists of, as far as its student sees it, and what was asked of it. */
static void print_contents(const struct version *self, struct text *text)
{
    const struct key *key = self->key;
    text_print(text, "%s %s %s", key->student, assignment_kind_name(key->kind), key->level);
    for (size_t b = 0; b < self->difficulty->count; b++) {
        const struct difficulty_bound *bound = &self->difficulty->bounds[b];
        text_print(text, " %s=%lld..%lld", bound->name, (long long)bound->least, (long long)bound->most);
    }
    text_print(text, " %lld %lld %lld..%lld %s", (long long)key->stated.iters, (long long)key->value,
               (long long)key->first_quantum, (long long)key->last_quantum, key->text);
}

/* A version is named by a hash of its contents, not by numbers of the generator: so two that differ are not called the
 * same, and the name tells nothing of the seed that the handout does not tell. */
static void name_version(struct version *self)
{
    struct text contents = TEXT_INIT, variant = TEXT_INIT;
    print_contents(self, &contents);
    struct generator mixer = {.state = generator_hash(text_string(&contents))};
    text_print(&variant, "%06llx", (unsigned long long)(generator_next(&mixer) >> 40));
    if (self->request->draw > 0)
        text_print(&variant, "-%u", self->request->draw);
    text_free(&contents);
    self->key->variant = text_take(&variant);
}

/* ---- The key ---------------------------------------------------------------------------------------------------- */

static void write_measures(struct version *self)
{
    struct key *key = self->key;
    key->measures = memory_new(self->difficulty->count, sizeof *key->measures);
    key->measure_count = self->difficulty->count;
    for (size_t m = 0; m < key->measure_count; m++) {
        const struct difficulty_bound *bound = &self->difficulty->bounds[m];
        key->measures[m] =
            (struct key_measure){memory_copy_string(bound->name), self->measures[m], bound->least, bound->most};
    }
}

static void write_rows(struct version *self)
{
    struct key *key = self->key;
    while (self->rows[key->row_count].points > 0)
        key->row_count++;
    key->rows = memory_copy(self->rows, key->row_count * sizeof *key->rows);
}

static void write_answer(struct version *self)
{
    char *answer = text_format("student: %s\nkind: %s\n%s", self->key->student, assignment_kind_name(self->key->kind),
                               text_string(&self->answer));
    self->key->answer = answer;
}

char *version_document(const struct outcome *outcome, const struct sweep *sweep)
{
    char *bytes = NULL;
    size_t length;
    FILE *stream = open_memstream(&bytes, &length);
    if (stream == NULL)
        memory_exhausted();
    if (sweep != NULL)
        json_write_sweep(stream, sweep);
    else
        json_write_result(stream, outcome, false);
    if (fclose(stream) != 0)
        memory_exhausted();
    char *copy = memory_copy_string(bytes);
    free(bytes);
    return copy;
}

struct key *version_new(const struct version_request *request, struct error *error)
{
    struct difficulty_tally tally = {0};
    struct version self = version_start(request);
    if (!draw(&self, &tally)) {
        if (request->interrupt != NULL && *request->interrupt != 0)
            error_set(error, NULL, 0, 0, "interrupted");
        else
            difficulty_complain(request->difficulty, &tally, request->student, error);
        return NULL;
    }
    name_version(&self);
    write_measures(&self);
    write_rows(&self);
    write_answer(&self);
    self.key->result = version_document(self.outcome, self.sweep);
    struct key *key = self.key;
    self.key = NULL;
    forget_exercise(&self);
    return key;
}

const char *version_essence(const struct key *key)
{
    const char *second = strchr(key->answer, '\n') + 1;
    return strchr(second, '\n') + 1;
}
