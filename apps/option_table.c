#include "apps/option_table.h"

#include "base/memory.h"
#include "base/number.h"
#include "base/spelling.h"
#include "base/text.h"
#include "frontends/presets.h"
#include "frontends/python_bytecode.h"
#include "schedulers/scheduler.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ITERS_MAX INT64_C(1000000000000000000)

enum { STUDENTS_MAX = 10000, JOBS_MAX = 256, RUNS_MAX = 1000000000 };

/* ---- Reading arguments ----------------------------------------------------------------------------------------- */

/* The word at a position of those that a row takes, and what it stands for; NULL behind the last. */
static const char *word_at(const struct option_row *row, size_t position, unsigned *value)
{
    *value = row->word != NULL ? (unsigned)position : row->words[position].value;
    return row->word != NULL ? row->word(position) : row->words[position].word;
}

/* The value of a word. */
static bool read_word(const struct option_row *row, const char *argument, unsigned *result, struct error *error)
{
    struct spelling spelling = spelling_start(argument, strlen(argument));
    unsigned value;
    const char *word;
    for (size_t w = 0; (word = word_at(row, w, &value)) != NULL; w++) {
        spelling_consider(&spelling, word);
        if (strcmp(argument, word) != 0)
            continue;
        *result = value;
        return true;
    }
    return error_set(error, NULL, 0, 0, "'%s' is unknown%s", argument, spelling_advice(&spelling));
}

/* ---- Readers that serve many rows ------------------------------------------------------------------------------- */

static void *place_of(struct options *self, const struct option_row *row)
{
    return (char *)self + row->place;
}

static void note_given(struct options *self, const struct option_row *row)
{
    if (row->given != 0)
        *(bool *)((char *)self + row->given) = true;
}

/* A bool. */
static bool set_flag(struct options *self, const struct option_row *row, const char *argument, struct error *error)
{
    (void)argument;
    (void)error;
    return *(bool *)place_of(self, row) = true;
}

static const struct option_word explain_words[] = {{"steps", EXPLAIN_STEPS}, {"bytecode", EXPLAIN_BYTECODE}, {NULL, 0}};

/* Its word may follow, see option_row_takes(). */
static bool set_explain(struct options *self, const struct option_row *row, const char *argument, struct error *error)
{
    (void)error;
    self->explain = EXPLAIN_DATA;
    for (const struct option_word *word = row->words; word->word != NULL && argument != NULL; word++)
        if (strcmp(word->word, argument) == 0)
            self->explain = (enum explain)word->value;
    return true;
}

/* A const char *, whatever it says. */
static bool set_text(struct options *self, const struct option_row *row, const char *argument, struct error *error)
{
    (void)error;
    *(const char **)place_of(self, row) = argument;
    return true;
}

/* A struct option_list, one text more. */
static bool add_text(struct options *self, const struct option_row *row, const char *argument, struct error *error)
{
    struct option_list *list = place_of(self, row);
    if (list->count == OPTIONS_LIST_MAX)
        return error_set(error, NULL, 0, 0, "given more than %d times", OPTIONS_LIST_MAX);
    list->items[list->count++] = argument;
    return true;
}

/* An int64_t. */
static bool set_number(struct options *self, const struct option_row *row, const char *argument, struct error *error)
{
    note_given(self, row);
    return options_read_integer(argument, row->least, row->most, place_of(self, row), error);
}

/* An option_list of ends, which are read once it is known what is observed. */
static bool add_end(struct options *self, const struct option_row *row, const char *argument, struct error *error)
{
    note_given(self, row);
    return add_text(self, row, argument, error);
}

/* The last one counts. */
static bool set_end(struct options *self, const struct option_row *row, const char *argument, struct error *error)
{
    self->values.count = 0;
    return add_end(self, row, argument, error);
}

/* A char *: lists are joined. */
static bool add_list(struct options *self, const struct option_row *row, const char *argument, struct error *error)
{
    char **place = place_of(self, row);
    (void)error;
    char *list = text_format("%s%s%s", *place != NULL ? *place : "", *place != NULL ? "," : "", argument);
    memory_free(*place);
    *place = list;
    return true;
}

/* An enum, as unsigned as those without negative values are. */
static bool set_word(struct options *self, const struct option_row *row, const char *argument, struct error *error)
{
    note_given(self, row);
    return read_word(row, argument, place_of(self, row), error);
}

