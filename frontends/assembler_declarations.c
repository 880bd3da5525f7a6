/* What declares or sets something: .var, .mutex, .semaphore, .queue, .default and .scheduler. */
#include "frontends/assembler_parts.h"

#include "base/memory.h"
#include "base/text.h"

#include <inttypes.h>
#include <string.h>

/* ---- Variables, and what threads wait for --------------------------------------------------------------------- */

/* Whether the present line does not lie in a repetition, where something would be declared several times; an error
 * otherwise. */
static bool expect_once(struct assembler *self, const struct token *directive)
{
    const struct body *section = assembler_open_section(self);
    if (section == NULL || section->depth == 0)
        return true;
    return FAIL(self, directive, "'%.*s' inside '.rept'; declare before it", token_shown(directive), directive->text);
}

static bool fail_declared(struct assembler *self, const struct declaration *before, const struct token *name)
{
    if (before->file == self->file)
        return FAIL(self, name, "'%.*s' is already declared on line %" PRIu32, token_shown(name), name->text,
                    before->name->place.line);
    return FAIL(self, name, "'%.*s' is already declared on line %" PRIu32 " of %s", token_shown(name), name->text,
                before->name->place.line, self->parts[before->file].name);
}

/* Declares nothing new where another file has declared the same: they share it. */
static bool is_shared(const struct assembler *self, const struct declaration *before, enum operand_kind kind)
{
    return before != NULL && before->file != self->file && before->kind == kind;
}

/* What files share must be the same in both; `what` says what is not. */
static bool fail_shared(struct assembler *self, const struct declaration *shared, const struct token *name,
                        const char *what)
{
    return FAIL(self, name, "'%.*s' has %s on line %" PRIu32 " of %s, which shares it", token_shown(name), name->text,
                what, shared->name->place.line, self->parts[shared->file].name);
}

/* Reads the name that is declared, moves *at behind it, and remembers it. *shared becomes the declaration of another file
 * that declares the same, or NULL. */
static bool declare(struct assembler *self, const struct token **at, enum operand_kind kind, size_t index,
                    const struct declaration **shared)
{
    const struct token *name = *at + 1;
    if (!expect_once(self, *at))
        return false;
    if (name->kind != TOKEN_NAME)
        return assembler_unexpected(self, name, "a name");
    const struct declaration *before = assembler_find(self, name);
    *shared = is_shared(self, before, kind) ? before : NULL;
    *at = name + 1;
    if (*shared != NULL)
        return true;
    if (before != NULL)
        return fail_declared(self, before, name);
    if (assembler_is_symbol(self, name))
        return FAIL(self, name, "'%.*s' is the name of a symbol; choose another one", token_shown(name), name->text);
    self->declarations = memory_grow(self->declarations, self->declaration_count, &self->declaration_capacity,
                                     sizeof *self->declarations);
    name_table_add(&self->declared, name->text, name->length, self->declaration_count);
    self->declarations[self->declaration_count++] = (struct declaration){name, kind, index, self->file};
    return true;
}

static bool check_variable(struct assembler *self, const struct declaration *shared, const struct token *name,
                           int64_t words, int64_t initial)
{
    const struct variable *variable = &self->program->variables[shared->index];
    if (variable->words != words)
        return fail_shared(self, shared, name, "another size");
    return self->program->words[variable->word] == initial || fail_shared(self, shared, name, "another initial value");
}

