/* What a step did, in words, for the instructions by which threads synchronise, choose and print. */
#include "machine/store_buffer.h"

#include <inttypes.h>
#include <stdio.h>

/* A step that was made, and how it looked before and after. */
struct told {
    struct scene scene; /* before */
    const uint64_t *after;
    int64_t object;
    const char *name; /* of the object */
    struct text *text;
};

static const struct machine *machine_of(const struct told *self)
{
    return self->scene.machine;
}

static uint64_t sleepers_before(const struct told *self, enum micro_kind kind)
{
    return machine_sleepers(machine_of(self), self->scene.state, kind, self->object);
}

/* The threads that slept on a condition and sleep there no more. */
static uint64_t woken(const struct told *self)
{
    uint64_t before = sleepers_before(self, MICRO_CWAIT);
    return before & ~machine_sleepers(machine_of(self), self->after, MICRO_CWAIT, self->object);
}

static void name_threads(const struct told *self, uint64_t threads)
{
    text_print(self->text, "`");
    machine_name_threads(machine_of(self), threads, self->text);
    text_print(self->text, "`");
}

static void tell_try(const struct told *self, enum micro_kind kind)
{
    bool is_lock = kind == MICRO_TRYLOCK;
    location_id target = operand_location(&self->scene, &self->scene.instruction->operands[1]);
    bool succeeds =
        target < machine_of(self)->location_count && machine_value(machine_of(self), self->after, target) != 0;
    if (succeeds)
        text_print(self->text, is_lock ? "finds mutex `%s` free and takes it" : "takes a permit of `%s`", self->name);
    else
        text_print(self->text, is_lock ? "finds mutex `%s` taken" : "finds no permit of `%s`", self->name);
}

static void tell_cwait(const struct told *self)
{
    const struct machine *machine = machine_of(self);
    const struct operand *operand = &self->scene.instruction->operands[1];
    const char *mutex = program_object(machine->program, OBJECT_MUTEX,
                                       (size_t)machine_object(machine, self->scene.state, self->scene.thread, operand))
                            ->name;
    enum activity before = machine_activity(machine, self->scene.state, self->scene.thread);
    enum activity after = machine_activity(machine, self->after, self->scene.thread);
    if (before == ACTIVITY_NONE)
        text_print(self->text, "gives mutex `%s` back and sleeps on condition `%s`", mutex, self->name);
    else if (after == ACTIVITY_WOKEN)
        text_print(self->text, self->scene.instruction->gives_up > 0 ? "wakes up, for its time is over"
                                                                     : "wakes up without a signal");
    else
        text_print(self->text, "%s mutex `%s` again and goes on",
                   before == ACTIVITY_ASLEEP ? "wakes up without a signal, takes" : "was woken, takes", mutex);
}

static void tell_signal(const struct told *self)
{
    uint64_t threads = woken(self);
    if (threads == 0) {
        text_print(self->text, "signals condition `%s`, on which nobody sleeps", self->name);
        return;
    }
    text_print(self->text, "wakes ");
    name_threads(self, threads);
    text_print(self->text, ", asleep on condition `%s`", self->name);
}

static void tell_arrival(const struct told *self)
{
    int64_t wanted = program_object(machine_of(self)->program, OBJECT_BARRIER, (size_t)self->object)->number;
    int others = __builtin_popcountll(sleepers_before(self, MICRO_ARRIVE));
    if (others + 1 < wanted)
        text_print(self->text, "arrives at barrier `%s`, as number %d of %" PRId64 ", and waits", self->name,
                   others + 1, wanted);
    else
        text_print(self->text, "arrives at barrier `%s`, the last of %" PRId64 ": all go on", self->name, wanted);
}

