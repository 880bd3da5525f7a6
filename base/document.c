#include "base/document.h"

#include "base/memory.h"
#include "base/number.h"
#include "base/spelling.h"
#include "base/text.h"
#include "base/utf8.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { INDENT = 2, FILE_BYTES_MAX = 64 * 1000 * 1000 };

/* Beyond this, readers that keep numbers as doubles would change them. */
#define EXACT_MAX (INT64_C(1) << 53)

/* ---- Writing: values, each new ------------------------------------------------------------------------------- */

json_t *document_string(const char *bytes)
{
    char *clean = utf8_clean(bytes != NULL ? bytes : "");
    json_t *value = json_string(clean);
    memory_free(clean);
    return value;
}

json_t *document_string_or_null(const char *bytes)
{
    return bytes != NULL ? document_string(bytes) : json_null();
}

json_t *document_integer(int64_t number)
{
    if (number >= -EXACT_MAX && number <= EXACT_MAX)
        return json_integer(number);
    return json_sprintf("%" PRId64, number);
}

void document_set(json_t *object, const char *key, json_t *value)
{
    int failed = json_object_set_new(object, key, value);
    assert(failed == 0);
    (void)failed;
}

json_t *document_properties(const struct property *list, size_t count)
{
    json_t *object = json_object();
    for (size_t p = 0; p < count; p++)
        document_set(object, list[p].name,
                     list[p].is_number ? document_integer(list[p].number) : document_string(list[p].text));
    return object;
}

/* ---- Reading: members ---------------------------------------------------------------------------------------- */

bool document_fail(struct document *self, const char *format, ...)
{
    char words[ERROR_TEXT_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(words, sizeof words, format, arguments);
    va_end(arguments);
    return error_set(self->error, self->source, 0, 0, "%s", words);
}

static const char *last_part(const char *key)
{
    const char *dot = strrchr(key, '.');
    return dot != NULL ? dot + 1 : key;
}

const json_t *document_member(struct document *self, const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, last_part(key));
    if (value == NULL)
        document_fail(self, "the key \"%s\" is missing", key);
    return value;
}

bool document_wrong(struct document *self, const char *key, const char *expected)
{
    return document_fail(self, "the value of \"%s\" should be %s", key, expected);
}

static bool refuse_key(struct document *self, const char *key, struct spelling *spelling)
{
    return document_fail(self, "the key \"%s\" is unknown%s", key, spelling_hint(spelling));
}

/* Whether an object has no keys but those of a list that ends with NULL. */
bool document_has_only(struct document *self, const json_t *object, const char *const *keys)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)object, key, value)
    {
        struct spelling spelling = spelling_start(key, strlen(key));
        const char *const *known = keys;
        while (*known != NULL && strcmp(*known, key) != 0)
            spelling_consider(&spelling, *known++);
        if (*known == NULL)
            return refuse_key(self, key, &spelling);
    }
    return true;
}

char *document_copy_string(const json_t *value)
{
    return json_is_string(value) ? memory_copy_string(json_string_value(value)) : NULL;
}

bool document_parse_integer(const json_t *value, int64_t *number)
{
    if (json_is_integer(value)) {
        *number = json_integer_value(value);
        return true;
    }
    const char *digits = json_string_value(value);
    return digits != NULL && *digits != '+' && number_read(digits, number);
}

bool document_read_integer(struct document *self, const json_t *object, const char *key, int64_t least, int64_t most,
                           int64_t *number)
{
    const json_t *value = document_member(self, object, key);
    if (value == NULL)
        return false;
    if (document_parse_integer(value, number) && *number >= least && *number <= most)
        return true;
    return document_fail(self, "the value of \"%s\" should be an integer from %" PRId64 " to %" PRId64, key, least,
                         most);
}

bool document_read_string(struct document *self, const json_t *object, const char *key, char **result)
{
    const json_t *value = document_member(self, object, key);
    if (value == NULL)
        return false;
    if (!json_is_string(value))
        return document_wrong(self, key, "a string");
    *result = memory_copy_string(json_string_value(value));
    return true;
}

const json_t *document_read_object(struct document *self, const json_t *object, const char *key)
{
    const json_t *value = document_member(self, object, key);
    if (value == NULL || json_is_object(value))
        return value;
    document_wrong(self, key, "an object");
    return NULL;
}

