/* markdown_report: a proof as a Markdown document, for course notes.
 *
 * The same content as the HTML page (report/html_report.h): headings, tables, the schedule step by step as a table
 * and as a sequence diagram for Mermaid, which the places that show Markdown draw. Whatever was chosen by somebody
 * else (names, titles, the program) comes out as text: it can begin neither markup nor HTML. Equal proofs give equal
 * bytes. */
#ifndef RACECHECK_REPORT_MARKDOWN_REPORT_H
#define RACECHECK_REPORT_MARKDOWN_REPORT_H

#include "report/proof.h"

#include <stdio.h>

/* Writes the document. Write errors stay on the stream. */
void markdown_report_write(FILE *stream, const struct proof *proof);

#endif
