#include "support/jack_rig.h"

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <tuple>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace comcat::testing {
namespace {

/// A variable of this process's environment, for as long as it lives.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) {
    const char* const before = std::getenv(name);
    if (before != nullptr) before_ = before;
    setenv(name, value.c_str(), 1);
  }
  ~Variable() {
    if (before_) {
      setenv(name_, before_->c_str(), 1);
    } else {
      unsetenv(name_);
    }
  }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* const name_;
  std::optional<std::string> before_;
};

/// A configuration of ALSA whose one device cannot be opened. PortAudio aborts where there is none.
std::string no_alsa_devices(const TemporaryDirectory& directory) {
  const std::string path = directory.file("alsa.conf");
  std::ofstream(path) << "pcm.absent { type hw card 31 }\n";
  return path;
}

constexpr std::chrono::seconds kPatience{15};

void ignore_message(const char*) {}

/// Takes one of a few fixed names for as long as this process lives. JACK allows eight servers on a
/// machine and never forgets the name of one that was killed, except to a new one of that name.
std::string lease_name() {
  static std::string leased;
  for (int i = 0; leased.empty() && i < 6; ++i) {
    const std::string name = "comcat-test-" + std::to_string(getuid()) + "-" + std::to_string(i);
    const int fd = open(("/tmp/" + name + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0) {
      leased = name;  // the lock goes with the process
    } else if (fd >= 0) {
      close(fd);
    }
  }
  return leased;
}

/// jack_wait says when a server can be joined.
bool wait_for_server(const std::string& name) {
  return Process({"/usr/bin/jack_wait", "-s", name, "-w", "-t", "10"}).wait_exit(kPatience) == 0;
}

/// A server that may say goodbye gives back its name, of which JACK has room for eight.
void end(Process& server) {
  server.signal(SIGTERM);
  std::ignore = server.wait_exit(std::chrono::seconds(5));
}

/// A server that was killed leaves its shared memory and semaphores behind.
void sweep_after(const std::string& server) {
  std::error_code error;
  for (const auto& file : std::filesystem::directory_iterator("/dev/shm", error)) {
    if (file.path().filename().string().find("_" + server + "_") == std::string::npos) continue;
    std::filesystem::remove(file.path(), error);
  }
}

/// Two servers that start at the same moment spoil each other's entry in JACK's shared memory, so
/// the rigs of all test programs start one after the other.
class StartLock {
 public:
  StartLock()
      : file_(open((std::filesystem::temp_directory_path() / "comcat-jack-rig.lock").c_str(),
                   O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
    if (file_ >= 0) flock(file_, LOCK_EX);
  }
  ~StartLock() {
    if (file_ >= 0) close(file_);
  }
  StartLock(const StartLock&) = delete;
  StartLock& operator=(const StartLock&) = delete;

 private:
  const int file_;
};

std::vector<std::string> server_command(const std::string& name, JackRig::Pace pace, int rate_hz,
                                        int period_frames) {
  std::vector<std::string> command = {"/usr/bin/jackd", "-n", name};
  // Who may have no such priority goes on without it.
  const auto how = pace == JackRig::Pace::kWaits ? std::vector<std::string>{"-r", "-S"}
                                                 : std::vector<std::string>{"-R", "-P10", "-m"};
  command.insert(command.end(), how.begin(), how.end());
  for (const std::string& word :
       {std::string("-d"), std::string("dummy"), std::string("-r"), std::to_string(rate_hz),
        std::string("-p"), std::to_string(period_frames)}) {
    command.push_back(word);
  }
  return command;
}

std::vector<std::string> take(const char** names) {
  std::vector<std::string> out;
  for (const char** name = names; name != nullptr && *name != nullptr; ++name) out.push_back(*name);
  jack_free(names);
  return out;
}

}  // namespace

std::unique_ptr<Process> JackRig::run_server(const std::string& name, Pace pace, int rate_hz,
                                             int period_frames) {
  Process::Options options;
  options.environment = {{"JACK_NO_AUDIO_RESERVATION", "1"}};
  options.quiet = true;
  const StartLock one_at_a_time;
  for (int attempt = 0; attempt < 3; ++attempt) {
    auto server =
        std::make_unique<Process>(server_command(name, pace, rate_hz, period_frames), options);
    if (wait_for_server(name)) return server;
    end(*server);
  }
  return nullptr;
}

std::unique_ptr<JackRig> JackRig::start(Pace pace, int period_frames) {
  jack_set_error_function(ignore_message);
  jack_set_info_function(ignore_message);
  const std::string name = lease_name();
  auto server = run_server(name, pace, 48'000, period_frames);
  if (server == nullptr) return nullptr;
  auto rig = std::unique_ptr<JackRig>(new JackRig(name, pace, std::move(server)));
  return rig->client_ == nullptr ? nullptr : std::move(rig);
}

struct JackRig::Surroundings {
  explicit Surroundings(const std::string& server) : jack("JACK_DEFAULT_SERVER", server) {}

  TemporaryDirectory directory;
  Variable jack;
  Variable alsa{"ALSA_CONFIG_PATH", no_alsa_devices(directory)};
};

JackRig::JackRig(std::string name, Pace pace, std::unique_ptr<Process> server)
    : name_(std::move(name)),
      pace_(pace),
      surroundings_(std::make_unique<Surroundings>(name_)),
      server_(std::move(server)) {
  watch_graph();
}

void JackRig::watch_graph() {
  const auto options = static_cast<jack_options_t>(JackNoStartServer | JackServerName);
  client_ = jack_client_open("rig", options, nullptr, name_.c_str());
  if (client_ == nullptr) return;
  jack_set_port_registration_callback(client_, &JackRig::on_change, this);
  jack_set_xrun_callback(client_, &JackRig::on_xrun, this);
  jack_activate(client_);
}

JackRig::~JackRig() {
  if (client_ != nullptr) jack_client_close(client_);
  if (server_ != nullptr) end(*server_);
  sweep_after(name_);
}

void JackRig::on_change(jack_port_id_t /*port*/, int /*registered*/, void* rig) {
  auto& self = *static_cast<JackRig*>(rig);
  const absl::MutexLock lock(&self.mutex_);
  ++self.changes_;
}

int JackRig::on_xrun(void* rig) {
  ++static_cast<JackRig*>(rig)->xruns_;
  return 0;
}

bool JackRig::connect(const std::string& from, const std::string& to) {
  const int error = jack_connect(client_, from.c_str(), to.c_str());
  return error == 0 || error == EEXIST;
}

bool JackRig::disconnect(const std::string& from, const std::string& to) {
  return jack_disconnect(client_, from.c_str(), to.c_str()) == 0;
}

std::vector<std::string> JackRig::ports() {
  return take(jack_get_ports(client_, nullptr, JACK_DEFAULT_AUDIO_TYPE, 0));
}

std::vector<std::string> JackRig::connections_of(const std::string& port) {
  jack_port_t* const found = jack_port_by_name(client_, port.c_str());
  if (found == nullptr) return {};
  return take(jack_port_get_all_connections(client_, found));
}

bool JackRig::wait_for_port(const std::string& port, std::chrono::milliseconds timeout) {
  return wait_for(port, true, timeout);
}

bool JackRig::wait_until_gone(const std::string& port, std::chrono::milliseconds timeout) {
  return wait_for(port, false, timeout);
}

bool JackRig::wait_for(const std::string& port, bool there, std::chrono::milliseconds timeout) {
  const absl::Time deadline = absl::Now() + absl::FromChrono(timeout);
  for (;;) {
    int seen = 0;
    {
      const absl::MutexLock lock(&mutex_);
      seen = changes_;
    }
    if ((jack_port_by_name(client_, port.c_str()) != nullptr) == there) return true;
    const absl::MutexLock lock(&mutex_);
    const auto changed = [&]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return changes_ != seen; };
    if (!mutex_.AwaitWithDeadline(absl::Condition(&changed), deadline)) return false;
  }
}

void JackRig::kill_server() {
  server_->signal(SIGKILL);
  std::ignore = server_->wait_exit(kPatience);
}

void JackRig::stop_server() {
  server_->signal(SIGTERM);
  std::ignore = server_->wait_exit(kPatience);
}

void JackRig::hang_server() {
  server_->signal(SIGSTOP);
}

void JackRig::wake_server() {
  server_->signal(SIGCONT);
}

bool JackRig::change_period(int period_frames) {
  return jack_set_buffer_size(client_, static_cast<jack_nframes_t>(period_frames)) == 0;
}

bool JackRig::start_server(int rate_hz, int period_frames) {
  if (client_ != nullptr) jack_client_close(std::exchange(client_, nullptr));
  sweep_after(name_);
  server_ = run_server(name_, pace_, rate_hz, period_frames);
  if (server_ == nullptr) return false;
  watch_graph();
  return client_ != nullptr;
}

}  // namespace comcat::testing
