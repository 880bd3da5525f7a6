/* program: what is checked, as plain data.
 *
 * A program has shared words of memory (grouped into named variables), mutexes, counting semaphores, bounded queues, and
 * threads. Threads that run the same instructions share one `struct code`. A program is made by the assembler, is constant
 * from then on, and is owned by whoever asked for it; everything in it is freed by program_free(). Values are 64-bit
 * signed. */
#pragma once

#include "base/property.h"
#include "program/instruction.h"
#include "program/observation.h"
#include "program/value_names.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PROGRAM_THREADS_MAX = 64,           /* a set of threads is a 64-bit mask */
    PROGRAM_OBJECTS_MAX = 64,           /* of each kind */
    PROGRAM_QUEUE_MAX = 64,             /* items in a queue */
    PROGRAM_COUNTED_MAX = 16,           /* events that are counted */
    PROGRAM_PRIORITY_MAX = 1000000,     /* 0 is the lowest one, and that of a thread of which nothing is said */
    PROGRAM_SECTIONS_MAX = 64,          /* critical sections: a set of them is a 64-bit mask */
    PROGRAM_WORDS_MAX = 4096,           /* words of shared memory */
    PROGRAM_INSTRUCTIONS_MAX = 4000000, /* over all codes, after .rept is unrolled */
    PROGRAM_ADDRESS_FIRST = 100,        /* where variables lie, in declaration order */
    PROGRAM_WORD_SIZE = 4,              /* what an address grows by from word to word */
    PROGRAM_STORES_MAX = 32,            /* stores in the store buffer of a thread */
    PROGRAM_STACK_MAX = 64,             /* words on the stack of a thread */
    PROGRAM_FREE_WORDS_MAX = 64,        /* words that have no name and are not 0 */
    PROGRAM_STACK_END = 1048576,        /* %sp starts here, and each thread's own stack lies before */
    PROGRAM_STACK_FIRST = PROGRAM_STACK_END - PROGRAM_STACK_MAX * PROGRAM_WORD_SIZE,
    PROGRAM_ADDRESS_END = PROGRAM_STACK_END + 3072, /* addresses are below */
    PROGRAM_CODE_FIRST = 1000 /* where code lies, as far as `call` is concerned: one address an instruction */
};

/* Where an instruction comes from, where what is executed in the end are bytecodes. Of these some are counted (those that nobody can miss who
 * looks on while they are executed), thread by thread: how many a thread has begun says how far it is. */
struct origin {
    uint32_t code;     /* of the front-end's */
    uint32_t bytecode; /* of its bytecodes, while which is executed */
    uint32_t passed;   /* counted bytecodes that have begun since the instruction before, where that was no OPCODE_J */
    uint32_t ahead;    /* of OPCODE_J: those that will have begun from there on at the instruction that it leads to */
    bool goes_on;      /* it is the same execution of a bytecode as that of the instruction before */
    uint32_t
        opening; /* before a switch point, and of OPCODE_J that leads to one: 1 + the index of what lets others in; else 0 */
    bool opens_behind; /* that lies behind the last place where jumps lead to */
};

/* Of a program that a compiler has written: which of its machine instructions an instruction is a part of. */
struct machine_part {
    uint32_t line;   /* of the assembly, from 1; 0: it is a part of none */
    uint32_t passed; /* machine instructions that have begun since the instruction before, where that was no OPCODE_J */
    uint32_t ahead;  /* of OPCODE_J: those that will have begun from there on at the instruction that it leads to */
    bool goes_on;    /* it is the same execution of it as that of the instruction before */
};

/* A counted loop of a code: its instructions first .. first + length - 1 are one repetition, and `kept` equal ones follow each other
 * from `first` on (ticks apart: a cost that is set in the loop holds from its place on). Mostly all of them are kept; where
 * there are too many, they are not, and the code stands for one with `times` repetitions, which only the proof for every number
 * of repetitions (analysis/all_iterations.h) knows. */
struct code_loop {
    uint32_t first;
    uint32_t length; /* instructions; 0: the code has no such loop */
    uint64_t times;  /* at least 1 */
    uint64_t kept;   /* 1 .. times */
    bool is_iters;   /* it was written `.rept ITERS`, and the program mentions ITERS nowhere else */
};

/* The instructions of one or more identical threads. Instruction indices run from 0 to count; count means "finished". */
struct code {
    struct instruction *instructions;
    uint32_t count;
    uint32_t file;              /* index into program.files: where the places of its instructions lie */
    struct code_loop loop;
    struct origin *origins;     /* one an instruction; or NULL */
    struct machine_part *parts; /* likewise */
};

