#include "course/lock_span.h"

#include "base/memory.h"
#include "space/stateset.h"

enum { PLACES_MAX = 1 << 20, PERMITS_MANY = 15 };

/* A place on a way through the code: the next instruction, and what is held there. As words it is an element of a set. */
struct place_held {
    uint64_t index;
    uint64_t mutexes;
    uint64_t rwlocks;
    uint8_t picked[PROGRAM_OBJECTS_MAX];  /* mutexes of an array, by its first one, which registers pick */
    uint8_t permits[PROGRAM_OBJECTS_MAX]; /* of the semaphores that serve as locks; PERMITS_MANY stays what it is */
};

enum mark { MARK_OPEN, MARK_UNDER_WAY, MARK_DONE };

/* What is known of a place that was met: the longest stretch from there. */
struct node {
    enum mark mark;
    uint64_t length;
};

/* A search through one code. */
struct walk {
    const struct code *code;
    bool by_sections;   /* what is held are critical sections, else locks */
    uint64_t lock_like; /* semaphores that serve as locks */
    struct stateset places;
    struct node *nodes; /* one a place */
    size_t capacity;
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

/* An object, or the first one of an array from which registers pick, which stands for all of it. */
static size_t first_of(const struct operand *object)
{
    return operand_is_picked(object) ? object->first : (size_t)object->value;
}

static uint64_t locks_of(const struct instruction *instruction)
{
    return UINT64_C(1) << first_of(&instruction->operands[0]);
}

static bool is_on(const struct instruction *instruction, enum micro_kind kind, size_t semaphore)
{
    return instruction_kind(instruction) == kind && first_of(&instruction->operands[0]) == semaphore;
}

/* Returns as new, one an instruction, whether it can be reached: from behind the instructions that wait for a semaphore, or,
 * where that is PROGRAM_OBJECTS_MAX, from the start. */
static bool *find_reached(const struct code *code, size_t semaphore)
{
    bool *reached = memory_new(code->count, sizeof *reached), from_start = semaphore == PROGRAM_OBJECTS_MAX;
    uint32_t *open = memory_new(2 * (size_t)code->count, sizeof *open), next[2] = {0, 0};
    size_t count = 0;
    for (uint32_t i = 0; i < code->count; i++)
        if (from_start ? i == 0 : is_on(&code->instructions[i], MICRO_WAIT, semaphore))
            open[count++] = i;
    if (code->count > 0)
        reached[0] = from_start;
    while (count > 0)
        for (size_t n = successors(code, open[--count], next); n-- > 0;)
            if (next[n] < code->count && !reached[next[n]]) {
                reached[next[n]] = true;
                open[count++] = next[n];
            }
    memory_free(open);
    return reached;
}

/* Whether some way leads from where a code waits for a semaphore to where it posts it. */
static bool is_lock_like(const struct code *code, size_t semaphore)
{
    bool *reached = find_reached(code, semaphore), is_posted = false;
    for (uint32_t i = 0; i < code->count; i++)
        is_posted |= reached[i] && is_on(&code->instructions[i], MICRO_POST, semaphore);
    memory_free(reached);
    return is_posted;
}

static uint64_t find_lock_like(const struct code *code)
{
    uint64_t waited = 0;
    for (uint32_t i = 0; i < code->count; i++)
        if (instruction_kind(&code->instructions[i]) == MICRO_WAIT)
            waited |= locks_of(&code->instructions[i]);
    for (size_t s = 0; s < PROGRAM_OBJECTS_MAX; s++)
        if ((waited >> s & 1) != 0 && !is_lock_like(code, s))
            waited &= ~(UINT64_C(1) << s);
    return waited;
}

/* Takes a permit, or gives one back; of so many that they are not counted any more there are always some left. */
static void change_permits(uint8_t *permits, bool takes)
{
    if (*permits == PERMITS_MANY)
        return;
    if (takes)
        ++*permits;
    else if (*permits > 0)
        --*permits;
}

/* Which mutex of an array registers pick is not known here, but how many are held. */
static void change_mutex(struct place_held *place, const struct operand *mutex, bool takes)
{
    if (operand_is_picked(mutex))
        change_permits(&place->picked[mutex->first], takes);
    else if (takes)
        place->mutexes |= UINT64_C(1) << mutex->value;
    else
        place->mutexes &= ~(UINT64_C(1) << mutex->value);
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
    case MICRO_UNLOCK:
        change_mutex(place, &instruction->operands[0], kind == MICRO_LOCK);
        return true;
    case MICRO_CWAIT: /* who has slept has the mutex again: behind it another stretch begins */
        change_mutex(place, &instruction->operands[1], true);
        return true;
    case MICRO_RDLOCK:
    case MICRO_WRLOCK:
        place->rwlocks |= locks_of(instruction);
        return true;
    case MICRO_RWUNLOCK:
        place->rwlocks &= ~locks_of(instruction);
        return true;
    case MICRO_WAIT:
    case MICRO_POST:
        if ((locks_of(instruction) & self->lock_like) == 0)
            return false;
        change_permits(&place->permits[first_of(&instruction->operands[0])], kind == MICRO_WAIT);
        return true;
    default:
        return false;
    }
}

