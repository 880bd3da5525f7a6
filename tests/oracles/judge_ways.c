/* judge_ways: ways through a code, and how long locks are held, or sections last, on them (tests/oracles/judge.h). */
#include "base/memory.h"
#include "tests/oracles/judge_parts.h"

#include <string.h>

enum { PERMITS_MAX = 8 }; /* more are counted as so many: enough for a stretch to be found */

/* Where a thread may stand: what it holds, and how many instructions ago it began to. */
struct stand {
    uint64_t mutexes;
    uint8_t permits[PROGRAM_OBJECTS_MAX]; /* of each semaphore that is a lock */
    uint32_t index;
    uint32_t length;
};

struct ways {
    const struct code *code;
    int64_t most;
    bool by_sections; /* what counts is where an instruction stands, else what is held */
    uint64_t locks;   /* the semaphores that are: some way leads from where the code waits to where it posts */
    struct stand *stands;
    size_t count;
    size_t capacity;
    bool is_longer;
};

/* ---- The code --------------------------------------------------------------------------------------------------- */

/* Fills where a thread may go on after an instruction; a call comes back some time. */
static size_t find_next(const struct code *code, uint32_t index, uint32_t next[2])
{
    const struct instruction *instruction = &code->instructions[index];
    size_t count = 0;
    if (instruction->operands[0].kind == OPERAND_TARGET)
        next[count++] = (uint32_t)instruction->operands[0].value;
    if (instruction->opcode != OPCODE_J && instruction->opcode != OPCODE_HALT && instruction->opcode != OPCODE_RET)
        next[count++] = index + 1;
    return count;
}

static bool is_on(const struct instruction *instruction, enum opcode opcode, int64_t semaphore)
{
    return instruction->opcode == opcode && instruction->operands[0].value == semaphore;
}

/* Whether some way leads from behind an instruction to where the semaphore is posted. */
static bool is_posted_later(const struct code *code, uint32_t index, int64_t semaphore)
{
    bool *met = memory_new(code->count + 1u, sizeof *met), is_posted = false;
    uint32_t *open = memory_new(2u * code->count + 2, sizeof *open), next[2];
    size_t count = 0;
    for (size_t n = find_next(code, index, next); n-- > 0;)
        open[count++] = next[n];
    while (count > 0) {
        uint32_t here = open[--count];
        if (here >= code->count || met[here])
            continue;
        met[here] = true;
        is_posted = is_posted || is_on(&code->instructions[here], OPCODE_POST, semaphore);
        for (size_t n = find_next(code, here, next); n-- > 0;)
            open[count++] = next[n];
    }
    memory_free(met);
    memory_free(open);
    return is_posted;
}

static uint64_t find_locks(const struct code *code)
{
    uint64_t locks = 0;
    for (uint32_t i = 0; i < code->count; i++)
        if (code->instructions[i].opcode == OPCODE_WAIT &&
            is_posted_later(code, i, code->instructions[i].operands[0].value))
            locks |= UINT64_C(1) << code->instructions[i].operands[0].value;
    return locks;
}

/* ---- Walking ---------------------------------------------------------------------------------------------------- */

static bool holds(const struct stand *stand)
{
    uint64_t any = stand->mutexes;
    for (size_t s = 0; s < PROGRAM_OBJECTS_MAX; s++)
        any |= stand->permits[s];
    return any != 0;
}

/* Changes what is held; returns whether the instruction takes or gives a lock. */
static bool take_or_give(const struct ways *self, const struct instruction *instruction, struct stand *stand)
{
    uint64_t bit = UINT64_C(1) << (instruction->operands[0].value & 63);
    uint8_t *permits = &stand->permits[instruction->operands[0].value & 63];
    bool is_lock = (self->locks & bit) != 0;
    switch (instruction->opcode) {
    case OPCODE_LOCK:
        stand->mutexes |= bit;
        return true;
    case OPCODE_UNLOCK:
        stand->mutexes &= ~bit;
        return true;
    case OPCODE_WAIT:
        *permits = (uint8_t)(*permits + (is_lock && *permits < PERMITS_MAX));
        return is_lock;
    case OPCODE_POST:
        *permits = (uint8_t)(*permits - (*permits > 0));
        return is_lock;
    default:
        return false;
    }
}

static void arrive(struct ways *self, const struct stand *stand)
{
    for (size_t s = 0; s < self->count; s++)
        if (memcmp(&self->stands[s], stand, sizeof *stand) == 0)
            return;
    self->stands = memory_grow(self->stands, self->count, &self->capacity, sizeof *self->stands);
    self->stands[self->count++] = *stand;
}

static void go_on(struct ways *self, struct stand stand)
{
    uint32_t next[2];
    const struct instruction *instruction = &self->code->instructions[stand.index];
    bool counts = self->by_sections ? instruction->sections != 0 : holds(&stand);
    bool is_lock = take_or_give(self, instruction, &stand);
    stand.length = counts ? stand.length + !is_lock : 0;
    self->is_longer |= stand.length > (uint64_t)self->most;
    /* What lasts over a call, or a return, is as good as endless. */
    self->is_longer |= counts && (instruction->opcode == OPCODE_CALL || instruction->opcode == OPCODE_RET);
    for (size_t n = find_next(self->code, stand.index, next); n-- > 0;) {
        struct stand after;
        memcpy(&after, &stand, sizeof after);
        after.index = next[n];
        if (next[n] < self->code->count)
            arrive(self, &after);
    }
}

static bool is_longer(const struct code *code, int64_t most, bool by_sections)
{
    struct ways self = {.code = code, .most = most, .by_sections = by_sections, .locks = find_locks(code)};
    struct stand start;
    memset(&start, 0, sizeof start);
    if (code->count > 0)
        arrive(&self, &start);
    for (size_t s = 0; s < self.count && !self.is_longer; s++)
        go_on(&self, self.stands[s]);
    memory_free(self.stands);
    return self.is_longer;
}

bool judge_stays_longer(const struct code *code, int64_t most)
{
    return is_longer(code, most, false) || is_longer(code, most, true);
}
