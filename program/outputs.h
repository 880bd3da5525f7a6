/* outputs: texts that a program can print, each with a number.
 *
 * Mostly they are a tree of prefixes. Where the output is observed, a state holds how much was printed as the number of a node of this tree. Node 0 is the empty text; the
 * children of a node are one character longer. The texts themselves are marked. Whatever else is printed is told apart from them and not
 * from each other: it is one number behind all nodes, outputs_other(). The tree is made by an analysis (analysis/behaviour.h)
 * before the program is explored with it, constant from then on, and freed with outputs_free().
 *
 * Where all texts are the same but for one number that is printed in them, the number of a text is that number, and there is no tree: a
 * state holds a value that is copied, and need not hold it where values can be followed apart from states. */
#pragma once

#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OUTPUTS_NONE UINT32_MAX

struct outputs_node {
    char character;       /* the last one */
    bool is_text;         /* one of the texts ends here */
    uint32_t parent;      /* of node 0: itself */
    uint32_t first_child; /* OUTPUTS_NONE: there is none */
    uint32_t sibling;     /* the next child of the same parent */
};

struct outputs {
    struct outputs_node *nodes;
    size_t count;
    size_t capacity;
    bool is_number; /* there are no nodes: the texts are `before`, a number, `behind` */
    char *before;
    char *behind; /* NULL: no number is printed, and the text is `before` */
};

/* Returns a tree of no text as new. */
struct outputs *outputs_new(void);

/* Returns the texts with one number as new; takes what stands before and behind it, NULL where no number is printed. */
struct outputs *outputs_of_number(char *before, char *behind);
void outputs_free(struct outputs *self);

/* Adds a text, and returns the node where it ends. Texts that are added in the order of the alphabet end at ascending nodes. */
uint32_t outputs_add(struct outputs *self, const char *text);

/* Of a tree: the number that stands for all that is printed beside the texts. */
static inline uint32_t outputs_other(const struct outputs *self)
{
    return (uint32_t)self->count;
}

/* Whether a number stands for that. */
static inline bool outputs_is_other(const struct outputs *self, int64_t number)
{
    return !self->is_number && number == outputs_other(self);
}

/* Finds the number of a text. Returns false where it is none of the texts. */
bool outputs_find(const struct outputs *self, const char *text, int64_t *number);

/* Of a tree: where one gets from a node by printing some more: to a node, or to outputs_other() for good. */
uint32_t outputs_go(const struct outputs *self, uint32_t node, const char *text);

/* Of a tree: what a node stands for where nothing more is printed: itself, if a text ends there, else outputs_other(). */
uint32_t outputs_end(const struct outputs *self, uint32_t node);

/* Returns the text of a number as new; NULL where that is outputs_other(). */
char *outputs_text(const struct outputs *self, int64_t number);
