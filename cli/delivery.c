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
    return a != NULL && b != NULL && !delivery_is_standard_output(a) && strncmp(a, "/dev/", 5) != 0 && strcmp(a, b) == 0;
}

bool delivery_paths_differ(const char *const *paths, size_t count, struct error *error)
{
    for (size_t a = 0; a < count; a++)
        for (size_t b = a + 1; b < count; b++)
            if (is_same_file(paths[a], paths[b])) {
                error_set(error, paths[a], 0, 0, "is used twice (expected different files for what is read and written)");
                return false;
            }
    return true;
}
