/* Types and classes: what they are derived from, and where names are looked up. */
#include "frontends/python_operations.h"

#include "base/memory.h"
#include "base/text.h"

#include <string.h>

/* ---- Lineage ----------------------------------------------------------------------------------------------------- */

/* The type that all are derived from is told from others by nothing that it has: it is left out. */
static void add_builtins(struct python_mro *lineage, struct python_value type)
{
    while (type.kind == PYTHON_BUILTIN && type.number != PYTHON_BUILTIN_NONE && type.number != PYTHON_BUILTIN_OBJECT &&
           lineage->count < PYTHON_LINEAGE_MAX) {
        lineage->classes[lineage->count++] = type;
        type = BUILTIN(python_base_of((enum python_builtin)type.number));
    }
}

void python_find_mro(const struct python_state *state, struct python_value class, struct python_mro *lineage)
{
    lineage->count = 0;
    while (python_is(state, class, PYTHON_CLASS) && lineage->count < PYTHON_LINEAGE_MAX) {
        lineage->classes[lineage->count++] = class;
        class = python_object(state, class)->type;
    }
    if (!python_is(state, class, PYTHON_TUPLE)) {
        add_builtins(lineage, class);
        return;
    }
    const struct python_object *rest = python_object(state, class);
    for (uint32_t c = 0; c < rest->count && lineage->count < PYTHON_LINEAGE_MAX; c++)
        lineage->classes[lineage->count++] = rest->items[c];
}

static bool has_class(const struct python_mro *lineage, uint32_t first, struct python_value class)
{
    for (uint32_t c = first; c < lineage->count; c++)
        if (python_equal(lineage->classes[c], class))
            return true;
    return false;
}

bool python_is_subclass(const struct python_state *state, struct python_value type, struct python_value of)
{
    struct python_mro lineage;
    python_find_mro(state, type, &lineage);
    return python_equal(type, of) || python_equal(of, BUILTIN(PYTHON_BUILTIN_OBJECT)) || has_class(&lineage, 0, of);
}

enum python_builtin python_builtin_behind(const struct python_state *state, struct python_value class)
{
    struct python_mro lineage;
    python_find_mro(state, class, &lineage);
    for (uint32_t c = 0; c < lineage.count; c++)
        if (lineage.classes[c].kind == PYTHON_BUILTIN)
            return (enum python_builtin)lineage.classes[c].number;
    return PYTHON_BUILTIN_OBJECT;
}

/* ---- Several bases ----------------------------------------------------------------------------------------------- */

/* What is left of lists of classes, of which the last is the bases themselves. */
struct merge {
    struct python_mro lists[PYTHON_BASES_MAX + 1];
    uint32_t at[PYTHON_BASES_MAX + 1];
    uint32_t count;
};

/* The first class of a list that stands behind the first place of none. */
static bool find_next(const struct merge *merge, struct python_value *next)
{
    for (uint32_t l = 0; l < merge->count; l++) {
        if (merge->at[l] == merge->lists[l].count)
            continue;
        bool is_behind = false;
        *next = merge->lists[l].classes[merge->at[l]];
        for (uint32_t other = 0; other < merge->count; other++)
            is_behind |= has_class(&merge->lists[other], merge->at[other] + 1, *next);
        if (!is_behind)
            return true;
    }
    return false;
}

static bool is_empty(const struct merge *merge)
{
    for (uint32_t l = 0; l < merge->count; l++)
        if (merge->at[l] < merge->lists[l].count)
            return false;
    return true;
}

/* Whether two bases have a class of the program in common. */
static bool has_diamond(const struct merge *merge)
{
    for (uint32_t a = 0; a + 1 < merge->count; a++)
        for (uint32_t c = 0; c < merge->lists[a].count; c++)
            for (uint32_t b = 0; b < a; b++)
                if (merge->lists[a].classes[c].kind == PYTHON_OBJECT &&
                    has_class(&merge->lists[b], 0, merge->lists[a].classes[c]))
                    return true;
    return false;
}

static const char *name_of(const struct python *self, const struct python_state *state, struct python_value class)
{
    return class.kind == PYTHON_BUILTIN ? python_builtins[class.number].name
                                        : self->texts[python_object(state, class)->number];
}