/* An unsigned, whose bits are those of words with commas between them. */
static bool add_words(struct options *self, const struct option_row *row, const char *argument, struct error *error)
{
    char *list = memory_copy_string(argument), *rest = list, *name;
    bool good = true;
    while (good && (name = strsep(&rest, ",")) != NULL) {
        unsigned bits = 0;
        good = read_word(row, name, &bits, error);
        *(unsigned *)place_of(self, row) |= bits;
    }
    memory_free(list);
    return good;
}

/* A double. */
static bool set_seconds(struct options *self, const struct option_row *row, const char *argument, struct error *error)
{
    char *end;
    double value = strtod(argument, &end);
    if (end == argument || *end != '\0' || !isfinite(value) || value <= 0 || value > 1e9)
        return error_set(error, NULL, 0, 0, "'%s' is not a time (expected seconds, such as 0.5 or 60)", argument);
    *(double *)place_of(self, row) = value;
    return true;
}

/* A uint64_t: a size in bytes with an optional unit, as in 500000, 64M, 2G. */
static bool set_size(struct options *self, const struct option_row *row, const char *argument, struct error *error)
{
    static const char units[] = "KMGT";
    char *end;
    errno = 0;
    unsigned long long value = strtoull(argument, &end, 10);
    const char *unit = *end != '\0' ? strchr(units, toupper((unsigned char)*end)) : NULL;
    unsigned shift = unit != NULL ? 10 * (unsigned)(unit - units + 1) : 0;
    const char *rest = unit != NULL ? end + 1 : end;
    if (strcmp(rest, "B") == 0 || strcmp(rest, "iB") == 0)
        rest = "";
    if (!isdigit((unsigned char)argument[0]) || *rest != '\0')
        return error_set(error, NULL, 0, 0, "'%s' is not a size (expected bytes, or a number with K, M, G or T)",
                         argument);
    if (errno == ERANGE || value == 0 || value > (UINT64_MAX >> 1) >> shift)
        return error_set(error, NULL, 0, 0, "%s is out of range", argument);
    *(uint64_t *)place_of(self, row) = (uint64_t)value << shift;
    return true;
}

/* A parameter of the scheduler, of the row's name. What its value may be is for scheduler_new() to say; given twice, the
 * last one counts. */
static bool set_parameter(struct options *self, const struct option_row *row, const char *argument, struct error *error)
{
    struct property given = {.name = (char *)row->name};
    (void)error;
    given.is_number = number_read(argument, &given.number);
    given.text = given.is_number ? NULL : (char *)argument;
    property_set(&self->parameters, &self->parameter_count, &given);
    return true;
}

/* ---- Readers of one row ---------------------------------------------------------------------------------------- */

static bool add_define(struct options *self, const struct option_row *row, const char *argument, struct error *error)
{
    (void)row;
    const char *equals = strchr(argument, '=');
    struct text name = TEXT_INIT;
    int64_t value;
    if (!options_is_assignment(argument))
        return error_set(error, NULL, 0, 0, "'%s' defines nothing (expected NAME=NUMBER)", argument);
    text_append(&name, argument, (size_t)(equals - argument));
    if (self->symbol_count == OPTIONS_LIST_MAX)
        error_set(error, NULL, 0, 0, "given more than %d times", OPTIONS_LIST_MAX);
    else if (property_find(self->symbols, self->symbol_count, text_string(&name)) != NULL)
        error_set(error, NULL, 0, 0, "%s is defined already", text_string(&name));
    else if (options_read_integer(equals + 1, INT64_MIN, INT64_MAX, &value, error))
        property_add_number(&self->symbols, &self->symbol_count, text_string(&name), value);
    text_free(&name);
    return !error->set;
}

/* A symbol that the language gives a meaning, so that witnesses, sweeps and exports know it like any other. */
static bool set_spurious(struct options *self, const struct option_row *row, const char *argument, struct error *error)
{
    (void)argument;
    return add_define(self, row, "SPURIOUS=1", error);
}

static bool set_memory(struct options *self, const struct option_row *row, const char *argument, struct error *error)
{
    unsigned model;
    if (property_find(self->symbols, self->symbol_count, "TSO") != NULL)
        return error_set(error, NULL, 0, 0, "given twice");
    return read_word(row, argument, &model, error) &&
           add_define(self, row, model == MEMORY_TSO ? "TSO=1" : "TSO=0", error);
}

static bool set_store_buffer(struct options *self, const struct option_row *row, const char *argument,
                             struct error *error)
{
    int64_t size;
    if (!options_read_integer(argument, 1, PROGRAM_STORES_MAX, &size, error))
        return false;
    char *define = text_format("STORE_BUFFER=%d", (int)size);
    bool good = add_define(self, row, define, error);
    memory_free(define);
    return good;
}

