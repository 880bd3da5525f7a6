#include <pthread.h>
#include <stdlib.h>

static void *worker(void *argument)
{
    static int luck;
    if (rand() % 6 == 5)
        luck++;
    return NULL;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, worker, NULL);
    return pthread_join(thread, NULL);
}
