#include "cli/certification.h"

#include "cli/delivery.h"

#include <string.h>

/* What is written. */
struct certification {
    const struct certificate *certificate;
    struct certificate_subject subject;
    char *checksum;
};

static void write_certificate(void *context, FILE *stream)
{
    const struct certification *self = context;
    certificate_file_write(stream, self->certificate, &self->subject, self->checksum);
}

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

static void explain(const char *reason, const char *path)
{
    fprintf(stderr, "racecheck: %s: %s is not written\n", reason, path);
}

static bool is_possible(const struct outcome *outcome, const char *path)
{
    if (!outcome->complete)
        explain("no certificate: the analysis is incomplete", path);
    else if (!outcome->has_extremes)
        explain("no certificate: no schedule ends with a value", path);
    return outcome->complete && outcome->has_extremes;
}

enum certification_result certification_deliver(struct examination *examination, bool is_upper, const char *path,
                                                char checksum[CERTIFICATE_CHECKSUM_SIZE], struct error *error)
{
    const struct outcome *outcome = examination->outcome;
    if (!is_possible(outcome, path))
        return CERTIFICATION_NOTHING;
    struct certificate_options options = {
        .scheduler = examination->scheduler,
        .word = examination->word,
        .is_upper = is_upper,
        .no_slice = examination->options->no_slice,
        .witness = find_witness(outcome, is_upper ? outcome->greatest : outcome->least),
        .budget = &examination->budget,
    };
    struct error refusal = ERROR_INIT;
    struct certificate *certificate = certificate_new(examination->program, &options, &refusal);
    if (certificate == NULL) {
        explain(refusal.text, path);
        return CERTIFICATION_MISSED;
    }
    struct certification self = {certificate, subject_of(examination), checksum};
    bool good = deliver(path, write_certificate, &self, error);
    certificate_free(certificate);
    return good ? CERTIFICATION_WRITTEN : CERTIFICATION_FAILED;
}
