#include "lib/racecheck.h"

#include "analysis/analysis.h"
#include "base/memory.h"
#include "base/scope.h"
#include "base/text.h"
#include "frontends/assembler.h"
#include "frontends/presets.h"
#include "models/catalogue.h"
#include "schedulers/scheduler.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct racecheck_problem {
    char *name;
    char *text;
    struct property *parameters; /* as they were given */
    size_t parameter_count;
    struct symbol *symbols;
    size_t symbol_count;
    const volatile sig_atomic_t *interrupt;
};

/* What a row or a witness says in words. */
struct words {
    char *schedules;
    char *probability;
};

struct racecheck_result {
    struct outcome *outcome;
    char *schedules; /* of all, or NULL */
    struct words *rows;
    char **witnesses;
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
    if (model != NULL)
        return racecheck_open(name, model->text, error);
    *error = (struct racecheck_error){.status = RACECHECK_BAD_INPUT, .text = "there is no model of that name"};
    return NULL;
}

/* A parameter on its way. Lists are copied, so that a problem is the old one or the new one. */
struct setting {
    const struct racecheck_problem *problem;
    const char *name;
    const char *value;
    struct racecheck_problem changed;
    struct error *error;
};

static bool read_number(const char *text, int64_t *number)
{
    char *end;
    errno = 0;
    *number = strtoll(text, &end, 10);
    return end != text && *end == '\0' && errno == 0;
}

static void define(struct setting *self)
{
    const struct racecheck_problem *problem = self->problem;
    const char *equals = strchr(self->value, '=');
    int64_t number;
    if (equals == NULL || equals == self->value || !read_number(equals + 1, &number)) {
        error_set(self->error, "define", 0, 0, "'%s' defines no symbol (expected NAME=NUMBER)", self->value);
        return;
    }
    struct symbol *symbols = memory_new(problem->symbol_count + 1, sizeof *symbols);
    for (size_t s = 0; s < problem->symbol_count; s++)
        symbols[s] = problem->symbols[s];
    char *name = memory_new((size_t)(equals - self->value) + 1, 1);
    memcpy(name, self->value, (size_t)(equals - self->value));
    symbols[problem->symbol_count] = (struct symbol){name, number};
    self->changed.symbols = symbols;
    self->changed.symbol_count = problem->symbol_count + 1;
}

/* Words that are numbers are numbers, for schedulers tell them apart. */
static void set_parameter(struct setting *self)
{
    struct property *list = property_copy_list(self->problem->parameters, self->problem->parameter_count);
    size_t count = self->problem->parameter_count;
    struct property property = {.name = (char *)self->name, .text = (char *)self->value};
    property.is_number = read_number(self->value, &property.number);
    if (property.is_number)
        property.text = NULL;
    property_set(&list, &count, &property);
    self->changed.parameters = list;
    self->changed.parameter_count = count;
}

static bool is_known(const char *name)
{
    static const char *const own[] = {"threads", "iters",      "observe",    "registers", "scheduler",
                                      "compute", "max-states", "max-memory", "timeout",   "jobs"};
    for (size_t n = 0; n < sizeof own / sizeof own[0]; n++)
        if (strcmp(own[n], name) == 0)
            return true;
    return scheduler_is_parameter(name);
}

static void change(void *context)
{
    struct setting *self = context;
    self->changed = *self->problem;
    if (strcmp(self->name, "define") == 0)
        define(self);
    else if (is_known(self->name))
        set_parameter(self);
    else
        error_set(self->error, self->name, 0, 0, "there is no such parameter");
}

bool racecheck_set(struct racecheck_problem *self, const char *name, const char *value, struct racecheck_error *error)
{
    struct error inner = ERROR_INIT;
    struct setting setting = {.problem = self, .name = name, .value = value, .error = &inner};
    if (!call(change, &setting, 0, &inner, error))
        return false;
    if (setting.changed.parameters != self->parameters)
        property_free_list(self->parameters, self->parameter_count);
    if (setting.changed.symbols != self->symbols)
        memory_free(self->symbols);
    *self = setting.changed;
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
    for (size_t s = 0; s < self->symbol_count; s++)
        memory_free(self->symbols[s].name);
    memory_free(self->symbols);
    property_free_list(self->parameters, self->parameter_count);
    memory_free(self->name);
    memory_free(self->text);
    memory_free(self);
}

