#include "course/contribution.h"

#include "base/memory.h"
#include "machine/machine.h"

/* A thread that steps for so long waits in a loop for another one; a program that does, goes round for ever. */
enum { TURN_MAX = 100000, STEPS_MAX = 4000000 };

/* A schedule under way. */
struct run {
    struct machine *machine;
    uint64_t *state;
    location_id location;
    int64_t *contributions;
    uint64_t steps;
};

enum run_result { RUN_GOES_ON, RUN_TOO_NARROW, RUN_FAILED };

/* Who can step: those who are ready, and those who are away and come back. */
static uint64_t find_ready(const struct run *self)
{
    return machine_enabled(self->machine, self->state) | machine_away(self->machine, self->state);
}

static enum run_result take_step(struct run *self, size_t thread)
{
    struct step step;
    int64_t change, before = machine_value(self->machine, self->state, self->location);
    machine_step(self->machine, self->state, thread, &step);
    self->steps++;
    if (step.result == STEP_TOO_NARROW)
        machine_widen(self->machine, step.narrow, step.narrow_value);
    if (step.result != STEP_TAKEN)
        return step.result == STEP_TOO_NARROW ? RUN_TOO_NARROW : RUN_FAILED;
    int64_t after = machine_value(self->machine, self->state, self->location);
    bool fits = !__builtin_sub_overflow(after, before, &change) &&
                !__builtin_add_overflow(self->contributions[thread], change, &self->contributions[thread]);
    return fits ? RUN_GOES_ON : RUN_FAILED;
}

/* Lets a thread run as far as it gets. */
static enum run_result take_turn(struct run *self, size_t thread)
{
    enum run_result result = RUN_GOES_ON;
    for (size_t s = 0; s < TURN_MAX && result == RUN_GOES_ON && (find_ready(self) >> thread & 1) != 0; s++)
        result = take_step(self, thread);
    return result;
}

static enum run_result go_through(struct run *self)
{
    size_t count = machine_thread_count(self->machine);
    enum run_result result = RUN_GOES_ON;
    machine_start(self->machine, self->state);
    while (find_ready(self) != 0 && result == RUN_GOES_ON && self->steps < STEPS_MAX)
        for (size_t t = 0; t < count && result == RUN_GOES_ON; t++)
            result = take_turn(self, t);
    return result;
}

bool contribution_find(const struct program *program, uint32_t word, int64_t *contributions)
{
    struct run self = {.machine = machine_new(program, NULL, false), .location = word, .contributions = contributions};
    enum run_result result = RUN_TOO_NARROW;
    while (result == RUN_TOO_NARROW) {
        memory_free(self.state);
        self.state = memory_new(machine_bits(self.machine) / 64 + 1, sizeof *self.state);
        for (size_t t = 0; t < program->thread_count; t++)
            contributions[t] = 0;
        result = go_through(&self);
    }
    bool has_result =
        result == RUN_GOES_ON && machine_finished(self.machine, self.state) == machine_everybody(self.machine);
    memory_free(self.state);
    machine_free(self.machine);
    return has_result;
}
