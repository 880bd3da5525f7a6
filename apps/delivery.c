#include "apps/delivery.h"

#include "apps/option_table.h"
#include "base/memory.h"
#include "base/output.h"
#include "base/text.h"

#include <dirent.h>
#include <string.h>
#include <unistd.h>

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

/* The regular file that a path leads to, or that "-" stands for as `standard`. Returns false where there is none: what is not
 * there yet cannot be destroyed, and devices may be used for everything. */
static bool find_file(const char *path, int standard, struct stat *status)
{
    bool is_there = delivery_is_standard_output(path) ? fstat(standard, status) == 0 : stat(path, status) == 0;
    return is_there && S_ISREG(status->st_mode);
}

static bool is_same(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* Whether a path that is written leads to the same file as another one, by whatever names; `standard` is the descriptor that the
 * other one stands for as "-". */
static bool is_same_file(const char *written, const char *other, int standard)
{
    struct stat a, b;
    if (written == NULL || other == NULL)
        return false;
    if (find_file(written, STDOUT_FILENO, &a) && find_file(other, standard, &b))
        return is_same(&a, &b);
    return !delivery_is_standard_output(written) && strncmp(written, "/dev/", 5) != 0 && strcmp(written, other) == 0;
}

static bool complain(const char *path, struct error *error)
{
    return error_set(error, path, 0, 0, "is used twice (expected different files for what is read and written)");
}

static bool is_used_among(const char *path, const char *const *paths, size_t count, int standard, struct error *error)
{
    for (size_t p = 0; p < count; p++)
        if (is_same_file(path, paths[p], standard))
            return !complain(path, error);
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

/* Lists what the command writes: paths, NULL where something is not wanted. Returns how many. */
static size_t list_outputs(const struct options *options, const char *paths[OPTION_ROWS_MAX])
{
    const struct option_row *row;
    size_t count = 0;
    for (size_t r = 0; (row = option_table_at(r)) != NULL; r++)
        if (row->is_output && option_row_is_for(row, options->command))
            memcpy(&paths[count++], (const char *)options + row->place, sizeof *paths);
    return count;
}

const char *delivery_report_path(const struct options *options)
{
    const char *paths[OPTION_ROWS_MAX];
    size_t count = list_outputs(options, paths);
    bool is_taken = options->quiet;
    for (size_t p = 0; p < count; p++)
        is_taken |= delivery_is_standard_output(paths[p]);
    return options->output != NULL ? options->output : is_taken ? NULL : "-";
}

bool delivery_outputs_differ(const struct options *options, struct error *error)
{
    const char *paths[OPTION_ROWS_MAX];
    size_t count = list_outputs(options, paths);
    if (shares_standard_output(paths, count, error))
        return false;
    for (size_t p = 0; p < count; p++)
        if (is_used_among(paths[p], paths + p + 1, count - p - 1, STDOUT_FILENO, error) ||
            is_used_among(paths[p], options->operands, options->operand_count, STDIN_FILENO, error))
            return false;
    return true;
}

/* ---- Files that are read ----------------------------------------------------------------------------------------- */

enum { DEPTH_MAX = 32 }; /* of folders: links could lead round and round */

static void add(struct input_set *self, const char *path, int depth);

static void add_folder(struct input_set *self, const char *path, int depth)
{
    DIR *entries = opendir(path);
    for (const struct dirent *entry; entries != NULL && (entry = readdir(entries)) != NULL;) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        char *inner = text_format("%s/%s", path, entry->d_name);
        add(self, inner, depth + 1);
        memory_free(inner);
    }
    if (entries != NULL)
        closedir(entries);
}

static void add(struct input_set *self, const char *path, int depth)
{
    struct stat status;
    if (stat(path, &status) != 0)
        return;
    if (S_ISDIR(status.st_mode) && depth < DEPTH_MAX)
        add_folder(self, path, depth);
    if (!S_ISREG(status.st_mode))
        return;
    self->files = memory_grow(self->files, self->count, &self->capacity, sizeof *self->files);
    self->files[self->count++] = status;
}

void input_set_add(struct input_set *self, const char *path)
{
    add(self, path, 0);
}

bool input_set_spares(const struct input_set *self, const char *path, struct error *error)
{
    struct stat status;
    if (path == NULL || strcmp(path, "-") == 0 || stat(path, &status) != 0)
        return true;
    for (size_t f = 0; f < self->count; f++)
        if (is_same(&status, &self->files[f]))
            return complain(path, error);
    return true;
}

void input_set_free(struct input_set *self)
{
    memory_free(self->files);
    *self = INPUT_SET_INIT;
}
