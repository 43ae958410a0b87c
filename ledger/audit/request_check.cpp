// SPDX-License-Identifier: Apache-2.0
#include "ledger/audit/request_check.hpp"

#include <fmt/format.h>

namespace gridbook::ledger {

void RequestCheck::see(const engine::Event& event) {
    if (event.kind() != engine::EventKind::key_set) return;
    const auto set = event.as<engine::KeySet>();
    if (set.id.value >= keys_.size()) keys_.resize(set.id.value + std::size_t{1});
    keys_[set.id.value].name = set.name.view();
    keys_[set.id.value].public_keys.push_back(set.public_key);
}

void RequestCheck::see(const engine::Command& command, std::string_view text) {
    chain_.add(command.header.sequence, text);
    if (!verifier_) return;
    const std::size_t key = command.header.key.value;
    signatures.expect(key < keys_.size(), command.header.sequence,
                      [] { return std::string("its command names no key that was ever set"); });
    if (key >= keys_.size()) return;
    if (const std::string wrong = verifier_(text, keys_[key]); !wrong.empty())
        signatures.fail(command.header.sequence, wrong);
}

void RequestCheck::finish() {
    if (!verifier_) return signatures.skip("nobody verifies signatures here");
    signatures.tell(fmt::format("{} requests; the log ends with {}", chain_.size(), hex(chain_.link())));
}

}  // namespace gridbook::ledger
