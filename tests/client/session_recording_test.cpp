// Recording a call: what the session asks of the server, and when it begins and ends.

#include <gmock/gmock.h>

#include "client/session_fixtures.h"

namespace comcat::client {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

wire::Welcome recordable(wire::SessionNumber self) {
  wire::Welcome out = welcome(self, {member(2, "binh")});
  out.features = wire::kFeatureRecording;
  return out;
}

class Recording : public InACall {
 protected:
  Recording() {
    session_.on_welcome(recordable(1));
    world_.take_texts();
  }
  [[nodiscard]] bool asked_to_record() const {
    return std::get<wire::SetRecording>(world_.sent.back().verb).recording;
  }
  void record() {
    type("record calls");
    answer();
    ASSERT_EQ("calls", world_.recording_into);
    world_.take_texts();
  }
};

TEST_F(Recording, BeginsOnceTheServerHasToldTheOthers) {
  type("record calls of today");
  EXPECT_TRUE(asked_to_record());
  EXPECT_EQ("", world_.recording_into);
  answer();
  EXPECT_EQ("calls of today", world_.recording_into);
  EXPECT_EQ(1U, world_.own_track);
  EXPECT_EQ((std::map<wire::SessionNumber, std::string>{{1, "an"}, {2, "binh"}}), world_.tracks);
  EXPECT_THAT(world_.take_texts(),
              ElementsAre("the call is recorded into calls of today: each voice by itself (.opus) "
                          "and all together (.flac); the others are told"));
  EXPECT_EQ("(recording) > ", session_.prompt());
  type("record elsewhere");
  EXPECT_THAT(world_.take_texts(), ElementsAre("the call is recorded into calls of today already; "
                                               "record off ends that"));
  type("record off");
  EXPECT_EQ("", world_.recording_into);
  EXPECT_FALSE(asked_to_record());
  EXPECT_THAT(world_.take_texts(), ElementsAre("the recording in calls of today is complete"));
  type("record off");
  EXPECT_THAT(world_.take_texts(), ElementsAre("nothing is being recorded"));
}

TEST_F(Recording, WhereTheServerDoesNotTellTheOthersNothingIsRecorded) {
  session_.on_welcome(welcome(1, {member(2, "binh")}));
  world_.take_texts();
  const std::size_t sent = world_.sent.size();
  type("record calls");
  EXPECT_THAT(
      world_.take_texts(),
      ElementsAre("this server allows no recordings, or is too old to tell the others of one"));
  EXPECT_EQ(sent, world_.sent.size());

  session_.on_welcome(recordable(1));
  world_.take_texts();
  type("record calls");
  answer(7, "this server allows no recordings");
  EXPECT_THAT(world_.take_texts(), ElementsAre("this server allows no recordings"));
  EXPECT_EQ("", world_.recording_into);
}

TEST_F(Recording, ThatNobodyAnswersForIsTakenBack) {
  type("record calls");
  now_ += std::chrono::seconds(4);
  session_.step(now_);
  EXPECT_THAT(world_.take_texts(), ElementsAre("the server has not answered record within 3 s"));
  EXPECT_FALSE(asked_to_record());
  type("record calls");
  EXPECT_TRUE(asked_to_record()) << "and may be asked for again";
}

TEST_F(Recording, ThatCannotBeginIsTakenBack) {
  world_.disk = absl::FailedPreconditionError("the directory calls cannot be created");
  type("record calls");
  answer();
  EXPECT_THAT(world_.take_texts(), ElementsAre("the directory calls cannot be created"));
  EXPECT_FALSE(asked_to_record());
}

TEST_F(Recording, WhoseDiskIsFullEndsAndTheOthersAreTold) {
  record();
  session_.on_recording_failure("the disk is full", now_);
  EXPECT_EQ("", world_.recording_into);
  EXPECT_FALSE(asked_to_record());
  EXPECT_THAT(world_.take_texts(), ElementsAre("the disk is full; the recording has ended"));
}

TEST_F(Recording, GoesOnOverAnOutageAndIsToldAgain) {
  record();
  session_.on_welcome(recordable(7));
  EXPECT_TRUE(asked_to_record());
  EXPECT_EQ("calls", world_.recording_into);
  world_.take_texts();
  session_.on_welcome(welcome(8));
  EXPECT_EQ("", world_.recording_into) << "a server that does not tell";
  EXPECT_EQ("this server allows no recordings any more; the recording has ended",
            world_.take_texts().back());
}

TEST_F(Recording, OfOthersIsTold) {
  session_.on_event(wire::RecordingChanged{2, true});
  session_.on_event(wire::RecordingChanged{2, true});
  session_.on_event(wire::RecordingChanged{99, true});
  EXPECT_THAT(world_.take_texts(), ElementsAre("binh records the call"));
  type("who");
  EXPECT_THAT(world_.take_texts(), ElementsAre("in the room lobby: an (you), binh (records)"));
  session_.on_event(wire::RecordingChanged{2, false});
  EXPECT_THAT(world_.take_texts(), ElementsAre("binh no longer records the call"));
}

TEST_F(Recording, ThatIsEndedBeforeTheServerHasAnsweredNeverBegins) {
  type("record calls");
  const std::uint64_t first = world_.sent.back().trace_id;
  type("record off");
  EXPECT_FALSE(asked_to_record());
  EXPECT_THAT(world_.take_texts(), ElementsAre("nothing has been recorded into calls"));
  type("record later");
  session_.on_outcome({first, 0, "", {}}, now_);
  EXPECT_EQ("", world_.recording_into);
  EXPECT_THAT(world_.take_texts(), IsEmpty());
  answer();
  EXPECT_EQ("later", world_.recording_into);
}

}  // namespace
}  // namespace comcat::client
