#include "report/json.h"

#include "analysis/event_count.h"
#include "analysis/fences.h"
#include "base/memory.h"
#include "base/number.h"
#include "report/json_parts.h"
#include "report/members.h"
#include "report/verdict.h"

#include <string.h>

enum { STEPS_A_LINE = 40 };

/* ---- Parts of both documents --------------------------------------------------------------------------------- */

static void put_probability(struct json_writer *self, const char *key, const struct outcome *outcome,
                            const mpq_t number)
{
    json_put_taken(self, key, outcome->has_random ? number_probability_exact(number, outcome->random_error) : NULL);
}

void json_put_program(struct json_writer *self, const struct outcome *outcome, bool has_text)
{
    json_open_flat(self, "program", '{');
    json_put_string(self, "model", outcome->model);
    json_put_integer(self, "threads", outcome->given_threads);
    json_put_integer(self, "iters", outcome->iters);
    json_put_string(self, "registers", outcome->registers);
    json_put_string(self, "observe", outcome->observe);
    json_open_flat(self, "symbols", '{');
    json_put_properties(self, outcome->symbols, outcome->symbol_count);
    json_close(self, '}');
    json_put_string(self, "memory", outcome->is_tso ? "tso" : "sc");
    json_put_string(self, has_text ? "text" : "reading", has_text ? outcome->text : outcome->reading);
    json_close(self, '}');
}

void json_put_scheduler(struct json_writer *self, const struct outcome *outcome, const struct property *parameters,
                        size_t parameter_count)
{
    json_open_flat(self, "scheduler", '{');
    json_put_string(self, "kind", outcome->scheduler);
    json_put_properties(self, parameters, parameter_count);
    json_close(self, '}');
}

static void write_steps(struct json_writer *self, const char *key, const struct action *actions, size_t step_count)
{
    json_open(self, key, '[');
    for (size_t i = 0; i < step_count; i++) {
        if (i % STEPS_A_LINE == 0)
            json_begin(self, NULL);
        else
            fputc(',', self->stream);
        fprintf(self->stream, "%u", actions[i].thread);
    }
    json_close(self, ']');
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
    json_open_flat(self, "values", '[');
    for (size_t m = 0; m < members_count(outcome); m++)
        if (members_is_output(outcome, m))
            output = output != NULL ? output : members_text(outcome, end, m);
        else
            json_put_integer(self, NULL, members_number(outcome, end, m));
    json_close(self, ']');
    json_put_taken(self, "output", output);
}

void json_put_end(struct json_writer *self, const struct outcome *outcome, int end, int64_t value,
                  const struct trace *trace)
{
    bool has_value = end == OUTCOME_VALUE;
    json_put_string(self, "end", json_end_name((enum outcome_end)end));
    if (has_value && members_are_number(outcome))
        json_put_integer(self, "value", value);
    else
        json_put_null(self, "value");
    if (has_value) {
        write_end(self, outcome, value, trace);
    } else {
        json_put_null(self, "values");
        json_put_null(self, "output");
    }
}

void json_put_schedule(struct json_writer *self, const char *key, const struct schedule *schedule)
{
    static const struct thread_names nobody = {0};
    struct text text = TEXT_INIT;
    schedule_print(&text, schedule, &nobody, SCHEDULE_NUMBERS, SIZE_MAX);
    json_put_string(self, key, text_string(&text));
    text_free(&text);
}

void json_put_witness(struct json_writer *self, const struct outcome *outcome, const struct outcome_witness *witness)
{
    const struct trace *trace = witness->trace;
    json_open(self, NULL, '{');
    json_put_format(self, "racecheck-witness");
    json_put_program(self, outcome, true);
    json_put_scheduler(self, outcome, witness->parameters, witness->parameter_count);
    json_put_end(self, outcome, witness->end, witness->value, trace);
    json_put_string(self, "claim", witness->claim > 0 ? outcome->claims[witness->claim - 1].text : NULL);
    json_put_count_or_null(self, "preemptions", trace != NULL, trace != NULL ? trace->preemptions : 0);
    json_put_count_or_null(self, "loop", witness->loop_count > 0, witness->loop_count);
    const struct schedule *schedule = &witness->schedule;
    write_steps(self, "steps", schedule->actions + schedule_first_step(schedule), schedule_step_count(schedule));
    json_put_schedule(self, "schedule", schedule);
    json_close(self, '}');
}

