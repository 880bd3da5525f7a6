#include "report/html_schedule.h"

#include "base/memory.h"
#include "base/text.h"
#include "base/utf8.h"
#include "report/html_text.h"
#include "report/segment_text.h"
#include "report/step_columns.h"
#include "report/step_groups.h"
#include "report/step_text.h"

#include <inttypes.h>

enum {
    FULL_STEPS_MAX = 1500, /* of a schedule that is not folded */
    SEGMENTS_MAX = 400,    /* of a schedule; of more the middle is left out */
    SEGMENTS_SHOWN_EACH_END = 100,
    NAME_COLUMNS = 20 /* of a thread; a longer one may be cut */
};

static void write_prose(FILE *stream, struct text *text)
{
    html_text_write_prose(stream, text_string(text));
    text_free(text);
}

/* ---- Steps ----------------------------------------------------------------------------------------------------- */

static void write_step(FILE *stream, const struct trace *trace, size_t index)
{
    const struct trace_step *step = &trace->steps[index];
    struct text step_text = TEXT_INIT;
    /* The script finds a row by the number of its step, where nothing else is said. */
    if (trace_length(trace) == trace->step_count)
        fputs("<tr>", stream);
    else
        fprintf(stream, "<tr data-row=\"%zu\">", index + 1);
    html_text_print(stream, "<th scope=\"row\">%zu<td>%" PRIu32 "<td><code>%s</code><td>", step->number, step->line,
                    step->text);
    step_text_print(&step_text, trace, index);
    write_prose(stream, &step_text);
}

/* What is observed; the style sheet tells apart what has changed. */
static void write_columns(FILE *stream, const struct step_columns *columns, size_t row)
{
    for (size_t c = 0; c < columns->count; c++) {
        struct text words = TEXT_INIT;
        step_columns_print(&words, columns, row, c, " \xe2\x86\x92 ", "");
        static const char *const classes[2][2] = {{"<td>%s", "<td class=\"new\">%s"},
                                                  {"<td class=\"text\">%s", "<td class=\"text new\">%s"}};
        html_text_print(stream, classes[step_columns_is_text(columns, c)][step_columns_changes(columns, row, c)],
                        text_string(&words));
        text_free(&words);
    }
    fputs("\n", stream);
}

static void write_row(FILE *stream, const struct trace *trace, const struct step_columns *columns,
                      const struct step_groups *rows, size_t index)
{
    const struct step_group *row = &rows->items[index];
    if (row->count == 1)
        write_step(stream, trace, row->first);
    else
        fprintf(stream,
                "<tr><th scope=\"row\">%zu\xe2\x80\x93%zu<td>%" PRIu32 "\xe2\x80\x93%" PRIu32
                "<td colspan=\"2\">%zu rounds of these lines",
                row->first_number, row->last_number, row->first_line, row->last_line, row->rounds);
    write_columns(stream, columns, index);
}

/* ---- Segments -------------------------------------------------------------------------------------------------- */

/* A schedule while it is written. */
struct telling {
    FILE *stream;
    const struct trace *trace;
    struct step_groups segments;
    struct step_groups rows; /* whole segments of them */
    struct step_columns columns;
    struct step_columns turns; /* what is observed, segment by segment */
    size_t row;                /* the next one */
    bool has_steps;
};

/* Writes the steps of a segment, which are the next rows but for those of segments that were left out. */
static void write_steps(struct telling *self, const struct step_group *segment)
{
    size_t end = segment->first + segment->count;
    html_text_print(
        self->stream,
        "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"Steps %zu to %zu\"><table class=\"steps\">"
        "<caption class=\"hidden\">Steps %zu to %zu</caption><thead><tr><th scope=\"col\">Step<th scope=\"col\">Line"
        "<th scope=\"col\">Instruction<th scope=\"col\">What it did",
        segment->first_number, segment->last_number, segment->first_number, segment->last_number);
    for (size_t c = 0; c < self->columns.count; c++) {
        char *name = trace_place_name(self->trace, c);
        html_text_print(self->stream,
                        step_columns_is_text(&self->columns, c) ? "<th scope=\"col\" class=\"text\"><code>%s</code>"
                                                                : "<th scope=\"col\"><code>%s</code>",
                        name);
        memory_free(name);
    }
    fputs("<tbody>\n", self->stream);
    for (; self->row < self->rows.count && self->rows.items[self->row].first < end; self->row++)
        if (self->rows.items[self->row].first >= segment->first)
            write_row(self->stream, self->trace, &self->columns, &self->rows, self->row);
    fputs("</table></div>", self->stream);
}

