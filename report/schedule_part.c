#include "report/schedule_part.h"

#include "base/memory.h"
#include "program/predicate.h"
#include "report/deadlock_report.h"
#include "report/explanation.h"
#include "report/members.h"
#include "report/middle.h"
#include "report/phrase.h"
#include "report/prose.h"
#include "report/provenance_text.h"

#include <inttypes.h>
#include <stdbool.h>

static const char *plural(size_t count)
{
    return count == 1 ? "" : "s";
}

static void print_how(struct text *text, const char *code, const char *comes)
{
    text_print(text, "How ");
    prose_print_code(text, code);
    text_print(text, " %s", comes);
}

/* "How `x + y == 3` comes about", or comes to be violated. */
static void print_claim_title(struct text *text, const struct outcome *outcome, const struct outcome_witness *witness)
{
    const struct claim *claim = &outcome->claims[witness->claim - 1];
    if (claim->kind == CLAIM_POSSIBLE)
        print_how(text, predicate_text(claim->condition), "comes about");
    else if (claim->kind == CLAIM_TERMINATES)
        text_print(text, "How the program %s", witness->loop_count > 0 ? "can go on for ever" : "can stand still");
    else if (claim->kind == CLAIM_NO_HANG)
        text_print(text, "How the program hangs");
    else
        print_how(text, claim->text, "is violated");
    phrase_print_choices(text, outcome, witness->parameters, witness->parameter_count);
    if (claim_is_fair(claim) && witness->loop_count > 0)
        text_print(text, ", %s", phrase_fairness(outcome->fairness));
}

void schedule_part_print_title(struct text *text, const struct outcome *outcome, const struct outcome_witness *witness)
{
    if (witness->claim > 0) {
        print_claim_title(text, outcome, witness);
        return;
    }
    if (witness->end == OUTCOME_VALUE && members_count(outcome) == 0) {
        text_print(text, "How the program comes to its end");
        phrase_print_choices(text, outcome, witness->parameters, witness->parameter_count);
        return;
    }
    text_print(text, "How ");
    if (witness->end == OUTCOME_VALUE)
        members_print(text, outcome, witness->value, true);
    else
        phrase_print_end(text, outcome, witness->end, witness->value);
    text_print(text, " comes about");
    phrase_print_choices(text, outcome, witness->parameters, witness->parameter_count);
}

void schedule_part_print_rounds(struct text *text, size_t stem, size_t loop)
{
    if (stem > 0)
        text_print(text, "%zu step%s, then ", stem, plural(stem));
    text_print(text, "a loop of %zu step%s", loop, plural(loop));
}

void schedule_part_print_length(struct text *text, const struct outcome_witness *witness)
{
    if (witness->loop_count > 0) {
        schedule_part_print_rounds(text, witness->stem_count, witness->loop_count);
        return;
    }
    phrase_print_length(text, witness->trace);
    if (witness->is_shortest)
        text_print(text, " (no schedule that ends so is shorter)");
    else if (witness->trace->preemptions > 0)
        text_print(text, " (no schedule needs fewer)");
}

void schedule_part_print_repetition(struct text *text, size_t stem, size_t loop)
{
    if (loop == 1)
        text_print(text, "Step %zu can follow again and again, for ever.", stem + 1);
    else
        text_print(text, "Steps %zu to %zu can follow again and again, for ever.", stem + 1, stem + loop);
}

void schedule_part_print_lasso_title(struct text *text, const struct outcome *outcome, const struct outcome_wait *wait)
{
    text_print(text, "How `%s` can wait for ever", wait->thread);
    phrase_print_choices(text, outcome, wait->parameters, wait->parameter_count);
    text_print(text, ", %s", phrase_fairness(outcome->fairness));
}

void schedule_part_print_lasso(struct text *text, const struct outcome *outcome, const struct outcome_wait *wait)
{
    schedule_part_print_lasso_title(text, outcome, wait);
    text_print(text, ": ");
    schedule_part_print_rounds(text, wait->stem_count, wait->loop_count);
}

static bool overlaps(const struct trace *trace)
{
    return trace->end == TRACE_UNFINISHED && trace->overlap_text != NULL;
}

static void print_finished(struct text *text, const struct trace *trace)
{
    for (size_t p = 0; p < trace->observation.count; p++) {
        text_print(text, "%s", p > 0 ? " " : "");
        explanation_print(text, trace, p);
    }
    if (trace->observation.count == 0)
        text_print(text, "The program comes to its end.");
    if (trace->death_text != NULL)
        text_print(text, " On the way a thread ends by an error: %s.", trace->death_text);
}

void schedule_part_print_end(struct text *text, const struct trace *trace)
{
    const char *why = trace->end_text != NULL ? trace->end_text : "";
    switch (trace->end) {
    case TRACE_FINISHED:
        print_finished(text, trace);
        break;
    case TRACE_DEADLOCKED:
        text_print(text, "Deadlock: %s", why);
        break;
    case TRACE_FAILED:
        text_print(text, "Error of the program: %s", why);
        break;
    case TRACE_UNFINISHED:
        if (overlaps(trace))
            text_print(text, "Not exclusive: %s", trace->overlap_text);
        else if (trace->death_text != NULL)
            text_print(text, "The thread ends by an error, and the others can go on: %s", trace->death_text);
        else
            text_print(text, "The schedule ends here, but the program does not.");
        break;
    }
}

