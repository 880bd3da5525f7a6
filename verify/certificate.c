#include "verify/certificate.h"

#include "verify/sha256.h"
#include "verify/verdict.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- Lines and words ------------------------------------------------------------------------------------------- */

struct reader {
    const char *at;
    const char *end;
    size_t line; /* of what was read last */
    struct certificate *certificate;
};

static _Noreturn void fail(const struct reader *self, const char *expected)
{
    verdict_malformed(self->line, "this is no certificate: expected %s", expected);
}

static struct span next_line(struct reader *self)
{
    const char *end = self->at < self->end ? memchr(self->at, '\n', (size_t)(self->end - self->at)) : NULL;
    self->line++;
    if (end == NULL)
        fail(self, "one more line");
    struct span line = {self->at, (size_t)(end - self->at)};
    self->at = end + 1;
    return line;
}

/* Reads the next line, which must begin with a word and a blank; returns what follows. */
static struct span expect_line(struct reader *self, const char *prefix)
{
    struct span line = next_line(self);
    if (!span_starts_with(line, prefix))
        fail(self, prefix);
    return span_rest(line, strlen(prefix));
}

/* Whether the next line begins so; it is not read. */
static bool line_follows(const struct reader *self, const char *prefix)
{
    return span_starts_with((struct span){self->at, (size_t)(self->end - self->at)}, prefix);
}

/* ---- The head -------------------------------------------------------------------------------------------------- */

/* claim NAME >= VALUE, or NAME <= VALUE */
static void read_claim(struct reader *self)
{
    struct certificate *certificate = self->certificate;
    struct span rest = expect_line(self, "claim ");
    certificate->observed_name = span_take_word(&rest);
    struct span relation = span_take_word(&rest);
    certificate->machine.is_upper = span_is(relation, "<=");
    if (!certificate->machine.is_upper && !span_is(relation, ">="))
        fail(self, "'>=' or '<='");
    certificate->claim = span_expect_number(rest, INT64_MIN, INT64_MAX, self->line);
}

static void read_symbols(struct reader *self)
{
    struct program *program = self->certificate->program;
    while (line_follows(self, "symbol ")) {
        struct span rest = expect_line(self, "symbol "), name = span_take_word(&rest);
        bool is_known = items_find(&program->symbols, name.text, name.length) != NULL;
        if (name.length == 0 || is_known || span_is(name, "SELF"))
            fail(self, "the name of another symbol");
        int64_t value = span_expect_number(rest, INT64_MIN, INT64_MAX, self->line);
        program_add_symbol(program, name.text, name.length, value, 0);
    }
}

/* register THREAD.%NAME VALUE: first values of registers. The threads are not known yet. */
struct first_register {
    struct span name;
    int64_t value;
    size_t line;
};

struct first_registers {
    struct first_register *at;
    size_t count;
    size_t capacity;
};

static struct first_registers read_registers(struct reader *self)
{
    struct first_registers registers = {0};
    while (line_follows(self, "register ")) {
        struct span rest = expect_line(self, "register "), name = span_take_word(&rest);
        int64_t value = span_expect_number(rest, INT64_MIN, INT64_MAX, self->line);
        registers.at = storage_grow(registers.at, registers.count, &registers.capacity, sizeof *registers.at);
        registers.at[registers.count++] = (struct first_register){name, value, self->line};
    }
    return registers;
}

static void set_registers(const struct certificate *self, const struct first_registers *registers)
{
    size_t first = program_register_location(self->program, 0, 0);
    for (size_t i = 0; i < registers->count; i++) {
        const struct first_register *setting = &registers->at[i];
        size_t location = program_find_location(self->program, setting->name.text, setting->name.length);
        if (location == SIZE_MAX || location < first)
            verdict_malformed(setting->line, "there is no such register");
        location -= first;
        self->program->threads[location / REGISTER_COUNT].registers[location % REGISTER_COUNT] = setting->value;
    }
}

static unsigned hexadecimal(const struct reader *self, char digit)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = digit == '\0' ? NULL : strchr(digits, digit);
    if (at == NULL)
        fail(self, "a byte as \\x and two digits");
    return (unsigned)(at - digits);
}

