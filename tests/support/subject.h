/* subject: what a test examines, in one call each: a program from its text, and what an analysis of it finds. */
#pragma once

#include "analysis/analysis.h"
#include "program/program.h"
#include "program/schedule.h"

/* Returns a program with these parameters as new, or NULL, with the reason in *error, where the text does not assemble. */
struct program *subject_assemble(const char *text, int64_t threads, int64_t iters, const struct property *symbols,
                                 size_t count, struct error *error);

/* Returns a program as new; a text that does not assemble fails the test, for good. */
struct program *subject_program(const char *text, unsigned threads, unsigned iters);

/* The same of a model of the catalogue. */
struct program *subject_model(const char *name, unsigned threads, unsigned iters);

/* Runs an analysis and returns its outcome as new. Where the options have no budget, there is no limit; where they ask
 * no question, all are asked and insisted on. */
struct outcome *subject_analyse(const struct program *program, const struct analysis_options *options);

/* Tells an outcome as new: "1:18 2:2 deadlock:2 failure:1", with the numbers of schedules; without them, where they
 * were not counted, "1 2 deadlock failure"; with " incomplete" and " endless" behind it. */
char *subject_tell(const struct outcome *outcome);

/* Asserts that a program, analysed with these options, is told so. */
void subject_expect(const struct program *program, const struct analysis_options *options, const char *expected);

/* The same for a text that is assembled first, observing its first variable. */
void subject_expect_text(const char *text, unsigned threads, unsigned iters, const char *expected);

/* Returns as new the schedule of these steps; and who makes each step of a schedule. */
struct schedule subject_schedule(const uint32_t *threads, size_t count);
uint32_t *subject_steps(const struct schedule *schedule);

bool subject_same_schedule(const struct schedule *a, const struct schedule *b);

/* Replays the schedule of these steps (trace/replay.h). */
struct trace *subject_replay(const struct program *program, const struct scheduler *scheduler, uint32_t word,
                             const uint32_t *threads, size_t count, struct error *error);

/* Whether some way through a code from an instruction leads into a critical section, or is inside one. */
bool subject_leads_inside(const struct code *code, uint32_t index);

/* Returns 64 bits that look random, the same in every run; *state may start with anything. */
uint64_t subject_random(uint64_t *state);
