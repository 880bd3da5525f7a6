/* assignment_file: assignments as JSON documents (course/assignment.h). */
#include "base/document.h"
#include "base/memory.h"
#include "base/text.h"
#include "course/member.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

enum { STUDENTS_MAX = 100000 };

static const struct document_field student_fields[] = {
    {FIELD(DOCUMENT_STRING, "student", struct assignment_student, identifier), .read = member_read_identifier},
    {FIELD(DOCUMENT_STRING, "name", struct assignment_student, name)},
    {FIELD(DOCUMENT_STRING, "variant", struct assignment_student, variant)},
    {0},
};

static const struct document_field assignment_fields[] = {
    {FIELD(DOCUMENT_STRING, "name", struct assignment, name)},
    {FIELD(DOCUMENT_STRING, "title", struct assignment, title)},
    {FIELD(0, "kind", struct assignment, kind), .read = member_read_kind, .write = member_write_kind},
    {FIELD(DOCUMENT_STRING, "level", struct assignment, level)},
    {FIELD(DOCUMENT_INTEGER, "seed", struct assignment, seed), .least = 0, .most = INT64_MAX},
    {FIELD(DOCUMENT_INTEGER, "points", struct assignment, points), .least = 0, .most = INT64_MAX},
    {FIELD(DOCUMENT_LIST, "students", struct assignment, students), .count = offsetof(struct assignment, student_count),
     .size = sizeof(struct assignment_student), .fields = student_fields, .most = STUDENTS_MAX},
    {0},
};

void assignment_write(FILE *stream, const struct assignment *assignment)
{
    document_write(stream, "racecheck-assignment", assignment_fields, assignment);
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

struct assignment *assignment_read(const char *folder, struct error *error)
{
    char *path = text_format("%s/assignment.json", folder);
    struct document self = {path, error};
    struct assignment *assignment = memory_new(1, sizeof *assignment);
    if (!document_read(&self, document_parse_file(&self), "racecheck-assignment", assignment_fields, assignment) ||
        !is_each_once(&self, assignment)) {
        assignment_free(assignment);
        assignment = NULL;
    }
    memory_free(path);
    return assignment;
}
