/* What threads share. */
#include "frontends/python_parts.h"

#include "base/memory.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

/* ---- Identities -------------------------------------------------------------------------------------------------- */

static uint32_t tally(struct python_state *state, uint64_t site)
{
    for (uint32_t t = 0; t < state->tally_count; t++)
        if (state->tallies[t].site == site)
            return state->tallies[t].count++;
    if (state->tally_count == PYTHON_SITES_MAX)
        return PYTHON_ORDINAL_MAX;
    state->tallies[state->tally_count++] = (struct python_tally){site, 1};
    return 0;
}

static bool is_named_site(const struct python *self, uint64_t site)
{
    for (size_t s = 0; s < self->named_count; s++)
        if (self->named_sites[s] == site)
            return true;
    return false;
}

bool python_name_site(struct python *self, uint64_t site)
{
    if (is_named_site(self, site))
        return false;
    self->named_sites =
        memory_grow(self->named_sites, self->named_count, &self->named_capacity, sizeof *self->named_sites);
    self->named_sites[self->named_count++] = site;
    self->again = true;
    return true;
}

/* Threads, and what they synchronise by, are places of the program. */
static bool is_synchroniser(const struct python_state *state, const struct python_object *object)
{
    if (object->shape != PYTHON_INSTANCE)
        return false;
    enum python_builtin type = python_builtin_behind(state, object->type);
    return python_builtins[type].module != NULL && strcmp(python_builtins[type].module, "builtins") != 0 &&
           !python_is_exception_type(type);
}

bool python_is_mutable(enum python_shape shape)
{
    return shape == PYTHON_NAMESPACE || shape == PYTHON_INSTANCE || shape == PYTHON_CLASS || shape == PYTHON_DICT ||
           shape == PYTHON_LIST || shape == PYTHON_CELL || shape == PYTHON_FUNCTION;
}

/* Of a class that is written in Python the identity. */
static struct python_value class_of(const struct python_state *state, const struct python_object *object)
{
    struct python_value class = object->type;
    if (class.kind == PYTHON_OBJECT)
        class.number = python_object(state, class)->identity;
    return class;
}

bool python_identify(struct python *self, struct python_state *state, struct python_object *object)
{
    bool is_known = is_synchroniser(state, object);
    if (!python_is_mutable(object->shape) || (state->is_started && !is_known && !is_named_site(self, object->site)))
        return true;
    struct python_identity identity = {.maker = state->thread,
                                       .site = object->site,
                                       .number = -1,
                                       .second = -1,
                                       .thread = -1,
                                       .shape = object->shape,
                                       .class = class_of(state, object)};
    /* Before threads start the same objects are made in each pass. */
    if (!state->is_started) {
        identity.site = UINT64_MAX;
        identity.ordinal = state->made++;
    } else
        identity.ordinal = tally(state, object->site);
    if (state->is_started && identity.ordinal >= PYTHON_ORDINAL_MAX)
        return python_refuse(self, state,
                             "more than %d objects that threads share are made here, or at more than %d places",
                             PYTHON_ORDINAL_MAX, PYTHON_SITES_MAX);
    uint64_t bytes[3] = {identity.maker, identity.site, identity.ordinal};
    size_t found = name_table_find(&self->identified, (const char *)bytes, sizeof bytes);
    if (found == NAME_TABLE_NONE) {
        self->identities =
            memory_grow(self->identities, self->identity_count, &self->identity_capacity, sizeof *self->identities);
        found = self->identity_count++;
        self->identities[found] = identity;
        char *key = arena_take(&self->keys, sizeof bytes);
        memcpy(key, bytes, sizeof bytes);
        name_table_add(&self->identified, key, sizeof bytes, found);
    }
    object->identity = (uint32_t)found;
    return true;
}

/* One without a name is called by its class, and counted among those of it: "Node-2". */
char *python_identity_name(const struct python *self, uint32_t number)
{
    const struct python_identity *identity = &self->identities[number];
    size_t count = 1;
    if (identity->name != NULL)
        return memory_copy_string(identity->name);
    struct python_value class = identity->class;
    const char *name = class.kind == PYTHON_BUILTIN  ? python_builtins[class.number].name
                       : class.kind == PYTHON_OBJECT ? self->identities[class.number].name
                                                     : python_builtins[identity->type].name;
    for (size_t i = 0; i < number; i++)
        count += self->identities[i].name == NULL && python_equal(self->identities[i].class, class) &&
                 self->identities[i].type == identity->type;
    return text_format("%s-%zu", name != NULL ? name : "object", count);
}

