/* observation: what of a program's ends is in question, as a tuple.
 *
 * A member is the final value of a shared word, that of a register of a thread when all have finished, or all that was printed. An
 * observation is a plain value; an empty one means the first word. */
#pragma once

#include "base/error.h"
#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct program;

enum { OBSERVATION_MAX = 16, OBSERVED_WORD = -1, OBSERVED_OUTPUT = -2 };

struct observation_place {
    int32_t thread;  /* whose register it is; OBSERVED_WORD, or OBSERVED_OUTPUT */
    uint32_t number; /* of the word or register; else 0 */
};

struct observation {
    struct observation_place places[OBSERVATION_MAX];
    size_t count;
};

/* Returns the observation of one word. */
static inline struct observation observation_of(uint32_t word)
{
    return (struct observation){.places = {{OBSERVED_WORD, word}}, .count = 1};
}

/* Whether two have the same members in the same order. */
bool observation_equals(const struct observation *self, const struct observation *other);

/* Adds what a list names: "x,table[3],2000,T0.%ax,output". An address becomes a variable of the program, as if an instruction had named
 * it. Returns false with *error set, without a place, where there is none of a name, a name twice, or more than OBSERVATION_MAX. */
bool observation_add(struct observation *self, struct program *program, const char *list, struct error *error);

/* Adds what is observed if nobody says it: what the program's text names by .observe; else the output, where it prints; else the first
 * variable; else nothing. */
void observation_add_default(struct observation *self, const struct program *program);

/* Whether the output is a member; and whether a member is the final value of one word alone, which *word then is. */
bool observation_has_output(const struct observation *self);
bool observation_is_word(const struct observation *self, uint32_t *word);

/* The first member that is a word, whose values are told step by step; 0 where none is. */
uint32_t observation_first_word(const struct observation *self);

/* Returns the name of a member as new: "x", "T0.%ax", "output"; and of all, with commas between. */
char *observation_name(const struct observation *self, const struct program *program, size_t place);
char *observation_names(const struct observation *self, const struct program *program);

/* An end, as somebody asks for it: a number for each member that is one, and the text that is printed where the output is a member.
 * Started with zeros, freed with observed_end_free(). */
struct observed_end {
    int64_t numbers[OBSERVATION_MAX]; /* in the order of the members; 0 for the output */
    char *output;                     /* or NULL */
    size_t count;                     /* of members */
};

/* Reads "x=1,y=2", "x=1,output="ab""; or, where that is all that is observed, a number, or a text in quotation marks, alone. The
 * quotation marks behind a name may be missing around what stands last. The names are those of observation_names(). Returns false with
 * *error set, without a place, where that is none, or some member is missing. */
bool observed_end_read(struct observed_end *self, const char *text, const char *names, struct error *error);
void observed_end_free(struct observed_end *self);
