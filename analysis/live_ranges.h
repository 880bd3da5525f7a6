/* live_ranges: registers that are control in one place and data in another, told apart.
 *
 * The slice splits locations, and a register is one location, though it may hold the index of a loop here, which a jump depends
 * on, and a counter there, which is only moved. The *live range* of a value (a web: Muchnick, Advanced Compiler Design and
 * Implementation, 1997, section 16.3.3) is where a register may hold it and it may still be read: ranges that meet at an
 * instruction are one. Here the rules of the slice are closed over live ranges in place of registers; where a register has ranges of both
 * sorts, those that are data get a register of their own, which has the same name. Nothing else changes: threads, instructions and
 * schedules are the same, and what people are shown comes from the program as it was. */
#pragma once

#include "program/program.h"
#include "space/slice.h"

/* Returns as new a program in which such registers are two, or NULL where there is none: given a machine of the program in which
 * nothing is data and which does not keep dead registers, and the slice as it is without. The result borrows from the program, which
 * must outlive it, and is freed with live_ranges_free(). */
struct program *live_ranges_split(const struct program *program, const struct machine *whole,
                                  const struct slice *slice);

/* Frees what was made of a program; NULL is allowed. */
void live_ranges_free(struct program *self, const struct program *program);
