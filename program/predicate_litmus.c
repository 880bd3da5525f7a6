/* A predicate in the words of litmus tests, where it can be said there. */
#include "program/predicate_parts.h"
#include "program/program.h"

#include <inttypes.h>
#include <string.h>

static bool print_condition(const struct predicate *self, const struct predicate_names *names, size_t number,
                            struct text *text);

/* A word, a register, or an element of a table that is always the same one. */
static bool print_location(const struct predicate *self, const struct predicate_names *names, const struct node *node,
                           struct text *text)
{
    if (node->kind == NODE_WORD) {
        names->word(names->context, (size_t)node->number, text);
    } else if (node->kind == NODE_REGISTER) {
        names->reg(names->context, node->thread, (unsigned)node->number, text);
    } else if (node->kind == NODE_ELEMENT && self->nodes[node->left].kind == NODE_NUMBER) {
        const struct variable *variable = &self->program->variables[node->number];
        int64_t index = self->nodes[node->left].number;
        if (index < 0 || index >= (int64_t)variable->words)
            return false;
        names->word(names->context, variable->word + (size_t)index, text);
    } else {
        return false;
    }
    return true;
}

/* A number, perhaps with a sign. */
static bool number_of(const struct predicate *self, const struct node *node, int64_t *number)
{
    bool is_negative = node->kind == NODE_NEGATIVE;
    if (is_negative)
        node = &self->nodes[node->left];
    *number = is_negative ? -node->number : node->number;
    return node->kind == NODE_NUMBER;
}

/* A location and a number, in whichever order, that are equal or not. */
static bool print_comparison(const struct predicate *self, const struct predicate_names *names, const struct node *node,
                             struct text *text)
{
    const char *sign = binary_operators[node->operator].text;
    const struct node *left = &self->nodes[node->left], *right = &self->nodes[node->right];
    bool is_equal = strcmp(sign, "==") == 0;
    int64_t number;
    bool is_turned = !number_of(self, right, &number);
    if ((!is_equal && strcmp(sign, "!=") != 0) || (is_turned && !number_of(self, left, &number)) ||
        !print_location(self, names, is_turned ? right : left, text))
        return false;
    text_print(text, "%s%" PRId64, is_equal ? "=" : "<>", number);
    return true;
}

static bool print_both(const struct predicate *self, const struct predicate_names *names, const struct node *node,
                       const char *sign, struct text *text)
{
    text_print(text, "(");
    bool is_good = print_condition(self, names, node->left, text);
    text_print(text, " %s ", sign);
    is_good = is_good && print_condition(self, names, node->right, text);
    text_print(text, ")");
    return is_good;
}

static bool print_condition(const struct predicate *self, const struct predicate_names *names, size_t number,
                            struct text *text)
{
    const struct node *node = &self->nodes[number];
    bool is_good = false;
    switch (node->kind) {
    case NODE_AND:
        return print_both(self, names, node, "/\\", text);
    case NODE_OR:
        return print_both(self, names, node, "\\/", text);
    case NODE_NOT:
        text_print(text, "not (");
        is_good = print_condition(self, names, node->left, text);
        text_print(text, ")");
        return is_good;
    case NODE_OPERATOR:
        return print_comparison(self, names, node, text);
    default:
        return false;
    }
}

bool predicate_export_litmus(const struct predicate *self, const struct predicate_names *names, struct text *text)
{
    return print_condition(self, names, self->root, text);
}
