/* execution: a schedule, executed step by step on the plain machine.
 *
 * Nothing is data, dead registers are kept, nothing of the search takes part: what judges a schedule, and what walks
 * through a program at random, sees the states themselves. Where a value does not fit its bits, the machine is widened
 * and all steps are taken again, which nobody notices. An execution owns its machine and is freed with
 * execution_free(). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct program;
struct machine;

struct execution {
    struct machine *machine;
    uint64_t *state;
    uint32_t *threads; /* who made the steps so far */
    size_t count;
    size_t capacity;
    uint32_t preemptions;
    int last;    /* who stepped last, returns from input or output aside; or -1 */
    bool failed; /* the last step was an error of the program */
};

/* Starts an execution of a program, which is borrowed. */
void execution_start(struct execution *self, const struct program *program);
void execution_free(struct execution *self);

/* The threads that can make the next step: nobody after an error of the program. */
uint64_t execution_choices(const struct execution *self);

/* Lets a thread make a step. Returns false, and nothing has happened, where it cannot. */
bool execution_step(struct execution *self, uint32_t thread);

bool execution_is_finished(const struct execution *self);

/* The value of a shared word now. */
int64_t execution_value(const struct execution *self, uint32_t word);
