// SPDX-License-Identifier: Apache-2.0
#pragma once
// The demo's operator and regulator: they act through signed HTTP calls only, as any would. The operator
// admits participants and tops up their credit, the regulator moves a band for a while and moves it back.
// Every call throws std::runtime_error naming what was asked and what was answered.

#include <string>
#include <string_view>

#include "gateway/client/admin_client.hpp"
#include "gateway/demo/scene.hpp"

namespace gridbook::gateway::demo {

// A key that the configuration names, with its file.
struct KeyFile {
    std::string name;
    std::string path;
};

class Office {
  public:
    Office(const std::string& url, const KeyFile& operator_key, const KeyFile& regulator_key);

    // Opens the account unless it is there, and sets its key; `roles` is a JSON list of words.
    void admit(const std::string& account, std::string_view roles, const PublicKey& key);
    void credit(const std::string& account, std::int64_t amount_cny);
    // Moves one edge of a family's band towards the fair price; the next time, back to 0.70 and 1.40 of
    // guidance.
    void move_band(Scene& scene, Chance& chance);

    std::uint64_t bands_moved() const { return bands_moved_; }

  private:
    HttpAnswer post(AdminClient& client, std::string_view target, std::string_view body);
    void set_band(Scene& scene, std::size_t family, std::int64_t floor, std::int64_t ceiling,
                  std::string_view reason);

    SigningKey operator_secret_;
    SigningKey regulator_secret_;
    AdminClient operator_;
    AdminClient regulator_;
    HttpClient public_;
    std::uint64_t bands_moved_ = 0;
};

}  // namespace gridbook::gateway::demo
