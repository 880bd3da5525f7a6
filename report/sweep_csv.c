#include "report/sweep_csv.h"

#include "base/memory.h"
#include "report/csv_text.h"

#include <inttypes.h>

/* Writes a field, after a comma unless it is the first of its line. */
static void put(FILE *stream, bool is_first, const char *field)
{
    fputs(is_first ? "" : ",", stream);
    csv_text_write(stream, field);
}

static void put_number(FILE *stream, bool is_first, bool is_known, int64_t number)
{
    struct text field = TEXT_INIT;
    if (is_known)
        text_print(&field, "%" PRId64, number);
    put(stream, is_first, text_string(&field));
    text_free(&field);
}

static void put_truth(FILE *stream, bool is_known, bool truth)
{
    put(stream, false, !is_known ? "" : truth ? "true" : "false");
}

static void put_values(FILE *stream, const struct sweep_result *result)
{
    struct text reachable = TEXT_INIT;
    sweep_print_reachable(&reachable, result, SIZE_MAX);
    put(stream, false, result->size != NULL ? result->size : "");
    put(stream, false, text_string(&reachable));
    text_free(&reachable);
}

static void write_point(FILE *stream, const struct sweep *sweep, const struct sweep_point *point)
{
    const struct sweep_result *result = &point->result;
    for (size_t a = 0; a < sweep->axis_count; a++)
        if (point->words[a] != NULL)
            put(stream, a == 0, point->words[a]);
        else
            put_number(stream, a == 0, true, point->values[a]);
    if (sweep->has_versions) {
        put(stream, false, result->version != NULL ? result->version : "");
        put(stream, false, result->rules != NULL ? result->rules : "");
    }
    put_number(stream, false, point->status >= 0, point->status);
    put_truth(stream, point->has_result, result->complete);
    put_number(stream, false, result->has_extremes, result->minimum);
    put_number(stream, false, result->has_extremes, result->maximum);
    put_values(stream, result);
    put(stream, false, result->schedules != NULL ? result->schedules : "");
    put(stream, false, result->deadlocked != NULL ? result->deadlocked : "");
    put_truth(stream, result->has_hang, result->can_hang);
    put(stream, false, point->note != NULL ? point->note : "");
    size_t count;
    const struct sweep_event *events = sweep_events(sweep, &count);
    for (size_t e = 0; e < count; e++) {
        const char *expected = sweep_expected(result, events[e].name);
        put(stream, false, expected != NULL ? expected : "");
    }
    fputs("\r\n", stream);
}

void sweep_csv_write(FILE *stream, const struct sweep *sweep)
{
    static const char *const names[] = {"status",    "complete",  "minimum",    "maximum", "values",
                                        "reachable", "schedules", "deadlocked", "hang",    "note"};
    for (size_t a = 0; a < sweep->axis_count; a++)
        put(stream, a == 0, sweep->names[a]);
    if (sweep->has_versions) {
        put(stream, false, "version");
        put(stream, false, "rules");
    }
    for (size_t n = 0; n < sizeof names / sizeof names[0]; n++)
        put(stream, false, names[n]);
    size_t count;
    const struct sweep_event *events = sweep_events(sweep, &count);
    for (size_t e = 0; e < count; e++) {
        char *title = text_format("expected %s", events[e].name);
        put(stream, false, title);
        memory_free(title);
    }
    fputs("\r\n", stream);
    for (size_t p = 0; p < sweep->point_count; p++)
        write_point(stream, sweep, &sweep->points[p]);
}
