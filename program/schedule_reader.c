/* Reading schedules in all their notations (program/schedule.h). */
#include "base/memory.h"
#include "program/act.h"
#include "program/schedule_parts.h"

#include <string.h>

enum { SHOWN_MAX = 40, PHASE_MAX = 999999999 };

static const char separators[] = ", \t\r\n", blanks[] = " \t\r\n", digits[] = "0123456789", ends[] = ", \t\r\n()";

/* ---- Words --------------------------------------------------------------------------------------------------- */

static const char *const words[] = {
    [SCHEDULE_WORD_SIGNAL] = "signal",
    [SCHEDULE_WORD_RETURN] = "return",
    [SCHEDULE_WORD_FLUSH] = "flush",
    [SCHEDULE_WORD_PHASE] = "phase",
};

const char *schedule_word_text(enum schedule_word word)
{
    return words[word];
}

enum schedule_word schedule_word(const char *text, size_t length)
{
    for (int word = 0; word < SCHEDULE_WORD_THREAD; word++)
        if (strlen(words[word]) == length && memcmp(words[word], text, length) == 0)
            return (enum schedule_word)word;
    return SCHEDULE_WORD_THREAD;
}

size_t schedule_star_length(const char *text, size_t length)
{
    if (length > 0 && text[0] == '*')
        return 1;
    return length > 1 && memcmp(text, "\xc3\x97", 2) == 0 ? 2 : 0;
}

static bool is_one_of(const char *set, char byte)
{
    return byte != '\0' && strchr(set, byte) != NULL;
}

size_t schedule_word_length(const char *text, size_t length)
{
    size_t end = 0;
    while (end < length && !is_one_of(ends, text[end]) && schedule_star_length(text + end, length - end) == 0)
        end++;
    return end;
}

/* ---- The reader ---------------------------------------------------------------------------------------------- */

/* A text being read. */
struct reader {
    struct schedule *schedule;
    const char *start;
    const char *at;
    const char *end;
    const struct thread_names *names;
    size_t limit;          /* of actions */
    size_t most;           /* of actions that may still be added */
    enum action_kind kind; /* of the next step */
    unsigned choice;       /* likewise */
    struct error *error;
    bool is_grouped; /* between parentheses */
};

/* A part of a text. */
struct piece {
    const char *bytes;
    size_t length;
};

/* Sets the error about a piece: "'A*x' ...". */
static bool refuse(const struct reader *self, struct piece piece, const char *problem)
{
    unsigned line = 1, column = 1;
    for (const char *c = self->start; c < piece.bytes; c++) {
        line += *c == '\n';
        column = *c == '\n' ? 1 : column + 1;
    }
    bool is_cut = piece.length > SHOWN_MAX;
    error_set(self->error, NULL, line, column, "'%.*s%s' %s", (int)(is_cut ? SHOWN_MAX : piece.length), piece.bytes,
              is_cut ? "..." : "", problem);
    return false;
}

static void skip(struct reader *self, const char *set)
{
    while (self->at < self->end && is_one_of(set, *self->at))
        self->at++;
}

/* Takes what stands before the next separator or star; perhaps nothing. */
static struct piece take_word(struct reader *self)
{
    struct piece piece = {self->at, schedule_word_length(self->at, (size_t)(self->end - self->at))};
    self->at += piece.length;
    return piece;
}

/* Takes what stands before the next separator; perhaps nothing. */
static struct piece take_item(struct reader *self)
{
    struct piece piece = {self->at, 0};
    while (self->at < self->end && !is_one_of(ends, *self->at))
        self->at++;
    piece.length = (size_t)(self->at - piece.bytes);
    return piece;
}

/* Takes a star with blanks around it; false where there is none. */
static bool take_star(struct reader *self)
{
    const char *before = self->at;
    skip(self, " \t");
    size_t length = schedule_star_length(self->at, (size_t)(self->end - self->at));
    self->at = length > 0 ? self->at + length : before;
    if (length > 0)
        skip(self, " \t");
    return length > 0;
}

