#include "program/predicate_parts.h"

#include "base/memory.h"
#include "program/program.h"

#include <string.h>

/* ---- Operators ----------------------------------------------------------------------------------------------- */

static enum failure by_operation(enum operation operation, int64_t a, int64_t b, int64_t *result)
{
    return operations[operation].compute(b, a, result);
}

const struct binary_operator binary_operators[PREDICATE_OPERATORS] = {
    {"||", 1, OPERATION_COUNT, {0}},
    {"&&", 2, OPERATION_COUNT, {0}},
    {"|", 3, OPERATION_OR, {0}},
    {"^", 4, OPERATION_XOR, {0}},
    {"&", 5, OPERATION_AND, {0}},
    {"==", 6, OPERATION_COMPARE, {false, true, false}},
    {"!=", 6, OPERATION_COMPARE, {true, false, true}},
    {"<=", 7, OPERATION_COMPARE, {true, true, false}},
    {">=", 7, OPERATION_COMPARE, {false, true, true}},
    {"<<", 8, OPERATION_SHIFT_LEFT, {0}},
    {">>", 8, OPERATION_SHIFT_RIGHT, {0}},
    {"<", 7, OPERATION_COMPARE, {true, false, false}},
    {">", 7, OPERATION_COMPARE, {false, false, true}},
    {"+", 9, OPERATION_ADD, {0}},
    {"-", 9, OPERATION_SUBTRACT, {0}},
    {"*", 10, OPERATION_MULTIPLY, {0}},
    {"/", 10, OPERATION_DIVIDE, {0}},
    {"%", 10, OPERATION_MODULO, {0}},
};

/* ---- The tree ------------------------------------------------------------------------------------------------- */

void predicate_free(struct predicate *self)
{
    if (self == NULL)
        return;
    for (size_t n = 0; n < self->count; n++)
        memory_free(self->nodes[n].text);
    memory_free(self->nodes);
    memory_free(self->text);
    memory_free(self);
}

const char *predicate_text(const struct predicate *self)
{
    return self->text;
}

bool predicate_equals(const struct predicate *a, const struct predicate *b)
{
    bool are_equal = a->count == b->count && a->root == b->root && strcmp(a->text, b->text) == 0;
    for (size_t n = 0; n < a->count && are_equal; n++)
        are_equal = a->nodes[n].kind == b->nodes[n].kind && a->nodes[n].number == b->nodes[n].number;
    return are_equal;
}

/* ---- Evaluating ---------------------------------------------------------------------------------------------- */

static enum failure evaluate(const struct predicate *self, size_t node, const struct predicate_source *source,
                             int64_t *value);

static enum failure evaluate_binary(const struct predicate *self, const struct node *node,
                                    const struct predicate_source *source, int64_t *value)
{
    const struct binary_operator *operator= & binary_operators[node->operator];
    int64_t a, b;
    enum failure failure = evaluate(self, node->left, source, &a);
    if (failure == FAILURE_NONE)
        failure = evaluate(self, node->right, source, &b);
    if (failure != FAILURE_NONE)
        return failure;
    failure = by_operation(operator->operation, a, b, value);
    if (operator->operation == OPERATION_COMPARE)
        *value = operator->holds[*value + 1];
    return failure;
}

/* && and ||: the left side may decide. */
static enum failure evaluate_logic(const struct predicate *self, const struct node *node,
                                   const struct predicate_source *source, int64_t *value)
{
    enum failure failure = evaluate(self, node->left, source, value);
    *value = *value != 0;
    if (failure != FAILURE_NONE || *value == (node->kind == NODE_OR))
        return failure;
    failure = evaluate(self, node->right, source, value);
    *value = *value != 0;
    return failure;
}

