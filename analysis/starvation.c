#include "analysis/starvation.h"

#include "base/memory.h"

/* A list of states. */
struct states {
    uint32_t *states;
    size_t count;
};

/* A judgement under way. */
struct judgement {
    const struct graph *graph;
    struct waiting waiting;
    enum outcome_fairness fairness;
    const uint32_t *order; /* which state is reached first: the one with the least of these; NULL: the least number */
    struct states *parts;  /* still to be decomposed, by strong fairness */
    size_t part_count;
    size_t part_capacity;
    struct states best; /* the component in which the thread starves and that is reached first; empty: none so far */
    struct lasso_ground ground;
};

/* Those of some states in which none of some threads may step, in ascending order. */
static struct states copy_states(const struct graph *graph, struct states part, uint64_t threads)
{
    struct states copy = {memory_new(part.count, sizeof *copy.states), 0};
    for (size_t s = part.count; s-- > 0;)
        if (threads == 0 || (waiting_may(graph, part.states[s]) & threads) == 0)
            copy.states[copy.count++] = part.states[s];
    return copy;
}

/* ---- Components ---------------------------------------------------------------------------------------------- */

/* The members of a component. */
static struct states members_of(const struct waiting *waiting, size_t c)
{
    const struct components *components = &waiting->components;
    size_t first = components->first[c - 1];
    return (struct states){components->members + first, components->first[c] - first};
}

static bool comes_before(const struct judgement *self, uint32_t a, uint32_t b)
{
    return self->order != NULL && b != UINT32_MAX ? self->order[a] < self->order[b] : a < b;
}

static void survey_state(const struct judgement *self, uint32_t state, struct lasso_ground *ground)
{
    const struct waiting *waiting = &self->waiting;
    const struct graph *graph = waiting->graph;
    ground->entry = comes_before(self, state, ground->entry) ? state : ground->entry;
    uint64_t may = waiting_may(graph, state);
    ground->may_always &= may;
    ground->may_sometimes |= may;
    for (uint64_t e = graph->edge_first[state]; e < graph->edge_first[state + 1]; e++)
        if (waiting_stays(waiting, state, &graph->edges[e]))
            ground->step |= waiting_actor(graph, &graph->edges[e]);
}

static struct lasso_ground survey(const struct judgement *self, struct states part)
{
    struct lasso_ground ground = {.entry = UINT32_MAX, .may_always = UINT64_MAX};
    for (size_t s = 0; s < part.count; s++)
        survey_state(self, part.states[s], &ground);
    return ground;
}

/* The threads to which going round for ever is unfair. */
static uint64_t find_wronged(const struct judgement *self, const struct lasso_ground *ground)
{
    switch (self->fairness) {
    case FAIRNESS_WEAK:
        return ground->may_always & ~ground->step;
    case FAIRNESS_STRONG:
        return ground->may_sometimes & ~ground->step;
    case FAIRNESS_NONE:
        break;
    }
    return 0;
}

/* ---- Starving ------------------------------------------------------------------------------------------------ */

static void offer(struct judgement *self, struct states part, const struct lasso_ground *ground)
{
    if (self->best.count > 0 && comes_before(self, self->ground.entry, ground->entry))
        return;
    memory_free(self->best.states);
    self->best = copy_states(self->graph, part, 0);
    self->ground = *ground;
}

/* Keeps for later the states of a component in which none of some threads may step. */
static void set_aside(struct judgement *self, struct states part, uint64_t wronged)
{
    struct states rest = copy_states(self->graph, part, wronged);
    if (rest.count == 0) {
        memory_free(rest.states);
        return;
    }
    self->parts = memory_grow(self->parts, self->part_count, &self->part_capacity, sizeof *self->parts);
    self->parts[self->part_count++] = rest;
}

static void consider(struct judgement *self, struct states part)
{
    struct lasso_ground ground = survey(self, part);
    size_t thread = self->waiting.thread;
    uint64_t own = thread == WAITING_NOBODY ? 0
                   : machine_has_buffers(self->graph->explorer.system->machine)
                       ? UINT64_C(1) << thread | UINT64_C(1) << (thread + WAITING_FLUSH)
                       : UINT64_C(1) << thread;
    if ((ground.step & ~own) == 0)
        return;
    uint64_t wronged = find_wronged(self, &ground);
    if (wronged == 0)
        offer(self, part, &ground);
    else if (self->fairness == FAIRNESS_STRONG)
        set_aside(self, part, wronged);
}

static void consider_components(struct judgement *self)
{
    for (size_t c = 1; c <= self->waiting.components.count; c++)
        consider(self, members_of(&self->waiting, c));
}

static void consider_parts(struct judgement *self)
{
    while (self->part_count > 0) {
        struct states part = self->parts[--self->part_count];
        waiting_decompose(&self->waiting, part.states, part.count);
        memory_free(part.states);
        consider_components(self);
    }
}

