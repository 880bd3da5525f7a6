#include "reports/text_report.h"

#include "base/memory.h"
#include "reports/explanation.h"
#include "reports/number.h"
#include "reports/paragraph.h"
#include "reports/setting.h"
#include "reports/utf8.h"
#include "reports/value_table.h"
#include "reports/witness_table.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

enum {
    LABEL_COLUMNS = 14, /* of the summary */
    RANGES_MAX = 24,    /* more intervals than this are told by the first and last ones */
    RANGES_SHOWN_EACH_END = 8
};

struct text_report {
    FILE *stream;
    const struct text_report_options *options;
    const struct terminal *terminal;
};

/* ---- Lines --------------------------------------------------------------------------------------------------- */

static void write_text(const struct text_report *self, struct text *text)
{
    fputs(text_string(text), self->stream);
    text_free(text);
}

/* A line of the summary: a label, and words that are broken into lines behind it. */
static void line(const struct text_report *self, const char *label, enum style style, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static void line(const struct text_report *self, const char *label, enum style style, const char *format, ...)
{
    struct text words = TEXT_INIT, text = TEXT_INIT;
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    char *string = memory_new((size_t)length + 1, 1);
    va_start(arguments, format);
    vsnprintf(string, (size_t)length + 1, format, arguments);
    va_end(arguments);
    size_t gap_width = utf8_columns(label) < LABEL_COLUMNS ? LABEL_COLUMNS - utf8_columns(label) : 1;
    paragraph_print(&words, string, utf8_columns(label) + gap_width, LABEL_COLUMNS, self->terminal->width);
    memory_free(string);
    terminal_print(self->terminal, &text, STYLE_HEADING, "%s", label);
    text_print(&text, "%*s%s", (int)gap_width, "", terminal_begin(self->terminal, style));
    text_append(&text, text_string(&words), words.length - 1);
    text_print(&text, "%s\n", terminal_end(self->terminal, style));
    text_free(&words);
    write_text(self, &text);
}

static void sentence(const struct text_report *self, enum style style, const char *words)
{
    struct text text = TEXT_INIT;
    text_print(&text, "%s", terminal_begin(self->terminal, style));
    paragraph_print(&text, words, 0, 0, self->terminal->width);
    text.bytes[--text.length] = '\0';
    text_print(&text, "%s\n", terminal_end(self->terminal, style));
    write_text(self, &text);
}

static void gap(const struct text_report *self)
{
    fputc('\n', self->stream);
}

/* ---- What was checked ---------------------------------------------------------------------------------------- */

static void print_setting(const struct text_report *self, const char *label, const char *model, int64_t threads,
                          int64_t iters, const struct property *symbols, size_t symbol_count)
{
    struct text setting = TEXT_INIT;
    setting_print(&setting, model, threads, iters, symbols, symbol_count);
    line(self, label, STYLE_PLAIN, "%s", text_string(&setting));
    text_free(&setting);
}

static void print_scheduler(const struct text_report *self, const char *kind, const struct property *parameters,
                            size_t count)
{
    struct text scheduler = TEXT_INIT;
    setting_print_scheduler(&scheduler, kind, parameters, count);
    line(self, "scheduler", STYLE_PLAIN, "%s", text_string(&scheduler));
    text_free(&scheduler);
}

static void print_registers(const struct text_report *self, const char *registers)
{
    if (registers == NULL)
        return;
    char *clean = utf8_line(registers);
    line(self, "registers", STYLE_PLAIN, "%s (first values)", clean);
    memory_free(clean);
}

static void print_checked(const struct text_report *self, const struct outcome *outcome)
{
    print_setting(self, "checked", outcome->model, (int64_t)outcome->threads, outcome->iters, outcome->symbols,
                  outcome->symbol_count);
    print_registers(self, outcome->registers);
    print_scheduler(self, outcome->scheduler, outcome->parameters, outcome->parameter_count);
    char *observe = utf8_line(outcome->observe);
    line(self, "observed", STYLE_PLAIN, "%s, %" PRId64 " at the start", observe, outcome->observed_first);
    memory_free(observe);
}

static void print_incomplete(const struct text_report *self, const struct outcome *outcome)
{
    struct text words = TEXT_INIT;
    text_print(&words, "INCOMPLETE: %s. What follows is what was found until then; it is no minimum and no maximum.",
               outcome->incomplete_reason != NULL ? outcome->incomplete_reason : "the analysis was stopped");
    sentence(self, STYLE_BAD, text_string(&words));
    text_free(&words);
    gap(self);
}

/* ---- The values ---------------------------------------------------------------------------------------------- */

static void print_interval(struct text *text, struct interval interval)
{
    text_print(text, "%" PRId64, interval.first);
    if (interval.last > interval.first)
        text_print(text, " .. %" PRId64, interval.last);
}

static void print_ranges(struct text *text, const struct intervals *values)
{
    for (size_t i = 0; i < values->count; i++) {
        if (i > 0)
            text_print(text, ", ");
        if (values->count > RANGES_MAX && i == RANGES_SHOWN_EACH_END) {
            text_print(text, "... (%zu more ranges), ", values->count - 2 * RANGES_SHOWN_EACH_END);
            i = values->count - RANGES_SHOWN_EACH_END;
        }
        print_interval(text, values->items[i]);
    }
}

static void print_reachable(const struct text_report *self, const struct outcome *outcome)
{
    struct text text = TEXT_INIT;
    print_ranges(&text, &outcome->values);
    uint64_t size = intervals_size(&outcome->values);
    char *count = number_grouped_unsigned(size);
    text_print(&text, " (%s%s value%s)", size == UINT64_MAX ? "at least " : "", count, size == 1 ? "" : "s");
    line(self, outcome->complete ? "reachable" : "found", STYLE_PLAIN, "%s", text_string(&text));
    memory_free(count);
    text_free(&text);
}

static void print_values(const struct text_report *self, const struct outcome *outcome)
{
    const struct intervals *values = &outcome->values;
    if (!outcome->has_values && outcome->has_extremes && outcome->complete) {
        line(self, "minimum", STYLE_CHANGED, "%" PRId64, outcome->least);
        line(self, "maximum", STYLE_CHANGED, "%" PRId64, outcome->greatest);
        line(self, "reachable", STYLE_QUIET, "the values between these two were not computed");
    } else if (!outcome->has_values) {
        line(self, "values", STYLE_QUIET, "not computed");
    } else if (values->count == 0) {
        line(self, "values", STYLE_PLAIN,
             outcome->complete ? "none: no schedule comes to its end" : "none found so far");
    } else {
        line(self, outcome->complete ? "minimum" : "least found", outcome->complete ? STYLE_CHANGED : STYLE_PLAIN,
             "%" PRId64, values->items[0].first);
        line(self, outcome->complete ? "maximum" : "most found", outcome->complete ? STYLE_CHANGED : STYLE_PLAIN,
             "%" PRId64, values->items[values->count - 1].last);
        print_reachable(self, outcome);
    }
}

/* Returns the values below a limit as new; the caller frees the set. */
static struct intervals values_below(const struct intervals *values, int64_t limit)
{
    struct intervals below = {0};
    for (size_t i = 0; i < values->count && values->items[i].first < limit; i++)
        intervals_add(&below, values->items[i].first,
                      values->items[i].last < limit ? values->items[i].last : limit - 1);
    return below;
}

/* Whether the number of iterations means anything to the program. */
static bool has_iterations(const struct outcome *outcome)
{
    return outcome->iters > 0 && outcome->threads > 1 && outcome->text != NULL &&
           strstr(outcome->text, "ITERS") != NULL;
}

/* The question that this all began with: can several threads come to less than one of them alone? */
static void print_below(const struct text_report *self, const struct outcome *outcome)
{
    int64_t limit;
    if (!outcome->has_values || outcome->values.count == 0 || !has_iterations(outcome) ||
        __builtin_add_overflow(outcome->observed_first, outcome->iters, &limit))
        return;
    struct intervals below = values_below(&outcome->values, limit);
    struct text label = TEXT_INIT, ranges = TEXT_INIT;
    text_print(&label, "below %" PRId64, limit);
    print_ranges(&ranges, &below);
    if (below.count > 0)
        line(self, text_string(&label), STYLE_WARNING,
             "yes: %s. All threads together can come to less than the iterations "
             "of one alone.",
             text_string(&ranges));
    else if (outcome->complete)
        line(self, text_string(&label), STYLE_PLAIN,
             "no: the result is never less than the iterations of one thread alone");
    else
        line(self, text_string(&label), STYLE_PLAIN, "none found so far");
    intervals_free(&below);
    text_free(&label);
    text_free(&ranges);
}

/* ---- The schedules ------------------------------------------------------------------------------------------- */

static void print_schedules(const struct text_report *self, const struct outcome *outcome)
{
    if (outcome->has_counts) {
        char *count = number_readable(outcome->schedules);
        line(self, "schedules", STYLE_PLAIN, "%s%s", count,
             outcome->multinomial_checked ? " (the multinomial coefficient of the threads' lengths: none is missing)"
                                          : "");
        memory_free(count);
    } else if (outcome->endless) {
        line(self, "schedules", STYLE_PLAIN, "infinitely many: the state space has cycles");
    } else {
        line(self, "schedules", STYLE_QUIET, "not counted");
    }
}

/* The witness that ends so, or NULL; borrowed. */
static const struct outcome_witness *find_witness(const struct outcome *outcome, enum outcome_end end)
{
    for (size_t i = 0; i < outcome->witness_count; i++)
        if (outcome->witnesses[i].end == end && outcome->witnesses[i].trace != NULL)
            return &outcome->witnesses[i];
    return NULL;
}

static void print_deadlock(const struct text_report *self, const struct outcome *outcome)
{
    if (!outcome->can_deadlock) {
        line(self, "deadlock", STYLE_PLAIN, outcome->complete ? "impossible" : "none found so far");
        return;
    }
    const struct outcome_witness *witness = find_witness(outcome, OUTCOME_DEADLOCK);
    struct text words = TEXT_INIT;
    text_print(&words, "possible");
    if (outcome->has_counts) {
        char *count = number_readable(outcome->deadlocked);
        text_print(&words, ": %s schedule%s", count, mpz_cmp_ui(outcome->deadlocked, 1) == 0 ? "" : "s");
        memory_free(count);
    }
    if (witness != NULL && witness->trace->end_text != NULL) {
        char *waits = utf8_line(witness->trace->end_text);
        text_print(&words, "%s the shortest, of %zu step%s: %s", outcome->has_counts ? ";" : ",",
                   witness->trace->step_count, witness->trace->step_count == 1 ? "" : "s", waits);
        memory_free(waits);
    }
    line(self, "deadlock", STYLE_BAD, "%s", text_string(&words));
    text_free(&words);
}

static void print_exclusion(const struct text_report *self, const struct outcome *outcome)
{
    const struct outcome_witness *witness = find_witness(outcome, OUTCOME_OVERLAP);
    if (!outcome->has_exclusion)
        return;
    if (outcome->is_exclusive) {
        line(self, "exclusive", STYLE_PLAIN, "yes: no two threads are ever inside the same critical section");
    } else if (witness != NULL && witness->trace->overlap_text != NULL) {
        char *inside = utf8_line(witness->trace->overlap_text);
        line(self, "exclusive", STYLE_BAD, "no: after %zu step%s %s", witness->trace->step_count,
             witness->trace->step_count == 1 ? "" : "s", inside);
        memory_free(inside);
    } else {
        line(self, "exclusive", STYLE_BAD, "no: two threads can be inside the same critical section");
    }
}

/* ---- Waiting ------------------------------------------------------------------------------------------------- */

/* "waits at most 12 steps"; in ticks, too, where these are not the same. */
static void print_bound(struct text *text, const struct outcome_wait *wait)
{
    if (wait->steps == 0) {
        text_print(text, "never waits");
        return;
    }
    char *steps = number_grouped_unsigned(wait->steps), *ticks = number_grouped_unsigned(wait->ticks);
    text_print(text, "waits at most %s step%s", steps, wait->steps == 1 ? "" : "s");
    if (wait->ticks != wait->steps)
        text_print(text, " (%s tick%s)", ticks, wait->ticks == 1 ? "" : "s");
    memory_free(steps);
    memory_free(ticks);
}

static void print_wait(const struct text_report *self, const struct outcome *outcome, size_t index)
{
    const struct outcome_wait *wait = &outcome->waits[index];
    struct text words = TEXT_INIT;
    char *name = utf8_line(wait->thread);
    text_print(&words, "%s ", name);
    if (wait->starves)
        text_print(&words, "can wait for ever");
    else if (wait->is_bounded)
        print_bound(&words, wait);
    else
        text_print(&words, "waits without bound, but never for ever");
    text_print(&words, "%s, %s", !wait->starves && outcome->can_deadlock ? ", deadlocks apart" : "",
               setting_fairness(outcome->fairness));
    line(self, index == 0 ? "starvation" : "", wait->starves ? STYLE_BAD : STYLE_PLAIN, "%s", text_string(&words));
    memory_free(name);
    text_free(&words);
}

static void print_starvation(const struct text_report *self, const struct outcome *outcome)
{
    for (size_t i = 0; outcome->has_starvation && i < outcome->wait_count; i++)
        print_wait(self, outcome, i);
}

static void print_failure(const struct text_report *self, const struct outcome *outcome)
{
    if (!outcome->can_fail)
        return;
    char *text = utf8_line(outcome->failure_text != NULL ? outcome->failure_text : "an error of the program");
    struct text count = TEXT_INIT;
    if (outcome->has_counts) {
        char *failed = number_readable(outcome->failed);
        text_print(&count, ", %s schedule%s", failed, mpz_cmp_ui(outcome->failed, 1) == 0 ? "" : "s");
        memory_free(failed);
    }
    line(self, "error", STYLE_BAD, "possible%s: %s", text_string(&count), text);
    text_free(&count);
    memory_free(text);
}

static void print_random_note(const struct text_report *self, const struct outcome *outcome)
{
    struct text words = TEXT_INIT;
    text_print(&words, "random scheduler: at every step each thread that may step is equally likely");
    char *bound = number_bound_share(outcome->random_error);
    if (outcome->random_error > 0)
        text_print(&words, "; its probabilities are approximate, each within %s of the exact one", bound);
    memory_free(bound);
    sentence(self, STYLE_QUIET, text_string(&words));
    text_free(&words);
}

static void print_table(const struct text_report *self, const struct outcome *outcome)
{
    if (!value_table_exists(outcome))
        return;
    gap(self);
    value_table_print(self->stream, outcome, self->terminal, self->options->full);
    if (outcome->has_random)
        print_random_note(self, outcome);
}

/* ---- A schedule ---------------------------------------------------------------------------------------------- */

static void print_preemption_note(const struct text_report *self, const struct trace *trace)
{
    if (trace->preemptions > 0)
        sentence(self, STYLE_QUIET, "! preemption: the switch takes the turn from a thread that could go on");
}

static void print_trace_table(const struct text_report *self, const struct trace *trace)
{
    witness_table_print(self->stream, trace, self->terminal, self->options->full);
    print_preemption_note(self, trace);
}

/* Whether a schedule stops where two threads are inside a critical section. */
static bool is_overlap(const struct trace *trace)
{
    return trace->end == TRACE_UNFINISHED && trace->overlap_text != NULL;
}

static void print_end(const struct text_report *self, const struct trace *trace)
{
    struct text words = TEXT_INIT;
    char *text = utf8_line(trace->end_text != NULL ? trace->end_text : "");
    switch (trace->end) {
    case TRACE_FINISHED:
        explanation_print(&words, trace);
        break;
    case TRACE_DEADLOCKED:
        text_print(&words, "Deadlock: %s", text);
        break;
    case TRACE_FAILED:
        text_print(&words, "Error of the program: %s", text);
        break;
    case TRACE_UNFINISHED:
        if (is_overlap(trace))
            text_print(&words, "Not exclusive: %s", trace->overlap_text);
        else
            text_print(&words, "The schedule ends here, but the program has not come to its end.");
        break;
    }
    bool is_bad = trace->end == TRACE_DEADLOCKED || trace->end == TRACE_FAILED || is_overlap(trace);
    sentence(self, is_bad ? STYLE_BAD : STYLE_PLAIN, text_string(&words));
    memory_free(text);
    text_free(&words);
}

static void print_witness(const struct text_report *self, const struct outcome *outcome,
                          const struct outcome_witness *witness)
{
    if (witness->trace == NULL)
        return;
    struct text title = TEXT_INIT;
    text_print(&title, "How ");
    setting_print_end(&title, outcome->observe, witness->end, witness->value);
    text_print(&title, " comes about");
    setting_print_choices(&title, outcome, witness->parameters, witness->parameter_count);
    text_print(&title, ": ");
    setting_print_length(&title, witness->trace);
    if (witness->end == OUTCOME_DEADLOCK || witness->end == OUTCOME_OVERLAP)
        text_print(&title, " (no schedule that ends so is shorter)");
    else if (witness->trace->preemptions > 0)
        text_print(&title, " (no schedule needs fewer)");
    gap(self);
    sentence(self, STYLE_HEADING, text_string(&title));
    gap(self);
    print_trace_table(self, witness->trace);
    gap(self);
    print_end(self, witness->trace);
    text_free(&title);
}

static void print_lasso(const struct text_report *self, const struct outcome *outcome, const struct outcome_wait *wait)
{
    struct text title = TEXT_INIT;
    char *name = utf8_line(wait->thread);
    text_print(&title, "How %s can wait for ever", name);
    setting_print_choices(&title, outcome, wait->parameters, wait->parameter_count);
    text_print(&title, ", %s: ", setting_fairness(outcome->fairness));
    if (wait->stem_count > 0)
        text_print(&title, "%zu step%s, then ", wait->stem_count, wait->stem_count == 1 ? "" : "s");
    text_print(&title, "a loop of %zu step%s", wait->loop_count, wait->loop_count == 1 ? "" : "s");
    gap(self);
    sentence(self, STYLE_HEADING, text_string(&title));
    gap(self);
    witness_table_print_lasso(self->stream, wait->trace, wait->stem_count, self->terminal, self->options->full);
    print_preemption_note(self, wait->trace);
    memory_free(name);
    text_free(&title);
}

/* The first lasso tells how it comes about; --full shows those of all threads. */
static void print_lassos(const struct text_report *self, const struct outcome *outcome)
{
    bool is_first = true;
    for (size_t i = 0; outcome->has_starvation && i < outcome->wait_count; i++) {
        const struct outcome_wait *wait = &outcome->waits[i];
        if (!wait->starves || wait->trace == NULL || !(is_first || self->options->full))
            continue;
        print_lasso(self, outcome, wait);
        is_first = false;
    }
}

/* ---- What it took -------------------------------------------------------------------------------------------- */

static void print_effort(const struct text_report *self, const struct outcome *outcome)
{
    char *states = number_readable(outcome->states), *transitions = number_readable(outcome->transitions);
    char *stored = number_grouped_unsigned(outcome->stored), *depth = number_grouped_unsigned(outcome->depth);
    struct text words = TEXT_INIT;
    text_print(&words, "%s state%s%s, %s transition%s", states, mpz_cmp_ui(outcome->states, 1) == 0 ? "" : "s",
               outcome->collapsed ? " in which there is a choice" : "", transitions,
               mpz_cmp_ui(outcome->transitions, 1) == 0 ? "" : "s");
    if (mpz_cmp_ui(outcome->states, outcome->stored) != 0)
        text_print(&words, ", %s of the states stored (threads that are alike stand for each other)", stored);
    bool depth_known = outcome->depth > 0 || mpz_sgn(outcome->transitions) == 0;
    if (outcome->complete && !outcome->endless && depth_known)
        text_print(&words, "; longest schedule %s step%s", depth, outcome->depth == 1 ? "" : "s");
    if (outcome->sliced)
        text_print(&words, "; values were folded, not stored in states");
    if (outcome->fused)
        text_print(&words, "; local steps were taken together with the step before");
    line(self, "explored", STYLE_PLAIN, "%s", text_string(&words));
    text_free(&words);
    memory_free(states);
    memory_free(transitions);
    memory_free(stored);
    memory_free(depth);
}

static void print_omissions(const struct text_report *self, const struct outcome *outcome)
{
    for (size_t i = 0; i < outcome->omission_count; i++) {
        const struct outcome_omission *omission = &outcome->omissions[i];
        if (omission->remedy[0] == '\0')
            line(self, "not computed", STYLE_PLAIN, "%s: %s", omission->question, omission->reason);
        else
            line(self, "not computed", STYLE_PLAIN, "%s: %s; %s computes it", omission->question, omission->reason,
                 omission->remedy);
    }
}

static void print_explanation(const struct text_report *self, const struct outcome *outcome)
{
    if (outcome->explanation == NULL)
        return;
    gap(self);
    fputs(outcome->explanation, self->stream);
    size_t length = strlen(outcome->explanation);
    if (length > 0 && outcome->explanation[length - 1] != '\n')
        gap(self);
}

static void print_details(const struct text_report *self, const struct outcome *outcome)
{
    print_table(self, outcome);
    for (size_t i = 0; i < outcome->witness_count; i++)
        print_witness(self, outcome, &outcome->witnesses[i]);
    print_lassos(self, outcome);
    gap(self);
}

void text_report_outcome(FILE *stream, const struct outcome *outcome, const struct text_report_options *options)
{
    struct text_report self = {stream, options, &options->terminal};
    if (!outcome->complete)
        print_incomplete(&self, outcome);
    print_checked(&self, outcome);
    print_values(&self, outcome);
    print_below(&self, outcome);
    print_schedules(&self, outcome);
    print_deadlock(&self, outcome);
    print_exclusion(&self, outcome);
    print_starvation(&self, outcome);
    print_failure(&self, outcome);
    if (!options->summary_only)
        print_details(&self, outcome);
    print_effort(&self, outcome);
    print_omissions(&self, outcome);
    if (options->timing)
        line(&self, "time", STYLE_PLAIN, "%.3f s", outcome->seconds);
    print_explanation(&self, outcome);
}

/* ---- One schedule -------------------------------------------------------------------------------------------- */

static void print_given(const struct text_report *self, const struct trace *trace, size_t given, bool repeats)
{
    struct text words = TEXT_INIT;
    text_print(&words, "%zu step%s as given", given, given == 1 ? "" : "s");
    if (repeats)
        text_print(&words, ", again and again; those that are not possible are skipped");
    else if (trace->step_count > given)
        text_print(&words, ", then each thread a step in turn");
    line(self, "schedule", STYLE_PLAIN, "%s", text_string(&words));
    text_free(&words);
}

/* Appends "count = 2, flag = 0": all words as the steps left them. */
static void print_words(struct text *text, const struct trace *trace)
{
    int64_t *values = memory_copy(trace->first_words, trace->word_count * sizeof *values);
    for (size_t s = 0; s < trace->step_count; s++)
        for (size_t a = 0; a < trace->steps[s].access_count; a++)
            if (trace->steps[s].accesses[a].is_write)
                values[trace->steps[s].accesses[a].word] = trace->steps[s].accesses[a].value;
    for (size_t w = 0; w < trace->word_count; w++) {
        char *name = utf8_line(trace->words[w]);
        text_print(text, "%s%s = %" PRId64, w == 0 ? "" : ", ", name, values[w]);
        memory_free(name);
    }
    memory_free(values);
}

static void print_schedule_end(const struct text_report *self, const struct trace *trace)
{
    struct text words = TEXT_INIT;
    if (trace->end == TRACE_UNFINISHED && trace->overlap_text == NULL) {
        text_print(&words, "The schedule is over, the program is not: ");
        setting_print_threads(&words, trace, trace->choices);
        text_print(&words, " could go on.");
        sentence(self, STYLE_WARNING, text_string(&words));
    } else {
        print_end(self, trace);
    }
    gap(self);
    text_free(&words);
    print_words(&words, trace);
    line(self, trace->end == TRACE_UNFINISHED ? "so far" : "at the end", STYLE_CHANGED, "%s", text_string(&words));
    text_free(&words);
    setting_print_length(&words, trace);
    line(self, "executed", STYLE_PLAIN, "%s", text_string(&words));
    text_free(&words);
}

void text_report_schedule(FILE *stream, const struct outcome *outcome, const struct trace *trace, size_t given,
                          bool repeats, const struct text_report_options *options)
{
    struct text_report self = {stream, options, &options->terminal};
    print_checked(&self, outcome);
    print_given(&self, trace, given, repeats);
    gap(&self);
    print_trace_table(&self, trace);
    gap(&self);
    print_schedule_end(&self, trace);
}

/* ---- Replay -------------------------------------------------------------------------------------------------- */

static void print_trace_end(struct text *text, const struct trace *trace)
{
    static const enum outcome_end ends[] = {
        [TRACE_FINISHED] = OUTCOME_VALUE, [TRACE_DEADLOCKED] = OUTCOME_DEADLOCK, [TRACE_FAILED] = OUTCOME_FAILURE};
    if (is_overlap(trace)) {
        text_print(text, "ends with ");
        setting_print_end(text, trace->observe, OUTCOME_OVERLAP, 0);
    } else if (trace->end == TRACE_UNFINISHED) {
        text_print(text, "stops before the program has come to its end");
    } else {
        text_print(text, "ends with ");
        setting_print_end(text, trace->observe, ends[trace->end], trace->value);
    }
}

static bool print_verdict(const struct text_report *self, const struct witness_file *claim, const struct trace *trace)
{
    bool has_end = witness_file_ends(claim, trace);
    bool is_confirmed = witness_file_holds(claim, trace);
    struct text words = TEXT_INIT;
    text_print(&words, "%s: the schedule is possible and ", is_confirmed ? "CONFIRMED" : "REFUTED");
    print_trace_end(&words, trace);
    text_print(&words, " after ");
    setting_print_length(&words, trace);
    if (!has_end) {
        text_print(&words, "; claimed was ");
        setting_print_end(&words, claim->observe, claim->end, claim->value);
    }
    if (claim->has_preemptions && (uint64_t)claim->preemptions != trace->preemptions)
        text_print(&words, "; claimed were %" PRId64 " preemptions", claim->preemptions);
    text_print(&words, "%s.", is_confirmed ? ", as claimed" : "");
    sentence(self, is_confirmed ? STYLE_GOOD : STYLE_BAD, text_string(&words));
    text_free(&words);
    return is_confirmed;
}

bool text_report_replay(FILE *stream, const struct witness_file *claim, const struct trace *trace,
                        const struct text_report_options *options)
{
    struct text_report self = {stream, options, &options->terminal};
    print_setting(&self, "replayed", claim->model, (int64_t)trace->thread_count, claim->iters, claim->symbols,
                  claim->symbol_count);
    print_registers(&self, claim->registers);
    print_scheduler(&self, claim->scheduler, claim->parameters, claim->parameter_count);
    if (!options->summary_only) {
        gap(&self);
        print_trace_table(&self, trace);
        gap(&self);
        print_end(&self, trace);
    }
    gap(&self);
    return print_verdict(&self, claim, trace);
}
