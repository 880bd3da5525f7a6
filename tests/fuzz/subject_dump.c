#include "tests/fuzz/subject_dump.h"

#include "analysis/certificate.h"
#include "base/memory.h"
#include "frontends/assembler.h"
#include "frontends/presets.h"
#include "program/predicate.h"
#include "report/certificate_file.h"
#include "schedulers/problem.h"
#include "schedulers/scheduler.h"
#include "tests/fuzz/condition_values.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SETTINGS_MAX = 16, STATES_MAX = 3000, CLAIMS_MAX = 64 };

/* "counter >= 1", of which the name alone is kept, or "always counter < 4". */
struct subject_claim {
    char *text;
    bool is_always;
    struct predicate *condition;
    struct observation observation; /* of a bound */
};

/* The lines above the program, and the program. */
struct subject {
    struct subject_claim claims[CLAIMS_MAX];
    size_t claim_count;
    bool is_upper;
    int64_t threads, iters;
    struct property *symbols; /* numbers */
    size_t symbol_count;
    char registers[SETTINGS_MAX][256]; /* "T0.%bx" */
    int64_t values[SETTINGS_MAX];
    size_t register_count;
    char scheduler[256];
    struct property *parameters;
    size_t parameter_count;
    struct text text;
    struct program *program;
    struct scheduler *made;
};

/* ---- Reading ----------------------------------------------------------------------------------------------------- */

static void read_parameters(struct subject *self)
{
    char *word = strtok(self->scheduler, " ");
    while (word != NULL && (word = strtok(NULL, " ")) != NULL) {
        char *value = strchr(word, '='), *end;
        if (value == NULL)
            continue;
        *value++ = '\0';
        int64_t number = strtoll(value, &end, 10);
        if (*end == '\0')
            property_add_number(&self->parameters, &self->parameter_count, word, number);
        else
            property_add_text(&self->parameters, &self->parameter_count, word, value);
    }
}

static void add_line(struct subject *self, const char *line, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        char byte = line[i];
        if (byte == '\\' && line[i + 1] == '\\') {
            i++;
        } else if (byte == '\\') {
            char digits[3] = {line[i + 2], line[i + 3], '\0'};
            byte = (char)(unsigned char)strtoul(digits, NULL, 16);
            i += 3;
        }
        text_append(&self->text, &byte, 1);
    }
    text_append(&self->text, "\n", 1);
}

/* Reads one line; returns false behind the program. */
static bool read_line(struct subject *self, const char *line, size_t length)
{
    char name[256], relation[3];
    int64_t number;
    static const char always[] = "claim always ";
    bool is_always = strncmp(line, always, strlen(always)) == 0 && strncmp(line + strlen(always), ">=", 2) != 0 &&
                     strncmp(line + strlen(always), "<=", 2) != 0;
    if (line[0] == '>')
        add_line(self, line + 1, length - 1);
    else if (is_always && self->claim_count < CLAIMS_MAX) {
        self->claims[self->claim_count++] = (struct subject_claim){
            .text = memory_copy(line + strlen("claim "), length - strlen("claim ") + 1), .is_always = true};
        self->claims[self->claim_count - 1].text[length - strlen("claim ")] = '\0';
    } else if (sscanf(line, "claim %255s %2s", name, relation) == 2 && self->claim_count < CLAIMS_MAX) {
        self->claims[self->claim_count++] = (struct subject_claim){.text = memory_copy_string(name)};
        self->is_upper = relation[0] == '<';
    } else if (sscanf(line, "threads %" SCNd64, &number) == 1)
        self->threads = number;
    else if (sscanf(line, "iters %" SCNd64, &number) == 1)
        self->iters = number;
    else if (sscanf(line, "symbol %255s %" SCNd64, name, &number) == 2 && self->symbol_count < SETTINGS_MAX)
        property_add_number(&self->symbols, &self->symbol_count, name, number);
    else if (sscanf(line, "register %255s %" SCNd64, name, &number) == 2 && self->register_count < SETTINGS_MAX) {
        strcpy(self->registers[self->register_count], name);
        self->values[self->register_count++] = number;
    } else if (sscanf(line, "scheduler %255[^\n]", name) == 1)
        strcpy(self->scheduler, name);
    return strncmp(line, "witness ", 8) != 0;
}

