/* What each instruction does; which registers matter behind it; where jumps lead to. */
#include "frontends/x86_parts.h"

#include "base/memory.h"

#include <string.h>

enum { ALL_REGISTERS = 0xffff };

/* ---- Mnemonics --------------------------------------------------------------------------------------------------- */

struct mnemonic {
    const char *name;
    enum x86_operation operation;
    uint8_t width; /* 0: as the suffix or the operands say */
    uint8_t from;
};

/* First those that are what they are; an operation of several widths has a suffix, or takes the width of its registers. */
static const struct mnemonic exact[] = {
    {"movabsq", X86_MOV, 8, 0},
    {"movzbl", X86_MOVZX, 4, 1},
    {"movzbw", X86_MOVZX, 2, 1},
    {"movzbq", X86_MOVZX, 8, 1},
    {"movzwl", X86_MOVZX, 4, 2},
    {"movzwq", X86_MOVZX, 8, 2},
    {"movsbl", X86_MOVSX, 4, 1},
    {"movsbw", X86_MOVSX, 2, 1},
    {"movsbq", X86_MOVSX, 8, 1},
    {"movswl", X86_MOVSX, 4, 2},
    {"movswq", X86_MOVSX, 8, 2},
    {"movslq", X86_MOVSX, 8, 4},
    {"movslq", X86_MOVSX, 8, 4},
    {"cltq", X86_EXTEND_A, 8, 4},
    {"cwtl", X86_EXTEND_A, 4, 2},
    {"cbtw", X86_EXTEND_A, 2, 1},
    {"cltd", X86_EXTEND_D, 4, 0},
    {"cwtd", X86_EXTEND_D, 2, 0},
    {"movzb", X86_MOVZX, 0, 1},
    {"cqto", X86_EXTEND_D, 8, 0},
    {"nop", X86_NOP, 0, 0},
    {"nopw", X86_NOP, 0, 0},
    {"nopl", X86_NOP, 0, 0},
    {"endbr64", X86_NOP, 0, 0},
    {"pause", X86_NOP, 0, 0},
    {"lfence", X86_NOP, 0, 0},
    {"sfence", X86_NOP, 0, 0},
    {"mfence", X86_MFENCE, 0, 0},
    {"ret", X86_RET, 8, 0},
    {"retq", X86_RET, 8, 0},
    {"leave", X86_LEAVE, 8, 0},
    {"leaveq", X86_LEAVE, 8, 0},
    {"ud2", X86_UD2, 0, 0},
    {"hlt", X86_UD2, 0, 0},
    {"call", X86_CALL, 8, 0},
    {"callq", X86_CALL, 8, 0},
    {"jmp", X86_JMP, 8, 0},
    {"jmpq", X86_JMP, 8, 0},
    {"movd", X86_MOVX, 4, 0},
    {"movq", X86_MOV, 8, 0},
    {"movss", X86_MOVX, 4, 0},
    {"movaps", X86_MOVX, 16, 0},
    {"movups", X86_MOVX, 16, 0},
    {"movdqa", X86_MOVX, 16, 0},
    {"movdqu", X86_MOVX, 16, 0},
    {"movapd", X86_MOVX, 16, 0},
    {"movupd", X86_MOVX, 16, 0},
    {"pxor", X86_PXOR, 16, 0},
    {"xorps", X86_PXOR, 16, 0},
    {"stosq", X86_STOS, 8, 0},
    {"stosl", X86_STOS, 4, 0},
    {"stosb", X86_STOS, 1, 0},
    {"movsd", X86_MOVX, 8, 0},
    {"punpcklqdq", X86_UNPACK, 16, 0},
    {"movhps", X86_MOVE_HIGH, 8, 0},
    {"movhpd", X86_MOVE_HIGH, 8, 0},
    {"unpcklpd", X86_UNPACK, 16, 0},
    {"movlhps", X86_UNPACK, 16, 0},
    {"xorpd", X86_PXOR, 16, 0},
    {"paddd", X86_PACKED, 16, X86_PACKED_ADD_4},
    {"paddq", X86_PACKED, 16, X86_PACKED_ADD_8},
    {"psubd", X86_PACKED, 16, X86_PACKED_SUB_4},
    {"psubq", X86_PACKED, 16, X86_PACKED_SUB_8},
    {"pslld", X86_PACKED, 16, X86_PACKED_SHIFT_LEFT_4},
    {"psllq", X86_PACKED, 16, X86_PACKED_SHIFT_LEFT_8},
    {"psrld", X86_PACKED, 16, X86_PACKED_SHIFT_RIGHT_4},
    {"psrlq", X86_PACKED, 16, X86_PACKED_SHIFT_RIGHT_8},
    {"psrad", X86_PACKED, 16, X86_PACKED_SHIFT_SIGNED_4},
    {"pcmpeqd", X86_PACKED, 16, X86_PACKED_EQUAL},
    {"pcmpgtd", X86_PACKED, 16, X86_PACKED_GREATER},
    {"pand", X86_PACKED, 16, X86_PACKED_AND},
    {"pandn", X86_PACKED, 16, X86_PACKED_AND_NOT},
    {"por", X86_PACKED, 16, X86_PACKED_OR},
    {"pmuludq", X86_PACKED, 16, X86_PACKED_MULTIPLY},
    {"pshufd", X86_PACKED, 16, X86_PACKED_SHUFFLE},
    {"shufps", X86_PACKED, 16, X86_PACKED_SHUFFLE_BOTH},
    {"psrldq", X86_PACKED, 16, X86_PACKED_SHIFT_DOWN},
    {"punpckldq", X86_PACKED, 16, X86_PACKED_UNPACK_LOW},
    {"unpcklps", X86_PACKED, 16, X86_PACKED_UNPACK_LOW},
    {"punpckhdq", X86_PACKED, 16, X86_PACKED_UNPACK_HIGH},
    {"punpckhqdq", X86_PACKED, 16, X86_PACKED_UNPACK_HIGH_8},
    {"unpckhpd", X86_PACKED, 16, X86_PACKED_UNPACK_HIGH_8},
    {"movhlps", X86_PACKED, 16, X86_PACKED_HIGH_TO_LOW},
};

