#pragma once

#include <string_view>

#include "comcat/wire/cluster_messages.h"

#include "cluster.pb.h"

/// What all nodes keep alike, to and from protobuf; and what of it is not believed: a sentence that
/// is safe to print, empty where nothing is wrong. Threads: any.
namespace comcat::wire {

void fill(::comcat_cluster::RecordsTold& out, const RecordsTold& it);
void fill(::comcat_cluster::RecordsAsked& out, const RecordsAsked& it);
void fill(::comcat_cluster::ClaimAsked& out, const ClaimAsked& it);
void fill(::comcat_cluster::PairAsked& out, const PairAsked& it);
void fill(::comcat_cluster::ClaimAnswered& out, const ClaimAnswered& it);

[[nodiscard]] RecordsTold from(const ::comcat_cluster::RecordsTold& in);
[[nodiscard]] RecordsAsked from(const ::comcat_cluster::RecordsAsked& in);
[[nodiscard]] ClaimAsked from(const ::comcat_cluster::ClaimAsked& in);
[[nodiscard]] PairAsked from(const ::comcat_cluster::PairAsked& in);
[[nodiscard]] ClaimAnswered from(const ::comcat_cluster::ClaimAnswered& in);

[[nodiscard]] std::string_view fault_of(const RecordsTold& it);
[[nodiscard]] std::string_view fault_of(const RecordsAsked& it);
[[nodiscard]] std::string_view fault_of(const ClaimAsked& it);
[[nodiscard]] std::string_view fault_of(const PairAsked& it);
[[nodiscard]] std::string_view fault_of(const ClaimAnswered& it);

}  // namespace comcat::wire
