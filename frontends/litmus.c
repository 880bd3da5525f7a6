#include "frontends/litmus_parts.h"

#include "base/memory.h"
#include "frontends/assembler.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

/* ---- Words ------------------------------------------------------------------------------------------------------- */

static struct place place_at(const struct litmus *self, const char *at)
{
    struct place place = {1, 1};
    for (const char *c = self->copy; c < at; c++) {
        place.line += *c == '\n';
        place.column = *c == '\n' ? 1 : place.column + 1;
    }
    return place;
}

bool litmus_fail(struct litmus *self, const char *at, const char *problem, ...)
{
    struct place place = place_at(self, at);
    va_list arguments;
    char words[256];
    va_start(arguments, problem);
    vsnprintf(words, sizeof words, problem, arguments);
    va_end(arguments);
    return error_set(self->error, self->input->source, place.line, place.column, "%s", words);
}

char *litmus_found(const char *at)
{
    size_t length = strcspn(at, "\n|;");
    while (length > 0 && isspace((unsigned char)at[length - 1]))
        length--;
    return length == 0 ? memory_copy_string("the end") : text_format("'%.*s'", (int)(length < 40 ? length : 40), at);
}

void litmus_skip(struct litmus *self)
{
    while (isspace((unsigned char)*self->at))
        self->at++;
}

bool litmus_take(struct litmus *self, const char *sign)
{
    litmus_skip(self);
    if (strncmp(self->at, sign, strlen(sign)) != 0)
        return false;
    self->at += strlen(sign);
    return true;
}

struct span litmus_take_word(struct litmus *self)
{
    litmus_skip(self);
    struct span word = {self->at, 0};
    while (isalnum((unsigned char)self->at[0]) || self->at[0] == '_' || self->at[0] == '.')
        self->at++;
    word.length = (size_t)(self->at - word.at);
    return word;
}

bool litmus_take_number(struct litmus *self, int64_t *number)
{
    litmus_skip(self);
    const char *at = self->at + (*self->at == '$');
    int base = 10;
    bool is_negative = *at == '-';
    at += is_negative;
    if (at[0] == '0' && (at[1] == 'x' || at[1] == 'X')) {
        base = 16;
        at += 2;
    }
    if (!isxdigit((unsigned char)*at) || (base == 10 && !isdigit((unsigned char)*at)))
        return false;
    for (*number = 0; isxdigit((unsigned char)*at); at++) {
        int digit = isdigit((unsigned char)*at) ? *at - '0' : tolower((unsigned char)*at) - 'a' + 10;
        if (digit >= base || *number > (INT64_MAX - digit) / base)
            return false;
        *number = *number * base + digit;
    }
    *number = is_negative ? -*number : *number;
    self->at = at;
    return true;
}

/* ---- Names ------------------------------------------------------------------------------------------------------- */

static bool is_same(struct span word, const char *name)
{
    return strlen(name) == word.length && memcmp(word.at, name, word.length) == 0;
}

const char *litmus_variable(struct litmus *self, const char *at, struct span name)
{
    static const char *const taken[] = {"THREADS", "ITERS", "SELF", "output", NULL};
    bool is_name = name.length > 0 && !isdigit((unsigned char)name.at[0]) && memchr(name.at, '.', name.length) == NULL;
    for (size_t t = 0; taken[t] != NULL; t++)
        is_name = is_name && !is_same(name, taken[t]);
    if (!is_name || name.length > LITMUS_NAME_MAX) {
        litmus_fail(self, at, "'%.*s' cannot be the name of a variable",
                    (int)(name.length < LITMUS_NAME_MAX ? name.length : LITMUS_NAME_MAX), name.at);
        return NULL;
    }
    for (size_t v = 0; v < self->variable_count; v++)
        if (is_same(name, self->variables[v]))
            return self->variables[v];
    size_t capacity = self->variable_capacity;
    self->variables = memory_grow(self->variables, self->variable_count, &capacity, sizeof *self->variables);
    self->firsts = memory_grow(self->firsts, self->variable_count, &self->variable_capacity, sizeof *self->firsts);
    self->firsts[self->variable_count] = 0;
    struct text copy = TEXT_INIT;
    text_append(&copy, name.at, name.length);
    return self->variables[self->variable_count++] = text_take(&copy);
}

