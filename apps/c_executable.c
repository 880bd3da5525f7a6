#include "apps/c_executable.h"

#include "apps/compiler.h"
#include "apps/start_gate.h"
#include "apps/workplace.h"
#include "base/memory.h"
#include "base/text.h"
#include "frontends/x86.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct c_executable {
    struct workplace *workplace;
    const char *path; /* the workplace's */
};

bool c_executable_is_possible(const struct program *program)
{
    return x86_is(program->text, strlen(program->text)) && x86_is_of_c(program->text);
}

static bool write_file(const char *path, const char *text, struct error *error)
{
    FILE *stream = fopen(path, "w");
    bool is_good = stream != NULL && fputs(text, stream) >= 0;
    if (stream != NULL)
        is_good = fclose(stream) == 0 && is_good;
    return is_good || error_set(error, path, 0, 0, "cannot write: %s", strerror(errno));
}

/* The gate is in the language of the program: one compiler, with options that may be for that language alone, compiles both. */
static bool build(struct c_executable *self, const struct program *program, const char *command, const char *path,
                  struct error *error)
{
    char *gate_name = text_format("gate%s", strrchr(path, '.')),
         *threads = text_format("-DRACECHECK_THREADS=%zu", program->thread_count - 1);
    const char *gate = workplace_file(self->workplace, gate_name),
               *assembly = workplace_file(self->workplace, "program.s");
    self->path = workplace_file(self->workplace, "program");
    const char *const arguments[] = {"-w", threads, gate, assembly, "-o", self->path, "-ldl", "-pthread", NULL};
    bool is_good = write_file(gate, start_gate, error) && write_file(assembly, x86_assembly(program->text), error) &&
                   compiler_run(command != NULL ? command : compiler_default(path), arguments, path, assembly, error);
    memory_free(gate_name);
    memory_free(threads);
    return is_good;
}

struct c_executable *c_executable_new(const struct program *program, const char *command, const char *path,
                                      struct error *error)
{
    struct c_executable *self = memory_new(1, sizeof *self);
    self->workplace = workplace_new(error);
    if (self->workplace != NULL && build(self, program, command, path, error))
        return self;
    c_executable_free(self);
    return NULL;
}

const char *c_executable_path(const struct c_executable *self)
{
    return self->path;
}

void c_executable_free(struct c_executable *self)
{
    if (self == NULL)
        return;
    workplace_free(self->workplace);
    memory_free(self);
}
