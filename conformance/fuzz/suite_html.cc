// The browser's reader of pages: any text is a page.
#include "conformance/browser/html.h"
#include "tests/fuzz/target.h"

namespace heygen::fuzz {

using namespace conformance;

void run(std::string_view input) {
  const HtmlPage page = read_html(input);
  for (const PageForm& form : page.forms) {
    require(form.method == "get" || form.method == "post", "a form has a method");
  }
  require(page.links.size() + page.forms.size() <= input.size(), "no more than was written");
  for (const HtmlTag& tag : read_tags(input)) {
    require(tag.text.size() <= input.size(), "a script is part of its page");
  }
  (void)decode_references(input);
  (void)refresh_url(input);
}

}  // namespace heygen::fuzz
