#include "report/json.h"
#include "base/document.h"

#include "base/memory.h"
#include "base/number.h"
#include "base/utf8.h"
#include "report/verdict.h"

#include <assert.h>
#include <inttypes.h>
#include <jansson.h>
#include <string.h>

enum { INDENT = 2, STEPS_A_LINE = 40, SECONDS_DIGITS = 6 };

/* Beyond this, readers that keep numbers as doubles would change them. */
#define EXACT_MAX (INT64_C(1) << 53)

/* A document being written: how deep we are, and whether a comma is due. */
struct json_writer {
    FILE *stream;
    size_t depth;
    bool is_first;
};

/* ---- Values (each new) --------------------------------------------------------------------------------------- */

static json_t *string(const char *bytes)
{
    char *clean = utf8_clean(bytes);
    json_t *value = json_string(clean);
    memory_free(clean);
    return value;
}

static json_t *string_or_null(const char *bytes)
{
    return bytes != NULL ? string(bytes) : json_null();
}

/* An integer where every reader keeps it exactly, else a string of its digits. */
static json_t *integer(int64_t number)
{
    if (number >= -EXACT_MAX && number <= EXACT_MAX)
        return json_integer(number);
    return json_sprintf("%" PRId64, number);
}

static json_t *count(uint64_t number)
{
    return number <= EXACT_MAX ? json_integer((json_int_t)number) : json_sprintf("%" PRIu64, number);
}

/* The same for numbers of any size. */
static json_t *big_count(const mpz_t number)
{
    if (mpz_sgn(number) >= 0 && mpz_cmp_ui(number, EXACT_MAX) <= 0)
        return json_integer((json_int_t)mpz_get_ui(number));
    char *digits = number_exact(number);
    json_t *value = json_string(digits);
    memory_free(digits);
    return value;
}

static json_t *exact(bool is_known, const mpz_t number)
{
    if (!is_known)
        return json_null();
    char *digits = number_exact(number);
    json_t *value = json_string(digits);
    memory_free(digits);
    return value;
}

static json_t *probability(const struct outcome *outcome, const mpq_t number)
{
    if (!outcome->has_random)
        return json_null();
    char *digits = number_probability_exact(number, outcome->random_error);
    json_t *value = json_string(digits);
    memory_free(digits);
    return value;
}

static void set(json_t *object, const char *key, json_t *value)
{
    int failed = json_object_set_new(object, key, value);
    assert(failed == 0);
    (void)failed;
}

static void set_properties(json_t *object, const struct property *properties, size_t property_count)
{
    for (size_t i = 0; i < property_count; i++) {
        char *name = utf8_clean(properties[i].name);
        set(object, name, properties[i].is_number ? integer(properties[i].number) : string(properties[i].text));
        memory_free(name);
    }
}

/* ---- Writing ------------------------------------------------------------------------------------------------- */

static void start_line(struct json_writer *self)
{
    fprintf(self->stream, "%s%*s", self->is_first ? "\n" : ",\n", (int)(INDENT * self->depth), "");
    self->is_first = false;
}

static void write_value(struct json_writer *self, json_t *value)
{
    assert(value != NULL);
    json_dumpf(value, self->stream, JSON_ENCODE_ANY | JSON_REAL_PRECISION(SECONDS_DIGITS));
    json_decref(value);
}

/* Writes an element of an array; the value is taken. */
static void put(struct json_writer *self, json_t *value)
{
    start_line(self);
    write_value(self, value);
}

/* Writes a member of an object; keys are plain words, the value is taken. */
static void put_member(struct json_writer *self, const char *key, json_t *value)
{
    start_line(self);
    fprintf(self->stream, "\"%s\": ", key);
    write_value(self, value);
}

/* Opens the document itself, an element (key NULL), or a member. */
static void open_part(struct json_writer *self, const char *key, char bracket)
{
    if (self->depth > 0)
        start_line(self);
    if (key != NULL)
        fprintf(self->stream, "\"%s\": ", key);
    fputc(bracket, self->stream);
    self->depth++;
    self->is_first = true;
}

static void close_part(struct json_writer *self, char bracket)
{
    self->depth--;
    if (!self->is_first)
        fprintf(self->stream, "\n%*s", (int)(INDENT * self->depth), "");
    fputc(bracket, self->stream);
    self->is_first = false;
}

/* ---- Parts of both documents --------------------------------------------------------------------------------- */

static json_t *program_object(const struct outcome *outcome)
{
    json_t *object = json_object();
    json_t *symbols = json_object();
    set_properties(symbols, outcome->symbols, outcome->symbol_count);
    set(object, "model", string(outcome->model));
    set(object, "threads", integer(outcome->given_threads));
    set(object, "iters", integer(outcome->iters));
    set(object, "registers", string_or_null(outcome->registers));
    set(object, "observe", string(outcome->observe));
    set(object, "symbols", symbols);
    return object;
}

