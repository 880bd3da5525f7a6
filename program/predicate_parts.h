/* predicate_parts: the tree of a predicate; for program/predicate*.c alone. */
#pragma once

#include "program/micro_operation.h"
#include "program/observation.h"
#include "program/predicate.h"

enum node_kind {
    NODE_NUMBER,
    NODE_WORD,     /* number: which */
    NODE_ELEMENT,  /* of the variable with that number; left is the index */
    NODE_REGISTER, /* number: which; of thread */
    NODE_OUTPUT,   /* whether it is `text`; number is 1 where it must not be */
    NODE_OPERATOR, /* of C, see binary_operators[] */
    NODE_NOT,
    NODE_COMPLEMENT,
    NODE_NEGATIVE,
    NODE_AND,
    NODE_OR,
    NODE_CONDITION /* left ? right : third */
};

struct node {
    enum node_kind kind;
    unsigned operator; /* index into binary_operators[] */
    int thread;
    int64_t number;
    char *text;
    size_t left, right, third; /* indices of nodes */
};

struct predicate {
    const struct program *program; /* borrowed */
    char *text;
    struct node *nodes;
    size_t count;
    size_t capacity;
    size_t root;
    bool has_value;                 /* it says `value` ... */
    struct observation_place value; /* ... which is this */
};

/* a OPERATOR b */
struct binary_operator {
    const char *text;
    int precedence; /* the higher, the tighter it binds */
    enum operation operation;
    bool holds[3]; /* of a comparison: for a < b, a == b, a > b */
};

enum { PREDICATE_OPERATORS = 18 };

extern const struct binary_operator binary_operators[PREDICATE_OPERATORS];
