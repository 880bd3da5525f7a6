/* key_file: keys as JSON documents (course/key.h). */
#include "base/document.h"
#include "base/memory.h"
#include "course/key.h"
#include "course/member.h"

#include <assert.h>
#include <stddef.h>

enum { INDENT = 2, THREADS_MAX = 64, POINTS_MAX = 1000000, INSTRUCTIONS_MAX = 100, MEASURES_MAX = 64 };

/* ---- The program ------------------------------------------------------------------------------------------------ */

static const struct document_field program_fields[] = {
    {FIELD(DOCUMENT_STRING, "text", struct key, text)},
    {FIELD(DOCUMENT_INTEGER, "threads", struct key, stated.threads), .least = 1, .most = THREADS_MAX},
    {FIELD(DOCUMENT_INTEGER, "iters", struct key, stated.iters), .least = 0, .most = INT64_MAX},
    {FIELD(DOCUMENT_STRING, "observe", struct key, observe)},
    {FIELD(DOCUMENT_PROPERTIES, "symbols", struct key, stated.symbols),
     .count = offsetof(struct key, stated.symbol_count)},
    {0},
};

static bool read_scheduler(struct document *self, const json_t *object, const struct document_field *field, void *data)
{
    struct key *key = data;
    const json_t *scheduler = document_read_object(self, object, field->name);
    return scheduler != NULL && document_read_string(self, scheduler, "kind", &key->scheduler) &&
           document_read_properties(self, scheduler, true, &key->parameters, &key->parameter_count);
}

static json_t *write_scheduler(const void *place)
{
    const struct key *key = place;
    json_t *scheduler = json_object(), *parameters = document_properties(key->parameters, key->parameter_count);
    document_set(scheduler, "kind", document_string(key->scheduler));
    json_object_update(scheduler, parameters);
    json_decref(parameters);
    return scheduler;
}

/* ---- The question ----------------------------------------------------------------------------------------------- */

/* A key that somebody wrote by hand may leave it out. */
static bool read_first(struct document *self, const json_t *object, const struct document_field *field, void *data)
{
    struct key_trial *trial = data;
    const json_t *first = json_object_get(object, field->name);
    trial->has_first = first != NULL && !json_is_null(first);
    return !trial->has_first || document_read_integer(self, object, field->name, INT64_MIN, INT64_MAX, &trial->first);
}

static json_t *write_first(const void *place)
{
    const struct key_trial *trial = place;
    return trial->has_first ? document_integer(trial->first) : json_null();
}

static bool read_inside_most(struct document *self, const json_t *object, const struct document_field *field,
                             void *data)
{
    struct key *key = data;
    return json_is_null(json_object_get(object, field->name)) ||
           document_read_integer(self, object, field->name, 0, INT64_MAX, &key->inside_most);
}

static json_t *write_inside_most(const void *place)
{
    const struct key *key = place;
    return key_find_row(key, ROW_INSIDE) != NULL ? document_integer(key->inside_most) : json_null();
}

static bool read_instructions(struct document *self, const json_t *object, const struct document_field *field,
                              void *data)
{
    struct key *key = data;
    if (json_is_null(json_object_get(object, field->name)))
        return true;
    const json_t *array = document_read_array(self, object, field->name, INSTRUCTIONS_MAX);
    if (array == NULL)
        return false;
    key->instructions = memory_new(json_array_size(array), sizeof *key->instructions);
    for (size_t i = 0; i < json_array_size(array); i++) {
        if (!json_is_string(json_array_get(array, i)))
            return document_wrong(self, field->name, "an array of mnemonics, or null");
        key->instructions[key->instruction_count++] = memory_copy_string(json_string_value(json_array_get(array, i)));
    }
    return true;
}

static json_t *write_instructions(const void *place)
{
    const struct key *key = place;
    if (key->instruction_count == 0)
        return json_null();
    json_t *array = json_array();
    for (size_t i = 0; i < key->instruction_count; i++)
        json_array_append_new(array, document_string(key->instructions[i]));
    return array;
}

static bool read_last_quantum(struct document *self, const json_t *object, const struct document_field *field,
                              void *data)
{
    struct key *key = data;
    return document_read_integer(self, object, field->name, key->first_quantum, key->first_quantum + KEY_QUANTA_MAX - 1,
                                 &key->last_quantum);
}

