/* assignment_file: keys and assignments as JSON documents (course/assignment.h). */
#include "base/memory.h"
#include "base/text.h"
#include "course/assignment.h"
#include "reports/json.h"
#include "reports/utf8.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdarg.h>
#include <string.h>
#include <strings.h>

enum { INDENT = 2, BLOCK_BYTES = 65536, FILE_BYTES_MAX = 64 << 20, THREADS_MAX = 64, POINTS_MAX = 1000000 };

/* Beyond this, readers that keep numbers as doubles would change them. */
#define EXACT_MAX (INT64_C(1) << 53)

/* ---- Writing: values, each new ------------------------------------------------------------------------------- */

static json_t *string(const char *bytes)
{
    char *clean = utf8_clean(bytes != NULL ? bytes : "");
    json_t *value = json_string(clean);
    memory_free(clean);
    return value;
}

static json_t *integer(int64_t number)
{
    if (number >= -EXACT_MAX && number <= EXACT_MAX)
        return json_integer(number);
    return json_sprintf("%" PRId64, number);
}

static void set(json_t *object, const char *key, json_t *value)
{
    int failed = json_object_set_new(object, key, value);
    assert(failed == 0);
    (void)failed;
}

static json_t *properties(const struct property *list, size_t count)
{
    json_t *object = json_object();
    for (size_t p = 0; p < count; p++)
        set(object, list[p].name, list[p].is_number ? integer(list[p].number) : string(list[p].text));
    return object;
}

static json_t *numbers(const struct intervals *set_of_numbers)
{
    json_t *array = json_array();
    for (size_t i = 0; i < set_of_numbers->count; i++)
        for (int64_t n = set_of_numbers->items[i].first; n <= set_of_numbers->items[i].last; n++)
            json_array_append_new(array, integer(n));
    return array;
}

static void dump(FILE *stream, json_t *document)
{
    json_dumpf(document, stream, JSON_INDENT(INDENT));
    fputc('\n', stream);
    json_decref(document);
}

/* ---- Writing a key ------------------------------------------------------------------------------------------- */

static json_t *program_of(const struct key *key)
{
    json_t *program = json_object();
    set(program, "text", string(key->text));
    set(program, "threads", integer(key->threads));
    set(program, "iters", integer(key->iters));
    set(program, "observe", string(key->observe));
    set(program, "symbols", properties(key->symbols, key->symbol_count));
    return program;
}

static json_t *scheduler_of(const struct key *key)
{
    json_t *scheduler = json_object(), *parameters = properties(key->parameters, key->parameter_count);
    set(scheduler, "kind", string(key->scheduler));
    json_object_update(scheduler, parameters);
    json_decref(parameters);
    return scheduler;
}

static json_t *trial_of(const struct key_trial *trial)
{
    json_t *object = json_object();
    set(object, "threads", integer(trial->threads));
    set(object, "iters", integer(trial->iters));
    set(object, "symbols", properties(trial->symbols, trial->symbol_count));
    set(object, "first", trial->has_first ? integer(trial->first) : json_null());
    set(object, "right", numbers(&trial->right));
    return object;
}

static json_t *instructions_of(const struct key *key)
{
    if (key->instruction_count == 0)
        return json_null();
    json_t *array = json_array();
    for (size_t i = 0; i < key->instruction_count; i++)
        json_array_append_new(array, string(key->instructions[i]));
    return array;
}

static void ask_repair(const struct key *key, json_t *question)
{
    json_t *trials = json_array();
    for (size_t t = 0; t < key->trial_count; t++)
        json_array_append_new(trials, trial_of(&key->trials[t]));
    set(question, "trials", trials);
    set(question, "inside_most", key_find_row(key, ROW_INSIDE) != NULL ? integer(key->inside_most) : json_null());
    set(question, "instructions", instructions_of(key));
}

