/* Directives: sections, symbols, data, and the lines of the source. */
#include "frontends/gas_parts.h"

#include "base/memory.h"
#include "base/text.h"

#include <ctype.h>
#include <string.h>

enum { DATA_MAX = 16 << 20 };

static struct gas_section *section_of(struct gas_reader *self)
{
    return &self->unit->sections[self->section];
}

/* ---- Sections ---------------------------------------------------------------------------------------------------- */

static bool begins(struct gas_span name, const char *with)
{
    return name.length >= strlen(with) && memcmp(name.at, with, strlen(with)) == 0;
}

static enum gas_section_kind kind_of(struct gas_span name)
{
    if (begins(name, ".text"))
        return GAS_CODE;
    if (begins(name, ".rodata") || begins(name, ".data.rel.ro"))
        return GAS_READ_ONLY;
    if (begins(name, ".data") || begins(name, ".bss") || begins(name, ".tbss") || begins(name, ".tdata") ||
        begins(name, ".init_array"))
        return GAS_DATA;
    static const char *const kept[] = {".debug_info", ".debug_abbrev", ".debug_str", ".debug_str_offsets",
                                       ".debug_addr"};
    for (size_t k = 0; k < sizeof kept / sizeof *kept; k++)
        if (gas_span_is(name, kept[k]))
            return GAS_DEBUG;
    return GAS_OTHER;
}

static void enter_section(struct gas_reader *self, struct gas_span name)
{
    struct gas_unit *unit = self->unit;
    for (uint32_t s = 0; s < unit->section_count; s++)
        if (unit->sections[s].length == name.length && memcmp(unit->sections[s].name, name.at, name.length) == 0) {
            self->section = s;
            return;
        }
    unit->sections = memory_grow(unit->sections, unit->section_count, &unit->section_capacity, sizeof *unit->sections);
    unit->sections[unit->section_count] =
        (struct gas_section){.name = name.at,
                             .length = name.length,
                             .kind = kind_of(name),
                             .is_thread_local = begins(name, ".tbss") || begins(name, ".tdata")};
    self->section = (uint32_t)unit->section_count++;
}

static bool read_section(struct gas_reader *self)
{
    gas_skip(self);
    if (gas_take(self, '"')) {
        struct gas_span name = {self->at, 0};
        while (self->at < self->end && *self->at != '"')
            self->at++;
        name.length = (size_t)(self->at - name.at);
        enter_section(self, name);
    } else {
        struct gas_span name = {self->at, 0};
        while (self->at < self->end && *self->at != ',' && !isspace((unsigned char)*self->at))
            self->at++;
        name.length = (size_t)(self->at - name.at);
        enter_section(self, name);
    }
    self->at = self->end;
    struct gas_span name = {section_of(self)->name, section_of(self)->length};
    if (begins(name, ".init_array.") || begins(name, ".fini_array") || begins(name, ".preinit_array"))
        return gas_refuse(self, "a function that runs behind main, or before it by a priority, is not followed");
    return true;
}

/* ---- Data -------------------------------------------------------------------------------------------------------- */

static bool put_bytes(struct gas_reader *self, const void *bytes, size_t count)
{
    struct gas_section *section = section_of(self);
    if (section->kind == GAS_CODE)
        return gas_refuse(self, "data among code");
    if (count > DATA_MAX || section->count + count > DATA_MAX)
        return gas_refuse(self, "more than %d MB of data", DATA_MAX >> 20);
    while (section->capacity < section->count + count) {
        section->capacity = section->capacity < 64 ? 64 : 2 * section->capacity;
        section->bytes = memory_resize(section->bytes, section->capacity, 1);
    }
    if (bytes != NULL)
        memcpy(section->bytes + section->count, bytes, count);
    else
        memset(section->bytes + section->count, 0, count);
    section->count += count;
    return true;
}

static bool put_number(struct gas_reader *self, const struct gas_expression *value, uint8_t width)
{
    struct gas_section *section = section_of(self);
    unsigned char bytes[8];
    for (unsigned b = 0; b < width; b++)
        bytes[b] = (unsigned char)((uint64_t)value->addend >> 8 * b);
    if (value->plus > 0 || value->minus > 0) {
        section->relocations = memory_grow(section->relocations, section->relocation_count,
                                           &section->relocation_capacity, sizeof *section->relocations);
        section->relocations[section->relocation_count++] =
            (struct gas_relocation){(int64_t)section->count, width, *value};
    }
    return put_bytes(self, bytes, width);
}

static bool read_numbers(struct gas_reader *self, uint8_t width)
{
    do {
        struct gas_expression value;
        if (!gas_read_expression(self, &value, NULL) || !put_number(self, &value, width))
            return false;
    } while (gas_take(self, ','));
    return true;
}

