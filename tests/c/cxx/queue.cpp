// "3\n"
/* A queue that grows while another thread takes from it: on ways that no schedule goes, what nobody has put there is taken. */
#include <condition_variable>
#include <iostream>
#include <mutex>
#include <queue>
#include <thread>

std::queue<int> queue;
std::mutex mutex;
std::condition_variable filled;
bool is_over = false;

void produce()
{
    for (int i = 1; i <= 2; i++) {
        std::lock_guard<std::mutex> lock(mutex);
        queue.push(i);
        is_over = i == 2;
        filled.notify_one();
    }
}

void consume()
{
    int sum = 0;
    for (;;) {
        std::unique_lock<std::mutex> lock(mutex);
        filled.wait(lock, [] { return !queue.empty() || is_over; });
        if (queue.empty())
            break;
        sum += queue.front();
        queue.pop();
    }
    std::cout << sum << "\n";
}

int main()
{
    std::thread first(produce), second(consume);
    first.join();
    second.join();
}
