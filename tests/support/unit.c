#include "tests/support/unit.h"

#include "base/memory.h"

#include <CUnit/TestRun.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void unit_note(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    printf("# ");
    vprintf(format, arguments);
    printf("\n");
    fflush(stdout);
    va_end(arguments);
}

/* CUnit's handler after each test; failure is the list of this test's failed assertions. Flushed, so that the lines stay
 * when a later test crashes. */
static void print_result(const CU_pTest test, const CU_pSuite suite, const CU_pFailureRecord failure)
{
    printf("%s %u - %s: %s\n", failure == NULL ? "ok" : "not ok", CU_get_number_of_tests_run(), suite->pName,
           test->pName);
    for (const CU_FailureRecord *record = failure; record != NULL; record = record->pNext)
        unit_note("%s:%u: %s", record->strFileName != NULL ? record->strFileName : "?", record->uiLineNumber,
                  record->strCondition != NULL ? record->strCondition : "?");
    fflush(stdout);
}

static unsigned count_tests(const CU_TestInfo *tests)
{
    unsigned count = 0;
    while (tests[count].pName != NULL)
        count++;
    return count;
}

static bool register_tests(const char *name, const CU_TestInfo *tests)
{
    if (CU_initialize_registry() != CUE_SUCCESS)
        return false;
    CU_pSuite suite = CU_add_suite(name, NULL, NULL);
    if (suite == NULL)
        return false;
    for (; tests->pName != NULL; tests++)
        if (CU_add_test(suite, tests->pName, tests->pTestFunc) == NULL)
            return false;
    return true;
}

/* CUnit reports success although tests failed or were left out: count for ourselves. */
static bool all_passed(unsigned count)
{
    return count > 0 && CU_get_number_of_tests_run() == count && CU_get_number_of_tests_failed() == 0 &&
           CU_get_number_of_suites_failed() == 0 && CU_get_number_of_failure_records() == 0;
}

int unit_run(const char *suite, const CU_TestInfo *tests)
{
    unsigned count = count_tests(tests);
    printf("1..%u\n", count);
    fflush(stdout);
    if (!register_tests(suite, tests)) {
        printf("Bail out! CUnit: %s\n", CU_get_error_msg());
        return EXIT_FAILURE;
    }
    CU_set_test_complete_handler(print_result);
    CU_run_all_tests();
    bool passed = all_passed(count);
    CU_cleanup_registry();
    return passed ? EXIT_SUCCESS : EXIT_FAILURE;
}

unsigned unit_runs(unsigned usual, unsigned many)
{
    return getenv("LONG_TESTS") != NULL ? many : usual;
}

bool unit_says(const char *text, const char *words)
{
    if (strstr(text, words) != NULL)
        return true;
    unit_note("there is no \"%s\"", words);
    return false;
}

bool unit_is(char *taken, const char *expected)
{
    bool is_equal = strcmp(taken, expected) == 0;
    if (!is_equal)
        unit_note("\"%s\" instead of \"%s\"", taken, expected);
    memory_free(taken);
    return is_equal;
}
