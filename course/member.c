#include "course/member.h"

#include <string.h>

bool member_read_identifier(struct document *self, const json_t *object, char **result)
{
    return document_read_string(self, object, "student", result) &&
           (assignment_is_identifier(*result) || document_wrong(self, "student", "letters, digits and . _ @ -"));
}

bool member_read_kind(struct document *self, const json_t *document, enum assignment_kind *kind)
{
    const json_t *value = document_member(self, document, "kind");
    if (value == NULL)
        return false;
    *kind = json_is_string(value) ? assignment_kind_find(json_string_value(value)) : ASSIGNMENT_KINDS;
    return *kind != ASSIGNMENT_KINDS ||
           document_wrong(self, "kind", "\"values\", \"witness\", \"minimum\", \"count\", \"repair\" or \"quantum\"");
}
