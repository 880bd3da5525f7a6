/* real_execution: a Python program is executed by the person's own interpreter along a schedule.
 *
 * What a thread does in a step is followed bytecode by bytecode (frontends/python_real.py): each thread waits until its next event
 * is the one that the schedule has next. Nothing of this is done unless the person has asked for it, and the program is the file
 * of theirs that was checked. */
#pragma once

#include "base/error.h"
#include "program/program.h"
#include "report/real_run.h"
#include "trace/trace.h"

/* Executes the program of a trace, whose text is a dump; NULL interpreter: python3. Fills *run, which is to be freed in any case. Returns
 * false with *error set: it is no Python program, its file is not the one that was checked, the interpreter is another one or too old, or
 * the schedule switches where nobody can from outside. */
bool real_execution_run(const char *interpreter, const struct program *program, const struct trace *trace,
                        struct real_run *run, struct error *error);
