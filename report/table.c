#include "report/table.h"

#include "base/memory.h"
#include "base/paragraph.h"
#include "base/utf8.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

enum {
    BAR_COLUMNS_MIN = 8,
    BAR_COLUMNS_MAX = 32,
    NOTE_COLUMNS_MIN = 24, /* a narrower note stands on a line of its own */
    SHRUNK_COLUMNS_MIN = 16
};

/* ---- Making ------------------------------------------------------------------------------------------------------ */

struct table *table_new(const char *name, size_t gap)
{
    struct table *self = memory_new(1, sizeof *self);
    self->name = name;
    self->gap = gap;
    return self;
}

void table_free(struct table *self)
{
    if (self == NULL)
        return;
    for (size_t r = 0; r < self->row_count; r++) {
        for (size_t c = 0; c < self->rows[r].count; c++) {
            text_free(&self->rows[r].cells[c].words);
            memory_free(self->rows[r].cells[c].link);
        }
        memory_free(self->rows[r].note);
    }
    for (size_t c = 0; c < self->column_count; c++)
        memory_free(self->columns[c].taken);
    memory_free(self->rows);
    text_free(&self->caption);
    memory_free(self);
}

struct table_column *table_add_column(struct table *self, enum table_column_kind kind, const char *title)
{
    assert(self->column_count < TABLE_COLUMNS_MAX);
    struct table_column *column = &self->columns[self->column_count++];
    *column = (struct table_column){.kind = kind, .title = title};
    return column;
}

struct table_column *table_take_column(struct table *self, enum table_column_kind kind, char *title)
{
    struct table_column *column = table_add_column(self, kind, title);
    column->taken = title;
    return column;
}

struct table_row *table_add_row(struct table *self, enum style style)
{
    self->rows = memory_grow(self->rows, self->row_count, &self->row_capacity, sizeof *self->rows);
    struct table_row *row = &self->rows[self->row_count++];
    *row = (struct table_row){.style = style};
    return row;
}

struct table_cell *table_add_cell(struct table *self)
{
    struct table_row *row = &self->rows[self->row_count - 1];
    assert(row->count < self->column_count);
    struct table_cell *cell = &row->cells[row->count++];
    cell->share = -1;
    return cell;
}

void table_put(struct table *self, char *words)
{
    text_print(&table_add_cell(self)->words, "%s", words);
    memory_free(words);
}

/* ---- On a terminal ----------------------------------------------------------------------------------------------- */

struct layout {
    const struct table *table;
    const struct terminal *terminal;
    size_t widths[TABLE_COLUMNS_MAX];
    bool has_two_heads;
};

static const char *head(const struct layout *self, size_t column, bool is_lower)
{
    const struct table_column *from = &self->table->columns[column];
    if (from->heads[0] != NULL)
        return from->heads[is_lower];
    return is_lower && from->title != NULL ? from->title : "";
}

static void widen(size_t *width, const char *words)
{
    char *clean = utf8_line(words);
    size_t columns = utf8_columns(clean);
    *width = columns > *width ? columns : *width;
    memory_free(clean);
}

static struct layout measure(const struct table *table, const struct terminal *terminal)
{
    struct layout self = {.table = table, .terminal = terminal};
    for (size_t c = 0; c < table->column_count; c++) {
        self.has_two_heads |= table->columns[c].heads[0] != NULL;
        if (table->columns[c].kind == TABLE_BAR)
            continue;
        widen(&self.widths[c], head(&self, c, false));
        widen(&self.widths[c], head(&self, c, true));
        for (size_t r = 0; r < table->row_count; r++)
            if (c < table->rows[r].count)
                widen(&self.widths[c], text_string(&table->rows[r].cells[c].words));
    }
    return self;
}

static size_t total_width(const struct layout *self)
{
    size_t width = 0;
    for (size_t c = 0; c < self->table->column_count; c++)
        if (self->widths[c] > 0)
            width += self->widths[c] + (width > 0 ? self->table->gap : 0);
    return width;
}

size_t table_width(const struct table *self)
{
    struct layout layout = measure(self, NULL);
    return total_width(&layout);
}

