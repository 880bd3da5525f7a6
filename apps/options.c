#include "apps/options.h"

#include "apps/option_table.h"
#include "base/memory.h"
#include "base/spelling.h"
#include "base/text.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LONG_OPTION = 256 }; /* what getopt_long() returns for the row at position 0; letters are less */

/* ---- Arguments ------------------------------------------------------------------------------------------------- */

bool options_read_integer(const char *argument, int64_t least, int64_t greatest, int64_t *result, struct error *error)
{
    char *end;
    errno = 0;
    long long value = strtoll(argument, &end, 10);
    if (argument[0] == '\0' || isspace((unsigned char)argument[0]) || *end != '\0')
        return error_set(error, NULL, 0, 0, "'%s' is not a number (expected a whole number)", argument);
    if (errno == ERANGE || value < least || value > greatest)
        return error_set(error, NULL, 0, 0, "%s is out of range (expected %lld to %lld)", argument, (long long)least,
                         (long long)greatest);
    *result = value;
    return true;
}

bool options_is_assignment(const char *text)
{
    size_t length = 0;
    while (isalnum((unsigned char)text[length]) || text[length] == '_')
        length++;
    return length > 0 && text[length] == '=' && !isdigit((unsigned char)text[0]);
}

/* ---- Parsing --------------------------------------------------------------------------------------------------- */

const char *options_command_name(enum command command)
{
    static const char *const names[COMMAND_COUNT] = {"check",  "sweep",   "report", "export", "verify",
                                                     "replay", "measure", "sample", "models", "assign", "grade"};
    return names[command];
}

static void make_tables(enum command command, struct option *longs, char *shorts)
{
    const struct option_row *row;
    size_t count = 0;
    *shorts++ = ':';
    for (int r = 0; (row = option_table_at((size_t)r)) != NULL; r++) {
        if (row->name == NULL || !option_row_is_for(row, command))
            continue;
        longs[count++] =
            (struct option){row->name, row->argument != NULL ? required_argument : no_argument, NULL, LONG_OPTION + r};
        if (row->letter == 0)
            continue;
        *shorts++ = row->letter;
        if (row->argument != NULL)
            *shorts++ = ':';
    }
    longs[count] = (struct option){0};
    *shorts = '\0';
}

/* The row of a name, or of a letter where the name is NULL. */
static const struct option_row *find_row(const char *name, int letter, enum command command)
{
    const struct option_row *row;
    for (size_t r = 0; (row = option_table_at(r)) != NULL; r++)
        if (option_row_is_for(row, command) && row->name != NULL &&
            (name != NULL ? strcmp(row->name, name) == 0 : row->letter != 0 && row->letter == letter))
            break;
    return row;
}

/* ---- What is wrong with an option --------------------------------------------------------------------------- */

/* "--iters is no option of 'replay', but of 'check', 'sweep', 'report' and 'export'"; false where it is nobody's. */
static bool blame_command(const char *name, enum command command, struct error *error)
{
    struct text others = TEXT_INIT;
    for (int c = 0; c < COMMAND_COUNT; c++)
        if (find_row(name, 0, (enum command)c) != NULL)
            text_print(&others, "%s'%s'", others.length > 0 ? ", " : "", options_command_name((enum command)c));
    bool is_found = others.length > 0;
    if (is_found)
        error_set(error, NULL, 0, 0, "--%s is an option of %s, not of '%s' (see 'racecheck %s --help')", name,
                  text_string(&others), options_command_name(command), options_command_name(command));
    text_free(&others);
    return is_found;
}

/* "--wit may be --witness or --witnesses"; false where it is not the beginning of several. */
static bool blame_beginning(const char *name, enum command command, struct error *error)
{
    struct spelling beginnings = spelling_start(name, strlen(name));
    const struct option_row *row;
    beginnings.before = "--";
    for (size_t r = 0; (row = option_table_at(r)) != NULL; r++)
        if (row->name != NULL && option_row_is_for(row, command) && strncmp(row->name, name, strlen(name)) == 0)
            spelling_consider(&beginnings, row->name);
    return beginnings.count > 1 && !error_set(error, NULL, 0, 0, "--%s is the beginning of %zu options%s", name,
                                              beginnings.count, spelling_list(&beginnings));
}

