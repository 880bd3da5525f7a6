/* picture: a drawing in DOT, drawn in this process.
 *
 * The only file that knows Graphviz's layout engine and renderer (libgvc), which is loaded when the first picture is drawn. What comes out is an <svg> element to stand
 * in an HTML page: no XML declaration, no document type, no comments and no tooltips. Not to be used from several
 * threads. */
#pragma once

struct picture {
    char *svg;     /* "<svg ...>...</svg>" */
    char *caption; /* the drawing's label, which is not in the picture, its lines separated by newlines */
};

/* Draws. Returns a picture without svg (NULL) where Graphviz cannot: libgvc or its plugins are not installed. It is freed with
 * picture_free(). */
struct picture picture_draw(const char *dot);
void picture_free(struct picture *self);
