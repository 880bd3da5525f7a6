#include "apps/c_file.h"

#include "apps/source.h"
#include "base/memory.h"
#include "base/process_pool.h"
#include "base/scope.h"
#include "frontends/x86.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SECONDS_MAX = 30, BYTES_MAX = 16 << 20, NOT_RUN = 127, WORDS_MAX = 64 };

static const char default_command[] = "gcc -O0";

bool c_file_is(const char *path)
{
    static const char *const endings[] = {".c", ".cpp", ".cc", ".cxx", NULL};
    size_t length = strlen(path);
    for (size_t e = 0; endings[e] != NULL; e++)
        if (length > strlen(endings[e]) && strcmp(path + length - strlen(endings[e]), endings[e]) == 0)
            return true;
    return false;
}

/* ---- The command ------------------------------------------------------------------------------------------------- */

/* A command's words, as a shell would split it: blanks separate them, quotation marks and backslashes keep blanks. */
struct words {
    char *items[WORDS_MAX + 8];
    size_t count;
};

static bool split(const char *command, struct words *words, struct error *error)
{
    struct text word = TEXT_INIT;
    bool is_open = false;
    char quote = '\0';
    for (const char *at = command;; at++) {
        bool is_end = *at == '\0' || (quote == '\0' && isspace((unsigned char)*at));
        if (is_end && is_open) {
            if (words->count == WORDS_MAX) {
                text_free(&word);
                return error_set(error, NULL, 0, 0, "--cc: more than %d words", WORDS_MAX);
            }
            text_append(&word, "", 0);
            words->items[words->count++] = memory_copy_string(text_string(&word));
            text_cut(&word, 0);
            is_open = false;
        }
        if (*at == '\0')
            break;
        if (is_end)
            continue;
        is_open = true;
        if (quote == '\0' && (*at == '\'' || *at == '"'))
            quote = *at;
        else if (*at == quote)
            quote = '\0';
        else {
            at += *at == '\\' && quote != '\'' && at[1] != '\0';
            text_append(&word, at, 1);
        }
    }
    text_free(&word);
    if (quote != '\0')
        return error_set(error, NULL, 0, 0, "--cc: a quotation mark is not closed: %s", command);
    return words->count > 0 ||
           error_set(error, NULL, 0, 0, "--cc: there is no command (expected a compiler, as in 'gcc -O2')");
}

static void add(struct words *words, const char *word)
{
    words->items[words->count++] = memory_copy_string(word);
}

static void free_words(struct words *words)
{
    for (size_t w = 0; w < words->count; w++)
        memory_free(words->items[w]);
}

/* ---- Running it -------------------------------------------------------------------------------------------------- */

struct run {
    struct words words;
    const struct process_pool *pool;
    const char *path;  /* as the person has named it */
    const char *input; /* what is compiled: that, or a copy */
    struct error *error;
};

static int execute(void *context, size_t job, int input)
{
    struct run *run = context;
    (void)job;
    (void)input;
    setenv("LC_ALL", "C", 1);
    execvp(run->words.items[0], run->words.items);
    fprintf(stderr, "%s\n", strerror(errno));
    return NOT_RUN;
}

/* "counter.c:9:5: error: ..." of what a compiler says becomes the place and the words of an error. */
static bool take_message(struct run *run, const char *message)
{
    static const char *const marks[] = {" fatal error: ", " error: ", NULL};
    size_t length = strcspn(message, "\n");
    char *line = text_format("%.*s", (int)(length < 500 ? length : 500), message);
    bool is_taken = false;
    for (size_t m = 0; marks[m] != NULL && !is_taken; m++) {
        char *words = strstr(line, marks[m]);
        if (words == NULL)
            continue;
        unsigned place[2] = {0, 0};
        size_t prefix = strlen(run->input);
        bool has_place = strncmp(line, run->input, prefix) == 0 && line[prefix] == ':' &&
                         sscanf(line + prefix, ":%u:%u", &place[0], &place[1]) >= 1;
        error_set(run->error, has_place ? run->path : NULL, place[0], place[1], "%s", words + strlen(marks[m]));
        is_taken = true;
    }
    memory_free(line);
    return is_taken;
}

