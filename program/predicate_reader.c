/* The reader of conditions: text -> tree. */
#include "program/predicate_parts.h"

#include "base/memory.h"
#include "base/number.h"
#include "base/text.h"
#include "program/names.h"
#include "program/observation.h"
#include "program/program.h"

#include <inttypes.h>
#include <string.h>

/* Reading and evaluating are recursive: so many parentheses and signs inside each other, and nodes in all. */
enum { DEPTH_MAX = 200, NODES_MAX = 5000, SHOWN_MAX = 40 };

struct reader {
    struct predicate *predicate;
    const char *start;
    const char *at;
    const char *end;
    const struct predicate_context *context;
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

/* What other languages call the operators, and what is easily mixed up. */
static const struct {
    const char *theirs;
    const char *ours;
} foreign_operators[] = {{"and", "&&"}, {"or", "||"},  {"mod", "%"}, {"=>", ">="},
                         {"=<", "<="},  {"===", "=="}, {"=", "=="}};

enum { FOREIGN_OPERATORS = sizeof foreign_operators / sizeof foreign_operators[0] };

static void suspect_words(const struct reader *self, struct spelling *spelling)
{
    for (const char *const *word = self->context->words; word != NULL && *word != NULL; word++)
        spelling_suspect(spelling, *word);
}

/* The length of the name at a place: up to an operator, but "leads-to" and what resembles it is one. */
static size_t found_name_length(const struct reader *self, const char *at)
{
    size_t length = 0, whole;
    while (at + length < self->end && is_name_part(at[length]))
        length++;
    for (whole = length; at + whole < self->end && whole > 0 && (is_name_part(at[whole]) || at[whole] == '-');)
        whole++;
    struct spelling spelling = spelling_start(at, whole);
    suspect_words(self, &spelling);
    return spelling.nearest_count > 0 ? whole : length;
}

/* The length of what comes next, which is shown in errors: a name, several signs, or one character. */
static size_t found_length(const struct reader *self)
{
    size_t length = found_name_length(self, self->at), left = (size_t)(self->end - self->at);
    if (length == 0)
        while (length < left && strchr("=<>!&|", self->at[length]) != NULL)
            length++;
    return length == 0 ? 1 : length < SHOWN_MAX ? length : SHOWN_MAX;
}

/* Whether a name is one of the words beside conditions. */
static bool is_claim_word(const struct reader *self, const char *name, size_t length)
{
    for (const char *const *word = self->context->words; word != NULL && *word != NULL; word++)
        if (strlen(*word) == length && memcmp(*word, name, length) == 0)
            return true;
    return false;
}

/* The error about what comes next, with what it may be instead; NULL: what resembles it among the words beside conditions. */
static bool fail_found(struct reader *self, const char *expected, const char *meant)
{
    size_t length = found_length(self);
    struct spelling spelling = spelling_start(self->at, length);
    if (meant != NULL)
        spelling_decide(&spelling, meant);
    else
        suspect_words(self, &spelling);
    return FAIL(self, self->at, "expected %s, found '%.*s'%s", expected, (int)length, self->at,
                spelling_hint(&spelling));
}

static bool fail_expected(struct reader *self, const char *expected)
{
    skip_blanks(self);
    if (self->at == self->end)
        return FAIL(self, self->at, "expected %s, found the end", expected);
    return fail_found(self, expected, NULL);
}

/* Where an operator could have stood. */
static bool fail_operator(struct reader *self)
{
    size_t length = found_length(self);
    const char *meant = NULL;
    for (size_t o = 0; o < FOREIGN_OPERATORS; o++)
        if (strlen(foreign_operators[o].theirs) == length && memcmp(foreign_operators[o].theirs, self->at, length) == 0)
            meant = foreign_operators[o].ours;
    return fail_found(self, "an operator or the end", meant);
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

static bool refuse_register(struct reader *self, const char *name, size_t length)
{
    struct spelling spelling = names_of_registers(name, length);
    return FAIL(self, name, "unknown register '%%%.*s'%s", (int)(length < SHOWN_MAX ? length : SHOWN_MAX), name,
                spelling_advice(&spelling));
}

/* %ax, where the sign was taken. */
static bool read_register(struct reader *self, int thread, size_t *node)
{
    const char *first = self->at;
    size_t length = name_length(self);
    enum register_name name = register_find(first, length);
    if (name == REGISTER_COUNT)
        return refuse_register(self, first, length);
    self->at += length;
    *node = add(self, (struct node){.kind = NODE_REGISTER, .thread = thread, .number = name});
    return true;
}

static bool refuse_thread(struct reader *self, const char *name, size_t length)
{
    struct spelling spelling = names_of_threads(self->predicate->program, name, length);
    return FAIL(self, name, "there is no thread '%.*s'%s", (int)(length < SHOWN_MAX ? length : SHOWN_MAX), name,
                spelling_hint_or_list(&spelling));
}

/* T0.%ax, where *at stands behind the name of the thread. */
static bool read_thread_register(struct reader *self, const char *name, size_t length, size_t *node)
{
    if (self->context->scope == PREDICATE_OF_INSTRUCTION)
        return FAIL(self, name, "an instruction can only look at the registers of its own thread, as in '%%ax'");
    int thread = program_find_thread(self->predicate->program, name, length);
    if (thread < 0)
        return refuse_thread(self, name, length);
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

/* Whether a node has different values in different states. */
static bool is_variable(enum node_kind kind)
{
    return kind == NODE_WORD || kind == NODE_ELEMENT || kind == NODE_REGISTER || kind == NODE_OUTPUT;
}

/* An index that is the same always must be one of the table; its nodes are those from the first on. */
static bool check_index(struct reader *self, const struct variable *variable, size_t first, size_t index,
                        const char *place)
{
    static const struct predicate_source nothing = {0};
    int64_t value;
    if (!self->context->is_strict)
        return true;
    for (size_t n = first; n <= index; n++)
        if (is_variable(self->predicate->nodes[n].kind))
            return true;
    struct predicate alone = *self->predicate; /* what is being read may begin elsewhere */
    alone.root = index;
    return predicate_evaluate(&alone, &nothing, &value) != FAILURE_NONE ||
           (value >= 0 && value < (int64_t)variable->words) ||
           names_refuse_element(variable, value, 1, (unsigned)(place - self->start) + 1, self->error);
}

/* A variable, or an element of a table. */
static bool read_variable(struct reader *self, const struct variable *variable, size_t *node)
{
    size_t index, first = self->predicate->count;
    const char *place = self->at;
    if (!take(self, "[")) {
        *node = add(self, (struct node){.kind = NODE_WORD, .number = variable->word});
        return true;
    }
    if (!read_condition(self, &index))
        return false;
    if (!take(self, "]"))
        return fail_expected(self, "']'");
    if (!check_index(self, variable, first, index, place))
        return false;
    *node = add(
        self,
        (struct node){.kind = NODE_ELEMENT, .number = variable - self->predicate->program->variables, .left = index});
    return true;
}

/* What has no value here may be a word of its own, mistyped. */
static bool refuse_name(struct reader *self, const char *name)
{
    const struct predicate_context *context = self->context;
    size_t length = found_name_length(self, name);
    struct unknown_name unknown = {
        .program = context->program,
        .spelling = spelling_start(name, length),
        .register_before = context->scope == PREDICATE_OF_INSTRUCTION ? "" : "T0.",
        .line = 1,
        .column = (unsigned)(name - self->start) + 1,
    };
    if (is_claim_word(self, name, length))
        return FAIL(self, name, "'%.*s' is no part of a condition (expected it in a claim of its own)", (int)length,
                    name);
    suspect_words(self, &unknown.spelling);
    for (size_t s = 0; s < context->program->symbol_count; s++)
        spelling_suspect(&unknown.spelling, context->program->symbols[s].name);
    if (context->value != NULL)
        spelling_suspect(&unknown.spelling, "value");
    if (context->scope == PREDICATE_OF_END && program_prints(context->program))
        spelling_suspect(&unknown.spelling, "output");
    if (length == strlen("not") && memcmp(name, "not", length) == 0)
        spelling_decide(&unknown.spelling, "!");
    return names_refuse_variable(&unknown, self->error);
}

static bool read_symbol(struct reader *self, const char *name, size_t length, size_t *node)
{
    const struct program *program = self->predicate->program;
    for (size_t s = 0; s < program->symbol_count; s++)
        if (strlen(program->symbols[s].name) == length && memcmp(program->symbols[s].name, name, length) == 0) {
            *node = add(self, (struct node){.kind = NODE_NUMBER, .number = program->symbols[s].value});
            return true;
        }
    if (self->context->scope == PREDICATE_OF_INSTRUCTION && length == strlen("SELF") &&
        memcmp(name, "SELF", length) == 0) {
        *node = add(self, (struct node){.kind = NODE_NUMBER, .number = self->context->self});
        return true;
    }
    if (self->context->value != NULL && length == strlen("value") && memcmp(name, "value", length) == 0) {
        self->predicate->has_value = true;
        self->predicate->value = *self->context->value;
        *node = add(self, (struct node){.kind = self->context->value->thread < 0 ? NODE_WORD : NODE_REGISTER,
                                        .thread = self->context->value->thread,
                                        .number = self->context->value->number});
        return true;
    }
    return refuse_name(self, name);
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
    if (self->context->scope != PREDICATE_OF_END)
        return FAIL(self, name, "the output is known at the end only");
    bool is_other = take(self, "!=");
    if (!is_other && !take(self, "=="))
        return fail_expected(self, "'==' or '!=' and a text in quotation marks behind 'output'");
    if (!take(self, "\""))
        return fail_expected(self, "a text in quotation marks");
    char *text = read_string(self);
    if (text == NULL)
        return false;
    if (self->context->is_strict && !program_prints(self->context->program)) {
        memory_free(text);
        return FAIL(self, name, "the program prints nothing, so there is no output");
    }
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
    if (c == '%' && self->context->scope == PREDICATE_OF_INSTRUCTION && take(self, "%"))
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

/* The operator that comes next, not taken; PREDICATE_OPERATORS where there is none. */
static unsigned next_operator(struct reader *self)
{
    skip_blanks(self);
    size_t left = (size_t)(self->end - self->at);
    unsigned o = 0;
    while (o < PREDICATE_OPERATORS &&
           (left < strlen(binary_operators[o].text) ||
            memcmp(self->at, binary_operators[o].text, strlen(binary_operators[o].text)) != 0))
        o++;
    /* Of the operators of one character some begin one of two, which are compared first but for | and &. */
    if (o < PREDICATE_OPERATORS && left > 1 && self->at[1] == '=' && strchr("|^&+-*/%", self->at[0]) != NULL)
        return PREDICATE_OPERATORS;
    return o;
}

/* Precedence climbing (Richards, 1979). */
static bool read_binary(struct reader *self, int least, size_t *node)
{
    if (!read_operand(self, node))
        return false;
    for (unsigned o = next_operator(self); o < PREDICATE_OPERATORS && binary_operators[o].precedence >= least;
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
    return self->at == self->end || fail_operator(self);
}

struct predicate *predicate_read(const struct predicate_context *context, const char *text, size_t length,
                                 struct error *error)
{
    struct predicate *predicate = memory_new(1, sizeof *predicate);
    struct reader reader = {
        .predicate = predicate, .start = text, .at = text, .end = text + length, .context = context, .error = error};
    while (length > 0 && is_blank(text[length - 1]))
        length--;
    skip_blanks(&reader);
    size_t skipped = (size_t)(reader.at - text) < length ? (size_t)(reader.at - text) : length;
    predicate->program = context->program;
    predicate->text = memory_new(length - skipped + 1, 1);
    memcpy(predicate->text, text + skipped, length - skipped);
    if (read_all(&reader))
        return predicate;
    predicate_free(predicate);
    return NULL;
}

/* ---- Spelling ------------------------------------------------------------------------------------------------- */

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
