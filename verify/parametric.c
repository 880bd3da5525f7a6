#include "verify/parametric.h"

#include "verify/verdict.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Numbers of a proof are small, so that their sums fit; states are found by their numbers in a table. */
#define NUMBER_MOST (INT64_C(1) << 40)
enum { COLUMNS_MAX = 64, THRESHOLD_MAX = 1000, TABLE_MOST = 1 << 24 };
#define NONE SIZE_MAX

static const char format[] = "racecheck-certificate 2\n";

/* What an instruction does: a location gets the value of another one, or of none, with a number added. */
struct effect {
    size_t target; /* or NONE */
    size_t source; /* the number of locations: no location, a constant */
    int64_t addend;
    size_t locks, unlocks; /* mutexes, or NONE */
};

/* A state of a potential: where threads are, and how many ends of their loop they have still to pass; the threshold means so many or more. */
struct place {
    size_t at[THREADS_MAX];
    int64_t rounds[THREADS_MAX];
};

/* What a potential says of a location. */
enum cell_kind { CELL_NUMBER, CELL_DEAD, CELL_ABSENT };

struct cell {
    enum cell_kind kind;
    int64_t number;
};

struct line {
    const char *text;
    struct place place;
    struct cell *cells; /* one a column */
};

struct check {
    struct parametric *result;
    struct program *program;
    struct span rest;
    const char *at; /* the line that was read last */
    bool is_upper;
    size_t observed; /* a location, as are those of columns; that of constants is their number */
    int64_t constant, slope, from, most;
    int64_t threshold;
    size_t columns[COLUMNS_MAX];
    size_t column_count; /* the last one is of constants */
    uint64_t *held[THREADS_MAX];

    struct line *lines; /* of the potential that is checked */
    size_t line_count;
    uint32_t *table; /* 1 + the line of a state, by its number */
    size_t table_size;
    int64_t slopes[THREADS_MAX];
};

static _Noreturn void fail(const struct check *self, const char *expected)
{
    verdict_malformed(self->at, "this is not a certificate: expected %s", expected);
}

/* ---- Lines ------------------------------------------------------------------------------------------------------- */

static struct span next_line(struct check *self)
{
    self->at = self->rest.text;
    if (self->rest.length == 0)
        fail(self, "one more line");
    struct span line = span_take(&self->rest, '\n');
    if (line.length > 0 && line.text[line.length - 1] == ' ')
        fail(self, "a line without a blank at its end");
    return line;
}

static struct span expect_line(struct check *self, const char *prefix)
{
    struct span line = next_line(self);
    if (!span_starts_with(line, prefix))
        fail(self, prefix);
    return span_rest(line, strlen(prefix));
}

static void expect_word(struct check *self, struct span *rest, const char *word)
{
    struct span found = span_take_word(rest);
    if (!span_is(found, word))
        fail(self, word);
}

static int64_t expect_number(struct span *rest, int64_t least, int64_t most)
{
    return span_expect_number(span_take_word(rest), least, most);
}

/* claim NAME >= CONSTANT + SLOPE ITERS for ITERS FROM .. MOST */
static struct span read_claim(struct check *self)
{
    struct span rest = expect_line(self, "claim "), name = (self->result->claim = rest, span_take_word(&rest));
    struct span relation = span_take_word(&rest);
    self->is_upper = span_is(relation, "<=");
    if (!self->is_upper && !span_is(relation, ">="))
        fail(self, "'>=' or '<='");
    self->constant = expect_number(&rest, -NUMBER_MOST, NUMBER_MOST);
    expect_word(self, &rest, "+");
    self->slope = expect_number(&rest, -NUMBER_MOST, NUMBER_MOST);
    expect_word(self, &rest, "ITERS");
    expect_word(self, &rest, "for");
    expect_word(self, &rest, "ITERS");
    self->from = expect_number(&rest, 1, NUMBER_MOST);
    expect_word(self, &rest, "..");
    self->most = span_expect_number(rest, self->from, INT64_MAX);
    return name;
}

