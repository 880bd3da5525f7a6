#include "analysis/analysis.h"
#include "apps/axis.h"
#include "apps/help.h"
#include "apps/option_table.h"
#include "apps/options.h"
#include "base/memory.h"
#include "tests/support/unit.h"

#include <stdlib.h>
#include <string.h>

enum { WORDS_MAX = 160 };

/* Parses "racecheck" and the words of a line, which are borrowed by the options until the next call. */
static bool parse(struct options *options, const char *line, struct error *error)
{
    static char buffer[2048];
    char *words[WORDS_MAX + 1] = {"racecheck"}, *rest = buffer, *word;
    int count = 1;
    snprintf(buffer, sizeof buffer, "%s", line);
    *error = ERROR_INIT;
    while ((word = strsep(&rest, " ")) != NULL)
        if (*word != '\0' && count < WORDS_MAX)
            words[count++] = word;
    return options_parse(options, count, words, error);
}

static void accept(struct options *options, const char *line)
{
    struct error error;
    bool good = parse(options, line, &error);
    if (!good)
        unit_note("'%s': %s", line, error.text);
    CU_ASSERT_TRUE(good);
}

static void refuse(const char *line, const char *expected)
{
    struct options options;
    struct error error;
    CU_ASSERT_FALSE(parse(&options, line, &error));
    CU_ASSERT_STRING_EQUAL(error.text, expected);
    if (strcmp(error.text, expected) != 0)
        unit_note("'%s': %s", line, error.text);
    options_free(&options);
}

/* ---- Reading --------------------------------------------------------------------------------------------------- */

static void test_defaults(void)
{
    struct options options;
    accept(&options, "");
    CU_ASSERT(options.command == COMMAND_CHECK && options.threads == 2 && options.iters == 10);
    CU_ASSERT_EQUAL(options.witnesses, WITNESS_MINIMUM);
    CU_ASSERT(options.model == NULL && options.observe == NULL && options.output == NULL && options.json == NULL);
    CU_ASSERT(!options.help && !options.version && !options.quiet && !options.has_value && options.slice == WHEN_AUTO);
    CU_ASSERT(options.compute == 0 && options.jobs == 0 && options.max_states == 0 && options.max_memory == 0);
    CU_ASSERT_EQUAL(options.operand_count, 0);
    options_free(&options);
}

static void test_commands(void)
{
    struct options options;
    accept(&options, "check program.s");
    CU_ASSERT(options.command == COMMAND_CHECK && options.operand_count == 1);
    CU_ASSERT_STRING_EQUAL(options.operands[0], "program.s");
    accept(&options, "models unlocked");
    CU_ASSERT_EQUAL(options.command, COMMAND_MODELS);
    accept(&options, "replay --full -");
    CU_ASSERT(options.command == COMMAND_REPLAY && options.full && options.operand_count == 1);
    /* only the first word can be one */
    accept(&options, "-q replay");
    CU_ASSERT(options.command == COMMAND_CHECK && options.quiet && options.operand_count == 1);
    /* behind -- everything is an operand */
    accept(&options, "-- --full");
    CU_ASSERT(!options.full && options.operand_count == 1);
}

