#include "frontends/rounds.h"

#include "base/memory.h"

/* Where an instruction leads to: up to two places, fewer at the end. */
static size_t find_successors(const struct instruction *instructions, size_t count, size_t index, size_t *successors)
{
    const struct instruction *instruction = &instructions[index];
    unsigned flow = instruction_flow(instruction);
    size_t found = 0;
    if ((flow & FLOW_NEXT) != 0 && index + 1 < count)
        successors[found++] = index + 1;
    if ((flow & FLOW_TARGET) != 0 && (size_t)instruction->operands[0].value < count)
        successors[found++] = (size_t)instruction->operands[0].value;
    return found;
}

/* A depth-first search along instructions that are no switch points: where it comes back to what is open, the instruction that leads there is
 * made one. */
void rounds_open(struct instruction *instructions, size_t count)
{
    enum { NEW, OPEN, DONE };
    unsigned char *marks = memory_new(count, 1);
    unsigned char *next = memory_new(count, 1);
    size_t *path = memory_new(count, sizeof *path), successors[2];
    for (size_t start = 0; start < count; start++) {
        size_t depth = 0;
        if (marks[start] == NEW)
            path[depth++] = start;
        while (depth > 0) {
            size_t at = path[depth - 1], found = find_successors(instructions, count, at, successors);
            marks[at] = OPEN;
            if (next[at] == found) {
                marks[at] = DONE;
                depth--;
                continue;
            }
            size_t to = successors[next[at]++];
            bool joins = instructions[to].no_switch;
            if (joins && marks[to] == OPEN)
                instructions[at].no_switch = false;
            else if (joins && marks[to] == NEW)
                path[depth++] = to;
        }
    }
    memory_free(marks);
    memory_free(next);
    memory_free(path);
}
