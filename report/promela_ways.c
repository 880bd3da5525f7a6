/* What an instruction is in a model for SPIN: when it can be executed and in which ways, when it is no error, and what it does. */
#include "base/memory.h"
#include "report/promela_process.h"

#include <inttypes.h>

void promela_turn_to(struct promela_process *self, uint32_t index)
{
    self->index = index;
    self->instruction = &self->code->instructions[index];
    self->kind = instruction_kind(self->instruction);
    self->scope = promela_scope_new(self->promela, self->instruction, NULL);
}

/* ---- Operands ------------------------------------------------------------------------------------------------ */

void promela_print_word(struct promela *self, size_t word, struct text *text)
{
    const struct variable *variable = self->program->variables;
    while (word >= variable->word + variable->words)
        variable++;
    text_print(text, "shared_%s", variable->name);
    if (variable->words > 1)
        text_print(text, "[%zu]", word - variable->word);
}

void promela_print_register_name(unsigned number, struct text *text)
{
    if (number < REGISTER_COUNT)
        text_print(text, "%s", register_name((enum register_name)number));
    else
        text_print(text, "local_%u", number - REGISTER_COUNT);
}

void promela_print_register(struct promela *self, unsigned number, const char *thread, struct text *text)
{
    bool is_watched = (self->watched >> number & 1) != 0;
    text_print(text, "%s", is_watched ? "register_" : "");
    promela_print_register_name(number, text);
    if (is_watched)
        text_print(text, "[%s]", thread);
}

void promela_print_operand(struct promela *self, const struct operand *operand, const char *thread, struct text *text)
{
    if (operand->kind == OPERAND_IMMEDIATE || operand->kind == OPERAND_THREAD)
        text_print(text, "%" PRId64, operand->value);
    else if (operand->kind == OPERAND_REGISTER)
        promela_print_register(self, (unsigned)operand->value, thread, text);
    else
        promela_print_word(self, (size_t)operand->value, text);
}

char *promela_place_text(struct promela_process *self, const struct micro_operation *micro, enum micro_place place,
                         int64_t way)
{
    const struct operand *operands = self->instruction->operands;
    struct text text = TEXT_INIT;
    bool is_mutex = operands[0].kind == OPERAND_MUTEX;
    switch (place) {
    case PLACE_FLAGS:
        promela_print_register(self->promela, REGISTER_FLAGS, "_pid", &text);
        break;
    case PLACE_AX:
        promela_print_register(self->promela, REGISTER_AX, "_pid", &text);
        break;
    case PLACE_CONSTANT:
        text_print(&text, "%" PRId64, micro->constant);
        break;
    case PLACE_CHOICE:
        text_print(&text, "%" PRId64, operands[0].value + way);
        break;
    case PLACE_OBJECT:
        promela_print_pattern(&self->scope, operands[0].kind == OPERAND_EVENT ? "event_$o" : "permits_$o", &text);
        break;
    case PLACE_SUCCESS:
        text_print(&text, "(");
        promela_print_pattern(&self->scope,
                              promela_step_of(&self->scope, is_mutex ? MICRO_LOCK : MICRO_WAIT)->condition, &text);
        text_print(&text, ")");
        break;
    default:
        promela_print_operand(self->promela, &operands[place == PLACE_SECOND], "_pid", &text);
    }
    return text_take(&text);
}

/* ---- Conditions ---------------------------------------------------------------------------------------------- */

struct text *promela_next_condition(struct text *guard)
{
    text_print(guard, "%s", guard->length > 0 ? " && " : "");
    return guard;
}

static void require_element(struct promela_process *self, size_t number, struct text *valid)
{
    const struct operand *operand = &self->instruction->operands[number];
    const char *index = self->scope.index[number];
    if (operand_is_picked(operand))
        text_print(promela_next_condition(valid), "%s >= 0 && %s < %" PRIu8, index, index, operand->extent);
}

static void require_operation(struct promela_process *self, const struct micro_operation *micro, struct text *valid)
{
    const char *pattern = micro->kind == MICRO_ASSIGN ? operations[micro->operation].exported_defined : NULL;
    if (pattern == NULL)
        return;
    char *a = promela_place_text(self, micro, micro->a, 0), *b = promela_place_text(self, micro, micro->b, 0);
    operation_export(promela_next_condition(valid), pattern, a, b);
    memory_free(a);
    memory_free(b);
}

