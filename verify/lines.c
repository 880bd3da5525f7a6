/* The lines of a program, read once from top to bottom: what they declare, and the statements of each section. */
#include "verify/program.h"

#include "verify/verdict.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct reader;

/* A word that a line may begin with, and who reads what follows. */
struct directive {
    const char *word;
    void (*read)(struct reader *self);
    enum object_kind kind; /* of objects ... */
    int64_t least, most;   /* ... the number behind the name; none where most is 0 ... */
    const char *flag;      /* ... and a word that may stand behind all, or NULL */
};

/* A .critical that is not closed yet. */
struct critical {
    int64_t number;
    uint32_t scope;
    size_t behind; /* the first statement in it */
};

struct reader {
    struct program *program;
    struct lexer at;
    struct span text; /* of the statement, to the end of its line */
    const struct directive *directive;
    struct section *section;  /* the present one, or NULL before the first */
    bool is_implicit;         /* it is that of code without .main */
    uint32_t open[DEPTH_MAX]; /* each .rept around the present line */
    unsigned depth;
    struct critical criticals[CRITICALS_MAX];
    unsigned critical_depth;
    bool has_scheduler;
    bool has_memory;
    bool is_stretch; /* the last .atomic is open */
};

static _Noreturn void fail(const struct reader *self, const char *problem)
{
    verdict_malformed(self->at.text.text, "the program has %s", problem);
}

/* ---- Declarations ---------------------------------------------------------------------------------------------- */

static void expect_outside_rept(const struct reader *self)
{
    if (self->depth > 0)
        fail(self, "a declaration inside '.rept'");
}

/* The name behind a directive, which must not be taken. */
static struct span read_new_name(struct reader *self)
{
    const struct item *other;
    struct span name = self->at.text;
    expect_outside_rept(self);
    if (self->at.kind != TOKEN_NAME)
        lexer_unexpected(&self->at, "a name");
    if (program_find(self->program, name, &other) != 0 || items_find(&self->program->symbols, name) != NULL ||
        span_is(name, "SELF"))
        fail(self, "a name that is declared twice");
    lexer_next(&self->at);
    return name;
}

/* .var NAME [WORDS] [, INITIAL] */
static void read_var(struct reader *self)
{
    struct program *program = self->program;
    struct span name = read_new_name(self);
    int64_t words = 1, initial = 0;
    if (self->at.kind != TOKEN_END && !lexer_is_sign(&self->at, ','))
        words = program_read_between(program, &self->at, 1, WORDS_MAX);
    if (self->at.kind != TOKEN_END) {
        lexer_expect_sign(&self->at, ',', "','");
        initial = program_read_between(program, &self->at, INT64_MIN, INT64_MAX);
    }
    program_add_variable(program, name, (size_t)words, initial);
    program->declared_words = program->word_count;
}

/* Whether a comma and this word follow, which are skipped then. */
static bool skip_flag(struct reader *self, const char *flag)
{
    struct lexer behind = self->at;
    if (flag == NULL || !lexer_is_sign(&behind, ','))
        return false;
    lexer_next(&behind);
    if (!lexer_is(&behind, flag))
        return false;
    lexer_next(&behind);
    self->at = behind;
    return true;
}

/* Mutexes and read-write locks have a limit in common. */
static void check_room(const struct reader *self, enum object_kind kind, size_t more)
{
    const struct objects *objects = self->program->objects;
    size_t locks = objects[OBJECT_MUTEX].count + 2 * objects[OBJECT_RWLOCK].count;
    locks += kind == OBJECT_MUTEX ? more : kind == OBJECT_RWLOCK ? 2 * more : 0;
    if (objects[kind].count + more > OBJECTS_MAX || locks > OBJECTS_MAX)
        fail(self, "too many objects of one kind");
}

