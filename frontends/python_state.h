/* python_state: what a thread is at one moment of its execution: frames with their stacks and blocks, objects, locks that are held. A state lies in the arena of
 * a pass. Copies share objects until one of them changes them. Equal states have equal texts (python_state_settle()). */
#ifndef RACECHECK_FRONTENDS_PYTHON_STATE_H
#define RACECHECK_FRONTENDS_PYTHON_STATE_H

#include "base/text.h"
#include "frontends/python_dump.h"
#include "frontends/python_values.h"
#include <string.h>

struct python;

enum python_block_kind {
    PYTHON_BLOCK_LOOP,
    PYTHON_BLOCK_EXCEPT,  /* what is raised in it goes on at its handler */
    PYTHON_BLOCK_FINALLY, /* and so do return, break and continue */
    PYTHON_BLOCK_HANDLER  /* a handler itself: below its part of the stack lies what was handled before */
};

struct python_block {
    uint32_t handler;
    uint32_t level; /* of the stack */
    enum python_block_kind kind;
};

/* What becomes of what a frame returns. */
enum python_after {
    PYTHON_AFTER_PUSH,  /* it is pushed */
    PYTHON_AFTER_NEW,   /* it is begun, if it is an instance of the class of which `result` is a call */
    PYTHON_AFTER_MAKE,  /* in its place `result` is, a new instance */
    PYTHON_AFTER_CLASS, /* a class, `result`, is made of the frame's names, and pushed */
    PYTHON_AFTER_ITER,  /* it is pushed, and above it what lies above an iterator */
    PYTHON_AFTER_SHOW,  /* it is how an object is shown, for which a builtin waits; `result`: its call */
    PYTHON_AFTER_RAISE, /* `result` is raised */
    PYTHON_AFTER_EXIT,  /* 2.7: it says whether a with statement silences an exception */
    PYTHON_AFTER_DROP,  /* nothing: it was called to set a property */
    PYTHON_AFTER_WAIT_FOR, /* decides whether a condition is waited for once more; `result`: the condition, and what was called */
    /* Of a generator: what it yields */
    PYTHON_AFTER_ITERATE,  /* goes to a loop */
    PYTHON_AFTER_NEXT,     /* is what next() returns; `result`: what it returns at the end, ABSENT: nothing */
    PYTHON_AFTER_DELEGATE, /* is yielded again, by `yield from` */
    PYTHON_AFTER_COLLECT,  /* goes to a list that `result` has, which a builtin waits for */
    PYTHON_AFTER_CLOSE     /* is nothing any more: it is closed; `result`: None where somebody has called close() */
};

enum {
    PYTHON_FRAMES_MAX = 64,
    PYTHON_BLOCKS_MAX = 20, /* CPython's own limit */
    PYTHON_STACK_MAX = 4096,
    PYTHON_ARGUMENTS_MAX = 255,
    PYTHON_HELD_MAX = 64,
    PYTHON_SITES_MAX = 64, /* sites whose objects are counted */
    PYTHON_ORDINAL_MAX = 256,
    PYTHON_RECIPE_MAX = 4 /* arguments of an exception by which a task ends */
};

struct python_frame {
    uint32_t code, at;             /* the next instruction */
    bool checks;                   /* who called looks for those who want the lock once this returns */
    enum python_after after;       /* what becomes of what it returns */
    struct python_value result;    /* an object that waits for its end */
    struct python_value handled;   /* what was handled when it began */
    struct python_value generator; /* whose frame it is; ABSENT: no generator's */
    struct python_value names;     /* where LOAD_NAME looks; ABSENT in a function */
    struct python_value keywords;  /* of the next call */
    uint32_t slots;                /* locals and cells */
    uint32_t depth;                /* of the stack, which lies behind them */
    uint32_t capacity;
    struct python_value *values;
    struct python_block blocks[PYTHON_BLOCKS_MAX];
    uint32_t block_count;
};

struct python_tally {
    uint64_t site;
    uint32_t count;
};

