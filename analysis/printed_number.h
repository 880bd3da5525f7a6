/* printed_number: programs whose whole output is one number, with texts before and behind it.
 *
 * Most programs print when all is over: `print(counter)`. Then what is printed need not be found by a search of all that can be printed, and
 * states need not hold it: it is a value like that of a variable, and is followed like one. So it is where one thread alone prints, always
 * the same instructions in the same order, each once, and at most one of them a value. */
#pragma once

struct outputs;
struct program;

/* Returns the outputs of such a program as new (outputs_of_number()); NULL where it is none. */
struct outputs *printed_number_find(const struct program *program);
