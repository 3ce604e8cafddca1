#include "datagram_path.h"

#include <memory>
#include <string>
#include <utility>

#include "comcat/datagram/control.h"
#include "comcat/wire/convert.h"

#include "datagram_paths.h"

namespace comcat::server {
namespace {

using datagram::Type;
using datagram::Way;

// Of a caller's probes, echoes and reports: twice what an end has to send at most.
constexpr double kControlPerSecond = 20;
constexpr double kControlAtOnce = 40;

/// Where nobody guesses a token there is none, and the address is never believed.
std::uint64_t token() {
  return datagram::random_number().value_or(0);
}

}  // namespace

DatagramPath::DatagramPath(DatagramPaths& paths, Caller& caller, std::uint32_t connection,
                           datagram::Sealer sealer, base::Time now)
    : paths_(paths),
      caller_(caller),
      connection_(connection),
      sealer_(std::move(sealer)),
      state_(/*keeps_alive=*/false, now),
      control_(kControlPerSecond, kControlAtOnce) {}

DatagramPath::~DatagramPath() {
  paths_.forget(*this);
}

bool DatagramPath::send(const Payload& frame, base::Time /*now*/) {
  const Way way = state_.way();
  if (way == Way::kStream || frame->size() > datagram::kMaxBodyBytes) return false;
  if (waiting_.empty()) paths_.flush_later(*this);
  waiting_.push_back(frame);
  return way == Way::kDatagram;
}

void DatagramPath::told(const wire::DatagramReport& report, base::Time now) {
  state_.told(report, now);
  if (repeater_) repeater_->told(report, now);
  settle();
}

void DatagramPath::arrived(const ArrivedDatagram& datagram, base::Time now) {
  const Type type = datagram.header.type;
  state_.received(datagram.header, now);
  const bool is_known = address_.believed() == datagram.from;
  const bool is_heard =
      address_.received(datagram.from, datagram.bytes, datagram.highest, is_known ? 0 : token());
  if (type != Type::kVoice && !control_.take(1, now)) return;
  if (type == Type::kProbe && is_heard) answer(datagram, now);
  if (type == Type::kEcho) believe(datagram, now);
  if (type == Type::kReport) {
    if (const auto report = datagram::parse_report(datagram.body)) told(*report, now);
  }
  if (!is_known && is_heard) challenge(datagram.from, now);
  settle();
}

void DatagramPath::answer(const ArrivedDatagram& probe, base::Time now) {
  const std::optional<datagram::Probe> asked = datagram::parse_probe(probe.body);
  if (!asked) return;
  const std::string echo = datagram::encode(state_.probe_came(*asked, now));
  if (!address_.may_send(probe.from, probe.bytes)) return;
  seal(Type::kEcho, echo, probe.from, now);
}

void DatagramPath::believe(const ArrivedDatagram& echo, base::Time now) {
  const std::optional<datagram::Probe> answer = datagram::parse_probe(echo.body);
  if (!answer) return;
  state_.echo_came(*answer, now);
  if (!address_.returned(echo.from, answer->token)) return;
  paths_.metrics().datagram_addresses.fetch_add(1, std::memory_order_relaxed);
  state_.moved(now);
  serve(now);
}

void DatagramPath::challenge(const DatagramAddress& to, base::Time now) {
  const std::optional<std::uint64_t> wanted = address_.challenge();
  if (!wanted || *wanted == 0) return;
  const std::string probe = datagram::encode(datagram::Probe{*wanted, state_.in().report()});
  if (!address_.may_send(to, probe.size() + datagram::kOverheadBytes)) return;
  seal(Type::kProbe, probe, to, now);
}

void DatagramPath::serve(base::Time now) {
  if (!address_.believed()) return;
  const datagram::PathState::Due due = state_.due(now);
  if (due.probe) {
    seal(Type::kProbe, datagram::encode(state_.probe(token(), now)), *address_.believed(), now);
  }
  if (due.report) report(now);
  settle();
}

void DatagramPath::report(base::Time now) {
  const datagram::Report told = state_.report(now);
  const Way way = state_.way();
  if (way != Way::kStream) seal(Type::kReport, datagram::encode(told), *address_.believed(), now);
  if (way != Way::kDatagram) {
    caller_.listener.send(std::make_shared<const std::string>(wire::encode_response(told)));
  }
}

void DatagramPath::flush(base::Time now) {
  paths_.metrics().frames_out.fetch_add(waiting_.size(), std::memory_order_relaxed);
  repeat_last(now);
  if (waiting_.size() == 1) {  // mostly
    seal(Type::kVoice, *waiting_.front(), *address_.believed(), now);
  } else {
    flush_together(now);
  }
  waiting_.clear();
  settle();
}

void DatagramPath::repeat_last(base::Time now) {
  const double loss = state_.out().loss();
  if (!repeater_ && loss >= datagram::Repetition::kBegin) repeater_ = std::make_unique<Repeater>();
  if (repeater_ && !repeater_->goes_on(loss, now)) repeater_.reset();
  if (repeater_) repeater_->add_last(waiting_);
}

/// As many in each datagram as it has room for.
void DatagramPath::flush_together(base::Time now) {
  std::string together;
  for (const Payload& frame : waiting_) {
    if (together.size() + frame->size() > datagram::kMaxBodyBytes) {
      seal(Type::kVoice, together, *address_.believed(), now);
      together.clear();
    }
    together += *frame;
  }
  seal(Type::kVoice, together, *address_.believed(), now);
}

void DatagramPath::seal(Type type, std::string_view body, const DatagramAddress& to,
                        base::Time now) {
  const std::uint64_t counter = sealer_.next_counter();
  const std::size_t bytes = sealer_.seal(type, body, paths_.outbox().space());
  if (bytes == 0) return;
  paths_.outbox().add(to, bytes);
  paths_.metrics().bytes_out.fetch_add(bytes, std::memory_order_relaxed);
  state_.sent(type, counter, now);
  if (repeater_) repeater_->sent(counter, now);
}

base::Time DatagramPath::next_deadline() const {
  return address_.believed() ? state_.next_deadline() : base::Time::max();
}

void DatagramPath::settle() {
  paths_.reschedule(*this);
  const bool by_datagrams = state_.way() != Way::kStream;
  if (std::exchange(by_datagrams_, by_datagrams) == by_datagrams) return;
  Metrics& metrics = paths_.metrics();
  (by_datagrams ? metrics.voice_to_datagrams : metrics.voice_to_stream)
      .fetch_add(1, std::memory_order_relaxed);
}

}  // namespace comcat::server