/* Names what is first in each list now. */
static bool throw_conflict(struct python *self, struct python_state *state, const struct merge *merge)
{
    struct text words = TEXT_INIT;
    struct python_mro told = {.count = 0};
    text_print(&words, "Cannot create a consistent method resolution%sorder (MRO) for bases",
               self->dump->version < 313 ? "\n" : " ");
    for (uint32_t l = 0; l < merge->count; l++) {
        bool is_left = merge->at[l] < merge->lists[l].count;
        struct python_value first = is_left ? merge->lists[l].classes[merge->at[l]] : BUILTIN(PYTHON_BUILTIN_OBJECT);
        if (has_class(&told, 0, first) || (!is_left && l + 1 == merge->count))
            continue;
        text_print(&words, "%s%s", told.count > 0 ? ", " : " ", name_of(self, state, first));
        told.classes[told.count++] = first;
    }
    bool is_good = self->dump->version < 300
                       ? python_refuse(self, state, "the bases of this class have no order in common")
                       : python_throw(self, state, PYTHON_BUILTIN_TYPE_ERROR, text_string(&words));
    text_free(&words);
    return is_good;
}

/* The C3 order (Barrett et al., A Monotonic Superclass Linearization for Dylan, 1996). */
static bool derive_from_many(struct python *self, struct python_state *state, struct python_value class,
                             const struct python_mro *bases)
{
    struct merge merge = {.count = bases->count + 1};
    struct python_value next, order = python_new(self, state, PYTHON_TUPLE, BUILTIN(PYTHON_BUILTIN_TUPLE), NULL, 0);
    for (uint32_t b = 0; b < bases->count; b++)
        python_find_mro(state, bases->classes[b], &merge.lists[b]);
    for (uint32_t b = 0; b < bases->count; b++)
        if (!python_equal(bases->classes[b], BUILTIN(PYTHON_BUILTIN_OBJECT)))
            merge.lists[bases->count].classes[merge.lists[bases->count].count++] = bases->classes[b];
    if (self->dump->version < 300 && has_diamond(&merge))
        return python_refuse(
            self, state,
            "bases that have a base in common are not covered in Python 2.7, where their order depends "
            "on more (expected one base, or Python 3)");
    while (!is_empty(&merge)) {
        if (!find_next(&merge, &next))
            return throw_conflict(self, state, &merge);
        if (python_object(state, order)->count == PYTHON_LINEAGE_MAX - 1)
            return python_refuse(self, state, "a class has more than %d others behind it", PYTHON_LINEAGE_MAX - 1);
        python_append(self, python_change(self, state, order), next);
        for (uint32_t l = 0; l < merge.count; l++)
            merge.at[l] +=
                merge.at[l] < merge.lists[l].count && python_equal(merge.lists[l].classes[merge.at[l]], next);
    }
    python_change(self, state, class)->type = order;
    return true;
}

bool python_derive(struct python *self, struct python_state *state, struct python_value class,
                   const struct python_value *bases, uint32_t count)
{
    struct python_mro several = {.count = 0};
    for (uint32_t b = 0; b < count; b++)
        if (bases[b].kind != PYTHON_BUILTIN && !python_is(state, bases[b], PYTHON_CLASS))
            return python_refuse(self, state, "a class is derived from %s: that is not covered",
                                 python_what(self, state, bases[b]));
    struct python_value root = self->dump->version < 300 ? ABSENT : BUILTIN(PYTHON_BUILTIN_OBJECT);
    python_change(self, state, class)->type = count == 1 ? bases[0] : root;
    if (count > PYTHON_BASES_MAX)
        return python_refuse(self, state, "a class with more than %d bases is not covered", PYTHON_BASES_MAX);
    for (uint32_t b = 0; b < count; b++)
        several.classes[b] = bases[b];
    several.count = count;
    return count <= 1 || derive_from_many(self, state, class, &several);
}

/* Old classes of 2.7 are derived from nothing, not even from object. */
bool python_is_old_class(const struct python *self, const struct python_state *state, struct python_value class)
{
    struct python_mro lineage;
    bool is_old = self->dump->version < 300;
    python_find_mro(state, class, &lineage);
    for (uint32_t c = 0; c < lineage.count && is_old; c++)
        is_old = lineage.classes[c].kind != PYTHON_BUILTIN &&
                 python_object(state, lineage.classes[c])->type.kind != PYTHON_BUILTIN;
    return is_old;
}

/* ---- Names ------------------------------------------------------------------------------------------------------- */

