#include "report/mermaid.h"

#include "report/markdown_text.h"
#include "report/runs.h"

#include <inttypes.h>

enum { RUNS_MAX = 120, RUNS_SHOWN_EACH_END = 50 };

static void write_participants(FILE *stream, const struct trace *trace)
{
    fputs("sequenceDiagram\n", stream);
    for (size_t t = 0; t < trace->thread_count; t++) {
        fprintf(stream, "    participant T%zu as ", t);
        markdown_text_write_mermaid(stream, trace->threads[t]);
        fputc('\n', stream);
    }
    fputs("    participant V as ", stream);
    markdown_text_write_mermaid(stream, trace->observe);
    fputs("\n    Note over V: ", stream);
    fprintf(stream, "%" PRId64 " at the start\n", trace->observed_first);
}

static void write_access(FILE *stream, const struct trace *trace, uint32_t thread, const struct trace_access *access)
{
    if (access->word != trace->observed_word) {
        fprintf(stream, "    Note over T%" PRIu32 ": %s ", thread, access->is_write ? "stores" : "loads");
        markdown_text_write_mermaid(stream, trace->words[access->word]);
        fprintf(stream, " = %" PRId64 "\n", access->value);
    } else if (access->is_write) {
        fprintf(stream, "    T%" PRIu32 "->>V: store %" PRId64 "\n", thread, access->value);
    } else {
        fprintf(stream, "    V-->>T%" PRIu32 ": load %" PRId64 "\n", thread, access->value);
    }
}

static void write_step(FILE *stream, const struct trace *trace, size_t index)
{
    const struct trace_step *step = &trace->steps[index];
    for (size_t i = 0; i < step->access_count; i++)
        write_access(stream, trace, step->thread, &step->accesses[i]);
    if (step->access_count > 0)
        return;
    fprintf(stream, "    Note over T%" PRIu32 ": ", step->thread);
    markdown_text_write_mermaid(stream, step->text);
    if (step->register_name != NULL)
        fprintf(stream, " (%s = %" PRId64 ")", step->register_name, step->register_value);
    fputc('\n', stream);
}

static void write_rounds(FILE *stream, const struct trace *trace, const struct run *run)
{
    uint32_t first, last;
    run_lines(run, trace, &first, &last);
    fprintf(stream, "    Note over T%" PRIu32 ": %zu rounds of lines %" PRIu32 " to %" PRIu32 "\n",
            trace->steps[run->first].thread, run->rounds, first, last);
    if (run_writes(run, trace))
        fprintf(stream, "    T%" PRIu32 "->>V: stores, %" PRId64 " to %" PRId64 "\n", trace->steps[run->first].thread,
                run_before(run, trace), run_after(run, trace));
}

void mermaid_write(FILE *stream, const struct trace *trace)
{
    struct runs runs = runs_make(trace, true, SIZE_MAX);
    write_participants(stream, trace);
    for (size_t i = 0; i < runs.count; i++) {
        const struct run *run = &runs.items[i];
        if (runs.count > RUNS_MAX && i == RUNS_SHOWN_EACH_END) {
            i = runs.count - RUNS_SHOWN_EACH_END;
            fprintf(stream, "    Note over V: steps %zu to %zu are left out\n", run->first + 1, runs.items[i].first);
            run = &runs.items[i];
        }
        if (trace->steps[run->first].preemption)
            fprintf(stream, "    Note over T%" PRIu32 ": preempts\n",
                    trace->steps[run->first].thread);
        if (run->count > 1)
            write_rounds(stream, trace, run);
        else
            write_step(stream, trace, run->first);
    }
    fprintf(stream, "    Note over V: %" PRId64 " at the end\n", trace->value);
    runs_free(&runs);
}
