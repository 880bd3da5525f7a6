/* examination: what every command begins with that has a program analysed.
 *
 *     options -> problem -> analysis -> outcome
 *
 * It owns all of these. The command then reads the outcome and writes what it is for. Prepared with examination_prepare(), run
 * with examination_run(), freed with examination_free() whatever the results. */
#pragma once

#include "analysis/analysis.h"
#include "apps/options.h"
#include "apps/status.h"
#include "schedulers/problem.h"

/* One line on standard error that says how far a long run has come. It rewrites itself, and is wiped away before anything else is
 * written. */
struct progress {
    bool shown;        /* a line stands on the terminal */
    bool rewrites;     /* standard error is a terminal: the line can be written over */
    const char *phase; /* of the line before, for the rate */
    uint64_t states;
    double seconds;
};

struct examination {
    const struct options *options; /* borrowed */
    struct problem problem;
    struct budget budget;
    struct progress progress;
    enum status refusal;     /* the exit status for a document that could not be made; else STATUS_OK */
    struct outcome *outcome; /* what was checked is described once the examination was run */
};

/* Reads the program and what is asserted of it, and finds the observed variable and the scheduler. Returns false with
 * *error set where something is wrong. */
bool examination_prepare(struct examination *self, const struct options *options, struct error *error);

/* The same, but codes of so many instructions keep their loop, and only the proof for every number of repetitions can answer. */
bool examination_prepare_rolled(struct examination *self, const struct options *options, uint64_t rolled_from,
                                struct error *error);

/* The bytes of memory that an examination may use: what the options say, or a share of what the machine has. */
uint64_t examination_memory(const struct options *options);

/* Says in the outcome what is checked. examination_run() does so, too. */
void examination_describe(struct examination *self);

/* Has the program analysed. wishes says what is asked; its scheduler, word, budget, and what the options say about how to
 * search, are filled in here. Returns false with *error set. */
bool examination_run(struct examination *self, const struct analysis_options *wishes, struct error *error);

/* Says on standard error which claims are violated, if any; returns whether there are some. */
bool examination_is_violated(const struct examination *self);

/* Says on standard error why a document that was asked for is not written to its path, which is the examination's refusal: a script
 * that finds status 0 finds its files, too. */
void examination_refuse(struct examination *self, const char *reason, const char *path);

/* Wipes the line of progress away, if there is one. */
void examination_clear_progress(struct examination *self);

void examination_free(struct examination *self);

/* Says on standard error why there is no whole answer, and returns the exit status for it: interrupted, an error of the
 * program, a limit; STATUS_OK where the outcome is complete. */
enum status examination_status(const struct examination *self);
