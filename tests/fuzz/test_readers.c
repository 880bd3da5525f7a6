/* Certificates before both readers, the verifier's and racecheck's, which share no source.
 *
 *     test_readers [SEED [TEXTS [CERTIFICATES]]]
 *
 * Texts are what a certificate is about: models and samples, most of them changed. What the verifier takes racecheck must
 * take, as the same program: the same threads, instructions, ticks, critical sections, first values, objects and parameters
 * of the scheduler. Certificates are whole ones, changed, with their checksum made right: the verifier says one line
 * of each, and what it says is valid racecheck finds, too. Equal seeds give equal tests. Speaks TAP. */
#include "tests/fuzz/subject_dump.h"

#include "base/memory.h"
#include "base/text.h"
#include "models/catalogue.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- Chance ---------------------------------------------------------------------------------------------------- */

/* Marsaglia's xorshift64*: a number below a limit. */
static size_t pick(uint64_t *state, size_t limit)
{
    uint64_t x = *state;
    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    *state = x;
    return (size_t)((x * UINT64_C(0x2545F4914F6CDD1D)) >> 33) % limit;
}

#define PICK(chance, list) ((list)[pick(chance, sizeof(list) / sizeof(list)[0])])

/* ---- The verifier's reader -------------------------------------------------------------------------------------- */

struct service {
    FILE *requests;
    FILE *answers;
    pid_t process;
};

static struct service start_service(const char *path)
{
    int in[2], out[2];
    if (pipe(in) != 0 || pipe(out) != 0)
        exit(99);
    pid_t process = fork();
    if (process == 0) {
        dup2(in[0], STDIN_FILENO);
        dup2(out[1], STDOUT_FILENO);
        close(in[1]);
        close(out[0]);
        execl(path, path, (char *)NULL);
        _exit(99);
    }
    close(in[0]);
    close(out[1]);
    return (struct service){fdopen(in[1], "w"), fdopen(out[0], "r"), process};
}

static bool end_service(struct service *self)
{
    int status = 0;
    fclose(self->requests);
    fclose(self->answers);
    return waitpid(self->process, &status, 0) == self->process && status == 0;
}

/* What the verifier said of a certificate, or of its subject; owned by the caller. */
struct answer {
    int status;
    char *said;
};

static struct answer ask(struct service *self, char kind, const struct text *certificate)
{
    struct answer answer;
    size_t length = certificate->length;
    bool good = fwrite(&kind, 1, 1, self->requests) == 1 && fwrite(&length, sizeof length, 1, self->requests) == 1 &&
                fwrite(text_string(certificate), 1, length, self->requests) == length && fflush(self->requests) == 0 &&
                fread(&answer.status, sizeof answer.status, 1, self->answers) == 1 &&
                fread(&length, sizeof length, 1, self->answers) == 1;
    if (!good) {
        puts("Bail out! the verifier's reader does not answer");
        exit(99);
    }
    answer.said = memory_new(length + 1, 1);
    if (fread(answer.said, 1, length, self->answers) != length)
        exit(99);
    return answer;
}

/* Whether a refusal is one line that begins with its place. */
static bool is_refusal(const struct answer *answer)
{
    const char *end = strchr(answer->said, '\n');
    return (answer->status == 1 || answer->status == 2) && end != NULL && end[1] == '\0' &&
           strncmp(answer->said, "case:", 5) == 0 && answer->said[5] >= '1' && answer->said[5] <= '9';
}

/* ---- Texts ------------------------------------------------------------------------------------------------------ */

