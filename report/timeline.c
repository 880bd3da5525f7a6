#include "report/timeline.h"

#include "base/json_text.h"
#include "base/memory.h"
#include "base/text.h"
#include "program/program.h"
#include "report/phrase.h"
#include "report/step_text.h"

#include <inttypes.h>
#include <stdbool.h>

/* A document being written. Threads are numbered from 1: viewers keep 0 for the idle thread. */
struct timeline {
    FILE *stream;
    const struct trace *trace;
    size_t events;
};

/* ---- Events -------------------------------------------------------------------------------------------------- */

/* Begins an event of a phase ("X") at a time, on the row of a thread. */
static void open_event(struct timeline *self, const char *phase, const char *name, size_t time, uint32_t thread)
{
    fputs(self->events++ > 0 ? "," : "", self->stream);
    json_text_print(self->stream, "\n    {\"ph\": %s, \"name\": %s, \"ts\": %zu, \"pid\": 1, \"tid\": %" PRIu32, phase,
                    name, time, thread + 1);
}

static void write_names(struct timeline *self, const struct outcome *outcome)
{
    open_event(self, "M", "process_name", 0, 0);
    json_text_print(self->stream, ", \"args\": {\"name\": %s}}", outcome->model);
    for (uint32_t t = 0; t < self->trace->thread_count; t++) {
        open_event(self, "M", "thread_name", 0, t);
        json_text_print(self->stream, ", \"args\": {\"name\": %s}}", self->trace->threads[t]);
        open_event(self, "M", "thread_sort_index", 0, t);
        fprintf(self->stream, ", \"args\": {\"sort_index\": %" PRIu32 "}}", t);
    }
}

/* Counters are numbers, whatever a viewer makes of the large ones. */
static void write_counter(struct timeline *self, size_t time, size_t place, int64_t value)
{
    char *name = trace_place_name(self->trace, place);
    open_event(self, "C", name, time, 0);
    fprintf(self->stream, ", \"args\": {\"value\": %" PRId64 "}}", value);
    memory_free(name);
}

/* Something that is counted has happened, on the row of its thread. */
static void write_event(struct timeline *self, size_t index, size_t place)
{
    char *name = trace_place_name(self->trace, place);
    open_event(self, "i", name, index + 1, self->trace->steps[index].thread);
    fputs(", \"s\": \"t\", \"args\": {}}", self->stream);
    memory_free(name);
}

/* What a step has printed, as an event on the row of its thread, and what was printed so far. */
static void write_print(struct timeline *self, size_t index)
{
    const struct trace *trace = self->trace;
    size_t before = index > 0 ? trace->steps[index - 1].printed : 0, after = trace->steps[index].printed;
    struct text printed = TEXT_INIT, name = TEXT_INIT, output = TEXT_INIT;
    if (before == after)
        return;
    text_append(&printed, trace->output + before, after - before);
    text_append(&output, trace->output, after);
    text_print(&name, "prints ");
    text_print_quoted(&name, text_string(&printed));
    open_event(self, "i", text_string(&name), index + 1, trace->steps[index].thread);
    json_text_print(self->stream, ", \"s\": \"t\", \"args\": {\"text\": %s, \"output\": %s}}", text_string(&printed),
                    text_string(&output));
    text_free(&printed);
    text_free(&name);
    text_free(&output);
}

static void write_accesses(struct timeline *self, const struct trace_step *step, bool is_write)
{
    const char *separator = "";
    fprintf(self->stream, ", \"%s\": {", is_write ? "writes" : "reads");
    for (size_t a = 0; a < step->access_count; a++) {
        if (step->accesses[a].is_write != is_write)
            continue;
        fputs(separator, self->stream);
        json_text_print(self->stream, "%s: ", self->trace->words[step->accesses[a].word]);
        json_text_write_integer(self->stream, step->accesses[a].value);
        separator = ", ";
    }
    fputs("}", self->stream);
}

