#include "scheduler/sampler.h"

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <set>

#include "check.h"
#include "scheduler/logprobs.h"
#include "scheduler/penalties.h"
#include "scheduler/random.h"

using namespace wisecrack;

namespace {

Request request_with(std::vector<int32_t> tokens = {0}) {
  Request r;
  r.tokens = std::move(tokens);
  r.sampling.temperature = 1;
  return r;
}

std::vector<float> logits_of(const std::vector<double>& probabilities) {
  std::vector<float> out;
  for (const double p : probabilities) out.push_back(static_cast<float>(std::log(p)));
  return out;
}

// Draws n tokens and counts them.
std::map<int32_t, int> histogram(const Request& request, const std::vector<float>& logits, int n) {
  Sampler sampler;
  std::map<int32_t, int> counts;
  for (int i = 0; i < n; i++) {
    auto copy = logits;
    counts[*sampler.draw(request, static_cast<uint64_t>(i), {copy.data(), copy.size()})]++;
  }
  return counts;
}

std::set<int32_t> drawn(const Request& request, const std::vector<float>& logits) {
  std::set<int32_t> keys;
  for (const auto& [token, count] : histogram(request, logits, 3000)) keys.insert(token);
  return keys;
}

using Set = std::set<int32_t>;
const std::vector<double> FIVE = {0.1, 0.4, 0.05, 0.3, 0.15};  // order: 1, 3, 4, 0, 2

// Pearson's statistic against expected probabilities.
double chi_square(const std::map<int32_t, int>& counts, const std::vector<double>& expected, int n) {
  double sum = 0;
  for (size_t i = 0; i < expected.size(); i++) {
    const auto found = counts.find(static_cast<int32_t>(i));
    const double want = expected[i] * n, got = found == counts.end() ? 0 : found->second;
    sum += (got - want) * (got - want) / want;
  }
  return sum;
}

}  // namespace

