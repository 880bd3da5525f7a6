#include "report/sweep.h"

#include "base/document.h"
#include "base/memory.h"
#include "frontends/python_bytecode.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

struct sweep *sweep_new(size_t point_count)
{
    struct sweep *self = memory_new(1, sizeof *self);
    self->points = memory_new(point_count, sizeof *self->points);
    self->point_count = point_count;
    for (size_t p = 0; p < point_count; p++)
        self->points[p].status = -1;
    return self;
}

void sweep_free(struct sweep *self)
{
    if (self == NULL)
        return;
    for (size_t p = 0; p < self->point_count; p++) {
        for (size_t a = 0; a < SWEEP_AXES_MAX; a++)
            memory_free(self->points[p].words[a]);
        memory_free(self->points[p].note);
        memory_free(self->points[p].document);
        sweep_result_free(&self->points[p].result);
    }
    memory_free(self->points);
    for (size_t a = 0; a < SWEEP_AXES_MAX; a++)
        memory_free(self->names[a]);
    memory_free(self->model);
    property_free_list(self->settings, self->setting_count);
    memory_free(self->scheduler);
    property_free_list(self->parameters, self->parameter_count);
    memory_free(self->observe);
    memory_free(self);
}

/* Appends an item; where it does not fit, says so, and returns false. */
static bool add_item(struct text *text, const char *item, bool is_first, bool is_last, size_t columns)
{
    static const char rest[] = " ...";
    size_t behind = is_last ? 0 : strlen(rest), length = strlen(item) + !is_first;
    bool fits = columns >= behind && text->length + length <= columns - behind;
    text_print(text, "%s%s", fits && !is_first ? " " : "", fits ? item : rest + is_first);
    return fits;
}

void sweep_print_reachable(struct text *text, const struct sweep_result *result, size_t columns)
{
    const struct intervals *values = &result->values;
    bool fits = true;
    for (size_t i = 0; i < values->count && fits; i++) {
        struct text range = TEXT_INIT;
        interval_print(&range, values->items[i].first, values->items[i].last, "..");
        fits = add_item(text, text_string(&range), i == 0, i + 1 == values->count, columns);
        text_free(&range);
    }
    for (size_t e = 0; e < result->end_count && fits; e++)
        fits = add_item(text, result->ends[e], e == 0, e + 1 == result->end_count, columns);
}

/* ---- Results --------------------------------------------------------------------------------------------------- */

static bool read_ranges(const json_t *ranges, struct intervals *values)
{
    for (size_t i = 0; i < json_array_size(ranges); i++) {
        const json_t *range = json_array_get(ranges, i);
        int64_t first, last;
        if (!document_parse_integer(json_array_get(range, 0), &first) ||
            !document_parse_integer(json_array_get(range, 1), &last))
            return false;
        intervals_add(values, first, last);
    }
    return true;
}

/* "x=1,y=2": what an outcome has for each name; of the output alone what was printed. */
static char *read_end(const json_t *observed, const json_t *outcome)
{
    struct text end = TEXT_INIT;
    size_t number = 0;
    for (size_t i = 0; i < json_array_size(observed); i++) {
        const char *name = json_string_value(json_array_get(observed, i));
        const char *output = json_string_value(json_object_get(outcome, "output"));
        int64_t value = 0;
        if (json_array_size(observed) > 1)
            text_print(&end, "%s%s=", i > 0 ? "," : "", name != NULL ? name : "");
        if (name != NULL && strcmp(name, "output") == 0 && output != NULL)
            text_print_quoted(&end, output);
        else if (document_parse_integer(json_array_get(json_object_get(outcome, "values"), number++), &value))
            text_print(&end, "%" PRId64, value);
    }
    return text_take(&end);
}

/* Whether all ends are listed, not only some of what is printed. */
static bool lists_all(const json_t *outcome)
{
    return json_is_array(json_object_get(outcome, "outcomes")) &&
           json_array_size(json_object_get(json_object_get(outcome, "behaviour"), "others")) == 0;
}

static void read_ends(struct sweep_result *self, const json_t *outcome)
{
    const json_t *ends = lists_all(outcome) ? json_object_get(outcome, "outcomes") : NULL;
    const json_t *observed = json_object_get(outcome, "observed");
    self->ends = memory_new(json_array_size(ends), sizeof *self->ends);
    while (self->end_count < json_array_size(ends)) {
        self->ends[self->end_count] = read_end(observed, json_array_get(ends, self->end_count));
        self->end_count++;
    }
}

