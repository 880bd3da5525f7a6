/* random programs: small texts for the assembler, each made from a seed.
 *
 * The same seed and options give the same text on every machine, so that a seed is all that a report of a disagreement
 * needs. A program has two or three threads, either identical (.main) or each with its own code (.thread), and a few
 * variables. Each program draws its own subset of the features that are allowed: with all of them at once no program
 * would ever be simple enough for the slice to apply.
 *
 * The number of schedules is bounded before a line is written: the lengths of the threads are drawn so that the
 * multinomial coefficient of the longest paths stays within the bound. Blocking, halts and skipped branches only make
 * it less; only choices, and which sleeper a signal wakes, can make it more. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum random_feature {
    RANDOM_COPIES = 1u << 0,    /* register to register, a variable to another by way of a register */
    RANDOM_CONSTANTS = 1u << 1, /* variables and registers are set to constants */
    RANDOM_IN_MEMORY = 1u << 2, /* add a constant to a variable in one step */
    RANDOM_SUMS = 1u << 3,      /* variables and registers added to each other */
    RANDOM_PRODUCTS = 1u << 4,  /* mul, div, mod, and, or, xor, shl, shr, neg, not */
    RANDOM_ATOMICS = 1u << 5,   /* xchg, fetchadd */
    RANDOM_MUTEXES = 1u << 6,   /* also nested in any order, so that deadlocks happen */
    RANDOM_SEMAPHORES = 1u << 7,
    RANDOM_LOOPS = 1u << 8,    /* on a counter register, and .rept */
    RANDOM_BRANCHES = 1u << 9, /* forward, on a variable or register */
    RANDOM_HALTS = 1u << 10,
    RANDOM_MISTAKES = 1u << 11,   /* now and then an unlock of a mutex that is not held */
    RANDOM_OVERFLOWS = 1u << 12,  /* now and then a constant near the ends of 64 bits */
    RANDOM_SYMBOLS = 1u << 13,    /* SELF and THREADS as constants */
    RANDOM_QUEUES = 1u << 14,     /* put and get on one bounded queue */
    RANDOM_CAS = 1u << 15,        /* also in a retry loop, with RANDOM_ENDLESS */
    RANDOM_YIELDS = 1u << 16,     /* yield */
    RANDOM_IO = 1u << 17,         /* io, which takes two steps */
    RANDOM_ADDRESSES = 1u << 18,  /* computed addresses, now and then outside memory */
    RANDOM_STACKS = 1u << 19,     /* push, pop, call, ret, now and then too much of them */
    RANDOM_LEA = 1u << 20,        /* lea */
    RANDOM_TRIES = 1u << 21,      /* trylock, trywait */
    RANDOM_CONDITIONS = 1u << 22, /* cwait, signal, broadcast */
    RANDOM_STRETCHES = 1u << 23,  /* atomic stretches of what else is allowed and does not wait */
    RANDOM_EVENTS = 1u << 24,     /* set, clear, await; arrive */
    RANDOM_RWLOCKS = 1u << 25,    /* rdlock, wrlock, rwunlock */
    RANDOM_CHOICES = 1u << 26,    /* choose */
    RANDOM_ARRAYS = 1u << 27,     /* mutexes and semaphores that registers pick, now and then none */
    RANDOM_SPAWNS = 1u << 28,     /* a thread that begins later; join */
    RANDOM_ASSERTS = 1u << 29,    /* assert; and print, which nobody looks at */
    RANDOM_ENDLESS = 1u << 30,    /* waiting loops on a variable: schedules need not end */
    RANDOM_OBJECTS = RANDOM_TRIES | RANDOM_CONDITIONS | RANDOM_EVENTS | RANDOM_RWLOCKS | RANDOM_CHOICES |
                     RANDOM_ARRAYS | RANDOM_SPAWNS | RANDOM_ASSERTS,
    RANDOM_MEMORY = RANDOM_ADDRESSES | RANDOM_STACKS | RANDOM_LEA, /* what SPIN cannot be told */
    RANDOM_DIALECT = RANDOM_MEMORY | RANDOM_STRETCHES | RANDOM_OBJECTS,
    RANDOM_TERMINATING = RANDOM_ENDLESS - 1, /* all but endless loops */
    RANDOM_ALL = RANDOM_ENDLESS | RANDOM_TERMINATING
};

struct random_options {
    unsigned features;      /* bits of enum random_feature that may occur */
    uint64_t max_schedules; /* not counting endless loops; at least 90 */
    unsigned max_steps;     /* of one thread, on its longest path; at least 3 */
    bool all_have_code;     /* also a thread that begins later, which SPIN cannot be told otherwise */
};

struct random_program {
    char *text;
    unsigned threads;   /* for the assembler: how many run .main; or as many .thread */
    unsigned variables; /* x, y, ... */
};

/* Returns a program as new; the caller frees it with random_program_free(). */
struct random_program *random_program_new(uint64_t seed, const struct random_options *options);
void random_program_free(struct random_program *self);

/* Returns the text, as new, with critical sections around instructions, and whole atomic stretches, that are drawn at random, one in
 * so many. */
char *random_program_mark_sections(const char *text, unsigned rarity, uint64_t *random);
