/* contribution_search: the contributions of all schedules (course/contribution.h). */
#include "base/memory.h"
#include "course/contribution.h"
#include "space/stateset.h"
#include "space/system.h"

#include <string.h>

/* How many states are expanded between two looks at the budget. */
enum { EXPANSIONS_UNASKED = 1024 };

/* A search under way. */
struct ledger {
    struct machine *machine;
    struct system *system;
    location_id location;
    const int64_t *expected;
    struct budget *budget;
    struct contribution_finding *finding;
    size_t threads;
    struct stateset states;
    int64_t *contributions; /* of a state the contributions of all threads so far */
    size_t capacity;        /* states that there is room for */
    uint32_t here;          /* the state that is being expanded */
    uint64_t *state;
    uint64_t *after;
    int64_t *now; /* the contributions after the step */
};

enum ledger_result { LEDGER_GOES_ON, LEDGER_OTHER, LEDGER_VARIES, LEDGER_FULL, LEDGER_TOO_NARROW };

/* ---- States ---------------------------------------------------------------------------------------------------- */

static int64_t *contributions_of(const struct ledger *self, uint32_t state)
{
    return self->contributions + (size_t)state * self->threads;
}

static bool reserve(struct ledger *self)
{
    if (!stateset_reserve(&self->states, 1))
        return false;
    if (self->states.count < self->capacity)
        return true;
    size_t capacity = self->capacity + self->capacity / 2 + EXPANSIONS_UNASKED;
    if (!budget_take(self->budget, (capacity - self->capacity) * self->threads * sizeof *self->contributions))
        return false;
    self->contributions = memory_resize(self->contributions, capacity * self->threads, sizeof *self->contributions);
    self->capacity = capacity;
    return true;
}

/* Says of the first thread for which two lists differ that it is so, with the contribution of the first list. */
static enum ledger_result compare(struct ledger *self, const int64_t *some, const int64_t *others,
                                  enum ledger_result result)
{
    for (size_t t = 0; t < self->threads; t++)
        if (some[t] != others[t]) {
            *self->finding = (struct contribution_finding){t, some[t]};
            return result;
        }
    return LEDGER_GOES_ON;
}

/* Enters the state behind a step, with the contributions of now. */
static enum ledger_result enter(struct ledger *self, const uint64_t *state)
{
    bool is_new;
    if (!reserve(self))
        return LEDGER_FULL;
    uint32_t number = stateset_add(&self->states, state, stateset_hash(&self->states, state), &is_new);
    if (!is_new)
        return compare(self, self->now, contributions_of(self, number), LEDGER_VARIES);
    memcpy(contributions_of(self, number), self->now, self->threads * sizeof *self->now);
    return LEDGER_GOES_ON;
}

/* ---- Steps ----------------------------------------------------------------------------------------------------- */

/* Adds what a step of a thread changes to its contribution; one that does not fit is none that anybody expects. */
static bool add_change(struct ledger *self, size_t thread)
{
    int64_t before = machine_value(self->machine, self->state, self->location);
    int64_t after = machine_value(self->machine, self->after, self->location), change;
    memcpy(self->now, contributions_of(self, self->here), self->threads * sizeof *self->now);
    return !__builtin_sub_overflow(after, before, &change) &&
           !__builtin_add_overflow(self->now[thread], change, &self->now[thread]);
}

static enum ledger_result take_step(struct ledger *self, const struct system_choices *choices, unsigned option,
                                    size_t thread)
{
    struct step step;
    system_step(self->system, self->state, choices, option, thread, self->after, &step);
    if (step.result == STEP_TOO_NARROW) {
        machine_widen(self->machine, step.narrow, step.narrow_value);
        return LEDGER_TOO_NARROW;
    }
    if (step.result != STEP_TAKEN)
        return LEDGER_GOES_ON;
    if (!add_change(self, thread)) {
        *self->finding = (struct contribution_finding){.thread = thread};
        return LEDGER_VARIES;
    }
    return enter(self, self->after);
}