/* .var NAME [WORDS] [, INITIAL] */
bool assembler_read_var(struct assembler *self, const struct token *at)
{
    const struct token *name = at + 1;
    const struct declaration *shared;
    int64_t words = 1, initial = 0;
    if (!declare(self, &at, OPERAND_WORD, self->program->variable_count, &shared))
        return false;
    const struct token *count = at;
    if (token_is(at, '='))
        return FAIL(self, at, "unexpected '='; an initial value is written '.var %.*s, 5'", token_shown(name),
                    name->text);
    if (at->kind != TOKEN_END && !token_is(at, ',') &&
        !assembler_read_number(self, &at, "the number of words", 1, PROGRAM_WORDS_MAX, &words))
        return false;
    if (shared == NULL && self->program->word_count + (size_t)words > PROGRAM_WORDS_MAX)
        return FAIL(self, count, "more than %d words of shared memory", PROGRAM_WORDS_MAX);
    if (token_is(at, ',')) {
        at++;
        if (!assembler_read_number(self, &at, "the initial value", INT64_MIN, INT64_MAX, &initial))
            return false;
    }
    if (at->kind != TOKEN_END)
        return assembler_unexpected(self, at, "',' with an initial value, or the end of the line");
    if (shared != NULL)
        return check_variable(self, shared, name, words, initial);
    program_add_variable(self->program, assembler_copy_name(name),
                         PROGRAM_ADDRESS_FIRST + PROGRAM_WORD_SIZE * (int64_t)self->program->word_count,
                         (uint32_t)words, initial);
    self->program->declared_words = self->program->word_count;
    return true;
}

/* .mutex NAME */
bool assembler_read_mutex(struct assembler *self, const struct token *at)
{
    struct program *program = self->program;
    const struct token *name = at + 1;
    const struct declaration *shared;
    if (program->mutex_count == PROGRAM_OBJECTS_MAX)
        return FAIL(self, at, "more than %d mutexes", PROGRAM_OBJECTS_MAX);
    if (!declare(self, &at, OPERAND_MUTEX, program->mutex_count, &shared) || !assembler_expect_end(self, at))
        return false;
    if (shared != NULL)
        return true;
    program->mutexes =
        memory_grow(program->mutexes, program->mutex_count, &self->mutex_capacity, sizeof *program->mutexes);
    program->mutexes[program->mutex_count++] = assembler_copy_name(name);
    return true;
}

/* .semaphore NAME, PERMITS */
bool assembler_read_semaphore(struct assembler *self, const struct token *at)
{
    struct program *program = self->program;
    const struct token *name = at + 1;
    const struct declaration *shared;
    int64_t permits;
    if (program->semaphore_count == PROGRAM_OBJECTS_MAX)
        return FAIL(self, at, "more than %d semaphores", PROGRAM_OBJECTS_MAX);
    if (!declare(self, &at, OPERAND_SEMAPHORE, program->semaphore_count, &shared))
        return false;
    if (!token_is(at, ','))
        return assembler_unexpected(self, at, "',' and the number of permits");
    at++;
    if (!assembler_read_number(self, &at, "the number of permits", 0, INT64_MAX, &permits) ||
        !assembler_expect_end(self, at))
        return false;
    if (shared != NULL)
        return program->semaphores[shared->index].initial == permits ||
               fail_shared(self, shared, name, "another number of permits");
    program->semaphores = memory_grow(program->semaphores, program->semaphore_count, &self->semaphore_capacity,
                                      sizeof *program->semaphores);
    program->semaphores[program->semaphore_count++] = (struct semaphore){assembler_copy_name(name), permits};
    return true;
}

/* .queue NAME, CAPACITY */
bool assembler_read_queue(struct assembler *self, const struct token *at)
{
    struct program *program = self->program;
    const struct token *name = at + 1;
    const struct declaration *shared;
    int64_t capacity;
    if (program->queue_count == PROGRAM_OBJECTS_MAX)
        return FAIL(self, at, "more than %d queues", PROGRAM_OBJECTS_MAX);
    if (!declare(self, &at, OPERAND_QUEUE, program->queue_count, &shared))
        return false;
    if (!token_is(at, ','))
        return assembler_unexpected(self, at, "',' and the queue's capacity");
    at++;
    if (!assembler_read_number(self, &at, "the queue's capacity", 1, PROGRAM_QUEUE_MAX, &capacity) ||
        !assembler_expect_end(self, at))
        return false;
    if (shared != NULL)
        return program->queues[shared->index].capacity == (uint32_t)capacity ||
               fail_shared(self, shared, name, "another capacity");
    program->queues =
        memory_grow(program->queues, program->queue_count, &self->queue_capacity, sizeof *program->queues);
    program->queues[program->queue_count++] = (struct queue){assembler_copy_name(name), (uint32_t)capacity};
    return true;
}

