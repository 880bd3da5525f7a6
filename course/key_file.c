/* key_file: keys as JSON documents (course/key.h). */
#include "base/document.h"
#include "base/memory.h"
#include "base/text.h"
#include "course/key.h"
#include "course/member.h"
#include "report/json.h"

#include <assert.h>
#include <string.h>

enum { INDENT = 2, THREADS_MAX = 64, POINTS_MAX = 1000000 };

/* ---- Writing ---------------------------------------------------------------------------------------------------- */

static json_t *program_of(const struct key *key)
{
    json_t *program = json_object();
    document_set(program, "text", document_string(key->text));
    document_set(program, "threads", document_integer(key->stated.threads));
    document_set(program, "iters", document_integer(key->stated.iters));
    document_set(program, "observe", document_string(key->observe));
    document_set(program, "symbols", document_properties(key->stated.symbols, key->stated.symbol_count));
    return program;
}

static json_t *scheduler_of(const struct key *key)
{
    json_t *scheduler = json_object(), *parameters = document_properties(key->parameters, key->parameter_count);
    document_set(scheduler, "kind", document_string(key->scheduler));
    json_object_update(scheduler, parameters);
    json_decref(parameters);
    return scheduler;
}

static json_t *trial_of(const struct key_trial *trial)
{
    json_t *object = json_object();
    document_set(object, "threads", document_integer(trial->threads));
    document_set(object, "iters", document_integer(trial->iters));
    document_set(object, "symbols", document_properties(trial->symbols, trial->symbol_count));
    document_set(object, "first", trial->has_first ? document_integer(trial->first) : json_null());
    document_set(object, "right", document_numbers(&trial->right));
    return object;
}

static json_t *instructions_of(const struct key *key)
{
    if (key->instruction_count == 0)
        return json_null();
    json_t *array = json_array();
    for (size_t i = 0; i < key->instruction_count; i++)
        json_array_append_new(array, document_string(key->instructions[i]));
    return array;
}

static void ask_repair(const struct key *key, json_t *question)
{
    json_t *trials = json_array();
    for (size_t t = 0; t < key->trial_count; t++)
        json_array_append_new(trials, trial_of(&key->trials[t]));
    document_set(question, "trials", trials);
    document_set(question, "inside_most",
                 key_find_row(key, ROW_INSIDE) != NULL ? document_integer(key->inside_most) : json_null());
    document_set(question, "instructions", instructions_of(key));
}

static json_t *question_of(const struct key *key)
{
    json_t *question = json_object();
    if (key->kind == ASSIGNMENT_WITNESS || key->kind == ASSIGNMENT_COUNT) {
        document_set(question, "value", document_integer(key->value));
    } else if (key->kind == ASSIGNMENT_QUANTUM) {
        document_set(question, "first", document_integer(key->first_quantum));
        document_set(question, "last", document_integer(key->last_quantum));
        document_set(question, "right", document_numbers(&key->stated.right));
    } else if (key->kind == ASSIGNMENT_REPAIR) {
        ask_repair(key, question);
    }
    return question;
}

static json_t *rows_of(const struct key *key)
{
    json_t *array = json_array();
    for (size_t r = 0; r < key->row_count; r++) {
        json_t *row = json_object();
        document_set(row, "row", document_string(assignment_row_name(key->rows[r].row)));
        document_set(row, "points", document_integer(key->rows[r].points));
        json_array_append_new(array, row);
    }
    return array;
}

static json_t *difficulty_of(const struct key *key)
{
    json_t *difficulty = json_object(), *measures = json_array();
    for (size_t m = 0; m < key->measure_count; m++) {
        json_t *measure = json_object();
        document_set(measure, "name", document_string(key->measures[m].name));
        document_set(measure, "value", document_integer(key->measures[m].value));
        document_set(measure, "least", document_integer(key->measures[m].least));
        document_set(measure, "most", document_integer(key->measures[m].most));
        json_array_append_new(measures, measure);
    }
    document_set(difficulty, "level", document_string(key->level));
    document_set(difficulty, "measures", measures);
    return difficulty;
}

/* The result is our own writer's text. */
static json_t *result_of(const struct key *key)
{
    if (key->result == NULL)
        return json_null();
    json_t *result = json_loads(key->result, 0, NULL);
    assert(result != NULL);
    return result;
}

void key_write(FILE *stream, const struct key *key)
{
    json_t *document = json_object();
    document_set(document, "format", json_string("racecheck-key"));
    document_set(document, "version", json_integer(1));
    document_set(document, "student", document_string(key->student));
    document_set(document, "variant", document_string(key->variant));
    document_set(document, "kind", document_string(assignment_kind_name(key->kind)));
    document_set(document, "program", program_of(key));
    document_set(document, "scheduler", scheduler_of(key));
    document_set(document, "question", question_of(key));
    document_set(document, "rows", rows_of(key));
    document_set(document, "difficulty", difficulty_of(key));
    document_set(document, "answer", document_string(key->answer));
    document_set(document, "result", result_of(key));
    document_dump(stream, document);
}

