/* scope: a part of a run that ends as a whole, whether it comes to its end or cannot go on.
 *
 * Functions of racecheck that allocate do not return where there is no memory; nor do those that find racecheck itself wrong
 * (base/fault.h). Control then goes back to the scope around them: scope_run() undoes what was begun in it, and returns why. So
 * to run out of memory is an error like others, and nothing below the applications ends the process.
 *
 * Scopes lie in each other, and each thread is in at most one innermost scope; different threads may have scopes of their own at
 * the same time. A thread that helps a scope joins it (base/parallel.h does). There are two kinds.
 *
 *     SCOPE_PROCESS   the whole process, which ends afterwards: what is left allocated is nobody's concern. Its limit is one
 *                     for the memory that the process has in use, whoever asked the system for it.
 *     SCOPE_PART      a part: every block is noted, and those of a part that could not go on are freed. Its limit is for the
 *                     bytes that are allocated in it.
 *
 * What a body hands out must not be touched where it did not come to its end, and a body must not leave pointers to its blocks in
 * what is older than itself before it ends. A body that holds what is no memory, such as a file, registers a cleanup. */
#pragma once

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum scope_kind { SCOPE_PROCESS, SCOPE_PART };

enum scope_end {
    SCOPE_DONE,
    SCOPE_NO_MEMORY, /* the system has no more */
    SCOPE_FULL,      /* the limit was reached */
    SCOPE_FAULT      /* racecheck is wrong */
};

struct scope;

typedef void scope_body(void *context);

/* Runs a body in a new scope. Where it does not come to its end, *error says why. max_memory is the limit in bytes; 0: none. */
enum scope_end scope_run(enum scope_kind kind, uint64_t max_memory, scope_body *body, void *context,
                         struct error *error);

/* Returns the innermost scope of this thread, borrowed; NULL where there is none. */
struct scope *scope_current(void);

/* Says in a text of `size` bytes, 96 are enough, that a limit in bytes was reached: in MB, or kB, or bytes where it is less than one. */
void scope_tell_limit(uint64_t max_memory, char *text, size_t size);

/* Sets the limit of the innermost scope. */
void scope_limit(uint64_t max_memory);

/* The bytes that can be allocated before the nearest limit is reached; UINT64_MAX where there is none. */
uint64_t scope_left(void);

/* The bytes that are allocated in the innermost scope, and in those in it; 0 without one. */
uint64_t scope_allocated(void);

/* Ends the innermost scope; without one, the process by abort(). */
_Noreturn void scope_fail(enum scope_end end, const char *text);

/* ---- Threads that help ----------------------------------------------------------------------------------------- */

/* Runs a body in this thread within a scope of another one, unless that scope is failing already. A body that cannot go on marks
 * the scope as failing, and that is all: scope_check() is for the thread that owns the scope. A NULL scope is allowed. */
void scope_join(struct scope *self, scope_body *body, void *context);

/* Ends the innermost scope where a thread that helped could not go on. */
void scope_check(void);

/* ---- Cleanups -------------------------------------------------------------------------------------------------- */

/* Something that the end of a scope has to undo; part of what is to be undone. */
struct scope_cleanup {
    void (*run)(struct scope_cleanup *self); /* may be called from another thread */
    struct scope *scope;
    struct scope_cleanup *next;
};

/* Registers with the innermost scope; without one nothing happens. The latest is run first. */
void scope_defer(struct scope_cleanup *cleanup);

/* Takes it back: there is nothing to undo any more. */
void scope_settle(struct scope_cleanup *cleanup);

/* No cleanup is run by another thread between these two: for steps that belong together. */
void scope_hold(const struct scope_cleanup *cleanup);
void scope_release(const struct scope_cleanup *cleanup);

/* From another thread, immediately before it ends the process: runs all cleanups of a scope and of those in it, and keeps the
 * scope from registering more. */
void scope_abandon(struct scope *self);

/* ---- For base/memory.c ----------------------------------------------------------------------------------------- */

/* Ends the innermost scope if so many bytes more are too many. */
void scope_admit(size_t bytes);

/* Notes a block of the allocator in a scope (NULL: the innermost). Returns false where there is no memory for the note. */
bool scope_enter(struct scope *self, void *block);

/* Forgets a block, or NULL, and returns the scope that had it. */
struct scope *scope_leave(void *block);
