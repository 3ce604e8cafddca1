// Which event answers which command, and who is told of it.

#include <utility>

#include "comcat/client/control.h"
#include "comcat/client/session.h"

namespace comcat::client {

void Session::with_asker(std::optional<Asker> asker, const std::function<void()>& act) {
  asker_ = std::move(asker);
  act();
  if (asker_) show(Report("done", "done"));
}

void Session::show(Report report) {
  const std::optional<Asker> asker = std::exchange(asker_, std::nullopt);
  if (asker && asker->ticket != 0) return ports_.answer(*asker, std::move(report));
  if (asker && asker->id) report.details.with("id", *asker->id);
  ports_.show(std::move(report));
}

void Session::on_control(std::uint64_t ticket, const std::string& line, base::Time now) {
  carry_out(parse_control_line(line), ticket, line, now);
}

void Session::execute_json(const std::string& line, base::Time now) {
  carry_out(parse_json_command(line), 0, line, now);
}

void Session::carry_out(const JsonCommand& parsed, std::uint64_t ticket, const std::string& line,
                        base::Time now) {
  std::optional<Asker> asker;
  if (parsed.id || ticket != 0) asker = Asker{parsed.id, ticket};
  with_asker(std::move(asker), [&] {
    if (!parsed.command.ok()) {
      show(Report("error", std::string(parsed.command.status().message())).with("command", line));
    } else {
      std::visit([&](const auto& it) { execute(it, now); }, *parsed.command);
    }
  });
}

}  // namespace comcat::client
