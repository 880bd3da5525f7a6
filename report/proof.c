#include "report/proof.h"
#include "report/event_section.h"
#include "report/sample_section.h"

#include "base/memory.h"
#include "base/number.h"
#include "report/condition_section.h"
#include "report/equation.h"
#include "report/findings.h"
#include "report/markdown_text.h"
#include "report/members.h"
#include "report/phrase.h"
#include "report/prose.h"
#include "report/render_markdown.h"
#include "report/schedule_part.h"
#include "report/value_table.h"
#include "report/verdict.h"

#include <inttypes.h>
#include <string.h>

enum {
    ROWS_MAX = 1000, /* of the table of values */
    LINKS_MAX = 120, /* of a chain of the schedule that is told first, and of others */
    OTHERS_LINKS_MAX = 12
};

static void add_paragraph(struct content *content, const char *words)
{
    text_print(content_paragraph(content, STYLE_PLAIN), "%s", words);
}

static void add_heading(struct content *content, const char *anchor, const char *title)
{
    text_print(content_heading(content, anchor), "%s", title);
}

static void add_fact(struct content *content, const char *label, const char *words)
{
    text_print(content_fact(content, STYLE_PLAIN, label), "%s", words);
}

/* ---- What there is to tell --------------------------------------------------------------------------------------- */

bool proof_has_claim(const struct outcome *outcome)
{
    return outcome->complete && members_have_extremes(outcome);
}

/* Why there is no certificate under a scheduler, or NULL. */
static const char *scheduler_gap(const struct outcome *outcome)
{
    if (property_find(outcome->parameters, outcome->parameter_count, "priority") != NULL)
        return "There is no certificate: the verifier knows no priorities.";
    return strcmp(outcome->scheduler, "cores") == 0
               ? "There is no certificate: the verifier does not know the cores scheduler."
               : NULL;
}

bool proof_can_be_certified(const struct outcome *outcome)
{
    bool has_bounds =
        outcome->has_extremes && outcome->observation.count > 0 && !observation_has_output(&outcome->observation);
    return outcome->complete && scheduler_gap(outcome) == NULL &&
           (claims_have(outcome, CLAIM_ALWAYS) ? !claims_violate(outcome, CLAIM_ALWAYS) : has_bounds);
}

static size_t value_count(const struct outcome *outcome)
{
    size_t count = 0;
    for (size_t i = 0; i < outcome->witness_count; i++)
        count += outcome->witnesses[i].trace != NULL && outcome->witnesses[i].end == OUTCOME_VALUE;
    return count;
}

static bool has_each(const struct outcome *outcome)
{
    return outcome->row_count > 0 && value_count(outcome) == outcome->row_count;
}

/* How many schedules the report tells, those of threads that wait for ever included. */
static size_t schedule_count(const struct outcome *outcome)
{
    size_t count = 0;
    for (size_t i = 0; i < outcome->witness_count; i++)
        count += outcome->witnesses[i].trace != NULL && outcome->witnesses[i].wait == 0;
    for (size_t i = 0; outcome->has_starvation && i < outcome->wait_count; i++)
        count += outcome->waits[i].starves && outcome->waits[i].trace != NULL;
    return count;
}

const struct outcome_witness *proof_first_witness(const struct outcome *outcome)
{
    for (size_t i = 0; i < outcome->witness_count; i++)
        if (outcome->witnesses[i].trace != NULL && outcome->witnesses[i].wait == 0)
            return &outcome->witnesses[i];
    return NULL;
}

/* "The final values of x, y", "Final values of x, y, as far as they were found": what a report is about. */
static void print_subject(struct text *text, const struct outcome *outcome, bool is_whole)
{
    bool is_output = members_count(outcome) == 0 ? outcome->has_behaviour
                                                 : members_count(outcome) == 1 && members_is_output(outcome, 0);
    if (outcome->observe[0] == '\0') {
        text_print(text, is_whole ? "What can happen in %s" : "What can happen in %s, as far as it was found",
                   outcome->model);
        return;
    }
    if (is_output) {
        text_print(text, is_whole ? "What is printed" : "What is printed, as far as it was found");
        return;
    }
    text_print(text, is_whole ? "The final values of " : "Final values of ");
    members_print_names(text, outcome, false);
    text_print(text, is_whole ? "" : ", as far as they were found");
}

