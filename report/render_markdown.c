#include "report/render_markdown.h"

#include "base/memory.h"
#include "report/markdown_text.h"
#include "report/mermaid.h"
#include "report/runs.h"
#include "report/setting.h"
#include "report/step_text.h"
#include "report/stints.h"

#include <ctype.h>
#include <inttypes.h>

enum {
    FULL_STEPS_MAX = 300, /* of a schedule that is not folded */
    ROWS_MAX = 400,       /* of a table of steps; of more the middle is left out */
    ROWS_SHOWN_EACH_END = 100,
    SCHEDULE_TURNS = 24, /* of a schedule on one line */
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

static void put_table(FILE *stream, const struct table *table)
{
    fputc('|', stream);
    for (size_t c = 0; c < table->column_count; c++)
        if (is_shown(table, c)) {
            fputc(' ', stream);
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

static void put_step(FILE *stream, const struct trace *trace, const struct run *run)
{
    const struct trace_step *step = &trace->steps[run->first];
    struct text step_text = TEXT_INIT;
    fprintf(stream, "| %zu | ", run->first + 1);
    markdown_text_write_code(stream, trace->threads[step->thread]);
    fputs(step->preemption ? " (preemption) | " : " | ", stream);
    markdown_text_write_code(stream, step->text);
    step_text_print(&step_text, trace, run->first);
    put(stream, " | ", text_string(&step_text), " | ");
    text_free(&step_text);
}

static void put_rounds(FILE *stream, const struct trace *trace, const struct run *run)
{
    uint32_t first, last;
    run_lines(run, trace, &first, &last);
    fprintf(stream, "| %zu to %zu | ", run->first + 1, run->first + run->count);
    markdown_text_write_code(stream, trace->threads[trace->steps[run->first].thread]);
    fprintf(stream, "%s | lines %" PRIu32 " to %" PRIu32 " | %zu rounds | ",
            trace->steps[run->first].preemption ? " (preemption)" : "", first, last, run->rounds);
}

static void put_run(FILE *stream, const struct trace *trace, const struct run *run)
{
    if (run->count > 1)
        put_rounds(stream, trace, run);
    else
        put_step(stream, trace, run);
    if (run_writes(run, trace))
        fprintf(stream, "%" PRId64 " \xe2\x86\x92 **%" PRId64 "** |\n", run_before(run, trace), run_after(run, trace));
    else
        fprintf(stream, "%" PRId64 " |\n", run_after(run, trace));
}

static void put_schedule(FILE *stream, const struct trace *trace, size_t loop)
{
    struct runs runs = runs_make(trace, trace->step_count > FULL_STEPS_MAX, loop);
    fputs("| Step | Thread | Instruction | What it did | ", stream);
    markdown_text_write_code(stream, trace->observe);
    fputs(" |\n| ---: | --- | --- | --- | ---: |\n", stream);
    for (size_t i = 0; i < runs.count; i++) {
        if (runs.count > ROWS_MAX && i == ROWS_SHOWN_EACH_END) {
            i = runs.count - ROWS_SHOWN_EACH_END;
            fputs("| ... |\n", stream);
        }
        put_run(stream, trace, &runs.items[i]);
    }
    runs_free(&runs);
}

/* "- **deadlock**: 2 steps, 1 preemption: T0×1, T1×1" */
static void put_details(FILE *stream, const struct block *block)
{
    struct text words = TEXT_INIT;
    struct stints turns = stints_make(block->trace, block->loop);
    setting_print_length(&words, block->trace);
    text_print(&words, ": ");
    stints_print_schedule(&words, &turns, block->trace, SCHEDULE_TURNS);
    fputs("- **", stream);
    markdown_text_write(stream, block->label);
    put(stream, "**: ", text_string(&words), "\n");
    stints_free(&turns);
    text_free(&words);
}

static void put_picture(FILE *stream, const struct trace *trace)
{
    if (trace->thread_count > PICTURE_THREADS_MAX) {
        fputs("There are too many threads for a picture of this width.\n", stream);
        return;
    }
    fputs("```mermaid\n", stream);
    mermaid_write(stream, trace);
    fputs("```\n", stream);
}

/* ---- Blocks ------------------------------------------------------------------------------------------------------ */

static void put_labelled(FILE *stream, const struct block *block)
{
    fputs("- ", stream);
    if (block->label != NULL) {
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

static void put_block(FILE *stream, const struct block *block)
{
    const char *words = text_string(&block->words);
    switch (block->kind) {
    case BLOCK_HEADING:
        put(stream, "## ", words, "\n");
        break;
    case BLOCK_PART:
        put(stream, "### ", words, "\n");
        break;
    case BLOCK_PARAGRAPH:
    case BLOCK_NOTE:
        put(stream, "", words, "\n");
        break;
    case BLOCK_CLAIM:
        put(stream, "> ", words, "\n");
        break;
    case BLOCK_FACT:
    case BLOCK_ITEM:
        put_labelled(stream, block);
        break;
    case BLOCK_LISTING:
    case BLOCK_COMMAND:
        markdown_text_write_block(stream, words);
        break;
    case BLOCK_TABLE:
        put_table(stream, block->table);
        break;
    case BLOCK_EQUATION:
        put_equation(stream, block);
        break;
    case BLOCK_SCHEDULE:
        put_schedule(stream, block->trace, block->loop);
        break;
    case BLOCK_DETAILS:
        put_details(stream, block);
        break;
    case BLOCK_FIGURE:
        put_picture(stream, block->trace);
        break;
    case BLOCK_COLUMNS:
    case BLOCK_BREAK:
        break;
    }
}

/* What only a page can show. */
static bool is_for_pages(const struct block *block)
{
    return block->kind >= BLOCK_COLUMNS || (block->kind == BLOCK_FIGURE && block->figure != FIGURE_PICTURE);
}

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
        if (is_for_pages(block))
            continue;
        if (before != NULL)
            fputs(separation(before, block), stream);
        put_block(stream, block);
        before = block;
    }
}
