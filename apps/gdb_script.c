#include "apps/gdb_script.h"

#include <inttypes.h>
#include <string.h>

static void lead(struct gdb_script *self, size_t thread)
{
    if (self->steps > 0)
        text_print(&self->body, "stepi %" PRIu32 "\n", self->steps);
    self->steps = 0;
    if (self->thread != thread + 1)
        text_print(&self->body, "thread %zu\n", thread + 1);
    self->thread = thread + 1;
}

void gdb_script_step(struct gdb_script *self, size_t thread)
{
    if (self->thread != thread + 1)
        lead(self, thread);
    self->steps += !self->enters;
    self->enters = false;
}

void gdb_script_return(struct gdb_script *self, size_t thread)
{
    lead(self, thread);
    text_print(&self->body, "racecheck-return\n");
}

/* Several threads can begin in one function. */
void gdb_script_enter(struct gdb_script *self, size_t thread, const char *symbol, size_t length)
{
    struct text entry = TEXT_INIT;
    text_print(&entry, "break *%.*s\n", (int)length, symbol);
    if (strstr(text_string(&self->entries), text_string(&entry)) == NULL)
        text_print(&self->entries, "%s", text_string(&entry));
    text_free(&entry);
    lead(self, thread);
    text_print(&self->body, "racecheck-enter %.*s\n", (int)length, symbol);
    self->enters = true;
}

void gdb_script_finish(struct gdb_script *self, size_t thread)
{
    lead(self, thread);
    text_print(&self->body, "continue\n");
    self->thread = 0;
}

void gdb_script_release(struct gdb_script *self)
{
    lead(self, 0);
    text_print(&self->body, "set scheduler-locking off\ncontinue\n");
}

void gdb_script_tell(struct gdb_script *self, size_t step, const char *thread, uint32_t line)
{
    if (self->steps > 0)
        text_print(&self->body, "stepi %" PRIu32 "\n", self->steps);
    self->steps = 0;
    text_print(&self->body, "echo step %zu: %s, line %" PRIu32 "\\n\n", step, thread, line);
}

void gdb_script_write(struct gdb_script *self, FILE *stream, const char *command, const char *file, const char *first)
{
    fprintf(stream,
            "# Leads a program along a schedule that racecheck has found; it is made by\n"
            "#     %s -g -pthread -o program %.*s\n"
            "set pagination off\n"
            "set confirm off\n"
            "define racecheck-return\n"
            "  set $racecheck_thread = $_thread\n"
            "  set $racecheck_to = *(unsigned long *)$rsp\n"
            "  tbreak *$racecheck_to if $_thread == $racecheck_thread\n"
            "  while $_thread != $racecheck_thread || $pc != $racecheck_to\n"
            "    thread $racecheck_thread\n"
            "    continue\n"
            "  end\n"
            "end\n"
            "define racecheck-enter\n"
            "  while $pc != (unsigned long)&$arg0\n"
            "    continue\n"
            "  end\n"
            "  stepi\n" /* a thread that was stopped there may still have to tell so */
            "  if $pc == (unsigned long)&$arg0\n"
            "    stepi\n"
            "  end\n"
            "end\n"
            "tbreak *%s\n"
            "run\n"
            "%s"
            "set scheduler-locking on\n",
            command, (int)strcspn(file, "\n"), file, first, text_string(&self->entries));
    if (self->steps > 0)
        text_print(&self->body, "stepi %" PRIu32 "\n", self->steps);
    self->steps = 0;
    fputs(text_string(&self->body), stream);
}

void gdb_script_free(struct gdb_script *self)
{
    text_free(&self->entries);
    text_free(&self->body);
}
