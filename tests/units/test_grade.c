#include "base/memory.h"
#include "base/text.h"
#include "course/grade_file.h"
#include "course/grading.h"
#include "course/lock_span.h"
#include "tests/support/subject.h"
#include "tests/support/unit.h"

#include <stdlib.h>
#include <string.h>

/* Two threads, ITERS times value = value + 1: 2 to 4 are possible, by 702, 216 and 6 schedules. */
#define RACE ".var value\\n.main\\n.rept ITERS\\n mov value, %ax\\n add $1, %ax\\n mov %ax, value\\n.endr\\n"

/* Two mutexes in opposite order; the threads have names. */
#define CROSSED                                                                                                                \
    ".var value\\n.mutex m\\n.mutex n\\n.thread A\\n lock m\\n lock n\\n add $1, value\\n unlock n\\n unlock m\\n.thread B\\n" \
    " lock n\\n lock m\\n add $1, value\\n unlock m\\n unlock n\\n"

#define HEAD(kind, text, scheduler)                                                                                    \
    "{\"format\": \"racecheck-key\", \"version\": 1, \"student\": \"a\", \"variant\": \"v\", \"kind\": \"" kind "\", " \
    "\"program\": {\"text\": \"" text "\", \"threads\": 2, \"iters\": 2, \"observe\": \"value\", \"symbols\": {}}, "   \
    "\"scheduler\": {" scheduler "}, "
#define TAIL ", \"difficulty\": {\"level\": \"easy\", \"measures\": []}, \"answer\": \"\", \"result\": null}"
#define FREE "\"kind\": \"free\""
#define ROW(name, points) "{\"row\": \"" name "\", \"points\": " points "}"

/* A line that asks, then the rows. */
/* clang-format off */
static const char values_key[] = HEAD("values", RACE, FREE) "\"question\": {}, \"rows\": ["
    ROW("form", "1") ", " ROW("possible", "2") ", " ROW("complete", "4") "]" TAIL;
static const char witness_key[] = HEAD("witness", RACE, FREE) "\"question\": {\"value\": 2}, \"rows\": ["
    ROW("form", "1") ", " ROW("legal", "2") ", " ROW("finished", "4") ", " ROW("reaches", "8") ", "
    ROW("fewest", "16") "]" TAIL;
static const char minimum_key[] = HEAD("minimum", RACE, FREE) "\"question\": {}, \"rows\": ["
    ROW("form", "1") ", " ROW("value", "2") ", " ROW("legal", "4") ", " ROW("finished", "8") ", "
    ROW("reaches", "16") ", " ROW("chain", "32") "]" TAIL;
static const char count_key[] = HEAD("count", RACE, FREE) "\"question\": {\"value\": 3}, \"rows\": ["
    ROW("form", "1") ", " ROW("count", "2") "]" TAIL;
static const char quantum_key[] = HEAD("quantum", RACE, "\"kind\": \"tick\", \"pick\": \"any\", \"phase\": 0")
    "\"question\": {\"first\": 1, \"last\": 9, \"right\": [4]}, \"rows\": ["
    ROW("form", "1") ", " ROW("sound", "2") ", " ROW("complete", "4") "]" TAIL;

#define REPAIR(text, right, more) HEAD("repair", text, FREE) \
    "\"question\": {\"trials\": [{\"threads\": 2, \"iters\": 2, \"symbols\": {}, \"right\": [" right "]}" more \
    "], \"inside_most\": 3, \"instructions\": "
#define REPAIR_ROWS "}, \"rows\": [" \
    ROW("form", "1") ", " ROW("works", "2") ", " ROW("right", "4") ", " ROW("live", "8") ", " ROW("inside", "16") "]" TAIL

static const char repair_key[] = REPAIR(RACE, "4",
    ", {\"threads\": 3, \"iters\": 1, \"symbols\": {}, \"first\": 7, \"right\": [10]}") "null" REPAIR_ROWS;
/* A deadlock is to be mended: that it comes to no end is the first property. */
static const char deadlock_key[] = REPAIR(CROSSED, "2", "") "null}, \"rows\": ["
    ROW("form", "1") ", " ROW("works", "2") ", " ROW("live", "8") ", " ROW("right", "4") ", " ROW("inside", "16") "]" TAIL;
