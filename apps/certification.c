#include "apps/certification.h"

#include "base/memory.h"
#include "base/output.h"
#include "base/text.h"
#include "report/parametric_text.h"

/* The witness of the report, where it attains the claim; else the certificate finds one of its own. */
static const struct outcome_witness *find_witness(const struct outcome *outcome, int64_t value)
{
    for (size_t w = 0; w < outcome->witness_count; w++)
        if (outcome->witnesses[w].end == OUTCOME_VALUE && outcome->witnesses[w].value == value)
            return &outcome->witnesses[w];
    return NULL;
}

/* There is no certificate: silence would pass for a proof. */
static bool miss(struct examination *examination, const char *reason, const char *path)
{
    examination_refuse(examination, reason, path);
    return true;
}

static bool is_complete(struct examination *examination, const char *path)
{
    const struct outcome *outcome = examination->outcome;
    if (outcome->complete)
        return true;
    char *reason =
        text_format("no certificate: the analysis is incomplete: %s",
                    outcome->incomplete_reason != NULL ? outcome->incomplete_reason : "it ended with an error");
    miss(examination, reason, path);
    memory_free(reason);
    return false;
}

/* To be interrupted while a large file is written leaves none. */
static bool write_certificate(struct examination *examination, const struct certificate *certificate, const char *path,
                              char *checksum, struct error *error)
{
    struct output *output = output_open(path, error);
    if (output == NULL)
        return false;
    if (certificate_file_write(output_stream(output), certificate, examination->outcome, checksum))
        return output_commit(output, error);
    output_discard(output);
    struct text reason = TEXT_INIT;
    text_print(&reason, "no certificate: ");
    budget_tell(&examination->budget, &reason);
    miss(examination, text_string(&reason), path);
    text_free(&reason);
    checksum[0] = '\0';
    return true;
}

/* The conditions that are claimed of every state; returns how many there are. */
static size_t list_conditions(const struct outcome *outcome, const struct predicate **claimed)
{
    size_t count = 0;
    for (size_t c = 0; c < outcome->claim_count; c++)
        if (outcome->claims[c].kind == CLAIM_ALWAYS)
            claimed[count++] = outcome->claims[c].condition;
    return count;
}

static const struct claim *find_violated(const struct outcome *outcome)
{
    for (size_t c = 0; c < outcome->claim_count; c++)
        if (outcome->claims[c].kind == CLAIM_ALWAYS && outcome->claims[c].verdict == CLAIM_VIOLATED)
            return &outcome->claims[c];
    return NULL;
}

static bool certify(struct examination *examination, const struct certificate_options *options, const char *path,
                    char *checksum, struct error *error)
{
    if (options->condition_count == 0 && options->observation.count == 0)
        return miss(examination, "no certificate: nothing is observed that has a bound", path);
    if (examination->problem.program->file_count > 1)
        return miss(examination, "no certificate: the verifier reads no programs of several files", path);
    struct error refusal = ERROR_INIT;
    struct certificate *certificate = certificate_new(examination->problem.program, options, &refusal);
    if (certificate == NULL)
        return miss(examination, refusal.text, path);
    bool good = write_certificate(examination, certificate, path, checksum, error);
    certificate_free(certificate);
    return good;
}

/* The least final values, or the greatest. */
static bool certify_bounds(struct examination *examination, bool is_upper, const char *path, char *checksum,
                           struct error *error)
{
    const struct outcome *outcome = examination->outcome;
    uint32_t word;
    bool is_word = observation_is_word(&examination->problem.observation, &word);
    if (is_word && !outcome->has_extremes)
        return miss(examination, "no certificate: no schedule ends with a value", path);
    struct certificate_options options = {
        .scheduler = examination->problem.scheduler,
        .observation = examination->problem.observation,
        .is_upper = is_upper,
        .no_slice = examination->options->slice == WHEN_NEVER,
        .witness = is_word ? find_witness(outcome, is_upper ? outcome->greatest : outcome->least) : NULL,
        .budget = &examination->budget,
    };
    return certify(examination, &options, path, checksum, error);
}

/* What is claimed of every state. */
static bool certify_conditions(struct examination *examination, const char *path, char *checksum, struct error *error)
{
    const struct outcome *outcome = examination->outcome;
    const struct claim *violated = find_violated(outcome);
    const struct predicate **claimed = memory_new(outcome->claim_count, sizeof *claimed);
    struct certificate_options options = {
        .scheduler = examination->problem.scheduler,
        .conditions = claimed,
        .condition_count = list_conditions(outcome, claimed),
        .no_slice = examination->options->slice == WHEN_NEVER,
        .budget = &examination->budget,
    };
    struct text reason = TEXT_INIT;
    if (violated != NULL)
        text_print(&reason, "no certificate: '%s' is violated", violated->text);
    bool good = violated != NULL ? miss(examination, text_string(&reason), path)
                                 : certify(examination, &options, path, checksum, error);
    text_free(&reason);
    memory_free(claimed);
    return good;
}

/* Of what is proved for every number of repetitions. */
static bool deliver_parametric(struct examination *examination, bool is_upper, const char *path, char *checksum,
                               struct error *error)
{
    const struct outcome *outcome = examination->outcome;
    const char *obstacle = parametric_text_obstacle(examination->problem.program, outcome->iterations);
    struct output *output = NULL;
    if (examination->problem.program->file_count > 1)
        obstacle = "the verifier reads no programs of several files";
    if (outcome->registers != NULL)
        obstacle = "registers have first values";
    if (obstacle != NULL) {
        char *reason = text_format("no certificate: %s", obstacle);
        miss(examination, reason, path);
        memory_free(reason);
        return true;
    }
    output = output_open(path, error);
    if (output == NULL)
        return false;
    certificate_file_write_parametric(output_stream(output), outcome, is_upper, checksum);
    return output_commit(output, error);
}

/* What answers for one number of repetitions. */
static bool deliver_listed(struct examination *examination, bool is_upper, const char *path, char *checksum,
                           struct error *error)
{
    if (!is_complete(examination, path))
        return true;
    bool good = !is_upper && claims_have(examination->outcome, CLAIM_ALWAYS)
                    ? certify_conditions(examination, path, checksum, error)
                    : certify_bounds(examination, is_upper, path, checksum, error);
    examination_clear_progress(examination);
    return good;
}

bool certification_deliver(struct examination *examination, char checksums[2][CERTIFICATE_CHECKSUM_SIZE],
                           struct error *error)
{
    const char *const paths[] = {examination->options->certificate, examination->options->upper_certificate};
    bool good = true;
    for (int upper = 0; upper < 2 && good; upper++) {
        checksums[upper][0] = '\0';
        if (paths[upper] != NULL)
            good = (examination->outcome->is_proved ? deliver_parametric : deliver_listed)(
                examination, upper != 0, paths[upper], checksums[upper], error);
    }
    return good;
}
