#include "report/text_report.h"
#include "base/number.h"
#include "report/event_section.h"

#include "report/condition_section.h"
#include "report/findings.h"
#include "report/phrase.h"
#include "report/prose.h"
#include "report/render_text.h"
#include "report/sample_section.h"
#include "report/schedule_part.h"
#include "report/value_table.h"

#include <inttypes.h>

enum { ROWS_MAX = 40 }; /* of the table of values */

/* Writes content and frees it. */
static void write_content(FILE *stream, struct content *content, const struct text_report_options *options)
{
    render_text(stream, content, &options->terminal, options->full);
    content_free(content);
}

/* ---- An outcome ---------------------------------------------------------------------------------------------- */

/* The first thread that can wait for ever is told how; --full tells it of all. */
static void add_lassos(struct content *content, const struct outcome *outcome, bool full)
{
    bool is_first = true;
    for (size_t i = 0; outcome->has_starvation && i < outcome->wait_count; i++) {
        const struct outcome_wait *wait = &outcome->waits[i];
        if (!wait->starves || wait->trace == NULL || !(is_first || full))
            continue;
        schedule_part_add_lasso(content, outcome, wait);
        is_first = false;
    }
}

/* Whether the schedule that shows a value was told already, as what decides a claim, with the same columns; of a litmus test, with any. */
static bool is_told(const struct outcome *outcome, size_t index)
{
    const struct outcome_witness *witness = &outcome->witnesses[index];
    bool is_told = false;
    for (size_t i = 0; i < index && witness->end == OUTCOME_VALUE && witness->claim == 0 && !is_told; i++) {
        const struct outcome_witness *other = &outcome->witnesses[i];
        is_told = other->trace != NULL && other->loop_count == 0 && other->claim > 0 &&
                  schedule_equals(&other->schedule, &witness->schedule) &&
                  (outcome->condition != NULL ||
                   observation_equals(&other->trace->observation, &witness->trace->observation));
    }
    return is_told;
}

void text_report_outcome(FILE *stream, const struct outcome *outcome, const struct text_report_options *options)
{
    struct content content = {0};
    findings_add_incomplete(&content, outcome);
    condition_section_add(&content, outcome);
    findings_add_checked(&content, outcome);
    findings_add_results(&content, outcome);
    value_table_add(&content, outcome, options->full ? SIZE_MAX : ROWS_MAX);
    event_section_add_tables(&content, outcome, options->full ? SIZE_MAX : ROWS_MAX);
    detection_section_add(&content, outcome, options->full ? SIZE_MAX : ROWS_MAX);
    /* What violates a claim comes first, where that is a schedule without an end, too. */
    bool lassos_first = claims_violate(outcome, CLAIM_NO_STARVATION);
    if (lassos_first)
        add_lassos(&content, outcome, options->full);
    for (size_t i = 0; i < outcome->witness_count; i++)
        if (outcome->witnesses[i].trace != NULL && outcome->witnesses[i].wait == 0 && !is_told(outcome, i))
            schedule_part_add(&content, outcome, &outcome->witnesses[i]);
    if (!lassos_first)
        add_lassos(&content, outcome, options->full);
    content_break(&content);
    findings_add_effort(&content, outcome);
    findings_add_omissions(&content, outcome);
    if (options->timing)
        text_print(content_fact(&content, STYLE_PLAIN, "time"), "%.3f s", outcome->seconds);
    if (outcome->explanation != NULL)
        text_print(content_listing(&content), "%s", outcome->explanation);
    if (options->listing != NULL)
        text_print(content_listing(&content), "%s", options->listing);
    write_content(stream, &content, options);
}

/* ---- One schedule -------------------------------------------------------------------------------------------- */

/* Appends "count = 2, flag = 0": all words as the steps left them. */
static void print_words(struct text *text, const struct trace *trace)
{
    for (uint32_t w = 0; w < trace->word_count; w++)
        text_print(text, "%s%s = %" PRId64, w == 0 ? "" : ", ", trace->words[w], trace_final_word(trace, w));
}

static void add_end(struct content *content, const struct trace *trace)
{
    if (trace->end != TRACE_UNFINISHED || trace->overlap_text != NULL) {
        schedule_part_add_end(content, trace);
        return;
    }
    struct text *words = content_paragraph(content, STYLE_WARNING);
    text_print(words, "The schedule is over, the program is not: ");
    phrase_print_threads(words, trace, trace->choices);
    text_print(words, " could continue.");
}

void text_report_schedule(FILE *stream, const struct outcome *outcome, const struct trace *trace, size_t given,
                          bool repeats, const struct text_report_options *options)
{
    struct content content = {0};
    findings_add_checked(&content, outcome);
    text_print(content_fact(&content, STYLE_PLAIN, "schedule"), "%zu step%s as given%s", given, given == 1 ? "" : "s",
               repeats                       ? ", again and again; those that are not possible are skipped"
               : trace_length(trace) > given ? ", then each thread a step in turn"
                                             : "");
    content_schedule(&content, trace, SIZE_MAX, CONTENT_NONE);
    add_end(&content, trace);
    print_words(content_fact(&content, STYLE_CHANGED, trace->end == TRACE_UNFINISHED ? "so far" : "at the end"), trace);
    phrase_print_length(content_fact(&content, STYLE_PLAIN, "executed"), trace);
    write_content(stream, &content, options);
}

