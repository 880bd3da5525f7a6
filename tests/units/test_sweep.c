/* Sweeps: table, CSV and JSON. */
#include "base/memory.h"
#include "base/text.h"
#include "report/json.h"
#include "report/sweep.h"
#include "report/sweep_csv.h"
#include "report/sweep_table.h"
#include "report/terminal.h"
#include "report/text_report.h"
#include "tests/support/handmade.h"
#include "tests/support/unit.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static const struct text_report_options plain = {.terminal = {.width = 80}};

static void take_result(struct sweep_point *point, const struct outcome *outcome)
{
    point->status = 0;
    point->document = handmade_document(outcome, NULL, false);
    point->has_result = sweep_result_read(&point->result, point->document, strlen(point->document));
    CU_ASSERT_TRUE(point->has_result);
}

/* Three points: 2x1, one with gaps and deadlocks, one that failed. */
static struct sweep *small_sweep(void)
{
    struct sweep *sweep = sweep_new(3);
    sweep->axis_count = 1;
    sweep->names[0] = memory_copy_string("quantum");
    sweep->model = memory_copy_string("unlocked");
    property_add_number(&sweep->settings, &sweep->setting_count, "threads", 2);
    struct outcome *outcome = handmade_small();
    take_result(&sweep->points[0], outcome);
    handmade_add_row(outcome, 9, "3", "0/1", 0);
    mpz_set_ui(outcome->deadlocked, 7);
    outcome->can_deadlock = true;
    take_result(&sweep->points[1], outcome);
    outcome_free(outcome);
    for (int64_t p = 0; p < 3; p++)
        sweep->points[p].values[0] = p + 1;
    sweep->points[2].status = 2;
    sweep->points[2].note = memory_copy_string("said \"no\", twice");
    return sweep;
}

static char *swept(const struct sweep *sweep, const struct terminal *terminal)
{
    char *bytes = NULL;
    size_t length;
    FILE *stream = open_memstream(&bytes, &length);
    if (terminal != NULL)
        sweep_table_print(stream, sweep, terminal);
    else
        sweep_csv_write(stream, sweep);
    fclose(stream);
    return bytes;
}

static void test_sweep_table(void)
{
    struct sweep *sweep = small_sweep();
    CU_ASSERT_TRUE(
        unit_is(swept(sweep, &(struct terminal){.width = 120}),
                "checked       unlocked, 2 threads\n\n"
                "quantum   minimum   maximum   values   reachable   schedules   deadlocked\n"
                "      1         1         2        2   1..2               20            0\n"
                "      2         1         9        3   1..2 9             23            7\n"
                "      3         -         -        -   -                   -            -   said \"no\", twice\n"));
    CU_ASSERT_TRUE(unit_is(swept(sweep, &(struct terminal){.width = 60}),
                           "checked       unlocked, 2 threads\n\n"
                           "quantum   minimum   maximum   values   reachable   schedules   deadlocked\n"
                           "      1         1         2        2   1..2               20            0\n"
                           "      2         1         9        3   1..2 9             23            7\n"
                           "      3         -         -        -   -                   -            -\n"
                           "          said \"no\", twice\n"));
    /* Without gaps and deadlocks these columns would say nothing. */
    sweep->point_count = 1;
    CU_ASSERT_TRUE(unit_is(swept(sweep, &plain.terminal), "checked       unlocked, 2 threads\n\n"
                                                          "quantum   minimum   maximum   values   schedules\n"
                                                          "      1         1         2        2          20\n"));
    sweep->point_count = 3;
    sweep_free(sweep);
}

static void test_sweep_csv(void)
{
    struct sweep *sweep = small_sweep();
    CU_ASSERT_TRUE(unit_is(swept(sweep, NULL),
                           "quantum,status,complete,minimum,maximum,values,reachable,schedules,deadlocked,hang,note\r\n"
                           "1,0,true,1,2,2,1..2,20,0,false,\r\n"
                           "2,0,true,1,9,3,1..2 9,23,7,true,\r\n"
                           "3,2,,,,,,,,,\"said \"\"no\"\", twice\"\r\n"));
    sweep_free(sweep);
}

