// Draws the pictures of docs/concepts.md, or says which of them are no longer what the library does.
//
//   pictures FOLDER            writes them
//   pictures --check FOLDER    exits with 1 if a file is missing or differs in one octet

#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "pictures.h"

namespace {

struct Entry {
  const char* file;
  std::string (*draw)();
};

constexpr Entry kPictures[] = {
    {"tree-fresh.svg", dmls::pictures::tree_fresh},       {"tree-commit.svg", dmls::pictures::tree_commit},
    {"tree-unmerged.svg", dmls::pictures::tree_unmerged}, {"key-schedule.svg", dmls::pictures::key_schedule},
    {"secret-tree.svg", dmls::pictures::secret_tree},     {"demls-history.svg", dmls::pictures::demls_history},
    {"demls-pprf.svg", dmls::pictures::demls_pprf},       {"dimls-send-groups.svg", dmls::pictures::dimls_send_groups}};

std::string read(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

bool write(const std::string& path, const std::string& octets) {
  std::ofstream out(path, std::ios::binary);
  out << octets;
  return static_cast<bool>(out.flush());
}

}  // namespace

int main(int argc, char** argv) {
  const bool check = argc == 3 && std::string_view(argv[1]) == "--check";
  if (argc != 2 && !check) {
    std::fprintf(stderr, "usage: pictures [--check] FOLDER\n");
    return 2;
  }
  const std::string folder = argv[argc - 1];
  int stale = 0;
  for (const Entry& entry : kPictures) {
    const std::string path = folder + "/" + entry.file, octets = entry.draw();
    if (check && read(path) != octets) {
      std::fprintf(stderr, "%s is not what the library does now\n", path.c_str());
      ++stale;
    } else if (!check && !write(path, octets)) {
      std::fprintf(stderr, "%s cannot be written\n", path.c_str());
      return 2;
    }
  }
  if (stale != 0) std::fprintf(stderr, "look at what has changed, then draw them again: pictures docs/pictures\n");
  return stale == 0 ? 0 : 1;
}
