/* What racecheck links with a C program that it runs again and again (racecheck measure). It is C and C++, and no part of racecheck's own
 * object code.
 *
 * A thread takes longer to be created than a small program runs, so that the threads of such a program would run one behind the other.
 * Here each waits, spinning, where it begins, until all have arrived: RACECHECK_THREADS of them are created. Who comes last says when they
 * start, by the clock of the processors, each a few ticks later by chance. A thread may always begin late, so nothing can happen that
 * could not without. One beside the main thread begins together with that. Where not all can be there at the same time (one is created
 * behind the end of another) the gate opens by itself, for good. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dlfcn.h>
#include <sched.h>
#include <stdlib.h>
#include <time.h>

enum {
    STARTERS = RACECHECK_THREADS > 1 ? RACECHECK_THREADS : 2,
    NANOSECONDS_MAX = 2000000,
    TURNS = 256,
    LEAD = 20000, /* ticks until they start, in which all see that */
    CHANCE = 255  /* ticks, one less than a power of two */
};

static int arrived;
static unsigned long long start_time; /* 0: not yet known */

static long long nanoseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static void open_gate(void)
{
    unsigned long long closed = 0;
    __atomic_compare_exchange_n(&start_time, &closed, __builtin_ia32_rdtsc() + LEAD, 0, __ATOMIC_SEQ_CST,
                                __ATOMIC_SEQ_CST);
}

static void wait_at_gate(void)
{
    long long deadline = nanoseconds() + NANOSECONDS_MAX;
    unsigned turns = 0;
    unsigned long long start;
    if (__atomic_add_fetch(&arrived, 1, __ATOMIC_SEQ_CST) >= STARTERS)
        open_gate();
    while ((start = __atomic_load_n(&start_time, __ATOMIC_SEQ_CST)) == 0) {
        if (++turns % TURNS != 0)
            continue;
        if (nanoseconds() > deadline)
            open_gate();
        sched_yield(); /* there may be more threads than processors */
    }
    start += (unsigned long long)(deadline * 2654435761LL >> 16) & CHANCE;
    while (__builtin_ia32_rdtsc() < start)
        continue;
}

/* What a new thread is to do: of POSIX, or of C11. */
struct start {
    void *(*function)(void *);
    int (*c11_function)(void *);
    void *argument;
};

static struct start *make_start(void *(*function)(void *), int (*c11_function)(void *), void *argument)
{
    struct start *start = (struct start *)malloc(sizeof *start);
    if (start == NULL)
        abort();
    start->function = function;
    start->c11_function = c11_function;
    start->argument = argument;
    return start;
}

static struct start begin(void *given)
{
    struct start start = *(struct start *)given;
    free(given);
    wait_at_gate();
    return start;
}

static void *begin_thread(void *given)
{
    struct start start = begin(given);
    return start.function(start.argument);
}

static int begin_c11_thread(void *given)
{
    struct start start = begin(given);
    return start.c11_function(start.argument);
}

static int go_on(int result)
{
    if (RACECHECK_THREADS == 1 && result == 0)
        wait_at_gate();
    return result;
}

/* pthread_t and thrd_t are numbers of this width on x86-64; headers that say so may say it in other words than these. */
#ifdef __cplusplus
extern "C" {
#endif
int pthread_create(unsigned long *thread, const void *attributes, void *(*function)(void *), void *argument);
int thrd_create(unsigned long *thread, int (*function)(void *), void *argument);

int pthread_create(unsigned long *thread, const void *attributes, void *(*function)(void *), void *argument)
{
    int (*create)(unsigned long *, const void *, void *(*)(void *), void *);
    *(void **)&create = dlsym(RTLD_NEXT, "pthread_create");
    return go_on(create(thread, attributes, begin_thread, make_start(function, NULL, argument)));
}

int thrd_create(unsigned long *thread, int (*function)(void *), void *argument)
{
    int (*create)(unsigned long *, int (*)(void *), void *);
    *(void **)&create = dlsym(RTLD_NEXT, "thrd_create");
    return go_on(create(thread, begin_c11_thread, make_start(NULL, function, argument)));
}
#ifdef __cplusplus
}
#endif
