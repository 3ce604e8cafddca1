#pragma once

#include <optional>
#include <string>

#include <grpcpp/grpcpp.h>

#include "comcat/rpc/completion.h"
#include "comcat/server/admission.h"
#include "comcat/server/guest_table.h"
#include "comcat/server/hub.h"

#include "absl/status/statusor.h"
#include "call_phase.h"
#include "calling.grpc.pb.h"

namespace comcat::server {

class Shard;

using RawService = Calling::WithRawMethod_VoIP<Calling::Service>;

/// One gRPC stream, from the wait for a caller to its last completion: reads into the hub, writes
/// what the hub has queued, one read and one write under way at a time. Where it stands is its
/// CallPhase.
///
/// Threads    its shard's.
/// Ownership  its own: it deletes itself once gRPC holds nothing of it any more.
class Call final : public Link {
 public:
  /// Begins to wait for the next caller.
  static void expect(Shard& shard);

  // Link
  void wake() override;
  void close(const absl::Status& status) override;

  /// The time that the call asked its shard for has come.
  void expire();

  /// After each completion: deletes it once nothing is under way.
  void settle();

 private:
  explicit Call(Shard& shard);
  ~Call() override;

  void on_accepted(bool ok);
  void on_greeted(bool ok);
  void on_read(bool ok);
  void on_written(bool ok);
  void on_finished(bool ok);
  void on_done(bool ok);

  void enter(CallPhase phase);
  void admit(const std::string& address);
  void give_nonce();
  void turn_away(const absl::Status& why);
  void refuse(const std::string& address, const absl::Status& why);
  void read();
  void write_next();
  void say_the_rest();
  void finish(const absl::Status& status);
  [[nodiscard]] wire::LeaveReason reason_of_loss() const;
  void leave(wire::LeaveReason reason);
  void give_back_slot();

  Shard& shard_;
  grpc::ServerContext context_;
  grpc::ServerAsyncReaderWriter<grpc::ByteBuffer, grpc::ByteBuffer> stream_;
  rpc::Operation<Call> accepted_{*this, &Call::on_accepted};
  rpc::Operation<Call> greeted_{*this, &Call::on_greeted};
  rpc::Operation<Call> read_{*this, &Call::on_read};
  rpc::Operation<Call> written_{*this, &Call::on_written};
  rpc::Operation<Call> finished_{*this, &Call::on_finished};
  rpc::Operation<Call> done_{*this, &Call::on_done};
  grpc::ByteBuffer incoming_;
  CallPhase phase_ = CallPhase::kExpected;
  GuestTable::Account account_;  // of its connection, once somebody has come
  std::optional<Admission::Pass> pass_;
  std::optional<Caller> caller_;  // from kOpen on
  absl::Status last_word_;        // kRefused, kClosing: what to finish with
};

}  // namespace comcat::server