/* symbol NAME VALUE */
static void read_symbols(struct check *self)
{
    const char *first = self->rest.text;
    struct items *symbols = &self->program->symbols;
    while (span_starts_with(self->rest, "symbol ")) {
        struct span rest = expect_line(self, "symbol "), name = span_take_word(&rest);
        bool is_name =
            span_name_length(name) == name.length && name.length > 0 && (name.text[0] < '0' || name.text[0] > '9');
        if (!is_name || items_find(symbols, name) != NULL || span_is(name, "SELF"))
            fail(self, "the name of another symbol");
        items_add(symbols, name, span_expect_number(rest, INT64_MIN, INT64_MAX), SYMBOLS_MAX);
    }
    self->result->settings = (struct span){first, (size_t)(self->rest.text - first)};
}

/* ---- The program ------------------------------------------------------------------------------------------------- */

static bool mentions_iters(struct span line)
{
    const char *comment = memchr(line.text, '#', line.length);
    size_t length = comment != NULL ? (size_t)(comment - line.text) : line.length;
    return length > 0 && memmem(line.text, length, "ITERS", 5) != NULL;
}

/* ITERS stands in lines `.rept ITERS` alone, so that nothing else depends on it. */
static void check_mentions(struct span lines)
{
    while (lines.length > 0) {
        struct span line = span_rest(span_take(&lines, '\n'), 1);
        if (mentions_iters(line) && !code_is_iters(line))
            verdict_malformed(line.text, "the program mentions ITERS elsewhere than in '.rept ITERS'");
    }
}

static void read_text(struct check *self, struct span digest)
{
    int64_t count = span_expect_number(expect_line(self, "text "), 0, INT64_MAX);
    struct span text = self->rest;
    for (int64_t i = 0; i < count; i++)
        span_expect_escaped(expect_line(self, ">"));
    text.length = (size_t)(self->rest.text - text.text);
    certificate_digest_text(text, self->result->digest);
    check_mentions(text);
    program_read(self->program, text);
    if (digest.text != NULL && !span_is(digest, self->result->digest))
        verdict_malformed(digest.text, "the program below has another SHA-256: %s", self->result->digest);
}

static size_t location_of(const struct check *self, size_t thread, struct operand operand)
{
    return operand.kind == OPERAND_REGISTER ? program_register_location(self->program, thread, (size_t)operand.number)
                                            : (size_t)operand.number;
}

/* What an instruction does, of those that such a proof can be about. */
static struct effect effect_of(const struct check *self, size_t thread, size_t position)
{
    const struct step *step = &self->program->threads[thread].code.steps[position];
    struct operand first = instruction_operand(step->instruction, 0),
                   second = instruction_operand(step->instruction, 1);
    struct effect effect = {NONE, program_location_count(self->program), 0, NONE, NONE};
    const char *name = forms[step->instruction->form].name;
    bool is_move = strcmp(name, "mov") == 0, adds = strcmp(name, "add") == 0, subtracts = strcmp(name, "sub") == 0;
    if (step->joins || step->instruction->picked != 0)
        verdict_malformed(
            self->at,
            "the program has an atomic stretch or a choice of objects, of which such a certificate cannot be");
    if (strcmp(name, "lock") == 0) {
        effect.locks = (size_t)first.number;
    } else if (strcmp(name, "unlock") == 0) {
        effect.unlocks = (size_t)first.number;
    } else if (is_move || ((adds || subtracts) && first.kind == OPERAND_NUMBER)) {
        effect.target = location_of(self, thread, second);
        if (!is_move)
            effect.source = effect.target;
        else if (first.kind != OPERAND_NUMBER)
            effect.source = location_of(self, thread, first);
        effect.addend = first.kind == OPERAND_NUMBER ? first.number : 0;
        if (effect.addend < -NUMBER_MOST || effect.addend > NUMBER_MOST)
            verdict_malformed(self->at, "the program has a number that is too large for such a certificate");
        effect.addend = subtracts ? -effect.addend : effect.addend;
    } else if (strcmp(name, "nop") != 0) {
        verdict_malformed(self->at, "the program has an instruction of which such a certificate cannot be: %s", name);
    }
    return effect;
}

static bool is_loop_end(const struct check *self, size_t thread, size_t position)
{
    const struct code *code = &self->program->threads[thread].code;
    return code->loop_end > code->loop_first && position + 1 == code->loop_end;
}

