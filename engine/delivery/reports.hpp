// SPDX-License-Identifier: Apache-2.0
#pragma once
// What those who deliver and those who are delivered to report (market-rules section 7): ready, and a reading
// of the meter for each minute.

#include "engine/step.hpp"

namespace gridbook::engine {

void report_ready(Step& step, const ReportReady& body);
void report_meter(Step& step, const ReportMeter& body);

}  // namespace gridbook::engine