static const struct mnemonic sized[] = {
    {"mov", X86_MOV, 0, 0},         {"lea", X86_LEA, 0, 0},   {"add", X86_ADD, 0, 0},   {"adc", X86_ADC, 0, 0},
    {"sub", X86_SUB, 0, 0},         {"sbb", X86_SBB, 0, 0},   {"and", X86_AND, 0, 0},   {"or", X86_OR, 0, 0},
    {"xor", X86_XOR, 0, 0},         {"not", X86_NOT, 0, 0},   {"neg", X86_NEG, 0, 0},   {"inc", X86_INC, 0, 0},
    {"dec", X86_DEC, 0, 0},         {"cmp", X86_CMP, 0, 0},   {"test", X86_TEST, 0, 0}, {"imul", X86_IMUL, 0, 0},
    {"mul", X86_MUL, 0, 0},         {"div", X86_DIV, 0, 0},   {"idiv", X86_IDIV, 0, 0}, {"shl", X86_SHL, 0, 0},
    {"sal", X86_SHL, 0, 0},         {"shr", X86_SHR, 0, 0},   {"sar", X86_SAR, 0, 0},   {"rol", X86_ROL, 0, 0},
    {"ror", X86_ROR, 0, 0},         {"push", X86_PUSH, 8, 0}, {"pop", X86_POP, 8, 0},   {"xchg", X86_XCHG, 0, 0},
    {"cmpxchg", X86_CMPXCHG, 0, 0}, {"xadd", X86_XADD, 0, 0},
};

static const struct {
    const char *name;
    enum x86_condition condition;
} condition_names[] = {
    {"o", X86_O},   {"no", X86_NO}, {"b", X86_B},   {"c", X86_B},   {"nae", X86_B}, {"ae", X86_AE},
    {"nb", X86_AE}, {"nc", X86_AE}, {"e", X86_E},   {"z", X86_E},   {"ne", X86_NE}, {"nz", X86_NE},
    {"be", X86_BE}, {"na", X86_BE}, {"a", X86_A},   {"nbe", X86_A}, {"s", X86_S},   {"ns", X86_NS},
    {"p", X86_P},   {"pe", X86_P},  {"np", X86_NP}, {"po", X86_NP}, {"l", X86_L},   {"nge", X86_L},
    {"ge", X86_GE}, {"nl", X86_GE}, {"le", X86_LE}, {"ng", X86_LE}, {"g", X86_G},   {"nle", X86_G},
};

static bool is_same(const char *word, size_t length, const char *name)
{
    return strlen(name) == length && memcmp(word, name, length) == 0;
}

static bool find_condition(const char *word, size_t length, enum x86_condition *condition)
{
    for (size_t c = 0; c < sizeof condition_names / sizeof *condition_names; c++)
        if (is_same(word, length, condition_names[c].name)) {
            *condition = condition_names[c].condition;
            return true;
        }
    return false;
}

