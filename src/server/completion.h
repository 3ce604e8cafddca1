#pragma once

namespace comcat::server {

/// Something that a completion queue hands back: the tag of every operation points to one.
class Completion {
 public:
  virtual ~Completion() = default;
  virtual void complete(bool ok) = 0;
};

/// The completion of one kind of operation of `Owner`, at most one of them under way at a time.
/// After `then`, owner.delete_if_over() is called: whoever waits for gRPC deletes itself there.
template <typename Owner>
class Operation final : public Completion {
 public:
  Operation(Owner& owner, void (Owner::*then)(bool)) : owner_(owner), then_(then) {}

  void complete(bool ok) override {
    pending_ = false;
    Owner& owner = owner_;
    (owner.*then_)(ok);
    owner.delete_if_over();
  }

  /// The tag to give to gRPC.
  Operation* begin() {
    pending_ = true;
    return this;
  }
  [[nodiscard]] bool pending() const { return pending_; }

 private:
  Owner& owner_;
  void (Owner::*then_)(bool);
  bool pending_ = false;
};

}  // namespace comcat::server
