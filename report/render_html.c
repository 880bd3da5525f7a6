#include "report/render_html.h"

#include "base/memory.h"
#include "base/text.h"
#include "report/html_chart.h"
#include "report/html_data.h"
#include "report/html_picture.h"
#include "report/html_schedule.h"
#include "report/html_text.h"
#include "report/phrase.h"

#include <ctype.h>
#include <string.h>

enum {
    SUM_SHOWN = 2000, /* bytes of the equation's sum; a longer one opens */
    LINE_BYTES = 100  /* what has more is broken anywhere */
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
        html_text_print(self->stream, "<section id=\"%s\" aria-labelledby=\"%s-title\">\n<h2 id=\"%s-title\">",
                        block->anchor, block->anchor, block->anchor);
    put_prose(self, block->anchor != NULL ? "" : "<section>\n<h2>", &block->words, "</h2>\n");
}

/* A narrow first column is a part of its section, equal ones are a section. */
static void put_columns(struct renderer *self, const struct block *block)
{
    static const char *const markup[] = {[COLUMNS_NARROW] = "<div class=\"pair\">\n<div>\n",
                                         [COLUMNS_EQUAL] = "<section>\n<div class=\"columns\">\n<div>\n",
                                         [COLUMNS_NEXT] = "</div>\n<div>\n",
                                         [COLUMNS_END] = "</div>\n</div>\n"};
    if (block->columns == COLUMNS_EQUAL)
        end_section(self);
    put(self, markup[block->columns]);
    self->in_section |= block->columns == COLUMNS_EQUAL;
    self->in_columns = block->columns != COLUMNS_END;
}

static void put_part(struct renderer *self, const struct block *block)
{
    if (block->anchor != NULL)
        html_text_print(self->stream, "<h3 id=\"%s\">", block->anchor);
    put_prose(self, block->anchor != NULL ? "" : "<h3>", &block->words, "</h3>\n");
}

void render_html_contents(FILE *stream, const struct content *content)
{
    fputs("<nav aria-label=\"Contents\"><ol>\n", stream);
    for (size_t b = 0; b < content->count; b++) {
        const struct block *block = &content->blocks[b];
        if (block->kind != BLOCK_HEADING || block->anchor == NULL)
            continue;
        html_text_print(stream, "<li><a href=\"#%s\">", block->anchor);
        html_text_write_prose(stream, text_string(&block->words));
        fputs("</a>\n", stream);
    }
    fputs("</ol></nav>\n\n", stream);
}

/* ---- Lists ------------------------------------------------------------------------------------------------------- */

/* What encloses neighbours of a kind. */
struct enclosure {
    char begin[32];
    char end[8];
};

static const struct enclosure *enclosure_of(const struct block *block)
{
    static const struct enclosure none, chain = {"<ol class=\"chain\">\n", "</ol>\n"};
    static const struct enclosure enclosures[BLOCK_KINDS] = {
        [BLOCK_FACT] = {"<dl class=\"facts\">\n", "</dl>\n"},
        [BLOCK_ITEM] = {"<ul>\n", "</ul>\n"},
        [BLOCK_CLAIM] = {"<div class=\"theorem\">\n", "</div>\n"},
        [BLOCK_DETAILS] = {"<div class=\"witnesses\">\n", "</div>\n"},
    };
    if (block == NULL)
        return &none;
    return block->kind == BLOCK_ITEM && block->label != NULL ? &chain : &enclosures[block->kind];
}

/* What ends the list of the block before, and begins that of this one, where they are not the same list. */
static void put_borders(const struct renderer *self, const struct block *before, const struct block *block)
{
    if (before != NULL && block != NULL && before->kind == block->kind)
        return;
    put(self, enclosure_of(before)->end);
    put(self, enclosure_of(block)->begin);
}

static void put_fact(struct renderer *self, const struct block *block)
{
    put(self, "<div><dt>");
    put_label(self, block->label);
    put_prose(self, block->style == STYLE_BAD ? "</dt><dd class=\"bad\">" : "</dt><dd>", &block->words,
              "</dd></div>\n");
}

static void put_item(struct renderer *self, const struct block *block)
{
    if (block->label == NULL) {
        put_prose(self, "<li>", &block->words, "</li>\n");
        return;
    }
    put(self, "<li");
    if (block->thread != CONTENT_NONE)
        fprintf(self->stream, " class=\"t%zu\"", block->thread % HTML_THREAD_COLOURS);
    html_text_print(self->stream, "><span class=\"sum\">%s</span> ", block->label);
    put_prose(self, "<span class=\"said\">", &block->words, "</span>\n");
}

/* ---- Lines ------------------------------------------------------------------------------------------------------- */

