#include "cli/delivery.h"

#include "reports/output.h"

#include <string.h>

bool deliver(const char *path, delivery_writer *writer, void *context, struct error *error)
{
    if (path == NULL)
        return true;
    struct output *output = output_open(path, error);
    if (output == NULL)
        return false;
    writer(context, output_stream(output));
    return output_commit(output, error);
}

bool delivery_is_standard_output(const char *path)
{
    return path != NULL && strcmp(path, "-") == 0;
}

/* Whether two paths are the same file, as far as their names tell; devices may be used for everything. */
static bool is_same_file(const char *a, const char *b)
{
    return a != NULL && b != NULL && !delivery_is_standard_output(a) && strncmp(a, "/dev/", 5) != 0 &&
           strcmp(a, b) == 0;
}

static bool is_used_among(const char *path, const char *const *paths, size_t count, struct error *error)
{
    for (size_t p = 0; p < count; p++)
        if (is_same_file(path, paths[p])) {
            error_set(error, path, 0, 0, "is used twice (expected different files for what is read and written)");
            return true;
        }
    return false;
}

/* Two documents one behind the other are none that anybody could read. */
static bool shares_standard_output(const char *const *written, size_t count, struct error *error)
{
    size_t there = 0;
    for (size_t w = 0; w < count; w++)
        there += delivery_is_standard_output(written[w]);
    if (there > 1)
        error_set(error, NULL, 0, 0, "standard output (-) is used for %zu documents (expected one)", there);
    return there > 1;
}

bool delivery_paths_differ(const char *const *written, size_t written_count, const char *const *read, size_t read_count,
                           struct error *error)
{
    if (shares_standard_output(written, written_count, error))
        return false;
    for (size_t w = 0; w < written_count; w++)
        if (is_used_among(written[w], written + w + 1, written_count - w - 1, error) ||
            is_used_among(written[w], read, read_count, error))
            return false;
    return true;
}
