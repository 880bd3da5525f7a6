#include "course/grade_file.h"

#include "base/document.h"
#include "base/memory.h"

#include <jansson.h>

void grade_file_write(FILE *stream, const struct grade *grade)
{
    json_t *document = json_object(), *rows = json_array();
    document_set(document, "student", document_string_or_null(grade->student));
    document_set(document, "state", json_integer(grade->state));
    document_set(document, "error", document_string_or_null(grade->error));
    for (size_t r = 0; r < grade->row_count; r++) {
        json_t *row = json_object();
        document_set(row, "verdict", json_integer(grade->rows[r].verdict));
        document_set(row, "message", document_string_or_null(grade->rows[r].message));
        json_array_append_new(rows, row);
    }
    document_set(document, "rows", rows);
    json_dumpf(document, stream, JSON_COMPACT);
    json_decref(document);
}

/* ---- Reading --------------------------------------------------------------------------------------------------- */

static bool read_row(const json_t *object, struct grade_row *row)
{
    const json_t *verdict = json_object_get(object, "verdict");
    if (!json_is_integer(verdict) || json_integer_value(verdict) < 0 || json_integer_value(verdict) >= GRADE_VERDICTS)
        return false;
    row->verdict = (enum grade_verdict)json_integer_value(verdict);
    row->message = document_copy_string(json_object_get(object, "message"));
    return true;
}

static bool read_grade(struct grade *grade, const json_t *document)
{
    const json_t *state = json_object_get(document, "state"), *rows = json_object_get(document, "rows");
    if (!json_is_integer(state) || json_integer_value(state) < 0 || json_integer_value(state) >= GRADE_STATES ||
        !json_is_array(rows) || json_array_size(rows) != grade->row_count)
        return false;
    grade->state = (enum grade_state)json_integer_value(state);
    grade->error = document_copy_string(json_object_get(document, "error"));
    for (size_t r = 0; r < grade->row_count; r++)
        if (!read_row(json_array_get(rows, r), &grade->rows[r]))
            return false;
    return (grade->state == GRADE_GRADED) == (grade->error == NULL);
}

bool grade_file_read(struct grade *grade, const char *bytes, size_t length, grade_file_finder *find,
                     const void *context)
{
    *grade = (struct grade){0};
    json_t *document = json_loadb(bytes, length, JSON_REJECT_DUPLICATES, NULL);
    const char *student = json_string_value(json_object_get(document, "student"));
    const struct key *key = student != NULL ? find(context, student) : NULL;
    if (key != NULL)
        grade_init(grade, key);
    bool is_good = json_is_object(document) && (student == NULL || key != NULL) && read_grade(grade, document);
    json_decref(document);
    if (!is_good)
        grade_free(grade);
    return is_good;
}
