/* exporter FORMAT PROGRAM THREADS ITERS SCHEDULER [NAME=VALUE]...: writes what racecheck makes for other tools, for
 * tests/whole/test_exports.sh.
 *
 * FORMAT is promela, itf or timeline; PROGRAM a model of the catalogue, a file, or random:SEED. NAME is a parameter of the
 * scheduler, or a register, as %bx: then each thread has that first value. On standard error stand, as words and numbers, what the
 * model for SPIN is to be compared with: the analysis's answers, and the states of the classical search, counted one by one,
 * every step an edge. */
#include "analysis/analysis.h"
#include "base/memory.h"
#include "frontends/assembler.h"
#include "models/catalogue.h"
#include "report/itf.h"
#include "report/promela.h"
#include "report/timeline.h"
#include "schedulers/scheduler.h"
#include "space/stateset.h"
#include "space/system.h"
#include "tests/oracles/random_program.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MOST = 1 << 20, FIRST_PROPERTY = 6 };

static _Noreturn void give_up(const struct error *error)
{
    error_print(error, "exporter", stderr);
    exit(2);
}

static char *read_text(const char *name)
{
    char *text = memory_new(FILE_MOST, 1);
    FILE *file = fopen(name, "r");
    if (file == NULL) {
        fprintf(stderr, "exporter: %s cannot be read\n", name);
        exit(2);
    }
    size_t length = fread(text, 1, FILE_MOST - 1, file);
    text[length] = '\0';
    fclose(file);
    return text;
}

static char *random_text(uint64_t seed)
{
    struct random_options options = {.features = RANDOM_TERMINATING & ~(unsigned)(RANDOM_OVERFLOWS | RANDOM_DIALECT),
                                     .max_schedules = 20000,
                                     .max_steps = 12};
    struct random_program *program = random_program_new(seed, &options);
    char *text = memory_copy_string(program->text);
    random_program_free(program);
    return text;
}

static struct program *read_program(const char *name, long threads, long iters)
{
    struct error error = ERROR_INIT;
    const struct model *model = catalogue_find(name);
    char *text = model != NULL                      ? memory_copy_string(model->text)
                 : strncmp(name, "random:", 7) == 0 ? random_text(strtoull(name + 7, NULL, 10))
                                                    : read_text(name);
    struct assembler_input input = {
        .name = name, .source = name, .text = text, .length = strlen(text), .threads = threads, .iters = iters};
    struct program *program = assembler_read(&input, &error);
    if (program == NULL)
        give_up(&error);
    memory_free(text);
    return program;
}

static void set_registers(struct program *program, const char *name, int64_t value)
{
    for (size_t t = 0; t < program->thread_count; t++)
        program->threads[t].registers[register_find(name, strlen(name))] = value;
}

/* Registers are set, parameters are collected. */
static void read_properties(struct program *program, char **words, struct property **parameters, size_t *count)
{
    for (; *words != NULL; words++) {
        char *value = strchr(*words, '='), *end;
        *value++ = '\0';
        long long number = strtoll(value, &end, 0);
        if (**words == '%')
            set_registers(program, *words + 1, number);
        else if (*end == '\0')
            property_add_number(parameters, count, *words, number);
        else
            property_add_text(parameters, count, *words, value);
    }
}

/* ---- Counting states ----------------------------------------------------------------------------------------- */

struct count {
    struct system *system;
    struct stateset states;
    uint64_t *before;
    uint64_t *after;
    bool is_narrow;
    struct step step;
};

static void enter(struct count *self, const uint64_t *state)
{
    bool is_new;
    if (!stateset_reserve(&self->states, 1))
        exit(3);
    stateset_add(&self->states, state, stateset_hash(&self->states, state), &is_new);
}

static void expand(struct count *self)
{
    struct system_choices choices;
    system_choices(self->system, self->before, &choices);
    for (unsigned o = 0; o < choices.options; o++)
        for (size_t t = 0; t < self->system->thread_count && !self->is_narrow; t++) {
            if ((choices.threads[o] >> t & 1) == 0)
                continue;
            system_step(self->system, self->before, &choices, o, t, self->after, &self->step);
            self->is_narrow = self->step.result == STEP_TOO_NARROW;
            if (self->step.result == STEP_TAKEN)
                enter(self, self->after);
        }
}

