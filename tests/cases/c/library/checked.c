#include <errno.h>
#include <pthread.h>
#include <stdio.h>

static pthread_mutex_t lock;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static int others, ready;

static void *other(void *argument)
{
    int unlocked = pthread_mutex_unlock(&lock), tried = pthread_mutex_trylock(&lock);
    others = (unlocked == EPERM) + 10 * (tried == EBUSY);
    if (tried == 0)
        pthread_mutex_unlock(&lock);
    pthread_mutex_lock(&lock);
    ready = 1;
    pthread_cond_signal(&condition);
    pthread_mutex_unlock(&lock);
    return NULL;
}

int main(void)
{
    pthread_t thread;
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ERRORCHECK);
    pthread_mutex_init(&lock, &attributes);
    pthread_create(&thread, NULL, other, NULL);
    int first = pthread_mutex_lock(&lock), second = pthread_mutex_lock(&lock);
    while (!ready)
        pthread_cond_wait(&condition, &lock);
    int third = pthread_mutex_unlock(&lock), fourth = pthread_mutex_unlock(&lock);
    pthread_join(thread, NULL);
    printf("%d %d %d %d, %d\n", first, second == EDEADLK, third, fourth == EPERM, others);
    return 0;
}