static const char locks_key[] = REPAIR(RACE, "4", "") "[\"mov\", \"add\", \"lock\", \"unlock\"]" REPAIR_ROWS;
static const char crossed_key[] = REPAIR(CROSSED, "2", "") "null" REPAIR_ROWS;
static const char section_key[] = HEAD("repair", RACE, FREE)
    "\"question\": {\"trials\": [{\"threads\": 2, \"iters\": 2, \"symbols\": {}, \"right\": [4]}], \"inside_most\": null, "
    "\"instructions\": null}, \"rows\": [" ROW("form", "1") ", " ROW("exclusive", "2") "]" TAIL;
/* clang-format on */

static struct key *key_of(const char *text)
{
    struct error error = ERROR_INIT;
    struct key *key = key_read_text("key", text, strlen(text), &error);
    if (key == NULL)
        unit_note("%s", error.text);
    CU_ASSERT_PTR_NOT_NULL_FATAL(key);
    return key;
}

static void grade_text(struct grade *grade, struct key *key, enum answer_form form, const char *text, bool reveal)
{
    struct grading_wishes wishes = {.budget = {.max_states = 200000,
                                               .max_memory = UINT64_C(256) << 20,
                                               .memory_was_asked = true,
                                               .max_seconds = 60},
                                    .reveal = reveal};
    grade_init(grade, key);
    grading_read(key, form, text, strlen(text), &wishes, grade);
}

static void note(const struct grade *grade)
{
    unit_note("%s: %s", grade_state_name(grade->state), grade->error != NULL ? grade->error : "");
    for (size_t r = 0; r < grade->row_count; r++)
        unit_note("  %s %s: %s", assignment_row_name(grade->rows[r].row), grade_verdict_name(grade->rows[r].verdict),
                  grade->rows[r].message != NULL ? grade->rows[r].message : "");
}

/* Grades an answer; its points are a sum of powers of two, which says which rows passed. */
static void expect(const char *key_text, enum answer_form form, const char *answer, int64_t points, const char *message)
{
    struct key *key = key_of(key_text);
    struct grade grade;
    bool is_told = message == NULL;
    grade_text(&grade, key, form, answer, true);
    CU_ASSERT_EQUAL(grade_points(&grade), points);
    is_told |= grade.error != NULL && message != NULL && strstr(grade.error, message) != NULL;
    for (size_t r = 0; r < grade.row_count; r++)
        is_told |= grade.rows[r].message != NULL && message != NULL && strstr(grade.rows[r].message, message) != NULL;
    CU_ASSERT_TRUE(is_told);
    if (grade_points(&grade) != points || !is_told)
        note(&grade);
    grade_free(&grade);
    key_free(key);
}

/* ---- Kinds ------------------------------------------------------------------------------------------------------- */

static void test_values(void)
{
    expect(values_key, ANSWER_LINES, "values: 2..4\n", 7, NULL);
    expect(values_key, ANSWER_LINES, "values: 4, 3, 2\n", 7, NULL);
    expect(values_key, ANSWER_LINES, "values: 2 4\n", 3,
           "value = 3 is possible and missing; a schedule that shows it: ");
    expect(values_key, ANSWER_LINES, "values: 1..4\n", 5, "no schedule ends with value = 1");
    expect(values_key, ANSWER_LINES, "values: 4\n", 1, "less than half");
    expect(values_key, ANSWER_LINES, "values: -1000..1000\n", 1, "more than half");
    expect(values_key, ANSWER_LINES, "kind: count\nvalues: 2..4\n", 0, "the answer says 'kind: count'");
    expect(values_key, ANSWER_LINES, "", 0, "there is no answer in it");
}

static void test_witness(void)
{
    /* Two preemptions are needed: 0*5 1*6 0 has one switch away from a thread that could go on. */
    expect(witness_key, ANSWER_LINES, "schedule: 0*5 1*6 0\n", 31, NULL);
    expect(witness_key, ANSWER_LINES, "schedule: B*5 A*6 B\n", 31, NULL);
    expect(witness_key, ANSWER_LINES, "schedule: 0 1*5 0*5 1\n", 15, "the schedule has 2 preemptions; 1 would do");
    expect(witness_key, ANSWER_LINES, "schedule: 0*6 1*6\n", 7, "the schedule ends with value = 4, not 2");
    expect(witness_key, ANSWER_LINES, "schedule: 0*5\n", 3,
           "after 5 steps not all threads have finished\nat the end: value = 1\n"
           "  T0: could do 'mov %ax, value', line 6 (%ax = 2)\n");
    expect(witness_key, ANSWER_LINES, "schedule: 0*7 1*6\n", 1,
           "step 7: T0 has finished\nbefore that step: value = 2\n");
    expect(witness_key, ANSWER_LINES, "schedule: 0 0 1 2\n", 0,
           "line 1: '2' is no thread of the program (expected A or B, 0 or 1, T0 or T1)");
    expect(witness_key, ANSWER_LINES, "schedule: 0*6 1 0\n", 1,
           "before that step: value = 2\n  T0: has finished (%ax = 2)\n"
           "  T1: could do 'add $1, %ax', line 5 (%ax = 2)");
}

