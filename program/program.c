#include "program/program.h"

#include "base/memory.h"
#include "base/number.h"
#include "base/text.h"
#include "program/predicate.h"
#include "program/thread_names.h"

#include <assert.h>
#include <ctype.h>
#include <inttypes.h>
#include <string.h>

static void free_codes(struct program *self)
{
    for (size_t i = 0; i < self->code_count; i++) {
        memory_free(self->codes[i].instructions);
        memory_free(self->codes[i].origins);
        memory_free(self->codes[i].parts);
    }
    memory_free(self->codes);
}

static void free_names(struct program *self)
{
    for (size_t i = 0; i < self->symbol_count; i++)
        memory_free(self->symbols[i].name);
    for (size_t i = 0; i < self->thread_count; i++)
        memory_free(self->threads[i].name);
    for (size_t i = 0; i < self->variable_count; i++)
        memory_free(self->variables[i].name);
    for (size_t i = 0; i < self->section_count; i++)
        memory_free(self->sections[i]);
    for (size_t i = 0; i < self->file_count; i++)
        memory_free(self->files[i].name);
    for (size_t i = 0; i < self->local_count; i++)
        memory_free(self->locals[i]);
    memory_free(self->locals);
}

static void free_objects(struct program *self)
{
    for (enum object_kind kind = 0; kind < OBJECT_KIND_COUNT; kind++) {
        for (size_t i = 0; i < self->objects[kind].count; i++) {
            memory_free(self->objects[kind].items[i].name);
            memory_free(self->objects[kind].items[i].wanted);
        }
        memory_free(self->objects[kind].items);
    }
    for (size_t i = 0; i < self->opening_count; i++)
        memory_free(self->openings[i]);
    memory_free(self->openings);
    value_names_free(&self->value_names);
    for (size_t i = 0; i < self->string_count; i++)
        memory_free(self->strings[i]);
    memory_free(self->strings);
    for (size_t i = 0; i < self->predicate_count; i++)
        predicate_free(self->predicates[i]);
    memory_free(self->predicates);
}

void litmus_test_free(struct litmus_test *self)
{
    if (self == NULL)
        return;
    for (size_t n = 0; n < self->name_count; n++)
        memory_free(self->names[n]);
    memory_free(self->names);
    memory_free(self->name);
    memory_free(self->condition);
    memory_free(self->expression);
    memory_free(self->claim);
    memory_free(self);
}

void program_free(struct program *self)
{
    if (self == NULL)
        return;
    free_codes(self);
    free_names(self);
    memory_free(self->symbols);
    memory_free(self->threads);
    memory_free(self->variables);
    memory_free(self->words);
    free_objects(self);
    memory_free(self->sections);
    for (size_t i = 0; i < self->counted_event_count; i++)
        memory_free(self->counted_events[i].name);
    memory_free(self->counted_events);
    memory_free(self->scheduler.kind);
    property_free_list(self->scheduler.parameters, self->scheduler.parameter_count);
    memory_free(self->files);
    memory_free(self->name);
    memory_free(self->source);
    memory_free(self->text);
    litmus_test_free(self->test);
    for (size_t i = 0; i < self->spelling_count; i++)
        memory_free(self->spellings[i]);
    memory_free(self->spellings);
    memory_free(self->listing);
    memory_free(self->reading);
    memory_free(self);
}

const struct code *program_code(const struct program *self, size_t thread)
{
    assert(thread < self->thread_count && self->threads[thread].code < self->code_count);
    return &self->codes[self->threads[thread].code];
}

int64_t program_add_string(struct program *self, const char *string)
{
    size_t number = 0;
    while (number < self->string_count && strcmp(self->strings[number], string) != 0)
        number++;
    if (number == self->string_count) {
        self->strings = memory_resize(self->strings, number + 1, sizeof *self->strings);
        self->strings[self->string_count++] = memory_copy_string(string);
    }
    return (int64_t)number;
}

bool program_is_rolled(const struct program *self)
{
    bool is_rolled = false;
    for (size_t c = 0; c < self->code_count; c++)
        is_rolled |= self->codes[c].loop.kept < self->codes[c].loop.times;
    return is_rolled;
}

