#include "comcat/server/admin.h"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <map>
#include <thread>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <grpcpp/grpcpp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "comcat/base/file_descriptor.h"
#include "comcat/base/log.h"
#include "comcat/base/text.h"
#include "comcat/base/unix_socket.h"
#include "comcat/rpc/completion.h"
#include "comcat/rpc/deadline.h"

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "admin.grpc.pb.h"
#include "listening_socket.h"
#include "without_plugins.h"

namespace comcat::server {
namespace {

using Acceptor = grpc::experimental::ExternalConnectionAcceptor;

constexpr std::chrono::seconds kPatience{10};
constexpr std::chrono::milliseconds kFarewell{500};
constexpr std::chrono::seconds kLook{1};  // whether somebody is connected still
constexpr int kMaxWordsBytes = 64 * 1024;

}  // namespace

struct AdminEndpoint::Parts {
  class Question;

  Parts(std::string its_path, Act its_act) : path(std::move(its_path)), act(std::move(its_act)) {}
  ~Parts() { stop(); }
  Parts(const Parts&) = delete;
  Parts& operator=(const Parts&) = delete;

  bool serve();
  void stop();
  void answer_who_waits();
  void accept_until_stopped();
  void accept_all();
  void forget_who_left(const std::vector<pollfd>& looked_at);
  void answer_until_stopped();
  [[nodiscard]] bool wait_for_work();

  /// Those whose answer may come from another thread, until it has.
  struct Asked {
    absl::Mutex mutex;
    std::uint64_t last ABSL_GUARDED_BY(mutex) = 0;
    std::map<std::uint64_t, Question*> waiting ABSL_GUARDED_BY(mutex);
  };

  const std::string path;
  const Act act;
  const std::shared_ptr<Asked> asked = std::make_shared<Asked>();
  base::FileDescriptor listener;
  base::FileDescriptor wake{eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)};
  Admin::AsyncService service;
  std::unique_ptr<Acceptor> connections;
  std::unique_ptr<grpc::ServerCompletionQueue> queue;
  std::unique_ptr<grpc::Server> server;
  std::vector<base::FileDescriptor> peers;  // duplicates, that tell who has gone; accepting's
  absl::Mutex mutex;
  std::size_t connected ABSL_GUARDED_BY(mutex) = 0;
  bool stopping ABSL_GUARDED_BY(mutex) = false;
  std::jthread accepting;
  std::jthread answering;
};

/// One Do(), from the wait for it to the end of its answer.
class AdminEndpoint::Parts::Question {
 public:
  explicit Question(Parts& parts) : parts_(parts), writer_(&context_) {
    parts.service.RequestDo(&context_, &words_, &writer_, parts.queue.get(), parts.queue.get(),
                            accepted_.begin());
  }

  void answer(const Answer& answer) {
    AdminAnswer out;
    out.set_status(static_cast<std::uint32_t>(answer.status().code()));
    out.set_text(answer.ok() ? *answer : std::string(answer.status().message()));
    writer_.Finish(out, grpc::Status::OK, finished_tag_);
  }

  void settle() {
    if (!accepted_.pending() && !finished_.pending()) delete this;
  }

 private:
  ~Question() = default;

  void on_accepted(bool ok) {
    if (!ok) return;
    new Question(parts_);
    finished_tag_ = finished_.begin();  // before another thread answers
    std::uint64_t id = 0;
    {
      const absl::MutexLock lock(&parts_.asked->mutex);
      id = ++parts_.asked->last;
      parts_.asked->waiting.emplace(id, this);
    }
    parts_.act(words_.words(), [asked = parts_.asked, id](const Answer& answer) {
      const absl::MutexLock lock(&asked->mutex);
      const auto found = asked->waiting.find(id);
      if (found == asked->waiting.end()) return;
      found->second->answer(answer);
      asked->waiting.erase(found);
    });
  }
  void on_finished(bool /*ok*/) {}

  Parts& parts_;
  grpc::ServerContext context_;
  AdminWords words_;
  grpc::ServerAsyncResponseWriter<AdminAnswer> writer_;
  rpc::Operation<Question> accepted_{*this, &Question::on_accepted};
  rpc::Operation<Question> finished_{*this, &Question::on_finished};
  rpc::Completion* finished_tag_ = nullptr;
};

bool AdminEndpoint::Parts::serve() {
  grpc::ServerBuilder builder;
  builder.SetOption(std::make_unique<WithoutPlugins>());
  builder.SetMaxReceiveMessageSize(kMaxWordsBytes);
  builder.RegisterService(&service);
  connections = builder.experimental().AddExternalConnectionAcceptor(
      grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD,
      grpc::InsecureServerCredentials());
  queue = builder.AddCompletionQueue();
  server = builder.BuildAndStart();
  if (!server) return false;
  new Question(*this);  // deletes itself
  answering = std::jthread([this] { answer_until_stopped(); });
  accepting = std::jthread([this] { accept_until_stopped(); });
  return true;
}

