#include "report/proof.h"

#include "base/memory.h"
#include "base/number.h"
#include "base/utf8.h"
#include "report/explanation.h"
#include "report/setting.h"
#include "report/step_text.h"
#include "report/verdict.h"

#include <inttypes.h>
#include <string.h>

/* More intervals than this are told by the first and the last ones. */
enum { RANGES_MAX = 12, RANGES_SHOWN_EACH_END = 4 };

enum {
    DIGITS_MAX = 1000, /* of a term of the equation; a reader may want to check the sum */
    SUM_DIGITS_MAX = 60000,
    TERMS_MAX = 60, /* where they have more digits together */
    POWER_MIN = 3   /* fewer equal factors are listed */
};

static const char *plural(size_t count)
{
    return count == 1 ? "" : "s";
}

/* ---- Witnesses ------------------------------------------------------------------------------------------------- */

bool proof_has_claim(const struct outcome *outcome)
{
    return outcome->complete && outcome->has_extremes;
}

const struct outcome_witness *proof_witness(const struct outcome *outcome, enum outcome_end end, int64_t value)
{
    for (size_t i = 0; i < outcome->witness_count; i++) {
        const struct outcome_witness *witness = &outcome->witnesses[i];
        if (witness->end == end && (end != OUTCOME_VALUE || witness->value == value) && witness->trace != NULL)
            return witness;
    }
    return NULL;
}

bool proof_is_attained(const struct outcome *outcome)
{
    return outcome->has_extremes && proof_witness(outcome, OUTCOME_VALUE, outcome->least) != NULL;
}

size_t proof_value_count(const struct outcome *outcome)
{
    size_t count = 0;
    for (size_t i = 0; i < outcome->witness_count; i++)
        count += outcome->witnesses[i].trace != NULL && outcome->witnesses[i].end == OUTCOME_VALUE;
    return count;
}

bool proof_has_each(const struct outcome *outcome)
{
    return outcome->row_count > 0 && proof_value_count(outcome) == outcome->row_count;
}

size_t proof_schedule_count(const struct outcome *outcome)
{
    size_t count = 0;
    for (size_t i = 0; i < outcome->witness_count; i++)
        count += outcome->witnesses[i].trace != NULL;
    for (size_t i = 0; outcome->has_starvation && i < outcome->wait_count; i++)
        count += outcome->waits[i].starves && outcome->waits[i].trace != NULL;
    return count;
}

const struct outcome_witness *proof_first_witness(const struct outcome *outcome)
{
    const struct outcome_witness *witness = NULL;
    if (outcome->has_extremes)
        witness = proof_witness(outcome, OUTCOME_VALUE, outcome->least);
    for (size_t i = 0; i < outcome->witness_count && witness == NULL; i++)
        if (outcome->witnesses[i].trace != NULL)
            witness = &outcome->witnesses[i];
    return witness;
}

static void print_outcome_end(struct text *text, const struct outcome *outcome, const struct outcome_witness *witness)
{
    if (witness->end != OUTCOME_VALUE) {
        setting_print_end(text, outcome->observe, witness->end, witness->value);
        return;
    }
    step_text_print_name(text, outcome->observe);
    text_print(text, " = %" PRId64, witness->value);
}

void proof_print_witness(struct text *text, const struct outcome *outcome, const struct outcome_witness *witness)
{
    text_print(text, "How ");
    print_outcome_end(text, outcome, witness);
    text_print(text, " comes about");
    setting_print_choices(text, outcome, witness->parameters, witness->parameter_count);
}

void proof_print_witness_length(struct text *text, const struct outcome_witness *witness)
{
    setting_print_length(text, witness->trace);
    if (witness->is_shortest)
        text_print(text, " (no schedule that ends so is shorter)");
    else if (witness->trace->preemptions > 0)
        text_print(text, " (no schedule that ends so needs fewer)");
}

