#include "course/handout.h"

#include "base/memory.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static struct text *paragraph(struct content *content)
{
    return content_paragraph(content, STYLE_PLAIN);
}

static struct text *item(struct content *content)
{
    return content_item(content, NULL, CONTENT_NONE);
}

/* ---- What is to be known ---------------------------------------------------------------------------------------- */

static void write_fact(struct content *content, const char *label, const char *words)
{
    text_print(content_fact(content, STYLE_PLAIN, label), "%s", words);
}

static void write_facts(struct content *content, const struct assignment *assignment,
                        const struct assignment_student *student, const struct key *key)
{
    write_fact(content, "student", student->identifier);
    if (student->name[0] != '\0')
        write_fact(content, "name", student->name);
    write_fact(content, "assignment", assignment->name);
    write_fact(content, "version", key->variant);
    write_fact(content, "level", key->level);
    text_print(content_fact(content, STYLE_PLAIN, "points"), "%lld", (long long)assignment->points);
}

static bool says(const struct key *key, const char *words)
{
    return strstr(key->text, words) != NULL;
}

/* A semaphore as the program declares it. */
static void explain_semaphore(struct content *content, const struct key *key)
{
    const char *line = strstr(key->text, ".semaphore ");
    char name[32];
    long permits;
    if (line == NULL || sscanf(line, ".semaphore %31[A-Za-z0-9_], %ld", name, &permits) != 2)
        return;
    text_print(item(content),
               "`.semaphore %s, %ld` is a semaphore that begins with %ld permit%s. `wait %s` takes a permit, and waits "
               "while there is none; `post %s` gives one back.",
               name, permits, permits, permits == 1 ? "" : "s", name, name);
}

/* What stands in none but the programs that are to be repaired. */
static void explain_broken(struct content *content, const struct key *key)
{
    if (says(key, "ITERS"))
        text_print(item(content), "ITERS is %lld here. `.default` gives a value to a name that nothing else defines.",
                   (long long)key->stated.iters);
    if (says(key, ".var wants 2"))
        text_print(item(content),
                   "`.var wants 2` declares two variables, `wants[0]` and `wants[1]`. They begin with 0.");
    if (says(key, "jne .again"))
        text_print(item(content),
                   "`test $0, x` compares x with 0. If they are not equal, `jne .again` goes back to the line "
                   "`.again`. That line is no step.");
    if (says(key, ".critical"))
        text_print(item(content), "`.critical` and `.endcritical` are no steps. They mark the critical section.");
}

static void explain_program(struct content *content, const struct key *key)
{
    text_print(item(content),
               "`%s` is shared by all threads. Registers (`%%ax`, `%%bx`, ...) belong to one thread each, and begin "
               "with 0. A number is written `$5`, and what comes first is the source: `mov %s, %%ax` copies the "
               "variable to the register.",
               key->observe, key->observe);
    if (says(key, ".main"))
        text_print(item(content), "Each of the %lld threads executes what follows `.main`.",
                   (long long)key->stated.threads);
    if (says(key, ".rept"))
        text_print(item(content),
                   "What stands between `.rept` and `.endr` is executed so many times, one after the other. The two "
                   "lines themselves are no steps.");
    if (says(key, ".tick "))
        text_print(item(content),
                   "`.tick 2` says that each instruction below it, up to the end of the thread, costs 2 ticks.");
    if (says(key, ".mutex"))
        text_print(item(content), "`lock` takes a mutex, and waits while another thread holds it; `unlock` frees it.");
    explain_semaphore(content, key);
    explain_broken(content, key);
}

/* ---- What can happen -------------------------------------------------------------------------------------------- */

static bool parameter_is(const struct key *key, const char *name, const char *text)
{
    const struct property *parameter = property_find(key->parameters, key->parameter_count, name);
    return parameter != NULL && !parameter->is_number && strcmp(parameter->text, text) == 0;
}

static void explain_quanta(struct content *content, const struct key *key)
{
    bool any = parameter_is(key, "pick", "any");
    text_print(
        paragraph(content),
        "All threads share one processor. One instruction is one step, and costs one tick%s. A counter counts the "
        "ticks. After the step with which it has come to the quantum Q, or beyond, it begins again at 0, and %s; "
        "until then the thread keeps the processor.",
        says(key, ".tick") ? ", or as many as `.tick` says" : "",
        any ? "any thread that has not finished goes on, be it the same one or another"
            : "the next thread goes on by turns (after the last one the first again; who has finished is left out)");
    text_print(
        paragraph(content),
        "%s When a thread finishes, %s at once, but the counter runs on: the next thread has only the rest of the "
        "quantum.",
        any ? "Any thread may be the first." : "Thread A is the first.",
        any ? "any other one goes on" : "the next one goes on");
}

