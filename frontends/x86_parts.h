/* x86_parts: what the files of the front-end for x86-64 share; nobody else includes it.
 *
 *     x86_decode.c      what each instruction does, which registers matter behind it, where jumps lead to
 *     x86_value.c       values: known numbers, and numbers in registers of the program that is made
 *     x86_state.c       what a thread is at one moment of its execution; equal states
 *     x86_emit.c        the instructions that are left of a thread's code
 *     x86_memory.c      loads and stores: private memory, and the places that threads share
 *     x86_places.c      which places threads share: who comes to them, in which order
 *     x86_pointers.c    which addresses can be in these, and so which can be followed
 *     x86_known.c       what threads know of them nevertheless, where that is asked for
 *     x86_widen.c       loops that are no longer followed round by round
 *     x86_execute.c     executes instructions, one after the other
 *     x86_arithmetic.c  arithmetic, logic and shifts
 *     x86_vectors.c     vector registers
 *     x86_flags.c       conditions of jumps and the like
 *     x86_library.c     what is not in the assembly: functions of the C library, by name
 *     x86_threads.c, x86_locks.c, x86_print.c, x86_streams.c, x86_blocks.c   these functions
 *     x86_runtime.s     those that are no step of their own, in assembly: what g++ calls
 *     x86_names.c       names as people write them
 *     x86.c             composes them, and makes the program
 *
 * This is an online partial evaluator (Jones, Gomard, Sestoft, Partial Evaluation, 1993): each thread's instructions are executed on
 * values. What is known is computed and leaves nothing. What depends on the other threads is *dynamic*: a place in memory that is written
 * after threads have started and that two threads come to in no fixed order, and numbers that are computed from such; they become words and
 * registers of a program, and what is done to them its instructions. Where a condition is dynamic the execution is split; it ends where a
 * state was met before, so that loops close. All memory that no second thread comes to is a part of the thread's state.
 *
 * Which places are shared is found by passes: a pass that finds a new one is thrown away. Decisions only grow, so there is an end.
 * Where that ends in a refusal, another attempt is made that knows more, or one that gives up to know (enum x86_attempt).
 *
 * Functions that fail return false with the error set, or with the state at its end. */
#pragma once

#include "base/arena.h"
#include "base/name_table.h"
#include "base/text.h"
#include "frontends/gas.h"
#include "frontends/gas_types.h"
#include "frontends/x86.h"
#include "program/program.h"

/* ---- Instructions ------------------------------------------------------------------------------------------------ */

enum x86_operation {
    X86_UNKNOWN_OPERATION,
    X86_FLOATING, /* refused once it is executed */
    X86_MOV,
    X86_MOVZX,
    X86_MOVSX,
    X86_LEA,
    X86_ADD,
    X86_ADC,
    X86_SUB,
    X86_SBB,
    X86_AND,
    X86_OR,
    X86_XOR,
    X86_NOT,
    X86_NEG,
    X86_INC,
    X86_DEC,
    X86_CMP,
    X86_TEST,
    X86_IMUL,
    X86_MUL,
    X86_DIV,
    X86_IDIV,
    X86_SHL,
    X86_SHR,
    X86_SAR,
    X86_ROL,
    X86_ROR,
    X86_PUSH,
    X86_POP,
    X86_CALL,
    X86_RET,
    X86_JMP,
    X86_JCC,
    X86_SETCC,
    X86_CMOV,
    X86_LEAVE,
    X86_NOP,
    X86_XCHG,
    X86_CMPXCHG,
    X86_XADD,
    X86_MFENCE,
    X86_EXTEND_A, /* cltq, cwtl: the accumulator's lower half becomes all of it */
    X86_EXTEND_D, /* cltd, cqto: its sign fills the register D */
    X86_UD2,
    X86_MOVX, /* between xmm registers and elsewhere; width is what it moves */
    X86_PXOR,
    X86_UNPACK,    /* the lower half of one xmm register becomes the upper one of another */
    X86_MOVE_HIGH, /* between upper halves of xmm registers and memory */
    X86_PACKED,    /* what is done to xmm registers part by part: enum x86_packed */
    X86_AVX,       /* refused once it is executed */
    X86_STOS
};