/* What it says is read again with the program (apps/source.c); here its form is checked. */
static bool set_registers(struct options *self, const struct option_row *row, const char *argument, struct error *error)
{
    (void)row;
    struct presets presets;
    if (self->registers != NULL)
        return error_set(error, NULL, 0, 0, "given twice (expected all registers in one list, such as ax=1:bx=2)");
    if (argument[0] == '\0')
        return error_set(error, NULL, 0, 0, "nothing is given (expected a list such as bx=10 or bx=10,bx=20)");
    self->registers = argument;
    bool good = presets_read(&presets, argument, error);
    presets_free(&presets);
    return good;
}

static bool set_scheduler(struct options *self, const struct option_row *row, const char *argument, struct error *error)
{
    unsigned ignored;
    self->scheduler = argument;
    return read_word(row, argument, &ignored, error);
}

/* ---- Words ------------------------------------------------------------------------------------------------------- */

static const struct option_word slice_words[] = {{"auto", WHEN_AUTO}, {"off", WHEN_NEVER}, {NULL, 0}};

static const struct option_word memory_words[] = {{"sc", MEMORY_SC}, {"tso", MEMORY_TSO}, {NULL, 0}};

static const struct option_word progress_words[] = {
    {"auto", WHEN_AUTO}, {"always", WHEN_ALWAYS}, {"never", WHEN_NEVER}, {NULL, 0}};

static const struct option_word then_words[] = {
    {"stop", REPLAY_STOPS}, {"round-robin", REPLAY_GOES_ROUND}, {"repeat", REPLAY_REPEATS}, {NULL, 0}};

static const struct option_word witness_words[] = {
    {"minimum", WITNESS_MINIMUM}, {"all", WITNESS_ALL},         {"none", WITNESS_NONE}, {"deadlock", WITNESS_DEADLOCK},
    {"error", WITNESS_FAILURE},   {"overlap", WITNESS_OVERLAP}, {"hang", WITNESS_HANG}, {NULL, 0},
};

static const struct option_word fairness_words[] = {
    {"none", FAIRNESS_NONE}, {"weak", FAIRNESS_WEAK}, {"strong", FAIRNESS_STRONG}, {NULL, 0}};

static const struct option_word question_words[] = {
    {"extremes", QUESTION_EXTREMES},
    {"values", QUESTION_VALUES},
    {"counts", QUESTION_COUNTS},
    {"random", QUESTION_RANDOM},
    {"preemptions", QUESTION_PREEMPTIONS},
    {"witness", QUESTION_WITNESS},
    {"events", QUESTION_EVENTS},
    {"detection", QUESTION_DETECTION},
    {"all", QUESTION_ALL},
    {NULL, 0},
};

static const struct option_word tester_words[] = {
    {"uniform", TESTER_UNIFORM}, {"random-walk", TESTER_RANDOM_WALK}, {"pct", TESTER_PCT}, {NULL, 0}};

static const struct option_word report_words[] = {{"html", REPORT_HTML}, {"markdown", REPORT_MARKDOWN}, {NULL, 0}};

static const struct option_word bundle_words[] = {{"gradescope", BUNDLE_GRADESCOPE}, {NULL, 0}};

/* What others have the names of. */

static const char *kind_word(size_t kind)
{
    return kind < ASSIGNMENT_KINDS ? assignment_kind_name((enum assignment_kind)kind) : NULL;
}

static const char *level_word(size_t level)
{
    return level < DIFFICULTY_LEVELS ? difficulty_level_name((enum difficulty_level)level) : NULL;
}

static const char *format_word(size_t format)
{
    return format < GRADEBOOK_FORMATS ? gradebook_format_name((enum gradebook_format)format) : NULL;
}

static const char *gil_word(size_t rules)
{
    return rules == 0 ? "auto" : rules <= PYTHON_RULES_COUNT ? python_rules_name((enum python_rules)(rules - 1)) : NULL;
}

static const char *scheduler_word(size_t kind)
{
    const struct scheduler_kind *found = scheduler_kinds()[kind];
    return found != NULL ? found->name : NULL;
}

static const struct option_word language_words[] = {{"auto", 0}, {"gas", 1}, {NULL, 0}};
static const struct option_word calls_words[] = {{"cold", 0}, {"hot", 1}, {NULL, 0}};
static const struct option_word sleep_words[] = {{"any", 0}, {"virtual", 1}, {NULL, 0}};
static const struct option_word exit_words[] = {{"main", 0}, {"all", 1}, {NULL, 0}};
static const struct option_word print_words[] = {{"piece", 0}, {"line", 1}, {NULL, 0}};

