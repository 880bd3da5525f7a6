#include "cli/options.h"

#include "base/memory.h"
#include "base/text.h"
#include "checker/analysis.h"
#include "checker/scheduler.h"
#include "models/presets.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ITERS_MAX = 1000000 };

enum { FOR_CHECK = 1 << COMMAND_CHECK, FOR_SWEEP = 1 << COMMAND_SWEEP, FOR_MODELS = 1 << COMMAND_MODELS,
       FOR_REPLAY = 1 << COMMAND_REPLAY, FOR_EXPORT = 1 << COMMAND_EXPORT, FOR_BOTH = FOR_CHECK | FOR_SWEEP,
       FOR_VERIFY = 1 << COMMAND_VERIFY, FOR_ASSIGN = 1 << COMMAND_ASSIGN,
       FOR_REPORT = 1 << COMMAND_REPORT, FOR_ANALYSES = FOR_BOTH | FOR_EXPORT | FOR_REPORT, FOR_GRADE = 1 << COMMAND_GRADE,
       FOR_ALL = FOR_GRADE | FOR_ANALYSES | FOR_MODELS | FOR_REPLAY };

/* Reads one option's argument into the options; argument is NULL for an option without. */
typedef bool option_reader(struct options *self, const char *argument, struct error *error);

struct option_row {
    const char *name;
    char letter;               /* 0: none */
    const char *argument;      /* placeholder, or NULL */
    const char *help;
    unsigned commands;
    option_reader *read;
};

/* ---- Readers ------------------------------------------------------------------------------------------------- */

bool options_read_integer(const char *argument, int64_t least, int64_t greatest, int64_t *result, struct error *error)
{
    char *end;
    errno = 0;
    long long value = strtoll(argument, &end, 10);
    if (argument[0] == '\0' || isspace((unsigned char)argument[0]) || *end != '\0') {
        error_set(error, NULL, 0, 0, "'%s' is not a number (expected a whole number)", argument);
        return false;
    }
    if (errno == ERANGE || value < least || value > greatest) {
        error_set(error, NULL, 0, 0, "%s is out of range (expected %lld to %lld)", argument, (long long)least,
                  (long long)greatest);
        return false;
    }
    *result = value;
    return true;
}

static bool read_unsigned(const char *argument, int64_t least, int64_t greatest, uint64_t *result, struct error *error)
{
    int64_t value;
    if (!options_read_integer(argument, least, greatest, &value, error))
        return false;
    *result = (uint64_t)value;
    return true;
}

static bool read_seconds(const char *argument, double *result, struct error *error)
{
    char *end;
    double value = strtod(argument, &end);
    if (end == argument || *end != '\0' || !isfinite(value) || value <= 0 || value > 1e9) {
        error_set(error, NULL, 0, 0, "'%s' is not a time (expected seconds, such as 0.5 or 60)", argument);
        return false;
    }
    *result = value;
    return true;
}

/* A size in bytes with an optional unit: 500000, 64M, 2G. */
static bool read_size(const char *argument, uint64_t *result, struct error *error)
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
    if (!isdigit((unsigned char)argument[0]) || *rest != '\0') {
        error_set(error, NULL, 0, 0, "'%s' is not a size (expected bytes, or a number with K, M, G or T)", argument);
        return false;
    }
    if (errno == ERANGE || value == 0 || value > (UINT64_MAX >> 1) >> shift) {
        error_set(error, NULL, 0, 0, "%s is out of range", argument);
        return false;
    }
    *result = (uint64_t)value << shift;
    return true;
}

/* Which of a list of words an argument is; the list ends with NULL. */
static bool read_word(const char *argument, const char *const *words, size_t *result, struct error *error)
{
    struct text expected = TEXT_INIT;
    for (size_t w = 0; words[w] != NULL; w++) {
        if (strcmp(argument, words[w]) == 0) {
            *result = w;
            text_free(&expected);
            return true;
        }
        text_print(&expected, "%s%s", w == 0 ? "" : words[w + 1] == NULL ? " or " : ", ", words[w]);
    }
    error_set(error, NULL, 0, 0, "'%s' is unknown (expected %s)", argument, text_string(&expected));
    text_free(&expected);
    return false;
}

static bool add_to_list(const char **list, size_t *count, const char *argument, struct error *error)
{
    if (*count == OPTIONS_LIST_MAX) {
        error_set(error, NULL, 0, 0, "given more than %d times", OPTIONS_LIST_MAX);
        return false;
    }
    list[(*count)++] = argument;
    return true;
}

/* ---- The options ----------------------------------------------------------------------------------------------- */

static bool set_help(struct options *self, const char *argument, struct error *error)
{
    (void)argument;
    (void)error;
    return self->help = true;
}

static bool set_version(struct options *self, const char *argument, struct error *error)
{
    (void)argument;
    (void)error;
    return self->version = true;
}

static bool set_model(struct options *self, const char *argument, struct error *error)
{
    (void)error;
    self->model = argument;
    return true;
}