/* Which mutexes a thread has, its position says: that is checked along its code. */
static void find_held(struct check *self, size_t thread)
{
    const struct code *code = &self->program->threads[thread].code;
    uint64_t *held = self->held[thread] = storage_new(code->count + 1, sizeof *held);
    for (size_t p = 0; p < code->count; p++) {
        struct effect effect = effect_of(self, thread, p);
        uint64_t locks = effect.locks != NONE ? UINT64_C(1) << effect.locks : 0;
        uint64_t unlocks = effect.unlocks != NONE ? UINT64_C(1) << effect.unlocks : 0;
        if ((locks & held[p]) != 0 || (unlocks & ~held[p]) != 0)
            verdict_malformed(self->at,
                              "the program locks a mutex twice, or unlocks one that the thread does not have");
        held[p + 1] = (held[p] | locks) & ~unlocks;
    }
    if (code->loop_end > code->loop_first && held[code->loop_end] != held[code->loop_first])
        verdict_malformed(self->at, "a loop ends with other mutexes than it begins with");
}

/* No value can leave 64 bits: first values, and as much added as there are steps at most. */
static void check_room(const struct check *self)
{
    uint64_t first = 0, addend = 0, straight = 0, repeated = 0;
    for (size_t l = 0; l < program_location_count(self->program); l++) {
        int64_t value = program_initial_value(self->program, l);
        uint64_t size = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
        first = size > first ? size : first;
    }
    for (size_t t = 0; t < self->program->thread_count; t++) {
        const struct code *code = &self->program->threads[t].code;
        straight += code->count - (code->loop_end - code->loop_first);
        repeated += code->loop_end - code->loop_first;
        for (size_t p = 0; p < code->count; p++) {
            int64_t value = effect_of(self, t, p).addend;
            uint64_t size = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
            addend = size > addend ? size : addend;
        }
    }
    uint64_t steps = first > INT64_MAX ? 0 : ((uint64_t)INT64_MAX - first) / (addend > 0 ? addend : 1);
    if (steps < straight || (uint64_t)self->most > (steps - straight) / (repeated > 0 ? repeated : 1))
        verdict_violated(self->result->claim.text, "with so many repetitions a value might leave 64 bits");
}

static void check_program(struct check *self, struct span observed)
{
    struct program *program = self->program;
    for (size_t t = 0; t < program->thread_count; t++) {
        const struct code *code = &program->threads[t].code;
        if (program->threads[t].is_later || code->has_two_loops || code->count > UINT32_MAX)
            verdict_malformed(self->at, "a thread is spawned, or has two loops: of that such a certificate cannot be");
    }
    for (size_t m = 0; m < program->objects[OBJECT_MUTEX].count; m++)
        if (program->objects[OBJECT_MUTEX].at[m].is_recursive)
            verdict_malformed(self->at, "the program has a recursive mutex");
    if (program->is_tso)
        verdict_malformed(self->at, "the program's memory is tso");
    self->observed = program_find_location(program, observed);
    if (self->observed == SIZE_MAX)
        verdict_malformed(observed.text, "the claim is about a variable that the program does not have");
    for (size_t t = 0; t < program->thread_count; t++)
        find_held(self, t);
    check_room(self);
}

static void read_head(struct check *self)
{
    next_line(self);
    struct span observed = read_claim(self);
    self->result->model = expect_line(self, "model ");
    span_expect_escaped(self->result->model);
    struct span digest =
        span_starts_with(self->rest, "program ") ? expect_line(self, "program ") : (struct span){NULL, 0};
    int64_t threads = span_expect_number(expect_line(self, "threads "), 1, THREADS_MAX);
    self->program = self->result->program = program_new(threads, 1, self->rest.length + 65536);
    read_symbols(self);
    read_text(self, digest);
    check_program(self, observed);
}

/* ---- Steps ------------------------------------------------------------------------------------------------------- */

/* Whether a thread can step where all are at some positions. */
static bool may_step(const struct check *self, const size_t *at, size_t thread)
{
    const struct program *program = self->program;
    if (at[thread] == program->threads[thread].code.count)
        return false;
    size_t mutex = effect_of(self, thread, at[thread]).locks;
    for (size_t t = 0; t < program->thread_count && mutex != NONE; t++)
        if (t != thread && (self->held[t][at[t]] >> mutex & 1) != 0)
            return false;
    return true;
}

/* ---- The witness --------------------------------------------------------------------------------------------------- */

