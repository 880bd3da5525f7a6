#include "course/member.h"

bool member_read_identifier(struct document *self, const json_t *object, const struct document_field *field, void *data)
{
    char **identifier = (void *)((char *)data + field->place);
    return document_read_string(self, object, field->name, identifier) &&
           (assignment_is_identifier(*identifier) || document_wrong(self, field->name, "letters, digits and . _ @ -"));
}

bool member_read_kind(struct document *self, const json_t *object, const struct document_field *field, void *data)
{
    enum assignment_kind *kind = (void *)((char *)data + field->place);
    const json_t *value = document_member(self, object, field->name);
    if (value == NULL)
        return false;
    *kind = json_is_string(value) ? assignment_kind_find(json_string_value(value)) : ASSIGNMENT_KINDS;
    return *kind != ASSIGNMENT_KINDS ||
           document_wrong(self, field->name,
                          "\"values\", \"witness\", \"minimum\", \"count\", \"repair\" or \"quantum\"");
}

json_t *member_write_kind(const void *place)
{
    return document_string(assignment_kind_name(*(const enum assignment_kind *)place));
}
