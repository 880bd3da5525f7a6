#include "verify/certificate.h"

#include "verify/verdict.h"

#include <stdlib.h>
#include <string.h>

/* ---- Lines and words ------------------------------------------------------------------------------------------- */

enum { CLAIMS_MAX = 64 };

struct reader {
    struct span rest;  /* of the file, without its checksum */
    const char *place; /* of what was read last */
    struct certificate *certificate;
};

static _Noreturn void fail(const struct reader *self, const char *expected)
{
    verdict_malformed(self->place, "this is not a certificate: expected %s", expected);
}

/* Every line ends with a line feed, and none with a blank. */
static struct span next_line(struct reader *self)
{
    self->place = self->rest.text;
    if (self->rest.length == 0)
        fail(self, "one more line");
    return span_take(&self->rest, '\n');
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
    return span_starts_with(self->rest, prefix);
}

/* Takes the next of the words of a line, which must not end with a blank. */
static struct span take_word(struct reader *self, struct span *rest)
{
    struct span word = span_take_word(rest);
    self->place = word.text;
    if (word.length == 0 || (rest->length == 0 && rest->text > word.text + word.length))
        fail(self, "words with one blank between them");
    return word;
}

/* ---- The head -------------------------------------------------------------------------------------------------- */

/* NAME >= VALUE, or NAME <= VALUE; all bounds of a certificate have one direction. */
static void read_bound(struct reader *self, struct span rest, struct claim *claim)
{
    struct certificate *certificate = self->certificate;
    bool has_other = false;
    for (size_t i = 0; i < certificate->claim_count; i++)
        has_other = has_other || claim_is_bound(&certificate->claims[i]);
    claim->text = take_word(self, &rest);
    struct span relation = take_word(self, &rest);
    bool is_upper = span_is(relation, "<=");
    if ((!is_upper && !span_is(relation, ">=")) || (has_other && is_upper != certificate->machine.is_upper))
        fail(self, "'>=', or '<=' in all claims");
    certificate->machine.is_upper = is_upper;
    claim->bound = span_expect_number(rest, INT64_MIN, INT64_MAX);
}

/* Whether it is `always` and a condition; no condition begins with a comparison, but a variable may have that name. */
static bool is_always(struct span claim)
{
    static const char word[] = "always ";
    struct span rest = span_rest(claim, span_starts_with(claim, word) ? sizeof word - 1 : 0);
    return rest.text > claim.text && !span_starts_with(rest, ">=") && !span_starts_with(rest, "<=");
}

/* It is told to people as it stands here: blanks are all that may separate its words, and none stands around it. */
static struct span read_condition(const struct reader *self, struct span condition)
{
    if (span_trim(condition).length < condition.length || memchr(condition.text, '\t', condition.length) != NULL)
        fail(self, "a condition without tabs, and without blanks around it");
    return condition;
}

/* claim NAME >= VALUE, and so on; claim always CONDITION, which is read when the program is known */
static void read_claims(struct reader *self)
{
    struct certificate *certificate = self->certificate;
    do {
        struct span line = expect_line(self, "claim ");
        struct claim claim = {.text = line};
        if (is_always(line))
            claim.condition = read_condition(self, span_rest(line, strlen("always ")));
        else
            read_bound(self, line, &claim);
        if (certificate->claim_count == CLAIMS_MAX)
            fail(self, "fewer claims");
        certificate->claims = storage_grow(certificate->claims, certificate->claim_count, &certificate->claim_capacity,
                                           sizeof *certificate->claims);
        certificate->claims[certificate->claim_count++] = claim;
    } while (line_follows(self, "claim "));
}

/* What claims are about is part of the program. */
static void check_claims(struct certificate *self)
{
    for (size_t i = 0; i < self->claim_count; i++)
        if (!claim_is_bound(&self->claims[i]))
            condition_read(self->program, self->claims[i].condition, CONDITION_OF_STATE, NULL);
        else if (program_observe(self->program, self->claims[i].text) == SIZE_MAX)
            verdict_malformed(self->claims[i].text.text,
                              "the claim is about a variable that the program does not have");
    for (size_t i = 0; i < self->claim_count; i++) /* addresses have become words, which has moved the registers */
        if (claim_is_bound(&self->claims[i]))
            self->claims[i].location = program_observe(self->program, self->claims[i].text);
}

