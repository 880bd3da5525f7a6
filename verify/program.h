/* program: what a certificate is about, read from its text by rules of its own (docs/language.md).
 *
 * Words, semaphores, events, the registers of the threads and, where memory is TSO, the places of their store buffers are *locations*,
 * numbered in this order. A program is read in two
 * goes: its lines once (lines.c), into declarations and the statements of each section; then, for each thread, the
 * operands of its statements (operands.c), which are laid out as .rept says (code.c): it costs no steps. A program is
 * constant once read, and lives as long as this process. */
#pragma once

#include "verify/token.h"

enum {
    THREADS_MAX = 64,
    OBJECTS_MAX = 64, /* of each kind; mutexes and read-write locks, which count twice, together */
    OBSERVED_MAX = 16,
    CHOICES_MAX = 64,         /* numbers that one instruction chooses from */
    CHOICES_TOTAL_MAX = 1024, /* things that could happen at one moment */
    QUEUE_ITEMS_MAX = 64,
    WORDS_MAX = 4096,
    SYMBOLS_MAX = 4096,
    STORES_MAX = 32,      /* that wait in the buffer of a thread */
    TSO_THREADS_MAX = 32, /* of a program with store buffers */
    CRITICALS_MAX = 64,
    DEPTH_MAX = 64,             /* of .rept and of parentheses */
    INSTRUCTIONS_MAX = 4000000, /* of all codes together */
    ADDRESS_FIRST = 100,
    WORD_SIZE = 4,
    ADDRESS_END = 1048576, /* where %sp starts */
    STACK_SIZE = 256       /* the addresses below, which have no names */
};

enum register_number { AX, BX, CX, DX, EX, FX, SP, BP, FLAGS, REGISTER_COUNT };

/* What threads synchronise by. */
enum object_kind {
    OBJECT_MUTEX,
    OBJECT_SEMAPHORE,
    OBJECT_QUEUE,
    OBJECT_CONDITION,
    OBJECT_BARRIER,
    OBJECT_EVENT,
    OBJECT_RWLOCK,
    OBJECT_KINDS
};

enum operand_kind {
    OPERAND_NUMBER = 1,
    OPERAND_REGISTER = 2, /* number: enum register_number */
    OPERAND_WORD = 4,     /* number: of the word */
    OPERAND_LABEL = 8,    /* number: the instruction's index, 0 .. count */
    OPERAND_THREAD = 16,
    OPERAND_RANGE = 32,      /* number: the least one */
    OPERAND_TEXT = 64,       /* that is printed; it does not matter */
    OPERAND_ASSERTION = 128, /* its text is what numbers[0] and numbers[1] say, see instruction_assertion() */
    OPERAND_OBJECT =
        256, /* the first kind of object, of all kinds: OPERAND_OBJECT << kind; number: of it, or of the pick */
    OPERAND_MUTEX = OPERAND_OBJECT << OBJECT_MUTEX,
    OPERAND_SEMAPHORE = OPERAND_OBJECT << OBJECT_SEMAPHORE,
    OPERAND_QUEUE = OPERAND_OBJECT << OBJECT_QUEUE,
    OPERAND_CONDITION = OPERAND_OBJECT << OBJECT_CONDITION,
    OPERAND_BARRIER = OPERAND_OBJECT << OBJECT_BARRIER,
    OPERAND_EVENT = OPERAND_OBJECT << OBJECT_EVENT,
    OPERAND_RWLOCK = OPERAND_OBJECT << OBJECT_RWLOCK
};

/* As small as can be: there is one for each line of the program. */
struct instruction {
    int64_t numbers[2]; /* of the operands, the first of which is the source */
    uint16_t kinds[2];  /* enum operand_kind, or 0 for none */
    uint8_t form;       /* index into forms */
    uint8_t picked;     /* bits: operands that are objects which registers pick from an array */
    uint8_t extent;     /* of a range: by how much its greatest number is greater than the least */
};

/* An object that registers pick from an array: first + number + base + index * scale. */
struct pick {
    int64_t number;
    int16_t scale;
    uint8_t base, index; /* enum register_number, or REGISTER_COUNT for none */
    uint8_t first, count;
};

/* The operand of an instruction. */
struct operand {
    enum operand_kind kind;
    int64_t number;
};

static inline struct operand instruction_operand(const struct instruction *self, unsigned which)
{
    return (struct operand){(enum operand_kind)self->kinds[which], self->numbers[which]};
}