/* ---- Running ----------------------------------------------------------------------------------------------------- */

/* An analysis on its way. What does not become part of the result is freed at its end, or with its scope. */
struct running {
    const struct racecheck_problem *problem;
    struct error *error;
    struct racecheck_result *result;
    struct program *program;
    struct scheduler *scheduler;
    struct outcome *outcome;
    uint32_t word;
};

static const struct property *find(const struct racecheck_problem *problem, const char *name)
{
    return property_find(problem->parameters, problem->parameter_count, name);
}

/* A number between 0 and a most; what is not given is `unset`. */
static bool number_of(const struct running *self, const char *name, int64_t unset, int64_t most, int64_t *number)
{
    const struct property *property = find(self->problem, name);
    *number = property != NULL ? property->number : unset;
    if (property == NULL || (property->is_number && *number >= 0 && *number <= most))
        return true;
    error_set(self->error, name, 0, 0, "expected a number, 0 to %" PRId64, most);
    return false;
}

static const char *word_of(const struct racecheck_problem *problem, const char *name)
{
    const struct property *property = find(problem, name);
    return property != NULL ? property->text : NULL;
}

static bool assemble(struct running *self)
{
    const struct racecheck_problem *problem = self->problem;
    struct presets presets = {0};
    const char *registers = word_of(problem, "registers");
    struct assembler_input input = {.name = problem->name,
                                    .source = problem->name,
                                    .text = problem->text,
                                    .length = strlen(problem->text),
                                    .symbols = problem->symbols,
                                    .symbol_count = problem->symbol_count,
                                    .presets = &presets};
    if (!number_of(self, "threads", 2, PROGRAM_THREADS_MAX, &input.threads) ||
        !number_of(self, "iters", 10, INT64_MAX, &input.iters) ||
        (registers != NULL && !presets_read(&presets, registers, self->error)))
        return false;
    self->program = assembler_read(&input, self->error);
    presets_free(&presets);
    return self->program != NULL;
}

static bool find_observed(struct running *self)
{
    const char *name = word_of(self->problem, "observe");
    int64_t word = name != NULL ? program_observe_word(self->program, name) : self->program->word_count > 0 ? 0 : -1;
    if (word < 0)
        error_set(self->error, self->problem->name, 0, 0, "the program has no variable '%s' to observe",
                  name != NULL ? name : "");
    self->word = (uint32_t)word;
    return word >= 0;
}

/* Parameters of the given kind of scheduler: those that the program gives it, and then those of the problem. */
static bool make_scheduler(struct running *self)
{
    const struct racecheck_problem *problem = self->problem;
    const struct program_scheduler *own = &self->program->scheduler;
    const char *given = word_of(problem, "scheduler");
    const char *kind = given != NULL ? given : own->kind != NULL ? own->kind : "free";
    bool is_own = own->kind != NULL && strcmp(own->kind, kind) == 0;
    struct property *list = is_own ? property_copy_list(own->parameters, own->parameter_count) : NULL;
    size_t count = is_own ? own->parameter_count : 0;
    const struct scheduler_kind *known = scheduler_find_kind(kind);
    for (size_t p = 0; known != NULL && known->parameters[p].name != NULL; p++) {
        const struct property *property = find(problem, known->parameters[p].name);
        if (property != NULL)
            property_set(&list, &count, property);
    }
    self->scheduler = scheduler_new(kind, list, count, self->program->thread_count, self->error);
    property_free_list(list, count);
    return self->scheduler != NULL;
}

static bool read_questions(const struct running *self, struct analysis_options *options)
{
    const char *word = word_of(self->problem, "compute");
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
                              .interrupt = self->problem->interrupt};
    options->jobs = (unsigned)jobs;
    return true;
}