/* clang-format off */
static const char *const samples[] = {
    ".var counter\n.mutex fork, THREADS+1\n.mutex deep, 2, recursive\n.semaphore s, 1, 3\n.queue q, 2, 2\n.main\n mov $SELF, %bx\n lock fork(%bx)\n"
    " lock deep[1]\n trylock deep(,%bx,-1), %ax\n wait s[SELF*0+2]\n put q(%bx), counter\n get q(%bx), counter\n post s[1](%bx,%cx,2)\n"
    " trywait s(%cx), counter\n unlock fork[0](%bx)\n",
    ".var counter\n.mutex m\n.condition c\n.condition d, 2\n.barrier b, THREADS\n.event e\n.event f, 2, set\n.rwlock r\n.observe counter, T0.%ax , output\n"
    ".main\n lock m\n mov $1, counter\n cwait c, m\n unlock m\n rdlock r\n rwunlock r\n arrive b\n await f[1]\n clear f[0]\n.thread other, later\n"
    ".critical x, shared\n signal c\n broadcast d[1]\n set e\n wrlock r\n rwunlock r\n.endcritical\n.thread last\n spawn other\n join other\n signal c\n",
    ".var counter\n.var table 3, 1\n.main\n choose 0, 2, %ax\n choose $-1, $ITERS, counter\n assert %ax < 3 && table[%ax] == 1 || SELF > 1 # so\n"
    "here: assert (counter + 1) * 2 >= -4 ? !counter | 5 : ~table[0] ^ -%ax << 1\n print counter\n print \"a#\\\\n\\\\\\\\\\\\\"\"\n print %ax\n"
    ".observe table[2]\n.observe 2000\n",
    ".var counter\n.var table 3, 5\n.mutex m\n.semaphore s, 1\n.queue q, 2\n.default STEP, 2\n"
    ".scheduler tick, quantum = 3, pick = round-robin, phase = any\n.main\n.rept ITERS\n.tick 2\n.top\n lock m\n"
    ".critical a\n mov table[SELF*0+1], %ax\n add $STEP, %ax\n.critical\n mov %ax, counter\n.endcritical\n.endcritical\n"
    " unlock m\n.endr\n test $0, %ax\n jlt .end\n.end:\n halt\n.thread extra\n put q, $-3\n get q, %bx\n io\n yield\n",
    ".var counter\n.rept 2 # outer\n.rept SELF\nhere: j here\n.endr\n.tick 3\n.endr\n neg %sp\n cas %ax, counter\n"
    " fetchadd %bx, counter\n xchg %cx, 2000\n mov 100, %dx\n",
    ".thread a\n mov counter, %ax\n.var counter, 0x7f\n add $(1+2)*-3, counter\n.thread b\n sub $-9223372036854775808, counter\n"
    "x: y: .z: nop # \\x01 \\\\ \\xff\n\\x0d\n mul %fx, counter\\x0d\n wait s\n post s\n.semaphore s, THREADS+ITERS\n",
    ".var counter\n.var x\n.semaphore s, 0\n.condition c\n.main\nagain:\n.atomic\n.first\n choose 0, 1, %ax\n test $0, x\n jne again\n mov $1, x\n"
    ".rept 2\n.tick 2\n.round\n add %ax, counter\n je .out\n jgt .round2\n nop\n.round2\n.endr\n.out\n.endatomic\n j .first\n.critical\n.atomic\n signal c\n post s\n"
    " trywait s, %bx\n assert %bx < 2\n print %bx\n je .last\n mov $0, x\n.last\n.endatomic\n.endcritical\n.rept 2\n.atomic\n nop\n.endatomic\n.endr\n je .last\n",
    ".var counter\n.var table 2\n.var turn\n.mutex m\n.memory tso\n.main\n mov $1, table[SELF%2]\n add $1, counter\n mov counter, %ax\n mov %ax, turn\n"
    " test $0, table[1]\n je .out\n mul $2, turn\n.out\n trylock m, turn\n assert turn < 2\n mfence\n fetchadd %ax, counter\n neg counter\n.atomic\n mov $5, turn\n"
    " xchg %ax, counter\n.endatomic\n io\n choose 0, 1, counter\n",
    ".var counter\n.var a\n.memory tso\n.main\n add $1, counter\n mov a, %ax\n.thread first\n mov $1, a\n sub $1, counter\n mov counter, %ax\n.thread b\n join first\n"
    " mov %ax, counter\n",
    ".main\n.critical\n.rept 0\n mov 300, counter\n.endr\n add $1, 304\n.endcritical\n.var counter\n.scheduler parallel, lag = 1, "
    "offset = 0 : 3*ITERS\n.default K, 3\n.rept K\n je one\n.rept 1\none: nop\n.endr\n one: je one\n.endr\n",
};