/* "lock.s can deadlock and hang"; returns whether there is anything of the kind. */
static bool print_trouble(struct text *text, const struct outcome *outcome)
{
    bool can_hang = outcome->endless && outcome->can_hang;
    if (outcome->can_deadlock || can_hang)
        text_print(text, "%s can %s%s%s", outcome->model, outcome->can_deadlock ? "deadlock" : "",
                   outcome->can_deadlock && can_hang ? " and " : "", can_hang ? "hang" : "");
    else if (outcome->can_fail)
        text_print(text, "%s can end with an error", outcome->model);
    else if (outcome->has_exclusion && !outcome->is_exclusive)
        text_print(text, "%s lets two threads into a critical section", outcome->model);
    else
        return false;
    return true;
}

void proof_print_title(struct text *text, const struct proof *self)
{
    const struct outcome *outcome = self->outcome;
    if (self->title != NULL) {
        text_print(text, "%s", self->title);
        return;
    }
    if (print_trouble(text, outcome))
        return;
    if (proof_has_claim(outcome))
        text_print(text, "%s = %" PRId64 " is the least final value", outcome->observe, outcome->least);
    else if (outcome->complete)
        print_subject(text, outcome, true);
    else
        print_subject(text, outcome, false);
}

/* ---- Statement --------------------------------------------------------------------------------------------------- */

/* "`unlocked` has 2 threads, with ITERS = 10 and PERMITS = 2; its scheduler is free (any thread that can go on may step)." */
static void claim_subject(struct content *content, const struct outcome *outcome)
{
    struct text *words = content_claim(content, STYLE_PLAIN);
    prose_print_code(words, outcome->model);
    if (outcome->reading != NULL)
        text_print(words, ", read as %s,", outcome->reading);
    text_print(words, " has %zu thread%s", outcome->threads, outcome->threads == 1 ? "" : "s");
    if (outcome->reading == NULL)
        text_print(words, ", with ITERS = %" PRId64, outcome->iters);
    for (size_t i = 0; i < outcome->symbol_count; i++)
        text_print(words, "%s %s = %" PRId64, i + 1 < outcome->symbol_count ? "," : " and", outcome->symbols[i].name,
                   outcome->symbols[i].number);
    text_print(words, "; its scheduler is ");
    phrase_print_scheduler(words, outcome->scheduler, outcome->parameters, outcome->parameter_count);
    text_print(words, ".");
}

static void claim_extreme(struct content *content, const struct outcome *outcome, bool is_least)
{
    int64_t value = is_least ? outcome->least : outcome->greatest;
    struct text *words = content_claim(content, STYLE_PLAIN);
    text_print(words, "Every schedule%s leaves `%s` %s %" PRId64,
               outcome->can_deadlock || outcome->can_fail || outcome->endless ? " that ends" : "", outcome->observe,
               is_least ? "\xe2\x89\xa5" : "\xe2\x89\xa4", value);
    text_print(words,
               findings_witness(outcome, OUTCOME_VALUE, value) != NULL
                   ? ", and there is one that leaves exactly %" PRId64 "."
                   : ", and %" PRId64 " is reached.",
               value);
}

/* "A schedule that comes to its end leaves (x, y) one of 3 tuples"; the table has them. */
static void claim_ends(struct content *content, const struct outcome *outcome)
{
    if (!outcome->complete || !outcome->has_values || members_count(outcome) == 0)
        return;
    struct text *words = content_claim(content, STYLE_PLAIN);
    uint64_t size = intervals_size(&outcome->values);
    if (size == 0) {
        text_print(words, "No schedule comes to its end.");
        return;
    }
    if (members_have_others(outcome)) {
        text_print(words, "A schedule that comes to its end prints one of ");
        text_put(words, outcome->behaviour->is_infinite ? memory_copy_string("infinitely many")
                                                        : number_readable(outcome->behaviour->count));
        text_print(words, " texts; the table has the least and the greatest of them, and all others as one.");
        return;
    }
    text_print(words, "A schedule that comes to its end ends in one of ");
    text_put(words, number_grouped_unsigned(size));
    text_print(words, " way%s: those in the table, and no other.", size == 1 ? "" : "s");
}

