/* html_picture: a schedule as a drawing on a page, made by Graphviz (report/picture.h). */
#ifndef RACECHECK_REPORT_HTML_PICTURE_H
#define RACECHECK_REPORT_HTML_PICTURE_H

#include "trace/trace.h"

#include <stdio.h>

/* Writes the drawing, or why there is none. Write errors stay on the stream. */
void html_picture_write(FILE *stream, const struct trace *trace);

#endif