char *promela_validity(struct promela_process *self)
{
    struct text valid = TEXT_INIT;
    const char *pattern = promela_step_of(&self->scope, self->kind)->valid;
    for (size_t o = 0; o < 2; o++)
        require_element(self, o, &valid);
    if (pattern != NULL)
        promela_print_pattern(&self->scope, pattern, promela_next_condition(&valid));
    if (self->kind == MICRO_ASSERT)
        promela_print_predicate(self->promela, self->promela->program->predicates[self->instruction->operands[0].value],
                                promela_next_condition(&valid));
    FOR_EACH_MICRO (micro, self->instruction)
        require_operation(self, micro, &valid);
    return valid.length > 0 ? text_take(&valid) : memory_copy_string("");
}

static bool follows_arrival(const struct promela_process *self)
{
    return self->index > 0 && instruction_kind(&self->code->instructions[self->index - 1]) == MICRO_ARRIVE;
}

/* Who was asleep at a barrier stands behind it already. */
void promela_require_presence(struct promela_process *self, struct text *guard)
{
    if (promela_is_free(self) && self->index == 0 && self->begins_later)
        text_print(promela_next_condition(guard), "begun[_pid]");
    if (promela_is_free(self) && follows_arrival(self))
        text_print(promela_next_condition(guard), "asleep[_pid] == 0");
}

/* ---- Ways ---------------------------------------------------------------------------------------------------- */

static bool can_sleep(const struct promela *self, size_t thread)
{
    const struct code *code = promela_code(self, thread);
    for (uint32_t i = 0; i < code->count; i++)
        if (instruction_kind(&code->instructions[i]) == MICRO_CWAIT)
            return true;
    return false;
}

/* A signal wakes threads that can sleep; behind them is that nobody does. */
bool promela_is_way(const struct promela_process *self, size_t way)
{
    return self->kind != MICRO_SIGNAL || way == self->promela->program->thread_count || can_sleep(self->promela, way);
}

size_t promela_way_count(const struct promela_process *self)
{
    switch (self->kind) {
    case MICRO_BRANCH:
    case MICRO_ARRIVE:
        return 2;
    case MICRO_CHOOSE:
        return 1 + (size_t)self->instruction->operands[0].scale;
    case MICRO_SIGNAL:
        return self->promela->program->thread_count + 1;
    default:
        return 1;
    }
}

static enum condition branch_condition(const struct promela_process *self, size_t way)
{
    enum condition condition = instruction_form(self->instruction->opcode)->micros[0].condition;
    return way == 0 ? condition : conditions[condition].opposite;
}

/* That nobody sleeps there but perhaps one thread. */
static void require_silence(struct promela_process *self, size_t but, struct text *guard)
{
    for (size_t t = 0; t < self->promela->program->thread_count; t++)
        if (t != but && promela_is_way(self, t)) {
            text_print(promela_next_condition(guard), "asleep[%zu] != ", t);
            promela_print_pattern(&self->scope, "CONDITION_$c", guard);
        }
}

/* The scheduler knows what a thread waits for before a step. */
void promela_require_way(struct promela_process *self, size_t way, bool is_middle, struct text *guard)
{
    const char *condition = promela_step_of(&self->scope, self->kind)->condition;
    if (self->kind == MICRO_BRANCH) {
        text_print(promela_next_condition(guard), "%s", conditions[branch_condition(self, way)].exported);
    } else if (self->kind == MICRO_ARRIVE) {
        promela_print_pattern(&self->scope, way == 0 ? "arrived_$o + 1 >= $n" : "arrived_$o + 1 < $n",
                              promela_next_condition(guard));
    } else if (self->kind == MICRO_SIGNAL && way < self->promela->program->thread_count) {
        text_print(promela_next_condition(guard), "asleep[%zu] == ", way);
        promela_print_pattern(&self->scope, "CONDITION_$c", guard);
        if (is_middle)
            require_silence(self, way, guard);
    } else if (self->kind == MICRO_SIGNAL) {
        require_silence(self, SIZE_MAX, guard);
    } else if (condition != NULL && (is_middle || promela_is_free(self))) {
        promela_print_pattern(&self->scope, condition, promela_next_condition(guard));
    }
}

bool promela_has_second_step(const struct promela_process *self)
{
    return micro_kinds[self->kind].may_stay && self->kind != MICRO_ARRIVE;
}

enum promela_arrival promela_arrival_of(const struct promela_process *self, size_t way)
{
    return promela_has_second_step(self)            ? PROMELA_INSIDE
           : self->kind == MICRO_ARRIVE && way == 1 ? PROMELA_ASLEEP
                                                    : PROMELA_BEFORE;
}

uint32_t promela_target(const struct promela_process *self, size_t way)
{
    if (promela_has_second_step(self))
        return self->index;
    unsigned flow = instruction_flow(self->instruction);
    bool jumps = self->kind == MICRO_BRANCH ? way == 0 : flow == FLOW_TARGET;
    return flow == FLOW_END ? self->code->count
           : jumps          ? (uint32_t)self->instruction->operands[0].value
                            : self->index + 1;
}

