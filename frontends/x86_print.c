/* What a program prints, and blocks of memory. */
#include "frontends/x86_parts.h"

#include "base/memory.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

enum { TEXT_MAX = 65536, BLOCK_MAX = 65536, WIDTH_MAX = 100 };

bool x86_read_text(struct x86 *self, struct x86_state *state, int64_t address, struct text *text)
{
    struct x86_value value;
    for (int64_t at = address; at - address < TEXT_MAX; at++) {
        if (!x86_load(self, state, at, 1, &value))
            return false;
        if (value.kind != X86_KNOWN)
            return x86_refuse(self, "a text depends on the other threads");
        if (value.number == 0)
            return true;
        char byte = (char)value.number;
        text_append(text, &byte, 1);
    }
    return x86_refuse(self, "a text of more than %d bytes", TEXT_MAX);
}

/* ---- Parts ------------------------------------------------------------------------------------------------------- */

/* What is printed in one step, part by part: known text is collected. */
struct printer {
    struct x86 *self;
    struct x86_state *state;
    struct text text;
    bool has_printed;
};

static void print_part(struct printer *printer, struct operand operand)
{
    struct x86_state *state = printer->state;
    state->is_joined |= printer->has_printed;
    x86_emit(printer->self, state, X86_ACCESS, OPCODE_PRINT, operand, x86_none);
    printer->has_printed = true;
}

static void flush(struct printer *printer)
{
    if (printer->text.length > 0)
        print_part(printer, x86_text(printer->self, text_string(&printer->text)));
    text_cut(&printer->text, 0);
}

static struct printer begin(struct x86 *self, struct x86_state *state)
{
    return (struct printer){.self = self, .state = state, .text = TEXT_INIT};
}

static bool end(struct printer *printer, bool is_good)
{
    if (is_good)
        flush(printer);
    text_free(&printer->text);
    return is_good;
}

static bool put_known(struct printer *printer, const char *bytes, size_t count)
{
    if (memchr(bytes, '\0', count) != NULL)
        return x86_refuse(printer->self, "a NUL is printed");
    text_append(&printer->text, bytes, count);
    return true;
}

/* ---- Formats ----------------------------------------------------------------------------------------------------- */

struct conversion {
    char flags[8];
    int width, precision; /* -1: none */
    uint8_t bytes;
    char letter;
};

static const char *read_conversion(const char *at, struct conversion *conversion)
{
    size_t flags = 0;
    *conversion = (struct conversion){.width = -1, .precision = -1, .bytes = 4};
    while (*at != '\0' && strchr("-+ #0", *at) != NULL && flags < 7)
        conversion->flags[flags++] = *at++;
    for (; isdigit((unsigned char)*at); at++)
        conversion->width = (conversion->width < 0      ? 0
                             : conversion->width < 1000 ? conversion->width * 10
                                                        : 10000) +
                            *at - '0';
    if (*at == '.')
        for (conversion->precision = 0, at++; isdigit((unsigned char)*at); at++)
            conversion->precision = (conversion->precision < 1000 ? conversion->precision * 10 : 10000) + *at - '0';
    for (; *at == 'l' || *at == 'z' || *at == 'j' || *at == 't'; at++)
        conversion->bytes = 8;
    for (; *at == 'h'; at++)
        conversion->bytes = conversion->bytes == 4 ? 2 : 1;
    conversion->letter = *at;
    return *at != '\0' ? at + 1 : at;
}

static bool print_known(struct printer *printer, const struct conversion *conversion, int64_t number)
{
    char format[64], words[256];
    int length = snprintf(format, sizeof format, "%%%s", conversion->flags);
    if (conversion->width >= 0)
        length += snprintf(format + length, sizeof format - (size_t)length, "%d", conversion->width);
    if (conversion->precision >= 0)
        length += snprintf(format + length, sizeof format - (size_t)length, ".%d", conversion->precision);
    bool is_signed = conversion->letter == 'd' || conversion->letter == 'i';
    if (conversion->letter == 'c') {
        char c = (char)number;
        return put_known(printer, &c, 1);
    }
    if (conversion->letter == 'p') {
        snprintf(words, sizeof words, "0x%" PRIx64, (uint64_t)number);
        return put_known(printer, words, strlen(words));
    }
    snprintf(format + length, sizeof format - (size_t)length, "ll%c", conversion->letter);
    number = x86_cut(number, is_signed ? X86_SIGNED(conversion->bytes) : X86_UNSIGNED(conversion->bytes));
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    snprintf(words, sizeof words, format, (long long)number);
#pragma GCC diagnostic pop
    return put_known(printer, words, strlen(words));
}

