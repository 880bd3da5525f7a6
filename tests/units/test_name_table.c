#include "base/name_table.h"
#include "tests/support/unit.h"

#include <stdio.h>
#include <string.h>

enum { NAMES = 5000 };

static char names[NAMES][8];

static void test_many(void)
{
    struct name_table table = NAME_TABLE_INIT;
    CU_ASSERT_EQUAL(name_table_find(&table, "n0", 2), NAME_TABLE_NONE);
    for (size_t n = 0; n < NAMES; n++) {
        snprintf(names[n], sizeof names[n], "n%zu", n);
        name_table_add(&table, names[n], strlen(names[n]), n);
    }
    for (size_t n = 0; n < NAMES; n++)
        CU_ASSERT_EQUAL(name_table_find(&table, names[n], strlen(names[n])), n);
    CU_ASSERT_EQUAL(name_table_find(&table, "n5000", 5), NAME_TABLE_NONE);
    CU_ASSERT_EQUAL(name_table_find(&table, "n49999", 5), 4999);
    CU_ASSERT_EQUAL(table.count, NAMES);
    name_table_free(&table);
}

static void test_first_stays(void)
{
    struct name_table table = NAME_TABLE_INIT;
    name_table_add(&table, "x", 1, 3);
    name_table_add(&table, "x", 1, 4);
    name_table_add(&table, "", 0, 5);
    CU_ASSERT_EQUAL(name_table_find(&table, "x", 1), 3);
    CU_ASSERT_EQUAL(name_table_find(&table, "", 0), 5);
    CU_ASSERT_EQUAL(table.count, 2);
    name_table_free(&table);
}

int main(void)
{
    static const CU_TestInfo tests[] = {
        {"many names", test_many},
        {"the first number of a name stays", test_first_stays},
        CU_TEST_INFO_NULL,
    };
    return unit_run("name_table", tests);
}
