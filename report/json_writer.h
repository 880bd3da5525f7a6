/* json_writer: JSON documents as they are written, a member after the other, with keys in the order in which they are put.
 *
 * Parts have a line for each element, or are all on one line: the flat ones, and what is in them. A key is NULL for the document itself and
 * for elements of an array. Started with the stream and is_first set; it owns nothing. Private to report/json*.c. */
#pragma once

#include "base/property.h"

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct json_writer {
    FILE *stream;
    size_t depth;
    size_t flat_depth; /* of these, the parts on one line */
    bool is_first;     /* no comma is due */
};

/* Begins an element or a member, whose value the caller writes to the stream. */
void json_begin(struct json_writer *self, const char *key);

void json_put_word(struct json_writer *self, const char *key, const char *word); /* as it is */
void json_put_null(struct json_writer *self, const char *key);
void json_put_boolean(struct json_writer *self, const char *key, bool is_true);

/* A string, or null; and one that is taken. */
void json_put_string(struct json_writer *self, const char *key, const char *bytes);
void json_put_taken(struct json_writer *self, const char *key, char *bytes);

/* An integer where every reader keeps it exactly, up to 2^53, else a string of its digits. */
void json_put_integer(struct json_writer *self, const char *key, int64_t number);
void json_put_big_count(struct json_writer *self, const char *key, const mpz_t number);
void json_put_count(struct json_writer *self, const char *key, uint64_t number);
void json_put_count_or_null(struct json_writer *self, const char *key, bool is_known, uint64_t number);

/* All digits as a string, or null where they are not known. */
void json_put_exact(struct json_writer *self, const char *key, bool is_known, const mpz_t number);

/* A number with six digits. */
void json_put_real(struct json_writer *self, const char *key, double number);

/* A member for each property. */
void json_put_properties(struct json_writer *self, const struct property *properties, size_t property_count);

/* What the document is, and the version of its form, which is 1. */
void json_put_format(struct json_writer *self, const char *format);

/* Opens the document itself, an element, or a member, with a line for each element, or on one line; and closes the part that was opened
 * last. A bracket is one of [ { } ]. */
typedef void json_opener(struct json_writer *self, const char *key, char bracket);
void json_open(struct json_writer *self, const char *key, char bracket);
void json_open_flat(struct json_writer *self, const char *key, char bracket);
void json_close(struct json_writer *self, char bracket);

/* Opens a part, or says that there is none, and returns whether there is. */
bool json_open_if(struct json_writer *self, bool is_there, json_opener *open, const char *key, char bracket);

/* The columns by which a line lies further to the right than the one around it. */
enum { JSON_INDENT = 2 };
