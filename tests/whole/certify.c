/* certify MODEL|FILE.s THREADS ITERS [--upper] [--slice-off] [--define NAME VALUE] [--observe LIST] [--always CONDITION]...
 *         [--scheduler KIND [NAME=VALUE]...]
 *
 * Writes the certificate of a program to standard output, and its checksum to standard error: what
 * tests/whole/test_verify.sh makes its certificates with, without all that the command line of racecheck adds. Exit status
 * 3 where there is none. */
#include "analysis/certificate.h"
#include "base/memory.h"
#include "base/text.h"
#include "frontends/assembler.h"
#include "models/catalogue.h"
#include "program/predicate.h"
#include "program/program.h"
#include "report/certificate_file.h"
#include "schedulers/problem.h"
#include "schedulers/scheduler.h"

#include <stdlib.h>
#include <string.h>

struct request {
    const char *model;
    char *text;
    int64_t threads, iters;
    bool is_upper, no_slice;
    const char *observe; /* or NULL */
    const char *conditions[CERTIFICATE_CLAIMS_MAX];
    size_t condition_count;
    struct property *symbols; /* numbers */
    size_t symbol_count;
    const char *kind;
    struct property *parameters;
    size_t parameter_count;
};

static char *read_text(const char *path)
{
    struct text text = TEXT_INIT;
    char chunk[4096];
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        exit(2);
    for (size_t got; (got = fread(chunk, 1, sizeof chunk, file)) > 0;)
        text_append(&text, chunk, got);
    fclose(file);
    return text_take(&text);
}

static void add_parameter(struct request *self, const char *argument)
{
    const char *equals = strchr(argument, '=');
    char *end, *name = memory_copy_string(argument);
    if (equals == NULL)
        exit(2);
    name[equals - argument] = '\0';
    int64_t number = strtoll(equals + 1, &end, 10);
    if (*end == '\0')
        property_add_number(&self->parameters, &self->parameter_count, name, number);
    else
        property_add_text(&self->parameters, &self->parameter_count, name, equals + 1);
    memory_free(name);
}

static void add_symbol(struct request *self, const char *name, const char *value)
{
    if (name == NULL || value == NULL)
        exit(2);
    property_add_number(&self->symbols, &self->symbol_count, name, strtoll(value, NULL, 10));
}

static void read_arguments(struct request *self, char **arguments)
{
    self->kind = "free";
    for (; *arguments != NULL; arguments++) {
        if (strcmp(*arguments, "--upper") == 0) {
            self->is_upper = true;
        } else if (strcmp(*arguments, "--slice-off") == 0) {
            self->no_slice = true;
        } else if (strcmp(*arguments, "--observe") == 0 && arguments[1] != NULL) {
            self->observe = *++arguments;
        } else if (strcmp(*arguments, "--always") == 0 && arguments[1] != NULL &&
                   self->condition_count < CERTIFICATE_CLAIMS_MAX) {
            self->conditions[self->condition_count++] = *++arguments;
        } else if (strcmp(*arguments, "--scheduler") == 0 && arguments[1] != NULL) {
            self->kind = *++arguments;
        } else if (strcmp(*arguments, "--define") == 0 && arguments[1] != NULL) {
            add_symbol(self, arguments[1], arguments[2]);
            arguments += 2;
        } else {
            add_parameter(self, *arguments);
        }
    }
}

static struct program *assemble(const struct request *self, struct error *error)
{
    struct assembler_input input = {.name = self->model,
                                    .source = self->model,
                                    .text = self->text,
                                    .length = strlen(self->text),
                                    .threads = self->threads,
                                    .iters = self->iters,
                                    .symbols = self->symbols,
                                    .symbol_count = self->symbol_count};
    return assembler_read(&input, error);
}

static void print(const struct request *self, const struct certificate *certificate, const struct scheduler *scheduler)
{
    char checksum[CERTIFICATE_CHECKSUM_SIZE];
    struct property *parameters = NULL;
    size_t count = 0;
    scheduler_describe(scheduler, &parameters, &count);
    struct outcome subject = {.model = (char *)self->model,
                              .text = (char *)self->text,
                              .given_threads = self->threads,
                              .iters = self->iters,
                              .symbols = self->symbols,
                              .symbol_count = self->symbol_count,
                              .scheduler = (char *)self->kind,
                              .parameters = parameters,
                              .parameter_count = count};
    certificate_file_write(stdout, certificate, &subject, checksum);
    fprintf(stderr, "%s\n", checksum);
    property_free_list(parameters, count);
}

/* Returns the condition of that number as new, or NULL. */
static const struct predicate *read_condition(const struct request *self, const struct program *program, size_t number,
                                              struct error *error)
{
    const char *text = self->conditions[number];
    return predicate_read(&(struct predicate_context){.program = program, .scope = PREDICATE_OF_STATE}, text,
                          strlen(text), error);
}

/* Returns whether there is a certificate. */
static bool certify(const struct request *self, struct program *program, struct error *error)
{
    struct budget budget = {0};
    const struct predicate *claimed[CERTIFICATE_CLAIMS_MAX];
    struct scheduler *scheduler =
        scheduler_new(self->kind, self->parameters, self->parameter_count, program->thread_count, error);
    struct certificate_options options = {.scheduler = scheduler,
                                          .conditions = claimed,
                                          .is_upper = self->is_upper,
                                          .no_slice = self->no_slice,
                                          .budget = &budget};
    bool good = scheduler != NULL &&
                (self->observe == NULL || observation_add(&options.observation, program, self->observe, error));
    while (good && options.condition_count < self->condition_count) {
        good =
            (claimed[options.condition_count] = read_condition(self, program, options.condition_count, error)) != NULL;
        options.condition_count += good;
    }
    budget_start(&budget);
    struct certificate *certificate = good ? certificate_new(program, &options, error) : NULL;
    if (certificate != NULL)
        print(self, certificate, scheduler);
    good = certificate != NULL;
    certificate_free(certificate);
    while (options.condition_count > 0)
        predicate_free((struct predicate *)claimed[--options.condition_count]);
    scheduler_free(scheduler);
    return good && fflush(stdout) == 0;
}

static int run(const struct request *self)
{
    struct error error = ERROR_INIT;
    struct program *program = assemble(self, &error);
    bool good = program != NULL && problem_settle_memory(program, self->kind, NULL, &error) && certify(self, program, &error);
    if (!good)
        error_print(&error, "certify", stderr);
    program_free(program);
    return good ? 0 : 3;
}

int main(int count, char **arguments)
{
    if (count < 4)
        return 2;
    const struct model *model = catalogue_find(arguments[1]);
    struct request request = {.model = arguments[1], .threads = atoi(arguments[2]), .iters = atoll(arguments[3])};
    request.text = model != NULL ? memory_copy_string(model->text) : read_text(arguments[1]);
    read_arguments(&request, arguments + 4);
    int status = run(&request);
    memory_free(request.text);
    property_free_list(request.symbols, request.symbol_count);
    property_free_list(request.parameters, request.parameter_count);
    return status;
}
