#include <sys/resource.h>

#include <random>
#include <thread>

#include "check.h"
#include "engine_run.h"

using namespace wisecrack;

namespace {

std::string error_of(EngineRun& run, const Request& r) {
  return check::message_of<std::out_of_range>([&] { run.submit(r); });
}

}  // namespace

TEST(greedy_equals_golden) {
  for (const char* name : {"tiny-a", "tiny-b"}) {
    EngineRun run(golden::model(name), 3, 0, false, 2);
    std::vector<std::pair<int64_t, std::vector<int32_t>>> wanted;
    for (const auto& p : golden::prompts(name)) wanted.emplace_back(run.submit(request_of(p.tokens, 16)), p.greedy);
    for (const auto& [id, greedy] : wanted) {
      const Reply reply = run.wait(id);
      CHECK(reply.tokens == greedy && reply.finish == Finish::Length);
    }
  }
}

// Requests of all kinds come, run in changing company and go; each reply is the one it gives alone.
TEST(company_changes_nothing) {
  std::mt19937 random(3);
  std::vector<Request> requests;
  for (unsigned i = 0; i < 40; i++) {
    Request r = request_of({}, 1 + random() % 40, i, i % 4 ? 0.9 : 0);
    for (unsigned n = 1 + random() % 150; n > 0; n--) r.tokens.push_back(static_cast<int32_t>(1 + random() % 511));
    r.sampling.top_k = i % 3 ? 40 : 0;
    r.sampling.top_p = i % 5 ? 1 : 0.9;
    r.sampling.repetition_penalty = i % 2 ? 1.1 : 1;
    r.sampling.dry_multiplier = i % 7 ? 0 : 0.8;
    r.stop_tokens = {static_cast<int32_t>(i)};
    requests.push_back(r);
  }
  for (const bool bf16 : {true, false}) {
    std::vector<Reply> alone;
    {
      EngineRun run(golden::model("tiny-a"), 1, 0, bf16);
      for (const Request& r : requests) alone.push_back(run.run(r));
    }
    EngineRun run(golden::model("tiny-a"), 7, 0, bf16, 2);
    std::vector<int64_t> ids;
    for (const Request& r : requests) {
      ids.push_back(run.submit(r));
      if (random() % 3 == 0) std::this_thread::sleep_for(std::chrono::microseconds(random() % 2000));
      if (random() % 4 == 0) run.engine().cancel(run.submit(r));
    }
    for (size_t i = 0; i < ids.size(); i++) {
      const Reply reply = run.wait(ids[i]);
      CHECK(reply.tokens == alone[i].tokens && reply.finish == alone[i].finish);
    }
  }
}

TEST(resumed_goes_on_as_it_would_have) {
  EngineRun run(golden::model("tiny-a"));
  const auto prompt = golden::prompts("tiny-a")[2].tokens;
  Request whole = request_of(prompt, 30, 11, 1);
  whole.sampling.repetition_penalty = 1.2;
  const Reply wanted = run.run(whole);
  CHECK(wanted.tokens.size() == 30);
  for (const int64_t cut : {1, 7, 29}) {
    Request rest = whole;
    rest.tokens.insert(rest.tokens.end(), wanted.tokens.begin(), wanted.tokens.begin() + cut);
    rest.resumed = cut;
    const Reply reply = run.run(rest);
    CHECK(std::equal(reply.tokens.begin(), reply.tokens.end(), wanted.tokens.begin() + cut, wanted.tokens.end()));
    CHECK(reply.finish == Finish::Length);
  }
  Request complete = whole;
  complete.tokens.insert(complete.tokens.end(), wanted.tokens.begin(), wanted.tokens.end());
  complete.resumed = 30;
  const Reply nothing = run.run(complete);
  CHECK(nothing.tokens.empty() && nothing.finish == Finish::Length);
}

TEST(ends) {
  EngineRun run(golden::model("tiny-a"), 4, 64, false);
  const auto prompt = golden::prompts("tiny-a")[2];  // 33 tokens; greedy 17 eight times, then 316
  Request r = request_of(prompt.tokens, 1000);
  Reply reply = run.run(r);
  CHECK(reply.finish == Finish::Context && reply.tokens.size() == 64 - 33 + 1);
  r.stop_tokens = {5, 316};
  reply = run.run(r);
  CHECK(reply.finish == Finish::StopToken && reply.tokens == std::vector<int32_t>(8, 17));
  r.banned_tokens = {17};
  reply = run.run(r);
  CHECK(std::find(reply.tokens.begin(), reply.tokens.end(), 17) == reply.tokens.end());
  r = request_of(prompt.tokens, 12);
  r.banned_first = {17};
  r.min_tokens = 3;
  reply = run.run(r);
  CHECK(std::find(reply.tokens.begin(), reply.tokens.begin() + 3, 17) == reply.tokens.begin() + 3);
  reply = run.run(request_of(std::vector<int32_t>(64, 3), 10));  // the prompt fills the window: one token fits on top
  CHECK(reply.finish == Finish::Context && reply.tokens.size() == 1);
}

