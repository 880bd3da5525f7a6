#include "frontends/gas_parts.h"

#include "base/memory.h"
#include "base/text.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

enum { INSTRUCTIONS_MAX = 1 << 20, LINE_MAX_BYTES = 1 << 20 };

/* ---- Errors ------------------------------------------------------------------------------------------------------ */

static bool fail_at(const struct gas_unit *self, uint32_t line, uint32_t column, uint32_t own_line, struct error *error,
                    const char *words)
{
    if (!self->has_lines)
        return error_set(error, self->source, own_line, 0, "%s", words);
    if (line > 0)
        return error_set(error, self->source, line, column, "%s", words);
    return error_set(error, self->source, 0, 0, "line %" PRIu32 " of its assembly: %s", own_line, words);
}

bool gas_refuse(struct gas_reader *self, const char *format, ...)
{
    char words[400];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(words, sizeof words, format, arguments);
    va_end(arguments);
    return fail_at(self->unit, self->source_line, self->source_column, self->line - self->unit->first_line, self->error,
                   words);
}

bool gas_fail(const struct gas_unit *self, const struct gas_instruction *instruction, struct error *error,
              const char *format, ...)
{
    char words[400];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(words, sizeof words, format, arguments);
    va_end(arguments);
    if (instruction == NULL)
        return error_set(error, self->source, 0, 0, "%s", words);
    return fail_at(self, instruction->line, instruction->column, instruction->own_line, error, words);
}

/* ---- Words ------------------------------------------------------------------------------------------------------- */

bool gas_span_is(struct gas_span span, const char *word)
{
    return strlen(word) == span.length && memcmp(span.at, word, span.length) == 0;
}

void gas_skip(struct gas_reader *self)
{
    while (self->at < self->end && isspace((unsigned char)*self->at))
        self->at++;
}

bool gas_take(struct gas_reader *self, char sign)
{
    gas_skip(self);
    if (self->at == self->end || *self->at != sign)
        return false;
    self->at++;
    return true;
}

struct gas_span gas_take_word(struct gas_reader *self)
{
    gas_skip(self);
    struct gas_span word = {self->at, 0};
    while (self->at < self->end && (isalnum((unsigned char)*self->at) || *self->at == '_' || *self->at == '.' ||
                                    (*self->at == '$' && self->at > word.at)))
        self->at++;
    word.length = (size_t)(self->at - word.at);
    return word;
}

/* ---- Symbols ----------------------------------------------------------------------------------------------------- */

uint32_t gas_symbol(struct gas_reader *self, struct gas_span name)
{
    struct gas_unit *unit = self->unit;
    size_t found = name_table_find(&unit->names, name.at, name.length);
    if (found != NAME_TABLE_NONE)
        return (uint32_t)found;
    unit->symbols = memory_grow(unit->symbols, unit->symbol_count, &unit->symbol_capacity, sizeof *unit->symbols);
    unit->symbols[unit->symbol_count] = (struct gas_symbol){.name = name.at, .length = name.length};
    name_table_add(&unit->names, name.at, name.length, unit->symbol_count);
    return (uint32_t)unit->symbol_count++;
}

const struct gas_symbol *gas_find(const struct gas_unit *self, const char *name)
{
    size_t found = name_table_find(&self->names, name, strlen(name));
    return found != NAME_TABLE_NONE ? &self->symbols[found] : NULL;
}

static bool define(struct gas_reader *self, struct gas_span name)
{
    struct gas_unit *unit = self->unit;
    uint32_t number = gas_symbol(self, name);
    struct gas_symbol *symbol = &unit->symbols[number];
    const struct gas_section *section = &unit->sections[self->section];
    if (symbol->is_defined)
        return gas_refuse(self, "'%.*s' is defined twice", (int)name.length, name.at);
    symbol->is_defined = true;
    symbol->section = self->section;
    symbol->is_thread_local = section->is_thread_local;
    symbol->offset = section->kind == GAS_CODE ? (int64_t)unit->instruction_count : (int64_t)section->count;
    return true;
}

/* ---- Statements -------------------------------------------------------------------------------------------------- */

static bool is_prefix(struct gas_span word, struct gas_instruction *instruction)
{
    instruction->is_locked |= gas_span_is(word, "lock");
    instruction->is_repeated |= gas_span_is(word, "rep") || gas_span_is(word, "repe") || gas_span_is(word, "repz");
    return gas_span_is(word, "lock") || gas_span_is(word, "rep") || gas_span_is(word, "repe") ||
           gas_span_is(word, "repz") || gas_span_is(word, "notrack") || gas_span_is(word, "bnd") ||
           gas_span_is(word, "data16");
}

