#include "report/witness_table.h"

#include "base/memory.h"
#include "base/utf8.h"
#include "report/step_columns.h"
#include "report/step_groups.h"
#include "report/step_text.h"

#include <inttypes.h>
#include <string.h>

enum {
    FOLD_STEPS_MIN = 17, /* a shorter schedule is shown step by step */
    ROWS_MAX = 80,       /* of a folded table; beyond, the middle is left out */
    ROWS_SHOWN_EACH_END = 30,
    GAP = 3, /* columns between columns */
    COMPACT_GAP = 2,
    EFFECT_GAP = 2,
    MARK_COLUMNS_MIN = 2,
    CUT_COLUMNS_MIN = 24 /* of an instruction that is longer */
};

static const char buffer_head[] = "store buffers";

/* In the order of preference. */
enum layout {
    LAYOUT_WIDE,    /* a column of instructions a thread, with aligned effects */
    LAYOUT_COMPACT, /* the same, squeezed */
    LAYOUT_MARKS,   /* a narrow column a thread, one column of instructions */
    LAYOUT_NAMES    /* one column of names, one of instructions */
};

struct witness_table {
    const struct trace *trace;
    const struct terminal *terminal;
    const char *arrow; /* between an old and a new value */
    struct step_groups groups;
    size_t loop; /* the step where a loop begins, 0 for the first; or SIZE_MAX */
    enum layout layout;
    size_t gap;                     /* columns between columns */
    size_t label_width;             /* "2-28" */
    size_t text_width;              /* "mov counter, %ax" */
    size_t effect_width;            /* "ax=0" */
    size_t cell_width;              /* both, or what a loop says */
    size_t compact_width;           /* the same for LAYOUT_COMPACT */
    size_t name_width;              /* the longest name of a thread */
    struct step_columns columns;    /* what is told of every step */
    size_t widths[OBSERVATION_MAX]; /* of these */
    size_t value_width;             /* of all of them together */
    size_t buffer_width; /* of what waits in store buffers; 0: nothing ever does, or there is no room to tell */
};

/* One row, as text without widths. */
struct row {
    struct text label;
    struct text instruction;
    struct text effect;
    struct text compact; /* instruction and effect, or a loop, in as few columns as possible */
    struct text values[OBSERVATION_MAX];
    bool changes[OBSERVATION_MAX];
    const char *buffers; /* borrowed, or NULL */
    uint32_t thread;
    bool is_loop;
    bool is_preemption;
};