static json_t *scheduler_object(const struct outcome *outcome, const struct property *parameters,
                                size_t parameter_count)
{
    json_t *object = json_object();
    set(object, "kind", string(outcome->scheduler));
    set_properties(object, parameters, parameter_count);
    return object;
}

static void write_steps(struct json_writer *self, const char *key, const struct action *actions, size_t step_count)
{
    open_part(self, key, '[');
    for (size_t i = 0; i < step_count; i++) {
        if (i % STEPS_A_LINE == 0)
            start_line(self);
        else
            fputc(',', self->stream);
        fprintf(self->stream, "%u", actions[i].thread);
    }
    close_part(self, ']');
}

static const char *end_name(enum outcome_end end)
{
    switch (end) {
    case OUTCOME_VALUE:
        return "value";
    case OUTCOME_DEADLOCK:
        return "deadlock";
    case OUTCOME_FAILURE:
        return "failure";
    case OUTCOME_OVERLAP:
        return "overlap";
    }
    return NULL;
}

static void write_witness(struct json_writer *self, const struct outcome *outcome,
                          const struct outcome_witness *witness)
{
    json_t *program = program_object(outcome);
    set(program, "text", string(outcome->text));
    open_part(self, NULL, '{');
    put_member(self, "format", json_string("racecheck-witness"));
    put_member(self, "version", json_integer(1));
    put_member(self, "program", program);
    put_member(self, "scheduler", scheduler_object(outcome, witness->parameters, witness->parameter_count));
    put_member(self, "end", json_string(end_name(witness->end)));
    put_member(self, "value", witness->end == OUTCOME_VALUE ? integer(witness->value) : json_null());
    put_member(self, "preemptions", witness->trace != NULL ? count(witness->trace->preemptions) : json_null());
    const struct schedule *schedule = &witness->schedule;
    write_steps(self, "steps", schedule->actions + schedule_first_step(schedule), schedule_step_count(schedule));
    close_part(self, '}');
}

/* ---- The result ---------------------------------------------------------------------------------------------- */

/* An incomplete analysis claims no extremes. */
static json_t *extreme(const struct outcome *outcome, bool is_maximum)
{
    const struct intervals *values = &outcome->values;
    if (!outcome->complete || outcome_width(outcome) > 1)
        return json_null();
    if (values->count > 0)
        return integer(is_maximum ? values->items[values->count - 1].last : values->items[0].first);
    return outcome->has_extremes ? integer(is_maximum ? outcome->greatest : outcome->least) : json_null();
}

/* What is told of a row, whatever it is a row of. */
static json_t *row_object(const struct outcome *outcome, const struct outcome_row *row, const char *key, json_t *what)
{
    json_t *object = json_object();
    set(object, key, what);
    if (strcmp(key, "values") == 0)
        set(object, "output", json_null());
    set(object, "schedules", exact(outcome->has_counts, row->schedules));
    set(object, "random_scheduler", probability(outcome, row->random));
    set(object, "preemptions", outcome->has_preemptions ? count(row->preemptions) : json_null());
    return object;
}

static json_t *row_values(const struct outcome *outcome, const struct outcome_row *row)
{
    json_t *values = json_array();
    for (size_t w = 0; w < outcome_width(outcome); w++)
        json_array_append_new(values, integer(outcome_row_values(outcome, row)[w]));
    return values;
}

static bool has_rows(const struct outcome *outcome)
{
    return outcome->has_values && (outcome->row_count > 0 || outcome->values.count == 0);
}

static void write_rows(struct json_writer *self, const struct outcome *outcome)
{
    if (!has_rows(outcome) || outcome_width(outcome) > 1) {
        put_member(self, "values", json_null());
        return;
    }
    open_part(self, "values", '[');
    for (size_t i = 0; i < outcome->row_count; i++)
        put(self, row_object(outcome, &outcome->rows[i], "value", integer(outcome->rows[i].value)));
    close_part(self, ']');
}

/* The names have commas between them. */
static json_t *observed_names(const struct outcome *outcome)
{
    json_t *names = json_array();
    for (const char *name = outcome->observe; name != NULL;) {
        size_t length = strcspn(name, ",");
        char *copy = memory_copy(name, length + 1);
        copy[length] = '\0';
        json_array_append_new(names, string(copy));
        memory_free(copy);
        name = name[length] == ',' ? name + length + 1 : NULL;
    }
    return names;
}

/* The same rows, as tuples of the values of the observed variables. */
static void write_outcomes(struct json_writer *self, const struct outcome *outcome)
{
    put_member(self, "observed", observed_names(outcome));
    if (!has_rows(outcome)) {
        put_member(self, "outcomes", json_null());
        return;
    }
    open_part(self, "outcomes", '[');
    for (size_t i = 0; i < outcome->row_count; i++)
        put(self, row_object(outcome, &outcome->rows[i], "values", row_values(outcome, &outcome->rows[i])));
    close_part(self, ']');
}

