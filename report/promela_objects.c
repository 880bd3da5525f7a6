/* What threads synchronise by, in a model for SPIN, and what instructions make of it. */
#include "base/memory.h"
#include "report/promela_parts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { NEEDS_FIRST = 3 /* after NOTHING, FINISHED, AWAY */ };

/* ---- The tables ---------------------------------------------------------------------------------------------- */

static const struct {
    const char *declaration;
    const char *recursive; /* of mutexes that are, beside it */
    const char *places[2]; /* what instructions change of an element, beside the items of queues */
} objects[OBJECT_KIND_COUNT] = {
    [OBJECT_MUTEX] = {"byte mutex_$d = 0;      /* 0: free, else 1 + the thread that holds it */\n",
                      "byte depth_$d = 0;      /* how often its holder has locked it again */\n",
                      {"mutex_$o"}},
    [OBJECT_SEMAPHORE] = {"int permits_$d = $n;\n", NULL, {"permits_$o"}},
    [OBJECT_QUEUE] = {"int items_$g[$s] = 0; /* the first one first; behind the last one zeros */\n"
                      "byte length_$d = 0;\n",
                      NULL,
                      {"length_$o"}},
    [OBJECT_CONDITION] = {"", NULL, {NULL}},
    [OBJECT_BARRIER] = {"byte arrived_$d = 0;    /* threads that sleep there */\n", NULL, {"arrived_$o"}},
    [OBJECT_EVENT] = {"bit event_$d = $n;      /* 1: set */\n", NULL, {"event_$o"}},
    [OBJECT_RWLOCK] = {"int reading_$d = 0;     /* the threads that read, a bit each */\n"
                       "byte writing_$d = 0;    /* 0: nobody, else 1 + the thread */\n",
                       NULL,
                       {"reading_$o", "writing_$o"}},
};

static const struct promela_step steps[MICRO_KIND_COUNT] = {
    [MICRO_LOCK] = {.need = "MUTEX",
                    .object = OBJECT_MUTEX,
                    .condition = "mutex_$o == 0",
                    .effect = "mutex_$o = $t + 1"},
    [MICRO_UNLOCK] = {.valid = "mutex_$o == $t + 1", .effect = "mutex_$o = 0"},
    [MICRO_TRYLOCK] = {.effect = "mutex_$o = (mutex_$o == 0 -> $t + 1 : mutex_$o)"},
    [MICRO_WAIT] = {.need = "PERMIT",
                    .object = OBJECT_SEMAPHORE,
                    .condition = "permits_$o > 0",
                    .effect = "permits_$o = permits_$o - 1",
                    .assigns = true},
    [MICRO_RDLOCK] = {.need = "READING",
                      .object = OBJECT_RWLOCK,
                      .condition = "writing_$o == 0 && (reading_$o >> $t & 1) == 0",
                      .effect = "reading_$o = reading_$o | (1 << $t)"},
    [MICRO_WRLOCK] = {.need = "WRITING",
                      .object = OBJECT_RWLOCK,
                      .condition = "writing_$o == 0 && reading_$o == 0",
                      .effect = "writing_$o = $t + 1"},
    [MICRO_RWUNLOCK] = {.valid = "(writing_$o == $t + 1 || (reading_$o >> $t & 1) == 1)",
                        .effect = "writing_$o = (writing_$o == $t + 1 -> 0 : writing_$o); "
                                  "reading_$o = reading_$o & ~(1 << $t)"},
    [MICRO_CWAIT] = {.valid = "mutex_$p == $t + 1", .effect = "mutex_$p = 0; asleep[$t] = CONDITION_$c"},
    [MICRO_BROADCAST] = {.effect = "wake(CONDITION_$c)"},
    [MICRO_AWAIT] = {.need = "SET", .object = OBJECT_EVENT, .condition = "event_$o == 1"},
    [MICRO_SPAWN] = {.valid = "!begun[$1]", .effect = "begun[$1] = true"},
    [MICRO_JOIN] = {.need = "END_OF", .object = OBJECT_KIND_COUNT, .condition = "done[$1]"},
    [MICRO_PUT] = {.need = "ROOM",
                   .object = OBJECT_QUEUE,
                   .condition = "length_$o < $n",
                   .effect = "items_$g[$flength_$o] = $2; length_$o = length_$o + 1",
                   .assigns = true},
    [MICRO_GET] = {.need = "ITEM",
                   .object = OBJECT_QUEUE,
                   .condition = "length_$o > 0",
                   .effect = "take_$g($k$2)",
                   .assigns = true},
};

