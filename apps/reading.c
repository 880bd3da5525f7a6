#include "apps/reading.h"

#include "base/memory.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

/* More than a person writes: this is some other file. */
enum { FILE_SIZE_MAX = 16 << 20 };

const char *reading_name(const char *path)
{
    return strcmp(path, "-") == 0 ? "standard input" : path;
}

static bool read_stream(FILE *stream, const char *path, const char *what, struct text *text, struct error *error)
{
    char buffer[65536];
    size_t length;
    while ((length = fread(buffer, 1, sizeof buffer, stream)) > 0) {
        text_append(text, buffer, length);
        if (text->length > FILE_SIZE_MAX)
            return error_set(error, path, 0, 0, "the file is larger than %d MB (expected %s)", FILE_SIZE_MAX >> 20,
                             what);
    }
    if (ferror(stream))
        return error_set(error, path, 0, 0, "cannot read: %s", strerror(errno));
    return true;
}

bool reading_file(const char *path, const char *what, struct text *text, struct error *error)
{
    struct stat status;
    if (strcmp(path, "-") == 0)
        return read_stream(stdin, reading_name(path), what, text, error);
    if (stat(path, &status) == 0 && S_ISDIR(status.st_mode))
        return error_set(error, path, 0, 0, "is a directory (expected %s)", what);
    FILE *stream = fopen(path, "r");
    if (stream == NULL && errno == ENOMEM)
        memory_exhausted();
    if (stream == NULL)
        return error_set(error, path, 0, 0, "cannot open: %s", strerror(errno));
    bool read = read_stream(stream, path, what, text, error);
    fclose(stream);
    return read;
}