static void test_minimum(void)
{
    expect(minimum_key, ANSWER_LINES, "value: 2\nschedule: 0*5 1*6 0\nchain: A1 A2\n", 63, NULL);
    expect(minimum_key, ANSWER_LINES, "minimum: 2\nschedule: 0*5 1*6 0\nchain: A1 B2\n", 31, "store 2 of the chain");
    expect(minimum_key, ANSWER_LINES, "value: 4\nschedule: A*6 B*6\nchain: A1 A2 B1 B2\n", 13,
           "this counts only where the value is right");
    expect(minimum_key, ANSWER_LINES, "value: 3\nschedule: 0*5 1*6 0\n", 13,
           "there are schedules that end with less than 3");
    expect(minimum_key, ANSWER_LINES, "value: 1\n", 1, "no schedule ends with value = 1 or less");
    expect(minimum_key, ANSWER_LINES, "schedule: 0*6 1*6\nchain: A1 A2 B1 B2\n", 13, "there is no value");
}

static void test_count(void)
{
    expect(count_key, ANSWER_LINES, "count: 216\n", 3, NULL);
    expect(count_key, ANSWER_LINES, "count: 000216\n", 3, NULL);
    expect(count_key, ANSWER_LINES, "count: 217\n", 1, "there are 216");
    expect(count_key, ANSWER_LINES, "count: two\n", 0, "'two' is no number of schedules");
}

static void test_quantum(void)
{
    expect(quantum_key, ANSWER_LINES, "quanta: 3 6..9\n", 7, NULL);
    expect(quantum_key, ANSWER_LINES, "quanta: 3 6 7\n", 3,
           "with quantum 8 the result is always right, and it is missing");
    expect(quantum_key, ANSWER_LINES, "quanta: 3 4 6..9\n", 5, "with quantum 4 the result can be value = 2");
    expect(quantum_key, ANSWER_LINES, "quanta: 3 6..10\n", 5, "10 is not among the quanta asked for (1 to 9)");
    expect(quantum_key, ANSWER_LINES, "quanta: none\n", 1, NULL);
}

/* ---- Repairs ----------------------------------------------------------------------------------------------------- */

#define LOOP(before, body, after) \
    ".var value\n.mutex m\n.semaphore s, 1\n.main\n" before ".rept ITERS\n" body ".endr\n" after
#define INCREMENT " mov value, %ax\n add $1, %ax\n mov %ax, value\n"

static void test_repair(void)
{
    expect(repair_key, ANSWER_ASSEMBLY, LOOP("", " lock m\n" INCREMENT " unlock m\n", ""), 31, NULL);
    expect(repair_key, ANSWER_ASSEMBLY, LOOP("", " wait s\n" INCREMENT " post s\n", ""), 31, NULL);
    expect(repair_key, ANSWER_ASSEMBLY, LOOP("", " mov $1, %ax\n fetchadd %ax, value\n", ""), 31, NULL);
    expect(repair_key, ANSWER_ASSEMBLY, LOOP("", " add $1, value\n", ""), 31, NULL);
    expect(repair_key, ANSWER_ASSEMBLY, LOOP(" mov $100, %bx\n", " add $1, (%bx)\n", ""), 31, NULL);
    expect(repair_key, ANSWER_LINES, "program:\n" LOOP(" lock m\n", INCREMENT, " unlock m\n"), 15,
           "from line 6 on T0 holds a lock for 6 instructions; at most 3 are allowed");
    expect(repair_key, ANSWER_ASSEMBLY,
           LOOP("", " lock m\n call .work\n unlock m\n", " halt\n.work\n" INCREMENT " ret\n"), 15,
           "T0 calls a function, or returns from one, while it holds a lock, from line 6 on");
    expect(repair_key, ANSWER_ASSEMBLY, LOOP("", INCREMENT, ""), 3,
           "the result can be value = 2; a schedule that shows it: ");
    expect(repair_key, ANSWER_ASSEMBLY, LOOP("", " lock m\n" INCREMENT, ""), 1, "no schedule comes to the end");
}

