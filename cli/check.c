/* racecheck check: the pipeline. Options -> program -> analysis -> outcome -> reports -> exit status. */
#include "base/memory.h"
#include "checker/analysis.h"
#include "checker/scheduler.h"
#include "checker/stategraph.h"
#include "cli/assertion.h"
#include "cli/commands.h"
#include "cli/delivery.h"
#include "cli/interrupt.h"
#include "cli/progress.h"
#include "cli/scheduling.h"
#include "cli/source.h"
#include "reports/dot.h"
#include "reports/json.h"
#include "reports/setting.h"
#include "reports/text_report.h"

#include <string.h>
#include <unistd.h>

/* A check under way. */
struct check {
    const struct options *options;
    struct program *program;
    struct scheduler *scheduler;
    uint32_t word;                       /* the observed one */
    struct assertion assertions[OPTIONS_LIST_MAX];
    struct budget budget;
    struct progress progress;
    struct outcome *outcome;
    struct stategraph *stategraph;       /* or NULL */
};

static enum status complain(const struct error *error)
{
    error_print(error, "racecheck", stderr);
    return STATUS_USAGE;
}

/* ---- Preparing ------------------------------------------------------------------------------------------------- */

static bool find_observed(struct check *self, struct error *error)
{
    const char *name = self->options->observe;
    if (name == NULL && self->program->word_count == 0) {
        error_set(error, self->program->source, 0, 0, "the program has no variable whose value could be observed");
        return false;
    }
    int64_t word = name != NULL ? program_find_word(self->program, name) : 0;
    if (word < 0) {
        error_set(error, NULL, 0, 0, "--observe: the program has no variable '%s'", name);
        return false;
    }
    self->word = (uint32_t)word;
    return true;
}

static bool is_asserted(const struct check *self, enum assertion_kind kind)
{
    for (size_t a = 0; a < self->options->assertion_count; a++)
        if (self->assertions[a].kind == kind)
            return true;
    return false;
}

static bool read_assertions(struct check *self, struct error *error)
{
    char *observe = program_word_name(self->program, self->word);
    bool good = true;
    for (size_t a = 0; a < self->options->assertion_count && good; a++)
        good = assertion_parse(&self->assertions[a], self->options->assertions[a], observe, error);
    memory_free(observe);
    if (!good || self->program->section_count > 0 || !is_asserted(self, ASSERTION_EXCLUSIVE))
        return good;
    error_set(error, self->program->source, 0, 0,
              "--assert exclusive: the program marks no critical section (expected .critical and .endcritical around one)");
    return false;
}

static bool find_scheduler(struct check *self, struct error *error)
{
    self->scheduler = scheduling_new(self->program, self->options, error);
    return self->scheduler != NULL;
}

static uint64_t memory_limit(const struct options *options)
{
    uint64_t pages = (uint64_t)sysconf(_SC_PHYS_PAGES), size = (uint64_t)sysconf(_SC_PAGESIZE);
    return options->max_memory > 0 ? options->max_memory : pages * size / 4 * 3;
}

/* What the process needs beside the tables: code, libraries, and the buffers of a round. Of a very small limit half is left
 * for tables all the same. */
static uint64_t process_memory(uint64_t limit)
{
    static const uint64_t process = UINT64_C(28) << 20;
    return limit > 2 * process ? process : limit / 2;
}

static void start_budget(struct check *self)
{
    self->budget = (struct budget){
        .max_states = self->options->max_states,
        .max_memory = memory_limit(self->options),
        .memory_was_asked = self->options->max_memory > 0,
        .process_memory = process_memory(memory_limit(self->options)),
        .max_seconds = self->options->timeout,
        .interrupt = interrupt_listen(),
    };
    progress_attach(&self->progress, self->options->progress, &self->budget);
    budget_start(&self->budget);
}

/* ---- Analysing --------------------------------------------------------------------------------------------------- */

static void describe_request(struct check *self)
{
    const struct program *program = self->program;
    struct outcome *outcome = self->outcome;
    outcome->model = memory_copy_string(program->name);
    outcome->text = memory_copy_string(program->text);
    outcome->threads = program->thread_count;
    outcome->iters = self->options->iters;
    outcome->observe = program_word_name(program, self->word);
    outcome->observed_first = program->words[self->word];
    outcome->scheduler = memory_copy_string(self->scheduler->kind->name);
    scheduler_describe(self->scheduler, &outcome->parameters, &outcome->parameter_count);
    for (size_t s = 0; s < self->options->symbol_count; s++)
        property_add_number(&outcome->symbols, &outcome->symbol_count, self->options->symbols[s].name,
                            self->options->symbols[s].value);
}

