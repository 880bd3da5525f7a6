#include "course/key_set.h"

#include "base/memory.h"
#include "course/grading.h"

#include <inttypes.h>
#include <string.h>

static bool belongs(const struct key *key, const struct assignment *assignment, const char *student, const char *path,
                    struct error *error)
{
    if (strcmp(key->student, student) != 0)
        error_set(error, path, 0, 0, "this is the key of '%s'", key->student);
    else if (key->kind != assignment->kind)
        error_set(error, path, 0, 0, "this is a key of kind %s, and the assignment is of kind %s",
                  assignment_kind_name(key->kind), assignment_kind_name(assignment->kind));
    else if (key_points(key) != assignment->points)
        error_set(error, path, 0, 0, "the rows of this key give %" PRId64 " points, and the assignment says %" PRId64,
                  key_points(key), assignment->points);
    return !error->set;
}

static bool holds(const struct key *key, const char *path, struct error *error)
{
    struct error inner = ERROR_INIT;
    if (grading_check_key(key, &inner))
        return true;
    return error_set(error, path, 0, 0, "nothing can be graded with this key: %s", inner.text);
}

struct key *key_set_read(const char *folder, const struct assignment *assignment, size_t student, struct error *error)
{
    const char *identifier = assignment->students[student].identifier;
    char *path = assignment_path(folder, FILE_KEY, identifier);
    struct key *key = key_read(path, error);
    bool is_good = key != NULL && belongs(key, assignment, identifier, path, error) && holds(key, path, error);
    memory_free(path);
    if (is_good)
        return key;
    key_free(key);
    return NULL;
}
