#include "checker/system.h"

#include "base/memory.h"

#include <assert.h>
#include <string.h>

enum { WORD_BITS = 64 };

/* ---- Bits ---------------------------------------------------------------------------------------------------- */

static uint64_t low_mask(size_t bits)
{
    return bits >= WORD_BITS ? UINT64_MAX : (UINT64_C(1) << bits) - 1;
}

static uint64_t get_bits(const uint64_t *state, size_t first, size_t bits)
{
    return bits == 0 ? 0 : state[first / WORD_BITS] >> first % WORD_BITS & low_mask(bits);
}

static void set_bits(uint64_t *state, size_t first, size_t bits, uint64_t value)
{
    if (bits == 0)
        return;
    uint64_t mask = low_mask(bits) << first % WORD_BITS;
    uint64_t *word = &state[first / WORD_BITS];
    *word = (*word & ~mask) | (value << first % WORD_BITS & mask);
}

/* The first bit from `first` on where a run of bits does not cross a word. */
static size_t fit_bits(size_t first, size_t bits)
{
    size_t offset = first % WORD_BITS;
    return offset + bits > WORD_BITS ? first + WORD_BITS - offset : first;
}

/* ---- Life ---------------------------------------------------------------------------------------------------- */

static size_t bits_for(size_t greatest)
{
    size_t bits = 0;
    while (greatest >> bits != 0)
        bits++;
    return bits;
}

static void link_classes(struct system *self)
{
    for (size_t t = 0; t < self->thread_count; t++) {
        self->blocks[t] = machine_block(self->machine, t);
        self->next[t] = self->thread_count;
        for (size_t other = self->thread_count; other-- > t + 1;)
            if (machine_class(self->machine, other) == machine_class(self->machine, t))
                self->next[t] = other;
    }
}

/* The first thread of each class that has more than one. */
static void find_firsts(struct system *self)
{
    for (size_t t = 0; t < self->thread_count; t++)
        self->firsts |= (uint64_t)(self->next[t] < self->thread_count) << t;
    for (size_t t = 0; t < self->thread_count; t++)
        if (self->next[t] < self->thread_count)
            self->firsts &= ~(UINT64_C(1) << self->next[t]);
}

static bool has_identical_threads(const struct system *self)
{
    for (size_t t = 0; t < self->thread_count; t++)
        if (self->next[t] < self->thread_count)
            return true;
    return false;
}

struct system *system_new(const struct machine *machine, const struct scheduler *scheduler, bool symmetry, bool marked)
{
    struct system *self = memory_new(1, sizeof *self);
    self->machine = machine;
    self->scheduler = scheduler;
    self->thread_count = machine_thread_count(machine);
    self->marked = marked;
    self->memory_bits = scheduler->kind->bits(scheduler, machine);
    self->memory_first = fit_bits(machine_bits(machine), self->memory_bits);
    self->mark_bits = marked ? bits_for(self->thread_count) : 0;
    self->mark_first = fit_bits(self->memory_first + self->memory_bits, self->mark_bits);
    self->words = (self->mark_first + self->mark_bits + WORD_BITS - 1) / WORD_BITS;
    self->words = self->words > 0 ? self->words : 1;
    link_classes(self);
    find_firsts(self);
    self->symmetric = symmetry && scheduler->kind->symmetric && has_identical_threads(self);
    return self;
}

void system_free(struct system *self)
{
    memory_free(self);
}

void system_start(const struct system *self, uint64_t *state)
{
    memset(state, 0, self->words * sizeof *state);
    machine_start(self->machine, state);
}

/* ---- Stepping ------------------------------------------------------------------------------------------------ */

uint64_t system_choices(const struct system *self, const uint64_t *state, uint64_t *enabled)
{
    *enabled = machine_enabled(self->machine, state);
    uint64_t memory = get_bits(state, self->memory_first, self->memory_bits);
    return self->scheduler->kind->choices(self->scheduler, self->machine, state, memory, *enabled);
}

int system_mark(const struct system *self, const uint64_t *state)
{
    assert(self->marked);
    return (int)get_bits(state, self->mark_first, self->mark_bits) - 1;
}

void system_step(const struct system *self, const uint64_t *before, size_t thread, uint64_t *after, struct step *step)
{
    memcpy(after, before, self->words * sizeof *after);
    machine_step(self->machine, after, thread, step);
    if (step->result != STEP_TAKEN)
        return;
    if (self->memory_bits > 0) {
        uint64_t memory = get_bits(before, self->memory_first, self->memory_bits);
        memory = self->scheduler->kind->after(self->scheduler, self->machine, before, after, memory, thread);
        set_bits(after, self->memory_first, self->memory_bits, memory);
    }
    set_bits(after, self->mark_first, self->mark_bits, thread + 1);
}

/* ---- Symmetry ------------------------------------------------------------------------------------------------ */

