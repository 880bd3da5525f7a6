#include "space/explorer.h"

#include "base/memory.h"

#include <string.h>

enum { PREFETCH_PLACE = 16, PREFETCH_STATE = 8 };

/* Rounds of fewer batches take a few milliseconds: waking the other cores, and waiting for them on a machine that has
 * other work, would cost more than they help. */
enum { SHARED_BATCHES = 128 };

/* ---- Expanding ------------------------------------------------------------------------------------------------- */

/* Whether what was found is kept for an observer that looks in order alone. */
static bool keeps(const struct explorer *self)
{
    return self->observer->expand_step == NULL;
}

static struct explorer_found *add_found(const struct explorer *self, struct explorer_batch *batch)
{
    if (batch->count == batch->capacity) {
        batch->found = memory_grow(batch->found, batch->count, &batch->capacity, sizeof *batch->found);
        batch->states = memory_resize(batch->states, batch->capacity * self->system->quads, sizeof *batch->states);
        if (keeps(self))
            batch->steps = memory_resize(batch->steps, batch->capacity, sizeof *batch->steps);
    }
    batch->after = batch->states + batch->count * self->system->quads;
    return &batch->found[batch->count++];
}

static void expand_step(const struct explorer *self, struct explorer_batch *batch, unsigned option, size_t thread)
{
    const struct step *step = &batch->macrostep.step;
    struct explorer_found *found = add_found(self, batch);
    macrostep_run(&batch->macrostep, batch->state, &batch->choices, option, thread, batch->after);
    *found = (struct explorer_found){0, (uint8_t)thread, (uint8_t)option, step->result == STEP_FAILED};
    batch->is_narrow |= step->result == STEP_TOO_NARROW;
    if (step->result == STEP_TAKEN) {
        if (self->system->symmetric)
            system_canonicalize(self->system, batch->after, batch->moved);
        found->hash = stateset_hash(&self->states, batch->after);
    }
    if (keeps(self))
        machine_copy_step(step, &batch->steps[batch->count - 1]);
    else
        self->observer->expand_step(self->context, batch);
}

static void expand_state(const struct explorer *self, struct explorer_batch *batch)
{
    if (self->system->symmetric)
        system_groups(self->system, batch->state, &batch->groups);
    if (self->observer->expand_state != NULL)
        self->observer->expand_state(self->context, batch);
    size_t options = batch->choices.options, groups = batch->groups.count;
    bool by_option = self->options.by_option;
    for (size_t outer = 0; outer < (by_option ? options : groups); outer++)
        for (size_t inner = 0; inner < (by_option ? groups : options) && !batch->is_narrow; inner++) {
            unsigned option = (unsigned)(by_option ? outer : inner);
            size_t thread = batch->groups.leader[by_option ? inner : outer];
            if (batch->choices.threads[option] >> thread & 1)
                expand_step(self, batch, option, thread);
        }
}

/* Expands count states from `first` on. */
static void expand_batch(const struct explorer *self, uint32_t first, size_t count, struct explorer_batch *batch)
{
    batch->count = 0;
    for (size_t s = 0; s < count && !batch->is_narrow; s++) {
        batch->first[s] = (uint32_t)batch->count;
        batch->state = stateset_at(&self->states, first + (uint32_t)s);
        system_choices(self->system, batch->state, &batch->choices);
        if (keeps(self))
            batch->all_choices[s] = batch->choices;
        expand_state(self, batch);
        batch->first[s + 1] = (uint32_t)batch->count;
    }
}

/* ---- Entering -------------------------------------------------------------------------------------------------- */

/* Makes room for so many more states, and their links. */
static bool reserve(struct explorer *self, size_t more)
{
    if (!stateset_reserve(&self->states, more))
        return false;
    if (self->options.no_ways)
        return true;
    struct explorer_link *links =
        budget_grow(self->budget, self->links, self->states.count + more, &self->link_capacity, sizeof *self->links);
    self->links = links != NULL ? links : self->links;
    return links != NULL;
}

/* Enters where a step leads, for which there is room, and tells the observer. */
static enum explorer_result enter(struct explorer *self, uint64_t hash, struct explorer_step *step)
{
    if (step->after != NULL) {
        step->target = stateset_add(&self->states, step->after, hash, &step->is_new);
        if (step->is_new && !self->options.no_ways)
            self->links[step->target] = (struct explorer_link){self->here, step->thread, step->option};
    }
    bool goes_on = self->observer->step == NULL || self->observer->step(self->context, step);
    return goes_on ? EXPLORER_GOES_ON : EXPLORER_ENDED;
}

