#include "report/json.h"

#include "analysis/event_count.h"
#include "analysis/fences.h"
#include "base/json_text.h"
#include "base/memory.h"
#include "base/number.h"
#include "report/members.h"
#include "report/verdict.h"

#include <inttypes.h>
#include <jansson.h>
#include <string.h>

enum { INDENT = 2, STEPS_A_LINE = 40, REAL_DIGITS = 6 };

/* Beyond this, readers that keep numbers as doubles would change them. */
#define EXACT_MAX (UINT64_C(1) << 53)

/* A document being written. Its parts have a line for each element, or all on one line: the flat ones, and what is in them. */
struct json_writer {
    FILE *stream;
    size_t depth;
    size_t flat_depth; /* of these, the parts on one line */
    bool is_first;     /* no comma is due */
};

/* ---- Writing ------------------------------------------------------------------------------------------------- */

/* Begins an element (key NULL) or a member. */
static void begin(struct json_writer *self, const char *key)
{
    if (self->flat_depth > 0)
        fputs(self->is_first ? "" : ", ", self->stream);
    else if (self->depth > 0)
        fprintf(self->stream, "%s%*s", self->is_first ? "\n" : ",\n", (int)(INDENT * self->depth), "");
    if (key != NULL)
        json_text_print(self->stream, "%s: ", key);
    self->is_first = false;
}

static void put_word(struct json_writer *self, const char *key, const char *word)
{
    begin(self, key);
    fputs(word, self->stream);
}

static void put_null(struct json_writer *self, const char *key)
{
    put_word(self, key, "null");
}

static void put_boolean(struct json_writer *self, const char *key, bool is_true)
{
    put_word(self, key, is_true ? "true" : "false");
}

/* A string, or null. */
static void put_string(struct json_writer *self, const char *key, const char *bytes)
{
    if (bytes == NULL) {
        put_null(self, key);
        return;
    }
    begin(self, key);
    json_text_write_string(self->stream, bytes);
}

/* A string that is taken. */
static void put_taken(struct json_writer *self, const char *key, char *bytes)
{
    put_string(self, key, bytes);
    memory_free(bytes);
}

/* An integer where every reader keeps it exactly, else a string of its digits. */
static void put_integer(struct json_writer *self, const char *key, int64_t number)
{
    begin(self, key);
    json_text_write_integer(self->stream, number);
}

static void put_big_count(struct json_writer *self, const char *key, const mpz_t number)
{
    char *digits = number_exact(number);
    (mpz_cmp_d(number, EXACT_MAX) <= 0 ? put_word : put_string)(self, key, digits);
    memory_free(digits);
}

static void put_count(struct json_writer *self, const char *key, uint64_t number)
{
    const char *quote = number <= EXACT_MAX ? "" : "\"";
    begin(self, key);
    fprintf(self->stream, "%s%" PRIu64 "%s", quote, number, quote);
}

static void put_count_or_null(struct json_writer *self, const char *key, bool is_known, uint64_t number)
{
    if (is_known)
        put_count(self, key, number);
    else
        put_null(self, key);
}

static void put_exact(struct json_writer *self, const char *key, bool is_known, const mpz_t number)
{
    put_taken(self, key, is_known ? number_exact(number) : NULL);
}

static void put_real(struct json_writer *self, const char *key, double number)
{
    json_t *value = json_real(number);
    begin(self, key);
    json_dumpf(value, self->stream, JSON_ENCODE_ANY | JSON_REAL_PRECISION(REAL_DIGITS));
    json_decref(value);
}

static void put_probability(struct json_writer *self, const char *key, const struct outcome *outcome,
                            const mpq_t number)
{
    put_taken(self, key, outcome->has_random ? number_probability_exact(number, outcome->random_error) : NULL);
}

static void put_properties(struct json_writer *self, const struct property *properties, size_t property_count)
{
    for (size_t i = 0; i < property_count; i++)
        if (properties[i].is_number)
            put_integer(self, properties[i].name, properties[i].number);
        else
            put_string(self, properties[i].name, properties[i].text);
}