/* ---- Reading ---------------------------------------------------------------------------------------------------- */

static bool read_symbols(struct document *self, const json_t *object, struct property **list, size_t *count)
{
    const json_t *symbols = document_read_object(self, object, "symbols");
    return symbols != NULL && document_read_properties(self, symbols, false, list, count);
}

static bool read_program(struct document *self, const json_t *document, struct key *key)
{
    static const char *const keys[] = {"text", "threads", "iters", "observe", "symbols", NULL};
    const json_t *program = document_read_object(self, document, "program");
    return program != NULL && document_has_only(self, program, keys) &&
           document_read_string(self, program, "text", &key->text) &&
           document_read_integer(self, program, "threads", 1, THREADS_MAX, &key->stated.threads) &&
           document_read_integer(self, program, "iters", 0, INT64_MAX, &key->stated.iters) &&
           document_read_string(self, program, "observe", &key->observe) &&
           read_symbols(self, program, &key->stated.symbols, &key->stated.symbol_count);
}

static bool read_scheduler(struct document *self, const json_t *document, struct key *key)
{
    const json_t *scheduler = document_read_object(self, document, "scheduler");
    return scheduler != NULL && document_read_string(self, scheduler, "kind", &key->scheduler) &&
           document_read_properties(self, scheduler, true, &key->parameters, &key->parameter_count);
}

/* A key that somebody wrote by hand may leave it out. */
static bool read_first(struct document *self, const json_t *object, struct key_trial *trial)
{
    const json_t *first = json_object_get(object, "first");
    trial->has_first = first != NULL && !json_is_null(first);
    return !trial->has_first || document_read_integer(self, object, "first", INT64_MIN, INT64_MAX, &trial->first);
}

static bool read_trial(struct document *self, const json_t *object, struct key_trial *trial)
{
    static const char *const keys[] = {"threads", "iters", "symbols", "first", "right", NULL};
    if (!json_is_object(object))
        return document_wrong(self, "trials", "an array of objects");
    return document_has_only(self, object, keys) &&
           document_read_integer(self, object, "threads", 1, THREADS_MAX, &trial->threads) &&
           document_read_integer(self, object, "iters", 0, INT64_MAX, &trial->iters) &&
           read_symbols(self, object, &trial->symbols, &trial->symbol_count) && read_first(self, object, trial) &&
           document_read_numbers(self, object, "right", &trial->right);
}

static bool read_trials(struct document *self, const json_t *question, struct key *key)
{
    const json_t *trials = document_read_array(self, question, "trials", KEY_TRIALS_MAX);
    if (trials == NULL)
        return false;
    if (json_array_size(trials) == 0)
        return document_wrong(self, "trials", "an array of at least one trial");
    key->trials = memory_new(json_array_size(trials), sizeof *key->trials);
    key->trial_count = json_array_size(trials);
    for (size_t t = 0; t < key->trial_count; t++)
        if (!read_trial(self, json_array_get(trials, t), &key->trials[t]))
            return false;
    return true;
}

static bool read_instructions(struct document *self, const json_t *question, struct key *key)
{
    enum { INSTRUCTIONS_MAX = 100 };
    if (json_is_null(json_object_get(question, "instructions")))
        return true;
    const json_t *array = document_read_array(self, question, "instructions", INSTRUCTIONS_MAX);
    if (array == NULL)
        return false;
    key->instructions = memory_new(json_array_size(array), sizeof *key->instructions);
    for (size_t i = 0; i < json_array_size(array); i++) {
        if (!json_is_string(json_array_get(array, i)))
            return document_wrong(self, "instructions", "an array of mnemonics, or null");
        key->instructions[key->instruction_count++] = memory_copy_string(json_string_value(json_array_get(array, i)));
    }
    return true;
}

static bool read_repair(struct document *self, const json_t *question, struct key *key)
{
    static const char *const keys[] = {"trials", "inside_most", "instructions", NULL};
    bool is_bounded = !json_is_null(json_object_get(question, "inside_most"));
    return document_has_only(self, question, keys) && read_trials(self, question, key) &&
           (!is_bounded || document_read_integer(self, question, "inside_most", 0, INT64_MAX, &key->inside_most)) &&
           read_instructions(self, question, key);
}

static bool read_quanta(struct document *self, const json_t *question, struct key *key)
{
    static const char *const keys[] = {"first", "last", "right", NULL};
    return document_has_only(self, question, keys) &&
           document_read_integer(self, question, "first", 1, UINT32_MAX, &key->first_quantum) &&
           document_read_integer(self, question, "last", key->first_quantum, key->first_quantum + KEY_QUANTA_MAX - 1,
                                 &key->last_quantum) &&
           document_read_numbers(self, question, "right", &key->stated.right);
}

