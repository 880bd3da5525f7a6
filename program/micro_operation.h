/* micro_operation: what instructions are made of.
 *
 * An instruction is one atomic step: a list of up to MICRO_MAX micro-operations. All of them read what was there before the step;
 * then they write, in the order of the list. Most assign: target = operation(a, b). The others say what the step waits for,
 * where the thread goes on, what it does to a stack, a queue, a lock. Operands are *places*: an operand of the instruction, a
 * register, the top of the stack, and so on.
 *
 * Three tables say all there is to know: micro_kinds what each kind decides, waits for and where it leads; operations how a
 * value is computed, and whether it is linear in what it is computed from; conditions when a branch is taken. Execution, the
 * effects for the slice, liveness, provenance, the walks through code, the words for people and the export to SPIN are
 * derived from them; only the instructions' own table (instruction.c) knows mnemonics. */
#pragma once

#include "base/text.h"
#include "program/act.h"

#include <stdbool.h>
#include <stdint.h>

enum { MICRO_MAX = 3 };

enum micro_kind {
    MICRO_NONE,    /* the end of a shorter list */
    MICRO_ASSIGN,  /* target = operation(a, b) */
    MICRO_REPLACE, /* target = a where target == %ax */
    MICRO_JUMP,    /* to the first operand */
    MICRO_BRANCH,  /* the same, where the condition holds */
    MICRO_CALL,    /* the same; needs room on the stack */
    MICRO_RETURN,  /* to what is on top of the stack */
    MICRO_LOCK,    /* waits until the mutex is free, and takes it */
    MICRO_UNLOCK,
    MICRO_WAIT, /* waits until there is a permit */
    MICRO_POST,
    MICRO_TRYLOCK, /* takes the mutex where it is free */
    MICRO_TRYWAIT, /* tells whether there is a permit */
    MICRO_RDLOCK,  /* waits until nobody writes, and reads */
    MICRO_WRLOCK,  /* waits until nobody reads or writes, and writes */
    MICRO_RWUNLOCK,
    MICRO_CWAIT,     /* unlocks the mutex and sleeps; the same instruction locks it again in a second step */
    MICRO_SIGNAL,    /* wakes one sleeper: which one is a choice */
    MICRO_BROADCAST, /* wakes all */
    MICRO_ARRIVE,    /* sleeps, or is the last and lets all go on */
    MICRO_AWAIT,     /* waits until the event is set */
    MICRO_SET,       /* of an event: beside what it assigns */
    MICRO_SPAWN,     /* lets a thread begin */
    MICRO_JOIN,      /* waits until a thread has finished */
    MICRO_CHOOSE,    /* which number is a choice */
    MICRO_PUT,       /* waits until there is room in the queue */
    MICRO_GET,       /* waits until there is an item, and takes the first one away */
    MICRO_PUSH,      /* needs room on the stack */
    MICRO_POP,       /* needs something on the stack */
    MICRO_PRINT,     /* adds a to the output */
    MICRO_ASSERT,    /* fails where the condition, the first operand, does not hold */
    MICRO_FENCE,     /* nothing, but it drains */
    MICRO_YIELD,
    MICRO_LEAVE, /* for input or output; the same instruction returns in a second step */
    MICRO_HALT,
    MICRO_EXIT, /* ends all threads, wherever they are */
    MICRO_FAIL, /* with what the first operand says */
    MICRO_DIE,  /* the same of the thread alone */
    MICRO_DELAY, /* waits until nobody can go on but those who wait as long or longer: then so much time passes for all of them */
    MICRO_KIND_COUNT
};

enum micro_place {
    PLACE_NONE,
    PLACE_FIRST,   /* the instruction's first operand */
    PLACE_SECOND,  /* the second one */
    PLACE_ADDRESS, /* of the first operand its address; itself, where it has none */
    PLACE_AX,
    PLACE_SP,
    PLACE_FLAGS,
    PLACE_TOP,      /* what was pushed last */
    PLACE_PUSHED,   /* the word of the stack below */
    PLACE_OBJECT,   /* of the semaphore, the first operand, its permits; of the event, 1 where it is set */
    PLACE_LENGTH,   /* of the queue, the first operand */
    PLACE_ITEM,     /* its first item */
    PLACE_NEW_ITEM, /* behind its last item */
    PLACE_CONSTANT,
    PLACE_BEHIND,  /* the number of the next instruction, as a call pushes it */
    PLACE_SUCCESS, /* 1 where the first operand, a mutex or a semaphore, can be taken, else 0 */
    PLACE_CHOICE   /* the number that is chosen of the range, the first operand */
};