/* A line; what is behind a # is a comment. */
static void put_line(const struct renderer *self, const char *line)
{
    struct text code = TEXT_INIT;
    size_t length = strcspn(line, "#");
    text_append(&code, line, length);
    html_text_print(self->stream, line[length] == '#' ? "<li><code>%s<i>%s</i></code>\n" : "<li><code>%s%s</code>\n",
                    text_string(&code), line + length);
    text_free(&code);
}

static void put_listing(struct renderer *self, const struct block *block)
{
    const char *at = text_string(&block->words);
    put(self, "<ol class=\"listing\" id=\"listing\">\n");
    for (char *line; (line = text_next_part(&at, "\n", false)) != NULL; memory_free(line))
        put_line(self, line);
    put(self, "</ol>\n");
}

/* What ends with an empty line is a part of its own, which stays together on paper. */
static void put_command(struct renderer *self, const struct block *block)
{
    const char *at = text_string(&block->words);
    bool has_parts = strstr(at, "\n\n") != NULL;
    put(self, "<pre class=\"command\"><code>");
    for (char *part; (part = text_next_part(&at, "\n\n", true)) != NULL; memory_free(part))
        html_text_print(self->stream, has_parts ? "<span>%s</span>" : "%s", part);
    put(self, "</code></pre>\n");
}

/* ---- Tables ------------------------------------------------------------------------------------------------------ */

/* Lines of code stand below each other. */
static void put_code(const struct renderer *self, const char *lines)
{
    put(self, "<code>");
    for (char *line; (line = text_next_part(&lines, "\n", false)) != NULL; memory_free(line))
        html_text_print(self->stream, *lines != '\0' ? "%s<br>" : "%s", line);
    put(self, "</code>");
}

static void put_cell(const struct renderer *self, enum table_column_kind kind, const struct table_cell *cell)
{
    static const char value_link[] = "#value";
    bool is_value = cell->link != NULL && strncmp(cell->link, value_link, strlen(value_link)) == 0;
    if (is_value)
        html_text_print(self->stream, "<a href=\"%s\" data-value=\"%s\">", cell->link, cell->link + strlen(value_link));
    else if (cell->link != NULL)
        html_text_print(self->stream, "<a href=\"%s\">", cell->link);
    if (kind == TABLE_CODE)
        put_code(self, text_string(&cell->words));
    else
        html_text_write(self->stream, text_string(&cell->words));
    put(self, cell->link != NULL ? "</a>" : "");
}

/* Whether a column has words of the program's, under a name of its own. */
static bool is_words(const struct table_column *column)
{
    return column->kind == TABLE_LEFT && column->taken != NULL;
}

/* A narrow page names the numbers of a row, since it has no heads. */
static void begin_cell(const struct renderer *self, const struct table_column *column, bool is_first)
{
    static const char *const classes[] = {
        [TABLE_LEFT] = "words", [TABLE_CODE] = "code", [TABLE_LINK] = "link", [TABLE_BAR] = "bar"};
    if (is_first)
        put(self, is_words(column) ? "<th scope=\"row\" class=\"words\">" : "<th scope=\"row\">");
    else if (column->kind == TABLE_RIGHT)
        html_text_print(self->stream, "<td class=\"number\" data-name=\"%s\">", column->title);
    else
        html_text_print(self->stream, "<td class=\"%s\">", classes[column->kind]);
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

static void put_table(struct renderer *self, const struct block *block)
{
    const struct table *table = block->table;
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
            put(self, table->columns[c].kind == TABLE_RIGHT ? "<th scope=\"col\" class=\"number\">"
                      : is_words(&table->columns[c])        ? "<th scope=\"col\" class=\"words\">"
                                                            : "<th scope=\"col\">");
            if (table->columns[c].taken != NULL)
                html_text_print(self->stream, "<code>%s</code>", table->columns[c].taken);
            else
                put_label(self, table->columns[c].title);
        }
    put(self, "<tbody>\n");
    for (size_t r = 0; r < table->row_count; r++)
        put_row(self, table, &table->rows[r]);
    put(self, "</table></div>\n");
}

/* A long sum opens, so that who wants to check it can. */
static void put_equation(struct renderer *self, const struct block *block)
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
    struct text length = TEXT_INIT;
    phrase_print_length(&length, block->trace);
    put(self, "<details class=\"witness\"");
    if (block->witness != CONTENT_NONE)
        fprintf(self->stream, " data-witness=\"%zu\"", block->witness);
    html_text_print(self->stream,
                    "><summary><span class=\"value\">%s</span> <span class=\"length\">%s</span> "
                    "<span class=\"schedule\">%s</span></summary>\n",
                    block->label, text_string(&length), text_string(&block->words));
    if (block->outcome != NULL && html_data_has(block->outcome, block->witness))
        fprintf(self->stream,
                "<p class=\"script\"><a class=\"load\" href=\"#player\" data-witness=\"%zu\">Step through it</a></p>\n",
                block->witness);
    put_blocks(self, block->inner);
    put(self, "</details>\n");
    text_free(&length);
}

