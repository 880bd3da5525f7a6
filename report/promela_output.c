/* What a model for SPIN prints: by printf, for whoever simulates it, and, where racecheck's states hold the output, as the number of a node
 * of the tree of all outputs, so that SPIN's states are the same and its claims can speak of outputs. Where no schedule comes to its end
 * it is the state of the automaton of all that is printed on the way, and whatever is printed has to lead to one. */
#include "program/outputs.h"
#include "report/promela_parts.h"

#include "base/memory.h"

#include <inttypes.h>
#include <string.h>

enum { NODES_MAX = 20000 };

#define DIGITS "0123456789-"

static void add_text(void *context, const char *text)
{
    outputs_add(context, text);
}

/* The texts of the outputs that are observed. */
static void add_observed(struct promela *self)
{
    const struct outputs *outputs = self->outcome->outputs;
    for (uint32_t n = 0; n < outputs->count; n++)
        if (outputs_end(outputs, n) == n) {
            char *text = outputs_text(outputs, n);
            outputs_add(self->own_outputs, text);
            memory_free(text);
        }
}

/* Those that are observed, and, unless these are all, those that claims speak of: whatever else is printed need not be told apart. */
static void find_outputs(struct promela *self)
{
    const struct outcome *outcome = self->outcome;
    bool is_observed = observation_has_output(&outcome->observation) && outcome->outputs != NULL;
    self->outputs = is_observed ? outcome->outputs : NULL;
    if (is_observed && outcome->outputs->is_number && outcome->has_behaviour)
        self->outputs = self->own_outputs = behaviour_outputs(outcome->behaviour, UINT64_MAX);
    for (size_t c = 0; c < outcome->claim_count && !(is_observed && outcome->has_all_outputs); c++) {
        const struct predicate *condition = outcome->claims[c].condition;
        if (condition == NULL || !predicate_reads_output(condition))
            continue;
        if (self->own_outputs == NULL) {
            self->own_outputs = outputs_new();
            if (is_observed)
                add_observed(self);
        }
        predicate_visit_texts(condition, self->own_outputs, add_text);
        self->outputs = self->own_outputs;
    }
}

/* How many nodes there are: what is printed beside leads to one more. */
static size_t node_count(const struct promela *self)
{
    return self->outputs != NULL ? self->outputs->count : self->prefixes != NULL ? self->prefixes->state_count : 0;
}

/* Whether a step can print something and be an error of the program then: nothing of it was printed. */
static bool may_take_back(const struct promela *self)
{
    bool takes_back = false;
    for (size_t c = 0; c < self->program->code_count && self->outcome->can_fail; c++)
        for (uint32_t i = 0; i < self->program->codes[c].count; i++)
            takes_back |= self->program->codes[c].instructions[i].no_switch;
    return takes_back;
}

bool promela_read_output(struct promela *self, struct error *error)
{
    const struct outcome *outcome = self->outcome;
    find_outputs(self);
    if (self->outputs == NULL && outcome->has_behaviour && outcome->behaviour->is_of_prefixes &&
        outcome->behaviour->state_count > 0 && !may_take_back(self))
        self->prefixes = outcome->behaviour;
    return node_count(self) <= NODES_MAX ||
           error_set(error, NULL, 0, 0,
                     "the outputs have too many prefixes for a model for SPIN (%zu, expected at most %d)",
                     node_count(self), NODES_MAX);
}

void promela_forget_output(struct promela *self)
{
    outputs_free(self->own_outputs);
    text_free(&self->letters);
}

/* ---- Tables -------------------------------------------------------------------------------------------------- */

/* The state behind another one and a letter. */
static size_t follow(const struct behaviour *self, size_t state, char letter)
{
    for (size_t t = 0; state < self->state_count && t < self->states[state].count; t++) {
        const struct behaviour_transition *transition = &self->transitions[self->states[state].first + t];
        if (transition->character == letter)
            return transition->target;
    }
    return self->state_count;
}

/* The node behind another one and a text. */
static size_t go(const struct promela *self, size_t node, const char *text)
{
    if (self->outputs != NULL)
        return outputs_go(self->outputs, (uint32_t)node, text);
    for (const char *letter = text; *letter != '\0'; letter++)
        node = follow(self->prefixes, node, *letter);
    return node;
}

/* Which node comes behind each when a text is printed there. */
static void print_row(struct promela *self, const char *text)
{
    for (size_t n = 0; n <= node_count(self); n++)
        text_print(self->text, "%s%zu", n > 0 ? ", " : "", go(self, n, text));
}

/* after_3[output] */
static void print_text_table(struct promela *self, size_t number)
{
    text_print(self->text, "hidden %s after_%zu[%zu] = { ", promela_type((int64_t)node_count(self)), number,
               node_count(self) + 1);
    print_row(self, self->program->strings[number]);
    text_print(self->text, " };\n");
}

/* The same for digits, and perhaps other letters, one by one. */
static void print_letter_table(struct promela *self, const char *letters)
{
    text_print(self->text, "hidden %s after_digit[%zu] = { ", promela_type((int64_t)node_count(self)),
               strlen(letters) * (node_count(self) + 1));
    for (const char *letter = letters; *letter != '\0'; letter++) {
        const char text[] = {*letter, '\0'};
        text_print(self->text, "%s", letter > letters ? ", " : "");
        print_row(self, text);
    }
    text_print(self->text, " };\n");
}

/* ---- What is printed ----------------------------------------------------------------------------------------- */

