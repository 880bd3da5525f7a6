/* Outputs: the tree of some texts, what is told of those of very many, and how many schedules print along each transition. Takes a number
 * of random programs as its argument: tests/units/test_outputs 2000. */
#include "program/outputs.h"

#include "analysis/claim.h"
#include "analysis/outcome.h"
#include "base/memory.h"
#include "tests/support/subject.h"
#include "tests/support/unit.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static unsigned runs = 300;

/* ---- The tree ---------------------------------------------------------------------------------------------------- */

static void check_text(const struct outputs *outputs, uint32_t node, const char *expected)
{
    char *text = outputs_text(outputs, node);
    CU_ASSERT_STRING_EQUAL(text, expected);
    memory_free(text);
}

static void test_tree(void)
{
    struct outputs *outputs = outputs_new();
    uint32_t ab = outputs_add(outputs, "ab"), abcd = outputs_add(outputs, "abcd"), b = outputs_add(outputs, "b");
    CU_ASSERT(ab < abcd && abcd < b && outputs_add(outputs, "ab") == ab);
    uint32_t other = outputs_other(outputs), abc = outputs_go(outputs, ab, "c");
    CU_ASSERT(outputs_go(outputs, 0, "ab") == ab && outputs_go(outputs, abc, "d") == abcd && abc != other);
    CU_ASSERT(outputs_go(outputs, ab, "") == ab && outputs_go(outputs, 0, "") == 0);
    CU_ASSERT(outputs_go(outputs, b, "b") == other && outputs_go(outputs, other, "ab") == other);
    CU_ASSERT(outputs_end(outputs, ab) == ab && outputs_end(outputs, abc) == other);
    CU_ASSERT(outputs_end(outputs, 0) == other && outputs_end(outputs, other) == other);
    check_text(outputs, ab, "ab");
    check_text(outputs, abc, "abc");
    check_text(outputs, 0, "");
    CU_ASSERT_PTR_NULL(outputs_text(outputs, other));
    CU_ASSERT_EQUAL(outputs_add(outputs, ""), 0);
    CU_ASSERT_EQUAL(outputs_end(outputs, 0), 0);
    outputs_free(outputs);
}

/* ---- Analyses ---------------------------------------------------------------------------------------------------- */

static const struct observation_place printed = {OBSERVED_OUTPUT, 0};

static struct outcome *analyse(const struct program *program, const struct observation *observation, uint64_t most,
                               const struct observed_end *ends, size_t count)
{
    struct analysis_options options = {.observation = *observation,
                                       .outputs_max = most,
                                       .witness = count > 0 ? WITNESS_VALUE : WITNESS_ALL,
                                       .witness_ends = ends,
                                       .witness_end_count = count,
                                       .count_behaviour = true};
    return subject_analyse(program, &options);
}

static const struct outcome_row *find_row(const struct outcome *outcome, const char *text)
{
    struct observed_end end = {.output = (char *)text, .count = 1};
    int64_t value;
    return outcome_find_end(outcome, &end, &value) ? outcome_row(outcome, value) : NULL;
}

/* ---- Three printers ---------------------------------------------------------------------------------------------- */

static void check_row(const struct outcome *outcome, const char *text, const char *schedules, const char *random,
                      uint32_t preemptions)
{
    const struct outcome_row *row = find_row(outcome, text);
    mpz_t count;
    mpq_t probability;
    CU_ASSERT_PTR_NOT_NULL_FATAL(row);
    mpz_init_set_str(count, schedules, 10);
    mpq_init(probability);
    mpq_set_str(probability, random, 10);
    CU_ASSERT_EQUAL(mpz_cmp(row->schedules, count), 0);
    CU_ASSERT_TRUE(mpq_equal(row->random, probability));
    CU_ASSERT_EQUAL(row->preemptions, preemptions);
    mpz_clear(count);
    mpq_clear(probability);
}

