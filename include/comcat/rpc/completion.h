#pragma once

namespace comcat::rpc {

/// Something that a completion queue hands back: the tag of every operation points to one.
/// Threads    complete(): whoever waits for the queue.
class Completion {
 public:
  virtual ~Completion() = default;
  virtual void complete(bool ok) = 0;
};

/// One kind of operation of `Owner`, at most one of them under way at a time: the tag to give to
/// gRPC, which calls `then` when the operation comes back. Where the owner has a public settle(),
/// that is called after it as the last thing, so an owner of which gRPC holds nothing any more may
/// end itself there.
///
/// Threads    complete() and pending(): whoever waits for the queue. begin(): any, where the owner
///            sees to it that the operation before has come back.
/// Ownership  the owner's, whom it must not outlive.
template <typename Owner>
class Operation final : public Completion {
 public:
  Operation(Owner& owner, void (Owner::*then)(bool ok)) : owner_(owner), then_(then) {}

  void complete(bool ok) override {
    pending_ = false;
    Owner& owner = owner_;
    (owner.*then_)(ok);
    if constexpr (requires { owner.settle(); }) owner.settle();
  }

  /// The tag for an operation that begins. A Completion*, as gRPC keeps a void*.
  Completion* begin() {
    pending_ = true;
    return this;
  }
  /// It has begun and has not come back.
  [[nodiscard]] bool pending() const { return pending_; }

 private:
  Owner& owner_;
  void (Owner::*const then_)(bool);
  bool pending_ = false;
};

}  // namespace comcat::rpc