/* Whether a type that is not written in Python has a name, of which object says nothing. */
static bool builtin_has(enum python_builtin type, const char *name)
{
    enum python_builtin method = python_find_method(type, name);
    return method != PYTHON_BUILTIN_NONE && method != PYTHON_BUILTIN_OBJECT_INIT;
}

static bool find_in_mro(struct python *self, struct python_state *state, const struct python_mro *lineage,
                        uint32_t first, struct python_value name, struct python_value *found, struct python_value *base,
                        struct python_place **place)
{
    *found = ABSENT;
    *place = NULL;
    *base = BUILTIN(PYTHON_BUILTIN_OBJECT);
    for (uint32_t c = first; c < lineage->count && found->kind == PYTHON_ABSENT; c++) {
        struct python_value class = lineage->classes[c];
        if (class.kind == PYTHON_BUILTIN) {
            if (builtin_has((enum python_builtin) class.number, python_text_of(self, name))) {
                *base = class;
                return true;
            }
            continue;
        }
        if (!python_get(self, state, class, name, found, place))
            return false;
        if (*place != NULL) {
            *found = ABSENT;
            return true;
        }
    }
    return true;
}

static bool refuse_change(struct python *self, struct python_state *state, struct python_value name)
{
    return python_refuse(self, state,
                         "the method '%s' of a class changes while threads run: that is not covered (expected an "
                         "attribute that holds a number or an object)",
                         python_text_of(self, name));
}

bool python_find_in_class(struct python *self, struct python_state *state, struct python_value type,
                          struct python_value name, struct python_value *found, struct python_value *base)
{
    struct python_mro lineage;
    struct python_place *place;
    python_find_mro(state, type, &lineage);
    return find_in_mro(self, state, &lineage, 0, name, found, base, &place) &&
           (place == NULL || refuse_change(self, state, name));
}

static bool find_behind(struct python *self, struct python_state *state, struct python_value type,
                        struct python_value class, struct python_value name, struct python_value *found,
                        struct python_value *base, struct python_place **place)
{
    struct python_mro lineage;
    uint32_t first = 0;
    *place = NULL;
    python_find_mro(state, type, &lineage);
    while (first < lineage.count && !python_equal(lineage.classes[first], class))
        first++;
    if (first == lineage.count)
        return python_refuse(self, state, "super() of a class that the object is not of is not covered") &&
               (*found = *base = ABSENT, true);
    return find_in_mro(self, state, &lineage, first + 1, name, found, base, place);
}

bool python_find_behind_class(struct python *self, struct python_state *state, struct python_value type,
                              struct python_value class, struct python_value name, struct python_value *found,
                              struct python_value *base)
{
    struct python_place *place;
    return find_behind(self, state, type, class, name, found, base, &place) &&
           (place == NULL || refuse_change(self, state, name));
}

bool python_find_attribute(struct python *self, struct python_state *state, struct python_value type,
                           struct python_value behind, struct python_value name, struct python_value *found,
                           struct python_value *base, struct python_place **place)
{
    struct python_mro lineage;
    if (behind.kind != PYTHON_ABSENT)
        return find_behind(self, state, type, behind, name, found, base, place);
    python_find_mro(state, type, &lineage);
    return find_in_mro(self, state, &lineage, 0, name, found, base, place);
}

/* ---- Types of values --------------------------------------------------------------------------------------------- */

enum python_builtin python_type(const struct python *self, const struct python_state *state, struct python_value value)
{
    (void)self;
    switch (value.kind) {
    case PYTHON_BOOL:
        return PYTHON_BUILTIN_BOOL_TYPE;
    case PYTHON_INT:
    case PYTHON_DYNAMIC:
        return PYTHON_BUILTIN_INT;
    case PYTHON_STRING:
        return PYTHON_BUILTIN_STR;
    case PYTHON_OBJECT:
        break;
    default:
        return PYTHON_BUILTIN_NONE;
    }
    const struct python_object *object = python_object(state, value);
    struct python_value type = object->type;
    switch (object->shape) {
    case PYTHON_ROPE:
        return PYTHON_BUILTIN_STR;
    case PYTHON_RANGE:
        return PYTHON_BUILTIN_RANGE;
    case PYTHON_GENERATOR_OBJECT:
        return PYTHON_BUILTIN_GENERATOR;
    case PYTHON_LIST:
    case PYTHON_TUPLE:
    case PYTHON_DICT:
    case PYTHON_INSTANCE:
        break;
    default:
        return PYTHON_BUILTIN_NONE;
    }
    return python_builtin_behind(state, type);
}
