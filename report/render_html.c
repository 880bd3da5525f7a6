#include "report/render_html.h"

#include "base/memory.h"
#include "report/html_chart.h"
#include "report/html_data.h"
#include "report/html_picture.h"
#include "report/html_player.h"
#include "report/html_schedule.h"
#include "report/html_text.h"
#include "report/setting.h"
#include "report/stints.h"

#include <ctype.h>
#include <string.h>

enum {
    SCHEDULE_TURNS = 24, /* on the line of a schedule that is closed */
    SUM_SHOWN = 2000,    /* bytes of the equation's sum; a longer one opens */
    LINE_BYTES = 100     /* what has more is broken anywhere */
};

struct renderer {
    FILE *stream;
    struct html_room room;
    bool in_section;
    bool in_columns; /* where headings begin no section */
};

static void put(const struct renderer *self, const char *markup)
{
    fputs(markup, self->stream);
}

static void put_prose(const struct renderer *self, const char *before, const struct text *words, const char *after)
{
    put(self, before);
    html_text_write_prose(self->stream, text_string(words));
    put(self, after);
}

/* Labels begin with a capital. */
static void put_label(const struct renderer *self, const char *label)
{
    char *copy = memory_copy_string(label);
    copy[0] = (char)toupper((unsigned char)copy[0]);
    html_text_write(self->stream, copy);
    memory_free(copy);
}

/* ---- Headings ---------------------------------------------------------------------------------------------------- */

static void end_section(struct renderer *self)
{
    put(self, self->in_section ? "</section>\n\n" : "");
    self->in_section = false;
}

static void put_heading(struct renderer *self, const struct block *block)
{
    if (self->in_columns) {
        put_prose(self, "<h2>", &block->words, "</h2>\n");
        return;
    }
    end_section(self);
    self->in_section = true;
    if (block->anchor != NULL)
        fprintf(self->stream, "<section id=\"%s\" aria-labelledby=\"%s-title\">\n<h2 id=\"%s-title\">", block->anchor,
                block->anchor, block->anchor);
    put_prose(self, block->anchor != NULL ? "" : "<section>\n<h2>", &block->words, "</h2>\n");
}

/* A narrow first column is a part of its section, equal ones are a section. */
static void put_columns(struct renderer *self, enum columns columns)
{
    if (columns == COLUMNS_NEXT) {
        put(self, "</div>\n<div>\n");
        return;
    }
    self->in_columns = columns != COLUMNS_END;
    if (columns == COLUMNS_END) {
        put(self, "</div>\n</div>\n");
        return;
    }
    if (columns == COLUMNS_EQUAL) {
        end_section(self);
        put(self, "<section>\n");
        self->in_section = true;
    }
    put(self, columns == COLUMNS_EQUAL ? "<div class=\"columns\">\n<div>\n" : "<div class=\"pair\">\n<div>\n");
}

static void put_part(const struct renderer *self, const struct block *block)
{
    if (block->anchor != NULL)
        fprintf(self->stream, "<h3 id=\"%s\">", block->anchor);
    put_prose(self, block->anchor != NULL ? "" : "<h3>", &block->words, "</h3>\n");
}

void render_html_contents(FILE *stream, const struct content *content)
{
    fputs("<nav aria-label=\"Contents\"><ol>\n", stream);
    for (size_t b = 0; b < content->count; b++) {
        const struct block *block = &content->blocks[b];
        if (block->kind != BLOCK_HEADING || block->anchor == NULL)
            continue;
        fprintf(stream, "<li><a href=\"#%s\">", block->anchor);
        html_text_write_prose(stream, text_string(&block->words));
        fputs("</a>\n", stream);
    }
    fputs("</ol></nav>\n\n", stream);
}

/* ---- Lists ------------------------------------------------------------------------------------------------------- */

static const char *begin_list(const struct block *block)
{
    switch (block->kind) {
    case BLOCK_FACT:
        return "<dl class=\"facts\">\n";
    case BLOCK_ITEM:
        return block->label != NULL ? "<ol class=\"chain\">\n" : "<ul>\n";
    case BLOCK_CLAIM:
        return "<div class=\"theorem\">\n";
    case BLOCK_DETAILS:
        return "<div class=\"witnesses\">\n";
    default:
        return "";
    }
}

