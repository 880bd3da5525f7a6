#include "cli/interrupt.h"

#include <stddef.h>

static volatile sig_atomic_t arrived;

static void note_signal(int number)
{
    (void)number;
    arrived = 1;
}

const volatile sig_atomic_t *interrupt_listen(void)
{
    struct sigaction action = {.sa_handler = note_signal, .sa_flags = (int)(SA_RESETHAND | SA_RESTART)};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    return &arrived;
}
