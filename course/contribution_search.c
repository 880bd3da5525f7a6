/* contribution_search: the contributions of all schedules (course/contribution.h). */
#include "base/memory.h"
#include "course/contribution.h"
#include "space/explorer.h"

#include <string.h>

/* What is known of each state that the explorer finds. */
struct ledger {
    struct machine *machine;
    struct explorer explorer;
    location_id location;
    const int64_t *expected;
    struct contribution_finding *finding;
    enum contribution_verdict verdict;
    size_t threads;
    int64_t *contributions; /* of a state the contributions of all threads so far */
    size_t capacity;        /* states that there is room for */
    int64_t *now;           /* the contributions after the step */
};

static int64_t *contributions_of(const struct ledger *self, uint32_t state)
{
    return self->contributions + (size_t)state * self->threads;
}

static bool reserve(struct ledger *self)
{
    int64_t *contributions = budget_grow(self->explorer.budget, self->contributions, self->explorer.states.count,
                                         &self->capacity, self->threads * sizeof *contributions);
    if (contributions == NULL)
        return false;
    self->contributions = contributions;
    return true;
}

/* Says of the first thread for which two lists differ that it is so, with the contribution of the first list. Returns whether
 * they are equal. */
static bool compare(struct ledger *self, const int64_t *some, const int64_t *others, enum contribution_verdict verdict)
{
    for (size_t t = 0; t < self->threads; t++)
        if (some[t] != others[t]) {
            *self->finding = (struct contribution_finding){t, some[t]};
            self->verdict = verdict;
            return false;
        }
    return true;
}

static bool look_at_end(void *context, const struct system_choices *choices)
{
    struct ledger *self = context;
    bool is_final = system_is_end(choices) &&
                    machine_finished(self->machine, self->explorer.state) == machine_everybody(self->machine);
    return !is_final || compare(self, contributions_of(self, self->explorer.here), self->expected, CONTRIBUTION_OTHER);
}

/* Adds what a step of a thread changes to its contribution; one that does not fit is none that anybody expects. */
static bool add_change(struct ledger *self, const struct explorer_step *step)
{
    int64_t before = machine_value(self->machine, self->explorer.state, self->location);
    int64_t after = machine_value(self->machine, step->after, self->location), change;
    memcpy(self->now, contributions_of(self, self->explorer.here), self->threads * sizeof *self->now);
    return !__builtin_sub_overflow(after, before, &change) &&
           !__builtin_add_overflow(self->now[step->thread], change, &self->now[step->thread]);
}

static bool note_step(void *context, const struct explorer_step *step)
{
    struct ledger *self = context;
    if (step->target == STATESET_NONE)
        return true;
    if (!reserve(self)) {
        self->verdict = CONTRIBUTION_OPEN;
        return false;
    }
    if (step->step == NULL) {
        memset(self->now, 0, self->threads * sizeof *self->now);
    } else if (!add_change(self, step)) {
        *self->finding = (struct contribution_finding){.thread = step->thread};
        self->verdict = CONTRIBUTION_VARIES;
        return false;
    }
    int64_t *known = contributions_of(self, step->target);
    if (!step->is_new)
        return compare(self, self->now, known, CONTRIBUTION_VARIES);
    memcpy(known, self->now, self->threads * sizeof *self->now);
    return true;
}

static void forget_contributions(void *context)
{
    struct ledger *self = context;
    memory_free(self->contributions);
    self->contributions = NULL;
    self->capacity = 0;
}

enum contribution_verdict contribution_check(const struct program *program, const struct scheduler *scheduler,
                                             uint32_t word, const int64_t *expected, struct budget *budget,
                                             struct contribution_finding *finding)
{
    struct ledger self = {.machine = machine_new(program, NULL, false),
                          .location = word,
                          .expected = expected,
                          .finding = finding,
                          .threads = program->thread_count};
    self.now = memory_new(self.threads, sizeof *self.now);
    static const struct explorer_observer observer = {
        .begin = forget_contributions, .state = look_at_end, .step = note_step};
    struct explorer_options options = {.phase = "contributions", .max_states = budget->max_states};
    enum explorer_result result =
        explorer_run(&self.explorer, self.machine, scheduler, &options, &observer, &self, budget);
    if (result == EXPLORER_TOO_LARGE && budget->limit == BUDGET_OK)
        budget->limit = BUDGET_STATES;
    forget_contributions(&self);
    explorer_free(&self.explorer);
    memory_free(self.now);
    machine_free(self.machine);
    if (result == EXPLORER_ENDED)
        return self.verdict;
    return result == EXPLORER_COMPLETE ? CONTRIBUTION_AS_EXPECTED : CONTRIBUTION_OPEN;
}