static bool set_threads(struct options *self, const char *argument, struct error *error)
{
    self->has_threads = true;
    return options_read_integer(argument, 1, PROGRAM_THREADS_MAX, &self->threads, error);
}

static bool set_iters(struct options *self, const char *argument, struct error *error)
{
    self->has_iters = true;
    return options_read_integer(argument, 0, ITERS_MAX, &self->iters, error);
}

static bool is_name(const char *name, size_t length)
{
    if (length == 0 || isdigit((unsigned char)name[0]))
        return false;
    for (size_t c = 0; c < length; c++)
        if (!isalnum((unsigned char)name[c]) && name[c] != '_')
            return false;
    return true;
}

bool options_is_assignment(const char *text)
{
    const char *equals = strchr(text, '=');
    return equals != NULL && is_name(text, (size_t)(equals - text));
}

static bool is_defined(const struct options *self, const char *name, size_t length)
{
    for (size_t s = 0; s < self->symbol_count; s++)
        if (strlen(self->symbols[s].name) == length && strncmp(self->symbols[s].name, name, length) == 0)
            return true;
    return false;
}

static bool add_define(struct options *self, const char *argument, struct error *error)
{
    const char *equals = strchr(argument, '=');
    size_t length = equals != NULL ? (size_t)(equals - argument) : 0;
    if (!is_name(argument, length)) {
        error_set(error, NULL, 0, 0, "'%s' defines nothing (expected NAME=NUMBER)", argument);
        return false;
    }
    if (self->symbol_count == OPTIONS_LIST_MAX) {
        error_set(error, NULL, 0, 0, "given more than %d times", OPTIONS_LIST_MAX);
        return false;
    }
    if (is_defined(self, argument, length)) {
        error_set(error, NULL, 0, 0, "%.*s is defined already", (int)length, argument);
        return false;
    }
    int64_t value;
    if (!options_read_integer(equals + 1, INT64_MIN, INT64_MAX, &value, error))
        return false;
    char *name = memory_copy_string(argument);
    name[length] = '\0';
    self->symbols[self->symbol_count++] = (struct symbol){name, value};
    return true;
}

/* What it says is read again with the program (cli/source.c); here its form is checked. */
static bool set_registers(struct options *self, const char *argument, struct error *error)
{
    struct presets presets;
    if (self->registers != NULL) {
        error_set(error, NULL, 0, 0, "given twice (expected all registers in one list, such as ax=1:bx=2)");
        return false;
    }
    if (argument[0] == '\0') {
        error_set(error, NULL, 0, 0, "nothing is given (expected a list such as bx=10 or bx=10,bx=20)");
        return false;
    }
    self->registers = argument;
    bool good = presets_read(&presets, argument, error);
    presets_free(&presets);
    return good;
}

static bool set_observe(struct options *self, const char *argument, struct error *error)
{
    (void)error;
    self->observe = argument;
    return true;
}

static bool set_scheduler(struct options *self, const char *argument, struct error *error)
{
    size_t word;
    self->scheduler = argument;
    return read_word(argument, scheduler_kinds(), &word, error);
}

/* What the value may be is for scheduler_new() to say; given twice, the last one counts. */
static bool set_parameter(struct options *self, const char *name, const char *argument)
{
    struct error unread = ERROR_INIT;
    struct property *given = NULL;
    size_t count = 0;
    int64_t number;
    if (options_read_integer(argument, INT64_MIN, INT64_MAX, &number, &unread))
        property_add_number(&given, &count, name, number);
    else
        property_add_text(&given, &count, name, argument);
    property_set(&self->parameters, &self->parameter_count, given);
    property_free_list(given, count);
    return true;
}

static bool set_quantum(struct options *self, const char *argument, struct error *error)
{
    (void)error;
    return set_parameter(self, "quantum", argument);
}

static bool set_pick(struct options *self, const char *argument, struct error *error)
{
    (void)error;
    return set_parameter(self, "pick", argument);
}

static bool set_phase(struct options *self, const char *argument, struct error *error)
{
    (void)error;
    return set_parameter(self, "phase", argument);
}

static bool set_lag(struct options *self, const char *argument, struct error *error)
{
    (void)error;
    return set_parameter(self, "lag", argument);
}

static bool set_offset(struct options *self, const char *argument, struct error *error)
{
    (void)error;
    return set_parameter(self, "offset", argument);
}

static bool set_bound(struct options *self, const char *argument, struct error *error)
{
    (void)error;
    return set_parameter(self, "bound", argument);
}

static bool set_arrival(struct options *self, const char *argument, struct error *error)
{
    (void)error;
    return set_parameter(self, "arrival", argument);
}

static bool set_schedule(struct options *self, const char *argument, struct error *error)
{
    (void)error;
    self->schedule = argument;
    return true;
}

static bool set_schedule_then(struct options *self, const char *argument, struct error *error)
{
    static const char *const words[] = {"stop", "round-robin", NULL};
    size_t word;
    if (!read_word(argument, words, &word, error))
        return false;
    self->goes_on = word == 1;
    return true;
}

