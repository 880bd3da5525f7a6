#include "lib/racecheck.h"

#include "analysis/analysis.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/scope.h"
#include "base/text.h"
#include "models/catalogue.h"
#include "schedulers/problem.h"

#include <inttypes.h>
#include <string.h>

/* What was given of a problem, in lists of properties. */
enum given { GIVEN_SETTINGS, GIVEN_PARAMETERS /* of the scheduler */, GIVEN_SYMBOLS, GIVEN_LISTS };

struct racecheck_problem {
    char *name;
    char *text;
    struct property *given[GIVEN_LISTS];
    size_t counts[GIVEN_LISTS];
    const volatile sig_atomic_t *interrupt;
};

/* What a row says in words. */
enum { ROW_SCHEDULES, ROW_PROBABILITY, ROW_TEXTS };

struct racecheck_result {
    struct outcome *outcome;
    char **texts; /* of each row, then of each witness, then the number of all schedules; NULL: not computed */
    size_t text_count;
};

/* ---- Calls ------------------------------------------------------------------------------------------------------- */

static enum racecheck_status status_of(enum scope_end end)
{
    static const enum racecheck_status statuses[] = {[SCOPE_DONE] = RACECHECK_OK,
                                                     [SCOPE_NO_MEMORY] = RACECHECK_NO_MEMORY,
                                                     [SCOPE_FULL] = RACECHECK_LIMIT,
                                                     [SCOPE_FAULT] = RACECHECK_INTERNAL};
    return statuses[end];
}

/* Every call works in a scope of its own. Returns whether the body came to its end without an error. */
static bool call(scope_body *body, void *context, uint64_t max_memory, struct error *inner,
                 struct racecheck_error *error)
{
    enum racecheck_status status = status_of(scope_run(SCOPE_PART, max_memory, body, context, inner));
    if (status == RACECHECK_OK && inner->set)
        status = RACECHECK_BAD_INPUT;
    *error = (struct racecheck_error){.status = status, .line = inner->line, .column = inner->column};
    memcpy(error->source, inner->source, sizeof error->source);
    memcpy(error->text, inner->text, sizeof error->text);
    return status == RACECHECK_OK;
}

/* ---- Problems ---------------------------------------------------------------------------------------------------- */

struct opening {
    const char *name;
    const char *text;
    struct racecheck_problem *problem;
};

static void open_problem(void *context)
{
    struct opening *self = context;
    struct racecheck_problem *problem = memory_new(1, sizeof *problem);
    problem->name = memory_copy_string(self->name);
    problem->text = memory_copy_string(self->text);
    self->problem = problem;
}

struct racecheck_problem *racecheck_open(const char *name, const char *text, struct racecheck_error *error)
{
    struct opening opening = {.name = name, .text = text};
    struct error inner = ERROR_INIT;
    return call(open_problem, &opening, 0, &inner, error) ? opening.problem : NULL;
}

struct racecheck_problem *racecheck_open_model(const char *name, struct racecheck_error *error)
{
    const struct model *model = catalogue_find(name);
    if (model != NULL && !model_is_python(model))
        return racecheck_open(name, model->text, error);
    if (model != NULL) {
        *error = (struct racecheck_error){.status = RACECHECK_BAD_INPUT,
                                          .text = "this model is a Python program, which an interpreter has to compile "
                                                  "(expected its dump: racecheck_open)"};
        return NULL;
    }
    *error = (struct racecheck_error){.status = RACECHECK_BAD_INPUT, .text = "there is no model of that name"};
    return NULL;
}

/* A parameter on its way. The list that it belongs to is copied, so that a problem is the old one or the new one. */
struct setting {
    const struct racecheck_problem *problem;
    const char *name;
    const char *value;
    enum given which;
    struct property *list;
    size_t count;
    struct error *error;
};

static void define(struct setting *self)
{
    const char *equals = strchr(self->value, '=');
    struct text name = TEXT_INIT;
    int64_t number;
    if (equals == NULL || equals == self->value || !number_read(equals + 1, &number)) {
        error_set(self->error, "define", 0, 0, "'%s' defines no symbol (expected NAME=NUMBER)", self->value);
        return;
    }
    text_append(&name, self->value, (size_t)(equals - self->value));
    property_add_number(&self->list, &self->count, text_string(&name), number);
    text_free(&name);
}

