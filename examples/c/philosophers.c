#include <pthread.h>
#include <stdio.h>

#define PHILOSOPHERS 3

static pthread_mutex_t forks[PHILOSOPHERS] = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER,
                                              PTHREAD_MUTEX_INITIALIZER};
static int meals[PHILOSOPHERS];

/* Each takes the left fork first: when all have one, all wait for ever. */
static void *philosopher(void *argument)
{
    long me = (long)argument, right = (me + 1) % PHILOSOPHERS;
    pthread_mutex_lock(&forks[me]);
    pthread_mutex_lock(&forks[right]);
    meals[me]++;
    pthread_mutex_unlock(&forks[right]);
    pthread_mutex_unlock(&forks[me]);
    return NULL;
}

int main(void)
{
    pthread_t threads[PHILOSOPHERS];
    for (long t = 0; t < PHILOSOPHERS; t++)
        pthread_create(&threads[t], NULL, philosopher, (void *)t);
    for (int t = 0; t < PHILOSOPHERS; t++)
        pthread_join(threads[t], NULL);
    printf("%d\n", meals[0] + meals[1] + meals[2]);
    return 0;
}