static json_t *question_of(const struct key *key)
{
    json_t *question = json_object();
    if (key->kind == ASSIGNMENT_WITNESS || key->kind == ASSIGNMENT_COUNT) {
        set(question, "value", integer(key->value));
    } else if (key->kind == ASSIGNMENT_QUANTUM) {
        set(question, "first", integer(key->first_quantum));
        set(question, "last", integer(key->last_quantum));
        set(question, "right", numbers(&key->right));
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
        set(row, "row", string(assignment_row_name(key->rows[r].row)));
        set(row, "points", integer(key->rows[r].points));
        json_array_append_new(array, row);
    }
    return array;
}

static json_t *difficulty_of(const struct key *key)
{
    json_t *difficulty = json_object(), *measures = json_array();
    for (size_t m = 0; m < key->measure_count; m++) {
        json_t *measure = json_object();
        set(measure, "name", string(key->measures[m].name));
        set(measure, "value", integer(key->measures[m].value));
        set(measure, "least", integer(key->measures[m].least));
        set(measure, "most", integer(key->measures[m].most));
        json_array_append_new(measures, measure);
    }
    set(difficulty, "level", string(key->level));
    set(difficulty, "measures", measures);
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
    json_adopt_memory();
    json_t *document = json_object();
    set(document, "format", json_string("racecheck-key"));
    set(document, "version", json_integer(1));
    set(document, "student", string(key->student));
    set(document, "variant", string(key->variant));
    set(document, "kind", string(assignment_kind_name(key->kind)));
    set(document, "program", program_of(key));
    set(document, "scheduler", scheduler_of(key));
    set(document, "question", question_of(key));
    set(document, "rows", rows_of(key));
    set(document, "difficulty", difficulty_of(key));
    set(document, "answer", string(key->answer));
    set(document, "result", result_of(key));
    dump(stream, document);
}

void assignment_write(FILE *stream, const struct assignment *assignment)
{
    json_adopt_memory();
    json_t *document = json_object(), *students = json_array();
    set(document, "format", json_string("racecheck-assignment"));
    set(document, "version", json_integer(1));
    set(document, "name", string(assignment->name));
    set(document, "title", string(assignment->title));
    set(document, "kind", string(assignment_kind_name(assignment->kind)));
    set(document, "level", string(assignment->level));
    set(document, "seed", integer(assignment->seed));
    set(document, "points", integer(assignment->points));
    for (size_t s = 0; s < assignment->student_count; s++) {
        json_t *student = json_object();
        set(student, "student", string(assignment->students[s].identifier));
        set(student, "name", string(assignment->students[s].name));
        set(student, "variant", string(assignment->students[s].variant));
        json_array_append_new(students, student);
    }
    set(document, "students", students);
    dump(stream, document);
}

/* ---- Reading: members ---------------------------------------------------------------------------------------- */

/* A document being read. */
struct reader {
    const char *source;
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

static const json_t *member(struct reader *self, const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    if (value == NULL)
        fail(self, "the key \"%s\" is missing", key);
    return value;
}

static bool wrong(struct reader *self, const char *key, const char *expected)
{
    return fail(self, "the value of \"%s\" should be %s", key, expected);
}

/* Whether an object has no keys but those of a list that ends with NULL. */
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

static bool read_string(struct reader *self, const json_t *object, const char *key, char **result)
{
    const json_t *value = member(self, object, key);
    if (value == NULL)
        return false;
    if (!json_is_string(value))
        return wrong(self, key, "a string");
    *result = memory_copy_string(json_string_value(value));
    return true;
}

static const json_t *read_object(struct reader *self, const json_t *object, const char *key)
{
    const json_t *value = member(self, object, key);
    if (value == NULL || json_is_object(value))
        return value;
    wrong(self, key, "an object");
    return NULL;
}

/* An array of at most so many elements. */
static const json_t *read_array(struct reader *self, const json_t *object, const char *key, size_t most)
{
    const json_t *value = member(self, object, key);
    if (value == NULL)
        return NULL;
    if (json_is_array(value) && json_array_size(value) <= most)
        return value;
    fail(self, "the value of \"%s\" should be an array of at most %zu elements", key, most);
    return NULL;
}

/* Reads the members of an object but "kind", where texts are allowed only if said so. */
static bool read_properties(struct reader *self, const json_t *object, bool may_be_text, struct property **list,
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
        else if (parse_integer(value, &number))
            property_add_number(list, count, key, number);
        else
            return wrong(self, key, may_be_text ? "an integer or a string" : "an integer");
    }
    return true;
}