/* What is different for a mutex that its holder can lock again. */
static const struct promela_step recursive_steps[MICRO_KIND_COUNT] = {
    [MICRO_LOCK] = {.need = "MUTEX",
                    .object = OBJECT_MUTEX,
                    .condition = "(mutex_$o == 0 || mutex_$o == $t + 1)",
                    .effect = "depth_$o = depth_$o + (mutex_$o != 0); mutex_$o = $t + 1"},
    [MICRO_UNLOCK] = {.valid = "mutex_$o == $t + 1",
                      .effect = "mutex_$o = (depth_$o > 0 -> mutex_$o : 0); "
                                "depth_$o = (depth_$o > 0 -> depth_$o - 1 : 0)"},
    [MICRO_TRYLOCK] = {.effect = "depth_$o = depth_$o + (mutex_$o == $t + 1); "
                                 "mutex_$o = (mutex_$o == 0 -> $t + 1 : mutex_$o)"},
    [MICRO_CWAIT] = {.valid = "mutex_$p == $t + 1 && depth_$p == 0",
                     .effect = "mutex_$p = 0; asleep[$t] = CONDITION_$c"},
};

/* ---- Groups -------------------------------------------------------------------------------------------------- */

/* "fork" of "fork[2]". */
static size_t name_length(const struct object *object)
{
    return strcspn(object->name, "[");
}

void promela_find_groups(struct promela *self)
{
    const struct program *program = self->program;
    size_t capacity = 0;
    for (enum object_kind kind = 0; kind < OBJECT_KIND_COUNT; kind++)
        for (size_t o = 0; o < program->objects[kind].count; o++) {
            const struct object *object = program_object(program, kind, o);
            size_t length = name_length(object);
            bool is_array = object->name[length] == '[';
            if (is_array && strcmp(object->name + length, "[0]") != 0) {
                self->groups[self->group_count - 1].count++;
                continue;
            }
            self->groups = memory_grow(self->groups, self->group_count, &capacity, sizeof *self->groups);
            char *name = memory_copy_string(object->name);
            name[length] = '\0';
            self->groups[self->group_count++] = (struct promela_group){kind, o, 1, name, is_array};
        }
}

void promela_free_groups(struct promela *self)
{
    for (size_t g = 0; g < self->group_count; g++)
        memory_free(self->groups[g].name);
    memory_free(self->groups);
}

static const struct object *first_object(const struct promela *self, const struct promela_group *group)
{
    return program_object(self->program, group->kind, group->first);
}

static const struct promela_group *find_group(const struct promela *self, const struct operand *operand)
{
    const struct promela_group *group = self->groups;
    size_t number = operand_is_picked(operand) ? operand->first : (size_t)operand->value;
    while (group->kind != operand_object_kind(operand) || number < group->first ||
           number >= group->first + group->count)
        group++;
    return group;
}

/* ---- Scopes -------------------------------------------------------------------------------------------------- */

static int64_t register_number(const int64_t *registers, uint8_t number)
{
    return number < REGISTER_COUNT ? registers[number] : 0;
}

/* Which element registers pick, counted from the first one: "2", "1 + bx", "bx + 2 * cx". */
static char *index_text(struct promela *self, const struct promela_group *group, const struct operand *operand,
                        const int64_t *registers, const char *thread)
{
    struct text text = TEXT_INIT;
    int64_t constant = operand->value - (int64_t)group->first;
    bool has_base = operand_is_picked(operand) && operand->base != REGISTER_NONE;
    bool has_index = operand_is_picked(operand) && operand->index != REGISTER_NONE;
    if (registers != NULL) {
        constant += has_base ? register_number(registers, operand->base) : 0;
        constant += has_index ? register_number(registers, operand->index) * operand->scale : 0;
        has_base = has_index = false;
    }
    if (constant != 0 || (!has_base && !has_index))
        text_print(&text, "%" PRId64 "%s", constant, has_base || has_index ? " + " : "");
    if (has_base)
        promela_print_register(self, operand->base, thread, &text);
    if (has_index) {
        text_print(&text, has_base ? " + " : "");
        if (operand->scale != 1)
            text_print(&text, "%" PRId16 " * ", operand->scale);
        promela_print_register(self, operand->index, thread, &text);
    }
    return text_take(&text);
}

struct promela_scope promela_scope_new(struct promela *promela, const struct instruction *instruction,
                                       const int64_t *registers)
{
    struct promela_scope self = {.promela = promela, .operands = instruction->operands, .thread = "_pid"};
    for (size_t o = 0; o < 2; o++) {
        const struct operand *operand = &instruction->operands[o];
        if (!operand_is_object(operand))
            continue;
        self.groups[o] = find_group(promela, operand);
        self.index[o] = index_text(promela, self.groups[o], operand, registers, self.thread);
    }
    return self;
}

