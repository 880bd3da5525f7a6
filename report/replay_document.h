/* replay_document: what a replay has found, as a JSON document (docs/formats.md). */
#pragma once

#include "report/real_run.h"
#include "report/witness_file.h"
#include "trace/trace.h"

#include <stdio.h>

/* Writes it; real: what a real interpreter did besides, or NULL. */
void replay_document_write(FILE *stream, const struct witness_file *claim, const struct trace *trace,
                           const struct real_run *real);