void proof_print_end(struct text *text, const struct trace *trace)
{
    const char *words = trace->end_text != NULL ? trace->end_text : "";
    switch (trace->end) {
    case TRACE_FINISHED:
        explanation_print(text, trace);
        break;
    case TRACE_DEADLOCKED:
        text_print(text, "Deadlock: %s.", words);
        break;
    case TRACE_FAILED:
        text_print(text, "Error of the program: %s.", words);
        break;
    case TRACE_UNFINISHED:
        if (trace->overlap_text != NULL)
            text_print(text, "Not exclusive: %s.", trace->overlap_text);
        else
            text_print(text, "The schedule ends here; the program could go on.");
        break;
    }
}

/* ---- What is claimed ------------------------------------------------------------------------------------------- */

void proof_print_title(struct text *text, const struct proof *self)
{
    const struct outcome *outcome = self->outcome;
    if (self->title != NULL) {
        text_print(text, "%s", self->title);
        return;
    }
    char *observe = utf8_line(outcome->observe);
    if (proof_has_claim(outcome))
        text_print(text, "%s = %" PRId64 " is the least final value", observe, outcome->least);
    else if (outcome->complete)
        text_print(text, "The final values of %s", observe);
    else
        text_print(text, "Final values of %s, as far as they were found", observe);
    memory_free(observe);
}

static void print_symbols(struct text *text, const struct outcome *outcome)
{
    for (size_t i = 0; i < outcome->symbol_count; i++)
        text_print(text, ", %s = %" PRId64, outcome->symbols[i].name, outcome->symbols[i].number);
}

/* "`unlocked` be run by 2 threads with ITERS = 10 and PERMITS = 2" */
static void print_subject(struct text *text, const struct outcome *outcome)
{
    step_text_print_name(text, outcome->model);
    text_print(text, " be run by %zu thread%s with ITERS = %" PRId64, outcome->threads, plural(outcome->threads),
               outcome->iters);
    print_symbols(text, outcome);
}

static void print_ranges(struct text *text, const struct intervals *values)
{
    for (size_t i = 0; i < values->count; i++) {
        text_print(text, "%s", i > 0 ? ", " : "");
        if (values->count > RANGES_MAX && i == RANGES_SHOWN_EACH_END) {
            text_print(text, "and so on (%zu more ranges), ", values->count - 2 * RANGES_SHOWN_EACH_END);
            i = values->count - RANGES_SHOWN_EACH_END;
        }
        text_print(text, "%" PRId64, values->items[i].first);
        if (values->items[i].last > values->items[i].first)
            text_print(text, " to %" PRId64, values->items[i].last);
    }
}

static void claim_extreme(struct facts *facts, const struct outcome *outcome, bool is_least)
{
    int64_t value = is_least ? outcome->least : outcome->greatest;
    const struct outcome_witness *witness = proof_witness(outcome, OUTCOME_VALUE, value);
    struct text text = TEXT_INIT;
    text_print(&text, "Every schedule%s leaves ",
               outcome->can_deadlock || outcome->can_fail || outcome->endless ? " that comes to its end" : "");
    step_text_print_name(&text, outcome->observe);
    text_print(&text, " %s %" PRId64, is_least ? "\xe2\x89\xa5" : "\xe2\x89\xa4", value);
    text_print(&text,
               witness != NULL ? ", and there is one that leaves exactly %" PRId64 "."
                               : ", and %" PRId64 " is reached.",
               value);
    facts_add(facts, is_least ? "Minimum" : "Maximum", "%s", text_string(&text));
    text_free(&text);
}

static void claim_values(struct facts *facts, const struct outcome *outcome)
{
    struct text text = TEXT_INIT;
    uint64_t size = intervals_size(&outcome->values);
    char *count = number_grouped_unsigned(size);
    print_ranges(&text, &outcome->values);
    facts_add(facts, outcome->complete ? "Values" : "Found", "%s: %s (%s%s value%s).",
              outcome->complete ? "What can be left" : "Until then were found", text_string(&text),
              size == UINT64_MAX ? "at least " : "", count, size == 1 ? "" : "s");
    memory_free(count);
    text_free(&text);
}