void promela_scope_free(struct promela_scope *self)
{
    memory_free(self->index[0]);
    memory_free(self->index[1]);
}

/* The scope of any element of a group, for whoever declares it. */
static struct promela_scope group_scope(struct promela *self, const struct promela_group *group, const char *index,
                                        const char *thread)
{
    return (struct promela_scope){
        .promela = self, .groups = {group}, .index = {memory_copy_string(index)}, .thread = thread};
}

/* ---- Patterns ------------------------------------------------------------------------------------------------ */

static void print_element(const struct promela_scope *self, size_t operand, struct text *text)
{
    const struct promela_group *group = self->groups[operand];
    text_print(text, "%s", group->name);
    if (group->is_array)
        text_print(text, "[%s]", self->index[operand]);
}

static void print_constant(const struct promela_scope *self, size_t operand, struct text *text)
{
    const struct promela_group *group = self->groups[operand];
    text_print(text, "%s", group->name);
    if (group->is_array)
        text_print(text, " + %s", self->index[operand]);
}

static void print_letter(const struct promela_scope *self, char letter, struct text *text)
{
    const struct promela_group *group = self->groups[0];
    int64_t number = group != NULL ? first_object(self->promela, group)->number : 0;
    switch (letter) {
    case 'o':
    case 'p':
        print_element(self, letter == 'p', text);
        break;
    case 'c':
    case 'e':
        print_constant(self, letter == 'e', text);
        break;
    case 'g':
        text_print(text, "%s", group->name);
        break;
    case 'd':
        text_print(text, "%s", group->name);
        if (group->is_array)
            text_print(text, "[%zu]", group->count);
        break;
    case 's':
        text_print(text, "%" PRId64, number * (int64_t)group->count);
        break;
    case 'f':
        if (group->is_array)
            text_print(text, "(%s) * %" PRId64 " + ", self->index[0], number);
        break;
    case 'k':
        if (group->is_array)
            text_print(text, "%s, ", self->index[0]);
        break;
    case 'n':
        text_print(text, "%" PRId64, number);
        break;
    case 't':
        text_print(text, "%s", self->thread);
        break;
    default:
        promela_print_operand(self->promela, &self->operands[letter - '1'], self->thread, text);
    }
}

void promela_print_pattern(const struct promela_scope *self, const char *pattern, struct text *text)
{
    for (const char *at = pattern; *at != '\0'; at++)
        if (*at == '$')
            print_letter(self, *++at, text);
        else
            text_append(text, at, 1);
}

/* What is second in a wait on a condition is a mutex. */
const struct promela_step *promela_step_of(const struct promela_scope *scope, enum micro_kind kind)
{
    const struct promela_group *group = scope->groups[kind == MICRO_CWAIT];
    bool is_recursive =
        group != NULL && group->kind == OBJECT_MUTEX && first_object(scope->promela, group)->is_recursive;
    return is_recursive ? &recursive_steps[kind] : &steps[kind];
}

/* ---- What is declared ---------------------------------------------------------------------------------------- */

static void print_group(struct promela *self, const struct promela_group *group)
{
    struct promela_scope scope = group_scope(self, group, "", "");
    const char *recursive = objects[group->kind].recursive;
    promela_print_pattern(&scope, objects[group->kind].declaration, self->text);
    if (recursive != NULL && first_object(self, group)->is_recursive)
        promela_print_pattern(&scope, recursive, self->text);
    promela_scope_free(&scope);
}

/* A constant for each element of a group. */
static size_t print_constants(struct promela *self, const struct promela_group *group, const char *prefix, size_t next)
{
    text_print(self->text, "#define %s_%s %zu", prefix, group->name, next);
    if (group->count > 1)
        text_print(self->text, " /* to %zu */", next + group->count - 1);
    text_print(self->text, "\n");
    return next + group->count;
}

/* Where threads sleep. Conditions come first: who sleeps there is the business of schedulers, too. */
static void print_beds(struct promela *self)
{
    size_t next = 1;
    for (size_t g = 0; g < self->group_count; g++)
        if (self->groups[g].kind == OBJECT_CONDITION)
            next = print_constants(self, &self->groups[g], "CONDITION", next);
    text_print(self->text, "#define ON_CONDITION(t) (asleep[t] > 0 && asleep[t] < %zu)\n", next);
    for (size_t g = 0; g < self->group_count; g++)
        if (self->groups[g].kind == OBJECT_BARRIER)
            next = print_constants(self, &self->groups[g], "BARRIER", next);
    text_print(self->text, "byte asleep[THREADS] = 0;  /* on what, or 0 */\n");
    if (self->ends_at_barriers)
        text_print(self->text,
                   "chan late = [THREADS] of { byte, byte }; /* who sleeps behind its last step: where, and "
                   "who; pan -q minds them */\n");
}

