#include "trace/trace.h"

#include "base/memory.h"

static void free_strings(char **strings, size_t count)
{
    for (size_t s = 0; s < count; s++)
        memory_free(strings[s]);
    memory_free(strings);
}

void trace_free(struct trace *self)
{
    if (self == NULL)
        return;
    memory_free(self->observe);
    memory_free(self->end_text);
    memory_free(self->overlap_text);
    free_strings(self->threads, self->thread_count);
    free_strings(self->words, self->word_count);
    free_strings(self->texts, self->text_count);
    memory_free(self->first_words);
    memory_free(self->registers);
    schedule_free(&self->schedule);
    memory_free(self->steps);
    memory_free(self->values);
    for (size_t o = 0; o < self->object_count; o++)
        memory_free(self->objects[o].name);
    memory_free(self->objects);
    memory_free(self->stands);
    memory_free(self);
}
