/* gradebook_text: grades for people (course/gradebook_formats.h). */
#include "base/memory.h"
#include "base/utf8.h"
#include "course/gradebook_formats.h"

#include <inttypes.h>

enum { NAME_COLUMNS = 24, ROW_COLUMNS = 10, IGNORED_SHOWN_MAX = 10 };

static const char message_indent[] = "            ";

static void write_row(FILE *stream, const struct grade *grade, const struct grade_row *row)
{
    static const char *const marks[GRADE_VERDICTS] = {"-", "ok", "no"};
    fprintf(stream, "    %-4s%2" PRId64 "/%-2" PRId64 " %-*s%s\n", marks[row->verdict],
            gradebook_row_points(grade, row), row->most, ROW_COLUMNS, assignment_row_name(row->row),
            assignment_row_title(grade->kind, row->row));
    if (row->message != NULL)
        gradebook_write_lines(stream, message_indent, row->message);
}

static void write_grade(FILE *stream, const struct grade *grade)
{
    fprintf(stream, "\n%-*s %3" PRId64 " of %" PRId64 "   %s\n", NAME_COLUMNS,
            grade->student != NULL ? grade->student : "?", grade_points(grade), grade->most,
            grade->file != NULL ? grade->file : "");
    if (grade->error != NULL) {
        fprintf(stream, "    %s:\n", grade_state_name(grade->state));
        gradebook_write_lines(stream, message_indent, grade->error);
    }
    for (size_t r = 0; r < grade->row_count && grade->state == GRADE_GRADED; r++)
        write_row(stream, grade, &grade->rows[r]);
}

/* Files that were not looked at are named, since one of them could have been meant as an answer. */
static void write_ignored(FILE *stream, const struct gradebook *book)
{
    for (size_t i = 0; i < book->ignored_count && i < IGNORED_SHOWN_MAX; i++)
        fprintf(stream, "%s%s", i == 0 ? "\nignored, since none of them can be an answer: " : ", ", book->ignored[i]);
    if (book->ignored_count > IGNORED_SHOWN_MAX)
        fprintf(stream, " and %zu more", book->ignored_count - IGNORED_SHOWN_MAX);
    fputs(book->ignored_count > 0 ? "\n" : "", stream);
}

/* The average is that of students: files of nobody are counted apart. */
static void write_summary(FILE *stream, const struct gradebook *book)
{
    int64_t sum = 0;
    size_t full = 0, handed_in = 0, students = 0;
    for (size_t g = 0; g < book->count; g++) {
        const struct grade *grade = &book->grades[g];
        bool is_student = grade->student != NULL;
        sum += grade_points(grade);
        students += is_student;
        full += is_student && grade_points(grade) == grade->most;
        handed_in += is_student && grade->state != GRADE_MISSING;
    }
    fprintf(stream, "\n%zu submission%s, %zu with all points", handed_in, handed_in == 1 ? "" : "s", full);
    if (students > 0)
        fprintf(stream, "; %.1f of %" PRId64 " points on the average of %zu", (double)sum / (double)students,
                book->assignment->points, students);
    if (book->count > students)
        fprintf(stream, "; %zu of nobody who takes part", book->count - students);
    fputc('\n', stream);
}

void gradebook_write_text(FILE *stream, const struct gradebook *book)
{
    char *title = utf8_line(book->assignment->title), *name = utf8_line(book->assignment->name);
    fprintf(stream, "%s: %s (%s, %s)\n", name, title, assignment_kind_name(book->assignment->kind),
            book->assignment->level);
    memory_free(title);
    memory_free(name);
    for (size_t g = 0; g < book->count; g++)
        write_grade(stream, &book->grades[g]);
    write_ignored(stream, book);
    write_summary(stream, book);
}
