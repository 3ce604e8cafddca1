#include "comcat/bus/jetstream.h"

#include <utility>

#include "jetstream_line.h"
#include "jetstream_reader.h"
#include "jetstream_writer.h"

namespace comcat::bus {
namespace {

class JetStreamLog final : public MessageLog {
 public:
  JetStreamLog(NatsOptions nats, JetStreamOptions options)
      : nats_(std::move(nats)), options_(std::move(options)) {}
  ~JetStreamLog() override { line_.end(); }

  [[nodiscard]] bool append(Record record, OnAppended on_appended) override {
    return writer_.append(std::move(record), std::move(on_appended));
  }
  void follow(LogPosition position, bool from_now, OnPage on_page) override {
    reader_.start(position, from_now, std::move(on_page));
    writer_.start();
  }
  [[nodiscard]] std::shared_ptr<const LogCounters> counters() const override { return counters_; }

 private:
  const NatsOptions nats_;
  const JetStreamOptions options_;
  const std::shared_ptr<LogCounters> counters_ = std::make_shared<LogCounters>();
  JetStreamLine line_;
  JetStreamReader reader_{nats_, options_, line_, *counters_};
  JetStreamWriter writer_{options_, line_};
};

}  // namespace

std::unique_ptr<MessageLog> make_jetstream_log(NatsOptions nats, JetStreamOptions options) {
  return std::make_unique<JetStreamLog>(std::move(nats), std::move(options));
}

}  // namespace comcat::bus
