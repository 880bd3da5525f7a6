#include "frontends/assembler_parts.h"

#include "base/memory.h"
#include "base/spelling.h"
#include "base/text.h"
#include "program/counted_event.h"

#include <inttypes.h>
#include <string.h>

/* ---- Sections ------------------------------------------------------------------------------------------------ */

struct body *assembler_open_body(struct assembler *self)
{
    struct body *last = self->body_count > 0 ? &self->bodies[self->body_count - 1] : NULL;
    return last != NULL && last->file == self->file ? last : NULL;
}

static bool finish_body(struct assembler *self)
{
    struct body *body = assembler_open_body(self);
    return body == NULL || body_finish(body, self->source, self->error);
}

static struct body *add_body(struct assembler *self, const struct token *token, const struct token *name)
{
    self->bodies = memory_grow(self->bodies, self->body_count, &self->body_capacity, sizeof *self->bodies);
    struct body *body = &self->bodies[self->body_count++];
    *body = (struct body){.token = token, .name = name, .file = self->file};
    return body;
}

/* Code may stand without .main, but only where there is no other code. */
static bool start_body(struct assembler *self, const struct token *token, const struct token *name)
{
    const struct body *before = assembler_open_body(self);
    if (before != NULL && before->implicit)
        return FAIL(self, before->token, "'%.*s' before '.main' or '.thread NAME', which begin the code",
                    token_shown(before->token), before->token->text);
    if (self->body_count == PROGRAM_THREADS_MAX)
        return FAIL(self, token, "more than %d threads in all", PROGRAM_THREADS_MAX);
    return finish_body(self) && add_body(self, token, name) != NULL;
}

/* The text was taken apart at each .file that begins a line (assembler_split()). */
static bool read_file(struct assembler *self, const struct token *at)
{
    return FAIL(self, at, "'.file' must be the first on its line");
}

/* .main */
static bool read_main(struct assembler *self, const struct token *at)
{
    for (size_t i = 0; i < self->body_count; i++)
        if (self->bodies[i].name == NULL && self->bodies[i].file == self->file && !self->bodies[i].implicit)
            return FAIL(self, at, "'.main' is already on line %" PRIu32, self->bodies[i].token->place.line);
    return assembler_expect_end(self, at + 1) && start_body(self, at, NULL);
}

static bool fail_thread(struct assembler *self, const struct body *other, const struct token *name)
{
    if (other->file == self->file)
        return FAIL(self, name, "thread '%.*s' is already on line %" PRIu32, token_shown(name), name->text,
                    other->name->place.line);
    return FAIL(self, name, "thread '%.*s' is already on line %" PRIu32 " of %s", token_shown(name), name->text,
                other->name->place.line, self->parts[other->file].name);
}

/* Reads ", WORD", which may be missing, up to the end of the line. */
static bool read_last_word(struct assembler *self, const struct token *at, const char *word, bool *is_there)
{
    struct text expected = TEXT_INIT;
    *is_there = token_is(at, ',');
    text_print(&expected, *is_there ? "'%s'" : "',' and '%s', or the end of the line", word);
    bool is_good = at->kind == TOKEN_END || (*is_there && token_equals(at + 1, word)) ||
                   assembler_unexpected(self, at + *is_there, text_string(&expected));
    text_free(&expected);
    return is_good && (!*is_there || assembler_expect_end(self, at + 2));
}

/* What a line says of a thread behind its name. */
struct thread_words {
    bool is_later;
    bool has_priority;
    int64_t priority;
};

/* [, later] [, priority NUMBER], in any order, each once, up to the end of the line. */
static bool read_thread_words(struct assembler *self, const struct token *at, struct thread_words *words)
{
    *words = (struct thread_words){0};
    while (token_is(at, ',')) {
        if (token_equals(at + 1, "later") && !words->is_later) {
            words->is_later = true;
            at += 2;
        } else if (token_equals(at + 1, "priority") && !words->has_priority) {
            words->has_priority = true;
            at += 2;
            if (!assembler_read_number(self, &at, "the priority", 0, PROGRAM_PRIORITY_MAX, &words->priority))
                return false;
        } else {
            return assembler_unexpected(self, at + 1,
                                        words->is_later       ? "'priority'"
                                        : words->has_priority ? "'later'"
                                                              : "'later' or 'priority'");
        }
    }
    return at->kind == TOKEN_END ||
           assembler_unexpected(self, at, "',' and 'later' or 'priority', or the end of the line");
}

