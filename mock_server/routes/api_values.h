// What a fixture's placeholders stand for, in one answer.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "mock_server/routes/fixtures.h"
#include "mock_server/routes/job.h"
#include "mock_server/routes/surface.h"

namespace heygen::mock {

// All that is given must outlive it. Not thread-safe.
class ApiValues {
 public:
  // `begins`: the job that {{job.new}} begins.
  ApiValues(const Call& call, const Visit& visit, const Fixtures::Match& match, const User& user,
            Job begins)
      : call_(call), context_(visit.context), match_(match), user_(user), job_(begins) {}

  // The job that the answer is about.
  void set_job(std::string id, const Job& job);

  [[nodiscard]] std::optional<std::string> operator()(std::string_view name);
  // As FixtureBody::fill wants it.
  [[nodiscard]] FixtureBody::Lookup lookup() {
    return [this](std::string_view name) { return (*this)(name); };
  }

 private:
  const Call& call_;
  const Context& context_;
  const Fixtures::Match& match_;
  const User& user_;
  Job job_;
  std::string job_id_;
};

// A member of the request's JSON object: text as it is, other values as JSON. Nothing when it is
// absent or null, or the body is no JSON object.
std::optional<std::string> body_member(const wire::Request& request, std::string_view name);

}  // namespace heygen::mock
