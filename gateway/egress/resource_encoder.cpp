// SPDX-License-Identifier: Apache-2.0
#include "gateway/egress/resource_encoder.hpp"

#include "gateway/egress/json.hpp"
#include "gateway/egress/order_encoder.hpp"

namespace gridbook::gateway {

namespace {

using engine::Event;
using engine::EventHeader;
using engine::EventKind;
using engine::MaintenanceChanged;

// What registering and withdrawing tell alike.
struct ResourceChange {
    std::string_view state;
    std::uint32_t resource;
    engine::FamilyId family;
    engine::Quantity count;
    engine::Quantity registered;
};

void append_resource_members(const EventHeader& header, const ResourceChange& change,
                             const Directory& directory, Members& m) {
    const engine::Product product = directory.product(change.family);
    m.raw(R"("ev":"resource")").word<"state">(change.state);
    append_place(header, m);
    m.id<"resource">(change.resource)
        .text<"family">(directory.families()[change.family.value].name)
        .qty<"count">(change.count, product)
        .qty<"registered">(change.registered, product);
}

// What it counts and what its provider says of it.
void append_declared(const engine::ResourceRegistered& resource, Members& m) {
    m.decimal<"factor">(engine::Decimal{resource.factor * 1'000})
        .number<"factor_version">(resource.factor_version)
        .decimal<"green_share">(engine::Decimal{resource.green_share * 100})
        .decimal<"pue">(engine::Decimal{resource.pue * 1'000});
    if (resource.cost != engine::Decimal{}) m.decimal<"cost">(resource.cost);
}

void append_registered(const Event& event, const Directory& directory, std::string& out) {
    const auto resource = event.as<engine::ResourceRegistered>();
    Members m(out);
    append_resource_members(
        event.header, {"registered", resource.resource, resource.family, resource.count, resource.registered},
        directory, m);
    append_declared(resource, m);
    m.time<"ts">(event.header.time);
}

void append_withdrawn(const Event& event, const Directory& directory, std::string& out) {
    const auto resource = event.as<engine::ResourceWithdrawn>();
    Members m(out);
    append_resource_members(
        event.header, {"withdrawn", resource.resource, resource.family, resource.count, resource.registered},
        directory, m);
    m.time<"ts">(event.header.time);
}

// Which windows, and how much of the capacity is not there in them.
void append_windows(const MaintenanceChanged& told, const Directory& directory, Members& m,
                    std::string& out) {
    const engine::Product product = directory.product(told.family);
    m.quoted<"start">([&] { directory.append_window(engine::instrument(told.family, told.start), out); });
    m.number<"windows">(told.windows)
        .qty<"count">(told.count, product)
        .qty<"capacity">(told.capacity, product);
}

void append_maintenance(const Event& event, const Directory& directory, std::string& out) {
    const auto told = event.as<MaintenanceChanged>();
    Members m(out);
    m.raw(R"("ev":"maintenance")")
        .word<"state">(told.state == engine::MaintenanceState::declared ? "declared" : "cancelled");
    append_place(event.header, m);
    m.id<"maintenance">(told.maintenance.value)
        .id<"resource">(told.resource)
        .text<"family">(directory.families()[told.family.value].name);
    append_windows(told, directory, m, out);
    m.time<"ts">(event.header.time);
}

// Its list of what is declared is left open.
void open_resource(const Event& row, const Directory& directory, std::string& out) {
    const auto resource = row.as<engine::ResourceRow>().resource;
    const engine::Product product = directory.product(resource.family);
    Members m(out);
    m.raw(R"({"resource":")").raw(std::to_string(resource.resource)).raw("\"");
    m.text<"family">(directory.families()[resource.family.value].name)
        .qty<"count">(resource.count, product)
        .qty<"registered">(resource.registered, product);
    append_declared(resource, m);
    m.raw(R"(,"maintenance":[)");
}

void append_maintenance_row(const Event& row, const Directory& directory, std::string& out) {
    const auto told = row.as<engine::MaintenanceRow>().maintenance;
    Members m(out);
    m.raw(R"({"maintenance":")").raw(std::to_string(told.maintenance.value)).raw("\"");
    append_windows(told, directory, m, out);
    m.raw("}");
}

}  // namespace

void append_resource_event(const Event& event, const Directory& directory, std::string& out) {
    if (event.kind() == EventKind::maintenance) return append_maintenance(event, directory, out);
    if (event.kind() == EventKind::resource_withdrawn) return append_withdrawn(event, directory, out);
    append_registered(event, directory, out);
}

void append_resource_rows(std::span<const Event> rows, const Directory& directory, std::string& out) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const bool first = rows[i].kind() == EventKind::resource_row;
        if (first && i != 0) out += "]},";
        if (!first && rows[i - 1].kind() == EventKind::maintenance_row) out += ',';
        if (first)
            open_resource(rows[i], directory, out);
        else
            append_maintenance_row(rows[i], directory, out);
    }
    if (!rows.empty()) out += "]}";
}

}  // namespace gridbook::gateway
