// SPDX-License-Identifier: Apache-2.0
#pragma once
// A scenario as text: commands (`> acme buy 16 @ 14.20 as b-1`) and below each the events it causes, one a
// line, two spaces in. It promises that running one gives the same text back with the events as the exchange
// tells them. The grammar is in the README of this folder.

#include <map>
#include <string>
#include <vector>

#include "tests/engine/setup.hpp"
#include "tests/scenarios/telling.hpp"

namespace gridbook::tests {

class Story {
  public:
    Story();
    // The events of one command line, told; a line that cannot be read is an exception with the line in it.
    std::vector<std::string> run(const std::string& line);

  private:
    struct Words;
    Events act(Words& words);
    Events trade_op(const std::string& who, Words& words);
    Events question(const std::string& who, const std::string& what, Words& words);
    Events place(const std::string& who, engine::Side side, Words& words);
    bool order_word(const std::string& word, Words& words, engine::PlaceOrder& order) const;
    Events strip(const std::string& who, Words& words);
    Events any_of(const std::string& who, Words& words);
    Events cancel_all(const std::string& who, Words& words);
    Events session(const std::string& who, Words& words);
    // story_delivery.cpp
    Events ready(const std::string& who, Words& words);
    Events meter(const std::string& who, Words& words);
    Events draw(const std::string& who, Words& words);
    // story_packages.cpp
    Events offer(const std::string& who, Words& words);
    Events take_back(const std::string& who, Words& words);
    Events take_package(const std::string& who, Words& words);
    Events package_question(engine::AccountId who, const std::string& what);
    // story_orders.cpp
    Events phase(engine::PhaseAction action, Words& words);
    Events suspend(Words& words);
    Events kill(Words& words);
    // story_regulation.cpp
    Events regulator_change(const std::string& what, Words& words);
    engine::Command band_change(Words& words);
    engine::Command guidance(Words& words);
    engine::Command factors(Words& words);
    Events decide(const std::string& verdict, Words& words);
    Events limits(Words& words);
    // expect 1, effective 10:00, by reg-1: what all changes may say. False: the word is none of these.
    template <class Body>
    bool common_word(const std::string& word, Words& words, Body& body);
    void begin(Words& words);
    engine::Product product(engine::FamilyId family) const;
    void open(Words& words);
    void family(Words& words);

    Events send(const engine::Command& command) { return driver_.send(command, now_); }
    template <class Body>
    Events send_for(const std::string& who, const Body& body) {
        return send(engine::Command::of(body, account(who), engine::no_key, asked));
    }
    void quietly(const engine::Command& command);
    engine::AccountId account(const std::string& name) const;
    engine::FamilyId family_id(const std::string& name) const;
    engine::InstrumentId instrument(const std::string& text) const;
    // An instrument, or all of a family.
    engine::InstrumentId scope(const std::string& text) const;
    engine::Time time(const std::string& text) const;
    std::string time_text(engine::Time t) const;

    Driver driver_;
    engine::Time now_ = clock(9);
    bool begun_ = false;
    engine::AccountId by_ = engine::no_account;  // who says the change that is being read
    std::vector<std::string> accounts_, families_;
    std::vector<engine::Product> products_;  // [family]
    bool token_tier_ = false;
    Names names_;
};

// Runs a whole text and gives it back with the events as they are told now.
std::string told(const std::string& text);

}  // namespace gridbook::tests