static enum failure evaluate_unary(const struct predicate *self, const struct node *node,
                                   const struct predicate_source *source, int64_t *value)
{
    int64_t operand;
    enum failure failure = evaluate(self, node->left, source, &operand);
    if (failure != FAILURE_NONE)
        return failure;
    if (node->kind == NODE_NEGATIVE)
        return by_operation(OPERATION_SUBTRACT, 0, operand, value);
    *value = node->kind == NODE_NOT ? operand == 0 : ~operand;
    return FAILURE_NONE;
}

static enum failure evaluate_element(const struct predicate *self, const struct node *node,
                                     const struct predicate_source *source, int64_t *value)
{
    const struct variable *variable = &self->program->variables[node->number];
    int64_t index;
    enum failure failure = evaluate(self, node->left, source, &index);
    if (failure != FAILURE_NONE)
        return failure;
    if (index < 0 || index >= variable->words)
        return FAILURE_ELEMENT;
    *value = source->word(source->context, variable->word + (size_t)index);
    return FAILURE_NONE;
}

static enum failure evaluate(const struct predicate *self, size_t number, const struct predicate_source *source,
                             int64_t *value)
{
    const struct node *node = &self->nodes[number];
    *value = 0;
    switch (node->kind) {
    case NODE_NUMBER:
        *value = node->number;
        break;
    case NODE_WORD:
        *value = source->word(source->context, (size_t)node->number);
        break;
    case NODE_ELEMENT:
        return evaluate_element(self, node, source, value);
    case NODE_REGISTER:
        *value = source->reg(source->context, node->thread, (unsigned)node->number);
        break;
    case NODE_OUTPUT:
        *value = (source->output != NULL && strcmp(source->output, node->text) == 0) != (node->number != 0);
        break;
    case NODE_OPERATOR:
        return evaluate_binary(self, node, source, value);
    case NODE_NOT:
    case NODE_COMPLEMENT:
    case NODE_NEGATIVE:
        return evaluate_unary(self, node, source, value);
    case NODE_AND:
    case NODE_OR:
        return evaluate_logic(self, node, source, value);
    case NODE_CONDITION: {
        enum failure failure = evaluate(self, node->left, source, value);
        return failure != FAILURE_NONE ? failure
                                       : evaluate(self, *value != 0 ? node->right : node->third, source, value);
    }
    }
    return FAILURE_NONE;
}

enum failure predicate_evaluate(const struct predicate *self, const struct predicate_source *source, int64_t *value)
{
    enum failure failure = evaluate(self, self->root, source, value);
    *value = failure == FAILURE_NONE ? *value : 0;
    return failure;
}

void predicate_visit(const struct predicate *self, void *context, void (*word)(void *context, size_t word),
                     void (*reg)(void *context, int thread, unsigned number))
{
    for (size_t n = 0; n < self->count; n++) {
        const struct node *node = &self->nodes[n];
        if (node->kind == NODE_WORD && word != NULL)
            word(context, (size_t)node->number);
        if (node->kind == NODE_REGISTER && reg != NULL)
            reg(context, node->thread, (unsigned)node->number);
        if (node->kind != NODE_ELEMENT || word == NULL)
            continue;
        const struct variable *variable = &self->program->variables[node->number];
        const struct node *index = &self->nodes[node->left];
        bool is_known = index->kind == NODE_NUMBER && index->number >= 0 && (uint64_t)index->number < variable->words;
        if (is_known)
            word(context, variable->word + (size_t)index->number);
        for (size_t w = 0; w < variable->words && !is_known; w++)
            word(context, variable->word + w);
    }
}

static void note_text(void *context, const char *text)
{
    (void)text;
    *(bool *)context = true;
}

bool predicate_reads_output(const struct predicate *self)
{
    bool reads = false;
    predicate_visit_texts(self, &reads, note_text);
    return reads;
}

void predicate_visit_texts(const struct predicate *self, void *context, void (*visit)(void *context, const char *text))
{
    for (size_t n = 0; n < self->count; n++)
        if (self->nodes[n].kind == NODE_OUTPUT)
            visit(context, self->nodes[n].text);
}