/* What pretends to be a repair. */
static void test_pretenders(void)
{
    expect(repair_key, ANSWER_ASSEMBLY, ".var value\n.main\n mov $4, value\n", 1,
           "thread T0 adds 4 to value, and 2 in the program that was handed out");
    expect(repair_key, ANSWER_ASSEMBLY,
           ".var value\n.mutex m\n.main\n.rept ITERS\n lock m\n mov $ITERS*THREADS, value\n"
           " unlock m\n.endr\n",
           1, "thread T0 adds");
    expect(repair_key, ANSWER_ASSEMBLY, ".var value, ITERS*THREADS\n.main\n add $0, value\n", 1,
           "thread T0 adds 0 to value");
    expect(repair_key, ANSWER_ASSEMBLY,
           ".var value\n.main\n.rept (SELF * SELF - 3 * SELF + 2) * ITERS\n add $1, value\n.endr\n", 1,
           "thread T0 adds 4 to value");
    expect(repair_key, ANSWER_ASSEMBLY, ".var value\n.thread one\n.rept ITERS * THREADS\n add $1, value\n.endr\n", 1,
           "the program has 1 thread, and there should be 2");
    expect(repair_key, ANSWER_ASSEMBLY,
           ".var value\n.thread T0\n.rept ITERS\n add $1, value\n.endr\n.thread T2\n"
           ".rept ITERS\n add $1, value\n.endr\n",
           1, "thread 1 is called T2, and should be T1");
    expect(repair_key, ANSWER_ASSEMBLY, ".var value\n.main\n", 1, "thread T0 adds 0 to value");
    expect(repair_key, ANSWER_ASSEMBLY, ".var other\n.main\n add $1, other\n", 0,
           "the program has no variable 'value'");
    expect(repair_key, ANSWER_LINES, "student: a\nprogram:\n.main\n frobnicate\n", 0, "line 4: ");
    expect(locks_key, ANSWER_ASSEMBLY, LOOP("", " mov $1, %ax\n fetchadd %ax, value\n", ""), 0,
           "line 7: the instruction 'fetchadd' is not allowed in this exercise (allowed: mov add lock unlock)");
    expect(locks_key, ANSWER_ASSEMBLY, LOOP("", " .atomic\n" INCREMENT " .endatomic\n", ""), 0,
           "line 8: an atomic stretch is not allowed in this exercise (allowed: mov add lock unlock)");
    expect(locks_key, ANSWER_ASSEMBLY, LOOP("", " lock m\n" INCREMENT " unlock m\n", ""), 31, NULL);
}

/* Programs that behave where the threads run one after another, or come to no end then, and cheat otherwise. */
static void test_pretenders_on_some_schedules(void)
{
    expect(crossed_key, ANSWER_ASSEMBLY,
           ".var value\n.var asked\n.var given\n.thread A\n.ask\n mov $1, asked\n mov $0, asked\n test $1, given\n"
           " jne .ask\n add $2, value\n.thread B\n.await\n test $1, asked\n jne .await\n mov $1, given\n",
           1, "there is a schedule on which thread A adds 2 to value, and not 1: each thread should do its own work");
    expect(crossed_key, ANSWER_ASSEMBLY,
           ".var value\n.var begun\n.var done\n.thread A\n test $0, begun\n je .own\n add $2, value\n mov $2, done\n"
           " halt\n.own\n add $1, value\n mov $1, done\n.thread B\n mov $1, begun\n.wait\n test $0, done\n je .wait\n"
           " test $2, done\n je .end\n add $1, value\n.end\n",
           1, "there is a schedule on which thread A adds 2 to value, and not 1: each thread should do its own work");
    /* In the end nobody can tell any more who added how much. */
    expect(crossed_key, ANSWER_ASSEMBLY,
           ".var value\n.var begun\n.var done\n.thread A\n test $0, begun\n je .one\n add $1, value\n.one\n"
           " add $1, value\n mov $1, done\n.thread B\n mov $1, begun\n.wait\n test $0, done\n je .wait\n mov $2, %ax\n"
           " sub value, %ax\n add %ax, value\n",
           1, "what thread A adds to value is not 1 on all schedules: each thread should do its own work");
}