static bool read_leb128(struct gas_reader *self, bool is_signed)
{
    do {
        struct gas_expression value;
        if (!gas_read_expression(self, &value, NULL))
            return false;
        int64_t rest = value.plus > 0 || value.minus > 0 ? 0 : value.addend;
        bool goes_on = true;
        while (goes_on) {
            unsigned char byte = (unsigned char)(rest & 0x7f);
            rest = is_signed ? (rest < 0 ? ~(~rest >> 7) : rest >> 7) : (int64_t)((uint64_t)rest >> 7);
            goes_on =
                is_signed ? !((rest == 0 && (byte & 0x40) == 0) || (rest == -1 && (byte & 0x40) != 0)) : rest != 0;
            byte |= goes_on ? 0x80 : 0;
            if (!put_bytes(self, &byte, 1))
                return false;
        }
    } while (gas_take(self, ','));
    return true;
}

static unsigned char read_escape(struct gas_reader *self)
{
    static const char letters[] = "n\nt\tr\rb\bf\f";
    char c = *self->at++;
    const char *found = strchr(letters, c);
    if (c >= '0' && c <= '7') {
        unsigned value = (unsigned)(c - '0');
        for (int digits = 1; digits < 3 && self->at < self->end && *self->at >= '0' && *self->at <= '7'; digits++)
            value = value * 8 + (unsigned)(*self->at++ - '0');
        return (unsigned char)value;
    }
    return (unsigned char)(found != NULL && isalpha((unsigned char)c) ? found[1] : c);
}

static bool read_strings(struct gas_reader *self, bool is_ended)
{
    do {
        if (!gas_take(self, '"'))
            return gas_refuse(self, "expected a string");
        while (self->at < self->end && *self->at != '"') {
            unsigned char c = (unsigned char)*self->at++;
            if (c == '\\' && self->at < self->end)
                c = read_escape(self);
            if (!put_bytes(self, &c, 1))
                return false;
        }
        if (!gas_take(self, '"') || (is_ended && !put_bytes(self, NULL, 1)))
            return gas_refuse(self, "expected '\"'");
    } while (gas_take(self, ','));
    return true;
}

static bool read_zeros(struct gas_reader *self)
{
    struct gas_expression count;
    if (!gas_read_expression(self, &count, NULL))
        return false;
    self->at = self->end;
    return count.addend >= 0 && count.addend <= DATA_MAX && count.plus == 0
               ? put_bytes(self, NULL, (size_t)count.addend)
               : gas_refuse(self, "so many bytes are not to be had");
}

static bool align_to(struct gas_reader *self, int64_t alignment)
{
    enum { MOST = 64 };
    struct gas_section *section = section_of(self);
    if (alignment <= 1 || section->kind == GAS_CODE)
        return true;
    if (alignment > MOST || (alignment & (alignment - 1)) != 0)
        alignment = MOST;
    size_t rest = section->count % (size_t)alignment;
    return rest == 0 || put_bytes(self, NULL, (size_t)alignment - rest);
}

static bool read_alignment(struct gas_reader *self, bool is_power)
{
    struct gas_expression value;
    if (!gas_read_expression(self, &value, NULL))
        return false;
    self->at = self->end;
    return align_to(self, !is_power                                ? value.addend
                          : value.addend >= 0 && value.addend <= 6 ? INT64_C(1) << value.addend
                                                                   : 64);
}

/* .comm name, size, alignment */
static bool read_common(struct gas_reader *self)
{
    uint32_t before = self->section;
    struct gas_expression size, alignment = {.addend = 8};
    uint32_t number = gas_symbol(self, gas_take_word(self));
    if (!gas_take(self, ',') || !gas_read_expression(self, &size, NULL))
        return gas_refuse(self, "expected a size");
    if (gas_take(self, ',') && !gas_read_expression(self, &alignment, NULL))
        return false;
    if (size.addend < 0 || size.addend > DATA_MAX || self->unit->symbols[number].is_defined)
        return gas_refuse(self, "this cannot be a variable of %d MB at most that is new", DATA_MAX >> 20);
    enter_section(self, (struct gas_span){".bss", 4});
    if (!align_to(self, alignment.addend))
        return false;
    struct gas_symbol *symbol = &self->unit->symbols[number];
    symbol->is_defined = true;
    symbol->section = self->section;
    symbol->offset = (int64_t)section_of(self)->count;
    symbol->size = size.addend;
    bool is_put = put_bytes(self, NULL, (size_t)size.addend);
    self->section = before;
    return is_put;
}