static bool read_symbols(struct reader *self, const json_t *object, struct property **list, size_t *count)
{
    const json_t *symbols = read_object(self, object, "symbols");
    return symbols != NULL && read_properties(self, symbols, false, list, count);
}

static bool read_numbers(struct reader *self, const json_t *object, const char *key, struct intervals *result)
{
    enum { NUMBERS_MAX = 100000 };
    const json_t *array = read_array(self, object, key, NUMBERS_MAX);
    for (size_t i = 0; array != NULL && i < json_array_size(array); i++) {
        int64_t number;
        if (!parse_integer(json_array_get(array, i), &number))
            return wrong(self, key, "an array of integers");
        intervals_add(result, number, number);
    }
    return array != NULL;
}

static bool read_identifier(struct reader *self, const json_t *object, char **result)
{
    return read_string(self, object, "student", result) &&
           (assignment_is_identifier(*result) || wrong(self, "student", "letters, digits and . _ @ -"));
}

static bool read_kind(struct reader *self, const json_t *document, enum assignment_kind *kind)
{
    const json_t *value = member(self, document, "kind");
    if (value == NULL)
        return false;
    *kind = json_is_string(value) ? assignment_kind_find(json_string_value(value)) : ASSIGNMENT_KINDS;
    return *kind != ASSIGNMENT_KINDS ||
           wrong(self, "kind", "\"values\", \"witness\", \"minimum\", \"count\", \"repair\" or \"quantum\"");
}

static bool is_format(struct reader *self, const json_t *document, const char *format)
{
    const char *given = json_string_value(json_object_get(document, "format"));
    if (given == NULL || strcmp(given, format) != 0)
        return fail(self, "the \"format\" of this document should be \"%s\"", format);
    int64_t version;
    return read_integer(self, document, "version", 1, 1, &version);
}

/* ---- Reading a key ------------------------------------------------------------------------------------------- */

static bool read_program(struct reader *self, const json_t *document, struct key *key)
{
    static const char *const keys[] = {"text", "threads", "iters", "observe", "symbols", NULL};
    const json_t *program = read_object(self, document, "program");
    return program != NULL && has_only(self, program, keys) && read_string(self, program, "text", &key->text) &&
           read_integer(self, program, "threads", 1, THREADS_MAX, &key->threads) &&
           read_integer(self, program, "iters", 0, INT64_MAX, &key->iters) &&
           read_string(self, program, "observe", &key->observe) &&
           read_symbols(self, program, &key->symbols, &key->symbol_count);
}

static bool read_scheduler(struct reader *self, const json_t *document, struct key *key)
{
    const json_t *scheduler = read_object(self, document, "scheduler");
    return scheduler != NULL && read_string(self, scheduler, "kind", &key->scheduler) &&
           read_properties(self, scheduler, true, &key->parameters, &key->parameter_count);
}

/* A key that somebody wrote by hand may leave it out. */
static bool read_first(struct reader *self, const json_t *object, struct key_trial *trial)
{
    const json_t *first = json_object_get(object, "first");
    trial->has_first = first != NULL && !json_is_null(first);
    return !trial->has_first || read_integer(self, object, "first", INT64_MIN, INT64_MAX, &trial->first);
}

static bool read_trial(struct reader *self, const json_t *object, struct key_trial *trial)
{
    static const char *const keys[] = {"threads", "iters", "symbols", "first", "right", NULL};
    if (!json_is_object(object))
        return wrong(self, "trials", "an array of objects");
    return has_only(self, object, keys) && read_integer(self, object, "threads", 1, THREADS_MAX, &trial->threads) &&
           read_integer(self, object, "iters", 0, INT64_MAX, &trial->iters) &&
           read_symbols(self, object, &trial->symbols, &trial->symbol_count) && read_first(self, object, trial) &&
           read_numbers(self, object, "right", &trial->right);
}