/* "fork[2]" */
static struct span name_element(struct span array, size_t number)
{
    size_t size = array.length + 8;
    char *name = storage_new(size, 1);
    memcpy(name, array.text, array.length);
    int length = snprintf(name + array.length, 8, "[%zu]", number);
    return (struct span){name, array.length + (size_t)length};
}

/* .mutex NAME [, COUNT] [, recursive]; .semaphore NAME, PERMITS [, COUNT]; and so on */
static void read_objects(struct reader *self)
{
    const struct directive *form = self->directive;
    struct objects *objects = &self->program->objects[form->kind];
    struct span name = read_new_name(self);
    int64_t number = 0;
    size_t size = 0;
    if (form->most > 0) {
        lexer_expect_sign(&self->at, ',', "',' and a number");
        number = program_read_between(self->program, &self->at, form->least, form->most);
    }
    bool has_flag = skip_flag(self, form->flag);
    if (!has_flag && lexer_is_sign(&self->at, ',')) {
        lexer_next(&self->at);
        size = (size_t)program_read_between(self->program, &self->at, 1, OBJECTS_MAX);
        has_flag = skip_flag(self, form->flag);
    }
    size_t more = size > 0 ? size : 1;
    check_room(self, form->kind, more);
    items_add(&objects->names, name, (int64_t)objects->count, OBJECTS_MAX)->size = size;
    for (size_t i = 0; i < more; i++)
        objects->at[objects->count++] = (struct object){
            .name = size > 0 ? name_element(name, i) : name,
            .number = form->kind == OBJECT_EVENT ? has_flag : number,
            .is_recursive = form->kind == OBJECT_MUTEX && has_flag,
        };
}

/* .observe NAME [, NAME]...: what that is is looked up when all is declared. */
static void read_observed(struct reader *self)
{
    struct program *program = self->program;
    struct span rest = lexer_take_rest(&self->at);
    for (bool goes_on = true; goes_on;) {
        struct span name = span_take(&rest, ',');
        goes_on = rest.text > name.text + name.length;
        program->observed = storage_grow(program->observed, program->observed_count, &program->observed_capacity,
                                         sizeof *program->observed);
        program->observed[program->observed_count++] = span_trim(name);
    }
}

/* .default NAME, VALUE: what the certificate says comes first. */
static void read_default(struct reader *self)
{
    struct program *program = self->program;
    const struct item *other;
    struct span name = self->at.text;
    expect_outside_rept(self);
    if (self->at.kind != TOKEN_NAME)
        lexer_unexpected(&self->at, "a symbol's name");
    struct item *symbol = items_find(&program->symbols, name);
    bool is_fixed = span_is(name, "THREADS") || span_is(name, "ITERS") || span_is(name, "SELF");
    if (is_fixed || program_find(program, name, &other) != 0 || (symbol != NULL && symbol->has_default))
        fail(self, "a default for a name that has a meaning already");
    lexer_next(&self->at);
    lexer_expect_sign(&self->at, ',', "',' and the symbol's value");
    int64_t value = program_read_between(program, &self->at, INT64_MIN, INT64_MAX);
    symbol = symbol != NULL ? symbol : items_add(&program->symbols, name, value, SYMBOLS_MAX);
    symbol->has_default = true;
}

/* A word is made of names and numbers that '-' joins without blanks: "round-robin". */
static void skip_word(struct reader *self)
{
    const char *end;
    do {
        if (self->at.kind != TOKEN_NAME && self->at.kind != TOKEN_NUMBER)
            lexer_unexpected(&self->at, "a word");
        end = self->at.rest.text;
        lexer_next(&self->at);
        if (!lexer_is_sign(&self->at, '-') || self->at.text.text != end)
            return;
        end++;
        lexer_next(&self->at);
    } while (self->at.text.text == end);
    lexer_unexpected(&self->at, "the rest of a word");
}