/* ---- Places ------------------------------------------------------------------------------------------------------ */

struct python_place *python_place_of(struct python *self, uint32_t identity, struct python_value key)
{
    int64_t bytes[3] = {identity, key.kind, key.number};
    size_t found = name_table_find(&self->placed, (const char *)bytes, sizeof bytes);
    if (found == NAME_TABLE_NONE) {
        self->places = memory_grow(self->places, self->place_count, &self->place_capacity, sizeof *self->places);
        found = self->place_count++;
        self->places[found] = (struct python_place){.identity = identity, .key = key, .word = -1};
        char *copy = arena_take(&self->keys, sizeof bytes);
        memcpy(copy, bytes, sizeof bytes);
        name_table_add(&self->placed, copy, sizeof bytes, found);
    }
    return &self->places[found];
}

/* Whether an access was over before a thread began that comes to the place, too: whoever started that thread, or one that led to it,
 * had made the access before. */
static bool is_before(const struct python *self, const struct python_access *access, uint32_t thread)
{
    while (thread != 0) {
        uint32_t parent = self->threads[thread].parent;
        if (parent == access->thread && (access->born >> thread & 1) == 0)
            return true;
        thread = parent;
    }
    return false;
}

static bool is_conflict(const struct python *self, const struct python_access *a, const struct python_access *b)
{
    return a->thread != b->thread && (a->writes || b->writes) && !is_before(self, a, b->thread) &&
           !is_before(self, b, a->thread);
}

void python_note_access(struct python *self, const struct python_state *state, struct python_place *place, bool writes)
{
    struct python_access access = {state->thread, writes, state->born};
    if (place->is_dynamic)
        return;
    for (size_t a = 0; a < place->access_count; a++)
        if (place->accesses[a].thread == access.thread && place->accesses[a].born == access.born &&
            place->accesses[a].writes >= writes)
            return;
    place->accesses =
        memory_grow(place->accesses, place->access_count, &place->access_capacity, sizeof *place->accesses);
    place->accesses[place->access_count++] = access;
    for (size_t a = 0; a + 1 < place->access_count; a++)
        if (is_conflict(self, &place->accesses[a], &access)) {
            place->is_dynamic = true;
            self->again = true;
        }
}

/* Finds the place that an access is to; NULL where the thread is alone with it. */
struct python_place *python_find_place(struct python *self, struct python_state *state, struct python_value value,
                                       struct python_value key)
{
    const struct python_object *object = python_object(state, value);
    enum python_builtin type = python_type(self, state, value);
    bool is_apart = self->threads[state->thread].is_process && type != PYTHON_BUILTIN_SHARED_VALUE;
    if (!state->is_started || is_apart || type == PYTHON_BUILTIN_THREAD_LOCAL)
        return NULL;
    if (object->identity != 0)
        return python_place_of(self, object->identity, key);
    if (object->maker != state->thread)
        python_name_site(self, object->site);
    return NULL;
}

static struct python_value look(const struct python_object *object, struct python_value key)
{
    if (object->shape == PYTHON_CELL)
        return object->items[0];
    int64_t item = python_find_item(object, key);
    return item >= 0 ? object->items[item] : ABSENT;
}

/* A process has a copy of what was there when it was started: that must have been known. */
static bool is_copied(struct python *self, struct python_state *state, struct python_value object,
                      struct python_value key, struct python_value value)
{
    uint32_t identity = python_object(state, object)->identity;
    bool is_process = state->is_started && self->threads[state->thread].is_process;
    bool is_known = value.kind != PYTHON_FOREIGN &&
                    (!is_process || identity == 0 || !python_place_of(self, identity, key)->is_dynamic);
    return is_known || !is_process ||
           python_refuse(
               self, state,
               "what a process gets a copy of changes while it is started: that is not covered (expected the process started before the threads)");
}

/* Nothing is known of what another thread has made in the meantime: each place of it is a word. */
static void note_foreign(struct python *self, const struct python_state *state, struct python_value object,
                         struct python_place *place)
{
    if (python_object(state, object)->is_foreign && !place->is_dynamic)
        place->is_dynamic = self->again = true;
}