bool program_prints(const struct program *self)
{
    for (size_t c = 0; c < self->code_count; c++)
        for (uint32_t i = 0; i < self->codes[c].count; i++)
            if (self->codes[c].instructions[i].opcode == OPCODE_PRINT)
                return true;
    return false;
}

const char *object_kind_name(enum object_kind kind)
{
    static const char *const names[OBJECT_KIND_COUNT] = {
        [OBJECT_MUTEX] = "mutex",           [OBJECT_SEMAPHORE] = "semaphore", [OBJECT_QUEUE] = "queue",
        [OBJECT_CONDITION] = "condition",   [OBJECT_BARRIER] = "barrier",     [OBJECT_EVENT] = "event",
        [OBJECT_RWLOCK] = "read-write lock"};
    return names[kind];
}

/* Reads digits up to `end`, a byte of the same string. Returns -1 where there is anything else, or too many. */
static int64_t read_digits(const char *digits, const char *end)
{
    size_t length = (size_t)(end - digits);
    uint64_t number;
    bool fits;
    bool is_number = length > 0 && number_take_digits(digits, length, &number, &fits) == length;
    return is_number && fits && number <= INT64_MAX ? (int64_t)number : -1;
}

/* Returns the address that a name of digits is, or -1. */
static int64_t read_address(const char *name)
{
    int64_t address = read_digits(name, name + strlen(name));
    return address < PROGRAM_STACK_FIRST ? address : -1;
}

static bool is_among_declared(const struct program *self, int64_t address)
{
    return address >= PROGRAM_ADDRESS_FIRST &&
           address < PROGRAM_ADDRESS_FIRST + PROGRAM_WORD_SIZE * (int64_t)self->declared_words;
}

static int64_t find_address(const struct program *self, int64_t address)
{
    if (!is_among_declared(self, address) || (address - PROGRAM_ADDRESS_FIRST) % PROGRAM_WORD_SIZE != 0)
        return -1;
    return (address - PROGRAM_ADDRESS_FIRST) / PROGRAM_WORD_SIZE;
}

/* "table[3]" */
static int64_t find_element(const struct program *self, const char *name)
{
    const char *bracket = strchr(name, '[');
    const char *end = bracket != NULL ? strchr(bracket, ']') : NULL;
    if (end == NULL || end[1] != '\0')
        return -1;
    int64_t index = read_digits(bracket + 1, end);
    size_t length = (size_t)(bracket - name);
    for (size_t i = 0; i < self->variable_count; i++) {
        const struct variable *variable = &self->variables[i];
        if (strlen(variable->name) == length && memcmp(variable->name, name, length) == 0)
            return index >= 0 && index < variable->words ? variable->word + index : -1;
    }
    return -1;
}

int program_find_thread(const struct program *self, const char *name, size_t length)
{
    const char **names = program_thread_names(self);
    int thread = thread_names_find_named(&(struct thread_names){names, self->thread_count}, name, length);
    memory_free(names);
    return thread;
}

int64_t program_find_word(const struct program *self, const char *name)
{
    for (size_t i = 0; i < self->variable_count; i++)
        if (strcmp(self->variables[i].name, name) == 0)
            return self->variables[i].word;
    int64_t word = find_address(self, read_address(name));
    return word >= 0 ? word : find_element(self, name);
}

uint32_t program_add_variable(struct program *self, char *name, int64_t address, uint32_t words, int64_t initial)
{
    assert(self->word_count + words <= PROGRAM_WORDS_MAX);
    uint32_t first = (uint32_t)self->word_count;
    if ((self->variable_count & (self->variable_count - 1)) == 0)
        self->variables = memory_resize(self->variables, self->variable_count == 0 ? 1 : 2 * self->variable_count,
                                        sizeof *self->variables);
    self->variables[self->variable_count++] =
        (struct variable){.name = name, .word = first, .words = words, .address = address};
    for (uint32_t i = 0; i < words; i++)
        self->words[self->word_count++] = initial;
    return first;
}

int64_t program_observe_word(struct program *self, const char *name)
{
    int64_t word = program_find_word(self, name);
    int64_t address = read_address(name);
    if (word >= 0 || address < 0 || is_among_declared(self, address) || self->word_count == PROGRAM_WORDS_MAX)
        return word;
    struct text digits = TEXT_INIT; /* without leading zeros */
    text_print(&digits, "%" PRId64, address);
    word = program_find_word(self, text_string(&digits));
    if (word < 0)
        word = program_add_variable(self, text_take(&digits), address, 1, 0);
    text_free(&digits);
    return word;
}

