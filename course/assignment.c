#include "course/assignment.h"

#include "base/memory.h"
#include "base/text.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>
#include <strings.h>

/* ---- Names --------------------------------------------------------------------------------------------------- */

const struct assignment_kind_words assignment_kinds[ASSIGNMENT_KINDS] = {
    [ASSIGNMENT_VALUES] = {"values", "Which values are possible?", ".txt", true},
    [ASSIGNMENT_WITNESS] = {"witness", "Find the schedule", ".txt or .json", true},
    [ASSIGNMENT_MINIMUM] = {"minimum", "How low can it get?", ".txt", true},
    [ASSIGNMENT_COUNT] = {"count", "Count the schedules", ".txt", true},
    [ASSIGNMENT_REPAIR] = {"repair", "Repair the program", ".txt, .s or .asm", false},
    [ASSIGNMENT_QUANTUM] = {"quantum", "Choose the quantum", ".txt", false},
    [ASSIGNMENT_OUTCOMES] = {"outcomes", "Which outcomes are possible?", ".txt", true},
    [ASSIGNMENT_OUTPUTS] = {"outputs", "What can be printed?", ".txt", true},
};

/* Kinds that ask for a list of all ends that are possible. */
enum { LISTS = 1u << ASSIGNMENT_VALUES | 1u << ASSIGNMENT_OUTCOMES | 1u << ASSIGNMENT_OUTPUTS };

static const struct {
    const char *name;
    unsigned kinds; /* a bit 1 << enum assignment_kind for each that can have the row */
    const char *title;
} rows[ASSIGNMENT_ROWS] = {
    [ROW_FORM] = {"form", (1u << ASSIGNMENT_KINDS) - 1, "the answer can be read"},
    [ROW_POSSIBLE] = {"possible", LISTS, "every value given is possible"},
    [ROW_COMPLETE] = {"complete", LISTS | 1u << ASSIGNMENT_QUANTUM, "no possible value is missing"},
    [ROW_VALUE] = {"value", 1u << ASSIGNMENT_MINIMUM, "the value given is the least one"},
    [ROW_LEGAL] = {"legal", 1u << ASSIGNMENT_WITNESS | 1u << ASSIGNMENT_MINIMUM,
                   "every step of the schedule can be taken"},
    [ROW_FINISHED] = {"finished", 1u << ASSIGNMENT_WITNESS | 1u << ASSIGNMENT_MINIMUM,
                      "at the end of the schedule all threads have finished"},
    [ROW_REACHES] = {"reaches", 1u << ASSIGNMENT_WITNESS | 1u << ASSIGNMENT_MINIMUM,
                     "the schedule ends with the value"},
    [ROW_FEWEST] = {"fewest", 1u << ASSIGNMENT_WITNESS, "no schedule for the value has fewer preemptions"},
    [ROW_CHAIN] = {"chain", 1u << ASSIGNMENT_MINIMUM, "the chain is that of the schedule"},
    [ROW_COUNT] = {"count", 1u << ASSIGNMENT_COUNT, "the number of schedules is right"},
    [ROW_WORKS] = {"works", 1u << ASSIGNMENT_REPAIR, "the program can compute the right value"},
    [ROW_RIGHT] = {"right", 1u << ASSIGNMENT_REPAIR, "every schedule that ends gives a right value"},
    [ROW_LIVE] = {"live", 1u << ASSIGNMENT_REPAIR, "no schedule deadlocks"},
    [ROW_EXCLUSIVE] = {"exclusive", 1u << ASSIGNMENT_REPAIR, "no two threads are inside a critical section together"},
    [ROW_INSIDE] = {"inside", 1u << ASSIGNMENT_REPAIR, "locks are held no longer than is allowed"},
    [ROW_SOUND] = {"sound", 1u << ASSIGNMENT_QUANTUM, "with every quantum given the result is always right"},
};

const char *assignment_kind_name(enum assignment_kind kind)
{
    assert(kind < ASSIGNMENT_KINDS);
    return assignment_kinds[kind].name;
}

