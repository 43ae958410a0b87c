// SPDX-License-Identifier: Apache-2.0
#include "gateway/egress/stream_replay.hpp"

#include "gateway/egress/encoder.hpp"
#include "gateway/egress/json.hpp"
#include "gateway/egress/order_encoder.hpp"

namespace gridbook::gateway {

using engine::EventKind;

void StreamReplay::begin(Session& session, std::uint64_t from) {
    if (!tell(session, from)) return;
    sessions_.pause(session);
    behind_.push_back({session.connection, from, {}, {}});
}

bool StreamReplay::step(engine::Time now) {
    const std::size_t before = behind_.size();
    bool told = false;
    std::erase_if(behind_, [&](Behind& behind) {
        Session* session = sessions_.find(behind.connection);
        if (session == nullptr || session->closing) return true;
        if (sessions_.outbox().unsent(behind.connection) > unsent_max) return false;
        const bool waits = behind.waits_since.value != 0;
        if (waits && now - behind.asked < ask_again) return false;
        const std::uint64_t before_it = behind.next;
        if (waits && now - behind.waits_since > patience) return lose(*session), true;
        if (tell(*session, behind.next)) {
            const bool went_on = behind.next != before_it;
            told = told || went_on;
            behind.asked = now;
            if (went_on || !waits) behind.waits_since = went_on ? engine::Time{} : now;
            return false;
        }
        told = true;
        if (!session->closing) sessions_.go_live(*session);
        return true;
    });
    return told || behind_.size() != before;
}

bool StreamReplay::tell(Session& session, std::uint64_t& next) {
    const auto events = streams_.from(session.account, next, last(session.account), piece_events);
    alternatives_.clear();
    if (!events) return tell_past(session, next);
    for (const AccountStreams::Kept* kept : *events) tell(session, kept->event, kept->cum);
    if (!events->empty()) next = events->back()->event.header.number.value + 1;
    return next <= last(session.account);
}

// What the memory does not hold.
bool StreamReplay::tell_past(Session& session, std::uint64_t& next) {
    const ledger::StreamHistory* history = streams_.history();
    // Asked before what is there is read: the projection comes up meanwhile.
    const bool joined = streams_.joins(engine::Sequence{directory_.sequence().value + 1});
    if (history != nullptr) {
        const auto told = history->from(session.account, engine::StreamNumber{next}, past_piece_events);
        if (told && !told->empty()) {
            for (const ledger::StreamHistory::Told& t : *told) tell(session, t.event, t.cum);
            next = told->back().event.header.number.value + 1;
            return next <= last(session.account);
        }
    }
    // What the projection has not reached yet will be there in a moment. Where it has, the market was faster
    // than the reader: its place has left the memory while it caught up.
    if (history != nullptr && !joined) return true;
    lose(session);
    return false;
}

void StreamReplay::lose(Session& session) {
    session.closing = true;
    sessions_.outbox().close(session.connection, 1013, "RESUME");
}

void StreamReplay::tell(const Session& session, const engine::Event& event, std::uint32_t cum) {
    if (event.kind() == EventKind::alternative) return alternatives_.push_back(event);
    text_ = '{';
    append_event(event, directory_, cum, text_);
    if (event.kind() == EventKind::any_of && !alternatives_.empty())
        append_alternatives(alternatives_, directory_, text_);
    alternatives_.clear();
    if (session.on_behalf) Members(text_).text<"account">(directory_.accounts()[session.account.value].name);
    text_ += '}';
    sessions_.outbox().send(session.connection, text_);
}

void StreamReplay::append_fills(engine::AccountId account, std::uint64_t after, std::size_t limit,
                                std::string& out, bool dated) const {
    const std::uint64_t newest = last(account), kept_from = streams_.oldest(account, newest);
    std::uint64_t oldest = kept_from;
    std::size_t rows = 0;
    bool more = false;
    const auto append = [&](const engine::Event& event, std::uint32_t cum) {
        out += rows++ == 0 ? "{" : ",{";
        append_event(event, directory_, cum, out);
        if (dated) Members(out).rfc3339<"time">(event.header.time);
        out += '}';
    };
    out += "\"fills\":[";
    if (history_ != nullptr && after + 1 < kept_from) {
        if (const auto page = history_->fills_after(account, engine::StreamNumber{after}, limit)) {
            oldest = 1;
            more = page->more;
            for (const ledger::FillRow& row : page->rows) {
                more = more && row.event.header.number.value < kept_from;
                if (row.event.header.number.value < kept_from) append(row.event, row.cum);
            }
            // What the memory has let go and the projection has not reached can be had in a moment.
            more = more || page->applied < streams_.begins(directory_.sequence());
        }
    }
    std::optional<std::vector<const AccountStreams::Kept*>> events;
    if (!more) events = streams_.from(account, std::max(after + 1, kept_from), newest, SIZE_MAX);
    for (const AccountStreams::Kept* kept : events ? *events : std::vector<const AccountStreams::Kept*>{}) {
        if (kept->event.kind() != EventKind::fill) continue;
        more = rows == limit;
        if (more) break;
        append(kept->event, kept->cum);
    }
    Members(out).raw("]").truth<"more">(more).number<"oldest">(oldest).number<"seq">(
        directory_.sequence().value);
}

std::optional<engine::OrderId> StreamReplay::order_in(engine::AccountId account,
                                                      engine::TradeId trade) const {
    const std::uint64_t newest = last(account);
    const auto events = streams_.from(account, streams_.oldest(account, newest), newest, SIZE_MAX);
    if (!events) return std::nullopt;
    for (const AccountStreams::Kept* kept : *events)
        if (kept->event.kind() == EventKind::fill && kept->event.as<engine::Fill>().trade == trade)
            return kept->event.as<engine::Fill>().order;
    return std::nullopt;
}

}  // namespace gridbook::gateway
