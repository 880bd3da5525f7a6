#include "report/stints.h"

#include "base/memory.h"
#include "base/utf8.h"
#include "report/step_text.h"

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

/* What a turn did to the observed variable; returns whether it did anything. */
static bool print_observed(struct text *text, const struct stint *turn, const struct trace *trace)
{
    if (turn->stores > 0) {
        step_text_print_name(text, trace->observe);
        text_print(text, ": %" PRId64 " \xe2\x86\x92 %" PRId64, turn->before, turn->after);
    }
    if (turn->stores > 1)
        text_print(text, " in %zu stores", turn->stores);
    if (turn->stores > 0 && turn->ends_read)
        text_print(text, "; then it reads %" PRId64, turn->last_read);
    else if (turn->ends_read) {
        text_print(text, "reads ");
        step_text_print_name(text, trace->observe);
        text_print(text, " = %" PRId64, turn->last_read);
    }
    return turn->stores > 0 || turn->ends_read;
}

/* How often a turn took and gave, put or got at an object. */
struct dealings {
    size_t taken;
    size_t given;
    size_t put;
    size_t got;
};

static struct dealings find_dealings(const struct stint *turn, const struct trace *trace, uint32_t object)
{
    struct dealings dealings = {0};
    for (size_t s = turn->first; s < turn->first + turn->count; s++) {
        const struct trace_step *step = &trace->steps[s];
        if (step->object != object)
            continue;
        dealings.taken += step->act == TRACE_TAKES;
        dealings.given += step->act == TRACE_GIVES;
        dealings.put += step->act == TRACE_PUTS;
        dealings.got += step->act == TRACE_GETS;
    }
    return dealings;
}

static void print_times(struct text *text, size_t times)
{
    if (times > 1)
        text_print(text, " %zu times", times);
}

/* "takes `m` and gives it back 3 times", "gives `m` back and takes it". */
static void print_holding(struct text *text, const struct stint *turn, const struct trace *trace, uint32_t object,
                          struct dealings dealings)
{
    size_t first = turn->first;
    while (trace->steps[first].object != object ||
           (trace->steps[first].act != TRACE_TAKES && trace->steps[first].act != TRACE_GIVES))
        first++;
    bool takes_first = trace->steps[first].act == TRACE_TAKES, is_mutex = trace->objects[object].kind == TRACE_MUTEX;
    bool both = dealings.taken > 0 && dealings.given > 0;
    text_print(text, "%s", takes_first ? "takes " : "gives ");
    if (!is_mutex)
        text_print(text, takes_first ? "a permit of " : "a permit to ");
    step_text_print_name(text, trace->objects[object].name);
    text_print(text, "%s", is_mutex && !takes_first ? " back" : "");
    if (!both || dealings.taken != dealings.given)
        print_times(text, takes_first ? dealings.taken : dealings.given);
    if (!both)
        return;
    text_print(text, takes_first ? " and gives %s back" : " and takes %s", is_mutex ? "it" : "one");
    print_times(text, dealings.taken != dealings.given && takes_first ? dealings.given : dealings.taken);
}

static void print_queueing(struct text *text, const struct trace *trace, uint32_t object, struct dealings dealings)
{
    const char *name = trace->objects[object].name;
    if (dealings.put > 0) {
        text_print(text, "puts %zu item%s into ", dealings.put, dealings.put == 1 ? "" : "s");
        step_text_print_name(text, name);
    }
    if (dealings.got > 0) {
        text_print(text, "%sgets %zu from ", dealings.put > 0 ? " and " : "", dealings.got);
        step_text_print_name(text, name);
    }
}

/* What a turn took, gave, put and got; returns whether it did. */
static bool print_dealings(struct text *text, const struct stint *turn, const struct trace *trace, bool follows)
{
    for (uint32_t o = 0; o < trace->object_count; o++) {
        struct dealings dealings = find_dealings(turn, trace, o);
        if (dealings.taken + dealings.given + dealings.put + dealings.got == 0)
            continue;
        text_print(text, "%s", follows ? "; " : "");
        if (trace->objects[o].kind == TRACE_QUEUE)
            print_queueing(text, trace, o, dealings);
        else
            print_holding(text, turn, trace, o, dealings);
        follows = true;
    }
    return follows;
}

/* Whether the turn is over because its thread must wait. */
static void print_wait(struct text *text, const struct stint *turn, const struct trace *trace)
{
    const struct trace_step *last = &trace->steps[turn->first + turn->count - 1];
    if (!last->waits)
        return;
    text_print(text, "; then it waits for ");
    step_text_print_name(text, trace->objects[last->waits_for].name);
}

void stint_print(struct text *text, const struct stint *turn, const struct trace *trace)
{
    bool did = print_observed(text, turn, trace);
    if (!print_dealings(text, turn, trace, did)) {
        text_print(text, "does not touch ");
        step_text_print_name(text, trace->observe);
    }
    print_wait(text, turn, trace);
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
