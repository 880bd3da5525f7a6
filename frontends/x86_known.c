/* What threads know of places that they share, where that is asked for (X86_KNOWING).
 *
 * A thread knows what it has stored itself as long as nobody else can have stored something since. And of a place to which only a few known
 * values are stored, in whichever order, a load finds one of these: the execution is split, and each way knows which. Both are found out by
 * passes, as what is shared is; what is left of a load is the same, a step, so the schedules are those of the program in any case. */
#include "frontends/x86_parts.h"

#include "base/memory.h"

enum { VALUES_MAX = 24 };

/* ---- What only one thread stores --------------------------------------------------------------------------------- */

void x86_note_blind(struct x86 *self, struct x86_granule *granule, uint32_t thread, const struct x86_access *writes)
{
    for (unsigned b = writes->offset; b < (unsigned)writes->offset + writes->size; b++) {
        self->again |= self->is_knowing && (granule->blind[b] >> thread & 1) == 0;
        granule->blind[b] |= UINT64_C(1) << thread;
    }
}

static bool is_blind(const struct x86_granule *granule, uint32_t thread, unsigned first, uint8_t size)
{
    bool is_any = false;
    for (unsigned b = first; b < first + size; b++)
        is_any |= (granule->blind[b] >> thread & 1) != 0;
    return is_any;
}

/* Others can have stored something before the thread began: so each keeps what it has stored, for those that it starts. */
bool x86_keep_stored(struct x86 *self, struct x86_state *state, int64_t address, uint8_t size, struct x86_value value)
{
    return !self->is_knowing ||
           x86_private_store(self, state, address, size, value.kind == X86_KNOWN ? value : X86_NOTHING);
}

/* ---- What can be there ------------------------------------------------------------------------------------------- */

void x86_open_values(struct x86 *self, const struct x86_place *place)
{
    struct x86_granule *granule = &self->granules[x86_granule_at(self, place->address)];
    unsigned first = (unsigned)(place->address - granule->address);
    self->again |= self->is_knowing && (granule->has_any >> first & 1) == 0;
    granule->has_any |= (uint8_t)(1u << first);
}

void x86_note_value(struct x86 *self, const struct x86_place *place, int64_t value)
{
    struct x86_granule *granule = &self->granules[x86_granule_at(self, place->address)];
    unsigned first = (unsigned)(place->address - granule->address);
    if (!self->is_knowing || (granule->has_any >> first & 1) != 0)
        return;
    if (granule->values == NULL)
        granule->values = memory_new(8, sizeof *granule->values);
    self->again |= x86_addresses_add(&granule->values[first], value);
    if (granule->values[first].count > VALUES_MAX)
        x86_open_values(self, place);
}

/* The values that are known to be all; NULL: they are not. */
static const struct x86_addresses *values_of(struct x86 *self, const struct x86_place *place)
{
    const struct x86_granule *granule = &self->granules[x86_granule_at(self, place->address)];
    unsigned first = (unsigned)(place->address - granule->address);
    bool is_open = !self->is_knowing || granule->values == NULL || (granule->has_any >> first & 1) != 0;
    return is_open ? NULL : &granule->values[first];
}

/* ---- Loads ------------------------------------------------------------------------------------------------------- */

/* What a library function does is not executed again: there the value stays one that is not known. */
static bool can_split(const struct x86 *self, const struct x86_state *state)
{
    return self->is_knowing && self->now->operation != X86_CALL && self->now->operation != X86_JMP &&
           state->loaded_count < X86_LOADED_MAX;
}

static void remember(struct x86_state *state, struct x86_value value)
{
    state->loaded[state->loaded_count++] = value;
    state->loaded_next = state->loaded_count;
}

void x86_remember_loaded(struct x86 *self, struct x86_state *state, struct x86_value value)
{
    if (can_split(self, state))
        remember(state, value);
}

bool x86_was_loaded(struct x86_state *state, struct x86_value *value)
{
    if (state->loaded_next == state->loaded_count)
        return false;
    *value = state->loaded[state->loaded_next++];
    return true;
}

/* In each way the instruction is executed again, and finds what was loaded. */
static void split(struct x86 *self, struct x86_state *state, struct operand loaded, const struct x86_addresses *values)
{
    for (size_t v = 0; v < values->count; v++) {
        struct x86_state *other = x86_split(self, state, OPCODE_JE, x86_immediate(values->values[v]), loaded);
        other->at = (size_t)(self->now - self->code);
        other->resumes = true;
        remember(other, X86_NUMBER(values->values[v]));
    }
    x86_emit_failure(self, state, "a value is there that nobody has stored");
}

bool x86_know_loaded(struct x86 *self, struct x86_state *state, const struct x86_place *place, struct x86_value *value)
{
    const struct x86_addresses *values = values_of(self, place);
    const struct x86_granule *granule = &self->granules[x86_granule_at(self, place->address)];
    struct x86_value own = X86_NOTHING;
    bool sees = self->is_knowing &&
                !is_blind(granule, state->thread, (unsigned)(place->address - granule->address), place->size);
    if (sees && !x86_private_load(self, state, place->address, place->size, &own))
        return false;
    if (own.kind == X86_KNOWN)
        *value = own;
    else if (values != NULL && values->count == 1)
        *value = X86_NUMBER(values->values[0]);
    else if (values != NULL && can_split(self, state)) {
        split(self, state, x86_register(value->number), values);
        return false;
    }
    return true;
}
