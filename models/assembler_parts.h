/* assembler_parts: what the files of the assembler share; nobody else includes it.
 *
 *     assembler_lines.c         reads the text once: the lines, and the statements of each section
 *     assembler_declarations.c  reads what declares or sets something: .var, .queue, .scheduler, and so on
 *     assembler_operands.c      fills in what may differ between threads: operands, and the numbers of .rept and .tick
 *     assembler.c               composes them, makes codes and threads
 *
 * Whatever fails sets the error and returns false; what was made until then is freed by assembler_read(). */
#ifndef RACECHECK_MODELS_ASSEMBLER_PARTS_H
#define RACECHECK_MODELS_ASSEMBLER_PARTS_H

#include "models/assembler.h"
#include "models/expression.h"
#include "models/section.h"

/* A name that was declared; variables, mutexes, semaphores and queues share one space of names. */
struct declaration {
    const struct token *name;
    enum operand_kind kind; /* OPERAND_WORD, OPERAND_MUTEX, OPERAND_SEMAPHORE or OPERAND_QUEUE */
    size_t index;           /* in the program's array for that kind */
};

struct assembler {
    const struct assembler_input *input;
    struct error *error;
    struct environment environment;
    struct program *program;
    size_t declared_words; /* words of declared variables; those of bare addresses follow them */

    struct declaration *declarations;
    size_t declaration_count;
    const struct token **defaults; /* the names that .default has given, for duplicates */
    size_t default_count;
    struct section *sections;
    size_t section_count;
    uint64_t instruction_count; /* over all codes so far */

    /* Capacities of arrays that grow; the second line's are the program's. */
    size_t declaration_capacity, default_capacity, section_capacity;
    size_t symbol_capacity, variable_capacity, mutex_capacity, semaphore_capacity, queue_capacity, code_capacity;
    size_t critical_capacity;
};

/* Sets the error at a token; false, so that it can be returned. */
#define FAIL(self, token, ...) \
    (error_set((self)->error, (self)->input->source, (token)->place.line, (token)->place.column, __VA_ARGS__), false)

/* Reads all lines and finishes the sections. */
bool assembler_read_lines(struct assembler *self, const struct token_list *list);

/* The directives that declare or set something; *at stands at the directive. */
bool assembler_read_var(struct assembler *self, const struct token *at);
bool assembler_read_mutex(struct assembler *self, const struct token *at);
bool assembler_read_semaphore(struct assembler *self, const struct token *at);
bool assembler_read_queue(struct assembler *self, const struct token *at);
bool assembler_read_default(struct assembler *self, const struct token *at);
bool assembler_read_scheduler(struct assembler *self, const struct token *at);

/* Reads what may depend on SELF, whose value is in the environment, into the statements of a section. */
bool assembler_lower(struct assembler *self, struct section *section);

/* The error "expected WHAT, found TOKEN". */
bool assembler_unexpected(struct assembler *self, const struct token *token, const char *expected);

/* Whether the line ends here; an error otherwise. */
bool assembler_expect_end(struct assembler *self, const struct token *at);

/* Reads an expression that must lie between two bounds and moves *at behind it; `what` names it in errors. */
bool assembler_read_number(struct assembler *self, const struct token **at, const char *what, int64_t least,
                           int64_t greatest, int64_t *value);

/* Returns the declaration of a name, borrowed, or NULL. */
const struct declaration *assembler_find(const struct assembler *self, const struct token *name);

/* Whether a name is a symbol: THREADS, ITERS, SELF or defined. */
bool assembler_is_symbol(const struct assembler *self, const struct token *name);

/* Adds a variable, taking its name, and returns the index of its first word. There must be room for its words. */
uint32_t assembler_add_variable(struct assembler *self, char *name, uint32_t words, int64_t initial);

/* Adds a symbol to the program's, for expressions that are read from now on. */
void assembler_add_symbol(struct assembler *self, const char *name, int64_t value);

/* Returns the text of a token as a new string. */
char *assembler_copy_name(const struct token *name);

#endif
