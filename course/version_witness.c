/* Give a schedule that ends with this value. */
#include "course/version_parts.h"

/* Draws one of the values that are as hard as the level wants; where there is none, the nearest counts as missed. */
static const struct outcome_row *draw_row(struct version *self, const struct outcome *outcome)
{
    const struct difficulty_bound *bound = difficulty_bound(self->difficulty, "preemptions");
    const struct outcome_row *row = NULL, *other = NULL;
    uint64_t fitting = 0, all = 0;
    for (size_t r = 0; r < outcome->row_count; r++) {
        int64_t preemptions = outcome->rows[r].preemptions;
        if (preemptions >= bound->least && preemptions <= bound->most && generator_one_in(&self->generator, ++fitting))
            row = &outcome->rows[r];
        if (generator_one_in(&self->generator, ++all))
            other = &outcome->rows[r];
    }
    return row != NULL ? row : other;
}

static bool draw(struct version *self)
{
    version_exercise(self);
    const struct outcome *outcome = version_survey(self, QUESTION_VALUES | QUESTION_PREEMPTIONS, 2);
    if (outcome == NULL)
        return false;
    const struct outcome_row *row = draw_row(self, outcome);
    self->key->value = row->value;
    version_measure(self, "preemptions", row->preemptions);
    if (!version_fits(self))
        return true; /* what does not fit is not worth a closer look */
    outcome = version_analyse(self, QUESTION_ALL, WITNESS_VALUE, self->key->value);
    if (outcome == NULL)
        return false;
    version_write_schedule(&self->answer, &outcome->witnesses[0].schedule);
    return true;
}

const struct version_kind version_witness = {
    draw, {{ROW_FORM, 1}, {ROW_LEGAL, 2}, {ROW_FINISHED, 1}, {ROW_REACHES, 4}, {ROW_FEWEST, 2}}};
