#include "report/witness_file.h"

#include "base/document.h"
#include "base/memory.h"
#include "report/json.h"
#include "report/phrase.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

enum { FILE_BYTES_MAX = 256 * 1000 * 1000, THREADS_MAX = 64 };

static json_t *read_document(struct document *self, const char *path)
{
    if (strcmp(path, "-") == 0)
        return document_parse_stream(self, stdin, FILE_BYTES_MAX);
    FILE *stream = fopen(path, "re");
    if (stream == NULL && errno == ENOMEM)
        memory_exhausted();
    if (stream == NULL) {
        document_fail(self, "cannot read this file: %s", strerror(errno));
        return NULL;
    }
    json_t *document = document_parse_stream(self, stream, FILE_BYTES_MAX);
    fclose(stream);
    return document;
}

/* ---- The witness --------------------------------------------------------------------------------------------- */

/* Documents that are older than the key do without it. */
static bool read_registers(struct document *self, const json_t *program, struct witness_file *witness)
{
    const json_t *registers = json_object_get(program, "registers");
    witness->registers = document_copy_string(registers);
    return registers == NULL || json_is_null(registers) || witness->registers != NULL ||
           document_wrong(self, "program.registers", "a string or null");
}

static bool read_program(struct document *self, const json_t *document, struct witness_file *witness)
{
    static const char *const keys[] = {"model",   "threads", "iters",   "registers", "observe",
                                       "symbols", "text",    "reading", "memory",    NULL};
    const json_t *program = document_read_object(self, document, "program");
    if (program == NULL || !document_has_only(self, program, keys))
        return false;
    const json_t *symbols = document_read_object(self, program, "program.symbols");
    return symbols != NULL && document_read_string(self, program, "program.model", &witness->model) &&
           read_registers(self, program, witness) &&
           document_read_string(self, program, "program.text", &witness->text) &&
           document_read_string(self, program, "program.observe", &witness->observe) &&
           document_read_integer(self, program, "program.threads", 1, THREADS_MAX, &witness->threads) &&
           document_read_integer(self, program, "program.iters", 0, INT64_MAX, &witness->iters) &&
           document_read_properties(self, symbols, false, &witness->symbols, &witness->symbol_count);
}

static bool read_scheduler(struct document *self, const json_t *document, struct witness_file *witness)
{
    const json_t *scheduler = document_read_object(self, document, "scheduler");
    return scheduler != NULL && document_read_string(self, scheduler, "scheduler.kind", &witness->scheduler) &&
           document_read_properties(self, scheduler, true, &witness->parameters, &witness->parameter_count);
}

static bool read_end(struct document *self, const json_t *document, struct witness_file *witness)
{
    const json_t *end = document_member(self, document, "end");
    if (end == NULL)
        return false;
    for (witness->end = OUTCOME_VALUE; json_is_string(end) && witness->end < OUTCOME_ENDS; witness->end++)
        if (strcmp(json_string_value(end), json_end_name(witness->end)) == 0)
            return true;
    return document_wrong(self, "end",
                          "\"value\", \"deadlock\", \"failure\", \"overlap\", \"hang\", \"claim\" or \"endless\"");
}

/* Older documents have no claims and no loops. */
static bool read_claim(struct document *self, const json_t *document, struct witness_file *witness)
{
    const json_t *claim = json_object_get(document, "claim");
    bool needs_one = witness->end == OUTCOME_CLAIM;
    if (claim != NULL && !json_is_string(claim) && (needs_one || !json_is_null(claim)))
        return document_wrong(self, "claim", needs_one ? "a string" : "a string or null");
    if (needs_one && claim == NULL)
        return document_wrong(self, "claim", "a string");
    witness->claim = document_copy_string(claim);
    return true;
}

static bool read_loop(struct document *self, const json_t *document, struct witness_file *witness)
{
    const json_t *loop = json_object_get(document, "loop");
    if (witness->end == OUTCOME_ENDLESS)
        return document_read_integer(self, document, "loop", 1, SCHEDULE_ACTIONS_MAX, &witness->loop);
    return loop == NULL || json_is_null(loop) || document_wrong(self, "loop", "null, since the schedule has an end");
}

