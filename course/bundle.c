#include "course/bundle.h"

#include "base/memory.h"
#include "base/text.h"
#include "course/key_set.h"

#include <errno.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>

#include <zip.h>

enum { MODE_FILE = 0100644, MODE_PROGRAM = 0100755, MODE_SHIFT = 16, BLOCK_BYTES = 65536 };

/* 1980-01-01, as archives of this kind count; no clock, so that equal inputs give equal bytes. */
enum { DOS_DATE = 1 << 5 | 1, DOS_TIME = 0 };

static const char setup[] =
    "#!/bin/sh\n"
    "# Called once, when the autograder is built. All that is needed is here: see whether it runs.\n"
    "set -eu\n"
    "here=$(cd \"$(dirname \"$0\")\" && pwd)\n"
    "chmod +x \"$here/racecheck\" \"$here\"/lib/ld-* \"$here/grade\" 2>/dev/null || :\n"
    "\"$here/grade\" --version\n";

/* The program with its own libraries, whatever the system has. */
static const char launcher[] = "#!/bin/sh\n"
                               "# grade ARGUMENT...: racecheck, with the libraries that it was made with.\n"
                               "here=$(cd \"$(dirname \"$0\")\" && pwd)\n"
                               "for loader in \"$here\"/lib/ld-*; do\n"
                               "    [ -x \"$loader\" ] || exec \"$here/racecheck\" \"$@\"\n"
                               "    exec \"$loader\" --library-path \"$here/lib\" \"$here/racecheck\" \"$@\"\n"
                               "done\n";

/* Whatever happens there is a results.json. */
static const char run_autograder[] =
    "#!/bin/sh\n"
    "# Called for each submission, as /autograder/run_autograder.\n"
    "root=$(cd \"$(dirname \"$0\")\" && pwd)\n"
    "mkdir -p \"$root/results\"\n"
    "results=$root/results/results.json\n"
    "set -- grade \"$root/source/assignment\" \"$root/submission\" --single --format gradescope -o \"$results\"@REVEAL@\n"
    "[ ! -f \"$root/submission_metadata.json\" ] || set -- \"$@\" --metadata \"$root/submission_metadata.json\"\n"
    "\"$root/source/grade\" \"$@\" && exit 0\n"
    "cat >\"$results\" <<'END'\n"
    "{\"score\": 0, \"visibility\": \"visible\",\n"
    " \"output\": \"The grader itself has failed. This is not your fault: please tell your instructor.\"}\n"
    "END\n";

/* An archive under way. */
struct bundle {
    zip_t *archive;
    const char *folder;
    struct error *error;
};

/* ---- Parts ----------------------------------------------------------------------------------------------------- */

static bool fail(struct bundle *self, const char *source, const char *problem)
{
    return error_set(self->error, source, 0, 0, "%s", problem);
}

/* Adds a copy of bytes, which the library will free. */
static bool add_bytes(struct bundle *self, const char *name, const char *bytes, size_t length, uint32_t mode)
{
    char *copy = malloc(length + 1);
    if (copy == NULL)
        memory_exhausted();
    memcpy(copy, bytes, length);
    zip_source_t *source = zip_source_buffer(self->archive, copy, length, 1);
    zip_int64_t index = source != NULL ? zip_file_add(self->archive, name, source, ZIP_FL_ENC_UTF_8) : -1;
    if (index < 0) {
        zip_source_free(source);
        return fail(self, name, zip_strerror(self->archive));
    }
    zip_file_set_dostime(self->archive, (zip_uint64_t)index, DOS_TIME, DOS_DATE, 0);
    zip_file_set_external_attributes(self->archive, (zip_uint64_t)index, 0, ZIP_OPSYS_UNIX, mode << MODE_SHIFT);
    return true;
}

static bool add_program_text(struct bundle *self, const char *name, const char *text)
{
    return add_bytes(self, name, text, strlen(text), MODE_PROGRAM);
}

static bool add_file(struct bundle *self, const char *name, const char *path, uint32_t mode)
{
    struct text bytes = TEXT_INIT;
    bool is_read = text_read_path(&bytes, path, SIZE_MAX - 1) || fail(self, path, strerror(errno));
    bool is_added = is_read && add_bytes(self, name, text_string(&bytes), bytes.length, mode);
    text_free(&bytes);
    return is_added;
}

/* ---- Contents -------------------------------------------------------------------------------------------------- */