/* ---- The result ---------------------------------------------------------------------------------------------- */

/* An incomplete analysis claims no extremes. */
static void put_extreme(struct json_writer *self, const char *key, const struct outcome *outcome, bool is_maximum)
{
    const struct intervals *values = &outcome->values;
    if (!outcome->complete || !members_are_number(outcome) || (values->count == 0 && !outcome->has_extremes))
        json_put_null(self, key);
    else if (values->count > 0)
        json_put_integer(self, key, is_maximum ? values->items[values->count - 1].last : values->items[0].first);
    else
        json_put_integer(self, key, is_maximum ? outcome->greatest : outcome->least);
}

/* The names have commas between them. */
static void write_observed(struct json_writer *self, const struct outcome *outcome)
{
    json_open_flat(self, "observed", '[');
    for (const char *name = outcome->observe[0] != '\0' ? outcome->observe : NULL; name != NULL;) {
        size_t length = strcspn(name, ",");
        char *copy = memory_copy(name, length + 1);
        copy[length] = '\0';
        json_put_taken(self, NULL, copy);
        name = name[length] == ',' ? name + length + 1 : NULL;
    }
    json_close(self, ']');
}

static void write_row(struct json_writer *self, const struct outcome *outcome, const struct outcome_row *row,
                      bool by_members)
{
    json_open_flat(self, NULL, '{');
    if (by_members)
        write_end(self, outcome, row->value, NULL);
    else
        json_put_integer(self, "value", row->value);
    json_put_exact(self, "schedules", outcome_has_count(outcome, row), row->schedules);
    put_probability(self, "random_scheduler", outcome, row->random);
    json_put_count_or_null(self, "preemptions", outcome->has_preemptions, row->preemptions);
    json_close(self, '}');
}

/* The outputs that are not told apart, with each combination of the other members. */
static void write_others(struct json_writer *self, const struct outcome *outcome)
{
    if (!json_open_if(self, outcome->has_values && members_have_others(outcome), json_open_flat, "others", '['))
        return;
    for (size_t i = 0; i < outcome->row_count; i++)
        if (outcome_is_other(outcome, outcome->rows[i].value))
            write_row(self, outcome, &outcome->rows[i], true);
    json_close(self, ']');
}

/* Writes the rows by their values, where these are numbers, and member by member. */
static void write_rows(struct json_writer *self, const struct outcome *outcome, bool by_members)
{
    bool has_rows = outcome->has_values && (outcome->row_count > 0 || outcome->values.count == 0);
    bool is_told = by_members ? members_count(outcome) > 0 : members_are_number(outcome);
    if (!json_open_if(self, has_rows && is_told, json_open, by_members ? "outcomes" : "values", '['))
        return;
    for (size_t i = 0; i < outcome->row_count; i++)
        if (!outcome_is_other(outcome, outcome->rows[i].value))
            write_row(self, outcome, &outcome->rows[i], by_members);
    json_close(self, ']');
}

static void write_ranges(struct json_writer *self, const struct outcome *outcome)
{
    if (!json_open_if(self, outcome->has_values && members_are_number(outcome), json_open, "ranges", '['))
        return;
    for (size_t i = 0; i < outcome->values.count; i++) {
        json_open_flat(self, NULL, '[');
        json_put_integer(self, NULL, outcome->values.items[i].first);
        json_put_integer(self, NULL, outcome->values.items[i].last);
        json_close(self, ']');
    }
    json_close(self, ']');
}

/* All that can be printed, however much that is. */
static void write_behaviour(struct json_writer *self, const struct outcome *outcome)
{
    const struct behaviour *behaviour = outcome->behaviour;
    if (!json_open_if(self, outcome->has_behaviour, json_open_flat, "behaviour", '{'))
        return;
    json_put_exact(self, "count", !behaviour->is_infinite, behaviour->count);
    json_put_boolean(self, "prefixes", behaviour->is_of_prefixes);
    json_put_string(self, "shortest", behaviour->shortest);
    json_put_string(self, "longest", behaviour->longest);
    json_put_string(self, "first", behaviour->first);
    json_put_string(self, "last", behaviour->last);
    json_put_count(self, "states", behaviour->state_count);
    write_others(self, outcome);
    json_close(self, '}');
}

