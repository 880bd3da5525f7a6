/* version: for every kind, at every level, over many seeds: the model answer is right, the measures are true and
 * within the bounds, and the same seed makes the same bytes.
 *
 * What is right is found without the search: by the survey (tests/oracles/survey.h) and the enumerator over the complete
 * machine. LONG_TESTS takes more seeds. */
#include "base/memory.h"
#include "base/text.h"
#include "course/edition.h"
#include "course/handout.h"
#include "course/sheet.h"
#include "course/version.h"
#include "report/render_markdown.h"
#include "schedulers/scheduler.h"
#include "tests/oracles/attempt.h"
#include "tests/oracles/judge.h"
#include "tests/oracles/policy.h"
#include "tests/oracles/survey.h"
#include "tests/support/subject.h"
#include "tests/support/unit.h"
#include "trace/replay.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SEEDS = 6, STEPS_MAX = 400, NUMBERS_MAX = 400, SCHEDULES_MAX = 20000 };

/* ---- Reading answers -------------------------------------------------------------------------------------------- */

/* Reads "A*3 B" up to the end of the line. */
static size_t read_schedule(const char *text, uint32_t *threads)
{
    size_t count = 0;
    while (*text == ' ') {
        uint32_t thread = (uint32_t)(text[1] - 'A');
        long times = 1;
        char *next = (char *)text + 2;
        if (*next == '*')
            times = strtol(next + 1, &next, 10);
        for (long i = 0; i < times && count < STEPS_MAX; i++)
            threads[count++] = thread;
        text = next;
    }
    CU_ASSERT_EQUAL(*text, '\n');
    return count;
}

/* Reads "2 3 5..8" up to the end of the line. */
static size_t read_numbers(const char *text, int64_t *numbers)
{
    size_t count = 0;
    while (*text == ' ' && strncmp(text, " none", 5) != 0) {
        char *next;
        int64_t last = strtoll(text + 1, &next, 10), first = last;
        if (strncmp(next, "..", 2) == 0)
            last = strtoll(next + 2, &next, 10);
        for (; first <= last && count < NUMBERS_MAX; first++)
            numbers[count++] = first;
        text = next;
    }
    return count;
}

/* ---- Programs --------------------------------------------------------------------------------------------------- */

/* A text with its parameters as a program; one that does not assemble fails the test, for good. */
static struct program *assemble(const char *text, int64_t threads, int64_t iters, const struct property *symbols,
                                size_t count)
{
    struct error error = ERROR_INIT;
    struct program *program = subject_assemble(text, threads, iters, symbols, count, &error);
    if (program == NULL)
        unit_note("line %u: %s", error.line, error.text);
    CU_ASSERT_PTR_NOT_NULL_FATAL(program);
    return program;
}

static struct program *program_of(const struct key *key)
{
    struct program *program =
        assemble(key->text, key->stated.threads, key->stated.iters, key->stated.symbols, key->stated.symbol_count);
    CU_ASSERT_EQUAL(program->thread_count, (size_t)key->stated.threads);
    return program;
}

static uint32_t word_of(const struct key *key, const struct program *program)
{
    int64_t word = program_find_word(program, key->observe);
    CU_ASSERT_FATAL(word >= 0);
    return (uint32_t)word;
}

static int64_t measure(const struct key *key, const char *name)
{
    for (size_t m = 0; m < key->measure_count; m++)
        if (strcmp(key->measures[m].name, name) == 0)
            return key->measures[m].value;
    CU_FAIL_FATAL("there is no such measure");
    return 0;
}

/* ---- The kinds -------------------------------------------------------------------------------------------------- */

static void check_values(const struct key *key)
{
    int64_t numbers[NUMBERS_MAX];
    struct program *program = program_of(key);
    struct survey *survey = survey_run(program, word_of(key, program), NULL);
    size_t count = read_numbers(attempt_find_line(key->answer, "values"), numbers);
    uint32_t most = 0;
    CU_ASSERT_EQUAL(count, survey->count);
    for (size_t r = 0; r < survey->count && r < count; r++) {
        CU_ASSERT_EQUAL(survey->rows[r].value, numbers[r]);
        most = survey->rows[r].preemptions > most ? survey->rows[r].preemptions : most;
    }
    CU_ASSERT_EQUAL(measure(key, "values"), (int64_t)survey->count);
    CU_ASSERT_EQUAL(measure(key, "preemptions"), most);
    CU_ASSERT(!survey->deadlocks && !survey->fails);
    survey_free(survey);
    program_free(program);
}