/* ---- The table ------------------------------------------------------------------------------------------------- */

enum {
    CHECK = 1 << COMMAND_CHECK,
    SWEEP = 1 << COMMAND_SWEEP,
    REPORT = 1 << COMMAND_REPORT,
    EXPORT = 1 << COMMAND_EXPORT,
    VERIFY = 1 << COMMAND_VERIFY,
    REPLAY = 1 << COMMAND_REPLAY,
    MEASURE = 1 << COMMAND_MEASURE,
    SAMPLE = 1 << COMMAND_SAMPLE,
    MODELS = 1 << COMMAND_MODELS,
    ASSIGN = 1 << COMMAND_ASSIGN,
    GRADE = 1 << COMMAND_GRADE,
    JUDGES = CHECK | SWEEP | REPORT | EXPORT,
    ANALYSES = JUDGES | SAMPLE,
    SEARCHES = ANALYSES | MEASURE,
    ALL = (1 << COMMAND_COUNT) - 1
};

#define HEADING(text, which)            \
    {                                   \
        .help = text, .commands = which \
    }
#define AT(reader, field) .read = reader, .place = offsetof(struct options, field)
#define FLAG(field) AT(set_flag, field)
#define TEXT(field) AT(set_text, field)
#define OUTPUT(field) TEXT(field), .is_output = true
#define NUMBER(field, low, high) AT(set_number, field), .least = low, .most = high
#define WORD(field, list) AT(set_word, field), .words = list
#define NAMED(field, namer) AT(set_word, field), .word = namer
#define GIVEN(field) .given = offsetof(struct options, field)

static const struct option_row rows_before[] = {
    HEADING("What is checked", SEARCHES),
    {"threads", 't', "N", "number of threads, 1 to 64 (default 2)", ANALYSES, NUMBER(threads, 1, PROGRAM_THREADS_MAX),
     GIVEN(has_threads)},
    {"iters", 'k', "K", "iterations of each thread (default 10)", ANALYSES, NUMBER(iters, 0, ITERS_MAX),
     GIVEN(has_iters)},
    {"model", 'm', "NAME", "a model of the catalogue (default unlocked)", ANALYSES, TEXT(model)},
    {"define", 'D', "NAME=NUMBER", "give the program a symbol; may be repeated", ANALYSES, .read = add_define},
    {"register", 'a', "LIST",
     "first values of registers: bx=10 for all threads, bx=1,bx=2 for each; several as in"
     " ax=1:bx=2,ax=3:bx=4",
     ANALYSES, .read = set_registers},
    {"spurious", 0, NULL, "threads that sleep on a condition can wake up without a signal", SEARCHES,
     .read = set_spurious},
    {"memory", 0, "MODEL",
     "when stores reach memory: sc, at once (default: what the program says, else sc), or tso, after they have waited in store buffers,"
     " as on x86",
     SEARCHES, .read = set_memory, .words = memory_words},
    {"store-buffer", 0, "N",
     "tso: a store waits while N stores of its thread have not reached memory, 1 to 32 (default: none waits)", SEARCHES,
     .read = set_store_buffer},
    {"observe", 0, "LIST",
     "what is observed at the end: variables or their addresses, registers as in T0.%ax, output; may be repeated"
     " (default: what the program says, else its output, else its first variable)",
     SEARCHES, AT(add_list, observe)},
    {"count", 0, "LIST",
     "how often it happens: steps, context-switches, preemptions, waits, failed-acquisitions, flushes, rounds, or a line as in 7 or"
     " counter.py:7; may be repeated (what a program marks by .count is counted anyway)",
     JUDGES | MEASURE, AT(add_list, counted)},

    {"by-outcome", 0, NULL, "count what is counted for each outcome, too, where schedules are finite", CHECK | REPORT,
     FLAG(by_outcome)},

    HEADING("C and C++ programs", SEARCHES),
    {"cc", 0, "COMMAND",
     "the compiler, with its options, as a shell would split them (default 'gcc -O0'); what it writes is read",
     SEARCHES, TEXT(cc)},
    {"cxx", 0, "COMMAND", "the same for C++ programs (default 'g++ -O0')", SEARCHES, TEXT(cxx)},
    {"language", 0, "WHICH",
     "of FILE.s: that of 'racecheck models' (auto, default), or gas, what compilers write for x86-64", ANALYSES,
     WORD(language, language_words)},

    HEADING("Python programs", SEARCHES),
    {"python", 0, "PROGRAM", "the interpreter that compiles them (default python3); it does not execute them", ANALYSES,
     TEXT(python)},
    {"python", 0, "PROGRAM", "the interpreter that executes them (default python3)", MEASURE, TEXT(python)},
    {"bytecode", 0, "FILE", "the code of a Python program, as the helper dumps it ('racecheck export --python-dump')",
     ANALYSES, TEXT(bytecode)},
    {"gil", 0, "RULES",
     "where threads switch: auto (default: as the interpreter), gil27, gil32, gil310, gil311 or nogil", SEARCHES,
     NAMED(gil, gil_word)},
    {"calls", 0, "WHICH",
     "gil311: calls of len, isinstance, type and append look at the lock (cold, default), or not (hot)", SEARCHES,
     WORD(calls, calls_words)},
    {"print", 0, "HOW", "a print writes each piece by itself (piece, default), or a whole line", SEARCHES,
     WORD(print, print_words)},
    {"sleep", 0, "WHICH",
     "time.sleep() lets others run and guarantees nothing (any, default), or time passes only when nobody can run (virtual)",
     SEARCHES, WORD(sleep, sleep_words)},
    {"at-exit", 0, "WHICH",
     "the program ends with its main thread and those that are no daemons (main, default), or with all its threads (all)",
     SEARCHES, WORD(at_exit, exit_words)},
    {"check-interval", 0, "N",
     "gil27: the interpreter looks at the lock every N + 1 bytecodes that it counts (default 100; 0: at each), the first time after"
     " --phase of them",
     SEARCHES, NUMBER(check_interval, 0, INT32_MAX), GIVEN(has_check_interval)},

    HEADING("Which threads may step (default: what the program says, else free)", SEARCHES),
};