/* ---- Effects ------------------------------------------------------------------------------------------------- */

/* target = a; add(target, a); target = -a */
static void print_assignment(struct promela_process *self, const struct micro_operation *micro, const char *a,
                             size_t way)
{
    const struct operation_traits *traits = &operations[micro->operation];
    char *target = promela_place_text(self, micro, micro->target, 0);
    char *b = traits->is_binary ? promela_place_text(self, micro, micro->b, (int64_t)way) : NULL;
    promela_next_statement(self);
    if (micro->kind == MICRO_REPLACE) {
        char *ax = promela_place_text(self, micro, PLACE_AX, 0);
        text_print(promela_out(self), "%s = (%s == %s -> %s : %s)", target, target, ax, a, target);
        memory_free(ax);
    } else if (traits->exported != NULL && micro->target == micro->b) {
        text_print(promela_out(self), "%s(%s, %s)", traits->exported, target, a);
    } else {
        bool is_negative = micro->b == PLACE_CONSTANT && micro->constant == 0;
        text_print(promela_out(self), "%s = ", target);
        operation_export(promela_out(self), is_negative ? "-$a" : traits->exported_result, a, b);
    }
    memory_free(target);
    memory_free(b);
}

static bool reads(const struct micro_operation *micro, enum micro_place place)
{
    return micro->a == place ||
           (micro->kind == MICRO_ASSIGN && operations[micro->operation].is_binary && micro->b == place) ||
           (micro->kind == MICRO_REPLACE && place == PLACE_AX) || (micro->a == PLACE_SUCCESS && place == PLACE_OBJECT);
}

/* Whether what a micro-operation reads is written before by those before it in the list, or by what else the step does. */
static bool comes_too_late(const struct promela_process *self, const struct micro_operation *micros,
                           const struct micro_operation *micro)
{
    for (const struct micro_operation *other = micros; other < micro; other++)
        if ((other->kind == MICRO_ASSIGN || other->kind == MICRO_REPLACE) && reads(micro, other->target))
            return true;
    return micro->a == PLACE_SUCCESS && promela_step_of(&self->scope, self->kind)->effect != NULL;
}

/* What is overwritten before it is read is kept: of each instruction that is the first source of at most one. */
static void keep_old(struct promela_process *self, const struct micro_operation *micros)
{
    for (size_t m = 0; m < MICRO_MAX && micros[m].kind != MICRO_NONE; m++)
        if (comes_too_late(self, micros, &micros[m])) {
            char *a = promela_place_text(self, &micros[m], micros[m].a, 0);
            text_print(promela_next_statement(self), "old = %s", a);
            memory_free(a);
        }
}

static void print_assignments(struct promela_process *self, const struct micro_operation *micros, size_t way)
{
    for (size_t m = 0; m < MICRO_MAX && micros[m].kind != MICRO_NONE; m++) {
        if (micros[m].kind != MICRO_ASSIGN && micros[m].kind != MICRO_REPLACE)
            continue;
        char *a = comes_too_late(self, micros, &micros[m])
                      ? memory_copy_string("old")
                      : promela_place_text(self, &micros[m], micros[m].a, (int64_t)way);
        print_assignment(self, &micros[m], a, way);
        memory_free(a);
    }
}

void promela_print_effect(struct promela_process *self, size_t way)
{
    const struct promela_step *step = promela_step_of(&self->scope, self->kind);
    const struct micro_operation *micros = instruction_form(self->instruction->opcode)->micros;
    bool is_last = self->kind == MICRO_ARRIVE && way == 0;
    if (!step->assigns)
        keep_old(self, micros);
    if (step->effect != NULL)
        promela_print_pattern(&self->scope, step->effect, promela_next_statement(self));
    if (self->kind == MICRO_SIGNAL && way < self->promela->program->thread_count)
        text_print(promela_next_statement(self), "asleep[%zu] = 0", way);
    if (is_last)
        promela_print_pattern(&self->scope, "arrived_$o = 0; wake(BARRIER_$c)", promela_next_statement(self));
    if (is_last && self->promela->ends_at_barriers)
        promela_print_pattern(&self->scope, "release(BARRIER_$c)", promela_next_statement(self));
    if (promela_arrival_of(self, way) == PROMELA_ASLEEP)
        promela_print_pattern(&self->scope, "arrived_$o = arrived_$o + 1; asleep[_pid] = BARRIER_$c",
                              promela_next_statement(self));
    if (self->kind == MICRO_PRINT)
        promela_print_printing(self->promela, &self->instruction->operands[0], promela_next_statement(self));
    if (!step->assigns)
        print_assignments(self, micros, way);
}
