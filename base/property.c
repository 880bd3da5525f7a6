#include "base/property.h"

#include "base/memory.h"

#include <inttypes.h>
#include <string.h>

static struct property *add(struct property **list, size_t *count, const char *name)
{
    *list = memory_resize(*list, *count + 1, sizeof **list);
    struct property *property = &(*list)[(*count)++];
    *property = (struct property){.name = memory_copy_string(name)};
    return property;
}

void property_add_number(struct property **list, size_t *count, const char *name, int64_t number)
{
    struct property *property = add(list, count, name);
    property->is_number = true;
    property->number = number;
}

void property_add_text(struct property **list, size_t *count, const char *name, const char *text)
{
    add(list, count, name)->text = memory_copy_string(text);
}

const struct property *property_find(const struct property *list, size_t count, const char *name)
{
    for (size_t p = 0; p < count; p++)
        if (strcmp(list[p].name, name) == 0)
            return &list[p];
    return NULL;
}

void property_set(struct property **list, size_t *count, const struct property *property)
{
    size_t place = 0;
    while (place < *count && strcmp((*list)[place].name, property->name) != 0)
        place++;
    if (place == *count)
        add(list, count, property->name);
    struct property *changed = &(*list)[place];
    memory_free(changed->text);
    changed->is_number = property->is_number;
    changed->number = property->number;
    changed->text = property->text != NULL ? memory_copy_string(property->text) : NULL;
}

void property_print(struct text *text, const struct property *property, const char *between)
{
    text_print(text, "%s%s", property->name, between);
    if (property->is_number)
        text_print(text, "%" PRId64, property->number);
    else
        text_print(text, "%s", property->text);
}

struct property *property_copy_list(const struct property *list, size_t count)
{
    struct property *copy = NULL;
    size_t copied = 0;
    for (size_t p = 0; p < count; p++) {
        if (list[p].is_number)
            property_add_number(&copy, &copied, list[p].name, list[p].number);
        else
            property_add_text(&copy, &copied, list[p].name, list[p].text);
    }
    return copy;
}

void property_free_list(struct property *list, size_t count)
{
    for (size_t p = 0; p < count; p++) {
        memory_free(list[p].name);
        memory_free(list[p].text);
    }
    memory_free(list);
}
