#pragma once
// The pictures, each as the octets of an SVG file.

#include <string>

namespace dmls::pictures {

// The ratchet tree: all have just been added; two commits; a removal and an addition.
std::string tree_fresh();
std::string tree_commit();
std::string tree_unmerged();
// One epoch's secrets, and its message keys.
std::string key_schedule();
std::string secret_tree();
// DeMLS: a netsplit on one device; a small puncturable PRF.
std::string demls_history();
std::string demls_pprf();
// DiMLS: a conversation of three.
std::string dimls_send_groups();

}  // namespace dmls::pictures
