/* behaviour_parts: what the files of behaviour share.
 *
 *     behaviour.c           what a program prints, as a nondeterministic automaton; and what follows from the minimal one
 *     behaviour_automaton.c the subset construction and the minimization
 *     behaviour_pairs.c     what follows from both automata together */
#pragma once

#include "analysis/behaviour.h"

/* A nondeterministic automaton whose edges have a letter or, 0, none. */
struct printing_edge {
    uint32_t from, to;
    char letter;
};

struct printing {
    struct printing_edge *edges; /* ascending by `from` once it is sorted */
    size_t edge_count;
    size_t edge_capacity;
    size_t *first; /* one a node and one more: its edges */
    bool *is_final;
    size_t node_count;
    size_t start_count; /* the nodes 0 .. start_count - 1 are where it begins */
};

/* Makes the minimal automaton, without states from which no final one can be reached. With prefixes every state is final. Returns
 * false where the budget is exceeded. */
bool behaviour_determine(struct behaviour *self, const struct printing *printing, bool prefixes, struct budget *budget);

/* The transition of a state by a letter, borrowed, or NULL. */
const struct behaviour_transition *behaviour_find_transition(const struct behaviour *self, size_t state,
                                                             char character);

/* Frees an array of numbers; NULL is allowed. */
void behaviour_free_numbers(mpz_t *numbers, size_t count);