static void row_clear(struct row *self)
{
    text_free(&self->label);
    text_free(&self->instruction);
    text_free(&self->effect);
    text_free(&self->compact);
    for (size_t c = 0; c < OBSERVATION_MAX; c++)
        text_free(&self->values[c]);
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* ---- Rows ---------------------------------------------------------------------------------------------------- */

static void print_effect(struct text *text, const struct trace *trace, const struct trace_step *step)
{
    if (trace->reading != NULL) {
        step_text_print_action(text, trace, step, true);
        return;
    }
    text_print(text, "%s", step->brief != NULL ? step->brief : "");
    if (step->register_name != NULL)
        text_print(text, "%s=%" PRId64, step->register_name, step->register_value);
    for (size_t i = 0; i < step->access_count; i++) {
        const struct trace_access *access = &step->accesses[i];
        if (!access->is_write || step_text_is_column(trace, access->word))
            continue;
        text_print(text, "%s%s=%" PRId64, text->length > 0 ? " " : "", trace->words[access->word], access->value);
    }
}

static void fill_rounds(struct row *row, const struct step_group *group)
{
    row->is_loop = true;
    if (group->first_line == group->last_line)
        text_print(&row->compact, "%zu x line %" PRIu32, group->rounds, group->first_line);
    else
        text_print(&row->compact, "%zu x lines %" PRIu32 "-%" PRIu32, group->rounds, group->first_line,
                   group->last_line);
    if (group->last_number > group->first_number) {
        text_print(&row->label, "-%zu", group->last_number);
        text_print(&row->instruction, "%zu steps: ", group->last_number - group->first_number + 1);
    }
    text_print(&row->instruction, "%s", text_string(&row->compact));
}

static void fill_step(struct row *row, size_t step, const struct trace *trace)
{
    step_text_print_instruction(&row->instruction, &trace->steps[step]);
    /* A step that failed has done nothing, so the table says so in the place of its effect. */
    if (trace->end == TRACE_FAILED && step + 1 == trace->step_count)
        text_print(&row->effect, "error");
    else
        print_effect(&row->effect, trace, &trace->steps[step]);
    text_print(&row->compact, "%s%s%s", text_string(&row->instruction), row->effect.length > 0 ? " " : "",
               text_string(&row->effect));
}

static struct row make_row(const struct witness_table *self, size_t index)
{
    const struct step_group *group = &self->groups.items[index];
    struct row row = {.thread = group->thread,
                      .is_preemption = group->is_preemption,
                      .buffers = self->trace->steps[group->first + group->count - 1].buffers};
    if (!group->goes_on || group->count > 1)
        text_print(&row.label, "%zu", group->first_number);
    if (group->count > 1)
        fill_rounds(&row, group);
    else
        fill_step(&row, group->first, self->trace);
    for (size_t c = 0; c < self->columns.count; c++) {
        row.changes[c] = step_columns_changes(&self->columns, index, c);
        step_columns_print(&row.values[c], &self->columns, index, c, self->arrow, "");
    }
    return row;
}

/* ---- Widths -------------------------------------------------------------------------------------------------- */

static void measure_row(struct witness_table *self, size_t index)
{
    struct row row = make_row(self, index);
    self->label_width = larger(self->label_width, utf8_columns(text_string(&row.label)));
    for (size_t c = 0; c < self->columns.count; c++)
        self->widths[c] = larger(self->widths[c], utf8_columns(text_string(&row.values[c])));
    self->compact_width = larger(self->compact_width, utf8_columns(text_string(&row.compact)));
    if (row.is_loop) {
        self->cell_width = larger(self->cell_width, utf8_columns(text_string(&row.instruction)));
    } else {
        self->text_width = larger(self->text_width, utf8_columns(text_string(&row.instruction)));
        self->effect_width = larger(self->effect_width, utf8_columns(text_string(&row.effect)));
    }
    if (row.buffers != NULL)
        self->buffer_width = larger(self->buffer_width, larger(utf8_columns(row.buffers), strlen(buffer_head)));
    row_clear(&row);
}

static size_t left_width(const struct witness_table *self)
{
    return self->label_width + 2; /* and the mark of a preemption */
}

static size_t mark_width(const struct witness_table *self)
{
    return larger(self->name_width, MARK_COLUMNS_MIN) + 1;
}

static bool fits(const struct witness_table *self, size_t cell_width, size_t gap)
{
    size_t columns = larger(cell_width, self->name_width) + gap;
    return left_width(self) + self->trace->thread_count * columns + gap + self->value_width <= self->terminal->width;
}

/* Instructions that have the line of a source beside them can be longer than a line: their middles are left out. */
static void shorten(struct witness_table *self)
{
    size_t width = left_width(self) + GAP + self->name_width + GAP + self->cell_width + self->gap + self->value_width;
    size_t excess = width > self->terminal->width ? width - self->terminal->width : 0;
    size_t least = CUT_COLUMNS_MIN + (self->effect_width > 0 ? EFFECT_GAP + self->effect_width : 0);
    if (self->cell_width > least)
        self->cell_width = self->cell_width > least + excess ? self->cell_width - excess : least;
}

static void choose_layout(struct witness_table *self)
{
    size_t marks = self->trace->thread_count * mark_width(self);
    size_t named = left_width(self) + 3 * GAP + self->name_width + self->cell_width + self->value_width;
    self->gap = GAP;
    if (self->buffer_width > 0 && named + GAP + self->buffer_width > self->terminal->width)
        self->buffer_width = 0;
    if (self->buffer_width > 0)
        self->value_width += self->buffer_width + GAP;
    if (fits(self, self->cell_width, GAP)) {
        self->layout = LAYOUT_WIDE;
        self->cell_width = larger(self->cell_width, self->name_width);
    } else if (fits(self, self->compact_width, COMPACT_GAP)) {
        self->layout = LAYOUT_COMPACT;
        self->gap = COMPACT_GAP;
        self->cell_width = larger(self->compact_width, self->name_width);
    } else if (left_width(self) + marks + 3 * GAP + self->cell_width + self->value_width <= self->terminal->width) {
        self->layout = LAYOUT_MARKS;
    } else {
        self->layout = LAYOUT_NAMES;
        shorten(self);
    }
}

static size_t head_width(const struct witness_table *self, size_t column)
{
    char *name = trace_place_name(self->trace, column);
    size_t width = utf8_columns(name);
    memory_free(name);
    return width;
}

static void measure(struct witness_table *self)
{
    self->label_width = strlen("step");
    for (size_t c = 0; c < self->columns.count; c++)
        self->widths[c] = head_width(self, c);
    for (size_t i = 0; i < self->trace->thread_count; i++)
        self->name_width = larger(self->name_width, utf8_columns(self->trace->threads[i]));
    for (size_t i = 0; i < self->groups.count; i++)
        if (!middle_has(self->groups.left_out, i))
            measure_row(self, i);
    for (size_t c = 0; c < self->columns.count; c++)
        self->value_width += self->widths[c] + (c > 0 ? GAP : 0);
    size_t step_width = self->text_width + (self->effect_width > 0 ? EFFECT_GAP + self->effect_width : 0);
    self->cell_width = larger(larger(self->cell_width, step_width), strlen("instruction"));
    choose_layout(self);
}

/* ---- Printing ------------------------------------------------------------------------------------------------ */

static void pad(struct text *text, size_t used, size_t width)
{
    if (used < width)
        text_print(text, "%*s", (int)(width - used), "");
}

static void print_padded(const struct witness_table *self, struct text *text, enum style style, const char *string,
                         size_t width)
{
    terminal_print(self->terminal, text, style, "%s", string);
    pad(text, utf8_columns(string), width);
}

static void print_right(const struct witness_table *self, struct text *text, enum style style, const char *string,
                        size_t width)
{
    pad(text, utf8_columns(string), width);
    terminal_print(self->terminal, text, style, "%s", string);
}

/* Leaves out the middle of what is longer than its column. */
static void print_cut(const struct witness_table *self, struct text *text, enum style style, const char *string,
                      size_t width)
{
    char *line = utf8_cut_middle(string, width);
    print_padded(self, text, style, line, width);
    memory_free(line);
}

/* An instruction with its effect. Effects stand under each other but for those of long instructions where columns are few. */
static void print_instruction(const struct witness_table *self, struct text *text, const struct row *row)
{
    size_t aligned = self->text_width < self->cell_width - EFFECT_GAP - self->effect_width
                         ? self->text_width
                         : self->cell_width - EFFECT_GAP - self->effect_width;
    size_t room = self->cell_width - EFFECT_GAP - utf8_columns(text_string(&row->effect));
    size_t needed = utf8_columns(text_string(&row->instruction));
    size_t width = needed <= aligned ? aligned : needed < room ? needed : room;
    print_cut(self, text, STYLE_PLAIN, text_string(&row->instruction), width);
    pad(text, 0, EFFECT_GAP);
    print_padded(self, text, STYLE_QUIET, text_string(&row->effect), self->cell_width - width - EFFECT_GAP);
}

/* Prints the instruction and its effect, or the head of their column. */
static void print_cell(const struct witness_table *self, struct text *text, const struct row *row)
{
    if (row == NULL) {
        print_padded(self, text, STYLE_HEADING, "instruction", self->cell_width);
    } else if (self->layout == LAYOUT_COMPACT || row->effect.length == 0) {
        const struct text *words = self->layout == LAYOUT_COMPACT ? &row->compact : &row->instruction;
        print_cut(self, text, row->is_loop ? STYLE_QUIET : STYLE_PLAIN, text_string(words), self->cell_width);
    } else {
        print_instruction(self, text, row);
    }
}

static void print_wide(const struct witness_table *self, struct text *text, const struct row *row)
{
    for (uint32_t thread = 0; thread < self->trace->thread_count; thread++) {
        pad(text, 0, self->gap);
        if (row == NULL)
            print_padded(self, text, STYLE_HEADING, self->trace->threads[thread], self->cell_width);
        else if (thread == row->thread)
            print_cell(self, text, row);
        else
            pad(text, 0, self->cell_width);
    }
}

static void print_marks(const struct witness_table *self, struct text *text, const struct row *row)
{
    const char *idle = self->terminal->utf8 ? "\xc2\xb7" : ".";
    const char *busy = self->terminal->utf8 ? "\xe2\x97\x8f" : "*";
    pad(text, 0, GAP);
    for (uint32_t thread = 0; thread < self->trace->thread_count; thread++)
        if (row == NULL)
            print_padded(self, text, STYLE_HEADING, self->trace->threads[thread], mark_width(self));
        else if (thread == row->thread)
            print_padded(self, text, STYLE_PLAIN, busy, mark_width(self));
        else
            print_padded(self, text, STYLE_QUIET, idle, mark_width(self));
    pad(text, 0, GAP - 1);
    print_cell(self, text, row);
}

static void print_named(const struct witness_table *self, struct text *text, const struct row *row)
{
    const char *name = row != NULL ? self->trace->threads[row->thread] : "by";
    pad(text, 0, GAP);
    print_padded(self, text, row != NULL ? STYLE_PLAIN : STYLE_HEADING, name, self->name_width + GAP);
    print_cell(self, text, row);
}

/* Prints what is observed, or the head of its column. */
static void print_column(const struct witness_table *self, struct text *text, const struct row *row, size_t column)
{
    char *name = trace_place_name(self->trace, column);
    enum style style = row == NULL ? STYLE_HEADING : row->changes[column] ? STYLE_CHANGED : STYLE_QUIET;
    bool is_text = step_columns_is_text(&self->columns, column);
    pad(text, 0, column == 0 ? self->gap : GAP);
    (is_text ? print_padded : print_right)(self, text, style, row == NULL ? name : text_string(&row->values[column]),
                                           self->widths[column]);
    memory_free(name);
}

/* Prints a row; NULL: the heads. */
static void print_line(const struct witness_table *self, FILE *stream, const struct row *row)
{
    static void (*const print[])(const struct witness_table *, struct text *, const struct row *) = {
        [LAYOUT_WIDE] = print_wide,
        [LAYOUT_COMPACT] = print_wide,
        [LAYOUT_MARKS] = print_marks,
        [LAYOUT_NAMES] = print_named,
    };
    struct text text = TEXT_INIT;
    print_right(self, &text, row == NULL ? STYLE_HEADING : STYLE_PLAIN, row == NULL ? "step" : text_string(&row->label),
                self->label_width);
    terminal_print(self->terminal, &text, row == NULL ? STYLE_PLAIN : STYLE_WARNING, "%s",
                   row != NULL && row->is_preemption ? " !" : "  ");
    print[self->layout](self, &text, row);
    for (size_t c = 0; c < self->columns.count; c++)
        print_column(self, &text, row, c);
    if (self->buffer_width > 0) {
        pad(&text, 0, GAP);
        print_padded(self, &text, row == NULL ? STYLE_HEADING : STYLE_PLAIN,
                     row == NULL            ? buffer_head
                     : row->buffers != NULL ? row->buffers
                                            : "",
                     self->buffer_width);
    }
    while (text.length > 0 && text.bytes[text.length - 1] == ' ')
        text_cut(&text, text.length - 1);
    fprintf(stream, "%s\n", text_string(&text));
    text_free(&text);
}

static void print_row(const struct witness_table *self, FILE *stream, size_t index)
{
    struct row row = make_row(self, index);
    print_line(self, stream, &row);
    row_clear(&row);
}

static void print_border(const struct witness_table *self, FILE *stream)
{
    struct text text = TEXT_INIT;
    pad(&text, 0, self->label_width + 2);
    terminal_print(self->terminal, &text, STYLE_WARNING, "-- again and again, steps %zu to %zu:", self->loop + 1,
                   trace_length(self->trace));
    fprintf(stream, "%s\n", text_string(&text));
    text_free(&text);
}

/* The loop may begin among the rows that are left out. */
static void print_rows(const struct witness_table *self, FILE *stream)
{
    struct middle left_out = self->groups.left_out;
    size_t loop = self->loop == SIZE_MAX ? SIZE_MAX : trace_find_step(self->trace, self->loop);
    for (size_t i = 0; i < self->groups.count; i++) {
        size_t first = self->groups.items[i].first;
        size_t last = i == left_out.first ? self->groups.items[left_out.end - 1].first : first;
        bool is_left_out = middle_has(left_out, i);
        if (first <= loop && loop <= last && (!is_left_out || i == left_out.first))
            print_border(self, stream);
        if (!is_left_out)
            print_row(self, stream, i);
        else if (i == left_out.first)
            fprintf(stream, "%*s  ... steps %zu to %zu are left out (--full shows them)\n", (int)self->label_width, "",
                    step_groups_left_out_first(&self->groups), step_groups_left_out_last(&self->groups));
    }
}

/* ---- Life ---------------------------------------------------------------------------------------------------- */

static struct witness_table make_table(const struct trace *trace, size_t loop, const struct terminal *terminal,
                                       bool full)
{
    struct witness_table self = {.trace = trace, .terminal = terminal, .loop = loop};
    self.arrow = terminal->utf8 ? " \xe2\x86\x92 " : " -> ";
    self.groups = step_groups_make(trace, !full && trace->step_count >= FOLD_STEPS_MIN ? GROUP_ROUNDS : GROUP_STEPS,
                                   loop, full ? SIZE_MAX : ROWS_MAX, ROWS_SHOWN_EACH_END);
    self.columns = step_columns_make(trace, &self.groups);
    measure(&self);
    return self;
}

void witness_table_print(FILE *stream, const struct trace *trace, size_t loop, const struct terminal *terminal,
                         bool full)
{
    struct witness_table self = make_table(trace, loop, terminal, full);
    print_line(&self, stream, NULL);
    print_rows(&self, stream);
    step_columns_free(&self.columns);
    step_groups_free(&self.groups);
}