static bool set_value(struct options *self, const char *argument, struct error *error)
{
    self->has_value = true;
    return options_read_integer(argument, INT64_MIN, INT64_MAX, &self->value, error);
}

static bool set_witnesses(struct options *self, const char *argument, struct error *error)
{
    static const char *const words[] = {"minimum", "all", "none", "deadlock", "error", "overlap", NULL};
    size_t word;
    if (!read_word(argument, words, &word, error))
        return false;
    self->witnesses = words[word];
    return true;
}

static bool add_assertion(struct options *self, const char *argument, struct error *error)
{
    return add_to_list(self->assertions, &self->assertion_count, argument, error);
}

static bool set_fairness(struct options *self, const char *argument, struct error *error)
{
    static const char *const words[] = {"none", "weak", "strong", NULL};
    static const enum outcome_fairness kinds[] = {FAIRNESS_NONE, FAIRNESS_WEAK, FAIRNESS_STRONG};
    size_t word;
    if (!read_word(argument, words, &word, error))
        return false;
    self->has_fairness = true;
    self->fairness = kinds[word];
    return true;
}

static bool set_compute(struct options *self, const char *argument, struct error *error)
{
    static const char *const words[] = {"extremes", "values", "counts", "random", "preemptions", "witness", "all", NULL};
    static const unsigned questions[] = {
        QUESTION_EXTREMES, QUESTION_VALUES, QUESTION_COUNTS, QUESTION_RANDOM, QUESTION_PREEMPTIONS, QUESTION_WITNESS,
        QUESTION_ALL,
    };
    char *list = memory_copy_string(argument), *rest = list, *name;
    bool good = true;
    while (good && (name = strsep(&rest, ",")) != NULL) {
        size_t word;
        good = read_word(name, words, &word, error);
        self->compute |= good ? questions[word] : 0;
    }
    memory_free(list);
    return good;
}

static bool set_patience(struct options *self, const char *argument, struct error *error)
{
    return read_seconds(argument, &self->patience, error);
}

static bool read_auto_or_off(const char *argument, bool *off, struct error *error)
{
    static const char *const words[] = {"auto", "off", NULL};
    size_t word;
    if (!read_word(argument, words, &word, error))
        return false;
    *off = word == 1;
    return true;
}

static bool set_slice(struct options *self, const char *argument, struct error *error)
{
    return read_auto_or_off(argument, &self->no_slice, error);
}

static bool set_symmetry(struct options *self, const char *argument, struct error *error)
{
    return read_auto_or_off(argument, &self->no_symmetry, error);
}

static bool set_explain(struct options *self, const char *argument, struct error *error)
{
    (void)argument;
    (void)error;
    return self->explain = true;
}

static bool set_jobs(struct options *self, const char *argument, struct error *error)
{
    int64_t jobs;
    if (!options_read_integer(argument, 1, 256, &jobs, error))
        return false;
    self->jobs = (unsigned)jobs;
    return true;
}

static bool set_max_states(struct options *self, const char *argument, struct error *error)
{
    return read_unsigned(argument, 1, INT64_MAX, &self->max_states, error);
}

static bool set_max_memory(struct options *self, const char *argument, struct error *error)
{
    return read_size(argument, &self->max_memory, error);
}

static bool set_timeout(struct options *self, const char *argument, struct error *error)
{
    return read_seconds(argument, &self->timeout, error);
}

static bool set_progress(struct options *self, const char *argument, struct error *error)
{
    static const char *const words[] = {"auto", "always", "never", NULL};
    size_t word;
    if (!read_word(argument, words, &word, error))
        return false;
    self->progress = (enum when)word;
    return true;
}

static bool set_output(struct options *self, const char *argument, struct error *error)
{
    (void)error;
    self->output = argument;
    return true;
}

static bool set_json(struct options *self, const char *argument, struct error *error)
{
    (void)error;
    self->json = argument;
    return true;
}

static bool set_csv(struct options *self, const char *argument, struct error *error)
{
    (void)error;
    self->csv = argument;
    return true;
}

static bool set_witness(struct options *self, const char *argument, struct error *error)
{
    (void)error;
    self->witness = argument;
    return true;
}

static bool set_dot(struct options *self, const char *argument, struct error *error)
{
    (void)error;
    self->dot = argument;
    return true;
}

static bool set_certificate(struct options *self, const char *argument, struct error *error)
{
    (void)error;
    self->certificate = argument;
    return true;
}

static bool set_upper_certificate(struct options *self, const char *argument, struct error *error)
{
    (void)error;
    self->upper_certificate = argument;
    return true;
}

static bool set_graph(struct options *self, const char *argument, struct error *error)
{
    (void)error;
    self->graph = argument;
    return true;
}

static bool set_itf(struct options *self, const char *argument, struct error *error)
{
    (void)error;
    self->itf = argument;
    return true;
}

static bool set_trace(struct options *self, const char *argument, struct error *error)
{
    (void)error;
    self->trace = argument;
    return true;
}

