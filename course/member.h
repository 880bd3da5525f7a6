/* member: the members that the JSON documents of a course have in common (base/document.h). */
#pragma once

#include "base/document.h"
#include "course/assignment.h"

/* An identifier; the kind of an assignment. */
document_reader member_read_identifier, member_read_kind;
document_writer member_write_kind;
