/* Atomic stretches: what may stand in them, so that each is one step that ends. */
#include "frontends/body.h"

#include <inttypes.h>

/* A section whose stretches are checked. */
struct check {
    const struct body *section;
    const char *source;
    struct error *error;
};

static bool fail(const struct check *self, const struct statement *statement, const char *why)
{
    const struct token *token = statement->token;
    return error_set(self->error, self->source, token->place.line, token->place.column,
                     "'%.*s' inside the '.atomic' on line %" PRIu32 ": %s", token_shown(token), token->text,
                     self->section->statements[statement->stretch - 1].token->place.line, why);
}

static bool fail_into(const struct check *self, const struct statement *jump, uint32_t stretch)
{
    return error_set(self->error, self->source, jump->token->place.line, jump->token->place.column,
                     "'%.*s' leads into the middle of the '.atomic' on line %" PRIu32 ": a step has one beginning",
                     token_shown(jump->token), jump->token->text,
                     self->section->statements[stretch - 1].token->place.line);
}

static bool has_instruction(const struct check *self, size_t first, size_t end)
{
    for (size_t i = first; i < end; i++)
        if (self->section->statements[i].kind == STATEMENT_INSTRUCTION)
            return true;
    return false;
}

/* Whether a statement is not at the beginning of its stretch whenever it is come to. */
static bool is_behind(const struct check *self, const struct statement *statement)
{
    const struct statement *statements = self->section->statements;
    return has_instruction(self, statement->stretch, (size_t)(statement - statements)) ||
           statement->parent != statements[statement->stretch - 1].parent;
}

/* Whether instructions of its stretch come before a label and behind it. */
static bool is_in_the_middle(const struct check *self, const struct statement *label)
{
    const struct statement *statements = self->section->statements;
    size_t place = (size_t)(label - statements), end = place;
    while (end < self->section->count && statements[end].stretch == label->stretch)
        end++;
    return is_behind(self, label) && has_instruction(self, place, end);
}

static bool check_jump(const struct check *self, const struct statement *jump)
{
    const struct statement *label = &self->section->statements[jump->instruction.operands[0].value];
    if (label->stretch != 0 && label->stretch == jump->stretch)
        return label > jump || fail(self, jump, "it jumps back, and a step cannot loop");
    return label->stretch == 0 || !is_in_the_middle(self, label) || fail_into(self, jump, label->stretch);
}

/* Whether a statement ends its stretch whenever it is come to. */
static bool is_last(const struct check *self, const struct statement *statement)
{
    const struct statement *statements = self->section->statements;
    size_t next = (size_t)(statement - statements) + 1, end = next;
    while (end < self->section->count && statements[end].stretch == statement->stretch)
        end++;
    return !has_instruction(self, next, end) && statement->parent == statements[statement->stretch - 1].parent;
}

static bool check_instruction(const struct check *self, const struct statement *statement)
{
    enum micro_kind kind = instruction_kind(&statement->instruction);
    const struct micro_kind_traits *traits = &micro_kinds[kind];
    if (traits->waits && is_behind(self, statement))
        return fail(self, statement,
                    "its thread may have to wait, and a step can wait before its first instruction alone");
    if (kind == MICRO_LEAVE)
        return fail(self, statement, "its thread goes away, and comes back by a step of its own");
    if (traits->may_stay && !is_last(self, statement))
        return fail(self, statement, "its thread may sleep there, and what sleeps must be the last in a step");
    if ((traits->flow & (FLOW_BACK | FLOW_RETURN)) != 0)
        return fail(self, statement, "a step cannot call or return");
    if (kind == MICRO_YIELD)
        return fail(self, statement, "it gives up the processor, which a step keeps");
    if (traits->has_outcomes && is_behind(self, statement))
        return fail(self, statement, "what can turn out in several ways must be the first in a step");
    return true;
}

bool stretches_check(const struct body *section, const char *source, struct error *error)
{
    const struct check self = {section, source, error};
    for (size_t i = 0; i < section->count && section->has_stretches; i++) {
        const struct statement *statement = &section->statements[i];
        if (statement->kind != STATEMENT_INSTRUCTION)
            continue;
        if (statement->stretch != 0 && !check_instruction(&self, statement))
            return false;
        if (statement->instruction.operands[0].kind == OPERAND_TARGET && !check_jump(&self, statement))
            return false;
    }
    return true;
}