static bool set_promela(struct options *self, const char *argument, struct error *error)
{
    (void)argument;
    (void)error;
    return self->promela = true;
}

static bool set_bundle(struct options *self, const char *argument, struct error *error)
{
    (void)error;
    self->bundle = argument;
    return true;
}

static bool set_metadata(struct options *self, const char *argument, struct error *error)
{
    (void)error;
    self->metadata = argument;
    return true;
}

static bool set_student(struct options *self, const char *argument, struct error *error)
{
    (void)error;
    self->student = argument;
    return true;
}

static bool set_single(struct options *self, const char *argument, struct error *error)
{
    (void)argument;
    (void)error;
    return self->single = true;
}

static bool set_reveal(struct options *self, const char *argument, struct error *error)
{
    (void)argument;
    (void)error;
    return self->reveal = true;
}

static bool set_fail_below(struct options *self, const char *argument, struct error *error)
{
    self->has_fail_below = true;
    return options_read_integer(argument, 0, INT64_MAX, &self->fail_below, error);
}

static bool set_quiet(struct options *self, const char *argument, struct error *error)
{
    (void)argument;
    (void)error;
    return self->quiet = true;
}

static bool set_full(struct options *self, const char *argument, struct error *error)
{
    (void)argument;
    (void)error;
    return self->full = true;
}

static bool set_timing(struct options *self, const char *argument, struct error *error)
{
    (void)argument;
    (void)error;
    return self->timing = true;
}

static bool set_format(struct options *self, const char *argument, struct error *error)
{
    static const char *const words[] = {"html", "markdown", NULL};
    size_t word;
    if (self->command == COMMAND_GRADE) {
        self->grade_format = argument; /* which there are course/gradebook_formats.h knows */
        return true;
    }
    if (!read_word(argument, words, &word, error))
        return false;
    self->is_markdown = word == 1;
    return true;
}

static bool set_title(struct options *self, const char *argument, struct error *error)
{
    (void)error;
    self->title = argument;
    return true;
}

static bool set_author(struct options *self, const char *argument, struct error *error)
{
    (void)error;
    self->author = argument;
    return true;
}

static bool set_date(struct options *self, const char *argument, struct error *error)
{
    (void)error;
    self->date = argument;
    return true;
}

/* A row without a name is a heading of the help. */
static bool set_kind(struct options *self, const char *argument, struct error *error)
{
    static const char *const kinds[] = {"values", "witness", "minimum", "count", "repair", "quantum", NULL};
    size_t word;
    self->kind = argument;
    return read_word(argument, kinds, &word, error);
}

static bool set_difficulty(struct options *self, const char *argument, struct error *error)
{
    static const char *const levels[] = {"easy", "medium", "hard", NULL};
    size_t word;
    self->difficulty = argument;
    return read_word(argument, levels, &word, error);
}

static bool add_measure(struct options *self, const char *argument, struct error *error)
{
    return add_to_list(self->measures, &self->measure_count, argument, error);
}

static bool set_roster(struct options *self, const char *argument, struct error *error)
{
    (void)error;
    self->roster = argument;
    return true;
}

static bool set_count(struct options *self, const char *argument, struct error *error)
{
    return options_read_integer(argument, 1, 10000, &self->count, error);
}

static bool set_seed(struct options *self, const char *argument, struct error *error)
{
    self->has_seed = true;
    return options_read_integer(argument, 0, INT64_MAX, &self->seed, error);
}

static bool set_allow_repeats(struct options *self, const char *argument, struct error *error)
{
    (void)argument;
    (void)error;
    return self->allow_repeats = true;
}

