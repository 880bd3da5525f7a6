/* The steps of a thread: the statements of its section, laid out as .rept says, with the labels of each repetition a scope
 * of their own. */
#include "verify/program.h"

#include "verify/verdict.h"

#include <stdlib.h>

enum { WORK_MAX = 16000000 };

struct layout {
    struct program *program;
    struct code *code;
    uint32_t ticks;
    bool is_inside;  /* an atomic stretch */
    bool joins;      /* the next instruction belongs to the step of the one before */
    uint32_t *jumps; /* those whose label's scope is still open */
    size_t jump_count;
    size_t jump_capacity;
};

static void add_step(struct layout *self, const struct statement *statement)
{
    struct code *code = self->code;
    const struct instruction *instruction = &statement->instruction;
    if (self->program->step_count++ == self->program->steps_most)
        verdict_malformed(statement->text.text, "the program is too long for its states when .rept is unrolled");
    if (instruction->kinds[0] == OPERAND_LABEL) {
        self->jumps = storage_grow(self->jumps, self->jump_count, &self->jump_capacity, sizeof *self->jumps);
        self->jumps[self->jump_count++] = (uint32_t)code->count;
    }
    code->steps = storage_grow(code->steps, code->count, &code->capacity, sizeof *code->steps);
    code->steps[code->count++] = (struct step){instruction, self->ticks, 0, self->joins};
    self->joins = self->is_inside;
}

/* Gives the jumps from a first one on the labels of the scope that ends; the others wait for a scope further out. */
static void end_scope(struct layout *self, size_t first, uint32_t scope)
{
    size_t waiting = first;
    for (size_t j = first; j < self->jump_count; j++) {
        struct step *step = &self->code->steps[self->jumps[j]];
        const struct statement *label = &self->code->statements[step->instruction->numbers[0]];
        if (label->scope == scope)
            step->target = (uint32_t)label->place & INT32_MAX;
        else
            self->jumps[waiting++] = self->jumps[j];
    }
    self->jump_count = waiting;
}

bool code_is_iters(struct span line)
{
    struct span trimmed = span_trim(line);
    if (!span_starts_with(trimmed, ".rept"))
        return false;
    struct lexer at = lexer_start(line);
    if (!lexer_is(&at, ".rept"))
        return false;
    lexer_next(&at);
    if (!lexer_is(&at, "ITERS"))
        return false;
    lexer_next(&at);
    return at.kind == TOKEN_END;
}

/* For certificates that hold for every ITERS. */
static void note_loop(struct layout *self, const struct statement *rept, size_t first)
{
    struct code *code = self->code;
    if (!code_is_iters(rept->text))
        return;
    code->has_two_loops = code->has_two_loops || rept->scope != SCOPE_TOP || code->loop_end > code->loop_first;
    code->loop_first = first;
    code->loop_end = code->count;
}

static void lay_out(struct layout *self, size_t first, size_t end);

static void repeat(struct layout *self, uint32_t rept)
{
    const struct statement *statement = &self->code->statements[rept];
    size_t first = self->code->count;
    for (int64_t i = 0; i < statement->number; i++) {
        size_t jumps = self->jump_count, before = self->code->count;
        lay_out(self, rept + 1, statement->end);
        end_scope(self, jumps, rept);
        if (self->code->count == before) /* a body without instructions does the same again */
            break;
    }
    note_loop(self, statement, first);
}

static void lay_out(struct layout *self, size_t first, size_t end)
{
    for (size_t i = first; i < end; i++) {
        struct statement *statement = &self->code->statements[i];
        if (self->program->work++ == WORK_MAX)
            verdict_malformed(statement->text.text, "the program is too long when .rept is unrolled");
        if (statement->kind == STATEMENT_INSTRUCTION) {
            add_step(self, statement);
        } else if (statement->kind == STATEMENT_LABEL) {
            statement->place = self->code->count;
        } else if (statement->kind == STATEMENT_TICK) {
            self->ticks = (uint32_t)statement->number;
        } else if (statement->kind == STATEMENT_REPT) {
            repeat(self, (uint32_t)i);
            i = statement->end;
        } else if (statement->kind == STATEMENT_ATOMIC || statement->kind == STATEMENT_ENDATOMIC) {
            self->is_inside = statement->kind == STATEMENT_ATOMIC;
            self->joins = false;
        }
    }
}

void program_lay_out(struct program *program, const struct section *section, struct code *code)
{
    struct layout self = {.program = program, .code = code, .ticks = 1};
    lay_out(&self, 0, section->count);
    end_scope(&self, 0, SCOPE_TOP);
    free(self.jumps);
}
