#include "report/itf.h"

#include "base/json_text.h"
#include "base/memory.h"
#include "base/text.h"
#include "report/phrase.h"
#include "report/step_text.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

/* A variable of the trace: one shared word, or a map from index to word. */
struct itf_variable {
    char *name;
    size_t word; /* the first */
    size_t words;
    bool is_map;
};

/* A document being written. */
struct itf {
    FILE *stream;
    const struct trace *trace;
    struct itf_variable *variables;
    size_t count;
    int64_t *words;     /* the values after the step that is being told */
    int64_t *registers; /* the same, as in trace.registers */
};

/* The last one where the program prints. */
static const char *const own_names[] = {"thread", "operation", "registers", "output"};
enum { OWN_NAMES = sizeof own_names / sizeof *own_names };

/* ---- Variables ----------------------------------------------------------------------------------------------- */

static bool is_taken(const struct itf *self, const char *name)
{
    for (size_t i = 0; i < OWN_NAMES - (self->trace->output == NULL); i++)
        if (strcmp(own_names[i], name) == 0)
            return true;
    for (size_t v = 0; v < self->count; v++)
        if (strcmp(self->variables[v].name, name) == 0)
            return true;
    return false;
}

/* TLA+ has names that begin with a letter, and ours must be different from each other. */
static char *variable_name(const struct itf *self, const char *word)
{
    struct text name = TEXT_INIT;
    text_print(&name, "%s%.*s", word[0] >= '0' && word[0] <= '9' ? "word_" : "", (int)strcspn(word, "["), word);
    while (is_taken(self, text_string(&name)))
        text_print(&name, "_");
    return text_take(&name);
}

/* Whether two words are of the same variable: "table[0]" and "table[1]". */
static bool belong_together(const char *a, const char *b)
{
    size_t length = strcspn(a, "[");
    return a[length] == '[' && strncmp(a, b, length + 1) == 0;
}

static void find_variables(struct itf *self)
{
    const struct trace *trace = self->trace;
    size_t words;
    self->variables = memory_new(trace->word_count, sizeof *self->variables);
    for (size_t w = 0; w < trace->word_count; w += words) {
        words = 1;
        while (w + words < trace->word_count && belong_together(trace->words[w], trace->words[w + words]))
            words++;
        char *name = variable_name(self, trace->words[w]);
        self->variables[self->count++] = (struct itf_variable){name, w, words, strchr(trace->words[w], '[') != NULL};
    }
}

/* ---- States -------------------------------------------------------------------------------------------------- */

static void write_value(struct itf *self, int64_t value)
{
    fprintf(self->stream, "{\"#bigint\": \"%" PRId64 "\"}", value);
}

static void write_variable(struct itf *self, const struct itf_variable *variable)
{
    json_text_print(self->stream, ", %s: ", variable->name);
    if (!variable->is_map) {
        write_value(self, self->words[variable->word]);
        return;
    }
    fprintf(self->stream, "{\"#map\": [");
    for (size_t w = 0; w < variable->words; w++) {
        fprintf(self->stream, "%s[{\"#bigint\": \"%zu\"}, ", w > 0 ? ", " : "", w);
        write_value(self, self->words[variable->word + w]);
        fputs("]", self->stream);
    }
    fprintf(self->stream, "]}");
}

static void write_registers_of(struct itf *self, uint32_t thread)
{
    bool is_first = true;
    fprintf(self->stream, "{\"#map\": [");
    for (size_t r = 0; r < self->trace->register_count; r++) {
        if (self->trace->registers[r].thread != thread)
            continue;
        fprintf(self->stream, "%s[\"%s\", ", is_first ? "" : ", ", self->trace->registers[r].name);
        write_value(self, self->registers[r]);
        fprintf(self->stream, "]");
        is_first = false;
    }
    fprintf(self->stream, "]}");
}

static void write_registers(struct itf *self)
{
    fprintf(self->stream, ", \"registers\": {\"#map\": [");
    for (size_t t = 0; t < self->trace->thread_count; t++) {
        fputs(t > 0 ? ", " : "", self->stream);
        json_text_print(self->stream, "[%s, ", self->trace->threads[t]);
        write_registers_of(self, (uint32_t)t);
        fputs("]", self->stream);
    }
    fprintf(self->stream, "]}");
}

/* Writes what was printed before the state; where the program prints. */
static void write_output(struct itf *self, const struct trace_step *step)
{
    struct text output = TEXT_INIT;
    if (self->trace->output == NULL)
        return;
    text_append(&output, self->trace->output, step != NULL ? step->printed : 0);
    json_text_print(self->stream, ", \"output\": %s", text_string(&output));
    text_free(&output);
}

