// SPDX-License-Identifier: Apache-2.0
#include "ledger/export/picture.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gridbook::ledger {

namespace {

constexpr double width = 720, height = 180, left = 60, bottom = 24;
// Of a label's room: free on the left, taken by all bars, free between two bars.
constexpr double margin = 0.1, taken = 0.84, between = 0.04;

constexpr std::string_view styles = R"(
<style>
body{font:15px/1.5 system-ui,sans-serif;max-width:780px;margin:2em auto;padding:0 1em;color:#1c2733}
table{border-collapse:collapse;margin:1em 0}td,th{padding:.2em .8em;border-bottom:1px solid #d8dee4;text-align:right}
th:first-child{text-align:left;font-weight:normal}svg{width:100%;height:auto}figure{margin:1em 0}
.was{fill:#9fb1c1}.draft{fill:#0b7285}.axis{font-size:11px;text-anchor:end;fill:#5c6b78}
.hour{font-size:10px;text-anchor:middle;fill:#5c6b78}.key b{display:inline-block;width:.8em;height:.8em}
</style>
)";

}  // namespace

std::string bars(const Picture& picture) {
    double most = 0;
    for (const Series& series : picture.series)
        for (const double value : series.values) most = std::max(most, value);
    std::string svg = fmt::format(
        R"(<figure><figcaption>{}</figcaption><svg viewBox="0 0 {} {}" role="img" aria-label="{}">)",
        picture.title, width, height, picture.title);
    svg += fmt::format(R"(<text x="{}" y="14" class="axis">{:.6g}</text>)", left - 6, most);
    svg += fmt::format(R"(<text x="{}" y="{}" class="axis">0</text>)", left - 6, height - bottom);
    const double step = (width - left) / static_cast<double>(std::max<std::size_t>(1, picture.labels.size()));
    const double tall = height - bottom - 8, share = taken / static_cast<double>(picture.series.size());
    for (std::size_t i = 0; i < picture.labels.size(); ++i) {
        const double x = left + static_cast<double>(i) * step;
        double at = margin;
        for (const Series& series : picture.series) {
            const double size = most == 0 ? 0 : series.values[i] / most * tall;
            svg += fmt::format(R"(<rect class="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>)",
                               series.colour, x + step * at, height - bottom - size, step * (share - between),
                               size);
            at += share;
        }
        svg += fmt::format(R"(<text x="{:.1f}" y="{}" class="hour">{}</text>)", x + step / 2, height - 8,
                           picture.labels[i]);
    }
    return svg + "</svg></figure>\n";
}

std::string page_head(std::string_view title) {
    return fmt::format(R"(<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{}</title>)",
                       title) +
           std::string(styles);
}

std::string colour_key(std::string_view was, std::string_view draft) {
    return fmt::format(
        "<p class=\"key\"><b class=\"was\" style=\"background:#9fb1c1\"></b> {} "
        "<b class=\"draft\" style=\"background:#0b7285\"></b> {}</p>\n",
        was, draft);
}

}  // namespace gridbook::ledger
