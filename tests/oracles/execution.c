#include "tests/oracles/execution.h"

#include "base/memory.h"
#include "machine/machine.h"

static void forget_state(struct execution *self)
{
    memory_free(self->state);
    self->state = memory_new(machine_bits(self->machine) / 64 + 1, sizeof *self->state);
    machine_start(self->machine, self->state);
}

void execution_start(struct execution *self, const struct program *program)
{
    *self = (struct execution){.machine = machine_new(program, NULL, true), .last = -1};
    forget_state(self);
}

void execution_free(struct execution *self)
{
    machine_free(self->machine);
    memory_free(self->state);
    memory_free(self->threads);
}

uint64_t execution_choices(const struct execution *self)
{
    return self->failed ? 0 : machine_enabled(self->machine, self->state);
}

/* Returns false where the machine had to be widened, and the state is lost. */
static bool take(struct execution *self, uint32_t thread)
{
    struct step step;
    machine_step(self->machine, self->state, thread, &step);
    self->failed = step.result == STEP_FAILED;
    if (step.result == STEP_TOO_NARROW)
        machine_widen(self->machine, step.narrow, step.narrow_value);
    return step.result != STEP_TOO_NARROW;
}

/* Takes all steps from the start, as often as it needs. */
static void repeat(struct execution *self)
{
    size_t done = 0;
    forget_state(self);
    while (done < self->count) {
        if (take(self, self->threads[done])) {
            done++;
        } else {
            forget_state(self);
            done = 0;
        }
    }
}

bool execution_step(struct execution *self, uint32_t thread)
{
    uint64_t choices = execution_choices(self);
    if (thread >= machine_thread_count(self->machine) || (choices >> thread & 1) == 0)
        return false;
    uint64_t away = machine_away(self->machine, self->state), ready = choices & ~away;
    if ((away >> thread & 1) == 0) {
        self->preemptions += self->last >= 0 && (uint32_t)self->last != thread && (ready >> self->last & 1) != 0;
        self->last = (int)thread;
    }
    self->threads = memory_grow(self->threads, self->count, &self->capacity, sizeof *self->threads);
    self->threads[self->count++] = thread;
    if (!take(self, thread))
        repeat(self);
    return true;
}

bool execution_is_finished(const struct execution *self)
{
    return !self->failed && machine_finished(self->machine, self->state) == machine_everybody(self->machine);
}

int64_t execution_value(const struct execution *self, uint32_t word)
{
    return machine_value(self->machine, self->state, word);
}
