#include "base/scope.h"

#include "base/sanitized.h"

#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SHARDS = 16, FIRST_CAPACITY = 64 };

/* How much is allocated until the system is asked how much the process has in use. */
enum { CHECK_BYTES = 512 << 10 };

/* Blocks of a scope: a hash set of their addresses with open addressing. Several, so that threads rarely meet. */
struct shard {
    pthread_mutex_t lock;
    void **blocks; /* NULL: free; a tombstone: was used */
    size_t capacity;
    size_t used; /* places that are not NULL */
    size_t count;
};

struct scope {
    enum scope_kind kind;
    struct scope *outer;
    atomic_size_t allocated; /* bytes now; of a process, those that are allocated from its scope's begin on */
    atomic_size_t unchecked; /* bytes that were allocated since the system was asked */
    atomic_size_t uncounted; /* bytes that the system knew of then, and we did not */
    size_t before;           /* bytes that the process had in use at the begin */
    size_t limit;            /* for both together; 0: none */
    size_t asked;            /* what the limit was set to */
    atomic_int end;          /* enum scope_end: the first failure */
    struct error error;      /* its text */
    pthread_mutex_t lock;    /* for the cleanups */
    struct scope_cleanup *cleanups;
    struct shard shards[SHARDS]; /* of a part */
};

/* A place that control can return to. */
struct frame {
    jmp_buf place;
    struct scope *scope;
    struct frame *outer;
};

/* The one variable that outlives a function: GMP's and jansson's allocators are told nothing of a context. Each thread has its
 * own. */
static _Thread_local struct frame *innermost;

static char tombstone;

struct scope *scope_current(void)
{
    return innermost != NULL ? innermost->scope : NULL;
}

/* ---- Notes of blocks ------------------------------------------------------------------------------------------- */

static size_t size_of(void *block)
{
    return malloc_usable_size(block) + sizeof(size_t);
}

/* Addresses of blocks differ in their middle bits (Knuth, The Art of Computer Programming 3, 6.4). */
static uint64_t hash_of(const void *block)
{
    return (uint64_t)(uintptr_t)block * UINT64_C(0x9e3779b97f4a7c15);
}

static struct shard *shard_of(struct scope *self, const void *block)
{
    return &self->shards[hash_of(block) >> 60];
}

/* The place of a block, or NULL. */
static void **find_block(const struct shard *self, const void *block)
{
    if (self->capacity == 0)
        return NULL;
    size_t place = (size_t)(hash_of(block) >> 28) & (self->capacity - 1);
    for (; self->blocks[place] != NULL; place = (place + 1) & (self->capacity - 1))
        if (self->blocks[place] == block)
            return &self->blocks[place];
    return NULL;
}

static void put_block(struct shard *self, void *block)
{
    size_t place = (size_t)(hash_of(block) >> 28) & (self->capacity - 1);
    while (self->blocks[place] != NULL)
        place = (place + 1) & (self->capacity - 1);
    self->blocks[place] = block;
    self->used++;
    self->count++;
}

/* Makes room for one more block; tombstones go. */
static bool make_room(struct shard *self)
{
    if (2 * (self->used + 1) <= self->capacity)
        return true;
    struct shard fresh = {.capacity = FIRST_CAPACITY};
    while (fresh.capacity < 4 * (self->count + 1))
        fresh.capacity *= 2;
    fresh.blocks = calloc(fresh.capacity, sizeof *fresh.blocks);
    if (fresh.blocks == NULL)
        return false;
    for (size_t i = 0; i < self->capacity; i++)
        if (self->blocks[i] != NULL && self->blocks[i] != &tombstone)
            put_block(&fresh, self->blocks[i]);
    free(self->blocks);
    self->blocks = fresh.blocks;
    self->capacity = fresh.capacity;
    self->used = fresh.used;
    return true;
}

/* What only parts need is not inlined, so that the many blocks of a process pass quickly. */
__attribute__((noinline)) static bool note_block(struct scope *self, void *block)
{
    struct shard *shard = shard_of(self, block);
    pthread_mutex_lock(&shard->lock);
    bool has_room = make_room(shard);
    if (has_room)
        put_block(shard, block);
    pthread_mutex_unlock(&shard->lock);
    return has_room;
}

__attribute__((noinline)) static bool forget_block(struct scope *self, const void *block)
{
    struct shard *shard = shard_of(self, block);
    pthread_mutex_lock(&shard->lock);
    void **place = find_block(shard, block);
    if (place != NULL) {
        *place = &tombstone;
        shard->count--;
    }
    pthread_mutex_unlock(&shard->lock);
    return place != NULL;
}

static void count_block(struct scope *self, size_t size, bool is_more)
{
    for (; self != NULL; self = self->outer) {
        if (is_more)
            atomic_fetch_add_explicit(&self->allocated, size, memory_order_relaxed);
        else
            atomic_fetch_sub_explicit(&self->allocated, size, memory_order_relaxed);
    }
}