/* A number that depends on the others, of which is known how many digits it has and whether it is negative. */
static bool print_filled(struct printer *printer, const struct conversion *conversion, struct operand number,
                         int digits, bool is_negative)
{
    bool is_left = strchr(conversion->flags, '-') != NULL;
    bool has_zeros = strchr(conversion->flags, '0') != NULL && !is_left && conversion->precision < 0;
    bool is_signed = conversion->letter != 'u';
    const char *sign = is_negative                                           ? "-"
                       : is_signed && strchr(conversion->flags, '+') != NULL ? "+"
                       : is_signed && strchr(conversion->flags, ' ') != NULL ? " "
                                                                             : "";
    int length = (int)strlen(sign) + digits;
    int zeros = has_zeros ? conversion->width - length : conversion->precision - digits;
    zeros = zeros > 0 ? zeros : 0;
    int blanks = conversion->width - length - zeros;
    if (is_negative && zeros > 0) { /* zeros stand behind a minus */
        int64_t magnitude;
        if (!x86_free_register(printer->self, printer->state, &magnitude))
            return false;
        x86_emit(printer->self, printer->state, X86_OWN, OPCODE_MOV, number, x86_register(magnitude));
        x86_emit(printer->self, printer->state, X86_OWN, OPCODE_NEG, x86_register(magnitude), x86_none);
        number = x86_register(magnitude);
    }
    for (int i = 0; i < blanks && !is_left; i++)
        text_append(&printer->text, " ", 1);
    if (!is_negative || zeros > 0)
        text_print(&printer->text, "%s", sign);
    for (int i = 0; i < zeros; i++)
        text_append(&printer->text, "0", 1);
    flush(printer);
    print_part(printer, number);
    for (int i = 0; i < blanks && is_left; i++)
        text_append(&printer->text, " ", 1);
    flush(printer);
    return true;
}

/* How it is filled up depends on the number: it is compared with the powers of ten, from the least number on. Whichever way is taken, the
 * first thing that is printed begins the step. */
static bool print_ways(struct printer *printer, const struct conversion *conversion, struct operand number)
{
    static const int digits_of[] = {[1] = 3, [2] = 5, [4] = 10, [8] = 19};
    struct x86_state *state = printer->state;
    const bool has_printed = printer->has_printed, is_joined = state->is_joined;
    const uint8_t atomic = state->atomic;
    int most = conversion->width > conversion->precision ? conversion->width : conversion->precision;
    most = most < 1 ? 1 : most < digits_of[conversion->bytes] ? most : digits_of[conversion->bytes];
    int64_t power = 1;
    for (int d = 1; d < most; d++)
        power *= 10;
    uint32_t end = x86_new_label(printer->self, state);
    bool is_good = true;
    for (int way = conversion->letter == 'u' ? 1 : -most; way <= most && is_good; way++) {
        int digits = way < 0 ? -way : way;
        if (way == 0)
            continue;
        printer->has_printed = has_printed;
        state->is_joined = is_joined;
        state->atomic = atomic;
        if (way == 1)
            power = 10;
        int64_t border = way < 0 ? 1 - power : power;
        uint32_t other = way < most ? x86_skip(printer->self, state, OPCODE_JGTE, x86_immediate(border), number) : 0;
        is_good = print_filled(printer, conversion, number, digits, way < 0);
        if (way == most)
            break;
        x86_emit(printer->self, state, X86_OWN, OPCODE_J, x86_target(end), x86_none);
        x86_land(printer->self, state, other);
        power = way < 0 ? power / 10 : way + 1 < most ? power * 10 : power;
    }
    x86_land(printer->self, state, end);
    return is_good;
}

