#include "course/lock_span.h"

#include "base/memory.h"

#include <string.h>

enum {
    PLACES_MAX = 1 << 20,
    PERMIT_BITS = 4, /* of the number of permits that are held of one semaphore */
    PERMITS_MANY = 15,
    PERMIT_WORDS = PROGRAM_OBJECTS_MAX * PERMIT_BITS / 64
};

/* A place on a way through the code: the next instruction, and what is held there. */
struct place_held {
    uint32_t index;
    uint64_t mutexes;
    uint64_t permits[PERMIT_WORDS]; /* of the semaphores that serve as locks; PERMITS_MANY stays what it is */
};

enum mark { MARK_OPEN, MARK_UNDER_WAY, MARK_DONE };

/* A place that was met, and the longest stretch from there. */
struct node {
    struct place_held place;
    enum mark mark;
    uint64_t length;
};

/* A search through one code. */
struct walk {
    const struct code *code;
    bool by_sections;   /* what is held are critical sections, else locks */
    uint64_t lock_like; /* semaphores that serve as locks */
    struct node *nodes; /* an open-addressing table of a power of two */
    size_t size;
    size_t count;
    bool is_endless;
    bool is_full;
    bool calls;
};

/* ---- Code ------------------------------------------------------------------------------------------------------ */

/* Fills the indices at which a thread can go on after an instruction; returns how many. A call comes back, as far as one
 * can see. */
static size_t successors(const struct code *code, uint32_t index, uint32_t next[2])
{
    const struct instruction *instruction = &code->instructions[index];
    unsigned flow = instruction_flow(instruction);
    size_t count = 0;
    if ((flow & FLOW_TARGET) != 0)
        next[count++] = (uint32_t)instruction->operands[0].value;
    if ((flow & (FLOW_NEXT | FLOW_BACK)) != 0)
        next[count++] = index + 1;
    return count;
}

/* The indices that can be reached, each met once. */
struct reached {
    bool *flags; /* one an instruction */
    uint32_t *open;
    size_t count;
};

static void reach(struct reached *self, const struct code *code, uint32_t index)
{
    if (index >= code->count || self->flags[index])
        return;
    self->flags[index] = true;
    self->open[self->count++] = index;
}

static void reach_all(struct reached *self, const struct code *code)
{
    uint32_t next[2] = {0, 0};
    while (self->count > 0) {
        uint32_t index = self->open[--self->count];
        for (size_t n = successors(code, index, next); n-- > 0;)
            reach(self, code, next[n]);
    }
}

static struct reached reached_start(const struct code *code)
{
    return (struct reached){.flags = memory_new(code->count, sizeof(bool)),
                            .open = memory_new(code->count, sizeof(uint32_t))};
}

static void reached_free(struct reached *self)
{
    memory_free(self->flags);
    memory_free(self->open);
}

static uint64_t bit_of(const struct instruction *instruction)
{
    return UINT64_C(1) << instruction->operands[0].value;
}

static bool is_on(const struct instruction *instruction, enum micro_kind kind, size_t semaphore)
{
    return instruction_kind(instruction) == kind && instruction->operands[0].value == (int64_t)semaphore;
}

/* Whether some way leads from where a code waits for a semaphore to where it posts it. */
static bool is_lock_like(const struct code *code, size_t semaphore)
{
    struct reached reached = reached_start(code);
    uint32_t next[2] = {0, 0};
    bool is_posted = false;
    for (uint32_t i = 0; i < code->count; i++)
        if (is_on(&code->instructions[i], MICRO_WAIT, semaphore))
            for (size_t n = successors(code, i, next); n-- > 0;)
                reach(&reached, code, next[n]);
    reach_all(&reached, code);
    for (uint32_t i = 0; i < code->count; i++)
        is_posted |= reached.flags[i] && is_on(&code->instructions[i], MICRO_POST, semaphore);
    reached_free(&reached);
    return is_posted;
}

static uint64_t find_lock_like(const struct code *code)
{
    uint64_t waited = 0;
    for (uint32_t i = 0; i < code->count; i++)
        if (instruction_kind(&code->instructions[i]) == MICRO_WAIT)
            waited |= bit_of(&code->instructions[i]);
    for (size_t s = 0; s < PROGRAM_OBJECTS_MAX; s++)
        if ((waited >> s & 1) != 0 && !is_lock_like(code, s))
            waited &= ~(UINT64_C(1) << s);
    return waited;
}