/* Reads digits alone; what is larger than most becomes most + 1. */
static bool read_number(struct piece piece, uint64_t most, uint64_t *number)
{
    *number = 0;
    for (size_t i = 0; i < piece.length; i++) {
        if (!is_one_of(digits, piece.bytes[i]))
            return false;
        *number = *number > most ? most + 1 : *number * 10 + (uint64_t)(piece.bytes[i] - '0');
    }
    *number = *number > most ? most + 1 : *number;
    return piece.length > 0;
}

/* ---- Steps --------------------------------------------------------------------------------------------------- */

static bool refuse_length(const struct reader *self, struct piece whole)
{
    char *problem = text_format("makes the schedule longer than %zu steps, the most that is read", self->limit);
    refuse(self, whole, problem);
    memory_free(problem);
    return false;
}

static bool add_steps(struct reader *self, struct piece whole, size_t thread, uint64_t times)
{
    if (times > self->most)
        return refuse_length(self, whole);
    self->most -= (size_t)times;
    for (uint64_t t = 0; t < times; t++) {
        schedule_add(self->schedule, action_choose(self->kind, thread, self->choice));
        if (self->kind == ACTION_SIGNAL)
            self->kind = ACTION_STEP;
    }
    return true;
}

static bool refuse_thread(const struct reader *self, struct piece word)
{
    struct text problem = TEXT_INIT;
    text_print(&problem, "is no thread of the program (expected ");
    thread_names_print(self->names, &problem);
    text_print(&problem, ")");
    refuse(self, word, text_string(&problem));
    text_free(&problem);
    return false;
}

/* Whether a word is a row of letters, each a thread. */
static bool is_row(const struct reader *self, struct piece word)
{
    for (size_t i = 0; i < word.length; i++)
        if (thread_names_find_letter(self->names, word.bytes[i]) < 0)
            return false;
    return word.length > 1 && thread_names_find(self->names, word.bytes, word.length) < 0;
}

static bool read_row(struct reader *self, struct piece row)
{
    for (size_t i = 0; i < row.length; i++) {
        int thread = thread_names_find(self->names, row.bytes + i, 1);
        if (thread < 0)
            return refuse_thread(self, (struct piece){row.bytes + i, 1});
        if (!add_steps(self, row, (size_t)thread, 1))
            return false;
    }
    return true;
}

/* Cuts ":2" off a word. Returns false where what stands behind the colon is no choice. */
static bool cut_choice(struct reader *self, struct piece *word)
{
    const char *colon = memchr(word->bytes, ':', word->length);
    uint64_t choice = 0;
    self->choice = 0;
    if (colon == NULL)
        return true;
    size_t length = (size_t)(colon - word->bytes);
    struct piece number = {colon + 1, word->length - length - 1};
    if (!read_number(number, CHOICES_MAX - 1, &choice) || choice >= CHOICES_MAX)
        return refuse(self, *word,
                      "does not say which way a step turns out (expected a number from 0 on, as in 'A:2')");
    self->choice = (unsigned)choice;
    word->length = length;
    return true;
}

/* The steps of a thread, whose word was taken: the number of them is still to come. */
static bool read_steps(struct reader *self, struct piece word)
{
    uint64_t times = 1;
    struct piece whole = word;
    if (!cut_choice(self, &word))
        return false;
    if (take_star(self)) {
        struct piece number = take_item(self);
        whole.length = (size_t)(self->at - word.bytes);
        if (!read_number(number, UINT32_MAX, &times) || (times == 0 && self->kind != ACTION_STEP))
            return refuse(self, whole, "does not say how many steps (expected a number behind the star, as in 'A*2')");
    } else if (is_row(self, word)) {
        return read_row(self, word);
    }
    int thread = thread_names_find(self->names, word.bytes, word.length);
    if (word.length == 0 && whole.length == 0)
        whole.length = 1; /* a parenthesis or a star where none can be */
    return thread >= 0 ? add_steps(self, whole, (size_t)thread, times)
                       : refuse_thread(self, word.length > 0 ? word : whole);
}

/* ---- Items --------------------------------------------------------------------------------------------------- */

