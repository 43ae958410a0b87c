// SPDX-License-Identifier: Apache-2.0
#include "ledger/projection/rebuild.hpp"

#include <fmt/format.h>

#include "ledger/audit/progress.hpp"
#include "ledger/request_log.hpp"

namespace gridbook::ledger {

namespace {

constexpr int done = 0, different = 1, not_possible = 2;

// What is there now: digest and place, or why it cannot be read.
struct Before {
    std::optional<engine::Sha256> digest;
    engine::Sequence applied{};
    StreamsKept streams{};
    std::string why_not;
};

Before look(const std::filesystem::path& data) {
    Before before;
    const auto projection = Projection::open(data, Access::read);
    if (!projection) return before.why_not = projection.error().text, before;
    const auto place = (*projection)->place();
    const auto digest = (*projection)->digest();
    if (!place || !digest) return before.why_not = (place ? digest.error() : place.error()).text, before;
    before.digest = *digest;
    before.applied = place->applied;
    // What it has let go stays away, however long it was told to keep it.
    before.streams = {~std::uint64_t{0}, place->streams_from};
    return before;
}

int complain(std::ostream& out, const Error& error) {
    out << "rebuild not possible: " << error.text << std::endl;
    return not_possible;
}

// The new one takes the place of the old one: first aside, so that there is always a whole one.
Result<void> replace(const std::filesystem::path& data, const std::filesystem::path& work) {
    if (auto removed = Projection::remove(data); !removed) return removed;
    std::error_code status;
    std::filesystem::rename(work / "projection", data / "projection", status);
    if (!status) std::filesystem::remove_all(work, status);
    if (status) return system_failure(status.value(), "put in place", (data / "projection").string());
    return {};
}

}  // namespace

Result<void> project(const Journal& journal, Projection& projection, const ProjectTo& to,
                     const OnProgress& on_progress) {
    auto reader = journal.read_from(engine::Sequence{1});
    if (!reader) return reader.error();
    std::optional<Postings> postings;
    Balances balances;
    std::optional<Projector> projector;
    while (true) {
        auto more = reader->next();
        if (!more) return more.error();
        if (!*more || reader->batch().header.first > to.last) break;
        if (to.stop != nullptr && to.stop->load(std::memory_order_relaxed)) break;
        const BatchView& batch = reader->batch();
        if (!postings) {
            postings.emplace(batch.command(0).as<engine::Genesis>());
            projector.emplace(projection, *postings, balances, to.streams);
            if (auto begun = projector->begin(); !begun) return begun.error();
        }
        for (std::size_t i = 0, event = 0; i < batch.header.count; ++i)
            for (std::size_t e = 0; e < batch.event_count(i); ++e, ++event) {
                const engine::Event told = batch.event(event);
                const auto entries = postings->of(told);
                for (const Entry& entry : entries) balances.post(entry);
                projector->see(told, static_cast<std::uint32_t>(e), entries);
            }
        const SnapshotPlace place{batch.header.epoch, batch.header.last(), batch.header.time, reader->link()};
        if (auto written = projector->end_of_batch(place, engine::Time{}); !written) return written;
        if (on_progress) on_progress(place.sequence, journal.last());
    }
    return projector ? projector->flush() : Result<void>{};
}

int rebuild(const std::filesystem::path& data, std::ostream& out, const RebuildOptions& options) {
    const auto journal = Journal::open({data, Access::write});
    if (!journal) return complain(out, journal.error());
    const Before before = look(data);
    const std::filesystem::path work = data / "rebuild";
    std::error_code status;
    std::filesystem::remove_all(work, status);
    auto projection = Projection::open(work, Access::write);
    if (!projection) return complain(out, projection.error());
    Progress progress("rebuild");
    const auto tell = [&](engine::Sequence at, engine::Sequence last) {
        if (options.progress) progress.at(at, last);
    };
    const engine::Sequence compared = before.digest ? before.applied : (*journal)->last();
    if (auto projected = project(**journal, **projection, {compared, before.streams}, tell); !projected)
        return complain(out, projected.error());
    const auto digest = (*projection)->digest();
    if (!digest) return complain(out, digest.error());
    const bool same = before.digest && *before.digest == *digest;
    out << fmt::format("projection of {} up to sequence {}: {}\n", data.string(), compared.value,
                       hex(*digest));
    out << (same            ? "equal to what was there"
            : before.digest ? "differs from what was there: " + hex(*before.digest)
                            : "nothing to compare with: " + before.why_not)
        << std::endl;
    (*projection).reset();
    if (options.check) {
        std::filesystem::remove_all(work, status);
        return same ? done : before.digest ? different : not_possible;
    }
    if (auto replaced = replace(data, work); !replaced) return complain(out, replaced.error());
    return done;
}

}  // namespace gridbook::ledger