/* The condition of an assertion. */
static inline struct span instruction_assertion(const struct instruction *self)
{
    return (struct span){(const char *)(intptr_t)self->numbers[0], (size_t)self->numbers[1]};
}

enum statement_kind {
    STATEMENT_INSTRUCTION,
    STATEMENT_LABEL,
    STATEMENT_TICK,
    STATEMENT_REPT,
    STATEMENT_ENDR,
    STATEMENT_CRITICAL,
    STATEMENT_ENDCRITICAL,
    STATEMENT_ATOMIC,
    STATEMENT_ENDATOMIC
};

#define SCOPE_TOP UINT32_MAX /* outside of every .rept */

/* A line of a section; a label is one by itself. */
struct statement {
    struct span text; /* from its word to the end of its line */
    union {
        struct instruction instruction;
        struct {
            int64_t number; /* ticks, repetitions; of a critical section */
            size_t place;   /* of a label: where it stands in the code, as far as that is laid out */
            uint32_t end;   /* of a .rept or .atomic: its .endr or .endatomic */
        };
    };
    uint32_t scope; /* the .rept it stands in, or SCOPE_TOP */
    uint8_t kind;   /* enum statement_kind */
};

/* An instruction of the code that a thread executes. */
struct step {
    const struct instruction *instruction;
    uint32_t ticks;
    uint32_t target : 31; /* of a jump */
    uint32_t joins : 1;   /* it belongs to the same step as the instruction before it */
};

struct execution;

/* A row of the table of instructions (instructions.c), which ends with a name NULL: which operands there are, and what is done. */
struct form {
    const char *name;
    unsigned kinds[2]; /* that an operand may be of, bits of enum operand_kind; 0: there is none */
    void (*execute)(struct execution *self);
    bool (*compute)(int64_t a, int64_t b, int64_t *result); /* returns false where that is an error of the program */
    int64_t number;                                         /* what a function for several rows has to know */
    bool (*can_go_on)(struct execution *self);              /* whether the thread need not wait; NULL: it never waits */
};

extern const struct form forms[];

struct code {
    struct statement *statements;
    struct step *steps;
    size_t count; /* of steps */
    size_t capacity;
    size_t loop_first; /* the steps of a `.rept ITERS` that stands in no other .rept, all repetitions; 0 and 0 where there is none */
    size_t loop_end;
    bool has_two_loops; /* there is another one, or one that stands in a .rept */
};

/* The lines behind a .main or .thread. */
struct section {
    const char *at;
    struct span name; /* of the thread; empty for .main */
    bool is_later;    /* it begins when another thread spawns it */
    struct statement *statements;
    size_t count;
    size_t capacity;
    uint32_t *labels; /* the statements that are labels, by scope and name */
    size_t label_count;
    uint32_t *stretches; /* the statements that are .atomic */
    size_t stretch_count;
    size_t stretch_capacity;
};

/* Something with a name; number is a symbol's value, a variable's first word, the first of the objects of that name. */
struct item {
    struct span name;
    int64_t number;
    size_t size;      /* words of a variable; objects of an array, 0 where it is none */
    bool has_default; /* a symbol that .default has named */
};

struct items {
    struct item *at;
    uint16_t *order; /* of their names */
    size_t count;
    size_t capacity;
    size_t order_capacity;
};

/* The objects of a kind; those of an array follow each other. */
struct objects {
    struct items names;
    struct object {
        struct span name;  /* "m", or "fork[2]" */
        int64_t number;    /* a semaphore's permits, a queue's capacity, a barrier's threads; 1: the event is set */
        bool is_recursive; /* a mutex */
    } at[OBJECTS_MAX];
    size_t count;
};

struct thread {
    char *name;
    bool is_later;
    struct code code;
    int64_t registers[REGISTER_COUNT]; /* at the start */
};

struct program {
    struct items symbols; /* THREADS, ITERS, those of the certificate, those of .default */
    struct items variables;
    int64_t words[WORDS_MAX]; /* first values */
    size_t word_count;
    size_t declared_words; /* those behind are bare addresses */
    struct objects objects[OBJECT_KINDS];
    struct pick *picks;
    size_t pick_count;
    size_t pick_capacity;
    struct items criticals;
    struct span *observed; /* the names behind .observe */
    size_t observed_count;
    size_t observed_capacity;
    bool is_tso;        /* stores wait in store buffers */
    size_t stores_most; /* in each of them: a store waits where there are so many, or is an error */
    bool stores_wait;
    bool is_spurious; /* threads that sleep on a condition may wake up without a signal */
    struct section *sections;
    size_t section_count;
    size_t section_capacity;
    struct thread threads[THREADS_MAX];
    size_t thread_count;
    size_t step_count; /* of all codes */
    size_t steps_most; /* as many there may be */
    size_t copied;     /* statements, as many */
    size_t work;       /* statements gone through so far, against texts that explode */
};

