/* parallel: work that several threads share, within the scope of the thread that asks for it (base/scope.h).
 *
 * Helpers live as long as the work does: nobody waits in a loop for what comes next, and so takes the processor from others, and nothing
 * is kept between two calls. To start one and wait for its end takes some 30 microseconds; what takes less than a few hundred is better done
 * alone. Where a helper cannot be started the others do its share. */
#pragma once

#include <stddef.h>

/* Bytes. What different threads write at the same time is kept as far apart; else each write takes the line from the other
 * core (false sharing). An array's elements end with so many unused bytes. */
enum { CACHE_LINE = 64 };

/* Does one piece of work; `thread` is less than the number of threads, and no two pieces with the same one are done at once. */
typedef void parallel_work(void *context, size_t piece, size_t thread);

/* Does the pieces 0 to count - 1, each once, begun in this order. Where one of them cannot go on, others may be left out, and the scope
 * ends. */
void parallel_run(unsigned threads, size_t count, parallel_work *work, void *context);

/* The processors that this process may use, at least 1. */
unsigned parallel_processors(void);
