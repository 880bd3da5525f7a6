#include "apps/axis.h"

#include "base/memory.h"
#include "base/number.h"
#include "base/text.h"
#include "schedulers/scheduler.h"

#include <inttypes.h>
#include <string.h>

const char axis_python[] = "python", axis_cc[] = "cc", axis_cxx[] = "cxx", axis_memory[] = "memory";

/* A part of a range: first, first + step, ..., at most last. */
struct stretch {
    int64_t first;
    int64_t last;
    int64_t step; /* at least 1 */
};

/* Cuts a text at the next "..", and returns what is behind it, or NULL. */
static char *cut(char *text)
{
    char *dots = text != NULL ? strstr(text, "..") : NULL;
    if (dots == NULL)
        return NULL;
    *dots = '\0';
    return dots + strlen("..");
}

/* Reads "5", "1..30" or "1..30..3"; the text is cut to pieces. */
static bool read_stretch(char *text, struct stretch *stretch)
{
    char *last = cut(text), *step = cut(last);
    *stretch = (struct stretch){.step = 1};
    if (!number_read(text, &stretch->first))
        return false;
    stretch->last = stretch->first;
    return (last == NULL || number_read(last, &stretch->last)) && (step == NULL || number_read(step, &stretch->step)) &&
           stretch->step >= 1 && stretch->first <= stretch->last;
}

static bool add_stretch(struct axis *self, const struct stretch *stretch, struct error *error)
{
    uint64_t steps = ((uint64_t)stretch->last - (uint64_t)stretch->first) / (uint64_t)stretch->step;
    if (steps >= AXIS_VALUES_MAX - self->count)
        return error_set(error, NULL, 0, 0, "%s has too many values (expected at most %d points)", self->name,
                         AXIS_VALUES_MAX);
    self->values = memory_resize(self->values, self->count + (size_t)steps + 1, sizeof *self->values);
    for (uint64_t s = 0; s <= steps; s++)
        self->values[self->count++] = (int64_t)((uint64_t)stretch->first + s * (uint64_t)stretch->step);
    return true;
}

static bool add_word(struct axis *self, const char *word, struct error *error)
{
    if (*word == '\0' || self->count == AXIS_VALUES_MAX)
        return error_set(error, NULL, 0, 0, "%s: an empty name, or too many (expected %s with commas between them)",
                         self->name, strcmp(self->name, axis_python) == 0 ? "interpreters" : "compilers");
    self->words = memory_resize(self->words, self->count + 1, sizeof *self->words);
    self->words[self->count] = memory_copy_string(word);
    self->values = memory_resize(self->values, self->count + 1, sizeof *self->values);
    self->values[self->count] = (int64_t)self->count;
    self->count++;
    return true;
}

static bool add_model(struct axis *self, const char *word, struct error *error)
{
    if (strcmp(word, "sc") != 0 && strcmp(word, "tso") != 0)
        return error_set(error, NULL, 0, 0,
                         "%s: '%s' is no memory model (expected sc, tso, or both with a comma between)", self->name,
                         word);
    return add_word(self, word, error);
}

bool axis_parse(struct axis *self, const char *text, struct error *error)
{
    const char *range = strchr(text, '=') + 1;
    *self = (struct axis){.name = memory_copy_string(text)};
    self->name[range - 1 - text] = '\0';
    char *list = memory_copy_string(range), *rest = list, *part;
    bool is_memory = strcmp(self->name, axis_memory) == 0, good = true;
    bool has_words = is_memory || strcmp(self->name, axis_python) == 0 || strcmp(self->name, axis_cc) == 0 ||
                     strcmp(self->name, axis_cxx) == 0;
    while (has_words && good && (part = strsep(&rest, ",")) != NULL)
        good = is_memory ? add_model(self, part, error) : add_word(self, part, error);
    while (good && (part = strsep(&rest, ",")) != NULL) {
        struct stretch stretch;
        good = read_stretch(part, &stretch)
                   ? add_stretch(self, &stretch, error)
                   : error_set(error, NULL, 0, 0, "'%s' is not a range (expected 1..30, 1..30..3 or 1,2,5)", text);
    }
    memory_free(list);
    return good;
}

void axis_free(struct axis *self)
{
    for (size_t w = 0; self->words != NULL && w < self->count; w++)
        memory_free(self->words[w]);
    memory_free(self->words);
    memory_free(self->name);
    memory_free(self->values);
    *self = (struct axis){0};
}

static const char *const swept_options[] = {"threads", "iters", "check-interval", "memory", "python", "cc",
                                            "cxx",     NULL};

static bool is_option(const char *name)
{
    for (const char *const *option = swept_options; *option != NULL; option++)
        if (strcmp(*option, name) == 0)
            return true;
    return scheduler_is_parameter(name);
}

bool axis_is(const char *operand)
{
    struct text name = TEXT_INIT;
    text_append(&name, operand, strcspn(operand, "="));
    bool is_axis = options_is_assignment(operand) || (strchr(operand, '=') != NULL && is_option(text_string(&name)));
    text_free(&name);
    return is_axis;
}

bool axis_is_option(const struct axis *self)
{
    return is_option(self->name);
}

void axis_consider_options(struct spelling *spelling)
{
    for (const char *const *option = swept_options; *option != NULL; option++)
        spelling_consider(spelling, *option);
    for (const struct scheduler_kind *const *kind = scheduler_kinds(); *kind != NULL; kind++)
        for (const struct scheduler_parameter *parameter = (*kind)->parameters; parameter->name != NULL; parameter++)
            spelling_consider(spelling, parameter->name);
}

/* An interpreter compiles the program; a dump has it, in the place of the file or the model. */
static bool apply_python(const char *word, struct options *options, struct error *error)
{
    size_t length = strlen(word);
    bool is_dump = length > 5 && strcmp(word + length - 5, ".json") == 0;
    if (is_dump) {
        options->operand_count = 0;
        options->model = NULL;
    }
    return options_set(options, is_dump ? "bytecode" : axis_python, word, error);
}

bool axis_apply(const struct axis *self, size_t position, struct options *options, struct error *error)
{
    if (self->words != NULL && strcmp(self->name, axis_python) != 0)
        return options_set(options, self->name, self->words[position], error);
    if (self->words != NULL)
        return apply_python(self->words[position], options, error);
    struct text argument = TEXT_INIT;
    bool is_option = axis_is_option(self);
    if (!is_option)
        text_print(&argument, "%s=", self->name);
    text_print(&argument, "%" PRId64, self->values[position]);
    bool good = options_set(options, is_option ? self->name : "define", text_string(&argument), error);
    text_free(&argument);
    return good;
}