/* The value of a parameter: a word, or numbers with ':' between them. A word that is a symbol is the symbol. */
static void skip_value(struct reader *self)
{
    bool is_symbol = items_find(&self->program->symbols, self->at.text) != NULL || lexer_is(&self->at, "SELF");
    if (self->at.kind == TOKEN_NAME && !is_symbol) {
        skip_word(self);
        return;
    }
    (void)program_read_between(self->program, &self->at, INT64_MIN, INT64_MAX);
    while (lexer_is_sign(&self->at, ':')) {
        lexer_next(&self->at);
        if (lexer_is(&self->at,
                     "assert")) /* racecheck takes what follows it as one text wherever it stands behind a colon */
            lexer_unexpected(&self->at, "a number");
        (void)program_read_between(self->program, &self->at, INT64_MIN, INT64_MAX);
    }
}

/* .scheduler KIND [, NAME = VALUE]...: which one the text asks for does not matter, for the certificate says under which
 * it was made; its form does. */
static void read_scheduler(struct reader *self)
{
    struct items names = {0};
    expect_outside_rept(self);
    if (self->has_scheduler)
        fail(self, "two schedulers");
    self->has_scheduler = true;
    if (self->at.kind != TOKEN_NAME)
        lexer_unexpected(&self->at, "the scheduler's kind");
    skip_word(self);
    while (lexer_is_sign(&self->at, ',')) {
        lexer_next(&self->at);
        if (self->at.kind != TOKEN_NAME || items_find(&names, self->at.text) != NULL)
            lexer_unexpected(&self->at, "the name of another parameter");
        items_add(&names, self->at.text, 0, SYMBOLS_MAX);
        lexer_next(&self->at);
        lexer_expect_sign(&self->at, '=', "'='");
        skip_value(self);
    }
    free(names.at);
    free(names.order);
}

/* .memory sc or .memory tso */
static void read_memory(struct reader *self)
{
    expect_outside_rept(self);
    if (self->has_memory)
        fail(self, "two memories");
    self->has_memory = true;
    self->program->is_tso = lexer_is(&self->at, "tso");
    if (!self->program->is_tso && !lexer_is(&self->at, "sc"))
        lexer_unexpected(&self->at, "sc or tso");
    lexer_next(&self->at);
}

/* ---- Labels ---------------------------------------------------------------------------------------------------- */

/* The name of a label, which begins its statement. */
static struct span label_name(const struct statement *label)
{
    return lexer_start(label->text).text;
}

static int compare_label(uint32_t scope, struct span name, const struct statement *label)
{
    struct span other = label_name(label);
    if (scope != label->scope)
        return scope < label->scope ? -1 : 1;
    if (name.length != other.length)
        return name.length < other.length ? -1 : 1;
    return memcmp(name.text, other.text, name.length);
}

static int compare_labels(const void *a, const void *b)
{
    const struct statement *const *left = a, *const *right = b;
    return compare_label((*left)->scope, label_name(*left), *right);
}

static void sort_labels(struct section *self)
{
    const struct statement **labels = storage_new(self->count, sizeof *labels);
    for (size_t i = 0; i < self->count; i++)
        if (self->statements[i].kind == STATEMENT_LABEL)
            labels[self->label_count++] = &self->statements[i];
    if (self->label_count > 0)
        qsort(labels, self->label_count, sizeof *labels, compare_labels);
    self->labels = storage_new(self->label_count, sizeof *self->labels);
    for (size_t i = 0; i < self->label_count; i++) {
        if (i > 0 && compare_labels(&labels[i - 1], &labels[i]) == 0)
            verdict_malformed(labels[i]->text.text, "the program has a label twice");
        self->labels[i] = (uint32_t)(labels[i] - self->statements);
    }
    free(labels);
}

