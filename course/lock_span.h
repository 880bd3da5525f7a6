/* lock_span: how long a thread holds a lock, seen in its code.
 *
 * A lock is a mutex, or a semaphore of which some way leads from where the code waits for it to where the code posts it.
 * From the instruction that takes the first lock to the one that gives the last one back lies a stretch; its length is
 * the number of instructions on it that neither take nor give locks, on the longest way through the code. Code that no
 * way leads to does not count. A loop inside a stretch makes it as long as one likes; and so does a call or a return,
 * since where those lead is not followed. A stretch of instructions of critical sections (.critical) counts in the same way:
 * so locks that are made by hand, out of ordinary variables or queues, are seen by what they protect. */
#pragma once

#include "program/program.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lock_span {
    bool is_known;    /* false where there are too many ways through the code to look at */
    bool is_endless;  /* there is a loop in a stretch */
    bool calls;       /* there is a call or a return in a stretch */
    uint64_t longest; /* otherwise: instructions */
    bool is_section;  /* the longest stretch is one of a critical section */
    size_t thread;    /* one of those that hold a lock so long */
    uint32_t line;    /* where that stretch begins; 0 where there is none */
};

/* Looks at the code of all threads. */
struct lock_span lock_span_find(const struct program *program);