/* \\ is a backslash, \xHH any byte. Returns a text of its own. */
static struct span unescape(const struct reader *self, struct span line)
{
    char *text = storage_new(line.length, 1);
    size_t length = 0;
    for (size_t i = 0; i < line.length; i++) {
        if (line.text[i] != '\\') {
            text[length++] = line.text[i];
        } else if (i + 1 < line.length && line.text[i + 1] == '\\') {
            text[length++] = '\\';
            i++;
        } else {
            if (i + 3 >= line.length || line.text[i + 1] != 'x')
                fail(self, "a byte as \\x and two digits");
            text[length] = (char)(16 * hexadecimal(self, line.text[i + 2]) + hexadecimal(self, line.text[i + 3]));
            if (text[length] == '\n' ||
                text[length] == '\0') /* would end the line for one reader and not for another */
                fail(self, "no line feed and no NUL within a line");
            length++;
            i += 3;
        }
    }
    return (struct span){text, length};
}

/* text LINES, and so many lines behind '>'. */
static void read_text(struct reader *self)
{
    struct token_list *list = storage_new(1, sizeof *list);
    int64_t lines = span_expect_number(expect_line(self, "text "), 0, INT64_MAX, self->line);
    for (int64_t i = 0; i < lines; i++) {
        struct span line = unescape(self, expect_line(self, ">"));
        token_list_add_line(list, line.text, line.length, self->line);
    }
    program_read(self->certificate->program, list);
}

static void read_scheduler(struct certificate *self, struct span text, size_t line)
{
    const char *problem = scheduler_read(&self->scheduler, text, self->program->thread_count);
    if (problem != NULL)
        verdict_malformed(line, "the certificate has %s", problem);
}

/* ---- The witness ----------------------------------------------------------------------------------------------- */

/* THREAD*STEPS */
static struct run read_run(const struct reader *self, struct span word)
{
    struct span thread = span_take(&word, '*'), steps = word;
    if (steps.length == 0)
        fail(self, "runs such as 0*3");
    int64_t last = (int64_t)self->certificate->program->thread_count - 1;
    return (struct run){(size_t)span_expect_number(thread, 0, last, self->line),
                        span_expect_number(steps, 1, INT32_MAX, self->line)};
}

/* witness STEPS, and lines of runs, so many steps in all. */
static void read_witness(struct reader *self)
{
    struct certificate *certificate = self->certificate;
    int64_t left = span_expect_number(expect_line(self, "witness "), 0, 100000000, self->line);
    certificate->witness_steps = left;
    certificate->witness_line = self->line;
    while (left > 0) {
        struct span rest = next_line(self);
        while (rest.length > 0) {
            struct run run = read_run(self, span_take_word(&rest));
            left -= run.steps;
            if (left < 0)
                fail(self, "fewer steps");
            certificate->runs = storage_grow(certificate->runs, certificate->run_count, &certificate->run_capacity,
                                             sizeof *certificate->runs);
            certificate->runs[certificate->run_count++] = run;
        }
    }
}

/* ---- Columns --------------------------------------------------------------------------------------------------- */

/* Takes the next word of the columns, which must be this one: what states list of control is not to be chosen. */
static void expect_column(const struct reader *self, struct span *rest, const char *kind, const char *name)
{
    struct span word = span_take_word(rest);
    bool is_it = span_starts_with(word, kind) && span_is(span_rest(word, strlen(kind)), name);
    if (!is_it)
        verdict_malformed(self->line, "this is no certificate: expected the column %s%s", kind, name);
}

static void expect_items(const struct reader *self, struct span *rest, const char *kind, const struct items *items)
{
    for (size_t i = 0; i < items->count; i++)
        expect_column(self, rest, kind, items->at[i].name);
}

static void expect_threads(const struct reader *self, struct span *rest, const char *kind)
{
    const struct program *program = self->certificate->program;
    for (size_t t = 0; t < program->thread_count; t++)
        expect_column(self, rest, kind, program->threads[t].name);
}

static bool is_listed(const struct certificate *self, size_t location)
{
    for (size_t i = 0; i < self->known_count; i++)
        if (self->known[i].location == location)
            return true;
    for (size_t i = 0; i < self->bounded_count; i++)
        if (self->bounded[i].location == location)
            return true;
    return false;
}

