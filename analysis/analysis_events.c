/* How often events happen. Of each a machine is made that counts it, which is data that nobody reads: states are those of the program's
 * control alone. Where schedules are finite, folds find the whole distribution; where they are not, the graph's steps are what an
 * absorbing Markov chain and the shortest and longest ways need. */
#include "analysis/absorption.h"
#include "analysis/analysis_parts.h"
#include "analysis/event_count.h"
#include "base/exact.h"
#include "base/fault.h"
#include "base/memory.h"
#include "schedulers/scheduler.h"

#include <string.h>

/* Speed, for estimates only: seconds a place of an array and byte. */
static const double byte_seconds = 1.5e-9 / 8;
static const double entry_seconds = 6e-7; /* an entry, for the three folds of narrow arrays that it takes at least */
static const double graph_seconds = 1e-6; /* a step of a graph, which is explored first */

/* An event being counted. */
struct counting {
    struct analysis *analysis;
    struct event_count *count;
    struct program program; /* the analysis's, of which machines count the event */
    struct machine *machine;
    struct slice *slice;
    struct prepared_space_setting setting;
    struct prepared_space prepared;
};

/* ---- The space --------------------------------------------------------------------------------------------------- */

/* What may overflow is stored. */
static struct slice *slice_of(const struct machine *whole, bool stores_all)
{
    size_t locations = machine_location_count(whole);
    struct observed observed = {.locations = {machine_count_location(whole)}, .count = 1};
    bool *stored = memory_new(locations, sizeof *stored);
    for (location_id l = 0; l < locations; l++)
        stored[l] = stores_all && l != machine_count_location(whole);
    struct slice *slice = slice_new_of(whole, &observed, stored, false);
    memory_free(stored);
    return slice;
}

/* In a grid instructions say what they are, and nobody looks at schedulers. */
static bool is_grid(const struct counting *self, const struct counted_event *event)
{
    bool is_of_instructions =
        event->kind == COUNTED_MARKED || event->kind == COUNTED_LINE || event->kind == COUNTED_FAILURES;
    return is_of_instructions && scheduler_is_free(self->setting.scheduler) && grid_applies(self->machine, self->slice);
}

static enum prepared_space_result open_space(struct counting *self, bool stores_all)
{
    struct machine *whole = machine_new(&self->program, NULL, false);
    self->slice = slice_of(whole, stores_all);
    machine_free(whole);
    self->machine = machine_new(&self->program, self->slice->data, false);
    self->setting = analysis_setting(self->analysis, self->machine, self->slice);
    self->setting.grid = is_grid(self, self->program.counting);
    struct prepared_space_options options = {.edges = true, .ends_alike = true};
    return prepared_space_open(&self->prepared, &self->setting, &options);
}

static void close_space(struct counting *self)
{
    prepared_space_close(&self->prepared);
    machine_free(self->machine);
    slice_free(self->slice);
}

static enum prepared_space_result open_sound_space(struct counting *self)
{
    enum prepared_space_result result = open_space(self, self->analysis->must_unslice);
    if (result != PREPARED_SPACE_READY || self->analysis->must_unslice || !analysis_may_overflow(&self->prepared))
        return result;
    close_space(self);
    return open_space(self, true);
}

/* ---- Finite schedules -------------------------------------------------------------------------------------------- */

/* Where the numbers of one fold go: into an array over counts. */
struct sums {
    const struct polynomials *semiring;
    mpz_t *numbers;
    int64_t least, greatest;
};

static void add_number(void *context, int64_t value, const mp_limb_t *limbs, size_t count)
{
    struct sums *self = context;
    mpz_t number;
    if (value < self->least || value > self->greatest)
        fault("an event is counted %lld times, which is beyond its extremes", (long long)value);
    mpz_ptr sum = self->numbers[value - self->least];
    mpz_add(sum, sum, mpz_roinit_n(number, limbs, (mp_size_t)count));
}

static void add_element(void *context, const void *element, int64_t initial)
{
    struct sums *self = context;
    semiring_polynomials_visit(self->semiring, 0, element, initial, add_number, self);
}