/* Writes the state after a step, of so many instructions, which begins at an index of the trace; of none: the first state. */
static void write_state(struct itf *self, size_t first, size_t count)
{
    struct text operation = TEXT_INIT;
    const struct trace_step *step = count > 0 ? &self->trace->steps[first] : NULL;
    for (size_t i = 0; i < count; i++) {
        text_print(&operation, "%s", i > 0 ? "; " : "");
        step_text_print_instruction(&operation, &step[i]);
    }
    json_text_print(self->stream, "\n    {\"#meta\": {\"index\": %zu}, \"thread\": %s, \"operation\": %s",
                    step != NULL ? step->number : 0, step != NULL ? self->trace->threads[step->thread] : "",
                    text_string(&operation));
    for (size_t v = 0; v < self->count; v++)
        write_variable(self, &self->variables[v]);
    write_registers(self);
    write_output(self, step != NULL ? &step[count - 1] : NULL);
    fprintf(self->stream, "}");
    text_free(&operation);
}

static void take_step(struct itf *self, const struct trace_step *step)
{
    for (size_t a = 0; a < step->access_count; a++)
        if (step->accesses[a].is_write)
            self->words[step->accesses[a].word] = step->accesses[a].value;
    for (size_t r = 0; step->register_name != NULL && r < self->trace->register_count; r++)
        if (self->trace->registers[r].thread == step->thread &&
            strcmp(self->trace->registers[r].name, step->register_name) == 0)
            self->registers[r] = step->register_value;
}

static void write_states(struct itf *self)
{
    const struct trace *trace = self->trace;
    self->words = memory_copy(trace->first_words, trace->word_count * sizeof *self->words);
    self->registers = memory_new(trace->register_count, sizeof *self->registers);
    for (size_t r = 0; r < trace->register_count; r++)
        self->registers[r] = trace->registers[r].first;
    fprintf(self->stream, "  \"states\": [");
    write_state(self, 0, 0);
    for (size_t first = 0, s = 0; s < trace->step_count; s++) {
        take_step(self, &trace->steps[s]);
        if (s + 1 < trace->step_count && trace_goes_on(trace, s + 1))
            continue;
        fputs(",", self->stream);
        write_state(self, first, s + 1 - first);
        first = s + 1;
    }
    fprintf(self->stream, "\n  ]\n");
    memory_free(self->words);
    memory_free(self->registers);
}

/* ---- The document -------------------------------------------------------------------------------------------- */

static void write_types(struct itf *self)
{
    fprintf(self->stream, "    \"varTypes\": {\"thread\": \"Str\", \"operation\": \"Str\"");
    for (size_t v = 0; v < self->count; v++)
        json_text_print(self->stream, ", %s: %s", self->variables[v].name,
                        self->variables[v].is_map ? "Int -> Int" : "Int");
    fprintf(self->stream, ", \"registers\": \"Str -> (Str -> Int)\"%s}\n",
            self->trace->output != NULL ? ", \"output\": \"Str\"" : "");
}

static void write_meta(struct itf *self, const struct outcome *outcome, const struct outcome_witness *witness)
{
    struct text description = TEXT_INIT;
    phrase_print_end(&description, outcome, witness->end, witness->value);
    text_print(&description, ", ");
    phrase_print_length(&description, self->trace);
    json_text_print(self->stream,
                    "  \"#meta\": {\n    \"format\": \"ITF\",\n    \"format-description\": "
                    "\"https://apalache.informal.systems/docs/adr/015adr-trace.html\",\n    \"source\": %s,\n"
                    "    \"description\": %s,\n",
                    outcome->model, text_string(&description));
    write_types(self);
    fprintf(self->stream, "  },\n");
    text_free(&description);
}

static void write_names(struct itf *self)
{
    fprintf(self->stream, "  \"vars\": [\"thread\", \"operation\"");
    for (size_t v = 0; v < self->count; v++)
        json_text_print(self->stream, ", %s", self->variables[v].name);
    fprintf(self->stream, ", \"registers\"%s],\n", self->trace->output != NULL ? ", \"output\"" : "");
}

void itf_write_witness(FILE *stream, const struct outcome *outcome, const struct outcome_witness *witness)
{
    struct itf self = {.stream = stream, .trace = witness->trace};
    find_variables(&self);
    fprintf(stream, "{\n");
    write_meta(&self, outcome, witness);
    write_names(&self);
    write_states(&self);
    fprintf(stream, "}\n");
    for (size_t v = 0; v < self.count; v++)
        memory_free(self.variables[v].name);
    memory_free(self.variables);
}
