#include "report/render_text.h"

#include "base/memory.h"
#include "base/paragraph.h"
#include "base/utf8.h"
#include "report/prose.h"
#include "report/witness_table.h"

#include <string.h>

enum { LABEL_COLUMNS = 14 };

struct renderer {
    FILE *stream;
    const struct terminal *terminal;
    bool full;
};

/* Prints words from a column on, in lines; what follows the first line is indented as far as that of a fact. */
static void print_words(const struct renderer *self, enum style style, const char *words, size_t column, size_t indent)
{
    struct text lines = TEXT_INIT;
    char *plain = prose_plain(words);
    paragraph_print(&lines, plain, column, indent, self->terminal->width);
    fprintf(self->stream, "%s%.*s%s\n", terminal_begin(self->terminal, style), (int)lines.length - 1,
            text_string(&lines), terminal_end(self->terminal, style));
    memory_free(plain);
    text_free(&lines);
}

static void print_paragraph(const struct renderer *self, const struct block *block)
{
    print_words(self, block->style, text_string(&block->words), 0, 0);
}

static void print_fact(const struct renderer *self, const struct block *fact)
{
    char *label = utf8_line(fact->label);
    size_t columns = utf8_columns(label), gap = columns < LABEL_COLUMNS ? LABEL_COLUMNS - columns : 1;
    fprintf(self->stream, "%s%s%s%*s", terminal_begin(self->terminal, STYLE_HEADING), label,
            terminal_end(self->terminal, STYLE_HEADING), (int)gap, "");
    print_words(self, fact->style, text_string(&fact->words), columns + gap, LABEL_COLUMNS);
    memory_free(label);
}

static void print_item(const struct renderer *self, const struct block *item)
{
    char *label = utf8_line(item->label != NULL ? item->label : "");
    size_t column = (size_t)fprintf(self->stream, label[0] != '\0' ? "- %s: " : "- ", label);
    memory_free(label);
    print_words(self, item->style, text_string(&item->words), column, 2);
}

static void print_listing(const struct renderer *self, const struct block *block)
{
    const char *lines = text_string(&block->words);
    size_t length = strlen(lines);
    fprintf(self->stream, "%s%s", lines, length > 0 && lines[length - 1] != '\n' ? "\n" : "");
}

static void print_table(const struct renderer *self, const struct block *block)
{
    table_print(block->table, self->stream, self->terminal);
}

static void print_schedule(const struct renderer *self, const struct block *block)
{
    witness_table_print(self->stream, block->trace, block->loop, self->terminal, self->full);
    if (block->trace->preemptions > 0)
        print_words(self, STYLE_QUIET, "! preemption: the interrupted thread could have continued", 0, 0);
}

/* What is missing a terminal does not show. */
static void (*const print_block[BLOCK_KINDS])(const struct renderer *self, const struct block *block) = {
    [BLOCK_HEADING] = print_paragraph, [BLOCK_PART] = print_paragraph,    [BLOCK_PARAGRAPH] = print_paragraph,
    [BLOCK_CLAIM] = print_paragraph,   [BLOCK_NOTE] = print_paragraph,    [BLOCK_FACT] = print_fact,
    [BLOCK_ITEM] = print_item,         [BLOCK_LISTING] = print_listing,   [BLOCK_COMMAND] = print_listing,
    [BLOCK_TABLE] = print_table,       [BLOCK_SCHEDULE] = print_schedule,
};

static bool is_set_apart(const struct content *content, size_t block)
{
    enum block_kind kind = content->blocks[block].kind;
    bool is_list = kind == BLOCK_FACT || kind == BLOCK_ITEM;
    return block > 0 && kind != BLOCK_NOTE && kind < BLOCK_FIGURE &&
           !(is_list && content->blocks[block - 1].kind == kind);
}

void render_text(FILE *stream, const struct content *content, const struct terminal *terminal, bool full)
{
    struct renderer self = {stream, terminal, full};
    for (size_t b = 0; b < content->count; b++) {
        const struct block *block = &content->blocks[b];
        if (is_set_apart(content, b))
            fputc('\n', stream);
        if (print_block[block->kind] != NULL)
            print_block[block->kind](&self, block);
    }
}