/* ---- Symbols ------------------------------------------------------------------------------------------------- */

static bool has_fixed_meaning(const struct token *name)
{
    return token_equals(name, "THREADS") || token_equals(name, "ITERS") || token_equals(name, "SELF");
}

static const struct default_symbol *find_default(const struct assembler *self, const struct token *name)
{
    size_t found = name_table_find(&self->defaulted, name->text, name->length);
    return found != NAME_TABLE_NONE ? &self->defaults[found] : NULL;
}

static bool check_default(struct assembler *self, const struct token *directive, const struct token *name)
{
    if (!expect_once(self, directive))
        return false;
    if (name->kind != TOKEN_NAME)
        return assembler_unexpected(self, name, "a symbol's name");
    if (has_fixed_meaning(name))
        return FAIL(self, name, "the symbol %.*s has a meaning already", token_shown(name), name->text);
    const struct default_symbol *before = find_default(self, name);
    if (before != NULL && before->file == self->file)
        return FAIL(self, name, "'%.*s' already has a default on line %" PRIu32, token_shown(name), name->text,
                    before->name->place.line);
    const struct declaration *declaration = assembler_find(self, name);
    return declaration == NULL || fail_declared(self, declaration, name);
}

/* Files may agree on a default. */
static bool check_agreement(struct assembler *self, const struct token *name, int64_t value)
{
    const struct default_symbol *before = find_default(self, name);
    if (before == NULL || before->value == value)
        return true;
    return FAIL(self, name, "'%.*s' has another default on line %" PRIu32 " of %s", token_shown(name), name->text,
                before->name->place.line, self->parts[before->file].name);
}

/* .default NAME, VALUE: what --define says comes first. */
bool assembler_read_default(struct assembler *self, const struct token *at)
{
    const struct token *name = at + 1;
    int64_t value;
    if (!check_default(self, at, name))
        return false;
    at = name + 1;
    if (!token_is(at, ','))
        return assembler_unexpected(self, at, "',' and the symbol's value");
    at++;
    if (!assembler_read_number(self, &at, "the symbol's value", INT64_MIN, INT64_MAX, &value) ||
        !assembler_expect_end(self, at) || !check_agreement(self, name, value))
        return false;
    self->defaults = memory_grow(self->defaults, self->default_count, &self->default_capacity, sizeof *self->defaults);
    name_table_add(&self->defaulted, name->text, name->length, self->default_count);
    self->defaults[self->default_count++] = (struct default_symbol){name, value, self->file};
    if (!assembler_is_symbol(self, name)) {
        char *copy = assembler_copy_name(name);
        assembler_add_symbol(self, copy, value);
        memory_free(copy);
    }
    return true;
}

/* ---- The scheduler ------------------------------------------------------------------------------------------- */

/* A word is made of names and numbers that '-' joins without blanks: "round-robin". Returns the token behind it. */
static const struct token *skip_word(const struct token *at)
{
    const char *end = at->text + at->length;
    for (at++; token_is(at, '-') && at->text == end; at += 2) {
        const struct token *part = at + 1;
        if ((part->kind != TOKEN_NAME && part->kind != TOKEN_NUMBER) || part->text != at->text + 1)
            break;
        end = part->text + part->length;
    }
    return at;
}

/* Reads a word as a new string and moves *at behind it. */
static char *read_word(const struct token **at)
{
    const struct token *first = *at, *last;
    *at = skip_word(first);
    last = *at - 1;
    struct text text = TEXT_INIT;
    text_append(&text, first->text, (size_t)(last->text + last->length - first->text));
    return text_take(&text);
}