static enum ledger_result take_steps(struct ledger *self, const struct system_choices *choices)
{
    enum ledger_result result = LEDGER_GOES_ON;
    for (size_t t = 0; t < self->threads; t++)
        for (unsigned option = 0; option < choices->options && result == LEDGER_GOES_ON; option++)
            if (choices->threads[option] >> t & 1)
                result = take_step(self, choices, option, t);
    return result;
}

static enum ledger_result expand(struct ledger *self)
{
    struct system_choices choices;
    memcpy(self->state, stateset_at(&self->states, self->here), self->system->words * sizeof *self->state);
    system_choices(self->system, self->state, &choices);
    if (!system_is_end(&choices))
        return take_steps(self, &choices);
    if (machine_finished(self->machine, self->state) != machine_everybody(self->machine))
        return LEDGER_GOES_ON;
    return compare(self, contributions_of(self, self->here), self->expected, LEDGER_OTHER);
}

/* ---- The search ------------------------------------------------------------------------------------------------ */

static enum ledger_result enter_starts(struct ledger *self)
{
    enum ledger_result result = LEDGER_GOES_ON;
    for (uint64_t which = 0; which < system_start_count(self->system) && result == LEDGER_GOES_ON; which++) {
        system_start(self->system, which, self->state);
        result = enter(self, self->state);
    }
    return result;
}

static bool is_spent(struct ledger *self)
{
    struct budget *budget = self->budget;
    if (self->here % EXPANSIONS_UNASKED != 0)
        return false;
    if (budget->max_states > 0 && self->states.count > budget->max_states && budget->limit == BUDGET_OK)
        budget->limit = BUDGET_STATES;
    return budget_spent(budget, "contributions", self->states.count, 0, 0);
}

static enum ledger_result expand_all(struct ledger *self)
{
    enum ledger_result result = enter_starts(self);
    for (; result == LEDGER_GOES_ON && self->here < self->states.count; self->here++)
        result = is_spent(self) ? LEDGER_FULL : expand(self);
    return result;
}

/* Searches with the machine as wide as it is now. */
static enum ledger_result search(struct ledger *self, const struct scheduler *scheduler)
{
    self->system = system_new(self->machine, scheduler, &(struct system_options){0});
    self->state = memory_new(self->system->words, sizeof *self->state);
    self->after = memory_new(self->system->words, sizeof *self->after);
    self->now = memory_new(self->threads, sizeof *self->now);
    stateset_start(&self->states, self->system->words, self->budget);
    self->here = 0;
    enum ledger_result result = expand_all(self);
    budget_give(self->budget, self->capacity * self->threads * sizeof *self->contributions);
    memory_free(self->contributions);
    self->contributions = NULL;
    self->capacity = 0;
    stateset_free(&self->states);
    memory_free(self->now);
    memory_free(self->after);
    memory_free(self->state);
    system_free(self->system);
    return result;
}

enum contribution_verdict contribution_check(const struct program *program, const struct scheduler *scheduler,
                                             uint32_t word, const int64_t *expected, struct budget *budget,
                                             struct contribution_finding *finding)
{
    static const enum contribution_verdict verdicts[] = {[LEDGER_GOES_ON] = CONTRIBUTION_AS_EXPECTED,
                                                         [LEDGER_OTHER] = CONTRIBUTION_OTHER,
                                                         [LEDGER_VARIES] = CONTRIBUTION_VARIES,
                                                         [LEDGER_FULL] = CONTRIBUTION_OPEN};
    struct ledger self = {.machine = machine_new(program, NULL, false),
                          .location = word,
                          .expected = expected,
                          .budget = budget,
                          .finding = finding,
                          .threads = program->thread_count};
    enum ledger_result result = LEDGER_TOO_NARROW;
    while (result == LEDGER_TOO_NARROW)
        result = search(&self, scheduler);
    machine_free(self.machine);
    return verdicts[result];
}
