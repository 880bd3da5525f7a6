#include "tests/support/race.h"

#include "base/memory.h"
#include "base/text.h"

#include <stdio.h>

const char race_text[] = "# unlocked.s: the increment race\n.var value\n.main\n.rept ITERS\n    mov value, %ax\n"
                         "    add $1, %ax\n    mov %ax, value\n.endr\n";

struct race race_new(size_t threads, size_t iters, size_t steps)
{
    struct race self = {.trace = memory_new(1, sizeof *self.trace), .iters = iters};
    struct trace *trace = self.trace;
    trace->observation = observation_of(0);
    trace->observe = memory_copy_string("value");
    trace->threads = memory_new(threads, sizeof *trace->threads);
    trace->thread_count = threads;
    for (size_t i = 0; i < threads; i++) {
        struct text name = TEXT_INIT;
        text_print(&name, "T%zu", i);
        trace->threads[i] = text_take(&name);
    }
    trace->words = memory_new(1, sizeof *trace->words);
    trace->words[0] = memory_copy_string("value");
    trace->word_count = 1;
    trace->texts = memory_new(3, sizeof *trace->texts);
    trace->text_count = 3;
    trace->texts[0] = memory_copy_string("mov value, %ax");
    trace->texts[1] = memory_copy_string("add $1, %ax");
    trace->texts[2] = memory_copy_string("mov %ax, value");
    trace->steps = memory_new(steps, sizeof *trace->steps);
    trace->first_words = memory_new(1, sizeof *trace->first_words);
    trace->values = memory_new(2 + steps, sizeof *trace->values);
    trace->value_count = 2;
    trace->values[0] = (struct trace_value){.step = SIZE_MAX, .word = 0};
    trace->values[1] = (struct trace_value){.step = SIZE_MAX, .word = TRACE_NO_WORD};
    self.word_value = 0;
    return self;
}

/* Each step makes one value of another one. */
static void race_value(struct race *self, uint32_t thread, size_t operation)
{
    struct trace *trace = self->trace;
    size_t source = operation == 0 ? self->word_value : self->register_values[thread];
    trace->values[trace->value_count] = (struct trace_value){.step = trace->step_count,
                                                             .word = operation == 2 ? 0 : TRACE_NO_WORD,
                                                             .source_count = 1,
                                                             .sources = {source},
                                                             .coefficients = {1}};
    *(operation == 2 ? &self->word_value : &self->register_values[thread]) = trace->value_count++;
}

void race_step(struct race *self, uint32_t thread)
{
    struct trace *trace = self->trace;
    size_t operation = self->position[thread] % 3;
    struct trace_step *step = &trace->steps[trace->step_count];
    schedule_add(&trace->schedule, action_by(ACTION_STEP, thread));
    step->number = trace->step_count + 1;
    step->thread = thread;
    step->index = (uint32_t)self->position[thread];
    step->line = (uint32_t)(5 + operation);
    step->text = trace->texts[operation];
    if (operation == 0)
        self->registers[thread] = self->value;
    else if (operation == 1)
        self->registers[thread]++;
    else
        self->value = self->registers[thread];
    if (operation != 1) {
        step->access_count = 1;
        step->accesses[0] = (struct trace_access){0, operation == 2, self->value};
    }
    if (operation < 2) {
        step->register_name = "ax";
        step->register_value = self->registers[thread];
    }
    race_value(self, thread, operation);
    if (trace->step_count > 0) {
        uint32_t previous = trace->steps[trace->step_count - 1].thread;
        step->preemption = previous != thread && self->position[previous] < 3 * self->iters;
        trace->preemptions += step->preemption;
    }
    self->position[thread]++;
    trace->step_count++;
    trace->value = self->value;
}

struct trace *race_run(size_t threads, size_t iters, const char *turns)
{
    struct race race = race_new(threads, iters, 3 * threads * iters);
    unsigned thread, count;
    int length;
    while (sscanf(turns, "%ux%u%n", &thread, &count, &length) == 2) {
        turns += length;
        while (count-- > 0)
            race_step(&race, thread);
    }
    return race.trace;
}

const char race_turns_to_2[] = "0x1 1x27 0x2 1x1 0x27 1x2";