static void write_ranges(struct json_writer *self, const struct outcome *outcome)
{
    if (!outcome->has_values || outcome_width(outcome) > 1) {
        put_member(self, "ranges", json_null());
        return;
    }
    open_part(self, "ranges", '[');
    for (size_t i = 0; i < outcome->values.count; i++) {
        json_t *range = json_array();
        json_array_append_new(range, integer(outcome->values.items[i].first));
        json_array_append_new(range, integer(outcome->values.items[i].last));
        put(self, range);
    }
    close_part(self, ']');
}

/* What was found is true; that nothing was found says something about a complete analysis only. */
static json_t *possibility(const struct outcome *outcome, bool was_found)
{
    return was_found || outcome->complete ? json_boolean(was_found) : json_null();
}

/* A bound for the error of each probability; 0 where they are exact. */
static json_t *random_error(const struct outcome *outcome)
{
    if (!outcome->has_random)
        return json_null();
    return outcome->random_error > 0 ? json_real(number_bound(outcome->random_error)) : json_integer(0);
}

static void write_findings(struct json_writer *self, const struct outcome *outcome)
{
    open_part(self, "outcome", '{');
    put_member(self, "minimum", extreme(outcome, false));
    put_member(self, "maximum", extreme(outcome, true));
    put_member(self, "schedules", exact(outcome->has_counts, outcome->schedules));
    put_member(self, "deadlocked", exact(outcome->has_counts, outcome->deadlocked));
    put_member(self, "failed", exact(outcome->has_counts, outcome->failed));
    write_rows(self, outcome);
    write_ranges(self, outcome);
    write_outcomes(self, outcome);
    put_member(self, "random_deadlocked", probability(outcome, outcome->random_deadlocked));
    put_member(self, "random_failed", probability(outcome, outcome->random_failed));
    put_member(self, "random_endless", probability(outcome, outcome->random_endless));
    put_member(self, "random_error", random_error(outcome));
    put_member(self, "can_deadlock", possibility(outcome, outcome->can_deadlock));
    put_member(self, "can_fail",
               outcome->overflow_count > 0 && !outcome->can_fail ? json_null()
                                                                 : possibility(outcome, outcome->can_fail));
    put_member(self, "failure", string_or_null(outcome->failure_text));
    put_member(self, "endless", outcome->endless_unknown ? json_null() : possibility(outcome, outcome->endless));
    put_member(self, "multinomial", json_boolean(outcome->multinomial_checked));
    close_part(self, '}');
}

static json_t *claim_object(const struct claim *claim)
{
    json_t *object = json_object();
    set(object, "claim", string(claim->text));
    set(object, "verdict", json_string(verdict_word(claim->verdict)));
    set(object, "witness", claim->witness != CLAIM_NO_WITNESS ? count(claim->witness) : json_null());
    return object;
}

static void write_claims(struct json_writer *self, const struct outcome *outcome)
{
    open_part(self, "claims", '[');
    for (size_t c = 0; c < outcome->claim_count; c++)
        put(self, claim_object(&outcome->claims[c]));
    close_part(self, ']');
}

static const char *fairness_name(enum outcome_fairness fairness)
{
    switch (fairness) {
    case FAIRNESS_NONE:
        return "none";
    case FAIRNESS_WEAK:
        return "weak";
    case FAIRNESS_STRONG:
        return "strong";
    }
    return NULL;
}

/* How long a thread waits: for ever, as a lasso, or at most so long. */
static void write_wait(struct json_writer *self, const struct outcome *outcome, const struct outcome_wait *wait)
{
    bool is_bounded = !wait->starves && wait->is_bounded;
    open_part(self, NULL, '{');
    put_member(self, "thread", string(wait->thread));
    put_member(self, "starves", json_boolean(wait->starves));
    put_member(self, "steps", is_bounded ? count(wait->steps) : json_null());
    put_member(self, "ticks", is_bounded ? count(wait->ticks) : json_null());
    if (wait->starves) {
        const struct action *steps = wait->schedule.actions + schedule_first_step(&wait->schedule);
        write_steps(self, "stem", steps, wait->stem_count);
        write_steps(self, "loop", steps + wait->stem_count, wait->loop_count);
        put_member(self, "scheduler", scheduler_object(outcome, wait->parameters, wait->parameter_count));
    } else {
        put_member(self, "stem", json_null());
        put_member(self, "loop", json_null());
        put_member(self, "scheduler", json_null());
    }
    close_part(self, '}');
}

