#include "program/instruction.h"

#include <assert.h>
#include <string.h>

enum {
    NOTHING = 1u << OPERAND_NONE, /* may be left out */
    IMMEDIATE = 1u << OPERAND_IMMEDIATE,
    REGISTER = 1u << OPERAND_REGISTER,
    WORD = 1u << OPERAND_WORD | 1u << OPERAND_COMPUTED,
    MUTEX = 1u << OPERAND_MUTEX,
    SEMAPHORE = 1u << OPERAND_SEMAPHORE,
    QUEUE = 1u << OPERAND_QUEUE,
    TARGET = 1u << OPERAND_TARGET,
    PLACE = REGISTER | WORD,
    VALUE = IMMEDIATE | PLACE,
    READ = USE_READ,
    WRITE = USE_WRITE,
    BOTH = USE_READ | USE_WRITE,
    ADDRESS = USE_ADDRESS
};

/* One row an opcode: mnemonic, operands accepted, how they are used, how FLAGS is used, how %ax and %sp are used unnamed,
 * whether the flow ends here. */
static const struct instruction_form forms[OPCODE_COUNT] = {
    [OPCODE_NOP] = {"nop", OPCODE_NOP, {0, 0}, {0, 0}, 0, 0, 0, false},
    [OPCODE_HALT] = {"halt", OPCODE_HALT, {0, 0}, {0, 0}, 0, 0, 0, true},
    [OPCODE_MOV] = {"mov", OPCODE_MOV, {VALUE, PLACE}, {READ, WRITE}, 0, 0, 0, false},
    [OPCODE_ADD] = {"add", OPCODE_ADD, {VALUE, PLACE}, {READ, BOTH}, 0, 0, 0, false},
    [OPCODE_SUB] = {"sub", OPCODE_SUB, {VALUE, PLACE}, {READ, BOTH}, 0, 0, 0, false},
    [OPCODE_MUL] = {"mul", OPCODE_MUL, {VALUE, PLACE}, {READ, BOTH}, 0, 0, 0, false},
    [OPCODE_NEG] = {"neg", OPCODE_NEG, {PLACE, 0}, {BOTH, 0}, 0, 0, 0, false},
    [OPCODE_TEST] = {"test", OPCODE_TEST, {VALUE, VALUE}, {READ, READ}, WRITE, 0, 0, false},
    [OPCODE_J] = {"j", OPCODE_J, {TARGET, 0}, {READ, 0}, 0, 0, 0, true},
    [OPCODE_JE] = {"je", OPCODE_JE, {TARGET, 0}, {READ, 0}, READ, 0, 0, false},
    [OPCODE_JNE] = {"jne", OPCODE_JNE, {TARGET, 0}, {READ, 0}, READ, 0, 0, false},
    [OPCODE_JGT] = {"jgt", OPCODE_JGT, {TARGET, 0}, {READ, 0}, READ, 0, 0, false},
    [OPCODE_JGTE] = {"jgte", OPCODE_JGTE, {TARGET, 0}, {READ, 0}, READ, 0, 0, false},
    [OPCODE_JLT] = {"jlt", OPCODE_JLT, {TARGET, 0}, {READ, 0}, READ, 0, 0, false},
    [OPCODE_JLTE] = {"jlte", OPCODE_JLTE, {TARGET, 0}, {READ, 0}, READ, 0, 0, false},
    [OPCODE_XCHG] = {"xchg", OPCODE_XCHG, {REGISTER, WORD}, {BOTH, BOTH}, 0, 0, 0, false},
    [OPCODE_FETCHADD] = {"fetchadd", OPCODE_FETCHADD, {REGISTER, WORD}, {BOTH, BOTH}, 0, 0, 0, false},
    [OPCODE_LOCK] = {"lock", OPCODE_LOCK, {MUTEX, 0}, {BOTH, 0}, 0, 0, 0, false},
    [OPCODE_UNLOCK] = {"unlock", OPCODE_UNLOCK, {MUTEX, 0}, {BOTH, 0}, 0, 0, 0, false},
    [OPCODE_WAIT] = {"wait", OPCODE_WAIT, {SEMAPHORE, 0}, {BOTH, 0}, 0, 0, 0, false},
    [OPCODE_POST] = {"post", OPCODE_POST, {SEMAPHORE, 0}, {BOTH, 0}, 0, 0, 0, false},
    [OPCODE_PUT] = {"put", OPCODE_PUT, {QUEUE, VALUE}, {BOTH, READ}, 0, 0, 0, false},
    [OPCODE_GET] = {"get", OPCODE_GET, {QUEUE, PLACE}, {BOTH, WRITE}, 0, 0, 0, false},
    [OPCODE_CAS] = {"cas", OPCODE_CAS, {REGISTER, WORD}, {READ, BOTH}, WRITE, BOTH, 0, false},
    [OPCODE_YIELD] = {"yield", OPCODE_YIELD, {0, 0}, {0, 0}, 0, 0, 0, false},
    [OPCODE_IO] = {"io", OPCODE_IO, {0, 0}, {0, 0}, 0, 0, 0, false},
    [OPCODE_LEA] = {"lea", OPCODE_LEA, {WORD, REGISTER}, {ADDRESS, WRITE}, 0, 0, 0, false},
    [OPCODE_PUSH] = {"push", OPCODE_PUSH, {VALUE, 0}, {READ | ADDRESS, 0}, 0, 0, BOTH, false},
    [OPCODE_POP] = {"pop", OPCODE_POP, {REGISTER | NOTHING, 0}, {WRITE, 0}, 0, 0, BOTH, false},
    [OPCODE_CALL] = {"call", OPCODE_CALL, {TARGET, 0}, {READ, 0}, 0, 0, BOTH, true},
    [OPCODE_RET] = {"ret", OPCODE_RET, {0, 0}, {0, 0}, 0, 0, BOTH, true},
};

