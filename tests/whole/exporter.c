/* exporter FORMAT PROGRAM THREADS ITERS SCHEDULER [NAME=VALUE]...: writes what racecheck makes for other tools, for
 * tests/whole/test_exports.sh.
 *
 * FORMAT is promela, itf or timeline; PROGRAM a model of the catalogue, a file, or random:SEED. NAME is a parameter of the
 * scheduler, or a register, as %bx: then each thread has that first value; or a symbol of the program in upper case; or
 * `observe`, with a list. On standard error stand, as words and numbers, what the
 * model for SPIN is to be compared with: the analysis's answers, and the states of the classical search, counted one by one,
 * every step an edge. */
#include "analysis/analysis.h"
#include "base/memory.h"
#include "frontends/assembler.h"
#include "models/catalogue.h"
#include "report/itf.h"
#include "report/members.h"
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

enum { FILE_MOST = 1 << 20, FIRST_SETTING = 6 };

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
    struct random_options options = {.features = RANDOM_TERMINATING & ~(unsigned)(RANDOM_OVERFLOWS | RANDOM_MEMORY),
                                     .max_schedules = 20000,
                                     .max_steps = 12,
                                     .all_have_code = true};
    struct random_program *program = random_program_new(seed, &options);
    char *text = memory_copy_string(program->text);
    random_program_free(program);
    return text;
}

/* What the words behind the scheduler say. */
struct settings {
    struct property *parameters; /* of the scheduler */
    size_t parameter_count;
    struct property *registers;
    size_t register_count;
    struct property *symbols;
    size_t symbol_count;
    const char *observe;
};

static void read_setting(struct settings *self, char *word)
{
    char *value = strchr(word, '='), *end;
    *value++ = '\0';
    long long number = strtoll(value, &end, 0);
    if (*word >= 'A' && *word <= 'Z')
        property_add_number(&self->symbols, &self->symbol_count, word, number);
    else if (*word == '%')
        property_add_number(&self->registers, &self->register_count, word + 1, number);
    else if (strcmp(word, "observe") == 0)
        self->observe = value;
    else if (*end == '\0')
        property_add_number(&self->parameters, &self->parameter_count, word, number);
    else
        property_add_text(&self->parameters, &self->parameter_count, word, value);
}

static struct program *read_program(const char *name, long threads, long iters, const struct settings *settings)
{
    struct error error = ERROR_INIT;
    const struct model *model = catalogue_find(name);
    char *text = model != NULL                      ? memory_copy_string(model->text)
                 : strncmp(name, "random:", 7) == 0 ? random_text(strtoull(name + 7, NULL, 10))
                                                    : read_text(name);
    struct assembler_input input = {.name = name,
                                    .source = name,
                                    .text = text,
                                    .length = strlen(text),
                                    .threads = threads,
                                    .iters = iters,
                                    .symbols = settings->symbols,
                                    .symbol_count = settings->symbol_count};
    struct program *program = assembler_read(&input, &error);
    if (program == NULL)
        give_up(&error);
    memory_free(text);
    return program;
}

static void set_registers(struct program *program, const struct settings *settings)
{
    for (size_t r = 0; r < settings->register_count; r++)
        for (size_t t = 0; t < program->thread_count; t++) {
            const char *name = settings->registers[r].name;
            program->threads[t].registers[register_find(name, strlen(name))] = settings->registers[r].number;
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
    stateset_start(&self.states, self.system->quads, &budget);
    self.before = memory_new(self.system->quads, sizeof *self.before);
    self.after = memory_new(self.system->quads, sizeof *self.after);
    for (uint64_t which = 0; which < system_start_count(self.system); which++) {
        system_start(self.system, which, self.before);
        enter(&self, self.before);
    }
    for (uint32_t s = 0; s < self.states.count && !self.is_narrow; s++) {
        memcpy(self.before, stateset_at(&self.states, s), self.system->quads * sizeof *self.before);
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

/* How many outcomes the model claims that there are: of a number only the least and the greatest. */
static size_t claimed_outcomes(const struct outcome *outcome)
{
    if (members_are_number(outcome))
        return outcome->has_extremes ? 1 + (outcome->least < outcome->greatest) : 0;
    return outcome->row_count;
}

/* States hold what is observed at the end of registers, and of the output. */
static void mark(struct program *program, const struct outcome *outcome)
{
    const struct observation *observation = &outcome->observation;
    for (size_t p = 0; p < observation->count; p++)
        if (observation->places[p].thread >= 0)
            program->threads[observation->places[p].thread].observed |= UINT64_C(1) << observation->places[p].number;
    program->outputs = observation_has_output(observation) ? outcome->outputs : NULL;
}

static void tell(struct program *program, const struct scheduler *scheduler, const struct outcome *outcome)
{
    mark(program, outcome);
    struct machine *machine = machine_new(program, NULL, false);
    size_t states;
    while ((states = count_states(machine, scheduler)) == 0)
        ;
    machine_free(machine);
    fprintf(stderr, "states=%zu outcomes=%zu deadlock=%d failure=%d marked=%d exclusive=%d\n", states,
            claimed_outcomes(outcome), outcome->can_deadlock, outcome->can_fail, outcome->has_exclusion,
            outcome->is_exclusive);
}

/* ---- Formats ------------------------------------------------------------------------------------------------- */

static struct outcome *analyse(struct program *program, const struct scheduler *scheduler, const char *observe)
{
    struct budget budget = {0};
    struct error error = ERROR_INIT;
    struct outcome *outcome = outcome_new();
    struct analysis_options options = {.scheduler = scheduler,
                                       .budget = &budget,
                                       .questions = QUESTION_VALUES | QUESTION_WITNESS,
                                       .no_partial_order = true,
                                       .witness = WITNESS_MINIMUM};
    options.insist = options.questions;
    if (observe == NULL)
        observation_add_default(&options.observation, program);
    else if (!observation_add(&options.observation, program, observe, &error))
        give_up(&error);
    budget_start(&budget);
    if (!analysis_run(program, &options, outcome, &error))
        give_up(&error);
    outcome->model = memory_copy_string(program->name);
    outcome->observe = observation_names(&options.observation, program);
    outcome->scheduler = memory_copy_string(scheduler->kind->name);
    scheduler_describe(scheduler, &outcome->parameters, &outcome->parameter_count);
    return outcome;
}

static void write_promela(const struct program *program, const struct outcome *outcome)
{
    struct text text = TEXT_INIT;
    struct error error = ERROR_INIT;
    if (!promela_print(&text, program, outcome, &error))
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
    struct settings settings = {0};
    if (argument_count < FIRST_SETTING)
        return 2;
    for (int a = FIRST_SETTING; a < argument_count; a++)
        read_setting(&settings, arguments[a]);
    struct program *program =
        read_program(arguments[2], strtol(arguments[3], NULL, 10), strtol(arguments[4], NULL, 10), &settings);
    set_registers(program, &settings);
    struct scheduler *scheduler =
        scheduler_new(arguments[5], settings.parameters, settings.parameter_count, program->thread_count, &error);
    if (scheduler == NULL)
        give_up(&error);
    struct outcome *outcome = analyse(program, scheduler, settings.observe);
    write_format(arguments[1], program, outcome);
    if (strcmp(arguments[1], "promela") == 0)
        tell(program, scheduler, outcome);
    outcome_free(outcome);
    scheduler_free(scheduler);
    property_free_list(settings.parameters, settings.parameter_count);
    property_free_list(settings.registers, settings.register_count);
    property_free_list(settings.symbols, settings.symbol_count);
    program_free(program);
    return fflush(stdout) == 0 ? 0 : 1;
}