typedef void part_opener(struct json_writer *self, const char *key, char bracket);

/* Opens the document itself, an element, or a member. */
static void open_part(struct json_writer *self, const char *key, char bracket)
{
    begin(self, key);
    fputc(bracket, self->stream);
    self->depth++;
    self->is_first = true;
}

/* The same, on one line. */
static void open_flat(struct json_writer *self, const char *key, char bracket)
{
    open_part(self, key, bracket);
    self->flat_depth++;
}

static void close_part(struct json_writer *self, char bracket)
{
    self->depth--;
    if (self->flat_depth > 0)
        self->flat_depth--;
    else if (!self->is_first)
        fprintf(self->stream, "\n%*s", (int)(INDENT * self->depth), "");
    fputc(bracket, self->stream);
    self->is_first = false;
}

static void put_format(struct json_writer *self, const char *format)
{
    put_string(self, "format", format);
    put_integer(self, "version", 1);
}

/* ---- Parts of both documents --------------------------------------------------------------------------------- */

static void write_program(struct json_writer *self, const struct outcome *outcome, bool has_text)
{
    open_flat(self, "program", '{');
    put_string(self, "model", outcome->model);
    put_integer(self, "threads", outcome->given_threads);
    put_integer(self, "iters", outcome->iters);
    put_string(self, "registers", outcome->registers);
    put_string(self, "observe", outcome->observe);
    open_flat(self, "symbols", '{');
    put_properties(self, outcome->symbols, outcome->symbol_count);
    close_part(self, '}');
    put_string(self, "memory", outcome->is_tso ? "tso" : "sc");
    put_string(self, has_text ? "text" : "reading", has_text ? outcome->text : outcome->reading);
    close_part(self, '}');
}

static void write_scheduler(struct json_writer *self, const struct outcome *outcome, const struct property *parameters,
                            size_t parameter_count)
{
    open_flat(self, "scheduler", '{');
    put_string(self, "kind", outcome->scheduler);
    put_properties(self, parameters, parameter_count);
    close_part(self, '}');
}

static void write_steps(struct json_writer *self, const char *key, const struct action *actions, size_t step_count)
{
    open_part(self, key, '[');
    for (size_t i = 0; i < step_count; i++) {
        if (i % STEPS_A_LINE == 0)
            begin(self, NULL);
        else
            fputc(',', self->stream);
        fprintf(self->stream, "%u", actions[i].thread);
    }
    close_part(self, ']');
}

const char *json_end_name(enum outcome_end end)
{
    static const char *const names[] = {
        [OUTCOME_VALUE] = "value",     [OUTCOME_DEADLOCK] = "deadlock", [OUTCOME_FAILURE] = "failure",
        [OUTCOME_OVERLAP] = "overlap", [OUTCOME_HANG] = "hang",         [OUTCOME_CLAIM] = "claim",
        [OUTCOME_ENDLESS] = "endless"};
    return names[end];
}

/* The numbers of an end, and the text where the output is a member: of an end that stands for others, that of a trace, if there is one. */
static void write_end(struct json_writer *self, const struct outcome *outcome, int64_t end, const struct trace *trace)
{
    char *output = trace != NULL && outcome_is_other(outcome, end) ? memory_copy_string(trace->output) : NULL;
    open_flat(self, "values", '[');
    for (size_t m = 0; m < members_count(outcome); m++)
        if (members_is_output(outcome, m))
            output = output != NULL ? output : members_text(outcome, end, m);
        else
            put_integer(self, NULL, members_number(outcome, end, m));
    close_part(self, ']');
    put_taken(self, "output", output);
}

/* What a schedule ends with, if that is more than an end. */
static void write_claimed_end(struct json_writer *self, const struct outcome *outcome,
                              const struct outcome_witness *witness)
{
    bool has_value = witness->end == OUTCOME_VALUE;
    if (has_value && members_are_number(outcome))
        put_integer(self, "value", witness->value);
    else
        put_null(self, "value");
    if (has_value) {
        write_end(self, outcome, witness->value, witness->trace);
    } else {
        put_null(self, "values");
        put_null(self, "output");
    }
}

