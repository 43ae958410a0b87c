// SPDX-License-Identifier: Apache-2.0
#include "ledger/audit.hpp"

#include <sstream>

#include "story.hpp"
#include "whole_set.hpp"

using namespace gridbook;
using namespace gridbook::ledger;
using namespace gridbook::ledger::test;
using namespace gridbook::tests;

namespace {

constexpr engine::AccountId acme{0}, carl{2};

struct Verdict {
    int status;
    std::string text;
    bool says(std::string_view part) const { return text.find(part) != std::string::npos; }
};

// Takes every text as one that its key signed.
std::string signed_by_all(std::string_view, const RequestKey&) { return {}; }

Verdict verdict(const std::filesystem::path& data, bool json = false,
                const RequestVerifier& verifier = signed_by_all) {
    std::ostringstream out;
    const int status = audit(data, out, {.json = json, .progress = false, .verify_request = verifier});
    return {status, out.str()};
}

// What the audit says of a small market in which `forge` changed what was written.
Verdict forged(const std::function<void(Step&)>& forge) {
    const TempFolder folder;
    {
        Story story(folder.path());
        story.forge = forge;
        story.send(sell(16).at("13.50").from(carl).as("s"));
        story.send(buy(16).at("14.20").from(acme).as("b"));
        story.checkpoint();
        story.send(buy(1).at("13.00").from(acme).as("b2"));
    }
    return verdict(folder.path());
}

std::unique_ptr<Blob> text_blob(std::string text) {
    auto blob = std::make_unique<Blob>();
    blob->sha256 = sha256(std::as_bytes(std::span(text)));
    blob->text = std::move(text);
    return blob;
}

engine::Command credit_with(const engine::Sha256& sha) {
    engine::Credit body;
    body.amount = money("5");
    body.blob = sha;
    return engine::Command::of(body, acme);
}

}  // namespace