static const char *end_list(const struct block *block)
{
    switch (block->kind) {
    case BLOCK_FACT:
        return "</dl>\n";
    case BLOCK_ITEM:
        return block->label != NULL ? "</ol>\n" : "</ul>\n";
    case BLOCK_CLAIM:
    case BLOCK_DETAILS:
        return "</div>\n";
    default:
        return "";
    }
}

/* What ends the list of the block before, and begins that of this one, where they are not the same list. */
static void put_borders(const struct renderer *self, const struct block *before, const struct block *block)
{
    if (before != NULL && block != NULL && before->kind == block->kind)
        return;
    put(self, before != NULL ? end_list(before) : "");
    put(self, block != NULL ? begin_list(block) : "");
}

static void put_fact(const struct renderer *self, const struct block *block)
{
    put(self, "<div><dt>");
    put_label(self, block->label);
    put_prose(self, block->style == STYLE_BAD ? "</dt><dd class=\"bad\">" : "</dt><dd>", &block->words,
              "</dd></div>\n");
}

static void put_item(const struct renderer *self, const struct block *block)
{
    if (block->label == NULL) {
        put_prose(self, "<li>", &block->words, "</li>\n");
        return;
    }
    put(self, "<li");
    if (block->thread != CONTENT_NONE)
        fprintf(self->stream, " class=\"t%zu\"", block->thread % HTML_THREAD_COLOURS);
    put(self, "><span class=\"sum\">");
    html_text_write(self->stream, block->label);
    put_prose(self, "</span> <span class=\"said\">", &block->words, "</span>\n");
}

/* ---- Lines ------------------------------------------------------------------------------------------------------- */

/* A line; what is behind a # is a comment. */
static void put_line(const struct renderer *self, const char *line, size_t length)
{
    struct text code = TEXT_INIT, comment = TEXT_INIT;
    const char *mark = memchr(line, '#', length);
    size_t code_length = mark != NULL ? (size_t)(mark - line) : length;
    text_append(&code, line, code_length);
    text_append(&comment, line + code_length, length - code_length);
    put(self, "<li><code>");
    html_text_write(self->stream, text_string(&code));
    if (mark != NULL) {
        put(self, "<i>");
        html_text_write(self->stream, text_string(&comment));
        put(self, "</i>");
    }
    put(self, "</code>\n");
    text_free(&code);
    text_free(&comment);
}

static void put_listing(const struct renderer *self, const char *lines)
{
    put(self, "<ol class=\"listing\" id=\"listing\">\n");
    while (*lines != '\0') {
        size_t length = strcspn(lines, "\n");
        put_line(self, lines, length);
        lines += length + (lines[length] == '\n');
    }
    put(self, "</ol>\n");
}

/* What ends with an empty line is a part of its own, which stays together on paper. */
static void put_command(const struct renderer *self, const char *command)
{
    bool has_parts = strstr(command, "\n\n") != NULL;
    put(self, "<pre class=\"command\"><code>");
    while (*command != '\0') {
        const char *empty = strstr(command, "\n\n");
        struct text part = TEXT_INIT;
        text_append(&part, command, empty != NULL ? (size_t)(empty - command) + 2 : strlen(command));
        put(self, has_parts ? "<span>" : "");
        html_text_write(self->stream, text_string(&part));
        put(self, has_parts ? "</span>" : "");
        command += part.length;
        text_free(&part);
    }
    put(self, "</code></pre>\n");
}

/* ---- Tables ------------------------------------------------------------------------------------------------------ */

static void put_attribute(const struct renderer *self, const char *name, const char *value)
{
    fprintf(self->stream, "%s=\"", name);
    html_text_write(self->stream, value);
    put(self, "\"");
}

/* Lines of code stand below each other. */
static void put_code(const struct renderer *self, const char *lines)
{
    put(self, "<code>");
    while (*lines != '\0') {
        size_t length = strcspn(lines, "\n");
        struct text line = TEXT_INIT;
        text_append(&line, lines, length);
        html_text_write(self->stream, text_string(&line));
        lines += length + (lines[length] == '\n');
        put(self, *lines != '\0' ? "<br>" : "");
        text_free(&line);
    }
    put(self, "</code>");
}

