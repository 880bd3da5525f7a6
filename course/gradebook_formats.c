#include "course/gradebook_formats.h"

#include "base/memory.h"
#include "base/text.h"
#include "base/utf8.h"

#include <assert.h>

/* A format writes a gradebook, or one grade. */
static const struct {
    const char *name;
    void (*write)(FILE *stream, const struct gradebook *book);
    void (*write_one)(FILE *stream, const struct grade *grade);
} formats[GRADEBOOK_FORMATS] = {
    [FORMAT_TEXT] = {"text", gradebook_write_text, NULL},
    [FORMAT_JSON] = {"json", gradebook_write_json, NULL},
    [FORMAT_GRADESCOPE] = {"gradescope", NULL, gradebook_write_gradescope},
    [FORMAT_PRAIRIELEARN] = {"prairielearn", NULL, gradebook_write_prairielearn},
    [FORMAT_JUNIT] = {"junit", gradebook_write_junit, NULL},
    [FORMAT_TAP] = {"tap", gradebook_write_tap, NULL},
};

const char *gradebook_format_name(enum gradebook_format format)
{
    assert(format < GRADEBOOK_FORMATS);
    return formats[format].name;
}

bool gradebook_format_is_single(enum gradebook_format format)
{
    return formats[format].write_one != NULL;
}

void gradebook_write_one(FILE *stream, enum gradebook_format format, const struct grade *grade)
{
    formats[format].write_one(stream, grade);
}

void gradebook_write(FILE *stream, enum gradebook_format format, const struct gradebook *book)
{
    if (formats[format].write != NULL) {
        formats[format].write(stream, book);
        return;
    }
    struct grade nothing = {.kind = book->assignment->kind, .most = book->assignment->points};
    grade_refuse(&nothing, GRADE_MISSING, "nothing was handed in");
    gradebook_write_one(stream, format, book->count > 0 ? &book->grades[0] : &nothing);
    grade_free(&nothing);
}

void gradebook_write_lines(FILE *stream, const char *prefix, const char *message)
{
    for (char *part; (part = text_next_part(&message, "\n", false)) != NULL; memory_free(part)) {
        char *line = utf8_line(part);
        fprintf(stream, "%s%s\n", prefix, line);
        memory_free(line);
    }
}