static size_t trimmed(const char *at, const char *end)
{
    while (end > at && isspace((unsigned char)end[-1]))
        end--;
    return (size_t)(end - at);
}

static bool read_instruction(struct gas_reader *self, const char *start, struct gas_span word)
{
    struct gas_unit *unit = self->unit;
    struct gas_instruction instruction = {.line = self->source_line,
                                          .column = self->source_column,
                                          .own_line = self->line - self->unit->first_line,
                                          .text = start,
                                          .text_length = trimmed(start, self->end)};
    if (unit->sections[self->section].kind != GAS_CODE)
        return gas_refuse(self, "an instruction outside code");
    while (is_prefix(word, &instruction)) {
        word = gas_take_word(self);
        if (word.length == 0 && self->at == self->end)
            break;
    }
    /* "lock;" stands alone: it belongs to what follows. */
    if (word.length == 0 && instruction.is_locked) {
        self->has_lock = true;
        return true;
    }
    instruction.is_locked |= self->has_lock;
    self->has_lock = false;
    instruction.mnemonic = word.at;
    instruction.length = word.length;
    if (word.length == 0)
        return gas_refuse(self, "expected an instruction");
    if (!gas_read_operands(self, &instruction))
        return false;
    if (unit->instruction_count == INSTRUCTIONS_MAX)
        return gas_refuse(self, "more than %d instructions", INSTRUCTIONS_MAX);
    unit->instructions =
        memory_grow(unit->instructions, unit->instruction_count, &unit->instruction_capacity, sizeof instruction);
    unit->instructions[unit->instruction_count++] = instruction;
    return true;
}

static bool is_skipped(const struct gas_reader *self)
{
    return self->unit->sections[self->section].kind == GAS_OTHER;
}

static bool read_statement(struct gas_reader *self)
{
    for (;;) {
        gas_skip(self);
        const char *start = self->at;
        if (start == self->end)
            return true;
        struct gas_span word = {start, 0};
        if (*start == '"') {
            const char *close = memchr(start + 1, '"', (size_t)(self->end - start - 1));
            if (close == NULL)
                return gas_refuse(self, "expected '\"'");
            word = (struct gas_span){start + 1, (size_t)(close - start - 1)};
            self->at = close + 1;
        } else
            word = gas_take_word(self);
        if (word.length > 0 && self->at < self->end && *self->at == ':') {
            self->at++;
            if (!isdigit((unsigned char)word.at[0]) && !is_skipped(self) && !define(self, word))
                return false;
            if (isdigit((unsigned char)word.at[0]) && !is_skipped(self))
                return gas_refuse(self, "a label that is a number (expected a name)");
            continue;
        }
        if (word.length > 0 && word.at[0] == '.')
            return gas_read_directive(self, word);
        return is_skipped(self) || read_instruction(self, start, word);
    }
}

/* Where a statement ends: at the end of the line, at a semicolon, or where a comment begins. */
static const char *statement_end(const char *at)
{
    bool is_quoted = false;
    for (; *at != '\0' && *at != '\n'; at++) {
        if (is_quoted && *at == '\\' && at[1] != '\0' && at[1] != '\n')
            at++;
        else if (*at == '"')
            is_quoted = !is_quoted;
        else if (!is_quoted && (*at == ';' || *at == '#'))
            break;
    }
    return at;
}

static bool read_lines(struct gas_reader *self)
{
    const char *at = self->unit->text;
    self->line = 1;
    while (*at != '\0') {
        self->at = at;
        self->end = statement_end(at);
        if (self->line > self->unit->first_line && !read_statement(self))
            return false;
        gas_skip(self);
        if (self->line > self->unit->first_line && self->at != self->end && !is_skipped(self))
            return gas_refuse(self, "'%.*s' is not expected here", (int)trimmed(self->at, self->end) % 60, self->at);
        at = self->end;
        if (*at == '#')
            at += strcspn(at, "\n");
        self->line += *at == '\n';
        at += *at != '\0';
    }
    return true;
}

/* ---- Laying out -------------------------------------------------------------------------------------------------- */

