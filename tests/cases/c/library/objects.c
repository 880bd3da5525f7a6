#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>

struct account {
    pthread_mutex_t lock;
    int money;
} *account;
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_barrier_t barrier;
static sem_t semaphore;
static int seen;

static void *worker(void *argument)
{
    int number = *(int *)argument;
    pthread_mutex_lock(&account->lock);
    account->money += number;
    pthread_mutex_unlock(&account->lock);
    pthread_barrier_wait(&barrier);
    pthread_rwlock_rdlock(&rwlock);
    int now = account->money;
    pthread_rwlock_unlock(&rwlock);
    sem_wait(&semaphore);
    seen += now;
    sem_post(&semaphore);
    return (void *)(long)(number * 10);
}

int main(void)
{
    pthread_t threads[2];
    int numbers[2] = {1, 2};
    void *result;
    long sum = 0;
    account = malloc(sizeof *account);
    account->money = 100;
    pthread_mutex_init(&account->lock, NULL);
    pthread_barrier_init(&barrier, NULL, 2);
    sem_init(&semaphore, 0, 1);
    for (int t = 0; t < 2; t++)
        pthread_create(&threads[t], NULL, worker, &numbers[t]);
    for (int t = 0; t < 2; t++) {
        pthread_join(threads[t], &result);
        sum += (long)result;
    }
    printf("%d %ld %s\n", seen, sum, sum == 30 ? "good" : "bad");
    free(account);
    return 0;
}
