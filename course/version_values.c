/* Which final values are possible? */
#include "course/version_parts.h"

static int64_t most_preemptions(const struct outcome *outcome)
{
    uint32_t most = 0;
    for (size_t r = 0; r < outcome->row_count; r++)
        most = outcome->rows[r].preemptions > most ? outcome->rows[r].preemptions : most;
    return most;
}

bool version_draw_values(struct version *self)
{
    struct exercise_wishes wishes = version_wishes(self);
    version_exercise(self, &wishes);
    const struct outcome *outcome = version_analyse(self, QUESTION_VALUES | QUESTION_PREEMPTIONS, WITNESS_NONE, 0);
    if (outcome == NULL || !outcome->has_preemptions || outcome->row_count == 0)
        return false;
    version_measure(self, "values", (int64_t)outcome->row_count);
    version_measure(self, "preemptions", most_preemptions(outcome));
    version_measure(self, "steps", (int64_t)outcome->depth);
    if (!version_fits(self))
        return true; /* what does not fit is not worth a closer look */
    outcome = version_analyse(self, QUESTION_ALL, WITNESS_ALL, 0);
    if (outcome == NULL)
        return false;
    version_row(self, ROW_FORM, 1);
    version_row(self, ROW_POSSIBLE, 4);
    version_row(self, ROW_COMPLETE, 5);
    text_print(&self->answer, "values: ");
    version_write_numbers(&self->answer, &outcome->values);
    text_print(&self->answer, "\n");
    return true;
}