static uint8_t suffix_width(char suffix)
{
    return suffix == 'b' ? 1 : suffix == 'w' ? 2 : suffix == 'l' ? 4 : suffix == 'q' ? 8 : 0;
}

/* jge, setl, cmovne, cmovneq */
static bool decode_conditional(const char *word, size_t length, struct x86_instruction *to)
{
    if (word[0] == 'j' && find_condition(word + 1, length - 1, &to->condition))
        to->operation = X86_JCC;
    else if (length > 3 && memcmp(word, "set", 3) == 0 && find_condition(word + 3, length - 3, &to->condition)) {
        to->operation = X86_SETCC;
        to->width = 1;
    } else if (length > 4 && memcmp(word, "cmov", 4) == 0) {
        if (!find_condition(word + 4, length - 4, &to->condition)) {
            to->width = suffix_width(word[length - 1]);
            if (to->width == 0 || !find_condition(word + 4, length - 5, &to->condition))
                return false;
        }
        to->operation = X86_CMOV;
    } else
        return false;
    return true;
}

/* addsd, cvtsi2sdl, ucomiss, fldt: arithmetic of floating-point numbers; what only moves them stands in the table above. */
static bool decode_floating(const char *word, size_t length, struct x86_instruction *to)
{
    static const char *const begins[] = {"f", "cvt", "ucomis", "comis"}, *const ends[] = {"ss", "sd", "ps", "pd"};
    bool is_floating = false;
    for (size_t w = 0; w < sizeof begins / sizeof *begins; w++)
        is_floating |= length > strlen(begins[w]) && memcmp(word, begins[w], strlen(begins[w])) == 0;
    for (size_t w = 0; w < sizeof ends / sizeof *ends; w++)
        is_floating |= length > 2 && memcmp(word + length - 2, ends[w], 2) == 0;
    to->operation = is_floating ? X86_FLOATING : X86_UNKNOWN_OPERATION;
    to->width = 8;
    return is_floating;
}

/* vmovdqu, vpaddd: with -mavx, or for the machine that compiles. */
static bool decode_avx(const char *word, size_t length, struct x86_instruction *to)
{
    if (length < 4 || word[0] != 'v' || is_same(word, length, "verr") || is_same(word, length, "verw"))
        return false;
    to->operation = X86_AVX;
    to->width = 8;
    return true;
}

static bool find_mnemonic(const char *word, size_t length, struct x86_instruction *to)
{
    for (size_t m = 0; m < sizeof exact / sizeof *exact; m++)
        if (is_same(word, length, exact[m].name)) {
            to->operation = exact[m].operation;
            to->width = exact[m].width;
            to->from = exact[m].from;
            return true;
        }
    for (size_t m = 0; m < sizeof sized / sizeof *sized; m++) {
        uint8_t width = length > 1 ? suffix_width(word[length - 1]) : 0;
        bool is_plain = is_same(word, length, sized[m].name);
        if (is_plain || (width > 0 && is_same(word, length - 1, sized[m].name))) {
            to->operation = sized[m].operation;
            to->width = is_plain ? sized[m].width : width;
            return true;
        }
    }
    return length > 1 &&
           (decode_avx(word, length, to) || decode_conditional(word, length, to) || decode_floating(word, length, to));
}

static bool has_wide_register(const struct gas_instruction *gas)
{
    for (size_t o = 0; o < gas->operand_count; o++)
        if (gas->operands[o].kind == GAS_REGISTER && gas->operands[o].bytes == 16)
            return true;
    return false;
}

/* movzx and movsx without two suffixes: movzb %al, %eax; movzx is Intel's. */
static bool decode_one(struct x86 *self, struct x86_instruction *to)
{
    const struct gas_instruction *gas = to->gas;
    const char *word = gas->mnemonic;
    bool is_known = find_mnemonic(word, gas->length, to);
    if (!is_known)
        return true; /* refused once it is executed */
    bool is_shift = to->operation >= X86_SHL && to->operation <= X86_ROR;
    for (size_t o = gas->operand_count; o-- > 0 && to->width == 0;)
        if (gas->operands[o].kind == GAS_REGISTER && !(is_shift && o == 0 && gas->operand_count > 1))
            to->width = gas->operands[o].bytes;
    if (has_wide_register(gas) && to->operation == X86_MOV)
        to->operation = X86_MOVX;
    if (to->operation == X86_JCC || to->operation == X86_NOP || to->operation == X86_MFENCE || to->operation == X86_UD2)
        return true;
    return to->width > 0 ||
           gas_fail(&self->unit, gas, self->error, "'%.*s' does not say of how many bytes", (int)gas->length, word);
}

