#include "frontends/gas_parts.h"

#include "base/memory.h"
#include "base/text.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { INSTRUCTIONS_MAX = 1 << 20, LINE_MAX_BYTES = 1 << 20 };

/* ---- Errors ------------------------------------------------------------------------------------------------------ */

static bool fail_at(const struct gas_unit *self, uint32_t header, uint32_t line, uint32_t column, uint32_t own_line,
                    struct error *error, const char *words)
{
    if (self->has_lines && header > 0 && self->headers[header - 1].is_own)
        return error_set(error, self->headers[header - 1].path, line, column, "%s", words);
    if (!self->has_lines)
        return error_set(error, self->source, own_line, 0, "%s", words);
    if (line > 0)
        return error_set(error, self->source, line, column, "%s", words);
    return error_set(error, self->source, 0, 0, "line %" PRIu32 " of its assembly: %s", own_line, words);
}

bool gas_is_in_header(const struct gas_unit *self, const struct gas_instruction *instruction)
{
    return instruction->header > 0 && self->headers[instruction->header - 1].is_own;
}

bool gas_refuse(struct gas_reader *self, const char *format, ...)
{
    char words[400];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(words, sizeof words, format, arguments);
    va_end(arguments);
    bool is_header = self->header > 0 && self->unit->headers[self->header - 1].is_own;
    return fail_at(self->unit, self->header, is_header ? self->header_line : self->source_line,
                   is_header ? self->header_column : self->source_column, self->line - self->unit->first_line,
                   self->error, words);
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
    bool is_header = gas_is_in_header(self, instruction);
    return fail_at(self, instruction->header, is_header ? instruction->header_line : instruction->line,
                   is_header ? instruction->header_column : instruction->column, instruction->own_line, error, words);
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
        return self->is_library || gas_refuse(self, "'%.*s' is defined twice", (int)name.length, name.at);
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
    struct gas_instruction instruction = {.header = self->header,
                                          .header_line = self->header_line,
                                          .header_column = self->header_column,
                                          .line = self->source_line,
                                          .column = self->source_column,
                                          .own_line = self->is_library ? 0 : self->line - self->unit->first_line,
                                          .is_library = self->is_library,
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

static bool read_lines(struct gas_reader *self, const char *at)
{
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

static void place_sections(struct gas_unit *self)
{
    enum { ALIGNMENT = 64 };
    int64_t next[] = {GAS_DATA_FIRST, GAS_LOCAL_FIRST};
    for (size_t s = 0; s < self->section_count; s++) {
        struct gas_section *section = &self->sections[s];
        if (section->kind != GAS_DATA && section->kind != GAS_READ_ONLY)
            continue;
        int64_t *place = &next[section->is_thread_local];
        section->address = *place;
        *place += ((int64_t)section->count + 2 * ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }
}

/* As linkers do: the functions that run before main are listed between two symbols, which are equal where there are none. */
static void define_list(struct gas_unit *self)
{
    static const char *const ends[] = {"__init_array_start", "__init_array_end"};
    size_t list = 0;
    while (list < self->section_count &&
           !(self->sections[list].length == strlen(".init_array") &&
             memcmp(self->sections[list].name, ".init_array", strlen(".init_array")) == 0))
        list++;
    for (size_t e = 0; e < 2; e++) {
        size_t found = name_table_find(&self->names, ends[e], strlen(ends[e]));
        if (found == NAME_TABLE_NONE)
            continue;
        struct gas_symbol *symbol = &self->symbols[found];
        symbol->is_defined = true;
        symbol->section = list < self->section_count ? (uint32_t)list : 0;
        symbol->offset = e == 1 && list < self->section_count ? (int64_t)self->sections[list].count : 0;
    }
}

/* The name of a section is where that begins. */
static void define_sections(struct gas_unit *self)
{
    for (size_t s = 0; s < self->section_count; s++) {
        size_t found = name_table_find(&self->names, self->sections[s].name, self->sections[s].length);
        if (found == NAME_TABLE_NONE || self->symbols[found].is_defined)
            continue;
        self->symbols[found].is_defined = true;
        self->symbols[found].section = (uint32_t)s;
    }
}

static void place_symbols(struct gas_unit *self)
{
    self->externals = memory_new(self->symbol_count + 1, sizeof *self->externals);
    for (size_t s = 0; s < self->symbol_count; s++) {
        struct gas_symbol *symbol = &self->symbols[s];
        if (!symbol->is_defined) {
            symbol->address = GAS_EXTERN_FIRST + (int64_t)self->external_count * GAS_CODE_STRIDE;
            self->externals[self->external_count++] = (uint32_t)s;
        } else if (self->sections[symbol->section].kind == GAS_CODE)
            symbol->address = GAS_CODE_FIRST + symbol->offset * GAS_CODE_STRIDE;
        else
            symbol->address = self->sections[symbol->section].address + symbol->offset;
    }
}

static bool is_data(const struct gas_section *section)
{
    return section->kind == GAS_DATA || section->kind == GAS_READ_ONLY;
}

struct placed {
    int64_t address;
    uint32_t number;
};

static int compare_placed(const void *a, const void *b)
{
    const struct placed *first = a, *second = b;
    if (first->address != second->address)
        return first->address < second->address ? -1 : 1;
    return (first->number > second->number) - (first->number < second->number);
}

/* Sorts what was placed by address; returns the numbers as new. */
static uint32_t *sort(struct placed *placed, size_t count)
{
    uint32_t *numbers = memory_new(count + 1, sizeof *numbers);
    if (count > 1)
        qsort(placed, count, sizeof *placed, compare_placed);
    for (size_t p = 0; p < count; p++)
        numbers[p] = placed[p].number;
    return numbers;
}

static void sort_all(struct gas_unit *self)
{
    size_t most = self->symbol_count > self->section_count ? self->symbol_count : self->section_count;
    struct placed *placed = memory_new(most + 1, sizeof *placed);
    for (size_t s = 0; s < self->symbol_count; s++) {
        const struct gas_symbol *symbol = &self->symbols[s];
        if (symbol->is_defined && symbol->size > 0 && is_data(&self->sections[symbol->section]))
            placed[self->object_count++] = (struct placed){symbol->address, (uint32_t)s};
    }
    self->objects = sort(placed, self->object_count);
    for (size_t s = 0; s < self->section_count; s++)
        if (is_data(&self->sections[s]) && self->sections[s].count > 0)
            placed[self->area_count++] = (struct placed){self->sections[s].address, (uint32_t)s};
    self->areas = sort(placed, self->area_count);
    memory_free(placed);
}

static void lay_out(struct gas_unit *self)
{
    place_sections(self);
    define_list(self);
    define_sections(self);
    place_symbols(self);
    sort_all(self);
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
    size_t first = 0, end = self->area_count;
    while (first < end) {
        size_t middle = (first + end) / 2;
        if (self->sections[self->areas[middle]].address <= address)
            first = middle + 1;
        else
            end = middle;
    }
    const struct gas_section *section = first > 0 ? &self->sections[self->areas[first - 1]] : NULL;
    return section != NULL && address - section->address < (int64_t)section->count ? section : NULL;
}

/* Of several names of one object the first one. */
const struct gas_symbol *gas_symbol_at(const struct gas_unit *self, int64_t address)
{
    size_t first = 0, end = self->object_count;
    while (first < end) {
        size_t middle = (first + end) / 2;
        if (self->symbols[self->objects[middle]].address <= address)
            first = middle + 1;
        else
            end = middle;
    }
    const struct gas_symbol *found = NULL;
    while (first > 0) {
        const struct gas_symbol *symbol = &self->symbols[self->objects[first - 1]];
        if (found != NULL && symbol->address != found->address)
            break;
        if (address - symbol->address < symbol->size)
            found = symbol;
        else if (found == NULL && first >= 2 && self->symbols[self->objects[first - 2]].address != symbol->address)
            break;
        first--;
    }
    return found;
}

const struct gas_symbol *gas_external_at(const struct gas_unit *self, int64_t address)
{
    int64_t offset = address < GAS_EXTERN_FIRST ? -1 : address - GAS_EXTERN_FIRST; /* an address can be any number */
    if (offset < 0 || offset % GAS_CODE_STRIDE != 0 || offset / GAS_CODE_STRIDE >= (int64_t)self->external_count)
        return NULL;
    return &self->symbols[self->externals[offset / GAS_CODE_STRIDE]];
}

size_t gas_instruction_at(const struct gas_unit *self, int64_t address)
{
    int64_t offset = address < GAS_CODE_FIRST ? -1 : address - GAS_CODE_FIRST;
    return offset >= 0 && offset % GAS_CODE_STRIDE == 0 && offset / GAS_CODE_STRIDE < (int64_t)self->instruction_count
               ? (size_t)(offset / GAS_CODE_STRIDE)
               : SIZE_MAX;
}

/* ---- Whole ------------------------------------------------------------------------------------------------------- */

bool gas_read(struct gas_unit *self, const struct gas_input *input, struct error *error)
{
    struct gas_reader reader = {.unit = self, .error = error, .source_numbers = {-1, -1}};
    *self = (struct gas_unit){.source = input->source, .has_lines = input->has_lines, .first_line = input->first_line};
    self->sections = memory_grow(NULL, 0, &self->section_capacity, sizeof *self->sections);
    self->sections[self->section_count++] = (struct gas_section){.name = ".text", .length = 5, .kind = GAS_CODE};
    bool is_good = read_lines(&reader, input->text);
    memory_free(reader.source_path);
    self->first_line = 0;
    reader = (struct gas_reader){.unit = self, .error = error, .is_library = true};
    if (!is_good || (input->library != NULL && !read_lines(&reader, input->library)))
        return false;
    self->first_line = input->first_line;
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
    for (size_t h = 0; h < self->header_count; h++)
        memory_free(self->headers[h].path);
    memory_free(self->headers);
    name_table_free(&self->names);
    memory_free(self->sections);
    memory_free(self->symbols);
    memory_free(self->instructions);
    memory_free(self->objects);
    memory_free(self->areas);
    memory_free(self->externals);
    *self = (struct gas_unit){0};
}
