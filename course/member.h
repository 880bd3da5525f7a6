/* member: the members that the JSON documents of a course have in common (base/document.h). */
#ifndef RACECHECK_COURSE_MEMBER_H
#define RACECHECK_COURSE_MEMBER_H

#include "base/document.h"
#include "course/assignment.h"

/* Read "student", an identifier, as new; and "kind", of an assignment. Return false with the error set. */
bool member_read_identifier(struct document *self, const json_t *object, char **result);
bool member_read_kind(struct document *self, const json_t *document, enum assignment_kind *kind);

#endif
