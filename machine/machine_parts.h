/* machine_parts: the inside of a machine, for machine/machine*.c alone. */
#pragma once

#include "machine/layout.h"
#include "machine/machine.h"
#include "program/program.h"

#include <assert.h>

struct machine {
    const struct program *program; /* borrowed */
    size_t shared_count;           /* as machine_shared_count() lists them */
    size_t location_count;
    unsigned register_count; /* of each thread */
    size_t stack_count;      /* words of a thread's stack; 0 where no stacks are used */
    size_t stride;           /* locations a thread: registers, its stack, what is in its store buffer */
    bool computes;           /* some instruction reaches memory at a computed address */
    bool names_addresses;    /* some instruction is a lea */
    bool has_parts;          /* some instruction loads or stores a part of a word */
    bool keeps_popped;       /* what was popped can still be looked at */
    size_t buffer_size; /* places in the store buffer of each thread (machine/store_buffer.h); 0 where memory is SC */
    location_id free_words; /* the address of the first; its value follows, then the next; only where it computes */
    bool keep_dead;
    bool guarded;                 /* data may be compared */
    bool blocks;                  /* some thread can be kept from stepping */
    bool has_choices;             /* some instruction has several outcomes */
    uint32_t longest_step;        /* in instructions, at most; 1 where all are switch points */
    uint64_t dearest_step;        /* in ticks, at most */
    uint64_t io;                  /* the threads that can be away, a bit each */
    uint64_t named;               /* the threads that instructions name, and those that begin later */
    uint8_t *activity_bits;       /* one a thread */
    bool *picked;                 /* one a location: of an object that registers pick from an array */
    bool *asserted;               /* one a location: a word that an assertion reads */
    bool *delays;                 /* one a location: a word that says how long somebody waits */
    bool *data;                   /* one a location */
    bool *mentioned;              /* one a location: some instruction names it */
    bool *stored;                 /* one a location: control and mentioned; where on demand, once it is needed */
    struct range *ranges;         /* one a location */
    size_t *classes;              /* one a thread */
    uint32_t *instruction_counts; /* one a thread */
    const struct instruction **instructions; /* one a thread: those of its code */
    register_set **live_of_codes;            /* one a code: what liveness_compute() says */
    register_set **live;                     /* one a thread: that of its code */
    bool **local_of_codes;                   /* one a code: of its instructions, whether they are local; or NULL */
    const struct variable **anonymous;       /* the variables that only their address names, by address */
    size_t anonymous_count;
    location_id object_locations[OBJECT_KIND_COUNT]; /* of those that have one location each, the first */
    location_id output;                              /* of what was printed, or LOCATION_NONE */
    location_id count;                               /* of how often the event happened that is counted, likewise */
    location_id *queue_items; /* one a queue: the first item; the others follow, and then the length */
    struct layout layout;
};

static inline const struct code *thread_code(const struct machine *self, size_t thread)
{
    return &self->program->codes[self->program->threads[thread].code];
}

static inline const struct instruction *instruction_at(const struct machine *self, size_t thread, uint32_t index)
{
    assert(index < self->instruction_counts[thread]);
    return &self->instructions[thread][index];
}

static inline location_id register_location(const struct machine *self, size_t thread, unsigned number)
{
    return (location_id)(self->shared_count + thread * self->stride + number);
}

/* Where the objects of a kind have their locations: one each, of semaphores the permits, of events whether they are set, of
 * mutexes, where one is recursive, how often more than once its holder has it. */
static inline location_id object_location(const struct machine *self, enum object_kind kind, int64_t number)
{
    return self->object_locations[kind] + (location_id)number;
}

static inline location_id free_address_location(const struct machine *self, size_t number)
{
    return self->free_words + (location_id)(2 * number);
}

static inline location_id free_value_location(const struct machine *self, size_t number)
{
    return self->free_words + (location_id)(2 * number) + 1;
}

/* Where addresses are computed there are stacks, since an address may lie on one. */
static inline bool has_stacks(const struct machine *self)
{
    return self->stack_count > 0;
}

/* A word of a thread's stack, 0 for the first that is pushed. */
static inline location_id stack_location(const struct machine *self, size_t thread, size_t number)
{
    return register_location(self, thread, self->register_count + (unsigned)number);
}

/* The word of a thread's stack at an address, which lies on it. */
static inline location_id stack_location_at(const struct machine *self, size_t thread, int64_t address)
{
    return stack_location(self, thread, (size_t)((PROGRAM_STACK_END - address) / PROGRAM_WORD_SIZE - 1));
}

/* What a location is beside words, semaphores and registers. */
bool machine_is_free_word(const struct machine *self, location_id location);
bool machine_is_stack(const struct machine *self, location_id location);

/* Whether a location takes bits only once a schedule has changed its value. */
bool machine_is_on_demand(const struct machine *self, location_id location);

/* How many free words are not 0, and the first whose address is not below a given one. */
size_t machine_free_count(const struct machine *self, const uint64_t *state);
size_t machine_free_find(const struct machine *self, const uint64_t *state, int64_t address);

/* The length of a queue; as many items as it can hold lie before it. */
static inline location_id queue_length_location(const struct machine *self, int64_t queue)
{
    return self->queue_items[queue] + (location_id)program_object(self->program, OBJECT_QUEUE, (size_t)queue)->number;
}

/* The queue that a shared location belongs to, or -1. */
int64_t machine_location_queue(const struct machine *self, location_id location);

/* A step seen from outside or from inside: what the places of its micro-operations are. */
struct scene {
    const struct machine *machine;
    const uint64_t *state; /* NULL: whatever it may be */
    size_t thread;
    uint32_t index;
    const struct instruction *instruction;
    struct reach reach; /* of a state: where the instruction reaches memory at a computed address */
};

