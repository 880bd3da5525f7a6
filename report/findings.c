#include "report/findings.h"

#include "analysis/all_iterations.h"
#include "analysis/condition_count.h"
#include "base/exact.h"
#include "base/memory.h"
#include "base/number.h"
#include "report/event_section.h"
#include "report/fence_section.h"
#include "report/members.h"
#include "report/middle.h"
#include "report/phrase.h"
#include "report/prose.h"
#include "report/verdict.h"

#include <inttypes.h>
#include <string.h>

/* More intervals than this are told by the first and last ones. */
enum { RANGES_MAX = 24, RANGES_SHOWN_EACH_END = 8 };

static const char *plural(uint64_t count)
{
    return count == 1 ? "" : "s";
}

static const char *plural_big(const mpz_t count)
{
    return mpz_cmp_ui(count, 1) == 0 ? "" : "s";
}

const struct outcome_witness *findings_witness(const struct outcome *outcome, enum outcome_end end, int64_t value)
{
    for (size_t i = 0; i < outcome->witness_count; i++) {
        const struct outcome_witness *witness = &outcome->witnesses[i];
        if (witness->end == end && (end != OUTCOME_VALUE || witness->value == value) && witness->trace != NULL)
            return witness;
    }
    return NULL;
}

/* ---- What was checked ---------------------------------------------------------------------------------------- */

void findings_add_program(struct content *content, const char *label, const char *model, int64_t threads, int64_t iters,
                          const struct property *symbols, size_t symbol_count)
{
    phrase_print_program(content_fact(content, STYLE_PLAIN, label), model, threads, iters, symbols, symbol_count);
}

void findings_add_reading(struct content *content, const char *reading)
{
    if (reading != NULL)
        text_print(content_fact(content, STYLE_PLAIN, "read as"), "%s", reading);
}

void findings_add_registers(struct content *content, const char *registers)
{
    if (registers != NULL)
        text_print(content_fact(content, STYLE_PLAIN, "registers"), "%s (first values)", registers);
}

void findings_add_scheduler(struct content *content, const char *kind, const struct property *parameters, size_t count)
{
    phrase_print_scheduler(content_fact(content, STYLE_PLAIN, "scheduler"), kind, parameters, count);
}

/* What a litmus test asks, and its answer, its own section tells. */
static bool is_litmus(const struct outcome *outcome)
{
    return outcome->condition != NULL;
}

static void add_claims(struct content *content, const struct outcome *outcome)
{
    for (size_t c = is_litmus(outcome) && outcome->condition->condition != NULL ? 1 : 0; c < outcome->claim_count;
         c++) {
        const struct claim *claim = &outcome->claims[c];
        struct text *words = content_fact(content, claim->verdict == CLAIM_VIOLATED ? STYLE_BAD : STYLE_PLAIN, "claim");
        prose_print_code(words, claim->text);
        text_print(words, ": ");
        verdict_print(words, outcome, claim);
    }
}

static void add_memory(struct content *content, const struct outcome *outcome)
{
    if (outcome->is_one_processor) {
        text_print(content_fact(content, STYLE_PLAIN, "memory"),
                   "sc: all threads run on one processor, on which tso is the same");
        return;
    }
    if (!outcome->is_tso && is_litmus(outcome))
        text_print(content_fact(content, STYLE_PLAIN, "memory"), "sc: stores reach memory at once");
    if (!outcome->is_tso)
        return;
    struct text *words = content_fact(content, STYLE_PLAIN, "memory");
    text_print(words, "tso: stores wait in store buffers");
    if (outcome->store_buffer > 0)
        text_print(words, " (of %" PRIu32 " store%s)", outcome->store_buffer, plural(outcome->store_buffer));
    text_print(words, " before they reach memory");
}

static void add_observed(struct content *content, const struct outcome *outcome)
{
    uint32_t word;
    if (outcome->observe[0] == '\0' || is_litmus(outcome))
        return;
    struct text *words = content_fact(content, STYLE_PLAIN, "observed");
    members_print_names(words, outcome, true);
    if (observation_is_word(&outcome->observation, &word) && strchr(outcome->observe, ',') == NULL) {
        text_print(words, ", ");
        value_names_print(words, &outcome->value_names, word, outcome->observed_first);
        text_print(words, " at the start");
    }
    if (outcome->unobserved != NULL)
        text_print(words, "; the program has %s, too (--observe)", outcome->unobserved);
}

