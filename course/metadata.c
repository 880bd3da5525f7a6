#include "course/metadata.h"

#include "base/document.h"
#include "base/memory.h"

#include <jansson.h>
#include <string.h>

static char *find_part(const struct assignment *assignment, const char *text, size_t length)
{
    size_t student = assignment_find_student(assignment, text, length);
    return student != ASSIGNMENT_NOBODY ? memory_copy_string(assignment->students[student].identifier) : NULL;
}

static char *find_user(const struct assignment *assignment, const json_t *user)
{
    const char *email = json_string_value(json_object_get(user, "email"));
    const char *sid = json_string_value(json_object_get(user, "sid"));
    char *found = NULL;
    if (email != NULL)
        found = find_part(assignment, email, strlen(email));
    if (found == NULL && email != NULL)
        found = find_part(assignment, email, strcspn(email, "@"));
    if (found == NULL && sid != NULL)
        found = find_part(assignment, sid, strlen(sid));
    return found;
}

char *metadata_student(const char *path, const struct assignment *assignment, struct error *error)
{
    struct document reader = {path, error};
    json_t *document = document_parse_file(&reader);
    const json_t *users = json_object_get(document, "users");
    if (document != NULL && !json_is_array(users))
        error_set(error, path, 0, 0, "this is no submission_metadata.json: the key \"users\" should be an array");
    char *found = NULL;
    for (size_t u = 0; u < json_array_size(users) && found == NULL; u++)
        found = find_user(assignment, json_array_get(users, u));
    json_decref(document);
    return found;
}
