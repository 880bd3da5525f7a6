#include "models/catalogue.h"

#include "models/catalogue_texts.h"

#include <assert.h>
#include <string.h>

bool model_is_python(const struct model *self)
{
    return strcmp(strrchr(self->source, '.'), ".py") == 0;
}

size_t catalogue_count(void)
{
    return catalogue_texts_count;
}

const struct model *catalogue_at(size_t position)
{
    assert(position < catalogue_texts_count);
    return &catalogue_texts[position];
}

const struct model *catalogue_find(const char *name)
{
    for (size_t i = 0; i < catalogue_texts_count; i++)
        if (strcmp(catalogue_texts[i].name, name) == 0)
            return &catalogue_texts[i];
    return NULL;
}