static struct column read_column(const struct reader *self, struct span word, const char *kind)
{
    struct span name = span_rest(word, strlen(kind));
    size_t location = program_find_location(self->certificate->program, name.text, name.length);
    if (location == SIZE_MAX || is_listed(self->certificate, location))
        fail(self, "a column for another location");
    return (struct column){.location = location};
}

static bool column_follows(struct span rest, const char *kind)
{
    return span_starts_with(rest, kind);
}

static void read_known(struct reader *self, struct span *rest)
{
    struct certificate *certificate = self->certificate;
    while (column_follows(*rest, "known:")) {
        struct column column = read_column(self, span_take_word(rest), "known:");
        certificate->known = storage_grow(certificate->known, certificate->known_count, &certificate->known_capacity,
                                          sizeof *certificate->known);
        certificate->known[certificate->known_count++] = column;
    }
}

static void read_bounded(struct reader *self, struct span *rest)
{
    struct certificate *certificate = self->certificate;
    while (rest->length > 0) {
        if (!column_follows(*rest, "bound:"))
            fail(self, "columns bound:NAME");
        struct column column = read_column(self, span_take_word(rest), "bound:");
        certificate->bounded = storage_grow(certificate->bounded, certificate->bounded_count,
                                            &certificate->bounded_capacity, sizeof *certificate->bounded);
        certificate->bounded[certificate->bounded_count++] = column;
    }
}

/* columns at:T0 ... mutex:m ... queue:q ... known:flag ... turn count lead:T0 ... | bound:value ... */
static void read_columns(struct reader *self)
{
    struct certificate *certificate = self->certificate;
    struct span rest = expect_line(self, "columns ");
    expect_threads(self, &rest, "at:");
    expect_items(self, &rest, "mutex:", &certificate->program->mutexes);
    expect_items(self, &rest, "queue:", &certificate->program->queues);
    read_known(self, &rest);
    if (scheduler_has_turn(&certificate->scheduler)) {
        expect_column(self, &rest, "turn", "");
        expect_column(self, &rest, "count", "");
    }
    if (scheduler_has_leads(&certificate->scheduler))
        expect_threads(self, &rest, "lead:");
    if (rest.length == 0)
        return;
    expect_column(self, &rest, "|", "");
    read_bounded(self, &rest);
    if (certificate->bounded_count == 0)
        fail(self, "columns bound:NAME");
}

static struct column *find_known_register(const struct reader *self, struct span name)
{
    const struct certificate *certificate = self->certificate;
    const struct program *program = certificate->program;
    size_t location = program_find_location(program, name.text, name.length);
    size_t first = program_register_location(program, 0, 0);
    for (size_t i = 0; i < certificate->known_count; i++) {
        struct column *column = &certificate->known[i];
        if (column->location != location || location < first || column->forgotten != NULL)
            continue;
        column->thread = (location - first) / REGISTER_COUNT;
        column->forgotten = storage_new(program->threads[column->thread].code.count + 1, sizeof *column->forgotten);
        return column;
    }
    fail(self, "a register among the known columns, once");
}

/* FIRST-LAST, or one number, behind all that came before: so nothing is gone through twice. Returns what is behind it. */
static int64_t forget_range(const struct reader *self, struct column *column, struct span word, int64_t least)
{
    int64_t end = (int64_t)self->certificate->program->threads[column->thread].code.count;
    struct span first = span_take(&word, '-'), last = word.length > 0 ? word : first;
    int64_t from = span_expect_number(first, least, end, self->line);
    int64_t to = span_expect_number(last, from, end, self->line);
    for (int64_t i = from; i <= to; i++)
        column->forgotten[i] = true;
    return to + 1;
}

/* forget REGISTER RANGE...: at these instructions states do not list a register that they otherwise know. */
static void read_forgotten(struct reader *self)
{
    while (line_follows(self, "forget ")) {
        struct span rest = expect_line(self, "forget ");
        struct column *column = find_known_register(self, span_take_word(&rest));
        for (int64_t least = 0; rest.length > 0;)
            least = forget_range(self, column, span_take_word(&rest), least);
    }
}

