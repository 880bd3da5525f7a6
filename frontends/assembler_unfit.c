/* What is said of an operand that does not fit: what was expected, what it is instead, and what was perhaps meant. */
#include "frontends/assembler_parts.h"

#include "base/spelling.h"

#include <stdio.h>

bool assembler_accepts(const struct slot *slot, enum operand_kind kind)
{
    return slot->form->accepts[slot->number] & 1u << kind;
}

static const char *const kinds[] = {
    [OPERAND_NONE] = "",
    [OPERAND_IMMEDIATE] = "a number ('$5')",
    [OPERAND_REGISTER] = "a register ('%ax')",
    [OPERAND_WORD] = "a variable",
    [OPERAND_MUTEX] = "a mutex",
    [OPERAND_SEMAPHORE] = "a semaphore",
    [OPERAND_QUEUE] = "a queue",
    [OPERAND_CONDITION] = "a condition",
    [OPERAND_BARRIER] = "a barrier",
    [OPERAND_EVENT] = "an event",
    [OPERAND_RWLOCK] = "a read-write lock",
    [OPERAND_THREAD] = "a thread that .thread names",
    [OPERAND_STRING] = "a text ('\"a\"')",
    [OPERAND_PREDICATE] = "a condition ('x == 1')",
    [OPERAND_RANGE] = "the least and the greatest number to choose from ('1, 6')",
    [OPERAND_TARGET] = "a label",
};

const char *assembler_kind_words(enum operand_kind kind)
{
    return kinds[kind];
}

/* "a number, a register or a variable"; an address is called a variable, too. */
const char *assembler_describe_accepted(const struct slot *slot, char *buffer, size_t size)
{
    unsigned left = slot->form->accepts[slot->number] & ~(1u << OPERAND_COMPUTED | 1u << OPERAND_NONE);
    size_t length = 0;
    buffer[0] = '\0';
    for (unsigned kind = 0; kind <= OPERAND_TARGET; kind++) {
        if (!(left & 1u << kind))
            continue;
        left &= ~(1u << kind);
        const char *joint = length == 0 ? "" : left == 0 ? " or " : ", ";
        length += (size_t)snprintf(buffer + length, size - length, "%s%s", joint, kinds[kind]);
    }
    return buffer;
}

/* ", and 'x' is a variable" where a name is declared as something else. */
static const char *describe_declared(const struct assembler *self, const struct token *name, char *buffer, size_t size)
{
    const struct declaration *declaration = name->kind == TOKEN_NAME ? assembler_find(self, name) : NULL;
    buffer[0] = '\0';
    if (declaration != NULL)
        snprintf(buffer, size, ", and '%.*s' is %s", token_shown(name), name->text, kinds[declaration->kind]);
    return buffer;
}

bool assembler_fail_kind(struct assembler *self, const struct slot *slot, const struct token *at)
{
    char expected[128], declared[128];
    assembler_describe_accepted(slot, expected, sizeof expected);
    describe_declared(self, at, declared, sizeof declared);
    if (instruction_operand_count(slot->form) == 1)
        return FAIL(self, at, "the operand of '%s' must be %s%s", slot->form->mnemonic, expected, declared);
    return FAIL(self, at, "operand %u of '%s' must be %s%s", slot->number + 1, slot->form->mnemonic, expected,
                declared);
}

/* A name that was to be declared as something that the operand can be. */
static struct spelling spell_declared(const struct assembler *self, const struct slot *slot, const struct token *name)
{
    struct spelling spelling = spelling_start(name->text, name->length);
    for (size_t d = 0; d < self->declaration_count; d++)
        if (assembler_accepts(slot, self->declarations[d].kind))
            spelling_consider_part(&spelling, self->declarations[d].name->text, self->declarations[d].name->length);
    return spelling;
}

/* "undefined mutex 'lok'; did you mean 'lock'?", or how it would be declared. */
static bool fail_undeclared(struct assembler *self, const struct token *name, struct spelling *spelling,
                            const char *what, const struct object_form *form)
{
    int shown = token_shown(name);
    const char *hint = spelling_hint(spelling);
    if (hint[0] != '\0')
        return FAIL(self, name, "undefined %s '%.*s'%s", what, shown, name->text, hint);
    return FAIL(self, name, "undefined %s '%.*s'; expected '%s %.*s%s' somewhere", what, shown, name->text,
                form->directive, shown, name->text, form->hint);
}

bool assembler_fail_undefined(struct assembler *self, const struct slot *slot, const struct token *name)
{
    static const struct object_form variable = {.directive = ".var", .hint = ""};
    int shown = token_shown(name);
    struct spelling spelling = spell_declared(self, slot, name);
    for (enum object_kind kind = 0; kind < OBJECT_KIND_COUNT; kind++)
        if (assembler_accepts(slot, (enum operand_kind)(OPERAND_MUTEX + kind)))
            return fail_undeclared(self, name, &spelling, object_kind_name(kind), &object_forms[kind]);
    if (register_find(name->text, name->length) != REGISTER_COUNT)
        return FAIL(self, name, "undefined variable '%.*s'; a register is written '%%%.*s'", shown, name->text, shown,
                    name->text);
    if (assembler_is_symbol(self, name))
        return FAIL(self, name, "undefined variable '%.*s'; the number that a symbol stands for is written '$%.*s'",
                    shown, name->text, shown, name->text);
    return fail_undeclared(self, name, &spelling, "variable", &variable);
}

bool assembler_fail_thread(struct assembler *self, const struct token *name)
{
    static const struct object_form thread = {.directive = ".thread", .hint = ""};
    struct spelling spelling = spelling_start(name->text, name->length);
    for (size_t s = 0; s < self->body_count; s++)
        if (self->bodies[s].name != NULL)
            spelling_consider_part(&spelling, self->bodies[s].name->text, self->bodies[s].name->length);
    return fail_undeclared(self, name, &spelling, "thread", &thread);
}

bool assembler_fail_label(struct assembler *self, const struct slot *slot, const struct token *name)
{
    struct spelling spelling = spelling_start(name->text, name->length);
    for (size_t s = 0; s < slot->body->count; s++)
        if (slot->body->statements[s].kind == STATEMENT_LABEL)
            spelling_consider_part(&spelling, slot->body->statements[s].token->text,
                                   slot->body->statements[s].token->length);
    const char *hint = spelling.distance == 0 ? "" : spelling_hint(&spelling);
    return FAIL(self, name, "undefined label '%.*s'%s", token_shown(name), name->text,
                hint[0] != '\0' ? hint : "; expected it in the same section, not inside another '.rept'");
}
