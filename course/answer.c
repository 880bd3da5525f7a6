#include "course/answer.h"

#include "base/memory.h"
#include "base/text.h"
#include "base/utf8.h"
#include "course/word.h"

#include <assert.h>
#include <ctype.h>
#include <inttypes.h>
#include <string.h>

/* A submission being read. */
struct reader {
    struct answer *answer;
    const struct thread_names *names;
    const char *source;
    const char *given; /* the bytes as they are, for the program */
    const char *bytes; /* what lines are read from */
    size_t length;
    size_t position; /* where the next line begins */
    unsigned line;   /* of the line that was taken last, from 1 */
    struct error *error;
};

/* A key with its value, perhaps of several lines. */
struct entry {
    enum answer_key key;
    unsigned line;   /* where the value begins */
    unsigned breaks; /* ends of lines in the value */
    struct text value;
};

static const char *const key_names[ANSWER_KEYS] = {"student", "kind",  "values", "value",  "schedule",
                                                   "chain",   "count", "quanta", "program"};

const char *answer_key_name(enum answer_key key)
{
    return key_names[key];
}

unsigned answer_lines(enum assignment_kind kind)
{
    static const unsigned lines[ASSIGNMENT_KINDS] = {
        [ASSIGNMENT_VALUES] = 1u << ANSWER_VALUES,
        [ASSIGNMENT_WITNESS] = 1u << ANSWER_SCHEDULE,
        [ASSIGNMENT_MINIMUM] = 1u << ANSWER_VALUE | 1u << ANSWER_SCHEDULE | 1u << ANSWER_CHAIN,
        [ASSIGNMENT_COUNT] = 1u << ANSWER_COUNT,
        [ASSIGNMENT_REPAIR] = 1u << ANSWER_PROGRAM,
        [ASSIGNMENT_QUANTUM] = 1u << ANSWER_QUANTA,
    };
    return lines[kind];
}

/* ---- Life ---------------------------------------------------------------------------------------------------- */

void answer_init(struct answer *self)
{
    *self = (struct answer){0};
    mpz_init(self->count);
}

void answer_free(struct answer *self)
{
    memory_free(self->student);
    intervals_free(&self->numbers);
    schedule_free(&self->schedule);
    memory_free(self->chain);
    memory_free(self->program);
    mpz_clear(self->count);
}

static bool has_ending(const char *name, const char *ending)
{
    size_t length = strlen(name), end = strlen(ending);
    return length > end && strcasecmp(name + length - end, ending) == 0;
}

enum answer_form answer_form_of(const char *name)
{
    if (has_ending(name, ".json"))
        return ANSWER_WITNESS;
    return has_ending(name, ".s") || has_ending(name, ".asm") ? ANSWER_ASSEMBLY : ANSWER_LINES;
}

bool answer_is_named(const char *name)
{
    return answer_form_of(name) != ANSWER_LINES || has_ending(name, ".txt");
}

/* ---- Bytes --------------------------------------------------------------------------------------------------- */

/* A control character is valid UTF-8, and no text all the same. */
static bool is_control(unsigned char byte)
{
    return (byte < ' ' && byte != '\t' && byte != '\r' && byte != '\n') || byte == 0x7F;
}

/* Whether the bytes are text: valid UTF-8 without control characters but tab and the ends of lines. */
static bool check_text(struct reader *self)
{
    unsigned line = 1;
    for (size_t i = 0; i < self->length;) {
        unsigned char byte = (unsigned char)self->bytes[i];
        size_t length = utf8_character(self->bytes + i, self->length - i);
        if (length == 0 || is_control(byte))
            return error_set(self->error, self->source, line, 0,
                             length == 0 ? "the byte 0x%02X is no text (expected UTF-8)"
                                         : "the control character 0x%02X is no text",
                             byte);
        line += byte == '\n';
        i += length;
    }
    return true;
}

/* Text that was copied from a page may have spaces that do not break (U+00A0): for lines they are spaces like others. Returns
 * a copy of the bytes, as long as they are. */
static char *with_plain_spaces(const char *bytes, size_t length)
{
    char *copy = memory_new(length + 1, 1);
    for (size_t i = 0; i < length; i++) {
        bool is_space = bytes[i] == '\xC2' && i + 1 < length && bytes[i + 1] == '\xA0';
        copy[i] = is_space ? ' ' : bytes[i];
        if (is_space)
            copy[++i] = ' ';
    }
    return copy;
}

/* Editors of some systems begin a text with a byte order mark. */
static void skip_mark(struct reader *self)
{
    if (self->length >= 3 && memcmp(self->bytes, "\xEF\xBB\xBF", 3) == 0)
        self->position = 3;
}

/* ---- Lines --------------------------------------------------------------------------------------------------- */

