/* The processes of a model for SPIN: threads that are alike are instances of one proctype, and an instruction is a step. */
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
    bool *is_target;   /* of a jump, one an instruction */
    size_t statements; /* of the step that is being printed */
};

static struct text *out(struct process *self)
{
    return self->promela->text;
}

static void print_word(struct promela *self, size_t word)
{
    const struct variable *variable = self->program->variables;
    while (word >= variable->word + variable->words)
        variable++;
    text_print(self->text, "shared_%s", variable->name);
    if (variable->words > 1)
        text_print(self->text, "[%zu]", word - variable->word);
}

void promela_print_operand(struct promela *self, struct operand operand)
{
    if (operand.kind == OPERAND_IMMEDIATE)
        text_print(self->text, "%" PRId64, operand.value);
    else if (operand.kind == OPERAND_REGISTER)
        text_print(self->text, "%s", register_name((enum register_name)operand.value));
    else
        print_word(self, (size_t)operand.value);
}

/* ---- A step -------------------------------------------------------------------------------------------------- */

/* Begins a statement of a step. */
static struct text *next_statement(struct process *self)
{
    if (self->statements++ > 0)
        text_print(out(self), "; ");
    return out(self);
}

/* Prints what an instruction waits for beyond its turn: with the free scheduler, what it needs; that an unlock is right. */
static bool print_wait(struct process *self, const struct instruction *instruction)
{
    enum micro_kind kind = instruction_kind(instruction);
    const struct promela_step *step = &promela_steps[kind];
    bool waits = kind == MICRO_UNLOCK ? self->promela->outcome->can_fail
                                      : step->need != NULL && self->promela->scheduler == PROMELA_FREE;
    if (waits)
        promela_print_pattern(self->promela, step->condition, instruction->operands);
    return waits;
}

/* Prints the guard of a step: the scheduler's, and what the instruction waits for, and a condition (or NULL). */
static void open_step(struct process *self, const struct instruction *instruction, const char *condition)
{
    enum promela_scheduler scheduler = self->promela->scheduler;
    bool may_arrive = scheduler == PROMELA_SIGNAL && self->promela->arrival == PROMELA_ANY;
    size_t before = out(self)->length;
    self->statements = 0;
    text_print(out(self), may_arrive ? "atomic { allowed(_pid, " : "d_step { ");
    if (scheduler != PROMELA_FREE && !may_arrive)
        text_print(out(self), "MAY_STEP(_pid) && ");
    size_t empty = out(self)->length;
    if (condition != NULL)
        text_print(out(self), "%s", condition);
    else if (!print_wait(self, instruction) && may_arrive)
        text_print(out(self), "true");
    bool has_condition = out(self)->length > empty;
    if (may_arrive) {
        text_print(out(self), "); d_step { ");
    } else if (scheduler != PROMELA_FREE && !has_condition) {
        out(self)->length = before;
        text_print(out(self), "d_step { MAY_STEP(_pid) -> ");
    } else if (has_condition) {
        text_print(out(self), " -> ");
    }
    if (scheduler == PROMELA_PREEMPTIONS)
        text_print(next_statement(self), "count_switch(_pid)");
    if (scheduler == PROMELA_SIGNAL && !may_arrive)
        text_print(next_statement(self), "await_signal()");
}

/* Registers that were live, or written, and are dead now. */
static void clear_registers(struct process *self, uint32_t index, uint32_t next)
{
    register_set touched = self->live[index] | instruction_writes(&self->code->instructions[index]);
    register_set dead = touched & ~self->live[next] & self->mentioned;
    for (unsigned r = 0; r < REGISTER_COUNT; r++)
        if (dead >> r & 1)
            text_print(next_statement(self), "%s = 0", register_name((enum register_name)r));
}

/* Tells the scheduler where a thread has come to. A yield uses up whatever is left of a quantum. */
static void print_stepped(struct process *self, uint32_t index, uint32_t next)
{
    struct promela *promela = self->promela;
    const struct instruction *instruction = &self->code->instructions[index];
    bool counts_ticks = promela->scheduler == PROMELA_TICK || promela->scheduler == PROMELA_SIGNAL;
    if (promela->scheduler == PROMELA_FREE)
        return;
    text_print(next_statement(self), "stepped(_pid, ");
    if (instruction_kind(instruction) == MICRO_LEAVE && next == index)
        text_print(out(self), "AWAY");
    else
        promela_print_need(promela, self->code, next);
    if (counts_ticks && (instruction_kind(instruction) == MICRO_YIELD || instruction->ticks >= promela->quantum))
        text_print(out(self), ", QUANTUM");
    else if (counts_ticks)
        text_print(out(self), ", %" PRIu32, instruction->ticks);
    text_print(out(self), ")");
}