/* .thread NAME [, later] [, priority NUMBER] */
static bool read_thread(struct assembler *self, const struct token *at)
{
    const struct token *name = at + 1;
    if (name->kind != TOKEN_NAME)
        return assembler_unexpected(self, name, "the thread's name");
    for (size_t i = 0; i < self->body_count; i++) {
        const struct token *other = self->bodies[i].name;
        if (other != NULL && other->length == name->length && memcmp(other->text, name->text, name->length) == 0)
            return fail_thread(self, &self->bodies[i], name);
    }
    struct thread_words words;
    if (!read_thread_words(self, name + 1, &words) || !start_body(self, at, name))
        return false;
    assembler_open_body(self)->is_later = words.is_later;
    assembler_open_body(self)->priority = words.priority;
    return true;
}

/* The body that instructions go to now. Where none was begun the code is that of .main. */
static struct body *current_body(struct assembler *self, const struct token *token)
{
    struct body *body = assembler_open_body(self);
    if (body != NULL)
        return body;
    body = add_body(self, token, NULL);
    body->implicit = true;
    return body;
}

/* .observe x, y; what that is is looked up when all is declared. */
static bool read_observe(struct assembler *self, const struct token *at)
{
    if (at[1].kind != TOKEN_REST)
        return assembler_unexpected(self, at + 1, "what is observed, as in '.observe x, y'");
    self->observed =
        memory_grow(self->observed, self->observed_count, &self->observed_capacity, sizeof *self->observed);
    self->observed[self->observed_count++] = (struct observed_list){at + 1, self->file};
    return true;
}

/* .rept COUNT; the count is read when the body is lowered, since it may depend on SELF. */
static bool read_rept(struct assembler *self, const struct token *at)
{
    struct body *body = current_body(self, at);
    return body_open(body, at, self->source, self->error);
}

/* .endr */
static bool read_endr(struct assembler *self, const struct token *at)
{
    struct body *body = assembler_open_body(self);
    if (body == NULL)
        return FAIL(self, at, "'.endr' without '.rept'");
    return assembler_expect_end(self, at + 1) && body_close(body, at, self->source, self->error);
}

/* .tick N; read when the body is lowered */
static bool read_tick(struct assembler *self, const struct token *at)
{
    return body_add(current_body(self, at), STATEMENT_TICK, at) != NULL;
}

/* Returns the number of the critical section of that name, a new one where there is none yet; PROGRAM_SECTIONS_MAX where
 * there are too many. */
static size_t find_critical(struct assembler *self, const char *name)
{
    struct program *program = self->program;
    size_t number = 0;
    while (number < program->section_count && strcmp(program->sections[number], name) != 0)
        number++;
    if (number < program->section_count || number == PROGRAM_SECTIONS_MAX)
        return number;
    program->sections =
        memory_grow(program->sections, program->section_count, &self->critical_capacity, sizeof *program->sections);
    program->sections[program->section_count++] = memory_copy_string(name);
    return number;
}

/* .critical [NAME [, shared]] */
static bool read_critical(struct assembler *self, const struct token *at)
{
    struct body *body = current_body(self, at);
    const struct token *name = at + 1;
    if (name->kind != TOKEN_END && name->kind != TOKEN_NAME)
        return assembler_unexpected(self, name, "the critical section's name");
    bool is_shared = false;
    if (name->kind == TOKEN_NAME && !read_last_word(self, name + 1, "shared", &is_shared))
        return false;
    char *copy = name->kind == TOKEN_NAME ? assembler_copy_name(name) : memory_copy_string("");
    size_t number = find_critical(self, copy);
    memory_free(copy);
    if (number == PROGRAM_SECTIONS_MAX)
        return FAIL(self, at, "more than %d critical sections", PROGRAM_SECTIONS_MAX);
    return body_enter(body, at, number, is_shared, self->source, self->error);
}