/* A schedule as one can give it to --schedule. */
static void write_schedule(struct json_writer *self, const char *key, const struct schedule *schedule)
{
    static const struct thread_names nobody = {0};
    struct text text = TEXT_INIT;
    schedule_print(&text, schedule, &nobody, SCHEDULE_NUMBERS, SIZE_MAX);
    put_string(self, key, text_string(&text));
    text_free(&text);
}

static void write_witness(struct json_writer *self, const struct outcome *outcome,
                          const struct outcome_witness *witness)
{
    const struct trace *trace = witness->trace;
    open_part(self, NULL, '{');
    put_format(self, "racecheck-witness");
    write_program(self, outcome, true);
    write_scheduler(self, outcome, witness->parameters, witness->parameter_count);
    put_string(self, "end", json_end_name(witness->end));
    write_claimed_end(self, outcome, witness);
    put_string(self, "claim", witness->claim > 0 ? outcome->claims[witness->claim - 1].text : NULL);
    put_count_or_null(self, "preemptions", trace != NULL, trace != NULL ? trace->preemptions : 0);
    put_count_or_null(self, "loop", witness->loop_count > 0, witness->loop_count);
    const struct schedule *schedule = &witness->schedule;
    write_steps(self, "steps", schedule->actions + schedule_first_step(schedule), schedule_step_count(schedule));
    write_schedule(self, "schedule", schedule);
    close_part(self, '}');
}

/* ---- The result ---------------------------------------------------------------------------------------------- */

/* An incomplete analysis claims no extremes. */
static void put_extreme(struct json_writer *self, const char *key, const struct outcome *outcome, bool is_maximum)
{
    const struct intervals *values = &outcome->values;
    if (!outcome->complete || !members_are_number(outcome) || (values->count == 0 && !outcome->has_extremes))
        put_null(self, key);
    else if (values->count > 0)
        put_integer(self, key, is_maximum ? values->items[values->count - 1].last : values->items[0].first);
    else
        put_integer(self, key, is_maximum ? outcome->greatest : outcome->least);
}

/* Opens a part, with a line for each element or on one line; or says that there is none. */
static bool open_if(struct json_writer *self, bool is_there, part_opener *open, const char *key, char bracket)
{
    if (is_there)
        open(self, key, bracket);
    else
        put_null(self, key);
    return is_there;
}

/* The names have commas between them. */
static void write_observed(struct json_writer *self, const struct outcome *outcome)
{
    open_flat(self, "observed", '[');
    for (const char *name = outcome->observe[0] != '\0' ? outcome->observe : NULL; name != NULL;) {
        size_t length = strcspn(name, ",");
        char *copy = memory_copy(name, length + 1);
        copy[length] = '\0';
        put_taken(self, NULL, copy);
        name = name[length] == ',' ? name + length + 1 : NULL;
    }
    close_part(self, ']');
}

static void write_row(struct json_writer *self, const struct outcome *outcome, const struct outcome_row *row,
                      bool by_members)
{
    open_flat(self, NULL, '{');
    if (by_members)
        write_end(self, outcome, row->value, NULL);
    else
        put_integer(self, "value", row->value);
    put_exact(self, "schedules", outcome->has_counts, row->schedules);
    put_probability(self, "random_scheduler", outcome, row->random);
    put_count_or_null(self, "preemptions", outcome->has_preemptions, row->preemptions);
    close_part(self, '}');
}

/* The outputs that are not told apart, with each combination of the other members. */
static void write_others(struct json_writer *self, const struct outcome *outcome)
{
    if (!open_if(self, outcome->has_values && members_have_others(outcome), open_flat, "others", '['))
        return;
    for (size_t i = 0; i < outcome->row_count; i++)
        if (outcome_is_other(outcome, outcome->rows[i].value))
            write_row(self, outcome, &outcome->rows[i], true);
    close_part(self, ']');
}

