/* The readers of submissions as libFuzzer's target: any bytes are read and graded. Reading must end, and a grade must be no
 * more than its rows can give. The first byte says of which kind the question is; two values more are a schedule as a
 * witness (JSON) and a repair as bare assembly. Built with clang (make fuzz-submissions); the same function reads what
 * tests/fuzz/test_submissions.c changes at random, and the files of submissions/ (test_corpus.c) in make check. */
#include "base/memory.h"
#include "course/grade_file.h"
#include "course/grading.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

enum { KINDS = 8, QUESTIONS = KINDS + 2, BYTES_MAX = 1 << 16 };

#define RACE ".var value\\n.main\\n.rept ITERS\\n mov value, %ax\\n add $1, %ax\\n mov %ax, value\\n.endr\\n"
#define KEY_OF(text, observe, kind, scheduler, question, rows)                                                         \
    "{\"format\": \"racecheck-key\", \"version\": 1, \"student\": \"a\", \"variant\": \"v\", \"kind\": \"" kind "\", " \
    "\"program\": {\"text\": \"" text "\", \"threads\": 2, \"iters\": 1, \"observe\": \"" observe                      \
    "\", \"symbols\": {}}, "                                                                                           \
    "\"scheduler\": {" scheduler "}, \"question\": {" question "}, \"rows\": [" rows "], "                             \
    "\"difficulty\": {\"level\": \"easy\", \"measures\": []}, \"answer\": \"\", \"result\": null}"
#define KEY(kind, scheduler, question, rows) KEY_OF(RACE, "value", kind, scheduler, question, rows)
#define ROW(name) "{\"row\": \"" name "\", \"points\": 1}"
#define FREE "\"kind\": \"free\""

static const char *const keys[KINDS] = {
    KEY("values", FREE, "", ROW("form") ", " ROW("possible") ", " ROW("complete")),
    KEY("witness", FREE, "\"value\": 1",
        ROW("form") ", " ROW("legal") ", " ROW("finished") ", " ROW("reaches") ", " ROW("fewest")),
    KEY("minimum", FREE, "", ROW("form") ", " ROW("value") ", " ROW("legal") ", " ROW("reaches") ", " ROW("chain")),
    KEY("count", FREE, "\"value\": 1", ROW("form") ", " ROW("count")),
    KEY("repair", FREE,
        "\"trials\": [{\"threads\": 2, \"iters\": 1, \"symbols\": {}, \"right\": [2]}], \"inside_most\": 3, \"instructions\": null",
        ROW("form") ", " ROW("works") ", " ROW("right") ", " ROW("live") ", " ROW("exclusive") ", " ROW("inside")),
    KEY("quantum", "\"kind\": \"tick\", \"pick\": \"any\", \"phase\": 0", "\"first\": 1, \"last\": 4, \"right\": [2]",
        ROW("form") ", " ROW("sound") ", " ROW("complete")),
    KEY_OF(".var x\\n.var y\\n.main\\nmov $1, x\\nmov x, %ax\\nmov %ax, y\\nmov $2, x\\n", "x,y", "outcomes", FREE, "",
           ROW("form") ", " ROW("possible") ", " ROW("complete")),
    KEY_OF(".main\\nprint \\\"a\\\"\\nprint \\\"b\\\"\\n", "output", "outputs", FREE, "",
           ROW("form") ", " ROW("possible") ", " ROW("complete")),
};

/* Of which kind a question is, and how the answer is read. */
static const struct question {
    size_t kind;
    enum answer_form form;
} questions[QUESTIONS] = {
    {ASSIGNMENT_VALUES, ANSWER_LINES},    {ASSIGNMENT_WITNESS, ANSWER_LINES}, {ASSIGNMENT_MINIMUM, ANSWER_LINES},
    {ASSIGNMENT_COUNT, ANSWER_LINES},     {ASSIGNMENT_REPAIR, ANSWER_LINES},  {ASSIGNMENT_QUANTUM, ANSWER_LINES},
    {ASSIGNMENT_OUTCOMES, ANSWER_LINES},  {ASSIGNMENT_OUTPUTS, ANSWER_LINES}, {ASSIGNMENT_WITNESS, ANSWER_WITNESS},
    {ASSIGNMENT_REPAIR, ANSWER_ASSEMBLY},
};

static void check(const struct grade *grade)
{
    char *bytes;
    size_t length;
    FILE *stream = open_memstream(&bytes, &length);
    grade_file_write(stream, grade);
    fclose(stream);
    bool is_good = length > 2 && grade_points(grade) >= 0 && grade_points(grade) <= grade->most &&
                   (grade->state == GRADE_GRADED) == (grade->error == NULL);
    if (!is_good)
        abort();
    free(bytes);
}

/* A witness is read from standard input, as in a cell. */
static void put_on_standard_input(const char *bytes, size_t length)
{
    int file = memfd_create("witness", 0);
    if (file < 0 || write(file, bytes, length) != (ssize_t)length || lseek(file, 0, SEEK_SET) != 0 ||
        dup2(file, STDIN_FILENO) != STDIN_FILENO)
        abort();
    rewind(stdin); /* which may remember the end of another file */
    close(file);
}

static void grade_bytes(const struct question *question, const char *bytes, size_t length)
{
    static const struct grading_wishes wishes = {
        .budget = {.max_states = 3000, .max_memory = UINT64_C(64) << 20, .memory_was_asked = true, .max_seconds = 5},
        .reveal = true};
    struct error error = ERROR_INIT;
    struct key *key = key_read_text("key", keys[question->kind], strlen(keys[question->kind]), &error);
    struct grade grade;
    memory_free(answer_find_student(bytes, length));
    grade_init(&grade, key);
    if (question->form == ANSWER_WITNESS)
        put_on_standard_input(bytes, length);
    grading_read(key, question->form, bytes, length, &wishes, &grade);
    check(&grade);
    grade_free(&grade);
    key_free(key);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    if (length == 0 || length > BYTES_MAX)
        return 0;
    char *copy = memory_new(length, 1); /* what follows the first byte, and a NUL */
    memcpy(copy, bytes + 1, length - 1);
    grade_bytes(&questions[bytes[0] % QUESTIONS], copy, length - 1);
    memory_free(copy);
    return 0;
}
