#pragma once

#include <optional>
#include <string>

#include <grpcpp/grpcpp.h>

#include "comcat/server/admission.h"
#include "comcat/server/hub.h"

#include "absl/status/statusor.h"
#include "calling.grpc.pb.h"

namespace comcat::server {

class Shard;

using RawService = Calling::WithRawMethod_VoIP<Calling::Service>;

/// Something that a completion queue hands back.
class Completion {
 public:
  virtual ~Completion() = default;
  virtual void complete(bool ok) = 0;
};

/// One gRPC stream, from the wait for a caller to its last completion: reads into the hub, writes
/// what the hub has queued, one read and one write under way at a time.
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

  /// Ends the call whatever state it is in.
  void cancel() { context_.TryCancel(); }

 private:
  /// The completion of one kind of operation; at most one is under way at a time.
  class Operation final : public Completion {
   public:
    Operation(Call& call, void (Call::*then)(bool)) : call_(call), then_(then) {}
    void complete(bool ok) override;
    Operation* begin() {
      pending_ = true;
      return this;
    }
    [[nodiscard]] bool pending() const { return pending_; }

   private:
    Call& call_;
    void (Call::*then_)(bool);
    bool pending_ = false;
  };

  explicit Call(Shard& shard);
  ~Call() override;

  void on_accepted(bool ok);
  void on_read(bool ok);
  void on_written(bool ok);
  void on_finished(bool ok);
  void on_done(bool ok);

  void admit();
  void read();
  void write_next();
  void finish(const absl::Status& status);
  void leave(wire::LeaveReason reason);
  void delete_if_over();

  Shard& shard_;
  grpc::ServerContext context_;
  grpc::ServerAsyncReaderWriter<grpc::ByteBuffer, grpc::ByteBuffer> stream_;
  Operation accepted_{*this, &Call::on_accepted};
  Operation read_{*this, &Call::on_read};
  Operation written_{*this, &Call::on_written};
  Operation finished_{*this, &Call::on_finished};
  Operation done_{*this, &Call::on_done};
  grpc::ByteBuffer incoming_;
  Admission::Pass pass_;
  std::optional<Session> session_;
  std::optional<absl::Status> closing_;  // to finish with once the control messages are written
  bool finishing_ = false;
};

}  // namespace comcat::server
