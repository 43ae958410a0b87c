// SPDX-License-Identifier: Apache-2.0
#pragma once
// What is told of guidance, factors and proposed changes: to everybody in bands and classes, and to the
// regulator who asked.

#include <span>
#include <string>

#include "gateway/directory.hpp"
#include "gateway/egress/bands.hpp"

namespace gridbook::gateway {

struct ToldImpact {
    std::uint32_t orders = 0;
    engine::Quantity qty{};
    std::uint32_t participants = 0;
};

// ,"impact":{"orders_parked":12,"qty_parked":"340","participants":3}
void append_impact(const ToldImpact& impact, engine::Product product, std::string& out);

// Members of a band that comes from a formula: formula, what it gives, inputs, hash of the rationale's text.
void append_rationale(const Bands::Version& version, std::string& out);
// Members of a class: where its factors come from, its certificate, what is scheduled.
void append_factor_members(const Directory::Class& c, std::string& out);

// Answers to commands, as members.
void append_factors_answer(const engine::Event& event, const Directory& directory, std::string& out);
void append_change_answer(const engine::Event& event, const Directory& directory, std::string& out);

// Answers to questions.
void append_change_row(const engine::Event& row, const Directory& directory, std::string& out);
void append_dry_run(const engine::Event& end, std::span<const engine::Event> rows, const Directory& directory,
                    std::string& out);
// What an explanation has besides the order itself: the refusal as it was told, and the band it was judged
// by. Members, each with its comma.
void append_grounds(std::span<const engine::Event> rows, const Directory& directory, const Bands& bands,
                    std::string& out);
// A row that says why a change would be refused, as the refusal itself.
engine::Event refused_by(const engine::Event& row);

}  // namespace gridbook::gateway
