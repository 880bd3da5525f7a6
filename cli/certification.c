#include "cli/certification.h"

#include "base/text.h"
#include "reports/output.h"

#include <string.h>

static int64_t symbol_value(const struct program *program, const char *name)
{
    for (size_t s = 0; s < program->symbol_count; s++)
        if (strcmp(program->symbols[s].name, name) == 0)
            return program->symbols[s].value;
    return 0;
}

static struct certificate_subject subject_of(const struct examination *examination)
{
    const struct outcome *outcome = examination->outcome;
    return (struct certificate_subject){
        .model = outcome->model,
        .text = outcome->text,
        .threads = symbol_value(examination->program, "THREADS"),
        .iters = symbol_value(examination->program, "ITERS"),
        .symbols = outcome->symbols,
        .symbol_count = outcome->symbol_count,
        .scheduler = outcome->scheduler,
        .parameters = outcome->parameters,
        .parameter_count = outcome->parameter_count,
    };
}

/* The witness of the report, where it attains the claim; else the certificate finds one of its own. */
static const struct outcome_witness *find_witness(const struct outcome *outcome, int64_t value)
{
    for (size_t w = 0; w < outcome->witness_count; w++)
        if (outcome->witnesses[w].end == OUTCOME_VALUE && outcome->witnesses[w].value == value)
            return &outcome->witnesses[w];
    return NULL;
}

static bool is_possible(const struct outcome *outcome, struct error *error)
{
    if (!outcome->complete)
        error_set(error, NULL, 0, 0, "no certificate: the analysis is incomplete: %s",
                  outcome->incomplete_reason != NULL ? outcome->incomplete_reason : "it ended with an error");
    else if (!outcome->has_extremes)
        error_set(error, NULL, 0, 0, "no certificate: no schedule ends with a value");
    return outcome->complete && outcome->has_extremes;
}

/* To be interrupted while a large file is written leaves none. */
static bool write_certificate(const struct certificate *certificate, const struct examination *examination,
                              const char *path, char *checksum, struct error *error)
{
    struct certificate_subject subject = subject_of(examination);
    struct output *output = output_open(path, error);
    if (output == NULL)
        return false;
    if (certificate_file_write(output_stream(output), certificate, &subject, checksum))
        return output_commit(output, error);
    output_discard(output);
    struct text reason = TEXT_INIT;
    budget_tell(&examination->budget, &reason);
    error_set(error, path, 0, 0, "no certificate: %s", text_string(&reason));
    text_free(&reason);
    return false;
}

/* What a limit, or an interrupt, that ends a certificate means for the exit status. */
static void note_refusal(struct examination *examination)
{
    enum budget_limit limit = examination->budget.limit;
    if (limit != BUDGET_OK)
        examination->refusal = limit == BUDGET_INTERRUPTED ? STATUS_INTERRUPTED : STATUS_INCOMPLETE;
}

static bool certify(struct examination *examination, bool is_upper, const char *path, char *checksum,
                    struct error *error)
{
    const struct outcome *outcome = examination->outcome;
    if (!is_possible(outcome, error))
        return false;
    struct certificate_options options = {
        .scheduler = examination->scheduler,
        .word = examination->word,
        .is_upper = is_upper,
        .no_slice = examination->options->no_slice,
        .witness = find_witness(outcome, is_upper ? outcome->greatest : outcome->least),
        .budget = &examination->budget,
    };
    struct certificate *certificate = certificate_new(examination->program, &options, error);
    bool good = certificate != NULL && write_certificate(certificate, examination, path, checksum, error);
    certificate_free(certificate);
    return good;
}

bool certification_deliver(struct examination *examination, bool is_upper, const char *path,
                           char checksum[CERTIFICATE_CHECKSUM_SIZE], struct error *error)
{
    bool good = certify(examination, is_upper, path, checksum, error);
    if (!good)
        note_refusal(examination);
    progress_clear(&examination->progress);
    return good;
}