static inline location_id operand_location(const struct scene *scene, const struct operand *operand)
{
    if (operand->kind == OPERAND_REGISTER)
        return register_location(scene->machine, scene->thread, (unsigned)operand->value);
    if (operand->kind == OPERAND_WORD)
        return (location_id)operand->value;
    if (operand->kind != OPERAND_COMPUTED)
        return LOCATION_NONE;
    if (scene->state == NULL)
        return free_value_location(scene->machine, 0); /* which stands for any word */
    return scene->reach.word != LOCATION_NONE ? scene->reach.word : LOCATION_FREE;
}

/* Resolves the computed operand of a step. Returns FAILURE_NONE with *reach filled, or what is wrong with the address. */
enum failure machine_resolve(const struct scene *scene, struct reach *reach);

/* The scene of the step of a thread at an index, in a state (or NULL). */
struct scene machine_scene(const struct machine *self, const uint64_t *state, size_t thread, uint32_t index);

/* The element of an array that registers pick; as machine_object(). */
int64_t machine_pick(const struct machine *self, const uint64_t *state, size_t thread, const struct operand *operand);

/* The number of the object that an operand is, as a thread means it in a state; -1 where its array has no such element. Without
 * a state the first element of an array stands for whichever it is. */
static inline int64_t machine_object(const struct machine *self, const uint64_t *state, size_t thread,
                                     const struct operand *operand)
{
    return operand_is_picked(operand) ? machine_pick(self, state, thread, operand) : operand->value;
}

/* The number of the object that is the first operand of a scene's instruction. */
static inline int64_t scene_object(const struct scene *self)
{
    return machine_object(self->machine, self->state, self->thread, &self->instruction->operands[0]);
}

/* The value of an operand that has one, as its thread sees it in a scene of a state. */
int64_t machine_operand_value(const struct scene *scene, const struct operand *operand);

static inline enum activity machine_activity(const struct machine *self, const uint64_t *state, size_t thread)
{
    return self->activity_bits[thread] == 0 ? ACTIVITY_NONE
                                            : (enum activity)field_get(self->layout.activities[thread], state);
}

/* How long a thread still waits, -1 where it does not. */
int64_t machine_delay(const struct machine *self, const uint64_t *state, size_t thread);

/* As machine_index() and machine_value(), for what is done at each step. */
static inline uint32_t state_index(const struct machine *self, const uint64_t *state, size_t thread)
{
    return (uint32_t)field_get(self->layout.indices[thread], state);
}

static inline int64_t state_value(const struct machine *self, const uint64_t *state, location_id location)
{
    struct field field = self->layout.locations[location];
    assert(!self->data[location]);
    return field.width > 0 ? field_get_value(field, state) : machine_initial_value(self, location);
}

static inline int64_t queue_length(const struct machine *self, const uint64_t *state, int64_t queue)
{
    return state_value(self, state, queue_length_location(self, queue));
}

/* Whether a thread is at input or output, or sleeps where it may wake up by itself. */
bool machine_is_away(const struct machine *self, const uint64_t *state, size_t thread);

/* Whether the mutex or semaphore that a step tries to take can be taken. */
bool machine_can_take(const struct scene *scene);

/* Whether a scene's instruction is one of the event that the machine counts; without a state, whether it may be. */
bool machine_counts(const struct scene *scene);

/* Whether a thread, whose next instruction is at an index, can execute it. */
bool machine_can_step(const struct machine *self, const uint64_t *state, size_t thread, uint32_t index);

/* Finds out which instructions are local (machine_local.c). */
void machine_find_local(struct machine *self);

/* Takes a step that may have several instructions (machine_stretch.c). */
void machine_take_stretch(const struct machine *self, uint64_t *state, size_t thread, unsigned choice,
                          struct step *step);

/* What an instruction prints in its scene: a text, borrowed from the program, or a number, put into a buffer. */
enum { PRINTED_MAX = 24 };
const char *machine_printed(const struct scene *scene, char number[PRINTED_MAX]);

/* The threads that sleep on a condition, or at a barrier: where instructions of that kind with that object are their next. */
uint64_t machine_sleepers(const struct machine *self, const uint64_t *state, enum micro_kind kind, int64_t object);

/* The threads that hold a mutex, or read or write a read-write lock. */
enum hold { HOLD_MUTEX, HOLD_READING, HOLD_WRITING };
uint64_t machine_holders(const struct machine *self, const uint64_t *state, enum hold hold, int64_t object);

/* The bit of a mutex or a read-write lock in a thread's field of what it holds. */
static inline uint64_t held_bit(const struct machine *self, enum hold hold, int64_t object)
{
    size_t mutexes = self->program->objects[OBJECT_MUTEX].count;
    size_t place = hold == HOLD_MUTEX ? (size_t)object : mutexes + 2 * (size_t)object + (hold == HOLD_WRITING);
    return UINT64_C(1) << place;
}

/* The location that a place is, or LOCATION_NONE where it is a number. Without a state the first item of a queue and the first
 * word of a stack stand for whichever it is. */
location_id machine_place_location(const struct scene *scene, enum micro_place place);

/* The same, at once for what most micro-operations assign to. */
static inline location_id place_location(const struct scene *scene, enum micro_place place)
{
    return place == PLACE_SECOND ? operand_location(scene, &scene->instruction->operands[1])
                                 : machine_place_location(scene, place);
}

/* Finds the ranges of the control locations by executing a few schedules (machine_estimate_widths.c). */
void machine_estimate_widths(struct machine *self);

/* Lays the state out anew from the ranges. */
void machine_lay_out(struct machine *self);

/* Extends a location's range by a value; all items of a queue have one range, since values move among them. */
void machine_note_value(struct machine *self, location_id location, int64_t value);
