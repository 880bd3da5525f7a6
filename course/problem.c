#include "course/problem.h"

#include "base/memory.h"
#include "frontends/assembler.h"
#include "schedulers/scheduler.h"

#include <string.h>

bool problem_assemble(struct problem *self, const struct key *key, const struct key_trial *trial, const char *source,
                      const char *text, size_t length, struct error *error)
{
    struct symbol *symbols = memory_new(trial->symbol_count, sizeof *symbols);
    for (size_t s = 0; s < trial->symbol_count; s++)
        symbols[s] = (struct symbol){trial->symbols[s].name, trial->symbols[s].number};
    struct assembler_input input = {.name = source,
                                    .source = source,
                                    .text = text,
                                    .length = length,
                                    .threads = trial->threads,
                                    .iters = trial->iters,
                                    .symbols = symbols,
                                    .symbol_count = trial->symbol_count};
    self->program = assembler_read(&input, error);
    memory_free(symbols);
    if (self->program == NULL)
        return false;
    int64_t word = program_find_word(self->program, key->observe);
    if (word < 0)
        return error_set(error, NULL, 0, 0, "%s has no variable '%s'", source, key->observe);
    self->word = (uint32_t)word;
    if (trial->has_first)
        self->program->words[word] = trial->first;
    return true;
}

bool problem_assemble_exercise(struct problem *self, const struct key *key, const struct key_trial *trial,
                               struct error *error)
{
    return problem_assemble(self, key, trial, "the exercise", key->text, strlen(key->text), error);
}

bool problem_schedule(struct problem *self, const struct key *key, int64_t quantum, struct error *error)
{
    struct property *parameters = property_copy_list(key->parameters, key->parameter_count);
    size_t count = key->parameter_count;
    struct property added = {.name = (char[]){"quantum"}, .is_number = true, .number = quantum};
    if (key->kind == ASSIGNMENT_QUANTUM)
        property_set(&parameters, &count, &added);
    scheduler_free(self->scheduler);
    self->scheduler = scheduler_new(key->scheduler, parameters, count, self->program->thread_count, error);
    property_free_list(parameters, count);
    return self->scheduler != NULL;
}

bool problem_analyse(const struct problem *self, struct problem_question question, struct budget *budget,
                     struct outcome *outcome, struct error *error)
{
    struct analysis_options options = {.scheduler = self->scheduler,
                                       .observation = observation_of(self->word),
                                       .questions = question.questions,
                                       .insist = question.questions,
                                       .witness = question.witness,
                                       .witness_value = question.value,
                                       .jobs = 1,
                                       .budget = budget};
    return analysis_run(self->program, &options, outcome, error);
}

void problem_free(struct problem *self)
{
    scheduler_free(self->scheduler);
    program_free(self->program);
    *self = (struct problem){0};
}