/* symbol NAME VALUE */
static void read_symbols(struct reader *self)
{
    struct items *symbols = &self->certificate->program->symbols;
    while (line_follows(self, "symbol ")) {
        struct span rest = expect_line(self, "symbol "), name = take_word(self, &rest);
        bool is_name = span_name_length(name) == name.length && (name.text[0] < '0' || name.text[0] > '9');
        if (!is_name || items_find(symbols, name) != NULL || span_is(name, "SELF"))
            fail(self, "the name of another symbol");
        items_add(symbols, name, span_expect_number(rest, INT64_MIN, INT64_MAX), SYMBOLS_MAX);
    }
}

/* register THREAD.%NAME VALUE: first values of registers. Which threads there are is not known yet. */
static struct span read_registers(struct reader *self)
{
    struct span lines = self->rest;
    while (line_follows(self, "register "))
        (void)next_line(self);
    lines.length = (size_t)(self->rest.text - lines.text);
    return lines;
}

static void set_registers(struct reader *self, struct span lines)
{
    struct program *program = self->certificate->program;
    size_t first = program_register_location(program, 0, 0);
    uint8_t *set = storage_new(program->thread_count * REGISTER_COUNT, sizeof *set);
    while (lines.length > 0) {
        struct span rest = span_rest(span_take(&lines, '\n'), strlen("register ")), name = take_word(self, &rest);
        size_t location = program_find_location(program, name);
        if (location == SIZE_MAX || location < first || location >= program_place_location(program, 0, 0) ||
            (location - first) % REGISTER_COUNT == FLAGS || set[location - first]++ > 0)
            fail(self, "another register of a thread");
        program->threads[(location - first) / REGISTER_COUNT].registers[(location - first) % REGISTER_COUNT] =
            span_expect_number(rest, INT64_MIN, INT64_MAX);
    }
    free(set);
}

void certificate_digest_text(struct span lines, char digits[SHA256_DIGITS + 1])
{
    struct sha256 digest = sha256_start();
    while (lines.length > 0) {
        struct span line = span_rest(span_take(&lines, '\n'), 1);
        while (line.length > 0) {
            char byte = span_take_escaped(&line);
            sha256_add(&digest, &byte, 1);
        }
        sha256_add(&digest, "\n", 1);
    }
    sha256_end(&digest, digits);
}

/* text LINES, and so many lines behind '>'. */
static void read_text(struct reader *self)
{
    struct certificate *certificate = self->certificate;
    int64_t lines = span_expect_number(expect_line(self, "text "), 0, INT64_MAX);
    struct span text = self->rest;
    for (int64_t i = 0; i < lines; i++)
        span_expect_escaped(expect_line(self, ">"));
    text.length = (size_t)(self->rest.text - text.text);
    certificate_digest_text(text, certificate->digest);
    program_read(certificate->program, text);
}

/* Whatever states there are, as many bytes follow: two for each at least. A program whose every instruction is in one of
 * them is not longer than that; one that has much code that is never executed may be refused. */
static size_t most_steps(const struct reader *self)
{
    return self->rest.length / 2 + 65536;
}

/* One processor sees its own stores at once, so that nobody meets one that waits. */
static void settle_memory(struct certificate *self, const char *at)
{
    enum scheduler_kind kind = self->scheduler.kind;
    struct program *program = self->program;
    program->is_tso = program->is_tso && kind != SCHEDULER_TICK && kind != SCHEDULER_SIGNAL;
    if (program->is_tso && (kind == SCHEDULER_PARALLEL || program->thread_count > TSO_THREADS_MAX))
        verdict_malformed(
            at, "the program's memory is TSO, which the parallel scheduler and more than %d threads do not have",
            TSO_THREADS_MAX);
}