char *program_word_name(const struct program *self, size_t word)
{
    assert(word < self->word_count);
    struct text name = TEXT_INIT;
    for (size_t i = 0; i < self->variable_count; i++) {
        const struct variable *variable = &self->variables[i];
        if (word < variable->word || word - variable->word >= variable->words)
            continue;
        text_print(&name, "%s", variable->name);
        if (variable->words > 1)
            text_print(&name, "[%zu]", word - variable->word);
        return text_take(&name);
    }
    return text_take(&name);
}

/* ---- An instruction as text ---------------------------------------------------------------------------------- */

static const char *skip_blanks(const char *at)
{
    return at + strspn(at, " \t");
}

/* Returns the place in the source text, or its end where the text has no such line. */
static const char *find_place(const char *text, struct place place)
{
    for (uint32_t line = 1; line < place.line; line++) {
        const char *end = strchr(text, '\n');
        if (end == NULL)
            return text + strlen(text);
        text = end + 1;
    }
    size_t length = strcspn(text, "\n");
    size_t offset = place.column > 0 ? place.column - 1 : 0;
    return text + (offset < length ? offset : length);
}

/* A jump keeps only the index of its target; the label's name still stands behind the mnemonic in the source. */
static void print_target(const struct program *self, const struct code *code, const struct instruction *instruction,
                         int64_t index, struct text *text)
{
    const char *mnemonic = instruction_form(instruction->opcode)->mnemonic;
    const char *first = self->text != NULL ? self->text + self->files[code->file].offset : "";
    const char *at = find_place(first, instruction->place);
    size_t length = 0;
    if (strncmp(at, mnemonic, strlen(mnemonic)) == 0) {
        at = skip_blanks(at + strlen(mnemonic));
        length = strcspn(at, " \t\r\n#");
    }
    if (length > 0)
        text_append(text, at, length);
    else
        text_print(text, "instruction %" PRId64, index);
}

static void print_word(const struct program *self, size_t word, struct text *text)
{
    char *name = program_word_name(self, word);
    text_print(text, "%s", name);
    memory_free(name);
}

/* A table's first word goes by the table's name. */
static void print_base(const struct program *self, size_t word, struct text *text)
{
    for (size_t i = 0; i < self->variable_count; i++)
        if (self->variables[i].word == word) {
            text_print(text, "%s", self->variables[i].name);
            return;
        }
    print_word(self, word, text);
}

/* (%bx,%cx,4) */
static void print_registers(const struct program *self, const struct operand *operand, struct text *text)
{
    bool has_base = operand->base != REGISTER_NONE, has_index = operand->index != REGISTER_NONE;
    if (!has_base && !has_index)
        return;
    text_print(text, "(");
    if (has_base)
        text_print(text, "%%%s", program_register_name(self, operand->base));
    if (has_index)
        text_print(text, ",%%%s", program_register_name(self, operand->index));
    if (has_index && operand->scale != 1)
        text_print(text, ",%d", operand->scale);
    text_print(text, ")");
}

/* 8(%bx,%cx,4) */
static void print_computed(const struct program *self, const struct operand *operand, struct text *text)
{
    if (operand->named)
        print_base(self, (size_t)(operand->value - PROGRAM_ADDRESS_FIRST) / PROGRAM_WORD_SIZE, text);
    else if (operand->value != 0 || (operand->base == REGISTER_NONE && operand->index == REGISTER_NONE))
        text_print(text, "%" PRId64, operand->value);
    print_registers(self, operand, text);
}

/* m, fork[2], and fork[1](%bx): what stands before the registers counts from there. */
static void print_object(const struct program *self, const struct operand *operand, struct text *text)
{
    enum object_kind kind = operand_object_kind(operand);
    if (!operand_is_picked(operand)) {
        text_print(text, "%s", program_object(self, kind, (size_t)operand->value)->name);
        return;
    }
    const char *name = program_object(self, kind, operand->first)->name;
    int64_t offset = operand->value - operand->first;
    text_print(text, "%.*s", (int)strcspn(name, "["), name);
    if (offset != 0)
        text_print(text, "[%" PRId64 "]", offset);
    print_registers(self, operand, text);
}

