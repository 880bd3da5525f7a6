#include "apps/examination.h"

#include "analysis/condition_count.h"
#include "analysis/fences.h"
#include "apps/process.h"
#include "apps/source.h"
#include "base/memory.h"
#include "report/phrase.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* ---- Progress ---------------------------------------------------------------------------------------------------- */

static void print_rate(const struct progress *self, const struct budget_progress *now)
{
    if (self->phase == NULL || strcmp(self->phase, now->phase) != 0 || now->seconds <= self->seconds ||
        now->states < self->states)
        return;
    double rate = (double)(now->states - self->states) / (now->seconds - self->seconds);
    fprintf(stderr, ", %.2g million/s", rate / 1e6);
}

static void report_progress(void *context, const struct budget_progress *now)
{
    struct progress *self = context;
    fprintf(stderr, "%sracecheck: %s: %.2f million states", self->rewrites ? "\r\033[K" : "", now->phase,
            (double)now->states / 1e6);
    if (now->total > 0)
        fprintf(stderr, " (%.0f %%)", 100 * (double)now->states / (double)now->total);
    print_rate(self, now);
    if (now->depth > 0)
        fprintf(stderr, ", depth %llu", (unsigned long long)now->depth);
    fprintf(stderr, ", %.0f s%s", now->seconds, self->rewrites ? "" : "\n");
    fflush(stderr);
    self->shown = self->rewrites;
    self->phase = now->phase;
    self->states = now->states;
    self->seconds = now->seconds;
}

/* Makes the budget report to this progress, if the options and the terminal want it. */
static void attach_progress(struct progress *self, enum when when, struct budget *budget)
{
    *self = (struct progress){.rewrites = isatty(STDERR_FILENO) != 0};
    if (when == WHEN_NEVER || (when == WHEN_AUTO && !self->rewrites))
        return;
    budget->report = report_progress;
    budget->report_context = self;
}

void examination_refuse(struct examination *self, const char *reason, const char *path)
{
    fprintf(stderr, "racecheck: %s: %s is not written\n", reason, path);
    self->refusal = self->budget.limit == BUDGET_INTERRUPTED ? STATUS_INTERRUPTED : STATUS_INCOMPLETE;
}

void examination_clear_progress(struct examination *self)
{
    if (self->progress.shown)
        fputs("\r\033[K", stderr);
    self->progress.shown = false;
}

/* ---- Limits ----------------------------------------------------------------------------------------------------- */

uint64_t examination_memory(const struct options *options)
{
    uint64_t pages = (uint64_t)sysconf(_SC_PHYS_PAGES), size = (uint64_t)sysconf(_SC_PAGESIZE);
    return options->max_memory > 0 ? options->max_memory : pages * size / 4 * 3;
}

static void start_budget(struct examination *self)
{
    self->budget = (struct budget){
        .max_states = (uint64_t)self->options->max_states,
        .max_memory = examination_memory(self->options),
        .memory_was_asked = self->options->max_memory > 0,
        .max_seconds = self->options->timeout,
        .interrupt = process_listen(),
    };
    attach_progress(&self->progress, self->options->progress, &self->budget);
    budget_start(&self->budget);
}

/* ---- Preparing ------------------------------------------------------------------------------------------------- */

static bool read_claim(struct examination *self, const char *text, struct error *error)
{
    struct outcome *outcome = self->outcome;
    struct claim *claim = &outcome->claims[outcome->claim_count];
    if (!claim_parse(claim, self->problem.program, &self->problem.observation, text, error))
        return false;
    outcome->claim_count++;
    if ((claim->kind != CLAIM_EXCLUSIVE && claim->kind != CLAIM_BYPASS) || self->problem.program->section_count > 0)
        return true;
    return error_set(
        error, self->problem.source, 0, 0,
        "--assert %s: the program marks no critical section (expected .critical and .endcritical around one)", text);
}

static bool read_claims(struct examination *self, struct error *error)
{
    const struct options *options = self->options;
    const struct litmus_test *question = self->problem.program->test;
    bool good = true;
    self->outcome->claims = memory_new(options->assertions.count + 1, sizeof *self->outcome->claims);
    if (question != NULL && question->claim != NULL)
        good = read_claim(self, question->claim, error);
    for (size_t a = 0; a < options->assertions.count && good; a++)
        good = read_claim(self, options->assertions.items[a], error);
    return good;
}