/* Writes the rows by their values, where these are numbers, and member by member. */
static void write_rows(struct json_writer *self, const struct outcome *outcome, bool by_members)
{
    bool has_rows = outcome->has_values && (outcome->row_count > 0 || outcome->values.count == 0);
    bool is_told = by_members ? members_count(outcome) > 0 : members_are_number(outcome);
    if (!open_if(self, has_rows && is_told, open_part, by_members ? "outcomes" : "values", '['))
        return;
    for (size_t i = 0; i < outcome->row_count; i++)
        if (!outcome_is_other(outcome, outcome->rows[i].value))
            write_row(self, outcome, &outcome->rows[i], by_members);
    close_part(self, ']');
}

static void write_ranges(struct json_writer *self, const struct outcome *outcome)
{
    if (!open_if(self, outcome->has_values && members_are_number(outcome), open_part, "ranges", '['))
        return;
    for (size_t i = 0; i < outcome->values.count; i++) {
        open_flat(self, NULL, '[');
        put_integer(self, NULL, outcome->values.items[i].first);
        put_integer(self, NULL, outcome->values.items[i].last);
        close_part(self, ']');
    }
    close_part(self, ']');
}

/* All that can be printed, however much that is. */
static void write_behaviour(struct json_writer *self, const struct outcome *outcome)
{
    const struct behaviour *behaviour = outcome->behaviour;
    if (!open_if(self, outcome->has_behaviour, open_flat, "behaviour", '{'))
        return;
    put_exact(self, "count", !behaviour->is_infinite, behaviour->count);
    put_boolean(self, "prefixes", behaviour->is_of_prefixes);
    put_string(self, "shortest", behaviour->shortest);
    put_string(self, "longest", behaviour->longest);
    put_string(self, "first", behaviour->first);
    put_string(self, "last", behaviour->last);
    put_count(self, "states", behaviour->state_count);
    write_others(self, outcome);
    close_part(self, '}');
}

/* What was found is true; that nothing was found says something about a complete analysis only. */
static void put_possibility(struct json_writer *self, const char *key, const struct outcome *outcome, bool was_found)
{
    put_word(self, key, was_found ? "true" : outcome->complete ? "false" : "null");
}

/* A bound for the error of each probability; 0 where they are exact. */
static void put_random_error(struct json_writer *self, const struct outcome *outcome)
{
    if (outcome->has_random && outcome->random_error > 0)
        put_real(self, "random_error", number_bound(outcome->random_error));
    else
        put_word(self, "random_error", outcome->has_random ? "0" : "null");
}

static void write_findings(struct json_writer *self, const struct outcome *outcome)
{
    open_part(self, "outcome", '{');
    put_extreme(self, "minimum", outcome, false);
    put_extreme(self, "maximum", outcome, true);
    put_exact(self, "schedules", outcome->has_counts, outcome->schedules);
    put_exact(self, "deadlocked", outcome->has_counts, outcome->deadlocked);
    put_exact(self, "failed", outcome->has_counts, outcome->failed);
    write_rows(self, outcome, false);
    write_ranges(self, outcome);
    write_observed(self, outcome);
    write_rows(self, outcome, true);
    write_behaviour(self, outcome);
    put_probability(self, "random_deadlocked", outcome, outcome->random_deadlocked);
    put_probability(self, "random_failed", outcome, outcome->random_failed);
    put_probability(self, "random_endless", outcome, outcome->random_endless);
    put_random_error(self, outcome);
    put_possibility(self, "can_deadlock", outcome, outcome->can_deadlock);
    if (outcome->overflow_count > 0 && !outcome->can_fail)
        put_null(self, "can_fail");
    else
        put_possibility(self, "can_fail", outcome, outcome->can_fail);
    put_string(self, "failure", outcome->failure_text);
    if (outcome->endless_unknown)
        put_null(self, "endless");
    else
        put_possibility(self, "endless", outcome, outcome->endless);
    put_boolean(self, "multinomial", outcome->multinomial_checked);
    close_part(self, '}');
}