/* The documents of the points are in that of the sweep, whole. */
static void test_sweep_document(void)
{
    struct sweep *sweep = small_sweep();
    char *bytes = NULL;
    size_t length;
    FILE *stream = open_memstream(&bytes, &length);
    json_write_sweep(stream, sweep);
    fclose(stream);
    json_t *document = json_loads(bytes, JSON_REJECT_DUPLICATES, NULL);
    const json_t *points = json_object_get(document, "points");
    CU_ASSERT_EQUAL_FATAL(json_array_size(points), 3);
    for (size_t p = 0; p < 2; p++) {
        json_t *own = json_loads(sweep->points[p].document, 0, NULL);
        CU_ASSERT_TRUE(json_equal(own, json_object_get(json_array_get(points, p), "result")));
        json_decref(own);
    }
    CU_ASSERT_TRUE(json_is_null(json_object_get(json_array_get(points, 2), "result")));
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(json_array_get(points, 2), "note")), "said \"no\", twice");
    json_decref(document);
    memory_free(bytes);
    sweep_free(sweep);
}

static void test_sweep_ranges(void)
{
    char ab[] = "x=1,y=2", cd[] = "x=3,y=4", *ends[] = {ab, cd};
    struct sweep_result result = {0}, tuples = {.ends = ends, .end_count = 2};
    struct text text = TEXT_INIT;
    static const struct {
        size_t columns;
        const char *text;
    } widths[] = {{SIZE_MAX, "-5..-4 0 7..20"},
                  {14, "-5..-4 0 7..20"},
                  {13, "-5..-4 0 ..."},
                  {12, "-5..-4 0 ..."},
                  {11, "-5..-4 ..."}};
    intervals_add(&result.values, 7, 20);
    intervals_add(&result.values, -5, -4);
    intervals_add(&result.values, 0, 0);
    for (size_t w = 0; w < sizeof widths / sizeof *widths; w++) {
        sweep_print_reachable(&text, &result, widths[w].columns);
        CU_ASSERT_TRUE(unit_is(text_take(&text), widths[w].text));
    }
    sweep_print_reachable(&text, &tuples, 15);
    CU_ASSERT_TRUE(unit_is(text_take(&text), "x=1,y=2 x=3,y=4"));
    sweep_print_reachable(&text, &tuples, 14);
    CU_ASSERT_TRUE(unit_is(text_take(&text), "x=1,y=2 ..."));
    intervals_free(&result.values);
}

/* What a process that died left half-written is no result. */
static void test_sweep_results_refused(void)
{
    struct outcome *outcome = handmade_small();
    char *bytes = handmade_document(outcome, NULL, false),
         *witness = handmade_document(outcome, &outcome->witnesses[0], false);
    struct sweep_result result;
    CU_ASSERT_TRUE(sweep_result_read(&result, bytes, strlen(bytes)));
    CU_ASSERT(result.complete && result.minimum == 1 && result.maximum == 2 && !result.endless && !result.can_deadlock);
    CU_ASSERT_STRING_EQUAL(result.schedules, "20");
    sweep_result_free(&result);
    for (size_t length = 0; length + 2 < strlen(bytes); length += 7)
        CU_ASSERT_FALSE(sweep_result_read(&result, bytes, length));
    CU_ASSERT_FALSE(sweep_result_read(&result, witness, strlen(witness)));
    memory_free(bytes);
    memory_free(witness);
    outcome_free(outcome);
}

int main(void)
{
    static const CU_TestInfo tests[] = {
        {"sweeps: the table", test_sweep_table},
        {"sweeps: CSV, to the letter", test_sweep_csv},
        {"sweeps: JSON", test_sweep_document},
        {"sweeps: ranges in so many columns", test_sweep_ranges},
        {"sweeps: what is no result", test_sweep_results_refused},
        CU_TEST_INFO_NULL,
    };
    return unit_run("sweep", tests);
}
