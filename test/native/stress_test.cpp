// 64 requests with random lengths that come, go and share beginnings, under a small KV budget: every reply is the one it gives alone.
#include <random>
#include <thread>

#include "check.h"
#include "engine_run.h"

using namespace wisecrack;

namespace {

constexpr size_t REQUESTS = 64;

std::vector<Request> random_requests(std::mt19937& random) {
  std::vector<std::vector<int32_t>> personas(3);
  for (size_t p = 0; p < personas.size(); p++)
    for (size_t n = 0; n < 30 + 25 * p; n++) personas[p].push_back(static_cast<int32_t>(1 + random() % 500));
  std::vector<Request> requests;
  for (size_t i = 0; i < REQUESTS; i++) {
    Request r = request_of(personas[random() % 3], 1 + random() % 100, i, i % 4 ? 0.9 : 0);
    for (unsigned n = random() % 90; n > 0; n--) r.tokens.push_back(static_cast<int32_t>(1 + random() % 500));
    r.sampling.top_k = i % 3 ? 40 : 0;
    r.sampling.repetition_penalty = i % 2 ? 1.1 : 2;
    r.stop_tokens = {static_cast<int32_t>(i)};
    r.priority = i % 7 ? Priority::Normal : Priority::Low;
    requests.push_back(r);
  }
  return requests;
}

}  // namespace

TEST(every_reply_as_alone) {
  const char* env = std::getenv("WISECRACK_STRESS_SEEDS");
  const unsigned seeds = env ? static_cast<unsigned>(std::atoi(env)) : 2;
  for (unsigned seed = 1; seed <= seeds; seed++) {
    std::mt19937 random(seed);
    const auto requests = random_requests(random);
    std::vector<Reply> alone;
    {
      EngineRun run(golden::model("tiny-a"), 1, 0, seed % 2);
      for (const Request& r : requests) alone.push_back(run.run(r));
    }
    const size_t block = seed % 2 ? 4096 : 8192;
    EngineRun run(golden::model("tiny-a"), EngineOptions{seed % 2 == 1, 2, 12, 0, 26 * block, 64});
    std::vector<int64_t> ids(REQUESTS);
    std::vector<bool> cancelled(REQUESTS);
    for (size_t i = 0; i < REQUESTS; i++) {
      ids[i] = run.submit(requests[i]);
      if (random() % 3 == 0) std::this_thread::sleep_for(std::chrono::microseconds(random() % 3000));
      if (random() % 5) continue;
      const size_t victim = random() % (i + 1);
      run.engine().cancel(ids[victim]);
      cancelled[victim] = true;
    }
    for (size_t i = 0; i < REQUESTS; i++) {
      const Reply reply = run.wait(ids[i]);
      const auto& wanted = alone[i].tokens;
      if (cancelled[i] && reply.finish == Finish::Cancelled)
        CHECK(reply.tokens.size() <= wanted.size() && std::equal(reply.tokens.begin(), reply.tokens.end(), wanted.begin()));
      else
        CHECK(reply.tokens == wanted && reply.finish == alone[i].finish);
    }
    const EngineStats s = run.engine().stats();
    std::printf("     %zu steps, %zu times sent back, %zu prompt tokens from the cache, %zu not\n", s.steps, s.preempted, s.prefix_hits,
                s.prefix_misses);
    CHECK(s.running == 0 && s.waiting == 0 && s.kv_blocks_used == 0);
    CHECK(s.longest_idle <= 2 && s.preempted > 0 && s.prefix_hits > 0);
  }
}

int main(int argc, char** argv) { return check::run_tests(argc, argv); }
