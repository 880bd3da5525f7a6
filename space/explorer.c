#include "space/explorer.h"

#include "base/memory.h"

#include <string.h>

/* So many states make remembering steps worth while. */
enum { MANY_STATES = 1 << 15 };

enum { PREFETCH_STEP = 24, PREFETCH_PLACE = 16, PREFETCH_STATE = 8 };

enum { ARRIVING_WORDS = sizeof(struct explorer_arriving) / sizeof(uint64_t) };

/* Rounds of fewer batches take a millisecond or two: helpers, four times a round, would cost more than they help. */
enum { SHARED_BATCHES = 16 };

/* ---- Expanding ------------------------------------------------------------------------------------------------- */

/* Whether what was found is kept for an observer that looks in order alone. */
static bool keeps(const struct explorer *self)
{
    return self->observer->expand_step == NULL;
}

/* A step that leads somewhere, by its place among them. */
static inline struct explorer_arriving *arriving_at(const struct explorer_batch *batch, size_t quads, size_t place)
{
    uint64_t *words = (uint64_t *)(void *)batch->arriving;
    return (struct explorer_arriving *)(void *)(words + place * (ARRIVING_WORDS + quads));
}

static inline uint64_t *arriving_state(struct explorer_arriving *arriving)
{
    return (uint64_t *)(void *)(arriving + 1);
}

static struct explorer_found *add_found(const struct explorer *self, struct explorer_batch *batch)
{
    if (batch->count == batch->capacity) {
        batch->found = memory_grow(batch->found, batch->count, &batch->capacity, sizeof *batch->found);
        batch->states = memory_resize(batch->states, batch->capacity * self->system->quads, sizeof *batch->states);
        batch->arriving =
            memory_resize(batch->arriving, batch->capacity * (ARRIVING_WORDS + self->system->quads), sizeof(uint64_t));
        if (keeps(self))
            batch->steps = memory_resize(batch->steps, batch->capacity, sizeof *batch->steps);
    }
    batch->after = batch->states + batch->count * self->system->quads;
    return &batch->found[batch->count++];
}

/* Where a step leads is known. */
static void arrive(const struct explorer *self, struct explorer_batch *batch, struct explorer_found *found)
{
    if (self->system->symmetric)
        system_canonicalize(self->system, batch->after, batch->moved);
    found->hash = stateset_hash(&self->states, batch->after);
}

/* Takes a step that was taken before. Returns false where it has to be executed. */
static bool repeat_step(const struct explorer *self, struct explorer_batch *batch, unsigned option, size_t thread)
{
    const struct step_memo_item *item = step_memo_at(&batch->memo, thread);
    if (item == NULL || item->kind != STEP_MEMO_TAKEN)
        return false;
    struct explorer_found *found = add_found(self, batch);
    for (size_t q = 0; q < self->system->quads; q++)
        batch->after[q] = batch->state[q] ^ item->change[q];
    *found = (struct explorer_found){.target = STATESET_NONE, .thread = (uint8_t)thread, .option = (uint8_t)option};
    arrive(self, batch, found);
    bool repeats = self->observer->repeat_step(self->context, batch, batch->memo.at[thread]);
    batch->count -= repeats ? 0 : 1;
    return repeats;
}

/* Notes what a step has changed, before its state is made canonical. */
static struct step_memo_item *remember_change(const struct explorer *self, struct explorer_batch *batch, size_t thread)
{
    struct step_memo_item *item = step_memo_at(&batch->memo, thread);
    for (size_t q = 0; item != NULL && q < self->system->quads; q++)
        item->change[q] = batch->after[q] ^ batch->state[q];
    return item;
}

