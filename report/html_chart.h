/* html_chart: how the schedules are distributed over the final values, as an <svg> element.
 *
 * A bar a value tells the number of schedules, a diamond the probability under the random scheduler; both as shares of
 * the whole, on a logarithmic scale where they differ by more than a factor of a hundred, so that thirteen thousand
 * can be seen beside ten to the sixteenth. Colours are the page's (classes bar, dot, axis). Each value is a link to
 * its witness and has the attribute data-value. Of very many values several share a bar, which shows their mean. */
#pragma once

#include "analysis/outcome.h"

#include <stdbool.h>
#include <stdio.h>

/* Whether there is anything to draw: several values, with numbers. */
bool html_chart_exists(const struct outcome *outcome);

/* Writes the figure, with its caption; there must be something to draw. Write errors stay on the stream. */
void html_chart_write(FILE *stream, const struct outcome *outcome);
