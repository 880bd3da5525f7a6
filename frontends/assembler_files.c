/* A program that is made of several files is one text, with a line `.file NAME` before each. */
#include "frontends/assembler_parts.h"

#include "base/memory.h"

#include <string.h>

static const char directive[] = ".file";

/* ---- Putting together ---------------------------------------------------------------------------------------- */

/* A name is the rest of a line, so it must not have an end of line in it. */
static void print_name(const char *name, struct text *text)
{
    for (; *name != '\0'; name++)
        text_append(text, *name == '\n' || *name == '\r' ? "?" : name, 1);
}

void assembler_join(const struct assembler_file *files, size_t count, struct text *text)
{
    for (size_t f = 0; f < count; f++) {
        text_print(text, "%s ", directive);
        print_name(files[f].name, text);
        text_print(text, "\n");
        text_append(text, files[f].text, files[f].length);
        if (files[f].length > 0 && files[f].text[files[f].length - 1] != '\n')
            text_print(text, "\n");
    }
}

char *assembler_thread_name(const char *file)
{
    const char *slash = strrchr(file, '/');
    const char *base = slash != NULL && slash[1] != '\0' ? slash + 1 : file;
    size_t length = strlen(base);
    if (length > 2 && strcmp(base + length - 2, ".s") == 0)
        length -= 2;
    char *name = memory_new(length + 1, 1);
    memcpy(name, base, length);
    return name;
}

/* ---- Taking apart -------------------------------------------------------------------------------------------- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static const char *skip_blanks(const char *at, const char *end)
{
    while (at < end && is_blank(*at))
        at++;
    return at;
}

static const char *line_end(const char *at, const char *end)
{
    const char *found = memchr(at, '\n', (size_t)(end - at));
    return found != NULL ? found : end;
}

/* Returns what follows the directive on its line, or NULL where the line is another one. */
static const char *find_name(const char *line, const char *end)
{
    size_t length = sizeof directive - 1;
    const char *at = skip_blanks(line, end);
    if ((size_t)(end - at) < length || memcmp(at, directive, length) != 0)
        return NULL;
    at += length;
    return at == end || is_blank(*at) ? skip_blanks(at, end) : NULL;
}

static void add_part(struct assembler *self, const char *name, size_t length, const char *text, bool named)
{
    self->parts = memory_grow(self->parts, self->part_count, &self->part_capacity, sizeof *self->parts);
    char *copy = memory_new(length + 1, 1);
    memcpy(copy, name, length);
    self->parts[self->part_count++] = (struct part){.name = copy, .text = text, .named = named};
}

static bool start_part(struct assembler *self, const char *name, const char *end, const char *next, unsigned line)
{
    while (end > name && is_blank(end[-1]))
        end--;
    if (name == end || memchr(name, '\0', (size_t)(end - name)) != NULL) {
        const char *source = self->part_count > 0 ? self->parts[self->part_count - 1].name : self->input->source;
        error_set(self->error, source, line, 1, "expected the file's name behind '.file'");
        return false;
    }
    add_part(self, name, (size_t)(end - name), next, true);
    return true;
}

/* Closes the part that is open, at the line where the next one begins. */
static void end_part(struct assembler *self, const char *end)
{
    if (self->part_count > 0) {
        struct part *part = &self->parts[self->part_count - 1];
        part->length = (size_t)(end - part->text);
    }
}

bool assembler_split(struct assembler *self)
{
    const char *text = self->input->text, *end = text + self->input->length;
    unsigned number = 0;
    if (find_name(text, line_end(text, end)) == NULL)
        add_part(self, self->input->source, strlen(self->input->source), text, false);
    for (const char *line = text; line < end;) {
        const char *stop = line_end(line, end), *next = stop + (stop < end);
        const char *name = find_name(line, stop);
        number++;
        if (name != NULL) {
            end_part(self, line);
            if (!start_part(self, name, stop, next, number))
                return false;
            number = 0;
        }
        line = next;
    }
    end_part(self, end);
    return true;
}

bool assembler_has_files(const struct assembler *self)
{
    return self->parts[self->part_count - 1].named;
}

void assembler_enter(struct assembler *self, uint32_t file)
{
    self->file = file;
    self->source = self->parts[file].name;
    self->environment.source = self->source;
}