/* The question that this all began with: can several threads come to less than one of them alone? */
static void claim_below(struct facts *facts, const struct outcome *outcome)
{
    if (!proof_has_claim(outcome) || !outcome->is_counted || outcome->least >= outcome->observed_first + outcome->iters)
        return;
    facts_add(facts, "Below", "All threads together can come to less than the %" PRId64 " iterations of one alone.",
              outcome->iters);
}

static void claim_asserted(struct facts *facts, const struct outcome *outcome)
{
    for (size_t c = 0; c < outcome->claim_count; c++) {
        const struct claim *claim = &outcome->claims[c];
        struct text text = TEXT_INIT;
        step_text_print_name(&text, claim->text);
        text_print(&text, " ");
        verdict_print(&text, outcome, claim);
        facts_add(facts, "Claim", "%s.", text_string(&text))->is_bad = claim->verdict == CLAIM_VIOLATED;
        text_free(&text);
    }
}

struct facts proof_claims(const struct outcome *outcome)
{
    struct facts facts = {0};
    struct text subject = TEXT_INIT;
    print_subject(&subject, outcome);
    text_print(&subject, ", and scheduled ");
    setting_print_scheduler(&subject, outcome->scheduler, outcome->parameters, outcome->parameter_count);
    facts_add(&facts, "", "Let %s.", text_string(&subject));
    text_free(&subject);
    if (!outcome->complete)
        facts_add(&facts, "Incomplete",
                  "INCOMPLETE: %s. What follows was found until then; no minimum and no maximum is claimed.",
                  outcome->incomplete_reason != NULL ? outcome->incomplete_reason : "the analysis was stopped")
            ->is_bad = true;
    if (proof_has_claim(outcome)) {
        claim_extreme(&facts, outcome, true);
        claim_extreme(&facts, outcome, false);
    } else if (outcome->complete && outcome->has_values) {
        facts_add(&facts, "Values", "No schedule comes to its end with a value.");
    }
    if (outcome->has_values && outcome->values.count > 0)
        claim_values(&facts, outcome);
    claim_below(&facts, outcome);
    claim_asserted(&facts, outcome);
    return facts;
}

struct facts proof_setting(const struct outcome *outcome)
{
    struct facts facts = {0};
    struct text text = TEXT_INIT;
    step_text_print_name(&text, outcome->model);
    text_print(&text, ", %zu thread%s, ITERS = %" PRId64, outcome->threads, plural(outcome->threads), outcome->iters);
    print_symbols(&text, outcome);
    facts_add(&facts, "Program", "%s", text_string(&text));
    text_free(&text);
    if (outcome->registers != NULL) {
        step_text_print_name(&text, outcome->registers);
        facts_add(&facts, "Registers", "%s at the start", text_string(&text));
        text_free(&text);
    }
    step_text_print_name(&text, outcome->observe);
    facts_add(&facts, "Observed", "%s, %" PRId64 " at the start", text_string(&text), outcome->observed_first);
    text_free(&text);
    setting_print_scheduler(&text, outcome->scheduler, outcome->parameters, outcome->parameter_count);
    facts_add(&facts, "Scheduler", "%s", text_string(&text));
    text_free(&text);
    return facts;
}

void proof_print_unlisted(struct text *text, const struct outcome *outcome)
{
    uint64_t size = intervals_size(&outcome->values);
    char *count = number_grouped_unsigned(size);
    if (outcome->has_values && size == 0)
        text_print(text, "%s",
                   outcome->complete ? "There are none: no schedule comes to its end." : "None was found so far.");
    else if (outcome->has_values)
        text_print(text, "They are not listed one by one: there are %s%s.", size == UINT64_MAX ? "at least " : "",
                   count);
    else if (proof_has_claim(outcome))
        text_print(text, "Only the least and the greatest one were computed, %" PRId64 " and %" PRId64 ".",
                   outcome->least, outcome->greatest);
    else
        text_print(text, "They were not computed.");
    memory_free(count);
}