/* Of parts of 4 bytes, or of 8. */
enum x86_packed {
    X86_PACKED_ADD_4,
    X86_PACKED_ADD_8,
    X86_PACKED_SUB_4,
    X86_PACKED_SUB_8,
    X86_PACKED_SHIFT_LEFT_4,
    X86_PACKED_SHIFT_LEFT_8,
    X86_PACKED_SHIFT_RIGHT_4,
    X86_PACKED_SHIFT_RIGHT_8,
    X86_PACKED_SHIFT_SIGNED_4,
    X86_PACKED_EQUAL,
    X86_PACKED_GREATER, /* -1 where the target has the greater part, else 0 */
    X86_PACKED_AND,
    X86_PACKED_AND_NOT,
    X86_PACKED_OR,
    X86_PACKED_MULTIPLY, /* the even parts of 4 bytes, without a sign, to 8 */
    X86_PACKED_SHUFFLE,
    X86_PACKED_SHUFFLE_BOTH, /* two parts of the target, two of the source */
    X86_PACKED_SHIFT_DOWN,   /* the whole register, by bytes */
    X86_PACKED_UNPACK_LOW,
    X86_PACKED_UNPACK_HIGH,
    X86_PACKED_UNPACK_HIGH_8,
    X86_PACKED_HIGH_TO_LOW
};

/* As they are encoded; a condition and the next one, from an even one on, are opposites. */
enum x86_condition {
    X86_O,
    X86_NO,
    X86_B,
    X86_AE,
    X86_E,
    X86_NE,
    X86_BE,
    X86_A,
    X86_S,
    X86_NS,
    X86_P,
    X86_NP,
    X86_L,
    X86_GE,
    X86_LE,
    X86_G
};

struct x86_instruction {
    const struct gas_instruction *gas;
    enum x86_operation operation;
    enum x86_condition condition;
    uint8_t width;     /* bytes */
    uint8_t from;      /* of MOVZX and MOVSX: the bytes that are extended; of PACKED: which */
    bool is_target;    /* jumps lead here */
    bool is_atomic;    /* a function begins here that verifiers take for one step */
    bool flags_live;   /* somebody looks at the flags as they are before it */
    uint32_t live;     /* the registers at which somebody looks, a bit each, before it */
    uint32_t spelling; /* of the program that is made: 1 + what is shown; 0: not yet */
};

/* ---- Values ------------------------------------------------------------------------------------------------------ */

enum x86_kind {
    X86_NO_VALUE, /* not known to anybody: never written */
    X86_CHANCE, /* what a clock says, or rand(): refused where something depends on it, and so is all that is computed of it */
    X86_KNOWN,
    X86_DYNAMIC,
    X86_FOREIGN /* was in a register of the thread that has started this one */
};

/* A range of integers: those of so many bytes. */
struct x86_form {
    uint8_t bytes;
    bool is_signed;
};

/* Of 64 bits. A dynamic one is the lower bytes of a register that its view says, extended as that says; the integer in the register lies
 * in a range. */
struct x86_value {
    enum x86_kind kind;
    struct x86_form range, view;
    int64_t number; /* the value, or the register */
    /* Of a dynamic one: an address of something, to which the rest was added; 0: it is not known to be an address. */
    int64_t origin;
    int64_t
        added; /* where it is 0: what was added to a number of which nothing is known, such as an address that was loaded */
    uint8_t zeros; /* so many of its lowest bits are 0, at least; where there is an origin, of what was added to that */
    bool
        is_indexed; /* to an address that was loaded something else was added, too, of which no more than its zeros is known */
    size_t source; /* the granule that it was loaded from, where what can be there is known: 1 + its number; else 0 */
};

/* The number of a value that nobody has set, where it was to be in a block of the heap: that is asked for on ways that no thread goes. */
enum { X86_OF_BLOCK = 1 };