static void write_claims(struct json_writer *self, const struct outcome *outcome)
{
    open_part(self, "claims", '[');
    for (size_t c = 0; c < outcome->claim_count; c++) {
        const struct claim *claim = &outcome->claims[c];
        open_flat(self, NULL, '{');
        put_string(self, "claim", claim->text);
        put_string(self, "verdict", verdict_word(claim->verdict));
        put_count_or_null(self, "witness", claim->witness != CLAIM_NO_WITNESS, claim->witness);
        close_part(self, '}');
    }
    close_part(self, ']');
}

/* A place where a fence can stand. */
static void write_fence_place(struct json_writer *self, const struct fence_spot *spot)
{
    open_flat(self, NULL, '{');
    put_string(self, "threads", spot->threads);
    put_string(self, "where", spot->is_before ? "before" : "behind");
    put_count_or_null(self, "line", true, spot->line);
    put_count_or_null(self, "column", true, spot->column);
    put_string(self, "instruction", spot->instruction);
    close_part(self, '}');
}

static void write_fences(struct json_writer *self, const struct outcome *outcome)
{
    static const char *const reasons[] = {[FENCES_FOUND] = NULL,
                                          [FENCES_SC] = "violated under sc, too",
                                          [FENCES_ELSEWHERE] = "violated with fences at all places, too"};
    const struct fences *fences = outcome->fences;
    if (!open_if(self, fences != NULL, open_part, "fences", '{'))
        return;
    bool is_found = fences->verdict == FENCES_FOUND;
    put_count_or_null(self, "fewest", is_found, fences->fewest);
    put_string(self, "reason", fences->verdict == FENCES_UNKNOWN ? fences->gap : reasons[fences->verdict]);
    open_part(self, "places", '[');
    for (size_t s = 0; s < fences->spot_count; s++)
        write_fence_place(self, &fences->spots[s]);
    close_part(self, ']');
    open_part(self, "sets", '[');
    for (size_t s = 0; s < fences->set_count; s++) {
        open_flat(self, NULL, '[');
        for (size_t i = 0; i < fences->fewest; i++)
            put_count_or_null(self, NULL, true, fences->sets[s * fences->fewest + i]);
        close_part(self, ']');
    }
    close_part(self, ']');
    put_count_or_null(self, "searches", true, fences->searches);
    close_part(self, '}');
}

/* How long a thread waits: for ever, as a lasso, or at most so long. */
static void write_wait(struct json_writer *self, const struct outcome *outcome, const struct outcome_wait *wait)
{
    bool is_bounded = !wait->starves && wait->is_bounded;
    open_part(self, NULL, '{');
    put_string(self, "thread", wait->thread);
    put_boolean(self, "starves", wait->starves);
    put_count_or_null(self, "steps", is_bounded, wait->steps);
    put_count_or_null(self, "ticks", is_bounded, wait->ticks);
    if (wait->starves) {
        const struct action *steps = wait->schedule.actions + schedule_first_step(&wait->schedule);
        write_steps(self, "stem", steps, wait->stem_count);
        write_steps(self, "loop", steps + wait->stem_count, wait->loop_count);
        write_schedule(self, "schedule", &wait->schedule);
        write_scheduler(self, outcome, wait->parameters, wait->parameter_count);
    } else {
        put_null(self, "stem");
        put_null(self, "loop");
        put_null(self, "schedule");
        put_null(self, "scheduler");
    }
    close_part(self, '}');
}

static void write_starvation(struct json_writer *self, const struct outcome *outcome)
{
    static const char *const fairness_names[] = {
        [FAIRNESS_NONE] = "none", [FAIRNESS_WEAK] = "weak", [FAIRNESS_STRONG] = "strong"};
    if (!open_if(self, outcome->has_starvation, open_part, "starvation", '{'))
        return;
    put_string(self, "fairness", fairness_names[outcome->fairness]);
    put_boolean(self, "possible", outcome->can_starve);
    open_part(self, "threads", '[');
    for (size_t i = 0; i < outcome->wait_count; i++)
        write_wait(self, outcome, &outcome->waits[i]);
    close_part(self, ']');
    close_part(self, '}');
}

