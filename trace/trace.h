/* trace: one schedule, executed, told step by step.
 *
 * A trace is what replay makes of a schedule: plain data with names resolved, which the reports read. All strings are
 * owned by the trace (instruction texts are shared between its steps). It is freed with trace_free(). */
#pragma once

#include "program/observation.h"
#include "program/schedule.h"
#include "program/value_names.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TRACE_ACCESSES_MAX = 2 };

/* One access of a step to a shared word. */
struct trace_access {
    uint32_t word; /* index into trace.words */
    bool is_write;
    int64_t value; /* what was read or written */
};

/* What threads wait for each other at. At the start mutexes are free and queues empty. */
enum trace_object_kind {
    TRACE_MUTEX, /* as enum object_kind */
    TRACE_SEMAPHORE,
    TRACE_QUEUE,
    TRACE_CONDITION,
    TRACE_BARRIER,
    TRACE_EVENT,
    TRACE_RWLOCK,
    TRACE_THREAD /* where some thread starts or awaits another */
};

struct trace_object {
    enum trace_object_kind kind;
    char *name;
    int64_t first;   /* permits of a semaphore at the start */
    size_t capacity; /* of a queue */
};

/* What a step did beside its accesses and its register. */
enum trace_act {
    TRACE_ASSIGNS,    /* nothing */
    TRACE_IDLES,      /* nothing, and that is all */
    TRACE_TAKES,      /* a mutex, or a permit: numbers[0] are left */
    TRACE_GIVES,      /* the same back */
    TRACE_PUTS,       /* numbers[0] into a queue, which then has numbers[1] items */
    TRACE_GETS,       /* numbers[0] from a queue, likewise */
    TRACE_COMPARES,   /* numbers[0] with numbers[1] */
    TRACE_JUMPS,      /* to next_line */
    TRACE_PASSES,     /* a jump whose condition does not hold */
    TRACE_CALLS,      /* next_line */
    TRACE_COMES_BACK, /* from a call, to next_line */
    TRACE_PUSHES,     /* onto the stack of its thread */
    TRACE_POPS,
    TRACE_YIELDS,
    TRACE_LEAVES, /* for input or output; the step that returns has is_return */
    TRACE_HALTS,
    TRACE_FAILS, /* an error of the program: nothing was done */
    TRACE_DIES   /* an error that ends the thread alone */
};

/* A step of a schedule, or one of several instructions that it executes. */
struct trace_step {
    size_t number; /* of the step in the schedule, from 1; the instructions of one step follow each other */
    uint32_t thread;
    uint32_t index;      /* of the instruction in its thread's code */
    uint32_t line;       /* in the source, 1-based */
    const char *text;    /* "mov counter, %ax", borrowed from the trace */
    size_t access_count; /* the reads first */
    struct trace_access accesses[TRACE_ACCESSES_MAX];
    const char *register_name; /* "ax": the register that the step wrote, or NULL */
    int64_t register_value;    /* its new value */
    size_t printed;            /* how much of trace.output was printed after it */
    enum trace_act act;
    const char *words; /* what it did, where the act does not say it; in prose, borrowed from the trace; or NULL */
    const char *brief; /* the same in a word or two, where its text hides it: "wakes T1"; borrowed likewise; or NULL */
    const char *buffers; /* what waits in store buffers after it: "T0: x=1, y=2; T1: y=1"; borrowed likewise; or NULL */
    uint32_t object;     /* index into trace.objects, where the act has one */
    int64_t numbers[2];  /* of the act */
    uint32_t next_line;  /* where its thread is after the step; 0: it has finished */
    bool waits;          /* its thread cannot go on after the step ... */
    uint32_t waits_for;  /* ... before something happens to this object */
    bool is_return;      /* the thread returns from input or output; its instruction began in an earlier step */
    bool is_flush;   /* the thread's oldest store reaches memory; line and index are of the instruction that stored */
    bool preemption; /* the step switches away from a thread that could go on */
    const char *
        opening; /* what let it in there, where that is known: "behind LOAD_GLOBAL in line 9"; borrowed from the trace; or NULL */
};

enum { TRACE_SOURCES_MAX = 2 };

/* A value that a step computed and put somewhere: into a shared word, a register, a queue, onto a stack. It is the sum of its
 * sources, each times its coefficient, and of a constant; what was only compared is no source. */
struct trace_value {
    size_t step;                            /* the index of the step, SIZE_MAX for what was there at the start */
    uint32_t word;                          /* the shared word that it was put into, or TRACE_NO_WORD */
    uint8_t source_count;                   /* 0: it is a constant */
    int8_t coefficients[TRACE_SOURCES_MAX]; /* 1, -1, or 0: not linear, as in a product */
    size_t sources[TRACE_SOURCES_MAX];      /* indexes of earlier values */
};

#define TRACE_NO_WORD UINT32_MAX