/* A long name is cut by the style sheet; the title has all of it. */
static void write_who(FILE *stream, const char *name)
{
    if (utf8_columns(name) > NAME_COLUMNS)
        html_text_print(stream, "<b class=\"who\" title=\"%s\">%s</b>", name, name);
    else
        html_text_print(stream, "<b class=\"who\">%s</b>", name);
}

static void write_summary(const struct telling *self, size_t index)
{
    const struct step_group *segment = &self->segments.items[index];
    struct text words = TEXT_INIT;
    write_who(self->stream, self->trace->threads[segment->thread]);
    if (segment->first_number == segment->last_number)
        fprintf(self->stream, " <span class=\"range\">step %zu</span>", segment->first_number);
    else
        fprintf(self->stream, " <span class=\"range\">steps %zu\xe2\x80\x93%zu</span>", segment->first_number,
                segment->last_number);
    fputs(" <span class=\"step_text\">", self->stream);
    segment_text_print(&words, &self->segments, &self->turns, index);
    write_prose(self->stream, &words);
    fputs(segment->is_preemption ? "</span> <span class=\"mark\">preemption</span>" : "</span>", self->stream);
}

static void write_segment(struct telling *self, size_t index)
{
    const struct step_group *segment = &self->segments.items[index];
    fprintf(self->stream, "<li class=\"t%" PRIu32 "\">%s", segment->thread % HTML_THREAD_COLOURS,
            self->has_steps ? "<details><summary>" : "<p>");
    write_summary(self, index);
    fputs(self->has_steps ? "</summary>" : "</p>\n", self->stream);
    if (!self->has_steps)
        return;
    write_steps(self, segment);
    fputs("</details>\n", self->stream);
}

static void write_segments(struct telling *self, size_t loop)
{
    struct middle left_out = self->segments.left_out;
    for (size_t i = 0; i < self->segments.count; i++) {
        const struct step_group *segment = &self->segments.items[i];
        if (segment->first_number == loop + 1)
            fprintf(self->stream, "<li class=\"note\"><p>Again and again, steps %zu to %zu:</p>\n", loop + 1,
                    trace_length(self->trace));
        if (i == left_out.first)
            fprintf(self->stream, "<li class=\"note\"><p>%zu turns are left out.</p>\n", left_out.end - left_out.first);
        if (!middle_has(left_out, i))
            write_segment(self, i);
    }
}

void html_schedule_write(FILE *stream, const struct trace *trace, size_t loop, struct html_room *room)
{
    bool fold = trace->step_count > FULL_STEPS_MAX || trace->step_count > room->rows;
    struct telling self = {.stream = stream, .trace = trace};
    self.segments = step_groups_make(trace, GROUP_SEGMENTS, loop, SEGMENTS_MAX, SEGMENTS_SHOWN_EACH_END);
    self.rows = step_groups_make(trace, fold ? GROUP_ROUNDS : GROUP_STEPS, loop, SIZE_MAX, 0);
    self.columns = step_columns_make(trace, &self.rows);
    self.turns = step_columns_make(trace, &self.segments);
    /* How much is told of the steps depends on the room that they need, which is taken then. */
    self.has_steps = self.rows.count <= room->rows;
    room->rows -= self.has_steps ? self.rows.count : 0;
    fputs("<ol class=\"turns\">\n", stream);
    write_segments(&self, loop);
    fputs("</ol>\n", stream);
    step_columns_free(&self.columns);
    step_columns_free(&self.turns);
    step_groups_free(&self.rows);
    step_groups_free(&self.segments);
}
