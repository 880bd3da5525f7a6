/* assembler_parts: what the files of the assembler share; nobody else includes it.
 *
 *     assembler_files.c         takes a text apart into files, and puts files together to a text
 *     assembler_lines.c         reads the text once: the lines, and the statements of each body
 *     assembler_declarations.c  reads what declares or sets something: .var, .queue, .scheduler, and so on
 *     assembler_operands.c      fills in what may differ between threads: operands, and the numbers of .rept and .tick
 *     assembler_unfit.c         says of an operand that does not fit what was expected, and perhaps meant
 *     stretches.c               sees to it that atomic stretches are one step
 *     assembler.c               composes them, makes codes and threads
 *
 * Whatever fails sets the error and returns false; what was made until then is freed by assembler_read(). */
#pragma once

#include "frontends/assembler.h"
#include "frontends/body.h"
#include "frontends/expression.h"

/* How objects of a kind are declared: DIRECTIVE NAME [, NUMBER] [, COUNT] [, WORD]. */
struct object_form {
    const char *directive; /* ".semaphore" */
    const char *plural;    /* "semaphores" */
    const char *hint;      /* what follows the name, as in ".semaphore s, PERMITS" */
    const char *number;    /* what that number is; NULL where there is none */
    const char *words[2];  /* that can stand at the end, each once; or NULL */
    int64_t least, most;   /* of the number */
};

extern const struct object_form object_forms[OBJECT_KIND_COUNT];

/* A name that was declared; variables and objects share one space of names. */
struct declaration {
    const struct token *name;
    enum operand_kind kind; /* OPERAND_WORD, or that of an object */
    size_t index;           /* in the program's list for that kind; of an array, of its first element */
    size_t count;           /* of objects: elements */
    bool is_array;          /* of objects: an element is meant by its index */
    uint32_t file;
};

/* A file of the text: the whole of it, or what follows a line `.file NAME`. Its lines are counted from 1. */
struct part {
    char *name;       /* owned by the program's files once they are made */
    const char *text; /* borrowed from the input */
    size_t length;
    bool named; /* by .file: its .main is one thread, and has its name */
    struct token_list list;
};

/* What .default has given. */
struct default_symbol {
    const struct token *name;
    int64_t value;
    uint32_t file;
};

/* What an .observe says. */
struct observed_list {
    const struct token *token;
    uint32_t file;
};

struct assembler {
    const struct assembler_input *input;
    struct error *error;
    struct environment environment;
    struct program *program;
    struct part *parts;
    size_t part_count;
    uint32_t file;      /* the part that is read now */
    const char *source; /* its name, borrowed */

    struct declaration *declarations;
    size_t declaration_count;
    struct name_table declared; /* where in `declarations` a name is */
    struct default_symbol *defaults;
    size_t default_count;
    struct name_table defaulted; /* where in `defaults` a name is */
    struct name_table anonymous; /* the words at bare addresses, by the names of their variables */
    struct body *bodies;
    size_t body_count;
    uint64_t instruction_count; /* over all codes so far */
    struct observed_list *observed;
    size_t observed_count, observed_capacity;
    bool has_memory; /* .memory was given */

    /* Capacities of arrays that grow; the second line's are the program's. */
    size_t declaration_capacity, default_capacity, body_capacity;
    size_t part_capacity;
    size_t symbol_capacity, code_capacity;
    size_t object_capacities[OBJECT_KIND_COUNT];
    size_t critical_capacity;
};

/* Sets the error at a token; false, so that it can be returned. */
#define FAIL(self, token, ...) \
    (error_set((self)->error, (self)->source, (token)->place.line, (token)->place.column, __VA_ARGS__), false)

/* Takes the input apart. Returns false where a .file has no name. */
bool assembler_split(struct assembler *self);

/* Whether several files make the program: the first that are named by .file. */
bool assembler_has_files(const struct assembler *self);

/* Returns the name that the thread of a file has, as new: without folders and ".s". */
char *assembler_thread_name(const char *file);

/* From now on a part is read. */
void assembler_enter(struct assembler *self, uint32_t file);

/* Returns the body of the present file that is read, borrowed, or NULL. */
struct body *assembler_open_body(struct assembler *self);

/* Reads all lines of the present part and finishes its bodies. */
bool assembler_read_lines(struct assembler *self, const struct token_list *list);

/* The directives that declare or set something; *at stands at the directive. */
bool assembler_read_var(struct assembler *self, const struct token *at);
bool assembler_read_object(struct assembler *self, const struct token *at);
bool assembler_read_default(struct assembler *self, const struct token *at);
bool assembler_read_scheduler(struct assembler *self, const struct token *at);
bool assembler_read_memory(struct assembler *self, const struct token *at);

/* Reads what may depend on SELF, whose value is in the environment, into the statements of a body. */
bool assembler_lower(struct assembler *self, struct body *body);

/* The error "expected WHAT, found TOKEN". */
bool assembler_unexpected(struct assembler *self, const struct token *token, const char *expected);

/* Whether the line ends here; an error otherwise. */
bool assembler_expect_end(struct assembler *self, const struct token *at);

/* Reads an expression that must lie between two bounds and moves *at behind it; `what` names it in errors. */
bool assembler_read_number(struct assembler *self, const struct token **at, const char *what, int64_t least,
                           int64_t greatest, int64_t *value);

/* Returns the declaration of a name, borrowed, or NULL. */
const struct declaration *assembler_find(const struct assembler *self, const struct token *name);

/* Returns the number that the thread of a .thread has, or will have; -1 where there is none of that name. */
int64_t assembler_find_thread(const struct assembler *self, const struct token *name);

/* Whether a name is a symbol: THREADS, ITERS, SELF or defined. */
bool assembler_is_symbol(const struct assembler *self, const struct token *name);

/* Adds a symbol to the program's, for expressions that are read from now on. */
void assembler_add_symbol(struct assembler *self, const char *name, int64_t value);

/* Returns the text of a token as a new string. */
char *assembler_copy_name(const struct token *name);

/* The operand that is read: which one of which instruction. */
struct slot {
    const struct body *body;
    const struct statement *statement;
    const struct instruction_form *form;
    unsigned number; /* 0 or 1 */
};

/* Whether an operand can be of a kind. */
bool assembler_accepts(const struct slot *slot, enum operand_kind kind);

/* Writes what it can be into a buffer, which it returns: "a number, a register or a variable". */
const char *assembler_describe_accepted(const struct slot *slot, char *buffer, size_t size);

/* "a mutex" */
const char *assembler_kind_words(enum operand_kind kind);

/* The errors that an operand is of another kind; that a name is not declared, or not as the kind that the operand can be; that there is
 * no such thread, or label. False, so that they can be returned. */
bool assembler_fail_kind(struct assembler *self, const struct slot *slot, const struct token *at);
bool assembler_fail_undefined(struct assembler *self, const struct slot *slot, const struct token *name);
bool assembler_fail_thread(struct assembler *self, const struct token *name);
bool assembler_fail_label(struct assembler *self, const struct slot *slot, const struct token *name);
