// RFC 9420's structures, and those of its two descendants, bottom up.

#include <dmls/inspect/grammar.h>

#include <array>
#include <string>

namespace dmls::inspect {
namespace {

// ---- how types are made --------------------------------------------------------------------------------------------

constexpr Type number(std::string_view name, std::uint8_t size, Meaning meaning = Meaning::number) {
  Type t;
  t.form = Form::integer;
  t.name = name;
  t.size = size;
  t.meaning = meaning;
  return t;
}

// An enumeration. `closed`: the rule that a value without a name breaks.
constexpr Type code(std::string_view name, std::string_view section, std::uint8_t size,
                    std::span<const NamedValue> names, Slot slot = Slot::none, std::string_view closed = {}) {
  Type t = number(name, size, Meaning::code_point);
  t.section = section;
  t.names = names;
  t.slot = slot;
  t.closed = closed;
  return t;
}

constexpr Type structure(std::string_view name, std::string_view section, std::span<const Field> fields) {
  Type t;
  t.form = Form::structure;
  t.name = name;
  t.section = section;
  t.fields = fields;
  return t;
}

constexpr Type of(Form form, std::string_view name, const Type* element, std::string_view section = {}) {
  Type t;
  t.form = form;
  t.name = name;
  t.element = element;
  t.section = section;
  return t;
}

constexpr Type octets(std::string_view name, Meaning meaning = Meaning::number) {
  Type t;
  t.form = Form::opaque;
  t.name = name;
  t.meaning = meaning;
  return t;
}

constexpr Type chosen(std::string_view name, Slot slot, std::span<const Case> cases, const Type* otherwise = nullptr) {
  Type t;
  t.form = Form::select;
  t.name = name;
  t.slot = slot;
  t.cases = cases;
  t.element = otherwise;
  return t;
}

// ---- RFC 9420 §2.1: the language
// -------------------------------------------------------------------------------------

constexpr Type kUint16 = number("uint16", 2);
constexpr Type kUint32 = number("uint32", 4);
constexpr Type kUint64 = number("uint64", 8);
constexpr Type kTime = number("uint64", 8, Meaning::time);
constexpr Type kLeafIndex = number("uint32", 4, Meaning::leaf_index);
constexpr Type kOpaque = octets("opaque<V>");
constexpr Type kText = octets("opaque<V>", Meaning::text);
constexpr Type kReuseGuard = [] {
  Type t = octets("opaque[4]");
  t.form = Form::fixed;
  t.size = 4;
  return t;
}();
constexpr Type kPadding = of(Form::padding, "padding", nullptr, "§6.3.1");

// ---- code points
// -----------------------------------------------------------------------------------------------------

constexpr auto kVersions = std::to_array<NamedValue>({{1, "mls10"}});
constexpr Type kVersion = code("ProtocolVersion", "§6", 2, kVersions);
constexpr Type kMessageVersion =
    code("ProtocolVersion", "§6", 2, kVersions, Slot::none, "RFC 9420 §6: the protocol version is not mls10");

constexpr auto kSuites = std::to_array<NamedValue>({
    {1, "MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519"},
    {2, "MLS_128_DHKEMP256_AES128GCM_SHA256_P256"},
    {3, "MLS_128_DHKEMX25519_CHACHA20POLY1305_SHA256_Ed25519"},
    {4, "MLS_256_DHKEMX448_AES256GCM_SHA512_Ed448"},
    {5, "MLS_256_DHKEMP521_AES256GCM_SHA512_P521"},
    {6, "MLS_256_DHKEMX448_CHACHA20POLY1305_SHA512_Ed448"},
    {7, "MLS_256_DHKEMP384_AES256GCM_SHA384_P384"},
});
constexpr Type kSuite = code("CipherSuite", "§17.1", 2, kSuites);

constexpr auto kWireFormats = std::to_array<NamedValue>({{1, "mls_public_message"},
                                                         {2, "mls_private_message"},
                                                         {3, "mls_welcome"},
                                                         {4, "mls_group_info"},
                                                         {5, "mls_key_package"}});
constexpr Type kWireFormat =
    code("WireFormat", "§17.2", 2, kWireFormats, Slot::wire_format, "RFC 9420 §6: the wire format is unknown");
constexpr Type kAnyWireFormat = code("WireFormat", "§17.2", 2, kWireFormats);
constexpr Type kWrappedFormat = code("WireFormat", "§17.2", 2, std::span(kWireFormats).first(2), Slot::wire_format,
                                     "draft-kohbrok-mls-dmls: only a PublicMessage or a PrivateMessage is wrapped");

constexpr auto kExtensionTypes = std::to_array<NamedValue>({{1, "application_id"},
                                                            {2, "ratchet_tree"},
                                                            {3, "required_capabilities"},
                                                            {4, "external_pub"},
                                                            {5, "external_senders"},
                                                            {10, "last_resort_key_package"},
                                                            {0xfde0, "demls_signalling"},
                                                            {0xfde1, "dmls_epoch"}});
constexpr Type kExtensionType = code("ExtensionType", "§17.3", 2, kExtensionTypes, Slot::extension_type);

constexpr auto kProposalTypes = std::to_array<NamedValue>({{1, "add"},
                                                           {2, "update"},
                                                           {3, "remove"},
                                                           {4, "psk"},
                                                           {5, "reinit"},
                                                           {6, "external_init"},
                                                           {7, "group_context_extensions"}});
constexpr Type kListedProposalType = code("ProposalType", "§17.4", 2, kProposalTypes);
constexpr Type kProposalType = [] {
  Type t = kListedProposalType;
  t.slot = Slot::proposal_type;
  t.zero = "RFC 9420 §17.4: the proposal type 0 is reserved";
  return t;
}();

constexpr auto kCredentialTypes = std::to_array<NamedValue>({{1, "basic"}, {2, "x509"}});
constexpr Type kListedCredentialType = code("CredentialType", "§17.5", 2, kCredentialTypes);
constexpr Type kCredentialType = code("CredentialType", "§17.5", 2, kCredentialTypes, Slot::credential_type);

constexpr auto kContentTypes = std::to_array<NamedValue>({{1, "application"}, {2, "proposal"}, {3, "commit"}});
constexpr Type kContentType = code("ContentType", "§6", 1, kContentTypes, Slot::content_type,
                                   "RFC 9420 §6: a content type is application, proposal or commit");
constexpr Type kAnyContentType = code("ContentType", "§6", 1, kContentTypes);

constexpr auto kSenderTypes =
    std::to_array<NamedValue>({{1, "member"}, {2, "external"}, {3, "new_member_proposal"}, {4, "new_member_commit"}});
constexpr Type kSenderType =
    code("SenderType", "§6", 1, kSenderTypes, Slot::sender_type, "RFC 9420 §6: the sender type is unknown");

constexpr auto kSources = std::to_array<NamedValue>({{1, "key_package"}, {2, "update"}, {3, "commit"}});
constexpr Type kSource =
    code("LeafNodeSource", "§7.2", 1, kSources, Slot::leaf_node_source, "RFC 9420 §7.2: unknown leaf_node_source");

constexpr auto kPskTypes = std::to_array<NamedValue>({{1, "external"}, {2, "resumption"}});
constexpr Type kPskType =
    code("PSKType", "§8.4", 1, kPskTypes, Slot::psk_type, "RFC 9420 §8.4: a PSKType is external or resumption");
constexpr auto kUsages = std::to_array<NamedValue>({{1, "application"}, {2, "reinit"}, {3, "branch"}});
constexpr Type kUsage =
    code("ResumptionPSKUsage", "§8.4", 1, kUsages, Slot::none, "RFC 9420 §8.4: a ResumptionPSKUsage is 1, 2 or 3");

constexpr auto kProposalOrRefs = std::to_array<NamedValue>({{1, "proposal"}, {2, "reference"}});
constexpr Type kProposalOrRefType = code("ProposalOrRefType", "§12.4", 1, kProposalOrRefs, Slot::proposal_or_ref,
                                         "RFC 9420 §12.4: a ProposalOrRefType is proposal or reference");

constexpr auto kNodeTypes = std::to_array<NamedValue>({{1, "leaf"}, {2, "parent"}});
constexpr Type kNodeType =
    code("NodeType", "§7.8", 1, kNodeTypes, Slot::node_type, "RFC 9420 §7.8: a NodeType is leaf or parent");

// ---- §5.3, §7.2: credentials, leaves, extensions -------------------------------------------------------------------

constexpr auto kCertificateFields = std::to_array<Field>({{"cert_data", &kOpaque}});
constexpr Type kCertificate = structure("Certificate", "§5.3", kCertificateFields);
constexpr Type kCertificates = of(Form::vector, "Certificate<V>", &kCertificate);
constexpr auto kBasicFields = std::to_array<Field>({{"identity", &kText}});
constexpr Type kBasic = structure("BasicCredential", "§5.3", kBasicFields);
constexpr auto kX509Fields = std::to_array<Field>({{"certificates", &kCertificates}});
constexpr Type kX509 = structure("X509Credential", "§5.3", kX509Fields);
constexpr auto kCredentialCases = std::to_array<Case>({{1, &kBasic}, {2, &kX509}});
constexpr Type kCredentialBody = chosen("", Slot::credential_type, kCredentialCases, &kOpaque);
constexpr auto kCredentialFields =
    std::to_array<Field>({{"credential_type", &kCredentialType}, {"credential", &kCredentialBody}});
constexpr Type kCredential = structure("Credential", "§5.3", kCredentialFields);

constexpr Type kVersionList = of(Form::vector, "ProtocolVersion<V>", &kVersion);
constexpr Type kSuiteList = of(Form::vector, "CipherSuite<V>", &kSuite);
constexpr Type kListedExtensionType = code("ExtensionType", "§17.3", 2, kExtensionTypes);
constexpr Type kExtensionTypeList = of(Form::vector, "ExtensionType<V>", &kListedExtensionType);
constexpr Type kProposalTypeList = of(Form::vector, "ProposalType<V>", &kListedProposalType);
constexpr Type kCredentialTypeList = of(Form::vector, "CredentialType<V>", &kListedCredentialType);
constexpr auto kCapabilitiesFields = std::to_array<Field>({{"versions", &kVersionList},
                                                           {"cipher_suites", &kSuiteList},
                                                           {"extensions", &kExtensionTypeList},
                                                           {"proposals", &kProposalTypeList},
                                                           {"credentials", &kCredentialTypeList}});
constexpr Type kCapabilities = structure("Capabilities", "§7.2", kCapabilitiesFields);

constexpr auto kLifetimeFields = std::to_array<Field>({{"not_before", &kTime}, {"not_after", &kTime}});
constexpr Type kLifetime = structure("Lifetime", "§7.2", kLifetimeFields);

constexpr auto kRequiredFields = std::to_array<Field>({{"extension_types", &kExtensionTypeList},
                                                       {"proposal_types", &kProposalTypeList},
                                                       {"credential_types", &kCredentialTypeList}});
constexpr Type kRequired = structure("RequiredCapabilities", "§11.1", kRequiredFields);
constexpr auto kApplicationIdFields = std::to_array<Field>({{"application_id", &kText}});
constexpr Type kApplicationId = structure("ApplicationId", "§5.3.3", kApplicationIdFields);
constexpr auto kExternalPubFields = std::to_array<Field>({{"external_pub", &kOpaque}});
constexpr Type kExternalPub = structure("ExternalPub", "§12.4.3.2", kExternalPubFields);
constexpr auto kExternalSenderFields =
    std::to_array<Field>({{"signature_key", &kOpaque}, {"credential", &kCredential}});
constexpr Type kExternalSender = structure("ExternalSender", "§12.1.8.1", kExternalSenderFields);
constexpr Type kExternalSenders = of(Form::vector, "ExternalSenders", &kExternalSender, "§12.1.8.1");
constexpr Type kLastResort = structure("LastResortKeyPackage", "draft-ietf-mls-extensions", {});
constexpr auto kSignallingFields = std::to_array<Field>({{"version", &kUint16}, {"flags", &kUint16}});
constexpr Type kSignalling = structure("Signalling", "draft-kohbrok-mls-dmls", kSignallingFields);
constexpr auto kEpochNameFields = std::to_array<Field>({{"dmls_epoch", &kOpaque}});
constexpr Type kEpochName = structure("EpochName", "draft-kohbrok-mls-dmls", kEpochNameFields);

// Extensions hold ratchet trees, which hold leaves, which hold extensions: the walk bounds how deep it looks.
extern const Type kRatchetTree;
constexpr std::array kExtensionCases{Case{1, &kApplicationId},   Case{2, &kRatchetTree},     Case{3, &kRequired},
                                     Case{4, &kExternalPub},     Case{5, &kExternalSenders}, Case{10, &kLastResort},
                                     Case{0xfde0, &kSignalling}, Case{0xfde1, &kEpochName}};
constexpr Type kExtensionData = [] {
  Type t = octets("opaque<V>");
  t.form = Form::content;
  t.slot = Slot::extension_type;
  t.cases = kExtensionCases;
  return t;
}();
constexpr std::array kExtensionFields{Field{"extension_type", &kExtensionType},
                                      Field{"extension_data", &kExtensionData}};
constexpr Type kExtension = structure("Extension", "§7.2", kExtensionFields);
constexpr Type kExtensions = of(Form::vector, "ExtensionList", &kExtension, "§13.4");

constexpr auto kParentHashFields = std::to_array<Field>({{"parent_hash", &kOpaque}});
constexpr Type kParentHash = structure("", "§7.9", kParentHashFields);
constexpr auto kLifetimeHolder = std::to_array<Field>({{"lifetime", &kLifetime}});
constexpr Type kFromKeyPackage = structure("", "§7.2", kLifetimeHolder);
constexpr auto kSourceCases = std::to_array<Case>({{1, &kFromKeyPackage}, {2, nullptr}, {3, &kParentHash}});
constexpr Type kSourceBody = chosen("", Slot::leaf_node_source, kSourceCases);
constexpr std::array kLeafFields{Field{"encryption_key", &kOpaque},   Field{"signature_key", &kOpaque},
                                 Field{"credential", &kCredential},   Field{"capabilities", &kCapabilities},
                                 Field{"leaf_node_source", &kSource}, Field{"", &kSourceBody},
                                 Field{"extensions", &kExtensions},   Field{"signature", &kOpaque}};
constexpr Type kLeafNode = structure("LeafNode", "§7.2", kLeafFields);

// ---- §7: trees and paths -------------------------------------------------------------------------------------------

constexpr Type kLeafIndices = of(Form::vector, "uint32<V>", &kLeafIndex);
constexpr auto kParentFields =
    std::to_array<Field>({{"encryption_key", &kOpaque}, {"parent_hash", &kOpaque}, {"unmerged_leaves", &kLeafIndices}});
constexpr Type kParentNode = structure("ParentNode", "§7.1", kParentFields);
constexpr std::array kNodeCases{Case{1, &kLeafNode}, Case{2, &kParentNode}};
constexpr Type kNodeBody = chosen("", Slot::node_type, kNodeCases);
constexpr std::array kNodeFields{Field{"node_type", &kNodeType}, Field{"", &kNodeBody}};
constexpr Type kNode = structure("Node", "§7.8", kNodeFields);
constexpr Type kOptionalNode = of(Form::optional, "optional<Node>", &kNode);
constexpr Type kRatchetTree = of(Form::tree, "RatchetTree", &kOptionalNode, "§12.4.3.3");

constexpr auto kHpkeFields = std::to_array<Field>({{"kem_output", &kOpaque}, {"ciphertext", &kOpaque}});
constexpr Type kHpkeCiphertext = structure("HPKECiphertext", "§7.6", kHpkeFields);
constexpr Type kHpkeCiphertexts = of(Form::vector, "HPKECiphertext<V>", &kHpkeCiphertext);
constexpr auto kPathNodeFields =
    std::to_array<Field>({{"encryption_key", &kOpaque}, {"encrypted_path_secret", &kHpkeCiphertexts}});
constexpr Type kPathNode = structure("UpdatePathNode", "§7.6", kPathNodeFields);
constexpr Type kPathNodes = of(Form::vector, "UpdatePathNode<V>", &kPathNode);
constexpr std::array kPathFields{Field{"leaf_node", &kLeafNode}, Field{"nodes", &kPathNodes}};
constexpr Type kUpdatePath = structure("UpdatePath", "§7.6", kPathFields);
constexpr Type kOptionalPath = of(Form::optional, "optional<UpdatePath>", &kUpdatePath);

// ---- §8, §10 -------------------------------------------------------------------------------------------------------

constexpr std::array kContextFields{Field{"version", &kVersion},      Field{"cipher_suite", &kSuite},
                                    Field{"group_id", &kText},        Field{"epoch", &kUint64},
                                    Field{"tree_hash", &kOpaque},     Field{"confirmed_transcript_hash", &kOpaque},
                                    Field{"extensions", &kExtensions}};
constexpr Type kGroupContext = structure("GroupContext", "§8.1", kContextFields);

constexpr auto kExternalPskFields = std::to_array<Field>({{"psk_id", &kText}});
constexpr Type kExternalPsk = structure("", "§8.4", kExternalPskFields);
constexpr auto kResumptionFields =
    std::to_array<Field>({{"usage", &kUsage}, {"psk_group_id", &kText}, {"psk_epoch", &kUint64}});
constexpr Type kResumption = structure("", "§8.4", kResumptionFields);
constexpr auto kPskCases = std::to_array<Case>({{1, &kExternalPsk}, {2, &kResumption}});
constexpr Type kPskBody = chosen("", Slot::psk_type, kPskCases);
constexpr auto kPskIdFields = std::to_array<Field>({{"psktype", &kPskType}, {"", &kPskBody}, {"psk_nonce", &kOpaque}});
constexpr Type kPskId = structure("PreSharedKeyID", "§8.4", kPskIdFields);
constexpr Type kPskIds = of(Form::vector, "PreSharedKeyID<V>", &kPskId);

constexpr std::array kKeyPackageFields{Field{"version", &kVersion},       Field{"cipher_suite", &kSuite},
                                       Field{"init_key", &kOpaque},       Field{"leaf_node", &kLeafNode},
                                       Field{"extensions", &kExtensions}, Field{"signature", &kOpaque}};
constexpr Type kKeyPackage = structure("KeyPackage", "§10", kKeyPackageFields);

// ---- §12.1, §12.4: proposals and commits ---------------------------------------------------------------------------

constexpr std::array kAddFields{Field{"key_package", &kKeyPackage}};
constexpr Type kAdd = structure("Add", "§12.1.1", kAddFields);
constexpr std::array kUpdateFields{Field{"leaf_node", &kLeafNode}};
constexpr Type kUpdate = structure("Update", "§12.1.2", kUpdateFields);
constexpr auto kRemoveFields = std::to_array<Field>({{"removed", &kLeafIndex}});
constexpr Type kRemove = structure("Remove", "§12.1.3", kRemoveFields);
constexpr auto kPskFields = std::to_array<Field>({{"psk", &kPskId}});
constexpr Type kPsk = structure("PreSharedKey", "§12.1.4", kPskFields);
constexpr std::array kReInitFields{Field{"group_id", &kText}, Field{"version", &kVersion},
                                   Field{"cipher_suite", &kSuite}, Field{"extensions", &kExtensions}};
constexpr Type kReInit = structure("ReInit", "§12.1.5", kReInitFields);
constexpr auto kExternalInitFields = std::to_array<Field>({{"kem_output", &kOpaque}});
constexpr Type kExternalInit = structure("ExternalInit", "§12.1.6", kExternalInitFields);
constexpr std::array kGroupContextExtensionsFields{Field{"extensions", &kExtensions}};
constexpr Type kGroupContextExtensions = structure("GroupContextExtensions", "§12.1.7", kGroupContextExtensionsFields);
constexpr std::array kProposalCases{Case{1, &kAdd},
                                    Case{2, &kUpdate},
                                    Case{3, &kRemove},
                                    Case{4, &kPsk},
                                    Case{5, &kReInit},
                                    Case{6, &kExternalInit},
                                    Case{7, &kGroupContextExtensions}};
// A proposal of another type is one opaque<V>: docs/decisions.md.
constexpr Type kProposalBody = chosen("", Slot::proposal_type, kProposalCases, &kOpaque);
constexpr std::array kProposalFields{Field{"proposal_type", &kProposalType}, Field{"proposal", &kProposalBody}};
constexpr Type kProposal = structure("Proposal", "§12.1", kProposalFields);

constexpr auto kReferenceFields = std::to_array<Field>({{"reference", &kOpaque}});
constexpr Type kReference = structure("", "§5.2", kReferenceFields);
constexpr std::array kProposalHolder{Field{"proposal", &kProposal}};
constexpr Type kByValue = structure("", "§12.4", kProposalHolder);
constexpr std::array kProposalOrRefCases{Case{1, &kByValue}, Case{2, &kReference}};
constexpr Type kProposalOrRefBody = chosen("", Slot::proposal_or_ref, kProposalOrRefCases);
constexpr std::array kProposalOrRefFields{Field{"type", &kProposalOrRefType}, Field{"", &kProposalOrRefBody}};
constexpr Type kProposalOrRef = structure("ProposalOrRef", "§12.4", kProposalOrRefFields);
constexpr Type kProposalOrRefList = of(Form::vector, "ProposalOrRef<V>", &kProposalOrRef);
constexpr std::array kCommitFields{Field{"proposals", &kProposalOrRefList}, Field{"path", &kOptionalPath}};
constexpr Type kCommit = structure("Commit", "§12.4", kCommitFields);

// ---- §6: messages --------------------------------------------------------------------------------------------------

constexpr auto kMemberFields = std::to_array<Field>({{"leaf_index", &kLeafIndex}});
constexpr Type kMember = structure("", "§6", kMemberFields);
constexpr auto kExternalFields = std::to_array<Field>({{"sender_index", &kUint32}});
constexpr Type kExternal = structure("", "§6", kExternalFields);
constexpr auto kSenderCases = std::to_array<Case>({{1, &kMember}, {2, &kExternal}, {3, nullptr}, {4, nullptr}});
constexpr Type kSenderBody = chosen("", Slot::sender_type, kSenderCases);
constexpr auto kSenderFields = std::to_array<Field>({{"sender_type", &kSenderType}, {"", &kSenderBody}});
constexpr Type kSender = structure("Sender", "§6", kSenderFields);

constexpr auto kApplicationFields = std::to_array<Field>({{"application_data", &kText}});
constexpr Type kApplication = structure("", "§6", kApplicationFields);
constexpr std::array kCommitHolder{Field{"commit", &kCommit}};
constexpr Type kCommitContent = structure("", "§6", kCommitHolder);
constexpr Type kProposalContent = structure("", "§6", kProposalHolder);
constexpr std::array kContentCases{Case{1, &kApplication}, Case{2, &kProposalContent}, Case{3, &kCommitContent}};
constexpr Type kContentBody = chosen("", Slot::content_type, kContentCases);
constexpr std::array kFramedFields{Field{"group_id", &kText},
                                   Field{"epoch", &kUint64},
                                   Field{"sender", &kSender},
                                   Field{"authenticated_data", &kText},
                                   Field{"content_type", &kContentType},
                                   Field{"", &kContentBody}};
constexpr Type kFramedContent = structure("FramedContent", "§6", kFramedFields);

constexpr auto kConfirmationFields = std::to_array<Field>({{"confirmation_tag", &kOpaque}});
constexpr Type kConfirmation = structure("", "§6.1", kConfirmationFields);
constexpr auto kConfirmationCases = std::to_array<Case>({{3, &kConfirmation}});
constexpr Type kConfirmationOfCommits = chosen("", Slot::content_type, kConfirmationCases);
constexpr auto kAuthFields = std::to_array<Field>({{"signature", &kOpaque}, {"", &kConfirmationOfCommits}});
constexpr Type kAuth = structure("FramedContentAuthData", "§6.1", kAuthFields);

constexpr auto kMembershipFields = std::to_array<Field>({{"membership_tag", &kOpaque}});
constexpr Type kMembership = structure("", "§6.2", kMembershipFields);
constexpr auto kMembershipCases = std::to_array<Case>({{1, &kMembership}});
constexpr Type kMembershipOfMembers = chosen("", Slot::sender_type, kMembershipCases);
constexpr std::array kPublicFields{Field{"content", &kFramedContent}, Field{"auth", &kAuth},
                                   Field{"", &kMembershipOfMembers}};
constexpr Type kPublicMessage = structure("PublicMessage", "§6.2", kPublicFields);

constexpr auto kPrivateFields = std::to_array<Field>({{"group_id", &kText},
                                                      {"epoch", &kUint64},
                                                      {"content_type", &kAnyContentType},
                                                      {"authenticated_data", &kText},
                                                      {"encrypted_sender_data", &kOpaque},
                                                      {"ciphertext", &kOpaque}});
constexpr Type kPrivateMessage = structure("PrivateMessage", "§6.3", kPrivateFields);

constexpr auto kSenderDataFields =
    std::to_array<Field>({{"leaf_index", &kLeafIndex}, {"generation", &kUint32}, {"reuse_guard", &kReuseGuard}});
constexpr Type kSenderData = structure("SenderData", "§6.3.2", kSenderDataFields);
constexpr auto kSenderDataAadFields =
    std::to_array<Field>({{"group_id", &kText}, {"epoch", &kUint64}, {"content_type", &kAnyContentType}});
constexpr Type kSenderDataAad = structure("SenderDataAAD", "§6.3.2", kSenderDataAadFields);
constexpr auto kPrivateAadFields = std::to_array<Field>(
    {{"group_id", &kText}, {"epoch", &kUint64}, {"content_type", &kAnyContentType}, {"authenticated_data", &kText}});
constexpr Type kPrivateAad = structure("PrivateContentAAD", "§6.3.1", kPrivateAadFields);

// The plaintext of a PrivateMessage does not say what it is.
constexpr std::array kApplicationPlainFields{Field{"application_data", &kText}, Field{"signature", &kOpaque},
                                             Field{"padding", &kPadding}};
constexpr Type kApplicationPlain = structure("PrivateMessageContent-application", "§6.3.1", kApplicationPlainFields);
constexpr std::array kProposalPlainFields{Field{"proposal", &kProposal}, Field{"signature", &kOpaque},
                                          Field{"padding", &kPadding}};
constexpr Type kProposalPlain = structure("PrivateMessageContent-proposal", "§6.3.1", kProposalPlainFields);
constexpr std::array kCommitPlainFields{Field{"commit", &kCommit}, Field{"signature", &kOpaque},
                                        Field{"confirmation_tag", &kOpaque}, Field{"padding", &kPadding}};
constexpr Type kCommitPlain = structure("PrivateMessageContent-commit", "§6.3.1", kCommitPlainFields);

constexpr std::array kAuthenticatedFields{Field{"wire_format", &kAnyWireFormat}, Field{"content", &kFramedContent},
                                          Field{"auth", &kAuth}};
constexpr Type kAuthenticatedContent = structure("AuthenticatedContent", "§6.1", kAuthenticatedFields);
constexpr std::array kContextHolder{Field{"context", &kGroupContext}};
constexpr Type kContextOfMembers = structure("", "§6.1", kContextHolder);
constexpr std::array kContextCases{Case{1, &kContextOfMembers}, Case{2, nullptr}, Case{3, nullptr},
                                   Case{4, &kContextOfMembers}};
constexpr Type kContextBody = chosen("", Slot::sender_type, kContextCases);
constexpr std::array kTbsFields{Field{"version", &kMessageVersion}, Field{"wire_format", &kAnyWireFormat},
                                Field{"content", &kFramedContent}, Field{"", &kContextBody}};
constexpr Type kFramedContentTbs = structure("FramedContentTBS", "§6.1", kTbsFields);
constexpr std::array kTbmFields{Field{"content_tbs", &kFramedContentTbs}, Field{"auth", &kAuth}};
constexpr Type kAuthenticatedContentTbm = structure("AuthenticatedContentTBM", "§6.2", kTbmFields);
constexpr std::array kConfirmedInputFields{Field{"wire_format", &kAnyWireFormat}, Field{"content", &kFramedContent},
                                           Field{"signature", &kOpaque}};
constexpr Type kConfirmedInput = structure("ConfirmedTranscriptHashInput", "§8.2", kConfirmedInputFields);

// ---- §12.4.3: Welcome and GroupInfo --------------------------------------------------------------------------------

constexpr std::array kInfoFields{Field{"group_context", &kGroupContext}, Field{"extensions", &kExtensions},
                                 Field{"confirmation_tag", &kOpaque}, Field{"signer", &kLeafIndex},
                                 Field{"signature", &kOpaque}};
constexpr Type kGroupInfo = structure("GroupInfo", "§12.4.3", kInfoFields);
constexpr auto kPathSecretFields = std::to_array<Field>({{"path_secret", &kOpaque}});
constexpr Type kPathSecret = structure("PathSecret", "§12.4.3.1", kPathSecretFields);
constexpr Type kOptionalPathSecret = of(Form::optional, "optional<PathSecret>", &kPathSecret);
constexpr auto kGroupSecretsFields =
    std::to_array<Field>({{"joiner_secret", &kOpaque}, {"path_secret", &kOptionalPathSecret}, {"psks", &kPskIds}});
constexpr Type kGroupSecrets = structure("GroupSecrets", "§12.4.3.1", kGroupSecretsFields);
constexpr auto kEncryptedSecretsFields =
    std::to_array<Field>({{"new_member", &kOpaque}, {"encrypted_group_secrets", &kHpkeCiphertext}});
constexpr Type kEncryptedSecrets = structure("EncryptedGroupSecrets", "§12.4.3.1", kEncryptedSecretsFields);
constexpr Type kEncryptedSecretsList = of(Form::vector, "EncryptedGroupSecrets<V>", &kEncryptedSecrets);
constexpr auto kWelcomeFields = std::to_array<Field>(
    {{"cipher_suite", &kSuite}, {"secrets", &kEncryptedSecretsList}, {"encrypted_group_info", &kOpaque}});
constexpr Type kWelcome = structure("Welcome", "§12.4.3.1", kWelcomeFields);

constexpr std::array kMessageCases{Case{1, &kPublicMessage}, Case{2, &kPrivateMessage}, Case{3, &kWelcome},
                                   Case{4, &kGroupInfo}, Case{5, &kKeyPackage}};
constexpr Type kMessageBody = chosen("", Slot::wire_format, kMessageCases);
constexpr std::array kMessageFields{Field{"version", &kMessageVersion}, Field{"wire_format", &kWireFormat},
                                    Field{"message", &kMessageBody}};
constexpr Type kMlsMessage = structure("MLSMessage", "§6", kMessageFields);

// ---- the descendants -----------------------------------------------------------------------------------------------

constexpr std::array kWrappedFields{Field{"version", &kMessageVersion}, Field{"wire_format", &kWrappedFormat},
                                    Field{"message", &kMessageBody}};
constexpr Type kWrappedMessage = structure("MLSMessage", "§6", kWrappedFields);
constexpr std::array kDmlsFields{Field{"message", &kWrappedMessage}, Field{"dmls_epoch", &kOpaque}};
constexpr Type kDmlsMessage = structure("DMLSMessage", "draft-kohbrok-mls-dmls", kDmlsFields);

constexpr auto kLeafKeysNames =
    std::to_array<NamedValue>({{1, "psk_only"}, {2, "update_proposal"}, {3, "detached_leaf"}});
constexpr auto kGroupIdsNames = std::to_array<NamedValue>({{1, "derived"}, {2, "assigned"}});
constexpr Type kLeafKeys = code("LeafKeys", "", 1, kLeafKeysNames);
constexpr Type kGroupIds = code("GroupIds", "", 1, kGroupIdsNames);
constexpr auto kSendGroupFields = std::to_array<Field>({{"client_id", &kText}, {"group_id", &kText}});
constexpr Type kSendGroup = structure("SendGroupName", "draft-xue-distributed-mls", kSendGroupFields);
constexpr Type kSendGroups = of(Form::vector, "SendGroupName<V>", &kSendGroup);
constexpr Type kKeyPackages = of(Form::vector, "KeyPackage<V>", &kKeyPackage);
constexpr std::array kAnnouncementFields{Field{"version", &kUint16},
                                         Field{"universe_id", &kText},
                                         Field{"suites", &kSuiteList},
                                         Field{"export_length", &kUint16},
                                         Field{"label", &kText},
                                         Field{"leaf_keys", &kLeafKeys},
                                         Field{"group_ids", &kGroupIds},
                                         Field{"send_groups", &kSendGroups},
                                         Field{"key_packages", &kKeyPackages}};
constexpr Type kAnnouncement = structure("Announcement", "draft-xue-distributed-mls", kAnnouncementFields);

// Structures that say most about themselves come first; what nearly any octets would pass for, last.
constexpr std::array<const Type*, 44> kStructures{
    &kMlsMessage,
    &kDmlsMessage,
    &kKeyPackage,
    &kGroupInfo,
    &kGroupContext,
    &kFramedContentTbs,
    &kAuthenticatedContentTbm,
    &kAuthenticatedContent,
    &kConfirmedInput,
    &kWelcome,
    &kLeafNode,
    &kRatchetTree,
    &kUpdatePath,
    &kProposal,
    &kCommit,
    &kPublicMessage,
    &kPrivateMessage,
    &kGroupSecrets,
    &kPskId,
    &kReInit,
    &kFramedContent,
    &kCommitPlain,
    &kProposalPlain,
    &kAnnouncement,
    &kExtension,
    &kExtensions,
    &kCapabilities,
    &kRequired,
    &kCredential,
    &kExternalSenders,
    &kParentNode,
    &kPrivateAad,
    &kSenderDataAad,
    &kLifetime,
    &kSender,
    &kHpkeCiphertext,
    &kAdd,
    &kUpdate,
    &kRemove,
    &kPsk,
    &kSenderData,
    &kGroupContextExtensions,
    &kExternalInit,
    &kApplicationPlain,
};

char plain(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string plain(std::string_view name) {
  std::string out;
  for (const char c : name)
    if (c != '-' && c != '_') out += plain(c);
  return out;
}

}  // namespace

std::span<const Type* const> structures() { return kStructures; }

const Type* find_structure(std::string_view name) {
  for (const Type* type : structures())
    if (plain(type->name) == plain(name)) return type;
  return nullptr;
}

}  // namespace dmls::inspect
