/* tracee: a process of which one thread at a time goes on, and no further than it is told to (ptrace, on x86-64).
 *
 * The others are stopped meanwhile, or sleep in the kernel until this one wakes them; who is woken stops before it does anything. Threads
 * are numbered as they come into being, 0 is the first one. The process ends with the caller, and has a limit of time in all. */
#pragma once

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum tracee_result {
    TRACEE_THERE,  /* it is where it was to come to */
    TRACEE_ASLEEP, /* in a call, until another thread does something */
    TRACEE_ENDED,  /* the thread is gone, or the process */
    TRACEE_LATE    /* the time is over */
};

struct tracee;

/* Starts an executable, whose standard output is a descriptor, of at most so many bytes; stops before its first instruction. Returns it as
 * new, or NULL with *error set. Ended by tracee_free(). */
struct tracee *tracee_new(const char *path, int output, size_t output_max, double seconds, struct error *error);
void tracee_free(struct tracee *self);

size_t tracee_thread_count(const struct tracee *self);

/* Lets a thread go on until the instruction at an address is its next. */
enum tracee_result tracee_run_to(struct tracee *self, size_t thread, uint64_t address);

/* Executes one instruction, with all its repetitions. */
enum tracee_result tracee_step(struct tracee *self, size_t thread);

/* The address of a thread's next instruction. */
uint64_t tracee_address(const struct tracee *self, size_t thread);

/* Of a thread that is where a call has just led, or a jump that stands for one: executes what is called, up to where it returns to. Goes on with
 * one that is asleep, for which others must have done what wakes it. */
enum tracee_result tracee_return(struct tracee *self, size_t thread);
enum tracee_result tracee_wake(struct tracee *self, size_t thread);
bool tracee_is_asleep(const struct tracee *self, size_t thread);

/* Reads eight bytes of memory, by way of a thread that is stopped; false where there are none. */
bool tracee_read(const struct tracee *self, size_t thread, uint64_t address, uint64_t *bytes);

/* Lets a thread go on to its end. */
enum tracee_result tracee_finish(struct tracee *self, size_t thread);

/* Lets all go on together; returns whether they have ended, or sleep now, all of them, and stay so. */
enum tracee_result tracee_release(struct tracee *self);

bool tracee_is_gone(const struct tracee *self, size_t thread);

/* The signal that has ended the process, or 0. */
int tracee_signal(const struct tracee *self);
