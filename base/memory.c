#include "base/memory.h"

#include "base/scope.h"

#include <gmp.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

_Noreturn void memory_exhausted(void)
{
    scope_fail(SCOPE_NO_MEMORY, "out of memory");
}

static size_t product(size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes))
        memory_exhausted();
    return bytes > 0 ? bytes : 1;
}

/* Notes a block, or NULL, in a scope. */
static void *note(struct scope *scope, void *block)
{
    if (block != NULL && scope_enter(scope, block))
        return block;
    free(block);
    memory_exhausted();
}

void *memory_new(size_t count, size_t size)
{
    size_t bytes = product(count, size);
    scope_admit(bytes);
    return note(NULL, calloc(1, bytes));
}

void *memory_block(size_t size)
{
    size_t bytes = product(size, 1);
    scope_admit(bytes);
    return note(NULL, malloc(bytes));
}

/* Small ones share their pages with other blocks. */
void *memory_large_block(size_t size)
{
    void *block = memory_block(size);
#ifdef MADV_HUGEPAGE
    enum { LEAST = 8 << 20 };
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), first = ((uintptr_t)block + page - 1) / page * page;
    if (size >= LEAST)
        (void)madvise((void *)first, ((uintptr_t)block + size - first) / page * page, MADV_HUGEPAGE);
#endif
    return block;
}

/* A block stays with the scope that has it. */
void *memory_resize(void *block, size_t count, size_t size)
{
    size_t bytes = product(count, size);
    if (block == NULL)
        return memory_block(bytes);
    size_t before = malloc_usable_size(block);
    scope_admit(bytes > before ? bytes - before : 0);
    struct scope *scope = scope_leave(block);
    void *resized = realloc(block, bytes);
    if (resized == NULL)
        note(scope, block);
    return note(scope, resized);
}

void *memory_copy(const void *block, size_t size)
{
    void *copy = memory_block(size);
    if (size > 0)
        memcpy(copy, block, size);
    return copy;
}

char *memory_copy_string(const char *string)
{
    return memory_copy(string, strlen(string) + 1);
}

void memory_free(void *block)
{
    if (block == NULL)
        return;
    scope_leave(block);
    free(block);
}

void *memory_grow(void *array, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity)
        return array;
    size_t larger = *capacity < 8 ? 8 : 2 * *capacity;
    array = memory_resize(array, larger, size);
    *capacity = larger;
    return array;
}

/* ---- GMP --------------------------------------------------------------------------------------------------------- */

static void *gmp_resize(void *block, size_t old_size, size_t new_size)
{
    (void)old_size;
    return memory_resize(block, new_size, 1);
}

static void gmp_free(void *block, size_t size)
{
    (void)size;
    memory_free(block);
}

/* GMP would end the process where there is no memory. Its functions are set once, when the program is loaded: blocks that the
 * program around a library has from malloc() are blocks like ours. */
__attribute__((constructor)) static void adopt_gmp(void)
{
    mp_set_memory_functions(memory_block, gmp_resize, gmp_free);
}
