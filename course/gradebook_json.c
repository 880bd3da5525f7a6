/* gradebook_json: grades as JSON documents: ours, Gradescope's, PrairieLearn's (course/gradebook_formats.h). */
#include "base/document.h"
#include "base/memory.h"
#include "base/text.h"
#include "course/gradebook_formats.h"

#include <inttypes.h>
#include <jansson.h>

enum { INDENT = 2, SCORE_DIGITS = 12 };

static void dump(FILE *stream, json_t *document)
{
    json_dumpf(document, stream, JSON_INDENT(INDENT) | JSON_REAL_PRECISION(SCORE_DIGITS));
    fputc('\n', stream);
    json_decref(document);
}

/* ---- Ours ------------------------------------------------------------------------------------------------------ */

static json_t *row_of(const struct grade *grade, const struct grade_row *row)
{
    json_t *object = json_object();
    document_set(object, "row", document_string(assignment_row_name(row->row)));
    document_set(object, "title", document_string(assignment_row_title(grade->kind, row->row)));
    document_set(object, "points", json_integer(gradebook_row_points(grade, row)));
    document_set(object, "most", json_integer(row->most));
    document_set(object, "verdict", document_string(grade_verdict_name(row->verdict)));
    document_set(object, "message", document_string_or_null(row->message));
    return object;
}

static json_t *grade_of(const struct grade *grade)
{
    json_t *object = json_object(), *rows = json_array();
    document_set(object, "student", document_string_or_null(grade->student));
    document_set(object, "file", document_string_or_null(grade->file));
    document_set(object, "state", document_string(grade_state_name(grade->state)));
    document_set(object, "points", json_integer(grade_points(grade)));
    document_set(object, "most", json_integer(grade->most));
    document_set(object, "error", document_string_or_null(grade->error));
    for (size_t r = 0; r < grade->row_count; r++)
        json_array_append_new(rows, row_of(grade, &grade->rows[r]));
    document_set(object, "rows", rows);
    return object;
}

void gradebook_write_json(FILE *stream, const struct gradebook *book)
{
    json_t *document = json_object(), *grades = json_array(), *ignored = json_array();
    document_set(document, "format", json_string("racecheck-grades"));
    document_set(document, "version", json_integer(1));
    document_set(document, "assignment", document_string(book->assignment->name));
    document_set(document, "title", document_string(book->assignment->title));
    document_set(document, "kind", document_string(assignment_kind_name(book->assignment->kind)));
    document_set(document, "complete", json_boolean(!book->is_interrupted));
    for (size_t g = 0; g < book->count; g++)
        json_array_append_new(grades, grade_of(&book->grades[g]));
    document_set(document, "grades", grades);
    for (size_t i = 0; i < book->ignored_count; i++)
        json_array_append_new(ignored, document_string(book->ignored[i]));
    document_set(document, "ignored", ignored);
    dump(stream, document);
}

/* ---- Gradescope ------------------------------------------------------------------------------------------------ */

static json_t *gradescope_test(const char *name, size_t number, int64_t points, int64_t most, bool has_passed,
                               const char *output)
{
    json_t *test = json_object();
    document_set(test, "name", document_string(name));
    document_set(test, "number", json_sprintf("%zu", number));
    document_set(test, "score", json_real((double)points));
    document_set(test, "max_score", json_real((double)most));
    document_set(test, "status", json_string(has_passed ? "passed" : "failed"));
    document_set(test, "output", document_string(output));
    document_set(test, "visibility", json_string("visible"));
    return test;
}

/* What could not be graded is one test that failed, so that no row looks as if somebody had looked at it. */
static json_t *gradescope_tests(const struct grade *grade)
{
    json_t *tests = json_array();
    if (grade_needs_error(grade)) {
        json_array_append_new(tests,
                              gradescope_test("the submission can be graded", 1, 0, grade->most, false, grade->error));
        return tests;
    }
    for (size_t r = 0; r < grade->row_count; r++) {
        const struct grade_row *row = &grade->rows[r];
        const char *output = row->message != NULL || row->verdict != VERDICT_OPEN ? row->message : "not looked at";
        json_array_append_new(
            tests, gradescope_test(assignment_row_title(grade->kind, row->row), r + 1, gradebook_row_points(grade, row),
                                   row->most, grade->state == GRADE_GRADED && row->verdict == VERDICT_PASSED, output));
    }
    return tests;
}

static char *gradescope_output(const struct grade *grade)
{
    struct text text = TEXT_INIT;
    if (grade->error != NULL)
        text_print(&text, "%s: %s", grade_state_name(grade->state), grade->error);
    else
        text_print(&text, "%" PRId64 " of %" PRId64 " points", grade_points(grade), grade->most);
    return text_take(&text);
}

void gradebook_write_gradescope(FILE *stream, const struct grade *grade)
{
    json_t *document = json_object(), *extra = json_object();
    char *output = gradescope_output(grade);
    document_set(document, "score", json_real((double)grade_points(grade)));
    document_set(document, "output", document_string(output));
    document_set(document, "output_format", json_string("text"));
    document_set(document, "test_output_format", json_string("text"));
    document_set(document, "test_name_format", json_string("text"));
    document_set(document, "visibility", json_string("visible"));
    document_set(document, "stdout_visibility", json_string("hidden"));
    document_set(extra, "student", document_string_or_null(grade->student));
    document_set(extra, "file", document_string_or_null(grade->file));
    document_set(extra, "state", document_string(grade_state_name(grade->state)));
    document_set(document, "extra_data", extra);
    document_set(document, "tests", gradescope_tests(grade));
    dump(stream, document);
    memory_free(output);
}

/* ---- PrairieLearn ---------------------------------------------------------------------------------------------- */

static json_t *prairielearn_test(const struct grade *grade, const struct grade_row *row)
{
    json_t *test = json_object();
    document_set(test, "name", document_string(assignment_row_name(row->row)));
    document_set(test, "description", document_string(assignment_row_title(grade->kind, row->row)));
    document_set(test, "points", json_real((double)gradebook_row_points(grade, row)));
    document_set(test, "max_points", json_real((double)row->most));
    document_set(test, "message",
                 document_string(row->verdict == VERDICT_OPEN && row->message == NULL ? "not looked at" : ""));
    document_set(test, "output", document_string(row->message != NULL ? row->message : ""));
    return test;
}

/* Malformed input, and input of which it is not clear whose it is, costs no attempt; what was ended by a limit does. */
static bool is_gradable(const struct grade *grade)
{
    return grade->state == GRADE_GRADED || grade->state == GRADE_REFUSED;
}

void gradebook_write_prairielearn(FILE *stream, const struct grade *grade)
{
    json_t *document = json_object(), *tests = json_array(), *errors = json_array();
    document_set(document, "gradable", json_boolean(is_gradable(grade)));
    if (is_gradable(grade)) {
        double score = grade->most > 0 ? (double)grade_points(grade) / (double)grade->most : 0;
        document_set(document, "score", json_real(score));
        document_set(document, "message", document_string(grade->error != NULL ? grade->error : ""));
        for (size_t r = 0; r < grade->row_count && grade->state == GRADE_GRADED; r++)
            json_array_append_new(tests, prairielearn_test(grade, &grade->rows[r]));
        document_set(document, "tests", tests);
        json_decref(errors);
    } else {
        json_array_append_new(errors, document_string(grade->error));
        document_set(document, "format_errors", errors);
        json_decref(tests);
    }
    dump(stream, document);
}
