/* fuzz_submission: changes good submissions at random and has them read and graded, in this very process, where
 * sanitizers and asserts see what goes wrong. Reading must end, and a grade must be no more than its rows can give.
 *
 *     fuzz_submission [SEED [RUNS [SECONDS]]]
 *
 * Ends after that many runs or, where SECONDS are given, after that time. With clang's -fsanitize=fuzzer and
 * -DRACECHECK_LIBFUZZER it is a target of libFuzzer instead; the first byte chooses the kind of question. */
#include "base/memory.h"
#include "course/grade_file.h"
#include "course/grading.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { KINDS = 6, BYTES_MAX = 4096 };

#define RACE ".var value\\n.main\\n.rept ITERS\\n mov value, %ax\\n add $1, %ax\\n mov %ax, value\\n.endr\\n"
#define KEY(kind, scheduler, question, rows)                                                                           \
    "{\"format\": \"racecheck-key\", \"version\": 1, \"student\": \"a\", \"variant\": \"v\", \"kind\": \"" kind "\", " \
    "\"program\": {\"text\": \"" RACE "\", \"threads\": 2, \"iters\": 1, \"observe\": \"value\", \"symbols\": {}}, "   \
    "\"scheduler\": {" scheduler "}, \"question\": {" question "}, \"rows\": [" rows "], "                             \
    "\"difficulty\": {\"level\": \"easy\", \"measures\": []}, \"answer\": \"\", \"result\": null}"
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
};

static const char *const seeds[KINDS] = {
    "student: a\nkind: values\nvalues: 1..2, 3 -4\n",
    "student: a\nkind: witness\nschedule: 0 1*3 0*2 # end\n  A B T0 T1\n",
    "value: 1\nschedule: 0 1 1 1 0 0\nchain: A1 1:1 T0:1\n",
    "student: a\ncount: 18\n",
    ("student: a\nprogram:\n.var value\n.mutex m\n.semaphore s, 1\n.main\n.rept ITERS\n lock m\n wait s\n.critical\n mov value, %ax\n"
    " add $1, %ax\n mov %ax, value\n.endcritical\n post s\n unlock m\n.endr\n test $0, value\n jne .x\n.x\n halt\n"),
    "quanta: 3 4..9 none\n",
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

static void grade_bytes(size_t kind, const char *bytes, size_t length)
{
    static const struct grading_wishes wishes = {{3000, UINT64_C(64) << 20, 5}, true};
    struct error error = ERROR_INIT;
    struct key *key = key_read_text("key", keys[kind], strlen(keys[kind]), &error);
    struct grade grade;
    memory_free(answer_find_student(bytes, length));
    grade_init(&grade, key);
    grading_read(key, ANSWER_LINES, bytes, length, &wishes, &grade);
    check(&grade);
    grade_free(&grade);
    key_free(key);
}

#ifdef RACECHECK_LIBFUZZER

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0 || size > BYTES_MAX)
        return 0;
    char *bytes = memory_copy(data + 1, size);
    bytes[size - 1] = '\0';
    grade_bytes(data[0] % KINDS, bytes, size - 1);
    memory_free(bytes);
    return 0;
}

#else

/* xorshift64*, so that a seed gives the same submissions everywhere. */
static uint64_t draw(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * UINT64_C(2685821657736338717);
}

static size_t below(uint64_t *state, size_t limit)
{
    return (size_t)(draw(state) >> 11) % limit;
}

static void insert(char *bytes, size_t *length, size_t at, const char *piece, size_t piece_length)
{
    if (*length + piece_length > BYTES_MAX)
        return;
    memmove(bytes + at + piece_length, bytes + at, *length - at);
    memcpy(bytes + at, piece, piece_length);
    *length += piece_length;
}

/* What is likely to be special somewhere. */
static const char *const pieces[] = {
    "*",
    "..",
    ":",
    "#",
    "\n",
    " ",
    "-",
    ",",
    "\xFF",
    "\xC3\xA9",
    "999999999999",
    "9223372036854775807",
    "-9223372036854775808",
    "64",
    "0*100000",
    "student: b\n",
    "program:\n",
    "values:",
    "none",
    "A1",
    ".rept 100\n",
    ".endr\n",
    "lock m\n",
    "unlock m\n",
    "j .x\n",
    ".critical\n",
    ".endcritical\n",
    "io\n",
    "yield\n",
    "mul value, %ax\n",
    ".thread t\n",
    "\r\n",
    "\t",
    "0x10",
    "(",
    "$",
    "%",
};

static void change(uint64_t *state, char *bytes, size_t *length)
{
    const char *piece = pieces[below(state, sizeof pieces / sizeof pieces[0])];
    size_t at = *length > 0 ? below(state, *length) : 0, count;
    char copy[64];
    switch (below(state, 5)) {
    case 0:
        insert(bytes, length, at, piece, strlen(piece));
        break;
    case 1:
        if (*length > 0)
            bytes[at] = (char)draw(state);
        break;
    case 2:
        count = *length > at ? below(state, *length - at) % 9 : 0;
        memmove(bytes + at, bytes + at + count, *length - at - count);
        *length -= count;
        break;
    case 3:
        count = *length - at < sizeof copy ? *length - at : sizeof copy;
        memcpy(copy, bytes + at, count);
        insert(bytes, length, *length > 0 ? below(state, *length) : 0, copy, count);
        break;
    default:
        *length = below(state, 40) == 0 ? at : *length;
    }
}

static void run(uint64_t seed, uint64_t number)
{
    uint64_t state = (seed * UINT64_C(0x9E3779B97F4A7C15)) ^ (number + 1) * UINT64_C(0xD1B54A32D192ED03);
    char bytes[BYTES_MAX + 1];
    state = state != 0 ? state : 1;
    size_t kind = below(&state, KINDS), length = strlen(seeds[kind]);
    memcpy(bytes, seeds[kind], length);
    for (size_t changes = below(&state, 8) + 1; changes > 0; changes--)
        change(&state, bytes, &length);
    bytes[length] = '\0';
    grade_bytes(kind, bytes, length);
}

int main(int argc, char **argv)
{
    uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 1, runs = argc > 2 ? strtoull(argv[2], NULL, 10) : 2000;
    time_t end = argc > 3 ? time(NULL) + (time_t)strtol(argv[3], NULL, 10) : 0;
    uint64_t number = 0;
    memory_adopt_gmp();
    printf("1..1\n");
    for (; argc > 3 ? time(NULL) < end : number < runs; number++)
        run(seed, number);
    printf("# %" PRIu64 " submissions from seed %" PRIu64
           "\nok 1 - submissions changed at random are read and graded\n",
           number, seed);
    return EXIT_SUCCESS;
}

#endif
