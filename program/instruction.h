/* instruction: one line of a program after assembly.
 *
 * The table of instructions says for each its mnemonic, which operands it takes, and of which micro-operations it is made. The
 * assembler reads it to accept a line; everybody else looks at the micro-operations, never at the opcode. */
#pragma once

#include "program/micro_operation.h"

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The registers of a thread that the assembly language has. FLAGS is not addressable: `test` writes it, the conditional jumps
 * read it. Other front-ends give a program further registers, numbered from REGISTER_COUNT on (struct program: locals). */
enum register_name {
    REGISTER_AX,
    REGISTER_BX,
    REGISTER_CX,
    REGISTER_DX,
    REGISTER_EX,
    REGISTER_FX,
    REGISTER_SP,
    REGISTER_BP,
    REGISTER_FLAGS,
    REGISTER_COUNT
};

enum { REGISTERS_MAX = 64 }; /* of a thread, with the further ones */

/* A set of registers, a bit 1 << number each. */
typedef uint64_t register_set;

enum opcode {
    OPCODE_NOP,
    OPCODE_HALT,
    OPCODE_MOV, /* source, target */
    OPCODE_ADD, /* source, target: target += source */
    OPCODE_SUB, /* source, target: target -= source */
    OPCODE_MUL, /* source, target: target *= source */
    OPCODE_NEG, /* target */
    OPCODE_DIV, /* source, target: target /= source */
    OPCODE_MOD,
    OPCODE_AND,
    OPCODE_OR,
    OPCODE_XOR,
    OPCODE_SHL,
    OPCODE_SHR,
    OPCODE_NOT,  /* target */
    OPCODE_TEST, /* a, b: compares b with a for the jumps */
    OPCODE_J,    /* label */
    OPCODE_JE,   /* label: if b == a in the last test */
    OPCODE_JNE,
    OPCODE_JGT, /* b > a */
    OPCODE_JGTE,
    OPCODE_JLT,
    OPCODE_JLTE,
    OPCODE_XCHG,      /* register, word: swaps */
    OPCODE_FETCHADD,  /* register, word: word += register; register = the word before */
    OPCODE_LOCK,      /* mutex */
    OPCODE_UNLOCK,    /* mutex */
    OPCODE_WAIT,      /* semaphore: proceeds while permits > 0, takes one */
    OPCODE_POST,      /* semaphore: gives one */
    OPCODE_TRYLOCK,   /* mutex, target: as lock where that can proceed, and target = 1; else target = 0 */
    OPCODE_TRYWAIT,   /* semaphore, target: likewise */
    OPCODE_RDLOCK,    /* read-write lock: proceeds while nobody writes */
    OPCODE_WRLOCK,    /* read-write lock: proceeds while nobody reads or writes */
    OPCODE_RWUNLOCK,  /* read-write lock */
    OPCODE_CWAIT,     /* condition, mutex: two steps: unlocks and sleeps; once woken, locks again */
    OPCODE_SIGNAL,    /* condition: wakes any one of the threads that sleep there */
    OPCODE_BROADCAST, /* condition: wakes all of them */
    OPCODE_ARRIVE,    /* barrier: the thread sleeps until as many as it waits for have arrived */
    OPCODE_AWAIT,     /* event: proceeds while it is set */
    OPCODE_SET,       /* event */
    OPCODE_CLEAR,     /* event */
    OPCODE_SPAWN,     /* thread: starts it */
    OPCODE_JOIN,      /* thread: proceeds once it has finished */
    OPCODE_CHOOSE,    /* range, target: target = any number of the range */
    OPCODE_PUT,       /* queue, source: proceeds while there is room */
    OPCODE_GET,       /* queue, target: proceeds while there is an item */
    OPCODE_CAS,    /* register, word: if word == %ax then word = register, else %ax = word; FLAGS as test %ax, word */
    OPCODE_MFENCE, /* nothing; where memory is TSO, it waits until the thread's stores have reached memory */
    OPCODE_YIELD,  /* nothing; for the scheduler to notice */
    OPCODE_IO,     /* two steps: the thread leaves, and returns */
    OPCODE_LEA,    /* word, register: register = the word's address */
    OPCODE_PUSH,   /* source: onto the thread's stack; of a word its address */
    OPCODE_POP,    /* register, or nothing */
    OPCODE_CALL,   /* label: pushes where to return to */
    OPCODE_RET,
    OPCODE_PRINT,  /* value or text: adds it to the output */
    OPCODE_ASSERT, /* condition: an error of the program where it does not hold */
    OPCODE_EXIT,   /* ends all threads; this and the next three other front-ends than the assembler use */
    OPCODE_FAIL,   /* text: an error of the program, which is that text */
    OPCODE_DIE,    /* text: the same, but it ends only the thread: its next instruction is to lead to its end */
    OPCODE_DELAY,  /* word: proceeds once so much time has passed, which it only does when nobody can go on */
    OPCODE_COUNT
};