static void end_step(struct process *self)
{
    struct promela *promela = self->promela;
    text_print(out(self), promela->scheduler == PROMELA_SIGNAL && promela->arrival == PROMELA_ANY ? " } }" : " }");
}

/* Ends a step, and says where the thread goes on where that is not the next instruction. */
static void close_step(struct process *self, uint32_t index, uint32_t next)
{
    clear_registers(self, index, next);
    print_stepped(self, index, next);
    if (next == self->code->count)
        text_print(next_statement(self), "finish()");
    if (self->statements == 0)
        text_print(next_statement(self), "skip");
    end_step(self);
    if (next == self->code->count && index + 1 != next)
        text_print(out(self), "; goto end");
    else if (next != self->code->count && next != index + 1)
        text_print(out(self), "; goto L%" PRIu32, next);
}

/* ---- Effects ------------------------------------------------------------------------------------------------- */

/* The operand that a place is; the flags and constants by themselves. */
static void print_place(struct process *self, const struct instruction *instruction,
                        const struct micro_operation *micro, enum micro_place place)
{
    if (place == PLACE_FLAGS)
        text_print(out(self), "flags");
    else if (place == PLACE_CONSTANT)
        text_print(out(self), "%" PRId64, micro->constant);
    else
        promela_print_operand(self->promela, instruction->operands[place == PLACE_SECOND]);
}

/* target = (b > a) - (b < a) */
static void print_comparison(struct process *self, const struct instruction *instruction,
                             const struct micro_operation *micro)
{
    for (size_t side = 0; side < 2; side++) {
        text_print(out(self), side == 0 ? "(" : " - (");
        print_place(self, instruction, micro, micro->b);
        text_print(out(self), side == 0 ? " > " : " < ");
        print_place(self, instruction, micro, micro->a);
        text_print(out(self), ")");
    }
}

/* target = a; add(target, a); target = -a */
static void print_assignment(struct process *self, const struct instruction *instruction,
                             const struct micro_operation *micro)
{
    const struct operation_facts *facts = &operations[micro->operation];
    bool calls = facts->exported != NULL && micro->target == micro->b;
    next_statement(self);
    if (calls)
        text_print(out(self), "%s(", facts->exported);
    print_place(self, instruction, micro, micro->target);
    text_print(out(self), calls ? ", " : " = ");
    if (facts->is_comparison) {
        print_comparison(self, instruction, micro);
        return;
    }
    if (facts->is_binary && !calls) {
        if (micro->constant != 0)
            text_print(out(self), "%" PRId64 " ", micro->constant);
        text_print(out(self), micro->constant != 0 ? "- " : "-");
    }
    print_place(self, instruction, micro, micro->a);
    text_print(out(self), calls ? ")" : "");
}

/* What is overwritten before it is read is kept. */
static void print_assignments(struct process *self, const struct instruction *instruction)
{
    const struct micro_operation *micros = instruction_form(instruction->opcode)->micros;
    if (micros[1].kind == MICRO_NONE) {
        print_assignment(self, instruction, &micros[0]);
        return;
    }
    text_print(next_statement(self), "old = ");
    print_place(self, instruction, &micros[0], micros[0].a);
    print_assignment(self, instruction, &micros[1]);
    next_statement(self);
    print_place(self, instruction, &micros[0], micros[0].target);
    text_print(out(self), " = old");
}

static void print_effect(struct process *self, const struct instruction *instruction)
{
    enum micro_kind kind = instruction_kind(instruction);
    const struct promela_step *step = &promela_steps[kind];
    if (kind == MICRO_ASSIGN)
        print_assignments(self, instruction);
    if (kind == MICRO_UNLOCK && !self->promela->outcome->can_fail) {
        text_print(next_statement(self), "assert(");
        promela_print_pattern(self->promela, step->condition, instruction->operands);
        text_print(out(self), ")");
    }
    if (step->effect != NULL) {
        next_statement(self);
        promela_print_pattern(self->promela, step->effect, instruction->operands);
    }
}

/* ---- Instructions -------------------------------------------------------------------------------------------- */

static void print_branch(struct process *self, uint32_t index, const char *condition, uint32_t next)
{
    text_print(out(self), "\n        :: ");
    open_step(self, &self->code->instructions[index], condition);
    close_step(self, index, next);
}

