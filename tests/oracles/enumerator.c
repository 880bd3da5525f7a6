#include "tests/oracles/enumerator.h"

#include "base/memory.h"
#include "base/text.h"
#include "machine/machine.h"
#include "program/program.h"

#include <assert.h>
#include <string.h>

enum { WAY_SHIFT = 16 };

enum walk_result {
    WALK_DONE,
    WALK_BEYOND, /* the bounds are exceeded */
    WALK_NARROW  /* a value did not fit: the machine was widened, everything begins anew */
};

/* The walk through the tree of schedules. The arrays have one element for each depth 0 .. bounds.steps. */
struct walk {
    const struct program *program;
    struct machine *machine;
    const struct enumerator_policy *policy;
    struct enumerator_bounds bounds;
    const struct observation *observation;
    struct text output; /* what was printed on the way to where the walk stands */
    uint64_t all;       /* the set of all threads */
    size_t state_quads;
    uint64_t *states;  /* state_quads for each depth */
    uint32_t *threads; /* which thread made the step from each depth */
    mpq_t *chances;    /* probability of being at the node of each depth */
    struct enumeration *result;
};

/* ---- Ends ---------------------------------------------------------------------------------------------------- */

static void end_init(struct enumeration_end *self)
{
    *self = (struct enumeration_end){0};
    mpq_init(self->random);
}

static void end_clear(struct enumeration_end *self)
{
    mpq_clear(self->random);
    memory_free(self->threads);
    memory_free(self->output);
}

/* Whether the schedule that the walk has come to the end of is to be kept instead of the one before. The walk visits
 * schedules in thread order, so of equals the first is the one to keep. */
static bool is_better(const struct enumeration_end *self, size_t step_count, uint32_t preemptions)
{
    return self->shortest ? step_count < self->step_count : preemptions < self->preemptions;
}

static void end_add(struct enumeration_end *self, const struct walk *walk, size_t step_count, uint32_t preemptions)
{
    self->schedules++;
    mpq_add(self->random, self->random, walk->chances[step_count]);
    if (self->schedules > 1 && !is_better(self, step_count, preemptions))
        return;
    self->preemptions = preemptions;
    self->step_count = step_count;
    memory_free(self->threads);
    self->threads = memory_copy(walk->threads, step_count * sizeof *walk->threads);
}

static int compare_rows(const struct observation *observation, const struct enumeration_end *row, const int64_t *tuple,
                        const char *output)
{
    int order = 0;
    for (size_t p = 0; p < observation->count && order == 0; p++)
        order = observation->places[p].thread == OBSERVED_OUTPUT
                    ? strcmp(row->output, output)
                    : (row->tuple[p] > tuple[p]) - (row->tuple[p] < tuple[p]);
    return order;
}

/* Returns the row of a tuple, made where it is new; the rows stay sorted. */
static struct enumeration_end *find_row(struct enumeration *self, const struct observation *observation,
                                        const int64_t *tuple, const char *output)
{
    size_t place = 0;
    while (place < self->row_count && compare_rows(observation, &self->rows[place], tuple, output) < 0)
        place++;
    if (place < self->row_count && compare_rows(observation, &self->rows[place], tuple, output) == 0)
        return &self->rows[place];
    self->rows = memory_grow(self->rows, self->row_count, &self->row_capacity, sizeof *self->rows);
    memmove(self->rows + place + 1, self->rows + place, (self->row_count - place) * sizeof *self->rows);
    self->row_count++;
    end_init(&self->rows[place]);
    memcpy(self->rows[place].tuple, tuple, sizeof self->rows[place].tuple);
    self->rows[place].value = tuple[0];
    self->rows[place].output = memory_copy_string(output);
    return &self->rows[place];
}

static struct enumeration *enumeration_new(void)
{
    struct enumeration *self = memory_new(1, sizeof *self);
    end_init(&self->deadlock);
    self->deadlock.shortest = true;
    end_init(&self->failure);
    return self;
}

void enumeration_free(struct enumeration *self)
{
    if (self == NULL)
        return;
    for (size_t i = 0; i < self->row_count; i++)
        end_clear(&self->rows[i]);
    memory_free(self->rows);
    end_clear(&self->deadlock);
    end_clear(&self->failure);
    memory_free(self);
}

/* ---- The walk ------------------------------------------------------------------------------------------------ */

static bool contains(uint64_t set, size_t thread)
{
    return (set >> thread & 1) != 0;
}

static uint64_t *state_at(const struct walk *self, size_t depth)
{
    return self->states + depth * self->state_quads;
}

