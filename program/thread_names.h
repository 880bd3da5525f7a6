/* thread_names: what the threads of a program are called by people.
 *
 * A thread can be called by its number (0 is the first), by its name, by its letter (A is the first), and as T0, T1, ...
 * Where these are in conflict the first of them that fits is meant. The names are borrowed; where count is 0 they are not
 * known, and every number and letter stands for a thread. */
#pragma once

#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>

enum { THREAD_NAMES_MAX = 64 };

struct thread_names {
    const char *const *names;
    size_t count;
};

/* The number of threads; THREAD_NAMES_MAX where it is not known. */
size_t thread_names_count(const struct thread_names *self);

/* Finds the thread that a word stands for, or that a letter alone stands for. They return -1 where there is none. */
int thread_names_find(const struct thread_names *self, const char *word, size_t length);
int thread_names_find_letter(const struct thread_names *self, char letter);

/* The same where only a name may stand, or, if no thread has it, T0, T1, ...: in claims and in what is observed. */
int thread_names_find_named(const struct thread_names *self, const char *word, size_t length);

/* Appends what the threads can be called: "A or B, 0 or 1, left or right". */
void thread_names_print(const struct thread_names *self, struct text *text);
