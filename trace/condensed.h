/* condensed: a trace of a program that was compiled, told in steps that people have written.
 *
 * What such a program does to registers, and to words of which people have not written, is how it was compiled: it goes into what is
 * listed of the same step besides, and registers are not told. Why others were let in where a thread could have continued is said
 * where the program knows it (struct origin). Steps, their numbers and the values that are computed stay what they are. */
#pragma once

#include "program/program.h"
#include "trace/trace.h"

/* Condenses a trace that replay has made of a program. */
void trace_condense(struct trace *self, const struct program *program);