/* Takes a permit, or gives one back; of so many that they are not counted any more there are always some left. */
static void change_permits(struct place_held *place, size_t semaphore, bool takes)
{
    uint64_t *word = &place->permits[semaphore * PERMIT_BITS / 64];
    size_t shift = semaphore * PERMIT_BITS % 64;
    uint64_t permits = *word >> shift & PERMITS_MANY, one = UINT64_C(1) << shift;
    if (permits == PERMITS_MANY)
        return;
    if (takes)
        *word += one;
    else if (permits > 0)
        *word -= one;
}

/* The critical sections that an instruction belongs to, held as if they were mutexes. */
static struct place_held inside(const struct code *code, uint32_t index)
{
    return (struct place_held){.index = index, .mutexes = index < code->count ? code->instructions[index].sections : 0};
}

/* Says which locks are held after an instruction; returns whether it is one that takes or gives a lock. */
static bool execute(const struct walk *self, struct place_held *place)
{
    const struct instruction *instruction = &self->code->instructions[place->index];
    enum micro_kind kind = instruction_kind(instruction);
    switch (kind) {
    case MICRO_LOCK:
        place->mutexes |= bit_of(instruction);
        return true;
    case MICRO_UNLOCK:
        place->mutexes &= ~bit_of(instruction);
        return true;
    case MICRO_WAIT:
    case MICRO_POST:
        if ((bit_of(instruction) & self->lock_like) == 0)
            return false;
        change_permits(place, (size_t)instruction->operands[0].value, kind == MICRO_WAIT);
        return true;
    default:
        return false;
    }
}

static bool is_held(const struct place_held *place)
{
    uint64_t any = place->mutexes;
    for (size_t w = 0; w < PERMIT_WORDS; w++)
        any |= place->permits[w];
    return any != 0;
}

/* ---- Places ---------------------------------------------------------------------------------------------------- */

static uint64_t hash(const struct place_held *place)
{
    uint64_t mixed = (place->index + 1) * UINT64_C(0x9E3779B97F4A7C15);
    mixed = (mixed ^ (mixed >> 29) ^ place->mutexes) * UINT64_C(0xBF58476D1CE4E5B9);
    for (size_t w = 0; w < PERMIT_WORDS; w++)
        mixed = (mixed ^ (mixed >> 32) ^ place->permits[w]) * UINT64_C(0x94D049BB133111EB);
    return mixed ^ (mixed >> 31);
}

static bool is_same(const struct place_held *a, const struct place_held *b)
{
    return a->index == b->index && a->mutexes == b->mutexes && memcmp(a->permits, b->permits, sizeof a->permits) == 0;
}

/* The slot of a place, or the free one where it belongs. A place at which nothing is held is never stored, so it marks
 * free slots. */
static size_t slot_of(const struct node *nodes, size_t size, const struct place_held *place)
{
    size_t slot = (size_t)hash(place) & (size - 1);
    while (is_held(&nodes[slot].place) && !is_same(&nodes[slot].place, place))
        slot = (slot + 1) & (size - 1);
    return slot;
}

static void grow(struct walk *self)
{
    size_t size = self->size > 0 ? 2 * self->size : 64;
    struct node *nodes = memory_new(size, sizeof *nodes);
    for (size_t i = 0; i < self->size; i++)
        if (is_held(&self->nodes[i].place))
            nodes[slot_of(nodes, size, &self->nodes[i].place)] = self->nodes[i];
    memory_free(self->nodes);
    self->nodes = nodes;
    self->size = size;
}

static struct node *find(struct walk *self, const struct place_held *place)
{
    if (2 * self->count >= self->size)
        grow(self);
    struct node *node = &self->nodes[slot_of(self->nodes, self->size, place)];
    if (!is_held(&node->place)) {
        node->place = *place;
        self->count++;
        self->is_full |= self->count > PLACES_MAX;
    }
    return node;
}

/* ---- The longest way ------------------------------------------------------------------------------------------- */

/* The places under way, the innermost last. */
struct frame_list {
    struct place_held *items;
    size_t count;
    size_t capacity;
};

