#pragma once

#include <optional>

#include "comcat/wire/messages.h"

#include "calling.pb.h"

/// What the two ends tell each other of their datagrams, to and from protobuf. Threads: any.
namespace comcat::wire {

void fill(::DatagramReport& out, const DatagramReport& report);
[[nodiscard]] DatagramReport report_from(const ::DatagramReport& report);

void fill(::DatagramOffer& out, const DatagramOffer& offer);
/// Nothing where it names no port, or an epoch that cannot be: then there are no datagrams.
[[nodiscard]] std::optional<DatagramOffer> offer_from(const ::DatagramOffer& offer);

}  // namespace comcat::wire