/* A number that depends on the others is printed in decimal. */
static bool print_dynamic(struct printer *printer, const struct conversion *conversion, struct x86_value value)
{
    bool is_signed = conversion->letter == 'd' || conversion->letter == 'i';
    struct operand operand;
    bool fits = is_signed || conversion->bytes < 8 || (!value.view.is_signed && value.view.bytes < 8);
    if ((!is_signed && conversion->letter != 'u') || conversion->precision == 0 || !fits)
        return x86_refuse(printer->self,
                          "what depends on the other threads is printed by '%c'%s "
                          "(expected %%d, %%i, %%u or %%ld, or these with a width)",
                          conversion->letter, conversion->precision == 0 ? " with a precision of 0" : "");
    flush(printer);
    struct x86_form form = is_signed ? X86_SIGNED(conversion->bytes) : X86_UNSIGNED(conversion->bytes);
    if (!x86_exact(printer->self, printer->state, value, form, &operand))
        return false;
    if (operand.kind == OPERAND_REGISTER &&
        (conversion->width > 1 || conversion->precision > 1 || strpbrk(conversion->flags, "+ ") != NULL))
        return print_ways(printer, conversion, operand);
    print_part(printer, operand);
    return true;
}

static bool print_string(struct printer *printer, const struct conversion *conversion, struct x86_value value)
{
    struct text text = TEXT_INIT;
    int64_t address;
    bool is_good = x86_pointer(printer->self, printer->state, value, 1, &address) &&
                   x86_read_text(printer->self, printer->state, address, &text);
    if (is_good && (conversion->precision >= 0 || conversion->width > WIDTH_MAX))
        is_good = x86_refuse(printer->self, "%%s with a precision or a width of more than %d", WIDTH_MAX);
    size_t length = text.length, width = conversion->width > 0 ? (size_t)conversion->width : 0;
    bool is_left = strchr(conversion->flags, '-') != NULL;
    for (size_t i = length; is_good && !is_left && i < width; i++)
        text_append(&printer->text, " ", 1);
    if (is_good)
        text_append(&printer->text, text_string(&text), length);
    for (size_t i = length; is_good && is_left && i < width; i++)
        text_append(&printer->text, " ", 1);
    text_free(&text);
    return is_good;
}

static bool print_conversion(struct printer *printer, const struct conversion *conversion, unsigned argument)
{
    struct x86_value value;
    if (conversion->letter != '\0' && strchr("fFeEgGaA", conversion->letter) != NULL)
        return x86_refuse(printer->self, "floating point is not read (expected integers): '%%%c' of printf",
                          conversion->letter);
    if (conversion->letter == '\0' || strchr("diuxXocsp", conversion->letter) == NULL ||
        conversion->width > WIDTH_MAX || conversion->precision > WIDTH_MAX)
        return x86_refuse(printer->self, "a conversion of printf that racecheck does not know: '%c'",
                          conversion->letter);
    uint8_t width = conversion->letter == 's' || conversion->letter == 'p' ? 8 : conversion->bytes;
    if (!x86_argument(printer->self, printer->state, argument, width, &value))
        return false;
    if (conversion->letter == 's')
        return print_string(printer, conversion, value);
    return value.kind == X86_KNOWN ? print_known(printer, conversion, value.number)
                                   : print_dynamic(printer, conversion, value);
}

static bool print_format(struct printer *printer, const char *format, unsigned argument)
{
    struct conversion conversion;
    while (*format != '\0') {
        size_t plain = strcspn(format, "%");
        text_append(&printer->text, format, plain);
        format += plain;
        if (*format == '\0')
            break;
        if (format[1] == '%') {
            text_append(&printer->text, "%", 1);
            format += 2;
            continue;
        }
        format = read_conversion(format + 1, &conversion);
        if (!print_conversion(printer, &conversion, argument++))
            return false;
    }
    return true;
}

/* ---- Streams ----------------------------------------------------------------------------------------------------- */

/* Whether a stream is the standard output; what goes to standard error is not observed. */
static bool is_output(struct x86 *self, struct x86_state *state, unsigned argument, bool *is_observed)
{
    int64_t stream;
    if (!x86_known_argument(self, state, argument, 8, "the stream", &stream))
        return false;
    *is_observed = stream == X86_STANDARD_OUTPUT;
    return stream == X86_STANDARD_OUTPUT || stream == X86_STANDARD_ERROR ||
           x86_refuse(self, "a stream that is neither standard output nor standard error");
}