/* .endcritical */
static bool read_endcritical(struct assembler *self, const struct token *at)
{
    struct body *body = assembler_open_body(self);
    if (body == NULL)
        return FAIL(self, at, "'.endcritical' without '.critical'");
    return assembler_expect_end(self, at + 1) && body_leave(body, at, self->source, self->error);
}

/* .count NAME */
static bool read_count(struct assembler *self, const struct token *at)
{
    struct body *body = current_body(self, at);
    if (at[1].kind != TOKEN_NAME)
        return assembler_unexpected(self, at + 1, "the name of what is counted");
    if (!assembler_expect_end(self, at + 2))
        return false;
    if (counted_kind_find(at[1].text, at[1].length) != COUNTED_KIND_COUNT)
        return FAIL(self, at + 1, "'%.*s' is what --count counts in any program (expected another name)",
                    token_shown(at + 1), at[1].text);
    uint32_t number = program_mark_counted(self->program, assembler_copy_name(at + 1));
    if (number == PROGRAM_COUNTED_MAX)
        return FAIL(self, at, "more than %d events to count", PROGRAM_COUNTED_MAX);
    return body_count(body, at, number, self->source, self->error);
}

/* .endcount */
static bool read_endcount(struct assembler *self, const struct token *at)
{
    struct body *body = assembler_open_body(self);
    if (body == NULL)
        return FAIL(self, at, "'.endcount' without '.count'");
    return assembler_expect_end(self, at + 1) && body_end_count(body, at, self->source, self->error);
}

/* .atomic */
static bool read_atomic(struct assembler *self, const struct token *at)
{
    struct body *body = current_body(self, at);
    return assembler_expect_end(self, at + 1) && body_open_stretch(body, at, self->source, self->error);
}

/* .endatomic */
static bool read_endatomic(struct assembler *self, const struct token *at)
{
    struct body *body = assembler_open_body(self);
    if (body == NULL)
        return FAIL(self, at, "'.endatomic' without '.atomic'");
    return assembler_expect_end(self, at + 1) && body_close_stretch(body, at, self->source, self->error);
}

/* ---- Lines --------------------------------------------------------------------------------------------------- */

struct directive {
    const char *name;
    bool (*read)(struct assembler *self, const struct token *at);
};

static const struct directive directives[] = {
    {".var", assembler_read_var},
    {".mutex", assembler_read_object},
    {".semaphore", assembler_read_object},
    {".queue", assembler_read_object},
    {".condition", assembler_read_object},
    {".barrier", assembler_read_object},
    {".event", assembler_read_object},
    {".rwlock", assembler_read_object},
    {".observe", read_observe},
    {".default", assembler_read_default},
    {".scheduler", assembler_read_scheduler},
    {".memory", assembler_read_memory},
    {".file", read_file},
    {".main", read_main},
    {".thread", read_thread},
    {".rept", read_rept},
    {".endr", read_endr},
    {".tick", read_tick},
    {".critical", read_critical},
    {".endcritical", read_endcritical},
    {".count", read_count},
    {".endcount", read_endcount},
    {".atomic", read_atomic},
    {".endatomic", read_endatomic},
};

enum { DIRECTIVE_COUNT = sizeof directives / sizeof directives[0] };

static const struct directive *find_directive(const struct token *name)
{
    for (size_t i = 0; i < DIRECTIVE_COUNT; i++)
        if (token_equals(name, directives[i].name))
            return &directives[i];
    return NULL;
}

static bool fail_directive(struct assembler *self, const struct token *name)
{
    struct spelling spelling = spelling_start(name->text, name->length);
    for (size_t i = 0; i < DIRECTIVE_COUNT; i++)
        spelling_consider(&spelling, directives[i].name);
    spelling_consider(&spelling, "a label alone on its line");
    return FAIL(self, name, "unknown directive '%.*s'%s", token_shown(name), name->text,
                spelling_hint_or_list(&spelling));
}

