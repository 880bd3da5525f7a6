/* machine: the narrow header between what is checked and how.
 *
 * A machine is a program that can be executed one step at a time, seen without its opcodes. It offers two views.
 *
 * The static view tells, for each instruction of each thread, what it could do (machine_effect): which locations decide
 * where it goes or whether it can proceed, and how it assigns locations from others. A *location* is a number that stands
 * for a shared word or for a register of a thread. From this view the slice is computed.
 *
 * The dynamic view is a transition system over packed *control states*. A control state is an array of *quads*, of 64 bits each,
 * equal states have equal ones. It holds the program counters, who is away at input or output, who holds which mutex, the
 * permits of the semaphores, what is in the queues, and the values of those locations that are control; the values of the
 * other locations, the *data*, are not stored: a step reports instead how they moved ("target takes its value from source,
 * plus addend"). A machine made without data is the complete machine of the classical explicit search.
 *
 * Control registers that are dead (written before they are next read, on every path) are stored as zero, unless
 * keep_dead asks for them, as replay does, which shows registers to people.
 *
 * A thread's part of the state is one block of bits; the blocks of threads of the same *class* (same code, same first
 * registers) have the same layout, so that exchanging two such blocks is exchanging the threads.
 *
 * Values are packed into as few bits as a trial run needed. A step that meets a value that does not fit says
 * STEP_TOO_NARROW; the caller then calls machine_widen(), after which all packed states are void, and starts again.
 *
 * Memory. A program that computes addresses can reach every word, so all words are control in it; words that it does not
 * write take no bits. Beyond the program's words all addresses below PROGRAM_STACK_FIRST have a word, too, which is 0 until
 * it is written: of these *free words* a state lists those that are not 0, as pairs of address and value in the order of
 * addresses, so that equal memories are equal states. Each thread has a stack of its own in its block, at the addresses
 * behind. Free words and stacks are control always, and take bits only once a schedule has filled them. */
#pragma once

#include "base/text.h"
#include "program/act.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct machine;
struct predicate;
struct program;

typedef uint32_t location_id;
#define LOCATION_NONE UINT32_MAX /* in a move: no source, the addend alone is the value */
#define LOCATION_FREE \
    (LOCATION_NONE - 1) /* in a derivation: the word at its address, which has no location of its own */

/* ---- Life ---------------------------------------------------------------------------------------------------- */

/* Makes a machine for a program, which is borrowed and must outlive it. data has a flag for each location, true where its
 * value is not to be stored; NULL stores everything. The caller frees the machine with machine_free(). */
struct machine *machine_new(const struct program *program, const bool *data, bool keep_dead);

/* The same of a *guarded* machine (struct guarding, below), in which data may be compared. */
struct machine *machine_new_guarded(const struct program *program, const bool *data);
bool machine_is_guarded(const struct machine *self);
void machine_free(struct machine *self);

/* ---- Shape --------------------------------------------------------------------------------------------------- */

size_t machine_thread_count(const struct machine *self);
size_t machine_location_count(const struct machine *self);
size_t machine_instruction_count(const struct machine *self, size_t thread);

/* The location of what was printed, as a number of the program's outputs, or LOCATION_NONE where states do not hold it. */
location_id machine_output_location(const struct machine *self);

/* The event that is counted, borrowed, or NULL; and the location of its count, which must be data, or LOCATION_NONE. */
const struct counted_event *machine_counted(const struct machine *self);
location_id machine_count_location(const struct machine *self);

/* The number of shared locations. They come first, numbered as the program's words, then its semaphores (whose value is the
 * permits left), then its events (1 where they are set), then its mutexes, if one is recursive (how often its holder has locked
 * it again), then what was printed, where that is held, then the count of an event, then its queues (for each its items, the first one first, as many as it can hold, and its length), then
 * its free words (for each its address and its value); then, thread by thread, the registers, the stack, and what is in the store
 * buffer. Free words, stacks and store buffers have locations only where a program can reach them. */