void findings_add_checked(struct content *content, const struct outcome *outcome)
{
    bool has_iters = outcome->reading == NULL && !is_litmus(outcome);
    findings_add_program(content, "checked", outcome->model, (int64_t)outcome->threads, has_iters ? outcome->iters : -1,
                         outcome->symbols, outcome->symbol_count);
    findings_add_reading(content, outcome->reading);
    findings_add_registers(content, outcome->registers);
    findings_add_scheduler(content, outcome->scheduler, outcome->parameters, outcome->parameter_count);
    add_memory(content, outcome);
    add_observed(content, outcome);
    add_claims(content, outcome);
}

void findings_add_incomplete(struct content *content, const struct outcome *outcome)
{
    if (outcome->complete)
        return;
    text_print(content_paragraph(content, STYLE_BAD), "INCOMPLETE: %s. What follows is what was found by then; %s.",
               outcome->incomplete_reason != NULL ? outcome->incomplete_reason : "the analysis was stopped",
               members_are_number(outcome) ? "it claims no minimum and no maximum" : "there may be more");
}

/* ---- The values ---------------------------------------------------------------------------------------------- */

static void print_ranges(struct text *text, const struct intervals *values)
{
    struct middle left_out = middle_of(values->count, RANGES_MAX, RANGES_SHOWN_EACH_END);
    for (size_t i = 0; i < values->count; i++) {
        text_print(text, "%s", i > 0 && (i <= left_out.first || i >= left_out.end) ? ", " : "");
        if (i == left_out.first)
            text_print(text, "... (%zu more ranges)", left_out.end - left_out.first);
        if (!middle_has(left_out, i))
            interval_print(text, values->items[i].first, values->items[i].last, " .. ");
    }
}

static void add_reachable(struct content *content, const struct outcome *outcome)
{
    struct text *words = content_fact(content, STYLE_PLAIN, outcome->complete ? "reachable" : "found");
    uint64_t size = intervals_size(&outcome->values);
    print_ranges(words, &outcome->values);
    text_print(words, " (%s", size == UINT64_MAX ? "at least " : "");
    text_put(words, number_grouped_unsigned(size));
    text_print(words, " value%s)", plural(size));
}

static void add_extremes(struct content *content, const struct outcome *outcome, int64_t least, int64_t greatest)
{
    enum style style = outcome->complete ? STYLE_CHANGED : STYLE_PLAIN;
    text_print(content_fact(content, style, outcome->complete ? "minimum" : "least found"), "%" PRId64, least);
    text_print(content_fact(content, style, outcome->complete ? "maximum" : "most found"), "%" PRId64, greatest);
}

static void add_text(struct content *content, const char *label, const char *output)
{
    struct text quoted = TEXT_INIT;
    if (output == NULL)
        return;
    members_print_output(&quoted, output, false);
    prose_print_code(content_fact(content, STYLE_PLAIN, label), text_string(&quoted));
    text_free(&quoted);
}

static bool has_one_length(const struct behaviour *behaviour)
{
    return behaviour->shortest != NULL && behaviour->longest != NULL &&
           strlen(behaviour->shortest) == strlen(behaviour->longest);
}

/* How many outputs there are; and, where they are not told one by one, between which ones they lie. Of prefixes the empty one is the
 * shortest and the first, and told like the others. */
static void add_behaviour(struct content *content, const struct outcome *outcome)
{
    const struct behaviour *behaviour = outcome->behaviour;
    struct text *words = content_fact(content, STYLE_PLAIN, behaviour->is_of_prefixes ? "prefixes" : "outputs");
    if (behaviour->is_infinite)
        text_print(words, "infinitely many");
    else
        text_put(words, number_readable(behaviour->count));
    if (behaviour->is_of_prefixes)
        text_print(words, " (no schedule comes to its end: what is printed on the way counts)");
    if (outcome->has_all_outputs && !behaviour->is_of_prefixes)
        return;
    if (has_one_length(behaviour)) {
        text_print(words, ", %zu characters each", strlen(behaviour->longest));
    } else {
        add_text(content, "shortest", behaviour->shortest);
        add_text(content, "longest", behaviour->longest);
    }
    add_text(content, "first", behaviour->first);
    add_text(content, "last", behaviour->last);
}