/* The schedule, backwards: a step, or where a group ends or begins. */
struct event {
    enum { EVENT_STEP, EVENT_OPEN, EVENT_CLOSE } kind;
    struct effect effect;
};

struct witness {
    struct event *events;
    size_t count;
    size_t capacity;
    size_t at[THREADS_MAX];
    int64_t rounds[THREADS_MAX];  /* ends of loops to come, outside of groups */
    int64_t grouped[THREADS_MAX]; /* ends of loops in groups */
    size_t before[THREADS_MAX];   /* where threads were when the group began */
    bool is_open;
};

static void note(struct witness *self, struct event event)
{
    self->events = storage_grow(self->events, self->count, &self->capacity, sizeof *self->events);
    self->events[self->count++] = event;
}

static _Noreturn void refuse_witness(const struct check *self, const char *reason)
{
    verdict_violated(self->at, "the witness %s", reason);
}

static void witness_step(struct check *self, struct witness *witness, size_t thread)
{
    const struct code *code = &self->program->threads[thread].code;
    size_t position = witness->at[thread];
    if (!may_step(self, witness->at, thread))
        refuse_witness(self, "has a step of a thread that cannot step");
    note(witness, (struct event){EVENT_STEP, effect_of(self, thread, position)});
    witness->at[thread]++;
    if (!is_loop_end(self, thread, position))
        return;
    /* In a group another round is always to come: the one that the thread is in. */
    if (witness->is_open)
        witness->grouped[thread]++;
    else
        witness->rounds[thread]--;
    if (witness->is_open || witness->rounds[thread] > 0)
        witness->at[thread] = code->loop_first;
}

static void open_group(struct check *self, struct witness *witness)
{
    if (witness->is_open)
        fail(self, "no group in a group");
    witness->is_open = true;
    memcpy(witness->before, witness->at, sizeof witness->before);
    note(witness, (struct event){.kind = EVENT_OPEN});
}

static void close_group(struct check *self, struct witness *witness)
{
    if (!witness->is_open)
        fail(self, "'(' before ')'");
    witness->is_open = false;
    if (memcmp(witness->before, witness->at, sizeof witness->before) != 0)
        refuse_witness(self, "has a group after which threads are elsewhere than before it");
    note(witness, (struct event){.kind = EVENT_CLOSE});
}

static void read_turn(struct check *self, struct witness *witness, struct span word)
{
    struct span thread = span_take(&word, '*');
    size_t number = (size_t)span_expect_number(thread, 0, (int64_t)self->program->thread_count - 1);
    int64_t steps = span_expect_number(word, 1, 10000000);
    for (int64_t s = 0; s < steps; s++)
        witness_step(self, witness, number);
}

/* Back over a step: where what is in *location after it was before it, and what was added. */
static int64_t go_back(const struct event *event, size_t *location)
{
    if (event->kind != EVENT_STEP || event->effect.target != *location)
        return 0;
    *location = event->effect.source;
    return event->effect.addend;
}

/* Follows the final value back to where it began; *grown is what all groups add when each is done once. Returns the final value where none
 * is done. */
static int64_t trace_back(struct check *self, const struct witness *witness, int64_t *grown)
{
    size_t location = self->observed, constants = program_location_count(self->program);
    int64_t added = 0;
    *grown = 0;
    for (size_t e = witness->count; e-- > 0;) {
        if (witness->events[e].kind != EVENT_CLOSE) {
            added += go_back(&witness->events[e], &location);
            continue;
        }
        size_t behind = location;
        while (witness->events[--e].kind != EVENT_OPEN)
            *grown += go_back(&witness->events[e], &location);
        if (location != behind)
            refuse_witness(self, "has a group after which the final value comes from elsewhere than before it");
    }
    return added + (location == constants ? 0 : program_initial_value(self->program, location));
}

static void check_witness_end(struct check *self, const struct witness *witness, int64_t base)
{
    const struct program *program = self->program;
    int64_t grown, value = trace_back(self, witness, &grown);
    if (witness->is_open)
        fail(self, "')'");
    for (size_t t = 0; t < program->thread_count; t++) {
        const struct code *code = &program->threads[t].code;
        if (witness->at[t] != code->count)
            refuse_witness(self, "ends before every thread has finished");
        if (witness->grouped[t] != (code->loop_end > code->loop_first))
            refuse_witness(self, "has groups in which some thread does not repeat its loop once");
    }
    if (grown != self->slope || value != self->constant + self->slope * base)
        refuse_witness(self, "does not end with what is claimed");
}

