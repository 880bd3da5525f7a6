/* What a thread is at one moment of its execution. */
#include "frontends/python_parts.h"

#include "base/memory.h"

#include <assert.h>
#include <inttypes.h>
#include <stddef.h>
#include <string.h>

/* ---- Texts ------------------------------------------------------------------------------------------------------- */

int64_t python_intern(struct python *self, const char *text, size_t length)
{
    size_t found = name_table_find(&self->interned, text, length);
    if (found != NAME_TABLE_NONE)
        return (int64_t)found;
    char *copy = arena_take(&self->keys, length + 1);
    memcpy(copy, text, length);
    copy[length] = '\0';
    self->texts = memory_grow(self->texts, self->text_count, &self->text_capacity, sizeof *self->texts);
    self->texts[self->text_count] = copy;
    name_table_add(&self->interned, copy, length, self->text_count);
    return (int64_t)self->text_count++;
}

const char *python_text_of(const struct python *self, struct python_value value)
{
    assert(value.kind == PYTHON_STRING || value.kind == PYTHON_FLOAT || value.kind == PYTHON_UNKNOWN);
    return self->texts[value.number];
}

/* ---- States ------------------------------------------------------------------------------------------------------ */

struct python_state *python_state_new(struct python *self, uint32_t thread)
{
    struct python_state *state = arena_take(&self->arena, sizeof *state);
    memset(state, 0, sizeof *state);
    state->thread = thread;
    state->stamp = ++self->stamp;
    return state;
}

/* From here on both states copy what they change. */
struct python_state *python_state_copy(struct python *self, struct python_state *state)
{
    struct python_state *copy = arena_take(&self->arena, sizeof *copy);
    memcpy(copy, state, offsetof(struct python_state, frames) + state->frame_count * sizeof *state->frames);
    copy->stamp = ++self->stamp;
    state->stamp = ++self->stamp;
    copy->object_capacity = state->object_count;
    copy->objects = arena_take(&self->arena, state->object_count * sizeof(struct python_object *));
    memcpy(copy->objects, state->objects, state->object_count * sizeof(struct python_object *));
    for (uint32_t f = 0; f < state->frame_count; f++) {
        struct python_frame *frame = &copy->frames[f];
        frame->values = arena_take(&self->arena, frame->capacity * sizeof *frame->values);
        memcpy(frame->values, state->frames[f].values, (frame->slots + frame->depth) * sizeof *frame->values);
    }
    return copy;
}

/* What lies in registers of the one is not known to the other. */
static void make_foreign(struct python *self, struct python_state *state, uint32_t number)
{
    const struct python_object *object = state->objects[number];
    for (uint32_t i = 0; i < object->count; i++)
        if (object->items[i].kind == PYTHON_DYNAMIC) {
            struct python_object *changed =
                python_change(self, state, (struct python_value){PYTHON_OBJECT, (int64_t)number});
            changed->items[i] = (struct python_value){PYTHON_FOREIGN, 0};
            object = changed;
        }
}

void python_state_fix(struct python *self, struct python_state *state)
{
    state->base_count = state->object_count;
    state->base = arena_take(&self->arena, state->object_count * sizeof(struct python_object *));
    memcpy(state->base, state->objects, state->object_count * sizeof(struct python_object *));
    state->stamp = ++self->stamp;
}

struct python_state *python_state_begin(struct python *self, struct python_state *parent, uint32_t thread)
{
    struct python_state *state = python_state_new(self, thread);
    state->is_started = state->is_pending = true;
    state->is_conditional = parent->is_conditional;
    state->born = parent->born;
    state->object_count = state->object_capacity = parent->object_count;
    state->objects = arena_take(&self->arena, parent->object_count * sizeof(struct python_object *));
    memcpy(state->objects, parent->objects, parent->object_count * sizeof(struct python_object *));
    parent->stamp = ++self->stamp;
    for (uint32_t o = 0; o < state->object_count; o++) {
        struct python_value object = {PYTHON_OBJECT, o};
        make_foreign(self, state, o);
        if (python_type(self, state, object) == PYTHON_BUILTIN_THREAD_LOCAL)
            python_change(self, state, object)->count = 0;
    }
    python_state_fix(self, state);
    return state;
}

/* ---- Objects ----------------------------------------------------------------------------------------------------- */

