#include "report/html_report.h"

#include "base/memory.h"
#include "base/number.h"
#include "base/text.h"
#include "report/deadlock_report.h"
#include "report/dot.h"
#include "report/html_chart.h"
#include "report/html_data.h"
#include "report/html_text.h"
#include "report/html_values.h"
#include "report/html_witness.h"
#include "report/page/page.h"
#include "report/picture.h"
#include "report/setting.h"
#include "report/step_text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    SUM_SHOWN = 2000,       /* bytes of the equation's sum; a longer one opens */
    LINE_BYTES = 100,       /* what has more is broken anywhere */
    PICTURE_THREADS_MAX = 8 /* beyond, columns are too many for a page */
};

struct html_report {
    FILE *stream;
    const struct proof *proof;
    const struct outcome *outcome;
    const struct outcome_witness *witness; /* the one that is told first, or NULL */
    bool has_others;                       /* there are schedules beside that one */
    struct html_room room;
};

/* ---- Pieces ---------------------------------------------------------------------------------------------------- */

static void put(const struct html_report *self, const char *markup)
{
    fputs(markup, self->stream);
}

/* Writes a sentence and frees it. */
static void put_prose(const struct html_report *self, struct text *sentence)
{
    html_text_write_prose(self->stream, text_string(sentence));
    text_free(sentence);
}

static void put_paragraph(const struct html_report *self, const char *class, const char *sentence)
{
    fprintf(self->stream, "<p%s%s%s>", class[0] != '\0' ? " class=\"" : "", class, class[0] != '\0' ? "\"" : "");
    html_text_write_prose(self->stream, sentence);
    put(self, "</p>\n");
}

/* Writes facts as paragraphs and frees them. */
static void put_paragraphs(const struct html_report *self, struct facts facts)
{
    for (size_t i = 0; i < facts.count; i++)
        put_paragraph(self, facts.items[i].is_bad ? "bad" : "", facts.items[i].words);
    facts_free(&facts);
}

/* Writes facts as a list of labels and what they stand for, and frees them. */
static void put_list(const struct html_report *self, struct facts facts)
{
    put(self, "<dl class=\"facts\">\n");
    for (size_t i = 0; i < facts.count; i++) {
        put(self, "<div><dt>");
        html_text_write(self->stream, facts.items[i].label);
        put(self, facts.items[i].is_bad ? "</dt><dd class=\"bad\">" : "</dt><dd>");
        html_text_write_prose(self->stream, facts.items[i].words);
        put(self, "</dd></div>\n");
    }
    put(self, "</dl>\n");
    facts_free(&facts);
}

static void begin_section(const struct html_report *self, const char *name, const char *title)
{
    fprintf(self->stream, "<section id=\"%s\" aria-labelledby=\"%s-title\">\n<h2 id=\"%s-title\">", name, name, name);
    html_text_write_prose(self->stream, title);
    put(self, "</h2>\n");
}

