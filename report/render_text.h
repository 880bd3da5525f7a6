/* render_text: content for a terminal, or for a file that looks like one.
 *
 * Lines keep to the terminal's width, except for names and numbers that are longer. Blocks are set apart by empty lines. Nothing
 * of what others have chosen reaches the terminal as a control character. */
#pragma once

#include "report/content.h"
#include "report/terminal.h"

#include <stdbool.h>
#include <stdio.h>

/* Writes content; with `full` nothing of a schedule is folded or left out. Write errors stay on the stream. */
void render_text(FILE *stream, const struct content *content, const struct terminal *terminal, bool full);
