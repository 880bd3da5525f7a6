#include "course/roster.h"

#include "base/memory.h"
#include "base/spelling.h"
#include "base/text.h"
#include "base/utf8.h"
#include "course/assignment.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { FIELDS_MAX = 256 };

/* A record of fields; their bytes are new. */
struct record {
    char *fields[FIELDS_MAX];
    size_t count;
    unsigned line; /* where it begins */
};

/* A text that is read as CSV. */
struct reader {
    const char *source;
    const char *next;
    const char *end;
    unsigned line;
    char separator;
    struct error *error;
};

/* Which fields of a record mean something; -1: there is no such column. */
struct columns {
    int identifier;
    int name;
    int first_name;
    int last_name;
};

/* The names of the column for identifiers, in the order of preference. */
#define IDENTIFIERS "student", "id", "identifier", "login", "username", "sid", "netid", "email"

/* ---- CSV -------------------------------------------------------------------------------------------------------- */

static void record_clear(struct record *self)
{
    for (size_t f = 0; f < self->count; f++)
        memory_free(self->fields[f]);
    self->count = 0;
}

static bool complain(struct reader *self, unsigned line, const char *what)
{
    return error_set(self->error, self->source, line, 0, "%s", what);
}

/* Whether the text is at the end of a line; a lone carriage return is none. */
static bool at_line_end(const struct reader *self)
{
    return self->next == self->end || *self->next == '\n' ||
           (*self->next == '\r' && self->next + 1 < self->end && self->next[1] == '\n');
}

static void skip_line_end(struct reader *self)
{
    if (self->next < self->end && *self->next == '\r')
        self->next++;
    if (self->next < self->end)
        self->next++;
    self->line++;
}

/* Reads what stands between quotation marks, the first of which comes next. Two of them stand for one. */
static bool read_quoted(struct reader *self, struct text *field)
{
    unsigned first = self->line;
    self->next++;
    for (; self->next < self->end; self->next++) {
        if (*self->next == '"' && (++self->next == self->end || *self->next != '"')) {
            if (at_line_end(self) || *self->next == self->separator)
                return true;
            return complain(self, self->line,
                            "something follows a quotation mark (expected a separator or the end of the line; within "
                            "quotation marks, \"\" stands for one)");
        }
        self->line += *self->next == '\n';
        text_append(field, self->next, 1);
    }
    return complain(self, first, "a quotation mark is never closed");
}

static bool read_plain(struct reader *self, struct text *field)
{
    for (; !at_line_end(self) && *self->next != self->separator; self->next++) {
        if (*self->next == '"')
            return complain(self, self->line,
                            "a quotation mark in the middle of a field (expected the whole field in quotation marks)");
        text_append(field, self->next, 1);
    }
    return true;
}

static char *trim(const char *text)
{
    while (isspace((unsigned char)*text))
        text++;
    size_t length = strlen(text);
    while (length > 0 && isspace((unsigned char)text[length - 1]))
        length--;
    char *copy = memory_new(length + 1, 1);
    memcpy(copy, text, length);
    return copy;
}

static bool read_field(struct reader *self, struct record *record)
{
    struct text field = TEXT_INIT;
    bool quoted = self->next < self->end && *self->next == '"';
    bool good = quoted ? read_quoted(self, &field) : read_plain(self, &field);
    if (good && record->count == FIELDS_MAX)
        good = complain(self, self->line, "a line has more than 256 fields");
    if (good)
        record->fields[record->count++] = trim(text_string(&field));
    text_free(&field);
    return good;
}

/* Reads the next record. Its fields may hold ends of lines. */
static bool read_record(struct reader *self, struct record *record)
{
    record_clear(record);
    record->line = self->line;
    if (!read_field(self, record))
        return false;
    while (!at_line_end(self)) {
        self->next++; /* the separator */
        if (!read_field(self, record))
            return false;
    }
    skip_line_end(self);
    return true;
}

static bool is_blank(const struct record *record)
{
    for (size_t f = 0; f < record->count; f++)
        if (record->fields[f][0] != '\0')
            return false;
    return true;
}

/* ---- Columns ---------------------------------------------------------------------------------------------------- */

/* The first column with one of the names, which come in the order of preference and end with NULL; or -1. */
static int find_column(const struct record *header, const char *const *names)
{
    for (; *names != NULL; names++)
        for (size_t f = 0; f < header->count; f++)
            if (strcasecmp(header->fields[f], *names) == 0)
                return (int)f;
    return -1;
}

