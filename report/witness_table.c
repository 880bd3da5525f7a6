#include "report/witness_table.h"

#include "base/memory.h"
#include "base/utf8.h"
#include "report/runs.h"

#include <inttypes.h>
#include <string.h>

enum {
    FOLD_STEPS_MIN = 17, /* a shorter schedule is shown step by step */
    ROWS_MAX = 80,       /* of a folded table; beyond, the middle is left out */
    ROWS_SHOWN_EACH_END = 30,
    GAP = 3, /* columns between columns */
    COMPACT_GAP = 2,
    EFFECT_GAP = 2,
    MARK_COLUMNS_MIN = 2
};

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
    struct runs runs;
    size_t loop;          /* index of the step where a loop begins, or SIZE_MAX */
    size_t skipped_first; /* runs that are left out, none where first == last */
    size_t skipped_last;  /* exclusive */
    char **names;         /* of the threads, one line each */
    char *observe;
    enum layout layout;
    size_t gap;           /* columns between columns */
    size_t label_width;   /* "2-28" */
    size_t text_width;    /* "mov counter, %ax" */
    size_t effect_width;  /* "ax=0" */
    size_t cell_width;    /* both, or what a run says */
    size_t compact_width; /* the same for LAYOUT_COMPACT */
    size_t name_width;    /* the longest name of a thread */
    size_t value_width;
};

/* One row, as text without widths. */
struct row {
    struct text label;
    struct text instruction;
    struct text effect;
    struct text compact; /* instruction and effect, or a run, in as few columns as possible */
    struct text value;
    uint32_t thread;
    bool is_run;
    bool is_preemption;
    bool is_change;
};

