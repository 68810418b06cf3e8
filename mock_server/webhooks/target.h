// Where a webhook may go: the mock never reaches out by accident.
#pragma once

#include <string>
#include <string_view>

struct sockaddr;

namespace heygen::mock {

// Nothing wrong with the URL: ""; else one line that names the mend.
std::string check_webhook_url(std::string_view url);

// Decided by the URL alone, before any name is looked up: an address that is loopback, private or
// link-local; "localhost" and names below it; a name of one label, as containers have; a name below
// .local, .internal or .test. What such a name resolves to is judged again by is_near_address.
bool is_near_url(std::string_view url);

// 127/8, 10/8, 172.16/12, 192.168/16, 169.254/16, ::1, fc00::/7, fe80::/10, and those of IPv4
// written as IPv6.
bool is_near_address(const sockaddr& address);

// 127/8, ::1, and those of IPv4 written as IPv6.
bool is_loopback_address(const sockaddr& address);

}  // namespace heygen::mock
