#include "course/bundle.h"

#include "base/memory.h"
#include "base/text.h"
#include "course/key_set.h"

#include <errno.h>
#include <limits.h>
#include <link.h>
#include <string.h>

#include <zip.h>

enum { MODE_FILE = 0100644, MODE_PROGRAM = 0100755, MODE_SHIFT = 16 };

/* 1980-01-01, as archives of this kind count; no clock, so that equal inputs give equal bytes. */
enum { DOS_DATE = 1 << 21 | 1 << 16 };

/* Made on Unix, by version 2.0 of the format; names are in UTF-8. */
enum { MADE_BY = 3 << 8 | 20, FLAG_UTF_8 = 1 << 11 };

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
    zipFile archive;
    struct text bytes;
    size_t position; /* where the next of them goes */
    const char *folder;
    struct error *error;
};

/* ---- The archive in memory ------------------------------------------------------------------------------------- */

/* It is finished before it is written, for minizip goes back to what stands before a part, and not every stream can. */

static voidpf open_memory(voidpf context, const void *name, int mode)
{
    (void)name;
    (void)mode;
    return context;
}

static uLong write_memory(voidpf context, voidpf stream, const void *bytes, uLong size)
{
    struct bundle *self = context;
    (void)stream;
    size_t left = self->bytes.length - self->position, inside = size < left ? size : left;
    if (inside > 0)
        memcpy(self->bytes.bytes + self->position, bytes, inside);
    text_append(&self->bytes, (const char *)bytes + inside, size - inside);
    self->position += size;
    return size;
}

static ZPOS64_T tell_memory(voidpf context, voidpf stream)
{
    (void)stream;
    return ((const struct bundle *)context)->position;
}

/* Returns 0 as fseek() does. Nobody goes behind the end. */
static long seek_memory(voidpf context, voidpf stream, ZPOS64_T offset, int origin)
{
    struct bundle *self = context;
    (void)stream;
    size_t base = origin == ZLIB_FILEFUNC_SEEK_SET   ? 0
                  : origin == ZLIB_FILEFUNC_SEEK_CUR ? self->position
                                                     : self->bytes.length;
    if (offset > self->bytes.length - base)
        return -1;
    self->position = base + offset;
    return 0;
}

static int return_nothing_wrong(voidpf context, voidpf stream)
{
    (void)context;
    (void)stream;
    return 0;
}

static zipFile open_archive(struct bundle *self)
{
    zlib_filefunc64_def functions = {
        .zopen64_file = open_memory,
        .zwrite_file = write_memory,
        .ztell64_file = tell_memory,
        .zseek64_file = seek_memory,
        .zclose_file = return_nothing_wrong,
        .zerror_file = return_nothing_wrong,
        .opaque = self,
    };
    return zipOpen2_64(self->folder, APPEND_STATUS_CREATE, NULL, &functions);
}

/* ---- Parts ----------------------------------------------------------------------------------------------------- */

static bool fail(struct bundle *self, const char *source, const char *problem)
{
    return error_set(self->error, source, 0, 0, "%s", problem);
}

static bool add_bytes(struct bundle *self, const char *name, const char *bytes, size_t length, uint32_t mode)
{
    zip_fileinfo information = {.dosDate = DOS_DATE, .external_fa = (uLong)mode << MODE_SHIFT};
    if (length > UINT_MAX)
        return fail(self, name, "too large for the archive");
    bool is_added = zipOpenNewFileInZip4_64(self->archive, name, &information, NULL, 0, NULL, 0, NULL, Z_DEFLATED,
                                            Z_DEFAULT_COMPRESSION, 0, -MAX_WBITS, DEF_MEM_LEVEL, Z_DEFAULT_STRATEGY,
                                            NULL, 0, MADE_BY, FLAG_UTF_8, 0) == ZIP_OK &&
                    zipWriteInFileInZip(self->archive, bytes, (unsigned)length) == ZIP_OK;
    is_added = zipCloseFileInZip(self->archive) == ZIP_OK && is_added;
    return is_added || fail(self, name, "cannot be packed");
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
    const char *student = assignment->students[index].identifier;
    char *path = assignment_path(self->folder, FILE_KEY, student);
    struct key *key = key_set_read(self->folder, assignment, index, self->error);
    char *name = text_format("assignment/keys/%s.json", student);
    bool is_added = key != NULL && add_file(self, name, path, MODE_FILE);
    key_free(key);
    memory_free(name);
    memory_free(path);
    return is_added;
}

static bool add_assignment(struct bundle *self)
{
    struct assignment *assignment = assignment_read(self->folder, self->error);
    if (assignment == NULL)
        return false;
    char *path = text_format("%s/assignment.json", self->folder);
    bool is_added = add_file(self, "assignment/assignment.json", path, MODE_FILE);
    for (size_t s = 0; s < assignment->student_count && is_added; s++)
        is_added = add_key(self, assignment, s);
    memory_free(path);
    assignment_free(assignment);
    return is_added;
}

/* Adds one library that the process was loaded with; the first "library" is the program, others may have no file. */
static int add_library(struct dl_phdr_info *information, size_t size, void *context)
{
    struct bundle *self = context;
    (void)size;
    const char *slash = strrchr(information->dlpi_name, '/');
    if (slash == NULL)
        return 0;
    char *name = text_format("lib/%s", slash + 1);
    bool is_added = add_file(self, name, information->dlpi_name, MODE_PROGRAM);
    memory_free(name);
    return is_added ? 0 : 1;
}

/* ---- The whole ------------------------------------------------------------------------------------------------- */

static bool add_all(struct bundle *self, bool reveal)
{
    return add_scripts(self, reveal) && add_assignment(self) &&
           add_file(self, "racecheck", "/proc/self/exe", MODE_PROGRAM) && dl_iterate_phdr(add_library, self) == 0;
}

bool bundle_write(FILE *stream, const char *folder, bool reveal, struct error *error)
{
    struct bundle self = {.folder = folder, .error = error};
    self.archive = open_archive(&self);
    if (self.archive == NULL)
        return fail(&self, NULL, "no archive can be made");
    bool is_made = add_all(&self, reveal);
    is_made =
        (zipClose(self.archive, NULL) == ZIP_OK || !is_made || fail(&self, NULL, "the archive cannot be finished")) &&
        is_made;
    bool is_written = is_made && (fwrite(self.bytes.bytes, 1, self.bytes.length, stream) == self.bytes.length ||
                                  error_set(error, NULL, 0, 0, "cannot write everything: %s", strerror(errno)));
    text_free(&self.bytes);
    return is_written;
}