static void claim_trouble(struct content *content, const struct outcome *outcome)
{
    const struct outcome_witness *deadlock = findings_witness(outcome, OUTCOME_DEADLOCK, 0);
    if (outcome->can_deadlock && deadlock != NULL && deadlock->trace->end_text != NULL)
        text_print(content_claim(content, STYLE_BAD), "It can deadlock: %s.", deadlock->trace->end_text);
    else if (outcome->can_deadlock)
        text_print(content_claim(content, STYLE_BAD), "It can deadlock.");
    if (outcome->endless && outcome->can_hang) {
        struct text *words = content_claim(content, STYLE_BAD);
        text_print(words, outcome->must_hang ? "It hangs on every schedule: " : "It can hang: ");
        verdict_print_hang(words, outcome);
        text_print(words, ".");
    }
    if (outcome->can_fail)
        text_print(content_claim(content, STYLE_BAD), "It can end with an error%s%s.",
                   outcome->failure_text != NULL ? ": " : "",
                   outcome->failure_text != NULL ? outcome->failure_text : "");
    if (outcome->has_exclusion && !outcome->is_exclusive)
        text_print(content_claim(content, STYLE_BAD), "Two threads can be inside the same critical section.");
}

static void add_claims(struct content *content, const struct outcome *outcome)
{
    claim_subject(content, outcome);
    claim_trouble(content, outcome);
    if (!outcome->complete)
        text_print(content_claim(content, STYLE_BAD), "INCOMPLETE: %s. What follows was found by then; %s.",
                   outcome->incomplete_reason != NULL ? outcome->incomplete_reason : "the analysis was stopped",
                   members_are_number(outcome) ? "no minimum and no maximum is claimed" : "there may be more");
    if (proof_has_claim(outcome)) {
        claim_extreme(content, outcome, true);
        claim_extreme(content, outcome, false);
    } else if (!members_are_number(outcome)) {
        claim_ends(content, outcome);
    } else if (outcome->complete && outcome->has_values) {
        text_print(content_claim(content, STYLE_PLAIN), "No schedule ends with a value.");
    }
}

static void add_statement(struct content *content, const struct outcome *outcome)
{
    add_heading(content, "statement", "Statement");
    add_claims(content, outcome);
    if (proof_has_claim(outcome))
        add_paragraph(
            content, findings_witness(outcome, OUTCOME_VALUE, outcome->least) != NULL
                         ? "The proof has two halves. A schedule that leaves the least value shows that it can happen. "
                           "Covering all schedules shows that nothing less can."
                         : "The proof has two halves, of which this report has one: covering all schedules shows that "
                           "nothing less can happen. The other one, a schedule that leaves the least value, was not "
                           "computed; that there is one rests on the search alone.");
    condition_section_add(content, outcome);
    findings_add_checked(content, outcome);
    findings_add_results(content, outcome);
    findings_add_omissions(content, outcome);
}

/* ---- Values ------------------------------------------------------------------------------------------------------ */

/* Why no values are listed. */
static void add_unlisted(struct content *content, const struct outcome *outcome)
{
    struct text *words = content_paragraph(content, STYLE_PLAIN);
    uint64_t size = intervals_size(&outcome->values);
    if (outcome->has_values && size == 0) {
        text_print(words, "%s", outcome->complete ? "There are none: no schedule ends." : "None was found so far.");
    } else if (outcome->has_values) {
        text_print(words, "They are not listed one by one: there are %s", size == UINT64_MAX ? "at least " : "");
        text_put(words, number_grouped_unsigned(size));
        text_print(words, ".");
    } else if (proof_has_claim(outcome)) {
        text_print(words, "Only the least and the greatest one were computed, %" PRId64 " and %" PRId64 ".",
                   outcome->least, outcome->greatest);
    } else {
        text_print(words, "They were not computed.");
    }
}