#define X86_NOTHING ((struct x86_value){.kind = X86_NO_VALUE})
#define X86_CHANCES ((struct x86_value){.kind = X86_CHANCE})
#define X86_NUMBER(value) ((struct x86_value){.kind = X86_KNOWN, .number = (value)})
#define X86_SIGNED(width) ((struct x86_form){(uint8_t)(width), true})
#define X86_UNSIGNED(width) ((struct x86_form){(uint8_t)(width), false})

enum x86_flags_kind {
    X86_FLAGS_NONE,
    X86_FLAGS_SUB,   /* of a - b */
    X86_FLAGS_ADD,   /* of a + b */
    X86_FLAGS_STEP,  /* the same, of inc and dec, which leave the carry as it was: nobody is to ask for it */
    X86_FLAGS_LOGIC, /* of a result: no carry, no overflow */
    X86_FLAGS_SHIFT, /* of a result, the rest is not known */
    X86_FLAGS_EQUAL, /* all that is known is whether something was equal: a */
    X86_FLAGS_CARRY  /* all that is known is carry and overflow: a */
};

struct x86_flags {
    enum x86_flags_kind kind;
    uint8_t width;
    struct x86_value a, b, result;
};

/* ---- States ------------------------------------------------------------------------------------------------------ */

/* Bytes of memory whose value the thread knows for itself: the lower bytes of a value. */
struct x86_cell {
    int64_t address;
    uint8_t size;
    struct x86_value value;
};

enum { X86_REGISTERS = 16, X86_LOADED_MAX = 4, X86_STACK_SIZE = 1 << 20, X86_HEAP_SIZE = 1 << 20 };

struct x86_state {
    uint32_t thread;
    size_t at; /* the instruction that is executed next */
    struct place
        place; /* that of the source which was reached last: of what headers and libraries do, the one that has called them */
    bool is_over;
    struct x86_value registers[X86_REGISTERS];
    struct x86_value low[X86_REGISTERS]; /* what was written to the lowest bytes since */
    uint8_t low_bytes[X86_REGISTERS];    /* how many: 0, 1, 2 */
    struct x86_value wide[16][2];        /* xmm registers */
    struct x86_value destination;        /* of the call or jump that is executed, which was loaded; else nothing */
    struct x86_flags flags;
    uint64_t pinned;       /* registers of the program that values in flight are in, a bit each */
    uint64_t born, joined; /* threads that were started before, a bit each; and those that it has waited for */
    uint32_t children;     /* threads that it has started */
    int64_t heap;          /* bytes that it has taken */
    uint8_t atomic;        /* within what is to be one step: 1, and 2 once that has begun; else 0 */
    int64_t atomic_top;    /* the stack pointer behind whose return it ends; 0: it ends by a call */
    bool is_split;         /* another way was possible */
    bool is_joined;        /* the next access belongs to the same step */
    bool is_whole;         /* all accesses of the instruction are one step, as with a lock */
    bool is_locked;        /* where memory is TSO, they are made to memory itself */
    bool has_emitted;      /* something is left of the instruction that is executed */
    uint32_t own_line;     /* of the instruction of the program, not of its library, that is executed */
    bool is_told;          /* something is left of it */
    uint32_t passed;       /* such instructions that have begun since something was left */
    struct x86_value loaded[X86_LOADED_MAX]; /* what the instruction has loaded from shared places */
    uint8_t loaded_count, loaded_next; /* of these it has asked for again so many, now that it is executed again */
    uint8_t decided;        /* 1 + whether the condition of the instruction holds, once that is known; 0: it is not */
    bool resumes;           /* a part of the instruction was executed before the execution was split */
    struct x86_cell *cells; /* by address */
    size_t cell_count, cell_capacity;
    struct x86_state *next; /* in a list of what is to be done */
    uint32_t label;
};

/* ---- What is found ----------------------------------------------------------------------------------------------- */

