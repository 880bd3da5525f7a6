/* The reports: numbers, folded schedules, text, JSON there and back, drawings; on values made by hand. */
#include "tests/unit.h"

#include "base/memory.h"
#include "base/text.h"
#include "checker/chain.h"
#include "reports/dot.h"
#include "reports/explanation.h"
#include "reports/json.h"
#include "reports/number.h"
#include "reports/output.h"
#include "reports/paragraph.h"
#include "reports/runs.h"
#include "reports/sweep.h"
#include "reports/sweep_csv.h"
#include "reports/sweep_table.h"
#include "reports/terminal.h"
#include "reports/text_report.h"
#include "reports/utf8.h"
#include "reports/witness_file.h"
#include "reports/witness_table.h"

#include <cgraph.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- The increment race, executed by hand --------------------------------------------------------------------- */

static const char program_text[] =
    "# unlocked.s: the increment race\n.var value\n.main\n.rept ITERS\n    mov value, %ax\n"
    "    add $1, %ax\n    mov %ax, value\n.endr\n";

struct race {
    struct trace *trace;
    size_t iters;
    size_t position[64];
    int64_t registers[64];
    int64_t value;
    size_t register_values[64]; /* which of the trace's values is where */
    size_t word_value;
};

static struct race race_new(size_t threads, size_t iters, size_t steps)
{
    struct race self = {.trace = memory_new(1, sizeof *self.trace), .iters = iters};
    struct trace *trace = self.trace;
    trace->observe = memory_copy_string("value");
    trace->threads = memory_new(threads, sizeof *trace->threads);
    trace->thread_count = threads;
    for (size_t i = 0; i < threads; i++) {
        struct text name = TEXT_INIT;
        text_print(&name, "T%zu", i);
        trace->threads[i] = text_take(&name);
    }
    trace->words = memory_new(1, sizeof *trace->words);
    trace->words[0] = memory_copy_string("value");
    trace->word_count = 1;
    trace->texts = memory_new(3, sizeof *trace->texts);
    trace->text_count = 3;
    trace->texts[0] = memory_copy_string("mov value, %ax");
    trace->texts[1] = memory_copy_string("add $1, %ax");
    trace->texts[2] = memory_copy_string("mov %ax, value");
    trace->steps = memory_new(steps, sizeof *trace->steps);
    trace->values = memory_new(TRACE_VALUES_FIRST + steps, sizeof *trace->values);
    trace->value_count = TRACE_VALUES_FIRST;
    trace->values[TRACE_VALUE_OBSERVED] = (struct trace_value){.step = SIZE_MAX, .is_observed = true};
    trace->values[TRACE_VALUE_OTHER] = (struct trace_value){.step = SIZE_MAX};
    self.word_value = TRACE_VALUE_OBSERVED;
    return self;
}

/* Each step makes one value of another one. */
static void race_value(struct race *self, uint32_t thread, size_t operation)
{
    struct trace *trace = self->trace;
    size_t source = operation == 0 ? self->word_value : self->register_values[thread];
    trace->values[trace->value_count] = (struct trace_value){
        .step = trace->step_count, .is_observed = operation == 2, .source_count = 1, .sources = {source}, .coefficients = {1}};
    *(operation == 2 ? &self->word_value : &self->register_values[thread]) = trace->value_count++;
}

static void race_step(struct race *self, uint32_t thread)
{
    struct trace *trace = self->trace;
    size_t operation = self->position[thread] % 3;
    struct trace_step *step = &trace->steps[trace->step_count];
    step->thread = thread;
    step->index = (uint32_t)self->position[thread];
    step->line = (uint32_t)(5 + operation);
    step->text = trace->texts[operation];
    if (operation == 0)
        self->registers[thread] = self->value;
    else if (operation == 1)
        self->registers[thread]++;
    else
        self->value = self->registers[thread];
    if (operation != 1) {
        step->access_count = 1;
        step->accesses[0] = (struct trace_access){0, operation == 2, self->value};
    }
    if (operation < 2) {
        step->register_name = "ax";
        step->register_value = self->registers[thread];
    }
    step->observed = self->value;
    race_value(self, thread, operation);
    if (trace->step_count > 0) {
        uint32_t previous = trace->steps[trace->step_count - 1].thread;
        step->preemption = previous != thread && self->position[previous] < 3 * self->iters;
        trace->preemptions += step->preemption;
    }
    self->position[thread]++;
    trace->step_count++;
    trace->value = self->value;
}

/* Runs a schedule given as "0x1 1x27 0x2" turns. */
static struct trace *race_run(size_t threads, size_t iters, const char *turns)
{
    struct race race = race_new(threads, iters, 3 * threads * iters);
    unsigned thread, count;
    int length;
    while (sscanf(turns, "%ux%u%n", &thread, &count, &length) == 2) {
        turns += length;
        while (count-- > 0)
            race_step(&race, thread);
    }
    return race.trace;
}

/* The least value of 2 threads and 10 iterations: 60 steps, 4 preemptions. */
static const char turns_to_2[] = "0x1 1x27 0x2 1x1 0x27 1x2";

/* ---- Outcomes ------------------------------------------------------------------------------------------------ */

static struct outcome *outcome_of(const char *model, size_t threads, int64_t iters)
{
    struct outcome *outcome = outcome_new();
    outcome->model = memory_copy_string(model);
    outcome->text = memory_copy_string(program_text);
    outcome->threads = threads;
    outcome->given_threads = (int64_t)threads;
    outcome->iters = iters;
    outcome->observe = memory_copy_string("value");
    outcome->scheduler = memory_copy_string("free");
    outcome->complete = true;
    return outcome;
}

static void add_row(struct outcome *outcome, int64_t value, const char *schedules, const char *random,
                    uint32_t preemptions)
{
    outcome->rows = memory_resize(outcome->rows, outcome->row_count + 1, sizeof *outcome->rows);
    struct outcome_row *row = &outcome->rows[outcome->row_count++];
    row->value = value;
    row->preemptions = preemptions;
    mpz_init_set_str(row->schedules, schedules, 10);
    mpq_init(row->random);
    mpq_set_str(row->random, random, 10);
    mpz_add(outcome->schedules, outcome->schedules, row->schedules);
    intervals_add(&outcome->values, value, value);
    outcome->has_values = true;
}

static void add_witness(struct outcome *outcome, enum outcome_end end, struct trace *trace)
{
    outcome->witnesses = memory_resize(outcome->witnesses, outcome->witness_count + 1, sizeof *outcome->witnesses);
    struct outcome_witness *witness = &outcome->witnesses[outcome->witness_count++];
    *witness = (struct outcome_witness){.end = end, .value = trace->value, .step_count = trace->step_count};
    witness->trace = trace;
    for (size_t p = 0; p < outcome->parameter_count; p++)
        property_set(&witness->parameters, &witness->parameter_count, &outcome->parameters[p]);
    witness->threads = memory_new(trace->step_count, sizeof *witness->threads);
    for (size_t i = 0; i < trace->step_count; i++)
        witness->threads[i] = trace->steps[i].thread;
}

/* 2 threads, 1 iteration, complete: design facts. */
static struct outcome *small_outcome(void)
{
    struct outcome *outcome = outcome_of("unlocked", 2, 1);
    add_row(outcome, 1, "18", "3/4", 1);
    add_row(outcome, 2, "2", "1/4", 0);
    outcome->has_counts = outcome->has_random = outcome->has_preemptions = outcome->multinomial_checked = true;
    mpz_set_ui(outcome->states, 16);
    mpz_set_ui(outcome->transitions, 24);
    outcome->stored = 16;
    outcome->depth = 6;
    outcome->sliced = true;
    add_witness(outcome, OUTCOME_VALUE, race_run(2, 1, "0x1 1x3 0x2"));
    return outcome;
}

static const struct text_report_options plain = {.terminal = {.width = 80}};

/* Returns the report as new. */
static char *report(const struct outcome *outcome, const struct text_report_options *options)
{
    char *bytes = NULL;
    size_t length;
    FILE *stream = open_memstream(&bytes, &length);
    text_report_outcome(stream, outcome, options);
    fclose(stream);
    return bytes;
}

static bool says(const char *text, const char *words)
{
    if (strstr(text, words) != NULL)
        return true;
    unit_note("there is no \"%s\"", words);
    return false;
}

static size_t widest_line(const char *text)
{
    size_t widest = 0;
    char *copy = memory_copy_string(text), *rest = NULL;
    for (char *line = strtok_r(copy, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest))
        widest = utf8_columns(line) > widest ? utf8_columns(line) : widest;
    memory_free(copy);
    return widest;
}

/* ---- Numbers ------------------------------------------------------------------------------------------------- */

static bool is_string(char *taken, const char *expected)
{
    bool is_equal = strcmp(taken, expected) == 0;
    if (!is_equal)
        unit_note("\"%s\" instead of \"%s\"", taken, expected);
    memory_free(taken);
    return is_equal;
}

/* A number given in decimal, formatted. */
static char *formatted(char *(*format)(const mpz_t), const char *digits)
{
    mpz_t number;
    mpz_init_set_str(number, digits, 10);
    char *string = format(number);
    mpz_clear(number);
    return string;
}

static char *share(const char *part, const char *whole)
{
    mpz_t a, b;
    mpz_init_set_str(a, part, 10);
    mpz_init_set_str(b, whole, 10);
    char *string = number_share(a, b);
    mpz_clears(a, b, NULL);
    return string;
}

static void test_digits(void)
{
    CU_ASSERT_TRUE(is_string(formatted(number_exact, "118264581564861424"), "118264581564861424"));
    CU_ASSERT_TRUE(is_string(formatted(number_exact, "-10"), "-10"));
    CU_ASSERT_TRUE(is_string(formatted(number_grouped, "118264581564861424"), "118,264,581,564,861,424"));
    CU_ASSERT_TRUE(is_string(formatted(number_grouped, "999"), "999"));
    CU_ASSERT_TRUE(is_string(formatted(number_grouped, "-1000"), "-1,000"));
    CU_ASSERT_TRUE(is_string(formatted(number_grouped, "0"), "0"));
    CU_ASSERT_TRUE(is_string(number_grouped_unsigned(UINT64_MAX), "18,446,744,073,709,551,615"));
}

static void test_long_numbers(void)
{
    char digits[181];
    memset(digits, '7', 180);
    memcpy(digits, "1234567896", 10);
    digits[180] = '\0';
    CU_ASSERT_TRUE(is_string(formatted(number_exact, digits), digits));
    CU_ASSERT_TRUE(is_string(formatted(number_readable, digits), "1.234567896... x 10^179 (180 digits)"));
    CU_ASSERT_TRUE(is_string(formatted(number_readable, "1234567"), "1,234,567"));
    mpz_t number;
    mpz_init_set_str(number, digits, 10);
    CU_ASSERT_TRUE(is_string(number_column(number, 27), "1.235e+179"));
    mpz_neg(number, number);
    CU_ASSERT_TRUE(is_string(number_column(number, 27), "-1.235e+179"));
    mpz_set_str(number, "9999999999", 10);
    CU_ASSERT_TRUE(is_string(number_column(number, 13), "9,999,999,999"));
    CU_ASSERT_TRUE(is_string(number_column(number, 12), "1.000e+10"));
    mpz_clear(number);
}