TEST(refusals_with_figures) {
  EngineRun run(golden::model("tiny-a"), 1, 128);
  CHECK_CONTAINS(error_of(run, request_of({}, 5)), "the prompt is empty");
  CHECK_CONTAINS(error_of(run, request_of(std::vector<int32_t>(129, 1), 5)), "prompt has 129 tokens, the context is 128");
  CHECK_CONTAINS(error_of(run, request_of({1, 512}, 5)), "tokens[1] is 512, the vocabulary has ids from 0 to 511");
  CHECK_CONTAINS(error_of(run, request_of({-1}, 5)), "tokens[0] is -1");
  CHECK_CONTAINS(error_of(run, request_of({1}, 0)), "maxTokens is 0");
  const auto with = [&](const std::function<void(Request&)>& change) {
    Request r = request_of({1, 2}, 5);
    change(r);
    return error_of(run, r);
  };
  CHECK_CONTAINS(with([](Request& r) { r.resumed = 3; }), "resumed is 3, must be from 0 to 2");
  CHECK_CONTAINS(with([](Request& r) { r.penalty_start = -1; }), "penaltyStart is -1");
  CHECK_CONTAINS(with([](Request& r) { r.sampling.temperature = NAN; }), "temperature");
  CHECK_CONTAINS(with([](Request& r) { r.sampling.top_p = 1.5; }), "topP is 1.5");
  CHECK_CONTAINS(with([](Request& r) { r.sampling.repetition_penalty = 0; }), "repetitionPenalty");
  CHECK_CONTAINS(with([](Request& r) { r.stop_tokens = {999}; }), "stopTokens[0] is 999");
  CHECK_CONTAINS(check::message_of<std::out_of_range>([&] { run.engine().trace({}, 0, {}); }), "no tokens");
  CHECK_CONTAINS(check::message_of<std::out_of_range>([] { EngineRun(golden::model("tiny-a"), 1, 999); }), "context is 999, the model's sequence_len is 256");
}

TEST(cancel_waiting_prefilling_decoding) {
  EngineRun run(golden::model("tiny-b"), 1);
  const int64_t decoding = run.submit(request_of({5, 6}, 200, 1, 1));
  const int64_t waiting = run.submit(request_of({7}, 200));
  run.wait_tokens(decoding, 3);
  run.engine().cancel(waiting);
  run.engine().cancel(decoding);
  CHECK(run.wait(waiting).finish == Finish::Cancelled && run.wait(waiting).tokens.empty());
  CHECK(run.wait(decoding).finish == Finish::Cancelled);
  for (int i = 0; i < 20; i++) {
    const int64_t id = run.submit(request_of(std::vector<int32_t>(250, 9), 5));
    run.engine().cancel(id);
    const Finish how = run.wait(id).finish;
    CHECK(how == Finish::Cancelled || how == Finish::Length);
  }
  run.engine().cancel(123456);
  run.engine().cancel(-1);
  CHECK(run.run(request_of({5}, 3)).finish == Finish::Length);
}

