/* sweep: the results of many analyses, side by side, as one plain value.
 *
 * Each point is one analysis, with its own values of one or two parameters; the points stand in the order in which they were
 * asked for. What came of a point that failed is its exit status and a note; what holds only
 * of schedules that end has a note, too. A sweep owns all that it holds. */
#pragma once

#include "base/interval.h"
#include "base/property.h"
#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SWEEP_AXES_MAX = 2 };

/* How often something happens that is counted. */
struct sweep_event {
    char *name;
    char *expected; /* under the random scheduler: a fraction, or a decimal number; NULL: it is not known, or beyond all bounds */
};

/* What a table shows of one result, read from its document. */
struct sweep_result {
    bool complete;
    bool has_extremes;
    int64_t minimum;
    int64_t maximum;
    bool has_values;
    struct intervals values;
    char **ends; /* where no number is observed, as --value takes them: x=1,y=2, or, where it is all, the output "ab" */
    size_t end_count;
    char *size;        /* how many values or ends there are, all digits; or NULL */
    char *schedules;   /* all digits, or NULL where they were not counted */
    char *deadlocked;  /* likewise */
    bool can_deadlock; /* it was found that it can */
    bool endless;      /* some schedule never ends */
    bool has_hang;     /* it is known whether schedules can come to where no end can be reached any more */
    bool can_hang;     /* ... and they can */
    struct sweep_event *events;
    size_t event_count;
    char *version;     /* of a Python program, that of the interpreter whose bytecode it is: "3.9"; else NULL */
    const char *rules; /* where its threads switch: "gil32"; else NULL */
};

struct sweep_point {
    int64_t values[SWEEP_AXES_MAX]; /* of the parameters */
    char *words[SWEEP_AXES_MAX];    /* those that are no numbers; else NULL */
    int status;                     /* exit status; -1 where the process crashed, or never came to its end */
    char *note;                     /* what went wrong or is to be warned of, or NULL */
    char *document;                 /* the result document, where documents are kept, or NULL */
    bool has_result;
    struct sweep_result result; /* where there is one */
};

struct sweep {
    char *names[SWEEP_AXES_MAX]; /* of the parameters */
    size_t axis_count;
    bool has_versions; /* one of them is the interpreter of a Python program */
    struct sweep_point *points;
    size_t point_count;

    /* What is the same at all points. */
    char *model;
    struct property *settings; /* threads, iters, symbols: those that are not swept */
    size_t setting_count;
    char *scheduler;             /* its kind; NULL where it is not known */
    struct property *parameters; /* of the scheduler: those that are not swept */
    size_t parameter_count;
    char *observe; /* NULL where it is not known */
};

/* Returns an empty sweep, with so many points, as new. */
struct sweep *sweep_new(size_t point_count);
void sweep_free(struct sweep *self);

/* The expected number of an event at a point, borrowed, or NULL. */
const char *sweep_expected(const struct sweep_result *self, const char *event);

/* The events of the first point that has a result; *count is how many there are. Borrowed. */
const struct sweep_event *sweep_events(const struct sweep *self, size_t *count);

/* Appends values as "2..4 7..20", and ends as they are; what would be behind so many columns is told as " ...". */
void sweep_print_reachable(struct text *text, const struct sweep_result *result, size_t columns);

/* Reads a result document (report/json.h). Returns false where these bytes are none; nothing is to be freed then. */
bool sweep_result_read(struct sweep_result *self, const char *document, size_t length);
void sweep_result_free(struct sweep_result *self);
