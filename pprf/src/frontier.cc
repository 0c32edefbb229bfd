#include "frontier.h"

namespace dmls::pprf {

// A place with the longest common prefix is the only one that can stand above the input, so each chain is looked at
// once, and every step goes to a chain that begins deeper: about log2(k) / 2 steps after k random punctures, never more
// than the depth of the tree. There is no index beside the chains.
Result<Place> find_node(const Frontier& frontier, const Shape& shape, BytesView input) {
  if (!frontier.root.empty()) return Place{nullptr, 0, 0, frontier.root.expose().data()};
  const auto punctured = fail(errc::kPunctured, "draft-kohbrok-mls-dmls PPRF: this input was evaluated and punctured");
  const auto not_kept = fail(errc::kNotKept, "draft-kohbrok-mls-dmls PPRF: the node above this input was given up");
  std::size_t reached = shape.depth;  // the depth at which the search ended
  for (Chain* chain = frontier.top.get(); chain != nullptr;) {
    const std::size_t common = common_bits(chain->input().data(), input.data(), shape.input_length());
    reached = common;
    if (common < chain->from()) break;
    std::size_t place = common - chain->from();
    if (place >= chain->count()) {
      if (!chain->has_end()) break;
      place = chain->count();
    }
    reached = chain->depth_of(place);
    if (chain->held(place)) return Place{chain, place, reached, chain->secret(place)};
    chain = chain->next(place);
  }
  return reached == shape.depth ? punctured : not_kept;
}

void replace_node(Frontier& frontier, const Place& place, ChainPtr chain) {
  --frontier.nodes;
  if (chain != nullptr) {
    frontier.nodes += chain->places();
    frontier.octets += chain->allocated();
    chain->record = frontier.next_record++;
  }
  if (place.chain == nullptr) {
    frontier.root.wipe();
    frontier.top = std::move(chain);
  } else {
    place.chain->spend(place.place, std::move(chain));
  }
}

namespace {

// Left to right: the siblings to the left on the way down, the end, the siblings to the right on the way back.
template <class Visit>
void visit_places(const Chain& chain, const Visit& visit) {
  const auto at = [&](std::size_t place) {
    if (chain.held(place)) {
      visit(chain, place);
    } else if (const Chain* next = chain.next(place)) {
      visit_places(*next, visit);
    }
  };
  const std::uint8_t* input = chain.input().data();
  for (std::size_t i = 0; i < chain.count(); ++i)
    if (bit_at(input, chain.from() + i)) at(i);
  if (chain.has_end()) at(chain.count());
  for (std::size_t i = chain.count(); i-- > 0;)
    if (!bit_at(input, chain.from() + i)) at(i);
}

template <class Visit>
void visit_chains(const Chain& chain, const Place& from, const Visit& visit) {
  visit(chain, from);
  for (std::size_t i = 0; i < chain.places(); ++i)
    if (Chain* next = chain.next(i)) visit_chains(*next, Place{const_cast<Chain*>(&chain), i, 0, nullptr}, visit);
}

}  // namespace

NodeList list_nodes(const Frontier& frontier, const Shape& shape) {
  NodeList list;
  const std::size_t octets = shape.input_length();
  list.prefixes = SecretBytes(frontier.nodes * octets);
  list.nodes.reserve(frontier.nodes);
  std::uint8_t* prefix = list.prefixes.expose_mut().data();
  if (!frontier.root.empty()) list.nodes.push_back({0, prefix, frontier.root.expose().data()});
  if (frontier.top != nullptr) {
    visit_places(*frontier.top, [&](const Chain& chain, std::size_t place) {
      chain.prefix_of(place, prefix);
      list.nodes.push_back({chain.depth_of(place), prefix, chain.secret(place)});
      prefix += octets;
    });
  }
  return list;
}

void for_each_chain(const Frontier& frontier, const std::function<void(const Chain&, const Place&)>& visit) {
  if (frontier.top != nullptr) visit_chains(*frontier.top, Place{}, visit);
}

}  // namespace dmls::pprf
