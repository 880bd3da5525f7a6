#include "course/edition.h"

#include "base/generator.h"
#include "base/memory.h"
#include "course/folder.h"
#include "course/handout.h"
#include "course/index.h"
#include "course/sheet.h"
#include "course/version.h"

#include <string.h>

/* How many versions of a student are tried for an answer that nobody has. */
enum { DRAWS_MAX = 60 };

/* An edition in the making. */
struct making {
    const struct edition_request *request;
    struct edition *edition;
    uint64_t *hashes; /* of the answers so far */
};

/* ---- Versions --------------------------------------------------------------------------------------------------- */

/* The first student with the same answer; the position itself where there is none. */
static size_t find_like(struct making *self, size_t position, const struct key *key)
{
    const struct edition *edition = self->edition;
    self->hashes[position] = generator_hash(version_essence(key));
    for (size_t s = 0; s < position; s++)
        if (self->hashes[s] == self->hashes[position] &&
            strcmp(version_essence(edition->keys[s]), version_essence(key)) == 0)
            return s;
    return position;
}

static void keep(struct making *self, size_t position, struct key *key)
{
    self->edition->like[position] = find_like(self, position, key);
    self->edition->keys[position] = key;
    self->edition->count = position + 1;
}

static bool complain_of_repeats(const struct making *self, size_t position, struct error *error)
{
    const struct roster *roster = self->request->roster;
    return error_set(
        error, NULL, 0, 0,
        "%s: each of %d versions has an answer that somebody else has (there are %zu different ones so far; "
        "expected a higher --difficulty, a wider --measure, or --allow-repeats)",
        roster->students[position].identifier, DRAWS_MAX, position);
}

/* Where all draws are taken, the first one stands, if that is no error. */
static bool make_version(struct making *self, size_t position, struct error *error)
{
    const struct edition_request *request = self->request;
    struct version_request wish = {.difficulty = request->difficulty,
                                   .seed = (uint64_t)request->seed,
                                   .student = request->roster->students[position].identifier,
                                   .interrupt = request->interrupt};
    struct key *first = NULL;
    unsigned draws = request->allow_repeats ? 1 : DRAWS_MAX;
    for (; wish.draw < draws; wish.draw++) {
        struct key *key = version_new(&wish, error);
        if (key == NULL || find_like(self, position, key) == position) {
            key_free(first);
            if (key != NULL)
                keep(self, position, key);
            return key != NULL;
        }
        if (first == NULL)
            first = key;
        else
            key_free(key);
    }
    if (!request->allow_repeats && assignment_kinds[request->difficulty->kind].is_distinct) {
        key_free(first);
        return complain_of_repeats(self, position, error);
    }
    keep(self, position, first);
    return true;
}

static bool make_versions(struct making *self, struct error *error)
{
    bool good = true;
    size_t count = self->request->roster->count;
    self->hashes = memory_new(count, sizeof *self->hashes);
    for (size_t s = 0; s < count && good; s++)
        good = make_version(self, s, error);
    memory_free(self->hashes);
    return good;
}

static struct assignment *describe(const struct edition_request *request, const struct edition *edition)
{
    struct assignment *assignment = memory_new(1, sizeof *assignment);
    enum assignment_kind kind = request->difficulty->kind;
    assignment->name = memory_copy_string(request->name);
    assignment->title = memory_copy_string(request->title != NULL ? request->title : assignment_kinds[kind].title);
    assignment->kind = kind;
    assignment->level = memory_copy_string(difficulty_level_name(request->difficulty->level));
    assignment->seed = request->seed;
    assignment->points = key_points(edition->keys[0]);
    assignment->student_count = edition->count;
    assignment->students = memory_new(edition->count, sizeof *assignment->students);
    for (size_t s = 0; s < edition->count; s++) {
        const struct roster_student *student = &request->roster->students[s];
        assignment->students[s] =
            (struct assignment_student){memory_copy_string(student->identifier), memory_copy_string(student->name),
                                        memory_copy_string(edition->keys[s]->variant)};
    }
    return assignment;
}

