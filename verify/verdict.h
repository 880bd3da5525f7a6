/* verdict: how the verifier says no.
 *
 * The first thing that is wrong ends the program: one line on standard error says where in the file it is, and the exit
 * status tells what kind it is. So whoever calls a function of this program and gets an answer knows that nothing was
 * wrong so far. Places are pointers into the bytes of the file; NULL is no place. */
#pragma once

#include <stddef.h>

enum { VERDICT_VALID = 0, VERDICT_VIOLATED = 1, VERDICT_MALFORMED = 2, VERDICT_NO_MEMORY = 4 };

/* Says which file is judged from now on; both must stay. */
void verdict_file(const char *path, const char *bytes);

/* The number of the line of a place, from 1. */
size_t verdict_line(const char *at);

/* A condition of a valid certificate does not hold. Ends the program with status 1. */
_Noreturn void verdict_violated(const char *at, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* This is no certificate, or one that this verifier does not understand. Ends the program with status 2. */
_Noreturn void verdict_malformed(const char *at, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Returns a new block of count * size zero bytes, or ends the program with status 4. Never NULL. */
void *storage_new(size_t count, size_t size);

/* Grows an array for one more element, by half its size: where count == *capacity it is resized. Returns the array. */
void *storage_grow(void *array, size_t count, size_t *capacity, size_t size);
