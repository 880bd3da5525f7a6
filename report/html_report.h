/* html_report: a proof as one self-contained HTML page.
 *
 * It needs no network and no other file, can be read without a script, printed, read in light and in dark, with the
 * keyboard and by ear; with its script a reader steps through the schedules. Equal proofs give equal bytes. The
 * picture is drawn by Graphviz (report/picture.h); where that cannot be had the page says so. */
#pragma once

#include "report/proof.h"

#include <stdio.h>

/* Writes the page. Write errors stay on the stream. */
void html_report_write(FILE *stream, const struct proof *proof);
