/* graphviz: a directed graph that is written as DOT.
 *
 * The only file that knows cgraph, whose interface is not const and not careful: attributes must be declared before
 * they are set, and a label that ends in a backslash makes DOT that cannot be read. Here everything is declared when
 * the graph is made, and labels are escaped. Memory comes from base/memory. Nodes, edges and subgraphs are handles
 * that live as long as the graph. Not to be used from several threads. */
#ifndef RACECHECK_REPORT_GRAPHVIZ_H
#define RACECHECK_REPORT_GRAPHVIZ_H

#include <stdbool.h>
#include <stdio.h>

struct graphviz;

/* What the handles are; never defined. */
struct graphviz_part;

enum graphviz_kind { GRAPHVIZ_GRAPH, GRAPHVIZ_NODE, GRAPHVIZ_EDGE };

/* Returns an empty graph, which may have several edges between two nodes, as new. */
struct graphviz *graphviz_new(const char *name);

/* Frees the graph with all its parts. */
void graphviz_free(struct graphviz *self);

/* Declares an attribute and its value for all parts of a kind that do not set it. */
void graphviz_declare(struct graphviz *self, enum graphviz_kind kind, const char *attribute, const char *value);

/* The graph as a part, for attributes of its own. */
struct graphviz_part *graphviz_whole(struct graphviz *self);

/* Adds a subgraph, a node (to a graph or subgraph), an edge. A node of that name that exists is returned. All borrowed. A
 * subgraph's name may be NULL, and better is: cgraph writes named ones in the order of addresses. */
struct graphviz_part *graphviz_subgraph(struct graphviz *self, const char *name);
struct graphviz_part *graphviz_node(struct graphviz_part *graph, const char *name);
struct graphviz_part *graphviz_edge(struct graphviz *self, struct graphviz_part *from, struct graphviz_part *to);

/* Sets an attribute that was declared. */
void graphviz_set(struct graphviz_part *part, const char *attribute, const char *value);

/* Sets the label to any text; its lines end with '\n' and are centred, or left-aligned. */
void graphviz_label(struct graphviz_part *part, const char *text, bool is_left);

/* Writes the graph. Returns false where that fails; the stream's error flag is set then. */
bool graphviz_write(struct graphviz *self, FILE *stream);

#endif
