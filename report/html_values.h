/* html_values: the final values as a table of an HTML page, with what was computed for each. */
#ifndef RACECHECK_REPORT_HTML_VALUES_H
#define RACECHECK_REPORT_HTML_VALUES_H

#include "analysis/outcome.h"

#include <stdio.h>

/* Writes the table; nothing where no value is listed. Values that have a witness are links to it. Write errors stay on
 * the stream. */
void html_values_write(FILE *stream, const struct outcome *outcome);

#endif
