#include <pthread.h>
#include <stdio.h>

static int ready; /* neither volatile nor atomic: a compiler may look at it once */
static int data;

static void *worker(void *argument)
{
    data = 42;
    ready = 1;
    return NULL;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, worker, NULL);
    while (!ready)
        ;
    printf("%d\n", data);
    pthread_join(thread, NULL);
    return 0;
}
