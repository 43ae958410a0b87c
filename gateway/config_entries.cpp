// SPDX-License-Identifier: Apache-2.0
// The keys of the tables that stand many times: the catalogue, its families, accounts and their keys.
#include "gateway/config_keys.hpp"

namespace gridbook::gateway {

using V = ConfigValue;

const ConfigKeys<Config::Class>& class_keys() {
    using C = Config::Class;
    static const ConfigKeys<C> keys{
        {"name", [](C& c, const V& v) { v.name(c.body.name); }, true},
        {"tokens", [](C& c, const V& v) { v.flag(c.tokens); }},
        {"tflops", [](C& c, const V& v) { v.thousandths(c.body.tflops, 1'000'000); }},
        {"memory_gb", [](C& c, const V& v) { v.integer(c.body.memory_gb, 1, 100'000); }},
        {"bandwidth", [](C& c, const V& v) { v.thousandths(c.body.bandwidth, 10'000); }},
        {"sparse_tflops", [](C& c, const V& v) { v.thousandths(c.body.sparse_tflops, 1'000'000); }},
        {"k_train", [](C& c, const V& v) { v.thousandths(c.body.k_train, 65); }},
        {"k_infer", [](C& c, const V& v) { v.thousandths(c.body.k_infer, 65); }},
        {"benchmark", [](C& c, const V& v) { v.flag(c.body.benchmark); }}};
    return keys;
}

const ConfigKeys<Config::Zone>& zone_keys() {
    using Z = Config::Zone;
    static const ConfigKeys<Z> keys{
        {"name", [](Z& z, const V& v) { v.name(z.body.name); }, true},
        {"hub", [](Z& z, const V& v) { v.text(z.body.hub); }, true},
        {"residency", [](Z& z, const V& v) { v.name(z.body.residency); }, true},
        {"latency_ms", [](Z& z, const V& v) { v.integer(z.body.latency_ms, 0, 10'000); }}};
    return keys;
}

const ConfigKeys<Config::Tier>& tier_keys() {
    using T = Config::Tier;
    static const ConfigKeys<T> keys{
        {"name", [](T& t, const V& v) { v.name(t.body.name); }, true},
        {"availability", [](T& t, const V& v) { v.thousandths(t.body.availability, 100); }, true},
        {"start_by_s", [](T& t, const V& v) { v.integer(t.body.start_by_s, 0, 3'600); }},
        {"penalty_bp", [](T& t, const V& v) { v.basis_points(t.body.penalty); }},
        {"product", [](T& t, const V& v) {
             t.body.product = v.word({"gpu", "token"}) == 0 ? engine::Product::gpu : engine::Product::token;
         }}};
    return keys;
}

const ConfigKeys<FamilyEntry>& family_keys() {
    using F = FamilyEntry;
    // A floor or ceiling off the tick is rounded inward; a guidance must be on it.
    static const ConfigKeys<F> keys{
        {"classes", [](F& f, const V& v) { v.names(f.classes, 16); }, true},
        {"zones", [](F& f, const V& v) { v.names(f.zones, 16); }, true},
        {"tiers", [](F& f, const V& v) { v.names(f.tiers, 8); }, true},
        {"guidance", [](F& f, const V& v) { v.price(f.body.guidance, engine::tick_decimal); }},
        {"benchmark", [](F& f, const V& v) { v.price(f.benchmark, engine::tick_decimal); }},
        {"floor", [](F& f, const V& v) { v.price(f.body.floor, 1'000); }},
        {"ceiling", [](F& f, const V& v) { v.price(f.body.ceiling, 1'000); }},
        {"dynamic_width", [](F& f, const V& v) { v.percent(f.body.dynamic_width); }},
        {"require_reason", [](F& f, const V& v) { v.flag(f.body.require_reason); }},
        {"horizon", [](F& f, const V& v) { v.integer(f.body.horizon, 1, 2'048); }},
        {"rationale", [](F& f, const V& v) { v.text(f.body.rationale); }}};
    return keys;
}

const ConfigKeys<Config::Account>& account_keys() {
    using A = Config::Account;
    static const ConfigKeys<A> keys{{"name", [](A& a, const V& v) { v.name(a.body.name); }, true},
                                    {"group", [](A& a, const V& v) { v.name(a.body.group); }},
                                    {"roles", [](A& a, const V& v) { v.roles(a.body.roles); }, true}};
    return keys;
}

const ConfigKeys<Config::Key>& key_keys() {
    using K = Config::Key;
    static const ConfigKeys<K> keys{{"name", [](K& k, const V& v) { v.name(k.body.name); }, true},
                                    {"account", [](K& k, const V& v) { k.account = v.name(32); }, true},
                                    {"roles", [](K& k, const V& v) { v.roles(k.body.roles); }, true},
                                    {"public_key", [](K& k, const V& v) { v.public_key(k.body.public_key); }},
                                    {"private_key", [](K& k, const V& v) { k.private_key = v.text(255); }},
                                    {"on_behalf", [](K& k, const V& v) { v.flag(k.body.on_behalf); }}};
    return keys;
}

}  // namespace gridbook::gateway
