#include "report/step_columns.h"

#include "base/memory.h"

#include <inttypes.h>

enum { OUTPUT_BYTES_MAX = 30 }; /* of a longer output its end is shown */

static int64_t *value_at(const struct step_columns *self, size_t group, size_t column)
{
    return &self->values[group * self->count + column];
}

bool step_columns_is_text(const struct step_columns *self, size_t column)
{
    return trace_is_output(self->trace, column);
}

int64_t step_columns_before(const struct step_columns *self, size_t group, size_t column)
{
    return *value_at(self, group, column);
}

int64_t step_columns_after(const struct step_columns *self, size_t group, size_t column)
{
    return *value_at(self, group + 1, column);
}

bool step_columns_stores(const struct step_columns *self, size_t group)
{
    for (size_t c = 0; c < self->count; c++)
        if (trace_is_word(self->trace, c) && self->sets[group * self->count + c])
            return true;
    return false;
}

/* Takes over what the steps of a group leave in a column. */
static void follow(struct step_columns *self, const struct step_group *group, size_t index, size_t column)
{
    int64_t value = *value_at(self, index, column);
    bool sets = false;
    for (size_t step = group->first; step < group->first + group->count; step++)
        sets |= trace_step_sets(self->trace, step, column, &value);
    if (step_columns_is_text(self, column))
        value = (int64_t)self->trace->steps[group->first + group->count - 1].printed;
    *value_at(self, index + 1, column) = value;
    self->sets[index * self->count + column] = sets;
}

struct step_columns step_columns_make(const struct trace *trace, const struct step_groups *groups)
{
    struct step_columns self = {.trace = trace, .count = trace_place_count(trace)};
    self.values = memory_new((groups->count + 1) * self.count, sizeof *self.values);
    self.sets = memory_new(groups->count * self.count, sizeof *self.sets);
    for (size_t c = 0; c < self.count; c++)
        *value_at(&self, 0, c) = step_columns_is_text(&self, c) ? 0 : trace_first(trace, c);
    for (size_t g = 0; g < groups->count; g++)
        for (size_t c = 0; c < self.count; c++)
            follow(&self, &groups->items[g], g, c);
    return self;
}

void step_columns_free(struct step_columns *self)
{
    memory_free(self->values);
    memory_free(self->sets);
    *self = (struct step_columns){0};
}

bool step_columns_changes(const struct step_columns *self, size_t group, size_t column)
{
    return self->sets[group * self->count + column] ||
           step_columns_before(self, group, column) != step_columns_after(self, group, column);
}

/* Quotes the first bytes of the output; of many the last ones. */
static void print_output(struct text *text, const char *output, size_t length)
{
    size_t first = length > OUTPUT_BYTES_MAX ? length - OUTPUT_BYTES_MAX : 0;
    while (first < length && first > 0 && ((unsigned char)output[first] & 0xc0) == 0x80)
        first++;
    struct text shown = TEXT_INIT;
    text_append(&shown, output + first, length - first);
    text_print(text, "%s", first > 0 ? "... " : "");
    text_print_quoted(text, text_string(&shown));
    text_free(&shown);
}

void step_columns_print_value(struct text *text, const struct step_columns *self, size_t column, int64_t value)
{
    bool is_word = trace_is_word(self->trace, column);
    uint32_t word = is_word ? (uint32_t)self->trace->observation.places[column].number : UINT32_MAX;
    value_names_print(text, &self->trace->value_names, word, value);
}

void step_columns_print(struct text *text, const struct step_columns *self, size_t group, size_t column,
                        const char *between, const char *behind)
{
    int64_t before = step_columns_before(self, group, column), after = step_columns_after(self, group, column);
    if (step_columns_is_text(self, column)) {
        if (after > 0)
            print_output(text, self->trace->output, (size_t)after);
        return;
    }
    if (step_columns_changes(self, group, column)) {
        step_columns_print_value(text, self, column, before);
        text_print(text, "%s", between);
    }
    step_columns_print_value(text, self, column, after);
    text_print(text, "%s", step_columns_changes(self, group, column) ? behind : "");
}

void step_columns_print_between(struct text *text, const struct step_columns *self, size_t group, size_t column)
{
    size_t before = (size_t)step_columns_before(self, group, column);
    size_t after = (size_t)step_columns_after(self, group, column);
    struct text printed = TEXT_INIT;
    text_append(&printed, self->trace->output + before, after - before);
    text_print_quoted(text, text_string(&printed));
    text_free(&printed);
}
