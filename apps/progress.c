#include "apps/progress.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void print_rate(const struct progress *self, const struct budget_progress *now)
{
    if (self->phase == NULL || strcmp(self->phase, now->phase) != 0 || now->seconds <= self->seconds ||
        now->states < self->states)
        return;
    double rate = (double)(now->states - self->states) / (now->seconds - self->seconds);
    fprintf(stderr, ", %.2g million/s", rate / 1e6);
}

static void report(void *context, const struct budget_progress *now)
{
    struct progress *self = context;
    fprintf(stderr, "%sracecheck: %s: %.2f million states", self->rewrites ? "\r\033[K" : "", now->phase,
            (double)now->states / 1e6);
    if (now->total > 0)
        fprintf(stderr, " (%.0f %%)", 100 * (double)now->states / (double)now->total);
    print_rate(self, now);
    if (now->depth > 0)
        fprintf(stderr, ", depth %llu", (unsigned long long)now->depth);
    fprintf(stderr, ", %.0f s%s", now->seconds, self->rewrites ? "" : "\n");
    fflush(stderr);
    self->shown = self->rewrites;
    self->phase = now->phase;
    self->states = now->states;
    self->seconds = now->seconds;
}

void progress_attach(struct progress *self, enum when when, struct budget *budget)
{
    *self = (struct progress){.rewrites = isatty(STDERR_FILENO) != 0};
    if (when == WHEN_NEVER || (when == WHEN_AUTO && !self->rewrites))
        return;
    budget->report = report;
    budget->report_context = self;
}

void progress_clear(struct progress *self)
{
    if (self->shown)
        fputs("\r\033[K", stderr);
    self->shown = false;
}
