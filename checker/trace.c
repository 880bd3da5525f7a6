#include "checker/trace.h"

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
    memory_free(self->steps);
    for (size_t o = 0; o < self->object_count; o++)
        memory_free(self->objects[o].name);
    memory_free(self->objects);
    memory_free(self->stands);
    memory_free(self);
}

/* Returns the latest step before `before` that accessed the observed word as asked, by a given thread (or by any, for a
 * thread of UINT32_MAX), or step_count. A step that reads and writes at once counts as both. */
static size_t find_access(const struct trace *self, size_t before, uint32_t thread, bool is_write)
{
    for (size_t s = before; s-- > 0;) {
        const struct trace_step *step = &self->steps[s];
        if (thread != UINT32_MAX && step->thread != thread)
            continue;
        for (size_t a = 0; a < step->access_count; a++)
            if (step->accesses[a].word == self->observed_word && step->accesses[a].is_write == is_write)
                return s;
    }
    return self->step_count;
}

static bool accesses(const struct trace_step *step, uint32_t word, bool is_write)
{
    for (size_t a = 0; a < step->access_count; a++)
        if (step->accesses[a].word == word && step->accesses[a].is_write == is_write)
            return true;
    return false;
}

/* The step whose load the stored value was computed from: the store itself, where it reads too. */
static size_t find_load(const struct trace *self, size_t store)
{
    if (accesses(&self->steps[store], self->observed_word, false))
        return store;
    return find_access(self, store, self->steps[store].thread, false);
}

size_t *trace_chain(const struct trace *self, size_t *count)
{
    size_t *chain = NULL, capacity = 0;
    *count = 0;
    size_t store = find_access(self, self->step_count, UINT32_MAX, true);
    while (store < self->step_count) {
        chain = memory_grow(chain, *count, &capacity, sizeof *chain);
        chain[(*count)++] = store;
        size_t load = find_load(self, store);
        store = load < self->step_count ? find_access(self, load, UINT32_MAX, true) : self->step_count;
    }
    for (size_t i = 0; i < *count / 2; i++) {
        size_t other = chain[i];
        chain[i] = chain[*count - 1 - i];
        chain[*count - 1 - i] = other;
    }
    return chain;
}