/* Ends that are no numbers are told by how many there are; the table has them. */
static void add_ends(struct content *content, const struct outcome *outcome)
{
    bool is_output = members_count(outcome) == 1 && members_is_output(outcome, 0);
    if (outcome->has_behaviour)
        add_behaviour(content, outcome);
    if (members_count(outcome) == 0 || (is_output && outcome->has_behaviour) ||
        (is_litmus(outcome) && outcome->complete))
        return;
    struct text *words = content_fact(content, outcome->has_values ? STYLE_PLAIN : STYLE_QUIET,
                                      outcome->complete || !outcome->has_values ? "reachable" : "found");
    if (!outcome->has_values) {
        text_print(words, "not computed");
    } else if (outcome->values.count == 0) {
        text_print(words, outcome->complete ? "none: no schedule comes to its end" : "none so far");
    } else {
        uint64_t size = intervals_size(&outcome->values);
        text_put(words, number_grouped_unsigned(size));
        text_print(words, size == 1 ? " outcome" : " different outcomes");
        if (members_have_others(outcome))
            text_print(words, ", all outputs but those below taken as one");
    }
}

static void add_values(struct content *content, const struct outcome *outcome)
{
    const struct intervals *values = &outcome->values;
    if (!outcome->has_values && outcome->has_extremes && outcome->complete) {
        add_extremes(content, outcome, outcome->least, outcome->greatest);
        text_print(content_fact(content, STYLE_QUIET, "reachable"), "the values between these two were not computed");
    } else if (!outcome->has_values) {
        text_print(content_fact(content, STYLE_QUIET, "values"), "not computed");
    } else if (values->count == 0) {
        text_print(content_fact(content, STYLE_PLAIN, "values"),
                   outcome->complete ? "none: no schedule ends" : "none found so far");
    } else {
        add_extremes(content, outcome, values->items[0].first, values->items[values->count - 1].last);
        add_reachable(content, outcome);
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

/* The question that this all began with: can several threads come to less than one of them alone? */
static void add_below(struct content *content, const struct outcome *outcome)
{
    if (!outcome->has_values || outcome->values.count == 0 || !outcome->is_counted)
        return;
    int64_t limit = outcome->observed_first + outcome->iters;
    struct intervals below = values_below(&outcome->values, limit);
    char *label = text_format("below %" PRId64, limit);
    struct text *words = content_fact(content, below.count > 0 ? STYLE_WARNING : STYLE_PLAIN, label);
    if (below.count > 0) {
        text_print(words, "yes: ");
        print_ranges(words, &below);
        text_print(words, ". All threads together can come to less than the iterations of one alone.");
    } else {
        text_print(words, outcome->complete ? "no: the result is never less than the iterations of one thread alone"
                                            : "none found so far");
    }
    intervals_free(&below);
    memory_free(label);
}

/* ---- Every number of repetitions ------------------------------------------------------------------------------------ */

/* A schedule that ends with an extreme, told by its repetitions. */
static void add_turns(struct content *content, const struct outcome *outcome, const struct turns *turns,
                      const char *label)
{
    const struct iterated *of = outcome->iterations->of;
    struct thread_names names = {(const char *const *)of->thread_names, of->thread_count};
    struct text told = TEXT_INIT;
    if (turns->count == 0)
        return;
    struct text *words = content_fact(content, STYLE_PLAIN, label);
    turns_print(&told, turns, &names);
    prose_print_code(words, text_string(&told));
    text_print(words, " (");
    text_put(words, number_grouped_unsigned(turns_steps(turns)));
    text_print(words, " steps)");
    text_free(&told);
}

static void add_proof(struct content *content, const struct outcome *outcome)
{
    if (!outcome->is_proved)
        return;
    all_iterations_print(content_fact(content, STYLE_PLAIN, "proved"), outcome->iterations);
    add_turns(content, outcome, &outcome->least_turns, "minimum by");
    add_turns(content, outcome, &outcome->greatest_turns, "maximum by");
}

/* ---- The schedules ------------------------------------------------------------------------------------------- */

static void add_schedules(struct content *content, const struct outcome *outcome)
{
    bool is_known = outcome->has_counts || outcome->has_value_count || outcome->endless;
    struct text *words = content_fact(content, is_known ? STYLE_PLAIN : STYLE_QUIET, "schedules");
    if (outcome->has_counts || outcome->has_value_count)
        text_put(words, number_readable(outcome->schedules));
    else
        text_print(words, outcome->endless ? "infinitely many: the state space has cycles" : "not counted");
    if (outcome->has_counts && outcome->multinomial_checked)
        text_print(words, " (the multinomial coefficient of the threads' lengths: none is missing)");
    if (outcome->has_value_count) {
        text_print(words, "; ");
        text_put(words, number_readable(outcome_row(outcome, outcome->counted_value)->schedules));
        text_print(words, " of them end with %lld", (long long)outcome->counted_value);
    }
}

static void add_deadlock(struct content *content, const struct outcome *outcome)
{
    const struct outcome_witness *witness = findings_witness(outcome, OUTCOME_DEADLOCK, 0);
    struct text *words = content_fact(content, outcome->can_deadlock ? STYLE_BAD : STYLE_PLAIN, "deadlock");
    if (!outcome->can_deadlock) {
        text_print(words, outcome->complete ? "impossible" : "none found so far");
        return;
    }
    text_print(words, "possible");
    if (outcome->has_counts) {
        text_print(words, ": ");
        text_put(words, number_readable(outcome->deadlocked));
        text_print(words, " schedule%s", plural_big(outcome->deadlocked));
    }
    if (witness != NULL && witness->trace->end_text != NULL)
        text_print(words, "%s the shortest, of %zu step%s: %s", outcome->has_counts ? ";" : ",",
                   trace_length(witness->trace), plural(trace_length(witness->trace)), witness->trace->end_text);
}

/* Where schedules can go on for ever it is said whether all of them could still come to an end. */
static void add_hang(struct content *content, const struct outcome *outcome)
{
    const struct outcome_witness *witness = findings_witness(outcome, OUTCOME_HANG, 0);
    if (!outcome->endless)
        return;
    struct text *words = content_fact(content, outcome->can_hang ? STYLE_BAD : STYLE_PLAIN, "hang");
    if (!outcome->can_hang) {
        text_print(words, "%s: schedules can go on for ever, but an end%s can be reached from every state",
                   outcome->can_deadlock ? "only as a deadlock" : "impossible",
                   outcome->can_deadlock ? ", or a deadlock," : "");
        return;
    }
    text_print(words, "%s: ", outcome->must_hang ? "certain" : "possible");
    verdict_print_hang(words, outcome);
    if (witness != NULL && trace_length(witness->trace) > 0)
        text_print(words, "; the shortest schedule to it has %zu step%s", trace_length(witness->trace),
                   plural(trace_length(witness->trace)));
}

static void add_exclusion(struct content *content, const struct outcome *outcome)
{
    const struct outcome_witness *witness = findings_witness(outcome, OUTCOME_OVERLAP, 0);
    if (!outcome->has_exclusion)
        return;
    struct text *words = content_fact(content, outcome->is_exclusive ? STYLE_PLAIN : STYLE_BAD, "exclusive");
    if (outcome->is_exclusive)
        text_print(words, "yes: no two threads are ever inside the same critical section");
    else if (witness != NULL && witness->trace->overlap_text != NULL)
        text_print(words, "no: after %zu step%s %s", trace_length(witness->trace), plural(trace_length(witness->trace)),
                   witness->trace->overlap_text);
    else
        text_print(words, "no: two threads can be inside the same critical section");
}

/* ---- Waiting ------------------------------------------------------------------------------------------------- */

/* "waits at most 12 steps"; in ticks, too, where these are not the same. */
static void print_bound(struct text *text, const struct outcome_wait *wait)
{
    if (wait->steps == 0) {
        text_print(text, "never waits");
        return;
    }
    text_print(text, "waits at most ");
    text_put(text, number_grouped_unsigned(wait->steps));
    text_print(text, " step%s", plural(wait->steps));
    if (wait->ticks == wait->steps)
        return;
    text_print(text, " (");
    text_put(text, number_grouped_unsigned(wait->ticks));
    text_print(text, " tick%s)", plural(wait->ticks));
}

static void add_wait(struct content *content, const struct outcome *outcome, size_t index)
{
    const struct outcome_wait *wait = &outcome->waits[index];
    struct text *words = content_fact(content, wait->starves ? STYLE_BAD : STYLE_PLAIN, "starvation");
    text_print(words, "`%s` ", wait->thread);
    if (wait->starves)
        text_print(words, "can wait for ever");
    else if (wait->is_bounded)
        print_bound(words, wait);
    else
        text_print(words, "can wait unboundedly, but not for ever");
    text_print(words, "%s, %s", !wait->starves && outcome->can_deadlock ? ", deadlocks apart" : "",
               phrase_fairness(outcome->fairness));
}

static void add_failure(struct content *content, const struct outcome *outcome)
{
    if (!outcome->can_fail)
        return;
    struct text *words = content_fact(content, STYLE_BAD, "error");
    text_print(words, "possible");
    if (outcome->has_counts && mpz_sgn(outcome->failed) > 0) {
        text_print(words, ", ");
        text_put(words, number_readable(outcome->failed));
        text_print(words, " schedule%s", plural_big(outcome->failed));
    }
    text_print(words, ": %s", outcome->failure_text != NULL ? outcome->failure_text : "an error of the program");
}

static bool deadlocks(const struct outcome *outcome)
{
    return outcome->can_deadlock;
}

static bool hangs(const struct outcome *outcome)
{
    return outcome->endless && outcome->can_hang;
}

static bool overlaps(const struct outcome *outcome)
{
    return outcome->has_exclusion && !outcome->is_exclusive;
}

static bool fails(const struct outcome *outcome)
{
    return outcome->can_fail;
}

/* What goes wrong, or what does not. */
static void add_properties(struct content *content, const struct outcome *outcome, bool wrong)
{
    static const struct {
        bool (*is_wrong)(const struct outcome *outcome);
        void (*add)(struct content *content, const struct outcome *outcome);
    } properties[] = {{deadlocks, add_deadlock}, {hangs, add_hang}, {overlaps, add_exclusion}, {fails, add_failure}};
    for (size_t p = 0; p < sizeof properties / sizeof *properties; p++)
        if (properties[p].is_wrong(outcome) == wrong)
            properties[p].add(content, outcome);
}

void findings_add_results(struct content *content, const struct outcome *outcome)
{
    add_properties(content, outcome, true);
    if (members_are_number(outcome)) {
        add_values(content, outcome);
        add_proof(content, outcome);
        add_below(content, outcome);
    } else {
        add_ends(content, outcome);
    }
    add_schedules(content, outcome);
    add_properties(content, outcome, false);
    for (size_t i = 0; outcome->has_starvation && i < outcome->wait_count; i++)
        add_wait(content, outcome, i);
    if (outcome->overflow_count > 0)
        phrase_print_overflows(content_fact(content, STYLE_PLAIN, "not excluded"), outcome);
    event_section_add_facts(content, outcome);
    fence_section_add(content, outcome);
}

/* ---- What it took -------------------------------------------------------------------------------------------- */

/* Where the search was stopped, states can be stored whose steps were not looked at, and which are not counted. */
static bool merges_states(const struct outcome *outcome)
{
    mpz_t stored;
    mpz_init(stored);
    exact_set(stored, outcome->stored);
    bool merges = mpz_cmp(outcome->states, stored) > 0;
    mpz_clear(stored);
    return merges;
}

void findings_add_effort(struct content *content, const struct outcome *outcome)
{
    struct text *words = content_fact(content, STYLE_PLAIN, "explored");
    if (outcome->is_proved) {
        text_print(words, "no states: the proof is from folds of up to %" PRIu32 " repetitions; longest schedule ",
                   outcome->iterations->exact_most);
        text_put(words, number_grouped_unsigned(outcome->depth));
        text_print(words, " steps");
        return;
    }
    bool depth_known = outcome->depth > 0 || mpz_sgn(outcome->transitions) == 0;
    text_put(words, number_readable(outcome->states));
    text_print(words, " state%s%s, ", plural_big(outcome->states),
               outcome->collapsed ? " in which there is a choice" : "");
    text_put(words, number_readable(outcome->transitions));
    text_print(words, " transition%s", plural_big(outcome->transitions));
    if (merges_states(outcome)) {
        text_print(words, ", ");
        text_put(words, number_grouped_unsigned(outcome->stored));
        text_print(words, " of the states stored (identical threads are interchangeable)");
    }
    if (outcome->complete && !outcome->endless && depth_known) {
        text_print(words, "; longest schedule ");
        text_put(words, number_grouped_unsigned(outcome->depth));
        text_print(words, " step%s", plural(outcome->depth));
    }
    if (outcome->sliced)
        text_print(words, "; values were folded, not stored in states");
    if (outcome->fused)
        text_print(words, "; local steps were taken together with the step before");
}

void findings_add_omissions(struct content *content, const struct outcome *outcome)
{
    for (size_t i = 0; i < outcome->omission_count; i++) {
        const struct outcome_omission *omission = &outcome->omissions[i];
        struct text *words = content_fact(content, STYLE_PLAIN, "not computed");
        text_print(words, "%s: %s", omission->question, omission->reason);
        if (omission->remedy[0] != '\0')
            text_print(words, "; %s computes it", omission->remedy);
    }
}