/* A long option that getopt_long() could not use. */
static void report_long(const char *name, enum command command, struct error *error)
{
    struct spelling spelling = spelling_start(name, strlen(name));
    const struct option_row *row;
    spelling.before = "--";
    for (size_t r = 0; (row = option_table_at(r)) != NULL; r++)
        if (row->name != NULL && option_row_is_for(row, command))
            spelling_consider(&spelling, row->name);
    if (find_row(name, 0, command) != NULL)
        error_set(error, NULL, 0, 0, "--%s takes no argument", name);
    else if (!blame_command(name, command, error) && !blame_beginning(name, command, error))
        error_set(error, NULL, 0, 0, "--%s is no option of '%s'%s (see 'racecheck %s --help')", name,
                  options_command_name(command), spelling_hint(&spelling), options_command_name(command));
}

/* What getopt_long() could not use: a letter, which it names, or the word that it has just passed. */
static void report_unusable(int code, const char *argument, enum command command, struct error *error)
{
    char letter[] = {'-', (char)optopt, '\0'};
    bool is_letter = optopt > 0 && optopt < LONG_OPTION;
    if (code == ':') {
        error_set(error, NULL, 0, 0, "%s needs an argument (see 'racecheck %s --help')", is_letter ? letter : argument,
                  options_command_name(command));
    } else if (is_letter) {
        error_set(error, NULL, 0, 0, "%s is no option of '%s' (see 'racecheck %s --help')", letter,
                  options_command_name(command), options_command_name(command));
    } else {
        char *name = memory_copy_string(argument + strspn(argument, "-"));
        name[strcspn(name, "=")] = '\0';
        report_long(name, command, error);
        memory_free(name);
    }
}

/* "-timeout" is read as -t with "imeout" behind it. */
static bool has_one_dash(const char *word, enum command command)
{
    return word[0] == '-' && word[1] != '-' && word[1] != '\0' && word[2] != '\0' &&
           find_row(word + 1, 0, command) != NULL;
}

static bool report_one_dash(const char *word, struct error *error)
{
    return error_set(error, NULL, 0, 0, "%s is written with two hyphens: -%s", word, word);
}

/* ---- Parsing, on --------------------------------------------------------------------------------------------- */

static bool read_row(struct options *self, const struct option_row *row, const char *argument, struct error *error)
{
    struct error inner = ERROR_INIT;
    if (row->read(self, row, argument, &inner))
        return true;
    return error_set(error, NULL, 0, 0, "--%s: %s", row->name, inner.text);
}

static bool add_operand(struct options *self, const char *operand, struct error *error)
{
    if (self->operand_count == OPTIONS_LIST_MAX)
        return error_set(error, NULL, 0, 0, "more than %d operands are given", OPTIONS_LIST_MAX);
    self->operands[self->operand_count++] = operand;
    return true;
}

/* Of an option that a word may follow: whether it does. What is no file and nearly such a word is one that was mistyped. */
static bool take_word(const struct option_row *row, const char *word, bool *has_word, struct error *error)
{
    *has_word = row->argument == NULL && word != NULL && option_row_takes(row, word);
    if (*has_word || row->argument != NULL || row->words == NULL || word == NULL || word[0] == '-' ||
        access(word, F_OK) == 0)
        return true;
    struct spelling spelling = spelling_start(word, strlen(word));
    for (const struct option_word *known = row->words; known->word != NULL; known++)
        spelling_consider(&spelling, known->word);
    const char *hint = spelling_hint(&spelling);
    return hint[0] == '\0' || error_set(error, NULL, 0, 0, "--%s: there is no file '%s'%s", row->name, word, hint);
}