static const struct document_field trial_fields[] = {
    {FIELD(DOCUMENT_INTEGER, "threads", struct key_trial, threads), .least = 1, .most = THREADS_MAX},
    {FIELD(DOCUMENT_INTEGER, "iters", struct key_trial, iters), .least = 0, .most = INT64_MAX},
    {FIELD(DOCUMENT_PROPERTIES, "symbols", struct key_trial, symbols),
     .count = offsetof(struct key_trial, symbol_count)},
    {.name = "first", .read = read_first, .write = write_first},
    {FIELD(DOCUMENT_NUMBERS, "right", struct key_trial, right)},
    {0},
};

static const struct document_field no_fields[] = {{0}};

/* A text that is no number is an end. */
static bool read_value(struct document *self, const json_t *object, const struct document_field *field, void *data)
{
    struct key *key = data;
    const json_t *value = json_object_get(object, field->name);
    int64_t number;
    if (json_is_string(value) && !document_parse_integer(value, &number))
        return document_read_string(self, object, field->name, &key->end);
    return document_read_integer(self, object, field->name, INT64_MIN, INT64_MAX, &key->value);
}

static json_t *write_value(const void *place)
{
    const struct key *key = place;
    return key->end != NULL ? document_string(key->end) : document_integer(key->value);
}

static const struct document_field value_fields[] = {
    {.name = "value", .read = read_value, .write = write_value},
    {0},
};

static const struct document_field repair_fields[] = {
    {FIELD(DOCUMENT_LIST, "trials", struct key, trials), .count = offsetof(struct key, trial_count),
     .size = sizeof(struct key_trial), .fields = trial_fields, .most = KEY_TRIALS_MAX},
    {.name = "inside_most", .read = read_inside_most, .write = write_inside_most},
    {.name = "instructions", .read = read_instructions, .write = write_instructions},
    {0},
};

static const struct document_field quantum_fields[] = {
    {FIELD(DOCUMENT_INTEGER, "first", struct key, first_quantum), .least = 1, .most = UINT32_MAX},
    {FIELD(DOCUMENT_INTEGER, "last", struct key, last_quantum), .read = read_last_quantum},
    {FIELD(DOCUMENT_NUMBERS, "right", struct key, stated.right)},
    {0},
};

static const struct document_field *const question_fields[ASSIGNMENT_KINDS] = {
    [ASSIGNMENT_VALUES] = no_fields,   [ASSIGNMENT_WITNESS] = value_fields, [ASSIGNMENT_MINIMUM] = no_fields,
    [ASSIGNMENT_COUNT] = value_fields, [ASSIGNMENT_REPAIR] = repair_fields, [ASSIGNMENT_QUANTUM] = quantum_fields,
    [ASSIGNMENT_OUTCOMES] = no_fields, [ASSIGNMENT_OUTPUTS] = no_fields,
};

static bool read_question(struct document *self, const json_t *object, const struct document_field *field, void *data)
{
    struct key *key = data;
    const json_t *question = document_read_object(self, object, field->name);
    if (question == NULL || !document_read_fields(self, question, question_fields[key->kind], key))
        return false;
    return key->kind != ASSIGNMENT_REPAIR || key->trial_count > 0 ||
           document_wrong(self, "trials", "an array of at least one trial");
}

static json_t *write_question(const void *place)
{
    json_t *question = json_object();
    document_write_fields(question, question_fields[((const struct key *)place)->kind], place);
    return question;
}

/* ---- The rest --------------------------------------------------------------------------------------------------- */

/* Which rows there can be is for the kind to say. */
static bool read_row(struct document *self, const json_t *object, const struct document_field *field, void *data)
{
    struct key_row *row = data;
    (void)self;
    row->row = assignment_row_find(json_string_value(json_object_get(object, field->name)));
    return true;
}

static json_t *write_row(const void *place)
{
    return document_string(assignment_row_name(*(const enum assignment_row *)place));
}

static const struct document_field row_fields[] = {
    {FIELD(0, "row", struct key_row, row), .read = read_row, .write = write_row},
    {FIELD(DOCUMENT_INTEGER, "points", struct key_row, points), .least = 0, .most = POINTS_MAX},
    {0},
};

