// "6\n"
#include <condition_variable>
#include <iostream>
#include <mutex>
#include <thread>

class buffer {
    std::mutex lock;
    std::condition_variable not_full, not_empty;
    int items[2];
    unsigned count = 0, in = 0, out = 0;

public:
    void put(int item)
    {
        std::unique_lock<std::mutex> guard(lock);
        not_full.wait(guard, [this] { return count < 2; });
        items[in] = item;
        in = (in + 1) % 2;
        count++;
        not_empty.notify_one();
    }

    int get()
    {
        std::unique_lock<std::mutex> guard(lock);
        while (count == 0)
            not_empty.wait(guard);
        int item = items[out];
        out = (out + 1) % 2;
        count--;
        guard.unlock();
        not_full.notify_all();
        return item;
    }
};

static buffer shared;

static void consume(buffer &from, int &sum)
{
    for (int i = 0; i < 3; i++)
        sum += from.get();
}

int main()
{
    int sum = 0;
    std::thread producer([] {
        for (int i = 1; i <= 3; i++)
            shared.put(i);
    });
    std::thread consumer(consume, std::ref(shared), std::ref(sum));
    producer.join();
    consumer.join();
    std::cout << sum << std::endl;
}