/* witness BASE, and a line of turns and groups. */
static void check_witness(struct check *self)
{
    struct witness witness = {.count = 0};
    int64_t base = span_expect_number(expect_line(self, "witness "), 1, 1000000);
    struct span rest = next_line(self);
    if (self->from < base)
        refuse_witness(self, "is for more repetitions than the claim begins with");
    for (size_t t = 0; t < self->program->thread_count; t++)
        witness.rounds[t] = base;
    while (rest.length > 0) {
        struct span word = span_take_word(&rest);
        if (span_is(word, "("))
            open_group(self, &witness);
        else if (span_is(word, ")"))
            close_group(self, &witness);
        else
            read_turn(self, &witness, word);
    }
    check_witness_end(self, &witness, base);
    free(witness.events);
}

/* ---- The states of a potential ----------------------------------------------------------------------------------- */

/* Whether a thread can be at a position with so many ends of its loop to come. */
static bool is_node(const struct check *self, size_t thread, size_t position, int64_t rounds)
{
    const struct code *code = &self->program->threads[thread].code;
    if (code->loop_end == code->loop_first || position >= code->loop_end)
        return rounds == 0;
    return position < code->loop_first ? rounds == self->threshold : rounds >= 1;
}

static size_t number_of(const struct check *self, const struct place *place)
{
    size_t number = 0;
    for (size_t t = 0; t < self->program->thread_count; t++)
        number = number * (self->program->threads[t].code.count + 1) * ((size_t)self->threshold + 1) +
                 place->at[t] * ((size_t)self->threshold + 1) + (size_t)place->rounds[t];
    return number;
}

static const struct line *find_line(const struct check *self, const struct place *place)
{
    uint32_t entry = self->table[number_of(self, place)];
    return entry > 0 ? &self->lines[entry - 1] : NULL;
}

static void make_table(struct check *self)
{
    self->table_size = 1;
    for (size_t t = 0; t < self->program->thread_count; t++) {
        size_t nodes = (self->program->threads[t].code.count + 1) * ((size_t)self->threshold + 1);
        if (nodes > TABLE_MOST / self->table_size)
            verdict_malformed(self->at, "the threads have too many positions");
        self->table_size *= nodes;
    }
    self->table = storage_new(self->table_size, sizeof *self->table);
}

static struct place read_place(struct check *self, struct span *rest)
{
    struct place place = {{0}, {0}};
    for (size_t t = 0; t < self->program->thread_count; t++) {
        struct span word = span_take_word(rest), position = span_take(&word, '.');
        place.at[t] = (size_t)span_expect_number(position, 0, (int64_t)self->program->threads[t].code.count);
        place.rounds[t] = span_expect_number(word, 0, self->threshold);
        if (!is_node(self, t, place.at[t], place.rounds[t]))
            fail(self, "rounds that a thread can have before it at its position");
    }
    return place;
}

static void read_line(struct check *self, struct line *line)
{
    struct span rest = next_line(self);
    line->text = self->at;
    line->place = read_place(self, &rest);
    expect_word(self, &rest, "|");
    line->cells = storage_new(self->column_count, sizeof *line->cells);
    for (size_t c = 0; c < self->column_count; c++) {
        struct span word = span_take_word(&rest);
        if (span_is(word, "-"))
            line->cells[c].kind = CELL_DEAD;
        else if (span_is(word, "*"))
            line->cells[c].kind = CELL_ABSENT;
        else
            line->cells[c] = (struct cell){CELL_NUMBER, span_expect_number(word, -NUMBER_MOST, NUMBER_MOST)};
    }
    if (rest.length > 0)
        fail(self, "the end of the line");
}

static void read_lines(struct check *self)
{
    int64_t count = span_expect_number(expect_line(self, "states "), 1, (int64_t)(self->rest.length / 4));
    self->lines = storage_new((size_t)count, sizeof *self->lines);
    for (self->line_count = 0; self->line_count < (size_t)count; self->line_count++) {
        struct line *line = &self->lines[self->line_count];
        read_line(self, line);
        uint32_t *entry = &self->table[number_of(self, &line->place)];
        if (*entry > 0)
            verdict_malformed(self->at, "this state is listed before");
        *entry = (uint32_t)self->line_count + 1;
    }
}

