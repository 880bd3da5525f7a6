#include "course/gradebook_formats.h"

#include "base/memory.h"

#include <assert.h>
#include <string.h>

static const char *const names[GRADEBOOK_FORMATS] = {"text", "json", "gradescope", "prairielearn", "junit", "tap"};

const char *gradebook_format_name(enum gradebook_format format)
{
    assert(format < GRADEBOOK_FORMATS);
    return names[format];
}

enum gradebook_format gradebook_format_find(const char *name)
{
    for (unsigned f = 0; f < GRADEBOOK_FORMATS; f++)
        if (strcmp(names[f], name) == 0)
            return (enum gradebook_format)f;
    return GRADEBOOK_FORMATS;
}

bool gradebook_format_is_single(enum gradebook_format format)
{
    return format == FORMAT_GRADESCOPE || format == FORMAT_PRAIRIELEARN;
}

void gradebook_write_one(FILE *stream, enum gradebook_format format, const struct grade *grade)
{
    assert(gradebook_format_is_single(format));
    if (format == FORMAT_GRADESCOPE)
        gradebook_write_gradescope(stream, grade);
    else
        gradebook_write_prairielearn(stream, grade);
}

static void write_single(FILE *stream, enum gradebook_format format, const struct gradebook *book)
{
    struct grade nothing = {.kind = book->assignment->kind, .most = book->assignment->points};
    grade_refuse(&nothing, GRADE_MISSING, "nothing was handed in");
    gradebook_write_one(stream, format, book->count > 0 ? &book->grades[0] : &nothing);
    grade_free(&nothing);
}

void gradebook_write(FILE *stream, enum gradebook_format format, const struct gradebook *book)
{
    switch (format) {
    case FORMAT_TEXT:
        gradebook_write_text(stream, book);
        break;
    case FORMAT_JSON:
        gradebook_write_json(stream, book);
        break;
    case FORMAT_JUNIT:
        gradebook_write_junit(stream, book);
        break;
    case FORMAT_TAP:
        gradebook_write_tap(stream, book);
        break;
    case FORMAT_GRADESCOPE:
    case FORMAT_PRAIRIELEARN:
        write_single(stream, format, book);
        break;
    case GRADEBOOK_FORMATS:
        assert(false);
    }
}
