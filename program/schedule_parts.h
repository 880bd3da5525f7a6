/* schedule_parts: the words of the notation of schedules, which its reader and its printer share; for nobody else. */
#pragma once

#include "program/schedule.h"

enum schedule_word {
    SCHEDULE_WORD_SIGNAL,
    SCHEDULE_WORD_RETURN,
    SCHEDULE_WORD_FLUSH,
    SCHEDULE_WORD_PHASE,
    SCHEDULE_WORD_THREAD
};

/* How a word is written; not that of a thread, of course. */
const char *schedule_word_text(enum schedule_word word);

/* The meaning of a word. */
enum schedule_word schedule_word(const char *text, size_t length);

/* The number of bytes up to the next blank, separator or star. */
size_t schedule_word_length(const char *text, size_t length);

/* The number of bytes of the star, * or ×, that a text begins with; 0 where it begins with something else. */
size_t schedule_star_length(const char *text, size_t length);