size_t machine_shared_count(const struct machine *self);
size_t machine_word_count(const struct machine *self);

/* The thread whose own a location is, or -1 for a shared location. */
int machine_location_thread(const struct machine *self, location_id location);

/* Which register of its thread a location is (0 .. machine_register_count() - 1); only for locations of threads. Those of its
 * stack and of its store buffer have larger numbers, below machine_own_count(). */
unsigned machine_location_register(const struct machine *self, location_id location);
unsigned machine_register_count(const struct machine *self);
unsigned machine_own_count(const struct machine *self);
location_id machine_register_location(const struct machine *self, size_t thread, unsigned number);

/* Returns "value" or "%ax of T0" as new. */
char *machine_location_name(const struct machine *self, location_id location);

/* The value that a location has at the start. */
int64_t machine_initial_value(const struct machine *self, location_id location);

/* Whether a location is a register that begins with another value than the language gives it. */
bool machine_is_preset(const struct machine *self, location_id location);

/* Whether a location is data in this machine. */
bool machine_is_data(const struct machine *self, location_id location);

/* Whether a location must not be data: what an instruction does there depends on more than an assignment can say. Such are
 * queues, stacks, and all words of memory in a program that computes addresses. */
bool machine_is_always_control(const struct machine *self, location_id location);

/* Says in words why a location is always control, borrowed; NULL where it is not. */
const char *machine_control_reason(const struct machine *self, location_id location);

/* Whether a location is a word, a register, a semaphore or an event: what has a value that a certificate can list by itself. */
bool machine_is_value(const struct machine *self, location_id location);

/* Whether some instruction names a location; the others never change. */
bool machine_is_mentioned(const struct machine *self, location_id location);

/* The class of a thread, 0 .. thread count - 1: threads with the same class are interchangeable. */
size_t machine_class(const struct machine *self, size_t thread);

/* ---- Static view --------------------------------------------------------------------------------------------- */

enum { EFFECT_DECIDERS_MAX = 8, EFFECT_ASSIGNMENTS_MAX = 4, ASSIGNMENT_TERMS_MAX = 2 };

/* A source of an assignment. With coefficient 1 the target takes the source's value as it is (plus other terms); any
 * other coefficient means that the value is needed to compute the result. */
struct term {
    location_id source;
    int coefficient; /* 1, -1, or 0: not linear */
};

/* target = constant + sum of terms. */
struct assignment {
    location_id target;
    int64_t constant;
    bool is_comparison; /* the result is -1, 0 or 1, whatever the terms are: it cannot overflow */
    size_t term_count;
    struct term terms[ASSIGNMENT_TERMS_MAX];
};

struct effect {
    bool may_block;       /* may be disabled, or changes what may be disabled elsewhere (lock, wait, put, and so on) */
    bool may_branch;      /* may continue elsewhere than at the next instruction, or at itself (io) */
    size_t decider_count; /* locations that decide where it goes or whether it can proceed */
    location_id deciders[EFFECT_DECIDERS_MAX];
    size_t assignment_count; /* simultaneous */
    struct assignment assignments[EFFECT_ASSIGNMENTS_MAX];
};

/* Fills *effect with what the instruction at index (0 .. count - 1) of a thread could do. Copies into registers that are dead
 * afterwards are left out, unless keep_dead. Of a queue only the first item is named as source of a get and target of a
 * put; the values of its other items move among themselves. In the same way the first free word stands for whatever word
 * a computed address may reach, and the first word of a stack for all of it. */
void machine_effect(const struct machine *self, size_t thread, uint32_t index, struct effect *effect);

/* Whether the verifier of certificates knows all that the program does. */
bool machine_can_be_certified(const struct machine *self);

/* The cost of an instruction in ticks; of an io it is the cost of leaving, since the return needs no processor. And whether it
 * gives up the processor (yield). */
uint32_t machine_ticks(const struct machine *self, size_t thread, uint32_t index);
bool machine_yields(const struct machine *self, size_t thread, uint32_t index);

