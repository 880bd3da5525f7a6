#include "reports/setting.h"

#include "base/memory.h"
#include "reports/utf8.h"

#include <inttypes.h>
#include <string.h>

static void print_line(struct text *text, const char *bytes)
{
    char *clean = utf8_line(bytes);
    text_print(text, "%s", clean);
    memory_free(clean);
}

static void print_properties(struct text *text, const struct property *properties, size_t count,
                             const char *separator)
{
    for (size_t i = 0; i < count; i++) {
        text_print(text, "%s", i > 0 ? ", " : "");
        print_line(text, properties[i].name);
        text_print(text, "%s", separator);
        if (properties[i].is_number)
            text_print(text, "%" PRId64, properties[i].number);
        else
            print_line(text, properties[i].text);
    }
}

void setting_print(struct text *text, const char *model, int64_t threads, int64_t iters,
                   const struct property *symbols, size_t symbol_count)
{
    print_line(text, model);
    text_print(text, ", %" PRId64 " thread%s, ITERS = %" PRId64 "%s", threads, threads == 1 ? "" : "s", iters,
               symbol_count > 0 ? ", " : "");
    print_properties(text, symbols, symbol_count, " = ");
}

void setting_print_scheduler(struct text *text, const char *kind, const struct property *parameters,
                             size_t count)
{
    print_line(text, kind);
    if (strcmp(kind, "free") == 0)
        text_print(text, " (any thread that can go on may step)");
    if (count == 0)
        return;
    text_print(text, " (");
    print_properties(text, parameters, count, " ");
    text_print(text, ")");
}

void setting_print_end(struct text *text, const char *observe, enum outcome_end end, int64_t value)
{
    switch (end) {
    case OUTCOME_VALUE:
        print_line(text, observe);
        text_print(text, " = %" PRId64, value);
        break;
    case OUTCOME_DEADLOCK:
        text_print(text, "a deadlock");
        break;
    case OUTCOME_FAILURE:
        text_print(text, "an error of the program");
        break;
    }
}

void setting_print_length(struct text *text, const struct trace *trace)
{
    text_print(text, "%zu step%s, %" PRIu64 " preemption%s", trace->step_count, trace->step_count == 1 ? "" : "s",
               trace->preemptions, trace->preemptions == 1 ? "" : "s");
}
