// SPDX-License-Identifier: Apache-2.0
#pragma once
// Pictures for reports that people read: bars as SVG inside the page itself, so that a report can be sent and
// kept as one file. It knows nothing of what is counted.

#include <string>
#include <string_view>
#include <vector>

namespace gridbook::ledger {

struct Series {
    std::string_view colour;  // a class of page_head's: was, draft
    std::vector<double> values{};
};

// A bar a label and series, side by side, from 0 to the largest of all.
struct Picture {
    std::string title;
    std::vector<std::string> labels{};
    std::vector<Series> series{};
};

std::string bars(const Picture& picture);
// From the doctype to the styles.
std::string page_head(std::string_view title);
// What the colours mean: a name for `was` and one for `draft`.
std::string colour_key(std::string_view was, std::string_view draft);

}  // namespace gridbook::ledger