static void lay_out(struct gas_unit *self)
{
    enum { ALIGNMENT = 64 };
    int64_t next = GAS_DATA_FIRST, external = GAS_EXTERN_FIRST;
    for (size_t s = 0; s < self->section_count; s++) {
        struct gas_section *section = &self->sections[s];
        if (section->kind == GAS_CODE || section->kind == GAS_OTHER || section->kind == GAS_DEBUG)
            continue;
        section->address = next;
        next += ((int64_t)section->count + 2 * ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }
    for (size_t s = 0; s < self->symbol_count; s++) {
        struct gas_symbol *symbol = &self->symbols[s];
        if (!symbol->is_defined) {
            symbol->address = external;
            external += GAS_CODE_STRIDE;
        } else if (self->sections[symbol->section].kind == GAS_CODE)
            symbol->address = GAS_CODE_FIRST + symbol->offset * GAS_CODE_STRIDE;
        else
            symbol->address = self->sections[symbol->section].address + symbol->offset;
    }
}

int64_t gas_value(const struct gas_unit *self, const struct gas_expression *expression)
{
    uint64_t value = (uint64_t)expression->addend;
    if (expression->plus > 0)
        value += (uint64_t)self->symbols[expression->plus - 1].address;
    if (expression->minus > 0)
        value -= (uint64_t)self->symbols[expression->minus - 1].address;
    return (int64_t)value;
}

static void relocate(struct gas_unit *self, struct gas_section *section)
{
    for (size_t r = 0; r < section->relocation_count; r++) {
        const struct gas_relocation *relocation = &section->relocations[r];
        uint64_t value = (uint64_t)gas_value(self, &relocation->value);
        for (size_t b = 0; b < relocation->bytes; b++)
            section->bytes[(size_t)relocation->offset + b] = (unsigned char)(value >> 8 * b);
    }
}

/* ---- Questions --------------------------------------------------------------------------------------------------- */

const struct gas_section *gas_section_at(const struct gas_unit *self, int64_t address)
{
    for (size_t s = 0; s < self->section_count; s++) {
        const struct gas_section *section = &self->sections[s];
        if ((section->kind == GAS_DATA || section->kind == GAS_READ_ONLY) && address >= section->address &&
            address - section->address < (int64_t)section->count)
            return section;
    }
    return NULL;
}

static bool contains(const struct gas_unit *self, const struct gas_symbol *symbol, int64_t address)
{
    enum gas_section_kind kind = symbol->is_defined ? self->sections[symbol->section].kind : GAS_OTHER;
    return (kind == GAS_DATA || kind == GAS_READ_ONLY) && symbol->size > 0 && address >= symbol->address &&
           address - symbol->address < symbol->size;
}

const struct gas_symbol *gas_symbol_at(const struct gas_unit *self, int64_t address)
{
    for (size_t s = 0; s < self->symbol_count; s++)
        if (contains(self, &self->symbols[s], address))
            return &self->symbols[s];
    return NULL;
}

size_t gas_instruction_at(const struct gas_unit *self, int64_t address)
{
    int64_t offset = address - GAS_CODE_FIRST;
    return offset >= 0 && offset % GAS_CODE_STRIDE == 0 && offset / GAS_CODE_STRIDE < (int64_t)self->instruction_count
               ? (size_t)(offset / GAS_CODE_STRIDE)
               : SIZE_MAX;
}

/* ---- Whole ------------------------------------------------------------------------------------------------------- */

bool gas_read(struct gas_unit *self, const struct gas_input *input, struct error *error)
{
    struct gas_reader reader = {.unit = self, .error = error, .main_file = -1};
    *self = (struct gas_unit){
        .source = input->source, .text = input->text, .has_lines = input->has_lines, .first_line = input->first_line};
    self->sections = memory_grow(NULL, 0, &self->section_capacity, sizeof *self->sections);
    self->sections[self->section_count++] = (struct gas_section){.name = ".text", .length = 5, .kind = GAS_CODE};
    if (!read_lines(&reader))
        return false;
    lay_out(self);
    for (size_t s = 0; s < self->section_count; s++)
        relocate(self, &self->sections[s]);
    return true;
}

void gas_free(struct gas_unit *self)
{
    for (size_t s = 0; s < self->section_count; s++) {
        memory_free(self->sections[s].bytes);
        memory_free(self->sections[s].relocations);
    }
    name_table_free(&self->names);
    memory_free(self->sections);
    memory_free(self->symbols);
    memory_free(self->instructions);
    *self = (struct gas_unit){0};
}