void assignment_consider_kinds(struct spelling *spelling)
{
    for (enum assignment_kind kind = 0; kind < ASSIGNMENT_KINDS; kind++)
        spelling_consider(spelling, assignment_kinds[kind].name);
}

enum assignment_kind assignment_kind_find(const char *name)
{
    enum assignment_kind kind = 0;
    while (kind < ASSIGNMENT_KINDS && strcmp(assignment_kinds[kind].name, name) != 0)
        kind++;
    return kind;
}

const char *assignment_row_name(enum assignment_row row)
{
    assert(row < ASSIGNMENT_ROWS);
    return rows[row].name;
}

enum assignment_row assignment_row_find(const char *name)
{
    enum assignment_row row = 0;
    while (row < ASSIGNMENT_ROWS && strcmp(rows[row].name, name) != 0)
        row++;
    return row;
}

const char *assignment_row_title(enum assignment_kind kind, enum assignment_row row)
{
    assert(row < ASSIGNMENT_ROWS);
    if (row == ROW_FORM && kind == ASSIGNMENT_REPAIR)
        return "the program can be assembled";
    if (row == ROW_COMPLETE && kind == ASSIGNMENT_QUANTUM)
        return "no right quantum is missing";
    if (kind == ASSIGNMENT_OUTCOMES || kind == ASSIGNMENT_OUTPUTS) {
        bool is_output = kind == ASSIGNMENT_OUTPUTS;
        if (row == ROW_POSSIBLE)
            return is_output ? "every output given is possible" : "every outcome given is possible";
        if (row == ROW_COMPLETE)
            return is_output ? "no possible output is missing" : "no possible outcome is missing";
    }
    return rows[row].title;
}

bool assignment_asks_for_all_ends(enum assignment_kind kind)
{
    return (LISTS >> kind & 1) != 0;
}

bool assignment_has_row(enum assignment_kind kind, enum assignment_row row)
{
    assert(kind < ASSIGNMENT_KINDS && row < ASSIGNMENT_ROWS);
    return (rows[row].kinds >> kind & 1) != 0;
}

bool assignment_is_identifier(const char *text)
{
    size_t length = 0;
    for (; text[length] != '\0' && length <= ASSIGNMENT_IDENTIFIER_MAX; length++) {
        unsigned char byte = (unsigned char)text[length];
        bool is_word = byte < 128 && isalnum(byte);
        if (!is_word && (length == 0 || strchr("._@-", byte) == NULL))
            return false;
    }
    return length > 0 && length <= ASSIGNMENT_IDENTIFIER_MAX;
}

size_t assignment_find_student(const struct assignment *self, const char *identifier, size_t length)
{
    for (size_t s = 0; s < self->student_count; s++)
        if (strlen(self->students[s].identifier) == length &&
            strncasecmp(self->students[s].identifier, identifier, length) == 0)
            return s;
    return ASSIGNMENT_NOBODY;
}

/* ---- Paths --------------------------------------------------------------------------------------------------- */

char *assignment_path(const char *folder, enum assignment_file file, const char *student)
{
    static const struct {
        const char *folder;
        const char *extension;
    } files[] = {[FILE_HANDOUT_MARKDOWN] = {"handouts", "md"},
                 [FILE_HANDOUT_HTML] = {"handouts", "html"},
                 [FILE_TEMPLATE] = {"templates", "txt"},
                 [FILE_KEY] = {"keys", "json"}};
    size_t length = strlen(folder);
    return text_format("%s%s%s/%s.%s", folder, length > 0 && folder[length - 1] == '/' ? "" : "/", files[file].folder,
                       student, files[file].extension);
}

/* ---- Life ---------------------------------------------------------------------------------------------------- */

void assignment_free(struct assignment *self)
{
    if (self == NULL)
        return;
    for (size_t s = 0; s < self->student_count; s++) {
        memory_free(self->students[s].identifier);
        memory_free(self->students[s].name);
        memory_free(self->students[s].variant);
    }
    memory_free(self->students);
    memory_free(self->name);
    memory_free(self->title);
    memory_free(self->level);
    memory_free(self);
}
