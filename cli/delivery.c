#include "cli/delivery.h"

#include "reports/output.h"

bool deliver(const char *path, delivery_writer *writer, void *context, struct error *error)
{
    if (path == NULL)
        return true;
    struct output *output = output_open(path, error);
    if (output == NULL)
        return false;
    writer(context, output_stream(output));
    return output_commit(output, error);
}
