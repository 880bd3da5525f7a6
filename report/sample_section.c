#include "report/sample_section.h"

#include "analysis/detection.h"
#include "base/exact.h"
#include "base/memory.h"
#include "base/number.h"
#include "report/end_cells.h"
#include "report/middle.h"
#include "report/prose.h"

#include <inttypes.h>
#include <string.h>

enum { GAP = 3, RUNS_COLUMNS = 20 };

const char *sample_tester_name(int tester)
{
    static const char *const names[] = {
        [TESTER_UNIFORM] = "uniform", [TESTER_RANDOM_WALK] = "random-walk", [TESTER_PCT] = "pct"};
    return names[tester];
}

/* ---- Probabilities ----------------------------------------------------------------------------------------------- */

static bool find_share(const struct outcome *outcome, const mpz_t schedules, mpq_t probability)
{
    if (!outcome->has_counts || mpz_sgn(outcome->schedules) == 0)
        return false;
    mpz_set(mpq_numref(probability), schedules);
    mpz_set(mpq_denref(probability), outcome->schedules);
    mpq_canonicalize(probability);
    return true;
}

static bool find_random(const struct outcome *outcome, const mpq_t random, mpq_t probability)
{
    mpq_set(probability, random);
    return outcome->has_random && outcome->random_error == 0;
}

static bool find_pct(const struct outcome *outcome, const mpq_t pct, mpq_t probability)
{
    mpq_set(probability, pct);
    return outcome->detection->has_pct && mpq_sgn(outcome->detection->pct_unknown) == 0;
}

/* Of a row of the outcome, or of its deadlocks or errors. */
static bool find_probability(const struct outcome *outcome, int tester, int end, const struct outcome_row *row,
                             mpq_t probability)
{
    const struct detection *detection = outcome->detection;
    bool is_deadlock = end == OUTCOME_DEADLOCK;
    switch (tester) {
    case TESTER_UNIFORM:
        return find_share(outcome,
                          row != NULL   ? row->schedules
                          : is_deadlock ? outcome->deadlocked
                                        : outcome->failed,
                          probability);
    case TESTER_RANDOM_WALK:
        return find_random(outcome,
                           row != NULL   ? row->random
                           : is_deadlock ? outcome->random_deadlocked
                                         : outcome->random_failed,
                           probability);
    default:
        return detection != NULL && find_pct(outcome,
                                             row != NULL   ? detection->pct[row - outcome->rows]
                                             : is_deadlock ? detection->pct_deadlocked
                                                           : detection->pct_failed,
                                             probability);
    }
}

bool sample_section_probability(const struct outcome *outcome, const struct sample_end *end, mpq_t probability)
{
    const struct outcome_row *row = end->end == OUTCOME_VALUE ? outcome_row(outcome, end->value) : NULL;
    if (end->end == OUTCOME_ENDLESS || (end->end == OUTCOME_VALUE && row == NULL))
        return false;
    return find_probability(outcome, (int)outcome->sample->wish.tester, end->end, row, probability);
}

static uint64_t runs_of(const struct sample *sample, int end, int64_t value)
{
    for (size_t r = 0; r < sample->row_count; r++)
        if (sample->rows[r].end.end == end && sample->rows[r].end.value == value)
            return sample->rows[r].runs;
    return 0;
}

/* One cell of the comparison; returns false where its probability is not known. */
static bool add_cell(const struct outcome *outcome, int end, const struct outcome_row *row, uint64_t *runs,
                     double *probability)
{
    const struct sample *sample = outcome->sample;
    mpq_t exact;
    mpq_init(exact);
    bool is_known = find_probability(outcome, (int)sample->wish.tester, end, row, exact);
    *runs = runs_of(sample, end, row != NULL ? row->value : 0);
    *probability = mpq_get_d(exact);
    mpq_clear(exact);
    return is_known;
}

bool sample_section_chi_square(const struct outcome *outcome, double *chi_square, size_t *degrees, double *chance)
{
    size_t count = outcome->row_count + 2;
    uint64_t *runs = memory_new(count, sizeof *runs);
    double *probabilities = memory_new(count, sizeof *probabilities);
    bool is_known = outcome->rows != NULL && outcome->sample->runs > 0;
    for (size_t r = 0; r < outcome->row_count && is_known; r++)
        is_known = add_cell(outcome, OUTCOME_VALUE, &outcome->rows[r], &runs[r], &probabilities[r]);
    is_known = is_known && add_cell(outcome, OUTCOME_DEADLOCK, NULL, &runs[count - 2], &probabilities[count - 2]) &&
               add_cell(outcome, OUTCOME_FAILURE, NULL, &runs[count - 1], &probabilities[count - 1]);
    if (is_known) {
        *chi_square = sample_chi_square(runs, probabilities, count, degrees);
        *chance = sample_chance(*chi_square, *degrees);
    }
    memory_free(runs);
    memory_free(probabilities);
    return is_known && *degrees > 0;
}

