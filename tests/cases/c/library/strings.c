/* Texts that threads make for themselves; times and random numbers on which nothing depends. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static int total;

static void *worker(void *argument)
{
    char text[32], padded[4], *copy;
    int id = *(int *)argument;
    struct timespec now;
    usleep(rand() % 1000);
    clock_gettime(CLOCK_MONOTONIC, &now);
    snprintf(text, sizeof text, "thread %d", id);
    copy = strdup(text);
    strcat(copy, "!");
    strncpy(padded, "ab", sizeof padded);
    if (strcmp(copy, "thread 1!") == 0 && strncmp(copy, "thrx", 3) == 0 && memcmp(padded, "ab\0", 4) == 0)
        total += (int)strlen(copy);
    printf("%s\n", copy);
    free(copy);
    return NULL;
}

int main(void)
{
    pthread_t threads[2];
    int ids[] = {1, 2};
    struct timeval begin;
    char cut[4];
    srand((unsigned)time(NULL));
    gettimeofday(&begin, NULL);
    for (int i = 0; i < 2; i++)
        pthread_create(&threads[i], NULL, worker, &ids[i]);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    int whole = sprintf(cut, "%03d", 7), wanted = snprintf(cut, sizeof cut, "%s", "abcdefg");
    printf("%d %d %d %s %d\n", total, whole, wanted, cut, strcmp("b", "a") > 0);
    return 0;
}