static void test_deadlocks(void)
{
    expect(crossed_key, ANSWER_ASSEMBLY,
           ".var value\n.mutex m\n.mutex n\n.thread A\n lock m\n lock n\n add $1, value\n unlock n\n unlock m\n"
           ".thread B\n lock m\n lock n\n add $1, value\n unlock n\n unlock m\n",
           31, NULL);
    expect(
        crossed_key, ANSWER_ASSEMBLY,
        ".var value\n.mutex m\n.mutex n\n.thread A\n lock m\n lock n\n add $1, value\n unlock n\n unlock m\n.thread B\n"
        " lock n\n lock m\n add $1, value\n unlock m\n unlock n\n",
        7, "the program can deadlock; a schedule that shows it: A B");
    expect(
        deadlock_key, ANSWER_ASSEMBLY,
        ".var value\n.mutex m\n.mutex n\n.thread A\n lock m\n lock n\n add $1, value\n unlock n\n unlock m\n.thread B\n"
        " lock n\n lock m\n add $1, value\n unlock m\n unlock n\n",
        3, "this counts only where the program is mended");
    /* To take no lock at all is no cure. */
    expect(deadlock_key, ANSWER_ASSEMBLY, ".var value\n.thread A\n" INCREMENT ".thread B\n" INCREMENT, 3,
           "this counts only where the results are right");
    /* One that waits in a loop can always end; one that can come to where it loops for ever cannot. */
    expect(
        crossed_key, ANSWER_ASSEMBLY,
        ".var value\n.var flag\n.thread A\n.top\n mov $1, %ax\n xchg %ax, flag\n test $0, %ax\n jne .top\n add $1, value\n"
        " mov $0, flag\n.thread B\n.on\n mov $1, %ax\n xchg %ax, flag\n test $0, %ax\n jne .on\n add $1, value\n"
        " mov $0, flag\n",
        31, NULL);
    expect(
        crossed_key, ANSWER_ASSEMBLY,
        ".var value\n.var flag\n.thread A\n add $1, value\n add $1, flag\n test $2, flag\n je .end\n.top\n test $2, flag\n"
        " jne .end\n j .top\n.end\n.thread B\n add $1, value\n add $1, flag\n test $2, flag\n je .last\n.next\n"
        " test $2, flag\n jne .last\n j .next\n.last\n",
        7, "none of them comes to its end any more");
}

static void test_sections(void)
{
    expect(section_key, ANSWER_ASSEMBLY, LOOP("", " lock m\n.critical\n" INCREMENT ".endcritical\n unlock m\n", ""), 3,
           NULL);
    expect(section_key, ANSWER_ASSEMBLY, LOOP("", ".critical\n" INCREMENT ".endcritical\n", ""), 1,
           "two threads can be inside the critical section together");
    expect(section_key, ANSWER_ASSEMBLY, LOOP("", " lock m\n" INCREMENT " unlock m\n", ""), 1,
           "marks no critical section");
    expect(section_key, ANSWER_ASSEMBLY, LOOP("", INCREMENT " lock m\n.critical\n nop\n.endcritical\n unlock m\n", ""),
           1, "line 6 touches 'value' outside of a critical section");
    /* Sections of other names do not exclude each other, and addresses that are computed can be the variable's. */
    expect(
        section_key, ANSWER_ASSEMBLY,
        ".var value\n.thread T0\n.rept ITERS\n.critical a\n add $1, value\n.endcritical\n.endr\n.thread T1\n.rept ITERS\n"
        ".critical b\n add $1, value\n.endcritical\n.endr\n",
        1, "line 11 touches 'value' in another critical section than other lines");
    expect(
        section_key, ANSWER_ASSEMBLY,
        LOOP("", " lock m\n.critical\n add $0, value\n.endcritical\n unlock m\n lea value, %bx\n add $1, (%bx)\n", ""),
        1, "line 12 goes through an address, and so could touch 'value' outside of a critical section");
    expect(section_key, ANSWER_ASSEMBLY,
           LOOP("",
                " lea value, %bx\n lock m\n.critical\n mov (%bx), %ax\n add $1, %ax\n mov %ax, (%bx)\n.endcritical\n"
                " unlock m\n",
                ""),
           3, NULL);
    expect(section_key, ANSWER_ASSEMBLY,
           LOOP(" lea value, %fx\n",
                " lock m\n.critical\n mov (%fx), %ax\n add $1, %ax\n mov %ax, (%fx)\n.endcritical\n"
                " unlock m\n push value\n",
                ""),
           3, NULL);
    expect(
        section_key, ANSWER_ASSEMBLY,
        LOOP(" lea value, %fx\n", " mov (%fx), %ax\n lock m\n.critical\n add $1, value\n.endcritical\n unlock m\n", ""),
        1, "line 7 goes through an address, and so could touch 'value' outside of a critical section");
}