/* Several numbers, or a text, where the end is not one number. Documents that are older than these keys do without them. */
static bool read_members(struct document *self, const json_t *document, struct witness_file *witness)
{
    const json_t *values = json_object_get(document, "values"), *output = json_object_get(document, "output");
    bool is_number = json_array_size(values) == 1 && !json_is_string(output);
    witness->has_value = !json_is_null(json_object_get(document, "value")) || values == NULL || is_number;
    if (witness->has_value) {
        int64_t again;
        if (!document_read_integer(self, document, "value", INT64_MIN, INT64_MAX, &witness->value))
            return false;
        return !is_number || (document_parse_integer(json_array_get(values, 0), &again) && again == witness->value) ||
               document_wrong(self, "values", "the number that 'value' is, alone");
    }
    if (!json_is_array(values) || json_array_size(values) > OBSERVATION_MAX)
        return document_wrong(self, "values", "an array of at most 16 numbers");
    for (; witness->value_count < json_array_size(values); witness->value_count++)
        if (!document_parse_integer(json_array_get(values, witness->value_count),
                                    &witness->values[witness->value_count]))
            return document_wrong(self, "values", "an array of at most 16 numbers");
    if (output != NULL && !json_is_null(output) && !json_is_string(output))
        return document_wrong(self, "output", "a string or null");
    witness->output = document_copy_string(output);
    return true;
}

static bool read_claims(struct document *self, const json_t *document, struct witness_file *witness)
{
    const json_t *value = document_member(self, document, "value"),
                 *preemptions = document_member(self, document, "preemptions");
    if (value == NULL || preemptions == NULL || !read_end(self, document, witness))
        return false;
    if (!read_claim(self, document, witness) || !read_loop(self, document, witness))
        return false;
    if (witness->end != OUTCOME_VALUE && !json_is_null(value))
        return document_wrong(self, "value", "null, since the schedule does not end with a value");
    witness->has_preemptions = !json_is_null(preemptions);
    return (witness->end != OUTCOME_VALUE || read_members(self, document, witness)) &&
           (!witness->has_preemptions ||
            document_read_integer(self, document, "preemptions", 0, INT64_MAX, &witness->preemptions));
}

static bool read_steps(struct document *self, const json_t *document, struct witness_file *witness)
{
    const json_t *steps = document_member(self, document, "steps");
    if (steps == NULL)
        return false;
    if (!json_is_array(steps))
        return document_wrong(self, "steps", "an array");
    for (size_t i = 0; i < json_array_size(steps); i++) {
        const json_t *step = json_array_get(steps, i);
        json_int_t thread = json_integer_value(step);
        if (!json_is_integer(step) || thread < 0 || thread >= THREADS_MAX)
            return document_fail(self, "step %zu in \"steps\" should be the index of a thread, from 0 to %d", i + 1,
                                 THREADS_MAX - 1);
        schedule_add(&witness->schedule, action_by(ACTION_STEP, (size_t)thread));
    }
    return true;
}

/* The schedule says the same as the steps, how those turn out that can turn out in several ways, and which are that a store reaches
 * memory. */
static void take_choices(struct witness_file *witness, const struct schedule *schedule)
{
    size_t first = schedule_first_step(schedule), count = schedule->count - first;
    witness->contradicts_itself = count != witness->schedule.count;
    for (size_t s = 0; s < count && !witness->contradicts_itself; s++) {
        witness->contradicts_itself = schedule->actions[first + s].thread != witness->schedule.actions[s].thread;
        witness->schedule.actions[s].choice = schedule->actions[first + s].choice;
        if (schedule->actions[first + s].kind == ACTION_FLUSH)
            witness->schedule.actions[s].kind = ACTION_FLUSH;
    }
}

/* Documents that are older than the key do without it. */
static bool read_schedule(struct document *self, const json_t *document, struct witness_file *witness)
{
    static const struct thread_names nobody = {0};
    const json_t *text = json_object_get(document, "schedule");
    struct schedule schedule = {0};
    struct error error = ERROR_INIT;
    if (text == NULL)
        return true;
    bool is_read = json_is_string(text) && schedule_read(&schedule, json_string_value(text), json_string_length(text),
                                                         &nobody, SIZE_MAX, &error);
    if (is_read)
        take_choices(witness, &schedule);
    schedule_free(&schedule);
    return is_read || document_wrong(self, "schedule", "a schedule, as in \"0*2 1*3\"");
}