/* Parameters of a scheduler that are numbers are numbers, for schedulers tell them apart. */
static void set_property(struct setting *self)
{
    struct property property = {.name = (char *)self->name, .text = (char *)self->value};
    property.is_number = self->which == GIVEN_PARAMETERS && number_read(self->value, &property.number);
    if (property.is_number)
        property.text = NULL;
    property_set(&self->list, &self->count, &property);
}

/* The list that a parameter belongs to; GIVEN_LISTS: none. */
static enum given list_of(const char *name)
{
    static const char *const own[] = {"threads", "iters",      "observe",    "registers", "scheduler",
                                      "compute", "max-states", "max-memory", "timeout",   "jobs"};
    if (strcmp(name, "define") == 0)
        return GIVEN_SYMBOLS;
    for (size_t n = 0; n < sizeof own / sizeof own[0]; n++)
        if (strcmp(own[n], name) == 0)
            return GIVEN_SETTINGS;
    return scheduler_is_parameter(name) ? GIVEN_PARAMETERS : GIVEN_LISTS;
}

static void change(void *context)
{
    struct setting *self = context;
    self->which = list_of(self->name);
    if (self->which == GIVEN_LISTS) {
        error_set(self->error, self->name, 0, 0, "there is no such parameter");
        return;
    }
    self->count = self->problem->counts[self->which];
    self->list = property_copy_list(self->problem->given[self->which], self->count);
    if (self->which == GIVEN_SYMBOLS)
        define(self);
    else
        set_property(self);
}

bool racecheck_set(struct racecheck_problem *self, const char *name, const char *value, struct racecheck_error *error)
{
    struct error inner = ERROR_INIT;
    struct setting setting = {.problem = self, .name = name, .value = value, .error = &inner};
    if (!call(change, &setting, 0, &inner, error))
        return false;
    property_free_list(self->given[setting.which], self->counts[setting.which]);
    self->given[setting.which] = setting.list;
    self->counts[setting.which] = setting.count;
    return true;
}

void racecheck_interrupt_with(struct racecheck_problem *self, const volatile sig_atomic_t *flag)
{
    self->interrupt = flag;
}

void racecheck_problem_free(struct racecheck_problem *self)
{
    if (self == NULL)
        return;
    for (size_t g = 0; g < GIVEN_LISTS; g++)
        property_free_list(self->given[g], self->counts[g]);
    memory_free(self->name);
    memory_free(self->text);
    memory_free(self);
}

/* ---- Running ----------------------------------------------------------------------------------------------------- */

/* An analysis on its way. What does not become part of the result is freed at its end, or with its scope. */
struct running {
    const struct racecheck_problem *given;
    struct problem problem;
    struct error *error;
    struct racecheck_result *result;
    struct outcome *outcome;
};

/* The text of a setting, borrowed, or NULL. */
static const char *text_of(const struct racecheck_problem *given, const char *name)
{
    const struct property *property = property_find(given->given[GIVEN_SETTINGS], given->counts[GIVEN_SETTINGS], name);
    return property != NULL ? property->text : NULL;
}

/* A number between 0 and a most; what is not given is `unset`. */
static bool number_of(const struct running *self, const char *name, int64_t unset, int64_t most, int64_t *number)
{
    const char *text = text_of(self->given, name);
    *number = unset;
    if (text == NULL || (number_read(text, number) && *number >= 0 && *number <= most))
        return true;
    return error_set(self->error, name, 0, 0, "expected a number, 0 to %" PRId64, most);
}

/* A result has values of one variable. */
static bool observes_number(const struct running *self)
{
    const struct observation *observation = &self->problem.observation;
    return (observation->count <= 1 && !observation_has_output(observation)) ||
           error_set(self->error, "observe", 0, 0, "expected one variable");
}

static bool mentions_symbols(struct running *self)
{
    struct error reason = ERROR_INIT;
    return problem_mentions_symbols(&self->problem, NULL, 0, &reason) ||
           error_set(self->error, "define", 0, 0, "%s", reason.text);
}

