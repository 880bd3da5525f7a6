/* outputs: the texts that a program can print, as a tree of their prefixes.
 *
 * Where the output is observed, a state holds how much was printed as the number of a node of this tree. Node 0 is the empty text; the
 * children of a node are one character longer. The tree is made by an analysis (analysis/behaviour.h) before the program is explored
 * with it, constant from then on, and freed with outputs_free(). */
#ifndef RACECHECK_PROGRAM_OUTPUTS_H
#define RACECHECK_PROGRAM_OUTPUTS_H

#include "base/text.h"

#include <stddef.h>
#include <stdint.h>

#define OUTPUTS_NONE UINT32_MAX

struct outputs_node {
    char character;       /* the last one */
    uint32_t parent;      /* of node 0: itself */
    uint32_t first_child; /* OUTPUTS_NONE: there is none */
    uint32_t sibling;     /* the next child of the same parent */
};

struct outputs {
    struct outputs_node *nodes;
    size_t count;
    size_t capacity;
};

/* Returns a tree of the empty text as new. */
struct outputs *outputs_new(void);
void outputs_free(struct outputs *self);

/* Returns the node behind a text that is printed at a node; nodes that are missing are made, or, by the second, OUTPUTS_NONE is
 * returned. */
uint32_t outputs_add(struct outputs *self, uint32_t node, const char *text);
uint32_t outputs_find(const struct outputs *self, uint32_t node, const char *text);

/* Returns the text of a node as new. */
char *outputs_text(const struct outputs *self, uint32_t node);

#endif
