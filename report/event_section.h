/* event_section: how often what is counted happens (analysis/event_count.h). */
#pragma once

#include "analysis/outcome.h"
#include "report/content.h"

/* Adds a fact for each event: how often at least, at most, and on average. */
void event_section_add_facts(struct content *content, const struct outcome *outcome);

/* Adds a table for each event of which the whole distribution is known: how often, by how many schedules, with which probability. Of long
 * ones no more rows than `most` are shown, the first and the last ones. */
void event_section_add_tables(struct content *content, const struct outcome *outcome, size_t most);
