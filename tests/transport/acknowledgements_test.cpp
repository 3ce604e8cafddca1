// What came is told soon, and in one number.

#include "transport/acknowledgements.h"

#include <gtest/gtest.h>

namespace comcat::transport {
namespace {

using namespace std::chrono_literals;

constexpr base::Time kNow = base::Time(1h);

TEST(Acknowledgements, NothingIsToldOfWhatHasNoNumber) {
  Acknowledgements it;
  it.received(0, kNow);
  EXPECT_EQ(base::Time::max(), it.next_deadline());
  EXPECT_FALSE(it.take_due(kNow + 1h));
}

TEST(Acknowledgements, ManyAreToldInOneNumberWithinASecondOfTheFirst) {
  Acknowledgements it;
  it.received(1, kNow);
  it.received(2, kNow + 100ms);
  it.received(3, kNow + 400ms);
  EXPECT_EQ(kNow + 500ms, it.next_deadline());
  EXPECT_FALSE(it.take_due(kNow + 499ms));
  EXPECT_EQ(3U, it.take_due(kNow + 500ms));
  EXPECT_FALSE(it.take_due(kNow + 1h));
  it.received(3, kNow + 1h);
  EXPECT_EQ(base::Time::max(), it.next_deadline()) << "nothing new";
  it.received(4, kNow + 1h);
  EXPECT_EQ(4U, it.take_due(kNow + 2h));
}

TEST(Acknowledgements, OfAnotherCallTheNumbersBeginAnew) {
  Acknowledgements it;
  it.received(7, kNow);
  it.reset();
  EXPECT_FALSE(it.take_due(kNow + 1h));
  it.received(1, kNow);
  EXPECT_EQ(1U, it.take_due(kNow + 1s));
}

}  // namespace
}  // namespace comcat::transport