static int64_t find_in_scope(const struct section *self, struct span name, uint32_t scope)
{
    size_t low = 0, high = self->label_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare_label(scope, name, &self->statements[self->labels[middle]]);
        if (order == 0)
            return self->labels[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return -1;
}

int64_t section_find_label(const struct section *self, struct span name, uint32_t scope)
{
    int64_t found = find_in_scope(self, name, scope);
    while (found < 0 && scope != SCOPE_TOP) {
        scope = self->statements[scope].scope;
        found = find_in_scope(self, name, scope);
    }
    if (found < 0)
        verdict_malformed(name.text, "the program jumps to a label that is not there");
    return found;
}

/* ---- Sections -------------------------------------------------------------------------------------------------- */

static void end_section(struct reader *self)
{
    if (self->section == NULL)
        return;
    if (self->depth > 0)
        verdict_malformed(self->section->statements[self->open[self->depth - 1]].text.text,
                          "the program has '.rept' without '.endr'");
    if (self->critical_depth > 0)
        verdict_malformed(self->section->at, "the program has '.critical' without '.endcritical'");
    if (self->is_stretch)
        verdict_malformed(self->section->at, "the program has '.atomic' without '.endatomic'");
    sort_labels(self->section);
}

static void add_section(struct reader *self, const char *at, struct span name)
{
    struct program *program = self->program;
    program->sections =
        storage_grow(program->sections, program->section_count, &program->section_capacity, sizeof *program->sections);
    self->section = &program->sections[program->section_count++];
    *self->section = (struct section){.at = at, .name = name};
}

/* .main; .thread NAME [, later]. Code may stand without, but only where there is no other code. */
static void read_head(struct reader *self)
{
    const char *at = self->text.text;
    struct span name = {at, 0};
    bool is_later = false;
    if (self->is_implicit)
        verdict_malformed(at, "the program has code before '.main' or '.thread', which belongs to no thread");
    if (!span_starts_with(self->text, ".main")) {
        if (self->at.kind != TOKEN_NAME)
            lexer_unexpected(&self->at, "the thread's name");
        name = self->at.text;
        lexer_next(&self->at);
        is_later = skip_flag(self, "later");
    }
    for (size_t i = 0; i < self->program->section_count; i++)
        if (span_equals(self->program->sections[i].name, name))
            verdict_malformed(at, "the program has two sections of one name");
    end_section(self);
    if (self->program->section_count > THREADS_MAX)
        fail(self, "more than 64 threads");
    add_section(self, at, name);
    self->section->is_later = is_later;
}

static uint32_t scope_of(const struct reader *self)
{
    return self->depth > 0 ? self->open[self->depth - 1] : SCOPE_TOP;
}

static struct statement *add_statement(struct reader *self, enum statement_kind kind)
{
    struct span text = self->text;
    if (self->section == NULL) {
        add_section(self, text.text, (struct span){text.text, 0});
        self->is_implicit = true;
    }
    struct section *section = self->section;
    section->statements =
        storage_grow(section->statements, section->count, &section->capacity, sizeof *section->statements);
    struct statement *statement = &section->statements[section->count++];
    if (section->count >= SCOPE_TOP)
        fail(self, "too many lines");
    *statement = (struct statement){.text = text, .scope = scope_of(self), .kind = (uint8_t)kind};
    return statement;
}

static void open_rept(struct reader *self)
{
    if (self->depth == DEPTH_MAX)
        fail(self, "'.rept' that is nested too deeply");
    add_statement(self, STATEMENT_REPT);
    self->open[self->depth++] = (uint32_t)(self->section->count - 1);
}

/* The .atomic that is open, or NULL. */
static struct statement *open_atomic(const struct reader *self)
{
    return self->is_stretch ? &self->section->statements[self->section->stretches[self->section->stretch_count - 1]]
                            : NULL;
}

static const struct critical *innermost_critical(const struct reader *self)
{
    return self->critical_depth > 0 ? &self->criticals[self->critical_depth - 1] : NULL;
}

static void close_rept(struct reader *self)
{
    const struct critical *critical = innermost_critical(self);
    const struct statement *atomic = open_atomic(self);
    if (atomic != NULL && atomic->scope == scope_of(self))
        verdict_malformed(self->text.text, "the program has '.endr' in an atomic stretch that began inside");
    if (self->depth == 0 || (critical != NULL && critical->scope == scope_of(self)))
        verdict_malformed(self->text.text,
                          "the program has '.endr' without '.rept', or in a critical section before it");
    add_statement(self, STATEMENT_ENDR);
    self->section->statements[self->open[--self->depth]].end = (uint32_t)(self->section->count - 1);
}

static void expect_no_stretch(const struct reader *self)
{
    if (self->is_stretch)
        verdict_malformed(self->text.text,
                          "the program has an atomic stretch, or the border of a critical section, inside another one");
}

/* Whether an instruction stands behind a statement. */
static bool has_instruction_behind(const struct reader *self, size_t behind)
{
    for (size_t i = behind; i < self->section->count; i++)
        if (self->section->statements[i].kind == STATEMENT_INSTRUCTION)
            return true;
    return false;
}

/* .critical [NAME [, shared]]: a section of that name, or of none; who shares it does not matter here. */
static void open_critical(struct reader *self)
{
    expect_no_stretch(self);
    struct items *names = &self->program->criticals;
    struct span name = {self->at.text.text, 0};
    if (self->at.kind == TOKEN_NAME) {
        name = self->at.text;
        lexer_next(&self->at);
        (void)skip_flag(self, "shared");
    }
    const struct item *known = items_find(names, name);
    int64_t number = (known != NULL ? known : items_add(names, name, 0, CRITICALS_MAX)) - names->at;
    for (unsigned i = 0; i < self->critical_depth; i++)
        if (self->criticals[i].number == number)
            verdict_malformed(self->text.text, "the program has '.critical' inside the same critical section");
    add_statement(self, STATEMENT_CRITICAL)->number = number;
    self->criticals[self->critical_depth++] = (struct critical){number, scope_of(self), self->section->count};
}

static void close_critical(struct reader *self)
{
    const struct critical *critical = innermost_critical(self);
    expect_no_stretch(self);
    if (critical == NULL || critical->scope != scope_of(self))
        verdict_malformed(self->text.text, "the program has '.endcritical' without '.critical' in the same '.rept'");
    if (!has_instruction_behind(self, critical->behind))
        verdict_malformed(self->text.text, "the program has a critical section without an instruction");
    add_statement(self, STATEMENT_ENDCRITICAL)->number = critical->number;
    self->critical_depth--;
}

static void open_stretch(struct reader *self)
{
    expect_no_stretch(self);
    add_statement(self, STATEMENT_ATOMIC);
    struct section *section = self->section;
    section->stretches = storage_grow(section->stretches, section->stretch_count, &section->stretch_capacity,
                                      sizeof *section->stretches);
    section->stretches[section->stretch_count++] = (uint32_t)(section->count - 1);
    self->is_stretch = true;
}

static void close_stretch(struct reader *self)
{
    struct statement *atomic = open_atomic(self);
    if (atomic == NULL || atomic->scope != scope_of(self))
        verdict_malformed(self->text.text, "the program has '.endatomic' without '.atomic' in the same '.rept'");
    if (!has_instruction_behind(self, (size_t)(atomic - self->section->statements)))
        verdict_malformed(self->text.text, "the program has an atomic stretch without an instruction");
    add_statement(self, STATEMENT_ENDATOMIC);
    open_atomic(self)->end = (uint32_t)(self->section->count - 1);
    self->is_stretch = false;
}

/* ---- Lines ----------------------------------------------------------------------------------------------------- */

static void add_tick(struct reader *self)
{
    add_statement(self, STATEMENT_TICK);
}

static void refuse_files(struct reader *self)
{
    verdict_malformed(self->text.text, "the program consists of several files, which this verifier does not support");
}

static const struct directive directives[] = {
    {".var", read_var, 0, 0, 0, NULL},
    {".mutex", read_objects, OBJECT_MUTEX, 0, 0, "recursive"},
    {".semaphore", read_objects, OBJECT_SEMAPHORE, 0, INT64_MAX, NULL},
    {".queue", read_objects, OBJECT_QUEUE, 1, QUEUE_ITEMS_MAX, NULL},
    {".condition", read_objects, OBJECT_CONDITION, 0, 0, NULL},
    {".barrier", read_objects, OBJECT_BARRIER, 1, THREADS_MAX, NULL},
    {".event", read_objects, OBJECT_EVENT, 0, 0, "set"},
    {".rwlock", read_objects, OBJECT_RWLOCK, 0, 0, NULL},
    {".observe", read_observed, 0, 0, 0, NULL},
    {".default", read_default, 0, 0, 0, NULL},
    {".scheduler", read_scheduler, 0, 0, 0, NULL},
    {".memory", read_memory, 0, 0, 0, NULL},
    {".file", refuse_files, 0, 0, 0, NULL},
    {".atomic", open_stretch, 0, 0, 0, NULL},
    {".endatomic", close_stretch, 0, 0, 0, NULL},
    {".main", read_head, 0, 0, 0, NULL},
    {".thread", read_head, 0, 0, 0, NULL},
    {".rept", open_rept, 0, 0, 0, NULL},
    {".endr", close_rept, 0, 0, 0, NULL},
    {".tick", add_tick, 0, 0, 0, NULL},
    {".critical", open_critical, 0, 0, 0, NULL},
    {".endcritical", close_critical, 0, 0, 0, NULL},
    {NULL, NULL, 0, 0, 0, NULL},
};

/* The row of a directive, or NULL. */
static const struct directive *find_directive(const struct lexer *at)
{
    const struct directive *row = directives;
    while (row->word != NULL && !lexer_is(at, row->word))
        row++;
    return row->word != NULL ? row : NULL;
}

/* From the present token to the end of the line. */
static struct span text_from(const struct reader *self)
{
    const char *end = self->at.rest.text + self->at.rest.length;
    bool is_register = self->at.kind == TOKEN_REGISTER;
    const char *first = self->at.text.text - is_register;
    return (struct span){first, (size_t)(end - first)};
}

/* The operands of .rept, .tick and instructions may differ between threads, and are read later (operands.c); all else is read to
 * the line's end. */
static void read_statement(struct reader *self)
{
    self->text = text_from(self);
    const struct directive *directive = self->directive = find_directive(&self->at);
    if (directive == NULL && self->at.kind != TOKEN_DOTTED) {
        program_expect_instruction(&self->at);
        add_statement(self, STATEMENT_INSTRUCTION);
        return;
    }
    if (directive == NULL || directive->read != read_observed)
        lexer_next(&self->at);
    if (directive != NULL)
        directive->read(self);
    if (directive == NULL || (directive->read != open_rept && directive->read != add_tick))
        lexer_expect_end(&self->at);
    if (directive == NULL) /* a label, alone on its line */
        add_statement(self, STATEMENT_LABEL);
}

/* What follows `assert` belongs to it, whatever it is. */
static bool is_label(const struct lexer *at)
{
    bool is_name =
        (at->kind == TOKEN_NAME && !lexer_is(at, "assert")) || (at->kind == TOKEN_DOTTED && find_directive(at) == NULL);
    return is_name && lexer_marks_label(at);
}

static void read_line(struct reader *self, struct span line)
{
    self->at = lexer_start(line);
    while (is_label(&self->at)) {
        self->text = text_from(self);
        add_statement(self, STATEMENT_LABEL);
        lexer_next(&self->at);
        lexer_next(&self->at);
    }
    if (self->at.kind != TOKEN_END)
        read_statement(self);
}

void program_read_lines(struct program *program, struct span lines)
{
    struct reader self = {.program = program};
    while (lines.length > 0)
        read_line(&self, span_rest(span_take(&lines, '\n'), 1));
    end_section(&self);
    if (program->section_count == 0)
        verdict_malformed(lines.text, "the program has no code");
}
