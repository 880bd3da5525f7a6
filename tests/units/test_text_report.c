/* The report for people: paragraphs, tables, what is said; and what replay says. */
#include "base/memory.h"
#include "base/paragraph.h"
#include "base/text.h"
#include "base/utf8.h"
#include "report/terminal.h"
#include "report/text_report.h"
#include "report/witness_file.h"
#include "report/witness_table.h"
#include "tests/support/handmade.h"
#include "tests/support/race.h"
#include "tests/support/unit.h"

#include <cgraph.h>
#include <stdlib.h>
#include <string.h>

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

static size_t widest_line(const char *text)
{
    size_t widest = 0;
    char *copy = memory_copy_string(text), *rest = NULL;
    for (char *line = strtok_r(copy, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest))
        widest = utf8_columns(line) > widest ? utf8_columns(line) : widest;
    memory_free(copy);
    return widest;
}

static void test_utf8(void)
{
    CU_ASSERT_TRUE(unit_is(utf8_clean("plain \xc3\xa4\xe2\x82\xac\xf0\x9f\x90\x9e\n"),
                           "plain \xc3\xa4\xe2\x82\xac\xf0\x9f\x90\x9e\n"));
    CU_ASSERT_TRUE(unit_is(utf8_clean("a\xff"
                                      "b"),
                           "a\xef\xbf\xbd"
                           "b"));
    CU_ASSERT_TRUE(unit_is(utf8_clean("\xe2\x82"), "\xef\xbf\xbd\xef\xbf\xbd"));
    /* An overlong slash, a surrogate, and a code beyond the last one. */
    CU_ASSERT_TRUE(unit_is(utf8_clean("\xc0\xaf"), "\xef\xbf\xbd\xef\xbf\xbd"));
    CU_ASSERT_TRUE(unit_is(utf8_clean("\xed\xa0\x80"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"));
    CU_ASSERT_TRUE(unit_is(utf8_clean("\xf4\x90\x80\x80"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"));
    CU_ASSERT_TRUE(unit_is(utf8_line("a\033[2Jb\n\xc2\x9b"), "a\xef\xbf\xbd[2Jb\xef\xbf\xbd\xef\xbf\xbd"));
    /* What would turn a listing round, or break its lines: Trojan Source. */
    CU_ASSERT_TRUE(
        unit_is(utf8_line("a\xe2\x80\xae\x62\xe2\x81\xa6 \xef\xbb\xbf"), "a\xef\xbf\xbd\x62\xef\xbf\xbd \xef\xbf\xbd"));
    CU_ASSERT_TRUE(
        unit_is(utf8_line("\xe2\x80\xa8 \xe2\x80\x8e \xe2\x80\xa7"), "\xef\xbf\xbd \xef\xbf\xbd \xe2\x80\xa7"));
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
    CU_ASSERT_TRUE(unit_is(bar(false, 1, 4), "####"));
    CU_ASSERT_TRUE(unit_is(bar(false, 0.5, 4), "##"));
    CU_ASSERT_TRUE(unit_is(bar(false, 1e-9, 4), "#"));
    CU_ASSERT_TRUE(unit_is(bar(false, 0, 4), ""));
    CU_ASSERT_TRUE(unit_is(bar(false, 2, 4), "####"));
    CU_ASSERT_TRUE(unit_is(bar(true, 1e-9, 4), "\xe2\x96\x8f"));
    CU_ASSERT_TRUE(unit_is(bar(true, 0.5, 3), "\xe2\x96\x88\xe2\x96\x8c"));
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
    CU_ASSERT_TRUE(unit_is(text_take(&text), "one\n  two three\n  incomprehensibilities\n  x\n"));
}

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
                                   "! preemption: the interrupted thread could have continued\n"
                                   "\n"
                                   "Why 1: only 1 of the 2 stores to value counts: T0 loads 0 (step 1) and stores 1\n"
                                   "(step 6). The other one is lost: it is overwritten by a thread that had not seen\n"
                                   "it.\n"
                                   "\n"
                                   "explored      16 states, 24 transitions; longest schedule 6 steps; values were\n"
                                   "              folded, not stored in states\n";
    struct outcome *outcome = handmade_small();
    CU_ASSERT_TRUE(unit_is(report(outcome, &plain), expected));
    outcome_free(outcome);
}

static void test_incomplete_report(void)
{
    struct outcome *outcome = handmade_outcome("unlocked", 2, 10);
    outcome->complete = false;
    outcome->incomplete_reason = memory_copy_string("the limit of 1000 states (--max-states) was reached");
    outcome->has_values = true;
    intervals_add(&outcome->values, 12, 14);
    intervals_add(&outcome->values, 20, 20);
    char *text = report(outcome, &plain);
    CU_ASSERT_TRUE(unit_says(text, "INCOMPLETE: the limit of 1000 states (--max-states) was reached."));
    CU_ASSERT_TRUE(unit_says(text, "least found   12\n"));
    CU_ASSERT_TRUE(unit_says(text, "found         12 .. 14, 20 (4 values)\n"));
    CU_ASSERT_TRUE(unit_says(text, "below 10      none found so far\n"));
    CU_ASSERT_TRUE(unit_says(text, "deadlock      none found so far\n"));
    CU_ASSERT_TRUE(unit_says(text, "schedules     not counted\n"));
    CU_ASSERT_PTR_NULL(strstr(text, "minimum  "));
    CU_ASSERT_PTR_NULL(strstr(text, "impossible"));
    memory_free(text);
    outcome_free(outcome);
}

static void test_below(void)
{
    struct outcome *outcome = handmade_outcome("unlocked", 2, 10);
    outcome->has_values = true;
    outcome->observed_first = -5;
    intervals_add(&outcome->values, -3, 2);
    intervals_add(&outcome->values, 4, 15);
    char *text = report(outcome, &plain);
    CU_ASSERT_TRUE(unit_says(text, "below 5       yes: -3 .. 2, 4."));
    CU_ASSERT_TRUE(unit_says(text, "reachable     -3 .. 2, 4 .. 15 (18 values)\n"));
    memory_free(text);
    /* Where threads do not count, the number of iterations is no measure. */
    outcome->is_counted = false;
    text = report(outcome, &plain);
    CU_ASSERT_PTR_NULL(strstr(text, "below"));
    memory_free(text);
    outcome_free(outcome);
}

static void test_values_alone(void)
{
    struct outcome *outcome = handmade_outcome("unlocked", 2, 1000000);
    outcome->has_values = true;
    intervals_add(&outcome->values, INT64_MIN, INT64_MAX);
    outcome->endless = true;
    outcome_omit(outcome, "counts", "about 40 s and 3 GB", "--compute counts");
    char *text = report(outcome, &plain);
    CU_ASSERT_TRUE(unit_says(text, "minimum       -9223372036854775808\n"));
    CU_ASSERT_TRUE(unit_says(text, "(at least\n              18,446,744,073,709,551,615 values)"));
    CU_ASSERT_TRUE(unit_says(text, "schedules     infinitely many"));
    CU_ASSERT_TRUE(unit_says(text, "not computed  counts: about 40 s and 3 GB; --compute counts computes it\n"));
    CU_ASSERT_PTR_NULL(strstr(text, "preempt."));
    memory_free(text);
    outcome_free(outcome);
}

static void test_endless_report(void)
{
    struct outcome *outcome = handmade_endless();
    char *text = report(outcome, &plain);
    CU_ASSERT_TRUE(unit_says(text, "infinitely many: the state space has cycles"));
    CU_ASSERT_TRUE(unit_says(text, "         1     87.5 %"));
    CU_ASSERT_TRUE(unit_says(text, "\nnever ends     12.5 %\n"));
    CU_ASSERT_PTR_NULL(strstr(text, "approximate"));
    CU_ASSERT_PTR_NULL(strstr(text, "total"));
    memory_free(text);
    outcome->random_error = 5.61e-10;
    text = report(outcome, &plain);
    CU_ASSERT_TRUE(unit_says(text, "its\nprobabilities are approximate, each within 5.7e-8 % of the exact one\n"));
    memory_free(text);
    outcome_free(outcome);
}

static void test_deadlock_report(void)
{
    struct outcome *outcome = handmade_outcome("deadlock", 2, 1);
    handmade_add_row(outcome, 2, "4", "5/6", 0);
    outcome->has_counts = outcome->has_random = true;
    mpz_set_ui(outcome->deadlocked, 2);
    mpz_add_ui(outcome->schedules, outcome->schedules, 2);
    mpq_set_ui(outcome->random_deadlocked, 1, 6);
    outcome->can_deadlock = outcome->can_fail = true;
    outcome->failure_text = memory_copy_string("a.s:3:1: T0: overflow of a 64-bit value");
    struct trace *trace = race_run(2, 1, "0x1 1x1");
    trace->end = TRACE_DEADLOCKED;
    trace->end_text = memory_copy_string("T0 waits for mutex b, held by T1; T1 waits for mutex a, held by T0");
    handmade_add_witness(outcome, OUTCOME_DEADLOCK, trace);
    char *text = report(outcome, &plain);
    CU_ASSERT_TRUE(unit_says(text, "deadlock      possible: 2 schedules; the shortest, of 2 steps: T0 waits for\n"));
    CU_ASSERT_TRUE(unit_says(text, "error         possible: a.s:3:1: T0: overflow"));
    CU_ASSERT_TRUE(unit_says(text, "\ndeadlock          2  33.3 %     16.7 %\n"));
    CU_ASSERT_TRUE(unit_says(text, "How a deadlock comes about: 2 steps, 1 preemption (no schedule that ends so is"));
    CU_ASSERT_TRUE(unit_says(text, "Deadlock: T0 waits for mutex b"));
    CU_ASSERT_PTR_NULL(strstr(text, "Why"));
    memory_free(text);
    outcome_free(outcome);
}

static void test_failure_report(void)
{
    struct outcome *outcome = handmade_outcome("unlocked", 1, 1);
    outcome->has_values = outcome->can_fail = true;
    struct trace *trace = race_run(1, 1, "0x2");
    trace->end = TRACE_FAILED;
    trace->end_text = memory_copy_string("overflow");
    handmade_add_witness(outcome, OUTCOME_FAILURE, trace);
    char *text = report(outcome, &plain);
    CU_ASSERT_TRUE(unit_says(text, "values        none: no schedule ends\n"));
    CU_ASSERT_TRUE(unit_says(text, "   2     add $1, %ax     error       0\n"));
    CU_ASSERT_TRUE(unit_says(text, "Error of the program: overflow\n"));
    memory_free(text);
    outcome_free(outcome);
}

/* 100 values: the middle is grouped, the groups add up, and --full lists every one. */
static void test_long_table(void)
{
    struct outcome *outcome = handmade_outcome("unlocked", 2, 50);
    for (int64_t value = 1; value <= 100; value++)
        handmade_add_row(outcome, value, value == 50 ? "100000" : "3", "0/1", value % 2 == 0 ? 4 : 2);
    outcome->has_counts = outcome->has_preemptions = true;
    char *text = report(outcome, &plain);
    CU_ASSERT_TRUE(unit_says(text, "\n      12          3  3.0e-3 %         4  #######\n"));
    CU_ASSERT_TRUE(unit_says(text, "\n13 .. 17         15  0.0150 %    2 .. 4  #######\n"));
    CU_ASSERT_TRUE(unit_says(text, "\n48 .. 52    100,012    99.7 %    2 .. 4  ################################\n"));
    CU_ASSERT_TRUE(unit_says(text, "\n      88          3"));
    CU_ASSERT_TRUE(unit_says(text, "13 to 88 are grouped (bar: mean of the group); --full lists them all.\n"));
    CU_ASSERT_TRUE(widest_line(text) <= 80);
    memory_free(text);
    struct text_report_options full = plain;
    full.full = true;
    text = report(outcome, &full);
    CU_ASSERT_TRUE(unit_says(text, "\n   50    100,000"));
    CU_ASSERT_PTR_NULL(strstr(text, "grouped"));
    memory_free(text);
    outcome_free(outcome);
}

static void test_unlike_threads(void)
{
    struct outcome *outcome = handmade_outcome("unlocked", 8, 2);
    handmade_add_witness(outcome, OUTCOME_VALUE, race_run(8, 2, "0x1 1x1 0x5 1x5 2x6 3x6 4x6 5x1 6x6 7x6 5x5"));
    char *text = report(outcome, &plain);
    CU_ASSERT_TRUE(unit_says(text, " step     T0 T1 T2 T3 T4 T5 T6 T7   instruction                 value\n"));
    CU_ASSERT_TRUE(unit_says(text, "\n38-43     .  .  .  .  .  .  .  *    6 steps: 2 x lines 5-7   10 -> 12\n"));
    CU_ASSERT_TRUE(widest_line(text) <= 80);
    memory_free(text);
    outcome_free(outcome);
    outcome = handmade_outcome("unlocked", 40, 1);
    struct text turns = TEXT_INIT;
    for (int thread = 0; thread < 40; thread++)
        text_print(&turns, "%dx3 ", thread);
    handmade_add_witness(outcome, OUTCOME_VALUE, race_run(40, 1, text_string(&turns)));
    text_free(&turns);
    text = report(outcome, &plain);
    CU_ASSERT_TRUE(unit_says(text, "   by    instruction"));
    CU_ASSERT_TRUE(unit_says(text, "     T39   mov %ax, value          39 -> 40\n"));
    CU_ASSERT_TRUE(unit_says(text, "steps 31 to 90 are left out (--full shows them)"));
    CU_ASSERT_TRUE(widest_line(text) <= 80);
    memory_free(text);
    outcome_free(outcome);
}

/* Names from a hostile file must not reach the terminal as they are. */
static void test_hostile_names(void)
{
    struct outcome *outcome = handmade_outcome("a\033]0;x\007\xff.s", 2, 1);
    memory_free(outcome->observe);
    outcome->observe = memory_copy_string("v\nw");
    char *text = report(outcome, &plain);
    CU_ASSERT_TRUE(unit_says(text, "a\xef\xbf\xbd]0;x\xef\xbf\xbd\xef\xbf\xbd.s, 2 threads"));
    CU_ASSERT_TRUE(unit_says(text, "observed      v\xef\xbf\xbdw, 0"));
    CU_ASSERT_PTR_NULL(strchr(text, '\033'));
    memory_free(text);
    outcome_free(outcome);
}

static void test_colours_and_timing(void)
{
    struct outcome *outcome = handmade_small();
    struct text_report_options options = plain;
    char *text = report(outcome, &options);
    CU_ASSERT_PTR_NULL(strchr(text, '\033'));
    CU_ASSERT_PTR_NULL(strstr(text, "\ntime"));
    memory_free(text);
    options.terminal.colour = options.timing = true;
    outcome->seconds = 0.25;
    text = report(outcome, &options);
    CU_ASSERT_PTR_NOT_NULL(strchr(text, '\033'));
    CU_ASSERT_TRUE(unit_says(text, "0.250 s"));
    memory_free(text);
    outcome_free(outcome);
}

static void test_starvation_report(void)
{
    struct outcome *outcome = handmade_waiting();
    char *text = report(outcome, &plain);
    CU_ASSERT_TRUE(unit_says(text, "\nstarvation    T0 waits at most 12 steps (1,300 ticks), under weak fairness\n"
                                   "starvation    T1 can wait for ever, under weak fairness\n"));
    CU_ASSERT_TRUE(unit_says(
        text, "\nHow T1 can wait for ever with phase 3, under weak fairness: 4 steps, then a loop\nof 6 steps\n"));
    CU_ASSERT_TRUE(unit_says(text, "\n      -- again and again, steps 5 to 10:\n   5 "));
    memory_free(text);
    outcome->can_deadlock = true;
    outcome->fairness = FAIRNESS_STRONG;
    outcome->waits[0].ticks = 12;
    text = report(outcome, &plain);
    CU_ASSERT_TRUE(unit_says(text, "T0 waits at most 12 steps, deadlocks apart, under strong fairness\n"));
    memory_free(text);
    outcome->can_deadlock = false;
    outcome->waits[0].is_bounded = false;
    outcome->fairness = FAIRNESS_NONE;
    text = report(outcome, &plain);
    CU_ASSERT_TRUE(unit_says(text, "T0 can wait unboundedly, but not for ever, without fairness\n"));
    memory_free(text);
    outcome->waits[0].is_bounded = true;
    outcome->waits[0].steps = outcome->waits[0].ticks = 0;
    text = report(outcome, &plain);
    CU_ASSERT_TRUE(unit_says(text, "starvation    T0 never waits, without fairness\n"));
    memory_free(text);
    outcome_free(outcome);
}

/* A folded loop of the program is not folded over the border of the lasso. */
static void test_lasso_table(void)
{
    static const struct {
        size_t loop;
        const char *words;
    } borders[] = {
        {12, "\n 1-12     12 steps: 4 x lines 5-7    0 -> 4\n       -- again and again, steps 13 to 30:\n13-30 "},
        {0, "\n      -- again and again, steps 1 to 30:\n1-30 "}};
    struct trace *trace = race_run(1, 10, "0x30");
    for (size_t b = 0; b < 2; b++) {
        char *bytes = NULL;
        size_t length;
        FILE *stream = open_memstream(&bytes, &length);
        witness_table_print(stream, trace, borders[b].loop, &plain.terminal, false);
        fclose(stream);
        if (!unit_says(bytes, borders[b].words))
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
    witness_table_print(stream, race.trace, 300, &plain.terminal, false);
    fclose(stream);
    const char *border = strstr(bytes, "-- again and again, steps 301 to 600:");
    CU_ASSERT_PTR_NOT_NULL_FATAL(border);
    CU_ASSERT_PTR_NULL(strstr(border + 1, "-- again"));
    CU_ASSERT_TRUE(unit_says(bytes, "steps 31 to 570 are left out"));
    memory_free(bytes);
    trace_free(race.trace);
}

static void test_overlap(void)
{
    struct outcome *outcome = handmade_outcome("unlocked", 2, 1);
    outcome->has_exclusion = true;
    char *text = report(outcome, &plain);
    CU_ASSERT_TRUE(unit_says(text, "exclusive     no: two threads can be inside the same critical section\n"));
    memory_free(text);
    handmade_add_witness(outcome, OUTCOME_OVERLAP, handmade_overlap());
    text = report(outcome, &plain);
    CU_ASSERT_TRUE(unit_says(text, "exclusive     no: after 2 steps T0 and T1 are inside the critical section\n"));
    CU_ASSERT_TRUE(unit_says(text, "How an overlap in a critical section comes about: 2 steps, 1 preemption (no\n"
                                   "schedule that ends so is shorter)\n"));
    CU_ASSERT_TRUE(unit_says(text, "\nNot exclusive: T0 and T1 are inside the critical section\n"));
    memory_free(text);
    char *bytes = handmade_document(outcome, &outcome->witnesses[0], false);
    struct error error = ERROR_INIT;
    struct witness_file *file = handmade_read_back(bytes, NULL, &error);
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
    CU_ASSERT_TRUE(unit_says(text, "exclusive     yes: no two threads are ever inside the same critical section\n"));
    memory_free(text);
    outcome_free(outcome);
}

/* What a scheduler left open is told with the schedule that chose it, and nothing else of it is. */
static void test_choices(void)
{
    struct outcome *outcome = handmade_waiting();
    handmade_add_witness(outcome, OUTCOME_VALUE, race_run(2, 1, "0x3 1x3"));
    char *text = report(outcome, &plain);
    CU_ASSERT_TRUE(unit_says(text, "scheduler     tick, quantum 5, phase any (one processor; after each quantum any"));
    CU_ASSERT_TRUE(unit_says(text, "How value = 2 comes about: 6 steps"));
    memory_free(text);
    struct outcome_witness *witness = &outcome->witnesses[0];
    struct property phase = {.name = (char[]){"phase"}, .is_number = true, .number = 2};
    property_set(&witness->parameters, &witness->parameter_count, &phase);
    text = report(outcome, &plain);
    CU_ASSERT_TRUE(unit_says(text, "How value = 2 comes about with phase 2: 6 steps"));
    memory_free(text);
    char *bytes = handmade_document(outcome, witness, false);
    CU_ASSERT_TRUE(unit_says(bytes, "\"scheduler\": {\"kind\": \"tick\", \"quantum\": 5, \"phase\": 2}"));
    memory_free(bytes);
    outcome_free(outcome);
}

/* The end of an input or output unit_says so, in the table and in the drawing. */
static void test_returns(void)
{
    struct trace *trace = race_run(2, 1, "0x3 1x3");
    trace->steps[1].is_return = true;
    char *bytes = NULL;
    size_t length;
    FILE *stream = open_memstream(&bytes, &length);
    witness_table_print(stream, trace, SIZE_MAX, &plain.terminal, false);
    fclose(stream);
    CU_ASSERT_TRUE(unit_says(bytes, "   2    returns from add $1, %ax ax=1 "));
    memory_free(bytes);
    Agraph_t *graph = handmade_drawing(trace, "title");
    CU_ASSERT_TRUE(
        unit_says(agget(agnode(graph, (char[]){"step2"}, 0), (char[]){"label"}), "2   returns from add $1, %ax"));
    agclose(graph);
    trace_free(trace);
}

static char *replayed(struct witness_file *claim, const struct trace *trace, bool *verdict)
{
    char *bytes = NULL;
    size_t length;
    FILE *stream = open_memstream(&bytes, &length);
    *verdict = text_report_replay(stream, claim, trace, NULL, &plain);
    fclose(stream);
    return bytes;
}

static void test_replay_report(void)
{
    struct outcome *outcome = handmade_rich();
    struct trace *trace = outcome->witnesses[0].trace;
    struct witness_file claim = {
        .model = outcome->model, .threads = 2, .iters = 10, .observe = outcome->observe, .has_value = true};
    claim.scheduler = outcome->scheduler;
    claim.value = 2;
    bool verdict;
    char *text = replayed(&claim, trace, &verdict);
    CU_ASSERT_TRUE(verdict);
    CU_ASSERT_TRUE(unit_says(text, "CONFIRMED: the schedule is possible and ends with value = 2"));
    memory_free(text);
    claim.value = 3;
    text = replayed(&claim, trace, &verdict);
    CU_ASSERT_FALSE(verdict);
    CU_ASSERT_TRUE(unit_says(text, "REFUTED: the schedule is possible, but it ends with value = 2"));
    CU_ASSERT_TRUE(unit_says(text, "claimed was value = 3"));
    memory_free(text);
    claim.value = 2;
    claim.has_preemptions = true;
    claim.preemptions = 3;
    text = replayed(&claim, trace, &verdict);
    CU_ASSERT_FALSE(verdict);
    CU_ASSERT_TRUE(unit_says(text, "; claimed were 3 preemptions."));
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

int main(void)
{
    static const CU_TestInfo tests[] = {
        {"text: what is no UTF-8 is replaced", test_utf8},
        {"text: bars", test_bars},
        {"text: a file is no terminal", test_no_terminal},
        {"text: paragraphs keep to their width", test_paragraph},
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
        {"properties: starvation", test_starvation_report},
        {"properties: the table of a lasso", test_lasso_table},
        {"properties: a lasso whose border is left out", test_lasso_in_a_gap},
        {"properties: exclusion", test_overlap},
        {"properties: what a scheduler left open", test_choices},
        {"properties: returns from input and output", test_returns},
        {"replay: claims are confirmed and refuted", test_replay_report},
        CU_TEST_INFO_NULL,
    };
    return unit_run("text report", tests);
}
