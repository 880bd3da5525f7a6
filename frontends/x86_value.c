/* Values: known numbers, and numbers in registers of the program that is made. */
#include "frontends/x86_parts.h"

int64_t x86_cut(int64_t number, struct x86_form form)
{
    if (form.bytes >= 8)
        return number;
    unsigned bits = 8u * form.bytes;
    uint64_t cut = (uint64_t)number & ((UINT64_C(1) << bits) - 1);
    if (form.is_signed && (cut >> (bits - 1)) != 0)
        cut |= ~UINT64_C(0) << bits;
    return (int64_t)cut;
}

struct x86_value x86_low(struct x86_value value, uint8_t width)
{
    if (value.kind == X86_KNOWN)
        return X86_NUMBER(x86_cut(value.number, X86_UNSIGNED(width)));
    if (value.kind == X86_DYNAMIC && value.view.bytes >= width)
        value.view = X86_UNSIGNED(width);
    if (width < 8 && value.source != 0) { /* no address any more */
        value.source = 0;
        value.zeros = value.is_indexed ? 0 : value.zeros;
        value.is_indexed = false;
    }
    return value;
}

struct x86_value x86_in_register(int64_t number, struct x86_form range)
{
    return (struct x86_value){.kind = X86_DYNAMIC, .range = range, .view = range, .number = number};
}

/* Whether all integers of one form are of the other, too. */
static bool fits(struct x86_form inner, struct x86_form outer)
{
    if (inner.is_signed == outer.is_signed)
        return inner.bytes <= outer.bytes;
    return !inner.is_signed && inner.bytes < outer.bytes;
}

/* Cuts the integer in a register down to a form, in another register where that can change it. */
static bool cut_register(struct x86 *self, struct x86_state *state, struct x86_form form, struct x86_form *range,
                         int64_t *number)
{
    int64_t other;
    if (fits(*range, form))
        return true;
    if (!x86_free_register(self, state, &other))
        return false;
    x86_wrap(x86_emit(self, state, X86_OWN, OPCODE_MOV, x86_register(*number), x86_register(other)), form);
    *number = other;
    *range = form;
    return true;
}

bool x86_exact(struct x86 *self, struct x86_state *state, struct x86_value value, struct x86_form form,
               struct operand *operand)
{
    static const char never_set[] = "what is computed here depends on a value that was never set";
    if (form.bytes >= 8)
        form.is_signed = true;
    switch (value.kind) {
    case X86_KNOWN:
        *operand = x86_immediate(x86_cut(value.number, form));
        return true;
    case X86_NO_VALUE:
        return value.number == X86_OF_BLOCK ? x86_refuse_way(self, state, never_set) : x86_refuse(self, never_set);
    case X86_CHANCE:
        return x86_refuse_way(self, state, "what is computed here depends on the time, or on what rand() says");
    case X86_FOREIGN:
        return x86_refuse_way(
            self, state,
            "what is computed here was computed by another thread from what threads share, and handed "
            "over when this one was created");
    case X86_DYNAMIC:
        break;
    }
    int64_t number = value.number;
    struct x86_form range = value.range;
    state->pinned |= UINT64_C(1) << number;
    if (form.bytes > value.view.bytes && !cut_register(self, state, value.view, &range, &number))
        return false;
    if (!cut_register(self, state, form, &range, &number))
        return false;
    *operand = x86_register(number);
    return true;
}

bool x86_extend(struct x86 *self, struct x86_state *state, struct x86_value *value, struct x86_form form)
{
    struct operand operand = {0};
    if (!x86_exact(self, state, *value, form, &operand))
        return false;
    *value = operand.kind == OPERAND_IMMEDIATE ? X86_NUMBER(operand.value) : x86_in_register(operand.value, form);
    return true;
}
