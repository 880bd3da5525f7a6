#include "course/holding.h"

#include "base/memory.h"

enum { PLACES_MAX = 1 << 20 };

/* A place on a way through the code: the next instruction, and what is held there. */
struct place_held {
    uint32_t index;
    uint64_t mutexes;
    uint64_t semaphores;
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
};

/* ---- Code ------------------------------------------------------------------------------------------------------ */

static bool is_branch(enum opcode opcode)
{
    return opcode >= OPCODE_J && opcode <= OPCODE_JLTE;
}

/* Fills the indices at which a thread can go on after an instruction; returns how many. */
static size_t successors(const struct code *code, uint32_t index, uint32_t next[2])
{
    const struct instruction *instruction = &code->instructions[index];
    size_t count = 0;
    if (is_branch(instruction->opcode))
        next[count++] = (uint32_t)instruction->operands[0].value;
    if (!instruction_form(instruction->opcode)->ends_flow)
        next[count++] = index + 1;
    return count;
}

static uint64_t bit_of(const struct instruction *instruction)
{
    return UINT64_C(1) << instruction->operands[0].value;
}

/* The semaphores that some instruction of a code waits for, and some instruction of it posts. */
static uint64_t find_lock_like(const struct code *code)
{
    uint64_t waited = 0, posted = 0;
    for (uint32_t i = 0; i < code->count; i++) {
        if (code->instructions[i].opcode == OPCODE_WAIT)
            waited |= bit_of(&code->instructions[i]);
        else if (code->instructions[i].opcode == OPCODE_POST)
            posted |= bit_of(&code->instructions[i]) & waited;
    }
    return waited & posted;
}

/* The critical sections that an instruction belongs to, held as if they were mutexes. */
static struct place_held inside(const struct code *code, uint32_t index)
{
    return (struct place_held){index, index < code->count ? code->instructions[index].sections : 0, 0};
}

/* Says which locks are held after an instruction; returns whether it is one that takes or gives one. */
static bool execute(const struct walk *self, struct place_held *place)
{
    const struct instruction *instruction = &self->code->instructions[place->index];
    switch (instruction->opcode) {
    case OPCODE_LOCK:
        place->mutexes |= bit_of(instruction);
        return true;
    case OPCODE_UNLOCK:
        place->mutexes &= ~bit_of(instruction);
        return true;
    case OPCODE_WAIT:
        place->semaphores |= bit_of(instruction) & self->lock_like;
        return true;
    case OPCODE_POST:
        place->semaphores &= ~bit_of(instruction);
        return true;
    default:
        return false;
    }
}

static bool is_held(const struct place_held *place)
{
    return (place->mutexes | place->semaphores) != 0;
}

/* ---- Places ---------------------------------------------------------------------------------------------------- */

static uint64_t hash(const struct place_held *place)
{
    uint64_t mixed = (place->index + 1) * UINT64_C(0x9E3779B97F4A7C15);
    mixed = (mixed ^ (mixed >> 29) ^ place->mutexes) * UINT64_C(0xBF58476D1CE4E5B9);
    mixed = (mixed ^ (mixed >> 32) ^ place->semaphores) * UINT64_C(0x94D049BB133111EB);
    return mixed ^ (mixed >> 31);
}

static bool is_same(const struct place_held *a, const struct place_held *b)
{
    return a->index == b->index && a->mutexes == b->mutexes && a->semaphores == b->semaphores;
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
    bool is_lock = execute(self, &after);
    for (size_t n = successors(self->code, place->index, next); n-- > 0;) {
        struct place_held successor =
            self->by_sections ? inside(self->code, next[n])
                              : (struct place_held){next[n], after.mutexes, after.semaphores};
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
    while (frames.count > 0 && !self->is_endless && !self->is_full) {
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
    struct place_held place = {index, 0, 0};
    if (self->by_sections)
        return inside(self->code, index);
    (void)execute(self, &place);
    place.index++;
    return place;
}

static void measure_code(const struct program *program, size_t thread, bool by_sections, struct holding *holding)
{
    struct walk walk = {.code = program_code(program, thread), .by_sections = by_sections};
    walk.lock_like = find_lock_like(walk.code);
    for (uint32_t i = 0; i < walk.code->count && holding->is_known && !holding->is_endless; i++) {
        struct place_held place = find_start(&walk, i);
        if (!is_held(&place))
            continue;
        uint64_t length = place.index < walk.code->count ? measure(&walk, &place) : 0;
        holding->is_known = !walk.is_full;
        holding->is_endless = walk.is_endless;
        if (length > holding->longest || holding->line == 0 || walk.is_endless) {
            holding->longest = length;
            holding->is_section = by_sections;
            holding->thread = thread;
            holding->line = walk.code->instructions[i].place.line;
        }
    }
    memory_free(walk.nodes);
}

struct holding holding_find(const struct program *program)
{
    struct holding holding = {.is_known = true};
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