/* 30! / 10!^3 outputs, each by one schedule: while all three can print each is as likely as the others, then while two can. */
static void test_three_printers(void)
{
    static const char in_turn[] = "ABCABCABCABCABCABCABCABCABCABC", at_once[] = "AAAAAAAAAABBBBBBBBBBCCCCCCCCCC";
    struct program *program = subject_program(".thread a\n .rept 10\n print \"A\"\n .endr\n"
                                              ".thread b\n .rept 10\n print \"B\"\n .endr\n"
                                              ".thread c\n .rept 10\n print \"C\"\n .endr\n",
                                              1, 1);
    struct observation observation = {.places = {printed}, .count = 1};
    struct observed_end ends[] = {{.output = (char *)in_turn, .count = 1}, {.output = (char *)"AB", .count = 1}};
    struct outcome *outcome = analyse(program, &observation, 0, ends, 2);
    mpz_t all, others;
    CU_ASSERT_FATAL(outcome->complete && outcome->has_counts && outcome->has_random && outcome->has_preemptions);
    CU_ASSERT_FATAL(outcome->row_count == 4 && !outcome->has_all_outputs);
    mpz_init_set_str(all, "5550996791340", 10);
    mpz_init(others);
    mpz_sub_ui(others, all, 3);
    CU_ASSERT_EQUAL(mpz_cmp(outcome->behaviour->count, all), 0);
    CU_ASSERT_EQUAL(mpz_cmp(outcome->behaviour->schedules, all), 0);
    CU_ASSERT_EQUAL(mpz_cmp(outcome->rows[3].schedules, others), 0);
    CU_ASSERT_TRUE(outcome_is_other(outcome, outcome->rows[3].value));
    check_row(outcome, at_once, "1", "1/60466176", 0);
    check_row(outcome, in_turn, "1", "1/45753584909922", 27);
    check_row(outcome, "CCCCCCCCCCBBBBBBBBBBAAAAAAAAAA", "1", "1/60466176", 0);
    CU_ASSERT_PTR_NULL(find_row(outcome, "AB"));
    CU_ASSERT_FATAL(outcome->witness_count == 1 && outcome->witnesses[0].trace != NULL);
    CU_ASSERT_STRING_EQUAL(outcome->witnesses[0].trace->output, in_turn);
    mpz_clears(all, others, NULL);
    outcome_free(outcome);
    program_free(program);
}

/* ---- Random programs: some outputs told apart, and all ------------------------------------------------------------- */

/* What the rows of all outputs come to that some do not tell. */
struct sum {
    mpz_t schedules;
    mpq_t random;
    uint32_t preemptions;
};

static bool equals(const struct outcome_row *row, const struct outcome *outcome, const struct sum *sum)
{
    return (!outcome->has_counts || mpz_cmp(row->schedules, sum->schedules) == 0) &&
           (!outcome->has_random || mpq_equal(row->random, sum->random)) &&
           (!outcome->has_preemptions || row->preemptions == sum->preemptions);
}

static void add(struct sum *sum, const struct outcome *all, const struct outcome_row *row)
{
    if (all->has_counts)
        mpz_add(sum->schedules, sum->schedules, row->schedules);
    if (all->has_random)
        mpq_add(sum->random, sum->random, row->random);
    if (all->has_preemptions && row->preemptions < sum->preemptions)
        sum->preemptions = row->preemptions;
}

static char *text_of(const struct outcome *outcome, const struct outcome_row *row, size_t output)
{
    return outputs_text(outcome->outputs, (uint32_t)outcome_row_values(outcome, row)[output]);
}

/* Whether a row of all outputs belongs to one of some: the output is the same, or told by no row, and so is the word. */
static bool belongs(const struct outcome *some, const struct outcome_row *mine, const struct outcome *all,
                    const struct outcome_row *row, size_t output)
{
    char *text = text_of(all, row, output);
    uint32_t node = outputs_end(some->outputs, outputs_go(some->outputs, 0, text));
    memory_free(text);
    return (int64_t)node == outcome_row_values(some, mine)[output] &&
           (output == 0 || outcome_row_values(some, mine)[0] == outcome_row_values(all, row)[0]);
}

