#include "apps/examination.h"

#include "apps/scheduling.h"
#include "apps/source.h"
#include "apps/watchdog.h"
#include "base/memory.h"
#include "report/setting.h"

#include <unistd.h>

enum status examination_complain(const struct error *error)
{
    error_print(error, "racecheck", stderr);
    return STATUS_USAGE;
}

/* ---- Limits ----------------------------------------------------------------------------------------------------- */

static uint64_t memory_limit(const struct options *options)
{
    uint64_t pages = (uint64_t)sysconf(_SC_PHYS_PAGES), size = (uint64_t)sysconf(_SC_PAGESIZE);
    return options->max_memory > 0 ? options->max_memory : pages * size / 4 * 3;
}

static void start_budget(struct examination *self)
{
    self->budget = (struct budget){
        .max_states = (uint64_t)self->options->max_states,
        .max_memory = memory_limit(self->options),
        .memory_was_asked = self->options->max_memory > 0,
        .max_seconds = self->options->timeout,
        .interrupt = watchdog_listen(),
    };
    progress_attach(&self->progress, self->options->progress, &self->budget);
    budget_start(&self->budget);
}

/* ---- Preparing ------------------------------------------------------------------------------------------------- */

static bool find_observed(struct examination *self, struct error *error)
{
    const char *name = self->options->observe;
    if (name == NULL && self->program->word_count == 0) {
        error_set(error, self->program->source, 0, 0,
                  "the program has no variable whose value could be observed (expected .var, or"
                  " --observe with an address)");
        return false;
    }
    int64_t word = name != NULL ? program_observe_word(self->program, name) : 0;
    if (word < 0) {
        error_set(error, NULL, 0, 0, "--observe: the program has no variable '%s'", name);
        return false;
    }
    self->word = (uint32_t)word;
    return true;
}

static bool read_claim(struct examination *self, const char *text, const char *observe, struct error *error)
{
    struct outcome *outcome = self->outcome;
    struct claim *claim = &outcome->claims[outcome->claim_count];
    if (!claim_parse(claim, text, observe, error))
        return false;
    outcome->claim_count++;
    if (claim->kind != CLAIM_EXCLUSIVE || self->program->section_count > 0)
        return true;
    error_set(
        error, self->program->source, 0, 0,
        "--assert exclusive: the program marks no critical section (expected .critical and .endcritical around one)");
    return false;
}

static bool read_claims(struct examination *self, struct error *error)
{
    const struct options *options = self->options;
    char *observe = program_word_name(self->program, self->word);
    bool good = true;
    self->outcome->claims = memory_new(options->assertions.count, sizeof *self->outcome->claims);
    for (size_t a = 0; a < options->assertions.count && good; a++)
        good = read_claim(self, options->assertions.items[a], observe, error);
    memory_free(observe);
    return good;
}

bool examination_prepare(struct examination *self, const struct options *options, struct error *error)
{
    *self = (struct examination){.options = options, .outcome = outcome_new()};
    start_budget(self);
    self->program = source_program(options, error);
    if (self->program == NULL || !find_observed(self, error))
        return false;
    self->scheduler = scheduling_new(self->program, options, error);
    return self->scheduler != NULL && read_claims(self, error);
}

/* ---- Running --------------------------------------------------------------------------------------------------- */

/* Of several files each is a thread. */
static int64_t given_threads(const struct options *options)
{
    return options->operand_count > 1 ? (int64_t)options->operand_count : options->threads;
}

void examination_describe(struct examination *self)
{
    const struct program *program = self->program;
    struct outcome *outcome = self->outcome;
    outcome->model = memory_copy_string(program->name);
    outcome->text = memory_copy_string(program->text);
    outcome->threads = program->thread_count;
    outcome->given_threads = given_threads(self->options);
    outcome->iters = self->options->iters;
    outcome->registers = self->options->registers != NULL ? memory_copy_string(self->options->registers) : NULL;
    outcome->observe = program_word_name(program, self->word);
    outcome->observed_first = program->words[self->word];
    outcome->scheduler = memory_copy_string(self->scheduler->kind->name);
    scheduler_describe(self->scheduler, &outcome->parameters, &outcome->parameter_count);
    for (size_t s = 0; s < self->options->symbol_count; s++)
        property_add_number(&outcome->symbols, &outcome->symbol_count, self->options->symbols[s].name,
                            self->options->symbols[s].value);
}

bool examination_run(struct examination *self, const struct analysis_options *wishes, struct error *error)
{
    const struct options *options = self->options;
    struct analysis_options analysis = *wishes;
    analysis.scheduler = self->scheduler;
    analysis.observation = observation_of(self->word);
    analysis.patience = options->patience;
    analysis.no_slice = options->slice == WHEN_NEVER;
    analysis.no_symmetry = options->symmetry == WHEN_NEVER;
    analysis.explain = options->explain;
    analysis.jobs = (unsigned)options->jobs;
    analysis.budget = &self->budget;
    examination_describe(self);
    bool good = analysis_run(self->program, &analysis, self->outcome, error);
    progress_clear(&self->progress);
    return good;
}

enum status examination_status(const struct examination *self)
{
    const struct outcome *outcome = self->outcome;
    if (self->budget.limit == BUDGET_INTERRUPTED) {
        fputs("racecheck: INCOMPLETE: interrupted\n", stderr);
        return STATUS_INTERRUPTED;
    }
    if (outcome->can_fail) {
        fprintf(stderr, "%s\n", outcome->failure_text);
        return STATUS_USAGE;
    }
    if (!outcome->complete) {
        fprintf(stderr, "racecheck: INCOMPLETE: %s\n", outcome->incomplete_reason);
        return STATUS_INCOMPLETE;
    }
    return STATUS_OK;
}

bool examination_is_violated(const struct examination *self)
{
    const struct outcome *outcome = self->outcome;
    bool is_violated = false;
    for (size_t c = 0; c < outcome->claim_count; c++) {
        const struct claim *claim = &outcome->claims[c];
        if (claim->verdict != CLAIM_VIOLATED)
            continue;
        bool names_fairness = claim->kind == CLAIM_NO_STARVATION;
        fprintf(stderr, "racecheck: assertion violated: %s%s%s\n", claim->text, names_fairness ? ", " : "",
                names_fairness ? setting_fairness(outcome->fairness) : "");
        is_violated = true;
    }
    return is_violated;
}

void examination_free(struct examination *self)
{
    outcome_free(self->outcome);
    scheduler_free(self->scheduler);
    program_free(self->program);
    *self = (struct examination){0};
}