static void forget_lines(struct check *self)
{
    for (size_t i = 0; i < self->line_count; i++) {
        self->table[number_of(self, &self->lines[i].place)] = 0;
        free(self->lines[i].cells);
    }
    free(self->lines);
}

/* ---- What a potential must be like --------------------------------------------------------------------------------- */

static size_t column_of(const struct check *self, size_t location)
{
    for (size_t c = 0; c < self->column_count; c++)
        if (self->columns[c] == location)
            return c;
    return NONE;
}

/* What is in column `image` behind a step was in a column before it, and the numbers of both fit. */
static void check_entry(const struct check *self, const struct line *line, const struct line *to, size_t image,
                        const struct effect *effect, int64_t wrap)
{
    bool is_target = effect->target == self->columns[image];
    size_t source = is_target ? column_of(self, effect->source) : image;
    struct cell there = to->cells[image];
    if (source == NONE)
        verdict_violated(line->text, "what becomes the final value comes from a place that has no column");
    struct cell here = line->cells[source];
    int64_t addend = (is_target ? effect->addend : 0) - wrap;
    if (here.kind == CELL_ABSENT || (here.kind == CELL_DEAD && there.kind == CELL_DEAD))
        return;
    if (here.kind == CELL_DEAD)
        verdict_violated(line->text, "nothing is said to flow from here, but a step leads to line %zu, where it does",
                         verdict_line(to->text));
    if (there.kind == CELL_ABSENT)
        verdict_violated(line->text, "a step leads to line %zu, where nothing is said to come", verdict_line(to->text));
    if (there.kind == CELL_DEAD)
        return;
    bool fits = self->is_upper ? here.number >= there.number + addend : here.number <= there.number + addend;
    if (!fits)
        verdict_violated(line->text, "a step leads to line %zu, and gives less than this potential promises",
                         verdict_line(to->text));
}

static void check_arrival(const struct check *self, const struct line *line, const struct place *place, size_t thread,
                          int64_t wrap)
{
    struct effect effect = effect_of(self, thread, line->place.at[thread]);
    const struct line *to = find_line(self, place);
    if (to == NULL)
        verdict_violated(line->text, "a step of %s leads to a state that is not listed",
                         self->program->threads[thread].name);
    for (size_t image = 0; image < self->column_count; image++)
        check_entry(self, line, to, image, &effect, wrap);
    self->result->steps++;
}

/* Behind the end of a loop there is one round less; at the threshold there may be as many as before. */
static void check_steps(const struct check *self, const struct line *line, size_t thread)
{
    const struct code *code = &self->program->threads[thread].code;
    struct place place = line->place;
    size_t position = place.at[thread];
    place.at[thread]++;
    if (!is_loop_end(self, thread, position)) {
        check_arrival(self, line, &place, thread, 0);
        return;
    }
    if (place.rounds[thread] == self->threshold) {
        place.at[thread] = code->loop_first;
        check_arrival(self, line, &place, thread, self->slopes[thread]);
    }
    place.rounds[thread]--;
    place.at[thread] = place.rounds[thread] > 0 ? code->loop_first : code->loop_end;
    check_arrival(self, line, &place, thread, self->slopes[thread]);
}

static void check_line(const struct check *self, const struct line *line)
{
    bool is_end = true;
    for (size_t t = 0; t < self->program->thread_count; t++) {
        is_end = is_end && line->place.at[t] == self->program->threads[t].code.count;
        if (may_step(self, line->place.at, t))
            check_steps(self, line, t);
    }
    struct cell end = line->cells[column_of(self, self->observed)];
    bool is_wrong =
        end.kind == CELL_DEAD || (end.kind == CELL_NUMBER && (self->is_upper ? end.number < 0 : end.number > 0));
    if (is_end && is_wrong)
        verdict_violated(line->text, "every thread has finished here, and the potential of what is observed is not 0");
}