static struct program *assemble(const struct subject *self, const struct presets *presets, struct error *error)
{
    struct assembler_input input = {.name = "m",
                                    .source = "m",
                                    .text = text_string(&self->text),
                                    .length = self->text.length,
                                    .threads = self->threads,
                                    .iters = self->iters,
                                    .symbols = self->symbols,
                                    .symbol_count = self->symbol_count,
                                    .presets = presets};
    return assembler_read(&input, error);
}

/* "T0.%bx" as the preset of a group a thread. */
static struct preset preset_of(const struct program *program, const char *name, int64_t value)
{
    const char *dot = strchr(name, '.');
    size_t thread = 0;
    if (dot == NULL || dot[1] != '%')
        return (struct preset){.number = REGISTER_COUNT};
    while (thread < program->thread_count && (strncmp(program->threads[thread].name, name, (size_t)(dot - name)) != 0 ||
                                              program->threads[thread].name[dot - name] != '\0'))
        thread++;
    return (struct preset){thread, register_find(dot + 2, strlen(dot + 2)), value};
}

/* Assembles, and once more with the first values of registers, as --register would give them. */
static struct program *assemble_all(const struct subject *self, struct error *error)
{
    struct program *program = assemble(self, NULL, error);
    if (program == NULL || self->register_count == 0)
        return program;
    struct preset items[SETTINGS_MAX];
    bool is_good = true;
    for (size_t i = 0; i < self->register_count; i++) {
        items[i] = preset_of(program, self->registers[i], self->values[i]);
        is_good = is_good && items[i].group < program->thread_count && items[i].number < REGISTER_COUNT;
    }
    struct presets presets = {items, self->register_count, program->thread_count};
    program_free(program);
    return is_good ? assemble(self, &presets, error) : NULL;
}

/* What the claims are about; a bound's address becomes a variable, as for the verifier. */
static bool read_claims(struct subject *self, struct error *error)
{
    for (size_t i = 0; i < self->claim_count; i++) {
        struct subject_claim *claim = &self->claims[i];
        const char *condition = claim->text + strlen("always ");
        if (claim->is_always)
            claim->condition =
                predicate_read(&(struct predicate_context){.program = self->program, .scope = PREDICATE_OF_STATE},
                               condition, strlen(condition), error);
        if (claim->is_always ? claim->condition == NULL
                             : !observation_add(&claim->observation, self->program, claim->text, error))
            return false;
    }
    return true;
}

static bool read_subject(struct subject *self, const char *certificate, struct error *error)
{
    *self = (struct subject){.text = TEXT_INIT};
    const char *second = certificate + strcspn(certificate, "\n"); /* the first line is the format's, whatever it is */
    for (const char *line = second + (*second != '\0'); *line != '\0';) {
        size_t length = strcspn(line, "\n");
        if (!read_line(self, line, length))
            break;
        line += length + (line[length] == '\n');
    }
    read_parameters(self);
    self->program = assemble_all(self, error);
    if (self->program != NULL)
        self->made =
            scheduler_new(self->scheduler, self->parameters, self->parameter_count, self->program->thread_count, error);
    return self->made != NULL && problem_settle_memory(self->program, self->scheduler, NULL, error) &&
           read_claims(self, error);
}

static void free_subject(struct subject *self)
{
    for (size_t i = 0; i < self->claim_count; i++) {
        memory_free(self->claims[i].text);
        predicate_free(self->claims[i].condition);
    }
    property_free_list(self->symbols, self->symbol_count);
    property_free_list(self->parameters, self->parameter_count);
    text_free(&self->text);
    scheduler_free(self->made);
    program_free(self->program);
}

/* ---- The dump ---------------------------------------------------------------------------------------------------- */

static bool names_stack(const struct code *code)
{
    for (uint32_t i = 0; i < code->count; i++)
        for (unsigned o = 0; o < 2; o++)
            if (code->instructions[i].operands[o].kind == OPERAND_REGISTER &&
                code->instructions[i].operands[o].value == REGISTER_SP)
                return true;
    return false;
}

static int64_t trial_word(void *context, size_t word)
{
    return condition_value(word, *(const unsigned *)context);
}

static int64_t trial_register(void *context, int thread, unsigned number)
{
    (void)thread;
    return condition_value(CONDITION_REGISTERS + number, *(const unsigned *)context);
}

