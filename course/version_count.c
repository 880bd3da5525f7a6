/* How many schedules end with this value? */
#include "course/version_parts.h"

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

static bool draw(struct version *self)
{
    version_exercise(self);
    const struct outcome *outcome = version_survey(self, QUESTION_VALUES | QUESTION_COUNTS, 2);
    if (outcome == NULL || !mpz_fits_slong_p(outcome->schedules))
        return false;
    const struct outcome_row *row = draw_row(self, outcome);
    if (row == NULL)
        return false;
    version_measure(self, "schedules", mpz_get_si(outcome->schedules));
    self->key->value = row->value;
    text_print(&self->answer, "count: ");
    text_put(&self->answer, number_exact(row->schedules));
    text_print(&self->answer, "\n");
    return true;
}

const struct version_kind version_count = {draw, {{ROW_FORM, 1}, {ROW_COUNT, 9}}};
