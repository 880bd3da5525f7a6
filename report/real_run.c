#include "report/real_run.h"

#include "base/memory.h"
#include "report/prose.h"

#include <inttypes.h>
#include <string.h>

static bool is_as_predicted(const struct real_value *value)
{
    return !value->is_number || value->number == value->predicted;
}

bool real_run_agrees(const struct real_run *self)
{
    bool agrees = self->end == self->predicted_end &&
                  (self->predicted_output == NULL || strcmp(self->output, self->predicted_output) == 0);
    for (size_t v = 0; v < self->value_count; v++)
        agrees = agrees && is_as_predicted(&self->values[v]);
    return agrees;
}

static void print_quoted(struct text *text, const char *output)
{
    struct text quoted = TEXT_INIT;
    text_print_quoted(&quoted, output);
    prose_print_code(text, text_string(&quoted));
    text_free(&quoted);
}

static void add_output(struct content *content, const struct real_run *self)
{
    bool agrees = strcmp(self->output, self->predicted_output) == 0;
    struct text *words = content_fact(content, agrees ? STYLE_PLAIN : STYLE_BAD, "printed");
    print_quoted(words, self->output);
    text_print(words, agrees ? ", as predicted" : ", but predicted was ");
    if (!agrees)
        print_quoted(words, self->predicted_output);
}

static void add_value(struct content *content, const struct real_value *value)
{
    bool agrees = is_as_predicted(value);
    struct text *words = content_fact(content, agrees ? STYLE_PLAIN : STYLE_BAD, value->name);
    if (!value->is_number)
        text_print(words, "%s, which is not compared", value->text != NULL ? value->text : "not found in the module");
    else if (agrees)
        text_print(words, "%" PRId64 ", as predicted", value->number);
    else
        text_print(words, "%" PRId64 ", but predicted was %" PRId64, value->number, value->predicted);
}

static void print_place(struct text *text, const struct real_place *place)
{
    text_print(text, "line %" PRIu32, place->line);
    if (place->column > 0)
        text_print(text, ", column %" PRIu32, place->column);
}

static const char *const ends[] = {[REAL_FINISHED] = "comes to its end",
                                   [REAL_DEADLOCKED] = "is in a deadlock: nothing moves any more",
                                   [REAL_STOPPED] = "is where the schedule ends",
                                   [REAL_LEFT] = "leaves the schedule"};

static void print_departure(struct text *text, const struct real_run *self)
{
    text_print(text, "The real run leaves the schedule before step %zu: ", self->step);
    prose_print_code(text, self->thread);
    text_print(text, " %s", self->what);
    if (self->at.line > 0) {
        text_print(text, " at ");
        print_place(text, &self->at);
    }
    if (self->expected.line > 0) {
        text_print(text, "; the schedule has it at ");
        print_place(text, &self->expected);
    }
    text_print(text, ".");
}

static void add_verdict(struct content *content, const struct real_run *self)
{
    bool agrees = real_run_agrees(self);
    struct text *words = content_paragraph(content, agrees ? STYLE_GOOD : STYLE_BAD);
    if (self->end == REAL_LEFT) {
        print_departure(words, self);
        return;
    }
    text_print(words, "%s: executed along this schedule, the real program %s",
               agrees ? "AS PREDICTED" : "NOT AS PREDICTED", ends[self->end]);
    if (self->end != self->predicted_end)
        text_print(words, "; predicted was that it %s", ends[self->predicted_end]);
    text_print(words, ".");
}

void real_run_add(struct content *content, const struct real_run *self)
{
    struct text *words = content_fact(content, STYLE_PLAIN, "executed");
    if (self->version != NULL)
        text_print(words, "%s by %s, Python %s, along %zu steps", self->file, self->interpreter, self->version,
                   self->steps);
    else
        text_print(words, "what %s has made of %s, along %zu steps", self->interpreter, self->file, self->steps);
    if (self->is_other_lock)
        text_print(content_fact(content, STYLE_PLAIN, "but"),
                   "this interpreter has its lock: by itself it would not let others in at each of these places");
    if (self->end != REAL_LEFT && self->predicted_output != NULL)
        add_output(content, self);
    for (size_t v = 0; v < self->value_count && self->end != REAL_LEFT; v++)
        add_value(content, &self->values[v]);
    add_verdict(content, self);
}

void real_run_free(struct real_run *self)
{
    memory_free(self->interpreter);
    memory_free(self->version);
    memory_free(self->file);
    memory_free(self->output);
    memory_free(self->predicted_output);
    memory_free(self->thread);
    memory_free(self->what);
    for (size_t v = 0; v < self->value_count; v++) {
        memory_free(self->values[v].name);
        memory_free(self->values[v].text);
    }
    memory_free(self->values);
    *self = (struct real_run){0};
}
