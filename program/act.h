/* act: what a step does beside assigning values, and how it can fail; for the narrow header and whoever implements it. */
#pragma once

#include <stdbool.h>

/* In how many ways a step can turn out: PROGRAM_THREADS_MAX, or more; and how many ways all threads together can have at once. */
enum { CHOICES_MAX = 64, CHOICES_TOTAL_MAX = 1024 };

/* In place of a way: the thread makes no step, but the oldest store in its store buffer reaches memory. */
enum { WAY_FLUSH = CHOICES_MAX };

/* What an instruction does beside what its assignments say. */
enum act {
    ACT_ASSIGN, /* nothing */
    ACT_NOTHING,
    ACT_LOCK,
    ACT_UNLOCK,
    ACT_WAIT,
    ACT_POST,
    ACT_PUT,
    ACT_GET,
    ACT_TRY,
    ACT_READ_LOCK,
    ACT_WRITE_LOCK,
    ACT_RELEASE, /* a read-write lock */
    ACT_SLEEP,   /* on a condition */
    ACT_SIGNAL,
    ACT_BROADCAST,
    ACT_ARRIVE, /* at a barrier */
    ACT_AWAIT,
    ACT_SET, /* or clear, an event */
    ACT_SPAWN,
    ACT_JOIN,
    ACT_CHOOSE,
    ACT_COMPARE,
    ACT_JUMP, /* perhaps */
    ACT_CALL,
    ACT_RETURN,
    ACT_PUSH,
    ACT_POP,
    ACT_PRINT,
    ACT_ASSERT,
    ACT_YIELD,
    ACT_IO,
    ACT_HALT,
    ACT_EXIT,
    ACT_COUNT
};

/* Whether a step with an act belongs to a thread's way out of a critical section, or to no way in: it gives something back, or only
 * jumps. */
static inline bool act_leads_out(enum act act)
{
    return act == ACT_UNLOCK || act == ACT_POST || act == ACT_RELEASE || act == ACT_SIGNAL || act == ACT_BROADCAST ||
           act == ACT_SET || act == ACT_JUMP;
}

/* The errors of a program. */
enum failure {
    FAILURE_NONE,
    FAILURE_OVERFLOW, /* a result beyond 64 bits */
    FAILURE_UNLOCK,   /* unlock of a mutex that the thread does not hold */
    FAILURE_ADDRESS,  /* a computed address outside memory */
    FAILURE_INSIDE,   /* a computed address inside a word */
    FAILURE_MEMORY,   /* more free words than a state can list */
    FAILURE_PUSH,     /* a full stack */
    FAILURE_POP,      /* an empty stack */
    FAILURE_BUFFER,   /* more stores than a store buffer can hold in a state */
    FAILURE_RETURN,   /* a return to where no call came from */
    FAILURE_DIVISION, /* a division by 0 */
    FAILURE_SHIFT,    /* a shift by less than 0 bits or more than 63 */
    FAILURE_ELEMENT,  /* an array of objects that has no such element */
    FAILURE_RELEASE,  /* rwunlock of a read-write lock that the thread does not hold */
    FAILURE_SLEEP,    /* cwait with a mutex that the thread does not hold, or holds more than once */
    FAILURE_SPAWN,    /* spawn of a thread that has begun */
    FAILURE_ASSERT,   /* an assertion that does not hold */
    FAILURE_SAID,     /* what the instruction says */
    FAILURE_COUNT
};