static bool agree(const struct outcome *some, const struct outcome *all, size_t output)
{
    bool agree = some->complete && some->has_counts == all->has_counts && some->has_random == all->has_random &&
                 some->has_preemptions == all->has_preemptions;
    size_t told = 0;
    for (size_t r = 0; r < some->row_count && agree; r++) {
        struct sum sum = {.preemptions = UINT32_MAX};
        mpz_init(sum.schedules);
        mpq_init(sum.random);
        for (size_t a = 0; a < all->row_count; a++)
            if (belongs(some, &some->rows[r], all, &all->rows[a], output)) {
                add(&sum, all, &all->rows[a]);
                told++;
            }
        agree = equals(&some->rows[r], some, &sum);
        mpz_clear(sum.schedules);
        mpq_clear(sum.random);
    }
    return agree && told == all->row_count;
}

/* Each witness prints what its row says, or, where that is any other text, one that no row tells. */
static bool are_shown(const struct outcome *some, size_t output)
{
    bool good = true;
    for (size_t w = 0; w < some->witness_count && good; w++) {
        const struct outcome_witness *witness = &some->witnesses[w];
        if (witness->end != OUTCOME_VALUE)
            continue;
        const char *text = witness->trace->output != NULL ? witness->trace->output : "";
        const struct outcome_row *row = outcome_row(some, witness->value);
        uint32_t node = outputs_end(some->outputs, outputs_go(some->outputs, 0, text));
        good = row != NULL && (int64_t)node == outcome_row_values(some, row)[output];
    }
    return good;
}

/* ---- Transitions ------------------------------------------------------------------------------------------------- */

/* Adds a number to each transition that a text takes. */
static void follow(const struct behaviour *behaviour, const char *text, mpz_srcptr number, mpz_t *sums)
{
    size_t state = 0;
    for (; *text != '\0'; text++) {
        size_t t = behaviour->states[state].first;
        while (behaviour->transitions[t].character != *text)
            t++;
        mpz_add(sums[t], sums[t], number);
        state = behaviour->transitions[t].target;
    }
}

/* Whether the schedules through each transition are those of the outputs that go through it. */
static bool adds_up(const struct outcome *all, size_t output)
{
    const struct behaviour *behaviour = all->behaviour;
    if (!all->has_counts || behaviour->through == NULL)
        return !all->has_counts || all->row_count == 0;
    bool is_right = true;
    mpz_t *sums = memory_new(behaviour->transition_count + 1, sizeof *sums);
    for (size_t t = 0; t < behaviour->transition_count; t++)
        mpz_init(sums[t]);
    for (size_t r = 0; r < all->row_count; r++) {
        char *text = text_of(all, &all->rows[r], output);
        follow(behaviour, text, all->rows[r].schedules, sums);
        memory_free(text);
    }
    for (size_t t = 0; t < behaviour->transition_count; t++) {
        is_right &= mpz_cmp(sums[t], behaviour->through[t]) == 0;
        mpz_clear(sums[t]);
    }
    memory_free(sums);
    return is_right;
}

/* ---- Claims ------------------------------------------------------------------------------------------------------ */

static enum claim_verdict judge(const struct program *program, const struct observation *observation,
                                const char *format, const char *text)
{
    struct budget budget = {0};
    struct error error = ERROR_INIT;
    struct text words = TEXT_INIT;
    struct outcome *outcome = outcome_new();
    struct analysis_options options = {.observation = *observation,
                                       .outputs_max = 1,
                                       .questions = QUESTION_ALL,
                                       .witness = WITNESS_MINIMUM,
                                       .budget = &budget};
    text_print(&words, "%s \"%s\"", format, text);
    outcome->claims = memory_new(1, sizeof *outcome->claims);
    CU_ASSERT_TRUE_FATAL(
        claim_parse(&outcome->claims[outcome->claim_count++], program, observation, text_string(&words), &error));
    budget_start(&budget);
    CU_ASSERT_TRUE_FATAL(analysis_run(program, &options, outcome, &error));
    enum claim_verdict verdict = outcome->claims[0].verdict;
    bool is_shown = !claim_is_shown(&outcome->claims[0]) || outcome->claims[0].witness != CLAIM_NO_WITNESS;
    outcome_free(outcome);
    text_free(&words);
    return is_shown ? verdict : CLAIM_UNKNOWN;
}

