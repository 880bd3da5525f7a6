/* sheet: content as a page of a course, to be read, printed and handed out.
 *
 * The HTML is one file with its style inside: no scripts, nothing from elsewhere; it prints on paper, and fits a phone. */
#pragma once

#include "report/content.h"

#include <stdbool.h>
#include <stdio.h>

/* Write the whole page. A broad one has room for the table of a class, which is named "roll". Errors of writing stay on the
 * stream. */
void sheet_write_markdown(FILE *stream, const char *title, const struct content *content);
void sheet_write_html(FILE *stream, const char *title, const struct content *content, bool is_broad);
