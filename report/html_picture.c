#include "report/html_picture.h"

#include "base/memory.h"
#include "base/text.h"
#include "report/dot.h"
#include "report/html_text.h"
#include "report/picture.h"

#include <stdlib.h>
#include <string.h>

enum { THREADS_MAX = 8 }; /* beyond, columns are too many for a page */

/* The drawing's own title is not wanted: the lines behind it are. */
static void write_caption(FILE *stream, const char *caption)
{
    const char *title = strchr(caption, '\n'), *at = title != NULL ? title + 1 : "";
    fputs("<figcaption>", stream);
    for (char *line; (line = text_next_part(&at, "\n", false)) != NULL; memory_free(line))
        html_text_print(stream, *at != '\0' ? "%s; " : "%s.", line);
    fputs("</figcaption>\n", stream);
}

static struct picture draw(const struct trace *trace)
{
    char *dot = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&dot, &size);
    if (stream == NULL)
        return (struct picture){0};
    bool is_drawn = dot_write_trace_folded(stream, trace, "schedule");
    is_drawn = fclose(stream) == 0 && is_drawn;
    struct picture picture = is_drawn ? picture_draw(dot) : (struct picture){0};
    free(dot);
    return picture;
}

void html_picture_write(FILE *stream, const struct trace *trace, struct html_room *room)
{
    if (room->bytes == 0) {
        fputs("<p>This picture is left out: those of the other schedules fill the page.</p>\n", stream);
        return;
    }
    if (trace->thread_count > THREADS_MAX) {
        fputs("<p>There are too many threads for a picture of this width.</p>\n", stream);
        return;
    }
    struct picture picture = draw(trace);
    if (picture.svg != NULL) {
        size_t bytes = strlen(picture.svg);
        room->bytes -= bytes < room->bytes ? bytes : room->bytes;
        fprintf(stream,
                "<figure class=\"picture\">\n<div role=\"img\" aria-label=\"The schedule as a drawing: a column for "
                "each thread, time going down, an arrow from each store to the loads that saw it.\">\n%s</div>\n",
                picture.svg);
        write_caption(stream, picture.caption);
        fputs("</figure>\n", stream);
    } else {
        fputs("<p>The picture is missing: Graphviz could not draw it where this report was made.</p>\n", stream);
    }
    picture_free(&picture);
}
