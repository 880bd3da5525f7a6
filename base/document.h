/* document: the members of JSON documents, made and read, for the files that read and write such documents.
 *
 * Reading says in one line which member is missing, unknown or out of range. A key may be "program.threads": what stands before
 * the last dot only names it in errors. A byte order mark before a document is skipped. Values that are returned for
 * writing are new references of jansson; those that are read are borrowed from their document. */
#pragma once

#include "base/error.h"
#include "base/interval.h"
#include "base/property.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* ---- Writing --------------------------------------------------------------------------------------------------- */

/* A string, of which what is no UTF-8 is replaced; NULL is "", or null. */
json_t *document_string(const char *bytes);
json_t *document_string_or_null(const char *bytes);

/* An integer; beyond 2^53 a string of its digits, since many readers keep numbers as doubles. */
json_t *document_integer(int64_t number);

/* An object of properties. */
json_t *document_properties(const struct property *list, size_t count);

/* Sets a member, taking the value. */
void document_set(json_t *object, const char *key, json_t *value);

/* ---- Reading --------------------------------------------------------------------------------------------------- */

/* A document being read: both are borrowed. */
struct document {
    const char *source; /* its name in errors */
    struct error *error;
};

/* Parse the regular file of that name, of at most 64 MB; all that a stream has to give, of at most so many bytes; a text. Return
 * the document as new, or NULL with the error set. */
json_t *document_parse_file(struct document *self);
json_t *document_parse_stream(struct document *self, FILE *stream, size_t most);
json_t *document_parse(struct document *self, const char *text, size_t length);

/* Set the error and return false: any words; "the value of KEY should be EXPECTED". */
bool document_fail(struct document *self, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool document_wrong(struct document *self, const char *key, const char *expected);

/* Return a member of an object, which must be there, and an object, or an array of at most so many elements; or NULL with
 * the error set. */
const json_t *document_member(struct document *self, const json_t *object, const char *key);
const json_t *document_read_object(struct document *self, const json_t *object, const char *key);
const json_t *document_read_array(struct document *self, const json_t *object, const char *key, size_t most);

/* Whether an object has no keys but those of a list that ends with NULL. */
bool document_has_only(struct document *self, const json_t *object, const char *const *keys);

/* Returns a value that is a string as new, else NULL. */
char *document_copy_string(const json_t *value);

/* Reads a value that is an integer of 64 bits, or a string of its digits; false where it is neither. */
bool document_parse_integer(const json_t *value, int64_t *number);

/* Read members, which must be there; strings are new. Return false with the error set. */
bool document_read_integer(struct document *self, const json_t *object, const char *key, int64_t least, int64_t most,
                           int64_t *number);
bool document_read_string(struct document *self, const json_t *object, const char *key, char **result);

/* Appends the members of an object but "kind" to a list; texts are allowed only if said so. */
bool document_read_properties(struct document *self, const json_t *object, bool may_be_text, struct property **list,
                              size_t *count);

/* ---- Fields ---------------------------------------------------------------------------------------------------- */

/* How the members of an object and those of a struct belong together: a table of fields, which ends with a name NULL, is what
 * both reading and writing know of a document. */
enum document_type {
    DOCUMENT_STRING,     /* char *, owned */
    DOCUMENT_INTEGER,    /* int64_t */
    DOCUMENT_NUMBERS,    /* struct intervals: an array of all elements */
    DOCUMENT_PROPERTIES, /* struct property *, all of them numbers, with a size_t: an object */
    DOCUMENT_OBJECT,     /* an object whose members lie in the same struct */
    DOCUMENT_LIST        /* a pointer to elements, with a size_t: an array of objects */
};

struct document_field;

/* Reads a member of an object into a struct; makes one of a place in it. */
typedef bool document_reader(struct document *self, const json_t *object, const struct document_field *field,
                             void *data);
typedef json_t *document_writer(const void *place);

struct document_field {
    const char *name;
    enum document_type type;
    size_t place;  /* the offset in the struct */
    size_t count;  /* the offset of the size_t */
    int64_t least; /* what an integer can be; elements that a list can have */
    int64_t most;
    size_t size;                         /* of an element */
    const struct document_field *fields; /* of an object, or an element */
    document_reader *read;               /* instead of what the type says, or NULL */
    document_writer *write;
};

/* The beginning of a row of such a table: a field of this name is this member of a struct. */
#define FIELD(kind, key, of, member) .name = (key), .type = (kind), .place = offsetof(of, member)

/* Sets the members of an object that fields say. */
void document_write_fields(json_t *object, const struct document_field *fields, const void *data);

/* Reads an object that has these members and no others, in their order, into a struct that was zeroed. Returns false with the error
 * set; what was read is there then. */
bool document_read_fields(struct document *self, const json_t *object, const struct document_field *fields, void *data);

/* The same for a whole document of a format, in its version 1. Errors of writing stay on the stream; what is read is taken, and may be
 * NULL, with the error set. */
void document_write(FILE *stream, const char *format, const struct document_field *fields, const void *data);
bool document_read(struct document *self, json_t *document, const char *format, const struct document_field *fields,
                   void *data);
