#include "course/key_problem.h"

#include <string.h>

bool key_problem_make(struct problem *self, const struct key *key, const struct key_trial *trial, int64_t quantum,
                      const char *program, size_t length, struct error *error)
{
    const char *source = program != NULL ? "the program" : "the exercise";
    struct property *parameters = property_copy_list(key->parameters, key->parameter_count);
    size_t count = key->parameter_count;
    struct error inner = ERROR_INIT;
    if (key->kind == ASSIGNMENT_QUANTUM)
        property_set(&parameters, &count,
                     &(struct property){.name = (char[]){"quantum"}, .is_number = true, .number = quantum});
    *self = (struct problem){.name = source,
                             .source = source,
                             .text = program != NULL ? program : key->text,
                             .length = program != NULL ? length : strlen(key->text),
                             .threads = trial->threads,
                             .iters = trial->iters,
                             .symbols = trial->symbols,
                             .symbol_count = trial->symbol_count,
                             .observe = key->observe,
                             .kind = key->scheduler,
                             .parameters = parameters,
                             .parameter_count = count,
                             .overrules_own = true};
    bool is_made = problem_make(self, &inner);
    property_free_list(parameters, count);
    self->parameters = NULL;
    self->parameter_count = 0;
    if (!is_made && self->wrong == PROBLEM_OBSERVED)
        return error_set(error, NULL, 0, 0, "%s has no variable '%s'", source, key->observe);
    if (!is_made)
        return error_set(error, inner.source, inner.line, inner.column, "%s", inner.text);
    if (self->program->memory != MEMORY_SC)
        return error_set(error, NULL, 0, 0, "%s says '.memory tso', which assignments do not know", source);
    if (trial->has_first)
        self->program->words[self->word] = trial->first;
    return true;
}

bool key_problem_observes_number(const struct problem *self)
{
    return self->observation.count == 1 && !observation_has_output(&self->observation);
}

bool key_problem_observes_variable(const struct problem *self)
{
    uint32_t word;
    return observation_is_word(&self->observation, &word);
}

bool key_problem_analyse(const struct problem *self, struct key_question question, struct budget *budget,
                         struct outcome *outcome, struct error *error)
{
    struct analysis_options options = {.scheduler = self->scheduler,
                                       .observation = self->observation,
                                       .questions = question.questions,
                                       .insist = question.questions,
                                       .witness = question.witness,
                                       .witness_value = question.value,
                                       .witness_ends = question.end,
                                       .witness_end_count = question.end != NULL,
                                       .jobs = 1,
                                       .budget = budget};
    return analysis_run(self->program, &options, outcome, error);
}
