#include "course/handout.h"

#include "course/answer.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* ---- Words ------------------------------------------------------------------------------------------------------ */

/* Something that a handout says of some programs alone. In words `@` with a letter stands for what a key has: see
 * print_words(). */
struct hint {
    const char
        *part; /* of the program's text that makes it worth saying; behind a `!` one that does not; NULL: always */
    const char *words; /* NULL: those about semaphores */
};

static int64_t number_of(const struct key *key, char letter)
{
    switch (letter) {
    case 'n':
        return key->value;
    case 't':
        return key->stated.threads;
    case 'i':
        return key->stated.iters;
    case 'f':
        return key->first_quantum;
    case 'l':
        return key->last_quantum;
    case 'm':
        return key->inside_most;
    default: /* r: the right result */
        return (key->trial_count > 0 ? &key->trials[0] : &key->stated)->right.items[0].first;
    }
}

/* Within marks of code: "x` and `y". */
static void print_observed(struct text *text, const char *observe)
{
    for (; *observe != '\0'; observe++)
        text_print(text, *observe == ',' ? "` and `" : "%c", *observe);
}

static void print_words(struct text *text, const char *words, const struct key *key)
{
    for (; *words != '\0'; words++)
        if (*words != '@')
            text_append(text, words, 1);
        else if (*++words == 'v')
            print_observed(text, key->observe);
        else if (*words == 'n' && key->end != NULL)
            text_print(text, "%s", key->end);
        else
            text_print(text, "%lld", (long long)number_of(key, *words));
}

static void add_paragraph(struct content *content, const char *words, const struct key *key)
{
    print_words(content_paragraph(content, STYLE_PLAIN), words, key);
}

static struct text *item(struct content *content)
{
    return content_item(content, NULL, CONTENT_NONE);
}

static bool says(const struct key *key, const char *part)
{
    return part == NULL || (*part == '!' ? !says(key, part + 1) : strstr(key->text, part) != NULL);
}

/* The semaphores as the program declares them. */
static void explain_semaphores(struct content *content, const struct key *key)
{
    static const char directive[] = ".semaphore ";
    char name[32];
    long permits;
    for (const char *at = key->text; (at = strstr(at, directive)) != NULL; at += strlen(directive))
        if (sscanf(at, ".semaphore %31[A-Za-z0-9_], %ld", name, &permits) == 2)
            text_print(
                item(content),
                "`.semaphore %s, %ld` is a semaphore that begins with %ld permit%s. `wait %s` takes a permit, and "
                "waits while there is none; `post %s` gives one back.",
                name, permits, permits, permits == 1 ? "" : "s", name, name);
}

