#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <time.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static sem_t permits;
static const struct timespec soon = {1, 0};

static void *holder(void *argument)
{
    pthread_mutex_lock(&lock);
    sem_post(&permits);
    pthread_mutex_unlock(&lock);
    return NULL;
}

int main(void)
{
    pthread_t thread;
    sem_init(&permits, 0, 0);
    pthread_create(&thread, NULL, holder, NULL);
    int locked = pthread_mutex_timedlock(&lock, &soon);
    if (locked == 0)
        pthread_mutex_unlock(&lock);
    int waited = sem_timedwait(&permits, &soon);
    printf("%s %s\n", locked == 0 ? "locked" : locked == ETIMEDOUT ? "late" : "?", waited == 0 ? "taken" : "late");
    pthread_join(thread, NULL);
    return 0;
}
