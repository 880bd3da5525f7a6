/* verifier_reader: the verifier's reader as a service for test_readers, which asks by way of pipes.
 *
 * A request is a byte, a length and so many bytes of a certificate. 's' wants its subject read, from the first line to the
 * program's last one, and printed; 'c' wants all of it verified, with its last line, the checksum, made right. Each is
 * done in a process of its own, for the verifier ends where something is wrong. An answer is an exit status (128 and the
 * signal's number where there is none), a length and so many bytes of what was said. Ends with its input. */
#include "tests/fuzz/condition_values.h"
#include "verify/proof.h"
#include "verify/verdict.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SAID_MAX = 1 << 22, SECONDS_MAX = 20 };

/* ---- The subject ----------------------------------------------------------------------------------------------- */

static void print_span(struct span span)
{
    fwrite(span.text, 1, span.length, stdout);
}

/* The name of a word: value, table[3]. */
static void print_word(const struct program *program, int64_t word)
{
    const struct item *variable = program->variables.at;
    while (word >= variable->number + (int64_t)variable->size)
        variable++;
    print_span(variable->name);
    if (variable->size > 1)
        printf("[%" PRId64 "]", word - variable->number);
}

static void print_register(unsigned number)
{
    if (number < REGISTER_COUNT)
        printf("%%%s", register_name(number));
}

/* fork[1](%bx,%cx,4), as racecheck prints it */
static void print_pick(const struct program *program, const struct pick *pick, enum object_kind kind)
{
    const struct items *arrays = &program->objects[kind].names;
    const struct item *array = arrays->at;
    while (array->number != pick->first)
        array++;
    print_span(array->name);
    if (pick->number != 0)
        printf("[%" PRId64 "]", pick->number);
    putchar('(');
    print_register(pick->base);
    if (pick->index < REGISTER_COUNT) {
        putchar(',');
        print_register(pick->index);
        if (pick->scale != 1)
            printf(",%d", pick->scale);
    }
    putchar(')');
}

static enum object_kind object_kind(unsigned operand)
{
    enum object_kind kind = OBJECT_MUTEX;
    while ((unsigned)OPERAND_OBJECT << kind != operand)
        kind++;
    return kind;
}

static void print_operand(const struct program *program, const struct instruction *instruction, unsigned which)
{
    struct operand operand = instruction_operand(instruction, which);
    if (operand.kind == OPERAND_NUMBER)
        printf("$%" PRId64, operand.number);
    else if (operand.kind == OPERAND_REGISTER)
        print_register((unsigned)operand.number);
    else if (operand.kind == OPERAND_WORD)
        print_word(program, operand.number);
    else if (operand.kind == OPERAND_THREAD)
        fputs(program->threads[operand.number].name, stdout);
    else if (operand.kind == OPERAND_RANGE)
        printf("%" PRId64 ", %" PRId64, operand.number, operand.number + instruction->extent);
    else if ((instruction->picked >> which & 1) != 0)
        print_pick(program, &program->picks[operand.number], object_kind(operand.kind));
    else
        print_span(program->objects[object_kind(operand.kind)].at[operand.number].name);
}

/* The bytes of a text, which its statement has in quotation marks, as hexadecimal digits. */
static void print_text(const struct statement *statement)
{
    static const char escapes[] = "n\nt\tr\r\\\\\"\"";
    struct lexer lexer = lexer_start(statement->text);
    lexer_next(&lexer);
    struct span text = {lexer.text.text + 1, lexer.text.length - 2};
    while (text.length > 0) {
        char byte = span_take_escaped(&text);
        if (byte == '\\')
            byte = strchr(escapes, span_take_escaped(&text))[1];
        printf("%02x", (unsigned char)byte);
    }
}

/* What a condition is worth where words and registers have values that tests/fuzz/condition_values.h makes up. */
static void print_condition(const struct program *program, struct span text, size_t thread)
{
    size_t count = program_location_count(program), first = program_register_location(program, 0, 0);
    struct value *values = storage_new(count, sizeof *values);
    putchar(' ');
    for (unsigned k = 0; k < CONDITION_TRIALS; k++) {
        for (size_t l = 0; l < count; l++)
            values[l] = (struct value){
                VALUE_KNOWN, l >= first ? condition_value(CONDITION_REGISTERS + (l - first) % REGISTER_COUNT, k)
                                        : condition_value(l, k)};
        putchar(condition_evaluate(program, text, thread, values, NULL) == CONDITION_TRUE ? '1' : '0');
    }
    free(values);
}

