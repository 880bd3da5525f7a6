/* How many schedules end with this value? */
#include "course/version_parts.h"

#include "base/memory.h"
#include "base/number.h"

/* Draws a value that some schedules end with and others do not. */
static const struct outcome_row *draw_row(struct version *self, const struct outcome *outcome)
{
    const struct outcome_row *row = NULL;
    uint64_t usable = 0;
    for (size_t r = 0; r < outcome->row_count; r++)
        if (mpz_cmp_ui(outcome->rows[r].schedules, 1) > 0 && generator_one_in(&self->generator, ++usable))
            row = &outcome->rows[r];
    return row;
}

bool version_draw_count(struct version *self)
{
    struct exercise_wishes wishes = version_wishes(self);
    version_exercise(self, &wishes);
    const struct outcome *outcome = version_analyse(self, QUESTION_VALUES | QUESTION_COUNTS, WITNESS_NONE, 0);
    if (outcome == NULL || !outcome->has_counts || outcome->row_count < 2 || !mpz_fits_slong_p(outcome->schedules))
        return false;
    const struct outcome_row *row = draw_row(self, outcome);
    if (row == NULL)
        return false;
    version_measure(self, "schedules", mpz_get_si(outcome->schedules));
    version_measure(self, "steps", (int64_t)outcome->depth);
    version_measure(self, "values", (int64_t)outcome->row_count);
    version_row(self, ROW_FORM, 1);
    version_row(self, ROW_COUNT, 9);
    self->key->value = row->value;
    char *number = number_exact(row->schedules);
    text_print(&self->answer, "count: %s\n", number);
    memory_free(number);
    return true;
}