static const char *const statements[] = {
    ".main", ".main counter", ".thread a", ".thread T0", ".thread", ".critical", ".critical a", ".critical a b",
    ".endcritical", ".endcritical a", ".atomic:", ".rept 0", ".rept 2", ".rept 1 1", ".rept SELF", ".endr", ".endr 1",
    ".tick 0", ".tick", ".tick 4294967296", ".var other", ".var counter", ".var x 2, 3", ".var x, 1 1", ".mutex n",
    ".mutex n, 1", ".semaphore t, 0", ".semaphore t", ".queue p, 65", ".queue p, 64", ".default ITERS, 1",
    ".default STEP, 9", ".default NEW, STEP", ".scheduler free", ".scheduler tick, quantum = 1, quantum = 2",
    ".scheduler round-robin, x = a-b", ".scheduler x, y = -1 : 2", ".scheduler x, y = STEP-1", ".file a.s",
    ".unknown", ".unknown 1", ".label", ".label:", "label:", "label: .tick 1", "label: .var z", ".var: nop",
    "label: .main", "a: b: c:", "nop", "halt 1", "%nop", "mov", "mov $1", "mov $1, %ax, %bx",
    "mov counter, counter", "mov $1, 1048319", "mov $1, 1048320", "mov $1, -4", "mov $1, -4+204", "mov $1, 101",
    "mov 8(%bx), %ax", "mov counter[0], %ax", "mov counter[1], %ax", "mov table[-1], %ax", "add $SELF, %flags",
    "j nowhere", "j label", "je .top", "push %ax", "lock counter", "lock m", "test $1, $2", "mov $0x, %ax",
    "mov $0x10, %ax", "mov $99999999999999999999, %ax", "mov $9223372036854775808, %ax",
    "mov $-9223372036854775808, %ax", "mov $--1, %ax", "mov $2*(3+4)*SELF, %ax", "mov $UNKNOWN, %ax",
    "mov $((((1)))), %ax", "mov ITERS, %ax", "# \\x00", "# \\x0a", "# \\x41", "# \\x07", "# \\", "\\x0dnop\\x0d",
    "\\x0c nop", "mov . , %ax",
    ".mutex n, 3", ".mutex n, recursive", ".mutex n, 3, recursive", ".mutex n, recursive, 3", ".mutex n, 65", ".semaphore t, 1, 2", ".queue p, 1, 2",
    ".condition k", ".condition k, 2", ".condition k, 2, set", ".barrier g, 2", ".barrier g", ".barrier g, 65", ".event v", ".event v, set", ".event v, 1, set",
    ".rwlock w", ".rwlock w, 40", ".rwlock w, 32", ".observe counter", ".observe", ".observe counter, counter", ".observe nothing", ".observe T0.%ax,%ax", ".observe T0.%flags",
    ".observe table", ".observe table[0], table", ".observe 100, 2004", ".observe 101", ".observe output", ".observe counter # so", ".observe counter\\x0d",
    ".thread a, later", ".thread a, sooner", ".critical a, shared", ".critical shared", ".critical a, shared, shared", ".atomic", ".endatomic",
    "lock fork", "lock fork[1]", "lock fork[9]", "lock fork(%bx)", "lock fork()", "lock fork(,)", "lock fork(,,3)", "lock fork(,%bx,256)", "lock fork(,%bx,)",
    "lock fork[1](%bx,%cx,-2)", "lock m(%bx)", "lock m[0]", "unlock s", "wait s[1]", "trylock m, %ax", "trylock m, $1", "trywait s, counter", "rdlock r",
    "cwait c, m", "cwait m, c", "cwait c", "signal c", "signal m", "arrive b", "await e", "set e", "clear q", "spawn a", "spawn T0", "spawn 1", "join other",
    "join nobody", "choose 1, 6, %ax", "choose 6, 1, %ax", "choose 0, 64, %ax", "choose 0, 63, counter", "choose $0, $1, %ax", "choose 1, %ax",
    "print $5", "print \"a\"", "print \"\\x41\"", "print \"\\\\q\"", "print \"a", "print a\"", "print \"\\xff\", 1", "print", "mov \"a\", %ax",
    "assert", "assert counter", "assert counter #", "assert counter == 1\\x0d", "assert counter\\x0d nop", "assert: nop", "assert : nop", "assert T0.%ax", "assert output == \"a\"",
    "assert nothing", "assert 1 +", "assert (1", "assert 1)", "assert 0x10", "assert 9223372036854775808", "assert %flags", "assert $1", "assert counter = 1", ".default assert, 1",
    ".scheduler x, y = 0 : assert", ".memory tso", ".memory sc", ".memory", ".memory tso, 1", "mfence", "mfence 1",
};

