#include "space/system.h"

#include "base/memory.h"
#include "program/program.h"

#include <assert.h>
#include <string.h>

enum { QUAD_BITS = 64 };

/* ---- Bits ---------------------------------------------------------------------------------------------------- */

static uint64_t low_mask(size_t bits)
{
    return bits >= QUAD_BITS ? UINT64_MAX : (UINT64_C(1) << bits) - 1;
}

static uint64_t get_bits(const uint64_t *state, size_t first, size_t bits)
{
    return bits == 0 ? 0 : state[first / QUAD_BITS] >> first % QUAD_BITS & low_mask(bits);
}

static void set_bits(uint64_t *state, size_t first, size_t bits, uint64_t value)
{
    if (bits == 0)
        return;
    uint64_t mask = low_mask(bits) << first % QUAD_BITS;
    uint64_t *quad = &state[first / QUAD_BITS];
    *quad = (*quad & ~mask) | (value << first % QUAD_BITS & mask);
}

static uint64_t get_field(const uint64_t *state, struct system_field field)
{
    return get_bits(state, field.first, field.bits);
}

static void set_field(uint64_t *state, struct system_field field, uint64_t value)
{
    set_bits(state, field.first, field.bits, value);
}

/* ---- Life ---------------------------------------------------------------------------------------------------- */

static size_t bits_for(uint64_t greatest)
{
    return greatest == 0 ? 0 : QUAD_BITS - (size_t)__builtin_clzll(greatest);
}

/* Takes room for numbers up to a greatest one from *end on, where it does not cross a quad. */
static struct system_field take_field(size_t *end, uint64_t greatest)
{
    size_t bits = bits_for(greatest), offset = *end % QUAD_BITS;
    size_t first = offset + bits > QUAD_BITS ? *end + QUAD_BITS - offset : *end;
    *end = bits > 0 ? first + bits : *end;
    return (struct system_field){first, bits};
}

/* Lays out what follows the machine's part of a state. */
static void lay_out(struct system *self)
{
    size_t end = machine_bits(self->machine);
    const struct scheduler_shape *shape = &self->shape;
    self->common = take_field(&end, shape->common_most);
    self->current = take_field(&end, shape->has_current ? self->thread_count : 0);
    for (size_t t = 0; t < self->thread_count; t++)
        self->own[t] = take_field(&end, shape->own_most);
    self->mark = take_field(&end, self->tracks_last ? self->thread_count : 0);
    self->options = self->shape.options + machine_has_buffers(self->machine);
    self->chooses = !scheduler_is_free(self->scheduler);
    self->quads = end > 0 ? (end + QUAD_BITS - 1) / QUAD_BITS : 1;
}

static void link_classes(struct system *self)
{
    for (size_t t = 0; t < self->thread_count; t++) {
        self->blocks[t] = machine_block(self->machine, t);
        self->next[t] = self->previous[t] = self->thread_count;
        for (size_t other = self->thread_count; other-- > t + 1;)
            if (machine_class(self->machine, other) == machine_class(self->machine, t))
                self->next[t] = other;
        for (size_t other = 0; other < t; other++)
            if (self->next[other] == t)
                self->previous[t] = other;
        self->has_twins |= self->next[t] < self->thread_count;
    }
}

static void fill_alone(struct groups *alone, size_t threads)
{
    alone->count = threads;
    for (uint8_t t = 0; t < threads; t++) {
        alone->of[t] = alone->leader[t] = t;
        alone->size[t] = 1;
    }
}

/* Whether it takes who stepped last to know whether an event happens. */
static bool needs_last(const struct counted_event *event)
{
    return event != NULL && (event->kind == COUNTED_SWITCHES || event->kind == COUNTED_PREEMPTIONS);
}

static bool has_local_steps(const struct machine *machine)
{
    for (size_t t = 0; t < machine_thread_count(machine); t++)
        for (uint32_t i = 0; i < machine_instruction_count(machine, t); i++)
            if (machine_is_local(machine, t, i))
                return true;
    return false;
}

struct system *system_new(const struct machine *machine, const struct scheduler *scheduler,
                          const struct system_options *options)
{
    struct system *self = memory_new(1, sizeof *self);
    self->machine = machine;
    self->scheduler = scheduler;
    self->thread_count = machine_thread_count(machine);
    self->counted = machine_counted(machine);
    self->tracks_last = options->tracks_last || needs_last(self->counted);
    scheduler_shape(scheduler, machine, &self->shape);
    lay_out(self);
    assert(self->options <= SYSTEM_SCHEDULER_OPTIONS_MAX);
    link_classes(self);
    fill_alone(&self->alone, self->thread_count);
    self->symmetric = options->symmetry && self->shape.symmetric && self->has_twins;
    self->collapses = options->collapse && self->shape.insists;
    self->fuses =
        options->fuse && !self->chooses && !self->tracks_last && self->counted == NULL && has_local_steps(machine);
    return self;
}

