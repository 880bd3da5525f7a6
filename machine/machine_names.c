/* What people read of a machine: names, places in the source, what a thread waits for, what has failed. */
#include "machine/store_buffer.h"

#include "base/memory.h"

#include <inttypes.h>

/* ", held by T0 and T2" */
static void print_threads(const struct machine *self, uint64_t threads, const char *before, struct text *text)
{
    for (size_t t = 0; t < self->program->thread_count; t++)
        if (threads >> t & 1) {
            text_print(text, "%s%s", before, self->program->threads[t].name);
            threads &= threads - 1;
            before = (threads & (threads - 1)) != 0 ? ", " : " and ";
        }
}

static void describe_lock(const struct machine *self, const uint64_t *state, enum micro_kind kind, int64_t object,
                          struct text *text)
{
    bool is_mutex = kind == MICRO_LOCK || kind == MICRO_CWAIT;
    text_print(text, "%s %s", is_mutex ? "mutex" : "read-write lock",
               program_object(self->program, is_mutex ? OBJECT_MUTEX : OBJECT_RWLOCK, (size_t)object)->name);
    if (is_mutex)
        print_threads(self, machine_holders(self, state, HOLD_MUTEX, object), ", held by ", text);
    else
        print_threads(self,
                      machine_holders(self, state, HOLD_READING, object) |
                          machine_holders(self, state, HOLD_WRITING, object),
                      ", held by ", text);
}

static void describe_sleep(const struct machine *self, const uint64_t *state, enum micro_kind kind, int64_t object,
                           struct text *text)
{
    if (kind == MICRO_CWAIT) {
        text_print(text, "condition %s, until it is signalled",
                   program_object(self->program, OBJECT_CONDITION, (size_t)object)->name);
        return;
    }
    const struct object *barrier = program_object(self->program, OBJECT_BARRIER, (size_t)object);
    text_print(text, "barrier %s, where %d of %" PRId64 " have arrived", barrier->name,
               __builtin_popcountll(machine_sleepers(self, state, MICRO_ARRIVE, object)), barrier->number);
}

/* Tells what a semaphore or an event stands for that people have not written of. */
static bool has_other_words(const struct program *program, enum micro_kind kind, int64_t object, struct text *text)
{
    if (kind != MICRO_WAIT && kind != MICRO_AWAIT)
        return false;
    enum object_kind of = kind == MICRO_WAIT ? OBJECT_SEMAPHORE : OBJECT_EVENT;
    const char *words = program_object(program, of, (size_t)object)->wanted;
    text_print(text, "%s", words != NULL ? words : "");
    return words != NULL;
}

void machine_describe_wait(const struct machine *self, const uint64_t *state, size_t thread, struct text *text)
{
    enum activity activity = machine_activity(self, state, thread);
    if (activity == ACTIVITY_UNBORN) { /* even where it has no instruction to wait at */
        text_print(text, "a thread that spawns it");
        return;
    }
    if (store_buffer_count(self, state, thread) > 0) { /* even where it is at its end */
        text_print(text, "its stores to reach memory");
        return;
    }
    const struct instruction *instruction = instruction_at(self, thread, machine_index(self, state, thread));
    enum micro_kind kind = instruction_kind(instruction);
    int64_t object = machine_object(self, state, thread, &instruction->operands[activity == ACTIVITY_WOKEN]);
    const struct program *program = self->program;
    if (activity == ACTIVITY_ASLEEP)
        describe_sleep(self, state, kind, object, text);
    else if (kind == MICRO_LOCK || kind == MICRO_CWAIT || kind == MICRO_RDLOCK || kind == MICRO_WRLOCK)
        describe_lock(self, state, kind, object, text);
    else if (has_other_words(program, kind, object, text))
        return;
    else if (kind == MICRO_WAIT)
        text_print(text, "semaphore %s, which has no permit left",
                   program_object(program, OBJECT_SEMAPHORE, (size_t)object)->name);
    else if (kind == MICRO_PUT || kind == MICRO_GET)
        text_print(text, "queue %s, which is %s", program_object(program, OBJECT_QUEUE, (size_t)object)->name,
                   kind == MICRO_PUT ? "full" : "empty");
    else if (kind == MICRO_AWAIT)
        text_print(text, "event %s, which is not set", program_object(program, OBJECT_EVENT, (size_t)object)->name);
    else if (kind == MICRO_JOIN)
        text_print(text, "thread %s, which has not finished", program->threads[object].name);
    else if (kind == MICRO_DELAY)
        text_print(text, "its time, which passes when nobody can go on");
}

