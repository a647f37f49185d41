#pragma once
#include <exception>
#include <optional>
#include <utility>

#include "addon/convert.h"
#include "addon/state.h"

namespace wisecrack {

/// Does `work` on a thread of the crew. Gives a promise of what `answer(env, result)` makes of its result; what it throws is rejected with.
template <class Work, class Answer>
Napi::Value promised(Napi::Env env, Work work, Answer answer) {
  const auto deferred = Napi::Promise::Deferred::New(env);
  const auto state = state_of(env);
  state->crew.start([mailbox = state->mailbox, deferred, work = std::move(work), answer] {
    std::optional<decltype(work())> result;
    std::exception_ptr error;
    try {
      result = work();
    } catch (...) {
      error = std::current_exception();
    }
    mailbox->post([deferred, result, error, answer](Napi::Env at) {
      state_of(at)->mailbox->release();
      if (error) deferred.Reject(to_error(at, error).Value());
      else deferred.Resolve(answer(at, *result));
    });
  });
  state->mailbox->hold();
  return deferred.Promise();
}

}  // namespace wisecrack