static void add_values(struct content *content, const struct outcome *outcome)
{
    if (outcome->observe[0] == '\0')
        return;
    add_heading(content, "values", members_are_number(outcome) ? "Final values" : "What it can end with");
    if (members_are_number(outcome))
        content_figure(content, FIGURE_CHART, outcome, NULL);
    value_table_add(content, outcome, ROWS_MAX);
    event_section_add_tables(content, outcome, ROWS_MAX);
    detection_section_add(content, outcome, ROWS_MAX);
    if (outcome->row_count == 0 && members_count(outcome) > 0)
        add_unlisted(content, outcome);
    else if (outcome->row_count == 0)
        add_paragraph(content, "There are too many to list them one by one.");
}

/* ---- It can happen ----------------------------------------------------------------------------------------------- */

static void print_anchor(struct text *text, const struct outcome_witness *witness)
{
    if (witness->end == OUTCOME_VALUE)
        text_print(text, "value%" PRId64, witness->value);
}

/* How a schedule ends, why, and a picture of it. */
static void add_reasons(struct content *content, const struct outcome *outcome, const struct outcome_witness *witness,
                        bool is_first)
{
    schedule_part_add_openings(content, witness->trace);
    schedule_part_add_stop(content, outcome, witness);
    schedule_part_add_causes(content, witness->trace, is_first ? LINKS_MAX : OTHERS_LINKS_MAX);
    if (!is_first && witness == proof_first_witness(outcome))
        return; /* it has been drawn */
    text_print(content_part(content, NULL), "The schedule as a picture");
    content_figure(content, FIGURE_PICTURE, outcome, witness->trace);
}

static void add_first(struct content *content, const struct outcome *outcome, const struct outcome_witness *witness)
{
    size_t index = (size_t)(witness - outcome->witnesses);
    struct text anchor = TEXT_INIT;
    schedule_part_print_title(content_heading(content, "upper"), outcome, witness);
    struct text *words = content_paragraph(content, STYLE_PLAIN);
    schedule_part_print_length(words, witness);
    text_print(words,
               ". The machine has executed this schedule step by step, independently of the search that found it.");
    content_figure(content, FIGURE_PLAYER, outcome, NULL);
    content_last(content)->witness = index;
    /* Where this schedule is the only one, its value leads here. */
    if (schedule_count(outcome) == 1)
        print_anchor(&anchor, witness);
    text_print(content_part(content, anchor.length > 0 ? text_string(&anchor) : NULL), "The schedule");
    content_schedule(content, witness->trace, witness->loop_count > 0 ? witness->stem_count : SIZE_MAX, index);
    add_reasons(content, outcome, witness, true);
    text_free(&anchor);
}

/* "1, 2": the members of an end that is no number. */
static void print_label(struct text *text, const struct outcome *outcome, int64_t value)
{
    for (size_t m = 0; m < members_count(outcome); m++) {
        text_print(text, "%s", m > 0 ? ", " : "");
        members_print_one(text, outcome, value, m);
    }
    if (members_count(outcome) == 0)
        text_print(text, "end");
}

static void add_witness(struct content *content, const struct outcome *outcome, size_t index)
{
    const struct outcome_witness *witness = &outcome->witnesses[index];
    static const char *const words[] = {
        [OUTCOME_DEADLOCK] = "deadlock", [OUTCOME_FAILURE] = "error", [OUTCOME_OVERLAP] = "overlap",
        [OUTCOME_HANG] = "hang",         [OUTCOME_CLAIM] = "claim",   [OUTCOME_ENDLESS] = "endless"};
    struct text label = TEXT_INIT, anchor = TEXT_INIT;
    if (witness->end == OUTCOME_VALUE && members_are_number(outcome))
        text_print(&label, "%" PRId64, witness->value);
    else if (witness->end == OUTCOME_VALUE)
        print_label(&label, outcome, witness->value);
    else
        text_print(&label, "%s", words[witness->end]);
    print_anchor(&anchor, witness);
    struct content *inner = content_details(content, witness->trace, text_string(&label), index);
    content_last(content)->outcome = outcome;
    schedule_part_print_title(content_part(inner, anchor.length > 0 ? text_string(&anchor) : NULL), outcome, witness);
    bool is_lasso = witness->loop_count > 0;
    if (is_lasso)
        content_last(content)->loop = witness->stem_count;
    content_schedule(inner, witness->trace, is_lasso ? witness->stem_count : SIZE_MAX, CONTENT_NONE);
    add_reasons(inner, outcome, witness, false);
    text_free(&label);
    text_free(&anchor);
}

