#include "report/sweep.h"

#include "base/document.h"
#include "base/memory.h"

#include <jansson.h>
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

void sweep_print_ranges(struct text *text, const struct intervals *values, size_t columns)
{
    static const char rest[] = " ...";
    for (size_t i = 0; i < values->count; i++) {
        struct text range = TEXT_INIT;
        text_print(&range, "%s", i > 0 ? " " : "");
        interval_print(&range, values->items[i].first, values->items[i].last, "..");
        size_t behind = i + 1 < values->count ? strlen(rest) : 0;
        bool fits = columns >= behind && text->length + range.length <= columns - behind;
        text_print(text, "%s", fits ? text_string(&range) : rest);
        text_free(&range);
        if (!fits)
            return;
    }
}

/* ---- Results --------------------------------------------------------------------------------------------------- */

static char *read_digits(const json_t *value)
{
    return json_is_string(value) ? memory_copy_string(json_string_value(value)) : NULL;
}

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

static bool is_result(const json_t *document)
{
    const char *format = json_string_value(json_object_get(document, "format"));
    return format != NULL && strcmp(format, "racecheck-result") == 0 &&
           json_integer_value(json_object_get(document, "version")) == 1 &&
           json_is_object(json_object_get(document, "outcome"));
}

static bool read_result(struct sweep_result *self, const json_t *document)
{
    const json_t *outcome = json_object_get(document, "outcome");
    self->complete = json_is_true(json_object_get(document, "complete"));
    self->has_extremes = document_parse_integer(json_object_get(outcome, "minimum"), &self->minimum) &&
                         document_parse_integer(json_object_get(outcome, "maximum"), &self->maximum);
    self->has_values = json_is_array(json_object_get(outcome, "ranges"));
    self->schedules = read_digits(json_object_get(outcome, "schedules"));
    self->deadlocked = read_digits(json_object_get(outcome, "deadlocked"));
    self->can_deadlock = json_is_true(json_object_get(outcome, "can_deadlock"));
    self->endless = json_is_true(json_object_get(outcome, "endless"));
    return read_ranges(json_object_get(outcome, "ranges"), &self->values);
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
    *self = (struct sweep_result){0};
}