/* ---- Where control goes ------------------------------------------------------------------------------------------ */

/* The instruction that a jump or a call names; SIZE_MAX: it is computed, or not here. */
static size_t target_of(const struct x86 *self, const struct x86_instruction *instruction)
{
    const struct gas_operand *operand = &instruction->gas->operands[0];
    bool is_jump = instruction->operation == X86_JCC || instruction->operation == X86_JMP;
    if (!is_jump || instruction->gas->operand_count != 1 || operand->kind != GAS_MEMORY || operand->is_star ||
        operand->number.plus == 0)
        return SIZE_MAX;
    return gas_instruction_at(&self->unit, gas_value(&self->unit, &operand->number));
}

/* Of code that is reached by an address anything may come: the labels of jump tables. */
static void mark_targets(struct x86 *self)
{
    for (size_t i = 0; i < self->code_count; i++) {
        size_t target = target_of(self, &self->code[i]);
        if (target != SIZE_MAX)
            self->code[target].is_target = true;
    }
    for (size_t s = 0; s < self->unit.section_count; s++) {
        const struct gas_section *section = &self->unit.sections[s];
        for (size_t r = 0; r < section->relocation_count && section->kind == GAS_READ_ONLY; r++) {
            const struct gas_expression *value = &section->relocations[r].value;
            if (value->plus == 0)
                continue;
            size_t target = gas_instruction_at(&self->unit, self->unit.symbols[value->plus - 1].address);
            if (target != SIZE_MAX)
                self->code[target].is_target = true;
        }
    }
}

/* ---- What matters ------------------------------------------------------------------------------------------------ */

static uint32_t address_registers(const struct gas_operand *operand)
{
    uint32_t set = operand->base < X86_REGISTERS ? 1u << operand->base : 0;
    return operand->index < X86_REGISTERS ? set | 1u << operand->index : set;
}

/* Registers that an instruction reads; those that it overwrites whole without looking. */
static void uses(const struct x86_instruction *self, uint32_t *reads, uint32_t *kills)
{
    const struct gas_instruction *gas = self->gas;
    *reads = *kills = 0;
    for (size_t o = 0; o < gas->operand_count; o++) {
        const struct gas_operand *operand = &gas->operands[o];
        if (operand->kind == GAS_MEMORY)
            *reads |= address_registers(operand);
        else if (operand->kind == GAS_REGISTER && operand->reg < X86_REGISTERS) {
            bool is_target = o + 1 == gas->operand_count;
            bool is_whole = operand->bytes >= 4;
            bool only_writes = self->operation == X86_MOV || self->operation == X86_MOVZX ||
                               self->operation == X86_MOVSX || self->operation == X86_LEA ||
                               self->operation == X86_POP || self->operation == X86_MOVX ||
                               (self->operation == X86_XOR && gas->operands[0].kind == GAS_REGISTER &&
                                gas->operands[0].reg == operand->reg) ||
                               (self->operation == X86_IMUL && gas->operand_count == 3);
            if (is_target && is_whole && only_writes)
                *kills |= 1u << operand->reg;
            else
                *reads |= 1u << operand->reg;
        }
    }
    if (self->operation == X86_XOR)
        *reads &= ~*kills;
    switch (self->operation) {
    case X86_IMUL:
    case X86_MUL:
    case X86_DIV:
    case X86_IDIV:
        if (gas->operand_count == 1)
            *reads |= 1u << GAS_RAX | 1u << GAS_RDX;
        break;
    case X86_EXTEND_A:
    case X86_CMPXCHG:
        *reads |= 1u << GAS_RAX;
        break;
    case X86_EXTEND_D:
        *reads |= 1u << GAS_RAX;
        *kills |= 1u << GAS_RDX;
        break;
    case X86_STOS:
        *reads |= 1u << GAS_RAX | 1u << GAS_RCX | 1u << GAS_RDI;
        break;
    case X86_LEAVE:
        *reads |= 1u << GAS_RBP;
        break;
    case X86_CALL:
        *reads |= 1u << GAS_RDI | 1u << GAS_RSI | 1u << GAS_RDX | 1u << GAS_RCX | 1u << 8 | 1u << 9 | 1u << GAS_RAX;
        break;
    case X86_SHL:
    case X86_SHR:
    case X86_SAR:
    default:
        break;
    }
    *reads |= 1u << GAS_RSP;
}

