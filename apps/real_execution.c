#include "apps/real_execution.h"

#include "apps/interpreter.h"
#include "apps/source.h"
#include "base/document.h"
#include "base/memory.h"
#include "frontends/python.h"
#include "frontends/python_dump.h"
#include "models/catalogue.h"

#include <string.h>

enum { SECONDS_MAX = 20, MAIN = 0 };

/* A thread of the trace, as far as it has come. */
struct follower {
    uint32_t total;   /* counted bytecodes that have begun */
    uint32_t last;    /* its last instruction; UINT32_MAX before the first one */
    size_t event;     /* its last event */
    bool has_jumped;  /* that was OPCODE_J */
    bool wakes;       /* that was begun before, slept, and goes on now */
    bool is_inside;   /* of the bytecode under way an event was told */
    bool is_printing; /* and its last instruction has printed */
    bool has_finished;
};

struct execution {
    const struct program *program;
    const struct trace *trace;
    json_t *dump;
    json_t *events;
    size_t *steps; /* of the events */
    size_t event_count, capacity;
    bool whole_lines;
    struct follower followers[PROGRAM_THREADS_MAX];
    struct error *error;
};

/* ---- Events ------------------------------------------------------------------------------------------------------ */

/* Whether a bytecode ends the module: then its instructions are those of the end of the program. */
static bool ends_program(const struct execution *self, uint32_t thread, const struct origin *origin)
{
    const json_t *code = json_array_get(json_object_get(self->dump, "codes"), origin->code);
    const json_t *bytecode = json_array_get(json_object_get(code, "instructions"), origin->bytecode);
    const char *name = json_string_value(json_array_get(bytecode, 0));
    return thread == MAIN && origin->code == 0 && name != NULL && strncmp(name, "RETURN", strlen("RETURN")) == 0;
}

static void add_event(struct execution *self, const struct trace_step *step, const char *kind,
                      const struct origin *origin, const struct instruction *instruction)
{
    struct follower *thread = &self->followers[step->thread];
    self->steps = memory_grow(self->steps, self->event_count, &self->capacity, sizeof *self->steps);
    thread->event = self->event_count;
    self->steps[self->event_count++] = step->number;
    json_t *given = instruction->opcode == OPCODE_CHOOSE ? json_integer(step->register_value) : json_null();
    json_array_append_new(self->events, json_pack("[i, s, i, i, i, o]", (int)step->thread, kind, (int)thread->total,
                                                  (int)origin->code, (int)origin->bytecode, given));
}

/* The thread that the bytecode of the last event starts. */
static void give_child(struct execution *self, const struct trace_step *step, int64_t child)
{
    enum { GIVEN = 5 };
    json_t *event = json_array_get(self->events, self->followers[step->thread].event);
    json_array_set_new(event, GIVEN, json_integer(child));
}

/* Whether a thread that waits for a limited time looks here whether what it waits for has come about in the meantime. */
static bool looks(const struct execution *self, const struct instruction *instruction)
{
    const struct operand *first = &instruction->operands[0];
    return instruction->opcode == OPCODE_TRYWAIT ||
           (first->kind == OPERAND_WORD && strstr(self->trace->words[first->value], "[waits: ") != NULL);
}

/* Another thread cannot be let in there: it is all one to whoever looks on. */
static bool refuse(const struct execution *self, const struct trace_step *step, const struct instruction *instruction)
{
    return error_set(
        self->error, self->program->source, instruction->place.line, instruction->place.column,
        "step %zu is in the middle of what the interpreter does as one: nobody can let others in there from outside",
        step->number);
}

