/* failing_malloc: a library to preload that makes one allocation fail, for tests/whole/test_memory.sh.
 *
 * Allocations are counted from the start of main(). The one whose number is FAILING_MALLOC returns NULL, and so do all
 * after it where FAILING_MALLOC_FOREVER is set; without FAILING_MALLOC none fails. At the end of the process their number
 * goes into the file FAILING_MALLOC_COUNT, where that is set. What libraries allocate for themselves and no user of theirs
 * can do anything about is left alone: libgomp ends the process when it has no memory, and where cgraph and libcdt call
 * malloc() they use what they get without a look. (What cgraph takes from its user's allocator is counted.) */
#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* glibc's allocator under the names that nobody interposes. */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *block, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

static atomic_bool armed;
static atomic_ulong count;
static unsigned long failing;
static bool forever;

static bool is_hopeless(void *caller)
{
    static const char *const libraries[] = {"/libgomp.so", "/libcgraph.so", "/libcdt.so"};
    Dl_info info;
    if (dladdr(caller, &info) == 0 || info.dli_fname == NULL)
        return false;
    for (size_t i = 0; i < sizeof libraries / sizeof *libraries; i++)
        if (strstr(info.dli_fname, libraries[i]) != NULL)
            return true;
    return false;
}

static bool must_fail(void *caller)
{
    if (!atomic_load(&armed) || is_hopeless(caller))
        return false;
    unsigned long number = atomic_fetch_add(&count, 1) + 1;
    if (failing == 0 || number < failing || (number > failing && !forever))
        return false;
    errno = ENOMEM;
    return true;
}

void *malloc(size_t size)
{
    return must_fail(__builtin_return_address(0)) ? NULL : __libc_malloc(size);
}

void *calloc(size_t number, size_t size)
{
    return must_fail(__builtin_return_address(0)) ? NULL : __libc_calloc(number, size);
}

void *realloc(void *block, size_t size)
{
    return must_fail(__builtin_return_address(0)) ? NULL : __libc_realloc(block, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return must_fail(__builtin_return_address(0)) ? NULL : __libc_memalign(alignment, size);
}

int posix_memalign(void **block, size_t alignment, size_t size)
{
    void *result = must_fail(__builtin_return_address(0)) ? NULL : __libc_memalign(alignment, size);
    if (result == NULL)
        return ENOMEM;
    *block = result;
    return 0;
}

static void write_count(void)
{
    atomic_store(&armed, false);
    const char *name = getenv("FAILING_MALLOC_COUNT");
    FILE *file = name != NULL ? fopen(name, "w") : NULL;
    if (file == NULL)
        return;
    fprintf(file, "%lu\n", atomic_load(&count));
    fclose(file);
}

static int (*real_main)(int, char **, char **);

static int armed_main(int argc, char **argv, char **environment)
{
    const char *number = getenv("FAILING_MALLOC");
    failing = number != NULL ? strtoul(number, NULL, 10) : 0;
    forever = getenv("FAILING_MALLOC_FOREVER") != NULL;
    atomic_store(&armed, true);
    return real_main(argc, argv, environment);
}

typedef int start_function(int (*)(int, char **, char **), int, char **, void (*)(void), void (*)(void), void (*)(void),
                           void *);

/* What the libraries do before main() is not racecheck's: so stand between the start of the process and main(). */
int __libc_start_main(int (*main)(int, char **, char **), int argc, char **argv, void (*init)(void), void (*fini)(void),
                      void (*rtld_fini)(void), void *stack_end)
{
    real_main = main;
    start_function *start;
    *(void **)&start = dlsym(RTLD_NEXT, "__libc_start_main");
    return start(armed_main, argc, argv, init, fini, rtld_fini, stack_end);
}

__attribute__((destructor)) static void finish(void)
{
    write_count();
}