static void end_section(const struct html_report *self)
{
    put(self, "</section>\n\n");
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

static const char *others_title(const struct outcome *outcome)
{
    return proof_has_each(outcome) ? "A schedule for each value" : "Schedules that were found";
}

static void write_entry(const struct html_report *self, const char *name, const char *title)
{
    fprintf(self->stream, "<li><a href=\"#%s\">%s</a>\n", name, title);
}

static void write_contents(const struct html_report *self)
{
    put(self, "<nav aria-label=\"Contents\"><ol>\n");
    write_entry(self, "statement", "Statement");
    write_entry(self, "program", "Program");
    write_entry(self, "values", "Final values");
    if (self->witness != NULL)
        write_entry(self, "upper", proof_is_attained(self->outcome) ? "It happens" : "What happens");
    if (self->has_others)
        write_entry(self, "others", others_title(self->outcome));
    write_entry(self, "lower", proof_search_title(self->outcome));
    write_entry(self, "assumed", "Assumptions");
    write_entry(self, "again", "Do it again");
    put(self, "</ol></nav>\n\n");
}

/* ---- Statement and program ------------------------------------------------------------------------------------- */

static void write_statement(const struct html_report *self)
{
    begin_section(self, "statement", "Statement");
    fprintf(self->stream, "<div class=\"theorem%s\">\n", self->outcome->complete ? "" : " incomplete");
    put_paragraphs(self, proof_claims(self->outcome));
    put(self, "</div>\n");
    if (proof_has_claim(self->outcome) && proof_is_attained(self->outcome))
        put(self,
            "<p>The proof has two halves. <a href=\"#upper\">A schedule</a> that leaves the least value shows that it can "
            "happen. <a href=\"#lower\">Covering all schedules</a> shows that nothing less can.</p>\n");
    else if (proof_has_claim(self->outcome))
        put(self,
            "<p>The proof has two halves, of which this report has one: <a href=\"#lower\">covering all schedules</a> "
            "shows that nothing less can happen. The other one, a schedule that leaves the least value, was not "
            "computed; that there is one rests on the search alone.</p>\n");
    put_list(self, proof_setting(self->outcome));
    put_list(self, proof_findings(self->outcome));
    put_paragraphs(self, proof_omissions(self->outcome));
    end_section(self);
}

/* A line; what is behind a # is a comment. */
static void write_line(const struct html_report *self, const char *line, size_t length)
{
    struct text code = TEXT_INIT, comment = TEXT_INIT;
    const char *mark = memchr(line, '#', length);
    size_t code_length = mark != NULL ? (size_t)(mark - line) : length;
    text_append(&code, line, code_length);
    text_append(&comment, line + code_length, length - code_length);
    put(self, "<li><code>");
    html_text_write(self->stream, text_string(&code));
    if (mark != NULL) {
        put(self, "<i>");
        html_text_write(self->stream, text_string(&comment));
        put(self, "</i>");
    }
    put(self, "</code>\n");
    text_free(&code);
    text_free(&comment);
}

static void write_program(const struct html_report *self)
{
    const char *line = self->outcome->text != NULL ? self->outcome->text : "";
    begin_section(self, "program", "Program");
    put(self, "<ol class=\"listing\" id=\"listing\">\n");
    while (*line != '\0') {
        size_t length = strcspn(line, "\n");
        write_line(self, line, length);
        line += length + (line[length] == '\n');
    }
    put(self, "</ol>\n");
    end_section(self);
}

/* ---- Values ---------------------------------------------------------------------------------------------------- */

static void write_values(const struct html_report *self)
{
    const struct outcome *outcome = self->outcome;
    begin_section(self, "values", "Final values");
    if (html_chart_exists(outcome))
        html_chart_write(self->stream, outcome);
    if (outcome->row_count > 0 && proof_value_count(outcome) > 0)
        fprintf(self->stream,
                "<p>A value%s leads to a schedule that ends with it: choose one in the table"
                "<span class=\"script\">%s and step through it</span>.</p>\n",
                proof_has_each(outcome) ? "" : " that is a link",
                html_chart_exists(outcome) ? ", or in the chart," : "");
    html_values_write(self->stream, outcome);
    if (outcome->row_count == 0) {
        struct text words = TEXT_INIT;
        proof_print_unlisted(&words, outcome);
        put_paragraph(self, "", text_string(&words));
        text_free(&words);
    }
    end_section(self);
}

/* ---- Upper bound ----------------------------------------------------------------------------------------------- */

static void write_player(const struct html_report *self)
{
    put(self,
        "<div id=\"player\" class=\"player\" role=\"region\" aria-label=\"Step through a schedule\" hidden>\n"
        "<div class=\"choice\"><label for=\"choice\">Schedule</label> <select id=\"choice\"></select> "
        "<span id=\"length\"></span></div>\n"
        "<div class=\"lanes\" id=\"lanes\" aria-hidden=\"true\"></div>\n"
        "<input type=\"range\" id=\"position\" min=\"0\" value=\"0\" step=\"1\" aria-label=\"Step of the schedule\">\n"
        "<div class=\"controls\" role=\"group\" aria-label=\"Move through the schedule\">\n"
        "<button type=\"button\" data-go=\"first\" title=\"To the start (Home)\">Start</button>\n"
        "<button type=\"button\" data-go=\"turn-back\" title=\"One turn back (Shift and left arrow)\">\xe2\x86\x90 Turn</button>\n"
        "<button type=\"button\" data-go=\"back\" title=\"One step back (left arrow)\">\xe2\x86\x90 Step</button>\n"
        "<output id=\"count\" for=\"position\"></output>\n"
        "<button type=\"button\" data-go=\"forward\" class=\"main\" title=\"One step forward (right arrow)\">Step \xe2\x86\x92</button>\n"
        "<button type=\"button\" data-go=\"turn-forward\" title=\"One turn forward (Shift and right arrow)\">Turn \xe2\x86\x92</button>\n"
        "<button type=\"button\" data-go=\"last\" title=\"To the end (End)\">End</button>\n</div>\n"
        "<div id=\"words\" class=\"words\" aria-live=\"polite\" aria-atomic=\"true\"></div>\n"
        "<div class=\"stage\">\n<ol class=\"listing\" id=\"code\" aria-label=\"Program, with the line of each thread\"></ol>\n"
        "<div class=\"state\"><dl id=\"words-of-memory\" class=\"memory\"></dl><div id=\"threads\" class=\"threads\"></div>"
        "<p id=\"rest\" class=\"rest\" hidden><span id=\"rest-words\"></span> <button type=\"button\" id=\"all\" "
        "aria-controls=\"threads\"></button></p></div>\n"
        "</div>\n<p class=\"keys\">Arrow keys step, with Shift from turn to turn; Home and End go to the ends.</p>\n</div>\n");
}

/* The drawing's own title is not wanted: the lines behind it are. */
static void write_picture_caption(const struct html_report *self, const char *caption)
{
    put(self, "<figcaption>");
    for (const char *line = strchr(caption, '\n'); line != NULL; line = strchr(line, '\n')) {
        struct text words = TEXT_INIT;
        line++;
        size_t length = strcspn(line, "\n");
        text_append(&words, line, length);
        html_text_write(self->stream, text_string(&words));
        put(self, line[length] == '\n' && line[length + 1] != '\0' ? "; " : ".");
        text_free(&words);
        if (line[length] == '\0' || line[length + 1] == '\0')
            break;
    }
    put(self, "</figcaption>\n");
}

static void write_picture(const struct html_report *self)
{
    char *dot = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&dot, &size);
    if (stream == NULL)
        return;
    bool is_drawn = dot_write_trace_folded(stream, self->witness->trace, "schedule");
    is_drawn = fclose(stream) == 0 && is_drawn;
    struct picture picture = is_drawn ? picture_draw(dot) : (struct picture){0};
    free(dot);
    if (picture.svg != NULL) {
        put(self, "<figure class=\"picture\">\n<div role=\"img\" aria-label=\"The schedule as a drawing: a column "
                  "for each thread, time going down, an arrow from each store to the loads that saw it.\">\n");
        put(self, picture.svg);
        put(self, "</div>\n");
        write_picture_caption(self, picture.caption);
        put(self, "</figure>\n");
    } else {
        put(self, "<p>The picture is missing: Graphviz could not draw it where this report was made.</p>\n");
    }
    picture_free(&picture);
}

