#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "support/process.h"

namespace comcat::testing {

/// A network or a view of the file systems of the test's own, without a name. The kernel takes it
/// down, with all that was set up in it, when the last process inside has gone: a child that dies
/// with the test however that ends, and the programs that the test starts there.
class Namespace {
 public:
  enum class Kind {
    kNetwork,  // nothing but a loopback device, which is up
    kMount,    // all that is mounted outside; what is mounted inside stays inside
  };

  /// Null where this user may not make one (only root may) or a tool for it is missing.
  [[nodiscard]] static std::unique_ptr<Namespace> make(Kind kind);

  /// For programs that are to run inside.
  [[nodiscard]] Process::Options inside() const;
  /// Runs a command inside to its end; false where it failed.
  [[nodiscard]] bool run(const std::vector<std::string>& command) const;
  /// Runs `what` on a thread that is inside, to its end: the sockets that it opens stay inside, and
  /// may be used from outside. False where there is no getting in, or it is no kNetwork.
  [[nodiscard]] bool run_thread(const std::function<void()>& what) const;
  /// Where a path that is valid inside is found from outside.
  [[nodiscard]] std::string outside(const std::string& path) const;
  /// Of the child that holds it.
  [[nodiscard]] std::string pid() const { return std::to_string(holder_->pid()); }

 private:
  Namespace(Kind kind, std::unique_ptr<Process> holder) : kind_(kind), holder_(std::move(holder)) {}

  Kind kind_;
  std::unique_ptr<Process> holder_;
};

}  // namespace comcat::testing

#define COMCAT_NEEDS_NAMESPACES(pointer)                              \
  if ((pointer) == nullptr)                                           \
  GTEST_SKIP() << "only root may make the namespaces that this test " \
                  "needs"
