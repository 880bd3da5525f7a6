/* native_execution: a C program is executed by the processor along a schedule.
 *
 * The assembly that was checked is assembled and linked by the person's compiler (apps/c_executable.h), and of its threads one at a time
 * goes on, up to its next step (apps/tracee.h). Nothing of this is done unless the person has asked for it, and the program is the file of
 * theirs that was checked: compiled anew, it must be the same. */
#pragma once

#include "apps/gdb_script.h"
#include "base/error.h"
#include "program/program.h"
#include "report/real_run.h"
#include "trace/trace.h"

/* Executes the program of a trace of all instructions, which was compiled from C; NULL command: the default. Fills *run, which is to be freed
 * in any case. Returns false with *error set: memory is TSO, the file is not the one that was checked, the compiler makes something else of
 * it, the schedule switches where the processor does not, or a process cannot be led here. script, if not NULL, is filled with commands for gdb
 * that do the same; then it is an error, too, that a thread sleeps within a call: gdb has no commands for that. */
bool native_execution_run(const char *command, const struct program *program, const struct trace *trace,
                          struct gdb_script *script, struct real_run *run, struct error *error);

/* The symbol of the instruction where such an execution begins. */
const char *native_execution_first(const struct program *program);