static struct columns find_columns(const struct record *header)
{
    static const char *const identifiers[] = {IDENTIFIERS, NULL};
    static const char *const names[] = {"name", "full name", "student name", NULL};
    static const char *const first_names[] = {"first name", "firstname", "given name", NULL};
    static const char *const last_names[] = {"last name", "lastname", "family name", NULL};
    return (struct columns){find_column(header, identifiers), find_column(header, names),
                            find_column(header, first_names), find_column(header, last_names)};
}

static const char *field(const struct record *record, int column)
{
    return column >= 0 && (size_t)column < record->count ? record->fields[column] : "";
}

/* A name as one line, whatever the file made of it. */
static char *read_name(const struct record *record, const struct columns *columns)
{
    struct text name = TEXT_INIT;
    text_print(&name, "%s", field(record, columns->name));
    if (columns->name < 0)
        text_print(&name, "%s %s", field(record, columns->first_name), field(record, columns->last_name));
    char *trimmed = trim(text_string(&name));
    for (char *c = trimmed; *c != '\0'; c++)
        if (iscntrl((unsigned char)*c))
            *c = ' ';
    text_free(&name);
    return trimmed;
}

/* ---- Students --------------------------------------------------------------------------------------------------- */

static void add_student(struct roster *self, char *identifier, char *name, unsigned line)
{
    self->students = memory_grow(self->students, self->count, &self->capacity, sizeof *self->students);
    self->students[self->count++] = (struct roster_student){identifier, name, line};
}

static bool read_student(struct roster *self, struct reader *reader, const struct record *record,
                         const struct columns *columns)
{
    const char *identifier = field(record, columns->identifier);
    if (self->count == ROSTER_STUDENTS_MAX)
        return complain(reader, record->line, "there are more than 10000 students");
    if (!assignment_is_identifier(identifier))
        return error_set(
            reader->error, reader->source, record->line, 0,
            "'%s' cannot be an identifier (expected 1 to %d letters, digits and . _ @ -, a letter or a digit first)",
            identifier, ASSIGNMENT_IDENTIFIER_MAX);
    add_student(self, memory_copy_string(identifier), read_name(record, columns), record->line);
    return true;
}

/* By identifier, and then by line. */
static int compare_students(const void *a, const void *b)
{
    const struct roster_student *one = *(const struct roster_student *const *)a;
    const struct roster_student *other = *(const struct roster_student *const *)b;
    int order = strcasecmp(one->identifier, other->identifier);
    return order != 0 ? order : (one->line > other->line) - (one->line < other->line);
}

/* Files of both could be one where upper and lower case do not count. */
static bool identifiers_differ(const struct roster *self, struct reader *reader)
{
    const struct roster_student **sorted = memory_new(self->count, sizeof *sorted);
    for (size_t s = 0; s < self->count; s++)
        sorted[s] = &self->students[s];
    qsort(sorted, self->count, sizeof *sorted, compare_students);
    bool differ = true;
    for (size_t s = 1; s < self->count && differ; s++) {
        const struct roster_student *first = sorted[s - 1], *second = sorted[s];
        if (strcasecmp(first->identifier, second->identifier) == 0)
            differ =
                error_set(reader->error, reader->source, second->line, 0,
                          "the identifier '%s' stands in line %u, too%s", second->identifier, first->line,
                          strcmp(first->identifier, second->identifier) == 0 ? "" : ", but for upper and lower case");
    }
    memory_free(sorted);
    return differ;
}

/* ---- The whole -------------------------------------------------------------------------------------------------- */

/* Spreadsheets write "sep=;" above the header, in quotation marks or without. */
static bool skip_separator(struct reader *self)
{
    size_t left = (size_t)(self->end - self->next), mark = left > 0 && *self->next == '"';
    const char *line = self->next + mark;
    if (left < 5 + 2 * mark || strncasecmp(line, "sep=", 4) != 0 || (mark > 0 && line[5] != '"'))
        return false;
    struct reader after = *self;
    after.next = line + 5 + mark;
    if (!at_line_end(&after))
        return false;
    after.separator = line[4];
    skip_line_end(&after);
    *self = after;
    return true;
}

/* Reads the header with one separator. Returns whether it has a column for identifiers. */
static bool try_header(struct reader *self, char separator, struct record *header, struct columns *columns)
{
    self->separator = separator;
    if (!read_record(self, header))
        return false;
    *columns = find_columns(header);
    return columns->identifier >= 0;
}

/* Which identifier a column of a header without one may have been meant for; "" where there is none. Borrowed from the spelling. */
static const char *meant_identifier(const struct record *header, struct spelling *spelling)
{
    static const char *const identifiers[] = {IDENTIFIERS};
    const char *hint = "";
    for (size_t f = 0; f < header->count && *hint == '\0'; f++) {
        *spelling = spelling_start(header->fields[f], strlen(header->fields[f]));
        for (size_t i = 0; i < sizeof identifiers / sizeof *identifiers; i++)
            spelling_consider(spelling, identifiers[i]);
        hint = spelling_hint(spelling);
    }
    return hint;
}

