/* program: what a certificate is about, read from its text by rules of its own (docs/language.md).
 *
 * Words, semaphores and the registers of the threads are *locations*, numbered in this order. The instructions of every
 * thread are unrolled: .rept costs no steps. A program is constant once read, and lives as long as this process. */
#ifndef RACECHECK_VERIFY_PROGRAM_H
#define RACECHECK_VERIFY_PROGRAM_H

#include "verify/token.h"

enum {
    THREADS_MAX = 64,
    OBJECTS_MAX = 64, /* mutexes, and semaphores, and queues */
    QUEUE_ITEMS_MAX = 64,
    WORDS_MAX = 4096,
    SYMBOLS_MAX = 4096,
    DEPTH_MAX = 64, /* of .rept and of parentheses */
    ADDRESS_FIRST = 100,
    WORD_SIZE = 4
};

enum register_number { AX, BX, CX, DX, EX, FX, SP, BP, FLAGS, REGISTER_COUNT };

enum opcode {
    OP_NOP,
    OP_YIELD,
    OP_HALT,
    OP_IO,
    OP_MOV,
    OP_ADD,
    OP_SUB,
    OP_MUL,
    OP_NEG,
    OP_DIV,
    OP_MOD,
    OP_AND,
    OP_OR,
    OP_XOR,
    OP_SHL,
    OP_SHR,
    OP_NOT,
    OP_TEST,
    OP_XCHG,
    OP_FETCHADD,
    OP_CAS,
    OP_J,
    OP_JE,
    OP_JNE,
    OP_JGT,
    OP_JGTE,
    OP_JLT,
    OP_JLTE,
    OP_LOCK,
    OP_UNLOCK,
    OP_WAIT,
    OP_POST,
    OP_PUT,
    OP_GET
};

enum operand_kind {
    OPERAND_NUMBER = 1,
    OPERAND_REGISTER = 2, /* number: enum register_number */
    OPERAND_WORD = 4,     /* number: of the word */
    OPERAND_MUTEX = 8,
    OPERAND_SEMAPHORE = 16,
    OPERAND_QUEUE = 32,
    OPERAND_LABEL = 64 /* number: the instruction's index, 0 .. count */
};

struct operand {
    enum operand_kind kind;
    int64_t number;
};

struct instruction {
    enum opcode opcode;
    uint32_t ticks;
    size_t line;         /* of the certificate */
    struct operand a, b; /* the first is the source */
};

struct code {
    struct instruction *instructions;
    size_t count;
    size_t capacity;
};

/* Something with a name; number is a word's initial value, a semaphore's permits, a queue's capacity, a symbol's
 * value, a variable's first word. */
struct item {
    char *name;
    size_t length; /* of the name */
    int64_t number;
    size_t size; /* words of a variable */
    size_t line;
};

struct items {
    struct item *at;
    size_t count;
    size_t capacity;
};

struct thread {
    char *name;
    struct code code;
    int64_t registers[REGISTER_COUNT]; /* at the start */
};

struct program {
    struct items symbols; /* THREADS, ITERS, those of the certificate, those of .default */
    struct items variables;
    struct items words; /* without names */
    struct items mutexes;
    struct items semaphores;
    struct items queues;
    struct thread threads[THREADS_MAX];
    size_t thread_count;
    size_t declared_words; /* those behind are bare addresses */
    size_t work;           /* lines gone through and instructions so far, against texts that explode */
    uint64_t searched;     /* names and lines that were looked at for one that was wanted, for the same reason */
};

/* A program of which nothing is known but its symbols THREADS and ITERS. */
struct program *program_new(int64_t threads, int64_t iters);

/* Appends a copy of a name with a number. */
void items_add(struct items *self, const char *name, size_t length, int64_t number, size_t line);
const struct item *items_find(const struct items *self, const char *name, size_t length);

/* Reads the program from its tokens, whose list must stay. Ends the process where it is no program, or has
 * something that this verifier does not know. */
void program_read(struct program *self, const struct token_list *list);

/* The code of a thread from the lines of its section; for program_read(), in code.c. first is the section's first
 * token, last the end of it. */
void program_read_code(struct program *self, const struct token_list *list, size_t first, size_t last, size_t thread);

/* Reads an expression and moves *at behind it; self_value is that of SELF, or negative outside threads. */
int64_t program_read_number(const struct program *self, const struct token **at, int64_t self_value);

/* Finds what a name stands for, a variable, mutex, semaphore or queue; 0 where there is none. */
enum operand_kind program_find(const struct program *self, const struct token *name, const struct item **item);

/* Counts what a search goes through. Ends the process where it has become too much. */
void program_count_search(struct program *self, size_t count, size_t line);

/* Adds a symbol, unless there are too many. */
void program_add_symbol(struct program *self, const char *name, size_t length, int64_t value, size_t line);

/* Adds words with an initial value and returns the first one's number. */
size_t program_add_words(struct program *self, size_t count, int64_t initial, size_t line);

/* Locations. */
size_t program_location_count(const struct program *self);
size_t program_semaphore_location(const struct program *self, size_t semaphore);
size_t program_register_location(const struct program *self, size_t thread, size_t number);
int64_t program_initial_value(const struct program *self, size_t location);

/* The location of a name as certificates write it, or SIZE_MAX: value, table[3], 2000, semaphore, T0.%ax. */
size_t program_find_location(const struct program *self, const char *name, size_t length);

/* The thread of a name, or SIZE_MAX; the register of a name ("ax", "flags"), or REGISTER_COUNT. */
size_t program_find_thread(const struct program *self, const char *name, size_t length);
size_t register_find(const char *name, size_t length);

#endif
