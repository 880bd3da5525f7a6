#include "apps/certification.h"

#include "base/output.h"
#include "base/text.h"

/* The witness of the report, where it attains the claim; else the certificate finds one of its own. */
static const struct outcome_witness *find_witness(const struct outcome *outcome, int64_t value)
{
    for (size_t w = 0; w < outcome->witness_count; w++)
        if (outcome->witnesses[w].end == OUTCOME_VALUE && outcome->witnesses[w].value == value)
            return &outcome->witnesses[w];
    return NULL;
}

static void explain(const char *reason, const char *path)
{
    fprintf(stderr, "racecheck: %s: %s is not written\n", reason, path);
}

static bool is_possible(const struct outcome *outcome, const char *path)
{
    struct text reason = TEXT_INIT;
    if (!outcome->complete)
        text_print(&reason, "no certificate: the analysis is incomplete: %s",
                   outcome->incomplete_reason != NULL ? outcome->incomplete_reason : "it ended with an error");
    else if (!outcome->has_extremes)
        text_print(&reason, "no certificate: no schedule ends with a value");
    bool is_possible = reason.length == 0;
    if (!is_possible)
        explain(text_string(&reason), path);
    text_free(&reason);
    return is_possible;
}

/* There is something to certify, and no certificate of it: silence would pass for a proof. */
static bool miss(struct examination *examination, const char *reason, const char *path)
{
    explain(reason, path);
    examination->refusal = examination->budget.limit == BUDGET_INTERRUPTED ? STATUS_INTERRUPTED : STATUS_INCOMPLETE;
    return true;
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

static bool certify(struct examination *examination, bool is_upper, const char *path, char *checksum,
                    struct error *error)
{
    const struct outcome *outcome = examination->outcome;
    struct certificate_options options = {
        .scheduler = examination->problem.scheduler,
        .word = examination->problem.word,
        .is_upper = is_upper,
        .no_slice = examination->options->slice == WHEN_NEVER,
        .witness = find_witness(outcome, is_upper ? outcome->greatest : outcome->least),
        .budget = &examination->budget,
    };
    uint32_t word;
    if (!observation_is_word(&outcome->observation, &word))
        return miss(examination, "no certificate: it is about one variable alone", path);
    if (examination->problem.program->file_count > 1)
        return miss(examination, "no certificate: the verifier reads no programs of several files", path);
    struct error refusal = ERROR_INIT;
    struct certificate *certificate = certificate_new(examination->problem.program, &options, &refusal);
    if (certificate == NULL)
        return miss(examination, refusal.text, path);
    bool good = write_certificate(examination, certificate, path, checksum, error);
    certificate_free(certificate);
    return good;
}

bool certification_deliver(struct examination *examination, char checksums[2][CERTIFICATE_CHECKSUM_SIZE],
                           struct error *error)
{
    const char *const paths[] = {examination->options->certificate, examination->options->upper_certificate};
    bool good = true;
    for (int upper = 0; upper < 2 && good; upper++) {
        checksums[upper][0] = '\0';
        uint32_t word;
        bool is_word = observation_is_word(&examination->outcome->observation, &word);
        if (paths[upper] == NULL || (is_word && !is_possible(examination->outcome, paths[upper])))
            continue;
        good = certify(examination, upper != 0, paths[upper], checksums[upper], error);
        examination_clear_progress(examination);
    }
    return good;
}
