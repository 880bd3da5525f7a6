/* version_parts: what the kinds of versions share; for version*.c alone.
 *
 * A kind draws: it fills the key with a program and a question, measures them, and writes the model answer. It returns
 * false where the exercise makes no question; the key is then thrown away. */
#pragma once

#include "base/text.h"
#include "course/exercise.h"
#include "base/generator.h"
#include "course/key_problem.h"
#include "course/version.h"
#include "report/members.h"
#include "report/sweep.h"

struct version;

struct version_kind {
    bool (*draw)(struct version *self);
    struct key_row rows[KEY_ROWS_MAX]; /* that it gives points for, behind which there are zeros */
};

extern const struct version_kind version_values, version_witness, version_minimum, version_count, version_repair,
    version_quantum, version_outcomes, version_outputs;

struct version {
    const struct version_request *request;
    const struct difficulty *difficulty;
    const struct version_kind *kind;
    struct generator generator;
    unsigned exercises; /* that were thrown away so far */
    const char *roles;  /* what a kind that draws them once for many exercises has drawn; borrowed, static */
    struct key *key;
    int64_t measures[DIFFICULTY_MEASURES_MAX];
    const struct key_row *rows; /* those of the kind, unless it says others; static */
    struct text answer;         /* behind the lines that name student and kind */
    struct outcome *outcome;    /* what the key's result will be */
    struct sweep *sweep;        /* the same, of a kind that looks at many outcomes; or NULL */
};

/* What an exercise of this level is like; guards, steps of its own and the number of threads can be changed. */
struct exercise_wishes version_wishes(const struct version *self);

/* Draws a program under the free scheduler into the key; or puts one there that was drawn already. */
void version_exercise(struct version *self);
void version_take_exercise(struct version *self, const struct exercise *exercise, const char *scheduler);

/* Puts a program under the free scheduler into the key, whose text is taken; and how many threads a level has. */
void version_take_text(struct version *self, char *text, unsigned threads, const char *observe);
unsigned version_draw_threads(struct version *self);

/* Notes the measure "preemptions" of the end that needs most of them; and, where all measures fit, writes the list of all ends as the
 * answer. Returns false where the analysis of the schedules is incomplete. */
bool version_list_ends(struct version *self);

/* Analyses the key's program, with a quantum where the question is about quanta. Returns the outcome as new; it says what was
 * checked, and is incomplete where there are too many states for an exercise, or after an interrupt. */
struct outcome *version_try(const struct version *self, struct key_question question, int64_t quantum);

/* Analyses the key's program and keeps the outcome. Returns it, borrowed, or NULL where it is incomplete, or has none of the
 * witnesses that are wanted. */
const struct outcome *version_analyse(struct version *self, unsigned questions, enum witness_wish witness,
                                      int64_t value);

/* The same without witnesses, where preemptions or counts are needed if they were asked for, and at least so many final values.
 * Notes the measures "values" and "steps". */
const struct outcome *version_survey(struct version *self, unsigned questions, size_t rows);

/* Notes one of the measures of the kind. */
void version_measure(struct version *self, const char *name, int64_t value);

/* Whether all measures, which were noted, are within the bounds. */
bool version_fits(const struct version *self);

/* Returns a document of the format racecheck-result as new: of a sweep, or, where that is NULL, of an outcome. */
char *version_document(const struct outcome *outcome, const struct sweep *sweep);

/* Appends the line of a schedule: "schedule: A*3 B*27". */
void version_write_schedule(struct text *text, const struct schedule *schedule);

/* Appends a set of numbers as the answers have them: "2 3 5..8". */
void version_write_numbers(struct text *text, const struct intervals *numbers);