static void reserve(struct python *self, struct python_object *object, uint32_t count)
{
    if (count <= object->capacity)
        return;
    uint32_t capacity = count < 4 ? 4 : 2 * count;
    struct python_value *items = arena_take(&self->arena, capacity * sizeof *items);
    if (object->count > 0)
        memcpy(items, object->items, object->count * sizeof *items);
    object->items = items;
    object->capacity = capacity;
}

void python_append(struct python *self, struct python_object *object, struct python_value value)
{
    reserve(self, object, object->count + 1);
    object->items[object->count++] = value;
}

static uint64_t site_of(const struct python *self)
{
    const struct python_code *code = &self->dump->codes[self->at_code];
    return (uint64_t)self->at_code << 32 | (uint64_t)(self->at != NULL ? self->at - code->instructions : 0);
}

static struct python_value add_object(struct python *self, struct python_state *state, struct python_object *object)
{
    if (state->object_count == state->object_capacity) {
        state->object_capacity = state->object_capacity < 16 ? 32 : 2 * state->object_capacity;
        struct python_object **objects =
            arena_take(&self->arena, state->object_capacity * sizeof(struct python_object *));
        if (state->object_count > 0)
            memcpy(objects, state->objects, state->object_count * sizeof(struct python_object *));
        state->objects = objects;
    }
    state->objects[state->object_count] = object;
    return (struct python_value){PYTHON_OBJECT, (int64_t)state->object_count++};
}

struct python_value python_new(struct python *self, struct python_state *state, enum python_shape shape,
                               struct python_value type, const struct python_value *items, uint32_t count)
{
    struct python_object *object = arena_take(&self->arena, sizeof *object);
    *object = (struct python_object){.shape = shape, .stamp = state->stamp, .maker = state->thread, .type = type};
    object->site = site_of(self);
    reserve(self, object, count);
    if (count > 0)
        memcpy(object->items, items, count * sizeof *items);
    object->count = count;
    python_identify(self, state, object); /* where that fails the error is set */
    return add_object(self, state, object);
}

struct python_value python_new_foreign(struct python *self, struct python_state *state, uint32_t identity,
                                       struct python_value class)
{
    const struct python_identity *known = &self->identities[identity];
    struct python_object *object = arena_take(&self->arena, sizeof *object);
    *object = (struct python_object){.shape = known->shape,
                                     .stamp = state->stamp,
                                     .identity = identity,
                                     .maker = known->maker,
                                     .site = known->site,
                                     .type = class,
                                     .number = known->start,
                                     .is_foreign = true};
    return add_object(self, state, object);
}

static struct python_object *copy_object(struct python *self, const struct python_object *object, uint32_t stamp)
{
    struct python_object *copy = arena_take(&self->arena, sizeof *copy);
    *copy = *object;
    copy->stamp = stamp;
    copy->capacity = 0;
    copy->count = 0;
    reserve(self, copy, object->count);
    if (object->count > 0)
        memcpy(copy->items, object->items, object->count * sizeof *copy->items);
    copy->count = object->count;
    return copy;
}

struct python_object *python_change(struct python *self, struct python_state *state, struct python_value value)
{
    struct python_object *object = state->objects[value.number];
    if (object->stamp != state->stamp)
        object = state->objects[value.number] = copy_object(self, object, state->stamp);
    return object;
}

int64_t python_find_key(const struct python_object *object, struct python_value key)
{
    for (uint32_t i = 0; i + 1 < object->count; i += 2)
        if (python_equal(object->items[i], key))
            return i + 1;
    return -1;
}

int64_t python_find_item(const struct python_object *object, struct python_value key)
{
    if (object->shape != PYTHON_LIST && object->shape != PYTHON_TUPLE)
        return python_find_key(object, key);
    int64_t count = object->count, at = key.number < 0 ? key.number + count : key.number;
    return (key.kind == PYTHON_INT || key.kind == PYTHON_BOOL) && at >= 0 && at < count ? at : -1;
}

/* ---- The stack --------------------------------------------------------------------------------------------------- */

static bool is_damaged(struct python *self)
{
    return error_set(self->error, self->input->name, 0, 0, "the bytecode is damaged: a stack is empty, or too large");
}