static bool follow_visible(struct execution *self, size_t index, const struct instruction *instruction,
                           const struct origin *origin)
{
    const struct trace_step *step = &self->trace->steps[index];
    struct follower *thread = &self->followers[step->thread];
    bool prints = instruction->opcode == OPCODE_PRINT && !self->whole_lines;
    bool goes_on = trace_goes_on(self->trace, index);
    bool was_inside = thread->is_inside, was_printing = thread->is_printing;
    bool begins_within = was_inside && !goes_on;
    thread->is_inside = true;
    thread->is_printing = prints;
    if (prints && goes_on && was_printing)
        return true; /* one write has several parts */
    if (thread->wakes || (begins_within && instruction->opcode == OPCODE_LOCK))
        add_event(self, step, "wake", origin, instruction);
    else if (begins_within && looks(self, instruction))
        add_event(self, step, "look", origin, instruction);
    else if (prints)
        add_event(self, step, "write", origin, instruction);
    else if (ends_program(self, step->thread, origin))
        add_event(self, step, "end", origin, instruction);
    else if (!was_inside)
        add_event(self, step, "op", origin, instruction);
    else if (begins_within && instruction->opcode == OPCODE_WAIT)
        return true; /* that it was woken shows when it goes on */
    else if (begins_within && index > 0 && self->trace->steps[index - 1].thread != step->thread)
        return refuse(self, step, instruction);
    if (instruction->opcode == OPCODE_SPAWN)
        give_child(self, step, instruction->operands[0].value);
    return true;
}

static bool follow(struct execution *self, size_t index)
{
    const struct trace_step *step = &self->trace->steps[index];
    const struct code *code = program_code(self->program, step->thread);
    const struct instruction *instruction = &code->instructions[step->index];
    const struct origin *origin = &code->origins[step->index];
    struct follower *thread = &self->followers[step->thread];
    bool jumps = instruction->opcode == OPCODE_J;
    thread->wakes = step->index == thread->last;
    if (!thread->wakes) {
        thread->total += (thread->has_jumped ? 0 : origin->passed) + (jumps ? origin->ahead : 0);
        thread->has_jumped = jumps;
        thread->is_inside = thread->is_inside && origin->goes_on;
        thread->is_printing = thread->is_printing && origin->goes_on;
    }
    thread->last = step->index;
    thread->has_finished = step->next_line == 0;
    bool is_visible = instruction_is_visible(instruction) || instruction->opcode == OPCODE_CHOOSE;
    return !is_visible || instruction->opcode == OPCODE_FAIL || follow_visible(self, index, instruction, origin);
}

static bool make_events(struct execution *self)
{
    for (size_t t = 0; t < self->program->thread_count; t++)
        self->followers[t] =
            (struct follower){.last = UINT32_MAX, .has_finished = program_code(self->program, t)->count == 0};
    for (size_t i = 0; i < self->trace->step_count; i++)
        if (!follow(self, i))
            return false;
    return true;
}

/* ---- The script -------------------------------------------------------------------------------------------------- */

static enum real_end predicted_end(const struct trace *trace)
{
    return trace->end == TRACE_FINISHED     ? REAL_FINISHED
           : trace->end == TRACE_DEADLOCKED ? REAL_DEADLOCKED
                                            : REAL_STOPPED;
}

/* How the script and its answer call ends. */
static const char *const end_names[] = {
    [REAL_FINISHED] = "finished", [REAL_DEADLOCKED] = "deadlock", [REAL_STOPPED] = "stopped", [REAL_LEFT] = "left"};

/* The words whose values are compared: those that are observed at the end; where a schedule stops before, all of them. */
static json_t *list_observed(const struct execution *self)
{
    const struct trace *trace = self->trace;
    json_t *list = json_array();
    for (size_t p = 0; p < trace->observation.count && trace->end == TRACE_FINISHED; p++)
        if (trace_is_word(trace, p))
            json_array_append_new(list, document_string(trace->words[trace->observation.places[p].number]));
    for (size_t w = 0; w < trace->word_count && predicted_end(trace) == REAL_STOPPED; w++)
        json_array_append_new(list, document_string(trace->words[w]));
    return list;
}

