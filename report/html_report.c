#include "report/html_report.h"

#include "base/memory.h"
#include "base/number.h"
#include "base/text.h"
#include "report/html_data.h"
#include "report/html_text.h"
#include "report/members.h"
#include "report/page/page.h"
#include "report/render_html.h"

#include <inttypes.h>

enum { NUMBER_COLUMNS = 27 }; /* of numbers that are told digit by digit */

/* Writes a number that is taken. */
static void write_figure(FILE *stream, const char *label, char *value)
{
    html_text_print(stream, "<div><dt>%s</dt><dd>%s</dd></div>\n", label, value);
    memory_free(value);
}

static char *digits(int64_t number)
{
    struct text text = TEXT_INIT;
    text_print(&text, "%" PRId64, number);
    return text_take(&text);
}

static void write_head(FILE *stream, const struct proof *proof, const char *title)
{
    html_text_print(
        stream,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src '%s'; script-src '%s'; "
        "base-uri 'none'; form-action 'none'\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"generator\" content=\"racecheck %s\">\n",
        page_style_hash, page_script_hash, proof->version);
    if (proof->author != NULL)
        html_text_print(stream, "<meta name=\"author\" content=\"%s\">\n", proof->author);
    html_text_print(stream, "<title>%s</title>\n", title);
    fprintf(stream, "<style>%s</style>\n</head>\n", page_style);
}

/* The numbers that one wants to see at once. */
static void write_figures(FILE *stream, const struct outcome *outcome)
{
    fputs("<dl class=\"figures\">\n", stream);
    if (outcome->can_deadlock)
        write_figure(stream, "deadlocks",
                     outcome->has_counts ? number_column(outcome->deadlocked, NUMBER_COLUMNS)
                                         : memory_copy_string("possible"));
    if (outcome->endless && outcome->can_hang)
        write_figure(stream, "hang", memory_copy_string(outcome->must_hang ? "certain" : "possible"));
    if (proof_has_claim(outcome)) {
        write_figure(stream, "minimum", digits(outcome->least));
        write_figure(stream, "maximum", digits(outcome->greatest));
    }
    if (members_have_others(outcome))
        write_figure(stream, "outputs",
                     outcome->behaviour->is_infinite ? memory_copy_string("infinitely many")
                                                     : number_column(outcome->behaviour->count, NUMBER_COLUMNS));
    else if (outcome->has_values && members_count(outcome) > 0 && intervals_size(&outcome->values) != UINT64_MAX)
        write_figure(stream,
                     members_are_number(outcome) ? (outcome->complete ? "values" : "values found")
                     : outcome->complete         ? "outcomes"
                                                 : "outcomes found",
                     number_grouped_unsigned(intervals_size(&outcome->values)));
    if (outcome->has_counts)
        write_figure(stream, "schedules", number_column(outcome->schedules, NUMBER_COLUMNS));
    write_figure(stream, outcome->sliced ? "control states" : "states", number_column(outcome->states, NUMBER_COLUMNS));
    fputs("</dl>\n", stream);
}

static void write_header(FILE *stream, const struct proof *proof, const char *title)
{
    const char *author = proof->author != NULL ? proof->author : "", *date = proof->date != NULL ? proof->date : "";
    html_text_print(stream, "<header>\n<h1>%s</h1>\n", title);
    if (proof->author != NULL || proof->date != NULL)
        html_text_print(stream, "<p class=\"byline\">%s%s%s</p>\n", author,
                        proof->author != NULL && proof->date != NULL ? " \xc2\xb7 " : "", date);
    write_figures(stream, proof->outcome);
    fputs("</header>\n", stream);
}

void html_report_write(FILE *stream, const struct proof *proof)
{
    struct content content = proof_content(proof);
    struct text title = TEXT_INIT;
    proof_print_title(&title, proof);
    write_head(stream, proof, text_string(&title));
    fputs("<body>\n<a class=\"skip\" href=\"#main\">To the content</a>\n<div class=\"page\">\n", stream);
    write_header(stream, proof, text_string(&title));
    render_html_contents(stream, &content);
    fputs("<main id=\"main\">\n", stream);
    render_html(stream, &content);
    fputs("</main>\n</div>\n", stream);
    html_data_write(stream, proof->outcome);
    fprintf(stream, "<script>%s</script>\n</body>\n</html>\n", page_script);
    text_free(&title);
    content_free(&content);
}