/* "EAX", "rax", "%al" are parts of AX; "R8D" is a part of R8. */
static bool find_family(struct span name, char family[8])
{
    static const char *const families[] = {"AX", "BX", "CX", "DX", "SI", "DI", "BP", NULL};
    char word[8] = {0};
    if (name.length > 0 && name.at[0] == '%')
        name = (struct span){name.at + 1, name.length - 1};
    if (name.length < 2 || name.length > 4)
        return false;
    for (size_t i = 0; i < name.length; i++)
        word[i] = (char)toupper((unsigned char)name.at[i]);
    if (word[0] == 'R' && isdigit((unsigned char)word[1])) {
        size_t digits = strspn(word + 1, "0123456789");
        bool is_part =
            word[digits + 1] == '\0' || (strchr("DWB", word[digits + 1]) != NULL && word[digits + 2] == '\0');
        word[digits + 1] = '\0';
        memcpy(family, word, 8);
        return is_part && digits <= 2 &&
               (strlen(word) == 3 ? strcmp(word, "R10") >= 0 && strcmp(word, "R15") <= 0 : word[1] >= '8');
    }
    const char *rest = word[0] == 'E' || word[0] == 'R' ? word + 1 : word;
    for (size_t f = 0; families[f] != NULL; f++) {
        bool is_low = f < 4 && rest == word && word[0] == families[f][0] && strcmp(word + 1, "L") == 0;
        if (strcmp(rest, families[f]) == 0 || is_low) {
            memcpy(family, families[f], 3);
            return true;
        }
    }
    return false;
}

const char *litmus_register(struct litmus *self, const char *at, struct span name)
{
    /* cmpxchg speaks of AX without naming it. */
    static const char *const own[] = {"AX", "ax", "BX", "bx", "CX", "cx", "DX", "dx", NULL};
    static const char *const spare[] = {"ex", "fx", "bp", NULL};
    char family[8] = {0};
    if (!find_family(name, family))
        return NULL;
    for (size_t o = 0; own[o] != NULL; o += 2)
        if (strcmp(own[o], family) == 0)
            return own[o + 1];
    size_t r = 0;
    while (r < self->register_count && strcmp(self->registers[r].family, family) != 0)
        r++;
    if (r < self->register_count)
        return self->registers[r].ours;
    if (spare[r] == NULL) {
        litmus_fail(self, at, "more registers than AX, BX, CX, DX and three others");
        return NULL;
    }
    memcpy(self->registers[r].family, family, sizeof family);
    self->registers[self->register_count++].ours = spare[r];
    return spare[r];
}

/* ---- Head and first values ----------------------------------------------------------------------------------------- */

/* Comments count as blanks, so that places stay what they are. */
static void blank_comments(char *text)
{
    for (char *open; (open = strstr(text, "(*")) != NULL;) {
        char *close = strstr(open + 2, "*)"), *end = close != NULL ? close + 2 : open + strlen(open);
        for (char *c = open; c < end; c++)
            *c = *c == '\n' ? '\n' : ' ';
    }
}

static bool read_head(struct litmus *self)
{
    struct span architecture = litmus_take_word(self);
    self->is_intel = is_same(architecture, "X86");
    self->at += strspn(self->at, " \t");
    text_append(&self->test, self->at, strcspn(self->at, " \t\r\n({"));
    const char *brace = strchr(self->at, '{');
    if (brace == NULL)
        return litmus_fail(self, self->at, "expected '{' with first values");
    self->at = brace + 1;
    return true;
}

/* The number of a thread before a colon, "0:" or "P0:"; -1 where none stands there. */
static int take_thread(struct litmus *self)
{
    const char *before = self->at;
    litmus_skip(self);
    self->at += self->at[0] == 'P' && isdigit((unsigned char)self->at[1]);
    struct span word = litmus_take_word(self);
    int number = 0;
    for (size_t i = 0; i < word.length && number >= 0; i++)
        number =
            isdigit((unsigned char)word.at[i]) && number < PROGRAM_THREADS_MAX ? 10 * number + word.at[i] - '0' : -1;
    if (word.length > 0 && number >= 0 && litmus_take(self, ":"))
        return number;
    self->at = before;
    return -1;
}