void schedule_part_add_end(struct content *content, const struct trace *trace)
{
    bool is_bad = trace->end == TRACE_DEADLOCKED || trace->end == TRACE_FAILED || overlaps(trace);
    for (size_t p = 0; trace->end == TRACE_FINISHED && p < trace->observation.count; p++)
        explanation_print(content_paragraph(content, STYLE_PLAIN), trace, p);
    if (trace->end != TRACE_FINISHED || trace->observation.count == 0)
        schedule_part_print_end(content_paragraph(content, is_bad ? STYLE_BAD : STYLE_PLAIN), trace);
}

/* Where it stops though the program could go on, what there is to see is said. */
void schedule_part_add_stop(struct content *content, const struct outcome *outcome,
                            const struct outcome_witness *witness)
{
    if (witness->loop_count > 0)
        return;
    const struct claim *claim = witness->claim > 0 ? &outcome->claims[witness->claim - 1] : NULL;
    bool is_hang = witness->end == OUTCOME_HANG;
    if (witness->trace->end != TRACE_UNFINISHED || (!is_hang && claim == NULL)) {
        schedule_part_add_end(content, witness->trace);
        return;
    }
    struct text *words = content_paragraph(content, STYLE_BAD);
    if (is_hang)
        text_print(words, "Hang: whatever the scheduler does from here on, no end is reached%s%s%s.",
                   outcome->spinning != NULL ? "; " : "", outcome->spinning != NULL ? outcome->spinning : "",
                   outcome->spinning != NULL ? " can spin for ever" : "");
    else if (claim->kind == CLAIM_BYPASS)
        text_print(words, "Bypassed: `%s` has waited all the while, and others have entered %" PRId64 " time%s.",
                   witness->trace->threads[claim->thread], claim->number + 1, plural((size_t)claim->number + 1));
    else {
        text_print(words, "Here ");
        prose_print_code(words, predicate_text(claim->condition));
        text_print(words, " is not true.");
    }
}

void schedule_part_add_openings(struct content *content, const struct trace *trace)
{
    enum { OPENINGS_MAX = 8 };
    size_t told = 0;
    for (size_t i = 1; i < trace->step_count && told < OPENINGS_MAX; i++) {
        const struct trace_step *step = &trace->steps[i];
        if (step->opening == NULL)
            continue;
        char *label = text_format("step %zu", step->number);
        text_print(content_item(content, label, step->thread), "`%s` lets `%s` in %s",
                   trace->threads[trace->steps[i - 1].thread], trace->threads[step->thread], step->opening);
        memory_free(label);
        told++;
    }
}

void schedule_part_add(struct content *content, const struct outcome *outcome, const struct outcome_witness *witness)
{
    struct text *title = content_heading(content, NULL);
    schedule_part_print_title(title, outcome, witness);
    text_print(title, ": ");
    schedule_part_print_length(title, witness);
    content_schedule(content, witness->trace, witness->loop_count > 0 ? witness->stem_count : SIZE_MAX, CONTENT_NONE);
    schedule_part_add_openings(content, witness->trace);
    schedule_part_add_stop(content, outcome, witness);
}

void schedule_part_add_lasso(struct content *content, const struct outcome *outcome, const struct outcome_wait *wait)
{
    schedule_part_print_lasso(content_heading(content, NULL), outcome, wait);
    content_schedule(content, wait->trace, wait->stem_count, CONTENT_NONE);
}

/* ---- Where it comes from ----------------------------------------------------------------------------------------- */

static void add_link(struct content *content, const struct trace *trace, const struct chain *chain, size_t index)
{
    const struct chain_link *link = &chain->links[index];
    char *label = text_format("%" PRId64, link->stored);
    provenance_text_print_link(content_item(content, label, trace->steps[link->store].thread), trace, chain, index);
    memory_free(label);
}

static void add_chain(struct content *content, const struct trace *trace, size_t place, size_t most)
{
    struct chain chain = chain_make(trace, trace->observation.places[place].number);
    text_print(content_part(content, NULL),
               trace->observation.count > 1 ? "Where the value of `%s` comes from" : "Where the value comes from",
               trace->words[chain.word]);
    provenance_text_print(content_paragraph(content, STYLE_PLAIN), trace, &chain);
    struct middle left_out = middle_of(chain.count, most, most / 6);
    for (size_t i = 0; i < chain.count; i++) {
        if (i == left_out.first)
            text_print(content_item(content, "...", CONTENT_NONE), "%zu links are left out.",
                       left_out.end - left_out.first);
        if (!middle_has(left_out, i))
            add_link(content, trace, &chain, i);
    }
    chain_free(&chain);
}

static void add_deadlock(struct content *content, const struct trace *trace)
{
    struct deadlock_report deadlock_report = deadlock_report_make(trace);
    text_print(content_part(content, NULL), "The steps that decide");
    for (size_t i = 0; i < deadlock_report.count; i++) {
        size_t step = deadlock_report.items[i].step;
        char *label =
            text_format(step == SIZE_MAX ? "start" : "step %zu", step == SIZE_MAX ? 0 : trace->steps[step].number);
        deadlock_report_print(content_item(content, label, step == SIZE_MAX ? CONTENT_NONE : trace->steps[step].thread),
                              &deadlock_report, trace, i);
        memory_free(label);
    }
    deadlock_report_free(&deadlock_report);
}

void schedule_part_add_causes(struct content *content, const struct trace *trace, size_t most)
{
    for (size_t p = 0; trace->end == TRACE_FINISHED && p < trace->observation.count; p++)
        if (trace_is_word(trace, p))
            add_chain(content, trace, p, most);
    if (deadlock_report_exists(trace))
        add_deadlock(content, trace);
}
