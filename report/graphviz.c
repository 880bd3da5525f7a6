#include "report/graphviz.h"

#include "base/memory.h"
#include "base/text.h"
#include "base/utf8.h"

#include <assert.h>
#include <cgraph.h>
#include <ctype.h>
#include <string.h>

struct graphviz {
    Agraph_t *graph;
};

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

struct graphviz *graphviz_new(const char *name)
{
    static Agmemdisc_t memory = {memory_open, memory_allocate, memory_reallocate, memory_release, NULL};
    Agdisc_t discipline = {&memory, &AgIdDisc, &AgIoDisc};
    struct graphviz *self = memory_new(1, sizeof *self);
    self->graph = agopen(unconst(name), Agdirected, &discipline);
    assert(self->graph != NULL);
    graphviz_declare(self, GRAPHVIZ_GRAPH, "label", "");
    graphviz_declare(self, GRAPHVIZ_NODE, "label", "\\N");
    graphviz_declare(self, GRAPHVIZ_EDGE, "label", "");
    return self;
}

void graphviz_free(struct graphviz *self)
{
    if (self == NULL)
        return;
    agclose(self->graph);
    memory_free(self);
}

/* ---- Building ------------------------------------------------------------------------------------------------ */

void graphviz_declare(struct graphviz *self, enum graphviz_kind kind, const char *attribute, const char *value)
{
    static const int kinds[] = {[GRAPHVIZ_GRAPH] = AGRAPH, [GRAPHVIZ_NODE] = AGNODE, [GRAPHVIZ_EDGE] = AGEDGE};
    agattr(self->graph, kinds[kind], unconst(attribute), unconst(value));
}

struct graphviz_part *graphviz_whole(struct graphviz *self)
{
    return (struct graphviz_part *)self->graph;
}

struct graphviz_part *graphviz_subgraph(struct graphviz *self, const char *name)
{
    return (struct graphviz_part *)agsubg(self->graph, unconst(name), 1);
}

struct graphviz_part *graphviz_node(struct graphviz_part *graph, const char *name)
{
    return (struct graphviz_part *)agnode((Agraph_t *)graph, unconst(name), 1);
}

struct graphviz_part *graphviz_edge(struct graphviz *self, struct graphviz_part *from, struct graphviz_part *to)
{
    /* Without a name every edge is a new one. */
    return (struct graphviz_part *)agedge(self->graph, (Agnode_t *)from, (Agnode_t *)to, NULL, 1);
}

void graphviz_set(struct graphviz_part *part, const char *attribute, const char *value)
{
    int failed = agset(part, unconst(attribute), unconst(value));
    assert(failed == 0);
    (void)failed;
}

void graphviz_label(struct graphviz_part *part, const char *text, bool is_left)
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
    graphviz_set(part, "label", text_string(&label));
    text_free(&label);
    memory_free(clean);
}

bool graphviz_write(struct graphviz *self, FILE *stream)
{
    return agwrite(self->graph, stream) == 0 && !ferror(stream);
}
