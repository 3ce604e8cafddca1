#include "comcat/store/journal.h"

#include <iterator>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "database.h"

namespace comcat::store {
namespace {

constexpr std::chrono::hours kForgetEvery{1};

WallTime system_clock() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

absl::Status not_kept(const absl::Status& why) {
  return absl::UnavailableError("your text was not said, as the server cannot keep it (" +
                                std::string(why.message()) + "); try again");
}

absl::Status not_shown(const absl::Status& why) {
  return absl::UnavailableError("the server cannot read earlier texts (" +
                                std::string(why.message()) + "); try again");
}

}  // namespace

absl::StatusOr<std::unique_ptr<Journal>> Journal::open(JournalOptions options) {
  if (!options.wall_clock) options.wall_clock = system_clock;
  absl::StatusOr<std::unique_ptr<Database>> database =
      Database::open({options.directory, options.keep, options.max_bytes, options.follows_log},
                     options.wall_clock());
  if (!database.ok()) return database.status();
  return std::unique_ptr<Journal>(new Journal(std::move(options), *std::move(database)));
}

Journal::Journal(JournalOptions options, std::unique_ptr<Database> database)
    : options_(std::move(options)),
      database_(std::move(database)),
      followed_(database_->followed()),
      forget_at_(options_.wall_clock() + kForgetEvery) {}

Journal::~Journal() {
  {
    const absl::MutexLock lock(&mutex_);
    ending_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

void Journal::start(Sink sink) {
  sink_ = std::move(sink);
  thread_ = std::jthread([this] { run(); });
}

bool Journal::ask(Request request) {
  const absl::MutexLock lock(&mutex_);
  if (waiting_.size() >= kMaxRequests) return false;
  waiting_.push_back(std::move(request));
  return true;
}

// ---- the thread

void Journal::run() {
  for (;;) {
    std::deque<Request> requests = take();
    if (requests.empty() && is_ending()) return;
    answer_all(std::move(requests));
    forget_hourly();
  }
}

std::deque<Request> Journal::take() {
  const absl::MutexLock lock(&mutex_);
  const auto has_something = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return ending_ || !waiting_.empty();
  };
  mutex_.AwaitWithTimeout(absl::Condition(&has_something), absl::FromChrono(kForgetEvery));
  return std::exchange(waiting_, {});
}

bool Journal::is_ending() const {
  const absl::MutexLock lock(&mutex_);
  return ending_;
}

void Journal::answer_all(std::deque<Request> requests) {
  while (!requests.empty()) {
    const auto& what = requests.front().what;
    if (std::holds_alternative<Append>(what)) {
      sink_(append_next(requests));
    } else if (std::holds_alternative<Read>(what)) {
      sink_(read_next(requests));
    } else {
      sink_(place_next(requests));
    }
  }
}

/// All that is to be kept before the next request of another kind, in one transaction.
std::vector<Answer> Journal::append_next(std::deque<Request>& requests) {
  std::vector<Answer> answers;
  std::vector<const Append*> texts;
  for (const Request& request : requests) {
    const auto* const text = std::get_if<Append>(&request.what);
    if (text == nullptr) break;
    texts.push_back(text);
    answers.push_back({request.ticket, absl::OkStatus(), {}, false});
  }
  absl::StatusOr<std::vector<Text>> stored = database_->append(texts, options_.wall_clock());
  for (std::size_t i = 0; i < answers.size(); ++i) {
    if (stored.ok()) {
      answers[i].texts.push_back(std::move((*stored)[i]));
    } else {
      answers[i].status = not_kept(stored.status());
    }
  }
  requests.erase(requests.begin(), std::next(requests.begin(), static_cast<long>(answers.size())));
  return answers;
}

/// All Reads before the next request of another kind.
std::vector<Answer> Journal::read_next(std::deque<Request>& requests) {
  std::vector<Answer> answers;
  while (!requests.empty()) {
    const auto* const wanted = std::get_if<Read>(&requests.front().what);
    if (wanted == nullptr) break;
    absl::StatusOr<Database::Page> page = database_->read(*wanted, options_.wall_clock());
    if (page.ok()) {
      answers.push_back(
          {requests.front().ticket, absl::OkStatus(), std::move(page->texts), page->more});
    } else {
      answers.push_back({requests.front().ticket, not_shown(page.status()), {}, false});
    }
    requests.pop_front();
  }
  return answers;
}

/// Whoever is there hears what was said, whether or not it can be read here later.
std::vector<Answer> Journal::place_next(std::deque<Request>& requests) {
  Request request = std::move(requests.front());
  requests.pop_front();
  Place& place = std::get<Place>(request.what);
  const absl::Status kept = database_->place(place);
  std::vector<Answer> answers;
  answers.push_back({request.ticket, kept, {}, false, std::move(place.texts)});
  return answers;
}

void Journal::forget_hourly() {
  const WallTime now = options_.wall_clock();
  if (now < forget_at_) return;
  forget_at_ = now + kForgetEvery;
  std::ignore = database_->forget(now);  // it logs; the next hour tries again
}

}  // namespace comcat::store