static void write_starvation(struct json_writer *self, const struct outcome *outcome)
{
    if (!outcome->has_starvation) {
        put_member(self, "starvation", json_null());
        return;
    }
    open_part(self, "starvation", '{');
    put_member(self, "fairness", json_string(fairness_name(outcome->fairness)));
    put_member(self, "possible", json_boolean(outcome->can_starve));
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
        json_t *object = json_object();
        set(object, "event", json_string("overflow"));
        set(object, "location", string(outcome->overflows[o].location));
        set(object, "rounds", count(outcome->overflows[o].rounds));
        put(self, object);
    }
    close_part(self, ']');
}

static void write_properties(struct json_writer *self, const struct outcome *outcome)
{
    open_part(self, "properties", '{');
    put_member(self, "deadlock", possibility(outcome, outcome->can_deadlock));
    put_member(self, "exclusive", outcome->has_exclusion ? json_boolean(outcome->is_exclusive) : json_null());
    write_starvation(self, outcome);
    write_overflows(self, outcome);
    close_part(self, '}');
}

static void write_statistics(struct json_writer *self, const struct outcome *outcome, bool timing)
{
    json_t *object = json_object();
    set(object, "states", big_count(outcome->states));
    set(object, "transitions", big_count(outcome->transitions));
    set(object, "stored", count(outcome->stored));
    bool depth_known =
        outcome->complete && !outcome->endless && (outcome->depth > 0 || mpz_sgn(outcome->transitions) == 0);
    set(object, "depth", depth_known ? count(outcome->depth) : json_null());
    set(object, "collapsed", json_boolean(outcome->collapsed));
    set(object, "sliced", json_boolean(outcome->sliced));
    set(object, "fused", json_boolean(outcome->fused));
    if (timing)
        set(object, "seconds", json_real(outcome->seconds));
    put_member(self, "statistics", object);
}

static void write_omissions(struct json_writer *self, const struct outcome *outcome)
{
    open_part(self, "omissions", '[');
    for (size_t i = 0; i < outcome->omission_count; i++) {
        json_t *object = json_object();
        set(object, "question", string(outcome->omissions[i].question));
        set(object, "reason", string(outcome->omissions[i].reason));
        set(object, "remedy", string(outcome->omissions[i].remedy));
        put(self, object);
    }
    close_part(self, ']');
}

static void write_result(struct json_writer *self, const struct outcome *outcome, bool timing)
{
    open_part(self, NULL, '{');
    put_member(self, "format", json_string("racecheck-result"));
    put_member(self, "version", json_integer(1));
    put_member(self, "program", program_object(outcome));
    put_member(self, "scheduler", scheduler_object(outcome, outcome->parameters, outcome->parameter_count));
    put_member(self, "complete", json_boolean(outcome->complete));
    put_member(self, "incomplete_reason", string_or_null(outcome->complete ? NULL : outcome->incomplete_reason));
    write_findings(self, outcome);
    write_claims(self, outcome);
    write_properties(self, outcome);
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
    struct json_writer self = {stream, 0, true};
    write_result(&self, outcome, timing);
    fputc('\n', stream);
}

void json_write_witness(FILE *stream, const struct outcome *outcome, const struct outcome_witness *witness)
{
    struct json_writer self = {stream, 0, true};
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
    start_line(self);
    fprintf(self->stream, "\"%s\": ", key);
    for (size_t i = 0; i < length; i++) {
        fputc(document[i], self->stream);
        if (document[i] == '\n')
            fprintf(self->stream, "%*s", (int)(INDENT * self->depth), "");
    }
}

static void write_point(struct json_writer *self, const struct sweep *sweep, const struct sweep_point *point)
{
    json_t *parameters = json_object();
    for (size_t a = 0; a < sweep->axis_count; a++)
        set(parameters, sweep->names[a], integer(point->values[a]));
    open_part(self, NULL, '{');
    put_member(self, "parameters", parameters);
    put_member(self, "status", point->status >= 0 ? json_integer(point->status) : json_null());
    put_member(self, "note", string_or_null(point->note));
    if (point->document != NULL)
        copy_member(self, "result", point->document);
    else
        put_member(self, "result", json_null());
    close_part(self, '}');
}

void json_write_sweep(FILE *stream, const struct sweep *sweep)
{
    struct json_writer self = {stream, 0, true};
    json_t *names = json_array();
    for (size_t a = 0; a < sweep->axis_count; a++)
        json_array_append_new(names, string(sweep->names[a]));
    open_part(&self, NULL, '{');
    put_member(&self, "format", json_string("racecheck-sweep"));
    put_member(&self, "version", json_integer(1));
    put_member(&self, "swept", names);
    open_part(&self, "points", '[');
    for (size_t p = 0; p < sweep->point_count; p++)
        write_point(&self, sweep, &sweep->points[p]);
    close_part(&self, ']');
    close_part(&self, '}');
    fputc('\n', stream);
}