static void test_shares(void)
{
    CU_ASSERT_TRUE(is_string(share("0", "7"), "0 %"));
    CU_ASSERT_TRUE(is_string(share("7", "7"), "100 %"));
    CU_ASSERT_TRUE(is_string(share("0", "0"), "-"));
    CU_ASSERT_TRUE(is_string(share("1", "2"), "50.0 %"));
    CU_ASSERT_TRUE(is_string(share("18", "20"), "90.0 %"));
    CU_ASSERT_TRUE(is_string(share("1", "3"), "33.3 %"));
    CU_ASSERT_TRUE(is_string(share("1", "1000"), "0.100 %"));
    CU_ASSERT_TRUE(is_string(share("1", "8000"), "0.0125 %"));
    CU_ASSERT_TRUE(is_string(share("1", "80000"), "1.3e-3 %"));
    CU_ASSERT_TRUE(is_string(share("99950001", "100000000"), ">99.9 %"));
    CU_ASSERT_TRUE(is_string(share("99949999", "100000000"), "99.9 %"));
    CU_ASSERT_TRUE(is_string(share("9996", "100000"), "10.0 %"));
    CU_ASSERT_TRUE(is_string(share("13122", "118264581564861424"), "1.1e-11 %"));
}

/* Far beyond what a double can hold, in either direction. */
static void test_tiny_shares(void)
{
    mpz_t part, whole;
    mpz_init_set_ui(part, 25);
    mpz_init(whole);
    mpz_ui_pow_ui(whole, 10, 5000);
    CU_ASSERT_TRUE(is_string(number_share(part, whole), "2.5e-4997 %"));
    CU_ASSERT_DOUBLE_EQUAL(number_logarithm(whole), 5000, 1e-9);
    mpz_sub(part, whole, part);
    CU_ASSERT_TRUE(is_string(number_share(part, whole), ">99.9 %"));
    mpz_clears(part, whole, NULL);
}

static void test_fractions(void)
{
    mpq_t number;
    mpq_init(number);
    CU_ASSERT_TRUE(is_string(number_fraction(number), "0/1"));
    mpq_set_ui(number, 3, 4);
    CU_ASSERT_TRUE(is_string(number_fraction(number), "3/4"));
    CU_ASSERT_TRUE(is_string(number_probability(number, 0), "75.0 %"));
    CU_ASSERT_DOUBLE_EQUAL(number_logarithm_fraction(number), -0.12493873660830, 1e-12);
    mpq_clear(number);
}

static void test_approximations(void)
{
    mpq_t number;
    mpq_init(number);
    CU_ASSERT_TRUE(is_string(number_probability(number, 0), "0 %"));
    CU_ASSERT_TRUE(is_string(number_probability(number, 1e-10), "<1.0e-8 %"));
    CU_ASSERT_TRUE(is_string(number_probability_exact(number, 1e-10), "0"));
    mpq_set_d(number, 0.25);
    CU_ASSERT_TRUE(is_string(number_probability(number, 1e-10), "25.0 %"));
    CU_ASSERT_TRUE(is_string(number_probability_exact(number, 0), "1/4"));
    CU_ASSERT_TRUE(is_string(number_probability_exact(number, 1e-10), "0.25"));
    mpq_set_d(number, 1.0 / 3);
    CU_ASSERT_TRUE(is_string(number_probability_exact(number, 1e-10), "0.33333333333333331"));
    /* Neither one nor a little more than one is all for certain. */
    mpq_set_d(number, 1.0);
    CU_ASSERT_TRUE(is_string(number_probability(number, 0), "100 %"));
    CU_ASSERT_TRUE(is_string(number_probability(number, 1e-10), ">99.9 %"));
    CU_ASSERT_TRUE(is_string(number_probability(number, 0.03), ">97.0 %"));
    mpq_set_d(number, 1.0000000000000002);
    CU_ASSERT_TRUE(is_string(number_probability(number, 1e-10), ">99.9 %"));
    mpq_clear(number);
}

static void test_bounds(void)
{
    CU_ASSERT_EQUAL(number_bound(0), 0);
    CU_ASSERT_EQUAL(number_bound(5.6e-10), 5.6e-10);
    CU_ASSERT_EQUAL(number_bound(5.61e-10), 5.7e-10);
    CU_ASSERT_EQUAL(number_bound(9.91e-10), 1e-9);
    CU_ASSERT_EQUAL(number_bound(0.123), 0.13);
    CU_ASSERT_TRUE(is_string(number_bound_share(5.51e-10), "5.6e-8 %"));
    CU_ASSERT_TRUE(is_string(number_bound_share(0.00012), "0.012 %"));
}

/* ---- Text ---------------------------------------------------------------------------------------------------- */

