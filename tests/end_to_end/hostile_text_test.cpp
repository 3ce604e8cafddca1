// What a server that means harm can have a client write to a terminal, whatever it puts into which
// field: its own letters, and nothing that a terminal obeys.

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <google/protobuf/message.h>
#include <gtest/gtest.h>

#include "comcat/wire/convert.h"

#include "calling.pb.h"
#include "end_to_end/client_fixtures.h"
#include "support/scripted_server.h"

namespace comcat::testing {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using ::testing::HasSubstr;
using ::testing::Not;

/// Sets a title, clears the screen, goes back over what was written, turns it around, fills lines.
const std::vector<std::string>& nasty() {
  static const std::vector<std::string> words{
      "owned\x1b]0;owned\x07\x1b[2J\x1b[31m",
      "owned\r\nserver: owned\b\b\b\x7f",
      "owned\u202eowned\u2066owned\u200f",
      "owned\u009b31m\u0090owned\u009c\u0085",
      "owned" + std::string(500, 'w') + std::string(200, '\t'),
      "o" + std::string(100, '\0') + "wned",
  };
  return words;
}

/// Writes one of the nasty into every field that holds text or bytes, of what is in it as well.
/// `turn` decides which, and which of several alternatives is taken.
void fill(Message& message, std::size_t turn, int depth = 0) {
  const Descriptor& type = *message.GetDescriptor();
  const auto& reflection = *message.GetReflection();
  const std::string& word = nasty()[turn % nasty().size()];
  const auto fill_field = [&](const FieldDescriptor* field) {
    const bool many = field->is_repeated();
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING:
        many ? reflection.AddString(&message, field, word)
             : reflection.SetString(&message, field, word);
        break;
      case FieldDescriptor::CPPTYPE_MESSAGE:
        if (depth < 4) {
          fill(many ? *reflection.AddMessage(&message, field)
                    : *reflection.MutableMessage(&message, field),
               turn, depth + 1);
        }
        break;
      case FieldDescriptor::CPPTYPE_UINT32:
        if (!many) reflection.SetUInt32(&message, field, static_cast<std::uint32_t>(turn % 5));
        break;
      case FieldDescriptor::CPPTYPE_UINT64:
        if (!many) reflection.SetUInt64(&message, field, turn % 5);
        break;
      default:
        break;  // what is not set is 0 or false
    }
  };
  for (int i = 0; i < type.field_count(); ++i) {
    if (type.field(i)->containing_oneof() == nullptr) fill_field(type.field(i));
  }
  for (int i = 0; i < type.oneof_decl_count(); ++i) {
    const auto* alternatives = type.oneof_decl(i);
    const auto count = static_cast<std::size_t>(alternatives->field_count());
    fill_field(alternatives->field(static_cast<int>(turn / nasty().size() % count)));
  }
}

template <typename Part>
Part filled(std::size_t turn) {
  Part part;
  fill(part, turn);
  return part;
}

constexpr std::size_t kKinds = 20;  // more than an alternative has

/// Everything that a server can say, as nastily as it can.
grpc::Status say_everything(ScriptedServer::Call& call) {
  if (!call.read()) return grpc::Status::OK;
  ServerRES welcome;
  fill(*welcome.mutable_signal(), 0);
  welcome.mutable_signal()->set_session(1);
  welcome.mutable_signal()->set_features(wire::kFeatureVoiceBatch | wire::kFeatureHistory);
  welcome.mutable_signal()->clear_datagrams();
  if (!call.write(welcome.SerializeAsString())) return grpc::Status::OK;
  for (std::size_t turn = 0; turn < kKinds * nasty().size(); ++turn) {
    ServerRES events;
    *events.mutable_events()->add_events() = filled<Event>(turn);
    ServerRES outcome;
    *outcome.mutable_outcome() = filled<Outcome>(turn);
    ServerRES members = welcome;
    fill(*members.mutable_signal()->add_members(), turn);
    for (const ServerRES& response : {events, outcome, members}) {
      if (!call.write(response.SerializeAsString())) return grpc::Status::OK;
    }
  }
  std::size_t turn = 0;
  while (const auto command = call.read_until<wire::Command>()) {
    ServerRES answer;
    *answer.mutable_outcome() = filled<Outcome>(nasty().size() * (turn % 3) + turn / 3);
    answer.mutable_outcome()->set_trace_id(command->trace_id);
    answer.mutable_outcome()->set_status(turn % 2 == 0 ? 0 : 7);
    if (!call.write(answer.SerializeAsString()) || ++turn == 3 * nasty().size()) break;
  }
  return {grpc::StatusCode::PERMISSION_DENIED, nasty()[0] + nasty()[1] + nasty()[2] + nasty()[3]};
}

/// Nothing that a terminal would obey, a blank line and a line's end apart.
void expect_harmless(const std::string& output) {
  EXPECT_THAT(output, HasSubstr("owned"));
  for (const char c : output) {
    const auto byte = static_cast<unsigned char>(c);
    ASSERT_TRUE((byte >= 0x20 && byte != 0x7f) || c == '\n') << "byte " << int{byte};
  }
  for (const char* const obeyed : {"\u202e", "\u2066", "\u200f", "\u009b", "\u0090", "\u0085"}) {
    EXPECT_THAT(output, Not(HasSubstr(obeyed)));
  }
  EXPECT_THAT(output, Not(HasSubstr("\nserver: owned"))) << "a line of its own";
}

class AHostileServersText : public ClientTest,
                            public ::testing::WithParamInterface<std::vector<std::string>> {};

TEST_P(AHostileServersText, IsWrittenWithoutWhatATerminalObeys) {
  ScriptedServer server(say_everything);
  std::vector<std::string> flags{"--insecure", "--name=an"};
  flags.insert(flags.end(), GetParam().begin(), GetParam().end());
  Process client(command("127.0.0.1:" + std::to_string(server.port()), flags));
  for (std::size_t i = 0; i < nasty().size(); ++i) client.write("rooms\nhistory\nsay hello\n");
  EXPECT_TRUE(client.wait_exit());
  expect_harmless(client.output(Process::kOut) + client.output(Process::kErr));
}

INSTANTIATE_TEST_SUITE_P(OfEveryField, AHostileServersText,
                         ::testing::Values(std::vector<std::string>{},
                                           std::vector<std::string>{"--json"}),
                         [](const auto& test) { return test.param.empty() ? "Lines" : "Json"; });

}  // namespace
}  // namespace comcat::testing
