/* The instructions of litmus tests, each told in the language of docs/language.md. */
#include "frontends/litmus_parts.h"

#include "base/memory.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum operand_form { FORM_NUMBER = 1, FORM_REGISTER = 2, FORM_MEMORY = 4 };

struct operand_read {
    enum operand_form form;
    char text[LITMUS_NAME_MAX + 8]; /* "$1", "%ax", "x" */
};

/* What an instruction is here; the target is the last operand. Locked is with the prefix, or always. */
static const struct row {
    const char *name;
    unsigned source, target; /* bits of enum operand_form; 0: there is none */
    bool needs_lock, may_lock;
    const char *ours;       /* what stands before the operands */
    bool is_register_first; /* one operand is a register, the other memory, in whichever order */
} rows[] = {
    {"MOV", FORM_NUMBER | FORM_REGISTER | FORM_MEMORY, FORM_REGISTER | FORM_MEMORY, false, false, "mov", false},
    {"ADD", FORM_NUMBER | FORM_REGISTER | FORM_MEMORY, FORM_REGISTER | FORM_MEMORY, false, false, "add", false},
    {"SUB", FORM_NUMBER | FORM_REGISTER | FORM_MEMORY, FORM_REGISTER | FORM_MEMORY, false, false, "sub", false},
    {"INC", 0, FORM_REGISTER | FORM_MEMORY, false, false, "add $1,", false},
    {"DEC", 0, FORM_REGISTER | FORM_MEMORY, false, false, "sub $1,", false},
    {"XCHG", FORM_REGISTER | FORM_MEMORY, FORM_REGISTER | FORM_MEMORY, false, true, "xchg", true},
    {"XADD", FORM_REGISTER | FORM_MEMORY, FORM_REGISTER | FORM_MEMORY, true, true, "fetchadd", true},
    {"CMPXCHG", FORM_REGISTER | FORM_MEMORY, FORM_REGISTER | FORM_MEMORY, true, true, "cas", true},
    {"MFENCE", 0, 0, false, false, "mfence", false},
    {"SFENCE", 0, 0, false, false, "nop", false},
    {"LFENCE", 0, 0, false, false, "nop", false},
    {"NOP", 0, 0, false, false, "nop", false},
};

enum { ROW_COUNT = sizeof rows / sizeof *rows };

static bool is_word(const char *word, size_t length, const char *name)
{
    return strlen(name) == length && strncasecmp(word, name, length) == 0;
}

/* AT&T's suffixes say the width, which matters to nobody here. */
static const struct row *find_row(const char *word, size_t length)
{
    for (size_t r = 0; r < ROW_COUNT; r++)
        if (is_word(word, length, rows[r].name) ||
            (length > 1 && rows[r].target != 0 && strchr("lqLQ", word[length - 1]) != NULL &&
             is_word(word, length - 1, rows[r].name)))
            return &rows[r];
    return NULL;
}

static bool read_memory(struct litmus *self, char close, struct operand_read *operand)
{
    const char *at = self->at;
    const char *variable = litmus_variable(self, at, litmus_take_word(self));
    if (variable == NULL)
        return false;
    operand->form = FORM_MEMORY;
    snprintf(operand->text, sizeof operand->text, "%s", variable);
    return litmus_take(self, (char[]){close, '\0'}) || litmus_fail(self, self->at, "expected '%c'", close);
}

static bool read_operand(struct litmus *self, struct operand_read *operand)
{
    int64_t number;
    litmus_skip(self);
    const char *at = self->at;
    if (litmus_take(self, "["))
        return read_memory(self, ']', operand);
    if (litmus_take(self, "("))
        return read_memory(self, ')', operand);
    if (litmus_take_number(self, &number)) {
        operand->form = FORM_NUMBER;
        snprintf(operand->text, sizeof operand->text, "$%" PRId64, number);
        return true;
    }
    (void)litmus_take(self, "%");
    struct span word = litmus_take_word(self);
    const char *ours = litmus_register(self, at, word);
    if (ours == NULL) {
        char *found = litmus_found(at);
        litmus_fail(self, at, "expected a number, a register or a variable as in [x] or (x), found %s", found);
        memory_free(found);
        return false;
    }
    operand->form = FORM_REGISTER;
    snprintf(operand->text, sizeof operand->text, "%%%s", ours);
    return true;
}