static void shrink(struct layout *self)
{
    for (size_t c = 0; c < self->table->column_count; c++) {
        size_t width = total_width(self), least = SHRUNK_COLUMNS_MIN;
        size_t excess = width > self->terminal->width ? width - self->terminal->width : 0;
        if (self->table->columns[c].shrinks && self->widths[c] > least)
            self->widths[c] = self->widths[c] > least + excess ? self->widths[c] - excess : least;
    }
}

/* A bar gets what the columns leave, if that is enough to see something. */
static void widen_bar(struct layout *self)
{
    size_t used = total_width(self) + self->table->gap;
    size_t left = self->terminal->width > used ? self->terminal->width - used : 0;
    for (size_t c = 0; c < self->table->column_count; c++)
        if (self->table->columns[c].kind == TABLE_BAR && left >= BAR_COLUMNS_MIN)
            self->widths[c] = left < BAR_COLUMNS_MAX ? left : BAR_COLUMNS_MAX;
}

static void put_words(const struct layout *self, struct text *text, size_t column, const char *words, enum style style)
{
    char *clean = utf8_line(words);
    size_t columns = utf8_columns(clean), width = self->widths[column];
    if (columns > width && self->table->columns[column].shrinks) {
        char *whole = clean;
        clean = utf8_cut_middle(whole, width);
        memory_free(whole);
    }
    int padding = columns < width ? (int)(width - columns) : 0;
    bool is_left = self->table->columns[column].kind != TABLE_RIGHT;
    text_print(text, "%*s%*s", column > 0 ? (int)self->table->gap : 0, "", is_left ? 0 : padding, "");
    terminal_print(self->terminal, text, style, "%s", clean);
    text_print(text, "%*s", is_left ? padding : 0, "");
    memory_free(clean);
}

static void put_cell(const struct layout *self, struct text *text, size_t column, const struct table_row *row)
{
    const struct table_cell *cell = &row->cells[column];
    enum style style = row->style == STYLE_PLAIN ? self->table->columns[column].style : row->style;
    if (self->widths[column] == 0)
        return;
    if (column < row->count && cell->share >= 0) {
        text_print(text, "%*s", (int)self->table->gap, "");
        terminal_bar(self->terminal, text, cell->share, self->widths[column]);
    } else {
        put_words(self, text, column, text_string(&cell->words), style);
    }
}

/* Behind the row where there is room for it, else below. */
static void put_note(const struct layout *self, struct text *text, const struct table_row *row)
{
    char *note = utf8_line(row->note);
    size_t column = total_width(self) + self->table->gap, width = self->terminal->width;
    bool fits = column + utf8_columns(note) <= width || column + NOTE_COLUMNS_MIN <= width;
    size_t indent = fits ? column : self->widths[0] + self->table->gap;
    text_print(text, fits ? "%*s" : "\n%*s", (int)(fits ? self->table->gap : indent), "");
    text_print(text, "%s", terminal_begin(self->terminal, row->note_style));
    paragraph_print(text, note, indent, indent, width);
    text->bytes[--text->length] = '\0';
    text_print(text, "%s", terminal_end(self->terminal, row->note_style));
    memory_free(note);
}

/* Trailing spaces are nothing to see, and a nuisance to compare. */
static void put_line(FILE *stream, struct text *text)
{
    while (text->length > 0 && text->bytes[text->length - 1] == ' ')
        text->bytes[--text->length] = '\0';
    fprintf(stream, "%s\n", text_string(text));
    text_free(text);
}

static void print_heads(const struct layout *self, FILE *stream, bool is_lower)
{
    struct text text = TEXT_INIT;
    for (size_t c = 0; c < self->table->column_count; c++)
        if (self->widths[c] > 0)
            put_words(self, &text, c, head(self, c, is_lower), STYLE_HEADING);
    put_line(stream, &text);
}

void table_print(const struct table *self, FILE *stream, const struct terminal *terminal)
{
    struct layout layout = measure(self, terminal);
    shrink(&layout);
    widen_bar(&layout);
    if (layout.has_two_heads)
        print_heads(&layout, stream, false);
    print_heads(&layout, stream, true);
    for (size_t r = 0; r < self->row_count; r++) {
        struct text text = TEXT_INIT;
        for (size_t c = 0; c < self->column_count; c++)
            put_cell(&layout, &text, c, &self->rows[r]);
        if (self->rows[r].note != NULL)
            put_note(&layout, &text, &self->rows[r]);
        put_line(stream, &text);
    }
}
