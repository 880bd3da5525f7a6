#include <pthread.h>
#include <stdlib.h>

int main(void)
{
    pthread_key_t key;
    return pthread_key_create(&key, free);
}