static bool read_first_value(struct litmus *self)
{
    int64_t value;
    litmus_skip(self);
    const char *at = self->at;
    int thread = take_thread(self);
    litmus_skip(self);
    const char *name_at = self->at + (*self->at == '[' || *self->at == '%');
    bool is_bracketed = litmus_take(self, "[");
    (void)litmus_take(self, "%");
    struct span name = litmus_take_word(self);
    if (thread < 0 && !is_bracketed &&
        (is_same(name, "int") || is_same(name, "uint64_t") || is_same(name, "int64_t"))) {
        name_at = self->at;
        name = litmus_take_word(self);
    }
    if (is_bracketed && !litmus_take(self, "]"))
        return litmus_fail(self, self->at, "expected ']'");
    bool has_value = litmus_take(self, "=");
    if (has_value && !litmus_take_number(self, &value))
        return litmus_fail(self, self->at, "expected a number of 63 bits");
    if (!has_value && thread >= 0)
        return litmus_fail(self, self->at, "expected '=' and the register's first value");
    if (thread < 0) {
        const char *variable = litmus_variable(self, name_at, name);
        for (size_t v = 0; has_value && variable != NULL && v < self->variable_count; v++)
            self->firsts[v] = self->variables[v] == variable ? value : self->firsts[v];
        return variable != NULL;
    }
    const char *ours = thread < PROGRAM_THREADS_MAX ? litmus_register(self, name_at, name) : NULL;
    if (ours == NULL)
        return self->error->set || litmus_fail(self, at, "expected a thread's register, as in 0:EAX");
    self->presets[thread][register_find(ours, strlen(ours))] = value;
    return true;
}

static bool read_first_values(struct litmus *self)
{
    for (;;) {
        while (litmus_take(self, ";"))
            continue;
        if (litmus_take(self, "}"))
            break;
        if (*self->at == '\0')
            return litmus_fail(self, self->at, "expected '}' behind the first values");
        if (!read_first_value(self) || self->error->set)
            return false;
        if (!litmus_take(self, ";") && *self->at != '}')
            return litmus_fail(self, self->at, "expected ';' or '}' behind a first value");
    }
    while (litmus_take(self, ";"))
        continue;
    return true;
}

/* ---- Threads ------------------------------------------------------------------------------------------------------- */

static bool begins_question(const char *line)
{
    static const char *const words[] = {"exists", "forall", "locations", "final", "filter", "with", NULL};
    line += strspn(line, " \t");
    if (*line == '~')
        return true;
    size_t length = strspn(line, "abcdefghijklmnopqrstuvwxyz");
    for (size_t w = 0; words[w] != NULL; w++)
        if (strlen(words[w]) == length && memcmp(line, words[w], length) == 0)
            return true;
    return false;
}

/* Takes the next cell of a row; *is_last where the row is over. */
static struct span take_cell(struct litmus *self, bool *is_last)
{
    self->at += strspn(self->at, " \t\r");
    struct span cell = {self->at, strcspn(self->at, "|;\n")};
    self->at += cell.length;
    *is_last = *self->at != '|';
    self->at += *self->at == '|';
    while (cell.length > 0 && isspace((unsigned char)cell.at[cell.length - 1]))
        cell.length--;
    return cell;
}

static bool read_cell(struct litmus *self, size_t column, struct span cell, bool is_head)
{
    char name[8];
    if (is_head) {
        snprintf(name, sizeof name, "P%zu", column);
        if (column == PROGRAM_THREADS_MAX || !is_same(cell, name))
            return litmus_fail(self, cell.at, "expected the thread %s above its column", name);
        self->thread_count = column + 1;
        return true;
    }
    if (column >= self->thread_count)
        return litmus_fail(self, cell.at, "more columns than threads");
    return cell.length == 0 || litmus_read_instruction(self, column, cell);
}

static bool read_row(struct litmus *self, bool is_head)
{
    bool is_last = false;
    for (size_t column = 0; !is_last; column++) {
        struct span cell = take_cell(self, &is_last);
        const char *behind = self->at;
        if (!read_cell(self, column, cell, is_head))
            return false;
        self->at = behind;
    }
    self->at += strspn(self->at, "; \t\r");
    return *self->at == '\n' || *self->at == '\0' ||
           litmus_fail(self, self->at, "expected the end of the line behind ';'");
}

