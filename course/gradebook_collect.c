/* gradebook_collect: from a grade for each file to one for each student (course/gradebook_parts.h). */
#include "base/memory.h"
#include "base/text.h"
#include "course/gradebook_parts.h"

enum { NAMES_SHOWN_MAX = 5 };

/* ---- Files that are none, or too many ------------------------------------------------------------------------- */

/* What can be handed in, by its ending. */
static const char *endings_of(enum assignment_kind kind)
{
    return kind == ASSIGNMENT_WITNESS ? ".txt or .json" : kind == ASSIGNMENT_REPAIR ? ".txt, .s or .asm" : ".txt";
}

/* Appends ", alice.txt" to a list of names, or after some of them how many are left out. */
static void list_name(struct text *text, size_t position, const char *name, size_t count)
{
    if (position < NAMES_SHOWN_MAX)
        text_print(text, "%s%s", position > 0 ? ", " : "", name);
    else if (position == NAMES_SHOWN_MAX)
        text_print(text, " and %zu more", count - position);
}

/* A grade of a student, or of nobody, that no process has found. */
static struct grade *add_grade(struct grading_round *self, size_t student, struct gradebook *book)
{
    struct grade *grade = &book->grades[book->count++];
    *grade = (struct grade){.kind = self->assignment->kind, .most = self->assignment->points};
    if (student != ASSIGNMENT_NOBODY)
        grade_init(grade, self->keys[student]);
    return grade;
}

static bool is_of(const struct grading_round *self, size_t job, size_t student)
{
    return self->is_graded[job] && self->owners[job] == student;
}

/* Appends the names of the files of a student, or of all; with whose they are where they are several ones'. */
static void list_files(const struct grading_round *self, size_t student, bool all, struct text *files)
{
    size_t count = 0, listed = 0;
    for (size_t g = 0; g < self->submissions.count; g++)
        count += all || is_of(self, g, student);
    for (size_t g = 0; g < self->submissions.count; g++) {
        struct text name = TEXT_INIT;
        if (!all && !is_of(self, g, student))
            continue;
        text_print(&name, "%s", self->submissions.items[g].shown);
        if (all && student == ASSIGNMENT_NOBODY)
            text_print(&name, " (of %s)", self->grades[g].student != NULL ? self->grades[g].student : "nobody");
        list_name(files, listed++, text_string(&name), count);
        text_free(&name);
    }
}

/* Where several files could be the answer none counts: which one was meant is not for us to say. */
static void add_conflict(struct grading_round *self, size_t student, bool all, size_t count, struct gradebook *book)
{
    struct grade *grade = add_grade(self, student, book);
    struct text files = TEXT_INIT;
    list_files(self, student, all, &files);
    grade->file = memory_copy_string(text_string(&files));
    grade_refuse(grade, GRADE_CONFLICT, "%zu files could be the answer%s%s, and one is expected: %s", count,
                 grade->student != NULL ? " of " : "", grade->student != NULL ? grade->student : "", grade->file);
    text_free(&files);
}

/* Whether something that can be no answer is of a student; of one student alone it is whatever it is called. */
static bool is_other_of(const struct grading_round *self, size_t other, size_t student)
{
    return self->request->is_single || self->submissions.items[other].student == student;
}

/* The first of the others lies behind all that can be answers. */
static size_t first_other(const struct grading_round *self)
{
    return self->submissions.count;
}

static size_t end_of_others(const struct grading_round *self)
{
    return self->submissions.count + self->submissions.other_count;
}

/* Appends the names of what a student has handed in that can be no answer. Returns how many there are, and how many of
 * them are files. */
static size_t list_others(const struct grading_round *self, size_t student, size_t *files, struct text *names)
{
    size_t count = 0, listed = 0;
    *files = 0;
    for (size_t o = first_other(self); o < end_of_others(self); o++)
        count += is_other_of(self, o, student);
    for (size_t o = first_other(self); o < end_of_others(self); o++) {
        const struct submission *other = &self->submissions.items[o];
        struct text name = TEXT_INIT;
        if (!is_other_of(self, o, student))
            continue;
        *files += other->kind != SUBMISSION_FOLDER;
        text_print(&name, "%s%s", other->shown, other->kind == SUBMISSION_FOLDER ? " (a folder)" : "");
        list_name(names, listed++, text_string(&name), count);
        text_free(&name);
    }
    return count;
}

/* A student of whom nothing was graded is told why, if there is something. */
static void add_nothing(struct grading_round *self, size_t student, struct gradebook *book)
{
    struct grade *grade = add_grade(self, student, book);
    struct text names = TEXT_INIT;
    size_t files, count = list_others(self, student, &files, &names);
    if (count == 0) {
        grade_refuse(grade, GRADE_MISSING, "nothing was handed in");
    } else {
        struct text message = TEXT_INIT;
        text_print(&message, "nothing that was handed in can be an answer: %s (expected one file that ends in %s)",
                   text_string(&names), endings_of(self->assignment->kind));
        grade->file = memory_copy_string(text_string(&names));
        grade_set(grade, ROW_FORM, VERDICT_FAILED, "%s", text_string(&message));
        grade_refuse(grade, files > 0 ? GRADE_UNREADABLE : GRADE_REFUSED, "%s", text_string(&message));
        text_free(&message);
    }
    text_free(&names);
}

/* What was told in somebody's grade is not ignored. */
static void note_ignored(struct grading_round *self, struct gradebook *book, const bool *is_told)
{
    book->ignored = memory_new(self->submissions.other_count, sizeof *book->ignored);
    for (size_t o = first_other(self); o < end_of_others(self); o++) {
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
        book->grades[book->count++] = self->grades[g];
        self->grades[g] = (struct grade){0};
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
    size_t first = self->submissions.count > 0 ? self->owners[0] : self->claimed;
    for (size_t g = 1; g < self->submissions.count; g++)
        if (self->owners[g] != first)
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
