#include "apps/native_execution.h"

#include "apps/c_executable.h"
#include "apps/c_file.h"
#include "apps/compiler.h"
#include "apps/tracee.h"
#include "base/memory.h"
#include "base/text.h"
#include "frontends/x86.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { SECONDS_MAX = 20, OUTPUT_MAX = 1 << 20, MAIN = 0 };

/* A thread of the trace, as far as it has come. */
struct follower {
    bool is_real;    /* it is a thread of the process */
    bool has_begun;  /* the program's own code */
    size_t real;     /* ... that one */
    uint32_t total;  /* instructions of the program that have begun, as the trace says */
    uint32_t passed; /* ... and that were executed */
    bool has_jumped; /* its last instruction in the trace was OPCODE_J */
    uint32_t last;
    bool is_inside; /* of the machine instruction under way something was told; it is executed */
    size_t at;      /* in the trace: when that was */
};

struct execution {
    const struct program *program;
    const struct trace *trace;
    const struct c_executable *executable;
    struct tracee *tracee;
    struct follower followers[PROGRAM_THREADS_MAX];
    size_t known;              /* threads of the process */
    struct gdb_script *script; /* or NULL */
    struct real_run *run;
    struct error *error;
};

/* ---- Leaving ----------------------------------------------------------------------------------------------------- */

static const struct instruction *instruction_of(const struct execution *self, const struct trace_step *step)
{
    return &program_code(self->program, step->thread)->instructions[step->index];
}

static const char *const departures[] = {
    [TRACEE_THERE] = "is elsewhere",
    [TRACEE_ASLEEP] = "waits in a call of the library, and nobody wakes it",
    [TRACEE_ENDED] = "ends",
    [TRACEE_LATE] = "does not come there in time",
};

/* The run has left the schedule. */
static bool leave(struct execution *self, const struct trace_step *step, enum tracee_result result)
{
    struct real_run *run = self->run;
    int signal = tracee_signal(self->tracee);
    run->end = REAL_LEFT;
    run->step = step->number;
    run->thread = memory_copy_string(self->trace->threads[step->thread]);
    run->what = result == TRACEE_ENDED && signal != 0 ? text_format("is ended by a signal (%s)", strsignal(signal))
                                                      : memory_copy_string(departures[result]);
    run->expected = (struct real_place){step->line, 0};
    return false;
}

static bool refuse(struct execution *self, const struct trace_step *step)
{
    return error_set(self->error, self->program->source, step->line, 0,
                     "step %zu is in the middle of what the processor does as one: nobody can let others in there from "
                     "outside",
                     step->number);
}

/* ---- Values ------------------------------------------------------------------------------------------------------ */

/* Of a variable whose symbol is that of one number, as many bytes as it has are compared. */
static void read_value(struct execution *self, uint32_t word)
{
    const char *name = self->trace->words[word];
    struct real_value *value = &self->run->values[self->run->value_count++];
    struct elf_symbol symbol;
    uint64_t bytes = 0;
    *value = (struct real_value){.name = memory_copy_string(name), .predicted = trace_final_word(self->trace, word)};
    value->is_number = c_executable_symbol(self->executable, name, &symbol) && symbol.size > 0 && symbol.size <= 8 &&
                       tracee_read(self->tracee, self->followers[MAIN].real, symbol.address, &bytes);
    if (!value->is_number) {
        value->text = memory_copy_string("no variable by itself");
        return;
    }
    uint64_t mask = symbol.size < 8 ? (UINT64_C(1) << 8 * symbol.size) - 1 : UINT64_MAX;
    bool is_same = ((bytes ^ (uint64_t)value->predicted) & mask) == 0;
    value->number = is_same ? value->predicted : (int64_t)(bytes & mask);
}

/* What is observed, before the process ends; nobody changes it any more. */
static void read_values(struct execution *self)
{
    const struct trace *trace = self->trace;
    if (self->run->values != NULL)
        return;
    self->run->values = memory_new(trace->observation.count, sizeof *self->run->values);
    for (size_t p = 0; p < trace->observation.count && self->run->value_count < trace->observation.count; p++)
        if (trace_is_word(trace, p))
            read_value(self, trace->observation.places[p].number);
}

/* ---- Following --------------------------------------------------------------------------------------------------- */

static const char *assembly_line(const struct execution *self, uint32_t line)
{
    const char *at = x86_assembly(self->program->text);
    for (uint32_t l = 1; l < line && *at != '\0'; l++) {
        at += strcspn(at, "\n");
        at += *at == '\n';
    }
    return at;
}

/* Whether the instruction on a line is a call, or a jump, which may stand for one. */
static bool may_call(const struct execution *self, uint32_t line)
{
    const char *at = assembly_line(self, line);
    at += strspn(at, " \t");
    return line > 0 && (strncmp(at, "call", 4) == 0 || at[0] == 'j');
}

