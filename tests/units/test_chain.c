/* The chain of stores that explains a final value: of programs in which each kind of instruction hands a value on, and of random
 * ones, against a second account of where values come from. */
#include "base/memory.h"
#include "base/text.h"
#include "machine/machine.h"
#include "tests/oracles/provenance.h"
#include "tests/oracles/random_program.h"
#include "tests/support/subject.h"
#include "tests/support/unit.h"
#include "trace/chain.h"
#include "trace/replay.h"

#include <inttypes.h>
#include <string.h>

static const char *const origins[] = {
    [CHAIN_START] = "start", [CHAIN_CONSTANT] = "constant", [CHAIN_OTHER] = "other", [CHAIN_SEVERAL] = "several"};

/* "1>3+1": step 3 stored what step 1 had loaded, plus 1; with ~ another thread's load, with ? what was not just added to. */
static void tell_link(struct text *text, const struct chain_link *link)
{
    text_print(text, " ");
    if (link->load != SIZE_MAX)
        text_print(text, "%zu%s>", link->load + 1, link->handed_on ? "~" : "");
    text_print(text, "%zu", link->store + 1);
    if (link->adds)
        text_print(text, "%+" PRId64, link->stored - link->loaded);
    else if (link->load != SIZE_MAX)
        text_print(text, "?");
}

static void tell(struct text *text, const struct trace *trace)
{
    struct chain chain = chain_make(trace, trace->observed_word);
    text_print(text, "%s", chain.count == 0 ? "nothing" : origins[chain.origin]);
    for (size_t i = 0; i < chain.count; i++)
        tell_link(text, &chain.links[i]);
    if (chain.counting != chain.count)
        text_print(text, " of %zu", chain.counting);
    chain_free(&chain);
}

/* The threads of a schedule are digits. The first variable, or the first word of it, is observed. */
static void expect(const char *code, unsigned threads, const char *schedule, const char *expected)
{
    uint32_t steps[64];
    size_t count = 0;
    struct error error = ERROR_INIT;
    struct text text = TEXT_INIT, told = TEXT_INIT;
    text_print(&text, ".var n\n%s", code);
    for (const char *at = schedule; *at != '\0'; at++)
        if (*at != ' ')
            steps[count++] = (uint32_t)(*at - '0');
    struct program *program = subject_program(text_string(&text), threads, 1);
    struct trace *trace = subject_replay(program, NULL, 0, steps, count, &error);
    if (trace == NULL)
        unit_note("%s: %s", code, error.text);
    CU_ASSERT_PTR_NOT_NULL_FATAL(trace);
    tell(&told, trace);
    if (strcmp(text_string(&told), expected) != 0)
        unit_note("%s: %s", code, text_string(&told));
    CU_ASSERT_STRING_EQUAL(text_string(&told), expected);
    trace_free(trace);
    program_free(program);
    text_free(&text);
    text_free(&told);
}

/* Of a single thread that executes all of a straight code. */
static void expect_alone(const char *code, size_t steps, const char *expected)
{
    char schedule[64];
    memset(schedule, '0', steps);
    schedule[steps] = '\0';
    expect(code, 1, schedule, expected);
}

/* ---- By hand --------------------------------------------------------------------------------------------------- */

static void test_no_store(void)
{
    expect(".main\n mov n, %ax\n", 2, "", "nothing");
    expect(".main\n mov n, %ax\n", 2, "01", "nothing");
    expect_alone(".var m\n.main\n add $1, m\n mov m, %ax\n", 2, "nothing");
}

static const char race[] = ".main\n.rept 2\n mov n, %ax\n add $1, %ax\n mov %ax, n\n.endr\n";

static void test_increments(void)
{
    expect(race, 1, "000000", "start 1>3+1 4>6+1");
    /* one after the other: each saw the one before */
    expect(race, 3, "000 111 000", "start 1>3+1 4>6+1 7>9+1");
    /* the classic: what the last store was computed from is far back */
    expect(race, 2, "0 111111 00", "start 1>9+1");
    expect(race, 2, "0 111 00 1 000 11", "start 1>6+1 7>12+1");
}