static bool read_question(struct document *self, const json_t *document, struct key *key)
{
    static const char *const none[] = {NULL}, *const value[] = {"value", NULL};
    const json_t *question = document_read_object(self, document, "question");
    if (question == NULL)
        return false;
    if (key->kind == ASSIGNMENT_REPAIR)
        return read_repair(self, question, key);
    if (key->kind == ASSIGNMENT_QUANTUM)
        return read_quanta(self, question, key);
    bool has_value = key->kind == ASSIGNMENT_WITNESS || key->kind == ASSIGNMENT_COUNT;
    return document_has_only(self, question, has_value ? value : none) &&
           (!has_value || document_read_integer(self, question, "value", INT64_MIN, INT64_MAX, &key->value));
}

static bool read_row(struct document *self, const json_t *object, struct key *key)
{
    static const char *const keys[] = {"row", "points", NULL};
    struct key_row row = {0};
    const char *name = json_string_value(json_object_get(object, "row"));
    row.row = name != NULL ? assignment_row_find(name) : ASSIGNMENT_ROWS;
    if (row.row == ASSIGNMENT_ROWS || !assignment_has_row(key->kind, row.row) || key_find_row(key, row.row) != NULL)
        return document_fail(self, "there is no row \"%s\" of a %s, or there are two", name != NULL ? name : "",
                             assignment_kind_name(key->kind));
    if (!document_has_only(self, object, keys) ||
        !document_read_integer(self, object, "points", 0, POINTS_MAX, &row.points))
        return false;
    key->rows[key->row_count++] = row;
    return true;
}

static bool read_rows(struct document *self, const json_t *document, struct key *key)
{
    const json_t *array = document_read_array(self, document, "rows", KEY_ROWS_MAX);
    if (array == NULL)
        return false;
    key->rows = memory_new(KEY_ROWS_MAX, sizeof *key->rows);
    for (size_t r = 0; r < json_array_size(array); r++)
        if (!read_row(self, json_array_get(array, r), key))
            return false;
    if (key_find_row(key, ROW_FORM) == NULL)
        return document_fail(self, "the row \"form\" is missing in \"rows\"");
    return true;
}

static bool read_measure(struct document *self, const json_t *object, struct key_measure *measure)
{
    static const char *const keys[] = {"name", "value", "least", "most", NULL};
    return (json_is_object(object) || document_wrong(self, "measures", "an array of objects")) &&
           document_has_only(self, object, keys) && document_read_string(self, object, "name", &measure->name) &&
           document_read_integer(self, object, "value", INT64_MIN, INT64_MAX, &measure->value) &&
           document_read_integer(self, object, "least", INT64_MIN, INT64_MAX, &measure->least) &&
           document_read_integer(self, object, "most", INT64_MIN, INT64_MAX, &measure->most);
}

static bool read_difficulty(struct document *self, const json_t *document, struct key *key)
{
    enum { MEASURES_MAX = 64 };
    static const char *const keys[] = {"level", "measures", NULL};
    const json_t *difficulty = document_read_object(self, document, "difficulty");
    if (difficulty == NULL || !document_has_only(self, difficulty, keys) ||
        !document_read_string(self, difficulty, "level", &key->level))
        return false;
    const json_t *array = document_read_array(self, difficulty, "measures", MEASURES_MAX);
    if (array == NULL)
        return false;
    key->measures = memory_new(json_array_size(array), sizeof *key->measures);
    key->measure_count = json_array_size(array);
    for (size_t m = 0; m < key->measure_count; m++)
        if (!read_measure(self, json_array_get(array, m), &key->measures[m]))
            return false;
    return true;
}

static bool read_result(struct document *self, const json_t *document, struct key *key)
{
    const json_t *result = document_member(self, document, "result");
    if (result == NULL)
        return false;
    if (json_is_null(result))
        return true;
    if (!json_is_object(result))
        return document_wrong(self, "result", "an object or null");
    key->result = json_dumps(result, JSON_INDENT(INDENT));
    return true;
}

static bool read_key(struct document *self, const json_t *document, struct key *key)
{
    static const char *const keys[] = {"format",   "version", "student",    "variant", "kind",   "program", "scheduler",
                                       "question", "rows",    "difficulty", "answer",  "result", NULL};
    return document_is_format(self, document, "racecheck-key") && document_has_only(self, document, keys) &&
           member_read_identifier(self, document, &key->student) &&
           document_read_string(self, document, "variant", &key->variant) &&
           member_read_kind(self, document, &key->kind) && read_program(self, document, key) &&
           read_scheduler(self, document, key) && read_question(self, document, key) &&
           read_rows(self, document, key) && read_difficulty(self, document, key) &&
           document_read_string(self, document, "answer", &key->answer) && read_result(self, document, key);
}

/* Takes the document, which may be NULL. */
static struct key *key_from(struct document *self, json_t *document)
{
    if (document == NULL)
        return NULL;
    struct key *key = key_new();
    bool is_good = read_key(self, document, key);
    json_decref(document);
    if (is_good)
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