/* What a condition is worth in each trial. */
static void dump_condition(const struct predicate *condition, struct text *dump)
{
    text_print(dump, " ");
    for (unsigned k = 0; k < CONDITION_TRIALS; k++) {
        struct predicate_source source = {&k, trial_word, trial_register, NULL};
        int64_t value;
        bool is_true = predicate_evaluate(condition, &source, &value) == FAILURE_NONE && value != 0;
        text_print(dump, "%d", is_true);
    }
}

static void dump_instruction(const struct program *program, const struct code *code,
                             const struct instruction *instruction, struct text *dump)
{
    char *text = program_instruction_text(program, code, instruction);
    const struct operand *first = &instruction->operands[0];
    if (first->kind == OPERAND_TARGET) {
        text_print(dump, "%.*s %" PRId64, (int)strcspn(text, " "), text, first->value);
    } else if (first->kind == OPERAND_STRING) {
        text_print(dump, "print ");
        for (const char *c = program->strings[first->value]; *c != '\0'; c++)
            text_print(dump, "%02x", (unsigned char)*c);
    } else {
        text_print(dump, "%s", text);
    }
    if (first->kind == OPERAND_PREDICATE)
        dump_condition(program->predicates[first->value], dump);
    text_print(dump, "\n");
    memory_free(text);
}

static void dump_thread(const struct program *program, size_t number, struct text *dump)
{
    static const char *const names[] = {"ax", "bx", "cx", "dx", "ex", "fx", "sp", "bp"};
    const struct thread *thread = &program->threads[number];
    const struct code *code = program_code(program, number);
    text_print(dump, "thread %s%s", thread->name, thread->is_later ? ", later" : "");
    for (size_t r = 0; r < sizeof names / sizeof names[0]; r++)
        if (strcmp(names[r], "sp") != 0 || names_stack(code))
            text_print(dump, " %s=%" PRId64, names[r], thread->registers[register_find(names[r], 2)]);
    text_print(dump, "\n");
    for (uint32_t i = 0; i < code->count; i++) {
        const struct instruction *instruction = &code->instructions[i];
        text_print(dump, "%" PRIu32 "%s %" PRIx64 " ", instruction->ticks, instruction->no_switch ? "+" : "",
                   instruction->sections);
        dump_instruction(program, code, instruction, dump);
    }
}

static void dump_program(const struct program *program, struct text *dump)
{
    for (size_t v = 0; v < program->variable_count; v++) {
        const struct variable *variable = &program->variables[v];
        text_print(dump, "variable %s %" PRIu32 " %" PRId64 "\n", variable->name, variable->words,
                   program->words[variable->word]);
    }
    for (enum object_kind kind = 0; kind < OBJECT_KIND_COUNT; kind++)
        for (size_t o = 0; o < program->objects[kind].count; o++) {
            const struct object *object = program_object(program, kind, o);
            text_print(dump, "object %s %" PRId64 "%s\n", object->name, object->number,
                       object->is_recursive ? " recursive" : "");
        }
    for (size_t s = 0; s < program->section_count; s++)
        text_print(dump, "critical %s\n", program->sections[s]);
    for (size_t t = 0; t < program->thread_count; t++)
        dump_thread(program, t, dump);
}

static void dump_scheduler(const struct scheduler *scheduler, struct text *dump)
{
    struct property *parameters = NULL;
    size_t count = 0;
    scheduler_describe(scheduler, &parameters, &count);
    text_print(dump, "scheduler %s", scheduler->kind->name);
    for (size_t p = 0; p < count; p++)
        if (parameters[p].is_number)
            text_print(dump, " %s=%" PRId64, parameters[p].name, parameters[p].number);
        else
            text_print(dump, " %s=%s", parameters[p].name, parameters[p].text);
    text_print(dump, "\n");
    property_free_list(parameters, count);
}

/* The claims as they stand there, the bounds with their numbers. */
static void dump_claims(const struct subject *subject, const char *certificate, struct text *dump)
{
    const char *line = strstr(certificate, "\nclaim ");
    for (size_t i = 0; i < subject->claim_count && line != NULL; i++) {
        size_t length = strcspn(line + 1, "\n");
        text_print(dump, "%.*s\n", (int)(length - strlen("claim ")), line + 1 + strlen("claim "));
        line = strstr(line + 1, "\nclaim ");
    }
    for (size_t i = 0; i < subject->claim_count; i++)
        if (subject->claims[i].is_always) {
            dump_condition(subject->claims[i].condition, dump);
            text_print(dump, "\n");
        }
}