/* A text may be made of several files, each behind a line `.file NAME`; most are one file. Places count lines within it. */
struct file {
    char *name;    /* for diagnostics */
    size_t offset; /* in program.text: its first line */
};

struct variable {
    char *name;      /* as declared; for a bare address its decimal digits */
    uint32_t word;   /* index of its first word */
    uint32_t words;  /* how many, at least 1 */
    int64_t address; /* of its first word */
    bool
        is_internal; /* people have not written of it: what is done to it is not told where there is something else to tell */
};

/* Something that threads synchronise by; of which kind, the list says that it is in. */
struct object {
    char *name; /* "m", or "fork[2]" for an element of an array */
    int64_t
        number; /* a semaphore's permits at the start; the items that fit into a queue, 1 .. PROGRAM_QUEUE_MAX; the threads
                          that a barrier waits for, 1 or more; 1 for an event that is set at the start; else 0 */
    bool is_recursive; /* a mutex that its holder can lock again */
    bool inherits;     /* a mutex whose holder has the priority of those that wait for it, where that is higher */
    bool is_internal;  /* people have not written of it */
    char *wanted;      /* what who waits for it is told to wait for, if that is something else; else NULL */
};

struct object_list {
    struct object *items;
    size_t count; /* up to PROGRAM_OBJECTS_MAX */
};

struct thread {
    char *name;                        /* "T0", "T1", ... or what .thread says */
    uint32_t code;                     /* index into program.codes */
    bool is_later;                     /* it begins when another thread spawns it */
    int64_t priority;                  /* of those that may step only the highest may; PROGRAM_PRIORITY_MAX at most */
    register_set observed;             /* the registers that are looked at when it has finished */
    int64_t registers[REGISTER_COUNT]; /* first values; those of further registers are 0 */
};

/* When a store reaches memory: at once (sequential consistency), or after it has waited in a store buffer of its thread, first in first
 * out, as x86 has it (total store order: Sewell et al., x86-TSO, CACM 2010). */
enum memory_model { MEMORY_SC, MEMORY_TSO };

/* Something that happens in schedules and is counted there: what is marked in the text, or what any program has (program/counted_event.h). No
 * thread can know its count, which is what Owicki and Gries call an auxiliary variable (An axiomatic proof technique for parallel
 * programs, 1976). */
enum counted_kind {
    COUNTED_MARKED,       /* an instruction that the text marks is executed */
    COUNTED_LINE,         /* the first instruction of a line is */
    COUNTED_STEPS,        /* an action of the schedule */
    COUNTED_SWITCHES,     /* a step of another thread than that of the step before */
    COUNTED_PREEMPTIONS,  /* ... which could have gone on */
    COUNTED_WAITS,        /* a thread that could go on cannot any more, and has not finished */
    COUNTED_FAILURES,     /* something was to be taken by trylock or trywait, and was not */
    COUNTED_FLUSHES,      /* a store reaches memory out of a store buffer */
    COUNTED_ROUNDS,       /* a round of the scheduler ends */
    COUNTED_KIND_COUNT
};

struct counted_event {
    char *name; /* "fails", "steps", "counter.py:7" */
    enum counted_kind kind;
    uint32_t number; /* of the marked ones: which bit of an instruction says so */
};

struct symbol {
    char *name;
    int64_t value;
};

/* The scheduler that a program's text asks for (.scheduler); the command line can ask for another one. What the words mean
 * is for the checker to say. */
struct program_scheduler {
    char *kind; /* "tick"; NULL where the text asks for none */
    struct property *parameters;
    size_t parameter_count;
    struct place place; /* of the directive, for diagnostics */
    uint32_t file;      /* where it stands: index into program.files */
};

struct outputs;
struct predicate;

/* What a text asks of the program that it is, as litmus tests do: whether a condition holds at some end, at none, or at all. */
enum quantifier { QUANTIFIER_NONE, QUANTIFIER_EXISTS, QUANTIFIER_NOT_EXISTS, QUANTIFIER_FORALL };

struct litmus_test {
    char *name;
    enum quantifier quantifier;
    char *condition;  /* as it is written, on one line; NULL where there is none, as the next two */
    char *expression; /* the same as a predicate (program/predicate.h) */
    char *claim;      /* that the answer is yes (analysis/claim.h) */
    char **names;     /* what the text calls each member of what is observed */
    size_t name_count;
};

/* Frees a test and what it owns; NULL is allowed. */
void litmus_test_free(struct litmus_test *self);

