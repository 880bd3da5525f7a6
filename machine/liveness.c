#include "machine/liveness.h"

#include "base/memory.h"

static bool is_return_point(const struct code *code, uint32_t index)
{
    return index > 0 && (instruction_flow(&code->instructions[index - 1]) & FLOW_BACK) != 0;
}

/* The jumps to each instruction, in one array: those to i are sources[first[i]] .. sources[first[i + 1] - 1]. */
struct jumps {
    uint32_t *first;
    uint32_t *sources;
};

static bool is_jump(const struct instruction *instruction)
{
    return (instruction_flow(instruction) & FLOW_TARGET) != 0;
}

static struct jumps jumps_collect(const struct code *code)
{
    struct jumps jumps = {memory_new((size_t)code->count + 2, sizeof(uint32_t)), NULL};
    uint32_t total = 0;
    for (uint32_t i = 0; i < code->count; i++)
        if (is_jump(&code->instructions[i])) {
            jumps.first[code->instructions[i].operands[0].value + 1]++;
            total++;
        }
    for (uint32_t i = 0; i <= code->count; i++)
        jumps.first[i + 1] += jumps.first[i];
    jumps.sources = memory_new(total, sizeof(uint32_t));
    /* Filled backwards, each end moves down to the first of the next bucket: first[i + 1] becomes the start of i. */
    for (uint32_t i = code->count; i-- > 0;)
        if (is_jump(&code->instructions[i]))
            jumps.sources[--jumps.first[code->instructions[i].operands[0].value + 1]] = i;
    for (uint32_t i = 0; i <= code->count; i++)
        jumps.first[i] = jumps.first[i + 1];
    jumps.first[code->count + 1] = total;
    return jumps;
}

static void jumps_free(struct jumps *self)
{
    memory_free(self->first);
    memory_free(self->sources);
}

/* A return may go on behind any call: `returned` is what is live behind some. */
static register_set live_before(const struct code *code, const register_set *live, uint32_t index,
                                register_set returned)
{
    const struct instruction *instruction = &code->instructions[index];
    unsigned flow = instruction_flow(instruction);
    register_set after = (flow & FLOW_NEXT) != 0 ? live[index + 1] : (flow & FLOW_RETURN) != 0 ? returned : 0;
    if ((flow & FLOW_END) != 0)
        after |= live[code->count];
    if ((flow & FLOW_TARGET) != 0)
        after |= live[instruction->operands[0].value];
    return (after & ~instruction_writes(instruction)) | instruction_reads(instruction);
}

/* The instructions whose successors have changed since they were looked at last. */
struct worklist {
    uint32_t *items;
    size_t count;
    bool *listed;
};

static void worklist_add(struct worklist *self, uint32_t index)
{
    if (self->listed[index])
        return;
    self->listed[index] = true;
    self->items[self->count++] = index;
}

static void add_predecessors(struct worklist *worklist, const struct jumps *jumps, uint32_t index)
{
    for (uint32_t i = jumps->first[index]; i < jumps->first[index + 1]; i++)
        worklist_add(worklist, jumps->sources[i]);
    if (index > 0)
        worklist_add(worklist, index - 1);
}

static void add_returns(struct worklist *worklist, const struct code *code)
{
    for (uint32_t i = 0; i < code->count; i++)
        if ((instruction_flow(&code->instructions[i]) & FLOW_RETURN) != 0)
            worklist_add(worklist, i);
}

static void solve(const struct code *code, const struct jumps *jumps, struct worklist *worklist, register_set *live)
{
    register_set returned = 0;
    while (worklist->count > 0) {
        uint32_t index = worklist->items[--worklist->count];
        worklist->listed[index] = false;
        register_set before = live_before(code, live, index, returned);
        if (before != live[index]) {
            live[index] = before;
            add_predecessors(worklist, jumps, index);
            if (is_return_point(code, index) && (before & ~returned) != 0) {
                returned |= before;
                add_returns(worklist, code);
            }
        }
    }
}

register_set *liveness_compute(const struct code *code, register_set at_end)
{
    register_set *live = memory_new((size_t)code->count + 1, sizeof *live);
    live[code->count] = at_end;
    struct jumps jumps = jumps_collect(code);
    struct worklist worklist = {memory_new(code->count, sizeof(uint32_t)), 0, memory_new(code->count, sizeof(bool))};
    /* The last instruction is taken first: without loops that settles everything in one round. */
    for (uint32_t i = 0; i < code->count; i++)
        worklist_add(&worklist, i);
    solve(code, &jumps, &worklist, live);
    jumps_free(&jumps);
    memory_free(worklist.items);
    memory_free(worklist.listed);
    return live;
}