static enum walk_result finish(struct walk *self, struct enumeration_end *end, size_t depth, uint32_t preemptions)
{
    if (self->result->schedules == self->bounds.schedules)
        return WALK_BEYOND;
    self->result->schedules++;
    end_add(end, self, depth, preemptions);
    return WALK_DONE;
}

/* Nobody can step: everybody has finished, or it is a deadlock. */
static enum walk_result stop(struct walk *self, size_t depth, uint32_t preemptions)
{
    const uint64_t *state = state_at(self, depth);
    if (machine_finished(self->machine, state) != self->all)
        return finish(self, &self->result->deadlock, depth, preemptions);
    int64_t tuple[OBSERVATION_MAX] = {0};
    for (size_t p = 0; p < self->observation->count; p++) {
        const struct observation_place *place = &self->observation->places[p];
        if (place->thread == OBSERVED_WORD)
            tuple[p] = machine_value(self->machine, state, place->number);
        else if (place->thread >= 0)
            tuple[p] = machine_value(self->machine, state,
                                     machine_register_location(self->machine, (size_t)place->thread, place->number));
    }
    struct enumeration_end *row = find_row(self->result, self->observation, tuple, text_string(&self->output));
    return finish(self, row, depth, preemptions);
}

/* What is known where the walk stands, beside the depth. */
struct standing {
    int last; /* thread that stepped last, returns aside; or -1 */
    uint32_t preemptions;
    struct enumerator_memory memory;
};

static struct enumerator_moment moment_of(const struct machine *machine, const uint64_t *state)
{
    uint64_t away = machine_away(machine, state);
    return (struct enumerator_moment){.machine = machine,
                                      .state = state,
                                      .threads = machine_thread_count(machine),
                                      .ready = machine_enabled(machine, state) & ~away,
                                      .away = away};
}

/* The threads that may step with an option; a return is always possible, and counted with the first option. */
static uint64_t allowed(const struct enumerator_policy *policy, const struct enumerator_moment *moment,
                        const struct enumerator_memory *memory, unsigned option)
{
    uint64_t threads = policy->choices(policy->context, moment, memory, option);
    assert((threads & ~moment->ready) == 0);
    return option == 0 ? threads | moment->away : threads;
}

/* What is known after a step of a thread. */
static struct standing advance(const struct enumerator_policy *policy, const struct standing *standing,
                               const struct enumerator_moment *before, const struct enumerator_moment *after,
                               unsigned option, size_t thread)
{
    struct standing next = *standing;
    if (!contains(before->away, thread)) {
        next.preemptions +=
            standing->last >= 0 && (size_t)standing->last != thread && contains(before->ready, (size_t)standing->last);
        next.last = (int)thread;
    }
    next.memory.preemptions = (int)next.preemptions;
    if (after != NULL)
        policy->after(policy->context, before, after, option, thread, &next.memory);
    return next;
}

static enum walk_result visit(struct walk *self, size_t depth, const struct standing *standing);

/* ---- Steps ----------------------------------------------------------------------------------------------------- */

/* Whether the instruction that comes next belongs to the same step as the one that was executed: a thread goes on without a switch
 * unless it waits, is away, has something to choose, or has given up the processor. */
static bool goes_on(const struct walk *self, const uint64_t *state, size_t thread, bool yielded)
{
    const struct code *code = program_code(self->program, thread);
    uint32_t index = machine_index(self->machine, state, thread);
    bool can = contains(machine_enabled(self->machine, state) & ~machine_away(self->machine, state), thread);
    return can && !yielded && code->instructions[index].no_switch &&
           machine_choice_count(self->machine, state, thread) == 1;
}

/* Takes a step of a thread, instruction by instruction; says in *from what it costs, and appends what it prints. Where a value does
 * not fit the machine is widened. */
static enum step_result take(struct walk *self, uint64_t *state, size_t thread, unsigned way,
                             struct enumerator_moment *from)
{
    struct step step;
    bool is_over;
    do {
        uint32_t index = machine_index(self->machine, state, thread);
        bool returns = contains(machine_away(self->machine, state), thread);
        from->ticks += returns ? 0 : machine_ticks(self->machine, thread, index);
        from->yields |= machine_yields(self->machine, thread, index);
        machine_print(self->machine, state, thread, &self->output);
        machine_execute(self->machine, state, thread, way, &step);
        is_over = from->yields || returns;
        way = 0;
    } while (step.result == STEP_TAKEN && goes_on(self, state, thread, is_over));
    if (step.result == STEP_TOO_NARROW)
        machine_widen(self->machine, step.narrow, step.narrow_value);
    return step.result;
}