/* The latest load of a thread is not what it stores. */
static void test_other_loads(void)
{
    expect(".semaphore s, 0\n.semaphore t, 0\n"
           ".thread a\n mov n, %ax\n post s\n wait t\n mov n, %bx\n add $1, %ax\n mov %ax, n\n"
           ".thread b\n wait s\n add $5, n\n post t\n",
           1, "00 111 0000", "start 1>9+1");
    expect_alone(".thread a\n mov n, %ax\n mov $1, %bx\n mov %bx, n\n", 3, "constant 3");
    expect(".main\n mov n, %ax\n mov n, %bx\n add $1, %ax\n mov %ax, n\n", 2, "0 1111 000", "start 1>8+1");
    expect(".thread a\n mov n, %ax\n mov n, %bx\n add $1, %ax\n mov %ax, n\n.thread b\n add $1, n\n add $1, n\n", 1,
           "0 11 000", "start 1>6+1");
    expect(".thread a\n mov $3, n\n.thread b\n mov n, %ax\n mov %bx, n\n", 1, "011", "other 3");
    expect(".thread a\n mov $3, n\n.thread b\n mov n, %ax\n mov $7, %ax\n mov %ax, n\n", 1, "1110", "constant 4");
    expect(".thread a\n mov $3, n\n.thread b\n mov n, %ax\n mov $7, %ax\n mov %ax, n\n", 1, "0111", "constant 4");
}

static void test_constants(void)
{
    expect(".thread a\n mov $7, n\n mov $1, %bx\n xchg %bx, n\n.thread b\n add $0, n\n", 1, "0001", "constant 3 4>4+0");
    expect(".main\n mov $1, %bx\n xchg %bx, n\n", 2, "0011", "constant 4");
    expect_alone(".main\n mov $2, n\n neg n\n xchg %bx, n\n", 3, "other 3");
    expect_alone(".main\n mov $2, n\n neg n\n", 2, "constant 1 2>2?");
    expect_alone(".main\n mov $2, n\n mov n, %ax\n add $3, %ax\n mov %ax, n\n", 4, "constant 1 2>4+3");
    expect_alone(".main\n mov $2, %ax\n mul $4, %ax\n sub $1, %ax\n mov %ax, n\n", 4, "constant 4");
    expect_alone(".var m\n.main\n mov m, %ax\n mov %ax, n\n", 2, "other 2");
    expect_alone(".main\n mov $2, n\n mov $3, n\n", 2, "constant 2");
}

static void test_arithmetic(void)
{
    expect_alone(".main\n add $5, n\n sub $2, n\n", 2, "start 1>1+5 2>2-2");
    expect_alone(".main\n mov n, %ax\n mov %ax, %bx\n mov %bx, n\n", 3, "start 1>3+0");
    expect_alone(".main\n mov $3, %bx\n mov n, %ax\n add %ax, %bx\n mov %bx, n\n", 4, "start 2>4+3");
    expect_alone(".main\n mov $3, %bx\n mov n, %ax\n sub %bx, %ax\n mov %ax, n\n", 4, "start 2>4-3");
    expect_alone(".main\n mov $3, %bx\n mov n, %ax\n sub %ax, %bx\n mov %bx, n\n", 4, "start 2>4?");
    expect_alone(".main\n add $3, %bx\n add %bx, n\n", 2, "start 2>2+3");
    expect_alone(".main\n add n, %bx\n mov %bx, n\n", 2, "start 1>2+0");
    expect_alone(".main\n mov n, %ax\n mul $2, %ax\n mov %ax, n\n", 3, "start 1>3?");
    expect_alone(".main\n mov n, %ax\n mul $0, %ax\n add $1, %ax\n mov %ax, n\n", 4, "start 1>4?");
    expect_alone(".main\n mov n, %ax\n add %ax, %ax\n mov %ax, n\n", 3, "start 1>3?");
    expect_alone(".main\n mov n, %ax\n neg %ax\n mov %ax, n\n", 3, "start 1>3?");
    expect_alone(".main\n mul $3, n\n", 1, "start 1>1?");
    /* both loads saw the same store: it is told by the latest */
    expect_alone(".main\n mov n, %ax\n mov n, %bx\n add %bx, %ax\n mov %ax, n\n", 4, "start 2>4?");
}

static void test_atomics(void)
{
    expect(".main\n mov $1, %ax\n fetchadd %ax, n\n", 2, "0101", "start 3>3+1 4>4+1");
    /* what fetchadd found, and what xchg found, go on in the register */
    expect_alone(".main\n mov $4, %ax\n fetchadd %ax, n\n add $2, %ax\n mov %ax, n\n", 4, "start 2>4+2");
    expect_alone(".main\n mov $7, n\n xchg %ax, n\n add $2, %ax\n mov %ax, n\n", 4, "constant 1 2>4+2");
    expect(".main\n mov n, %ax\n add $1, %ax\n xchg %ax, n\n", 2, "0 111 00", "start 1>6+1");
    expect_alone(".main\n mov $5, n\n mov n, %ax\n fetchadd %ax, n\n", 3, "constant 1 3>3?");
}