static void print_conditional_jump(struct process *self, uint32_t index)
{
    const struct instruction *instruction = &self->code->instructions[index];
    text_print(out(self), "if");
    const struct condition_facts *condition = &conditions[instruction_form(instruction->opcode)->micros[0].condition];
    print_branch(self, index, condition->exported, (uint32_t)instruction->operands[0].value);
    print_branch(self, index, conditions[condition->opposite].exported, index + 1);
    text_print(out(self), "\n        fi");
}

/* The return is no scheduler's business. */
static void print_return(struct process *self, uint32_t index)
{
    struct promela *promela = self->promela;
    text_print(out(self), "; d_step { ");
    if (promela->scheduler == PROMELA_FREE) {
        text_print(out(self), "skip");
    } else {
        text_print(out(self), "needs[_pid] == AWAY -> returned(_pid, ");
        promela_print_need(promela, self->code, index + 1);
        text_print(out(self), ")");
    }
    text_print(out(self), "%s }", index + 1 == self->code->count ? "; finish()" : "");
}

static uint32_t target_of(const struct process *self, uint32_t index)
{
    const struct instruction *instruction = &self->code->instructions[index];
    unsigned flow = instruction_flow(instruction);
    return flow == FLOW_END      ? self->code->count
           : flow == FLOW_TARGET ? (uint32_t)instruction->operands[0].value
                                 : index + 1;
}

/* Leaves, and says where the second step begins. */
static void print_leave(struct process *self, uint32_t index)
{
    print_stepped(self, index, index);
    if (self->statements == 0)
        text_print(next_statement(self), "skip");
    end_step(self);
}

static void print_step(struct process *self, uint32_t index)
{
    const struct instruction *instruction = &self->code->instructions[index];
    open_step(self, instruction, NULL);
    print_effect(self, instruction);
    if (instruction_kind(instruction) == MICRO_LEAVE)
        print_leave(self, index);
    else
        close_step(self, index, target_of(self, index));
}

/* No jump may lead into a d_step, but it may lead to a choice of which that is the only one. */
static void print_instruction(struct process *self, uint32_t index)
{
    const struct instruction *instruction = &self->code->instructions[index];
    bool is_branch = instruction_kind(instruction) == MICRO_BRANCH;
    char *text = program_instruction_text(self->promela->program, self->code, instruction);
    if (self->is_target[index])
        text_print(out(self), "L%" PRIu32 ":\n", index);
    text_print(out(self), "    /* %4" PRIu32 "  %-*s */ ", instruction->place.line, COMMENT_COLUMNS, text);
    memory_free(text);
    text_print(out(self), self->is_target[index] && !is_branch ? "if :: " : "");
    if (is_branch)
        print_conditional_jump(self, index);
    else
        print_step(self, index);
    text_print(out(self), self->is_target[index] && !is_branch ? " fi" : "");
    if (instruction_kind(instruction) == MICRO_LEAVE)
        print_return(self, index);
    text_print(out(self), ";\n");
}

/* ---- Processes ----------------------------------------------------------------------------------------------- */

static void find_targets(struct process *self)
{
    for (uint32_t i = 0; i < self->code->count; i++) {
        const struct instruction *instruction = &self->code->instructions[i];
        self->mentioned |= instruction_reads(instruction) | instruction_writes(instruction);
        for (size_t o = 0; o < 2; o++)
            if (instruction->operands[o].kind == OPERAND_TARGET && instruction->operands[o].value < self->code->count)
                self->is_target[instruction->operands[o].value] = true;
    }
}

static void print_registers(struct process *self, size_t thread)
{
    for (unsigned r = 0; r < REGISTER_COUNT; r++)
        if (self->mentioned >> r & 1)
            text_print(out(self), "    %s %s = %" PRId64 ";\n", r == REGISTER_FLAGS ? "short" : "int",
                       register_name((enum register_name)r),
                       self->live[0] >> r & 1 ? self->promela->program->threads[thread].registers[r] : 0);
}

static void print_heading(struct process *self, size_t first, size_t count)
{
    const struct thread *threads = self->promela->program->threads;
    text_print(out(self), "\n/* ");
    for (size_t t = first; t < first + count; t++)
        text_print(out(self), "%s%s", t > first ? ", " : "", threads[t].name);
    text_print(out(self), " */\nactive [%zu] proctype threads_from_%zu()\n{\n", count, first);
}

/* Prints the proctype of the threads first .. first + count - 1, which are alike. */
static void print_process(struct promela *promela, size_t first, size_t count)
{
    struct process self = {.promela = promela, .code = promela_code(promela, first)};
    self.live = promela->live[promela->program->threads[first].code];
    self.is_target = memory_new(self.code->count, sizeof *self.is_target);
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
