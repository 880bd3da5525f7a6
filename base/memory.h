/* memory: allocation that does not fail where it was called.
 *
 * These functions never return NULL. Without memory, or beyond a limit, control goes back to the scope around the caller
 * (base/scope.h), which is where the error is handled. The large tables of the search ask a struct budget before they grow, so
 * that a limit the user sets is met by an incomplete result rather than by none. */
#pragma once

#include <stddef.h>

/* Returns a new block of count * size zero bytes (at least one), which the caller frees with memory_free(). A product that
 * overflows counts as no memory. */
void *memory_new(size_t count, size_t size);

/* Changes a block (or NULL) to count * size bytes and returns it; it may have moved. Bytes beyond the old size are
 * undefined. The old pointer is taken. */
void *memory_resize(void *block, size_t count, size_t size);

/* Returns a new block of size bytes, which are undefined; for libraries that are told how to allocate. */
void *memory_block(size_t size);

/* The same for a table of many megabytes that is gone through again and again: where the system can, it gets pages that are large, which
 * takes fewer page faults, and fewer misses of the processor's table of pages. */
void *memory_large_block(size_t size);

/* Returns a new copy of a block of size bytes. */
void *memory_copy(const void *block, size_t size);

/* Returns a new copy of a string. */
char *memory_copy_string(const char *string);

/* Frees a block from above; NULL is allowed. */
void memory_free(void *block);

/* Ends the scope as any allocation that fails; for libraries that report ENOMEM instead. */
_Noreturn void memory_exhausted(void);

/* Grows an array for one more element: where count == *capacity, *capacity is doubled (from at least 8) and the array
 * resized. Returns the array. */
void *memory_grow(void *array, size_t count, size_t *capacity, size_t size);