static const char swap[] = ".main\n mov n, %ax\n.again\n mov %ax, %bx\n add $1, %bx\n cas %bx, n\n jne .again\n";

static void test_swaps(void)
{
    expect(swap, 1, "00000", "start 1>4+1");
    /* a cas that does not swap is no store, and a load; the comparison is no data */
    expect(swap, 2, "0 11111 0000", "start 2>5+1");
    expect(swap, 2, "0 11111 0000 0000", "start 2>5+1 9>13+1");
    expect_alone(".main\n mov $1, %bx\n cas %bx, n\n", 2, "constant 2");
    expect_alone(".main\n mov $5, n\n cas %bx, n\n add $1, %ax\n mov %ax, n\n", 4, "constant 1 2>4+1");
}

static void test_other_places(void)
{
    expect_alone(".var m\n.main\n mov n, %ax\n mov %ax, m\n add $1, m\n mov m, %bx\n mov %bx, n\n", 5, "start 1>5+1");
    expect_alone(".main\n mov n, %ax\n push %ax\n push $3\n pop %cx\n pop %bx\n add %cx, %bx\n mov %bx, n\n", 7,
                 "start 1>7+3");
    expect_alone(".main\n mov n, %ax\n push %ax\n push $3\n mov 4(%sp), %bx\n add $2, (%sp)\n add (%sp), %bx\n"
                 " mov %bx, n\n",
                 7, "start 1>7+5");
    expect_alone(".main\n mov n, %ax\n call .f\n mov %ax, n\n halt\n.f\n add $1, %ax\n ret\n", 6, "start 1>5+1");
    expect_alone(".main\n mov $100, %ex\n mov (%ex), %ax\n lea 2(%ax), %ax\n mov %ax, (%ex)\n add $1, (%ex)\n", 5,
                 "start 2>4+2 5>5+1");
    expect_alone(".main\n mov n, %ax\n lea 2(%bx,%ax,3), %ax\n mov %ax, n\n", 3, "start 1>3?");
    expect_alone(".main\n mov n, %ax\n mov $2000, %ex\n mov %ax, (%ex)\n mov $1, 4(%ex)\n add 4(%ex), %bx\n"
                 " add (%ex), %bx\n mov %bx, n\n",
                 7, "start 1>7+1");
    expect_alone(".var t 2\n.main\n mov n, %ax\n mov %ax, t[1]\n mov $4, %ex\n mov t(%ex), %bx\n mov %bx, n\n", 5,
                 "start 1>5+0");
    /* an address is no data of what lies there */
    expect_alone(".var t 2, 7\n.main\n mov n, %ex\n mov t(%ex), %bx\n mov %bx, n\n", 3, "other 3");
    expect_alone(".mutex m\n.semaphore s, 1\n.main\n lock m\n mov n, %ax\n wait s\n io\n yield\n post s\n mov %ax, n\n",
                 8, "start 2>8+0");
}

static void test_threads(void)
{
    static const char handed[] = ".queue q, 2\n.thread a\n mov n, %ax\n put q, $5\n put q, %ax\n"
                                 ".thread b\n get q, %bx\n get q, %bx\n add $1, %bx\n mov %bx, n\n";
    expect(handed, 1, "000 1111", "start 1~>7+1");
    expect(handed, 1, "00 1 0 111", "start 1~>7+1");
    expect(".queue q, 2\n.thread a\n put q, n\n put q, $1\n.thread b\n get q, n\n get q, %bx\n add %bx, n\n", 1,
           "00 111", "start 1~>3+0 5>5+1");
    expect(".var m\n.thread a\n mov n, %ax\n mov %ax, m\n.thread b\n mov m, %ax\n add $1, %ax\n mov %ax, n\n", 1,
           "00 111", "start 1~>5+1");
}

static void test_several(void)
{
    static const char both[] = ".main\n mov n, %ax\n add $1, n\n add n, %ax\n mov %ax, n\n add $2, n\n";
    /* the value at the start, and that of step 2 */
    expect(both, 1, "00000", "several 4 5>5+2 of 3");
    expect(".thread a\n mov n, %ax\n fetchadd %ax, n\n.thread b\n mov $3, n\n", 1, "010", "several 3 of 2");
    expect(".thread a\n mov n, %ax\n fetchadd %ax, n\n.thread b\n mov $3, n\n", 1, "100", "constant 1 3>3?");
    /* what flows together may have come the same way before; what was lost stays so */
    expect_alone(".main\n mov $9, n\n mov $1, n\n mov n, %bx\n add $1, n\n add %bx, n\n", 5, "several 5 of 3");
}

