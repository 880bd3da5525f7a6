/* gas: GNU assembly for x86-64 -> its instructions and its data.
 *
 * Reads what gcc and clang write with -S, in AT&T syntax: sections, symbols, data directives, instructions with their operands, and the
 * lines of the source that .loc gives. Each statement that is read becomes one row of a unit; what racecheck does not know of a
 * program's code or data is an error with its line. Sections that are neither are passed over, but for those of DWARF, whose bytes are
 * kept (frontends/gas_types.h).
 *
 * A unit is laid out when it is read: each instruction, each datum and each name that is defined elsewhere has an address. A second text,
 * a library, may be read behind the first: what both define is the first one's, as linkers have it. */
#pragma once

#include "base/error.h"
#include "base/name_table.h"
#include "program/instruction.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { GAS_OPERANDS_MAX = 3, GAS_NO_REGISTER = 255, GAS_XMM_FIRST = 16, GAS_CODE_STRIDE = 16 };

/* Where things lie. */
#define GAS_CODE_FIRST INT64_C(0x400000)
#define GAS_LOCAL_FIRST INT64_C(0x7000000) /* what each thread has a copy of, as it is at the start */
#define GAS_DATA_FIRST INT64_C(0x8000000)
#define GAS_EXTERN_FIRST INT64_C(0x10000000)

enum gas_register { GAS_RAX, GAS_RCX, GAS_RDX, GAS_RBX, GAS_RSP, GAS_RBP, GAS_RSI, GAS_RDI }; /* then r8 .. r15 */

enum gas_section_kind { GAS_CODE, GAS_DATA, GAS_READ_ONLY, GAS_DEBUG, GAS_OTHER };

/* A number, or a number beyond a symbol, perhaps less another one: 4+x, .L19-.L15. */
struct gas_expression {
    int64_t addend;
    uint32_t plus, minus; /* 1 + the symbol; 0: none */
};

enum gas_operand_kind { GAS_NOTHING, GAS_REGISTER, GAS_IMMEDIATE, GAS_MEMORY };

struct gas_operand {
    enum gas_operand_kind kind;
    uint8_t reg;    /* 0 .. 15, or xmm from GAS_XMM_FIRST on */
    uint8_t bytes;  /* of the register */
    bool is_high;   /* %ah, %bh, %ch, %dh */
    bool is_star;   /* a jump goes where it says */
    bool is_global; /* @GOTPCREL, @gottpoff: the address of the symbol is meant, as if it lay there */
    bool is_local;  /* of the thread: %fs: */
    uint8_t base, index, scale;
    struct gas_expression number; /* the immediate, or the displacement */
};

struct gas_instruction {
    const char *mnemonic; /* length bytes of the text, borrowed, in small letters */
    size_t length;
    bool is_locked, is_repeated;
    struct gas_operand operands[GAS_OPERANDS_MAX];
    size_t operand_count;
    uint32_t line, column; /* of the source; 0: not known */
    const char *text;      /* the statement, text_length bytes, borrowed */
    size_t text_length;
    uint32_t header; /* 1 + the number of the header that it comes from, 0: none; then the line of the source is 0 */
    uint32_t header_line, header_column;
    uint32_t own_line; /* of the assembly; 0: of the library */
    bool is_library;
};

/* A file that the source includes. */
struct gas_header {
    int64_t number; /* as .loc has it */
    char *path;
    bool is_own; /* it does not come with the system */
};

struct gas_symbol {
    const char *name; /* length bytes, borrowed */
    size_t length;
    bool is_defined, is_function, is_thread_local;
    uint32_t section;
    int64_t offset; /* in its section: bytes, or of code instructions */
    int64_t size;   /* 0: not known */
    int64_t address;
};

struct gas_relocation {
    int64_t offset;
    uint8_t bytes;
    struct gas_expression value;
};

struct gas_section {
    const char *name;
    size_t length;
    enum gas_section_kind kind;
    bool is_thread_local;
    unsigned char *bytes;
    size_t count, capacity;
    struct gas_relocation *relocations;
    size_t relocation_count, relocation_capacity;
    int64_t address;
};

struct gas_unit {
    const char *source; /* for diagnostics: the file of the source, borrowed */
    bool has_lines;     /* places are those of a source, by .loc */
    uint32_t first_line;
    struct gas_header *headers;
    size_t header_count, header_capacity;
    struct gas_instruction *instructions;
    size_t instruction_count, instruction_capacity;
    struct gas_symbol *symbols;
    size_t symbol_count, symbol_capacity;
    struct gas_section *sections;
    size_t section_count, section_capacity;
    struct name_table names; /* of symbols */
    /* Numbers of symbols with a size, and of sections with bytes, by address; of symbols that are not defined. */
    uint32_t *objects, *areas, *externals;
    size_t object_count, area_count, external_count;
};

struct gas_input {
    const char *source;  /* the file that places are in */
    const char *text;    /* NUL-terminated */
    const char *library; /* the same: functions that the text may use; or NULL */
    uint32_t first_line; /* lines of the text before the assembly */
    bool has_lines;      /* the source is another text, whose lines .loc gives */
};

/* Reads a text into *self, which gas_free() frees in any case. Returns false with *error set. */
bool gas_read(struct gas_unit *self, const struct gas_input *input, struct error *error);

void gas_free(struct gas_unit *self);

/* The symbol of a name; NULL where there is none. Borrowed. */
const struct gas_symbol *gas_find(const struct gas_unit *self, const char *name);

/* The value of an expression once all is laid out. */
int64_t gas_value(const struct gas_unit *self, const struct gas_expression *expression);

/* The symbol in whose bytes an address lies; NULL where it lies in none that is named. Borrowed. */
const struct gas_symbol *gas_symbol_at(const struct gas_unit *self, int64_t address);

/* The symbol that is not defined and has an address; NULL: there is none. Borrowed. */
const struct gas_symbol *gas_external_at(const struct gas_unit *self, int64_t address);

/* The section in which an address lies, which is data; NULL: none. Borrowed. */
const struct gas_section *gas_section_at(const struct gas_unit *self, int64_t address);

/* The instruction at an address of code; SIZE_MAX: there is none. */
size_t gas_instruction_at(const struct gas_unit *self, int64_t address);

/* Whether an instruction comes from a header that the person has written. */
bool gas_is_in_header(const struct gas_unit *self, const struct gas_instruction *instruction);

/* "line 9" or a place of the assembly: where errors of an instruction are told. Sets the error; returns false. */
bool gas_fail(const struct gas_unit *self, const struct gas_instruction *instruction, struct error *error,
              const char *format, ...) __attribute__((format(printf, 4, 5)));