static json_t *make_script(const struct execution *self)
{
    json_t *script = json_object(), *threads = json_array(), *finishes = json_array();
    for (size_t t = 0; t < self->program->thread_count; t++) {
        json_array_append_new(threads, document_string(self->program->threads[t].name));
        json_array_append_new(finishes, json_boolean(self->followers[t].has_finished));
    }
    static const char *const kept[] = {"file", "source", "codes"};
    for (size_t k = 0; k < sizeof kept / sizeof kept[0]; k++)
        json_object_set(script, kept[k], json_object_get(self->dump, kept[k]));
    document_set(script, "helper", document_string(python_helper));
    document_set(script, "threads", threads);
    document_set(script, "finishes", finishes);
    document_set(script, "lines", json_boolean(self->whole_lines));
    document_set(script, "end", document_string(end_names[predicted_end(self->trace)]));
    document_set(script, "observe", list_observed(self));
    json_object_set(script, "events", self->events);
    return script;
}

/* A descriptor from which a document can be read; -1 with *error set. */
static int append(const char *bytes, size_t length, void *text)
{
    text_append(text, bytes, length);
    return 0;
}

static int open_script(const json_t *script, struct error *error)
{
    struct text text = TEXT_INIT;
    json_dump_callback(script, append, &text, JSON_COMPACT);
    int descriptor = interpreter_input(text_string(&text), text.length, error);
    text_free(&text);
    return descriptor;
}

/* ---- The answer -------------------------------------------------------------------------------------------------- */

static struct real_place read_place(const json_t *place)
{
    return (struct real_place){(uint32_t)json_integer_value(json_array_get(place, 0)),
                               (uint32_t)json_integer_value(json_array_get(place, 1)) +
                                   (json_integer_value(json_array_get(place, 1)) > 0)};
}

static void read_values(const struct execution *self, const json_t *values, struct real_run *run)
{
    const struct trace *trace = self->trace;
    run->values = memory_new(trace->word_count, sizeof *run->values);
    for (uint32_t w = 0; w < trace->word_count; w++) {
        const json_t *value = json_object_get(values, trace->words[w]);
        bool is_asked = value != NULL, is_found = is_asked && !json_is_null(value);
        if (!is_asked || (!is_found && run->predicted_end == REAL_STOPPED))
            continue;
        struct real_value *one = &run->values[run->value_count++];
        *one = (struct real_value){.name = memory_copy_string(trace->words[w]),
                                   .predicted = trace_final_word(trace, w),
                                   .is_number = json_is_integer(value),
                                   .number = json_integer_value(value),
                                   .text = document_copy_string(value)};
    }
}

static bool read_answer(struct execution *self, const struct text *answer, struct real_run *run)
{
    struct document document = {.source = "(answer)", .error = self->error};
    json_t *object = document_parse(&document, text_string(answer), answer->length);
    if (object == NULL)
        return false;
    const char *end = json_string_value(json_object_get(object, "end"));
    run->version = document_copy_string(json_object_get(object, "python"));
    run->output = document_copy_string(json_object_get(object, "output"));
    run->what = document_copy_string(json_object_get(object, "what"));
    run->at = read_place(json_object_get(object, "at"));
    run->expected = read_place(json_object_get(object, "expected"));
    size_t event = (size_t)json_integer_value(json_object_get(object, "event"));
    size_t thread = (size_t)json_integer_value(json_object_get(object, "thread"));
    run->step = event < self->event_count ? self->steps[event] : run->steps + 1;
    run->thread = memory_copy_string(self->trace->threads[thread < self->trace->thread_count ? thread : 0]);
    read_values(self, json_object_get(object, "values"), run);
    bool is_good = end != NULL && run->version != NULL && run->output != NULL,
         is_other = is_good && strcmp(end, "other bytecode") == 0;
    for (run->end = REAL_FINISHED;
         is_good && !is_other && run->end < REAL_LEFT && strcmp(end, end_names[run->end]) != 0;)
        run->end++;
    json_decref(object);
    if (is_other)
        return error_set(
            self->error, NULL, 0, 0,
            "'%s' is Python %s and compiles the program in another way than the interpreter of the witness, %s (expected that one: --python)",
            run->interpreter, run->version, self->trace->reading);
    return is_good ||
           error_set(self->error, NULL, 0, 0, "'%s' does not answer as a Python interpreter", run->interpreter);
}

/* ---- The whole --------------------------------------------------------------------------------------------------- */