static bool parse_all(struct options *self, int argc, char **argv, struct error *error)
{
    struct option longs[OPTION_ROWS_MAX + 1];
    char shorts[2 * OPTION_ROWS_MAX + 2];
    make_tables(self->command, longs, shorts);
    opterr = 0;
    optind = 0; /* begin anew, even where an earlier command line was left in the middle of a word */
    for (;;) {
        int code = getopt_long(argc, argv, shorts, longs, NULL);
        if (code == -1)
            break;
        const char *word = argv[optind > 1 ? optind - 1 : 1];
        if (code < LONG_OPTION && has_one_dash(word, self->command))
            return report_one_dash(word, error);
        if (code == '?' || code == ':') {
            report_unusable(code, word, self->command, error);
            return false;
        }
        const struct option_row *row =
            code >= LONG_OPTION ? option_table_at((size_t)(code - LONG_OPTION)) : find_row(NULL, code, self->command);
        bool has_word;
        if (!take_word(row, optind < argc ? argv[optind] : NULL, &has_word, error) ||
            !read_row(self, row, has_word ? argv[optind] : optarg, error))
            return false;
        optind += has_word;
    }
    for (int i = optind; i < argc; i++)
        if (!add_operand(self, argv[i], error))
            return false;
    return true;
}

/* The command that a word may mean. */
static struct spelling find_command(const char *word)
{
    struct spelling spelling = spelling_start(word, strlen(word));
    for (int c = 0; c < COMMAND_COUNT; c++)
        spelling_consider(&spelling, options_command_name((enum command)c));
    spelling_suspect(&spelling, "help");
    return spelling;
}

/* What help is asked about is a command. */
static bool refuse_command(const char *word, struct error *error)
{
    struct spelling spelling = find_command(word);
    return error_set(error, NULL, 0, 0, "there is no command '%s'%s", word, spelling_advice(&spelling));
}

/* A first word that is neither a command nor a file is one that was mistyped. */
static bool check_word(const char *word, struct error *error)
{
    struct spelling spelling = find_command(word);
    const char *hint = spelling_hint(&spelling);
    return word[0] == '-' || hint[0] == '\0' || access(word, F_OK) == 0 ||
           error_set(error, NULL, 0, 0, "there is no command and no file '%s'%s", word, hint);
}

bool options_parse(struct options *self, int argc, char **argv, struct error *error)
{
    *self = (struct options){.threads = 2, .iters = 10, .witnesses = WITNESS_MINIMUM, .difficulty = LEVEL_MEDIUM, .depth = 3};
    if (argc > 1 && strcmp(argv[1], "help") == 0) {
        self->help = true;
        argv++;
        argc--;
        if (argc > 1 && strcmp(argv[1], "help") == 0)
            argc = 1; /* of help itself there is no more to say */
    }
    for (int c = 0; c < COMMAND_COUNT && argc > 1; c++)
        if (strcmp(argv[1], options_command_name((enum command)c)) == 0) {
            self->command = (enum command)c;
            argv++;
            argc--;
            break;
        }
    if (self->help && argc > 1 && argv[1][0] != '-' && strcmp(argv[0], "help") == 0)
        return refuse_command(argv[1], error);
    if (self->command == COMMAND_CHECK && argc > 1 && !check_word(argv[1], error))
        return false;
    /* Without a command's name argv[0] is that of the program. */
    self->arguments = self->command != COMMAND_CHECK ? argv : argv + 1;
    self->argument_count = self->command != COMMAND_CHECK ? argc : argc - 1;
    return parse_all(self, argc, argv, error);
}

bool options_set(struct options *self, const char *name, const char *argument, struct error *error)
{
    const struct option_row *row = find_row(name, 0, self->command);
    assert(row != NULL);
    return read_row(self, row, argument, error);
}

struct options options_copy(const struct options *self)
{
    struct options copy = *self;
    copy.symbols = property_copy_list(self->symbols, self->symbol_count);
    copy.parameters = property_copy_list(self->parameters, self->parameter_count);
    copy.observe = self->observe != NULL ? memory_copy_string(self->observe) : NULL;
    copy.counted = self->counted != NULL ? memory_copy_string(self->counted) : NULL;
    return copy;
}

void options_free(struct options *self)
{
    property_free_list(self->symbols, self->symbol_count);
    property_free_list(self->parameters, self->parameter_count);
    memory_free(self->observe);
    memory_free(self->counted);
    *self = (struct options){0};
}