bool python_get(struct python *self, struct python_state *state, struct python_value object, struct python_value key,
                struct python_value *value, struct python_place **place)
{
    struct python_place *found = python_find_place(self, state, object, key);
    *place = NULL;
    *value = look(python_object(state, object), key);
    if (found == NULL)
        return is_copied(self, state, object, key, *value);
    python_note_access(self, state, found, false);
    note_foreign(self, state, object, found);
    if (value->kind == PYTHON_FOREIGN && !found->is_dynamic)
        found->is_dynamic = self->again = true;
    *place = found->is_dynamic ? found : NULL;
    return true;
}

static bool set_item(struct python *self, struct python_state *state, struct python_value value,
                     struct python_value key, struct python_value item)
{
    struct python_object *object = python_change(self, state, value);
    if (object->shape == PYTHON_CELL) {
        object->items[0] = item;
        return true;
    }
    int64_t at = python_find_item(object, key);
    if (at >= 0)
        object->items[at] = item;
    else {
        python_append(self, object, key);
        python_append(self, object, item);
    }
    return true;
}

bool python_set(struct python *self, struct python_state *state, struct python_value object, struct python_value key,
                struct python_value value)
{
    struct python_place *place = python_find_place(self, state, object, key);
    if (place != NULL) {
        python_note_access(self, state, place, true);
        note_foreign(self, state, object, place);
    }
    if (place == NULL || !place->is_dynamic)
        return set_item(self, state, object, key, value);
    struct operand operand;
    if (!python_encode(self, state, place, value, &operand))
        return false;
    if (self->rules == PYTHON_NO_GIL)
        python_switch_point(state);
    python_emit_plain(self, state, OPCODE_MOV, operand, python_word(self, place));
    return true;
}

bool python_touch(struct python *self, struct python_state *state, struct python_value object, bool writes)
{
    struct python_place *place = python_find_place(self, state, object, NONE);
    if (place == NULL)
        return true;
    python_note_access(self, state, place, writes);
    return !place->is_dynamic ||
           python_refuse(self, state,
                         "a %s that a thread changes while another one uses it is not covered yet (expected variables "
                         "or attributes in its place, or a queue)",
                         python_is(state, object, PYTHON_LIST) ? "list" : "dictionary");
}

bool python_touch_all(struct python *self, struct python_state *state, struct python_value value)
{
    const struct python_object *object = python_object(state, value);
    if (object->shape == PYTHON_TUPLE)
        return true;
    if (!python_touch(self, state, value, false))
        return false;
    for (uint32_t i = 0; i < object->count; i += object->shape == PYTHON_LIST ? 1 : 2) {
        struct python_place *place;
        struct python_value ignored, key = object->shape == PYTHON_LIST ? INTEGER(i) : object->items[i];
        if (!python_get(self, state, value, key, &ignored, &place))
            return false;
        if (place != NULL)
            return python_refuse(self, state,
                                 "a %s is used as a whole while threads change its elements: that is not covered yet",
                                 object->shape == PYTHON_LIST ? "list" : "dictionary");
    }
    return true;
}

/* ---- Words ------------------------------------------------------------------------------------------------------- */

struct operand python_word(struct python *self, struct python_place *place)
{
    struct program *program = self->program;
    if (place->word < 0) {
        place->word = (int64_t)program->word_count;
        if (program->word_count < PROGRAM_WORDS_MAX)
            program->words[program->word_count++] = 0;
        else
            place->word = PROGRAM_WORDS_MAX - 1; /* python_program() refuses */
    }
    return (struct operand){.kind = OPERAND_WORD, .value = place->word};
}

/* ---- Publishing -------------------------------------------------------------------------------------------------- */

static void name_object(struct python *self, const struct python_state *state, struct python_value value, char *name,
                        size_t left);

/* The library's own attributes have a blank before their names, so that no program has them. */
static const char *skip_blank(const char *name)
{
    return name + (name[0] == ' ');
}

