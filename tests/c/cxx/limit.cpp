// "1 1\n" "2 0\n" "2 1\n"
#include <chrono>
#include <condition_variable>
#include <iostream>
#include <mutex>
#include <thread>

std::mutex m;
std::condition_variable c;
bool ready;
int result, seen;

int main()
{
    std::thread waiter([] {
        std::unique_lock<std::mutex> lock(m);
        auto end = c.wait_for(lock, std::chrono::milliseconds(5));
        result = end == std::cv_status::timeout ? 2 : 1;
        seen = c.wait_for(lock, std::chrono::seconds(1), [] { return ready; });
    });
    std::thread setter([] {
        std::lock_guard<std::mutex> lock(m);
        ready = true;
        c.notify_one();
    });
    waiter.join();
    setter.join();
    std::cout << result << ' ' << seen << '\n';
}
