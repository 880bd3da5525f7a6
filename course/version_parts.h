/* version_parts: what the kinds of versions share; for version*.c alone.
 *
 * A kind draws: it fills the key with a program and a question, measures them, and writes the model answer. It returns
 * false where the exercise makes no question; the key is then thrown away. */
#ifndef RACECHECK_COURSE_VERSION_PARTS_H
#define RACECHECK_COURSE_VERSION_PARTS_H

#include "base/text.h"
#include "course/exercise.h"
#include "course/generator.h"
#include "course/specimen.h"
#include "course/version.h"
#include "report/sweep.h"

struct version {
    const struct version_request *request;
    const struct difficulty *difficulty;
    struct generator generator;
    unsigned exercises; /* that were thrown away so far */
    const char *roles;  /* what a kind that draws them once for many exercises has drawn; borrowed, static */
    struct key *key;
    int64_t measures[DIFFICULTY_MEASURES_MAX];
    struct text answer;      /* behind the lines that name student and kind */
    struct outcome *outcome; /* what the key's result will be */
    struct sweep *sweep;     /* the same, of a kind that looks at many outcomes; or NULL */
};

typedef bool version_drawer(struct version *self);

version_drawer version_draw_values, version_draw_witness, version_draw_minimum, version_draw_count, version_draw_repair,
    version_draw_quantum;

/* What a exercise of this level is like; guards, steps of its own and the number of threads can be changed. */
struct exercise_wishes version_wishes(const struct version *self);

/* Draws a program under the free scheduler into the key; or puts one there that was drawn already. */
void version_exercise(struct version *self, const struct exercise_wishes *wishes);
void version_take_exercise(struct version *self, const struct exercise *exercise);

/* Analyses the key's program and keeps the outcome. Returns it, borrowed, or NULL where it is incomplete. */
const struct outcome *version_analyse(struct version *self, unsigned questions, enum witness_wish witness,
                                      int64_t value);

/* Notes one of the measures of the kind. */
void version_measure(struct version *self, const char *name, int64_t value);

/* Whether all measures, which were noted, are within the bounds. */
bool version_fits(const struct version *self);

/* Adds a row with its points. */
void version_row(struct version *self, enum assignment_row row, int64_t points);

/* Returns an outcome as a document of the format racecheck-result, as new. */
char *version_document(const struct outcome *outcome);

/* Appends a schedule: "A*3 B*27". */
void version_write_schedule(struct text *text, const struct schedule *schedule);

/* Appends a set of numbers as the answers have them: "2 3 5..8". */
void version_write_numbers(struct text *text, const struct intervals *numbers);

#endif