static bool read_threads(struct litmus *self)
{
    litmus_skip(self);
    if (!read_row(self, true))
        return false;
    for (litmus_skip(self); *self->at != '\0' && !begins_question(self->at); litmus_skip(self))
        if (!read_row(self, false))
            return false;
    return true;
}

/* ---- The program --------------------------------------------------------------------------------------------------- */

static void write_program(const struct litmus *self, struct text *text)
{
    text_print(text, ".memory tso\n");
    for (size_t v = 0; v < self->variable_count; v++)
        text_print(text, ".var %s, %" PRId64 "\n", self->variables[v], self->firsts[v]);
    if (self->observed.length > 0)
        text_print(text, ".observe %s\n", text_string((struct text *)&self->observed));
    for (size_t t = 0; t < self->thread_count; t++)
        text_print(text, ".thread P%zu\n%s", t, text_string((struct text *)&self->codes[t]));
}

/* People are shown the places, and are given the text, that they have written. */
static void adopt(struct litmus *self, struct program *program)
{
    memory_free(program->text);
    program->text = memory_copy_string(self->input->text);
    program->test = self->question;
    self->question = NULL;
    for (size_t t = 0; t < self->thread_count; t++) {
        struct code *code = &program->codes[program->threads[t].code];
        memcpy(program->threads[t].registers, self->presets[t], sizeof self->presets[t]);
        program->threads[t].registers[REGISTER_SP] = PROGRAM_STACK_END;
        for (uint32_t i = 0; i < code->count && i < self->counts[t]; i++) {
            code->instructions[i].place = self->steps[t][i].place;
            code->instructions[i].is_locked = self->steps[t][i].is_locked;
        }
    }
}

static struct program *assemble(struct litmus *self)
{
    struct text text = TEXT_INIT;
    struct error error = ERROR_INIT;
    write_program(self, &text);
    struct assembler_input input = {.name = self->input->source,
                                    .source = self->input->source,
                                    .text = text_string(&text),
                                    .length = text.length,
                                    .threads = 1,
                                    .symbols = self->input->symbols,
                                    .symbol_count = self->input->symbol_count};
    struct program *program = assembler_read(&input, &error);
    if (program != NULL)
        adopt(self, program);
    else
        error_set(self->error, self->input->source, 0, 0, "%s", error.text);
    text_free(&text);
    return program;
}

static void finish(struct litmus *self)
{
    for (size_t v = 0; v < self->variable_count; v++)
        memory_free(self->variables[v]);
    for (size_t t = 0; t < PROGRAM_THREADS_MAX; t++) {
        text_free(&self->codes[t]);
        memory_free(self->steps[t]);
    }
    memory_free(self->labels);
    memory_free(self->variables);
    memory_free(self->firsts);
    text_free(&self->test);
    text_free(&self->observed);
    text_free(&self->names);
    litmus_test_free(self->question);
    memory_free(self->copy);
    memory_free(self);
}

bool litmus_is(const char *text, size_t length)
{
    static const char *const architectures[] = {"X86", "X86_64", NULL};
    const char *end = text + length;
    while (text < end && isspace((unsigned char)*text))
        text++;
    size_t word = 0;
    while (text + word < end && (isalnum((unsigned char)text[word]) || text[word] == '_'))
        word++;
    for (size_t a = 0; architectures[a] != NULL; a++)
        if (is_same((struct span){text, word}, architectures[a]))
            return text + word < end && (text[word] == ' ' || text[word] == '\t');
    return false;
}

struct program *litmus_read(const struct litmus_input *input, struct error *error)
{
    struct litmus *self = memory_new(1, sizeof *self);
    self->input = input;
    self->error = error;
    self->copy = memory_copy_string(input->text);
    self->at = self->copy;
    blank_comments(self->copy);
    bool is_read = read_head(self) && read_first_values(self) && read_threads(self) && litmus_check_labels(self) &&
                   litmus_read_question(self);
    struct program *program = is_read ? assemble(self) : NULL;
    finish(self);
    return program;
}
