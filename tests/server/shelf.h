#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "comcat/store/keeper.h"

namespace comcat::server {

/// A keeper in memory, which answers when the test wants it.
class Shelf final : public store::Keeper {
 public:
  static constexpr std::size_t kPageTexts = 4;  // of those that somebody missed

  bool ask(store::Request request) override {
    if (full) return false;
    asked.push_back(std::move(request));
    return true;
  }

  /// The answers to all that was asked so far.
  std::vector<store::Answer> take_answers() {
    std::vector<store::Answer> out;
    for (; !asked.empty(); asked.pop_front()) out.push_back(answer(asked.front()));
    return out;
  }

  /// Puts a text there as if it had been said before anybody came.
  std::uint64_t put(const std::string& room, const std::string& name, const std::string& text) {
    std::vector<store::Text>& texts = rooms[room];
    texts.push_back({100 + texts.size(), store::WallTime(std::chrono::hours(1)), name, text});
    return texts.back().number;
  }

  bool full = false;
  absl::Status fault;  // what every request fails with
  std::deque<store::Request> asked;
  std::map<std::string, std::vector<store::Text>> rooms;  // by key

 private:
  store::Answer answer(const store::Request& request) {
    store::Answer out{request.ticket, fault, {}, false};
    if (const auto* const place = std::get_if<store::Place>(&request.what)) {
      out.placed = place->texts;
      for (const store::LoggedText& it : place->texts) {
        if (fault.ok()) rooms[it.room].push_back(it.text);
      }
      return out;
    }
    if (!fault.ok()) return out;
    if (const auto* const append = std::get_if<store::Append>(&request.what)) {
      put(append->room, append->name, append->text);
      out.texts = {rooms[append->room].back()};
    } else {
      look(std::get<store::Read>(request.what), out);
    }
    return out;
  }

  void look(const store::Read& wanted, store::Answer& out) {
    const std::size_t most = wanted.after == 0 ? wanted.most : kPageTexts;
    std::vector<store::Text> found;
    for (const store::Text& text : rooms[wanted.room]) {
      if (text.number > wanted.after && (wanted.before == 0 || text.number < wanted.before)) {
        found.push_back(text);
      }
    }
    out.more = found.size() > most;
    if (out.more && wanted.after == 0) found.erase(found.begin(), found.end() - long(most));
    if (out.more && wanted.after != 0) found.resize(most);
    out.texts = std::move(found);
  }
};

}  // namespace comcat::server