static bool reads_flags(const struct x86_instruction *self)
{
    return self->operation == X86_JCC || self->operation == X86_SETCC || self->operation == X86_CMOV ||
           self->operation == X86_ADC || self->operation == X86_SBB;
}

/* Whether the flags as they were do not matter behind it. */
static bool kills_flags(const struct x86_instruction *self)
{
    switch (self->operation) {
    case X86_ADD:
    case X86_SUB:
    case X86_AND:
    case X86_OR:
    case X86_XOR:
    case X86_NEG:
    case X86_CMP:
    case X86_TEST:
    case X86_IMUL:
    case X86_MUL:
    case X86_CMPXCHG:
    case X86_XADD:
    case X86_CALL:
    case X86_RET:
        return true;
    default:
        return false;
    }
}

/* What matters to whoever a function returns to: what it returns, what it must keep, and what it does not write at all, for compilers know
 * what functions of the same file leave alone. */
static uint32_t live_at_return(const struct x86 *self, size_t index)
{
    uint32_t kept = 1u << GAS_RAX | 1u << GAS_RDX | 1u << GAS_RBX | 1u << GAS_RBP | 1u << GAS_RSP | 0xf000u;
    uint32_t written = 0;
    size_t first = index, end = index;
    while (first > 0 && !self->starts[first])
        first--;
    while (end + 1 < self->code_count && !self->starts[end + 1])
        end++;
    for (size_t i = first; i <= end; i++) {
        const struct gas_instruction *gas = self->code[i].gas;
        for (size_t o = 0; o < gas->operand_count; o++)
            if (gas->operands[o].kind == GAS_REGISTER && gas->operands[o].reg < X86_REGISTERS)
                written |= 1u << gas->operands[o].reg;
        if (self->code[i].operation == X86_CALL)
            written |= ALL_REGISTERS & ~kept;
    }
    return kept | (ALL_REGISTERS & ~written);
}

/* Jumps out of a function and computed ones lead where anything may matter. */
static bool update(struct x86 *self, size_t index)
{
    struct x86_instruction *instruction = &self->code[index];
    uint32_t live = 0, reads, kills;
    bool flags = false;
    bool goes_on =
        instruction->operation != X86_JMP && instruction->operation != X86_RET && instruction->operation != X86_UD2;
    bool jumps = instruction->operation == X86_JMP || instruction->operation == X86_JCC;
    size_t target = target_of(self, instruction);
    if (goes_on && index + 1 < self->code_count) {
        live |= self->code[index + 1].live;
        flags |= self->code[index + 1].flags_live;
    }
    if (jumps && target != SIZE_MAX) {
        live |= self->code[target].live;
        flags |= self->code[target].flags_live;
    } else if (jumps)
        live = ALL_REGISTERS;
    if (instruction->operation == X86_RET)
        live = self->returns[index];
    uses(instruction, &reads, &kills);
    live = (live & ~kills) | reads;
    flags = (flags && !kills_flags(instruction)) || reads_flags(instruction);
    bool changes = live != instruction->live || flags != instruction->flags_live;
    instruction->live = live;
    instruction->flags_live = flags;
    return changes;
}

static void find_live(struct x86 *self)
{
    self->starts = memory_new(self->code_count + 1, sizeof *self->starts);
    self->returns = memory_new(self->code_count + 1, sizeof *self->returns);
    for (size_t s = 0; s < self->unit.symbol_count; s++) {
        static const char prefix[] = "__VERIFIER_atomic";
        const struct gas_symbol *symbol = &self->unit.symbols[s];
        size_t index = symbol->is_function ? gas_instruction_at(&self->unit, symbol->address) : SIZE_MAX;
        if (index == SIZE_MAX)
            continue;
        self->starts[index] = true;
        self->code[index].is_atomic |=
            symbol->length >= sizeof prefix - 1 && memcmp(symbol->name, prefix, sizeof prefix - 1) == 0;
    }
    for (size_t i = 0; i < self->code_count; i++)
        if (self->code[i].operation == X86_RET)
            self->returns[i] = live_at_return(self, i);
    for (bool changes = true; changes;) {
        changes = false;
        for (size_t i = self->code_count; i-- > 0;)
            changes |= update(self, i);
    }
}

bool x86_decode(struct x86 *self)
{
    self->code_count = self->unit.instruction_count;
    self->code = memory_new(self->code_count + 1, sizeof *self->code);
    for (size_t i = 0; i < self->code_count; i++) {
        self->code[i].gas = &self->unit.instructions[i];
        if (!decode_one(self, &self->code[i]))
            return false;
    }
    mark_targets(self);
    find_live(self);
    return true;
}
