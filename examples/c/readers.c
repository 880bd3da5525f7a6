#include <pthread.h>
#include <stdio.h>

static int a, b; /* the writer keeps them equal, for whoever has the lock */
static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;

static void *writer(void *argument)
{
    for (int i = 0; i < 2; i++) {
        pthread_rwlock_wrlock(&lock);
        a++;
        b++;
        pthread_rwlock_unlock(&lock);
    }
    return NULL;
}

static void *reader(void *argument)
{
    pthread_rwlock_rdlock(&lock);
    printf("%d %d\n", a, b);
    pthread_rwlock_unlock(&lock);
    return NULL;
}

int main(void)
{
    pthread_t threads[3];
    pthread_create(&threads[0], NULL, writer, NULL);
    pthread_create(&threads[1], NULL, reader, NULL);
    pthread_create(&threads[2], NULL, reader, NULL);
    for (int t = 0; t < 3; t++)
        pthread_join(threads[t], NULL);
    return 0;
}
