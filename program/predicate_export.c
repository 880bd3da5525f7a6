/* A predicate in Promela: its value, and that it has one. */
#include "base/memory.h"
#include "program/predicate_parts.h"
#include "program/program.h"

#include <inttypes.h>
#include <stdarg.h>

struct export
{
    const struct predicate *predicate;
    const struct predicate_names *names;
};

static char *value_of(const struct export *self, size_t number);

static void print_element(const struct export *self, const struct node *node, struct text *text)
{
    const struct variable *variable = &self->predicate->program->variables[node->number];
    char *index = value_of(self, node->left);
    self->names->element(self->names->context, variable, index, text);
    memory_free(index);
}

static void print_operator(const struct export *self, const struct node *node, struct text *text)
{
    const struct binary_operator *operator= & binary_operators[node->operator];
    char *left = value_of(self, node->left), *right = value_of(self, node->right);
    bool is_computed = node->kind == NODE_OPERATOR && operator->operation != OPERATION_COMPARE;
    text_print(text, "(");
    if (is_computed)
        operation_export(text, operations[operator->operation].exported_result, right, left);
    else
        text_print(text, "%s %s %s", left, operator->text, right);
    text_print(text, ")");
    memory_free(left);
    memory_free(right);
}

static void print_unary(const struct export *self, const struct node *node, const char *sign, struct text *text)
{
    char *operand = value_of(self, node->left);
    text_print(text, "(%s%s)", sign, operand);
    memory_free(operand);
}

static void print_choice(const struct export *self, const struct node *node, struct text *text)
{
    char *condition = value_of(self, node->left), *left = value_of(self, node->right);
    char *right = value_of(self, node->third);
    text_print(text, "(%s -> %s : %s)", condition, left, right);
    memory_free(condition);
    memory_free(left);
    memory_free(right);
}

/* Whatever is printed stands by itself: a number, a name, or something in parentheses. */
static void print_value(const struct export *self, size_t number, struct text *text)
{
    const struct node *node = &self->predicate->nodes[number];
    const struct predicate_names *names = self->names;
    switch (node->kind) {
    case NODE_NUMBER:
        text_print(text, "%" PRId64, node->number);
        break;
    case NODE_WORD:
        names->word(names->context, (size_t)node->number, text);
        break;
    case NODE_ELEMENT:
        print_element(self, node, text);
        break;
    case NODE_REGISTER:
        names->reg(names->context, node->thread, (unsigned)node->number, text);
        break;
    case NODE_OUTPUT:
        text_print(text, node->number != 0 ? "(!" : "(");
        names->output(names->context, node->text, text);
        text_print(text, ")");
        break;
    case NODE_OPERATOR:
    case NODE_AND:
    case NODE_OR:
        print_operator(self, node, text);
        break;
    case NODE_NOT:
    case NODE_COMPLEMENT:
    case NODE_NEGATIVE:
        print_unary(self, node, node->kind == NODE_NOT ? "!" : node->kind == NODE_NEGATIVE ? "-" : "~", text);
        break;
    case NODE_CONDITION:
        print_choice(self, node, text);
        break;
    }
}

static char *value_of(const struct export *self, size_t number)
{
    struct text text = TEXT_INIT;
    print_value(self, number, &text);
    return text_take(&text);
}

/* ---- Whether there is a value ------------------------------------------------------------------------------------ */

/* Adds a condition to others that have to be true, too. */
__attribute__((format(printf, 2, 3))) static void require(struct text *required, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    text_print(required, required->length > 0 ? " && " : "");
    text_print_list(required, format, arguments);
    va_end(arguments);
}

static void require_defined(const struct export *self, size_t number, struct text *required);

/* The required for a node alone, as new; "" where it always has a value. */
static char *conditions_of(const struct export *self, size_t number)
{
    struct text required = TEXT_INIT;
    require_defined(self, number, &required);
    return required.length > 0 ? text_take(&required) : memory_copy_string("");
}

static void require_operation(const struct export *self, const struct node *node, struct text *required)
{
    const struct operation_traits *traits = &operations[binary_operators[node->operator].operation];
    const char *const patterns[] = {traits->exported_defined, traits->exported_fits};
    char *left = value_of(self, node->left), *right = value_of(self, node->right);
    for (size_t p = 0; p < 2; p++)
        if (patterns[p] != NULL) {
            require(required, "%s", "");
            operation_export(required, patterns[p], right, left);
        }
    memory_free(left);
    memory_free(right);
}

/* Of && and || the right side counts only where the left one does not decide. */
static void require_logic(const struct export *self, const struct node *node, struct text *required)
{
    char *left = value_of(self, node->left), *right = conditions_of(self, node->right);
    if (*right != '\0')
        require(required, "(%s%s || (%s))", node->kind == NODE_AND ? "!" : "", left, right);
    memory_free(left);
    memory_free(right);
}

static void require_choice(const struct export *self, const struct node *node, struct text *required)
{
    char *condition = value_of(self, node->left), *left = conditions_of(self, node->right);
    char *right = conditions_of(self, node->third);
    if (*left != '\0' || *right != '\0')
        require(required, "(%s -> (%s) : (%s))", condition, *left != '\0' ? left : "true",
                *right != '\0' ? right : "true");
    memory_free(condition);
    memory_free(left);
    memory_free(right);
}

static void require_index(const struct export *self, const struct node *node, struct text *required)
{
    char *index = value_of(self, node->left);
    require(required, "%s >= 0 && %s < %" PRIu32, index, index,
            self->predicate->program->variables[node->number].words);
    memory_free(index);
}

static void require_defined(const struct export *self, size_t number, struct text *required)
{
    const struct node *node = &self->predicate->nodes[number];
    switch (node->kind) {
    case NODE_NUMBER:
    case NODE_WORD:
    case NODE_REGISTER:
    case NODE_OUTPUT:
        return;
    default:
        require_defined(self, node->left, required);
    }
    switch (node->kind) {
    case NODE_ELEMENT:
        require_index(self, node, required);
        break;
    case NODE_OPERATOR:
        require_defined(self, node->right, required);
        require_operation(self, node, required);
        break;
    case NODE_AND:
    case NODE_OR:
        require_logic(self, node, required);
        break;
    case NODE_CONDITION:
        require_choice(self, node, required);
        break;
    default:
        break;
    }
}

void predicate_export(const struct predicate *self, const struct predicate_names *names, struct text *text)
{
    struct export export = {self, names};
    char *required = conditions_of(&export, self->root), *value = value_of(&export, self->root);
    text_print(text, *required != '\0' ? "(%s && %s)" : "%s%s", required, value);
    memory_free(required);
    memory_free(value);
}

int64_t predicate_greatest_number(const struct predicate *self)
{
    int64_t greatest = 0;
    for (size_t n = 0; n < self->count; n++)
        if (self->nodes[n].kind == NODE_NUMBER && self->nodes[n].number > greatest)
            greatest = self->nodes[n].number;
    return greatest;
}