static void find_observed(struct certificate *self)
{
    self->observed = program_find_location(self->program, self->observed_name.text, self->observed_name.length);
    if (self->observed == SIZE_MAX || self->observed >= self->program->words.count)
        verdict_malformed(0, "the claim is about a variable that the program does not have");
    if (!is_listed(self, self->observed))
        verdict_malformed(0, "the claim is about a variable that the states do not list");
}

/* ---- The states ------------------------------------------------------------------------------------------------ */

/* What stands between a state's key and its bounds; where there are none, what ends the line. */
static const char *mark_of(const struct certificate *self)
{
    return self->bounded_count > 0 ? " |" : "\n";
}

/* A state's line: its key, and behind " | " its bounds. */
static struct listed_state split(const struct certificate *self, struct span line, size_t number)
{
    struct listed_state state = {.key = line, .line = number};
    if (self->bounded_count == 0)
        return state;
    const char *bar = memchr(line.text, '|', line.length);
    if (bar == NULL || bar < line.text + 2 || (size_t)(bar - line.text) + 2 > line.length || bar[-1] != ' ' ||
        bar[1] != ' ')
        verdict_malformed(number, "this is no certificate: expected a state and, behind ' | ', its bounds");
    state.key.length = (size_t)(bar - line.text) - 1;
    state.bounds = span_rest(line, state.key.length + 3);
    return state;
}

struct walk certificate_walk(const struct certificate *self)
{
    return (struct walk){self->states, self->states_line, self->state_count};
}

bool certificate_next(const struct certificate *self, struct walk *walk, struct listed_state *listed)
{
    if (walk->left == 0)
        return false;
    walk->left--;
    *listed = split(self, span_take(&walk->rest, '\n'), walk->line++);
    return true;
}

/* A line that was read once has its line feed. */
static struct listed_state state_at(const struct certificate *self, size_t place)
{
    struct span rest = span_rest(self->states, place);
    return split(self, span_take(&rest, '\n'), 0);
}

uint64_t certificate_expect(const struct certificate *self, const struct buffer *key)
{
    return table_expect(&self->table, (struct span){key->text, key->length});
}

bool certificate_find(const struct certificate *self, const struct buffer *key, uint64_t hash,
                      struct listed_state *listed)
{
    size_t place = table_find(&self->table, (struct span){key->text, key->length}, hash);
    if (place != TABLE_NONE)
        *listed = state_at(self, place);
    return place != TABLE_NONE;
}

static size_t count_lines(const char *bytes, size_t length)
{
    size_t lines = 0;
    for (size_t i = 0; i < length; i++)
        lines += bytes[i] == '\n';
    return lines;
}

size_t certificate_line(const struct certificate *self, const struct listed_state *listed)
{
    if (listed->line > 0)
        return listed->line;
    return self->states_line + count_lines(self->states.text, (size_t)(listed->key.text - self->states.text));
}

/* Room is made for as many lines as there can be in what follows, whatever the number says. */
static void make_table(struct reader *self, int64_t count, const uint64_t seed[2])
{
    struct certificate *certificate = self->certificate;
    struct span rest = {self->at, (size_t)(self->end - self->at)};
    if ((uint64_t)count > rest.length / 2) /* the shortest line is a digit and its line feed */
        fail(self, "one more line, for each state that is announced");
    certificate->states = rest;
    certificate->states_line = self->line + 1;
    table_start(&certificate->table, rest, mark_of(certificate), (size_t)count, seed);
}

/* Lines that were read and are not in the table yet: each waits until memory has fetched its entry. */
struct backlog {
    struct listed_state states[16];
    uint64_t hashes[16];
    size_t count;
};

static void add_states(struct certificate *self, struct backlog *backlog)
{
    for (size_t i = 0; i < backlog->count; i++) {
        size_t place = table_add(&self->table, backlog->states[i].key, backlog->hashes[i]);
        if (place == TABLE_NONE)
            continue;
        struct listed_state other = state_at(self, place);
        verdict_malformed(backlog->states[i].line, "this state is listed before, on line %zu",
                          certificate_line(self, &other));
    }
    backlog->count = 0;
}

