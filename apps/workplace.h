/* workplace: a folder for files that are needed for a while: it goes with them, whatever ends the process.
 *
 * It lies where temporary files belong (TMPDIR), and nobody else can look into it. */
#pragma once

#include "base/error.h"

struct workplace;

/* Makes one, as new; NULL with *error set where that is not possible. Ended by workplace_free(), to which NULL may be given. */
struct workplace *workplace_new(struct error *error);
void workplace_free(struct workplace *self);

/* The path of a file in it that is to be, borrowed; of at most WORKPLACE_FILES_MAX files. */
enum { WORKPLACE_FILES_MAX = 8 };
const char *workplace_file(struct workplace *self, const char *name);