static bool is_version_1(struct document *self, const json_t *document)
{
    const json_t *version = document_member(self, document, "version");
    if (version == NULL)
        return false;
    if (json_is_integer(version) && json_integer_value(version) == 1)
        return true;
    return document_fail(self,
                         "this racecheck reads version 1 of the format, and the document's \"version\" is another");
}

static const char *format_of(const json_t *document)
{
    const char *format = json_string_value(json_object_get(document, "format"));
    return format != NULL ? format : "";
}

static bool read_witness(struct document *self, const json_t *document, struct witness_file *witness)
{
    static const char *const keys[] = {"format", "version", "program", "scheduler",   "end",  "value",    "values",
                                       "output", "claim",   "steps",   "preemptions", "loop", "schedule", NULL};
    return is_version_1(self, document) && document_has_only(self, document, keys) &&
           read_program(self, document, witness) && read_scheduler(self, document, witness) &&
           read_claims(self, document, witness) && read_steps(self, document, witness) &&
           read_schedule(self, document, witness);
}

/* ---- Choosing ------------------------------------------------------------------------------------------------ */

/* Whether the values and the output of a witness are those of an end, whose members have names. */
static bool has_members(const json_t *witness, const struct observed_end *end, const char *names)
{
    const json_t *values = json_object_get(witness, "values");
    const char *output = json_string_value(json_object_get(witness, "output"));
    size_t at = 0;
    for (size_t m = 0; m < end->count; m++) {
        size_t length = strcspn(names, ",");
        bool is_output = output != NULL && strncmp(names, "output", length) == 0 && length == strlen("output");
        int64_t number;
        if (is_output ? strcmp(output, end->output) != 0
                      : !document_parse_integer(json_array_get(values, at++), &number) || number != end->numbers[m])
            return false;
        names += length + (names[length] == ',');
    }
    return true;
}

static bool has_value(const json_t *witness, const char *value)
{
    const char *kind = json_string_value(json_object_get(witness, "end"));
    const char *names = json_string_value(json_object_get(json_object_get(witness, "program"), "observe"));
    const json_t *number = json_object_get(witness, "value");
    struct observed_end end = {0};
    struct error error = ERROR_INIT;
    int64_t claimed;
    if (kind != NULL && strcmp(kind, "value") != 0)
        return strcmp(kind, value) == 0; /* "deadlock" */
    if (kind == NULL || names == NULL)
        return false;
    bool is_good = observed_end_read(&end, value, names, &error);
    if (document_parse_integer(number, &claimed))
        is_good = is_good && claimed == end.numbers[0];
    else
        is_good = is_good && has_members(witness, &end, names);
    observed_end_free(&end);
    return is_good;
}

/* The witness asked for among those of a result; borrowed. */
static const json_t *choose(struct document *self, const json_t *result, const char *value)
{
    const json_t *witnesses = document_member(self, result, "witnesses");
    if (witnesses == NULL || !is_version_1(self, result))
        return NULL;
    if (!json_is_array(witnesses)) {
        document_wrong(self, "witnesses", "an array");
        return NULL;
    }
    for (size_t i = 0; i < json_array_size(witnesses); i++)
        if (value == NULL || has_value(json_array_get(witnesses, i), value))
            return json_array_get(witnesses, i);
    if (value != NULL)
        document_fail(self, "this result has no witness for the value %s", value);
    else
        document_fail(self, "this result has no witness");
    return NULL;
}

/* Whether a document has witnesses among other things. */
static bool has_witnesses(const json_t *document)
{
    const char *format = format_of(document);
    return strcmp(format, "racecheck-result") == 0 || strcmp(format, "racecheck-sample") == 0;
}

