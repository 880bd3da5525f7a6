#include <atomic>
#include <thread>

namespace bank {
std::atomic<unsigned> total{4000000000u};
static int misses;
}

struct pair {
    short first;
    int second[2];
} both;

int main()
{
    std::thread thread([] {
        bank::total++;
        bank::misses--;
        both.second[1] = -5;
    });
    thread.join();
}
