#include "mock_server/cli/startup_code.h"

#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <fstream>
#include <span>
#include <string>

namespace heygen::mock {
namespace {

bool is_traced() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("TracerPid:")) return line.find_first_of("123456789") != std::string::npos;
  }
  return true;  // nobody knows
}

// Relocated code is no copy of its file any more.
bool has_text_relocations(const dl_phdr_info& info, std::span<const ElfW(Phdr)> headers) {
  for (const auto& header : headers) {
    if (header.p_type != PT_DYNAMIC) continue;
    const auto* entry = reinterpret_cast<const ElfW(Dyn)*>(info.dlpi_addr + header.p_vaddr);
    for (; entry->d_tag != DT_NULL; ++entry) {
      if (entry->d_tag == DT_TEXTREL) return true;
      if (entry->d_tag == DT_FLAGS && (entry->d_un.d_val & DF_TEXTREL) != 0) return true;
    }
  }
  return false;
}

int give_back(dl_phdr_info* info, std::size_t /*size*/, void* context) {
  const std::uintptr_t page = *static_cast<const std::uintptr_t*>(context);
  const std::span headers(info->dlpi_phdr, info->dlpi_phnum);
  if (has_text_relocations(*info, headers)) return 0;
  for (const auto& header : headers) {
    const bool is_code =
        header.p_type == PT_LOAD && (header.p_flags & PF_X) != 0 && (header.p_flags & PF_W) == 0;
    if (!is_code) continue;
    const std::uintptr_t begin = (info->dlpi_addr + header.p_vaddr) & ~(page - 1);
    const std::uintptr_t end = info->dlpi_addr + header.p_vaddr + header.p_memsz;
    // A refusal (the vDSO's) leaves all as it was.
    (void)::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
  }
  return 0;
}

}  // namespace

void give_back_startup_code() noexcept {
  if (is_traced()) return;
  std::uintptr_t page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  ::dl_iterate_phdr(&give_back, &page);
}

}  // namespace heygen::mock