/* The list of outcomes or outputs, with those that all schedules end with, one by one. */
static void check_ends(const struct key *key)
{
    struct judge judge;
    struct attempt attempt;
    CU_ASSERT_FATAL(judge_start(&judge, key));
    CU_ASSERT(attempt_read(&attempt, key));
    CU_ASSERT_EQUAL(attempt.end_count, judge.end_count);
    for (size_t e = 0; e < attempt.end_count; e++) {
        size_t right = 0;
        while (right < judge.end_count && strcmp(attempt.ends[e], judge.ends[right]) != 0)
            right++;
        CU_ASSERT(right < judge.end_count);
    }
    CU_ASSERT_EQUAL(measure(key, key->kind == ASSIGNMENT_OUTPUTS ? "outputs" : "outcomes"), (int64_t)judge.end_count);
    attempt_free(&attempt);
    judge_free(&judge);
}

/* Executes the schedule of the answer, which must end as it should. Returns the trace as new. */
static struct trace *check_schedule(const struct key *key, const struct program *program, int64_t value)
{
    uint32_t threads[STEPS_MAX], preemptions = 0;
    struct error error = ERROR_INIT;
    size_t count = read_schedule(attempt_find_line(key->answer, "schedule"), threads);
    struct trace *trace =
        subject_replay(program, scheduler_free_choice(), word_of(key, program), threads, count, &error);
    if (trace == NULL)
        unit_note("%s", error.text);
    CU_ASSERT_PTR_NOT_NULL_FATAL(trace);
    CU_ASSERT_EQUAL(trace->end, TRACE_FINISHED);
    CU_ASSERT_EQUAL(trace->value, value);
    CU_ASSERT_EQUAL(measure(key, "steps"), (int64_t)count);
    CU_ASSERT(enumerator_allows(program, NULL, threads, count, &preemptions));
    CU_ASSERT_EQUAL(measure(key, "preemptions"), preemptions);
    return trace;
}

static void check_witness(const struct key *key)
{
    struct program *program = program_of(key);
    struct survey *survey = survey_run(program, word_of(key, program), NULL);
    const struct survey_row *row = survey_find(survey, key->value);
    CU_ASSERT_PTR_NOT_NULL_FATAL(row);
    CU_ASSERT_EQUAL(measure(key, "preemptions"), row->preemptions);
    trace_free(check_schedule(key, program, key->value));
    survey_free(survey);
    program_free(program);
}

/* The chain of a trace, followed forwards: each thread carries along where the value that it has loaded comes from. */
static void follow_chain(const struct trace *trace, struct text *chain)
{
    struct text carried[4] = {TEXT_INIT, TEXT_INIT, TEXT_INIT, TEXT_INIT}, variable = TEXT_INIT;
    unsigned stores[4] = {0};
    for (size_t s = 0; s < trace->step_count; s++) {
        const struct trace_step *step = &trace->steps[s];
        struct text *own = &carried[step->thread];
        for (size_t a = 0; a < step->access_count; a++) {
            if (step->accesses[a].word != trace->observed_word)
                continue;
            if (!step->accesses[a].is_write) {
                text_free(own);
                text_print(own, "%s", text_string(&variable));
            } else {
                text_free(&variable);
                text_print(&variable, "%s %c%u", text_string(own), 'A' + (int)step->thread, ++stores[step->thread]);
            }
        }
    }
    text_print(chain, "%s", text_string(&variable));
    text_free(&variable);
    for (size_t t = 0; t < 4; t++)
        text_free(&carried[t]);
}

