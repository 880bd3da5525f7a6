/* table: rows and columns, apart from how they look.
 *
 * Columns are added first, then rows, cell by cell. Cells are plain text of any origin. A table owns its cells; titles and links
 * are borrowed. A terminal shows all columns, a page those that have a title. */
#pragma once

#include "base/text.h"
#include "report/style.h"
#include "report/terminal.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum { TABLE_COLUMNS_MAX = 24 };

enum table_column_kind {
    TABLE_RIGHT, /* numbers */
    TABLE_LEFT,  /* words */
    TABLE_CODE,  /* words that are code; on a page in lines */
    TABLE_LINK,  /* a word that leads somewhere */
    TABLE_BAR    /* a bar as long as the cell's share; on a terminal that has room for it */
};

struct table_column {
    enum table_column_kind kind;
    enum style style;     /* of cells in plain rows */
    const char *title;    /* NULL: on terminals alone */
    char *taken;          /* the title where the table owns it, a name of the program's then; or NULL */
    const char *heads[2]; /* its two lines on a terminal; NULL: the title on the lower one */
    bool shrinks;         /* where a terminal has too few columns the middle of its cells is left out */
};

struct table_cell {
    struct text words;
    char *link;   /* where the cell leads on a page, or NULL */
    double share; /* 0 .. 1, of a bar; negative: there is none */
};

struct table_row {
    struct table_cell cells[TABLE_COLUMNS_MAX];
    size_t count;
    enum style style;
    char *note; /* stands behind the row, or below it; or NULL */
    enum style note_style;
};

struct table {
    const char *name;    /* of its kind, for the style sheet of a page */
    struct text caption; /* prose; on a page it stands above the table, unless it is empty */
    struct table_column columns[TABLE_COLUMNS_MAX];
    size_t column_count;
    struct table_row *rows;
    size_t row_count;
    size_t row_capacity;
    size_t gap; /* blanks between columns on a terminal */
};

/* Returns an empty table as new; freed with table_free(), to which NULL may be given. */
struct table *table_new(const char *name, size_t gap);
void table_free(struct table *self);

/* Adds a column; returns it, borrowed until the next one. */
struct table_column *table_add_column(struct table *self, enum table_column_kind kind, const char *title);

/* The same with a name of the program's for a title, which is taken. */
struct table_column *table_take_column(struct table *self, enum table_column_kind kind, char *title);

/* Begins a row. */
struct table_row *table_add_row(struct table *self, enum style style);

/* Adds the next cell of the last row, and returns it, borrowed. */
struct table_cell *table_add_cell(struct table *self);

/* Adds a cell with a text that is taken, from one of the functions of base/number.h, say. */
void table_put(struct table *self, char *words);

/* How many columns of a terminal the table takes, bars and notes left out. */
size_t table_width(const struct table *self);

/* Writes the table in the columns that the terminal has. */
void table_print(const struct table *self, FILE *stream, const struct terminal *terminal);
