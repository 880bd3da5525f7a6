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
    memory_free(self->finals);
    memory_free(self->output);
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

int64_t trace_final_word(const struct trace *self, uint32_t word)
{
    int64_t value = self->first_words[word];
    for (size_t s = 0; s < self->step_count; s++)
        for (size_t a = 0; a < self->steps[s].access_count; a++)
            if (self->steps[s].accesses[a].is_write && self->steps[s].accesses[a].word == word)
                value = self->steps[s].accesses[a].value;
    return value;
}