struct x86_access {
    uint32_t thread;
    uint8_t offset, size;
    bool writes;
    uint64_t born;
};

/* Each once. */
struct x86_addresses {
    int64_t *values;
    size_t count, capacity;
};

/* Eight bytes of memory, from an address that eight divides. */
struct x86_granule {
    int64_t address;
    struct x86_access *accesses; /* of this pass */
    size_t access_count, access_capacity;
    uint8_t owner[8]; /* of each byte: 1 + the first byte of the place that it belongs to; 0: it is not shared */
    uint8_t sizes[8]; /* of a place that begins there: its bytes */
    uint8_t signs[8]; /* 1: it has a sign, 2: it has none; 0: nobody has asked */
    int64_t words[8]; /* of a place that begins there: its word in the program, -1: not yet */
    struct x86_addresses pointers; /* of all passes: those that its eight bytes hold as one place */
    bool is_open;                  /* they hold what is not known, besides */
    struct x86_addresses
        *values;       /* of a place that begins at each byte: the values that are stored there; NULL: none */
    uint8_t has_any;   /* a bit each: it holds others, too */
    uint64_t blind[8]; /* of each byte: threads behind whose back others can store there, a bit each */
};

struct x86_place {
    int64_t address;
    uint8_t size;
    uint8_t *sign;
    int64_t *word;
};

struct x86_object {
    int64_t address;
    uint64_t users; /* of a barrier: threads that wait there, a bit each */
    enum object_kind kind;
    int64_t number; /* in the program */
};

struct x86_block {
    int64_t address, size;
};

/* A state that was met: which of its registers were in which of the program. */
struct x86_meeting {
    uint32_t label;
    uint8_t *order;
    size_t order_count;
};

struct x86_thread {
    uint32_t parent, ordinal;
    int64_t start;
    struct x86_value argument;
    struct x86_state *work; /* a list */
    struct x86_state *first;
    struct instruction *instructions;
    size_t count, capacity;
    struct machine_part *parts; /* of these */
    size_t part_capacity;
    bool *inside; /* of each instruction: whether it goes on with an atomic stretch */
    size_t inside_capacity;
    uint32_t *labels;
    size_t label_count, label_capacity;
    uint32_t *landed; /* of each label: x86_state.passed where it is */
    size_t landed_capacity;
    struct x86_visit *visits; /* of each instruction, where loops are widened; NULL: not yet */
    struct name_table met;
    struct x86_meeting *meetings;
    size_t meeting_count, meeting_capacity;
};

/* What is done about places that threads share, and about loops, in the order in which it is tried. */
enum x86_attempt {
    X86_PLAIN,
    X86_KNOWING,  /* what threads know of shared places is followed, too */
    X86_WIDENING, /* and loops are not followed round by round for ever */
    X86_LENIENT, /* and a way that depends on the others may lead to what cannot be gone on with: the program fails there */
    X86_ONLY_LENIENT /* that alone */
};

struct x86 {
    const struct x86_input *input;
    struct error *error;
    struct gas_unit unit;
    struct gas_types types;
    struct x86_instruction *code;
    bool *starts;      /* where functions begin */
    uint32_t *returns; /* of each return: the registers that matter behind it */
    size_t code_count;

    /* One attempt. */
    bool is_knowing, is_widening, is_lenient;
    bool is_refused; /* the thread that is executed came to what cannot be read */
    bool is_endless; /* its last pass was given up since it did not come to an end */
    uint64_t spent;  /* instructions that were executed in its passes before */

    /* What all passes know. */
    struct x86_granule *granules;
    size_t granule_count, granule_capacity;
    struct x86_addresses pointers; /* that were stored to shared places */
    bool has_nested;               /* a thread other than main starts threads */
    uint64_t results;              /* threads whose results are looked at, a bit each */
    bool has_serial;               /* somebody looks at what pthread_barrier_wait returns */
    bool has_tries;                /* a read-write lock is tried */

