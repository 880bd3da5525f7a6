/* help: what `racecheck COMMAND --help` prints: usage, the command's rows of the option table, exit statuses. */
#pragma once

#include "apps/options.h"

#include <stdio.h>

/* Writes the help of a command, in lines of at most 80 columns; errors of writing stay on the stream. */
void help_print(enum command command, FILE *stream);
