#include "apps/symbol_table.h"

#include "base/memory.h"
#include "base/name_table.h"
#include "base/text.h"

#include <elf.h>
#include <errno.h>
#include <string.h>

enum { FILE_MAX = 64 << 20 };

struct symbol_table {
    struct text file;
    uint64_t offset; /* in it, of the first symbol */
    struct name_table names;
};

static bool is_within(const struct text *file, uint64_t offset, uint64_t size)
{
    return offset <= file->length && size <= file->length - offset;
}

static Elf64_Sym symbol_at(const struct symbol_table *self, uint64_t number)
{
    Elf64_Sym symbol;
    memcpy(&symbol, self->file.bytes + self->offset + number * sizeof symbol, sizeof symbol);
    return symbol;
}

/* The file ends with a NUL, so that a name that is the last thing in it ends, too. */
static void take_names(struct symbol_table *self, const Elf64_Shdr *table, const Elf64_Shdr *names)
{
    self->offset = table->sh_offset;
    for (uint64_t s = 0; s < table->sh_size / sizeof(Elf64_Sym); s++) {
        Elf64_Sym symbol = symbol_at(self, s);
        const char *name = self->file.bytes + names->sh_offset + symbol.st_name;
        if (symbol.st_name < names->sh_size && *name != '\0')
            name_table_add(&self->names, name, strlen(name), (size_t)s);
    }
}

static Elf64_Shdr section_at(const struct text *file, const Elf64_Ehdr *header, size_t number)
{
    Elf64_Shdr section;
    memcpy(&section, file->bytes + header->e_shoff + number * sizeof section, sizeof section);
    return section;
}

static void find_names(struct symbol_table *self)
{
    const struct text *file = &self->file;
    Elf64_Ehdr header;
    if (!is_within(file, 0, sizeof header))
        return;
    memcpy(&header, file->bytes, sizeof header);
    if (memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 ||
        !is_within(file, header.e_shoff, (uint64_t)header.e_shnum * sizeof(Elf64_Shdr)))
        return;
    for (size_t s = 0; s < header.e_shnum; s++) {
        Elf64_Shdr table = section_at(file, &header, s);
        if (table.sh_type != SHT_SYMTAB || table.sh_link >= header.e_shnum)
            continue;
        Elf64_Shdr names = section_at(file, &header, table.sh_link);
        if (is_within(file, table.sh_offset, table.sh_size) && is_within(file, names.sh_offset, names.sh_size))
            take_names(self, &table, &names);
        return;
    }
}

struct symbol_table *symbol_table_read(const char *path, struct error *error)
{
    struct symbol_table *self = memory_new(1, sizeof *self);
    if (text_read_path(&self->file, path, FILE_MAX)) {
        find_names(self);
        return self;
    }
    error_set(error, path, 0, 0, "cannot read: %s", strerror(errno));
    symbol_table_free(self);
    return NULL;
}

void symbol_table_free(struct symbol_table *self)
{
    if (self == NULL)
        return;
    name_table_free(&self->names);
    text_free(&self->file);
    memory_free(self);
}

bool symbol_table_find(const struct symbol_table *self, const char *name, struct elf_symbol *symbol)
{
    size_t number = name_table_find(&self->names, name, strlen(name));
    if (number == NAME_TABLE_NONE)
        return false;
    Elf64_Sym found = symbol_at(self, number);
    *symbol = (struct elf_symbol){found.st_value, found.st_size};
    return true;
}
