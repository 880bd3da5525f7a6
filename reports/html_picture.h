/* html_picture: a schedule as a drawing on a page, made by Graphviz (reports/picture.h). */
#ifndef RACECHECK_REPORTS_HTML_PICTURE_H
#define RACECHECK_REPORTS_HTML_PICTURE_H

#include "checker/trace.h"

#include <stdio.h>

/* Writes the drawing, or why there is none. Write errors stay on the stream. */
void html_picture_write(FILE *stream, const struct trace *trace);

#endif
