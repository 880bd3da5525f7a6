#include "apps/c_file.h"

#include "apps/compiler.h"
#include "apps/source.h"
#include "apps/workplace.h"
#include "base/memory.h"
#include "frontends/x86.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

bool c_file_is(const char *path)
{
    size_t length = strlen(path);
    return (length > 2 && strcmp(path + length - 2, ".c") == 0) || compiler_is_for_cxx(path);
}

/* "# 12 "other.c"", "#line 12": what follows is said to come from elsewhere, as in a file that was preprocessed. */
static bool is_line_marker(const char *line)
{
    line += strspn(line, " \t");
    if (*line != '#')
        return false;
    line += 1 + strspn(line + 1, " \t");
    return isdigit((unsigned char)*line) || strncmp(line, "line", 4) == 0;
}

/* Lines are told as the person sees them: a copy is made without such lines, where there are some. */
static bool copy_without_markers(const struct text *source, const char *copy, bool *is_needed, struct error *error)
{
    struct text text = TEXT_INIT;
    *is_needed = false;
    for (const char *at = text_string(source); *at != '\0';) {
        size_t length = strcspn(at, "\n");
        bool is_marker = is_line_marker(at);
        *is_needed |= is_marker;
        text_append(&text, at, is_marker ? 0 : length);
        text_append(&text, "\n", at[length] != '\0');
        at += length + (at[length] != '\0');
    }
    FILE *stream = *is_needed ? fopen(copy, "w") : NULL;
    bool is_good = !*is_needed || (stream != NULL && fwrite(text_string(&text), 1, text.length, stream) == text.length);
    if (stream != NULL)
        is_good = fclose(stream) == 0 && is_good;
    text_free(&text);
    return is_good || error_set(error, copy, 0, 0, "cannot write: %s", strerror(errno));
}

/* Has the assembly of a program written, and reads it. */
static bool compile_in(struct workplace *workplace, const char *command, const char *path, const struct text *source,
                       struct text *assembly, struct error *error)
{
    char *name = text_format("program%s", strrchr(path, '.'));
    const char *output = workplace_file(workplace, "program.s"), *copy = workplace_file(workplace, name);
    bool is_copied;
    memory_free(name);
    if (!copy_without_markers(source, copy, &is_copied, error))
        return false;
    const char *input = is_copied ? copy : path;
    return compiler_run(command, (const char *const[]){"-g", "-S", "-o", output, input, NULL}, path, input, error) &&
           source_read(output, "assembly", assembly, error);
}

bool c_file_compile(const char *command, const char *path, struct text *text, struct error *error)
{
    struct text source = TEXT_INIT, assembly = TEXT_INIT;
    struct workplace *workplace = source_read(path, "a program", &source, error) ? workplace_new(error) : NULL;
    if (command == NULL)
        command = compiler_default(path);
    bool is_good = workplace != NULL && compile_in(workplace, command, path, &source, &assembly, error);
    workplace_free(workplace);
    if (is_good)
        x86_write_text(text, &(struct x86_origin){path, command, text_string(&source), source.length},
                       text_string(&assembly), assembly.length);
    text_free(&source);
    text_free(&assembly);
    return is_good;
}

bool c_file_read_assembly(const char *path, struct text *text, struct error *error)
{
    struct text assembly = TEXT_INIT;
    bool is_good = source_read(path, "a program", &assembly, error);
    if (is_good)
        x86_write_text(text, &(struct x86_origin){.file = source_name(path)}, text_string(&assembly), assembly.length);
    text_free(&assembly);
    return is_good;
}