const char *machine_failure_text(enum failure failure)
{
    static const char *const texts[FAILURE_COUNT] = {
        [FAILURE_NONE] = "no error",
        [FAILURE_OVERFLOW] = "the result does not fit 64 bits",
        [FAILURE_UNLOCK] = "unlocks a mutex that the thread does not hold",
        [FAILURE_ADDRESS] = "the address lies outside memory",
        [FAILURE_INSIDE] = "the address lies inside a word",
        [FAILURE_MEMORY] = "more than 64 words without a name are in use",
        [FAILURE_BUFFER] =
            "more than 32 stores of the thread wait for memory (a loop without mfence? with --store-buffer N a "
            "store waits for room)",
        [FAILURE_PUSH] = "a push onto a full stack",
        [FAILURE_POP] = "a pop from an empty stack",
        [FAILURE_RETURN] = "a return without a call",
        [FAILURE_DIVISION] = "a division by zero",
        [FAILURE_SHIFT] = "a shift by less than 0 or more than 63 bits",
        [FAILURE_ELEMENT] = "the array has no such element",
        [FAILURE_RELEASE] = "unlocks a read-write lock that the thread does not hold",
        [FAILURE_SLEEP] = "waits on a condition with a mutex that the thread does not hold exactly once",
        [FAILURE_ASSERT] = "the assertion does not hold",
        [FAILURE_SPAWN] = "starts a thread that has begun",
        [FAILURE_SAID] = "fails",
    };
    return texts[failure];
}

char *machine_describe_failure(const struct machine *self, size_t thread, uint32_t index, enum failure failure)
{
    struct text text = TEXT_INIT;
    char *instruction = machine_instruction_text(self, thread, index);
    const char *words = machine_failure_text(failure);
    if (failure == FAILURE_SAID)
        words = self->program->strings[instruction_at(self, thread, index)->operands[0].value];
    text_print(&text, "%s:%u:", machine_file(self, thread), machine_line(self, thread, index));
    if (machine_column(self, thread, index) > 0)
        text_print(&text, "%u:", machine_column(self, thread, index));
    text_print(&text, " %s: %s: %s", machine_thread_name(self, thread), instruction, words);
    memory_free(instruction);
    return text_take(&text);
}

void machine_name_threads(const struct machine *self, uint64_t threads, struct text *text)
{
    for (uint64_t rest = threads; rest != 0; rest &= rest - 1) {
        bool is_last = (rest & (rest - 1)) == 0;
        text_print(text, "%s%s",
                   rest == threads ? ""
                   : is_last       ? " and "
                                   : ", ",
                   machine_thread_name(self, (size_t)__builtin_ctzll(rest)));
    }
}

uint32_t machine_ticks(const struct machine *self, size_t thread, uint32_t index)
{
    return instruction_at(self, thread, index)->ticks;
}

bool machine_yields(const struct machine *self, size_t thread, uint32_t index)
{
    return instruction_kind(instruction_at(self, thread, index)) == MICRO_YIELD;
}

bool machine_is_end(const struct machine *self, size_t thread, uint32_t index, enum failure failure)
{
    return failure == FAILURE_DIVISION || (failure == FAILURE_SAID && instruction_at(self, thread, index)->is_end);
}

uint32_t machine_line(const struct machine *self, size_t thread, uint32_t index)
{
    return instruction_at(self, thread, index)->place.line;
}

uint32_t machine_column(const struct machine *self, size_t thread, uint32_t index)
{
    return instruction_at(self, thread, index)->place.column;
}

char *machine_instruction_text(const struct machine *self, size_t thread, uint32_t index)
{
    return program_instruction_text(self->program, thread_code(self, thread), instruction_at(self, thread, index));
}

const char *machine_thread_name(const struct machine *self, size_t thread)
{
    return self->program->threads[thread].name;
}

const char *machine_register_name(const struct machine *self, unsigned number)
{
    return program_register_name(self->program, number);
}

const struct value_names *machine_value_names(const struct machine *self)
{
    return &self->program->value_names;
}

const char *machine_reading(const struct machine *self)
{
    return self->program->reading;
}

const char *machine_source(const struct machine *self)
{
    return self->program->source;
}

const char *machine_file(const struct machine *self, size_t thread)
{
    return self->program->files[thread_code(self, thread)->file].name;
}

uint64_t machine_greatest_sum(const struct machine *self)
{
    uint64_t greatest = UINT64_C(1) << 62;
    for (size_t c = 0; c < self->program->code_count; c++)
        for (uint32_t i = 0; i < self->program->codes[c].count; i++) {
            unsigned wrap = self->program->codes[c].instructions[i].wrap;
            if (wrap > 0 && wrap < 63 && greatest > UINT64_C(1) << (wrap - 1))
                greatest = UINT64_C(1) << (wrap - 1);
        }
    return greatest;
}
