/* gradebook_tests: grades as results of tests: JUnit's XML and TAP (course/gradebook_formats.h).
 *
 * A row is a test. One that was not looked at since an earlier one failed is skipped; one that has a reason of its own
 * for being open has not passed. What could not be graded at all is one test, which failed: none of its rows is there. */
#include "base/memory.h"
#include "base/utf8.h"
#include "course/gradebook_formats.h"

#include <string.h>

static bool is_skipped(const struct grade_row *row)
{
    return row->verdict == VERDICT_OPEN && row->message == NULL;
}

static const char *name_of(const struct grade *grade)
{
    return grade->student != NULL ? grade->student : grade->file != NULL ? grade->file : "nobody";
}

static size_t count_tests(const struct grade *grade)
{
    return grade_needs_error(grade) ? 1 : grade->row_count;
}

/* ---- JUnit ----------------------------------------------------------------------------------------------------- */

/* Writes a character; returns how many bytes behind its first one were taken, too. */
static size_t write_character(FILE *stream, const char *at)
{
    unsigned char byte = (unsigned char)*at;
    bool is_nothing = strncmp(at, "\xEF\xBF\xBE", 3) == 0 || strncmp(at, "\xEF\xBF\xBF", 3) == 0;
    if (*at == '<' || *at == '>' || *at == '&' || *at == '"' || *at == '\n' || *at == '\t')
        fprintf(stream, "&#%u;", byte);
    else
        fputc(byte < ' ' || byte == 0x7F || is_nothing ? '?' : *at, stream);
    return is_nothing ? 2 : 0;
}

/* Writes text for XML 1.0, in which most control characters and two code points beside them cannot be said at all. */
static void write_escaped(FILE *stream, const char *bytes)
{
    char *clean = utf8_clean(bytes);
    for (const char *at = clean; *at != '\0'; at++)
        at += write_character(stream, at);
    memory_free(clean);
}

static void write_attribute(FILE *stream, const char *name, const char *value)
{
    fprintf(stream, " %s=\"", name);
    write_escaped(stream, value);
    fputc('"', stream);
}

/* Writes a case with the element that says what is wrong with it, or NULL; and its message, or NULL. */
static void write_case(FILE *stream, const struct grade *grade, const char *name, const char *wrong,
                       const char *message)
{
    fputs("    <testcase", stream);
    write_attribute(stream, "classname", name_of(grade));
    write_attribute(stream, "name", name);
    if (wrong != NULL)
        fprintf(stream, ">\n      <%s", wrong);
    if (message != NULL)
        write_attribute(stream, "message", message);
    fputs(wrong != NULL ? "/>\n    </testcase>\n" : "/>\n", stream);
}

static void write_row(FILE *stream, const struct grade *grade, const struct grade_row *row)
{
    const char *wrong = row->verdict == VERDICT_PASSED ? NULL : is_skipped(row) ? "skipped" : "failure";
    const char *message = wrong == NULL || is_skipped(row) ? NULL : row->message != NULL ? row->message : "";
    write_case(stream, grade, assignment_row_name(row->row), wrong, message);
}

static void write_suite(FILE *stream, const struct grade *grade)
{
    size_t failures = 0, skipped = 0, errors = grade_needs_error(grade);
    for (size_t r = 0; r < grade->row_count && errors == 0; r++) {
        skipped += is_skipped(&grade->rows[r]);
        failures += grade->rows[r].verdict != VERDICT_PASSED && !is_skipped(&grade->rows[r]);
    }
    fputs("  <testsuite", stream);
    write_attribute(stream, "name", name_of(grade));
    fprintf(stream, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\">\n", count_tests(grade), failures,
            errors, skipped);
    if (errors > 0)
        write_case(stream, grade, "submission", "error", grade->error);
    for (size_t r = 0; r < grade->row_count && errors == 0; r++)
        write_row(stream, grade, &grade->rows[r]);
    fputs("  </testsuite>\n", stream);
}

void gradebook_write_junit(FILE *stream, const struct gradebook *book)
{
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites", stream);
    write_attribute(stream, "name", book->assignment->name);
    fputs(">\n", stream);
    for (size_t g = 0; g < book->count; g++)
        write_suite(stream, &book->grades[g]);
    fputs("</testsuites>\n", stream);
}

/* ---- TAP ------------------------------------------------------------------------------------------------------- */

/* In the name of a test '#' begins a directive. */
static void write_name(FILE *stream, const char *bytes)
{
    char *line = utf8_line(bytes);
    for (const char *at = line; *at != '\0'; at++)
        fprintf(stream, *at == '#' || *at == '\\' ? "\\%c" : "%c", *at);
    memory_free(line);
}

static void write_point(FILE *stream, size_t number, const struct grade *grade, const struct grade_row *row)
{
    bool is_passed = row->verdict == VERDICT_PASSED || is_skipped(row);
    fprintf(stream, "%sok %zu - ", is_passed ? "" : "not ", number);
    write_name(stream, name_of(grade));
    fprintf(stream, ": %s%s\n", assignment_row_name(row->row), is_skipped(row) ? " # SKIP not looked at" : "");
    if (row->message != NULL)
        gradebook_write_lines(stream, "# ", row->message);
}

void gradebook_write_tap(FILE *stream, const struct gradebook *book)
{
    size_t count = 0, number = 0;
    for (size_t g = 0; g < book->count; g++)
        count += count_tests(&book->grades[g]);
    fprintf(stream, "TAP version 13\n1..%zu\n", count);
    for (size_t g = 0; g < book->count; g++) {
        const struct grade *grade = &book->grades[g];
        if (grade_needs_error(grade)) {
            fprintf(stream, "not ok %zu - ", ++number);
            write_name(stream, name_of(grade));
            fputs(": submission\n", stream);
            gradebook_write_lines(stream, "# ", grade->error);
            continue;
        }
        for (size_t r = 0; r < grade->row_count; r++)
            write_point(stream, ++number, grade, &grade->rows[r]);
    }
}
