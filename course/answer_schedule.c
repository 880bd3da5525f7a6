/* answer_schedule: schedules and chains in the words of a student (course/answer.h). */
#include "base/memory.h"
#include "course/answer.h"

#include <inttypes.h>
#include <string.h>

enum { THREADS_MAX = 64, LETTERS = 26, SHOWN_MAX = 40 };

/* A word of a list. */
struct word {
    const char *bytes;
    size_t length;
};

static bool is_separator(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n' || byte == ',';
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static bool next_word(const char **text, const char *end, struct word *word)
{
    while (*text < end && is_separator(**text))
        (*text)++;
    word->bytes = *text;
    while (*text < end && !is_separator(**text))
        (*text)++;
    word->length = (size_t)(*text - word->bytes);
    return word->length > 0;
}

static int shown(struct word word)
{
    return word.length > SHOWN_MAX ? SHOWN_MAX : (int)word.length;
}

/* Reads digits alone; what is larger than most becomes most + 1. */
static bool read_number(struct word word, uint64_t most, uint64_t *number)
{
    *number = 0;
    for (size_t i = 0; i < word.length; i++) {
        if (!is_digit(word.bytes[i]))
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

/* The thread that a letter stands for, or -1. */
static int letter_thread(char letter)
{
    if (letter >= 'A' && letter < 'A' + LETTERS)
        return letter - 'A';
    return letter >= 'a' && letter < 'a' + LETTERS ? letter - 'a' : -1;
}

/* A name comes before a letter, since a thread may have the name B and be the first one. */
static int find_thread(struct word word, const struct answer_names *names)
{
    uint64_t index;
    int thread = find_name(word, names);
    if (thread >= 0)
        return thread;
    if (word.length == 1 && letter_thread(word.bytes[0]) >= 0)
        return letter_thread(word.bytes[0]);
    return read_number(word, THREADS_MAX - 1, &index) && index < THREADS_MAX ? (int)index : -1;
}

/* ---- Schedules ----------------------------------------------------------------------------------------------- */

/* Cuts "*27" off a word. Returns false where it is no number. */
static bool take_times(struct word *word, uint64_t *times)
{
    *times = 1;
    const char *star = memchr(word->bytes, '*', word->length);
    if (star == NULL)
        return true;
    struct word number = {star + 1, word->length - (size_t)(star + 1 - word->bytes)};
    word->length = (size_t)(star - word->bytes);
    return read_number(number, ANSWER_STEPS_MAX, times);
}

bool answer_read_schedule(const char *text, size_t length, const struct answer_names *names, uint32_t **steps,
                          size_t *count, struct error *error)
{
    const char *end = text + length;
    size_t capacity = *count;
    struct word word;
    while (next_word(&text, end, &word)) {
        struct word name = word;
        uint64_t times;
        int thread = take_times(&name, &times) ? find_thread(name, names) : -1;
        if (thread < 0) {
            error_set(error, NULL, 0, 0,
                      "'%.*s' is no thread (expected its number, letter or name, and perhaps a number of times, "
                      "as in '0 0 1', 'A A B' or '0*2 1')",
                      shown(word), word.bytes);
            return false;
        }
        if (times > ANSWER_STEPS_MAX - *count) {
            error_set(error, NULL, 0, 0, "'%.*s' makes the schedule longer than %d steps, the most that is read",
                      shown(word), word.bytes, ANSWER_STEPS_MAX);
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

/* Reads "A3", "0:3" or "first:3". */
static bool read_link(struct word word, const struct answer_names *names, struct answer_link *link)
{
    const char *colon = memchr(word.bytes, ':', word.length);
    size_t name = colon != NULL ? (size_t)(colon - word.bytes) : 1;
    size_t skipped = colon != NULL ? name + 1 : name;
    int thread = colon != NULL ? find_thread((struct word){word.bytes, name}, names) : letter_thread(word.bytes[0]);
    struct word number = {word.bytes + skipped, word.length - skipped};
    if (thread < 0 || !read_number(number, UINT32_MAX, &link->store) || link->store == 0 || link->store > UINT32_MAX)
        return false;
    link->thread = (uint32_t)thread;
    return true;
}

bool answer_read_chain(const char *text, size_t length, const struct answer_names *names, struct answer_link **links,
                       size_t *count, struct error *error)
{
    const char *end = text + length;
    size_t capacity = *count;
    struct word word;
    while (next_word(&text, end, &word)) {
        struct answer_link link;
        if (!read_link(word, names, &link)) {
            error_set(error, NULL, 0, 0,
                      "'%.*s' is no store (expected a thread and which of its stores, as in 'A1 B3' or '0:1 1:3')",
                      shown(word), word.bytes);
            return false;
        }
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
