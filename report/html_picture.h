/* html_picture: a schedule as a drawing on a page, made by Graphviz (report/picture.h). */
#pragma once

#include "report/html_schedule.h"
#include "trace/trace.h"

#include <stdio.h>

/* Writes the drawing, or why there is none. Write errors stay on the stream. */
void html_picture_write(FILE *stream, const struct trace *trace, struct html_room *room);