void certificate_read_subject(struct certificate *self, struct span *file)
{
    struct reader reader = {.rest = *file, .certificate = self};
    next_line(&reader);
    read_claims(&reader);
    self->model = expect_line(&reader, "model ");
    span_expect_escaped(self->model);
    struct span digest = line_follows(&reader, "program ") ? expect_line(&reader, "program ") : (struct span){NULL, 0};
    int64_t threads = span_expect_number(expect_line(&reader, "threads "), 1, THREADS_MAX);
    int64_t iters = span_expect_number(expect_line(&reader, "iters "), 0, INT64_MAX);
    self->machine.program = self->program = program_new(threads, iters, most_steps(&reader));
    const char *settings = reader.rest.text;
    read_symbols(&reader);
    struct span registers = read_registers(&reader);
    self->settings = (struct span){settings, (size_t)(reader.rest.text - settings)};
    struct span scheduler = expect_line(&reader, "scheduler ");
    self->parameters = scheduler;
    (void)span_take_word(&self->parameters);
    read_text(&reader);
    if (digest.text != NULL && !span_is(digest, self->digest))
        verdict_malformed(digest.text, "the program below has another SHA-256: %s", self->digest);
    set_registers(&reader, registers);
    scheduler_read(&self->scheduler, scheduler, self->program->thread_count);
    settle_memory(self, scheduler.text);
    check_claims(self);
    *file = reader.rest;
}

/* ---- The witness ----------------------------------------------------------------------------------------------- */

/* THREAD*STEPS, THREAD:CHOICE*STEPS, or THREADf*STORES */
static struct run read_run(const struct reader *self, struct span word)
{
    struct span choice = span_take(&word, '*'), steps = word, thread = span_take(&choice, ':');
    bool has_choice = choice.text > thread.text + thread.length;
    bool is_flush = self->certificate->program->is_tso && thread.length > 0 && thread.text[thread.length - 1] == 'f';
    if (steps.length == 0 || (has_choice && is_flush))
        fail(self, "runs such as 0*3");
    thread.length -= is_flush;
    int64_t last = (int64_t)self->certificate->program->thread_count - 1;
    return (struct run){(size_t)span_expect_number(thread, 0, last),
                        has_choice ? (unsigned)span_expect_number(choice, 1, CHOICES_MAX - 1) : 0,
                        span_expect_number(steps, 1, INT32_MAX), is_flush};
}

/* witness STEPS, and lines of runs, so many steps in all. */
static void read_witness(struct reader *self, struct claim *claim)
{
    int64_t left = span_expect_number(expect_line(self, "witness "), 0, 100000000);
    claim->witness_steps = left;
    claim->witness = self->place;
    while (left > 0) {
        struct span rest = next_line(self);
        while (rest.length > 0) {
            struct run run = read_run(self, take_word(self, &rest));
            left -= run.steps;
            if (left < 0)
                fail(self, "fewer steps");
            claim->runs = storage_grow(claim->runs, claim->run_count, &claim->run_capacity, sizeof *claim->runs);
            claim->runs[claim->run_count++] = run;
        }
    }
}

/* One for each bound, in their order. */
static void read_witnesses(struct reader *self)
{
    for (size_t i = 0; i < self->certificate->claim_count; i++)
        if (claim_is_bound(&self->certificate->claims[i]))
            read_witness(self, &self->certificate->claims[i]);
}

/* ---- Columns --------------------------------------------------------------------------------------------------- */

/* Takes the next word of the columns, which must be this one: what states list of control is not to be chosen. */
static void expect_column(struct reader *self, struct span *rest, const char *kind, struct span name)
{
    struct span word = take_word(self, rest);
    if (!span_starts_with(word, kind) || !span_equals(span_rest(word, strlen(kind)), name))
        verdict_malformed(word.text, "this is not a certificate: expected the column %s%.*s", kind, span_shown(name),
                          name.text);
}

static void expect_objects(struct reader *self, struct span *rest, const char *word, enum object_kind kind)
{
    const struct objects *objects = &self->certificate->program->objects[kind];
    for (size_t i = 0; i < objects->count; i++)
        expect_column(self, rest, word, objects->at[i].name);
}

static void expect_threads(struct reader *self, struct span *rest, const char *kind)
{
    const struct program *program = self->certificate->program;
    for (size_t t = 0; t < program->thread_count; t++)
        expect_column(self, rest, kind, (struct span){program->threads[t].name, strlen(program->threads[t].name)});
}

static bool has_column(const struct columns *self, size_t location)
{
    size_t i = 0;
    while (i < self->count && self->at[i].location != location)
        i++;
    return i < self->count;
}

static bool is_listed(const struct certificate *self, size_t location)
{
    return has_column(&self->known, location) || has_column(&self->bounded, location);
}

/* Reads columns of a kind, as long as there are some. A place in a store buffer may be bounded, and nothing else: where its value is
 * known, the buffer says so. */