const char *machine_printed(const struct scene *scene, char number[PRINTED_MAX])
{
    const struct machine *machine = scene->machine;
    const struct operand *operand = &scene->instruction->operands[0];
    if (operand->kind == OPERAND_STRING)
        return machine->program->strings[operand->value];
    int64_t value = machine_operand_value(scene, operand);
    switch ((enum print_form)scene->instruction->form) {
    case PRINT_DECIMAL:
        snprintf(number, PRINTED_MAX, "%" PRId64, value);
        break;
    case PRINT_UNSIGNED:
        snprintf(number, PRINTED_MAX, "%" PRIu64, (uint64_t)value);
        break;
    case PRINT_HEX:
        snprintf(number, PRINTED_MAX, "%" PRIx64, (uint64_t)value);
        break;
    case PRINT_UPPER_HEX:
        snprintf(number, PRINTED_MAX, "%" PRIX64, (uint64_t)value);
        break;
    case PRINT_OCTAL:
        snprintf(number, PRINTED_MAX, "%" PRIo64, (uint64_t)value);
        break;
    case PRINT_LETTER:
        snprintf(number, PRINTED_MAX, "%c", (int)value);
        break;
    }
    return number;
}

void machine_print(const struct machine *self, const uint64_t *state, size_t thread, struct text *text)
{
    struct scene scene = machine_scene(self, state, thread, machine_index(self, state, thread));
    char number[PRINTED_MAX];
    if (instruction_kind(scene.instruction) == MICRO_PRINT)
        text_print(text, "%s", machine_printed(&scene, number));
}

static void tell_print(const struct told *self)
{
    char number[PRINTED_MAX];
    const char *text = machine_printed(&self->scene, number);
    text_print(self->text, "prints ");
    if (text == number && self->scene.instruction->form != PRINT_LETTER) {
        text_print(self->text, "%s", number);
        return;
    }
    text_print(self->text, "`");
    text_print_quoted(self->text, text);
    text_print(self->text, "`");
}

static void tell_choice(const struct told *self)
{
    const struct operand *range = &self->scene.instruction->operands[0];
    text_print(self->text, "chooses a number from %" PRId64 " to %" PRId64, range->value, range->value + range->scale);
}

static struct told told_make(const struct machine *machine, const uint64_t *before, const uint64_t *after,
                             size_t thread, struct text *text)
{
    struct told told = {.scene = machine_scene(machine, before, thread, machine_index(machine, before, thread)),
                        .after = after,
                        .text = text};
    const struct operand *operand = &told.scene.instruction->operands[0];
    if (operand_is_object(operand)) {
        told.object = scene_object(&told.scene);
        told.name = program_object(machine->program, operand_object_kind(operand), (size_t)told.object)->name;
    } else if (operand->kind == OPERAND_THREAD) {
        told.name = machine->program->threads[operand->value].name;
    }
    return told;
}

bool machine_tell(const struct machine *self, const uint64_t *before, const uint64_t *after, size_t thread,
                  struct text *text)
{
    struct told told = told_make(self, before, after, thread, text);
    const struct instruction *instruction = told.scene.instruction;
    const struct operand *operand = &instruction->operands[0];
    enum micro_kind kind = instruction_kind(instruction);
    size_t length = text->length;
    if (kind == MICRO_TRYLOCK || kind == MICRO_TRYWAIT)
        tell_try(&told, kind);
    else if (kind == MICRO_RDLOCK || kind == MICRO_WRLOCK)
        text_print(text, "takes `%s` for %s", told.name, kind == MICRO_RDLOCK ? "reading" : "writing");
    else if (kind == MICRO_RWUNLOCK)
        text_print(text, "gives `%s` back", told.name);
    else if (kind == MICRO_CWAIT)
        tell_cwait(&told);
    else if (kind == MICRO_SIGNAL || kind == MICRO_BROADCAST)
        tell_signal(&told);
    else if (kind == MICRO_ARRIVE)
        tell_arrival(&told);
    else if (kind == MICRO_AWAIT)
        text_print(text, "finds event `%s` set", told.name);
    else if (kind == MICRO_SET)
        text_print(text, "%s event `%s`", instruction->opcode == OPCODE_CLEAR ? "clears" : "sets", told.name);
    else if (kind == MICRO_SPAWN)
        text_print(text, "starts `%s`", told.name);
    else if (kind == MICRO_JOIN)
        text_print(text, "finds that `%s` has finished", told.name);
    else if (kind == MICRO_DELAY)
        text_print(text, "has slept: nobody else could go on before");
    else if (kind == MICRO_CHOOSE)
        tell_choice(&told);
    else if (kind == MICRO_PRINT)
        tell_print(&told);
    else if (kind == MICRO_ASSERT)
        text_print(text, "finds that the assertion holds");
    else if (kind == MICRO_DIE)
        text_print(text, "ends by an error, `%s`", self->program->strings[operand->value]);
    else
        store_buffer_tell(self, before, after, thread, text);
    return text->length > length;
}