static void test_values(void)
{
    struct options options;
    accept(&options, "-t 3 --iters=7 -mlock --observe x --value -5 --witnesses all -j 4 -o out.txt --json - --timing");
    CU_ASSERT(options.threads == 3 && options.iters == 7 && options.has_value && options.values.count == 1);
    CU_ASSERT_STRING_EQUAL(options.model, "lock");
    CU_ASSERT_STRING_EQUAL(options.observe, "x");
    CU_ASSERT_EQUAL(options.witnesses, WITNESS_ALL);
    CU_ASSERT(options.jobs == 4 && options.timing);
    CU_ASSERT_STRING_EQUAL(options.output, "out.txt");
    CU_ASSERT_STRING_EQUAL(options.json, "-");
    options_free(&options);
    accept(&options,
           "--slice off --symmetry off --partial-order off --explain --full -q --witness w --dot d --graph g");
    CU_ASSERT(options.slice == WHEN_NEVER && options.symmetry == WHEN_NEVER && options.partial_order == WHEN_NEVER &&
              options.explain && options.full && options.quiet);
    CU_ASSERT_STRING_EQUAL(options.witness, "w");
    CU_ASSERT_STRING_EQUAL(options.dot, "d");
    CU_ASSERT_STRING_EQUAL(options.graph, "g");
    accept(&options, "--slice off --slice auto --progress always --patience 0.5 --timeout 60 --max-states 10");
    CU_ASSERT(options.slice == WHEN_AUTO && options.progress == WHEN_ALWAYS && options.max_states == 10);
    CU_ASSERT_DOUBLE_EQUAL(options.patience, 0.5, 0);
    CU_ASSERT_DOUBLE_EQUAL(options.timeout, 60, 0);
    accept(&options, "--value -9223372036854775808 --value x=1");
    CU_ASSERT_EQUAL_FATAL(options.values.count, 2);
    CU_ASSERT_STRING_EQUAL(options.values.items[0], "-9223372036854775808");
    CU_ASSERT_STRING_EQUAL(options.values.items[1], "x=1");
    accept(&options, "-hV");
    CU_ASSERT(options.help && options.version);
    accept(&options, "--thr 5");
    CU_ASSERT_EQUAL(options.threads, 5);
}

static void test_registers(void)
{
    struct options options;
    accept(&options, "-a ax=1:bx=2,ax=3:bx=4");
    CU_ASSERT_STRING_EQUAL(options.registers, "ax=1:bx=2,ax=3:bx=4");
    accept(&options, "sweep iters=1..2 --register bx=-10");
    CU_ASSERT_STRING_EQUAL(options.registers, "bx=-10");
    accept(&options, "export -abx=1");
    CU_ASSERT_STRING_EQUAL(options.registers, "bx=1");
    refuse("-a bx=1 -a bx=2", "--register: given twice (expected all registers in one list, such as ax=1:bx=2)");
    refuse("--register=", "--register: nothing is given (expected a list such as bx=10 or bx=10,bx=20)");
    refuse("-a zz=1",
           "--register: first values of registers: there is no register 'zz' (expected as in 'bx=10,bx=20' or"
           " 'ax=1:bx=2')");
    refuse("replay -a bx=1 witness.json", "-a is no option of 'replay' (see 'racecheck replay --help')");
}

static void test_schedule(void)
{
    struct options options;
    accept(&options, "");
    CU_ASSERT(options.schedule == NULL && options.schedule_then == REPLAY_STOPS && options.registers == NULL);
    accept(&options, "--schedule 0011 --schedule-then round-robin");
    CU_ASSERT_STRING_EQUAL(options.schedule, "0011");
    CU_ASSERT_EQUAL(options.schedule_then, REPLAY_GOES_ROUND);
    accept(&options, "--schedule @file --schedule-then round-robin --schedule-then stop");
    CU_ASSERT_STRING_EQUAL(options.schedule, "@file");
    CU_ASSERT_EQUAL(options.schedule_then, REPLAY_STOPS);
    refuse("--schedule-then any", "--schedule-then: 'any' is unknown (expected stop, round-robin or repeat)");
}

static void test_sizes(void)
{
    static const struct {
        const char *text;
        uint64_t bytes;
    } sizes[] = {{"500000", 500000},
                 {"64M", 64 << 20},
                 {"64MB", 64 << 20},
                 {"64MiB", 64 << 20},
                 {"2g", UINT64_C(2) << 30},
                 {"1T", UINT64_C(1) << 40},
                 {"3K", 3 << 10},
                 {"7B", 7},
                 {"8388607T", UINT64_C(8388607) << 40}};
    struct options options;
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        char line[64];
        snprintf(line, sizeof line, "--max-memory %s", sizes[s].text);
        accept(&options, line);
        CU_ASSERT_EQUAL(options.max_memory, sizes[s].bytes);
    }
    refuse("--max-memory 0", "--max-memory: 0 is out of range");
    refuse("--max-memory 8388608T", "--max-memory: 8388608T is out of range");
    refuse("--max-memory 99999999999999999999", "--max-memory: 99999999999999999999 is out of range");
    refuse("--max-memory -5", "--max-memory: '-5' is not a size (expected bytes, or a number with K, M, G or T)");
    refuse("--max-memory 5X", "--max-memory: '5X' is not a size (expected bytes, or a number with K, M, G or T)");
    refuse("--max-memory 5MM", "--max-memory: '5MM' is not a size (expected bytes, or a number with K, M, G or T)");
}

