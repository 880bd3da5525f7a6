/* failing_malloc: a library to preload, for tests/whole/test_memory.sh: one allocation after the other fails.
 *
 *     LD_PRELOAD=failing_malloc.so FAILING_MALLOC=FOLDER PROGRAM ARGUMENT...
 *
 * Allocations are counted from the start of main(). The process forks there, once for a run in which none fails, the reference, and then
 * once for each allocation that is to fail: that one returns NULL in the child. (Starting the program anew each time would take most of
 * the time.) Children run in FOLDER/reference and FOLDER/try, with FOLDER/input, where there is one, as ./input, and failing_runs.h
 * says what is asked of them. What libraries allocate for themselves and no user of theirs can do anything about is left alone: where
 * cgraph and libcdt call malloc() they use what they get without a look. (What cgraph takes
 * from its user's allocator is counted.) */
#include "tests/whole/failing_runs.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* glibc's allocator under the names that nobody interposes. */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *block, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

static atomic_bool armed;
static atomic_ulong *count; /* in memory that parent and child share */
static unsigned long failing;

static bool is_hopeless(void *caller)
{
    static const char *const libraries[] = {"/libcgraph.so", "/libcdt.so"};
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
    if (atomic_fetch_add(count, 1) + 1 != failing)
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

void failing_malloc_arm(unsigned long number)
{
    failing = number;
    atomic_store(count, 0);
    atomic_store(&armed, true);
}

unsigned long failing_malloc_count(void)
{
    return atomic_load(count);
}

static int (*real_main)(int, char **, char **);

static int forking_main(int argc, char **argv, char **environment)
{
    const char *folder = getenv("FAILING_MALLOC");
    if (folder == NULL)
        return real_main(argc, argv, environment);
    count = mmap(NULL, sizeof *count, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (count == MAP_FAILED)
        return 99;
    return failing_runs(folder) ? real_main(argc, argv, environment) : 0;
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
    return start(forking_main, argc, argv, init, fini, rtld_fini, stack_end);
}
