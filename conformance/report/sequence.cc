#include "conformance/report/sequence.h"

#include <algorithm>
#include <array>
#include <span>

#include "conformance/report/console.h"
#include "conformance/report/text.h"

namespace heygen::conformance {
namespace {

constexpr int kColumn = 250;  // between two lifelines
constexpr int kMargin = 90;
constexpr int kTop = 44;
constexpr int kRow = 40;  // a request
constexpr int kAnswerRow = 22;
constexpr std::size_t kLabelChars = 44;
constexpr std::size_t kDetailChars = 56;
// More would be a picture that nobody looks at; what led to the verdict is at the end.
constexpr std::size_t kMostSteps = 60;

constexpr std::array<std::string_view, 6> kOrder{"suite", "browser", "client",
                                                 "mock",  "server",  "second origin"};

std::string shortened(std::string_view text, std::size_t most) {
  const std::string clean = printable(text);
  if (columns_of(clean) <= most) return clean;
  std::string cut;
  std::size_t taken = 0;
  for (const char c : clean) {
    const bool begins = (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    if (begins && ++taken >= most) break;
    cut += c;
  }
  return cut + "…";
}

std::string params_text(const Step& step) {
  std::string text;
  for (const auto& [name, value] : step.params) {
    text += (text.empty() ? "" : "  ") + name + "=" + value;
  }
  return text;
}

class Diagram {
 public:
  explicit Diagram(std::span<const Step> steps) {
    for (const std::string_view party : kOrder) {
      const bool takes_part = std::ranges::any_of(
          steps, [party](const Step& step) { return step.from == party || step.to == party; });
      if (takes_part) parties_.push_back(party);
    }
    for (const Step& step : steps) add(step);
  }

  [[nodiscard]] std::string svg(std::size_t skipped) const {
    const int width =
        2 * kMargin + kColumn * static_cast<int>(std::max<std::size_t>(parties_.size(), 2) - 1);
    const int height = y_ + 12;
    std::string out = "<svg class=\"sequence\" viewBox=\"0 0 " + std::to_string(width) + " " +
                      std::to_string(height) + "\" width=\"" + std::to_string(width) +
                      "\" role=\"img\" aria-label=\"the exchange as a sequence diagram\">";
    for (const std::string_view party : parties_) {
      const std::string x = std::to_string(x_of(party));
      out += "<line class=\"line\" x1=\"" + x + "\" y1=\"26\" x2=\"" + x + "\" y2=\"" +
             std::to_string(height) + "\"/>" + text("party", x_of(party), 18, party);
    }
    if (skipped != 0) {
      out += text("detail", width / 2, 38, std::to_string(skipped) + " steps before");
    }
    return out + body_ + "</svg>";
  }

 private:
  [[nodiscard]] int x_of(std::string_view party) const {
    const auto found = std::ranges::find(parties_, party);
    return kMargin + kColumn * static_cast<int>(found - parties_.begin());
  }

  static std::string text(std::string_view kind, int x, int y, std::string_view content) {
    return "<text class=\"" + std::string(kind) + "\" x=\"" + std::to_string(x) + "\" y=\"" +
           std::to_string(y) + "\">" + html_escaped(content) + "</text>";
  }

  static std::string arrow(std::string_view kind, int from, int to, int y) {
    const int head = to > from ? -7 : 7;
    const std::string end = std::to_string(to);
    const std::string back = std::to_string(to + head);
    return "<path class=\"" + std::string(kind) + "\" d=\"M" + std::to_string(from) + " " +
           std::to_string(y) + "H" + end + "M" + back + " " + std::to_string(y - 4) + "L" + end +
           " " + std::to_string(y) + "L" + back + " " + std::to_string(y + 4) + "\"/>";
  }

  void add(const Step& step) {
    const int from = x_of(step.from);
    const int to = x_of(step.to);
    const int middle = (from + to) / 2;
    body_ += "<g><title>" + html_escaped(step_line(step)) + "</title>";
    if (!step.method.empty()) {
      y_ += kRow;
      const std::string what = step.method + (step.path.empty() ? "" : " " + step.path);
      body_ += text("label", middle, y_ - 5, shortened(what, kLabelChars)) +
               arrow("arrow", from, to, y_);
      if (const std::string params = params_text(step); !params.empty()) {
        y_ += 13;
        body_ += text("detail", middle, y_, shortened(params, kDetailChars));
      }
    }
    if (!step.status.empty()) {
      y_ += kAnswerRow;
      // A request's answer goes back; an answer that is a step of its own goes its way.
      const bool alone = step.method.empty();
      body_ += text("label", middle, y_ - 4, shortened(step.status, kLabelChars)) +
               arrow("answer", alone ? from : to, alone ? to : from, y_);
      if (!step.note.empty()) {
        y_ += 13;
        body_ += text("detail", middle, y_, shortened(step.note, kDetailChars));
      }
    }
    body_ += "</g>";
  }

  std::vector<std::string_view> parties_;
  std::string body_;
  int y_ = kTop - 18;
};

}  // namespace

std::string sequence_svg(const std::vector<Step>& steps) {
  if (steps.empty()) return {};
  const std::size_t skipped = steps.size() > kMostSteps ? steps.size() - kMostSteps : 0;
  return Diagram(std::span(steps).subspan(skipped)).svg(skipped);
}

}  // namespace heygen::conformance
