#include "trace/condensed.h"

#include "base/memory.h"

#include <string.h>

static const struct instruction *instruction_of(const struct program *program, const struct trace_step *step)
{
    return &program_code(program, step->thread)->instructions[step->index];
}

static bool is_internal_object(const struct program *program, const struct operand *operand)
{
    return operand_is_object(operand) && !operand_is_picked(operand) &&
           program_object(program, operand_object_kind(operand), (size_t)operand->value)->is_internal;
}

/* Whether all that an instruction touches is of the front-end's making. */
static bool is_internal(const struct program *program, const struct trace_step *step)
{
    const struct instruction *instruction = instruction_of(program, step);
    bool has_words = step->access_count > 0;
    for (size_t a = 0; a < step->access_count; a++) {
        uint32_t word = step->accesses[a].word;
        has_words = has_words && word < program->variable_count && program->variables[word].is_internal;
    }
    return has_words || is_internal_object(program, &instruction->operands[0]);
}

static bool is_told(const struct program *program, const struct trace *trace, size_t index)
{
    const struct trace_step *step = &trace->steps[index];
    bool is_failure = trace->end == TRACE_FAILED && index + 1 == trace->step_count;
    return is_failure || step->act == TRACE_DIES ||
           (instruction_is_visible(instruction_of(program, step)) && !is_internal(program, step));
}

/* ---- Why others were let in -------------------------------------------------------------------------------------- */

/* Where a thread goes on behind a step; SIZE_MAX: nowhere. */
static size_t find_next(const struct trace *trace, size_t index, uint32_t thread)
{
    for (size_t i = index; i < trace->step_count; i++)
        if (trace->steps[i].thread == thread)
            return i;
    return SIZE_MAX;
}

static const char *opening_of(const struct program *program, const struct trace *trace, size_t before, size_t next)
{
    const struct trace_step *last = &trace->steps[before], *first = &trace->steps[next];
    const struct origin *origins = program_code(program, first->thread)->origins;
    if (origins == NULL)
        return NULL;
    uint32_t opening = origins[first->index].opening, earlier = origins[last->index].opening;
    bool came_by_jump = instruction_of(program, last)->opcode == OPCODE_J;
    if (came_by_jump && earlier > 0 && !origins[first->index].opens_behind)
        opening = earlier;
    return opening > 0 ? program->openings[opening - 1] : NULL;
}

static void note_openings(struct trace *self, const struct program *program, size_t *capacity)
{
    for (size_t i = 1; i < self->step_count; i++) {
        size_t next = self->steps[i].preemption ? find_next(self, i, self->steps[i - 1].thread) : SIZE_MAX;
        const char *opening = next != SIZE_MAX ? opening_of(program, self, i - 1, next) : NULL;
        if (opening == NULL)
            continue;
        self->texts = memory_grow(self->texts, self->text_count, capacity, sizeof *self->texts);
        self->steps[i].opening = self->texts[self->text_count++] = memory_copy_string(opening);
    }
}

/* ---- Fewer steps ------------------------------------------------------------------------------------------------- */

/* One step says what two did. */
static void merge(struct trace_step *self, const struct trace_step *other, bool is_behind)
{
    self->preemption |= other->preemption;
    if (self->opening == NULL)
        self->opening = other->opening;
    if (!is_behind)
        return;
    self->printed = other->printed;
    self->next_line = other->next_line;
    self->waits = other->waits;
    self->waits_for = other->waits_for;
}

/* Of one step of the schedule keeps what is told, at least one; notes where each of them is now. Returns how many are kept in all. */
static size_t condense_step(struct trace *self, const struct program *program, size_t first, size_t end, size_t kept,
                            size_t *places)
{
    size_t start = kept, pending = first;
    for (size_t i = first; i < end; i++)
        if (is_told(program, self, i)) {
            struct trace_step step = self->steps[i];
            for (; pending < i; pending++)
                merge(&step, &self->steps[pending], false);
            self->steps[kept] = step;
            places[i] = kept++;
            pending = i + 1;
        } else if (kept > start) {
            struct trace_step step = self->steps[i];
            merge(&self->steps[kept - 1], &step, true);
            places[i] = kept - 1;
            pending = i + 1;
        } else
            places[i] = start;
    if (kept > start)
        return kept;
    struct trace_step step = self->steps[first];
    for (size_t i = first + 1; i < end; i++)
        merge(&step, &self->steps[i], true);
    self->steps[kept] = step;
    return kept + 1;
}

static void move_references(struct trace *self, const size_t *places, size_t count)
{
    for (size_t v = 0; v < self->value_count; v++)
        if (self->values[v].step < count)
            self->values[v].step = places[self->values[v].step];
    for (size_t w = 0; w < self->wait_count; w++)
        if (self->waits[w].after > 0)
            self->waits[w].after = places[self->waits[w].after - 1] + 1;
}

static void forget_registers(struct trace *self)
{
    for (size_t s = 0; s < self->step_count; s++)
        self->steps[s].register_name = NULL;
    self->register_count = 0;
}

void trace_condense(struct trace *self, const struct program *program)
{
    size_t count = self->step_count, kept = 0, capacity = self->text_count;
    size_t *places = memory_new(count, sizeof *places);
    note_openings(self, program, &capacity);
    for (size_t first = 0, end; first < count; first = end) {
        end = first + 1;
        while (end < count && self->steps[end].number == self->steps[first].number)
            end++;
        kept = condense_step(self, program, first, end, kept, places);
    }
    self->step_count = kept;
    move_references(self, places, count);
    forget_registers(self);
    memory_free(places);
}
