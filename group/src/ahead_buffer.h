#pragma once
#include <dmls/base/bytes.h>
#include <dmls/group/client_config.h>

#include <cstdint>
#include <map>
#include <vector>

namespace dmls::group {

// AheadBuffer keeps messages of epochs to come, as they came: nothing in them can be verified yet. Anyone can fill it,
// up to its bounds; nearer epochs then push out farther ones.
class AheadBuffer {
 public:
  // False if it was not kept. The same octets are kept once.
  bool keep(BytesView message, std::uint64_t epoch, const MessageWindow&);
  // Those of `epoch`, in the order of their arrival; those of earlier ones are forgotten.
  std::vector<Bytes> take(std::uint64_t epoch);

 private:
  void drop_farthest();
  std::map<std::uint64_t, std::vector<Bytes>> by_epoch_;
  std::size_t messages_ = 0;
  std::size_t octets_ = 0;
};

}  // namespace dmls::group