static void write_upper(struct html_report *self)
{
    struct text title = TEXT_INIT, length = TEXT_INIT, end = TEXT_INIT;
    proof_print_witness(&title, self->outcome, self->witness);
    begin_section(self, "upper", text_string(&title));
    text_free(&title);
    proof_print_witness_length(&length, self->witness);
    text_print(
        &length,
        ". Each turn is a stretch in which one thread runs undisturbed; it opens into its steps. The machine has "
        "executed this schedule step by step, apart from the search that found it.");
    put_paragraph(self, "", text_string(&length));
    if (html_data_has(self->outcome, (size_t)(self->witness - self->outcome->witnesses)))
        write_player(self);
    /* Where this schedule is the only one, its value leads here. */
    if (!self->has_others && self->witness->end == OUTCOME_VALUE)
        fprintf(self->stream, "<h3 id=\"value%" PRId64 "\">", self->witness->value);
    else
        put(self, "<h3>");
    put(self, "The schedule in turns</h3>\n<div class=\"told\" data-witness=\"");
    fprintf(self->stream, "%zu\">\n", (size_t)(self->witness - self->outcome->witnesses));
    html_witness_write_turns(self->stream, self->witness->trace, SIZE_MAX, &self->room);
    put(self, "</div>\n");
    proof_print_end(&end, self->witness->trace);
    put_paragraph(self, "", text_string(&end));
    text_free(&end);
    text_free(&length);
    if (self->witness->end == OUTCOME_VALUE) {
        put(self, "<h3>Where the value comes from</h3>\n");
        html_witness_write_chain(self->stream, self->witness->trace);
    }
    if (deadlock_report_exists(self->witness->trace)) {
        put(self, "<h3>The steps that decide</h3>\n");
        html_witness_write_standoff(self->stream, self->witness->trace);
    }
    put(self, "<h3>The schedule as a picture</h3>\n");
    if (self->witness->trace->thread_count <= PICTURE_THREADS_MAX)
        write_picture(self);
    else
        put(self, "<p>There are too many threads for a picture of this width.</p>\n");
    end_section(self);
}