static bool fold_numbers(struct counting *self, const struct polynomials *semiring, mpz_t *numbers)
{
    struct fold fold;
    struct fold_options options = {.jobs = self->setting.jobs};
    struct sums sums = {semiring, numbers, self->count->least, self->count->greatest};
    enum fold_result result = fold_run(&fold, self->prepared.space, &semiring->head, &options, self->setting.budget);
    if (result == FOLD_COMPLETE)
        prepared_space_visit_values(&self->prepared, &fold, add_element, &sums);
    fold_free(&fold);
    return result == FOLD_COMPLETE;
}

static size_t row_places(const struct event_count *count)
{
    return (size_t)(count->greatest - count->least) + 1;
}

static mpz_t *numbers_new(const struct event_count *count)
{
    mpz_t *numbers = memory_new(row_places(count), sizeof *numbers);
    for (size_t n = 0; n < row_places(count); n++)
        mpz_init(numbers[n]);
    return numbers;
}

static void numbers_free(const struct event_count *count, mpz_t *numbers)
{
    for (size_t n = 0; n < row_places(count); n++)
        mpz_clear(numbers[n]);
    memory_free(numbers);
}

/* Writes the rows, and the expected number, which follows from them. */
static void adopt(struct event_count *count, mpz_t *schedules, mpz_t *weights, const mpz_t denominator)
{
    mpq_t sum, term;
    mpq_inits(sum, term, NULL);
    for (size_t n = 0; n < row_places(count); n++) {
        if (mpz_sgn(schedules[n]) == 0)
            continue;
        struct event_count_row *row = event_count_add(count, count->least + (int64_t)n);
        mpz_set(row->schedules, schedules[n]);
        mpz_set(mpq_numref(row->random), weights[n]);
        mpz_set(mpq_denref(row->random), denominator);
        mpq_canonicalize(row->random);
        mpq_add(sum, sum, row->random);
        exact_set(mpq_numref(term), (uint64_t)row->count); /* never negative: it is a number of events */
        mpz_set_ui(mpq_denref(term), 1);
        mpq_mul(term, term, row->random);
        mpq_add(count->expected, count->expected, term);
    }
    if (mpq_cmp_ui(sum, 1, 1) != 0)
        fault("the probabilities of the counts of %s do not add up to 1", count->name);
    count->has_distribution = count->has_expected = true;
    mpq_clears(sum, term, NULL);
}

static void find_distribution(struct counting *self, const struct polynomials *counts, const struct polynomials *random)
{
    struct event_count *count = self->count;
    const struct space *space = self->prepared.space;
    mpz_t *schedules = numbers_new(count), *weights = numbers_new(count), denominator;
    mpz_init(denominator);
    exact_set_power(denominator, random->base, space->height);
    exact_multiply(denominator, space->start_count);
    if (fold_numbers(self, counts, schedules) && fold_numbers(self, random, weights))
        adopt(count, schedules, weights, denominator);
    else
        analysis_give_up(self->analysis, QUESTION_EVENTS, "events");
    numbers_free(count, schedules);
    numbers_free(count, weights);
    mpz_clear(denominator);
}

/* The counts of a level have about half as many places as all, on average. */
static bool is_affordable(struct counting *self, const struct polynomials *random)
{
    const struct space *space = self->prepared.space;
    double bytes = (double)(semiring_polynomials_limbs(space->height, random->base) * sizeof(mp_limb_t));
    struct estimate estimate =
        estimate_arrays(space, (double)row_places(self->count) / 2, bytes, bytes * byte_seconds, false);
    return analysis_affords(self->analysis, QUESTION_EVENTS, "events", &estimate);
}

