#include "report/mermaid.h"

#include "base/escaped.h"
#include "report/markdown_text.h"
#include "report/step_groups.h"

#include <inttypes.h>

enum { GROUPS_MAX = 120, GROUPS_SHOWN_EACH_END = 50 };

/* Writes lines of the diagram as fprintf() does. */
static void print(FILE *stream, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void print(FILE *stream, const char *format, ...)
{
    ESCAPED_PRINT(stream, markdown_text_write_mermaid, format);
}

static void write_access(FILE *stream, const struct trace *trace, uint32_t thread, const struct trace_access *access)
{
    if (access->word == trace->observed_word)
        print(stream,
              access->is_write ? "    T%" PRIu32 "->>V: store %" PRId64 "\n"
                               : "    V-->>T%" PRIu32 ": load %" PRId64 "\n",
              thread, access->value);
    else
        print(stream, "    Note over T%" PRIu32 ": %s %s = %" PRId64 "\n", thread,
              access->is_write ? "stores" : "loads", trace->words[access->word], access->value);
}

static void write_step(FILE *stream, const struct trace *trace, size_t index)
{
    const struct trace_step *step = &trace->steps[index];
    for (size_t i = 0; i < step->access_count; i++)
        write_access(stream, trace, step->thread, &step->accesses[i]);
    if (step->access_count > 0)
        return;
    print(stream, "    Note over T%" PRIu32 ": %s", step->thread, step->text);
    if (step->register_name != NULL)
        print(stream, " (%s = %" PRId64 ")", step->register_name, step->register_value);
    print(stream, "\n");
}

static void write_group(FILE *stream, const struct trace *trace, const struct step_group *group)
{
    if (group->is_preemption)
        print(stream, "    Note over T%" PRIu32 ": preempts\n", group->thread);
    if (group->count == 1) {
        write_step(stream, trace, group->first);
        return;
    }
    print(stream, "    Note over T%" PRIu32 ": %zu rounds of lines %" PRIu32 " to %" PRIu32 "\n", group->thread,
          group->rounds, group->first_line, group->last_line);
    if (group->writes)
        print(stream, "    T%" PRIu32 "->>V: stores, %" PRId64 " to %" PRId64 "\n", group->thread, group->before,
              group->after);
}

void mermaid_write(FILE *stream, const struct trace *trace)
{
    struct step_groups groups = step_groups_make(trace, GROUP_ROUNDS, SIZE_MAX, GROUPS_MAX, GROUPS_SHOWN_EACH_END);
    print(stream, "sequenceDiagram\n");
    for (size_t t = 0; t < trace->thread_count; t++)
        print(stream, "    participant T%zu as %s\n", t, trace->threads[t]);
    print(stream, "    participant V as %s\n    Note over V: %" PRId64 " at the start\n", trace->observe,
          trace->observed_first);
    for (size_t i = 0; i < groups.count; i++) {
        if (i == groups.left_out.first)
            print(stream, "    Note over V: steps %zu to %zu are left out\n", step_groups_left_out_first(&groups) + 1,
                  step_groups_left_out_end(&groups));
        if (!middle_has(groups.left_out, i))
            write_group(stream, trace, &groups.items[i]);
    }
    print(stream, "    Note over V: %" PRId64 " at the end\n", trace->value);
    step_groups_free(&groups);
}
