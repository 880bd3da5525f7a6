/* sweep_result: what a table shows of one result, read from its document. It owns what it holds. */
#ifndef RACECHECK_REPORT_SWEEP_RESULT_H
#define RACECHECK_REPORT_SWEEP_RESULT_H

#include "base/interval.h"
#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sweep_result {
    bool complete;
    bool has_extremes;
    int64_t minimum;
    int64_t maximum;
    bool has_values;
    struct intervals values;
    char *schedules;   /* all digits, or NULL where they were not counted */
    char *deadlocked;  /* likewise */
    bool can_deadlock; /* it was found that it can */
    bool endless;      /* some schedule never ends */
};

/* Reads a result document (report/json.h). Returns false where these bytes are none; nothing is to be freed then. */
bool sweep_result_read(struct sweep_result *self, const char *document, size_t length);
void sweep_result_free(struct sweep_result *self);

#endif