static bool add_scripts(struct bundle *self, bool reveal)
{
    static const char mark[] = "@REVEAL@";
    const char *place = strstr(run_autograder, mark);
    struct text script = TEXT_INIT;
    text_append(&script, run_autograder, (size_t)(place - run_autograder));
    text_print(&script, "%s%s", reveal ? " --reveal" : "", place + strlen(mark));
    bool is_added = add_program_text(self, "setup.sh", setup) && add_program_text(self, "grade", launcher) &&
                    add_program_text(self, "run_autograder", text_string(&script));
    text_free(&script);
    return is_added;
}

/* Keys are read before they are packed, so that a broken one is found by whoever can mend it. */
static bool add_key(struct bundle *self, const struct assignment *assignment, size_t index)
{
    struct text name = TEXT_INIT;
    const char *student = assignment->students[index].identifier;
    char *path = assignment_path(self->folder, FILE_KEY, student);
    struct key *key = key_set_read(self->folder, assignment, index, self->error);
    text_print(&name, "assignment/keys/%s.json", student);
    bool is_added = key != NULL && add_file(self, text_string(&name), path, MODE_FILE);
    key_free(key);
    text_free(&name);
    memory_free(path);
    return is_added;
}

static bool add_assignment(struct bundle *self)
{
    struct assignment *assignment = assignment_read(self->folder, self->error);
    if (assignment == NULL)
        return false;
    struct text path = TEXT_INIT;
    text_print(&path, "%s/assignment.json", self->folder);
    bool is_added = add_file(self, "assignment/assignment.json", text_string(&path), MODE_FILE);
    for (size_t s = 0; s < assignment->student_count && is_added; s++)
        is_added = add_key(self, assignment, s);
    text_free(&path);
    assignment_free(assignment);
    return is_added;
}

/* Adds one library that the process was loaded with; the first "library" is the program, others may have no file. */
static int add_library(struct dl_phdr_info *information, size_t size, void *context)
{
    struct bundle *self = context;
    struct text name = TEXT_INIT;
    (void)size;
    const char *slash = strrchr(information->dlpi_name, '/');
    if (slash == NULL)
        return 0;
    text_print(&name, "lib/%s", slash + 1);
    bool is_added = add_file(self, text_string(&name), information->dlpi_name, MODE_PROGRAM);
    text_free(&name);
    return is_added ? 0 : 1;
}

/* ---- The whole ------------------------------------------------------------------------------------------------- */

/* The reason for which something cannot be written is known right after the attempt, and never again. */
static bool write_block(struct bundle *self, const char *block, size_t length, FILE *stream)
{
    struct text problem = TEXT_INIT;
    if (fwrite(block, 1, length, stream) == length)
        return true;
    text_print(&problem, "cannot write everything: %s", strerror(errno));
    fail(self, NULL, text_string(&problem));
    text_free(&problem);
    return false;
}

static bool copy_out(struct bundle *self, zip_source_t *source, FILE *stream)
{
    static const char problem[] = "the archive cannot be read back";
    if (zip_source_open(source) != 0)
        return fail(self, NULL, problem);
    char *block = memory_new(BLOCK_BYTES, 1);
    zip_int64_t length;
    bool is_written = true;
    while (is_written && (length = zip_source_read(source, block, BLOCK_BYTES)) != 0)
        is_written = length > 0 ? write_block(self, block, (size_t)length, stream) : fail(self, NULL, problem);
    memory_free(block);
    zip_source_close(source);
    return is_written;
}

/* The archive is made in memory: libzip would write to a file of its own choice. */
static bool finish(struct bundle *self, zip_source_t *source, FILE *stream)
{
    zip_source_keep(source);
    if (zip_close(self->archive) != 0) {
        fail(self, NULL, zip_strerror(self->archive));
        zip_discard(self->archive);
        zip_source_free(source);
        return false;
    }
    bool is_copied = copy_out(self, source, stream);
    zip_source_free(source);
    return is_copied;
}

bool bundle_write(FILE *stream, const char *folder, bool reveal, struct error *error)
{
    struct bundle self = {.folder = folder, .error = error};
    zip_error_t problem;
    zip_error_init(&problem);
    zip_source_t *source = zip_source_buffer_create(NULL, 0, 0, &problem);
    if (source != NULL)
        self.archive = zip_open_from_source(source, ZIP_TRUNCATE, &problem);
    if (self.archive == NULL) {
        fail(&self, NULL, zip_error_strerror(&problem));
        zip_source_free(source);
        return false;
    }
    if (add_scripts(&self, reveal) && add_assignment(&self) &&
        add_file(&self, "racecheck", "/proc/self/exe", MODE_PROGRAM) && dl_iterate_phdr(add_library, &self) == 0)
        return finish(&self, source, stream);
    zip_discard(self.archive);
    return false;
}