/* ---- The other schedules --------------------------------------------------------------------------------------- */

static void write_lasso(struct html_report *self, const struct outcome_wait *wait)
{
    struct text title = TEXT_INIT;
    put(self, "<details class=\"witness\"><summary><span class=\"value\">waits</span> <span class=\"length\">");
    fprintf(self->stream, "%zu steps, then a loop of %zu</span> <span class=\"schedule\">", wait->stem_count,
            wait->loop_count);
    text_print(&title, "how ");
    step_text_print_name(&title, wait->thread);
    text_print(&title, " can wait for ever, %s", setting_fairness(self->outcome->fairness));
    put_prose(self, &title);
    put(self, "</span></summary>\n");
    html_witness_write_turns(self->stream, wait->trace, wait->stem_count, &self->room);
    put(self, "</details>\n");
}

static void write_others(struct html_report *self)
{
    const struct outcome *outcome = self->outcome;
    struct text words = TEXT_INIT;
    begin_section(self, "others", others_title(outcome));
    proof_print_schedules(&words, outcome);
    put_paragraph(self, "", text_string(&words));
    text_free(&words);
    put(self, "<div class=\"witnesses\">\n");
    for (size_t w = 0; w < outcome->witness_count; w++)
        if (outcome->witnesses[w].trace != NULL)
            html_witness_write(self->stream, outcome, w, &self->room);
    for (size_t w = 0; outcome->has_starvation && w < outcome->wait_count; w++)
        if (outcome->waits[w].starves && outcome->waits[w].trace != NULL)
            write_lasso(self, &outcome->waits[w]);
    put(self, "</div>\n");
    end_section(self);
}

/* ---- Lower bound ----------------------------------------------------------------------------------------------- */

/* A long sum opens, so that who wants to check it can. */
static void write_sum(const struct html_report *self, struct text *sum)
{
    bool opens = sum->length > SUM_SHOWN;
    if (opens)
        fprintf(self->stream, "<details><summary>The sum of %zu numbers, with all their digits</summary>",
                self->outcome->row_count);
    put(self, opens ? "<span class=\"long\">" : "<span>");
    put_prose(self, sum);
    put(self, opens ? "</span></details> " : "</span> ");
}

static void write_equation(const struct html_report *self)
{
    struct text sum = TEXT_INIT, all = TEXT_INIT, note = TEXT_INIT;
    proof_print_sum(&sum, self->outcome, proof_terms(self->outcome));
    proof_print_all(&all, self->outcome);
    proof_print_equation_note(&note, self->outcome);
    put(self, "<h3>Sum over the values = number of all schedules</h3>\n<div class=\"equation\">");
    write_sum(self, &sum);
    put(self, all.length > LINE_BYTES ? "<span class=\"long\">= <b>" : "<span>= <b>");
    put_prose(self, &all);
    put(self, "</b></span></div>\n");
    put_paragraph(self, "", text_string(&note));
    text_free(&note);
}