static bool read_trials(struct reader *self, const json_t *question, struct key *key)
{
    const json_t *trials = read_array(self, question, "trials", ASSIGNMENT_TRIALS_MAX);
    if (trials == NULL)
        return false;
    if (json_array_size(trials) == 0)
        return wrong(self, "trials", "an array of at least one trial");
    key->trials = memory_new(json_array_size(trials), sizeof *key->trials);
    key->trial_count = json_array_size(trials);
    for (size_t t = 0; t < key->trial_count; t++)
        if (!read_trial(self, json_array_get(trials, t), &key->trials[t]))
            return false;
    return true;
}

static bool read_instructions(struct reader *self, const json_t *question, struct key *key)
{
    enum { INSTRUCTIONS_MAX = 100 };
    if (json_is_null(json_object_get(question, "instructions")))
        return true;
    const json_t *array = read_array(self, question, "instructions", INSTRUCTIONS_MAX);
    if (array == NULL)
        return false;
    key->instructions = memory_new(json_array_size(array), sizeof *key->instructions);
    for (size_t i = 0; i < json_array_size(array); i++) {
        if (!json_is_string(json_array_get(array, i)))
            return wrong(self, "instructions", "an array of mnemonics, or null");
        key->instructions[key->instruction_count++] = memory_copy_string(json_string_value(json_array_get(array, i)));
    }
    return true;
}

static bool read_repair(struct reader *self, const json_t *question, struct key *key)
{
    static const char *const keys[] = {"trials", "inside_most", "instructions", NULL};
    bool is_bounded = !json_is_null(json_object_get(question, "inside_most"));
    return has_only(self, question, keys) && read_trials(self, question, key) &&
           (!is_bounded || read_integer(self, question, "inside_most", 0, INT64_MAX, &key->inside_most)) &&
           read_instructions(self, question, key);
}

static bool read_quanta(struct reader *self, const json_t *question, struct key *key)
{
    static const char *const keys[] = {"first", "last", "right", NULL};
    return has_only(self, question, keys) &&
           read_integer(self, question, "first", 1, UINT32_MAX, &key->first_quantum) &&
           read_integer(self, question, "last", key->first_quantum, key->first_quantum + ASSIGNMENT_QUANTA_MAX - 1,
                        &key->last_quantum) &&
           read_numbers(self, question, "right", &key->right);
}

static bool read_question(struct reader *self, const json_t *document, struct key *key)
{
    static const char *const none[] = {NULL}, *const value[] = {"value", NULL};
    const json_t *question = read_object(self, document, "question");
    if (question == NULL)
        return false;
    if (key->kind == ASSIGNMENT_REPAIR)
        return read_repair(self, question, key);
    if (key->kind == ASSIGNMENT_QUANTUM)
        return read_quanta(self, question, key);
    bool has_value = key->kind == ASSIGNMENT_WITNESS || key->kind == ASSIGNMENT_COUNT;
    return has_only(self, question, has_value ? value : none) &&
           (!has_value || read_integer(self, question, "value", INT64_MIN, INT64_MAX, &key->value));
}

static bool read_row(struct reader *self, const json_t *object, struct key *key)
{
    static const char *const keys[] = {"row", "points", NULL};
    struct key_row row = {0};
    const char *name = json_string_value(json_object_get(object, "row"));
    row.row = name != NULL ? assignment_row_find(name) : ASSIGNMENT_ROWS;
    if (row.row == ASSIGNMENT_ROWS || !assignment_has_row(key->kind, row.row) || key_find_row(key, row.row) != NULL)
        return fail(self, "there is no row \"%s\" of a %s, or there are two", name != NULL ? name : "",
                    assignment_kind_name(key->kind));
    if (!has_only(self, object, keys) || !read_integer(self, object, "points", 0, POINTS_MAX, &row.points))
        return false;
    key->rows[key->row_count++] = row;
    return true;
}

