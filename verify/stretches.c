/* What may stand in an atomic stretch, so that it is one step that has one beginning and an end, and never waits. */
#include "verify/program.h"

#include "verify/verdict.h"

static bool has_instruction(const struct statement *statements, size_t first, size_t end)
{
    while (first < end && statements[first].kind != STATEMENT_INSTRUCTION)
        first++;
    return first < end;
}

/* The .atomic around a statement, or NULL. */
static const struct statement *find_stretch(const struct section *self, const struct statement *statements,
                                            size_t number)
{
    size_t low = 0,
           high = self->stretch_count; /* the last .atomic in front of it is one of those from low to high - 1 */
    while (low + 1 < high) {
        size_t middle = low + (high - low) / 2;
        if (self->stretches[middle] <= number)
            low = middle;
        else
            high = middle;
    }
    if (low == high || self->stretches[low] > number || statements[self->stretches[low]].end < number)
        return NULL;
    return &statements[self->stretches[low]];
}

/* Whether instructions of a stretch come before a statement, or may do so when it is repeated. */
static bool is_behind(const struct statement *statements, const struct statement *stretch,
                      const struct statement *statement)
{
    return statement->scope != stretch->scope ||
           has_instruction(statements, (size_t)(stretch - statements), (size_t)(statement - statements));
}

static void check_jump(const struct section *self, const struct statement *statements, const struct statement *jump,
                       const struct statement *from)
{
    size_t number = (size_t)jump->instruction.numbers[0];
    const struct statement *label = &statements[number], *to = find_stretch(self, statements, number);
    bool is_back = to != NULL && to == from && label < jump;
    bool is_into =
        to != NULL && to != from && is_behind(statements, to, label) && has_instruction(statements, number, to->end);
    if (is_back || is_into)
        verdict_malformed(jump->text.text, "the program has a jump back in an atomic stretch, or into its middle");
}

/* Whether instructions of a stretch come behind a statement, or may do so when it is repeated. */
static bool is_before(const struct statement *statements, const struct statement *stretch,
                      const struct statement *statement)
{
    return statement->scope != stretch->scope ||
           has_instruction(statements, (size_t)(statement - statements) + 1, stretch->end);
}

static void check_instruction(const struct statement *statements, const struct statement *statement,
                              const struct statement *stretch)
{
    enum stretch_place place = instruction_stretch_place(&statement->instruction);
    if (place == STRETCH_NOWHERE || (place == STRETCH_FIRST && is_behind(statements, stretch, statement)) ||
        (place == STRETCH_LAST && is_before(statements, stretch, statement)))
        verdict_malformed(statement->text.text,
                          "the program has an instruction that may not stand in an atomic stretch,"
                          " or only as its first or its last one");
}

void section_check_stretches(const struct section *self, const struct statement *statements)
{
    for (size_t i = 0; i < self->count && self->stretch_count > 0; i++) {
        const struct statement *statement = &statements[i];
        if (statement->kind != STATEMENT_INSTRUCTION)
            continue;
        const struct statement *stretch = find_stretch(self, statements, i);
        if (stretch != NULL)
            check_instruction(statements, statement, stretch);
        if (statement->instruction.kinds[0] == OPERAND_LABEL)
            check_jump(self, statements, statement, stretch);
    }
}