// Whoever hears a token and cancels gets no further one, a prompt that is being read is not read on, and in the very next step its
// blocks are somebody else's.
TEST(cancellation_takes_effect_at_the_next_step) {
  std::mutex mutex;
  std::condition_variable changed;
  Engine* engine = nullptr;
  int64_t talks = 0, reads = 0, waits = 0;
  std::map<int64_t, size_t> tokens;
  std::map<int64_t, Finish> ended;
  bool at_once = false;
  // 18 blocks: one or two for who talks, 16 for who reads, so that the third has to wait.
  const EngineOptions options{true, 1, 3, 0, 18 * 4096, 35};
  Engine run(golden::model("tiny-a"), options, [&](std::vector<Event>&& events) {
    std::lock_guard lock(mutex);
    bool freed = false, drawn = false;
    for (const Event& event : events) {
      tokens[event.id] += event.token >= 0;
      if (event.finish != Finish::None) ended[event.id] = event.finish;
      freed |= event.id == reads && event.finish == Finish::Cancelled;
      drawn |= event.id == waits && event.token >= 0;
    }
    at_once |= freed && drawn;
    if (tokens[talks] == 3 && !ended.count(reads)) engine->cancel(reads);
    if (tokens[talks] == 6 && !ended.count(talks)) engine->cancel(talks);
    changed.notify_all();
  });
  {
    std::lock_guard lock(mutex);  // no event is looked at before all have been sent
    engine = &run;
    talks = run.submit(request_of({1, 2}, 200, 1, 1));
    reads = run.submit(request_of(std::vector<int32_t>(250, 9), 5));
    waits = run.submit(request_of(std::vector<int32_t>(10, 8), 5));
  }
  std::unique_lock lock(mutex);
  changed.wait(lock, [&] { return ended.size() == 3; });
  CHECK(ended[talks] == Finish::Cancelled && tokens[talks] == 6);
  CHECK(ended[reads] == Finish::Cancelled && tokens[reads] == 0);
  CHECK(ended[waits] == Finish::Length && tokens[waits] == 5 && at_once);
  const EngineStats s = run.stats();
  CHECK(s.prompt_tokens < 250 && s.kv_blocks_used == 0 && s.running == 0 && s.waiting == 0);
}

TEST(a_kv_budget_that_is_too_small_says_so) {
  const size_t block = 2 * 2 * 2 * 16 * 16 * 2;  // of tiny-a: layers, k and v, heads, positions, key size, bytes
  CHECK_CONTAINS(check::message_of<std::out_of_range>([&] { EngineRun(golden::model("tiny-a"), EngineOptions{true, 1, 1, 0, block - 1}); }),
                 "kvBytes is 4095, the keys and values of 16 tokens take 4096");
  EngineRun run(golden::model("tiny-a"), EngineOptions{true, 1, 4, 0, 4 * block + 100});
  CHECK(run.engine().stats().kv_blocks == 4 && run.engine().stats().kv_bytes == 4 * block);
  CHECK_CONTAINS(error_of(run, request_of(std::vector<int32_t>(65, 1), 5)),
                 "prompt has 65 tokens and needs 5 KV blocks, the budget of 16384 bytes has 4");
  const Reply reply = run.run(request_of(std::vector<int32_t>(60, 1), 100));  // ends where the blocks end
  CHECK(reply.finish == Finish::Context && reply.tokens.size() == 5);
}

// A second prompt with the same beginning, and the next turn of a chat, are computed from where they differ.
TEST(prefixes_come_from_the_cache) {
  for (const bool bf16 : {true, false}) {
    EngineRun alone(golden::model("tiny-a"), EngineOptions{bf16, 1, 1, 0, 0}), run(golden::model("tiny-a"), EngineOptions{bf16, 2, 4, 0, 0});
    std::vector<int32_t> prompt;
    for (int i = 0; i < 100; i++) prompt.push_back(1 + i * 37 % 500);
    Reply turn = run.run(request_of(prompt, 20, 5, 1));
    CHECK(run.engine().stats().prefix_hits == 0 && run.engine().stats().prefix_misses == 100);
    CHECK(run.run(request_of(prompt, 20, 5, 1)).tokens == turn.tokens);
    CHECK(run.engine().stats().prefix_hits == 96);
    prompt.insert(prompt.end(), turn.tokens.begin(), turn.tokens.end());
    for (int i = 0; i < 8; i++) prompt.push_back(200 + i);  // 128 tokens, 7 blocks of them known
    const size_t computed = run.engine().stats().prompt_tokens;
    turn = run.run(request_of(prompt, 20, 6, 1));
    CHECK(run.engine().stats().prefix_hits == 96 + 112 && run.engine().stats().prompt_tokens == computed + 16);
    CHECK(turn.tokens == alone.run(request_of(prompt, 20, 6, 1)).tokens);
    // All 8 blocks are known: only the last token is computed, in a copy.
    CHECK(run.run(request_of(prompt, 20, 6, 1)).tokens == turn.tokens);
    CHECK(run.engine().stats().prefix_hits == 96 + 112 + 127 && run.engine().stats().prompt_tokens == computed + 16);
    const EngineStats s = run.engine().stats();
    CHECK(s.kv_blocks_used == 0 && s.kv_blocks_cached >= 8 && s.kv_blocks == 64 && s.preempted == 0 && s.batch == 1);
  }
}