static void read_locations(struct reader *self, struct span *rest, const char *kind, struct columns *columns)
{
    const struct program *program = self->certificate->program;
    size_t first = program_place_location(program, 0, 0);
    while (span_starts_with(*rest, kind)) {
        struct span name = span_rest(take_word(self, rest), strlen(kind));
        size_t location = program_find_location(program, name);
        bool is_place = location >= first;
        if (location == SIZE_MAX || is_listed(self->certificate, location) ||
            (is_place && columns == &self->certificate->known))
            fail(self, "a column for another location");
        columns->at = storage_grow(columns->at, columns->count, &columns->capacity, sizeof *columns->at);
        columns->at[columns->count++] = (struct column){.location = location,
                                                        .thread = is_place ? (location - first) / STORES_MAX : 0,
                                                        .is_place = is_place,
                                                        .place = is_place ? (location - first) % STORES_MAX : 0};
    }
}

static void note_known(struct certificate *self)
{
    self->is_known = storage_new(self->program->word_count, sizeof *self->is_known);
    for (size_t i = 0; i < self->known.count; i++)
        if (self->known.at[i].location < self->program->word_count)
            self->is_known[self->known.at[i].location] = true;
}

/* columns at:T0 ... mutex:m ... rwlock:r ... queue:q ... buffer:T0 ... known:flag ... turn count lead:T0 ... | bound:value ... */
static void read_columns(struct reader *self)
{
    struct certificate *certificate = self->certificate;
    const struct span none = {"", 0};
    struct span rest = expect_line(self, "columns ");
    expect_threads(self, &rest, "at:");
    expect_objects(self, &rest, "mutex:", OBJECT_MUTEX);
    expect_objects(self, &rest, "rwlock:", OBJECT_RWLOCK);
    expect_objects(self, &rest, "queue:", OBJECT_QUEUE);
    if (certificate->program->is_tso)
        expect_threads(self, &rest, "buffer:");
    read_locations(self, &rest, "known:", &certificate->known);
    note_known(certificate);
    if (scheduler_has_turn(&certificate->scheduler)) {
        expect_column(self, &rest, "turn", none);
        expect_column(self, &rest, "count", none);
    }
    if (scheduler_has_leads(&certificate->scheduler))
        expect_threads(self, &rest, "lead:");
    if (rest.length == 0)
        return;
    expect_column(self, &rest, "|", none);
    read_locations(self, &rest, "bound:", &certificate->bounded);
    if (rest.length > 0 || certificate->bounded.count == 0)
        fail(self, "columns bound:NAME");
}

