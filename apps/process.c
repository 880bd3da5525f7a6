#include "apps/process.h"

#include "apps/watchdog.h"
#include "base/scope.h"

struct call {
    process_body *body;
    void *context;
    enum status status;
    struct error error;
};

static void run(void *context)
{
    struct call *call = context;
    call->status = call->body(call->context, &call->error);
}

enum status process_run(process_body *body, void *context)
{
    struct call call = {body, context, STATUS_INTERNAL, ERROR_INIT};
    struct error error = ERROR_INIT;
    enum scope_end end = scope_run(SCOPE_PROCESS, 0, run, &call, &error);
    watchdog_stop();
    if (end == SCOPE_DONE && call.error.set)
        error_print(&call.error, "racecheck", stderr);
    if (end == SCOPE_DONE)
        return call.status;
    error_print(&error, end == SCOPE_FULL ? "racecheck: INCOMPLETE" : "racecheck", stderr);
    return end == SCOPE_FULL ? STATUS_INCOMPLETE : STATUS_INTERNAL;
}

void process_limit(uint64_t max_memory, double seconds)
{
    scope_limit(max_memory);
    watchdog_start(seconds);
}