// Random prompts that share beginnings, in float32: whether a prefix came from the cache, in one chunk or in many, and in whatever
// company, the same tokens are drawn, and from the same logits within 1e-5.
TEST(history_and_chunks_change_no_logits) {
  std::mt19937 random(5);
  std::vector<Request> requests;
  for (unsigned i = 0; i < 24; i++) {
    Request r = request_of({}, 1 + random() % 12, i, 1);
    if (i > 0 && random() % 4) {  // goes on where an earlier one is somewhere
      const auto& other = requests[random() % i].tokens;
      r.tokens.assign(other.begin(), other.begin() + static_cast<ptrdiff_t>(random() % other.size()));
    }
    for (unsigned n = 1 + random() % 100; n > 0 && r.tokens.size() < 230; n--) r.tokens.push_back(static_cast<int32_t>(1 + random() % 511));
    r.top_logprobs = 20;
    requests.push_back(r);
  }
  std::vector<Reply> alone;
  for (const Request& r : requests) alone.push_back(EngineRun(golden::model("tiny-a"), EngineOptions{false, 1, 1, 0, 0, 256}).run(r));
  for (const size_t step_rows : {36, 64, 256}) {
    EngineRun run(golden::model("tiny-a"), EngineOptions{false, 2, 4, 0, 40 * 8192, step_rows});
    std::vector<int64_t> ids;
    for (const Request& r : requests) ids.push_back(run.submit(r));
    double worst = 0;
    for (size_t i = 0; i < ids.size(); i++) {
      const Reply reply = run.wait(ids[i]);
      CHECK(reply.tokens == alone[i].tokens && reply.top.size() == alone[i].top.size());
      for (size_t t = 0; t < reply.top.size(); t++) {
        for (size_t n = 0; n < reply.top[t].size(); n++) {
          const auto [token, logprob] = reply.top[t][n];
          const auto [wanted, likely] = alone[i].top[t][n];
          CHECK(token == wanted);
          worst = std::max(worst, std::abs(double{logprob} - likely) / std::max(1.0, std::abs(double{likely})));
        }
      }
    }
    const EngineStats s = run.engine().stats();
    std::printf("     %zu rows a step: %zu prompt tokens from the cache, logprobs within %.1e\n", step_rows, s.prefix_hits, worst);
    CHECK(worst <= 1e-5 && s.prefix_hits > 0);
  }
}

// Chats with one persona at once: it is computed once.
TEST(a_prefix_that_is_being_computed_is_waited_for) {
  EngineRun run(golden::model("tiny-a"), EngineOptions{true, 1, 8, 0, 0, 64});
  const std::vector<int32_t> persona(160, 7);
  std::vector<int64_t> ids;
  std::vector<Reply> alone;
  for (int i = 0; i < 8; i++) {
    Request r = request_of(persona, 10, 3, 1);
    for (int n = 0; n < 20; n++) r.tokens.push_back(10 + i);
    ids.push_back(run.submit(r));
  }
  for (const int64_t id : ids) run.wait(id);
  const EngineStats s = run.engine().stats();
  CHECK(s.prefix_hits == 7 * 160 && s.prompt_tokens == 160 + 8 * 20 && s.longest_idle <= 1);
}

// Blocks run out in mid-reply: the youngest gives way, everybody ends as alone.
TEST(too_many_replies_give_way_to_the_oldest) {
  std::vector<Reply> alone;
  std::vector<Request> requests;
  EngineRun single(golden::model("tiny-a"), 1);
  for (int i = 0; i < 6; i++) {
    requests.push_back(request_of({i + 1, 2, 3}, 150, static_cast<uint64_t>(i), 1));
    alone.push_back(single.run(requests.back()));
  }
  EngineRun run(golden::model("tiny-a"), EngineOptions{true, 1, 6, 0, 16 * 4096});
  std::vector<int64_t> ids;
  for (const Request& r : requests) ids.push_back(run.submit(r));
  for (size_t i = 0; i < ids.size(); i++) CHECK(run.wait(ids[i]).tokens == alone[i].tokens);
  const EngineStats s = run.engine().stats();
  CHECK(s.preempted > 0 && s.kv_blocks_used == 0 && s.running == 0 && s.waiting == 0);
}

// More prompt rows than one step takes.
TEST(prompts_are_prefilled_in_pieces) {
  EngineRun run(golden::model("tiny-a"), 8);
  std::vector<int64_t> ids;
  for (int i = 0; i < 8; i++) ids.push_back(run.submit(request_of(std::vector<int32_t>(200, 10 + i), 20)));
  for (const int64_t id : ids) CHECK(run.wait(id).tokens.size() == 20);
  const EngineStats s = run.engine().stats();
  CHECK(s.prompt_tokens == 1600 && s.reply_tokens == 160 && s.running == 0 && s.waiting == 0);
  CHECK(s.steps >= 7 && s.kv_bytes > 0 && s.weight_bytes > 700000 && s.threads == 1 && s.device_bytes == 0);
}

