/* A sweep as JSON: each point with its result document. */
#include "report/json.h"
#include "report/json_writer.h"

#include <string.h>

/* Copies a document as a member, moved to the right. There are no line ends within its strings. */
static void copy_member(struct json_writer *self, const char *key, const char *document)
{
    size_t length = strlen(document);
    while (length > 0 && document[length - 1] == '\n')
        length--;
    json_begin(self, key);
    for (size_t i = 0; i < length; i++) {
        fputc(document[i], self->stream);
        if (document[i] == '\n')
            fprintf(self->stream, "%*s", (int)(JSON_INDENT * self->depth), "");
    }
}

static void write_point(struct json_writer *self, const struct sweep *sweep, const struct sweep_point *point)
{
    json_open(self, NULL, '{');
    json_open_flat(self, "parameters", '{');
    for (size_t a = 0; a < sweep->axis_count; a++)
        if (point->words[a] != NULL)
            json_put_string(self, sweep->names[a], point->words[a]);
        else
            json_put_integer(self, sweep->names[a], point->values[a]);
    json_close(self, '}');
    json_put_count_or_null(self, "status", point->status >= 0, (uint64_t)point->status);
    json_put_string(self, "note", point->note);
    if (point->document != NULL)
        copy_member(self, "result", point->document);
    else
        json_put_null(self, "result");
    json_close(self, '}');
}

void json_write_sweep(FILE *stream, const struct sweep *sweep)
{
    struct json_writer self = {.stream = stream, .is_first = true};
    json_open(&self, NULL, '{');
    json_put_format(&self, "racecheck-sweep");
    json_open_flat(&self, "swept", '[');
    for (size_t a = 0; a < sweep->axis_count; a++)
        json_put_string(&self, NULL, sweep->names[a]);
    json_close(&self, ']');
    json_open(&self, "points", '[');
    for (size_t p = 0; p < sweep->point_count; p++)
        write_point(&self, sweep, &sweep->points[p]);
    json_close(&self, ']');
    json_close(&self, '}');
    fputc('\n', stream);
}
