#include "audio/unfinished_header.h"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

namespace comcat::audio {
namespace {

/// How a kind of file is made of chunks.
struct Form {
  std::string_view magic;
  std::uint64_t first_chunk = 12;
  std::size_t id_bytes = 4;
  std::size_t size_bytes = 4;
  std::endian order = std::endian::little;
  bool size_counts_header = false;
  std::uint64_t alignment = 2;
  std::string_view sound = "data";
  std::uint64_t before_sound = 0;  // bytes of the sound's chunk that are no sound
};

constexpr std::endian kBig = std::endian::big;
constexpr std::endian kLittle = std::endian::little;
constexpr std::array kForms{
    Form{.magic = "RIFF"},
    Form{.magic = "RF64"},
    Form{.magic = "BW64"},
    Form{.magic = "RIFX", .order = kBig},
    Form{.magic = "FORM", .order = kBig, .sound = "SSND", .before_sound = 8},
    Form{.magic = "riff",
         .first_chunk = 40,
         .id_bytes = 16,
         .size_bytes = 8,
         .size_counts_header = true,
         .alignment = 8},
    Form{.magic = "caff",
         .first_chunk = 8,
         .size_bytes = 8,
         .order = kBig,
         .alignment = 1,
         .before_sound = 4},
};
constexpr std::size_t kMaxChunks = 4096;

struct Chunk {
  std::string id;
  std::uint64_t size_at = 0;
  std::uint64_t size = 0;  // as it says, without the header
  std::uint64_t body = 0;
};

std::uint64_t number(std::span<const std::byte> bytes, std::endian order) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const std::size_t at = order == kBig ? i : bytes.size() - 1 - i;
    value = value << 8 | std::to_integer<std::uint64_t>(bytes[at]);
  }
  return value;
}

Patch number_patch(std::uint64_t offset, std::uint64_t value, std::size_t size, std::endian order) {
  if (size < 8)
    value = std::min<std::uint64_t>(value, std::numeric_limits<std::uint32_t>::max() - 1);
  Patch patch{offset, std::vector<std::byte>(size)};
  for (std::size_t i = 0; i < size; ++i, value >>= 8) {
    patch.bytes[order == kBig ? size - 1 - i : i] = static_cast<std::byte>(value & 0xFF);
  }
  return patch;
}

std::optional<Chunk> chunk_at(const ByteInput& bytes, const Form& form, std::uint64_t at) {
  std::array<std::byte, 24> header{};
  const std::size_t length = form.id_bytes + form.size_bytes;
  const auto read = std::span(header).first(length);
  if (bytes.read_at(at, read) < length) return std::nullopt;
  Chunk chunk;
  for (const std::byte byte : read.first(4)) chunk.id += static_cast<char>(byte);
  chunk.size_at = at + form.id_bytes;
  chunk.size = number(read.subspan(form.id_bytes), form.order);
  chunk.body = at + length;
  if (form.size_counts_header) chunk.size -= std::min<std::uint64_t>(chunk.size, length);
  return chunk;
}

/// Where the next one begins; nothing where the file ends before it.
std::optional<std::uint64_t> after(const Chunk& chunk, const Form& form, std::uint64_t file_size) {
  if (chunk.body > file_size || chunk.size > file_size - chunk.body) return std::nullopt;
  const std::uint64_t end = chunk.body + chunk.size;
  return std::min(file_size, (end + form.alignment - 1) / form.alignment * form.alignment);
}