/* Behind them the rows of the schedulers, which these make of themselves; then these. */
static const struct option_row rows_behind[] = {
    {"schedule", 0, "SCHEDULE", "execute this schedule and no other: 0011, AABB, T0*3 T1*27, 0*3,1*27, or @FILE", CHECK,
     TEXT(schedule)},
    {"schedule-then", 0, "WHAT", "when it ends early: stop (default), go on round-robin, one step each, or repeat it",
     CHECK, WORD(schedule_then, then_words)},

    HEADING("What is asked", ANALYSES),
    {"value", 0, "V",
     "show the schedule that ends with V (default: the minimum); V is 3, x=1,y=2 or 'output=\"ab\"'; may be repeated",
     CHECK, AT(add_end, values), GIVEN(has_value)},
    {"witnesses", 0, "WHICH", "minimum, all, none, deadlock, error, overlap or hang", CHECK,
     WORD(witnesses, witness_words)},
    {"assert", 0, "CLAIM",
     "'value >= 2' (or <=, >, <, ==, !=), a condition on every end ('x + y == 3 && t[1] < 2 || T0.%ax'), 'always ...' on every"
     " state, 'possible ...' on some end, no-deadlock, no-error, exclusive, terminates, no-hang, no-starvation,"
     " '... leads-to ...' or 'bypass T0 <= 2'; may be repeated",
     JUDGES, AT(add_text, assertions)},
    {"fairness", 0, "WHICH",
     "ask whether a thread can wait for ever, and a schedule go on for ever: any schedule (none), or a fair one"
     " (weak, strong)",
     CHECK | REPORT | EXPORT, WORD(fairness, fairness_words), GIVEN(has_fairness)},
    {"fences", 0, NULL,
     "tso: find all sets of the fewest fences, each between a store and a later load, with which what is asserted holds",
     CHECK | REPORT, FLAG(fences)},
    {"compute", 0, "LIST",
     "answer only these, whatever they cost: extremes, values, counts, random,"
     " preemptions, witness, events, detection (how likely testers are to show each outcome), all",
     CHECK | SWEEP | REPORT, AT(add_words, compute), .words = question_words},
    {"patience", 0, "SECONDS", "by default, answer what is estimated to take less (default 4; sweep: 0.5 per point)",
     CHECK | SWEEP | REPORT | MEASURE | SAMPLE, AT(set_seconds, patience)},

    {"depth", 0, "D", "detection, and sample --tester pct: PCT draws D - 1 change points, 1 to 8 (default 3)",
     CHECK | REPORT | SAMPLE, NUMBER(depth, 1, PCT_DEPTH_MAX)},

    HEADING("What is drawn", SAMPLE),
    {"runs", 0, "N", "draw N schedules (default 1000)", SAMPLE, NUMBER(runs, 1, RUNS_MAX)},
    {"seed", 0, "N", "draws the same ones again (default 1)", SAMPLE, NUMBER(seed, 0, INT64_MAX), GIVEN(has_seed)},
    {"tester", 0, "HOW",
     "how: uniform (default: all schedules are equally likely), random-walk (at each step all threads that may step are), or pct"
     " (probabilistic concurrency testing: random priorities that change at random points)",
     SAMPLE, WORD(tester, tester_words)},

    HEADING("What is run", MEASURE),
    {"runs", 0, "N", "run the program N times (default 1000)", MEASURE, NUMBER(runs, 1, RUNS_MAX)},
    {"run-limit", 0, "SECONDS", "a run that takes longer has no end (default 10); after ten of them no more are begun",
     MEASURE, AT(set_seconds, run_limit)},

    HEADING("What is replayed", REPLAY),
    {"value", 0, "V", "of a file with several witnesses, the one that ends with V", REPLAY, AT(set_end, values),
     GIVEN(has_value)},

    {"real", 0, NULL,
     "have the program itself executed along the schedule: one in Python by the interpreter, one in C by the processor",
     REPLAY, FLAG(real)},
    {"gdb", 0, "FILE", "with --real, of a program in C: commands for gdb that lead it along the schedule", REPLAY,
     OUTPUT(gdb)},
    {"python", 0, "PROGRAM", "the interpreter that does (default python3)", REPLAY, TEXT(python)},
    {"cc", 0, "COMMAND", "the compiler of C, as when it was checked (default 'gcc -O0')", REPLAY, TEXT(cc)},
    {"cxx", 0, "COMMAND", "that of C++ (default 'g++ -O0')", REPLAY, TEXT(cxx)},

    HEADING("The assignment", ASSIGN),
    {"kind", 0, "KIND",
     "values (which are possible?), witness (find a schedule), minimum, count (the schedules), repair (a program),"
     " quantum (which are right?), outcomes (which pairs of values?) or outputs (what can be printed?)",
     ASSIGN, NAMED(kind, kind_word), GIVEN(has_kind)},
    {"roster", 0, "FILE", "the students (- is standard input), as CSV with a header: a column student, perhaps name",
     ASSIGN, TEXT(roster)},
    {"count", 0, "N", "instead of a roster: students s01 to sN", ASSIGN, NUMBER(count, 1, STUDENTS_MAX)},
    {"seed", 0, "N", "makes the same versions again; a secret (default: one that nobody can guess)", ASSIGN,
     NUMBER(seed, 0, INT64_MAX), GIVEN(has_seed)},
    {"difficulty", 0, "LEVEL", "easy, medium (default) or hard", ASSIGN, NAMED(difficulty, level_word)},
    {"measure", 0, "NAME=RANGE", "replace one of the level's bounds, as in steps=6..20; may be repeated", ASSIGN,
     AT(add_text, measures)},
    {"allow-repeats", 0, NULL, "students may get the same answer", ASSIGN, FLAG(allow_repeats)},

    HEADING("How", SEARCHES | GRADE),
    {"slice", 0, "WHEN", "auto, or off: the classical search, every value in the states", SEARCHES,
     WORD(slice, slice_words)},
    {"symmetry", 0, "WHEN", "auto, or off: identical threads are told apart", SEARCHES, WORD(symmetry, slice_words)},
    {"partial-order", 0, "WHEN",
     "auto, or off: steps of a thread in its own registers are never taken together with the step before", SEARCHES,
     WORD(partial_order, slice_words)},
    {"cells", 0, "WHEN", "auto, or off: states are searched one by one, not all of those with the same control at once",
     SEARCHES, WORD(cells, slice_words)},
    {"explain", 0, NULL,
     "say which variables are control and which are data, and why; with the word 'steps' behind it: what each step of each thread is; with 'bytecode': the bytecodes of a Python program beside its lines",
     CHECK, .read = set_explain, .words = explain_words},
    {"jobs", 'j', "N", "use N cores (default: all); results do not depend on it", ANALYSES | GRADE,
     NUMBER(jobs, 1, JOBS_MAX)},
    {"jobs", 'j', "N",
     "use N cores (default: all), for the search and for the runs; a run of C takes one for each thread", MEASURE,
     NUMBER(jobs, 1, JOBS_MAX)},
    {"max-states", 0, "N", "stop, INCOMPLETE, beyond N states", SEARCHES, NUMBER(max_states, 1, INT64_MAX)},
    {"max-memory", 0, "SIZE", "stop, INCOMPLETE, beyond SIZE (such as 64M or 2G; default 3/4 of the machine's)",
     SEARCHES, AT(set_size, max_memory)},
    {"timeout", 0, "SECONDS", "stop, INCOMPLETE, after SECONDS", SEARCHES, AT(set_seconds, timeout)},
    {"max-states", 0, "N", "refuse a submission that needs more than N states (default 1000000)", GRADE,
     NUMBER(max_states, 1, INT64_MAX)},
    {"max-memory", 0, "SIZE", "refuse a submission that needs more memory (default 512M)", GRADE,
     AT(set_size, max_memory)},
    {"timeout", 0, "SECONDS", "refuse a submission that takes longer (default 10)", GRADE, AT(set_seconds, timeout)},
    {"progress", 0, "WHEN", "auto (on a terminal, after a second), always or never", SEARCHES,
     WORD(progress, progress_words)},

    HEADING("Grading", GRADE),
    {"reveal", 0, NULL, "show schedules and numbers that give answers away", GRADE, FLAG(reveal)},
    {"student", 0, "ID", "the student who submitted, whatever the file names say", GRADE, TEXT(student)},
    {"single", 0, NULL, "the folder holds the submission of one student", GRADE, FLAG(single)},
    {"metadata", 0, "FILE", "find that student in Gradescope's submission_metadata.json", GRADE, TEXT(metadata)},
    {"fail-below", 0, "POINTS", "exit with 1 where a grade has fewer points", GRADE, NUMBER(fail_below, 0, INT64_MAX),
     GIVEN(has_fail_below)},
    {"bundle", 0, "SYSTEM", "write the archive for a system (gradescope) instead, with -o FILE", GRADE,
     WORD(bundle, bundle_words)},

    HEADING("What is written (FILE may be -, standard output)", ALL & ~(ASSIGN | VERIFY)),
    HEADING("What is written", ASSIGN | VERIFY),
    {"output", 'o', "FILE", "the report (default -)", CHECK | REPORT | REPLAY | MEASURE | SAMPLE, OUTPUT(output)},
    {"output", 'o', "FILE", "the table (default -)", SWEEP, OUTPUT(output)},
    {"output", 'o', "FILE", "the model (default -)", EXPORT, OUTPUT(output)},
    {"output", 'o', "FILE", "the list or the text (default -)", MODELS, OUTPUT(output)},
    {"output", 'o', "FOLDER", "where the assignment is made: a new folder, or an empty one", ASSIGN, OUTPUT(output)},
    {"output", 'o', "FILE", "the grades (default -), or the archive; for an existing folder one document per student",
     GRADE, OUTPUT(output)},
    {"format", 0, "WHICH",
     "html (one page that needs nothing else) or markdown (default: as the name of the output ends, else html)", REPORT,
     WORD(format, report_words)},
    {"format", 0, "WHICH", "text (default), json, gradescope, prairielearn, junit or tap", GRADE,
     NAMED(grade_format, format_word)},
    {"title", 0, "TEXT", "the report's title (default: what was found)", REPORT, TEXT(title)},
    {"title", 0, "TEXT", "the title of the handouts (default: what is asked)", ASSIGN, TEXT(title)},
    {"author", 0, "TEXT", "the report's author (default: none)", REPORT, TEXT(author)},
    {"date", 0, "TEXT", "the report's date (default: none, so that equal commands give equal bytes)", REPORT,
     TEXT(date)},
    {"json", 0, "FILE", "the result as JSON", CHECK | SWEEP | REPLAY | MEASURE | SAMPLE, OUTPUT(json)},
    {"promela", 0, NULL, "a model for SPIN, which claims how the program ends, and what is asserted", EXPORT,
     FLAG(promela)},
    {"litmus", 0, NULL, "a litmus test for herd and litmus7, of a program whose memory is tso", EXPORT, FLAG(litmus)},
    {"python-dump", 0, NULL, "the helper that dumps the code of a Python program: python3 FILE NAME.py <NAME.py",
     EXPORT, FLAG(python_dump)},
    {"csv", 0, "FILE", "the table as comma-separated values", SWEEP, OUTPUT(csv)},
    {"witness", 0, "FILE", "the witness as JSON, for 'racecheck replay'", CHECK, OUTPUT(witness)},
    {"itf", 0, "FILE", "the witness as an ITF trace, for the TLA+ tools", CHECK, OUTPUT(itf)},
    {"trace", 0, "FILE", "the witness as a timeline, for Perfetto and chrome://tracing", CHECK, OUTPUT(trace)},
    {"dot", 0, "FILE", "the witness as a drawing for Graphviz", CHECK | REPLAY, OUTPUT(dot)},
    {"graph", 0, "FILE", "the state graph as a drawing for Graphviz, up to 250 states", CHECK, OUTPUT(graph)},
    {"behaviour", 0, "FILE", "all that can be printed as an automaton, drawn for Graphviz, up to 2000 states", CHECK,
     OUTPUT(behaviour)},
    {"certificate", 0, "FILE", "a proof of the minimum, or of what --assert 'always ...' says, for 'racecheck verify'",
     CHECK | REPORT, OUTPUT(certificate)},
    {"upper-certificate", 0, "FILE", "a proof of the maximum", CHECK | REPORT, OUTPUT(upper_certificate)},
    {"full", 0, NULL, "list every value and every step", CHECK | REPLAY | MEASURE | SAMPLE, FLAG(full)},
    {"timing", 0, NULL, "print how long it took", CHECK, FLAG(timing)},
    {"quiet", 'q', NULL, "print no report; the exit status tells the result", ALL & ~(MODELS | REPORT), FLAG(quiet)},

    HEADING("Other", ALL),
    {"help", 'h', NULL, "print this help and exit", ALL, FLAG(help)},
    {"version", 'V', NULL, "print the version and exit", ALL, FLAG(version)},
};

