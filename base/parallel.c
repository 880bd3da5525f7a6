#include "base/parallel.h"

#include "base/memory.h"
#include "base/scope.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

/* Pieces that threads take one by one. */
struct sharing {
    parallel_work *work;
    void *context;
    struct scope *scope;
    size_t count;
    atomic_size_t next;
};

struct helper {
    struct sharing *sharing;
    size_t number;
    pthread_t thread;
};

struct piece {
    const struct sharing *sharing;
    size_t number;
    size_t thread;
};

static void do_piece(void *context)
{
    const struct piece *piece = context;
    piece->sharing->work(piece->sharing->context, piece->number, piece->thread);
}

static void do_pieces(struct sharing *self, size_t thread)
{
    for (;;) {
        struct piece piece = {self, atomic_fetch_add_explicit(&self->next, 1, memory_order_relaxed), thread};
        if (piece.number >= self->count)
            return;
        scope_join(self->scope, do_piece, &piece);
    }
}

static void *help(void *context)
{
    const struct helper *self = context;
    do_pieces(self->sharing, self->number);
    return NULL;
}

/* Starts helpers until one cannot be started: there is no memory for its stack, or the system has no threads. Signals are for the thread
 * that was there before. Returns how many there are. */
static size_t start_helpers(struct helper *helpers, size_t count, struct sharing *sharing)
{
    sigset_t all, before;
    size_t started = 0;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    for (; started < count; started++) {
        helpers[started] = (struct helper){.sharing = sharing, .number = started + 1};
        if (pthread_create(&helpers[started].thread, NULL, help, &helpers[started]) != 0)
            break;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started;
}

void parallel_run(unsigned threads, size_t count, parallel_work *work, void *context)
{
    struct sharing sharing = {work, context, scope_current(), count, 0};
    size_t wanted = threads < count ? threads : count;
    struct helper *helpers = wanted > 1 ? memory_new(wanted - 1, sizeof *helpers) : NULL;
    size_t started = wanted > 1 ? start_helpers(helpers, wanted - 1, &sharing) : 0;
    do_pieces(&sharing, 0);
    for (size_t h = 0; h < started; h++)
        pthread_join(helpers[h].thread, NULL);
    memory_free(helpers);
    scope_check();
}

unsigned parallel_processors(void)
{
#ifdef CPU_COUNT
    cpu_set_t allowed;
    if (sched_getaffinity(0, sizeof allowed, &allowed) == 0)
        return (unsigned)CPU_COUNT(&allowed);
#endif
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    return processors > 0 ? (unsigned)processors : 1;
}
