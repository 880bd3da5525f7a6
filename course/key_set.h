/* key_set: the keys of an assignment, one a student, each read and checked before anything is graded with it.
 *
 * A key can be opened, and mended, with an editor; one that does not hold is found here, by whoever can mend it, and not by
 * a student who gets no points. */
#pragma once

#include "base/error.h"
#include "course/assignment.h"
#include "course/key.h"

/* Returns the key of a student, by index, of the assignment in a folder as new, or NULL with *error set: what key_read()
 * does not read; a key of another student, kind or number of points; one that grading_check_key() finds broken. */
struct key *key_set_read(const char *folder, const struct assignment *assignment, size_t student, struct error *error);
