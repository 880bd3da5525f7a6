/* clock: the time that no one can set. */
#ifndef RACECHECK_BASE_CLOCK_H
#define RACECHECK_BASE_CLOCK_H

#include <time.h>

/* Seconds since some moment before the program began. */
static inline double clock_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

#endif