static void receive(void *context, size_t job, const struct process_report *report)
{
    struct run *run = context;
    (void)job;
    if (report->end == PROCESS_DONE && report->status == 0)
        return;
    if (report->status == NOT_RUN) {
        error_set(run->error, NULL, 0, 0, "cannot run '%s' to compile %s: %.*s (expected a C compiler: --cc)",
                  run->words.items[0], run->path, (int)strcspn(report->messages, "\n"), report->messages);
        return;
    }
    if (report->end != PROCESS_DONE) {
        char *words = process_pool_explain(run->pool, report);
        error_set(run->error, run->path, 0, 0, "'%s' does not compile it: %s", run->words.items[0], words);
        memory_free(words);
        return;
    }
    const char *at = report->messages;
    while (at != NULL && *at != '\0' && !take_message(run, at)) {
        at = strchr(at, '\n');
        at = at != NULL ? at + 1 : NULL;
    }
    error_set(run->error, run->path, 0, 0, "'%s' does not compile it: %.*s", run->words.items[0],
              (int)(report->messages[0] != '\0' ? strcspn(report->messages, "\n") : 0), report->messages);
}

/* Has the assembly written to a file. */
static bool run_compiler(const char *command, const char *path, const char *input, const char *output,
                         struct error *error)
{
    struct run run = {.path = path, .input = input, .error = error};
    struct process_pool pool = {.job_count = 1,
                                .at_once = 1,
                                .is_limited = true,
                                .sandbox = {.seconds = SECONDS_MAX},
                                .output_max = BYTES_MAX,
                                .task = execute,
                                .receive = receive,
                                .context = &run};
    run.pool = &pool;
    if (split(command, &run.words, error)) {
        static const char *const rest[] = {"-g", "-S", "-o", NULL};
        for (size_t r = 0; rest[r] != NULL; r++)
            add(&run.words, rest[r]);
        add(&run.words, output);
        add(&run.words, input);
        process_pool_run(&pool);
    }
    free_words(&run.words);
    return !error->set;
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

/* What a compiler reads and writes, in a folder that goes with it, whatever ends the process. */
struct workplace {
    struct scope_cleanup cleanup; /* the first member, see clear() */
    char *folder, *output, *copy;
};

static void clear(struct scope_cleanup *cleanup)
{
    struct workplace *self = (struct workplace *)cleanup;
    unlink(self->output);
    unlink(self->copy);
    rmdir(self->folder);
}

static bool make_workplace(struct workplace *self, const char *path, struct error *error)
{
    const char *place = getenv("TMPDIR");
    self->cleanup.run = clear;
    self->folder = text_format("%s/racecheck-XXXXXX", place != NULL && place[0] == '/' ? place : "/tmp");
    if (mkdtemp(self->folder) == NULL)
        return error_set(error, self->folder, 0, 0, "cannot make a folder for the compiler: %s", strerror(errno));
    self->output = text_format("%s/program.s", self->folder);
    self->copy = text_format("%s/program%s", self->folder, strrchr(path, '.'));
    scope_defer(&self->cleanup);
    return true;
}

static void leave_workplace(struct workplace *self)
{
    if (self->copy != NULL) {
        scope_settle(&self->cleanup);
        clear(&self->cleanup);
    }
    memory_free(self->folder);
    memory_free(self->output);
    memory_free(self->copy);
    memory_free(self);
}

static bool compile_in(const struct workplace *workplace, const char *command, const char *path,
                       const struct text *source, struct text *assembly, struct error *error)
{
    bool is_copied;
    return copy_without_markers(source, workplace->copy, &is_copied, error) &&
           run_compiler(command, path, is_copied ? workplace->copy : path, workplace->output, error) &&
           source_read(workplace->output, "assembly", assembly, error);
}

bool c_file_compile(const char *command, const char *path, struct text *text, struct error *error)
{
    struct workplace *workplace =
        memory_new(1, sizeof *workplace); /* not on the stack, which is gone where memory runs out */
    struct text source = TEXT_INIT, assembly = TEXT_INIT;
    if (command == NULL)
        command = default_command;
    bool is_good = source_read(path, "a program", &source, error) && make_workplace(workplace, path, error) &&
                   compile_in(workplace, command, path, &source, &assembly, error);
    leave_workplace(workplace);
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