static void add_state(struct certificate *self, struct backlog *backlog, struct listed_state listed)
{
    if (backlog->count == sizeof backlog->states / sizeof backlog->states[0])
        add_states(self, backlog);
    backlog->hashes[backlog->count] = table_expect(&self->table, listed.key);
    backlog->states[backlog->count++] = listed;
}

/* Each line is parsed, too, so that what is malformed is said before what is not valid. */
static void read_states(struct reader *self, const uint64_t seed[2])
{
    struct certificate *certificate = self->certificate;
    struct state *state = state_new(certificate->program);
    struct backlog backlog = {.count = 0};
    int64_t count = span_expect_number(expect_line(self, "states "), 0, INT64_MAX, self->line);
    make_table(self, count, seed);
    for (; certificate->state_count < (size_t)count; certificate->state_count++) {
        struct span line = next_line(self);
        struct listed_state listed = split(certificate, line, self->line);
        certificate_parse_state(certificate, &listed, state);
        add_state(certificate, &backlog, listed);
    }
    add_states(certificate, &backlog);
}

/* ---- The whole ------------------------------------------------------------------------------------------------- */

/* The last line is "sha256 DIGITS", of all that stands above it. Returns the length of that, and the digits. */
static size_t check_sum(const char *bytes, size_t length, char digits[SHA256_DIGITS + 1])
{
    static const char prefix[] = "sha256 ";
    size_t line = sizeof prefix - 1 + SHA256_DIGITS + 1;
    size_t above = length - (line < length ? line : length);
    const char *last = bytes + above;
    if (length < line || memcmp(last, prefix, sizeof prefix - 1) != 0 || bytes[length - 1] != '\n' ||
        (above > 0 && bytes[above - 1] != '\n'))
        verdict_malformed(count_lines(bytes, length), "the file does not end with a line 'sha256 ' and its checksum");
    sha256_digits(bytes, above, digits);
    if (memcmp(digits, last + sizeof prefix - 1, SHA256_DIGITS) != 0)
        verdict_violated(count_lines(bytes, length), "the checksum is not that of the lines above");
    return above;
}

static const char format[] = "racecheck-certificate 1\n";

bool certificate_begins(const char *bytes, size_t length)
{
    size_t compared = length < sizeof format - 1 ? length : sizeof format - 1;
    return compared == 0 || memcmp(bytes, format, compared) == 0;
}

struct certificate *certificate_read(const char *bytes, size_t length)
{
    struct certificate *self = storage_new(1, sizeof *self);
    struct reader reader = {.at = bytes, .end = bytes, .certificate = self};
    char digits[SHA256_DIGITS + 1];
    uint64_t seed[2];
    if (length < sizeof format - 1 || !certificate_begins(bytes, length))
        verdict_malformed(1, "this is no certificate: expected 'racecheck-certificate 1'");
    reader.end = bytes + check_sum(bytes, length, digits);
    next_line(&reader);
    read_claim(&reader);
    self->model = expect_line(&reader, "model ");
    int64_t threads = span_expect_number(expect_line(&reader, "threads "), 1, THREADS_MAX, reader.line);
    int64_t iters = span_expect_number(expect_line(&reader, "iters "), 0, INT64_MAX, reader.line);
    self->machine.program = self->program = program_new(threads, iters);
    const char *settings = reader.at;
    read_symbols(&reader);
    struct first_registers registers = read_registers(&reader);
    self->settings = (struct span){settings, (size_t)(reader.at - settings)};
    struct span scheduler = expect_line(&reader, "scheduler ");
    self->parameters = scheduler;
    (void)span_take_word(&self->parameters);
    size_t scheduler_line = reader.line;
    read_text(&reader);
    set_registers(self, &registers);
    read_scheduler(self, scheduler, scheduler_line);
    read_witness(&reader);
    read_columns(&reader);
    read_forgotten(&reader);
    find_observed(self);
    memcpy(seed, digits, sizeof seed);
    read_states(&reader, seed);
    if (reader.at != reader.end)
        verdict_malformed(reader.line + 1, "this is no certificate: expected nothing behind the states");
    return self;
}
