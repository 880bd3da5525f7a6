/* sample_section: schedules that were drawn at random (analysis/sample.h), and how likely testers are to show what (analysis/detection.h). */
#pragma once

#include "analysis/outcome.h"
#include "report/content.h"

#include <gmp.h>

/* The probability with which the tester of an outcome's sample draws an end, exactly. Returns false where it is not known. */
struct sample_end;
bool sample_section_probability(const struct outcome *outcome, const struct sample_end *end, mpq_t probability);

/* The chi-square of an outcome's sample against these. Returns false where they are not known, or there is nothing to compare. */
bool sample_section_chi_square(const struct outcome *outcome, double *chi_square, size_t *degrees, double *chance);

/* The word for a tester: "uniform", "random-walk", "pct". */
const char *sample_tester_name(int tester);

/* Adds what was drawn: facts, and a table of ends, of which no more rows than `most` are shown. */
void sample_section_add(struct content *content, const struct outcome *outcome, size_t most);

/* Adds a table of all outcomes by testers, where it was computed. */
void detection_section_add(struct content *content, const struct outcome *outcome, size_t most);
