/* liveness: which registers matter at which instruction.
 *
 * A register is live before an instruction when some path from there reads it before it writes it. The classical backward
 * analysis over one code (Aho, Lam, Sethi, Ullman, Compilers, section 9.2.5), with jumps. */
#pragma once

#include "program/program.h"

/* Returns, as new, code->count + 1 masks (bit r: register r is live before that instruction; the last is at_end: the registers of a
 * thread that has finished that somebody looks at). */
register_set *liveness_compute(const struct code *code, register_set at_end);
