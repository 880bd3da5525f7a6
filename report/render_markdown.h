/* render_markdown: content as Markdown (CommonMark with tables), for course notes.
 *
 * What opens on a page is a line of a list here; a schedule is a table of its steps, a picture of it a sequence diagram in the
 * language of Mermaid. Everything is escaped (report/markdown_text.h). */
#pragma once

#include "report/content.h"

#include <stdio.h>

/* Writes content. Write errors stay on the stream. */
void render_markdown(FILE *stream, const struct content *content);
