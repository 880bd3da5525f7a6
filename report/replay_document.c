#include "report/replay_document.h"

#include "base/document.h"

static const char *const real_ends[] = {
    [REAL_FINISHED] = "finished", [REAL_DEADLOCKED] = "deadlock", [REAL_STOPPED] = "stopped", [REAL_LEFT] = "left"};

static json_t *make_values(const struct real_run *real)
{
    json_t *list = json_array();
    for (size_t v = 0; v < real->value_count; v++) {
        const struct real_value *value = &real->values[v];
        json_t *one = json_object();
        document_set(one, "name", document_string(value->name));
        document_set(one, "value",
                     value->is_number ? document_integer(value->number) : document_string_or_null(value->text));
        document_set(one, "predicted", document_integer(value->predicted));
        json_array_append_new(list, one);
    }
    return list;
}

static json_t *make_place(const struct real_place *place)
{
    json_t *object = json_object();
    document_set(object, "line", place->line > 0 ? document_integer(place->line) : json_null());
    document_set(object, "column", place->column > 0 ? document_integer(place->column) : json_null());
    return object;
}

static json_t *make_departure(const struct real_run *real)
{
    json_t *object = json_object();
    document_set(object, "step", document_integer((int64_t)real->step));
    document_set(object, "thread", document_string(real->thread));
    document_set(object, "what", document_string(real->what));
    document_set(object, "at", make_place(&real->at));
    document_set(object, "expected", make_place(&real->expected));
    return object;
}

static json_t *make_real(const struct real_run *real)
{
    json_t *object = json_object();
    document_set(object, "agrees", json_boolean(real_run_agrees(real)));
    document_set(object, "file", document_string(real->file));
    document_set(object, "interpreter", document_string(real->interpreter));
    document_set(object, "python", document_string_or_null(real->version));
    document_set(object, "end", document_string(real_ends[real->end]));
    document_set(object, "predicted_end", document_string(real_ends[real->predicted_end]));
    document_set(object, "output", document_string(real->output));
    document_set(object, "predicted_output", document_string_or_null(real->predicted_output));
    document_set(object, "values", make_values(real));
    document_set(object, "left", real->end == REAL_LEFT ? make_departure(real) : json_null());
    return object;
}

void replay_document_write(FILE *stream, const struct witness_file *claim, const struct trace *trace,
                           const struct real_run *real)
{
    json_t *object = json_object();
    document_set(object, "format", document_string("racecheck-replay"));
    document_set(object, "version", json_integer(1));
    document_set(object, "program", document_string(claim->model));
    document_set(object, "confirmed", json_boolean(witness_file_holds(claim, trace)));
    document_set(object, "steps", document_integer((int64_t)trace_length(trace)));
    document_set(object, "preemptions", document_integer((int64_t)trace->preemptions));
    document_set(object, "real", real != NULL ? make_real(real) : json_null());
    json_dumpf(object, stream, JSON_INDENT(2));
    fputc('\n', stream);
    json_decref(object);
}