/* Whether all threads begin at once, run through their code without a jump, never wait, and have nothing to choose. And where their
 * steps begin then: whether one does at an index, and how many a thread has. */
bool machine_is_straight(const struct machine *self);
bool machine_begins_step(const struct machine *self, size_t thread, uint32_t index);
uint32_t machine_step_count(const struct machine *self, size_t thread);

/* Whether an instruction (index up to the count, which is the end) is *local*: it reads and writes registers of its own thread
 * alone, goes on without waiting in one way, is counted and printed by nobody, and leaves the thread in the critical sections that it was
 * in. So it commutes with every step of the other threads, and it can be taken together with the step before it (Lipton,
 * Reduction, 1975) wherever steps are not counted. It can fail, as an addition that overflows: then the failure is a step. All instructions of one step
 * are local or none, and on every way round through local instructions there is one that does not count as local, so that only so many
 * follow each other. */
bool machine_is_local(const struct machine *self, size_t thread, uint32_t index);

/* The critical sections that the program marks (.critical ... .endcritical), and the name of one, borrowed, "" where it has
 * none. A thread is inside a section while the instruction that it executes next belongs to it. */
size_t machine_section_count(const struct machine *self);
const char *machine_section_name(const struct machine *self, size_t section);

/* Whether an instruction (index below the count) belongs to a section. */
bool machine_is_inside(const struct machine *self, size_t thread, uint32_t index, size_t section);

/* Whether a thread that is there shares the section with others that share it. */
bool machine_shares_section(const struct machine *self, size_t thread, uint32_t index, size_t section);

/* Returns, as new, a flag for each instruction of a thread and one for its end: whether some way through the code from there
 * comes to an instruction of a critical section (that one included), whatever the values are. */
bool *machine_find_ways_inside(const struct machine *self, size_t thread);

/* ---- Dynamic view -------------------------------------------------------------------------------------------- */

/* Whether steps of this machine can have footprints; and whether the one of a step of a thread that begins with an instruction is known, with
 * all that may belong to the same step and the local steps behind it. Then it is added to a mask of a state: what the step does, whether
 * it can be taken, and how it moves data, depends on these bits alone, and it changes no others. */
bool machine_has_footprints(const struct machine *self);
bool machine_footprint(const struct machine *self, size_t thread, uint32_t index, uint64_t *mask);

/* The size of a control state in bits; a caller that appends bits of its own may do so from there. */
size_t machine_bits(const struct machine *self);

/* Where a thread's block lies: bits first .. first + width - 1. A block of up to 64 bits never crosses a quad; a
 * larger one begins at a quad and fills whole quads. */
struct machine_block {
    size_t first;
    size_t width;
};
struct machine_block machine_block(const struct machine *self, size_t thread);

/* What a thread does beside executing its next instruction. */
enum activity {
    ACTIVITY_NONE,
    ACTIVITY_AWAY,   /* at input or output */
    ACTIVITY_ASLEEP, /* on the condition or at the barrier of its next instruction */
    ACTIVITY_WOKEN,  /* on the condition: it is to lock the mutex again */
    ACTIVITY_UNBORN  /* nobody has spawned it yet */
};
enum activity machine_thread_activity(const struct machine *self, const uint64_t *state, size_t thread);

/* For whoever lists a whole state, of objects by their numbers (machine_object_name() has their names): the holder of a mutex
 * is a thread, or -1; the depth is how often more than once it has it. Those who read a read-write lock, or the one who writes, are a set
 * of threads. A queue's items lie from machine_queue_location() on, as many as its capacity, and then its length. */
int machine_mutex_holder(const struct machine *self, const uint64_t *state, size_t mutex);
int64_t machine_mutex_depth(const struct machine *self, const uint64_t *state, size_t mutex);
uint64_t machine_rwlock_holders(const struct machine *self, const uint64_t *state, size_t rwlock, bool writes);
location_id machine_queue_location(const struct machine *self, size_t queue, size_t *capacity);

