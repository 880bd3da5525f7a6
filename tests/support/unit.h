/* unit: runs a table of CUnit tests and tells the result as TAP (https://testanything.org).
 *
 * One test program a module, tests/units/test_<module>.c; automake's tap-driver.sh reads what it prints. CUnit itself knows no
 * TAP, and its own runners return success in spite of failures; here a test counts as passed only when CUnit has run it to
 * its end without a failed assertion, and the plan is printed first, so that a program that dies early fails too.
 *
 *     #include "tests/support/unit.h"
 *
 *     static void test_first_error_wins(void)
 *     {
 *         struct error error = ERROR_INIT;
 *         error_set(&error, "a.s", 1, 2, "first");
 *         error_set(&error, "a.s", 3, 4, "second");
 *         CU_ASSERT_STRING_EQUAL(error.text, "first");
 *     }
 *
 *     int main(void)
 *     {
 *         static const CU_TestInfo tests[] = {
 *             {"the first error wins", test_first_error_wins},
 *             CU_TEST_INFO_NULL,
 *         };
 *         return unit_run("error", tests);
 *     }
 *
 * The name of the program goes into unit_tests in tests/local.mk. */
#pragma once

#include <CUnit/CUnit.h>
#include <CUnit/TestDB.h>
#include <stdbool.h>

/* Runs the tests, a table that ends with CU_TEST_INFO_NULL, and prints one line of TAP for each, on standard output; for a
 * failed test also "# file:line: expression" for each failed assertion. Returns what main() should return: EXIT_SUCCESS
 * where every test was run and passed, else EXIT_FAILURE. An empty table is a failure. Call it once a process. */
int unit_run(const char *suite, const CU_TestInfo *tests);

/* How often a test tries what is drawn: `usual`, or `many` where the environment has LONG_TESTS (make check-long). */
unsigned unit_runs(unsigned usual, unsigned many);

/* Prints a line of TAP diagnostics, "# " and the text; for what a failed assertion alone would not tell. */
void unit_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Whether a text has these words in it; notes what is missing. */
bool unit_says(const char *text, const char *words);

/* Whether a text, which is taken (base/memory.h), is what was expected; notes what it is instead. */
bool unit_is(char *taken, const char *expected);
