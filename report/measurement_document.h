/* measurement_document: a measurement beside what can happen, as a JSON document (docs/formats.md). */
#pragma once

#include "report/measurement.h"

#include <stdio.h>

void measurement_document_write(FILE *stream, const struct measurement *self, const struct outcome *outcome);
