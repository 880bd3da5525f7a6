#include "base/parallel.h"

#include "base/scope.h"

#include <omp.h>

struct piece {
    parallel_work *work;
    void *context;
    size_t number;
};

static void do_piece(void *context)
{
    const struct piece *piece = context;
    piece->work(piece->context, piece->number, (size_t)omp_get_thread_num());
}

void parallel_run(unsigned threads, size_t count, parallel_work *work, void *context)
{
    struct scope *scope = scope_current();
    int jobs = (int)threads;
#pragma omp parallel for schedule(dynamic, 1) num_threads(jobs)
    for (size_t number = 0; number < count; number++) {
        struct piece piece = {work, context, number};
        scope_join(scope, do_piece, &piece);
    }
    scope_check();
}

unsigned parallel_processors(void)
{
    return (unsigned)omp_get_num_procs();
}