/* What conditions are made of. */
static const char *const operands[] = {
    "counter", "table", "table[1]", "table[counter]", "0", "1", "2", "3", "63", "64", "0x1f", "9223372036854775807", "ITERS", "THREADS", "turn", "%ax", "SELF", "a", "done",
};

static const char *const operators[] = {
    "+", "-", "*", "/", "%", "<<", ">>", "&", "|", "^", "&&", "||", "==", "!=", "<", "<=", ">", ">=", "?",
};

/* What claims may be about, and some that are often true. */
static const char *const names[] = {
    "counter", "counter", "counter", "turn", "flag", "a", "b", "full", "table[1]", "T0.%ax", "first.%ax", "T0.%flags", "done", "eaten", "ticket", "meals", "2000", "0x7d0", "T1.%ax", "table[0x1]", "output",
};

static const char *const truths[] = {
    "counter >= 0", "counter < 100", "counter <= THREADS * ITERS + 9 && 1", "turn == 0 || turn == 1", "done <= THREADS", "a + b > 0", "full == 0 || full != 0",
    "!(counter < 0)", "wants[0] <= 1 && wants[1] <= 1", "counter == 0 || 10 / counter >= 0", "meals - 1 < THREADS", "ticket >= turn", "-counter <= 0",
};

static const char *const words[] = {
    ".main", ".thread", ".rept", ".endr", ".critical", ".endcritical", ".atomic", ".endatomic", ".tick", ".var", ".default", ".top", "here",
    "counter", "table", "s", "m", "q", "%ax", "%sp", "%flags", "%", "$", "(", ")", "[", "]", ",", ":", "=", "-",
    "+", "*", "#", "0", "1", "2", "0x10", "9223372036854775807", "SELF", "ITERS", "THREADS", "STEP", "mov", "je",
    "lock", "nop", " ", "  ", "\t", "\\x0d", "\\", "\x1b", "'", ".",
};

static const char *const settings[] = {
    "symbol STEP 3", "symbol STEP 3 ", "symbol STEP  3", "symbol 2 3", "symbol counter 1", "symbol SELF 1",
    "symbol ITERS 1", "symbol NEW -1", "symbol NEW -0", "register T0.%bx 3", "register T0.%bx 03",
    "symbol SPURIOUS 1", "symbol SPURIOUS 0", "register T1.%sp 0", "register T0.%flags 1", "register a.%ax -5", "register T0.ax 1", "register T0.%sp 1048576",
    "program 0", "symbol TSO 1", "symbol TSO 1", "symbol TSO 0", "symbol STORE_BUFFER 1", "symbol STORE_BUFFER 33",
};

