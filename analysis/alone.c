#include "analysis/alone.h"

#include "base/memory.h"

enum { STEPS_MAX = 1 << 20 }; /* of a thread */

/* Whether a thread comes to its end from the first state on; *step is the last one that it took. */
static bool comes_to_its_end(const struct machine *machine, size_t thread, uint64_t *state, struct step *step)
{
    uint64_t bit = UINT64_C(1) << thread;
    step->result = STEP_TAKEN;
    machine_start(machine, state);
    for (size_t taken = 0; (machine_finished(machine, state) & bit) == 0; taken++) {
        bool flushes = (machine_unflushed(machine, state) & bit) != 0;
        if (!flushes && (taken == STEPS_MAX || (machine_enabled(machine, state) & bit) == 0 ||
                         machine_choice_count(machine, state, thread) > 1))
            return false;
        machine_choose(machine, state, thread, flushes ? WAY_FLUSH : 0, step);
        if (step->result != STEP_TAKEN)
            return false;
    }
    return true;
}

static bool run(struct machine *machine, size_t thread, location_id word, int64_t *value)
{
    struct step step = {.result = STEP_TOO_NARROW};
    bool has_ended = false;
    while (step.result == STEP_TOO_NARROW) {
        uint64_t *state = memory_new(machine_bits(machine) / 64 + 1, sizeof *state);
        has_ended = comes_to_its_end(machine, thread, state, &step);
        if (has_ended)
            *value = machine_value(machine, state, word);
        else if (step.result == STEP_TOO_NARROW)
            machine_widen(machine, step.narrow, step.narrow_value);
        memory_free(state);
    }
    return has_ended;
}

static bool is_first_of_class(const struct machine *machine, size_t thread)
{
    for (size_t t = 0; t < thread; t++)
        if (machine_class(machine, t) == machine_class(machine, thread))
            return false;
    return true;
}

bool alone_agrees(struct machine *machine, location_id word, int64_t *value)
{
    int64_t found;
    for (size_t t = 0; t < machine_thread_count(machine); t++) {
        if (!is_first_of_class(machine, t))
            continue;
        if (!run(machine, t, word, &found) || (t > 0 && found != *value))
            return false;
        *value = found;
    }
    return true;
}
