/* roster: CSV as spreadsheets write it, and what is wrong with other files. */
#include "course/roster.h"
#include "tests/support/unit.h"

#include <string.h>

static bool read_text(struct roster *roster, const char *text, struct error *error)
{
    return roster_read_text(roster, "class.csv", text, strlen(text), error);
}

/* Asserts that a text is the list "identifier=name identifier=name". */
static void expect(const char *text, const char *expected)
{
    struct error error = ERROR_INIT;
    struct roster roster;
    char told[512] = "";
    CU_ASSERT_FATAL(read_text(&roster, text, &error));
    for (size_t s = 0; s < roster.count; s++) {
        size_t length = strlen(told);
        snprintf(told + length, sizeof told - length, "%s%s=%s", s == 0 ? "" : ";", roster.students[s].identifier,
                 roster.students[s].name);
    }
    CU_ASSERT_STRING_EQUAL(told, expected);
    if (strcmp(told, expected) != 0)
        unit_note("got %s", told);
    roster_free(&roster);
}

static void expect_error(const char *text, unsigned line, const char *words)
{
    struct error error = ERROR_INIT;
    struct roster roster;
    CU_ASSERT_FALSE_FATAL(read_text(&roster, text, &error));
    CU_ASSERT_EQUAL(roster.count, 0);
    CU_ASSERT_EQUAL(error.line, line);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.text, words));
    CU_ASSERT_STRING_EQUAL(error.source, "class.csv");
    if (strstr(error.text, words) == NULL || error.line != line)
        unit_note("line %u: %s", error.line, error.text);
}

static void test_plain(void)
{
    expect("student,name\nalice,Alice Liddell\nbob,\n", "alice=Alice Liddell;bob=");
    expect("student\r\nalice\r\nbob\r\n", "alice=;bob=");
    expect("student\nalice", "alice=");
}

static void test_columns(void)
{
    expect("Name,Section,SID\nAlice,2,a1\n", "a1=Alice");
    expect("last name,first name,email\nLiddell,Alice,a@b.c\n", "a@b.c=Alice Liddell");
    expect("id,student\n7,alice\n", "alice=");
    expect("student,name\nalice\n", "alice=");
}

static void test_quoted(void)
{
    expect("student,name\nalice,\"Liddell, Alice\"\n", "alice=Liddell, Alice");
    expect("student,name\n\"alice\",\"the \"\"great\"\"\"\n", "alice=the \"great\"");
    expect("student,name\nalice,\"two\nlines\"\nbob,B\n", "alice=two lines;bob=B");
}

static void test_spreadsheets(void)
{
    expect("\xef\xbb\xbfstudent,name\r\nalice,Zo\xc3\xab\r\n\r\n,,\r\n", "alice=Zo\xc3\xab");
    expect("student , name\n alice , A \n", "alice=A");
}

static void test_separators(void)
{
    expect("student;name\nalice;Liddell, Alice\n", "alice=Liddell, Alice");
    expect("student\tname\nalice\tA; B\n", "alice=A; B");
    expect("\"name\";\"login\"\r\n\"A; B\";alice\r\n", "alice=A; B");
    expect("\"Name (last, first)\";login\nx;alice\n", "alice=");
    expect("Name (last, first)\tlogin\nx\talice\n", "alice=");
    expect("sep=;\r\nstudent;name\r\nalice;A\r\n", "alice=A");
    expect("\xef\xbb\xbf\"sep=|\"\nstudent|name\nalice|A,B\n", "alice=A,B");
    expect("SEP=\t\nstudent\tname\nalice\tA\n", "alice=A");
    expect_error("sep=;\nname;section\nA;1\n", 2, "no column for identifiers");
    expect_error("sep=;\nstudent;name\n../x;A\n", 3, "cannot be an identifier");
    expect_error("sep=", 1, "no column for identifiers");
    expect_error("student;name\nalice;\"A\" b\n", 2, "follows a quotation mark");
}

