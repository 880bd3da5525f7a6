/* observation: what of a final state is in question, the values of some shared words as a tuple.
 *
 * One word is a tuple of one: its value may be data, and followed by a fold. Of several words all are control, since what
 * becomes of one cannot be folded apart from the others; each tuple that is found then has a *rank* among all of them, in
 * ascending order, first word first, and folds, witnesses and rows of an outcome know it by its rank. */
#ifndef RACECHECK_SPACE_OBSERVATION_H
#define RACECHECK_SPACE_OBSERVATION_H

#include <stddef.h>
#include <stdint.h>

struct machine;
struct tuples;

enum { OBSERVATION_WORDS_MAX = 16 };

struct observation {
    uint32_t words[OBSERVATION_WORDS_MAX];
    size_t count; /* 0 is the first word alone */
};

/* Returns the observation of one word. */
static inline struct observation observation_of(uint32_t word)
{
    return (struct observation){.words = {word}, .count = 1};
}

/* Writes the values of the words in a state in which they are control. */
void observation_read(const struct observation *self, const struct machine *machine, const uint64_t *state,
                      int64_t *tuple);

/* The value of one word, or the rank of the tuple of several among all that are found. */
int64_t observation_value(const struct observation *self, const struct machine *machine, const uint64_t *state,
                          const struct tuples *ranked);

#endif