/* Where a certificate can be had, the command that writes it. */
static void write_no_certificate(const struct html_report *self)
{
    if (self->proof->certificate_command == NULL) {
        put(self, self->outcome->complete
                      ? "<p>There is no certificate: no schedule ends with a value, so there is none to claim.</p>\n"
                      : "<p>There is no certificate: the search is incomplete.</p>\n");
        return;
    }
    put(self,
        "<p>No certificate was written with this report: whoever doubts that all states were covered has to run the "
        "search again. This writes one, with the same report, which then names it:</p>\n<pre class=\"command\"><code>");
    html_text_write(self->stream, self->proof->certificate_command);
    put(self, "</code></pre>\n");
}

static void write_certificates(const struct html_report *self)
{
    const struct proof *proof = self->proof;
    put(self, "<h3>Certificate</h3>\n");
    if (proof->certificate_count == 0) {
        write_no_certificate(self);
        return;
    }
    put(self,
        "<p>A certificate has, for every control state, a bound on what can still become of the value. "
        "<code>racecheck-verify</code>, a program that shares no source with the search, checks it without trusting "
        "this report.</p>\n<dl class=\"facts\">\n");
    for (size_t i = 0; i < proof->certificate_count; i++) {
        put(self, "<div><dt>File</dt><dd><code>");
        html_text_write(self->stream, proof->certificates[i].file);
        put(self, "</code></dd></div>\n<div><dt>SHA-256</dt><dd><code class=\"hash\">");
        html_text_write(self->stream, proof->certificates[i].sha256);
        put(self, "</code></dd></div>\n");
    }
    put(self, "</dl>\n");
}

static void write_lower(const struct html_report *self)
{
    begin_section(self, "lower", proof_search_title(self->outcome));
    put_paragraph(
        self, "",
        self->outcome->complete
            ? "The search followed every step that any thread may take from every state that can be reached, until "
              "there was none left that it had not seen."
            : "The search was stopped; what it had not seen yet may hold other values.");
    put_list(self, proof_coverage(self->outcome));
    if (proof_has_equation(self->outcome))
        write_equation(self);
    write_certificates(self);
    end_section(self);
}

static void write_again(const struct html_report *self)
{
    const struct proof *proof = self->proof;
    begin_section(self, "again", "Do it again");
    put(self, "<p>This command makes the same report, byte for byte:</p>\n<pre class=\"command\"><code>");
    html_text_write(self->stream, proof->command);
    put(self, "</code></pre>\n<p>With racecheck ");
    html_text_write(self->stream, proof->version);
    put(self, "; the picture may differ where Graphviz does.</p>\n");
    for (size_t i = 0; i < proof->certificate_count; i++) {
        put(self, "<pre class=\"command\"><code>racecheck-verify ");
        html_text_write(self->stream, proof->certificates[i].file);
        put(self, "</code></pre>\n");
    }
    end_section(self);
}

/* ---- The page -------------------------------------------------------------------------------------------------- */

static void write_body(struct html_report *self, const char *title)
{
    put(self, "<body>\n<a class=\"skip\" href=\"#main\">To the content</a>\n<div class=\"page\">\n");
    write_header(self, title);
    write_contents(self);
    put(self, "<main id=\"main\">\n");
    write_statement(self);
    write_program(self);
    write_values(self);
    if (self->witness != NULL)
        write_upper(self);
    if (self->has_others)
        write_others(self);
    write_lower(self);
    begin_section(self, "assumed", "Assumptions");
    put_list(self, proof_assumptions(self->outcome));
    end_section(self);
    write_again(self);
    put(self, "</main>\n</div>\n");
    html_data_write(self->stream, self->outcome);
    fprintf(self->stream, "<script>%s</script>\n</body>\n</html>\n", page_script);
}

void html_report_write(FILE *stream, const struct proof *proof)
{
    struct html_report self = {.stream = stream, .proof = proof, .outcome = proof->outcome, .room = html_room_new()};
    struct text title = TEXT_INIT;
    self.witness = proof_first_witness(proof->outcome);
    self.has_others = proof_schedule_count(proof->outcome) > (self.witness != NULL);
    proof_print_title(&title, proof);
    write_head(&self, text_string(&title));
    write_body(&self, text_string(&title));
    text_free(&title);
}
