/* Which locals are still read: live variables, by a fixed point backwards over the bytecode. */
#include "frontends/python_parts.h"

#include "base/memory.h"

/* The locals that an instruction reads, and that it writes. Two of them are in one argument. */
static void note_locals(const struct python_instruction *instruction, uint64_t *reads, uint64_t *writes)
{
    uint64_t whole = (uint64_t)instruction->argument, high = whole >> 4 & 15, low = whole & 15;
    uint64_t one = UINT64_C(1) << (whole & 63);
    *reads = *writes = 0;
    switch (instruction->bytecode) {
    case PY_LOAD_FAST:
    case PY_LOAD_CLOSURE:
    case PY_LOAD_DEREF:
    case PY_STORE_DEREF:
    case PY_MAKE_CELL:
    case PY_DELETE_FAST:
    case PY_LOAD_FAST_CLEAR:
        *reads = one;
        break;
    case PY_STORE_FAST:
        *writes = one;
        break;
    case PY_LOAD_FAST_TWICE:
        *reads = UINT64_C(1) << high | UINT64_C(1) << low;
        break;
    case PY_STORE_LOAD_FAST:
        *writes = UINT64_C(1) << high;
        *reads = low != high ? UINT64_C(1) << low : 0;
        break;
    case PY_STORE_FAST_TWICE:
        *writes = UINT64_C(1) << high | UINT64_C(1) << low;
        break;
    default:
        break;
    }
}

static uint64_t live_behind(const struct python_code *code, const uint64_t *live, uint32_t index)
{
    const struct python_instruction *instruction = &code->instructions[index];
    enum python_bytecode what = instruction->bytecode;
    uint64_t after = instruction->is_jump ? live[instruction->target] : 0;
    bool goes_on = what != PY_JUMP && what != PY_JUMP_ABSOLUTE && what != PY_JUMP_BACKWARD && what != PY_RETURN &&
                   what != PY_RETURN_CONST && what != PY_RAISE && what != PY_RERAISE;
    /* 3.8: it goes back to wherever it was called. */
    if (what == PY_END_FINALLY)
        return UINT64_MAX;
    /* What a handler reads may be read wherever something fails. */
    for (size_t h = 0; h < code->handler_count; h++)
        if (index >= code->handlers[h].first && index < code->handlers[h].end)
            after |= live[code->handlers[h].target];
    return after | (goes_on && index + 1 < code->count ? live[index + 1] : 0);
}

static const uint64_t *live_locals(struct python *self, uint32_t number)
{
    const struct python_code *code = &self->dump->codes[number];
    if (self->live[number] != NULL)
        return self->live[number];
    uint64_t *live = self->live[number] = memory_new(code->count, sizeof *live);
    bool changes = true;
    while (changes) {
        changes = false;
        for (uint32_t i = code->count; i-- > 0;) {
            uint64_t reads, writes;
            note_locals(&code->instructions[i], &reads, &writes);
            uint64_t before = (live_behind(code, live, i) & ~writes) | reads;
            changes |= before != live[i];
            live[i] = before;
        }
    }
    return live;
}

/* Of codes with very many locals, or with the blocks of old versions, which lead to handlers from everywhere, all live. */
void python_forget_dead_locals(struct python *self, struct python_frame *frame)
{
    const struct python_code *code = &self->dump->codes[frame->code];
    if (frame->slots > 64 || frame->block_count > 0 || frame->at >= code->count)
        return;
    uint64_t live = live_locals(self, frame->code)[frame->at];
    for (uint32_t s = 0; s < code->locals.count && s < frame->slots; s++)
        if ((live >> s & 1) == 0)
            frame->values[s] = ABSENT;
}
