/* racecheck-verify: says whether a certificate proves what it claims. It shares no source file with racecheck, and
 * needs nothing but a C library: to trust the result, these files are all that has to be read. */
#include "verify/parametric.h"
#include "verify/proof.h"
#include "verify/verdict.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] = "Usage: racecheck-verify [OPTION]... FILE\n"
                            "Check a certificate that racecheck --certificate=FILE wrote, independently of it.\n"
                            "FILE may be -, standard input.\n"
                            "\n"
                            "Options:\n"
                            "  -q, --quiet               print nothing if the certificate is valid\n"
                            "  -h, --help                print this help and exit\n"
                            "  -V, --version             print the version and exit\n"
                            "\n"
                            "Exit status: 0 the certificate is valid; 1 it is not, and the first condition\n"
                            "that does not hold is named; 2 wrong usage, or the file is not a certificate;\n"
                            "4 out of memory.\n";

static const char version[] = "racecheck-verify (racecheck) " PACKAGE_VERSION "\n";

/* What begins like no certificate is not read to its end, which may be far. */
static char *read_all(FILE *stream, size_t *length)
{
    char *bytes = NULL;
    size_t capacity = 0, got = 1;
    for (*length = 0; got > 0 && certificate_begins(bytes, *length); *length += got) {
        bytes = storage_grow(bytes, *length, &capacity, 1);
        got = fread(bytes + *length, 1, capacity - *length, stream);
    }
    return ferror(stream) ? NULL : bytes;
}

static char *read_file(const char *path, size_t *length)
{
    FILE *stream = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
    char *bytes = stream == NULL ? NULL : read_all(stream, length);
    if (bytes == NULL)
        verdict_malformed(NULL, "%s cannot be read: %s", path, strerror(errno));
    if (stream != stdin)
        fclose(stream);
    return bytes;
}

/* A part of the file whose form was checked: printable ASCII. */
static void print_span(struct span span)
{
    fwrite(span.text, 1, span.length, stdout);
}

/* The program's name may be anything: it is quoted, as the file escapes it, and cut where it is long. */
static void print_model(struct span name)
{
    putchar('"');
    for (size_t i = 0; i < (size_t)span_shown(name); i++)
        if (name.text[i] == '"')
            fputs("\\x22", stdout);
        else
            putchar(name.text[i] == '\t' ? ' ' : name.text[i]);
    fputs((size_t)span_shown(name) < name.length ? "\"..." : "\"", stdout);
}

static void print_count(uint64_t count, const char *one, const char *several)
{
    printf("%" PRIu64 " %s", count, count == 1 ? one : several);
}

/* Lines "symbol STEP 7" and "register T0.%ax 5" as ", STEP = 7, T0.%ax = 5". */
static void print_settings(struct span lines)
{
    while (lines.length > 0) {
        struct span line = span_take(&lines, '\n');
        (void)span_take_word(&line);
        fputs(", ", stdout);
        print_span(span_take_word(&line));
        fputs(" = ", stdout);
        print_span(line);
    }
}

/* "x >= 3, always y < 4" */
static void print_claims(const struct certificate *certificate)
{
    for (size_t i = 0; i < certificate->claim_count; i++) {
        const struct claim *claim = &certificate->claims[i];
        fputs(i > 0 ? ", " : "", stdout);
        print_span(claim->text);
        if (claim_is_bound(claim))
            printf(" %s %" PRId64, certificate->machine.is_upper ? "<=" : ">=", claim->bound);
    }
}

/* Returns how many bounds are claimed. One is what its witness ends with. */
static size_t print_witnesses(const struct certificate *certificate)
{
    size_t bounds = 0;
    for (size_t i = 0; i < certificate->claim_count; i++)
        bounds += claim_is_bound(&certificate->claims[i]);
    for (size_t i = 0; i < certificate->claim_count; i++) {
        const struct claim *claim = &certificate->claims[i];
        if (!claim_is_bound(claim))
            continue;
        fputs(", witness of ", stdout);
        print_count((uint64_t)claim->witness_steps, "step", "steps");
        fputs(" ends with ", stdout);
        if (bounds > 1) {
            print_span(claim->text);
            fputs(" = ", stdout);
        }
        printf("%" PRId64, claim->bound);
    }
    return bounds;
}

