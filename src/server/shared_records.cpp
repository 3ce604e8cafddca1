#include "comcat/server/shared_records.h"

#include <utility>
#include <variant>
#include <vector>

#include "comcat/base/signing_key.h"
#include "comcat/base/text.h"
#include "comcat/base/unicode.h"

#include "node_names.h"

namespace comcat::server {
namespace {

constexpr std::size_t kPageBytes = 64 * 1024;

absl::Status status_of(const wire::ClaimAnswered& answered) {
  return absl::Status(static_cast<absl::StatusCode>(answered.status), answered.text);
}

/// Those of `all` that lie in a bucket of which another node says something else.
template <typename Record, typename Key>
std::vector<Record> different(const std::vector<Record>& all, const cluster::Digest& ours,
                              const std::vector<std::uint64_t>& theirs, const Key& key_of) {
  std::vector<Record> out;
  for (const Record& it : all) {
    const std::size_t bucket = cluster::Digest::bucket_of(key_of(it));
    if (ours.buckets()[bucket] != theirs[bucket]) out.push_back(it);
  }
  return out;
}

}  // namespace

SharedRecords::SharedRecords(Hosts& hosts, NameClaims& claims, ClusterLink* link)
    : hosts_(hosts), claims_(claims), link_(link) {
  if (link_ == nullptr) return;
  hosts_.bans().on_change([this](const wire::BanRecord& ban) { tell({{ban}, {}}); });
  claims_.on_change([this](const wire::ClaimRecord& claim) { tell({{}, {claim}}); });
  hosts_.mutes().on_change([this](const wire::MuteRecord& mute) { tell({{}, {}, {mute}}); });
}

std::uint64_t SharedRecords::digest() const {
  // Never 0, which is what older versions say.
  return (hosts_.bans().digest().whole() * 3 ^ claims_.digest().whole() ^
          hosts_.mutes().digest().whole() * 5) |
         1;
}

void SharedRecords::tell(const wire::RecordsTold& told) {
  if (has_others()) link_->send_all(told);
}

// ---- what is compared

void SharedRecords::oblige(const wire::Sender& from, const wire::Heartbeat& told, base::Time now) {
  if (told.ending) return exchange_.lose(from.node);
  if (told.records == 0 || !exchange_.hear(from.node, told.records, digest(), now)) return;
  hosts_.bans().forget_over(hosts_.wall_now());
  claims_.forget_unused(hosts_.wall_now());
  link_->send(from.node,
              wire::RecordsAsked{hosts_.bans().digest().buckets(), claims_.digest().buckets(),
                                 hosts_.mutes().digest().buckets()});
}

bool SharedRecords::oblige(const wire::Sender& from, const wire::RecordsAsked& asked,
                           base::Time now) {
  if (!exchange_.may_answer(from.node, now)) return true;
  const auto bans = different(hosts_.bans().records(), hosts_.bans().digest(), asked.bans,
                              [](const wire::BanRecord& it) { return it.address; });
  const auto claims =
      different(claims_.records(), claims_.digest(), asked.claims,
                [](const wire::ClaimRecord& it) { return base::comparison_key(it.name); });
  const auto mutes = asked.mutes.empty()
                         ? std::vector<wire::MuteRecord>{}
                         : different(hosts_.mutes().records(), hosts_.mutes().digest(), asked.mutes,
                                     [](const wire::MuteRecord& it) { return it.device; });
  wire::RecordsTold page;
  std::size_t bytes = 0;
  const auto turn = [&](std::size_t more) {
    bytes += more;
    const std::size_t records = page.bans.size() + page.claims.size() + page.mutes.size();
    if (records < wire::kMaxPageRecords && bytes < kPageBytes) return;
    link_->send(from.node, std::exchange(page, {}));
    bytes = 0;
  };
  for (const wire::BanRecord& it : bans) {
    page.bans.push_back(it);
    turn(it.because.size());
  }
  for (const wire::ClaimRecord& it : claims) {
    page.claims.push_back(it);
    turn(it.keys.size() * base::kPublicKeyBytes);
  }
  for (const wire::MuteRecord& it : mutes) {
    page.mutes.push_back(it);
    turn(it.device.size());
  }
  if (!page.bans.empty() || !page.claims.empty() || !page.mutes.empty()) {
    link_->send(from.node, page);
  }
  return true;
}

bool SharedRecords::oblige(const wire::Sender& from, const wire::RecordsTold& told,
                           base::Time now) {
  for (const wire::BanRecord& it : told.bans) hosts_.learn(it, node_name(*link_, from.node), now);
  for (const wire::ClaimRecord& it : told.claims) learn(it, from.node, now);
  for (const wire::MuteRecord& it : told.mutes) hosts_.mutes().learn(it);
  return true;
}

void SharedRecords::learn(const wire::ClaimRecord& claim, wire::NodeNumber from, base::Time now) {
  if (!claims_.learn(claim, hosts_.wall_now())) return;
  hosts_.review_claims(base::comparison_key(claim.name), node_name(*link_, from), now);
}

// ---- claims

void SharedRecords::confirm_claim(const std::string& name_key, const std::string& device, Done done,
                                  base::Time now) {
  const std::optional<wire::ClaimRecord> record = claims_.record(name_key);
  if (!has_others() || !record) return done(absl::OkStatus(), now);
  const auto decide = [this, name_key, name = record->name, device, done = std::move(done)](
                          const Errands::Result& result, base::Time at) {
    for (const Errands::Reply& reply : result.replies) {
      const auto& answered = std::get<wire::ClaimAnswered>(reply.body);
      if (!answered.claim.name.empty()) learn(answered.claim, reply.from, at);
    }
    if (claims_.holder(name_key, device, hosts_.wall_now()) == Holder::kThem) {
      return done(absl::OkStatus(), at);
    }
    done(held_for_somebody_else(name), at);
  };
  link_->ask_nodes(
      other_nodes(*link_),
      [&](std::uint64_t id) {
        return wire::ClaimAsked{id, *record};
      },
      decide, now);
}

bool SharedRecords::oblige(const wire::Sender& from, const wire::ClaimAsked& asked,
                           base::Time now) {
  learn(asked.claim, from.node, now);
  const auto record = claims_.record(base::comparison_key(asked.claim.name));
  link_->send(from.node,
              wire::ClaimAnswered{asked.id, 0, "", record.value_or(wire::ClaimRecord{})});
  return true;
}

// ---- pairing

std::optional<absl::Status> SharedRecords::pair_here(const wire::PairAsked& asked, base::Time now,
                                                     Kept later) {
  return claims_.pair(asked.code, base::comparison_key(asked.name), asked.key, hosts_.wall_now(),
                      now, std::move(later));
}

std::optional<absl::Status> SharedRecords::pair(const wire::PairAsked& asked, base::Time now,
                                                const Done& done) {
  const std::optional<absl::Status> here = pair_here(asked, now, done);
  if (!here || !absl::IsPermissionDenied(*here) || !has_others()) return here;
  const auto decide = [this, wrong = *here, done](const Errands::Result& result, base::Time at) {
    absl::Status status = wrong;
    for (const Errands::Reply& reply : result.replies) {
      const auto& answered = std::get<wire::ClaimAnswered>(reply.body);
      if (!answered.claim.name.empty()) learn(answered.claim, reply.from, at);
      if (!absl::IsPermissionDenied(status_of(answered))) status = status_of(answered);
    }
    done(status, at);
  };
  link_->ask_nodes(
      other_nodes(*link_),
      [&](std::uint64_t id) {
        wire::PairAsked question = asked;
        question.id = id;
        return question;
      },
      decide, now);
  return std::nullopt;
}

bool SharedRecords::oblige(const wire::Sender& from, const wire::PairAsked& asked, base::Time now) {
  const auto answer = [this, node = from.node, id = asked.id,
                       key = base::comparison_key(asked.name)](const absl::Status& paired,
                                                               base::Time /*at*/) {
    const auto record = paired.ok() ? claims_.record(key) : std::nullopt;
    link_->send(node, wire::ClaimAnswered{id, static_cast<int>(paired.code()),
                                          base::safe_text(std::string(paired.message())),
                                          record.value_or(wire::ClaimRecord{})});
  };
  if (const auto done = pair_here(asked, now, answer)) answer(*done, now);
  return true;
}

}  // namespace comcat::server
