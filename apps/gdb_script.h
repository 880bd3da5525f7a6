/* gdb_script: commands for gdb that lead a program along a schedule, as they are found out while it is led (apps/native_execution.c).
 *
 * Threads have gdb's numbers, from 1. One at a time goes on (scheduler-locking), instruction by instruction; what the library does is
 * executed up to where it returns to; a new thread goes on from where the program's own code begins. */
#pragma once

#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct gdb_script {
    struct text entries; /* commands that stop new threads at their first instructions */
    struct text body;
    size_t thread;  /* gdb's number of the thread that is led; 0: nobody yet */
    uint32_t steps; /* instructions that it is to execute, not yet written */
    bool enters;    /* the first one of a new thread is executed where that comes to it */
};

#define GDB_SCRIPT_INIT ((struct gdb_script){.entries = TEXT_INIT, .body = TEXT_INIT})

/* A thread, counted from 0, executes an instruction; it has called the library, which returns. */
void gdb_script_step(struct gdb_script *self, size_t thread);
void gdb_script_return(struct gdb_script *self, size_t thread);

/* A new thread comes to the first instruction of a function, whose symbol is length bytes. */
void gdb_script_enter(struct gdb_script *self, size_t thread, const char *symbol, size_t length);

/* A thread comes to its end; all go on together. */
void gdb_script_finish(struct gdb_script *self, size_t thread);
void gdb_script_release(struct gdb_script *self);

/* Tells which step of the schedule is next. */
void gdb_script_tell(struct gdb_script *self, size_t step, const char *thread, uint32_t line);

/* Writes all of it: command is that of the compiler, first the symbol where the schedule begins. */
void gdb_script_write(struct gdb_script *self, FILE *stream, const char *command, const char *file, const char *first);

void gdb_script_free(struct gdb_script *self);
