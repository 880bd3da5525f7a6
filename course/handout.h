/* handout: what a student gets.
 *
 * A page with the program, the question, how to answer it and what is counted; and a template of the answer. Both are
 * made of what a key says of program and question alone: neither measures, nor the model answer, nor the result have
 * any influence on them. */
#pragma once

#include "course/key.h"
#include "report/content.h"

/* Returns the handout of a student, without its title; freed with content_free(). */
struct content handout_make(const struct assignment *assignment, const struct assignment_student *student,
                            const struct key *key);

/* Returns the template of an answer as new. */
char *handout_template(const struct assignment *assignment, const struct key *key);