static void check_minimum(const struct key *key)
{
    struct program *program = program_of(key);
    struct survey *survey = survey_run(program, word_of(key, program), NULL);
    struct text chain = TEXT_INIT;
    int64_t least = strtoll(attempt_find_line(key->answer, "value"), NULL, 10);
    CU_ASSERT_EQUAL(least, survey->rows[0].value);
    CU_ASSERT_EQUAL(measure(key, "preemptions"), survey->rows[0].preemptions);
    struct trace *trace = check_schedule(key, program, least);
    follow_chain(trace, &chain);
    const char *told = attempt_find_line(key->answer, "chain");
    CU_ASSERT_EQUAL(strcspn(told, "\n"), chain.length);
    CU_ASSERT_EQUAL(strncmp(told, text_string(&chain), chain.length), 0);
    int64_t stores = 0;
    for (size_t c = 0; c < chain.length; c++)
        stores += chain.bytes[c] == ' ';
    CU_ASSERT_EQUAL(measure(key, "chain"), stores);
    text_free(&chain);
    trace_free(trace);
    survey_free(survey);
    program_free(program);
}

static void check_count(const struct key *key)
{
    struct program *program = program_of(key);
    struct enumerator_bounds bounds = {SCHEDULES_MAX, STEPS_MAX};
    struct enumeration *all = enumerator_run(program, word_of(key, program), NULL, bounds);
    uint64_t number = strtoull(attempt_find_line(key->answer, "count"), NULL, 10), found = 0;
    CU_ASSERT_PTR_NOT_NULL_FATAL(all);
    for (size_t r = 0; r < all->row_count; r++)
        found = all->rows[r].value == key->value ? all->rows[r].schedules : found;
    CU_ASSERT_EQUAL(number, found);
    CU_ASSERT(number > 1 && number < all->schedules);
    CU_ASSERT_EQUAL(measure(key, "schedules"), (int64_t)all->schedules);
    CU_ASSERT_EQUAL(measure(key, "values"), (int64_t)all->row_count);
    enumeration_free(all);
    program_free(program);
}

/* Whether under one quantum the result is right whatever happens. */
static bool is_right(const struct key *key, const struct program *program, int64_t quantum)
{
    struct property *parameters = property_copy_list(key->parameters, key->parameter_count);
    size_t count = key->parameter_count;
    struct policy policy;
    property_add_number(&parameters, &count, "quantum", quantum);
    policy_start(&policy, key->scheduler, parameters, count);
    struct survey *survey = survey_run(program, word_of(key, program), &policy.head);
    bool right = !survey->deadlocks && !survey->fails && survey->count == 1 &&
                 intervals_contain(&key->stated.right, survey->rows[0].value);
    survey_free(survey);
    property_free_list(parameters, count);
    return right;
}

static void check_quantum(const struct key *key)
{
    int64_t numbers[NUMBERS_MAX];
    struct program *program = program_of(key);
    size_t count = read_numbers(attempt_find_line(key->answer, "quanta"), numbers), next = 0;
    for (int64_t quantum = key->first_quantum; quantum <= key->last_quantum; quantum++) {
        bool told = next < count && numbers[next] == quantum;
        CU_ASSERT_EQUAL(is_right(key, program, quantum), told);
        next += told;
    }
    CU_ASSERT_EQUAL(next, count);
    CU_ASSERT_EQUAL(measure(key, "quanta"), (int64_t)count);
    program_free(program);
}

/* The longest way from a lock to where none is held, in a text without jumps: its instructions but for locks. */
static int64_t longest_inside(const char *text)
{
    int64_t longest = 0, now = 0, held = 0;
    for (const char *line = text; *line != '\0'; line = strchr(line, '\n') + 1) {
        const char *word = line + strspn(line, " ");
        if (strncmp(word, "lock ", 5) == 0 || strncmp(word, "wait ", 5) == 0)
            held++;
        else if (strncmp(word, "unlock ", 7) == 0 || strncmp(word, "post ", 5) == 0)
            held--;
        else if (islower((unsigned char)*word))
            now += held > 0;
        now = held > 0 ? now : 0;
        longest = now > longest ? now : longest;
    }
    return longest;
}

