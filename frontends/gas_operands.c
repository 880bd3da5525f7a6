/* Expressions, and the operands of instructions. */
#include "frontends/gas_parts.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* ---- Expressions ------------------------------------------------------------------------------------------------- */

static bool read_number(struct gas_reader *self, int64_t *number)
{
    const char *at = self->at;
    unsigned base = 10;
    uint64_t value = 0;
    if (at[0] == '0' && self->end - at > 1 && (at[1] == 'x' || at[1] == 'X')) {
        base = 16;
        at += 2;
    } else if (at[0] == '0')
        base = 8;
    for (; at < self->end && isxdigit((unsigned char)*at); at++) {
        unsigned digit =
            isdigit((unsigned char)*at) ? (unsigned)(*at - '0') : (unsigned)(tolower((unsigned char)*at) - 'a' + 10);
        if (digit >= base || __builtin_mul_overflow(value, base, &value) ||
            __builtin_add_overflow(value, digit, &value))
            return gas_refuse(self, "this is no number of up to 64 bits: '%.*s'", (int)(at + 1 - self->at), self->at);
    }
    self->at = at;
    *number = (int64_t)value;
    return true;
}

/* A dot alone is the place that is reached; only the sizes of functions speak of it. */
static bool read_term(struct gas_reader *self, bool is_negative, struct gas_expression *value)
{
    int64_t number = 0;
    gas_skip(self);
    if (self->at == self->end)
        return gas_refuse(self, "expected a number or a name at the end");
    if (isdigit((unsigned char)*self->at)) {
        if (!read_number(self, &number))
            return false;
        uint64_t sum = (uint64_t)value->addend;
        sum = is_negative ? sum - (uint64_t)number : sum + (uint64_t)number;
        value->addend = (int64_t)sum;
        return true;
    }
    struct gas_span word = gas_take_word(self);
    if (word.length == 0)
        return gas_refuse(self, "expected a number or a name, found '%.*s'", 1, self->at);
    uint32_t *place = is_negative ? &value->minus : &value->plus;
    if (*place != 0 || gas_span_is(word, "."))
        return gas_refuse(self, "an expression of more than two names (expected x, x+NUMBER or x-y)");
    *place = gas_symbol(self, word) + 1;
    return true;
}

bool gas_read_expression(struct gas_reader *self, struct gas_expression *value, struct gas_span *modifier)
{
    *value = (struct gas_expression){0};
    if (modifier != NULL)
        *modifier = (struct gas_span){self->at, 0};
    bool is_negative = gas_take(self, '-');
    if (!is_negative)
        (void)gas_take(self, '+');
    for (;;) {
        if (!read_term(self, is_negative, value))
            return false;
        if (self->at < self->end && *self->at == '@') {
            self->at++;
            struct gas_span word = gas_take_word(self);
            if (modifier != NULL)
                *modifier = word;
        }
        is_negative = gas_take(self, '-');
        if (!is_negative && !gas_take(self, '+'))
            return true;
    }
}

/* ---- Registers --------------------------------------------------------------------------------------------------- */

static const char *const names[4][8] = {
    {"al", "cl", "dl", "bl", "spl", "bpl", "sil", "dil"},
    {"ax", "cx", "dx", "bx", "sp", "bp", "si", "di"},
    {"eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi"},
    {"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi"},
};

static bool find_numbered(struct gas_span word, struct gas_operand *operand)
{
    size_t at = 1;
    unsigned number = 0;
    while (at < word.length && at < 3 && isdigit((unsigned char)word.at[at]))
        number = number * 10 + (unsigned)(word.at[at++] - '0');
    if (word.at[0] != 'r' || number < 8 || number > 15)
        return false;
    char suffix = at < word.length ? word.at[at++] : '\0';
    operand->reg = (uint8_t)number;
    operand->bytes = suffix == '\0' ? 8 : suffix == 'd' ? 4 : suffix == 'w' ? 2 : 1;
    return at >= word.length && (suffix == '\0' || strchr("dwbl", suffix) != NULL);
}

static bool find_register(struct gas_span word, struct gas_operand *operand)
{
    static const char high[] = "acdb";
    for (unsigned w = 0; w < 4; w++)
        for (unsigned r = 0; r < 8; r++)
            if (gas_span_is(word, names[w][r])) {
                operand->reg = (uint8_t)r;
                operand->bytes = (uint8_t)(1u << w);
                return true;
            }
    for (unsigned h = 0; h < 4; h++)
        if (word.length == 2 && word.at[0] == high[h] && word.at[1] == 'h') {
            operand->reg = (uint8_t)h;
            operand->bytes = 1;
            operand->is_high = true;
            return true;
        }
    if (word.length >= 4 && word.length <= 5 && memcmp(word.at, "xmm", 3) == 0) {
        unsigned number = 0;
        for (size_t i = 3; i < word.length; i++)
            number = number * 10 + (unsigned)(word.at[i] - '0');
        operand->reg = (uint8_t)(GAS_XMM_FIRST + number);
        operand->bytes = 16;
        return number < 16;
    }
    return find_numbered(word, operand);
}