/* The first text of the program that says the same. */
static size_t same_string(const struct program *program, size_t number)
{
    size_t first = 0;
    while (strcmp(program->strings[first], program->strings[number]) != 0)
        first++;
    return first;
}

/* As printf takes it. */
static void print_format(struct promela *self, const char *string)
{
    struct text quoted = TEXT_INIT;
    text_print_quoted(&quoted, string);
    for (const char *at = text_string(&quoted); *at != '\0'; at++)
        text_print(self->text, *at == '%' ? "%c%c" : "%c", *at, *at);
    text_free(&quoted);
}

/* Goes through a text letter by letter: each of the states between is claimed to be one. */
static void print_letters(struct promela *self, size_t number)
{
    for (const char *letter = self->program->strings[number]; *letter != '\0'; letter++)
        text_print(self->text, ";\n    output = after_digit[%zu * NODES + output]; printed()",
                   (size_t)(strchr(text_string(&self->letters), *letter) - text_string(&self->letters)));
}

static void print_text(struct promela *self, size_t number)
{
    if (self->outputs != NULL)
        print_text_table(self, number);
    text_print(self->text, "inline print_%zu()\n{\n    printf(", number);
    print_format(self, self->program->strings[number]);
    text_print(self->text, ")");
    if (self->outputs != NULL)
        text_print(self->text, ";\n    output = after_%zu[output]", number);
    if (self->prefixes != NULL)
        print_letters(self, number);
    text_print(self->text, "\n}\n");
}

static void print_number(struct promela *self)
{
    const char *printed = self->prefixes != NULL ? "; printed()" : "";
    if (self->outputs != NULL)
        print_letter_table(self, DIGITS);
    if (node_count(self) > 0)
        text_print(self->text, "hidden int rest, scale;\n");
    text_print(self->text, "inline print_number(value)\n{\n    printf(\"%%d\", value)");
    if (node_count(self) > 0)
        text_print(
            self->text,
            ";\n    rest = value;\n    if\n    :: rest < 0 -> output = after_digit[10 * NODES + output]; rest = -rest%s\n"
            "    :: else\n    fi;\n    scale = 1;\n    do\n"
            "    :: rest / scale >= 10 -> scale = scale * 10\n    :: else -> break\n    od;\n    do\n"
            "    :: scale > 0 -> output = after_digit[(rest / scale) * NODES + output]; rest = rest %% scale; "
            "scale = scale / 10%s\n    :: else -> break\n    od;\n    rest = 0",
            printed, printed);
    text_print(self->text, "\n}\n");
}

/* Returns, as new, which texts are printed, and behind them whether a number is. */
static bool *find_printed(const struct promela *self)
{
    const struct program *program = self->program;
    bool *printed = memory_new(program->string_count + 1, sizeof *printed);
    for (size_t c = 0; c < program->code_count; c++)
        for (uint32_t i = 0; i < program->codes[c].count; i++) {
            const struct instruction *instruction = &program->codes[c].instructions[i];
            const struct operand *operand = &instruction->operands[0];
            bool is_text = operand->kind == OPERAND_STRING;
            if (instruction_kind(instruction) == MICRO_PRINT)
                printed[is_text ? same_string(program, (size_t)operand->value) : program->string_count] = true;
        }
    return printed;
}

/* The letters of texts and numbers, each once. */
static void find_letters(struct promela *self)
{
    text_print(&self->letters, DIGITS);
    for (size_t s = 0; s < self->program->string_count; s++)
        for (const char *letter = self->program->strings[s]; *letter != '\0'; letter++)
            if (strchr(text_string(&self->letters), *letter) == NULL)
                text_append(&self->letters, letter, 1);
}

/* Where no schedule comes to its end: the states of the automaton, and what is claimed of them. */
static void print_prefixes(struct promela *self)
{
    text_print(
        self->text,
        "\n/* What was printed, as a state of the automaton of all that is printed on the way (racecheck --behaviour), or %zu: as"
        " in none. */\n#define NODES %zu\n%s output = 0;\n\ninline printed()\n{\n    assert(output < %zu)\n"
        "#ifdef NOT_PRINTED\n    ; assert(output != NOT_PRINTED)\n#endif\n#ifdef EACH\n",
        node_count(self), node_count(self) + 1, promela_type((int64_t)node_count(self)), node_count(self));
    for (size_t n = 1; n < node_count(self); n++)
        text_print(self->text, "    ; assert(output != %zu)\n", n);
    text_print(self->text, "#endif\n}\n");
    find_letters(self);
    print_letter_table(self, text_string(&self->letters));
}

void promela_print_output(struct promela *self)
{
    bool *printed = find_printed(self);
    if (self->outputs != NULL)
        text_print(
            self->text,
            "\n/* What was printed, as the number of one of the %zu texts that outputs begin with, or %zu: of none. "
            "*/\n#define NODES %zu\n%s output = 0;\n",
            self->outputs->count, self->outputs->count, self->outputs->count + 1,
            promela_type((int64_t)self->outputs->count));
    if (self->prefixes != NULL)
        print_prefixes(self);
    for (size_t s = 0; s < self->program->string_count; s++)
        if (printed[s])
            print_text(self, s);
    if (printed[self->program->string_count])
        print_number(self);
    memory_free(printed);
}

void promela_print_printing(struct promela *self, const struct operand *operand, struct text *text)
{
    if (operand->kind == OPERAND_STRING) {
        text_print(text, "print_%zu()", same_string(self->program, (size_t)operand->value));
        return;
    }
    text_print(text, "print_number(");
    promela_print_operand(self, operand, "_pid", text);
    text_print(text, ")");
}
