/* promela_parts: what the files of the export to SPIN share; for report/promela*.c alone. */
#pragma once

#include "report/promela.h"

enum promela_scheduler {
    PROMELA_FREE,
    PROMELA_TICK,
    PROMELA_SIGNAL,
    PROMELA_PARALLEL,
    PROMELA_PREEMPTIONS,
    PROMELA_SCHEDULER_COUNT
};

enum { PROMELA_ANY = -1 };

/* An export under way. */
struct promela {
    const struct program *program;
    size_t word; /* the observed one */
    const struct outcome *outcome;
    struct text *text;
    enum promela_scheduler scheduler;
    int64_t quantum; /* tick and signal */
    bool round_robin;
    int64_t phase;   /* or PROMELA_ANY */
    int64_t arrival; /* signal; or PROMELA_ANY */
    int64_t bound;   /* preemptions */
    int64_t lag;     /* parallel */
    int64_t offsets[PROGRAM_THREADS_MAX];
    register_set **live;            /* one a code */
    bool computes[OPERATION_COUNT]; /* some instruction does */
    bool does[MICRO_KIND_COUNT];
};

static inline const struct code *promela_code(const struct promela *self, size_t thread)
{
    return program_code(self->program, thread);
}

/* Returns the smallest of Promela's types for numbers from 0 to a greatest one, borrowed. */
const char *promela_type(int64_t greatest);

/* ---- promela_scheduler.c ------------------------------------------------------------------------------------- */

/* Reads the kind and the parameters of the scheduler; false with *error set where they have no counterpart. */
bool promela_read_scheduler(struct promela *self, struct error *error);

/* Prints what the scheduler remembers, who may step, and what a step changes; nothing for the free one. */
void promela_print_scheduler(struct promela *self);

/* Prints the process that begins with any phase of the first quantum, where there is to be one. */
void promela_print_start(struct promela *self);

/* Prints what a thread that is at an instruction (or at the end of its code) needs for its next step. */
void promela_print_need(struct promela *self, const struct code *code, uint32_t index);

/* Prints the scheduler in a line of words. */
void promela_describe_scheduler(struct promela *self);

/* ---- promela_objects.c --------------------------------------------------------------------------------------- */

/* What a micro-operation is in the model, as patterns: @ stands for the name of the object that is its first operand, # for the
 * room of a queue or the permits of a semaphore at the start, ~ and $ for its operands. */
struct promela_step {
    enum operand_kind object;
    const char *need;      /* what its thread waits for, a constant; or NULL */
    const char *condition; /* when it can be done; or NULL */
    const char *effect;    /* NULL: it does nothing but go on somewhere */
};

extern const struct promela_step promela_steps[MICRO_KIND_COUNT];

/* Prints a pattern. */
void promela_print_pattern(struct promela *self, const char *pattern, const struct operand *operands);

/* Prints the variables of all objects. */
void promela_print_objects(struct promela *self);

/* Prints what a thread can need, as constants or as conditions; returns the first constant that is free. */
size_t promela_print_needs(struct promela *self, bool is_condition);

/* ---- promela_threads.c --------------------------------------------------------------------------------------- */

/* Prints the processes of all threads. */
void promela_print_threads(struct promela *self);

/* Prints a constant, a register, or a shared word: "shared_value", "shared_table[3]". */
void promela_print_operand(struct promela *self, struct operand operand);