static void push_place(struct frame_list *frames, const struct place_held *place)
{
    frames->items = memory_grow(frames->items, frames->count, &frames->capacity, sizeof *frames->items);
    frames->items[frames->count++] = *place;
}

/* Looks at what follows a place. Returns whether all of it is done; else what is open was pushed. */
static bool expand(struct walk *self, struct frame_list *frames, const struct place_held *place, uint64_t *length)
{
    uint32_t next[2];
    bool is_done = true;
    uint64_t longest = 0;
    struct place_held after = *place;
    unsigned flow = instruction_flow(&self->code->instructions[place->index]);
    self->calls |= (flow & (FLOW_BACK | FLOW_RETURN)) != 0;
    bool is_lock = execute(self, &after);
    for (size_t n = successors(self->code, place->index, next); n-- > 0;) {
        struct place_held successor = self->by_sections ? inside(self->code, next[n]) : after;
        successor.index = next[n];
        if (!is_held(&successor) || next[n] >= self->code->count)
            continue;
        struct node *node = find(self, &successor);
        if (node->mark == MARK_OPEN) {
            push_place(frames, &successor);
            is_done = false;
        }
        self->is_endless |= node->mark == MARK_UNDER_WAY;
        longest = node->length > longest ? node->length : longest;
    }
    *length = longest + !is_lock;
    return is_done;
}

/* The longest stretch from a place on; depth first, with a stack of our own, since a way may have a million
 * instructions. */
static uint64_t measure(struct walk *self, const struct place_held *start)
{
    struct frame_list frames = {0};
    uint64_t length = 0;
    push_place(&frames, start);
    while (frames.count > 0 && !self->is_endless && !self->is_full && !self->calls) {
        struct place_held place = frames.items[frames.count - 1];
        if (find(self, &place)->mark == MARK_DONE) {
            frames.count--;
            continue;
        }
        find(self, &place)->mark = MARK_UNDER_WAY;
        if (!expand(self, &frames, &place, &length))
            continue;
        *find(self, &place) = (struct node){place, MARK_DONE, length};
        frames.count--;
    }
    memory_free(frames.items);
    return find(self, start)->length;
}

/* Where a stretch begins that is caused by an instruction: behind one that takes a lock, or at one of a section. Nothing
 * is held at the place where there is none. */
static struct place_held find_start(const struct walk *self, uint32_t index)
{
    struct place_held place = {.index = index};
    if (self->by_sections)
        return inside(self->code, index);
    (void)execute(self, &place);
    place.index++;
    return place;
}

/* The longest stretch that begins with an instruction; 0 where none does. */
static uint64_t measure_from(struct walk *self, uint32_t index, bool *begins)
{
    struct place_held place = find_start(self, index);
    *begins = is_held(&place);
    return *begins && place.index < self->code->count ? measure(self, &place) : 0;
}

static void measure_code(const struct program *program, size_t thread, bool by_sections, struct lock_span *holding)
{
    struct walk walk = {.code = program_code(program, thread), .by_sections = by_sections};
    struct reached reached = reached_start(walk.code);
    reach(&reached, walk.code, 0);
    reach_all(&reached, walk.code);
    walk.lock_like = find_lock_like(walk.code);
    for (uint32_t i = 0; i < walk.code->count && holding->is_known && !holding->is_endless && !holding->calls; i++) {
        bool begins = false;
        uint64_t length = reached.flags[i] ? measure_from(&walk, i, &begins) : 0;
        if (!begins)
            continue;
        holding->is_known = !walk.is_full;
        holding->is_endless = walk.is_endless;
        holding->calls = walk.calls;
        if (length > holding->longest || holding->line == 0 || walk.is_endless || walk.calls) {
            holding->longest = length;
            holding->is_section = by_sections;
            holding->thread = thread;
            holding->line = walk.code->instructions[i].place.line;
        }
    }
    reached_free(&reached);
    memory_free(walk.nodes);
}

struct lock_span lock_span_find(const struct program *program)
{
    struct lock_span holding = {.is_known = true};
    for (size_t t = 0; t < program->thread_count; t++) {
        bool is_new = true;
        for (size_t u = 0; u < t && is_new; u++)
            is_new = program->threads[u].code != program->threads[t].code;
        if (!is_new)
            continue;
        measure_code(program, t, false, &holding);
        measure_code(program, t, true, &holding);
    }
    return holding;
}
