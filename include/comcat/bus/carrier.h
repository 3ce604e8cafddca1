#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace comcat::bus {

/// What carries the bytes of a Bus to the others that are joined to the same network: NATS, or what
/// a test has in its place. Of what the bytes say it knows nothing.
///
/// Order      what one carrier sends to a subject arrives in that order, or not at all.
/// Threads    all calls from one, the bus's writer, but for is_connected(), from any. None waits
///            longer than kWriteDeadline, except start() and stop(), which may take seconds.
class Carrier {
 public:
  /// Who gets what arrives.
  class Receiver {
   public:
    virtual ~Receiver() = default;
    /// One call at a time, from a thread of the carrier's.
    virtual void arrive(std::string_view subject, std::string_view bytes) = 0;
    /// The connection has come, gone, or been lost and replaced. From any thread.
    virtual void connection_changed() = 0;
    /// Something that arrived was dropped, because too much waited. From any thread.
    virtual void overflowed() = 0;
  };

  virtual ~Carrier() = default;

  /// Begins to connect, and goes on for as long as it takes. `receiver` outlives stop().
  virtual void start(Receiver& receiver) = 0;
  /// The receiver is called no more once it returns.
  virtual void stop() = 0;
  /// To be called now and then: does what time has brought.
  virtual void tend() {}

  [[nodiscard]] virtual bool is_connected() const = 0;
  /// How often a connection was there again after one was lost.
  [[nodiscard]] virtual std::uint64_t reconnects() const = 0;

  /// False where it has certainly not been sent.
  [[nodiscard]] virtual bool send(const std::string& subject, const std::string& bytes) = 0;
  /// From now on, and over every loss of the connection.
  virtual void subscribe(const std::string& subject) = 0;
  virtual void unsubscribe(const std::string& subject) = 0;
};

}  // namespace comcat::bus
