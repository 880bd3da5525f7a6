// "20\n"
#include <iostream>
#include <mutex>
#include <thread>

static std::mutex lock;
static int counter;

static void guarded(int rounds)
{
    for (int i = 0; i < rounds; i++) {
        std::lock_guard<std::mutex> guard(lock);
        counter++;
    }
}

static void scoped(int rounds)
{
    for (int i = 0; i < rounds; i++) {
        std::scoped_lock guard(lock);
        counter++;
    }
}

int main()
{
    std::thread first(guarded, 10), second(scoped, 10);
    first.join();
    second.join();
    std::cout << counter << std::endl;
}
