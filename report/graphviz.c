#include "report/graphviz.h"

#include "base/memory.h"
#include "base/text.h"
#include "base/utf8.h"

#include <assert.h>
#include <cgraph.h>
#include <stdarg.h>
#include <string.h>

enum { NAME_SIZE = 64 }; /* of a node */

/* ---- Memory -------------------------------------------------------------------------------------------------- */

static void *memory_open(Agdisc_t *discipline)
{
    (void)discipline;
    return NULL;
}

/* cgraph expects zeroed blocks from both. */
static void *memory_allocate(void *state, size_t size)
{
    (void)state;
    return memory_new(1, size);
}

static void *memory_reallocate(void *state, void *block, size_t old_size, size_t size)
{
    (void)state;
    char *resized = memory_resize(block, 1, size);
    if (size > old_size)
        memset(resized + old_size, 0, size - old_size);
    return resized;
}

static void memory_release(void *state, void *block)
{
    (void)state;
    memory_free(block);
}

/* ---- Life ---------------------------------------------------------------------------------------------------- */

/* The interface takes char pointers, but only reads what they point to. */
static char *unconst(const char *string)
{
    return (char *)string;
}

static Agraph_t *graph_of(struct graphviz *part)
{
    return (Agraph_t *)part;
}

struct graphviz *graphviz_new(const char *name)
{
    static Agmemdisc_t memory = {memory_open, memory_allocate, memory_reallocate, memory_release, NULL};
    Agdisc_t discipline = {&memory, &AgIdDisc, &AgIoDisc};
    struct graphviz *graph = (struct graphviz *)agopen(unconst(name), Agdirected, &discipline);
    assert(graph != NULL);
    graphviz_declare(graph, GRAPHVIZ_GRAPH, "label", "");
    graphviz_declare(graph, GRAPHVIZ_NODE, "label", "\\N");
    graphviz_declare(graph, GRAPHVIZ_EDGE, "label", "");
    return graph;
}

void graphviz_free(struct graphviz *graph)
{
    agclose(graph_of(graph));
}

/* ---- Building ------------------------------------------------------------------------------------------------ */

void graphviz_declare(struct graphviz *graph, enum graphviz_kind kind, const char *attribute, const char *value)
{
    static const int kinds[] = {[GRAPHVIZ_GRAPH] = AGRAPH, [GRAPHVIZ_NODE] = AGNODE, [GRAPHVIZ_EDGE] = AGEDGE};
    agattr(graph_of(graph), kinds[kind], unconst(attribute), unconst(value));
}

struct graphviz *graphviz_subgraph(struct graphviz *graph)
{
    return (struct graphviz *)agsubg(graph_of(graph), NULL, 1);
}

struct graphviz *graphviz_node(struct graphviz *graph, const char *format, ...)
{
    va_list arguments;
    char name[NAME_SIZE];
    va_start(arguments, format);
    vsnprintf(name, sizeof name, format, arguments);
    va_end(arguments);
    return (struct graphviz *)agnode(graph_of(graph), name, 1);
}

struct graphviz *graphviz_edge(struct graphviz *graph, struct graphviz *from, struct graphviz *to)
{
    /* Without a name every edge is a new one. */
    return (struct graphviz *)agedge(graph_of(graph), (Agnode_t *)from, (Agnode_t *)to, NULL, 1);
}

void graphviz_set(struct graphviz *part, ...)
{
    va_list arguments;
    va_start(arguments, part);
    for (char *attribute; (attribute = va_arg(arguments, char *)) != NULL;) {
        int failed = agset(part, attribute, va_arg(arguments, char *));
        assert(failed == 0);
        (void)failed;
    }
    va_end(arguments);
}

void graphviz_label(struct graphviz *part, const char *text, bool is_left)
{
    struct text label = TEXT_INIT;
    char *clean = utf8_clean(text);
    for (const char *c = clean; *c != '\0'; c++) {
        size_t unshowable = *c == '\n' ? 0 : utf8_unshowable(c);
        if (*c == '\n')
            text_print(&label, is_left ? "\\l" : "\\n");
        else if (*c == '\\')
            text_print(&label, "\\\\");
        else if (unshowable > 0)
            text_print(&label, "\xef\xbf\xbd");
        else
            text_append(&label, c, 1);
        c += unshowable > 1 ? unshowable - 1 : 0;
    }
    graphviz_set(part, "label", text_string(&label), NULL);
    text_free(&label);
    memory_free(clean);
}

void graphviz_label_print(struct graphviz *part, const char *format, ...)
{
    struct text text = TEXT_INIT;
    va_list arguments;
    va_start(arguments, format);
    text_print_list(&text, format, arguments);
    va_end(arguments);
    graphviz_label(part, text_string(&text), false);
    text_free(&text);
}

bool graphviz_write(struct graphviz *graph, FILE *stream)
{
    return agwrite(graph_of(graph), stream) == 0 && !ferror(stream);
}
