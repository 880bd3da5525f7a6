/* The instructions of litmus tests, each told in the language of docs/language.md. */
#include "frontends/litmus_parts.h"

#include "base/memory.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum operand_form {
    FORM_NUMBER = 1,
    FORM_REGISTER = 2,
    FORM_MEMORY = 4,
    FORM_LABEL = 8,
    FORM_PLACE = FORM_REGISTER | FORM_MEMORY,
    FORM_ANY = FORM_NUMBER | FORM_PLACE
};

struct operand_read {
    enum operand_form form;
    char text[LITMUS_NAME_MAX + 8]; /* "$1", "%ax", "x", ".label_L" */
};

/* Whether an instruction may have the prefix lock: it needs it, may have it where its target is memory, or is locked anyway. */
enum prefix { PREFIX_NONE, PREFIX_MEMORY, PREFIX_NEEDED, PREFIX_IMPLIED };

/* What an instruction does with the flags. */
enum flag_use { FLAGS_KEPT, FLAGS_COMPARED, FLAGS_COMPUTED, FLAGS_TESTED };

/* What an instruction is here; the target is the last operand. */
static const struct row {
    const char *name;
    unsigned source, target; /* bits of enum operand_form; 0: there is none */
    enum prefix prefix;
    enum flag_use flags;
    const char *ours;       /* what stands before the operands */
    bool is_register_first; /* one operand is a register, the other memory, in whichever order */
} rows[] = {
    {"MOV", FORM_ANY, FORM_PLACE, PREFIX_NONE, FLAGS_KEPT, "mov", false},
    {"ADD", FORM_ANY, FORM_PLACE, PREFIX_MEMORY, FLAGS_COMPUTED, "add", false},
    {"SUB", FORM_ANY, FORM_PLACE, PREFIX_MEMORY, FLAGS_COMPUTED, "sub", false},
    {"AND", FORM_ANY, FORM_PLACE, PREFIX_MEMORY, FLAGS_COMPUTED, "and", false},
    {"OR", FORM_ANY, FORM_PLACE, PREFIX_MEMORY, FLAGS_COMPUTED, "or", false},
    {"XOR", FORM_ANY, FORM_PLACE, PREFIX_MEMORY, FLAGS_COMPUTED, "xor", false},
    {"INC", 0, FORM_PLACE, PREFIX_MEMORY, FLAGS_COMPUTED, "add $1,", false},
    {"DEC", 0, FORM_PLACE, PREFIX_MEMORY, FLAGS_COMPUTED, "sub $1,", false},
    {"NEG", 0, FORM_PLACE, PREFIX_MEMORY, FLAGS_COMPUTED, "neg", false},
    {"NOT", 0, FORM_PLACE, PREFIX_MEMORY, FLAGS_KEPT, "not", false},
    {"SHL", FORM_NUMBER, FORM_PLACE, PREFIX_NONE, FLAGS_COMPUTED, "shl", false},
    {"SAL", FORM_NUMBER, FORM_PLACE, PREFIX_NONE, FLAGS_COMPUTED, "shl", false},
    {"CMP", FORM_ANY, FORM_PLACE, PREFIX_NONE, FLAGS_COMPARED, "test", false},
    {"TEST", FORM_REGISTER, FORM_REGISTER, PREFIX_NONE, FLAGS_COMPARED, "test $0,", false},
    {"XCHG", FORM_PLACE, FORM_PLACE, PREFIX_IMPLIED, FLAGS_KEPT, "xchg", true},
    {"XADD", FORM_PLACE, FORM_PLACE, PREFIX_NEEDED, FLAGS_COMPUTED, "fetchadd", true},
    {"CMPXCHG", FORM_PLACE, FORM_PLACE, PREFIX_NEEDED, FLAGS_COMPARED, "cas", true},
    {"MFENCE", 0, 0, PREFIX_NONE, FLAGS_KEPT, "mfence", false},
    {"SFENCE", 0, 0, PREFIX_NONE, FLAGS_KEPT, "nop", false},
    {"LFENCE", 0, 0, PREFIX_NONE, FLAGS_KEPT, "nop", false},
    {"ENDBR64", 0, 0, PREFIX_NONE, FLAGS_KEPT, "nop", false},
    {"NOP", 0, 0, PREFIX_NONE, FLAGS_KEPT, "nop", false},
    {"RET", 0, 0, PREFIX_NONE, FLAGS_KEPT, "halt", false},
    {"JMP", FORM_LABEL, 0, PREFIX_NONE, FLAGS_KEPT, "j", false},
    {"JE", FORM_LABEL, 0, PREFIX_NONE, FLAGS_TESTED, "je", false},
    {"JZ", FORM_LABEL, 0, PREFIX_NONE, FLAGS_TESTED, "je", false},
    {"JNE", FORM_LABEL, 0, PREFIX_NONE, FLAGS_TESTED, "jne", false},
    {"JNZ", FORM_LABEL, 0, PREFIX_NONE, FLAGS_TESTED, "jne", false},
    {"JG", FORM_LABEL, 0, PREFIX_NONE, FLAGS_TESTED, "jgt", false},
    {"JGE", FORM_LABEL, 0, PREFIX_NONE, FLAGS_TESTED, "jgte", false},
    {"JL", FORM_LABEL, 0, PREFIX_NONE, FLAGS_TESTED, "jlt", false},
    {"JLE", FORM_LABEL, 0, PREFIX_NONE, FLAGS_TESTED, "jlte", false},
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

/* A label has a name of its own in our text. */
static bool read_label(struct litmus *self, size_t thread, bool is_target, char text[LITMUS_NAME_MAX + 8])
{
    litmus_skip(self);
    const char *at = self->at;
    struct span word = litmus_take_word(self);
    if (word.length == 0 || word.length > LITMUS_NAME_MAX - 8 || memchr(word.at, '.', word.length) != NULL)
        return litmus_fail(self, at, "expected a label of up to %d letters, digits and '_'", LITMUS_NAME_MAX - 8);
    snprintf(text, LITMUS_NAME_MAX + 8, ".label_%.*s", (int)word.length, word.at);
    self->labels = memory_grow(self->labels, self->label_count, &self->label_capacity, sizeof *self->labels);
    self->labels[self->label_count++] = (struct litmus_label){thread, word, is_target};
    return true;
}

/* How many labels of a name a thread has. */
static size_t count_targets(const struct litmus *self, const struct litmus_label *label)
{
    size_t count = 0;
    for (size_t l = 0; l < self->label_count; l++) {
        const struct litmus_label *other = &self->labels[l];
        count += other->is_target && other->thread == label->thread && other->name.length == label->name.length &&
                 memcmp(other->name.at, label->name.at, label->name.length) == 0;
    }
    return count;
}

bool litmus_check_labels(struct litmus *self)
{
    for (size_t l = 0; l < self->label_count; l++) {
        const struct litmus_label *label = &self->labels[l];
        size_t targets = count_targets(self, label);
        if (targets != 1)
            return litmus_fail(self, label->name.at, "P%zu has %s label '%.*s' (expected one)", label->thread,
                               targets == 0 ? "no" : "more than one", (int)label->name.length, label->name.at);
    }
    return true;
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
static bool read_operands(struct litmus *self, size_t thread, const struct row *row, size_t count, const char *end,
                          struct operand_read *operands)
{
    if (row->source == FORM_LABEL) {
        operands[0].form = FORM_LABEL;
        if (!read_label(self, thread, false, operands[0].text))
            return false;
        count = 0;
    }
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

/* What `test` compares: x86 computes with both, which tells no more of a register with itself than the register does. */
static bool check_test(struct litmus *self, const struct row *row, struct operand_read *operands, const char *at)
{
    if (strcmp(row->name, "TEST") != 0)
        return true;
    return strcmp(operands[0].text, operands[1].text) == 0 ||
           litmus_fail(self, at, "test is known of a register with itself alone");
}

static void add(struct litmus *self, size_t thread, const char *at, const struct row *row,
                const struct operand_read *operands, bool is_locked)
{
    struct litmus_step step = {{1, 1}, is_locked && row->prefix == PREFIX_MEMORY};
    bool has_source = row->source != 0 && strcmp(row->name, "TEST") != 0;
    for (const char *c = self->copy; c < at; c++) {
        step.place.line += *c == '\n';
        step.place.column = *c == '\n' ? 1 : step.place.column + 1;
    }
    self->steps[thread] =
        memory_grow(self->steps[thread], self->counts[thread], &self->capacities[thread], sizeof *self->steps[thread]);
    self->steps[thread][self->counts[thread]++] = step;
    text_print(&self->codes[thread], "  %s", row->ours);
    if (has_source)
        text_print(&self->codes[thread], " %s%s", operands[0].text, row->target != 0 ? "," : "");
    if (row->target != 0)
        text_print(&self->codes[thread], " %s", operands[1].text);
    text_print(&self->codes[thread], "\n");
}

static bool check_lock(struct litmus *self, const struct row *row, bool is_locked, const struct operand_read *operands,
                       const char *at)
{
    bool is_known = row->prefix != PREFIX_NONE && (row->prefix != PREFIX_MEMORY || operands[1].form == FORM_MEMORY);
    if (is_locked && !is_known)
        return litmus_fail(self, at, "lock goes with instructions that read and write a variable");
    if (!is_locked && row->prefix == PREFIX_NEEDED)
        return litmus_fail(self, at, "this instruction is known with lock alone");
    return true;
}

/* Where a conditional jump is, a comparison must have set the flags, whichever way has led there. */
static bool check_flags(struct litmus *self, size_t thread, const struct row *row, const char *at)
{
    enum litmus_flags flags = self->flags[thread];
    if (row->flags == FLAGS_COMPARED)
        self->flags[thread] = LITMUS_FLAGS_COMPARED;
    if (row->flags == FLAGS_COMPUTED)
        self->flags[thread] = LITMUS_FLAGS_COMPUTED;
    return row->flags != FLAGS_TESTED || flags == LITMUS_FLAGS_COMPARED ||
           litmus_fail(self, at,
                       "a conditional jump is known behind cmp, test or cmpxchg alone, with no label between");
}

/* Reads "L:"; what stands behind it is read on. */
static bool take_labels(struct litmus *self, size_t thread, const char *end)
{
    for (;;) {
        const char *at = self->at;
        char label[LITMUS_NAME_MAX + 8];
        size_t length = strspn(at, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789.");
        size_t blanks = strspn(at + length, " \t");
        if (length == 0 || at + length + blanks >= end || at[length + blanks] != ':')
            return true;
        if (!read_label(self, thread, true, label) || !litmus_take(self, ":"))
            return false;
        text_print(&self->codes[thread], "%s\n", label);
        self->flags[thread] = LITMUS_FLAGS_OPEN;
        self->at += strspn(self->at, " \t");
    }
}

/* Operands of nop only make it longer. */
static bool is_long_nop(struct span word)
{
    return is_word(word.at, word.length, "NOPL") || is_word(word.at, word.length, "NOPW");
}

static bool complain_of_instruction(struct litmus *self, const char *at)
{
    char *found = litmus_found(at);
    litmus_fail(self, at,
                "unknown instruction %s (expected mov, xchg, mfence, add, sub, and, or, xor, inc, dec, neg, not, shl, "
                "cmp, test, lock xadd, lock cmpxchg, a jump, ret, lfence, sfence or nop)",
                found);
    memory_free(found);
    return false;
}

bool litmus_read_instruction(struct litmus *self, size_t thread, struct span cell)
{
    struct operand_read operands[2] = {0};
    const char *end = cell.at + cell.length;
    self->at = cell.at;
    if (!take_labels(self, thread, end))
        return false;
    const char *at = self->at;
    if (at >= end)
        return true;
    struct span word = litmus_take_word(self);
    bool is_locked = is_word(word.at, word.length, "LOCK");
    (void)litmus_take(self, is_locked ? ";" : "");
    if (is_locked)
        word = litmus_take_word(self);
    const struct row *row = find_row(word.at, word.length);
    if (row == NULL && is_long_nop(word)) {
        row = find_row("NOP", 3);
        self->at = end;
    }
    if (row == NULL)
        return complain_of_instruction(self, at);
    size_t count = (size_t)(row->source != 0) + (size_t)(row->target != 0);
    if (!read_operands(self, thread, row, count, end, &operands[row->source != 0 ? 0 : 2 - count]) ||
        !check_lock(self, row, is_locked, operands, at) || !check_operands(self, row, operands, at) ||
        !check_test(self, row, operands, at) || !check_flags(self, thread, row, at))
        return false;
    add(self, thread, at, row, operands, is_locked);
    return true;
}
