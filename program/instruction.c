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
    CONDITION = 1u << OPERAND_CONDITION,
    BARRIER = 1u << OPERAND_BARRIER,
    EVENT = 1u << OPERAND_EVENT,
    RWLOCK = 1u << OPERAND_RWLOCK,
    THREAD = 1u << OPERAND_THREAD,
    RANGE = 1u << OPERAND_RANGE,
    STRING = 1u << OPERAND_STRING,
    PREDICATE = 1u << OPERAND_PREDICATE,
    TARGET = 1u << OPERAND_TARGET,
    PLACE = REGISTER | WORD,
    VALUE = IMMEDIATE | PLACE,
};

/* target = operation(a, b) */
#define ASSIGN(name, target, a, b)                                                \
    {                                                                             \
        MICRO_ASSIGN, {OPERATION_##name}, PLACE_##target, PLACE_##a, PLACE_##b, 0 \
    }
/* target = operation(number, b) */
#define ASSIGN_NUMBER(name, target, number, b)                                              \
    {                                                                                       \
        MICRO_ASSIGN, {OPERATION_##name}, PLACE_##target, PLACE_CONSTANT, PLACE_##b, number \
    }
#define MOVE_SP(bytes) ASSIGN_NUMBER(ADD, SP, bytes, SP)
#define DO(kind)                                                 \
    {                                                            \
        MICRO_##kind, {0}, PLACE_NONE, PLACE_NONE, PLACE_NONE, 0 \
    }
#define BRANCH(name)                                        \
    {                                                       \
        .kind = MICRO_BRANCH, .condition = CONDITION_##name \
    }

const struct instruction_form instruction_forms[OPCODE_COUNT] = {
    [OPCODE_NOP] = {"nop", {0, 0}, {{0}}},
    [OPCODE_HALT] = {"halt", {0, 0}, {DO(HALT)}},
    [OPCODE_MOV] = {"mov", {VALUE, PLACE}, {ASSIGN(MOVE, SECOND, FIRST, NONE)}},
    [OPCODE_ADD] = {"add", {VALUE, PLACE}, {ASSIGN(ADD, SECOND, FIRST, SECOND)}},
    [OPCODE_SUB] = {"sub", {VALUE, PLACE}, {ASSIGN(SUBTRACT, SECOND, FIRST, SECOND)}},
    [OPCODE_MUL] = {"mul", {VALUE, PLACE}, {ASSIGN(MULTIPLY, SECOND, FIRST, SECOND)}},
    [OPCODE_NEG] = {"neg", {PLACE, 0}, {ASSIGN(SUBTRACT, FIRST, FIRST, CONSTANT)}},
    [OPCODE_DIV] = {"div", {VALUE, PLACE}, {ASSIGN(DIVIDE, SECOND, FIRST, SECOND)}},
    [OPCODE_MOD] = {"mod", {VALUE, PLACE}, {ASSIGN(MODULO, SECOND, FIRST, SECOND)}},
    [OPCODE_AND] = {"and", {VALUE, PLACE}, {ASSIGN(AND, SECOND, FIRST, SECOND)}},
    [OPCODE_OR] = {"or", {VALUE, PLACE}, {ASSIGN(OR, SECOND, FIRST, SECOND)}},
    [OPCODE_XOR] = {"xor", {VALUE, PLACE}, {ASSIGN(XOR, SECOND, FIRST, SECOND)}},
    [OPCODE_SHL] = {"shl", {VALUE, PLACE}, {ASSIGN(SHIFT_LEFT, SECOND, FIRST, SECOND)}},
    [OPCODE_SHR] = {"shr", {VALUE, PLACE}, {ASSIGN(SHIFT_RIGHT, SECOND, FIRST, SECOND)}},
    /* -1 - b */
    [OPCODE_NOT] = {"not",
                    {PLACE, 0},
                    {{MICRO_ASSIGN, {OPERATION_SUBTRACT}, PLACE_FIRST, PLACE_FIRST, PLACE_CONSTANT, -1}}},
    [OPCODE_TEST] = {"test", {VALUE, VALUE}, {ASSIGN(COMPARE, FLAGS, FIRST, SECOND)}},
    [OPCODE_J] = {"j", {TARGET, 0}, {DO(JUMP)}},
    [OPCODE_JE] = {"je", {TARGET, 0}, {BRANCH(EQUAL)}},
    [OPCODE_JNE] = {"jne", {TARGET, 0}, {BRANCH(NOT_EQUAL)}},
    [OPCODE_JGT] = {"jgt", {TARGET, 0}, {BRANCH(GREATER)}},
    [OPCODE_JGTE] = {"jgte", {TARGET, 0}, {BRANCH(GREATER_EQUAL)}},
    [OPCODE_JLT] = {"jlt", {TARGET, 0}, {BRANCH(LESS)}},
    [OPCODE_JLTE] = {"jlte", {TARGET, 0}, {BRANCH(LESS_EQUAL)}},
    [OPCODE_XCHG] = {"xchg",
                     {REGISTER, WORD},
                     {ASSIGN(MOVE, FIRST, SECOND, NONE), ASSIGN(MOVE, SECOND, FIRST, NONE)},
                     .is_locked = true},
    [OPCODE_FETCHADD] = {"fetchadd",
                         {REGISTER, WORD},
                         {ASSIGN(MOVE, FIRST, SECOND, NONE), ASSIGN(ADD, SECOND, FIRST, SECOND)},
                         .is_locked = true},
    [OPCODE_LOCK] = {"lock", {MUTEX, 0}, {DO(LOCK)}},
    [OPCODE_UNLOCK] = {"unlock", {MUTEX, 0}, {DO(UNLOCK)}},
    [OPCODE_WAIT] = {"wait", {SEMAPHORE, 0}, {DO(WAIT), ASSIGN_NUMBER(ADD, OBJECT, -1, OBJECT)}},
    [OPCODE_POST] = {"post", {SEMAPHORE, 0}, {DO(POST), ASSIGN_NUMBER(ADD, OBJECT, 1, OBJECT)}},
    [OPCODE_TRYLOCK] = {"trylock", {MUTEX, PLACE}, {DO(TRYLOCK), ASSIGN(MOVE, SECOND, SUCCESS, NONE)}},
    [OPCODE_TRYWAIT] = {"trywait",
                        {SEMAPHORE, PLACE},
                        {DO(TRYWAIT), ASSIGN(SUBTRACT, OBJECT, SUCCESS, OBJECT), ASSIGN(MOVE, SECOND, SUCCESS, NONE)}},
    [OPCODE_RDLOCK] = {"rdlock", {RWLOCK, 0}, {DO(RDLOCK)}},
    [OPCODE_WRLOCK] = {"wrlock", {RWLOCK, 0}, {DO(WRLOCK)}},
    [OPCODE_RWUNLOCK] = {"rwunlock", {RWLOCK, 0}, {DO(RWUNLOCK)}},
    [OPCODE_CWAIT] = {"cwait", {CONDITION, MUTEX}, {DO(CWAIT)}},
    [OPCODE_SIGNAL] = {"signal", {CONDITION, 0}, {DO(SIGNAL)}},
    [OPCODE_BROADCAST] = {"broadcast", {CONDITION, 0}, {DO(BROADCAST)}},
    [OPCODE_ARRIVE] = {"arrive", {BARRIER, 0}, {DO(ARRIVE)}},
    [OPCODE_AWAIT] = {"await", {EVENT, 0}, {DO(AWAIT)}},
    [OPCODE_SET] = {"set", {EVENT, 0}, {DO(SET), ASSIGN_NUMBER(MOVE, OBJECT, 1, NONE)}},
    [OPCODE_CLEAR] = {"clear", {EVENT, 0}, {DO(SET), ASSIGN_NUMBER(MOVE, OBJECT, 0, NONE)}},
    [OPCODE_SPAWN] = {"spawn", {THREAD, 0}, {DO(SPAWN)}},
    [OPCODE_JOIN] = {"join", {THREAD, 0}, {DO(JOIN)}},
    [OPCODE_CHOOSE] = {"choose", {RANGE, PLACE}, {DO(CHOOSE), ASSIGN(MOVE, SECOND, CHOICE, NONE)}},
    [OPCODE_PUT] = {"put",
                    {QUEUE, VALUE},
                    {DO(PUT), ASSIGN_NUMBER(ADD, LENGTH, 1, LENGTH), ASSIGN(MOVE, NEW_ITEM, SECOND, NONE)}},
    [OPCODE_GET] = {"get",
                    {QUEUE, PLACE},
                    {DO(GET), ASSIGN_NUMBER(ADD, LENGTH, -1, LENGTH), ASSIGN(MOVE, SECOND, ITEM, NONE)}},
    /* %ax takes the word's value in either case: where it does not take it they are equal. */
    [OPCODE_CAS] = {"cas",
                    {REGISTER, WORD},
                    {ASSIGN(COMPARE, FLAGS, AX, SECOND),
                     {.kind = MICRO_REPLACE, .target = PLACE_SECOND, .a = PLACE_FIRST},
                     ASSIGN(MOVE, AX, SECOND, NONE)},
                    .is_locked = true},
    [OPCODE_MFENCE] = {"mfence", {0, 0}, {DO(FENCE)}},
    [OPCODE_YIELD] = {"yield", {0, 0}, {DO(YIELD)}},
    [OPCODE_IO] = {"io", {0, 0}, {DO(LEAVE)}},
    [OPCODE_LEA] = {"lea", {WORD, REGISTER}, {ASSIGN(MOVE, SECOND, ADDRESS, NONE)}},
    [OPCODE_PUSH] = {"push", {VALUE, 0}, {DO(PUSH), ASSIGN(MOVE, PUSHED, ADDRESS, NONE), MOVE_SP(-4)}},
    /* What is popped comes last, should it be popped to %sp. */
    [OPCODE_POP] = {"pop", {REGISTER | NOTHING, 0}, {DO(POP), MOVE_SP(4), ASSIGN(MOVE, FIRST, TOP, NONE)}},
    [OPCODE_CALL] = {"call", {TARGET, 0}, {DO(CALL), ASSIGN(MOVE, PUSHED, BEHIND, NONE), MOVE_SP(-4)}},
    [OPCODE_PRINT] = {"print", {VALUE | STRING, 0}, {{.kind = MICRO_PRINT, .a = PLACE_FIRST}}},
    [OPCODE_ASSERT] = {"assert", {PREDICATE, 0}, {DO(ASSERT)}},
    /* These have no word that a program could be written with. */
    [OPCODE_EXIT] = {"(exit)", {0, 0}, {DO(EXIT)}},
    [OPCODE_FAIL] = {"(fail)", {STRING, 0}, {DO(FAIL)}},
    [OPCODE_DIE] = {"(die)", {STRING, 0}, {DO(DIE)}},
    [OPCODE_DELAY] = {"(delay)", {WORD, 0}, {DO(DELAY)}},
    [OPCODE_RET] = {"ret", {0, 0}, {DO(RETURN), MOVE_SP(4)}},
};

static const char *const register_names[REGISTER_COUNT] = {
    [REGISTER_AX] = "ax", [REGISTER_BX] = "bx", [REGISTER_CX] = "cx", [REGISTER_DX] = "dx",       [REGISTER_EX] = "ex",
    [REGISTER_FX] = "fx", [REGISTER_SP] = "sp", [REGISTER_BP] = "bp", [REGISTER_FLAGS] = "flags",
};

static bool same(const char *name, const char *word, size_t length)
{
    return strlen(name) == length && memcmp(name, word, length) == 0;
}

enum opcode instruction_find(const char *mnemonic, size_t length)
{
    enum opcode opcode = 0;
    while (opcode < OPCODE_COUNT && !same(instruction_forms[opcode].mnemonic, mnemonic, length))
        opcode++;
    return opcode;
}

unsigned instruction_operand_count(const struct instruction_form *form)
{
    return form->accepts[1] != 0 ? 2 : form->accepts[0] != 0 ? 1 : 0;
}

enum micro_kind instruction_kind(const struct instruction *self)
{
    enum micro_kind kind = MICRO_NONE;
    FOR_EACH_MICRO (micro, self)
        if (kind == MICRO_NONE || micro->kind != MICRO_ASSIGN)
            kind = micro->kind;
    return kind;
}

unsigned instruction_flow(const struct instruction *self)
{
    unsigned flow = micro_kinds[instruction_kind(self)].flow;
    return flow != 0 ? flow : FLOW_NEXT;
}

unsigned instruction_use(const struct instruction *self, size_t number)
{
    enum micro_place place = number == 0 ? PLACE_FIRST : PLACE_SECOND;
    bool has_address = self->operands[number].kind == OPERAND_COMPUTED;
    unsigned use = 0;
    FOR_EACH_MICRO (micro, self) {
        use |= micro->a == place || micro->b == place ? USE_READ : 0u;
        use |= micro->target == place ? USE_WRITE : 0u;
        use |= micro->target == place && micro->kind == MICRO_REPLACE ? USE_READ : 0u;
        if (micro->a == PLACE_ADDRESS && number == 0)
            use |= has_address ? USE_ADDRESS : USE_READ;
    }
    return use;
}

bool instruction_form_takes_address(const struct instruction_form *form)
{
    for (size_t m = 0; m < MICRO_MAX; m++)
        if (form->micros[m].a == PLACE_ADDRESS)
            return true;
    return false;
}

/* What an address is computed from is read, whatever happens to the word there. */
static register_set address_registers(const struct operand *operand)
{
    register_set set = operand->base != REGISTER_NONE ? UINT64_C(1) << operand->base : 0;
    return operand->index != REGISTER_NONE ? set | UINT64_C(1) << operand->index : set;
}

/* The register that a place is, whatever the operands are. */
static unsigned register_at(enum micro_place place)
{
    return place == PLACE_AX      ? 1u << REGISTER_AX
           : place == PLACE_SP    ? 1u << REGISTER_SP
           : place == PLACE_FLAGS ? 1u << REGISTER_FLAGS
                                  : 0;
}

static register_set registers_used(const struct instruction *self, enum operand_use use)
{
    register_set set = 0;
    FOR_EACH_MICRO (micro, self) {
        const enum micro_place *deciders = micro_kinds[micro->kind].deciders;
        if (use == USE_READ)
            set |= register_at(micro->a) | register_at(micro->b) | register_at(deciders[0]) | register_at(deciders[1]);
        else
            set |= register_at(micro->target);
    }
    for (size_t i = 0; i < 2; i++) {
        if (self->operands[i].kind == OPERAND_REGISTER && instruction_use(self, i) & use)
            set |= UINT64_C(1) << self->operands[i].value;
        if (self->operands[i].kind == OPERAND_PREDICATE && use == USE_READ)
            set |= self->operands[i].base;
        if ((self->operands[i].kind == OPERAND_COMPUTED || operand_is_picked(&self->operands[i])) && use == USE_READ)
            set |= address_registers(&self->operands[i]);
    }
    return set;
}

register_set instruction_reads(const struct instruction *self)
{
    return registers_used(self, USE_READ);
}

register_set instruction_writes(const struct instruction *self)
{
    return registers_used(self, USE_WRITE);
}

bool instruction_computes(const struct instruction *self)
{
    for (size_t i = 0; i < 2; i++)
        if (self->operands[i].kind == OPERAND_COMPUTED && (instruction_use(self, i) & USE_ADDRESS) == 0)
            return true;
    return false;
}

bool instruction_drains(const struct instruction *self)
{
    FOR_EACH_MICRO (micro, self)
        if (micro_kinds[micro->kind].drains)
            return true;
    return instruction_form(self->opcode)->is_locked || self->is_locked;
}

bool instruction_may_buffer(const struct instruction *self)
{
    for (size_t i = 0; i < 2; i++)
        if ((self->operands[i].kind == OPERAND_WORD || self->operands[i].kind == OPERAND_COMPUTED) &&
            (instruction_use(self, i) & USE_WRITE) != 0)
            return !instruction_form(self->opcode)->is_locked && !self->is_locked;
    return false;
}

bool instruction_uses_stack(const struct instruction *self)
{
    const enum micro_place *deciders = micro_kinds[instruction_kind(self)].deciders;
    return deciders[0] == PLACE_SP || deciders[1] == PLACE_SP;
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

static bool is_private(const struct operand *operand)
{
    return operand->kind == OPERAND_NONE || operand->kind == OPERAND_IMMEDIATE || operand->kind == OPERAND_REGISTER ||
           operand->kind == OPERAND_TARGET || operand->kind == OPERAND_STRING || operand->kind == OPERAND_RANGE;
}

bool instruction_is_visible(const struct instruction *self)
{
    return self->opcode == OPCODE_PRINT || self->opcode == OPCODE_EXIT || self->opcode == OPCODE_FAIL ||
           !is_private(&self->operands[0]) || !is_private(&self->operands[1]);
}
