#include "reports/witness_file.h"

#include "base/memory.h"
#include "base/text.h"
#include "reports/json.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_BYTES_MAX = 256 * 1000 * 1000, BLOCK_BYTES = 1 << 16, THREADS_MAX = 64 };

/* A document being read. */
struct reader {
    const char *path;
    const char *source; /* what errors call it */
    struct error *error;
};

static bool fail(struct reader *self, const char *format, ...) __attribute__((format(printf, 2, 3)));

static bool fail(struct reader *self, const char *format, ...)
{
    char words[ERROR_TEXT_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(words, sizeof words, format, arguments);
    va_end(arguments);
    error_set(self->error, self->source, 0, 0, "%s", words);
    return false;
}

/* ---- Bytes --------------------------------------------------------------------------------------------------- */

static bool read_stream(struct reader *self, FILE *stream, struct text *bytes)
{
    char *block = memory_new(BLOCK_BYTES, 1);
    size_t length = 1;
    errno = 0;
    while (length > 0 && bytes->length <= FILE_BYTES_MAX) {
        length = fread(block, 1, BLOCK_BYTES, stream);
        text_append(bytes, block, length);
    }
    memory_free(block);
    if (ferror(stream))
        return fail(self, "cannot read this file: %s", strerror(errno));
    if (bytes->length > FILE_BYTES_MAX)
        return fail(self, "the file is larger than %d MB, the most that is read", FILE_BYTES_MAX / 1000000);
    return true;
}

static bool read_bytes(struct reader *self, struct text *bytes)
{
    if (strcmp(self->path, "-") == 0)
        return read_stream(self, stdin, bytes);
    FILE *stream = fopen(self->path, "re");
    if (stream == NULL && errno == ENOMEM)
        memory_exhausted();
    if (stream == NULL)
        return fail(self, "cannot read this file: %s", strerror(errno));
    bool is_read = read_stream(self, stream, bytes);
    fclose(stream);
    return is_read;
}

/* Editors of some systems begin a text with a byte order mark; JSON knows none. Returns its length, or 0. */
static size_t mark_length(const struct text *bytes)
{
    static const char mark[] = "\xEF\xBB\xBF";
    size_t length = sizeof mark - 1;
    return bytes->length >= length && memcmp(text_string(bytes), mark, length) == 0 ? length : 0;
}

static json_t *read_document(struct reader *self)
{
    struct text bytes = TEXT_INIT;
    json_t *document = NULL;
    if (read_bytes(self, &bytes)) {
        json_error_t error;
        size_t mark = mark_length(&bytes);
        document = json_loadb(text_string(&bytes) + mark, bytes.length - mark, JSON_REJECT_DUPLICATES, &error);
        if (document == NULL)
            error_set(self->error, self->source, error.line > 0 ? (unsigned)error.line : 0,
                      error.column > 0 ? (unsigned)error.column : 0, "this is no JSON document: %s", error.text);
    }
    text_free(&bytes);
    return document;
}

/* ---- Members ------------------------------------------------------------------------------------------------- */

/* A key may be "program.threads": the part before the last dot only names it in errors. */
static const char *last_part(const char *key)
{
    const char *dot = strrchr(key, '.');
    return dot != NULL ? dot + 1 : key;
}

static const json_t *member(struct reader *self, const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, last_part(key));
    if (value == NULL)
        fail(self, "the key \"%s\" is missing", key);
    return value;
}

static bool wrong(struct reader *self, const char *key, const char *expected)
{
    return fail(self, "the value of \"%s\" should be %s", key, expected);
}

/* Integers beyond 2^53 are written as strings. */
static bool parse_integer(const json_t *value, int64_t *number)
{
    if (json_is_integer(value)) {
        *number = json_integer_value(value);
        return true;
    }
    const char *digits = json_string_value(value);
    if (digits == NULL || (*digits != '-' && (*digits < '0' || *digits > '9')))
        return false;
    char *end;
    errno = 0;
    *number = strtoll(digits, &end, 10);
    return errno == 0 && *end == '\0' && end != digits;
}

static bool read_integer(struct reader *self, const json_t *object, const char *key, int64_t least, int64_t most,
                         int64_t *number)
{
    const json_t *value = member(self, object, key);
    if (value == NULL)
        return false;
    if (parse_integer(value, number) && *number >= least && *number <= most)
        return true;
    return fail(self, "the value of \"%s\" should be an integer from %" PRId64 " to %" PRId64, key, least, most);
}

static bool read_string(struct reader *self, const json_t *object, const char *key, char **string)
{
    const json_t *value = member(self, object, key);
    if (value == NULL)
        return false;
    if (!json_is_string(value))
        return wrong(self, key, "a string");
    *string = memory_copy_string(json_string_value(value));
    return true;
}

static const json_t *read_object(struct reader *self, const json_t *object, const char *key)
{
    const json_t *value = member(self, object, key);
    if (value != NULL && !json_is_object(value)) {
        wrong(self, key, "an object");
        return NULL;
    }
    return value;
}

