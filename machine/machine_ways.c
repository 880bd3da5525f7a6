/* The ways through a thread's code: which of its instructions lie before or in a critical section. */
#include "base/memory.h"
#include "machine/machine_parts.h"

/* Whether some place that a return can go on at, behind a call, leads inside. */
static bool returns_inside(const struct code *code, const bool *lead)
{
    for (uint32_t i = 0; i < code->count; i++)
        if ((instruction_flow(&code->instructions[i]) & FLOW_BACK) != 0 && lead[i + 1])
            return true;
    return false;
}

static bool leads_inside(const struct code *code, uint32_t index, const bool *lead, bool returns)
{
    const struct instruction *instruction = &code->instructions[index];
    unsigned flow = instruction_flow(instruction);
    bool by_return = (flow & FLOW_RETURN) != 0 && returns;
    bool by_jump = (flow & FLOW_TARGET) != 0 && lead[instruction->operands[0].value];
    bool by_going_on = (flow & FLOW_NEXT) != 0 && lead[index + 1];
    return instruction->sections != 0 || by_return || by_jump || by_going_on;
}

/* One pass, from the end to the start. Returns whether it found anything new: only jumps backwards need another one. */
static bool pass(const struct code *code, bool *lead)
{
    bool found = false, returns = returns_inside(code, lead);
    for (uint32_t i = code->count; i-- > 0;) {
        bool leads = leads_inside(code, i, lead, returns);
        found |= leads && !lead[i];
        lead[i] = leads;
    }
    return found;
}

bool *machine_find_ways_inside(const struct machine *self, size_t thread)
{
    const struct code *code = thread_code(self, thread);
    bool *lead = memory_new((size_t)code->count + 1, sizeof *lead);
    while (pass(code, lead))
        continue;
    return lead;
}
