/* answer_schedule: schedules and chains in the words of a student (course/answer.h). */
#include "base/memory.h"
#include "base/text.h"
#include "course/answer.h"
#include "course/word.h"

#include <inttypes.h>
#include <string.h>

enum { THREADS_MAX = 64, LETTERS = 26, NAME_SHOWN_MAX = 40, NAMES_SHOWN_MAX = 4 };

/* Reads digits alone; what is larger than most becomes most + 1. */
static bool read_number(struct word word, uint64_t most, uint64_t *number)
{
    *number = 0;
    for (size_t i = 0; i < word.length; i++) {
        if (!word_is_digit(word.bytes[i]))
            return false;
        *number = *number > most ? most + 1 : *number * 10 + (uint64_t)(word.bytes[i] - '0');
    }
    *number = *number > most ? most + 1 : *number;
    return word.length > 0;
}

/* ---- Threads ------------------------------------------------------------------------------------------------- */

/* The thread of exactly this name, or -1. */
static int find_name(struct word word, const struct answer_names *names)
{
    for (size_t t = 0; names != NULL && t < names->count; t++)
        if (strlen(names->threads[t]) == word.length && memcmp(names->threads[t], word.bytes, word.length) == 0)
            return (int)t;
    return -1;
}

/* How many threads there are, as far as that is known. */
static size_t thread_count(const struct answer_names *names)
{
    return names != NULL && names->count > 0 ? names->count : THREADS_MAX;
}

/* The thread that a letter stands for, or -1. */
static int letter_thread(char letter, const struct answer_names *names)
{
    bool is_upper = letter >= 'A' && letter < 'A' + LETTERS, is_lower = letter >= 'a' && letter < 'a' + LETTERS;
    int thread = is_upper ? letter - 'A' : is_lower ? letter - 'a' : -1;
    return thread < (int)thread_count(names) ? thread : -1;
}

/* A name comes before a letter, since a thread may have the name B and be the first one. */
static int find_thread(struct word word, const struct answer_names *names)
{
    uint64_t index;
    int thread = find_name(word, names);
    if (thread >= 0)
        return thread;
    if (word.length == 1 && letter_thread(word.bytes[0], names) >= 0)
        return letter_thread(word.bytes[0], names);
    return read_number(word, THREADS_MAX - 1, &index) && index < thread_count(names) ? (int)index : -1;
}

/* Whether the names are letters that stand for the same threads anyway. */
static bool are_letters(const struct answer_names *names)
{
    for (size_t t = 0; t < names->count; t++)
        if (letter_thread(names->threads[t][0], NULL) != (int)t || names->threads[t][1] != '\0')
            return false;
    return true;
}

/* Appends what threads may be called: "A or B, 0 or 1, left or right". */
static void print_threads(const struct answer_names *names, struct text *text)
{
    size_t count = names->count, shown = count < NAMES_SHOWN_MAX ? count : NAMES_SHOWN_MAX;
    int letter = 'A' + (int)(count < LETTERS ? count : LETTERS) - 1;
    const char *between = count == 2 ? " or " : " to ";
    if (count == 1) {
        text_print(text, "A or 0");
    } else {
        text_print(text, "A%s%c, 0%s%zu", between, letter, between, count - 1);
    }
    if (are_letters(names))
        return;
    for (size_t t = 0; t < shown; t++)
        text_print(text, "%s%.*s", t == 0 || t + 1 < count ? ", " : " or ", NAME_SHOWN_MAX, names->threads[t]);
    if (shown < count)
        text_print(text, ", ...");
}

static bool refuse_thread(struct word word, const struct answer_names *names, struct error *error)
{
    struct text expected = TEXT_INIT;
    if (names != NULL && names->count > 0)
        print_threads(names, &expected);
    else
        text_print(&expected, "its letter, number or name");
    error_set(error, NULL, 0, 0, "'%.*s' is no thread of the program (expected %s)", word_shown(word), word.bytes,
              text_string(&expected));
    text_free(&expected);
    return false;
}

/* ---- Schedules ----------------------------------------------------------------------------------------------- */

/* A thread that steps, and how often, as it is written: "A*27", or "A * 27". */
struct turn {
    struct word whole;
    struct word thread;
    struct word times; /* meaningful where there is a star */
    bool has_star;
};

static const char *skip_blanks(const char *text, const char *end)
{
    while (text < end && (*text == ' ' || *text == '\t'))
        text++;
    return text;
}