bool is_printable(const std::string& id) {
  return std::all_of(id.begin(), id.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

/// Whether whole chunks fill the file from `at` to `end`, or to its own.
bool whole_chunks_follow(const ByteInput& bytes, const Form& form, std::uint64_t at,
                         std::uint64_t end) {
  const std::uint64_t size = bytes.size();
  for (std::size_t i = 0; i < kMaxChunks; ++i) {
    const auto chunk = chunk_at(bytes, form, at);
    if (!chunk || !is_printable(chunk->id)) return false;
    const auto next = after(*chunk, form, size);
    if (!next) return false;
    if (*next >= size || *next == end) return true;
    at = *next;
  }
  return false;
}

/// Where the file says that all of it ends; nothing where its kind says no such thing. `large` is
/// as mend() has it.
std::optional<std::uint64_t> end_of_all(const ByteInput& bytes, const Form& form,
                                        const std::optional<std::uint64_t>& large) {
  if (form.magic == "caff") return std::nullopt;
  std::array<std::byte, 8> size{};
  const auto read = std::span(size).first(large ? 8 : form.size_bytes);
  if (bytes.read_at(large.value_or(form.id_bytes), read) < read.size()) return std::nullopt;
  const std::uint64_t said = number(read, large ? kLittle : form.order);
  if (form.size_counts_header) return said;
  return std::min(said, UINT64_MAX - 8) + 8;
}

/// Whether what follows the sound, which ends at `end` by its own account, is more of it: the file
/// goes on there, not with chunks, and says of all of itself that it ends elsewhere. Where both
/// sizes agree, they were written when the sound was whole, and what follows is somebody else's.
bool sound_goes_on(const ByteInput& bytes, const Form& form, std::uint64_t end,
                   const std::optional<std::uint64_t>& large) {
  const std::optional<std::uint64_t> all = end_of_all(bytes, form, large);
  if (!all || end >= bytes.size()) return false;
  const bool agree = *all >= end && *all - end < form.alignment;
  return !agree && !whole_chunks_follow(bytes, form, end, *all);
}

/// Gives the chunk of the sound, which ends the file, its size; `large` is where an RF64 file has
/// its 64-bit sizes, if it has.
Bytes mend(Bytes bytes, const Form& form, const Chunk& sound,
           const std::optional<std::uint64_t>& large) {
  const std::uint64_t size = bytes->size();
  const std::uint64_t length = size - sound.body;
  std::vector<Patch> patches;
  if (large) {
    patches.push_back(number_patch(*large, size - 8, 8, kLittle));
    patches.push_back(number_patch(*large + 8, length, 8, kLittle));
    patches.push_back({sound.size_at, std::vector<std::byte>(4, std::byte{0xFF})});
  } else {
    const std::uint64_t counted = form.size_counts_header ? form.id_bytes + form.size_bytes : 0;
    patches.push_back(number_patch(sound.size_at, length + counted, form.size_bytes, form.order));
  }
  return patched(std::move(bytes), std::move(patches));
}

Bytes mend_chunks(Bytes bytes, const Form& form) {
  const std::uint64_t size = bytes->size();
  std::optional<std::uint64_t> large;
  std::uint64_t at = form.first_chunk;
  for (std::size_t i = 0; i < kMaxChunks; ++i) {
    const auto chunk = chunk_at(*bytes, form, at);
    if (!chunk) return bytes;
    if (chunk->id == "ds64") large = chunk->body;
    if (chunk->id == form.sound) {
      std::uint64_t said = chunk->size;
      const bool everything = form.size_bytes == 8 ? said == UINT64_MAX : said == UINT32_MAX;
      if (large && (everything || said == 0)) {
        std::array<std::byte, 8> sizes{};
        bytes->read_at(*large + 8, sizes);
        said = number(sizes, kLittle);
      }
      const bool unknown = everything && form.magic == "caff";
      const bool nothing = said <= form.before_sound && size > chunk->body + form.before_sound &&
                           !whole_chunks_follow(*bytes, form, chunk->body + said, size);
      const bool too_little = said > form.before_sound && said < size - chunk->body &&
                              sound_goes_on(*bytes, form, chunk->body + said, large);
      return unknown || nothing || too_little ? mend(std::move(bytes), form, *chunk, large) : bytes;
    }
    const auto next = after(*chunk, form, size);
    if (!next) return bytes;
    at = *next;
  }
  return bytes;
}

/// An AU file has one header and no chunks.
Bytes mend_au(Bytes bytes) {
  std::array<std::byte, 12> header{};
  if (bytes->read_at(0, header) < header.size()) return bytes;
  if (number(std::span(header).subspan(8, 4), kBig) != 0) return bytes;
  return patched(std::move(bytes), {{8, std::vector<std::byte>(4, std::byte{0xFF})}});
}

}  // namespace

Bytes mend_header(Bytes bytes) {
  std::array<std::byte, 4> start{};
  if (bytes->read_at(0, start) < start.size()) return bytes;
  std::string magic;
  for (const std::byte byte : start) magic += static_cast<char>(byte);
  if (magic == ".snd") return mend_au(std::move(bytes));
  for (const Form& form : kForms) {
    if (magic == form.magic) return mend_chunks(std::move(bytes), form);
  }
  return bytes;
}

}  // namespace comcat::audio