static void count_finite(struct counting *self)
{
    struct event_count *count = self->count;
    struct polynomials counts, random;
    struct extremes extremes;
    const struct space *space = self->prepared.space;
    struct estimate estimate = {(double)space->entries * entry_seconds, 0};
    if (!analysis_affords(self->analysis, QUESTION_EVENTS, "events", &estimate))
        return;
    if (prepared_space_find_extremes(&self->prepared, &extremes) != FOLD_COMPLETE) {
        analysis_give_up(self->analysis, QUESTION_EVENTS, "events");
        return;
    }
    count->has_extremes = count->has_least = true;
    count->least = extremes.least;
    count->greatest = extremes.greatest;
    if (!semiring_random_start(&random, space, &self->prepared.ranges)) {
        analysis_omit_if_wanted(self->analysis, QUESTION_EVENTS, "events",
                                "the common denominator of so many threads is too large", "");
        return;
    }
    semiring_counts_start(&counts, space, &self->prepared.ranges);
    if (is_affordable(self, &random))
        find_distribution(self, &counts, &random);
    semiring_polynomials_free(&counts);
    semiring_polynomials_free(&random);
}

/* ---- Endless schedules ------------------------------------------------------------------------------------------- */

/* The least count from a state on, as far as it is known from those behind its steps; INT64_MAX: none is. */
static int64_t least_from(const struct graph *graph, const int64_t *least, uint32_t state)
{
    int64_t best = INT64_MAX;
    if (graph->edge_first[state] == graph->edge_first[state + 1])
        return 0;
    for (uint64_t e = graph->edge_first[state]; e < graph->edge_first[state + 1]; e++) {
        const struct edge *edge = &graph->edges[e];
        int64_t behind = edge->target == STATESET_NONE ? 0 : least[edge->target];
        if (behind != INT64_MAX && behind + graph_added(graph, edge) < best)
            best = behind + graph_added(graph, edge);
    }
    return best;
}

/* Bellman and Ford's relaxation; members come in an order in which most steps lead to earlier ones. */
static bool find_least(struct counting *self)
{
    const struct graph *graph = self->prepared.graph;
    size_t states = graph->explorer.states.count;
    int64_t *least = memory_new(states, sizeof *least);
    bool changed = true, in_time = true;
    for (size_t s = 0; s < states; s++)
        least[s] = INT64_MAX;
    while (changed && in_time) {
        changed = false;
        for (size_t m = 0; m < states; m++) {
            uint32_t state = graph->components.members[m];
            int64_t better = least_from(graph, least, state);
            changed |= better < least[state];
            least[state] = better < least[state] ? better : least[state];
        }
        in_time = !budget_spent(self->setting.budget, "events", 0, 0, 0);
    }
    int64_t best = INT64_MAX;
    for (size_t s = 0; s < graph->space.start_count; s++)
        best = least[s] < best ? least[s] : best;
    self->count->has_least = best != INT64_MAX;
    self->count->least = self->count->has_least ? best : 0;
    memory_free(least);
    return in_time;
}

/* The greatest count from each component on, sinks first; a step that adds within one can be taken again and again. */
static void find_greatest(struct counting *self)
{
    const struct graph *graph = self->prepared.graph;
    const struct components *components = &graph->components;
    int64_t *greatest = memory_new(components->count + 1, sizeof *greatest);
    for (size_t m = 0; m < graph->explorer.states.count && !self->count->is_unbounded; m++) {
        uint32_t state = components->members[m], own = components->of[state];
        for (uint64_t e = graph->edge_first[state]; e < graph->edge_first[state + 1]; e++) {
            const struct edge *edge = &graph->edges[e];
            bool is_inside = graph_is_inside(graph, state, edge);
            int64_t more = graph_added(graph, edge);
            self->count->is_unbounded |= is_inside && more > 0;
            more += edge->target == STATESET_NONE || is_inside ? 0 : greatest[components->of[edge->target]];
            greatest[own] = more > greatest[own] ? more : greatest[own];
        }
    }
    for (size_t s = 0; s < graph->space.start_count; s++)
        if (greatest[components->of[s]] > self->count->greatest)
            self->count->greatest = greatest[components->of[s]];
    memory_free(greatest);
}