void proof_print_schedules(struct text *text, const struct outcome *outcome)
{
    if (proof_has_each(outcome))
        text_print(
            text,
            "For each value a schedule that ends with it, with the fewest preemptions that any such schedule has.");
    else
        text_print(text, "The schedules that were found, each with the fewest preemptions, or steps, that any such "
                         "schedule has.");
    text_print(text, " T0\xc3\x97\x32 means that T0 takes two steps before the next one runs.");
}

/* ---- What else was found --------------------------------------------------------------------------------------- */

static void find_schedules(struct facts *facts, const struct outcome *outcome)
{
    if (outcome->has_counts) {
        char *count = number_readable(outcome->schedules);
        facts_add(facts, "Schedules", "%s", count);
        memory_free(count);
    } else if (outcome->endless) {
        facts_add(facts, "Schedules", "infinitely many: the state space has cycles");
    } else {
        facts_add(facts, "Schedules", "not counted");
    }
}

static void find_deadlock(struct facts *facts, const struct outcome *outcome)
{
    const struct outcome_witness *witness = proof_witness(outcome, OUTCOME_DEADLOCK, 0);
    if (!outcome->can_deadlock) {
        facts_add(facts, "Deadlock", "%s", outcome->complete ? "impossible" : "none found so far");
        return;
    }
    struct text text = TEXT_INIT;
    text_print(&text, "possible");
    if (outcome->has_counts) {
        char *count = number_readable(outcome->deadlocked);
        text_print(&text, ": %s schedule%s", count, mpz_cmp_ui(outcome->deadlocked, 1) == 0 ? "" : "s");
        memory_free(count);
    }
    if (witness != NULL && witness->trace->end_text != NULL)
        text_print(&text, "; after %zu step%s %s", witness->trace->step_count, plural(witness->trace->step_count),
                   witness->trace->end_text);
    facts_add(facts, "Deadlock", "%s", text_string(&text))->is_bad = true;
    text_free(&text);
}

static void find_hang(struct facts *facts, const struct outcome *outcome)
{
    struct text text = TEXT_INIT;
    if (!outcome->can_hang)
        return;
    verdict_print_hang(&text, outcome);
    facts_add(facts, "Hang", "%s: %s", outcome->must_hang ? "certain" : "possible", text_string(&text))->is_bad = true;
    text_free(&text);
}

static void find_exclusion(struct facts *facts, const struct outcome *outcome)
{
    if (outcome->has_exclusion && outcome->is_exclusive)
        facts_add(facts, "Exclusive", "yes: no two threads are ever inside the same critical section");
    else if (outcome->has_exclusion)
        facts_add(facts, "Exclusive", "no: two threads can be inside the same critical section")->is_bad = true;
}

static void find_failure(struct facts *facts, const struct outcome *outcome)
{
    if (outcome->can_fail)
        facts_add(facts, "Error", "possible: %s",
                  outcome->failure_text != NULL ? outcome->failure_text : "an error of the program")
            ->is_bad = true;
}

static void find_wait(struct facts *facts, const struct outcome *outcome, const struct outcome_wait *wait)
{
    struct text text = TEXT_INIT;
    char *steps = number_grouped_unsigned(wait->steps);
    step_text_print_name(&text, wait->thread);
    if (wait->starves)
        text_print(&text, " can wait for ever");
    else if (wait->is_bounded && wait->steps == 0)
        text_print(&text, " never waits");
    else if (wait->is_bounded)
        text_print(&text, " waits at most %s step%s", steps, wait->steps == 1 ? "" : "s");
    else
        text_print(&text, " waits without bound, but never for ever");
    text_print(&text, ", %s", setting_fairness(outcome->fairness));
    facts_add(facts, "Waiting", "%s", text_string(&text))->is_bad = wait->starves;
    memory_free(steps);
    text_free(&text);
}

struct facts proof_findings(const struct outcome *outcome)
{
    struct facts facts = {0};
    find_schedules(&facts, outcome);
    find_deadlock(&facts, outcome);
    find_hang(&facts, outcome);
    find_exclusion(&facts, outcome);
    for (size_t i = 0; outcome->has_starvation && i < outcome->wait_count; i++)
        find_wait(&facts, outcome, &outcome->waits[i]);
    find_failure(&facts, outcome);
    return facts;
}

