/* racecheck grade: submissions -> grades -> a report; or the archive with which another system does that. */
#include "apps/commands.h"
#include "apps/delivery.h"
#include "apps/process.h"
#include "base/memory.h"
#include "base/output.h"
#include "base/text.h"
#include "course/bundle.h"
#include "course/gradebook.h"
#include "course/gradebook_formats.h"
#include "course/metadata.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

/* Grading under way. */
struct grade_command {
    const struct options *options;
    struct gradebook_request request;
    char *student; /* from the metadata, or NULL */
    struct gradebook *book;
    struct input_set inputs;
    const struct grade *grade; /* the one that is written, in a single format */
    struct error *error;
};

/* ---- The bundle ------------------------------------------------------------------------------------------------ */

static void write_bundle(void *context, FILE *stream)
{
    const struct grade_command *self = context;
    bundle_write(stream, self->options->operands[0], self->options->reveal, self->error);
}

static bool check_bundle(const struct options *options, struct error *error)
{
    if (options->operand_count != 1)
        error_set(error, NULL, 0, 0, "grade --bundle: expected one operand, the folder of the assignment");
    else if (options->output == NULL)
        error_set(error, NULL, 0, 0, "grade --bundle: expected the name of the archive (-o autograder.zip)");
    return !error->set;
}

/* The keys are in the archive: a new one is for its owner alone. One that was there keeps its mode. */
static bool keep_private(FILE *stream, bool is_new, const char *path, struct error *error)
{
    if (!is_new || fchmod(fileno(stream), 0600) == 0)
        return true;
    return error_set(error, path, 0, 0, "cannot be made private: %s", strerror(errno));
}

/* What is wrong with no file in particular is wrong with the archive. */
static bool name_archive(const struct error *inner, const char *path, struct error *error)
{
    return error_set(error, inner->source[0] != '\0' ? inner->source : path, inner->line, inner->column, "%s",
                     inner->text);
}

/* What is read of an assignment, and all that could be read of submissions. */
static void list_inputs(struct input_set *inputs, const struct options *options)
{
    static const char *const names[] = {"assignment.json", "keys"};
    for (size_t n = 0; n < sizeof names / sizeof names[0]; n++) {
        char *path = text_format("%s/%s", options->operands[0], names[n]);
        input_set_add(inputs, path);
        memory_free(path);
    }
    if (options->operand_count > 1)
        input_set_add(inputs, options->operands[1]);
    if (options->metadata != NULL)
        input_set_add(inputs, options->metadata);
}

static bool spares_assignment(const struct options *options, struct error *error)
{
    struct input_set inputs = INPUT_SET_INIT;
    list_inputs(&inputs, options);
    bool is_spared = input_set_spares(&inputs, options->output, error);
    input_set_free(&inputs);
    return is_spared;
}

/* An archive that could not be completed must not be kept. */
static bool make_bundle(const struct options *options, struct error *error)
{
    struct error inner = ERROR_INIT;
    struct grade_command self = {.options = options, .error = &inner};
    struct stat status;
    if (!check_bundle(options, error) || !spares_assignment(options, error))
        return false;
    bool is_new = !delivery_is_standard_output(options->output) && lstat(options->output, &status) != 0;
    struct output *output = output_open(options->output, error);
    if (output == NULL)
        return false;
    if (keep_private(output_stream(output), is_new, options->output, error))
        write_bundle(&self, output_stream(output));
    if (!error->set && (!inner.set || name_archive(&inner, options->output, error)))
        return output_commit(output, error);
    output_discard(output);
    return false;
}

/* ---- Preparing ------------------------------------------------------------------------------------------------- */

/* Who handed in is known to the system that collected it. */
static bool read_metadata(struct grade_command *self)
{
    if (self->options->metadata == NULL)
        return true;
    struct assignment *assignment = assignment_read(self->options->operands[0], self->error);
    if (assignment != NULL)
        self->student = metadata_student(self->options->metadata, assignment, self->error);
    assignment_free(assignment);
    return !self->error->set;
}