static void put_cell(const struct renderer *self, enum table_column_kind kind, const struct table_cell *cell)
{
    static const char value_link[] = "#value";
    bool is_value = cell->link != NULL && strncmp(cell->link, value_link, strlen(value_link)) == 0;
    if (cell->link != NULL)
        put_attribute(self, "<a href", cell->link);
    if (is_value)
        put_attribute(self, " data-value", cell->link + strlen(value_link));
    put(self, cell->link != NULL ? ">" : "");
    if (kind == TABLE_CODE)
        put_code(self, text_string(&cell->words));
    else
        html_text_write(self->stream, text_string(&cell->words));
    put(self, cell->link != NULL ? "</a>" : "");
}

/* A narrow page names the numbers of a row, since it has no heads. */
static void begin_cell(const struct renderer *self, const struct table_column *column, bool is_first)
{
    static const char *const classes[] = {[TABLE_RIGHT] = "number",
                                          [TABLE_LEFT] = "words",
                                          [TABLE_CODE] = "code",
                                          [TABLE_LINK] = "link",
                                          [TABLE_BAR] = "bar"};
    if (is_first) {
        put(self, "<th scope=\"row\">");
        return;
    }
    fprintf(self->stream, "<td class=\"%s\"", classes[column->kind]);
    if (column->kind == TABLE_RIGHT)
        put_attribute(self, " data-name", column->title);
    put(self, ">");
}

static void put_row(const struct renderer *self, const struct table *table, const struct table_row *row)
{
    static const struct table_cell empty;
    put(self, row->style == STYLE_HEADING ? "<tfoot>\n" : "");
    put(self, row->style == STYLE_PLAIN ? "<tr>" : "<tr class=\"other\">");
    for (size_t c = 0; c < table->column_count; c++) {
        if (table->columns[c].title == NULL)
            continue;
        begin_cell(self, &table->columns[c], c == 0);
        put_cell(self, table->columns[c].kind, c < row->count ? &row->cells[c] : &empty);
    }
    put(self, "\n");
}

static bool has_links(const struct table *table)
{
    bool any = false;
    for (size_t r = 0; r < table->row_count; r++)
        any |= table->rows[r].cells[0].link != NULL;
    return any;
}

static void put_table(const struct renderer *self, const struct table *table)
{
    if (has_links(table))
        put(self, "<p>A value that is a link leads to a schedule that ends with it<span class=\"script\">: choose one "
                  "and step through it</span>.</p>\n");
    fprintf(self->stream,
            "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Table of %s\"><table class=\"%s\">\n",
            table->name, table->name);
    if (table->caption.length > 0)
        put_prose(self, "<caption>", &table->caption, "</caption>\n");
    put(self, "<thead><tr>");
    for (size_t c = 0; c < table->column_count; c++)
        if (table->columns[c].title != NULL) {
            put(self,
                table->columns[c].kind == TABLE_RIGHT ? "<th scope=\"col\" class=\"number\">" : "<th scope=\"col\">");
            put_label(self, table->columns[c].title);
        }
    put(self, "<tbody>\n");
    for (size_t r = 0; r < table->row_count; r++)
        put_row(self, table, &table->rows[r]);
    put(self, "</table></div>\n");
}

/* A long sum opens, so that who wants to check it can. */
static void put_equation(const struct renderer *self, const struct block *block)
{
    bool opens = block->words.length > SUM_SHOWN;
    put(self, "<div class=\"equation\">");
    put(self, opens ? "<details><summary>The whole sum, with all digits</summary><span class=\"long\">" : "<span>");
    put_prose(self, "", &block->words, opens ? "</span></details> " : "</span> ");
    put(self, strlen(block->label) > LINE_BYTES ? "<span class=\"long\">= <b>" : "<span>= <b>");
    html_text_write_prose(self->stream, block->label);
    put(self, "</b></span></div>\n");
}

/* ---- Schedules and figures --------------------------------------------------------------------------------------- */

