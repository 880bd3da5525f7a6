/* parallel: work that several threads share, within the scope of the thread that asks for it (base/scope.h). */
#pragma once

#include <stddef.h>

/* Bytes. What different threads write at the same time is kept as far apart; else each write takes the line from the other
 * core (false sharing). An array's elements end with so many unused bytes. */
enum { CACHE_LINE = 64 };

/* Does one piece of work; `thread` is less than the number of threads, and no two pieces with the same one are done at once. */
typedef void parallel_work(void *context, size_t piece, size_t thread);

/* Does the pieces 0 to count - 1, each once, in any order. Where one of them cannot go on, others may be left out, and the scope
 * ends. */
void parallel_run(unsigned threads, size_t count, parallel_work *work, void *context);

/* The processors that there are. */
unsigned parallel_processors(void);
