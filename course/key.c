#include "course/key.h"

#include "base/memory.h"

int64_t key_points(const struct key *self)
{
    int64_t points = 0;
    for (size_t r = 0; r < self->row_count; r++)
        points += self->rows[r].points;
    return points;
}

const struct key_row *key_find_row(const struct key *self, enum assignment_row row)
{
    for (size_t r = 0; r < self->row_count; r++)
        if (self->rows[r].row == row)
            return &self->rows[r];
    return NULL;
}

static void free_trial(struct key_trial *trial)
{
    property_free_list(trial->symbols, trial->symbol_count);
    intervals_free(&trial->right);
}

void key_free(struct key *self)
{
    if (self == NULL)
        return;
    memory_free(self->student);
    memory_free(self->variant);
    memory_free(self->text);
    memory_free(self->observe);
    memory_free(self->scheduler);
    property_free_list(self->parameters, self->parameter_count);
    free_trial(&self->stated);
    for (size_t t = 0; t < self->trial_count; t++)
        free_trial(&self->trials[t]);
    memory_free(self->trials);
    for (size_t i = 0; i < self->instruction_count; i++)
        memory_free(self->instructions[i]);
    memory_free(self->instructions);
    memory_free(self->rows);
    memory_free(self->level);
    for (size_t m = 0; m < self->measure_count; m++)
        memory_free(self->measures[m].name);
    memory_free(self->measures);
    memory_free(self->end);
    memory_free(self->answer);
    memory_free(self->result);
    memory_free(self);
}