enum operand_kind {
    OPERAND_NONE,
    OPERAND_IMMEDIATE, /* value: the number itself */
    OPERAND_REGISTER,  /* value: its number, enum register_name or more */
    OPERAND_WORD,      /* value: index of a shared word */
    OPERAND_MUTEX,     /* value: number of an object of the kind, here and in the next six; see below */
    OPERAND_SEMAPHORE,
    OPERAND_QUEUE,
    OPERAND_CONDITION,
    OPERAND_BARRIER,
    OPERAND_EVENT,
    OPERAND_RWLOCK,
    OPERAND_THREAD,    /* value: number of a thread */
    OPERAND_RANGE,     /* the numbers value .. value + scale */
    OPERAND_STRING,    /* value: index of a text of the program */
    OPERAND_PREDICATE, /* value: index of a predicate of the program; base is the set of the registers that it reads */
    OPERAND_TARGET,    /* value: index of an instruction of the same code, 0 .. count */
    OPERAND_COMPUTED   /* the word at the address value + base + index * scale */
};

/* OPERAND_COMPUTED, and objects: no register. */
#define REGISTER_NONE REGISTERS_MAX

/* What threads synchronise by. The objects of a kind are numbered in the order of their declaration; the elements of an
 * array have numbers in a row. */
enum object_kind {
    OBJECT_MUTEX,
    OBJECT_SEMAPHORE,
    OBJECT_QUEUE,
    OBJECT_CONDITION,
    OBJECT_BARRIER,
    OBJECT_EVENT,
    OBJECT_RWLOCK,
    OBJECT_KIND_COUNT
};

struct operand {
    enum operand_kind kind : 8;
    /* Of OPERAND_COMPUTED alone: */
    bool named; /* the text names a variable, at the address value */
    /* Of OPERAND_COMPUTED, and of an object that is picked, whose number is value + base + index * scale: */
    uint8_t base;  /* number of a register, or REGISTER_NONE */
    uint8_t index; /* the same */
    int16_t scale; /* 1 where there is no index; of OPERAND_RANGE, how far it extends */
    /* Of an object that registers pick from an array: */
    uint8_t first;  /* number of the array's first element */
    uint8_t extent; /* how many elements it has; 0 where no register picks */
    /* Of all: */
    int64_t value;
};

/* Whether an operand is an object, and of which kind then. */
static inline bool operand_is_object(const struct operand *self)
{
    return self->kind >= OPERAND_MUTEX && self->kind <= OPERAND_RWLOCK;
}

static inline enum object_kind operand_object_kind(const struct operand *self)
{
    return (enum object_kind)(self->kind - OPERAND_MUTEX);
}

/* Whether it depends on registers which element of an array an object is. */
static inline bool operand_is_picked(const struct operand *self)
{
    return operand_is_object(self) && self->extent > 0;
}

/* How a print prints a number: of 64 bits with a sign or without, in base 16 or 8, or as the character with that code. */
enum print_form {
    PRINT_DECIMAL,
    PRINT_UNSIGNED,
    PRINT_HEX,
    PRINT_UPPER_HEX,
    PRINT_OCTAL,
    PRINT_LETTER
};

struct place {
    uint32_t line;   /* 1-based */
    uint32_t column; /* 1-based, in bytes */
};