static void test_lists(void)
{
    struct options options;
    accept(&options, "--assert no-deadlock --assert no-error");
    CU_ASSERT_EQUAL_FATAL(options.assertions.count, 2);
    CU_ASSERT_STRING_EQUAL(options.assertions.items[1], "no-error");
    accept(&options, "--compute counts,extremes --compute random");
    CU_ASSERT_EQUAL(options.compute, QUESTION_COUNTS | QUESTION_EXTREMES | QUESTION_RANDOM);
    accept(&options, "--compute all");
    CU_ASSERT_EQUAL(options.compute, QUESTION_ALL);
    accept(&options, "-D LIMIT=5 --define _x2=-1");
    CU_ASSERT_EQUAL_FATAL(options.symbol_count, 2);
    CU_ASSERT_STRING_EQUAL(options.symbols[0].name, "LIMIT");
    CU_ASSERT(options.symbols[0].number == 5 && options.symbols[1].number == -1);
    options_free(&options);
    CU_ASSERT_EQUAL(options.symbol_count, 0);
    refuse("--compute counts,",
           "--compute: '' is unknown (expected extremes, values, counts, random, preemptions, witness, "
           "events, detection or all)");
    refuse(
        "--compute count",
        "--compute: 'count' is unknown; did you mean 'counts'? (expected extremes, values, counts, random, preemptions, "
        "witness, events, detection or all)");
    refuse("-D 5=5", "--define: '5=5' defines nothing (expected NAME=NUMBER)");
    refuse("-D x", "--define: 'x' defines nothing (expected NAME=NUMBER)");
    refuse("-D x=", "--define: '' is not a number (expected a whole number)");
    refuse("-D a-b=1", "--define: 'a-b=1' defines nothing (expected NAME=NUMBER)");
    refuse("-D x=1 -D x=2", "--define: x is defined already");
    refuse("-D x=1 -D y=z", "--define: 'z' is not a number (expected a whole number)");
}

/* Writes words such as "-Dx0=1 -Dx1=1" into a line. */
static void repeat(char *line, size_t size, const char *before, const char *behind, int count)
{
    size_t length = 0;
    for (int i = 0; i < count; i++)
        length += (size_t)snprintf(line + length, size - length, "%s%d%s ", before, i, behind);
}

static void test_lists_are_bounded(void)
{
    struct options options;
    struct error error;
    char line[2048];
    repeat(line, sizeof line, "-Dx", "=1", OPTIONS_LIST_MAX);
    accept(&options, line);
    CU_ASSERT_EQUAL(options.symbol_count, OPTIONS_LIST_MAX);
    options_free(&options);
    repeat(line, sizeof line, "-Dx", "=1", OPTIONS_LIST_MAX + 1);
    refuse(line, "--define: given more than 64 times");
    repeat(line, sizeof line, "--assert=a", "", OPTIONS_LIST_MAX + 1);
    refuse(line, "--assert: given more than 64 times");
    repeat(line, sizeof line, "file", "", OPTIONS_LIST_MAX + 1);
    CU_ASSERT_FALSE(parse(&options, line, &error));
}

