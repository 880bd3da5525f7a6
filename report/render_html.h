/* render_html: content as the body of an HTML page.
 *
 * Headings with an anchor begin sections, and make up the list of contents. So that a page stays of a size that can be opened,
 * the steps of all its schedules have a limit (report/html_schedule.h). Everything is escaped (report/html_text.h). */
#pragma once

#include "report/content.h"

#include <stdio.h>

/* Writes content. Write errors stay on the stream. */
void render_html(FILE *stream, const struct content *content);

/* Writes links to the sections of content as a list. */
void render_html_contents(FILE *stream, const struct content *content);
