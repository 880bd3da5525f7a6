#include "report/step_list.h"

#include "base/memory.h"
#include "base/name_table.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct row {
    uint32_t line;
    size_t number; /* in the order of the code */
    char *words;
    size_t times;
};

struct list {
    const struct program *program;
    struct row *rows;
    size_t count, capacity;
    struct name_table names;
};

/* ---- Steps ------------------------------------------------------------------------------------------------------- */

/* What an instruction is: that of the machine, where the program was compiled. */
static char *instruction_words(const struct program *program, const struct code *code,
                               const struct instruction *instruction)
{
    return instruction->spelling > 0 ? memory_copy_string(program->spellings[instruction->spelling - 1])
                                     : program_instruction_text(program, code, instruction);
}

/* Which part of a machine's instruction is a step: one that adds to a word loads it in one step, and stores it in the next. */
static const char *part_of(const struct instruction *first, const struct instruction *end)
{
    bool loads = false, stores = false;
    for (const struct instruction *at = first; at < end; at++) {
        bool is_move = at->opcode == OPCODE_MOV;
        loads |= is_move && at->operands[0].kind == OPERAND_WORD;
        stores |= is_move && at->operands[1].kind == OPERAND_WORD;
    }
    return loads == stores || first->spelling == 0 ? "" : loads ? " (load)" : " (store)";
}

/* The words of the instructions from one on, as far as they are one step; several that come of one of the machine's are told once. */
static char *step_words(const struct program *program, const struct code *code, uint32_t *at)
{
    const struct instruction *first = &code->instructions[*at];
    struct text text = TEXT_INIT;
    bool is_one = true;
    char *last = NULL;
    do {
        char *words = instruction_words(program, code, &code->instructions[*at]);
        bool is_new = last == NULL || strcmp(last, words) != 0;
        is_one &= last == NULL || !is_new;
        if (is_new)
            text_print(&text, "%s%s", last != NULL ? "; " : "", words);
        memory_free(last);
        last = words;
    } while (++*at < code->count && code->instructions[*at].no_switch);
    memory_free(last);
    if (is_one && strncmp(text_string(&text), "mov", 3) != 0)
        text_print(&text, "%s", part_of(first, &code->instructions[*at]));
    return text_take(&text);
}

static void add_step(struct list *list, uint32_t line, char *words)
{
    char *key = text_format("%" PRIu32 " %s", line, words);
    size_t found = name_table_find(&list->names, key, strlen(key));
    if (found != NAME_TABLE_NONE) {
        list->rows[found].times++;
        memory_free(words);
        memory_free(key);
        return;
    }
    memory_free(words);
    list->rows = memory_grow(list->rows, list->count, &list->capacity, sizeof *list->rows);
    list->rows[list->count] = (struct row){.line = line, .number = list->count, .words = key, .times = 1};
    name_table_add(&list->names, key, strlen(key), list->count++);
}

static int compare_rows(const void *a, const void *b)
{
    const struct row *first = a, *second = b;
    if (first->line != second->line)
        return first->line < second->line ? -1 : 1;
    return (first->number > second->number) - (first->number < second->number);
}

/* ---- Lines ------------------------------------------------------------------------------------------------------- */

static void print_line(const struct program *program, uint32_t line, struct text *text)
{
    const char *at = program->listing;
    for (uint32_t n = 1; n < line && at != NULL; n++) {
        at = strchr(at, '\n');
        at = at != NULL ? at + 1 : NULL;
    }
    text_print(text, "  line %" PRIu32, line);
    if (at != NULL) {
        size_t blanks = strspn(at, " \t"), length = strcspn(at, "\r\n");
        text_print(text, "  %.*s", (int)(length - (blanks < length ? blanks : length)), at + blanks);
    }
    text_print(text, "\n");
}

static char *list_code(const struct program *program, const struct code *code)
{
    struct list list = {.program = program};
    struct text text = TEXT_INIT;
    for (uint32_t i = 0; i < code->count;) {
        uint32_t line = code->instructions[i].place.line;
        add_step(&list, line, step_words(program, code, &i));
    }
    if (list.count > 1)
        qsort(list.rows, list.count, sizeof *list.rows, compare_rows);
    for (size_t r = 0; r < list.count; r++) {
        const struct row *row = &list.rows[r];
        if (r == 0 || row->line != list.rows[r - 1].line)
            print_line(program, row->line, &text);
        const char *words = row->words + strcspn(row->words, " ") + 1;
        if (row->times > 1)
            text_print(&text, "    %zu times  %s\n", row->times, words);
        else
            text_print(&text, "    %s\n", words);
    }
    for (size_t r = 0; r < list.count; r++)
        memory_free(list.rows[r].words);
    memory_free(list.rows);
    name_table_free(&list.names);
    text_append(&text, "", 0);
    return text_take(&text);
}

char *step_list(const struct program *program)
{
    struct text text = TEXT_INIT;
    const char **names = program_thread_names(program);
    char **lists = memory_new(program->thread_count, sizeof *lists);
    for (size_t t = 0; t < program->thread_count; t++)
        lists[t] = list_code(program, program_code(program, t));
    for (size_t t = 0; t < program->thread_count; t++) {
        bool is_told = false;
        for (size_t other = 0; other < t; other++)
            is_told |= strcmp(lists[other], lists[t]) == 0;
        if (is_told)
            continue;
        text_print(&text, "Steps of %s", names[t]);
        for (size_t other = t + 1; other < program->thread_count; other++)
            if (strcmp(lists[other], lists[t]) == 0)
                text_print(&text, ", %s", names[other]);
        text_print(&text, ":\n%s", lists[t]);
    }
    for (size_t t = 0; t < program->thread_count; t++)
        memory_free(lists[t]);
    memory_free(lists);
    memory_free(names);
    return text_take(&text);
}