static bool is_held(const struct place_held *place)
{
    uint64_t any = place->mutexes | place->rwlocks;
    for (size_t s = 0; s < PROGRAM_OBJECTS_MAX; s++)
        any |= place->permits[s] | place->picked[s];
    return any != 0;
}

/* ---- The longest way ------------------------------------------------------------------------------------------- */

/* The number of a place. */
static uint32_t number_of(struct walk *self, const struct place_held *place)
{
    bool is_new;
    const uint64_t *words = (const void *)place;
    stateset_reserve(&self->places, 1);
    uint32_t number = stateset_add(&self->places, words, stateset_hash(&self->places, words), &is_new);
    if (is_new) {
        self->nodes = memory_grow(self->nodes, number, &self->capacity, sizeof *self->nodes);
        self->nodes[number] = (struct node){0};
    }
    self->is_full |= self->places.count > PLACES_MAX;
    return number;
}

/* The numbers of the places under way, the innermost last. */
struct frame_list {
    uint32_t *items;
    size_t count;
    size_t capacity;
};

static void push(struct frame_list *frames, uint32_t number)
{
    frames->items = memory_grow(frames->items, frames->count, &frames->capacity, sizeof *frames->items);
    frames->items[frames->count++] = number;
}

/* Looks at what follows a place. Returns whether all of it is done; else what is open was pushed. */
static bool expand(struct walk *self, struct frame_list *frames, uint32_t number)
{
    struct place_held place = *(const struct place_held *)(const void *)stateset_at(&self->places, number),
                      after = place;
    uint32_t next[2];
    bool is_done = true;
    uint64_t longest = 0;
    unsigned flow = instruction_flow(&self->code->instructions[place.index]);
    self->calls |= (flow & (FLOW_BACK | FLOW_RETURN)) != 0;
    bool is_lock = execute(self, &after);
    bool sleeps = !self->by_sections && instruction_kind(&self->code->instructions[place.index]) == MICRO_CWAIT;
    for (size_t n = successors(self->code, (uint32_t)place.index, next); n-- > 0;) {
        struct place_held successor = self->by_sections ? inside(self->code, next[n]) : after;
        successor.index = next[n];
        if (sleeps || !is_held(&successor) || next[n] >= self->code->count)
            continue;
        uint32_t following = number_of(self, &successor);
        const struct node *node = &self->nodes[following];
        if (node->mark == MARK_OPEN) {
            push(frames, following);
            is_done = false;
        }
        self->is_endless |= node->mark == MARK_UNDER_WAY;
        longest = node->length > longest ? node->length : longest;
    }
    if (is_done)
        self->nodes[number] = (struct node){MARK_DONE, longest + !is_lock};
    return is_done;
}

/* The longest stretch from a place on; depth first, with a stack of our own, since a way may have a million
 * instructions. */
static uint64_t measure(struct walk *self, const struct place_held *start)
{
    struct frame_list frames = {0};
    uint32_t first = number_of(self, start);
    push(&frames, first);
    while (frames.count > 0 && !self->is_endless && !self->is_full && !self->calls) {
        uint32_t number = frames.items[frames.count - 1];
        bool is_done = self->nodes[number].mark == MARK_DONE;
        if (!is_done)
            self->nodes[number].mark = MARK_UNDER_WAY;
        if (is_done || expand(self, &frames, number))
            frames.count--;
    }
    memory_free(frames.items);
    return self->nodes[first].length;
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

static void measure_code(const struct program *program, size_t thread, bool by_sections, struct lock_span *span)
{
    struct budget budget = {0};
    struct walk walk = {.code = program_code(program, thread), .by_sections = by_sections};
    stateset_start(&walk.places, sizeof(struct place_held) / sizeof(uint64_t), &budget);
    bool *reached = find_reached(walk.code, PROGRAM_OBJECTS_MAX);
    walk.lock_like = find_lock_like(walk.code);
    for (uint32_t i = 0; i < walk.code->count && span->is_known && !span->is_endless && !span->calls; i++) {
        struct place_held place = find_start(&walk, i);
        if (!reached[i] || !is_held(&place))
            continue;
        uint64_t length = place.index < walk.code->count ? measure(&walk, &place) : 0;
        span->is_known = !walk.is_full;
        span->is_endless = walk.is_endless;
        span->calls = walk.calls;
        if (length > span->longest || span->line == 0 || walk.is_endless || walk.calls) {
            span->longest = length;
            span->is_section = by_sections;
            span->thread = thread;
            span->line = walk.code->instructions[i].place.line;
        }
    }
    memory_free(reached);
    stateset_free(&walk.places);
    memory_free(walk.nodes);
}

struct lock_span lock_span_find(const struct program *program)
{
    struct lock_span span = {.is_known = true};
    for (size_t t = 0; t < program->thread_count; t++) {
        bool is_new = true;
        for (size_t u = 0; u < t && is_new; u++)
            is_new = program->threads[u].code != program->threads[t].code;
        if (!is_new)
            continue;
        measure_code(program, t, false, &span);
        measure_code(program, t, true, &span);
    }
    return span;
}
