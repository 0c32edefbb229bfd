#include <dmls/inspect/walk.h>

#include <algorithm>
#include <array>

namespace dmls::inspect {
namespace {

constexpr std::size_t kMaxInnerFaults = 16;
constexpr const char* kTruncated = "RFC 9420 §2.1: the input ends inside a field";

class Walker {
 public:
  Walker(BytesView octets, Walk& out) : in_(octets), out_(out) {}

  void run(const Type& type) {
    const auto size = static_cast<std::uint32_t>(in_.size());
    if (follow(type, "", 0, 0, size) && at_ != size) fault(at_, "RFC 9420 §2.1: octets are left over after the value");
    out_.reached = std::max(out_.reached, at_);
  }

 private:
  // Follows one `type` at at_, which must not go beyond `limit`. False: a fault was noted.
  bool follow(const Type& type, std::string_view name, std::uint32_t index, std::uint16_t depth, std::uint32_t limit) {
    if (type.form == Form::select) return select(type, name, depth, limit);
    const std::size_t mine = out_.parts.size();
    out_.parts.push_back({&type, name, at_, at_, at_, index, 1, depth});
    open_.push_back(mine);
    const bool good = inside(type, mine, depth, limit);
    open_.pop_back();
    out_.parts[mine].end = good ? at_ : limit;
    return good;
  }

  bool inside(const Type& type, std::size_t mine, std::uint16_t depth, std::uint32_t limit) {
    switch (type.form) {
      case Form::integer: return integer(type, limit);
      case Form::fixed: return take(type.size, limit);
      case Form::opaque: {
        std::uint32_t end = 0;
        if (!header(limit, mine, end)) return false;
        at_ = end;
        return true;
      }
      case Form::vector: return vector(type, mine, depth, limit);
      case Form::optional: return optional(type, depth, limit);
      case Form::structure: return fields(type, depth, limit);
      case Form::content: return content(type, mine, depth, limit);
      case Form::tree: return tree(type, mine, depth, limit);
      case Form::padding: return padding(limit);
      case Form::select: return true;  // is no part of its own
    }
    return true;
  }

  bool fields(const Type& type, std::uint16_t depth, std::uint32_t limit) {
    for (const Field& field : type.fields)
      if (!follow(*field.type, field.name, 0, static_cast<std::uint16_t>(depth + 1), limit)) return false;
    return true;
  }

  // The chosen alternative takes the place of the select. One without a name has its fields there, and no part.
  bool select(const Type& type, std::string_view name, std::uint16_t depth, std::uint32_t limit) {
    const std::uint64_t chosen = slots_[static_cast<std::size_t>(type.slot)];
    const Type* found = type.element;
    for (const Case& one : type.cases)
      if (one.value == chosen) found = one.type;
    if (found == nullptr) return true;
    if (found->name.empty()) {
      for (const Field& field : found->fields)
        if (!follow(*field.type, field.name, 0, depth, limit)) return false;
      return true;
    }
    return follow(*found, name, 0, depth, limit);
  }

  bool integer(const Type& type, std::uint32_t limit) {
    const std::uint32_t begin = at_;
    if (!take(type.size, limit)) return false;
    std::uint64_t value = 0;
    for (std::uint32_t i = begin; i < at_; ++i) value = value << 8 | in_[i];
    slots_[static_cast<std::size_t>(type.slot)] = value;
    if (value == 0 && !type.zero.empty()) return fault(begin, type.zero);
    if (type.closed.empty()) return true;
    for (const NamedValue& known : type.names)
      if (known.value == value) return true;
    return fault(begin, type.closed);
  }

  // A length header, and whether so much follows. RFC 9420 §2.1.2
  bool header(std::uint32_t limit, std::size_t part, std::uint32_t& end) {
    const std::uint32_t begin = at_;
    if (!take(1, limit)) return false;
    const unsigned prefix = in_[begin] >> 6;
    if (prefix == 3) return fault(begin, "RFC 9420 §2.1.2: length prefix 0b11 is invalid");
    const std::uint32_t more = (1U << prefix) - 1;
    if (!take(more, limit)) return false;
    std::uint32_t length = in_[begin] & 0x3f;
    for (std::uint32_t i = begin + 1; i < at_; ++i) length = length << 8 | in_[i];
    if (prefix > 0 && length < (1U << (prefix == 1 ? 6 : 14)))
      return fault(begin, "RFC 9420 §2.1.2: a vector length is not minimally encoded");
    out_.parts[part].content = at_;
    if (length > limit - at_)
      return fault(limit, std::string(kTruncated) + " of " + std::to_string(length) + " octets that begins at octet " +
                              std::to_string(at_));
    end = at_ + length;
    return true;
  }

  bool vector(const Type& type, std::size_t mine, std::uint16_t depth, std::uint32_t limit) {
    std::uint32_t end = 0;
    if (!header(limit, mine, end)) return false;
    if (type.element->form == Form::integer) return integers(*type.element, end);
    for (std::uint32_t index = 0; at_ < end; ++index)
      if (!follow(*type.element, "", index, static_cast<std::uint16_t>(depth + 1), end)) return false;
    return true;
  }

  // A list of numbers is one part.
  bool integers(const Type& element, std::uint32_t end) {
    const std::uint32_t size = element.size;
    while (at_ < end)
      if (!take(size, end)) return false;
    return true;
  }

  bool optional(const Type& type, std::uint16_t depth, std::uint32_t limit) {
    bool present = false;
    if (!presence(present, limit)) return false;
    return !present || follow(*type.element, "", 0, static_cast<std::uint16_t>(depth + 1), limit);
  }