struct facts proof_omissions(const struct outcome *outcome)
{
    struct facts facts = {0};
    if (outcome->overflow_count > 0) {
        struct text words = TEXT_INIT;
        setting_print_overflows(&words, outcome);
        facts_add(&facts, "", "Not excluded: %s.", text_string(&words));
        text_free(&words);
    }
    for (size_t i = 0; i < outcome->omission_count; i++) {
        const struct outcome_omission *omission = &outcome->omissions[i];
        facts_add(&facts, "", "Not computed: %s, %s%s%s.", omission->question, omission->reason,
                  omission->remedy[0] != '\0' ? "; asked for with " : "", omission->remedy);
    }
    return facts;
}

/* ---- That nothing was missed ----------------------------------------------------------------------------------- */

static void cover_states(struct facts *facts, const struct outcome *outcome)
{
    char *states = number_readable(outcome->states), *transitions = number_readable(outcome->transitions);
    char *stored = number_grouped_unsigned(outcome->stored);
    facts_add(facts, "States", "%s%s%s", states, outcome->sliced ? " control states" : "",
              outcome->collapsed ? " in which the scheduler has a choice"
              : outcome->fused   ? ", local steps taken together with the step before them"
                                 : "");
    facts_add(facts, "Transitions", "%s", transitions);
    if (mpz_cmp_ui(outcome->states, outcome->stored) != 0)
        facts_add(facts, "Stored", "%s states; threads that are alike stand for each other", stored);
    memory_free(states);
    memory_free(transitions);
    memory_free(stored);
}

struct facts proof_coverage(const struct outcome *outcome)
{
    struct facts facts = {0};
    cover_states(&facts, outcome);
    if (outcome->depth > 0) {
        char *depth = number_grouped_unsigned(outcome->depth);
        facts_add(&facts, "Longest", "the longest schedule has %s step%s", depth, outcome->depth == 1 ? "" : "s");
        memory_free(depth);
    }
    if (outcome->sliced)
        facts_add(
            &facts, "Values",
            "folded over the states: neither the variable nor the registers that carry it decide which step is next, so "
            "a state need not hold them; for each state is computed what can still become of them");
    else
        facts_add(&facts, "Values", "part of the states, each of which was visited");
    return facts;
}

const char *proof_search_title(const struct outcome *outcome)
{
    return outcome->complete ? "Nothing else can happen" : "What was covered";
}

bool proof_has_equation(const struct outcome *outcome)
{
    return outcome->has_counts && outcome->row_count > 0;
}

static void print_term(struct text *text, bool *is_first, const mpz_t number, const char *remark)
{
    char *digits = number_full(number, DIGITS_MAX);
    text_print(text, "%s%s%s", *is_first ? "" : " + ", digits, remark);
    *is_first = false;
    memory_free(digits);
}

size_t proof_terms(const struct outcome *outcome)
{
    size_t digits = outcome->row_count * mpz_sizeinbase(outcome->schedules, 10);
    return digits <= SUM_DIGITS_MAX ? outcome->row_count : TERMS_MAX;
}

void proof_print_sum(struct text *text, const struct outcome *outcome, size_t most)
{
    size_t head = outcome->row_count > most ? most / 2 : outcome->row_count;
    size_t tail = outcome->row_count > most ? outcome->row_count - most / 2 : outcome->row_count;
    bool is_first = true;
    for (size_t r = 0; r < outcome->row_count; r++) {
        if (r == head && head < tail) {
            text_print(text, " + ... (%zu terms) ...", tail - head);
            r = tail;
        }
        print_term(text, &is_first, outcome->rows[r].schedules, "");
    }
    if (mpz_sgn(outcome->deadlocked) > 0)
        print_term(text, &is_first, outcome->deadlocked, " (deadlocks)");
    if (mpz_sgn(outcome->failed) > 0)
        print_term(text, &is_first, outcome->failed, " (errors)");
}

