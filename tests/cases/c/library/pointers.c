#include <pthread.h>
#include <stdio.h>

struct node {
    int value;
    struct node *next;
};

static int one(void)
{
    return 1;
}

static int two(void)
{
    return 2;
}

static struct node last = {5, NULL}, first = {7, &last};
static struct node *head = &last;
static int (*choice)(void) = one;

static void *worker(void *argument)
{
    choice = two;
    head = &first;
    return argument;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, worker, NULL);
    int chosen = choice();
    struct node *next = head->next;
    pthread_join(thread, NULL);
    printf("%d %d\n", chosen, next != NULL ? next->value : 0);
    return 0;
}