static void test_utf8(void)
{
    CU_ASSERT_TRUE(is_string(utf8_clean("plain \xc3\xa4\xe2\x82\xac\xf0\x9f\x90\x9e\n"),
                             "plain \xc3\xa4\xe2\x82\xac\xf0\x9f\x90\x9e\n"));
    CU_ASSERT_TRUE(is_string(utf8_clean("a\xff"
                                        "b"),
                             "a\xef\xbf\xbd"
                             "b"));
    CU_ASSERT_TRUE(is_string(utf8_clean("\xe2\x82"), "\xef\xbf\xbd\xef\xbf\xbd"));
    /* An overlong slash, a surrogate, and a code beyond the last one. */
    CU_ASSERT_TRUE(is_string(utf8_clean("\xc0\xaf"), "\xef\xbf\xbd\xef\xbf\xbd"));
    CU_ASSERT_TRUE(is_string(utf8_clean("\xed\xa0\x80"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"));
    CU_ASSERT_TRUE(is_string(utf8_clean("\xf4\x90\x80\x80"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"));
    CU_ASSERT_TRUE(is_string(utf8_line("a\033[2Jb\n\xc2\x9b"), "a\xef\xbf\xbd[2Jb\xef\xbf\xbd\xef\xbf\xbd"));
    /* What would turn a listing round, or break its lines: Trojan Source. */
    CU_ASSERT_TRUE(is_string(utf8_line("a\xe2\x80\xae\x62\xe2\x81\xa6 \xef\xbb\xbf"),
                             "a\xef\xbf\xbd\x62\xef\xbf\xbd \xef\xbf\xbd"));
    CU_ASSERT_TRUE(
        is_string(utf8_line("\xe2\x80\xa8 \xe2\x80\x8e \xe2\x80\xa7"), "\xef\xbf\xbd \xef\xbf\xbd \xe2\x80\xa7"));
    CU_ASSERT_EQUAL(utf8_unshowable("\xe2\x80\xa9x"), 3);
    CU_ASSERT_EQUAL(utf8_unshowable(""), 0);
    CU_ASSERT_EQUAL(utf8_columns("\xc3\xa4\xe2\x82\xac."), 3);
}

static char *bar(bool utf8, double fraction, size_t columns)
{
    struct terminal terminal = {.utf8 = utf8};
    struct text text = TEXT_INIT;
    terminal_bar(&terminal, &text, fraction, columns);
    return text_take(&text);
}

static void test_bars(void)
{
    CU_ASSERT_TRUE(is_string(bar(false, 1, 4), "####"));
    CU_ASSERT_TRUE(is_string(bar(false, 0.5, 4), "##"));
    CU_ASSERT_TRUE(is_string(bar(false, 1e-9, 4), "#"));
    CU_ASSERT_TRUE(is_string(bar(false, 0, 4), ""));
    CU_ASSERT_TRUE(is_string(bar(false, 2, 4), "####"));
    CU_ASSERT_TRUE(is_string(bar(true, 1e-9, 4), "\xe2\x96\x8f"));
    CU_ASSERT_TRUE(is_string(bar(true, 0.5, 3), "\xe2\x96\x88\xe2\x96\x8c"));
}

/* A file is no terminal, so neither the environment nor the window's size matter. */
static void test_no_terminal(void)
{
    FILE *stream = tmpfile();
    struct terminal terminal = terminal_detect(stream);
    CU_ASSERT_FALSE(terminal.colour);
    CU_ASSERT_EQUAL(terminal.width, TERMINAL_WIDTH_DEFAULT);
    CU_ASSERT_STRING_EQUAL(terminal_begin(&terminal, STYLE_BAD), "");
    fclose(stream);
}

static void test_paragraph(void)
{
    struct text text = TEXT_INIT;
    paragraph_print(&text, "one two  three incomprehensibilities x", 6, 2, 12);
    CU_ASSERT_TRUE(is_string(text_take(&text), "one\n  two three\n  incomprehensibilities\n  x\n"));
}

/* ---- Schedules ----------------------------------------------------------------------------------------------- */

static bool run_is(const struct run *run, size_t first, size_t count, size_t rounds)
{
    return run->first == first && run->count == count && run->rounds == rounds && run->period * rounds == count;
}

static void test_runs_fold_loops(void)
{
    struct trace *trace = race_run(2, 10, turns_to_2);
    struct runs runs = runs_make(trace, true, SIZE_MAX);
    CU_ASSERT_EQUAL_FATAL(runs.count, 8);
    CU_ASSERT_TRUE(run_is(&runs.items[0], 0, 1, 1));
    CU_ASSERT_TRUE(run_is(&runs.items[1], 1, 27, 9));
    CU_ASSERT_TRUE(run_is(&runs.items[5], 31, 27, 9));
    CU_ASSERT_TRUE(run_is(&runs.items[7], 59, 1, 1));
    CU_ASSERT_EQUAL(run_before(&runs.items[5], trace), 1);
    CU_ASSERT_EQUAL(run_after(&runs.items[5], trace), 10);
    CU_ASSERT_FALSE(run_writes(&runs.items[0], trace));
    CU_ASSERT_TRUE(run_writes(&runs.items[1], trace));
    runs_free(&runs);
    runs = runs_make(trace, false, SIZE_MAX);
    CU_ASSERT_EQUAL(runs.count, 60);
    runs_free(&runs);
    trace_free(trace);
}

/* Thread 0 is interrupted within a round: the rest of the round is told step by step. */
static void test_runs_begin_at_the_head(void)
{
    struct trace *trace = race_run(2, 5, "0x1 1x15 0x14");
    struct runs runs = runs_make(trace, true, SIZE_MAX);
    CU_ASSERT_EQUAL_FATAL(runs.count, 5);
    CU_ASSERT_TRUE(run_is(&runs.items[1], 1, 15, 5));
    CU_ASSERT_TRUE(run_is(&runs.items[2], 16, 1, 1));
    CU_ASSERT_TRUE(run_is(&runs.items[3], 17, 1, 1));
    CU_ASSERT_TRUE(run_is(&runs.items[4], 18, 12, 4));
    uint32_t first, last;
    run_lines(&runs.items[4], trace, &first, &last);
    CU_ASSERT_EQUAL(first, 5);
    CU_ASSERT_EQUAL(last, 7);
    runs_free(&runs);
    trace_free(trace);
}

/* Whatever is folded, the runs cover the schedule exactly. */
static void test_runs_cover(void)
{
    unsigned seed = 1;
    for (int round = 0; round < 200; round++) {
        struct race race = race_new(3, 8, 72);
        uint32_t thread = 0;
        while (race.trace->step_count < 72) {
            seed = seed * 1664525u + 1013904223u;
            thread = seed >> 28 < 5 ? (seed >> 20) % 3 : thread;
            if (race.position[thread] < 24)
                race_step(&race, thread);
            else
                thread = (thread + 1) % 3;
        }
        struct runs runs = runs_make(race.trace, true, SIZE_MAX);
        size_t next = 0;
        for (size_t i = 0; i < runs.count; i++) {
            CU_ASSERT_EQUAL(runs.items[i].first, next);
            for (size_t s = 0; s < runs.items[i].count; s++)
                CU_ASSERT_EQUAL(race.trace->steps[next + s].thread, race.trace->steps[next].thread);
            next += runs.items[i].count;
        }
        CU_ASSERT_EQUAL(next, 72);
        runs_free(&runs);
        trace_free(race.trace);
    }
}

static void test_chain(void)
{
    struct trace *trace = race_run(2, 10, turns_to_2);
    struct chain chain = chain_make(trace);
    CU_ASSERT_EQUAL_FATAL(chain.count, 2);
    CU_ASSERT_EQUAL(chain.links[0].load, 0);
    CU_ASSERT_EQUAL(chain.links[0].loaded, 0);
    CU_ASSERT_EQUAL(chain.links[0].store, 29);
    CU_ASSERT_EQUAL(chain.links[1].load, 30);
    CU_ASSERT_EQUAL(chain.links[1].loaded, 1);
    CU_ASSERT_EQUAL(chain.links[1].store, 59);
    chain_free(&chain);
    trace_free(trace);
}

static char *explained(size_t threads, size_t iters, const char *turns)
{
    struct trace *trace = race_run(threads, iters, turns);
    struct text text = TEXT_INIT;
    explanation_print(&text, trace);
    trace_free(trace);
    return text_take(&text);
}

static void test_explanation(void)
{
    CU_ASSERT_TRUE(
        is_string(explained(2, 10, turns_to_2),
                  "Why 2: only 2 of the 20 stores to value count: T0 loads 0 (step 1) and stores 1 (step 30); "
                  "T1 loads 1 (step 31) and stores 2 (step 60). The other 18 are lost: they are overwritten by "
                  "a thread that had not seen them."));
    CU_ASSERT_TRUE(is_string(explained(2, 2, "0x6 1x6"),
                             "Why 4: all 4 stores to value count, no update is lost: T0 brings it to 2 with 2 stores "
                             "(steps 3 to 6); T1 brings it to 4 with 2 stores (steps 9 to 12)."));
    CU_ASSERT_TRUE(
        is_string(explained(2, 1, "0x1 1x3 0x2"),
                  "Why 1: only 1 of the 2 stores to value counts: T0 loads 0 (step 1) and stores 1 (step 6). "
                  "The other one is lost: it is overwritten by a thread that had not seen it."));
    CU_ASSERT_TRUE(is_string(explained(1, 0, ""), "Why 0: nothing was ever stored to value."));
}

/* ---- The report for people ----------------------------------------------------------------------------------- */

static void test_small_report(void)
{
    static const char expected[] = "checked       unlocked, 2 threads, ITERS = 1\n"
                                   "scheduler     free (any thread that can go on may step)\n"
                                   "observed      value, 0 at the start\n"
                                   "minimum       1\n"
                                   "maximum       2\n"
                                   "reachable     1 .. 2 (2 values)\n"
                                   "below 1       no: the result is never less than the iterations of one thread\n"
                                   "              alone\n"
                                   "schedules     20 (the multinomial coefficient of the threads' lengths: none is\n"
                                   "              missing)\n"
                                   "deadlock      impossible\n"
                                   "\n"
                                   "                             random    fewest  schedules\n"
                                   "value  schedules   share  scheduler  preempt.  (linear scale)\n"
                                   "    1         18  90.0 %     75.0 %         1  ################################\n"
                                   "    2          2  10.0 %     25.0 %         0  ####\n"
                                   "total         20   100 %      100 %\n"
                                   "random scheduler: at every step each thread that may step is equally likely\n"
                                   "\n"
                                   "How value = 1 comes about: 6 steps, 1 preemption (no schedule needs fewer)\n"
                                   "\n"
                                   "step     T0                     T1                      value\n"
                                   "   1     mov value, %ax  ax=0                               0\n"
                                   "   2 !                          mov value, %ax  ax=0        0\n"
                                   "   3                            add $1, %ax     ax=1        0\n"
                                   "   4                            mov %ax, value         0 -> 1\n"
                                   "   5     add $1, %ax     ax=1                               1\n"
                                   "   6     mov %ax, value                                1 -> 1\n"
                                   "! preemption: the switch takes the turn from a thread that could go on\n"
                                   "\n"
                                   "Why 1: only 1 of the 2 stores to value counts: T0 loads 0 (step 1) and stores 1\n"
                                   "(step 6). The other one is lost: it is overwritten by a thread that had not seen\n"
                                   "it.\n"
                                   "\n"
                                   "explored      16 states, 24 transitions; longest schedule 6 steps; values were\n"
                                   "              folded, not stored in states\n";
    struct outcome *outcome = small_outcome();
    CU_ASSERT_TRUE(is_string(report(outcome, &plain), expected));
    outcome_free(outcome);
}

static void test_incomplete_report(void)
{
    struct outcome *outcome = outcome_of("unlocked", 2, 10);
    outcome->complete = false;
    outcome->incomplete_reason = memory_copy_string("the limit of 1000 states (--max-states) was reached");
    outcome->has_values = true;
    intervals_add(&outcome->values, 12, 14);
    intervals_add(&outcome->values, 20, 20);
    char *text = report(outcome, &plain);
    CU_ASSERT_TRUE(says(text, "INCOMPLETE: the limit of 1000 states (--max-states) was reached."));
    CU_ASSERT_TRUE(says(text, "least found   12\n"));
    CU_ASSERT_TRUE(says(text, "found         12 .. 14, 20 (4 values)\n"));
    CU_ASSERT_TRUE(says(text, "below 10      none found so far\n"));
    CU_ASSERT_TRUE(says(text, "deadlock      none found so far\n"));
    CU_ASSERT_TRUE(says(text, "schedules     not counted\n"));
    CU_ASSERT_PTR_NULL(strstr(text, "minimum  "));
    CU_ASSERT_PTR_NULL(strstr(text, "impossible"));
    memory_free(text);
    outcome_free(outcome);
}

static void test_below(void)
{
    struct outcome *outcome = outcome_of("unlocked", 2, 10);
    outcome->has_values = true;
    outcome->observed_first = -5;
    intervals_add(&outcome->values, -3, 2);
    intervals_add(&outcome->values, 4, 15);
    char *text = report(outcome, &plain);
    CU_ASSERT_TRUE(says(text, "below 5       yes: -3 .. 2, 4."));
    CU_ASSERT_TRUE(says(text, "reachable     -3 .. 2, 4 .. 15 (18 values)\n"));
    memory_free(text);
    /* A program that does not know ITERS is not asked about it. */
    memory_free(outcome->text);
    outcome->text = memory_copy_string(".main\nnop\n");
    text = report(outcome, &plain);
    CU_ASSERT_PTR_NULL(strstr(text, "below"));
    memory_free(text);
    outcome_free(outcome);
}

static void test_values_alone(void)
{
    struct outcome *outcome = outcome_of("unlocked", 2, 1000000);
    outcome->has_values = true;
    intervals_add(&outcome->values, INT64_MIN, INT64_MAX);
    outcome->endless = true;
    outcome_omit(outcome, "counts", "about 40 s and 3 GB", "--compute counts");
    char *text = report(outcome, &plain);
    CU_ASSERT_TRUE(says(text, "minimum       -9223372036854775808\n"));
    CU_ASSERT_TRUE(says(text, "(at least\n              18,446,744,073,709,551,615 values)"));
    CU_ASSERT_TRUE(says(text, "schedules     infinitely many"));
    CU_ASSERT_TRUE(says(text, "not computed  counts: about 40 s and 3 GB; --compute counts computes it\n"));
    CU_ASSERT_PTR_NULL(strstr(text, "preempt."));
    memory_free(text);
    outcome_free(outcome);
}

/* One value with 7/8; the rest never ends. */
static struct outcome *endless_outcome(void)
{
    struct outcome *outcome = outcome_of("unlocked", 2, 10);
    add_row(outcome, 1, "0", "7/8", 0);
    outcome->has_random = outcome->endless = true;
    mpq_set_ui(outcome->random_endless, 1, 8);
    return outcome;
}

static void test_endless_report(void)
{
    struct outcome *outcome = endless_outcome();
    char *text = report(outcome, &plain);
    CU_ASSERT_TRUE(says(text, "infinitely many: the state space has cycles"));
    CU_ASSERT_TRUE(says(text, "         1     87.5 %"));
    CU_ASSERT_TRUE(says(text, "\nnever ends     12.5 %\n"));
    CU_ASSERT_PTR_NULL(strstr(text, "approximate"));
    CU_ASSERT_PTR_NULL(strstr(text, "total"));
    memory_free(text);
    outcome->random_error = 5.61e-10;
    text = report(outcome, &plain);
    CU_ASSERT_TRUE(says(text, "its\nprobabilities are approximate, each within 5.7e-8 % of the exact one\n"));
    memory_free(text);
    outcome_free(outcome);
}

static void test_deadlock_report(void)
{
    struct outcome *outcome = outcome_of("deadlock", 2, 1);
    add_row(outcome, 2, "4", "5/6", 0);
    outcome->has_counts = outcome->has_random = true;
    mpz_set_ui(outcome->deadlocked, 2);
    mpz_add_ui(outcome->schedules, outcome->schedules, 2);
    mpq_set_ui(outcome->random_deadlocked, 1, 6);
    outcome->can_deadlock = outcome->can_fail = true;
    outcome->failure_text = memory_copy_string("a.s:3:1: T0: overflow of a 64-bit value");
    struct trace *trace = race_run(2, 1, "0x1 1x1");
    trace->end = TRACE_DEADLOCKED;
    trace->end_text = memory_copy_string("T0 waits for mutex b, held by T1; T1 waits for mutex a, held by T0");
    add_witness(outcome, OUTCOME_DEADLOCK, trace);
    char *text = report(outcome, &plain);
    CU_ASSERT_TRUE(says(text, "deadlock      possible: 2 schedules; the shortest, of 2 steps: T0 waits for\n"));
    CU_ASSERT_TRUE(says(text, "error         possible, 0 schedules: a.s:3:1: T0: overflow"));
    CU_ASSERT_TRUE(says(text, "\ndeadlock          2  33.3 %     16.7 %\n"));
    CU_ASSERT_TRUE(says(text, "How a deadlock comes about: 2 steps, 1 preemption (no schedule that ends so is"));
    CU_ASSERT_TRUE(says(text, "Deadlock: T0 waits for mutex b"));
    CU_ASSERT_PTR_NULL(strstr(text, "Why"));
    memory_free(text);
    outcome_free(outcome);
}

static void test_failure_report(void)
{
    struct outcome *outcome = outcome_of("unlocked", 1, 1);
    outcome->has_values = outcome->can_fail = true;
    struct trace *trace = race_run(1, 1, "0x2");
    trace->end = TRACE_FAILED;
    trace->end_text = memory_copy_string("overflow");
    add_witness(outcome, OUTCOME_FAILURE, trace);
    char *text = report(outcome, &plain);
    CU_ASSERT_TRUE(says(text, "values        none: no schedule comes to its end\n"));
    CU_ASSERT_TRUE(says(text, "   2     add $1, %ax     error       0\n"));
    CU_ASSERT_TRUE(says(text, "Error of the program: overflow\n"));
    memory_free(text);
    outcome_free(outcome);
}

/* 100 values: the middle is grouped, the groups add up, and --full lists every one. */
static void test_long_table(void)
{
    struct outcome *outcome = outcome_of("unlocked", 2, 50);
    for (int64_t value = 1; value <= 100; value++)
        add_row(outcome, value, value == 50 ? "100000" : "3", "0/1", value % 2 == 0 ? 4 : 2);
    outcome->has_counts = outcome->has_preemptions = true;
    char *text = report(outcome, &plain);
    CU_ASSERT_TRUE(says(text, "\n      12          3  3.0e-3 %         4  #######\n"));
    CU_ASSERT_TRUE(says(text, "\n13 .. 17         15  0.0150 %    2 .. 4  #######\n"));
    CU_ASSERT_TRUE(says(text, "\n48 .. 52    100,012    99.7 %    2 .. 4  ################################\n"));
    CU_ASSERT_TRUE(says(text, "\n      88          3"));
    CU_ASSERT_TRUE(says(text, "13 to 88 are grouped (bar: mean of the group); --full lists them all.\n"));
    CU_ASSERT_TRUE(widest_line(text) <= 80);
    memory_free(text);
    struct text_report_options full = plain;
    full.full = true;
    text = report(outcome, &full);
    CU_ASSERT_TRUE(says(text, "\n   50    100,000"));
    CU_ASSERT_PTR_NULL(strstr(text, "grouped"));
    memory_free(text);
    outcome_free(outcome);
}

static void test_unlike_threads(void)
{
    struct outcome *outcome = outcome_of("unlocked", 8, 2);
    add_witness(outcome, OUTCOME_VALUE, race_run(8, 2, "0x1 1x1 0x5 1x5 2x6 3x6 4x6 5x1 6x6 7x6 5x5"));
    char *text = report(outcome, &plain);
    CU_ASSERT_TRUE(says(text, " step     T0 T1 T2 T3 T4 T5 T6 T7   instruction                 value\n"));
    CU_ASSERT_TRUE(says(text, "\n38-43     .  .  .  .  .  .  .  *    6 steps: 2 x lines 5-7   10 -> 12\n"));
    CU_ASSERT_TRUE(widest_line(text) <= 80);
    memory_free(text);
    outcome_free(outcome);
    outcome = outcome_of("unlocked", 40, 1);
    struct text turns = TEXT_INIT;
    for (int thread = 0; thread < 40; thread++)
        text_print(&turns, "%dx3 ", thread);
    add_witness(outcome, OUTCOME_VALUE, race_run(40, 1, text_string(&turns)));
    text_free(&turns);
    text = report(outcome, &plain);
    CU_ASSERT_TRUE(says(text, "   by    instruction"));
    CU_ASSERT_TRUE(says(text, "     T39   mov %ax, value          39 -> 40\n"));
    CU_ASSERT_TRUE(says(text, "steps 31 to 90 are left out (--full shows them)"));
    CU_ASSERT_TRUE(widest_line(text) <= 80);
    memory_free(text);
    outcome_free(outcome);
}

/* Names from a hostile file must not reach the terminal as they are. */
static void test_hostile_names(void)
{
    struct outcome *outcome = outcome_of("a\033]0;x\007\xff.s", 2, 1);
    memory_free(outcome->observe);
    outcome->observe = memory_copy_string("v\nw");
    char *text = report(outcome, &plain);
    CU_ASSERT_TRUE(says(text, "a\xef\xbf\xbd]0;x\xef\xbf\xbd\xef\xbf\xbd.s, 2 threads"));
    CU_ASSERT_TRUE(says(text, "observed      v\xef\xbf\xbdw, 0"));
    CU_ASSERT_PTR_NULL(strchr(text, '\033'));
    memory_free(text);
    outcome_free(outcome);
}

static void test_colours_and_timing(void)
{
    struct outcome *outcome = small_outcome();
    struct text_report_options options = plain;
    char *text = report(outcome, &options);
    CU_ASSERT_PTR_NULL(strchr(text, '\033'));
    CU_ASSERT_PTR_NULL(strstr(text, "\ntime"));
    memory_free(text);
    options.terminal.colour = options.timing = options.summary_only = true;
    outcome->seconds = 0.25;
    text = report(outcome, &options);
    CU_ASSERT_PTR_NOT_NULL(strchr(text, '\033'));
    CU_ASSERT_TRUE(says(text, "0.250 s"));
    CU_ASSERT_PTR_NULL(strstr(text, "comes about"));
    memory_free(text);
    outcome_free(outcome);
}

/* ---- JSON ---------------------------------------------------------------------------------------------------- */

/* Returns the document as new. */
static char *document_of(const struct outcome *outcome, const struct outcome_witness *witness, bool timing)
{
    char *bytes = NULL;
    size_t length;
    FILE *stream = open_memstream(&bytes, &length);
    if (witness != NULL)
        json_write_witness(stream, outcome, witness);
    else
        json_write_result(stream, outcome, timing);
    fclose(stream);
    char *document = memory_copy_string(bytes);
    free(bytes);
    return document;
}

/* Returns the result, parsed, as new. */
static json_t *parsed(const struct outcome *outcome, bool timing)
{
    char *bytes = document_of(outcome, NULL, timing);
    json_error_t error;
    json_t *document = json_loads(bytes, JSON_REJECT_DUPLICATES, &error);
    if (document == NULL)
        unit_note("%d:%d: %s", error.line, error.column, error.text);
    memory_free(bytes);
    return document;
}

static bool member_is(const json_t *object, const char *key, const char *expected)
{
    char *bytes = json_dumps(json_object_get(object, key), JSON_ENCODE_ANY | JSON_COMPACT);
    if (bytes == NULL)
        return false;
    return is_string(bytes, expected);
}

static void test_result_document(void)
{
    struct outcome *outcome = small_outcome();
    json_t *document = parsed(outcome, false);
    CU_ASSERT_PTR_NOT_NULL_FATAL(document);
    const json_t *findings = json_object_get(document, "outcome");
    CU_ASSERT_TRUE(member_is(document, "format", "\"racecheck-result\""));
    CU_ASSERT_TRUE(member_is(document, "version", "1"));
    CU_ASSERT_TRUE(member_is(document, "complete", "true"));
    CU_ASSERT_TRUE(member_is(document, "incomplete_reason", "null"));
    CU_ASSERT_TRUE(member_is(findings, "minimum", "1"));
    CU_ASSERT_TRUE(member_is(findings, "schedules", "\"20\""));
    CU_ASSERT_TRUE(member_is(findings, "values",
                             "[{\"value\":1,\"schedules\":\"18\",\"random_scheduler\":\"3/4\",\"preemptions\":1},"
                             "{\"value\":2,\"schedules\":\"2\",\"random_scheduler\":\"1/4\",\"preemptions\":0}]"));
    CU_ASSERT_TRUE(member_is(findings, "ranges", "[[1,2]]"));
    CU_ASSERT_TRUE(
        member_is(document, "statistics",
                  "{\"states\":16,\"transitions\":24,\"stored\":16,\"depth\":6,\"collapsed\":false,\"sliced\":true,\"fused\":false}"));
    CU_ASSERT_EQUAL(json_array_size(json_object_get(document, "witnesses")), 1);
    json_decref(document);
    outcome_free(outcome);
}

static void test_result_without_numbers(void)
{
    struct outcome *outcome = outcome_of("unlocked", 2, 10);
    outcome->complete = false;
    outcome->incomplete_reason = memory_copy_string("interrupted");
    json_t *document = parsed(outcome, false);
    const json_t *findings = json_object_get(document, "outcome");
    static const char *const unknown[] = {
        "minimum",      "maximum",           "schedules",     "deadlocked",     "failed",       "values",
        "ranges",       "random_deadlocked", "random_failed", "random_endless", "random_error", "can_deadlock",
        "can_fail",     "failure",           "endless"};
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++)
        CU_ASSERT_TRUE(member_is(findings, unknown[i], "null"));
    CU_ASSERT_TRUE(member_is(document, "incomplete_reason", "\"interrupted\""));
    json_decref(document);
    /* What was found stands, but is no minimum. */
    outcome->has_values = outcome->can_deadlock = true;
    intervals_add(&outcome->values, 3, 9);
    document = parsed(outcome, false);
    findings = json_object_get(document, "outcome");
    CU_ASSERT_TRUE(member_is(findings, "minimum", "null"));
    CU_ASSERT_TRUE(member_is(findings, "ranges", "[[3,9]]"));
    CU_ASSERT_TRUE(member_is(findings, "values", "null"));
    CU_ASSERT_TRUE(member_is(findings, "can_deadlock", "true"));
    json_decref(document);
    outcome_free(outcome);
}

static void test_result_extremes(void)
{
    struct outcome *outcome = outcome_of("unlocked", 2, INT64_C(9007199254740993));
    outcome->has_values = true;
    intervals_add(&outcome->values, INT64_MIN, -1);
    intervals_add(&outcome->values, INT64_C(9007199254740992), INT64_MAX);
    mpz_ui_pow_ui(outcome->states, 2, 53);
    mpz_ui_pow_ui(outcome->transitions, 10, 20);
    outcome->stored = UINT64_MAX;
    json_t *document = parsed(outcome, true);
    const json_t *findings = json_object_get(document, "outcome"),
                 *statistics = json_object_get(document, "statistics");
    CU_ASSERT_TRUE(member_is(findings, "minimum", "\"-9223372036854775808\""));
    CU_ASSERT_TRUE(
        member_is(findings, "ranges", "[[\"-9223372036854775808\",-1],[9007199254740992,\"9223372036854775807\"]]"));
    CU_ASSERT_TRUE(member_is(json_object_get(document, "program"), "iters", "\"9007199254740993\""));
    CU_ASSERT_TRUE(member_is(statistics, "states", "9007199254740992"));
    CU_ASSERT_TRUE(member_is(statistics, "transitions", "\"100000000000000000000\""));
    CU_ASSERT_TRUE(member_is(statistics, "stored", "\"18446744073709551615\""));
    CU_ASSERT_TRUE(json_is_real(json_object_get(statistics, "seconds")));
    json_decref(document);
    outcome_free(outcome);
}

static void test_approximate_document(void)
{
    struct outcome *outcome = endless_outcome();
    json_t *document = parsed(outcome, false);
    const json_t *findings = json_object_get(document, "outcome");
    CU_ASSERT_TRUE(member_is(findings, "schedules", "null"));
    CU_ASSERT_TRUE(member_is(findings, "endless", "true"));
    CU_ASSERT_TRUE(member_is(findings, "random_endless", "\"1/8\""));
    CU_ASSERT_TRUE(member_is(findings, "random_error", "0"));
    json_decref(document);
    outcome->random_error = 5.61e-10;
    document = parsed(outcome, false);
    findings = json_object_get(document, "outcome");
    CU_ASSERT_TRUE(member_is(
        findings, "values", "[{\"value\":1,\"schedules\":null,\"random_scheduler\":\"0.875\",\"preemptions\":null}]"));
    CU_ASSERT_TRUE(member_is(findings, "random_endless", "\"0.125\""));
    CU_ASSERT_DOUBLE_EQUAL(json_real_value(json_object_get(findings, "random_error")), 5.7e-10, 1e-14);
    json_decref(document);
    outcome_free(outcome);
}

static void test_equal_bytes(void)
{
    struct outcome *first = small_outcome(), *second = small_outcome();
    first->seconds = 1;
    char *one = document_of(first, NULL, false), *two = document_of(second, NULL, false);
    CU_ASSERT_STRING_EQUAL(one, two);
    memory_free(one);
    memory_free(two);
    outcome_free(first);
    outcome_free(second);
}

/* ---- JSON, read again ---------------------------------------------------------------------------------------- */

/* Reads a document from a file that is gone afterwards. */
static struct witness_file *read_back(const char *bytes, const int64_t *value, struct error *error)
{
    char name[] = "/tmp/racecheck-reports-XXXXXX";
    int file = mkstemp(name);
    FILE *stream = fdopen(file, "w");
    fputs(bytes, stream);
    fclose(stream);
    struct witness_file *witness = witness_file_read(name, value, error);
    unlink(name);
    return witness;
}

/* An outcome with everything in its witness that a document has a place for. */
static struct outcome *rich_outcome(void)
{
    struct outcome *outcome = outcome_of("odd \"name\"\\", 2, 10);
    outcome->symbols = memory_new(2, sizeof *outcome->symbols);
    outcome->symbols[outcome->symbol_count++] =
        (struct property){.name = memory_copy_string("PERMITS"), .is_number = true, .number = -2};
    outcome->symbols[outcome->symbol_count++] =
        (struct property){.name = memory_copy_string("BIG"), .is_number = true, .number = INT64_MIN};
    outcome->parameters = memory_new(2, sizeof *outcome->parameters);
    outcome->parameters[outcome->parameter_count++] =
        (struct property){.name = memory_copy_string("quantum"), .is_number = true, .number = 100};
    outcome->parameters[outcome->parameter_count++] =
        (struct property){.name = memory_copy_string("pick"), .text = memory_copy_string("any")};
    memory_free(outcome->scheduler);
    outcome->scheduler = memory_copy_string("tick");
    add_witness(outcome, OUTCOME_VALUE, race_run(2, 10, turns_to_2));
    add_witness(outcome, OUTCOME_VALUE, race_run(2, 10, "0x30 1x30"));
    return outcome;
}

static void test_registers_round_trip(void)
{
    struct outcome *outcome = rich_outcome();
    struct error error = ERROR_INIT;
    char *bytes = document_of(outcome, &outcome->witnesses[0], false);
    CU_ASSERT_PTR_NOT_NULL(strstr(bytes, "\"registers\": null"));
    struct witness_file *file = read_back(bytes, NULL, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT_PTR_NULL(file->registers);
    witness_file_free(file);
    memory_free(bytes);
    outcome->registers = memory_copy_string("bx=1,bx=2");
    bytes = document_of(outcome, &outcome->witnesses[0], false);
    file = read_back(bytes, NULL, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT_STRING_EQUAL(file->registers, "bx=1,bx=2");
    witness_file_free(file);
    memory_free(bytes);
    outcome_free(outcome);
}

static void test_witness_round_trip(void)
{
    struct outcome *outcome = rich_outcome();
    char *bytes = document_of(outcome, &outcome->witnesses[0], false);
    struct error error = ERROR_INIT;
    struct witness_file *file = read_back(bytes, NULL, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT_STRING_EQUAL(file->model, outcome->model);
    CU_ASSERT_STRING_EQUAL(file->text, outcome->text);
    CU_ASSERT_STRING_EQUAL(file->observe, "value");
    CU_ASSERT_STRING_EQUAL(file->scheduler, "tick");
    CU_ASSERT_EQUAL(file->threads, 2);
    CU_ASSERT_EQUAL(file->iters, 10);
    CU_ASSERT_EQUAL_FATAL(file->symbol_count, 2);
    CU_ASSERT_EQUAL(file->symbols[0].number, -2);
    CU_ASSERT_EQUAL(file->symbols[1].number, INT64_MIN);
    CU_ASSERT_EQUAL_FATAL(file->parameter_count, 2);
    CU_ASSERT_EQUAL(file->parameters[0].number, 100);
    CU_ASSERT_STRING_EQUAL(file->parameters[1].text, "any");
    CU_ASSERT_EQUAL(file->end, OUTCOME_VALUE);
    CU_ASSERT_EQUAL(file->value, 2);
    CU_ASSERT_TRUE(file->has_preemptions);
    CU_ASSERT_EQUAL(file->preemptions, 4);
    CU_ASSERT_EQUAL_FATAL(file->step_count, 60);
    CU_ASSERT_EQUAL(memcmp(file->steps, outcome->witnesses[0].threads, 60 * sizeof *file->steps), 0);
    witness_file_free(file);
    memory_free(bytes);
    outcome_free(outcome);
}

static void test_witness_of_result(void)
{
    struct outcome *outcome = rich_outcome();
    char *bytes = document_of(outcome, NULL, false);
    struct error error = ERROR_INIT;
    struct witness_file *file = read_back(bytes, NULL, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT_EQUAL(file->value, 2);
    witness_file_free(file);
    int64_t wanted = 20;
    file = read_back(bytes, &wanted, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT_EQUAL(file->value, 20);
    witness_file_free(file);
    wanted = 3;
    CU_ASSERT_PTR_NULL(read_back(bytes, &wanted, &error));
    CU_ASSERT_TRUE(says(error.text, "no witness for the value 3"));
    memory_free(bytes);
    outcome_free(outcome);
}

static void test_deadlock_round_trip(void)
{
    struct outcome *outcome = outcome_of("deadlock", 2, 1);
    struct trace *trace = race_run(2, 1, "0x1 1x1");
    trace->end = TRACE_DEADLOCKED;
    add_witness(outcome, OUTCOME_DEADLOCK, trace);
    char *bytes = document_of(outcome, &outcome->witnesses[0], false);
    struct error error = ERROR_INIT;
    struct witness_file *file = read_back(bytes, NULL, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT_EQUAL(file->end, OUTCOME_DEADLOCK);
    witness_file_free(file);
    memory_free(bytes);
    outcome_free(outcome);
}

/* A program with bytes that are no UTF-8 still makes a document. */
static void test_invalid_bytes(void)
{
    struct outcome *outcome = outcome_of("caf\xe9.s", 2, 1);
    memory_free(outcome->text);
    outcome->text = memory_copy_string("# caf\xe9 \x01\n.main\n");
    add_witness(outcome, OUTCOME_VALUE, race_run(2, 1, "0x3 1x3"));
    char *bytes = document_of(outcome, &outcome->witnesses[0], false);
    struct error error = ERROR_INIT;
    struct witness_file *file = read_back(bytes, NULL, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT_STRING_EQUAL(file->model, "caf\xef\xbf\xbd.s");
    CU_ASSERT_STRING_EQUAL(file->text, "# caf\xef\xbf\xbd \x01\n.main\n");
    witness_file_free(file);
    memory_free(bytes);
    outcome_free(outcome);
}

/* The document of a witness with `from` replaced by `to` must be refused with these words. */
static bool is_refused(const char *from, const char *to, const char *words)
{
    struct outcome *outcome = rich_outcome();
    char *bytes = document_of(outcome, &outcome->witnesses[0], false);
    char *place = strstr(bytes, from);
    struct text changed = TEXT_INIT;
    if (place != NULL) {
        text_append(&changed, bytes, (size_t)(place - bytes));
        text_print(&changed, "%s%s", to, place + strlen(from));
    }
    struct error error = ERROR_INIT;
    struct witness_file *file = read_back(text_string(&changed), NULL, &error);
    bool is_told = place != NULL && file == NULL && says(error.text, words);
    if (!is_told)
        unit_note("%s -> %s: %s", from, to, file != NULL ? "accepted" : error.text);
    witness_file_free(file);
    text_free(&changed);
    memory_free(bytes);
    outcome_free(outcome);
    return is_told;
}

static void test_refused_witnesses(void)
{
    CU_ASSERT_TRUE(is_refused("racecheck-witness", "racecheck-wish", "\"format\""));
    CU_ASSERT_TRUE(is_refused("\"version\": 1", "\"version\": 2", "\"version\""));
    CU_ASSERT_TRUE(is_refused("\"version\": 1", "\"version\": \"1\"", "\"version\""));
    CU_ASSERT_TRUE(is_refused("  \"version\": 1,", "", "\"version\" is missing"));
    CU_ASSERT_TRUE(is_refused("\"version\": 1", "\"version\": 1, \"version\": 1", "duplicate"));
    CU_ASSERT_TRUE(is_refused("\"version\": 1", "\"version\": 1, \"extra\": 1", "\"extra\" is unknown"));
    CU_ASSERT_TRUE(is_refused("\"threads\": 2", "\"threads\": 65", "\"program.threads\""));
    CU_ASSERT_TRUE(is_refused("\"threads\": 2", "\"threads\": true", "\"program.threads\""));
    CU_ASSERT_TRUE(is_refused("\"iters\": 10", "\"iters\": -1", "\"program.iters\""));
    CU_ASSERT_TRUE(is_refused("\"iters\": 10", "\"iters\": 1.5", "\"program.iters\""));
    CU_ASSERT_TRUE(is_refused("\"iters\": 10", "\"iters\": 99999999999999999999", "no JSON document"));
    CU_ASSERT_TRUE(is_refused("\"iters\": 10", "\"iters\": \"99999999999999999999\"", "\"program.iters\""));
    CU_ASSERT_TRUE(is_refused("\"observe\": \"value\"", "\"observe\": null", "\"program.observe\""));
    CU_ASSERT_TRUE(is_refused("\"registers\": null", "\"registers\": []", "\"program.registers\""));
    CU_ASSERT_TRUE(is_refused("\"PERMITS\": -2", "\"PERMITS\": \"many\"", "\"PERMITS\""));
    CU_ASSERT_TRUE(is_refused("\"quantum\": 100", "\"quantum\": []", "\"quantum\""));
    CU_ASSERT_TRUE(is_refused("\"kind\": \"tick\"", "\"kind\": 1", "\"scheduler.kind\""));
    CU_ASSERT_TRUE(is_refused("\"end\": \"value\"", "\"end\": \"joy\"", "\"end\""));
    CU_ASSERT_TRUE(is_refused("\"end\": \"value\"", "\"end\": \"deadlock\"", "\"value\""));
    CU_ASSERT_TRUE(is_refused("\"value\": 2", "\"value\": null", "\"value\""));
    CU_ASSERT_TRUE(is_refused("\"preemptions\": 4", "\"preemptions\": -4", "\"preemptions\""));
    CU_ASSERT_TRUE(is_refused("0,1,1", "0,64,1", "step 2"));
    CU_ASSERT_TRUE(is_refused("0,1,1", "0,-1,1", "step 2"));
    CU_ASSERT_TRUE(is_refused("0,1,1", "0,1.0,1", "step 2"));
    CU_ASSERT_TRUE(is_refused("\"steps\": [", "\"steps\": {", "no JSON document"));
}

static void test_refused_files(void)
{
    struct error error = ERROR_INIT;
    CU_ASSERT_PTR_NULL(read_back("{\n  \"format\": oops }\n", NULL, &error));
    CU_ASSERT_EQUAL(error.line, 2);
    CU_ASSERT_NOT_EQUAL(error.column, 0);
    error = (struct error)ERROR_INIT;
    CU_ASSERT_PTR_NULL(read_back("", NULL, &error));
    CU_ASSERT_TRUE(error.set);
    error = (struct error)ERROR_INIT;
    CU_ASSERT_PTR_NULL(read_back("[1, 2]", NULL, &error));
    CU_ASSERT_TRUE(says(error.text, "no witness"));
    error = (struct error)ERROR_INIT;
    CU_ASSERT_PTR_NULL(witness_file_read("/tmp", NULL, &error));
    CU_ASSERT_TRUE(says(error.text, "Is a directory"));
    error = (struct error)ERROR_INIT;
    CU_ASSERT_PTR_NULL(witness_file_read("/nowhere/at/all", NULL, &error));
    CU_ASSERT_STRING_EQUAL(error.source, "/nowhere/at/all");
}

/* An endless file must be refused, not swallowed. */
static void test_refused_size(void)
{
    struct error error = ERROR_INIT;
    CU_ASSERT_PTR_NULL(witness_file_read("/dev/zero", NULL, &error));
    CU_ASSERT_TRUE(says(error.text, "larger than 256 MB"));
}

/* Returns the drawing of a trace, as Graphviz reads it, as new. */
static Agraph_t *drawn(const struct trace *trace, const char *title)
{
    char *bytes = NULL;
    size_t length;
    FILE *stream = open_memstream(&bytes, &length);
    CU_ASSERT_TRUE(dot_write_trace(stream, trace, title));
    fclose(stream);
    Agraph_t *graph = agmemread(bytes);
    CU_ASSERT_PTR_NOT_NULL_FATAL(graph);
    memory_free(bytes);
    return graph;
}

/* ---- Properties ---------------------------------------------------------------------------------------------- */

/* Two threads, of which T0 waits at most 12 steps, and T1 for ever while T0 goes round. */
static struct outcome *waiting_outcome(void)
{
    struct outcome *outcome = outcome_of("waiting", 2, 10);
    memory_free(outcome->scheduler);
    outcome->scheduler = memory_copy_string("tick");
    property_add_number(&outcome->parameters, &outcome->parameter_count, "quantum", 5);
    property_add_text(&outcome->parameters, &outcome->parameter_count, "phase", "any");
    outcome->has_starvation = outcome->can_starve = true;
    outcome->fairness = FAIRNESS_WEAK;
    outcome->wait_count = 2;
    outcome->waits = memory_new(2, sizeof *outcome->waits);
    outcome->waits[0] = (struct outcome_wait){
        .thread = memory_copy_string("T0"), .is_bounded = true, .steps = 12, .ticks = 1300};
    struct outcome_wait *starving = &outcome->waits[1];
    *starving = (struct outcome_wait){
        .thread = memory_copy_string("T1"), .starves = true, .stem_count = 4, .loop_count = 6, .trace = race_run(2, 10, "1x1 0x9")};
    starving->schedule = memory_new(10, sizeof *starving->schedule);
    starving->schedule[0] = 1;
    property_add_number(&starving->parameters, &starving->parameter_count, "quantum", 5);
    property_add_number(&starving->parameters, &starving->parameter_count, "phase", 3);
    return outcome;
}

static void test_starvation_report(void)
{
    struct outcome *outcome = waiting_outcome();
    char *text = report(outcome, &plain);
    CU_ASSERT_TRUE(says(text, "\nstarvation    T0 waits at most 12 steps (1,300 ticks), under weak fairness\n"
                              "              T1 can wait for ever, under weak fairness\n"));
    CU_ASSERT_TRUE(says(text, "\nHow T1 can wait for ever with phase 3, under weak fairness: 4 steps, then a loop\nof 6 steps\n"));
    CU_ASSERT_TRUE(says(text, "\n      -- again and again, steps 5 to 10:\n   5 "));
    memory_free(text);
    outcome->can_deadlock = true;
    outcome->fairness = FAIRNESS_STRONG;
    outcome->waits[0].ticks = 12;
    text = report(outcome, &plain);
    CU_ASSERT_TRUE(says(text, "T0 waits at most 12 steps, deadlocks apart, under strong fairness\n"));
    memory_free(text);
    outcome->can_deadlock = false;
    outcome->waits[0].is_bounded = false;
    outcome->fairness = FAIRNESS_NONE;
    text = report(outcome, &plain);
    CU_ASSERT_TRUE(says(text, "T0 waits without bound, but never for ever, without fairness\n"));
    memory_free(text);
    outcome->waits[0].is_bounded = true;
    outcome->waits[0].steps = outcome->waits[0].ticks = 0;
    text = report(outcome, &plain);
    CU_ASSERT_TRUE(says(text, "starvation    T0 never waits, without fairness\n"));
    memory_free(text);
    outcome_free(outcome);
}

/* A folded loop of the program is not folded over the border of the lasso. */
static void test_lasso_table(void)
{
    static const struct {
        size_t loop;
        const char *words;
    } borders[] = {{12, "\n 1-12     12 steps: 4 x lines 5-7    0 -> 4\n       -- again and again, steps 13 to 30:\n13-30 "},
                   {0, "\n      -- again and again, steps 1 to 30:\n1-30 "}};
    struct trace *trace = race_run(1, 10, "0x30");
    for (size_t b = 0; b < 2; b++) {
        char *bytes = NULL;
        size_t length;
        FILE *stream = open_memstream(&bytes, &length);
        witness_table_print_lasso(stream, trace, borders[b].loop, &plain.terminal, false);
        fclose(stream);
        if (!says(bytes, borders[b].words))
            unit_note("%s", bytes);
        CU_ASSERT_PTR_NOT_NULL(strstr(bytes, borders[b].words));
        memory_free(bytes);
    }
    trace_free(trace);
}

/* Where the middle of a table is left out, the border is named all the same, once. */
static void test_lasso_in_a_gap(void)
{
    struct race race = race_new(2, 100, 600);
    for (uint32_t step = 0; step < 600; step++)
        race_step(&race, step % 2);
    char *bytes = NULL;
    size_t length;
    FILE *stream = open_memstream(&bytes, &length);
    witness_table_print_lasso(stream, race.trace, 300, &plain.terminal, false);
    fclose(stream);
    const char *border = strstr(bytes, "-- again and again, steps 301 to 600:");
    CU_ASSERT_PTR_NOT_NULL_FATAL(border);
    CU_ASSERT_PTR_NULL(strstr(border + 1, "-- again"));
    CU_ASSERT_TRUE(says(bytes, "steps 31 to 570 are left out"));
    memory_free(bytes);
    trace_free(race.trace);
}

static void test_starvation_document(void)
{
    struct outcome *outcome = waiting_outcome();
    char *bytes = document_of(outcome, NULL, false);
    json_t *document = json_loads(bytes, 0, NULL);
    CU_ASSERT_TRUE(member_is(document, "properties",
                             "{\"deadlock\":false,\"exclusive\":null,\"starvation\":{\"fairness\":\"weak\",\"possible\":true,"
                             "\"threads\":[{\"thread\":\"T0\",\"starves\":false,\"steps\":12,\"ticks\":1300,\"stem\":null,"
                             "\"loop\":null,\"scheduler\":null},{\"thread\":\"T1\",\"starves\":true,\"steps\":null,\"ticks\":null,"
                             "\"stem\":[1,0,0,0],\"loop\":[0,0,0,0,0,0],"
                             "\"scheduler\":{\"kind\":\"tick\",\"quantum\":5,\"phase\":3}}]}}"));
    json_decref(document);
    memory_free(bytes);
    outcome->has_exclusion = true;
    outcome->has_starvation = outcome->complete = false;
    bytes = document_of(outcome, NULL, false);
    document = json_loads(bytes, 0, NULL);
    CU_ASSERT_TRUE(member_is(document, "properties", "{\"deadlock\":null,\"exclusive\":false,\"starvation\":null}"));
    json_decref(document);
    memory_free(bytes);
    outcome_free(outcome);
}

/* A schedule that stops where two threads are inside a critical section. */
static struct trace *overlapping_trace(void)
{
    struct trace *trace = race_run(2, 1, "0x1 1x1");
    trace->end = TRACE_UNFINISHED;
    trace->overlap_text = memory_copy_string("T0 and T1 are inside the critical section");
    return trace;
}

static void test_overlap(void)
{
    struct outcome *outcome = outcome_of("unlocked", 2, 1);
    outcome->has_exclusion = true;
    char *text = report(outcome, &plain);
    CU_ASSERT_TRUE(says(text, "exclusive     no: two threads can be inside the same critical section\n"));
    memory_free(text);
    add_witness(outcome, OUTCOME_OVERLAP, overlapping_trace());
    text = report(outcome, &plain);
    CU_ASSERT_TRUE(says(text, "exclusive     no: after 2 steps T0 and T1 are inside the critical section\n"));
    CU_ASSERT_TRUE(says(text, "How an overlap in a critical section comes about: 2 steps, 1 preemption (no\n"
                              "schedule that ends so is shorter)\n"));
    CU_ASSERT_TRUE(says(text, "\nNot exclusive: T0 and T1 are inside the critical section\n"));
    memory_free(text);
    char *bytes = document_of(outcome, &outcome->witnesses[0], false);
    struct error error = ERROR_INIT;
    struct witness_file *file = read_back(bytes, NULL, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT_EQUAL(file->end, OUTCOME_OVERLAP);
    CU_ASSERT_TRUE(witness_file_holds(file, outcome->witnesses[0].trace));
    memory_free(outcome->witnesses[0].trace->overlap_text);
    outcome->witnesses[0].trace->overlap_text = NULL;
    CU_ASSERT_FALSE(witness_file_holds(file, outcome->witnesses[0].trace));
    witness_file_free(file);
    memory_free(bytes);
    outcome->is_exclusive = true;
    text = report(outcome, &plain);
    CU_ASSERT_TRUE(says(text, "exclusive     yes: no two threads are ever inside the same critical section\n"));
    memory_free(text);
    outcome_free(outcome);
}

/* What a scheduler left open is told with the schedule that chose it, and nothing else of it is. */
static void test_choices(void)
{
    struct outcome *outcome = waiting_outcome();
    add_witness(outcome, OUTCOME_VALUE, race_run(2, 1, "0x3 1x3"));
    char *text = report(outcome, &plain);
    CU_ASSERT_TRUE(says(text, "scheduler     tick, quantum 5, phase any (one processor; after each quantum any"));
    CU_ASSERT_TRUE(says(text, "How value = 2 comes about: 6 steps"));
    memory_free(text);
    struct outcome_witness *witness = &outcome->witnesses[0];
    struct property phase = {.name = (char[]){"phase"}, .is_number = true, .number = 2};
    property_set(&witness->parameters, &witness->parameter_count, &phase);
    text = report(outcome, &plain);
    CU_ASSERT_TRUE(says(text, "How value = 2 comes about with phase 2: 6 steps"));
    memory_free(text);
    char *bytes = document_of(outcome, witness, false);
    CU_ASSERT_TRUE(says(bytes, "\"scheduler\": {\"kind\": \"tick\", \"quantum\": 5, \"phase\": 2}"));
    memory_free(bytes);
    outcome_free(outcome);
}

/* The end of an input or output says so, in the table and in the drawing. */
static void test_returns(void)
{
    struct trace *trace = race_run(2, 1, "0x3 1x3");
    trace->steps[1].is_return = true;
    char *bytes = NULL;
    size_t length;
    FILE *stream = open_memstream(&bytes, &length);
    witness_table_print(stream, trace, &plain.terminal, false);
    fclose(stream);
    CU_ASSERT_TRUE(says(bytes, "   2    returns from add $1, %ax ax=1 "));
    memory_free(bytes);
    Agraph_t *graph = drawn(trace, "title");
    CU_ASSERT_TRUE(says(agget(agnode(graph, (char[]){"step2"}, 0), (char[]){"label"}), "2   returns from add $1, %ax"));
    agclose(graph);
    trace_free(trace);
}

static void test_drawn_overlap(void)
{
    struct trace *trace = overlapping_trace();
    Agraph_t *graph = drawn(trace, "title");
    CU_ASSERT_TRUE(says(agget(agnode(graph, (char[]){"end"}, 0), (char[]){"label"}), "T0 and T1 are inside"));
    agclose(graph);
    trace_free(trace);
}

/* ---- Sweeps -------------------------------------------------------------------------------------------------- */

static void take_result(struct sweep_point *point, const struct outcome *outcome)
{
    point->status = 0;
    point->document = document_of(outcome, NULL, false);
    point->has_result = sweep_result_read(&point->result, point->document, strlen(point->document));
    CU_ASSERT_TRUE(point->has_result);
}

/* Three points: 2x1, one with gaps and deadlocks, one that failed. */
static struct sweep *small_sweep(void)
{
    struct sweep *sweep = sweep_new(3);
    sweep->axis_count = 1;
    sweep->names[0] = memory_copy_string("quantum");
    sweep->model = memory_copy_string("unlocked");
    property_add_number(&sweep->settings, &sweep->setting_count, "threads", 2);
    struct outcome *outcome = small_outcome();
    take_result(&sweep->points[0], outcome);
    add_row(outcome, 9, "3", "0/1", 0);
    mpz_set_ui(outcome->deadlocked, 7);
    outcome->can_deadlock = true;
    take_result(&sweep->points[1], outcome);
    outcome_free(outcome);
    for (int64_t p = 0; p < 3; p++)
        sweep->points[p].values[0] = p + 1;
    sweep->points[2].status = 2;
    sweep->points[2].note = memory_copy_string("said \"no\", twice");
    return sweep;
}

static char *swept(const struct sweep *sweep, const struct terminal *terminal)
{
    char *bytes = NULL;
    size_t length;
    FILE *stream = open_memstream(&bytes, &length);
    if (terminal != NULL)
        sweep_table_print(stream, sweep, terminal);
    else
        sweep_csv_write(stream, sweep);
    fclose(stream);
    return bytes;
}

static void test_sweep_table(void)
{
    struct sweep *sweep = small_sweep();
    CU_ASSERT_TRUE(is_string(swept(sweep, &(struct terminal){.width = 120}),
                             "checked       unlocked, 2 threads\n\n"
                             "quantum   minimum   maximum   values   reachable   schedules   deadlocked\n"
                             "      1         1         2        2   1..2               20            0\n"
                             "      2         1         9        3   1..2 9             23            7\n"
                             "      3         -         -        -   -                   -            -   said \"no\", twice\n"));
    CU_ASSERT_TRUE(is_string(swept(sweep, &(struct terminal){.width = 60}),
                             "checked       unlocked, 2 threads\n\n"
                             "quantum   minimum   maximum   values   reachable   schedules   deadlocked\n"
                             "      1         1         2        2   1..2               20            0\n"
                             "      2         1         9        3   1..2 9             23            7\n"
                             "      3         -         -        -   -                   -            -\n"
                             "          said \"no\", twice\n"));
    /* Without gaps and deadlocks these columns would say nothing. */
    sweep->point_count = 1;
    CU_ASSERT_TRUE(is_string(swept(sweep, &plain.terminal),
                             "checked       unlocked, 2 threads\n\n"
                             "quantum   minimum   maximum   values   schedules\n"
                             "      1         1         2        2          20\n"));
    sweep->point_count = 3;
    sweep_free(sweep);
}

static void test_sweep_csv(void)
{
    struct sweep *sweep = small_sweep();
    CU_ASSERT_TRUE(is_string(swept(sweep, NULL),
                             "quantum,status,complete,minimum,maximum,values,reachable,schedules,deadlocked,note\r\n"
                             "1,0,true,1,2,2,1..2,20,0,\r\n"
                             "2,0,true,1,9,3,1..2 9,23,7,\r\n"
                             "3,2,,,,,,,,\"said \"\"no\"\", twice\"\r\n"));
    sweep_free(sweep);
}

/* The documents of the points are in that of the sweep, whole. */
static void test_sweep_document(void)
{
    struct sweep *sweep = small_sweep();
    char *bytes = NULL;
    size_t length;
    FILE *stream = open_memstream(&bytes, &length);
    json_write_sweep(stream, sweep);
    fclose(stream);
    json_t *document = json_loads(bytes, JSON_REJECT_DUPLICATES, NULL);
    const json_t *points = json_object_get(document, "points");
    CU_ASSERT_EQUAL_FATAL(json_array_size(points), 3);
    for (size_t p = 0; p < 2; p++) {
        json_t *own = json_loads(sweep->points[p].document, 0, NULL);
        CU_ASSERT_TRUE(json_equal(own, json_object_get(json_array_get(points, p), "result")));
        json_decref(own);
    }
    CU_ASSERT_TRUE(json_is_null(json_object_get(json_array_get(points, 2), "result")));
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(json_array_get(points, 2), "note")), "said \"no\", twice");
    json_decref(document);
    memory_free(bytes);
    sweep_free(sweep);
}

static void test_sweep_ranges(void)
{
    struct intervals values = {0};
    static const struct {
        size_t columns;
        const char *text;
    } widths[] = {{SIZE_MAX, "-5..-4 0 7..20"}, {14, "-5..-4 0 7..20"}, {13, "-5..-4 0 ..."}, {12, "-5..-4 0 ..."}, {11, "-5..-4 ..."}};
    intervals_add(&values, 7, 20);
    intervals_add(&values, -5, -4);
    intervals_add(&values, 0, 0);
    for (size_t w = 0; w < sizeof widths / sizeof *widths; w++) {
        struct text text = TEXT_INIT;
        sweep_print_ranges(&text, &values, widths[w].columns);
        CU_ASSERT_TRUE(is_string(text_take(&text), widths[w].text));
    }
    intervals_free(&values);
}

/* What a process that died left half-written is no result. */
static void test_sweep_results_refused(void)
{
    struct outcome *outcome = small_outcome();
    char *bytes = document_of(outcome, NULL, false), *witness = document_of(outcome, &outcome->witnesses[0], false);
    struct sweep_result result;
    CU_ASSERT_TRUE(sweep_result_read(&result, bytes, strlen(bytes)));
    CU_ASSERT(result.complete && result.minimum == 1 && result.maximum == 2 && !result.endless && !result.can_deadlock);
    CU_ASSERT_STRING_EQUAL(result.schedules, "20");
    sweep_result_free(&result);
    for (size_t length = 0; length + 2 < strlen(bytes); length += 7)
        CU_ASSERT_FALSE(sweep_result_read(&result, bytes, length));
    CU_ASSERT_FALSE(sweep_result_read(&result, witness, strlen(witness)));
    memory_free(bytes);
    memory_free(witness);
    outcome_free(outcome);
}

/* ---- Replay -------------------------------------------------------------------------------------------------- */

static char *replayed(struct witness_file *claim, const struct trace *trace, bool *verdict)
{
    char *bytes = NULL;
    size_t length;
    FILE *stream = open_memstream(&bytes, &length);
    *verdict = text_report_replay(stream, claim, trace, &plain);
    fclose(stream);
    return bytes;
}

static void test_replay_report(void)
{
    struct outcome *outcome = rich_outcome();
    struct trace *trace = outcome->witnesses[0].trace;
    struct witness_file claim = {.model = outcome->model, .threads = 2, .iters = 10, .observe = outcome->observe};
    claim.scheduler = outcome->scheduler;
    claim.value = 2;
    bool verdict;
    char *text = replayed(&claim, trace, &verdict);
    CU_ASSERT_TRUE(verdict);
    CU_ASSERT_TRUE(says(text, "CONFIRMED: the schedule is possible and ends with value = 2"));
    memory_free(text);
    claim.value = 3;
    text = replayed(&claim, trace, &verdict);
    CU_ASSERT_FALSE(verdict);
    CU_ASSERT_TRUE(says(text, "REFUTED: the schedule is possible and ends with value = 2"));
    CU_ASSERT_TRUE(says(text, "claimed was value = 3"));
    memory_free(text);
    claim.value = 2;
    claim.has_preemptions = true;
    claim.preemptions = 3;
    text = replayed(&claim, trace, &verdict);
    CU_ASSERT_FALSE(verdict);
    CU_ASSERT_TRUE(says(text, "; claimed were 3 preemptions."));
    memory_free(text);
    claim.has_preemptions = false;
    trace->end = TRACE_UNFINISHED;
    memory_free(replayed(&claim, trace, &verdict));
    CU_ASSERT_FALSE(verdict);
    trace->end = TRACE_DEADLOCKED;
    claim.end = OUTCOME_DEADLOCK;
    memory_free(replayed(&claim, trace, &verdict));
    CU_ASSERT_TRUE(verdict);
    outcome_free(outcome);
}

/* ---- Drawings ------------------------------------------------------------------------------------------------ */

/* The number of edges between two nodes that have a label. */
static int labelled_edges(Agraph_t *graph, const char *from, const char *to)
{
    Agnode_t *tail = agnode(graph, (char *)(uintptr_t)from, 0), *head = agnode(graph, (char *)(uintptr_t)to, 0);
    int count = 0;
    for (Agedge_t *edge = tail != NULL ? agfstout(graph, tail) : NULL; edge != NULL; edge = agnxtout(graph, edge))
        count += aghead(edge) == head && agget(edge, (char[]){"label"})[0] == ' ' &&
                 strcmp(agget(edge, (char[]){"style"}), "solid") == 0;
    return count;
}

static void test_drawing(void)
{
    struct trace *trace = race_run(2, 1, "0x1 1x3 0x2");
    Agraph_t *graph = drawn(trace, "title");
    /* Six steps, a head and a foot a thread, the value at the start and at the end. */
    CU_ASSERT_EQUAL(agnnodes(graph), 6 + 2 + 2 + 2);
    CU_ASSERT_EQUAL(labelled_edges(graph, "start", "step1"), 1);
    CU_ASSERT_EQUAL(labelled_edges(graph, "start", "step2"), 1);
    CU_ASSERT_EQUAL(labelled_edges(graph, "step4", "step5"), 0);
    agclose(graph);
    trace_free(trace);
    trace = race_run(2, 2, "0x6 1x6");
    graph = drawn(trace, "title");
    CU_ASSERT_EQUAL(labelled_edges(graph, "start", "step1"), 1);
    CU_ASSERT_EQUAL(labelled_edges(graph, "step3", "step4"), 1);
    CU_ASSERT_EQUAL(labelled_edges(graph, "step6", "step7"), 1);
    CU_ASSERT_EQUAL(labelled_edges(graph, "step9", "step10"), 1);
    CU_ASSERT_STRING_EQUAL(agget(agnode(graph, (char[]){"step3"}, 0), (char[]){"penwidth"}), "3");
    agclose(graph);
    trace_free(trace);
}

static void test_drawing_of_long_schedules(void)
{
    struct trace *trace = race_run(2, 100, "0x1 1x297 0x2 1x1 0x297 1x2");
    Agraph_t *graph = drawn(trace, "title");
    CU_ASSERT_EQUAL(agnnodes(graph), 8 + 2 + 2 + 2);
    CU_ASSERT_EQUAL(labelled_edges(graph, "step300", "step301"), 1);
    CU_ASSERT_EQUAL(labelled_edges(graph, "step300", "step302"), 1);
    CU_ASSERT_TRUE(says(agget(graph, (char[]){"label"}), "are folded"));
    agclose(graph);
    trace_free(trace);
    struct race race = race_new(2, 100, 600);
    for (uint32_t step = 0; step < 600; step++)
        race_step(&race, step % 2);
    graph = drawn(race.trace, "title");
    CU_ASSERT_EQUAL(agnnodes(graph), 140 + 1 + 2 + 2 + 2);
    CU_ASSERT_TRUE(says(agget(graph, (char[]){"label"}), "is left out"));
    agclose(graph);
    trace_free(race.trace);
}

/* Quotes, backslashes, newlines and broken UTF-8 in names must not break the drawing. */
static void test_drawing_of_odd_names(void)
{
    struct trace *trace = race_run(2, 1, "0x1 1x1");
    trace->end = TRACE_DEADLOCKED;
    trace->end_text = memory_copy_string("T0 \"waits\" for\nmutex \\");
    memory_free(trace->threads[0]);
    trace->threads[0] = memory_copy_string("a\\");
    memory_free(trace->threads[1]);
    trace->threads[1] = memory_copy_string("<b>\xff\"");
    Agraph_t *graph = drawn(trace, "ends in a backslash \\");
    CU_ASSERT_STRING_EQUAL(agget(agnode(graph, (char[]){"head0"}, 0), (char[]){"label"}), "a\\\\");
    CU_ASSERT_STRING_EQUAL(agget(agnode(graph, (char[]){"head1"}, 0), (char[]){"label"}), "<b>\xef\xbf\xbd\"");
    CU_ASSERT_TRUE(says(agget(agnode(graph, (char[]){"end"}, 0), (char[]){"label"}), "mutex \\\\"));
    agclose(graph);
    trace_free(trace);
}

static void test_state_graph(void)
{
    struct stategraph_node nodes[] = {{(char[]){"value=0\nT0: \\"}, STATE_INNER, 0},
                                      {(char[]){"end"}, STATE_FINAL, 1},
                                      {(char[]){"stuck"}, STATE_DEADLOCK, 1},
                                      {(char[]){"broken"}, STATE_FAILURE, 1}};
    struct stategraph_edge edges[] = {{0, 1, 0, (char[]){"T0: a"}},
                                      {0, 1, 1, (char[]){"T1: b"}},
                                      {0, 2, 0, (char[]){"T0"}},
                                      {0, 3, 0, (char[]){"T0"}}};
    struct stategraph states = {nodes, 4, edges, 4, false};
    struct outcome *outcome = outcome_of("unlocked", 2, 1);
    char *bytes = NULL;
    size_t length;
    FILE *stream = open_memstream(&bytes, &length);
    CU_ASSERT_TRUE(dot_write_stategraph(stream, &states, outcome));
    fclose(stream);
    Agraph_t *graph = agmemread(bytes);
    CU_ASSERT_PTR_NOT_NULL_FATAL(graph);
    CU_ASSERT_EQUAL(agnnodes(graph), 4);
    CU_ASSERT_EQUAL(agnedges(graph), 4);
    CU_ASSERT_STRING_EQUAL(agget(agnode(graph, (char[]){"state1"}, 0), (char[]){"shape"}), "ellipse");
    CU_ASSERT_STRING_EQUAL(agget(agnode(graph, (char[]){"state2"}, 0), (char[]){"shape"}), "octagon");
    CU_ASSERT_STRING_EQUAL(agget(agnode(graph, (char[]){"state3"}, 0), (char[]){"shape"}), "hexagon");
    agclose(graph);
    memory_free(bytes);
    outcome_free(outcome);
}

static void test_drawing_on_a_full_disk(void)
{
    struct trace *trace = race_run(2, 10, turns_to_2);
    struct error error = ERROR_INIT;
    struct output *output = output_open("/dev/full", &error);
    bool is_written = dot_write_trace(output_stream(output), trace, "title");
    CU_ASSERT_FALSE(is_written && output_commit(output, &error));
    if (!is_written)
        output_discard(output);
    trace_free(trace);
}

int main(void)
{
    static const CU_TestInfo tests[] = {
        {"numbers: exact and grouped digits", test_digits},
        {"numbers: long ones are shortened", test_long_numbers},
        {"numbers: shares are never rounded to nothing or all", test_shares},
        {"numbers: shares beyond a double", test_tiny_shares},
        {"numbers: fractions", test_fractions},
        {"numbers: what is approximate is never all or nothing", test_approximations},
        {"numbers: bounds are rounded up", test_bounds},
        {"text: what is no UTF-8 is replaced", test_utf8},
        {"text: bars", test_bars},
        {"text: a file is no terminal", test_no_terminal},
        {"text: paragraphs keep to their width", test_paragraph},
        {"schedules: loops are folded", test_runs_fold_loops},
        {"schedules: rounds begin at the head of the loop", test_runs_begin_at_the_head},
        {"schedules: runs cover them exactly", test_runs_cover},
        {"schedules: the chain of stores", test_chain},
        {"schedules: the chain in words", test_explanation},
        {"report: 2x1, to the letter", test_small_report},
        {"report: an incomplete analysis claims nothing", test_incomplete_report},
        {"report: values below the iterations", test_below},
        {"report: values alone, and what was omitted", test_values_alone},
        {"report: schedules that never end", test_endless_report},
        {"report: deadlocks", test_deadlock_report},
        {"report: errors of the program", test_failure_report},
        {"report: a long table is grouped", test_long_table},
        {"report: 8 and 40 threads fit 80 columns", test_unlike_threads},
        {"report: control characters stay away from the terminal", test_hostile_names},
        {"report: colours and times only where wanted", test_colours_and_timing},
        {"JSON: a result", test_result_document},
        {"JSON: what was not computed is null", test_result_without_numbers},
        {"JSON: numbers beyond 2^53 are strings", test_result_extremes},
        {"JSON: approximate probabilities", test_approximate_document},
        {"JSON: equal outcomes give equal bytes", test_equal_bytes},
        {"JSON: a witness is read as it was written", test_witness_round_trip},
        {"JSON: first values of registers", test_registers_round_trip},
        {"JSON: the witness of a result, by value", test_witness_of_result},
        {"JSON: a deadlock is read as it was written", test_deadlock_round_trip},
        {"JSON: invalid bytes do not lose the document", test_invalid_bytes},
        {"JSON: wrong witnesses are refused, naming the key", test_refused_witnesses},
        {"JSON: wrong files are refused, naming the place", test_refused_files},
        {"JSON: an endless file is refused", test_refused_size},
        {"properties: starvation", test_starvation_report},
        {"properties: the table of a lasso", test_lasso_table},
        {"properties: a lasso whose border is left out", test_lasso_in_a_gap},
        {"properties: as JSON", test_starvation_document},
        {"properties: exclusion", test_overlap},
        {"properties: what a scheduler left open", test_choices},
        {"properties: returns from input and output", test_returns},
        {"properties: a drawing of an overlap", test_drawn_overlap},
        {"sweeps: the table", test_sweep_table},
        {"sweeps: CSV, to the letter", test_sweep_csv},
        {"sweeps: JSON", test_sweep_document},
        {"sweeps: ranges in so many columns", test_sweep_ranges},
        {"sweeps: what is no result", test_sweep_results_refused},
        {"replay: claims are confirmed and refuted", test_replay_report},
        {"drawings: nodes and reads-from edges", test_drawing},
        {"drawings: long schedules are folded", test_drawing_of_long_schedules},
        {"drawings: odd names", test_drawing_of_odd_names},
        {"drawings: a state graph", test_state_graph},
        {"drawings: a full disk", test_drawing_on_a_full_disk},
        CU_TEST_INFO_NULL,
    };
    return unit_run("reports", tests);
}
