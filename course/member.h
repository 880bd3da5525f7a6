/* member: the members that the JSON documents of a course have in common (base/document.h). */
#ifndef RACECHECK_COURSE_MEMBER_H
#define RACECHECK_COURSE_MEMBER_H

#include "base/document.h"
#include "course/assignment.h"

/* An identifier; the kind of an assignment. */
document_reader member_read_identifier, member_read_kind;
document_writer member_write_kind;

#endif
