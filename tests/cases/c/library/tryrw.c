#include <errno.h>
#include <pthread.h>
#include <stdio.h>

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static int value, reader, writer;

static void *read_it(void *argument)
{
    reader = pthread_rwlock_tryrdlock(&lock);
    if (reader == 0) {
        value += 10;
        pthread_rwlock_unlock(&lock);
    }
    return NULL;
}

static void *write_it(void *argument)
{
    writer = pthread_rwlock_trywrlock(&lock);
    if (writer == 0) {
        value += 1;
        pthread_rwlock_unlock(&lock);
    }
    return NULL;
}

int main(void)
{
    pthread_t threads[2];
    pthread_create(&threads[0], NULL, read_it, NULL);
    pthread_create(&threads[1], NULL, write_it, NULL);
    pthread_rwlock_rdlock(&lock);
    pthread_rwlock_unlock(&lock);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    pthread_rwlock_wrlock(&lock);
    printf("%d, reader %s, writer %s, again %d\n", value, reader == EBUSY ? "busy" : "in", writer == EBUSY ? "busy" : "in",
           pthread_rwlock_tryrdlock(&lock) == EBUSY);
    return 0;
}