/* What the page's script makes a player of. */
static const char player[] =
    "<div id=\"player\" class=\"player\" role=\"region\" aria-label=\"Step through a schedule\" hidden>\n"
    "<div class=\"choice\"><label for=\"choice\">Schedule</label> <select id=\"choice\"></select> "
    "<span id=\"length\"></span></div>\n"
    "<div class=\"timeline\" id=\"timeline\" aria-hidden=\"true\"></div>\n"
    "<input type=\"range\" id=\"position\" min=\"0\" value=\"0\" step=\"1\" aria-label=\"Step of the schedule\">\n"
    "<div class=\"controls\" role=\"group\" aria-label=\"Move through the schedule\">\n"
    "<button type=\"button\" data-go=\"first\" title=\"To the start (Home)\">Start</button>\n"
    "<button type=\"button\" data-go=\"turn-back\" title=\"One turn back (Shift and left arrow)\">\xe2\x86\x90 Turn</button>\n"
    "<button type=\"button\" data-go=\"back\" title=\"One step back (left arrow)\">\xe2\x86\x90 Step</button>\n"
    "<output id=\"count\" for=\"position\"></output>\n"
    "<button type=\"button\" data-go=\"forward\" class=\"main\" title=\"One step forward (right arrow)\">Step \xe2\x86\x92</button>\n"
    "<button type=\"button\" data-go=\"turn-forward\" title=\"One turn forward (Shift and right arrow)\">Turn \xe2\x86\x92</button>\n"
    "<button type=\"button\" data-go=\"last\" title=\"To the end (End)\">End</button>\n</div>\n"
    "<div id=\"words\" class=\"words\" aria-live=\"polite\" aria-atomic=\"true\"></div>\n"
    "<div class=\"panels\">\n<ol class=\"listing\" id=\"code\" aria-label=\"Program, with the line of each thread\"></ol>\n"
    "<div class=\"state\"><dl id=\"words-of-memory\" class=\"memory\"></dl><div id=\"threads\" class=\"threads\"></div>"
    "<p id=\"rest\" class=\"rest\" hidden><span id=\"rest-words\"></span> <button type=\"button\" id=\"all\" "
    "aria-controls=\"threads\"></button></p></div>\n"
    "</div>\n<p class=\"keys\">Arrow keys step, with Shift from turn to turn; Home and End go to the ends.</p>\n</div>\n";

static void put_figure(struct renderer *self, const struct block *block)
{
    if (block->figure == FIGURE_CHART && html_chart_exists(block->outcome))
        html_chart_write(self->stream, block->outcome);
    else if (block->figure == FIGURE_PLAYER && html_data_has(block->outcome, block->witness))
        put(self, player);
    else if (block->figure == FIGURE_PICTURE)
        html_picture_write(self->stream, block->trace, &self->room);
}

/* ---- Blocks ------------------------------------------------------------------------------------------------------ */

static void put_paragraph(struct renderer *self, const struct block *block)
{
    put_prose(self, block->style == STYLE_BAD ? "<p class=\"bad\">" : "<p>", &block->words, "</p>\n");
}

static void (*const put_block[BLOCK_KINDS])(struct renderer *self, const struct block *block) = {
    [BLOCK_HEADING] = put_heading, [BLOCK_PART] = put_part,         [BLOCK_PARAGRAPH] = put_paragraph,
    [BLOCK_CLAIM] = put_paragraph, [BLOCK_NOTE] = put_paragraph,    [BLOCK_FACT] = put_fact,
    [BLOCK_ITEM] = put_item,       [BLOCK_LISTING] = put_listing,   [BLOCK_COMMAND] = put_command,
    [BLOCK_TABLE] = put_table,     [BLOCK_EQUATION] = put_equation, [BLOCK_SCHEDULE] = put_schedule,
    [BLOCK_DETAILS] = put_details, [BLOCK_FIGURE] = put_figure,     [BLOCK_COLUMNS] = put_columns,
};

static void put_blocks(struct renderer *self, const struct content *content)
{
    const struct block *before = NULL;
    for (size_t b = 0; b < content->count; b++) {
        const struct block *block = &content->blocks[b];
        put_borders(self, before, block);
        if (block->kind != BLOCK_BREAK)
            put_block[block->kind](self, block);
        before = block;
    }
    put_borders(self, before, NULL);
}

void render_html(FILE *stream, const struct content *content)
{
    struct renderer self = {.stream = stream, .room = {HTML_ROWS, HTML_DRAWN_BYTES}};
    put_blocks(&self, content);
    end_section(&self);
}
