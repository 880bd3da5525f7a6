/* condition_section: what a litmus test found, in the words of herd and litmus7. */
#pragma once

#include "report/content.h"

/* Adds the states with the schedules that end there, the answer, and what was asked; nothing where the outcome is of no litmus test. */
void condition_section_add(struct content *content, const struct outcome *outcome);
