/* racecheck.h: libracecheck, which says what can happen when threads share memory.
 *
 *     struct racecheck_error error;
 *     struct racecheck_problem *problem = racecheck_open("race", text, &error);
 *     if (problem != NULL && racecheck_set(problem, "threads", "2", &error)) {
 *         struct racecheck_result *result = racecheck_run(problem, &error);
 *         ... racecheck_minimum(result, &value), racecheck_witness(result, 0) ...
 *         racecheck_result_free(result);
 *     }
 *     racecheck_problem_free(problem);
 *
 * A problem is a program's text with its parameters; a result is what all its schedules come to. Functions that can fail return
 * NULL or false and say why in the caller's *error, which they clear first. They never end the process, print, or read the
 * environment: to run out of memory is an error like others, and what was begun is freed. Nothing is shared between problems, so
 * that different threads may work on different ones; a result may be read by several at once.
 *
 * Texts that are returned belong to the result. Numbers of schedules are exact decimal texts, probabilities fractions in lowest
 * terms, since both outgrow every number type.
 *
 * The library has GMP allocate by functions that work on blocks of malloc(); they are set when the program is loaded. Link with
 * what `pkg-config --static --libs racecheck` says. */
#ifndef RACECHECK_H
#define RACECHECK_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum racecheck_status {
    RACECHECK_OK,
    RACECHECK_BAD_INPUT, /* something is wrong with the text or a parameter */
    RACECHECK_NO_MEMORY, /* the system has no more */
    RACECHECK_LIMIT,     /* max-memory was reached before there was a result */
    RACECHECK_INTERNAL   /* racecheck is wrong; please report it */
};

struct racecheck_error {
    enum racecheck_status status;
    unsigned line;    /* of the program's text, from 1; 0: no place in it */
    unsigned column;  /* in bytes, from 1; 0: the whole line */
    char source[256]; /* the name of what is wrong, or empty */
    char text[640];   /* what is wrong, what was expected: one line */
};

/* ---- Problems -------------------------------------------------------------------------------------------------- */

struct racecheck_problem;

/* Returns a problem as new: a program's text in racecheck's assembly language, and a name for it, both copied. */
struct racecheck_problem *racecheck_open(const char *name, const char *text, struct racecheck_error *error);

/* Returns a problem as new with a program of the catalogue: "unlocked". Those in Python have to be compiled, and are refused. */
struct racecheck_problem *racecheck_open_model(const char *model, struct racecheck_error *error);

/* Sets a parameter:
 *
 *     threads, iters   how many threads run .main (2), and the symbol ITERS (10)
 *     observe          the variable whose final values are asked for (the first one)
 *     registers        first values: "bx=10,bx=20"
 *     scheduler        its kind (what the program says, else free); its parameters have their own names: quantum, pick, ...
 *     define           a symbol: "N=5"
 *     compute          "extremes", "values" or "all" (all): what is looked for
 *     max-states, max-memory (bytes), timeout (seconds), jobs (threads of the analysis)
 *
 * Whether it fits the program turns out when that is run. */
bool racecheck_set(struct racecheck_problem *self, const char *name, const char *value, struct racecheck_error *error);

/* Gives a flag that stops an analysis once it is not 0, borrowed; NULL: none. */
void racecheck_interrupt_with(struct racecheck_problem *self, const volatile sig_atomic_t *flag);

/* Frees a problem; NULL is allowed. Results do not need it any more. */
void racecheck_problem_free(struct racecheck_problem *self);

/* ---- Results --------------------------------------------------------------------------------------------------- */

struct racecheck_result;

/* Looks at all schedules, and returns the result as new. A limit that is reached makes it incomplete. */
struct racecheck_result *racecheck_run(const struct racecheck_problem *problem, struct racecheck_error *error);

/* Frees a result; NULL is allowed. */
void racecheck_result_free(struct racecheck_result *self);

/* Returns NULL where everything was looked at, else why not: only what was found is told then. */
const char *racecheck_incomplete(const struct racecheck_result *self);

/* The least and the greatest final value; false where there is none, or it is not known. */
bool racecheck_minimum(const struct racecheck_result *self, int64_t *value);
bool racecheck_maximum(const struct racecheck_result *self, int64_t *value);

/* Whether some schedule deadlocks, and whether one ends in an error of the program; its text, or NULL. */
bool racecheck_can_deadlock(const struct racecheck_result *self);
const char *racecheck_failure(const struct racecheck_result *self);

/* How many final values are listed, and the one of an index, in ascending order. */
size_t racecheck_value_count(const struct racecheck_result *self);
int64_t racecheck_value(const struct racecheck_result *self, size_t index);

/* Of the value of an index: how many schedules end so ("13122"), how probable it is where each step is taken by any thread alike
 * ("3/4"), and the fewest preemptions (-1). NULL, or -1, where that was not computed. */
const char *racecheck_value_schedules(const struct racecheck_result *self, size_t index);
const char *racecheck_value_probability(const struct racecheck_result *self, size_t index);
int64_t racecheck_value_preemptions(const struct racecheck_result *self, size_t index);

/* How many schedules there are, deadlocks and errors included; NULL where that was not computed. */
const char *racecheck_schedules(const struct racecheck_result *self);

enum racecheck_end {
    RACECHECK_VALUE,
    RACECHECK_DEADLOCK,
    RACECHECK_FAILURE,
    RACECHECK_OVERLAP,
    RACECHECK_HANG,   /* no end can be reached any more, though somebody can step */
    RACECHECK_CLAIM,  /* in a state that decides a claim */
    RACECHECK_ENDLESS /* never: the schedule goes round in a loop */
};

/* How many witnesses there are; how the one of an index ends, with which value where it does, and its schedule: which thread takes
 * how many steps, "0*2,1*3". */
size_t racecheck_witness_count(const struct racecheck_result *self);
enum racecheck_end racecheck_witness_end(const struct racecheck_result *self, size_t index);
int64_t racecheck_witness_value(const struct racecheck_result *self, size_t index);
const char *racecheck_witness(const struct racecheck_result *self, size_t index);

#ifdef __cplusplus
}
#endif

#endif