bool python_push(struct python *self, struct python_state *state, struct python_value value)
{
    struct python_frame *frame = python_top(state);
    if (frame->slots + frame->depth == frame->capacity) {
        if (frame->depth >= PYTHON_STACK_MAX)
            return is_damaged(self);
        frame->capacity = 2 * frame->capacity + 8;
        struct python_value *values = arena_take(&self->arena, frame->capacity * sizeof *values);
        memcpy(values, frame->values, (frame->slots + frame->depth) * sizeof *values);
        frame->values = values;
    }
    frame->values[frame->slots + frame->depth++] = value;
    return true;
}

bool python_pop(struct python *self, struct python_state *state, struct python_value *value)
{
    struct python_frame *frame = python_top(state);
    *value = ABSENT;
    if (frame->depth == 0)
        return python_cannot_go_on(state) || is_damaged(self);
    *value = frame->values[frame->slots + --frame->depth];
    if (value->kind == PYTHON_DYNAMIC)
        state->in_flight |= UINT64_C(1) << value->number;
    return true;
}

bool python_peek(struct python *self, struct python_state *state, uint32_t depth, struct python_value **value)
{
    struct python_frame *frame = python_top(state);
    *value = &state->none;
    if (depth >= frame->depth)
        return python_cannot_go_on(state) || is_damaged(self);
    *value = &frame->values[frame->slots + frame->depth - 1 - depth];
    return true;
}

/* ---- Registers --------------------------------------------------------------------------------------------------- */

static uint64_t registers_in(const struct python_value *values, uint32_t count)
{
    uint64_t set = 0;
    for (uint32_t v = 0; v < count; v++)
        if (values[v].kind == PYTHON_DYNAMIC)
            set |= UINT64_C(1) << values[v].number;
    return set;
}

static uint64_t registers_used(const struct python_state *state)
{
    uint64_t set = 0;
    for (uint32_t f = 0; f < state->frame_count; f++) {
        set |= registers_in(state->frames[f].values, state->frames[f].slots + state->frames[f].depth);
        set |= registers_in(&state->frames[f].result, 1);
    }
    set |= registers_in(&state->raised, 1) | registers_in(&state->handled, 1) | registers_in(&state->line, 1);
    for (uint32_t o = 0; o < state->object_count; o++)
        set |= registers_in(state->objects[o]->items, state->objects[o]->count);
    return set;
}

bool python_uses_register(const struct python_state *state, int64_t number)
{
    return (registers_used(state) >> number & 1) != 0;
}

/* The last register is spare: cycles of moves need one. */
enum { REGISTER_SPARE = REGISTERS_MAX - 1, REGISTERS_KEPT = 8 };

int64_t python_register_room(const struct python_state *state)
{
    uint64_t set = registers_used(state) | state->in_flight;
    int64_t room = 0;
    for (int64_t number = REGISTER_COUNT; number < REGISTER_SPARE; number++)
        room += (set >> number & 1) == 0;
    return room > REGISTERS_KEPT ? room - REGISTERS_KEPT : 0;
}

bool python_free_register(struct python *self, struct python_state *state, int64_t *number)
{
    uint64_t set = registers_used(state) | state->in_flight;
    for (*number = REGISTER_COUNT; *number < REGISTER_SPARE; ++*number)
        if ((set >> *number & 1) == 0) {
            state->in_flight |= UINT64_C(1) << *number;
            return true;
        }
    return error_set(
        self->error, self->dump->file, self->at->place.line, self->at->place.column,
        "a thread keeps more than %d numbers that depend on the others (expected fewer variables at a time)",
        REGISTER_SPARE - REGISTER_COUNT);
}

/* ---- Equal states ------------------------------------------------------------------------------------------------ */

/* A walk over all that a state can still come to: what the thread has made gets numbers in the order in which it is met, and registers
 * likewise. */
struct walk {
    struct python *python;
    struct python_state *state;
    uint32_t *numbers; /* new ones, one an object; 0: not met */
    uint32_t *order;   /* old numbers of what the thread has made */
    uint32_t count;
    int64_t registers[REGISTERS_MAX]; /* new ones; 0: not met */
    int64_t register_count;
};

static void meet(struct walk *walk, struct python_value value)
{
    if (value.kind == PYTHON_DYNAMIC && walk->registers[value.number] == 0)
        walk->registers[value.number] = REGISTER_COUNT + walk->register_count++;
    if (value.kind != PYTHON_OBJECT || value.number < walk->state->base_count || walk->numbers[value.number] != 0)
        return;
    walk->order[walk->count++] = (uint32_t)value.number;
    walk->numbers[value.number] = walk->state->base_count + walk->count;
}