TEST(trace_runs_beside_requests) {
  EngineRun run(golden::model("tiny-a"), 2, 0, false);
  const auto prompt = golden::prompts("tiny-a")[3];
  const golden::Arrays wanted(golden::model("tiny-a") + "/golden.safetensors");
  const int64_t id = run.submit(request_of({5, 6}, 200, 1, 1));
  std::mutex mutex;
  std::condition_variable done;
  std::vector<std::unique_ptr<Trace>> traces;
  for (const size_t chunk : {0, 1, 50}) {
    run.engine().trace(prompt.tokens, chunk, [&](std::unique_ptr<Trace> trace, const std::exception_ptr&) {
      std::lock_guard lock(mutex);
      traces.push_back(std::move(trace));
      done.notify_all();
    });
  }
  std::unique_lock lock(mutex);
  done.wait(lock, [&] { return traces.size() == 3; });
  for (const auto& trace : traces) CHECK(golden::relative(trace->logits, wanted.floats("p120.logits")) <= 5e-5);
  lock.unlock();
  CHECK(run.wait(id).finish == Finish::Length);
}

TEST(close_ends_everything) {
  for (int round = 0; round < 100; round++) {
    EngineRun run(golden::model("tiny-a"), 2);
    std::vector<int64_t> ids;
    for (int i = 0; i < 6; i++) ids.push_back(run.submit(request_of({3, 4}, 250, 1, 1)));
    bool failed = false;
    run.engine().trace(std::vector<int32_t>(200, 3), 1, [&](const std::unique_ptr<Trace>&, const std::exception_ptr& error) { failed = error != nullptr; });
    if (round % 2) run.wait_tokens(ids[0], 2);
    run.engine().request_stop();
    run.close();
    for (const int64_t id : ids) CHECK(run.wait(id).finish != Finish::None);
    (void)failed;  // a fast engine may have finished the trace
  }
}

// A model whose last norm is NaN: the request fails, the engine goes on.
TEST(a_nan_is_an_error_of_the_request) {
  const golden::TempFolder dir;
  std::filesystem::copy(golden::model("tiny-a") + "/config.json", dir / "config.json");
  std::string bytes = read_text(golden::model("tiny-a") + "/model.safetensors", 1 << 24);
  const size_t data = 8 + 7568;  // the file's header
  bytes[data + 98304] = '\xff';  // model.norm.scale[0], bf16
  bytes[data + 98305] = '\x7f';
  golden::write(dir / "model.safetensors", bytes);
  EngineRun run(dir.path());
  for (int i = 0; i < 2; i++) {
    const Reply reply = run.run(request_of({5, 6, 7}, 5, 0, i));
    CHECK(reply.finish == Finish::Error && reply.message == "the model produced a NaN" && reply.tokens.empty());
  }
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
// Memory is planned at open: a reply does not end for want of it, opening fails.
TEST(no_memory_stops_opening_but_no_reply) {
  EngineRun run(golden::model("tiny-a"));
  CHECK(run.run(request_of({1}, 2)).finish == Finish::Length);
  rlimit before{};
  getrlimit(RLIMIT_AS, &before);
  rlimit tight = before;
  tight.rlim_cur = 1 << 20;  // below what is there: no mapping can grow
  setrlimit(RLIMIT_AS, &tight);
  const Reply reply = run.run(request_of(std::vector<int32_t>(200, 3), 50));
  bool opened = true;
  try {
    EngineRun another(golden::model("tiny-a"));
  } catch (const std::exception&) {
    opened = false;
  }
  setrlimit(RLIMIT_AS, &before);
  CHECK(reply.finish == Finish::Length && reply.tokens.size() == 50 && !opened);
}
#endif

// Many threads submit and cancel at once.
TEST(many_callers) {
  EngineRun run(golden::model("tiny-a"), 5, 0, true, 2);
  std::vector<std::thread> callers;
  for (unsigned t = 0; t < 4; t++) {
    callers.emplace_back([&, t] {
      std::mt19937 random(t);
      for (int i = 0; i < 25; i++) {
        const int64_t id = run.submit(request_of({static_cast<int32_t>(1 + random() % 500)}, 1 + random() % 20, t, 1));
        if (random() % 3 == 0) run.engine().cancel(id);
        run.engine().stats();
        if (random() % 2) run.wait(id);
      }
    });
  }
  for (auto& c : callers) c.join();
  run.close();
}

int main(int argc, char** argv) { return check::run_tests(argc, argv); }
