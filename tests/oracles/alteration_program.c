/* alteration_program: repairs, changed at random (tests/oracles/alteration.h).
 *
 * A program is changed as lines of text, most often where its locks are: some changes keep it right (other names, a
 * semaphore for a mutex, one instruction for three, a lock that is made by hand), some break it in ways that students
 * find, and some try to pass for a repair. */
#include "tests/oracles/alteration.h"

#include "base/memory.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINES_MAX = 200, LINE_SIZE = 120, WORD_SIZE = 40, FAR = 4 };

/* A program taken apart. */
struct workpiece {
    struct generator *generator;
    size_t count;
    char lines[LINES_MAX][LINE_SIZE];
};

typedef void worker(struct workpiece *self);

static size_t below(struct workpiece *self, size_t bound)
{
    return (size_t)generator_below(self->generator, bound);
}

static bool is_drawn(struct workpiece *self, uint64_t times)
{
    return generator_one_in(self->generator, times);
}

/* ---- Lines ------------------------------------------------------------------------------------------------------ */

static void insert_line(struct workpiece *self, size_t place, const char *line)
{
    char copy[LINE_SIZE]; /* it may be one of those that move */
    if (self->count == LINES_MAX)
        return;
    snprintf(copy, sizeof copy, "%s", line);
    memmove(self->lines[place + 1], self->lines[place], (self->count - place) * LINE_SIZE);
    memcpy(self->lines[place], copy, LINE_SIZE);
    self->count++;
}

static void remove_line(struct workpiece *self, size_t place)
{
    self->count--;
    memmove(self->lines[place], self->lines[place + 1], (self->count - place) * LINE_SIZE);
}

/* Moves a line to where another one is. */
static void move_line(struct workpiece *self, size_t from, size_t to)
{
    char line[LINE_SIZE];
    memcpy(line, self->lines[from], LINE_SIZE);
    remove_line(self, from);
    insert_line(self, to < self->count ? to : self->count, line);
}

static bool begins(const char *line, const char *word)
{
    size_t length = strlen(word);
    line += strspn(line, " ");
    return strncmp(line, word, length) == 0 && (line[length] == ' ' || line[length] == '\0');
}

static bool is_instruction(const char *line)
{
    return islower((unsigned char)line[strspn(line, " ")]) != 0;
}

static bool is_lock_line(const char *line)
{
    return begins(line, "lock") || begins(line, "unlock") || begins(line, "wait") || begins(line, "post");
}

static bool is_lock_or_mark(const char *line)
{
    return is_lock_line(line) || begins(line, ".critical") || begins(line, ".endcritical");
}

/* The first line of three that load, add to and store the variable. */
static bool is_load(const char *line)
{
    return begins(line, "mov") && strstr(line, ", %ax") != NULL && strchr(line, '$') == NULL;
}

static bool is_section(const char *line)
{
    return begins(line, ".thread") || begins(line, ".main");
}

/* Draws one of the lines that something is true of. Returns its place, or the number of lines. */
static size_t draw_line(struct workpiece *self, bool (*is_one)(const char *line))
{
    size_t drawn = self->count;
    uint64_t found = 0;
    for (size_t l = 0; l < self->count; l++)
        if (is_one(self->lines[l]) && is_drawn(self, ++found))
            drawn = l;
    return drawn;
}

/* The second word of a line, without the comma behind it. */
static void word_behind(const char *line, char word[WORD_SIZE])
{
    line += strspn(line, " ");
    line += strcspn(line, " ");
    line += strspn(line, " ");
    snprintf(word, WORD_SIZE, "%.*s", (int)strcspn(line, ", "), line);
}

