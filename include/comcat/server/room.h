#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "comcat/base/clock.h"
#include "comcat/server/elsewhere.h"
#include "comcat/server/listener.h"
#include "comcat/server/loudest.h"
#include "comcat/server/metrics.h"
#include "comcat/server/participant.h"
#include "comcat/server/room_deadlines.h"
#include "comcat/server/room_rules.h"
#include "comcat/server/send_load.h"

#include "absl/status/status.h"

namespace comcat::server {

/// The people who hear each other.
///
/// Datagrams   to whoever has a VoicePath that works; each frame by itself, at once.
/// Gathering   on streams: while one person talks, or the shard has little to send (SendLoad), each
/// frame leaves
///             at once. Else the frames for a listener wait until everyone who talks has sent one,
///             at most SendLoad::wait(), and leave in one message.
/// Events      the first after a quiet time leaves at once; those that follow within kEventGap
///             wait as long and leave in one message, so that a thousand people who come at once do
///             not cost each other a write each.
/// Time        the caller's: tick() is due at next_deadline(), and may come at any time.
/// Threads     one: the room's shard.
/// Ownership   participants and listeners belong to their callers, who leave before they are
///             destroyed. Of a caller the room knows nothing else.
class Room {
 public:
  static constexpr std::chrono::milliseconds kEventGap{100};
  static constexpr std::size_t kMostRoundTrips = 32;
  static constexpr std::uint32_t kMaxTwins = 9;  // of one person in one room

  /// `key` is base::comparison_key() of `name`. `load`, `deadlines` and `elsewhere` (null: there is
  /// no other node) outlive the room.
  Room(std::string name, std::string key, std::size_t max_speakers, Metrics& metrics,
       SendLoad& load, RoomDeadlines& deadlines, Elsewhere* elsewhere = nullptr)
      : name_(std::move(name)),
        key_(std::move(key)),
        loudest_(max_speakers),
        metrics_(metrics),
        load_(load),
        elsewhere_(elsewhere),
        place_(deadlines, *this) {}

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const std::string& key() const { return key_; }
  [[nodiscard]] std::size_t size() const { return size_here() + elsewhere_people_.size(); }
  /// How many of them are of this node.
  [[nodiscard]] std::size_t size_here() const { return people_.size() + away_.size(); }
  [[nodiscard]] const RoomRules& rules() const { return rules_; }
  void set_rules(RoomRules rules) { rules_ = std::move(rules); }
  /// When it is to end, nobody being there; nothing while somebody is.
  [[nodiscard]] std::optional<base::Time> ends_at() const { return ends_at_; }
  void end_at(std::optional<base::Time> when) { ends_at_ = when; }
  /// Whether `who` is not to see what others say here.
  [[nodiscard]] bool hides_texts_from(const Participant& who) const {
    return rules_.texts_for_hosts && !who.host;
  }
  [[nodiscard]] std::vector<wire::Member> roster() const;
  /// True where somebody but `except` goes by a name with this key.
  [[nodiscard]] bool has_name(const std::string& name_key, const Participant& except) const;
  /// Whether `who` may not be here for somebody, but `except`, who goes by that name: another
  /// person, or as many of one's own devices as there may be.
  [[nodiscard]] bool is_taken(const Participant& who, const Participant& except) const;
  /// The twin that `who` is here: 0 where nobody has the name.
  [[nodiscard]] std::uint32_t free_twin(const Participant& who) const;

  void add(const Participant& who, Listener& listener);
  void remove(const Participant& who);
  /// `who` has lost its connection; `kept` is to be here in its place, and hears nothing.
  void set_away(const Participant& who, const Participant& kept);
  void remove_away(const Participant& kept);

