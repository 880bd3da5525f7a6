#include "analysis/printed_number.h"

#include "base/memory.h"
#include "program/outputs.h"
#include "program/program.h"

#include <inttypes.h>

static bool prints(const struct instruction *instruction)
{
    return instruction_kind(instruction) == MICRO_PRINT;
}

static size_t count_prints(const struct code *code)
{
    size_t count = 0;
    for (size_t i = 0; i < code->count; i++)
        count += prints(&code->instructions[i]);
    return count;
}

/* Where all prints are those of one thread, that thread; else thread_count. */
static size_t find_printer(const struct program *program)
{
    size_t printer = program->thread_count;
    for (size_t t = 0; t < program->thread_count; t++) {
        if (count_prints(program_code(program, t)) == 0)
            continue;
        if (printer < program->thread_count)
            return program->thread_count;
        printer = t;
    }
    return printer;
}

/* Only the thread that prints may end the program for all. */
static bool can_be_cut_off(const struct program *program, size_t printer)
{
    for (size_t t = 0; t < program->thread_count; t++) {
        const struct code *code = program_code(program, t);
        for (size_t i = 0; t != printer && i < code->count; i++)
            if (instruction_kind(&code->instructions[i]) == MICRO_EXIT)
                return true;
    }
    return false;
}

static size_t target_of(const struct instruction *instruction)
{
    return (size_t)instruction->operands[0].value;
}

/* Marks what is executed from an instruction on, where there is only one way: it leads to the end of the thread. Returns false where there
 * are several, or none. */
static bool follow(const struct code *code, size_t at, bool *marked)
{
    while (at < code->count) {
        unsigned flow = instruction_flow(&code->instructions[at]);
        if (marked[at])
            return false;
        marked[at] = true;
        if (flow == FLOW_END)
            return true;
        if (flow != FLOW_NEXT && flow != FLOW_TARGET)
            return false;
        at = flow == FLOW_NEXT ? at + 1 : target_of(&code->instructions[at]);
    }
    return true;
}

/* Whether the thread comes to `first`, and not past it, before it ends or executes something that is marked. */
static bool always_comes_to(const struct code *code, size_t first, const bool *marked)
{
    bool *met = memory_new(code->count + 1, sizeof *met), is_good = true;
    size_t *work = memory_new(2 * code->count + 2, sizeof *work), count = 0;
    work[count++] = 0;
    while (count > 0 && is_good) {
        size_t at = work[--count];
        if (at == first || met[at])
            continue;
        met[at] = true;
        unsigned flow = at < code->count ? instruction_flow(&code->instructions[at]) : FLOW_END;
        is_good = (flow & ~(unsigned)(FLOW_NEXT | FLOW_TARGET)) == 0 && !marked[at];
        if (is_good && (flow & FLOW_NEXT) != 0)
            work[count++] = at + 1;
        if (is_good && (flow & FLOW_TARGET) != 0)
            work[count++] = target_of(&code->instructions[at]);
    }
    memory_free(met);
    memory_free(work);
    return is_good;
}

/* Whether all prints lie behind `first`, on the one way from there to the end. */
static bool is_one_way(const struct code *code, size_t first)
{
    bool *marked = memory_new(code->count + 1, sizeof *marked);
    bool is_good = follow(code, first, marked);
    for (size_t i = 0; i < code->count && is_good; i++)
        is_good = !prints(&code->instructions[i]) || marked[i];
    is_good = is_good && always_comes_to(code, first, marked);
    memory_free(marked);
    return is_good;
}

/* Appends what an instruction prints to what stands before the number, or behind. Returns false where that is a second value, or one whose
 * place is computed. */
static bool add_printed(const struct program *program, const struct instruction *instruction, struct text *before,
                        struct text *behind, bool *has_number)
{
    const struct operand *operand = &instruction->operands[0];
    struct text *text = *has_number ? behind : before;
    switch (operand->kind) {
    case OPERAND_STRING:
        text_print(text, "%s", program->strings[operand->value]);
        return true;
    case OPERAND_IMMEDIATE:
        text_print(text, "%" PRId64, operand->value);
        return true;
    case OPERAND_REGISTER:
    case OPERAND_WORD:
        if (*has_number || instruction->form != PRINT_DECIMAL)
            return false;
        *has_number = true;
        return true;
    default:
        return false;
    }
}

static struct outputs *collect(const struct program *program, const struct code *code, size_t at)
{
    struct text before = TEXT_INIT, behind = TEXT_INIT;
    bool has_number = false, is_good = true;
    while (at < code->count && is_good) {
        const struct instruction *instruction = &code->instructions[at];
        if (prints(instruction))
            is_good = add_printed(program, instruction, &before, &behind, &has_number);
        unsigned flow = instruction_flow(instruction);
        at = flow == FLOW_END ? code->count : flow == FLOW_NEXT ? at + 1 : target_of(instruction);
    }
    if (is_good)
        return outputs_of_number(text_take(&before), has_number ? text_take(&behind) : (text_free(&behind), NULL));
    text_free(&before);
    text_free(&behind);
    return NULL;
}

struct outputs *printed_number_find(const struct program *program)
{
    size_t printer = find_printer(program);
    if (printer == program->thread_count || can_be_cut_off(program, printer))
        return NULL;
    const struct code *code = program_code(program, printer);
    for (size_t i = 0; i < code->count; i++)
        if (prints(&code->instructions[i]) && is_one_way(code, i))
            return collect(program, code, i);
    return NULL;
}
