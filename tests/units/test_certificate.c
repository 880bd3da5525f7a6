#include "analysis/certificate.h"
#include "analysis/outcome.h"
#include "base/memory.h"
#include "base/text.h"
#include "frontends/assembler.h"
#include "program/predicate.h"
#include "program/program.h"
#include "report/certificate_file.h"
#include "schedulers/scheduler.h"
#include "tests/oracles/oracle.h"
#include "tests/support/subject.h"
#include "tests/support/unit.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- Help ------------------------------------------------------------------------------------------------------ */

static struct certificate *certify(const struct program *program, const struct scheduler *scheduler, bool is_upper,
                                   struct budget *budget, struct error *error)
{
    struct certificate_options options = {.scheduler = scheduler, .is_upper = is_upper, .budget = budget};
    budget_start(budget);
    return certificate_new(program, &options, error);
}

/* Asserts which value a program's certificate claims. */
static void expect_claim(const struct program *program, const struct scheduler *scheduler, bool is_upper, int64_t claim)
{
    struct error error = ERROR_INIT;
    struct budget budget = {0};
    struct certificate *certificate = certify(program, scheduler, is_upper, &budget, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(certificate);
    CU_ASSERT_EQUAL(certificate->claims[0].bound, claim);
    certificate_free(certificate);
}

static void expect_refusal(const char *text, uint64_t max_states, const char *reason)
{
    struct error error = ERROR_INIT;
    struct budget budget = {.max_states = max_states};
    struct program *program = subject_program(text, 2, 2);
    CU_ASSERT_PTR_NULL(certify(program, NULL, false, &budget, &error));
    CU_ASSERT_STRING_EQUAL(error.text, reason);
    if (strcmp(error.text, reason) != 0)
        unit_note("%s", error.text);
    program_free(program);
}

/* A cell as the file shows it: "5", "-", "3~". */
static void expect_cell(const struct certificate *certificate, size_t state, const char *column, const char *expected)
{
    struct certificate_cell cell = {0};
    size_t c = 0;
    while (c < certificate->column_count && strcmp(certificate->columns[c].name, column) != 0)
        c++;
    CU_ASSERT_FATAL(c < certificate->column_count);
    certificate_cell(certificate, state, c, &cell);
    struct text text = TEXT_INIT;
    for (size_t i = 0; i < cell.count; i++)
        text_print(&text, "%s%lld", i > 0 ? "," : "", (long long)cell.numbers[i]);
    text_append(&text, &cell.mark, cell.mark != '\0');
    CU_ASSERT_STRING_EQUAL(cell.count > 0 ? text_string(&text) : "-", expected);
    text_free(&text);
}

/* ---- Claims ---------------------------------------------------------------------------------------------------- */

static void test_known_extremes(void)
{
    static const struct {
        unsigned threads, iters;
        int64_t least;
    } sizes[] = {{2, 1, 1}, {2, 2, 2}, {2, 10, 2}, {3, 1, 1}, {3, 5, 2}};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct program *program = subject_model("unlocked", sizes[i].threads, sizes[i].iters);
        expect_claim(program, NULL, false, sizes[i].least);
        expect_claim(program, NULL, true, (int64_t)sizes[i].threads * sizes[i].iters);
        program_free(program);
    }
}

static void test_schedulers(void)
{
    static const struct {
        const char *kind, *name, *second, *word;
        int64_t number, least, greatest;
    } rows[] = {
        {"tick", "quantum", "pick", "any", 5, 8, 20},    {"tick", "quantum", "pick", "round-robin", 7, 14, 14},
        {"parallel", "lag", NULL, NULL, 3, 10, 20},      {"parallel", "lag", NULL, NULL, 8, 4, 20},
        {"preemptions", "bound", NULL, NULL, 2, 10, 20}, {"preemptions", "bound", NULL, NULL, 4, 2, 20},
    };
    struct program *program = subject_model("unlocked", 2, 10);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct error error = ERROR_INIT;
        struct property *parameters = NULL;
        size_t count = 0;
        property_add_number(&parameters, &count, rows[i].name, rows[i].number);
        if (rows[i].second != NULL)
            property_add_text(&parameters, &count, rows[i].second, rows[i].word);
        struct scheduler *scheduler = scheduler_new(rows[i].kind, parameters, count, 2, &error);
        CU_ASSERT_PTR_NOT_NULL_FATAL(scheduler);
        expect_claim(program, scheduler, false, rows[i].least);
        expect_claim(program, scheduler, true, rows[i].greatest);
        scheduler_free(scheduler);
        property_free_list(parameters, count);
    }
    program_free(program);
}