/* What other assemblers call it. */
static const struct foreign_mnemonic {
    const char *name;
    const char *ours;
} foreign_mnemonics[] = {
    {"inc", "add $1, ..."}, {"dec", "sub $1, ..."}, {"cmp", "test"},  {"jmp", "j"},         {"jz", "je"},
    {"jnz", "jne"},         {"jg", "jgt"},          {"jge", "jgte"},  {"jl", "jlt"},        {"jle", "jlte"},
    {"acquire", "lock"},    {"release", "unlock"},  {"down", "wait"}, {"up", "post"},       {"xadd", "fetchadd"},
    {"cmpxchg", "cas"},     {"imul", "mul"},        {"idiv", "div"},  {"notify", "signal"}, {"pause", "yield"},
    {"goto", "j"},          {"load", "mov"},        {"store", "mov"}, {"swap", "xchg"},     {"notify_all", "broadcast"},
    {"wait_for", "cwait"},  {"sleep", "yield"},
};

static const char *find_foreign(const struct token *name)
{
    for (size_t i = 0; i < sizeof foreign_mnemonics / sizeof foreign_mnemonics[0]; i++)
        if (token_equals(name, foreign_mnemonics[i].name))
            return foreign_mnemonics[i].ours;
    return NULL;
}

static bool fail_mnemonic(struct assembler *self, const struct token *name)
{
    struct spelling spelling = spelling_start(name->text, name->length);
    for (enum opcode opcode = 0; opcode < OPCODE_COUNT; opcode++)
        spelling_consider(&spelling, instruction_form(opcode)->mnemonic);
    const char *foreign = find_foreign(name);
    for (size_t i = 0; i < DIRECTIVE_COUNT && foreign == NULL; i++)
        foreign = token_equals(name, directives[i].name + 1) ? directives[i].name : NULL;
    if (foreign != NULL)
        spelling_decide(&spelling, foreign);
    return FAIL(self, name, "unknown instruction '%.*s'%s", token_shown(name), name->text, spelling_hint(&spelling));
}

static bool add_label(struct assembler *self, const struct token *name)
{
    return body_add(current_body(self, name), STATEMENT_LABEL, name) != NULL;
}

/* A mnemonic; the operands are read when the body is lowered. */
static bool read_mnemonic(struct assembler *self, const struct token *at)
{
    if (instruction_find(at->text, at->length) == OPCODE_COUNT)
        return fail_mnemonic(self, at);
    return body_add(current_body(self, at), STATEMENT_INSTRUCTION, at) != NULL;
}

/* "name:" and ".name:"; more may follow on the line, even another label. */
static bool is_marked_label(const struct token *at)
{
    return (at->kind == TOKEN_NAME || at->kind == TOKEN_DOT_NAME) && token_is(at + 1, ':') &&
           (at->kind == TOKEN_NAME || find_directive(at) == NULL);
}

static bool read_statement(struct assembler *self, const struct token *at)
{
    const struct directive *directive = at->kind == TOKEN_DOT_NAME ? find_directive(at) : NULL;
    if (directive != NULL)
        return directive->read(self, at);
    if (at->kind == TOKEN_DOT_NAME)
        return at[1].kind == TOKEN_END ? add_label(self, at) : fail_directive(self, at);
    if (at->kind == TOKEN_NAME)
        return read_mnemonic(self, at);
    return assembler_unexpected(self, at, "an instruction, a label or a directive");
}

static bool read_line(struct assembler *self, const struct token *at)
{
    for (; is_marked_label(at); at += 2)
        if (!add_label(self, at))
            return false;
    return at->kind == TOKEN_END || read_statement(self, at);
}

bool assembler_read_lines(struct assembler *self, const struct token_list *list)
{
    size_t i = 0;
    while (i < list->count) {
        if (!read_line(self, &list->tokens[i]))
            return false;
        while (list->tokens[i].kind != TOKEN_END)
            i++;
        i++;
    }
    return finish_body(self);
}
