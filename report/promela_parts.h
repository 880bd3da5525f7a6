/* promela_parts: what the files of the export to SPIN share; for report/promela*.c alone. */
#pragma once

#include "program/predicate.h"
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

/* Objects that were declared together: one, or the elements of an array. */
struct promela_group {
    enum object_kind kind;
    size_t first; /* number of the first one */
    size_t count;
    char *name;
    bool is_array;
};

/* An export under way. */
struct promela {
    const struct program *program;
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
    uint64_t ready;                             /* the threads that can step at the start */
    register_set **live;                        /* one a code */
    register_set observed[PROGRAM_THREADS_MAX]; /* the registers of a thread that are looked at in the end */
    register_set watched;                       /* the registers that claims name: they are variables of the model */
    bool keeps_dead;                            /* a claim looks at registers on the way, needed or not */
    bool computes[OPERATION_COUNT];             /* by an inline */
    bool does[MICRO_KIND_COUNT];
    bool has_stretches;    /* some steps have several instructions ... */
    size_t kept_count;     /* ... which change so much at most before an error */
    bool has_later;        /* a thread begins later */
    bool ends_at_barriers; /* the last instruction of a thread is an arrive */
    bool goes_on;          /* a claim is about schedules that go on */
    bool tells_needs;      /* a claim is about who can go on */
    bool watches;          /* a claim is about how often others enter critical sections */
    bool **outside;        /* ... one a code: what waiting_find_outside() says */
    struct promela_group *groups;
    size_t group_count;
    const struct behaviour *prefixes; /* the automaton that states hold the states of; NULL: they hold none */
    struct text letters;              /* ... and all that can be printed, letter by letter */
    const struct outputs *outputs;    /* those that states hold the nodes of; NULL: they hold none */
    struct outputs *own_outputs;      /* ... where these are not the outcome's */
};

static inline const struct code *promela_code(const struct promela *self, size_t thread)
{
    return program_code(self->program, thread);
}

/* Whether the model says which threads are asleep, on a condition or at a barrier: where some can be, or are woken. */
static inline bool promela_sleeps(const struct promela *self)
{
    return self->does[MICRO_CWAIT] || self->does[MICRO_SIGNAL] || self->does[MICRO_BROADCAST] ||
           self->does[MICRO_ARRIVE];
}

/* Whether the model says what each thread needs for its next step: schedulers want to know, and some claims. */
static inline bool promela_tells_needs(const struct promela *self)
{
    return self->scheduler != PROMELA_FREE || self->tells_needs;
}

/* Returns the smallest of Promela's types for numbers from 0 to a greatest one, borrowed. */
const char *promela_type(int64_t greatest);

/* Whether SPIN's 32 bits hold a value; else false with *error set, at a place of a file where that is not NULL. */
bool promela_check_value(const char *file, const struct place *place, const char *what, int64_t value,
                         struct error *error);

/* Prints a text that comes from outside, as it can stand in a comment, and blanks up to a width. */
void promela_print_comment(struct promela *self, const char *words, size_t width);

/* Prints the first values of an array: " = 0", or a list. */
void promela_print_values(struct promela *self, const int64_t *values, size_t count);

/* ---- promela_scheduler.c ------------------------------------------------------------------------------------- */

/* Reads the kind and the parameters of the scheduler; false with *error set where they have no counterpart. */
bool promela_read_scheduler(struct promela *self, struct error *error);

/* Prints what the scheduler remembers, who may step, and what a step changes; nothing for the free one. */
void promela_print_scheduler(struct promela *self);

/* Prints the process that begins with any phase of the first quantum, where there is to be one. */
void promela_print_start(struct promela *self);

/* Prints the scheduler in a line of words. */
void promela_describe_scheduler(struct promela *self);

/* ---- promela_objects.c --------------------------------------------------------------------------------------- */

/* Finds the groups of objects; freed by the second. */
void promela_find_groups(struct promela *self);
void promela_free_groups(struct promela *self);

/* What the names in a pattern stand for: the operands of an instruction, and the objects among them. */
struct promela_scope {
    struct promela *promela;
    const struct operand *operands;
    const struct promela_group *groups[2]; /* NULL: the operand is no object */
    char *index[2];                        /* which one of the group, as an expression */
    const char *thread;                    /* who executes it */
};

/* Starts a scope for an instruction, freed with promela_scope_free(); registers are those of a thread at the start, where numbers are
 * to stand for them, else NULL. */
struct promela_scope promela_scope_new(struct promela *promela, const struct instruction *instruction,
                                       const int64_t *registers);
void promela_scope_free(struct promela_scope *self);