/* Whether what the instruction on a line calls may call the program's own code in turn: pthread_once, call_once. */
static bool may_call_back(const struct execution *self, uint32_t line)
{
    const char *at = assembly_line(self, line);
    size_t length = strcspn(at, "\n");
    char *text = text_format("%.*s", (int)length, at);
    bool calls = strstr(text, "pthread_once") != NULL || strstr(text, "call_once") != NULL;
    memory_free(text);
    return calls;
}

/* Executes what the library does, up to the program's own code. */
static enum tracee_result come_back(struct execution *self, size_t real)
{
    enum tracee_result result = TRACEE_THERE;
    while (result == TRACEE_THERE && !c_executable_is_within(self->executable, tracee_address(self->tracee, real)))
        result = tracee_step(self->tracee, real);
    return result;
}

static enum tracee_result call_back(struct execution *self, size_t real, uint32_t line)
{
    if (self->script == NULL)
        return come_back(self, real);
    error_set(self->error, self->program->source, 0, 0,
              "--gdb: line %" PRIu32
              " of its assembly calls what calls the program back, and gdb has no commands that lead it there",
              line);
    return TRACEE_LATE;
}

/* Executes the instruction that a thread is at, and all that the library does where it is called. */
static enum tracee_result execute_one(struct execution *self, size_t real)
{
    uint32_t line = c_executable_line(self->executable, tracee_address(self->tracee, real));
    enum tracee_result result = tracee_step(self->tracee, real);
    bool is_out = result == TRACEE_THERE && line > 0 &&
                  !c_executable_is_within(self->executable, tracee_address(self->tracee, real));
    bool is_call = is_out && may_call(self, line);
    if (is_call && may_call_back(self, line))
        return call_back(self, real, line);
    if (self->script != NULL)
        gdb_script_step(self->script, real);
    if (self->script != NULL && is_call)
        gdb_script_return(self->script, real);
    return is_call ? tracee_return(self->tracee, real) : result;
}

/* A thread has come to the first instruction of the program's own code: that of a function, whose symbol stands before it. */
static void note_entry(const struct execution *self, struct follower *follower)
{
    bool is_first = !follower->has_begun;
    follower->has_begun = true;
    if (!is_first || self->script == NULL)
        return;
    const char *at, *text = x86_assembly(self->program->text);
    uint32_t line = c_executable_line(self->executable, tracee_address(self->tracee, follower->real));
    do
        at = assembly_line(self, --line);
    while (at > text && (strchr("\t .", *at) != NULL || at[strcspn(at, ":\n")] != ':'));
    gdb_script_enter(self->script, follower->real, at, strcspn(at, ":"));
}

/* Executes what a thread does for itself, until the next instruction is the last of so many. What lies between them, to align them, and before
 * the first of a thread, does not count. */
static enum tracee_result pass(struct execution *self, struct follower *follower)
{
    enum tracee_result result = TRACEE_THERE;
    while (result == TRACEE_THERE) {
        bool counts = c_executable_line(self->executable, tracee_address(self->tracee, follower->real)) > 0;
        if (counts)
            note_entry(self, follower);
        if (counts && follower->passed + 1 >= follower->total)
            break;
        follower->passed += counts;
        result = follower->has_begun ? execute_one(self, follower->real) : tracee_step(self->tracee, follower->real);
    }
    return result;
}

/* Who has ended in the program ends in the process, too: others may wait for that. */
static bool finish(struct execution *self, const struct trace_step *step, uint32_t thread)
{
    struct follower *follower = &self->followers[thread];
    if (!follower->is_real || tracee_is_gone(self->tracee, follower->real))
        return true;
    if (self->script != NULL)
        gdb_script_finish(self->script, follower->real);
    enum tracee_result result = tracee_finish(self->tracee, follower->real);
    return result == TRACEE_ENDED || leave(self, step, result);
}

/* Whether what is listed at an index of the trace is a part of the same machine instruction as what is listed before it. */
static bool is_same(const struct execution *self, size_t index)
{
    const struct trace_step *steps = self->trace->steps;
    return index < self->trace->step_count && steps[index].thread == steps[index - 1].thread &&
           steps[index].index != steps[index - 1].index &&
           program_code(self->program, steps[index].thread)->parts[steps[index].index].goes_on;
}

/* Before a call that waits for a thread, that one ends. */
static bool finish_joined(struct execution *self, const struct trace_step *step)
{
    const struct instruction *instruction = instruction_of(self, step);
    return instruction->opcode != OPCODE_JOIN || finish(self, step, (uint32_t)instruction->operands[0].value);
}

