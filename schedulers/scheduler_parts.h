/* scheduler_parts: what the files of the scheduler kinds share; for scheduler*.c alone. */
#pragma once

#include "program/program.h"
#include "schedulers/scheduler.h"

/* What a kind is made from. */
struct scheduler_recipe {
    const struct scheduler_kind *kind;
    const struct property *parameters;
    size_t count;
    size_t threads;
};

/* The kinds, a line and a file each, in the order in which they are told. */
#define SCHEDULER_KINDS(X) \
    X(free)                \
    X(tick)                \
    X(parallel)            \
    X(cores)               \
    X(preemptions)         \
    X(signal)

#define SCHEDULER_DECLARE(name) extern const struct scheduler_kind scheduler_##name##_kind;
SCHEDULER_KINDS(SCHEDULER_DECLARE)

/* The functions of a kind, by the names that every kind gives them; a kind with more than one first state adds .start. */
#define SCHEDULER_FUNCTIONS(type)                                                                      \
    .size = sizeof(type), .read = read_parameters, .shape = shape, .choices = choices, .after = after, \
    .refusal = refusal, .describe = describe

/* Reads a parameter, a number of at most `most` (which may be less than the greatest that it can be); the w-th of its words
 * gives -1 - w. Where it is not given, and need not be, it is `otherwise`. */
bool scheduler_read(const struct scheduler_recipe *recipe, const struct scheduler_parameter *parameter, int64_t most,
                    int64_t otherwise, int64_t *result, struct error *error);

/* Reads a list of numbers, of which the first threads have one each; those that are not there are left as they are. */
bool scheduler_read_list(const struct scheduler_recipe *recipe, const struct scheduler_parameter *parameter,
                         int64_t *result, size_t *count, struct error *error);

/* The parameter that every kind has, at the end of its list. */
#define SCHEDULER_PRIORITY                                                                                           \
    {                                                                                                                \
        .name = "priority", .placeholder = "LIST",                                                                   \
        .help = "priorities of the threads, such as 2,1,1: of those that may step only the highest may (default 0)", \
        .most = PROGRAM_PRIORITY_MAX, .plural = "priorities", .example = "2,1,1"                                     \
    }

static inline bool scheduler_has(uint64_t set, int thread)
{
    return thread >= 0 && (set >> thread & 1) != 0;
}

static inline uint64_t scheduler_only(int thread)
{
    return thread < 0 ? 0 : UINT64_C(1) << thread;
}