static void test_refusals(void)
{
    refuse("-t 0", "--threads: 0 is out of range (expected 1 to 64)");
    refuse("-t 65", "--threads: 65 is out of range (expected 1 to 64)");
    refuse("-t 1000000000000", "--threads: 1000000000000 is out of range (expected 1 to 64)");
    refuse("-t 99999999999999999999", "--threads: 99999999999999999999 is out of range (expected 1 to 64)");
    refuse("-t two", "--threads: 'two' is not a number (expected a whole number)");
    refuse("-t 2x", "--threads: '2x' is not a number (expected a whole number)");
    refuse("-k -1", "--iters: -1 is out of range (expected 0 to 1000000000000000000)");
    refuse("--threads=", "--threads: '' is not a number (expected a whole number)");
    refuse("--jobs 0", "--jobs: 0 is out of range (expected 1 to 256)");
    refuse("--max-states 0", "--max-states: 0 is out of range (expected 1 to 9223372036854775807)");
    refuse("--timeout 0", "--timeout: '0' is not a time (expected seconds, such as 0.5 or 60)");
    refuse("--timeout nan", "--timeout: 'nan' is not a time (expected seconds, such as 0.5 or 60)");
    refuse("--timeout 1e10", "--timeout: '1e10' is not a time (expected seconds, such as 0.5 or 60)");
    refuse("--slice on", "--slice: 'on' is unknown (expected auto or off)");
    refuse("--scheduler fair",
           "--scheduler: 'fair' is unknown (expected free, tick, parallel, cores, preemptions or signal)");
    refuse("--progress no", "--progress: 'no' is unknown (expected auto, always or never)");
    refuse("--fairness wek", "--fairness: 'wek' is unknown; did you mean 'weak'? (expected none, weak or strong)");
    refuse(
        "assign --kind valeus",
        "--kind: 'valeus' is unknown; did you mean 'values'? (expected values, witness, minimum, count, repair, quantum, outcomes or outputs)");
    refuse("assign --difficulty hrad",
           "--difficulty: 'hrad' is unknown; did you mean 'hard'? (expected easy, medium or hard)");
    refuse(
        "grade --format jsn",
        "--format: 'jsn' is unknown; did you mean 'json'? (expected text, json, gradescope, prairielearn, junit or tap)");
    refuse("--gil gil99", "--gil: 'gil99' is unknown (expected auto, gil27, gil32, gil310, gil311 or nogil)");
    refuse(
        "--scheduler tik",
        "--scheduler: 'tik' is unknown; did you mean 'tick'? (expected free, tick, parallel, cores, preemptions or signal)");
    refuse("--fairness some", "--fairness: 'some' is unknown (expected none, weak or strong)");
    refuse("--witnesses some", "--witnesses: 'some' is unknown (expected minimum, all, none, deadlock, error, "
                               "overlap or hang)");
}

/* ---- Schedulers ------------------------------------------------------------------------------------------------ */

static const struct property *parameter(const struct options *options, const char *name)
{
    const struct property *found = property_find(options->parameters, options->parameter_count, name);
    CU_ASSERT_PTR_NOT_NULL_FATAL(found);
    return found;
}

/* What reads as a number is one; whether the scheduler takes it is not asked here. */
static void test_schedulers(void)
{
    struct options options;
    accept(&options, "--scheduler tick --quantum 100 --pick round-robin --phase any --lag -3 --offset 0,30 --bound 007 "
                     "--arrival never --fairness weak");
    CU_ASSERT_STRING_EQUAL(options.scheduler, "tick");
    CU_ASSERT(parameter(&options, "quantum")->is_number && parameter(&options, "quantum")->number == 100);
    CU_ASSERT(parameter(&options, "lag")->is_number && parameter(&options, "lag")->number == -3);
    CU_ASSERT(parameter(&options, "bound")->is_number && parameter(&options, "bound")->number == 7);
    CU_ASSERT_FALSE(parameter(&options, "pick")->is_number || parameter(&options, "offset")->is_number);
    CU_ASSERT_STRING_EQUAL(parameter(&options, "pick")->text, "round-robin");
    CU_ASSERT_STRING_EQUAL(parameter(&options, "phase")->text, "any");
    CU_ASSERT_STRING_EQUAL(parameter(&options, "offset")->text, "0,30");
    CU_ASSERT_STRING_EQUAL(parameter(&options, "arrival")->text, "never");
    CU_ASSERT(options.parameter_count == 7 && options.has_fairness && options.fairness == FAIRNESS_WEAK);
    options_free(&options);
    CU_ASSERT_EQUAL(options.parameter_count, 0);
    /* The last one counts, also where a number follows a word. */
    accept(&options, "--phase any --quantum 1 --phase 5 --quantum 2 --quantum 99999999999999999999");
    CU_ASSERT_EQUAL(options.parameter_count, 2);
    CU_ASSERT(parameter(&options, "phase")->is_number && parameter(&options, "phase")->number == 5);
    CU_ASSERT_PTR_NULL(parameter(&options, "phase")->text);
    CU_ASSERT_STRING_EQUAL(parameter(&options, "quantum")->text, "99999999999999999999");
    options_free(&options);
    accept(&options, "");
    CU_ASSERT(options.scheduler == NULL && options.parameter_count == 0 && !options.has_fairness);
}