/* What was found is true; that nothing was found says something about a complete analysis only. */
static void put_possibility(struct json_writer *self, const char *key, const struct outcome *outcome, bool was_found)
{
    json_put_word(self, key, was_found ? "true" : outcome->complete ? "false" : "null");
}

/* A bound for the error of each probability; 0 where they are exact. */
static void put_random_error(struct json_writer *self, const struct outcome *outcome)
{
    if (outcome->has_random && outcome->random_error > 0)
        json_put_real(self, "random_error", number_bound(outcome->random_error));
    else
        json_put_word(self, "random_error", outcome->has_random ? "0" : "null");
}

static void write_findings(struct json_writer *self, const struct outcome *outcome)
{
    json_open(self, "outcome", '{');
    put_extreme(self, "minimum", outcome, false);
    put_extreme(self, "maximum", outcome, true);
    json_put_exact(self, "schedules", outcome->has_counts || outcome->has_value_count, outcome->schedules);
    json_put_exact(self, "deadlocked", outcome->has_counts, outcome->deadlocked);
    json_put_exact(self, "failed", outcome->has_counts, outcome->failed);
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
        json_put_null(self, "can_fail");
    else
        put_possibility(self, "can_fail", outcome, outcome->can_fail);
    json_put_string(self, "failure", outcome->failure_text);
    if (outcome->endless_unknown)
        json_put_null(self, "endless");
    else
        put_possibility(self, "endless", outcome, outcome->endless);
    json_put_boolean(self, "multinomial", outcome->multinomial_checked);
    json_close(self, '}');
}

static void write_claims(struct json_writer *self, const struct outcome *outcome)
{
    json_open(self, "claims", '[');
    for (size_t c = 0; c < outcome->claim_count; c++) {
        const struct claim *claim = &outcome->claims[c];
        json_open_flat(self, NULL, '{');
        json_put_string(self, "claim", claim->text);
        json_put_string(self, "verdict", verdict_word(claim->verdict));
        json_put_count_or_null(self, "witness", claim->witness != CLAIM_NO_WITNESS, claim->witness);
        json_close(self, '}');
    }
    json_close(self, ']');
}

/* A place where a fence can stand. */
static void write_fence_place(struct json_writer *self, const struct fence_spot *spot)
{
    json_open_flat(self, NULL, '{');
    json_put_string(self, "threads", spot->threads);
    json_put_string(self, "where", spot->is_before ? "before" : "behind");
    json_put_count_or_null(self, "line", true, spot->line);
    json_put_count_or_null(self, "column", true, spot->column);
    json_put_string(self, "instruction", spot->instruction);
    json_close(self, '}');
}

static void write_fences(struct json_writer *self, const struct outcome *outcome)
{
    static const char *const reasons[] = {[FENCES_FOUND] = NULL,
                                          [FENCES_SC] = "violated under sc, too",
                                          [FENCES_ELSEWHERE] = "violated with fences at all places, too"};
    const struct fences *fences = outcome->fences;
    if (!json_open_if(self, fences != NULL, json_open, "fences", '{'))
        return;
    bool is_found = fences->verdict == FENCES_FOUND;
    json_put_count_or_null(self, "fewest", is_found, fences->fewest);
    json_put_string(self, "reason", fences->verdict == FENCES_UNKNOWN ? fences->gap : reasons[fences->verdict]);
    json_open(self, "places", '[');
    for (size_t s = 0; s < fences->spot_count; s++)
        write_fence_place(self, &fences->spots[s]);
    json_close(self, ']');
    json_open(self, "sets", '[');
    for (size_t s = 0; s < fences->set_count; s++) {
        json_open_flat(self, NULL, '[');
        for (size_t i = 0; i < fences->fewest; i++)
            json_put_count_or_null(self, NULL, true, fences->sets[s * fences->fewest + i]);
        json_close(self, ']');
    }
    json_close(self, ']');
    json_put_count_or_null(self, "searches", true, fences->searches);
    json_close(self, '}');
}