/* Claims about an output, and about one that goes on where it ends, which may be one, too. */
static bool claims_agree(const struct program *program, const struct observation *observation,
                         const struct outcome *all, const char *output)
{
    struct text longer = TEXT_INIT;
    text_print(&longer, "%sa", output);
    enum claim_verdict known = behaviour_has(all->behaviour, text_string(&longer)) ? CLAIM_HOLDS : CLAIM_VIOLATED;
    bool agree = judge(program, observation, "possible output ==", output) == CLAIM_HOLDS &&
                 judge(program, observation, "output !=", output) == CLAIM_VIOLATED &&
                 judge(program, observation, "possible output ==", text_string(&longer)) == known;
    text_free(&longer);
    return agree;
}

/* ---- All of it --------------------------------------------------------------------------------------------------- */

static bool check_some(const struct program *program, const struct observation *observation, const struct outcome *all,
                       uint64_t random)
{
    size_t output = observation->count - 1;
    struct observed_end end = {.count = observation->count};
    const struct outcome_row *row = &all->rows[random % all->row_count];
    memcpy(end.numbers, outcome_row_values(all, row), observation->count * sizeof *end.numbers);
    end.output = text_of(all, row, output);
    struct outcome *asked = analyse(program, observation, 1, &end, 1),
                   *shown = analyse(program, observation, 1, NULL, 0);
    int64_t value;
    bool good = !asked->has_all_outputs && agree(asked, all, output) && agree(shown, all, output) &&
                are_shown(asked, output) && are_shown(shown, output) && outcome_find_end(asked, &end, &value) &&
                outcome_row(asked, value) != NULL && shown->witness_count >= shown->row_count &&
                claims_agree(program, observation, all, end.output);
    outcome_free(asked);
    outcome_free(shown);
    memory_free(end.output);
    return good;
}

static unsigned draw(uint64_t *random, unsigned count)
{
    return (unsigned)(subject_random(random) >> 33) % count;
}

/* What one thread does: it prints texts that begin alike, and numbers that race; now and then it may skip something, wait for a mutex,
 * or go round for as long as it likes. */
static void print_thread(struct text *text, uint64_t *random, unsigned thread)
{
    static const char *const lines[] = {"print \"a\"", "print \"ab\"", "print \"b\"",     "print \"ba\"",
                                        "print %ax",   "mov x, %ax",   "add $1, x",       "mov %ax, x",
                                        "mov $2, x",   "print x",      "choose 1, 2, %ax"};
    unsigned steps = 2 + draw(random, 3), skipped = draw(random, 6), locked = draw(random, 8);
    text_print(text, ".thread t%u\n", thread);
    if (locked == 0)
        text_print(text, " lock m\n");
    for (unsigned s = 0; s < steps; s++) {
        if (s == skipped)
            text_print(text, " test $1, x\n je .end\n");
        text_print(text, " %s\n", lines[draw(random, sizeof lines / sizeof *lines)]);
    }
    if (draw(random, 12) == 0)
        text_print(text, ".top\n print \"a\"\n choose 0, 1, %%bx\n test $0, %%bx\n jne .top\n");
    text_print(text, ".end\n");
    if (locked == 0 && draw(random, 4) > 0)
        text_print(text, " unlock m\n");
}

static char *draw_program(uint64_t seed)
{
    struct text text = TEXT_INIT;
    uint64_t random = seed * UINT64_C(0x9e3779b97f4a7c15);
    text_print(&text, ".var x\n.mutex m\n");
    for (unsigned thread = 0, threads = 2 + draw(&random, 2); thread < threads; thread++)
        print_thread(&text, &random, thread);
    return text_take(&text);
}