/* A copy and what it was copied from are changed and freed on their own. */
static void test_copies(void)
{
    struct options options;
    struct error error = ERROR_INIT;
    accept(&options, "-D LIMIT=5 --quantum 3");
    struct options copy = options_copy(&options);
    CU_ASSERT_TRUE(options_set(&copy, "quantum", "4", &error) && options_set(&copy, "define", "MORE=1", &error));
    CU_ASSERT(parameter(&copy, "quantum")->number == 4 && parameter(&options, "quantum")->number == 3);
    CU_ASSERT(copy.symbol_count == 2 && options.symbol_count == 1);
    CU_ASSERT_FALSE(options_set(&copy, "threads", "65", &error));
    CU_ASSERT_STRING_EQUAL(error.text, "--threads: 65 is out of range (expected 1 to 64)");
    options_free(&options);
    CU_ASSERT_STRING_EQUAL(copy.symbols[0].name, "LIMIT");
    options_free(&copy);
}

/* ---- Axes ------------------------------------------------------------------------------------------------------ */

static void check_axis(const char *text, const int64_t *values, size_t count)
{
    struct axis axis;
    struct error error = ERROR_INIT;
    CU_ASSERT_TRUE(axis_parse(&axis, text, &error));
    CU_ASSERT_STRING_EQUAL(axis.name, "lag");
    CU_ASSERT_EQUAL_FATAL(axis.count, count);
    for (size_t v = 0; v < count; v++)
        CU_ASSERT_EQUAL(axis.values[v], values[v]);
    axis_free(&axis);
}

static void refuse_axis(const char *text, const char *expected)
{
    struct axis axis;
    struct error error = ERROR_INIT;
    CU_ASSERT_FALSE(axis_parse(&axis, text, &error));
    CU_ASSERT_STRING_EQUAL(error.text, expected);
    axis_free(&axis);
}

static void test_axes(void)
{
    check_axis("lag=5", (int64_t[]){5}, 1);
    check_axis("lag=2..5", (int64_t[]){2, 3, 4, 5}, 4);
    check_axis("lag=1..8..3", (int64_t[]){1, 4, 7}, 3);
    check_axis("lag=-3..-1", (int64_t[]){-3, -2, -1}, 3);
    check_axis("lag=9,1,1", (int64_t[]){9, 1, 1}, 3);
    check_axis("lag=1..2,10..30..10", (int64_t[]){1, 2, 10, 20, 30}, 5);
    check_axis("lag=9223372036854775806..9223372036854775807", (int64_t[]){INT64_MAX - 1, INT64_MAX}, 2);
    check_axis("lag=-9223372036854775808..9223372036854775807..9223372036854775807",
               (int64_t[]){INT64_MIN, -1, INT64_MAX - 1}, 3);
    static const char *const texts[] = {"lag=",           "lag=a",    "lag=1..",     "lag=..2",
                                        "lag=1.2",        "lag=2..1", "lag=1..2..0", "lag=1..2..-1",
                                        "lag=1..2..3..4", "lag=1,",   "lag=1, 2",    "lag=99999999999999999999"};
    for (size_t t = 0; t < sizeof texts / sizeof *texts; t++) {
        char expected[200];
        snprintf(expected, sizeof expected, "'%s' is not a range (expected 1..30, 1..30..3 or 1,2,5)", texts[t]);
        refuse_axis(texts[t], expected);
    }
    refuse_axis("lag=1..10001", "lag has too many values (expected at most 10000 points)");
    refuse_axis("lag=1..10000,5", "lag has too many values (expected at most 10000 points)");
    refuse_axis("lag=-9223372036854775808..9223372036854775807",
                "lag has too many values (expected at most 10000 points)");
    CU_ASSERT(options_is_assignment("a=1") && options_is_assignment("_x2="));
    CU_ASSERT_FALSE(options_is_assignment("./a=1") || options_is_assignment("a") || options_is_assignment("2=1") ||
                    options_is_assignment("=1"));
}