struct edition *edition_new(const struct edition_request *request, struct error *error)
{
    struct edition *self = memory_new(1, sizeof *self);
    self->keys = memory_new(request->roster->count, sizeof(struct key *));
    self->like = memory_new(request->roster->count, sizeof *self->like);
    struct making making = {.request = request, .edition = self};
    if (!make_versions(&making, error)) {
        edition_free(self);
        return NULL;
    }
    self->assignment = describe(request, self);
    return self;
}

size_t edition_answers(const struct edition *self)
{
    size_t answers = 0;
    for (size_t s = 0; s < self->count; s++)
        answers += self->like[s] == s;
    return answers;
}

void edition_free(struct edition *self)
{
    if (self == NULL)
        return;
    for (size_t s = 0; s < self->count; s++)
        key_free(self->keys[s]);
    memory_free(self->keys);
    memory_free(self->like);
    assignment_free(self->assignment);
    memory_free(self);
}

/* ---- Writing ---------------------------------------------------------------------------------------------------- */

/* What is written of an edition: of a student, or of all. */
struct part {
    const struct edition *edition;
    const struct key *key;
    struct content handout;
};

static void write_markdown(const void *context, FILE *stream)
{
    const struct part *part = context;
    sheet_write_markdown(stream, part->edition->assignment->title, &part->handout);
}

static void write_html(const void *context, FILE *stream)
{
    const struct part *part = context;
    sheet_write_html(stream, part->edition->assignment->title, &part->handout, false);
}

static void write_template(const void *context, FILE *stream)
{
    const struct part *part = context;
    char *form = handout_template(part->edition->assignment, part->key);
    fputs(form, stream);
    memory_free(form);
}

static void write_key(const void *context, FILE *stream)
{
    key_write(stream, ((const struct part *)context)->key);
}

static void write_index_csv(const void *context, FILE *stream)
{
    index_write_csv(((const struct part *)context)->edition, stream);
}

static void write_index_html(const void *context, FILE *stream)
{
    index_write_html(((const struct part *)context)->edition, stream);
}

static void write_assignment(const void *context, FILE *stream)
{
    assignment_write(stream, ((const struct part *)context)->edition->assignment);
}

/* What gives answers away is for the lecturer alone. */
static bool write_student(const struct edition *self, size_t position, struct folder *folder, struct error *error)
{
    static const struct {
        enum assignment_file file;
        bool is_private;
        folder_writer *write;
    } files[] = {{FILE_HANDOUT_MARKDOWN, false, write_markdown},
                 {FILE_HANDOUT_HTML, false, write_html},
                 {FILE_TEMPLATE, false, write_template},
                 {FILE_KEY, true, write_key}};
    struct part part = {self, self->keys[position],
                        handout_make(self->assignment, &self->assignment->students[position], self->keys[position])};
    bool good = true;
    for (size_t f = 0; f < sizeof files / sizeof files[0] && good; f++) {
        char *path = assignment_path(folder_path(folder), files[f].file, part.key->student);
        good = folder_write(folder, path, files[f].is_private, files[f].write, &part, error);
        memory_free(path);
    }
    content_free(&part.handout);
    return good;
}

static bool write_all(const struct edition *self, struct folder *folder, struct error *error)
{
    static const struct {
        const char *name;
        folder_writer *write;
    } files[] = {
        {"index.csv", write_index_csv}, {"index.html", write_index_html}, {"assignment.json", write_assignment}};
    const struct part all = {.edition = self};
    bool good = folder_make(folder, "handouts", false, error) && folder_make(folder, "templates", false, error) &&
                folder_make(folder, "keys", true, error);
    for (size_t s = 0; s < self->count && good; s++)
        good = write_student(self, s, folder, error);
    for (size_t f = 0; f < sizeof files / sizeof files[0] && good; f++) {
        char *path = text_format("%s/%s", folder_path(folder), files[f].name);
        good = folder_write(folder, path, true, files[f].write, &all, error);
        memory_free(path);
    }
    return good;
}

bool edition_write(const struct edition *self, const char *path, struct error *error)
{
    struct folder *folder = folder_begin(path, error);
    if (folder == NULL)
        return false;
    if (write_all(self, folder, error))
        return folder_commit(folder, error);
    folder_discard(folder);
    return false;
}