/* ---- At random --------------------------------------------------------------------------------------------------- */

enum { PROGRAMS = 1500, STEPS_MAX = 60 };

struct walk {
    struct machine *machine;
    uint64_t *state;
    uint32_t threads[STEPS_MAX];
    size_t count;
};

static uint32_t draw_thread(uint64_t enabled, uint64_t *random)
{
    unsigned skip = (unsigned)(subject_random(random) % (unsigned)__builtin_popcountll(enabled));
    while (skip-- > 0)
        enabled &= enabled - 1;
    return (uint32_t)__builtin_ctzll(enabled);
}

/* Walks until nobody can step; returns false where the machine was too narrow, and is wider now. */
static bool walk_once(struct walk *self, uint64_t random)
{
    struct step step = {.result = STEP_TAKEN};
    uint64_t enabled;
    self->state = memory_new(machine_bits(self->machine) / 64 + 2, sizeof *self->state);
    machine_start(self->machine, self->state);
    self->count = 0;
    while (step.result == STEP_TAKEN && self->count < STEPS_MAX &&
           (enabled = machine_enabled(self->machine, self->state)) != 0) {
        uint32_t thread = draw_thread(enabled, &random);
        self->threads[self->count++] = thread;
        machine_step(self->machine, self->state, thread, &step);
    }
    memory_free(self->state);
    if (step.result == STEP_TOO_NARROW)
        machine_widen(self->machine, step.narrow, step.narrow_value);
    return step.result != STEP_TOO_NARROW;
}

static struct trace *walk(const struct program *program, uint64_t seed)
{
    struct walk self = {.machine = machine_new(program, NULL, true)};
    struct error error = ERROR_INIT;
    while (!walk_once(&self, seed))
        ;
    machine_free(self.machine);
    struct trace *trace = subject_replay(program, NULL, 0, self.threads, self.count, &error);
    if (trace == NULL)
        unit_note("seed %" PRIu64 ": %s", seed, error.text);
    CU_ASSERT_PTR_NOT_NULL_FATAL(trace);
    return trace;
}

/* What the second account says, in the words of tell(). Whether something was only added is for the chain to say: here
 * counts that the slope fits. */
struct tally {
    unsigned origins[4];
    unsigned links;
    unsigned sums;
    unsigned handed_on;
    unsigned lost;
};

static uint64_t stores_of(const struct provenance_store *store)
{
    return store->number.sources & ~(UINT64_C(1) << PROVENANCE_OTHER);
}

static enum chain_origin origin_of(const struct provenance_store *store)
{
    uint64_t stores = stores_of(store);
    if (stores == 0)
        return store->number.sources == 0 ? CHAIN_CONSTANT : CHAIN_OTHER;
    return stores == UINT64_C(1) << PROVENANCE_START ? CHAIN_START : CHAIN_SEVERAL;
}

static bool check_link(const struct trace *trace, const struct chain_link *link, const struct provenance_store *store)
{
    uint64_t stores = stores_of(store);
    if (link->store != store->step)
        return false;
    if (stores == 0 || (stores & (stores - 1)) != 0)
        return link->load == SIZE_MAX && !link->adds && !link->handed_on;
    int source = __builtin_ctzll(stores);
    int64_t observed = trace->first_words[trace->observed_word];
    for (size_t s = 0; s < link->load; s++)
        (void)trace_step_stores(trace, s, trace->observed_word, &observed);
    return link->load == store->number.loads[source] && link->loaded == observed &&
           (!link->adds || store->number.slopes[source] == 1) &&
           link->handed_on == (trace->steps[link->load].thread != trace->steps[link->store].thread);
}

/* The links from the last one on, as far as each was computed from one store. */
static bool check_links(const struct trace *trace, const struct chain *chain, const struct provenance *found)
{
    size_t store = found->count - 1;
    for (size_t i = chain->count; i-- > 0;) {
        uint64_t stores = stores_of(&found->stores[store]);
        bool goes_on = stores != 0 && (stores & (stores - 1)) == 0 && stores >> PROVENANCE_START == 0;
        if (!check_link(trace, &chain->links[i], &found->stores[store]) || goes_on != (i > 0))
            return false;
        if (i == 0)
            return chain->origin == origin_of(&found->stores[store]);
        store = (size_t)__builtin_ctzll(stores);
    }
    return false;
}