static const char *const schedulers[] = {
    "free", "free ", "tick quantum=3 pick=any phase=any", "tick quantum=3 pick=round-robin phase=2",
    "tick quantum=3 pick=any phase=3", "tick quantum=1000000 pick=any phase=0", "tick quantum=3 pick=any",
    "tick pick=any quantum=3 phase=0", "signal quantum=2 pick=any phase=any arrival=any",
    "signal quantum=2 pick=any phase=0 arrival=never", "signal quantum=2 pick=any phase=1 arrival=1000000000",
    "parallel lag=1 offset=0", "parallel lag=1000000 offset=0,1000000", "parallel lag=2 offset=3",
    "parallel lag=2 offset=1,2,3,4", "parallel lag=0 offset=0", "preemptions bound=0", "preemptions bound=1000000",
    "preemptions bound=1 bound=2", "preemptions", "other", "",
};

/* clang-format on */

/* The lines of a certificate, or of its first part; each owned. */
struct lines {
    char **at;
    size_t count;
    size_t capacity;
};

static void insert_line(struct lines *self, size_t place, const char *line)
{
    self->at = memory_grow(self->at, self->count, &self->capacity, sizeof *self->at);
    memmove(self->at + place + 1, self->at + place, (self->count - place) * sizeof *self->at);
    self->at[place] = memory_copy_string(line);
    self->count++;
}

static void delete_line(struct lines *self, size_t place)
{
    memory_free(self->at[place]);
    self->count--;
    memmove(self->at + place, self->at + place + 1, (self->count - place) * sizeof *self->at);
}

static void free_lines(struct lines *self)
{
    while (self->count > 0)
        delete_line(self, self->count - 1);
    memory_free(self->at);
    *self = (struct lines){0};
}

/* Adds the lines of a text, each behind a prefix. */
static void add_text(struct lines *self, const char *prefix, const char *text)
{
    while (*text != '\0') {
        size_t length = strcspn(text, "\n");
        struct text line = TEXT_INIT;
        text_print(&line, "%s%.*s", prefix, (int)length, text);
        insert_line(self, self->count, text_string(&line));
        text_free(&line);
        text += length + (text[length] == '\n');
    }
}

static bool begins(const char *line, const char *prefix)
{
    return strncmp(line, prefix, strlen(prefix)) == 0;
}

/* A line whose beginning is given, or the number of lines. */
static size_t find_line(const struct lines *self, const char *prefix)
{
    size_t place = 0;
    while (place < self->count && !begins(self->at[place], prefix))
        place++;
    return place;
}

static size_t count_lines(const struct lines *self, const char *prefix)
{
    size_t count = 0;
    for (size_t i = 0; i < self->count; i++)
        count += begins(self->at[i], prefix);
    return count;
}

/* Says how many lines of a kind there are. */
static void recount(struct lines *self, const char *heading, size_t count)
{
    size_t place = find_line(self, heading);
    struct text line = TEXT_INIT;
    if (place == self->count)
        return;
    text_print(&line, "%s%zu", heading, count);
    memory_free(self->at[place]);
    self->at[place] = text_take(&line);
}

static void join(const struct lines *self, struct text *text)
{
    for (size_t i = 0; i < self->count; i++)
        text_print(text, "%s\n", self->at[i]);
}

/* One of some texts, whose first name the program has, if it is not a number or a symbol; after some tries any of them. */
static const char *pick_about(uint64_t *chance, const char *program, const char *const *texts, size_t count)
{
    const char *text = texts[0];
    bool is_there = false;
    for (unsigned tries = 0; tries < 40 && !is_there; tries++) {
        struct text name = TEXT_INIT;
        text = texts[pick(chance, count)];
        const char *first = text + strspn(text, "!(-");
        text_print(&name, "%.*s", (int)strcspn(first, "[. "), first);
        is_there = strstr(program, text_string(&name)) != NULL || first[0] < 'a';
        text_free(&name);
    }
    return text;
}

#define PICK_ABOUT(chance, program, list) pick_about(chance, program, list, sizeof(list) / sizeof(list)[0])