static bool is_model(const char *source)
{
    bool is_found = false;
    for (size_t m = 0; m < catalogue_count() && !is_found; m++)
        is_found = strcmp(catalogue_at(m)->text, source) == 0;
    return is_found;
}

/* The program is a model, or the file of the person and the same as was checked. */
static bool check_file(const struct execution *self)
{
    const char *path = json_string_value(json_object_get(self->dump, "file"));
    const char *source = json_string_value(json_object_get(self->dump, "source"));
    struct text text = TEXT_INIT;
    bool is_same = path != NULL && source != NULL &&
                   (is_model(source) ||
                    (source_read(path, "the program of the witness", &text, self->error) &&
                     (strcmp(text_string(&text), source) == 0 ||
                      error_set(self->error, path, 0, 0,
                                "is not the program that was checked (expected the same text: check it again)"))));
    text_free(&text);
    return is_same;
}

static bool check_version(const struct execution *self)
{
    const json_t *version = json_object_get(self->dump, "python");
    int major = (int)json_integer_value(json_array_get(version, 0)),
        minor = (int)json_integer_value(json_array_get(version, 1));
    return 100 * major + minor >= 307 ||
           error_set(self->error, NULL, 0, 0,
                     "--real: Python %d.%d cannot be followed bytecode by bytecode (expected 3.7 or later)", major,
                     minor);
}

static bool execute(struct execution *self, struct real_run *run)
{
    struct text purpose = TEXT_INIT, answer = TEXT_INIT, messages = TEXT_INIT;
    json_t *script = make_script(self);
    int input = open_script(script, self->error);
    json_decref(script);
    if (input < 0)
        return false;
    text_print(&purpose, "to execute %s", run->file);
    struct interpreter interpreter = {run->interpreter, python_real, NULL, text_string(&purpose), SECONDS_MAX};
    bool is_run = interpreter_run(&interpreter, input, &answer, &messages, self->error);
    if (is_run)
        fputs(text_string(&messages), stderr);
    is_run = is_run && read_answer(self, &answer, run);
    text_free(&purpose);
    text_free(&answer);
    text_free(&messages);
    return is_run;
}

static void predict(const struct execution *self, struct real_run *run)
{
    const struct trace *trace = self->trace;
    bool is_free_threaded = json_is_true(json_object_get(self->dump, "free_threaded"));
    run->file = document_copy_string(json_object_get(self->dump, "file"));
    run->steps = trace_length(trace);
    run->predicted_end = predicted_end(trace);
    run->predicted_output = trace->output != NULL ? memory_copy_string(trace->output) : NULL;
    run->is_other_lock = !is_free_threaded && strstr(trace->reading, "rules nogil") != NULL;
}

bool real_execution_run(const char *interpreter, const struct program *program, const struct trace *trace,
                        struct real_run *run, struct error *error)
{
    struct document document = {.source = program->source, .error = error};
    struct execution self = {.program = program, .trace = trace, .error = error};
    *run = (struct real_run){.interpreter = memory_copy_string(interpreter != NULL ? interpreter : "python3")};
    if (!python_dump_is(program->text, strlen(program->text)))
        return error_set(error, NULL, 0, 0, "--real: %s is no program in Python or C (expected the witness of one)",
                         program->name);
    if (strstr(trace->reading, "processes by fork") != NULL || strstr(trace->reading, "tasks as threads") != NULL)
        return error_set(
            error, NULL, 0, 0,
            "--real: %s has processes, or tasks of a pool (expected threads: a real run is led only through them)",
            program->name);
    self.dump = document_parse(&document, program->text, strlen(program->text));
    if (self.dump == NULL)
        return false;
    const char *print = json_string_value(json_object_get(json_object_get(self.dump, "options"), "print"));
    self.whole_lines = print != NULL && strcmp(print, "line") == 0;
    self.events = json_array();
    predict(&self, run);
    bool is_run = check_version(&self) && check_file(&self) && make_events(&self) && execute(&self, run);
    json_decref(self.events);
    json_decref(self.dump);
    memory_free(self.steps);
    return is_run;
}
