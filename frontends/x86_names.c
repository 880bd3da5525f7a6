/* Names as people write them: those of C++ say the types of arguments, too, and where a name is. */
#include "frontends/x86_parts.h"

#include "base/memory.h"

#include <ctype.h>
#include <string.h>

/* A mangled name being read (Itanium C++ ABI, section 5.1); what is more than names within names is left as it is. */
struct reader {
    const char *at, *end;
    struct text text;
    size_t last, last_length; /* the part that was read last */
    unsigned depth;           /* functions that it is within */
};

static bool take(struct reader *self, const char *word)
{
    size_t length = strlen(word);
    if ((size_t)(self->end - self->at) < length || memcmp(self->at, word, length) != 0)
        return false;
    self->at += length;
    return true;
}

static void put(struct reader *self, const char *bytes, size_t length)
{
    if (self->text.length > 0)
        text_append(&self->text, "::", 2);
    self->last = self->text.length;
    self->last_length = length;
    text_append(&self->text, bytes, length);
}

/* 7counter */
static bool read_word(struct reader *self)
{
    size_t length = 0;
    (void)take(self, "L");
    while (self->at < self->end && isdigit((unsigned char)*self->at) && length < 10000)
        length = 10 * length + (size_t)(*self->at++ - '0');
    if (length == 0 || (size_t)(self->end - self->at) < length)
        return false;
    put(self, self->at, length);
    self->at += length;
    return true;
}

/* C1, D2: a constructor or a destructor of what was named last. */
static bool read_special(struct reader *self)
{
    char *last = text_format("%.*s", (int)self->last_length, text_string(&self->text) + self->last);
    bool is_constructor = take(self, "C1") || take(self, "C2"), is_destructor = false;
    if (!is_constructor)
        is_destructor = take(self, "D0") || take(self, "D1") || take(self, "D2");
    char *name = text_format("%s%s", is_destructor ? "~" : "", last);
    if (is_constructor || is_destructor)
        put(self, name, strlen(name));
    memory_free(name);
    memory_free(last);
    return is_constructor || is_destructor;
}

/* St, Sa, So: names that are so frequent that they have letters of their own. */
static bool read_abbreviation(struct reader *self)
{
    static const struct {
        const char *mangled, *name;
    } known[] = {
        {"St", "std"}, {"Sa", "std::allocator"}, {"Ss", "std::string"}, {"So", "std::ostream"}, {"Si", "std::istream"}};
    for (size_t k = 0; k < sizeof known / sizeof *known; k++)
        if (take(self, known[k].mangled)) {
            put(self, known[k].name, strlen(known[k].name));
            self->last_length -= k == 0 ? 0 : strlen("std::");
            self->last += k == 0 ? 0 : strlen("std::");
            return true;
        }
    return false;
}

/* IcSt11char_traitsIcEE: the arguments of a template are left out. */
static bool skip_arguments(struct reader *self)
{
    size_t depth = 0;
    if (self->at == self->end || *self->at != 'I')
        return false;
    while (self->at < self->end) {
        char c = *self->at++;
        if (isdigit((unsigned char)c)) {
            struct reader word = {.at = self->at - 1, .end = self->end, .text = TEXT_INIT};
            bool is_word = read_word(&word);
            text_free(&word.text);
            self->at = is_word ? word.at : self->at;
        } else if (c == 'S' || c == 'T') {
            bool is_numbered = self->at < self->end && !islower((unsigned char)*self->at);
            while (is_numbered && self->at < self->end && *self->at != '_')
                self->at++;
            self->at += self->at < self->end;
        } else if (strchr("INLJFX", c) != NULL)
            depth++;
        else if (c == 'E' && --depth == 0)
            return true;
    }
    return false;
}

static bool read_nested(struct reader *self)
{
    while (take(self, "K") || take(self, "V"))
        ;
    while (self->at < self->end && !take(self, "E")) {
        bool has_name = self->text.length > 0;
        if (has_name && take(self, "ls"))
            put(self, "operator<<", strlen("operator<<"));
        else if (!read_abbreviation(self) && !read_word(self) &&
                 !(has_name && (read_special(self) || skip_arguments(self))))
            return false;
    }
    return self->text.length > 0;
}

static bool read_name(struct reader *self)
{
    if (take(self, "N"))
        return read_nested(self);
    if (self->depth < 4 && take(self, "Z")) { /* what is within a function */
        self->depth++;
        const char *end;
        if (!read_name(self) || (end = memchr(self->at, 'E', (size_t)(self->end - self->at))) == NULL)
            return false;
        self->at = end + 1;
        return read_name(self);
    }
    if (take(self, "St"))
        put(self, "std", 3);
    return read_word(self);
}

char *x86_symbol_name(const struct gas_symbol *symbol)
{
    struct reader reader = {.at = symbol->name, .end = symbol->name + symbol->length, .text = TEXT_INIT};
    bool is_mangled = take(&reader, "_ZGV") || take(&reader, "_Z"); /* GV: whether a variable was made */
    if (is_mangled && read_name(&reader))
        return text_take(&reader.text);
    text_free(&reader.text);
    return text_format("%.*s", (int)symbol->length, symbol->name);
}

const struct gas_symbol *x86_find_variable(const struct x86 *self, const char *name)
{
    const struct gas_symbol *symbol = gas_find(&self->unit, name);
    for (size_t o = 0; o < self->unit.object_count && symbol == NULL; o++) {
        const struct gas_symbol *object = &self->unit.symbols[self->unit.objects[o]];
        char *readable = x86_symbol_name(object);
        if (strcmp(readable, name) == 0)
            symbol = object;
        memory_free(readable);
    }
    return symbol != NULL && symbol->is_defined ? symbol : NULL;
}