bool scope_enter(struct scope *self, void *block)
{
    self = self != NULL ? self : scope_current();
    if (self == NULL)
        return true;
    if (self->kind == SCOPE_PART && !note_block(self, block))
        return false;
    count_block(self, size_of(block), true);
    return true;
}

struct scope *scope_leave(void *block)
{
    struct scope *self = block != NULL ? scope_current() : NULL;
    while (self != NULL && self->kind == SCOPE_PART && !forget_block(self, block))
        self = self->outer;
    if (self != NULL)
        count_block(self, size_of(block), false);
    return self;
}

/* ---- Limits ---------------------------------------------------------------------------------------------------- */

/* The bytes of memory that the process has in use: the second number of /proc/self/statm, in pages; 0 where there is none. Not
 * by stdio, which allocates. */
static size_t process_memory(void)
{
    char text[64] = "";
    int file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    ssize_t length = file >= 0 ? read(file, text, sizeof text - 1) : 0;
    if (file >= 0)
        close(file);
    const char *second = length > 0 ? strchr(text, ' ') : NULL;
    return second != NULL ? (size_t)strtoul(second, NULL, 10) * (size_t)sysconf(_SC_PAGESIZE) : 0;
}

/* Blocks that are older than the scope may have been freed in it. */
static size_t allocated_in(const struct scope *self)
{
    size_t allocated = atomic_load_explicit(&self->allocated, memory_order_relaxed);
    return allocated <= SIZE_MAX / 2 ? allocated : 0;
}

static size_t in_use(const struct scope *self)
{
    return self->before + allocated_in(self);
}

uint64_t scope_allocated(void)
{
    return innermost != NULL ? allocated_in(innermost->scope) : 0;
}

/* What libraries allocate for themselves, what the allocator keeps of blocks that were freed, and pages that are larger than
 * what was asked for, the system knows alone. Returns the bytes that the process has in use, and notes by how much that is more
 * than we knew. */
static size_t measure(struct scope *self)
{
    size_t measured = process_memory(), counted = in_use(self);
    atomic_store_explicit(&self->uncounted, measured > counted ? measured - counted : 0, memory_order_relaxed);
    return measured;
}

static bool is_process_full(struct scope *self, size_t bytes)
{
    size_t unchecked = atomic_fetch_add_explicit(&self->unchecked, bytes, memory_order_relaxed) + bytes;
    if (unchecked < CHECK_BYTES || IS_SANITIZED)
        return false;
    atomic_store_explicit(&self->unchecked, 0, memory_order_relaxed);
    if (measure(self) + bytes <= self->limit)
        return false;
    malloc_trim(0);
    return measure(self) + bytes > self->limit;
}

/* Of a scope that has a limit. */
__attribute__((noinline)) static bool is_full(struct scope *self, size_t bytes)
{
    size_t used = in_use(self);
    return bytes > self->limit || used > self->limit - bytes ||
           (self->kind == SCOPE_PROCESS && is_process_full(self, bytes));
}

void scope_tell_limit(uint64_t max_memory, char *text, size_t size)
{
    static const char *const units[] = {"bytes", "kB", "MB"};
    size_t unit = 0;
    for (; unit < 2 && max_memory >= 1024; unit++)
        max_memory >>= 10;
    snprintf(text, size, "the limit of %llu %s of memory was reached (--max-memory)", (unsigned long long)max_memory,
             unit == 0 && max_memory == 1 ? "byte" : units[unit]);
}

static _Noreturn void fail_full(const struct scope *self)
{
    char text[96];
    scope_tell_limit(self->asked, text, sizeof text);
    scope_fail(SCOPE_FULL, text);
}

void scope_admit(size_t bytes)
{
    for (struct scope *self = scope_current(); self != NULL; self = self->outer)
        if (self->limit > 0 && is_full(self, bytes))
            fail_full(self);
}

/* Of a limit that is hardly above what the process has anyway, half remains all the same. */
void scope_limit(uint64_t max_memory)
{
    struct scope *self = scope_current();
    if (self == NULL)
        return;
    self->asked = max_memory < SIZE_MAX ? (size_t)max_memory : SIZE_MAX;
    size_t least = self->kind == SCOPE_PROCESS ? self->before + self->asked / 2 : 0;
    self->limit = self->asked > 0 && self->asked < least ? least : self->asked;
}

uint64_t scope_left(void)
{
    uint64_t left = UINT64_MAX;
    for (const struct scope *self = scope_current(); self != NULL; self = self->outer) {
        size_t used = in_use(self) + atomic_load_explicit(&self->uncounted, memory_order_relaxed);
        uint64_t own = self->limit == 0 ? UINT64_MAX : used < self->limit ? self->limit - used : 0;
        left = own < left ? own : left;
    }
    return left;
}

/* ---- Cleanups -------------------------------------------------------------------------------------------------- */

void scope_defer(struct scope_cleanup *cleanup)
{
    struct scope *self = scope_current();
    cleanup->scope = self;
    if (self == NULL)
        return;
    pthread_mutex_lock(&self->lock);
    cleanup->next = self->cleanups;
    self->cleanups = cleanup;
    pthread_mutex_unlock(&self->lock);
}

