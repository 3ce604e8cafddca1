#include "node_names.h"

namespace comcat::server {

std::vector<wire::NodeNumber> other_nodes(const ClusterLink& link) {
  std::vector<wire::NodeNumber> out;
  for (const auto& [number, node] : link.cluster().nodes().all()) out.push_back(number);
  return out;
}

std::string node_name(const ClusterLink& link, wire::NodeNumber node) {
  const auto& all = link.cluster().nodes().all();
  const auto found = all.find(node);
  return found == all.end() ? std::to_string(node) : found->second.told.name;
}

std::string silent_nodes(const ClusterLink& link, const std::vector<wire::NodeNumber>& silent) {
  if (silent.empty()) return "";
  std::string names;
  for (const wire::NodeNumber node : silent) {
    names += (names.empty() ? "" : ", ") + node_name(link, node);
  }
  return "not answered in time: " + names;
}

std::string without_silent(const ClusterLink& link, const std::vector<wire::NodeNumber>& silent) {
  return silent.empty() ? "" : "; " + silent_nodes(link, silent);
}

}  // namespace comcat::server
