#include "report/html_report.h"

#include "base/memory.h"
#include "base/number.h"
#include "base/text.h"
#include "report/html_data.h"
#include "report/html_text.h"
#include "report/page/page.h"
#include "report/render_html.h"

#include <inttypes.h>

struct html_report {
    FILE *stream;
    const struct proof *proof;
    const struct outcome *outcome;
};

static void put(const struct html_report *self, const char *markup)
{
    fputs(markup, self->stream);
}

/* ---- Head ------------------------------------------------------------------------------------------------------ */

static void write_head(const struct html_report *self, const char *title)
{
    put(self, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    fprintf(
        self->stream,
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src '%s'; script-src '%s'; "
        "base-uri 'none'; form-action 'none'\">\n",
        page_style_hash, page_script_hash);
    put(self, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
              "<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"generator\" content=\"racecheck ");
    html_text_write(self->stream, self->proof->version);
    put(self, "\">\n");
    if (self->proof->author != NULL) {
        put(self, "<meta name=\"author\" content=\"");
        html_text_write(self->stream, self->proof->author);
        put(self, "\">\n");
    }
    put(self, "<title>");
    html_text_write(self->stream, title);
    fprintf(self->stream, "</title>\n<style>%s</style>\n</head>\n", page_style);
}

static void write_figure(const struct html_report *self, const char *label, const char *value)
{
    put(self, "<div><dt>");
    html_text_write(self->stream, label);
    put(self, "</dt><dd>");
    html_text_write(self->stream, value);
    put(self, "</dd></div>\n");
}

static void write_taken_figure(const struct html_report *self, const char *label, char *value)
{
    write_figure(self, label, value);
    memory_free(value);
}

/* The numbers that one wants to see at once. */
static void write_figures(const struct html_report *self)
{
    const struct outcome *outcome = self->outcome;
    struct text least = TEXT_INIT, greatest = TEXT_INIT;
    text_print(&least, "%" PRId64, outcome->least);
    text_print(&greatest, "%" PRId64, outcome->greatest);
    put(self, "<dl class=\"figures\">\n");
    if (proof_has_claim(outcome)) {
        write_figure(self, "minimum", text_string(&least));
        write_figure(self, "maximum", text_string(&greatest));
    }
    if (outcome->has_values && intervals_size(&outcome->values) != UINT64_MAX)
        write_taken_figure(self, outcome->complete ? "values" : "values found",
                           number_grouped_unsigned(intervals_size(&outcome->values)));
    if (outcome->has_counts)
        write_taken_figure(self, "schedules", number_column(outcome->schedules, 27));
    write_taken_figure(self, outcome->sliced ? "control states" : "states", number_column(outcome->states, 27));
    put(self, "</dl>\n");
    text_free(&least);
    text_free(&greatest);
}

static void write_header(const struct html_report *self, const char *title)
{
    const struct proof *proof = self->proof;
    put(self, "<header>\n<h1>");
    html_text_write(self->stream, title);
    put(self, "</h1>\n");
    if (proof->author != NULL || proof->date != NULL) {
        put(self, "<p class=\"byline\">");
        html_text_write(self->stream, proof->author != NULL ? proof->author : "");
        put(self, proof->author != NULL && proof->date != NULL ? " \xc2\xb7 " : "");
        html_text_write(self->stream, proof->date != NULL ? proof->date : "");
        put(self, "</p>\n");
    }
    write_figures(self);
    put(self, "</header>\n");
}

void html_report_write(FILE *stream, const struct proof *proof)
{
    struct html_report self = {.stream = stream, .proof = proof, .outcome = proof->outcome};
    struct content content = proof_content(proof);
    struct text title = TEXT_INIT;
    proof_print_title(&title, proof);
    write_head(&self, text_string(&title));
    put(&self, "<body>\n<a class=\"skip\" href=\"#main\">To the content</a>\n<div class=\"page\">\n");
    write_header(&self, text_string(&title));
    render_html_contents(stream, &content);
    put(&self, "<main id=\"main\">\n");
    render_html(stream, &content);
    put(&self, "</main>\n</div>\n");
    html_data_write(stream, proof->outcome);
    fprintf(stream, "<script>%s</script>\n</body>\n</html>\n", page_script);
    text_free(&title);
    content_free(&content);
}