static void print_beginnings(struct promela *self)
{
    const struct program *program = self->program;
    text_print(self->text, "bool begun[THREADS] = { ");
    for (size_t t = 0; t < program->thread_count; t++)
        text_print(self->text, "%s%d", t > 0 ? ", " : "", !program->threads[t].is_later);
    text_print(self->text, " };\n");
}

static void print_ends(struct promela *self)
{
    text_print(self->text, "bool done[THREADS] = { ");
    for (size_t t = 0; t < self->program->thread_count; t++)
        text_print(self->text, "%s%d", t > 0 ? ", " : "", promela_code(self, t)->count == 0);
    text_print(self->text, " };\n");
}

static void print_taking(struct promela *self, const struct promela_group *group)
{
    static const char *const pattern =
        "\n/* The first item; the others move up. */\ninline take_$g($ktarget)\n{\n    old = items_$g[$f0];\n    i = 1;\n    do\n"
        "    :: i < length_$o -> items_$g[$fi - 1] = items_$g[$fi]; i = i + 1\n    :: else -> break\n    od;\n"
        "    length_$o = length_$o - 1;\n    items_$g[$flength_$o] = 0;\n    target = old\n}\n";
    struct promela_scope scope = group_scope(self, group, "number", "");
    promela_print_pattern(&scope, pattern, self->text);
    promela_scope_free(&scope);
}

static void print_element_places(struct promela *self, const struct promela_group *group, size_t number,
                                 struct text *text)
{
    struct text index = TEXT_INIT;
    text_print(&index, "%zu", number);
    struct promela_scope scope = group_scope(self, group, text_string(&index), "");
    for (size_t p = 0; p < 2 && objects[group->kind].places[p] != NULL; p++) {
        promela_print_pattern(&scope, objects[group->kind].places[p], text);
        text_print(text, "\n");
    }
    if (group->kind == OBJECT_MUTEX && first_object(self, group)->is_recursive)
        promela_print_pattern(&scope, "depth_$o\n", text);
    promela_scope_free(&scope);
    text_free(&index);
}

void promela_print_group_places(struct promela *self, const struct promela_group *group, struct text *text)
{
    bool is_bed = group->kind == OBJECT_CONDITION || group->kind == OBJECT_BARRIER;
    size_t items = group->kind == OBJECT_QUEUE ? group->count * (size_t)first_object(self, group)->number : 0;
    for (size_t i = 0; i < group->count; i++)
        print_element_places(self, group, i, text);
    for (size_t i = 0; i < items; i++)
        text_print(text, "items_%s[%zu]\n", group->name, i);
    for (size_t t = 0; t < self->program->thread_count && is_bed; t++)
        text_print(text, "asleep[%zu]\n", t);
}

void promela_print_objects(struct promela *self)
{
    for (size_t g = 0; g < self->group_count; g++)
        print_group(self, &self->groups[g]);
    if (promela_sleeps(self))
        print_beds(self);
    if (self->has_later || self->does[MICRO_SPAWN])
        print_beginnings(self);
    if (self->does[MICRO_JOIN])
        print_ends(self);
}

void promela_print_object_inlines(struct promela *self)
{
    if (self->does[MICRO_BROADCAST] || self->does[MICRO_ARRIVE])
        text_print(self->text,
                   "\ninline wake(place)\n{\n    i = 0;\n    do\n    :: i < THREADS -> asleep[i] = (asleep[i] "
                   "== place -> 0 : asleep[i]); i = i + 1\n    :: else -> break\n    od;\n    i = 0\n}\n");
    if (self->ends_at_barriers)
        text_print(self->text,
                   "\n/* Who sleeps behind its last step has finished when it wakes. */\ninline release(place)\n{\n"
                   "    do\n    :: late??[eval(place), _] -> late??eval(place), i; finished = finished + 1%s\n"
                   "    :: else -> break\n    od;\n    i = 0\n}\n",
                   self->does[MICRO_JOIN] ? "; done[i] = true" : "");
    for (size_t g = 0; self->does[MICRO_GET] && g < self->group_count; g++)
        if (self->groups[g].kind == OBJECT_QUEUE)
            print_taking(self, &self->groups[g]);
}