/* ---- Schedulers -------------------------------------------------------------------------------------------------- */

enum {
    BEFORE = sizeof rows_before / sizeof rows_before[0],
    BEHIND = sizeof rows_behind / sizeof rows_behind[0],
    MADE_MAX = 32,
    HELP_MAX = 400
};

_Static_assert(BEFORE + MADE_MAX + BEHIND < OPTION_ROWS_MAX, "OPTION_ROWS_MAX is too small");

/* The rows of --scheduler and of all parameters, made when they are first asked for. */
static struct {
    struct option_row rows[MADE_MAX];
    char helps[MADE_MAX][HELP_MAX];
    size_t count;
} made;

static void append(char help[HELP_MAX], const char *before, const char *text, const char *behind)
{
    size_t length = strlen(help);
    snprintf(help + length, HELP_MAX - length, "%s%s%s", before, text, behind);
}

/* "free (any thread, any time), tick (one processor, in quanta) or ..." */
static void make_scheduler(void)
{
    const struct scheduler_kind *const *kinds = scheduler_kinds();
    char *help = made.helps[made.count];
    for (size_t k = 0; kinds[k] != NULL; k++) {
        append(help, k == 0 ? "" : kinds[k + 1] == NULL ? " or " : ", ", kinds[k]->name, " (");
        append(help, "", kinds[k]->summary, ")");
    }
    made.rows[made.count++] =
        (struct option_row){"scheduler", 0, "KIND", help, SEARCHES, .read = set_scheduler, .word = scheduler_word};
}