static void meet_all(struct walk *walk, const struct python_value *values, uint32_t count)
{
    for (uint32_t v = 0; v < count; v++)
        meet(walk, values[v]);
}

static bool is_changed_base(const struct python_state *state, uint32_t number)
{
    return number < state->base_count && state->objects[number] != state->base[number];
}

static void walk_over(struct walk *walk)
{
    struct python_state *state = walk->state;
    for (uint32_t f = 0; f < state->frame_count; f++) {
        const struct python_frame *frame = &state->frames[f];
        meet_all(walk, frame->values, frame->slots + frame->depth);
        meet(walk, frame->result);
        meet(walk, frame->handled);
        meet(walk, frame->generator);
        meet(walk, frame->names);
        meet(walk, frame->keywords);
    }
    meet(walk, state->raised);
    meet(walk, state->handled);
    meet(walk, state->line);
    for (uint32_t o = 0; o < state->base_count; o++)
        if (is_changed_base(state, o))
            meet_all(walk, state->objects[o]->items, state->objects[o]->count);
    for (uint32_t o = 0; o < walk->count; o++) {
        const struct python_object *object = state->objects[walk->order[o]];
        meet(walk, object->type);
        meet_all(walk, object->items, object->count);
    }
}

static void rename_value(const struct walk *walk, struct python_value *value)
{
    if (value->kind == PYTHON_DYNAMIC)
        value->number = walk->registers[value->number];
    else if (value->kind == PYTHON_OBJECT && value->number >= walk->state->base_count)
        value->number = walk->numbers[value->number] - 1;
}

static void rename_values(const struct walk *walk, struct python_value *values, uint32_t count)
{
    for (uint32_t v = 0; v < count; v++)
        rename_value(walk, &values[v]);
}

static bool needs_renaming(const struct walk *walk, const struct python_value *values, uint32_t count)
{
    for (uint32_t v = 0; v < count; v++) {
        struct python_value renamed = values[v];
        rename_value(walk, &renamed);
        if (renamed.number != values[v].number)
            return true;
    }
    return false;
}

static void rename_object(const struct walk *walk, struct python_object **object)
{
    if (!needs_renaming(walk, (*object)->items, (*object)->count) && !needs_renaming(walk, &(*object)->type, 1))
        return;
    if ((*object)->stamp != walk->state->stamp)
        *object = copy_object(walk->python, *object, walk->state->stamp);
    rename_values(walk, (*object)->items, (*object)->count);
    rename_value(walk, &(*object)->type);
}

static void rename_all(struct walk *walk)
{
    struct python_state *state = walk->state;
    for (uint32_t f = 0; f < state->frame_count; f++) {
        struct python_frame *frame = &state->frames[f];
        rename_values(walk, frame->values, frame->slots + frame->depth);
        rename_value(walk, &frame->result);
        rename_value(walk, &frame->handled);
        rename_value(walk, &frame->generator);
        rename_value(walk, &frame->names);
        rename_value(walk, &frame->keywords);
    }
    rename_value(walk, &state->raised);
    rename_value(walk, &state->handled);
    rename_value(walk, &state->line);
    for (uint32_t o = 0; o < state->base_count; o++)
        if (is_changed_base(state, o))
            rename_object(walk, &state->objects[o]);
    struct python_object **own = arena_take(&walk->python->arena, (walk->count + 1) * sizeof(struct python_object *));
    for (uint32_t o = 0; o < walk->count; o++) {
        own[o] = state->objects[walk->order[o]];
        rename_object(walk, &own[o]);
    }
    if (walk->count > 0)
        memcpy(state->objects + state->base_count, own, walk->count * sizeof(struct python_object *));
    state->object_count = state->base_count + walk->count;
}