static void find_expected(struct counting *self)
{
    struct event_count *count = self->count;
    struct absorption absorption;
    count->has_expected = absorption_find(&absorption, self->prepared.graph, self->setting.budget);
    if (count->has_expected) {
        count->is_infinite = absorption.is_infinite;
        mpq_set(count->expected, absorption.expected);
        count->expected_error = absorption.expected_error;
    } else {
        analysis_give_up(self->analysis, QUESTION_EVENTS, "events");
    }
    absorption_free(&absorption);
}

static void count_endless(struct counting *self)
{
    self->count->has_extremes = find_least(self);
    find_greatest(self);
    find_expected(self);
}

/* ---- Schedules --------------------------------------------------------------------------------------------------- */

/* What a way costs: the count, or as much less, times this, and the steps. A way without cycles has fewer steps. */
static const int64_t count_cost = INT64_C(1) << 32;
enum { SCHEDULE_STATES_MAX = 1000000, SCHEDULE_STATES_UNASKED = 100000, COUNT_MOST = 1 << 30 };

/* Whether the count of a way without cycles can be told in costs. */
static bool are_costs_small(const struct graph *graph)
{
    uint64_t states = graph->explorer.states.count;
    for (uint64_t e = 0; e < graph->edge_first[states]; e++)
        if ((uint64_t)graph_added(graph, &graph->edges[e]) > COUNT_MOST / states)
            return false;
    return true;
}

static int64_t cost_of(const struct graph *graph, const struct edge *edge, int sign)
{
    return sign * graph_added(graph, edge) * count_cost + 1;
}

/* The cost from a state on over one of its steps; INT64_MAX where no end is known there. */
static int64_t cost_over(const struct graph *graph, const int64_t *costs, const struct edge *edge, int sign)
{
    int64_t behind = edge->target == STATESET_NONE ? 0 : costs[edge->target];
    return behind == INT64_MAX ? INT64_MAX : behind + cost_of(graph, edge, sign);
}

/* The cheapest way to an end from each state, as new: Bellman and Ford's relaxation. Deep states have high numbers. NULL where there is
 * no time. */
static int64_t *find_costs(const struct graph *graph, int sign, struct budget *budget)
{
    size_t states = graph->explorer.states.count;
    int64_t *costs = memory_new(states, sizeof *costs);
    bool changed = true;
    for (size_t s = 0; s < states; s++)
        costs[s] = graph->edge_first[s] == graph->edge_first[s + 1] ? 0 : INT64_MAX;
    while (changed && !budget_spent(budget, "events", 0, 0, 0)) {
        changed = false;
        for (size_t s = states; s-- > 0;)
            for (uint64_t e = graph->edge_first[s]; e < graph->edge_first[s + 1]; e++) {
                int64_t cost = cost_over(graph, costs, &graph->edges[e], sign);
                changed |= cost < costs[s];
                costs[s] = cost < costs[s] ? cost : costs[s];
            }
    }
    if (!changed)
        return costs;
    memory_free(costs);
    return NULL;
}

/* Writes the first of the cheapest schedules, and says whether the event happens so often there. */
static bool tell_schedule(const struct graph *graph, const int64_t *costs, int sign, int64_t count,
                          struct schedule *schedule)
{
    uint32_t state = 0;
    for (size_t s = 1; s < graph->space.start_count; s++)
        state = costs[s] < costs[state] ? (uint32_t)s : state;
    int64_t happened = 0;
    if (costs[state] == INT64_MAX)
        return false;
    if (graph->space.start_count > 1)
        schedule_add(schedule, action_phase(state));
    while (state != STATESET_NONE && graph->edge_first[state] < graph->edge_first[state + 1]) {
        const struct edge *edge = &graph->edges[graph->edge_first[state]];
        while (cost_over(graph, costs, edge, sign) != costs[state])
            edge++;
        schedule_add(schedule, system_action(graph->explorer.system, edge->option, edge->thread));
        happened += graph_added(graph, edge);
        state = edge->target;
    }
    return happened == count;
}