/* What was not excluded: as yet that is overflows alone. */
static void write_overflows(struct json_writer *self, const struct outcome *outcome)
{
    open_part(self, "not_excluded", '[');
    for (size_t o = 0; o < outcome->overflow_count; o++) {
        open_flat(self, NULL, '{');
        put_string(self, "event", "overflow");
        put_string(self, "location", outcome->overflows[o].location);
        put_count(self, "rounds", outcome->overflows[o].rounds);
        close_part(self, '}');
    }
    close_part(self, ']');
}

/* Whether something is so, as far as it is known. */
static void put_known(struct json_writer *self, const char *key, enum claim_verdict verdict)
{
    put_word(self, key, verdict == CLAIM_HOLDS ? "true" : verdict == CLAIM_VIOLATED ? "false" : "null");
}

static void write_properties(struct json_writer *self, const struct outcome *outcome)
{
    open_part(self, "properties", '{');
    put_possibility(self, "deadlock", outcome, outcome->can_deadlock);
    put_known(self, "hang", outcome_hangs(outcome));
    put_known(self, "terminates", outcome_terminates(outcome));
    put_word(self, "exclusive", !outcome->has_exclusion ? "null" : outcome->is_exclusive ? "true" : "false");
    write_starvation(self, outcome);
    write_overflows(self, outcome);
    close_part(self, '}');
}

static void write_statistics(struct json_writer *self, const struct outcome *outcome, bool timing)
{
    bool depth_known =
        outcome->complete && !outcome->endless && (outcome->depth > 0 || mpz_sgn(outcome->transitions) == 0);
    open_flat(self, "statistics", '{');
    put_big_count(self, "states", outcome->states);
    put_big_count(self, "transitions", outcome->transitions);
    put_count(self, "stored", outcome->stored);
    put_count_or_null(self, "depth", depth_known, outcome->depth);
    put_boolean(self, "collapsed", outcome->collapsed);
    put_boolean(self, "sliced", outcome->sliced);
    put_boolean(self, "fused", outcome->fused);
    if (timing)
        put_real(self, "seconds", outcome->seconds);
    close_part(self, '}');
}

static void write_event(struct json_writer *self, const struct event_count *count)
{
    open_part(self, NULL, '{');
    static const char *const keys[] = {"least_schedule", "greatest_schedule"};
    const struct schedule *schedules[] = {&count->least_schedule, &count->greatest_schedule};
    put_string(self, "event", count->name);
    put_count_or_null(self, "least", count->has_extremes && count->has_least, (uint64_t)count->least);
    put_count_or_null(self, "greatest", count->has_extremes && !count->is_unbounded, (uint64_t)count->greatest);
    if (count->has_extremes)
        put_boolean(self, "unbounded", count->is_unbounded);
    else
        put_null(self, "unbounded");
    bool is_finite = count->has_expected && !count->is_infinite;
    put_taken(self, "expected", is_finite ? number_probability_exact(count->expected, count->expected_error) : NULL);
    if (is_finite)
        put_real(self, "expected_error", count->expected_error);
    else
        put_null(self, "expected_error");
    if (open_if(self, count->has_distribution, open_part, "distribution", '[')) {
        for (size_t r = 0; r < count->row_count; r++) {
            open_flat(self, NULL, '{');
            put_integer(self, "count", count->rows[r].count);
            put_big_count(self, "schedules", count->rows[r].schedules);
            put_taken(self, "random_scheduler", number_fraction(count->rows[r].random));
            close_part(self, '}');
        }
        close_part(self, ']');
    }
    for (size_t s = 0; s < sizeof keys / sizeof keys[0]; s++)
        if (schedules[s]->count > 0)
            write_schedule(self, keys[s], schedules[s]);
        else
            put_null(self, keys[s]);
    close_part(self, '}');
}

