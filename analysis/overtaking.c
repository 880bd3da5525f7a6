#include "analysis/overtaking.h"

/* Whether a thread outside cannot go on: it has come to what keeps it out. */
static bool is_kept_out(const struct overtaking *self, const uint64_t *state)
{
    return (machine_enabled(self->machine, state) >> self->thread & 1) == 0;
}

/* How many others come into a section by a step, whoever makes it: the last one at a barrier lets all go on. */
static size_t count_entries(const struct overtaking *self, const struct overtaking_step *step)
{
    uint64_t entering = 0;
    for (size_t s = 0; s < machine_section_count(self->machine); s++)
        entering |= machine_inside(self->machine, step->to, s) & ~machine_inside(self->machine, step->from, s);
    return (size_t)__builtin_popcountll(entering & ~(UINT64_C(1) << self->thread));
}

/* Whether the thread's step from a state may be one of its way in. */
static bool is_way_in(const struct overtaking *self, const uint64_t *from)
{
    size_t object;
    uint32_t index = machine_index(self->machine, from, self->thread);
    return !act_leads_out(machine_act(self->machine, self->thread, index, &object));
}

size_t overtaking_begin(const struct overtaking *self, const uint64_t *state, enum waiting_kind waits)
{
    return waits == WAITING_TO_ENTER && is_kept_out(self, state) ? 1 : 0;
}

size_t overtaking_next(const struct overtaking *self, const struct overtaking_step *step, size_t mode)
{
    if (step->waits_to != WAITING_TO_ENTER)
        return 0;
    if (mode > 0) {
        size_t more = mode + count_entries(self, step);
        return more < self->most + 2 ? more : self->most + 2;
    }
    bool has_stepped = step->is_own && step->waits_from == WAITING_TO_ENTER && is_way_in(self, step->from);
    return has_stepped || is_kept_out(self, step->to) ? 1 : 0;
}
