/* The processes of a model for SPIN: threads that are alike are instances of one proctype, and an instruction is a step, or two.
 *
 * A step can be done in one or several *ways*: a jump is taken or not, a signal wakes this thread or that one, a number is chosen. Each
 * way is a d_step with a condition. That a step is an error of the program is one more way, which leads back to where the thread is;
 * where there is no such error, that is asserted. Instructions that can only be in the middle of a step stand in those steps. */
#include "base/memory.h"
#include "report/promela_process.h"

#include <inttypes.h>
#include <string.h>

enum { COMMENT_COLUMNS = 32, ARRIVALS = PROMELA_ASLEEP + 1 };

/* ---- Instructions -------------------------------------------------------------------------------------------- */

/* The error, by a step that leads nowhere; no scheduler notices. */
static void print_failure(struct promela_process *self, const char *valid)
{
    struct text guard = TEXT_INIT;
    promela_require_presence(self, &guard);
    if (!promela_is_free(self))
        text_print(promela_next_condition(&guard),
                   promela_may_arrive(self) ? "(MAY_STEP(_pid) || MAY_ARRIVE(_pid))" : "MAY_STEP(_pid)");
    text_print(promela_next_condition(&guard), "!(%s)", valid);
    text_print(promela_out(self), "d_step { %s -> fail() }; goto L%" PRIu32, text_string(&guard), self->index);
    text_free(&guard);
}

/* Whether a step may be printed as several choices: in a stretch that can fail the signal's arrival is one. */
static bool may_split(const struct promela_process *self)
{
    return self->has_stretches && promela_may_arrive(self);
}

/* No jump may lead into a d_step, but it may lead to a choice of which that is the only one. */
static void print_ways(struct promela_process *self)
{
    char *valid = promela_validity(self);
    size_t count = promela_way_count(self);
    bool can_fail = self->promela->outcome->can_fail && *valid != '\0';
    bool is_choice = count > 1 || can_fail || may_split(self), is_in_line = !is_choice && self->is_target[self->index];
    if (is_choice || is_in_line)
        text_print(promela_out(self), "if%s", is_in_line ? " :: " : "");
    for (size_t way = 0; way < count; way++)
        if (promela_is_way(self, way)) {
            text_print(promela_out(self), "%s", is_choice ? "\n        :: " : "");
            promela_print_way_of_step(self, way, valid);
        }
    if (can_fail) {
        text_print(promela_out(self), "\n        :: ");
        print_failure(self, valid);
    }
    if (is_choice || is_in_line)
        text_print(promela_out(self), "%sfi", is_in_line ? " " : "\n        ");
    memory_free(valid);
}

/* Wakes without a signal, which is no scheduler's business either. */
static void print_spurious_way(struct promela_process *self)
{
    text_print(promela_out(self), "\n        :: d_step { ON_CONDITION(_pid) -> asleep[_pid] = 0");
    if (promela_tells_needs(self->promela))
        text_print(promela_out(self), "; returned(_pid, needs[_pid])");
    self->statements = 1;
    promela_print_watching(self, self->index, false);
    text_print(promela_out(self), " }; goto W%" PRIu32, self->index);
}

/* Who was woken takes the mutex again, which it locks as anybody does. */
static void print_waking(struct promela_process *self)
{
    struct instruction instruction = *self->instruction;
    struct text guard = TEXT_INIT, effect = TEXT_INIT;
    bool is_spurious = self->promela->program->is_spurious, is_choice = is_spurious || self->has_stretches;
    instruction.operands[0] = instruction.operands[1];
    struct promela_scope scope = promela_scope_new(self->promela, &instruction, NULL);
    const struct promela_step *step = promela_step_of(&scope, MICRO_LOCK);
    if (promela_is_free(self)) {
        text_print(&guard, "asleep[_pid] == 0 && ");
        promela_print_pattern(&scope, step->condition, &guard);
    }
    promela_print_pattern(&scope, step->effect, &effect);
    text_print(promela_out(self), ";\n");
    if (is_choice)
        text_print(promela_out(self), "W%" PRIu32 ": if\n        :: ", self->index);
    else
        text_print(promela_out(self), "        ");
    promela_print_waking(self, &guard, text_string(&effect));
    if (is_spurious)
        print_spurious_way(self);
    text_print(promela_out(self), "%s", is_choice ? "\n        fi" : "");
    text_free(&guard);
    text_free(&effect);
    promela_scope_free(&scope);
}

static void print_return(struct promela_process *self)
{
    text_print(promela_out(self), "; ");
    if (self->has_stretches)
        text_print(promela_out(self), "W%" PRIu32 ": if :: ", self->index);
    promela_print_return(self);
    text_print(promela_out(self), "%s", self->has_stretches ? " fi" : "");
}

static void print_instruction(struct promela_process *self, uint32_t index)
{
    promela_turn_to(self, index);
    char *text = program_instruction_text(self->promela->program, self->code, self->instruction);
    if (self->is_target[index])
        text_print(promela_out(self), "L%" PRIu32 ":\n", index);
    text_print(promela_out(self), "    /* %4" PRIu32 "  ", self->instruction->place.line);
    promela_print_comment(self->promela, text, COMMENT_COLUMNS);
    text_print(promela_out(self), " */ ");
    memory_free(text);
    print_ways(self);
    if (self->kind == MICRO_LEAVE)
        print_return(self);
    if (self->kind == MICRO_CWAIT)
        print_waking(self);
    text_print(promela_out(self), ";\n");
    promela_scope_free(&self->scope);
}

