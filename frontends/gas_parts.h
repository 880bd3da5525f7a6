/* gas_parts: assembly being read, for frontends/gas*.c alone. */
#pragma once

#include "frontends/gas.h"

struct gas_reader {
    struct gas_unit *unit;
    struct error *error;
    const char *at, *end; /* of the statement that is read */
    uint32_t line;        /* of the assembly */
    uint32_t section;
    uint32_t source_line, source_column;         /* that .loc gave last; 0: of another file */
    uint32_t header, header_line, header_column; /* the same of a header; header: 1 + its number */
    bool has_lock;                               /* a lock prefix stood alone, and is for the next instruction */
    bool is_library;                             /* what it defines gives way */
    int64_t source_numbers[2];                   /* of the source among the files of .file, -1: not yet known */
    char *source_path;                           /* of it, as .file has that; NULL: not yet known */
};

/* A piece of a statement. */
struct gas_span {
    const char *at;
    size_t length;
};

/* Sets the error at the line that is read; false. */
bool gas_refuse(struct gas_reader *self, const char *format, ...) __attribute__((format(printf, 2, 3)));

bool gas_span_is(struct gas_span span, const char *word);

/* Skips blanks; takes a sign, or a word of letters, digits and the signs that names have, where one stands there. */
void gas_skip(struct gas_reader *self);
bool gas_take(struct gas_reader *self, char sign);
struct gas_span gas_take_word(struct gas_reader *self);

/* The number of a symbol, made where it is new. */
uint32_t gas_symbol(struct gas_reader *self, struct gas_span name);

/* Reads an expression; what stands behind @ in it goes to *modifier where that is not NULL. */
bool gas_read_expression(struct gas_reader *self, struct gas_expression *value, struct gas_span *modifier);

/* Reads the operands of an instruction. */
bool gas_read_operands(struct gas_reader *self, struct gas_instruction *instruction);

/* Reads a directive, whose name begins with a dot. What says nothing of code or data is passed over. */
bool gas_read_directive(struct gas_reader *self, struct gas_span name);