static void test_axes_set_options(void)
{
    static const char *const names[] = {"threads=3", "iters=3", "quantum=3", "lag=3",
                                        "bound=3",   "phase=3", "arrival=3"};
    struct options options;
    struct error error = ERROR_INIT;
    struct axis axis;
    accept(&options, "");
    for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
        CU_ASSERT_TRUE(axis_parse(&axis, names[n], &error) && axis_is_option(&axis));
        CU_ASSERT_TRUE(axis_apply(&axis, 0, &options, &error));
        axis_free(&axis);
    }
    CU_ASSERT(options.threads == 3 && options.iters == 3 && options.parameter_count == 5);
    CU_ASSERT_TRUE(axis_parse(&axis, "LIMIT=4,7", &error));
    CU_ASSERT_FALSE(axis_is_option(&axis));
    CU_ASSERT_TRUE(axis_apply(&axis, 1, &options, &error));
    CU_ASSERT(options.symbol_count == 1 && options.symbols[0].number == 7);
    axis_free(&axis);
    options_free(&options);
}

/* Whatever getopt_long() stumbles over is named, wherever it stands. */
static void test_what_is_no_option(void)
{
    static const struct {
        const char *line;
        const char *expected;
    } lines[] = {
        {"--foo", "--foo is no option of 'check' (see 'racecheck check --help')"},
        {"-z", "-z is no option of 'check' (see 'racecheck check --help')"},
        {"-zq", "-z is no option of 'check' (see 'racecheck check --help')"},
        {"-qz", "-z is no option of 'check' (see 'racecheck check --help')"},
        {"file -z", "-z is no option of 'check' (see 'racecheck check --help')"},
        {"file --foo", "--foo is no option of 'check' (see 'racecheck check --help')"},
        {"--quiet=3", "--quiet takes no argument"},
        {"--tiemout 3", "--tiemout is no option of 'check'; did you mean '--timeout'? (see 'racecheck check --help')"},
        {"file -timeout 3", "-timeout is written with two hyphens: --timeout"},
        {"-json x", "-json is written with two hyphens: --json"},
        {"-q --fu --wit 1", "--wit is the beginning of 2 options (expected --witnesses or --witness)"}};
    for (size_t l = 0; l < sizeof lines / sizeof *lines; l++)
        refuse(lines[l].line, lines[l].expected);
    refuse("-k", "-k needs an argument (see 'racecheck check --help')");
    refuse("-qk", "-k needs an argument (see 'racecheck check --help')");
    refuse("-q --iters", "--iters needs an argument (see 'racecheck check --help')");
    refuse("replay -k 3", "-k is no option of 'replay' (see 'racecheck replay --help')");
    refuse(
        "models --json x",
        "--json is an option of 'check', 'sweep', 'replay', 'measure', 'sample', not of 'models' (see 'racecheck models --help')");
}

/* ---- The table ------------------------------------------------------------------------------------------------- */

static char *help_of(enum command command)
{
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
    help_print(command, stream);
    fclose(stream);
    return text;
}

/* Whether a command has an option of a row's name; the row may be another command's. */
static bool has_option(enum command command, const struct option_row *row)
{
    const struct option_row *other;
    for (size_t r = 0; (other = option_table_at(r)) != NULL; r++)
        if (other->name != NULL && option_row_is_for(other, command) && strcmp(other->name, row->name) == 0)
            return true;
    return false;
}

static void check_row(const char *help, const struct option_row *row, enum command command)
{
    char head[64];
    if (row->name == NULL)
        snprintf(head, sizeof head, "\n%s:\n", row->help);
    else if (row->letter != 0)
        snprintf(head, sizeof head, "\n  -%c, --%s%s%s", row->letter, row->name, row->argument != NULL ? "=" : " ",
                 row->argument != NULL ? row->argument : "");
    else
        snprintf(head, sizeof head, "\n      --%s%s%s", row->name, row->argument != NULL ? "=" : " ",
                 row->argument != NULL ? row->argument : "");
    bool shown = strstr(help, head) != NULL;
    if (shown && !option_row_is_for(row, command) && has_option(command, row))
        return; /* with the same argument, of its own row */
    if (shown != option_row_is_for(row, command))
        unit_note("%s in the help of %s: '%s'", shown ? "unexpected" : "missing", options_command_name(command), head);
    CU_ASSERT_EQUAL(shown, option_row_is_for(row, command));
}