/* ---- The sample -------------------------------------------------------------------------------------------------- */

static void add_drawn(struct content *content, const struct outcome *outcome)
{
    const struct sample *sample = outcome->sample;
    struct text *words = content_fact(content, STYLE_PLAIN, "drawn");
    mpz_t runs;
    mpz_init(runs);
    exact_set(runs, sample->runs);
    char *number = number_grouped(runs);
    text_print(words, "%s schedule%s", number, sample->runs == 1 ? "" : "s");
    memory_free(number);
    mpz_clear(runs);
    if (sample->wish.tester == TESTER_UNIFORM && outcome->has_counts) {
        char *all = number_readable(outcome->schedules);
        text_print(words, " of %s", all);
        memory_free(all);
    }
    if (sample->wish.tester == TESTER_UNIFORM)
        text_print(words, ", all with the same probability");
    else if (sample->wish.tester == TESTER_RANDOM_WALK)
        text_print(words, " by a random walk: at every step each thread that may step is equally likely");
    else
        text_print(words, " by PCT of depth %" PRIu32 ": random priorities, and %" PRIu32 " change point%s",
                   sample->wish.depth, sample->wish.depth - 1, sample->wish.depth == 2 ? "" : "s");
    text_print(words, "; seed %" PRIu64, sample->wish.seed);
}

static void add_comparison(struct content *content, const struct outcome *outcome)
{
    double chi_square, chance;
    size_t degrees;
    if (!sample_section_chi_square(outcome, &chi_square, &degrees, &chance))
        return;
    text_print(content_fact(content, STYLE_PLAIN, "chi-square"),
               "%.4g with %zu degree%s of freedom: %.3g %% of all samples of this size are as far from the exact "
               "distribution, or farther",
               chi_square, degrees, degrees == 1 ? "" : "s", 100 * chance);
}

static void add_seen(struct content *content, const struct outcome *outcome)
{
    const struct sample *sample = outcome->sample;
    size_t seen = 0;
    for (size_t r = 0; r < sample->row_count; r++)
        seen += sample->rows[r].end.end == OUTCOME_VALUE;
    if (outcome->has_values && outcome->rows != NULL && outcome->row_count > 0)
        text_print(content_fact(content, STYLE_PLAIN, "seen"), "%zu of %zu outcome%s", seen, outcome->row_count,
                   outcome->row_count == 1 ? "" : "s");
}

static void add_sample_row(struct table *table, const struct outcome *outcome, const struct sample_row *row)
{
    mpz_t runs, all;
    mpq_t probability;
    mpq_init(probability);
    mpz_init_set_ui(runs, (unsigned long)row->runs);
    mpz_init_set_ui(all, (unsigned long)outcome->sample->runs);
    table_add_row(table, row->end.end == OUTCOME_VALUE ? STYLE_PLAIN : STYLE_BAD);
    end_cells_put(table, outcome, row->end.end, row->end.value);
    table_put(table, number_column(runs, RUNS_COLUMNS));
    table_put(table, number_share(runs, all));
    if (sample_section_probability(outcome, &row->end, probability))
        table_put(table, number_probability(probability, 0));
    else
        table_put(table, memory_copy_string("-"));
    mpz_clears(runs, all, NULL);
    mpq_clear(probability);
}

void sample_section_add(struct content *content, const struct outcome *outcome, size_t most)
{
    const struct sample *sample = outcome->sample;
    add_drawn(content, outcome);
    add_seen(content, outcome);
    add_comparison(content, outcome);
    if (sample->row_count == 0)
        return;
    struct middle left_out = middle_of(sample->row_count, most, most / 2);
    struct table *table = table_new("sample", GAP);
    end_cells_add_columns(table, outcome);
    table_add_column(table, TABLE_RIGHT, "runs");
    table_add_column(table, TABLE_RIGHT, "share");
    table_add_column(table, TABLE_RIGHT, "probability");
    for (size_t r = 0; r < sample->row_count; r++)
        if (!middle_has(left_out, r))
            add_sample_row(table, outcome, &sample->rows[r]);
    content_table(content, table);
    if (runs_of(sample, OUTCOME_ENDLESS, 0) > 0)
        text_print(content_note(content), "given up: without an end after %d steps", SAMPLE_STEPS_MAX);
    if (left_out.end > left_out.first)
        text_print(content_note(content), "%zu more are left out; --full lists them all.",
                   left_out.end - left_out.first);
}

