/* scheduler: which of the threads that can step may step now.
 *
 * A scheduler is a small automaton beside the program. What it must remember between steps is part of the control state.
 * Each kind is one file scheduler_NAME.c, which fills a struct scheduler_kind; the search, replay and reports know only this
 * interface. A scheduler is constant once made.
 *
 * A scheduler can be nondeterministic beyond the choice of a thread. It can begin with one of several memories (a quantum
 * of which an unknown part is used), and it can have several *options* before a step (a signal arrives now, or it does
 * not). Each of these is a choice, and schedules that differ in one are different schedules. A schedule has them as actions
 * (program/action.h). A witness names them as parameters of the scheduler (scheduler_describe_choices()), so that it is
 * replayed under a scheduler without any. */
#pragma once

#include "base/error.h"
#include "base/property.h"
#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SCHEDULER_THREADS_MAX = 64 };

struct scheduler;
struct machine;
struct schedule;

/* What a scheduler remembers between steps. The system packs it into the state; with symmetry it moves what belongs to a
 * thread along with that thread. */
struct scheduler_memory {
    uint64_t common;                     /* a number of the automaton's own */
    int current;                         /* a thread, or -1 for nobody */
    uint64_t own[SCHEDULER_THREADS_MAX]; /* a number of each thread */
    uint64_t passed;                     /* rounds that the last step has ended; no part of the state */
};

/* How large that memory is, and what kind of automaton it belongs to. */
struct scheduler_shape {
    uint64_t common_most; /* greatest value of common; 0: not used, and 0 always */
    bool has_current;     /* else current is -1 always */
    uint64_t own_most;    /* greatest value of own[t]; 0: not used, and 0 always */
    uint64_t starts;      /* number of first memories, at least 1 */
    unsigned options;     /* number of options before a step, at least 1 */
    bool symmetric;       /* exchanging identical threads, memory and all, changes nothing */
    bool has_rounds;      /* time passes in rounds, which are counted */
    bool insists;         /* most steps leave no choice: the search then stores only the states that do */
};

/* A state as a scheduler sees it. */
struct scheduler_moment {
    const struct machine *machine;
    const uint64_t *state;
    uint64_t ready; /* the threads that can go on and need a processor for it */
    uint64_t away;  /* the threads that return from input or output next, which nobody can forbid */
};

/* A step of a thread (which may be a return from input or output) from one state to the next. */
struct scheduler_step {
    struct scheduler_moment before;
    struct scheduler_moment after;
    unsigned option; /* of the scheduler */
    size_t thread;
    uint64_t ticks; /* what it cost */
    bool yields;    /* it gives up the processor */
};

/* The choices beside that of the threads: the number of the first memory, and before which step (0 for the first) option 1 was
 * taken. SCHEDULER_OPEN leaves a choice open, SCHEDULER_NEVER means that it was never taken. */
struct scheduler_choices {
    int64_t start;
    int64_t arrival;
};

enum { SCHEDULER_OPEN = -1, SCHEDULER_NEVER = -2 };

/* A parameter of a kind: what its value can be, and what is said of it. The command line, --help, the manual, `.scheduler`,
 * witness files and sweeps know no more of it than this. */
struct scheduler_parameter {
    const char *name;         /* "quantum"; NULL ends a list */
    const char *placeholder;  /* for its value: "Q" */
    const char *help;         /* "ticks until the next thread is picked" */
    const char *unit;         /* behind the numbers that it can be: " ticks". NULL: it has a default */
    int64_t least, most;      /* numbers that it can be; none where most is less */
    const char *const *words; /* that it can be instead, a list that ends with NULL; or NULL */
    const char *plural;       /* of a list, one number a thread from 0 to most: "offsets"; else NULL */
    const char *example;      /* of such a list: "0,30" */
};

struct scheduler_recipe;

/* A kind of scheduler: what is said of it, and a table of functions. Each is a value in its own file. Of the functions only
 * `shape` must be there. */
struct scheduler_kind {
    const char *name;                             /* "free" */
    const char *summary;                          /* for --help: "any thread, any time" */
    const struct scheduler_parameter *parameters; /* a list that ends with a name NULL */
    const char *meaning;                          /* what it does, for those who do not know the word */
    const char *meaning_in_turn; /* the same with pick=round-robin, where that is not the same; or NULL */

    size_t size; /* bytes of a scheduler, which begins with a struct scheduler */

    /* Reads the parameters of a scheduler that is zero but for its head. Returns false with *error set. NULL: it has none. */
    bool (*read)(struct scheduler *self, const struct scheduler_recipe *recipe, struct error *error);

