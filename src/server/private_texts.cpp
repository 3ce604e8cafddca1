#include "comcat/server/private_texts.h"

#include <cstdint>
#include <optional>
#include <set>
#include <utility>
#include <variant>
#include <vector>

#include "comcat/base/unicode.h"

namespace comcat::server {
namespace {

/// What there is to say where nobody here has got it, and others have answered so.
absl::Status result_of(const Errands::Result& result, const std::string& name,
                       absl::Status status) {
  for (const Errands::Reply& reply : result.replies) {
    const auto& answered = std::get<wire::Answered>(reply.body);
    if (answered.status == 0) return absl::OkStatus();
    if (absl::IsNotFound(status)) {
      status = absl::Status(static_cast<absl::StatusCode>(answered.status), answered.text);
    }
  }
  if (result.silent.empty() || !absl::IsNotFound(status)) return status;
  return absl::UnavailableError("the server where " + name +
                                " is has not answered in time; they may have your text or not");
}

}  // namespace

std::optional<absl::Status> PrivateTexts::tell(const Room& room, const std::string& name,
                                               const wire::Told& text, base::Time now, Done done) {
  const std::string key = base::comparison_key(name);
  const absl::Status here = room.tell_alone(key, text);
  if (link_ == nullptr) return here;
  const cluster::RoomTable* const table = link_->cluster().find(room.key());
  std::set<wire::NodeNumber> nodes;
  for (const wire::SessionNumber session : room.named_elsewhere(key)) {
    const wire::NodeNumber node = table == nullptr ? 0 : table->where(session);
    if (link_->cluster().nodes().all().contains(node)) nodes.insert(node);
  }
  if (nodes.empty()) return here;
  const auto finish = [name, here, done = std::move(done)](const Errands::Result& result,
                                                           base::Time at) {
    if (!here.ok()) done(result_of(result, name, here), at);
  };
  link_->ask_nodes(
      {nodes.begin(), nodes.end()},
      [&](std::uint64_t id) {
        return wire::PrivateText{id, room.name(), name, text.session, text.name, text.text};
      },
      finish, now);
  return here.ok() ? std::optional(here) : std::nullopt;
}

bool PrivateTexts::oblige(const wire::Sender& from, const wire::PrivateText& text) {
  const std::string key = base::comparison_key(text.room);
  if (!link_->cluster().speaks_for(from, key, text.session)) return false;
  const Room* const room = rooms_.find_by_key(key);
  const absl::Status status =
      room == nullptr
          ? absl::NotFoundError("nobody in your room goes by that name")
          : room->tell_alone(base::comparison_key(text.to), {text.session, text.name, text.text});
  link_->send(from.node, wire::Answered{text.id, static_cast<int>(status.code()),
                                        std::string(status.message())});
  return true;
}

}  // namespace comcat::server
