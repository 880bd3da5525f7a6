/* assignment_file: assignments as JSON documents (course/assignment.h). */
#include "base/document.h"
#include "base/memory.h"
#include "base/text.h"
#include "course/member.h"
#include "report/json.h"

#include <string.h>
#include <strings.h>

enum { POINTS_MAX = 1000000 };

void assignment_write(FILE *stream, const struct assignment *assignment)
{
    json_t *document = json_object(), *students = json_array();
    document_set(document, "format", json_string("racecheck-assignment"));
    document_set(document, "version", json_integer(1));
    document_set(document, "name", document_string(assignment->name));
    document_set(document, "title", document_string(assignment->title));
    document_set(document, "kind", document_string(assignment_kind_name(assignment->kind)));
    document_set(document, "level", document_string(assignment->level));
    document_set(document, "seed", document_integer(assignment->seed));
    document_set(document, "points", document_integer(assignment->points));
    for (size_t s = 0; s < assignment->student_count; s++) {
        json_t *student = json_object();
        document_set(student, "student", document_string(assignment->students[s].identifier));
        document_set(student, "name", document_string(assignment->students[s].name));
        document_set(student, "variant", document_string(assignment->students[s].variant));
        json_array_append_new(students, student);
    }
    document_set(document, "students", students);
    document_dump(stream, document);
}

/* ---- Reading an assignment ----------------------------------------------------------------------------------- */

static bool read_student(struct document *self, const json_t *object, struct assignment_student *student)
{
    static const char *const keys[] = {"student", "name", "variant", NULL};
    return (json_is_object(object) || document_wrong(self, "students", "an array of objects")) &&
           document_has_only(self, object, keys) && member_read_identifier(self, object, &student->identifier) &&
           document_read_string(self, object, "name", &student->name) &&
           document_read_string(self, object, "variant", &student->variant);
}

static int compare_identifiers(const void *a, const void *b)
{
    return strcasecmp(*(const char *const *)a, *(const char *const *)b);
}

static bool is_each_once(struct document *self, const struct assignment *assignment)
{
    const char *again = NULL;
    const char **names = memory_new(assignment->student_count, sizeof *names);
    for (size_t s = 0; s < assignment->student_count; s++)
        names[s] = assignment->students[s].identifier;
    qsort(names, assignment->student_count, sizeof *names, compare_identifiers);
    for (size_t s = 1; s < assignment->student_count && again == NULL; s++)
        again = strcasecmp(names[s - 1], names[s]) == 0 ? names[s] : NULL;
    memory_free(names);
    return again == NULL || document_fail(self, "the student '%s' appears twice", again);
}

static bool read_students(struct document *self, const json_t *document, struct assignment *assignment)
{
    enum { STUDENTS_MAX = 100000 };
    const json_t *array = document_read_array(self, document, "students", STUDENTS_MAX);
    if (array == NULL)
        return false;
    assignment->students = memory_new(json_array_size(array), sizeof *assignment->students);
    assignment->student_count = json_array_size(array);
    for (size_t s = 0; s < assignment->student_count; s++)
        if (!read_student(self, json_array_get(array, s), &assignment->students[s]))
            return false;
    return is_each_once(self, assignment);
}

static bool read_assignment(struct document *self, const json_t *document, struct assignment *assignment)
{
    static const char *const keys[] = {"format", "version", "name",   "title",    "kind",
                                       "level",  "seed",    "points", "students", NULL};
    return document_is_format(self, document, "racecheck-assignment") && document_has_only(self, document, keys) &&
           document_read_string(self, document, "name", &assignment->name) &&
           document_read_string(self, document, "title", &assignment->title) &&
           member_read_kind(self, document, &assignment->kind) &&
           document_read_string(self, document, "level", &assignment->level) &&
           document_read_integer(self, document, "seed", 0, INT64_MAX, &assignment->seed) &&
           document_read_integer(self, document, "points", 0, INT64_MAX, &assignment->points) &&
           read_students(self, document, assignment);
}

struct assignment *assignment_read(const char *folder, struct error *error)
{
    struct text path = TEXT_INIT;
    text_print(&path, "%s/assignment.json", folder);
    struct document self = {text_string(&path), error};
    json_t *document = document_parse_file(&self);
    struct assignment *assignment = document != NULL ? assignment_new() : NULL;
    if (document != NULL && !read_assignment(&self, document, assignment)) {
        assignment_free(assignment);
        assignment = NULL;
    }
    json_decref(document);
    text_free(&path);
    return assignment;
}