/* A program of which nothing is known but its symbols THREADS and ITERS, and how many instructions it may have. */
struct program *program_new(int64_t threads, int64_t iters, size_t steps_most);

/* Adds a name with a number, at most so many of a kind, and returns it; finds it, or NULL. */
struct item *items_add(struct items *self, struct span name, int64_t number, size_t most);
struct item *items_find(const struct items *self, struct span name);

/* Finds what a name stands for, a variable or objects of a kind; 0 where there is none. */
enum operand_kind program_find(const struct program *self, struct span name, const struct item **item);

/* Adds a variable of some words with an initial value. */
const struct item *program_add_variable(struct program *self, struct span name, size_t words, int64_t initial);

/* Reads the program from its lines, the bytes behind "text N" each with its '>'. Ends the process where it is no
 * program, or has something that this verifier does not know. */
void program_read(struct program *self, struct span lines);

/* ---- For program_read() ---- */

/* Reads the lines into declarations and sections. */
void program_read_lines(struct program *self, struct span lines);

/* Reads the operands of a section's statements for a thread; returns whether they mention SELF. */
bool program_read_operands(struct program *self, const struct section *section, struct statement *statements,
                           size_t thread);

/* Lays out the steps of a code whose statements are those of a section. */
void program_lay_out(struct program *self, const struct section *section, struct code *code);

/* Whether a line, escaped, says `.rept ITERS`, and nothing else. */
bool code_is_iters(struct span line);

/* Ends the process where something stands in an atomic stretch that must not, or leads into its middle; once operands are read. */
void section_check_stretches(const struct section *self, const struct statement *statements);

/* Where an instruction may stand in an atomic stretch. */
enum stretch_place { STRETCH_NOWHERE, STRETCH_FIRST, STRETCH_LAST, STRETCH_ANYWHERE };
enum stretch_place instruction_stretch_place(const struct instruction *self);

/* Finds the label that a name means in a scope: the number of its statement. */
int64_t section_find_label(const struct section *self, struct span name, uint32_t scope);

/* Reads an expression. thread is the value of SELF, or negative outside threads; *has_self is set where it is used. */
int64_t program_read_number(const struct program *self, struct lexer *at, int64_t thread, bool *has_self);

/* The same outside threads, where the number must lie between two others. */
int64_t program_read_between(const struct program *self, struct lexer *at, int64_t least, int64_t most);

/* Ends the process unless the word is that of an instruction. */
void program_expect_instruction(const struct lexer *at);

/* Locations. Of objects semaphores and events have one each. */
size_t program_location_count(const struct program *self);
size_t program_object_location(const struct program *self, enum object_kind kind, size_t number);
size_t program_register_location(const struct program *self, size_t thread, size_t number);
size_t program_place_location(const struct program *self, size_t thread, size_t number);
int64_t program_initial_value(const struct program *self, size_t location);

/* The variable that a word belongs to. It is an element of it, *index, or all of it: then that is SIZE_MAX. */
struct span program_word_name(const struct program *self, size_t word, size_t *index);

/* The location of a name as certificates write it, or SIZE_MAX: value, table[3], 2000, semaphore, T0.%ax; T0.1 of a store of T0 that
 * waits behind one. */
size_t program_find_location(const struct program *self, struct span name);

/* The same of what can be observed, a word or a register, as people may write it, too: table[0x3], 0x7d0, T0.%ax where no thread has that name. An address that nothing names becomes a word, which moves the locations behind
 * all words. */
size_t program_observe(struct program *self, struct span name);

/* The word at a bare address: that of a variable, or a variable of its own. */
int64_t program_find_address(struct program *self, int64_t address, const char *at);

/* The number of a thread that .thread names, or -1, once all sections are read. */
int64_t program_find_named(const struct program *self, struct span name);

/* The register of a name ("ax", "flags"), or REGISTER_COUNT; and its name. */
size_t register_find(struct span name);
const char *register_name(size_t number);