static bool read_rows(struct document *self, const json_t *object, const struct document_field *field, void *data)
{
    struct key *key = data;
    const json_t *array = document_read_array(self, object, field->name, KEY_ROWS_MAX);
    if (array == NULL)
        return false;
    key->rows = memory_new(KEY_ROWS_MAX, sizeof *key->rows);
    for (size_t r = 0; r < json_array_size(array); r++) {
        const json_t *row = json_array_get(array, r);
        const char *name = json_string_value(json_object_get(row, "row"));
        enum assignment_row found = name != NULL ? assignment_row_find(name) : ASSIGNMENT_ROWS;
        if (found == ASSIGNMENT_ROWS || !assignment_has_row(key->kind, found) || key_find_row(key, found) != NULL)
            return document_fail(self, "there is no row \"%s\" of a %s, or there are two", name != NULL ? name : "",
                                 assignment_kind_name(key->kind));
        if (!document_read_fields(self, row, row_fields, &key->rows[key->row_count++]))
            return false;
    }
    return key_find_row(key, ROW_FORM) != NULL || document_fail(self, "the row \"form\" is missing in \"rows\"");
}

static const struct document_field measure_fields[] = {
    {FIELD(DOCUMENT_STRING, "name", struct key_measure, name)},
    {FIELD(DOCUMENT_INTEGER, "value", struct key_measure, value), .least = INT64_MIN, .most = INT64_MAX},
    {FIELD(DOCUMENT_INTEGER, "least", struct key_measure, least), .least = INT64_MIN, .most = INT64_MAX},
    {FIELD(DOCUMENT_INTEGER, "most", struct key_measure, most), .least = INT64_MIN, .most = INT64_MAX},
    {0},
};

static const struct document_field difficulty_fields[] = {
    {FIELD(DOCUMENT_STRING, "level", struct key, level)},
    {FIELD(DOCUMENT_LIST, "measures", struct key, measures), .count = offsetof(struct key, measure_count),
     .size = sizeof(struct key_measure), .fields = measure_fields, .most = MEASURES_MAX},
    {0},
};

static bool read_result(struct document *self, const json_t *object, const struct document_field *field, void *data)
{
    struct key *key = data;
    const json_t *result = document_member(self, object, field->name);
    if (result == NULL || json_is_null(result))
        return result != NULL;
    if (!json_is_object(result))
        return document_wrong(self, field->name, "an object or null");
    key->result = json_dumps(result, JSON_INDENT(INDENT));
    return true;
}

/* The result is our own writer's text. */
static json_t *write_result(const void *place)
{
    const struct key *key = place;
    if (key->result == NULL)
        return json_null();
    json_t *result = json_loads(key->result, 0, NULL);
    assert(result != NULL);
    return result;
}

/* In the order in which they are read: what there can be further down depends on the kind. */
static const struct document_field key_fields[] = {
    {FIELD(DOCUMENT_STRING, "student", struct key, student), .read = member_read_identifier},
    {FIELD(DOCUMENT_STRING, "variant", struct key, variant)},
    {FIELD(0, "kind", struct key, kind), .read = member_read_kind, .write = member_write_kind},
    {.name = "program", .type = DOCUMENT_OBJECT, .fields = program_fields},
    {.name = "scheduler", .read = read_scheduler, .write = write_scheduler},
    {.name = "question", .read = read_question, .write = write_question},
    {FIELD(DOCUMENT_LIST, "rows", struct key, rows), .count = offsetof(struct key, row_count),
     .size = sizeof(struct key_row), .fields = row_fields, .read = read_rows},
    {.name = "difficulty", .type = DOCUMENT_OBJECT, .fields = difficulty_fields},
    {FIELD(DOCUMENT_STRING, "answer", struct key, answer)},
    {.name = "result", .read = read_result, .write = write_result},
    {0},
};

void key_write(FILE *stream, const struct key *key)
{
    document_write(stream, "racecheck-key", key_fields, key);
}

/* Takes the document, which may be NULL. */
static struct key *key_from(struct document *self, json_t *document)
{
    struct key *key = memory_new(1, sizeof *key);
    if (document_read(self, document, "racecheck-key", key_fields, key))
        return key;
    key_free(key);
    return NULL;
}

struct key *key_read(const char *path, struct error *error)
{
    struct document self = {path, error};
    return key_from(&self, document_parse_file(&self));
}

struct key *key_read_text(const char *source, const char *text, size_t length, struct error *error)
{
    struct document self = {source, error};
    return key_from(&self, document_parse(&self, text, length));
}