static void prefetch(const struct explorer *self, const struct explorer_batch *batch, size_t position)
{
    if (position + PREFETCH_PLACE < batch->count)
        stateset_prefetch_place(&self->states, batch->found[position + PREFETCH_PLACE].hash);
    if (position + PREFETCH_STATE < batch->count)
        stateset_prefetch_state(&self->states, batch->found[position + PREFETCH_STATE].hash);
}

/* Enters the steps of a state, the s-th of a batch. */
static enum explorer_result enter_state(struct explorer *self, uint32_t number, struct explorer_batch *batch, size_t s)
{
    enum explorer_result result = EXPLORER_GOES_ON;
    self->here = number;
    self->state = stateset_at(&self->states, number);
    bool is_kept = keeps(self);
    size_t quads = self->system->quads;
    const struct system_choices *choices = is_kept ? &batch->all_choices[s] : NULL;
    if (self->observer->state != NULL && !self->observer->state(self->context, choices))
        return EXPLORER_ENDED;
    struct explorer_step step = {.batch = batch};
    for (size_t p = batch->first[s]; p < batch->first[s + 1] && result == EXPLORER_GOES_ON; p++) {
        const struct explorer_found *found = &batch->found[p];
        step.target = STATESET_NONE;
        step.is_new = false;
        step.thread = found->thread;
        step.option = found->option;
        step.step = is_kept ? &batch->steps[p] : NULL;
        step.after = found->is_failure ? NULL : batch->states + p * quads;
        step.position = p;
        prefetch(self, batch, p);
        result = enter(self, found->hash, &step);
    }
    return result;
}

static enum explorer_result enter_starts(struct explorer *self)
{
    uint64_t *state = memory_new(self->system->quads, sizeof *state);
    enum explorer_result result = EXPLORER_GOES_ON;
    for (uint64_t which = 0; which < system_start_count(self->system) && result == EXPLORER_GOES_ON; which++) {
        struct explorer_step step = {.after = state};
        system_start(self->system, which, state);
        system_canonicalize(self->system, state, NULL);
        result = reserve(self, 1) ? enter(self, stateset_hash(&self->states, state), &step) : EXPLORER_LIMIT;
    }
    self->start_count = self->states.count;
    memory_free(state);
    return result;
}

/* ---- Rounds ---------------------------------------------------------------------------------------------------- */

/* Count states from `first` on, which several threads expand. */
struct round {
    struct explorer *explorer;
    uint32_t first;
    size_t count;
};

static size_t batch_states(const struct round *self, size_t batch)
{
    size_t left = self->count - batch * EXPLORER_BATCH_STATES;
    return left < EXPLORER_BATCH_STATES ? left : EXPLORER_BATCH_STATES;
}

static void expand_piece(void *context, size_t b, size_t thread)
{
    const struct round *self = context;
    (void)thread;
    expand_batch(self->explorer, self->first + (uint32_t)(b * EXPLORER_BATCH_STATES), batch_states(self, b),
                 &self->explorer->batches[b]);
}

static void expand_round(struct round *self, size_t batch_count)
{
    unsigned jobs = self->explorer->options.jobs;
    if (jobs > 1 && batch_count >= SHARED_BATCHES) {
        parallel_run(jobs, batch_count, expand_piece, self);
        return;
    }
    for (size_t b = 0; b < batch_count; b++)
        expand_piece(self, b, 0);
}

static enum explorer_result enter_round(const struct round *self, size_t batch_count)
{
    struct explorer *explorer = self->explorer;
    enum explorer_result result = EXPLORER_GOES_ON;
    uint32_t number = self->first;
    for (size_t b = 0; b < batch_count; b++)
        for (size_t s = 0; s < batch_states(self, b) && result == EXPLORER_GOES_ON; s++) {
            result = enter_state(explorer, number++, &explorer->batches[b], s);
            if (result == EXPLORER_GOES_ON && explorer->options.max_states != 0 &&
                explorer->states.count > explorer->options.max_states)
                result = EXPLORER_TOO_LARGE;
        }
    return result;
}

static enum explorer_result explore_round(struct explorer *self, uint32_t first, size_t count)
{
    struct round round = {self, first, count};
    size_t batch_count = (count + EXPLORER_BATCH_STATES - 1) / EXPLORER_BATCH_STATES, steps = 0;
    expand_round(&round, batch_count);
    for (size_t b = 0; b < batch_count; b++) {
        if (self->batches[b].is_narrow) {
            self->narrow = &self->batches[b].macrostep.step;
            return EXPLORER_NARROW;
        }
        steps += self->batches[b].count;
    }
    if (!reserve(self, steps))
        return EXPLORER_LIMIT;
    enum explorer_result result = enter_round(&round, batch_count);
    if (result == EXPLORER_GOES_ON && self->observer->round != NULL)
        self->observer->round(self->context);
    if (result == EXPLORER_GOES_ON &&
        budget_spent(self->budget, self->options.phase, self->states.count, 0, self->level_count))
        result = EXPLORER_LIMIT;
    return result;
}