static const struct option_row rows[] = {
    {NULL, 0, NULL, "What is checked", FOR_ANALYSES, NULL},
    {"threads", 't', "N", "number of threads, 1 to 64 (default 2)", FOR_ANALYSES, set_threads},
    {"iters", 'k', "K", "iterations of each thread (default 10)", FOR_ANALYSES, set_iters},
    {"model", 'm', "NAME", "a model of the catalogue (default unlocked)", FOR_ANALYSES, set_model},
    {"define", 'D', "NAME=NUMBER", "give the program a symbol; may be repeated", FOR_ANALYSES, add_define},
    {"register", 'a', "LIST", "first values of registers: bx=10 for all threads, bx=1,bx=2 for each; several as in"
     " ax=1:bx=2,ax=3:bx=4", FOR_ANALYSES, set_registers},
    {"observe", 0, "VARIABLE", "the variable whose final values are asked for, or its address (default: the first)",
     FOR_ANALYSES, set_observe},

    {NULL, 0, NULL, "Who may step when (default: what the program says, else free)", FOR_ANALYSES, NULL},
    {"scheduler", 0, "KIND", "free (any thread, any time), tick (one processor, in quanta), parallel (a core a thread),"
     " preemptions (few switches) or signal (tick, and a signal arrives)", FOR_ANALYSES, set_scheduler},
    {"quantum", 0, "Q", "tick, signal: ticks until the next thread is picked", FOR_ANALYSES, set_quantum},
    {"pick", 0, "HOW", "tick, signal: any (default) or round-robin", FOR_ANALYSES, set_pick},
    {"phase", 0, "P", "tick, signal: ticks of the first quantum that are used up already (default 0), or any", FOR_ANALYSES,
     set_phase},
    {"lag", 0, "L", "parallel: steps that a thread can be ahead of another; 1 is lock step", FOR_ANALYSES, set_lag},
    {"offset", 0, "LIST", "parallel: steps that each thread counts as ahead from the start, such as 0,30: it starts late"
     " (default 0)", FOR_ANALYSES, set_offset},
    {"bound", 0, "B", "preemptions: how many there are at most", FOR_ANALYSES, set_bound},
    {"arrival", 0, "N", "signal: before which step it arrives (0: the first), any (default) or never", FOR_ANALYSES, set_arrival},
    {"schedule", 0, "TURNS", "execute this schedule and no other: 0011, or a list such as 0*3,1*27, or @FILE", FOR_CHECK,
     set_schedule},
    {"schedule-then", 0, "WHAT", "where that is short: stop (default), or go on round-robin, a step each", FOR_CHECK,
     set_schedule_then},

    {NULL, 0, NULL, "What is asked", FOR_BOTH | FOR_REPORT, NULL},
    {"value", 0, "V", "show the schedule that ends with V (default: the minimum)", FOR_CHECK | FOR_REPLAY, set_value},
    {"witnesses", 0, "WHICH", "minimum, all, none, deadlock, error or overlap", FOR_CHECK, set_witnesses},
    {"assert", 0, "CLAIM", "'value >= 2' (or <=, >, <, ==, !=), no-deadlock, no-error, exclusive or no-starvation; may"
     " be repeated", FOR_BOTH, add_assertion},
    {"fairness", 0, "WHICH", "ask whether a thread can wait for ever: in any schedule (none), or in those that are fair"
     " (weak, strong)", FOR_CHECK | FOR_REPORT, set_fairness},
    {"compute", 0, "LIST", "answer these whatever they cost, and no others: extremes, values, counts, random,"
     " preemptions, witness, all", FOR_BOTH | FOR_REPORT, set_compute},
    {"patience", 0, "SECONDS", "answer by default what is estimated to take less (default 4; sweep: 0.5 a point)",
     FOR_BOTH | FOR_REPORT, set_patience},

    {NULL, 0, NULL, "The assignment", FOR_ASSIGN, NULL},
    {"kind", 0, "KIND", "values (which are possible?), witness (find a schedule), minimum, count (the schedules),"
     " repair (a program) or quantum (which are right?)", FOR_ASSIGN, set_kind},
    {"roster", 0, "FILE", "the students, as CSV with a header: a column student, and name", FOR_ASSIGN, set_roster},
    {"count", 0, "N", "instead of a roster: students s01 to sN", FOR_ASSIGN, set_count},
    {"seed", 0, "N", "makes the same versions again; a secret (default: one that nobody can guess)", FOR_ASSIGN, set_seed},
    {"difficulty", 0, "LEVEL", "easy, medium (default) or hard", FOR_ASSIGN, set_difficulty},
    {"measure", 0, "NAME=RANGE", "replace one of the level's bounds, as in steps=6..20; may be repeated", FOR_ASSIGN,
     add_measure},
    {"allow-repeats", 0, NULL, "students may get the same answer", FOR_ASSIGN, set_allow_repeats},

    {NULL, 0, NULL, "How", FOR_ANALYSES | FOR_GRADE, NULL},
    {"slice", 0, "WHEN", "auto, or off: the classical search, every value in the states", FOR_ANALYSES, set_slice},
    {"symmetry", 0, "WHEN", "auto, or off: identical threads are told apart", FOR_ANALYSES, set_symmetry},
    {"explain", 0, NULL, "say which variables are control and which are data, and why", FOR_CHECK, set_explain},
    {"jobs", 'j', "N", "use N cores (default: all); results do not depend on it", FOR_ANALYSES | FOR_GRADE, set_jobs},
    {"max-states", 0, "N", "stop, INCOMPLETE, beyond N states", FOR_ANALYSES | FOR_GRADE, set_max_states},
    {"max-memory", 0, "SIZE", "stop, INCOMPLETE, beyond SIZE (such as 64M or 2G; default 3/4 of the machine's)",
     FOR_ANALYSES | FOR_GRADE, set_max_memory},
    {"timeout", 0, "SECONDS", "stop, INCOMPLETE, after SECONDS", FOR_ANALYSES | FOR_GRADE, set_timeout},
    {"progress", 0, "WHEN", "auto (on a terminal, after a second), always or never", FOR_ANALYSES, set_progress},

    {NULL, 0, NULL, "Grading", FOR_GRADE, NULL},
    {"reveal", 0, NULL, "show schedules and numbers that give answers away", FOR_GRADE, set_reveal},
    {"student", 0, "ID", "whose the submissions are, whatever their names say", FOR_GRADE, set_student},
    {"single", 0, NULL, "the folder holds the submission of one student", FOR_GRADE, set_single},
    {"metadata", 0, "FILE", "find the student in Gradescope's submission_metadata.json", FOR_GRADE, set_metadata},
    {"fail-below", 0, "POINTS", "exit with 1 where a grade has fewer points", FOR_GRADE, set_fail_below},
    {"bundle", 0, "SYSTEM", "write the archive for a system (gradescope) instead, with -o FILE", FOR_GRADE, set_bundle},

    {NULL, 0, NULL, "What is written (FILE may be -, standard output)",
     (FOR_ALL & ~FOR_MODELS) | FOR_VERIFY | FOR_ASSIGN, NULL},
    {"output", 'o', "FILE", "the report (default -); assign: the folder to make", FOR_ALL | FOR_ASSIGN, set_output},
    {"format", 0, "WHICH", "report: html (default; one page that needs nothing else) or markdown; grade: text (default), json,"
     " gradescope, prairielearn, junit or tap", FOR_REPORT | FOR_GRADE, set_format},
    {"title", 0, "TEXT", "the title of the report, or of the handouts (default: what was found, or is asked)", FOR_REPORT | FOR_ASSIGN,
     set_title},
    {"author", 0, "TEXT", "the report's author (default: none)", FOR_REPORT, set_author},
    {"date", 0, "TEXT", "the report's date (default: none, so that equal commands give equal bytes)", FOR_REPORT, set_date},
    {"json", 0, "FILE", "the result as JSON", FOR_BOTH, set_json},
    {"promela", 0, NULL, "a model for SPIN, which claims the minimum and the maximum", FOR_EXPORT, set_promela},
    {"csv", 0, "FILE", "the table as comma-separated values", FOR_SWEEP, set_csv},
    {"witness", 0, "FILE", "the witness as JSON, for 'racecheck replay'", FOR_CHECK, set_witness},
    {"itf", 0, "FILE", "the witness as an ITF trace, for the TLA+ tools", FOR_CHECK, set_itf},
    {"trace", 0, "FILE", "the witness as a timeline, for Perfetto and chrome://tracing", FOR_CHECK, set_trace},
    {"dot", 0, "FILE", "the witness as a drawing for Graphviz", FOR_CHECK | FOR_REPLAY, set_dot},
    {"graph", 0, "FILE", "the state graph as a drawing for Graphviz, up to 250 states", FOR_CHECK, set_graph},
    {"certificate", 0, "FILE", "a proof of the minimum, for 'racecheck verify'", FOR_CHECK | FOR_REPORT, set_certificate},
    {"upper-certificate", 0, "FILE", "a proof of the maximum", FOR_CHECK | FOR_REPORT, set_upper_certificate},
    {"full", 0, NULL, "list every value and every step", FOR_CHECK | FOR_REPLAY, set_full},
    {"timing", 0, NULL, "say how long it took", FOR_CHECK, set_timing},
    {"quiet", 'q', NULL, "no report: the exit status tells", (FOR_ALL & ~FOR_MODELS & ~FOR_REPORT) | FOR_VERIFY | FOR_ASSIGN,
     set_quiet},

    {NULL, 0, NULL, "Other", FOR_ALL | FOR_VERIFY | FOR_ASSIGN, NULL},
    {"help", 'h', NULL, "print this help and exit", FOR_ALL | FOR_VERIFY | FOR_ASSIGN, set_help},
    {"version", 'V', NULL, "print the version and exit", FOR_ALL | FOR_VERIFY | FOR_ASSIGN, set_version},
};

