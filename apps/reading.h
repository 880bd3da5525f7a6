/* reading: the whole text of a file that a person wrote. */
#ifndef RACECHECK_APPS_READING_H
#define RACECHECK_APPS_READING_H

#include "base/error.h"
#include "base/text.h"

/* Appends what is in the file ("-": standard input). Returns false with *error set where it cannot be read, or is larger than
 * any such text; `what` names in errors what was expected: "a program". */
bool reading_file(const char *path, const char *what, struct text *text, struct error *error);

/* What errors call a path: itself, or "standard input". Borrowed. */
const char *reading_name(const char *path);

#endif