/* ---- Processes ----------------------------------------------------------------------------------------------- */

/* What an instruction leads to, or where its step ends; an error leads back to it. */
static void find_targets_of(struct promela_process *self, uint32_t index)
{
    promela_turn_to(self, index);
    self->mentioned |= instruction_reads(self->instruction) | instruction_writes(self->instruction);
    for (size_t o = 0; o < 2; o++)
        if (self->instruction->operands[o].kind == OPERAND_TARGET &&
            self->instruction->operands[o].value < self->code->count)
            self->is_target[self->instruction->operands[o].value] = true;
    char *valid = promela_validity(self);
    self->is_target[index] |= self->promela->outcome->can_fail && *valid != '\0';
    memory_free(valid);
    promela_scope_free(&self->scope);
}

static void find_targets(struct promela_process *self)
{
    for (uint32_t i = 0; i < self->code->count; i++) {
        self->has_stretches |= self->code->instructions[i].no_switch;
        find_targets_of(self, i);
    }
    for (uint32_t i = 0; i < self->code->count && self->has_stretches; i++)
        if (promela_begins_step(self->code, i))
            promela_mark_exits(self, i);
}

static void print_registers(struct promela_process *self, size_t thread)
{
    const struct promela *promela = self->promela;
    for (unsigned r = 0; r < REGISTERS_MAX; r++) {
        bool is_kept = promela->keeps_dead || (self->live[0] >> r & 1) != 0;
        if ((self->mentioned & ~promela->watched) >> r & 1) {
            text_print(promela_out(self), "    %s ", r == REGISTER_FLAGS ? "short" : "int");
            promela_print_register_name(r, promela_out(self));
            text_print(promela_out(self), " = %" PRId64 ";\n",
                       is_kept && r < REGISTER_COUNT ? promela->program->threads[thread].registers[r] : 0);
        }
    }
}

static void print_heading(struct promela_process *self, size_t first, size_t count)
{
    const struct thread *threads = self->promela->program->threads;
    bool stops = self->promela->goes_on && self->promela->outcome->can_fail;
    text_print(promela_out(self), "\n/* ");
    for (size_t t = first; t < first + count; t++)
        text_print(promela_out(self), "%s%s", t > first ? ", " : "", threads[t].name);
    text_print(promela_out(self), " */\nactive [%zu] proctype threads_from_%zu()%s\n{\n", count, first,
               stops ? " GOES_ON" : "");
}

/* Prints the proctype of the threads first .. first + count - 1, which are alike. */
static void print_process(struct promela *promela, size_t first, size_t count)
{
    struct promela_process self = {.promela = promela, .code = promela_code(promela, first)};
    self.live = promela->live[promela->program->threads[first].code];
    self.is_target = memory_new(self.code->count, sizeof *self.is_target);
    for (size_t t = first; t < first + count; t++)
        self.begins_later |= promela->program->threads[t].is_later;
    find_targets(&self);
    print_heading(&self, first, count);
    print_registers(&self, first);
    if (self.picks_exits)
        text_print(promela->text, "    %s exit = 0; /* where a step of several instructions leads */\n",
                   promela_type(ARRIVALS * ((int64_t)self.code->count + 1) + 1));
    for (uint32_t i = 0; i < self.code->count; i++)
        if (promela_begins_step(self.code, i))
            print_instruction(&self, i);
    text_print(promela->text, "end:\n    false /* stays here for ever */\n}\n");
    memory_free(self.is_target);
}

/* What steps of several instructions work with. */
static void declare_stretches(struct promela *self, struct text *text)
{
    if (self->has_stretches)
        text_print(
            text,
            "\n/* For use within a step of several instructions: the one that is next, or where the step ends%s. */\n"
            "hidden int at;\n",
            self->quantum > 0 ? "; what it costs" : "");
    if (self->has_stretches && self->quantum > 0)
        text_print(text, "hidden int spent;\n");
    if (self->kept_count > 0)
        text_print(text, "hidden int kept[%zu]; /* what an error puts back */\n", self->kept_count);
}

/* SPIN numbers processes (_pid) in the order of the text, which has to be that of the threads. */
void promela_print_threads(struct promela *self)
{
    const struct program *program = self->program;
    struct text *text = self->text, processes = TEXT_INIT;
    size_t count;
    self->text = &processes;
    for (size_t first = 0; first < program->thread_count; first += count) {
        const struct thread *one = &program->threads[first];
        count = 1;
        while (first + count < program->thread_count && one[count].code == one->code &&
               memcmp(one[count].registers, one->registers, sizeof one->registers) == 0)
            count++;
        print_process(self, first, count);
    }
    self->text = text;
    declare_stretches(self, text);
    text_append(text, text_string(&processes), processes.length);
    text_free(&processes);
}