static struct column *find_known_register(const struct reader *self, struct span name)
{
    const struct certificate *certificate = self->certificate;
    const struct program *program = certificate->program;
    size_t location = program_find_location(program, name);
    size_t first = program_register_location(program, 0, 0);
    for (size_t i = 0; i < certificate->known.count; i++) {
        struct column *column = &certificate->known.at[i];
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
    struct span first = span_take(&word, '-'), last = word.text > first.text + first.length ? word : first;
    int64_t from = span_expect_number(first, least, end);
    int64_t to = span_expect_number(last, from, end);
    for (int64_t i = from; i <= to; i++)
        column->forgotten[i] = true;
    return to + 1;
}

/* forget REGISTER RANGE...: at these instructions states do not list a register that they otherwise know. */
static void read_forgotten(struct reader *self)
{
    while (line_follows(self, "forget ")) {
        struct span rest = expect_line(self, "forget ");
        struct column *column = find_known_register(self, take_word(self, &rest));
        for (int64_t least = 0; rest.length > 0;)
            least = forget_range(self, column, take_word(self, &rest), least);
    }
}

static void check_listed(const struct certificate *self)
{
    for (size_t i = 0; i < self->claim_count; i++)
        if (claim_is_bound(&self->claims[i]) && !is_listed(self, self->claims[i].location))
            verdict_malformed(self->claims[i].text.text, "the claim is about a variable that the states do not list");
}

/* ---- The states ------------------------------------------------------------------------------------------------ */

/* What stands between a state's key and its bounds; where there are none, what ends the line. */
static const char *mark_of(const struct certificate *self)
{
    return self->bounded.count > 0 ? " |" : "\n";
}

/* A state's line: its key, and behind " | " its bounds. */
static struct listed_state split(const struct certificate *self, struct span line)
{
    struct listed_state state = {.key = line};
    if (self->bounded.count == 0)
        return state;
    const char *bar = memchr(line.text, '|', line.length);
    if (bar == NULL || bar < line.text + 2 || (size_t)(bar - line.text) + 2 > line.length || bar[-1] != ' ' ||
        bar[-2] == ' ' || bar[1] != ' ')
        verdict_malformed(line.text, "this is not a certificate: expected a state and, behind ' | ', its bounds");
    state.key.length = (size_t)(bar - line.text) - 1;
    state.bounds = span_rest(line, state.key.length + 3);
    return state;
}

bool certificate_next(const struct certificate *self, struct walk *walk, struct listed_state *listed)
{
    if (walk->left == 0)
        return false;
    walk->left--;
    *listed = split(self, span_take(&walk->rest, '\n'));
    return true;
}

static struct listed_state state_at(const struct certificate *self, size_t place)
{
    struct span rest = span_rest(self->states, place);
    return split(self, span_take(&rest, '\n'));
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

/* Room is made for as many lines as there can be in what follows, whatever the number says. */
static void make_table(struct reader *self, int64_t count, const uint64_t seed[2])
{
    struct certificate *certificate = self->certificate;
    struct span rest = self->rest;
    if ((uint64_t)count > rest.length / 2) /* the shortest line is a digit and its line feed */
        fail(self, "one more line, for each state that is announced");
    certificate->states = rest;
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
        verdict_malformed(backlog->states[i].key.text, "this state is listed before, on line %zu",
                          verdict_line(other.key.text));
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
    int64_t count = span_expect_number(expect_line(self, "states "), 0, INT64_MAX);
    make_table(self, count, seed);
    for (; certificate->state_count < (size_t)count; certificate->state_count++) {
        struct span line = next_line(self);
        struct listed_state listed = split(certificate, line);
        if (line.length > 0 && line.text[line.length - 1] == ' ')
            fail(self, "a state without a blank behind it");
        certificate_parse_state(certificate, &listed, state);
        add_state(certificate, &backlog, listed);
    }
    add_states(certificate, &backlog);
}

/* ---- The whole ------------------------------------------------------------------------------------------------- */

struct span certificate_check_sum(struct span file, char digits[SHA256_DIGITS + 1])
{
    static const char prefix[] = "sha256 ";
    size_t line = sizeof prefix - 1 + SHA256_DIGITS + 1;
    struct span above = {file.text, file.length - (line < file.length ? line : file.length)};
    struct span last = span_rest(file, above.length);
    if (last.length < line || !span_starts_with(last, prefix) || last.text[line - 1] != '\n' ||
        (above.length > 0 && last.text[-1] != '\n'))
        verdict_malformed(last.text, "the file does not end with a line 'sha256 ' and its checksum");
    struct sha256 digest = sha256_start();
    sha256_add(&digest, above.text, above.length);
    sha256_end(&digest, digits);
    if (memcmp(digits, last.text + sizeof prefix - 1, SHA256_DIGITS) != 0)
        verdict_violated(last.text, "the checksum is not that of the lines above");
    return above;
}

static const char format[] = "racecheck-certificate 1\n", parametric_format[] = "racecheck-certificate 2\n";

bool certificate_begins(const char *bytes, size_t length)
{
    size_t compared = length < sizeof format - 1 ? length : sizeof format - 1;
    return compared == 0 || memcmp(bytes, format, compared) == 0 || memcmp(bytes, parametric_format, compared) == 0;
}

struct certificate *certificate_read(struct span file)
{
    struct certificate *self = storage_new(1, sizeof *self);
    char digits[SHA256_DIGITS + 1];
    uint64_t seed[2];
    if (file.length < sizeof format - 1 || !certificate_begins(file.text, file.length))
        verdict_malformed(file.text,
                          "this is not a certificate: expected 'racecheck-certificate 1' or 'racecheck-certificate 2'");
    struct reader reader = {.rest = certificate_check_sum(file, digits), .certificate = self};
    certificate_read_subject(self, &reader.rest);
    read_witnesses(&reader);
    read_columns(&reader);
    read_forgotten(&reader);
    check_listed(self);
    memcpy(seed, digits, sizeof seed);
    read_states(&reader, seed);
    if (reader.rest.length > 0)
        verdict_malformed(reader.rest.text, "this is not a certificate: expected nothing behind the states");
    return self;
}
