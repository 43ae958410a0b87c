// SPDX-License-Identifier: Apache-2.0
#pragma once
// `gridbook regulator`: the admin calls by hand, each signed, from the words of a command line. What may be
// said is the server's own table (admin/bodies.hpp), so a field that is there is here too.

#include <string>
#include <vector>

#include "gateway/transport/http_answer.hpp"

namespace gridbook::gateway {

struct RegulatorOptions {
    std::string url = "http://127.0.0.1:8080";
    std::string key_name;
    std::string key_file;  // PKCS#8 PEM
    bool json = false;
};

// A signed request on its way. `body` empty: GET.
struct RegulatorCall {
    std::string target;
    std::string body;
};

// POST /v1/admin/<kind> with `name=value` words as its body. Throws std::runtime_error naming the word that
// means nothing, and what may be said instead.
RegulatorCall propose(const std::string& kind, const std::vector<std::string>& words, bool dry_run);
// What may be said of a kind, one field a line.
std::string fields_of(const std::string& kind);
std::vector<std::string> kinds();

// 0: done; 1: refused; 2: no answer.
int call(const RegulatorOptions& options, const RegulatorCall& call);

}  // namespace gridbook::gateway