void system_free(struct system *self)
{
    memory_free(self);
}

/* ---- Memory -------------------------------------------------------------------------------------------------- */

void system_memory(const struct system *self, const uint64_t *state, struct scheduler_memory *memory)
{
    memory->common = get_field(state, self->common);
    memory->current = (int)get_field(state, self->current) - 1;
    if (self->shape.own_most > 0)
        for (size_t t = 0; t < self->thread_count; t++)
            memory->own[t] = get_field(state, self->own[t]);
}

static void write_memory(const struct system *self, uint64_t *state, const struct scheduler_memory *memory)
{
    assert(memory->common <= self->shape.common_most);
    set_field(state, self->common, memory->common);
    set_field(state, self->current, (uint64_t)(memory->current + 1));
    if (self->shape.own_most > 0)
        for (size_t t = 0; t < self->thread_count; t++) {
            assert(memory->own[t] <= self->shape.own_most);
            set_field(state, self->own[t], memory->own[t]);
        }
}

uint64_t system_start_count(const struct system *self)
{
    return self->shape.starts;
}

void system_start(const struct system *self, uint64_t which, uint64_t *state)
{
    memset(state, 0, self->quads * sizeof *state);
    machine_start(self->machine, state);
    if (!self->chooses)
        return;
    struct scheduler_memory memory;
    struct scheduler_moment moment = scheduler_look(self->machine, state);
    scheduler_start(self->scheduler, &moment, which, &memory);
    write_memory(self, state, &memory);
}

/* ---- Stepping ------------------------------------------------------------------------------------------------ */

/* Adds the options for steps that can turn out in several ways. */
static void add_ways(const struct system *self, const uint64_t *state, struct system_choices *choices)
{
    unsigned options = choices->options;
    for (size_t t = 0; t < self->thread_count; t++) {
        uint64_t bit = UINT64_C(1) << t;
        unsigned ways = (choices->ready & bit) != 0 ? machine_choice_count(self->machine, state, t) : 1;
        for (; choices->options < ways * options; choices->options++)
            choices->threads[choices->options] = 0;
        for (unsigned option = options; option < ways * options; option++)
            if (!system_is_flush(self, option % options))
                choices->threads[option] |= choices->threads[option % options] & bit;
    }
}

void system_choices(const struct system *self, const uint64_t *state, struct system_choices *choices)
{
    struct scheduler_moment moment = scheduler_look(self->machine, state);
    choices->ready = choices->threads[0] = moment.ready;
    choices->away = moment.away;
    choices->threads[1] = 0;
    choices->options = self->options;
    if (self->options > self->shape.options)
        choices->threads[1] = machine_unflushed(self->machine, state);
    if (self->chooses) {
        struct scheduler_memory memory;
        system_memory(self, state, &memory);
        for (unsigned o = 0; o < self->shape.options; o++)
            choices->threads[o] = scheduler_threads(self->scheduler, &moment, &memory, o);
    }
    choices->threads[0] |= moment.away;
    if (machine_has_choices(self->machine))
        add_ways(self, state, choices);
}

struct action system_action(const struct system *self, unsigned option, size_t thread)
{
    if (system_is_flush(self, option))
        return action_by(ACTION_FLUSH, thread);
    enum action_kind kind = option % self->options == 1 ? ACTION_SIGNAL : ACTION_STEP;
    return action_choose(kind, thread, option / self->options);
}

int system_last_thread(const struct system *self, const uint64_t *state)
{
    assert(self->tracks_last);
    return (int)get_field(state, self->mark) - 1;
}

static bool contains(uint64_t set, size_t thread)
{
    return (set >> thread & 1) != 0;
}

bool system_is_stuck(const struct system *self, const uint64_t *state)
{
    struct system_choices choices;
    system_choices(self, state, &choices);
    return system_is_end(&choices);
}

bool system_is_preemption(const struct system *self, const uint64_t *state, const struct system_choices *choices,
                          unsigned option, size_t thread)
{
    int mark = system_last_thread(self, state);
    return mark >= 0 && (size_t)mark != thread && contains(choices->ready, (size_t)mark) &&
           !contains(choices->away, thread) && !system_is_flush(self, option);
}

