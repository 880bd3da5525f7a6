#include "program/outputs.h"

#include "base/memory.h"

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
    memory_free(self);
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

char *outputs_text(const struct outputs *self, uint32_t node)
{
    size_t length = 0;
    if (node == outputs_other(self))
        return NULL;
    for (uint32_t n = node; n != 0; n = self->nodes[n].parent)
        length++;
    char *text = memory_new(length + 1, 1);
    for (uint32_t n = node; n != 0; n = self->nodes[n].parent)
        text[--length] = self->nodes[n].character;
    return text;
}
