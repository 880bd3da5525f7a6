#include "trace/trace.h"

#include "base/memory.h"
#include "program/instruction.h"

#include <string.h>

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
    memory_free(self->reading);
    memory_free(self->finals);
    memory_free(self->output);
    memory_free(self->end_text);
    memory_free(self->death_text);
    memory_free(self->overlap_text);
    free_strings(self->threads, self->thread_count);
    free_strings(self->words, self->word_count);
    value_names_free(&self->value_names);
    free_strings(self->texts, self->text_count);
    memory_free(self->first_words);
    memory_free(self->registers);
    schedule_free(&self->schedule);
    memory_free(self->steps);
    free_strings(self->events, self->event_count);
    memory_free(self->event_totals);
    memory_free(self->values);
    memory_free(self->waits);
    for (size_t o = 0; o < self->object_count; o++)
        memory_free(self->objects[o].name);
    memory_free(self->objects);
    memory_free(self->stands);
    memory_free(self);
}

size_t trace_length(const struct trace *self)
{
    return self->step_count > 0 ? self->steps[self->step_count - 1].number : 0;
}

size_t trace_find_step(const struct trace *self, size_t step)
{
    size_t low = 0, high = self->step_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (self->steps[middle].number <= step)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool trace_goes_on(const struct trace *self, size_t index)
{
    return index > 0 && self->steps[index].number == self->steps[index - 1].number;
}

bool trace_repeats(const struct trace *self, size_t first, size_t again, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct trace_step *a = &self->steps[first + i], *b = &self->steps[again + i];
        if (a->thread != b->thread || a->index != b->index || a->is_return != b->is_return ||
            a->is_flush != b->is_flush)
            return false;
    }
    return true;
}

int64_t trace_final_word(const struct trace *self, uint32_t word)
{
    int64_t value = self->first_words[word];
    for (size_t s = 0; s < self->step_count; s++)
        (void)trace_step_stores(self, s, word, &value);
    return value;
}

/* The last access of a step to a word, or NULL. */
static const struct trace_access *find_access(const struct trace_step *step, uint32_t word, bool is_write)
{
    for (size_t a = step->access_count; a-- > 0;)
        if (step->accesses[a].is_write == is_write && step->accesses[a].word == word)
            return &step->accesses[a];
    return NULL;
}

bool trace_step_touches(const struct trace *self, size_t step, uint32_t word, bool is_write)
{
    return find_access(&self->steps[step], word, is_write) != NULL;
}

bool trace_step_stores(const struct trace *self, size_t step, uint32_t word, int64_t *value)
{
    const struct trace_access *access = find_access(&self->steps[step], word, true);
    if (access != NULL)
        *value = access->value;
    return access != NULL;
}

/* ---- What is told of every step -------------------------------------------------------------------------------- */

size_t trace_place_count(const struct trace *self)
{
    return self->observation.count + self->event_count;
}

bool trace_is_event(const struct trace *self, size_t place)
{
    return place >= self->observation.count;
}

/* How often an event has happened after so many steps. */
static int64_t event_total(const struct trace *self, size_t place, size_t steps)
{
    size_t event = place - self->observation.count;
    return steps > 0 ? self->event_totals[(steps - 1) * self->event_count + event] : 0;
}

char *trace_place_name(const struct trace *self, size_t place)
{
    if (trace_is_event(self, place))
        return memory_copy_string(self->events[place - self->observation.count]);
    struct observation_place at = self->observation.places[place];
    struct text name = TEXT_INIT;
    if (at.thread == OBSERVED_OUTPUT)
        text_print(&name, "output");
    else if (at.thread == OBSERVED_WORD)
        text_print(&name, "%s", self->words[at.number]);
    else
        text_print(&name, "%s.%%%s", self->threads[at.thread], register_name((enum register_name)at.number));
    return text_take(&name);
}

bool trace_is_output(const struct trace *self, size_t place)
{
    return !trace_is_event(self, place) && self->observation.places[place].thread == OBSERVED_OUTPUT;
}

bool trace_is_word(const struct trace *self, size_t place)
{
    return !trace_is_event(self, place) && self->observation.places[place].thread == OBSERVED_WORD;
}

int64_t trace_first(const struct trace *self, size_t place)
{
    if (trace_is_event(self, place))
        return 0;
    struct observation_place at = self->observation.places[place];
    if (at.thread == OBSERVED_WORD)
        return self->first_words[at.number];
    for (size_t r = 0; r < self->register_count; r++)
        if (self->registers[r].thread == (uint32_t)at.thread &&
            strcmp(self->registers[r].name, register_name((enum register_name)at.number)) == 0)
            return self->registers[r].first;
    return 0;
}

bool trace_step_sets(const struct trace *self, size_t index, size_t place, int64_t *value)
{
    const struct trace_step *step = &self->steps[index];
    if (trace_is_event(self, place)) {
        *value = event_total(self, place, index + 1);
        return *value != event_total(self, place, index);
    }
    struct observation_place at = self->observation.places[place];
    if (at.thread == OBSERVED_WORD)
        return trace_step_stores(self, index, at.number, value);
    bool is_set = at.thread >= 0 && step->thread == (uint32_t)at.thread && step->register_name != NULL &&
                  strcmp(step->register_name, register_name((enum register_name)at.number)) == 0;
    if (is_set)
        *value = step->register_value;
    return is_set;
}

int64_t trace_final(const struct trace *self, size_t place)
{
    int64_t value = trace_first(self, place);
    for (size_t s = 0; s < self->step_count; s++)
        (void)trace_step_sets(self, s, place, &value);
    return value;
}