static void check_repaired(const struct key *key, const struct key_trial *trial, const char *text)
{
    struct program *program = assemble(text, trial->threads, trial->iters, trial->symbols, trial->symbol_count);
    uint32_t word = word_of(key, program);
    if (trial->has_first)
        program->words[word] = trial->first;
    struct survey *survey = survey_run_within(program, word, NULL, SIZE_MAX);
    CU_ASSERT(!survey->deadlocks && !survey->fails && !survey->overlaps && !survey->changes_vary);
    CU_ASSERT_EQUAL(survey->count, 1);
    CU_ASSERT(survey->count > 0 && intervals_contain(&trial->right, survey->rows[0].value));
    CU_ASSERT_EQUAL(program->section_count, 1);
    survey_free(survey);
    program_free(program);
}

/* What was handed out does go wrong, and as soon as the key says. */
static void check_fault(const struct key *key)
{
    struct program *program = program_of(key);
    struct survey *survey = survey_run(program, word_of(key, program), NULL);
    uint32_t fewest = UINT32_MAX;
    for (size_t r = 0; r < survey->count; r++)
        if (!intervals_contain(&key->trials[0].right, survey->rows[r].value) && survey->rows[r].preemptions < fewest)
            fewest = survey->rows[r].preemptions;
    if (fewest == UINT32_MAX && survey->deadlocks)
        CU_ASSERT(survey->deadlock_preemptions <= measure(key, "preemptions"))
    else
        CU_ASSERT_EQUAL(measure(key, "preemptions"), fewest);
    CU_ASSERT_EQUAL(measure(key, "values"), (int64_t)survey->count);
    survey_free(survey);
    program_free(program);
}

static void check_repair(const struct key *key)
{
    const char *text = attempt_find_line(key->answer, "program") + 1;
    CU_ASSERT(key->trial_count >= 2 && longest_inside(text) <= key->inside_most);
    for (size_t t = 0; t < key->trial_count; t++)
        check_repaired(key, &key->trials[t], text);
    check_fault(key);
}

/* ---- Versions --------------------------------------------------------------------------------------------------- */

static char *bytes_of(const struct key *key)
{
    char *bytes = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&bytes, &length);
    key_write(stream, key);
    CU_ASSERT_EQUAL(fclose(stream), 0);
    return bytes;
}

static void check_again(const struct version_request *request, const struct key *key)
{
    struct error error = ERROR_INIT;
    struct key *again = version_new(request, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(again);
    char *first = bytes_of(key), *second = bytes_of(again);
    CU_ASSERT_STRING_EQUAL(first, second);
    free(first);
    free(second);
    key_free(again);
}

static void check_frame(const struct key *key, const struct difficulty *difficulty)
{
    for (size_t m = 0; m < key->measure_count; m++) {
        CU_ASSERT(key->measures[m].value >= key->measures[m].least && key->measures[m].value <= key->measures[m].most);
        CU_ASSERT_EQUAL(key->measures[m].least, difficulty->bounds[m].least);
    }
    CU_ASSERT_EQUAL(key->measure_count, difficulty->count);
    CU_ASSERT_EQUAL(key_points(key), 10);
    CU_ASSERT_PTR_NOT_NULL(key_find_row(key, ROW_FORM));
    CU_ASSERT_PTR_NOT_NULL_FATAL(key->result);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(key->result, key->kind == ASSIGNMENT_QUANTUM ? "racecheck-sweep" : "racecheck-result"));
}