enum { ROW_COUNT = sizeof rows / sizeof rows[0], LONG_OPTION = 256 };

bool options_view(size_t position, struct option_view *view)
{
    if (position >= ROW_COUNT)
        return false;
    const struct option_row *row = &rows[position];
    *view = (struct option_view){row->name, row->letter, row->argument, row->help, row->commands};
    return true;
}

/* ---- Parsing --------------------------------------------------------------------------------------------------- */

const char *options_command_name(enum command command)
{
    static const char *const names[COMMAND_COUNT] = {"check", "sweep", "report", "export", "models", "replay", "verify", "assign", "grade"};
    return names[command];
}

static void make_tables(enum command command, struct option *longs, char *shorts)
{
    size_t count = 0;
    *shorts++ = ':';
    for (size_t r = 0; r < ROW_COUNT; r++) {
        const struct option_row *row = &rows[r];
        if (row->name == NULL || (row->commands >> command & 1) == 0)
            continue;
        longs[count++] = (struct option){row->name, row->argument != NULL ? required_argument : no_argument, NULL,
                                         LONG_OPTION + (int)r};
        if (row->letter == 0)
            continue;
        *shorts++ = row->letter;
        if (row->argument != NULL)
            *shorts++ = ':';
    }
    longs[count] = (struct option){0};
    *shorts = '\0';
}