enum operation {
    OPERATION_MOVE,     /* a */
    OPERATION_ADD,      /* b + a */
    OPERATION_SUBTRACT, /* b - a */
    OPERATION_MULTIPLY, /* b * a */
    OPERATION_DIVIDE,   /* b / a, rounded towards 0 */
    OPERATION_MODULO,   /* what that leaves over; it has the sign of b */
    OPERATION_AND,
    OPERATION_OR,
    OPERATION_XOR,
    OPERATION_SHIFT_LEFT,  /* b * 2^a */
    OPERATION_SHIFT_RIGHT, /* b / 2^a, rounded down */
    OPERATION_COMPARE,     /* 1 where b > a, -1 where b < a, else 0 */
    OPERATION_COUNT
};

enum condition {
    CONDITION_EQUAL,
    CONDITION_NOT_EQUAL,
    CONDITION_GREATER,
    CONDITION_GREATER_EQUAL,
    CONDITION_LESS,
    CONDITION_LESS_EQUAL,
    CONDITION_COUNT
};

struct micro_operation {
    enum micro_kind kind;
    union {
        enum operation operation; /* of MICRO_ASSIGN */
        enum condition condition; /* of MICRO_BRANCH */
    };
    enum micro_place target, a, b;
    int64_t constant; /* of PLACE_CONSTANT */
};

/* Where a thread goes on after a micro-operation; 0: at the next instruction. */
enum flow {
    FLOW_NEXT = 1,
    FLOW_TARGET = 2, /* the first operand */
    FLOW_BACK = 4,   /* behind the instruction, once a return leads there */
    FLOW_RETURN = 8, /* behind some call */
    FLOW_END = 16
};

struct micro_kind_traits {
    enum act act;
    unsigned flow;                /* bits of enum flow */
    bool may_stay;                /* the step may leave the thread where it is */
    bool waits;                   /* the thread may have to wait before it */
    bool has_outcomes;            /* it can turn out in several ways: which one is a choice */
    bool may_block;               /* waits, or changes what others wait for, or has a choice, or may fail */
    bool drains;                  /* where memory is TSO, it waits until the thread's stores have reached memory */
    bool is_portable;             /* others know it, too: models for SPIN and certificates cover it */
    enum micro_place deciders[2]; /* what decides where it leads, or whether it can proceed, or which place it uses */
};

struct operation_traits {
    int coefficients[2]; /* of a and b: 1, -1; 0 where the result is not linear, or does not depend on it */
    bool is_binary;      /* b matters */
    bool is_comparison;  /* the result is -1, 0 or 1 */
    enum failure (*compute)(int64_t a, int64_t b, int64_t *result);
    /* In the model for SPIN, where $a and $b stand for a and b: the name of the inline that assigns the result to b, NULL where none
     * is needed; the result; when there is one, where that depends on a; and when 32 bits hold it, where they need not: as conditions
     * without "->", which SPIN does not take in an argument. */
    const char *exported;
    const char *exported_result;
    const char *exported_defined;
    const char *exported_fits;
};

struct condition_traits {
    bool holds[3];        /* for the flags -1, 0, 1 */
    const char *exported; /* in the model for SPIN */
    enum condition opposite;
};

/* Appends what the model for SPIN says of an operation, one of the patterns above, for some a and b. */
void operation_export(struct text *text, const char *pattern, const char *a, const char *b);

/* A number cut down to so many bits (8, 16, 32, 64), with a sign or without. */
int64_t operation_cut(int64_t number, unsigned bits, bool is_unsigned);

/* Computes an operation whose result is cut down to so many bits, so that it does not overflow. */
enum failure operation_wrap(enum operation operation, int64_t a, int64_t b, unsigned bits, bool is_unsigned,
                            int64_t *result);

extern const struct micro_kind_traits micro_kinds[MICRO_KIND_COUNT];
extern const struct operation_traits operations[OPERATION_COUNT];
extern const struct condition_traits conditions[CONDITION_COUNT];