/* Whether what --fences asks can be asked. */
static bool fences_fit(const struct examination *self, struct error *error)
{
    const struct program *program = self->problem.program;
    if (!self->options->fences)
        return true;
    if (self->problem.is_one_processor)
        return error_set(error, NULL, 0, 0,
                         "--fences: under the %s scheduler there is one processor, where memory is sc",
                         problem_kind(&self->problem));
    if (program->memory != MEMORY_TSO)
        return error_set(error, NULL, 0, 0,
                         "--fences: memory is sc, and no load overtakes a store (expected --memory tso)");
    if (program->codes[0].origins != NULL)
        return error_set(error, NULL, 0, 0, "--fences: a Python program has no fences to be given");
    return self->outcome->claim_count > 0 ||
           error_set(error, NULL, 0, 0, "--fences: nothing is claimed that they could restore (expected --assert)");
}

bool examination_prepare(struct examination *self, const struct options *options, struct error *error)
{
    return examination_prepare_rolled(self, options, 0, error);
}

bool examination_prepare_rolled(struct examination *self, const struct options *options, uint64_t rolled_from,
                                struct error *error)
{
    *self = (struct examination){.options = options, .outcome = outcome_new()};
    start_budget(self);
    return source_problem(&self->problem, options, rolled_from, error) && source_uses_symbols(&self->problem, options, error) &&
           read_claims(self, error) && fences_fit(self, error);
}

/* ---- Running --------------------------------------------------------------------------------------------------- */

/* Of several files each is a thread. */
static int64_t given_threads(const struct options *options)
{
    return options->operand_count > 1 ? (int64_t)options->operand_count : options->threads;
}

void examination_describe(struct examination *self)
{
    outcome_describe(self->outcome, &self->problem);
    self->outcome->given_threads = given_threads(self->options);
}

/* What is wished, of this problem, and as the options say how to search. */
static struct analysis_options settle(struct examination *self, const struct analysis_options *wishes)
{
    const struct options *options = self->options;
    struct analysis_options analysis = *wishes;
    analysis.scheduler = self->problem.scheduler;
    analysis.observation = self->problem.observation;
    analysis.patience = options->patience;
    analysis.no_slice = options->slice == WHEN_NEVER;
    analysis.no_symmetry = options->symmetry == WHEN_NEVER;
    analysis.no_partial_order = options->partial_order == WHEN_NEVER;
    analysis.no_cells = options->cells == WHEN_NEVER;
    analysis.explain = options->explain == EXPLAIN_DATA;
    analysis.jobs = (unsigned)options->jobs;
    analysis.budget = &self->budget;
    analysis.by_outcome = options->by_outcome;
    analysis.detection_depth = (uint32_t)options->depth;
    if ((analysis.insist & QUESTION_DETECTION) != 0) { /* which is told from these */
        analysis.questions |= QUESTION_VALUES | QUESTION_COUNTS | QUESTION_RANDOM | QUESTION_PREEMPTIONS;
        analysis.insist |= QUESTION_COUNTS | QUESTION_RANDOM;
    }
    return analysis;
}

bool examination_run(struct examination *self, const struct analysis_options *wishes, struct error *error)
{
    struct analysis_options analysis = settle(self, wishes);
    examination_describe(self);
    bool good = program_is_rolled(self->problem.program)
                    ? analysis_run_rolled(self->problem.program, &analysis, self->outcome, error)
                    : analysis_run(self->problem.program, &analysis, self->outcome, error);
    if (good)
        condition_count_make(self->outcome, self->problem.program);
    if (good && self->options->fences)
        good = fences_find(self->outcome, &self->problem, &analysis, error);
    examination_clear_progress(self);
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
        bool names_fairness = claim_is_fair(claim);
        fprintf(stderr, "racecheck: assertion violated: %s%s%s\n", claim->text, names_fairness ? ", " : "",
                names_fairness ? phrase_fairness(outcome->fairness) : "");
        is_violated = true;
    }
    return is_violated;
}

void examination_free(struct examination *self)
{
    outcome_free(self->outcome);
    problem_free(&self->problem);
    *self = (struct examination){0};
}
