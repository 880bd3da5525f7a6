#include "reports/deed.h"

#include "base/memory.h"
#include "reports/utf8.h"

#include <inttypes.h>
#include <string.h>

void deed_print_name(struct text *text, const char *name)
{
    char *clean = utf8_line(name);
    for (char *at = strchr(clean, '`'); at != NULL; at = strchr(at, '`'))
        *at = '\'';
    text_print(text, "`%s`", clean);
    memory_free(clean);
}

/* "reads `value` = {0}"; writes of what the step has just read need no name. */
static void print_access(struct text *text, const struct trace *trace, const struct trace_step *step, size_t index)
{
    const struct trace_access *access = &step->accesses[index];
    if (!access->is_write) {
        text_print(text, "reads ");
        deed_print_name(text, trace->words[access->word]);
        text_print(text, " = {%zu}", index);
    } else {
        text_print(text, "writes {%zu}", index);
        if (index > 0 && !step->accesses[0].is_write && step->accesses[0].word == access->word)
            return;
        text_print(text, " to ");
        deed_print_name(text, trace->words[access->word]);
    }
}

static void print_register(struct text *text, const struct trace_step *step)
{
    struct text name = TEXT_INIT;
    text_print(&name, "%%%s", step->register_name);
    text_print(text, "%s", step->access_count > 0 ? ", and " : "");
    deed_print_name(text, text_string(&name));
    text_print(text, " becomes {r}");
    text_free(&name);
}

void deed_print_pattern(struct text *text, const struct trace *trace, size_t index)
{
    const struct trace_step *step = &trace->steps[index];
    text_print(text, "%s", step->is_return ? "returns; " : "");
    for (size_t i = 0; i < step->access_count; i++) {
        text_print(text, "%s", i > 0 ? " and " : "");
        print_access(text, trace, step, i);
    }
    if (step->register_name != NULL)
        print_register(text, step);
    if (step->access_count == 0 && step->register_name == NULL)
        text_print(text, "changes neither a variable nor a register");
    else if (step->access_count > 1)
        text_print(text, ", in one step");
}

static void print_filled(struct text *text, const struct trace_step *step, char place)
{
    if (place == 'r')
        text_print(text, "%" PRId64, step->register_value);
    else
        text_print(text, "%" PRId64, step->accesses[place - '0'].value);
}

static bool is_place(const struct trace_step *step, const char *at)
{
    return at[0] == '{' && at[1] != '\0' && at[2] == '}' &&
           ((at[1] == 'r' && step->register_name != NULL) ||
            (at[1] >= '0' && (size_t)(at[1] - '0') < step->access_count));
}

void deed_print(struct text *text, const struct trace *trace, size_t index)
{
    struct text pattern = TEXT_INIT;
    deed_print_pattern(&pattern, trace, index);
    for (const char *at = text_string(&pattern); *at != '\0'; at++) {
        if (is_place(&trace->steps[index], at)) {
            print_filled(text, &trace->steps[index], at[1]);
            at += 2;
        } else {
            text_append(text, at, 1);
        }
    }
    text_free(&pattern);
}