static bool make_problem(struct running *self)
{
    const struct racecheck_problem *given = self->given;
    struct problem *problem = &self->problem;
    *problem = (struct problem){.name = given->name,
                                .source = given->name,
                                .text = given->text,
                                .length = strlen(given->text),
                                .symbols = given->given[GIVEN_SYMBOLS],
                                .symbol_count = given->counts[GIVEN_SYMBOLS],
                                .registers = text_of(given, "registers"),
                                .observe = text_of(given, "observe"),
                                .kind = text_of(given, "scheduler"),
                                .parameters = given->given[GIVEN_PARAMETERS],
                                .parameter_count = given->counts[GIVEN_PARAMETERS]};
    return number_of(self, "threads", 2, PROGRAM_THREADS_MAX, &problem->threads) &&
           number_of(self, "iters", 10, INT64_MAX, &problem->iters) && problem_make(problem, self->error) &&
           mentions_symbols(self) && observes_number(self);
}

static bool read_questions(const struct running *self, struct analysis_options *options)
{
    const char *word = text_of(self->given, "compute");
    options->questions = QUESTION_ALL;
    options->witness = WITNESS_MINIMUM;
    if (word == NULL || strcmp(word, "all") == 0)
        return true;
    options->questions = QUESTION_EXTREMES;
    if (strcmp(word, "values") == 0)
        options->questions |= QUESTION_VALUES;
    else if (strcmp(word, "extremes") != 0)
        error_set(self->error, "compute", 0, 0, "'%s' is unknown (expected extremes, values or all)", word);
    options->witness = WITNESS_NONE;
    return !self->error->set;
}

static bool read_limits(const struct running *self, struct budget *budget, struct analysis_options *options)
{
    int64_t states, memory, seconds, jobs;
    if (!number_of(self, "max-states", 0, INT64_MAX, &states) ||
        !number_of(self, "max-memory", 0, INT64_MAX, &memory) || !number_of(self, "timeout", 0, 1000000000, &seconds) ||
        !number_of(self, "jobs", 0, 256, &jobs))
        return false;
    *budget = (struct budget){.max_states = (uint64_t)states,
                              .max_memory = (uint64_t)memory,
                              .memory_was_asked = memory > 0,
                              .max_seconds = (double)seconds,
                              .interrupt = self->given->interrupt};
    options->jobs = (unsigned)jobs;
    return true;
}

static bool analyse(struct running *self)
{
    struct budget budget;
    struct analysis_options options = {
        .scheduler = self->problem.scheduler, .observation = self->problem.observation, .budget = &budget};
    if (!read_questions(self, &options) || !read_limits(self, &budget, &options))
        return false;
    budget_start(&budget);
    self->outcome = outcome_new();
    outcome_describe(self->outcome, &self->problem);
    return analysis_run(self->problem.program, &options, self->outcome, self->error);
}

static char *print_schedule(const struct outcome_witness *witness)
{
    struct text text = TEXT_INIT;
    static const struct thread_names no_names = {0};
    schedule_print(&text, &witness->schedule, &no_names, SCHEDULE_LIST, SIZE_MAX);
    return text_take(&text);
}

static struct racecheck_result *describe(struct outcome *outcome)
{
    struct racecheck_result *result = memory_new(1, sizeof *result);
    result->outcome = outcome;
    result->text_count = ROW_TEXTS * outcome->row_count + outcome->witness_count + 1;
    char **text = result->texts = memory_new(result->text_count, sizeof *text);
    for (size_t r = 0; r < outcome->row_count; r++, text += ROW_TEXTS) {
        if (outcome_has_count(outcome, &outcome->rows[r]))
            text[ROW_SCHEDULES] = mpz_get_str(NULL, 10, outcome->rows[r].schedules);
        if (outcome->has_random)
            text[ROW_PROBABILITY] = mpq_get_str(NULL, 10, outcome->rows[r].random);
    }
    for (size_t w = 0; w < outcome->witness_count; w++)
        *text++ = print_schedule(&outcome->witnesses[w]);
    if (outcome->has_counts || outcome->has_value_count)
        *text = mpz_get_str(NULL, 10, outcome->schedules);
    return result;
}