/* Finds the witness in a document; borrowed. */
static const json_t *find_witness(struct document *self, const json_t *document, const char *value)
{
    const json_t *witness = has_witnesses(document) ? choose(self, document, value) : document;
    if (witness == NULL)
        return NULL;
    if (strcmp(format_of(witness), "racecheck-witness") != 0)
        document_fail(self,
                      "this is no witness: its \"format\" should be \"racecheck-witness\" or \"racecheck-result\"");
    else if (value != NULL && !has_value(witness, value))
        document_fail(self, "this is no witness for the value %s", value);
    else
        return witness;
    return NULL;
}

struct witness_file *witness_file_read(const char *path, const char *value, struct error *error)
{
    struct document self = {strcmp(path, "-") == 0 ? "standard input" : path, error};
    json_t *document = read_document(&self, path);
    if (document == NULL)
        return NULL;
    struct witness_file *file = memory_new(1, sizeof *file);
    const json_t *witness = find_witness(&self, document, value);
    if (witness == NULL || !read_witness(&self, witness, file)) {
        witness_file_free(file);
        file = NULL;
    }
    json_decref(document);
    return file;
}

void witness_file_free(struct witness_file *self)
{
    if (self == NULL)
        return;
    memory_free(self->model);
    memory_free(self->text);
    memory_free(self->registers);
    memory_free(self->output);
    memory_free(self->observe);
    memory_free(self->scheduler);
    memory_free(self->claim);
    property_free_list(self->symbols, self->symbol_count);
    property_free_list(self->parameters, self->parameter_count);
    schedule_free(&self->schedule);
    memory_free(self);
}

/* The members that are numbers, in order, and what was printed. */
static bool ends_with(const struct witness_file *self, const struct trace *trace)
{
    size_t number = 0;
    if (self->has_value)
        return trace->observation.count == 1 && !trace_is_output(trace, 0) && trace_final(trace, 0) == self->value;
    for (size_t p = 0; p < trace->observation.count; p++) {
        if (trace_is_output(trace, p))
            continue;
        if (number == self->value_count || trace_final(trace, p) != self->values[number])
            return false;
        number++;
    }
    return number == self->value_count &&
           (self->output == NULL || strcmp(trace->output != NULL ? trace->output : "", self->output) == 0);
}

void witness_file_print_end(struct text *text, const struct witness_file *self, const struct trace *trace)
{
    size_t number = 0;
    if (self->end != OUTCOME_VALUE || (!self->has_value && self->value_count == 0 && self->output == NULL)) {
        text_print(text, "%s", phrase_end(self->end));
        return;
    }
    if (self->has_value)
        text_print(text, "%s = %" PRId64, self->observe, self->value);
    for (size_t p = 0; p < trace->observation.count && number < self->value_count; p++) {
        if (trace_is_output(trace, p))
            continue;
        text_print(text, "%s", number > 0 ? ", " : "");
        text_put(text, trace_place_name(trace, p));
        text_print(text, " = %" PRId64, self->values[number++]);
    }
    if (self->output != NULL) {
        text_print(text, "%soutput ", number > 0 ? ", " : "");
        text_print_quoted(text, self->output);
    }
}

bool witness_file_ends(const struct witness_file *self, const struct trace *trace)
{
    static const enum trace_end ends[] = {
        [OUTCOME_VALUE] = TRACE_FINISHED, [OUTCOME_DEADLOCK] = TRACE_DEADLOCKED, [OUTCOME_FAILURE] = TRACE_FAILED};
    if (self->is_refuted)
        return false;
    if (self->end == OUTCOME_OVERLAP)
        return trace->overlap_text != NULL;
    if (self->end == OUTCOME_HANG || self->end == OUTCOME_ENDLESS)
        return trace->end == TRACE_UNFINISHED;
    if (self->end == OUTCOME_CLAIM || (self->end == OUTCOME_FAILURE && trace->death_text != NULL))
        return true;
    return trace->end == ends[self->end] && (self->end != OUTCOME_VALUE || ends_with(self, trace));
}

bool witness_file_holds(const struct witness_file *self, const struct trace *trace)
{
    return witness_file_ends(self, trace) && !self->contradicts_itself &&
           (!self->has_preemptions || (uint64_t)self->preemptions == trace->preemptions);
}
