#include "analysis/search.h"

#include "base/fault.h"
#include "base/memory.h"
#include "space/macrostep.h"

#include <assert.h>
#include <string.h>

/* How many states are expanded between two looks at the budget. */
enum { EXPANSIONS_UNASKED = 4096 };

/* ---- Life ---------------------------------------------------------------------------------------------------- */

/* Makes room for one more state and its link. */
static bool reserve(struct search *self)
{
    if (!stateset_reserve(&self->states, 1))
        return false;
    if (self->states.count < self->link_capacity)
        return true;
    size_t capacity = self->link_capacity + self->link_capacity / 2 + EXPANSIONS_UNASKED;
    if (!budget_take(self->budget, (capacity - self->link_capacity) * sizeof *self->links))
        return false;
    self->links = memory_resize(self->links, capacity, sizeof *self->links);
    self->link_capacity = capacity;
    return true;
}

/* Returns the number of a state, which is linked to the step that found it where it is new. */
static uint32_t enter(struct search *self, const uint64_t *state, struct search_link link)
{
    bool is_new;
    self->fits = self->fits && reserve(self);
    if (!self->fits)
        return STATESET_NONE;
    uint32_t number = stateset_add(&self->states, state, stateset_hash(&self->states, state), &is_new);
    if (is_new)
        self->links[number] = link;
    return number;
}

void search_start(struct search *self, const struct system *system, uint64_t max_states, const char *phase,
                  struct budget *budget)
{
    assert(!system->symmetric && !system->tracks_last && !system->collapses);
    *self = (struct search){.system = system, .budget = budget, .phase = phase, .max_states = max_states, .fits = true};
    stateset_start(&self->states, system->words, budget);
    self->state = memory_new(system->words, sizeof *self->state);
    self->after = memory_new(system->words, sizeof *self->after);
    for (uint64_t which = 0; which < system_start_count(system); which++) {
        system_start(system, which, self->state);
        enter(self, self->state, (struct search_link){.parent = STATESET_NONE});
    }
    self->start_count = self->states.count;
}

void search_free(struct search *self)
{
    budget_give(self->budget, self->link_capacity * sizeof *self->links);
    memory_free(self->links);
    memory_free(self->state);
    memory_free(self->after);
    stateset_free(&self->states);
}

/* ---- Expanding ----------------------------------------------------------------------------------------------- */

bool search_open(struct search *self, struct system_choices *choices)
{
    if (self->next == self->states.count)
        return false;
    memcpy(self->state, stateset_at(&self->states, self->next), self->system->words * sizeof *self->state);
    system_choices(self->system, self->state, choices);
    return true;
}

static void expand_step(struct search *self, const struct system_choices *choices, unsigned option, size_t thread,
                        search_visitor *visitor, void *context)
{
    struct step step;
    uint32_t target = STATESET_NONE;
    system_step(self->system, self->state, choices, option, thread, self->after, &step);
    if (step.result == STEP_TOO_NARROW) {
        self->narrow = step;
        self->fits = false;
    }
    if (step.result == STEP_TAKEN)
        target = enter(self, self->after, (struct search_link){self->next, (uint8_t)thread, (uint8_t)option});
    if (visitor != NULL && self->fits)
        visitor(context, thread, target);
}

static enum search_result look_at_limits(struct search *self)
{
    if (!self->fits)
        return SEARCH_STOPPED;
    if (self->max_states != 0 && self->states.count > self->max_states)
        return SEARCH_TOO_LARGE;
    bool is_time = self->next % EXPANSIONS_UNASKED == 0;
    return is_time && budget_spent(self->budget, self->phase, self->next, 0, 0) ? SEARCH_STOPPED : SEARCH_GOES_ON;
}

enum search_result search_expand(struct search *self, const struct system_choices *choices, search_visitor *visitor,
                                 void *context)
{
    for (size_t t = 0; t < self->system->thread_count; t++)
        for (unsigned option = 0; option < choices->options; option++)
            if (choices->threads[option] >> t & 1)
                expand_step(self, choices, option, t, visitor, context);
    self->next++;
    return look_at_limits(self);
}

/* ---- Finding ------------------------------------------------------------------------------------------------- */

bool search_is_deadlock(const struct system *system, const uint64_t *state, const struct system_choices *choices)
{
    return system_is_end(choices) && machine_finished(system->machine, state) != machine_everybody(system->machine);
}

bool search_is_overlap(const struct system *system, const uint64_t *state, const struct system_choices *choices)
{
    (void)choices;
    return macrostep_finds_overlap(system->machine, state);
}

enum search_result search_find(struct search *self, search_goal *goal, struct witness *found)
{
    struct system_choices choices;
    enum search_result result = look_at_limits(self);
    while (result == SEARCH_GOES_ON) {
        if (!search_open(self, &choices))
            return SEARCH_EXHAUSTED;
        if (goal(self->system, self->state, &choices)) {
            search_tell_way(self, self->next, found);
            return SEARCH_FOUND;
        }
        result = search_expand(self, &choices, NULL, NULL);
    }
    return result;
}

static bool is_first(const struct search *self, uint32_t number)
{
    return number < self->start_count;
}

void search_tell_way(const struct search *self, uint32_t number, struct witness *way)
{
    *way = (struct witness){.preemptions = WITNESS_UNCOUNTED};
    for (; !is_first(self, number); number = self->links[number].parent) {
        const struct search_link *link = &self->links[number];
        schedule_add(&way->schedule, action_by(link->option == 1 ? ACTION_SIGNAL : ACTION_STEP, link->thread));
    }
    if (self->start_count > 1)
        schedule_add(&way->schedule, action_phase(number));
    schedule_reverse(&way->schedule);
}