/* Moves registers, all at once: those whose target nobody needs any more first, and where only cycles are left the spare one helps. */
static void move_registers(struct python *self, struct python_state *state, const int64_t *targets)
{
    int64_t sources[REGISTERS_MAX]; /* by target; 0: none */
    size_t left = 0;
    memset(sources, 0, sizeof sources);
    for (int64_t r = REGISTER_COUNT; r < REGISTERS_MAX; r++)
        if (targets[r] != 0 && targets[r] != r) {
            sources[targets[r]] = r;
            left++;
        }
    while (left > 0) {
        int64_t target = 0;
        for (int64_t t = REGISTER_COUNT; t < REGISTERS_MAX && target == 0; t++) {
            bool is_needed = false;
            for (int64_t other = REGISTER_COUNT; other < REGISTERS_MAX; other++)
                is_needed |= sources[other] == t;
            target = sources[t] != 0 && !is_needed ? t : 0;
        }
        if (target != 0) {
            python_emit(self, state, OPCODE_MOV, python_register(sources[target]), python_register(target));
            sources[target] = 0;
            left--;
            continue;
        }
        for (int64_t t = REGISTER_COUNT; t < REGISTERS_MAX && target == 0; t++)
            target = sources[t] != 0 ? t : 0;
        python_emit(self, state, OPCODE_MOV, python_register(target), python_register(REGISTER_SPARE));
        for (int64_t t = REGISTER_COUNT; t < REGISTERS_MAX; t++)
            sources[t] = sources[t] == target ? REGISTER_SPARE : sources[t];
    }
}

static void tell_values(struct text *key, const struct python_value *values, uint32_t count)
{
    for (uint32_t v = 0; v < count; v++) {
        text_append(key, (const char *)&(unsigned char){(unsigned char)values[v].kind}, 1);
        text_append(key, (const char *)&values[v].number, sizeof values[v].number);
    }
}

static void tell_object(struct text *key, uint32_t number, const struct python_object *object)
{
    text_print(key, "o%" PRIu32 ",%d,%" PRIu32 ",%" PRIu64 ",%" PRId64 ",%" PRIu32 ":", number, object->shape,
               object->identity, object->site, object->number, object->count);
    tell_values(key, &object->type, 1);
    tell_values(key, object->items, object->count);
}

static void tell_frame(struct text *key, const struct python_frame *frame)
{
    text_print(key, "f%" PRIu32 ",%" PRIu32 ",%d,%d,%" PRIu32 ",%" PRIu32 ":", frame->code, frame->at, frame->checks,
               frame->after, frame->slots, frame->depth);
    tell_values(key, frame->values, frame->slots + frame->depth);
    tell_values(key, &frame->result, 1);
    tell_values(key, &frame->handled, 1);
    tell_values(key, &frame->generator, 1);
    tell_values(key, &frame->names, 1);
    tell_values(key, &frame->keywords, 1);
    for (uint32_t b = 0; b < frame->block_count; b++)
        text_print(key, "b%" PRIu32 ",%" PRIu32 ",%d", frame->blocks[b].handler, frame->blocks[b].level,
                   frame->blocks[b].kind);
}

static void tell_state(const struct python_state *state, struct text *key)
{
    text_print(key, "%d%d%d%d%d%d,%" PRIu32 ",%" PRIu32 ",%" PRIx64 ";", state->is_started, state->is_conditional,
               state->checks, state->is_pending, state->is_overdue, state->has_printed, state->ticks, state->unnamed,
               state->born);
    tell_values(key, &state->raised, 1);
    tell_values(key, &state->handled, 1);
    tell_values(key, &state->line, 1);
    for (uint32_t h = 0; h < state->held_count; h++)
        text_print(key, "h%" PRIu32, state->held[h]);
    for (uint32_t t = 0; t < state->tally_count; t++)
        text_print(key, "t%" PRIu64 ",%" PRIu32, state->tallies[t].site, state->tallies[t].count);
    for (uint32_t f = 0; f < state->frame_count; f++)
        tell_frame(key, &state->frames[f]);
    for (uint32_t o = 0; o < state->object_count; o++)
        if (o >= state->base_count || is_changed_base(state, o))
            tell_object(key, o, state->objects[o]);
}

bool python_state_settle(struct python *self, struct python_state *state, struct text *key)
{
    struct walk walk = {.python = self, .state = state};
    /* A generator that waits within try or with must not be dropped before its time. */
    for (uint32_t f = 0; f < state->frame_count && state->guarded == 0; f++)
        python_forget_dead_locals(self, &state->frames[f]);
    walk.numbers = memory_new(state->object_count, sizeof *walk.numbers);
    walk.order = memory_new(state->object_count, sizeof *walk.order);
    walk_over(&walk);
    move_registers(self, state, walk.registers);
    rename_all(&walk);
    memory_free(walk.numbers);
    memory_free(walk.order);
    tell_state(state, key);
    return true;
}