    /* One pass. */
    struct arena arena, names; /* of the pass, and of all passes */
    struct program *program;
    struct name_table granule_names;
    struct x86_thread *threads;
    size_t thread_count, thread_capacity;
    struct x86_object *objects;
    size_t object_count, object_capacity;
    size_t spelling_capacity;
    size_t variable_capacity;
    struct x86_block *blocks; /* of the heap, of all passes */
    size_t block_count, block_capacity;
    uint64_t executed;
    const struct x86_instruction *now; /* what is executed */
    struct place place;                /* for which place of the source */
    bool again;
};

/* ---- Decoding ---------------------------------------------------------------------------------------------------- */

/* Decodes all instructions of the unit. */
bool x86_decode(struct x86 *self);

/* ---- Values ------------------------------------------------------------------------------------------------------ */

/* A number cut down to a form. */
int64_t x86_cut(int64_t number, struct x86_form form);

/* The lower bytes of a value; what is above is of no matter. */
struct x86_value x86_low(struct x86_value value, uint8_t width);

/* The lower bytes of a value as a number or a register that has exactly that integer. What is in a register of the program stays there until
 * the instruction is over. Fails where the value is not known. */
bool x86_exact(struct x86 *self, struct x86_state *state, struct x86_value value, struct x86_form form,
               struct operand *operand);

/* Makes the lower bytes of a value all of it, with a sign or without. */
bool x86_extend(struct x86 *self, struct x86_state *state, struct x86_value *value, struct x86_form form);

/* The dynamic value that a register of the program is. */
struct x86_value x86_in_register(int64_t number, struct x86_form range);

/* ---- States ------------------------------------------------------------------------------------------------------ */

struct x86_state *x86_state_new(struct x86 *self, uint32_t thread);
struct x86_state *x86_state_copy(struct x86 *self, const struct x86_state *state);

/* A register of the program that nothing in the state is in, pinned. Fails where there is none. */
bool x86_free_register(struct x86 *self, struct x86_state *state, int64_t *number);

/* From now on what was in a register of the program is that integer. */
void x86_state_learn(struct x86_state *state, int64_t number, int64_t value);

/* What was a part of an address is in another register of the program now. */
void x86_state_rename(struct x86_state *state, struct x86_value value, int64_t number);

/* Forgets what nobody looks at, before an instruction that jumps lead to. */
void x86_state_forget(struct x86 *self, struct x86_state *state);

/* Forgets what lies below the stack pointer on the thread's stack, but for so many bytes. */
void x86_state_drop_stack(struct x86_state *state, int64_t kept);

/* Whether the state was met before; then the execution goes on there. Else it is noted. */
bool x86_state_is_met(struct x86 *self, struct x86_state *state);

/* Reads and writes private memory of up to 8 bytes. */
bool x86_private_load(struct x86 *self, struct x86_state *state, int64_t address, uint8_t size,
                      struct x86_value *value);
bool x86_private_store(struct x86 *self, struct x86_state *state, int64_t address, uint8_t size,
                       struct x86_value value);

/* ---- Emitting ---------------------------------------------------------------------------------------------------- */

enum x86_effect { X86_OWN, X86_ACCESS }; /* whether others can notice, so that a step begins */

struct instruction *x86_emit(struct x86 *self, struct x86_state *state, enum x86_effect effect, enum opcode opcode,
                             struct operand first, struct operand second);

struct operand x86_immediate(int64_t value);
struct operand x86_register(int64_t number);
struct operand x86_text(struct x86 *self, const char *text);
struct operand x86_target(size_t label);
extern const struct operand x86_none;

/* What an instruction computes is cut down to a form. */
void x86_wrap(struct instruction *instruction, struct x86_form form);

uint32_t x86_new_label(struct x86 *self, const struct x86_state *state);
void x86_land(struct x86 *self, const struct x86_state *state, uint32_t label);

/* Compares two numbers: where a jump is taken the execution goes on in a copy, which is returned. */
struct x86_state *x86_split(struct x86 *self, struct x86_state *state, enum opcode jump, struct operand first,
                            struct operand second);