/* Compares two blocks of equal width: below, at, or above 0. */
static inline int compare_blocks(const uint64_t *state, struct machine_block a, struct machine_block b)
{
    if (a.width <= WORD_BITS) {
        uint64_t bits_a = get_bits(state, a.first, a.width);
        uint64_t bits_b = get_bits(state, b.first, b.width);
        return (bits_a > bits_b) - (bits_a < bits_b);
    }
    for (size_t w = a.width / WORD_BITS; w-- > 0;) {
        uint64_t word_a = state[a.first / WORD_BITS + w];
        uint64_t word_b = state[b.first / WORD_BITS + w];
        if (word_a != word_b)
            return word_a > word_b ? 1 : -1;
    }
    return 0;
}

static void swap_blocks(uint64_t *state, struct machine_block a, struct machine_block b)
{
    if (a.width <= WORD_BITS) {
        uint64_t bits = get_bits(state, a.first, a.width);
        set_bits(state, a.first, a.width, get_bits(state, b.first, b.width));
        set_bits(state, b.first, b.width, bits);
        return;
    }
    for (size_t w = 0; w < a.width / WORD_BITS; w++) {
        uint64_t word = state[a.first / WORD_BITS + w];
        state[a.first / WORD_BITS + w] = state[b.first / WORD_BITS + w];
        state[b.first / WORD_BITS + w] = word;
    }
}

static bool is_before(const struct system *self, const uint64_t *state, size_t a, size_t b, size_t marked)
{
    int order = compare_blocks(state, self->blocks[a], self->blocks[b]);
    return order != 0 ? order < 0 : a == marked;
}

static size_t swapped(size_t thread, size_t a, size_t b)
{
    return thread == a ? b : thread == b ? a : thread;
}

/* A canonicalization under way. */
struct sorting {
    const struct system *system;
    uint64_t *state;
    size_t mark;                    /* the marked thread, or SIZE_MAX */
    uint8_t at[SYSTEM_THREADS_MAX]; /* which former thread is at a place */
};

static void exchange(struct sorting *self, size_t a, size_t b)
{
    const struct system *system = self->system;
    swap_blocks(self->state, system->blocks[a], system->blocks[b]);
    self->mark = self->mark == SIZE_MAX ? self->mark : swapped(self->mark, a, b);
    uint8_t former = self->at[a];
    self->at[a] = self->at[b];
    self->at[b] = former;
}

/* One pass of bubble sort over the class of a thread. One step changed one block, so that few passes do; returns whether
 * anything moved. */
static bool sort_once(struct sorting *self, size_t first)
{
    const struct system *system = self->system;
    bool moved = false;
    for (size_t a = first, b = system->next[a]; b < system->thread_count; a = b, b = system->next[b])
        if (is_before(system, self->state, b, a, self->mark)) {
            exchange(self, a, b);
            moved = true;
        }
    return moved;
}

static bool is_first_of_class(const struct system *self, size_t thread)
{
    return (self->firsts >> thread & 1) != 0;
}

void system_canonicalize(const struct system *self, uint64_t *state, uint8_t *moved)
{
    struct sorting sorting = {.system = self, .state = state, .mark = SIZE_MAX};
    for (size_t t = 0; t < self->thread_count; t++)
        sorting.at[t] = (uint8_t)t;
    if (self->symmetric) {
        if (self->marked)
            sorting.mark = (size_t)(system_mark(self, state) + 1) - 1;
        for (size_t t = 0; t < self->thread_count; t++)
            while (is_first_of_class(self, t) && sort_once(&sorting, t))
                continue;
        if (sorting.mark != SIZE_MAX)
            set_bits(state, self->mark_first, self->mark_bits, sorting.mark + 1);
    }
    if (moved != NULL)
        for (size_t t = 0; t < self->thread_count; t++)
            moved[sorting.at[t]] = (uint8_t)t;
}

static bool same_group(const struct system *self, const uint64_t *state, size_t a, size_t b, size_t mark)
{
    return a != mark && b != mark &&
           compare_blocks(state, self->blocks[a], self->blocks[b]) == 0;
}

void system_groups(const struct system *self, const uint64_t *state, struct groups *groups)
{
    size_t mark = self->marked ? (size_t)(system_mark(self, state) + 1) - 1 : SIZE_MAX;
    groups->count = 0;
    uint64_t grouped = 0;
    for (size_t t = 0; t < self->thread_count; t++) {
        if (grouped >> t & 1)
            continue;
        uint8_t group = (uint8_t)groups->count++;
        groups->of[t] = group;
        groups->leader[group] = (uint8_t)t;
        groups->size[group] = 1;
        if (!self->symmetric)
            continue;
        for (size_t other = self->next[t]; other < self->thread_count; other = self->next[other]) {
            if (!same_group(self, state, t, other, mark))
                continue;
            grouped |= UINT64_C(1) << other;
            groups->of[other] = group;
            groups->size[group]++;
        }
    }
}
