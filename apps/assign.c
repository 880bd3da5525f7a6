/* racecheck assign: an assignment for a class. Options -> roster and difficulty -> versions (course/edition.h) -> a
 * folder. */
#include "apps/commands.h"
#include "apps/process.h"
#include "base/memory.h"
#include "base/text.h"
#include "course/edition.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

/* An assignment under way. */
struct assigning {
    const struct options *options;
    const volatile sig_atomic_t *interrupt;
    struct difficulty difficulty;
    struct roster roster;
    char *name;
    struct edition *edition;
};

/* ---- What is asked ---------------------------------------------------------------------------------------------- */

static bool read_difficulty(struct assigning *self, struct error *error)
{
    const struct options *options = self->options;
    struct spelling kinds = spelling_start("", 0);
    assignment_consider_kinds(&kinds);
    if (!options->has_kind)
        return error_set(error, NULL, 0, 0, "assign needs --kind%s", spelling_list(&kinds));
    self->difficulty = difficulty_of(options->kind, options->difficulty);
    for (size_t m = 0; m < options->measures.count; m++) {
        struct error inner = ERROR_INIT;
        if (!difficulty_set(&self->difficulty, options->measures.items[m], &inner))
            return error_set(error, NULL, 0, 0, "--measure: %s", inner.text);
    }
    return true;
}

static bool read_roster(struct assigning *self, struct error *error)
{
    const struct options *options = self->options;
    if ((options->roster != NULL) == (options->count > 0))
        return error_set(error, NULL, 0, 0,
                         options->roster != NULL
                             ? "--roster and --count are two ways to say who takes part (expected one of them)"
                             : "assign needs --roster FILE or --count N");
    if (options->roster != NULL)
        return roster_read(&self->roster, options->roster, error);
    roster_number(&self->roster, (size_t)options->count);
    return true;
}

/* The last part of the path is what the assignment is called. */
static bool read_name(struct assigning *self, struct error *error)
{
    const char *path = self->options->output;
    if (path == NULL || path[0] == '\0' || strcmp(path, "-") == 0)
        return error_set(error, NULL, 0, 0, "assign needs -o FOLDER, which will be made");
    size_t end = strlen(path);
    while (end > 0 && path[end - 1] == '/')
        end--;
    size_t start = end;
    while (start > 0 && path[start - 1] != '/')
        start--;
    struct text name = TEXT_INIT;
    text_append(&name, path + start, end - start);
    self->name = text_take(&name);
    return true;
}

/* Who is given no seed gets one that nobody can guess: from the seed and this program a student could make the key. */
static bool find_seed(const struct options *options, int64_t *seed, struct error *error)
{
    static const uint64_t most = (UINT64_C(1) << 53) - 1;
    uint64_t drawn = (uint64_t)options->seed;
    if (!options->has_seed && getrandom(&drawn, sizeof drawn, 0) != (ssize_t)sizeof drawn)
        return error_set(error, NULL, 0, 0, "the system gives no random seed (expected --seed)");
    *seed = (int64_t)(options->has_seed ? drawn : drawn & most);
    return true;
}

/* ---- The assignment --------------------------------------------------------------------------------------------- */

/* While the roster is read, perhaps from a pipe, an interrupt ends the program as usual. */
static bool make(struct assigning *self, struct error *error)
{
    self->interrupt = process_listen();
    struct edition_request request = {.name = self->name,
                                      .title = self->options->title,
                                      .roster = &self->roster,
                                      .difficulty = &self->difficulty,
                                      .allow_repeats = self->options->allow_repeats,
                                      .interrupt = self->interrupt};
    if (!find_seed(self->options, &request.seed, error))
        return false;
    self->edition = edition_new(&request, error);
    return self->edition != NULL && edition_write(self->edition, self->options->output, error);
}

static void tell(const struct assigning *self)
{
    const struct assignment *assignment = self->edition->assignment;
    if (self->options->quiet)
        return;
    printf("%s: %zu version%s of kind %s, %s, seed %lld, %zu different answer%s\n", assignment->name,
           self->edition->count, self->edition->count == 1 ? "" : "s", assignment_kind_name(assignment->kind),
           assignment->level, (long long)assignment->seed, edition_answers(self->edition),
           edition_answers(self->edition) == 1 ? "" : "s");
}

/* The set is complete where nobody could be told so, and stays; who has lost the drawn seed finds it there. */
static enum status finish(const struct assigning *self)
{
    errno = 0;
    if (fflush(stdout) == 0 && !ferror(stdout))
        return STATUS_OK;
    fprintf(stderr, "racecheck: standard output: cannot write everything: %s; the set is complete: %s\n",
            errno != 0 ? strerror(errno) : "an earlier write failed", self->options->output);
    return STATUS_USAGE;
}

static enum status run(struct assigning *self, struct error *error)
{
    if (self->options->operand_count > 0)
        error_set(error, NULL, 0, 0, "assign takes no operand, not '%s'", self->options->operands[0]);
    else if (read_difficulty(self, error) && read_roster(self, error) && read_name(self, error) && make(self, error)) {
        tell(self);
        return finish(self);
    }
    if (self->interrupt == NULL || *self->interrupt == 0)
        return STATUS_USAGE;
    *error = ERROR_INIT;
    error_set(error, NULL, 0, 0, "interrupted, nothing was written");
    return STATUS_INTERRUPTED;
}

enum status command_assign(const struct options *options, struct error *error)
{
    struct assigning self = {.options = options};
    enum status status = run(&self, error);
    edition_free(self.edition);
    roster_free(&self.roster);
    memory_free(self.name);
    return status;
}