static void test_explosion(void)
{
    struct text program = TEXT_INIT;
    text_print(&program, ".var value\n");
    for (int i = 0; i < 20; i++)
        text_print(&program, ".var x%d\n", i);
    text_print(&program, ".main\n");
    for (int i = 0; i < 20; i++)
        text_print(
            &program,
            " mov x%d, %%ax\n mul $3, %%ax\n add $SELF+1, %%ax\n mov %%ax, x%d\n test $5, x%d\n je .l%d\n add %%ax, "
            "value\n.l%d\n",
            i, i, i, i, i);
    expect(repair_key, ANSWER_ASSEMBLY, text_string(&program), 0, "the program needs too much to be checked");
    text_free(&program);
}

/* Without --reveal nothing is said that would give an answer away. */
static void test_secrets(void)
{
    static const char *const keys[] = {values_key, witness_key, minimum_key, count_key, quantum_key, repair_key};
    static const char *const answers[] = {
        "values: 2 4\n", "schedule: 0 1*5 0*5 1\n", "value: 3\nschedule: 0*6 1*6\nchain: A1 B2\n",
        "count: 217\n",  "quanta: 3 4\n",           "program:\n" LOOP("", INCREMENT, ""),
    };
    static const char *const secrets[] = {
        "schedule that shows it", " would do", "value = 2", "216", "schedule that shows it", "schedule that shows it"};
    for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++) {
        struct key *key = key_of(keys[k]);
        struct grade grade, open;
        bool is_revealed = false;
        grade_text(&grade, key, ANSWER_LINES, answers[k], false);
        grade_text(&open, key, ANSWER_LINES, answers[k], true);
        CU_ASSERT_EQUAL(grade_points(&grade), grade_points(&open));
        for (size_t r = 0; r < grade.row_count; r++) {
            CU_ASSERT_TRUE(grade.rows[r].message == NULL || strstr(grade.rows[r].message, secrets[k]) == NULL);
            is_revealed |= open.rows[r].message != NULL && strstr(open.rows[r].message, secrets[k]) != NULL;
        }
        CU_ASSERT_TRUE(is_revealed);
        if (!is_revealed)
            note(&open);
        grade_free(&grade);
        grade_free(&open);
        key_free(key);
    }
}

/* ---- Documents --------------------------------------------------------------------------------------------------- */

static char *written(const struct key *key)
{
    char *bytes;
    size_t length;
    FILE *stream = open_memstream(&bytes, &length);
    key_write(stream, key);
    fclose(stream);
    return bytes;
}

static void test_keys(void)
{
    static const char *const keys[] = {values_key,  witness_key, minimum_key, count_key,
                                       quantum_key, repair_key,  locks_key,   section_key};
    for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++) {
        struct key *key = key_of(keys[k]);
        char *once = written(key);
        struct key *again = key_of(once);
        char *twice = written(again);
        CU_ASSERT_STRING_EQUAL(once, twice);
        CU_ASSERT_EQUAL(key_points(key), key_points(again));
        free(once);
        free(twice);
        key_free(key);
        key_free(again);
    }
}

static void refuse_key(const char *text, const char *old, const char *new, const char *expected)
{
    struct text changed = TEXT_INIT;
    struct error error = ERROR_INIT;
    const char *place = strstr(text, old);
    CU_ASSERT_PTR_NOT_NULL_FATAL(place);
    text_append(&changed, text, (size_t)(place - text));
    text_print(&changed, "%s%s", new, place + strlen(old));
    CU_ASSERT_PTR_NULL(key_read_text("key", text_string(&changed), changed.length, &error));
    CU_ASSERT_PTR_NOT_NULL(strstr(error.text, expected));
    if (strstr(error.text, expected) == NULL)
        unit_note("%s", error.text);
    text_free(&changed);
}