/* Whether an object has none but the keys of a list that ends with NULL. */
static bool has_only(struct reader *self, const json_t *object, const char *const *keys)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)object, key, value)
    {
        const char *const *known = keys;
        while (*known != NULL && strcmp(*known, key) != 0)
            known++;
        if (*known == NULL)
            return fail(self, "the key \"%s\" is unknown", key);
    }
    return true;
}

static bool read_property(struct reader *self, const char *key, const json_t *value, bool numbers_only,
                          struct property *property)
{
    property->is_number = json_is_integer(value) || (numbers_only && json_is_string(value));
    if (property->is_number && !parse_integer(value, &property->number))
        return wrong(self, key, "an integer of 64 bits");
    if (!property->is_number && (numbers_only || !json_is_string(value)))
        return wrong(self, key, numbers_only ? "an integer" : "an integer or a string");
    property->name = memory_copy_string(key);
    if (!property->is_number)
        property->text = memory_copy_string(json_string_value(value));
    return true;
}

/* Reads the members of an object but one. */
static bool read_properties(struct reader *self, const json_t *object, const char *except, bool numbers_only,
                            struct property **properties, size_t *count)
{
    *properties = memory_new(json_object_size(object), sizeof **properties);
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)object, key, value)
    {
        if (except != NULL && strcmp(key, except) == 0)
            continue;
        if (!read_property(self, key, value, numbers_only, &(*properties)[*count]))
            return false;
        (*count)++;
    }
    return true;
}

/* ---- The witness --------------------------------------------------------------------------------------------- */

/* Documents that are older than the key do without it. */
static bool read_registers(struct reader *self, const json_t *program, struct witness_file *witness)
{
    const json_t *registers = json_object_get(program, "registers");
    if (registers == NULL || json_is_null(registers))
        return true;
    if (!json_is_string(registers))
        return wrong(self, "program.registers", "a string or null");
    witness->registers = memory_copy_string(json_string_value(registers));
    return true;
}

static bool read_program(struct reader *self, const json_t *document, struct witness_file *witness)
{
    static const char *const keys[] = {"model", "threads", "iters", "registers", "observe", "symbols", "text", NULL};
    const json_t *program = read_object(self, document, "program");
    if (program == NULL || !has_only(self, program, keys))
        return false;
    const json_t *symbols = read_object(self, program, "program.symbols");
    return symbols != NULL && read_string(self, program, "program.model", &witness->model) &&
           read_registers(self, program, witness) && read_string(self, program, "program.text", &witness->text) &&
           read_string(self, program, "program.observe", &witness->observe) &&
           read_integer(self, program, "program.threads", 1, THREADS_MAX, &witness->threads) &&
           read_integer(self, program, "program.iters", 0, INT64_MAX, &witness->iters) &&
           read_properties(self, symbols, NULL, true, &witness->symbols, &witness->symbol_count);
}

static bool read_scheduler(struct reader *self, const json_t *document, struct witness_file *witness)
{
    const json_t *scheduler = read_object(self, document, "scheduler");
    return scheduler != NULL && read_string(self, scheduler, "scheduler.kind", &witness->scheduler) &&
           read_properties(self, scheduler, "kind", false, &witness->parameters, &witness->parameter_count);
}

static bool read_end(struct reader *self, const json_t *document, struct witness_file *witness)
{
    static const char *const names[] = {"value", "deadlock", "failure", "overlap"};
    static const enum outcome_end ends[] = {OUTCOME_VALUE, OUTCOME_DEADLOCK, OUTCOME_FAILURE, OUTCOME_OVERLAP};
    const json_t *end = member(self, document, "end");
    if (end == NULL)
        return false;
    for (size_t i = 0; json_is_string(end) && i < sizeof names / sizeof names[0]; i++)
        if (strcmp(json_string_value(end), names[i]) == 0) {
            witness->end = ends[i];
            return true;
        }
    return wrong(self, "end", "\"value\", \"deadlock\", \"failure\" or \"overlap\"");
}

static bool read_claims(struct reader *self, const json_t *document, struct witness_file *witness)
{
    const json_t *value = member(self, document, "value"), *preemptions = member(self, document, "preemptions");
    if (value == NULL || preemptions == NULL || !read_end(self, document, witness))
        return false;
    if (witness->end != OUTCOME_VALUE && !json_is_null(value))
        return wrong(self, "value", "null, since the schedule does not end with a value");
    witness->has_preemptions = !json_is_null(preemptions);
    return (witness->end != OUTCOME_VALUE ||
            read_integer(self, document, "value", INT64_MIN, INT64_MAX, &witness->value)) &&
           (!witness->has_preemptions ||
            read_integer(self, document, "preemptions", 0, INT64_MAX, &witness->preemptions));
}

