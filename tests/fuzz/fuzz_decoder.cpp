// SPDX-License-Identifier: Apache-2.0
// Frames of /v1/trade and /v1/market: decoded, checked against the table, read into requests; of a batch also
// its orders. Every refusal must name its code.
#include "engine/units/check.hpp"
#include "gateway/ingress/decoder.hpp"
#include "gateway/ingress/trade_request.hpp"

using namespace gridbook::gateway;

namespace {

void check_code(const std::optional<WireError>& error) { GRIDBOOK_CHECK(!error || !error->code.empty()); }

void read_orders(const TradeRequest& request) {
    static Decoder decoder;
    const auto* batch = std::get_if<BatchRequest>(&request.body);
    if (batch == nullptr) return;
    for (const std::string_view order : batch->orders) {
        TradeRequest item;
        // The frame as a whole was JSON, so each of its orders is.
        const auto error = decoder.decode(order);
        GRIDBOOK_CHECK(!error || error->code == "FORMAT_FIELD");
        if (!error) check_code(read_batch_item(decoder.frame(), item));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static Decoder decoder;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto error = decoder.decode(text)) {
        check_code(error);
        return 0;
    }
    TradeRequest request;
    const auto refused = read_trade(decoder.frame(), request);
    check_code(refused);
    if (!refused) read_orders(request);
    GRIDBOOK_CHECK(!decoder.decode(text));
    std::string_view id;
    const OpSpec* op = nullptr;
    auto error = check_op(decoder.frame(), Endpoint::market, id, op);
    if (!error) error = check_fields(decoder.frame(), *op);
    check_code(error);
    return 0;
}
