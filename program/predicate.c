#include "program/predicate_parts.h"

#include "base/memory.h"
#include "base/number.h"
#include "base/spelling.h"
#include "base/text.h"
#include "program/observation.h"
#include "program/program.h"

#include <inttypes.h>
#include <string.h>

/* Reading and evaluating are recursive: so many parentheses and signs inside each other, and nodes in all. */
enum { DEPTH_MAX = 200, NODES_MAX = 5000 };

/* ---- Operators ----------------------------------------------------------------------------------------------- */

static enum failure by_operation(enum operation operation, int64_t a, int64_t b, int64_t *result)
{
    return operations[operation].compute(b, a, result);
}

const struct binary_operator binary_operators[] = {
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

enum { OPERATORS = sizeof binary_operators / sizeof binary_operators[0] };

/* ---- Reading ------------------------------------------------------------------------------------------------- */

struct reader {
    struct predicate *predicate;
    const char *start;
    const char *at;
    const char *end;
    enum predicate_scope scope;
    int64_t self;
    const struct observation_place *value;
    int depth;
    struct error *error;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_name_part(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || is_digit(c);
}

static void skip_blanks(struct reader *self)
{
    while (self->at < self->end && is_blank(*self->at))
        self->at++;
}

#define FAIL(self, place, ...) \
    (error_set((self)->error, NULL, 1, (unsigned)((place) - (self)->start) + 1, __VA_ARGS__), false)

static bool fail_expected(struct reader *self, const char *expected)
{
    skip_blanks(self);
    if (self->at == self->end)
        return FAIL(self, self->at, "expected %s, found the end", expected);
    size_t length = 1;
    while (is_name_part(*self->at) && self->at + length < self->end && is_name_part(self->at[length]) && length < 40)
        length++;
    return FAIL(self, self->at, "expected %s, found '%.*s'", expected, (int)length, self->at);
}

/* Whether a text comes next, which is skipped then. */
static bool take(struct reader *self, const char *text)
{
    size_t length = strlen(text);
    skip_blanks(self);
    if ((size_t)(self->end - self->at) < length || memcmp(self->at, text, length) != 0)
        return false;
    self->at += length;
    return true;
}

static size_t add(struct reader *self, struct node node)
{
    struct predicate *predicate = self->predicate;
    predicate->nodes = memory_grow(predicate->nodes, predicate->count, &predicate->capacity, sizeof *predicate->nodes);
    predicate->nodes[predicate->count] = node;
    return predicate->count++;
}

static bool read_condition(struct reader *self, size_t *node);

static bool read_number(struct reader *self, size_t *node)
{
    const char *first = self->at;
    uint64_t number;
    bool fits;
    self->at += number_take_digits(first, (size_t)(self->end - first), &number, &fits);
    if (self->at < self->end && is_name_part(*self->at))
        return FAIL(self, first, "malformed number");
    if (!fits || number > INT64_MAX)
        return FAIL(self, first, "the number does not fit 64 bits");
    *node = add(self, (struct node){.kind = NODE_NUMBER, .number = (int64_t)number});
    return true;
}

/* The name that comes next, of which the first character is there. */
static size_t name_length(const struct reader *self)
{
    size_t length = 0;
    while (self->at + length < self->end && is_name_part(self->at[length]))
        length++;
    return length;
}

/* %ax, where the sign was taken. */
static bool read_register(struct reader *self, int thread, size_t *node)
{
    const char *first = self->at;
    size_t length = name_length(self);
    enum register_name name = register_find(first, length);
    if (name == REGISTER_COUNT)
        return FAIL(self, first, "unknown register '%%%.*s'; expected %%ax, %%bx, %%cx, %%dx, %%ex, %%fx, %%sp or %%bp",
                    (int)(length < 40 ? length : 40), first);
    self->at += length;
    *node = add(self, (struct node){.kind = NODE_REGISTER, .thread = thread, .number = name});
    return true;
}

/* T0.%ax, where *at stands behind the name of the thread. */
static bool read_thread_register(struct reader *self, const char *name, size_t length, size_t *node)
{
    if (self->scope == PREDICATE_OF_INSTRUCTION)
        return FAIL(self, name, "an instruction can only look at the registers of its own thread, as in '%%ax'");
    int thread = program_find_thread(self->predicate->program, name, length);
    if (thread < 0)
        return FAIL(self, name, "there is no thread '%.*s'", (int)(length < 40 ? length : 40), name);
    self->at += strlen(".%");
    return read_register(self, thread, node);
}

static const struct variable *find_variable(const struct program *program, const char *name, size_t length)
{
    for (size_t v = 0; v < program->variable_count; v++)
        if (strlen(program->variables[v].name) == length && memcmp(program->variables[v].name, name, length) == 0)
            return &program->variables[v];
    return NULL;
}

/* A variable, or an element of a table. */
static bool read_variable(struct reader *self, const struct variable *variable, size_t *node)
{
    size_t index;
    if (!take(self, "[")) {
        *node = add(self, (struct node){.kind = NODE_WORD, .number = variable->word});
        return true;
    }
    if (!read_condition(self, &index))
        return false;
    if (!take(self, "]"))
        return fail_expected(self, "']'");
    *node = add(
        self,
        (struct node){.kind = NODE_ELEMENT, .number = variable - self->predicate->program->variables, .left = index});
    return true;
}

static bool read_symbol(struct reader *self, const char *name, size_t length, size_t *node)
{
    const struct program *program = self->predicate->program;
    for (size_t s = 0; s < program->symbol_count; s++)
        if (strlen(program->symbols[s].name) == length && memcmp(program->symbols[s].name, name, length) == 0) {
            *node = add(self, (struct node){.kind = NODE_NUMBER, .number = program->symbols[s].value});
            return true;
        }
    if (self->scope == PREDICATE_OF_INSTRUCTION && length == strlen("SELF") && memcmp(name, "SELF", length) == 0) {
        *node = add(self, (struct node){.kind = NODE_NUMBER, .number = self->self});
        return true;
    }
    if (self->value != NULL && length == strlen("value") && memcmp(name, "value", length) == 0) {
        self->predicate->has_value = true;
        self->predicate->value = *self->value;
        *node = add(self, (struct node){.kind = self->value->thread < 0 ? NODE_WORD : NODE_REGISTER,
                                        .thread = self->value->thread,
                                        .number = self->value->number});
        return true;
    }
    int shown = (int)(length < 40 ? length : 40);
    if (register_find(name, length) != REGISTER_COUNT)
        return FAIL(self, name, "there is no variable '%.*s'; a register is written '%s%%%.*s'", shown, name,
                    self->scope == PREDICATE_OF_INSTRUCTION ? "" : "T0.", shown, name);
    struct spelling spelling = spelling_start(name, length);
    for (size_t v = 0; v < program->variable_count; v++)
        spelling_consider(&spelling, program->variables[v].name);
    for (size_t s = 0; s < program->symbol_count; s++)
        spelling_consider(&spelling, program->symbols[s].name);
    if (self->value != NULL)
        spelling_consider(&spelling, "value");
    if (spelling.nearest != NULL)
        return FAIL(self, name, "there is no variable '%.*s'; did you mean '%s'?", shown, name, spelling.nearest);
    return FAIL(self, name, "there is no variable '%.*s'", shown, name);
}

/* The text behind a quotation mark, with C's escapes, as new; NULL with the error set where it does not end. */
static char *read_string(struct reader *self)
{
    const char *inside = self->at;
    size_t left = (size_t)(self->end - inside), length = text_quoted_length(inside, left);
    struct text text = TEXT_INIT;
    size_t read = text_read_escaped(&text, inside, length);
    if (length < left && read == length) {
        self->at += length + 1;
        return text_take(&text);
    }
    (void)(read < length ? FAIL(self, inside + read, "unknown escape; expected " TEXT_ESCAPES)
                         : FAIL(self, inside - 1, "the text does not end; expected '\"'"));
    text_free(&text);
    return NULL;
}

/* output == "text", where the word was taken. */
static bool read_output(struct reader *self, const char *name, size_t *node)
{
    if (self->scope != PREDICATE_OF_END)
        return FAIL(self, name, "the output is known at the end only");
    bool is_other = take(self, "!=");
    if (!is_other && !take(self, "=="))
        return fail_expected(self, "'==' or '!=' and a text in quotation marks behind 'output'");
    if (!take(self, "\""))
        return fail_expected(self, "a text in quotation marks");
    char *text = read_string(self);
    if (text == NULL)
        return false;
    *node = add(self, (struct node){.kind = NODE_OUTPUT, .number = is_other, .text = text});
    return true;
}

/* The longest name of a variable that comes next and is no word, as front-ends make them: "len(items)", "items[0]"; or NULL. */
static const struct variable *find_phrase(const struct reader *self)
{
    const struct program *program = self->predicate->program;
    const struct variable *found = NULL;
    size_t word = name_length(self), longest = word, left = (size_t)(self->end - self->at);
    for (size_t v = 0; v < program->variable_count; v++) {
        size_t length = strlen(program->variables[v].name);
        if (length <= longest || length > left || memcmp(program->variables[v].name, self->at, length) != 0)
            continue;
        found = &program->variables[v];
        longest = length;
    }
    return found;
}

static bool read_name(struct reader *self, size_t *node)
{
    const char *name = self->at;
    const struct variable *phrase = find_phrase(self);
    if (phrase != NULL) {
        self->at += strlen(phrase->name);
        *node = add(self, (struct node){.kind = NODE_WORD, .number = phrase->word});
        return true;
    }
    size_t length = name_length(self);
    self->at += length;
    if (self->end - self->at > 1 && self->at[0] == '.' && self->at[1] == '%')
        return read_thread_register(self, name, length, node);
    const struct variable *variable = find_variable(self->predicate->program, name, length);
    if (variable != NULL)
        return read_variable(self, variable, node);
    if (length == strlen("output") && memcmp(name, "output", length) == 0)
        return read_output(self, name, node);
    return read_symbol(self, name, length, node);
}

static bool read_operand(struct reader *self, size_t *node);

static bool read_unary(struct reader *self, enum node_kind kind, size_t *node)
{
    size_t operand;
    if (!read_operand(self, &operand))
        return false;
    *node = add(self, (struct node){.kind = kind, .left = operand});
    return true;
}

static bool read_parenthesis(struct reader *self, size_t *node)
{
    return read_condition(self, node) && (take(self, ")") || fail_expected(self, "')'"));
}

static bool read_any_operand(struct reader *self, size_t *node)
{
    skip_blanks(self);
    char c = self->at < self->end ? *self->at : '\0';
    if (is_digit(c))
        return read_number(self, node);
    if (is_name_part(c))
        return read_name(self, node);
    if (take(self, "("))
        return read_parenthesis(self, node);
    if (take(self, "!"))
        return read_unary(self, NODE_NOT, node);
    if (take(self, "~"))
        return read_unary(self, NODE_COMPLEMENT, node);
    if (take(self, "-"))
        return read_unary(self, NODE_NEGATIVE, node);
    if (c == '%' && self->scope == PREDICATE_OF_INSTRUCTION && take(self, "%"))
        return read_register(self, -1, node);
    if (c == '%')
        return FAIL(self, self->at, "whose register? expected a thread before it, as in 'T0.%%ax'");
    return fail_expected(self, "a variable, a number or '('");
}

static bool read_operand(struct reader *self, size_t *node)
{
    if (self->depth == DEPTH_MAX)
        return FAIL(self, self->at, "more than %d operators and parentheses inside each other", DEPTH_MAX);
    self->depth++;
    bool is_read = read_any_operand(self, node);
    self->depth--;
    return is_read;
}

/* The operator that comes next, not taken; OPERATORS where there is none. */
static unsigned next_operator(struct reader *self)
{
    skip_blanks(self);
    size_t left = (size_t)(self->end - self->at);
    unsigned o = 0;
    while (o < OPERATORS && (left < strlen(binary_operators[o].text) ||
                             memcmp(self->at, binary_operators[o].text, strlen(binary_operators[o].text)) != 0))
        o++;
    /* Of the operators of one character some begin one of two, which are compared first but for | and &. */
    if (o < OPERATORS && left > 1 && self->at[1] == '=' && strchr("|^&+-*/%", self->at[0]) != NULL)
        return OPERATORS;
    return o;
}

/* Precedence climbing (Richards, 1979). */
static bool read_binary(struct reader *self, int least, size_t *node)
{
    if (!read_operand(self, node))
        return false;
    for (unsigned o = next_operator(self); o < OPERATORS && binary_operators[o].precedence >= least;
         o = next_operator(self)) {
        size_t right;
        if (self->predicate->count > NODES_MAX)
            return FAIL(self, self->at, "the condition is too long: more than %d numbers, names and operators",
                        NODES_MAX);
        self->at += strlen(binary_operators[o].text);
        if (!read_binary(self, binary_operators[o].precedence + 1, &right))
            return false;
        enum node_kind kind = o == 0 ? NODE_OR : o == 1 ? NODE_AND : NODE_OPERATOR;
        *node = add(self, (struct node){.kind = kind, .operator= o, .left = *node, .right = right});
    }
    return true;
}

static bool read_branches(struct reader *self, size_t *node)
{
    size_t condition = *node, right, third;
    if (!read_condition(self, &right))
        return false;
    if (!take(self, ":"))
        return fail_expected(self, "':'");
    if (!read_condition(self, &third))
        return false;
    *node = add(self, (struct node){.kind = NODE_CONDITION, .left = condition, .right = right, .third = third});
    return true;
}

static bool read_condition(struct reader *self, size_t *node)
{
    if (self->depth == DEPTH_MAX)
        return FAIL(self, self->at, "more than %d operators and parentheses inside each other", DEPTH_MAX);
    self->depth++;
    bool is_read = read_binary(self, 1, node) && (!take(self, "?") || read_branches(self, node));
    self->depth--;
    return is_read;
}

static bool read_all(struct reader *self)
{
    if (!read_condition(self, &self->predicate->root))
        return false;
    skip_blanks(self);
    return self->at == self->end || fail_expected(self, "an operator or the end");
}

struct predicate *predicate_read(const struct program *program, const char *text, size_t length,
                                 enum predicate_scope scope, int64_t self, const struct observation_place *value,
                                 struct error *error)
{
    struct predicate *predicate = memory_new(1, sizeof *predicate);
    struct reader reader = {.predicate = predicate,
                            .start = text,
                            .at = text,
                            .end = text + length,
                            .scope = scope,
                            .self = self,
                            .value = value,
                            .error = error};
    while (length > 0 && is_blank(text[length - 1]))
        length--;
    skip_blanks(&reader);
    size_t skipped = (size_t)(reader.at - text) < length ? (size_t)(reader.at - text) : length;
    predicate->program = program;
    predicate->text = memory_new(length - skipped + 1, 1);
    memcpy(predicate->text, text + skipped, length - skipped);
    if (read_all(&reader))
        return predicate;
    predicate_free(predicate);
    return NULL;
}

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

/* The length of the name at a place of the text, 0 where none begins there. */
static size_t name_at(const char *text, size_t at)
{
    size_t length = 0;
    while ((at == 0 || !is_name_part(text[at - 1])) && is_name_part(text[at + length]))
        length++;
    return length;
}

char *predicate_spell(const struct predicate *self)
{
    struct observation observation = {.places = {self->value}, .count = 1};
    char *name = self->has_value ? observation_name(&observation, self->program, 0) : memory_copy_string("");
    struct text text = TEXT_INIT;
    if (is_digit(name[0])) {
        memory_free(name);
        return NULL;
    }
    for (size_t at = 0, length; self->text[at] != '\0'; at += length > 0 ? length : 1) {
        length = name_at(self->text, at);
        bool is_value = self->has_value && length == strlen("value") && memcmp(self->text + at, "value", length) == 0 &&
                        self->text[at + length] != '.';
        if (is_value)
            text_print(&text, "%s", name);
        else if (length > 0)
            text_append(&text, self->text + at, length);
        else
            text_print(&text, "%c", is_blank(self->text[at]) ? ' ' : self->text[at]);
    }
    memory_free(name);
    return text_take(&text);
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
        for (size_t w = 0; w < variable->words; w++)
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
