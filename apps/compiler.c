#include "apps/compiler.h"

#include "base/memory.h"
#include "base/process_pool.h"
#include "base/text.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SECONDS_MAX = 30, BYTES_MAX = 16 << 20, NOT_RUN = 127, WORDS_MAX = 64 };

bool compiler_is_for_cxx(const char *path)
{
    static const char *const endings[] = {".cpp", ".cc", ".cxx", ".C"};
    const char *dot = strrchr(path, '.');
    bool is_one = false;
    for (size_t e = 0; e < sizeof endings / sizeof *endings; e++)
        is_one |= dot != NULL && dot != path && strcmp(dot, endings[e]) == 0;
    return is_one;
}

const char *compiler_default(const char *path)
{
    return compiler_is_for_cxx(path) ? "g++ -O0" : "gcc -O0";
}

static const char *option_of(const char *path)
{
    return compiler_is_for_cxx(path) ? "cxx" : "cc";
}

/* ---- The command ------------------------------------------------------------------------------------------------- */

/* A command's words, as a shell would split it: blanks separate them, quotation marks and backslashes keep blanks. */
struct words {
    char *items[WORDS_MAX + COMPILER_ARGUMENTS_MAX + 1];
    size_t count;
};

static bool split(const char *command, const char *option, struct words *words, struct error *error)
{
    struct text word = TEXT_INIT;
    bool is_open = false;
    char quote = '\0';
    for (const char *at = command;; at++) {
        bool is_end = *at == '\0' || (quote == '\0' && isspace((unsigned char)*at));
        if (is_end && is_open) {
            if (words->count == WORDS_MAX) {
                text_free(&word);
                return error_set(error, NULL, 0, 0, "--%s: more than %d words", option, WORDS_MAX);
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
        return error_set(error, NULL, 0, 0, "--%s: a quotation mark is not closed: %s", option, command);
    return words->count > 0 ||
           error_set(error, NULL, 0, 0, "--%s: there is no command (expected a compiler, as in '%s -O2')", option,
                     strcmp(option, "cc") == 0 ? "gcc" : "g++");
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
        error_set(run->error, NULL, 0, 0, "cannot run '%s' to compile %s: %.*s (expected a compiler: --%s)",
                  run->words.items[0], run->path, (int)strcspn(report->messages, "\n"), report->messages,
                  option_of(run->path));
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

bool compiler_run(const char *command, const char *const *arguments, const char *path, const char *input,
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
    if (split(command, option_of(path), &run.words, error)) {
        for (size_t a = 0; arguments[a] != NULL; a++) {
            assert(a < COMPILER_ARGUMENTS_MAX);
            add(&run.words, arguments[a]);
        }
        process_pool_run(&pool);
    }
    free_words(&run.words);
    return !error->set;
}
