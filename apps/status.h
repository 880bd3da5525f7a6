/* status: the exit statuses of racecheck, as the manual page documents them. */
#pragma once

enum status {
    STATUS_OK = 0,         /* complete, and what was asserted holds */
    STATUS_VIOLATED = 1,   /* an assertion is violated; a replay fails; a value asked for is not reachable */
    STATUS_USAGE = 2,      /* wrong usage, bad input, an error of the program */
    STATUS_INCOMPLETE = 3, /* a limit was reached first, or there is nothing to write into a file that was asked for */
    STATUS_INTERNAL = 4,   /* no memory, or a bug (base/scope.h) */
    STATUS_INTERRUPTED = 130
};