static bool check_seed(uint64_t seed, unsigned *compared)
{
    char *text = draw_program(seed);
    struct program *program = subject_program(text, 1, 1);
    struct observation observation = {.places = {printed}, .count = 1};
    if (seed % 2 == 0)
        observation = (struct observation){.places = {{OBSERVED_WORD, 0}, printed}, .count = 2};
    struct outcome *all = analyse(program, &observation, 1000, NULL, 0);
    bool good = true;
    if (all->complete && all->has_all_outputs && all->row_count > 0) {
        good = adds_up(all, observation.count - 1);
        if (mpz_cmp_ui(all->behaviour->count, 1) > 0) {
            ++*compared;
            good = good && check_some(program, &observation, all, seed);
        }
    }
    if (!good)
        unit_note("seed %" PRIu64 "\n%s", seed, text);
    outcome_free(all);
    program_free(program);
    memory_free(text);
    return good;
}

static void test_random_programs(void)
{
    unsigned compared = 0;
    for (uint64_t seed = 1; seed <= runs; seed++)
        CU_ASSERT_TRUE(check_seed(seed, &compared));
    unit_note("%u of %u programs print in several ways", compared, runs);
    CU_ASSERT_TRUE(compared > runs / 2);
}

/* ---- The least and the greatest ------------------------------------------------------------------------------------ */

static bool is_text(const char *text, const char *expected)
{
    return expected == NULL ? text == NULL : text != NULL && strcmp(text, expected) == 0;
}

static void check_extremes(const char *text, const char *shortest, const char *longest, const char *first,
                           const char *last)
{
    struct program *program = subject_program(text, 1, 1);
    struct observation observation = {.places = {printed}, .count = 1};
    struct outcome *outcome = analyse(program, &observation, 0, NULL, 0);
    const struct behaviour *behaviour = outcome->behaviour;
    bool good = outcome->has_behaviour && is_text(behaviour->shortest, shortest) &&
                is_text(behaviour->longest, longest) && is_text(behaviour->first, first) &&
                is_text(behaviour->last, last);
    if (!good)
        unit_note("%s: %s, %s, %s, %s", text, behaviour->shortest, behaviour->longest, behaviour->first,
                  behaviour->last);
    CU_ASSERT_TRUE(good);
    outcome_free(outcome);
    program_free(program);
}

/* Of infinitely many texts there is a shortest one and no longest, and perhaps a first or a last in the alphabet. */
static void test_extremes(void)
{
    check_extremes(".thread a\n print \"b\"\n.thread b\n print \"ab\"\n", "abb", "abb", "abb", "bab");
    check_extremes(".thread a\n choose 0, 1, %ax\n test $0, %ax\n je .end\n print \"ba\"\n.end\n print \"b\"\n", "b",
                   "bab", "b", "bab");
    /* a* b: no first one, b is the last; b* a: the other way round */
    check_extremes(
        ".thread a\n.top\n choose 0, 1, %ax\n test $0, %ax\n je .end\n print \"a\"\n j .top\n.end\n print \"b\"\n", "b",
        NULL, NULL, "b");
    check_extremes(
        ".thread a\n.top\n choose 0, 1, %ax\n test $0, %ax\n je .end\n print \"b\"\n j .top\n.end\n print \"a\"\n", "a",
        NULL, "a", NULL);
    check_extremes(".thread a\n.top\n choose 0, 1, %ax\n test $0, %ax\n je .end\n print \"a\"\n j .top\n.end\n", "",
                   NULL, "", NULL);
}

int main(int count, char **arguments)
{
    if (count > 1)
        runs = (unsigned)strtoul(arguments[1], NULL, 10);
    static const CU_TestInfo tests[] = {
        {"the tree", test_tree},
        {"three printers", test_three_printers},
        {"the least and the greatest", test_extremes},
        {"random programs: some outputs, and all", test_random_programs},
        CU_TEST_INFO_NULL,
    };
    return unit_run("outputs", tests);
}