static void explain_schedules(struct content *content, const struct key *key)
{
    text_print(content_heading(content, NULL), "What can happen");
    if (key->kind == ASSIGNMENT_QUANTUM) {
        explain_quanta(content, key);
        return;
    }
    text_print(
        paragraph(content),
        "One instruction is one step, and nothing happens in the middle of it. After each step any thread can make "
        "the next one, unless it has finished or waits; nobody can foresee which. A *schedule* says who makes the "
        "first step, who the second, and so on, until all have finished.");
    if (key->kind == ASSIGNMENT_WITNESS)
        text_print(
            paragraph(content),
            "A *preemption* is a switch away from a thread that could have gone on. A switch away from a thread that "
            "has finished, or that waits, is none.");
}

/* ---- The question ----------------------------------------------------------------------------------------------- */

/* Which instructions may be used: those that the key lists, or all; of these, the ones that help. */
static void tell_instructions(struct content *content, const struct key *key)
{
    struct text list = TEXT_INIT;
    for (size_t i = 0; i < key->instruction_count; i++)
        text_print(&list, "%s`%s`", i == 0 ? "" : ", ", key->instructions[i]);
    if (key->instruction_count > 0)
        text_print(item(content), "These instructions may be used, and no others: %s.", text_string(&list));
    else
        text_print(item(content),
                   "All instructions may be used; docs/language.md lists them. A mutex: `.mutex m`, `lock m`, `unlock "
                   "m`. A semaphore with one permit: `.semaphore s, 1`, `wait s`, `post s`. In one step, too: `xchg`, "
                   "`fetchadd`, `cas`.");
    text_free(&list);
}

static void tell_what_is_tried(struct content *content, const struct key *key)
{
    bool is_main = says(key, ".main");
    text_print(item(content),
               "All schedules are tried, then all again with other values of ITERS, STEP and FIRST, %sand with other "
               "first values of `%s`, whatever `.var` says. So use these names, and not their numbers.",
               is_main ? "with another number of threads, " : "", key->observe);
    if (is_main)
        text_print(item(content), "All threads execute what follows `.main`, as before. Do not add or name threads.");
    else
        text_print(item(content), "The threads keep their names. Do not add or remove any.");
    text_print(
        item(content),
        "Each thread still does its own work: whatever the others do, it changes `%s` by as much as it does alone "
        "in the program above.",
        key->observe);
}

static void tell_rules(struct content *content, const struct key *key)
{
    tell_what_is_tried(content, key);
    text_print(item(content),
               "All threads can always come to their end: there is no deadlock, no loop that is never left, and "
               "no error, such as `unlock` by a thread that does not hold the mutex.");
    text_print(item(content),
               "There is one critical section for `%s`: every instruction that reads or writes it, or a computed "
               "address, stands between `.critical` and `.endcritical`, in all threads with the same name or without "
               "one. No two threads are ever in the section together.",
               key->observe);
    if (key_find_row(key, ROW_INSIDE) != NULL)
        text_print(
            item(content),
            "From where a thread takes a lock (a mutex, a semaphore) to where it holds none, there are at most "
            "%lld instructions (no `call`, no `ret`), not counting those that take or give back locks. A critical "
            "section, too, has at most %lld.",
            (long long)key->inside_most, (long long)key->inside_most);
    tell_instructions(content, key);
}

static void ask_repair(struct content *content, const struct key *key)
{
    const struct key_trial *trial = &key->trials[0];
    text_print(paragraph(content),
               "The program has a fault. Repair it: under every schedule, when all threads have finished, `%s` must "
               "be what it is when the threads run one after the other. With %lld threads and ITERS = %lld, as "
               "above, that is %lld. These rules are checked:",
               key->observe, (long long)trial->threads, (long long)trial->iters,
               (long long)trial->right.items[0].first);
    tell_rules(content, key);
}

static void ask_minimum(struct content *content, const struct key *key)
{
    text_print(
        paragraph(content),
        "What is the least value that `%s` can have when all threads have finished? Give it, a schedule that ends "
        "with it, and the *chain* of that schedule: the stores to `%s` that the final value goes back to.",
        key->observe, key->observe);
    text_print(paragraph(content),
               "The last store of all ends the chain. The store before it is the one whose value that thread had "
               "loaded, and so on back to a store that was computed from the first value of `%s`. All other "
               "stores are lost.",
               key->observe);
}

static void ask(struct content *content, const struct key *key)
{
    text_print(content_heading(content, NULL), "The question");
    switch (key->kind) {
    case ASSIGNMENT_VALUES:
        text_print(paragraph(content),
                   "Which values can `%s` have when all threads have finished? List all of them, and no others.",
                   key->observe);
        break;
    case ASSIGNMENT_WITNESS:
        text_print(paragraph(content),
                   "Give a schedule at whose end `%s` is %lld, with as few preemptions as possible.", key->observe,
                   (long long)key->value);
        break;
    case ASSIGNMENT_MINIMUM:
        ask_minimum(content, key);
        break;
    case ASSIGNMENT_COUNT:
        text_print(
            paragraph(content),
            "How many schedules are there at whose end `%s` is %lld? Two schedules are different where at least one "
            "step is made by another thread.",
            key->observe, (long long)key->value);
        break;
    case ASSIGNMENT_REPAIR:
        ask_repair(content, key);
        break;
    default:
        text_print(
            paragraph(content),
            "With which quanta Q from %lld to %lld is the result always right, whatever happens: `%s` is %lld when "
            "all threads have finished?",
            (long long)key->first_quantum, (long long)key->last_quantum, key->observe,
            (long long)key->stated.right.items[0].first);
    }
}