struct python_state {
    uint32_t thread;
    uint32_t stamp;
    bool is_started;                          /* some thread has been started */
    uint32_t made;                            /* objects with identities, before that */
    uint32_t unnamed;                         /* threads that got a number for a name */
    int64_t refusal;                          /* a text: the thread cannot go on, and why; 0: it can */
    const struct python_instruction *refused; /* where */
    struct python_value none;                 /* what is looked at where there is nothing, once it cannot go on */
    struct python_value raised;               /* an exception that is on its way; ABSENT: none */
    struct python_value handled;              /* the one whose handler is being executed */
    bool is_joined;           /* the next load belongs to the step of the access before, whatever the rules are */
    bool has_printed;         /* by the print statement of 2.7, and a blank goes before the next item */
    struct python_value line; /* what it has put together of a line, where whole lines are written; ABSENT: nothing */
    bool is_conditional;      /* whether it comes to this depends on the others */
    bool checks;              /* the lock is looked for before the next bytecode, unless that is shielded */
    bool is_pending;          /* others could step since the last instruction that was left */
    uint32_t ticks;           /* bytecodes that 2.7 has counted since then */
    bool is_overdue;          /* it looks at the next one that it counts, for it must not have looked at the last */
    uint32_t passed;          /* counted bytecodes that have begun since the last instruction that was left */
    const struct python_instruction *last,
        *opener;        /* the bytecode before; the one behind which others can step, NULL: it is none */
    bool is_opener_old; /* it lies before a place where jumps lead to */
    bool is_fresh;      /* no instruction was left of the bytecode that is executed */
    uint32_t guarded;   /* generators that wait within try or with */
    uint64_t in_flight; /* registers of what was popped within this bytecode, and of what was found free */
    uint64_t born;      /* the threads that were started before: a bit each */
    uint32_t frame_count;
    struct python_object **objects;
    uint32_t object_count, object_capacity;
    struct python_object **base; /* what there was when the thread was started */
    uint32_t base_count;
    uint32_t held[PYTHON_HELD_MAX]; /* identities of locks */
    uint32_t held_count;
    struct python_tally tallies[PYTHON_SITES_MAX];
    uint32_t tally_count;
    struct python_frame frames[PYTHON_FRAMES_MAX]; /* last: copies take as many as there are */
};

/* Returns the number of a text, which is copied. */
int64_t python_intern(struct python *self, const char *text, size_t length);
static inline struct python_value python_string(struct python *self, const char *text)
{
    return (struct python_value){PYTHON_STRING, python_intern(self, text, strlen(text))};
}
const char *python_text_of(const struct python *self, struct python_value value);

struct python_state *python_state_new(struct python *self, uint32_t thread);
struct python_state *python_state_copy(struct python *self, struct python_state *state);

/* From now on the objects that there are keep their numbers, and those that change belong to what a state is. */
void python_state_fix(struct python *self, struct python_state *state);

/* The state in which a thread begins that is started from another one: with the same objects. */
struct python_state *python_state_begin(struct python *self, struct python_state *parent, uint32_t thread);

/* Makes an object with room for some items; it has an identity where it must. */
struct python_value python_new(struct python *self, struct python_state *state, enum python_shape shape,
                               struct python_value type, const struct python_value *items, uint32_t count);

/* The same of one that another thread has made: with its identity, of a class that this thread knows. */
struct python_value python_new_foreign(struct python *self, struct python_state *state, uint32_t identity,
                                       struct python_value class);

/* An object, to be looked at; or to be changed, in this state alone. Borrowed. */
static inline const struct python_object *python_object(const struct python_state *state, struct python_value value)
{
    return state->objects[value.number];
}
struct python_object *python_change(struct python *self, struct python_state *state, struct python_value value);
void python_append(struct python *self, struct python_object *object, struct python_value value);

/* Whether a value is an object of a shape. */
static inline bool python_is(const struct python_state *state, struct python_value value, enum python_shape shape)
{
    return value.kind == PYTHON_OBJECT && python_object(state, value)->shape == shape;
}

/* Whether it is a list by its shape alone. */
static inline bool python_is_deque(const struct python_state *state, struct python_value value)
{
    return python_is(state, value, PYTHON_LIST) &&
           python_equal(python_object(state, value)->type, BUILTIN(PYTHON_BUILTIN_DEQUE));
}

/* The item of a name, or of a key, of an object whose items are pairs; -1 where there is none. */
int64_t python_find_key(const struct python_object *object, struct python_value key);

/* The item that a known index or key means, of a list, a tuple, or whatever has keys; -1 where there is none. */
int64_t python_find_item(const struct python_object *object, struct python_value key);

/* What was refused, or is on its way to a handler: nothing more is left of this bytecode, nor pushed. */
static inline bool python_cannot_go_on(const struct python_state *state)
{
    return state->refusal != 0 || state->raised.kind != PYTHON_ABSENT;
}

static inline struct python_frame *python_top(struct python_state *state)
{
    return &state->frames[state->frame_count - 1];
}

/* The stack of the innermost frame. Popping from an empty one is an error of the dump. */
bool python_push(struct python *self, struct python_state *state, struct python_value value);
bool python_pop(struct python *self, struct python_state *state, struct python_value *value);
bool python_peek(struct python *self, struct python_state *state, uint32_t depth, struct python_value **value);

/* A register that no value of the state is in, nor one that was popped within this bytecode. Returns false where there is none. */
bool python_free_register(struct python *self, struct python_state *state, int64_t *number);
/* How many more a bytecode may take at once; some are left for what comes behind it. */
int64_t python_register_room(const struct python_state *state);
bool python_uses_register(const struct python_state *state, int64_t number);

/* Forgets the locals of a frame that nobody reads any more (python_liveness.c). */
void python_forget_dead_locals(struct python *self, struct python_frame *frame);

/* Brings a state into the form that all equal ones have, moving registers where that takes it, and appends a text that tells it
 * from all others. Locals that nobody reads any more are forgotten. */
bool python_state_settle(struct python *self, struct python_state *state, struct text *key);

#endif