/* How long a thread waits: for ever, as a lasso, or at most so long. */
static void write_wait(struct json_writer *self, const struct outcome *outcome, const struct outcome_wait *wait)
{
    bool is_bounded = !wait->starves && wait->is_bounded;
    json_open(self, NULL, '{');
    json_put_string(self, "thread", wait->thread);
    json_put_boolean(self, "starves", wait->starves);
    json_put_count_or_null(self, "steps", is_bounded, wait->steps);
    json_put_count_or_null(self, "ticks", is_bounded, wait->ticks);
    if (wait->starves) {
        const struct action *steps = wait->schedule.actions + schedule_first_step(&wait->schedule);
        write_steps(self, "stem", steps, wait->stem_count);
        write_steps(self, "loop", steps + wait->stem_count, wait->loop_count);
        json_put_schedule(self, "schedule", &wait->schedule);
        json_put_scheduler(self, outcome, wait->parameters, wait->parameter_count);
    } else {
        json_put_null(self, "stem");
        json_put_null(self, "loop");
        json_put_null(self, "schedule");
        json_put_null(self, "scheduler");
    }
    json_close(self, '}');
}

static void write_starvation(struct json_writer *self, const struct outcome *outcome)
{
    static const char *const fairness_names[] = {
        [FAIRNESS_NONE] = "none", [FAIRNESS_WEAK] = "weak", [FAIRNESS_STRONG] = "strong"};
    if (!json_open_if(self, outcome->has_starvation, json_open, "starvation", '{'))
        return;
    json_put_string(self, "fairness", fairness_names[outcome->fairness]);
    json_put_boolean(self, "possible", outcome->can_starve);
    json_open(self, "threads", '[');
    for (size_t i = 0; i < outcome->wait_count; i++)
        write_wait(self, outcome, &outcome->waits[i]);
    json_close(self, ']');
    json_close(self, '}');
}

/* What was not excluded: as yet that is overflows alone. */
static void write_overflows(struct json_writer *self, const struct outcome *outcome)
{
    json_open(self, "not_excluded", '[');
    for (size_t o = 0; o < outcome->overflow_count; o++) {
        json_open_flat(self, NULL, '{');
        json_put_string(self, "event", "overflow");
        json_put_string(self, "location", outcome->overflows[o].location);
        json_put_count(self, "rounds", outcome->overflows[o].rounds);
        json_close(self, '}');
    }
    json_close(self, ']');
}

/* Whether something is so, as far as it is known. */
static void put_known(struct json_writer *self, const char *key, enum claim_verdict verdict)
{
    json_put_word(self, key, verdict == CLAIM_HOLDS ? "true" : verdict == CLAIM_VIOLATED ? "false" : "null");
}

static void write_properties(struct json_writer *self, const struct outcome *outcome)
{
    json_open(self, "properties", '{');
    put_possibility(self, "deadlock", outcome, outcome->can_deadlock);
    put_known(self, "hang", outcome_hangs(outcome));
    put_known(self, "terminates", outcome_terminates(outcome));
    json_put_word(self, "exclusive", !outcome->has_exclusion ? "null" : outcome->is_exclusive ? "true" : "false");
    write_starvation(self, outcome);
    write_overflows(self, outcome);
    json_close(self, '}');
}

static void write_statistics(struct json_writer *self, const struct outcome *outcome, bool timing)
{
    bool depth_known =
        outcome->complete && !outcome->endless && (outcome->depth > 0 || mpz_sgn(outcome->transitions) == 0);
    json_open_flat(self, "statistics", '{');
    json_put_big_count(self, "states", outcome->states);
    json_put_big_count(self, "transitions", outcome->transitions);
    json_put_count(self, "stored", outcome->stored);
    json_put_count_or_null(self, "depth", depth_known, outcome->depth);
    json_put_boolean(self, "collapsed", outcome->collapsed);
    json_put_boolean(self, "sliced", outcome->sliced);
    json_put_boolean(self, "fused", outcome->fused);
    if (timing)
        json_put_real(self, "seconds", outcome->seconds);
    json_close(self, '}');
}