/* Appends a condition, of random shape and spacing. */
static void make_condition(uint64_t *chance, const char *program, unsigned depth, struct text *text)
{
    static const char *const signs[] = {"-", "!", "~", "- "};
    size_t kind = depth > 0 ? pick(chance, 8) : 0;
    const char *operator= PICK(chance, operators), *space = pick(chance, 2) == 0 ? " " : "";
    if (kind < 2) {
        text_print(text, "%s", PICK_ABOUT(chance, program, operands));
    } else if (kind == 2) {
        text_print(text, "%s", PICK(chance, signs));
        make_condition(chance, program, depth - 1, text);
    } else if (kind == 3) {
        text_print(text, "(");
        make_condition(chance, program, depth - 1, text);
        text_print(text, ")");
    } else {
        make_condition(chance, program, depth - 1, text);
        text_print(text, "%s%s%s", space, operator, space);
        make_condition(chance, program, depth - 1, text);
        if (operator[0] == '?') {
            text_print(text, ":");
            make_condition(chance, program, depth - 1, text);
        }
    }
}

static void make_claims(uint64_t *chance, const char *program, struct text *head)
{
    const char *relation = pick(chance, 4) == 0 ? "<=" : ">=";
    for (size_t claims = 1 + pick(chance, 4) / 2; claims > 0; claims--) {
        size_t kind = pick(chance, 8);
        if (kind < 4) {
            text_print(head, "claim %s %s %zu\n", PICK_ABOUT(chance, program, names), relation, pick(chance, 4));
            continue;
        }
        text_print(head, "claim always %s", kind < 7 ? PICK_ABOUT(chance, program, truths) : "");
        if (kind == 7)
            make_condition(chance, program, 3, head);
        text_print(head, "\n");
    }
}

static struct lines make_subject(uint64_t *chance)
{
    struct lines lines = {0};
    struct text head = TEXT_INIT;
    size_t source = pick(chance, catalogue_count() + sizeof samples / sizeof samples[0] * 3);
    const char *program = source < catalogue_count() ? catalogue_at(source)->text : PICK(chance, samples);
    text_print(&head, "racecheck-certificate 1\n");
    make_claims(chance, program, &head);
    text_print(&head, "model m\nthreads %zu\niters %zu\n", 1 + pick(chance, 3), pick(chance, 4));
    if (pick(chance, 8) == 0)
        text_print(&head, "%s\n", PICK(chance, settings));
    text_print(&head, "scheduler %s\ntext 0\n", pick(chance, 3) == 0 ? PICK(chance, schedulers) : "free");
    add_text(&lines, "", text_string(&head));
    text_free(&head);
    add_text(&lines, ">", program);
    return lines;
}

/* ---- Changes ----------------------------------------------------------------------------------------------------- */

/* Puts a text into a line in place of some of its bytes. */
static void splice(char **line, size_t at, size_t removed, const char *added)
{
    struct text text = TEXT_INIT;
    text_print(&text, "%.*s%s%s", (int)at, *line, added, *line + at + removed);
    memory_free(*line);
    *line = text_take(&text);
}