/* ---- Symbols ----------------------------------------------------------------------------------------------------- */

static bool read_type(struct gas_reader *self)
{
    uint32_t number = gas_symbol(self, gas_take_word(self));
    (void)gas_take(self, ',');
    (void)(gas_take(self, '@') || gas_take(self, '%'));
    struct gas_span type = gas_take_word(self);
    self->unit->symbols[number].is_function |= gas_span_is(type, "function");
    self->at = self->end;
    return true;
}

/* Of a function the size is the distance to the place that is reached, and not needed. */
static bool read_size(struct gas_reader *self)
{
    uint32_t number = gas_symbol(self, gas_take_word(self));
    struct gas_expression size;
    (void)gas_take(self, ',');
    gas_skip(self);
    if (self->at < self->end && isdigit((unsigned char)*self->at)) {
        if (!gas_read_expression(self, &size, NULL))
            return false;
        self->unit->symbols[number].size = size.addend;
    }
    self->at = self->end;
    return true;
}

/* .set name, other */
static bool read_set(struct gas_reader *self)
{
    struct gas_span name = gas_take_word(self);
    struct gas_expression value;
    (void)gas_take(self, ',');
    gas_skip(self);
    if (self->at < self->end && *self->at == '.' && !isalnum((unsigned char)self->at[1])) {
        self->at = self->end;
        return true;
    }
    uint32_t number = gas_symbol(self, name);
    if (!gas_read_expression(self, &value, NULL))
        return false;
    const struct gas_symbol *other = value.plus > 0 ? &self->unit->symbols[value.plus - 1] : NULL;
    if (section_of(self)->kind == GAS_DEBUG || section_of(self)->kind == GAS_OTHER || value.minus > 0)
        return true;
    if (other == NULL || !other->is_defined || value.addend != 0)
        return gas_refuse(self, ".set of '%.*s' to what is not the name of something before it", (int)name.length,
                          name.at);
    const char *own = self->unit->symbols[number].name;
    self->unit->symbols[number] = *other;
    self->unit->symbols[number].name = own;
    self->unit->symbols[number].length = name.length;
    return true;
}

/* ---- Lines ------------------------------------------------------------------------------------------------------- */

static struct gas_span take_quoted(struct gas_reader *self)
{
    struct gas_span span = {NULL, 0};
    if (!gas_take(self, '"'))
        return span;
    span.at = self->at;
    while (self->at < self->end && *self->at != '"')
        self->at++;
    span.length = (size_t)(self->at - span.at);
    (void)gas_take(self, '"');
    return span;
}

/* "examples" "counter.c" */
static char *take_path(struct gas_reader *self)
{
    struct gas_span folder = take_quoted(self), name = take_quoted(self);
    if (name.at == NULL)
        return text_format("%.*s", (int)folder.length, folder.at != NULL ? folder.at : "");
    return text_format("%.*s/%.*s", (int)folder.length, folder.at, (int)name.length, name.at);
}

/* Whether a path is another one that begins in a folder further down. */
static bool is_end_of(const char *whole, const char *path)
{
    size_t length = strlen(whole), end = strlen(path);
    return end > 0 && end <= length && strcmp(whole + length - end, path) == 0 &&
           (end == length || whole[length - end - 1] == '/');
}

/* Takes the path. */
static void note_header(struct gas_unit *unit, int64_t number, char **path)
{
    if (strncmp(*path, "./", 2) == 0)
        memmove(*path, *path + 2, strlen(*path) - 1);
    bool is_own = strncmp(*path, "/usr/", 5) != 0;
    unit->headers = memory_grow(unit->headers, unit->header_count, &unit->header_capacity, sizeof *unit->headers);
    unit->headers[unit->header_count++] = (struct gas_header){number, *path, is_own};
    *path = NULL;
}

static uint32_t find_header(const struct gas_unit *unit, int64_t number)
{
    size_t found = 0;
    while (found < unit->header_count && unit->headers[found].number != number)
        found++;
    return found < unit->header_count ? (uint32_t)found + 1 : 0;
}

/* .file 0 "/home/ada" "examples/counter.c", and 1 "examples/counter.c" or 54 "examples" "counter.c": only lines of the source itself are told,
 * the first file that has a number; compilers give it a second one. */
static bool read_file(struct gas_reader *self)
{
    struct gas_expression number;
    gas_skip(self);
    if (self->at < self->end && isdigit((unsigned char)*self->at)) {
        if (!gas_read_expression(self, &number, NULL))
            return false;
        char *path = take_path(self);
        if (self->source_path == NULL) {
            self->source_numbers[0] = number.addend;
            self->source_path = path;
            path = NULL;
        } else if (is_end_of(self->source_path, path))
            self->source_numbers[1] = number.addend;
        else
            note_header(self->unit, number.addend, &path);
        memory_free(path);
    }
    self->at = self->end;
    return true;
}