/* The thread that has the mutex which another one waits for, where that mutex makes it inherit the other one's priority; else -1. */
int machine_inheritor(const struct machine *self, const uint64_t *state, size_t thread);

/* Whether the value of a register is kept in states where its thread executes the instruction at index next (0 .. count):
 * whether it is live there, or all are kept. */
bool machine_keeps(const struct machine *self, size_t thread, uint32_t index, unsigned number);

/* Writes the first state; words beyond machine_bits() are not touched, so the caller clears them. */
void machine_start(const struct machine *self, uint64_t *state);

/* The instruction a thread executes next, or its instruction count when it has finished. */
uint32_t machine_index(const struct machine *self, const uint64_t *state, size_t thread);

/* The set of threads that can step, and of those that have finished, a bit a thread. A thread in neither waits. */
uint64_t machine_enabled(const struct machine *self, const uint64_t *state);
uint64_t machine_finished(const struct machine *self, const uint64_t *state);

/* The set of all threads. */
uint64_t machine_everybody(const struct machine *self);

/* The set of threads that are away at input or output (io). Their next step, the return, needs no processor: it is always
 * enabled, and no scheduler can forbid it. */
uint64_t machine_away(const struct machine *self, const uint64_t *state);

/* The sets of threads that nobody has spawned yet, of those that begin later; and of those that sleep on a condition or at a
 * barrier, whose step, where they can make one, is a wake-up without a signal: one that need never come. */
uint64_t machine_unborn(const struct machine *self, const uint64_t *state);
uint64_t machine_asleep(const struct machine *self, const uint64_t *state);

/* Whether stores wait in store buffers before they reach memory (machine/store_buffer.h); and the set of threads of which one waits. That
 * the oldest one of a thread reaches memory needs no processor, is always possible, and no scheduler can forbid it. */
bool machine_has_buffers(const struct machine *self);
uint64_t machine_unflushed(const struct machine *self, const uint64_t *state);

/* Whether a location is the value of a store in a buffer, where the word that it is for is data: it is data, and as relevant. */
bool machine_is_buffered_data(const struct machine *self, location_id location);

/* Of a location in a store buffer, how many stores wait in front of the one that it is for. */
size_t machine_buffer_place(const struct machine *self, location_id location);

/* A store that waits: the word, or LOCATION_FREE and its address; and the location of its value. */
struct waiting_store {
    location_id word;
    int64_t address;
    location_id value;
};

/* Fills *store with one that waits in the buffer of a thread, in front of which `number` wait. Returns false where so few do. */
bool machine_waiting_store(const struct machine *self, const uint64_t *state, size_t thread, size_t number,
                           struct waiting_store *store);

/* Whether any thread can ever be away. */
bool machine_can_be_away(const struct machine *self);

/* Whether threads are inside a critical section together that must not be: two or more, unless all share it. */
bool machine_overlaps(const struct machine *self, const uint64_t *state, size_t section);

/* The set of threads inside a critical section. */
uint64_t machine_inside(const struct machine *self, const uint64_t *state, size_t section);

/* The value of a control location; and where nothing more happens: of what was printed that is the number of a text, or what stands for
 * all others (program/outputs.h). */
int64_t machine_value(const struct machine *self, const uint64_t *state, location_id location);

/* Whether a condition is true in a state where so much was printed (NULL: none of what it looks for); one that has no value is not. */
bool machine_satisfies(const struct machine *self, const uint64_t *state, const struct predicate *condition,
                       const char *output);
int64_t machine_final_value(const struct machine *self, const uint64_t *state, location_id location);

/* Whether the program uses more than its own words: whether it computes addresses, lea included, or pushes and pops. */
bool machine_uses_memory(const struct machine *self);

/* The word of memory that an instruction reaches at a computed address. */
struct reach {
    int64_t address;
    location_id word; /* LOCATION_NONE where no word of the program has the address */
    bool is_stack;    /* it lies on the thread's own stack */
    bool reads;
    bool writes;
};

