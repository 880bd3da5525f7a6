/* body: the lines below one .main or .thread, and how they become code.
 *
 * A body is read once: its statements keep the shape (which .endr belongs to which .rept, which label lies in which
 * repetition). For a thread the assembler fills in what may depend on SELF, i.e. the operands and the numbers of .rept
 * and .tick ("lowering"); body_unroll() then makes the flat code.
 *
 * Labels are scoped like names in a block language: the body of a .rept is a scope, every repetition has labels of its
 * own, and a jump means the label in its own repetition or, where there is none, in the nearest enclosing one.
 *
 * Critical sections are marked by .critical and .endcritical, nested in each other and in the .rept like brackets; atomic stretches
 * likewise by .atomic and .endatomic, but neither in each other nor around the border of a critical section; what is counted by .count
 * and .endcount, also within atomic stretches. */
#pragma once

#include "frontends/lexer.h"
#include "program/program.h"

enum { BODY_DEPTH_MAX = 64 }; /* of nested .rept: unrolling is recursive */

#define BODY_TOP UINT32_MAX /* as a parent: in no .rept */

enum statement_kind {
    STATEMENT_INSTRUCTION,
    STATEMENT_LABEL,
    STATEMENT_TICK,
    STATEMENT_REPT,
    STATEMENT_ENDR,
    STATEMENT_CRITICAL,
    STATEMENT_ENDCRITICAL,
    STATEMENT_COUNT,
    STATEMENT_ENDCOUNT,
    STATEMENT_ATOMIC,
    STATEMENT_ENDATOMIC
};

struct statement {
    enum statement_kind kind;
    const struct token *token;      /* a label's name, a mnemonic, a directive; the rest of the line follows it */
    uint32_t parent;                /* the .rept around it, or BODY_TOP */
    uint32_t end;                   /* of a .rept: its .endr */
    uint32_t stretch;               /* 1 + the .atomic around it; 0 for none */
    int64_t number;                 /* lowered: repetitions, or ticks; which critical section or event, from the start */
    bool is_shared;                 /* of .critical and .endcritical */
    struct instruction instruction; /* lowered; the target of a jump is still the index of the label's statement */
    uint32_t position;              /* of a label: the instruction behind it, in the repetition that is unrolled now */
};

struct body {
    const struct token *token; /* .main or .thread, or the first of its code where there is neither */
    uint32_t file;             /* the part of the text that it stands in */
    bool implicit;             /* code without .main */
    const struct token *name;  /* of a .thread; NULL for .main */
    bool is_later;             /* the thread begins when another one spawns it */
    int64_t priority;          /* of the thread */
    bool mentions_self;        /* threads may differ */
    struct statement *statements;
    size_t count;
    size_t capacity;
    uint32_t *labels; /* the statements that are labels, by name and parent */
    size_t label_count;
    uint32_t open[BODY_DEPTH_MAX]; /* while it is read: the .rept that wait for their .endr */
    size_t depth;
    uint32_t brackets[PROGRAM_SECTIONS_MAX + PROGRAM_COUNTED_MAX]; /* likewise: the .critical and .count that wait for their ends */
    size_t bracket_depth;
    uint32_t stretch; /* likewise: 1 + the .atomic that waits for its .endatomic, or 0 */
    bool has_stretches;
    bool repeats_iters; /* once unrolled: its loop is written `.rept ITERS` */
};

void body_free(struct body *self);

/* Adds a statement at the present place and returns it, borrowed until the next one is added. */
struct statement *body_add(struct body *self, enum statement_kind kind, const struct token *token);

/* Adds .rept and .endr. They return false with *error set where the nesting is wrong. */
bool body_open(struct body *self, const struct token *token, const char *source, struct error *error);
bool body_close(struct body *self, const struct token *token, const char *source, struct error *error);

/* Adds .critical, for the critical section of that number or a part of it that threads share, and .endcritical. They return false with *error set where the
 * nesting is wrong or nothing lies between them. */
bool body_enter(struct body *self, const struct token *token, size_t number, bool is_shared, const char *source,
                struct error *error);
bool body_leave(struct body *self, const struct token *token, const char *source, struct error *error);

/* Adds .count, for the event of that number, and .endcount, with the same errors. */
bool body_count(struct body *self, const struct token *token, size_t number, const char *source, struct error *error);
bool body_end_count(struct body *self, const struct token *token, const char *source, struct error *error);

/* Adds .atomic and .endatomic, with the same errors. */
bool body_open_stretch(struct body *self, const struct token *token, const char *source, struct error *error);
bool body_close_stretch(struct body *self, const struct token *token, const char *source, struct error *error);

/* Whether each atomic stretch of a lowered section is one step: nothing in it waits, loops, or is jumped to from outside. An error
 * otherwise. */
bool stretches_check(const struct body *section, const char *source, struct error *error);

/* To be called behind the last statement. Returns false with *error set where an .endr, .endcritical or .endatomic is missing or a
 * label is defined twice in one scope. */
bool body_finish(struct body *self, const char *source, struct error *error);

/* Returns the statement of the label that a name means inside a .rept (or BODY_TOP), or -1. */
int64_t body_find_label(const struct body *self, const struct token *name, uint32_t parent);

/* Unrolls a lowered section into new code, at most PROGRAM_INSTRUCTIONS_MAX instructions, and notes its loop: of the .rept that stand
 * in no other, the one that is repeated ITERS times, or else the only one that is repeated. Where rolled_from is not 0, and there would be
 * so many instructions or more, two repetitions of that loop are kept. Returns false with *error
 * set, and no code, where there would be too many: this is known before anything is unrolled. */
bool body_unroll(struct body *self, uint64_t rolled_from, struct code *code, const char *source, struct error *error);