static void add_hints(struct content *content, const struct hint *hints, size_t count, const struct key *key)
{
    for (size_t h = 0; h < count; h++)
        if (says(key, hints[h].part) && hints[h].words != NULL)
            print_words(item(content), hints[h].words, key);
        else if (says(key, hints[h].part))
            explain_semaphores(content, key);
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

/* The first one where one variable is observed, the second one elsewhere. */
static const struct hint observed_hints[] = {
    {NULL,
     "`@v` is shared by all threads. Registers (`%ax`, `%bx`, ...) belong to one thread each, and begin with 0. A "
     "number is written `$5`, and what comes first is the source: `mov @v, %ax` copies the variable to the "
     "register."},
    {NULL,
     "Variables (`.var`) are shared by all threads. Registers (`%ax`, `%bx`, ...) belong to one thread each, and begin "
     "with 0. A number is written `$5`, and what comes first is the source."},
};

static const struct hint program_hints[] = {
    {".main", "Each of the @t threads executes what follows `.main`."},
    {".rept", "What stands between `.rept` and `.endr` is executed so many times, one after the other. The two lines "
              "themselves are no steps."},
    {".tick ", "`.tick 2` says that each instruction below it, up to the end of the thread, costs 2 ticks."},
    {".mutex", "`lock` takes a mutex, and waits while another thread holds it; `unlock` frees it."},
    {".semaphore ", NULL},
    {"ITERS", "ITERS is @i here. `.default` gives a value to a name that nothing else defines."},
    {".var wants 2", "`.var wants 2` declares two variables, `wants[0]` and `wants[1]`. They begin with 0."},
    {"jne .again",
     "`test $0, x` compares x with 0. If they are not equal, `jne .again` goes back to the line `.again`. "
     "That line is no step."},
    {"print ", "`print` appends a number, or a text in quotation marks, to what was printed."},
    {"choose ",
     "`choose 0, 2, %ax` puts any number from 0 to 2 into the register; in a schedule `A:1` is a step of A that "
     "turns out in its second way."},
    {"cwait ",
     "`cwait c, m` gives the mutex m back and sleeps, in one step; once it is woken, it takes m again, in a step of "
     "its own. `signal c` wakes one sleeper, `broadcast c` all."},
    {"arrive ", "`arrive b` waits at the barrier until as many threads have arrived as `.barrier` says."},
    {"await ", "`await e` waits until the event is set. `set e` sets it, `clear e` takes that back."},
    {"rdlock ",
     "`rdlock r` waits while a thread writes, `wrlock r` while a thread reads or writes; `rwunlock r` gives back."},
    {"spawn ", "`spawn B` starts the thread B, which is declared `later`; `join B` waits until it has finished."},
    {".critical", "`.critical` and `.endcritical` are no steps. They mark the critical section."},
};

/* ---- What can happen -------------------------------------------------------------------------------------------- */

static void explain_quanta(struct content *content, const struct key *key)
{
    const struct property *pick = property_find(key->parameters, key->parameter_count, "pick");
    bool any = pick != NULL && !pick->is_number && strcmp(pick->text, "any") == 0;
    text_print(
        content_paragraph(content, STYLE_PLAIN),
        "All threads share one processor. One instruction is one step, and costs one tick%s. A counter counts the "
        "ticks. After the step with which it has come to the quantum Q, or beyond, it begins again at 0, and %s; "
        "until then the thread keeps the processor.",
        says(key, ".tick") ? ", or as many as `.tick` says" : "",
        any ? "any thread that has not finished goes on, be it the same one or another"
            : "the next thread goes on by turns (after the last one the first again; who has finished is left out)");
    text_print(
        content_paragraph(content, STYLE_PLAIN),
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
    add_paragraph(
        content,
        "One instruction is one step, and nothing happens in the middle of it. After each step any thread can make "
        "the next one, unless it has finished or waits; nobody can foresee which. A *schedule* says who makes the "
        "first step, who the second, and so on, until all have finished.",
        key);
    if (key->kind == ASSIGNMENT_WITNESS)
        add_paragraph(
            content,
            "A *preemption* is a switch away from a thread that could have gone on. A switch away from a thread that "
            "has finished, or that waits, is none.",
            key);
}

/* ---- The question ----------------------------------------------------------------------------------------------- */

static const char all_outcomes[] =
    "Which values can `@v` have together when all threads have finished? List all outcomes, and no others.";
static const char all_outputs[] =
    "What can be printed until all threads have finished? List all outputs, and no others.";
static const char outcome_notation[] = "Outcomes with blanks between them, each as in `x=1,y=2`.";
static const char output_notation[] = "Outputs in quotation marks, with blanks between them: `\"ab\" \"ba\"`.";

static const char schedule_notation[] =
    "The schedule names the thread of each step: `A A A B B A`, or shorter, with numbers of times, `A*3 B*2 A`. "
    "It may go on in the next line, if that begins with a blank.";

/* Of each kind the question, in paragraphs, and how an answer is written, in items. */
static const struct {
    const char *questions[2];
    const char *answers[2];
} kinds[ASSIGNMENT_KINDS] = {
    [ASSIGNMENT_VALUES] =
        {{"Which values can `@v` have when all threads have finished? List all of them, and no others."},
         {"Numbers and ranges, with blanks between them: `2 3 5..8`."}},
    [ASSIGNMENT_WITNESS] = {{"Give a schedule at whose end `@v` is @n, with as few preemptions as possible."},
                            {schedule_notation}},
    [ASSIGNMENT_MINIMUM] =
        {{"What is the least value that `@v` can have when all threads have finished? Give it, a schedule that ends with "
          "it, and the *chain* of that schedule: the stores to `@v` that the final value goes back to.",
          "The last store of all ends the chain. The store before it is the one whose value that thread had loaded, and "
          "so on back to a store that was computed from the first value of `@v`. All other stores are lost."},
         {schedule_notation,
          "The chain names each store by its thread and by which of that thread's stores to `@v` it is, from 1: `A1 B3` "
          "is the first store of A, from which B computed its third one, the last of all."}},
    [ASSIGNMENT_COUNT] = {{"How many schedules are there at whose end `@v` is @n? Two schedules are different where at "
                           "least one step is made by another thread."},
                          {"One whole number, with all its digits."}},
    [ASSIGNMENT_REPAIR] =
        {{"The program has a fault. Repair it: under every schedule, when all threads have finished, `@v` must be what it "
          "is when the threads run one after the other. With @t threads and ITERS = @i, as above, that is @r. These rules "
          "are checked:"},
         {"The whole program, below the line `program:`. The template has it as handed out: change it there."}},
    [ASSIGNMENT_QUANTUM] =
        {{"With which quanta Q from @f to @l is the result always right, whatever happens: `@v` is @r "
          "when all threads have finished?"},
         {"Numbers and ranges, with blanks between them: `3 6..9`; or `none`."}},
    [ASSIGNMENT_OUTCOMES] = {{all_outcomes}, {outcome_notation}},
    [ASSIGNMENT_OUTPUTS] = {{all_outputs}, {output_notation}},
};

/* The same where no number is observed: of outcomes and of outputs. */
static const struct {
    const char *questions[2]; /* of outcomes, and of outputs */
    const char *answers[2];
} kinds_of_ends[ASSIGNMENT_KINDS] = {
    [ASSIGNMENT_VALUES] = {{all_outcomes, all_outputs}, {outcome_notation, output_notation}},
    [ASSIGNMENT_WITNESS] = {{"Give a schedule that ends with `@n`, with as few preemptions as possible.",
                             "Give a schedule that prints `@n`, with as few preemptions as possible."},
                            {schedule_notation, schedule_notation}},
    [ASSIGNMENT_COUNT] =
        {{"How many schedules are there that end with `@n`? Two schedules are different where at least one step is made "
          "by another thread, or turns out in another way.",
          "How many schedules are there that print `@n`? Two schedules are different where at least one step is made by "
          "another thread, or turns out in another way."},
         {"One whole number, with all its digits.", "One whole number, with all its digits."}},
};

/* Whether a key observes the output alone, or else several things. */
static bool observes_output(const struct key *key)
{
    return strcmp(key->observe, "output") == 0;
}

static bool observes_ends(const struct key *key)
{
    return observes_output(key) || strchr(key->observe, ',') != NULL;
}

static const struct hint repair_rules[] = {
    {".main",
     "All schedules are tried, then all again with other values of ITERS, STEP and FIRST, with another number of "
     "threads, and with other first values of `@v`, whatever `.var` says. So use these names, and not their "
     "numbers."},
    {"!.main",
     "All schedules are tried, then all again with other values of ITERS, STEP and FIRST, and with other first "
     "values of `@v`, whatever `.var` says. So use these names, and not their numbers."},
    {".main", "All threads execute what follows `.main`, as before. Do not add or name threads."},
    {"!.main", "The threads keep their names. Do not add or remove any."},
    {NULL,
     "Each thread still does its own work: whatever the others do, it changes `@v` by as much as it does alone in the "
     "program above."},
    {NULL,
     "All threads can always come to their end: there is no deadlock, no loop that is never left, and no error, such "
     "as `unlock` by a thread that does not hold the mutex."},
    {NULL,
     "There is one critical section for `@v`: every instruction that reads or writes it, or a computed address, stands "
     "between `.critical` and `.endcritical`, in all threads with the same name or without one. No two threads are "
     "ever in the section together."},
};

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

static void tell_rules(struct content *content, const struct key *key)
{
    add_hints(content, repair_rules, sizeof repair_rules / sizeof repair_rules[0], key);
    if (key_find_row(key, ROW_INSIDE) != NULL)
        print_words(
            item(content),
            "From where a thread takes a lock (a mutex, a semaphore) to where it holds none, there are at most "
            "@m instructions (no `call`, no `ret`), not counting those that take or give back locks. A critical "
            "section, too, has at most @m.",
            key);
    tell_instructions(content, key);
}

static void ask(struct content *content, const struct key *key)
{
    text_print(content_heading(content, NULL), "The question");
    if (observes_ends(key) && kinds_of_ends[key->kind].questions[0] != NULL) {
        add_paragraph(content, kinds_of_ends[key->kind].questions[observes_output(key)], key);
        return;
    }
    for (size_t q = 0; q < 2 && kinds[key->kind].questions[q] != NULL; q++)
        add_paragraph(content, kinds[key->kind].questions[q], key);
    if (key->kind == ASSIGNMENT_REPAIR)
        tell_rules(content, key);
}

/* Beside the program stands what explains it, and the question. */
static void write_program(struct content *content, const struct key *key)
{
    text_print(content_heading(content, NULL), "The program");
    content_columns(content, COLUMNS_NARROW);
    text_print(content_command(content), "%s", key->text);
    content_columns(content, COLUMNS_NEXT);
    add_hints(content, &observed_hints[observes_ends(key)], 1, key);
    add_hints(content, program_hints, sizeof program_hints / sizeof program_hints[0], key);
    explain_schedules(content, key);
    ask(content, key);
    content_columns(content, COLUMNS_END);
}

/* ---- The answer ------------------------------------------------------------------------------------------------- */

/* The template up to the answer itself. */
static void write_form(struct text *text, const struct key *key)
{
    text_print(text, "student: %s\nkind: %s\n", key->student, assignment_kind_name(key->kind));
    for (enum answer_key k = 0; k < ANSWER_KEYS; k++)
        if ((answer_lines(key->kind) >> k & 1) != 0)
            text_print(text, "%s:\n", answer_key_name(k));
}

static void write_answer(struct content *content, const struct key *key)
{
    text_print(content_heading(content, NULL), "The answer");
    text_print(content_paragraph(content, STYLE_PLAIN),
               "Hand in a text file, `%s.txt`. The template has these lines; write behind the colons:", key->student);
    write_form(content_command(content), key);
    if (observes_ends(key) && kinds_of_ends[key->kind].answers[0] != NULL)
        print_words(item(content), kinds_of_ends[key->kind].answers[observes_output(key)], key);
    else
        for (size_t a = 0; a < 2 && kinds[key->kind].answers[a] != NULL; a++)
            print_words(item(content), kinds[key->kind].answers[a], key);
    text_print(item(content), "Lines that begin with `#` do not count.");
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
