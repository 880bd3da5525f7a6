#include "schedulers/ticker.h"

#include "machine/machine.h"

const char *const ticker_pick_words[] = {"any", "round-robin", NULL};
const char *const ticker_phase_words[] = {"any", NULL};

bool ticker_read(struct ticker *self, const struct scheduler_recipe *recipe, struct error *error)
{
    const struct scheduler_parameter *quantum = recipe->kind->parameters, *pick = quantum + 1, *phase = quantum + 2;
    int64_t picked;
    if (!scheduler_read(recipe, quantum, quantum->most, 0, &self->quantum, error) ||
        !scheduler_read(recipe, pick, pick->most, -1, &picked, error))
        return false;
    self->round_robin = picked == -2;
    return scheduler_read(recipe, phase, self->quantum - 1, 0, &self->phase, error);
}

void ticker_describe(const struct ticker *self, int64_t start, struct property **parameters, size_t *count)
{
    property_add_number(parameters, count, "quantum", self->quantum);
    property_add_text(parameters, count, "pick", ticker_pick_words[self->round_robin]);
    if (self->phase >= 0 || start >= 0)
        property_add_number(parameters, count, "phase", self->phase >= 0 ? self->phase : start);
    else
        property_add_text(parameters, count, "phase", "any");
}

uint64_t ticker_starts(const struct ticker *self)
{
    return self->phase >= 0 ? 1 : (uint64_t)self->quantum;
}

uint64_t ticker_start(const struct ticker *self, uint64_t which)
{
    return self->phase >= 0 ? (uint64_t)self->phase : which;
}

/* The next ready thread by index after a thread, which may be that thread itself; -1 where nobody is ready. */
static int next_ready(uint64_t ready, int current)
{
    uint64_t behind = current < 0 ? UINT64_MAX : current >= SCHEDULER_THREADS_MAX - 1 ? 0 : UINT64_MAX << (current + 1);
    uint64_t candidates = (ready & behind) != 0 ? ready & behind : ready;
    return candidates == 0 ? -1 : __builtin_ctzll(candidates);
}

uint64_t ticker_pick(const struct ticker *self, uint64_t ready, int current)
{
    return self->round_robin ? scheduler_only(next_ready(ready, current)) : ready;
}

uint64_t ticker_choices(const struct ticker *self, uint64_t ready, int current)
{
    return scheduler_has(ready, current) ? scheduler_only(current) : ticker_pick(self, ready, current);
}

/* Who is current after a pick. With round-robin that is known at once; where nobody is ready, the turn goes to the next
 * thread by index, and from there on to whoever is ready first: the one whose turn it was comes last. */
static int picked(const struct ticker *self, const struct scheduler_moment *moment, int current)
{
    if (!self->round_robin)
        return -1;
    int next = next_ready(moment->ready, current);
    return next >= 0 ? next : (current + 1) % (int)machine_thread_count(moment->machine);
}

void ticker_count(const struct ticker *self, const struct scheduler_step *step, uint64_t quantum, uint64_t *used,
                  int *current)
{
    if (scheduler_has(step->before.away, (int)step->thread)) /* a return needs no processor */
        return;
    *current = (int)step->thread;
    *used += step->ticks;
    bool is_over = step->yields || *used >= quantum;
    if (is_over)
        *used = 0;
    if (is_over || !scheduler_has(step->after.ready, *current))
        *current = picked(self, &step->after, *current);
}

void ticker_refusal(const struct ticker *self, const struct scheduler_moment *moment, uint64_t quantum, uint64_t used,
                    int current, struct text *text)
{
    uint64_t choices = ticker_choices(self, moment->ready, current);
    int next = choices == 0 ? -1 : __builtin_ctzll(choices);
    if (used == 0 || next != current)
        text_print(text, "it is the turn of thread %d (%s)", next, machine_thread_name(moment->machine, (size_t)next));
    else
        text_print(text, "the quantum of thread %d (%s) is not over, %llu of %llu ticks are used", next,
                   machine_thread_name(moment->machine, (size_t)next), (unsigned long long)used,
                   (unsigned long long)quantum);
}