/* How many there are: of an output that is all that is observed, and is not listed, as many as there are behaviours. */
static char *read_size(const struct sweep_result *self, const json_t *outcome)
{
    struct text size = TEXT_INIT;
    if (!self->complete)
        return NULL;
    if (self->has_values)
        text_print(&size, "%" PRIu64, intervals_size(&self->values));
    else if (lists_all(outcome))
        text_print(&size, "%zu", self->end_count);
    else if (json_array_size(json_object_get(outcome, "observed")) <= 1)
        return document_copy_string(json_object_get(json_object_get(outcome, "behaviour"), "count"));
    else
        return NULL;
    return text_take(&size);
}

static bool is_result(const json_t *document)
{
    const char *format = json_string_value(json_object_get(document, "format"));
    return format != NULL && strcmp(format, "racecheck-result") == 0 &&
           json_integer_value(json_object_get(document, "version")) == 1 &&
           json_is_object(json_object_get(document, "outcome"));
}

/* Of a Python program, of which interpreter the bytecode is, and by which rules its threads switch: "Python 3.9, rules gil32". */
static void read_python(struct sweep_result *self, const json_t *document)
{
    const char *reading = json_string_value(json_object_get(json_object_get(document, "program"), "reading"));
    char version[8], rules[8];
    if (reading == NULL || sscanf(reading, "Python %7[0-9.], rules %7[a-z0-9]", version, rules) != 2)
        return;
    enum python_rules number = python_rules_find(rules);
    self->version = memory_copy_string(version);
    self->rules = number < PYTHON_RULES_COUNT ? python_rules_name(number) : NULL;
}

static void read_events(struct sweep_result *self, const json_t *events)
{
    self->event_count = json_array_size(events);
    self->events = memory_new(self->event_count, sizeof *self->events);
    for (size_t e = 0; e < self->event_count; e++) {
        const json_t *event = json_array_get(events, e);
        self->events[e].name = document_copy_string(json_object_get(event, "event"));
        self->events[e].expected = document_copy_string(json_object_get(event, "expected"));
    }
}

static bool read_result(struct sweep_result *self, const json_t *document)
{
    read_python(self, document);
    const json_t *outcome = json_object_get(document, "outcome");
    self->complete = json_is_true(json_object_get(document, "complete"));
    self->has_extremes = document_parse_integer(json_object_get(outcome, "minimum"), &self->minimum) &&
                         document_parse_integer(json_object_get(outcome, "maximum"), &self->maximum);
    self->has_values = json_is_array(json_object_get(outcome, "ranges"));
    self->schedules = document_copy_string(json_object_get(outcome, "schedules"));
    self->deadlocked = document_copy_string(json_object_get(outcome, "deadlocked"));
    self->can_deadlock = json_is_true(json_object_get(outcome, "can_deadlock"));
    self->endless = json_is_true(json_object_get(outcome, "endless"));
    const json_t *hang = json_object_get(json_object_get(document, "properties"), "hang");
    self->has_hang = json_is_boolean(hang);
    self->can_hang = json_is_true(hang);
    read_events(self, json_object_get(document, "events"));
    if (!self->has_values)
        read_ends(self, outcome);
    bool good = read_ranges(json_object_get(outcome, "ranges"), &self->values);
    self->size = read_size(self, outcome);
    return good;
}

bool sweep_result_read(struct sweep_result *self, const char *document, size_t length)
{
    *self = (struct sweep_result){0};
    json_t *root = json_loadb(document, length, JSON_REJECT_DUPLICATES, NULL);
    bool good = is_result(root) && read_result(self, root);
    if (!good)
        sweep_result_free(self);
    json_decref(root);
    return good;
}

void sweep_result_free(struct sweep_result *self)
{
    intervals_free(&self->values);
    memory_free(self->schedules);
    memory_free(self->deadlocked);
    for (size_t e = 0; e < self->end_count; e++)
        memory_free(self->ends[e]);
    memory_free(self->ends);
    memory_free(self->size);
    memory_free(self->version);
    for (size_t e = 0; e < self->event_count; e++) {
        memory_free(self->events[e].name);
        memory_free(self->events[e].expected);
    }
    memory_free(self->events);
    *self = (struct sweep_result){0};
}

const char *sweep_expected(const struct sweep_result *self, const char *event)
{
    for (size_t e = 0; e < self->event_count; e++)
        if (self->events[e].name != NULL && strcmp(self->events[e].name, event) == 0)
            return self->events[e].expected;
    return NULL;
}

const struct sweep_event *sweep_events(const struct sweep *self, size_t *count)
{
    size_t p = 0;
    while (p < self->point_count && !self->points[p].has_result)
        p++;
    *count = p < self->point_count ? self->points[p].result.event_count : 0;
    return *count > 0 ? self->points[p].result.events : NULL;
}