/* Takes the step of a thread from depth and visits what follows. */
static enum walk_result follow(struct walk *self, size_t depth, const struct standing *standing, unsigned option,
                               size_t thread, unsigned way)
{
    uint64_t *before = state_at(self, depth);
    uint64_t *after = state_at(self, depth + 1);
    struct enumerator_moment from = moment_of(self->machine, before), to;
    size_t length = self->output.length;
    memcpy(after, before, self->state_quads * sizeof *after);
    self->threads[depth] = (uint32_t)thread | way << WAY_SHIFT;
    enum step_result taken = take(self, after, thread, way, &from);
    if (taken == STEP_TOO_NARROW)
        return WALK_NARROW;
    if (taken == STEP_TAKEN)
        to = moment_of(self->machine, after);
    struct standing next = advance(self->policy, standing, &from, taken == STEP_TAKEN ? &to : NULL, option, thread);
    enum walk_result result = taken == STEP_TAKEN ? visit(self, depth + 1, &next)
                                                  : finish(self, &self->result->failure, depth + 1, next.preemptions);
    text_cut(&self->output, length);
    return result;
}

/* All steps of a thread: which way they turn out, and with which option. */
static enum walk_result follow_all(struct walk *self, size_t depth, const struct standing *standing,
                                   const uint64_t *threads, size_t thread)
{
    bool is_possible = contains(threads[0] | (self->policy->options > 1 ? threads[1] : 0), thread);
    unsigned ways = is_possible ? machine_choice_count(self->machine, state_at(self, depth), thread) : 0;
    for (unsigned way = 0; way < ways; way++)
        for (unsigned option = 0; option < self->policy->options; option++) {
            enum walk_result result =
                contains(threads[option], thread) ? follow(self, depth, standing, option, thread, way) : WALK_DONE;
            if (result != WALK_DONE)
                return result;
        }
    return WALK_DONE;
}

static enum walk_result visit(struct walk *self, size_t depth, const struct standing *standing)
{
    struct enumerator_moment moment = moment_of(self->machine, state_at(self, depth));
    uint64_t threads[ENUMERATOR_OPTIONS_MAX];
    unsigned choices = 0;
    if ((moment.ready | moment.away) == 0)
        return stop(self, depth, standing->preemptions);
    if (depth == self->bounds.steps)
        return WALK_BEYOND;
    for (unsigned option = 0; option < self->policy->options; option++) {
        threads[option] = allowed(self->policy, &moment, &standing->memory, option);
        for (uint64_t rest = threads[option]; rest != 0; rest &= rest - 1)
            choices += machine_choice_count(self->machine, moment.state, (size_t)__builtin_ctzll(rest));
    }
    assert(choices > 0);
    mpq_set_ui(self->chances[depth + 1], 1, choices);
    mpq_mul(self->chances[depth + 1], self->chances[depth + 1], self->chances[depth]);
    for (size_t thread = 0; thread < moment.threads; thread++) {
        enum walk_result result = follow_all(self, depth, standing, threads, thread);
        if (result != WALK_DONE)
            return result;
    }
    return WALK_DONE;
}

static struct standing standing_at_start(const struct enumerator_policy *policy, uint64_t which)
{
    struct standing standing = {.last = -1, .memory = {.current = -1, .last = -1}};
    policy->start(policy->context, which, &standing.memory);
    return standing;
}

static size_t quads_of(const struct machine *machine)
{
    size_t quads = (machine_bits(machine) + 63) / 64;
    return quads > 0 ? quads : 1;
}

/* One attempt, with the machine as wide as it is now. */
static enum walk_result attempt(struct walk *self)
{
    enum walk_result result = WALK_DONE;
    self->state_quads = quads_of(self->machine);
    self->states = memory_new((self->bounds.steps + 1) * self->state_quads, sizeof *self->states);
    self->result = enumeration_new();
    text_cut(&self->output, 0);
    machine_start(self->machine, self->states);
    for (uint64_t which = 0; which < self->policy->starts && result == WALK_DONE; which++) {
        struct standing standing = standing_at_start(self->policy, which);
        mpq_set_ui(self->chances[0], 1, self->policy->starts);
        result = visit(self, 0, &standing);
    }
    memory_free(self->states);
    if (result != WALK_DONE) {
        enumeration_free(self->result);
        self->result = NULL;
    }
    return result;
}

/* ---- Any thread that can go on ------------------------------------------------------------------------------- */