/* An instruction with the mnemonic of its statement, which begins the latter's text. */
static void print_step(const struct program *program, const struct statement *statement, const struct step *step,
                       size_t thread)
{
    const struct instruction *instruction = step->instruction;
    print_span((struct span){statement->text.text, span_name_length(statement->text)});
    fputs(instruction->kinds[0] != 0 ? " " : "", stdout);
    if (instruction->kinds[0] == OPERAND_LABEL) {
        printf("%" PRIu32, step->target);
    } else if (instruction->kinds[0] == OPERAND_ASSERTION) {
        print_span(instruction_assertion(instruction));
        print_condition(program, instruction_assertion(instruction), thread);
    } else if (instruction->kinds[0] == OPERAND_TEXT) {
        print_text(statement);
    } else {
        for (unsigned i = 0; i < 2 && instruction->kinds[i] != 0; i++) {
            fputs(i > 0 ? ", " : "", stdout);
            print_operand(program, instruction, i);
        }
    }
}

static bool names_stack(const struct code *code)
{
    for (size_t i = 0; i < code->count; i++)
        for (unsigned o = 0; o < 2; o++)
            if (code->steps[i].instruction->kinds[o] == OPERAND_REGISTER &&
                code->steps[i].instruction->numbers[o] == SP)
                return true;
    return false;
}

/* The critical sections around each statement, as sets. */
static uint64_t *find_criticals(const struct code *code, const struct statement *last)
{
    size_t count = (size_t)(last - code->statements) + 1;
    uint64_t *around = storage_new(count, sizeof *around), now = 0;
    for (size_t s = 0; s < count; s++) {
        const struct statement *statement = &code->statements[s];
        if (statement->kind == STATEMENT_CRITICAL || statement->kind == STATEMENT_ENDCRITICAL)
            now ^= UINT64_C(1) << statement->number;
        around[s] = now;
    }
    return around;
}

static const struct statement *statement_of(const struct step *step)
{
    return (const struct statement *)(const void *)((const char *)step->instruction -
                                                    offsetof(struct statement, instruction));
}

static void print_thread(const struct program *program, size_t number)
{
    const struct thread *thread = &program->threads[number];
    const struct code *code = &thread->code;
    printf("thread %s%s", thread->name, thread->is_later ? ", later" : "");
    for (size_t r = 0; r < FLAGS; r++)
        if (r != SP || names_stack(code))
            printf(" %s=%" PRId64, register_name(r), thread->registers[r]);
    putchar('\n');
    const struct statement *last = code->statements;
    for (size_t i = 0; i < code->count; i++)
        last = statement_of(&code->steps[i]) > last ? statement_of(&code->steps[i]) : last;
    uint64_t *around = code->count > 0 ? find_criticals(code, last) : NULL;
    for (size_t i = 0; i < code->count; i++) {
        const struct statement *statement = statement_of(&code->steps[i]);
        printf("%" PRIu32 "%s %" PRIx64 " ", code->steps[i].ticks, code->steps[i].joins ? "+" : "",
               around[statement - code->statements]);
        print_step(program, statement, &code->steps[i], number);
        putchar('\n');
    }
    free(around);
}

static void print_objects(const struct objects *objects)
{
    for (size_t i = 0; i < objects->count; i++) {
        fputs("object ", stdout);
        print_span(objects->at[i].name);
        printf(" %" PRId64 "%s\n", objects->at[i].number, objects->at[i].is_recursive ? " recursive" : "");
    }
}

static void print_claims(const struct certificate *certificate)
{
    for (size_t i = 0; i < certificate->claim_count; i++) {
        const struct claim *claim = &certificate->claims[i];
        print_span(claim->text);
        if (claim_is_bound(claim))
            printf(" %s %" PRId64 "\n", certificate->machine.is_upper ? "<=" : ">=", claim->bound);
        else
            putchar('\n');
    }
}

static void print_choice(const char *name, int64_t number)
{
    if (number >= 0)
        printf(" %s=%" PRId64, name, number);
    else
        printf(" %s=%s", name, number == ANY ? "any" : "never");
}