bool subject_dump(const char *certificate, struct text *dump)
{
    struct subject subject;
    struct error error = ERROR_INIT;
    bool is_read = read_subject(&subject, certificate, &error);
    if (is_read) {
        dump_program(subject.program, dump);
        dump_scheduler(subject.made, dump);
        text_print(dump, "%s", subject.program->is_spurious ? "spurious\n" : "");
        if (subject.program->memory == MEMORY_TSO)
            text_print(dump, "tso %u\n", (unsigned)subject.program->store_buffer);
        dump_claims(&subject, certificate, dump);
    } else {
        text_print(dump, "%u:%u: %s", error.line, error.column, error.text);
    }
    free_subject(&subject);
    return is_read;
}

/* ---- Certificates ------------------------------------------------------------------------------------------------ */

/* A certificate of what is claimed; where a condition is, of the conditions alone. */
static struct certificate *certify(const struct subject *subject, struct budget *budget, bool is_upper, bool no_slice,
                                   struct error *error)
{
    const struct predicate *claimed[CLAIMS_MAX];
    struct certificate_options options = {.scheduler = subject->made,
                                          .conditions = claimed,
                                          .is_upper = is_upper,
                                          .no_slice = no_slice,
                                          .budget = budget};
    for (size_t i = 0; i < subject->claim_count; i++)
        if (subject->claims[i].is_always)
            claimed[options.condition_count++] = subject->claims[i].condition;
        else if (options.observation.count < OBSERVATION_MAX)
            options.observation.places[options.observation.count++] = subject->claims[i].observation.places[0];
    *budget = (struct budget){.max_states = STATES_MAX};
    budget_start(budget);
    return options.condition_count + options.observation.count == 0
               ? NULL
               : certificate_new(subject->program, &options, error);
}

static void print(const struct subject *subject, const struct certificate *certificate, struct text *text)
{
    char checksum[CERTIFICATE_CHECKSUM_SIZE], *bytes;
    size_t length;
    struct property *parameters = NULL;
    size_t count = 0;
    scheduler_describe(subject->made, &parameters, &count);
    struct outcome told = {.model = (char[]){"m"},
                           .text = (char *)text_string(&subject->text),
                           .given_threads = subject->threads,
                           .iters = subject->iters,
                           .symbols = subject->symbols,
                           .symbol_count = subject->symbol_count,
                           .scheduler = (char *)subject->scheduler,
                           .parameters = parameters,
                           .parameter_count = count};
    FILE *stream = open_memstream(&bytes, &length);
    certificate_file_write(stream, certificate, &told, checksum);
    fclose(stream);
    text_append(text, bytes, length);
    free(bytes);
    property_free_list(parameters, count);
}

bool subject_certify(const char *certificate, bool is_upper, bool no_slice, struct text *text)
{
    struct subject subject;
    struct error error = ERROR_INIT;
    struct budget budget;
    struct certificate *made = NULL;
    if (read_subject(&subject, certificate, &error))
        made = certify(&subject, &budget, is_upper, no_slice, &error);
    if (made != NULL)
        print(&subject, made, text);
    bool is_made = made != NULL;
    certificate_free(made);
    free_subject(&subject);
    return is_made;
}

/* One claim as it truly is: the condition, where it is true of all states, or the bound. */
static void tell_truth(const struct subject *all, size_t number, struct text *claim)
{
    struct subject one = *all;
    struct error error = ERROR_INIT;
    struct budget budget;
    one.claims[0] = all->claims[number];
    one.claim_count = 1;
    struct certificate *made = certify(&one, &budget, one.is_upper, false, &error);
    if (made == NULL)
        text_print(claim, "%s\n", error.text);
    else if (one.claims[0].is_always)
        text_print(claim, "%s\n", one.claims[0].text);
    else
        text_print(claim, "%s %s %" PRId64 "\n", one.claims[0].text, one.is_upper ? "<=" : ">=", made->claims[0].bound);
    certificate_free(made);
}

bool subject_claims(const char *certificate, struct text *claims)
{
    struct subject subject;
    struct error error = ERROR_INIT;
    bool is_read = read_subject(&subject, certificate, &error);
    for (size_t i = 0; i < subject.claim_count && is_read; i++)
        tell_truth(&subject, i, claims);
    if (!is_read)
        text_print(claims, "%s", error.text);
    free_subject(&subject);
    return is_read;
}