/* Fills *reach with what the next instruction of a thread will reach. Returns false where it computes no address, or the
 * address lies outside memory. Where the registers of the address are control. */
bool machine_reach(const struct machine *self, const uint64_t *state, size_t thread, struct reach *reach);

/* The value of the word at an address, as a thread sees it; 0 where there is none. It must be control. */
int64_t machine_value_at(const struct machine *self, const uint64_t *state, size_t thread, int64_t address);

/* How data moved in a step: target took the value of source (LOCATION_NONE: of nothing) plus addend. */
struct move {
    location_id target;
    location_id source;
    int64_t addend;
};

enum step_result {
    STEP_TAKEN,
    STEP_FAILED,    /* an error of the program; the state is unchanged; see failure */
    STEP_TOO_NARROW /* a value does not fit its bits; see narrow; call machine_widen() and start again */
};

enum { STEP_MOVES_MAX = 40, STEP_GUARDS_MAX = 12 }; /* a flush moves all that is in a store buffer */

/* What must hold of data before a step for it to go as it went: the sign of left + addend - right. LOCATION_NONE is worth 0. */
struct guard {
    location_id left, right;
    int64_t addend;
    int sign; /* -1, 0, 1 */
};

/* How the comparisons of data in a step of a guarded machine turn out, which it cannot know: as is decided beforehand. A step then is
 * one of several *guarded commands* (Dijkstra, 1975): guards, and moves. They exclude each other, and one of them is possible always:
 *
 *     guarding_begin(&guarding);
 *     do {
 *         ... machine_choose() on a copy of the state, with step.guarding == &guarding ...
 *     } while (guarding_advance(&guarding));
 *
 * A struct is the caller's, and so is what it says of the whole of several steps (guarding_tell_of_first()). */
struct guarding {
    unsigned decided; /* so many comparisons turn out as signs says, the others as -1 first */
    unsigned count;   /* comparisons that were met */
    bool overflows;   /* there are too many, or what they say cannot be said */
    struct guard guards[STEP_GUARDS_MAX];
};
void guarding_begin(struct guarding *self);

/* Goes on to the next way in which comparisons turn out. Returns false where there is none. */
bool guarding_advance(struct guarding *self);

/* Tells guards from the number `first` on, which are about the values before a step, of the values before the moves of earlier ones. */
void guarding_tell_of_first(struct guarding *self, unsigned first, const struct move *moves, size_t count);

/* What a step did: an instruction, and those that belong to the same step. */
struct step {
    enum step_result result;
    enum failure failure;
    uint32_t index; /* of its last instruction, which failed where one did */
    location_id narrow;
    int64_t narrow_value; /* the value that did not fit */
    uint64_t ticks;       /* what its instructions cost together; nothing where a thread returns from input or output */
    bool yields;          /* it gives up the processor: what that means is for the scheduler to say */
    bool is_over;         /* no further instruction can belong to it */
    bool prints;          /* see machine_print_step() */
    bool dies;            /* the thread ends by an error, while others can go on: at dies_index */
    uint32_t dies_index;
    bool overflows; /* how data moved cannot be said: an addend does not fit 64 bits, or there are too many moves */
    struct guarding *guarding; /* of a guarded machine: given by whoever takes the step; else not looked at */
    size_t move_count;         /* simultaneous */
    struct move moves[STEP_MOVES_MAX];
};

/* Counts the event that the machine counts so many times more in a step that was taken. */
void machine_add_count(const struct machine *self, uint64_t amount, struct step *step);

/* In how many ways the next step of an enabled thread can turn out: most steps in one; a choice, or a signal that wakes one of
 * several, in more. At most CHOICES_MAX. */
unsigned machine_choice_count(const struct machine *self, const uint64_t *state, size_t thread);

/* Whether some step of some thread can have several outcomes. */
bool machine_has_choices(const struct machine *self);

