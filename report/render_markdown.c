#include "report/render_markdown.h"

#include "base/memory.h"
#include "report/markdown_text.h"
#include "report/mermaid.h"
#include "report/phrase.h"
#include "report/step_columns.h"
#include "report/step_groups.h"
#include "report/step_text.h"

#include <ctype.h>
#include <inttypes.h>

enum {
    FULL_STEPS_MAX = 300, /* of a schedule that is not folded */
    ROWS_MAX = 400,       /* of a table of steps; of more the middle is left out */
    ROWS_SHOWN_EACH_END = 100,
    PICTURE_THREADS_MAX = 12
};

/* Writes words between two marks. */
static void put(FILE *stream, const char *before, const char *words, const char *after)
{
    fputs(before, stream);
    markdown_text_write_prose(stream, words);
    fputs(after, stream);
}

/* Writes a label, which begins with a capital where it begins a line. */
static void put_label(FILE *stream, const char *label)
{
    char *copy = memory_copy_string(label);
    copy[0] = (char)toupper((unsigned char)copy[0]);
    markdown_text_write(stream, copy);
    memory_free(copy);
}

/* ---- Tables ------------------------------------------------------------------------------------------------------ */

static bool is_shown(const struct table *table, size_t column)
{
    return table->columns[column].title != NULL;
}

static void put_row(FILE *stream, const struct table *table, const struct table_row *row)
{
    fputc('|', stream);
    for (size_t c = 0; c < table->column_count; c++) {
        const char *words = c < row->count ? text_string(&row->cells[c].words) : "";
        if (!is_shown(table, c))
            continue;
        fputc(' ', stream);
        if (table->columns[c].kind == TABLE_CODE)
            markdown_text_write_code(stream, words);
        else
            markdown_text_write(stream, words);
        fputs(" |", stream);
    }
    fputc('\n', stream);
}

static void put_table(FILE *stream, const struct block *block)
{
    const struct table *table = block->table;
    fputc('|', stream);
    for (size_t c = 0; c < table->column_count; c++)
        if (is_shown(table, c)) {
            fputc(' ', stream);
            if (table->columns[c].taken != NULL)
                markdown_text_write_code(stream, table->columns[c].taken);
            else
                put_label(stream, table->columns[c].title);
            fputs(" |", stream);
        }
    fputs("\n|", stream);
    for (size_t c = 0; c < table->column_count; c++)
        if (is_shown(table, c))
            fputs(table->columns[c].kind == TABLE_RIGHT ? " ---: |" : " --- |", stream);
    fputc('\n', stream);
    for (size_t r = 0; r < table->row_count; r++)
        put_row(stream, table, &table->rows[r]);
}

/* ---- Schedules --------------------------------------------------------------------------------------------------- */

static void put_step(FILE *stream, const struct trace *trace, size_t index)
{
    struct text step_text = TEXT_INIT;
    markdown_text_write_code(stream, trace->steps[index].text);
    step_text_print(&step_text, trace, index);
    put(stream, " | ", text_string(&step_text), " | ");
    text_free(&step_text);
}

static void put_columns(FILE *stream, const struct step_columns *columns, size_t group)
{
    for (size_t c = 0; c < columns->count; c++) {
        struct text words = TEXT_INIT;
        step_columns_print(&words, columns, group, c, " \xe2\x86\x92 **", "**");
        fputs(c > 0 ? " | " : "", stream);
        if (step_columns_is_text(columns, c) && words.length > 0)
            markdown_text_write_code(stream, text_string(&words));
        else
            fputs(text_string(&words), stream);
        text_free(&words);
    }
    fputs(columns->count > 0 ? " |\n" : "\n", stream);
}

static void put_group(FILE *stream, const struct trace *trace, const struct step_columns *columns,
                      const struct step_groups *groups, size_t index)
{
    const struct step_group *group = &groups->items[index];
    bool is_step = group->count == 1;
    fprintf(stream, is_step ? "| %zu | " : "| %zu to %zu | ", group->first_number, group->last_number);
    markdown_text_write_code(stream, trace->threads[group->thread]);
    fputs(group->is_preemption ? " (preemption) | " : " | ", stream);
    if (is_step)
        put_step(stream, trace, group->first);
    else
        fprintf(stream, "lines %" PRIu32 " to %" PRIu32 " | %zu rounds | ", group->first_line, group->last_line,
                group->rounds);
    put_columns(stream, columns, index);
}