void AdminEndpoint::Parts::stop() {
  if (!server) return;
  ::unlink(path.c_str());
  std::ignore = eventfd_write(wake.get(), 1);
  accepting.join();
  {
    const absl::MutexLock lock(&mutex);
    stopping = true;
  }
  answer_who_waits();
  server->Shutdown(rpc::deadline_in(kFarewell));
  queue->Shutdown();
  answering.join();
  server.reset();
}

/// Whoever has asked for the end is answered by whoever begins it, a moment later.
void AdminEndpoint::Parts::answer_who_waits() {
  Asked& those = *asked;
  const absl::MutexLock lock(&those.mutex);
  const auto all_are_answered = [&those]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(those.mutex) {
    return those.waiting.empty();
  };
  those.mutex.AwaitWithTimeout(absl::Condition(&all_are_answered), absl::FromChrono(kFarewell));
  for (const auto& [id, question] : those.waiting) {
    question->answer(absl::AbortedError("the server ends, and may or may not have kept that"));
  }
  those.waiting.clear();
}

void AdminEndpoint::Parts::accept_until_stopped() {
  std::vector<pollfd> ready;
  do {
    forget_who_left(ready);
    ready = {pollfd{wake.get(), POLLIN, 0}, pollfd{listener.get(), POLLIN, 0}};
    for (const base::FileDescriptor& peer : peers) ready.push_back({peer.get(), POLLRDHUP, 0});
    if (poll(ready.data(), ready.size(), -1) < 0 && errno != EINTR) return;
    if (ready[1].revents != 0) accept_all();
  } while (ready[0].revents == 0);
}

void AdminEndpoint::Parts::forget_who_left(const std::vector<pollfd>& looked_at) {
  std::erase_if(peers, [&](const base::FileDescriptor& peer) {
    const auto found = std::ranges::find(looked_at, peer.get(), &pollfd::fd);
    return found != looked_at.end() && found->revents != 0;
  });
  const absl::MutexLock lock(&mutex);
  connected = peers.size();
}

void AdminEndpoint::Parts::accept_all() {
  for (;;) {
    base::FileDescriptor fd(
        accept4(listener.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!fd.valid()) return;
    if (!base::is_own_peer(fd.get())) {
      base::log(base::LogLevel::kWarning, "admin_refused", {{"why", "another user"}});
      continue;
    }
    peers.emplace_back(fcntl(fd.get(), F_DUPFD_CLOEXEC, 0));
    Acceptor::NewConnectionParameters parameters;
    parameters.fd = fd.release();
    connections->HandleNewConnection(&parameters);
  }
}

/// False once it is to end. Whoever waits for gRPC is woken for what other threads' queues are to
/// do as well, so while nobody is connected, nobody does: it would cost the calls a tenth of their
/// CPU.
bool AdminEndpoint::Parts::wait_for_work() {
  const auto has_work = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    return connected > 0 || stopping;
  };
  const absl::MutexLock lock(&mutex, absl::Condition(&has_work));
  return !stopping;
}

void AdminEndpoint::Parts::answer_until_stopped() {
  void* tag = nullptr;
  bool ok = false;
  while (wait_for_work()) {
    const auto status = queue->AsyncNext(&tag, &ok, rpc::deadline_in(kLook));
    if (status == grpc::CompletionQueue::GOT_EVENT) {
      static_cast<rpc::Completion*>(tag)->complete(ok);
    }
  }
  while (queue->Next(&tag, &ok)) static_cast<rpc::Completion*>(tag)->complete(ok);
}

absl::StatusOr<std::unique_ptr<AdminEndpoint>> AdminEndpoint::start(const std::string& path,
                                                                    Act act) {
  absl::StatusOr<base::FileDescriptor> listener = base::listen_on_unix_socket(path);
  if (!listener.ok()) {
    return absl::UnavailableError("cannot listen on the admin socket " + base::safe_text(path) +
                                  ": " + std::string(listener.status().message()) +
                                  "; give another with --admin_socket, or none: ''");
  }
  auto parts = std::make_unique<Parts>(path, std::move(act));
  parts->listener = *std::move(listener);
  if (!parts->serve()) {
    return absl::InternalError("gRPC cannot serve the admin socket; --log_level debug shows why");
  }
  return std::unique_ptr<AdminEndpoint>(new AdminEndpoint(std::move(parts)));
}

AdminEndpoint::AdminEndpoint(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
AdminEndpoint::~AdminEndpoint() = default;

absl::StatusOr<std::string> ask_admin(const std::string& path, const std::string& words) {
  const auto channel = grpc::CreateChannel("unix:" + path, grpc::InsecureChannelCredentials());
  const std::unique_ptr<Admin::Stub> stub = Admin::NewStub(channel);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kPatience);
  AdminWords question;
  question.set_words(words);
  AdminAnswer answer;
  const grpc::Status status = stub->Do(&context, question, &answer);
  if (status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED) {
    return absl::InvalidArgumentError("these words are too long");
  }
  if (!status.ok()) return absl::UnavailableError(status.error_message());
  if (answer.status() == 0) return answer.text();
  return absl::Status(static_cast<absl::StatusCode>(answer.status()), answer.text());
}

}  // namespace comcat::server
