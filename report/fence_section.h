/* fence_section: what was found out about fences (analysis/fences.h), as facts of a report. */
#pragma once

#include "analysis/outcome.h"
#include "report/content.h"

/* Adds them, and each set; nothing where nothing was asked. */
void fence_section_add(struct content *content, const struct outcome *outcome);