static bool next_turn(struct word *rest, struct turn *turn)
{
    struct word word;
    if (!word_next(rest, &word))
        return false;
    const char *star = memchr(word.bytes, '*', word.length), *end = rest->bytes + rest->length;
    *turn = (struct turn){.whole = word, .thread = word};
    if (star != NULL)
        turn->thread.length = (size_t)(star - word.bytes);
    else
        star = skip_blanks(rest->bytes, end);
    turn->has_star = star < end && *star == '*';
    if (!turn->has_star)
        return true;
    const char *times = skip_blanks(star + 1, end);
    *rest = (struct word){times, (size_t)(end - times)};
    turn->times = word_take(rest);
    turn->whole.length = (size_t)(rest->bytes - word.bytes);
    return true;
}

/* Reads a turn. Returns false with *error set. */
static bool read_turn(const struct turn *turn, const struct answer_names *names, int *thread, uint64_t *times,
                      struct error *error)
{
    *times = 1;
    if (turn->has_star && !read_number(turn->times, ANSWER_STEPS_MAX, times)) {
        error_set(error, NULL, 0, 0,
                  "'%.*s' is no turn of a thread (expected a whole number behind the star, as in 'A*2 B')",
                  word_shown(turn->whole), turn->whole.bytes);
        return false;
    }
    *thread = find_thread(turn->thread, names);
    return *thread >= 0 || refuse_thread(turn->thread.length > 0 ? turn->thread : turn->whole, names, error);
}

bool answer_read_schedule(const char *text, size_t length, const struct answer_names *names, uint32_t **steps,
                          size_t *count, struct error *error)
{
    struct word rest = {text, length};
    size_t capacity = *count;
    struct turn turn;
    while (next_turn(&rest, &turn)) {
        uint64_t times;
        int thread;
        if (!read_turn(&turn, names, &thread, &times, error))
            return false;
        if (times > ANSWER_STEPS_MAX - *count) {
            error_set(error, NULL, 0, 0, "'%.*s' makes the schedule longer than %d steps, the most that is read",
                      word_shown(turn.whole), turn.whole.bytes, ANSWER_STEPS_MAX);
            return false;
        }
        if (*count + times > capacity) {
            capacity = 2 * (*count + times);
            *steps = memory_resize(*steps, capacity, sizeof **steps);
        }
        for (uint64_t i = 0; i < times; i++)
            (*steps)[(*count)++] = (uint32_t)thread;
    }
    if (*count == 0)
        error_set(error, NULL, 0, 0, "the schedule is empty (expected something such as '0 0 1 1')");
    return *count > 0;
}

/* ---- Chains -------------------------------------------------------------------------------------------------- */

/* Cuts "A3", "0:3" or "first:3" into the thread and the number. */
static void split_link(struct word word, struct word *thread, struct word *number)
{
    const char *colon = memchr(word.bytes, ':', word.length);
    size_t length = colon != NULL ? (size_t)(colon - word.bytes) : 1, skipped = colon != NULL ? length + 1 : length;
    *thread = (struct word){word.bytes, length};
    *number = word_behind(word, skipped);
}

static bool read_link(struct word word, const struct answer_names *names, struct answer_link *link, struct error *error)
{
    struct word name, number;
    split_link(word, &name, &number);
    /* Without a colon a digit would not be told from the number. */
    bool is_letter = number.bytes == word.bytes + 1 && letter_thread(name.bytes[0], NULL) >= 0;
    bool is_store = name.length > 0 && (is_letter || number.bytes > word.bytes + name.length) &&
                    read_number(number, UINT32_MAX, &link->store) && link->store > 0 && link->store <= UINT32_MAX;
    if (!is_store) {
        error_set(error, NULL, 0, 0,
                  "'%.*s' is no store (expected a thread and which of its stores, as in 'A1 B3' or '0:1 1:3')",
                  word_shown(word), word.bytes);
        return false;
    }
    int thread = is_letter ? letter_thread(name.bytes[0], names) : find_thread(name, names);
    link->thread = (uint32_t)thread;
    return thread >= 0 || refuse_thread(name, names, error);
}

bool answer_read_chain(const char *text, size_t length, const struct answer_names *names, struct answer_link **links,
                       size_t *count, struct error *error)
{
    struct word rest = {text, length}, word;
    size_t capacity = *count;
    while (word_next(&rest, &word)) {
        struct answer_link link;
        if (!read_link(word, names, &link, error))
            return false;
        if (*count == ANSWER_LINKS_MAX) {
            error_set(error, NULL, 0, 0, "the chain is longer than %d stores, the most that is read", ANSWER_LINKS_MAX);
            return false;
        }
        *links = memory_grow(*links, *count, &capacity, sizeof **links);
        (*links)[(*count)++] = link;
    }
    if (*count == 0)
        error_set(error, NULL, 0, 0, "the chain is empty (expected something such as 'A1 B3')");
    return *count > 0;
}
