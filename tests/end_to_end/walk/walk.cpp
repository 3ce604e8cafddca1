#include "end_to_end/walk/walk.h"

#include <algorithm>
#include <tuple>

#include <gtest/gtest.h>

#include "support/absence.h"
#include "support/metronome.h"

namespace comcat::testing {
namespace {

using std::chrono::milliseconds;

constexpr int kWalkers = 10;
constexpr milliseconds kStep{20};
constexpr milliseconds kLatest{250};
constexpr milliseconds kQueue{200};  // voice that waits longer in the server is dropped
constexpr std::chrono::seconds kPatience{30};

using Texts = std::vector<std::string>;

/// False where two texts that both have stand in another order.
bool same_order(const Texts& one, const Texts& other) {
  std::map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < one.size(); ++i) places[one[i]] = i;
  std::size_t last = 0;
  for (const std::string& text : other) {
    const auto place = places.find(text);
    if (place == places.end()) continue;
    if (place->second < last) return false;
    last = place->second;
  }
  return true;
}

bool has(const Texts& texts, const std::string& text) {
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

}  // namespace

Walk::Walk(int port, unsigned seed) : pair_(port) {
  for (unsigned i = 0; i < kWalkers; ++i) {
    walkers_.emplace_back(port, "walker " + std::to_string(i), seed * kWalkers + i);
  }
  come_to_rest();
}

void Walk::round(milliseconds time) {
  const AbsenceWatch watch;
  pair_.talk();
  Metronome metronome(kStep);
  for (const base::Time end = base::steady_now() + time; metronome.wait() < end;) {
    for (Walker& walker : walkers_) walker.step(base::steady_now());
    note_said();
  }
  come_to_rest();
  check_pair(watch.longest());
  check_texts();
  check_complaints();
}

void Walk::note_said() {
  for (Walker& speaker : walkers_) {
    for (const Walker::Said& it : speaker.take_said()) {
      for (const Walker& walker : walkers_) {
        if (!walker.has_stayed(it.room, it.asked)) continue;
        duties_.emplace_back(walker.truth().session, it.text);
      }
    }
  }
}

void Walk::come_to_rest() {
  const bool rest = await(kPatience, [&] {
    const base::Time now = base::steady_now();
    bool all = true;
    for (Walker& walker : walkers_) all = walker.rest(now) && all;
    note_said();
    return all;
  });
  EXPECT_TRUE(rest) << "somebody does not get in, or waits for an outcome";
  std::string why;
  EXPECT_TRUE(!rest || await(kPatience, [&] { return all_know_the_truth(why); })) << why;
}

std::map<std::string, RoomView> Walk::rooms() {
  std::map<std::string, RoomView> rooms;
  const auto add = [&](const std::string& room, unsigned session, const Neighbour& one) {
    rooms[room].room = room;
    rooms[room].people[session] = one;
  };
  add("lobby", pair_.an().session(), {.name = "an"});
  add("lobby", pair_.bo().session(), {.name = "bo"});
  for (const Walker& walker : walkers_) {
    const Walker::Truth& it = walker.truth();
    add(it.room, it.session, {walker.name(), it.muted, it.deafened});
  }
  return rooms;
}

bool Walk::all_know_the_truth(std::string& why) {
  const std::map<std::string, RoomView> all = rooms();
  const auto knows = [&](const std::string& who, const Visitor* visitor, const std::string& room) {
    if (visitor == nullptr) {
      why = who + " was sent away at rest";
      return false;
    }
    const RoomView view = visitor->view();
    if (view == all.at(room)) return true;
    why = who + " believes " + to_text(view) + "\nbut the truth is " + to_text(all.at(room));
    return false;
  };
  return knows("an", &pair_.an(), "lobby") && knows("bo", &pair_.bo(), "lobby") &&
         std::all_of(walkers_.begin(), walkers_.end(), [&](Walker& walker) {
           return knows(walker.name(), walker.visitor(), walker.truth().room);
         });
}

void Walk::check_texts() {
  std::map<unsigned, Texts> texts;  // by session
  const auto all_came = [&] {
    for (Walker& walker : walkers_) {
      if (walker.visitor() == nullptr) continue;
      Texts& its = texts[walker.truth().session];
      for (std::string& text : walker.visitor()->take_texts()) its.push_back(std::move(text));
    }
    return std::all_of(duties_.begin(), duties_.end(), [&](const Duty& duty) {
      const auto its = texts.find(duty.first);  // none: it has gone since
      return its == texts.end() || has(its->second, duty.second);
    });
  };
  EXPECT_TRUE(await(kPatience, all_came)) << "somebody lacks a text";
  texts_due_ += duties_.size();
  duties_.clear();
  for (const auto& [one, its] : texts) {
    for (const auto& [other, others] : texts) {
      EXPECT_TRUE(same_order(its, others)) << "texts of sessions " << one << " and " << other;
    }
  }
}

void Walk::check_pair(base::Duration away) {
  Pair::Heard heard;
  const bool all = await(kPatience, [&] {
    heard = pair_.pause();
    return heard.heard >= heard.said;
  });
  const auto away_ms = std::chrono::ceil<milliseconds>(away);
  const std::string excuse =
      "the machine was away for " + std::to_string(away_ms.count()) + " ms at most";
  EXPECT_TRUE(all || away > kQueue / 2)
      << "the pair heard " << heard.heard << " of " << heard.said << " frames; " << excuse;
  const auto latest = std::chrono::ceil<milliseconds>(heard.latest);
  EXPECT_LE(latest.count(), (kLatest + away_ms).count()) << excuse;
  frames_heard_ += heard.heard;
  latest_ = std::max(latest_, heard.latest);
  pair_.forget();
}

void Walk::check_complaints() {
  for (Walker& walker : walkers_) {
    for (const std::string& sentence : walker.take_wrong()) ADD_FAILURE() << sentence;
  }
  for (Visitor* one : {&pair_.an(), &pair_.bo()}) {
    for (const std::string& sentence : one->take_news().wrong) ADD_FAILURE() << sentence;
    EXPECT_FALSE(one->ended()) << "one of the pair was sent away";
    std::ignore = one->take_texts();
  }
}

std::string Walk::account() const {
  std::map<std::string, int> sums;
  for (const Walker& walker : walkers_) {
    for (const auto& [deed, count] : walker.deeds()) sums[deed] += count;
  }
  std::string text;
  for (const auto& [deed, count] : sums) text += deed + " " + std::to_string(count) + ", ";
  const auto latest = std::chrono::ceil<milliseconds>(latest_);
  return text + std::to_string(texts_due_) + " texts due; the pair heard " +
         std::to_string(frames_heard_) + " frames, the latest after " +
         std::to_string(latest.count()) + " ms";
}

}  // namespace comcat::testing