static const char *const register_names[REGISTER_COUNT] = {
    [REGISTER_AX] = "ax", [REGISTER_BX] = "bx", [REGISTER_CX] = "cx", [REGISTER_DX] = "dx",       [REGISTER_EX] = "ex",
    [REGISTER_FX] = "fx", [REGISTER_SP] = "sp", [REGISTER_BP] = "bp", [REGISTER_FLAGS] = "flags",
};

static bool same(const char *name, const char *word, size_t length)
{
    return strlen(name) == length && memcmp(name, word, length) == 0;
}

const struct instruction_form *instruction_find(const char *mnemonic, size_t length)
{
    for (size_t i = 0; i < OPCODE_COUNT; i++)
        if (same(forms[i].mnemonic, mnemonic, length))
            return &forms[i];
    return NULL;
}

const struct instruction_form *instruction_form(enum opcode opcode)
{
    assert(opcode < OPCODE_COUNT);
    return &forms[opcode];
}

unsigned instruction_operand_count(const struct instruction_form *form)
{
    return form->accepts[1] != 0 ? 2 : form->accepts[0] != 0 ? 1 : 0;
}

/* What an address is computed from is read, whatever happens to the word there. */
static unsigned address_registers(const struct operand *operand)
{
    unsigned set = operand->base != REGISTER_NONE ? 1u << operand->base : 0;
    return operand->index != REGISTER_NONE ? set | 1u << operand->index : set;
}

static uint16_t registers_used(const struct instruction *self, unsigned use)
{
    const struct instruction_form *form = instruction_form(self->opcode);
    unsigned set = form->flags_use & use ? 1u << REGISTER_FLAGS : 0;
    set |= form->ax_use & use ? 1u << REGISTER_AX : 0;
    set |= form->sp_use & use ? 1u << REGISTER_SP : 0;
    for (size_t i = 0; i < 2; i++) {
        if (self->operands[i].kind == OPERAND_REGISTER && form->uses[i] & use)
            set |= 1u << self->operands[i].value;
        if (self->operands[i].kind == OPERAND_COMPUTED && use == USE_READ)
            set |= address_registers(&self->operands[i]);
    }
    return (uint16_t)set;
}

uint16_t instruction_reads(const struct instruction *self)
{
    return registers_used(self, USE_READ);
}

uint16_t instruction_writes(const struct instruction *self)
{
    return registers_used(self, USE_WRITE);
}

bool instruction_computes(const struct instruction *self)
{
    const struct instruction_form *form = instruction_form(self->opcode);
    for (size_t i = 0; i < 2; i++)
        if (self->operands[i].kind == OPERAND_COMPUTED && (form->uses[i] & USE_ADDRESS) == 0)
            return true;
    return false;
}

bool instruction_uses_stack(const struct instruction *self)
{
    return instruction_form(self->opcode)->sp_use != 0;
}

const char *register_name(enum register_name name)
{
    assert(name < REGISTER_COUNT);
    return register_names[name];
}

enum register_name register_find(const char *name, size_t length)
{
    enum register_name found = REGISTER_AX;
    while (found < REGISTER_FLAGS && !same(register_names[found], name, length))
        found++;
    return found < REGISTER_FLAGS ? found : REGISTER_COUNT;
}
