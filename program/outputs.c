#include "program/outputs.h"

#include "base/memory.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static uint32_t find_child(const struct outputs *self, uint32_t node, char character)
{
    uint32_t child = self->nodes[node].first_child;
    while (child != OUTPUTS_NONE && self->nodes[child].character != character)
        child = self->nodes[child].sibling;
    return child;
}

static uint32_t add_node(struct outputs *self, uint32_t parent, char character)
{
    self->nodes = memory_grow(self->nodes, self->count, &self->capacity, sizeof *self->nodes);
    uint32_t sibling = self->count > 0 ? self->nodes[parent].first_child : OUTPUTS_NONE;
    self->nodes[self->count] = (struct outputs_node){character, false, parent, OUTPUTS_NONE, sibling};
    return (uint32_t)self->count++;
}

struct outputs *outputs_new(void)
{
    struct outputs *self = memory_new(1, sizeof *self);
    add_node(self, 0, '\0');
    return self;
}

void outputs_free(struct outputs *self)
{
    if (self == NULL)
        return;
    memory_free(self->nodes);
    memory_free(self->before);
    memory_free(self->behind);
    memory_free(self);
}

struct outputs *outputs_of_number(char *before, char *behind)
{
    struct outputs *self = memory_new(1, sizeof *self);
    *self = (struct outputs){.is_number = true, .before = before, .behind = behind};
    return self;
}

uint32_t outputs_add(struct outputs *self, const char *text)
{
    uint32_t node = 0;
    for (; *text != '\0'; text++) {
        uint32_t child = find_child(self, node, *text);
        if (child == OUTPUTS_NONE) {
            child = add_node(self, node, *text);
            self->nodes[node].first_child = child;
        }
        node = child;
    }
    self->nodes[node].is_text = true;
    return node;
}

uint32_t outputs_go(const struct outputs *self, uint32_t node, const char *text)
{
    for (; *text != '\0' && node != outputs_other(self); text++) {
        uint32_t child = find_child(self, node, *text);
        node = child != OUTPUTS_NONE ? child : outputs_other(self);
    }
    return node;
}

uint32_t outputs_end(const struct outputs *self, uint32_t node)
{
    return node < self->count && self->nodes[node].is_text ? node : outputs_other(self);
}

/* The number in a text is written as print writes it: then the text comes of it again. */
static bool find_number(const struct outputs *self, const char *text, int64_t *number)
{
    size_t skipped = strlen(self->before);
    *number = 0;
    if (strncmp(text, self->before, skipped) != 0)
        return false;
    if (self->behind != NULL)
        *number = strtoll(text + skipped, NULL, 10);
    char *again = outputs_text(self, *number);
    bool is_same = strcmp(again, text) == 0;
    memory_free(again);
    return is_same;
}

bool outputs_find(const struct outputs *self, const char *text, int64_t *number)
{
    if (self->is_number)
        return find_number(self, text, number);
    *number = outputs_end(self, outputs_go(self, 0, text));
    return *number != outputs_other(self);
}

static char *text_with_number(const struct outputs *self, int64_t number)
{
    struct text text = TEXT_INIT;
    text_print(&text, "%s", self->before);
    if (self->behind != NULL)
        text_print(&text, "%" PRId64 "%s", number, self->behind);
    return text_take(&text);
}

char *outputs_text(const struct outputs *self, int64_t number)
{
    size_t length = 0;
    if (self->is_number)
        return text_with_number(self, number);
    uint32_t node = (uint32_t)number;
    if (node == outputs_other(self))
        return NULL;
    for (uint32_t n = node; n != 0; n = self->nodes[n].parent)
        length++;
    char *text = memory_new(length + 1, 1);
    for (uint32_t n = node; n != 0; n = self->nodes[n].parent)
        text[--length] = self->nodes[n].character;
    return text;
}