static void add_lasso(struct content *content, const struct outcome *outcome, const struct outcome_wait *wait)
{
    size_t number = outcome->witness_count + (size_t)(wait - outcome->waits); /* as report/html_data.h counts */
    struct content *inner = content_details(content, wait->trace, "waits", number);
    content_last(content)->outcome = outcome;
    content_last(content)->loop = wait->stem_count;
    schedule_part_print_lasso(content_part(inner, NULL), outcome, wait);
    content_schedule(inner, wait->trace, wait->stem_count, CONTENT_NONE);
}

static void add_others(struct content *content, const struct outcome *outcome)
{
    add_heading(content, "others",
                has_each(outcome)
                    ? (members_are_number(outcome) ? "A schedule for each value" : "A schedule for each end")
                    : "Schedules that were found");
    text_print(
        content_paragraph(content, STYLE_PLAIN),
        "%s T0\xc3\x97\x32 means that T0 takes two steps before the next one runs.",
        has_each(outcome)
            ? (members_are_number(outcome)
                   ? "For each value a schedule that ends with it, with the fewest preemptions that any such schedule has."
                   : "For each end a schedule that comes to it, with the fewest preemptions that any such schedule has.")
            : "The schedules that were found, each with the fewest preemptions, or steps, that any such schedule "
              "has.");
    for (size_t w = 0; w < outcome->witness_count; w++)
        if (outcome->witnesses[w].trace != NULL && outcome->witnesses[w].wait == 0)
            add_witness(content, outcome, w);
    for (size_t w = 0; outcome->has_starvation && w < outcome->wait_count; w++)
        if (outcome->waits[w].starves && outcome->waits[w].trace != NULL)
            add_lasso(content, outcome, &outcome->waits[w]);
}

/* ---- Nothing else can -------------------------------------------------------------------------------------------- */

static void add_search(struct content *content, const struct outcome *outcome)
{
    add_heading(content, "lower", outcome->complete ? "Nothing else can happen" : "What was covered");
    add_paragraph(content,
                  outcome->complete
                      ? "The search followed every step that any thread may take from every state that can be reached, "
                        "until there was none left that it had not seen."
                      : "The search was stopped; what it had not seen yet may hold other values.");
    findings_add_effort(content, outcome);
    if (outcome->sliced)
        add_paragraph(content,
                      "Neither the variable nor the registers that carry it decide which step is next, so a state need "
                      "not hold them; what can still become of them is computed for each state.");
}

static const char *certificate_gap(const struct outcome *outcome)
{
    if (!outcome->complete)
        return "There is no certificate: the search is incomplete.";
    if (claims_have(outcome, CLAIM_ALWAYS))
        return "There is no certificate: what is claimed of every state is not true of all.";
    if (outcome->observation.count == 0)
        return "There is no certificate: nothing is observed that has a bound.";
    if (scheduler_gap(outcome) != NULL)
        return scheduler_gap(outcome);
    return observation_has_output(&outcome->observation)
               ? "There is no certificate: what is printed has no bound."
               : "There is no certificate: no schedule ends with a value, so there is none to claim.";
}

static void add_no_certificate(struct content *content, const struct proof *self)
{
    if (self->certificate_command == NULL) {
        add_paragraph(content, certificate_gap(self->outcome));
        return;
    }
    add_paragraph(content, "No certificate was written with this report: whoever doubts that all states were covered "
                           "has to run the search again. This writes one, with the same report, which then names it:");
    text_print(content_command(content), "%s", self->certificate_command);
}

