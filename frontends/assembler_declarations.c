/* What declares or sets something: .var, .mutex, .semaphore and the other objects, .default and .scheduler. */
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
    const struct body *body = assembler_open_body(self);
    if (body == NULL || body->depth == 0)
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
    self->declarations[self->declaration_count++] = (struct declaration){name, kind, index, 1, false, self->file};
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

/* ---- Objects ------------------------------------------------------------------------------------------------- */

const struct object_form object_forms[OBJECT_KIND_COUNT] = {
    [OBJECT_MUTEX] = {".mutex", "mutexes", "", NULL, {"recursive", "inherit"}, 0, 0},
    [OBJECT_SEMAPHORE] = {".semaphore", "semaphores", ", PERMITS", "the number of permits", {NULL}, 0, INT64_MAX},
    [OBJECT_QUEUE] = {".queue", "queues", ", CAPACITY", "the queue's capacity", {NULL}, 1, PROGRAM_QUEUE_MAX},
    [OBJECT_CONDITION] = {".condition", "conditions", "", NULL, {NULL}, 0, 0},
    [OBJECT_BARRIER] = {".barrier", "barriers", ", THREADS", "the number of threads", {NULL}, 1, PROGRAM_THREADS_MAX},
    [OBJECT_EVENT] = {".event", "events", "", NULL, {"set"}, 0, 0},
    [OBJECT_RWLOCK] = {".rwlock", "read-write locks", "", NULL, {NULL}, 0, 0},
};

/* What a directive says of the objects that it declares. */
struct object_words {
    int64_t number;
    int64_t count;
    bool has_words[2]; /* "recursive" or "set", and "inherit" */
    bool is_array;
};

enum { FORM_WORDS = 2 };

/* The number of a word that can stand behind an object, or FORM_WORDS. */
static size_t find_form_word(const struct object_form *form, const struct token *token)
{
    size_t w = 0;
    while (w < FORM_WORDS && (form->words[w] == NULL || !token_equals(token, form->words[w])))
        w++;
    return w;
}

/* Sets the error that neither the number of elements nor a word comes, or not the word. */
static bool fail_object_word(struct assembler *self, const struct token *at, const struct object_form *form,
                             bool may_be_number)
{
    struct text expected = TEXT_INIT;
    text_print(&expected, "%s", may_be_number ? "the number of elements" : "");
    for (size_t w = 0; w < FORM_WORDS && form->words[w] != NULL; w++)
        text_print(&expected, "%s'%s'", may_be_number || w > 0 ? " or " : "", form->words[w]);
    bool is_good = assembler_unexpected(self, at, text_string(&expected));
    text_free(&expected);
    return is_good;
}

/* ", COUNT", where a name that is no symbol is a word that was mistyped. */
static bool read_count(struct assembler *self, const struct token **at, const struct object_form *form,
                       struct object_words *words)
{
    *at += 1;
    words->is_array = true;
    if ((*at)->kind == TOKEN_NAME && !assembler_is_symbol(self, *at))
        return fail_object_word(self, *at, form, true);
    return assembler_read_number(self, at, "the number of elements", 1, PROGRAM_OBJECTS_MAX, &words->count);
}

/* ", WORD" */
static bool read_form_word(struct assembler *self, const struct token **at, const struct object_form *form,
                           struct object_words *words)
{
    const struct token *word = *at + 1;
    size_t w = find_form_word(form, word);
    *at += 2;
    if (w == FORM_WORDS)
        return fail_object_word(self, word, form, false);
    if (words->has_words[w])
        return FAIL(self, word, "'%s' stands there already", form->words[w]);
    words->has_words[w] = true;
    return true;
}

/* [, NUMBER] [, COUNT] [, WORD]..., where *at stands behind the name. */
static bool read_object_words(struct assembler *self, const struct token **at, const struct object_form *form,
                              struct object_words *words)
{
    *words = (struct object_words){.count = 1};
    if (form->number != NULL) {
        char *expected = text_format("',' and %s", form->number);
        bool is_there = token_is(*at, ',') || assembler_unexpected(self, *at, expected);
        memory_free(expected);
        *at += 1;
        if (!is_there || !assembler_read_number(self, at, form->number, form->least, form->most, &words->number))
            return false;
    }
    bool is_word = token_is(*at, ',') && find_form_word(form, *at + 1) < FORM_WORDS;
    if (token_is(*at, ',') && !is_word && !read_count(self, at, form, words))
        return false;
    while (token_is(*at, ',') && form->words[0] != NULL)
        if (!read_form_word(self, at, form, words))
            return false;
    return at[0]->kind == TOKEN_END || assembler_unexpected(self, *at, "the end of the line");
}

