// SPDX-License-Identifier: Apache-2.0
#pragma once
// The catalogue grows: classes, zones, tiers and families are entered by commands, so that a journal alone
// says what could be traded. A new family lists its horizon at once.

#include "engine/step.hpp"

namespace gridbook::engine {

void define_class(Step& step, const DefineClass& body);
void define_zone(Step& step, const DefineZone& body);
void define_tier(Step& step, const DefineTier& body);
void define_family(Step& step, const DefineFamily& body);

// Task: lists the horizon of a new family. False: the sink has no more room.
bool list_family(Step& step, Task& task);
// Lists one period of a family: its book is empty and open.
void list_period(Step& step, FamilyId family, Period period);

}  // namespace gridbook::engine