static size_t word_end(const char *line, size_t at)
{
    static const char parts[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
    size_t length = strspn(line + at, parts);
    return at + (length > 0 ? length : line[at] != '\0');
}

/* Deletes, repeats, or replaces a word, or puts one in. */
static void change_word(uint64_t *chance, char **line)
{
    size_t at = 0, wanted = pick(chance, 8);
    for (size_t w = 0; w < wanted && (*line)[word_end(*line, at)] != '\0'; w++)
        at = word_end(*line, at);
    size_t length = word_end(*line, at) - at;
    struct text word = TEXT_INIT;
    switch (pick(chance, 4)) {
    case 0:
        splice(line, at, length, "");
        break;
    case 1:
        text_append(&word, *line + at, length);
        splice(line, at + length, 0, text_string(&word));
        text_free(&word);
        break;
    case 2:
        splice(line, at, length, PICK(chance, words));
        break;
    default:
        splice(line, at + length, 0, PICK(chance, words));
    }
}

static void change_byte(uint64_t *chance, char **line)
{
    static const char bytes[] = "0123456789-~|*,:.>=<$%#()[]\\x +abzT\t\r\x7f\xc3";
    char added[2] = {bytes[pick(chance, sizeof bytes - 1)], '\0'};
    size_t at = pick(chance, strlen(*line) + 1), kind = pick(chance, 3);
    size_t removed = kind < 2 && (*line)[at] != '\0';
    splice(line, at, removed, kind == 0 ? "" : added);
}

static void change_line(uint64_t *chance, struct lines *lines)
{
    size_t place = pick(chance, lines->count), other = pick(chance, lines->count);
    switch (pick(chance, 5)) {
    case 0:
        delete_line(lines, place);
        break;
    case 1:
        insert_line(lines, place, lines->at[other]);
        break;
    case 2:
        change_byte(chance, &lines->at[place]);
        break;
    default:
        change_word(chance, &lines->at[place]);
    }
}

/* Puts a word behind what a line says, in front of its comment. */
static void append_word(uint64_t *chance, char **line)
{
    struct text added = TEXT_INIT;
    text_print(&added, " %s", PICK(chance, words));
    splice(line, strcspn(*line, "#"), 0, text_string(&added));
    text_free(&added);
}

/* A statement, or a setting, is put in; or a word behind a line, or one line is changed. */
static void change_subject(uint64_t *chance, struct lines *lines)
{
    size_t first = find_line(lines, ">");
    struct text line = TEXT_INIT;
    size_t kind = pick(chance, 10);
    if (kind == 9 && first < lines->count) {
        struct text program = TEXT_INIT;
        join(lines, &program);
        text_print(&line, "> assert ");
        make_condition(chance, text_string(&program), 4, &line);
        insert_line(lines, lines->count, text_string(&line));
        text_free(&program);
        text_free(&line);
    } else if (kind < 4 && first < lines->count) {
        text_print(&line, ">%s", PICK(chance, statements));
        insert_line(lines, first + pick(chance, lines->count - first + 1), text_string(&line));
        text_free(&line);
    } else if (kind == 4 && first < lines->count) {
        append_word(chance, &lines->at[first + pick(chance, lines->count - first)]);
    } else if (kind == 5) {
        insert_line(lines, find_line(lines, "scheduler"), PICK(chance, settings));
    } else {
        change_line(chance, lines);
    }
}

/* ---- Both readers ------------------------------------------------------------------------------------------------ */

struct tally {
    size_t tried, taken, failures;
};

static void fail(struct tally *tally, const char *problem, const struct text *text, const char *ours,
                 const char *theirs)
{
    tally->failures++;
    if (tally->failures > 5)
        return;
    printf("# %s\n# the verifier says: %.1500s\n# racecheck says: %.1500s\n# of:\n", problem, theirs, ours);
    fwrite(text_string(text), 1, text->length < 6000 ? text->length : 6000, stdout);
}

static void compare_subject(struct service *service, const struct lines *lines, struct tally *tally)
{
    struct text text = TEXT_INIT, dump = TEXT_INIT;
    join(lines, &text);
    struct answer answer = ask(service, 's', &text);
    tally->tried++;
    if (answer.status != 0) {
        if (!is_refusal(&answer))
            fail(tally, "the verifier does not refuse in one line", &text, "-", answer.said);
    } else {
        tally->taken++;
        bool is_taken = subject_dump(text_string(&text), &dump);
        if (!is_taken || strcmp(text_string(&dump), answer.said) != 0)
            fail(tally, is_taken ? "the readers differ" : "racecheck refuses what the verifier takes", &text,
                 text_string(&dump), answer.said);
    }
    memory_free(answer.said);
    text_free(&text);
    text_free(&dump);
}

static void try_subject(struct service *service, uint64_t *chance, struct tally *tally)
{
    struct lines lines = make_subject(chance);
    for (size_t changes = pick(chance, 3); changes > 0; changes--)
        change_subject(chance, &lines);
    if (pick(chance, 16) > 0)
        recount(&lines, "text ", count_lines(&lines, ">"));
    compare_subject(service, &lines, tally);
    free_lines(&lines);
}

/* ---- Whole certificates ------------------------------------------------------------------------------------------ */

static void try_certificate(struct service *service, uint64_t *chance, struct tally *tally)
{
    struct lines lines = make_subject(chance);
    struct text subject = TEXT_INIT, whole = TEXT_INIT, claim = TEXT_INIT;
    recount(&lines, "text ", count_lines(&lines, ">"));
    join(&lines, &subject);
    free_lines(&lines);
    bool is_upper = pick(chance, 2) == 1, no_slice = pick(chance, 3) == 0;
    bool has_settings =
        strstr(text_string(&subject), "\nsymbol ") != NULL || strstr(text_string(&subject), "\nregister ") != NULL;
    if (subject_certify(text_string(&subject), is_upper, no_slice, &whole)) {
        add_text(&lines, "", text_string(&whole));
        delete_line(&lines, find_line(&lines, "program "));
        size_t changes = pick(chance, 3);
        for (size_t c = 0; c < changes; c++)
            change_line(chance, &lines);
        if (pick(chance, 2) == 0)
            recount(&lines, "text ", count_lines(&lines, ">"));
        if (lines.count > 0 && !begins(lines.at[lines.count - 1], "sha256 "))
            insert_line(&lines, lines.count, "sha256 0000000000000000000000000000000000000000000000000000000000000000");
        text_free(&whole);
        join(&lines, &whole);
        struct answer answer = ask(service, 'c', &whole);
        tally->tried++;
        tally->taken += answer.status == 0;
        if (answer.status != 0 && !is_refusal(&answer))
            fail(tally, "the verifier does not refuse in one line", &whole, "-", answer.said);
        else if (answer.status != 0 && changes == 0 && !has_settings) /* settings may be none that options could say */
            fail(tally, "the verifier refuses a certificate that nobody has changed", &whole, "-", answer.said);
        else if (answer.status == 0 &&
                 (!subject_claims(text_string(&whole), &claim) || strcmp(text_string(&claim), answer.said) != 0))
            fail(tally, "what is verified is not true", &whole, text_string(&claim), answer.said);
        memory_free(answer.said);
    }
    free_lines(&lines);
    text_free(&subject);
    text_free(&whole);
    text_free(&claim);
}

/* ---- The whole --------------------------------------------------------------------------------------------------- */

/* A test that takes nothing, or everything, tests nothing. */
static bool report(int number, const char *name, const struct tally *tally)
{
    bool is_good = tally->failures == 0 && tally->taken * 20 >= tally->tried && tally->taken < tally->tried;
    printf("%sok %d - %s: %zu tried, %zu taken, %zu wrong\n", is_good ? "" : "not ", number, name, tally->tried,
           tally->taken, tally->failures);
    return is_good;
}

int main(int count, char **arguments)
{
    uint64_t chance = (count > 1 ? strtoull(arguments[1], NULL, 10) : 1) * UINT64_C(0x9E3779B97F4A7C15) + 1;
    size_t texts = count > 2 ? strtoull(arguments[2], NULL, 10) : 1500;
    size_t certificates = count > 3 ? strtoull(arguments[3], NULL, 10) : 300;
    struct tally subjects = {0}, wholes = {0};
    struct text path = TEXT_INIT;
    const char *folder = getenv("top_builddir");
    text_print(&path, "%s/tests/fuzz/verifier_reader", folder != NULL ? folder : ".");
    struct service service = start_service(text_string(&path));
    text_free(&path);
    for (size_t i = 0; i < texts; i++)
        try_subject(&service, &chance, &subjects);
    for (size_t i = 0; i < certificates; i++)
        try_certificate(&service, &chance, &wholes);
    bool is_good = report(1, "texts before both readers", &subjects);
    is_good = report(2, "changed certificates before the verifier", &wholes) && is_good;
    is_good = end_service(&service) && is_good;
    puts("1..2");
    return is_good ? 0 : 1;
}