/* Reads the header, and finds out how fields are separated where no line above it has said so. */
static bool read_header(struct reader *self, struct record *header, struct columns *columns)
{
    static const char separators[] = ",;\t";
    bool is_said = skip_separator(self);
    char said[2] = {self->separator, '\0'};
    const char *tried = is_said ? said : separators;
    struct error first = ERROR_INIT;
    bool is_readable = false;
    struct spelling spelling;
    const char *hint = "";
    for (const char *separator = tried; *separator != '\0'; separator++) {
        struct error error = ERROR_INIT;
        struct reader attempt = *self;
        attempt.error = &error;
        if (try_header(&attempt, *separator, header, columns)) {
            attempt.error = self->error;
            *self = attempt;
            return true;
        }
        is_readable |= !error.set;
        if (!error.set && *hint == '\0')
            hint = meant_identifier(header, &spelling);
        if (!first.set)
            first = error;
    }
    if (!is_readable)
        return complain(self, first.line, first.text);
    return error_set(self->error, self->source, self->line, 0,
                     "there is no column for identifiers%s (expected a header with a column 'student', 'id', "
                     "'identifier', 'login', 'username', 'sid', 'netid' or 'email', separated by commas, semicolons "
                     "or tabs)",
                     hint);
}

static bool read_students(struct roster *self, struct reader *reader, struct record *record)
{
    struct columns columns = {0};
    if (!read_header(reader, record, &columns))
        return false;
    while (reader->next < reader->end) {
        if (!read_record(reader, record) || (!is_blank(record) && !read_student(self, reader, record, &columns)))
            return false;
    }
    if (self->count == 0)
        return complain(reader, 0, "there are no students");
    return identifiers_differ(self, reader);
}

/* Names in another encoding would be mangled on every handout, and nobody would be told. */
static bool check_text(struct reader *self)
{
    const char *line = self->next;
    for (const char *at = self->next; at < self->end;) {
        size_t length = *at == '\0' ? 0 : utf8_character(at, (size_t)(self->end - at));
        if (length == 0)
            return error_set(self->error, self->source, self->line, (unsigned)(at - line) + 1,
                             "the byte 0x%02X is no text in UTF-8 (expected CSV in UTF-8; spreadsheets can save it so)",
                             (unsigned char)*at);
        self->line += *at == '\n';
        line = *at == '\n' ? at + 1 : line;
        at += length;
    }
    self->line = 1;
    return true;
}

bool roster_read_text(struct roster *self, const char *source, const char *text, size_t length, struct error *error)
{
    struct reader reader = {source, text + utf8_mark_length(text, length), text + length, 1, ',', error};
    struct record record = {.count = 0};
    *self = (struct roster){0};
    bool good = check_text(&reader) && read_students(self, &reader, &record);
    record_clear(&record);
    if (!good)
        roster_free(self);
    return good;
}

/* ---- Files ------------------------------------------------------------------------------------------------------ */

static bool read_file(const char *path, const char *name, struct text *text, struct error *error)
{
    if (!text_read_path(text, path, ROSTER_BYTES_MAX))
        return error_set(error, name, 0, 0, "cannot be read: %s", strerror(errno));
    return text->length <= ROSTER_BYTES_MAX || error_set(error, name, 0, 0, "is larger than 16 MB");
}

bool roster_read(struct roster *self, const char *path, struct error *error)
{
    const char *name = strcmp(path, "-") == 0 ? "standard input" : path;
    struct text text = TEXT_INIT;
    *self = (struct roster){0};
    bool good =
        read_file(path, name, &text, error) && roster_read_text(self, name, text_string(&text), text.length, error);
    text_free(&text);
    return good;
}

void roster_number(struct roster *self, size_t count)
{
    assert(count >= 1 && count <= ROSTER_STUDENTS_MAX);
    int width = count < 100 ? 2 : count < 1000 ? 3 : count < 10000 ? 4 : 5;
    *self = (struct roster){0};
    for (size_t s = 1; s <= count; s++) {
        char *identifier = text_format("s%0*zu", width, s);
        add_student(self, identifier, memory_copy_string(""), 0);
    }
}

void roster_free(struct roster *self)
{
    for (size_t s = 0; s < self->count; s++) {
        memory_free(self->students[s].identifier);
        memory_free(self->students[s].name);
    }
    memory_free(self->students);
    *self = (struct roster){0};
}
