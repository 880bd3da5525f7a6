#include "report/html_schedule.h"

#include "base/memory.h"
#include "base/text.h"
#include "base/utf8.h"
#include "report/html_text.h"
#include "report/runs.h"
#include "report/step_text.h"
#include "report/stints.h"

#include <inttypes.h>

enum {
    ROOM = 6000,           /* rows of steps on a page */
    FULL_STEPS_MAX = 1500, /* of a schedule that is not folded */
    TURNS_MAX = 400,       /* of a schedule; of more the middle is left out */
    TURNS_SHOWN_EACH_END = 100,
    NAME_COLUMNS = 20 /* of a thread; a longer one may be cut */
};

struct html_room html_room_new(void)
{
    return (struct html_room){.rows = ROOM};
}

static void write_prose(FILE *stream, struct text *text)
{
    html_text_write_prose(stream, text_string(text));
    text_free(text);
}

/* ---- Steps ----------------------------------------------------------------------------------------------------- */

static void write_value(FILE *stream, int64_t before, int64_t after, bool writes)
{
    if (writes)
        fprintf(stream, "<td class=\"new\">%" PRId64 " \xe2\x86\x92 %" PRId64, before, after);
    else
        fprintf(stream, "<td>%" PRId64, after);
}

static void write_step(FILE *stream, const struct trace *trace, size_t index)
{
    const struct trace_step *step = &trace->steps[index];
    struct text step_text = TEXT_INIT;
    fprintf(stream, "<tr><th scope=\"row\">%zu<td>%" PRIu32 "<td><code>", index + 1, step->line);
    html_text_write(stream, step->text);
    fputs("</code><td>", stream);
    step_text_print(&step_text, trace, index);
    write_prose(stream, &step_text);
    write_value(stream, index > 0 ? trace->steps[index - 1].observed : trace->observed_first, step->observed,
                step_writes(trace, index));
    fputc('\n', stream);
}

static void write_rounds(FILE *stream, const struct trace *trace, const struct run *run)
{
    uint32_t first, last;
    run_lines(run, trace, &first, &last);
    fprintf(stream,
            "<tr><th scope=\"row\">%zu\xe2\x80\x93%zu<td>%" PRIu32 "\xe2\x80\x93%" PRIu32
            "<td colspan=\"2\">%zu rounds of these lines",
            run->first + 1, run->first + run->count, first, last, run->rounds);
    write_value(stream, run_before(run, trace), run_after(run, trace), run_writes(run, trace));
    fputc('\n', stream);
}

static void write_head(FILE *stream, const struct trace *trace, const struct stint *turn)
{
    fprintf(
        stream,
        "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"Steps %zu to %zu\"><table class=\"steps\">"
        "<caption class=\"hidden\">Steps %zu to %zu</caption><thead><tr><th scope=\"col\">Step<th scope=\"col\">Line"
        "<th scope=\"col\">Instruction<th scope=\"col\">What it did<th scope=\"col\"><code>",
        turn->first + 1, turn->first + turn->count, turn->first + 1, turn->first + turn->count);
    html_text_write(stream, trace->observe);
    fputs("</code><tbody>\n", stream);
}

/* ---- Turns ----------------------------------------------------------------------------------------------------- */

/* A schedule while it is written. */
struct telling {
    FILE *stream;
    const struct trace *trace;
    struct stints turns;
    struct runs runs; /* whole turns of them */
    size_t run;       /* the next one */
    bool has_steps;
};

/* Writes the steps of a turn, which are the next runs. */
static void write_steps(struct telling *self, const struct stint *turn)
{
    write_head(self->stream, self->trace, turn);
    while (self->run < self->runs.count && self->runs.items[self->run].first < turn->first + turn->count) {
        const struct run *run = &self->runs.items[self->run++];
        if (run->count > 1)
            write_rounds(self->stream, self->trace, run);
        else
            write_step(self->stream, self->trace, run->first);
    }
    fputs("</table></div>", self->stream);
}

static void skip_steps(struct telling *self, const struct stint *turn)
{
    while (self->run < self->runs.count && self->runs.items[self->run].first < turn->first + turn->count)
        self->run++;
}

/* A long name is cut by the style sheet; the title has all of it. */
static void write_who(FILE *stream, const char *name)
{
    fputs("<b class=\"who\"", stream);
    if (utf8_columns(name) > NAME_COLUMNS) {
        fputs(" title=\"", stream);
        html_text_write(stream, name);
        fputc('"', stream);
    }
    fputc('>', stream);
    html_text_write(stream, name);
}

static void write_summary(const struct telling *self, const struct stint *turn)
{
    struct text step_text = TEXT_INIT;
    write_who(self->stream, self->trace->threads[turn->thread]);
    if (turn->count == 1)
        fprintf(self->stream, "</b> <span class=\"range\">step %zu</span> <span class=\"step_text\">", turn->first + 1);
    else
        fprintf(self->stream, "</b> <span class=\"range\">steps %zu\xe2\x80\x93%zu</span> <span class=\"step_text\">",
                turn->first + 1, turn->first + turn->count);
    stint_print(&step_text, turn, self->trace);
    write_prose(self->stream, &step_text);
    fputs("</span>", self->stream);
    if (turn->is_preemption)
        fputs(" <span class=\"mark\">preemption</span>", self->stream);
}

static void write_turn(struct telling *self, const struct stint *turn)
{
    fprintf(self->stream, "<li class=\"t%" PRIu32 "\">", turn->thread % HTML_THREAD_COLOURS);
    if (self->has_steps) {
        fputs("<details><summary>", self->stream);
        write_summary(self, turn);
        fputs("</summary>", self->stream);
        write_steps(self, turn);
        fputs("</details>\n", self->stream);
    } else {
        fputs("<p>", self->stream);
        write_summary(self, turn);
        fputs("</p>\n", self->stream);
    }
}

static void write_border(const struct telling *self, size_t loop)
{
    fprintf(self->stream, "<li class=\"note\"><p>Again and again, steps %zu to %zu:</p>\n", loop + 1,
            self->trace->step_count);
}

static void write_all_turns(struct telling *self, size_t loop)
{
    for (size_t i = 0; i < self->turns.count; i++) {
        const struct stint *turn = &self->turns.items[i];
        if (turn->first == loop)
            write_border(self, loop);
        if (self->turns.count > TURNS_MAX && i >= TURNS_SHOWN_EACH_END &&
            i < self->turns.count - TURNS_SHOWN_EACH_END) {
            if (i == TURNS_SHOWN_EACH_END)
                fprintf(self->stream, "<li class=\"note\"><p>%zu turns are left out here.</p>\n",
                        self->turns.count - 2 * TURNS_SHOWN_EACH_END);
            skip_steps(self, turn);
            continue;
        }
        write_turn(self, turn);
    }
}

/* Chooses how much is told of the steps, and takes the room that they need. */
static void choose(struct telling *self, size_t loop, struct html_room *room)
{
    bool fold = self->trace->step_count > FULL_STEPS_MAX || self->trace->step_count > room->rows;
    self->runs = runs_make(self->trace, fold, loop);
    self->has_steps = self->runs.count <= room->rows;
    room->rows -= self->has_steps ? self->runs.count : 0;
}

void html_schedule_write(FILE *stream, const struct trace *trace, size_t loop, struct html_room *room)
{
    struct telling self = {.stream = stream, .trace = trace, .turns = stints_make(trace, loop)};
    choose(&self, loop, room);
    fputs("<ol class=\"turns\">\n", stream);
    write_all_turns(&self, loop);
    fputs("</ol>\n", stream);
    runs_free(&self.runs);
    stints_free(&self.turns);
}