/* Beside the program stands what explains it, and the question. */
static void write_program(struct content *content, const struct key *key)
{
    text_print(content_heading(content, NULL), "The program");
    content_columns(content, COLUMNS_NARROW);
    text_print(content_command(content), "%s", key->text);
    content_columns(content, COLUMNS_NEXT);
    explain_program(content, key);
    explain_schedules(content, key);
    ask(content, key);
    content_columns(content, COLUMNS_END);
}

/* ---- The answer ------------------------------------------------------------------------------------------------- */

static void explain_schedule_notation(struct content *content)
{
    text_print(
        item(content),
        "The schedule names the thread of each step: `A A A B B A`, or shorter, with numbers of times, `A*3 B*2 A`. "
        "It may go on in the next line, if that begins with a blank.");
}

static void explain_answer(struct content *content, const struct key *key)
{
    switch (key->kind) {
    case ASSIGNMENT_VALUES:
        text_print(item(content), "Numbers and ranges, with blanks between them: `2 3 5..8`.");
        break;
    case ASSIGNMENT_WITNESS:
        explain_schedule_notation(content);
        break;
    case ASSIGNMENT_MINIMUM:
        explain_schedule_notation(content);
        text_print(
            item(content),
            "The chain names each store by its thread and by which of that thread's stores to `%s` it is, from 1: `A1 "
            "B3` is the first store of A, from which B computed its third one, the last of all.",
            key->observe);
        break;
    case ASSIGNMENT_COUNT:
        text_print(item(content), "One whole number, with all its digits.");
        break;
    case ASSIGNMENT_REPAIR:
        text_print(item(content),
                   "The whole program, below the line `program:`. The template has it as handed out: change it there.");
        break;
    default:
        text_print(item(content), "Numbers and ranges, with blanks between them: `3 6..9`; or `none`.");
    }
    text_print(item(content), "Lines that begin with `#` do not count.");
}

/* The template up to the answer itself. */
static void write_form(struct text *text, const struct key *key)
{
    text_print(text, "student: %s\nkind: %s\n", key->student, assignment_kind_name(key->kind));
    switch (key->kind) {
    case ASSIGNMENT_VALUES:
        text_print(text, "values:\n");
        break;
    case ASSIGNMENT_WITNESS:
        text_print(text, "schedule:\n");
        break;
    case ASSIGNMENT_MINIMUM:
        text_print(text, "value:\nschedule:\nchain:\n");
        break;
    case ASSIGNMENT_COUNT:
        text_print(text, "count:\n");
        break;
    case ASSIGNMENT_REPAIR:
        text_print(text, "program:\n");
        break;
    default:
        text_print(text, "quanta:\n");
    }
}

static void write_answer(struct content *content, const struct key *key)
{
    struct text form = TEXT_INIT;
    write_form(&form, key);
    text_print(content_heading(content, NULL), "The answer");
    text_print(paragraph(content),
               "Hand in a text file, `%s.txt`. The template has these lines; write behind the colons:", key->student);
    text_print(content_command(content), "%s", text_string(&form));
    explain_answer(content, key);
    text_free(&form);
}

static void write_points(struct content *content, const struct key *key)
{
    struct table *table = table_new("points", 2);
    table_add_column(table, TABLE_RIGHT, "points");
    table_add_column(table, TABLE_LEFT, "for");
    for (size_t r = 0; r < key->row_count; r++) {
        table_add_row(table, STYLE_PLAIN);
        text_print(&table_add_cell(table)->words, "%lld", (long long)key->rows[r].points);
        text_print(&table_add_cell(table)->words, "%s", assignment_row_title(key->kind, key->rows[r].row));
    }
    text_print(content_heading(content, NULL), "Points");
    content_table(content, table);
}

struct content handout_make(const struct assignment *assignment, const struct assignment_student *student,
                            const struct key *key)
{
    struct content content = {0};
    write_facts(&content, assignment, student, key);
    write_program(&content, key);
    content_columns(&content, COLUMNS_EQUAL);
    write_answer(&content, key);
    content_columns(&content, COLUMNS_NEXT);
    write_points(&content, key);
    content_columns(&content, COLUMNS_END);
    return content;
}

char *handout_template(const struct assignment *assignment, const struct key *key)
{
    struct text text = TEXT_INIT;
    text_print(&text, "# Answer to %s, version %s. Lines that begin with # do not count.\n", assignment->name,
               key->variant);
    write_form(&text, key);
    if (key->kind == ASSIGNMENT_REPAIR)
        text_print(&text, "%s", key->text);
    return text_take(&text);
}
