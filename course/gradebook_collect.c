/* gradebook_collect: from a grade for each file to one for each student (course/gradebook_parts.h). */
#include "base/memory.h"
#include "base/text.h"
#include "course/gradebook_parts.h"

enum { NAMES_SHOWN_MAX = 5 };

/* ---- Files that are none, or too many ------------------------------------------------------------------------- */

/* A list of names, of which no more than some are told. */
struct name_list {
    struct text text;
    size_t count;
};

static void add_name(struct name_list *self, const char *name, const char *suffix)
{
    if (self->count++ < NAMES_SHOWN_MAX)
        text_print(&self->text, "%s%s%s", self->count > 1 ? ", " : "", name, suffix);
}

/* Returns the names as new, and behind them how many were left out. */
static char *take_names(struct name_list *self)
{
    if (self->count > NAMES_SHOWN_MAX)
        text_print(&self->text, " and %zu more", self->count - NAMES_SHOWN_MAX);
    return text_take(&self->text);
}

/* A grade of a student, or of nobody, that no process has found. */
static struct grade *add_grade(struct grading_round *self, size_t student, struct gradebook *book)
{
    struct grade *grade = &book->grades[book->count++];
    gradebook_start_grade(self, student, grade);
    return grade;
}

static bool is_of(const struct grading_round *self, size_t job, size_t student)
{
    return self->graded[job].is_done && self->graded[job].owner == student;
}

/* Returns the names of the files of a student, or of all, as new; with whose they are where they are several ones'. */
static char *list_files(const struct grading_round *self, size_t student, bool all)
{
    struct name_list list = {0};
    for (size_t g = 0; g < self->submissions.count; g++) {
        struct text owner = TEXT_INIT;
        if (!all && !is_of(self, g, student))
            continue;
        if (all && student == ASSIGNMENT_NOBODY)
            text_print(&owner, " (of %s)",
                       self->graded[g].grade.student != NULL ? self->graded[g].grade.student : "nobody");
        add_name(&list, self->submissions.items[g].shown, text_string(&owner));
        text_free(&owner);
    }
    return take_names(&list);
}

/* Where several files could be the answer none counts: which one was meant is not for us to say. */
static void add_conflict(struct grading_round *self, size_t student, bool all, size_t count, struct gradebook *book)
{
    struct grade *grade = add_grade(self, student, book);
    grade->file = list_files(self, student, all);
    grade_refuse(grade, GRADE_CONFLICT, "%zu files could be the answer%s%s, and one is expected: %s", count,
                 grade->student != NULL ? " of " : "", grade->student != NULL ? grade->student : "", grade->file);
}

/* A student of whom nothing was graded is told why, if there is something: what was handed in can be no answer. Of one
 * student alone it is whatever it is called. */
static void add_nothing(struct grading_round *self, size_t student, struct gradebook *book)
{
    struct grade *grade = add_grade(self, student, book);
    struct name_list list = {0};
    enum grade_state state = GRADE_REFUSED; /* there is no file */
    for (size_t o = self->submissions.count; o < submissions_total(&self->submissions); o++) {
        const struct submission *other = &self->submissions.items[o];
        if (!self->request->is_single && other->student != student)
            continue;
        add_name(&list, other->shown, other->kind == SUBMISSION_FOLDER ? " (a folder)" : "");
        state = other->kind == SUBMISSION_FOLDER ? state : GRADE_UNREADABLE;
    }
    if (list.count == 0) {
        grade_refuse(grade, GRADE_MISSING, "nothing was handed in");
        return;
    }
    grade->file = take_names(&list);
    char *message = text_format("nothing that was handed in can be an answer: %s (expected one file that ends in %s)",
                                grade->file, assignment_kinds[self->assignment->kind].endings);
    grade_set(grade, ROW_FORM, VERDICT_FAILED, "%s", message);
    grade_refuse(grade, state, "%s", message);
    memory_free(message);
}

/* What was told in somebody's grade is not ignored. */
static void note_ignored(struct grading_round *self, struct gradebook *book, const bool *is_told)
{
    book->ignored = memory_new(self->submissions.other_count, sizeof *book->ignored);
    for (size_t o = self->submissions.count; o < submissions_total(&self->submissions); o++) {
        size_t student = self->submissions.items[o].student;
        bool is_in_grade = self->request->is_single ? is_told[0] : student != ASSIGNMENT_NOBODY && is_told[student];
        if (!is_in_grade)
            book->ignored[book->ignored_count++] = memory_copy_string(self->submissions.items[o].shown);
    }
}

/* ---- All together ---------------------------------------------------------------------------------------------- */

static size_t count_files(const struct grading_round *self, size_t student)
{
    size_t count = 0;
    for (size_t g = 0; g < self->submissions.count; g++)
        count += is_of(self, g, student);
    return count;
}

/* Moves the grades of a student, or of nobody, into the book. */
static void move_grades(struct grading_round *self, size_t student, struct gradebook *book)
{
    for (size_t g = 0; g < self->submissions.count; g++) {
        if (!is_of(self, g, student))
            continue;
        book->grades[book->count++] = self->graded[g].grade;
        self->graded[g].grade = (struct grade){0};
    }
}

static void collect_class(struct grading_round *self, struct gradebook *book, bool *is_told)
{
    for (size_t s = 0; s < self->assignment->student_count; s++) {
        size_t count = count_files(self, s);
        is_told[s] = count == 0;
        if (count == 1)
            move_grades(self, s, book);
        else if (count > 1)
            add_conflict(self, s, false, count, book);
        else if (book->is_class && !book->is_interrupted)
            add_nothing(self, s, book);
    }
    move_grades(self, ASSIGNMENT_NOBODY, book);
}

/* The student whose all files are, if there is one. */
static size_t find_owner(const struct grading_round *self)
{
    size_t first = self->submissions.count > 0 ? self->graded[0].owner : self->claimed;
    for (size_t g = 1; g < self->submissions.count; g++)
        if (self->graded[g].owner != first)
            return self->claimed;
    return first;
}

/* A folder that should hold one answer: a second one is a conflict, whosever it is. */
static void collect_single(struct grading_round *self, struct gradebook *book, bool *is_told)
{
    size_t count = self->submissions.count, owner = find_owner(self);
    is_told[0] = count == 0;
    if (book->is_interrupted)
        return;
    if (count == 1)
        move_grades(self, owner, book);
    else if (count > 1)
        add_conflict(self, owner, true, count, book);
    else
        add_nothing(self, owner, book);
}

struct gradebook *gradebook_collect(struct grading_round *self)
{
    struct gradebook *book = memory_new(1, sizeof *book);
    size_t students = self->assignment->student_count;
    bool *is_told = memory_new(students + 1, sizeof *is_told);
    book->is_class = self->submissions.is_folder && !self->request->is_single;
    book->is_interrupted = self->request->interrupt != NULL && *self->request->interrupt != 0;
    book->grades = memory_new(self->submissions.count + students + 1, sizeof *book->grades);
    if (self->submissions.is_folder && self->request->is_single)
        collect_single(self, book, is_told);
    else
        collect_class(self, book, is_told);
    note_ignored(self, book, is_told);
    memory_free(is_told);
    book->assignment = self->assignment;
    return book;
}
