/* graphviz: a directed graph that is written as DOT.
 *
 * The only file that knows cgraph, whose interface is not const and not careful: attributes must be declared before
 * they are set, and a label that ends in a backslash makes DOT that cannot be read. Here everything is declared when
 * the graph is made, and labels are escaped. Memory comes from base/memory. Nodes, edges and subgraphs are handles
 * that live as long as the graph. Not to be used from several threads. */
#pragma once

#include <stdbool.h>
#include <stdio.h>

/* A graph, a subgraph, a node or an edge; never defined. */
struct graphviz;

enum graphviz_kind { GRAPHVIZ_GRAPH, GRAPHVIZ_NODE, GRAPHVIZ_EDGE };

/* Returns an empty graph, which may have several edges between two nodes, as new. */
struct graphviz *graphviz_new(const char *name);

/* Frees a graph with all its parts. */
void graphviz_free(struct graphviz *graph);

/* Declares an attribute and its value for all parts of a kind that do not set it. */
void graphviz_declare(struct graphviz *graph, enum graphviz_kind kind, const char *attribute, const char *value);

/* Adds a subgraph without a name, for cgraph writes named ones in the order of addresses; a node to a graph or subgraph, its
 * name as with printf(); an edge. A node of that name that exists is returned. All borrowed. */
struct graphviz *graphviz_subgraph(struct graphviz *graph);
struct graphviz *graphviz_node(struct graphviz *graph, const char *format, ...) __attribute__((format(printf, 2, 3)));
struct graphviz *graphviz_edge(struct graphviz *graph, struct graphviz *from, struct graphviz *to);

/* Sets attributes that were declared: names and values in turn, then NULL. */
void graphviz_set(struct graphviz *part, ...) __attribute__((sentinel));

/* Sets the label to any text; its lines end with '\n' and are centred, or left-aligned. */
void graphviz_label(struct graphviz *part, const char *text, bool is_left);

/* The same, centred, as with printf(). */
void graphviz_label_print(struct graphviz *part, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Writes a graph. Returns false where that fails; the stream's error flag is set then. */
bool graphviz_write(struct graphviz *graph, FILE *stream);