/* Takes the next line, without its end. */
static bool next_line(struct reader *self, struct word *line)
{
    if (self->position >= self->length)
        return false;
    const char *start = self->bytes + self->position;
    const char *end = memchr(start, '\n', self->length - self->position);
    line->bytes = start;
    line->length = end != NULL ? (size_t)(end - start) : self->length - self->position;
    self->position += line->length + (end != NULL);
    self->line++;
    return true;
}

static struct word without_comment(struct word line)
{
    const char *comment = line.length > 0 ? memchr(line.bytes, '#', line.length) : NULL;
    if (comment != NULL)
        line.length = (size_t)(comment - line.bytes);
    return line;
}

static bool is_called(struct word word, const char *name)
{
    return word.length == strlen(name) && strncasecmp(word.bytes, name, word.length) == 0;
}

/* Splits "key: value"; returns false where there is no such key. */
static bool split(struct word line, enum answer_key *key, struct word *name, struct word *value)
{
    const char *colon = line.length > 0 ? memchr(line.bytes, ':', line.length) : NULL;
    *name = word_trim((struct word){line.bytes, colon != NULL ? (size_t)(colon - line.bytes) : line.length});
    if (colon == NULL)
        return false;
    *value = word_trim((struct word){colon + 1, line.length - (size_t)(colon + 1 - line.bytes)});
    for (*key = 0; *key < ANSWER_KEYS; ++*key)
        if (is_called(*name, key_names[*key]) || (*key == ANSWER_VALUE && is_called(*name, "minimum")))
            return true;
    return false;
}

/* Returns an identifier as new, or NULL where it is none. */
static char *copy_identifier(struct word value)
{
    struct text text = TEXT_INIT;
    text_append(&text, value.bytes, value.length);
    if (strlen(text_string(&text)) == value.length && assignment_is_identifier(text_string(&text)))
        return text_take(&text);
    text_free(&text);
    return NULL;
}

/* Finds the line of a student, before the program; what stands on the next line may belong to it. */
static bool find_student(struct reader *self, struct word *value)
{
    struct word line, name;
    enum answer_key key = ANSWER_KEYS;
    while (key != ANSWER_STUDENT && key != ANSWER_PROGRAM && next_line(self, &line)) {
        line = without_comment(line);
        if (line.length == 0 || word_is_blank(line.bytes[0]) || !split(line, &key, &name, value))
            key = ANSWER_KEYS;
    }
    while (key == ANSWER_STUDENT && value->length == 0 && next_line(self, &line) && line.length > 0 &&
           word_is_blank(line.bytes[0]))
        *value = word_trim(without_comment(line));
    return key == ANSWER_STUDENT;
}

char *answer_find_student(const char *bytes, size_t length)
{
    char *copy = with_plain_spaces(bytes, length);
    struct reader self = {.bytes = copy, .length = length};
    struct word value;
    skip_mark(&self);
    char *student = find_student(&self, &value) ? copy_identifier(value) : NULL;
    memory_free(copy);
    return student;
}

/* ---- Values -------------------------------------------------------------------------------------------------- */

static bool read_student(struct answer *answer, const struct entry *entry, struct error *error)
{
    const struct word value = {text_string(&entry->value), entry->value.length};
    if (!assignment_is_identifier(text_string(&entry->value)))
        return error_set(error, NULL, 0, 0, "'%.*s' can be no student (expected letters, digits and . _ @ -)",
                         word_shown(value), value.bytes);
    answer->student = memory_copy_string(text_string(&entry->value));
    return true;
}

static bool read_kind(struct answer *answer, const struct entry *entry, struct error *error)
{
    const struct word value = {text_string(&entry->value), entry->value.length};
    char *kind = memory_copy_string(text_string(&entry->value));
    for (char *c = kind; *c != '\0'; c++)
        *c = (char)tolower((unsigned char)*c);
    answer->kind = assignment_kind_find(kind);
    memory_free(kind);
    if (answer->kind != ASSIGNMENT_KINDS)
        return true;
    return error_set(error, NULL, 0, 0,
                     "there is no kind '%.*s' (expected values, witness, minimum, count, repair or quantum)",
                     word_shown(value), value.bytes);
}

static bool read_entry(struct reader *self, const struct entry *entry, struct error *error)
{
    struct answer *answer = self->answer;
    const char *text = text_string(&entry->value);
    switch (entry->key) {
    case ANSWER_STUDENT:
        return read_student(answer, entry, error);
    case ANSWER_KIND:
        return read_kind(answer, entry, error);
    case ANSWER_VALUES:
    case ANSWER_QUANTA:
        return answer_read_ranges(text, entry->value.length, entry->key == ANSWER_QUANTA, &answer->numbers, error);
    case ANSWER_SCHEDULE:
        return answer_read_schedule(text, entry->value.length, self->names, &answer->schedule, error);
    case ANSWER_VALUE:
        return answer_read_value(text, entry->value.length, &answer->value, error);
    case ANSWER_CHAIN:
        return answer_read_chain(text, entry->value.length, self->names, &answer->chain, &answer->link_count, error);
    case ANSWER_COUNT:
        return answer_read_count(text, entry->value.length, answer->count, error);
    case ANSWER_PROGRAM:
    case ANSWER_KEYS:
        break;
    }
    return false;
}

