#include "reports/stints.h"

#include "base/memory.h"
#include "reports/deed.h"
#include "reports/utf8.h"

#include <inttypes.h>

/* Follows what a step does to the observed variable. */
static void note_step(struct stint *turn, const struct trace *trace, const struct trace_step *step)
{
    for (size_t i = 0; i < step->access_count; i++) {
        const struct trace_access *access = &step->accesses[i];
        if (access->word != trace->observed_word)
            continue;
        turn->stores += access->is_write;
        turn->ends_read = !access->is_write;
        turn->last_read = access->value;
    }
    turn->after = step->observed;
    turn->count++;
}

static void begin(struct stints *self, const struct trace *trace, size_t step)
{
    self->items = memory_grow(self->items, self->count, &self->capacity, sizeof *self->items);
    self->items[self->count++] = (struct stint){
        .first = step,
        .thread = trace->steps[step].thread,
        .is_preemption = trace->steps[step].preemption,
        .before = step > 0 ? trace->steps[step - 1].observed : trace->observed_first,
    };
}

struct stints stints_make(const struct trace *trace, size_t border)
{
    struct stints self = {0};
    for (size_t step = 0; step < trace->step_count; step++) {
        if (step == 0 || step == border || trace->steps[step].thread != trace->steps[step - 1].thread)
            begin(&self, trace, step);
        note_step(&self.items[self.count - 1], trace, &trace->steps[step]);
    }
    return self;
}

void stints_free(struct stints *self)
{
    memory_free(self->items);
    *self = (struct stints){0};
}

void stint_print(struct text *text, const struct stint *turn, const struct trace *trace)
{
    if (turn->stores == 0 && !turn->ends_read) {
        text_print(text, "does not touch ");
        deed_print_name(text, trace->observe);
        return;
    }
    if (turn->stores > 0) {
        deed_print_name(text, trace->observe);
        text_print(text, ": %" PRId64 " \xe2\x86\x92 %" PRId64, turn->before, turn->after);
    }
    if (turn->stores > 1)
        text_print(text, " in %zu stores", turn->stores);
    if (turn->stores > 0 && turn->ends_read)
        text_print(text, "; then it reads %" PRId64, turn->last_read);
    else if (turn->ends_read) {
        text_print(text, "reads ");
        deed_print_name(text, trace->observe);
        text_print(text, " = %" PRId64, turn->last_read);
    }
}

void stints_print_schedule(struct text *text, const struct stints *turns, const struct trace *trace, size_t most)
{
    for (size_t i = 0; i < turns->count && i < most; i++) {
        char *name = utf8_line(trace->threads[turns->items[i].thread]);
        text_print(text, "%s%s\xc3\x97%zu", i > 0 ? ", " : "", name, turns->items[i].count);
        memory_free(name);
    }
    if (turns->count > most)
        text_print(text, ", and %zu more turns", turns->count - most);
}
