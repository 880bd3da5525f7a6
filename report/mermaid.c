#include "report/mermaid.h"

#include "base/escaped.h"
#include "base/memory.h"
#include "base/text.h"
#include "report/markdown_text.h"
#include "report/members.h"
#include "report/step_columns.h"

#include <inttypes.h>

enum { GROUPS_MAX = 120, GROUPS_SHOWN_EACH_END = 50 };

/* Writes lines of the diagram as fprintf() does. */
static void print(FILE *stream, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void print(FILE *stream, const char *format, ...)
{
    ESCAPED_PRINT(stream, markdown_text_write_mermaid, format);
}

/* The place of the observation that a word is; SIZE_MAX: none. */
static size_t find_place(const struct trace *trace, uint32_t word)
{
    for (size_t p = 0; p < trace->observation.count; p++)
        if (trace_is_word(trace, p) && trace->observation.places[p].number == word)
            return p;
    return SIZE_MAX;
}

static void write_access(FILE *stream, const struct trace *trace, uint32_t thread, const struct trace_access *access)
{
    size_t place = find_place(trace, access->word);
    struct text value = TEXT_INIT;
    value_names_print(&value, &trace->value_names, access->word, access->value);
    if (place == SIZE_MAX)
        print(stream, "    Note over T%" PRIu32 ": %s %s = %s\n", thread, access->is_write ? "stores" : "loads",
              trace->words[access->word], text_string(&value));
    else if (access->is_write)
        print(stream, "    T%" PRIu32 "->>V%zu: store %s\n", thread, place, text_string(&value));
    else
        print(stream, "    V%zu-->>T%" PRIu32 ": load %s\n", place, thread, text_string(&value));
    text_free(&value);
}

/* What a group leaves in an observed register, or in all variables where it is several rounds; and what it prints. Returns
 * whether there is any such thing. */
static bool write_places(FILE *stream, const struct step_columns *columns, const struct step_group *group, size_t index)
{
    bool any = false;
    for (size_t c = 0; c < columns->count; c++) {
        int64_t before = step_columns_before(columns, index, c), after = step_columns_after(columns, index, c);
        bool is_word = trace_is_word(columns->trace, c);
        if (!step_columns_changes(columns, index, c) || (is_word && group->count == 1))
            continue;
        any = true;
        print(stream, "    T%" PRIu32 "->>V%zu: ", group->thread, c);
        if (step_columns_is_text(columns, c)) {
            struct text words = TEXT_INIT;
            step_columns_print_between(&words, columns, index, c);
            print(stream, "print %s\n", text_string(&words));
            text_free(&words);
        } else if (is_word) {
            struct text words = TEXT_INIT;
            step_columns_print_value(&words, columns, c, before);
            text_print(&words, " to ");
            step_columns_print_value(&words, columns, c, after);
            print(stream, "stores, %s\n", text_string(&words));
            text_free(&words);
        } else {
            print(stream, "%" PRId64 "\n", after);
        }
    }
    return any;
}

static void write_step(FILE *stream, const struct step_columns *columns, const struct step_group *group, size_t index)
{
    const struct trace_step *step = &columns->trace->steps[group->first];
    for (size_t i = 0; i < step->access_count; i++)
        write_access(stream, columns->trace, step->thread, &step->accesses[i]);
    if (write_places(stream, columns, group, index) || step->access_count > 0)
        return;
    print(stream, "    Note over T%" PRIu32 ": %s", step->thread, step->text);
    if (step->register_name != NULL)
        print(stream, " (%s = %" PRId64 ")", step->register_name, step->register_value);
    if (step->brief != NULL)
        print(stream, " (%s)", step->brief);
    print(stream, "\n");
}

static void write_group(FILE *stream, const struct step_columns *columns, const struct step_group *group, size_t index)
{
    if (group->is_preemption)
        print(stream, "    Note over T%" PRIu32 ": preempts\n", group->thread);
    if (group->count == 1) {
        write_step(stream, columns, group, index);
        return;
    }
    print(stream, "    Note over T%" PRIu32 ": %zu rounds of lines %" PRIu32 " to %" PRIu32 "\n", group->thread,
          group->rounds, group->first_line, group->last_line);
    (void)write_places(stream, columns, group, index);
}

/* What is observed, at the start or at the end. */
static void write_notes(FILE *stream, const struct trace *trace, bool is_start)
{
    for (size_t p = 0; p < trace->observation.count; p++) {
        if (trace_is_output(trace, p) && is_start)
            continue;
        struct text words = TEXT_INIT;
        if (trace_is_output(trace, p))
            members_print_output(&words, trace->output != NULL ? trace->output : "", false);
        else
            text_print(&words, "%" PRId64, is_start ? trace_first(trace, p) : trace_final(trace, p));
        print(stream, "    Note over V%zu: %s at the %s\n", p, text_string(&words), is_start ? "start" : "end");
        text_free(&words);
    }
}

static void write_participants(FILE *stream, const struct trace *trace)
{
    for (size_t t = 0; t < trace->thread_count; t++)
        print(stream, "    participant T%zu as %s\n", t, trace->threads[t]);
    for (size_t p = 0; p < trace->observation.count; p++) {
        char *name = trace_place_name(trace, p);
        print(stream, "    participant V%zu as %s\n", p, name);
        memory_free(name);
    }
}

void mermaid_write(FILE *stream, const struct trace *trace)
{
    struct step_groups groups = step_groups_make(trace, GROUP_ROUNDS, SIZE_MAX, GROUPS_MAX, GROUPS_SHOWN_EACH_END);
    struct step_columns columns = step_columns_make(trace, &groups);
    print(stream, "sequenceDiagram\n");
    write_participants(stream, trace);
    write_notes(stream, trace, true);
    for (size_t i = 0; i < groups.count; i++) {
        if (i == groups.left_out.first)
            print(stream, "    Note over T0: steps %zu to %zu are left out\n", step_groups_left_out_first(&groups),
                  step_groups_left_out_last(&groups));
        if (!middle_has(groups.left_out, i))
            write_group(stream, &columns, &groups.items[i], i);
    }
    write_notes(stream, trace, false);
    step_columns_free(&columns);
    step_groups_free(&groups);
}