struct instruction {
    enum opcode opcode;
    uint32_t ticks; /* what it costs under a tick scheduler, in ticks; 1 unless said */
    struct operand operands[2];
    uint64_t sections; /* the critical sections that it belongs to, a bit each */
    uint64_t shared;   /* of these, those that it may share with others that share them */
    uint16_t counted;  /* the marked events that its execution is one of, a bit each */
    bool no_switch; /* no switch point: its thread does not lose the processor before it, so that it belongs to the same
                          step as the instruction before. On every way round through a code there is a switch point. */
    struct place place;
    uint32_t width; /* of what is executed, in bytes of its line; 0: the line, or an instruction of the language */
    uint32_t
        spelling; /* what the line was compiled to, which is executed: 1 + its number in the program's list; 0: nothing is known */
    uint8_t
        wrap; /* the bits that what it assigns is cut down to: 8, 16, 32, 64; 0: what is beyond 64 bits is an error */
    bool wraps_unsigned; /* to a number that is not negative */
    bool
        is_end; /* of an error that a text says: it ends the real program, too. Of others that is not known: they may be what is not covered */
    uint8_t form;      /* of a print: enum print_form */
    bool is_locked;    /* where memory is TSO, it reads and writes memory itself, whatever its form says */
    uint32_t gives_up; /* of a cwait whose time can be over whenever: 1 + the word that becomes 1 then; else 0 */
    /* Where memory is TSO: the bytes of a word that a mov loads, or stores and leaves the others; the value has them in their place. The end
     * is 8 where the word ends, with all that extends it; both 0: the whole word. */
    uint8_t part_first, part_end;
};

/* A row of the table: which operands an instruction accepts, bits 1u << enum operand_kind for each, 0 where there is none, and
 * what it is made of. */
struct instruction_form {
    const char *mnemonic;
    unsigned accepts[2];
    struct micro_operation micros[MICRO_MAX];
    bool is_locked; /* where memory is TSO, it reads and writes memory itself, as with the processor's lock prefix */
};

extern const struct instruction_form instruction_forms[OPCODE_COUNT];

/* How an operand is used. Its address is used where its value is not, or is used besides. */
enum operand_use { USE_READ = 1, USE_WRITE = 2, USE_ADDRESS = 4 };

/* Returns the row of an opcode, borrowed. */
static inline const struct instruction_form *instruction_form(enum opcode opcode)
{
    assert(opcode < OPCODE_COUNT);
    return &instruction_forms[opcode];
}

/* Goes through the micro-operations of an instruction. */
#define FOR_EACH_MICRO(micro, instruction)                                                      \
    for (const struct micro_operation *micro = instruction_form((instruction)->opcode)->micros, \
                                      *micro##_end = micro + MICRO_MAX;                         \
         micro < micro##_end && micro->kind != MICRO_NONE; micro++)

/* The kind of the micro-operation that does more than assign: MICRO_ASSIGN where all assign, MICRO_NONE where there is none. */
enum micro_kind instruction_kind(const struct instruction *self);

/* Where a thread goes on after an instruction, as bits of enum flow; FLOW_NEXT unless something else is said. */
unsigned instruction_flow(const struct instruction *self);

/* How an instruction uses its first or second operand, as bits of enum operand_use; 0 for what is no value (locks, labels). */
unsigned instruction_use(const struct instruction *self, size_t number);

/* Whether some instruction of a form uses the address of its first operand in place of its value. */
bool instruction_form_takes_address(const struct instruction_form *form);

/* Returns the opcode of a mnemonic of the given length, or OPCODE_COUNT where there is no such instruction. */
enum opcode instruction_find(const char *mnemonic, size_t length);

/* Whether an instruction goes through memory at a computed address, for more than the address itself. */
bool instruction_computes(const struct instruction *self);

/* Whether an instruction does something that others can notice, or can be kept from: it touches more than registers, or prints, or ends. */
bool instruction_is_visible(const struct instruction *self);

/* Where memory is TSO: whether an instruction waits until its thread's store buffer is empty; and whether what it writes to a word goes
 * into the store buffer (unless the address that it computes lies on its thread's own stack). */
bool instruction_drains(const struct instruction *self);
bool instruction_may_buffer(const struct instruction *self);

/* Whether an instruction uses the stack of its thread: push, pop, call, ret. */
bool instruction_uses_stack(const struct instruction *self);

/* Returns how many operands a form takes: 0, 1 or 2. */
unsigned instruction_operand_count(const struct instruction_form *form);

/* Returns the set of registers that an instruction reads, or writes. */
register_set instruction_reads(const struct instruction *self);
register_set instruction_writes(const struct instruction *self);

/* Returns "ax", ..., "bp" or "flags", borrowed. */
const char *register_name(enum register_name name);

/* Returns the register of that name and length (without '%'), or REGISTER_COUNT where there is none; FLAGS has no name
 * that a program could write. */
enum register_name register_find(const char *name, size_t length);