static void add_certificates(struct content *content, const struct proof *self)
{
    text_print(content_part(content, NULL), "Certificate");
    if (self->certificate_count == 0) {
        add_no_certificate(content, self);
        return;
    }
    text_print(
        content_paragraph(content, STYLE_PLAIN),
        "%s `racecheck-verify`, a program that shares no source with the search, checks it without trusting this "
        "report.",
        claims_have(self->outcome, CLAIM_ALWAYS)
            ? "A certificate of what is claimed of every state lists all of them, with the values that the claims are about."
            : "A certificate has, for every control state, a bound on what can still become of the value.");
    for (size_t i = 0; i < self->certificate_count; i++) {
        prose_print_code(content_fact(content, STYLE_PLAIN, "certificate"), self->certificates[i].file);
        prose_print_code(content_fact(content, STYLE_PLAIN, "SHA-256"), self->certificates[i].sha256);
    }
}

static void add_assumptions(struct content *content, const struct outcome *outcome)
{
    add_heading(content, "assumed", "Assumptions");
    add_fact(
        content, "steps",
        outcome->has_stretches
            ? "A step is one instruction of the listing, or several that nothing can come between. Between two "
              "steps any switch may happen that the scheduler allows; within one, none."
            : "Each instruction of the listing is one atomic step. Between two steps any switch may happen that the "
              "scheduler allows; within one, none.");
    add_fact(content, "memory",
             "Sequential consistency: all threads see all stores in one order, at once. Registers belong to their "
             "thread. A weaker memory model could only add outcomes.");
    struct text *words = content_fact(content, STYLE_PLAIN, "scheduler");
    phrase_print_scheduler(words, outcome->scheduler, outcome->parameters, outcome->parameter_count);
    text_print(words, ". It need not be fair.");
    add_fact(content, "numbers",
             "64-bit integers; where a value does not fit, that is an error of the program, and reported as one.");
    add_fact(content, "program",
             "The claim is about the program as listed, with these numbers of threads and iterations.");
}

static void add_again(struct content *content, const struct proof *self)
{
    add_heading(content, "again", "Do it again");
    add_paragraph(content, "This command makes the same report, byte for byte:");
    text_print(content_command(content), "%s", self->command);
    text_print(content_paragraph(content, STYLE_PLAIN),
               "With racecheck %s; with another version of Graphviz a picture may differ.", self->version);
    for (size_t i = 0; i < self->certificate_count; i++)
        text_print(content_command(content), "racecheck-verify %s", self->certificates[i].file);
}

/* Of any schedule that comes to its end, or NULL. */
static const struct trace *finished_trace(const struct outcome *outcome)
{
    for (size_t w = 0; w < outcome->witness_count; w++)
        if (outcome->witnesses[w].trace != NULL && outcome->witnesses[w].trace->end == TRACE_FINISHED)
            return outcome->witnesses[w].trace;
    return NULL;
}

/* ---- The whole --------------------------------------------------------------------------------------------------- */

struct content proof_content(const struct proof *self)
{
    const struct outcome *outcome = self->outcome;
    const struct outcome_witness *first = proof_first_witness(outcome);
    struct content content = {0};
    add_statement(&content, outcome);
    add_heading(&content, "program", "Program");
    const char *listing = outcome->listing != NULL ? outcome->listing : outcome->text;
    text_print(content_listing(&content), "%s", listing != NULL ? listing : "");
    add_values(&content, outcome);
    if (first != NULL)
        add_first(&content, outcome, first);
    if (schedule_count(outcome) > (first != NULL))
        add_others(&content, outcome);
    add_search(&content, outcome);
    equation_add(&content, outcome, finished_trace(outcome));
    add_certificates(&content, self);
    add_assumptions(&content, outcome);
    add_again(&content, self);
    return content;
}

void proof_write_markdown(FILE *stream, const struct proof *self)
{
    struct text title = TEXT_INIT;
    struct content content = proof_content(self);
    proof_print_title(&title, self);
    fputs("# ", stream);
    markdown_text_write(stream, text_string(&title));
    fputs("\n\n", stream);
    /* Behind a word of ours nothing can begin a list or a heading. */
    if (self->author != NULL || self->date != NULL) {
        fputs(self->author != NULL ? "By " : "Date: ", stream);
        markdown_text_write(stream, self->author != NULL ? self->author : "");
        fputs(self->author != NULL && self->date != NULL ? ", " : "", stream);
        markdown_text_write(stream, self->date != NULL ? self->date : "");
        fputs("\n\n", stream);
    }
    render_markdown(stream, &content);
    text_free(&title);
    content_free(&content);
}
