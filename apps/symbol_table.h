/* symbol_table: where the linker has put what has a name in an executable (ELF, of 64 bits). */
#pragma once

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

struct symbol_table;

struct elf_symbol {
    uint64_t address;
    uint64_t size; /* bytes; 0: not known */
};

/* Reads those of a file, as new; NULL with *error set where it cannot be read. What is damaged has no symbols. Freed with
 * symbol_table_free(), to which NULL may be given. */
struct symbol_table *symbol_table_read(const char *path, struct error *error);
void symbol_table_free(struct symbol_table *self);

/* Finds the one of a name; false where there is none. Of several it is the first. */
bool symbol_table_find(const struct symbol_table *self, const char *name, struct elf_symbol *symbol);