/* Returns the number of states, or 0 where the machine is too narrow and has been widened. */
static size_t count_states(struct machine *machine, const struct scheduler *scheduler)
{
    struct budget budget = {0};
    struct count self = {.system = system_new(machine, scheduler, &(struct system_options){0})};
    budget_start(&budget);
    stateset_start(&self.states, self.system->words, &budget);
    self.before = memory_new(self.system->words, sizeof *self.before);
    self.after = memory_new(self.system->words, sizeof *self.after);
    for (uint64_t which = 0; which < system_start_count(self.system); which++) {
        system_start(self.system, which, self.before);
        enter(&self, self.before);
    }
    for (uint32_t s = 0; s < self.states.count && !self.is_narrow; s++) {
        memcpy(self.before, stateset_at(&self.states, s), self.system->words * sizeof *self.before);
        expand(&self);
    }
    size_t states = self.is_narrow ? 0 : self.states.count;
    if (self.is_narrow)
        machine_widen(machine, self.step.narrow, self.step.narrow_value);
    stateset_free(&self.states);
    system_free(self.system);
    memory_free(self.before);
    memory_free(self.after);
    return states;
}

static void tell(const struct program *program, const struct scheduler *scheduler, const struct outcome *outcome)
{
    struct machine *machine = machine_new(program, NULL, false);
    size_t states;
    while ((states = count_states(machine, scheduler)) == 0)
        ;
    machine_free(machine);
    fprintf(stderr, "states=%zu valued=%d minimum=%" PRId64 " maximum=%" PRId64 " deadlock=%d failure=%d\n", states,
            outcome->has_extremes, outcome->least, outcome->greatest, outcome->can_deadlock, outcome->can_fail);
}

/* ---- Formats ------------------------------------------------------------------------------------------------- */

static struct outcome *analyse(const struct program *program, const struct scheduler *scheduler)
{
    struct budget budget = {0};
    struct error error = ERROR_INIT;
    struct outcome *outcome = outcome_new();
    struct analysis_options options = {.scheduler = scheduler,
                                       .observation = observation_of(0),
                                       .budget = &budget,
                                       .questions = QUESTION_VALUES | QUESTION_WITNESS,
                                       .witness = WITNESS_MINIMUM};
    options.insist = options.questions;
    budget_start(&budget);
    if (!analysis_run(program, &options, outcome, &error))
        give_up(&error);
    outcome->model = memory_copy_string(program->name);
    outcome->observe = program_word_name(program, 0);
    outcome->scheduler = memory_copy_string(scheduler->kind->name);
    scheduler_describe(scheduler, &outcome->parameters, &outcome->parameter_count);
    return outcome;
}

static void write_promela(const struct program *program, const struct outcome *outcome)
{
    struct text text = TEXT_INIT;
    struct error error = ERROR_INIT;
    if (!promela_print(&text, program, 0, outcome, &error))
        give_up(&error);
    fputs(text_string(&text), stdout);
    text_free(&text);
}

static void write_format(const char *format, const struct program *program, const struct outcome *outcome)
{
    if (strcmp(format, "promela") == 0)
        write_promela(program, outcome);
    else if (outcome->witness_count == 0)
        exit(4);
    else if (strcmp(format, "itf") == 0)
        itf_write_witness(stdout, outcome, &outcome->witnesses[0]);
    else
        timeline_write_witness(stdout, outcome, &outcome->witnesses[0]);
}

int main(int argument_count, char **arguments)
{
    struct error error = ERROR_INIT;
    struct property *parameters = NULL;
    size_t count = 0;
    if (argument_count < FIRST_PROPERTY)
        return 2;
    struct program *program =
        read_program(arguments[2], strtol(arguments[3], NULL, 10), strtol(arguments[4], NULL, 10));
    read_properties(program, arguments + FIRST_PROPERTY, &parameters, &count);
    struct scheduler *scheduler = scheduler_new(arguments[5], parameters, count, program->thread_count, &error);
    if (scheduler == NULL)
        give_up(&error);
    struct outcome *outcome = analyse(program, scheduler);
    write_format(arguments[1], program, outcome);
    if (strcmp(arguments[1], "promela") == 0)
        tell(program, scheduler, outcome);
    outcome_free(outcome);
    scheduler_free(scheduler);
    property_free_list(parameters, count);
    program_free(program);
    return fflush(stdout) == 0 ? 0 : 1;
}
