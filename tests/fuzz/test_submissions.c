/* test_submissions: the submissions of fuzz/submissions, as they are and changed at random, are read and graded in this very
 * process, where sanitizers and asserts see what goes wrong (fuzz/fuzz_submission.c). Speaks TAP.
 *
 *     test_submissions [SEED [RUNS [SECONDS]]]
 *
 * Ends after that many runs or, where SECONDS are given, after that time. */
#include "base/memory.h"
#include "base/text.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

enum { BYTES_MAX = 4096, SUBMISSIONS_MAX = 200 };

/* What is changed. */
struct corpus {
    struct text submissions[SUBMISSIONS_MAX];
    size_t count;
};

static void read_submission(struct text *self, const char *path)
{
    char buffer[BYTES_MAX];
    FILE *stream = fopen(path, "rb");
    if (stream == NULL)
        exit(99);
    text_append(self, buffer, fread(buffer, 1, sizeof buffer, stream));
    fclose(stream);
}

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* In the order of their names, so that a seed chooses the same ones everywhere. */
static void read_corpus(struct corpus *self)
{
    const char *top = getenv("top_srcdir");
    struct text folder = TEXT_INIT;
    struct dirent **entries;
    text_print(&folder, "%s/tests/fuzz/submissions", top != NULL ? top : ".");
    int count = scandir(text_string(&folder), &entries, is_visible, alphasort);
    if (count < 1 || count > SUBMISSIONS_MAX)
        exit(99);
    for (int e = 0; e < count; e++) {
        struct text path = TEXT_INIT;
        text_print(&path, "%s/%s", text_string(&folder), entries[e]->d_name);
        read_submission(&self->submissions[self->count++], text_string(&path));
        text_free(&path);
        free(entries[e]);
    }
    free(entries);
    text_free(&folder);
}

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

static void run(const struct corpus *corpus, uint64_t seed, uint64_t number)
{
    uint64_t state = (seed * UINT64_C(0x9E3779B97F4A7C15)) ^ (number + 1) * UINT64_C(0xD1B54A32D192ED03);
    char bytes[BYTES_MAX];
    state = state != 0 ? state : 1;
    const struct text *submission = &corpus->submissions[below(&state, corpus->count)];
    size_t length = submission->length;
    memcpy(bytes, text_string(submission), length);
    for (size_t changes = below(&state, 8) + 1; changes > 0; changes--)
        change(&state, bytes, &length);
    LLVMFuzzerTestOneInput((const uint8_t *)bytes, length);
}

static void free_corpus(struct corpus *self)
{
    for (size_t s = 0; s < self->count; s++)
        text_free(&self->submissions[s]);
}

int main(int argc, char **argv)
{
    uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 1, runs = argc > 2 ? strtoull(argv[2], NULL, 10) : 2000;
    time_t end = argc > 3 ? time(NULL) + (time_t)strtol(argv[3], NULL, 10) : 0;
    struct corpus corpus = {0};
    uint64_t number = 0;
    read_corpus(&corpus);
    printf("1..2\n");
    for (size_t s = 0; s < corpus.count; s++)
        LLVMFuzzerTestOneInput((const uint8_t *)text_string(&corpus.submissions[s]), corpus.submissions[s].length);
    printf("ok 1 - %zu submissions are read and graded\n", corpus.count);
    for (; argc > 3 ? time(NULL) < end : number < runs; number++)
        run(&corpus, seed, number);
    printf("# seed %" PRIu64 "\nok 2 - %" PRIu64 " submissions, changed at random, are read and graded\n", seed,
           number);
    free_corpus(&corpus);
    return EXIT_SUCCESS;
}
