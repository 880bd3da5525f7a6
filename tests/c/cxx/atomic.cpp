// "20 1\n"
#include <atomic>
#include <iostream>
#include <thread>

struct counter {
    std::atomic<int> value{0};
    std::atomic<bool> is_used{false};
    void add() { value++; is_used.store(true); }
};

int main()
{
    counter counter;
    auto worker = [&counter] {
        for (int i = 0; i < 10; i++)
            counter.add();
    };
    std::thread first(worker), second(worker);
    first.join();
    second.join();
    std::cout << counter.value.load() << " " << counter.is_used << "\n";
}
