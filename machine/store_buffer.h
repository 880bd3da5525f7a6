/* store_buffer: the stores of a thread that have not reached memory yet, where memory is TSO (total store order, as x86 has it); for
 * machine/machine*.c alone.
 *
 * Each thread has a buffer, first in, first out. A store to a word goes into it; a load takes what its own thread has stored there last,
 * and memory's value where it has stored nothing; a *flush* moves the oldest store to memory, and is an action of the schedule. What
 * threads synchronise by, mfence and locked instructions *drain*: they wait until the buffer of their thread is empty. A thread has
 * finished when, behind its last instruction, its buffer is empty.
 *
 * A buffer has `buffer_size` places, the oldest store first, each of three locations of its thread: the word (1 + its number; behind the words
 * 1 + the address of a free word; 0: the place is free), its value where that is control, and its value where it is data. So the values
 * that wait are control or data as their words are, and the slice need not know of buffers: for it a store is what it is without them.
 * A store of some bytes of a word says which, with its word. A load takes the last store of its thread that has some of its bytes; where that
 * does not have them all, it waits until the store has reached memory.
 * Places that no schedule fills take no bits. A machine whose memory is SC has no places, and costs nothing. Since places are in the
 * thread's part of the state, threads of a class are interchangeable with what waits in their buffers. */
#pragma once

#include "machine/execution.h"

/* How many places the buffers of a program need: so many as stores can follow each other without one that drains, up to
 * PROGRAM_STORES_MAX; 0 where memory is SC. */
size_t store_buffer_size(const struct program *program);

/* How many locations each thread has for them. */
size_t store_buffer_locations(size_t size);

/* Whether a location is in a store buffer; and the first of the places of its buffer that hold what it holds. */
bool store_buffer_has(const struct machine *self, location_id location);
location_id store_buffer_first(const struct machine *self, location_id location);

/* How many stores of a thread wait. */
size_t store_buffer_count(const struct machine *self, const uint64_t *state, size_t thread);

/* Whether a thread may execute an instruction: one that drains must find the buffer empty, a store room, and a load no store that has
 * only some of its bytes. */
bool store_buffer_allows(const struct machine *self, const uint64_t *state, size_t thread, uint32_t index);

/* The location whose value a thread sees in place of that of a word or a free word: in its buffer, or the word itself. */
location_id store_buffer_source(const struct scene *scene, location_id location);

/* The location that an instruction writes in place of a word or a free word: in the buffer of its thread, or the word itself. */
location_id store_buffer_target(const struct scene *scene, location_id location);

/* Whether a store must fail, for which there is no room in a state. */
enum failure store_buffer_failure(const struct scene *scene);

/* Notes which word is written, where a target lies in the buffer. */
void store_buffer_note(struct execution *self, location_id location, location_id target);

/* Has the ranges of the places hold what waits in the buffer of a thread. */
void store_buffer_note_places(struct machine *self, const uint64_t *state, size_t thread);

/* Takes the oldest store out of the buffer, which is not empty, and gives its value to memory. */
void store_buffer_flush(struct execution *self);

/* Appends that a step of a thread has put a store into its buffer, where it has. */
void store_buffer_tell(const struct machine *self, const uint64_t *before, const uint64_t *after, size_t thread,
                       struct text *text);