static enum activity activity_in(const struct told *self, const uint64_t *state)
{
    return machine_activity(machine_of(self), state, self->scene.thread);
}

static void tell_woken(const struct told *self)
{
    enum { NAMED_MAX = 3 };
    uint64_t threads = woken(self);
    int count = __builtin_popcountll(threads);
    text_print(self->text, "wakes %s", count == 0 ? "nobody" : "");
    if (count > NAMED_MAX)
        text_print(self->text, "%d threads", count);
    else
        machine_name_threads(machine_of(self), threads, self->text);
}

bool machine_tell_briefly(const struct machine *self, const uint64_t *before, const uint64_t *after, size_t thread,
                          struct text *text)
{
    struct told told = told_make(self, before, after, thread, text);
    enum micro_kind kind = instruction_kind(told.scene.instruction);
    bool sleeps = activity_in(&told, after) == ACTIVITY_ASLEEP;
    size_t length = text->length;
    if (kind == MICRO_ARRIVE)
        text_print(text, sleeps ? "waits" : "opens it");
    else if (kind == MICRO_CWAIT && activity_in(&told, after) != ACTIVITY_WOKEN)
        text_print(text, sleeps ? "sleeps" : "woken");
    else if (kind == MICRO_SIGNAL || kind == MICRO_BROADCAST)
        tell_woken(&told);
    return text->length > length;
}

/* What the next instruction of a thread is about: the mutex where it was woken on a condition. */
bool machine_subject(const struct machine *self, const uint64_t *state, size_t thread, unsigned *kind, size_t *number)
{
    if (machine_activity(self, state, thread) == ACTIVITY_UNBORN) {
        *kind = OBJECT_KIND_COUNT;
        *number = thread;
        return true;
    }
    if (machine_index(self, state, thread) == self->instruction_counts[thread]) /* its stores wait */
        return false;
    const struct instruction *instruction = instruction_at(self, thread, machine_index(self, state, thread));
    bool is_woken = machine_activity(self, state, thread) == ACTIVITY_WOKEN;
    const struct operand *operand = &instruction->operands[is_woken ? 1 : 0];
    if (operand->kind != OPERAND_THREAD && !operand_is_object(operand))
        return false;
    *kind = operand->kind == OPERAND_THREAD ? (unsigned)OBJECT_KIND_COUNT : (unsigned)operand_object_kind(operand);
    int64_t object = operand->kind == OPERAND_THREAD ? operand->value : machine_object(self, state, thread, operand);
    *number = object >= 0 ? (size_t)object : 0;
    return object >= 0;
}

size_t machine_object_count(const struct machine *self, unsigned kind)
{
    return kind == OBJECT_KIND_COUNT ? self->program->thread_count : self->program->objects[kind].count;
}

const char *machine_object_name(const struct machine *self, unsigned kind, size_t number)
{
    return kind == OBJECT_KIND_COUNT ? self->program->threads[number].name
                                     : program_object(self->program, (enum object_kind)kind, number)->name;
}

bool machine_names_threads(const struct machine *self)
{
    return self->named != 0;
}