static void write_events(struct json_writer *self, const struct outcome *outcome)
{
    open_part(self, "events", '[');
    for (size_t e = 0; e < outcome->event_count; e++)
        write_event(self, &outcome->events[e]);
    close_part(self, ']');
}

static void write_omissions(struct json_writer *self, const struct outcome *outcome)
{
    open_part(self, "omissions", '[');
    for (size_t i = 0; i < outcome->omission_count; i++) {
        open_flat(self, NULL, '{');
        put_string(self, "question", outcome->omissions[i].question);
        put_string(self, "reason", outcome->omissions[i].reason);
        put_string(self, "remedy", outcome->omissions[i].remedy);
        close_part(self, '}');
    }
    close_part(self, ']');
}

static void write_result(struct json_writer *self, const struct outcome *outcome, bool timing)
{
    open_part(self, NULL, '{');
    put_format(self, "racecheck-result");
    write_program(self, outcome, false);
    write_scheduler(self, outcome, outcome->parameters, outcome->parameter_count);
    put_boolean(self, "complete", outcome->complete);
    put_string(self, "incomplete_reason", outcome->complete ? NULL : outcome->incomplete_reason);
    write_findings(self, outcome);
    write_claims(self, outcome);
    write_fences(self, outcome);
    write_properties(self, outcome);
    write_events(self, outcome);
    write_statistics(self, outcome, timing);
    write_omissions(self, outcome);
    open_part(self, "witnesses", '[');
    for (size_t i = 0; i < outcome->witness_count; i++)
        write_witness(self, outcome, &outcome->witnesses[i]);
    close_part(self, ']');
    close_part(self, '}');
}

void json_write_result(FILE *stream, const struct outcome *outcome, bool timing)
{
    struct json_writer self = {.stream = stream, .is_first = true};
    write_result(&self, outcome, timing);
    fputc('\n', stream);
}

void json_write_witness(FILE *stream, const struct outcome *outcome, const struct outcome_witness *witness)
{
    struct json_writer self = {.stream = stream, .is_first = true};
    write_witness(&self, outcome, witness);
    fputc('\n', stream);
}

/* ---- A sweep ------------------------------------------------------------------------------------------------- */

/* Copies a document as a member, moved to the right. There are no line ends within its strings. */
static void copy_member(struct json_writer *self, const char *key, const char *document)
{
    size_t length = strlen(document);
    while (length > 0 && document[length - 1] == '\n')
        length--;
    begin(self, key);
    for (size_t i = 0; i < length; i++) {
        fputc(document[i], self->stream);
        if (document[i] == '\n')
            fprintf(self->stream, "%*s", (int)(INDENT * self->depth), "");
    }
}

static void write_point(struct json_writer *self, const struct sweep *sweep, const struct sweep_point *point)
{
    open_part(self, NULL, '{');
    open_flat(self, "parameters", '{');
    for (size_t a = 0; a < sweep->axis_count; a++)
        if (point->words[a] != NULL)
            put_string(self, sweep->names[a], point->words[a]);
        else
            put_integer(self, sweep->names[a], point->values[a]);
    close_part(self, '}');
    put_count_or_null(self, "status", point->status >= 0, (uint64_t)point->status);
    put_string(self, "note", point->note);
    if (point->document != NULL)
        copy_member(self, "result", point->document);
    else
        put_null(self, "result");
    close_part(self, '}');
}

void json_write_sweep(FILE *stream, const struct sweep *sweep)
{
    struct json_writer self = {.stream = stream, .is_first = true};
    open_part(&self, NULL, '{');
    put_format(&self, "racecheck-sweep");
    open_flat(&self, "swept", '[');
    for (size_t a = 0; a < sweep->axis_count; a++)
        put_string(&self, NULL, sweep->names[a]);
    close_part(&self, ']');
    open_part(&self, "points", '[');
    for (size_t p = 0; p < sweep->point_count; p++)
        write_point(&self, sweep, &sweep->points[p]);
    close_part(&self, ']');
    close_part(&self, '}');
    fputc('\n', stream);
}
