#include <dmls/fork/error.h>
#include <dmls/fork/extensions.h>
#include <dmls/treekem/required_capabilities.h>

#include <algorithm>

namespace dmls::fork {
namespace {

void list_once(std::vector<treekem::ExtensionType>& list, treekem::ExtensionType type) {
  if (std::find(list.begin(), list.end(), type) == list.end()) list.push_back(type);
}

}  // namespace

Result<Signalling> signalling_of(const treekem::ExtensionList& extensions) {
  const auto found = treekem::get_extension<Signalling>(extensions);
  if (!found || !*found) return fail(errc::kNotDemls, "DeMLS: the GroupContext has no readable signalling extension");
  if ((*found)->version != 1 || ((*found)->flags & ~1u) != 0)
    return fail(errc::kNotDemls, "DeMLS: the signalling extension has a version or a flag that is not known");
  return **found;
}

Result<treekem::ExtensionList> demls_extensions(ExternalCommits choice, treekem::ExtensionList further) {
  if (treekem::find_extension(further, kSignallingExtension) != nullptr)
    return fail(dmls::errc::kMisuse, "DeMLS: the signalling extension is set by this library");
  treekem::set_extension(further, Signalling::with(choice));
  DMLS_TRY(auto required, treekem::get_extension<treekem::RequiredCapabilities>(further));
  if (!required) required.emplace();
  list_once(required->extension_types, kSignallingExtension);
  list_once(required->extension_types, kEpochExtension);
  treekem::set_extension(further, *required);
  return further;
}

void add_demls_capabilities(treekem::Capabilities& capabilities) {
  list_once(capabilities.extensions, kSignallingExtension);
  list_once(capabilities.extensions, kEpochExtension);
}

Result<void> check_signalling_kept(const treekem::ExtensionList& before, const treekem::ExtensionList& after) {
  const auto* was = treekem::find_extension(before, kSignallingExtension);
  const auto* is = treekem::find_extension(after, kSignallingExtension);
  if (was == nullptr || is == nullptr || !(*was == *is))
    return fail(errc::kSignallingChanged, "DeMLS: the signalling extension is set at epoch 0 and never changes");
  return {};
}

void EpochNotes::write(treekem::ExtensionList& extensions) const {
  treekem::set_extension(extensions, EpochName{id_.octets()});
}

Result<void> EpochNotes::check(const treekem::ExtensionList& extensions) const {
  DMLS_TRY(const auto named, treekem::get_extension<EpochName>(extensions));
  if (named && named->dmls_epoch != id_.octets())
    return fail(errc::kWrongEpoch, "DeMLS: the GroupInfo names another epoch than the one it leads to");
  return {};
}

}  // namespace dmls::fork