static bool prepare(struct grade_command *self)
{
    const struct options *options = self->options;
    if (options->operand_count != 2)
        return error_set(self->error, NULL, 0, 0,
                         "grade: expected the folder of an assignment, and a folder of submissions or one submission");
    list_inputs(&self->inputs, options);
    if (!input_set_spares(&self->inputs, options->output, self->error) || !read_metadata(self))
        return false;
    self->request = (struct gradebook_request){
        .folder = options->operands[0],
        .submissions = options->operands[1],
        .student = options->student != NULL ? options->student : self->student,
        .student_from = options->student != NULL ? "--student" : "Gradescope's metadata",
        .is_single = options->single,
        .reveal = options->reveal,
        .seconds = options->timeout,
        .memory = options->max_memory,
        .states = (uint64_t)options->max_states,
        .jobs = (unsigned)options->jobs,
        .interrupt = process_listen(),
    };
    return true;
}

/* ---- Writing --------------------------------------------------------------------------------------------------- */

static void write_book(void *context, FILE *stream)
{
    const struct grade_command *self = context;
    gradebook_write(stream, self->options->grade_format, self->book);
}

static void write_grade(void *context, FILE *stream)
{
    const struct grade_command *self = context;
    gradebook_write_one(stream, self->options->grade_format, self->grade);
}

static bool is_folder(const char *path)
{
    struct stat status;
    return path != NULL && stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

/* One document a student, in a folder; what is nobody's has no place there. */
static bool write_folder(struct grade_command *self)
{
    for (size_t g = 0; g < self->book->count; g++) {
        self->grade = &self->book->grades[g];
        if (self->grade->student == NULL) {
            fprintf(stderr, "racecheck: %s: %s\n", self->grade->file, self->grade->error);
            continue;
        }
        char *path = text_format("%s/%s.json", self->options->output, self->grade->student);
        bool is_written =
            input_set_spares(&self->inputs, path, self->error) && deliver(path, write_grade, self, self->error);
        memory_free(path);
        if (!is_written)
            return false;
    }
    return true;
}

static bool report(struct grade_command *self)
{
    const struct options *options = self->options;
    bool is_single = gradebook_format_is_single(self->options->grade_format);
    if (is_single && is_folder(options->output))
        return write_folder(self);
    if (is_single && self->book->is_class)
        return error_set(
            self->error, NULL, 0, 0,
            "--format %s is about one submission (expected a file, or --single, or an existing folder: -o FOLDER)",
            gradebook_format_name(self->options->grade_format));
    return deliver(delivery_report_path(options), write_book, self, self->error);
}

/* ---- The verdict ----------------------------------------------------------------------------------------------- */

static enum status verdict(const struct grade_command *self)
{
    size_t below = 0;
    for (size_t g = 0; g < self->book->count; g++)
        below += grade_points(&self->book->grades[g]) < self->options->fail_below;
    if (self->book->is_interrupted) {
        fputs("racecheck: INCOMPLETE: interrupted\n", stderr);
        return STATUS_INTERRUPTED;
    }
    if (!self->options->has_fail_below || (below == 0 && self->book->count > 0))
        return STATUS_OK;
    fprintf(stderr, "racecheck: %zu of %zu grades below %" PRId64 " points\n", below, self->book->count,
            self->options->fail_below);
    return STATUS_VIOLATED;
}

enum status command_grade(const struct options *options, struct error *error)
{
    struct grade_command self = {.options = options, .error = error};
    enum status status = STATUS_USAGE;
    if (options->bundle != BUNDLE_NONE)
        return make_bundle(options, error) ? STATUS_OK : STATUS_USAGE;
    if (prepare(&self))
        self.book = gradebook_make(&self.request, error);
    if (self.book != NULL && report(&self))
        status = verdict(&self);
    gradebook_free(self.book);
    input_set_free(&self.inputs);
    memory_free(self.student);
    return status;
}
