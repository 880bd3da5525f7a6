#include "apps/python_file.h"

#include "apps/interpreter.h"
#include "frontends/python.h"
#include "frontends/python_dump.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SECONDS_MAX = 20 };

bool python_file_is(const char *path)
{
    size_t length = strlen(path);
    return length > 3 && strcmp(path + length - 3, ".py") == 0;
}

static bool open_file(const char *path, int *input, struct error *error)
{
    struct stat status;
    *input = open(path, O_RDONLY | O_CLOEXEC);
    if (*input < 0)
        return error_set(error, path, 0, 0, "cannot open: %s", strerror(errno));
    if (fstat(*input, &status) == 0 && S_ISREG(status.st_mode))
        return true;
    close(*input);
    return error_set(error, path, 0, 0, "is no file (expected a program)");
}

/* What the interpreter finds wrong with the program is left to whoever reads it; what is wrong with its answer is not told as a place
 * in the program, which the person has written. */
static bool check_answer(const char *interpreter, const char *path, const struct text *dump, struct error *error)
{
    static const char answer[] = "(answer)";
    struct error reason = ERROR_INIT;
    const char *text = text_string(dump);
    if (!python_dump_is(text, dump->length))
        return error_set(error, NULL, 0, 0, "'%s' does not answer as a Python interpreter (expected one: --python)",
                         interpreter);
    python_dump_free(python_dump_read(text, dump->length, answer, &reason));
    return !reason.set || strcmp(reason.source, answer) != 0 ||
           error_set(error, path, 0, 0, "cannot read what '%s' has made of it: %s", interpreter, reason.text);
}

/* The descriptor is taken. */
static bool compile(const char *interpreter, const char *path, int input, struct text *dump, struct error *error)
{
    struct text purpose = TEXT_INIT;
    text_print(&purpose, "to compile %s", path);
    struct interpreter run = {interpreter, python_helper, path, text_string(&purpose), SECONDS_MAX};
    bool is_run = interpreter_run(&run, input, dump, NULL, error);
    text_free(&purpose);
    return is_run && check_answer(interpreter, path, dump, error);
}

bool python_file_dump(const char *interpreter, const char *path, struct text *dump, struct error *error)
{
    int input;
    return open_file(path, &input, error) && compile(interpreter, path, input, dump, error);
}

bool python_text_dump(const char *interpreter, const char *path, const char *source, size_t length, struct text *dump,
                      struct error *error)
{
    int input = interpreter_input(source, length, error);
    return input >= 0 && compile(interpreter, path, input, dump, error);
}
