#include "apps/c_executable.h"

#include "apps/compiler.h"
#include "apps/start_gate.h"
#include "apps/workplace.h"
#include "base/memory.h"
#include "base/text.h"
#include "frontends/x86.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char label[] = "racecheck_line_";

/* What was printed is out at once: a program that is led may never come to its end. */
static const char unbuffered[] = "#include <stdio.h>\n"
                                 "__attribute__((constructor)) static void unbuffer(void)\n"
                                 "{\n"
                                 "    setvbuf(stdout, NULL, _IONBF, 0);\n"
                                 "}\n";

/* Where an instruction lies. */
struct machine_place {
    uint64_t address;
    uint32_t line;
};

struct c_executable {
    struct workplace *workplace;
    const char *path;             /* the workplace's */
    struct symbol_table *symbols; /* of one that is led */
    struct machine_place *places; /* likewise, by address */
    size_t place_count;
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

/* ---- Led --------------------------------------------------------------------------------------------------------- */

/* Whether a line is an instruction: blanks, and a word that is no directive. */
static bool is_instruction(const char *line)
{
    size_t blanks = strspn(line, " \t");
    return blanks > 0 && islower((unsigned char)line[blanks]);
}

/* Each instruction gets a label, which changes none of them. */
static char *label_lines(const char *assembly, uint32_t *line)
{
    struct text text = TEXT_INIT;
    *line = 0;
    for (const char *at = assembly; *at != '\0';) {
        size_t length = strcspn(at, "\n");
        ++*line;
        if (is_instruction(at))
            text_print(&text, "%s%" PRIu32 ":\n", label, *line);
        text_append(&text, at, length);
        text_append(&text, "\n", 1);
        at += length + (at[length] != '\0');
    }
    return text_take(&text);
}

static int compare_places(const void *a, const void *b)
{
    const struct machine_place *left = a, *right = b;
    return left->address < right->address ? -1 : left->address > right->address;
}

static void find_places(struct c_executable *self, uint32_t lines)
{
    self->places = memory_new(lines + 1, sizeof *self->places);
    for (uint32_t line = 1; line <= lines; line++) {
        struct elf_symbol symbol;
        char *name = text_format("%s%" PRIu32, label, line);
        if (symbol_table_find(self->symbols, name, &symbol))
            self->places[self->place_count++] = (struct machine_place){symbol.address, line};
        memory_free(name);
    }
    qsort(self->places, self->place_count, sizeof *self->places, compare_places);
}

static bool build_led(struct c_executable *self, const struct program *program, const char *command, const char *path,
                      struct error *error)
{
    uint32_t lines;
    char *start_name = text_format("start%s", strrchr(path, '.')),
         *text = label_lines(x86_assembly(program->text), &lines);
    const char *start = workplace_file(self->workplace, start_name),
               *assembly = workplace_file(self->workplace, "program.s");
    self->path = workplace_file(self->workplace, "program");
    const char *const arguments[] = {"-w", start, assembly, "-no-pie", "-o", self->path, "-pthread", NULL};
    bool is_good = write_file(start, unbuffered, error) && write_file(assembly, text, error) &&
                   compiler_run(command != NULL ? command : compiler_default(path), arguments, path, assembly, error);
    if (is_good)
        self->symbols = symbol_table_read(self->path, error);
    if (self->symbols != NULL)
        find_places(self, lines);
    memory_free(start_name);
    memory_free(text);
    return self->symbols != NULL;
}

/* ---- Both -------------------------------------------------------------------------------------------------------- */

typedef bool builder(struct c_executable *self, const struct program *program, const char *command, const char *path,
                     struct error *error);

static struct c_executable *make(builder *build_it, const struct program *program, const char *command,
                                 const char *path, struct error *error)
{
    struct c_executable *self = memory_new(1, sizeof *self);
    self->workplace = workplace_new(error);
    if (self->workplace != NULL && build_it(self, program, command, path, error))
        return self;
    c_executable_free(self);
    return NULL;
}

struct c_executable *c_executable_new(const struct program *program, const char *command, const char *path,
                                      struct error *error)
{
    return make(build, program, command, path, error);
}

struct c_executable *c_executable_new_led(const struct program *program, const char *command, const char *path,
                                          struct error *error)
{
    return make(build_led, program, command, path, error);
}

uint32_t c_executable_line(const struct c_executable *self, uint64_t address)
{
    struct machine_place wanted = {.address = address};
    const struct machine_place *found =
        self->place_count > 0 ? bsearch(&wanted, self->places, self->place_count, sizeof *self->places, compare_places)
                              : NULL;
    return found != NULL ? found->line : 0;
}

bool c_executable_is_within(const struct c_executable *self, uint64_t address)
{
    return self->place_count > 0 && address >= self->places[0].address &&
           address <= self->places[self->place_count - 1].address;
}

bool c_executable_symbol(const struct c_executable *self, const char *name, struct elf_symbol *symbol)
{
    return symbol_table_find(self->symbols, name, symbol);
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
    symbol_table_free(self->symbols);
    memory_free(self->places);
    memory_free(self);
}