void text_report_turns(FILE *stream, const struct outcome *outcome, const struct thread_names *names,
                       const struct turns *turns, const struct text_report_options *options)
{
    struct content content = {0};
    struct text told = TEXT_INIT;
    findings_add_checked(&content, outcome);
    turns_print(&told, turns, names);
    prose_print_code(content_fact(&content, STYLE_PLAIN, "schedule"), text_string(&told));
    text_free(&told);
    struct text *words = content_fact(&content, STYLE_CHANGED, outcome->has_values ? "at the end" : "ends");
    if (outcome->has_values)
        text_print(words, "%s = %" PRId64, outcome->observe, outcome->values.items[0].first);
    else
        text_print(words, "before every thread has finished");
    words = content_fact(&content, STYLE_PLAIN, "executed");
    text_put(words, number_grouped_unsigned(outcome->depth));
    text_print(words, " step%s", outcome->depth == 1 ? "" : "s");
    write_content(stream, &content, options);
}

/* ---- Replay -------------------------------------------------------------------------------------------------- */

/* "and ends with counter = 2 (60 steps, 4 preemptions)": what the machine did, claimed or not. */
static void print_trace_end(struct text *text, const struct witness_file *claim, const struct trace *trace)
{
    static const enum outcome_end ends[] = {[TRACE_FINISHED] = OUTCOME_VALUE,
                                            [TRACE_DEADLOCKED] = OUTCOME_DEADLOCK,
                                            [TRACE_FAILED] = OUTCOME_FAILURE,
                                            [TRACE_UNFINISHED] = OUTCOME_OVERLAP};
    bool stops = trace->end == TRACE_UNFINISHED && trace->overlap_text == NULL;
    if (claim->end == OUTCOME_FAILURE && trace->death_text != NULL)
        text_print(text, "comes to %s", phrase_end(OUTCOME_FAILURE));
    else if (stops && claim->end == OUTCOME_ENDLESS && !claim->is_refuted)
        text_print(text, "can go on for ever: its last %" PRId64 " step%s can follow again and again", claim->loop,
                   claim->loop == 1 ? "" : "s");
    else if (stops)
        text_print(text, "stops before the program ends");
    else if (trace->end == TRACE_FINISHED && trace->observation.count == 0)
        text_print(text, "brings the program to its end");
    else if (trace->end == TRACE_FINISHED) {
        text_print(text, "ends with ");
        phrase_print_finals(text, trace);
    } else
        text_print(text, "ends with %s", phrase_end(ends[trace->end]));
    text_print(text, " (");
    phrase_print_length(text, trace);
    text_print(text, ")");
}

/* What is not as claimed. */
static void print_differences(struct text *text, const struct witness_file *claim, const struct trace *trace)
{
    if (claim->is_refuted) {
        text_print(text, "; claimed was that it decides ");
        prose_print_code(text, claim->claim);
    } else if (!witness_file_ends(claim, trace)) {
        text_print(text, "; claimed was ");
        witness_file_print_end(text, claim, trace);
    }
    if (claim->has_preemptions && (uint64_t)claim->preemptions != trace->preemptions)
        text_print(text, "; claimed were %" PRId64 " preemptions", claim->preemptions);
    if (claim->contradicts_itself && witness_file_ends(claim, trace))
        text_print(text, "; but the file's \"steps\" and \"schedule\" are not the same");
}

static bool add_verdict(struct content *content, const struct witness_file *claim, const struct trace *trace)
{
    bool is_confirmed = witness_file_holds(claim, trace);
    struct text *words = content_paragraph(content, is_confirmed ? STYLE_GOOD : STYLE_BAD);
    text_print(words, "%s: the schedule is possible%s ", is_confirmed ? "CONFIRMED" : "REFUTED",
               is_confirmed ? " and" : ", but it");
    print_trace_end(words, claim, trace);
    print_differences(words, claim, trace);
    text_print(words, "%s.", is_confirmed ? ", as claimed" : "");
    if (claim->claim != NULL && is_confirmed) {
        text_print(words, " It %s ", claim->is_shown ? "shows" : "violates");
        prose_print_code(words, claim->claim);
        text_print(words, ".");
    }
    if (claim->end == OUTCOME_HANG && is_confirmed)
        text_print(words, " Only a search can tell that no end is reached from there.");
    return is_confirmed;
}

bool text_report_replay(FILE *stream, const struct witness_file *claim, const struct trace *trace,
                        const struct real_run *real, const struct text_report_options *options)
{
    struct content content = {0};
    findings_add_program(&content, "replayed", claim->model, (int64_t)trace->thread_count,
                         trace->reading != NULL ? -1 : claim->iters, claim->symbols, claim->symbol_count);
    findings_add_reading(&content, trace->reading);
    findings_add_registers(&content, claim->registers);
    findings_add_scheduler(&content, claim->scheduler, claim->parameters, claim->parameter_count);
    content_schedule(&content, trace, SIZE_MAX, CONTENT_NONE);
    if (claim->end != OUTCOME_ENDLESS)
        schedule_part_add_end(&content, trace);
    bool is_confirmed = add_verdict(&content, claim, trace);
    if (real != NULL)
        real_run_add(&content, real);
    write_content(stream, &content, options);
    return is_confirmed;
}
