/* Which final values are possible? */
#include "course/version_parts.h"

static bool draw(struct version *self)
{
    version_exercise(self);
    return version_survey(self, QUESTION_VALUES | QUESTION_PREEMPTIONS, 1) != NULL && version_list_ends(self);
}

const struct version_kind version_values = {draw, {{ROW_FORM, 1}, {ROW_POSSIBLE, 4}, {ROW_COMPLETE, 5}}};