static bool analyse(struct running *self)
{
    struct budget budget;
    struct analysis_options options = {
        .scheduler = self->scheduler, .observation = observation_of(self->word), .budget = &budget};
    if (!read_questions(self, &options) || !read_limits(self, &budget, &options))
        return false;
    budget_start(&budget);
    self->outcome = outcome_new();
    self->outcome->model = memory_copy_string(self->problem->name);
    self->outcome->observe = program_word_name(self->program, self->word);
    return analysis_run(self->program, &options, self->outcome, self->error);
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
    result->rows = memory_new(outcome->row_count, sizeof *result->rows);
    result->witnesses = memory_new(outcome->witness_count, sizeof *result->witnesses);
    if (outcome->has_counts)
        result->schedules = mpz_get_str(NULL, 10, outcome->schedules);
    for (size_t r = 0; r < outcome->row_count; r++) {
        if (outcome->has_counts)
            result->rows[r].schedules = mpz_get_str(NULL, 10, outcome->rows[r].schedules);
        if (outcome->has_random)
            result->rows[r].probability = mpq_get_str(NULL, 10, outcome->rows[r].random);
    }
    for (size_t w = 0; w < outcome->witness_count; w++)
        result->witnesses[w] = print_schedule(&outcome->witnesses[w]);
    return result;
}

static void run(void *context)
{
    struct running *self = context;
    struct racecheck_result *result = NULL;
    if (assemble(self) && find_observed(self) && make_scheduler(self) && analyse(self)) {
        result = describe(self->outcome);
        self->outcome = NULL;
    }
    outcome_free(self->outcome);
    scheduler_free(self->scheduler);
    program_free(self->program);
    self->result = result;
}

struct racecheck_result *racecheck_run(const struct racecheck_problem *problem, struct racecheck_error *error)
{
    struct error inner = ERROR_INIT;
    struct running running = {.problem = problem, .error = &inner};
    const struct property *memory = find(problem, "max-memory");
    uint64_t limit = memory != NULL && memory->is_number && memory->number > 0 ? (uint64_t)memory->number : 0;
    return call(run, &running, limit, &inner, error) ? running.result : NULL;
}

void racecheck_result_free(struct racecheck_result *self)
{
    if (self == NULL)
        return;
    for (size_t r = 0; r < self->outcome->row_count; r++) {
        memory_free(self->rows[r].schedules);
        memory_free(self->rows[r].probability);
    }
    for (size_t w = 0; w < self->outcome->witness_count; w++)
        memory_free(self->witnesses[w]);
    memory_free(self->rows);
    memory_free(self->witnesses);
    memory_free(self->schedules);
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
    return self->rows[index].schedules;
}

const char *racecheck_value_probability(const struct racecheck_result *self, size_t index)
{
    return self->rows[index].probability;
}

int64_t racecheck_value_preemptions(const struct racecheck_result *self, size_t index)
{
    return self->outcome->has_preemptions ? (int64_t)self->outcome->rows[index].preemptions : -1;
}

const char *racecheck_schedules(const struct racecheck_result *self)
{
    return self->schedules;
}

size_t racecheck_witness_count(const struct racecheck_result *self)
{
    return self->outcome->witness_count;
}

enum racecheck_end racecheck_witness_end(const struct racecheck_result *self, size_t index)
{
    static const enum racecheck_end ends[] = {[OUTCOME_VALUE] = RACECHECK_VALUE,
                                              [OUTCOME_DEADLOCK] = RACECHECK_DEADLOCK,
                                              [OUTCOME_FAILURE] = RACECHECK_FAILURE,
                                              [OUTCOME_OVERLAP] = RACECHECK_OVERLAP};
    return ends[self->outcome->witnesses[index].end];
}

int64_t racecheck_witness_value(const struct racecheck_result *self, size_t index)
{
    return self->outcome->witnesses[index].value;
}

const char *racecheck_witness(const struct racecheck_result *self, size_t index)
{
    return self->witnesses[index];
}
