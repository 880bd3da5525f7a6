#include "analysis/outcome.h"

#include "analysis/all_iterations.h"
#include "analysis/condition_count.h"
#include "analysis/detection.h"
#include "analysis/event_count.h"
#include "analysis/fences.h"
#include "analysis/sample.h"
#include "base/memory.h"
#include "schedulers/problem.h"

#include <string.h>

struct outcome *outcome_new(void)
{
    struct outcome *self = memory_new(1, sizeof *self);
    mpz_inits(self->schedules, self->deadlocked, self->failed, self->states, self->transitions, NULL);
    mpq_inits(self->random_deadlocked, self->random_failed, self->random_endless, NULL);
    return self;
}

/* Where nobody says what is observed it is the first variable, though there may be others. */
static char *name_unobserved(const struct problem *problem)
{
    enum { NAMES_MAX = 3 };
    const struct program *program = problem->program;
    uint32_t word;
    struct text names = TEXT_INIT;
    size_t count = 1;
    while (count < program->variable_count && program->variables[count].word < program->declared_words)
        count++;
    if (problem->observe != NULL || program->observation.count > 0 || count == 1 ||
        !observation_is_word(&problem->observation, &word))
        return NULL;
    for (size_t v = 1; v < count && v <= NAMES_MAX; v++)
        text_print(&names, "%s`%s`", v == 1 ? "" : v + 1 == count ? " and " : ", ", program->variables[v].name);
    if (count > NAMES_MAX + 1)
        text_print(&names, " and %zu more", count - NAMES_MAX - 1);
    return text_take(&names);
}

void outcome_describe(struct outcome *self, const struct problem *problem)
{
    const struct program *program = problem->program;
    self->model = memory_copy_string(program->name);
    self->listing = program->listing != NULL ? memory_copy_string(program->listing) : NULL;
    self->reading = program->reading != NULL ? memory_copy_string(program->reading) : NULL;
    self->text = memory_copy_string(program->text);
    self->threads = program->thread_count;
    self->given_threads = problem->threads;
    self->iters = problem->iters;
    self->registers = problem->registers != NULL ? memory_copy_string(problem->registers) : NULL;
    self->observation = problem->observation;
    self->value_names = value_names_copy(&program->value_names);
    self->observe = observation_names(&problem->observation, program);
    self->unobserved = name_unobserved(problem);
    self->observed_first = program->words[problem->word];
    self->symbols = property_copy_list(problem->symbols, problem->symbol_count);
    self->symbol_count = problem->symbol_count;
    self->is_tso = problem->program->memory == MEMORY_TSO;
    self->store_buffer = problem->program->store_buffer;
    self->is_one_processor = problem->is_one_processor;
    self->scheduler = memory_copy_string(problem->scheduler->kind->name);
    scheduler_describe(problem->scheduler, &self->parameters, &self->parameter_count);
}

static void free_rows(struct outcome *self)
{
    for (size_t r = 0; r < self->row_count; r++) {
        mpz_clear(self->rows[r].schedules);
        mpq_clear(self->rows[r].random);
    }
    memory_free(self->rows);
}

static void free_witnesses(struct outcome *self)
{
    for (size_t w = 0; w < self->witness_count; w++) {
        schedule_free(&self->witnesses[w].schedule);
        property_free_list(self->witnesses[w].parameters, self->witnesses[w].parameter_count);
        trace_free(self->witnesses[w].trace);
    }
    memory_free(self->witnesses);
}

static void free_waits(struct outcome *self)
{
    for (size_t w = 0; w < self->wait_count; w++) {
        memory_free(self->waits[w].thread);
        schedule_free(&self->waits[w].schedule);
        property_free_list(self->waits[w].parameters, self->waits[w].parameter_count);
        trace_free(self->waits[w].trace);
    }
    memory_free(self->waits);
}

static void free_claims(struct outcome *self)
{
    for (size_t c = 0; c < self->claim_count; c++)
        claim_free(&self->claims[c]);
    memory_free(self->claims);
}

static void free_omissions(struct outcome *self)
{
    for (size_t o = 0; o < self->omission_count; o++) {
        memory_free(self->omissions[o].question);
        memory_free(self->omissions[o].reason);
        memory_free(self->omissions[o].remedy);
    }
    memory_free(self->omissions);
}

static void free_overflows(struct outcome *self)
{
    for (size_t o = 0; o < self->overflow_count; o++)
        memory_free(self->overflows[o].location);
    memory_free(self->overflows);
}

static void free_texts(struct outcome *self)
{
    memory_free(self->model);
    memory_free(self->text);
    memory_free(self->registers);
    memory_free(self->observe);
    memory_free(self->reading);
    memory_free(self->listing);
    memory_free(self->unobserved);
    condition_count_free(self->condition);
    fences_free(self->fences);
    memory_free(self->scheduler);
    memory_free(self->incomplete_reason);
    memory_free(self->failure_text);
    memory_free(self->explanation);
    memory_free(self->spinning);
}