static void check_start(const struct check *self, size_t column)
{
    struct place start = {{0}, {0}};
    for (size_t t = 0; t < self->program->thread_count; t++) {
        const struct code *code = &self->program->threads[t].code;
        start.rounds[t] = code->loop_end > code->loop_first ? self->threshold : 0;
    }
    const struct line *line = find_line(self, &start);
    if (line == NULL)
        verdict_violated(self->lines[0].text, "the state at the start is not listed");
    struct cell cell = line->cells[column];
    bool is_constant = column + 1 == self->column_count;
    int64_t first = is_constant ? 0 : program_initial_value(self->program, self->columns[column]), sum = 0;
    for (size_t t = 0; t < self->program->thread_count; t++)
        sum += self->slopes[t];
    if (cell.kind == CELL_ABSENT)
        verdict_violated(line->text, "the potential says nothing of where it begins");
    if (cell.kind == CELL_DEAD)
        return;
    if (first < -NUMBER_MOST || first > NUMBER_MOST)
        verdict_malformed(line->text, "a first value is too large for such a certificate");
    bool fits = self->is_upper ? first + cell.number <= self->constant : first + cell.number >= self->constant;
    if (sum != self->slope || !fits)
        verdict_violated(line->text, "at the start this potential does not give what is claimed");
}

/* potential NAME SLOPE..., for each column in their order. */
static void check_potential(struct check *self, size_t column)
{
    struct span rest = expect_line(self, "potential "), name = span_take_word(&rest);
    bool is_constant = column + 1 == self->column_count;
    bool is_named =
        is_constant ? span_is(name, "constant") : program_find_location(self->program, name) == self->columns[column];
    if (!is_named)
        fail(self, "the potential of the next column");
    for (size_t t = 0; t < self->program->thread_count; t++) {
        const struct code *code = &self->program->threads[t].code;
        self->slopes[t] = expect_number(&rest, -NUMBER_MOST, NUMBER_MOST);
        if (self->slopes[t] != 0 && code->loop_end == code->loop_first)
            verdict_violated(self->at, "a thread without a loop has a slope");
    }
    if (rest.length > 0)
        fail(self, "a slope for each thread");
    read_lines(self);
    check_start(self, column);
    for (size_t i = 0; i < self->line_count; i++)
        check_line(self, &self->lines[i]);
    self->result->states += self->line_count;
    forget_lines(self);
}

/* columns at:T0 at:T1 | bound:counter ... constant */
static void read_columns(struct check *self)
{
    struct span rest = expect_line(self, "columns ");
    for (size_t t = 0; t < self->program->thread_count; t++) {
        struct span word = span_take_word(&rest);
        if (!span_starts_with(word, "at:") || !span_is(span_rest(word, 3), self->program->threads[t].name))
            fail(self, "a column at:THREAD for each thread");
    }
    expect_word(self, &rest, "|");
    while (span_starts_with(rest, "bound:")) {
        size_t location = program_find_location(self->program, span_rest(span_take_word(&rest), strlen("bound:")));
        if (location == SIZE_MAX || column_of(self, location) != NONE || self->column_count + 1 == COLUMNS_MAX)
            fail(self, "a column for another location");
        self->columns[self->column_count++] = location;
    }
    self->columns[self->column_count++] = program_location_count(self->program);
    if (!span_is(rest, "constant") || column_of(self, self->observed) == NONE)
        fail(self, "a column for what is observed, and 'constant' as the last one");
}

/* ---- The whole ----------------------------------------------------------------------------------------------------- */

bool parametric_is(struct span file)
{
    return span_starts_with(file, format);
}

struct parametric parametric_check(struct span file)
{
    struct parametric result = {.states = 0};
    char digits[SHA256_DIGITS + 1];
    struct check self = {.result = &result, .rest = certificate_check_sum(file, digits)};
    read_head(&self);
    check_witness(&self);
    self.threshold = span_expect_number(expect_line(&self, "threshold "), 1, THRESHOLD_MAX);
    if (self.from < self.threshold)
        verdict_violated(self.at, "the claim begins below the threshold");
    read_columns(&self);
    make_table(&self);
    for (size_t c = 0; c < self.column_count; c++)
        check_potential(&self, c);
    if (self.rest.length > 0)
        verdict_malformed(self.rest.text, "this is not a certificate: expected nothing behind the potentials");
    free(self.table);
    for (size_t t = 0; t < result.program->thread_count; t++)
        free(self.held[t]);
    return result;
}