void scope_settle(struct scope_cleanup *cleanup)
{
    struct scope *self = cleanup->scope;
    if (self == NULL)
        return;
    pthread_mutex_lock(&self->lock);
    struct scope_cleanup **place = &self->cleanups;
    while (*place != cleanup)
        place = &(*place)->next;
    *place = cleanup->next;
    pthread_mutex_unlock(&self->lock);
}

void scope_hold(const struct scope_cleanup *cleanup)
{
    if (cleanup->scope != NULL)
        pthread_mutex_lock(&cleanup->scope->lock);
}

void scope_release(const struct scope_cleanup *cleanup)
{
    if (cleanup->scope != NULL)
        pthread_mutex_unlock(&cleanup->scope->lock);
}

static void clean_up(struct scope *self)
{
    while (self->cleanups != NULL) {
        struct scope_cleanup *cleanup = self->cleanups;
        self->cleanups = cleanup->next;
        cleanup->run(cleanup);
    }
}

void scope_abandon(struct scope *self)
{
    pthread_mutex_lock(&self->lock);
    clean_up(self);
}

/* ---- Running --------------------------------------------------------------------------------------------------- */

_Noreturn void scope_fail(enum scope_end end, const char *text)
{
    static const char prefix[] = "racecheck: ";
    int none = SCOPE_DONE;
    if (innermost == NULL) {
        ssize_t ignored = write(STDERR_FILENO, prefix, sizeof prefix - 1);
        ignored = write(STDERR_FILENO, text, strlen(text));
        ignored = write(STDERR_FILENO, "\n", 1);
        (void)ignored;
        abort();
    }
    struct scope *self = innermost->scope;
    if (atomic_compare_exchange_strong(&self->end, &none, (int)end))
        error_set(&self->error, NULL, 0, 0, "%s", text);
    longjmp(innermost->place, 1);
}

/* In a function of its own: no variable changes between setjmp() and longjmp(). */
static void run_framed(struct frame *frame, scope_body *body, void *context)
{
    if (setjmp(frame->place) == 0)
        body(context);
}

static void run_within(struct scope *scope, scope_body *body, void *context)
{
    struct frame frame = {.scope = scope, .outer = innermost};
    innermost = &frame;
    run_framed(&frame, body, context);
    innermost = frame.outer;
}

void scope_join(struct scope *self, scope_body *body, void *context)
{
    if (self == NULL)
        body(context);
    else if (atomic_load(&self->end) == SCOPE_DONE)
        run_within(self, body, context);
}

void scope_check(void)
{
    if (innermost != NULL && atomic_load(&innermost->scope->end) != SCOPE_DONE)
        longjmp(innermost->place, 1);
}

static void start(struct scope *self, enum scope_kind kind)
{
    *self = (struct scope){.kind = kind, .outer = scope_current()};
    self->before = kind == SCOPE_PROCESS ? process_memory() : 0;
    pthread_mutex_init(&self->lock, NULL);
    for (size_t s = 0; s < SHARDS; s++)
        pthread_mutex_init(&self->shards[s].lock, NULL);
}

/* What was made becomes the outer scope's, which notes it, or nobody's. */
static bool hand_over(struct scope *self, void *block)
{
    return self->outer == NULL || self->outer->kind == SCOPE_PROCESS || note_block(self->outer, block);
}

/* Returns false where not all blocks could be handed over; those are lost to the outer scope, not freed. */
static bool settle_blocks(struct scope *self, bool is_kept)
{
    bool is_good = true;
    for (size_t s = 0; s < SHARDS; s++) {
        struct shard *shard = &self->shards[s];
        for (size_t i = 0; i < shard->capacity; i++) {
            void *block = shard->blocks[i];
            if (block == NULL || block == &tombstone)
                continue;
            if (is_kept) {
                is_good &= hand_over(self, block);
                continue;
            }
            count_block(self->outer, size_of(block), false);
            free(block);
        }
        free(shard->blocks);
        pthread_mutex_destroy(&shard->lock);
    }
    return is_good;
}

enum scope_end scope_run(enum scope_kind kind, uint64_t max_memory, scope_body *body, void *context,
                         struct error *error)
{
    struct scope self;
    start(&self, kind);
    self.limit = self.asked = max_memory < SIZE_MAX ? (size_t)max_memory : SIZE_MAX;
    run_within(&self, body, context);
    enum scope_end end = (enum scope_end)atomic_load(&self.end);
    pthread_mutex_lock(&self.lock);
    clean_up(&self);
    pthread_mutex_unlock(&self.lock);
    pthread_mutex_destroy(&self.lock);
    if (!settle_blocks(&self, end == SCOPE_DONE))
        scope_fail(SCOPE_NO_MEMORY, "out of memory");
    if (end != SCOPE_DONE)
        error_set(error, NULL, 0, 0, "%s", self.error.text);
    return end;
}
