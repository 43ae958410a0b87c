// SPDX-License-Identifier: Apache-2.0
#include "gateway/admin/audit_log.hpp"

#include "gateway/egress/json.hpp"
#include "gateway/keys.hpp"

namespace gridbook::gateway {

// From the nearest link that is remembered, on through the texts between.
ledger::RequestChain AuditLog::chain_at(engine::Sequence after) {
    ledger::RequestChain chain;
    if (auto it = kept_.upper_bound(after); it != kept_.begin()) chain = std::prev(it)->second;
    for (;;) {
        const auto texts = texts_(chain.sequence(), page_max);
        for (const ledger::LoggedText& logged : texts) {
            if (logged.sequence > after) return chain;
            chain.add(logged.sequence, logged.text);
            if (chain.size() % stride == 0) kept_[chain.sequence()] = chain;
        }
        if (texts.size() < page_max) return chain;
    }
}

void AuditLog::append_page(engine::Sequence after, std::size_t limit, std::string& out) {
    ledger::RequestChain chain = chain_at(after);
    const auto texts = texts_(after, limit + 1);
    out += "\"entries\":[";
    for (std::size_t i = 0; i < texts.size() && i < limit; ++i) {
        chain.add(texts[i].sequence, texts[i].text);
        Members m(out);
        m.raw(i == 0 ? "{\"seq\":" : ",{\"seq\":").raw(std::to_string(texts[i].sequence.value));
        m.word<"sha256">(hex(sha256(texts[i].text))).word<"chain">(ledger::hex(chain.link()));
        // The text is one JSON object, made by us; here it stands as a string, byte for byte what was hashed.
        m.text<"request">(texts[i].text).raw("}");
    }
    Members(out).raw("]").truth<"more">(texts.size() > limit);
}

}  // namespace gridbook::gateway