/* The source first, as AT&T has it. */
static bool read_operands(struct litmus *self, size_t count, const char *end, struct operand_read *operands)
{
    for (size_t o = 0; o < count; o++) {
        if (o > 0 && !litmus_take(self, ","))
            return litmus_fail(self, self->at, "expected ',' and another operand");
        if (!read_operand(self, &operands[self->is_intel ? count - 1 - o : o]))
            return false;
    }
    litmus_skip(self);
    return self->at >= end || litmus_fail(self, self->at, "expected nothing more of this instruction");
}

static bool check_operands(struct litmus *self, const struct row *row, struct operand_read *operands, const char *at)
{
    unsigned both = operands[0].form | operands[1].form;
    if (row->is_register_first && both != (FORM_REGISTER | FORM_MEMORY))
        return litmus_fail(self, at, "expected a register and a variable");
    if (row->is_register_first && operands[0].form == FORM_MEMORY) {
        struct operand_read first = operands[0];
        operands[0] = operands[1];
        operands[1] = first;
    }
    bool is_good = (row->source == 0 || (operands[0].form & row->source) != 0) &&
                   (row->target == 0 || (operands[1].form & row->target) != 0) &&
                   (operands[0].form != FORM_MEMORY || operands[1].form != FORM_MEMORY || row->source == 0);
    return is_good || litmus_fail(self, at, "these operands do not go with the instruction");
}

static void add(struct litmus *self, size_t thread, const char *at, const struct row *row,
                const struct operand_read *operands)
{
    struct place place = {1, 1};
    for (const char *c = self->copy; c < at; c++) {
        place.line += *c == '\n';
        place.column = *c == '\n' ? 1 : place.column + 1;
    }
    self->places[thread] = memory_grow(self->places[thread], self->counts[thread], &self->capacities[thread],
                                       sizeof *self->places[thread]);
    self->places[thread][self->counts[thread]++] = place;
    text_print(&self->codes[thread], "  %s", row->ours);
    if (row->source != 0)
        text_print(&self->codes[thread], " %s,", operands[0].text);
    if (row->target != 0)
        text_print(&self->codes[thread], " %s", operands[1].text);
    text_print(&self->codes[thread], "\n");
}

static bool check_lock(struct litmus *self, const struct row *row, bool is_locked, const char *at)
{
    if (is_locked && !row->may_lock)
        return litmus_fail(self, at,
                           "lock with this instruction is not known (expected xchg, lock xadd or lock cmpxchg)");
    if (!is_locked && row->needs_lock)
        return litmus_fail(self, at, "this instruction is known with lock alone");
    return true;
}

bool litmus_read_instruction(struct litmus *self, size_t thread, struct span cell)
{
    struct operand_read operands[2] = {0};
    self->at = cell.at;
    struct span word = litmus_take_word(self);
    bool is_locked = is_word(word.at, word.length, "LOCK");
    (void)litmus_take(self, is_locked ? ";" : "");
    if (is_locked)
        word = litmus_take_word(self);
    const struct row *row = find_row(word.at, word.length);
    if (row == NULL) {
        char *found = litmus_found(cell.at);
        litmus_fail(self, cell.at,
                    "unknown instruction %s (expected mov, xchg, mfence, add, sub, inc, dec, lock xadd, lock cmpxchg, "
                    "lfence, sfence or nop)",
                    found);
        memory_free(found);
        return false;
    }
    size_t count = (size_t)(row->source != 0) + (size_t)(row->target != 0);
    if (!check_lock(self, row, is_locked, cell.at) ||
        !read_operands(self, count, cell.at + cell.length, &operands[2 - count]) ||
        !check_operands(self, row, operands, cell.at))
        return false;
    add(self, thread, cell.at, row, operands);
    return true;
}