static void test_bounds(void)
{
    struct error error = ERROR_INIT;
    struct budget budget = {0};
    struct program *program = subject_model("unlocked", 2, 1);
    struct certificate *certificate = certify(program, NULL, false, &budget, &error);
    CU_ASSERT_EQUAL_FATAL(certificate->state_count, 16);
    CU_ASSERT_EQUAL(certificate->transitions, 24);
    expect_cell(certificate, 0, "T0", "0");
    expect_cell(certificate, 0, "counter", "0");
    expect_cell(certificate, 0, "T0.%ax", "-");
    expect_cell(certificate, 1, "T0", "1");
    expect_cell(certificate, 1, "T0.%ax", "0");
    expect_cell(certificate, 15, "counter", "1");
    expect_cell(certificate, 15, "T1.%ax", "-");
    certificate_free(certificate);
    program_free(program);
}

/* The counter decides how often a thread goes round: it is known in every state, and nothing is bounded. */
static void test_nothing_to_bound(void)
{
    struct error error = ERROR_INIT;
    struct budget budget = {0};
    struct program *program =
        subject_program(".var value\n.main\n.top\n mov value, %ax\n add $1, %ax\n mov %ax, value\n"
                        " test $2, value\n jlt .top\n",
                        2, 1);
    struct certificate *certificate = certify(program, NULL, true, &budget, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(certificate);
    for (size_t c = 0; c < certificate->column_count; c++)
        CU_ASSERT_NOT_EQUAL(certificate->columns[c].kind, CERTIFICATE_BOUND);
    CU_ASSERT_EQUAL(certificate->claims[0].bound, 3);
    certificate_free(certificate);
    program_free(program);
}

/* A waiting loop makes a cycle, in which the bounds come to rest. */
static void test_cycle(void)
{
    struct program *program =
        subject_program(".var value\n.var flag\n.main\n.top\n mov $1, %bx\n xchg %bx, flag\n"
                        " test $0, %bx\n jne .top\n mov value, %ax\n add $1, %ax\n mov %ax, value\n"
                        " mov $0, flag\n",
                        2, 1);
    expect_claim(program, NULL, false, 2);
    expect_claim(program, NULL, true, 2);
    program_free(program);
}

/* ---- Several claims ---------------------------------------------------------------------------------------------- */

/* The certificate of a condition; NULL with the error set where there is none. */
static struct certificate *try_condition(const struct program *program, const char *condition, bool no_slice,
                                         struct error *error)
{
    static struct budget budget;
    struct predicate *predicate =
        predicate_read(&(struct predicate_context){.program = program, .scope = PREDICATE_OF_STATE}, condition,
                       strlen(condition), error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(predicate);
    const struct predicate *claimed[] = {predicate};
    struct certificate_options options = {
        .conditions = claimed, .condition_count = 1, .no_slice = no_slice, .budget = &budget};
    budget = (struct budget){.max_states = 200000};
    budget_start(&budget);
    struct certificate *certificate = certificate_new(program, &options, error);
    predicate_free(predicate);
    return certificate;
}

/* The same; there must be none for this reason, or one where it is NULL. */
static struct certificate *certify_condition(const struct program *program, const char *condition, bool no_slice,
                                             const char *reason)
{
    struct error error = ERROR_INIT;
    struct certificate *certificate = try_condition(program, condition, no_slice, &error);
    CU_ASSERT((certificate == NULL) == (reason != NULL));
    if (certificate == NULL && reason != NULL)
        CU_ASSERT_STRING_EQUAL(error.text, reason);
    return certificate;
}

static bool has_column(const struct certificate *certificate, const char *name)
{
    for (size_t c = 0; c < certificate->column_count; c++)
        if (strcmp(certificate->columns[c].name, name) == 0)
            return true;
    return false;
}

/* What a condition is about is told in all states, what decides, too, and nothing else. */
static void test_conditions(void)
{
    struct program *program =
        subject_program(".var x\n.var y\n.main\n mov x, %ax\n add $1, %ax\n mov %ax, x\n add $1, y\n", 2, 1);
    struct certificate *certificate = certify_condition(program, " y\n<= 2", false, NULL);
    CU_ASSERT_EQUAL(certificate->claim_count, 1);
    CU_ASSERT_FALSE(certificate->claims[0].is_bound);
    CU_ASSERT_STRING_EQUAL(certificate->claims[0].text, "y <= 2");
    CU_ASSERT_TRUE(has_column(certificate, "y"));
    CU_ASSERT_FALSE(has_column(certificate, "x") || has_column(certificate, "T0.%ax"));
    CU_ASSERT_EQUAL(certificate->state_count, 25);
    certificate_free(certificate);
    certificate = certify_condition(program, "y <= 2", true, NULL);
    CU_ASSERT_TRUE(has_column(certificate, "x") && has_column(certificate, "T0.%ax"));
    certificate_free(certificate);
    certify_condition(program, "y <= 1", false, "no certificate: 'y <= 1' is not always true");
    certify_condition(program, "2 / y >= 0", false, "no certificate: '2 / y >= 0' is not always true");
    certify_condition(program, "T0.%ax >= 0", false,
                      "no certificate: it cannot tell of registers, which 'T0.%ax >= 0' is about");
    program_free(program);
}

/* Each has the bound and the witness that it has alone. */
static void test_tuple(void)
{
    struct error error = ERROR_INIT;
    struct budget budget = {0};
    struct program *program = subject_program(
        ".var x\n.var y\n.thread a\n mov $1, x\n mov $2, y\n.thread b\n mov $2, x\n mov $1, y\n mov y, %ax\n", 2, 1);
    struct certificate_options options = {.budget = &budget};
    CU_ASSERT_TRUE(observation_add(&options.observation, program, "y,b.%ax,x", &error));
    budget_start(&budget);
    struct certificate *certificate = certificate_new(program, &options, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(certificate);
    static const char *const names[] = {"y", "b.%ax", "x"};
    CU_ASSERT_EQUAL_FATAL(certificate->claim_count, 3);
    for (size_t c = 0; c < 3; c++) {
        const struct certificate_claim *claim = &certificate->claims[c];
        CU_ASSERT(claim->is_bound && claim->bound == 1);
        CU_ASSERT_STRING_EQUAL(claim->text, names[c]);
        CU_ASSERT_EQUAL(schedule_step_count(&claim->schedule), 5);
    }
    certificate_free(certificate);
    options.observation.places[1] = (struct observation_place){OBSERVED_OUTPUT, 0};
    CU_ASSERT_PTR_NULL(certificate_new(program, &options, &error));
    CU_ASSERT_STRING_EQUAL(error.text, "no certificate: what is printed has no bound");
    program_free(program);
}

/* Who sleeps, was woken, is not born; who reads and writes; how often a mutex is held; whether an event is set. */
static void test_cells(void)
{
    struct program *program = subject_program(
        ".var x\n.mutex m, recursive\n.condition c\n.rwlock r\n.event e\n.thread a\n lock m\n cwait c, m\n.thread b, later\n"
        " nop\n.thread d\n rdlock r\n rwunlock r\n wrlock r\n lock m\n lock m\n signal c\n set e\n spawn b\n",
        1, 1);
    struct certificate *certificate = certify_condition(program, "x == 0", false, NULL);
    expect_cell(certificate, 0, "b", "0u");
    expect_cell(certificate, 0, "r", "-");
    bool seen[4] = {false};
    for (size_t s = 0; s < certificate->state_count; s++)
        for (size_t c = 0; c < certificate->column_count; c++) {
            struct certificate_cell cell;
            certificate_cell(certificate, s, c, &cell);
            const char *name = certificate->columns[c].name;
            seen[0] = seen[0] || (strcmp(name, "a") == 0 && cell.mark == 'z' && cell.numbers[0] == 1);
            seen[1] = seen[1] || (strcmp(name, "a") == 0 && cell.mark == 'w');
            seen[2] =
                seen[2] || (strcmp(name, "r") == 0 && cell.mark == 'w' && cell.count == 1 && cell.numbers[0] == 2);
            seen[3] =
                seen[3] || (strcmp(name, "m") == 0 && cell.count == 2 && cell.numbers[0] == 2 && cell.numbers[1] == 1);
        }
    for (size_t i = 0; i < 4; i++)
        CU_ASSERT_TRUE(seen[i]);
    CU_ASSERT_TRUE(has_column(certificate, "e"));
    certificate_free(certificate);
    program_free(program);
}

/* ---- Refusals -------------------------------------------------------------------------------------------------- */

static void test_refusals(void)
{
    expect_refusal(".var x\n.semaphore s, 0\n.main\n wait s\n", 0, "no certificate: no schedule ends with a value");
    expect_refusal(
        ".var x\n.var stop\n.thread a\n.top\n sub $1, x\n test $0, stop\n je .top\n.thread b\n mov $1, stop\n", 5000,
        "no certificate: the limit of 5000 states was reached (--max-states)");
}

static void test_given_witness(void)
{
    struct error error = ERROR_INIT;
    struct budget budget = {0};
    uint32_t threads[] = {0, 0, 1, 1, 1, 0};
    struct outcome_witness witness = {.end = OUTCOME_VALUE, .value = 1, .schedule = subject_schedule(threads, 6)};
    struct program *program = subject_model("unlocked", 2, 1);
    struct certificate_options options = {.witness = &witness, .budget = &budget};
    budget_start(&budget);
    struct certificate *certificate = certificate_new(program, &options, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(certificate);
    CU_ASSERT(subject_same_schedule(&certificate->claims[0].schedule, &witness.schedule));
    certificate_free(certificate);
    witness.value = 2;
    CU_ASSERT_PTR_NULL(certificate_new(program, &options, &error));
    CU_ASSERT_STRING_EQUAL(error.text, "no certificate: the witness does not end with 1");
    schedule_free(&witness.schedule);
    program_free(program);
}

/* The bound of x is attained by a schedule that overflows y's copy first: then all values are listed. */
static void test_overflow(void)
{
    struct error error = ERROR_INIT;
    struct budget budget = {0};
    struct program *program =
        subject_program(".var x, 9223372036854775806\n.main\n mov x, %ax\n add $1, %ax\n mov %ax, x\n", 2, 1);
    struct certificate *certificate = certify(program, NULL, true, &budget, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(certificate);
    CU_ASSERT_EQUAL(certificate->claims[0].bound, INT64_MAX);
    CU_ASSERT_EQUAL(certificate->columns[certificate->column_count - 1].kind, CERTIFICATE_KNOWN);
    certificate_free(certificate);
    program_free(program);
}

/* ---- Random programs, verified --------------------------------------------------------------------------------- */

/* Runs racecheck-verify on a certificate; returns its status. */
static int verify(const struct certificate *certificate, const struct random_program *random, const char *kind,
                  const struct property *parameters, size_t count)
{
    char path[] = "/tmp/racecheck-certificate-XXXXXX", checksum[CERTIFICATE_CHECKSUM_SIZE];
    const char *verifier = getenv("RACECHECK_VERIFY");
    struct outcome subject = {.model = (char[]){"random"},
                              .text = (char *)random->text,
                              .given_threads = random->threads,
                              .iters = 1,
                              .scheduler = (char *)kind,
                              .parameters = (struct property *)parameters,
                              .parameter_count = count};
    int descriptor = mkstemp(path);
    FILE *stream = fdopen(descriptor, "w");
    certificate_file_write(stream, certificate, &subject, checksum);
    CU_ASSERT_EQUAL(fclose(stream), 0);
    struct text command = TEXT_INIT;
    text_print(&command, "%s -q %s", verifier != NULL ? verifier : "./racecheck-verify", path);
    int status = system(text_string(&command));
    text_free(&command);
    unlink(path);
    return status;
}

static bool has_final_value(const struct error *error)
{
    return strcmp(error->text, "no certificate: no schedule ends with a value") != 0;
}

/* Two accounts of one program: the claims of its certificates are the extremes that the analysis finds, and the
 * verifier agrees. Returns how many certificates there were. */
static unsigned check_random(uint64_t seed)
{
    static const char *const kinds[] = {"free", "tick", "signal", "parallel", "preemptions"};
    struct random_options wish = {.features =
                                      (seed % 3 == 0 ? RANDOM_ALL : RANDOM_TERMINATING) & ~(unsigned)RANDOM_MEMORY,
                                  .max_schedules = 3000,
                                  .max_steps = 12};
    struct random_program *random = random_program_new(seed, &wish);
    struct program *program = subject_program(random->text, random->threads, 1);
    struct oracle_scheduler *drawn = oracle_scheduler_draw(seed, kinds[seed % 5], program->thread_count);
    const struct scheduler *scheduler = drawn->scheduler != NULL ? drawn->scheduler : scheduler_free_choice();
    struct analysis_options options = {.scheduler = scheduler, .questions = QUESTION_EXTREMES};
    struct outcome *outcome = subject_analyse(program, &options);
    struct property *parameters = NULL;
    size_t count = 0;
    unsigned made = 0;
    scheduler_describe(scheduler, &parameters, &count);
    for (int is_upper = 0; is_upper < 2; is_upper++) {
        struct error error = ERROR_INIT;
        struct budget budget = {.max_states = 200000};
        struct certificate *certificate = certify(program, scheduler, is_upper != 0, &budget, &error);
        if (certificate == NULL) {
            CU_ASSERT_TRUE(!has_final_value(&error) ? !outcome->has_extremes : error.set);
            continue;
        }
        made++;
        int64_t claim = is_upper ? outcome->greatest : outcome->least;
        if (outcome->has_extremes)
            CU_ASSERT_EQUAL(certificate->claims[0].bound, claim);
        int status = verify(certificate, random, scheduler->kind->name, parameters, count);
        CU_ASSERT_EQUAL(status, 0);
        if (status != 0 || (outcome->has_extremes && certificate->claims[0].bound != claim))
            unit_note("seed %llu, %s", (unsigned long long)seed, drawn->name);
        certificate_free(certificate);
    }
    property_free_list(parameters, count);
    outcome_free(outcome);
    oracle_scheduler_free(drawn);
    program_free(program);
    random_program_free(random);
    return made;
}

/* Conditions are judged alike whatever is listed, and what is certified is verified. Returns how many were certified. */
static unsigned check_random_conditions(uint64_t seed)
{
    struct random_options wish = {
        .features = RANDOM_ALL & ~(unsigned)RANDOM_MEMORY, .max_schedules = 3000, .max_steps = 12};
    struct random_program *random = random_program_new(seed, &wish);
    struct program *program = subject_program(random->text, random->threads, 1);
    unsigned made = 0;
    for (int64_t limit = -1; limit < 3; limit++) {
        struct text condition = TEXT_INIT;
        const char *last = program->variables[program->variable_count - 1].name;
        bool has_name = last[0] > '9';
        text_print(&condition, "%s <= %lld || %s > %lld", program->variables[0].name, (long long)limit,
                   has_name ? last : program->variables[0].name, (long long)limit + 2);
        struct certificate *certificates[2];
        for (int no_slice = 0; no_slice < 2; no_slice++) {
            struct error error = ERROR_INIT;
            certificates[no_slice] = try_condition(program, text_string(&condition), no_slice != 0, &error);
        }
        CU_ASSERT((certificates[0] == NULL) == (certificates[1] == NULL));
        for (int c = 0; c < 2 && certificates[c] != NULL; c++, made++)
            CU_ASSERT_EQUAL(verify(certificates[c], random, "free", NULL, 0), 0);
        certificate_free(certificates[0]);
        certificate_free(certificates[1]);
        text_free(&condition);
    }
    program_free(program);
    random_program_free(random);
    return made;
}

static void test_random_conditions(void)
{
    unsigned made = 0, runs = unit_runs(20, 200);
    for (unsigned seed = 1; seed <= runs; seed++)
        made += check_random_conditions(seed);
    unit_note("%u certificates of conditions on %u programs", made, runs);
    CU_ASSERT_TRUE(made > runs);
}

static void test_random_programs(void)
{
    unsigned made = 0, runs = unit_runs(100, 1000);
    for (unsigned seed = 1; seed <= runs; seed++)
        made += check_random(seed);
    unit_note("%u certificates of %u programs", made, runs);
    CU_ASSERT_TRUE(made > runs * 4 / 5); /* of priorities none are made */
}

int main(void)
{
    static const CU_TestInfo tests[] = {
        {"the known extremes are claimed", test_known_extremes},
        {"so they are under schedulers", test_schedulers},
        {"bounds are those of the data that matters", test_bounds},
        {"where the counter decides, it is known and nothing is bounded", test_nothing_to_bound},
        {"bounds come to rest in a cycle", test_cycle},
        {"what is claimed of every state", test_conditions},
        {"several places are bounded each for itself", test_tuple},
        {"what threads and objects are at", test_cells},
        {"where there is no certificate, the reason is told", test_refusals},
        {"a witness that is given is taken, or refused", test_given_witness},
        {"where a bound overflows, values are listed", test_overflow},
        {"of random programs the claims are the extremes, and are verified", test_random_programs},
        {"of random programs conditions are judged alike, and are verified", test_random_conditions},
        CU_TEST_INFO_NULL,
    };
    return unit_run("certificate", tests);
}
