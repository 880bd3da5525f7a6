/* The processes of a model for SPIN: threads that are alike are instances of one proctype, and an instruction is a step, or two.
 *
 * A step can be done in one or several *ways*: a jump is taken or not, a signal wakes this thread or that one, a number is chosen. Each
 * way is a d_step with a condition. That a step is an error of the program is one more way, which leads back to where the thread is;
 * where there is no such error, that is asserted. */
#include "report/promela_parts.h"

#include "base/memory.h"

#include <inttypes.h>
#include <string.h>

enum { COMMENT_COLUMNS = 32 };

/* A proctype being printed. */
struct process {
    struct promela *promela;
    const struct code *code;
    const register_set *live;
    register_set mentioned;
    bool begins_later; /* some of its threads do */
    bool *is_target;   /* of a jump, one an instruction */
    size_t statements; /* of the step that is being printed */
    /* The instruction that is being printed: */
    uint32_t index;
    const struct instruction *instruction;
    enum micro_kind kind;
    struct promela_scope scope;
};

static struct text *out(struct process *self)
{
    return self->promela->text;
}

static bool is_free(const struct process *self)
{
    return self->promela->scheduler == PROMELA_FREE;
}

/* Whether a signal can arrive before any step. */
static bool may_arrive(const struct process *self)
{
    return self->promela->scheduler == PROMELA_SIGNAL && self->promela->arrival == PROMELA_ANY;
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

static void print_register_name(unsigned number, struct text *text)
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
    print_register_name(number, text);
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

/* What a place is worth, or what it is called, as new. */
static char *place_text(struct process *self, const struct micro_operation *micro, enum micro_place place, int64_t way)
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

/* Begins one more of some conditions that all have to be true. */
static struct text *next_condition(struct text *guard)
{
    text_print(guard, "%s", guard->length > 0 ? " && " : "");
    return guard;
}

static void require_element(struct process *self, size_t number, struct text *valid)
{
    const struct operand *operand = &self->instruction->operands[number];
    const char *index = self->scope.index[number];
    if (operand_is_picked(operand))
        text_print(next_condition(valid), "%s >= 0 && %s < %" PRIu8, index, index, operand->extent);
}

static void require_operation(struct process *self, const struct micro_operation *micro, struct text *valid)
{
    const char *pattern = micro->kind == MICRO_ASSIGN ? operations[micro->operation].exported_defined : NULL;
    if (pattern == NULL)
        return;
    char *a = place_text(self, micro, micro->a, 0), *b = place_text(self, micro, micro->b, 0);
    operation_export(next_condition(valid), pattern, a, b);
    memory_free(a);
    memory_free(b);
}

/* When an instruction is no error of the program, as new; "" where it never is one. */
static char *validity(struct process *self)
{
    struct text valid = TEXT_INIT;
    const char *pattern = promela_step_of(&self->scope, self->kind)->valid;
    for (size_t o = 0; o < 2; o++)
        require_element(self, o, &valid);
    if (pattern != NULL)
        promela_print_pattern(&self->scope, pattern, next_condition(&valid));
    if (self->kind == MICRO_ASSERT)
        promela_print_predicate(self->promela, self->promela->program->predicates[self->instruction->operands[0].value],
                                next_condition(&valid));
    FOR_EACH_MICRO (micro, self->instruction)
        require_operation(self, micro, &valid);
    return valid.length > 0 ? text_take(&valid) : memory_copy_string("");
}

static bool follows_arrival(const struct process *self)
{
    return self->index > 0 && instruction_kind(&self->code->instructions[self->index - 1]) == MICRO_ARRIVE;
}

/* What keeps a thread from stepping whatever the instruction is: only where no scheduler says it. Who was asleep at a barrier stands
 * behind it already. */
static void require_presence(struct process *self, struct text *guard)
{
    if (is_free(self) && self->index == 0 && self->begins_later)
        text_print(next_condition(guard), "begun[_pid]");
    if (is_free(self) && follows_arrival(self))
        text_print(next_condition(guard), "asleep[_pid] == 0");
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

/* Whether a way of an instruction is one: a signal wakes threads that can sleep; behind them is that nobody does. */
static bool is_way(const struct process *self, size_t way)
{
    return self->kind != MICRO_SIGNAL || way == self->promela->program->thread_count || can_sleep(self->promela, way);
}

static size_t way_count(const struct process *self)
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

static enum condition branch_condition(const struct process *self, size_t way)
{
    enum condition condition = instruction_form(self->instruction->opcode)->micros[0].condition;
    return way == 0 ? condition : conditions[condition].opposite;
}

static void require_silence(struct process *self, struct text *guard)
{
    for (size_t t = 0; t < self->promela->program->thread_count; t++)
        if (is_way(self, t)) {
            text_print(next_condition(guard), "asleep[%zu] != ", t);
            promela_print_pattern(&self->scope, "CONDITION_$c", guard);
        }
}

/* When a step can be done in some way. The scheduler knows what an instruction waits for. */
static void require_way(struct process *self, size_t way, struct text *guard)
{
    const char *condition = promela_step_of(&self->scope, self->kind)->condition;
    if (self->kind == MICRO_BRANCH) {
        text_print(next_condition(guard), "%s", conditions[branch_condition(self, way)].exported);
    } else if (self->kind == MICRO_ARRIVE) {
        promela_print_pattern(&self->scope, way == 0 ? "arrived_$o + 1 >= $n" : "arrived_$o + 1 < $n",
                              next_condition(guard));
    } else if (self->kind == MICRO_SIGNAL && way < self->promela->program->thread_count) {
        text_print(next_condition(guard), "asleep[%zu] == ", way);
        promela_print_pattern(&self->scope, "CONDITION_$c", guard);
    } else if (self->kind == MICRO_SIGNAL) {
        require_silence(self, guard);
    } else if (condition != NULL && is_free(self)) {
        promela_print_pattern(&self->scope, condition, next_condition(guard));
    }
}

static bool sleeps(const struct process *self, size_t way)
{
    return self->kind == MICRO_ARRIVE && way == 1;
}

static uint32_t target_of(const struct process *self, size_t way)
{
    unsigned flow = instruction_flow(self->instruction);
    bool jumps = self->kind == MICRO_BRANCH ? way == 0 : flow == FLOW_TARGET;
    return flow == FLOW_END ? self->code->count
           : jumps          ? (uint32_t)self->instruction->operands[0].value
                            : self->index + 1;
}

/* ---- A step -------------------------------------------------------------------------------------------------- */

/* Begins a statement of a step. */
static struct text *next_statement(struct process *self)
{
    if (self->statements++ > 0)
        text_print(out(self), "; ");
    return out(self);
}

/* Prints the guard of a step: the scheduler's, and some more conditions. */
static void open_step(struct process *self, const struct text *guard)
{
    enum promela_scheduler scheduler = self->promela->scheduler;
    self->statements = 0;
    if (may_arrive(self)) {
        text_print(out(self), "atomic { allowed(_pid, %s); d_step { ", guard->length > 0 ? guard->bytes : "true");
    } else {
        text_print(out(self), "d_step { %s%s", is_free(self) ? "" : "MAY_STEP(_pid)",
                   !is_free(self) && guard->length > 0 ? " && " : "");
        text_print(out(self), "%s%s", text_string(guard), !is_free(self) || guard->length > 0 ? " -> " : "");
    }
    if (scheduler == PROMELA_PREEMPTIONS)
        text_print(next_statement(self), "count_switch(_pid)");
    if (scheduler == PROMELA_SIGNAL && !may_arrive(self))
        text_print(next_statement(self), "await_signal()");
}

static void end_step(struct process *self)
{
    if (self->statements == 0)
        text_print(next_statement(self), "skip");
    text_print(out(self), may_arrive(self) ? " } }" : " }");
}

/* Registers that were live, or written, and are dead now. */
static void clear_registers(struct process *self, uint32_t next)
{
    register_set touched = self->live[self->index] | instruction_writes(self->instruction);
    register_set dead = touched & ~self->live[next] & self->mentioned;
    for (unsigned r = 0; r < REGISTERS_MAX && !self->promela->keeps_dead; r++)
        if (dead >> r & 1) {
            promela_print_register(self->promela, r, "_pid", next_statement(self));
            text_print(out(self), " = 0");
        }
}

/* Comes into critical sections, and leaves them. */
static void cross_borders(struct process *self, uint32_t next)
{
    static const struct instruction outside = {0};
    const struct instruction *now = self->instruction;
    const struct instruction *then = next < self->code->count ? &self->code->instructions[next] : &outside;
    for (size_t s = 0; s < self->promela->program->section_count; s++) {
        bool was = now->sections >> s & 1, is = then->sections >> s & 1;
        bool shared = now->shared >> s & 1, shares = then->shared >> s & 1;
        if (was == is && shared == shares)
            continue;
        text_print(next_statement(self), "cross(inside_%zu, %d, shared_inside_%zu, %d, ALONE_%zu)", s, is - was, s,
                   shares - shared, s);
    }
}

/* Tells the scheduler where a thread has come to. A yield uses up whatever is left of a quantum. */
static void print_stepped(struct process *self, uint32_t next, bool is_second)
{
    struct promela *promela = self->promela;
    const struct instruction *instruction = self->instruction;
    bool counts_ticks = promela->scheduler == PROMELA_TICK || promela->scheduler == PROMELA_SIGNAL;
    if (is_free(self))
        return;
    text_print(next_statement(self), "stepped(_pid, ");
    if (is_second && self->kind == MICRO_LEAVE)
        text_print(out(self), "AWAY");
    else
        promela_print_need(promela, self->code, next, is_second, NULL);
    if (counts_ticks && (self->kind == MICRO_YIELD || instruction->ticks >= promela->quantum))
        text_print(out(self), ", QUANTUM");
    else if (counts_ticks)
        text_print(out(self), ", %" PRIu32, instruction->ticks);
    text_print(out(self), ")");
}

/* Ends a step, and says where the thread goes on where that is not the next instruction. Who sleeps behind the last one has not
 * finished. */
static void close_step(struct process *self, uint32_t next, bool is_asleep)
{
    clear_registers(self, next);
    cross_borders(self, next);
    print_stepped(self, next, false);
    if (next == self->code->count) {
        if (is_asleep)
            promela_print_pattern(&self->scope, "late!!BARRIER_$c,_pid", next_statement(self));
        else
            text_print(next_statement(self), "finish()");
    }
    end_step(self);
    if (next == self->code->count && self->index + 1 != next)
        text_print(out(self), "; goto end");
    else if (next != self->code->count && next != self->index + 1)
        text_print(out(self), "; goto L%" PRIu32, next);
}

/* ---- Effects ------------------------------------------------------------------------------------------------- */

/* target = a; add(target, a); target = -a */
static void print_assignment(struct process *self, const struct micro_operation *micro, const char *a, size_t way)
{
    const struct operation_facts *facts = &operations[micro->operation];
    char *target = place_text(self, micro, micro->target, 0);
    char *b = facts->is_binary ? place_text(self, micro, micro->b, (int64_t)way) : NULL;
    next_statement(self);
    if (micro->kind == MICRO_REPLACE) {
        char *ax = place_text(self, micro, PLACE_AX, 0);
        text_print(out(self), "%s = (%s == %s -> %s : %s)", target, target, ax, a, target);
        memory_free(ax);
    } else if (facts->exported != NULL && micro->target == micro->b) {
        text_print(out(self), "%s(%s, %s)", facts->exported, target, a);
    } else {
        bool is_negative = micro->b == PLACE_CONSTANT && micro->constant == 0;
        text_print(out(self), "%s = ", target);
        operation_export(out(self), is_negative ? "-$a" : facts->exported_result, a, b);
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
static bool comes_too_late(const struct process *self, const struct micro_operation *micros,
                           const struct micro_operation *micro)
{
    for (const struct micro_operation *other = micros; other < micro; other++)
        if ((other->kind == MICRO_ASSIGN || other->kind == MICRO_REPLACE) && reads(micro, other->target))
            return true;
    return micro->a == PLACE_SUCCESS && promela_step_of(&self->scope, self->kind)->effect != NULL;
}

/* What is overwritten before it is read is kept: of each instruction that is the first source of at most one. */
static void keep_old(struct process *self, const struct micro_operation *micros)
{
    for (size_t m = 0; m < MICRO_MAX && micros[m].kind != MICRO_NONE; m++)
        if (comes_too_late(self, micros, &micros[m])) {
            char *a = place_text(self, &micros[m], micros[m].a, 0);
            text_print(next_statement(self), "old = %s", a);
            memory_free(a);
        }
}

static void print_assignments(struct process *self, const struct micro_operation *micros, size_t way)
{
    for (size_t m = 0; m < MICRO_MAX && micros[m].kind != MICRO_NONE; m++) {
        if (micros[m].kind != MICRO_ASSIGN && micros[m].kind != MICRO_REPLACE)
            continue;
        char *a = comes_too_late(self, micros, &micros[m]) ? memory_copy_string("old")
                                                           : place_text(self, &micros[m], micros[m].a, (int64_t)way);
        print_assignment(self, &micros[m], a, way);
        memory_free(a);
    }
}

static void print_effect(struct process *self, size_t way)
{
    const struct promela_step *step = promela_step_of(&self->scope, self->kind);
    const struct micro_operation *micros = instruction_form(self->instruction->opcode)->micros;
    bool is_last = self->kind == MICRO_ARRIVE && way == 0;
    if (!step->assigns)
        keep_old(self, micros);
    if (step->effect != NULL)
        promela_print_pattern(&self->scope, step->effect, next_statement(self));
    if (self->kind == MICRO_SIGNAL && way < self->promela->program->thread_count)
        text_print(next_statement(self), "asleep[%zu] = 0", way);
    if (is_last)
        promela_print_pattern(&self->scope, "arrived_$o = 0; wake(BARRIER_$c)", next_statement(self));
    if (is_last && self->promela->ends_at_barriers)
        promela_print_pattern(&self->scope, "release(BARRIER_$c)", next_statement(self));
    if (sleeps(self, way))
        promela_print_pattern(&self->scope, "arrived_$o = arrived_$o + 1; asleep[_pid] = BARRIER_$c",
                              next_statement(self));
    if (self->kind == MICRO_PRINT)
        promela_print_printing(self->promela, &self->instruction->operands[0], next_statement(self));
    if (!step->assigns)
        print_assignments(self, micros, way);
}

/* ---- Instructions -------------------------------------------------------------------------------------------- */

/* Leaves, or falls asleep: the second step is another one. */
static bool has_second_step(const struct process *self)
{
    return micro_kinds[self->kind].may_stay && self->kind != MICRO_ARRIVE;
}

static void print_way(struct process *self, size_t way, const char *valid)
{
    struct text guard = TEXT_INIT;
    bool can_fail = self->promela->outcome->can_fail && *valid != '\0';
    require_presence(self, &guard);
    if (can_fail)
        text_print(next_condition(&guard), "%s", valid);
    require_way(self, way, &guard);
    open_step(self, &guard);
    text_free(&guard);
    if (*valid != '\0' && !can_fail)
        text_print(next_statement(self), "assert(%s)", valid);
    print_effect(self, way);
    if (has_second_step(self)) {
        print_stepped(self, self->index, true);
        end_step(self);
    } else {
        close_step(self, target_of(self, way), sleeps(self, way));
    }
}

/* The error, by a step that leads nowhere; no scheduler notices. */
static void print_failure(struct process *self, const char *valid)
{
    struct text guard = TEXT_INIT;
    require_presence(self, &guard);
    if (!is_free(self))
        text_print(next_condition(&guard),
                   may_arrive(self) ? "(MAY_STEP(_pid) || MAY_ARRIVE(_pid))" : "MAY_STEP(_pid)");
    text_print(next_condition(&guard), "!(%s)", valid);
    text_print(out(self), "d_step { %s -> fail() }; goto L%" PRIu32, text_string(&guard), self->index);
    text_free(&guard);
}

/* No jump may lead into a d_step, but it may lead to a choice of which that is the only one. */
static void print_ways(struct process *self)
{
    char *valid = validity(self);
    size_t count = way_count(self);
    bool can_fail = self->promela->outcome->can_fail && *valid != '\0';
    bool is_choice = count > 1 || can_fail, is_in_line = !is_choice && self->is_target[self->index];
    if (is_choice || is_in_line)
        text_print(out(self), "if%s", is_in_line ? " :: " : "");
    for (size_t way = 0; way < count; way++)
        if (is_way(self, way)) {
            text_print(out(self), "%s", is_choice ? "\n        :: " : "");
            print_way(self, way, valid);
        }
    if (can_fail) {
        text_print(out(self), "\n        :: ");
        print_failure(self, valid);
    }
    if (is_choice || is_in_line)
        text_print(out(self), "%sfi", is_in_line ? " " : "\n        ");
    memory_free(valid);
}

/* The return is no scheduler's business. */
static void print_return(struct process *self)
{
    struct promela *promela = self->promela;
    text_print(out(self), "; d_step { ");
    self->statements = 0;
    if (!is_free(self)) {
        text_print(next_statement(self), "needs[_pid] == AWAY -> returned(_pid, ");
        promela_print_need(promela, self->code, self->index + 1, false, NULL);
        text_print(out(self), ")");
    }
    cross_borders(self, self->index + 1);
    if (self->index + 1 == self->code->count)
        text_print(next_statement(self), "finish()");
    if (self->statements == 0)
        text_print(next_statement(self), "skip");
    text_print(out(self), " }");
}

/* Wakes without a signal, which is no scheduler's business either. */
static void print_spurious_way(struct process *self)
{
    text_print(out(self), "\n        :: d_step { ON_CONDITION(_pid) -> asleep[_pid] = 0");
    if (!is_free(self))
        text_print(out(self), "; returned(_pid, needs[_pid])");
    text_print(out(self), " }; goto W%" PRIu32, self->index);
}

/* Who was woken takes the mutex again, which it locks as anybody does. */
static void print_waking(struct process *self)
{
    struct instruction instruction = *self->instruction;
    struct text guard = TEXT_INIT;
    bool is_spurious = self->promela->program->is_spurious;
    instruction.operands[0] = instruction.operands[1];
    struct promela_scope scope = promela_scope_new(self->promela, &instruction, NULL);
    const struct promela_step *step = promela_step_of(&scope, MICRO_LOCK);
    if (is_free(self)) {
        text_print(&guard, "asleep[_pid] == 0 && ");
        promela_print_pattern(&scope, step->condition, &guard);
    }
    text_print(out(self), ";\n");
    if (is_spurious)
        text_print(out(self), "W%" PRIu32 ": if\n        :: ", self->index);
    else
        text_print(out(self), "        ");
    open_step(self, &guard);
    promela_print_pattern(&scope, step->effect, next_statement(self));
    close_step(self, self->index + 1, false);
    if (is_spurious) {
        print_spurious_way(self);
        text_print(out(self), "\n        fi");
    }
    text_free(&guard);
    promela_scope_free(&scope);
}

/* Whether the step that an instruction belongs to goes on behind it, if control does. */
static bool goes_on(const struct process *self, uint32_t index)
{
    return index + 1 < self->code->count && self->code->instructions[index + 1].no_switch;
}

static void print_instruction(struct process *self, uint32_t index)
{
    const struct instruction *instruction = &self->code->instructions[index];
    char *text = program_instruction_text(self->promela->program, self->code, instruction);
    self->index = index;
    self->instruction = instruction;
    self->kind = instruction_kind(instruction);
    self->scope = promela_scope_new(self->promela, instruction, NULL);
    if (self->is_target[index])
        text_print(out(self), "L%" PRIu32 ":\n", index);
    if (!instruction->no_switch && goes_on(self, index))
        text_print(out(self), "    atomic {\n");
    text_print(out(self), "    /* %4" PRIu32 "  ", instruction->place.line);
    promela_print_comment(self->promela, text, COMMENT_COLUMNS);
    text_print(out(self), " */ ");
    memory_free(text);
    print_ways(self);
    if (self->kind == MICRO_LEAVE)
        print_return(self);
    if (self->kind == MICRO_CWAIT)
        print_waking(self);
    text_print(out(self), "%s;\n", instruction->no_switch && !goes_on(self, index) ? "\n    }" : "");
    promela_scope_free(&self->scope);
}

/* ---- Processes ----------------------------------------------------------------------------------------------- */

/* Jumps lead to instructions, and errors back to theirs. */
static void find_targets(struct process *self)
{
    for (uint32_t i = 0; i < self->code->count; i++) {
        const struct instruction *instruction = &self->code->instructions[i];
        self->mentioned |= instruction_reads(instruction) | instruction_writes(instruction);
        for (size_t o = 0; o < 2; o++)
            if (instruction->operands[o].kind == OPERAND_TARGET && instruction->operands[o].value < self->code->count)
                self->is_target[instruction->operands[o].value] = true;
        self->index = i;
        self->instruction = instruction;
        self->kind = instruction_kind(instruction);
        self->scope = promela_scope_new(self->promela, instruction, NULL);
        char *valid = validity(self);
        self->is_target[i] |= self->promela->outcome->can_fail && *valid != '\0';
        memory_free(valid);
        promela_scope_free(&self->scope);
    }
}

static void print_registers(struct process *self, size_t thread)
{
    const struct promela *promela = self->promela;
    for (unsigned r = 0; r < REGISTERS_MAX; r++) {
        bool is_kept = promela->keeps_dead || (self->live[0] >> r & 1) != 0;
        if ((self->mentioned & ~promela->watched) >> r & 1) {
            text_print(out(self), "    %s ", r == REGISTER_FLAGS ? "short" : "int");
            print_register_name(r, out(self));
            text_print(out(self), " = %" PRId64 ";\n",
                       is_kept && r < REGISTER_COUNT ? promela->program->threads[thread].registers[r] : 0);
        }
    }
}

static void print_heading(struct process *self, size_t first, size_t count)
{
    const struct thread *threads = self->promela->program->threads;
    bool stops = self->promela->goes_on && self->promela->outcome->can_fail;
    text_print(out(self), "\n/* ");
    for (size_t t = first; t < first + count; t++)
        text_print(out(self), "%s%s", t > first ? ", " : "", threads[t].name);
    text_print(out(self), " */\nactive [%zu] proctype threads_from_%zu()%s\n{\n", count, first,
               stops ? " GOES_ON" : "");
}

/* Prints the proctype of the threads first .. first + count - 1, which are alike. */
static void print_process(struct promela *promela, size_t first, size_t count)
{
    struct process self = {.promela = promela, .code = promela_code(promela, first)};
    self.live = promela->live[promela->program->threads[first].code];
    self.is_target = memory_new(self.code->count, sizeof *self.is_target);
    for (size_t t = first; t < first + count; t++)
        self.begins_later |= promela->program->threads[t].is_later;
    find_targets(&self);
    print_heading(&self, first, count);
    print_registers(&self, first);
    for (uint32_t i = 0; i < self.code->count; i++)
        print_instruction(&self, i);
    text_print(promela->text, "end:\n    false /* stays here for ever */\n}\n");
    memory_free(self.is_target);
}

/* SPIN numbers processes (_pid) in the order of the text, which has to be that of the threads. */
void promela_print_threads(struct promela *self)
{
    const struct program *program = self->program;
    size_t count;
    for (size_t first = 0; first < program->thread_count; first += count) {
        const struct thread *one = &program->threads[first];
        count = 1;
        while (first + count < program->thread_count && one[count].code == one->code &&
               memcmp(one[count].registers, one->registers, sizeof one->registers) == 0)
            count++;
        print_process(self, first, count);
    }
}