TEST_CASE("days of trading pass every check", "[audit]") {
    for (const std::uint64_t seed : {11u, 12u, 13u}) {
        const TempFolder folder;
        {
            Story story(folder.path(), 50);
            trade_by_seed(story, seed, 3'000);
        }
        const Verdict v = verdict(folder.path());
        INFO(v.text);
        CHECK(v.status == 0);
        CHECK(v.says("AUDIT PASSED\n"));
        CHECK_FALSE(v.says("FAILED"));
        CHECK_FALSE(v.says("skipped"));
        CHECK_FALSE(v.says(" 0 trades"));
        const Verdict json = verdict(folder.path(), true);
        CHECK(json.status == 0);
        CHECK(json.says("{\"audit\":\"passed\",\"checks\":[{\"check\":\"chain\",\"result\":\"ok\""));
    }
}

TEST_CASE("a day of the whole order set passes every check, to the micro-CNY", "[audit]") {
    for (const std::uint64_t seed : {21u, 22u, 23u, 24u}) {
        const TempFolder folder;
        {
            Story story(folder.path(), 50, 500);
            WholeSet(story, seed).trade(4'000);
        }
        const Verdict v = verdict(folder.path());
        INFO("seed " << seed << "\n" << v.text);
        CHECK(v.status == 0);
        CHECK_FALSE(v.says(" 0 trades"));
    }
}

TEST_CASE("a right market passes, and a forgery without a change too", "[audit]") {
    const Verdict v = forged([](Step&) {});
    INFO(v.text);
    CHECK(v.status == 0);
}

TEST_CASE("a changed event is found by running again, and by the rules, at its sequence", "[audit]") {
    const Verdict v = forged([](Step& step) {
        for (engine::Event& e : step.events)
            if (e.kind() == engine::EventKind::fill) {
                auto fill = e.as<engine::Fill>();
                fill.price = engine::Price{2'000};
                e.set(fill);
            }
    });
    INFO(v.text);
    CHECK(v.status == 1);
    CHECK(v.says("FAILED   the same events when run again: first at sequence 17"));
    CHECK(v.says("FAILED   no trade outside its effective band or its open phase: first at sequence 17"));
    CHECK(
        v.says("FAILED   holds, margins, fees and taxes told are those of the rules: first at sequence 17"));
    CHECK(v.says("skipped  balances equal postings"));
    CHECK(v.says("AUDIT FAILED\n"));
}

TEST_CASE("a hidden trade is found", "[audit]") {
    const Verdict v = forged([](Step& step) {
        std::erase_if(step.events,
                      [](const engine::Event& e) { return e.kind() == engine::EventKind::fill; });
    });
    INFO(v.text);
    CHECK(v.status == 1);
    CHECK(v.says("FAILED   no crossed book: first at sequence 17"));
    CHECK(v.says("FAILED   every account's stream without gaps"));
}

TEST_CASE("another state hash is found", "[audit]") {
    const Verdict v = forged([](Step& step) {
        for (engine::Event& e : step.events)
            if (e.kind() == engine::EventKind::state_hashed) {
                auto hashed = e.as<engine::StateHashed>();
                hashed.hash ^= 1;
                e.set(hashed);
            }
    });
    INFO(v.text);
    CHECK(v.status == 1);
    CHECK(v.says("FAILED   the same state hashes when run again: first at sequence 18"));
}

TEST_CASE("a changed command is found", "[audit]") {
    const Verdict v = forged([](Step& step) {
        if (step.command.header.kind != engine::CommandKind::place_order) return;
        auto order = step.command.as<engine::PlaceOrder>();
        order.qty.value -= engine::gpu_lot_decimal;
        const auto header = step.command.header;
        step.command = engine::Command::of(order);
        step.command.header = header;
    });
    INFO(v.text);
    CHECK(v.status == 1);
    CHECK(v.says("FAILED   the same events when run again: first at sequence 16"));
}

TEST_CASE("texts are there and are the ones that their commands name", "[audit]") {
    const TempFolder right, wrong, missing;
    {
        Story story(right.path());
        auto blob = text_blob("pay acme 5");
        const auto sha = blob->sha256;
        story.with_blob(credit_with(sha), std::move(blob));
    }
    {
        Story story(wrong.path());
        story.with_blob(credit_with(text_blob("pay acme 5")->sha256), text_blob("pay acme 50"));
    }
    {
        Story story(missing.path());
        story.send(credit_with(text_blob("pay acme 5")->sha256));
    }
    CHECK(verdict(right.path(), false, {}).status == 0);
    CHECK(verdict(right.path(), false, {}).says("1 texts"));
    for (const auto* folder : {&wrong, &missing}) {
        const Verdict v = verdict(folder->path(), false, {});
        INFO(v.text);
        CHECK(v.status == 1);
        CHECK(v.says("FAILED   signed texts present and equal to their SHA-256: first at sequence 16"));
    }
}

TEST_CASE("an admin request is held against every public key that its key has had", "[audit]") {
    const TempFolder folder;
    RequestChain chain;
    {
        Story story(folder.path());
        engine::SetKey key;
        key.name = engine::Text<24>("k-1");
        for (const std::uint8_t byte : {std::uint8_t{1}, std::uint8_t{2}}) {
            key.public_key.fill(byte);
            story.send(engine::Command::of(key, acme));
        }
        auto blob = text_blob("pay acme 5");
        engine::Command command = credit_with(blob->sha256);
        command.header.key = engine::KeyIndex{0};
        story.with_blob(command, std::move(blob));
        chain.add(engine::Sequence{18}, "pay acme 5");
    }
    const auto signed_with = [](std::uint8_t byte) {
        return [byte](std::string_view text, const RequestKey& key) -> std::string {
            CHECK(text == "pay acme 5");
            CHECK(key.name == "k-1");
            for (const auto& known : key.public_keys)
                if (known[0] == byte) return {};
            return "nobody's signature";
        };
    };
    for (const std::uint8_t byte : {std::uint8_t{1}, std::uint8_t{2}}) {
        const Verdict v = verdict(folder.path(), false, signed_with(byte));
        INFO(v.text);
        CHECK(v.status == 0);
        CHECK(v.says("1 requests; the log ends with " + hex(chain.link())));
    }
    const Verdict wrong = verdict(folder.path(), false, signed_with(3));
    INFO(wrong.text);
    CHECK(wrong.status == 1);
    CHECK(wrong.says("FAILED   admin requests signed by the keys they name: first at sequence 18: nobody's"));
    CHECK(verdict(folder.path(), false, {}).says("skipped  admin requests signed by the keys they name"));
}

TEST_CASE("a request whose command names no key fails", "[audit]") {
    const TempFolder folder;
    {
        Story story(folder.path());
        auto blob = text_blob("pay acme 5");
        const auto sha = blob->sha256;
        story.with_blob(credit_with(sha), std::move(blob));
    }
    CHECK(verdict(folder.path()).says("its command names no key that was ever set"));
}

TEST_CASE("broken bytes fail the chain at their sequence", "[audit]") {
    const TempFolder folder;
    {
        Story story(folder.path());
        trade_by_seed(story, 4, 100);
    }
    {
        auto store = Store::open({folder.path() / "journal" / "00000000000000000001.mdb"});
        std::vector<std::byte> value;
        {
            auto reader = (*store)->read();
            const auto stored = reader->get(Table::commands, BigEndian(8).key());
            REQUIRE(stored->has_value());
            value.assign((*stored)->begin(), (*stored)->end());
        }
        value[200] ^= std::byte{16};
        REQUIRE((*store)->write(
            [&](Store::Writer& w) { return w.put(Table::commands, BigEndian(8).key(), value); }));
    }
    const Verdict v = verdict(folder.path());
    INFO(v.text);
    CHECK(v.status == 1);
    CHECK(v.says("FAILED   chain and checksums: first at sequence 8"));
    CHECK(v.says("AUDIT FAILED\n"));
}

TEST_CASE("what cannot be audited is said, with status 2", "[audit]") {
    const TempFolder folder;
    const Verdict absent = verdict(folder.path());
    CHECK(absent.status == 2);
    CHECK(absent.says("audit not possible: there is no journal at " + folder.path().string()));
    const auto journal = open_journal(folder.path());
    const Verdict locked = verdict(folder.path());
    CHECK(locked.status == 2);
    CHECK(locked.says("process id " + std::to_string(::getpid())));
}

TEST_CASE("an empty journal has nothing wrong in it", "[audit]") {
    const TempFolder folder;
    open_journal(folder.path()).reset();
    const Verdict v = verdict(folder.path());
    INFO(v.text);
    CHECK(v.status == 0);
    CHECK(v.says("empty"));
}

TEST_CASE("an audit changes nothing", "[audit]") {
    const TempFolder folder;
    {
        Story story(folder.path());
        trade_by_seed(story, 5, 500);
    }
    const auto file = folder.path() / "journal" / "00000000000000000001.mdb";
    const auto written = std::filesystem::last_write_time(file);
    CHECK(verdict(folder.path()).status == 0);
    CHECK(std::filesystem::last_write_time(file) == written);
    CHECK(open_journal(folder.path())->last().value > 200);
}