static const struct option_row *find_row(int code)
{
    if (code >= LONG_OPTION)
        return &rows[code - LONG_OPTION];
    for (size_t r = 0; r < ROW_COUNT; r++)
        if (rows[r].letter != 0 && rows[r].letter == code)
            return &rows[r];
    return NULL;
}

/* What getopt_long() could not use: a letter, which it names, or the word that it has just passed. */
static void report_unusable(int code, const char *argument, enum command command, struct error *error)
{
    char letter[] = {'-', (char)optopt, '\0'};
    if (optopt > 0 && optopt < LONG_OPTION)
        argument = letter;
    if (code == ':')
        error_set(error, NULL, 0, 0, "%s needs an argument (see 'racecheck %s --help')", argument,
                  options_command_name(command));
    else
        error_set(error, NULL, 0, 0, "%s is not an option of '%s', or not a whole one (see 'racecheck %s --help')",
                  argument, options_command_name(command), options_command_name(command));
}

static bool read_row(struct options *self, const struct option_row *row, const char *argument, struct error *error)
{
    struct error inner = ERROR_INIT;
    if (row->read(self, argument, &inner))
        return true;
    error_set(error, NULL, 0, 0, "--%s: %s", row->name, inner.text);
    return false;
}

static bool parse_all(struct options *self, int argc, char **argv, struct error *error)
{
    struct option longs[ROW_COUNT + 1];
    char shorts[2 * ROW_COUNT + 2];
    make_tables(self->command, longs, shorts);
    opterr = 0;
    optind = 0; /* begin anew, even where an earlier command line was left in the middle of a word */
    for (;;) {
        int code = getopt_long(argc, argv, shorts, longs, NULL);
        if (code == -1)
            break;
        if (code == '?' || code == ':') {
            report_unusable(code, argv[optind - 1], self->command, error);
            return false;
        }
        if (!read_row(self, find_row(code), optarg, error))
            return false;
    }
    for (int i = optind; i < argc; i++)
        if (!add_to_list(self->operands, &self->operand_count, argv[i], error))
            return false;
    return true;
}

bool options_parse(struct options *self, int argc, char **argv, struct error *error)
{
    *self = (struct options){.threads = 2, .iters = 10, .witnesses = "minimum"};
    for (int c = 0; c < COMMAND_COUNT && argc > 1; c++)
        if (strcmp(argv[1], options_command_name((enum command)c)) == 0) {
            self->command = (enum command)c;
            argv++;
            argc--;
            break;
        }
    /* Without a command's name argv[0] is that of the program. */
    self->arguments = self->command != COMMAND_CHECK ? argv : argv + 1;
    self->argument_count = self->command != COMMAND_CHECK ? argc : argc - 1;
    return parse_all(self, argc, argv, error);
}

bool options_set(struct options *self, const char *name, const char *argument, struct error *error)
{
    size_t r = 0;
    while (rows[r].name == NULL || strcmp(rows[r].name, name) != 0)
        r++;
    return read_row(self, &rows[r], argument, error);
}

struct options options_copy(const struct options *self)
{
    struct options copy = *self;
    for (size_t s = 0; s < copy.symbol_count; s++)
        copy.symbols[s].name = memory_copy_string(self->symbols[s].name);
    copy.parameters = property_copy_list(self->parameters, self->parameter_count);
    return copy;
}

void options_free(struct options *self)
{
    for (size_t s = 0; s < self->symbol_count; s++)
        memory_free(self->symbols[s].name);
    self->symbol_count = 0;
    property_free_list(self->parameters, self->parameter_count);
    self->parameters = NULL;
    self->parameter_count = 0;
}

/* ---- Help ------------------------------------------------------------------------------------------------------ */

enum { HELP_COLUMN = 28, HELP_WIDTH = 80 };

/* Writes text from the help column on, broken at spaces. */
static void print_wrapped(const char *text, FILE *stream)
{
    size_t column = HELP_COLUMN;
    while (*text != '\0') {
        size_t word = strcspn(text, " ");
        if (column + word > HELP_WIDTH) {
            fprintf(stream, "\n%*s", HELP_COLUMN, "");
            column = HELP_COLUMN;
        }
        fprintf(stream, "%s%.*s", column > HELP_COLUMN ? " " : "", (int)word, text);
        column += word + 1;
        text += word;
        text += strspn(text, " ");
    }
    fputc('\n', stream);
}

static void print_row(const struct option_row *row, FILE *stream)
{
    char names[64];
    char letter[4] = "";
    if (row->letter != 0)
        snprintf(letter, sizeof letter, "-%c,", row->letter);
    int length = snprintf(names, sizeof names, "  %-3s --%s%s%s", letter, row->name, row->argument != NULL ? "=" : "",
                          row->argument != NULL ? row->argument : "");
    fprintf(stream, "%s", names);
    if (length >= HELP_COLUMN - 1)
        fprintf(stream, "\n%*s", HELP_COLUMN, "");
    else
        fprintf(stream, "%*s", HELP_COLUMN - length, "");
    print_wrapped(row->help, stream);
}

