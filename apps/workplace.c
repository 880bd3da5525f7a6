#include "apps/workplace.h"

#include "base/memory.h"
#include "base/scope.h"
#include "base/text.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct workplace {
    struct scope_cleanup cleanup; /* the first member, see clear() */
    char *folder;
    char *files[WORKPLACE_FILES_MAX];
    size_t count;
};

static void clear(struct scope_cleanup *cleanup)
{
    struct workplace *self = (struct workplace *)cleanup;
    for (size_t f = 0; f < self->count; f++)
        unlink(self->files[f]);
    rmdir(self->folder);
}

static void free_all(struct workplace *self)
{
    for (size_t f = 0; f < self->count; f++)
        memory_free(self->files[f]);
    memory_free(self->folder);
    memory_free(self);
}

struct workplace *workplace_new(struct error *error)
{
    const char *place = getenv("TMPDIR");
    /* Not on a stack, which is gone where memory runs out. */
    struct workplace *self = memory_new(1, sizeof *self);
    self->cleanup.run = clear;
    self->folder = text_format("%s/racecheck-XXXXXX", place != NULL && place[0] == '/' ? place : "/tmp");
    if (mkdtemp(self->folder) == NULL) {
        error_set(error, self->folder, 0, 0, "cannot make a folder for the compiler: %s", strerror(errno));
        free_all(self);
        return NULL;
    }
    scope_defer(&self->cleanup);
    return self;
}

void workplace_free(struct workplace *self)
{
    if (self == NULL)
        return;
    scope_settle(&self->cleanup);
    clear(&self->cleanup);
    free_all(self);
}

const char *workplace_file(struct workplace *self, const char *name)
{
    assert(self->count < WORKPLACE_FILES_MAX);
    char *path = text_format("%s/%s", self->folder, name);
    scope_hold(&self->cleanup);
    self->files[self->count++] = path;
    scope_release(&self->cleanup);
    return path;
}
