/* answer_schedule: schedules and chains in the words of a student (course/answer.h). */
#include "base/memory.h"
#include "course/answer.h"
#include "course/substring.h"

#include <string.h>

bool answer_read_schedule(struct answer *self, struct substring value, struct error *error)
{
    if (!schedule_read(&self->schedule, value.bytes, value.length, self->names, ANSWER_STEPS_MAX, error))
        return false;
    return schedule_step_count(&self->schedule) > 0 ||
           error_set(error, NULL, 0, 0, "the schedule is empty (expected something such as '0 0 1 1')");
}

/* ---- Chains -------------------------------------------------------------------------------------------------- */

static bool refuse_thread(struct substring word, const struct thread_names *names, struct error *error)
{
    struct text expected = TEXT_INIT;
    thread_names_print(names, &expected);
    error_set(error, NULL, 0, 0, "'%.*s' is no thread of the program (expected %s)", substring_shown(word), word.bytes,
              text_string(&expected));
    text_free(&expected);
    return false;
}

/* Reads digits alone; what is larger than most becomes most + 1. */
static bool read_number(struct substring word, uint64_t most, uint64_t *number)
{
    *number = 0;
    for (size_t i = 0; i < word.length; i++) {
        if (!substring_is_digit(word.bytes[i]))
            return false;
        *number = *number > most ? most + 1 : *number * 10 + (uint64_t)(word.bytes[i] - '0');
    }
    *number = *number > most ? most + 1 : *number;
    return word.length > 0;
}

/* Cuts "A3", "0:3" or "first:3" into the thread and the number. */
static void split_link(struct substring word, struct substring *thread, struct substring *number)
{
    const char *colon = memchr(word.bytes, ':', word.length);
    size_t length = colon != NULL ? (size_t)(colon - word.bytes) : 1, skipped = colon != NULL ? length + 1 : length;
    *thread = (struct substring){word.bytes, length};
    *number = substring_behind(word, skipped);
}

static bool read_link(struct substring word, const struct thread_names *names, struct answer_link *link,
                      struct error *error)
{
    static const struct thread_names all_letters = {0};
    struct substring name, number;
    split_link(word, &name, &number);
    /* Without a colon a digit would not be told from the number. */
    bool is_letter = number.bytes == word.bytes + 1 && thread_names_find_letter(&all_letters, name.bytes[0]) >= 0;
    bool is_store = name.length > 0 && (is_letter || number.bytes > word.bytes + name.length) &&
                    read_number(number, UINT32_MAX, &link->store) && link->store > 0 && link->store <= UINT32_MAX;
    if (!is_store)
        return error_set(error, NULL, 0, 0,
                         "'%.*s' is no store (expected a thread and which of its stores, as in 'A1 B3' or '0:1 1:3')",
                         substring_shown(word), word.bytes);
    int thread =
        is_letter ? thread_names_find_letter(names, name.bytes[0]) : thread_names_find(names, name.bytes, name.length);
    link->thread = (uint32_t)thread;
    return thread >= 0 || refuse_thread(name, names, error);
}

bool answer_read_chain(struct answer *self, struct substring value, struct error *error)
{
    struct substring rest = value, word;
    size_t capacity = self->link_count;
    while (substring_next(&rest, &word)) {
        struct answer_link link;
        if (!read_link(word, self->names, &link, error))
            return false;
        if (self->link_count == ANSWER_LINKS_MAX)
            return error_set(error, NULL, 0, 0, "the chain is longer than %d stores, the most that is read",
                             ANSWER_LINKS_MAX);
        self->chain = memory_grow(self->chain, self->link_count, &capacity, sizeof *self->chain);
        self->chain[self->link_count++] = link;
    }
    return self->link_count > 0 ||
           error_set(error, NULL, 0, 0, "the chain is empty (expected something such as 'A1 B3')");
}
