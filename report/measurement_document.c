#include "report/measurement_document.h"

#include "base/document.h"
#include "base/memory.h"
#include "base/number.h"

static json_t *make_reach(enum reachability reach)
{
    return reach == REACH_UNKNOWN ? json_null() : json_boolean(reach == REACH_POSSIBLE);
}

static json_t *make_taken(char *text)
{
    json_t *string = document_string_or_null(text);
    memory_free(text);
    return string;
}

static json_t *make_outputs(const struct measurement *self, const struct outcome *outcome)
{
    json_t *list = json_array();
    for (size_t o = 0; o < self->output_count; o++) {
        const struct measured_output *output = &self->outputs[o];
        struct observed_end end = {.output = output->text, .count = 1};
        int64_t value;
        const struct outcome_row *row =
            outcome->has_random && members_count(outcome) == 1 && outcome_find_end(outcome, &end, &value)
                ? outcome_row(outcome, value)
                : NULL;
        json_t *one = json_object();
        document_set(one, "output", document_string(output->text));
        document_set(one, "seen", document_integer((int64_t)output->seen));
        document_set(one, "possible", make_reach(measurement_reach_output(outcome, output->text)));
        document_set(one, "random_scheduler",
                     row != NULL ? make_taken(number_probability_exact(row->random, outcome->random_error))
                                 : json_null());
        json_array_append_new(list, one);
    }
    return list;
}

static json_t *make_end(uint64_t seen, enum reachability reach)
{
    json_t *end = json_object();
    document_set(end, "seen", document_integer((int64_t)seen));
    document_set(end, "possible", make_reach(reach));
    return end;
}

static json_t *make_possible(const struct outcome *outcome)
{
    mpz_t count;
    mpz_init(count);
    json_t *number = measurement_count_possible(outcome, count) ? make_taken(number_exact(count)) : json_null();
    mpz_clear(count);
    return number;
}

void measurement_document_write(FILE *stream, const struct measurement *self, const struct outcome *outcome)
{
    json_t *object = json_object();
    double distance;
    bool has_distance = measurement_distance(self, outcome, &distance);
    document_set(object, "format", document_string("racecheck-measure"));
    document_set(object, "version", json_integer(1));
    document_set(object, "program", document_string(outcome->model));
    document_set(object, "runner", document_string(self->runner));
    document_set(object, "memory", document_string(outcome->is_tso ? "tso" : "sc"));
    document_set(object, "scheduler", document_string(outcome->scheduler));
    document_set(object, "complete", json_boolean(measurement_is_complete(outcome)));
    document_set(object, "runs", document_integer((int64_t)self->runs));
    document_set(object, "run_limit", json_real(self->seconds_max));
    document_set(object, "alarms", document_integer((int64_t)measurement_alarms(self, outcome)));
    document_set(object, "outputs", make_outputs(self, outcome));
    document_set(object, "possible_outputs", make_possible(outcome));
    document_set(object, "seen_outputs", document_integer((int64_t)measurement_seen(self, outcome)));
    document_set(object, "no_end", make_end(self->hung, measurement_reach_hang(outcome)));
    document_set(object, "error", make_end(self->failed, measurement_reach_failure(outcome)));
    document_set(object, "distance", has_distance ? json_real(distance) : json_null());
    json_dumpf(object, stream, JSON_INDENT(2) | JSON_REAL_PRECISION(6));
    fputc('\n', stream);
    json_decref(object);
}