/* Has the scheduler look at a step. Returns how many rounds ended with it. */
static uint64_t remember(const struct system *self, const uint64_t *before, const struct system_choices *choices,
                         unsigned option, size_t thread, uint64_t *after, const struct step *taken)
{
    struct scheduler_memory memory;
    struct scheduler_step step = {{self->machine, before, choices->ready, choices->away},
                                  scheduler_look(self->machine, after),
                                  option,
                                  thread,
                                  taken->ticks,
                                  taken->yields};
    system_memory(self, before, &memory);
    scheduler_after(self->scheduler, &step, &memory);
    write_memory(self, after, &memory);
    return memory.passed;
}

/* How many threads could go on, and cannot any more. */
static uint32_t count_waits(const struct system *self, const struct system_choices *choices, const uint64_t *after)
{
    struct scheduler_moment moment = scheduler_look(self->machine, after);
    uint64_t able = moment.ready | moment.away | machine_finished(self->machine, after);
    return (uint32_t)__builtin_popcountll(choices->ready & ~able);
}

/* How often a step is the event that is counted, as far as its instructions do not say it. */
static uint32_t count_event(const struct system *self, const uint64_t *before, const struct system_choices *choices,
                            unsigned option, size_t thread, const uint64_t *after)
{
    int last = self->tracks_last ? system_last_thread(self, before) : -1;
    switch (self->counted->kind) {
    case COUNTED_STEPS:
        return 1;
    case COUNTED_SWITCHES:
        return last >= 0 && (size_t)last != thread && !contains(choices->away, thread) &&
               !system_is_flush(self, option);
    case COUNTED_PREEMPTIONS:
        return system_is_preemption(self, before, choices, option, thread);
    case COUNTED_WAITS:
        return count_waits(self, choices, after);
    case COUNTED_FLUSHES:
        return system_is_flush(self, option);
    default:
        return 0;
    }
}

void system_step(const struct system *self, const uint64_t *before, const struct system_choices *choices,
                 unsigned option, size_t thread, uint64_t *after, struct step *step)
{
    bool is_flush = system_is_flush(self, option);
    unsigned way = is_flush ? WAY_FLUSH : option < self->options ? 0 : option / self->options;
    after[0] = before[0]; /* most states have no more */
    for (size_t w = 1; w < self->quads; w++)
        after[w] = before[w];
    machine_choose(self->machine, after, thread, way, step);
    if (step->result != STEP_TAKEN)
        return;
    uint64_t rounds = 0;
    if (self->chooses && !is_flush)
        rounds = remember(self, before, choices, option % self->options, thread, after, step);
    if (self->tracks_last && !contains(choices->away, thread) && !is_flush)
        set_field(after, self->mark, thread + 1);
    uint64_t events = 0;
    if (self->counted != NULL)
        events =
            self->counted->kind == COUNTED_ROUNDS ? rounds : count_event(self, before, choices, option, thread, after);
    if (events > 0)
        machine_add_count(self->machine, events, step);
}

/* ---- Symmetry ------------------------------------------------------------------------------------------------ */

/* Compares two blocks of equal width: below, at, or above 0. */
static inline int compare_blocks(const uint64_t *state, struct machine_block a, struct machine_block b)
{
    if (a.width <= QUAD_BITS) {
        uint64_t bits_a = get_bits(state, a.first, a.width);
        uint64_t bits_b = get_bits(state, b.first, b.width);
        return (bits_a > bits_b) - (bits_a < bits_b);
    }
    for (size_t w = a.width / QUAD_BITS; w-- > 0;) {
        uint64_t quad_a = state[a.first / QUAD_BITS + w];
        uint64_t quad_b = state[b.first / QUAD_BITS + w];
        if (quad_a != quad_b)
            return quad_a > quad_b ? 1 : -1;
    }
    return 0;
}

static void swap_blocks(uint64_t *state, struct machine_block a, struct machine_block b)
{
    if (a.width <= QUAD_BITS) {
        uint64_t bits = get_bits(state, a.first, a.width);
        set_bits(state, a.first, a.width, get_bits(state, b.first, b.width));
        set_bits(state, b.first, b.width, bits);
        return;
    }
    for (size_t w = 0; w < a.width / QUAD_BITS; w++) {
        uint64_t quad = state[a.first / QUAD_BITS + w];
        state[a.first / QUAD_BITS + w] = state[b.first / QUAD_BITS + w];
        state[b.first / QUAD_BITS + w] = quad;
    }
}