/* %st(1): of floating-point numbers, which are refused where they are executed. */
static bool take_stack_register(struct gas_reader *self, struct gas_span word, struct gas_operand *operand)
{
    int64_t number = 0;
    if (!gas_span_is(word, "st"))
        return false;
    operand->reg = GAS_XMM_FIRST;
    operand->bytes = 10;
    return !gas_take(self, '(') || (read_number(self, &number) && gas_take(self, ')'));
}

/* ---- Operands ---------------------------------------------------------------------------------------------------- */

static bool read_address_register(struct gas_reader *self, uint8_t *reg)
{
    struct gas_operand operand = {0};
    if (!gas_take(self, '%'))
        return gas_refuse(self, "expected a register");
    struct gas_span word = gas_take_word(self);
    if (gas_span_is(word, "rip"))
        return true;
    if (!find_register(word, &operand) || operand.bytes != 8)
        return gas_refuse(self, "%%%.*s is no register of 64 bits", (int)word.length, word.at);
    *reg = operand.reg;
    return true;
}

/* (%rax,%rcx,4) */
static bool read_address(struct gas_reader *self, struct gas_operand *operand)
{
    gas_skip(self);
    if (self->at < self->end && *self->at == '%' && !read_address_register(self, &operand->base))
        return false;
    if (gas_take(self, ',')) {
        if (!read_address_register(self, &operand->index))
            return false;
        int64_t scale = 1;
        if (gas_take(self, ',')) {
            gas_skip(self);
            if (!read_number(self, &scale) || (scale != 1 && scale != 2 && scale != 4 && scale != 8))
                return gas_refuse(self, "expected 1, 2, 4 or 8");
        }
        operand->scale = (uint8_t)scale;
    }
    return gas_take(self, ')') || gas_refuse(self, "expected ')'");
}

static bool is_word(struct gas_span span, const char *word)
{
    return span.length == strlen(word) && strncasecmp(span.at, word, span.length) == 0;
}

static bool read_modifier(struct gas_reader *self, struct gas_span modifier, struct gas_operand *operand)
{
    if (gas_span_is(modifier, "GOTPCREL") || is_word(modifier, "gottpoff"))
        operand->is_global = true;
    else if (modifier.length > 0 && !gas_span_is(modifier, "PLT") && !is_word(modifier, "tpoff"))
        return gas_refuse(self, "@%.*s is not known (expected @PLT, @GOTPCREL, @tpoff or @gottpoff)",
                          (int)modifier.length, modifier.at);
    return true;
}

static bool read_memory(struct gas_reader *self, struct gas_operand *operand)
{
    struct gas_span modifier = {self->at, 0};
    operand->kind = GAS_MEMORY;
    gas_skip(self);
    if (self->at < self->end && *self->at != '(' && !gas_read_expression(self, &operand->number, &modifier))
        return false;
    if (!read_modifier(self, modifier, operand))
        return false;
    return gas_take(self, '(') ? read_address(self, operand) : true;
}

static bool read_register(struct gas_reader *self, struct gas_operand *operand)
{
    struct gas_span word = gas_take_word(self);
    if (gas_span_is(word, "fs") && gas_take(self, ':')) {
        operand->is_local = true;
        return read_memory(self, operand);
    }
    operand->kind = GAS_REGISTER;
    bool is_avx = word.length > 3 && (memcmp(word.at, "ymm", 3) == 0 || memcmp(word.at, "zmm", 3) == 0);
    return find_register(word, operand) || take_stack_register(self, word, operand) ||
           gas_refuse(self,
                      is_avx ? "AVX is not read (expected a compiler without -mavx and -march=native): %%%.*s"
                             : "the register %%%.*s is not known",
                      (int)word.length, word.at);
}

static bool read_operand(struct gas_reader *self, struct gas_operand *operand)
{
    *operand = (struct gas_operand){.base = GAS_NO_REGISTER, .index = GAS_NO_REGISTER, .scale = 1};
    operand->is_star = gas_take(self, '*');
    if (gas_take(self, '$')) {
        struct gas_span modifier;
        operand->kind = GAS_IMMEDIATE;
        return gas_read_expression(self, &operand->number, &modifier) && read_modifier(self, modifier, operand);
    }
    return gas_take(self, '%') ? read_register(self, operand) : read_memory(self, operand);
}

bool gas_read_operands(struct gas_reader *self, struct gas_instruction *instruction)
{
    gas_skip(self);
    if (self->at == self->end)
        return true;
    do {
        if (instruction->operand_count == GAS_OPERANDS_MAX)
            return gas_refuse(self, "more than %d operands", GAS_OPERANDS_MAX);
        if (!read_operand(self, &instruction->operands[instruction->operand_count++]))
            return false;
    } while (gas_take(self, ','));
    return true;
}