static void expand_step(const struct explorer *self, struct explorer_batch *batch, unsigned option, size_t thread)
{
    const struct step *step = &batch->macrostep.step;
    if (repeat_step(self, batch, option, thread))
        return;
    struct explorer_found *found = add_found(self, batch);
    struct step_memo_item *item = NULL;
    macrostep_run(&batch->macrostep, batch->state, &batch->choices, option, thread, batch->after);
    *found = (struct explorer_found){.target = STATESET_NONE,
                                     .thread = (uint8_t)thread,
                                     .option = (uint8_t)option,
                                     .is_failure = step->result == STEP_FAILED};
    batch->is_narrow |= step->result == STEP_TOO_NARROW;
    if (step->result == STEP_TAKEN) {
        item = remember_change(self, batch, thread);
        arrive(self, batch, found);
    }
    if (keeps(self))
        machine_copy_step(step, &batch->steps[batch->count - 1]);
    else
        self->observer->expand_step(self->context, batch);
    if (item == NULL)
        return;
    item->kind = STEP_MEMO_TAKEN;
    self->observer->remember_step(self->context, batch, batch->memo.at[thread]);
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

static void find_choices(const struct explorer *self, struct explorer_batch *batch)
{
    bool remembers = batch->memo.items != NULL;
    if (remembers && step_memo_look(&batch->memo, &self->masks, self->system, batch->state, &batch->choices))
        return;
    system_choices(self->system, batch->state, &batch->choices);
    if (remembers)
        step_memo_note(&batch->memo, &self->masks, self->system, batch->state, &batch->choices);
}

static void expand_batch(const struct explorer *self, struct explorer_batch *batch)
{
    batch->count = 0;
    batch->first[0] = 0;
    for (size_t s = 0; s < batch->state_count && !batch->is_narrow; s++) {
        batch->state = stateset_at(&self->states, batch->first_state + (uint32_t)s);
        find_choices(self, batch);
        if (keeps(self))
            batch->all_choices[s] = batch->choices;
        expand_state(self, batch);
        batch->first[s + 1] = (uint32_t)batch->count;
    }
}

static void copy_arriving(struct explorer_batch *batch, size_t quads, uint32_t position, uint32_t place)
{
    const uint64_t *from = batch->states + position * quads;
    struct explorer_arriving *arriving = arriving_at(batch, quads, place);
    uint64_t *to = arriving_state(arriving);
    arriving->hash = batch->found[position].hash;
    arriving->position = position;
    to[0] = from[0];
    for (size_t q = 1; q < quads; q++)
        to[q] = from[q];
}

/* Lists the steps that lead somewhere by the part of the state set, by counting. */
static void sort_by_part(struct explorer_batch *batch, size_t quads)
{
    uint32_t next[STATESET_PARTS + 1] = {0};
    for (size_t p = 0; p < batch->count; p++)
        next[stateset_part(batch->found[p].hash) + 1] += !batch->found[p].is_failure;
    for (size_t part = 0; part < STATESET_PARTS; part++)
        next[part + 1] += next[part];
    memcpy(batch->part_first, next, sizeof next);
    for (uint32_t p = 0; p < batch->count; p++)
        if (!batch->found[p].is_failure)
            copy_arriving(batch, quads, p, next[stateset_part(batch->found[p].hash)]++);
}

/* ---- Entering -------------------------------------------------------------------------------------------------- */

/* The steps of a round that lead to one part of the state set, at hand. */
struct explorer_arrivals {
    struct explorer_arriving **items;
    size_t count;
    size_t capacity;
    char apart[CACHE_LINE];
};

/* Count states from `first` on, in batches that several threads share. */
struct round {
    struct explorer *explorer;
    uint32_t first;
    size_t count;
    size_t batch_count;
};

/* Does one phase of a round. */
static void share(struct round *self, size_t pieces, parallel_work *work)
{
    unsigned jobs = self->explorer->options.jobs;
    if (jobs > 1 && (self->batch_count >= SHARED_BATCHES || self->explorer->options.eager))
        parallel_run(jobs, pieces, work, self);
    else
        for (size_t piece = 0; piece < pieces; piece++)
            work(self, piece, 0);
}

static void expand_piece(void *context, size_t b, size_t thread)
{
    const struct round *self = context;
    struct explorer_batch *batch = &self->explorer->batches[b];
    size_t before = b * EXPLORER_BATCH_STATES, left = self->count - before;
    (void)thread;
    batch->first_state = self->first + (uint32_t)before;
    batch->state_count = left < EXPLORER_BATCH_STATES ? left : EXPLORER_BATCH_STATES;
    expand_batch(self->explorer, batch);
    sort_by_part(batch, self->explorer->system->quads);
}

static void gather_part(const struct round *self, size_t part, struct explorer_arrivals *arrivals)
{
    const struct explorer_batch *batches = self->explorer->batches;
    size_t quads = self->explorer->system->quads;
    arrivals->count = 0;
    for (size_t b = 0; b < self->batch_count; b++) {
        size_t first = batches[b].part_first[part], end = batches[b].part_first[part + 1];
        if (arrivals->count + (end - first) > arrivals->capacity) {
            arrivals->capacity = 2 * (arrivals->count + (end - first));
            arrivals->items = memory_resize(arrivals->items, arrivals->capacity, sizeof *arrivals->items);
        }
        for (size_t i = first; i < end; i++)
            arrivals->items[arrivals->count++] = arriving_at(&batches[b], quads, i);
    }
}

static void prefetch(const struct stateset *states, const struct explorer_arrivals *arrivals, size_t position)
{
    if (position + PREFETCH_STEP < arrivals->count)
        __builtin_prefetch(arrivals->items[position + PREFETCH_STEP]);
    if (position + PREFETCH_PLACE < arrivals->count)
        stateset_prefetch_place(states, arrivals->items[position + PREFETCH_PLACE]->hash);
    if (position + PREFETCH_STATE < arrivals->count)
        stateset_prefetch_state(states, arrivals->items[position + PREFETCH_STATE]->hash);
}

/* Looks up where the steps of a round lead that lead to one part. */
static void look_up_piece(void *context, size_t part, size_t thread)
{
    const struct round *self = context;
    struct stateset *states = &self->explorer->states;
    struct explorer_arrivals *arrivals = &self->explorer->arrivals[thread];
    size_t next = 0;
    stateset_open(states, part);
    gather_part(self, part, arrivals);
    for (size_t b = 0; b < self->batch_count; b++) {
        struct explorer_batch *batch = &self->explorer->batches[b];
        uint32_t count = 0;
        for (size_t i = batch->part_first[part]; i < batch->part_first[part + 1]; i++, next++) {
            struct explorer_arriving *item = arrivals->items[next];
            bool is_new;
            prefetch(states, arrivals, next);
            item->arrived = stateset_arrive(states, arriving_state(item), item->hash, &is_new);
            item->position |= is_new ? EXPLORER_NEW : 0;
            count += is_new;
        }
        batch->part_new[part] = count;
    }
}

/* Gives numbers to what a batch has found first, in order. */
static void number_piece(void *context, size_t b, size_t thread)
{
    const struct round *self = context;
    struct explorer *explorer = self->explorer;
    struct explorer_batch *batch = &explorer->batches[b];
    uint32_t number = batch->first_new;
    (void)thread;
    for (size_t i = 0; i < batch->part_first[STATESET_PARTS]; i++) {
        const struct explorer_arriving *item = arriving_at(batch, explorer->system->quads, i);
        struct explorer_found *found = &batch->found[item->position & ~EXPLORER_NEW];
        found->target = item->arrived;
        found->is_new = (item->position & EXPLORER_NEW) != 0;
    }
    for (size_t s = 0; s < batch->state_count; s++)
        for (size_t p = batch->first[s]; p < batch->first[s + 1]; p++) {
            struct explorer_found *found = &batch->found[p];
            if (!found->is_new)
                continue;
            stateset_number(&explorer->states, batch->states + p * explorer->system->quads, found->hash, found->target,
                            number);
            if (!explorer->options.no_ways)
                explorer->links[number] =
                    (struct explorer_link){batch->first_state + (uint32_t)s, found->thread, found->option};
            found->target = number++;
        }
}

/* Lets the steps of a batch know where they lead; behind the batches come the parts of the state set, which are to know the numbers. */
static void finish_piece(void *context, size_t piece, size_t thread)
{
    const struct round *self = context;
    struct explorer *explorer = self->explorer;
    (void)thread;
    if (piece >= self->batch_count) {
        stateset_settle(&explorer->states, piece - self->batch_count);
        return;
    }
    struct explorer_batch *batch = &explorer->batches[piece];
    for (size_t p = 0; p < batch->count; p++) {
        struct explorer_found *found = &batch->found[p];
        if (!found->is_new && !found->is_failure)
            found->target = stateset_numbered(&explorer->states, found->hash, found->target);
    }
    if (explorer->observer->enter != NULL)
        explorer->observer->enter(explorer->context, batch);
}

/* Says how many steps lead to each part of the state set. */
static bool expect(const struct round *self)
{
    size_t more[STATESET_PARTS] = {0};
    for (size_t b = 0; b < self->batch_count; b++) {
        const struct explorer_batch *batch = &self->explorer->batches[b];
        for (size_t p = 0; p < STATESET_PARTS; p++)
            more[p] += batch->part_first[p + 1] - batch->part_first[p];
    }
    return stateset_expect(&self->explorer->states, more);
}

static bool reserve_links(struct explorer *self, size_t count)
{
    if (self->options.no_ways)
        return true;
    struct explorer_link *links =
        budget_grow(self->budget, self->links, count, &self->link_capacity, sizeof *self->links);
    self->links = links != NULL ? links : self->links;
    return links != NULL;
}

/* Makes room for the new states, and says where the numbers of each batch begin. Returns how many there are, or SIZE_MAX. */
static size_t accept(const struct round *self)
{
    struct explorer *explorer = self->explorer;
    size_t known = explorer->states.count, count = 0;
    for (size_t b = 0; b < self->batch_count; b++) {
        struct explorer_batch *batch = &explorer->batches[b];
        batch->first_new = (uint32_t)(known + count);
        for (size_t p = 0; p < STATESET_PARTS; p++)
            count += batch->part_new[p];
    }
    return reserve_links(explorer, known + count) && stateset_accept(&explorer->states, count) ? count : SIZE_MAX;
}

static bool reserve_steps(const struct round *self)
{
    struct explorer *explorer = self->explorer;
    uint64_t steps = 0;
    for (size_t b = 0; b < self->batch_count; b++) {
        explorer->batches[b].first_step = steps;
        steps += explorer->batches[b].count;
    }
    return explorer->observer->reserve == NULL ||
           explorer->observer->reserve(explorer->context, explorer->batches, self->batch_count);
}

static enum explorer_result enter(struct round *self)
{
    struct explorer *explorer = self->explorer;
    if (!reserve_steps(self))
        return EXPLORER_ENDED;
    if (!expect(self))
        return EXPLORER_LIMIT;
    share(self, STATESET_PARTS, look_up_piece);
    size_t count = accept(self);
    if (count == SIZE_MAX) {
        stateset_forget(&explorer->states);
        return EXPLORER_LIMIT;
    }
    share(self, self->batch_count, number_piece);
    share(self, self->batch_count + STATESET_PARTS, finish_piece);
    stateset_close(&explorer->states, count);
    return EXPLORER_GOES_ON;
}

/* ---- Telling in order -------------------------------------------------------------------------------------------- */

/* Tells the observer of a state, the s-th of a batch, and of its steps. */
static bool tell_state(struct explorer *self, const struct explorer_batch *batch, size_t s)
{
    bool is_kept = keeps(self), goes_on = true;
    struct explorer_step step = {.batch = batch};
    self->here = batch->first_state + (uint32_t)s;
    self->state = stateset_at(&self->states, self->here);
    if (self->observer->state != NULL)
        goes_on = self->observer->state(self->context, is_kept ? &batch->all_choices[s] : NULL);
    for (size_t p = batch->first[s]; p < batch->first[s + 1] && goes_on && self->observer->step != NULL; p++) {
        const struct explorer_found *found = &batch->found[p];
        step.target = found->target;
        step.is_new = found->is_new;
        step.thread = found->thread;
        step.option = found->option;
        step.step = is_kept ? &batch->steps[p] : NULL;
        step.after = found->is_failure ? NULL : batch->states + p * self->system->quads;
        step.position = p;
        goes_on = self->observer->step(self->context, &step);
    }
    return goes_on;
}

static size_t count_new(const struct explorer_batch *batch, size_t s)
{
    size_t count = 0;
    for (size_t p = batch->first[s]; p < batch->first[s + 1]; p++)
        count += batch->found[p].is_new;
    return count;
}

/* Tells the observer of a round that was entered, and stops where there are more states than were allowed. */
static enum explorer_result tell_round(const struct round *self)
{
    struct explorer *explorer = self->explorer;
    uint64_t most = explorer->options.max_states;
    bool looks = explorer->observer->state != NULL || explorer->observer->step != NULL;
    for (size_t b = 0; b < self->batch_count && looks; b++) {
        const struct explorer_batch *batch = &explorer->batches[b];
        size_t known = batch->first_new;
        for (size_t s = 0; s < batch->state_count; s++) {
            if (!tell_state(explorer, batch, s))
                return EXPLORER_ENDED;
            known += count_new(batch, s);
            if (most != 0 && known > most)
                return EXPLORER_TOO_LARGE;
        }
    }
    return most != 0 && explorer->states.count > most ? EXPLORER_TOO_LARGE : EXPLORER_GOES_ON;
}

/* ---- Rounds ---------------------------------------------------------------------------------------------------- */

static enum explorer_result enter_start(struct explorer *self, const uint64_t *state)
{
    struct explorer_step step = {.after = state};
    if (!stateset_reserve(&self->states, 1))
        return EXPLORER_LIMIT;
    step.target = stateset_add(&self->states, state, stateset_hash(&self->states, state), &step.is_new);
    bool goes_on = self->observer->step == NULL || self->observer->step(self->context, &step);
    return goes_on ? EXPLORER_GOES_ON : EXPLORER_ENDED;
}

static enum explorer_result enter_starts(struct explorer *self)
{
    uint64_t *state = memory_new(self->system->quads, sizeof *state);
    enum explorer_result result = EXPLORER_GOES_ON;
    for (uint64_t which = 0; which < system_start_count(self->system) && result == EXPLORER_GOES_ON; which++) {
        system_start(self->system, which, state);
        system_canonicalize(self->system, state, NULL);
        result = enter_start(self, state);
    }
    self->start_count = self->states.count;
    memory_free(state);
    return result;
}

/* A search that turns out to be large begins to remember steps. */
static void start_memos(struct explorer *self)
{
    if (self->observer->repeat_step == NULL || self->masks.known != NULL ||
        (self->states.count < MANY_STATES && !self->options.eager) || !step_masks_apply(self->system))
        return;
    step_masks_start(&self->masks, self->system);
    for (size_t b = 0; b < self->batch_count; b++)
        step_memo_start(&self->batches[b].memo);
}

static enum explorer_result explore_round(struct explorer *self, uint32_t first, size_t count)
{
    start_memos(self);
    struct round round = {self, first, count, (count + EXPLORER_BATCH_STATES - 1) / EXPLORER_BATCH_STATES};
    share(&round, round.batch_count, expand_piece);
    for (size_t b = 0; b < round.batch_count; b++)
        if (self->batches[b].is_narrow) {
            self->narrow = &self->batches[b].macrostep.step;
            return EXPLORER_NARROW;
        }
    enum explorer_result result = enter(&round);
    if (result == EXPLORER_GOES_ON)
        result = tell_round(&round);
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
    struct round round = {self, number, 1, 1};
    share(&round, 1, expand_piece);
    enum explorer_result result = enter(&round);
    if (result == EXPLORER_GOES_ON && !tell_state(self, &self->batches[0], 0))
        result = EXPLORER_ENDED;
    return result;
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
    self->arrivals = memory_new(self->options.jobs > 1 ? self->options.jobs : 1, sizeof *self->arrivals);
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
        step_memo_free(&self->batches[b].memo);
        memory_free(self->batches[b].found);
        memory_free(self->batches[b].steps);
        memory_free(self->batches[b].states);
        memory_free(self->batches[b].arriving);
        memory_free(self->batches[b].all_choices);
    }
    for (size_t j = 0; self->arrivals != NULL && (j == 0 || j < self->options.jobs); j++) {
        memory_free(self->arrivals[j].items);
    }
    step_masks_free(&self->masks);
    memory_free(self->arrivals);
    memory_free(self->batches);
    self->arrivals = NULL;
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