static void put_schedule(FILE *stream, const struct block *block)
{
    const struct trace *trace = block->trace;
    struct step_groups groups = step_groups_make(trace, trace->step_count > FULL_STEPS_MAX ? GROUP_ROUNDS : GROUP_STEPS,
                                                 block->loop, ROWS_MAX, ROWS_SHOWN_EACH_END);
    struct step_columns columns = step_columns_make(trace, &groups);
    fputs("| Step | Thread | Instruction | What it did |", stream);
    for (size_t c = 0; c < columns.count; c++) {
        char *name = trace_place_name(trace, c);
        fputs(" ", stream);
        markdown_text_write_code(stream, name);
        fputs(" |", stream);
        memory_free(name);
    }
    fputs("\n| ---: | --- | --- | --- |", stream);
    for (size_t c = 0; c < columns.count; c++)
        fputs(step_columns_is_text(&columns, c) ? " --- |" : " ---: |", stream);
    fputs("\n", stream);
    for (size_t i = 0; i < groups.count; i++) {
        if (i == groups.left_out.first)
            fputs("| ... |\n", stream);
        if (!middle_has(groups.left_out, i))
            put_group(stream, trace, &columns, &groups, i);
    }
    step_columns_free(&columns);
    step_groups_free(&groups);
}

/* "- **deadlock**: 2 steps, 1 preemption: T0×1, T1×1" */
static void put_details(FILE *stream, const struct block *block)
{
    struct text words = TEXT_INIT;
    phrase_print_length(&words, block->trace);
    text_print(&words, ": %s", text_string(&block->words));
    fputs("- **", stream);
    markdown_text_write(stream, block->label);
    put(stream, "**: ", text_string(&words), "\n");
    text_free(&words);
}

static void put_picture(FILE *stream, const struct block *block)
{
    if (block->trace->thread_count > PICTURE_THREADS_MAX) {
        fputs("There are too many threads for a picture of this width.\n", stream);
        return;
    }
    fputs("```mermaid\n", stream);
    mermaid_write(stream, block->trace);
    fputs("```\n", stream);
}

/* ---- Blocks ------------------------------------------------------------------------------------------------------ */

static void put_labelled(FILE *stream, const struct block *block)
{
    fputs("- ", stream);
    if (block->label != NULL && block->label[0] != '\0') {
        fputs("**", stream);
        put_label(stream, block->label);
        fputs(":** ", stream);
    }
    put(stream, "", text_string(&block->words), "\n");
}

static void put_equation(FILE *stream, const struct block *block)
{
    put(stream, "", text_string(&block->words), " = **");
    put(stream, "", block->label, "**\n");
}

static void put_heading(FILE *stream, const struct block *block)
{
    put(stream, "## ", text_string(&block->words), "\n");
}

static void put_part(FILE *stream, const struct block *block)
{
    put(stream, "### ", text_string(&block->words), "\n");
}

static void put_paragraph(FILE *stream, const struct block *block)
{
    put(stream, block->kind == BLOCK_CLAIM ? "> " : "", text_string(&block->words), "\n");
}

static void put_lines(FILE *stream, const struct block *block)
{
    markdown_text_write_block(stream, text_string(&block->words));
}

/* What is missing only a page can show. */
static void (*const put_block[BLOCK_KINDS])(FILE *stream, const struct block *block) = {
    [BLOCK_HEADING] = put_heading, [BLOCK_PART] = put_part,         [BLOCK_PARAGRAPH] = put_paragraph,
    [BLOCK_CLAIM] = put_paragraph, [BLOCK_NOTE] = put_paragraph,    [BLOCK_FACT] = put_labelled,
    [BLOCK_ITEM] = put_labelled,   [BLOCK_LISTING] = put_lines,     [BLOCK_COMMAND] = put_lines,
    [BLOCK_TABLE] = put_table,     [BLOCK_EQUATION] = put_equation, [BLOCK_SCHEDULE] = put_schedule,
    [BLOCK_DETAILS] = put_details, [BLOCK_FIGURE] = put_picture,
};

/* What separates a block from the one before it: neighbours in a list nothing, claims a line of their quotation. */
static const char *separation(const struct block *before, const struct block *block)
{
    bool is_list = block->kind == BLOCK_FACT || block->kind == BLOCK_ITEM || block->kind == BLOCK_DETAILS;
    if (is_list && before->kind == block->kind)
        return "";
    return block->kind == BLOCK_CLAIM && before->kind == BLOCK_CLAIM ? ">\n" : "\n";
}

void render_markdown(FILE *stream, const struct content *content)
{
    const struct block *before = NULL;
    for (size_t b = 0; b < content->count; b++) {
        const struct block *block = &content->blocks[b];
        if (put_block[block->kind] == NULL || (block->kind == BLOCK_FIGURE && block->figure != FIGURE_PICTURE))
            continue;
        if (before != NULL)
            fputs(separation(before, block), stream);
        put_block[block->kind](stream, block);
        before = block;
    }
}
