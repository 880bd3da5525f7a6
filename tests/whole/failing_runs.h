/* failing_runs: the runs in which one allocation fails (failing_malloc.c), and what is asked of each.
 *
 * Whichever allocation it is, the program ends with status 4 and one line that says why, or it does without and writes the same as
 * ever. It never crashes, and it leaves no file that is not whole. */
#pragma once

#include <stdbool.h>

/* Forks all runs, one after the other, in folders of this one. Returns true in each child, which then has to go on as the program
 * would; false in the parent once all have ended. The parent writes problems to standard output, a line each that begins with "# ", and last four
 * numbers: of runs that went wrong, of all, of those that ended for want of memory, and of allocations. */
bool failing_runs(const char *folder);

/* From now on allocations are counted, and the one with this number fails; none where it is 0. */
void failing_malloc_arm(unsigned long number);

/* How many there were in the child that ran last. */
unsigned long failing_malloc_count(void);
