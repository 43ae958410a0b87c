// SPDX-License-Identifier: Apache-2.0
// Bodies of the admin calls against a small catalogue; and the signed request as it is kept and read again.
#include "gateway/admin/bodies.hpp"
#include "gateway/admin/signed_text.hpp"
#include "gateway/ingress/decoder.hpp"

using namespace gridbook::gateway;
namespace engine = gridbook::engine;

namespace {

template <class Body>
void tell(Directory& directory, const Body& body, engine::AccountId account = engine::no_account) {
    engine::Event event;
    event.header.account = account;
    event.set(body);
    directory.apply(event);
}

Directory small() {
    Directory d;
    tell(d, engine::ClassDefined{.id = engine::ClassId{0}, .name = engine::Text<16>("H100")});
    tell(d, engine::ZoneDefined{.id = engine::ZoneId{0}, .name = engine::Text<16>("CN-EAST")});
    tell(d, engine::TierDefined{.id = engine::TierId{0}, .name = engine::Text<8>("G2")});
    tell(d, engine::FamilyDefined{.id = engine::FamilyId{0}});
    tell(d, engine::AccountOpened{.name = engine::Text<32>("acme")}, engine::AccountId{0});
    return d;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Directory directory = small();
    static Decoder decoder;
    const std::string_view body(reinterpret_cast<const char*>(data), size);
    for (const AdminCall& call : admin_calls()) {
        if (decoder.decode(body)) break;
        if (!check_fields(decoder.frame(), call.fields, {}, call.path))
            call.read(decoder.frame(), directory, {});
    }
    HttpRequest http;
    http.method = "POST";
    http.target = "/v1/admin/bands";
    http.body = body;
    reason_in(signed_text(http));
    read_signed_text(body);
    return 0;
}
