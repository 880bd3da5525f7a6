#include "space/straight_line.h"

#include "base/memory.h"
#include "machine/composition.h"

#include <string.h>

/* The moves of one instruction that matter, and whether it touches shared locations. */
static size_t instruction_moves(const struct straight_line_source *self, size_t thread, uint32_t index,
                                struct move *moves, bool *touches_shared)
{
    struct effect effect;
    machine_effect(self->machine, thread, index, &effect);
    size_t count = 0;
    for (size_t a = 0; a < effect.assignment_count; a++) {
        const struct assignment *assignment = &effect.assignments[a];
        if (!self->slice->relevant[assignment->target])
            continue;
        location_id source = assignment->term_count > 0 ? assignment->terms[0].source : LOCATION_NONE;
        moves[count++] = (struct move){assignment->target, source, assignment->constant};
        *touches_shared |= machine_location_thread(self->machine, assignment->target) < 0;
        *touches_shared |= source != LOCATION_NONE && machine_location_thread(self->machine, source) < 0;
    }
    return count;
}

static void end_step(struct straight_line *line, struct composition *net)
{
    for (size_t m = 0; m < net->count; m++) {
        line->moves = memory_grow(line->moves, line->move_count, &line->move_capacity, sizeof *line->moves);
        line->moves[line->move_count++] = net->moves[m];
    }
    line->overflows |= net->overflows || net->count > STRAIGHT_LINE_MOVES_MAX;
    composition_clear(net);
    line->first[++line->count] = line->move_count;
}

/* The instruction behind the step of the program that begins with one; and whether the step touches shared locations. */
static uint32_t step_end(const struct straight_line_source *self, size_t thread, uint32_t first, bool *touches_shared)
{
    struct move moves[EFFECT_ASSIGNMENTS_MAX];
    uint32_t end = first, instructions = (uint32_t)machine_instruction_count(self->machine, thread);
    *touches_shared = false;
    do
        (void)instruction_moves(self, thread, end++, moves, touches_shared);
    while (end < instructions && !machine_begins_step(self->machine, thread, end));
    return end;
}

/* Adds the moves of the instructions first .. end - 1. */
static void add_moves(const struct straight_line_source *self, size_t thread, uint32_t first, uint32_t end,
                      struct composition *net)
{
    struct move moves[EFFECT_ASSIGNMENTS_MAX];
    bool touches_shared = false; /* asked for by step_end() */
    for (uint32_t i = first; i < end; i++)
        composition_add(net, moves, instruction_moves(self, thread, i, moves, &touches_shared));
}

void straight_line_build(struct straight_line *line, const struct straight_line_source *self)
{
    uint32_t instructions = (uint32_t)machine_instruction_count(self->machine, line->thread);
    struct composition net = {0};
    bool pending = false, shared_seen = false;
    line->first = memory_new((size_t)instructions + 1, sizeof *line->first);
    for (uint32_t i = 0, end; i < instructions; i = end) {
        bool touches_shared;
        end = step_end(self, line->thread, i, &touches_shared);
        if (pending && (!self->fused || (touches_shared && shared_seen))) {
            end_step(line, &net);
            shared_seen = false;
        }
        add_moves(self, line->thread, i, end, &net);
        shared_seen |= touches_shared;
        pending = true;
    }
    if (pending)
        end_step(line, &net);
    composition_free(&net);
}

static bool same_moves(const struct straight_line *a, size_t step_a, const struct straight_line *b, size_t step_b)
{
    size_t count = a->first[step_a + 1] - a->first[step_a];
    return b->first[step_b + 1] - b->first[step_b] == count &&
           (count == 0 ||
            memcmp(a->moves + a->first[step_a], b->moves + b->first[step_b], count * sizeof *a->moves) == 0);
}

/* Steps repeat with the loops that were unrolled, so that looking a few steps back finds most kinds; a kind that is not
 * found again merely gets another number. */
static uint32_t kind_of(const struct straight_line *lines, const struct straight_line *line, size_t step,
                        uint32_t *next)
{
    enum { LOOK_BACK = 64 };
    for (size_t back = 1; back <= step && back <= LOOK_BACK; back++)
        if (same_moves(line, step, line, step - back))
            return line->kinds[step - back];
    for (const struct straight_line *other = lines; other < line; other++)
        if (step < other->count && same_moves(line, step, other, step))
            return other->kinds[step];
    return (*next)++;
}

void straight_line_number_kinds(struct straight_line *lines, size_t count)
{
    uint32_t next = 0;
    for (size_t l = 0; l < count; l++) {
        struct straight_line *line = &lines[l];
        line->kinds = memory_new(line->count, sizeof *line->kinds);
        for (size_t step = 0; step < line->count; step++)
            line->kinds[step] = kind_of(lines, line, step, &next);
    }
}

location_id straight_line_location(const struct machine *machine, location_id location, size_t thread)
{
    if (location == LOCATION_NONE || machine_location_thread(machine, location) < 0)
        return location;
    return machine_register_location(machine, thread, machine_location_register(machine, location));
}

void straight_line_free(struct straight_line *self)
{
    memory_free(self->moves);
    memory_free(self->first);
    memory_free(self->kinds);
}