/* "tick, signal: ticks until the next thread is picked" */
static void make_parameter(const struct scheduler_parameter *parameter)
{
    char *help = made.helps[made.count];
    for (size_t r = 0; r < made.count; r++)
        if (strcmp(made.rows[r].name, parameter->name) == 0)
            return;
    assert(made.count < MADE_MAX);
    for (const struct scheduler_kind *const *kind = scheduler_kinds(); *kind != NULL; kind++)
        if (scheduler_kind_parameter(*kind, parameter->name) != NULL)
            append(help, help[0] == '\0' ? "" : ", ", (*kind)->name, "");
    append(help, ": ", parameter->help, "");
    made.rows[made.count++] =
        (struct option_row){parameter->name, 0, parameter->placeholder, help, SEARCHES, .read = set_parameter};
}

static void make_rows(void)
{
    make_scheduler();
    for (const struct scheduler_kind *const *kind = scheduler_kinds(); *kind != NULL; kind++)
        for (const struct scheduler_parameter *parameter = (*kind)->parameters; parameter->name != NULL; parameter++)
            make_parameter(parameter);
}

/* ---- The whole --------------------------------------------------------------------------------------------------- */

const struct option_row *option_table_at(size_t position)
{
    if (made.count == 0)
        make_rows();
    if (position < BEFORE)
        return &rows_before[position];
    position -= BEFORE;
    if (position < made.count)
        return &made.rows[position];
    position -= made.count;
    return position < BEHIND ? &rows_behind[position] : NULL;
}

bool option_row_takes(const struct option_row *self, const char *word)
{
    const struct option_word *known = self->words;
    while (known != NULL && known->word != NULL && strcmp(known->word, word) != 0)
        known++;
    return known != NULL && known->word != NULL;
}

bool option_row_is_for(const struct option_row *self, enum command command)
{
    return (self->commands >> command & 1) != 0;
}
