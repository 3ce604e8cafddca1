#pragma once

#include <string_view>

#include "comcat/wire/cluster_messages.h"

#include "cluster.pb.h"

/// What nodes ask of each other for somebody, to and from protobuf; and what of it is not believed:
/// a sentence that is safe to print, empty where nothing is wrong. Threads: any.
namespace comcat::wire {

inline constexpr int kMaxStatus = 16;  // UNAUTHENTICATED, the last of gRPC's

void fill(::comcat_cluster::PrivateText& out, const PrivateText& it);
void fill(::comcat_cluster::Order& out, const Order& it);
void fill(::comcat_cluster::Answered& out, const Answered& it);
void fill(::comcat_cluster::PeopleAsked& out, const PeopleAsked& it);
void fill(::comcat_cluster::PeopleAnswered& out, const PeopleAnswered& it);
void fill(::comcat_cluster::RoomsAsked& out, const RoomsAsked& it);
void fill(::comcat_cluster::RoomsAnswered& out, const RoomsAnswered& it);

[[nodiscard]] PrivateText from(const ::comcat_cluster::PrivateText& in);
[[nodiscard]] Order from(const ::comcat_cluster::Order& in);
[[nodiscard]] Answered from(const ::comcat_cluster::Answered& in);
[[nodiscard]] PeopleAsked from(const ::comcat_cluster::PeopleAsked& in);
[[nodiscard]] PeopleAnswered from(const ::comcat_cluster::PeopleAnswered& in);
[[nodiscard]] RoomsAsked from(const ::comcat_cluster::RoomsAsked& in);
[[nodiscard]] RoomsAnswered from(const ::comcat_cluster::RoomsAnswered& in);

[[nodiscard]] std::string_view fault_of(const PrivateText& it);
[[nodiscard]] std::string_view fault_of(const Order& it);
[[nodiscard]] std::string_view fault_of(const Answered& it);
[[nodiscard]] std::string_view fault_of(const PeopleAsked& it);
[[nodiscard]] std::string_view fault_of(const PeopleAnswered& it);
[[nodiscard]] std::string_view fault_of(const RoomsAsked& it);
[[nodiscard]] std::string_view fault_of(const RoomsAnswered& it);

}  // namespace comcat::wire
