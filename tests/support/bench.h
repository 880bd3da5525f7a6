/* bench: a machine and one state of it, on which tests take single steps. */
#pragma once

#include "machine/machine.h"
#include "program/program.h"

enum { BENCH_QUADS_MAX = 64 };

struct bench {
    struct program *program; /* owned */
    struct machine *machine;
    uint64_t state[BENCH_QUADS_MAX];
    struct step step; /* the last one */
};

/* Starts a machine in its first state, which is closed with bench_close(): of a program, which it takes, with data and dead registers as
 * machine_new() has them; or of a text, run by so many threads, with nothing as data and dead registers kept. */
void bench_start(struct bench *self, struct program *program, const bool *data, bool keep_dead);
void bench_open(struct bench *self, const char *text, unsigned threads);
void bench_close(struct bench *self);

/* Takes the next step of a thread; returns how that went. */
enum step_result bench_take(struct bench *self, size_t thread);

/* The value of a location, and of a register of a thread; and where a thread is. */
int64_t bench_value(const struct bench *self, location_id location);
int64_t bench_register(const struct bench *self, size_t thread, unsigned number);
uint32_t bench_index(const struct bench *self, size_t thread);

/* Asserts that the last step has a move in a position of its list, and that it is this one. */
void bench_check_move(const struct bench *self, size_t position, location_id target, location_id source,
                      int64_t addend);
