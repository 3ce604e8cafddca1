#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "comcat/base/clock.h"

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "calling.pb.h"
#include "support/caller.h"

namespace comcat::testing {

/// One as the others in a room know it.
struct Neighbour {
  std::string name;
  bool muted = false;
  bool deafened = false;

  friend bool operator==(const Neighbour&, const Neighbour&) = default;
};

/// A room as somebody in it believes it is.
struct RoomView {
  std::string room;
  std::map<unsigned, Neighbour> people;  // by session

  friend bool operator==(const RoomView&, const RoomView&) = default;
};
[[nodiscard]] std::string to_text(const RoomView& view);

/// One stream of one caller, who believes what it is told, as a client does.
///
/// Threads    a test's one, which calls it; the caller's reading one, on which `on_voice` is
/// called.
class Visitor {
 public:
  using OnVoice = std::function<void(const VoiceFrame&, base::Time)>;

  /// What came; outcomes and what was wrong since the last call.
  struct News {
    bool welcomed = false;
    std::string resume_key;
    std::string room;
    unsigned session = 0;
    std::vector<::Outcome> outcomes;
    std::vector<std::string> wrong;  // what must not be: one sentence each
  };

  struct Hello {
    std::string name;
    std::string room;
    std::string resume_key{};
  };

  /// Connects and says its hello.
  Visitor(int port, const Hello& hello, OnVoice on_voice = {});
  ~Visitor();

  bool send(const Command& command);
  bool speak(const std::string& opus);
  /// Stops reading after the message that comes next, until read().
  void stall();
  void read();
  [[nodiscard]] bool stalled() const;

  void cut() { caller_->cut(); }
  void cancel() { caller_->cancel(); }
  void stop() { caller_->stop_sending(); }
  [[nodiscard]] bool ended() { return caller_->ended(); }

  [[nodiscard]] News take_news();
  [[nodiscard]] unsigned session() const;
  [[nodiscard]] RoomView view() const;
  /// The texts that came since the last call, in order.
  [[nodiscard]] std::vector<std::string> take_texts();

 private:
  void hear(const ServerRES& response);
  void hear_voice(const VoiceBatch& batch) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void believe(const Event& event) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void settle_in(const std::string& room, const google::protobuf::RepeatedPtrField<Member>& all)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const OnVoice on_voice_;
  mutable absl::Mutex mutex_;
  bool stalled_ ABSL_GUARDED_BY(mutex_) = false;
  News news_ ABSL_GUARDED_BY(mutex_);
  RoomView view_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> texts_ ABSL_GUARDED_BY(mutex_);
  std::set<std::uint64_t> moves_ ABSL_GUARDED_BY(mutex_);  // trace ids: their rosters are its own
  std::map<unsigned, unsigned> last_sequence_ ABSL_GUARDED_BY(mutex_);  // by speaker
  unsigned sequence_ = 0;
  std::unique_ptr<Caller> caller_;  // last: its thread uses the others
};

}  // namespace comcat::testing