bool x86_printf(struct x86 *self, struct x86_state *state, const struct x86_call *call)
{
    unsigned first = call->number == 0 ? 0 : call->number == 3 ? 2 : 1;
    struct printer printer = begin(self, state);
    struct text format = TEXT_INIT;
    bool is_observed = true;
    struct x86_value value;
    int64_t address;
    bool is_good = (call->number < 2 || is_output(self, state, 0, &is_observed)) &&
                   x86_argument(self, state, first, 8, &value) && x86_pointer(self, state, value, 1, &address) &&
                   (!is_observed || (x86_read_text(self, state, address, &format) &&
                                     print_format(&printer, text_string(&format), first + 1)));
    text_free(&format);
    x86_give(state, X86_NOTHING);
    return end(&printer, is_good);
}

static bool print_text(struct x86 *self, struct x86_state *state, const char *behind)
{
    struct printer printer = begin(self, state);
    struct x86_value value;
    int64_t address;
    bool is_good = x86_argument(self, state, 0, 8, &value) && x86_pointer(self, state, value, 1, &address) &&
                   x86_read_text(self, state, address, &printer.text) && put_known(&printer, behind, strlen(behind));
    x86_give(state, X86_NOTHING);
    return end(&printer, is_good);
}

bool x86_puts(struct x86 *self, struct x86_state *state, const struct x86_call *call)
{
    (void)call;
    return print_text(self, state, "\n");
}

bool x86_fputs(struct x86 *self, struct x86_state *state, const struct x86_call *call)
{
    bool is_observed;
    (void)call;
    return is_output(self, state, 1, &is_observed) && (!is_observed || print_text(self, state, ""));
}

bool x86_putchar(struct x86 *self, struct x86_state *state, const struct x86_call *call)
{
    struct printer printer = begin(self, state);
    bool is_observed = true;
    int64_t number;
    bool is_good = (call->number == 0 || is_output(self, state, 1, &is_observed)) &&
                   x86_known_argument(self, state, 0, 4, "the character that is printed", &number);
    char c = is_good ? (char)number : ' ';
    is_good = is_good && (!is_observed || put_known(&printer, &c, 1));
    x86_give(state, X86_NOTHING);
    return end(&printer, is_good);
}

bool x86_print_formatted(struct x86 *self, struct x86_state *state, const char *format, unsigned first)
{
    struct printer printer = begin(self, state);
    return end(&printer, print_format(&printer, format, first));
}

bool x86_print_bytes(struct x86 *self, struct x86_state *state, int64_t address, int64_t count)
{
    struct printer printer = begin(self, state);
    struct x86_value value;
    bool is_good = (count >= 0 && count <= TEXT_MAX) || x86_refuse(self, "more than %d bytes are written", TEXT_MAX);
    for (int64_t i = 0; is_good && i < count; i++) {
        is_good = x86_load(self, state, address + i, 1, &value) &&
                  (value.kind == X86_KNOWN || x86_refuse(self, "a text depends on the other threads"));
        char c = is_good ? (char)value.number : ' ';
        is_good = is_good && put_known(&printer, &c, 1);
    }
    return end(&printer, is_good);
}

bool x86_fwrite(struct x86 *self, struct x86_state *state, const struct x86_call *call)
{
    int64_t address, size, count;
    bool is_observed;
    (void)call;
    bool is_good = is_output(self, state, 3, &is_observed) &&
                   x86_known_argument(self, state, 0, 8, "what is written", &address) &&
                   x86_known_argument(self, state, 1, 8, "how much is written", &size) &&
                   x86_known_argument(self, state, 2, 8, "how much is written", &count);
    is_good =
        is_good && ((size >= 0 && count >= 0 && size <= TEXT_MAX && count <= TEXT_MAX && size * count <= TEXT_MAX) ||
                    x86_refuse(self, "more than %d bytes are written", TEXT_MAX));
    is_good = is_good && (!is_observed || x86_print_bytes(self, state, address, size * count));
    x86_give(state, X86_NOTHING);
    return is_good;
}

/* ---- Blocks ------------------------------------------------------------------------------------------------------ */

static void note_block(struct x86 *self, int64_t address, int64_t size)
{
    for (size_t b = 0; b < self->block_count; b++)
        if (self->blocks[b].address == address) {
            self->blocks[b].size = size > self->blocks[b].size ? size : self->blocks[b].size;
            return;
        }
    self->blocks = memory_grow(self->blocks, self->block_count, &self->block_capacity, sizeof *self->blocks);
    self->blocks[self->block_count++] = (struct x86_block){address, size};
}

static bool clear_block(struct x86 *self, struct x86_state *state, int64_t address, int64_t size)
{
    for (int64_t at = address; at < address + size; at += 8)
        if (!x86_store(self, state, at, 8, X86_NUMBER(0)))
            return false;
    return true;
}