void outcome_free(struct outcome *self)
{
    if (self == NULL)
        return;
    free_texts(self);
    value_names_free(&self->value_names);
    property_free_list(self->symbols, self->symbol_count);
    property_free_list(self->parameters, self->parameter_count);
    intervals_free(&self->values);
    tuples_free(&self->tuples);
    outputs_free(self->outputs);
    if (self->behaviour != NULL)
        behaviour_free(self->behaviour);
    memory_free(self->behaviour);
    free_rows(self);
    for (size_t e = 0; e < self->event_count; e++)
        event_count_free(&self->events[e]);
    memory_free(self->events);
    all_iterations_free(self->iterations);
    turns_free(&self->least_turns);
    turns_free(&self->greatest_turns);
    sample_free(self->sample);
    detection_free(self->detection);
    free_witnesses(self);
    free_waits(self);
    free_claims(self);
    free_omissions(self);
    free_overflows(self);
    mpz_clears(self->schedules, self->deadlocked, self->failed, self->states, self->transitions, NULL);
    mpq_clears(self->random_deadlocked, self->random_failed, self->random_endless, NULL);
    memory_free(self);
}

/* From a state without an end some schedule comes to a deadlock, or goes round where there is none. */
enum claim_verdict outcome_hangs(const struct outcome *self)
{
    if (self->can_deadlock || self->can_hang)
        return CLAIM_HOLDS;
    return self->complete && !self->endless_unknown ? CLAIM_VIOLATED : CLAIM_UNKNOWN;
}

enum claim_verdict outcome_terminates(const struct outcome *self)
{
    bool is_known = self->complete && !self->endless_unknown;
    if (self->can_deadlock)
        return CLAIM_VIOLATED;
    if (is_known && !self->endless)
        return CLAIM_HOLDS;
    if (self->has_fair_endless)
        return self->fair_endless ? CLAIM_VIOLATED : CLAIM_HOLDS;
    return self->endless && self->fairness == FAIRNESS_NONE ? CLAIM_VIOLATED : CLAIM_UNKNOWN;
}

bool outcome_extremes(const struct outcome *self, int64_t *least, int64_t *greatest)
{
    const struct intervals *values = &self->values;
    bool is_listed = self->has_values && values->count > 0;
    *least = is_listed ? values->items[0].first : self->least;
    *greatest = is_listed ? values->items[values->count - 1].last : self->greatest;
    return is_listed || self->has_extremes;
}

size_t outcome_width(const struct outcome *self)
{
    return self->tuples.width > 1 ? self->tuples.width : 1;
}

const int64_t *outcome_row_values(const struct outcome *self, const struct outcome_row *row)
{
    return outcome_width(self) > 1 ? tuples_at(&self->tuples, (size_t)row->value) : &row->value;
}

bool outcome_is_other(const struct outcome *self, int64_t value)
{
    const int64_t *values = outcome_width(self) > 1 ? tuples_at(&self->tuples, (size_t)value) : &value;
    bool is_other = false;
    for (size_t m = 0; m < self->observation.count && self->outputs != NULL; m++)
        is_other |= self->observation.places[m].thread == OBSERVED_OUTPUT && outputs_is_other(self->outputs, values[m]);
    return is_other;
}

bool outcome_find_end(const struct outcome *self, const struct observed_end *end, int64_t *value)
{
    int64_t tuple[OBSERVATION_MAX];
    if (end->count != self->observation.count)
        return false;
    for (size_t m = 0; m < end->count; m++) {
        bool is_output = self->observation.places[m].thread == OBSERVED_OUTPUT;
        tuple[m] = end->numbers[m];
        if (is_output && !outputs_find(self->outputs, end->output, &tuple[m]))
            return false;
    }
    size_t rank = outcome_width(self) > 1 ? tuples_rank(&self->tuples, tuple) : SIZE_MAX;
    *value = outcome_width(self) > 1 ? (int64_t)rank : tuple[0];
    return outcome_width(self) == 1 || rank != SIZE_MAX;
}

bool outcome_has_count(const struct outcome *self, const struct outcome_row *row)
{
    return self->has_counts || (self->has_value_count && row->value == self->counted_value);
}

const struct outcome_row *outcome_row(const struct outcome *self, int64_t value)
{
    size_t low = 0, high = self->row_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (self->rows[middle].value == value)
            return &self->rows[middle];
        if (self->rows[middle].value < value)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

void outcome_omit(struct outcome *self, const char *question, const char *reason, const char *remedy)
{
    for (size_t o = 0; o < self->omission_count; o++)
        if (strcmp(self->omissions[o].question, question) == 0 && strcmp(self->omissions[o].reason, reason) == 0)
            return;
    self->omissions = memory_resize(self->omissions, self->omission_count + 1, sizeof *self->omissions);
    struct outcome_omission *omission = &self->omissions[self->omission_count++];
    omission->question = memory_copy_string(question);
    omission->reason = memory_copy_string(reason);
    omission->remedy = memory_copy_string(remedy);
}

void outcome_add_overflow(struct outcome *self, const char *location, uint64_t rounds)
{
    self->overflows = memory_resize(self->overflows, self->overflow_count + 1, sizeof *self->overflows);
    self->overflows[self->overflow_count++] = (struct outcome_overflow){memory_copy_string(location), rounds};
}
