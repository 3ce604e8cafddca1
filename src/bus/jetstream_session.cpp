#include "jetstream_session.h"

#include <utility>

#include "comcat/base/log.h"
#include "comcat/base/text.h"

namespace comcat::bus {
namespace {

constexpr std::int64_t kNsPerMs = 1'000'000;
constexpr std::int64_t kDuplicatesNs = std::int64_t{120} * 1'000 * kNsPerMs;
constexpr std::size_t kShownBytes = 200;
constexpr int kHeaderBytes = 512;  // of the id, and of NATS' own

constexpr const char* kNoJetStream =
    "the NATS server has no JetStream, which keeps them (start it with nats-server -js -sd DIR), "
    "or those that have it are choosing who leads";

StreamState state_of(const jsStreamInfo& info) {
  return {static_cast<std::uint64_t>(info.Created / kNsPerMs), info.State.LastSeq, info.State.Msgs};
}

/// The stream that is asked for. What it refers to is `options`' and the caller's.
jsStreamConfig wanted_stream(const JetStreamOptions& options, const char** subjects) {
  jsStreamConfig wanted;
  jsStreamConfig_Init(&wanted);
  wanted.Name = options.stream.c_str();
  wanted.Description = "texts of comcat-server";
  wanted.Subjects = subjects;
  wanted.SubjectsLen = 1;
  wanted.Retention = js_LimitsPolicy;
  wanted.Discard = js_DiscardOld;
  wanted.Storage = js_FileStorage;
  wanted.Replicas = options.replicas;
  wanted.MaxAge = std::chrono::nanoseconds(options.keep).count();
  wanted.MaxBytes = static_cast<std::int64_t>(options.max_bytes);
  wanted.MaxMsgSize = static_cast<std::int32_t>(MessageLog::kMaxBytes) + kHeaderBytes;
  wanted.Duplicates = kDuplicatesNs;
  return wanted;
}

/// Whether a stream is one that was made for this, be it kept for longer or more often.
bool is_ours(const jsStreamConfig& there, const jsStreamConfig& wanted) {
  return there.SubjectsLen == 1 && std::string(there.Subjects[0]) == wanted.Subjects[0] &&
         there.Retention == wanted.Retention && there.Discard == wanted.Discard &&
         there.Storage == wanted.Storage && !there.NoAck && !there.Sealed && there.MaxMsgs <= 0 &&
         there.MaxMsgsPerSubject <= 0 && there.Mirror == nullptr && there.SourcesLen == 0;
}

bool is_as_wanted(const jsStreamConfig& there, const jsStreamConfig& wanted) {
  return there.MaxAge == wanted.MaxAge && there.Replicas == wanted.Replicas &&
         there.MaxBytes == wanted.MaxBytes && there.MaxMsgSize == wanted.MaxMsgSize &&
         there.Duplicates == wanted.Duplicates;
}

absl::StatusOr<StreamState> make_stream(const JetStreamSession& session, jsStreamConfig& wanted) {
  jsErrCode error{};
  const natsStatus status = js_AddStream(nullptr, session.context.get(), &wanted, nullptr, &error);
  if (status != NATS_OK) return failure(status, error);
  base::log(base::LogLevel::kInfo, "text_log_made",
            {{"stream", wanted.Name}, {"replicas", wanted.Replicas}});
  // Where several make it at once, what some of them are told is not all true yet.
  return stream_state(session, wanted.Name);
}

void change_stream(const JetStreamSession& session, jsStreamConfig& wanted,
                   std::string& unchanged) {
  jsErrCode error{};
  const natsStatus status =
      js_UpdateStream(nullptr, session.context.get(), &wanted, nullptr, &error);
  if (status != NATS_OK) {
    unchanged = words_of(status);
    return;
  }
  base::log(base::LogLevel::kInfo, "text_log_changed",
            {{"stream", wanted.Name}, {"replicas", wanted.Replicas}});
}

}  // namespace

JetStreamSession::~JetStreamSession() {
  if (connection) natsConnection_Close(connection.get());
}

std::string words_of(natsStatus status) {
  const char* const last = nats_GetLastError(nullptr);
  return base::safe_text(last == nullptr || *last == '\0' ? natsStatus_GetText(status) : last,
                         kShownBytes);
}

absl::Status failure(natsStatus status, jsErrCode error) {
  const bool is_off = error == JSNotEnabledErr || error == JSNotEnabledForAccountErr;
  if (is_off || status == NATS_NO_RESPONDERS) return absl::UnavailableError(kNoJetStream);
  if (status == NATS_TIMEOUT || status == NATS_CONNECTION_DISCONNECTED ||
      status == NATS_CONNECTION_CLOSED) {
    return absl::DeadlineExceededError("NATS does not answer");
  }
  return absl::UnavailableError("NATS refuses: " + words_of(status));
}

absl::StatusOr<std::shared_ptr<JetStreamSession>> open_session(const NatsOptions& options) {
  natsOptions* raw = nullptr;
  natsStatus status = natsOptions_Create(&raw);
  const Owned<natsOptions> owned(raw);
  if (status == NATS_OK) status = set_connection(raw, options);
  natsConnection* connection = nullptr;
  if (status == NATS_OK) status = natsConnection_Connect(&connection, raw);
  auto session = std::make_shared<JetStreamSession>();
  session->connection.reset(connection);
  jsOptions of_context;
  jsOptions_Init(&of_context);
  of_context.Wait = kJetStreamWait.count();
  jsCtx* context = nullptr;
  if (status == NATS_OK) status = natsConnection_JetStream(&context, connection, &of_context);
  session->context.reset(context);
  if (status != NATS_OK) return absl::UnavailableError("NATS does not answer");
  return session;
}

absl::StatusOr<StreamState> stream_state(const JetStreamSession& session,
                                         const std::string& stream) {
  jsStreamInfo* info = nullptr;
  jsErrCode error{};
  const natsStatus status =
      js_GetStreamInfo(&info, session.context.get(), stream.c_str(), nullptr, &error);
  const Owned<jsStreamInfo> owned(info);
  if (status != NATS_OK) return failure(status, error);
  return state_of(*info);
}

absl::StatusOr<StreamState> ensure_stream(const JetStreamSession& session,
                                          const JetStreamOptions& options, std::string& unchanged) {
  const std::string subject = options.subject + ".*";
  const char* subjects[] = {subject.c_str()};
  jsStreamConfig wanted = wanted_stream(options, subjects);
  jsStreamInfo* info = nullptr;
  jsErrCode error{};
  const natsStatus status =
      js_GetStreamInfo(&info, session.context.get(), wanted.Name, nullptr, &error);
  const Owned<jsStreamInfo> owned(info);
  unchanged.clear();
  if (status == NATS_NOT_FOUND) return make_stream(session, wanted);
  if (status != NATS_OK) return failure(status, error);
  if (!is_ours(*info->Config, wanted)) {
    return absl::UnavailableError("the stream " + options.stream +
                                  " of NATS was made for something else; remove it there, or give "
                                  "all servers another --cluster");
  }
  // A server that is alone says that it has changed it, and has not.
  const bool is_alone = info->Cluster == nullptr || info->Cluster->Name == nullptr;
  if (is_alone && wanted.Replicas > 1) {
    wanted.Replicas = info->Config->Replicas;
    unchanged = "several replicas need as many servers of NATS, which are one cluster";
  }
  if (!is_as_wanted(*info->Config, wanted)) change_stream(session, wanted, unchanged);
  return state_of(*info);
}

}  // namespace comcat::bus