/* Threads of the process are known by the order in which they are made. */
static void note_child(struct execution *self, const struct trace_step *step)
{
    const struct instruction *instruction = instruction_of(self, step);
    if (instruction->opcode != OPCODE_SPAWN || self->known == tracee_thread_count(self->tracee))
        return;
    struct follower *child = &self->followers[instruction->operands[0].value];
    child->is_real = true;
    child->real = self->known++;
}

static bool execute_instruction(struct execution *self, size_t index)
{
    const struct trace_step *step = &self->trace->steps[index];
    size_t real = self->followers[step->thread].real, end = index;
    bool sleeps = false;
    if (instruction_of(self, step)->opcode == OPCODE_EXIT) {
        read_values(self);
        if (self->script != NULL)
            gdb_script_finish(self->script, real);
        return tracee_finish(self->tracee, real) == TRACEE_ENDED || leave(self, step, TRACEE_LATE);
    }
    do {
        enum opcode opcode = instruction_of(self, &self->trace->steps[end])->opcode;
        sleeps = sleeps || opcode == OPCODE_CWAIT || opcode == OPCODE_ARRIVE;
        if (!finish_joined(self, &self->trace->steps[end]))
            return false;
    } while (is_same(self, ++end));
    self->followers[step->thread].passed++;
    enum tracee_result result = execute_one(self, real);
    if (result == TRACEE_THERE && self->trace->steps[end - 1].next_line != 0)
        result = come_back(self, real); /* from what was called back */
    for (size_t i = index; i < end; i++)
        note_child(self, &self->trace->steps[i]);
    return result == TRACEE_THERE || (result == TRACEE_ASLEEP && sleeps) ||
           (result == TRACEE_ENDED && step->next_line == 0) || leave(self, step, result);
}

/* Whether somebody else has done something since an earlier moment of the trace. */
static bool is_interrupted(const struct execution *self, size_t since, size_t now)
{
    for (size_t i = since; i < now; i++)
        if (self->trace->steps[i].thread != self->trace->steps[now].thread &&
            instruction_is_visible(instruction_of(self, &self->trace->steps[i])))
            return true;
    return false;
}

/* A thread that slept in a call, and goes on with it. */
static bool wake(struct execution *self, const struct trace_step *step)
{
    size_t real = self->followers[step->thread].real;
    if (!tracee_is_asleep(self->tracee, real))
        return true;
    if (self->script != NULL)
        return error_set(
            self->error, self->program->source, step->line, 0,
            "--gdb: before step %zu the thread sleeps within a call, and gdb has no commands that lead it on",
            step->number);
    enum tracee_result result = tracee_wake(self->tracee, real);
    return result == TRACEE_THERE || leave(self, step, result);
}

static bool follow_visible(struct execution *self, size_t index, uint32_t line)
{
    const struct trace_step *step = &self->trace->steps[index];
    struct follower *thread = &self->followers[step->thread];
    if (thread->is_inside)
        return !is_interrupted(self, thread->at, index) || refuse(self, step);
    thread->is_inside = true;
    thread->at = index;
    if (!thread->is_real)
        return leave(self, step, TRACEE_ENDED);
    if (!wake(self, step))
        return false;
    if (self->script != NULL)
        gdb_script_tell(self->script, step->number, self->trace->threads[step->thread], step->line);
    enum tracee_result result = pass(self, thread);
    bool is_there = result == TRACEE_THERE &&
                    c_executable_line(self->executable, tracee_address(self->tracee, thread->real)) == line;
    return is_there ? execute_instruction(self, index) : leave(self, step, result);
}

static bool follow(struct execution *self, size_t index)
{
    const struct trace_step *step = &self->trace->steps[index];
    const struct code *code = program_code(self->program, step->thread);
    const struct instruction *instruction = &code->instructions[step->index];
    const struct machine_part *part = &code->parts[step->index];
    struct follower *thread = &self->followers[step->thread];
    bool is_second = instruction->opcode == OPCODE_CWAIT && step->index == thread->last;
    bool jumps = instruction->opcode == OPCODE_J;
    thread->last = step->index;
    if (!is_second) {
        thread->total += (thread->has_jumped ? 0 : part->passed) + (jumps ? part->ahead : 0);
        thread->has_jumped = jumps;
        thread->is_inside = thread->is_inside && part->goes_on;
    }
    bool is_followed = is_second ? wake(self, step)
                                 : part->line == 0 || instruction->opcode == OPCODE_FAIL ||
                                       !instruction_is_visible(instruction) || follow_visible(self, index, part->line);
    if (is_second)
        thread->last = UINT32_MAX;
    return is_followed && (step->next_line != 0 || step->thread == MAIN || finish(self, step, step->thread));
}