static enum witness_wish witness_wish(const struct options *options)
{
    static const struct {
        const char *word;
        enum witness_wish wish;
    } wishes[] = {{"minimum", WITNESS_MINIMUM},   {"all", WITNESS_ALL},       {"none", WITNESS_NONE},
                  {"deadlock", WITNESS_DEADLOCK}, {"error", WITNESS_FAILURE}, {"overlap", WITNESS_OVERLAP}};
    if (options->has_value)
        return WITNESS_VALUE;
    size_t w = 0;
    while (strcmp(options->witnesses, wishes[w].word) != 0)
        w++;
    return wishes[w].wish;
}

/* What was asked for by name is insisted on and nothing else is computed, except what the outputs need. A point of a sweep
 * shows values and counts alone. */
static unsigned questions_of(const struct options *options)
{
    if (options->compute == 0)
        return options->command == COMMAND_SWEEP ? QUESTION_EXTREMES | QUESTION_VALUES | QUESTION_COUNTS : QUESTION_ALL;
    unsigned questions = options->compute | QUESTION_EXTREMES;
    if ((questions & ~(unsigned)QUESTION_EXTREMES) != 0)
        questions |= QUESTION_VALUES;
    if (options->has_value || options->witness != NULL || options->dot != NULL || strcmp(options->witnesses, "all") == 0)
        questions |= QUESTION_WITNESS;
    return questions;
}

static bool analyse(struct check *self, struct error *error)
{
    const struct options *options = self->options;
    struct analysis_options analysis = {
        .scheduler = self->scheduler,
        .word = self->word,
        .questions = questions_of(options),
        .insist = options->compute,
        .patience = options->patience,
        .no_slice = options->no_slice,
        .no_symmetry = options->no_symmetry,
        .explain = options->explain,
        .witness = witness_wish(options),
        .witness_value = options->value,
        .ask_starvation = options->has_fairness || is_asserted(self, ASSERTION_NO_STARVATION),
        .fairness = options->fairness,
        .jobs = options->jobs,
        .budget = &self->budget,
    };
    describe_request(self);
    bool good = analysis_run(self->program, &analysis, self->outcome, error);
    if (good && options->graph != NULL)
        self->stategraph = stategraph_new(self->program, self->scheduler, self->word, &self->budget);
    progress_clear(&self->progress);
    return good;
}

/* ---- Reporting --------------------------------------------------------------------------------------------------- */

static void write_report(void *context, FILE *stream)
{
    const struct check *self = context;
    struct text_report_options options = {
        .terminal = terminal_detect(stream), .full = self->options->full, .timing = self->options->timing};
    text_report_outcome(stream, self->outcome, &options);
}

static void write_result(void *context, FILE *stream)
{
    const struct check *self = context;
    json_write_result(stream, self->outcome, self->options->timing);
}

static void write_witness(void *context, FILE *stream)
{
    const struct check *self = context;
    json_write_witness(stream, self->outcome, &self->outcome->witnesses[0]);
}

static void write_witness_drawing(void *context, FILE *stream)
{
    const struct check *self = context;
    dot_write_witness(stream, self->outcome, &self->outcome->witnesses[0]);
}

static void write_state_drawing(void *context, FILE *stream)
{
    const struct check *self = context;
    dot_write_stategraph(stream, self->stategraph, self->outcome);
}

/* The report goes to standard output unless something else was sent there. */
static const char *report_path(const struct options *options)
{
    if (options->output != NULL)
        return options->output;
    bool taken = delivery_is_standard_output(options->json) || delivery_is_standard_output(options->witness) ||
                 delivery_is_standard_output(options->dot) || delivery_is_standard_output(options->graph);
    return options->quiet || taken ? NULL : "-";
}

static bool deliver_witnesses(struct check *self, struct error *error)
{
    const struct options *options = self->options;
    if (options->witness == NULL && options->dot == NULL)
        return true;
    if (self->outcome->witness_count == 0) {
        fprintf(stderr, "racecheck: there is no witness: %s is not written\n",
                options->witness != NULL ? options->witness : options->dot);
        return true;
    }
    return deliver(options->witness, write_witness, self, error) &&
           deliver(options->dot, write_witness_drawing, self, error);
}

static bool deliver_state_graph(struct check *self, struct error *error)
{
    if (self->stategraph == NULL)
        return true;
    if (!self->stategraph->too_large)
        return deliver(self->options->graph, write_state_drawing, self, error);
    fprintf(stderr, "racecheck: the state graph has more than %d states and is not drawn: %s is not written\n",
            STATEGRAPH_NODES_MAX, self->options->graph);
    return true;
}

