#pragma once

#include <string_view>

#include "comcat/wire/cluster_messages.h"

#include "cluster.pb.h"

/// Whom a node has in a room, to and from protobuf; and what of it is not believed. Threads: any.
namespace comcat::wire {

void fill(::comcat_cluster::Resident& out, const Resident& resident);
[[nodiscard]] Resident resident_from(const ::comcat_cluster::Resident& resident);

/// What is wrong with it, as a sentence that is safe to print; empty where nothing is.
[[nodiscard]] std::string_view fault_of(const Resident& resident);
/// Whether it may be Resident::key_hash.
[[nodiscard]] bool is_key_hash(std::string_view hash);
/// The same of a name, of a person or a room.
[[nodiscard]] std::string_view fault_of_name(std::string_view name);

}  // namespace comcat::wire