    /* Fills *shape, for a machine; without one (NULL) own_most is open. */
    void (*shape)(const struct scheduler *self, const struct machine *machine, struct scheduler_shape *shape);

    /* Writes the first memory of a number, 0 .. starts - 1; *memory is empty before. NULL: it stays so. */
    void (*start)(const struct scheduler *self, const struct scheduler_moment *moment, uint64_t which,
                  struct scheduler_memory *memory);

    /* The set of threads that may step with an option (0 .. options - 1): a subset of moment->ready. Over all options it
     * is not empty unless ready is. NULL: all of ready. */
    uint64_t (*choices)(const struct scheduler *self, const struct scheduler_moment *moment,
                        const struct scheduler_memory *memory, unsigned option);

    /* Updates the memory for a step. NULL: there is nothing to remember. */
    void (*after)(const struct scheduler *self, const struct scheduler_step *step, struct scheduler_memory *memory);

    /* Says why a thread that is ready may not step: "the quantum of T0 is not over (2 of 3 ticks used)". NULL where every
     * thread that is ready may. */
    void (*refusal)(const struct scheduler *self, const struct scheduler_moment *moment,
                    const struct scheduler_memory *memory, size_t thread, struct text *text);

    /* Appends all parameters with their values, and with the choices that were made. NULL: it has none. */
    void (*describe)(const struct scheduler *self, const struct scheduler_choices *choices,
                     struct property **parameters, size_t *count);
};

/* The head of every scheduler. Whatever the kind, of the threads that it says may step, only those of the highest priority may. A thread
 * that has a mutex with inheritance has the priority of those that wait for it, where that is higher (Sha, Rajkumar and Lehoczky, Priority
 * inheritance protocols, 1990). */
struct scheduler {
    const struct scheduler_kind *kind;
    bool has_priorities; /* else all are 0 */
    size_t priority_count;
    int64_t priorities[SCHEDULER_THREADS_MAX];
};

/* Returns the free scheduler: any thread that can go on may step. Borrowed, static. */
const struct scheduler *scheduler_free_choice(void);

/* The size of what a scheduler remembers, with a machine or without (NULL; own_most is open then). */
void scheduler_shape(const struct scheduler *self, const struct machine *machine, struct scheduler_shape *shape);

/* Says why a thread that is ready may not step: the kind's reason, or that another one has a higher priority. */
void scheduler_refusal(const struct scheduler *self, const struct scheduler_moment *moment,
                       const struct scheduler_memory *memory, size_t thread, struct text *text);

/* Whether a scheduler is a free one, without priorities. */
bool scheduler_is_free(const struct scheduler *self);

/* Returns a state as a scheduler sees it; the machine and the state are borrowed. */
struct scheduler_moment scheduler_look(const struct machine *machine, const uint64_t *state);

/* The functions of a scheduler's kind, or what holds where it has none. */
void scheduler_start(const struct scheduler *self, const struct scheduler_moment *moment, uint64_t which,
                     struct scheduler_memory *memory);
uint64_t scheduler_threads(const struct scheduler *self, const struct scheduler_moment *moment,
                           const struct scheduler_memory *memory, unsigned option);
void scheduler_after(const struct scheduler *self, const struct scheduler_step *step, struct scheduler_memory *memory);

/* Returns a scheduler of a kind as new, for a program with this number of threads; parameters that are not given have their
 * defaults. NULL with *error set where there is no such kind, or a parameter is unknown, missing or out of range. Freed with
 * scheduler_free(). */
struct scheduler *scheduler_new(const char *kind, const struct property *parameters, size_t count, size_t threads,
                                struct error *error);
void scheduler_free(struct scheduler *self);

/* Appends the parameters of a scheduler, all of them, in a fixed order. */
void scheduler_describe(const struct scheduler *self, struct property **parameters, size_t *count);

/* The same for a scheduler that makes, of the choices beside that of the threads, those of a schedule. */
void scheduler_describe_choices(const struct scheduler *self, const struct schedule *schedule,
                                struct property **parameters, size_t *count);

/* The kinds, for messages, help and tests: a borrowed list that ends with NULL; and the one of a name, or NULL. */
const struct scheduler_kind *const *scheduler_kinds(void);
const struct scheduler_kind *scheduler_find_kind(const char *name);

/* Whether some kind has a parameter of that name. */
bool scheduler_is_parameter(const char *name);

/* The parameter of a kind, or NULL. */
const struct scheduler_parameter *scheduler_kind_parameter(const struct scheduler_kind *self, const char *name);