/* An array of at most so many elements. */
const json_t *document_read_array(struct document *self, const json_t *object, const char *key, size_t most)
{
    const json_t *value = document_member(self, object, key);
    if (value == NULL)
        return NULL;
    if (json_is_array(value) && json_array_size(value) <= most)
        return value;
    document_fail(self, "the value of \"%s\" should be an array of at most %zu elements", key, most);
    return NULL;
}

/* Reads the members of an object but "kind", where texts are allowed only if said so. */
bool document_read_properties(struct document *self, const json_t *object, bool may_be_text, struct property **list,
                              size_t *count)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)object, key, value)
    {
        int64_t number;
        bool is_text = may_be_text && json_is_string(value);
        if (may_be_text && strcmp(key, "kind") == 0)
            continue;
        if (is_text)
            property_add_text(list, count, key, json_string_value(value));
        else if (document_parse_integer(value, &number))
            property_add_number(list, count, key, number);
        else
            return document_wrong(self, key, may_be_text ? "an integer or a string" : "an integer");
    }
    return true;
}

static bool read_numbers(struct document *self, const json_t *object, const char *key, struct intervals *result)
{
    enum { NUMBERS_MAX = 100000 };
    const json_t *array = document_read_array(self, object, key, NUMBERS_MAX);
    for (size_t i = 0; array != NULL && i < json_array_size(array); i++) {
        int64_t number;
        if (!document_parse_integer(json_array_get(array, i), &number))
            return document_wrong(self, key, "an array of integers");
        intervals_add(result, number, number);
    }
    return array != NULL;
}

/* ---- Fields -------------------------------------------------------------------------------------------------- */

static json_t *write_numbers(const struct intervals *set_of_numbers)
{
    json_t *array = json_array();
    for (size_t i = 0; i < set_of_numbers->count; i++)
        for (int64_t n = set_of_numbers->items[i].first; n <= set_of_numbers->items[i].last; n++)
            json_array_append_new(array, document_integer(n));
    return array;
}

static json_t *write_list(const struct document_field *field, const char *elements, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++) {
        json_t *element = json_object();
        document_write_fields(element, field->fields, elements + i * field->size);
        json_array_append_new(array, element);
    }
    return array;
}

static json_t *write_field(const struct document_field *field, const char *data)
{
    const void *place = data + field->place;
    const size_t *count = (const void *)(data + field->count);
    json_t *object;
    if (field->write != NULL)
        return field->write(place);
    switch (field->type) {
    case DOCUMENT_STRING:
        return document_string(*(char *const *)place);
    case DOCUMENT_INTEGER:
        return document_integer(*(const int64_t *)place);
    case DOCUMENT_NUMBERS:
        return write_numbers(place);
    case DOCUMENT_PROPERTIES:
        return document_properties(*(struct property *const *)place, *count);
    case DOCUMENT_LIST:
        return write_list(field, *(const char *const *)place, *count);
    case DOCUMENT_OBJECT:
        break;
    }
    object = json_object();
    document_write_fields(object, field->fields, data);
    return object;
}

void document_write_fields(json_t *object, const struct document_field *fields, const void *data)
{
    for (; fields->name != NULL; fields++)
        document_set(object, fields->name, write_field(fields, data));
}

static bool read_list(struct document *self, const json_t *object, const struct document_field *field, char **elements,
                      size_t *count)
{
    const json_t *array = document_read_array(self, object, field->name, (size_t)field->most);
    if (array == NULL)
        return false;
    *elements = memory_new(json_array_size(array), field->size);
    for (*count = 0; *count < json_array_size(array);) {
        const json_t *element = json_array_get(array, *count);
        if (!json_is_object(element))
            return document_wrong(self, field->name, "an array of objects");
        if (!document_read_fields(self, element, field->fields, *elements + (*count)++ * field->size))
            return false;
    }
    return true;
}

static bool read_field(struct document *self, const json_t *object, const struct document_field *field, char *data)
{
    void *place = data + field->place;
    size_t *count = (void *)(data + field->count);
    const json_t *inner;
    if (field->read != NULL)
        return field->read(self, object, field, data);
    switch (field->type) {
    case DOCUMENT_STRING:
        return document_read_string(self, object, field->name, place);
    case DOCUMENT_INTEGER:
        return document_read_integer(self, object, field->name, field->least, field->most, place);
    case DOCUMENT_NUMBERS:
        return read_numbers(self, object, field->name, place);
    case DOCUMENT_PROPERTIES:
        inner = document_read_object(self, object, field->name);
        return inner != NULL && document_read_properties(self, inner, false, place, count);
    case DOCUMENT_LIST:
        return read_list(self, object, field, place, count);
    case DOCUMENT_OBJECT:
        break;
    }
    inner = document_read_object(self, object, field->name);
    return inner != NULL && document_read_fields(self, inner, field->fields, data);
}

