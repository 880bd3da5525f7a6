#include "report/picture.h"

#include "base/memory.h"
#include "base/text.h"

#include <dlfcn.h>
#include <gvc.h>
#include <stdbool.h>
#include <string.h>

/* The label of a graph as it stands in DOT has "\n" for the ends of its lines. */
static char *plain_label(const char *label)
{
    struct text text = TEXT_INIT;
    for (const char *at = label; *at != '\0'; at++) {
        bool is_escape = at[0] == '\\' && at[1] != '\0';
        at += is_escape;
        text_append(&text, is_escape && (*at == 'n' || *at == 'l') ? "\n" : at, 1);
    }
    return text_take(&text);
}

/* What is between the marks, and they themselves, is left out of the text. */
static void append_without(struct text *text, const char *bytes, const char *open, const char *close)
{
    for (;;) {
        const char *begin = strstr(bytes, open);
        const char *end = begin != NULL ? strstr(begin + strlen(open), close) : NULL;
        if (end == NULL)
            break;
        text_append(text, bytes, (size_t)(begin - bytes));
        bytes = end + strlen(close);
        bytes += *bytes == '\n';
    }
    text_append(text, bytes, strlen(bytes));
}

/* Of the document only its element is wanted. Titles are the names of nodes, which say nothing to a reader; identifiers would be
 * there again in the next picture of a page. In text quotation marks are escaped. */
static char *element_of(const char *document)
{
    struct text untitled = TEXT_INIT, unnamed = TEXT_INIT, element = TEXT_INIT;
    const char *begin = strstr(document, "<svg");
    append_without(&untitled, begin != NULL ? begin : document, "<title>", "</title>");
    append_without(&unnamed, text_string(&untitled), " id=\"", "\"");
    append_without(&element, text_string(&unnamed), "<!--", "-->");
    text_free(&untitled);
    text_free(&unnamed);
    return text_take(&element);
}

/* What is used of libgvc, by the names and types of its header, and its one context. */
struct renderer {
    __typeof__(gvContext) *gvContext;
    __typeof__(gvLayout) *gvLayout;
    __typeof__(gvRenderData) *gvRenderData;
    __typeof__(gvFreeRenderData) *gvFreeRenderData;
    __typeof__(gvFreeLayout) *gvFreeLayout;
    GVC_t *context;
};

static bool load(struct renderer *self)
{
    void *library = dlopen(LIBGVC, RTLD_NOW | RTLD_GLOBAL);
    if (library == NULL)
        return false;
    *(void **)&self->gvContext = dlsym(library, "gvContext");
    *(void **)&self->gvLayout = dlsym(library, "gvLayout");
    *(void **)&self->gvRenderData = dlsym(library, "gvRenderData");
    *(void **)&self->gvFreeRenderData = dlsym(library, "gvFreeRenderData");
    *(void **)&self->gvFreeLayout = dlsym(library, "gvFreeLayout");
    return self->gvContext != NULL && self->gvLayout != NULL && self->gvRenderData != NULL &&
           self->gvFreeRenderData != NULL && self->gvFreeLayout != NULL;
}

static char *render(const struct renderer *self, Agraph_t *graph)
{
    char layout[] = "dot", format[] = "svg", *bytes = NULL, *svg = NULL;
    unsigned length = 0;
    if (self->gvLayout(self->context, graph, layout) != 0)
        return NULL;
    if (self->gvRenderData(self->context, graph, format, &bytes, &length) == 0 && bytes != NULL)
        svg = element_of(bytes);
    self->gvFreeRenderData(bytes);
    self->gvFreeLayout(self->context, graph);
    return svg;
}

static char *take_label(Agraph_t *graph)
{
    char name[] = "label", empty[] = "";
    const char *label = agget(graph, name);
    char *caption = plain_label(label != NULL ? label : "");
    if (label != NULL)
        agset(graph, name, empty);
    return caption;
}

/* One for the whole process, which is never freed: Graphviz's text plugin remembers the name of a font that belongs to the
 * first context, and would look at it again in the second. NULL where there is none. */
static const struct renderer *only_renderer(void)
{
    static struct renderer renderer;
    if (renderer.context == NULL && load(&renderer))
        renderer.context = renderer.gvContext();
    return renderer.context != NULL ? &renderer : NULL;
}

struct picture picture_draw(const char *dot)
{
    struct picture self = {0};
    Agraph_t *graph = agmemread(dot);
    const struct renderer *renderer = only_renderer();
    /* What Graphviz finds to complain about is of no use to our readers. */
    agseterr(AGMAX);
    if (graph != NULL) {
        self.caption = take_label(graph);
        self.svg = renderer != NULL ? render(renderer, graph) : NULL;
        agclose(graph);
    }
    return self;
}

void picture_free(struct picture *self)
{
    memory_free(self->svg);
    memory_free(self->caption);
    *self = (struct picture){0};
}