/* Explores the states of the next depth, all of which were found. */
static enum explorer_result explore_level(struct explorer *self)
{
    enum explorer_result result = EXPLORER_GOES_ON;
    size_t next = self->level_first[self->level_count], end = self->states.count;
    size_t most = self->batch_count * EXPLORER_BATCH_STATES;
    self->level_first =
        memory_grow(self->level_first, self->level_count + 1, &self->level_capacity, sizeof *self->level_first);
    self->level_first[++self->level_count] = end;
    for (; next < end && result == EXPLORER_GOES_ON; next += most)
        result = explore_round(self, (uint32_t)next, end - next < most ? end - next : most);
    return result;
}

enum explorer_result explorer_expand(struct explorer *self, uint32_t number)
{
    struct explorer_batch *batch = &self->batches[0];
    expand_batch(self, number, 1, batch);
    return reserve(self, batch->count) ? enter_state(self, number, batch, 0) : EXPLORER_LIMIT;
}

/* ---- Life ------------------------------------------------------------------------------------------------------ */

static void start(struct explorer *self, const struct machine *machine, const struct scheduler *scheduler)
{
    self->system = system_new(machine, scheduler, &self->options.system);
    stateset_start(&self->states, self->system->quads, self->budget);
    self->level_first = memory_new(1, sizeof *self->level_first);
    self->level_count = 0;
    self->level_capacity = 1;
    self->batch_count = self->options.jobs > 0 ? EXPLORER_BATCHES : 1;
    self->batches = memory_new(self->batch_count, sizeof *self->batches);
    for (size_t b = 0; b < self->batch_count; b++) {
        self->batches[b].number = b;
        macrostep_start(&self->batches[b].macrostep, self->system);
        self->batches[b].groups = self->system->alone;
        memcpy(self->batches[b].moved, self->system->alone.of, sizeof self->batches[b].moved);
        if (keeps(self))
            self->batches[b].all_choices = memory_new(EXPLORER_BATCH_STATES, sizeof *self->batches[b].all_choices);
    }
    if (self->observer->begin != NULL)
        self->observer->begin(self->context);
}

static void free_batches(struct explorer *self)
{
    for (size_t b = 0; b < self->batch_count; b++) {
        macrostep_free(&self->batches[b].macrostep);
        memory_free(self->batches[b].found);
        memory_free(self->batches[b].steps);
        memory_free(self->batches[b].states);
        memory_free(self->batches[b].all_choices);
    }
    memory_free(self->batches);
    self->batches = NULL;
    self->batch_count = 0;
}

void explorer_free(struct explorer *self)
{
    free_batches(self);
    memory_free(self->links);
    memory_free(self->level_first);
    stateset_free(&self->states);
    system_free(self->system);
    self->links = NULL;
    self->link_capacity = 0;
    self->level_first = NULL;
    self->system = NULL;
}

/* Explores once, with the machine as wide as it is. */
static enum explorer_result explore(struct explorer *self)
{
    enum explorer_result result = enter_starts(self);
    while (result == EXPLORER_GOES_ON && self->level_first[self->level_count] < self->states.count)
        result = explore_level(self);
    return result == EXPLORER_GOES_ON ? EXPLORER_COMPLETE : result;
}

enum explorer_result explorer_run(struct explorer *self, struct machine *machine, const struct scheduler *scheduler,
                                  const struct explorer_options *options, const struct explorer_observer *observer,
                                  void *context, struct budget *budget)
{
    *self = (struct explorer){.budget = budget, .options = *options, .observer = observer, .context = context};
    enum explorer_result result = EXPLORER_NARROW;
    while (result == EXPLORER_NARROW) {
        start(self, machine, scheduler);
        result = explore(self);
        if (result != EXPLORER_NARROW)
            continue;
        machine_widen(machine, self->narrow->narrow, self->narrow->narrow_value);
        explorer_free(self);
    }
    if (self->options.jobs > 0)
        free_batches(self);
    return result;
}

/* ---- Ways ------------------------------------------------------------------------------------------------------ */

void explorer_tell_way(const struct explorer *self, uint32_t number, struct schedule *way)
{
    for (; number >= self->start_count; number = self->links[number].parent) {
        const struct explorer_link *link = &self->links[number];
        schedule_add(way, system_action(self->system, link->option, link->thread));
    }
    if (self->start_count > 1)
        schedule_add(way, action_phase(number));
    schedule_reverse(way);
}