static void write_event_ends(struct json_writer *self, const struct outcome *outcome, const struct event_count *count)
{
    mpq_t expected;
    if (!json_open_if(self, count->has_ends, json_open, "outcomes", '['))
        return;
    mpq_init(expected);
    for (size_t e = 0; e < count->end_count; e++) {
        const struct event_count_end *end = &count->ends[e];
        json_open_flat(self, NULL, '{');
        json_put_end(self, outcome, end->end, end->value, NULL);
        json_put_integer(self, "least", end->ways.least);
        json_put_integer(self, "greatest", end->ways.greatest);
        mpq_div(expected, end->ways.moment, end->ways.probability);
        json_put_taken(self, "expected", number_fraction(expected));
        json_put_taken(self, "random_scheduler", number_fraction(end->ways.probability));
        json_close(self, '}');
    }
    json_close(self, ']');
    mpq_clear(expected);
}

static void write_event(struct json_writer *self, const struct outcome *outcome, const struct event_count *count)
{
    json_open(self, NULL, '{');
    static const char *const keys[] = {"least_schedule", "greatest_schedule"};
    const struct schedule *schedules[] = {&count->least_schedule, &count->greatest_schedule};
    json_put_string(self, "event", count->name);
    json_put_count_or_null(self, "least", count->has_extremes && count->has_least, (uint64_t)count->least);
    json_put_count_or_null(self, "greatest", count->has_extremes && !count->is_unbounded, (uint64_t)count->greatest);
    if (count->has_extremes)
        json_put_boolean(self, "unbounded", count->is_unbounded);
    else
        json_put_null(self, "unbounded");
    bool is_finite = count->has_expected && !count->is_infinite;
    json_put_taken(self, "expected",
                   is_finite ? number_probability_exact(count->expected, count->expected_error) : NULL);
    if (is_finite)
        json_put_real(self, "expected_error", count->expected_error);
    else
        json_put_null(self, "expected_error");
    if (json_open_if(self, count->has_distribution, json_open, "distribution", '[')) {
        for (size_t r = 0; r < count->row_count; r++) {
            json_open_flat(self, NULL, '{');
            json_put_integer(self, "count", count->rows[r].count);
            json_put_exact(self, "schedules", true, count->rows[r].schedules);
            json_put_taken(self, "random_scheduler", number_fraction(count->rows[r].random));
            json_close(self, '}');
        }
        json_close(self, ']');
    }
    write_event_ends(self, outcome, count);
    for (size_t s = 0; s < sizeof keys / sizeof keys[0]; s++)
        if (schedules[s]->count > 0)
            json_put_schedule(self, keys[s], schedules[s]);
        else
            json_put_null(self, keys[s]);
    json_close(self, '}');
}

static void write_events(struct json_writer *self, const struct outcome *outcome)
{
    json_open(self, "events", '[');
    for (size_t e = 0; e < outcome->event_count; e++)
        write_event(self, outcome, &outcome->events[e]);
    json_close(self, ']');
}

/* ---- The result, as a whole ------------------------------------------------------------------------------------ */

static void write_omissions(struct json_writer *self, const struct outcome *outcome)
{
    json_open(self, "omissions", '[');
    for (size_t i = 0; i < outcome->omission_count; i++) {
        json_open_flat(self, NULL, '{');
        json_put_string(self, "question", outcome->omissions[i].question);
        json_put_string(self, "reason", outcome->omissions[i].reason);
        json_put_string(self, "remedy", outcome->omissions[i].remedy);
        json_close(self, '}');
    }
    json_close(self, ']');
}

static void write_result(struct json_writer *self, const struct outcome *outcome, bool timing)
{
    json_open(self, NULL, '{');
    json_put_format(self, "racecheck-result");
    json_put_program(self, outcome, false);
    json_put_scheduler(self, outcome, outcome->parameters, outcome->parameter_count);
    json_put_boolean(self, "complete", outcome->complete);
    json_put_string(self, "incomplete_reason", outcome->complete ? NULL : outcome->incomplete_reason);
    write_findings(self, outcome);
    write_claims(self, outcome);
    write_fences(self, outcome);
    write_properties(self, outcome);
    write_events(self, outcome);
    json_put_detection(self, outcome);
    json_put_iterations(self, outcome);
    write_statistics(self, outcome, timing);
    write_omissions(self, outcome);
    json_open(self, "witnesses", '[');
    for (size_t i = 0; i < outcome->witness_count; i++)
        json_put_witness(self, outcome, &outcome->witnesses[i]);
    json_close(self, ']');
    json_close(self, '}');
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
    json_put_witness(&self, outcome, witness);
    fputc('\n', stream);
}
