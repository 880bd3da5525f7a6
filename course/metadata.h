/* metadata: whose a submission to Gradescope is, from the file that comes with it.
 *
 * submission_metadata.json lists the users who hand in together. A user is the student whose identifier is the user's
 * e-mail address, the part of it before the @, or the student id (sid); upper and lower case count as one. */
#pragma once

#include "base/error.h"
#include "course/assignment.h"

/* Returns the identifier of the first user who takes part in the assignment as new, or NULL where there is none; NULL
 * with *error set where the file cannot be read or is no such document. */
char *metadata_student(const char *path, const struct assignment *assignment, struct error *error);