/* A number of ticks, behind a word that was taken. */
static bool read_phase(struct reader *self, struct piece word)
{
    uint64_t phase;
    if (self->schedule->count > 0)
        return refuse(self, word, "comes too late (expected it at the beginning of the schedule)");
    skip(self, " \t");
    if (!read_number(take_word(self), PHASE_MAX, &phase) || phase > PHASE_MAX)
        return refuse(self, word, "has no number behind it (expected ticks, as in 'phase 37')");
    if (self->most == 0)
        return refuse(self, word, "makes the schedule longer than what is read");
    self->most--;
    schedule_add(self->schedule, action_phase((uint32_t)phase));
    return true;
}

/* A step of a kind of its own, behind a word that was taken. */
static bool read_special_step(struct reader *self, struct piece word, enum action_kind kind)
{
    skip(self, separators);
    struct piece thread = take_word(self);
    self->kind = kind;
    if (thread.length == 0 || schedule_word(thread.bytes, thread.length) != SCHEDULE_WORD_THREAD)
        return refuse(self, word,
                      "has no step behind it (expected a thread, as in 'signal A', 'return A' or 'flush A')");
    bool is_good = read_steps(self, thread);
    self->kind = ACTION_STEP;
    return is_good;
}

static bool read_item(struct reader *self);

/* What stands between parentheses, so many times: `(T0*3 T1*3)*99`. */
static bool read_group(struct reader *self)
{
    struct piece whole = {self->at, 1};
    size_t first = self->schedule->count;
    uint64_t times = 1;
    if (self->is_grouped)
        return refuse(self, whole, "is a group inside another one");
    self->is_grouped = true;
    self->at++;
    for (skip(self, separators); self->at < self->end && *self->at != ')'; skip(self, separators))
        if (!read_item(self))
            return false;
    if (self->at == self->end)
        return refuse(self, whole, "has no ')' behind it");
    self->at++;
    self->is_grouped = false;
    if (take_star(self) && !read_number(take_item(self), UINT32_MAX, &times))
        return refuse(self, whole, "has no number behind its star (expected one, as in '(A B)*2')");
    size_t length = self->schedule->count - first;
    if (times > 1 && (times - 1) * length > self->most)
        return refuse_length(self, whole);
    self->most -= times > 1 ? (size_t)(times - 1) * length : 0;
    self->schedule->count -= times == 0 ? length : 0;
    for (uint64_t t = 1; t < times; t++)
        schedule_append(self->schedule, self->schedule, first, length);
    return true;
}

static bool read_item(struct reader *self)
{
    if (*self->at == '(')
        return read_group(self);
    struct piece word = take_word(self);
    switch (schedule_word(word.bytes, word.length)) {
    case SCHEDULE_WORD_PHASE:
        return read_phase(self, word);
    case SCHEDULE_WORD_SIGNAL:
        return read_special_step(self, word, ACTION_SIGNAL);
    case SCHEDULE_WORD_RETURN:
        return read_special_step(self, word, ACTION_RETURN);
    case SCHEDULE_WORD_FLUSH:
        return read_special_step(self, word, ACTION_FLUSH);
    case SCHEDULE_WORD_THREAD:
        break;
    }
    return read_steps(self, word);
}

/* Whether there are digits and nothing else: each is a step. */
static bool is_digit_row(const struct reader *self, struct piece *row)
{
    struct reader rest = *self;
    skip(&rest, blanks);
    *row = (struct piece){rest.at, 0};
    while (rest.at < rest.end && is_one_of(digits, *rest.at))
        rest.at++;
    row->length = (size_t)(rest.at - row->bytes);
    skip(&rest, blanks);
    return rest.at == rest.end && row->length > 1;
}

bool schedule_read(struct schedule *self, const char *text, size_t length, const struct thread_names *names,
                   size_t most, struct error *error)
{
    struct reader reader = {self, text, text, text + length, names, most, most, ACTION_STEP, 0, error, false};
    struct piece row;
    if (is_digit_row(&reader, &row))
        return read_row(&reader, row);
    for (skip(&reader, separators); reader.at < reader.end; skip(&reader, separators))
        if (!read_item(&reader))
            return false;
    return true;
}