/* A register that a thread's code names, or that does not begin with 0; the flags are none. */
struct trace_register {
    uint32_t thread;
    const char *name; /* "ax", borrowed; as in trace_step.register_name */
    int64_t first;    /* its value at the start */
};

enum trace_end {
    TRACE_FINISHED,   /* every thread finished */
    TRACE_DEADLOCKED, /* nobody can step, somebody has not finished */
    TRACE_FAILED,     /* the last step is an error of the program */
    TRACE_UNFINISHED  /* the schedule is at its end, threads could go on */
};

/* After so many steps a thread begins to wait for an object, or for another one than before, or waits no more. */
struct trace_wait {
    size_t after;
    uint32_t thread;
    bool waits;
    uint32_t object; /* index into trace.objects, where it waits */
};

/* How a thread stands at the end. */
struct trace_stand {
    uint32_t line;      /* of its next instruction; 0: it has finished, or is to be spawned and has none */
    const char *text;   /* that instruction, borrowed from the trace, or NULL */
    bool waits;         /* it cannot step before something happens to ... */
    uint32_t waits_for; /* ... this object */
};

struct trace {
    struct observation observation; /* what is told of every step: the places that were asked for, if any */
    char *reading;                  /* as the program has it, or NULL */
    char *observe;                  /* name of the first word of these */
    char **threads;                 /* names */
    size_t thread_count;
    char **words; /* names of the shared words */
    size_t word_count;
    struct value_names value_names;   /* of these words */
    int64_t *first_words;             /* their values at the start */
    struct trace_register *registers; /* thread by thread */
    size_t register_count;
    uint32_t observed_word;       /* index into words */
    struct trace_object *objects; /* kind by kind */
    size_t object_count;
    struct schedule schedule; /* what was executed; a return is told as one, however it was asked for */
    struct trace_step *steps;
    size_t step_count;
    char **events; /* names of what is counted step by step (program/counted_event.h): what the text marks, lines, rounds */
    size_t event_count;
    uint32_t *event_totals; /* how often each has happened, behind each step: a row a step */
    struct trace_wait *waits; /* in the order of the steps */
    size_t wait_count;
    struct trace_value
        *values; /* what each word was at the start, whatever else was there, and then in the order of the steps */
    size_t value_count;
    uint64_t preemptions;
    enum trace_end end;
    uint64_t choices;           /* for TRACE_UNFINISHED: the set of the threads that may step next; else 0 */
    struct trace_stand *stands; /* one a thread; NULL where the trace was not executed */
    char *end_text;             /* for a deadlock or failure: who waits for what, or what went wrong; else NULL */
    int64_t value;              /* the first observed word at the end */
    int64_t *finals;            /* what else was asked for, at the end */
    size_t final_count;
    char *output;     /* all that was printed; NULL where the program does not print */
    char *death_text; /* of the last thread that ended by an error while others could go on; else NULL */
    char *
        overlap_text; /* where two threads are inside a critical section at the end: "T0 and T1 are inside"; else NULL */

    char **texts; /* the instruction texts that the steps share */
    size_t text_count;
};

/* How many steps the schedule has; there are fewer than are listed where some have several instructions. */
size_t trace_length(const struct trace *self);

/* The index of what is listed first of a step, 0 for the first step; the count of all where there is no such step. */
size_t trace_find_step(const struct trace *self, size_t step);

/* Whether what is listed at an index belongs to the same step as what is listed before it. */
bool trace_goes_on(const struct trace *self, size_t index);

/* Whether two stretches of a trace, so many listed instructions each, are the same instructions of the same threads. */
bool trace_repeats(const struct trace *self, size_t first, size_t again, size_t count);

/* Returns the value of a shared word after the last step. */
int64_t trace_final_word(const struct trace *self, uint32_t word);

/* Whether a step reads, or writes, a shared word; and whether it writes it, then sets *value to what it writes. */
bool trace_step_touches(const struct trace *self, size_t step, uint32_t word, bool is_write);
bool trace_step_stores(const struct trace *self, size_t step, uint32_t word, int64_t *value);

/* The places of the observation are followed by one for each event that is counted. How many there are; the name of one, as new; whether it
 * is what was printed; and its number at the start and after the last step, where it is not. */
size_t trace_place_count(const struct trace *self);
char *trace_place_name(const struct trace *self, size_t place);
bool trace_is_output(const struct trace *self, size_t place);
int64_t trace_first(const struct trace *self, size_t place);
int64_t trace_final(const struct trace *self, size_t place);

/* Whether a place is a word; and whether it is an event. */
bool trace_is_word(const struct trace *self, size_t place);
bool trace_is_event(const struct trace *self, size_t place);

/* Whether a step writes a place; sets *value to what it has then. */
bool trace_step_sets(const struct trace *self, size_t step, size_t place, int64_t *value);

/* Frees a trace; NULL is allowed. */
void trace_free(struct trace *self);