static void row_clear(struct row *self)
{
    text_free(&self->label);
    text_free(&self->instruction);
    text_free(&self->effect);
    text_free(&self->compact);
    text_free(&self->value);
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* ---- Rows ---------------------------------------------------------------------------------------------------- */

static void print_effect(struct text *text, const struct trace *trace, const struct trace_step *step)
{
    if (step->register_name != NULL)
        text_print(text, "%s=%" PRId64, step->register_name, step->register_value);
    for (size_t i = 0; i < step->access_count; i++) {
        const struct trace_access *access = &step->accesses[i];
        if (!access->is_write || access->word == trace->observed_word)
            continue;
        char *name = utf8_line(trace->words[access->word]);
        text_print(text, "%s%s=%" PRId64, text->length > 0 ? " " : "", name, access->value);
        memory_free(name);
    }
}

static void print_rounds(struct text *text, const struct run *run, const struct trace *trace)
{
    uint32_t first, last;
    run_lines(run, trace, &first, &last);
    text_print(text, "%zu x ", run->rounds);
    if (first == last)
        text_print(text, "line %" PRIu32, first);
    else
        text_print(text, "lines %" PRIu32 "-%" PRIu32, first, last);
}

/* A step that failed has done nothing, so the table says so in the place of its effect. */
static bool is_failure(const struct trace *trace, size_t step)
{
    return trace->end == TRACE_FAILED && step + 1 == trace->step_count;
}

static void fill_run(struct row *row, const struct run *run, const struct trace *trace)
{
    row->is_run = true;
    text_print(&row->label, "-%zu", run->first + run->count);
    text_print(&row->instruction, "%zu steps: ", run->count);
    print_rounds(&row->instruction, run, trace);
    print_rounds(&row->compact, run, trace);
}

static void fill_step(struct row *row, size_t step, const struct trace *trace)
{
    text_print(&row->instruction, "%s%s", trace->steps[step].is_return ? "returns from " : "", trace->steps[step].text);
    if (is_failure(trace, step))
        text_print(&row->effect, "error");
    else
        print_effect(&row->effect, trace, &trace->steps[step]);
    text_print(&row->compact, "%s%s%s", text_string(&row->instruction), row->effect.length > 0 ? " " : "",
               text_string(&row->effect));
}

static void fill_value(struct row *row, const struct run *run, const struct trace *trace, const char *arrow)
{
    int64_t before = run_before(run, trace), after = run_after(run, trace);
    row->is_change = run_writes(run, trace) || before != after;
    if (row->is_change)
        text_print(&row->value, "%" PRId64 " %s ", before, arrow);
    text_print(&row->value, "%" PRId64, after);
}

static struct row make_row(const struct witness_table *self, const struct run *run)
{
    const struct trace_step *step = &self->trace->steps[run->first];
    struct row row = {.thread = step->thread, .is_preemption = step->preemption};
    text_print(&row.label, "%zu", run->first + 1);
    if (run->count > 1)
        fill_run(&row, run, self->trace);
    else
        fill_step(&row, run->first, self->trace);
    fill_value(&row, run, self->trace, self->arrow);
    return row;
}

/* ---- Widths -------------------------------------------------------------------------------------------------- */

static bool is_skipped(const struct witness_table *self, size_t run)
{
    return run >= self->skipped_first && run < self->skipped_last;
}

static void measure_row(struct witness_table *self, const struct run *run)
{
    struct row row = make_row(self, run);
    self->label_width = larger(self->label_width, utf8_columns(text_string(&row.label)));
    self->value_width = larger(self->value_width, utf8_columns(text_string(&row.value)));
    self->compact_width = larger(self->compact_width, utf8_columns(text_string(&row.compact)));
    if (row.is_run) {
        self->cell_width = larger(self->cell_width, utf8_columns(text_string(&row.instruction)));
    } else {
        self->text_width = larger(self->text_width, utf8_columns(text_string(&row.instruction)));
        self->effect_width = larger(self->effect_width, utf8_columns(text_string(&row.effect)));
    }
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

static void choose_layout(struct witness_table *self)
{
    size_t marks = self->trace->thread_count * mark_width(self);
    self->gap = GAP;
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
    }
}

static void measure(struct witness_table *self)
{
    self->label_width = strlen("step");
    self->value_width = utf8_columns(self->observe);
    for (size_t i = 0; i < self->trace->thread_count; i++)
        self->name_width = larger(self->name_width, utf8_columns(self->names[i]));
    for (size_t i = 0; i < self->runs.count; i++)
        if (!is_skipped(self, i))
            measure_row(self, &self->runs.items[i]);
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

static void print_cell(const struct witness_table *self, struct text *text, const struct row *row)
{
    size_t effect_width = self->cell_width - self->text_width;
    if (self->layout == LAYOUT_COMPACT) {
        print_padded(self, text, row->is_run ? STYLE_QUIET : STYLE_PLAIN, text_string(&row->compact), self->cell_width);
    } else if (row->is_run) {
        print_padded(self, text, STYLE_QUIET, text_string(&row->instruction), self->cell_width);
    } else if (row->effect.length > 0) {
        print_padded(self, text, STYLE_PLAIN, text_string(&row->instruction), self->text_width + EFFECT_GAP);
        print_padded(self, text, STYLE_QUIET, text_string(&row->effect), effect_width - EFFECT_GAP);
    } else {
        print_padded(self, text, STYLE_PLAIN, text_string(&row->instruction), self->cell_width);
    }
}

static void print_wide(const struct witness_table *self, struct text *text, const struct row *row)
{
    for (uint32_t thread = 0; thread < self->trace->thread_count; thread++) {
        pad(text, 0, self->gap);
        if (thread == row->thread)
            print_cell(self, text, row);
        else
            pad(text, 0, self->cell_width);
    }
}

static void print_marks(const struct witness_table *self, struct text *text, const struct row *row)
{
    pad(text, 0, GAP);
    for (uint32_t thread = 0; thread < self->trace->thread_count; thread++) {
        const char *idle = self->terminal->utf8 ? "\xc2\xb7" : ".";
        const char *busy = self->terminal->utf8 ? "\xe2\x97\x8f" : "*";
        print_padded(self, text, thread == row->thread ? STYLE_PLAIN : STYLE_QUIET, thread == row->thread ? busy : idle,
                     mark_width(self));
    }
    pad(text, 0, GAP - 1);
    print_cell(self, text, row);
}

static void print_named(const struct witness_table *self, struct text *text, const struct row *row)
{
    pad(text, 0, GAP);
    print_padded(self, text, STYLE_PLAIN, self->names[row->thread], self->name_width + GAP);
    print_cell(self, text, row);
}

static void print_thread_part(const struct witness_table *self, struct text *text, const struct row *row)
{
    switch (self->layout) {
    case LAYOUT_WIDE:
    case LAYOUT_COMPACT:
        print_wide(self, text, row);
        break;
    case LAYOUT_MARKS:
        print_marks(self, text, row);
        break;
    case LAYOUT_NAMES:
        print_named(self, text, row);
        break;
    }
}

static void print_row(const struct witness_table *self, FILE *stream, const struct run *run)
{
    struct row row = make_row(self, run);
    struct text text = TEXT_INIT;
    pad(&text, row.label.length, self->label_width);
    text_print(&text, "%s", text_string(&row.label));
    terminal_print(self->terminal, &text, STYLE_WARNING, row.is_preemption ? " !" : "  ");
    print_thread_part(self, &text, &row);
    pad(&text, 0, self->gap);
    print_right(self, &text, row.is_change ? STYLE_CHANGED : STYLE_QUIET, text_string(&row.value), self->value_width);
    fprintf(stream, "%s\n", text_string(&text));
    text_free(&text);
    row_clear(&row);
}

static void print_thread_heads(const struct witness_table *self, struct text *text)
{
    bool is_wide = self->layout == LAYOUT_WIDE || self->layout == LAYOUT_COMPACT;
    for (size_t thread = 0; thread < self->trace->thread_count; thread++) {
        pad(text, 0, is_wide || thread == 0 ? self->gap : 0);
        print_padded(self, text, STYLE_HEADING, self->names[thread], is_wide ? self->cell_width : mark_width(self));
    }
    if (!is_wide) {
        pad(text, 0, GAP - 1);
        print_padded(self, text, STYLE_HEADING, "instruction", self->cell_width);
    }
}

static void print_name_head(const struct witness_table *self, struct text *text)
{
    pad(text, 0, GAP);
    print_padded(self, text, STYLE_HEADING, "by", self->name_width + GAP);
    print_padded(self, text, STYLE_HEADING, "instruction", self->cell_width);
}

static void print_head(const struct witness_table *self, FILE *stream)
{
    struct text text = TEXT_INIT;
    print_right(self, &text, STYLE_HEADING, "step", self->label_width);
    pad(&text, 0, 2);
    if (self->layout == LAYOUT_NAMES)
        print_name_head(self, &text);
    else
        print_thread_heads(self, &text);
    pad(&text, 0, self->gap);
    print_right(self, &text, STYLE_HEADING, self->observe, self->value_width);
    fprintf(stream, "%s\n", text_string(&text));
    text_free(&text);
}

static void print_skipped(const struct witness_table *self, FILE *stream)
{
    const struct run *first = &self->runs.items[self->skipped_first];
    const struct run *last = &self->runs.items[self->skipped_last - 1];
    fprintf(stream, "%*s  ... steps %zu to %zu are left out (--full shows them)\n", (int)self->label_width, "",
            first->first + 1, last->first + last->count);
}

/* Whether the loop begins at a run, or among those that are left out there. */
static bool begins_loop(const struct witness_table *self, size_t run)
{
    size_t last = is_skipped(self, run) ? self->skipped_last - 1 : run;
    return self->runs.items[run].first <= self->loop && self->loop <= self->runs.items[last].first &&
           (!is_skipped(self, run) || run == self->skipped_first);
}

static void print_border(const struct witness_table *self, FILE *stream)
{
    struct text text = TEXT_INIT;
    pad(&text, 0, self->label_width + 2);
    terminal_print(self->terminal, &text, STYLE_WARNING, "-- again and again, steps %zu to %zu:", self->loop + 1,
                   self->trace->step_count);
    fprintf(stream, "%s\n", text_string(&text));
    text_free(&text);
}

static void print_rows(const struct witness_table *self, FILE *stream)
{
    for (size_t i = 0; i < self->runs.count; i++) {
        if (begins_loop(self, i))
            print_border(self, stream);
        if (!is_skipped(self, i))
            print_row(self, stream, &self->runs.items[i]);
        else if (i == self->skipped_first)
            print_skipped(self, stream);
    }
}

/* ---- Life ---------------------------------------------------------------------------------------------------- */

static struct witness_table make_table(const struct trace *trace, size_t loop, const struct terminal *terminal,
                                       bool full)
{
    struct witness_table self = {.trace = trace, .terminal = terminal, .loop = loop};
    self.arrow = terminal->utf8 ? "\xe2\x86\x92" : "->";
    self.runs = runs_make(trace, !full && trace->step_count >= FOLD_STEPS_MIN, loop);
    if (!full && self.runs.count > ROWS_MAX) {
        self.skipped_first = ROWS_SHOWN_EACH_END;
        self.skipped_last = self.runs.count - ROWS_SHOWN_EACH_END;
    }
    self.observe = utf8_line(trace->observe);
    self.names = memory_new(trace->thread_count, sizeof *self.names);
    for (size_t i = 0; i < trace->thread_count; i++)
        self.names[i] = utf8_line(trace->threads[i]);
    measure(&self);
    return self;
}

void witness_table_print(FILE *stream, const struct trace *trace, const struct terminal *terminal, bool full)
{
    witness_table_print_lasso(stream, trace, SIZE_MAX, terminal, full);
}

void witness_table_print_lasso(FILE *stream, const struct trace *trace, size_t loop, const struct terminal *terminal,
                               bool full)
{
    struct witness_table self = make_table(trace, loop, terminal, full);
    print_head(&self, stream);
    print_rows(&self, stream);
    for (size_t i = 0; i < trace->thread_count; i++)
        memory_free(self.names[i]);
    memory_free(self.names);
    memory_free(self.observe);
    runs_free(&self.runs);
}