static bool is_known(struct document *self, const struct document_field *fields, const char *key)
{
    struct spelling spelling = spelling_start(key, strlen(key));
    while (fields->name != NULL && strcmp(fields->name, key) != 0)
        spelling_consider(&spelling, fields++->name);
    return fields->name != NULL || refuse_key(self, key, &spelling);
}

bool document_read_fields(struct document *self, const json_t *object, const struct document_field *fields, void *data)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)object, key, value)
    {
        if (!is_known(self, fields, key))
            return false;
    }
    while (fields->name != NULL && read_field(self, object, fields, data))
        fields++;
    return fields->name == NULL;
}

void document_write(FILE *stream, const char *format, const struct document_field *fields, const void *data)
{
    json_t *document = json_object();
    document_set(document, "format", json_string(format));
    document_set(document, "version", json_integer(1));
    document_write_fields(document, fields, data);
    json_dumpf(document, stream, JSON_INDENT(INDENT));
    fputc('\n', stream);
    json_decref(document);
}

bool document_read(struct document *self, json_t *document, const char *format, const struct document_field *fields,
                   void *data)
{
    int64_t version;
    if (document == NULL)
        return false;
    const char *given = json_string_value(json_object_get(document, "format"));
    bool is_read = given != NULL && strcmp(given, format) == 0
                       ? document_read_integer(self, document, "version", 1, 1, &version)
                       : document_fail(self, "the \"format\" of this document should be \"%s\"", format);
    json_object_del(document, "format");
    json_object_del(document, "version");
    is_read = is_read && document_read_fields(self, document, fields, data);
    json_decref(document);
    return is_read;
}

/* ---- Files --------------------------------------------------------------------------------------------------- */

/* Opens a file; of a pipe that nobody writes to the end would never come. Returns NULL with the error set. */
static FILE *open_regular(struct document *self)
{
    struct stat status;
    int descriptor = open(self->source, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    FILE *stream = NULL;
    if (descriptor >= 0 && fstat(descriptor, &status) == 0) {
        if (S_ISREG(status.st_mode))
            stream = fdopen(descriptor, "r");
        else
            errno = S_ISDIR(status.st_mode) ? EISDIR : 0;
    }
    if (stream != NULL)
        return stream;
    document_fail(self, "cannot read this file: %s", errno != 0 ? strerror(errno) : "it is no regular file");
    if (descriptor >= 0)
        close(descriptor);
    return NULL;
}

static bool read_bytes(struct document *self, FILE *stream, size_t most, struct text *bytes)
{
    errno = 0;
    if (!text_read(bytes, stream, most))
        return document_fail(self, "cannot read this file: %s", strerror(errno));
    return bytes->length <= most ||
           document_fail(self, "the file is larger than %zu MB, the most that is read", most / 1000000);
}

/* jansson allocates with base/memory, so that it never runs out of memory half-way. Set once, when the program is loaded. */
__attribute__((constructor)) static void adopt_jansson(void)
{
    json_set_alloc_funcs(memory_block, memory_free);
}

json_t *document_parse(struct document *self, const char *text, size_t length)
{
    json_error_t error;
    size_t mark = utf8_mark_length(text, length);
    json_t *document = json_loadb(text + mark, length - mark, JSON_REJECT_DUPLICATES, &error);
    if (document == NULL)
        error_set(self->error, self->source, error.line > 0 ? (unsigned)error.line : 0,
                  error.column > 0 ? (unsigned)error.column : 0, "this is no JSON document: %s", error.text);
    return document;
}

json_t *document_parse_stream(struct document *self, FILE *stream, size_t most)
{
    struct text bytes = TEXT_INIT;
    json_t *document =
        read_bytes(self, stream, most, &bytes) ? document_parse(self, text_string(&bytes), bytes.length) : NULL;
    text_free(&bytes);
    return document;
}

json_t *document_parse_file(struct document *self)
{
    FILE *stream = open_regular(self);
    json_t *document = stream != NULL ? document_parse_stream(self, stream, FILE_BYTES_MAX) : NULL;
    if (stream != NULL)
        fclose(stream);
    return document;
}