static void print_usage(enum command command, FILE *stream)
{
    switch (command) {
    case COMMAND_CHECK:
        fputs("Usage: racecheck [check] [OPTION]... [FILE]...\n"
              "  or:  racecheck sweep NAME=RANGE [NAME=RANGE] [OPTION]... [FILE]...\n"
              "  or:  racecheck report [OPTION]... [FILE]...\n"
              "  or:  racecheck export --promela [OPTION]... [FILE]...\n"
              "  or:  racecheck models [NAME]\n"
              "  or:  racecheck replay [OPTION]... FILE\n"
              "  or:  racecheck grade [OPTION]... ASSIGNMENT SUBMISSIONS\n"
              "  or:  racecheck verify [-q] FILE\n"
              "  or:  racecheck assign --kind KIND --roster FILE [OPTION]... -o FOLDER\n"
              "Explore every interleaving of a small concurrent program: which final values a\n"
              "shared variable can have, by how many schedules, and how it comes to them.\n"
              "\n"
              "Without FILE a model of the catalogue is checked: racecheck -t 2 -k 10\n"
              "Several files are one program, a thread each: racecheck left.s right.s\n",
              stream);
        break;
    case COMMAND_SWEEP:
        fputs("Usage: racecheck sweep NAME=RANGE [NAME=RANGE] [OPTION]... [FILE]...\n"
              "Check a program again and again, with one or two parameters that change, and\n"
              "show the results side by side: racecheck sweep quantum=1..30 --scheduler tick\n"
              "\n"
              "NAME is threads, iters, a parameter of the scheduler (quantum, lag, bound, ...)\n"
              "or a symbol of the program (as with --define). RANGE is 1..30, 1..30..3 (every\n"
              "third) or a list, 1,2,5. Every point is checked by a process of its own, which\n"
              "the limits hold for.\n",
              stream);
        break;
    case COMMAND_REPORT:
        fputs("Usage: racecheck report [OPTION]... [FILE]...\n"
              "Write a report that proves the least final value, for people to read and to\n"
              "check: racecheck report -t 2 -k 10 --certificate proof.txt -o proof.html\n",
              stream);
        break;
    case COMMAND_EXPORT:
        fputs("Usage: racecheck export --promela [OPTION]... [FILE]...\n"
              "Write the program and its scheduler as a commented model for SPIN, with the\n"
              "claims that the minimum is never undercut and the maximum never exceeded, and\n"
              "their negations; the model says how to check them.\n",
              stream);
        break;
    case COMMAND_MODELS:
        fputs("Usage: racecheck models [NAME]\n"
              "List the models that are built in, or print the text of one.\n",
              stream);
        break;
    case COMMAND_VERIFY:
        fputs("Usage: racecheck verify [OPTION]... FILE\n"
              "Check a certificate, as written by --certificate, with racecheck-verify, which\n"
              "is a program of its own and shares nothing with this one.\n",
              stream);
        break;
    case COMMAND_REPLAY:
        fputs("Usage: racecheck replay [OPTION]... FILE\n"
              "Execute the schedule of a witness (JSON, as written by --witness or --json; - is\n"
              "standard input) and check that it ends as it claims.\n",
              stream);
        break;
    case COMMAND_ASSIGN:
        fputs("Usage: racecheck assign --kind KIND --roster FILE [OPTION]... -o FOLDER\n"
              "Make an assignment for a class: a version for each student, equally hard and\n"
              "with an answer of its own, as handouts, templates and keys in a new folder.\n",
              stream);
        break;
    case COMMAND_GRADE:
        fputs("Usage: racecheck grade [OPTION]... ASSIGNMENT SUBMISSIONS\n"
              "  or:  racecheck grade --bundle=gradescope -o FILE ASSIGNMENT\n"
              "Grade what students handed in, a folder of submissions or one file, with the\n"
              "keys of an assignment (racecheck assign). Every submission is read, and its\n"
              "program checked, by a protected process of its own, within --timeout (default\n"
              "10) and --max-memory (default 512M).\n",
              stream);
        break;
    case COMMAND_COUNT:
        break;
    }
}

void options_print_help(enum command command, FILE *stream)
{
    print_usage(command, stream);
    for (size_t r = 0; r < ROW_COUNT; r++) {
        if ((rows[r].commands >> command & 1) == 0)
            continue;
        if (rows[r].name == NULL)
            fprintf(stream, "\n%s:\n", rows[r].help);
        else
            print_row(&rows[r], stream);
    }
    if (command == COMMAND_SWEEP)
        fputs("\nExit status: that of the worst point (see racecheck --help).\n", stream);
    if (command == COMMAND_CHECK)
        fputs("\nExit status: 0 complete, and what was asserted holds; 1 an assertion is violated\n"
              "or a replay fails; 2 wrong usage or bad input; 3 a limit was reached first;\n"
              "4 no memory or an internal error; 130 interrupted.\n",
              stream);
}
