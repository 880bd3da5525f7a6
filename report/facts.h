/* facts: what a report has to tell, as a list of labels and sentences.
 *
 * They are made once (report/proof.h) and set in type by each format in its way. Sentences are plain text in UTF-8 in
 * which `backticks` enclose code. A list owns its strings. */
#ifndef RACECHECK_REPORT_FACTS_H
#define RACECHECK_REPORT_FACTS_H

#include <stdbool.h>
#include <stddef.h>

struct fact {
    char *label; /* "Scheduler", or empty */
    char *words;
    bool is_bad; /* something that should not be: a deadlock, an error */
};

struct facts {
    struct fact *items;
    size_t count;
    size_t capacity;
};

/* Appends a fact; returns it, borrowed until the next one is added. */
struct fact *facts_add(struct facts *self, const char *label, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

void facts_free(struct facts *self);

#endif
