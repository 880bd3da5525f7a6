#include "space/explorer.h"

#include "base/memory.h"

#include <assert.h>
#include <string.h>

/* How many states are expanded between two looks at the budget. */
enum { EXPANSIONS_UNASKED = 4096 };

/* ---- States ---------------------------------------------------------------------------------------------------- */

/* Makes room for one more state and its link. */
static bool reserve(struct explorer *self)
{
    if (!stateset_reserve(&self->states, 1))
        return false;
    if (self->states.count < self->link_capacity)
        return true;
    size_t capacity = self->link_capacity + self->link_capacity / 4 + EXPANSIONS_UNASKED;
    if (!budget_take(self->budget, (capacity - self->link_capacity) * sizeof *self->links))
        return false;
    self->links = memory_resize(self->links, capacity, sizeof *self->links);
    self->link_capacity = capacity;
    return true;
}

static enum explorer_result tell_step(struct explorer *self, const struct explorer_step *step)
{
    bool goes_on = self->observer->step == NULL || self->observer->step(self->context, step);
    return goes_on ? EXPLORER_GOES_ON : EXPLORER_ENDED;
}

/* Enters the state that a step leads to. */
static enum explorer_result enter(struct explorer *self, const uint64_t *state, struct explorer_step *step)
{
    if (!reserve(self))
        return EXPLORER_LIMIT;
    step->after = state;
    step->target = stateset_add(&self->states, state, stateset_hash(&self->states, state), &step->is_new);
    if (step->is_new)
        self->links[step->target] = (struct explorer_link){self->here, step->thread, step->option};
    return tell_step(self, step);
}

void explorer_start(struct explorer *self, const struct system *system, const struct explorer_options *options,
                    const struct explorer_observer *observer, void *context, struct budget *budget)
{
    assert(!system->symmetric && !system->tracks_last && !system->collapses);
    *self = (struct explorer){
        .system = system, .budget = budget, .options = *options, .observer = observer, .context = context};
    stateset_start(&self->states, system->words, budget);
    self->state = memory_new(system->words, sizeof *self->state);
    self->after = memory_new(system->words, sizeof *self->after);
}

void explorer_free(struct explorer *self)
{
    budget_give(self->budget, self->link_capacity * sizeof *self->links);
    memory_free(self->links);
    memory_free(self->state);
    memory_free(self->after);
    stateset_free(&self->states);
}

/* ---- Expanding ------------------------------------------------------------------------------------------------- */

static enum explorer_result take_step(struct explorer *self, const struct system_choices *choices, unsigned option,
                                      size_t thread)
{
    struct step step;
    struct explorer_step told = {
        .target = STATESET_NONE, .thread = (uint8_t)thread, .option = (uint8_t)option, .step = &step};
    system_step(self->system, self->state, choices, option, thread, self->after, &step);
    if (step.result == STEP_TOO_NARROW) {
        self->narrow = step;
        return EXPLORER_NARROW;
    }
    return step.result == STEP_TAKEN ? enter(self, self->after, &told) : tell_step(self, &told);
}

enum explorer_result explorer_expand(struct explorer *self, uint32_t number)
{
    struct system_choices choices;
    self->here = number;
    memcpy(self->state, stateset_at(&self->states, number), self->system->words * sizeof *self->state);
    system_choices(self->system, self->state, &choices);
    if (self->observer->state != NULL && !self->observer->state(self->context, &choices))
        return EXPLORER_ENDED;
    size_t threads = self->system->thread_count;
    enum explorer_result result = EXPLORER_GOES_ON;
    for (size_t i = 0; i < threads * choices.options && result == EXPLORER_GOES_ON; i++) {
        size_t thread = self->options.by_option ? i % threads : i / choices.options;
        unsigned option = (unsigned)(self->options.by_option ? i / threads : i % choices.options);
        if (choices.threads[option] >> thread & 1)
            result = take_step(self, &choices, option, thread);
    }
    return result;
}

static enum explorer_result enter_starts(struct explorer *self)
{
    enum explorer_result result = EXPLORER_GOES_ON;
    for (uint64_t which = 0; which < system_start_count(self->system) && result == EXPLORER_GOES_ON; which++) {
        struct explorer_step step = {0};
        system_start(self->system, which, self->state);
        result = enter(self, self->state, &step);
    }
    self->start_count = self->states.count;
    return result;
}

static enum explorer_result look_at_limits(struct explorer *self, uint32_t expanded)
{
    if (self->options.max_states != 0 && self->states.count > self->options.max_states)
        return EXPLORER_TOO_LARGE;
    bool is_spent =
        expanded % EXPANSIONS_UNASKED == 0 && budget_spent(self->budget, self->options.phase, expanded, 0, 0);
    return is_spent ? EXPLORER_LIMIT : EXPLORER_GOES_ON;
}

enum explorer_result explorer_run(struct explorer *self)
{
    enum explorer_result result = enter_starts(self);
    for (uint32_t number = 0; number < self->states.count && result == EXPLORER_GOES_ON; number++) {
        result = explorer_expand(self, number);
        if (result == EXPLORER_GOES_ON)
            result = look_at_limits(self, number + 1);
    }
    return result == EXPLORER_GOES_ON ? EXPLORER_COMPLETE : result;
}

/* ---- Ways ------------------------------------------------------------------------------------------------------ */

static bool is_first(const struct explorer *self, uint32_t number)
{
    return number < self->start_count;
}

void explorer_tell_way(const struct explorer *self, uint32_t number, struct schedule *way)
{
    for (; !is_first(self, number); number = self->links[number].parent) {
        const struct explorer_link *link = &self->links[number];
        schedule_add(way, system_action(self->system, link->option, link->thread));
    }
    if (self->start_count > 1)
        schedule_add(way, action_phase(number));
    schedule_reverse(way);
}
