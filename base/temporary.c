#include "base/temporary.h"

#include "base/memory.h"
#include "base/text.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { NAMES_MAX = 1000 };

static void clean_up(struct scope_cleanup *cleanup)
{
    const struct temporary *self = (const struct temporary *)((char *)cleanup - offsetof(struct temporary, cleanup));
    if (self->path != NULL)
        self->remove(self->path);
}

/* The name is short, whatever the path's last part is, so that it is valid wherever the path is. */
static char *name_beside(const char *path, unsigned attempt)
{
    struct text name = TEXT_INIT;
    const char *slash = strrchr(path, '/');
    text_append(&name, path, slash != NULL ? (size_t)(slash - path) + 1 : 0);
    text_print(&name, ".racecheck-%ld-%u", (long)getpid(), attempt);
    return text_take(&name);
}

/* self->path is set only once the thing is there and ours, so that only what is our own is ever removed. */
int temporary_make(struct temporary *self, const char *path, temporary_maker *make, temporary_remover *remove)
{
    *self = (struct temporary){.remove = remove, .cleanup.run = clean_up};
    scope_defer(&self->cleanup);
    int made = -1, reason = EEXIST;
    for (unsigned attempt = 0; attempt < NAMES_MAX && made < 0 && reason == EEXIST; attempt++) {
        char *name = name_beside(path, attempt);
        scope_hold(&self->cleanup);
        made = make(name);
        reason = errno;
        self->path = made >= 0 ? name : NULL;
        scope_release(&self->cleanup);
        if (made < 0)
            memory_free(name);
    }
    errno = reason;
    return made;
}

bool temporary_end(struct temporary *self, const char *path)
{
    char *name = self->path;
    scope_hold(&self->cleanup);
    bool is_renamed = name != NULL && path != NULL && rename(name, path) == 0;
    int reason = errno;
    if (name != NULL && !is_renamed)
        self->remove(name);
    self->path = NULL;
    scope_release(&self->cleanup);
    scope_settle(&self->cleanup);
    memory_free(name);
    errno = reason;
    return is_renamed;
}
