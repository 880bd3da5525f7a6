#include "course/gradebook.h"

#include "base/memory.h"
#include "base/spelling.h"
#include "base/text.h"
#include "course/answer.h"
#include "course/grade_file.h"
#include "course/gradebook_parts.h"
#include "course/key_set.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { OUTPUT_BYTES_MAX = 1 << 20, DEFAULT_SECONDS = 10 };

#define DEFAULT_MEMORY (UINT64_C(512) << 20)
#define DEFAULT_STATES UINT64_C(1000000)

/* ---- Whose it is ----------------------------------------------------------------------------------------------- */

static size_t find_student(const struct assignment *assignment, const char *identifier)
{
    return assignment_find_student(assignment, identifier, strlen(identifier));
}

static const struct key *find_key(const void *context, const char *identifier)
{
    const struct grading_round *self = context;
    size_t student = find_student(self->assignment, identifier);
    return student != ASSIGNMENT_NOBODY ? self->keys[student] : NULL;
}

/* Starts the grade of whoever it is; it is refused where that is not clear. */
static void start_grade(const struct grading_round *self, const struct submission *submission, const char *line,
                        size_t *student, struct grade *grade)
{
    size_t by_line = line != NULL ? find_student(self->assignment, line) : ASSIGNMENT_NOBODY;
    *student = submission->student != ASSIGNMENT_NOBODY ? submission->student : by_line;
    if (*student != ASSIGNMENT_NOBODY)
        grade_init(grade, self->keys[*student]);
    if (line != NULL && by_line == ASSIGNMENT_NOBODY)
        grade_refuse(grade, GRADE_CONFLICT, "it says 'student: %s', and the assignment has no such student", line);
    else if (*student == ASSIGNMENT_NOBODY)
        grade_refuse(grade, GRADE_CONFLICT, "whose it is can be told neither from its name nor from a line 'student:'");
    else if (by_line != ASSIGNMENT_NOBODY && by_line != *student)
        grade_refuse(grade, GRADE_CONFLICT, "by %s it is the submission of %s, and it says 'student: %s'",
                     self->request->student != NULL ? self->request->student_from : "its name",
                     self->assignment->students[*student].identifier, line);
}

/* ---- In the sandbox -------------------------------------------------------------------------------------------- */

/* Reads all bytes, one more than allowed at most. */
static void read_bytes(int input, struct text *bytes)
{
    char block[4096];
    ssize_t length;
    while (bytes->length <= ANSWER_BYTES_MAX && (length = read(input, block, sizeof block)) != 0) {
        if (length < 0 && errno != EINTR)
            return;
        if (length > 0)
            text_append(bytes, block, (size_t)length);
    }
}

static struct grading_wishes wishes_of(const struct grading_round *self)
{
    uint64_t states = self->request->states > 0 ? self->request->states : DEFAULT_STATES;
    /* By the clock. Of the time on the processor, and of what is not analysis, the limits of the process take care. */
    return (struct grading_wishes){
        .budget = {.max_states = states,
                   .max_memory = self->pool.sandbox.memory / 4 * 3,
                   .memory_was_asked = true,
                   .max_seconds = self->pool.sandbox.seconds},
        .reveal = self->request->reveal,
    };
}

static void grade_bytes(struct grading_round *self, size_t job, const struct text *bytes, struct grade *grade)
{
    const struct submission *submission = &self->submissions.items[job];
    enum answer_form form = answer_form_of(submission->name);
    struct grading_wishes wishes = wishes_of(self);
    size_t student;
    char *line = form == ANSWER_LINES ? answer_find_student(text_string(bytes), bytes->length) : NULL;
    start_grade(self, submission, line, &student, grade);
    memory_free(line);
    if (grade->state == GRADE_GRADED)
        grading_read(self->keys[student], form, text_string(bytes), bytes->length, &wishes, grade);
}

static int work(void *context, size_t job, int input)
{
    struct grading_round *self = context;
    struct grade grade = {0};
    struct text bytes = TEXT_INIT;
    if (input < 0)
        return EXIT_SUCCESS;
    /* A witness is read as a stream. */
    if (answer_form_of(self->submissions.items[job].name) != ANSWER_WITNESS)
        read_bytes(input, &bytes);
    grade_bytes(self, job, &bytes, &grade);
    grade_file_write(stdout, &grade);
    grade_free(&grade);
    text_free(&bytes);
    return EXIT_SUCCESS;
}

/* ---- Before and after ------------------------------------------------------------------------------------------ */

static int open_submission(void *context, size_t job)
{
    struct grading_round *self = context;
    return submission_open(&self->submissions, &self->submissions.items[job], &self->graded[job].refusal);
}

void gradebook_start_grade(const struct grading_round *self, size_t student, struct grade *grade)
{
    *grade = (struct grade){.kind = self->assignment->kind, .most = self->assignment->points};
    if (student != ASSIGNMENT_NOBODY)
        grade_init(grade, self->keys[student]);
}