static void check_versions(enum assignment_kind kind)
{
    static void (*const checks[ASSIGNMENT_KINDS])(const struct key *key) = {
        [ASSIGNMENT_VALUES] = check_values, [ASSIGNMENT_WITNESS] = check_witness, [ASSIGNMENT_MINIMUM] = check_minimum,
        [ASSIGNMENT_COUNT] = check_count,   [ASSIGNMENT_REPAIR] = check_repair,   [ASSIGNMENT_QUANTUM] = check_quantum,
        [ASSIGNMENT_OUTCOMES] = check_ends, [ASSIGNMENT_OUTPUTS] = check_ends,
    };
    const uint64_t seeds = unit_runs(3, 200);
    for (int level = 0; level < DIFFICULTY_LEVELS; level++) {
        struct difficulty difficulty = difficulty_of(kind, (enum difficulty_level)level);
        for (uint64_t seed = 0; seed < seeds; seed++) {
            struct error error = ERROR_INIT;
            struct version_request request = {.difficulty = &difficulty, .seed = seed, .student = "alice"};
            struct key *key = version_new(&request, &error);
            if (key == NULL)
                unit_note("%s, seed %u: %s", difficulty_level_name(difficulty.level), (unsigned)seed, error.text);
            CU_ASSERT_PTR_NOT_NULL_FATAL(key);
            unsigned failures = CU_get_number_of_failures();
            check_frame(key, &difficulty);
            checks[kind](key);
            check_again(&request, key);
            if (CU_get_number_of_failures() > failures)
                unit_note("%s, seed %u:\n%s%s", difficulty_level_name(difficulty.level), (unsigned)seed, key->text,
                          key->answer);
            key_free(key);
        }
    }
}

static void test_values(void)
{
    check_versions(ASSIGNMENT_VALUES);
}

static void test_witness(void)
{
    check_versions(ASSIGNMENT_WITNESS);
}

static void test_minimum(void)
{
    check_versions(ASSIGNMENT_MINIMUM);
}

static void test_count(void)
{
    check_versions(ASSIGNMENT_COUNT);
}

static void test_repair(void)
{
    check_versions(ASSIGNMENT_REPAIR);
}

static void test_quantum(void)
{
    check_versions(ASSIGNMENT_QUANTUM);
}

static void test_outcomes(void)
{
    check_versions(ASSIGNMENT_OUTCOMES);
}

static void test_outputs(void)
{
    check_versions(ASSIGNMENT_OUTPUTS);
}

/* ---- Classes ---------------------------------------------------------------------------------------------------- */

static struct edition *make_edition(enum assignment_kind kind, const struct roster *roster)
{
    struct error error = ERROR_INIT;
    struct difficulty difficulty = difficulty_of(kind, LEVEL_EASY);
    struct edition_request request = {.name = "hw", .roster = roster, .difficulty = &difficulty, .seed = 2026};
    struct edition *edition = edition_new(&request, &error);
    if (edition == NULL)
        unit_note("%s", error.text);
    CU_ASSERT_PTR_NOT_NULL_FATAL(edition);
    return edition;
}

static void test_distinct(void)
{
    struct roster roster;
    roster_number(&roster, 40);
    for (int kind = 0; kind < ASSIGNMENT_KINDS; kind++) {
        if (!assignment_kinds[kind].is_distinct)
            continue;
        struct edition *edition = make_edition((enum assignment_kind)kind, &roster);
        for (size_t s = 0; s < edition->count; s++)
            for (size_t t = 0; t < s; t++)
                CU_ASSERT_STRING_NOT_EQUAL(version_essence(edition->keys[s]), version_essence(edition->keys[t]));
        CU_ASSERT_EQUAL(edition_answers(edition), edition->count);
        edition_free(edition);
    }
    roster_free(&roster);
}

/* Who comes later changes nothing for those before, and a first draw is the same in any class. */
static void test_alone(void)
{
    struct roster class, alone;
    roster_number(&class, 30);
    roster_number(&alone, 7);
    struct edition *large = make_edition(ASSIGNMENT_WITNESS, &class), *small = make_edition(ASSIGNMENT_WITNESS, &alone);
    for (size_t s = 0; s < small->count; s++) {
        char *first = bytes_of(large->keys[s]), *second = bytes_of(small->keys[s]);
        CU_ASSERT_STRING_EQUAL(first, second);
        free(first);
        free(second);
    }
    for (size_t s = 0; s < large->count; s++) {
        struct error error = ERROR_INIT;
        struct difficulty difficulty = difficulty_of(ASSIGNMENT_WITNESS, LEVEL_EASY);
        struct version_request request = {
            .difficulty = &difficulty, .seed = 2026, .student = class.students[s].identifier};
        if (strchr(large->keys[s]->variant, '-') == NULL)
            check_again(&request, large->keys[s]);
        CU_ASSERT(!error.set);
    }
    edition_free(large);
    edition_free(small);
    roster_free(&class);
    roster_free(&alone);
}