static void print_result(const struct certificate *certificate, const struct proof *proof)
{
    const struct program *program = certificate->program;
    fputs("verified: ", stdout);
    print_claims(certificate);
    fputs(" for ", stdout);
    print_model(certificate->model);
    printf(" (sha256 %s), ", certificate->digest);
    print_count(program->thread_count, "thread", "threads");
    if (program->symbols.at[0].number != (int64_t)program->thread_count)
        printf(", THREADS = %" PRId64, program->symbols.at[0].number);
    printf(", ITERS = %" PRId64, program->symbols.at[1].number);
    print_settings(certificate->settings);
    printf(", %s scheduler", scheduler_name(&certificate->scheduler));
    if (certificate->parameters.length > 0) {
        fputs(" (", stdout);
        print_span(certificate->parameters);
        putchar(')');
    }
    fputs(": ", stdout);
    print_count(certificate->state_count, "state", "states");
    fputs(", ", stdout);
    print_count(proof->steps, "step", "steps");
    size_t bounds = print_witnesses(certificate);
    putchar('\n');
    if (bounds > 0 && (proof->deadlocks > 0 || proof->errors > 0)) {
        fputs("the claim does not cover schedules without a final value: ", stdout);
        print_count(proof->deadlocks, "state is a deadlock, ", "states are deadlocks, ");
        print_count(proof->errors, "step is an error of the program\n", "steps are errors of the program\n");
    }
}

static void print_parametric(const struct parametric *result)
{
    fputs("verified: ", stdout);
    print_span(result->claim);
    fputs(", for ", stdout);
    print_model(result->model);
    printf(" (sha256 %s), ", result->digest);
    print_count(result->program->thread_count, "thread", "threads");
    if (result->program->symbols.at[0].number != (int64_t)result->program->thread_count)
        printf(", THREADS = %" PRId64, result->program->symbols.at[0].number);
    print_settings(result->settings);
    fputs(", free scheduler: potentials of ", stdout);
    print_count(result->states, "state", "states");
    fputs(" and ", stdout);
    print_count(result->steps, "step", "steps");
    fputs(", and a witness for each ITERS\n", stdout);
}

static int print_text(const char *text)
{
    return fputs(text, stdout) < 0 || fflush(stdout) != 0 ? VERDICT_MALFORMED : VERDICT_VALID;
}

static int fail_usage(void)
{
    fputs("racecheck-verify: expected one FILE; see racecheck-verify --help\n", stderr);
    return VERDICT_MALFORMED;
}

static _Noreturn void verify(const char *path, bool is_quiet)
{
    size_t length;
    const char *bytes = read_file(path, &length);
    verdict_file(strcmp(path, "-") == 0 ? "stdin" : path, bytes);
    struct span file = {bytes, length};
    if (parametric_is(file)) {
        struct parametric result = parametric_check(file);
        if (!is_quiet)
            print_parametric(&result);
    } else {
        const struct certificate *certificate = certificate_read(file);
        struct proof proof = proof_check(certificate);
        if (!is_quiet)
            print_result(certificate, &proof);
    }
    if (fflush(stdout) != 0)
        verdict_malformed(NULL, "the result cannot be written: %s", strerror(errno));
    _Exit(VERDICT_VALID); /* what is in use goes with the process, as where something is wrong */
}

int main(int count, char **arguments)
{
    const char *path = NULL;
    bool is_quiet = false;
    for (int i = 1; i < count; i++) {
        const char *argument = arguments[i];
        if (strcmp(argument, "-h") == 0 || strcmp(argument, "--help") == 0)
            return print_text(usage);
        if (strcmp(argument, "-V") == 0 || strcmp(argument, "--version") == 0)
            return print_text(version);
        if (strcmp(argument, "-q") == 0 || strcmp(argument, "--quiet") == 0)
            is_quiet = true;
        else if (path != NULL || (argument[0] == '-' && argument[1] != '\0'))
            return fail_usage();
        else
            path = argument;
    }
    if (path == NULL)
        return fail_usage();
    verify(path, is_quiet);
}