/* ---- Needs --------------------------------------------------------------------------------------------------- */

/* The constant of what the first element of a group can be needed for, by a kind of step; of no group that of all threads, by a join.
 * The last one is followed by as many as there are threads. */
static size_t need_number(const struct promela *self, const struct promela_group *group, enum micro_kind kind)
{
    size_t next = NEEDS_FIRST;
    for (size_t g = 0; g < self->group_count; g++)
        for (enum micro_kind k = MICRO_NONE; k < MICRO_KIND_COUNT; k++) {
            if (steps[k].need == NULL || steps[k].object != self->groups[g].kind)
                continue;
            if (group == &self->groups[g] && k == kind)
                return next;
            next += self->groups[g].count;
        }
    return next;
}

static void print_need_condition(struct promela *self, const struct promela_group *group, enum micro_kind kind)
{
    const char *need = steps[kind].need;
    char *index = text_format("needs[t] - %s_%s", need, group->name);
    struct promela_scope scope = group_scope(self, group, index, "t");
    if (group->is_array)
        text_print(self->text, " || \\\n    (needs[t] >= %s_%s && needs[t] < %s_%s + %zu && ", need, group->name, need,
                   group->name, group->count);
    else
        text_print(self->text, " || \\\n    (needs[t] == %s_%s && ", need, group->name);
    promela_print_pattern(&scope, promela_step_of(&scope, kind)->condition, self->text);
    text_print(self->text, ")");
    promela_scope_free(&scope);
    memory_free(index);
}

size_t promela_print_needs(struct promela *self, bool is_condition)
{
    size_t joins = need_number(self, NULL, MICRO_JOIN);
    for (size_t g = 0; g < self->group_count; g++)
        for (enum micro_kind kind = MICRO_NONE; kind < MICRO_KIND_COUNT; kind++) {
            const struct promela_group *group = &self->groups[g];
            if (steps[kind].need == NULL || steps[kind].object != group->kind)
                continue;
            if (is_condition)
                print_need_condition(self, group, kind);
            else
                print_constants(self, group, steps[kind].need, need_number(self, group, kind));
        }
    if (self->does[MICRO_JOIN] && is_condition)
        text_print(self->text, " || \\\n    (needs[t] >= END_OF && done[needs[t] - END_OF])");
    else if (self->does[MICRO_JOIN])
        text_print(self->text, "#define END_OF %zu /* and so on, one a thread */\n", joins);
    return joins + self->program->thread_count;
}

/* An element that there is not is nothing to wait for. At the start the registers are known, and SPIN takes no expression. */
static void print_need_of(struct promela *self, const struct promela_scope *scope, enum micro_kind kind, bool is_start)
{
    const struct promela_step *step = promela_step_of(scope, kind);
    const struct operand *operand = &scope->operands[0];
    int64_t number = is_start && scope->index[0] != NULL ? strtoll(scope->index[0], NULL, 10) : 0;
    bool is_picked = operand_is_picked(operand), is_any = is_picked && !is_start;
    if (step->need == NULL || (is_picked && is_start && (number < 0 || number >= operand->extent))) {
        text_print(self->text, "NOTHING");
    } else if (is_start && (kind == MICRO_JOIN || scope->groups[0]->is_array)) {
        number = kind == MICRO_JOIN ? operand->value : number;
        text_print(self->text, "%" PRId64, number + (int64_t)need_number(self, scope->groups[0], kind));
    } else {
        if (is_any)
            text_print(self->text, "(%s >= 0 && %s < %" PRIu8 " -> ", scope->index[0], scope->index[0],
                       operand->extent);
        text_print(self->text, "%s%s", step->need, kind == MICRO_JOIN ? " + " : "_");
        promela_print_pattern(scope, kind == MICRO_JOIN ? "$1" : "$c", self->text);
        text_print(self->text, "%s", is_any ? " : NOTHING)" : "");
    }
}

void promela_print_need(struct promela *self, const struct code *code, uint32_t index, bool is_second,
                        const int64_t *registers)
{
    if (index == code->count) {
        text_print(self->text, "FINISHED");
        return;
    }
    struct instruction instruction = code->instructions[index];
    enum micro_kind kind = is_second ? MICRO_LOCK : instruction_kind(&instruction);
    if (is_second)
        instruction.operands[0] = instruction.operands[1];
    struct promela_scope scope = promela_scope_new(self, &instruction, registers);
    print_need_of(self, &scope, kind, registers != NULL);
    promela_scope_free(&scope);
}