/* Takes a step of an enabled thread on *state, in place, with one of its outcomes, 0 .. count - 1, and fills *step. A step is the
 * thread's next instruction and all that follow it as long as the next one is no switch point, can proceed at once, and has
 * nothing to choose; a thread that yields, sleeps, leaves for input or output, or comes back from there, ends its step with
 * that. After STEP_FAILED the state is unchanged; after STEP_TOO_NARROW it must be thrown away. With WAY_FLUSH the oldest store of a thread
 * of machine_unflushed() reaches memory in place of that, which never fails. */
void machine_choose(const struct machine *self, uint64_t *state, size_t thread, unsigned choice, struct step *step);

/* Its parts, for whoever looks at each instruction: executes only the next one, whose own step *step then is; and says whether the
 * next one belongs to the same step as the last one, which was taken. */
void machine_execute(const struct machine *self, uint64_t *state, size_t thread, unsigned choice, struct step *step);
bool machine_goes_on(const struct machine *self, const uint64_t *state, size_t thread, const struct step *last);

/* Whether steps can have several instructions, how many at most, and how many ticks a step can cost at most. */
bool machine_has_stretches(const struct machine *self);
uint32_t machine_longest_step(const struct machine *self);
uint64_t machine_dearest_step(const struct machine *self);

/* Copies a step, as far as it is filled in. */
void machine_copy_step(const struct step *from, struct step *to);

/* Appends what the next instruction of a thread prints, if it prints; and what its whole step does. Numbers must be control. */
void machine_print(const struct machine *self, const uint64_t *state, size_t thread, struct text *text);
void machine_print_step(const struct machine *self, const uint64_t *state, size_t thread, unsigned choice,
                        struct text *text);

/* Returns, as new, the instructions of a step that is taken from a state: "mov x, %ax; add $1, %ax". */
char *machine_step_text(const struct machine *self, const uint64_t *state, size_t thread, unsigned choice);

/* What a step costs that is taken from a state, in ticks. */
uint64_t machine_step_ticks(const struct machine *self, const uint64_t *state, size_t thread, unsigned choice);

/* The same with the first outcome, or the only one. */
void machine_step(const struct machine *self, uint64_t *state, size_t thread, struct step *step);

/* Gives a location (and the same register of the other threads of its class) enough bits for a value, and some more. All
 * packed states are void afterwards. */
void machine_widen(struct machine *self, location_id location, int64_t value);

/* Where the values that a step writes come from: the assignments of machine_effect() as they are in one state, of the very
 * item, word of a stack, or word at a computed address that is meant; a cas that does not swap leaves its word out. */
struct derivation {
    size_t assignment_count; /* simultaneous */
    struct assignment assignments[EFFECT_ASSIGNMENTS_MAX];
    int64_t address;    /* of LOCATION_FREE */
    location_id moved;  /* items of a queue moved up: this location took the value of the one behind it, */
    size_t moved_count; /* and so on, so many in all */
};

/* Fills *derivation for the next instruction of a thread, which must be possible in this state. Of a machine in which
 * nothing is data and which keeps dead registers. */
void machine_derive(const struct machine *self, const uint64_t *state, size_t thread, struct derivation *derivation);

/* The same, where the oldest store of a thread reaches memory. */
void machine_derive_flush(const struct machine *self, const uint64_t *state, size_t thread,
                          struct derivation *derivation);

/* The word, or LOCATION_FREE with *address set, that a place in a store buffer holds a store of; other locations as they are. */
location_id machine_buffered_word(const struct machine *self, const uint64_t *state, location_id location,
                                  int64_t *address);

/* ---- For people ---------------------------------------------------------------------------------------------- */

/* Appends what a waiting thread waits for: "mutex m, held by T1". */
void machine_describe_wait(const struct machine *self, const uint64_t *state, size_t thread, struct text *text);