static void start_freely(const void *context, uint64_t which, struct enumerator_memory *memory)
{
    (void)context;
    (void)which;
    (void)memory;
}

static uint64_t choose_freely(const void *context, const struct enumerator_moment *moment,
                              const struct enumerator_memory *memory, unsigned option)
{
    (void)context;
    (void)memory;
    (void)option;
    return moment->ready;
}

static void remember_nothing(const void *context, const struct enumerator_moment *before,
                             const struct enumerator_moment *after, unsigned option, size_t thread,
                             struct enumerator_memory *memory)
{
    (void)context;
    (void)before;
    (void)after;
    (void)option;
    (void)thread;
    (void)memory;
}

static const struct enumerator_policy anything = {
    .starts = 1, .options = 1, .start = start_freely, .choices = choose_freely, .after = remember_nothing};

/* ---- Both ways ----------------------------------------------------------------------------------------------- */

struct enumeration *enumerator_run(const struct program *program, uint32_t word, const struct enumerator_policy *policy,
                                   struct enumerator_bounds bounds)
{
    struct observation observation = observation_of(word);
    return enumerator_run_observing(program, &observation, policy, bounds);
}

struct enumeration *enumerator_run_observing(const struct program *program, const struct observation *observation,
                                             const struct enumerator_policy *policy, struct enumerator_bounds bounds)
{
    struct walk walk = {.program = program,
                        .machine = machine_new(program, NULL, true),
                        .policy = policy != NULL ? policy : &anything,
                        .bounds = bounds,
                        .observation = observation};
    walk.all = UINT64_MAX >> (64 - machine_thread_count(walk.machine));
    walk.threads = memory_new(bounds.steps + 1, sizeof *walk.threads);
    walk.chances = memory_new(bounds.steps + 2, sizeof *walk.chances);
    for (size_t depth = 0; depth < bounds.steps + 2; depth++)
        mpq_init(walk.chances[depth]);
    while (attempt(&walk) == WALK_NARROW)
        continue;
    for (size_t depth = 0; depth < bounds.steps + 2; depth++)
        mpq_clear(walk.chances[depth]);
    memory_free(walk.chances);
    memory_free(walk.threads);
    text_free(&walk.output);
    machine_free(walk.machine);
    return walk.result;
}

/* One attempt to execute a schedule; the state arrays are of the machine's present size. */
static enum walk_result attempt_schedule(struct walk *self, const uint32_t *threads, size_t count,
                                         struct standing *standing, uint64_t *before, uint64_t *after)
{
    size_t bytes = quads_of(self->machine) * sizeof *before;
    *standing = standing_at_start(self->policy, 0);
    machine_start(self->machine, before);
    for (size_t s = 0; s < count; s++) {
        struct enumerator_moment from = moment_of(self->machine, before), to;
        uint32_t thread = threads[s] & ((1u << WAY_SHIFT) - 1), way = threads[s] >> WAY_SHIFT;
        if (thread >= from.threads || !contains(allowed(self->policy, &from, &standing->memory, 0), thread) ||
            way >= machine_choice_count(self->machine, before, thread))
            return WALK_BEYOND;
        memcpy(after, before, bytes);
        enum step_result taken = take(self, after, thread, way, &from);
        if (taken == STEP_TOO_NARROW)
            return WALK_NARROW;
        if (taken == STEP_TAKEN)
            to = moment_of(self->machine, after);
        *standing = advance(self->policy, standing, &from, taken == STEP_TAKEN ? &to : NULL, 0, thread);
        if (taken == STEP_FAILED)
            return s + 1 == count ? WALK_DONE : WALK_BEYOND;
        memcpy(before, after, bytes);
    }
    return WALK_DONE;
}

bool enumerator_allows(const struct program *program, const struct enumerator_policy *policy, const uint32_t *threads,
                       size_t count, uint32_t *preemptions)
{
    struct walk walk = {
        .program = program, .machine = machine_new(program, NULL, true), .policy = policy != NULL ? policy : &anything};
    struct standing standing;
    enum walk_result result = WALK_NARROW;
    assert(walk.policy->starts == 1 && walk.policy->options == 1);
    while (result == WALK_NARROW) {
        size_t quads = quads_of(walk.machine);
        uint64_t *states = memory_new(2 * quads, sizeof *states);
        result = attempt_schedule(&walk, threads, count, &standing, states, states + quads);
        memory_free(states);
    }
    text_free(&walk.output);
    machine_free(walk.machine);
    *preemptions = standing.preemptions;
    return result == WALK_DONE;
}