/* ---- The whole --------------------------------------------------------------------------------------------------- */

static enum real_end predicted_end(const struct trace *trace)
{
    return trace->end == TRACE_FINISHED     ? REAL_FINISHED
           : trace->end == TRACE_DEADLOCKED ? REAL_DEADLOCKED
                                            : REAL_STOPPED;
}

/* What the program does once the schedule is over. */
static enum real_end find_end(struct execution *self)
{
    if (predicted_end(self->trace) == REAL_STOPPED)
        return REAL_STOPPED;
    if (predicted_end(self->trace) == REAL_FINISHED && !tracee_is_gone(self->tracee, MAIN))
        read_values(self);
    if (self->script != NULL && predicted_end(self->trace) == REAL_FINISHED && !tracee_is_gone(self->tracee, MAIN))
        gdb_script_release(self->script);
    enum tracee_result result = tracee_release(self->tracee);
    return result == TRACEE_ENDED ? REAL_FINISHED : result == TRACEE_ASLEEP ? REAL_DEADLOCKED : REAL_STOPPED;
}

static bool read_output(int output, struct real_run *run, struct error *error)
{
    struct text text = TEXT_INIT;
    FILE *stream = lseek(output, 0, SEEK_SET) == 0 ? fdopen(dup(output), "r") : NULL;
    bool is_read = stream != NULL && text_read(&text, stream, OUTPUT_MAX);
    if (stream != NULL)
        fclose(stream);
    run->output = text_take(&text);
    return is_read || error_set(error, NULL, 0, 0, "cannot read what the program has written: %s", strerror(errno));
}

/* What a C++ program constructs before main is done by it, too. */
const char *native_execution_first(const struct program *program)
{
    return compiler_is_for_cxx(program->name) ? "_start" : "main";
}

static bool lead(struct execution *self, int output)
{
    for (size_t t = 0; t < self->program->thread_count; t++)
        self->followers[t] = (struct follower){.is_real = t == MAIN, .last = UINT32_MAX};
    self->tracee = tracee_new(c_executable_path(self->executable), output, OUTPUT_MAX, SECONDS_MAX, self->error);
    if (self->tracee == NULL)
        return false;
    self->known = tracee_thread_count(self->tracee);
    const char *first = native_execution_first(self->program);
    struct elf_symbol start;
    self->followers[MAIN].has_begun = strcmp(first, "main") == 0;
    bool is_followed = c_executable_symbol(self->executable, first, &start) &&
                       tracee_run_to(self->tracee, MAIN, start.address) == TRACEE_THERE;
    if (!is_followed)
        error_set(self->error, NULL, 0, 0, "--real: the program does not come to main");
    for (size_t i = 0; i < self->trace->step_count && is_followed; i++)
        is_followed = follow(self, i);
    if (is_followed)
        self->run->end = find_end(self);
    tracee_free(self->tracee);
    return !self->error->set && read_output(output, self->run, self->error);
}

/* What is executed is what the person's own compiler makes of their own file: not what somebody has written into a witness. */
static bool check_file(const char *command, const struct program *program, struct error *error)
{
    struct text text = TEXT_INIT;
    bool is_good = c_file_is(program->name) && c_file_compile(command, program->name, &text, error);
    if (is_good && strcmp(text_string(&text), program->text) != 0)
        is_good = error_set(
            error, program->name, 0, 0,
            "'%s' makes another program of it than the one that was checked, %s (expected the same file, in the same folder, and"
            " that compiler: --cc, --cxx)",
            command, program->reading);
    text_free(&text);
    return is_good || error_set(error, program->name, 0, 0, "is no C program");
}

bool native_execution_run(const char *command, const struct program *program, const struct trace *trace,
                          struct gdb_script *script, struct real_run *run, struct error *error)
{
    if (command == NULL)
        command = compiler_default(program->name);
    struct execution self = {.program = program, .trace = trace, .script = script, .run = run, .error = error};
    *run = (struct real_run){.interpreter = memory_copy_string(command),
                             .file = memory_copy_string(program->name),
                             .steps = trace_length(trace),
                             .predicted_end = predicted_end(trace),
                             .predicted_output = trace->output != NULL ? memory_copy_string(trace->output) : NULL};
    if (!check_file(command, program, error))
        return false;
    int output = memfd_create("racecheck", MFD_CLOEXEC);
    struct c_executable *executable = output >= 0 ? c_executable_new_led(program, command, program->name, error) : NULL;
    if (output < 0)
        error_set(error, NULL, 0, 0, "cannot keep what the program writes: %s", strerror(errno));
    self.executable = executable;
    bool is_run = executable != NULL && lead(&self, output);
    c_executable_free(executable);
    if (output >= 0)
        close(output);
    return is_run;
}
