#include "io/cgroup.h"

#include <fstream>
#include <sstream>

namespace wisecrack {
namespace {

// Whether a comma-separated list has this word.
bool lists(const std::string& words, const std::string& word) {
  std::istringstream all(words);
  for (std::string one; std::getline(all, one, ',');)
    if (one == word) return true;
  return false;
}

}  // namespace

Cgroups cgroups_with(const std::string& controller, const std::string& groups, const std::string& root) {
  Cgroups found{{root + "/" + controller}, {root}};
  std::ifstream file(groups);
  for (std::string line; std::getline(file, line);) {  // number:controllers:path; the second version has no controllers
    const size_t first = line.find(':'), second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const bool is_v2 = controllers.empty();
    if (!is_v2 && !lists(controllers, controller)) continue;
    std::vector<std::string>& folders = is_v2 ? found.v2 : found.v1;
    const std::string mount = is_v2 ? root : root + "/" + controllers;
    for (std::string path = line.substr(second + 1); path.size() > 1 && path[0] == '/'; path.resize(path.find_last_of('/')))
      folders.push_back(mount + path);
    folders.push_back(mount);
  }
  return found;
}

}  // namespace wisecrack
