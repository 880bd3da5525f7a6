#include "base/memory.h"

#include <gmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* write() rather than stdio: there may be no memory for a stream's buffer. */
_Noreturn void memory_exhausted(void)
{
    static const char message[] = "racecheck: out of memory\n";
    ssize_t ignored = write(STDERR_FILENO, message, sizeof message - 1);
    (void)ignored;
    exit(MEMORY_EXIT_STATUS);
}

static size_t product(size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes))
        memory_exhausted();
    return bytes > 0 ? bytes : 1;
}

void *memory_new(size_t count, size_t size)
{
    void *block = calloc(1, product(count, size));
    if (block == NULL)
        memory_exhausted();
    return block;
}

void *memory_resize(void *block, size_t count, size_t size)
{
    void *resized = realloc(block, product(count, size));
    if (resized == NULL)
        memory_exhausted();
    return resized;
}

void *memory_copy(const void *block, size_t size)
{
    void *copy = memory_resize(NULL, size, 1);
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
    free(block);
}

void *memory_grow(void *array, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity)
        return array;
    *capacity = *capacity < 8 ? 8 : 2 * *capacity;
    return memory_resize(array, *capacity, size);
}

static void *gmp_new(size_t size)
{
    return memory_resize(NULL, size, 1);
}

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

void memory_adopt_gmp(void)
{
    mp_set_memory_functions(gmp_new, gmp_resize, gmp_free);
}