static bool read_rows(struct reader *self, const json_t *document, struct key *key)
{
    const json_t *array = read_array(self, document, "rows", ASSIGNMENT_ROWS_MAX);
    if (array == NULL)
        return false;
    key->rows = memory_new(ASSIGNMENT_ROWS_MAX, sizeof *key->rows);
    for (size_t r = 0; r < json_array_size(array); r++)
        if (!read_row(self, json_array_get(array, r), key))
            return false;
    if (key_find_row(key, ROW_FORM) == NULL)
        return fail(self, "the row \"form\" is missing in \"rows\"");
    return true;
}

static bool read_measure(struct reader *self, const json_t *object, struct key_measure *measure)
{
    static const char *const keys[] = {"name", "value", "least", "most", NULL};
    return (json_is_object(object) || wrong(self, "measures", "an array of objects")) && has_only(self, object, keys) &&
           read_string(self, object, "name", &measure->name) &&
           read_integer(self, object, "value", INT64_MIN, INT64_MAX, &measure->value) &&
           read_integer(self, object, "least", INT64_MIN, INT64_MAX, &measure->least) &&
           read_integer(self, object, "most", INT64_MIN, INT64_MAX, &measure->most);
}

static bool read_difficulty(struct reader *self, const json_t *document, struct key *key)
{
    enum { MEASURES_MAX = 64 };
    static const char *const keys[] = {"level", "measures", NULL};
    const json_t *difficulty = read_object(self, document, "difficulty");
    if (difficulty == NULL || !has_only(self, difficulty, keys) || !read_string(self, difficulty, "level", &key->level))
        return false;
    const json_t *array = read_array(self, difficulty, "measures", MEASURES_MAX);
    if (array == NULL)
        return false;
    key->measures = memory_new(json_array_size(array), sizeof *key->measures);
    key->measure_count = json_array_size(array);
    for (size_t m = 0; m < key->measure_count; m++)
        if (!read_measure(self, json_array_get(array, m), &key->measures[m]))
            return false;
    return true;
}

static bool read_result(struct reader *self, const json_t *document, struct key *key)
{
    const json_t *result = member(self, document, "result");
    if (result == NULL)
        return false;
    if (json_is_null(result))
        return true;
    if (!json_is_object(result))
        return wrong(self, "result", "an object or null");
    key->result = json_dumps(result, JSON_INDENT(INDENT));
    return true;
}

static bool read_key(struct reader *self, const json_t *document, struct key *key)
{
    static const char *const keys[] = {"format",   "version", "student",    "variant", "kind",   "program", "scheduler",
                                       "question", "rows",    "difficulty", "answer",  "result", NULL};
    return is_format(self, document, "racecheck-key") && has_only(self, document, keys) &&
           read_identifier(self, document, &key->student) && read_string(self, document, "variant", &key->variant) &&
           read_kind(self, document, &key->kind) && read_program(self, document, key) &&
           read_scheduler(self, document, key) && read_question(self, document, key) &&
           read_rows(self, document, key) && read_difficulty(self, document, key) &&
           read_string(self, document, "answer", &key->answer) && read_result(self, document, key);
}

/* ---- Reading an assignment ----------------------------------------------------------------------------------- */

static bool read_student(struct reader *self, const json_t *object, struct assignment_student *student)
{
    static const char *const keys[] = {"student", "name", "variant", NULL};
    return (json_is_object(object) || wrong(self, "students", "an array of objects")) && has_only(self, object, keys) &&
           read_identifier(self, object, &student->identifier) && read_string(self, object, "name", &student->name) &&
           read_string(self, object, "variant", &student->variant);
}

static int compare_identifiers(const void *a, const void *b)
{
    return strcasecmp(*(const char *const *)a, *(const char *const *)b);
}

static bool is_each_once(struct reader *self, const struct assignment *assignment)
{
    const char *again = NULL;
    const char **names = memory_new(assignment->student_count, sizeof *names);
    for (size_t s = 0; s < assignment->student_count; s++)
        names[s] = assignment->students[s].identifier;
    qsort(names, assignment->student_count, sizeof *names, compare_identifiers);
    for (size_t s = 1; s < assignment->student_count && again == NULL; s++)
        again = strcasecmp(names[s - 1], names[s]) == 0 ? names[s] : NULL;
    memory_free(names);
    return again == NULL || fail(self, "the student '%s' appears twice", again);
}

