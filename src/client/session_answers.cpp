// Which event answers which command, and who is told of it.

#include <algorithm>
#include <utility>

#include "comcat/client/control.h"
#include "comcat/client/session.h"

namespace comcat::client {

void Session::with_asker(std::optional<Asker> asker, const std::function<void()>& act) {
  asker_ = std::move(asker);
  act();
  if (asker_) show(Report("done", "done"));
}

void Session::with_line(const std::string& line, const std::function<void()>& act) {
  const std::string before = std::exchange(line_, line);
  act();
  line_ = before;
}

void Session::show(Report report) {
  const bool names_none =
      std::ranges::none_of(report.details.fields, [](auto& it) { return it.first == "command"; });
  if (report.event == "error" && names_none) report.details.with("command", line_);
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
  const auto act = [&] {
    if (!parsed.command.ok()) {
      show(Report("error", std::string(parsed.command.status().message())));
    } else {
      std::visit([&](const auto& it) { execute(it, now); }, *parsed.command);
    }
  };
  with_line(line, [&] { with_asker(std::move(asker), act); });
}

}  // namespace comcat::client