struct program {
    char *name;   /* the model's name, or the file's */
    char *source; /* the file name that diagnostics use where they are about the whole */
    char *text;   /* the source text, complete: all it takes to read the program again */
    char *
        reading; /* how the text was read where that is not the assembler's way: "Python 3.11, rules gil311"; else NULL */
    char *
        listing; /* what people have written, where that is something else, and instructions are parts of its lines; else NULL */
    struct file *files; /* what the text is made of, at least one */
    size_t file_count;
    struct symbol *symbols; /* what the text was assembled with: THREADS, ITERS, --define, and .default */
    size_t symbol_count;

    struct code *codes;
    size_t code_count;
    struct thread *threads;
    size_t thread_count; /* 1 .. PROGRAM_THREADS_MAX */
    struct variable *variables;
    size_t variable_count;
    int64_t *words; /* first values of the shared words */
    size_t word_count;
    struct value_names value_names; /* of these words */
    size_t
        declared_words; /* of these, the words of declared variables, which come first, from PROGRAM_ADDRESS_FIRST on */
    struct object_list objects[OBJECT_KIND_COUNT];
    char **locals;      /* the names of further registers that each thread has, behind those of the language */
    size_t local_count; /* up to REGISTERS_MAX - REGISTER_COUNT */
    char **openings;    /* what lets others in at switch points, in words: "behind LOAD_GLOBAL in line 9" */
    size_t opening_count;
    char **spellings; /* what instructions are in the words of the machine: "addl $1, counter(%rip)" */
    size_t spelling_count;
    char **strings; /* the texts that are printed */
    size_t string_count;
    struct predicate **predicates; /* the conditions that are asserted */
    size_t predicate_count;
    const struct outputs *outputs; /* where states hold what was printed: all that can be; borrowed; else NULL */
    struct litmus_test *test;      /* or NULL */
    enum memory_model memory;
    uint32_t store_buffer; /* how many stores fit into a store buffer, then a store waits; 0: nothing is said of that */
    bool is_spurious;      /* a thread that sleeps on a condition can wake up without a signal */
    char **sections;       /* the names of the critical sections; "" where it has none */
    size_t section_count;
    struct counted_event *counted_events; /* up to PROGRAM_COUNTED_MAX */
    size_t counted_event_count;
    const struct counted_event *counting; /* of these, the one that machines count; borrowed; NULL: none */
    struct program_scheduler scheduler;
    struct observation observation; /* what the text asks for (.observe); empty where it does not */
};

/* Frees a program and all that it owns; NULL is allowed. */
void program_free(struct program *self);

/* Returns the code of a thread, borrowed. */
const struct code *program_code(const struct program *self, size_t thread);

/* Whether some code does not keep all repetitions of its loop. */
bool program_is_rolled(const struct program *self);

/* Whether an instruction of it prints. */
bool program_prints(const struct program *self);

/* The number of a text among those that a program prints, which gets a copy of it where there is no equal one. */
int64_t program_add_string(struct program *self, const char *string);

/* How many registers a thread has, and the name of one, borrowed: "ax", or that of a further one. */
size_t program_register_count(const struct program *self);
const char *program_register_name(const struct program *self, size_t number);

/* Returns an object of a kind, borrowed. */
static inline const struct object *program_object(const struct program *self, enum object_kind kind, size_t number)
{
    assert(number < self->objects[kind].count);
    return &self->objects[kind].items[number];
}

/* The word for a kind of object: "read-write lock". Borrowed. */
const char *object_kind_name(enum object_kind kind);

/* The names of the threads as a new array; the names are borrowed. */
const char **program_thread_names(const struct program *self);

/* Finds a thread by its name, or, if none has it, as T0, T1, ...; -1 where there is none. */
int program_find_thread(const struct program *self, const char *name, size_t length);

/* Finds a variable by name, or by the decimal address of one of its words. Returns the index of the (first, or addressed)
 * word, or -1 where there is none. */
int64_t program_find_word(const struct program *self, const char *name);

/* The same, but an address below PROGRAM_STACK_FIRST of which the program's text says nothing becomes a variable, as if an
 * instruction had named it. To be called before a machine is made. Returns -1 where there is none, and no room. */
int64_t program_observe_word(struct program *self, const char *name);

/* Adds a variable at an address, taking its name; there must be room for its words. Returns its first word. */
uint32_t program_add_variable(struct program *self, char *name, int64_t address, uint32_t words, int64_t initial);

/* Returns the name of a shared word as new: "value", or "table[3]" for a word of a larger variable. */
char *program_word_name(const struct program *self, size_t word);

/* Returns an instruction of a code in the dialect's notation as new, without its comment: "mov counter, %ax". */
char *program_instruction_text(const struct program *self, const struct code *code,
                               const struct instruction *instruction);
