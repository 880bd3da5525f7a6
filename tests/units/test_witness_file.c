/* Witnesses as JSON, there and back. */
#include "base/memory.h"
#include "base/text.h"
#include "report/witness_file.h"
#include "tests/support/handmade.h"
#include "tests/support/race.h"
#include "tests/support/subject.h"
#include "tests/support/unit.h"

#include <stdlib.h>
#include <string.h>

static void test_registers_round_trip(void)
{
    struct outcome *outcome = handmade_rich();
    struct error error = ERROR_INIT;
    char *bytes = handmade_document(outcome, &outcome->witnesses[0], false);
    CU_ASSERT_PTR_NOT_NULL(strstr(bytes, "\"registers\": null"));
    struct witness_file *file = handmade_read_back(bytes, NULL, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT_PTR_NULL(file->registers);
    witness_file_free(file);
    memory_free(bytes);
    outcome->registers = memory_copy_string("bx=1,bx=2");
    bytes = handmade_document(outcome, &outcome->witnesses[0], false);
    file = handmade_read_back(bytes, NULL, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT_STRING_EQUAL(file->registers, "bx=1,bx=2");
    witness_file_free(file);
    memory_free(bytes);
    outcome_free(outcome);
}

static void test_witness_round_trip(void)
{
    struct outcome *outcome = handmade_rich();
    char *bytes = handmade_document(outcome, &outcome->witnesses[0], false);
    struct error error = ERROR_INIT;
    struct witness_file *file = handmade_read_back(bytes, NULL, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT_STRING_EQUAL(file->model, outcome->model);
    CU_ASSERT_STRING_EQUAL(file->text, outcome->text);
    CU_ASSERT_STRING_EQUAL(file->observe, "value");
    CU_ASSERT_STRING_EQUAL(file->scheduler, "tick");
    CU_ASSERT_EQUAL(file->threads, 2);
    CU_ASSERT_EQUAL(file->iters, 10);
    CU_ASSERT_EQUAL_FATAL(file->symbol_count, 2);
    CU_ASSERT_EQUAL(file->symbols[0].number, -2);
    CU_ASSERT_EQUAL(file->symbols[1].number, INT64_MIN);
    CU_ASSERT_EQUAL_FATAL(file->parameter_count, 2);
    CU_ASSERT_EQUAL(file->parameters[0].number, 100);
    CU_ASSERT_STRING_EQUAL(file->parameters[1].text, "any");
    CU_ASSERT_EQUAL(file->end, OUTCOME_VALUE);
    CU_ASSERT_EQUAL(file->value, 2);
    CU_ASSERT_TRUE(file->has_preemptions);
    CU_ASSERT_EQUAL(file->preemptions, 4);
    CU_ASSERT_EQUAL(file->schedule.count, 60);
    CU_ASSERT(subject_same_schedule(&file->schedule, &outcome->witnesses[0].schedule));
    witness_file_free(file);
    memory_free(bytes);
    outcome_free(outcome);
}

static void test_witness_of_result(void)
{
    struct outcome *outcome = handmade_rich();
    char *bytes = handmade_document(outcome, NULL, false);
    struct error error = ERROR_INIT;
    struct witness_file *file = handmade_read_back(bytes, NULL, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT_EQUAL(file->value, 2);
    witness_file_free(file);
    const char *wanted = "20";
    file = handmade_read_back(bytes, wanted, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT_EQUAL(file->value, 20);
    witness_file_free(file);
    wanted = "3";
    CU_ASSERT_PTR_NULL(handmade_read_back(bytes, wanted, &error));
    CU_ASSERT_TRUE(unit_says(error.text, "no witness for the value 3"));
    memory_free(bytes);
    outcome_free(outcome);
}

static void test_deadlock_round_trip(void)
{
    struct outcome *outcome = handmade_outcome("deadlock", 2, 1);
    struct trace *trace = race_run(2, 1, "0x1 1x1");
    trace->end = TRACE_DEADLOCKED;
    handmade_add_witness(outcome, OUTCOME_DEADLOCK, trace);
    char *bytes = handmade_document(outcome, &outcome->witnesses[0], false);
    struct error error = ERROR_INIT;
    struct witness_file *file = handmade_read_back(bytes, NULL, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT_EQUAL(file->end, OUTCOME_DEADLOCK);
    witness_file_free(file);
    memory_free(bytes);
    outcome_free(outcome);
}

/* A program with bytes that are no UTF-8 still makes a document. */
static void test_invalid_bytes(void)
{
    struct outcome *outcome = handmade_outcome("caf\xe9.s", 2, 1);
    memory_free(outcome->text);
    outcome->text = memory_copy_string("# caf\xe9 \x01\n.main\n");
    handmade_add_witness(outcome, OUTCOME_VALUE, race_run(2, 1, "0x3 1x3"));
    char *bytes = handmade_document(outcome, &outcome->witnesses[0], false);
    struct error error = ERROR_INIT;
    struct witness_file *file = handmade_read_back(bytes, NULL, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT_STRING_EQUAL(file->model, "caf\xef\xbf\xbd.s");
    CU_ASSERT_STRING_EQUAL(file->text, "# caf\xef\xbf\xbd \x01\n.main\n");
    witness_file_free(file);
    memory_free(bytes);
    outcome_free(outcome);
}

/* The document of a witness with `from` replaced by `to` must be refused with these words. */
static bool is_refused(const char *from, const char *to, const char *words)
{
    struct outcome *outcome = handmade_rich();
    char *bytes = handmade_document(outcome, &outcome->witnesses[0], false);
    char *place = strstr(bytes, from);
    struct text changed = TEXT_INIT;
    if (place != NULL) {
        text_append(&changed, bytes, (size_t)(place - bytes));
        text_print(&changed, "%s%s", to, place + strlen(from));
    }
    struct error error = ERROR_INIT;
    struct witness_file *file = handmade_read_back(text_string(&changed), NULL, &error);
    bool is_told = place != NULL && file == NULL && unit_says(error.text, words);
    if (!is_told)
        unit_note("%s -> %s: %s", from, to, file != NULL ? "accepted" : error.text);
    witness_file_free(file);
    text_free(&changed);
    memory_free(bytes);
    outcome_free(outcome);
    return is_told;
}

static void test_refused_witnesses(void)
{
    CU_ASSERT_TRUE(is_refused("racecheck-witness", "racecheck-wish", "\"format\""));
    CU_ASSERT_TRUE(is_refused("\"version\": 1", "\"version\": 2", "\"version\""));
    CU_ASSERT_TRUE(is_refused("\"version\": 1", "\"version\": \"1\"", "\"version\""));
    CU_ASSERT_TRUE(is_refused("  \"version\": 1,", "", "\"version\" is missing"));
    CU_ASSERT_TRUE(is_refused("\"version\": 1", "\"version\": 1, \"version\": 1", "duplicate"));
    CU_ASSERT_TRUE(is_refused("\"version\": 1", "\"version\": 1, \"extra\": 1", "\"extra\" is unknown"));
    CU_ASSERT_TRUE(is_refused("\"threads\": 2", "\"threads\": 65", "\"program.threads\""));
    CU_ASSERT_TRUE(is_refused("\"threads\": 2", "\"threads\": true", "\"program.threads\""));
    CU_ASSERT_TRUE(is_refused("\"iters\": 10", "\"iters\": -1", "\"program.iters\""));
    CU_ASSERT_TRUE(is_refused("\"iters\": 10", "\"iters\": 1.5", "\"program.iters\""));
    CU_ASSERT_TRUE(is_refused("\"iters\": 10", "\"iters\": 99999999999999999999", "no JSON document"));
    CU_ASSERT_TRUE(is_refused("\"iters\": 10", "\"iters\": \"99999999999999999999\"", "\"program.iters\""));
    CU_ASSERT_TRUE(is_refused("\"observe\": \"value\"", "\"observe\": null", "\"program.observe\""));
    CU_ASSERT_TRUE(is_refused("\"registers\": null", "\"registers\": []", "\"program.registers\""));
    CU_ASSERT_TRUE(is_refused("\"PERMITS\": -2", "\"PERMITS\": \"many\"", "\"PERMITS\""));
    CU_ASSERT_TRUE(is_refused("\"quantum\": 100", "\"quantum\": []", "\"quantum\""));
    CU_ASSERT_TRUE(is_refused("\"kind\": \"tick\"", "\"kind\": 1", "\"scheduler.kind\""));
    CU_ASSERT_TRUE(is_refused("\"end\": \"value\"", "\"end\": \"joy\"", "\"end\""));
    CU_ASSERT_TRUE(is_refused("\"end\": \"value\"", "\"end\": \"deadlock\"", "\"value\""));
    CU_ASSERT_TRUE(is_refused("\"value\": 2", "\"value\": null", "\"value\""));
    CU_ASSERT_TRUE(is_refused("\"preemptions\": 4", "\"preemptions\": -4", "\"preemptions\""));
    CU_ASSERT_TRUE(is_refused("0,1,1", "0,64,1", "step 2"));
    CU_ASSERT_TRUE(is_refused("0,1,1", "0,-1,1", "step 2"));
    CU_ASSERT_TRUE(is_refused("0,1,1", "0,1.0,1", "step 2"));
    CU_ASSERT_TRUE(is_refused("\"steps\": [", "\"steps\": {", "no JSON document"));
}

static void test_refused_files(void)
{
    struct error error = ERROR_INIT;
    CU_ASSERT_PTR_NULL(handmade_read_back("{\n  \"format\": oops }\n", NULL, &error));
    CU_ASSERT_EQUAL(error.line, 2);
    CU_ASSERT_NOT_EQUAL(error.column, 0);
    error = ERROR_INIT;
    CU_ASSERT_PTR_NULL(handmade_read_back("", NULL, &error));
    CU_ASSERT_TRUE(error.set);
    error = ERROR_INIT;
    CU_ASSERT_PTR_NULL(handmade_read_back("[1, 2]", NULL, &error));
    CU_ASSERT_TRUE(unit_says(error.text, "no witness"));
    error = ERROR_INIT;
    CU_ASSERT_PTR_NULL(witness_file_read("/tmp", NULL, &error));
    CU_ASSERT_TRUE(unit_says(error.text, "Is a directory"));
    error = ERROR_INIT;
    CU_ASSERT_PTR_NULL(witness_file_read("/nowhere/at/all", NULL, &error));
    CU_ASSERT_STRING_EQUAL(error.source, "/nowhere/at/all");
}

/* An endless file must be refused, not swallowed. */
static void test_refused_size(void)
{
    struct error error = ERROR_INIT;
    CU_ASSERT_PTR_NULL(witness_file_read("/dev/zero", NULL, &error));
    CU_ASSERT_TRUE(unit_says(error.text, "larger than 256 MB"));
}

int main(void)
{
    static const CU_TestInfo tests[] = {
        {"JSON: a witness is read as it was written", test_witness_round_trip},
        {"JSON: first values of registers", test_registers_round_trip},
        {"JSON: the witness of a result, by value", test_witness_of_result},
        {"JSON: a deadlock is read as it was written", test_deadlock_round_trip},
        {"JSON: invalid bytes do not lose the document", test_invalid_bytes},
        {"JSON: wrong witnesses are refused, naming the key", test_refused_witnesses},
        {"JSON: wrong files are refused, naming the place", test_refused_files},
        {"JSON: an endless file is refused", test_refused_size},
        CU_TEST_INFO_NULL,
    };
    return unit_run("witness file", tests);
}