static bool read_loc(struct gas_reader *self)
{
    struct gas_expression file, line, column = {0};
    if (!gas_read_expression(self, &file, NULL) || !gas_read_expression(self, &line, NULL))
        return false;
    gas_skip(self);
    if (self->at < self->end && isdigit((unsigned char)*self->at) && !gas_read_expression(self, &column, NULL))
        return false;
    self->at = self->end;
    bool is_own =
        self->source_numbers[0] < 0 || file.addend == self->source_numbers[0] || file.addend == self->source_numbers[1];
    if (!self->unit->has_lines || line.addend < 0 || line.addend > INT32_MAX || column.addend < 0 ||
        column.addend > INT32_MAX)
        return true;
    self->header = 0;
    if (!is_own) {
        self->source_line = self->source_column = 0;
        self->header = line.addend > 0 ? find_header(self->unit, file.addend) : 0;
        self->header_line = (uint32_t)line.addend;
        self->header_column = (uint32_t)column.addend;
    } else if (line.addend > 0) {
        self->source_line = (uint32_t)line.addend;
        self->source_column = (uint32_t)column.addend;
    }
    return true;
}

/* ---- All --------------------------------------------------------------------------------------------------------- */

static uint8_t width_of(struct gas_span name)
{
    static const struct {
        const char *name;
        uint8_t width;
    } widths[] = {{".byte", 1}, {".value", 2}, {".short", 2}, {".word", 2},  {".2byte", 2}, {".long", 4},
                  {".int", 4},  {".4byte", 4}, {".quad", 8},  {".8byte", 8}, {NULL, 0}};
    size_t w = 0;
    while (widths[w].name != NULL && !gas_span_is(name, widths[w].name))
        w++;
    return widths[w].width;
}

static bool read_content(struct gas_reader *self, struct gas_span name)
{
    if (width_of(name) > 0)
        return read_numbers(self, width_of(name));
    if (gas_span_is(name, ".string") || gas_span_is(name, ".asciz") || gas_span_is(name, ".ascii"))
        return read_strings(self, !gas_span_is(name, ".ascii"));
    if (gas_span_is(name, ".zero") || gas_span_is(name, ".skip") || gas_span_is(name, ".space"))
        return read_zeros(self);
    if (gas_span_is(name, ".uleb128") || gas_span_is(name, ".sleb128"))
        return read_leb128(self, gas_span_is(name, ".sleb128"));
    if (gas_span_is(name, ".align") || gas_span_is(name, ".balign") || gas_span_is(name, ".p2align"))
        return read_alignment(self, gas_span_is(name, ".p2align"));
    return gas_refuse(self, "the directive %.*s is not known", (int)name.length, name.at);
}

/* What says nothing of what the program does. */
static bool is_mute(struct gas_span name)
{
    static const char *const mute[] = {".globl",   ".global",      ".ident",     ".hidden",   ".local", ".weak",
                                       ".addrsig", ".addrsig_sym", ".protected", ".internal", ".end",   ".intel_syntax",
                                       NULL};
    for (size_t m = 0; mute[m] != NULL; m++)
        if (gas_span_is(name, mute[m]))
            return true;
    return begins(name, ".cfi_");
}

bool gas_read_directive(struct gas_reader *self, struct gas_span name)
{
    struct gas_span plain[] = {{".text", 5}, {".data", 5}, {".bss", 4}};
    for (size_t p = 0; p < sizeof plain / sizeof *plain; p++)
        if (gas_span_is(name, plain[p].at)) {
            enter_section(self, plain[p]);
            self->at = self->end;
            return true;
        }
    if (gas_span_is(name, ".section"))
        return read_section(self);
    if (gas_span_is(name, ".intel_syntax"))
        return gas_refuse(self, "Intel's syntax (expected that of AT&T)");
    if (section_of(self)->kind == GAS_OTHER || is_mute(name)) {
        self->at = self->end;
        return true;
    }
    if (gas_span_is(name, ".comm") || gas_span_is(name, ".lcomm"))
        return read_common(self);
    if (gas_span_is(name, ".type"))
        return read_type(self);
    if (gas_span_is(name, ".size"))
        return read_size(self);
    if (gas_span_is(name, ".set"))
        return read_set(self);
    if (gas_span_is(name, ".file"))
        return read_file(self);
    if (gas_span_is(name, ".loc"))
        return read_loc(self);
    return read_content(self, name);
}
