/* What testers show as JSON (analysis/sample.h): a sample as a document of its own, and detection as a part of a result. */
#include "analysis/detection.h"
#include "base/number.h"
#include "report/json.h"
#include "report/json_parts.h"
#include "report/sample_section.h"

/* ---- Detection --------------------------------------------------------------------------------------------------- */

/* A probability, and in how many runs it shows with 95 %; the error of one that is not exact is told elsewhere. */
static void write_chance(struct json_writer *self, const char *tester, const mpq_t probability, double error)
{
    mpz_t runs;
    mpz_init(runs);
    json_open_flat(self, tester, '{');
    json_put_taken(self, "probability", number_probability_exact(probability, error));
    if (detection_runs(probability, runs))
        json_put_exact(self, "runs", true, runs);
    else
        json_put_null(self, "runs");
    json_close(self, '}');
    mpz_clear(runs);
}

static void write_uniform_chance(struct json_writer *self, const struct outcome *outcome, const mpz_t schedules)
{
    mpq_t share;
    if (!outcome->has_counts || mpz_sgn(outcome->schedules) == 0) {
        json_put_null(self, "uniform");
        return;
    }
    mpq_init(share);
    mpz_set(mpq_numref(share), schedules);
    mpz_set(mpq_denref(share), outcome->schedules);
    mpq_canonicalize(share);
    write_chance(self, "uniform", share, 0);
    mpq_clear(share);
}

/* What testers show of an end: its schedules, its probability under the random scheduler, and that of PCT. */
struct detected {
    int end;
    int64_t value;
    mpz_srcptr schedules;
    mpq_srcptr random, pct;
};

static void write_detected(struct json_writer *self, const struct outcome *outcome, const struct detected *detected)
{
    json_open_flat(self, NULL, '{');
    json_put_end(self, outcome, detected->end, detected->value, NULL);
    if (outcome->has_random)
        write_chance(self, "random_walk", detected->random, outcome->random_error);
    else
        json_put_null(self, "random_walk");
    write_uniform_chance(self, outcome, detected->schedules);
    if (outcome->detection->has_pct)
        write_chance(self, "pct", detected->pct, 0);
    else
        json_put_null(self, "pct");
    json_close(self, '}');
}

void json_put_detection(struct json_writer *self, const struct outcome *outcome)
{
    const struct detection *detection = outcome->detection;
    if (!json_open_if(self, detection != NULL, json_open, "detection", '{'))
        return;
    json_put_count(self, "depth", detection->depth);
    json_put_count_or_null(self, "steps", detection->has_pct, detection->steps);
    json_put_string(self, "pct_missing", detection->refusal);
    if (detection->has_pct)
        json_put_taken(self, "pct_unknown", number_probability_exact(detection->pct_unknown, 0));
    else
        json_put_null(self, "pct_unknown");
    json_open(self, "outcomes", '[');
    for (size_t r = 0; outcome->rows != NULL && r < outcome->row_count; r++) {
        const struct outcome_row *row = &outcome->rows[r];
        struct detected detected = {OUTCOME_VALUE, row->value, row->schedules, row->random, detection->pct[r]};
        write_detected(self, outcome, &detected);
    }
    struct detected deadlock = {OUTCOME_DEADLOCK, 0, outcome->deadlocked, outcome->random_deadlocked,
                                detection->pct_deadlocked};
    struct detected failure = {OUTCOME_FAILURE, 0, outcome->failed, outcome->random_failed, detection->pct_failed};
    if (outcome->can_deadlock)
        write_detected(self, outcome, &deadlock);
    if (outcome->can_fail)
        write_detected(self, outcome, &failure);
    json_close(self, ']');
    json_close(self, '}');
}

static void write_sample_rows(struct json_writer *self, const struct outcome *outcome)
{
    const struct sample *sample = outcome->sample;
    mpq_t probability;
    mpq_init(probability);
    json_open(self, "outcomes", '[');
    for (size_t r = 0; r < sample->row_count; r++) {
        const struct sample_row *row = &sample->rows[r];
        json_open_flat(self, NULL, '{');
        json_put_end(self, outcome, row->end.end, row->end.value, NULL);
        json_put_count(self, "runs", row->runs);
        bool is_known = sample_section_probability(outcome, &row->end, probability);
        json_put_taken(self, "probability", is_known ? number_probability_exact(probability, 0) : NULL);
        json_close(self, '}');
    }
    json_close(self, ']');
    mpq_clear(probability);
}

static void write_draws(struct json_writer *self, const struct outcome *outcome)
{
    const struct sample *sample = outcome->sample;
    json_open(self, "draws", '[');
    for (size_t d = 0; d < sample->draw_count; d++) {
        json_open_flat(self, NULL, '{');
        json_put_schedule(self, "schedule", &sample->draws[d].schedule);
        json_put_end(self, outcome, sample->draws[d].end.end, sample->draws[d].end.value, NULL);
        json_close(self, '}');
    }
    json_close(self, ']');
}

static void write_comparison(struct json_writer *self, const struct outcome *outcome)
{
    double chi_square, chance;
    size_t degrees;
    bool is_known = sample_section_chi_square(outcome, &chi_square, &degrees, &chance);
    if (!json_open_if(self, is_known, json_open_flat, "chi_square", '{'))
        return;
    json_put_real(self, "statistic", chi_square);
    json_put_count(self, "degrees_of_freedom", degrees);
    json_put_real(self, "chance", chance);
    json_close(self, '}');
}

void json_write_sample(FILE *stream, const struct outcome *outcome)
{
    struct json_writer self = {.stream = stream, .is_first = true};
    const struct sample *sample = outcome->sample;
    json_open(&self, NULL, '{');
    json_put_format(&self, "racecheck-sample");
    json_put_program(&self, outcome, false);
    json_put_scheduler(&self, outcome, outcome->parameters, outcome->parameter_count);
    json_put_boolean(&self, "complete", outcome->complete);
    json_put_string(&self, "incomplete_reason", outcome->complete ? NULL : outcome->incomplete_reason);
    json_put_string(&self, "tester", sample_tester_name((int)sample->wish.tester));
    json_put_count_or_null(&self, "depth", sample->wish.tester == TESTER_PCT, sample->wish.depth);
    json_put_count(&self, "seed", sample->wish.seed);
    json_put_count(&self, "runs", sample->runs);
    write_sample_rows(&self, outcome);
    write_comparison(&self, outcome);
    write_draws(&self, outcome);
    json_open(&self, "witnesses", '[');
    for (size_t i = 0; i < outcome->witness_count; i++)
        json_put_witness(&self, outcome, &outcome->witnesses[i]);
    json_close(&self, ']');
    json_close(&self, '}');
    fputc('\n', stream);
}