static bool report(struct check *self, struct error *error)
{
    return deliver(self->options->json, write_result, self, error) && deliver_witnesses(self, error) &&
           deliver_state_graph(self, error) && deliver(report_path(self->options), write_report, self, error);
}

/* ---- The verdict ------------------------------------------------------------------------------------------------- */

static bool is_violated(const struct check *self)
{
    bool violated = false;
    for (size_t a = 0; a < self->options->assertion_count; a++) {
        if (!assertion_is_violated(&self->assertions[a], self->outcome))
            continue;
        fprintf(stderr, "racecheck: assertion violated: %s", self->assertions[a].text);
        if (self->assertions[a].kind == ASSERTION_NO_STARVATION)
            fprintf(stderr, ", %s", setting_fairness(self->outcome->fairness));
        fputc('\n', stderr);
        violated = true;
    }
    return violated;
}

/* Whether a value was asked for that no schedule ends with. */
static bool is_unreachable(const struct check *self)
{
    const struct outcome *outcome = self->outcome;
    int64_t value = self->options->value;
    bool outside = outcome->has_extremes && (value < outcome->least || value > outcome->greatest);
    bool missing = outcome->has_values && !intervals_contain(&outcome->values, value);
    if (!self->options->has_value || !outcome->complete || !(outside || missing))
        return false;
    fprintf(stderr, "racecheck: no schedule ends with %s = %lld\n", outcome->observe, (long long)value);
    return true;
}

/* Whether something was asked that the outcome does not tell, though no limit was reached: it was left out as too
 * expensive. Silence would pass for a yes. */
static bool is_undecided(const struct check *self)
{
    const struct outcome *outcome = self->outcome;
    int64_t value = self->options->value;
    bool undecided = false;
    for (size_t a = 0; a < self->options->assertion_count; a++) {
        if (assertion_is_decided(&self->assertions[a], outcome))
            continue;
        fprintf(stderr, "racecheck: assertion not decided: %s (%s)\n", self->assertions[a].text,
                assertion_reason(&self->assertions[a]));
        undecided = true;
    }
    bool known = outcome->has_values ||
                 (outcome->has_extremes && (value <= outcome->least || value >= outcome->greatest));
    if (self->options->has_value && !known) {
        fprintf(stderr, "racecheck: whether a schedule ends with %s = %lld was not computed\n", outcome->observe,
                (long long)value);
        undecided = true;
    }
    return undecided;
}

static enum status verdict(const struct check *self)
{
    const struct outcome *outcome = self->outcome;
    if (self->budget.limit == BUDGET_INTERRUPTED) {
        fputs("racecheck: INCOMPLETE: interrupted\n", stderr);
        return STATUS_INTERRUPTED;
    }
    bool violated = is_violated(self), unreachable = is_unreachable(self);
    if (violated || unreachable)
        return STATUS_VIOLATED;
    if (outcome->can_fail) {
        fprintf(stderr, "%s\n", outcome->failure_text);
        return STATUS_USAGE;
    }
    if (!outcome->complete) {
        fprintf(stderr, "racecheck: INCOMPLETE: %s\n", outcome->incomplete_reason);
        return STATUS_INCOMPLETE;
    }
    return is_undecided(self) ? STATUS_INCOMPLETE : STATUS_OK;
}

static bool outputs_differ(const struct options *options, struct error *error)
{
    const char *const paths[] = {options->output, options->json,  options->witness,
                                 options->dot,    options->graph, options->operand_count > 0 ? options->operands[0] : NULL};
    return delivery_paths_differ(paths, sizeof paths / sizeof paths[0], error);
}

static enum status run(struct check *self)
{
    struct error error = ERROR_INIT;
    if (!outputs_differ(self->options, &error) || !find_observed(self, &error) || !read_assertions(self, &error) ||
        !find_scheduler(self, &error))
        return complain(&error);
    start_budget(self);
    if (!analyse(self, &error) || !report(self, &error))
        return complain(&error);
    return verdict(self);
}

enum status command_check(const struct options *options)
{
    struct error error = ERROR_INIT;
    struct check self = {.options = options};
    self.program = source_program(options, &error);
    if (self.program == NULL)
        return complain(&error);
    self.outcome = outcome_new();
    enum status status = run(&self);
    stategraph_free(self.stategraph);
    outcome_free(self.outcome);
    scheduler_free(self.scheduler);
    program_free(self.program);
    return status;
}
