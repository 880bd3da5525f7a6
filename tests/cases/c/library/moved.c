/* Addresses that threads share move on: the element they lead to depends on the others. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static int numbers[4] = {1, 2, 3, 4}, count;
static int *next = numbers, *last, *before, *block;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void *worker(void *argument)
{
    pthread_mutex_lock(&lock);
    next++;
    block[count] = *(int *)argument;
    count++;
    last = &numbers[count];
    before = last;
    before--;
    pthread_mutex_unlock(&lock);
    return NULL;
}

int main(void)
{
    pthread_t a, b;
    int one = 10, other = 20;
    block = malloc(4 * sizeof *block);
    pthread_create(&a, NULL, worker, &one);
    pthread_create(&b, NULL, worker, &other);
    pthread_join(a, NULL);
    int early = *before;
    pthread_join(b, NULL);
    printf("%d %d %d %d, %d %d\n", early, *next, *last, *before, block[0], block[1]);
    return 0;
}
