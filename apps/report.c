/* racecheck report: a proof that people can read and check, as one HTML page or as Markdown. */
#include "apps/certification.h"
#include "apps/commands.h"
#include "apps/delivery.h"
#include "apps/examination.h"
#include "base/text.h"
#include "report/html_report.h"
#include "report/proof.h"

#include <string.h>
#include <strings.h>

/* A report under way. */
struct report {
    const struct options *options;
    struct examination examination;
    enum report_format format;
    char checksums[2][CERTIFICATE_CHECKSUM_SIZE]; /* of the certificates of the minimum and the maximum */
    struct proof_certificate certificates[2];
    struct proof proof;
};

/* ---- The command, as one would type it ------------------------------------------------------------------------- */

/* A word as the shell reads it back. */
static void print_word(struct text *text, const char *word)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789@%+=:,./_-";
    if (word[0] != '\0' && word[strspn(word, plain)] == '\0') {
        text_print(text, "%s", word);
        return;
    }
    text_print(text, "'");
    for (; *word != '\0'; word++)
        text_print(text, *word == '\'' ? "'\\''" : "%c", *word);
    text_print(text, "'");
}

/* With further options, if any, behind the command's name. */
static void print_command(struct text *text, const struct options *options, const char *further)
{
    text_print(text, "racecheck");
    for (int i = 0; i < options->argument_count; i++) {
        text_print(text, " ");
        print_word(text, options->arguments[i]);
        if (i == 0)
            text_print(text, "%s", further);
    }
}

/* ---- Running --------------------------------------------------------------------------------------------------- */

/* A schedule for every value is wanted; where that is too much, the one for the minimum, for a proof needs it. */
static bool analyse(struct report *self, struct error *error)
{
    const struct options *options = self->options;
    struct analysis_options wishes = {
        .questions = options->compute != 0 ? options->compute | QUESTION_EXTREMES | QUESTION_VALUES | QUESTION_WITNESS
                                           : QUESTION_ALL,
        .insist = options->compute,
        .witness = WITNESS_ALL,
        .ask_starvation = options->has_fairness,
        .fairness = options->fairness,
    };
    return examination_run(&self->examination, &wishes, error);
}

static bool deliver_certificates(struct report *self, struct error *error)
{
    const char *const paths[] = {self->options->certificate, self->options->upper_certificate};
    bool good = certification_deliver(&self->examination, self->checksums, error);
    for (int upper = 0; upper < 2; upper++)
        if (self->checksums[upper][0] != '\0')
            self->certificates[self->proof.certificate_count++] =
                (struct proof_certificate){paths[upper], self->checksums[upper]};
    return good;
}

/* A format that nobody asked for is that of the file's name; one that would be a surprise is refused. */
static bool choose_format(struct report *self, struct error *error)
{
    static const struct {
        const char *ending;
        enum report_format format;
    } endings[] = {
        {".html", REPORT_HTML}, {".htm", REPORT_HTML}, {".md", REPORT_MARKDOWN}, {".markdown", REPORT_MARKDOWN}};
    const char *path = self->options->output != NULL ? self->options->output : "";
    const char *slash = strrchr(path, '/'), *ending = strrchr(slash != NULL ? slash : path, '.');
    self->format = self->options->format != REPORT_AS_NAMED ? self->options->format : REPORT_HTML;
    if (self->options->format != REPORT_AS_NAMED || ending == NULL)
        return true;
    for (size_t e = 0; e < sizeof endings / sizeof *endings; e++)
        if (strcasecmp(ending, endings[e].ending) == 0) {
            self->format = endings[e].format;
            return true;
        }
    return error_set(error, NULL, 0, 0,
                     "'%s': a report is HTML or Markdown; expected a name that ends in .html or .md, or --format",
                     path);
}

static void write_report(void *context, FILE *stream)
{
    const struct report *self = context;
    if (self->format == REPORT_MARKDOWN)
        proof_write_markdown(stream, &self->proof);
    else
        html_report_write(stream, &self->proof);
}

/* A title without a letter is none. */
static const char *unless_blank(const char *words)
{
    return words != NULL && words[strspn(words, " \t\n")] != '\0' ? words : NULL;
}

static bool deliver_report(struct report *self, struct error *error)
{
    const struct options *options = self->options;
    struct text command = TEXT_INIT, certifying = TEXT_INIT;
    print_command(&command, options, "");
    print_command(&certifying, options, " --certificate certificate.txt");
    self->proof.outcome = self->examination.outcome;
    self->proof.title = unless_blank(options->title);
    self->proof.author = unless_blank(options->author);
    self->proof.date = unless_blank(options->date);
    self->proof.command = text_string(&command);
    self->proof.version = PACKAGE_VERSION;
    self->proof.certificates = self->certificates;
    if (proof_can_be_certified(self->proof.outcome))
        self->proof.certificate_command = text_string(&certifying);
    bool good = deliver(options->output != NULL ? options->output : "-", write_report, self, error);
    text_free(&command);
    text_free(&certifying);
    return good;
}

static enum status run(struct report *self, struct error *error)
{
    if (!choose_format(self, error) || !delivery_outputs_differ(self->options, error) ||
        !examination_prepare(&self->examination, self->options, error) || !analyse(self, error) ||
        !deliver_certificates(self, error) || !deliver_report(self, error))
        return STATUS_USAGE;
    if (self->examination.budget.limit != BUDGET_INTERRUPTED && examination_is_violated(&self->examination))
        return STATUS_VIOLATED;
    enum status status = examination_status(&self->examination);
    return status == STATUS_OK ? self->examination.refusal : status;
}

enum status command_report(const struct options *options, struct error *error)
{
    struct report self = {.options = options};
    enum status status = run(&self, error);
    examination_free(&self.examination);
    return status;
}