static void print_scheduler(const struct scheduler *self, size_t threads)
{
    bool is_signal = self->kind == SCHEDULER_SIGNAL;
    printf("scheduler %s", scheduler_name(self));
    if (self->kind == SCHEDULER_TICK || is_signal) {
        printf(" quantum=%" PRId64 " pick=%s", self->quantum, self->is_round_robin ? "round-robin" : "any");
        print_choice("phase", self->phase);
    }
    if (is_signal)
        print_choice("arrival", self->arrival);
    if (self->kind == SCHEDULER_PREEMPTIONS)
        printf(" bound=%" PRId64, self->bound);
    if (self->kind == SCHEDULER_PARALLEL) {
        int64_t sum = 0;
        for (size_t t = 0; t < threads; t++)
            sum += self->offsets[t];
        printf(" lag=%" PRId64 " offset=%" PRId64, self->lag, self->offsets[0]);
        for (size_t t = 1; t < threads && sum > 0; t++)
            printf(",%" PRId64, self->offsets[t]);
    }
    putchar('\n');
}

static void print_subject(const struct certificate *certificate)
{
    const struct program *program = certificate->program;
    for (size_t i = 0; i < program->variables.count; i++) {
        const struct item *variable = &program->variables.at[i];
        fputs("variable ", stdout);
        print_span(variable->name);
        printf(" %zu %" PRId64 "\n", variable->size, program->words[variable->number]);
    }
    for (unsigned kind = 0; kind < OBJECT_KINDS; kind++)
        print_objects(&program->objects[kind]);
    for (size_t i = 0; i < program->criticals.count; i++) {
        fputs("critical ", stdout);
        print_span(program->criticals.at[i].name);
        putchar('\n');
    }
    for (size_t t = 0; t < program->thread_count; t++)
        print_thread(program, t);
    print_scheduler(&certificate->scheduler, program->thread_count);
    fputs(program->is_spurious ? "spurious\n" : "", stdout);
    if (program->is_tso)
        printf("tso %zu\n", program->stores_wait ? program->stores_most : 0);
    print_claims(certificate);
    for (size_t i = 0; i < certificate->claim_count; i++)
        if (!claim_is_bound(&certificate->claims[i])) {
            print_condition(program, certificate->claims[i].condition, CONDITION_OF_STATE);
            putchar('\n');
        }
}

/* ---- Requests -------------------------------------------------------------------------------------------------- */

static void read_subject(const char *bytes, size_t length)
{
    struct certificate *certificate = storage_new(1, sizeof *certificate);
    struct span rest = {bytes, length};
    certificate_read_subject(certificate, &rest);
    print_subject(certificate);
}

/* The bytes end with the checksum's line, of which the digits do not matter. */
static void verify(char *bytes, size_t length)
{
    size_t line = strlen("sha256 ") + SHA256_DIGITS + 1;
    if (length > line) {
        struct sha256 digest = sha256_start();
        sha256_add(&digest, bytes, length - line);
        sha256_end(&digest, bytes + length - SHA256_DIGITS - 1);
        bytes[length - 1] = '\n';
    }
    struct certificate *certificate = certificate_read((struct span){bytes, length});
    (void)proof_check(certificate);
    print_claims(certificate);
}

static _Noreturn void serve(char kind, char *bytes, size_t length, int output)
{
    dup2(output, STDOUT_FILENO);
    dup2(output, STDERR_FILENO);
    alarm(SECONDS_MAX);
    verdict_file("case", bytes);
    if (kind == 's')
        read_subject(bytes, length);
    else
        verify(bytes, length);
    _Exit(fflush(stdout) == 0 ? 0 : 99);
}

static bool read_exactly(void *bytes, size_t length)
{
    return fread(bytes, 1, length, stdin) == length;
}

static bool answer(char kind, char *bytes, size_t length)
{
    int ends[2], status;
    static char said[SAID_MAX];
    size_t said_length = 0;
    if (pipe(ends) != 0)
        return false;
    pid_t child = fork();
    if (child == 0)
        serve(kind, bytes, length, ends[1]);
    close(ends[1]);
    for (ssize_t got; said_length < SAID_MAX && (got = read(ends[0], said + said_length, SAID_MAX - said_length)) > 0;)
        said_length += (size_t)got;
    close(ends[0]);
    if (child < 0 || waitpid(child, &status, 0) != child)
        return false;
    int result = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return fwrite(&result, sizeof result, 1, stdout) == 1 && fwrite(&said_length, sizeof said_length, 1, stdout) == 1 &&
           fwrite(said, 1, said_length, stdout) == said_length && fflush(stdout) == 0;
}

int main(void)
{
    char kind;
    size_t length;
    while (read_exactly(&kind, 1) && read_exactly(&length, sizeof length)) {
        char *bytes = malloc(length + 1);
        if (bytes == NULL || !read_exactly(bytes, length) || !answer(kind, bytes, length))
            return 1;
        free(bytes);
    }
    return 0;
}
