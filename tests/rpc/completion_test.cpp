#include "comcat/rpc/completion.h"

#include <memory>
#include <vector>

#include <grpcpp/alarm.h>
#include <grpcpp/completion_queue.h>
#include <gtest/gtest.h>

#include "comcat/rpc/deadline.h"

namespace comcat::rpc {
namespace {

/// Without a settle(): somebody else owns it.
class Listener {
 public:
  void on_rung(bool ok) { rung.push_back(ok); }

  std::vector<bool> rung;
  Operation<Listener> ring{*this, &Listener::on_rung};
};

/// Ends itself once nothing of it is under way.
class Loner {
 public:
  explicit Loner(bool& gone) : gone_(gone) {}

  void on_first(bool /*ok*/) {}
  void on_second(bool /*ok*/) {}
  void settle() {
    if (!first.pending() && !second.pending()) delete this;
  }

  Operation<Loner> first{*this, &Loner::on_first};
  Operation<Loner> second{*this, &Loner::on_second};

 private:
  ~Loner() { gone_ = true; }

  bool& gone_;
};

TEST(Operation, IsPendingFromItsBeginningUntilItComesBack) {
  Listener listener;
  EXPECT_FALSE(listener.ring.pending());
  Completion* const tag = listener.ring.begin();
  EXPECT_TRUE(listener.ring.pending());
  tag->complete(true);
  EXPECT_FALSE(listener.ring.pending());
  listener.ring.begin()->complete(false);
  EXPECT_EQ(listener.rung, (std::vector<bool>{true, false}));
}

TEST(Operation, ComesBackFromAQueueAsItsTag) {
  grpc::CompletionQueue queue;
  grpc::Alarm alarm;
  Listener listener;
  alarm.Set(&queue, at_once(), listener.ring.begin());
  void* tag = nullptr;
  bool ok = false;
  ASSERT_TRUE(queue.Next(&tag, &ok));
  static_cast<Completion*>(tag)->complete(ok);
  EXPECT_EQ(listener.rung, std::vector<bool>{true});
  queue.Shutdown();
  EXPECT_FALSE(queue.Next(&tag, &ok));
}

TEST(Operation, AnOwnerMayEndItselfOnceNothingIsUnderWay) {
  bool gone = false;
  auto* const loner = new Loner(gone);
  Completion* const first = loner->first.begin();
  Completion* const second = loner->second.begin();
  first->complete(true);
  EXPECT_FALSE(gone);
  second->complete(true);
  EXPECT_TRUE(gone);
}

}  // namespace
}  // namespace comcat::rpc
