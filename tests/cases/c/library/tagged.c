/* A pointer whose lowest bit says something else: which addresses can be there is known, though not by how they are computed. */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>

static int first = 1, second = 2;
static uintptr_t tagged;

static void *worker(void *argument)
{
    tagged = (uintptr_t)&second | 1;
    return NULL;
}

int main(void)
{
    pthread_t thread;
    tagged = (uintptr_t)&first;
    pthread_create(&thread, NULL, worker, NULL);
    uintptr_t found = tagged;
    printf("%d%s\n", *(int *)(found & ~(uintptr_t)1), (found & 1) != 0 ? " marked" : "");
    pthread_join(thread, NULL);
    return 0;
}