static bool read_students(struct reader *self, const json_t *document, struct assignment *assignment)
{
    enum { STUDENTS_MAX = 100000 };
    const json_t *array = read_array(self, document, "students", STUDENTS_MAX);
    if (array == NULL)
        return false;
    assignment->students = memory_new(json_array_size(array), sizeof *assignment->students);
    assignment->student_count = json_array_size(array);
    for (size_t s = 0; s < assignment->student_count; s++)
        if (!read_student(self, json_array_get(array, s), &assignment->students[s]))
            return false;
    return is_each_once(self, assignment);
}

static bool read_assignment(struct reader *self, const json_t *document, struct assignment *assignment)
{
    static const char *const keys[] = {"format", "version", "name",   "title",    "kind",
                                       "level",  "seed",    "points", "students", NULL};
    return is_format(self, document, "racecheck-assignment") && has_only(self, document, keys) &&
           read_string(self, document, "name", &assignment->name) &&
           read_string(self, document, "title", &assignment->title) && read_kind(self, document, &assignment->kind) &&
           read_string(self, document, "level", &assignment->level) &&
           read_integer(self, document, "seed", 0, INT64_MAX, &assignment->seed) &&
           read_integer(self, document, "points", 0, INT64_MAX, &assignment->points) &&
           read_students(self, document, assignment);
}

/* ---- Files --------------------------------------------------------------------------------------------------- */

static bool read_bytes(struct reader *self, struct text *bytes)
{
    FILE *stream = fopen(self->source, "re");
    if (stream == NULL)
        return fail(self, "cannot read this file: %s", strerror(errno));
    char *block = memory_new(BLOCK_BYTES, 1);
    size_t length = 1;
    while (length > 0 && bytes->length <= FILE_BYTES_MAX) {
        length = fread(block, 1, BLOCK_BYTES, stream);
        text_append(bytes, block, length);
    }
    bool is_read = !ferror(stream);
    if (!is_read)
        fail(self, "cannot read this file: %s", strerror(errno));
    else if (bytes->length > FILE_BYTES_MAX)
        is_read = fail(self, "the file is larger than %d MB, the most that is read", FILE_BYTES_MAX >> 20);
    memory_free(block);
    fclose(stream);
    return is_read;
}

static json_t *parse(struct reader *self, const char *text, size_t length)
{
    json_error_t error;
    json_adopt_memory();
    json_t *document = json_loadb(text, length, JSON_REJECT_DUPLICATES, &error);
    if (document == NULL)
        error_set(self->error, self->source, error.line > 0 ? (unsigned)error.line : 0,
                  error.column > 0 ? (unsigned)error.column : 0, "this is no JSON document: %s", error.text);
    return document;
}

static json_t *parse_file(struct reader *self)
{
    struct text bytes = TEXT_INIT;
    json_t *document = read_bytes(self, &bytes) ? parse(self, text_string(&bytes), bytes.length) : NULL;
    text_free(&bytes);
    return document;
}

/* Takes the document, which may be NULL. */
static struct key *key_from(struct reader *self, json_t *document)
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
    struct reader self = {path, error};
    return key_from(&self, parse_file(&self));
}

struct key *key_read_text(const char *source, const char *text, size_t length, struct error *error)
{
    struct reader self = {source, error};
    return key_from(&self, parse(&self, text, length));
}

struct assignment *assignment_read(const char *folder, struct error *error)
{
    struct text path = TEXT_INIT;
    text_print(&path, "%s/assignment.json", folder);
    struct reader self = {text_string(&path), error};
    json_t *document = parse_file(&self);
    struct assignment *assignment = document != NULL ? assignment_new() : NULL;
    if (document != NULL && !read_assignment(&self, document, assignment)) {
        assignment_free(assignment);
        assignment = NULL;
    }
    json_decref(document);
    text_free(&path);
    return assignment;
}
