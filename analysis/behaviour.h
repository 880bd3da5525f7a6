/* behaviour: all that a program can print, as the minimal deterministic automaton of its outputs.
 *
 * An output is what was printed in a schedule that comes to its end. The states of the program, with what each step prints as the letter of
 * the step, are a nondeterministic automaton of them; it is made deterministic by the subset construction (Rabin and Scott, 1959), and
 * minimal by refining a partition (Hopcroft, 1971; of states and of transitions: Valmari and Lehtinen, 2008), in a time hardly
 * above that of reading it. Letters are bytes, so that it does not matter in which pieces a text is
 * printed. Where no schedule comes to its end it is the automaton of the prefixes that are printed on the way.
 *
 * A behaviour is constant once found, owns everything in it, and is freed with behaviour_free(). */
#pragma once

#include "base/budget.h"
#include "program/outputs.h"

#include <gmp.h>
#include <stdbool.h>

struct program;
struct scheduler;

struct behaviour_transition {
    char character;
    uint32_t target;
};

struct behaviour_state {
    bool is_final;
    size_t first; /* its transitions, in ascending order of their characters as unsigned bytes */
    size_t count;
    mpz_t
        before; /* texts that lead here, and texts that lead from here to the end; 0 where there are infinitely many */
    mpz_t behind;
};

struct behaviour {
    struct behaviour_state *states; /* 0 is the first one; each can come to a final one */
    size_t state_count;             /* 0: there is no output */
    struct behaviour_transition *transitions;
    size_t transition_count;
    bool is_of_prefixes; /* no schedule comes to its end */
    bool is_infinite;    /* there are infinitely many outputs */
    mpz_t count;         /* of the outputs, where there are finitely many */
    char *shortest;      /* the first in the alphabet of the shortest ones; of the longest; NULL where there is none */
    char *longest;
    char *
        first; /* in the alphabet, where a prefix comes before what it is one of; and the last; NULL where there is none */
    char *last;
    struct printing *printing; /* what it was made of, until behaviour_settle() */
    mpz_t *through;  /* by how many schedules that come to their ends each transition is taken; NULL: not counted */
    mpz_t schedules; /* ... and how many these are */
};

/* Finds the behaviour of a program under a scheduler. Returns false, and the budget tells why, where a limit was reached first, or, where it
 * does not, there are more than max_states states (0: that is no limit); *self is to be freed all the same. */
bool behaviour_find(struct behaviour *self, const struct program *program, const struct scheduler *scheduler,
                    uint64_t max_states, struct budget *budget);
void behaviour_free(struct behaviour *self);

/* Makes the behaviour of a program that prints these texts, each in some schedule. Returns false where the budget is exceeded. */
bool behaviour_make(struct behaviour *self, char *const *texts, size_t count, struct budget *budget);

/* How many steps there are between states that hold what was printed as a node of some texts: an estimate from above, of what a graph of
 * them costs. Where they are more than `most`, one more than that, about. Before behaviour_settle(), as the next. */
uint64_t behaviour_measure(const struct behaviour *self, const struct outputs *outputs, uint64_t most);

/* Counts schedules, through each transition. Returns false where they are endless, or more than `most` steps have to be gone through. */
bool behaviour_count_schedules(struct behaviour *self, uint64_t most);

/* Forgets what only these two need. */
void behaviour_settle(struct behaviour *self);

/* Whether a text is one of the outputs. */
bool behaviour_has(const struct behaviour *self, const char *text);

/* Returns the tree of all outputs as new, or NULL where there are more than `most` of them. */
struct outputs *behaviour_outputs(const struct behaviour *self, uint64_t most);

/* Returns as new the tree of the least and greatest outputs, and of those among some texts that are outputs; NULL among these is none. */
struct outputs *behaviour_outputs_of(const struct behaviour *self, const char *const *texts, size_t count);

/* Through how many outputs a transition of a state leads: 0 where there are infinitely many. Sets *count. */
void behaviour_transition_count(const struct behaviour *self, size_t state, size_t transition, mpz_t count);
