#include "report/sweep_result.h"
#include "base/document.h"

#include "base/memory.h"
#include "report/json.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* Integers beyond 2^53 are written as strings. */
static bool read_integer(const json_t *value, int64_t *number)
{
    *number = json_integer_value(value);
    if (!json_is_string(value))
        return json_is_integer(value);
    char *end;
    errno = 0;
    *number = strtoll(json_string_value(value), &end, 10);
    return errno == 0 && *end == '\0';
}

static char *read_digits(const json_t *value)
{
    return json_is_string(value) ? memory_copy_string(json_string_value(value)) : NULL;
}

static bool read_ranges(const json_t *ranges, struct intervals *values)
{
    for (size_t i = 0; i < json_array_size(ranges); i++) {
        const json_t *range = json_array_get(ranges, i);
        int64_t first, last;
        if (!read_integer(json_array_get(range, 0), &first) || !read_integer(json_array_get(range, 1), &last))
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
    self->has_extremes = read_integer(json_object_get(outcome, "minimum"), &self->minimum) &&
                         read_integer(json_object_get(outcome, "maximum"), &self->maximum);
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
