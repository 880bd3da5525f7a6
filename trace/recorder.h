/* recorder: writes down in a trace what the steps of a schedule do.
 *
 * Replay executes and says whether a step is possible; the recorder looks at the states before and after each and turns them
 * into what people are told: which words were read and written, which values were computed from which, what was taken, put,
 * compared, and where threads stand. It borrows the machine, which has everything in its states (dead registers, too), and
 * the trace, to which it adds; it owns the rest, between recorder_start() and recorder_finish(). */
#pragma once

#include "machine/machine.h"
#include "trace/trace.h"

struct recorder {
    const struct machine *machine;
    struct trace *trace;
    const uint64_t *before; /* the states of the step under way, borrowed */
    const uint64_t *state;
    const char ***texts; /* for each thread, for each instruction: its text once it was needed */
    size_t text_capacity;
    size_t *held; /* the trace's value that each location holds, and behind the locations each free word of the trace */
    size_t value_capacity;
};

/* Starts with an empty trace: fills in the names, first values and objects. word is the observed shared word. */
void recorder_start(struct recorder *self, const struct machine *machine, struct trace *trace, uint32_t word);

/* Frees what the recorder owns; the trace stays. */
void recorder_finish(struct recorder *self);

/* The text of an instruction, borrowed from the trace. */
const char *recorder_text(struct recorder *self, size_t thread, uint32_t index);

/* Adds to the trace's last step, whose thread, index and is_return are set, what it did between two states. */
void recorder_note(struct recorder *self, const uint64_t *before, const uint64_t *state, struct trace_step *step);

/* The same of a step by which the thread's oldest store reaches memory; sets its index, line and text, too. */
void recorder_note_flush(struct recorder *self, const uint64_t *before, const uint64_t *state, struct trace_step *step);

/* How a thread stands in a state. */
struct trace_stand recorder_stand(struct recorder *self, const uint64_t *state, size_t thread);