static void test_bad_keys(void)
{
    refuse_key(witness_key, "racecheck-key", "racecheck-kex", "the \"format\" of this document should be");
    refuse_key(witness_key, "\"version\": 1", "\"version\": 2", "the value of \"version\"");
    refuse_key(witness_key, "\"student\": \"a\"", "\"student\": \"../a\"", "the value of \"student\"");
    refuse_key(witness_key, "\"kind\": \"witness\"", "\"kind\": \"riddle\"", "the value of \"kind\"");
    refuse_key(witness_key, "\"value\": 2", "\"volue\": 2", "the key \"volue\" is unknown");
    refuse_key(witness_key, "\"threads\": 2", "\"threads\": 65", "the value of \"threads\"");
    refuse_key(witness_key, "\"legal\"", "\"sound\"", "there is no row \"sound\" of a witness");
    refuse_key(witness_key, "\"legal\"", "\"form\"", "there is no row \"form\" of a witness, or there are two");
    refuse_key(witness_key, "\"form\"", "\"chain\"", "there is no row \"chain\" of a witness");
    refuse_key(witness_key, "{\"format\"", "[{\"format\"", "this is no JSON document");
    refuse_key(quantum_key, "\"last\": 9", "\"last\": 0", "the value of \"last\"");
    refuse_key(repair_key, "\"trials\": [", "\"trials\": {}, \"x\": [", "the key \"x\" is unknown");
}

static const struct key *find(const void *context, const char *student)
{
    return strcmp(student, "a") == 0 ? context : NULL;
}

static void test_grade_files(void)
{
    static const char *const lies[] = {
        "",
        "[]",
        "{}",
        "{\"student\": \"b\", \"state\": 0, \"error\": null, \"rows\": []}",
        "{\"student\": \"a\", \"state\": 0, \"error\": null, \"rows\": []}",
        "{\"student\": \"a\", \"state\": 0, \"error\": null, \"rows\": [{\"verdict\": 1}, {\"verdict\": 3}]}",
        "{\"student\": \"a\", \"state\": 0, \"error\": \"x\", \"rows\": [{\"verdict\": 1}, {\"verdict\": 1}]}",
        "{\"student\": null, \"state\": 9, \"error\": \"x\", \"rows\": []}",
    };
    struct key *key = key_of(count_key);
    struct grade grade, back;
    char *bytes;
    size_t length;
    FILE *stream = open_memstream(&bytes, &length);
    grade_text(&grade, key, ANSWER_LINES, "count: 217\n", true);
    grade_file_write(stream, &grade);
    fclose(stream);
    CU_ASSERT_TRUE_FATAL(grade_file_read(&back, bytes, length, find, key));
    CU_ASSERT_EQUAL(grade_points(&back), 1);
    CU_ASSERT_STRING_EQUAL(back.rows[1].message, grade.rows[1].message);
    grade_free(&grade);
    grade_free(&back);
    free(bytes);
    for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++)
        CU_ASSERT_FALSE(grade_file_read(&back, lies[i], strlen(lies[i]), find, key));
    key_free(key);
}

/* ---- Lock spans ----------------------------------------------------------------------------------------------------- */

enum held { HELD, HELD_IN_LOOP, HELD_IN_CALL };

static void expect_held(const char *text, enum held held, uint64_t longest)
{
    struct program *program = subject_program(text, 2, 3);
    struct lock_span span = lock_span_find(program);
    CU_ASSERT_TRUE(span.is_known);
    CU_ASSERT_EQUAL(span.is_endless, held == HELD_IN_LOOP);
    CU_ASSERT_EQUAL(span.calls, held == HELD_IN_CALL);
    if (held == HELD)
        CU_ASSERT_EQUAL(span.longest, longest);
    if (held == HELD && span.longest != longest)
        unit_note("%llu", (unsigned long long)span.longest);
    program_free(program);
}

