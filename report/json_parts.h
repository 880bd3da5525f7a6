/* json_parts: what several documents about an outcome have in common. Private to report/json*.c. */
#pragma once

#include "analysis/outcome.h"
#include "report/json_writer.h"

/* The members `program`, with the whole text or without, and `scheduler`, with these of its parameters. */
void json_put_program(struct json_writer *self, const struct outcome *outcome, bool has_text);
void json_put_scheduler(struct json_writer *self, const struct outcome *outcome, const struct property *parameters,
                        size_t parameter_count);

/* The members that say how a schedule ends: `end`, which is an enum outcome_end, and of a value also `value`, `values` and `output`; of an end
 * that stands for others that of a trace, if there is one. */
void json_put_end(struct json_writer *self, const struct outcome *outcome, int end, int64_t value,
                  const struct trace *trace);

/* A schedule as one can give it to --schedule. */
void json_put_schedule(struct json_writer *self, const char *key, const struct schedule *schedule);

/* A witness, as an element or as the document itself; and the member `detection`. */
void json_put_witness(struct json_writer *self, const struct outcome *outcome, const struct outcome_witness *witness);
void json_put_detection(struct json_writer *self, const struct outcome *outcome);

/* The member `every_iters`. */
void json_put_iterations(struct json_writer *self, const struct outcome *outcome);
