/* What a program prints. */
#include "frontends/x86_parts.h"

#include "base/memory.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

enum { TEXT_MAX = 65536, WIDTH_MAX = 100 };

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
    bool is_kept; /* it is not printed: all is to be known */
};

static void print_part(struct printer *printer, struct operand operand, enum print_form form)
{
    struct x86_state *state = printer->state;
    state->is_joined |= printer->has_printed;
    x86_emit(printer->self, state, X86_ACCESS, OPCODE_PRINT, operand, x86_none)->form = (uint8_t)form;
    printer->has_printed = true;
}

static void flush(struct printer *printer)
{
    if (printer->text.length > 0)
        print_part(printer, x86_text(printer->self, text_string(&printer->text)), PRINT_DECIMAL);
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

/* How a number that depends on the others is printed. */
struct notation {
    enum print_form form;
    int base;
    int digits[9]; /* the most, of so many bytes */
    bool is_signed;
    const char *prefix; /* with '#', unless it is 0 */
};

static const struct notation *find_notation(char letter, uint8_t bytes)
{
    static const struct notation signed_decimal = {PRINT_DECIMAL, 10, {[1] = 3, [2] = 5, [4] = 10, [8] = 19}, true, ""};
    static const struct notation decimal = {PRINT_DECIMAL, 10, {[1] = 3, [2] = 5, [4] = 10}, false, ""};
    static const struct notation long_decimal = {PRINT_UNSIGNED, 10, {[8] = 20}, false, ""};
    static const struct notation octal = {PRINT_OCTAL, 8, {[1] = 3, [2] = 6, [4] = 11, [8] = 22}, false, NULL};
    static const struct notation lower = {PRINT_HEX, 16, {[1] = 2, [2] = 4, [4] = 8, [8] = 16}, false, "0x"};
    static const struct notation upper = {PRINT_UPPER_HEX, 16, {[1] = 2, [2] = 4, [4] = 8, [8] = 16}, false, "0X"};
    switch (letter) {
    case 'd':
    case 'i':
        return &signed_decimal;
    case 'u':
        return bytes < 8 ? &decimal : &long_decimal;
    case 'o':
        return &octal;
    case 'x':
    case 'p':
        return &lower;
    default:
        return &upper;
    }
}

/* What is known of the number on one way. */
struct way {
    const struct notation *notation;
    const char *sign; /* or prefix */
    int digits;
    bool is_negative;
};

static bool has_flag(const struct conversion *conversion, char flag)
{
    return strchr(conversion->flags, flag) != NULL;
}

static const char *sign_of(const struct conversion *conversion, const struct notation *notation, bool is_negative,
                           bool is_zero)
{
    if (is_negative)
        return "-";
    if (!notation->is_signed)
        return has_flag(conversion, '#') && !is_zero ? notation->prefix : "";
    return has_flag(conversion, '+') ? "+" : has_flag(conversion, ' ') ? " " : "";
}

static void put_many(struct printer *printer, char letter, int count)
{
    for (int i = 0; i < count; i++)
        text_append(&printer->text, &letter, 1);
}

static bool print_filled(struct printer *printer, const struct conversion *conversion, struct operand number,
                         const struct way *way)
{
    bool is_left = has_flag(conversion, '-');
    bool has_zeros = has_flag(conversion, '0') && !is_left && conversion->precision < 0;
    int length = (int)strlen(way->sign) + way->digits;
    int zeros = has_zeros ? conversion->width - length : conversion->precision - way->digits;
    zeros = zeros > 0 ? zeros : 0;
    int blanks = conversion->width - length - zeros;
    if (way->is_negative && zeros > 0) { /* zeros stand behind a minus */
        int64_t magnitude;
        if (!x86_free_register(printer->self, printer->state, &magnitude))
            return false;
        x86_emit(printer->self, printer->state, X86_OWN, OPCODE_MOV, number, x86_register(magnitude));
        x86_emit(printer->self, printer->state, X86_OWN, OPCODE_NEG, x86_register(magnitude), x86_none);
        number = x86_register(magnitude);
    }
    put_many(printer, ' ', is_left ? 0 : blanks);
    if (!way->is_negative || zeros > 0)
        text_print(&printer->text, "%s", way->sign);
    put_many(printer, '0', zeros);
    flush(printer);
    print_part(printer, number, way->notation->form);
    put_many(printer, ' ', is_left ? blanks : 0);
    flush(printer);
    return true;
}

/* Ways of which one is taken: whichever it is, the first thing that is printed begins the step. */
struct ways {
    bool has_printed, is_joined;
    uint8_t atomic;
    uint32_t end;
};

static void begin_way(struct printer *printer, const struct ways *ways)
{
    printer->has_printed = ways->has_printed;
    printer->state->is_joined = ways->is_joined;
    printer->state->atomic = ways->atomic;
}

/* Prints on the way where a jump is not taken, and goes on at the end of all; the others go on behind. */
static bool print_way(struct printer *printer, const struct conversion *conversion, const struct ways *ways,
                      struct operand number, struct way way, enum opcode jump, int64_t border)
{
    begin_way(printer, ways);
    way.sign = sign_of(conversion, way.notation, way.is_negative, jump == OPCODE_JNE);
    uint32_t other = x86_skip(printer->self, printer->state, jump, x86_immediate(border), number);
    if (!print_filled(printer, conversion, number, &way))
        return false;
    x86_emit(printer->self, printer->state, X86_OWN, OPCODE_J, x86_target(ways->end), x86_none);
    x86_land(printer->self, printer->state, other);
    return true;
}

static int64_t power_of(int base, int exponent)
{
    int64_t power = 1;
    while (exponent-- > 0)
        power *= base;
    return power;
}

/* How a number is filled up depends on how many digits it has: it is compared with the powers of the base, from the least number on. Of eight
 * bytes without a sign those that are negative as the program has them have the most digits. */
static bool print_ways(struct printer *printer, const struct conversion *conversion, struct operand number,
                       const struct notation *notation)
{
    struct x86_state *state = printer->state;
    const struct ways ways = {printer->has_printed, state->is_joined, state->atomic,
                              x86_new_label(printer->self, state)};
    int wanted = conversion->width > conversion->precision ? conversion->width : conversion->precision;
    wanted = wanted < 1 ? 1 : wanted;
    int greatest = notation->digits[conversion->bytes], most = wanted < greatest ? wanted : greatest;
    bool is_good = true, is_huge = !notation->is_signed && conversion->bytes == 8;
    struct way way = {.notation = notation};
    uint32_t huge = is_huge ? x86_skip(printer->self, state, OPCODE_JLT, x86_immediate(0), number) : 0;
    for (way.digits = most, way.is_negative = true; notation->is_signed && is_good && way.digits > 0; way.digits--)
        is_good = print_way(printer, conversion, &ways, number, way, OPCODE_JGTE,
                            way.digits > 1 ? 1 - power_of(notation->base, way.digits - 1) : 0);
    way = (struct way){.notation = notation, .digits = 1};
    if (is_good && has_flag(conversion, '#'))
        is_good = print_way(printer, conversion, &ways, number, way, OPCODE_JNE, 0);
    for (; is_good && way.digits < most; way.digits++)
        is_good = print_way(printer, conversion, &ways, number, way, OPCODE_JGTE, power_of(notation->base, way.digits));
    begin_way(printer, &ways);
    if (is_huge)
        x86_land(printer->self, state, huge);
    way.sign = sign_of(conversion, notation, false, false);
    is_good = is_good && print_filled(printer, conversion, number, &way);
    x86_land(printer->self, state, ways.end);
    return is_good;
}

/* A character that depends on the others. */
static bool print_letter(struct printer *printer, const struct conversion *conversion, struct x86_value value)
{
    struct operand operand;
    int blanks = conversion->width - 1;
    put_many(printer, ' ', has_flag(conversion, '-') ? 0 : blanks);
    flush(printer);
    if (!x86_exact(printer->self, printer->state, value, X86_UNSIGNED(1), &operand))
        return false;
    uint32_t is_letter = x86_skip(printer->self, printer->state, OPCODE_JNE, x86_immediate(0), operand);
    struct x86_state failing = *printer->state;
    x86_emit_failure(printer->self, &failing, "a NUL is printed");
    x86_land(printer->self, printer->state, is_letter);
    print_part(printer, operand, PRINT_LETTER);
    put_many(printer, ' ', has_flag(conversion, '-') ? blanks : 0);
    return true;
}

/* Where eight bytes are to be filled up to more digits than numbers have whose upper half has no sign, there is no border to compare with. */
static bool can_fill(const struct conversion *conversion, const struct notation *notation)
{
    int wanted = conversion->width > conversion->precision ? conversion->width : conversion->precision;
    return notation->is_signed || conversion->bytes < 8 || notation->base == 16 || wanted < notation->digits[8];
}

/* A number that depends on the others. */
static bool print_dynamic(struct printer *printer, const struct conversion *conversion, struct x86_value value)
{
    const struct notation *notation = find_notation(conversion->letter, conversion->bytes);
    struct operand operand;
    if (printer->is_kept)
        return x86_refuse(printer->self, "what depends on the other threads is written into a text");
    if (conversion->letter == 'c')
        return print_letter(printer, conversion, value);
    bool has_prefix = has_flag(conversion, '#');
    if (conversion->precision == 0 || (has_prefix && notation->prefix == NULL) || !can_fill(conversion, notation) ||
        conversion->letter == 'p')
        return x86_refuse(printer->self,
                          "what depends on the other threads is printed by '%%%s%c'%s (expected %%d, %%u, %%x or %%c)",
                          conversion->flags, conversion->letter,
                          conversion->precision == 0        ? " with a precision of 0"
                          : !can_fill(conversion, notation) ? " with so great a width"
                                                            : "");
    flush(printer);
    struct x86_form form = notation->is_signed ? X86_SIGNED(conversion->bytes) : X86_UNSIGNED(conversion->bytes);
    if (!x86_exact(printer->self, printer->state, value, form, &operand))
        return false;
    bool has_ways = conversion->width > 1 || conversion->precision > 1 ||
                    (notation->is_signed ? strpbrk(conversion->flags, "+ ") != NULL : has_prefix);
    if (operand.kind == OPERAND_REGISTER && has_ways)
        return print_ways(printer, conversion, operand, notation);
    print_part(printer, operand, notation->form);
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

/* Where it depends on the others which text is meant, the call is executed again for each: so that is found out before anything is printed. */
static bool find_texts(struct x86 *self, struct x86_state *state, const char *format, unsigned argument)
{
    struct conversion conversion;
    struct x86_value value;
    int64_t address;
    while (*(format += strcspn(format, "%")) != '\0') {
        if (format[1] == '%') {
            format += 2;
            continue;
        }
        format = read_conversion(format + 1, &conversion);
        if (conversion.letter == 's' &&
            !(x86_argument(self, state, argument, 8, &value) && x86_pointer(self, state, value, 1, &address)))
            return false;
        argument++;
    }
    return true;
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
                                     find_texts(self, state, text_string(&format), first + 1) &&
                                     print_format(&printer, text_string(&format), first + 1)));
    text_free(&format);
    x86_give(state, X86_NOTHING);
    return end(&printer, is_good);
}