/* Appends a pattern to a text. $o and $p are the elements of the first and the second operand, $c and $e their constants, $g the name
 * of the first one's group, $d the group as it is declared, $s its size in items, $f where the items of an element begin, $k its number
 * as a first argument, $n its number of permits, of items, of threads; $1 and $2 the operands as values, $t the thread. */
void promela_print_pattern(const struct promela_scope *self, const char *pattern, struct text *text);

/* What a kind of micro-operation is in the model, as patterns; NULL where it is nothing. */
struct promela_step {
    const char *need; /* the first word of the constant for what its thread waits for: "MUTEX" of "MUTEX_m" ... */
    enum object_kind object; /* ... which is of this kind; OBJECT_KIND_COUNT: a thread */
    const char *condition;   /* when it can be done */
    const char *valid;       /* when it is no error of the program */
    const char *effect;      /* what it does beside assigning */
    bool assigns;            /* the effect says, too, what is assigned */
};

/* Returns the row of a kind for an instruction, borrowed; some kinds have another one for recursive mutexes. The second step of an
 * instruction that sleeps is that of MICRO_LOCK, with its second operand as its first one. */
const struct promela_step *promela_step_of(const struct promela_scope *scope, enum micro_kind kind);

/* Appends the names of all that instructions can change of a group, a line each. */
void promela_print_group_places(struct promela *self, const struct promela_group *group, struct text *text);

/* Prints the variables of all objects, and of threads that sleep, begin later and are joined; and the inlines for them. */
void promela_print_objects(struct promela *self);
void promela_print_object_inlines(struct promela *self);

/* Prints what a thread can need, as constants or as conditions; returns the first constant that is free. */
size_t promela_print_needs(struct promela *self, bool is_condition);

/* Appends what a thread that is at an instruction (or at the end of its code) needs for its next step, its second one where it sleeps;
 * registers as above. */
void promela_print_need(struct promela *self, const struct code *code, uint32_t index, bool is_second,
                        const int64_t *registers);

/* ---- promela_claims.c ---------------------------------------------------------------------------------------- */

/* Finds what the claims and the observation look at; false with *error set where one has no counterpart. */
bool promela_read_claims(struct promela *self, struct error *error);

/* Prints, for the heading, what is claimed and how SPIN is asked. */
void promela_describe_claims(struct promela *self);

/* Prints what is claimed of ends, as macros; the registers that claims look at; how many threads are in each critical section. */
void promela_print_claims(struct promela *self);
void promela_print_watched(struct promela *self);
void promela_print_sections(struct promela *self);

/* Fills in the first values of such a register, of all threads; returns how many there are. What is read have to be read, and live
 * registers known. */
size_t promela_watched_values(const struct promela *self, unsigned number, int64_t *values);

/* Prints the inlines that a thread finishes with, and that an error of the program is. */
void promela_print_ends(struct promela *self);

/* The predicate of an assertion, as a condition, with the registers of the thread that executes it. */
void promela_print_predicate(struct promela *self, const struct predicate *predicate, struct text *text);

/* ---- promela_never.c ------------------------------------------------------------------------------------------- */

/* Prints the claims about states and schedules, as never claims. */
void promela_print_automata(struct promela *self);

/* ---- promela_watch.c ------------------------------------------------------------------------------------------- */

/* Prints what counts how often others enter critical sections, where a claim is about that. */
void promela_print_watch(struct promela *self);

/* ---- promela_output.c ---------------------------------------------------------------------------------------- */

/* Finds the outputs that states hold; false with *error set where there are too many. What it took is freed by the second. */
bool promela_read_output(struct promela *self, struct error *error);
void promela_forget_output(struct promela *self);

/* Prints what holds the output, and the inlines that print; and appends the call of one. */
void promela_print_output(struct promela *self);
void promela_print_printing(struct promela *self, const struct operand *operand, struct text *text);

/* ---- promela_threads.c --------------------------------------------------------------------------------------- */

/* Prints the processes of all threads. */
void promela_print_threads(struct promela *self);

/* ---- promela_ways.c -------------------------------------------------------------------------------------------- */

/* Append a shared word: "shared_value", "shared_table[3]"; a register's name; a register of a thread that is given as an expression; an operand that is
 * one of these, a constant, or a thread, which is its number. */
void promela_print_word(struct promela *self, size_t word, struct text *text);
void promela_print_register_name(unsigned number, struct text *text);
void promela_print_register(struct promela *self, unsigned number, const char *thread, struct text *text);
void promela_print_operand(struct promela *self, const struct operand *operand, const char *thread, struct text *text);