static void write_step(struct timeline *self, size_t index)
{
    const struct trace_step *step = &self->trace->steps[index];
    struct text name = TEXT_INIT;
    step_text_print_instruction(&name, step);
    open_event(self, "X", text_string(&name), index, step->thread);
    fprintf(self->stream, ", \"dur\": 1, \"args\": {\"step\": %zu, \"line\": %" PRIu32, step->number, step->line);
    write_accesses(self, step, false);
    write_accesses(self, step, true);
    fprintf(self->stream, ", \"registers\": {");
    if (step->register_name != NULL) {
        json_text_print(self->stream, "%s: ", step->register_name);
        json_text_write_integer(self->stream, step->register_value);
    }
    fprintf(self->stream, "}}}");
    text_free(&name);
}

/* The thread that the processor was taken from: a return from input or output has not needed one, nor has a flush. */
static uint32_t last_running(const struct trace *trace, size_t before)
{
    while (before > 0 && (trace->steps[before - 1].is_return || trace->steps[before - 1].is_flush))
        before--;
    return before > 0 ? trace->steps[before - 1].thread : 0;
}

static void write_preemption(struct timeline *self, size_t index)
{
    open_event(self, "i", "preemption", index, last_running(self->trace, index));
    json_text_print(self->stream, ", \"s\": \"t\", \"args\": {\"to\": %s}}",
                    self->trace->threads[self->trace->steps[index].thread]);
}

/* How a schedule ends, where that is no final value. */
static void write_end(struct timeline *self, const struct outcome_witness *witness)
{
    const char *why = self->trace->end_text != NULL ? self->trace->end_text : self->trace->overlap_text;
    if (witness->end == OUTCOME_VALUE)
        return;
    char *name = text_format("%s", phrase_end(witness->end));
    open_event(self, "i", name, self->trace->step_count, 0);
    json_text_print(self->stream, ", \"s\": \"g\", \"args\": {\"why\": %s}}", why != NULL ? why : "");
    memory_free(name);
}

/* ---- The document -------------------------------------------------------------------------------------------- */

/* A step's effect is there when it is over. */
static void write_counters(struct timeline *self, size_t step, int64_t *values)
{
    int64_t value;
    for (size_t p = 0; p < trace_place_count(self->trace); p++)
        if (trace_step_sets(self->trace, step, p, &value) && value != values[p]) {
            write_counter(self, step + 1, p, value);
            if (trace_is_event(self->trace, p))
                write_event(self, step, p);
            values[p] = value;
        }
}

static void write_steps(struct timeline *self)
{
    int64_t values[OBSERVATION_MAX + PROGRAM_COUNTED_MAX];
    for (size_t p = 0; p < trace_place_count(self->trace); p++) {
        if (trace_is_output(self->trace, p))
            continue;
        values[p] = trace_first(self->trace, p);
        write_counter(self, 0, p, values[p]);
    }
    for (size_t s = 0; s < self->trace->step_count; s++) {
        if (self->trace->steps[s].preemption)
            write_preemption(self, s);
        write_step(self, s);
        write_counters(self, s, values);
        write_print(self, s);
    }
}

static void write_heading(struct timeline *self, const struct outcome *outcome, const struct outcome_witness *witness)
{
    struct text text = TEXT_INIT;
    phrase_print_end(&text, outcome, witness->end, witness->value);
    json_text_print(self->stream,
                    "{\n  \"displayTimeUnit\": \"ns\",\n  \"otherData\": {\"model\": %s, \"end\": %s, \"steps\": %zu, "
                    "\"preemptions\": %" PRIu64 "},\n",
                    outcome->model, text_string(&text), trace_length(self->trace), self->trace->preemptions);
    text_free(&text);
}

void timeline_write_witness(FILE *stream, const struct outcome *outcome, const struct outcome_witness *witness)
{
    struct timeline self = {.stream = stream, .trace = witness->trace};
    write_heading(&self, outcome, witness);
    fprintf(stream, "  \"traceEvents\": [");
    write_names(&self, outcome);
    write_steps(&self);
    write_end(&self, witness);
    fprintf(stream, "\n  ]\n}\n");
}