/* Reads "0 : 3*ITERS : 5", of which the first number is read already, as the text "0,30,5". */
static bool read_list(struct assembler *self, const struct token **at, int64_t first, struct text *text)
{
    text_print(text, "%" PRId64, first);
    while (token_is(*at, ':')) {
        int64_t number;
        *at += 1;
        if (!assembler_read_number(self, at, "a number", INT64_MIN, INT64_MAX, &number))
            return false;
        text_print(text, ",%" PRId64, number);
    }
    return true;
}

static bool read_parameter_number(struct assembler *self, const struct token **at, const char *name)
{
    struct program_scheduler *scheduler = &self->program->scheduler;
    struct text text = TEXT_INIT;
    int64_t number;
    if (!assembler_read_number(self, at, "a number, a word or a list of numbers", INT64_MIN, INT64_MAX, &number))
        return false;
    bool is_list = token_is(*at, ':');
    bool read = !is_list || read_list(self, at, number, &text);
    if (read && is_list)
        property_add_text(&scheduler->parameters, &scheduler->parameter_count, name, text_string(&text));
    else if (read)
        property_add_number(&scheduler->parameters, &scheduler->parameter_count, name, number);
    text_free(&text);
    return read;
}

/* A word that is a symbol too is the symbol. */
static bool read_parameter_value(struct assembler *self, const struct token **at, const char *name)
{
    struct program_scheduler *scheduler = &self->program->scheduler;
    if ((*at)->kind != TOKEN_NAME || assembler_is_symbol(self, *at))
        return read_parameter_number(self, at, name);
    char *word = read_word(at);
    property_add_text(&scheduler->parameters, &scheduler->parameter_count, name, word);
    memory_free(word);
    return true;
}

/* More than any scheduler has. */
enum { PARAMETERS_MAX = 64 };

/* NAME = VALUE */
static bool read_parameter(struct assembler *self, const struct token **at)
{
    const struct program_scheduler *scheduler = &self->program->scheduler;
    const struct token *token = *at;
    if (token->kind != TOKEN_NAME)
        return assembler_unexpected(self, token, "a parameter's name");
    if (!token_is(token + 1, '='))
        return assembler_unexpected(self, token + 1, "'=' and the parameter's value");
    char *name = assembler_copy_name(token);
    bool is_new = property_find(scheduler->parameters, scheduler->parameter_count, name) == NULL;
    *at = token + 2;
    if (scheduler->parameter_count == PARAMETERS_MAX) {
        memory_free(name);
        return FAIL(self, token, "more than %d parameters", PARAMETERS_MAX);
    }
    bool read = is_new ? read_parameter_value(self, at, name)
                       : FAIL(self, token, "'%.*s' is given twice", token_shown(token), token->text);
    memory_free(name);
    return read;
}

static bool fail_scheduler(struct assembler *self, const struct token *directive)
{
    const struct program_scheduler *scheduler = &self->program->scheduler;
    if (scheduler->file == self->file)
        return FAIL(self, directive, "'.scheduler' is already on line %" PRIu32, scheduler->place.line);
    return FAIL(self, directive, "'.scheduler' is already on line %" PRIu32 " of %s", scheduler->place.line,
                self->parts[scheduler->file].name);
}

/* .scheduler KIND [, NAME = VALUE]... */
bool assembler_read_scheduler(struct assembler *self, const struct token *at)
{
    struct program_scheduler *scheduler = &self->program->scheduler;
    const struct token *directive = at++;
    if (!expect_once(self, directive))
        return false;
    if (scheduler->kind != NULL)
        return fail_scheduler(self, directive);
    if (at->kind != TOKEN_NAME)
        return assembler_unexpected(self, at, "the scheduler's kind");
    scheduler->place = directive->place;
    scheduler->file = self->file;
    scheduler->kind = read_word(&at);
    while (token_is(at, ',')) {
        at++;
        if (!read_parameter(self, &at))
            return false;
    }
    return at->kind == TOKEN_END || assembler_unexpected(self, at, "',' with a parameter, or the end of the line");
}
