/* Loops that are no longer followed round by round: where an instruction is come to again and again, numbers that were others the last time
 * are not known any more from there on, so that states are equal sooner or later and the loop closes. They are in registers of the program
 * then, and how many rounds there are is found out by the search. Addresses stay known: who follows one has to know which it can be. */
#include "frontends/x86_parts.h"

#include <string.h>

enum { ROUNDS_MAX = 64 };

struct x86_visit {
    uint32_t count;
    struct x86_state *last;
};

static struct x86_visit *visit_of(struct x86 *self, const struct x86_state *state)
{
    struct x86_thread *thread = &self->threads[state->thread];
    if (thread->visits == NULL) {
        thread->visits = arena_take(&self->arena, self->code_count * sizeof *thread->visits);
        memset(thread->visits, 0, self->code_count * sizeof *thread->visits);
    }
    return &thread->visits[state->at];
}

static bool is_number(struct x86 *self, const struct x86_value *value)
{
    int64_t first, end;
    return value->kind == X86_KNOWN && !x86_object_bounds(self, value->number, &first, &end) &&
           !x86_is_code(self, value->number) && value->number < X86_THREADS_FIRST;
}

/* Whether a value was another number the last time, or was given up then. */
static bool differs(struct x86 *self, const struct x86_value *value, const struct x86_value *last)
{
    return is_number(self, value) &&
           (last->kind == X86_DYNAMIC || (is_number(self, last) && value->number != last->number));
}

/* In the form that the results of instructions of four bytes have, where it is one of these. */
static bool forget_number(struct x86 *self, struct x86_state *state, struct x86_value *value)
{
    int64_t number, known = value->number;
    bool is_narrow = known >= 0 && known <= UINT32_MAX;
    struct x86_form form = X86_SIGNED(is_narrow ? 4 : 8);
    state->pinned = 0;
    if (!x86_free_register(self, state, &number))
        return false;
    x86_emit(self, state, X86_OWN, OPCODE_MOV, x86_immediate(x86_cut(known, form)), x86_register(number));
    *value = x86_low(x86_in_register(number, form), form.bytes);
    return true;
}

static bool widen_value(struct x86 *self, struct x86_state *state, struct x86_value *value,
                        const struct x86_value *last)
{
    return !differs(self, value, last) || forget_number(self, state, value);
}

static bool widen_cells(struct x86 *self, struct x86_state *state, const struct x86_state *last)
{
    for (size_t c = 0, l = 0; c < state->cell_count; c++) {
        struct x86_cell *cell = &state->cells[c];
        while (l < last->cell_count && last->cells[l].address < cell->address)
            l++;
        if (l == last->cell_count)
            break;
        bool is_same = last->cells[l].address == cell->address && last->cells[l].size == cell->size;
        if (is_same && !widen_value(self, state, &cell->value, &last->cells[l].value))
            return false;
    }
    return true;
}

static bool widen_from(struct x86 *self, struct x86_state *state, const struct x86_state *last)
{
    for (size_t r = 0; r < X86_REGISTERS; r++)
        if (r != GAS_RSP && !widen_value(self, state, &state->registers[r], &last->registers[r]))
            return false;
    for (size_t w = 0; w < 16; w++)
        for (size_t p = 0; p < 2; p++)
            if (!widen_value(self, state, &state->wide[w][p], &last->wide[w][p]))
                return false;
    return widen_cells(self, state, last);
}

bool x86_widen(struct x86 *self, struct x86_state *state)
{
    struct x86_visit *visit = visit_of(self, state);
    visit->count++;
    if (visit->count > ROUNDS_MAX && !widen_from(self, state, visit->last))
        return false;
    if (visit->count >= ROUNDS_MAX)
        visit->last = x86_state_copy(self, state);
    return true;
}
