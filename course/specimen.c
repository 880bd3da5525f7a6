#include "course/specimen.h"

#include "base/fault.h"
#include "base/memory.h"
#include "frontends/assembler.h"
#include "schedulers/scheduler.h"

#include <string.h>

enum { STATES_MAX = 200000 };

struct specimen specimen_of_key(const struct key *key)
{
    return (struct specimen){.name = key->student,
                             .text = key->text,
                             .threads = key->threads,
                             .iters = key->iters,
                             .symbols = key->symbols,
                             .symbol_count = key->symbol_count,
                             .observe = key->observe,
                             .scheduler = key->scheduler,
                             .parameters = key->parameters,
                             .parameter_count = key->parameter_count};
}

static struct program *assemble(const struct specimen *self)
{
    struct error error = ERROR_INIT;
    struct assembler_input input = {.name = self->name,
                                    .source = self->name,
                                    .text = self->text,
                                    .length = strlen(self->text),
                                    .threads = self->threads,
                                    .iters = self->iters,
                                    .symbols = self->symbols,
                                    .symbol_count = self->symbol_count};
    struct program *program = assembler_read(&input, &error);
    if (program == NULL)
        fault("the program of an exercise does not assemble: line %u: %s", error.line, error.text);
    return program;
}

static struct scheduler *make_scheduler(const struct specimen *self, const struct program *program)
{
    struct error error = ERROR_INIT;
    size_t count = self->parameter_count;
    struct property *parameters = property_copy_list(self->parameters, count);
    if (self->quantum > 0)
        property_add_number(&parameters, &count, "quantum", self->quantum);
    struct scheduler *scheduler = scheduler_new(self->scheduler, parameters, count, program->thread_count, &error);
    property_free_list(parameters, count);
    if (scheduler == NULL)
        fault("the scheduler of an exercise is wrong: %s", error.text);
    return scheduler;
}

static void describe(const struct specimen *self, const struct program *program, const struct scheduler *scheduler,
                     uint32_t word, struct outcome *outcome)
{
    outcome->model = memory_copy_string(self->name);
    outcome->text = memory_copy_string(self->text);
    outcome->threads = program->thread_count;
    outcome->iters = self->iters;
    outcome->observe = program_word_name(program, word);
    outcome->observed_first = program->words[word];
    outcome->symbols = property_copy_list(self->symbols, self->symbol_count);
    outcome->symbol_count = self->symbol_count;
    outcome->scheduler = memory_copy_string(scheduler->kind->name);
    scheduler_describe(scheduler, &outcome->parameters, &outcome->parameter_count);
}

static uint32_t find_observed(const struct specimen *self, const struct program *program)
{
    int64_t word = program_find_word(program, self->observe);
    if (word < 0)
        fault("the program of an exercise has no variable %s", self->observe);
    return (uint32_t)word;
}

struct outcome *specimen_analyse(const struct specimen *self, struct specimen_question question)
{
    struct error error = ERROR_INIT;
    struct program *program = assemble(self);
    struct scheduler *scheduler = make_scheduler(self, program);
    struct budget budget = {.max_states = STATES_MAX, .interrupt = self->interrupt};
    struct analysis_options options = {.scheduler = scheduler,
                                       .observation = observation_of(find_observed(self, program)),
                                       .questions = question.questions,
                                       .insist = question.questions,
                                       .witness = question.witness,
                                       .witness_value = question.value,
                                       .jobs = 1,
                                       .budget = &budget};
    struct outcome *outcome = outcome_new();
    budget_start(&budget);
    describe(self, program, scheduler, options.observation.words[0], outcome);
    if (!analysis_run(program, &options, outcome, &error))
        fault("the program of an exercise cannot be analysed: %s", error.text);
    scheduler_free(scheduler);
    program_free(program);
    return outcome;
}