/* Appends what it means that the oldest store of a thread reaches memory: "T0's store of x reaches memory". */
void machine_describe_flush(const struct machine *self, const uint64_t *state, size_t thread, struct text *text);

/* Appends what waits in store buffers, the oldest store first: "T0: x=1, y=2; T1: y=1"; nothing where none waits. */
void machine_print_buffers(const struct machine *self, const uint64_t *state, struct text *text);

/* Returns what the instruction at an index of a thread does; *object is the number of its mutex, semaphore or queue, else 0. */
enum act machine_act(const struct machine *self, size_t thread, uint32_t index, size_t *object);

/* Appends what an instruction of a thread did between two states, where that is more than its assignments and its act say: "wakes
 * `T1`, asleep on condition `c`". Returns false, and appends nothing, where it is not. The machine must be complete. */
bool machine_tell(const struct machine *self, const uint64_t *before, const uint64_t *after, size_t thread,
                  struct text *text);

/* The same in a word or two, where the instruction's text alone hides who sleeps, who was woken, and what opened: "wakes T1". */
bool machine_tell_briefly(const struct machine *self, const uint64_t *before, const uint64_t *after, size_t thread,
                          struct text *text);

/* What the next instruction of a thread is about, and waits for where it cannot proceed: an object of a kind (enum object_kind),
 * whichever registers pick, or, of the kind behind these, a thread. Returns false where it is about none. */
bool machine_subject(const struct machine *self, const uint64_t *state, size_t thread, unsigned *kind, size_t *number);

/* How many objects there are of a kind, and their names, borrowed; the kind behind all is that of the threads. And whether some
 * thread names another. */
size_t machine_object_count(const struct machine *self, unsigned kind);
const char *machine_object_name(const struct machine *self, unsigned kind, size_t number);
bool machine_names_threads(const struct machine *self);

/* Whether a jump at an index jumped, when the thread's next instruction is the one at the index next. */
bool machine_jumps(const struct machine *self, size_t thread, uint32_t index, uint32_t next);

/* Fills in what the next instruction of a thread, which compares, compares: the first value with the second one. The
 * machine must be complete. */
void machine_compared(const struct machine *self, const uint64_t *state, size_t thread, int64_t values[2]);

/* Says in words what a failure is: "overflow of a 64-bit value". Borrowed. */
const char *machine_failure_text(enum failure failure);

/* Returns, as new, which instruction of a thread failed, and how: "race.s:4:5: T0: add %ax, %bx: overflow of a 64-bit value". */
char *machine_describe_failure(const struct machine *self, size_t thread, uint32_t index, enum failure failure);

/* Appends the names of some threads, a bit each: "a", "a and b", "a, b and c". */
void machine_name_threads(const struct machine *self, uint64_t threads, struct text *text);

/* Whether a failure there ends the real program, too; else it is not known how that goes on. */
bool machine_is_end(const struct machine *self, size_t thread, uint32_t index, enum failure failure);

/* The source line and column of an instruction; its text as new; a thread's name, the file name, borrowed. */
uint32_t machine_line(const struct machine *self, size_t thread, uint32_t index);
uint32_t machine_column(const struct machine *self, size_t thread, uint32_t index);
char *machine_instruction_text(const struct machine *self, size_t thread, uint32_t index);
const char *machine_thread_name(const struct machine *self, size_t thread);
/* "ax", borrowed. */
const char *machine_register_name(const struct machine *self, unsigned number);
const char *machine_source(const struct machine *self);

/* How the program's text was read, borrowed; NULL: by the assembler. */
const char *machine_reading(const struct machine *self);

/* What values of words are called; borrowed. */
const struct value_names *machine_value_names(const struct machine *self);

/* The file that a thread's code stands in, borrowed: lines and columns count there. The source, where the program is one file. */
const char *machine_file(const struct machine *self, size_t thread);

/* What numbers that are data must stay below, so that nothing is cut off where an instruction keeps so many bits, or there are 64. */
uint64_t machine_greatest_sum(const struct machine *self);