// Known answers of Random123 (kat_vectors, philox4x32 10).
TEST(philox_known_answers) {
  using A = std::array<uint32_t, 4>;
  CHECK((philox({0, 0, 0, 0}, {0, 0}) == A{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  CHECK((philox({~0u, ~0u, ~0u, ~0u}, {~0u, ~0u}) == A{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  CHECK((philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
         A{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(greedy_takes_the_lowest_of_equals) {
  Request r = request_with();
  r.sampling.temperature = 0;
  std::vector<float> l = {1, 5, 3, 5, 5};
  CHECK(Sampler().draw(r, 0, {l.data(), l.size()}) == 1);
  r.banned_tokens = {1};
  l = {1, 5, 3, 5, 5};
  CHECK(Sampler().draw(r, 0, {l.data(), l.size()}) == 3);
}

TEST(top_k) {
  Request r = request_with();
  r.sampling.top_k = 2;
  CHECK(drawn(r, logits_of(FIVE)) == Set({1, 3}));
  r.sampling.top_k = 1;
  CHECK(drawn(r, logits_of(FIVE)) == Set({1}));
  CHECK(drawn(r, {2, 7, 7, 7}) == Set({1}));  // ties: the lower id
  r.sampling.top_k = 99;
  CHECK(drawn(r, logits_of(FIVE)).size() == 5);
}

TEST(top_p) {
  Request r = request_with();
  r.sampling.top_p = 0.65;
  CHECK(drawn(r, logits_of(FIVE)) == Set({1, 3}));  // 0.4 + 0.3 reach 0.65
  r.sampling.top_p = 0.75;
  CHECK(drawn(r, logits_of(FIVE)) == Set({1, 3, 4}));
  r.sampling.top_p = 0;
  CHECK(drawn(r, logits_of(FIVE)) == Set({1}));
  r.sampling.top_p = 0.5;
  CHECK(drawn(r, std::vector<float>(1000, 0)).size() <= 501);  // sorts in several rounds
}

TEST(min_p) {
  Request r = request_with();
  r.sampling.min_p = 0.3;  // at least 0.12
  CHECK(drawn(r, logits_of(FIVE)) == Set({1, 3, 4}));
  r.sampling.min_p = 1;
  CHECK(drawn(r, logits_of(FIVE)) == Set({1}));
}

// top-k first, then top-p of what is left: 0.4 / 0.7 = 0.571 reaches 0.55 alone.
TEST(order_of_cuts) {
  Request r = request_with();
  r.sampling.top_k = 2;
  r.sampling.top_p = 0.55;
  CHECK(drawn(r, logits_of(FIVE)) == Set({1}));
  r.sampling.top_k = 0;
  CHECK(drawn(r, logits_of(FIVE)) == Set({1, 3}));
  r.sampling.temperature = 50;  // comes last: cannot bring back what was cut
  CHECK(drawn(r, logits_of(FIVE)) == Set({1, 3}));
}

// 4 degrees of freedom: above 18.5 only once in 1000 correct samplers; the seed is fixed.
TEST(distribution) {
  Request r = request_with();
  CHECK(chi_square(histogram(r, logits_of(FIVE), 20000), FIVE, 20000) < 18.5);
  r.sampling.temperature = 0.5;
  std::vector<double> squares;
  double sum = 0;
  for (const double p : FIVE) sum += p * p;
  for (const double p : FIVE) squares.push_back(p * p / sum);
  CHECK(chi_square(histogram(r, logits_of(FIVE), 20000), squares, 20000) < 18.5);
  std::vector<double> tenth(10, 0);
  double mean = 0;
  for (uint64_t seed = 0; seed < 1000; seed++) {
    for (uint64_t i = 0; i < 20; i++) {
      const double u = uniform(seed, i);
      tenth[static_cast<size_t>(u * 10)]++;
      mean += u / 20000;
    }
  }
  CHECK(std::abs(mean - 0.5) < 0.01);
  for (const double t : tenth) CHECK(std::abs(t - 2000) < 200);
}

TEST(seed_and_index_decide) {
  Request a = request_with(), b = request_with();
  a.sampling.seed = b.sampling.seed = 42;
  Sampler sampler;
  const auto l = std::vector<float>(50, 0);
  int differ = 0;
  for (uint64_t i = 0; i < 50; i++) {
    auto x = l, y = l, z = l;
    const int32_t first = *sampler.draw(a, i, {x.data(), x.size()});
    CHECK(first == Sampler().draw(b, i, {y.data(), y.size()}));
    b.sampling.seed = 43;
    differ += first != sampler.draw(b, i, {z.data(), z.size()});
    b.sampling.seed = 42;
  }
  CHECK(differ > 40);
}

TEST(repetition_penalty) {
  Request r = request_with({3, 1, 2, 2});
  r.sampling.temperature = 0;
  r.sampling.repetition_penalty = 2;
  r.penalty_start = 1;
  std::vector<float> l = {-5, -4, 6, 4};
  CHECK(Sampler().draw(r, 0, {l.data(), l.size()}) == 3);  // 2 is halved once, 3 lies before the start
  CHECK(l == std::vector<float>({-5, -8, 3, 4}));
}

TEST(runs_are_found) {
  // a b c d a b c: d would extend "a b c"
  const std::vector<int32_t> h = {1, 2, 3, 4, 1, 2, 3};
  auto found = find_repeats(h.data(), h.size(), {});
  CHECK(found.size() == 1 && found[0].token == 4 && found[0].length == 3);
  found = find_repeats(h.data(), h.size(), {2});  // the run ends at the breaker
  CHECK(found.size() == 1 && found[0].length == 1);
  CHECK(find_repeats(h.data(), h.size(), {3}).empty());  // ends with a breaker
  CHECK(find_repeats(h.data(), h.size(), {4}).empty());  // a breaker is no token to punish
  const std::vector<int32_t> same(10, 7);
  found = find_repeats(same.data(), same.size(), {});
  CHECK(found.size() == 1 && found[0].token == 7 && found[0].length == 9);
  CHECK(find_repeats(same.data(), 1, {}).empty() && find_repeats(same.data(), 0, {}).empty());
  // two runs for one token: the longest counts
  const std::vector<int32_t> two = {9, 1, 5, 8, 1, 5, 8, 9, 1};
  found = find_repeats(two.data(), two.size(), {});
  CHECK(found.size() == 1 && found[0].token == 5 && found[0].length == 2);
}

TEST(dry) {
  Request r = request_with({1, 2, 3, 4, 1, 2, 3});
  r.sampling.temperature = 0;
  r.sampling.dry_multiplier = 0.8;
  r.sampling.dry_base = 1.75;
  r.sampling.dry_allowed_length = 2;
  std::vector<float> l = {0, 0, 0, 0, 1};
  CHECK(Sampler().draw(r, 0, {l.data(), l.size()}) == 0);
  CHECK(std::abs(l[4] - (1 - 0.8 * 1.75)) < 1e-6);
  r.sampling.dry_allowed_length = 4;
  l = {0, 0, 0, 0, 1};
  CHECK(Sampler().draw(r, 0, {l.data(), l.size()}) == 4);
  r = request_with(std::vector<int32_t>(5000, 1));  // a long run stays finite
  r.sampling.temperature = 0;
  r.sampling.dry_multiplier = 0.8;
  l = {0, 9};
  CHECK(Sampler().draw(r, 0, {l.data(), l.size()}) == 0 && std::isfinite(l[1]));
}

TEST(banned) {
  Request r = request_with();
  r.banned_tokens = {1};
  r.banned_first = {3};
  r.min_tokens = 2;
  Sampler sampler;
  for (uint64_t i = 0; i < 2000; i++) {
    auto l = logits_of(FIVE);
    const int32_t token = *sampler.draw(r, i < 2 ? i : 2 + i, {l.data(), l.size()});
    CHECK(token != 1 && (i >= 2 || token != 3));
  }
  for (int i = 0; i < 200; i++) {
    r.sampling.seed = static_cast<uint64_t>(i);
    auto l = logits_of(FIVE);
    CHECK(sampler.draw(r, 1, {l.data(), l.size()}) != 3);
  }
  r.banned_tokens = {0, 1, 2, 3, 4};
  auto l = logits_of(FIVE);
  CHECK_THROWS(SamplingError, "every token is banned", sampler.draw(r, 0, {l.data(), l.size()}));
}

TEST(a_token_that_completes_a_banned_phrase_is_never_drawn_and_the_others_keep_their_odds) {
  auto pieces = std::make_shared<Pieces>();
  for (const std::string piece : {"a", "b", "ab", "c", "bc"}) {
    pieces->bytes += piece;
    pieces->ends.push_back(static_cast<uint32_t>(pieces->bytes.size()));
  }
  const PhraseFilter filter({"b", "ab"}, pieces);
  const Request r = request_with();
  constexpr int N = 20000;
  std::map<int32_t, int> counts;
  Sampler sampler;
  for (int i = 0; i < N; i++) {
    auto l = logits_of(FIVE);
    counts[*sampler.draw(r, static_cast<uint64_t>(i), {l.data(), l.size()}, &filter)]++;
  }
  CHECK(counts.size() == 2);
  CHECK(chi_square({{0, counts[0]}, {1, counts[3]}}, {0.25, 0.75}, N) < 15);
}

TEST(a_phrase_that_bans_nearly_all_tokens_leaves_the_rest) {
  auto pieces = std::make_shared<Pieces>();
  for (int i = 0; i < 200; i++) {
    pieces->bytes += i == 150 ? "ok" : "no";
    pieces->ends.push_back(static_cast<uint32_t>(pieces->bytes.size()));
  }
  const PhraseFilter filter({"n"}, pieces), all({"n", "o"}, pieces);
  Request r = request_with();
  for (const double temperature : {0.0, 1.0}) {
    r.sampling.temperature = temperature;
    std::vector<float> l(200, 0);
    l[150] = -20;
    CHECK(Sampler().draw(r, 0, {l.data(), l.size()}, &filter) == 150);
    l.assign(200, 0);
    CHECK_THROWS(SamplingError, "every token is banned", Sampler().draw(r, 0, {l.data(), l.size()}, &all));
  }
}

TEST(log_probabilities) {
  const std::vector<float> l = logits_of(FIVE);
  for (int32_t i = 0; i < 5; i++) CHECK(std::abs(logprob(l, i) - std::log(FIVE[static_cast<size_t>(i)])) < 1e-5);
  const auto top = top_logprobs(l, 3);
  CHECK(top.size() == 3 && top[0].first == 1 && top[1].first == 3 && top[2].first == 4);
  CHECK(std::abs(top[0].second - std::log(0.4)) < 1e-5);
  CHECK(top_logprobs(l, 20).size() == 5);
  const auto equal = top_logprobs({1, 1, 2, 1}, 3);
  CHECK(equal[0].first == 2 && equal[1].first == 0 && equal[2].first == 1);
  CHECK(top_logprobs({1, 2}, 0).empty());
}

// A vocabulary of many blocks and an odd rest, flat or steep, cut or not: what is drawn is what was left, as often as it should be.
TEST(large_vocabularies) {
  constexpr size_t N = 5003;
  for (const float slope : {0.0f, 0.01f, 1.0f}) {
    std::vector<float> l(N);
    const size_t step = slope > 0 ? 1237 : 1;  // token i * step % N is the i-th likeliest; equal ones go by id
    for (size_t i = 0; i < N; i++) l[i * step % N] = -slope * static_cast<float>(i);
    double total = 0;
    for (size_t i = 0; i < N; i++) total += std::exp(-double{slope} * static_cast<double>(i));
    const auto rank = [&](int32_t token) {
      for (size_t i = 0;; i++)
        if (i * step % N == static_cast<size_t>(token)) return i;
    };
    for (const double top_p : {1.0, 0.9}) {
      for (const int64_t top_k : {0, 700}) {
        Request r = request_with();
        r.sampling.top_p = top_p;
        r.sampling.top_k = top_k;
        const auto left = [&](size_t n) { return (1 - std::exp(-double{slope} * static_cast<double>(n))) / (1 - std::exp(-double{slope})); };
        const double whole = top_k ? (slope > 0 ? left(700) : 700) : total;
        std::vector<double> quarter(4, 0);
        size_t worst = 0, beyond = 0;
        Sampler sampler;
        for (uint64_t i = 0; i < 400; i++) {
          auto copy = l;
          const size_t at = rank(sampler.draw(r, i, {copy.data(), N}).value());
          worst = std::max(worst, at);
          const double before = slope > 0 ? left(at) : static_cast<double>(at);  // mass of the likelier ones
          beyond += before >= top_p * whole * (1 + 1e-5);
          quarter[std::min(static_cast<size_t>(4 * before / (top_p * whole)), size_t{3})]++;
        }
        CHECK(beyond == 0 && (top_k == 0 || worst < 700));
        if (slope > 0 && slope < 1 && !top_k)
          for (const double q : quarter) CHECK(std::abs(q - 100) < 40);
      }
    }
  }
}

// What the kernels give must not let a banned token or one out of reach through.
TEST(impossible_tokens_are_never_drawn) {
  Request r = request_with();
  for (int32_t t = 0; t < 3000; t++)
    if (t != 2047 && t != 2999) r.banned_tokens.push_back(t);
  for (uint64_t i = 0; i < 300; i++) {
    std::vector<float> finite(3000, 5.0f);
    finite[2047] = 1, finite[2999] = 1 - 200;
    CHECK(Sampler().draw(r, i, {finite.data(), finite.size()}) == 2047);
  }
}

TEST(not_finite) {
  Request r = request_with();
  for (const float bad : {NAN, INFINITY, -INFINITY}) {
    std::vector<float> l = {1, bad, 2};
    CHECK_THROWS(SamplingError, "the model produced a NaN", Sampler().draw(r, 0, {l.data(), l.size()}));
  }
}

TEST(extremes_stay_in_range) {
  Request r = request_with();
  for (const double t : {1e-300, 1e-9, 100.0}) {
    r.sampling.temperature = t;
    for (uint64_t i = 0; i < 100; i++) {
      std::vector<float> l = {3e38f, -3e38f, 3e38f, 0};
      const int32_t token = *Sampler().draw(r, i, {l.data(), l.size()});
      CHECK(token == 0 || token == 2);
    }
  }
}

// Some tokens' logits, as a card tells them: all that are larger than the logit at place `kept`.
struct Likeliest {
  std::vector<int32_t> tokens;
  std::vector<float> logits;
  float floor;

  Likeliest(const std::vector<float>& all, size_t kept) {
    std::vector<float> sorted = all;
    std::sort(sorted.begin(), sorted.end(), std::greater<>());
    floor = sorted[kept - 1];
    for (size_t i = 0; i < all.size(); i++) {
      if (all[i] <= floor) continue;
      tokens.push_back(static_cast<int32_t>(i));
      logits.push_back(all[i]);
    }
  }
  LogitRow row() { return {logits.data(), logits.size(), tokens.data(), floor}; }
};

TEST(the_likeliest_tokens_decide_as_all_do_or_not_at_all) {
  std::mt19937 random(5);
  const auto any = [&](auto... choices) {
    const double list[] = {static_cast<double>(choices)...};
    return list[random() % sizeof...(choices)];
  };
  Sampler some, whole;
  const auto pieces = std::make_shared<Pieces>();
  for (int i = 0; i < 600; i++) {
    pieces->bytes += i % 3 ? "ok" : "no";
    pieces->ends.push_back(static_cast<uint32_t>(pieces->bytes.size()));
  }
  size_t decided = 0, asked = 0;
  for (uint64_t round = 0; round < 3000; round++) {
    Request r = request_with({0});
    for (int i = 0; i < 40; i++) r.tokens.push_back(static_cast<int32_t>(random() % 600));
    Sampling& s = r.sampling;
    s.temperature = any(0, 0.7, 1.3);
    s.top_k = static_cast<int64_t>(any(0, 1, 5, 40, 63, 64, 1000));
    s.min_p = any(0, 0.05, 0.3);
    s.top_p = any(0.5, 0.95, 1);
    s.repetition_penalty = any(1, 1, 1.3, 0.8);
    s.dry_multiplier = any(0, 0.8);
    s.seed = round;
    if (random() % 2) r.banned_tokens = {static_cast<int32_t>(random() % 600), static_cast<int32_t>(random() % 600)};
    std::normal_distribution<float> normal(0, static_cast<float>(any(0.3, 3)));
    std::vector<float> logits(600);
    for (float& l : logits) l = normal(random);
    if (random() % 3 == 0)
      for (float& l : logits) l = std::round(l * 2) / 2;  // many are equal
    std::unique_ptr<PhraseFilter> filter;
    if (random() % 4 == 0) filter = std::make_unique<PhraseFilter>(std::vector<std::string>{"no"}, pieces);
    Likeliest likeliest(logits, 64);
    const auto token = some.draw(r, round, likeliest.row(), filter.get());
    asked++;
    if (!token) continue;
    decided++;
    CHECK(token == whole.draw(r, round, {logits.data(), logits.size()}, filter.get()));
  }
  std::printf("     %zu of %zu draws were decided by 63 of 600 tokens\n", decided, asked);
  CHECK(decided * 3 > asked);
}

TEST(a_nan_that_the_likeliest_tokens_do_not_show_is_told) {
  std::vector<float> logits = {1, 2, 3, 4};
  Likeliest likeliest(logits, 2);
  LogitRow row = likeliest.row();
  row.finite = false;
  CHECK_THROWS(SamplingError, "the model produced a NaN", Sampler().draw(request_with(), 0, row));
}

int main(int argc, char** argv) { return check::run_tests(argc, argv); }
