#include "report/sweep.h"

#include "base/memory.h"

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
