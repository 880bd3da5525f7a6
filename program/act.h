/* act: what a step does beside assigning values, and how it can fail; for the narrow header and whoever implements it. */
#ifndef RACECHECK_PROGRAM_ACT_H
#define RACECHECK_PROGRAM_ACT_H

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
    ACT_COMPARE,
    ACT_JUMP, /* perhaps */
    ACT_CALL,
    ACT_RETURN,
    ACT_PUSH,
    ACT_POP,
    ACT_YIELD,
    ACT_IO,
    ACT_HALT,
    ACT_COUNT
};

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
    FAILURE_RETURN,   /* a return to where no call came from */
    FAILURE_DIVISION, /* a division by 0 */
    FAILURE_SHIFT,    /* a shift by less than 0 bits or more than 63 */
    FAILURE_COUNT
};

#endif
