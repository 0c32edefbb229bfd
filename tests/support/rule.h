#pragma once
#include <gtest/gtest.h>

// Says which rule of RFC 9420 the TEST that it stands in breaks: RULE("12.2", "a line of tools/rfc9420_rules.txt").
// tools/rules.py reads it, and fails where a rule of that file has no test.
#define RULE(section, rule) SCOPED_TRACE("RFC 9420 §" section ": " rule)
