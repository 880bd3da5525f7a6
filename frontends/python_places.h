/* python_places: what threads share: objects that all of them know, by their *identities*, and the *places* of such an object: its attributes, elements, or what a
 * cell has. A place is *dynamic* where two threads come to it in no fixed order and one of them writes; then it is a word of the program, and
 * what is no integer, an *atom*, has a number there. Identities and places outlive passes; what is noted of a pass ends with it. */
#ifndef RACECHECK_FRONTENDS_PYTHON_PLACES_H
#define RACECHECK_FRONTENDS_PYTHON_PLACES_H

#include "frontends/python_state.h"
#include "program/program.h"

struct python;

/* An object that all threads know. */
struct python_identity {
    uint32_t maker;
    uint64_t site;
    uint32_t ordinal;
    enum python_builtin type; /* of locks and the like */
    char *name;               /* "counter", "c.lock" */
    bool is_semaphore;        /* of a lock: not only who holds it gives it back */
    bool is_watched;          /* of a thread: somebody asks whether it is alive */
    bool has_flag;            /* of an event: it is cleared, or looked at */
    uint64_t patient;         /* of an event: the threads that wait for it for a limited time, a bit each */
    int64_t number;           /* of the program's object; -1 until it is needed */
    int64_t second;    /* another object that it takes, likewise: of a queue the event that all its items are done */
    uint64_t sleepers; /* of a condition: the threads that wait there, a bit each */
    bool wakes_one;    /* somebody wakes one of them */
    bool is_ordered;   /* which one that is matters, or somebody waits for a limited time */
    int64_t thread;    /* the number of a thread that was started; -1 else */
    /* What a thread makes of one that it finds in a place and has not seen before. */
    enum python_shape shape;
    struct python_value class; /* of an object its identity */
    int64_t start;             /* what a lock and the like has at the start */
};

struct python_access {
    uint32_t thread;
    bool writes;
    uint64_t born;
};

enum { PYTHON_LIST_ROOM = 32 }; /* elements that can be added to a list that threads share, at most */

/* A place of such an object: an attribute, a global, an element. */
struct python_place {
    uint32_t identity;
    struct python_value key;
    bool is_dynamic;
    bool is_length;             /* how many elements a list has */
    /* Of a length: */
    bool is_moving;     /* elements are taken away, so that others change their places */
    uint32_t room;      /* so many can be added */
    uint32_t appended;  /* so many places of this pass add one */
    uint64_t appenders; /* by these threads, a bit each */
    bool has_integers;          /* what it can hold: integers ... */
    struct python_value *atoms; /* ... and these; of an object its identity */
    size_t atom_count, atom_capacity;
    struct python_access *accesses; /* of this pass */
    size_t access_count, access_capacity;
    int64_t word; /* in the program; -1 until it is needed */
};

/* An exception by which tasks end, as who asks for their results makes it anew: its class (of an object the identity), and its arguments. */
struct python_recipe {
    struct python_value class;
    struct python_value items[PYTHON_RECIPE_MAX];
    uint32_t count;
    uint64_t tasks; /* the threads that end by it, a bit each */
};


/* Whether a place is one that the library keeps for itself, under a name that no attribute has: "[qsize()]". */
bool python_place_is_internal(const struct python *self, const struct python_place *place);

/* Whether what has a shape can change once it is made. */
bool python_is_mutable(enum python_shape shape);

/* Decides that objects which are made at a site while threads run have identities: the pass is void. Returns false where they have already. */
bool python_name_site(struct python *self, uint64_t site);

/* Gives an object that is made an identity, where it needs one. */
bool python_identify(struct python *self, struct python_state *state, struct python_object *object);

/* Returns what an identity is called in reports, as new. */
char *python_identity_name(const struct python *self, uint32_t number);

/* Finds the place that an access is to; NULL where the thread is alone with it. Notes the access: two in no fixed order make the place dynamic. */
struct python_place *python_find_place(struct python *self, struct python_state *state, struct python_value value,
                                       struct python_value key);
void python_note_access(struct python *self, const struct python_state *state, struct python_place *place, bool writes);

/* Reads a place of an object that all threads may come to: an attribute or global by its name, a cell by NONE. Fills *place where
 * it is dynamic; else *place is NULL, and *value what is there (ABSENT for nothing). */
bool python_get(struct python *self, struct python_state *state, struct python_value object, struct python_value key,
                struct python_value *value, struct python_place **place);
bool python_set(struct python *self, struct python_state *state, struct python_value object, struct python_value key,
                struct python_value value);

/* Notes that which elements a list or dictionary has is looked at, or changed: that cannot be dynamic, as its elements can. And that
 * all elements are looked at, too. */
bool python_touch(struct python *self, struct python_state *state, struct python_value object, bool writes);
bool python_touch_all(struct python *self, struct python_state *state, struct python_value object);

/* How a value is kept in a word of a place, or in a queue that is one; and how many others than integers can be there. Noting one that was
 * not known makes the pass void. */
void python_note_atom(struct python *self, struct python_state *state, struct python_place *place,
                      struct python_value value);
bool python_encode(struct python *self, struct python_state *state, struct python_place *place,
                   struct python_value value, struct operand *operand);
int64_t python_atom_code(struct python *self, const struct python_place *place, size_t atom);

/* Makes what a place can hold what another one can, too. */
void python_share_atoms(struct python *self, struct python_place *place, struct python_place *other);

/* The next item of a tuple that is an atom, as an atom; at: where, NULL at first. Returns false where there is none. */
bool python_unpack_atom(const struct python *self, struct python_value atom, const char **at, struct python_value *item);

/* The value that an atom is to a thread. */
bool python_find_atom(struct python *self, struct python_state *state, struct python_value atom,
                      struct python_value *value);

/* What is left of a register that was loaded from a place: splits the state, and pushes the value on each. */
enum python_push { PYTHON_PUSH, PYTHON_PUSH_NULL_FIRST, PYTHON_PUSH_NULL_LAST, PYTHON_PUSH_BOTH };
bool python_decode(struct python *self, struct python_state *state, const struct python_place *place, int64_t number,
                   enum python_push how);

/* Loads a dynamic place and pushes it. */
bool python_load(struct python *self, struct python_state *state, struct python_place *place, enum python_push how);

/* Notes the first values of dynamic places when the first thread starts, and the names of objects. */
bool python_publish(struct python *self, struct python_state *state);

struct python_place *python_place_of(struct python *self, uint32_t identity, struct python_value key);
struct operand python_word(struct python *self, struct python_place *place);

#endif