static void test_lock_spans(void)
{
    static const char head[] = ".var x\n.mutex m\n.mutex n\n.semaphore s, 1\n.semaphore t, 0\n"
                               ".condition c\n.rwlock r\n.mutex f, 3\n.semaphore g, 2, 2\n.main\n";
    static const struct {
        const char *code;
        enum held held;
        uint64_t longest;
    } cases[] = {
        {" nop\n", HELD, 0},
        {" lock m\n unlock m\n", HELD, 0},
        {" nop\n lock m\n nop\n nop\n unlock m\n nop\n lock m\n nop\n unlock m\n", HELD, 2},
        {" lock m\n nop\n lock n\n nop\n unlock m\n nop\n unlock n\n nop\n", HELD, 3},
        {" wait s\n nop\n nop\n post s\n", HELD, 2},
        {" post t\n wait s\n nop\n", HELD, 0},
        {" wait t\n nop\n", HELD, 0},
        {" lock m\n nop\n", HELD, 1},
        {" lock m\n test $0, x\n je .b\n nop\n nop\n unlock m\n j .c\n.b\n nop\n unlock m\n.c\n nop\n", HELD, 4},
        {" lock m\n.a\n test $0, x\n je .a\n unlock m\n", HELD_IN_LOOP, 0},
        {".a\n lock m\n nop\n unlock m\n test $0, x\n je .a\n", HELD, 1},
        {" lock m\n.rept 1000\n nop\n.endr\n unlock m\n", HELD, 1000},
        {" lock m\n halt\n nop\n", HELD, 1},
        /* A lock that is held over a call could be held for as long as one likes. */
        {" lock m\n call .f\n unlock m\n halt\n.f\n nop\n ret\n", HELD_IN_CALL, 0},
        {" call .f\n nop\n unlock m\n halt\n.f\n lock m\n ret\n", HELD_IN_CALL, 0},
        {" call .f\n halt\n.f\n lock m\n nop\n unlock m\n ret\n", HELD, 1},
        /* Nobody comes to what stands behind the end. */
        {" halt\n lock m\n nop\n", HELD, 0},
        /* Whoever has taken two permits and gives one back holds one. */
        {" wait s\n wait s\n nop\n post s\n nop\n post s\n", HELD, 2},
        /* A signal is no lock. */
        {" lock m\n post t\n wait s\n unlock m\n", HELD, 2},
        /* It is the way that counts, not the order of the lines. */
        {" j .b\n.a\n post s\n halt\n.b\n wait s\n nop\n j .a\n", HELD, 2},
        /* Sections count like locks. */
        {" .critical\n nop\n nop\n .endcritical\n nop\n", HELD, 2},
        {" .critical\n lock m\n nop\n unlock m\n nop\n .endcritical\n nop\n", HELD, 2},
        {" lock m\n nop\n .critical\n nop\n .endcritical\n nop\n unlock m\n", HELD, 3},
        {".rept 3\n .critical\n nop\n nop\n .endcritical\n nop\n.endr\n", HELD, 2},
        {" .critical\n.a\n test $0, x\n je .a\n .endcritical\n", HELD_IN_LOOP, 0},
        /* Whoever sleeps on a condition has given the mutex back, and has it again behind that. */
        {" lock m\n.a\n test $1, x\n je .b\n cwait c, m\n j .a\n.b\n nop\n unlock m\n", HELD, 4},
        {" lock m\n cwait c, m\n nop\n nop\n unlock m\n", HELD, 2},
        {" rdlock r\n nop\n rwunlock r\n nop\n wrlock r\n nop\n nop\n rwunlock r\n", HELD, 2},
        /* Of arrays it counts how many are held, whichever registers pick; wherever the array lies. */
        {" lock f(%bx)\n nop\n lock f(,%cx,-1)\n nop\n unlock f(%cx)\n nop\n unlock f(%bx)\n nop\n", HELD, 3},
        {" wait g(%bx)\n nop\n post g(%bx)\n nop\n", HELD, 1},
    };
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        struct text text = TEXT_INIT;
        text_print(&text, "%s%s", head, cases[c].code);
        expect_held(text_string(&text), cases[c].held, cases[c].longest);
        text_free(&text);
    }
}

int main(void)
{
    static const CU_TestInfo tests[] = {
        {"values", test_values},
        {"witness", test_witness},
        {"minimum", test_minimum},
        {"count", test_count},
        {"quantum", test_quantum},
        {"repair", test_repair},
        {"what pretends to be a repair", test_pretenders},
        {"programs that pretend to be repairs on some schedules alone", test_pretenders_on_some_schedules},
        {"deadlocks, and loops without end", test_deadlocks},
        {"critical sections", test_sections},
        {"a program that makes the search explode", test_explosion},
        {"nothing is given away", test_secrets},
        {"keys are read as they are written", test_keys},
        {"keys that are wrong", test_bad_keys},
        {"grades from a cell are not trusted", test_grade_files},
        {"how long locks are held", test_lock_spans},
        CU_TEST_INFO_NULL,
    };
    return unit_run("grade", tests);
}