/* Compares two threads of a class by their blocks, then by their numbers in the scheduler's memory. */
static inline int compare_threads(const struct system *self, const uint64_t *state, size_t a, size_t b)
{
    int order = compare_blocks(state, self->blocks[a], self->blocks[b]);
    if (order != 0 || self->shape.own_most == 0)
        return order;
    uint64_t own_a = get_field(state, self->own[a]), own_b = get_field(state, self->own[b]);
    return (own_a > own_b) - (own_a < own_b);
}

static size_t swapped(size_t thread, size_t a, size_t b)
{
    return thread == a ? b : thread == b ? a : thread;
}

/* A canonicalization under way. */
struct sorting {
    const struct system *system;
    uint64_t *state;
    size_t current;                 /* the scheduler's current thread, or SIZE_MAX */
    size_t mark;                    /* the thread that stepped last, or SIZE_MAX */
    uint8_t at[SYSTEM_THREADS_MAX]; /* which former thread is at a place */
};

static bool is_before(const struct sorting *self, size_t a, size_t b)
{
    int order = compare_threads(self->system, self->state, a, b);
    if (order != 0)
        return order < 0;
    if (a == self->current || b == self->current)
        return a == self->current;
    return a == self->mark;
}

static void exchange(struct sorting *self, size_t a, size_t b)
{
    const struct system *system = self->system;
    swap_blocks(self->state, system->blocks[a], system->blocks[b]);
    if (system->shape.own_most > 0) {
        uint64_t own = get_field(self->state, system->own[a]);
        set_field(self->state, system->own[a], get_field(self->state, system->own[b]));
        set_field(self->state, system->own[b], own);
    }
    self->current = swapped(self->current, a, b);
    self->mark = swapped(self->mark, a, b);
    uint8_t former = self->at[a];
    self->at[a] = self->at[b];
    self->at[b] = former;
}

/* Lets a thread sink among those of its class before it, which are in order. One step changed one block, so that few sink, and
 * not far. */
static void sink(struct sorting *self, size_t thread)
{
    const struct system *system = self->system;
    for (size_t before; (before = system->previous[thread]) < system->thread_count; thread = before) {
        if (!is_before(self, thread, before))
            return;
        exchange(self, before, thread);
    }
}

/* The thread that a field names, or SIZE_MAX. */
static size_t named(const uint64_t *state, struct system_field field)
{
    return field.bits == 0 ? SIZE_MAX : (size_t)get_field(state, field) - 1;
}

static void sort_threads(const struct system *self, struct sorting *sorting)
{
    sorting->current = named(sorting->state, self->current);
    sorting->mark = named(sorting->state, self->mark);
    for (size_t t = 1; t < self->thread_count; t++)
        sink(sorting, t);
    set_field(sorting->state, self->current, sorting->current + 1);
    set_field(sorting->state, self->mark, sorting->mark + 1);
}

void system_canonicalize(const struct system *self, uint64_t *state, uint8_t *moved)
{
    struct sorting sorting;
    if (moved != NULL)
        memcpy(moved, self->alone.of, sizeof self->alone.of);
    if (!self->symmetric)
        return;
    sorting.system = self;
    sorting.state = state;
    memcpy(sorting.at, self->alone.of, sizeof sorting.at);
    sort_threads(self, &sorting);
    for (size_t t = 0; moved != NULL && t < self->thread_count; t++)
        moved[sorting.at[t]] = (uint8_t)t;
}

void system_groups(const struct system *self, const uint64_t *state, struct groups *groups)
{
    if (!self->symmetric) {
        *groups = self->alone;
        return;
    }
    size_t mark = named(state, self->mark), current = named(state, self->current);
    groups->count = 0;
    uint64_t grouped = 0;
    for (size_t t = 0; t < self->thread_count; t++) {
        if (grouped >> t & 1)
            continue;
        uint8_t group = (uint8_t)groups->count++;
        groups->of[t] = group;
        groups->leader[group] = (uint8_t)t;
        groups->size[group] = 1;
        if (t == mark || t == current)
            continue;
        for (size_t other = self->next[t]; other < self->thread_count; other = self->next[other]) {
            if (other == mark || other == current || compare_threads(self, state, t, other) != 0)
                continue;
            grouped |= UINT64_C(1) << other;
            groups->of[other] = group;
            groups->size[group]++;
        }
    }
}