/* A schedule that was found must be possible, and end. */
static void check_schedule(const struct analysis *self, const struct schedule *schedule)
{
    struct trace *trace = analysis_replay(self, schedule);
    if (trace->end == TRACE_UNFINISHED)
        fault("a schedule with the least or greatest count of an event does not end");
    trace_free(trace);
}

static void show(struct counting *self, int sign, int64_t count, struct schedule *schedule)
{
    const struct graph *graph = self->prepared.graph;
    int64_t *costs = are_costs_small(graph) ? find_costs(graph, sign, self->setting.budget) : NULL;
    if (costs == NULL)
        return;
    if (tell_schedule(graph, costs, sign, count, schedule))
        check_schedule(self->analysis, schedule);
    else
        schedule_free(schedule);
    memory_free(costs);
}

/* Threads are told apart in a schedule; the space is opened once more, unless it has too many states for that. */
static void find_schedules(struct counting *self)
{
    struct event_count *count = self->count;
    const struct analysis_options *options = self->analysis->options;
    struct budget budget = *options->budget;
    if (!analysis_wants(self->analysis, QUESTION_WITNESS) || options->witness == WITNESS_NONE || !count->has_extremes)
        return;
    uint64_t most = analysis_insists(self->analysis, QUESTION_EVENTS) ? SCHEDULE_STATES_MAX : SCHEDULE_STATES_UNASKED;
    budget.max_states = budget.max_states == 0 || budget.max_states > most ? most : budget.max_states;
    prepared_space_close(&self->prepared);
    self->setting.grid = self->setting.symmetry = false;
    self->setting.budget = &budget;
    struct prepared_space_options space = {.edges = true, .ends_alike = true};
    if (prepared_space_open(&self->prepared, &self->setting, &space) != PREPARED_SPACE_READY)
        return;
    if (count->has_least)
        show(self, 1, count->least, &count->least_schedule);
    if (count->has_least && !count->is_unbounded && count->greatest > count->least)
        show(self, -1, count->greatest, &count->greatest_schedule);
}

/* ---- All --------------------------------------------------------------------------------------------------------- */

/* About what it takes to explore the space of an event, by what the analysis has found; a grid is there at once. */
static bool can_be_opened(struct analysis *self)
{
    double steps = (double)self->outcome->stored * (double)machine_thread_count(self->whole);
    struct estimate estimate = {steps * graph_seconds, steps * sizeof(struct edge)};
    if (scheduler_is_free(self->setting.scheduler) && machine_is_straight(self->whole))
        return true;
    return analysis_affords(self, QUESTION_EVENTS, "events", &estimate);
}

static void count_event(struct analysis *self, const struct counted_event *event, struct event_count *count)
{
    struct counting counting = {.analysis = self, .count = count, .program = *self->program};
    counting.program.outputs = NULL;
    counting.program.counting = event;
    enum prepared_space_result opened = open_sound_space(&counting);
    if (opened != PREPARED_SPACE_READY)
        analysis_give_up(self, QUESTION_EVENTS, "events");
    else if (counting.prepared.space->cyclic)
        count_endless(&counting);
    else
        count_finite(&counting);
    if (opened == PREPARED_SPACE_READY)
        find_schedules(&counting);
    close_space(&counting);
    if (opened == PREPARED_SPACE_READY && self->options->by_outcome)
        analysis_count_jointly(self, event, count);
}

void analysis_count_events(struct analysis *self)
{
    struct outcome *outcome = self->outcome;
    const struct program *program = self->program;
    if (program->counted_event_count == 0 || !analysis_wants(self, QUESTION_EVENTS))
        return;
    outcome->events = memory_new(program->counted_event_count, sizeof *outcome->events);
    for (size_t e = 0; e < program->counted_event_count && outcome->complete; e++) {
        struct event_count *count = &outcome->events[outcome->event_count++];
        event_count_start(count, program->counted_events[e].name);
        if (!can_be_opened(self))
            continue;
        count_event(self, &program->counted_events[e], count);
    }
}