/* A grade without rows that passed: the student is known from the name alone. */
static void refuse(struct grading_round *self, size_t job, const char *prefix, const char *reason)
{
    struct grade *grade = &self->graded[job].grade;
    gradebook_start_grade(self, self->submissions.items[job].student, grade);
    grade_refuse(grade, GRADE_REFUSED, "%s%s", prefix, reason);
}

static void receive(void *context, size_t job, const struct process_report *report)
{
    struct grading_round *self = context;
    struct graded *graded = &self->graded[job];
    struct grade *grade = &graded->grade;
    graded->is_done = true;
    if (graded->refusal != NULL) {
        refuse(self, job, "", graded->refusal);
    } else if (report->end != PROCESS_DONE || !grade_file_read(grade, report->output, report->length, find_key, self)) {
        char *reason = process_pool_explain(&self->pool, report);
        refuse(self, job, "reading or grading it was ended: ", reason);
        memory_free(reason);
    }
    if (grade->row_count == 0 && grade->most == 0) {
        grade->kind = self->assignment->kind;
        grade->most = self->assignment->points;
    }
    graded->owner = grade->student != NULL ? find_student(self->assignment, grade->student) : ASSIGNMENT_NOBODY;
    grade->file = memory_copy_string(self->submissions.items[job].shown);
}

/* ---- All together ---------------------------------------------------------------------------------------------- */

static bool read_keys(struct grading_round *self, struct error *error)
{
    self->keys = memory_new(self->assignment->student_count, sizeof *self->keys);
    for (size_t s = 0; s < self->assignment->student_count; s++) {
        self->keys[s] = key_set_read(self->request->folder, self->assignment, s, error);
        if (self->keys[s] == NULL)
            return false;
    }
    return true;
}

static bool refuse_student(const struct grading_round *self, struct error *error)
{
    const char *student = self->request->student;
    struct spelling spelling = spelling_start(student, strlen(student));
    for (size_t s = 0; s < self->assignment->student_count; s++)
        spelling_consider(&spelling, self->assignment->students[s].identifier);
    return error_set(error, self->request->folder, 0, 0, "the assignment has no student '%s'%s", student,
                     spelling_hint(&spelling));
}

static bool claim_all(struct grading_round *self, struct error *error)
{
    if (self->request->student == NULL)
        return true;
    size_t student = find_student(self->assignment, self->request->student);
    if (student == ASSIGNMENT_NOBODY)
        return refuse_student(self, error);
    for (size_t i = 0; i < submissions_total(&self->submissions); i++)
        self->submissions.items[i].student = student;
    self->claimed = student;
    return true;
}

static size_t job_count(const struct gradebook_request *request)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    return request->jobs > 0 ? request->jobs : cores > 0 ? (size_t)cores : 1;
}

static void run(struct grading_round *self)
{
    const struct gradebook_request *request = self->request;
    size_t count = self->submissions.count;
    self->graded = memory_new(count, sizeof *self->graded);
    self->pool = (struct process_pool){
        .job_count = count,
        .at_once = job_count(request),
        .is_sandboxed = true,
        .sandbox = {request->seconds > 0 ? request->seconds : DEFAULT_SECONDS,
                    request->memory > 0 ? request->memory : DEFAULT_MEMORY},
        .output_max = OUTPUT_BYTES_MAX,
        .open = open_submission,
        .task = work,
        .receive = receive,
        .context = self,
        .interrupt = request->interrupt,
    };
    process_pool_run(&self->pool);
}

static void close_round(struct grading_round *self)
{
    for (size_t s = 0; self->keys != NULL && s < self->assignment->student_count; s++)
        key_free(self->keys[s]);
    memory_free(self->keys);
    for (size_t i = 0; self->graded != NULL && i < self->submissions.count; i++) {
        memory_free(self->graded[i].refusal);
        grade_free(&self->graded[i].grade);
    }
    memory_free(self->graded);
    submissions_free(&self->submissions);
}

struct gradebook *gradebook_make(const struct gradebook_request *request, struct error *error)
{
    struct grading_round self = {.request = request, .submissions = {.folder = -1}, .claimed = ASSIGNMENT_NOBODY};
    struct gradebook *book = NULL;
    self.assignment = assignment_read(request->folder, error);
    if (self.assignment == NULL)
        return NULL;
    if (read_keys(&self, error) && submissions_find(&self.submissions, request->submissions, self.assignment, error) &&
        claim_all(&self, error))
        run(&self);
    if (!error->set)
        book = gradebook_collect(&self);
    close_round(&self);
    if (book == NULL)
        assignment_free(self.assignment);
    return book;
}

void gradebook_free(struct gradebook *self)
{
    if (self == NULL)
        return;
    for (size_t g = 0; g < self->count; g++)
        grade_free(&self->grades[g]);
    memory_free(self->grades);
    for (size_t i = 0; i < self->ignored_count; i++)
        memory_free(self->ignored[i]);
    memory_free(self->ignored);
    assignment_free(self->assignment);
    memory_free(self);
}
