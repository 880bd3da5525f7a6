/* difficulty: how hard a version may be, measured.
 *
 * Each kind of assignment has its measures, the same for all its versions, and each level sets for each measure a
 * least and a greatest value. The measures come from the analysis:
 *
 *     preemptions  the fewest preemptions with which the answer is reached (of a list of values: the hardest one; of a
 *                  repair: with which the fault shows)
 *     values       the number of final values that are possible
 *     outcomes     the number of pairs of values that are
 *     outputs      the number of texts that can be printed
 *     chain        the number of stores that the least value goes back to, in the answer
 *     steps        the length of that schedule (of a list, or a count: of the longest one)
 *     schedules    the number of all schedules
 *     quanta       the number of quanta that are right
 *
 * An exercise that is outside is thrown away. A *tally* remembers what was missed and by how little, so that an error can
 * say which bound to loosen. Both are plain values. */
#pragma once

#include "base/error.h"
#include "course/assignment.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DIFFICULTY_MEASURES_MAX = 4 };

enum difficulty_level { LEVEL_EASY, LEVEL_MEDIUM, LEVEL_HARD, DIFFICULTY_LEVELS };

struct difficulty_bound {
    const char *name; /* borrowed, static */
    int64_t least;
    int64_t most; /* least <= most */
};

struct difficulty {
    enum assignment_kind kind;
    enum difficulty_level level;
    struct difficulty_bound bounds[DIFFICULTY_MEASURES_MAX];
    size_t count;
};

/* The bounds that a level sets for a kind. */
struct difficulty difficulty_of(enum assignment_kind kind, enum difficulty_level level);

/* "easy", borrowed. */
const char *difficulty_level_name(enum difficulty_level level);

/* Replaces a bound: "steps=6..20" or "preemptions=2". Returns false with *error set where that is no bound, the kind
 * has no such measure, or the numbers are out of range. */
bool difficulty_set(struct difficulty *self, const char *text, struct error *error);

/* The bound of a measure that the kind has, borrowed. */
const struct difficulty_bound *difficulty_bound(const struct difficulty *self, const char *name);

/* What exercises have missed. Zeroed at the start. */
struct difficulty_tally {
    uint64_t exercises;
    uint64_t unusable;                        /* exercises that made no question at all */
    uint64_t misses[DIFFICULTY_MEASURES_MAX]; /* that one, in the order of the bounds */
    bool has_nearest[DIFFICULTY_MEASURES_MAX];
    int64_t nearest[DIFFICULTY_MEASURES_MAX]; /* of the values that missed, the one nearest to the bounds */
};

/* Whether all measures of an exercise, in the order of the bounds, are within them. Counts the exercise in *tally. */
bool difficulty_fits(const struct difficulty *self, const int64_t *measures, struct difficulty_tally *tally);

/* Sets *error: for this student there is no version; which bound was missed most often, and how far it is to be
 * loosened. */
void difficulty_complain(const struct difficulty *self, const struct difficulty_tally *tally, const char *student,
                         struct error *error);