static void test_help_has_every_row(void)
{
    const struct option_row *row;
    for (int c = 0; c < COMMAND_COUNT; c++) {
        char *help = help_of((enum command)c);
        for (size_t r = 0; (row = option_table_at(r)) != NULL; r++)
            check_row(help, row, (enum command)c);
        CU_ASSERT_PTR_NOT_NULL(strstr(help, "Usage: racecheck"));
        for (const char *line = help; *line != '\0'; line += strcspn(line, "\n") + 1)
            CU_ASSERT(strcspn(line, "\n") <= 80);
        free(help);
    }
}

static void test_rows_are_distinct(void)
{
    const struct option_row *a, *b;
    size_t count = 0;
    for (size_t i = 0; (a = option_table_at(i)) != NULL; i++) {
        count += a->name != NULL;
        CU_ASSERT(a->help != NULL && a->commands != 0);
        for (size_t j = i + 1; a->name != NULL && (b = option_table_at(j)) != NULL; j++) {
            if (b->name == NULL || (a->commands & b->commands) == 0)
                continue;
            CU_ASSERT_STRING_NOT_EQUAL(a->name, b->name);
            CU_ASSERT(a->letter == 0 || a->letter != b->letter);
        }
    }
    CU_ASSERT(count > 20);
}

/* Whether a name that is no option of a command begins one that is: --schedule and --scheduler. */
static bool is_abbreviation(const struct option_row *row, enum command command)
{
    const struct option_row *other;
    for (size_t r = 0; (other = option_table_at(r)) != NULL; r++)
        if (other->name != NULL && option_row_is_for(other, command) && strcmp(other->name, row->name) != 0 &&
            strncmp(other->name, row->name, strlen(row->name)) == 0)
            return true;
    return false;
}

/* Whether an error is that an option is none of a command. */
static bool is_refused(const struct error *error)
{
    return strstr(error->text, "is no option of") != NULL ||
           (strstr(error->text, "is an option of") != NULL && strstr(error->text, "not of") != NULL);
}

/* Each option is one of the commands that the table says and of no other, by its name and by its letter. */
static void check_taken(const struct option_row *row, enum command command)
{
    char line[64];
    struct options options;
    struct error error;
    snprintf(line, sizeof line, "%s --%s%s", options_command_name(command), row->name,
             row->argument != NULL ? "=" : "");
    parse(&options, line, &error);
    bool unknown = is_refused(&error), is_beginning = strstr(error.text, "is the beginning of") != NULL;
    if (has_option(command, row))
        CU_ASSERT_FALSE(unknown || is_beginning);
    CU_ASSERT(has_option(command, row) || unknown || is_abbreviation(row, command));
    options_free(&options);
    if (row->letter == 0)
        return;
    snprintf(line, sizeof line, "%s -%c %s", options_command_name(command), row->letter,
             row->argument != NULL ? "?" : "");
    parse(&options, line, &error);
    CU_ASSERT_EQUAL(is_refused(&error), !has_option(command, row));
    options_free(&options);
}

static void test_commands_take_their_rows(void)
{
    const struct option_row *row;
    for (int c = 0; c < COMMAND_COUNT; c++)
        for (size_t r = 0; (row = option_table_at(r)) != NULL; r++)
            if (row->name != NULL)
                check_taken(row, (enum command)c);
}

int main(void)
{
    static const CU_TestInfo tests[] = {
        {"defaults", test_defaults},
        {"commands and operands", test_commands},
        {"options and their values", test_values},
        {"first values of registers", test_registers},
        {"a schedule", test_schedule},
        {"sizes", test_sizes},
        {"options that may be repeated", test_lists},
        {"not repeated for ever", test_lists_are_bounded},
        {"values that are wrong", test_refusals},
        {"schedulers and their parameters", test_schedulers},
        {"copies", test_copies},
        {"the axes of a sweep", test_axes},
        {"axes set options", test_axes_set_options},
        {"what is no option", test_what_is_no_option},
        {"--help has every row of the table", test_help_has_every_row},
        {"the rows of the table are distinct", test_rows_are_distinct},
        {"each command takes its rows", test_commands_take_their_rows},
        CU_TEST_INFO_NULL,
    };
    return unit_run("options", tests);
}