/* Latin-1 is what spreadsheets write when nobody has told them otherwise. */
static void test_encodings(void)
{
    struct error error = ERROR_INIT;
    struct roster roster;
    CU_ASSERT_FALSE(roster_read_text(&roster, "x", "student,name\nalice,Zo\xeb\n", 22, &error));
    CU_ASSERT_EQUAL(error.line, 2);
    CU_ASSERT_EQUAL(error.column, 9);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.text, "the byte 0xEB is no text in UTF-8"));
    CU_ASSERT_PTR_NOT_NULL(strstr(error.text, "save it so"));
    error = ERROR_INIT;
    CU_ASSERT_FALSE(roster_read_text(&roster, "x", "student\nb\xc3", 10, &error));
    CU_ASSERT_EQUAL(error.column, 2);
}

static void test_malformed(void)
{
    expect_error("student,name\nalice,\"A\nbob,B\n", 2, "never closed");
    expect_error("student,name\nalice,\"A\" b\n", 2, "follows a quotation mark");
    expect_error("student,name\nbob,B\nalice,A \"b\"\n", 3, "in the middle");
}

static void test_students(void)
{
    expect_error("name,section\nA,1\n", 1, "no column for identifiers");
    expect_error("", 1, "no column for identifiers");
    expect_error("student,name\n", 0, "no students");
    expect_error("student\nalice\n../etc/passwd\n", 3, "cannot be an identifier");
    expect_error("student,name\n,Alice\n", 2, "cannot be an identifier");
    expect_error("name\tsection\nA\t1\n", 1, "'login', 'username'");
    expect_error("student\n-rf\n", 2, "cannot be an identifier");
    expect_error("student\nalice\nbob\nalice\n", 4, "'alice' stands in line 2, too");
    expect_error("student\nAlice\nalice\n", 3, "in line 2, too, but for upper and lower case");
}

static void test_binary(void)
{
    struct error error = ERROR_INIT;
    struct roster roster;
    CU_ASSERT_FALSE(roster_read_text(&roster, "x", "student\na\0b\n", 12, &error));
    CU_ASSERT_PTR_NOT_NULL(strstr(error.text, "no text"));
}

static void test_files(void)
{
    struct error error = ERROR_INIT;
    struct roster roster;
    CU_ASSERT_FALSE(roster_read(&roster, "/nowhere/class.csv", &error));
    CU_ASSERT_PTR_NOT_NULL(strstr(error.text, "cannot be read"));
    error = ERROR_INIT;
    CU_ASSERT_FALSE(roster_read(&roster, "/", &error));
    CU_ASSERT_PTR_NOT_NULL(strstr(error.text, "cannot be read"));
}

static void test_numbers(void)
{
    struct roster roster;
    roster_number(&roster, 30);
    CU_ASSERT_EQUAL(roster.count, 30);
    CU_ASSERT_STRING_EQUAL(roster.students[0].identifier, "s01");
    CU_ASSERT_STRING_EQUAL(roster.students[29].identifier, "s30");
    roster_free(&roster);
    roster_number(&roster, 100);
    CU_ASSERT_STRING_EQUAL(roster.students[0].identifier, "s001");
    roster_free(&roster);
}

int main(void)
{
    static const CU_TestInfo tests[] = {
        {"lines and fields", test_plain},
        {"columns by their names", test_columns},
        {"quotation marks", test_quoted},
        {"what spreadsheets add", test_spreadsheets},
        {"what separates fields", test_separators},
        {"only UTF-8 is text", test_encodings},
        {"what is no CSV has its line", test_malformed},
        {"students that cannot be", test_students},
        {"a NUL is no text", test_binary},
        {"files that cannot be read", test_files},
        {"numbers instead of a roster", test_numbers},
        CU_TEST_INFO_NULL,
    };
    return unit_run("roster", tests);
}
