#include "report/render_text.h"

#include "base/memory.h"
#include "base/paragraph.h"
#include "base/utf8.h"
#include "report/prose.h"
#include "report/witness_table.h"

#include <string.h>

enum { LABEL_COLUMNS = 14 };

/* Prints words from a column on, in lines; what follows the first line is indented as far as that of a fact. */
static void print_words(FILE *stream, const struct terminal *terminal, enum style style, const char *words,
                        size_t column, size_t indent)
{
    struct text lines = TEXT_INIT;
    char *plain = prose_plain(words);
    paragraph_print(&lines, plain, column, indent, terminal->width);
    fprintf(stream, "%s%.*s%s\n", terminal_begin(terminal, style), (int)lines.length - 1, text_string(&lines),
            terminal_end(terminal, style));
    memory_free(plain);
    text_free(&lines);
}

static void print_fact(FILE *stream, const struct terminal *terminal, const struct block *fact)
{
    char *label = utf8_line(fact->label);
    size_t columns = utf8_columns(label), gap = columns < LABEL_COLUMNS ? LABEL_COLUMNS - columns : 1;
    fprintf(stream, "%s%s%s%*s", terminal_begin(terminal, STYLE_HEADING), label, terminal_end(terminal, STYLE_HEADING),
            (int)gap, "");
    print_words(stream, terminal, fact->style, text_string(&fact->words), columns + gap, LABEL_COLUMNS);
    memory_free(label);
}

static void print_item(FILE *stream, const struct terminal *terminal, const struct block *item)
{
    fputs("- ", stream);
    print_words(stream, terminal, item->style, text_string(&item->words), 2, 2);
}

static void print_listing(FILE *stream, const char *lines)
{
    size_t length = strlen(lines);
    fprintf(stream, "%s%s", lines, length > 0 && lines[length - 1] != '\n' ? "\n" : "");
}

static void print_schedule(FILE *stream, const struct terminal *terminal, const struct block *block, bool full)
{
    witness_table_print_lasso(stream, block->trace, block->loop, terminal, full);
    if (block->trace->preemptions > 0)
        print_words(stream, terminal, STYLE_QUIET, "! preemption: the interrupted thread could have continued", 0, 0);
}

static void print_block(FILE *stream, const struct terminal *terminal, const struct block *block, bool full)
{
    switch (block->kind) {
    case BLOCK_HEADING:
    case BLOCK_PART:
    case BLOCK_PARAGRAPH:
    case BLOCK_CLAIM:
    case BLOCK_NOTE:
        print_words(stream, terminal, block->style, text_string(&block->words), 0, 0);
        break;
    case BLOCK_FACT:
        print_fact(stream, terminal, block);
        break;
    case BLOCK_ITEM:
        print_item(stream, terminal, block);
        break;
    case BLOCK_LISTING:
    case BLOCK_COMMAND:
        print_listing(stream, text_string(&block->words));
        break;
    case BLOCK_TABLE:
        table_print(block->table, stream, terminal);
        break;
    case BLOCK_SCHEDULE:
        print_schedule(stream, terminal, block, full);
        break;
    case BLOCK_EQUATION:
    case BLOCK_DETAILS:
    case BLOCK_FIGURE:
    case BLOCK_COLUMNS:
    case BLOCK_BREAK:
        break;
    }
}

static bool is_set_apart(const struct content *content, size_t block)
{
    enum block_kind kind = content->blocks[block].kind;
    bool is_list = kind == BLOCK_FACT || kind == BLOCK_ITEM;
    return block > 0 && kind != BLOCK_NOTE && kind < BLOCK_FIGURE &&
           !(is_list && content->blocks[block - 1].kind == kind);
}

void render_text(FILE *stream, const struct content *content, const struct terminal *terminal, bool full)
{
    for (size_t b = 0; b < content->count; b++) {
        if (is_set_apart(content, b))
            fputc('\n', stream);
        print_block(stream, terminal, &content->blocks[b], full);
    }
}