static void print_operand(const struct program *self, const struct code *code, const struct instruction *instruction,
                          const struct operand *operand, struct text *text)
{
    switch (operand->kind) {
    case OPERAND_NONE:
        break;
    case OPERAND_IMMEDIATE:
        text_print(text, "$%" PRId64, operand->value);
        break;
    case OPERAND_REGISTER:
        text_print(text, "%%%s", program_register_name(self, (size_t)operand->value));
        break;
    case OPERAND_WORD:
        print_word(self, (size_t)operand->value, text);
        break;
    case OPERAND_MUTEX:
    case OPERAND_SEMAPHORE:
    case OPERAND_QUEUE:
    case OPERAND_CONDITION:
    case OPERAND_BARRIER:
    case OPERAND_EVENT:
    case OPERAND_RWLOCK:
        print_object(self, operand, text);
        break;
    case OPERAND_THREAD:
        text_print(text, "%s", self->threads[operand->value].name);
        break;
    case OPERAND_STRING:
        text_print_quoted(text, self->strings[operand->value]);
        break;
    case OPERAND_PREDICATE:
        text_print(text, "%s", predicate_text(self->predicates[operand->value]));
        break;
    case OPERAND_RANGE:
        text_print(text, "%" PRId64 ", %" PRId64, operand->value, operand->value + operand->scale);
        break;
    case OPERAND_TARGET:
        print_target(self, code, instruction, operand->value, text);
        break;
    case OPERAND_COMPUTED:
        print_computed(self, operand, text);
        break;
    }
}

/* Whether a part of a line is a name alone, so that the line says more. */
static bool is_name(const char *part, size_t length)
{
    size_t name = 0;
    while (name < length && (isalnum((unsigned char)part[name]) || strchr("_.[]'\"", part[name]) != NULL))
        name++;
    return name == length;
}

/* What is executed of the line that people have written; all of it where that is not known, or a name. */
static char *listed_text(const struct program *self, const struct instruction *instruction)
{
    struct text text = TEXT_INIT;
    const char *line = self->listing;
    if (instruction->place.line == 0 && instruction->spelling > 0)
        return memory_copy_string(self->spellings[instruction->spelling - 1]);
    if (instruction->place.line == 0)
        return memory_copy_string("(the end)");
    for (uint32_t n = 1; n < instruction->place.line && line != NULL; n++) {
        line = strchr(line, '\n');
        line = line != NULL ? line + 1 : NULL;
    }
    size_t length = line != NULL ? strcspn(line, "\n") : 0, column = instruction->place.column;
    size_t first = line != NULL ? strspn(line, " \t") : 0, width = length - (first < length ? first : length);
    bool is_known =
        instruction->width > 0 && column > 0 && column <= length && instruction->width <= length - column + 1;
    if (is_known && !is_name(line + column - 1, instruction->width)) {
        first = column - 1;
        width = instruction->width;
    }
    text_append(&text, line != NULL ? line + first : "", width);
    if (instruction->spelling > 0)
        text_print(&text, "%s%s", text.length > 0 ? " | " : "", self->spellings[instruction->spelling - 1]);
    return text_take(&text);
}

char *program_instruction_text(const struct program *self, const struct code *code,
                               const struct instruction *instruction)
{
    struct text text = TEXT_INIT;
    if (self->listing != NULL)
        return listed_text(self, instruction);
    text_print(&text, "%s%s", instruction->is_locked ? "lock " : "", instruction_form(instruction->opcode)->mnemonic);
    for (size_t i = 0; i < 2 && instruction->operands[i].kind != OPERAND_NONE; i++) {
        text_print(&text, i == 0 ? " " : ", ");
        print_operand(self, code, instruction, &instruction->operands[i], &text);
    }
    return text_take(&text);
}

size_t program_register_count(const struct program *self)
{
    return REGISTER_COUNT + self->local_count;
}

const char *program_register_name(const struct program *self, size_t number)
{
    assert(number < program_register_count(self));
    return number < REGISTER_COUNT ? register_name((enum register_name)number) : self->locals[number - REGISTER_COUNT];
}

const char **program_thread_names(const struct program *self)
{
    const char **names = memory_new(self->thread_count, sizeof *names);
    for (size_t t = 0; t < self->thread_count; t++)
        names[t] = self->threads[t].name;
    return names;
}