static void add_objects(struct assembler *self, enum object_kind kind, const struct token *name,
                        const struct object_words *words)
{
    struct object_list *list = &self->program->objects[kind];
    for (int64_t n = 0; n < words->count; n++) {
        struct text text = TEXT_INIT;
        text_print(&text, "%.*s", (int)name->length, name->text);
        if (words->is_array)
            text_print(&text, "[%" PRId64 "]", n);
        list->items = memory_grow(list->items, list->count, &self->object_capacities[kind], sizeof *list->items);
        list->items[list->count++] = (struct object){
            .name = text_take(&text),
            .number = kind == OBJECT_EVENT ? words->has_words[0] : words->number,
            .is_recursive = kind == OBJECT_MUTEX && words->has_words[0],
            .inherits = words->has_words[1],
        };
    }
}

/* Files that share objects must say the same of them. */
static bool check_objects(struct assembler *self, const struct declaration *shared, const struct token *name,
                          enum object_kind kind, const struct object_words *words)
{
    const struct object *object = program_object(self->program, kind, shared->index);
    if (shared->count != (size_t)words->count || shared->is_array != words->is_array)
        return fail_shared(self, shared, name, "another size");
    if (kind == OBJECT_MUTEX || kind == OBJECT_EVENT)
        return ((object->is_recursive || object->number != 0) == words->has_words[0] &&
                object->inherits == words->has_words[1]) ||
               fail_shared(self, shared, name, "another meaning");
    char *what =
        text_format("another %s", kind == OBJECT_QUEUE ? "capacity" : object_forms[kind].number + strlen("the "));
    bool agrees = object->number == words->number || fail_shared(self, shared, name, what);
    memory_free(what);
    return agrees;
}

/* What a thread holds fits into a word: a bit a mutex, two a read-write lock. */
static bool check_room(struct assembler *self, const struct token *at, enum object_kind kind, size_t more)
{
    const struct object_list *objects = self->program->objects;
    size_t mutexes = objects[OBJECT_MUTEX].count, rwlocks = objects[OBJECT_RWLOCK].count;
    mutexes += kind == OBJECT_MUTEX ? more : 0;
    rwlocks += kind == OBJECT_RWLOCK ? more : 0;
    if (objects[kind].count + more > PROGRAM_OBJECTS_MAX)
        return FAIL(self, at, "more than %d %s", PROGRAM_OBJECTS_MAX, object_forms[kind].plural);
    return mutexes + 2 * rwlocks <= PROGRAM_OBJECTS_MAX ||
           FAIL(self, at, "more than %d mutexes and read-write locks, of which each counts twice", PROGRAM_OBJECTS_MAX);
}

/* .mutex NAME, .semaphore NAME, PERMITS, and so on */
static bool read_objects(struct assembler *self, const struct token *at, enum object_kind kind)
{
    const struct token *directive = at, *name = at + 1;
    const struct declaration *shared;
    struct object_words words;
    if (!check_room(self, at, kind, 1) ||
        !declare(self, &at, (enum operand_kind)(OPERAND_MUTEX + kind), self->program->objects[kind].count, &shared) ||
        !read_object_words(self, &at, &object_forms[kind], &words))
        return false;
    if (shared != NULL)
        return check_objects(self, shared, name, kind, &words);
    struct declaration *own = &self->declarations[self->declaration_count - 1];
    own->count = (size_t)words.count;
    own->is_array = words.is_array;
    if (!check_room(self, directive, kind, own->count))
        return false;
    add_objects(self, kind, name, &words);
    return true;
}

bool assembler_read_object(struct assembler *self, const struct token *at)
{
    enum object_kind kind = 0;
    while (!token_equals(at, object_forms[kind].directive))
        kind++;
    return read_objects(self, at, kind);
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

/* ---- Memory ---------------------------------------------------------------------------------------------------- */

/* .memory sc or .memory tso */
bool assembler_read_memory(struct assembler *self, const struct token *at)
{
    const struct token *directive = at++;
    if (!expect_once(self, directive))
        return false;
    if (self->has_memory)
        return FAIL(self, directive, "'.memory' is given already");
    if (!token_equals(at, "sc") && !token_equals(at, "tso"))
        return assembler_unexpected(self, at, "sc or tso");
    self->has_memory = true;
    self->program->memory = token_equals(at, "tso") ? MEMORY_TSO : MEMORY_SC;
    return assembler_expect_end(self, at + 1);
}
