/* litmus_parts: a litmus test being read, for frontends/litmus*.c alone. */
#pragma once

#include "base/text.h"
#include "frontends/litmus.h"

enum { LITMUS_FAMILIES_MAX = 64, LITMUS_NAME_MAX = 64 };

/* A piece of the text. */
struct span {
    const char *at;
    size_t length;
};

/* A register of the test, whatever part of it is named, and which one stands for it in every thread. */
struct litmus_register {
    char family[8]; /* "AX", "R8" */
    const char *ours;
};

/* An instruction that was read: where it stands, and whether it is locked though the language's own word for it is not. */
struct litmus_step {
    struct place place;
    bool is_locked;
};

/* Where a label stands, or a jump to it. */
struct litmus_label {
    size_t thread;
    struct span name;
    bool is_target;
};

/* What decides conditional jumps where a thread is. */
enum litmus_flags {
    LITMUS_FLAGS_OPEN,     /* the code does not say: nothing has set them, or jumps lead there */
    LITMUS_FLAGS_COMPARED, /* cmp, test or cmpxchg */
    LITMUS_FLAGS_COMPUTED  /* an instruction that computes */
};

struct litmus {
    const struct litmus_input *input;
    struct error *error;
    char *copy;       /* the text, with blanks in place of comments */
    const char *at;   /* what is read next */
    bool is_intel;    /* the target comes first */
    struct text test; /* its name */
    char **variables;
    int64_t *firsts; /* their values at the start */
    size_t variable_count, variable_capacity;
    struct litmus_register registers[LITMUS_FAMILIES_MAX];
    size_t register_count;
    struct litmus_label *labels;
    size_t label_count, label_capacity;
    size_t thread_count;
    struct text codes[PROGRAM_THREADS_MAX];         /* one a thread: its first values, then its instructions */
    struct litmus_step *steps[PROGRAM_THREADS_MAX]; /* these instructions */
    size_t counts[PROGRAM_THREADS_MAX], capacities[PROGRAM_THREADS_MAX];
    enum litmus_flags flags[PROGRAM_THREADS_MAX];
    int64_t presets[PROGRAM_THREADS_MAX][REGISTER_COUNT];
    struct text observed; /* "x,P0.%ax" */
    struct text names;    /* the same as the test calls them: "x", "0:EAX", each behind a NUL */
    struct litmus_test *question;
};

/* Sets the error at a place in the text; false, so that it can be returned. */
bool litmus_fail(struct litmus *self, const char *at, const char *problem, ...) __attribute__((format(printf, 3, 4)));

/* Skips blanks; takes a sign, a word of letters, digits, '_' and '.', or a number, where one stands there. */
void litmus_skip(struct litmus *self);
bool litmus_take(struct litmus *self, const char *sign);
struct span litmus_take_word(struct litmus *self);
bool litmus_take_number(struct litmus *self, int64_t *number);

/* "'EBX ...'": what stands at a place, up to the end of the line, as a new text for messages. */
char *litmus_found(const char *at);

/* The variable of a name, made where it is new; NULL with the error set where the name will not do. */
const char *litmus_variable(struct litmus *self, const char *at, struct span name);

/* The dialect's register for one of the test, "ax"; NULL where that is none, with the error set where there are too many. */
const char *litmus_register(struct litmus *self, const char *at, struct span name);

/* Reads the instruction in a cell of a thread's column. */
bool litmus_read_instruction(struct litmus *self, size_t thread, struct span cell);

/* Whether jumps have labels to lead to, one each; to be asked once all instructions are read. */
bool litmus_check_labels(struct litmus *self);

/* Reads what stands behind the threads: locations and the condition. */
bool litmus_read_question(struct litmus *self);
