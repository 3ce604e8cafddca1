#include "cluster_texts.h"

#include <optional>
#include <utility>

#include "comcat/base/clock.h"
#include "comcat/base/unicode.h"
#include "comcat/bus/jetstream.h"
#include "comcat/wire/cluster_convert.h"

#include "logged_text.h"
#include "room_topic.h"

namespace comcat::server {

ClusterTexts::ClusterTexts(std::unique_ptr<bus::MessageLog> log, Metrics& metrics)
    : metrics_(metrics), log_(std::move(log)) {}

void ClusterTexts::start(store::Keeper* keeper, store::Followed kept, OnSaid on_said,
                         OnHeard on_heard) {
  keeper_ = keeper;
  on_said_ = std::move(on_said);
  on_heard_ = std::move(on_heard);
  // What is kept nowhere here is of no use to who comes later.
  const bool from_now = keeper == nullptr;
  log_->follow({kept.origin, kept.number}, from_now,
               [this](const bus::LogPage& page) { return take(page); });
}

bool ClusterTexts::say(std::uint64_t ticket, const wire::RoomText& text, std::string id) {
  if (!log_) return false;
  const base::Time said_at = base::steady_now();
  bus::MessageLog::Record record{room_topic(base::comparison_key(text.room)),
                                 wire::encode_room_text(text), std::move(id)};
  return log_->append(std::move(record),
                      [this, ticket, said_at](const absl::StatusOr<std::uint64_t>& number) {
                        const base::Duration took = base::steady_now() - said_at;
                        if (number.ok()) {
                          metrics_.text_acknowledged.add(
                              std::chrono::duration_cast<std::chrono::microseconds>(took).count());
                        }
                        on_said_(ticket, number);
                      });
}

bool ClusterTexts::take(const bus::LogPage& page) {
  std::vector<store::LoggedText> texts;
  std::uint64_t refused = 0;
  for (const bus::LogEntry& entry : page.entries) {
    std::optional<store::LoggedText> text = logged_text(entry);
    if (text) texts.push_back(*std::move(text));
    if (!text) ++refused;
  }
  const std::uint64_t good = texts.size();
  if (keeper_ == nullptr) {
    on_heard_(std::move(texts));
  } else if (!keeper_->ask({0, store::Place{{page.after.origin, page.after.number},
                                            page.entries.back().number,
                                            std::move(texts)}})) {
    return false;
  }
  metrics_.texts_shared.fetch_add(good);
  metrics_.texts_refused.fetch_add(refused);
  return true;
}

std::unique_ptr<bus::MessageLog> make_text_log(const ClusterSettings& settings) {
  bus::NatsOptions nats = settings.nats;
  nats.name += " texts";
  return bus::make_jetstream_log(std::move(nats),
                                 {.stream = "comcat-texts-" + settings.cluster,
                                  .subject = "comcat." + settings.cluster + ".texts",
                                  .replicas = settings.text_replicas,
                                  .keep = settings.text_hours});
}

}  // namespace comcat::server