static struct key *make_key(struct difficulty *difficulty, uint64_t seed)
{
    struct error error = ERROR_INIT;
    struct version_request request = {.difficulty = difficulty, .seed = seed, .student = "alice"};
    struct key *key = version_new(&request, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(key);
    return key;
}

/* What a version is called differs with the kind, the level and the seed. */
static void test_names(void)
{
    enum { NAMED_SEEDS = 4, NAMES = ASSIGNMENT_KINDS * DIFFICULTY_LEVELS * NAMED_SEEDS };
    struct key *keys[NAMES];
    size_t count = 0;
    for (int kind = 0; kind < ASSIGNMENT_KINDS; kind++)
        for (int level = 0; level < DIFFICULTY_LEVELS; level++)
            for (uint64_t seed = 0; seed < NAMED_SEEDS; seed++) {
                struct difficulty difficulty = difficulty_of((enum assignment_kind)kind, (enum difficulty_level)level);
                keys[count++] = make_key(&difficulty, seed);
            }
    for (size_t k = 0; k < count; k++)
        for (size_t other = 0; other < k; other++)
            CU_ASSERT_STRING_NOT_EQUAL(keys[k]->variant, keys[other]->variant);
    while (count > 0)
        key_free(keys[--count]);
}

/* Nor is a program that was made for other bounds called the same. */
static void test_name_of_bounds(void)
{
    struct difficulty narrow = difficulty_of(ASSIGNMENT_WITNESS, LEVEL_EASY), wide = narrow;
    struct error error = ERROR_INIT;
    CU_ASSERT_FATAL(difficulty_set(&wide, "values=3..60", &error));
    bool met = false;
    for (uint64_t seed = 0; seed < SEEDS && !met; seed++) {
        struct key *first = make_key(&narrow, seed), *second = make_key(&wide, seed);
        met = strcmp(first->text, second->text) == 0;
        CU_ASSERT_STRING_NOT_EQUAL(first->variant, second->variant);
        key_free(first);
        key_free(second);
    }
    CU_ASSERT(met);
}

/* ---- Variety ---------------------------------------------------------------------------------------------------- */

/* What is there to see in a version: how many threads, whether one takes away, whether one is guarded, and the chain
 * without its numbers. */
static char *look(const struct key *key)
{
    struct text text = TEXT_INIT;
    text_print(&text, "%u %c %c ", (unsigned)key->stated.threads, strstr(key->text, "$-") != NULL ? '-' : '+',
               strstr(key->text, "lock") != NULL   ? 'm'
               : strstr(key->text, "wait") != NULL ? 's'
                                                   : '.');
    for (const char *c = attempt_find_line(key->answer, "chain"); *c != '\n'; c++)
        if (isupper((unsigned char)*c))
            text_append(&text, c, 1);
    return text_take(&text);
}

/* The minima of a class do not all look alike. */
static void test_variety(void)
{
    enum { CLASS = 30, LOOKS_LEAST = 8 };
    for (int level = 0; level < DIFFICULTY_LEVELS; level++) {
        struct difficulty difficulty = difficulty_of(ASSIGNMENT_MINIMUM, (enum difficulty_level)level);
        char *looks[CLASS];
        unsigned different = 0, chains = 0;
        for (unsigned s = 0; s < CLASS; s++) {
            struct key *key = make_key(&difficulty, s);
            looks[s] = look(key);
            chains |= 1u << measure(key, "chain");
            bool is_new = true;
            for (unsigned other = 0; other < s; other++)
                is_new &= strcmp(looks[s], looks[other]) != 0;
            different += is_new;
            key_free(key);
        }
        for (unsigned s = 0; s < CLASS; s++)
            memory_free(looks[s]);
        CU_ASSERT(different >= (level == LEVEL_EASY ? LOOKS_LEAST / 2 : LOOKS_LEAST));
        CU_ASSERT((chains & (chains - 1)) != 0); /* of more than one length */
    }
}

/* ---- Handouts --------------------------------------------------------------------------------------------------- */

static void replace(char **text, const char *other)
{
    memory_free(*text);
    *text = memory_copy_string(other);
}

/* Returns a handout as one document, as new: as Markdown, then as a page. */
static char *handout(const struct edition *edition, const struct key *key)
{
    struct content content = handout_make(edition->assignment, &edition->assignment->students[0], key);
    char *bytes = NULL;
    size_t length;
    FILE *stream = open_memstream(&bytes, &length);
    sheet_write_markdown(stream, edition->assignment->title, &content);
    sheet_write_html(stream, edition->assignment->title, &content, false);
    fclose(stream);
    content_free(&content);
    char *copy = memory_copy_string(bytes);
    free(bytes);
    return copy;
}

/* A handout is the same whatever the key's secrets are, and it holds no line of the model answer that the template has
 * not. */
static void check_secrets(struct edition *edition)
{
    struct key *key = edition->keys[0];
    char *before = handout(edition, key);
    char *form_before = handout_template(edition->assignment, key);
    const char *essence = version_essence(key);
    if (key->kind != ASSIGNMENT_REPAIR) {
        CU_ASSERT_PTR_NULL(strstr(before, essence));
        CU_ASSERT_PTR_NULL(strstr(form_before, essence));
    }
    replace(&key->answer, "secret\nsecret\nsecret\n");
    replace(&key->result, "secret");
    for (size_t m = 0; m < key->measure_count; m++)
        key->measures[m].value = 77777;
    for (size_t t = 1; t < key->trial_count; t++)
        key->trials[t].threads = 7;
    char *after = handout(edition, key);
    char *form_after = handout_template(edition->assignment, key);
    CU_ASSERT_STRING_EQUAL(before, after);
    CU_ASSERT_STRING_EQUAL(form_before, form_after);
    memory_free(before);
    memory_free(after);
    memory_free(form_before);
    memory_free(form_after);
}

static void test_secrets(void)
{
    struct roster roster;
    roster_number(&roster, 1);
    for (int kind = 0; kind < ASSIGNMENT_KINDS; kind++) {
        struct edition *edition = make_edition((enum assignment_kind)kind, &roster);
        check_secrets(edition);
        edition_free(edition);
    }
    roster_free(&roster);
}

/* ---- Bounds ----------------------------------------------------------------------------------------------------- */

static void expect_set(enum assignment_kind kind, const char *text, const char *words)
{
    struct error error = ERROR_INIT;
    struct difficulty difficulty = difficulty_of(kind, LEVEL_EASY);
    bool good = difficulty_set(&difficulty, text, &error);
    CU_ASSERT_EQUAL(good, words == NULL);
    if (words != NULL && strstr(error.text, words) == NULL)
        unit_note("%s: %s", text, error.text);
    CU_ASSERT(words == NULL || strstr(error.text, words) != NULL);
}

static void test_bounds(void)
{
    expect_set(ASSIGNMENT_VALUES, "steps=6..20", NULL);
    expect_set(ASSIGNMENT_VALUES, "values=3", NULL);
    expect_set(ASSIGNMENT_VALUES, "quanta=3",
               "'quanta' is not measured of kind values (expected values, preemptions or steps)");
    expect_set(ASSIGNMENT_QUANTUM, "values=3", "(expected quanta or steps)");
    expect_set(ASSIGNMENT_VALUES, "steps", "expected MEASURE=LEAST..MOST");
    expect_set(ASSIGNMENT_VALUES, "steps=", "is no bound");
    expect_set(ASSIGNMENT_VALUES, "steps=5..", "is no bound");
    expect_set(ASSIGNMENT_VALUES, "steps=9..5", "is no bound");
    expect_set(ASSIGNMENT_VALUES, "steps=-3", "is no bound");
    expect_set(ASSIGNMENT_VALUES, "steps=1..100001", "is no bound");
    expect_set(ASSIGNMENT_VALUES, "steps=99999999999999999999", "is no bound");
}

/* What cannot be met is an error that says which bound to loosen; with that advice taken there is a version. */
static void test_impossible(void)
{
    struct error error = ERROR_INIT;
    struct difficulty difficulty = difficulty_of(ASSIGNMENT_WITNESS, LEVEL_EASY);
    struct version_request request = {.difficulty = &difficulty, .seed = 1, .student = "alice"};
    CU_ASSERT_FATAL(difficulty_set(&difficulty, "values=90..95", &error));
    CU_ASSERT_PTR_NULL_FATAL(version_new(&request, &error));
    const char *advice = strstr(error.text, "--measure ");
    CU_ASSERT_PTR_NOT_NULL_FATAL(advice);
    struct error none = ERROR_INIT;
    CU_ASSERT_FATAL(difficulty_set(&difficulty, advice + strlen("--measure "), &none));
    CU_ASSERT_EQUAL(difficulty_bound(&difficulty, "values")->most, 95);
    struct key *key = version_new(&request, &none);
    CU_ASSERT_PTR_NOT_NULL(key);
    key_free(key);
}

/* What a handout says where a key observes something else than one variable. */
static void expect_handout(enum assignment_kind kind, const char *observe, const char *end, const char *question,
                           const char *answer)
{
    char name[] = "s", *bytes = NULL;
    size_t size;
    struct assignment_student student = {.identifier = name, .name = name};
    struct assignment assignment = {.name = name, .title = name, .kind = kind, .points = 1};
    struct key *key = memory_new(1, sizeof *key);
    key->student = memory_copy_string(name);
    key->variant = memory_copy_string(name);
    key->level = memory_copy_string("easy");
    key->kind = kind;
    key->text = memory_copy_string(".var x\n.main\n    print x\n");
    key->observe = memory_copy_string(observe);
    key->end = end != NULL ? memory_copy_string(end) : NULL;
    struct content content = handout_make(&assignment, &student, key);
    FILE *stream = open_memstream(&bytes, &size);
    render_markdown(stream, &content);
    fclose(stream);
    CU_ASSERT_PTR_NOT_NULL(strstr(bytes, question));
    CU_ASSERT_PTR_NOT_NULL(strstr(bytes, answer));
    CU_ASSERT_PTR_NOT_NULL(strstr(bytes, "`print` appends a number"));
    CU_ASSERT_PTR_NULL(strstr(bytes, "is shared by all threads"));
    if (strstr(bytes, question) == NULL || strstr(bytes, answer) == NULL)
        unit_note("%s", bytes);
    free(bytes);
    content_free(&content);
    key_free(key);
}

static void test_handouts_of_ends(void)
{
    expect_handout(ASSIGNMENT_VALUES, "x,y", NULL, "Which values can `x` and `y` have together", "as in `x=1,y=2`.");
    expect_handout(ASSIGNMENT_VALUES, "output", NULL, "What can be printed until all threads have finished?",
                   "between them: `\"ab\" \"ba\"`.");
    expect_handout(ASSIGNMENT_WITNESS, "x,output", "x=1,output=\"ab\"",
                   "Give a schedule that ends with `x=1,output=\"ab\"`", "The schedule names the thread of each step");
    expect_handout(ASSIGNMENT_COUNT, "output", "\"ab\"", "How many schedules are there that print `\"ab\"`?",
                   "One whole number");
}

int main(void)
{
    static const CU_TestInfo tests[] = {
        {"values: the list is right", test_values},
        {"witness: the schedule is right and needs that many preemptions", test_witness},
        {"minimum: value, schedule and chain are right", test_minimum},
        {"count: the number is right", test_count},
        {"repair: the program is wrong before and right afterwards", test_repair},
        {"quantum: the quanta are right", test_quantum},
        {"outcomes: the list is right", test_outcomes},
        {"outputs: the list is right", test_outputs},
        {"students have different answers", test_distinct},
        {"a version depends on seed and student", test_alone},
        {"versions that differ have different names", test_names},
        {"versions with other bounds have other names", test_name_of_bounds},
        {"the minima of a class differ", test_variety},
        {"handouts give nothing away", test_secrets},
        {"bounds are read", test_bounds},
        {"bounds that cannot be met are named", test_impossible},
        {"handouts of outcomes and outputs", test_handouts_of_ends},
        CU_TEST_INFO_NULL,
    };
    return unit_run("version", tests);
}