static void put_schedule(struct renderer *self, const struct block *block)
{
    if (block->witness != CONTENT_NONE)
        fprintf(self->stream, "<div class=\"told\" data-witness=\"%zu\">\n", block->witness);
    html_schedule_write(self->stream, block->trace, block->loop, &self->room);
    put(self, block->witness != CONTENT_NONE ? "</div>\n" : "");
}

static void put_blocks(struct renderer *self, const struct content *content);

static void put_details(struct renderer *self, const struct block *block)
{
    struct text length = TEXT_INIT, schedule = TEXT_INIT;
    struct stints turns = stints_make(block->trace, block->loop);
    setting_print_length(&length, block->trace);
    stints_print_schedule(&schedule, &turns, block->trace, SCHEDULE_TURNS);
    put(self, "<details class=\"witness\"");
    if (block->witness != CONTENT_NONE)
        fprintf(self->stream, " data-witness=\"%zu\"", block->witness);
    put(self, "><summary><span class=\"value\">");
    html_text_write(self->stream, block->label);
    put(self, "</span> ");
    put_prose(self, "<span class=\"length\">", &length, "</span> ");
    put_prose(self, "<span class=\"schedule\">", &schedule, "</span></summary>\n");
    if (block->outcome != NULL && html_data_has(block->outcome, block->witness))
        fprintf(self->stream,
                "<p class=\"script\"><a class=\"load\" href=\"#player\" data-witness=\"%zu\">Step through it</a></p>\n",
                block->witness);
    put_blocks(self, block->inner);
    put(self, "</details>\n");
    stints_free(&turns);
    text_free(&length);
    text_free(&schedule);
}

static void put_figure(const struct renderer *self, const struct block *block)
{
    switch (block->figure) {
    case FIGURE_CHART:
        if (html_chart_exists(block->outcome))
            html_chart_write(self->stream, block->outcome);
        break;
    case FIGURE_PLAYER:
        if (html_data_has(block->outcome, block->witness))
            html_player_write(self->stream);
        break;
    case FIGURE_PICTURE:
        html_picture_write(self->stream, block->trace);
        break;
    }
}

/* ---- Blocks ------------------------------------------------------------------------------------------------------ */

static void put_paragraph(const struct renderer *self, const struct block *block)
{
    put_prose(self, block->style == STYLE_BAD ? "<p class=\"bad\">" : "<p>", &block->words, "</p>\n");
}

static void put_block(struct renderer *self, const struct block *block)
{
    switch (block->kind) {
    case BLOCK_HEADING:
        put_heading(self, block);
        break;
    case BLOCK_PART:
        put_part(self, block);
        break;
    case BLOCK_PARAGRAPH:
    case BLOCK_CLAIM:
    case BLOCK_NOTE:
        put_paragraph(self, block);
        break;
    case BLOCK_FACT:
        put_fact(self, block);
        break;
    case BLOCK_ITEM:
        put_item(self, block);
        break;
    case BLOCK_LISTING:
        put_listing(self, text_string(&block->words));
        break;
    case BLOCK_COMMAND:
        put_command(self, text_string(&block->words));
        break;
    case BLOCK_TABLE:
        put_table(self, block->table);
        break;
    case BLOCK_EQUATION:
        put_equation(self, block);
        break;
    case BLOCK_SCHEDULE:
        put_schedule(self, block);
        break;
    case BLOCK_DETAILS:
        put_details(self, block);
        break;
    case BLOCK_FIGURE:
        put_figure(self, block);
        break;
    case BLOCK_COLUMNS:
        put_columns(self, block->columns);
        break;
    case BLOCK_BREAK:
        break;
    }
}

static void put_blocks(struct renderer *self, const struct content *content)
{
    const struct block *before = NULL;
    for (size_t b = 0; b < content->count; b++) {
        put_borders(self, before, &content->blocks[b]);
        before = &content->blocks[b];
        put_block(self, before);
    }
    put_borders(self, before, NULL);
}

void render_html(FILE *stream, const struct content *content)
{
    struct renderer self = {.stream = stream, .room = html_room_new()};
    put_blocks(&self, content);
    end_section(&self);
}