/* Replaces a word in a line, wherever it stands alone. */
static void replace_word(char line[LINE_SIZE], const char *word, const char *other)
{
    char result[2 * LINE_SIZE] = "";
    size_t length = strlen(word);
    for (const char *at = line; *at != '\0' && length > 0;) {
        size_t part = strspn(at, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.");
        bool is_it = part == length && strncmp(at, word, length) == 0;
        size_t taken = part > 0 ? part : 1;
        size_t used = strlen(result);
        snprintf(result + used, sizeof result - used, "%.*s", is_it ? (int)strlen(other) : (int)taken,
                 is_it ? other : at);
        at += taken;
    }
    if (length > 0 && strlen(result) < LINE_SIZE)
        memcpy(line, result, strlen(result) + 1);
}

static void replace_everywhere(struct workpiece *self, const char *word, const char *other)
{
    for (size_t l = 0; l < self->count; l++)
        replace_word(self->lines[l], word, other);
}

/* ---- Lines here and there --------------------------------------------------------------------------------------- */

static size_t draw_instruction(struct workpiece *self)
{
    return draw_line(self, is_instruction);
}

static void drop_any(struct workpiece *self)
{
    if (self->count > 0)
        remove_line(self, below(self, self->count));
}

static void drop_instruction(struct workpiece *self)
{
    size_t line = draw_instruction(self);
    if (line < self->count)
        remove_line(self, line);
}

static void repeat_instruction(struct workpiece *self)
{
    size_t line = draw_instruction(self);
    if (line < self->count)
        insert_line(self, line, (char[LINE_SIZE]){0});
    if (line + 1 < self->count)
        memcpy(self->lines[line], self->lines[line + 1], LINE_SIZE);
}

static void exchange_lines(struct workpiece *self)
{
    size_t line = is_drawn(self, 2) ? draw_instruction(self) : below(self, self->count + 1);
    if (line + 1 < self->count)
        move_line(self, line, line + 1);
}

static size_t near_line(struct workpiece *self, size_t line)
{
    size_t far = below(self, FAR) + 1;
    return is_drawn(self, 2) ? line + far : line > far ? line - far : 0;
}

static void move_instruction(struct workpiece *self)
{
    size_t line = draw_instruction(self);
    if (line < self->count)
        move_line(self, line, near_line(self, line));
}

/* A lock moves, or the mark of a critical section. */
static void move_lock(struct workpiece *self)
{
    size_t line = draw_line(self, is_lock_or_mark);
    if (line < self->count)
        move_line(self, line, is_drawn(self, 2) ? line + 1 : line > 0 ? line - 1 : 0);
}

static void drop_lock(struct workpiece *self)
{
    size_t line = draw_line(self, is_lock_or_mark);
    if (line < self->count)
        remove_line(self, line);
}

static void repeat_lock(struct workpiece *self)
{
    size_t line = draw_line(self, is_lock_line);
    if (line >= self->count)
        return;
    char copy[LINE_SIZE];
    memcpy(copy, self->lines[line], LINE_SIZE);
    insert_line(self, near_line(self, line) % (self->count + 1), copy);
}

static void invert_lock(struct workpiece *self)
{
    static const char *const pairs[][2] = {{"lock", "unlock"}, {"unlock", "lock"}, {"wait", "post"}, {"post", "wait"}};
    size_t line = draw_line(self, is_lock_line);
    for (size_t p = 0; line < self->count && p < 4; p++)
        if (begins(self->lines[line], pairs[p][0])) {
            replace_word(self->lines[line], pairs[p][0], pairs[p][1]);
            return;
        }
}

/* All locks of one sort go: a program without any. */
static void drop_all_locks(struct workpiece *self)
{
    for (size_t l = self->count; l-- > 0;)
        if (is_lock_line(self->lines[l]))
            remove_line(self, l);
}

static void drop_repetition(struct workpiece *self)
{
    for (size_t l = self->count; l-- > 0;)
        if (begins(self->lines[l], ".rept") || begins(self->lines[l], ".endr"))
            remove_line(self, l);
}

/* ---- Work of the threads' own ----------------------------------------------------------------------------------- */

static void insert_work(struct workpiece *self)
{
    static const char *const works[] = {"    nop",     "    add $1, %ex", "    mov %ax, %ex", "    yield",
                                        "    io",      "    halt",        "    mov $0, %ax",  "    push %cx",
                                        "    pop %cx", "    sub $1, %ax", "    test $0, %cx"};
    size_t line = draw_instruction(self);
    insert_line(self, line < self->count ? line + below(self, 2) : below(self, self->count + 1),
                works[below(self, sizeof works / sizeof works[0])]);
}

/* A jump over some lines, or back; it depends on a register that is 0, or on nothing. */
static void insert_jump(struct workpiece *self)
{
    static const char *const jumps[] = {"    je .there", "    jne .there", "    jgt .there", "    j .there"};
    size_t line = draw_instruction(self);
    if (line >= self->count)
        return;
    size_t there = near_line(self, line);
    insert_line(self, line, jumps[below(self, is_drawn(self, 4) ? 4 : 3)]);
    insert_line(self, line, is_drawn(self, 2) ? "    test $0, %cx" : "    test $0, %ex");
    insert_line(self, there < self->count ? there : self->count, ".there");
}

/* A flag that is set here, perhaps taken back there, and waited for: it may come too late, or never. */
static void insert_signal(struct workpiece *self)
{
    for (size_t times = 1 + below(self, 2); times > 0; times--) {
        size_t line = draw_instruction(self);
        if (line < self->count)
            insert_line(self, line + below(self, 2), is_drawn(self, 3) ? "    mov $0, signal" : "    mov $1, signal");
    }
    size_t line = draw_instruction(self);
    if (line >= self->count)
        return;
    insert_line(self, line, is_drawn(self, 2) ? "    je .until" : "    jne .until");
    insert_line(self, line, "    test $0, signal");
    insert_line(self, line, ".until");
    insert_line(self, 0, ".var signal");
}

/* ---- Names and numbers ------------------------------------------------------------------------------------------ */

static bool is_declaration(const char *line)
{
    return begins(line, ".mutex") || begins(line, ".semaphore") || begins(line, ".var");
}

static void rename_all(struct workpiece *self)
{
    char name[WORD_SIZE];
    size_t line = draw_line(self, is_declaration);
    if (line >= self->count)
        return;
    word_behind(self->lines[line], name);
    replace_everywhere(self, name, "renamed");
}

static void rename_one(struct workpiece *self)
{
    char name[WORD_SIZE], other[WORD_SIZE];
    size_t line = draw_line(self, is_lock_line), declaration = draw_line(self, is_declaration);
    if (line >= self->count || declaration >= self->count)
        return;
    word_behind(self->lines[line], name);
    word_behind(self->lines[declaration], other);
    replace_word(self->lines[line], name, other);
}

static bool has_number(const char *line)
{
    return !begins(line, ".default") && line[strcspn(line, "0123456789")] != '\0';
}

static void change_number(struct workpiece *self)
{
    size_t line = draw_line(self, has_number);
    if (line >= self->count)
        return;
    char *digit = self->lines[line] + strcspn(self->lines[line], "0123456789");
    *digit = (char)(*digit == '9' || (*digit > '0' && is_drawn(self, 2)) ? *digit - 1 : *digit + 1);
}

/* What holds in the first trial alone. */
static void change_symbol(struct workpiece *self)
{
    static const char *const symbols[] = {"ITERS", "STEP", "FIRST"};
    static const char *const others[] = {"1",       "2",          "3",    "ITERS+1", "2*ITERS-2",
                                         "THREADS", "ITERS+SELF", "STEP", "0+ITERS"};
    const char *symbol = symbols[below(self, 3)], *other = others[below(self, sizeof others / sizeof others[0])];
    size_t line = below(self, self->count);
    for (size_t l = 0; l < self->count; l++)
        if ((l == line || line % 2 == 0) && !begins(self->lines[l], ".default"))
            replace_word(self->lines[l], symbol, other);
}

/* What no step looks at. */
static void change_notation(struct workpiece *self)
{
    size_t line = below(self, self->count + 1);
    switch (below(self, 4)) {
    case 0:
        insert_line(self, line, "# nothing here");
        break;
    case 1:
        insert_line(self, line, "");
        break;
    case 2:
        insert_line(self, 0, ".var unused 3, 7");
        break;
    default:
        if (line < self->count && strlen(self->lines[line]) + 12 < LINE_SIZE)
            strcat(self->lines[line], "\t# as it was");
    }
}

/* ---- Other ways to add ------------------------------------------------------------------------------------------ */

/* Where the three lines begin that load, add and store; the variable and what is added are told. Returns false where
 * there is nothing of the kind. */
static bool find_sum(struct workpiece *self, size_t *line, char variable[WORD_SIZE], char number[WORD_SIZE])
{
    *line = draw_line(self, is_load);
    if (*line + 2 >= self->count || !begins(self->lines[*line + 1], "add") || !begins(self->lines[*line + 2], "mov"))
        return false;
    word_behind(self->lines[*line], variable);
    word_behind(self->lines[*line + 1], number);
    return true;
}

static void __attribute__((format(printf, 3, 4)))
put_line(struct workpiece *self, size_t place, const char *format, ...)
{
    char line[LINE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    insert_line(self, place, line);
}

static void remove_sum(struct workpiece *self, size_t line)
{
    for (size_t l = 0; l < 3; l++)
        remove_line(self, line);
}

/* The same with the marks of the critical section around it. */
static void remove_section(struct workpiece *self, size_t line)
{
    remove_sum(self, line);
    if (line < self->count && begins(self->lines[line], ".endcritical") && begins(self->lines[line - 1], ".critical")) {
        remove_line(self, line);
        remove_line(self, line - 1);
    }
}

static void add_at_once(struct workpiece *self)
{
    char variable[WORD_SIZE], number[WORD_SIZE], sum[LINE_SIZE];
    size_t line;
    if (!find_sum(self, &line, variable, number))
        return;
    remove_sum(self, line);
    snprintf(sum, sizeof sum, "    add %s, %s", number, variable);
    insert_line(self, line, sum);
}

static void fetch_and_add(struct workpiece *self)
{
    char variable[WORD_SIZE], number[WORD_SIZE];
    size_t line;
    if (!find_sum(self, &line, variable, number))
        return;
    remove_sum(self, line);
    put_line(self, line, "    fetchadd %%bx, %s", variable);
    put_line(self, line, "    mov %s, %%bx", number);
}

static void compare_and_swap(struct workpiece *self)
{
    char variable[WORD_SIZE], number[WORD_SIZE];
    size_t line;
    if (!find_sum(self, &line, variable, number))
        return;
    remove_sum(self, line);
    insert_line(self, line, "    jne .retry");
    put_line(self, line, "    cas %%bx, %s", variable);
    put_line(self, line, "    add %s, %%bx", number);
    insert_line(self, line, "    mov %ax, %bx");
    insert_line(self, line, ".retry");
    put_line(self, line, "    mov %s, %%ax", variable);
}

static void subtract(struct workpiece *self)
{
    char variable[WORD_SIZE], number[WORD_SIZE];
    size_t line;
    if (!find_sum(self, &line, variable, number))
        return;
    remove_sum(self, line);
    put_line(self, line, "    sub %%bx, %s", variable);
    insert_line(self, line, "    neg %bx");
    put_line(self, line, "    mov %s, %%bx", number);
}

/* The variable is reached through its address. */
static void compute_address(struct workpiece *self)
{
    char variable[WORD_SIZE], number[WORD_SIZE];
    size_t line;
    bool loads = is_drawn(self, 2), outside = is_drawn(self, 2);
    if (!find_sum(self, &line, variable, number))
        return;
    replace_word(self->lines[loads ? line : line + 2], variable, "0(%fx)");
    if (is_drawn(self, 3))
        replace_word(self->lines[loads ? line + 2 : line], variable, "0(%fx)");
    for (size_t back = 0; outside && back < 3 && line > 0 && !begins(self->lines[line - 1], ".rept"); back++)
        line--;
    put_line(self, line, "    lea %s, %%fx", variable);
}

/* One more access to the variable: inside of the critical section, or outside. */
static void touch(struct workpiece *self)
{
    static const char *const touches[][2] = {{"    mov ", ", %ex"}, {"    add $0, ", ""}, {"    test $0, ", ""},
                                             {"    lea ", ", %ex"}, {"    push ", ""},    {"    mov %ax, ", ""}};
    char variable[WORD_SIZE], line[LINE_SIZE];
    size_t load = draw_line(self, is_load), which = below(self, sizeof touches / sizeof touches[0]);
    if (load >= self->count)
        return;
    word_behind(self->lines[load], variable);
    snprintf(line, sizeof line, "%s%s%s", touches[which][0], variable, touches[which][1]);
    size_t place = near_line(self, load);
    insert_line(self, place < self->count ? place : self->count, line);
}

/* ---- Other locks ------------------------------------------------------------------------------------------------ */

/* Draws a mutex or semaphore. Returns the place of its declaration, or the number of lines. */
static size_t draw_object(struct workpiece *self, const char *directive, char name[WORD_SIZE])
{
    size_t line = draw_line(self, is_declaration);
    if (line >= self->count || !begins(self->lines[line], directive))
        return self->count;
    word_behind(self->lines[line], name);
    return line;
}

/* Replaces "lock NAME" and the like by another instruction. */
static void replace_locks(struct workpiece *self, const char *verb, const char *name, const char *other)
{
    char word[WORD_SIZE];
    for (size_t l = 0; l < self->count; l++) {
        word_behind(self->lines[l], word);
        if (!begins(self->lines[l], verb) || strcmp(word, name) != 0)
            continue;
        remove_line(self, l);
        put_line(self, l, "    %s %s", other, name);
    }
}

static void make_semaphore(struct workpiece *self)
{
    char name[WORD_SIZE];
    size_t line = draw_object(self, ".mutex", name);
    if (line >= self->count)
        return;
    remove_line(self, line);
    put_line(self, line, ".semaphore %s, %d", name, is_drawn(self, 4) ? 2 : 1);
    replace_locks(self, "lock", name, "wait");
    replace_locks(self, "unlock", name, "post");
}

static void make_mutex(struct workpiece *self)
{
    char name[WORD_SIZE];
    size_t line = draw_object(self, ".semaphore", name);
    if (line >= self->count)
        return;
    remove_line(self, line);
    put_line(self, line, ".mutex %s", name);
    replace_locks(self, "wait", name, "lock");
    replace_locks(self, "post", name, "unlock");
}

/* Two permits, of which everybody takes both. */
static void double_permits(struct workpiece *self)
{
    char name[WORD_SIZE], word[WORD_SIZE];
    size_t line = draw_object(self, ".semaphore", name);
    if (line >= self->count)
        return;
    remove_line(self, line);
    put_line(self, line, ".semaphore %s, 2", name);
    for (size_t l = 0; l < self->count; l++) {
        word_behind(self->lines[l], word);
        if (strcmp(word, name) != 0 || !is_lock_line(self->lines[l]) || self->count == LINES_MAX)
            continue;
        insert_line(self, l, "");
        memcpy(self->lines[l], self->lines[l + 1], LINE_SIZE);
        l++;
    }
}

/* A lock that spins, made by hand: right where it tests and sets in one step. */
static void spin(struct workpiece *self)
{
    static const char *const ways[][4] = {
        {"    mov $1, %bx", "    xchg %bx, spun", "    test $0, %bx", "    jne .spin"},
        {"    test $0, spun", "    jne .spin", "    mov $1, spun", "    nop"},
        {"    mov $0, %ax", "    mov $1, %bx", "    cas %bx, spun", "    jne .spin"},
    };
    size_t which = below(self, 3), line = draw_line(self, is_declaration);
    if (line >= self->count || !begins(self->lines[line], ".mutex"))
        return;
    for (size_t l = 0; l < self->count; l++)
        if (begins(self->lines[l], "unlock")) {
            memcpy(self->lines[l], "    mov $0, spun", sizeof "    mov $0, spun");
        } else if (begins(self->lines[l], "lock") && self->count + 4 <= LINES_MAX) {
            remove_line(self, l);
            for (size_t part = 4; part-- > 0;)
                insert_line(self, l, ways[which][part]);
            insert_line(self, l, ".spin");
        }
    insert_line(self, line, ".var spun");
}

/* ---- Functions -------------------------------------------------------------------------------------------------- */

/* The end of the thread's code that a line belongs to. */
static size_t find_end(const struct workpiece *self, size_t line)
{
    while (line < self->count && !is_section(self->lines[line]))
        line++;
    return line;
}

/* Moves some lines into a function at the end of the thread's code. */
static void move_to_function(struct workpiece *self, size_t first, size_t count, const char *label)
{
    size_t end = find_end(self, first);
    if (self->count + 5 > LINES_MAX || first + count > end)
        return;
    insert_line(self, end, "    ret");
    for (size_t l = 0; l < count; l++)
        insert_line(self, end, self->lines[first + count - 1 - l]);
    insert_line(self, end, label);
    insert_line(self, end, "    halt");
    for (size_t l = 0; l < count; l++)
        remove_line(self, first);
    put_line(self, first, "    call %s", label);
}

static void call_section(struct workpiece *self)
{
    size_t line = draw_line(self, is_load);
    if (line > 0 && line + 3 < self->count && begins(self->lines[line - 1], ".critical") &&
        begins(self->lines[line + 3], ".endcritical"))
        move_to_function(self, line - 1, 5, ".work");
}

static void call_lock(struct workpiece *self)
{
    size_t line = draw_line(self, is_lock_line);
    if (line < self->count)
        move_to_function(self, line, 1,
                         begins(self->lines[line], "lock") || begins(self->lines[line], "wait") ? ".take" : ".give");
}

/* ---- Threads ---------------------------------------------------------------------------------------------------- */

static void add_thread(struct workpiece *self)
{
    insert_line(self, self->count, ".thread more");
    insert_line(self, self->count, "    nop");
}

static void drop_thread(struct workpiece *self)
{
    size_t first = draw_line(self, is_section);
    if (first >= self->count)
        return;
    for (size_t end = find_end(self, first + 1); end > first; end--)
        remove_line(self, first);
}

/* The place of the sum of a thread whose section begins behind a line, or the number of lines. */
static size_t find_sum_behind(const struct workpiece *self, size_t section)
{
    for (size_t l = section + 1; l + 2 < self->count && !is_section(self->lines[l]); l++)
        if (is_load(self->lines[l]) && begins(self->lines[l + 1], "add") && begins(self->lines[l + 2], "mov"))
            return l;
    return self->count;
}

/* One thread does the work of the next one, too, which waits until it is asked to let it: where each runs as far as it gets
 * this comes to no end, and yet all schedules can. Perhaps the other one does its work all the same. */
static void do_work_of_other(struct workpiece *self)
{
    char mine[WORD_SIZE], theirs[WORD_SIZE];
    size_t first = draw_line(self, is_section), second = first < self->count ? find_end(self, first + 1) : self->count;
    size_t sum = find_sum_behind(self, first), other = find_sum_behind(self, second);
    if (sum >= self->count || other >= self->count || self->count + 10 > LINES_MAX)
        return;
    word_behind(self->lines[sum + 1], mine);
    word_behind(self->lines[other + 1], theirs);
    if (!is_drawn(self, 3))
        remove_section(self, other);
    insert_line(self, second + 1, "    mov $1, given");
    insert_line(self, second + 1, "    jne .await");
    insert_line(self, second + 1, "    test $1, asked");
    insert_line(self, second + 1, ".await");
    remove_line(self, sum + 1);
    put_line(self, sum + 1, "    add $(%s)+(%s), %%ax", mine + 1, theirs + 1);
    insert_line(self, first + 1, "    jne .ask");
    insert_line(self, first + 1, "    test $1, given");
    insert_line(self, first + 1, "    mov $0, asked");
    insert_line(self, first + 1, "    mov $1, asked");
    insert_line(self, first + 1, ".ask");
    insert_line(self, 0, ".var given");
    insert_line(self, 0, ".var asked");
}

/* The last thread comes first. */
static void turn_threads(struct workpiece *self)
{
    size_t first = 0, last = self->count;
    while (first < self->count && !is_section(self->lines[first]))
        first++;
    while (last > 0 && !is_section(self->lines[last - 1]))
        last--;
    if (last == 0 || last - 1 <= first)
        return;
    for (size_t from = last - 1; from < self->count; from++)
        move_line(self, from, first++);
}

/* Code that nobody comes to. */
static void add_dead_code(struct workpiece *self)
{
    char name[WORD_SIZE];
    size_t line = draw_line(self, is_lock_line);
    if (line >= self->count)
        return;
    word_behind(self->lines[line], name);
    bool waits = begins(self->lines[line], "wait") || begins(self->lines[line], "post");
    size_t end = find_end(self, line);
    for (size_t work = 0; work < FAR; work++)
        insert_line(self, end, "    nop");
    if (is_drawn(self, 2))
        put_line(self, end, "    %s %s", waits ? "wait" : "lock", name);
    insert_line(self, end, "    halt");
}

/* ---- All -------------------------------------------------------------------------------------------------------- */

static void take_apart(struct workpiece *self, const char *text)
{
    while (*text != '\0' && self->count < LINES_MAX) {
        size_t length = strcspn(text, "\n");
        snprintf(self->lines[self->count++], LINE_SIZE, "%.*s", (int)length, text);
        text += length + (text[length] == '\n');
    }
}

static char *put_together(const struct workpiece *self)
{
    struct text text = TEXT_INIT;
    for (size_t l = 0; l < self->count; l++)
        text_print(&text, "%s\n", self->lines[l]);
    return text_take(&text);
}

void alteration_change_program(char **program, struct generator *generator)
{
    static worker *const workers[] = {
        drop_any,      drop_instruction, repeat_instruction, exchange_lines,  move_instruction,
        move_lock,     move_lock,        move_lock,          drop_lock,       drop_lock,
        repeat_lock,   invert_lock,      drop_all_locks,     drop_repetition, insert_work,
        insert_work,   insert_jump,      insert_signal,      rename_all,      rename_one,
        change_number, change_symbol,    change_notation,    change_notation, add_at_once,
        add_at_once,   fetch_and_add,    compare_and_swap,   subtract,        compute_address,
        touch,         make_semaphore,   make_semaphore,     make_mutex,      double_permits,
        spin,          call_section,     call_lock,          add_thread,      drop_thread,
        turn_threads,  add_dead_code,    do_work_of_other,
    };
    struct workpiece *piece = memory_new(1, sizeof *piece);
    piece->generator = generator;
    take_apart(piece, *program);
    workers[below(piece, sizeof workers / sizeof workers[0])](piece);
    memory_free(*program);
    *program = put_together(piece);
    memory_free(piece);
}