/* Reads a complete entry; an error gets its line. */
static bool finish_entry(struct reader *self, struct entry *entry)
{
    struct error error = ERROR_INIT;
    bool is_good = entry->key == ANSWER_KEYS || read_entry(self, entry, &error);
    if (!is_good)
        error_set(self->error, self->source, entry->line + (error.line > 0 ? error.line - 1 : 0), 0, "%s", error.text);
    entry->key = ANSWER_KEYS;
    text_free(&entry->value);
    return is_good;
}

/* ---- The whole ----------------------------------------------------------------------------------------------- */

static void take_program(struct reader *self)
{
    struct answer *answer = self->answer;
    answer->given |= 1u << ANSWER_PROGRAM;
    answer->program_line = self->line + 1;
    answer->program_length = self->length - self->position;
    answer->program = memory_new(answer->program_length + 1, 1);
    memcpy(answer->program, self->given + self->position, answer->program_length);
    self->position = self->length;
}

static bool complain(struct reader *self, const char *problem, struct word part)
{
    return error_set(self->error, self->source, self->line, 0, problem, word_shown(part), part.bytes);
}

/* A key with its value on the same line. */
static bool start_entry(struct reader *self, struct word line, struct entry *entry)
{
    struct word name, value;
    enum answer_key key;
    if (!split(line, &key, &name, &value))
        return complain(self,
                        self->answer->given == 0
                            ? "'%.*s' is no key of an answer (expected a line such as 'schedule: 0 0 1 1')"
                            : "'%.*s' is no key of an answer (expected a line such as 'schedule: 0 0 1 1'; a line that "
                              "goes on with the one above begins with a blank)",
                        name);
    if (self->answer->given >> key & 1)
        return complain(self, "'%.*s' stands twice", name);
    if (key == ANSWER_PROGRAM) {
        if (value.length > 0)
            return complain(self, "'%.*s' stands behind 'program:' (expected the program to begin on the next line)",
                            value);
        take_program(self);
        return true;
    }
    self->answer->given |= 1u << key;
    *entry = (struct entry){key, self->line, 0, TEXT_INIT};
    text_append(&entry->value, value.bytes, value.length);
    return true;
}

static bool continue_entry(struct reader *self, struct word line, struct entry *entry)
{
    if (entry->key == ANSWER_KEYS)
        return complain(self, "'%.*s' continues no line (a key stands at the start of its line)", word_trim(line));
    line = word_trim(line);
    if (entry->value.length == 0)
        entry->line = self->line;
    for (unsigned at = entry->line + entry->breaks; at < self->line; at++, entry->breaks++)
        text_append(&entry->value, "\n", 1);
    text_append(&entry->value, line.bytes, line.length);
    return true;
}

/* A value that is missing where the next line is none of ours: most likely it stands there, without a blank before it,
 * and that line is what there is to say something about. */
static bool is_astray(const struct entry *entry, struct word line)
{
    struct word name, value;
    enum answer_key key;
    return entry->key != ANSWER_KEYS && entry->value.length == 0 && !split(line, &key, &name, &value);
}

static bool read_lines(struct reader *self)
{
    struct entry entry = {ANSWER_KEYS, 0, 0, TEXT_INIT};
    struct word line;
    bool is_good = true;
    while (is_good && next_line(self, &line)) {
        line = without_comment(line);
        if (word_trim(line).length == 0)
            continue;
        if (word_is_blank(line.bytes[0]))
            is_good = continue_entry(self, line, &entry);
        else
            is_good = (is_astray(&entry, line) || finish_entry(self, &entry)) && start_entry(self, line, &entry);
    }
    is_good = is_good && finish_entry(self, &entry);
    text_free(&entry.value);
    return is_good;
}

bool answer_read(struct answer *self, enum answer_form form, const char *bytes, size_t length,
                 const struct thread_names *names, const char *source, struct error *error)
{
    assert(form != ANSWER_WITNESS);
    struct reader reader = {.answer = self,
                            .names = names,
                            .source = source,
                            .given = bytes,
                            .bytes = bytes,
                            .length = length,
                            .error = error};
    if (length > ANSWER_BYTES_MAX)
        return error_set(error, source, 0, 0, "the file is larger than %d bytes, the most that is read",
                         ANSWER_BYTES_MAX);
    skip_mark(&reader);
    if (form == ANSWER_ASSEMBLY) {
        take_program(&reader);
        return true;
    }
    if (!check_text(&reader))
        return false;
    char *copy = with_plain_spaces(bytes, length);
    reader.bytes = copy;
    bool is_read = read_lines(&reader);
    memory_free(copy);
    return is_read;
}
