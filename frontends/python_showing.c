/* Values are made ready to be shown as text: lists and dictionaries of words are copied, and objects whose class has __str__() or __repr__() are
 * replaced by what that says. One is done after the other, in the order in which Python comes to them, and then the builtin that shows them is
 * called again. */
#include "frontends/python_operations.h"
#include "frontends/python_services.h"

enum { DEPTH_MAX = 16 };

static bool is_container(const struct python_state *state, struct python_value value)
{
    return python_is(state, value, PYTHON_LIST) || python_is(state, value, PYTHON_TUPLE) ||
           python_is(state, value, PYTHON_DICT);
}

/* The name of the method that says how an object is shown; NULL where there is none. */
static const char *shower(const struct python *self, const struct python_state *state, struct python_value value,
                          bool quotes)
{
    static const char *const names[] = {"__str__", "__repr__"};
    bool is_exception = python_is_exception(state, value);
    for (size_t n = quotes ? 1 : 0; n < (is_exception && !quotes ? 1u : 2u); n++)
        if (python_special(self, state, value, names[n]).kind != PYTHON_ABSENT)
            return names[n];
    return NULL;
}

/* The first in it that has to be made ready; ABSENT where there is none. */
static struct python_value find_first(struct python *self, struct python_state *state, struct python_value value,
                                      bool quotes, uint32_t depth, bool *is_quoted)
{
    *is_quoted = quotes;
    if (shower(self, state, value, quotes) != NULL || python_is_shared_whole(self, state, value))
        return value;
    for (uint32_t i = 0; is_container(state, value) && depth < DEPTH_MAX && i < python_object(state, value)->count;
         i++) {
        struct python_value found =
            find_first(self, state, python_object(state, value)->items[i], true, depth + 1, is_quoted);
        if (found.kind != PYTHON_ABSENT)
            return found;
    }
    return ABSENT;
}

bool python_needs_showing(struct python *self, struct python_state *state, struct python_value value, bool quotes)
{
    bool is_quoted;
    return value.kind == PYTHON_OBJECT && find_first(self, state, value, quotes, 0, &is_quoted).kind != PYTHON_ABSENT;
}

static bool is_in(const struct python_state *state, struct python_value value, struct python_value wanted,
                  uint32_t depth)
{
    if (python_equal(value, wanted))
        return true;
    for (uint32_t i = 0; is_container(state, value) && depth < DEPTH_MAX && i < python_object(state, value)->count; i++)
        if (is_in(state, python_object(state, value)->items[i], wanted, depth + 1))
            return true;
    return false;
}

/* The value with another one in the place of one in it: what that lies in is copied. */
static struct python_value replace(struct python *self, struct python_state *state, struct python_value value,
                                   struct python_value old, struct python_value new, uint32_t depth)
{
    if (python_equal(value, old))
        return new;
    if (!is_container(state, value) || depth >= DEPTH_MAX || !is_in(state, value, old, depth))
        return value;
    const struct python_object *from = python_object(state, value);
    uint32_t count = from->count;
    struct python_value copy = python_new(self, state, from->shape, from->type, from->items, count);
    for (uint32_t i = 0; i < count; i++) {
        struct python_value item = replace(self, state, python_object(state, copy)->items[i], old, new, depth + 1);
        python_change(self, state, copy)->items[i] = item;
    }
    return copy;
}

/* A call that waits: the builtin, the place of the argument, whether it is shown as repr() does, whether the lock is looked for behind it, what
 * is made ready; then the arguments with their names in turn. */
enum { SHOW_BUILTIN, SHOW_PLACE, SHOW_QUOTES, SHOW_CHECKS, SHOW_OLD, SHOW_ARGUMENTS };

static struct python_value keep(struct python *self, struct python_state *state,
                                const struct python_value head[SHOW_ARGUMENTS],
                                const struct python_arguments *arguments)
{
    struct python_value waiting = python_new(self, state, PYTHON_TUPLE, ABSENT, head, SHOW_ARGUMENTS);
    for (uint32_t a = 0; a < arguments->count; a++) {
        python_append(self, python_change(self, state, waiting), arguments->items[a]);
        python_append(self, python_change(self, state, waiting),
                      a < arguments->positional ? ABSENT : arguments->names[a]);
    }
    return waiting;
}

/* Calls the builtin with what is ready in the place of what was not. */
static bool go_on(struct python *self, struct python_state *state, struct python_value waiting, struct python_value new)
{
    const struct python_object *kept = python_object(state, waiting);
    struct python_arguments arguments = {0};
    int64_t place = kept->items[SHOW_PLACE].number;
    bool quotes = kept->items[SHOW_QUOTES].number != 0, checks = kept->items[SHOW_CHECKS].number != 0;
    enum python_builtin builtin = (enum python_builtin)kept->items[SHOW_BUILTIN].number;
    struct python_value old = kept->items[SHOW_OLD];
    for (uint32_t i = SHOW_ARGUMENTS; i + 1 < kept->count; i += 2) {
        arguments.positional += kept->items[i + 1].kind == PYTHON_ABSENT;
        arguments.items[arguments.count] = kept->items[i];
        arguments.names[arguments.count++] = kept->items[i + 1];
    }
    arguments.items[place] = replace(self, state, arguments.items[place], old, new, 0);
    state->checks = checks;
    if (python_needs_showing(self, state, arguments.items[place], quotes))
        return python_show(self, state, builtin, (uint32_t)place, quotes, &arguments, checks);
    return python_call_builtin(self, state, builtin, &arguments);
}

/* What waits lies on the stack, so that its registers are not taken for others. */
static bool go_on_with_copy(struct python *self, struct python_state *state, struct python_value copy, void *context)
{
    struct python_value waiting;
    (void)context;
    return python_pop(self, state, &waiting) && (python_cannot_go_on(state) || go_on(self, state, waiting, copy));
}

bool python_show(struct python *self, struct python_state *state, enum python_builtin builtin, uint32_t place,
                 bool quotes, const struct python_arguments *arguments, bool checks)
{
    struct python_arguments none = {0};
    bool is_quoted, is_called;
    struct python_value first = find_first(self, state, arguments->items[place], quotes, 0, &is_quoted);
    struct python_value head[SHOW_ARGUMENTS] = {BUILTIN(builtin), INTEGER(place), BOOL(quotes), BOOL(checks), first};
    struct python_value waiting = keep(self, state, head, arguments);
    if (!python_is(state, first, PYTHON_INSTANCE))
        return python_push(self, state, waiting) && python_copy_shared(self, state, first, go_on_with_copy, NULL);
    uint32_t frames = state->frame_count;
    if (!python_call_special(self, state, first, shower(self, state, first, is_quoted), &none, &is_called))
        return false;
    if (python_cannot_go_on(state))
        return true;
    if (state->frame_count == frames)
        return python_refuse(self, state, "a generator as __str__ or __repr__ is not covered (expected a method)");
    python_top(state)->after = PYTHON_AFTER_SHOW;
    python_top(state)->result = waiting;
    python_top(state)->checks = false;
    return true;
}

bool python_shown(struct python *self, struct python_state *state, struct python_value waiting,
                  struct python_value value)
{
    struct python_value shown = python_new(self, state, PYTHON_ROPE, ABSENT, NULL, 0);
    if (value.kind != PYTHON_STRING && !python_is(state, value, PYTHON_ROPE))
        return python_refuse(self, state, "__str__ or __repr__ returns %s (expected a text)",
                             python_what(self, state, value));
    python_change(self, state, shown)->number = 1;
    return python_append_text(self, state, python_change(self, state, shown), value, false) &&
           go_on(self, state, waiting, shown);
}