static void name_items(struct python *self, const struct python_state *state, const struct python_object *object,
                       const char *name, size_t left)
{
    bool is_list = object->shape == PYTHON_LIST || object->shape == PYTHON_TUPLE;
    for (uint32_t i = 0; i < object->count; i += is_list ? 1 : 2) {
        struct text text = TEXT_INIT;
        if (is_list)
            text_print(&text, "%s[%" PRIu32 "]", name, i);
        else if (object->items[i].kind == PYTHON_STRING && object->shape != PYTHON_DICT)
            text_print(&text, "%s%s%s", name, name[0] != '\0' ? "." : "",
                       skip_blank(python_text_of(self, object->items[i])));
        else
            text_print(&text, "%s[...]", name);
        name_object(self, state, object->items[is_list ? i : i + 1], text_take(&text), left - 1);
    }
}

/* Names an object, and what it is made of as many levels deep as are left. Takes the name. */
static void name_object(struct python *self, const struct python_state *state, struct python_value value, char *name,
                        size_t left)
{
    const struct python_object *object = value.kind == PYTHON_OBJECT ? python_object(state, value) : NULL;
    bool is_new = object != NULL && object->identity != 0 && self->identities[object->identity].name == NULL;
    bool has_items = object != NULL && (object->shape == PYTHON_NAMESPACE || object->shape == PYTHON_INSTANCE ||
                                        object->shape == PYTHON_CLASS || object->shape == PYTHON_LIST ||
                                        object->shape == PYTHON_TUPLE || object->shape == PYTHON_DICT);
    if (is_new)
        self->identities[object->identity].name = memory_copy_string(name);
    if (has_items && left > 0)
        name_items(self, state, object, name, left);
    memory_free(name);
}

static bool publish_place(struct python *self, struct python_state *state, struct python_place *place,
                          struct python_value value)
{
    struct operand operand;
    if (!python_encode(self, state, place, value, &operand))
        return false;
    place = python_place_of(self, place->identity, place->key);
    self->program->words[python_word(self, place).value] = operand.value;
    return true;
}

bool python_place_is_internal(const struct python *self, const struct python_place *place)
{
    return place->key.kind == PYTHON_STRING && python_text_of(self, place->key)[0] == '[';
}

static void name_local(struct python *self, const struct python_state *state, struct python_value value,
                       const char *name, size_t left)
{
    name_object(self, state, value, memory_copy_string(name), left);
    if (python_is(state, value, PYTHON_CELL))
        name_object(self, state, python_object(state, value)->items[0], memory_copy_string(name), left);
}

/* What only locals name is named by them; up to 3.10 cells lie behind them. */
static void name_locals(struct python *self, const struct python_state *state, size_t left)
{
    for (uint32_t f = 0; f < state->frame_count; f++) {
        const struct python_frame *frame = &state->frames[f];
        const struct python_code *code = &self->dump->codes[frame->code];
        for (size_t l = 0; l < code->locals.count && l < frame->slots; l++)
            name_local(self, state, frame->values[l], code->locals.items[l], left);
        for (size_t c = 0; c < code->cells.count && code->locals.count + c < frame->slots; c++)
            name_local(self, state, frame->values[code->locals.count + c], code->cells.items[c], left);
    }
}

/* The module is the first object that there is. */
bool python_publish(struct python *self, struct python_state *state)
{
    enum { DEPTH_MAX = 4 };
    /* The shortest name of several. */
    for (size_t depth = 1; depth <= DEPTH_MAX; depth++) {
        name_object(self, state, (struct python_value){PYTHON_OBJECT, 0}, memory_copy_string(""), depth);
        name_locals(self, state, depth - 1);
    }
    for (size_t p = 0; p < self->place_count; p++) {
        if (!self->places[p].is_dynamic || python_place_is_internal(self, &self->places[p]))
            continue;
        struct python_value value = ABSENT;
        bool is_list = false;
        for (uint32_t o = 0; o < state->object_count; o++)
            if (state->objects[o]->identity == self->places[p].identity) {
                is_list = state->objects[o]->shape == PYTHON_LIST;
                value = is_list && self->places[p].key.kind == PYTHON_NONE
                            ? INTEGER(state->objects[o]->count)
                            : look(state->objects[o], self->places[p].key);
            }
        /* An element that the list has not yet is written before it is read. */
        if (is_list && value.kind == PYTHON_ABSENT)
            continue;
        if (!publish_place(self, state, &self->places[p], value))
            return false;
    }
    return true;
}