static bool read_steps(struct reader *self, const json_t *document, struct witness_file *witness)
{
    const json_t *steps = member(self, document, "steps");
    if (steps == NULL)
        return false;
    if (!json_is_array(steps))
        return wrong(self, "steps", "an array");
    witness->step_count = json_array_size(steps);
    witness->steps = memory_new(witness->step_count, sizeof *witness->steps);
    for (size_t i = 0; i < witness->step_count; i++) {
        const json_t *step = json_array_get(steps, i);
        json_int_t thread = json_integer_value(step);
        if (!json_is_integer(step) || thread < 0 || thread >= THREADS_MAX)
            return fail(self, "step %zu in \"steps\" should be the index of a thread, from 0 to %d", i + 1,
                        THREADS_MAX - 1);
        witness->steps[i] = (uint32_t)thread;
    }
    return true;
}

static bool is_version_1(struct reader *self, const json_t *document)
{
    const json_t *version = member(self, document, "version");
    if (version == NULL)
        return false;
    if (json_is_integer(version) && json_integer_value(version) == 1)
        return true;
    return fail(self, "this racecheck reads version 1 of the format, and the document's \"version\" is another");
}

static const char *format_of(const json_t *document)
{
    const char *format = json_string_value(json_object_get(document, "format"));
    return format != NULL ? format : "";
}

static bool read_witness(struct reader *self, const json_t *document, struct witness_file *witness)
{
    static const char *const keys[] = {"format", "version",     "program", "scheduler", "end",
                                       "value",  "preemptions", "steps",   NULL};
    return is_version_1(self, document) && has_only(self, document, keys) && read_program(self, document, witness) &&
           read_scheduler(self, document, witness) && read_claims(self, document, witness) &&
           read_steps(self, document, witness);
}

/* ---- Choosing ------------------------------------------------------------------------------------------------ */

static bool has_value(const json_t *witness, int64_t value)
{
    int64_t claimed;
    const char *end = json_string_value(json_object_get(witness, "end"));
    return end != NULL && strcmp(end, "value") == 0 && parse_integer(json_object_get(witness, "value"), &claimed) &&
           claimed == value;
}

/* The witness asked for among those of a result; borrowed. */
static const json_t *choose(struct reader *self, const json_t *result, const int64_t *value)
{
    const json_t *witnesses = member(self, result, "witnesses");
    if (witnesses == NULL || !is_version_1(self, result))
        return NULL;
    if (!json_is_array(witnesses)) {
        wrong(self, "witnesses", "an array");
        return NULL;
    }
    for (size_t i = 0; i < json_array_size(witnesses); i++)
        if (value == NULL || has_value(json_array_get(witnesses, i), *value))
            return json_array_get(witnesses, i);
    if (value != NULL)
        fail(self, "this result has no witness for the value %" PRId64, *value);
    else
        fail(self, "this result has no witness");
    return NULL;
}

/* Finds the witness in a document; borrowed. */
static const json_t *find_witness(struct reader *self, const json_t *document, const int64_t *value)
{
    const json_t *witness =
        strcmp(format_of(document), "racecheck-result") == 0 ? choose(self, document, value) : document;
    if (witness == NULL)
        return NULL;
    if (strcmp(format_of(witness), "racecheck-witness") != 0)
        fail(self, "this is no witness: its \"format\" should be \"racecheck-witness\" or \"racecheck-result\"");
    else if (value != NULL && !has_value(witness, *value))
        fail(self, "this is no witness for the value %" PRId64, *value);
    else
        return witness;
    return NULL;
}

struct witness_file *witness_file_read(const char *path, const int64_t *value, struct error *error)
{
    json_adopt_memory();
    struct reader self = {path, strcmp(path, "-") == 0 ? "standard input" : path, error};
    json_t *document = read_document(&self);
    if (document == NULL)
        return NULL;
    struct witness_file *file = memory_new(1, sizeof *file);
    const json_t *witness = find_witness(&self, document, value);
    if (witness == NULL || !read_witness(&self, witness, file)) {
        witness_file_free(file);
        file = NULL;
    }
    json_decref(document);
    return file;
}

void witness_file_free(struct witness_file *self)
{
    if (self == NULL)
        return;
    memory_free(self->model);
    memory_free(self->text);
    memory_free(self->registers);
    memory_free(self->observe);
    memory_free(self->scheduler);
    property_free_list(self->symbols, self->symbol_count);
    property_free_list(self->parameters, self->parameter_count);
    memory_free(self->steps);
    memory_free(self);
}

bool witness_file_ends(const struct witness_file *self, const struct trace *trace)
{
    switch (self->end) {
    case OUTCOME_VALUE:
        return trace->end == TRACE_FINISHED && trace->value == self->value;
    case OUTCOME_DEADLOCK:
        return trace->end == TRACE_DEADLOCKED;
    case OUTCOME_FAILURE:
        return trace->end == TRACE_FAILED;
    case OUTCOME_OVERLAP:
        return trace->overlap_text != NULL;
    }
    return false;
}

bool witness_file_holds(const struct witness_file *self, const struct trace *trace)
{
    return witness_file_ends(self, trace) &&
           (!self->has_preemptions || (uint64_t)self->preemptions == trace->preemptions);
}
