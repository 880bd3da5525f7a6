#include <pthread.h>
extern void __VERIFIER_atomic_begin(void), __VERIFIER_atomic_end(void);
int x, n = 2;
void *w(void *a) { __VERIFIER_atomic_begin(); do x++; while (x < 5); __VERIFIER_atomic_end(); return 0; }
void *v(void *a) { n = 3; return 0; }
int main(void) { pthread_t t, u; pthread_create(&t, 0, w, 0); pthread_create(&u, 0, v, 0); w(0); pthread_join(t, 0); pthread_join(u, 0); return 0; }