/* Writes a text into memory, as far as there is room for it. */
static bool store_text(struct x86 *self, struct x86_state *state, int64_t to, int64_t room, const struct text *text)
{
    const char *bytes = text_string(text);
    int64_t count = (int64_t)text->length < room - 1 ? (int64_t)text->length : room - 1;
    for (int64_t i = 0; i <= count; i++)
        if (!x86_store(self, state, to + i, 1, X86_NUMBER(i < count ? (unsigned char)bytes[i] : 0)))
            return false;
    x86_give(state, X86_NUMBER((int64_t)text->length));
    return true;
}

/* Where the format stands among the arguments, says the number; the even ones are told in the second how much room there is. */
bool x86_sprintf(struct x86 *self, struct x86_state *state, const struct x86_call *call)
{
    unsigned first = (unsigned)call->number;
    struct printer printer = begin(self, state);
    struct text format = TEXT_INIT;
    int64_t to, room = TEXT_MAX, address;
    printer.is_kept = true;
    bool is_good = x86_known_argument(self, state, 0, 8, "where a text is written", &to) &&
                   (call->number % 2 != 0 || x86_known_argument(self, state, 1, 8, "the size of a text", &room)) &&
                   x86_known_argument(self, state, first, 8, "a format", &address) &&
                   x86_read_text(self, state, address, &format) &&
                   find_texts(self, state, text_string(&format), first + 1) &&
                   print_format(&printer, text_string(&format), first + 1) &&
                   (room >= 0 || x86_refuse(self, "a text of more than %d bytes", TEXT_MAX)) &&
                   store_text(self, state, to, room, &printer.text);
    text_free(&format);
    text_free(&printer.text);
    return is_good;
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
    static const struct conversion letter = {.width = -1, .precision = -1, .bytes = 4, .letter = 'c'};
    struct printer printer = begin(self, state);
    bool is_observed = true;
    bool is_good = (call->number == 0 || is_output(self, state, 1, &is_observed)) &&
                   (!is_observed || print_conversion(&printer, &letter, 0));
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
