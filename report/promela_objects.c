/* What threads wait at, in a model for SPIN: mutexes, semaphores and queues; and what instructions make of them. */
#include "report/promela_parts.h"

#include <inttypes.h>

static const struct {
    enum operand_kind kind;
    const char *declaration;
} objects[] = {
    {OPERAND_MUTEX, "byte mutex_@ = 0;      /* 0: free, else 1 + the thread that holds it */\n"},
    {OPERAND_SEMAPHORE, "int permits_@ = #;\n"},
    {OPERAND_QUEUE, "int items_@[#] = 0; /* the first one first; behind the last one zeros */\nbyte length_@ = 0;\n"},
};
enum { OBJECT_KINDS = sizeof objects / sizeof objects[0], NEEDS_FIRST = 3 /* after NOTHING, FINISHED, AWAY */ };

const struct promela_step promela_steps[MICRO_KIND_COUNT] = {
    [MICRO_LOCK] = {OPERAND_MUTEX, "MUTEX_@", "mutex_@ == 0", "mutex_@ = _pid + 1"},
    [MICRO_UNLOCK] = {OPERAND_MUTEX, NULL, "mutex_@ == _pid + 1", "mutex_@ = 0"},
    [MICRO_WAIT] = {OPERAND_SEMAPHORE, "PERMIT_@", "permits_@ > 0", "permits_@ = permits_@ - 1"},
    [MICRO_POST] = {OPERAND_SEMAPHORE, NULL, NULL, "add(permits_@, 1)"},
    [MICRO_PUT] = {OPERAND_QUEUE, "ROOM_@", "length_@ < #", "items_@[length_@] = $; length_@ = length_@ + 1"},
    [MICRO_GET] = {OPERAND_QUEUE, "ITEM_@", "length_@ > 0", "take_@($)"},
    [MICRO_REPLACE] = {OPERAND_NONE, NULL, NULL, "compare_and_swap(~, $)"},
};

static size_t count_objects(const struct program *program, enum operand_kind kind)
{
    return kind == OPERAND_MUTEX       ? program->objects[OBJECT_MUTEX].count
           : kind == OPERAND_SEMAPHORE ? program->objects[OBJECT_SEMAPHORE].count
                                       : program->objects[OBJECT_QUEUE].count;
}

static void print_name(struct promela *self, const struct operand *object)
{
    const struct program *program = self->program;
    const char *name =
        object->kind == OPERAND_MUTEX       ? program_object(program, OBJECT_MUTEX, (size_t)object->value)->name
        : object->kind == OPERAND_SEMAPHORE ? program_object(program, OBJECT_SEMAPHORE, (size_t)object->value)->name
                                            : program_object(program, OBJECT_QUEUE, (size_t)object->value)->name;
    text_print(self->text, "%s", name);
}

static void print_number(struct promela *self, const struct operand *object)
{
    const struct program *program = self->program;
    int64_t number = object->kind == OPERAND_SEMAPHORE
                         ? program_object(program, OBJECT_SEMAPHORE, (size_t)object->value)->number
                         : program_object(program, OBJECT_QUEUE, (size_t)object->value)->number;
    text_print(self->text, "%" PRId64, number);
}

void promela_print_pattern(struct promela *self, const char *pattern, const struct operand *operands)
{
    for (const char *at = pattern; *at != '\0'; at++)
        if (*at == '@')
            print_name(self, operands);
        else if (*at == '#')
            print_number(self, operands);
        else if (*at == '~' || *at == '$')
            promela_print_operand(self, operands[*at == '$']);
        else
            text_append(self->text, at, 1);
}

void promela_print_objects(struct promela *self)
{
    for (size_t k = 0; k < OBJECT_KINDS; k++)
        for (size_t o = 0; o < count_objects(self->program, objects[k].kind); o++)
            promela_print_pattern(self, objects[k].declaration,
                                  &(struct operand){.kind = objects[k].kind, .value = (int64_t)o});
}

/* Prints what a thread can need of an object, as a constant or as a condition; returns the next constant. */
static size_t print_needs_of(struct promela *self, const struct operand *object, bool is_condition, size_t next)
{
    for (enum micro_kind kind = MICRO_NONE; kind < MICRO_KIND_COUNT; kind++) {
        const struct promela_step *step = &promela_steps[kind];
        if (step->object != object->kind || step->need == NULL)
            continue;
        text_print(self->text, is_condition ? " || \\\n    (needs[t] == " : "#define ");
        promela_print_pattern(self, step->need, object);
        if (is_condition) {
            text_print(self->text, " && ");
            promela_print_pattern(self, step->condition, object);
            text_print(self->text, ")");
        } else {
            text_print(self->text, " %zu\n", next++);
        }
    }
    return next;
}

size_t promela_print_needs(struct promela *self, bool is_condition)
{
    size_t next = NEEDS_FIRST;
    for (size_t k = 0; k < OBJECT_KINDS; k++)
        for (size_t o = 0; o < count_objects(self->program, objects[k].kind); o++)
            next = print_needs_of(self, &(struct operand){.kind = objects[k].kind, .value = (int64_t)o}, is_condition,
                                  next);
    return next;
}
