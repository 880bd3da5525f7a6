#include "course/answer.h"

#include "base/memory.h"
#include "base/text.h"
#include "base/utf8.h"

#include <assert.h>
#include <string.h>

/* A submission being read. */
struct reader {
    struct answer *answer;
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

static answer_reader read_student, read_kind;

/* The program is read by itself, as it ends the answer. */
static const struct {
    const char *name;
    answer_reader *read;
} keys[ANSWER_KEYS] = {
    [ANSWER_STUDENT] = {"student", read_student},
    [ANSWER_KIND] = {"kind", read_kind},
    [ANSWER_VALUES] = {"values", answer_read_values},
    [ANSWER_OUTCOMES] = {"outcomes", answer_read_values},
    [ANSWER_OUTPUTS] = {"outputs", answer_read_values},
    [ANSWER_VALUE] = {"value", answer_read_value},
    [ANSWER_SCHEDULE] = {"schedule", answer_read_schedule},
    [ANSWER_CHAIN] = {"chain", answer_read_chain},
    [ANSWER_COUNT] = {"count", answer_read_count},
    [ANSWER_QUANTA] = {"quanta", answer_read_quanta},
    [ANSWER_PROGRAM] = {"program", NULL},
};

const char *answer_key_name(enum answer_key key)
{
    return keys[key].name;
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
        [ASSIGNMENT_OUTCOMES] = 1u << ANSWER_OUTCOMES,
        [ASSIGNMENT_OUTPUTS] = 1u << ANSWER_OUTPUTS,
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
    for (size_t e = 0; e < self->end_count; e++) {
        observed_end_free(&self->ends[e].end);
        memory_free(self->ends[e].text);
    }
    memory_free(self->ends);
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

/* Whether the bytes are text: valid UTF-8 without control characters but tab and the ends of lines. */
static bool check_text(struct reader *self)
{
    unsigned line = 1;
    for (size_t i = 0; i < self->length;) {
        unsigned char byte = (unsigned char)self->bytes[i];
        size_t length = utf8_character(self->bytes + i, self->length - i);
        bool is_control = (byte < ' ' && byte != '\t' && byte != '\r' && byte != '\n') || byte == 0x7F;
        if (length == 0 || is_control)
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

/* ---- Lines --------------------------------------------------------------------------------------------------- */

/* Takes the next line, without its end. */
static bool next_line(struct reader *self, struct substring *line)
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

static struct substring without_comment(struct substring line)
{
    const char *comment = line.length > 0 ? memchr(line.bytes, '#', line.length) : NULL;
    if (comment != NULL)
        line.length = (size_t)(comment - line.bytes);
    return line;
}

static bool is_called(struct substring word, const char *name)
{
    return word.length == strlen(name) && strncasecmp(word.bytes, name, word.length) == 0;
}

/* Splits "key: value"; returns false where there is no such key. */
static bool split(struct substring line, enum answer_key *key, struct substring *name, struct substring *value)
{
    const char *colon = line.length > 0 ? memchr(line.bytes, ':', line.length) : NULL;
    *name = substring_trim((struct substring){line.bytes, colon != NULL ? (size_t)(colon - line.bytes) : line.length});
    if (colon == NULL)
        return false;
    *value = substring_trim((struct substring){colon + 1, line.length - (size_t)(colon + 1 - line.bytes)});
    for (*key = 0; *key < ANSWER_KEYS; ++*key)
        if (is_called(*name, keys[*key].name) || (*key == ANSWER_VALUE && is_called(*name, "minimum")))
            return true;
    return false;
}

/* Returns an identifier as new, or NULL where it is none. */
static char *copy_identifier(struct substring value)
{
    struct text text = TEXT_INIT;
    text_append(&text, value.bytes, value.length);
    if (strlen(text_string(&text)) == value.length && assignment_is_identifier(text_string(&text)))
        return text_take(&text);
    text_free(&text);
    return NULL;
}

/* Finds the line of a student, before the program; what stands on the next line may belong to it. */
static bool find_student(struct reader *self, struct substring *value)
{
    struct substring line, name;
    enum answer_key key = ANSWER_KEYS;
    while (key != ANSWER_STUDENT && key != ANSWER_PROGRAM && next_line(self, &line)) {
        line = without_comment(line);
        if (line.length == 0 || substring_is_blank(line.bytes[0]) || !split(line, &key, &name, value))
            key = ANSWER_KEYS;
    }
    while (key == ANSWER_STUDENT && value->length == 0 && next_line(self, &line) && line.length > 0 &&
           substring_is_blank(line.bytes[0]))
        *value = substring_trim(without_comment(line));
    return key == ANSWER_STUDENT;
}

char *answer_find_student(const char *bytes, size_t length)
{
    char *copy = with_plain_spaces(bytes, length);
    struct reader self = {.bytes = copy, .length = length, .position = utf8_mark_length(copy, length)};
    struct substring value;
    char *student = find_student(&self, &value) ? copy_identifier(value) : NULL;
    memory_free(copy);
    return student;
}

/* ---- Values -------------------------------------------------------------------------------------------------- */

static bool read_student(struct answer *self, struct substring value, struct error *error)
{
    if (!assignment_is_identifier(value.bytes))
        return error_set(error, NULL, 0, 0, "'%.*s' can be no student (expected letters, digits and . _ @ -)",
                         substring_shown(value), value.bytes);
    self->student = memory_copy_string(value.bytes);
    return true;
}

static bool read_kind(struct answer *self, struct substring value, struct error *error)
{
    self->kind = 0;
    while (self->kind < ASSIGNMENT_KINDS && strcasecmp(assignment_kind_name(self->kind), value.bytes) != 0)
        self->kind++;
    struct spelling spelling = spelling_start(value.bytes, value.length);
    assignment_consider_kinds(&spelling);
    return self->kind < ASSIGNMENT_KINDS ||
           error_set(error, NULL, 0, 0, "there is no kind '%.*s'%s", substring_shown(value), value.bytes,
                     spelling_advice(&spelling));
}

/* Reads a complete entry; an error gets its line. */
static bool finish_entry(struct reader *self, struct entry *entry)
{
    struct error error = ERROR_INIT;
    const struct substring value = {text_string(&entry->value), entry->value.length};
    bool is_good = entry->key == ANSWER_KEYS || keys[entry->key].read(self->answer, value, &error);
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

static bool complain(struct reader *self, const char *problem, struct substring part)
{
    return error_set(self->error, self->source, self->line, 0, problem, substring_shown(part), part.bytes);
}

/* A key with its value on the same line. */
static bool start_entry(struct reader *self, struct substring line, struct entry *entry)
{
    struct substring name, value;
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

static bool continue_entry(struct reader *self, struct substring line, struct entry *entry)
{
    if (entry->key == ANSWER_KEYS)
        return complain(self, "'%.*s' continues no line (a key stands at the start of its line)", substring_trim(line));
    line = substring_trim(line);
    if (entry->value.length == 0)
        entry->line = self->line;
    for (unsigned at = entry->line + entry->breaks; at < self->line; at++, entry->breaks++)
        text_append(&entry->value, "\n", 1);
    text_append(&entry->value, line.bytes, line.length);
    return true;
}

/* A value that is missing where the next line is none of ours: most likely it stands there, without a blank before it,
 * and that line is what there is to say something about. */
static bool is_astray(const struct entry *entry, struct substring line)
{
    struct substring name, value;
    enum answer_key key;
    return entry->key != ANSWER_KEYS && entry->value.length == 0 && !split(line, &key, &name, &value);
}

static bool read_lines(struct reader *self)
{
    struct entry entry = {ANSWER_KEYS, 0, 0, TEXT_INIT};
    struct substring line;
    bool is_good = true;
    while (is_good && next_line(self, &line)) {
        line = without_comment(line);
        if (substring_trim(line).length == 0)
            continue;
        if (substring_is_blank(line.bytes[0]))
            is_good = continue_entry(self, line, &entry);
        else
            is_good = (is_astray(&entry, line) || finish_entry(self, &entry)) && start_entry(self, line, &entry);
    }
    is_good = is_good && finish_entry(self, &entry);
    text_free(&entry.value);
    return is_good;
}

bool answer_read(struct answer *self, enum answer_form form, const char *bytes, size_t length,
                 const struct thread_names *names, const char *observed, const char *source, struct error *error)
{
    assert(form != ANSWER_WITNESS);
    self->names = names;
    self->observed = observed;
    struct reader reader = {
        .answer = self, .source = source, .given = bytes, .bytes = bytes, .length = length, .error = error};
    if (length > ANSWER_BYTES_MAX)
        return error_set(error, source, 0, 0, "the file is larger than %d bytes, the most that is read",
                         ANSWER_BYTES_MAX);
    reader.position = utf8_mark_length(bytes, length);
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