  /// Somebody is in the room at another node, or what is known of them has changed.
  void put_elsewhere(Participant who, base::Time now);
  /// The same before whoever is here has been told who is in the room: nobody is told.
  void know_elsewhere(Participant who);
  /// They are not any more. Harmless where they were not.
  void remove_elsewhere(const wire::Left& left, base::Time now);
  /// `who`, who is here or away, is there by another node from now on, as `there`: nobody leaves.
  void move_elsewhere(const Participant& who, Participant there, base::Time now);
  /// `who` was there by another node, and is here from now on: nobody comes.
  void take_over(const Participant& who, Listener& listener, base::Time now);
  [[nodiscard]] bool has_elsewhere() const { return !elsewhere_people_.empty(); }
  /// Nobody is here who would hear of them: forgets who is elsewhere.
  void forget_elsewhere();
  /// Queues a frame of somebody at another node for everyone who listens here; false where nobody
  /// elsewhere has its speaker's number.
  bool hear(const wire::VoicePacket& frame, base::Time now);
  /// Whoever is here, or away, by that number; null where nobody is.
  [[nodiscard]] const Participant* find_here(wire::SessionNumber number) const;
  /// Other nodes are told what `event`, which may be one of nobody here, says of somebody here.
  void tell_elsewhere(const wire::Event& event, base::Time now);

  /// Queues a frame of `speaker`, who is in the room, for everyone else who listens.
  void speak(const Participant& speaker, const wire::VoicePacket& frame, base::Time now);

  /// How far those here are from this server; of nobody where there are more than kMostRoundTrips.
  [[nodiscard]] std::vector<wire::RoundTrip> round_trips() const;

  /// `speaker` is not to be heard: its place among the loudest is free, and nobody's frames wait
  /// for its own.
  void free_slot(const Participant& speaker);

  /// Queues what became true here, and a roster says as well, for everyone but `except` (which may
  /// be null) and the clients that know no events. Other nodes are told too.
  void tell(const wire::Event& event, const Participant* except, base::Time now);

  /// Queues a text for everyone who may see it, the sender too. Who is slow and takes histories
  /// falls behind where the text is kept (it has a number), and is read it later.
  void say(const wire::TextSaid& text);

  /// Those at other nodes who go by a name with this key, and are not away.
  [[nodiscard]] std::vector<wire::SessionNumber> named_elsewhere(const std::string& name_key) const;

  /// Queues a text for whoever is here by the name with this key, and nobody else. kNotFound,
  /// kFailedPrecondition where a client shows no texts, kResourceExhausted where too many wait.
  [[nodiscard]] absl::Status tell_alone(const std::string& name_key, const wire::Told& text) const;

  /// Queues an event that has to arrive.
  void deliver(const wire::Event& event);

  /// Tells those who missed events or texts because they were slow, and are reading again: the
  /// roster, and how many texts.
  void catch_up();

  /// Sends what has waited and is due.
  void tick(base::Time now);
  /// When tick() is due; RoomDeadlines::kNever where nothing waits.
  [[nodiscard]] base::Time next_deadline() const { return place_.deadline(); }

 private:
  /// Somebody in the room, and how to reach them.
  struct Person {
    const Participant* who;
    Listener* listener;
  };

  void tell_here(const wire::Event& event, const Participant* except, base::Time now);
  /// Queues a frame that is among the loudest for everyone who listens here but `speaker`.
  void relay(const Participant& speaker, const wire::VoicePacket& frame, base::Time now);
  /// Who goes by a name with this key, there or away, but `except`.
  [[nodiscard]] std::vector<const Participant*> named(const std::string& name_key,
                                                      const Participant& except) const;
  /// Notes that `speaker`'s frames wait; how many speakers' do.
  std::size_t gather(wire::SessionNumber speaker);
  /// Queues a text for `listener`; false where it gets this one from the history.
  static bool take_text(Listener& listener, std::uint64_t number, const Payload& text);
  void flush();
  void release_events(base::Time now);
  /// To be called wherever flush_at_ or events_at_ may have changed.
  void reschedule();
  void queue_for(Listener& listener, const Payload& payload, base::Time now);

  std::string name_;
  std::string key_;
  RoomRules rules_;
  std::vector<Person> people_;
  std::vector<Person> by_stream_;  // of speak(): who gets the frame by the stream
  std::vector<const Participant*> away_;
  std::map<wire::SessionNumber, Participant> elsewhere_people_;  // at other nodes
  Loudest loudest_;
  Metrics& metrics_;
  SendLoad& load_;
  Elsewhere* const elsewhere_;
  RoomDeadlines::Place place_;
  std::optional<base::Time> flush_at_;   // when frames that wait for each other are due
  std::optional<base::Time> events_at_;  // when the events that wait are due
  base::Time last_events_{};
  std::optional<base::Time> ends_at_;          // its owner's
  std::vector<wire::SessionNumber> gathered_;  // whose frames wait for flush_at_
};

}  // namespace comcat::server