/* A block has the same address whatever the other threads do; it is never used again. The end of one is not the beginning of the next one, as
 * with malloc: who has an address of an end cannot go on from there. */
bool x86_allocate(struct x86 *self, struct x86_state *state, const struct x86_call *call)
{
    int64_t size, count = 1;
    if (!x86_known_argument(self, state, 0, 8, "the size of a block", &size) ||
        (call->number == 1 && !x86_known_argument(self, state, 1, 8, "the size of a block", &count)))
        return false;
    if (size < 0 || count < 0 || size > BLOCK_MAX || count > BLOCK_MAX || size * count > BLOCK_MAX)
        return x86_refuse(self, "a block of more than %d bytes", BLOCK_MAX);
    int64_t whole = (size * count + 15) / 16 * 16, address = x86_heap_first(state->thread) + state->heap;
    whole = whole < 16 ? 16 : whole;
    if (state->heap + whole > X86_HEAP_SIZE)
        return x86_refuse(self, "more than %d bytes of blocks: a loop that takes more and more", X86_HEAP_SIZE);
    state->heap += whole + 16;
    note_block(self, address, whole);
    if (call->number == 1 && !clear_block(self, state, address, whole))
        return false;
    x86_give(state, X86_NUMBER(address));
    return true;
}

static bool read_range(struct x86 *self, struct x86_state *state, int64_t *to, int64_t *size)
{
    return x86_known_argument(self, state, 0, 8, "where memory is written", to) &&
           x86_known_argument(self, state, 2, 8, "how much memory is written", size) &&
           ((*size >= 0 && *size <= BLOCK_MAX) ||
            x86_refuse(self, "more than %d bytes of memory are written at once", BLOCK_MAX));
}

static uint8_t piece(int64_t address, int64_t rest)
{
    uint8_t size = 8;
    while (size > rest || address % size != 0)
        size /= 2;
    return size;
}

bool x86_fill(struct x86 *self, struct x86_state *state, const struct x86_call *call)
{
    int64_t to, size, byte;
    (void)call;
    if (!read_range(self, state, &to, &size) ||
        !x86_known_argument(self, state, 1, 1, "what memory is filled with", &byte))
        return false;
    uint64_t pattern = (uint64_t)(byte & 0xff) * UINT64_C(0x0101010101010101);
    for (int64_t done = 0; done < size;) {
        uint8_t part = piece(to + done, size - done);
        if (!x86_store(self, state, to + done, part, x86_low(X86_NUMBER((int64_t)pattern), part)))
            return false;
        done += part;
    }
    x86_give(state, X86_NUMBER(to));
    return true;
}

bool x86_length(struct x86 *self, struct x86_state *state, const struct x86_call *call)
{
    struct text text = TEXT_INIT;
    int64_t address;
    (void)call;
    bool is_good = x86_known_argument(self, state, 0, 8, "where a text is", &address) &&
                   x86_read_text(self, state, address, &text);
    x86_give(state, X86_NUMBER((int64_t)text.length));
    text_free(&text);
    return is_good;
}

/* From the end on, byte by byte, where the first bytes that are written are among those that are read. */
static bool copy_backwards(struct x86 *self, struct x86_state *state, int64_t to, int64_t from, int64_t size)
{
    struct x86_value value;
    while (size-- > 0)
        if (!x86_load(self, state, from + size, 1, &value) || !x86_store(self, state, to + size, 1, value))
            return false;
    x86_give(state, X86_NUMBER(to));
    return true;
}

bool x86_copy(struct x86 *self, struct x86_state *state, const struct x86_call *call)
{
    int64_t to, size, from;
    struct x86_value value;
    (void)call;
    if (!read_range(self, state, &to, &size) ||
        !x86_known_argument(self, state, 1, 8, "where memory is copied from", &from))
        return false;
    if (to > from && to < from + size)
        return copy_backwards(self, state, to, from, size);
    for (int64_t done = 0; done < size;) {
        uint8_t part = piece(to + done, size - done);
        while ((from + done) % part != 0)
            part /= 2;
        if (!x86_load(self, state, from + done, part, &value) || !x86_store(self, state, to + done, part, value))
            return false;
        done += part;
    }
    x86_give(state, X86_NUMBER(to));
    return true;
}