  bool presence(bool& present, std::uint32_t limit) {
    const std::uint32_t begin = at_;
    if (!take(1, limit)) return false;
    if (in_[begin] > 1) return fault(begin, "RFC 9420 §2.1.1: the presence octet of an optional is 0 or 1");
    present = in_[begin] == 1;
    return true;
  }

  // RFC 9420 §12.4.3.3: leaves at even places, parents at odd ones; the last node is not blank, and is a leaf's or
  // stands left of nothing.
  bool tree(const Type& type, std::size_t mine, std::uint16_t depth, std::uint32_t limit) {
    std::uint32_t end = 0;
    if (!header(limit, mine, end)) return false;
    const Type& node = *type.element;
    const auto below = static_cast<std::uint16_t>(depth + 1);
    std::uint32_t count = 0;
    std::uint32_t last_begin = at_;
    bool blank = true;
    while (at_ < end) {
      last_begin = at_;
      bool present = false;
      const std::uint32_t begin = at_;
      if (!presence(present, end)) return false;
      blank = !present;
      if (blank) {
        Part& before = out_.parts.back();
        if (before.type == &node && before.end == begin && before.end - before.begin == before.repeated &&
            before.depth == below) {
          before.end = at_;
          ++before.repeated;
        } else {
          out_.parts.push_back({&node, "", begin, at_, at_, count, 1, below});
        }
      } else {
        const std::uint32_t kind = at_;
        if (kind < end && (in_[kind] == 1 || in_[kind] == 2) && (in_[kind] == 1) != (count % 2 == 0))
          return fault(kind, "RFC 9420 §12.4.3.3: leaves stand at even places, parents at odd ones");
        if (!follow(*node.element, "", count, below, end)) return false;
      }
      ++count;
    }
    if (blank) return fault(last_begin, "RFC 9420 §12.4.3.3: the last node of a ratchet_tree is not blank");
    if (count % 2 == 0) return fault(last_begin, "RFC 9420 §12.4.3.3: a ratchet_tree has an odd number of nodes");
    return true;
  }

  // What is wrong inside is no fault of what is around it: the octets around it can be followed all the same.
  bool content(const Type& type, std::size_t mine, std::uint16_t depth, std::uint32_t limit) {
    std::uint32_t end = 0;
    if (!header(limit, mine, end)) return false;
    const std::uint64_t chosen = slots_[static_cast<std::size_t>(type.slot)];
    for (const Case& one : type.cases) {
      if (one.value != chosen || depth > kMaxDepth / 2) continue;
      ++nested_;
      if (follow(*one.type, "", 0, static_cast<std::uint16_t>(depth + 1), end) && at_ != end)
        fault(at_, "RFC 9420 §13.4: octets are left over after the data of an extension");
      --nested_;
    }
    at_ = end;
    return true;
  }

  bool padding(std::uint32_t limit) {
    for (; at_ < limit; ++at_)
      if (in_[at_] != 0) return fault(at_, "RFC 9420 §6.3.1: padding holds an octet that is not zero");
    return true;
  }

  bool take(std::uint32_t count, std::uint32_t limit) {
    if (count > limit - at_) return fault(limit, kTruncated);
    at_ += count;
    return true;
  }

  bool fault(std::uint32_t octet, std::string_view rule) {
    out_.reached = std::max(out_.reached, std::min(at_, octet));
    Fault found{octet, std::string(rule), place()};
    if (nested_ == 0) {
      out_.fault = std::move(found);
    } else if (out_.inner.size() < kMaxInnerFaults) {
      out_.inner.push_back(std::move(found));
    }
    return false;
  }

  [[nodiscard]] std::string place() const {
    std::string out;
    for (std::size_t i = 0; i < open_.size(); ++i) {
      const Part& part = out_.parts[open_[i]];
      if (part.name.empty() && i > 0) {
        const Part& around = out_.parts[open_[i - 1]];
        if (around.type->form == Form::vector || around.type->form == Form::tree)
          out.append("[").append(std::to_string(part.index)).append("]");
        continue;
      }
      if (!out.empty() && !part.name.empty()) out += '.';
      out += part.name;
    }
    return out;
  }

  BytesView in_;
  Walk& out_;
  std::uint32_t at_ = 0;
  unsigned nested_ = 0;
  std::vector<std::size_t> open_;
  std::array<std::uint64_t, static_cast<std::size_t>(Slot::count)> slots_{};
};

}  // namespace

Walk walk(const Type& type, BytesView octets) {
  Walk out;
  if (octets.size() > kMaxInput) {
    out.fault = Fault{static_cast<std::uint32_t>(kMaxInput), "the input is longer than is looked into", ""};
    return out;
  }
  Walker(octets, out).run(type);
  return out;
}

Detected detect(BytesView octets) {
  Detected best{structures().front(), {}, {}};
  bool any = false;
  for (const Type* type : structures()) {
    Walk attempt = walk(*type, octets);
    if (attempt.clean() && any && best.walk.clean()) {
      best.also.push_back(type);
      continue;
    }
    // Without a fault, then with faults in extensions only, then by how far it came.
    const auto rank = [](const Walk& w) { return w.fault ? 0 : w.inner.empty() ? 2 : 1; };
    const bool better = !any || rank(attempt) > rank(best.walk) ||
                        (rank(attempt) == rank(best.walk) && attempt.reached > best.walk.reached);
    if (better) {
      best.type = type;
      best.walk = std::move(attempt);
      any = true;
    }
  }
  return best;
}

}  // namespace dmls::inspect