static void run(void *context)
{
    struct running *self = context;
    struct racecheck_result *result = NULL;
    if (make_problem(self) && analyse(self)) {
        result = describe(self->outcome);
        self->outcome = NULL;
    }
    outcome_free(self->outcome);
    problem_free(&self->problem);
    self->result = result;
}

struct racecheck_result *racecheck_run(const struct racecheck_problem *problem, struct racecheck_error *error)
{
    struct error inner = ERROR_INIT;
    struct running running = {.given = problem, .error = &inner};
    const char *memory = text_of(problem, "max-memory");
    int64_t limit;
    if (memory == NULL || !number_read(memory, &limit) || limit < 0)
        limit = 0;
    return call(run, &running, (uint64_t)limit, &inner, error) ? running.result : NULL;
}

void racecheck_result_free(struct racecheck_result *self)
{
    if (self == NULL)
        return;
    for (size_t t = 0; t < self->text_count; t++)
        memory_free(self->texts[t]);
    memory_free(self->texts);
    outcome_free(self->outcome);
    memory_free(self);
}

/* ---- Reading ----------------------------------------------------------------------------------------------------- */

const char *racecheck_incomplete(const struct racecheck_result *self)
{
    return self->outcome->complete                    ? NULL
           : self->outcome->incomplete_reason != NULL ? self->outcome->incomplete_reason
                                                      : "the program ended with an error";
}

bool racecheck_minimum(const struct racecheck_result *self, int64_t *value)
{
    *value = self->outcome->least;
    return self->outcome->complete && self->outcome->has_extremes;
}

bool racecheck_maximum(const struct racecheck_result *self, int64_t *value)
{
    *value = self->outcome->greatest;
    return self->outcome->complete && self->outcome->has_extremes;
}

bool racecheck_can_deadlock(const struct racecheck_result *self)
{
    return self->outcome->can_deadlock;
}

const char *racecheck_failure(const struct racecheck_result *self)
{
    return self->outcome->can_fail ? self->outcome->failure_text : NULL;
}

size_t racecheck_value_count(const struct racecheck_result *self)
{
    return self->outcome->row_count;
}

int64_t racecheck_value(const struct racecheck_result *self, size_t index)
{
    return self->outcome->rows[index].value;
}

const char *racecheck_value_schedules(const struct racecheck_result *self, size_t index)
{
    return self->texts[ROW_TEXTS * index + ROW_SCHEDULES];
}

const char *racecheck_value_probability(const struct racecheck_result *self, size_t index)
{
    return self->texts[ROW_TEXTS * index + ROW_PROBABILITY];
}

int64_t racecheck_value_preemptions(const struct racecheck_result *self, size_t index)
{
    return self->outcome->has_preemptions ? (int64_t)self->outcome->rows[index].preemptions : -1;
}

const char *racecheck_schedules(const struct racecheck_result *self)
{
    return self->texts[self->text_count - 1];
}

size_t racecheck_witness_count(const struct racecheck_result *self)
{
    return self->outcome->witness_count;
}

enum racecheck_end racecheck_witness_end(const struct racecheck_result *self, size_t index)
{
    static const enum racecheck_end ends[] = {
        [OUTCOME_VALUE] = RACECHECK_VALUE,     [OUTCOME_DEADLOCK] = RACECHECK_DEADLOCK,
        [OUTCOME_FAILURE] = RACECHECK_FAILURE, [OUTCOME_OVERLAP] = RACECHECK_OVERLAP,
        [OUTCOME_HANG] = RACECHECK_HANG,       [OUTCOME_CLAIM] = RACECHECK_CLAIM,
        [OUTCOME_ENDLESS] = RACECHECK_ENDLESS};
    return ends[self->outcome->witnesses[index].end];
}

int64_t racecheck_witness_value(const struct racecheck_result *self, size_t index)
{
    return self->outcome->witnesses[index].value;
}

const char *racecheck_witness(const struct racecheck_result *self, size_t index)
{
    return self->texts[ROW_TEXTS * self->outcome->row_count + index];
}