/* Where the condition holds a jump goes over what follows, up to x86_land(). */
uint32_t x86_skip(struct x86 *self, struct x86_state *state, enum opcode jump, struct operand first,
                  struct operand second);

/* The program ends here by an error: in reality, too; or nobody knows what it does then. */
void x86_emit_crash(struct x86 *self, struct x86_state *state, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void x86_emit_failure(struct x86 *self, struct x86_state *state, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Executes the instruction again in states that each know a value, one of those that are given; any other is an error of the program. */
void x86_enumerate(struct x86 *self, struct x86_state *state, struct operand place, const int64_t *values, size_t count,
                   const char *failure);

/* Sets the error at the instruction that is executed; false. */
bool x86_refuse(struct x86 *self, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The same, where the way on which the thread has come here may be one that it never goes: then the attempt may say that the program fails here. */
bool x86_refuse_way(struct x86 *self, struct x86_state *state, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* ---- Names ------------------------------------------------------------------------------------------------------- */

/* A symbol's name as new: of C++ the simple ones as people write them ("std::terminate", "counter"), without types. */
char *x86_symbol_name(const struct gas_symbol *symbol);

/* The variable that people call so; NULL: there is none. Borrowed. */
const struct gas_symbol *x86_find_variable(const struct x86 *self, const char *name);

/* ---- Memory ------------------------------------------------------------------------------------------------------ */

/* The place in memory that an operand means, of so many bytes. Returns false where that is not yet known: then the state is over. */
bool x86_address(struct x86 *self, struct x86_state *state, const struct gas_operand *operand, uint8_t size,
                 int64_t *address);

/* The same of an address that is a value. */
bool x86_pointer(struct x86 *self, struct x86_state *state, struct x86_value value, uint8_t size, int64_t *address);

/* Whether code is at an address, of the program or of what is called by name; the same as above of such an address. */
bool x86_is_code(const struct x86 *self, int64_t address);
bool x86_code_pointer(struct x86 *self, struct x86_state *state, struct x86_value value, int64_t *address);

/* Loads and stores, up to 8 bytes. Where memory of others is meant, what a thread does is a step. */
bool x86_load(struct x86 *self, struct x86_state *state, int64_t address, uint8_t size, struct x86_value *value);
bool x86_store(struct x86 *self, struct x86_state *state, int64_t address, uint8_t size, struct x86_value value);

/* Before main starts its first thread: what it has on its stack in places that threads share goes there, in the step that starts it. */
bool x86_publish(struct x86 *self, struct x86_state *state);

/* Whether bytes are shared with other threads. */
bool x86_is_shared(struct x86 *self, int64_t address, uint8_t size);

/* The bytes of the object around an address: of a variable, a block, a stack. Returns false where there is none. */
bool x86_object_bounds(struct x86 *self, int64_t address, int64_t *first, int64_t *end);

bool x86_is_read_only(const struct x86 *self, int64_t address);

/* How integers are kept in the word of a place. */
struct x86_form x86_place_form(struct x86 *self, const struct x86_place *place);

/* Where the stack and the heap of a thread begin. */
int64_t x86_stack_top(uint32_t thread);
int64_t x86_heap_first(uint32_t thread);

/* What is added to the address of a thread-local variable's first value for that of a thread's own; and back from that: other addresses stay. */
int64_t x86_thread_pointer(uint32_t thread);
int64_t x86_first_address(int64_t address);

/* The name of what lies at an address, as new: "counter", "buffer[2]". */
char *x86_place_name(struct x86 *self, int64_t address, uint8_t size);

/* ---- Places ------------------------------------------------------------------------------------------------------ */

/* Notes that a thread comes to a place; may make the pass void. */
bool x86_note_access(struct x86 *self, struct x86_state *state, int64_t address, uint8_t size, bool writes);

/* Shares bytes from the next pass on. */
bool x86_share(struct x86 *self, int64_t address, uint8_t size);

/* The shared place around bytes; false where they are private. */
bool x86_find_place(struct x86 *self, int64_t address, uint8_t size, struct x86_place *place);
struct operand x86_word(struct x86 *self, const struct x86_place *place);

void x86_forget_accesses(struct x86 *self);

/* The granule of an address, made where it is new: its number. */
size_t x86_granule_at(struct x86 *self, int64_t address);

/* ---- Pointers ---------------------------------------------------------------------------------------------------- */

enum { X86_ADDRESSES_MAX = 1024 };

/* Notes what is stored to a place; may make the pass void. */
void x86_note_pointer(struct x86 *self, const struct x86_place *place, struct x86_value value);

/* What was loaded from a place knows from where. */
void x86_tell_source(struct x86 *self, const struct x86_place *place, struct x86_value *value);

/* Lists the numbers that a part of an address can be, where the rest of it is known. X86_ADDRESSES_MAX: there are that many or more. Returns
 * whether it is known that these are all that lead to a variable; else they are the addresses that are stored anywhere. */
bool x86_list_parts(struct x86 *self, int64_t known, struct x86_value part, int64_t factor, uint8_t size,
                    struct x86_addresses *parts);

/* Each address once; whether it is new. */
bool x86_addresses_add(struct x86_addresses *addresses, int64_t address);

/* ---- What threads know ------------------------------------------------------------------------------------------- */

/* Notes that another thread can store something behind a thread's back: an access. */
void x86_note_blind(struct x86 *self, struct x86_granule *granule, uint32_t thread, const struct x86_access *writes);

/* Notes what is stored to a place: a value that is known, or any. */
void x86_note_value(struct x86 *self, const struct x86_place *place, int64_t value);
void x86_open_values(struct x86 *self, const struct x86_place *place);

/* What a thread has stored to a shared place, it keeps in mind. */
bool x86_keep_stored(struct x86 *self, struct x86_state *state, int64_t address, uint8_t size, struct x86_value value);

/* The whole value of a place that was loaded, in a register: where that can be known it is. Returns false where the execution was split. */
bool x86_know_loaded(struct x86 *self, struct x86_state *state, const struct x86_place *place, struct x86_value *value);

/* Whether the instruction is executed again and has loaded the value before; else it is to be handed over once it is loaded. */
bool x86_was_loaded(struct x86_state *state, struct x86_value *value);
void x86_remember_loaded(struct x86 *self, struct x86_state *state, struct x86_value value);

/* ---- Loops ------------------------------------------------------------------------------------------------------- */

/* Before an instruction that jumps lead to: what was another number the last time is not known any more, once that has been often enough. */
bool x86_widen(struct x86 *self, struct x86_state *state);

/* ---- Executing --------------------------------------------------------------------------------------------------- */

/* Executes all that is to be done in a thread. */
bool x86_run_thread(struct x86 *self, uint32_t thread);

/* A general register, and what an operand is worth, of so many bytes; what is above them is of no matter. */
bool x86_read_register(struct x86 *self, struct x86_state *state, unsigned number, uint8_t width,
                       struct x86_value *value);
bool x86_write_register(struct x86 *self, struct x86_state *state, unsigned number, uint8_t width,
                        struct x86_value value);
bool x86_read(struct x86 *self, struct x86_state *state, const struct gas_operand *operand, uint8_t width,
              struct x86_value *value);
bool x86_write(struct x86 *self, struct x86_state *state, const struct gas_operand *operand, uint8_t width,
               struct x86_value value);

/* Ends a thread, whose result is in %rax; main's end is that of the program. */
bool x86_finish(struct x86 *self, struct x86_state *state);

/* Returns from a function. */
bool x86_return(struct x86 *self, struct x86_state *state);

bool x86_execute_arithmetic(struct x86 *self, struct x86_state *state, const struct x86_instruction *instruction);
bool x86_execute_vector(struct x86 *self, struct x86_state *state, const struct x86_instruction *instruction);

/* value = a operation b, of so many bytes. */
bool x86_compute(struct x86 *self, struct x86_state *state, enum x86_operation operation, uint8_t width,
                 struct x86_value a, struct x86_value b, struct x86_value *value);

/* Whether a condition holds: in the state where it does not know, the execution goes on in both ways, and each knows. */
bool x86_decide(struct x86 *self, struct x86_state *state, enum x86_condition condition, bool *holds);

/* ---- Library ----------------------------------------------------------------------------------------------------- */

/* Functions that are no step of their own, as assembly: they call the others, as those of C++ call pthreads. */
extern const char x86_runtime[];

bool x86_call_library(struct x86 *self, struct x86_state *state, const struct gas_symbol *symbol, bool is_tail);

/* The arguments of a call, as the registers have them. */
bool x86_argument(struct x86 *self, struct x86_state *state, unsigned number, uint8_t width, struct x86_value *value);
bool x86_known_argument(struct x86 *self, struct x86_state *state, unsigned number, uint8_t width, const char *what,
                        int64_t *value);
void x86_give(struct x86_state *state, struct x86_value value);

struct x86_call {
    const char *name;
    int64_t number; /* a function's own */
};
typedef bool x86_function(struct x86 *self, struct x86_state *state, const struct x86_call *call);

x86_function x86_create, x86_join, x86_exit_thread, x86_self, x86_mutex, x86_condition_variable, x86_clock, x86_rwlock,
    x86_barrier, x86_semaphore, x86_attribute;
x86_function x86_printf, x86_sprintf, x86_puts, x86_putchar, x86_fputs, x86_fwrite;
x86_function x86_stream_number, x86_stream_text, x86_stream_bytes, x86_stream_end, x86_stream_flush, x86_stream_refuse;
x86_function x86_allocate, x86_fill, x86_copy, x86_length;

/* What a function does, its `number`. */
enum {
    X86_INIT,
    X86_INIT_TYPED, /* C11's: with the type of a mutex */
    X86_TRY_TYPED,
    X86_TRY_TIMED, /* with a time: it is over, or the others let go before */
    X86_TRY_TIMED_TYPED,
    X86_WAIT_TIMED, /* until somebody wakes the thread, or its time is over */
    X86_WAIT_TIMED_TYPED,
    X86_TRY_READ,
    X86_DESTROY,
    X86_LOCK,
    X86_UNLOCK,
    X86_TRY,
    X86_READ_LOCK,
    X86_WAIT,
    X86_SIGNAL,
    X86_BROADCAST,
    X86_POST,
    X86_SET_TYPE
};

/* The number of type pthread_t of a thread; where its result is kept. */
int64_t x86_thread_id(uint32_t thread);
int64_t x86_result_address(uint32_t thread);

/* Adds a thread; lets it begin in a state. */
uint32_t x86_add_thread(struct x86 *self, uint32_t parent, uint32_t ordinal);
bool x86_begin_thread(struct x86 *self, struct x86_state *state);

/* Where it is kept that the time of a thread that waits is over; where the results of threads are kept; of threads, the least number
 * of type pthread_t; what stdout and stderr are. */
#define X86_LIMITS_FIRST INT64_C(0x1d000000)
#define X86_RESULTS_FIRST INT64_C(0x1f000000)
#define X86_THREADS_FIRST INT64_C(0x7e0000000000)
#define X86_STANDARD_OUTPUT INT64_C(0x1e000000)
#define X86_STANDARD_ERROR INT64_C(0x1e001000)

/* Prints with a format of printf, whose conversions are for the arguments from one on: a step. */
bool x86_print_formatted(struct x86 *self, struct x86_state *state, const char *format, unsigned first);

/* Prints so many bytes of the program: a step. */
bool x86_print_bytes(struct x86 *self, struct x86_state *state, int64_t address, int64_t count);

/* Reads a text of the program. */
bool x86_read_text(struct x86 *self, struct x86_state *state, int64_t address, struct text *text);

/* The object of a kind at an address. */
struct operand x86_object_at(struct x86 *self, enum object_kind kind, int64_t address, int64_t number,
                             bool is_recursive);
