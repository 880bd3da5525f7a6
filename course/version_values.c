/* Which final values are possible? */
#include "course/version_parts.h"

static int64_t most_preemptions(const struct outcome *outcome)
{
    uint32_t most = 0;
    for (size_t r = 0; r < outcome->row_count; r++)
        most = outcome->rows[r].preemptions > most ? outcome->rows[r].preemptions : most;
    return most;
}

static bool draw(struct version *self)
{
    version_exercise(self);
    const struct outcome *outcome = version_survey(self, QUESTION_VALUES | QUESTION_PREEMPTIONS, 1);
    if (outcome == NULL)
        return false;
    version_measure(self, "preemptions", most_preemptions(outcome));
    if (!version_fits(self))
        return true; /* what does not fit is not worth a closer look */
    outcome = version_analyse(self, QUESTION_ALL, WITNESS_ALL, 0);
    if (outcome == NULL)
        return false;
    text_print(&self->answer, "values: ");
    version_write_numbers(&self->answer, &outcome->values);
    text_print(&self->answer, "\n");
    return true;
}

const struct version_kind version_values = {draw, {{ROW_FORM, 1}, {ROW_POSSIBLE, 4}, {ROW_COMPLETE, 5}}};