/* Appends an exponent in superscript digits, which are U+00B9, U+00B2, U+00B3, and U+2070 to U+2079. */
static void print_exponent(struct text *text, size_t exponent)
{
    static const char *const digits[] = {"\xe2\x81\xb0", "\xc2\xb9",     "\xc2\xb2",     "\xc2\xb3",
                                         "\xe2\x81\xb4", "\xe2\x81\xb5", "\xe2\x81\xb6", "\xe2\x81\xb7",
                                         "\xe2\x81\xb8", "\xe2\x81\xb9"};
    struct text decimal = TEXT_INIT;
    text_print(&decimal, "%zu", exponent);
    for (const char *digit = text_string(&decimal); *digit != '\0'; digit++)
        text_print(text, "%s", digits[*digit - '0']);
    text_free(&decimal);
}

/* Appends the factorial of each length; of neighbours that are equal a power. */
static void print_factorials(struct text *text, const size_t *lengths, size_t count)
{
    for (size_t first = 0, next; first < count; first = next) {
        for (next = first + 1; next < count && lengths[next] == lengths[first];)
            next++;
        bool is_power = next - first >= POWER_MIN;
        for (size_t t = first; t < (is_power ? first + 1 : next); t++)
            text_print(text, "%s%s%zu!", t > 0 ? " \xc2\xb7 " : "", is_power ? "(" : "", lengths[t]);
        if (is_power) {
            text_print(text, ")");
            print_exponent(text, next - first);
        }
    }
}

/* "60! / (30! · 30!)", "192! / (3!)⁶⁴": the lengths of the threads are those of any schedule. */
static void print_multinomial(struct text *text, const struct trace *trace)
{
    size_t *lengths = memory_new(trace->thread_count, sizeof *lengths);
    bool is_one_power = trace->thread_count >= POWER_MIN;
    for (size_t s = 0; s < trace->step_count; s++)
        lengths[trace->steps[s].thread]++;
    for (size_t t = 1; t < trace->thread_count; t++)
        is_one_power = is_one_power && lengths[t] == lengths[0];
    text_print(text, " = %zu! / %s", trace->step_count, is_one_power ? "" : "(");
    print_factorials(text, lengths, trace->thread_count);
    text_print(text, "%s", is_one_power ? "" : ")");
    memory_free(lengths);
}

void proof_print_all(struct text *text, const struct outcome *outcome)
{
    const struct outcome_witness *witness = proof_first_witness(outcome);
    char *count = number_full(outcome->schedules, DIGITS_MAX);
    text_print(text, "%s", count);
    if (outcome->multinomial_checked && witness != NULL && witness->trace->end == TRACE_FINISHED)
        print_multinomial(text, witness->trace);
    memory_free(count);
}

void proof_print_equation_note(struct text *text, const struct outcome *outcome)
{
    text_print(text,
               "On the left each term is the number of schedules that end with one of the values; on the right is the "
               "number of all schedules, counted without a look at values");
    if (outcome->multinomial_checked)
        text_print(text, ", and once more as the multinomial coefficient of the threads' lengths");
    text_print(text, ". That both are equal says that no schedule is missing.");
}

/* ---- What was assumed ------------------------------------------------------------------------------------------ */

struct facts proof_assumptions(const struct outcome *outcome)
{
    struct facts facts = {0};
    struct text text = TEXT_INIT;
    facts_add(&facts, "Steps",
              "Each instruction of the listing is one atomic step. Between two steps any switch may happen "
              "that the scheduler allows; within one, none.");
    facts_add(&facts, "Memory",
              "Sequential consistency: all threads see all stores in one order, at once. Registers belong to "
              "their thread. A weaker memory model could only add outcomes.");
    setting_print_scheduler(&text, outcome->scheduler, outcome->parameters, outcome->parameter_count);
    facts_add(&facts, "Scheduler", "%s. It need not be fair.", text_string(&text));
    text_free(&text);
    facts_add(&facts, "Numbers",
              "64-bit integers; where a value does not fit, that is an error of the program, and reported as one.");
    facts_add(&facts, "Program",
              "The claim is about the program as listed, with these numbers of threads and iterations.");
    return facts;
}