/* ---- Waiting ------------------------------------------------------------------------------------------------- */

/* The longest wait from each component on. */
struct lengths {
    uint64_t *steps;
    uint64_t *ticks;
};

static void lengthen(uint64_t *length, uint64_t other)
{
    *length = other > *length ? other : *length;
}

static uint64_t ticks_of(const struct graph *graph, uint32_t from, const struct edge *edge)
{
    const struct system *system = graph->explorer.system;
    const uint64_t *state = stateset_at(&graph->explorer.states, from);
    return machine_step_ticks(system->machine, state, edge->thread,
                              action_way(system_action(system, edge->option, edge->thread)));
}

/* Returns false where waits have no bound: another thread steps inside a component. Steps of the waiting thread
 * inside one cost nothing. */
static bool measure_state(const struct judgement *self, uint32_t state, size_t c, struct lengths *lengths)
{
    const struct waiting *waiting = &self->waiting;
    for (uint64_t e = self->graph->edge_first[state]; e < self->graph->edge_first[state + 1]; e++) {
        const struct edge *edge = &self->graph->edges[e];
        bool is_own = edge->thread == waiting->thread;
        if (!waiting_goes_on(waiting, state, edge))
            continue;
        size_t target = waiting->components.of[edge->target];
        if (target == c && !is_own)
            return false;
        lengthen(&lengths->steps[c], lengths->steps[target] + !is_own);
        lengthen(&lengths->ticks[c], lengths->ticks[target] + (is_own ? 0 : ticks_of(self->graph, state, edge)));
    }
    return true;
}

/* Components come after those that their steps lead to. All waiting states must have been decomposed. */
static void measure(const struct judgement *self, struct starvation *result)
{
    size_t count = self->waiting.components.count;
    struct lengths lengths = {memory_new(count + 1, sizeof(uint64_t)), memory_new(count + 1, sizeof(uint64_t))};
    result->is_bounded = true;
    for (size_t c = 1; c <= count && result->is_bounded; c++) {
        struct states part = members_of(&self->waiting, c);
        for (size_t s = 0; s < part.count && result->is_bounded; s++)
            result->is_bounded = measure_state(self, part.states[s], c, &lengths);
        lengthen(&result->steps, lengths.steps[c]);
        lengthen(&result->ticks, lengths.ticks[c]);
    }
    memory_free(lengths.steps);
    memory_free(lengths.ticks);
    if (!result->is_bounded)
        result->steps = result->ticks = 0;
}

/* ---- The judgement ------------------------------------------------------------------------------------------- */

static void decompose_all(struct judgement *self)
{
    size_t count = 0, all = self->graph->explorer.states.count;
    uint32_t *states = memory_new(all, sizeof *states);
    for (size_t s = 0; s < all; s++)
        if (self->waiting.kinds[s] != WAITING_NOT)
            states[count++] = (uint32_t)s;
    waiting_decompose(&self->waiting, states, count);
    memory_free(states);
}

/* The component of the lasso is connected, so that decomposing it gives it back. */
static void tie(struct judgement *self, struct lasso *lasso)
{
    waiting_decompose(&self->waiting, self->best.states, self->best.count);
    lasso_tie(lasso, &self->waiting, &self->ground, self->fairness);
}

static void note_starvation(struct judgement *self, struct starvation *result)
{
    tie(self, &result->lasso);
    result->starves = true;
    result->is_bounded = false;
    result->steps = result->ticks = 0;
}

static void free_judgement(struct judgement *self)
{
    waiting_free(&self->waiting);
    memory_free(self->parts);
    memory_free(self->best.states);
}

void starvation_judge(struct starvation *self, const struct graph *graph, size_t thread, enum outcome_fairness fairness)
{
    struct judgement judgement = {.graph = graph, .fairness = fairness};
    *self = (struct starvation){0};
    waiting_start(&judgement.waiting, graph, thread);
    decompose_all(&judgement);
    measure(&judgement, self);
    if (!self->is_bounded) {
        consider_components(&judgement);
        consider_parts(&judgement);
    }
    if (judgement.best.count > 0)
        note_starvation(&judgement, self);
    free_judgement(&judgement);
}

void starvation_free(struct starvation *self)
{
    schedule_free(&self->lasso.schedule);
}

bool starvation_find_loop(const struct graph *graph, const bool *states, const uint32_t *order,
                          enum outcome_fairness fairness, struct lasso *lasso, uint32_t *entry)
{
    struct judgement judgement = {.graph = graph, .fairness = fairness, .order = order};
    waiting_start_part(&judgement.waiting, graph, states);
    decompose_all(&judgement);
    consider_components(&judgement);
    consider_parts(&judgement);
    bool is_found = judgement.best.count > 0;
    if (is_found && lasso != NULL)
        tie(&judgement, lasso);
    *entry = is_found ? judgement.ground.entry : STATESET_NONE;
    free_judgement(&judgement);
    return is_found;
}
