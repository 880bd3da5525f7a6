#include <pthread.h>
#include <stdio.h>

extern void __VERIFIER_atomic_begin(void), __VERIFIER_atomic_end(void), __VERIFIER_assume(int);
extern _Bool __VERIFIER_nondet_bool(void);

static int stack[4], top;

static void push(int *to, int value)
{
    to[top] = value; /* where depends on the other thread */
    top++;
}

static void *worker(void *argument)
{
    __VERIFIER_atomic_begin();
    push(stack, (int)(long)argument);
    __VERIFIER_atomic_end();
    return NULL;
}

int main(void)
{
    pthread_t a, b;
    int twice = __VERIFIER_nondet_bool();
    __VERIFIER_assume(twice);
    pthread_create(&a, NULL, worker, (void *)1);
    pthread_create(&b, NULL, worker, (void *)2);
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    printf("%d%d %d\n", stack[0], stack[1], top);
    return 0;
}