/* ---- Detection --------------------------------------------------------------------------------------------------- */

static void put_runs(struct table *table, const mpq_t probability)
{
    mpz_t runs;
    mpz_init(runs);
    if (detection_runs(probability, runs))
        table_put(table, number_column(runs, RUNS_COLUMNS));
    else
        table_put(table, memory_copy_string("never"));
    mpz_clear(runs);
}

/* What is not exact is a bound: "at least". */
static void put_tester(struct table *table, const struct outcome *outcome, int tester, int end,
                       const struct outcome_row *row)
{
    mpq_t probability;
    mpq_init(probability);
    bool is_exact = find_probability(outcome, tester, end, row, probability);
    bool is_bound = tester == TESTER_PCT && outcome->detection->has_pct && !is_exact;
    bool is_near = tester == TESTER_RANDOM_WALK && outcome->has_random && !is_exact;
    if (is_exact || is_near) {
        table_put(table, number_probability(probability, outcome->random_error * is_near));
        put_runs(table, probability);
    } else if (is_bound && mpq_sgn(probability) > 0) {
        char *share = number_probability(probability, 0);
        table_put(table, text_format(">= %s", share));
        memory_free(share);
        mpz_t runs;
        mpz_init(runs);
        detection_runs(probability, runs);
        char *number = number_column(runs, RUNS_COLUMNS);
        table_put(table, text_format("<= %s", number));
        memory_free(number);
        mpz_clear(runs);
    } else {
        table_put(table, memory_copy_string("-"));
        table_put(table, memory_copy_string("-"));
    }
    mpq_clear(probability);
}

static void add_detection_row(struct table *table, const struct outcome *outcome, int end,
                              const struct outcome_row *row)
{
    table_add_row(table, end == OUTCOME_VALUE ? STYLE_PLAIN : STYLE_BAD);
    end_cells_put(table, outcome, end, row != NULL ? row->value : 0);
    for (int tester = TESTER_RANDOM_WALK; tester >= TESTER_UNIFORM; tester--)
        put_tester(table, outcome, tester, end, row);
    if (outcome->detection->has_pct)
        put_tester(table, outcome, TESTER_PCT, end, row);
}

static void add_heads(struct table *table, const char *tester)
{
    struct table_column *column = table_add_column(table, TABLE_RIGHT, tester);
    column->heads[0] = tester;
    column->heads[1] = "a run";
    column = table_add_column(table, TABLE_RIGHT, "runs for 95 %");
    column->heads[0] = "runs for";
    column->heads[1] = "95 %";
}

static void add_detection_notes(struct content *content, const struct detection *detection)
{
    struct text *words = content_note(content);
    text_print(
        words,
        "The probability that one run shows it, and how many show it with 95 %%: a random walk, where each thread that may step is "
        "equally likely; schedules that are drawn with equal probability");
    if (!detection->has_pct) {
        text_print(words, ". Not PCT: %s.", detection->refusal);
        return;
    }
    text_print(words,
               "; PCT of depth %" PRIu32 ", which draws the order of the threads, and %" PRIu32
               " change point%s among %" PRIu64 " steps.",
               detection->depth, detection->depth - 1, detection->depth == 2 ? "" : "s", detection->steps);
    if (mpq_sgn(detection->pct_unknown) == 0)
        return;
    char *share = number_probability(detection->pct_unknown, 0);
    text_print(words, " Of what PCT can draw %s was not followed: its probabilities are lower bounds.", share);
    memory_free(share);
}

void detection_section_add(struct content *content, const struct outcome *outcome, size_t most)
{
    const struct detection *detection = outcome->detection;
    if (detection == NULL || outcome->rows == NULL)
        return;
    struct middle left_out = middle_of(outcome->row_count, most, most / 2);
    struct table *table = table_new("detection", GAP);
    text_print(&table->caption, "How likely one run of a tester is to show it");
    end_cells_add_columns(table, outcome);
    add_heads(table, "random walk");
    add_heads(table, "uniform");
    if (detection->has_pct)
        add_heads(table, "PCT");
    for (size_t r = 0; r < outcome->row_count; r++)
        if (!middle_has(left_out, r))
            add_detection_row(table, outcome, OUTCOME_VALUE, &outcome->rows[r]);
    if (outcome->can_deadlock)
        add_detection_row(table, outcome, OUTCOME_DEADLOCK, NULL);
    if (outcome->can_fail)
        add_detection_row(table, outcome, OUTCOME_FAILURE, NULL);
    content_table(content, table);
    add_detection_notes(content, detection);
}
