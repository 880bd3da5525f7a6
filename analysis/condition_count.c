#include "analysis/condition_count.h"

#include "base/memory.h"
#include "program/predicate.h"

#include <string.h>

/* A row, in which members have values. */
struct row_source {
    const struct observation *observation;
    const int64_t *values;
};

static int64_t find_value(const struct row_source *self, int32_t thread, uint32_t number)
{
    for (size_t p = 0; p < self->observation->count; p++)
        if (self->observation->places[p].thread == thread && self->observation->places[p].number == number)
            return self->values[p];
    return 0; /* all that the condition names is observed */
}

static int64_t word_of(void *context, size_t word)
{
    return find_value(context, OBSERVED_WORD, (uint32_t)word);
}

static int64_t register_of(void *context, int thread, unsigned number)
{
    return find_value(context, thread, number);
}

static bool holds_at(const struct predicate *condition, const struct outcome *outcome, const struct outcome_row *row)
{
    struct row_source row_source = {&outcome->observation, outcome_row_values(outcome, row)};
    struct predicate_source source = {&row_source, word_of, register_of, NULL};
    int64_t value;
    return predicate_evaluate(condition, &source, &value) == FAILURE_NONE && value != 0;
}

static void count_rows(struct condition_count *self, const struct outcome *outcome, const struct predicate *condition)
{
    self->holds = memory_new(outcome->row_count, sizeof *self->holds);
    for (size_t r = 0; r < outcome->row_count; r++) {
        const struct outcome_row *row = &outcome->rows[r];
        self->holds[r] = holds_at(condition, outcome, row);
        *(self->holds[r] ? &self->positive : &self->negative) += 1;
        if (outcome->has_counts && self->holds[r])
            mpz_add(self->positive_schedules, self->positive_schedules, row->schedules);
        else if (outcome->has_counts)
            mpz_add(self->negative_schedules, self->negative_schedules, row->schedules);
    }
}

static void copy_question(struct condition_count *self, const struct litmus_test *question)
{
    self->test = memory_copy_string(question->name);
    self->quantifier = question->quantifier;
    self->condition = question->condition != NULL ? memory_copy_string(question->condition) : NULL;
    self->names = memory_new(question->name_count, sizeof *self->names);
    self->name_count = question->name_count;
    for (size_t n = 0; n < question->name_count; n++)
        self->names[n] = memory_copy_string(question->names[n]);
}

void condition_count_make(struct outcome *outcome, const struct program *program)
{
    const struct litmus_test *question = program->test;
    /* Who observes something else asks something else. */
    if (question == NULL || question->name_count != outcome->observation.count)
        return;
    struct condition_count *self = memory_new(1, sizeof *self);
    outcome->condition = self;
    mpz_inits(self->positive_schedules, self->negative_schedules, NULL);
    copy_question(self, question);
    if (question->expression == NULL)
        return;
    struct error error = ERROR_INIT;
    struct predicate_context context = {.program = program, .scope = PREDICATE_OF_END};
    struct predicate *condition = predicate_read(&context, question->expression, strlen(question->expression), &error);
    if (condition != NULL)
        count_rows(self, outcome, condition);
    predicate_free(condition);
}

void condition_count_free(struct condition_count *self)
{
    if (self == NULL)
        return;
    for (size_t n = 0; n < self->name_count; n++)
        memory_free(self->names[n]);
    memory_free(self->names);
    memory_free(self->test);
    memory_free(self->condition);
    memory_free(self->holds);
    mpz_clears(self->positive_schedules, self->negative_schedules, NULL);
    memory_free(self);
}

bool condition_count_is_met(const struct condition_count *self)
{
    return self->quantifier == QUANTIFIER_EXISTS       ? self->positive > 0
           : self->quantifier == QUANTIFIER_NOT_EXISTS ? self->positive == 0
                                                       : self->negative == 0;
}