static bool check_counting(const struct trace *trace, const struct chain *chain, const struct provenance *found)
{
    uint64_t needed = UINT64_C(1) << (found->count - 1);
    size_t counting = 0;
    for (size_t s = found->count; s-- > 0;)
        if (needed >> s & 1)
            needed |= stores_of(&found->stores[s]);
    for (size_t s = 0; s < found->count; s++) {
        counting += needed >> s & 1;
        if (chain->counts[found->stores[s].step] != (needed >> s & 1))
            return false;
    }
    for (size_t s = 0; s < trace->step_count; s++)
        counting -= chain->counts[s];
    return counting == 0 &&
           chain->counting == (size_t)__builtin_popcountll(needed & ~(UINT64_C(1) << PROVENANCE_START));
}

static void count_up(struct tally *tally, const struct chain *chain, size_t stores)
{
    tally->origins[chain->origin]++;
    tally->lost += chain->counting < stores;
    for (size_t i = 0; i < chain->count; i++) {
        tally->links += chain->links[i].load != SIZE_MAX;
        tally->sums += chain->links[i].adds;
        tally->handed_on += chain->links[i].handed_on;
    }
}

static void check_random(uint64_t seed, struct tally *tally)
{
    static struct provenance found;
    /* With everything at once little comes far through a queue or a stack. */
    static const unsigned features[] = {RANDOM_ALL, RANDOM_COPIES | RANDOM_QUEUES, RANDOM_SUMS | RANDOM_STACKS,
                                        RANDOM_CAS | RANDOM_ATOMICS, RANDOM_COPIES | RANDOM_ADDRESSES};
    struct random_options options = {.features = features[seed % (sizeof features / sizeof *features)],
                                     .max_schedules = UINT64_C(1) << 40,
                                     .max_steps = 20};
    struct random_program *random = random_program_new(seed, &options);
    struct program *program = subject_program(random->text, random->threads, 1);
    struct trace *trace = walk(program, seed);
    /* A chain is of any word, whichever was observed. */
    trace->observed_word = (uint32_t)(seed / 8 % program->word_count);
    struct chain chain = chain_make(trace, trace->observed_word);
    if (provenance_find(program, trace, &found)) {
        bool agrees = found.count == 0 ? chain.count == 0
                                       : check_links(trace, &chain, &found) && check_counting(trace, &chain, &found);
        struct text told = TEXT_INIT;
        tell(&told, trace);
        if (!agrees)
            unit_note("seed %" PRIu64 ": %s\n%s", seed, text_string(&told), random->text);
        CU_ASSERT_TRUE(agrees);
        text_free(&told);
        if (chain.count > 0)
            count_up(tally, &chain, found.count);
    }
    chain_free(&chain);
    trace_free(trace);
    program_free(program);
    random_program_free(random);
}

static void test_random(void)
{
    struct tally tally = {0};
    for (uint64_t seed = 0; seed < PROGRAMS; seed++)
        check_random(seed, &tally);
    unit_note(
        "%u from the start, %u constants, %u others, %u several; %u links, %u sums, %u handed on; %u with lost stores",
        tally.origins[CHAIN_START], tally.origins[CHAIN_CONSTANT], tally.origins[CHAIN_OTHER],
        tally.origins[CHAIN_SEVERAL], tally.links, tally.sums, tally.handed_on, tally.lost);
    for (size_t o = 0; o < sizeof tally.origins / sizeof *tally.origins; o++)
        CU_ASSERT(tally.origins[o] > PROGRAMS / 100);
    CU_ASSERT(tally.sums > PROGRAMS / 10 && tally.sums < tally.links && tally.handed_on > 0 && tally.lost > 0);
}

int main(void)
{
    static const CU_TestInfo tests[] = {
        {"nothing stored", test_no_store},
        {"increments", test_increments},
        {"loads that are not stored", test_other_loads},
        {"constants", test_constants},
        {"arithmetic", test_arithmetic},
        {"atomic exchanges and additions", test_atomics},
        {"compare and swap", test_swaps},
        {"variables, stacks, addresses", test_other_places},
        {"from thread to thread", test_threads},
        {"several values flow together", test_several},
        {"random programs", test_random},
        CU_TEST_INFO_NULL,
    };
    return unit_run("chain", tests);
}
